"""Overload: what is given up first, by counted work, and what never is."""

from __future__ import annotations

from typing import Any

import numpy as np

from picket.site import Site, check_geometry, parse
from picket.track import Tracker
from picket.track.shedding import BIRTHS, FEW_SWEEPS, LEVELS, Shedding
from picket.words import DETECTION, Batch

LAT, LON = 45.0, -30.0


def site() -> Site:
    half = 0.003
    ring = [
        [LON - half, LAT - half],
        [LON + half, LAT - half],
        [LON + half, LAT + half],
        [LON - half, LAT + half],
        [LON - half, LAT - half],
    ]
    return parse(
        {
            "version": 1, "site": {"name": "pier", "lat_deg": LAT, "lon_deg": LON, "alt_wgs84_m": 0.0},
            "sensor": [{"id": "radar", "kind": "radar", "lat_deg": LAT, "lon_deg": LON, "scan_period_s": 1.0, "max_range_m": 20_000,
                        "elevation_deg": [-2, 40], "sigma_range_m": 10, "sigma_azimuth_deg": 0.2, "clutter_per_scan": 5}],
            "zone": [{"id": "pier", "kind": "protected", "geometry": "pier.geojson"}],
        },
        outlines={"pier.geojson": {"type": "Polygon", "coordinates": [ring]}},
    )  # fmt: skip


def scan(t: float, places: list[tuple[float, float]]) -> Batch:
    """Plots at (range, azimuth), 3 degrees up."""
    rows = [
        {"time": t, "received": t, "sensor_id": "radar", "kind": "radar", "range_m": r, "azimuth_deg": a, "elevation_deg": 3.0}
        for r, a in places
    ]
    return Batch.from_rows(DETECTION, rows)


def clutter(seed: int, n: int) -> list[tuple[float, float]]:
    rng = np.random.default_rng(seed)
    return list(zip(rng.uniform(5000, 19_000, n).tolist(), rng.uniform(0, 360, n).tolist(), strict=True))


NEAR, FAR = (1500.0, 40.0), (15_000.0, 220.0)


def flown(
    limit: float | None, flood_from: int = 8, silent_from: int = 99, scans: int = 14, n: int = 3000
) -> tuple[Tracker, list[Any]]:
    tracker, rows = Tracker(site(), exact_late=False, work_limit=limit), []
    for t in range(scans):
        seen = [NEAR, FAR] if t < silent_from else []
        rows.append(tracker.step(scan(float(t), seen + (clutter(t, n) if t >= flood_from else [])), time=float(t)))
    return tracker, rows


def standing(rows: Any, azimuth: float) -> list[str]:
    """Status of the tracks within 400 m of a plot of the first scans."""
    r = NEAR[0] if azimuth == NEAR[1] else FAR[0]
    east, north = r * np.sin(np.radians(azimuth)), r * np.cos(np.radians(azimuth))
    lat, lon = LAT + north / 111_195, LON + east / (111_195 * np.cos(np.radians(LAT)))
    near = np.hypot((rows["lat_deg"] - lat) * 111_195, (rows["lon_deg"] - lon) * 78_600) < 400.0
    return [s for s, k in zip(rows.values("status"), near, strict=True) if k and s != "tentative"]


def test_work_is_given_up_in_the_written_order() -> None:
    held = Shedding(1000.0)
    levels = []
    for _ in range(40):
        held.did(80)
        levels.append(held.level(0.0, 0))
    assert levels == sorted(levels)
    assert [levels.index(k) for k in (1, 2, 3)] == [int(1000 * s / 80) for s in LEVELS]
    assert [held.sweeps(k) for k in range(4)] == [30, FEW_SWEEPS, FEW_SWEEPS, FEW_SWEEPS]
    assert [held.births(k) > 1e6 for k in range(4)] == [True, True, False, False]
    assert held.level(1e6, 0) == 0, "a backlog drains with the tracker's time"
    assert Shedding(None).level(0.0, 10**9) == 0


def test_nothing_is_shed_without_a_limit_or_under_it() -> None:
    for limit in (None, 1e9):
        tracker, _ = flown(limit)
        assert not tracker.shed.keys() - {"edges"}


def test_a_flood_begins_no_more_tracks_than_are_allowed_and_is_counted() -> None:
    tracker, rows = flown(1400.0, scans=10)
    assert tracker.shed["births"] > 0
    assert tracker.shed["sweeps"] > 0
    began = rows[8]["track_id"][rows[8].equals("status", "tentative")]
    assert len(began) <= BIRTHS
    unlimited = flown(None, scans=10)[1][8]
    assert np.count_nonzero(unlimited.equals("status", "tentative")) > BIRTHS, "without a limit it would have begun more"


def test_over_guarded_ground_tracks_begin_in_a_flood() -> None:
    tracker = Tracker(site(), exact_late=False, work_limit=3000.0)
    for t in range(8):
        tracker.step(scan(float(t), clutter(t, 3000)), time=float(t))
    rows = tracker.step(scan(8.0, [*clutter(8, 3000), NEAR]), time=8.0)
    assert tracker.assigned.track_id[3000] >= 0, "a plot near the protected zone begins its track before all others"
    assert rows.n


def test_far_coasting_tracks_end_and_those_near_a_protected_zone_never() -> None:
    tracker, rows = flown(3000.0, flood_from=10, silent_from=10, scans=13)
    assert tracker.shed["coasting"] > 0
    assert standing(rows[9], NEAR[1]) == ["confirmed"]
    assert standing(rows[9], FAR[1]) == ["confirmed"]
    assert "coasting" in standing(rows[12], NEAR[1])
    assert "coasting" not in standing(rows[12], FAR[1])
    _, unlimited = flown(None, flood_from=10, silent_from=10, scans=13)
    assert "coasting" in standing(unlimited[12], FAR[1]), "without a limit it goes on"


def test_a_seen_track_is_never_shed_and_the_same_input_sheds_the_same() -> None:
    runs = [flown(3000.0) for _ in range(2)]
    for tracker, rows in runs:
        assert tracker.shed["births"] > 0
        assert standing(rows[-1], NEAR[1])[:1] == ["confirmed"]
        assert standing(rows[-1], FAR[1])[:1] == ["confirmed"]
    assert runs[0][0].shed == runs[1][0].shed
    assert all(a["track_id"].tolist() == b["track_id"].tolist() for a, b in zip(runs[0][1], runs[1][1], strict=True))


def test_zones_that_change_change_what_is_guarded() -> None:
    tracker = Tracker(site(), work_limit=1.0)
    before = tracker._shedding.guarded.copy()
    moved = {"type": "Polygon", "coordinates": [[[-30.2, 45], [-30.19, 45], [-30.19, 45.01], [-30.2, 45.01], [-30.2, 45]]]}
    there = site()
    there.shapes["pier"] = check_geometry(moved, "pier")
    tracker.guard(there)
    assert len(before) == len(tracker._shedding.guarded) == 1
    assert abs(before[0, 0]) < 1.0
    assert tracker._shedding.guarded[0, 0] < -10_000
