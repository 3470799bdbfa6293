"""Energy sums over boxes of many sizes, and the cells where one of them is over its threshold.

The bank is dyadic in time and frequency with half-overlapping boxes: the sum of a box is the sum of its two halves ("units"),
and two units make one unit of the next size. Levels go from small to large. Units inside a box that was over its threshold are
put back to what noise gives before they go into larger ones: a strong burst is marked tightly by small boxes and does not light
up all larger ones around it; a weak one is found by the size that fits it. This costs about six additions and comparisons a
cell, in rows that stay in cache.

Marks (I, K) are a byte a cell. Most rows have none, and `lit` (I,) says which may have: the others are neither cleared nor read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import lean
from picket.lanes_kernels import after, fetch, larger, largest, load, spread, store, sums_of_pairs

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

NONE = np.float32(-np.inf)  # beyond a row's end: no sum with it is over a limit


@lean
def first_level(
    grid: Floats, scale: Floats, frames: int, limits: Floats, marked: Bytes, lit: Bytes, longer: Floats, work: Floats
) -> int:
    """Sums pairs of rows of grid (T, K) times scale (K,) to units (2 where there is only noise) and goes on as `next_level` does,
    row by row while they are in cache.
    """
    count, found = grid.shape[0] // 2, 0
    units = work[3:]  # the three last ones
    for i in range(count):
        _clear(marked, lit, i)
        _unit(grid[2 * i], grid[2 * i + 1], scale, units[i % 3])
        if i > 0:
            found += _boxes(units[(i - 1) % 3], units[i % 3], frames, limits, marked, lit, i, work)
        if i > 1 and i % 2 == 0:
            _pair(units[(i - 2) % 3], units[(i - 1) % 3], marked, lit, i - 2, frames, longer[i // 2 - 1])
    if count % 2 == 0:
        _pair(units[(count - 2) % 3], units[(count - 1) % 3], marked, lit, count - 2, frames, longer[count // 2 - 1])
    return found


@lean
def next_level(units: Floats, frames: int, limits: Floats, marked: Bytes, lit: Bytes, longer: Floats, work: Floats) -> int:
    """Marks (I, K) the units (I, K) of `frames` frames each that lie in a box over its limit, and fills longer (I // 2, K) with the
    sums of two units, where a marked one counts as noise. Returns at how many rows and widths a box was over its limit.

    A box is two units (2 x frames) long and 1, 2, 4, ... bins wide; limits (J,) are sums over the box. Within one pair of rows the
    same rule holds over frequency: units of a marked box count as noise in wider ones. work (6, K) is scratch of the whole bank; where
    its rows begin at cache lines the sums take half the time.
    """
    found = 0
    _clear(marked, lit, 0)
    for i in range(1, units.shape[0]):
        _clear(marked, lit, i)
        found += _boxes(units[i - 1], units[i], frames, limits, marked, lit, i, work)
        if i % 2 == 0:
            _pair(units[i - 2], units[i - 1], marked, lit, i - 2, frames, longer[i // 2 - 1])
    if units.shape[0] % 2 == 0:
        i = units.shape[0]
        _pair(units[i - 2], units[i - 1], marked, lit, i - 2, frames, longer[i // 2 - 1])
    return found


@lean
def thirds(units: Floats, frames: int, wide: int, limits: Floats, marked: Bytes, lit: Bytes, longer: Floats, work: Floats) -> int:
    """Marks as `next_level` does, after it, with boxes of three units in time and two or three in frequency: a unit is `wide` bins, then
    twice as many, and so on; limits (2 J,) go with picket.spectrum.limits.thirds. A burst between two lengths or widths of the dyadic
    boxes shows here. Corrects longer (I // 2, K) where something was marked.
    """
    count, n, found = units.shape[0], units.shape[1] // wide, 0
    rows = work[3:]
    for i in range(count):
        _narrowed(units[i], marked[i], lit[i], np.float32(frames), wide, rows[i % 3, :n])
        if i < 2:
            continue
        now, left, width = 0, n, wide
        two, three = _sums_of_three(rows[0, :n], rows[1, :n], rows[2, :n], work[0])
        for j in range(limits.shape[0] // 2):
            row = work[now]
            if two > limits[2 * j] or three > limits[2 * j + 1]:
                found += 1
                lit[i - 2] = lit[i - 1] = lit[i] = 1
                noise = np.float32(3 * frames * width)
                _mark_three(row, left, width, limits[2 * j], limits[2 * j + 1], noise, marked[i - 2 : i + 1], work[2])
            left //= 2
            width *= 2
            two, three = _halved_for_three(row, left, work[1 - now])
            now = 1 - now
    if found:
        for i in range(longer.shape[0]):
            _pair(units[2 * i], units[2 * i + 1], marked, lit, 2 * i, frames, longer[i])
    return found


@lean
def _clear(marked: Bytes, lit: Bytes, i: int) -> None:
    if lit[i]:
        lit[i] = 0
        row = marked[i]
        for k in range(row.shape[0]):
            row[k] = 0


@lean
def _narrowed(row: Floats, marked: Bytes, any_marked: int, noise: float, wide: int, out: Floats) -> None:
    """Sums over `wide` (4) bins, marked ones as noise."""
    if not any_marked:
        for m in range(out.shape[0]):
            out[m] = (row[4 * m] + row[4 * m + 1]) + (row[4 * m + 2] + row[4 * m + 3])
        return
    for m in range(out.shape[0]):
        total = np.float32(0)
        for k in range(m * wide, (m + 1) * wide):
            total += noise if marked[k] else row[k]
        out[m] = total


@lean
def _sums_of_three(a: Floats, b: Floats, c: Floats, out: Floats) -> Any:
    """Fills out (of which N are used) with a + b + c (N,); the largest sums of two and of three neighbours in it."""
    for m in range(a.shape[0]):
        out[m] = a[m] + b[m] + c[m]
    return _peaks_of_three(out, a.shape[0])


@lean
def _halved_for_three(row: Floats, n: int, out: Floats) -> Any:
    """As `_halved`; the largest sums of two and of three neighbours."""
    _halved(row, n, out)
    return _peaks_of_three(out, n)


@lean
def _peaks_of_three(row: Floats, n: int) -> Any:
    if n < 16:
        two = three = NONE
        for m in range(n - 1):
            pair = row[m] + row[m + 1]
            two = max(two, pair)
            if m + 2 < n:
                three = max(three, pair + row[m + 2])
        return two, three
    two, three, here = spread(NONE), spread(NONE), load(row, 0)
    for m in range(16, n + 16, 16):
        then = load(row, m) if m < n else spread(NONE)
        next_ = after(here, then)
        pair = here + next_
        two, three = larger(pair, two), larger(pair + after(next_, after(then, then)), three)
        here = then
    return largest(two), largest(three)


@lean
def _mark_three(row: Floats, n: int, bins: int, two: float, three: float, noise: float, marked: Bytes, scratch: Floats) -> None:
    hit = scratch.view(np.uint8)
    for m in range(n):
        hit[m] = 0
    for m in range(n - 1):
        pair = row[m] + row[m + 1]
        if pair > two:
            hit[m] = hit[m + 1] = 1
        if m + 2 < n and pair + row[m + 2] > three:
            hit[m] = hit[m + 1] = hit[m + 2] = 1
    for m in range(n):
        if hit[m]:
            for i in range(marked.shape[0]):
                for k in range(m * bins, (m + 1) * bins):
                    marked[i, k] = 1
            row[m] = noise


@lean
def _unit(a: Floats, b: Floats, scale: Floats, out: Floats) -> None:
    """Fills out (K,) with a unit of two rows of the grid; what comes after them, the next unit's, is asked for meanwhile."""
    n = out.shape[0]
    for k in range(0, n, 16):
        fetch(a, k + 2 * n)
        fetch(b, k + 2 * n)
        store(out, k, (load(a, k) + load(b, k)) * load(scale, k))


@lean
def _pair(a: Floats, b: Floats, marked: Bytes, lit: Bytes, i: int, frames: int, out: Floats) -> None:
    """Fills out (K,) with the sums of units a and b of rows i and i + 1, marked ones as noise."""
    if not lit[i] and not lit[i + 1]:
        for k in range(0, out.shape[0], 16):
            store(out, k, load(a, k) + load(b, k))
        return
    noise, marked_a, marked_b = np.float32(frames), marked[i], marked[i + 1]
    for k in range(out.shape[0]):
        out[k] = (noise if marked_a[k] else a[k]) + (noise if marked_b[k] else b[k])


@lean
def _boxes(a: Floats, b: Floats, frames: int, limits: Floats, marked: Bytes, lit: Bytes, i: int, work: Floats) -> int:
    """All boxes of one pair of unit rows (K,), of which b is row i; work (3 or more, K) is scratch."""
    n, bins, found, now = a.shape[0], 1, 0, 0
    one, two = _sums(a, b, work[0])
    if one > limits[0]:
        found += 1
        _mark_narrow(work[0], limits[0], np.float32(2 * frames), marked[i - 1], marked[i])
        two = _peak(work[0], n)
    for j in range(1, limits.shape[0]):  # here row[:n] holds units of `bins` bins
        row, other = work[now], work[1 - now]
        if two > limits[j]:
            found += 1
            _mark_wide(row, n, bins, limits[j], np.float32(2 * frames * bins), work[2], marked[i - 1], marked[i])
        n //= 2
        bins *= 2
        two = _halved(row, n, other)
        now = 1 - now
    if found:
        lit[i - 1] = lit[i] = 1
    return found


@lean
def _mark_narrow(row: Floats, limit: float, noise: float, marked_a: Bytes, marked_b: Bytes) -> None:
    """Boxes of one bin. (Every cell is written, hit or not: so it becomes vectors, and a busy band has many hits.)"""
    for k in range(row.shape[0]):
        over = row[k] > limit
        marked_a[k] |= np.uint8(over)
        marked_b[k] |= np.uint8(over)
        row[k] = noise if over else row[k]


@lean
def _mark_wide(
    row: Floats, n: int, bins: int, limit: float, noise: float, scratch: Floats, marked_a: Bytes, marked_b: Bytes
) -> None:
    """Boxes of two neighbours. What is hit is noted a byte each, and looked at eight at a time to pass over what is not."""
    last, hit, words = n - 1, scratch.view(np.uint8), scratch.view(np.uint64)
    hit[0] = row[0] + row[1] > limit
    hit[last] = row[last - 1] + row[last] > limit
    for m in range(1, last):
        hit[m] = np.uint8(row[m - 1] + row[m] > limit) | np.uint8(row[m] + row[m + 1] > limit)
    for m in range(n):
        row[m] = noise if hit[m] else row[m]
    if bins == 1:
        for m in range(n):
            marked_a[m] |= hit[m]
            marked_b[m] |= hit[m]
        return
    step = min(8, n)
    for first in range(0, n, step):
        if step == 8 and words[first // 8] == 0:
            continue
        for m in range(first, first + step):
            if hit[m]:
                for k in range(m * bins, (m + 1) * bins):
                    marked_a[k] = 1
                    marked_b[k] = 1


@lean
def _sums(a: Floats, b: Floats, out: Floats) -> Any:
    """Fills out with a + b (K,); the largest of the sums, and the largest sum of two neighbours among them."""
    one, two, none = spread(NONE), spread(NONE), spread(NONE)
    here = load(a, 0) + load(b, 0)
    store(out, 0, here)
    for k in range(16, a.shape[0], 16):
        then = load(a, k) + load(b, k)
        store(out, k, then)
        one, two = larger(here, one), larger(here + after(here, then), two)
        here = then
    return largest(larger(here, one)), largest(larger(here + after(here, none), two))


@lean
def _halved(row: Floats, n: int, out: Floats) -> Any:
    """Fills out[:n] with the sums of pairs of row; the largest sum of two neighbours among them."""
    if n < 16:
        for m in range(n):
            out[m] = row[2 * m] + row[2 * m + 1]
        return _peak(out, n)
    two, here = spread(NONE), sums_of_pairs(load(row, 0), load(row, 16))
    store(out, 0, here)
    for m in range(16, n, 16):
        then = sums_of_pairs(load(row, 2 * m), load(row, 2 * m + 16))
        store(out, m, then)
        two = larger(here + after(here, then), two)
        here = then
    return largest(larger(here + after(here, spread(NONE)), two))


@lean
def _peak(row: Floats, n: int) -> Any:
    """The largest sum of two neighbours among the first n of row."""
    if n < 16:
        few = NONE
        for m in range(n - 1):
            few = max(few, row[m] + row[m + 1])
        return few
    two, here = spread(NONE), load(row, 0)
    for m in range(16, n, 16):
        then = load(row, m)
        two = larger(here + after(here, then), two)
        here = then
    return largest(larger(here + after(here, spread(NONE)), two))


@lean
def spread_down(coarse: Bytes, coarse_lit: Bytes, fine: Bytes, lit: Bytes) -> None:
    """Marks in fine (I, K) what is marked in coarse (I // 2, K)."""
    for i in range(2 * coarse.shape[0]):
        if coarse_lit[i // 2]:
            lit[i] = 1
            into, of = fine[i], coarse[i // 2]
            for k in range(into.shape[0]):
                into[k] |= of[k]


@lean
def runs(mask: Bytes, lit: Bytes, slack: int, out: Any) -> int:
    """Runs of marked cells of mask (I, K), row by row, gaps of at most `slack` cells closed: fills out (M, 3) with row, first, last + 1.

    Returns how many there are; when more than M, only M are filled.
    """
    n = 0
    for i in range(mask.shape[0]):
        if not lit[i]:
            continue
        row, start, end = mask[i], -1, -1
        words = row.view(np.uint64)
        for w in range(words.shape[0]):  # eight cells at a time, to pass over what is not marked
            if words[w] == 0:
                continue
            for k in range(8 * w, 8 * w + 8):
                if row[k]:
                    if start >= 0 and k - end > slack:
                        n = _noted(out, n, i, start, end)
                        start = -1
                    if start < 0:
                        start = k
                    end = k + 1
        if start >= 0:
            n = _noted(out, n, i, start, end)
    return n


@lean
def _noted(out: Any, n: int, row: int, first: int, last: int) -> int:
    if n < out.shape[0]:
        out[n, 0], out[n, 1], out[n, 2] = row, first, last
    return n + 1
