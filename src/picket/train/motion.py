"""Where an actor is: its route as a smooth path, sampled every STEP_S.

    route     waypoints (east, north, height above mean sea level[, hold])
    corners   circles of radius v2 / a, touching both legs: the turn is never tighter than the airframe flies
    heights   a smooth step between waypoints: climbs begin and end gently
    speed     the route's speed; from and to rest at the same acceleration where it holds
    wander    two sines per axis around the path, phases drawn once per actor (birds, gusts, a ship at its anchor)

All of it is closed form in time: a position follows from the exercise, the seed and the time alone, in any order. Stepping
a model of the airframe would look more alive, yet the picture at t = 3600 s would then need 3600 s of steps.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from picket.train.exercise import AFLOAT, Actor, Waypoint, corner_cuts, hold
from picket.train.streams import stream

Floats = npt.NDArray[np.float64]

STEP_S = 0.5  # samples of a path; between them a cubic: under 0.1 m off at 6 m/s2
_ARC_RAD = math.radians(3.0)  # chords of a rounded corner: a 150 m turn is drawn to within 0.05 m


class Path(NamedTuple):
    """A route by arc length: `s` (K,) m along the ground, `points` (K, 3) m, `stops` [(s, hold_s)], ascending."""

    s: Floats
    points: Floats
    stops: list[tuple[float, float]]


def path_of(actor: Actor) -> Path:
    """The actor's route with its corners rounded; a loop ends where it began."""
    route = (*actor.route, actor.route[0]) if actor.loop else actor.route
    cuts = corner_cuts(actor)
    points: list[tuple[float, float]] = []
    waypoint_at: list[int] = []  # index in `points` that stands for each waypoint
    for i, w in enumerate(route):
        last = i == len(route) - 1
        before = route[i - 1] if i else (actor.route[-1] if actor.loop else w)
        after = route[i + 1] if not last else (actor.route[1 % len(actor.route)] if actor.loop else w)
        arc = _corner(before, w, after, cuts[i])
        middle = len(arc) // 2
        if actor.loop and len(route) > 2 and (i == 0 or last):  # the loop is cut in the middle of its first corner
            arc, middle = (arc[middle:], 0) if i == 0 else (arc[: middle + 1], middle)
        waypoint_at.append(len(points) + middle)
        points += arc
    flat = np.array(points)
    s = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(flat, axis=0).T))]) if len(flat) > 1 else np.zeros(1)
    height = _heights(s, s[waypoint_at], np.array([w[2] for w in route]))
    stops = [(float(s[k]), hold(w)) for k, w in zip(waypoint_at, route, strict=True) if hold(w)]
    return Path(s, np.column_stack([flat, height]), stops)


def _corner(a: Waypoint, b: Waypoint, c: Waypoint, cut: float) -> list[tuple[float, float]]:
    """Points of the circle that touches a-b and b-c at `cut` m from b; b itself where there is no corner."""
    here = (b[0], b[1])
    if cut <= 0.01:
        return [here]
    inward, outward = math.atan2(b[1] - a[1], b[0] - a[0]), math.atan2(c[1] - b[1], c[0] - b[0])
    turn = math.remainder(outward - inward, 2 * math.pi)
    radius = cut / math.tan(abs(turn) / 2)
    side = math.copysign(math.pi / 2, turn)
    begin = (b[0] - cut * math.cos(inward), b[1] - cut * math.sin(inward))
    center = (begin[0] + radius * math.cos(inward + side), begin[1] + radius * math.sin(inward + side))
    n = 2 * max(1, math.ceil(abs(turn) / _ARC_RAD / 2))  # even: one point lies in the middle
    angles = [inward - side + turn * k / n for k in range(n + 1)]
    return [(center[0] + radius * math.cos(x), center[1] + radius * math.sin(x)) for x in angles]


