"""Biases between sensors: found from common objects, corrected where they are sure, left alone where nobody can say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import track_sim as sim

from picket.track import Tracker
from picket.words import Batch

A = sim.radar("a", clutter_per_scan=1)
FAR = (1500.0, 0.0, 10.0)


def _world(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Places and velocities of n objects all round, 1 to 4 km away."""
    angle, reach = rng.uniform(0, math.pi, n), rng.uniform(1000, 4000, n)
    p = np.column_stack([700 + reach * np.sin(angle), reach * np.cos(angle), rng.uniform(60, 200, n)])
    heading, speed = rng.uniform(0, 2 * math.pi, n), rng.uniform(8, 20, n)
    return p, np.column_stack([speed * np.sin(heading), speed * np.cos(heading), np.zeros(n)])


def _shifted(batch: Batch, range_m: float = 0.0, azimuth_deg: float = 0.0, time_s: float = 0.0) -> Batch:
    columns = dict(batch.columns)
    for name, by in (("range_m", range_m), ("azimuth_deg", azimuth_deg), ("time", time_s)):
        columns[name] = batch[name] + by
    columns["azimuth_deg"] = columns["azimuth_deg"] % 360.0
    return Batch(batch.table, batch.n, columns, batch.texts)


def _run(
    seed: int, other: tuple[float, float, float] = FAR, n: int = 24, seconds: int = 60, **bias: float
) -> tuple[Tracker, float]:
    """Two radars, the second biased; its tracker, and the mean error of its confirmed tracks at the end, m."""
    rng = np.random.default_rng(seed)
    b = sim.radar("b", other, clutter_per_scan=1)
    p, v = _world(rng, n)
    tracker = Tracker(sim.site(A, b))
    for k in range(seconds):
        tracker.step(sim.plots(rng, sim.T0 + k, p + v * k, A, clutter=1.0))
        rows = _shifted(sim.plots(rng, sim.T0 + k + 0.5, p + v * (k + 0.5), b, clutter=1.0), **bias)
        out = tracker.step(rows, time=sim.T0 + k + 0.5)
    truth = p + v * (seconds - 0.5)
    errors = [min(math.dist(sim.where(row)[:2], t[:2]) for t in truth) for row in sim.confirmed(out)]
    return tracker, float(np.mean(errors))


@pytest.mark.parametrize("seed", range(3))
def test_one_degree_of_azimuth_is_found_and_corrected(seed: int) -> None:
    tracker, error = _run(seed, azimuth_deg=1.0)
    a, b = tracker.registration()
    assert abs(b.azimuth_deg - 1.0) < 0.1
    assert abs(a.azimuth_deg) < 0.1
    assert b.corrected[1]
    assert not a.corrected[1]
    assert b.fits
    assert error < 15.0


def test_range_is_found_and_of_times_the_difference() -> None:
    tracker, _ = _run(1, range_m=40.0)
    _, b = tracker.registration()
    assert abs(b.range_m - 40.0) < 4 * b.sigma_range_m < 40.0
    tracker, _ = _run(1, time_s=-0.4)
    a, b = tracker.registration()
    assert abs(a.time_s - b.time_s - 0.4) < 0.1
    assert a.corrected[2]
    assert b.corrected[2]
    assert not b.corrected[1]


def test_honest_radars_are_left_alone() -> None:
    tracker, _ = _run(5)
    assert not any(any(s.corrected) for s in tracker.registration())


def test_two_radars_at_one_place_cannot_say_which_is_wrong() -> None:
    tracker, _ = _run(1, other=(15.0, 0.0, 10.0), azimuth_deg=1.0)
    a, b = tracker.registration()
    assert not a.observable[1]
    assert not b.observable[1]
    assert not a.corrected[1]
    assert not b.corrected[1]
    assert math.isnan(b.azimuth_deg)


def _beside_claims(turning: bool) -> Tracker:
    """One radar, 1 degree off, and four aircraft that say where they are: all on circles around it, or across."""
    rng, tracker = np.random.default_rng(3), Tracker(sim.site(A, sim.RID))
    p, v = _world(rng, 4)
    for k in range(90):
        for i in range(4):
            t = k + i / 10
            enu = np.array([1500.0 * math.sin(i + t / 60), 1500.0 * math.cos(i + t / 60), 100.0]) if turning else p[i] + v[i] * t
            tracker.step(_shifted(sim.plots(rng, sim.T0 + t, enu, A), azimuth_deg=1.0))
            tracker.step(sim.claim(rng, sim.T0 + t + 0.05, enu, identity=f"D{i}"))
    return tracker


def test_aircraft_that_say_where_they_are_show_a_radars_bias() -> None:
    found = next(s for s in _beside_claims(False).registration() if s.sensor_id == "a")
    assert abs(found.azimuth_deg - 1.0) < 0.15
    assert found.corrected[1]


def test_an_angle_is_not_told_from_a_delay_when_all_fly_in_circles() -> None:
    found = next(s for s in _beside_claims(True).registration() if s.sensor_id == "a")
    assert not found.observable[1]
    assert not found.corrected[1]


def test_late_rows_give_the_biases_of_the_sorted_input() -> None:
    rng = np.random.default_rng(2)
    b = sim.radar("b", FAR, clutter_per_scan=1)
    p, v = _world(rng, 12)
    parts = []
    for k in range(40):
        parts.append(sim.plots(rng, sim.T0 + k, p + v * k, A))
        parts.append(_shifted(sim.plots(rng, sim.T0 + k + 0.5, p + v * (k + 0.5), b), azimuth_deg=1.0))
    batch = sim.joined(*parts)

    def run(arrival: np.ndarray) -> tuple[Tracker, Batch]:
        tracker = Tracker(sim.site(A, b))
        for k in range(46):
            mine = np.flatnonzero((arrival > sim.T0 + k - 1) & (arrival <= sim.T0 + k))
            out = tracker.step(batch.take(mine), time=sim.T0 + k)
        return tracker, out

    want, shown = run(batch["time"])
    delayed, seen = run(batch["time"] + np.where(rng.random(batch.n) < 0.1, rng.uniform(0, 4, batch.n), 0.0))
    assert delayed.left_out["late"] == 0
    assert any(any(s.corrected) for s in want.registration())
    for one, other in zip(want.registration(), delayed.registration(), strict=True):
        assert math.isclose(one.azimuth_deg, other.azimuth_deg, abs_tol=1e-9)
        assert one.corrected == other.corrected
    assert np.allclose(np.sort(shown["lat_deg"]), np.sort(seen["lat_deg"]), rtol=0, atol=1e-9)
