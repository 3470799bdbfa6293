"""Counts of flights with everything that a number needs beside it: period, uptime, gap, distance, what was left out, digest of the data.

All of it is of what was observed, never of what was flown. A flight counts in every hour, day or week in which it has a
point (or came near the
line), once in each; the total counts it once. So a flight over midnight is on two days and once in the total, and the days' sum may be
larger than the total: both are given. Days, weeks (from Monday) and hours are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.record import near_kernels as k
from picket.record.archive import Archive, Segments
from picket.record.flights import COUNTED, GAP_S, KINDS, Flights, flights
from picket.record.near import grid_of, near
from picket.record.shapes import Shape
from picket.record.uptime import Uptime, read_uptime

Array = npt.NDArray[Any]

HOUR_MS = 3_600_000
PER = {"hour": 1, "day": 24, "week": 168}  # hours of a bucket
QUANTILES = (5, 25, 50, 75, 95)
APPROACH_S = 30.0  # the bearing of approach is that of the place where the flight was so long before it came near
SECTORS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True)
class Height:
    """Heights above the ellipsoid between which an area holds; a point of unknown height is inside."""

    floor_m: float = -np.inf
    ceiling_m: float = np.inf


@dataclass(frozen=True)
class Passages:
    """How the counted flights passed the line or area. crossings: steps over it; sure: by more than the track's 2 sigma.

    For a line the two directions are from its left to its right, as drawn, and back; for an area into it and out of it.
    """

    least_m: dict[str, float]  # quantiles of the flights' least distance
    dwell_s: dict[str, float]  # quantiles of the seconds within the distance, of the flights that came near
    dwell_all_s: float
    inside_all_s: float
    crossings: tuple[int, int]
    sure: tuple[int, int]
    flights_over: tuple[int, int]  # flights with at least one crossing, by direction
    incursions: int  # flights with at least one sure crossing from left to right, or into the area
    approach: dict[str, int]  # flights by the sector that they came from; those that began near have none
    began_near: int


@dataclass(frozen=True)
class Counts:
    """What was asked for, in numbers. Arrays of buckets start at `first_hour` (hours since 1970) and have one entry per bucket."""

    since: int  # first day of the period, days since 1970
    until: int  # the day after its last one
    by: str
    simulated: bool
    gap_s: float
    shape: Shape | None
    within_m: float | None
    starts: Array  # (B,) hours since 1970 at which each bucket begins
    per_bucket: Array  # (B,) counted flights; near the line where one is asked for
    seen_per_bucket: Array  # (B,) all counted flights
    airframes_per_bucket: Array  # (B,) distinct identities among per_bucket
    uptime_per_bucket: Array  # (B,) share of the bucket's seconds in which every sensor of the period worked; NaN unknown
    per_day: Array  # (days,) counted flights of each day, whatever the buckets are
    uptime_per_day: Array  # (days,) as uptime_per_bucket
    total: int
    seen: int
    flight_days: int
    over_midnight: int
    left_out: dict[str, int]  # flights of the kinds that are not counted (near the line where one is asked for)
    airframes: int
    without_identity: int
    returning: dict[str, int]  # airframes by the number of days on which they were seen
    pieces: int
    joined: int
    sensor_down: int | None  # counted flights in whose hours a sensor did not work all the time; None when that is not known
    uptime: Uptime
    speed_mps: dict[str, float]
    alt_m: dict[str, float]
    hour_by_weekday: Array  # (7, 24) flights that have a point (came near) in that hour, from Monday
    passages: Passages | None
    digest: str
    damage: tuple[str, ...]
    sources: tuple[str, ...]
    left_out_rows: dict[str, int] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """Days of the period."""
        return self.until - self.since


def count(
    archive: Archive, since: int, until: int, *, by: str = "day", gap_s: float = GAP_S, shape: Shape | None = None,
    within_m: float = 0.0, height: Height | None = None, simulated: bool = False, quick: bool = False,
) -> Counts:  # fmt: skip
    """Counts the flights of days since <= day < until; near `shape` within `within_m` metres where one is given.

    by: hour, day or week. simulated: counts what an exercise made instead of what was seen. quick: numbers only, no
    passages, and no hours of
    the week for tables by day or week near a line. Raises NearError, FlightError.
    """
    segments = archive.segments(since, until)
    found = flights(segments, gap_s)
    counted = found.counted(simulated)
    row_hours = _hours_of_rows(segments)
    mask = row_hours
    if shape is not None:
        mask = near(archive, segments, shape, within_m, hourly=by == "hour" or not quick)
    is_near = mask != 0
    flight, hour = _flight_hours(segments, found, mask)
    keep = counted[flight]
    flight, hour = flight[keep], hour[keep]
    seen_flight, seen_hour = (flight, hour) if shape is None else _flight_hours(segments, found, row_hours)
    seen_keep = counted[seen_flight]
    starts, midnights = _starts(since, until, by), _starts(since, until, "day")
    chosen = np.unique(flight)
    days = np.unique(np.stack([flight, hour // 24]), axis=1)
    uptime = read_uptime(archive, since, until)
    passages = None
    if shape is not None and not quick:
        passages = _passages(archive, segments, found, counted, is_near, shape, within_m, height or Height())
    touched = np.zeros(found.n, np.bool_)
    touched[found.of_row[is_near]] = True
    return Counts(
        since=since, until=until, by=by, simulated=simulated, gap_s=gap_s, shape=shape, within_m=None if shape is None else within_m,
        starts=starts, per_bucket=_per_bucket(flight, hour, starts), airframes_per_bucket=_frames_per_bucket(found, flight, hour, starts),
        seen_per_bucket=_per_bucket(seen_flight[seen_keep], seen_hour[seen_keep], starts),
        uptime_per_bucket=uptime.share_of(starts, PER[by]),
        per_day=_per_bucket(flight, hour, midnights), uptime_per_day=uptime.share_of(midnights, 24),
        total=len(chosen), seen=int(np.count_nonzero(counted)), flight_days=days.shape[1],
        over_midnight=int(np.count_nonzero(found.over_midnight()[chosen])),
        left_out=_left_out(found, touched, simulated),
        airframes=len(np.unique(found.airframe[chosen][found.airframe[chosen] >= 0])),
        without_identity=int(np.count_nonzero(found.airframe[chosen] < 0)), returning=_returning(found, days),
        pieces=found.pieces, joined=found.joined, sensor_down=_sensor_down(uptime, flight, hour, len(chosen)), uptime=uptime,
        speed_mps=quantiles(found.speed_mps[chosen]), alt_m=quantiles(found.alt_m[chosen]),
        hour_by_weekday=_by_weekday(hour) if shape is None or not quick or by == "hour" else np.zeros((7, 24), np.int64),
        passages=passages, digest=archive.digest(since, until), damage=tuple(dict.fromkeys(archive.damage)),
        sources=tuple(s.name for s in archive.manifest.sources), left_out_rows=_left_out_rows(archive),
    )  # fmt: skip


def _left_out(found: Flights, touched: Array, simulated: bool) -> dict[str, int]:
    """Flights that were there and are not counted, by kind; what was simulated (or seen, when that is counted) by itself."""
    own = touched & (found.simulated == simulated)
    kinds = {n: int(np.count_nonzero(own & (found.kind == i))) for i, n in enumerate(KINDS) if n not in COUNTED}
    kinds["seen" if simulated else "simulated"] = int(np.count_nonzero(touched & (found.simulated != simulated)))
    return {n: k for n, k in kinds.items() if k}


def _hours_of_rows(segments: Segments) -> Array:
    """(N,) int32: bits of the hours of its day in which each row has a point or is between two of its own."""
    first, last = segments["begin_ms"] // HOUR_MS % 24, segments["end_ms"] // HOUR_MS % 24
    return ((np.int64(2) << last) - (np.int64(1) << first)).astype(np.int32)


def _flight_hours(segments: Segments, found: Flights, mask: Array) -> tuple[Array, Array]:
    """Distinct (flight, hour since 1970) of the bits set."""
    parts = []
    for h in range(24):
        rows = np.flatnonzero(mask >> h & 1)
        parts.append(found.of_row[rows].astype(np.int64) << 24 | (segments["day"][rows].astype(np.int64) * 24 + h))
    pair = np.unique(np.concatenate(parts))
    return pair >> 24, pair & 0xFFFFFF


def _starts(since: int, until: int, by: str) -> Array:
    """Hours at which the buckets begin; the first and last week may reach beyond the period, which they count within only."""
    first = since * 24
    if by == "week":
        first -= (since + 3) % 7 * 24  # 1970-01-01 was a Thursday
    return np.arange(first, until * 24, PER[by], dtype=np.int64)


def _bucket(hour: Array, starts: Array) -> Array:
    return np.asarray(np.searchsorted(starts, hour, side="right") - 1)


def _per_bucket(flight: Array, hour: Array, starts: Array) -> Array:
    pair = np.unique(np.stack([_bucket(hour, starts), flight]), axis=1)
    return np.bincount(pair[0], minlength=len(starts))


def _frames_per_bucket(found: Flights, flight: Array, hour: Array, starts: Array) -> Array:
    frame = found.airframe[flight]
    known = frame >= 0
    pair = np.unique(np.stack([_bucket(hour[known], starts), frame[known]]), axis=1)
    return np.bincount(pair[0], minlength=len(starts))


def _returning(found: Flights, days: Array) -> dict[str, int]:
    frame = found.airframe[days[0]]
    known = frame >= 0
    pair = np.unique(np.stack([frame[known], days[1][known]]), axis=1)
    times = np.unique(pair[0], return_counts=True)[1]
    return {"1": int((times == 1).sum()), "2-3": int(((times >= 2) & (times <= 3)).sum()), "4+": int((times >= 4).sum())}


def _sensor_down(uptime: Uptime, flight: Array, hour: Array, n: int) -> int | None:
    """Flights in one of whose hours a sensor of the period did not work all the time."""
    if not uptime.known:
        return None
    full = uptime.share_of(hour, 1)
    return len(np.unique(flight[~(full >= 0.99)])) if n else 0


def _by_weekday(hour: Array) -> Array:
    weekday = (hour // 24 + 3) % 7
    return np.bincount(weekday * 24 + hour % 24, minlength=168).reshape(7, 24)


def quantiles(values: Array) -> dict[str, float]:
    """{"5": ..., "50": ..., "n": how many are known}; empty without any."""
    known = values[np.isfinite(values)]
    if not len(known):
        return {}
    found: dict[str, float] = {str(q): float(v) for q, v in zip(QUANTILES, np.percentile(known, QUANTILES), strict=True)}
    return {**found, "n": float(len(known))}


def _left_out_rows(archive: Archive) -> dict[str, int]:
    found: dict[str, int] = {}
    for source in archive.manifest.sources:
        for reason, n in source.left_out.items():
            found[reason] = found.get(reason, 0) + n
    return found


# -- how they passed ---------------------------------------------------------------------------------------------------
def _passages(
    archive: Archive,
    segments: Segments,
    found: Flights,
    counted: Array,
    is_near: Array,
    shape: Shape,
    within_m: float,
    height: Height,
) -> Passages:
    """Reads the points of the days on which a counted flight came near, and looks at each of its near segments whole."""
    grid = grid_of(shape, within_m)
    n = segments.n
    out, crossings, want = np.zeros((n, k.N_PASSAGE)), np.zeros((n, 4), np.int64), is_near & counted[found.of_row]
    entered, origin = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    for i in np.unique(segments.file[want]).tolist():
        rows = np.arange(*np.searchsorted(segments.file, [i, i + 1]))
        points = archive.points(segments.point_files[i], ["time_ms", "lat_e7", "lon_e7", "alt_dm", "sigma_dm"])
        if points is None:
            continue
        alt = points["alt_dm"].astype(np.float64) / 10.0
        in_height = np.isnan(alt) | ((alt >= height.floor_m) & (alt <= height.ceiling_m))
        part, over, row = out[rows], crossings[rows], entered[rows]
        k.passages(
            grid, shape.around, points["time_ms"], points["lat_e7"], points["lon_e7"], points["sigma_dm"].astype(np.float64)
            / 10.0, in_height,
            segments["first_row"][rows], segments["rows"][rows].astype(np.int64), segments["carry"][rows], want[rows], part, over, row,
        )  # fmt: skip
        out[rows], crossings[rows], entered[rows] = part, over, row
        origin[rows] = _sector_of(points, segments, rows, row)
    rows = np.flatnonzero(want)
    flight, of_flight = np.unique(found.of_row[rows], return_inverse=True)
    m = len(flight)
    least, dwell, inside = np.full(m, np.inf), np.zeros(m), np.zeros(m)
    np.minimum.at(least, of_flight, out[rows, k.LEAST_M])
    np.add.at(dwell, of_flight, out[rows, k.DWELL_S])
    np.add.at(inside, of_flight, out[rows, k.INSIDE_S])
    over = np.zeros((m, 4), np.int64)
    np.add.at(over, of_flight, crossings[rows])
    first = rows[np.lexsort((out[rows, k.ENTERED_MS], of_flight))]
    first = first[np.append(True, found.of_row[first][1:] != found.of_row[first][:-1])] if len(first) else first
    sector = origin[first]
    return Passages(
        least_m=quantiles(least), dwell_s=quantiles(dwell), dwell_all_s=float(dwell.sum()), inside_all_s=float(inside.sum()),
        crossings=(int(over[:, 0].sum()), int(over[:, 1].sum())), sure=(int(over[:, 2].sum()), int(over[:, 3].sum())),
        flights_over=(int((over[:, 0] > 0).sum()), int((over[:, 1] > 0).sum())), incursions=int((over[:, 2] > 0).sum()),
        approach={s: int((sector == i).sum()) for i, s in enumerate(SECTORS)}, began_near=int((sector < 0).sum()),
    )  # fmt: skip


def _sector_of(points: Mapping[str, Array], segments: Segments, rows: Array, entered: Array) -> Array:
    """(S,) the sector, as seen from where each segment first came near, of its place APPROACH_S before; -1 where it began
    later than that."""
    out = np.full(len(rows), -1, np.int64)
    for j in np.flatnonzero(entered >= 0).tolist():
        i, first = int(entered[j]), int(segments["first_row"][rows[j]])
        time = points["time_ms"]
        before = first + int(np.searchsorted(time[first : i + 1], time[i] - APPROACH_S * 1000, side="right")) - 1
        if before < first:
            continue
        lat = int(points["lat_e7"][before]) - int(points["lat_e7"][i])
        turn = (int(points["lon_e7"][before]) - int(points["lon_e7"][i]) + k.HALF) % k.TURN - k.HALF
        bearing = np.degrees(np.arctan2(turn * np.cos(np.radians(points["lat_e7"][i] * 1e-7)), lat))
        if lat or turn:
            out[j] = int((bearing + 22.5) % 360.0 // 45.0)
    return out
