"""SIMULATED: another mix of drones, birds and aircraft than `actors`, with the same radar, to see what a classifier owes to one mix.

Drones: surveys at 5 to 14 m/s with turns of about a right angle, ways at 8 to 20 m/s with stops, fixed wings at 14 to 28 m/s, hovers,
straight dashes at 20 to 38 m/s, circles of 30 to 120 m round a point, filming with stops; 30 to 250 m up. Birds: airspeed 8 to 19 m/s in a
wind of 0 to 9 m/s; straight ways, wavering, hunting, soaring on circles of 15 to 60 m, hanging in the wind; 15 to 500 m up.
Aircraft: light at 40 to 70 m/s, fast at 70 to 140, helicopters at 35 to 65, microlights at 28 to 40; 120 to 1,200 m up.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.tracking.actors import AIRCRAFT, BIRD, DRONE, RANGES_M

Floats = npt.NDArray[np.float64]
DRONES = ("survey", "way", "fixed", "hover", "fast", "orbit", "film")
DRONE_SHARES = (0.2, 0.2, 0.15, 0.12, 0.13, 0.1, 0.1)
CRUISE_MPS = {
    "survey": (5, 14), "way": (8, 20), "fixed": (14, 28), "hover": (3, 8), "fast": (20, 38), "orbit": (5, 14), "film": (2, 10),
    "light": (40, 70), "quick": (70, 140), "helicopter": (35, 65), "microlight": (28, 40),
}  # fmt: skip
RCS_DBSM = ((-18.0, 5.0), (-22.0, 5.0), (5.0, 5.0))


def _leg(rng: np.random.Generator, how: str, cruise: float, heading: float) -> tuple[int, float, float, float]:
    """(seconds, heading, speed, climb) of a drone's next leg."""
    if how == "survey":
        return (
            int(rng.integers(8, 40)),
            heading + rng.choice([-1, 1]) * rng.choice([1.57, 1.57, rng.uniform(0.3, 3)]),
            cruise,
            0.0,
        )
    if how == "way":
        stop = rng.random() < 0.15
        return int(rng.integers(15, 60)), heading + rng.normal(0, 0.8), 0.0 if stop else cruise, rng.normal(0, 1)
    if how == "fixed":
        return int(rng.integers(10, 50)), heading + rng.normal(0, 1.2), cruise, rng.normal(0, 1)
    if how == "hover":
        return int(rng.integers(20, 50)), rng.uniform(0, 2 * np.pi), 0.0 if rng.random() < 0.75 else cruise, 0.0
    if how == "fast":
        stop = rng.random() < 0.1
        return int(rng.integers(8, 40)), heading + rng.normal(0, 0.4), 0.0 if stop else cruise, rng.normal(0, 2)
    if how == "film":
        climb = float(rng.choice([0.0, 0.0, 1.5, -1.5]))
        return int(rng.integers(4, 15)), heading + rng.normal(0, 1.5), cruise * rng.choice([0.0, 0.3, 1.0]), climb
    return 60, heading, cruise, 0.0


def _drone(rng: np.random.Generator, seconds: int, x: Floats) -> Floats:
    how = str(rng.choice(DRONES, p=DRONE_SHARES))
    x[2], heading = rng.uniform(30, 250 if rng.random() < 0.5 else 120), rng.uniform(0, 2 * np.pi)
    cruise, radius = rng.uniform(*CRUISE_MPS[how]), rng.uniform(30, 120)
    speed = cruise if how in ("fixed", "orbit", "way", "fast") else 0.0
    most = 0.35 if how == "fixed" else 1.5  # rad/s
    path, left, goal, wanted, climb = np.empty((seconds, 3)), 0, heading, speed, 0.0
    for t in range(seconds):
        path[t] = x
        if left <= 0:
            left, goal, wanted, climb = _leg(rng, how, cruise, heading)
        heading += speed / radius if how == "orbit" else float(np.clip(goal - heading, -most, most))
        speed += float(np.clip(wanted - speed, -3, 3))
        up = climb if 25.0 < x[2] + climb < 300.0 else 0.0
        x = x + np.array([speed * math.sin(heading), speed * math.cos(heading), up])
        left -= 1
    return path


def _bird(rng: np.random.Generator, seconds: int, x: Floats, wind: Floats) -> Floats:
    how = str(rng.choice(["straight", "hunt", "soar", "waver", "hang"], p=[0.3, 0.25, 0.2, 0.2, 0.05]))
    height = rng.uniform(15, 150) if rng.random() < 0.6 else rng.uniform(20, 500)
    heading, air, turn, left = rng.uniform(0, 2 * np.pi), rng.uniform(8, 19), 0.0, 0
    circle = air / rng.uniform(15, 60) * rng.choice([-1, 1])
    path = np.empty((seconds, 3))
    for t in range(seconds):
        x[2] = height + (t if how == "soar" else 2.0 * math.sin(0.7 * t))
        path[t] = x
        if how == "straight":
            turn = 0.8 * turn + rng.normal(0, math.radians(0.8))
        elif how == "waver":
            turn = 0.75 * turn + rng.normal(0, math.radians(4))
        elif how == "soar":
            turn = circle * (1 + 0.1 * rng.normal())
        elif how == "hunt" and left <= 0:
            left, turn = int(rng.integers(2, 10)), float(rng.choice([0.0, 0.0, rng.normal(0, 0.35)]))
        left -= 1
        heading += turn
        flown = air * (1 + 0.05 * rng.normal()) * np.array([math.sin(heading), math.cos(heading), 0.0]) + wind
        x = x + (np.array([*rng.normal(0, 1, 2), 0.0]) if how == "hang" and (t // 15) % 3 else flown)
    return path


def _aircraft(rng: np.random.Generator, seconds: int, x: Floats) -> Floats:
    how = str(rng.choice(["light", "quick", "helicopter", "microlight"], p=[0.45, 0.25, 0.2, 0.1]))
    x[2], speed = rng.uniform(120, 1200), rng.uniform(*CRUISE_MPS[how])
    heading, turn, left, path = math.atan2(-x[0], -x[1]) + rng.uniform(-0.8, 0.8), 0.0, 0, np.empty((seconds, 3))
    for t in range(seconds):
        path[t] = x
        if left <= 0:
            left, turn = int(rng.integers(10, 40)), math.radians(3) * float(rng.choice([-1, 0, 0, 1]))
        heading += turn
        x = x + np.array([speed * math.sin(heading), speed * math.cos(heading), rng.normal(0, 0.3)])
        left -= 1
    return path


def flights(rng: np.random.Generator, each: int, seconds: int) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
    """As `actors.flights`: (paths (3 each, seconds, 3) m ENU at the radar, kind of each, its cross-section dBsm)."""
    angle, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0, 9)
    wind = strength * np.array([math.sin(angle), math.cos(angle), 0.0])
    kinds = np.repeat([DRONE, BIRD, AIRCRAFT], each)
    paths: list[Any] = []
    for kind in kinds.tolist():
        r, b = rng.uniform(*RANGES_M[kind]), rng.uniform(0, 2 * np.pi)
        x = np.array([r * math.sin(b), r * math.cos(b), 0.0])
        paths.append(_bird(rng, seconds, x, wind) if kind == BIRD else (_drone if kind == DRONE else _aircraft)(rng, seconds, x))
    return np.array(paths), kinds.astype(np.int64), np.array([rng.normal(*RCS_DBSM[k]) for k in kinds.tolist()])
