"""Every view in every palette: nothing for axe-core to find; a second screen; a phone; nothing said by colour alone."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from fake_life import DIFF
from fake_station import FakeStation, stage
from page_driver import Watched, axe
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.page
PALETTES = ("day", "night", "red")


def visit(watched: Watched, palette: str, query: str = "") -> Page:
    page = watched.page
    page.add_init_script(f"localStorage.setItem('picket.palette', '{palette}')")
    page.emulate_media(reduced_motion="reduce")
    page.goto(watched.station.url + query)
    watched.until("window.picket && picket.tracks > 0")
    page.locator('[data-alert="1"]').wait_for(state="attached")
    assert page.evaluate("document.documentElement.dataset.palette") == palette
    return page


@pytest.mark.parametrize("palette", PALETTES)
def test_axe_finds_nothing_on_the_desk(watched: Watched, palette: str) -> None:
    stage(watched.station)
    watched.station.life.alarms.update(last_hour=31, last_10_min=14, flood=True)
    page = visit(watched, palette)
    assert axe(page) == [], "as opened"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    # alerts and tracks come one by one: Enter must find the one chosen, and its track
    expect(page.get_by_role("button", name="Look Enter")).to_be_visible()
    time.sleep(0.3)
    page.keyboard.press("Enter")
    expect(page.locator(".facts-table")).to_be_visible()
    page.get_by_text("radar-north").first.wait_for()
    page.get_by_role("checkbox", name="close gate 3").click()
    assert axe(page) == [], "with the detail"
    only_colour = palette != "day"  # what a key opens is the same in every palette but for its colours
    for key in ("n", "Escape", "t", "l", "h", "z", "g", "b", "3", "r", "v", "Escape", "Escape", "c", "x", "?"):
        page.keyboard.press(key)
        time.sleep(0.25)
        if key != "Escape":
            assert axe(page, only_colour=only_colour) == [], f"after {key}"


@pytest.mark.parametrize("palette", PALETTES)
def test_axe_finds_nothing_while_zones_and_the_site_file_change(watched: Watched, palette: str) -> None:
    stage(watched.station)
    watched.station.life.change = {"diff": DIFF, "problem": None}
    page = visit(watched, palette)
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    page.get_by_role("button", name="New zone").click()
    expect(page.locator("#zone-map canvas").first).to_be_visible()
    assert axe(page) == [], "a new zone"
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Edit zone lane").click()
    page.get_by_role("button", name="Delete").click()
    assert axe(page) == [], "really delete?"
    page.get_by_role("button", name="Really delete?").click()
    page.locator(".diff").wait_for()
    assert axe(page) == [], "the diff"
    page.locator(".strip-site").get_by_role("button", name="Show").click()
    page.get_by_role("dialog", name="The edited site file").wait_for()
    assert axe(page) == [], "the edited site file"


def test_a_screen_on_end_cuts_nothing_off(browser: Browser, station: FakeStation) -> None:
    stage(station)
    context = browser.new_context(viewport={"width": 800, "height": 1100})
    watched = Watched(context.new_page(), station)
    page = visit(watched, "day")
    page.keyboard.press("Escape")
    for part in (".head .link", ".head [aria-label='Help: all keys']", ".track-name", ".log-pane .act"):
        box = page.locator(part).first.bounding_box()
        assert box, part
        assert box["width"] > 20, part
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 800, part
    for text in page.locator(".log-text").all():
        assert text.evaluate("(e) => e.clientWidth") > 100, "a column of single letters"
    assert page.locator("#filter").evaluate("(e) => e.clientWidth") > 100
    context.close()


@pytest.fixture
def small(browser: Browser, station: FakeStation) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 400, "height": 800}, has_touch=True)
    found = Watched(context.new_page(), station)
    yield found
    context.close()
    assert found.errors == []
    assert found.outside == []


@pytest.mark.parametrize("palette", PALETTES)
def test_a_second_screen_shows_map_and_alerts_alone(watched: Watched, palette: str) -> None:
    stage(watched.station)
    page = visit(watched, palette, "?view=wall")
    expect(page.locator("#map")).to_be_visible()
    expect(page.locator("#alerts-pane")).to_be_visible()
    for hidden in ("#strip", "#side"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".strip-escalated")).to_contain_text("NOT ACKNOWLEDGED for")
    expect(page.locator(".strip-escalated")).to_contain_text("alert 2")
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press(" ")
    page.keyboard.press("a")
    expect(page.locator('[data-alert="4"]')).to_have_attribute("data-state", "acknowledged")


@pytest.mark.parametrize("palette", PALETTES)
def test_a_phone_has_one_column(small: Watched, palette: str) -> None:
    stage(small.station)
    page = visit(small, palette)
    panes = {"Alerts": "#alerts-pane", "Map": "#map", "Tracks": "#tracks-pane", "Detail": "#side", "Log": "#log-pane"}
    for name, shown in panes.items():
        page.locator(".phone-nav").get_by_role("button", name=name).click()
        for pane in panes.values():
            (expect(page.locator(pane)).to_be_visible if pane == shown else expect(page.locator(pane)).to_be_hidden)()
        assert page.evaluate("document.documentElement.scrollWidth <= 400 && document.documentElement.scrollHeight <= 800"), name
        assert axe(page) == [], name
    page.locator(".phone-nav").get_by_role("button", name="Alerts").click()
    row = page.locator('[data-alert="4"]')
    row.locator(".alert-main").click()  # a tap looks: the map, centred
    expect(page.locator("#map")).to_be_visible()
    watched_track = small.get("selected")
    assert watched_track == small.station.alerts[3]["nearest_track_id"]
    page.locator(".phone-nav").get_by_role("button", name="Alerts").click()
    row.get_by_role("button", name="Acknowledge").click()
    expect(row).to_have_attribute("data-state", "acknowledged")


def test_severity_and_state_are_told_in_words_and_shapes(watched: Watched) -> None:
    stage(watched.station)
    page = visit(watched, "red")
    words = {}
    for severity in ("high", "medium", "low"):
        words[severity] = page.locator(f".alert.is-{severity} .severity").first.inner_text()
    assert words == {"high": "▲ HIGH", "medium": "◆ MEDIUM", "low": "● LOW"}
    marks = page.locator(".tracks .severity-mark")
    for mark in words.values():  # the list is drawn with the first frame of the picture, after the alerts
        expect(marks.filter(has_text=mark[0])).not_to_have_count(0)
    assert set(marks.all_inner_texts()) == {"▲", "◆", "●"}
    for name in ("Zoom in", "Zoom out", "Fit the site", "Help: all keys", "Test sound"):
        expect(page.get_by_role("button", name=name)).to_have_count(1)
    for region in ("Alerts", "Tracks", "Watch log", "Map of tracks, zones and sensors"):
        expect(page.get_by_role("region", name=region, exact=True)).to_have_count(1)
