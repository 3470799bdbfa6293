"""What rows out of order cost the tracker, beside the same rows in order: CPU time, plots taken in again, and how right its pictures are.

Scenarios "100" and "1000", one step a second. Every case is run seven times, in turn, and the median stands; the plots do not vary. How
right the pictures are while late rows wait is told of "100" with seeds that the tracker is tuned on.
"""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from benchmarks import scenarios
from benchmarks.scenarios import Scenario
from benchmarks.tracking.common import reported
from picket import metrics
from picket.metrics import Paths
from picket.track import Tracker
from picket.words import DETECTION, TRACK, Batch, concat

CASES = {"in order": (0.0, 0.0), "5 % by 0-1 s": (0.05, 1.0), "5 % by 0-5 s": (0.05, 5.0), "20 % by 0-5 s": (0.2, 5.0)}
STEPS, RUNS = 66, 7
SEEDS = range(201, 207)


def _once(site: Any, parts: list[Batch]) -> tuple[float, Tracker]:
    tracker, begin = Tracker(site), time.process_time()
    for k, part in enumerate(parts):
        tracker.step(part, time=scenarios.START + k)
    return 1e3 * (time.process_time() - begin) / len(parts), tracker


def _parts(s: Scenario) -> dict[str, list[Batch]]:
    """For each case, what arrives until each step."""
    batch, parts = concat(DETECTION, s.scans), {}
    for case, (share, most) in CASES.items():
        rng = np.random.default_rng(1)
        arrival = batch["time"] + np.where(rng.random(batch.n) < share, 0.999 * rng.uniform(0, most, batch.n), 0.0)
        step = np.ceil(arrival - scenarios.START).astype(int)
        parts[case] = [batch.take(np.flatnonzero(step == k)) for k in range(STEPS)]
    return parts


def run() -> dict[str, Any]:
    """ms a step, its ratio to the sorted input's, and plots taken in again, for each scenario and case; GOSPA of the pictures shown."""
    return {name: _scenario(name) for name in ("100", "1000")} | {"gospa_shown_100": _shown()}


def _shown() -> dict[str, float]:
    """GOSPA of what each step of "100" shows, mean over the seeds, for each case."""
    found: dict[str, list[float]] = {case: [] for case in CASES}
    for seed in SEEDS:
        s = scenarios.make("100", seed, 60)
        for case, parts in _parts(s).items():
            tracker = Tracker(s.site)
            rows = [reported(tracker.step(part, time=scenarios.START + k)) for k, part in enumerate(parts[: len(s.scans)])]
            found[case].append(metrics.gospa(Paths.of(concat(TRACK, rows), s.frame), s.truth).gospa)
    return {case: round(float(np.mean(values)), 1) for case, values in found.items()}


def _scenario(name: str) -> dict[str, Any]:
    s = scenarios.make(name, 1, 60)
    parts, plots = _parts(s), sum(scan.n for scan in s.scans)
    _once(s.site, parts["in order"])
    took: dict[str, list[tuple[float, Tracker]]] = {case: [] for case in CASES}
    for _ in range(RUNS):  # in turn: the machine may have other work
        for case in CASES:
            took[case].append(_once(s.site, parts[case]))
    ms = {case: float(np.median([t for t, _ in took[case]])) for case in CASES}
    return {
        case: {
            "ms_per_step": round(ms[case], 2), "ratio": round(ms[case] / ms["in order"], 2), "plots": plots,
            "plots_taken_again": took[case][0][1]._history.taken_again, "late": took[case][0][1].left_out["late"],
        }
        for case in CASES
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
