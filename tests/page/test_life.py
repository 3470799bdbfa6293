"""An alert's life by keyboard: shelf, escalation, checklist, two officers; the alarm rate; everything on one screen."""

from __future__ import annotations

import re
import time

import pytest
from fake_station import stage
from page_driver import Watched
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.page


def test_two_keys_shelve_and_one_brings_it_back(watched: Watched) -> None:
    watched.station.raise_alert(3, "medium")
    page = watched.open()
    row = page.locator('[data-alert="1"]')
    row.get_by_role("button", name="Shelve").wait_for()
    page.keyboard.press("x")
    expect(page.get_by_role("group", name="Shelve the alert")).to_contain_text("birds")
    page.keyboard.press("3")
    expect(row).to_have_attribute("data-state", "shelved")
    assert watched.station.requests == [("POST", "/api/alerts/1/shelve", {"minutes": 15, "reason": "birds"})]
    expect(row).to_contain_text("Shelved by officer: birds")
    expect(row).to_contain_text(re.compile(r"back in 14:\d\d"))
    expect(page.locator("#alerts-pane .pane-note")).to_have_text("none open, 1 shelved")
    assert watched.get("alerts") == [], "what lies on the shelf does not count as open, and is silent"
    page.keyboard.press("x")
    expect(row).to_have_attribute("data-state", "raised")
    assert watched.station.requests[-1] == ("POST", "/api/alerts/1/unshelve", {})


def test_keys_pressed_before_the_station_answers_are_not_lost(watched: Watched) -> None:
    """A station far away: acknowledged and shelved before its first answer. Both are asked, in this order; a key held down asks once."""
    watched.station.raise_alert(3, "medium")
    page, held = watched.open(), []
    row = page.locator('[data-alert="1"]')
    row.get_by_role("button", name="Shelve").wait_for()
    page.route("**/api/alerts/1/acknowledge", lambda route: held.append(route))
    for key in ("a", "a", "x", "1"):
        page.keyboard.press(key)
    expect(row).to_contain_text("sending")
    assert len(held) == 1, "a key held down asks once"
    assert not watched.station.requests, "nothing goes before its turn"
    held[0].continue_()
    expect(row).to_have_attribute("data-state", "shelved")
    assert [path for _, path, _ in watched.station.requests] == ["/api/alerts/1/acknowledge", "/api/alerts/1/shelve"]


def test_an_answer_that_comes_after_its_alert_has_gone_brings_nothing_back(watched: Watched) -> None:
    station = watched.station
    late = station.raise_alert(3, "medium")
    page, held = watched.open(), []
    page.locator('[data-alert="1"]').get_by_role("button", name="Shelve").wait_for()
    page.route("**/api/alerts/1/acknowledge", lambda route: held.append(route))
    page.keyboard.press("a")
    expect(page.locator('[data-alert="1"]')).to_contain_text("sending")
    answer = {**late, "state": "acknowledged", "acknowledged_by": "officer"}
    for number in range(1, 8):
        if number > 1:
            station.raise_alert(number, "low")
        station.change_alert(number, state="closed", closed_at=time.time() + number, closed_by="other", cause="bird")
    expect(page.locator('[data-alert="7"]')).to_have_attribute("data-state", "closed")
    expect(page.locator('[data-alert="1"]')).to_have_count(0)
    held[0].fulfill(json=answer)
    expect(page.locator("#message")).to_contain_text("acknowledged")
    expect(page.locator('[data-alert="1"]')).to_have_count(0)
    assert watched.get("alerts") == []


