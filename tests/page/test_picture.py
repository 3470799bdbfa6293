"""The live picture: tracks appear and move, gaps are mended, a lost link is said, labels keep apart, nothing leaves the station."""

from __future__ import annotations

import re
import time

import pytest
from fake_station import FakeStation
from page_driver import Watched
from playwright.sync_api import expect
from tests.waiting import stopwatch

pytestmark = pytest.mark.page


def test_tracks_of_the_station_are_shown_where_it_says(watched: Watched) -> None:
    watched.open()
    assert watched.get("tracks") == 60
    track = watched.get("track(3)")
    place, _ = watched.station.swarm.at(track["updated_at"] - watched.station.started)
    assert track["lat_deg"] == pytest.approx(33.75 + place[2, 1] / 110_922.0, abs=5e-4)
    assert track["lon_deg"] == pytest.approx(-118.2 + place[2, 0] / 92_640.0, abs=5e-4)
    assert watched.get("track(1).identity") == watched.station.swarm.labels().get("1", {}).get("identity")
    assert watched.get("firstTrackMs") > 0  # how long it may be: benchmarks/bench_page.py


def test_tracks_move_between_frames(watched: Watched) -> None:
    watched.station.rate_hz = 0.9
    page = watched.open()
    fast = max(range(60), key=lambda i: abs(watched.station.swarm.rate[i] * watched.station.swarm.turn_m[i])) + 1
    moved = page.evaluate(
        """async (id) => {
            for (let attempt = 0; attempt < 100; attempt++) {  // until no frame came meanwhile: that is up to the machine
                const frame = picket.frames;
                while (picket.frames === frame) await new Promise(requestAnimationFrame);
                await new Promise((r) => setTimeout(r, 150));
                const [count, from] = [picket.frames, picket.track(id).screen];
                await new Promise((r) => setTimeout(r, 500));
                const to = picket.track(id).screen;
                if (picket.frames === count) return { between: true, px: Math.hypot(to.x - from.x, to.y - from.y) };
            }
            return { between: false };
        }""",
        fast,
    )
    assert moved["between"]
    assert moved["px"] > 1


def test_a_gap_is_mended_by_a_snapshot(watched: Watched) -> None:
    watched.open()
    frames = watched.get("frames")
    watched.station.gap = True
    watched.until("window.picket.resyncs === 1")
    watched.until(f"window.picket.frames > {frames} + 2")
    assert watched.station.resyncs == 1
    assert watched.get("tracks") == 60


def test_a_lost_link_is_said_within_four_seconds_and_comes_back(watched: Watched) -> None:
    page = watched.open()
    lost = page.locator("#link-lost")
    expect(lost).to_have_count(0)
    watched.station.stalled = True
    with stopwatch() as so_far:
        expect(lost).to_contain_text(re.compile(r"NO LINK since \d\d:\d\d:\d\d UTC"))
        assert so_far() < 6.0  # 4 on a free machine
    assert page.locator("#map.is-lost").count() == 1, "the picture is greyed"
    still = watched.get("track(5).screen")
    time.sleep(0.6)
    assert watched.get("track(5).screen") == still, "tracks stand still when nothing is known of them"
    watched.station.stalled = False
    expect(lost).to_have_count(0)
    assert page.locator("#map.is-lost").count() == 0


def test_the_page_comes_back_after_the_station_closed_the_sockets(watched: Watched) -> None:
    watched.open()
    frames = watched.get("frames")
    watched.station.drop()
    watched.until(f"window.picket.frames > {frames} + 3")
    assert watched.get("tracks") == 60


@pytest.mark.parametrize("n", [60, 800])
def test_labels_never_overlap(watched: Watched, n: int) -> None:
    if n != 60:
        watched.station.swarm.__init__(n)  # type: ignore[misc]
    page = watched.open()
    for _ in range(6):
        page.keyboard.press("+")
        time.sleep(0.25)
        boxes = watched.get("labels")
        assert 1 <= len(boxes) <= 300
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                apart = (
                    a["x"] + a["w"] <= b["x"]
                    or b["x"] + b["w"] <= a["x"]
                    or a["y"] + a["h"] <= b["y"]
                    or b["y"] + b["h"] <= a["y"]
                )
                assert apart, f"label of {a['id']} and {b['id']} overlap"


