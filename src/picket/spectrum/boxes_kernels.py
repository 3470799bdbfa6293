"""Marked cells -> pieces -> boxes, and the box that fits a burst best.

Runs of marked cells are linked from row to row where they overlap and are of a like width: a carrier that crosses a wide burst
stays a carrier. Pieces that follow each other without a pause in the same or adjoining band are one burst (a chirp falls apart
into slanted lines, a weak burst into patches).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel, lean
from picket.sets_kernels import root

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LIKE = 3  # a run of at most LINE bins links only with one that is at most so many times wider ...
NARROW = 8  # ... or at most so many bins wide
LINE = 4  # a piece at most so wide (bins) ...
GAP_NATS = 25.0
VARIANCE = 1.18  # picket.spectrum.transform.VARIANCE_FACTOR
WEAK = 1.4  # signal to noise up to which a box may be off by much, and what is in it is not clear at once
CHANGE_NATS = 5.0  # evidence that a signal begins or ends; less is scatter
LONG = 40  # ... and at least so long (rows) is a carrier, and joins only its own kind


@kernel
def pieces(found: Ints, boxes: Ints) -> int:
    """Links runs (M, 3: row, first, last + 1; by row) into pieces: fills boxes (M, 5) with row0, row1, first, last + 1, cells;
    returns how many.
    """
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
            if min(wide, other) > LINE or max(wide, other) <= max(NARROW, LIKE * min(wide, other)):
                parent[root(parent, i)] = root(parent, j)
    number, count = np.full(n, -1), 0
    for i in range(n):
        r = root(parent, i)
        if number[r] < 0:
            number[r] = count
            boxes[count, 0], boxes[count, 1], boxes[count, 2], boxes[count, 3] = (
                found[i, 0],
                found[i, 0] + 1,
                found[i, 1],
                found[i, 2],
            )
            boxes[count, 4] = 0
            count += 1
        b = number[r]
        boxes[b, 0] = min(boxes[b, 0], found[i, 0])
        boxes[b, 1] = max(boxes[b, 1], found[i, 0] + 1)
        boxes[b, 2] = min(boxes[b, 2], found[i, 1])
        boxes[b, 3] = max(boxes[b, 3], found[i, 2])
        boxes[b, 4] += found[i, 2] - found[i, 1]
    return count


@lean
def _is_line(b: Ints) -> bool:
    return bool(b[3] - b[2] <= LINE and b[1] - b[0] >= LONG)


@lean
def _joins(a: Ints, b: Ints, pause: int, gap: int) -> bool:
    """Whether two pieces are parts of one burst. a, b: row0, row1, first, last + 1, cells."""
    apart = max(a[0], b[0]) - min(a[1], b[1])  # rows between them; negative: they overlap
    beside = max(a[2], b[2]) - min(a[3], b[3])
    if apart > pause or beside > gap:
        return False
    wide_a, wide_b = a[3] - a[2], b[3] - b[2]
    long_a, long_b = a[1] - a[0], b[1] - b[0]
    if _is_line(a) != _is_line(b):
        line, other = (wide_a, wide_b) if _is_line(a) else (wide_b, wide_a)
        return bool(-beside >= 0.7 * line and -apart >= 0.7 * (long_a if _is_line(a) else long_b) and other > line)
    if _is_line(a):
        return bool(beside <= 1)
    if -apart >= 0.7 * min(long_a, long_b):
        if -beside >= 0.7 * min(wide_a, wide_b):
            return True  # one lies in the other
        alike = -apart >= 0.6 * max(long_a, long_b) or min(long_a, long_b) < 4 or max(wide_a, wide_b) <= 32
        return bool(beside <= 1 and alike)  # close beside it
    if min(long_a, long_b) >= 4 and min(wide_a, wide_b) >= 4 and max(wide_a, wide_b) > 32:
        return bool(-beside >= 0.6 * max(wide_a, wide_b))  # one after the other: one burst only in the same band
    return True


@lean
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
                    for k in range(boxes.shape[1]):
                        boxes[j, k] = boxes[count, k]
                    changed = True
                else:
                    j += 1
            i += 1
    return count


@lean
def _best_run(profile: Doubles, s: float, cells: float, slack: int) -> tuple[int, int]:
    """The stretch of a profile (means of so many cells each) that is likeliest at 1 + s: first, last + 1.

    A running sum of log-likelihood ratios (Page 1954, doi:10.1093/biomet/41.1-2.100): a stretch ends when the sum has
    fallen by GAP_NATS from its peak for more than `slack` values.
    """
    limit, weight = _edge_limit(s), cells / VARIANCE * s / (1 + s)
    best, first, last = -1.0, 0, 0
    total, start, peak, at = 0.0, 0, -1.0, 0
    for i in range(profile.shape[0]):
        total += (profile[i] - limit) * weight
        if total > peak:
            peak, at = total, i + 1
            if peak > best:
                best, first, last = peak, start, at
        if total <= 0 or (peak - total > GAP_NATS and i + 1 - at > slack):
            total, start, peak = 0.0, i + 1, -1.0
    return first, last


@lean
def _edge_limit(s: float) -> float:
    """For exponential cells of mean 1 outside and 1 + s inside the log-likelihood ratio is -ln(1 + s) + x s / (1 + s): zero at this x."""
    return float((1 + s) * np.log1p(s) / s)


@kernel
def stretches(profile: Doubles, s: float, cells: float, cost: float) -> npt.NDArray[np.bool_]:
    """Where a profile (means of so many cells of noise 1 each) is at 1 + s and where at 1, (T,).

    The likeliest course of on and off when each change costs so many nats (Viterbi 1967, doi:10.1109/TIT.1967.1054010, two states).
    """
    n = profile.shape[0]
    limit, weight = _edge_limit(s), cells / VARIANCE * s / (1 + s)
    came_off, came_on = np.empty(n, np.bool_), np.empty(n, np.bool_)  # was it on before, when it is off (on) now?
    off, on = 0.0, 0.0
    for i in range(n):
        came_off[i], came_on[i] = on - cost > off, on >= off - cost
        gain = max((profile[i] - limit) * weight, -cost / 2)  # a gap of three frames is none, however empty
        off, on = max(off, on - cost), max(on, off - cost) + gain
    state, out = on > off, np.empty(n, np.bool_)
    for i in range(n - 1, -1, -1):
        out[i] = state
        state = came_on[i] if state else came_off[i]
    return out


@kernel
def over_time(grid: Floats, scale: Floats, t0: int, t1: int, k0: int, k1: int) -> Doubles:
    """Mean of grid (T, K) times scale (K,) over bins k0 to k1, of each frame from t0 to t1."""
    out = np.empty(t1 - t0)
    _sums_over_time(grid, scale, t0, t1, k0, k1, out)
    for i in range(t1 - t0):
        out[i] /= k1 - k0
    return out


@lean
def _sums_over_time(grid: Floats, scale: Floats, t0: int, t1: int, k0: int, k1: int, out: Doubles) -> None:
    """Four sums a frame and two frames at a time, so that no addition waits for the one before."""
    even, odd = k0 + (k1 - k0) // 4 * 4, (t1 - t0) % 2
    for t in range(t0, t1 - odd, 2):
        row, other = grid[t], grid[t + 1]
        a = b = c = d = e = f = g = h = np.float32(0)
        for k in range(k0, even, 4):
            a += row[k] * scale[k]
            b += row[k + 1] * scale[k + 1]
            c += row[k + 2] * scale[k + 2]
            d += row[k + 3] * scale[k + 3]
            e += other[k] * scale[k]
            f += other[k + 1] * scale[k + 1]
            g += other[k + 2] * scale[k + 2]
            h += other[k + 3] * scale[k + 3]
        for k in range(even, k1):
            a += row[k] * scale[k]
            e += other[k] * scale[k]
        out[t - t0], out[t + 1 - t0] = a + b + c + d, e + f + g + h
    if odd:
        row = grid[t1 - 1]
        a = b = c = d = np.float32(0)
        for k in range(k0, even, 4):
            a += row[k] * scale[k]
            b += row[k + 1] * scale[k + 1]
            c += row[k + 2] * scale[k + 2]
            d += row[k + 3] * scale[k + 3]
        for k in range(even, k1):
            a += row[k] * scale[k]
        out[t1 - 1 - t0] = a + b + c + d


@kernel
def _over_frequency(grid: Floats, scale: Floats, t0: int, t1: int, k0: int, k1: int) -> Doubles:
    out = np.zeros(k1 - k0)
    _sums_over_frequency(grid, t0, t1, k0, k1, out)
    for k in range(k0, k1):
        out[k - k0] *= scale[k] / (t1 - t0)
    return out


@lean
def _sums_over_frequency(grid: Floats, t0: int, t1: int, k0: int, k1: int, out: Doubles) -> None:
    """Adds to out (k1 - k0,), four frames at a time: the sums are stored a quarter as often."""
    fours = t0 + (t1 - t0) // 4 * 4
    for t in range(t0, fours, 4):
        a, b, c, d = grid[t, k0:k1], grid[t + 1, k0:k1], grid[t + 2, k0:k1], grid[t + 3, k0:k1]
        for k in range(out.shape[0]):
            out[k] = (((out[k] + a[k]) + b[k]) + c[k]) + d[k]
    for t in range(fours, t1):
        row = grid[t, k0:k1]
        for k in range(out.shape[0]):
            out[k] += row[k]


@lean
def _crossing(profile: Doubles, i: int, step: int, limit: float) -> float:
    """Where, between sample i (inside) and its neighbour outside, the profile crosses limit: 0 at the sample ..

    1 at the neighbour; .5 at an end.
    """
    j = i + step
    if j < 0 or j >= profile.shape[0]:
        return 0.5
    inside, outside = profile[i], profile[j]
    if inside <= limit or outside >= inside:
        return 0.5
    return float(min(max((inside - limit) / (inside - outside), 0.0), 1.0))


@kernel
def fit(grid: Floats, scale: Floats, box: Ints, bounds: Ints, out: Doubles, trust: float, far: float, least: float) -> bool:
    """The rectangle of the greatest likelihood near a box, by turns over time and over frequency.

    box: t0, t1, k0, k1; bounds (6,): the same, how far it may grow, and k0, k1 of its skirts. Fills out (9,): t0, t1 in frames
    and k0, k1 in bins (fractions, edges), signal to noise over the 99 % bandwidth, cells, the sum of power over noise, and the
    bins that its skirts reach. False when nothing is left.

    Edges in time are where the profile crosses half of the level. trust: share of the measured level that is believed (the level of a
    weak box, found where noise helped it, is too high, and a box that expects too much does not grow). It must stand
    out by `far` sigma and by the share `least` of the floor.
    """
    t0, t1, k0, k1 = box[0], box[1], box[2], box[3]
    p, g = over_time(grid, scale, bounds[0], bounds[1], k0, k1), np.empty(0)
    for _ in range(3):
        before = (t0, t1, k0, k1)
        s = p[t0 - bounds[0] : t1 - bounds[0]].mean() - 1
        if s <= 0:
            return False
        a, b = _best_run(p, trust * s, k1 - k0, 3)
        if b <= a:
            return False
        t0, t1 = bounds[0] + a, bounds[0] + b
        if g.shape[0] == 0 or t0 != before[0] or t1 != before[1]:
            g = _over_frequency(grid, scale, t0, t1, bounds[2], bounds[3])
        s = g[k0 - bounds[2] : k1 - bounds[2]].mean() - 1
        if s <= 0:
            return False
        c, d = _best_run(g, trust * s, t1 - t0, max(6, (k1 - k0) // 4))
        if d <= c:
            return False
        k0, k1 = bounds[2] + c, bounds[2] + d
        if k0 != before[2] or k1 != before[3]:
            p = over_time(grid, scale, bounds[0], bounds[1], k0, k1)
        elif t0 == before[0] and t1 == before[1]:
            break
    a, b = t0 - bounds[0], t1 - bounds[0]
    limit_t = 1 + (p[a:b].mean() - 1) / 2
    while b - a > 1 and p[a] <= limit_t and a > 0:
        a += 1
    while b - a > 1 and p[b - 1] <= limit_t and b < p.shape[0]:
        b -= 1
    t0, t1 = bounds[0] + a, bounds[0] + b
    out[0] = t0 + 0.5 - _crossing(p, a, -1, limit_t) if a else t0
    out[1] = t1 - 0.5 + _crossing(p, b - 1, 1, limit_t) if b < p.shape[0] else t1
    # The skirts belong to it as far as the mean of three bins stands out of the noise.
    g = _over_frequency(grid, scale, t0, t1, bounds[4], bounds[5])
    c, d = k0 - bounds[4], k1 - bounds[4]
    noise = 3 * (1 + 2.2 / np.sqrt(t1 - t0))
    while c >= 3 and g[c - 1] + g[c - 2] + g[c - 3] > noise:
        c -= 1
    while d + 3 <= g.shape[0] and g[d] + g[d + 1] + g[d + 2] > noise:
        d += 1
    total, energy = (
        0.0,
        0.0,
    )  # of the bins over the floor, for the edges; of all, for the level: noise alone has much of the former
    for i in range(c, d):
        total += max(g[i] - 1, 0.0)
        energy += g[i] - 1
    if energy <= 0:
        return False
    low, high, sofar = float(c), float(d), 0.0
    for i in range(c, d):
        now = max(g[i] - 1, 0.0)
        if sofar < 0.005 * total <= sofar + now:
            low = i + (0.005 * total - sofar) / now
        if sofar < 0.995 * total <= sofar + now:
            high = i + (0.995 * total - sofar) / now
        sofar += now
    out[2], out[3] = bounds[4] + low, bounds[4] + high
    out[4] = energy * 0.99 / max(high - low, 0.3)
    out[5] = (t1 - t0) * (k1 - k0)
    out[6] = energy * (t1 - t0)
    out[7], out[8] = bounds[4] + c, bounds[4] + d
    n = (t1 - t0) * (d - c) / VARIANCE
    over = (1 - 1 / (9 * n) + far / (3 * np.sqrt(n))) ** 3 - 1  # Wilson and Hilferty's Gamma quantile
    return bool(energy / (d - c) > max(over, least))


@lean
def room(boxes: Ints, count: int, i: int, pad_t: int, pad_k: int, frames: int, bins: int, out: Ints) -> None:
    """Fills out (6,) with how far box i may grow: by its pads, inside the grid, and not into another box."""
    b = boxes[i]
    out[0], out[1] = max(0, b[0] - pad_t), min(frames, b[1] + pad_t)
    out[4], out[5] = max(0, b[2] - 4 * pad_k), min(bins, b[3] + 4 * pad_k)
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
                out[4] = max(out[4], o[3])
            elif o[2] >= b[3]:
                out[5] = min(out[5], o[2])
    out[2], out[3] = max(out[4], b[2] - pad_k), min(out[5], b[3] + pad_k)


@kernel
def fit_all(grid: Floats, scale: Floats, boxes: Ints, count: int, out: Doubles, kept: Any, far: float, least: float) -> int:
    """`fit` for every box of boxes (M, 5), of which `count` are filled, into out (M, 9); kept (M,) bool says which are left.

    A weak one is fitted again with more room, and taken apart where it pauses. What did not stand out is tried once more (a faint burst's
    pieces stand in each other's way). What a fitted box leaves of its box on either side
    is fitted as well, while there is room for it. Returns how many there are then.
    """
    bounds, now, again = np.empty(6, np.int64), np.empty(5, np.int64), np.empty(out.shape[1])
    first, i = count, 0
    while i < count:
        if i == first:
            count = _once_more(grid, scale, boxes, count, first, out, kept, far, least)
        b, f = boxes[i], out[i]
        room(boxes, count, i, 4 + (b[1] - b[0]) // 3, 3 + (b[3] - b[2]) // 3, grid.shape[0], grid.shape[1], bounds)
        if i >= first:  # a remainder may not grow back
            bounds[:4] = b[:4]
            bounds[4], bounds[5] = b[2], b[3]
        kept[i] = fit(grid, scale, b, bounds, f, 1.0, far, least)
        if kept[i] and f[4] < WEAK and i < first:
            now[0], now[1], now[2], now[3] = int(f[0]), int(np.ceil(f[1])), int(f[2]), int(np.ceil(f[3]))
            room(boxes, count, i, 48 + (b[1] - b[0]) // 3, 8 + (b[3] - b[2]) // 2, grid.shape[0], grid.shape[1], bounds)
            for e in range(0, 4, 2):
                now[e] = min(max(now[e], bounds[e]), bounds[e + 1] - 1)
                now[e + 1] = max(min(now[e + 1], bounds[e + 1]), now[e] + 1)
            if fit(grid, scale, now, bounds, again, 0.7, far, least) and again[6] > f[6]:
                f[:] = again
        if kept[i] and f[4] < WEAK:
            parts = _taken_apart(grid, scale, f, boxes, count)
            if parts > count:
                kept[i], count = False, parts
        if kept[i]:
            count = _remainder(boxes, count, b[0], int(f[0]) - 2, b[2], b[3])  # a frame holds half of the next one's samples
            count = _remainder(boxes, count, int(np.ceil(f[1])) + 2, b[1], b[2], b[3])
            count = _remainder(boxes, count, int(f[0]), int(np.ceil(f[1])), b[2], int(f[7]) - 1)
            count = _remainder(boxes, count, int(f[0]), int(np.ceil(f[1])), int(f[8]) + 1, b[3])
        elif b[1] - b[0] >= 24:  # several signals that do not fit into one rectangle: look at its halves
            half = (b[0] + b[1]) // 2
            count = _remainder(boxes, count, b[0], half, b[2], b[3])
            count = _remainder(boxes, count, half, b[1], b[2], b[3])
        i += 1
    return count


@kernel
def _once_more(
    grid: Floats, scale: Floats, boxes: Ints, count: int, first: int, out: Doubles, kept: Any, far: float, least: float
) -> int:
    """Fits those of the `first` boxes that did not stand out, from where they are densest and with all the room that fitted ones leave.

    Returns how many boxes there are then (parts of it are appended).
    """
    bounds, now = np.empty(6, np.int64), np.empty(5, np.int64)
    for i in range(first):
        if kept[i]:
            continue
        b = boxes[i]
        _densest(grid, scale, b, now)
        pad_t, pad_k = 48 + (b[1] - b[0]), 8 + (b[3] - b[2]) // 2
        bounds[0], bounds[1] = max(0, now[0] - pad_t), min(grid.shape[0], now[1] + pad_t)
        bounds[4], bounds[5] = max(0, now[2] - 4 * pad_k), min(grid.shape[1], now[3] + 4 * pad_k)
        free = True
        for j in range(first):
            if kept[j]:
                free = free and _make_room(out[j], now, bounds)
        if not free:
            continue
        bounds[2], bounds[3] = max(bounds[4], now[2] - pad_k), min(bounds[5], now[3] + pad_k)
        kept[i] = fit(grid, scale, now, bounds, out[i], 0.7, far, least)
        if kept[i]:
            parts = _taken_apart(grid, scale, out[i], boxes, count)
            if parts > count:
                kept[i], count = False, parts
    return count


@lean
def _make_room(o: Doubles, now: Ints, bounds: Ints) -> bool:
    """Takes what fitted box o (9,) covers out of bounds; False where it covers part of the box itself."""
    t0, t1, k0, k1 = int(o[0]), int(np.ceil(o[1])), int(o[2]), int(np.ceil(o[3]))
    in_band, in_time = k0 < now[3] and k1 > now[2], t0 < now[1] and t1 > now[0]
    if in_band and in_time:
        return False
    if in_band:
        if t1 <= now[0]:
            bounds[0] = max(bounds[0], t1)
        else:
            bounds[1] = min(bounds[1], t0)
    elif in_time:
        if k1 <= now[2]:
            bounds[4] = max(bounds[4], k1)
        else:
            bounds[5] = min(bounds[5], k0)
    return True


@kernel
def _densest(grid: Floats, scale: Floats, b: Ints, now: Ints) -> None:
    """Fills now (5,) with b, or with that part of its band, down to a sixteenth, that stands out most."""
    now[:] = b
    g = _over_frequency(grid, scale, b[0], b[1], b[2], b[3])
    total = np.zeros(g.shape[0] + 1)
    for k in range(g.shape[0]):
        total[k + 1] = total[k] + g[k] - 1
    best, width = 0.0, g.shape[0]
    while width >= max(4, g.shape[0] // 16):
        for k in range(0, g.shape[0] - width + 1, max(1, width // 4)):
            far = (total[k + width] - total[k]) / np.sqrt(width)
            if far > best:
                best, now[2], now[3] = far, b[2] + k, b[2] + k + width
        width //= 2


@kernel
def _taken_apart(grid: Floats, scale: Floats, f: Doubles, boxes: Ints, count: int) -> int:
    """Appends the stretches in which fitted box f (9,) is on, where there are several; returns how many boxes there are then."""
    t0, t1, k0, k1 = int(f[0]), int(np.ceil(f[1])), int(f[2]), int(np.ceil(f[3]))
    if t1 - t0 < 16:
        return count
    profile = over_time(grid, scale, t0, t1, k0, k1)
    on = stretches(profile, max(1.7 * (profile.mean() - 1), 0.01), k1 - k0, CHANGE_NATS)  # the mean has the pauses in it
    level, n = 0.0, 0
    for i in range(on.shape[0]):
        if on[i]:
            level += profile[i] - 1
            n += 1
    if n == 0 or n == on.shape[0]:
        return count
    on = stretches(profile, max(level / n, 0.01), k1 - k0, CHANGE_NATS)
    pieces_ = int(on[0])
    for i in range(1, on.shape[0]):
        pieces_ += on[i] and not on[i - 1]
    if pieces_ < 2:
        return count
    start = -1
    for i in range(on.shape[0] + 1):
        now = i < on.shape[0] and on[i]
        if now and start < 0:
            start = i
        elif not now and start >= 0:
            count = _remainder(boxes, count, t0 + start, t0 + i, k0, k1)
            start = -1
    return count


@kernel
def mend(grid: Floats, scale: Floats, fitted: Doubles, kept: Any, far: float, least: float) -> None:
    """Joins weak fitted boxes (M, 9) in one band that follow each other when nothing between them says that the signal paused."""
    box, bounds, out = np.empty(5, np.int64), np.empty(6, np.int64), np.empty(fitted.shape[1])
    order = np.argsort(fitted[:, 0])
    for x in range(order.shape[0]):
        i = order[x]
        if not kept[i]:
            continue
        for y in range(x + 1, order.shape[0]):
            j, a = order[y], fitted[i]
            b = fitted[j]
            shared, wide = min(a[3], b[3]) - max(a[2], b[2]), max(a[3] - a[2], b[3] - b[2])
            if not kept[j] or shared < 0.6 * wide:
                if b[0] - a[1] > a[1] - a[0]:
                    break
                continue
            if b[0] - a[1] > min(a[1] - a[0], b[1] - b[0]):
                break  # what comes after it in this band is its to join
            if max(a[4], b[4]) > 2 * WEAK or b[0] < a[1] - 0.5 * (b[1] - b[0]):
                continue
            box[0], box[1], box[2], box[3] = int(a[0]), int(np.ceil(b[1])), int(min(a[2], b[2])), int(np.ceil(max(a[3], b[3])))
            if not _unbroken(
                grid, scale, int(a[1]), int(np.ceil(b[0])), int(max(a[2], b[2])), int(min(a[3], b[3])), min(a[4], b[4])
            ):
                continue
            bounds[:4] = box[:4]
            bounds[4], bounds[5] = box[2], box[3]
            if fit(grid, scale, box, bounds, out, 1.0, far, least) and out[6] > max(a[6], b[6]):
                fitted[i] = out
                kept[j] = False


@kernel
def _unbroken(grid: Floats, scale: Floats, t0: int, t1: int, k0: int, k1: int, s: float) -> bool:
    """Whether the frames from t0 to t1 do not speak for a pause of a signal of 1 + s."""
    if t1 - t0 < 1 or k1 <= k0:
        return True
    profile = over_time(grid, scale, t0, t1, k0, k1)
    return bool((profile.mean() - _edge_limit(s)) * (t1 - t0) * (k1 - k0) / VARIANCE * s / (1 + s) > -2.0)


@lean
def _remainder(boxes: Ints, count: int, t0: int, t1: int, k0: int, k1: int) -> int:
    """Appends a box where it is worth a look; returns how many there are then."""
    if t1 - t0 < 6 or k1 - k0 < 1 or (t1 - t0) * (k1 - k0) < 32 or count >= boxes.shape[0]:
        return count
    boxes[count, 0], boxes[count, 1], boxes[count, 2], boxes[count, 3], boxes[count, 4] = t0, t1, k0, k1, 0
    return count + 1


@lean
def drop_doubles(fitted: Doubles, kept: Any) -> None:
    """Drops fitted boxes (M, 9) that lie mostly in a stronger one, unless their density is four times its."""
    n = fitted.shape[0]
    for i in range(n):
        a = fitted[i]
        for j in range(n):
            b = fitted[j]
            if i == j or not kept[i] or not kept[j] or b[6] < a[6] or (b[6] == a[6] and j > i):
                continue
            shared = min(a[1], b[1]) - max(a[0], b[0])
            band = min(a[3], b[3]) - max(a[2], b[2])
            if shared > 0 and band > 0 and shared * band > 0.6 * (a[1] - a[0]) * (a[3] - a[2]) and a[4] < 4 * b[4]:
                kept[i] = False
