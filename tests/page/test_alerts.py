"""Alerts on the page: they come, are heard, and are handled from the keyboard alone."""

from __future__ import annotations

import re
import time

import pytest
from fake_station import stage
from page_driver import Watched
from playwright.sync_api import expect

pytestmark = pytest.mark.page


def test_a_new_alert_has_a_row_a_voice_and_a_sound(watched: Watched) -> None:
    page = watched.open()
    expect(page.locator(".chip.is-sound-off")).to_have_text("SOUND OFF")
    page.keyboard.press("Enter")  # through the door "Watch now": the gesture that browsers ask for
    watched.until("window.picket.sound.state === 'on'")
    expect(page.locator(".sound-off")).to_have_count(0)
    watched.until("window.picket.sound.played === 3")  # high, medium and low are heard once at the start of a watch
    alert = watched.station.raise_alert(3, "high")
    row = page.locator('[data-alert="1"]')
    expect(row).to_contain_text("HIGH")
    expect(row).to_contain_text(alert["text"])
    expect(page.locator("#live-high")).to_contain_text(alert["text"])
    expect(page).to_have_title("EXERCISE (1) Long Beach pier 7 · Picket")
    watched.until("Number(document.documentElement.dataset.soundPlayed) >= 5")
    assert page.evaluate("document.documentElement.dataset.soundLast") == "high"


