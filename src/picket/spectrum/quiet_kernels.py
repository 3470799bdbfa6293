"""When a group of bins has only noise: a signal that is faint in one cell shows by its length and its width.

Levels of narrow groups over time are put together to windows of 1, 2, 4, ... groups. In each window two levels are looked for, on
and off, with few changes between them; where they are likelier than one level, every group in and beside the window whose own
level follows that course is busy while it is on. So the edges of a wide burst are found by its middle, and a burst of -10 dB that
is on for half of the time is told from the floor.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from picket._jit import kernel, lean

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int32]

STRONG = 6.0  # sigma: what is so far over the floor is busy by itself
CHANGE = 4.0  # nats that a beginning or an end must be worth
WORTH = 8.0  # nats that two levels must be likelier than one
FOLLOWS = 4.0  # sigma by which a group's level must follow a window's course
ALIKE = 1.0  # sigma by which a window must last longer than noise to be looked at
ROUNDS = 6


@kernel
def quiet_blocks(levels: Floats, used: Bools, cells: float, quiet: Bools) -> None:
    """Fills quiet (B, G) with the blocks in which each group has only noise.

    levels (B, G) are means over `cells` independent cells, about 1 where there is noise; used (B,) are the blocks that count.
    """
    blocks, groups = levels.shape
    sigma, x, on = 1 / np.sqrt(cells), np.empty(blocks), np.empty(blocks, np.bool_)
    came = np.empty((2, blocks), np.bool_)
    for b in range(blocks):
        for g in range(groups):
            quiet[b, g] = used[b] and levels[b, g] < 1 + STRONG * sigma
    calm = quiet.copy()
    across, calm_across, n = levels.T.copy(), calm.T.copy(), np.empty(blocks, np.int32)
    width = 1
    while width <= max(1, groups // 2):
        for first in range(0, groups - width + 1, max(1, width // 2)):
            _window(across, calm_across, first, width, x, n)
            if _parted(x, cells * width, came, on):
                for g in range(max(0, first - width // 2), min(groups, first + width + width // 2)):
                    if _follows(levels, calm, g, on, sigma):
                        for b in range(blocks):
                            quiet[b, g] &= not on[b]
        width *= 2


@lean
def _window(levels: Floats, calm: Bools, first: int, width: int, x: Doubles, n: Counts) -> None:
    """Means over a window's groups (rows of levels and calm (G, B)) that are not strong; -1 where half of them or more are."""
    for b in range(x.shape[0]):
        x[b], n[b] = 0.0, 0
    for g in range(first, first + width):
        row, counts = levels[g], calm[g]
        for b in range(x.shape[0]):
            x[b] += row[b] if counts[b] else np.float32(0)
            n[b] += counts[b]
    for b in range(x.shape[0]):
        x[b] = x[b] / n[b] if 2 * n[b] > width else -1.0


@kernel
def _parted(x: Doubles, cells: float, came: Bools, on: Bools) -> bool:
    """Whether x (B,) has two levels; then on (B,) says when it is at the upper one."""
    whole, count = _mean_of(x, on, 2)
    if count < 8 or not _lasting(x, whole, count, cells):
        return False
    floor = min(max(_low(x) / (1 - 1.28 / np.sqrt(cells)), 0.5 * whole), whole)
    if floor <= 0:
        return False
    s, score = max(2 * (whole / floor - 1), 0.25 / np.sqrt(cells)), 0.0
    for _ in range(ROUNDS):
        score = _course(x, floor, s, cells, came, on)
        off, n = _mean_of(x, on, 0)
        above, m = _mean_of(x, on, 1)
        if n == 0 or m == 0:
            return False
        before, floor, s = floor, off, above / off - 1
        if s <= 0:
            return False
        if abs(floor - before) < 1e-4 * before:
            break
    mean, n = _mean_of(x, on, 2)
    alike = max(mean / floor - 1, -0.5)  # is one level for all blocks as likely?
    return bool(score > cells * n * (alike - np.log1p(alike)) + WORTH)


@kernel
def _lasting(x: Doubles, mean: float, count: int, cells: float) -> bool:
    """Whether neighbouring values are more alike than noise's (most windows of noise are done with here)."""
    together = 0.0
    for b in range(2, x.shape[0]):
        if x[b] > 0 and x[b - 1] > 0 and x[b - 2] > 0:
            together += (x[b] - mean) * (x[b - 1] + x[b - 2] - 2 * mean)
    return bool(together > ALIKE * mean * mean / cells * np.sqrt(2.0 * count))


@kernel
def _low(x: Doubles) -> float:
    """The lower tenth of those that count."""
    part = x[x > 0]
    nth = (part.shape[0] - 1) // 10
    return float(np.partition(part, nth)[nth]) if part.shape[0] else 0.0


@kernel
def _mean_of(x: Doubles, on: Bools, which: int) -> tuple[float, int]:
    """Mean and number of those of x that count: which are off (0), on (1), or all (2)."""
    total, n = 0.0, 0
    for b in range(x.shape[0]):
        if x[b] > 0 and (which == 2 or on[b] == (which == 1)):
            total += x[b]
            n += 1
    return (total / n if n else 0.0), n


@kernel
def _course(x: Doubles, floor: float, s: float, cells: float, came: Bools, on: Bools) -> float:
    """Fills on (B,) with the likeliest course of on (1 + s) and off (1) (Viterbi 1967, doi:10.1109/TIT.1967.1054010, two states).

    Returns by how many nats it is likelier than off throughout. What does not count (-1) says nothing.
    """
    limit, weight = (1 + s) * np.log1p(s) / s, cells * s / (1 + s)
    off_sum, on_sum = 0.0, 0.0
    for b in range(x.shape[0]):
        came[0, b], came[1, b] = on_sum - CHANGE > off_sum, on_sum >= off_sum - CHANGE
        gain = (x[b] / floor - limit) * weight if x[b] > 0 else 0.0
        off_sum, on_sum = max(off_sum, on_sum - CHANGE), max(on_sum, off_sum - CHANGE) + gain
    state = on_sum > off_sum
    for b in range(x.shape[0] - 1, -1, -1):
        on[b] = state
        state = came[1, b] if state else came[0, b]
    return float(max(on_sum, off_sum))


@kernel
def _follows(levels: Floats, calm: Bools, g: int, on: Bools, sigma: float) -> bool:
    """Whether group g is louder while on."""
    up, down, n, m = 0.0, 0.0, 0, 0
    for b in range(levels.shape[0]):
        if calm[b, g]:
            if on[b]:
                up += levels[b, g]
                n += 1
            else:
                down += levels[b, g]
                m += 1
    if n == 0 or m == 0:
        return n > 0
    return bool(up / n - down / m > FOLLOWS * sigma * np.sqrt(1 / n + 1 / m) * down / m)
