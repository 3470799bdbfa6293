"""Track rows in, sealed days out: what is kept of a track, and where it is cut.

A point is a sure (confirmed or coasting) row at a time at which the track had been measured since the last point: what a coasting
track is only predicted to do is no path. Rows come in order of time, but for LATENESS_DAYS: a clock that was set back by less
is taken in, what comes later still is counted as `day_sealed`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.record import collect_kernels as k
from picket.record.sealed import DAY_MS, HOLE_S, SPACING_S, cell_of, place_e7
from picket.words import TRACK, Batch, concat

Array = npt.NDArray[Any]
Pseudonym = Callable[[str, int], str]  # of an identity, on a day

LATENESS_DAYS = 1
_KEPT = (
    "time", "updated_at", "track_id", "lat_deg", "lon_deg", "alt_wgs84_m", "vel_east_mps", "vel_north_mps", "sigma_horizontal_m",
    "classification", "identity", "identity_kind", "sensors", "flags", "origin",
)  # fmt: skip
_COMPACT = 2_000  # parts that become one


@dataclass(frozen=True)
class Day:
    """The columns of one day, by table (picket.record.sealed)."""

    day: int
    points: dict[str, Any]
    segments: dict[str, Any]
    cells: dict[str, Any]


class Collector:
    """Gathers rows of the track table and hands each day that is over to `sink`, in order."""

    def __init__(self, sink: Callable[[Day], None], pseudonym: Pseudonym, friendly: Collection[str] = ()) -> None:
        self._sink, self._pseudonym, self._friendly = sink, pseudonym, frozenset(friendly)
        self.left_out: Counter[str] = Counter()
        self._days: dict[int, list[Batch]] = {}
        self._small: dict[int, list[Batch]] = {}  # parts of days that are not joined yet
        self._sealed = -1  # the newest day handed on
        self._newest = -1
        self._carry: tuple[Batch, Array] | None = None  # last points of the newest sealed day, and their begun_ms
        self._ids: Array = np.empty(0, np.int64)  # of the last picture, with what was kept of each last
        self._last: Array = np.empty(0)
        self._updated: Array = np.empty(0)

    def befriend(self, identities: Collection[str]) -> None:
        """These count as friendly from the day that is not sealed yet on: flights are planned while a station runs."""
        self._friendly = self._friendly.union(identities)

    def picture(self, tracks: Batch) -> None:
        """Takes in a picture: one row per track, sorted by id. What `add` would thin out later is left out here."""
        ids, time, updated = tracks["track_id"], tracks["time"], tracks["updated_at"]
        at = np.minimum(np.searchsorted(self._ids, ids), max(len(self._ids) - 1, 0))
        last, before = np.full(len(ids), -np.inf), np.full(len(ids), -np.inf)
        if len(self._ids):
            known = self._ids[at] == ids
            last[known], before[known] = self._last[at[known]], self._updated[at[known]]
        due = _sure(tracks) & ((time - last >= SPACING_S) | (time < last)) & (updated != before)
        self._ids, self._last, self._updated = ids, np.where(due, time, last), np.where(due, updated, before)
        if due.any():
            self.add(tracks.take(due))

    def add(self, tracks: Batch) -> None:
        """Takes in rows of the track table; rows without time, track, place, or that are not sure, are counted."""
        usable = (
            np.isfinite(tracks["time"])
            & np.isfinite(tracks["lat_deg"])
            & np.isfinite(tracks["lon_deg"])
            & (tracks["track_id"] >= 0)
        )
        sure = _sure(tracks)
        self._count("no_time_track_or_place", int(np.count_nonzero(~usable)))
        self._count("not_sure", int(np.count_nonzero(usable & ~sure)))
        keep = usable & sure
        rows = tracks.take(keep) if not keep.all() else tracks
        rows = Batch(
            TRACK,
            rows.n,
            {c: rows.columns[c] for c in _KEPT if c in rows.columns},
            {c: w for c, w in rows.texts.items() if c in _KEPT},
        )
        days = np.floor(rows["time"] / 86_400.0).astype(np.int64)
        for day in np.unique(days).tolist():
            part = rows if len(days) and days[0] == day and (days == day).all() else rows.take(days == day)
            if day <= self._sealed:
                self._count("day_sealed", part.n)
                continue
            large, small = self._days.setdefault(day, []), self._small.setdefault(day, [])
            small.append(part)
            if len(small) >= _COMPACT:
                large.append(concat(TRACK, small))
                small.clear()
            self._newest = max(self._newest, day)
        for day in sorted(d for d in self._days if d < self._newest - LATENESS_DAYS):
            self._seal(day)

    def finish(self) -> None:
        """Hands on the days that are left."""
        for day in sorted(self._days):
            self._seal(day)

    def _count(self, reason: str, n: int) -> None:
        if n:
            self.left_out[reason] += n

    # -- one day -----------------------------------------------------------------------------------------------
    def _seal(self, day: int) -> None:
        rows = concat(TRACK, [*self._days.pop(day), *self._small.pop(day)])
        carried, begun = (
            self._carry if self._carry is not None and self._sealed == day - 1 else (Batch.empty(TRACK), np.empty(0, np.int64))
        )
        self._sealed, self._carry = day, None
        both = concat(TRACK, [carried, rows])
        begun_ms = np.concatenate([begun, np.zeros(rows.n, np.int64)])
        is_carry = np.arange(both.n) < carried.n
        order = np.lexsort((both["time"], ~is_carry, both["track_id"]))
        both, begun_ms, is_carry = both.take(order), begun_ms[order], is_carry[order]
        time_ms = _ms(both["time"])
        updated = both["updated_at"]
        updated_ms = np.where(np.isnan(updated), time_ms, _ms(np.nan_to_num(updated)))
        keep = np.zeros(both.n, np.bool_)
        k.cut(
            both["track_id"].copy(), time_ms, updated_ms, is_carry, begun_ms, round(SPACING_S * 1000), round(HOLE_S * 1000), keep
        )
        both, begun_ms, is_carry, time_ms = both.take(keep), begun_ms[keep], is_carry[keep], time_ms[keep]
        if not both.n:
            return
        both, begun_ms, is_carry, time_ms, starts = _by_segment(both, begun_ms, is_carry, time_ms)
        last = np.append(starts[1:], both.n) - 1
        alive = time_ms[last] >= (day + 1) * DAY_MS - round(HOLE_S * 1000)
        self._carry = both.take(last[alive]), begun_ms[last[alive]]
        self._sink(self._day(day, both, begun_ms, is_carry, time_ms, starts))

    def _day(self, day: int, rows: Batch, begun_ms: Array, is_carry: Array, time_ms: Array, starts: Array) -> Day:
        lat, lon = place_e7(rows["lat_deg"], rows["lon_deg"])
        counts = np.diff(np.append(starts, rows.n))
        segment = np.repeat(np.arange(len(starts), dtype=np.int32), counts)
        points = {
            "segment": segment, "time_ms": time_ms, "lat_e7": lat, "lon_e7": lon,
            "alt_dm": _decimetres(rows["alt_wgs84_m"]), "sigma_dm": _decimetres(rows["sigma_horizontal_m"]),
        }  # fmt: skip
        own = ~is_carry
        pair = segment[own].astype(np.int64) << 36 | cell_of(lat[own], lon[own])
        found, n = np.unique(pair, return_counts=True)
        cells = {"day": np.full(len(found), day, np.int32), "segment": (found >> 36).astype(np.int32), "cell": found & ((1 <<
        36) - 1), "n": n.astype(np.int32)}  # fmt: skip
        return Day(day, points, self._segments(day, rows, begun_ms, is_carry, time_ms, starts, counts, lat, lon), cells)

    def _segments(
        self,
        day: int,
        rows: Batch,
        begun_ms: Array,
        is_carry: Array,
        time_ms: Array,
        starts: Array,
        counts: Array,
        lat: Array,
        lon: Array,
    ) -> dict[str, Any]:
        last, carry = starts + counts - 1, is_carry[starts]
        begin = starts + carry  # the first point of this day
        bounds, first = np.append(starts, rows.n), np.zeros(rows.n, np.bool_)
        first[starts] = True
        step, speed = np.empty(rows.n), np.hypot(rows["vel_east_mps"], rows["vel_north_mps"])
        k.steps_m(lat, lon, first, step)
        speed_median, alt_median = np.empty(len(starts)), np.empty(len(starts))
        k.group_median(speed, bounds, speed_median)
        k.group_median(rows["alt_wgs84_m"].copy(), bounds, alt_median)
        sigma = np.where(
            np.isnan(rows["sigma_horizontal_m"]), -1, np.rint(np.nan_to_num(rows["sigma_horizontal_m"]) * 10)
        ).astype(np.int32)
        top = np.maximum.reduceat(np.nan_to_num(speed, nan=-1.0), starts)
        identity = _last_word(rows, "identity", starts)
        return {
            "day": np.full(len(starts), day, np.int32), "segment": np.arange(len(starts), dtype=np.int32),
            "first_row": starts, "rows": counts,
            "carry": carry, "track_id": rows["track_id"][starts], "begun_ms": begun_ms[starts], "begin_ms": time_ms[begin],
            "end_ms": time_ms[last], "begin_lat_e7": lat[begin], "begin_lon_e7": lon[begin], "end_lat_e7": lat[last],
            "end_lon_e7": lon[last],
            "begin_sigma_dm": sigma[begin], "end_sigma_dm": sigma[last], "speed_median_mps": speed_median,
            "speed_max_mps": np.where(top < 0, np.nan, top), "alt_median_m": alt_median,
            "longest_step_m": np.nextafter(np.maximum.reduceat(step, starts).astype(np.float32), np.float32(np.inf)),
            "classification": _last_word(rows, "classification", starts, unknown="unknown"),
            "airframe": [None if w is None else self._pseudonym(w, day) for w in identity],
            "identity_kind": _last_word(rows, "identity_kind", starts), "friendly": [w in self._friendly for w in identity],
            "spoof": _any_flag(rows, "spoof_suspected", starts), "origin": _last_word(rows, "origin", starts),
            "sensors": _all_sensors(rows, bounds),
        }  # fmt: skip


def _sure(tracks: Batch) -> Array:
    if "status" not in tracks.columns:  # another system's table need not say
        return np.ones(tracks.n, np.bool_)
    return np.asarray(tracks.equals("status", "confirmed") | tracks.equals("status", "coasting"))


def _ms(time_s: Array) -> Array:
    return np.asarray(np.rint(time_s * 1000).astype(np.int64))


def _decimetres(metres: Array) -> Any:
    unknown = np.isnan(metres)
    return np.ma.MaskedArray(np.rint(np.where(unknown, 0.0, metres) * 10).astype(np.int32), unknown)


def _by_segment(rows: Batch, begun_ms: Array, is_carry: Array, time_ms: Array) -> tuple[Batch, Array, Array, Array, Array]:
    """The same rows with the segments in the order in which they began, and the first row of each."""
    track = rows["track_id"]
    new = np.append(True, (track[1:] != track[:-1]) | (begun_ms[1:] != begun_ms[:-1]))
    number = np.cumsum(new) - 1
    heads = np.flatnonzero(new)
    rank = np.empty(len(heads), np.int64)
    rank[np.lexsort((track[heads], begun_ms[heads]))] = np.arange(len(heads))
    order = np.argsort(rank[number], kind="stable")
    number = rank[number][order]
    starts = np.flatnonzero(np.append(True, number[1:] != number[:-1]))
    return rows.take(order), begun_ms[order], is_carry[order], time_ms[order], starts


def _last_word(rows: Batch, column: str, starts: Array, unknown: str | None = None) -> list[Any]:
    """Per segment the last known word of a text column (`unknown` counts as none, and is what is given where nothing else is)."""
    codes, words = rows[column], rows.words(column)
    known = (codes >= 0) & ~rows.equals(column, unknown) if unknown else codes >= 0
    row = np.where(known, np.arange(rows.n), -1)
    last = np.maximum.reduceat(row, starts)
    return [words[codes[i]] if i >= 0 else unknown for i in last.tolist()]


def _any_flag(rows: Batch, flag: str, starts: Array) -> Array:
    with_it = np.array([flag in w for w in rows.words("flags")] + [False], np.bool_)
    return np.asarray(np.logical_or.reduceat(with_it[rows["flags"]], starts))


def _all_sensors(rows: Batch, bounds: Array) -> list[str]:
    codes, words = rows["sensors"], rows.words("sensors")
    found = []
    for a, b in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        names = {n for c in set(codes[a:b].tolist()) if c >= 0 for n in words[c]}
        found.append(";".join(sorted(names)))
    return found
