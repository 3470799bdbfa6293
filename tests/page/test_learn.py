"""The analyst's screens in a real browser: deciding by keyboard, evidence by one key, marking, hostile text, axe."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parents[2]))
from page_driver import axe
from tests.learn.serving import Served
from tests.waiting import until

from picket.learn.claim import Claim
from picket.learn.report import Report

pytestmark = pytest.mark.page
HOSTILE = 'Iran sent <img src=x onerror="window.pwned=1"> drones to <script>window.pwned=1</script> Mars. \u202edesrever'


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    report = Report(
        doc="<b>hostile</b>", title="<img src=x onerror=window.pwned=1>", text=HOSTILE, source="<i>x</i>", published="1999-01-01"
    )
    claim = Claim(doc=report.doc, kind="supply", provider="<u>Iran</u>", recipient="{{Mars}}", capability="drones", evidence=HOSTILE,
                  start=0,
                  end=len(HOSTILE), source=report.source, published="1999-01-01", certainty="possible")  # fmt: skip
    running = Served(tmp_path / "desk", [report], [claim])
    yield running
    running.end()


@pytest.fixture
def desk(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page, errors = context.new_page(), list[str]()
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.on("request", lambda r: None if r.url.startswith(served.base) else errors.append(r.url))
    page.goto(served.url)
    expect(page.locator(".text mark")).to_be_visible()
    yield page
    assert not page.evaluate("window.pwned"), "a report ran"
    context.close()
    assert errors == []


def made(served: Served, count: int) -> list[dict[str, object]]:
    """The decisions in the file, once there are `count`."""

    def lines() -> list[str]:
        return served.desk.path.read_text("utf-8").splitlines() if served.desk.path.exists() else []

    until(lambda: len(lines()) >= count, words=lines)
    return [json.loads(x) for x in lines()]


def test_on_a_screen_on_end_every_door_is_seen_and_the_report_can_be_read(desk: Page) -> None:
    desk.set_viewport_size({"width": 800, "height": 1100})
    doors = desk.locator("header button")
    boxes = [door.bounding_box() for door in doors.all()]
    assert len(boxes) == 11
    for i, one in enumerate(boxes):
        assert one
        assert one["x"] + one["width"] <= 800
        for other in boxes[i + 1 :]:
            assert other
            beside = one["x"] + one["width"] <= other["x"] + 1 or other["x"] + other["width"] <= one["x"] + 1
            assert beside or one["y"] + one["height"] <= other["y"] + 1 or other["y"] + other["height"] <= one["y"] + 1
    text = desk.locator(".text").bounding_box()
    assert text
    assert text["width"] > 400
    desk.keyboard.press("2")
    graph = desk.locator(".graph").bounding_box()
    assert graph
    assert graph["width"] > 600


def test_a_claim_is_checked_by_one_key_each_and_taken_back(desk: Page, served: Served) -> None:
    assert desk.locator(".text mark").inner_text() == HOSTILE, "hostile text is text"
    desk.keyboard.press("r")
    expect(desk.locator(".claim").first).to_contain_text("rejected")
    expect(desk.locator(".claim").nth(1)).to_have_attribute("aria-current", "true")
    desk.wait_for_timeout(100)
    desk.keyboard.press("a")
    expect(desk.locator(".claim").nth(1)).to_contain_text("accepted")
    expect(desk.locator(".claim").nth(2)).to_have_attribute("aria-current", "true")
    desk.wait_for_timeout(100)
    desk.keyboard.press("e")
    expect(desk.locator("select[name=kind]")).to_be_focused()
    desk.locator("input[name=actor]").fill("Hezbollah")
    desk.locator("input[name=quantity]").fill("at least 1,200 drones / month")
    desk.keyboard.press("Enter")
    expect(desk.locator(".claim").nth(2)).to_contain_text("edited")
    desk.keyboard.press("u")
    decided = made(served, 4)
    assert [x["op"] for x in decided] == ["reject", "accept", "edit", "undo"]
    assert '"value": 1200' in json.dumps(decided[2]), "the quantity goes with the edit"


def test_a_guess_is_kept_as_stated_by_one_key_and_a_doubt_of_the_report_is_not(browser: Browser, tmp_path: Path) -> None:
    told = ["Iran sent drones to Mars.", "Iran may have sent drones to Venus.", "Iran sent drones to Pluto."]
    report = Report(doc="d", title="T", text=" ".join(told), source="x", published="1999-01-01")
    claims = [
        Claim(
            doc="d",
            kind="supply",
            provider="Iran",
            recipient=to,
            evidence=words,
            start=report.text.index(words),
            end=report.text.index(words) + len(words),
            rule=rule,
            published="1999-01-01",
            certainty="possible",
        )
        for to, words, rule in (
            ("Mars", told[0], "trained-supply"),
            ("Venus", told[1], "trained-supply"),
            ("Pluto", told[2], "supply"),
        )
    ]
    served = Served(tmp_path / "desk", [report], claims)
    try:
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.goto(served.url)
        expect(page.get_by_role("button", name="As stated")).to_be_visible()
        page.keyboard.press("s")
        expect(page.locator(".claim").first).to_contain_text("stated")
        expect(page.locator(".claim").first).to_contain_text("edited")
        expect(page.locator(".claim").nth(1)).to_have_attribute("aria-current", "true")
        expect(page.get_by_role("button", name="As stated")).to_have_count(0)
        for row in (1, 2):  # the sentence hedges; a rule read it, so the doubt is the report's
            expect(page.locator(".claim").nth(row)).to_have_attribute("aria-current", "true")
            page.wait_for_timeout(100)
            page.keyboard.press("s")
            expect(page.get_by_role("status")).to_contain_text("e edits the certainty")
            page.keyboard.press("j")
            page.wait_for_timeout(100)
        page.keyboard.press("u")
        expect(page.locator(".claim").first).to_contain_text("guessed")
        decided = made(served, 2)
        assert [d["op"] for d in decided] == ["edit", "undo"]
        changed = decided[0]["changed"]
        assert isinstance(changed, dict)
        assert (changed["certainty"], changed["recipient"], changed["rule"]) == ("stated", "Mars", "analyst")
        page.context.close()
    finally:
        served.end()


def test_an_edit_that_cannot_be_says_why_and_keeps_what_was_typed(desk: Page, served: Served) -> None:
    desk.keyboard.press("e")
    desk.locator("input[name=country]").fill("Iran")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("two letters")
    expect(desk.locator("input[name=country]")).to_have_value("Iran")
    desk.keyboard.press("Escape")
    expect(desk.locator("form.slots")).to_have_count(0)
    assert not served.desk.path.exists()


@pytest.mark.parametrize("key", list("234568790"))
def test_every_screen_opens_a_sentence_with_one_key(desk: Page, served: Served, key: str) -> None:
    desk.keyboard.press(key)
    if key == "7":
        desk.locator("input[type=date]").fill("2015-01-01")
        desk.keyboard.press("Escape")
    if key == "0":
        desk.get_by_text("The thread reaches Lebanon").click()
    expect(desk.locator("main .fact").first).to_be_visible()
    desk.keyboard.press("j")
    expect(desk.locator("main .fact").first).to_be_focused()
    desk.keyboard.press("o")
    quote = desk.locator("aside blockquote").first
    expect(quote).to_be_visible()
    said = quote.inner_text()
    assert any(said == c.evidence for c in served.desk.claims)
    assert axe(desk) == []
    desk.keyboard.press("i")
    expect(desk.locator(".text mark")).to_have_text(said)


def test_the_slider_goes_back_in_time(desk: Page, served: Served) -> None:
    desk.keyboard.press("2")
    expect(desk.locator(".edge-possible").nth(1)).to_be_attached()
    before = desk.locator("svg.graph .edge").count()
    slider = desk.locator("input[type=range]")
    slider.focus()
    slider.evaluate("e => { e.value = '250'; e.dispatchEvent(new Event('input')); }")
    expect(desk.locator("svg.graph .edge")).not_to_have_count(before)
    assert desk.locator("svg.graph .edge").count() < before


def test_a_span_of_a_spanish_report_becomes_a_claim_by_keyboard(desk: Page, served: Served) -> None:
    desk.keyboard.press("0")
    box = desk.locator("#report-text")
    expect(box).to_be_visible()
    desk.get_by_text("Drones").first.click()
    expect(box).to_have_value("🛩 Hola.\n\nIrán entregó drones.")
    box.focus()
    desk.keyboard.press("Control+End")
    desk.keyboard.type("x")  # changes nothing
    desk.keyboard.press("Shift+Home")
    desk.keyboard.press("m")
    expect(desk.locator("blockquote")).to_have_text("Irán entregó drones.")
    desk.locator("select[name=kind]").select_option("supply")
    desk.locator("input[name=provider]").fill("Iran")
    desk.locator("input[name=translation]").fill("Iran delivered drones.")
    desk.keyboard.press("Enter")
    (line,) = made(served, 1)
    changed = line["changed"]
    assert isinstance(changed, dict)
    assert (changed["evidence"], changed["start"], changed["end"]) == ("Irán entregó drones.", 9, 29)
    assert line["translation"] == "Iran delivered drones."


@pytest.mark.parametrize("palette", ["day", "night", "red"])
def test_axe_finds_nothing_on_the_inbox(desk: Page, palette: str) -> None:
    while desk.evaluate("document.documentElement.dataset.palette") != palette:
        desk.keyboard.press("p")
        time.sleep(0.05)
    assert axe(desk) == []
    desk.keyboard.press("e")
    desk.locator("form.slots").wait_for()
    assert axe(desk) == []
    for key in "238":
        desk.keyboard.press("Escape")
        desk.keyboard.press(key)
        desk.locator("main .fact").first.wait_for()
        assert axe(desk) == [], f"screen {key}"