def test_rows_that_went_leave_nothing_behind_and_what_is_typed_stays(watched: Watched) -> None:
    """lit's repeat leaves a comment for each row that goes: a watch of many alerts must not grow by them, nor an officer lose a word."""
    station = watched.station
    page = watched.open()
    station.raise_alert(1, "high")
    page.locator('[data-alert="1"]').wait_for()
    page.keyboard.press("Space")
    row, field = page.locator('[data-alert="1"] .alert-main'), page.get_by_role("textbox", name="Note for the log")
    expect(row).to_be_focused()

    def come_and_go(numbers: range) -> None:
        for number in numbers:
            station.raise_alert(1 + number % 50, "low")
            watched.until(f"picket.alerts.some((a) => a.id === {number})")
            station.change_alert(number, state="closed", closed_at=time.time(), closed_by="other", cause="bird")
        expect(page.locator(f'[data-alert="{numbers[-1]}"]')).to_have_attribute("data-state", "closed")

    def left_behind() -> int:
        return int(page.evaluate("[...document.querySelector('#alerts').childNodes].filter((n) => n.nodeType === 8).length"))

    page.keyboard.press("c")
    page.keyboard.press("n")
    expect(field).to_be_focused()
    page.keyboard.type("two gulls ")
    come_and_go(range(2, 120))
    page.keyboard.type("at the outfall")
    expect(field).to_have_value("two gulls at the outfall")
    assert left_behind() > 100, "while somebody types the rows stay as they are"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Space")
    expect(row).to_be_focused()
    come_and_go(range(120, 123))
    assert left_behind() < 50
    expect(row).to_be_focused()


def test_minutes_and_a_reason_in_own_words(watched: Watched) -> None:
    watched.station.raise_alert(3, "medium")
    page = watched.open()
    page.locator('[data-alert="1"]').get_by_role("button", name="Shelve").wait_for()
    page.keyboard.press("x")
    page.keyboard.press("m")
    expect(page.get_by_label("Minutes on the shelf")).to_have_value("30")
    page.keyboard.press("n")
    field = page.get_by_role("textbox", name="Reason for shelving")
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    assert watched.station.requests == [], "a shelf without a reason is none"
    page.keyboard.type("3 survey drones until noon")
    page.keyboard.press("Enter")
    expect(page.locator('[data-alert="1"]')).to_have_attribute("data-state", "shelved")
    assert watched.station.requests == [("POST", "/api/alerts/1/shelve", {"minutes": 30, "reason": "3 survey drones until noon"})]


def test_escape_leaves_the_shelf_and_digits_are_free_again(watched: Watched) -> None:
    watched.station.raise_alert(3, "medium")
    page = watched.open()
    page.locator('[data-alert="1"]').get_by_role("button", name="Shelve").wait_for()
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    time.sleep(0.3)
    assert watched.station.requests == []


def test_an_older_station_has_no_shelf_and_no_log_on_the_page(watched: Watched) -> None:
    life = watched.station.life
    life.gone = {"/api/alerts/{alert_id}/shelve", "/api/log", "/api/alarms", "/api/rules"}
    watched.station.raise_alert(3, "medium")
    page = watched.open()
    page.locator('[data-alert="1"]').get_by_role("button", name="Close").wait_for()
    time.sleep(0.6)
    expect(page.get_by_role("button", name="Shelve")).to_have_count(0)
    expect(page.locator("#log-pane")).to_be_hidden()
    page.keyboard.press("x")
    expect(page.locator("#message")).to_contain_text("cannot shelve")
    assert all(words not in str(watched.errors) for words in ("TypeError", "undefined"))


def test_an_escalated_alert_says_so_and_sounds_twice_as_often(watched: Watched) -> None:
    watched.page.clock.install()
    page = watched.open()
    page.keyboard.press("Enter")
    watched.until("window.picket.sound.played === 3")
    watched.station.raise_alert(3, "high")
    expect(page.locator('[data-alert="1"]')).to_contain_text("NEW")
    watched.station.change_alert(1, escalated_at=time.time())
    expect(page.locator('[data-alert="1"] .late')).to_have_text("ESCALATED")
    page.clock.pause_at(page.evaluate("Date.now()") + 5000)  # from here on by the page's own clock: a slow machine beeps as often
    before = watched.get("sound.played")
    page.clock.run_for(3900)
    assert watched.get("sound.played") - before == 3, "every 1.25 s instead of every 2.5 s"
    page.clock.resume()
    page.keyboard.press("a")
    expect(page.locator(".late")).to_have_count(0)


