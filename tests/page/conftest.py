"""Fixtures of the page's tests: the built page, a real Chromium, a fake station, and a guard against requests off the station."""

from __future__ import annotations

import getpass
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parent))

pytest.importorskip("playwright.sync_api") if os.environ.get("CI") != "true" else None

from fake_station import PAGE, FakeStation
from playwright.sync_api import Browser, Page, sync_playwright

# A laptop without a GPU: Canvas2D is rasterised on the CPU, WebGL is not offered.
FLAGS = [
    "--disable-gpu", "--disable-gpu-compositing", "--disable-accelerated-2d-canvas", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip


def chromium() -> str | None:
    """The browser's path: PICKET_CHROMIUM, else the one that the machine has."""
    return os.environ.get("PICKET_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def missing(reason: str) -> None:
    """Skip with the reason; where CI says that everything must be there, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None or not Path(path).exists():
        missing(f"no Chromium at {path or 'the usual names'}: install it, or name it in PICKET_CHROMIUM")
    if not (PAGE / "index.html").exists():
        missing(f"the page is not built: run page/build.py ({PAGE} is empty)")
    flags = [*FLAGS, "--no-sandbox"] if getpass.getuser() == "root" else FLAGS
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=flags)
        yield running
        running.close()


@pytest.fixture
def station() -> Iterator[FakeStation]:
    with FakeStation() as running:
        yield running


class Watched:
    """A page under test with what it asked for and what went wrong on it."""

    def __init__(self, page: Page, station: FakeStation) -> None:
        self.page, self.station = page, station
        self.outside: list[str] = []
        self.errors: list[str] = []
        own = urlsplit(station.url).netloc
        page.on("request", lambda r: None if urlsplit(r.url).netloc == own else self.outside.append(r.url))
        page.on("websocket", lambda w: None if urlsplit(w.url).netloc == own else self.outside.append(w.url))
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        page.on("console", lambda m: self.errors.append(m.text) if "Content Security Policy" in m.text else None)

    def open(self) -> Page:
        self.page.goto(self.station.url)
        self.until("window.picket && picket.tracks > 0", 15)
        return self.page

    def until(self, condition: str, timeout_s: float = 8.0) -> None:
        """Wait until a JavaScript expression holds. (Playwright's own wait evaluates in the page, which the content policy forbids.)"""
        deadline = time.monotonic() + timeout_s
        while not self.page.evaluate(condition):
            assert time.monotonic() < deadline, f"not within {timeout_s} s: {condition}"
            time.sleep(0.04)

    def get(self, words: str) -> Any:
        """An expression of `window.picket`."""
        return self.page.evaluate(f"window.picket.{words}")


@pytest.fixture
def watched(browser: Browser, station: FakeStation) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    found = Watched(context.new_page(), station)
    yield found
    context.close()
    assert found.errors == [], "errors on the page"
    assert found.outside == [], "requests off the station"
