"""One radar a degree off beside an honest one: the error of its estimated azimuth bias after 60 s. SIMULATED."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.scenarios import PD, SIGMA_AZ, SIGMA_EL, SIGMA_R, START
from benchmarks.tracking import worlds
from picket.geo import LocalFrame, enu_to_polar
from picket.track import Tracker
from picket.words import DETECTION, Batch

SEEDS, TARGETS, SECONDS, APART_M, BIAS_DEG = 40, 20, 60, 1000.0, 1.0


def row(quick: bool) -> dict[str, Any]:
    """20 common targets over half of the horizon, sites 1 km apart, one plot a second of each: |estimate - 1 degree| at 60 s."""
    found = [_error(seed) for seed in range(1, 1 + (4 if quick else SEEDS))]
    errors = np.array([e for e, _ in found])
    return {
        "seeds": len(errors), "error_95_deg": round(float(np.quantile(errors, 0.95)), 4), "worst_deg": round(float(errors.max()), 4),
        "within_0.1_deg": round(float((errors <= 0.1).mean()), 3), "corrected": sum(c for _, c in found),
        "not_observable": int(np.isnan([e for e, _ in found]).sum()),
    }  # fmt: skip


def _error(seed: int) -> tuple[float, bool]:
    rng = np.random.default_rng(seed)
    angle, reach = rng.uniform(0, math.pi, TARGETS), rng.uniform(1000, 4000, TARGETS)
    p = np.column_stack([APART_M / 2 + reach * np.sin(angle), reach * np.cos(angle), rng.uniform(60, 200, TARGETS)])
    heading, speed = rng.uniform(0, 2 * math.pi, TARGETS), rng.uniform(8, 20, TARGETS)
    v = np.column_stack([speed * np.sin(heading), speed * np.cos(heading), np.zeros(TARGETS)])
    a, b = worlds.sensor("a", (0.0, 0.0, 10.0)), worlds.sensor("b", (APART_M, 0.0, 10.0))
    tracker = Tracker(worlds.site(a, b))
    for t in range(SECONDS):
        tracker.step(_look(rng, t, p + v * t, a, 0.0), time=START + t)
        tracker.step(_look(rng, t + 0.5, p + v * (t + 0.5), b, BIAS_DEG), time=START + t + 0.5)
    found = {s.sensor_id: s for s in tracker.registration()}
    if "b" not in found or math.isnan(found["b"].azimuth_deg):
        return math.nan, False
    return abs(found["b"].azimuth_deg - BIAS_DEG), found["b"].corrected[1]


def _look(rng: np.random.Generator, t: float, enu: Any, sensor: dict[str, Any], bias_deg: float) -> Batch:
    own = LocalFrame(sensor["lat_deg"], sensor["lon_deg"], sensor["alt_wgs84_m"])
    seen = rng.random(len(enu)) < PD
    r, az, el = enu_to_polar(own.to_enu(*worlds.frame().to_geodetic(enu[seen])))
    n, k = len(r), int(rng.poisson(5.0))
    return Batch.build(DETECTION, n + k, {
        "time": START + t, "sensor_id": sensor["id"], "kind": "radar", "report": "plot", "origin": "exercise",
        "range_m": np.concatenate([r + rng.normal(0, SIGMA_R, n), 8000 * np.sqrt(rng.uniform(0.001, 1, k))]),
        "azimuth_deg": np.concatenate([az + rng.normal(0, SIGMA_AZ, n) + bias_deg, rng.uniform(0, 360, k)]) % 360.0,
        "elevation_deg": np.concatenate([el + rng.normal(0, SIGMA_EL, n), rng.uniform(-2, 20, k)]),
    })  # fmt: skip
