"""A replay on the watch page: it stands still, steps, goes back and on, and its time line leads to the alerts."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parents[2]))
from page_driver import axe
from tests.station.live import approach, make_site
from tests.station.test_engine import records

from picket.record.log import LogFile, Record
from picket.station.engine import Engine
from picket.station.life import AlertLives
from picket.station.replay import ReplayStation

pytestmark = pytest.mark.page
T0 = 1_700_000_000.0


def lived(folder: Path) -> float:
    """A log of a drone that flies in, with the life of its alert as a station writes it; when that was raised."""
    site = make_site(folder)
    engine, lives, log, seq, raised = Engine(site), AlertLives(), LogFile(folder / "archive"), 0, 0.0
    lives.begin([], {})
    for record in [*records(approach(T0, 170, from_m=2200.0)), Record(0, T0 + 90, "tick", None), Record(0, T0 + 90, "end", None)]:
        seq += 1
        log.append(record._replace(seq=seq))
        for event in lives.take(engine.apply(record._replace(seq=seq)).alerts):
            seq += 1
            log.append(Record(seq, record.time, "life", event))
            raised = raised or event["at"]
    log.close()
    return raised


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ReplayStation, float]]:
    folder = tmp_path_factory.mktemp("replay")
    raised = lived(folder)
    (folder / "own").mkdir()
    station = ReplayStation(make_site(folder), folder / "archive", folder / "own", T0 + 2, T0 + 90)
    station.core.player.pause()  # type: ignore[attr-defined]
    station.open()
    ready = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(station.run(lambda _: ready.set())), daemon=True)
    thread.start()
    assert ready.wait(300)
    yield station, raised
    assert station.core._loop is not None
    station.core._loop.call_soon_threadsafe(station.stop.set)
    thread.join(120)


def visit(browser: Browser, station: ReplayStation) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.add_init_script("localStorage.setItem('picket.palette', 'day'); sessionStorage.setItem('picket.started', '1')")
    page.goto(f"{station.address}?token={station.access.new_token('anna')}")
    expect(page.locator("#replay")).to_be_visible(timeout=30_000)
    return page


def reads(page: Page, words: str) -> None:
    expect(page.locator(".replay-time")).to_contain_text(words)


def test_the_keys_and_the_time_line_lead_to_any_moment(browser: Browser, replay: tuple[ReplayStation, float]) -> None:
    station, raised = replay
    page = visit(browser, station)
    reads(page, "2023-11-14 22:13:22 UTC")
    page.keyboard.press(".")
    reads(page, "22:13:23")
    expect(page.locator(".timeline-marks .mark-raised")).to_have_count(2)  # raised, and now high
    page.keyboard.press("]")
    reads(page, time.strftime("%H:%M:%S", time.gmtime(raised - 5)))
    expect(page.locator(".alert")).to_have_count(0)
    page.keyboard.press("o")  # plays to the alert
    expect(page.locator(".alert")).to_have_count(1)
    page.keyboard.press("o")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    stood = ""
    while (now := page.locator(".replay-time").inner_text()) != stood:  # until the last answer from before the pause is in
        stood = now
        page.wait_for_timeout(700)
    page.wait_for_timeout(700)
    assert page.locator(".replay-time").inner_text() == stood, "paused, time stands still"
    page.keyboard.press(",")
    expect(page.locator(".alert")).to_have_count(0)
    assert page.evaluate("picket.tracks") == 1
    page.locator("#replay-at").focus()
    page.keyboard.press("End")
    reads(page, "22:14:50 UTC")
    expect(page.locator(".alert")).to_have_count(1)
    page.keyboard.press("Home")
    reads(page, "22:13:22 UTC")
    expect(page.locator(".alert")).to_have_count(0)
    page.get_by_role("combobox", name="Speed").select_option("1000")
    page.get_by_role("button", name="Play").click()
    reads(page, "end")
    expect(page.locator(".alert")).to_have_count(1)
    page.context.close()


def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser: Browser, replay: tuple[ReplayStation, float]) -> None:
    page = visit(browser, replay[0])
    for palette in ("day", "night", "red"):
        expect(page.locator(f"html[data-palette={palette}]")).to_be_attached()
        assert axe(page) == []
        page.keyboard.press("p")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.context.close()
