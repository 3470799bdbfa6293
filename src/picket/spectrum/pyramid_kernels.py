"""Energy sums over boxes of many sizes, and the cells where one of them is over its threshold.

The bank is dyadic in time and frequency with half-overlapping boxes: the sum of a box is the sum of its two halves ("units"),
and two units make one unit of the next size. Levels go from small to large. Units inside a box that was over its threshold are
put back to what noise gives before they go into larger ones: a strong burst is marked tightly by small boxes and does not light
up all larger ones around it; a weak one is found by the size that fits it. This costs about six additions and comparisons a
cell, in rows that stay in cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]


@kernel
def base_units(grid: Floats, scale: Floats, out: Floats) -> None:
    """Fills out (T // 2, K) with the sums of pairs of rows of grid (T, K) times scale (K,): 2 where there is only noise."""
    for i in range(out.shape[0]):
        a, b, into = grid[2 * i], grid[2 * i + 1], out[i]
        for k in range(into.shape[0]):
            into[k] = (a[k] + b[k]) * scale[k]


@kernel
def next_units(units: Floats, marked: Bytes, any_marked: bool, frames: int, out: Floats) -> None:
    """Fills out (I // 2, K) with sums of two units (I, K) of `frames` frames each; a marked unit counts as noise."""
    noise = np.float32(frames)
    for i in range(out.shape[0]):
        a, b, into = units[2 * i], units[2 * i + 1], out[i]
        if any_marked:
            ma, mb = marked[2 * i], marked[2 * i + 1]
            for k in range(into.shape[0]):
                into[k] = (noise if ma[k] else a[k]) + (noise if mb[k] else b[k])
        else:
            for k in range(into.shape[0]):
                into[k] = a[k] + b[k]


@kernel
def mark_level(units: Floats, frames: int, limits: Floats, marked: Bytes) -> int:
    """Marks (I, K) the units that lie in a box over its limit; returns how many boxes were.

    A box is two units (2 x frames) long and 1, 2, 4, ... bins wide; limits (J,) are sums over the box. Within one pair of rows the
    same rule holds over frequency: units of a marked box count as noise in wider ones.
    """
    width = units.shape[1]
    row, hit, found = np.empty(width, np.float32), np.zeros(width, np.uint8), 0
    for i in range(units.shape[0] - 1):
        a, b = units[i], units[i + 1]
        over = 0
        for k in range(width):
            row[k] = a[k] + b[k]
            over += row[k] > limits[0]
        if over:
            found += over
            for k in range(width):
                if row[k] > limits[0]:
                    marked[i, k] = 1
                    marked[i + 1, k] = 1
                    row[k] = np.float32(2 * frames)
        n, bins = width, 1
        for j in range(1, limits.shape[0]):  # here row[:n] holds units of `bins` bins
            over, limit = 0, limits[j]
            for m in range(n - 1):
                over += row[m] + row[m + 1] > limit
            if over:
                found += over
                hit[:n] = 0
                for m in range(n - 1):
                    if row[m] + row[m + 1] > limit:
                        hit[m] = 1
                        hit[m + 1] = 1
                for m in range(n):
                    if hit[m]:
                        marked[i, m * bins : (m + 1) * bins] = 1
                        marked[i + 1, m * bins : (m + 1) * bins] = 1
                        row[m] = np.float32(2 * frames * bins)
            n //= 2
            bins *= 2
            for m in range(n):
                row[m] = row[2 * m] + row[2 * m + 1]
    return found


@kernel
def spread_down(coarse: Bytes, fine: Bytes) -> None:
    """Marks in fine (I, K) what is marked in coarse (I // 2, K)."""
    for i in range(2 * coarse.shape[0]):
        into, of = fine[i], coarse[i // 2]
        for k in range(into.shape[0]):
            into[k] |= of[k]


@kernel
def runs(mask: Bytes, words: npt.NDArray[np.uint64], slack: int, out: Any) -> int:
    """Runs of marked cells of mask (I, K), row by row, gaps of at most `slack` cells closed: fills out (M, 3) with row, first, last + 1.

    words is mask seen eight bytes at a time, to pass over empty rows. Returns how many there are; when more than M, only M are filled.
    """
    n = 0
    for i in range(mask.shape[0]):
        row, start, end = mask[i], -1, -1
        filled = np.uint64(0)
        for w in range(words.shape[1]):
            filled |= words[i, w]
        if filled == 0:
            continue
        for k in range(row.shape[0]):
            if row[k]:
                if start >= 0 and k - end > slack:
                    if n < out.shape[0]:
                        out[n, 0], out[n, 1], out[n, 2] = i, start, end
                    n += 1
                    start = -1
                if start < 0:
                    start = k
                end = k + 1
        if start >= 0:
            if n < out.shape[0]:
                out[n, 0], out[n, 1], out[n, 2] = i, start, end
            n += 1
    return n
