"""Hours of a busy sky: does memory grow, and is a second run the same to the last bit? SIMULATED."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from typing import Any

import numpy as np

from benchmarks.tracking import worlds
from benchmarks.tracking.speed import ROOT
from picket.track import Tracker

HOURS = float(os.environ.get("PICKET_BENCH_HOURS", "1"))
OBJECTS = 1000
SETTLED_S = 600  # pools have found their size by then


def row(quick: bool) -> dict[str, Any]:
    """1,000 objects, each ten minutes in view on average, one look a second, PICKET_BENCH_HOURS (1) hours; twice, each run a process."""
    seconds = 120 if quick else int(3600 * HOURS)
    runs = [_apart(seconds) for _ in range(2)]
    return {"hours": round(seconds / 3600, 3), "same_hash": runs[0]["sha256"] == runs[1]["sha256"], "runs": runs}


def _apart(seconds: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.tracking.long_run", str(seconds)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, timeout=100_000)
    return dict(json.loads(told.stdout))


def _resident_mb() -> float:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def _run(seconds: int) -> dict[str, Any]:
    site, looks = worlds.lasting(OBJECTS)
    tracker, digest, spent, plots = Tracker(site), hashlib.sha256(), 0.0, 0
    memory = []
    for t in range(seconds):
        batch = next(looks)
        begin = time.process_time()
        rows = tracker.step(batch)
        spent += time.process_time() - begin
        plots += batch.n
        for name in sorted(rows.columns):
            digest.update(np.ascontiguousarray(rows[name]).tobytes())
        if t % 60 == 59:
            memory.append(round(_resident_mb(), 1))
    settled = memory[min(SETTLED_S // 60, len(memory) - 1)]
    return {
        "sha256": digest.hexdigest()[:16], "resident_mb_settled": settled, "resident_mb_end": memory[-1],
        "growth_mb": round(memory[-1] - settled, 1), "resident_mb_most": max(memory), "plots": plots,
        "cpu_ms_per_scan": round(1e3 * spent / seconds, 2), "tracks_numbered": int(tracker._next_id),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(_run(int(sys.argv[1]))))
