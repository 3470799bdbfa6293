"""Bearings of several sensors make a position; what is ambiguous stays a bearing."""

from __future__ import annotations

import numpy as np
import pytest
import track_sim as sim

from picket.track import Tracker
from picket.track.crossing_kernels import ROOM, WIDTH, crossed, keep, point
from picket.track.measure import new_plots
from picket.track.sensors import SensorTable
from picket.words import DETECTION, Batch

PLACES = {"west": (-2000.0, 0.0, 10.0), "east": (2000.0, 0.0, 10.0), "north": (0.0, 4500.0, 10.0)}
FINDERS = {name: sim.radar(name, at=at, kind="rf", sigma_azimuth_deg=1.0) for name, at in PLACES.items()}


def bearings(rng: np.random.Generator, time: float, enu: np.ndarray, *names: str, sigma: float = 1.0, **more: object) -> Batch:
    rows = []
    for place in np.atleast_2d(enu):
        for name in names:
            d = place - np.array(PLACES[name])
            az = np.degrees(np.arctan2(d[0], d[1])) + rng.normal(0, sigma)
            rows.append({
                "time": time, "sensor_id": name, "kind": "rf", "report": "plot", "origin": "exercise", "azimuth_deg": az % 360.0, **more,
            })  # fmt: skip
    return Batch.from_rows(DETECTION, rows)


@pytest.mark.parametrize("seed", range(5))
def test_two_direction_finders_find_where_an_emitter_is(seed: int) -> None:
    rng, tracker = np.random.default_rng(seed), Tracker(sim.site(FINDERS["west"], FINDERS["east"]))
    for k in range(20):
        enu = np.array([-300.0 + 10.0 * k, 2500.0, 100.0])
        out = tracker.step(bearings(rng, sim.T0 + k, enu, "west", "east"))
        if k == 5:
            assert len(sim.confirmed(out)) == 1
    (row,) = sim.confirmed(out)
    away = np.hypot(*(sim.where(row)[:2] - enu[:2]))
    assert away < 3.0 * row["sigma_horizontal_m"] + 1.0
    assert row["sigma_horizontal_m"] < 100.0
    assert row["sensors"] == ("east", "west")
    assert tracker.left_out["no_position"] <= 3


def test_two_emitters_before_two_finders_stay_bearings() -> None:
    rng, tracker = np.random.default_rng(1), Tracker(sim.site(FINDERS["west"], FINDERS["east"]))
    both = np.array([[-600.0, 2500.0, 100.0], [700.0, 1900.0, 100.0]])
    for k in range(20):
        assert tracker.step(bearings(rng, sim.T0 + k, both, "west", "east")).n == 0
    assert tracker.left_out == {"no_position": 80}


@pytest.mark.parametrize("seed", range(5))
def test_a_third_finder_tells_which_crossings_are_real(seed: int) -> None:
    rng, tracker = np.random.default_rng(seed), Tracker(sim.site(*FINDERS.values()))
    for k in range(20):
        both = np.array([[-600.0 + 8 * k, 2500.0, 100.0], [900.0, 1500.0 + 6 * k, 100.0]])
        out = tracker.step(bearings(rng, sim.T0 + k, both, *PLACES))
    found = sim.confirmed(out)
    assert len(found) == 2
    for truth in both:
        assert min(np.hypot(*(sim.where(row)[:2] - truth[:2])) for row in found) < 150.0


def test_a_name_on_the_bearings_tells_it_too() -> None:
    rng, tracker = np.random.default_rng(1), Tracker(sim.site(FINDERS["west"], FINDERS["east"]))
    places = np.array([[-600.0, 2500.0, 100.0], [700.0, 1900.0, 100.0]])
    for k in range(10):
        parts = [bearings(rng, sim.T0 + k, places[q], "west", "east", transmitter=f"tx{q}") for q in range(2)]
        out = tracker.step(sim.joined(*parts))
    found = sim.confirmed(out)
    assert len(found) == 2
    for truth in places:
        assert min(np.hypot(*(sim.where(row)[:2] - truth[:2])) for row in found) < 150.0


