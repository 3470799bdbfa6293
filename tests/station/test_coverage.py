"""What no sensor can see: against a geodesist's arithmetic point by point, and what an officer is told of it."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import pymap3d
import pytest
import shapely.geometry
from hypothesis import given, settings
from hypothesis import strategies as st

from picket import site as sites
from picket.station.coverage import coverage
from picket.watch import SensorLook
from tests.station.live import make_site, running

RADAR: dict[str, Any] = {
    "id": "north", "kind": "radar", "lat_deg": 45.01, "lon_deg": -30.02, "alt_wgs84_m": 20.0, "min_range_m": 150, "max_range_m": 6000,
    "sector_deg": [300, 120], "elevation_deg": [-1, 30], "blanked": [[10, 25]], "azimuth_offset_deg": 4.0, "scan_period_s": 1.0,
}  # fmt: skip


def site_with(folder: Path, *sensors: dict[str, Any]) -> sites.Site:
    return make_site(folder, sensor=list(sensors))


def looks(site: sites.Site, **states: str) -> list[SensorLook]:
    return [SensorLook(id=s.id, kind=s.kind, state=states.get(s.id, "ok"), age_s=1.0) for s in site.sensor]


def shapes(found: dict[str, Any]) -> dict[str, Any]:
    return {f["properties"]["reason"]: shapely.geometry.shape(f["geometry"]) for f in found["features"]}


def sees(s: dict[str, Any], lat: float, lon: float, alt: float) -> bool:
    """By pymap3d: WGS84, the ellipsoid; the horizon of 4/3 earth."""
    azimuth, elevation, slant = pymap3d.geodetic2aer(lat, lon, alt, s["lat_deg"], s["lon_deg"], s["alt_wgs84_m"])
    own = (azimuth - s["azimuth_offset_deg"]) % 360.0
    start, end = s["sector_deg"]
    within = (own - start) % 360.0 <= (end - start) % 360.0
    blanked = any((own - a) % 360.0 <= (b - a) % 360.0 for a, b in s["blanked"])
    low, high = s["elevation_deg"]
    ground = slant * math.cos(math.radians(elevation))
    horizon = math.sqrt(2 * 4 / 3 * 6.371e6 * max(s["alt_wgs84_m"], 5.0)) + math.sqrt(2 * 4 / 3 * 6.371e6 * max(alt, 0.0))
    return (
        s["min_range_m"] <= slant <= s["max_range_m"]
        and within
        and not blanked
        and low <= elevation <= high
        and ground <= horizon
    )


@settings(deadline=None, max_examples=60)
@given(
    height=st.floats(1.0, 3000.0), east=st.floats(-6500.0, 6500.0), north=st.floats(-6500.0, 6500.0), data=st.data(),
)  # fmt: skip
def test_each_point_is_blind_exactly_where_the_arithmetic_says_so(
    tmp_path_factory: pytest.TempPathFactory, height: float, east: float, north: float, data: st.DataObject
) -> None:
    radar = {
        **RADAR,
        "max_range_m": data.draw(st.sampled_from([2000, 6000])),
        "alt_wgs84_m": data.draw(st.sampled_from([2.0, 20.0, 300.0])),
    }
    site = site_with(tmp_path_factory.getbasetemp(), radar)
    found = coverage(site, looks(site), height, 0.0)
    blind = shapely.union_all(list(shapes(found).values()))
    lat, lon, _ = pymap3d.enu2geodetic(east, north, 0.0, radar["lat_deg"], radar["lon_deg"], 0.0)
    point = shapely.geometry.Point(lon, lat)
    disc = blind.convex_hull
    if (
        not disc.contains(point) or blind.boundary.distance(point) < 60.0 / 111_000.0
    ):  # an edge: 15 m along, and its scale in longitude
        return
    assert blind.contains(point) != sees(radar, lat, lon, height)


def test_the_parts_of_what_is_blind_do_not_overlap_and_fill_the_disc(tmp_path: Path) -> None:
    south = {**RADAR, "id": "south", "lat_deg": 44.98, "sector_deg": [60, 300], "elevation_deg": [0, 20]}
    site = site_with(tmp_path, RADAR, south)
    found = coverage(site, looks(site, south="silent"), 120.0, 0.0)
    parts = shapes(found)
    assert {"silent", "blanked", "sector", "range"} <= set(parts)
    areas = sum(f["properties"]["area_km2"] for f in found["features"])
    radius = 6000.0 + math.hypot(0.02 * 111_132, 0.02 * 78_847)
    assert areas == pytest.approx((1.0 - found["seen_share"]) * math.pi * radius**2 / 1e6, rel=0.01)
    names = list(parts)
    for i, a in enumerate(names):
        for b in names[:i]:
            assert parts[a].intersection(parts[b]).area < 1e-4 * min(parts[a].area, parts[b].area) + 1e-9


def test_a_silent_radar_leaves_what_only_it_saw_blind_and_says_so(tmp_path: Path) -> None:
    site = site_with(tmp_path, {**RADAR, "sector_deg": [0, 360], "blanked": [], "min_range_m": 0, "elevation_deg": [-90, 90]})
    well, ill = coverage(site, looks(site), 60.0, 0.0), coverage(site, looks(site, north="silent"), 60.0, 0.0)
    assert well["words"] == []
    assert well["zones"] == [{"id": "pier", "name": "pier", "seen_share": pytest.approx(1.0)}]
    assert ill["seen_share"] == 0.0
    assert ill["words"][0] == "NOTHING IS SEEN at 60 m: an empty picture says nothing."
    assert "north is silent" in ill["words"][1]
    (silent, *_) = ill["features"]
    told = {k: v for k, v in silent["properties"].items() if k != "area_km2"}
    assert told == {"reason": "silent", "sensors": ["north"], "why": "would be seen by north, which is silent"}
    assert silent["properties"]["area_km2"] == pytest.approx(math.pi * 36.0, rel=0.01)


def test_what_hears_only_those_that_speak_sees_nothing(tmp_path: Path) -> None:
    site = site_with(tmp_path, {"id": "rid", "kind": "remote_id"}, {"id": "ads", "kind": "adsb"})
    found = coverage(site, looks(site), 60.0, 0.0)
    assert found["words"][0].startswith("NO SENSOR LOOKS")
    assert [f["properties"]["reason"] for f in found["features"]] == ["range"]


def test_a_beam_and_the_horizon_hide_what_is_high_and_what_is_low(tmp_path: Path) -> None:
    round_ = {**RADAR, "sector_deg": [0, 360], "blanked": [], "min_range_m": 0, "max_range_m": 60_000, "elevation_deg": [-5, 30]}
    site = site_with(tmp_path, {**round_, "alt_wgs84_m": 10.0})
    low, high = shapes(coverage(site, looks(site), 5.0, 0.0)), shapes(coverage(site, looks(site), 5000.0, 0.0))
    assert "horizon" in low
    at_horizon = math.sqrt(2 * 4 / 3 * 6.371e6 * 10.0) + math.sqrt(2 * 4 / 3 * 6.371e6 * 5.0)
    hole = shapely.geometry.Polygon(max(shapely.get_parts(low["horizon"]), key=lambda g: g.area).interiors[0])
    assert math.sqrt(hole.area * 111_132 * 78_847 / math.pi) == pytest.approx(at_horizon, rel=0.02)
    cone = math.sqrt(high["above_beam"].area * 111_132 * 78_847 / math.pi)
    assert cone == pytest.approx(4990.0 / math.tan(math.radians(30.0)), rel=0.02)


def test_a_running_station_answers(tmp_path: Path) -> None:
    site = site_with(tmp_path, RADAR, {"id": "rid", "kind": "remote_id"})
    with running(site, tmp_path / "archive") as live:
        found = live.get("/api/coverage", height_m=80)
        assert found["sensors"] == [{"id": "north", "kind": "radar", "state": "never", "sees": False, "age_s": None}]
        assert "not heard yet" in found["words"][1]
        assert abs(found["time"] - time.time()) < 30
        assert live.http.get("/api/coverage", params={"height_m": "high"}).status_code == 422
        assert live.http.get("/api/coverage", params={"height_m": 1e9}).status_code == 422


def test_a_site_at_the_date_line_has_whole_shapes(tmp_path: Path) -> None:
    raw = {
        "version": 1, "site": {"name": "Fiji", "lat_deg": -17.0, "lon_deg": 179.99},
        "sensor": [{**RADAR, "lat_deg": -17.0, "lon_deg": 179.995, "sector_deg": [0, 90]}],
    }  # fmt: skip
    site = sites.parse(raw, folder=tmp_path)
    west, _, east, _ = shapely.union_all(list(shapes(coverage(site, looks(site), 50.0, 0.0)).values())).bounds
    assert 0.1 < east - west < 0.2
