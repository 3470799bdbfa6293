"""What the rows share: a scenario through the tracker, and a mean with its interval."""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from benchmarks.scenarios import Scenario
from picket.metrics import Paths
from picket.site import Site
from picket.track import Tracker
from picket.words import TRACK, Batch, concat

LAST_PLOTS, MOST_OF_THEM = 8, 0.75  # a track is an object's when so many of its last plots were


def reported(rows: Batch) -> Batch:
    """What the tracker states as objects: confirmed and coasting rows."""
    return rows.take(np.flatnonzero(rows.equals("status", "confirmed") | rows.equals("status", "coasting")))


@dataclass(frozen=True)
class Flown:
    """A scenario through the tracker: what it stated, whose each stated row is by its plots (-1 = nobody's), CPU ms of every step."""

    tracks: Batch
    paths: Paths
    whose: npt.NDArray[np.int64]
    ms: npt.NDArray[np.float64]
    tracker: Tracker


def fly(s: Scenario) -> Flown:
    """The scenario's scans through one tracker, one step a scan."""
    tracker, rows, took, owners = Tracker(s.site), [], [], []
    plots: dict[int, deque[int]] = defaultdict(lambda: deque(maxlen=LAST_PLOTS))
    for batch, owner in zip(s.scans, s.plot_truth, strict=True):
        begin = time.process_time()
        out = tracker.step(batch)
        took.append(time.process_time() - begin)
        given = tracker.assigned
        for track, weight, who in zip(given.track_id.tolist(), given.weight.tolist(), owner.tolist(), strict=True):
            if track >= 0 and weight > 0.5:
                plots[track].append(who)
        rows.append(reported(out))
        owners += [_owner(plots[i]) for i in rows[-1]["track_id"].tolist()]
    tracks = concat(TRACK, rows)
    return Flown(tracks, Paths.of(tracks, s.frame), np.array(owners, np.int64), 1e3 * np.array(took), tracker)


def _owner(plots: Iterable[int]) -> int:
    held = list(plots)
    if not held:
        return -1
    who, times = Counter(held).most_common(1)[0]
    return who if times >= MOST_OF_THEM * len(held) else -1


def mean_and_half(values: Sequence[float] | npt.NDArray[np.float64], digits: int = 4) -> list[float | None]:
    """[mean, half of its 95 % interval by Student's t]; no interval for a single value."""
    held = np.asarray(values, float)
    n = len(held)
    half = float(student.ppf(0.975, n - 1) * held.std(ddof=1) / np.sqrt(n)) if n > 1 else None
    return [round(float(held.mean()), digits), None if half is None else round(half, digits)]


def means(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Mean and half of the 95 % interval of every number that all rows have, over the seeds of one scenario."""
    names = [k for k, v in rows[0].items() if isinstance(v, int | float) and k != "seed"]
    return {"seeds": len(rows)} | {k: mean_and_half([row[k] for row in rows]) for k in names}


def share_and_interval(hits: int, n: int) -> list[float]:
    """[share, lower, upper]: the 95 % interval of Wilson 1927."""
    if n == 0:
        return [float("nan"), 0.0, 1.0]
    z, p = 1.96, hits / n
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [round(float(v), 5) for v in (p, (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n))]


def median_ms(site: Site, scans: Sequence[Batch], runs: int, skip: int = 1) -> list[float]:
    """Median CPU ms of a step, columns to picture, for each of the runs; the first `skip` steps do not count."""
    medians = []
    for _ in range(runs):
        tracker, took = Tracker(site), []
        for batch in scans:
            begin = time.process_time()
            tracker.step(batch)
            took.append(time.process_time() - begin)
        medians.append(round(1e3 * float(np.median(took[skip:])), 3))
    return medians
