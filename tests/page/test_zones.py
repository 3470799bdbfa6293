"""Zones on the page: drawn, tried, saved, deleted, undone with a diff; a hand edit of the site file taken over or refused."""

from __future__ import annotations

import time

import pytest
from fake_life import DIFF
from page_driver import Watched
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.page


def zone_tool(watched: Watched) -> Page:
    page = watched.settled()
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    page.get_by_role("button", name="New zone").wait_for()
    return page


def draw(page: Page, *corners: tuple[int, int]) -> None:
    expect(page.locator("#zone-map canvas").first).to_be_visible()  # the editor is loaded when a zone is first edited
    time.sleep(0.5)  # and takes up a change of kind with its next frame
    for x, y in corners[:-1]:
        page.mouse.click(x, y)
        time.sleep(0.35)
    page.mouse.dblclick(*corners[-1])


def test_a_new_zone_is_drawn_tried_and_saved_with_its_diff(watched: Watched) -> None:
    page = zone_tool(watched)
    page.get_by_role("button", name="New zone").click()
    expect(page.locator("#zone-map canvas").first).to_be_visible()
    draw(page, (300, 200), (500, 210), (480, 420), (300, 400))
    save = page.get_by_role("button", name="Save")
    save.click()
    expect(page.locator(".zone-edit ~ .is-bad")).to_contain_text("needs a short name")
    page.get_by_label("Name").fill("pier-9")
    page.get_by_label("Kind").select_option("protected")
    page.get_by_label("Ceiling, m msl").fill("three")
    save.click()
    expect(page.locator(".zone-edit ~ .is-bad")).to_contain_text("type numbers")
    page.get_by_label("Ceiling, m msl").fill("300")
    page.get_by_role("button", name="Try on the past").click()
    expect(page.locator(".tried")).to_contain_text("It would have fired 4 times in the last 24 h.")
    expect(page.locator(".tried li")).to_have_count(4)
    assert "/api/zones" not in [path for _, path, _ in watched.station.requests], "trying saves nothing"
    save.click()
    expect(page.locator("#message")).to_contain_text("Zone pier-9 is saved")
    expect(page.locator(".diff")).to_contain_text('+id = "pier-9"')
    expect(page.get_by_role("button", name="Edit zone pier-9")).to_be_visible()
    body = watched.station.requests[-1][2]
    assert {k: body[k] for k in ("id", "kind", "floor_m", "ceiling_m", "hours")} == {
        "id": "pier-9", "kind": "protected", "floor_m": 0, "ceiling_m": 300, "hours": "always",
    }  # fmt: skip
    assert body["geometry"]["type"] == "Polygon"


def test_an_edited_zone_may_get_another_ceiling(watched: Watched) -> None:
    page = zone_tool(watched)
    page.get_by_role("button", name="Edit zone pier").click()
    page.get_by_label("Ceiling, m msl").fill("")
    page.get_by_label("Hours").fill("06:00-22:00")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message")).to_contain_text("Zone pier is saved")
    body = watched.station.requests[-1][2]
    assert (body["ceiling_m"], body["floor_m"], body["hours"]) == (None, 0, "06:00-22:00")
    assert body["geometry"]["type"] == "Polygon"


def test_a_border_is_drawn_as_a_line(watched: Watched) -> None:
    page = zone_tool(watched)
    page.get_by_role("button", name="New zone").click()
    page.get_by_label("Kind").select_option("border_line")
    page.get_by_label("Name").fill("inlet")
    draw(page, (250, 400), (400, 380), (560, 410))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message")).to_contain_text("Zone inlet is saved")
    assert watched.station.requests[-1][2]["geometry"]["type"] == "LineString"