def test_the_alarm_is_silent_once_acknowledged(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("Enter")
    watched.until("window.picket.sound.state === 'on'")
    watched.station.raise_alert(3, "high")
    watched.until("Number(document.documentElement.dataset.soundPlayed) >= 4")
    page.keyboard.press("a")
    expect(page.locator('[data-alert="1"]')).to_have_attribute("data-state", "acknowledged")
    played = watched.get("sound.played")
    time.sleep(3.2)
    assert watched.get("sound.played") == played


def test_acknowledging_takes_at_most_three_keys(watched: Watched) -> None:
    page = watched.open()
    watched.station.raise_alert(3, "medium")
    watched.station.raise_alert(4, "high")
    expect(page.locator('[data-alert="2"]')).to_be_visible()
    page.keyboard.press(" ")
    watched.until("window.picket.selected === 4")
    page.keyboard.press("a")
    expect(page.locator('[data-alert="2"]')).to_have_attribute("data-state", "acknowledged")
    assert watched.station.requests == [("POST", "/api/alerts/2/acknowledge", {})]
    expect(page.locator('[data-alert="2"]')).to_contain_text("ack officer")


def test_a_row_cut_short_still_says_where_to_look_and_how_many_wait(watched: Watched) -> None:
    watched.station.life.alarms.update(last_hour=31, last_10_min=14, flood=True)
    page = watched.open()
    text = "Unknown drone INSIDE the outer anchorage north-east of the second breakwater: 910 m from the site, look 231 deg."
    for number in range(12):
        watched.station.raise_alert(3 + number, "high", text=text, bearing_deg=231.2, distance_m=910.4)
    page.locator('[data-alert="12"]').wait_for()
    rows = page.locator(".alert:not(.is-current)")
    row = rows.first
    expect(row.locator(".alert-where")).to_have_text("231° 910 m")
    expect(page.locator(".alert.is-current .alert-text")).to_have_text(text)
    for part in (row.locator(".alert-where"), page.locator("#alerts-pane .pane-note b")):
        box, pane = part.bounding_box(), page.locator("#alerts-pane").bounding_box()
        assert box
        assert pane
        assert box["x"] + box["width"] <= pane["x"] + pane["width"]
        assert part.evaluate("(e) => e.scrollWidth <= e.clientWidth || getComputedStyle(e).display === 'inline'")
    note = page.locator("#alerts-pane .pane-note")
    expect(note).to_have_text("12 not acknowledged, 12 open")
    assert note.evaluate("(e) => e.getBoundingClientRect().right >= e.querySelector('b').getBoundingClientRect().right"), (
        "cut off"
    )


def test_the_newest_of_equals_is_found_by_space_and_looked_at(watched: Watched) -> None:
    page = watched.open()
    watched.station.raise_alert(9, "low")
    page.locator('[data-alert="1"]').wait_for()
    page.keyboard.press(" ")
    watched.until("window.picket.selected === 9")
    size = watched.get("view")
    at = watched.get("track(9).screen")
    assert abs(at["x"] - size["width"] / 2) < 40
    assert abs(at["y"] - size["height"] / 2) < 40


def test_space_goes_to_the_most_severe_even_when_a_lesser_one_is_newer(watched: Watched) -> None:
    watched.station.raise_alert(4, "high")
    page = watched.open()
    watched.station.raise_alert(9, "low")
    page.locator('[data-alert="2"]').wait_for()
    page.keyboard.press(" ")
    watched.until("window.picket.selected === 4")


def test_the_list_is_walked_with_j_and_k_and_enter_looks(watched: Watched) -> None:
    for track_id, severity in ((3, "low"), (4, "high"), (5, "medium")):
        watched.station.raise_alert(track_id, severity)
    page = watched.open()
    expect(page.locator(".alert")).to_have_count(3)
    order = page.locator(".alert").evaluate_all("(rows) => rows.map((r) => r.dataset.alert)")
    assert order == ["2", "3", "1"], "the most severe first"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator('[data-alert="3"]')).to_have_class(re.compile("is-current"))
    page.keyboard.press("k")
    expect(page.locator('[data-alert="2"]')).to_have_class(re.compile("is-current"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    watched.until("window.picket.selected === 5")


def test_closing_asks_for_the_cause_by_digit(watched: Watched) -> None:
    watched.station.raise_alert(3, "medium")
    page = watched.open()
    page.locator('[data-alert="1"]').wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    chooser = page.locator(".causes")
    expect(chooser).to_contain_text("bird")
    page.keyboard.press("Escape")
    expect(chooser).to_have_count(0)
    assert watched.station.requests == []
    page.keyboard.press("c")
    expect(chooser).to_be_visible()
    page.keyboard.press("3")
    expect(page.locator('[data-alert="1"]')).to_have_attribute("data-state", "closed")
    assert watched.station.requests == [("POST", "/api/alerts/1/close", {"cause": "bird", "note": ""})]


def test_a_note_is_typed_before_the_cause_and_its_digits_are_text(watched: Watched) -> None:
    watched.station.raise_alert(3, "medium")
    page = watched.open()
    page.locator('[data-alert="1"]').wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.locator(".causes")).to_be_visible()
    expect(page.locator(".note")).to_have_count(0)
    page.keyboard.press("n")
    note = page.get_by_role("textbox", name="Note for the log")
    expect(note).to_be_focused()
    page.keyboard.type("2 gulls over pier 3, seen by eye")
    assert watched.station.requests == [], "a digit in the note closes nothing"
    time.sleep(1.2)  # the list is drawn again meanwhile
    expect(note).to_have_value("2 gulls over pier 3, seen by eye")
    page.keyboard.press("Enter")
    watched.station.action_error = "the log is full"
    page.keyboard.press("3")
    expect(page.locator("#message")).to_contain_text("the log is full")
    expect(note).to_have_value("2 gulls over pier 3, seen by eye")
    expect(note).to_be_focused()
    watched.station.action_error = None
    page.keyboard.press("Enter")
    page.keyboard.press("3")
    expect(page.locator('[data-alert="1"]')).to_have_attribute("data-state", "closed")
    expect(page.locator('[data-alert="1"]')).to_contain_text("Note: 2 gulls over pier 3, seen by eye")
    body = {"cause": "bird", "note": "2 gulls over pier 3, seen by eye"}
    assert watched.station.requests == [("POST", "/api/alerts/1/close", body)]


def test_a_note_that_was_given_up_does_not_go_with_the_next_closing(watched: Watched) -> None:
    watched.station.raise_alert(3, "medium")
    page = watched.open()
    page.locator('[data-alert="1"]').wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.press("n")
    expect(page.locator(".note")).to_be_focused()
    page.keyboard.type("wrong alert")
    page.keyboard.press("Escape")
    expect(page.locator(".causes")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".causes")).to_have_count(0)
    page.keyboard.press("c")
    page.keyboard.press("7")
    expect(page.locator('[data-alert="1"]')).to_have_attribute("data-state", "closed")
    assert watched.station.requests == [("POST", "/api/alerts/1/close", {"cause": "other", "note": ""})]


