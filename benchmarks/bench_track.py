"""The tracker measured, row by row; each row stands in results/track.json with its goal, its machine and how busy that was.

    python -m benchmarks track                       all rows (an hour; hours more where the peer's tracks are not kept)
    python -m benchmarks track --rows family,jpda    some; the other rows of the file stay as they are
    python -m benchmarks track --quick [--rows ...]  a look in a minute or two: fewer seeds, smaller worlds, printed and not kept

One parameter set for all. Tracks are causal, taken at scan time. Seeds are 1, 2, ...; [a, b] is a mean over them and half of its
95 % interval, [p, lower, upper] a share and its interval.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import scenarios
from benchmarks.tracking import accuracy, evidence, jpda, long_run, registration, speed
from benchmarks.tracking.common import fly

Row = tuple[str, Callable[[bool], dict[str, Any]]]

# name: (goal, measures it; True = a quick look)
ROWS: dict[str, Row] = {
    "family": (
        "GOSPA over perfect association <= 1.06 (100), 1.10 (300), 1.07 (crossing); switches per object-minute <= .05, completeness >= .96 "
        "(100); latency <= 2 s and 5 s (100); ANEES of steady targets .8 to 1.3",
        accuracy.family,
    ),
    "jpda": ("GOSPA over Stone Soup's JPDA <= .96 (100), .90 (300), .90 (crossing)", jpda.row),
    "false": ("at most 1 false confirmed track in 600 scans of 300 false plots", accuracy.false_tracks),
    "steps": ("<= 2 ms a scan at 1,000 drones, <= 40 ms at 10,000", speed.steps),
    "large": ("<= .3 s a scan at 100,000 drones and 30 % false plots", speed.large),
    "million": ("<= 1.5 s a scan and 2 GB at 1,000,000 objects", speed.million),
    "growth": ("exponent of time over objects <= 1.15", speed.growth),
    "parquet": (">= 300,000 detections/s from Parquet to Parquet on one core", speed.parquet),
    "class": ("after 30 s: right among committed >= .9, committed >= .7, drones called bird <= .02", evidence.classes),
    "remote_id": ("lies of 300 m flagged in 10 s >= 95 %; honest flights flagged <= .1 %", evidence.remote_id),
    "registration": ("azimuth bias of 1 degree found to .1 in 95 % of seeds", registration.row),
    "long": ("24 h of 1,000 objects: memory grows < 50 MB, a second run has the same hash", long_run.row),
}


def warm() -> None:
    """Compiles or loads the kernels."""
    fly(scenarios.make("10", 0, 5))
