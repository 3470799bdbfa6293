"""Kernels that join pieces to flights: which piece continues which, and which belong together."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from picket._jit import kernel
from picket.sets_kernels import root

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@kernel
def join(
    begin_ms: Ints, end_ms: Ints, begin_e7: Ints, end_e7: Ints, sigma_m: Floats, speed_mps: Floats, kind: Ints, world: Ints,
    may_begin: Bools, may_end: Bools, gap_ms: int, least_speed_mps: float, stretch: float, before: Ints,
) -> None:  # fmt: skip
    """Fills before (N,) with the piece that each piece continues, -1 for none. Pieces lie in order of begin_ms.

    Piece s continues p when p ended at most gap_ms before s began, and s began within reach of p's end: 3 sigma of both places and what
    the faster of the two flies in that time, stretched. kind (N,): -1 unknown, else both must be equal; world (N,): must be equal.
    may_begin: the piece may continue another; may_end: another may continue it.
    Each piece is continued once; s takes the p of which it needs the smallest share of its reach,
    of equals the first. begin_e7, end_e7 (N, 2): lon, lat; sigma_m (N, 2): at begin and end.
    """
    n = begin_ms.shape[0]
    waiting = np.empty(n, np.int64)  # pieces that may still be continued
    m = 0
    for s in range(n):
        before[s] = -1
        kept = 0
        for j in range(m):
            if end_ms[waiting[j]] >= begin_ms[s] - gap_ms:
                waiting[kept] = waiting[j]
                kept += 1
        m = kept
        if may_begin[s]:
            best, best_j = 1.0, -1
            for j in range(m):
                p = waiting[j]
                if world[p] != world[s] or end_ms[p] > begin_ms[s] or (kind[p] >= 0 and kind[s] >= 0 and kind[p] != kind[s]):
                    continue
                turn = (begin_e7[s, 0] - end_e7[p, 0] + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
                north = (begin_e7[s, 1] - end_e7[p, 1]) * 0.0111_32
                east = turn * 0.0111_32 * math.cos(math.radians(end_e7[p, 1] * 1e-7))
                speed = max(speed_mps[p], speed_mps[s], least_speed_mps)
                reach = 3.0 * (sigma_m[p, 1] + sigma_m[s, 0]) + stretch * speed * 1e-3 * (begin_ms[s] - end_ms[p])
                if reach > 0.0 and math.hypot(north, east) / reach < best:
                    best, best_j = math.hypot(north, east) / reach, j
            if best_j >= 0:
                before[s] = waiting[best_j]
                for j in range(best_j, m - 1):
                    waiting[j] = waiting[j + 1]
                m -= 1
        if may_end[s]:
            waiting[m] = s
            m += 1


@kernel
def follow(order: Ints, key: Ints, begin_ms: Ints, end_ms: Ints, gap_ms: int, before: Ints) -> None:
    """Fills before (N,) with the piece that each piece continues: of the same key, at most gap_ms after the latest end so far.

    order: pieces by key, then by begin_ms. What it does not touch stays.
    """
    until = 0
    for at in range(order.shape[0]):
        i = order[at]
        if at == 0 or key[i] != key[order[at - 1]]:
            until = end_ms[i]
            continue
        if begin_ms[i] - until <= gap_ms:
            before[i] = order[at - 1]
        until = max(until, end_ms[i])


@kernel
def link(parent: Ints, before: Ints) -> None:
    """Makes one of the sets of each piece and of the one that it continues (union-find; parent (N,) starts as 0, 1, 2, ...)."""
    for i in range(before.shape[0]):
        if before[i] >= 0:
            parent[root(parent, i)] = root(parent, before[i])


@kernel
def roots(parent: Ints) -> Ints:
    """(N,) the piece that stands for the set of each piece."""
    out = np.empty(parent.shape[0], np.int64)
    for i in range(parent.shape[0]):
        out[i] = root(parent, i)
    return out
