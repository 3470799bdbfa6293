"""Detection probability and clutter by sector: a wrong site file, rain in one direction, a radar that is half blind there."""

from __future__ import annotations

import math

import numpy as np
import track_sim as sim

from picket.track import Tracker
from picket.track.conditions_kernels import RINGS, SECTORS, sector_of, sector_towards
from picket.words import DETECTION, Batch

RADAR = sim.radar(clutter_per_scan=5)


def _polar_plots(rng: np.random.Generator, time: float, n: int, sector_deg: tuple[float, float]) -> Batch:
    """False plots spread over the area of one sector."""
    return Batch.build(DETECTION, n, {
        "time": time, "sensor_id": "radar", "kind": "radar", "report": "plot", "origin": "exercise",
        "range_m": 8000 * np.sqrt(rng.uniform(0.01, 1, n)), "azimuth_deg": rng.uniform(*sector_deg, n),
        "elevation_deg": rng.uniform(-2, 20, n),
    })  # fmt: skip


def _circle(angle_deg: float, k: int, reach: float = 3000.0) -> np.ndarray:
    """A drone that flies out slowly in that direction."""
    a, r = math.radians(angle_deg), reach + 8.0 * k
    return np.array([r * math.sin(a), r * math.cos(a), 120.0])


def test_the_sector_of_a_place_needs_no_angle() -> None:
    places = np.random.default_rng(5).normal(0.0, 1000.0, (2000, 2)).tolist()
    places += [[e, n] for e in (-2.0, -0.0, 0.0, 2.0) for n in (-2.0, -0.0, 0.0, 2.0) if e or n] + [[0.0, 0.0]]
    for east, north in places:
        assert sector_towards(east, north) == sector_of(math.atan2(east, north)), (east, north)


def test_rain_in_one_sector_raises_no_false_tracks_and_hides_nobody_elsewhere() -> None:
    rng, tracker, false, seen = np.random.default_rng(3), Tracker(sim.site(RADAR)), {}, []
    for k in range(120):
        t = sim.T0 + k
        rain = _polar_plots(rng, t, 150, (60.0, 90.0))
        drone = sim.plots(rng, t, _circle(200.0, k), RADAR, pd=0.9 if k >= 60 else 0.0, clutter=5.0)
        for row in sim.confirmed(tracker.step(sim.joined(rain, drone))):
            if np.linalg.norm(sim.where(row) - _circle(200.0, k)) < 200.0:
                seen.append(k)
            else:
                false.setdefault(row["track_id"], []).append(k)
    assert max(when[0] for when in false.values()) <= 10, (
        "the site file says 5 false plots a scan where there are 155: learnt in seconds"
    )
    assert max(when[-1] for when in false.values()) <= 45
    assert len(false) <= 50
    assert min(seen) <= 64, "a drone in the clear is confirmed as ever"
    dense = tracker._sensors.arrays.dense[0]
    assert dense[2].mean() > 5 * np.delete(dense, 2, axis=0).mean()


def test_the_detection_probability_is_learnt_by_sector() -> None:
    rng, tracker, ids = np.random.default_rng(1), Tracker(sim.site(RADAR)), set()
    for k in range(200):
        rows = [sim.plots(rng, sim.T0 + k, np.array([_circle(a, k) for a in (95, 100, 105, 110)]), RADAR, pd=0.4, clutter=2.0)]
        rows.append(sim.plots(rng, sim.T0 + k, np.array([_circle(a, k) for a in (185, 195, 205)]), RADAR, pd=0.95))
        out = tracker.step(sim.joined(*rows))
        ids |= {row["track_id"] for row in sim.confirmed(out) if sim.where(row)[0] > 500}
    here = tracker._sensors.arrays.pd_here[0]
    assert abs(here[3] - 0.4) < 0.15
    assert here[6] > 0.85
    assert abs(here[0] - 0.9) < 1e-9, "where nothing flew, the site file holds"
    assert len(ids) <= 12, "four drones, each seen two times in five"


def test_false_plots_over_the_area_stay_even() -> None:
    rng, tracker = np.random.default_rng(8), Tracker(sim.site(RADAR))
    for k in range(100):
        tracker.step(_polar_plots(rng, sim.T0 + k, 200, (0.0, 360.0)))
    a = tracker._sensors.arrays
    assert a.dense[0].shape == (SECTORS, RINGS)
    assert math.isclose(a.cell_share[0].sum(), 1.0)
    assert abs(a.clutter[0] - 200) < 20
    assert np.all(np.abs(a.dense[0][:, 1:] - 1.0) < 0.6)
