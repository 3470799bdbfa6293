"""Why a track is there, rules switched and tried, and places taken by keyboard alone."""

from __future__ import annotations

import pytest
from page_driver import Watched
from playwright.sync_api import expect

pytestmark = pytest.mark.page


def test_a_track_is_explained_when_asked(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("Escape")
    page.locator(".track-name").first.click()
    page.get_by_role("button", name="Explain", exact=True).click()
    told = page.locator(".explained")
    expect(told).to_contain_text("It began with a report of radar-north")
    expect(told.locator("tbody tr").nth(1)).to_contain_text('radar-north (0.93) "drone"')
    expect(told.locator("tbody tr").first).to_contain_text("nothing")
    page.locator(".track-name").nth(1).click()
    expect(told).to_have_count(0)


def test_a_rule_is_tried_switched_and_the_switch_taken_back(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    rule = page.locator('[data-rule="friend"]')
    expect(rule).to_contain_text("OFF")
    page.get_by_label("How far back a rule is tried").select_option("168")
    rule.get_by_role("button", name="try on the recorded past").click()
    expect(rule).to_contain_text("would have fired 1 time in 168.0 h")
    expect(rule).to_contain_text("Uncleared friendly drone OUT OF ITS ZONES.")
    rule.get_by_role("button", name="switch on").click()
    expect(rule).not_to_contain_text("OFF:")
    expect(rule).to_contain_text("Rule friend is ON, in the site file.")
    page.get_by_role("button", name="Undo the last change").click()
    expect(rule).to_contain_text("OFF")
    sent = [
        (method, path, body) for method, path, body in watched.station.requests if path.startswith(("/api/rules", "/api/zones"))
    ]
    assert sent == [
        ("POST", "/api/rules/friend/try", {"back_h": 168}), ("PUT", "/api/rules/friend", {"on": True}), ("POST", "/api/zones/undo", None),
    ]  # fmt: skip


def test_a_notes_place_is_taken_by_keyboard(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    field = page.get_by_role("textbox", name="Note for the watch log")
    expect(field).to_be_focused()
    page.keyboard.type("a raft")
    expect(field).to_have_value("a raft")
    page.keyboard.press("Tab")
    place = page.get_by_role("button", name="Place…")
    place.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cross")).to_be_visible()
    before = watched.get("view")["cx"]
    page.keyboard.down("Shift")
    page.keyboard.down("ArrowRight")
    watched.until(f"picket.view.cx > {before} + 100")
    page.keyboard.up("ArrowRight")
    page.keyboard.up("Shift")
    page.keyboard.press("Enter")
    expect(page.locator(".cross")).to_have_count(0)
    expect(page.locator(".log-draft")).to_contain_text("33.7")
    page.get_by_role("button", name="Write").click()
    expect(page.locator(".log-line").first).to_contain_text("a raft")
    assert watched.station.requests[-1][2]["lon_deg"] > -118.2


def test_escape_leaves_a_sighting_at_the_first_press(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    form = page.get_by_role("form", name="Visual sighting")
    expect(form.get_by_label("Bearing")).to_be_focused()
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)


def test_a_phones_track_list_cuts_no_number(watched: Watched) -> None:
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 800})
    watched.open()
    page.keyboard.press("Escape")
    page.locator(".phone-nav").get_by_role("button", name="Tracks").click()
    cells = page.locator(".tracks td.number")
    expect(cells.first).to_be_visible()
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".tracks td.number, .tracks .track-name")]
            .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent.trim())"""
    )
    assert cut == []
    assert page.locator(".tracks .class-below").first.inner_text()