def _heights(s: Floats, knots: Floats, heights: Floats) -> Floats:
    """Heights along s: a smooth step from each waypoint to the next."""
    leg = np.clip(np.searchsorted(knots, s, "right") - 1, 0, max(len(knots) - 2, 0))
    after = np.minimum(leg + 1, len(knots) - 1)
    span = knots[after] - knots[leg]
    x = np.clip((s - knots[leg]) / np.where(span > 0, span, 1.0), 0.0, 1.0)
    result: Floats = heights[leg] + (heights[after] - heights[leg]) * x * x * (3 - 2 * x)
    return result


def along(actor: Actor, path: Path) -> tuple[Floats, Floats]:
    """(times (K,), s (K,)): metres along the path at times since the actor's start; between them linear.

    Speed ramps are drawn with a point each 0.1 s. For a loop one round; for a single waypoint one point.
    """
    v, a, length = actor.speed_mps, actor.limits.acceleration_mps2, float(path.s[-1])
    if v <= 0 or length <= 0:
        return np.zeros(1), np.zeros(1)
    if actor.loop:
        return np.array([0.0, length / v]), np.array([0.0, length])
    times, places = [0.0], [0.0]
    ramp = np.linspace(0.0, v / a, max(2, math.ceil(v / a / 0.1)))
    waits = dict(path.stops)
    for begin, end in pairwise(sorted({0.0, length, *waits})):
        t = times[-1]
        if begin in waits:
            t += waits[begin]
            times += [t, *(t + ramp[1:])]
            places += [begin, *(begin + a * ramp[1:] ** 2 / 2)]
        to_rest = v * v / (2 * a) if end in waits else 0.0
        cruise_end = end - to_rest
        times.append(times[-1] + (cruise_end - places[-1]) / v)
        places.append(cruise_end)
        if to_rest:
            t = times[-1]
            times += [*(t + ramp[1:])]
            places += [*(cruise_end + v * ramp[1:] - a * ramp[1:] ** 2 / 2)]
    if length in waits:
        times.append(times[-1] + waits[length])
        places.append(length)
    return np.array(times), np.array(places)


def positions(path: Path, s: Floats) -> Floats:
    """Points (N, 3) of the path at s (N,)."""
    return np.column_stack([np.interp(s, path.s, path.points[:, k]) for k in range(3)])


def wander(actor: Actor, seed: int, member: int, t: Floats) -> Floats:
    """Offsets (N, 3), m, at exercise times t (N,): never more than wander_m along an axis, a third of it in height."""
    if actor.wander_m <= 0:
        return np.zeros((len(t), 3))
    rng = stream(seed, "wander", actor.id, member)
    period = actor.wander_period_s * rng.uniform(0.7, 1.3, (2, 3))
    phase = rng.uniform(0, 2 * np.pi, (2, 3))
    size = actor.wander_m / 2 * np.array([1.0, 1.0, 0.0 if actor.kind in AFLOAT else 1 / 3])
    result: Floats = (size * np.sin(2 * np.pi * t[:, None, None] / period + phase)).sum(axis=1)
    return result


def formation(actor: Actor, seed: int) -> Floats:
    """Places (count, 3), m, of the members around their middle: staggered rows across the first leg, a little untidy.

    Neighbours are spacing_m apart, give or take a tenth. The formation keeps its orientation in turns.
    """
    n = actor.count
    if n == 1:
        return np.zeros((1, 3))
    across = math.ceil(math.sqrt(n))
    row, column = np.divmod(np.arange(n), across)
    grid = np.column_stack([column + 0.5 * (row % 2), -row * math.sqrt(3) / 2]) * actor.spacing_m
    grid -= grid.mean(axis=0)
    grid += stream(seed, "formation", actor.id).uniform(-0.05, 0.05, (n, 2)) * actor.spacing_m
    heights = np.zeros(n) if actor.kind in AFLOAT else stream(seed, "heights", actor.id).uniform(-5, 5, n)
    a, b = actor.route[0], actor.route[min(1, len(actor.route) - 1)]
    heading = math.atan2(b[0] - a[0], b[1] - a[1])  # clockwise from north
    c, s = math.cos(heading), math.sin(heading)
    return np.column_stack([grid @ np.array([[c, -s], [s, c]]), heights])
