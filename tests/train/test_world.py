"""Where objects are: smooth, within their limits, on their routes, and a function of the arguments alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from picket.train import World
from picket.train.exercise import LIMITS

TURN = '[[actor]]\nid = "a"\nkind = "drone"\nspeed_mps = 20\n'
TURN += "route = [[-600, 0, 50], [0, 0, 80, 10], [600, 100, 80], [600, 900, 40]]\n"


def test_objects_move_within_their_limits_for_two_repetitions(demo):
    world, step = World(demo, 3), 0.25
    seen: dict[str, list[tuple[float, np.ndarray]]] = {}
    kinds = {}
    for t in np.arange(0, 2.2 * demo.repeat_s, step):
        for row in world.truth(float(t)):
            seen.setdefault(row.id, []).append((float(t), np.array(row.velocity_enu_mps)))
            kinds[row.id] = row.kind
    for name, rows in seen.items():
        limits = LIMITS[kinds[name]]
        velocity = np.array([v for _, v in rows])
        assert np.diff([t for t, _ in rows]).max() == pytest.approx(step), f"{name} vanished for a while"
        assert np.linalg.norm(velocity[:, :2], axis=1).max() <= limits.speed_mps * 1.01
        change = np.linalg.norm(np.diff(velocity, axis=0), axis=1)[2:-4] / step
        # wandering adds to the route's turns; the first and last samples lean on one side only
        assert change.max(initial=0) <= 1.5 * limits.acceleration_mps2 + 0.2, name


def test_velocity_is_the_derivative_of_position(demo):
    world = World(demo, 1)
    before, now, after = (world.at(100.1 + d) for d in (-0.01, 0.0, 0.01))
    assert np.array_equal(before.index, after.index)
    slope = (after.position_enu_m - before.position_enu_m) / 0.02
    assert np.abs(slope - now.velocity_enu_mps).max() < 0.05


def test_a_loop_passes_the_end_of_a_repetition_without_a_jump(demo):
    world = World(demo, 1)
    for t in (demo.repeat_s, 2 * demo.repeat_s):
        before, after = ({r.id: r for r in world.truth(t + d)} for d in (-1e-3, 1e-3))
        loops = [i for i in before if "/" not in i]
        assert len(loops) > 20
        for i in loops:
            assert math.dist(before[i].position_enu_m, after[i].position_enu_m) < 0.2
            assert math.dist(before[i].velocity_enu_mps, after[i].velocity_enu_mps) < 0.2


def test_the_same_time_gives_the_same_truth_in_any_order(demo):
    forward, backward = World(demo, 5), World(demo, 5)
    times = [0.0, 50.0, 355.0, 361.0, 800.0, 2000.0]
    rows = [forward.truth(t) for t in times]
    assert rows == [backward.truth(t) for t in reversed(times)][::-1]
    assert rows[1] != World(demo, 6).truth(50.0)


def test_a_drone_holds_where_its_route_says(write):
    world = World(write(TURN), 1)
    # 600 m at 20 m/s, the last 33 m of them braking at 6 m/s2: 31.7 s, then 10 s of rest
    for t in (32.0, 36.0, 41.0):
        (row,) = world.truth(t)
        assert math.dist(row.position_enu_m[:2], (0, 0)) < 0.5
        assert np.linalg.norm(row.velocity_enu_mps) < 0.5
    (row,) = world.truth(50.0)
    assert np.linalg.norm(row.velocity_enu_mps) == pytest.approx(20, abs=0.3)


def test_corners_are_flown_as_circles_of_the_airframe(write):
    text = TURN.replace("[0, 0, 80, 10], ", "").replace("[600, 100, 80]", "[600, 0, 50]").replace("40]]", "50]]")
    world = World(write(text), 1)
    radius = 20**2 / 6
    points = np.array([world.truth(float(t))[0].position_enu_m for t in np.arange(0, 90, 0.1)])
    inside = points[(points[:, 0] > 600 - radius + 2) & (points[:, 1] < radius - 2)]
    assert len(inside) > 20
    assert np.hypot(inside[:, 0] - (600 - radius), inside[:, 1] - radius) == pytest.approx(radius, abs=0.5)


def test_heights_are_above_mean_sea_level_far_from_the_site_too(write):
    far = '[[actor]]\nid = "a"\nkind = "airliner"\nspeed_mps = 100\nroute = [[20000, 0, 1000], [0, 20000, 1000]]\n'
    world = World(write(far), 1)
    heights = [world.truth(float(t))[0].alt_wgs84_m for t in (0, 50, 140, 280)]
    assert heights == pytest.approx([1055.0] * 4, abs=0.2)


def test_the_swarm_keeps_its_spacing(demo):
    state = World(demo, 4).at(200.0)
    members = [i for i, k in enumerate(state.index.tolist()) if state.things[k].actor.id == "swarm"]
    assert len(members) == 12
    p = state.position_enu_m[members]
    distance = np.linalg.norm(p[:, None] - p, axis=2) + 1e9 * np.eye(12)
    assert distance.min(axis=1).min() >= 25
    assert distance.min(axis=1).max() <= 40
