"""Lists, forms and looks: filter, sensors, zones, palettes, help, contrast, accessibility."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from fake_station import stage
from page_driver import Watched
from playwright.sync_api import expect

pytestmark = pytest.mark.page


def test_the_filter_takes_one_key_and_narrows_the_list(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("/")
    expect(page.locator("#filter")).to_be_focused()
    page.keyboard.type("vessel")
    vessels = int((watched.station.swarm.classification == 4).sum())
    expect(page.locator("table.tracks tbody tr")).to_have_count(vessels)
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    assert page.locator("#filter").input_value() == "vessel", "keys act again after Escape and are not typed"


def test_a_silent_sensor_is_said_and_ages_between_polls(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("h")
    row = page.locator('[data-sensor="mic-2"]')
    expect(row).to_have_attribute("data-state", "silent")
    expect(row).to_contain_text("SILENT")
    page.route("**/api/sensors", lambda r: r.abort())
    expect(page.locator('[data-sensor="radar-north"]')).to_have_attribute("data-state", "stale")


def test_a_tables_head_is_not_left_to_the_browsers_own_rule(watched: Watched) -> None:
    """Chromium keeps a media query each time its own rule for `thead` is asked: 29,000 in a watch."""
    page = watched.open()
    head = page.locator("table.tracks thead")
    assert head.evaluate("(e) => getComputedStyle(e).breakInside") == "avoid"


def test_a_wrong_clock_stands_out_in_the_sensor_list(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("h")
    expect(page.locator('[data-sensor="radar-south"] .state-bad')).to_have_text("-60.0 min")
    assert "dated by their arrival (412" in (
        page.locator('[data-sensor="radar-south"] td.number').nth(1).get_attribute("title") or ""
    )
    expect(page.locator('[data-sensor="radar-north"]')).to_contain_text("+0.0 s")


def test_what_was_left_out_is_said_in_words(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("h")
    expect(page.locator(".left-out")).to_contain_text("radar-north")
    expect(page.locator(".left-out li li")).to_have_text("2 bad length: its length is wrong")


def test_a_biased_sensor_says_what_is_corrected(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("h")
    row = page.locator('[data-sensor="radar-south"]')
    expect(page.locator("tr.bias")).to_have_text("radar-south is off by azimuth +1.02 deg: corrected")
    title = row.locator("td").first.get_attribute("title") or ""
    assert "from 812 pairs" in title
    assert "azimuth +1.02 deg, sigma 0.05 deg, corrected" in title
    assert "time: not observable" in title
    assert "38 false plots a scan. Of what it should see it detects 41 % towards 090-120 deg (worst) and 93 %" in title


def test_tabs_follow_the_arrows(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("Escape")
    page.locator("#tab-detail").focus()
    for key, tab in (
        ("ArrowRight", "sensors"),
        ("ArrowRight", "zones"),
        ("End", "alarms"),
        ("ArrowRight", "detail"),
        ("ArrowLeft", "alarms"),
        ("Home", "detail"),
    ):
        page.keyboard.press(key)
        shown = page.locator(f"#tab-{tab}")
        expect(shown).to_be_focused()
        expect(shown).to_have_attribute("aria-selected", "true")
        expect(page.locator("[role=tab][tabindex='0']")).to_have_count(1)
        expect(page.locator("#tab-panel")).to_have_attribute("aria-labelledby", f"tab-{tab}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#tab-panel') !== null"), "Tab leaves the tabs for the panel"


OPERATOR: dict[str, Any] = {
    "time": 1_700_000_000.0,
    "sensor_id": "rid-1",
    "identity": "1581F6N8A23B2M000002",
    "identity_kind": "serial",
    "operator_id": "FIN87astrdge12k8",
    "lat_deg": 33.7471,
    "lon_deg": -118.2112,
    "alt_wgs84_m": -30.0,
    "location_kind": "takeoff",
    "description": "crane inspection",
    "transport": "wifi_beacon",
    "source": "udp:8600",
    "source_offset": 311,
}


def test_operator_positions_are_asked_for_and_then_a_table(watched: Watched) -> None:
    asked: list[str] = []
    watched.page.on("request", lambda r: asked.append(r.url) if "/api/operators" in r.url else None)
    watched.station.operators = [OPERATOR]
    page = watched.open()
    page.keyboard.press("Escape")
    page.locator(".track-name").first.click()
    button = page.get_by_role("button", name="Show operator position (audited)")
    button.wait_for()
    time.sleep(2.5)  # the detail is polled meanwhile
    assert asked == [], "an operator's place is never asked for unbidden"
    button.click()
    rows = page.locator(".operator-facts")
    for words in (
        "take-off point", "33.74710 N  118.21120 W", "5 m above sea level", "FIN87astrdge12k8", "crane inspection",
        "1581F6N8A23B2M000002 (serial)", "22:13:20 UTC by rid-1", "wifi beacon", "udp:8600 @ 311",
    ):  # fmt: skip
        expect(rows).to_contain_text(words)
    assert len(asked) == 1
    watched.station.operators = []
    button.click()
    expect(page.get_by_text("No operator position is held for this track.")).to_be_visible()
    page.locator(".track-name").nth(1).click()
    button.wait_for()
    expect(page.get_by_text("No operator position is held")).to_have_count(0)
    assert len(asked) == 2, "another track's operator is asked for anew"


def test_station_problems_are_on_the_first_screen(watched: Watched) -> None:
    watched.station.problems = ["the disk has 2 % left"]
    page = watched.open()
    page.locator(".chip.is-warning").click()
    expect(page.locator(".problems")).to_contain_text("the disk has 2 % left")


def test_a_zone_is_edited_with_the_mouse_and_saved(watched: Watched) -> None:
    page = watched.settled()
    page.keyboard.press("z")
    page.get_by_role("button", name="Edit zone pier").click()
    expect(page.locator("#zone-map canvas").first).to_be_visible()
    view, box = watched.get("view"), page.locator("#map").bounding_box()
    assert box
    corner = watched.station.zone_list["features"][0]["geometry"]["coordinates"][0][0]
    east, north = (corner[0] + 118.2) * 111_319.49, (corner[1] - 33.75) * 111_319.49 / 0.83147
    x = box["x"] + (east - view["cx"]) / view["res"] + view["width"] / 2
    y = box["y"] + (view["cy"] - north) / view["res"] + view["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y - 30, steps=5)
    page.mouse.up()
    watched.station.zone_error = "the polygon crosses itself near corner 3; move that corner"
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".zone-edit ~ .is-bad")).to_contain_text("crosses itself")
    watched.station.zone_error = None
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#zone-map")).to_be_hidden()
    method, path, body = watched.station.requests[-1]
    assert (method, path, body["geometry"]["type"]) == ("PUT", "/api/zones/pier", "Polygon")
    assert (body["kind"], body["floor_m"], body["ceiling_m"], body["hours"]) == ("protected", 0, 400, "always")
    ring = body["geometry"]["coordinates"][0]
    assert len(ring) == 5
    assert min(p[0] for p in ring) < corner[0] - 1e-4, "the corner went west"


def test_a_zone_is_drawn_anew_and_cancel_sends_nothing(watched: Watched) -> None:
    page = watched.settled()
    page.keyboard.press("z")
    page.get_by_role("button", name="Edit zone outer").click()
    page.get_by_role("button", name="Draw anew").click()
    for x, y in ((300, 200), (500, 210), (480, 420)):
        page.mouse.click(x, y)
        time.sleep(0.35)
    page.mouse.dblclick(300, 400)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message")).to_contain_text("Zone outer is saved")
    sent = len(watched.station.requests)
    page.get_by_role("button", name="Edit zone pier").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#zone-map")).to_be_hidden()
    assert len(watched.station.requests) == sent == 1


def test_help_lists_every_key(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("?")
    box = page.get_by_role("dialog", name="Help")
    expect(box).to_be_visible()
    for words in (
        "acknowledge",
        "most severe unacknowledged",
        "filter",
        "palette",
        "sound",
        "fit the site",
        "edit zones",
        "move the map",
    ):
        expect(box).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_palette_keeps_wcag_aa_contrast(watched: Watched) -> None:
    watched.open()
    palettes, pairs = watched.get("palettes"), watched.get("textPairs")
    for name, palette in palettes.items():
        ui, sky = palette["ui"], palette["map"]
        for text, back in pairs:
            assert contrast(ui[text], ui[back]) >= 4.5, f"{name}: {text} on {back} is {contrast(ui[text], ui[back]):.2f}"
        for ground in ("sea", "land", "siteLand"):
            assert contrast(sky["label"], sky[ground]) >= 4.5, f"{name}: label on {ground}"
            for mark in ("symbol", "suspect", "high", "medium", "low", "selected", "zone"):
                assert contrast(sky[mark], sky[ground]) >= 3, (
                    f"{name}: {mark} on {ground} is {contrast(sky[mark], sky[ground]):.2f}"
                )


def test_the_palette_is_remembered(watched: Watched, tmp_path: Path) -> None:
    stage(watched.station)
    page = watched.open()
    page.keyboard.press("Escape")
    seen = {}
    for _ in range(3):
        name = page.evaluate("document.documentElement.dataset.palette")
        time.sleep(0.5)
        seen[name] = page.screenshot(path=tmp_path / f"{name}.png")
        page.keyboard.press("p")
    assert set(seen) == {"day", "night", "red"}
    assert len(set(seen.values())) == 3
    page.keyboard.press("p")
    name = page.evaluate("document.documentElement.dataset.palette")
    page.reload()
    watched.until("window.picket")
    assert page.evaluate("document.documentElement.dataset.palette") == name