NOTHING_COVERED = """[...document.querySelectorAll("#map > .scale, #map > .north, #map > .map-buttons")].every((e) =>
    window.picket.labels.every((l) => l.x + l.w <= e.offsetLeft || e.offsetLeft + e.offsetWidth <= l.x
        || l.y + l.h <= e.offsetTop || e.offsetTop + e.offsetHeight <= l.y))"""


def test_no_label_lies_under_scale_or_buttons(watched: Watched) -> None:
    watched.station.swarm.__init__(800)  # type: ignore[misc]
    page = watched.open()
    for _ in range(4):
        page.keyboard.press("+")
        time.sleep(0.25)
        watched.until(NOTHING_COVERED)


def test_an_alerted_track_is_always_labelled(watched: Watched) -> None:
    watched.station.swarm.__init__(800)  # type: ignore[misc]
    page = watched.open()
    watched.station.raise_alert(400, "high")
    watched.until("window.picket.track(400).alert === 3")
    page.keyboard.press(" ")
    watched.until("window.picket.labels.some((l) => l.id === 400)")


def test_simulated_is_always_said(watched: Watched) -> None:
    page = watched.open()
    expect(page.locator("#simulated")).to_contain_text("SIMULATED")
    watched.station.simulated = False
    expect(page.locator("#simulated")).to_have_count(0)
    watched.station.simulated = True
    expect(page.locator("#simulated")).to_be_visible()


def test_panning_moves_the_bitmap_and_does_not_redraw_the_base(watched: Watched) -> None:
    page = watched.settled()
    page.keyboard.press("Escape")  # past the door, which lies over the map
    time.sleep(1.5)
    before, res = watched.get("baseDrawn"), watched.get("view.res")
    cx = watched.get("view.cx")
    page.mouse.move(600, 400)
    page.mouse.down()
    rests = 0  # the base is drawn again when the map rests, and a busy machine lets it rest between two moves
    for i in range(40):
        began = time.monotonic()
        page.mouse.move(600 - 4 * i, 400)
        rests += time.monotonic() - began > 0.1
    page.mouse.up()
    time.sleep(1.0)
    assert watched.get("view.cx") - cx == pytest.approx(156 * res, abs=12 * res)
    assert watched.get("baseDrawn") - before < 20 + rests, "redrawn when it settles, not with each move"


def test_a_click_selects_the_track_under_the_pointer(watched: Watched) -> None:
    page = watched.settled()
    page.keyboard.press("Escape")
    box = page.locator("#map").bounding_box()
    assert box
    for track_id in range(1, 61):
        at = watched.get(f"track({track_id}).screen")
        if 60 < at["x"] < box["width"] - 60 and 60 < at["y"] < box["height"] - 180:
            page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
            break
    watched.until("window.picket.selected > 0")
    expect(page.locator(".facts-table")).to_contain_text("From site")
    expect(page.locator("#side")).to_contain_text("radar-north")


def test_frames_of_another_kind_are_counted_and_do_no_harm(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    import fake_station

    watched.open()
    good = fake_station.encode
    bad = iter([b"PKT1\x01", b"XXXX" + b"\0" * 60, b"PKT1\x07" + b"\0" * 60])
    monkeypatch.setattr(fake_station, "encode", lambda *a, **k: next(bad, None) or good(*a, **k))
    watched.until("Object.keys(window.picket.leftOut).length === 3")
    assert watched.get("leftOut") == {"truncated": 1, "bad_magic": 1, "unknown_kind": 1}
    frames = watched.get("frames")
    watched.until(f"window.picket.frames > {frames} + 1")
    assert watched.get("tracks") == 60


def test_three_thousand_tracks_arrive(watched: Watched, station: FakeStation) -> None:
    station.swarm.__init__(3000)  # type: ignore[misc]
    watched.open()
    watched.until("window.picket.firstTrackMs !== null")
    assert watched.get("tracks") == 3000
