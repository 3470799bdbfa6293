"""The officer's desk: watch log, sighting by eye, units and times, filters on one key, range and bearing, what no sensor sees."""

from __future__ import annotations

import re
import time

import numpy as np
import pytest
from page_driver import Watched
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.page


def at(watched: Watched, east_m: float, north_m: float) -> tuple[float, float]:
    """Pixel of a place given in metres from the site."""
    view, box = watched.get("view"), watched.page.locator("#map").bounding_box()
    assert box
    stretch = 1 / np.cos(np.radians(33.75))
    x = box["x"] + (east_m * stretch - view["cx"]) / view["res"] + view["width"] / 2
    y = box["y"] + (view["cy"] - north_m * stretch) / view["res"] + view["height"] / 2
    return float(x), float(y)


def settled(watched: Watched) -> Page:
    page = watched.settled()
    page.keyboard.press("Escape")
    return page


# -- the watch log ---------------------------------------------------------------------------------------------------
def test_a_note_is_written_with_one_key_a_place_and_its_alert(watched: Watched) -> None:
    watched.station.raise_alert(3, "medium")
    page = settled(watched)
    page.keyboard.press("n")
    field = page.get_by_role("textbox", name="Note for the watch log")
    expect(field).to_be_focused()
    page.keyboard.type("2 lights low over the breakwater")
    page.get_by_role("button", name="Place…").click()
    page.mouse.click(*at(watched, 800, 600))
    expect(page.locator(".log-draft")).to_contain_text("33.755")
    expect(page.get_by_role("checkbox", name="about alert 1")).to_be_checked()
    time.sleep(0.7)  # the pane is drawn again meanwhile
    expect(field).to_have_value("2 lights low over the breakwater")
    page.get_by_role("button", name="Write").click()
    line = page.locator(".log-line").first
    expect(line).to_contain_text("2 lights low over the breakwater")
    expect(line).to_contain_text("alert 1")
    method, path, body = watched.station.requests[-1]
    assert (method, path) == ("POST", "/api/log")
    assert body["kind"] == "note" and body["alert_id"] == 1  # noqa: PT018
    assert body["lat_deg"] == pytest.approx(33.75 + 600 / 110_922, abs=3e-4)
    assert body["lon_deg"] == pytest.approx(-118.2 + 800 / 92_640, abs=3e-4)
    page.mouse.wheel(0, 400)
    line.get_by_role("button", name=re.compile("Show on the map")).click()
    expect(page.locator(".log-draft")).to_have_count(0)


def test_what_the_station_does_not_write_stays_in_the_field(watched: Watched) -> None:
    page = settled(watched)
    page.keyboard.press("n")
    page.keyboard.type("gate 3 closed")
    watched.station.life.log_error = "the disk is full: free some space and try again"
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("the disk is full")
    field = page.get_by_role("textbox", name="Note for the watch log")
    expect(field).to_have_value("gate 3 closed")
    watched.station.life.log_error = None
    page.keyboard.press("Enter")
    expect(page.locator(".log-line").first).to_contain_text("gate 3 closed")
    expect(field).to_have_count(0)


def test_a_note_left_half_written_is_there_again(watched: Watched) -> None:
    page = settled(watched)
    page.keyboard.press("n")
    page.keyboard.type("white van at gate 2, plate ")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    field = page.get_by_role("textbox", name="Note for the watch log")
    expect(field).to_have_count(0)
    page.keyboard.press("n")
    expect(field).to_have_value("white van at gate 2, plate ")
    page.keyboard.press("End")
    page.keyboard.type("unread")
    page.keyboard.press("Enter")
    expect(page.locator(".log-line").first).to_contain_text("white van at gate 2, plate unread")
    page.keyboard.press("n")
    expect(field).to_have_value("")


