"""The n-th smallest value of many columns at once.

A sorting network (odd-even merges; Batcher 1968, doi:10.1145/1468075.1468121) compares the same rows whatever the values, so a row is one
run of vector minima and maxima, and nothing need be turned so that columns lie together, which would cost more than the selecting.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from picket._jit import kernel, lean

Floats = npt.NDArray[np.float32]
_TILE = 64  # columns at a time: 64 rows of them lie in the first-level cache


@kernel
def nth_smallest(rows: Floats, nth: int, out: Floats) -> None:
    """Fills out (K,) with the value of each column of rows (M, K) that `nth` of its values are no larger than, counted from 0."""
    size = 1
    while size < rows.shape[0]:
        size *= 2
    _in_tiles(rows, nth, out, np.empty((size, _TILE), np.float32))


@lean
def _in_tiles(rows: Floats, nth: int, out: Floats, work: Floats) -> None:
    for first in range(0, rows.shape[1], _TILE):
        width = min(_TILE, rows.shape[1] - first)
        for m in range(work.shape[0]):
            for k in range(_TILE):
                work[m, k] = rows[m, first + k] if m < rows.shape[0] and k < width else np.float32(np.inf)
        _sort(work)
        for k in range(width):
            out[first + k] = work[nth, k]


@lean
def _sort(work: Floats) -> None:
    """Sorts each column; the number of rows is a power of two."""
    n, p = work.shape[0], 1
    while p < n:
        k = p
        while k >= 1:
            for j in range(k % p, n - k, 2 * k):
                for i in range(j, min(j + k, n - k)):
                    if i // (2 * p) == (i + k) // (2 * p):
                        for m in range(_TILE):
                            a, b = work[i, m], work[i + k, m]
                            work[i, m], work[i + k, m] = min(a, b), max(a, b)
            k //= 2
        p *= 2
