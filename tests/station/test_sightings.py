"""What a person saw: a detection with an eye's errors, a track that is believed at once, an alert where it matters, an entry in the log."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import pymap3d
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket import site as sites
from picket.record import log
from picket.station.engine import Engine
from picket.station.sightings import Seen, SightingError, place_of, row_of
from tests.station.live import Live, free_port, make_site, row, running

T0 = 1_700_000_000.0


def report(live: Live, **body: Any) -> dict[str, Any]:
    answer = live.http.post("/api/sightings", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def alerts(live: Live) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = live.get("/api/alerts")["alerts"]
    return found


def bare_site(folder: Path) -> sites.Site:
    """A unit without any sensor: one protected zone around the origin, about 400 by 560 m to each side."""
    return make_site(folder, sensor=[])


def test_a_site_without_sensors_starts_and_one_sighting_in_the_zone_is_enough(tmp_path: Path) -> None:
    site, archive = bare_site(tmp_path), tmp_path / "archive"
    with running(site, archive) as live:
        found = report(live, bearing_deg=90.0, range_m=250.0, height_m=60.0, what="drone", note="four rotors")
        assert (found["kind"], found["sensor_id"], found["sigma_azimuth_deg"], found["sigma_range_m"]) == (
            "visual",
            "observer",
            5.0,
            75.0,
        )
        (alert,) = live.until(lambda: alerts(live))
        assert (alert["severity"], alert["zone"], alert["rule"]) == ("high", "pier", "entry")
        assert "speed unknown; observer;" in alert["text"]
        (track,) = live.get("/api/tracks")["tracks"]
        assert track["status"] == "confirmed"
        assert track["p_drone"] >= 0.7
        assert track["existence"] >= 0.9
        assert abs(track["lon_deg"] - -30.0 - 250.0 / 78_847.0) < 0.0005
        assert 20.0 < track["sigma_horizontal_m"] < 120.0, "an eye's errors, not a radar's"
        (entry,) = live.get("/api/log", q="sighting")["entries"]
        assert entry["text"] == "Seen by eye: drone, bearing 90 deg, about 250 m, about 60 m up. four rotors"
        assert (entry["by"], round(entry["lon_deg"], 4)) == ("officer", -29.9969)
        assert live.get("/api/detections")["detections"][-1]["classification"] == "drone"
        assert live.get("/api/counts")["detections"] == 1
    replayed = Engine(site)
    for record in log.read(archive):
        replayed.apply(record)
    assert replayed.book.state() == live.station.core.engine.book.state()


def test_a_bearing_stays_a_bearing_and_still_alarms_towards_the_zone(tmp_path: Path) -> None:
    with running(bare_site(tmp_path), tmp_path / "archive") as live:
        found = report(live, bearing_deg=180.0, lat_deg=45.02, lon_deg=-30.0, what="drone")
        assert found.get("range_m") is None
        (alert,) = live.until(lambda: alerts(live))
        assert (alert["rule"], alert["severity"], alert["lat_deg"], alert["distance_m"]) == ("sighting", "medium", None, None)
        assert alert["text"].startswith("Drone SEEN BY EYE TOWARDS pier: look 180 deg +-10 from observer, distance unknown")
        assert live.get("/api/tracks")["tracks"] == []
        report(live, bearing_deg=0.0, lat_deg=45.02, lon_deg=-30.0, what="drone")  # away from it
        time.sleep(0.5)
        assert len(alerts(live)) == 1


def test_near_the_zone_is_told_apart_from_in_it_and_a_second_report_is_the_same_thing(tmp_path: Path) -> None:
    with running(bare_site(tmp_path), tmp_path / "archive") as live:
        report(live, bearing_deg=0.0, range_m=900.0, what="unknown")
        (alert,) = live.until(lambda: alerts(live))
        assert (alert["rule"], alert["severity"]) == ("sighting", "medium")
        assert alert["text"].startswith("Object SEEN BY EYE NEAR pier: look 0 deg")
        assert alert["bearing_deg"] == pytest.approx(0.0, abs=0.1)
        assert alert["distance_m"] == pytest.approx(900.0, rel=0.01)
        live.http.post(f"/api/alerts/{alert['id']}/acknowledge", json={})
        report(live, bearing_deg=8.0, range_m=850.0, what="unknown")
        time.sleep(0.5)
        assert [a["state"] for a in alerts(live)] == ["acknowledged"], "the same thing, no worse: it does not sound again"
        report(live, bearing_deg=200.0, range_m=900.0, what="drone")
        live.until(lambda: len(alerts(live)) == 2)


@pytest.mark.parametrize("what", ["bird", "vessel"])
def test_what_the_observer_calls_harmless_raises_nothing(tmp_path: Path, what: str) -> None:
    with running(bare_site(tmp_path), tmp_path / "archive") as live:
        report(live, bearing_deg=90.0, range_m=250.0, height_m=5.0, what=what)
        live.until(lambda: live.get("/api/tracks")["tracks"])
        time.sleep(0.4)
        assert [a["text"] for a in alerts(live) if a["severity"] == "high"] == []
        assert live.get("/api/log", q=what)["entries"], "it is in the log all the same"


def test_a_sighting_of_what_a_sensor_tracks_already_is_no_second_alert(tmp_path: Path) -> None:
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        live.send(row(time.time(), 45.0, -30.0 + 220.0 / 78_847.0))
        live.until(lambda: alerts(live), live.seen_again)
        report(live, bearing_deg=90.0, what="drone")
        report(live, bearing_deg=90.0, range_m=220.0, what="drone")
        time.sleep(0.5)
        assert [a["rule"] for a in alerts(live)] == ["entry"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "bearing_deg"),
        ({"bearing_deg": 400.0}, "bearing_deg"),
        ({"bearing_deg": 1.0, "range_m": 1e6}, "range_m"),
        ({"bearing_deg": 1.0, "lat_deg": 45.0}, "needs both"),
        ({"bearing_deg": 1.0, "what": "ufo"}, "what"),
        ({"bearing_deg": 1.0, "sensor_id": "rid"}, "no visual sensor is called 'rid'"),
    ],
)
def test_a_report_that_is_none_is_told_why(tmp_path_factory: pytest.TempPathFactory, body: dict[str, Any], words: str) -> None:
    live = _shared(tmp_path_factory)
    answer = live.http.post("/api/sightings", json=body)
    assert (answer.status_code, words in answer.json()["error"]) == (422, True), answer.text


_running: list[Any] = []


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Live:
    """One station for the refusals: nothing of them reaches it."""
    if not _running:
        folder = tmp_path_factory.mktemp("refusals")
        _running.append(running(make_site(folder), folder / "archive"))
        _running.append(_running[0].__enter__())
    live: Live = _running[1]
    return live


@pytest.fixture(scope="module", autouse=True)
def ended() -> Any:
    yield
    if _running:
        _running[0].__exit__(None, None, None)


def test_the_post_is_the_site_files_the_reports_or_the_origin(tmp_path: Path) -> None:
    tower = {"id": "tower", "kind": "visual", "lat_deg": 45.01, "lon_deg": -30.01, "alt_wgs84_m": 30.0, "sigma_azimuth_deg": 1.0}
    site = make_site(tmp_path, sensor=[tower])
    found = row_of(site, Seen(10.0, "drone"), T0)
    assert (found["sensor_id"], found["sensor_lat_deg"], found["sigma_azimuth_deg"]) == ("tower", 45.01, 1.0)
    assert row_of(site, Seen(10.0, "drone", lat_deg=45.2, lon_deg=-30.0), T0)["sensor_id"] == "observer"
    assert row_of(make_site(tmp_path), Seen(10.0, "drone"), T0)["sensor_lat_deg"] == 45.0
    with pytest.raises(SightingError, match="the site file has: tower"):
        row_of(site, Seen(10.0, "drone", sensor_id="mast"), T0)


@given(bearing=st.floats(-360, 360), away=st.floats(10, 5_000), up=st.floats(0, 9.0), lat=st.floats(-70, 70))
def test_a_place_is_where_a_geodesist_puts_it(
    tmp_path_factory: pytest.TempPathFactory, bearing: float, away: float, up: float, lat: float
) -> None:
    site = sites.parse({"version": 1, "site": {"name": "X", "lat_deg": 45.0, "lon_deg": -30.0}})
    at = place_of(row_of(site, Seen(bearing, "drone", range_m=away, height_m=up, lat_deg=lat, lon_deg=10.0), T0))
    assert at is not None
    azimuth, _, distance = pymap3d.geodetic2aer(at[0], at[1], up, lat, 10.0, 0.0)
    assert distance == pytest.approx(away, abs=max(0.01, 2e-3 * away))
    turn = (azimuth - bearing + 180.0) % 360.0 - 180.0
    assert abs(turn) * math.pi / 180.0 * away < 0.05 + 1e-4 * away


def test_a_radar_that_looks_there_and_sees_nothing_takes_the_belief_away(tmp_path: Path) -> None:
    """A person vouches, for a while: what other sensors say counts as ever."""
    from picket.track import Tracker
    from picket.words import DETECTION, Batch

    radar = {
        "id": "r",
        "kind": "radar",
        "lat_deg": 45.0,
        "lon_deg": -30.0,
        "alt_wgs84_m": 10.0,
        "max_range_m": 5000,
        "scan_period_s": 1.0,
    }
    site = make_site(tmp_path, sensor=[radar])
    tracker = Tracker(site, exact_late=False)
    tracks = tracker.step(Batch.from_rows(DETECTION, [row_of(site, Seen(90.0, "drone", range_m=1500.0, height_m=100.0), T0)]))
    assert (tracks.values("status"), tracks["existence"][0] >= 0.9) == (["confirmed"], True)
    for i in range(1, 16):
        elsewhere = {
            "time": T0 + i,
            "sensor_id": "r",
            "kind": "radar",
            "range_m": 3000.0,
            "azimuth_deg": 270.0,
            "elevation_deg": 3.0,
        }
        tracks = tracker.step(Batch.from_rows(DETECTION, [elsewhere]))
    seen = [r for r in tracks.rows() if "observer" in (r.get("sensors") or ())]
    assert not [r for r in seen if r["existence"] >= 0.9]
