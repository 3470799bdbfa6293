"""The training page in a real browser: the review by keyboard, the picture at each decision, the board, print, axe."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

sys.path.insert(0, str(Path(__file__).parents[2]))
from page_driver import axe
from tests.station.crowded import crowded
from tests.station.training import keep_runs, served

from picket.learn.cards import shipped_cards
from picket.train.score import read_score
from picket.train.score.review import review

pytestmark = pytest.mark.page


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = keep_runs(tmp_path_factory.mktemp("train"))
    (kept.parent / "half.toml").write_text("version = 1\nname = ")  # beside exercise.toml, which plays
    return kept


@pytest.fixture
def train(browser: Browser, runs: Path) -> Iterator[Page]:
    (runs / "board.jsonl").unlink(missing_ok=True)
    with served(runs, (runs.parent,)) as (station, _, url):
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        page, errors = context.new_page(), list[str]()
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.on("request", lambda r: None if r.url.startswith(f"http://127.0.0.1:{station.port}/") else errors.append(r.url))
        page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto(url)
        expect(page.locator(".then .shown").first).to_be_attached()
        yield page
        context.close()
        assert errors == []


def test_a_review_is_walked_by_keyboard_decision_by_decision(train: Page) -> None:
    expect(train.locator("header + .bar")).to_contain_text("EXERCISE")
    expect(train.locator(".review-head h2")).to_have_text("short")
    chosen = train.locator(".moment[aria-current=true]")
    expect(chosen).to_contain_text("acknowledged")  # the first decision is shown first
    expect(chosen).to_contain_text("by Anna")
    expect(train.locator(".then .alerted").first).to_be_attached()
    expect(train.locator(".then .truth.is-watched rect")).to_have_count(1)
    words = train.locator("section[aria-label='The picture then'] p[role=status]")
    expect(words).to_contain_text("1 of them mattered")
    train.keyboard.press("n")
    expect(chosen).not_to_contain_text("by Anna, ")
    for _ in range(6):
        train.keyboard.press("n")
    expect(chosen).to_contain_text("by Ben")
    train.keyboard.press("k")
    train.keyboard.press("b")
    expect(chosen).to_have_class("moment is-decision")
    for _ in range(30):
        train.keyboard.press("k")
    expect(chosen).to_contain_text("appears")
    expect(train.locator(".then .shown")).to_have_count(0)  # nothing was shown yet, and the truth says that it was there
    expect(train.locator(".then .truth")).to_have_count(1)
    expect(words).to_contain_text("without a track")


def test_another_run_is_opened_compared_and_printed(train: Page) -> None:
    train.keyboard.press("J")
    expect(train.locator(".claim[aria-current=true]")).to_contain_text("Ben")
    expect(train.locator(".review")).to_contain_text("Reported to the harbour master")
    expect(train.locator(".ledger", has_text="shortest warning").locator("tbody tr")).to_have_count(2)
    train.emulate_media(media="print")
    expect(train.locator("header")).to_be_hidden()
    expect(train.locator(".bar")).to_contain_text("SIMULATED")
    assert train.evaluate("getComputedStyle(document.querySelector('.review')).overflow") == "visible"
    train.emulate_media(media="screen")
    with train.context.expect_page() as opened:
        train.get_by_text("One page to print").click()
    expect(opened.value.locator("body")).to_contain_text("After-action review")


def test_a_run_goes_on_the_board_and_a_change_is_done(train: Page) -> None:
    train.keyboard.press("t")
    expect(train.locator(".bar")).to_contain_text("On the board, with 1 proposed change.")
    train.keyboard.press("2")
    expect(train.locator(".review")).to_contain_text("1 run on the board")
    first = train.locator(".proposals li").first
    expect(first).to_contain_text("proposed")
    first.get_by_text("Done").click()
    expect(train.get_by_label("What was changed")).to_be_focused()
    train.keyboard.type("moved the radar")
    train.keyboard.press("Enter")
    expect(train.locator(".proposals li").first).to_contain_text("moved the radar")
    expect(train.locator(".proposals .state").first).to_have_text("done")
    expect(train.locator(".ledger")).to_contain_text("not known")
    cards = train.locator(".ledger tbody td:first-child").all_inner_texts()
    assert cards == [card.title for card in shipped_cards().values()]


def test_axe_finds_nothing_in_any_palette(train: Page) -> None:
    for palette in ("day", "night", "red"):
        for _ in range(3):
            if train.evaluate("document.documentElement.dataset.palette") != palette:
                train.keyboard.press("p")
        assert axe(train) == [], palette
    train.keyboard.press("2")
    expect(train.locator(".ledger")).to_be_visible()
    assert axe(train) == []


def test_an_exercise_is_started_by_keyboard_and_leads_to_its_review(train: Page) -> None:
    train.keyboard.press("3")
    chosen = train.locator(".exercise-list [aria-current=true]")
    expect(chosen).to_contain_text("First watch")
    train.keyboard.press("j")
    expect(chosen).to_contain_text("First look")
    expect(train.locator(".facts")).to_contain_text("not yet")
    expect(train.locator(".review")).to_contain_text(f"Without one: {shipped_cards()['armed-long-endurance'].title}")
    assert axe(train) == []
    train.locator(".exercise-list").get_by_text("half.toml").click()
    expect(train.locator(".problems")).to_contain_text("is not TOML")
    train.keyboard.press("s")
    expect(train.locator(".bar")).to_contain_text("is not TOML")  # nothing is started, and it says why
    train.keyboard.press("k")
    expect(train.locator(".facts")).to_contain_text("review")  # the last result leads there
    train.keyboard.press("s")
    opens = train.locator("#open-exercise")
    expect(opens).to_be_focused(timeout=180_000)
    expect(train.locator(".playing")).to_contain_text("EXERCISE")
    expect(train.locator("#start")).to_be_disabled()
    assert axe(train) == []
    with train.context.expect_page() as opened:
        train.keyboard.press("Enter")
    expect(opened.value.locator("#simulated")).to_contain_text("EXERCISE")
    opened.value.close()
    train.keyboard.press("1")
    expect(train.locator(".run-list")).to_contain_text("short")  # still signed in here: each station has a cookie of its own
    train.locator("#end-exercise").click()
    expect(train.locator(".playing")).to_contain_text("has ended", timeout=60_000)
    expect(train.locator(".review .verdict")).to_contain_text("stopped", ignore_case=True)
    expect(train.locator(".claim[aria-current=true]")).to_contain_text("stopped")


def test_a_printed_review_lies_on_one_page_however_much_happened(browser: Browser, runs: Path, tmp_path: Path) -> None:
    found = read_score(runs / "both")
    assert found is not None
    full = crowded(found)
    page = browser.new_page()
    for name, score in (("full", full), ("both", found)):
        (tmp_path / f"{name}.html").write_text(review(runs / "both", score, [(f"run {i}", score) for i in range(20)]), "utf-8")
        page.goto((tmp_path / f"{name}.html").as_uri())
        assert len(PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages) == 1, name
        page.emulate_media(media="print")
        expect(page.get_by_text("EXERCISE, SIMULATED")).to_be_visible()
        page.emulate_media(media="null")
    page.goto((tmp_path / "full.html").as_uri())
    expect(page.get_by_text("visitor-of-a-long-name-59").last).to_be_visible()  # on the screen all of it is
    page.close()
