"""The demo as an officer meets it: the real command, the real page, the alert, the keyboard. It also makes the README's picture."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "test-results"
pytestmark = [pytest.mark.page, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[str, subprocess.Popen[str], float]]:
    began = time.monotonic()
    command = [sys.executable, "-m", "picket.cli", "demo", "--port", "0", "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=env, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"], process, began
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def page(demo: tuple[str, subprocess.Popen[str], float], browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(demo[0])
    yield page
    page.close()


def until(page: Page, expression: str, seconds: float) -> None:
    """Waits for a JavaScript expression; the page's policy forbids eval, so the waiting is done here."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"not within {seconds} s: {expression}"
        page.wait_for_timeout(100)


def test_tracks_move_and_the_alert_comes_within_a_minute(page: Page, demo: tuple[str, subprocess.Popen[str], float]) -> None:
    until(page, "window.picket && window.picket.tracks >= 5", 60)
    assert page.evaluate("getComputedStyle(document.body).display") != "none"
    assert "SIMULATED" in page.inner_text("body")
    page.keyboard.press("Enter")  # "Watch now"
    until(page, "window.picket.alerts.some(a => a.state === 'raised')", 90)
    page.wait_for_timeout(2_000)
    RESULTS.mkdir(exist_ok=True)
    page.screenshot(path=RESULTS / "watch.png")
    assert "drone" in page.inner_text("body").lower()


def test_the_officer_acknowledges_from_the_keyboard(page: Page, demo: tuple[str, subprocess.Popen[str], float]) -> None:
    before = page.evaluate("window.picket.alerts.filter(a => a.state === 'acknowledged').length")
    page.keyboard.press("Space")  # the most severe alert that nobody has acknowledged
    until(page, "document.activeElement.closest('.alert') !== null", 10)
    page.keyboard.press("a")
    until(page, f"window.picket.alerts.filter(a => a.state === 'acknowledged').length > {before}", 20)


def test_sigterm_ends_the_demo_within_two_seconds(page: Page, demo: tuple[str, subprocess.Popen[str], float]) -> None:
    process = demo[1]
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert time.monotonic() - began < 6.0  # 2 s are promised on a quiet machine; tests share theirs
