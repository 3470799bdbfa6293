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


def run(quick: bool = False) -> dict[str, Any]:
    """All scenarios; quick: fewer seeds, up to 100 drones."""
    one("10", 0, 5)  # compiles or loads the kernels
    names = ["10", "crossing", "100"] if quick else ["10", "crossing", "100", "300", "1000", "clutter"]
    seeds = {"10": 5, "crossing": 5, "100": 2, "300": 1, "1000": 1, "clutter": 1}
    rows = [one(n, seed, 60, n != "1000" or not quick) for n in names for seed in range(1, 1 + (1 if quick else seeds[n]))]
    return {"scenarios": rows}


if __name__ == "__main__":
    print(json.dumps(run("--quick" in sys.argv), indent=1))
