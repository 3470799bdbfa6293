"""Time and memory of the tracker: CPU of whole steps on one core, columns to picture; `picket track` from Parquet to Parquet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import scenarios
from benchmarks.tracking import worlds
from benchmarks.tracking.common import median_ms, reported
from picket.feed.table import TableWriter
from picket.site import load
from picket.track import Tracker, warm
from picket.track.run import track_files
from picket.words import DETECTION

ROOT = Path(__file__).parents[2]
RUNS = 5
SITE = """version = 1
[site]
name = "bench"
lat_deg = {lat}
lon_deg = {lon}
alt_wgs84_m = 0.0
[[sensor]]
id = "radar"
kind = "radar"
lat_deg = {lat}
lon_deg = {lon}
alt_wgs84_m = 0.0
scan_period_s = 1.0
min_range_m = 50
max_range_m = {reach}
elevation_deg = [-5, 60]
detection_probability = 0.9
clutter_per_scan = {clutter}
sigma_range_m = 10
sigma_azimuth_deg = 0.5
sigma_elevation_deg = 0.8
"""


def steps(quick: bool) -> dict[str, Any]:
    """The family at 1,000 and 10,000 drones: median CPU ms of a scan, median of five runs."""
    out = {}
    for name, goal in (("1000", 2.0), ("10000", 40.0)):
        s = scenarios.make(name, 1, 10 if quick else 20)
        ms = median_ms(s.site, s.scans, 1 if quick else RUNS)
        out[name] = {"ms_per_scan": float(np.median(ms)), "goal_ms": goal, "runs": ms}
        if quick:
            break
    return out


def growth(quick: bool) -> dict[str, Any]:
    """CPU ms of a scan at 100 to 100,000 drones of one density with 30 % false plots; the slope of log time over log number.

    From 1,000 on each thousand has a radar of its own: more drones do not make a radar's picture less clear.
    """
    out: dict[str, Any] = {}
    counts, found = (100, 1000) if quick else (100, 1000, 10_000, 100_000), []
    for n in counts:
        radars = max(n // 1000, 1)
        site, scans = worlds.network(radars, n // radars, 12)
        ms = median_ms(site, scans, 1 if n >= 100_000 else 3, skip=4)
        found.append(float(np.median(ms)))
        out[str(n)] = {"radars": radars, "ms_per_scan": round(found[-1], 3), "runs": ms}
    slope = np.polyfit(np.log(counts), np.log(found), 1)[0]
    last = np.log(found[-1] / found[-2]) / np.log(counts[-1] / counts[-2])
    return out | {"exponent": round(float(slope), 3), "exponent_of_the_last_decade": round(float(last), 3)}


def _apart(arguments: list[str]) -> dict[str, Any]:
    """A part of this module in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "benchmarks.tracking.speed", *arguments]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, timeout=3600)
    return dict(json.loads(told.stdout))


def large(quick: bool) -> dict[str, Any]:
    """100,000 drones and 30 % false plots: wall and CPU seconds of a scan, and peak memory of the process with its input.

    network: before 100 radars, a thousand each. swarm: all before one, which sees 80 km far: there it is hardly possible, since half
    a degree is 700 m at 80 km and 400 plots lie in the gate of a track.
    """
    n = 10_000 if quick else 100_000
    return {kind: _apart([kind, str(n), "12"]) for kind in ("network", "swarm")}


def million(quick: bool) -> dict[str, Any]:
    """1,000,000 objects, one position sensor: wall and CPU seconds of a scan, and peak memory of the process with its input."""
    return _apart(["spread", "50000" if quick else "1000000", "7"])


def _peak_mb() -> int:
    """Of this process alone: getrusage would count what its parent held when it was started."""
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def _drive(kind: str, n: int, count: int) -> dict[str, Any]:
    make = {"swarm": worlds.swarm, "spread": worlds.spread, "network": lambda n, count: worlds.network(n // 1000, 1000, count)}
    site, scans = make[kind](n, count)
    tracker, wall, cpu, states = Tracker(site), [], [], []
    for batch in scans:
        w, c = time.perf_counter(), time.process_time()
        rows = tracker.step(batch)
        wall.append(time.perf_counter() - w)
        cpu.append(time.process_time() - c)
        states.append(f"{batch.n} plots, {rows.n} tracks, {reported(rows).n} confirmed")
    settled = slice(count // 2, None)
    return {
        "objects": n, "scans": count, "wall_s_per_scan": round(float(np.median(wall[settled])), 3),
        "cpu_s_per_scan": round(float(np.median(cpu[settled])), 3), "worst_wall_s": round(max(wall[1:]), 3),
        "peak_mb": _peak_mb(), "shed": dict(tracker.shed),
        "first_scans": states[:3], "last_scan": states[-1],
    }  # fmt: skip


def parquet(quick: bool) -> dict[str, Any]:
    """`picket track` from Parquet to Parquet, pinned to one core: detections over the CPU seconds of reading, tracking and writing."""
    out: dict[str, Any] = {}
    for n, seconds in ((1000, 30),) if quick else ((100, 600), (1000, 300), (10_000, 30)):
        out[str(n)] = _apart(["parquet", str(n), str(seconds)])
    return out


def _through_files(n: int, seconds: int) -> dict[str, Any]:
    """The function behind the command, pinned to one core, with CPU seconds for its clock: others' work on the machine does not count."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    reach = 25_000 if n >= 10_000 else 8000
    clutter = scenarios.CLUTTER[n]
    _, looks = worlds.lasting(n, 1, float(reach), clutter)
    warm()
    runs = []
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        writer = TableWriter(folder / "in.parquet", DETECTION)
        for _ in range(seconds):
            writer.write(next(looks))
        writer.close()
        text = SITE.format(lat=scenarios.LAT, lon=scenarios.LON, reach=reach, clutter=clutter)
        (folder / "site.toml").write_text(text)
        for _ in range(3):
            site, out = load(folder / "site.toml"), folder / "out.parquet"
            runs.append(track_files([folder / "in.parquet"], site, out=out, origin="exercise", clock=time.process_time))
    rates = [r.detections / (r.read_s + r.track_s + r.write_s) for r in runs]
    middle = runs[int(np.argsort(rates)[len(rates) // 2])]
    return {
        "detections_per_s": round(float(np.median(rates))), "runs": [round(r) for r in rates], "scans": middle.scans,
        "detections": middle.detections, "rows_written": middle.rows, "read_s": round(middle.read_s, 3),
        "track_s": round(middle.track_s, 3), "write_s": round(middle.write_s, 3), "shed": middle.shed, "peak_mb": _peak_mb(),
    }  # fmt: skip


if __name__ == "__main__":
    kind, objects, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(_through_files(objects, count) if kind == "parquet" else _drive(kind, objects, count)))
