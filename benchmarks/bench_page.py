"""The page without a GPU: frames a second while panning, time to the first track, bytes.

A fake station (tests/page/fake_station.py) sends 2 frames a second on the same machine; Chromium runs headless at 1280x720 with the flags
of a laptop without a GPU. Panning is the held keys Shift + arrows, to and fro; the figure is the page's own count of drawn frames in the
last second. Everything shares the machine's cores with the browser, so the load average is part of the result.
Run: python benchmarks/bench_page.py
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "page"))

COUNTS = (300, 3_000, 10_000)
SWEEPS = ("ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowRight")


def sizes() -> dict[str, Any]:
    """Gzipped bytes of what the first view loads (own code apart from libraries), of the zone editor, and of the world's land."""
    from fake_station import PAGE

    held = {"own": 0, "libraries": 0, "zone_editor_on_demand": 0, "land": 0}
    for path in sorted(PAGE.rglob("*.*")):
        packed = len(gzip.compress(path.read_bytes(), 9))
        if path.name.startswith("lib-ol"):
            held["zone_editor_on_demand"] += packed
        elif path.name.startswith("lib-"):
            held["libraries"] += packed
        elif path.name.startswith("land-"):
            held["land"] += packed
        else:
            held["own"] += packed
    return {f"{name}_gzip_bytes": n for name, n in held.items()}


def measure(browser: Any, n: int) -> dict[str, Any]:
    """One cold visit with `n` tracks: first track, then panning."""
    from fake_station import FakeStation

    with FakeStation(n=n) as station:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        page = context.new_page()
        page.goto(station.url)
        while not page.evaluate("window.picket && picket.firstTrackMs !== null"):
            time.sleep(0.02)
        first = page.evaluate("picket.firstTrackMs")
        time.sleep(4)
        latency = []
        for _ in range(8):
            time.sleep(0.3)
            latency.append(page.evaluate("picket.lastLatencyMs"))
        page.keyboard.press("f")
        time.sleep(0.5)
        base, fps = page.evaluate("picket.baseDrawn"), []
        page.keyboard.down("Shift")
        for key in SWEEPS:
            page.keyboard.down(key)
            time.sleep(1.15)
            fps.append(page.evaluate("picket.fps"))
            page.keyboard.up(key)
        page.keyboard.up("Shift")
        found = {
            "tracks": n, "in_view": page.evaluate("picket.shown"), "labels": page.evaluate("picket.labels.length"),
            "first_track_ms": round(first), "fps_panning_median": statistics.median(fps), "fps_panning": fps,
            "base_redraws_while_panning": page.evaluate("picket.baseDrawn") - base,
            "latency_ms_median": round(statistics.median(latency), 1), "load_1min": round(os.getloadavg()[0], 2),
        }  # fmt: skip
        context.close()
        return found


def run() -> dict[str, Any]:
    """Every figure as one dictionary. Needs the built page and a Chromium (PICKET_CHROMIUM, else /usr/bin/chromium)."""
    from page_driver import chromium, flags
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags())
        rows = [measure(browser, n) for n in COUNTS]
        version = browser.version
        browser.close()
    return {"chromium": version, "cores": os.cpu_count(), "window": "1280x720, no GPU", "rows": rows, **sizes()}


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
