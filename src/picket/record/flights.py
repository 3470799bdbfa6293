"""Segments -> flights: one airframe from its first to its last point, closed by a gap.

Pieces of tracks become one flight when at most `gap_s` lies between them and
- they are of the same track, or
- they claim the same identity (whatever lies between them), or
- neither has an identity, and the later one began within reach of where the earlier one ended (flights_kernels.join).

An identity is never guessed: a piece without one and a piece with one stay two flights. What is counted are drones and unknown objects;
every flight is of exactly one kind, the first that holds: spoof, friendly, aircraft, bird, vessel, drone, unknown. What an exercise
simulated never joins what was seen, and is never counted with it. A kind that is left out is counted apart.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from picket.record import flights_kernels as k
from picket.record.archive import Segments
from picket.record.sealed import DAY_MS, HOLE_S

Array = npt.NDArray[Any]

GAP_S = 300.0
LEAST_SPEED_MPS = 5.0  # a hovering drone may move on
STRETCH = 1.2  # on the highest speed seen of either piece
KINDS = ("spoof", "friendly", "aircraft", "bird", "vessel", "drone", "unknown")
COUNTED = ("drone", "unknown")
_CLASSES = ("drone", "bird", "aircraft", "vessel")


class FlightError(ValueError):
    """A gap that flights cannot be made with."""


class Flights(NamedTuple):
    """Flights in order of their beginning. `of_row` (N,) is the flight of each segment row; other arrays are (F,)."""

    of_row: Array
    begin_ms: Array
    end_ms: Array
    kind: Array  # index into KINDS
    simulated: Array  # of an exercise
    airframe: Array  # code of its pseudonym in the segments' words; -1 without an identity
    speed_mps: Array  # median of its points' ground speed (of its longest piece)
    alt_m: Array  # median height above the ellipsoid, of the same piece; NaN unknown
    pieces: int  # pieces of tracks without identity, of the kinds that are counted
    joined: int  # those of them that are joined to another of their flight
    gap_s: float

    @property
    def n(self) -> int:
        """How many."""
        return len(self.begin_ms)

    def counted(self, simulated: bool) -> Array:
        """(F,) bool: drones and unknown objects that were seen, or if asked for those that an exercise simulated."""
        return np.asarray(np.isin(self.kind, [KINDS.index(n) for n in COUNTED]) & (self.simulated == simulated))

    def over_midnight(self) -> Array:
        """(F,) bool: began on one UTC day and ended on another."""
        return np.asarray(self.begin_ms // DAY_MS != self.end_ms // DAY_MS)


def flights(segments: Segments, gap_s: float = GAP_S) -> Flights:
    """The flights of the segments. Raises FlightError for a gap that is shorter than the holes that cut a track."""
    if not HOLE_S <= gap_s <= 86_400.0:
        raise FlightError(f"expected a gap of {HOLE_S:g} to 86400 s (tracks are cut at holes of {HOLE_S:g} s), got {gap_s:g}")
    piece, heads, last = _pieces(segments)
    n = len(heads)
    begin, end = segments["begin_ms"][heads], segments["end_ms"][last]
    airframe = _last_known(segments["airframe"], piece, n)
    parent = np.arange(n)
    gap_ms = round(gap_s * 1000)
    track = _number_of([_sources(segments)[heads], segments["track_id"][heads]])
    again = _same(parent, begin, end, np.lexsort((begin, track)), track, gap_ms)
    known = airframe >= 0
    world = segments.equals("origin", "exercise")[heads].astype(np.int64)
    named = np.where(known, airframe * 2 + world, -1)
    _same(parent, begin, end, np.lexsort((begin, named))[np.count_nonzero(~known) :], named, gap_ms)
    followed = np.zeros(n, np.bool_)
    followed[again[again >= 0]] = True
    before = _join(segments, heads, last, piece, begin, end, world, ~known & (again < 0), ~known & ~followed, gap_ms)
    k.link(parent, before)
    return _assemble(segments, piece, k.roots(parent), begin, end, airframe, before, known, gap_s)


def _pieces(segments: Segments) -> tuple[Array, Array, Array]:
    """Rows of one piece of a track over several days are one: (piece of each row, its first row, its last row), in order of
    their beginning."""
    keys = (_sources(segments), segments["track_id"], segments["begun_ms"])
    order = np.lexsort((segments["day"], *keys))
    new = np.ones(segments.n, np.bool_)
    if segments.n:
        new[1:] = np.logical_or.reduce([key[order][1:] != key[order][:-1] for key in keys])
    number = np.cumsum(new) - 1
    starts = np.flatnonzero(new)
    first, last = order[starts], order[np.append(starts[1:], segments.n)[: len(starts)] - 1]
    by_begin = np.lexsort((segments["track_id"][first], segments["begin_ms"][first]))
    rank = np.empty(len(first), np.int64)
    rank[by_begin] = np.arange(len(first))
    piece = np.empty(segments.n, np.int64)
    piece[order] = rank[number]
    return piece, first[by_begin], last[by_begin]


def _sources(segments: Segments) -> Array:
    """(N,) a number for the source of each row."""
    names = sorted({f.source for f in segments.point_files})
    return np.array([names.index(f.source) for f in segments.point_files], np.int64)[segments.file]


def _number_of(keys: list[Array]) -> Array:
    """(N,) the same number for rows with the same keys."""
    return np.asarray(np.unique(np.stack(keys), axis=1, return_inverse=True)[1]).ravel()


def _same(parent: Array, begin: Array, end: Array, order: Array, key: Array, gap_ms: int) -> Array:
    """Joins neighbours in `order` with equal keys and at most the gap between them; gives (N,) the piece that each one continues, or -1."""
    before = np.full(len(parent), -1, np.int64)
    k.follow(order, key, begin, end, gap_ms, before)
    k.link(parent, before)
    return before


def _join(
    segments: Segments,
    heads: Array,
    last: Array,
    piece: Array,
    begin: Array,
    end: Array,
    world: Array,
    may_begin: Array,
    may_end: Array,
    gap_ms: int,
) -> Array:
    n = len(heads)
    words = segments.words["classification"]
    code = np.array([_CLASSES.index(w) if w in _CLASSES else -1 for w in words] + [-1], np.int64)
    kind = code[_last_known(segments["classification"], piece, n)]
    speed = np.zeros(n)
    np.maximum.at(speed, piece, np.nan_to_num(segments["speed_max_mps"].astype(np.float64)))
    sigma = np.stack([segments["begin_sigma_dm"][heads], segments["end_sigma_dm"][last]], axis=1) / 10.0
    before = np.full(n, -1, np.int64)
    k.join(
        begin, end, _places(segments, "begin", heads), _places(segments, "end", last), np.maximum(sigma, 0.0), speed, kind, world,
        may_begin, may_end, gap_ms, LEAST_SPEED_MPS, STRETCH, before,
    )  # fmt: skip
    return before


def _places(segments: Segments, end: str, rows: Array) -> Array:
    return np.stack([segments[f"{end}_lon_e7"][rows], segments[f"{end}_lat_e7"][rows]], axis=1).astype(np.int64)


def _last_known(codes: Array, piece: Array, n: int) -> Array:
    """(n,) per piece the last known code of its rows (rows lie in order of their days)."""
    out = np.full(n, -1, np.int64)
    rows = np.flatnonzero(codes >= 0)
    out[piece[rows]] = codes[rows]
    return out


def _assemble(
    segments: Segments,
    piece: Array,
    roots: Array,
    begin: Array,
    end: Array,
    airframe: Array,
    before: Array,
    known: Array,
    gap_s: float,
) -> Flights:
    _, first, flight = np.unique(roots, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))  # pieces lie in order of their beginning
    flight = rank[flight]
    n = len(first)
    of_row = flight[piece]
    begins, ends = np.full(n, np.iinfo(np.int64).max), np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(begins, flight, begin)
    np.maximum.at(ends, flight, end)
    frames = np.full(n, -1, np.int64)
    frames[flight[known]] = airframe[known]
    kind = _kinds(segments, of_row, n)
    longest = np.lexsort((-segments["rows"].astype(np.int64), of_row))
    chosen = longest[np.flatnonzero(np.append(True, np.diff(of_row[longest]) != 0))] if segments.n else longest
    simulated = np.zeros(n, np.bool_)
    simulated[of_row[segments.equals("origin", "exercise")]] = True
    unknown = ~known & np.isin(kind[flight], [KINDS.index(c) for c in COUNTED])
    joined = before >= 0
    joined[before[before >= 0]] = True
    return Flights(
        of_row, begins, ends, kind, simulated, frames, segments["speed_median_mps"][chosen].astype(np.float64),
        segments["alt_median_m"][chosen].astype(np.float64), int(np.count_nonzero(unknown)), int(np.count_nonzero(unknown & joined)), gap_s,
    )  # fmt: skip


def _kinds(segments: Segments, of_row: Array, n: int) -> Array:
    """(n,) each flight's kind: the first of KINDS that holds for any of its rows; the class is its last known one."""
    words = segments.words["classification"]
    known = np.array([w in _CLASSES for w in words] + [False], np.bool_)
    codes = segments["classification"]
    last = _last_known(np.where(known[codes], codes, -1), of_row, n)
    by_class = np.array([KINDS.index(w) if w in _CLASSES else KINDS.index("unknown") for w in words] + [KINDS.index("unknown")])
    kind = by_class[last]
    for name, rows in (("friendly", segments["friendly"]), ("spoof", segments["spoof"])):
        kind[of_row[rows]] = KINDS.index(name)
    return kind
