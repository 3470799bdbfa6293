"""How good tracks are, against truth: GOSPA, OSPA, OSPA(2), identity switches, completeness, latency, ANEES.

A `Paths` holds what was where and when: one row per object and time. Every function takes tracks and truth as two Paths or as two
batches of the track table, and works in metres. Of a batch, what it states as objects counts: rows without a status, confirmed
and coasting ones. Reports are compared with truth at equal times (to 1 ms).

Sources: GOSPA: Rahmathullah, Garcia-Fernandez, Svensson 2017, "Generalized optimal sub-pattern assignment metric" (eq. 1; with
alpha = 2 its decomposition, Proposition 1). OSPA: Schuhmacher, Vo, Vo 2008, IEEE TSP 56 (eq. 3). OSPA(2): Beard, Vo, Vo 2020, IEEE
TSP 68 (eq. 15-17, without sliding-window weights). Identity switches as in CLEAR MOT (Bernardin, Stiefelhagen 2008). ANEES:
Bar-Shalom, Li, Kirubarajan 2001, section 5.4.2. GOSPA and OSPA are checked on random cases against the answers of Stone Soup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from picket.geo import LocalFrame
from picket.track.assign_kernels import assign
from picket.words import Batch

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
TICK_S = 1e-3


@dataclass(frozen=True)
class Paths:
    """Objects over time: time (N,) s, id (N,), position (N, d) in metres, and where known covariance (N, d, d)."""

    time: Floats
    id: Ints
    position: Floats
    covariance: Floats | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a time or a place that is no number: it is neither near nor far from anything."""
        _all_finite("times (s)", self.time)
        _all_finite("positions (m)", self.position)

    @classmethod
    def of(cls, batch: Batch, frame: LocalFrame, dimensions: int = 3) -> Paths:
        """Rows of the track table in metres of `frame`. With 3 dimensions an unknown height counts as the frame's own."""
        height = np.nan_to_num(batch["alt_wgs84_m"], nan=frame.alt_wgs84_m)
        enu = frame.to_enu(batch["lat_deg"], batch["lon_deg"], height) if batch.n else np.zeros((0, 3))
        horizontal, vertical = batch["sigma_horizontal_m"] ** 2, batch["sigma_vertical_m"] ** 2
        diagonal = np.stack([horizontal, horizontal, vertical], 1)[:, :dimensions]
        covariance = diagonal[:, :, None] * np.eye(dimensions)
        return cls(batch["time"], batch["track_id"], np.ascontiguousarray(enu[:, :dimensions]), covariance)

    def at(self) -> dict[int, Ints]:
        """Rows by time, in ticks of 1 ms."""
        ticks = np.round(self.time / TICK_S).astype(np.int64)
        order = np.argsort(ticks, kind="stable")
        cuts = np.flatnonzero(np.diff(ticks[order])) + 1
        return {int(ticks[g[0]]): g for g in np.split(order, cuts) if len(g)}


Tracks = Paths | Batch


def _stated(batch: Batch) -> Batch:
    """The rows that are stated as objects."""
    hidden = batch.equals("status", "tentative") | batch.equals("status", "ended")
    return batch.take(np.flatnonzero(~hidden)) if hidden.any() else batch


def _paths(tracks: Tracks, truth: Tracks) -> tuple[Paths, Paths]:
    """Both as Paths; two batches get the middle of the truth (or, without, of the tracks) as their frame."""
    if isinstance(tracks, Paths) and isinstance(truth, Paths):
        return tracks, truth
    if isinstance(tracks, Paths) or isinstance(truth, Paths):
        raise ValueError(
            "expected two Paths or two batches of the track table, got one of each: a Paths does not say where on earth its metres "
            "begin; make the other one with Paths.of(batch, frame)"
        )
    middle = truth if truth.n else tracks
    lat, lon, height = (middle[name][np.isfinite(middle[name])] for name in ("lat_deg", "lon_deg", "alt_wgs84_m"))
    frame = LocalFrame(*(float(np.median(v)) if len(v) else 0.0 for v in (lat, lon, height)))
    return Paths.of(_stated(tracks), frame), Paths.of(_stated(truth), frame)


class Gospa(NamedTuple):
    """Root mean over the time steps of GOSPA^p, and its parts (each already to the power 1/p)."""

    gospa: float
    localisation: float
    missed: float
    false: float
    steps: Floats  # GOSPA of every time step


