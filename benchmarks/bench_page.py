"""The page without a GPU: frames a second and CPU while panning, alerts to the screen, growth, keys, axe, outside requests, bytes.

A fake station (tests/page/fake_station.py) sends 2 frames a second on the same machine; Chromium runs headless at 1280x720 with the flags
of a laptop without a GPU. Panning is the held keys Shift + arrows, to and fro; frames are the page's own count; CPU is what the browser's
renderer and GPU processes used (SystemInfo.getProcessInfo), lists and decoding included. An alert's time runs from the station's stamp to
the task after the animation frame that shows its row. Growth is the JavaScript heap after a forced collection, and the renderer's resident
memory, between the end of a minute and the end of the soak, with alerts coming, acknowledged and closed all the while.
Everything shares the machine's cores with the browser, so the load average is part of every row.

The soak can be hastened: at PICKET_SOAK_HZ pictures a second (2 is a station's own pace) alerts, keys and closings come as many times as
often, so that the 57,600 pictures and 14,400 alerts of an 8 h watch pass in about an hour at 16. What goes by the page's clock (polls of
sensors and counts, ages, trails) keeps its pace: the row says pictures and minutes apart.
Run: python -m benchmarks page   (6 minutes of soak at 2 Hz; PICKET_SOAK_MIN=480 for a whole watch)
     PICKET_SOAK_HZ=16 PICKET_SOAK_MIN=64 python -m benchmarks page --rows soak_hastened
"""

from __future__ import annotations

import gzip
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "page"))

COUNTS = (300, 3_000, 10_000)
SWEEPS = ("ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowRight")
ALERTS = 120
SOAK_MIN = float(os.environ.get("PICKET_SOAK_MIN", "6"))
SOAK_HZ = float(os.environ.get("PICKET_SOAK_HZ", "2"))
USUAL_HZ = 2.0
WATCH_PICTURES = 8 * 3600 * USUAL_HZ
WINDOW = {"width": 1280, "height": 720}


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


def until(page: Any, condition: str, seconds: float = 20.0) -> None:
    """Waits for a JavaScript expression; raises TimeoutError with it."""
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s: {condition}")
        time.sleep(0.02)


def load() -> float:
    """The machine's load over the last minute."""
    return round(os.getloadavg()[0], 2)


def cpu_s(system: Any) -> float:
    """CPU seconds so far of the browser's renderer and GPU processes."""
    found = system.send("SystemInfo.getProcessInfo")["processInfo"]
    return float(sum(p["cpuTime"] for p in found if p["type"] in ("renderer", "GPU")))


def measure(browser: Any, n: int) -> dict[str, Any]:
    """One cold visit with `n` tracks: first track, then panning."""
    from fake_station import FakeStation

    with FakeStation(n=n) as station:
        context = browser.new_context(viewport=WINDOW)
        page, system = context.new_page(), browser.new_browser_cdp_session()
        page.goto(station.url)
        until(page, "window.picket && picket.firstTrackMs !== null")
        first = page.evaluate("picket.firstTrackMs")
        time.sleep(4)
        latency = []
        for _ in range(8):
            time.sleep(0.3)
            latency.append(page.evaluate("picket.lastLatencyMs"))
        page.keyboard.press("f")
        time.sleep(0.5)
        before = load()
        base, fps = page.evaluate("picket.baseDrawn"), []
        page.keyboard.down("Shift")
        spent, drawn = cpu_s(system), page.evaluate("picket.drawn")
        for key in SWEEPS:
            page.keyboard.down(key)
            time.sleep(1.15)
            fps.append(page.evaluate("picket.fps"))
            page.keyboard.up(key)
        spent, drawn = cpu_s(system) - spent, page.evaluate("picket.drawn") - drawn
        page.keyboard.up("Shift")
        found = {
            "tracks": n, "in_view": page.evaluate("picket.shown"), "labels": page.evaluate("picket.labels.length"),
            "first_track_ms": round(first), "fps_panning_median": statistics.median(fps), "fps_panning": fps,
            "cpu_ms_per_frame_panning": round(1000 * spent / max(1, drawn), 1),
            "base_redraws_while_panning": page.evaluate("picket.baseDrawn") - base,
            "latency_ms_median": round(statistics.median(latency), 1), "load_1min": before,
        }  # fmt: skip
        context.close()
        return found