def test_the_reason_is_shown_whole_and_nothing_is_said_twice(watched: Watched) -> None:
    text = "Unknown drone INSIDE Pier 7: 190 m from the site, look 012 deg, 6 deg up, hovering; radar-north; certain (99 %)."
    why = (
        "Raised because its estimated place is 10 m inside this protected zone, give or take 24 m (2 sigma); its height is 60 m, "
        "within 0 to 400 m msl; it is 99 % sure to exist (limit 90 %)."
    )
    watched.station.raise_alert(3, "high", text=text, why=why)
    page = watched.open()
    row = page.locator('[data-alert="1"]')
    expect(row.locator(".alert-text")).to_have_text(text)
    expect(row.locator(".why")).to_have_text(why)
    for part in (".alert-text", ".why"):
        assert row.locator(part).evaluate("(e) => e.scrollHeight <= e.clientHeight + 1"), f"{part} is cut off"
    assert row.inner_text().count("look") == 1


def test_what_the_station_refuses_is_said_in_words(watched: Watched) -> None:
    watched.station.raise_alert(3, "medium")
    page = watched.open()
    page.locator('[data-alert="1"]').wait_for()
    watched.station.action_error = "the log is full: 0 bytes free, free some and try again"
    page.keyboard.press("a")
    expect(page.locator("#message")).to_contain_text("the log is full")
    expect(page.locator('[data-alert="1"]')).to_have_attribute("data-state", "raised")


def test_alerts_missed_while_away_arrive_after_a_reconnect(watched: Watched) -> None:
    page = watched.open()
    watched.station.drop()
    watched.station.raise_alert(3, "high")
    page.locator('[data-alert="1"]').wait_for()


def test_five_alerts_fit_without_scrolling(watched: Watched) -> None:
    stage(watched.station)
    page = watched.open()
    expect(page.locator(".alert")).to_have_count(6)
    page.keyboard.press("j")
    pane = page.locator("#alerts").bounding_box()
    assert pane
    for row in page.locator(".alert").all()[:5]:
        box = row.bounding_box()
        assert box
        assert box["y"] >= pane["y"] - 1
        assert box["y"] + box["height"] <= pane["y"] + pane["height"] + 1
    assert page.evaluate("document.documentElement.scrollWidth <= 1280 && document.documentElement.scrollHeight <= 720")


@pytest.mark.parametrize("key", ["x", "c"])
def test_all_choices_of_the_last_row_are_seen(watched: Watched, key: str) -> None:
    stage(watched.station)
    page = watched.open()
    expect(page.locator(".alert")).to_have_count(6)
    for _ in range(5):
        page.keyboard.press("j")
    page.keyboard.press(key)
    expect(page.locator(".causes button").last).to_be_in_viewport(ratio=1)


def test_the_sound_can_be_tested_and_turned_off(watched: Watched) -> None:
    page = watched.open()
    page.get_by_role("button", name="Test sound").click()
    watched.until("window.picket.sound.played === 3")
    expect(page.locator("#message")).to_contain_text("high, five quick tones")
    page.keyboard.press("Escape")
    page.locator("#map").focus()
    page.keyboard.press("s")
    expect(page.locator(".chip.is-sound-off")).to_be_visible()
    page.keyboard.press("s")
    watched.until("window.picket.sound.state === 'on'")