def test_the_log_is_searched_and_printed(watched: Watched) -> None:
    for words in ("crane lights on", "survey drone landed", "crane lights off"):
        watched.station.life.write("note", words, "Kim")
    page = settled(watched)
    expect(page.locator(".log-line")).to_have_count(3)
    page.get_by_role("searchbox", name="Search the watch log").fill("crane off")
    expect(page.locator(".log-line")).to_have_count(1)
    expect(page.locator(".log-line")).to_contain_text("crane lights off")
    page.get_by_role("searchbox", name="Search the watch log").fill("zeppelin")
    expect(page.locator("#log-pane")).to_contain_text("Nothing in the log has these words")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Print").click()
    assert "survey drone landed" in popup.value.content()
    expect(page.get_by_role("link", name="PDF")).to_have_attribute("href", "/log.pdf")


def test_a_hand_over_is_filled_in_and_edited(watched: Watched) -> None:
    watched.station.raise_alert(3, "high")
    page = settled(watched)
    page.get_by_role("button", name="Hand over").click()
    field = page.get_by_role("textbox", name="Hand-over of the watch")
    words = field.input_value()
    assert "Open alerts: 1 (high, raised)" in words
    assert "Sensors not heard: mic-2" in words
    field.press("End")
    page.keyboard.type(" Tea is in the pot.")
    page.get_by_role("button", name="Write").click()
    expect(page.locator(".log-line.is-handover")).to_contain_text("Tea is in the pot.")
    assert watched.station.requests[-1][2]["kind"] == "handover"


# -- seen by eye -----------------------------------------------------------------------------------------------------
def test_a_sighting_is_one_key_a_bearing_and_enter(watched: Watched) -> None:
    page = settled(watched)
    page.keyboard.press("v")
    form = page.get_by_role("form", name="Visual sighting")
    expect(form.get_by_label("Bearing")).to_be_focused()
    page.keyboard.press("Enter")
    expect(form).to_contain_text("Type the bearing in degrees")
    page.keyboard.type("140")
    page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    assert watched.station.requests == [("POST", "/api/sightings", {"bearing_deg": 140, "what": "drone"})]
    expect(page.locator(".log-line").first).to_contain_text("seen by eye: drone at 140 deg")


def test_a_click_on_the_map_gives_bearing_and_distance(watched: Watched) -> None:
    page = settled(watched)
    page.keyboard.press("v")
    page.mouse.click(*at(watched, 1000, -1000))
    form = page.get_by_role("form", name="Visual sighting")
    expect(form.get_by_label("Bearing")).to_have_value("135")
    form.get_by_label("About how high").select_option(label="100 m")
    form.get_by_label("What").select_option("helicopter")
    form.get_by_label("Note").fill("grey, no lights")
    page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    body = watched.station.requests[-1][2]
    assert body["bearing_deg"] == pytest.approx(135, abs=1)
    assert body["range_m"] == pytest.approx(1414, rel=0.02)
    assert (body["height_m"], body["what"], body["note"]) == (100, "helicopter", "grey, no lights")


def test_the_observer_may_stand_elsewhere(watched: Watched) -> None:
    page = settled(watched)
    page.keyboard.press("v")
    page.get_by_role("button", name="Seen from the site…").click()
    page.mouse.click(*at(watched, 1000, 0))
    page.mouse.click(*at(watched, 1000, 900))
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".sighting")).to_have_count(0)
    body = watched.station.requests[-1][2]
    assert min(body["bearing_deg"], 360 - body["bearing_deg"]) < 1.5
    assert body["range_m"] == pytest.approx(900, rel=0.03)
    assert body["lon_deg"] == pytest.approx(-118.2 + 1000 / 92_640, abs=3e-4)


# -- units, times, filters, ruler ------------------------------------------------------------------------------------
def test_units_and_times_are_changed_with_one_key_and_remembered(watched: Watched) -> None:
    watched.page.context.grant_permissions([])
    page = settled(watched)
    head = page.locator("table.tracks thead")
    expect(head).to_contain_text("Ht m")
    page.keyboard.press("u")
    expect(head).to_contain_text("Ht ft")
    expect(head).to_contain_text("kn")
    expect(page.locator("#scale-words")).to_contain_text("NM")
    page.reload()
    watched.until("window.picket && picket.tracks > 0")
    expect(head).to_contain_text("kn")
    page.keyboard.press("u")
    expect(head).to_contain_text("m/s")


