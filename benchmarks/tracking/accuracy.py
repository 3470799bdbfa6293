"""How right the tracks are, on the scenario family with truth: beside the filter that knows whose each plot is, and beside nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import scenarios
from benchmarks.scenarios import Scenario
from benchmarks.tracking.common import Flown, fly, means, reported
from picket import metrics
from picket.metrics import Paths
from picket.track import Tracker

SEEDS = {"10": 10, "crossing": 10, "100": 10, "300": 10, "1000": 3}
BOUND_UP_TO = 300  # drones: the perfect filter runs in plain Python
ALONE_M = 200.0
FALSE_SEEDS, FALSE_SCANS = 5, 600
LEVELS = (0.5, 0.7, 0.8, 0.9, 0.93, 0.95, 0.97, 0.99, 0.995)


def family(quick: bool) -> dict[str, Any]:
    """GOSPA, its ratio to perfect association, switches, completeness, latency, consistency: mean and half of the 95 % interval."""
    seeds = {"crossing": 1, "100": 1} if quick else SEEDS
    return {name: means([one(name, seed) for seed in range(1, 1 + n)]) for name, n in seeds.items()}


def one(name: str, seed: int) -> dict[str, Any]:
    """One scenario through the tracker."""
    s = scenarios.make(name, seed)
    flown = fly(s)
    result: dict[str, Any] = {"seed": seed, "ms_per_scan": float(np.median(flown.ms)), "ms_worst": float(flown.ms[1:].max())}
    result |= metrics.summary(flown.paths, s.truth)
    late = metrics.latency(flown.paths, s.truth, first_seen=s.first_seen)
    result["latency_median_s"], result["latency_95_s"] = float(np.median(late)), float(np.quantile(late, 0.95))
    result |= consistency(s, flown)
    if not name.isdigit() or int(name) <= BOUND_UP_TO:
        perfect = scenarios.perfect_association(s)
        result["gospa_perfect"] = metrics.gospa(perfect, s.truth).gospa
        result["switches_perfect"] = metrics.identity_switch_rate(perfect, s.truth)
        result["gospa_over_perfect"] = result["gospa"] / result["gospa_perfect"]
    return result


def consistency(s: Scenario, flown: Flown) -> dict[str, Any]:
    """ANEES of the track table's sigmas per degree of freedom, tracks paired with the object that gave most of their last plots.

    anees_steady: objects that fly straight on for 10 s. anees_all: all. anees_nearest: all, by the nearest object instead: in
    formations closer than the radar's noise that is another one too often, always a nearer one, and the figure is too small.
    """
    row = {(int(t), int(i)): k for k, (t, i) in enumerate(zip(np.round(s.truth.time).tolist(), s.truth.id.tolist(), strict=True))}
    at = [row.get((round(t), w), -1) for t, w in zip(flown.paths.time.tolist(), flown.whose.tolist(), strict=True)]
    truth_row = np.array(at, np.int64)
    held = np.flatnonzero(truth_row >= 0)
    truth_row = truth_row[held]
    error = flown.paths.position[held] - s.truth.position[truth_row]
    assert flown.paths.covariance is not None
    squared = error**2 / np.diagonal(flown.paths.covariance[held], axis1=1, axis2=2)
    calm, alone = metrics.steady(s.truth)[truth_row], _alone(s.truth)[truth_row]

    def mean(mask: Any) -> float:
        return float(squared[mask].mean()) if mask.any() else float("nan")

    out = {
        "anees_steady": mean(calm), "anees_steady_alone": mean(calm & alone), "anees_all": mean(calm | ~calm),
        "anees_nearest": metrics.anees(flown.paths, s.truth),
    }  # fmt: skip
    return {k: v for k, v in out.items() if np.isfinite(v)}


def _alone(truth: Paths) -> Any:
    """(N,) True where no other object is within ALONE_M at that time."""
    out = np.ones(len(truth.time), np.bool_)
    for rows in truth.at().values():
        p = truth.position[rows]
        gap = np.sqrt(((p[:, None] - p[None]) ** 2).sum(2)) + np.where(np.eye(len(p)) > 0, np.inf, 0.0)
        out[rows] = gap.min(1) > ALONE_M if len(p) > 1 else True
    return out


def false_tracks(quick: bool) -> dict[str, Any]:
    """Tracks confirmed in ten minutes of 300 false plots a scan and no object; and what other thresholds of existence would give.

    The curve reads the existence of every row, tentative ones too: a track counts as confirmed from the first row at or over the
    threshold (at 0.93 the tracker's own rule also wants two plots). Latency is that of scenario "100", over the objects' first plots.
    """
    seeds, scans = (1, 60) if quick else (FALSE_SEEDS, FALSE_SCANS)
    confirmed, over = [], []
    for seed in range(1, 1 + seeds):
        s = scenarios.make("clutter", seed, scans)
        tracker, ids, best = Tracker(s.site), set(), {}
        for batch in s.scans:
            rows = tracker.step(batch)
            ids.update(reported(rows)["track_id"].tolist())
            for i, r in zip(rows["track_id"].tolist(), rows["existence"].tolist(), strict=True):
                best[i] = max(best.get(i, 0.0), r)
        confirmed.append(len(ids))
        highest = np.array(list(best.values()))
        over.append([int((highest >= level).sum()) for level in LEVELS])
    late = np.array([_latencies(seed) for seed in range(1, 1 + (1 if quick else 5))])
    curve = {
        str(level): {
            "false_tracks_in_scans": mean, "latency_median_s": round(float(m), 2), "latency_95_s": round(float(p), 2),
        }
        for level, mean, (m, p) in zip(LEVELS, np.mean(over, 0).round(2).tolist(), late.mean(0), strict=True)
    }  # fmt: skip
    return {"scans": scans, "false_confirmed": confirmed, "curve_by_existence": curve}


def _latencies(seed: int) -> list[tuple[float, float]]:
    """(median, 95 %) s from an object's first plot to a track within 100 m whose existence has reached each level."""
    s = scenarios.make("100", seed)
    tracker, parts = Tracker(s.site), []
    best: dict[int, float] = {}
    reached = []
    for batch in s.scans:
        rows = tracker.step(batch)
        rows = rows.take(np.flatnonzero(~rows.equals("status", "ended")))
        for i, r in zip(rows["track_id"].tolist(), rows["existence"].tolist(), strict=True):
            best[i] = max(best.get(i, 0.0), r)
        reached.append(np.array([best[i] for i in rows["track_id"].tolist()]))
        parts.append(Paths.of(rows, s.frame))
    time, ids, position = (np.concatenate([getattr(p, name) for p in parts]) for name in ("time", "id", "position"))
    level_of, out = np.concatenate(reached), []
    for level in LEVELS:
        m = level_of >= level
        late = metrics.latency(Paths(time[m], ids[m], position[m]), s.truth, first_seen=s.first_seen)
        out.append((float(np.median(late)), float(np.quantile(late, 0.95))))
    return out