def alerts(browser: Any, n: int = 10_000, count: int = ALERTS) -> dict[str, Any]:
    """Milliseconds from an alert raised at the station to its row on the screen, with `n` tracks moving."""
    from fake_station import FakeStation

    with FakeStation(n=n) as station:
        context = browser.new_context(viewport=WINDOW)
        page = context.new_page()
        page.goto(station.url)
        until(page, "window.picket && picket.firstTrackMs !== null")
        page.keyboard.press("Enter")
        time.sleep(3)
        before = load()
        for i in range(count):
            alert = station.raise_alert(1 + 37 * i % n, ("high", "medium", "low")[i % 3])
            time.sleep(0.31)  # no multiple of the frames' half second: alerts fall at every phase of the picture
            if i >= 5:
                station.change_alert(alert["id"] - 5, state="closed", cause="other", note="")
        until(page, f"picket.alertMs.length >= {count}")
        took = sorted(page.evaluate("picket.alertMs"))
        context.close()
    p99 = took[max(0, -(-99 * len(took) // 100) - 1)]
    return {"tracks": n, "alerts": count, "median_ms": round(statistics.median(took), 1), "p99_ms": round(p99, 1),
            "worst_ms": round(took[-1], 1), "load_1min": before}  # fmt: skip


def soak(minutes: float = SOAK_MIN, hz: float = SOAK_HZ, n: int = 3_000) -> dict[str, Any]:
    """Growth while `n` tracks move `hz` times a second and an alert comes every four pictures, is acknowledged and closed."""
    from fake_station import FakeStation
    from page_driver import chromium, flags

    from benchmarks.devtools import Page

    if minutes < 2:
        raise ValueError(
            f"a soak of {minutes:g} min has no end of its first minute to compare with: PICKET_SOAK_MIN of 2 or more"
        )
    with FakeStation(n=n, rate_hz=hz) as station, Page(chromium() or "chromium", flags(), WINDOW) as page:
        page.goto(station.url)
        until(page, "Boolean(window.picket && picket.firstTrackMs !== null)")
        page.press("Enter")
        began, i = time.monotonic(), 0
        way: list[dict[str, float]] = []
        while time.monotonic() - began < 60 * minutes:
            alert = station.raise_alert(1 + i % n, ("high", "medium", "low")[i % 3])
            _sleep_until(began + (i + 0.5) * 4 / hz)
            page.press(" ")
            page.press("a")
            _sleep_until(began + (i + 1) * 4 / hz)
            if alert["id"] > 4:
                station.change_alert(alert["id"] - 4, state="closed", cause="other", note="")
            i += 1
            if time.monotonic() - began > 60 * (1 + len(way) * max(1.0, minutes / 12)):
                way.append(page.memory())
        took = (time.monotonic() - began) / 60
        last = page.memory()
        pictures, still_open = page.evaluate("[picket.frames, picket.alerts.length]")
        version = page.version
    first = way[0]
    return {"chromium": version, "window": "1280x720, no GPU", "minutes": round(took, 1), "asked_hz": hz,
            "pictures_a_second": round(pictures / took / 60, 2), "pictures": pictures,
            "pictures_of_an_8_h_watch": round(pictures / WATCH_PICTURES, 3), "tracks": n, "alerts": i, "alerts_open_at_the_end": still_open,
            "after_1_min": {k: round(v, 1) for k, v in first.items()}, "at_the_end": {k: round(v, 1) for k, v in last.items()},
            "on_the_way": {k: [round(m[k], 1) for m in way] for k in first}, "heap_growth_mb": round(last["heap_mb"] - first["heap_mb"], 1),
            "renderer_growth_mb": round(last["renderer_mb"] - first["renderer_mb"], 1), "load_1min": load()}  # fmt: skip


def _sleep_until(moment: float) -> None:
    """Until a moment of the monotonic clock; not at all when it is past."""
    time.sleep(max(0.0, moment - time.monotonic()))


# The keys of another alert's life (to it, look, acknowledge, shelve, close), and what each has to show before the next is pressed.
_ROW = "document.querySelector('[data-alert=\"1\"]')"
LIFE = (
    ("k", f"{_ROW}.matches('.is-current')"), ("Enter", "picket.selected === 9"), ("a", f"{_ROW}.dataset.state === 'acknowledged'"),
    ("x", f"{_ROW}.innerText.includes('because')"), ("1", f"{_ROW}.dataset.state === 'shelved'"),
    ("c", f"{_ROW}.innerText.includes('bird')"), ("1", f"{_ROW}.dataset.state === 'closed'"),
)  # fmt: skip


def officer(browser: Any) -> dict[str, Any]:
    """Keys from a new alert to acknowledged, seconds of them; axe-core's violations by palette and view; requests off the station."""
    from fake_station import FakeStation, stage
    from page_driver import Watched, axe

    violations: dict[str, int] = {}
    outside: list[str] = []
    for palette in ("day", "night", "red"):
        for view, size in (("desk", WINDOW), ("wall", {"width": 1920, "height": 1080}), ("phone", {"width": 400, "height": 800})):
            with FakeStation() as station:
                stage(station)
                context = browser.new_context(viewport=size, reduced_motion="reduce")
                seen = Watched(context.new_page(), station)
                seen.page.add_init_script(f"localStorage.setItem('picket.palette', '{palette}')")
                seen.page.goto(station.url + ("?view=wall" if view == "wall" else ""))
                until(seen.page, "window.picket && picket.tracks > 0")
                seen.page.locator(".alert").first.wait_for()
                violations[f"{palette}, {view}"] = len(axe(seen.page))
                outside += seen.outside
                context.close()
    with FakeStation() as station:
        context = browser.new_context(viewport=WINDOW)
        page = context.new_page()
        page.goto(station.url)
        until(page, "window.picket && picket.tracks > 0")
        station.raise_alert(9, "low")
        station.raise_alert(4, "high")
        until(page, "picket.alerts.length === 2")
        keys, began = (" ", "a"), time.monotonic()
        for key in keys:
            page.keyboard.press(key)
        until(page, "picket.alerts.some((a) => a.id === 2 && a.state === 'acknowledged')")
        took = time.monotonic() - began
        began = time.monotonic()
        for key, then in LIFE:
            page.keyboard.press(key)
            until(page, then)
        life = time.monotonic() - began
        context.close()
    return {
        "keys_alert_to_acknowledged": len(keys), "seconds_of_the_machine": round(took, 2),
        "keys_of_a_whole_life": len(LIFE), "seconds_of_the_machine_for_these": round(life, 2),
        "axe_violations": sum(violations.values()), "axe_by_palette_and_view": violations, "requests_off_the_station": len(outside),
    }  # fmt: skip


@contextmanager
def _browser() -> Iterator[Any]:
    """A Chromium (PICKET_CHROMIUM, else the machine's). Needs the built page."""
    from page_driver import chromium, flags
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags())
        yield browser
        browser.close()


def _in_a_browser(measure_it: Callable[[Any, bool], dict[str, Any]]) -> Callable[[bool], dict[str, Any]]:
    def row(quick: bool) -> dict[str, Any]:
        with _browser() as browser:
            return {"chromium": browser.version, "window": "1280x720, no GPU", **measure_it(browser, quick)}

    return row


def warm() -> None:
    """Nothing: each row has a browser of its own."""


ROWS: dict[str, tuple[str, Callable[[bool], dict[str, Any]]]] = {
    "bytes": ("what the first view loads, gzipped", lambda quick: sizes()),
    "panning": (
        ">= 50 frames/s at 3,000 tracks, >= 30 at 10,000; <= 20 ms of CPU a frame at 10,000",
        _in_a_browser(lambda browser, quick: {"by_tracks": [measure(browser, n) for n in (COUNTS[:1] if quick else COUNTS)]}),
    ),
    "alerts": (
        "alert raised -> on the screen with 10,000 tracks: p99 <= 150 ms",
        _in_a_browser(lambda browser, quick: alerts(browser, count=20 if quick else ALERTS)),
    ),
    "officer": (
        "<= 3 keys from alert to acknowledged; 0 violations of axe-core; 0 requests outside",
        _in_a_browser(lambda browser, quick: officer(browser)),
    ),
    ("soak" if SOAK_HZ == USUAL_HZ else "soak_hastened"): (
        "8 h at 3,000 tracks: memory growth < 20 MB",
        lambda quick: soak(2 if quick else SOAK_MIN),
    ),
}
