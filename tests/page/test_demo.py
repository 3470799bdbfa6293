"""The demo as an officer meets it: the real command, the page, the alert, exercise control, the doors. It makes the README's picture."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_driver import axe
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "test-results"
pytestmark = [pytest.mark.page, pytest.mark.xdist_group("demo")]
SLOW_MS = 300_000


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "picket.cli", "demo", "--port", "0", "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=env, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"], process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def page(demo: tuple[str, subprocess.Popen[str]], browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(demo[0])
    yield page
    page.close()


def until(page: Page, expression: str, seconds: float = 300.0) -> None:
    """Waits for a JavaScript expression; the page's policy forbids eval, so the waiting is done here."""
    for _ in range(int(seconds / 0.1)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"did not come: {expression}")


def test_an_officer_takes_a_name_and_tracks_and_an_alert_come(page: Page) -> None:
    until(page, "window.picket && window.picket.tracks >= 5")
    page.locator("#who").fill("Anna")
    page.keyboard.press("Enter")
    expect(page.locator(".user")).to_have_text("Anna")
    expect(page.locator("#simulated")).to_contain_text("EXERCISE")
    expect(page.locator("#simulated")).to_contain_text("SIMULATED")
    expect(page.locator("#simulated")).to_contain_text("First watch")
    for _ in range(3):  # ten times as fast, or as the machine can
        page.keyboard.press("]")
        page.wait_for_timeout(150)
    # a machine that stood still for a second lost ten of the exercise, and its tracks: they come again
    until(page, "window.picket.tracks >= 5 && window.picket.alerts.some(a => a.state === 'raised' && a.severity !== 'low')")
    assert "drone" in page.inner_text("body").lower()


def test_in_a_pause_time_stands_and_the_officer_acknowledges_from_the_keyboard(page: Page) -> None:
    page.keyboard.press("i")
    expect(page.locator("#simulated")).to_contain_text("PAUSED")
    clock = page.locator(".exercise-clock").inner_text()
    before = page.evaluate("window.picket.alerts.filter(a => a.state === 'acknowledged').length")
    page.keyboard.press("Space")  # the most severe alert that nobody has acknowledged
    until(page, "document.activeElement.closest('.alert') !== null")
    page.keyboard.press("a")
    until(page, f"window.picket.alerts.filter(a => a.state === 'acknowledged').length > {before}")
    RESULTS.mkdir(exist_ok=True)
    page.screenshot(path=RESULTS / "watch.png")
    assert page.locator(".exercise-clock").inner_text() == clock


def test_control_gives_an_inject_and_the_watch_is_told(page: Page) -> None:
    page.keyboard.press("e")
    panel = page.get_by_role("dialog", name="Exercise")
    expect(panel).to_contain_text("a swarm of twelve")
    assert axe(page) == []
    panel.get_by_text("Give terminal").click()
    expect(panel.locator(".exercise-told")).to_contain_text("crane driver")
    page.keyboard.press("Escape")
    told = page.locator(".strip-told")
    expect(told).to_contain_text("crane driver")
    assert axe(page) == []
    page.keyboard.press("o")
    expect(told).to_have_count(0)


def test_the_doors_lead_to_learn_and_train_and_back(page: Page) -> None:
    page.locator(".rooms").get_by_text("Learn").click()
    expect(page.locator(".text mark")).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("a")
    expect(page.locator(".bar.bad")).to_contain_text("picket learn serve")
    page.locator(".rooms").get_by_text("Train").click()
    expect(page.locator(".claim")).to_contain_text("not scored")
    page.locator(".rooms").get_by_text("Watch").click()
    until(page, "window.picket && window.picket.tracks >= 5")


def test_the_end_leads_to_the_review(page: Page) -> None:
    expect(page.locator("#simulated")).to_contain_text("PAUSED")
    page.keyboard.press("e")
    page.locator("#exercise-end").click()
    page.locator(".exercise-panel .to-review").click(timeout=SLOW_MS)
    expect(page.locator(".review")).to_contain_text("scored as far as it went", timeout=SLOW_MS)
    expect(page.locator(".moment[aria-current=true]")).to_contain_text("by Anna")
    expect(page.locator(".moments")).to_contain_text("EXERCISE paused")
    expect(page.locator(".then .shown").first).to_be_attached()


def test_sigterm_ends_the_demo_in_order(page: Page, demo: tuple[str, subprocess.Popen[str]]) -> None:
    process = demo[1]
    process.send_signal(signal.SIGTERM)
    assert process.wait(120) == 0  # 2 s are promised on a quiet machine; tests share theirs
