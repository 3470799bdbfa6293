"""Bearings without a distance: they sharpen a track, begin none, and their silence says nothing."""

from __future__ import annotations

import numpy as np
import track_sim as sim

from picket.track import Tracker
from picket.words import DETECTION, Batch

FINDER = sim.radar("finder", at=(3000.0, 0.0, 10.0), kind="rf", sigma_azimuth_deg=0.5)
RADAR = sim.radar(sigma_azimuth_deg=3.0, clutter_per_scan=1)


def _bearing(rng: np.random.Generator, time: float, enu: np.ndarray, **more: object) -> Batch:
    d = enu - np.array([3000.0, 0.0, 10.0])
    az = np.degrees(np.arctan2(d[0], d[1])) + rng.normal(0, 0.5)
    row = {
        "time": time,
        "sensor_id": "finder",
        "kind": "rf",
        "report": "plot",
        "origin": "exercise",
        "azimuth_deg": az % 360.0,
        **more,
    }
    return Batch.from_rows(DETECTION, [row])


def _fly(with_bearings: bool, seed: int) -> tuple[float, Tracker]:
    """Root mean square error across the line of sight of a coarse radar at the origin."""
    rng, tracker, errors = np.random.default_rng(seed), Tracker(sim.site(RADAR, FINDER)), []
    for k in range(40):
        enu = np.array([100.0 + 8.0 * k, 3000.0, 120.0])
        tracker.step(sim.plots(rng, sim.T0 + k, enu, RADAR, pd=1.0))
        bearing = _bearing(rng, sim.T0 + k + 0.1, enu + np.array([0.8, 0.0, 0.0]))
        out = tracker.step(bearing) if with_bearings else tracker.advance(sim.T0 + k + 0.1)
        if k > 15:
            errors.append(sim.where(sim.confirmed(out)[0])[0] - enu[0])
    return float(np.sqrt(np.mean(np.square(errors)))), tracker


def test_a_direction_finder_sharpens_a_radar_track() -> None:
    alone = np.mean([_fly(False, seed)[0] for seed in range(6)])
    joined = np.mean([_fly(True, seed)[0] for seed in range(6)])
    assert joined < 0.6 * alone
    _, tracker = _fly(True, 1)
    assert tracker.left_out["no_position"] <= 5
    assert tracker._pool.n == 1


def test_a_lone_bearing_begins_no_track_and_is_counted() -> None:
    rng, tracker = np.random.default_rng(1), Tracker(sim.site(RADAR, FINDER))
    for k in range(5):
        assert tracker.step(_bearing(rng, sim.T0 + k, np.array([0.0, 2000.0, 50.0]))).n == 0
    assert tracker.left_out == {"no_position": 5}


def test_the_silence_of_a_direction_finder_ends_nothing() -> None:
    rng, tracker = np.random.default_rng(1), Tracker(sim.site(RADAR, FINDER))
    for k in range(30):
        enu = np.array([100.0, 3000.0 + 5 * k, 120.0])
        tracker.step(sim.plots(rng, sim.T0 + k, enu, RADAR, pd=1.0))
        out = tracker.step(_bearing(rng, sim.T0 + k + 0.5, np.array([4000.0, -3000.0, 50.0])))
    assert [row["status"] for row in sim.confirmed(out)] == ["confirmed"]
    assert sim.confirmed(out)[0]["existence"] > 0.99


def test_a_bearing_with_an_elevation_gives_a_flat_radars_track_its_height() -> None:
    rng, flat = np.random.default_rng(1), sim.radar(clutter_per_scan=1)
    tracker = Tracker(sim.site(flat, FINDER))
    for k in range(30):
        enu = np.array([1000.0 + 5 * k, 2000.0, 200.0])
        plots = sim.plots(rng, sim.T0 + k, enu, flat, pd=1.0)
        blind = Batch.build(DETECTION, plots.n, {
            "time": sim.T0 + k, "sensor_id": "radar", "kind": "radar", "report": "plot", "origin": "exercise",
            "range_m": plots["range_m"], "azimuth_deg": plots["azimuth_deg"],
        })  # fmt: skip
        tracker.step(blind)
        d = enu - np.array([3000.0, 0.0, 10.0])
        up = float(np.degrees(np.arctan2(d[2], np.hypot(d[0], d[1]))) + rng.normal(0, 0.8))
        out = tracker.step(_bearing(rng, sim.T0 + k + 0.1, enu, elevation_deg=up))
    assert abs(sim.confirmed(out)[0]["alt_wgs84_m"] - 200.0) < 40.0