def test_the_checklist_is_ticked_into_the_log_and_calls_are_named(watched: Watched) -> None:
    watched.station.raise_alert(3, "high")
    page = watched.open()
    page.locator('[data-alert="1"]').wait_for()
    page.keyboard.press(" ")
    todo = page.get_by_role("region", name="What to do about alert 1")
    expect(todo).to_contain_text("Harbour control")
    expect(todo).to_contain_text("channel 14, or 555-0100")
    gate = todo.get_by_role("checkbox", name="close gate 3")
    gate.click()
    expect(todo.locator(".is-done")).to_have_text("close gate 3")
    expect(todo).to_contain_text("officer")
    assert watched.station.requests[-1] == ("POST", "/api/log", {"kind": "note", "text": "Done: close gate 3", "alert_id": 1})
    gate.click()
    expect(todo.locator(".is-done")).to_have_count(0)
    assert watched.station.requests[-1][2]["text"] == "Not done after all: close gate 3"


def test_two_officers_on_one_alert_see_each_other(watched: Watched, browser: Browser) -> None:
    watched.station.user = "Kim"
    watched.station.raise_alert(3, "high")
    page = watched.open()
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    other = context.new_page()
    other.goto(watched.station.url)
    other.locator('[data-alert="1"]').wait_for()
    other.keyboard.press("a")
    expect(page.locator('[data-alert="1"]')).to_contain_text("ack Kim")
    page.keyboard.press("a")
    expect(page.locator("#message")).to_contain_text("already acknowledged by Kim")
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="close gate 3").click()
    other.keyboard.press("Enter")
    expect(other.locator(".todo .is-done")).to_have_text("close gate 3")
    context.close()


def test_the_alarm_rate_is_quiet_until_it_is_too_much(watched: Watched) -> None:
    page = watched.open()
    rate = page.locator(".rate")
    expect(rate).to_have_text("4/h")
    expect(rate).not_to_have_class(re.compile("is-much|is-flood"))
    assert "6 is acceptable, 12 the most" in (rate.get_attribute("title") or "")
    watched.station.life.alarms.update(last_hour=9)
    expect(rate).to_have_text("9/h ▲")
    watched.station.life.alarms.update(last_hour=31, last_10_min=14, flood=True)
    expect(rate).to_have_text("FLOOD: 14 in 10 min")
    page.keyboard.press("g")
    panel = page.get_by_role("region", name="Alarms and rules")
    expect(panel).to_contain_text("5 pier: birds at the outfall")
    expect(panel).to_contain_text("a track inside a protected zone")
    expect(panel.locator(".rules .is-off")).to_contain_text("OFF")
    expect(panel.locator(".shares")).to_contain_text("70 %")


def test_map_list_detail_log_and_alerts_are_on_one_screen(watched: Watched) -> None:
    stage(watched.station)
    page = watched.open()
    expect(page.locator(".alert")).to_have_count(6)
    page.keyboard.press("Enter")  # start
    page.keyboard.press(" ")
    expect(page.locator(".facts-table")).to_be_visible()
    boxes = {}
    for name in ("#map", "#tracks-pane", "#log-pane", "#alerts-pane", "#side"):
        box = page.locator(name).bounding_box()
        assert box, name
        assert min(box["x"], box["y"]) >= 0, name
        assert box["x"] + box["width"] <= 1280, name
        assert box["y"] + box["height"] <= 720, name
        boxes[name] = box
    assert boxes["#map"]["width"] >= 800
    assert boxes["#map"]["height"] >= 400
    pane = page.locator("#alerts").bounding_box()
    assert pane
    for row in page.locator(".alert").all()[:5]:
        box = row.bounding_box()
        assert box
        assert box["y"] + box["height"] <= pane["y"] + pane["height"] + 1
    page.keyboard.press("w")
    expect(page.locator("#strip")).to_be_hidden()
    larger = page.locator("#map").bounding_box()
    assert larger
    assert larger["height"] > boxes["#map"]["height"] + 140
    page.keyboard.press("t")
    expect(page.locator("#strip")).to_be_visible()
