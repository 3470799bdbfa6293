"""SIMULATED drones, birds and light aircraft before one radar: motion and echo, so that classes can be told only as far as nature allows.

Motion. Drone: survey legs of 10 to 30 s at 4 to 16 m/s and one height (30 to 120 m), sharp turns in between, one leg in four a
hover of 5 to 20 s. Bird: flapping flight at 9 to 16 m/s of airspeed, the heading a slow random walk, height waving by metres, or
(three in ten) circling on 20 to 40 m radius; all birds of a seed drift with one wind of 0 to 8 m/s. Aircraft: 35 to 75 m/s, 150 to
900 m, straight with turns of 3 deg/s now and then. Speeds of drones and birds overlap on purpose.

Echo. Cross-section, dBsm, log-normal for each object: drone -20 +- 3, bird -22 +- 4, aircraft +5 +- 4; Swerling 1 from scan to scan,
a bird's wing beat adds 2 dB of its own. 20 dB of signal to noise for -20 dBsm at 3 km, falling with the fourth power of range;
a plot where it is over 10 dB.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.scenarios import SIGMA_AZ, SIGMA_EL, SIGMA_R, START
from picket.geo import enu_to_polar
from picket.words import DETECTION, Batch

Floats = npt.NDArray[np.float64]
DRONE, BIRD, AIRCRAFT = 0, 1, 2
NAMES = ("drone", "bird", "aircraft")
RCS_DBSM = ((-20.0, 3.0), (-22.0, 4.0), (5.0, 4.0))
RANGES_M = ((500.0, 4000.0), (500.0, 4000.0), (1500.0, 6500.0))
LEAST_SNR_DB = 10.0


def _drone(rng: np.random.Generator, seconds: int, start: Floats) -> Floats:
    path, x, left = np.empty((seconds, 3)), start.copy(), 0
    x[2] = rng.uniform(30, 120)
    heading, speed = rng.uniform(0, 2 * np.pi), 0.0
    wanted = 0.0
    for t in range(seconds):
        path[t] = x
        if left == 0:
            hover = rng.random() < 0.25
            left = int(rng.integers(5, 21) if hover else rng.integers(10, 31))
            wanted = 0.0 if hover else rng.uniform(4, 16)
            heading += rng.choice([-1, 1]) * rng.uniform(0.8, 2.0)
        speed += float(np.clip(wanted - speed, -4, 4))
        x = x + speed * np.array([math.sin(heading), math.cos(heading), 0.0])
        left -= 1
    return path


def _bird(rng: np.random.Generator, seconds: int, start: Floats, wind: Floats) -> Floats:
    path, x = np.empty((seconds, 3)), start.copy()
    x[2] = rng.uniform(20, 300)
    heading, turn, airspeed = rng.uniform(0, 2 * np.pi), 0.0, rng.uniform(9, 16)
    circle = airspeed / rng.uniform(20, 40) * rng.choice([-1, 1]) if rng.random() < 0.3 else None
    phase, period = rng.uniform(0, 2 * np.pi), rng.uniform(5, 15)
    height = x[2]
    for t in range(seconds):
        x[2] = height + 3.0 * math.sin(phase + 2 * np.pi * t / period)
        path[t] = x
        turn = circle if circle is not None else 0.7 * turn + rng.normal(0, np.radians(5))
        heading += turn
        x = x + airspeed * np.array([math.sin(heading), math.cos(heading), 0.0]) + wind
    return path


def _aircraft(rng: np.random.Generator, seconds: int, start: Floats) -> Floats:
    path, x = np.empty((seconds, 3)), start.copy()
    x[2] = rng.uniform(150, 900)
    heading, speed = math.atan2(-x[0], -x[1]) + rng.uniform(-0.8, 0.8), rng.uniform(35, 75)
    turn, left = 0.0, 0
    for t in range(seconds):
        path[t] = x
        if left == 0:
            left, turn = int(rng.integers(10, 40)), np.radians(3) * rng.choice([-1, 0, 0, 1])
        heading += turn
        x = x + speed * np.array([math.sin(heading), math.cos(heading), 0.0])
        left -= 1
    return path


def flights(rng: np.random.Generator, each: int, seconds: int) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
    """(paths (3 each, seconds, 3) m ENU at the radar, kind of each, its cross-section dBsm)."""
    angle, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0, 8)
    wind = strength * np.array([math.sin(angle), math.cos(angle), 0.0])
    paths, kinds, rcs = [], [], []
    for kind in np.repeat([DRONE, BIRD, AIRCRAFT], each).tolist():
        r, b = rng.uniform(*RANGES_M[kind]), rng.uniform(0, 2 * np.pi)
        start = np.array([r * math.sin(b), r * math.cos(b), 0.0])
        make = {DRONE: _drone, AIRCRAFT: _aircraft}.get(kind)
        paths.append(make(rng, seconds, start) if make else _bird(rng, seconds, start, wind))
        kinds.append(kind)
        rcs.append(rng.normal(*RCS_DBSM[kind]))
    return np.array(paths), np.array(kinds, np.int64), np.array(rcs)


def look(
    rng: np.random.Generator, t: int, places: Floats, kinds: Any, rcs: Floats, clutter: float, reach_m: float
) -> tuple[Batch, npt.NDArray[np.int64]]:
    """One scan with the signal to noise of every plot, and whose each is (-1: a false plot, just over the threshold)."""
    r, az, el = enu_to_polar(places)
    snr = 20.0 + rcs + 20.0 - 40.0 * np.log10(r / 3000.0) + 10 * np.log10(rng.exponential(1.0, len(r)))
    snr = snr + np.where(kinds == BIRD, rng.normal(0, 2, len(r)), 0.0)
    seen = np.flatnonzero((snr > LEAST_SNR_DB) & (r < reach_m))
    k = int(rng.poisson(clutter))
    whose = np.concatenate([seen, np.full(k, -1)]).astype(np.int64)
    order = rng.permutation(len(whose))
    columns = {
        "range_m": np.concatenate([r[seen] + rng.normal(0, SIGMA_R, len(seen)), reach_m * np.sqrt(rng.uniform(0.0005, 1, k))]),
        "azimuth_deg": np.concatenate([az[seen] + rng.normal(0, SIGMA_AZ, len(seen)), rng.uniform(0, 360, k)]) % 360.0,
        "elevation_deg": np.concatenate([el[seen] + rng.normal(0, SIGMA_EL, len(seen)), rng.uniform(-2, 20, k)]),
        "snr_db": np.concatenate([snr[seen], LEAST_SNR_DB + rng.exponential(3.0, k)]),
    }
    return Batch.build(DETECTION, len(whose), {
        "time": START + t, "sensor_id": "radar", "kind": "radar", "report": "plot", "origin": "exercise",
        **{name: values[order] for name, values in columns.items()},
    }), whose[order]  # fmt: skip