def _all_finite(what: str, values: Floats) -> None:
    finite = np.isfinite(values)
    bad = np.flatnonzero(~finite.all(tuple(range(1, finite.ndim))))
    if len(bad):
        raise ValueError(
            f"expected finite {what}, got NaN or infinity in {len(bad):,} of {len(values):,} rows, first in row {bad[0]}; "
            "leave out rows without a place before comparing"
        )


def _distances(a: Floats, b: Floats) -> Floats:
    _all_finite("estimates (m)", a)
    _all_finite("true positions (m)", b)
    return np.asarray(np.sqrt(((a[:, None, :] - b[None, :, :]) ** 2).sum(2)))


def pair(cost: Floats) -> tuple[Ints, Ints]:
    """Rows and columns of the cheapest full pairing of cost (n, m), all finite: min(n, m) pairs, in order of rows."""
    n, m = cost.shape
    if n == 0 or m == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    partner = np.empty(min(n, m), np.int64)
    if n <= m:
        assign(np.ascontiguousarray(cost, np.float64), partner)
        return np.arange(n), partner
    assign(np.ascontiguousarray(cost.T, np.float64), partner)
    order = np.argsort(partner, kind="stable")
    return partner[order], order


def gospa_step(
    estimates: Floats, truth: Floats, p: float = 2, c: float = 100, alpha: float = 2
) -> tuple[float, float, float, float]:
    """(GOSPA^p, localisation^p, missed^p, false^p) of estimates (n, d) against truth (m, d) at one time.

    A pair farther apart than c counts as one missed and one false object when alpha = 2; for other alpha (0 < alpha <= 2) the
    unpaired cost is c^p / alpha each and such a pair costs c^p (as localisation).
    """
    n, m = len(estimates), len(truth)
    distance = np.minimum(_distances(estimates, truth), c) ** p
    rows, columns = pair(distance)
    paired = distance[rows, columns]
    single = c**p / alpha
    if alpha == 2:
        near = paired < c**p
        local, kept = float(paired[near].sum()), int(np.count_nonzero(near))
    else:
        local, kept = float(paired.sum()), len(paired)
    missed, false = (m - kept) * single, (n - kept) * single
    return local + missed + false, local, missed, false


def gospa(tracks: Tracks, truth: Tracks, p: float = 2, c: float = 100, alpha: float = 2) -> Gospa:
    """GOSPA over all times at which truth or tracks hold something: the p-mean over steps, with its decomposition."""
    tracks, truth = _paths(tracks, truth)
    estimate_at, truth_at = tracks.at(), truth.at()
    times = sorted(estimate_at.keys() | truth_at.keys())
    none = np.empty(0, np.int64)
    parts = np.array([
        gospa_step(tracks.position[estimate_at.get(t, none)], truth.position[truth_at.get(t, none)], p, c, alpha) for t in times
    ]).reshape(-1, 4)  # fmt: skip
    if len(parts) == 0:
        return Gospa(0.0, 0.0, 0.0, 0.0, np.empty(0))
    mean = parts.mean(0) ** (1.0 / p)
    return Gospa(float(mean[0]), float(mean[1]), float(mean[2]), float(mean[3]), parts[:, 0] ** (1.0 / p))


class Ospa(NamedTuple):
    """Mean over the time steps of OSPA, and OSPA of every time step: 0 (equal) .. c, in metres an object."""

    ospa: float
    steps: Floats


def ospa_step(estimates: Floats, truth: Floats, p: float = 1, c: float = 100) -> float:
    """OSPA of order p (finite) and cut-off c of estimates (n, d) against truth (m, d) at one time. 0 for two empty sets."""
    n, m = len(estimates), len(truth)
    if n == 0 and m == 0:
        return 0.0
    distance = np.minimum(_distances(estimates, truth), c) ** p
    total = float(distance[pair(distance)].sum()) + c**p * abs(n - m)
    return float((total / max(n, m)) ** (1.0 / p))


def ospa(tracks: Tracks, truth: Tracks, p: float = 1, c: float = 100) -> Ospa:
    """OSPA over all times at which truth or tracks hold something."""
    tracks, truth = _paths(tracks, truth)
    estimate_at, truth_at = tracks.at(), truth.at()
    none = np.empty(0, np.int64)
    steps = np.array([
        ospa_step(tracks.position[estimate_at.get(t, none)], truth.position[truth_at.get(t, none)], p, c)
        for t in sorted(estimate_at.keys() | truth_at.keys())
    ])  # fmt: skip
    return Ospa(float(steps.mean()) if len(steps) else 0.0, steps)