def test_bearings_that_hardly_cross_or_look_away_make_no_position() -> None:
    rng, tracker = np.random.default_rng(1), Tracker(sim.site(FINDERS["west"], FINDERS["east"]))
    for k in range(10):
        along = bearings(rng, sim.T0 + k, np.array([7000.0, 300.0, 100.0]), "west", "east", sigma=0.1)
        assert tracker.step(along).n == 0
    tracker = Tracker(sim.site(FINDERS["west"], FINDERS["east"]))
    rows = [
        {"time": sim.T0, "sensor_id": name, "kind": "rf", "report": "plot", "origin": "exercise", "azimuth_deg": az}
        for name, az in (("west", 315.0), ("east", 45.0))
    ]
    assert tracker.step(Batch.from_rows(DETECTION, rows)).n == 0


def test_bearings_too_long_after_one_another_do_not_cross() -> None:
    rng, tracker, enu = (
        np.random.default_rng(1),
        Tracker(sim.site(FINDERS["west"], FINDERS["east"])),
        np.array([0.0, 2500.0, 100.0]),
    )
    for k in range(6):
        assert tracker.step(bearings(rng, sim.T0 + 10 * k, enu, "west")).n == 0
        assert tracker.step(bearings(rng, sim.T0 + 10 * k + 4, enu, "east")).n == 0


def test_late_bearings_give_the_tracks_of_the_sorted_ones() -> None:
    def fly(late: bool) -> list[dict[str, object]]:
        rng, tracker, held = np.random.default_rng(3), Tracker(sim.site(FINDERS["west"], FINDERS["east"])), []
        for k in range(12):
            enu = np.array([-300.0 + 10.0 * k, 2500.0, 100.0])
            west, east = bearings(rng, sim.T0 + k, enu, "west"), bearings(rng, sim.T0 + k + 0.2, enu, "east")
            if late and k % 4 == 1:
                held.append(east)
                out = tracker.step(west, time=sim.T0 + k + 0.5)
            else:
                out = tracker.step(sim.joined(west, east, *held), time=sim.T0 + k + 0.5)
                held = []
        return [{name: row[name] for name in ("lat_deg", "lon_deg", "status", "sensors")} for row in out.rows()]

    first, second = fly(False), fly(True)
    assert len(first) == len(second) == 1
    assert first[0]["sensors"] == second[0]["sensors"]
    assert np.allclose([first[0]["lat_deg"], first[0]["lon_deg"]], [second[0]["lat_deg"], second[0]["lon_deg"]], atol=1e-9)


def test_the_place_is_the_weighted_least_squares_point() -> None:
    """Against numpy's own solver, three lines of different accuracy at one time."""
    table = SensorTable(sim.site(*FINDERS.values()))
    for name in PLACES:
        table.find(name, "rf", sim.FRAME, None)
    truth, rng = np.array([300.0, 2400.0]), np.random.default_rng(4)
    plots, held, count = new_plots(3), np.zeros((ROOM + 1, WIDTH)), 0
    plots.z[:] = np.nan
    rows, wanted = [], []
    for j, (name, at) in enumerate(PLACES.items()):
        d = truth - np.array(at[:2])
        sigma = np.radians([0.5, 1.0, 2.0][j])
        az = np.arctan2(d[0], d[1]) + rng.normal(0, 0.5 * sigma)
        plots.time[j], plots.sensor[j], plots.z[j, 1], plots.sigma[j, 1] = sim.T0, table.names.index(name), az, sigma
        count, row = keep(held, count, plots, j, table.arrays)
        rows.append(row)
        wanted.append((az, np.array(at[:2]), sigma))
    a = rows[-1]
    b = crossed(held, count, a)
    assert b >= 0
    east, north, var_e, cov, var_n, _, _ = point(held, count, a, b)
    place = np.array([east, north])
    for _ in range(3):  # weights from the ranges to the place found
        A, y = [], []
        for az, at, sigma in wanted:
            normal = np.array([np.cos(az), -np.sin(az)])
            r = np.linalg.norm(place - at)
            A.append(normal / np.hypot(r * sigma, 1.0))
            y.append(normal @ at / np.hypot(r * sigma, 1.0))
        place, *_ = np.linalg.lstsq(np.array(A), np.array(y), rcond=None)
    assert np.hypot(east - place[0], north - place[1]) < 5.0
    assert np.allclose(np.linalg.inv(np.array(A).T @ np.array(A)), [[var_e, cov], [cov, var_n]], rtol=0.1)