def test_deleting_asks_first_and_can_be_undone(watched: Watched) -> None:
    page = zone_tool(watched)
    page.get_by_role("button", name="Edit zone lane").click()
    page.get_by_role("button", name="Delete").click()
    assert watched.station.requests == []
    page.get_by_role("button", name="Really delete?").click()
    expect(page.locator(".diff")).to_contain_text('-id = "lane"')
    expect(page.get_by_role("button", name="Edit zone lane")).to_have_count(0)
    assert watched.station.requests[-1][:2] == ("DELETE", "/api/zones/lane")
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.get_by_role("button", name="Edit zone lane")).to_be_visible()
    expect(page.locator(".diff")).to_contain_text("+ceiling_m = 400")
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.locator("#side .is-bad")).to_contain_text("no change of a zone is left to undo")


def test_what_the_station_finds_wrong_with_a_new_zone_is_said_and_nothing_is_lost(watched: Watched) -> None:
    watched.station.zone_error = "the polygon crosses itself near corner 3; move that corner"
    page = zone_tool(watched)
    page.get_by_role("button", name="New zone").click()
    draw(page, (300, 200), (500, 400), (500, 200), (300, 400))
    page.get_by_label("Name").fill("bow-tie")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".zone-edit ~ .is-bad")).to_contain_text("crosses itself near corner 3")
    expect(page.get_by_label("Name")).to_have_value("bow-tie")
    expect(page.locator("#zone-map")).to_be_visible()


def test_planned_flights_are_imported_shown_and_taken_off(watched: Watched) -> None:
    page = zone_tool(watched)
    field = page.get_by_label("Import GeoJSON or CSV")
    now = time.time()
    text = f"identity,since,until\nSURVEY-1,{now:.0f},{now + 7200:.0f}\nSURVEY-2,{now:.0f},{now + 3600:.0f}\n"
    file = {"name": "today.csv", "mimeType": "text/csv", "buffer": text.encode()}
    watched.station.life.flights_error = "row 3: until is before since; correct it and import the file again"
    field.set_input_files(file)
    expect(page.locator("#side .is-bad")).to_contain_text("row 3: until is before since")
    watched.station.life.flights_error = None
    field.set_input_files(file)
    rows = page.get_by_role("button", name="Take off planned flight")
    expect(rows).to_have_count(2)
    assert watched.station.requests[-1] == ("POST", "/api/flights/planned", text)
    expect(page.locator("#side")).to_contain_text("SURVEY-2")
    expect(page.locator("#side")).to_contain_text("120 m")
    page.get_by_role("button", name="Take off planned flight f1").click()
    expect(rows).to_have_count(1)
    expect(page.locator("#message")).to_contain_text("Planned flight f1 is off")


def test_a_hand_edit_is_shown_as_a_diff_and_taken_over(watched: Watched) -> None:
    page = watched.open()
    watched.station.life.change = {"diff": DIFF, "problem": None}
    notice = page.locator(".strip-site")
    expect(notice).to_contain_text("The site file was edited by hand")
    notice.get_by_role("button", name="Show").click()
    box = page.get_by_role("dialog", name="The edited site file")
    expect(box.locator(".is-gone")).to_contain_text("-ceiling_m = 400")
    box.get_by_role("button", name="Take over").click()
    expect(box).to_have_count(0)
    expect(notice).to_have_count(0)
    assert watched.station.requests[-1][:2] == ("POST", "/api/site/take")


def test_a_refused_or_wrong_hand_edit_leaves_the_station_as_it_runs(watched: Watched) -> None:
    page = watched.open()
    watched.station.life.change = {"diff": DIFF, "problem": "zone pier: ceiling_m is 300 m below its floor_m"}
    notice = page.locator(".strip-site")
    expect(notice).to_contain_text("cannot be taken over")
    notice.get_by_role("button", name="Show").click()
    box = page.get_by_role("dialog", name="The edited site file")
    expect(box).to_contain_text("below its floor_m")
    expect(box.get_by_role("button", name="Take over")).to_have_count(0)
    box.get_by_role("button", name="Refuse").click()
    expect(box).to_have_count(0)
    expect(notice).to_have_count(0)
    assert watched.station.requests == []
    watched.station.life.change = {"diff": DIFF + "\n+# again", "problem": None}
    expect(notice).to_contain_text("edited by hand")
