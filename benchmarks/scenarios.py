"""Scenarios with truth: drones near a port, a 3-D radar that sees them, clutter; and the filter that knows which plot is whose.

The family: N drones within 8 km (14 km for 3,000, 25 km for 10,000), 60 s, 40 % of them in formations of 5 to 16 at
20-40 m spacing, some appear late or leave early; straight flight, turns, hover and dash. One 3-D radar turns once a second, sigma 10 m /
0.5 deg / 0.8 deg, detection probability 0.9, Poisson clutter. "crossing": 12 drones meet in one point at mid-run, 8-25 m apart.
Everything follows from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.geo import LocalFrame, enu_to_polar
from picket.metrics import Paths
from picket.site import Site, parse
from picket.words import DETECTION, Batch

Floats = npt.NDArray[np.float64]
LAT, LON, ALT = 33.75, -118.20, 0.0
START = 1_700_000_000.0
SIGMA_R, SIGMA_AZ, SIGMA_EL, PD = 10.0, 0.5, 0.8, 0.9
CLUTTER = {10: 20.0, 100: 50.0, 300: 100.0, 1000: 300.0, 3000: 1000.0, 10000: 3000.0}


@dataclass(frozen=True)
class Scenario:
    """scans: one detection batch per second; truth: where everything is at each scan; plot_truth: whose each row is (-1 clutter)."""

    name: str
    site: Site
    frame: LocalFrame
    scans: list[Batch]
    truth: Paths
    plot_truth: list[npt.NDArray[np.int64]]
    first_seen: dict[int, float]


def radar_site(reach_m: float, clutter: float, **sensor: Any) -> Site:
    """A site with one 3-D radar at its origin."""
    return parse({
        "version": 1, "site": {"name": "bench", "lat_deg": LAT, "lon_deg": LON, "alt_wgs84_m": ALT},
        "sensor": [{
            "id": "radar", "kind": "radar", "lat_deg": LAT, "lon_deg": LON, "alt_wgs84_m": ALT, "scan_period_s": 1.0, "min_range_m": 50,
            "max_range_m": reach_m, "elevation_deg": [-5, 60], "detection_probability": PD, "clutter_per_scan": clutter,
            "sigma_range_m": SIGMA_R, "sigma_azimuth_deg": SIGMA_AZ, "sigma_elevation_deg": SIGMA_EL, **sensor,
        }],
    })  # fmt: skip


def _fly(rng: np.random.Generator, seconds: int, start: Floats, heading: float) -> Floats:
    """(seconds, 3) path of one drone: straight, turning, hovering or dashing, a new habit every 8 to 25 s."""
    x, speed, climb = start.copy(), rng.uniform(8.0, 20.0), 0.0
    turn, left, wanted = 0.0, 0, speed
    path = np.empty((seconds, 3))
    for t in range(seconds):
        path[t] = x
        if left == 0:
            left = int(rng.integers(8, 26))
            habit = rng.choice(4, p=[0.5, 0.25, 0.125, 0.125])
            turn = np.radians(rng.uniform(3.0, 12.0)) * rng.choice([-1, 1]) if habit == 1 else 0.0
            wanted = {0: rng.uniform(8, 20), 1: rng.uniform(8, 15), 2: 0.0, 3: rng.uniform(25, 35)}[int(habit)]
            climb = rng.uniform(-1.5, 1.5) if 40.0 < x[2] < 250.0 else float(np.sign(120.0 - x[2]))
        speed += np.clip(wanted - speed, -4.0, 4.0)
        heading += turn
        x = x + np.array([speed * np.sin(heading), speed * np.cos(heading), climb])
        left -= 1
    return path


def _family(rng: np.random.Generator, drones: int, reach_m: float, seconds: int) -> list[tuple[int, Floats]]:
    """(first second, path) of every drone."""
    out: list[tuple[int, Floats]] = []
    while len(out) < drones:
        grouped = len(out) < 0.4 * drones
        size = min(int(rng.integers(5, 17)) if grouped else 1, drones - len(out))
        radius, bearing = reach_m * np.sqrt(rng.uniform(0.01, 0.8)), rng.uniform(0, 2 * np.pi)
        start = np.array([radius * np.sin(bearing), radius * np.cos(bearing), rng.uniform(40.0, 250.0)])
        path = _fly(rng, seconds, start, rng.uniform(0, 2 * np.pi))
        begin = int(rng.integers(1, seconds // 2)) if rng.random() < 0.2 else 0
        end = int(rng.integers(seconds // 2, seconds)) if rng.random() < 0.2 else seconds
        side = int(np.ceil(np.sqrt(size)))
        spacing = rng.uniform(20.0, 40.0)
        for k in range(size):
            offset = np.array([k % side, k // side, 0.0]) * spacing + rng.normal(0, 1.0, 3) * (size > 1)
            out.append((begin, path[begin:end] + offset))
    return out


def _crossing(rng: np.random.Generator, seconds: int) -> list[tuple[int, Floats]]:
    """12 drones through nearly one point at mid-run."""
    meet = np.array([2500.0, 1800.0, 120.0])
    out = []
    for k in range(12):
        heading, speed = 2 * np.pi * k / 12 + rng.normal(0, 0.05), rng.uniform(10.0, 18.0)
        v = np.array([speed * np.sin(heading), speed * np.cos(heading), 0.0])
        near = rng.normal(0, 1, 3)
        near *= rng.uniform(8.0, 25.0) / np.linalg.norm(near)
        t = np.arange(seconds)[:, None] - seconds / 2
        out.append((0, meet + near + v * t))
    return out


def look(
    rng: np.random.Generator, time: float, positions: Floats, ids: npt.NDArray[np.int64], reach_m: float, clutter: float
) -> tuple[Batch, npt.NDArray[np.int64]]:
    """One scan of the radar at the origin: rows in random order, and whose each is."""
    seen = rng.random(len(positions)) < PD
    r, az, el = enu_to_polar(positions[seen]) if seen.any() else (np.empty(0),) * 3
    n = int(rng.poisson(clutter))
    r = np.concatenate([r + rng.normal(0, SIGMA_R, len(r)), reach_m * np.sqrt(rng.uniform(0.0005, 1.0, n))])
    az = np.concatenate([az + rng.normal(0, SIGMA_AZ, len(az)), rng.uniform(0, 360, n)]) % 360.0
    el = np.concatenate([el + rng.normal(0, SIGMA_EL, len(el)), rng.uniform(-2, 20, n)])
    whose = np.concatenate([ids[seen], np.full(n, -1)]).astype(np.int64)
    order = rng.permutation(len(r))
    batch = Batch.build(DETECTION, len(r), {
        "time": time, "sensor_id": "radar", "kind": "radar", "report": "plot", "origin": "exercise",
        "range_m": np.maximum(r, 1.0)[order], "azimuth_deg": az[order], "elevation_deg": el[order],
    })  # fmt: skip
    return batch, whose[order]


def make(name: str, seed: int = 1, seconds: int = 60) -> Scenario:
    """`name`: "crossing", "clutter" (300 a scan, no drone) or a number of drones."""
    rng = np.random.default_rng(seed)
    if name == "crossing":
        reach, clutter, objects = 8000.0, 20.0, _crossing(rng, seconds)
    elif name == "clutter":
        reach, clutter, objects = 8000.0, 300.0, []
    else:
        n = int(name)
        reach = 25_000.0 if n >= 10_000 else 14_000.0 if n >= 3000 else 8000.0
        clutter, objects = CLUTTER.get(n, 0.5 * n), _family(rng, n, reach, seconds)
    frame = LocalFrame(LAT, LON, ALT)
    scans, whose, seen = [], [], {}
    times, ids, places = [], [], []
    for t in range(seconds):
        here = [(i, path[t - begin]) for i, (begin, path) in enumerate(objects) if begin <= t < begin + len(path)]
        position = np.array([x for _, x in here]).reshape(-1, 3)
        who = np.array([i for i, _ in here], np.int64)
        batch, owner = look(rng, START + t, position, who, reach, clutter)
        scans.append(batch)
        whose.append(owner)
        for i in owner[owner >= 0].tolist():
            seen.setdefault(i, START + t)
        times.append(np.full(len(who), START + t))
        ids.append(who)
        places.append(position)
    truth = Paths(np.concatenate(times), np.concatenate(ids), np.concatenate(places))
    return Scenario(name, radar_site(reach, clutter), frame, scans, truth, whose, seen)


def perfect_association(s: Scenario, acceleration: float = 3.0, vertical: float = 0.5) -> Paths:
    """What a constant-velocity Kalman filter makes of the same plots when told whose each is: reported from the third plot on,
    while the object lives. The bound that the tracker is measured against."""
    living = {
        i: (s.truth.time[s.truth.id == i].min(), s.truth.time[s.truth.id == i].max()) for i in np.unique(s.truth.id).tolist()
    }
    state: dict[int, tuple[Floats, Floats, int]] = {}
    F, q = np.eye(6), np.array([acceleration, acceleration, vertical])
    F[:3, 3:] = np.eye(3)
    Q = np.block([[np.diag(q / 3), np.diag(q / 2)], [np.diag(q / 2), np.diag(q)]])
    H = np.eye(3, 6)
    times, ids, places = [], [], []
    for t, (batch, owner) in enumerate(zip(s.scans, s.plot_truth, strict=True)):
        for i, (x, P, n) in list(state.items()):
            state[i] = F @ x, F @ P @ F.T + Q, n
        for j in np.flatnonzero(owner >= 0):
            i, (z, R) = int(owner[j]), _converted(batch, j)
            if i not in state:
                state[i] = (
                    np.concatenate([z, np.zeros(3)]),
                    np.block([[R, np.zeros((3, 3))], [np.zeros((3, 3)), np.diag([625.0, 625, 25])]]),
                    1,
                )
                continue
            x, P, n = state[i]
            K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R)
            state[i] = x + K @ (z - H @ x), (np.eye(6) - K @ H) @ P, n + 1
        for i, (x, _, n) in state.items():
            if n >= 3 and living[i][0] <= START + t <= living[i][1]:
                times.append(START + t)
                ids.append(i)
                places.append(x[:3])
    return Paths(np.array(times), np.array(ids, np.int64), np.array(places).reshape(-1, 3))


def _converted(batch: Batch, j: int) -> tuple[Floats, Floats]:
    """East, north, up of a polar plot and its covariance there."""
    r, az, el = batch["range_m"][j], np.radians(batch["azimuth_deg"][j]), np.radians(batch["elevation_deg"][j])
    ce, se, ca, sa = np.cos(el), np.sin(el), np.cos(az), np.sin(az)
    axes = np.array([[ce * sa, ce * ca, se], [ca, -sa, 0.0], [-se * sa, -se * ca, ce]]).T
    sizes = np.array([SIGMA_R, r * ce * np.radians(SIGMA_AZ), r * np.radians(SIGMA_EL)])
    return r * axes[:, 0], axes @ np.diag(sizes**2) @ axes.T