def test_local_time_is_remembered_too(watched: Watched) -> None:
    browser = watched.page.context.browser
    assert browser
    context = browser.new_context(viewport={"width": 1280, "height": 720}, timezone_id="America/Los_Angeles")
    page = context.new_page()
    page.goto(watched.station.url)
    clock = page.locator(".clock")
    expect(clock.locator(".clock-day")).to_contain_text("UTC")
    expect(clock.locator(".clock-other")).to_contain_text(re.compile(r"UTC-[78]"))
    utc = clock.locator(".clock-time").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("y")
    expect(clock.locator(".clock-day")).to_contain_text(re.compile(r"UTC-[78]"))
    hours = (int(utc[:2]) - int(clock.locator(".clock-time").inner_text()[:2])) % 24
    assert hours in (7, 8)
    page.reload()
    expect(clock.locator(".clock-day")).to_contain_text(re.compile(r"UTC-[78]"))
    context.close()


def test_one_digit_filters_map_and_list_and_alerted_tracks_stay(watched: Watched) -> None:
    swarm = watched.station.swarm
    bird = int(np.flatnonzero(swarm.classification == 2)[0]) + 1
    watched.station.raise_alert(bird, "low")
    page = settled(watched)
    watched.until(f"window.picket.track({bird}).alert === 1")
    everything = watched.get("shown")
    page.keyboard.press("5")
    vessels = int((swarm.classification == 4).sum())
    note = page.locator(".is-filtered")
    expect(note).to_contain_text(f"vessels, and tracks with alerts: {vessels + 1} of 60")
    expect(page.locator("table.tracks tbody tr")).to_have_count(vessels + 1)
    watched.until(f"window.picket.shown <= {vessels + 1}")
    page.keyboard.press("0")
    expect(note).to_have_count(0)
    watched.until(f"window.picket.shown > {everything} - 8")


def test_range_and_bearing_between_two_clicks(watched: Watched) -> None:
    page = settled(watched)
    page.keyboard.press("r")
    page.mouse.click(*at(watched, 0, 0))
    page.mouse.move(*at(watched, 500, 500))
    page.mouse.click(*at(watched, 1500, 0))
    words = page.locator("#ruler-words")
    expect(words).to_contain_text(re.compile(r"(089|090|091)°, 1\.(49|50|51) km \(back (269|270|271)°\)"))
    page.keyboard.press("u")
    expect(words).to_contain_text("0.8")
    expect(words).to_contain_text("NM")
    page.keyboard.press("Escape")
    expect(words).to_have_count(0)


# -- what is not seen ------------------------------------------------------------------------------------------------
def test_a_silent_radar_is_said_over_the_map(watched: Watched) -> None:
    page = settled(watched)
    note = page.locator(".is-blind")
    expect(note).to_contain_text("mic-2 (acoustic) silent for")
    watched.station.sensor_list[0].update(state="silent", age_s=41.0)
    expect(note).to_contain_text("radar-north (radar) silent for 4")
    expect(note).to_contain_text("does not mean nobody is there")
    for sensor in watched.station.sensor_list:
        sensor.update(state="ok", age_s=0.2)
    expect(note).to_have_count(0)


def test_what_no_sensor_sees_is_hatched_by_height(watched: Watched) -> None:
    page = settled(watched)
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url.rsplit("?", 1)[-1]) if "/api/coverage" in r.url else None)
    before = page.locator("#map").screenshot()
    page.keyboard.press("b")
    note = page.get_by_role("group", name="What no sensor sees")
    expect(note).to_contain_text("beyond radar-south; below the horizon of radar-north")
    expect(note.get_by_label("Height above the site")).to_have_value("30")
    time.sleep(0.5)
    assert page.locator("#map").screenshot() != before
    for height in ("60", "120", "300"):
        page.keyboard.press("b")
        expect(note.get_by_label("Height above the site")).to_have_value(height)
    page.keyboard.press("b")
    expect(note).to_have_count(0)
    assert {"height_m=30", "height_m=60", "height_m=120", "height_m=300"} <= set(asked)
    page.keyboard.press("b")
    page.route("**/api/coverage*", lambda r: r.abort())
    expect(note).to_contain_text("did not answer")