def ospa2(tracks: Tracks, truth: Tracks, p: float = 1, c: float = 100) -> float:
    """OSPA(2) between two sets of paths over the whole time: 0 (equal) .. c.

    The distance of two paths is the mean over the times at which either exists of min(c, distance), c where only one does.
    """
    tracks, truth = _paths(tracks, truth)
    times = np.array(sorted(tracks.at().keys() | truth.at().keys()), np.int64)
    a, b = _grid(tracks, times), _grid(truth, times)
    if len(a) == 0 and len(b) == 0:
        return 0.0
    if len(a) == 0 or len(b) == 0:
        return float(c)
    cost = np.empty((len(a), len(b)))
    for i in range(len(a)):
        here, there = ~np.isnan(a[i, :, 0]), ~np.isnan(b[:, :, 0])
        gap = np.sqrt(((b - a[i]) ** 2).sum(2))
        gap = np.where(here & there, np.minimum(np.nan_to_num(gap, nan=c), c), np.where(here | there, c, 0.0))
        cost[i] = gap.sum(1) / (here | there).sum(1)
    rows, columns = pair(cost**p)
    n = max(len(a), len(b))
    mean = (float((cost[rows, columns] ** p).sum()) + c**p * (n - len(rows))) / n
    return float(mean ** (1.0 / p))


def _grid(paths: Paths, times: Ints) -> Floats:
    """(objects, times, d) positions, NaN where an object does not exist."""
    ids, which = np.unique(paths.id, return_inverse=True)
    grid = np.full((len(ids), len(times), paths.position.shape[1] if paths.position.ndim == 2 else 3), np.nan)
    grid[which, np.searchsorted(times, np.round(paths.time / TICK_S).astype(np.int64))] = paths.position
    return grid


class Matches(NamedTuple):
    """Truth and track that belong together, at every time: one entry per (time, true object)."""

    tick: Ints
    truth: Ints  # true object's id
    track: Ints  # track's id, -1 = none within reach
    row_truth: Ints
    row_track: Ints


def match(tracks: Tracks, truth: Tracks, reach_m: float = 100.0, keep: bool = True) -> Matches:
    """The nearest pairing at every time, among pairs within `reach_m`; with `keep`, a pair of the step before stays while in reach."""
    tracks, truth = _paths(tracks, truth)
    estimate_at, truth_at = tracks.at(), truth.at()
    none = np.empty(0, np.int64)
    held: dict[int, int] = {}
    out: list[tuple[int, int, int, int, int]] = []
    for t in sorted(truth_at):
        rows, others = truth_at[t], estimate_at.get(t, none)
        gap = np.minimum(_distances(truth.position[rows], tracks.position[others]), reach_m)
        cost = gap.copy()
        for i, row in enumerate(rows.tolist()):
            for k in np.flatnonzero(tracks.id[others] == held.get(int(truth.id[row]), -1)):
                if keep and gap[i, k] < reach_m:
                    cost[i, k] = -reach_m * len(rows)  # CLEAR MOT: a valid correspondence goes on
        a, b = pair(cost)
        partner = {int(i): int(k) for i, k in zip(a, b, strict=True) if gap[i, k] < reach_m}
        for i, row in enumerate(rows.tolist()):
            j = int(others[partner[i]]) if i in partner else -1
            out.append((t, int(truth.id[row]), int(tracks.id[j]) if j >= 0 else -1, row, j))
            if j >= 0:
                held[int(truth.id[row])] = int(tracks.id[j])
    columns = np.array(out, np.int64).reshape(-1, 5).T
    return Matches(*columns)


def identity_switches(tracks: Tracks, truth: Tracks, reach_m: float = 100.0) -> int:
    """How often a true object's track id differs from the one that it had when last matched."""
    m = match(tracks, truth, reach_m)
    last: dict[int, int] = {}
    switches = 0
    for who, track in zip(m.truth.tolist(), m.track.tolist(), strict=True):
        if track < 0:
            continue
        switches += last.get(who, track) != track
        last[who] = track
    return switches


def object_minutes(truth: Tracks) -> float:
    """Minutes from first to last row, summed over the true objects."""
    _, truth = _paths(truth, truth)
    _, which = np.unique(truth.id, return_inverse=True)
    n = int(which.max()) + 1 if len(which) else 0
    first, last = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(first, which, truth.time)
    np.maximum.at(last, which, truth.time)
    return float((last - first).sum() / 60.0)


