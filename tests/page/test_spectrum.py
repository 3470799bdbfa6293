"""The spectrum page on an opened recording, in a real browser: what it shows, a clip by keyboard, axe in every palette."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

sys.path.insert(0, str(Path(__file__).parents[2]))
from page_driver import axe
from tests.waiting import until

from picket.spectrum.recording import open_recording
from picket.station.spectrum_station import SpectrumStation
from picket.train.radio.scene import Part, Scene, save

pytestmark = pytest.mark.page
RATE = 2.4e6


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[SpectrumStation, str]]:
    meta = tmp_path / "roof.sigmf-meta"
    save(meta, Scene(RATE, 0.5, [Part("lora_fhss", 15.0)], 868.8e6), 1, "cu8")
    ready: list[str] = []
    station = SpectrumStation(open_recording(str(meta)), tmp_path / "spectrum", 0)
    loop = asyncio.new_event_loop()

    def run() -> None:
        asyncio.set_event_loop(loop)
        station.open()
        loop.run_until_complete(station.run(ready.append))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    until(lambda: ready, 300)
    yield station, ready[0]
    loop.call_soon_threadsafe(station.stop.set)
    thread.join(120)
    assert not thread.is_alive()


def test_a_recording_is_shown_and_a_piece_of_it_kept_by_keyboard(browser: Browser, served: tuple[SpectrumStation, str]) -> None:
    station, url = served
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page, errors = context.new_page(), list[str]()
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    page.on("request", lambda r: None if r.url.startswith(f"http://127.0.0.1:{station.port}") else errors.append(r.url))
    page.goto(url)
    expect(page.get_by_role("status")).to_contain_text("whole recording looked at", timeout=60_000)
    expect(page.get_by_text("SIMULATED")).to_be_visible()
    expect(page.locator(".emitter").first).to_contain_text("lora_fhss")
    shades = "(c) => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
    assert page.locator("#fall").evaluate(shades) > 20
    page.locator("#fall").click(position={"x": 300, "y": 100})
    expect(page.get_by_role("button", name="Keep as SigMF")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    top, height = page.locator(".cut").evaluate("(e) => [e.style.top, e.style.height]")
    assert top.endswith("px") and height.endswith("px"), "placed at once"  # noqa: PT018
    page.keyboard.press("k")
    expect(page.get_by_role("status")).to_contain_text("Kept 0.50 s")
    for _ in range(3):
        assert axe(page) == []
        page.keyboard.press("p")
    context.close()
    assert errors == []
    (clip,) = station.clips.all()
    again = open_recording(str(station.clips.folder / f"{clip['name']}.sigmf-meta"))
    assert 0.4 < again.total_bytes / 2 / RATE <= 0.5
    assert again.meta.simulated
    audited = [json.loads(x)["what"] for x in (station.folder / "audit.jsonl").read_text().splitlines()]
    assert "cut an IQ clip" in audited
