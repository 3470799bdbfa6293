"""The parts of a large picture on several threads: the rows that come, the gate and the states of a look, the rows of a picture, a stretch
of rows or tracks each.

What a stretch gives depends on its own rows or tracks alone, and the stretches are put together in order: the bytes are those of one
thread, however many there are. Kernels leave Python's lock, so threads run side by side. Below LEAST rows or tracks a second thread
costs more than it gains, and is not used.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from picket.track.associate_kernels import index, search
from picket.track.block_kernels import Blocks
from picket.track.engine_kernels import give_out, look, turn
from picket.track.lane_kernels import TRACKS
from picket.track.layout_kernels import DEAD, Plots, Tracks
from picket.track.picture_kernels import ID, SENSORS, believe, rows
from picket.track.prepare_kernels import convert
from picket.track.untangle_kernels import put, untangle
from picket.track.update_kernels import SEEN, book, edges_of, move

LEAST = 8192  # tracks and plots; a thread of its own is paid for from some thousands on
STRETCHES = 4  # for each thread: some stretches hold more that is near


@cache
def _workers(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, "picket-track")


def _on_threads(threads: int, work: Callable[..., Any], parts: list[tuple[Any, ...]]) -> list[Any]:
    return list(_workers(threads).map(work, *zip(*parts, strict=True)))


def _stretches(n: int, threads: int, whole: int = 1) -> list[tuple[np.int64, np.int64]]:
    """Cuts of 0..n, each a multiple of `whole`."""
    cuts = [np.int64(n * k // (STRETCHES * threads) // whole * whole) for k in range(STRETCHES * threads)]
    return list(pairwise([*cuts, np.int64(n)]))


def convert_on(threads: int, F: Any, at: Any, order: Any, *more: Any) -> int:
    """`prepare_kernels.convert` of all rows, `order` being of them all: how many plots came out, from the first place on."""
    if threads < 2 or len(order) < LEAST:
        return int(convert(F, at, order, np.int64(0), *more))
    plots, stretches, m = more[-2], _stretches(len(order), threads), 0
    ends = _on_threads(threads, lambda begin, end: convert(F, at, order[begin:end], begin, *more), stretches)
    for (begin, _), end in zip(stretches, ends, strict=True):
        if begin > m:  # rows before it could not be used
            for column in plots:
                column[m : m + end - begin] = column[begin:end]
        m += end - begin
    return int(m)


def _gate_on(threads: int, tracks: Tracks, n: int, plots: Plots, members: Any, T: float, sensors: Any, blocks: Blocks) -> Any:
    """`associate_kernels.gate`. What it takes, of a million objects some hundred megabytes, is free again after it."""
    known = index(plots, members, T, sensors)
    parts = _on_threads(
        threads,
        lambda begin, end: search(tracks, begin, end, plots, members, T, sensors, blocks, *known),
        _stretches(n, threads),
    )
    return *(np.concatenate([part[k] for part in parts]) for k in range(3)), sum(part[3] for part in parts)


def look_on(
    threads: int, tracks: Tracks, n: int, plots: Plots, members: Any, T: float, sensors: Any, blocks: Blocks, owner: Any, pairs: Any,
    next_id: int, since: float, due: float, sweeps: int, most: int, guarded: Any,
) -> Any:  # fmt: skip
    """`engine_kernels.look`, its gate and the states of its tracks on several threads where there is enough to do."""
    if threads < 2 or min(n, len(members)) < LEAST:
        return look(tracks, n, plots, members, T, sensors, owner, pairs, next_id, since, due, sweeps, most, guarded, blocks)
    e_track, e_plot, weight, shed = _gate_on(threads, tracks, n, plots, members, T, sensors, blocks)
    p, free, work = give_out(plots, members, sensors, sweeps, e_track, e_plot, weight)
    del weight
    slots, xs, halves, exchanges = untangle(tracks, e_track, e_plot, p, plots, members, sensors, sweeps)
    starts = edges_of(e_track)
    seen = np.empty((len(starts) - 1, SEEN))
    _on_threads(
        threads,
        lambda begin, end: move(tracks, begin, end, starts, e_track, e_plot, p, plots, members, sensors, seen),
        _stretches(len(starts) - 1, threads, TRACKS),
    )
    book(tracks, starts, seen, e_track, e_plot, p, plots, members, sensors, owner, pairs)
    put(tracks, slots, xs, halves)
    after, unborn = turn(tracks, n, plots, members, T, sensors, owner, next_id, since, due, most, guarded, blocks, e_track, free)
    return after, shed, unborn, work + exchanges, free


def rows_on(threads: int, tracks: Tracks, n: int, *more: Any) -> tuple[bool, bool, bool]:
    """`picture_kernels.rows` of n slots: whether their ids rise, the same sensors saw all, one has an identity."""
    if threads < 2 or n < LEAST:
        return rows(tracks, 0, n, 0, *more)[1:]  # type: ignore[no-any-return]
    ints, stretches = more[-2], _stretches(n, threads)
    shown = [int(np.count_nonzero(tracks.status[begin:end] < DEAD)) for begin, end in stretches]
    at = np.concatenate([[0], np.cumsum(shown)])
    parts = _on_threads(
        threads, lambda stretch, first: rows(tracks, *stretch, first, *more), list(zip(stretches, at[:-1], strict=True))
    )
    seam = at[1:-1][(at[1:-1] > 0) & (at[1:-1] < at[-1])]
    rise = all(p[1] for p in parts) and bool((ints[ID, seam] > ints[ID, seam - 1]).all())
    alike = all(p[2] for p in parts) and bool((ints[SENSORS, seam] == ints[SENSORS, 0]).all())
    return rise, alike, any(p[3] for p in parts)


def believe_on(threads: int, tracks: Tracks, n: int, *more: Any) -> None:
    """`picture_kernels.believe` of n slots."""
    if threads < 2 or n < LEAST:
        believe(tracks, 0, n, *more)
    else:
        _on_threads(threads, lambda begin, end: believe(tracks, begin, end, *more), _stretches(n, threads))
