"""Marked cells -> pieces -> boxes, and the box that fits a burst best.

Runs of marked cells are linked from row to row where they overlap and are of a like width: a carrier that crosses a wide burst stays a carrier. Pieces
that follow each other without a pause in the same or adjoining band are one burst (a chirp falls apart into slanted lines, a weak burst into patches).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LIKE = 3  # runs link when the wider is at most so many times the narrower ...
NARROW = 8  # ... or both are at most so many bins wide
LINE = 4  # a piece at most so wide (bins) ...
LONG = 40  # ... and at least so long (rows) is a carrier, and joins only its own kind


@kernel
def _root(parent: Ints, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@kernel
def pieces(found: Ints, boxes: Ints) -> int:
    """Links runs (M, 3: row, first, last + 1; by row) into pieces: fills boxes (M, 5) with row0, row1, first, last + 1, cells; returns how many."""
    n = found.shape[0]
    parent = np.arange(n)
    before, here = 0, 0  # runs of the row above begin at `before`, of this row at `here`
    for i in range(n):
        if i and found[i, 0] != found[i - 1, 0]:
            before, here = here, i
        if not here or found[before, 0] != found[i, 0] - 1:
            continue
        wide = found[i, 2] - found[i, 1]
        for j in range(before, here):
            if found[j, 1] > found[i, 2]:
                break
            if found[j, 2] < found[i, 1]:
                continue
            other = found[j, 2] - found[j, 1]
            if max(wide, other) <= max(NARROW, LIKE * min(wide, other)):
                parent[_root(parent, i)] = _root(parent, j)
    number, count = np.full(n, -1), 0
    for i in range(n):
        r = _root(parent, i)
        if number[r] < 0:
            number[r] = count
            boxes[count, 0], boxes[count, 1], boxes[count, 2], boxes[count, 3] = found[i, 0], found[i, 0] + 1, found[i, 1], found[i, 2]
            boxes[count, 4] = 0
            count += 1
        b = number[r]
        boxes[b, 0] = min(boxes[b, 0], found[i, 0])
        boxes[b, 1] = max(boxes[b, 1], found[i, 0] + 1)
        boxes[b, 2] = min(boxes[b, 2], found[i, 1])
        boxes[b, 3] = max(boxes[b, 3], found[i, 2])
        boxes[b, 4] += found[i, 2] - found[i, 1]
    return count


@kernel
def _is_line(b: Ints) -> bool:
    return b[3] - b[2] <= LINE and b[1] - b[0] >= LONG


@kernel
def _joins(a: Ints, b: Ints, pause: int, gap: int) -> bool:
    """Whether two pieces are parts of one burst. a, b: row0, row1, first, last + 1, cells."""
    apart = max(a[0], b[0]) - min(a[1], b[1])  # rows between them; negative: they overlap
    beside = max(a[2], b[2]) - min(a[3], b[3])
    if apart > pause or beside > gap:
        return False
    if _is_line(a) or _is_line(b):
        return _is_line(a) == _is_line(b) and beside <= 1
    wide_a, wide_b = a[3] - a[2], b[3] - b[2]
    long_a, long_b = a[1] - a[0], b[1] - b[0]
    if -beside >= 0.7 * min(wide_a, wide_b) and -apart >= 0.7 * min(long_a, long_b):
        return True  # one lies in the other
    if min(long_a, long_b) >= 4 and min(wide_a, wide_b) >= 4 and max(wide_a, wide_b) > 32:
        # two real boxes, at least one wide: one burst only when they share most of the band, or all of the time side by side
        if apart >= -1:
            return -beside >= 0.6 * max(wide_a, wide_b)
        return -apart >= 0.8 * max(long_a, long_b) and beside <= 2
    return True


@kernel
def join(boxes: Ints, count: int, pause: int, gap: int) -> int:
    """Joins pieces in place until nothing changes; returns how many are left. Cost: count^2 per round."""
    changed = True
    while changed:
        changed = False
        i = 0
        while i < count:
            j = i + 1
            while j < count:
                if _joins(boxes[i], boxes[j], pause, gap):
                    boxes[i, 0] = min(boxes[i, 0], boxes[j, 0])
                    boxes[i, 1] = max(boxes[i, 1], boxes[j, 1])
                    boxes[i, 2] = min(boxes[i, 2], boxes[j, 2])
                    boxes[i, 3] = max(boxes[i, 3], boxes[j, 3])
                    boxes[i, 4] += boxes[j, 4]
                    count -= 1
                    boxes[j] = boxes[count]
                    changed = True
                else:
                    j += 1
            i += 1
    return count


@kernel
def _best_run(profile: Doubles, limit: float) -> tuple[int, int]:
    """The run with the largest sum of profile - limit (Kadane): first, last + 1."""
    best, first, last, total, start = -1.0, 0, 0, 0.0, 0
    for i in range(profile.shape[0]):
        total += profile[i] - limit
        if total > best:
            best, first, last = total, start, i + 1
        if total <= 0:
            total, start = 0.0, i + 1
    return first, last


@kernel
def _over_time(grid: Floats, scale: Floats, t0: int, t1: int, k0: int, k1: int) -> Doubles:
    out = np.empty(t1 - t0)
    for t in range(t0, t1):
        total = 0.0
        for k in range(k0, k1):
            total += grid[t, k] * scale[k]
        out[t - t0] = total / (k1 - k0)
    return out


@kernel
def _over_frequency(grid: Floats, scale: Floats, t0: int, t1: int, k0: int, k1: int) -> Doubles:
    out = np.zeros(k1 - k0)
    for t in range(t0, t1):
        for k in range(k0, k1):
            out[k - k0] += grid[t, k]
    for k in range(k0, k1):
        out[k - k0] *= scale[k] / (t1 - t0)
    return out


@kernel
def _crossing(profile: Doubles, i: int, step: int, limit: float) -> float:
    """Where, between sample i (inside) and its neighbour outside, the profile crosses limit: 0 at the sample .. 1 at the neighbour; .5 at an end."""
    j = i + step
    if j < 0 or j >= profile.shape[0]:
        return 0.5
    inside, outside = profile[i], profile[j]
    if inside <= limit or outside >= inside:
        return 0.5
    return min(max((inside - limit) / (inside - outside), 0.0), 1.0)


@kernel
def fit(grid: Floats, scale: Floats, box: Ints, bounds: Ints, out: Doubles) -> bool:
    """The rectangle of the greatest likelihood near a box, by turns over time and over frequency.

    box and bounds: t0, t1, k0, k1 (bounds: how far it may grow). Fills out (7,): t0, t1 in frames and k0, k1 in bins (fractions, edges),
    signal to noise over the 99 % bandwidth, cells, and the sum of power over noise. False when nothing is left.

    For exponential cells of mean 1 outside and 1 + s inside, the edge's limit lies near 1 + s/2 (van Trees, Detection, Estimation and Modulation
    Theory I, 2.7: the log-likelihood ratio is linear in the cell).
    """
    t0, t1, k0, k1 = box[0], box[1], box[2], box[3]
    limit_t = 0.0
    for _ in range(3):
        p = _over_time(grid, scale, bounds[0], bounds[1], k0, k1)
        s = p[t0 - bounds[0] : t1 - bounds[0]].mean() - 1
        if s <= 0:
            return False
        limit_t = 1 + s / 2
        a, b = _best_run(p, limit_t)
        if b <= a:
            return False
        t0, t1 = bounds[0] + a, bounds[0] + b
        g = _over_frequency(grid, scale, t0, t1, bounds[2], bounds[3])
        s = g[k0 - bounds[2] : k1 - bounds[2]].mean() - 1
        if s <= 0:
            return False
        c, d = _best_run(g, 1 + s / 2)
        if d <= c:
            return False
        k0, k1 = bounds[2] + c, bounds[2] + d
    p = _over_time(grid, scale, bounds[0], bounds[1], k0, k1)
    a, b = t0 - bounds[0], t1 - bounds[0]
    limit_t = 1 + (p[a:b].mean() - 1) / 2
    out[0] = t0 + 0.5 - _crossing(p, a, -1, limit_t) if a else t0
    out[1] = t1 - 0.5 + _crossing(p, b - 1, 1, limit_t) if b < p.shape[0] else t1
    g = _over_frequency(grid, scale, t0, t1, bounds[2], bounds[3])
    # The skirts belong to it as far as they stand out of the noise of g.
    c, d = k0 - bounds[2], k1 - bounds[2]
    noise = 1 + 3 / np.sqrt(t1 - t0)
    while c > 0 and g[c - 1] > noise:
        c -= 1
    while d < g.shape[0] and g[d] > noise:
        d += 1
    total = 0.0
    for i in range(c, d):
        total += max(g[i] - 1, 0.0)
    if total <= 0:
        return False
    low, high, sofar = float(c), float(d), 0.0
    for i in range(c, d):
        now = max(g[i] - 1, 0.0)
        if sofar < 0.005 * total <= sofar + now:
            low = i + (0.005 * total - sofar) / now
        if sofar < 0.995 * total <= sofar + now:
            high = i + (0.995 * total - sofar) / now
        sofar += now
    out[2], out[3] = bounds[2] + low, bounds[2] + high
    out[4] = total * 0.99 / max(high - low, 0.3)
    out[5] = (t1 - t0) * (k1 - k0)
    out[6] = total * (t1 - t0)
    return True


@kernel
def room(boxes: Ints, count: int, i: int, pad_t: int, pad_k: int, frames: int, bins: int, out: Ints) -> None:
    """Fills out (4,) with how far box i may grow: by its pads, inside the grid, and not into another box."""
    b = boxes[i]
    out[0], out[1] = max(0, b[0] - pad_t), min(frames, b[1] + pad_t)
    out[2], out[3] = max(0, b[2] - pad_k), min(bins, b[3] + pad_k)
    for j in range(count):
        o = boxes[j]
        if j == i:
            continue
        if o[2] < b[3] and o[3] > b[2]:  # shares some band: bounds the time
            if o[1] <= b[0]:
                out[0] = max(out[0], o[1])
            elif o[0] >= b[1]:
                out[1] = min(out[1], o[0])
        if o[0] < b[1] and o[1] > b[0]:  # shares some time: bounds the band
            if o[3] <= b[2]:
                out[2] = max(out[2], o[3])
            elif o[2] >= b[3]:
                out[3] = min(out[3], o[2])


@kernel
def fit_all(grid: Floats, scale: Floats, boxes: Ints, count: int, out: Doubles, kept: Any) -> None:
    """`fit` for every box (count, 5), into out (count, 7); kept (count,) bool says which are left."""
    bounds = np.empty(4, np.int64)
    for i in range(count):
        b = boxes[i]
        room(boxes, count, i, 4 + (b[1] - b[0]) // 3, 3 + (b[3] - b[2]) // 3, grid.shape[0], grid.shape[1], bounds)
        kept[i] = fit(grid, scale, b, bounds, out[i])
