"""Fixtures of the page's tests: the built page, a real Chromium, a fake station, and a guard against requests off the station."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the fake station and the driver lie beside the tests

if os.environ.get("CI") != "true":
    for needed in ("playwright.sync_api", "starlette", "uvicorn"):
        pytest.importorskip(needed)

from fake_station import PAGE, FakeStation
from page_driver import Watched, chromium, flags, missing
from playwright.sync_api import Browser, expect, sync_playwright

expect.set_options(timeout=60_000)  # a wait that is over when the thing is there: long enough for a machine full of other tests


@pytest.fixture(scope="module")  # not longer: while it lives, no other test of this process can run an event loop
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None or not Path(path).exists():
        missing(f"no Chromium at {path or 'the usual names'}: install it, or name it in PICKET_CHROMIUM")
    if not (PAGE / "index.html").exists():
        missing("the page is not built: run page/build.py")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=flags())
        yield running
        running.close()


@pytest.fixture
def station() -> Iterator[FakeStation]:
    with FakeStation() as running:
        yield running


@pytest.fixture
def watched(browser: Browser, station: FakeStation) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    found = Watched(context.new_page(), station)
    yield found
    context.close()
    assert found.errors == [], "errors on the page"
    assert found.outside == [], "requests off the station"