def identity_switch_rate(tracks: Tracks, truth: Tracks, reach_m: float = 100.0) -> float:
    """Identity switches per true object and minute; NaN where no object lasts."""
    minutes = object_minutes(truth)
    return identity_switches(tracks, truth, reach_m) / minutes if minutes > 0 else float("nan")


def completeness(tracks: Tracks, truth: Tracks, reach_m: float = 100.0) -> float:
    """Share of (true object, time) that has a track within reach; NaN without truth."""
    m = match(tracks, truth, reach_m)
    return float(np.mean(m.track >= 0)) if len(m.track) else float("nan")


def latency(tracks: Tracks, truth: Tracks, reach_m: float = 100.0, first_seen: dict[int, float] | None = None) -> Floats:
    """For each true object that is ever tracked: seconds from its first row (or `first_seen[id]`) to its first match."""
    m = match(tracks, truth, reach_m)
    begun: dict[int, float] = {}
    found: dict[int, float] = {}
    for tick, who, track in zip(m.tick.tolist(), m.truth.tolist(), m.track.tolist(), strict=True):
        begun.setdefault(who, tick * TICK_S)
        if track >= 0:
            found.setdefault(who, tick * TICK_S)
    start = first_seen or begun
    return np.array([found[w] - start.get(w, begun[w]) for w in sorted(found)])


def steady(truth: Tracks, acceleration_mps2: float = 0.5, for_s: float = 10.0) -> npt.NDArray[np.bool_]:
    """(N,) True for the rows of truth whose object has flown straight and at one speed for `for_s` seconds: no second difference
    of its positions in that time is over `acceleration_mps2`. The rows of a batch are those that it states."""
    _, truth = _paths(truth, truth)
    order = np.lexsort((truth.time, truth.id))
    t, who, x = truth.time[order], truth.id[order], truth.position[order]
    turned, begun = -np.inf, 0.0
    calm = np.zeros(len(t), np.bool_)
    for k in range(len(t)):
        if k == 0 or who[k] != who[k - 1]:
            begun, turned = t[k], -np.inf
        elif k > 1 and who[k] == who[k - 2]:
            a, b = t[k - 1] - t[k - 2], t[k] - t[k - 1]
            change = (x[k] - x[k - 1]) / b - (x[k - 1] - x[k - 2]) / a
            if np.linalg.norm(change) > acceleration_mps2 * 0.5 * (a + b):
                turned = t[k - 1]
        calm[k] = t[k] - max(begun, turned) >= for_s
    out = np.zeros(len(t), np.bool_)
    out[order] = calm
    return out


def anees(tracks: Tracks, truth: Tracks, reach_m: float = 300.0, rows: npt.NDArray[np.bool_] | None = None) -> float:
    """Average normalised estimation error squared per dimension: 1 when the stated covariance is honest; NaN without pairs.

    rows: (N,) the rows of truth that count (`steady`); None = all. Each time is paired anew: in a formation a pair kept from earlier
    would be an error of identity, not of estimation. Two things keep it honest: `reach_m` far beyond the errors, since pairs
    beyond it are left out; and objects farther apart than the errors, since the nearest of several tracks is nearer than an
    object's own.
    """
    tracks, truth = _paths(tracks, truth)
    if tracks.covariance is None:
        raise ValueError("anees needs tracks with covariance; Paths.of a track table has one")
    m = match(tracks, truth, reach_m, keep=False)
    held = m.track >= 0
    if rows is not None:
        held &= rows[m.row_truth]
    if not held.any():
        return float("nan")
    error = tracks.position[m.row_track[held]] - truth.position[m.row_truth[held]]
    solved = np.linalg.solve(tracks.covariance[m.row_track[held]], error[:, :, None])[:, :, 0]
    return float((error * solved).sum(1).mean() / error.shape[1])


def summary(tracks: Tracks, truth: Tracks, c: float = 100) -> dict[str, Any]:
    """All of the above but ANEES as one dictionary (for benchmarks)."""
    tracks, truth = _paths(tracks, truth)
    g = gospa(tracks, truth, c=c)
    late = latency(tracks, truth, c)
    return {
        "gospa": g.gospa, "localisation": g.localisation, "missed": g.missed, "false": g.false,
        "ospa": ospa(tracks, truth, c=c).ospa,
        "identity_switches": identity_switches(tracks, truth, c),
        "identity_switches_per_object_minute": identity_switch_rate(tracks, truth, c),
        "completeness": completeness(tracks, truth, c),
        "latency_median_s": float(np.median(late)) if len(late) else None,
        "latency_95_s": float(np.quantile(late, 0.95)) if len(late) else None,
    }  # fmt: skip
