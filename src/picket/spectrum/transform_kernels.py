"""The filter bank in one kernel: samples to weighted frames, their Fourier transform, and power, a frame at a time in the
first-level cache.

The transform is Stockham's (Swarztrauber 1984, doi:10.1016/S0167-8191(84)90413-7) with radix 4, real and imaginary parts in arrays
of their own, sixteen values at a time (picket.lanes_kernels). Stockham's passes leave runs of 4, 16, 64 ... results side by side. The first
two runs are no whole lanes, so the first two passes turn their results round in registers: after the first the four results of a point
stand side by side, after the second sixteen, and every run is whole lanes from then on. The first pass weights the samples as
it reads them. Fewer bins than FEW have too few points for that, and a first half of their own (narrow_kernels). Measured
against scipy.fft by the benchmark.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel, lean, piece
from picket.lanes_kernels import fetch, load, load_pairs, spread, store, turned_across, turned_within
from picket.spectrum.narrow_kernels import narrow_start

Floats = npt.NDArray[np.float32]

FEW = 256  # bins: 4 x 4 points, and each of them in sixteen lanes


@lean
def filter_bank(
    samples: Any, offset: float, window: Floats, twiddles: Floats, grid: Floats, blocks: Floats, work: Floats
) -> None:
    """Fills grid (T, N) with the power of each frame of samples (2M,), and blocks (B, N) with the means over T // B (at least 8) frames.

    Frame r is the sum of two blocks of N samples from sample r N on, weighted by window (2 N,); `offset` is subtracted first
    (127.5 for unsigned bytes). twiddles come from transform.plan; work (4, N) is scratch.
    """
    n, zero = grid.shape[1], np.float32(offset)
    per = max(1, min(8, grid.shape[0]))
    for b in range(blocks.shape[0]):
        for k in range(n):
            blocks[b, k] = 0
    for r in range(grid.shape[0]):
        _frame(samples, 2 * r * n, zero, window, twiddles, work, grid[r])
        if r // per < blocks.shape[0]:
            _add(grid[r], blocks[r // per])
    for b in range(blocks.shape[0]):
        row = blocks[b]
        for k in range(n):
            row[k] *= np.float32(1.0 / per)


@lean
def _frame(samples: Any, first: int, zero: float, window: Floats, twiddles: Floats, work: Floats, power: Floats) -> None:
    """The power (N,) of the frame whose samples begin at `first`."""
    n, a, b, stride = power.shape[0], 0, 2, 16
    m = n // 4
    if n < FEW:
        narrow_start(samples, first, zero, window, twiddles, work)
    else:
        _first_pass(samples, first, zero, window, twiddles, work[2], work[3])
        _second_pass(work[2], work[3], twiddles[6 * m :], work[0], work[1])
    at = 12 * m
    while 4 * stride < n:
        _late_pass(work[a], work[a + 1], twiddles[at:], stride, work[b], work[b + 1])
        at += 6 * (m // 16)
        stride *= 4
        a, b = b, a
    if 4 * stride == n:
        _last_four(work[a], work[a + 1], power)
    else:
        _last_two(work[a], work[a + 1], power)


@lean
def _first_pass(samples: Any, first: int, zero: float, window: Floats, turn: Floats, re: Floats, im: Floats) -> None:
    """Radix 4 over the quarters of a frame. turn (6, N / 4), flat: three complex factors.

    Of sixteen points p = 4 u + v those of one v stand together, by u, the four results of each side by side.
    """
    m = re.shape[0] // 4
    for p in range(0, m, 16):
        a = _weighted(samples, first, zero, window, p, m)
        b = _weighted(samples, first, zero, window, p + m, m)
        c = _weighted(samples, first, zero, window, p + 2 * m, m)
        d = _weighted(samples, first, zero, window, p + 3 * m, m)
        a, b, c, d = _four(a, b, c, d)
        b = _times(b, load(turn, p), load(turn, p + m))
        c = _times(c, load(turn, p + 2 * m), load(turn, p + 3 * m))
        d = _times(d, load(turn, p + 4 * m), load(turn, p + 5 * m))
        _put(re, 4 * p, 16, turned_within(a[0], b[0], c[0], d[0]))
        _put(im, 4 * p, 16, turned_within(a[1], b[1], c[1], d[1]))


@lean
def _second_pass(re: Floats, im: Floats, turn: Floats, out_re: Floats, out_im: Floats) -> None:
    """The next. Of its results the sixteen of one point of the first pass stand side by side, in order, the points likewise."""
    m = re.shape[0] // 4
    for p in range(0, m, 16):
        a, b, c, d = _four(_get(re, im, p), _get(re, im, p + m), _get(re, im, p + 2 * m), _get(re, im, p + 3 * m))
        b = _times(b, load(turn, p), load(turn, p + m))
        c = _times(c, load(turn, p + 2 * m), load(turn, p + 3 * m))
        d = _times(d, load(turn, p + 4 * m), load(turn, p + 5 * m))
        to = 4 * (p // 64) * 64 + p % 64  # the four lanes have one v; they are u = 0 ... 3
        _put(out_re, to, 64, turned_across(a[0], b[0], c[0], d[0]))
        _put(out_im, to, 64, turned_across(a[1], b[1], c[1], d[1]))


@lean
def _late_pass(re: Floats, im: Floats, turn: Floats, stride: int, out_re: Floats, out_im: Floats) -> None:
    """The same over runs of `stride` (16 or more) values, which have the same factors and stay together. turn (N / 64, 6), flat."""
    m = re.shape[0] // 4
    for p in range(0, m, 16):
        a, b, c, d = _four(_get(re, im, p), _get(re, im, p + m), _get(re, im, p + 2 * m), _get(re, im, p + 3 * m))
        k = 6 * (p // 16)
        b = _times(b, spread(turn[k]), spread(turn[k + 1]))
        c = _times(c, spread(turn[k + 2]), spread(turn[k + 3]))
        d = _times(d, spread(turn[k + 4]), spread(turn[k + 5]))
        to = 4 * p - 3 * (p % stride)
        _put(out_re, to, stride, (a[0], b[0], c[0], d[0]))
        _put(out_im, to, stride, (a[1], b[1], c[1], d[1]))


@lean
def _last_four(re: Floats, im: Floats, out: Floats) -> None:
    """The last pass, of radix 4, and its power."""
    m = re.shape[0] // 4
    for p in range(0, m, 16):
        a, b, c, d = _four(_get(re, im, p), _get(re, im, p + m), _get(re, im, p + 2 * m), _get(re, im, p + 3 * m))
        _put(out, p, m, (_power(a), _power(b), _power(c), _power(d)))


@lean
def _last_two(re: Floats, im: Floats, out: Floats) -> None:
    """The last pass, of radix 2, and its power."""
    m = re.shape[0] // 2
    for p in range(0, m, 16):
        a, b = _get(re, im, p), _get(re, im, p + m)
        store(out, p, _power((a[0] + b[0], a[1] + b[1])))
        store(out, p + m, _power((a[0] - b[0], a[1] - b[1])))


# -- complex lanes: pairs of a real and an imaginary part -------------------------------------------------------------------
@piece
def _weighted(samples: Any, first: int, zero: Any, window: Floats, p: int, m: int) -> Any:
    """Points p to p + 15 of a frame: two blocks of 4 m samples, weighted and added."""
    older, newer = load_pairs(samples, first + 2 * p), load_pairs(samples, first + 2 * p + 8 * m)
    fetch(samples, first + 2 * p + 16 * m)
    w, v, z = load(window, p), load(window, p + 4 * m), spread(zero)
    return (older[0] - z) * w + (newer[0] - z) * v, (older[1] - z) * w + (newer[1] - z) * v


@piece
def _four(a: Any, b: Any, c: Any, d: Any) -> Any:
    """The Fourier transform of four values."""
    tr, ti, ur, ui = a[0] + c[0], a[1] + c[1], a[0] - c[0], a[1] - c[1]
    vr, vi, wr, wi = b[0] + d[0], b[1] + d[1], b[0] - d[0], b[1] - d[1]
    return (tr + vr, ti + vi), (ur + wi, ui - wr), (tr - vr, ti - vi), (ur - wi, ui + wr)


@piece
def _times(x: Any, c: Any, s: Any) -> Any:
    return x[0] * c - x[1] * s, x[0] * s + x[1] * c


@piece
def _power(x: Any) -> Any:
    return x[0] * x[0] + x[1] * x[1]


@piece
def _get(re: Floats, im: Floats, at: int) -> Any:
    return load(re, at), load(im, at)


@piece
def _put(out: Floats, at: int, step: int, of: Any) -> None:
    """Stores four lanes, `step` values apart."""
    store(out, at, of[0])
    store(out, at + step, of[1])
    store(out, at + 2 * step, of[2])
    store(out, at + 3 * step, of[3])


@lean
def _add(row: Floats, into: Floats) -> None:
    for k in range(row.shape[0]):
        into[k] += row[k]


@kernel
def count_extremes(samples: Any, lowest: float, highest: float) -> int:
    """How many of samples (2M,) lie at or beyond the converter's ends."""
    n = 0
    for i in range(samples.shape[0]):
        n += (samples[i] <= lowest) | (samples[i] >= highest)
    return n
