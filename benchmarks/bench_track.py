"""Tracker against scenarios with truth: GOSPA beside the perfect-association filter of the same run, time per scan.

python benchmarks/bench_track.py [--quick]
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import scenarios

from picket import metrics
from picket.metrics import Paths
from picket.track import Tracker
from picket.words import TRACK, concat


def reported(rows: Any) -> Any:
    """What the tracker states as objects: confirmed and coasting rows."""
    return rows.take(np.flatnonzero(rows.equals("status", "confirmed") | rows.equals("status", "coasting")))


def one(name: str, seed: int, seconds: int = 60, bound: bool = True) -> dict[str, Any]:
    """One scenario through the tracker."""
    s = scenarios.make(name, seed, seconds)
    tracker, rows, took = Tracker(s.site), [], []
    for batch in s.scans:
        begin = time.process_time()
        out = tracker.step(batch)
        took.append(time.process_time() - begin)
        rows.append(reported(out))
    tracks = concat(TRACK, rows)
    paths = Paths.of(tracks, s.frame)
    result: dict[str, Any] = {
        "scenario": name, "seed": seed, "ms_per_scan": round(1e3 * float(np.median(took)), 3), "ms_worst": round(1e3 * max(took[1:]), 3),
        "tracks": len(np.unique(tracks["track_id"])),
    }  # fmt: skip
    if len(s.truth.time):
        result |= metrics.summary(paths, s.truth)
        late = metrics.latency(paths, s.truth, first_seen=s.first_seen)
        result["latency_median_s"], result["latency_95_s"] = float(np.median(late)), float(np.quantile(late, 0.95))
        result["anees"] = metrics.anees(paths, s.truth, 100.0)
        if bound:
            result["gospa_perfect"] = metrics.gospa(scenarios.perfect_association(s), s.truth).gospa
            result["ratio"] = result["gospa"] / result["gospa_perfect"]
    return result


SEEDS = {"10": 5, "crossing": 10, "100": 10, "300": 5, "1000": 1}
FALSE_SEEDS, FALSE_SCANS = 2, 600
STUDENT_95 = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 10: 2.26}  # two-sided t quantile by number of seeds


def means(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Mean and half of the 95 % interval of every figure over the seeds of one scenario."""
    out: dict[str, Any] = {"scenario": rows[0]["scenario"], "seeds": len(rows)}
    for name in rows[0]:
        if name in out or name == "seed":
            continue
        values = np.array([row[name] for row in rows], float)
        half = STUDENT_95[len(rows)] * float(values.std(ddof=1)) / len(rows) ** 0.5 if len(rows) > 1 else None
        out[name] = [round(float(values.mean()), 4), half if half is None else round(half, 4)]
    return out


def speed(name: str, scans: int = 20, runs: int = 5) -> dict[str, Any]:
    """ms of CPU a scan, whole step from columns to picture: median scan, median of the runs."""
    s = scenarios.make(name, 1, scans)
    medians = []
    for _ in range(runs):
        tracker, took = Tracker(s.site), []
        for batch in s.scans:
            begin = time.process_time()
            tracker.step(batch)
            took.append(time.process_time() - begin)
        medians.append(1e3 * float(np.median(took)))
    return {"drones": int(name), "ms_per_scan": round(float(np.median(medians)), 2), "runs": [round(m, 2) for m in medians]}


def false_tracks(seed: int) -> int:
    """Tracks confirmed in ten minutes of 300 false plots a scan and no object."""
    s = scenarios.make("clutter", seed, FALSE_SCANS)
    tracker, ids = Tracker(s.site), set()
    for batch in s.scans:
        ids.update(reported(tracker.step(batch))["track_id"].tolist())
    return len(ids)


def run(quick: bool = False) -> dict[str, Any]:
    """All scenarios; quick: one seed each, up to 100 drones."""
    one("10", 0, 5)  # compiles or loads the kernels
    seeds = dict.fromkeys(("10", "crossing", "100"), 1) if quick else SEEDS
    rows = {n: [one(n, seed, 60, n != "1000") for seed in range(1, 1 + most)] for n, most in seeds.items()}
    result: dict[str, Any] = {
        "mean_and_half_95": [means(r) for r in rows.values()],
        "scenarios": [row for found in rows.values() for row in found],
    }
    if not quick:
        result["speed"] = [speed("1000"), speed("10000")]
        result["false_confirmed_in_600_scans"] = [false_tracks(seed) for seed in range(1, 1 + FALSE_SEEDS)]
    return result


if __name__ == "__main__":
    print(json.dumps(run("--quick" in sys.argv), indent=1))
