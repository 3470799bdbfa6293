"""Which bursts are alike enough to come from one transmitter: each is compared with the first, and loudest, of every group so far."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from picket._jit import kernel, lean

Doubles = npt.NDArray[np.float64]

LEVEL_DB = 5.0
_CENTER, _WIDTH, _SECONDS, _LEVEL = 0, 1, 2, 3


@kernel
def assign(kinds: Doubles, wide_hz: float, line_hz: float, number: npt.NDArray[np.int64]) -> int:
    """Fills number (N,) with the group of each burst of kinds (N, 4): Hz of centre and width, seconds, dB; loudest first.

    Wider than wide_hz is a wide signal, narrower than line_hz a carrier. Returns how many groups there are. Cost: N x groups.
    """
    first = np.empty(kinds.shape[0], np.int64)  # of each group
    groups = 0
    for i in range(kinds.shape[0]):
        best, nearest = -1, math.inf
        for g in range(groups):
            apart = _apart(kinds, i, first[g], wide_hz, line_hz)
            if apart < nearest:
                best, nearest = g, apart
        if best < 0:
            best = groups
            first[groups] = i
            groups += 1
        number[i] = best
    return groups


@lean
def _apart(kinds: Doubles, i: int, j: int, wide_hz: float, line_hz: float) -> float:
    """How unlike burst i is to a group's first one, j: infinite when it cannot belong."""
    width, other = kinds[i, _WIDTH], kinds[j, _WIDTH]
    ratio, level_db = abs(math.log(width / other)), abs(kinds[i, _LEVEL] - kinds[j, _LEVEL])
    off = abs(kinds[i, _CENTER] - kinds[j, _CENTER])
    if width > wide_hz or other > wide_hz:
        off /= max(width, other)
        return ratio + off + level_db / 50 if ratio < 0.35 and off < 0.15 and level_db < 2 * LEVEL_DB else math.inf
    if width < line_hz and kinds[i, _SECONDS] > 5e-3:  # a carrier does not hop
        return ratio + off / 1e5 if off < 5e4 else math.inf
    if width < line_hz or other < line_hz:
        return math.inf if ratio > 0.5 or level_db > LEVEL_DB else ratio + level_db / 10
    if ratio > (0.3 if kinds[i, _LEVEL] > 3 else 0.6) or level_db > LEVEL_DB:
        return math.inf
    longer = abs(math.log(kinds[i, _SECONDS] / kinds[j, _SECONDS]))
    return ratio + level_db / 10 + longer if longer <= 0.15 else math.inf
