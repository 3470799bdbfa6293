"""The filter bank in one kernel: samples to weighted frames, their Fourier transform, and power, a frame at a time in the
first-level cache.

The transform is Stockham's (Swarztrauber 1984, doi:10.1016/S0167-8191(84)90413-7) with radix 4, real and imaginary parts in arrays
of their own, so that every loop is long and plain and the compiler makes vectors of it. Stockham's stores of 4 and of 16 values in a
row would be too short for that: the first passes store as in Pease's form (1968, doi:10.1145/321450.321457), and the digits that this
leaves in the wrong order are put right on the way out, when only power is left. Measured against scipy.fft by the benchmark.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel, lean

Floats = npt.NDArray[np.float32]


@lean
def filter_bank(
    samples: Any, offset: float, window: Floats, twiddles: Floats, early: int, grid: Floats, blocks: Floats, work: Floats
) -> None:
    """Fills grid (T, N) with the power of each frame of samples (2M,), and blocks (B, N) with the means over T // B (at least 8) frames.

    Frame r is the sum of two blocks of N samples from sample r N on, weighted by window (2, N); `offset` is subtracted first
    (127.5 for unsigned bytes). twiddles (P, 6, N / 4) and early (2 or 3) come from transform.plan; work (4, N) is scratch.
    """
    n, passes = grid.shape[1], twiddles.shape[0]
    per = max(1, min(8, grid.shape[0]))
    for b in range(blocks.shape[0]):
        for k in range(n):
            blocks[b, k] = 0
    for r in range(grid.shape[0]):
        a, b, stride = 0, 2, 1
        _fold(samples, 2 * r * n, np.float32(offset), window[0], window[1], work[0], work[1])
        for k in range(passes):
            if k < early:
                _early_pass(work[a], work[a + 1], twiddles[k], work[b], work[b + 1])
            else:
                _late_pass(work[a], work[a + 1], twiddles[k], stride, work[b], work[b + 1])
            a, b = b, a
            stride *= 4
        if 4 * stride == n:
            _last_four(work[a], work[a + 1], work[b])
        else:
            _last_two(work[a], work[a + 1], work[b])
        _in_order(work[b], early, grid[r])
        if r // per < blocks.shape[0]:
            _add(grid[r], blocks[r // per])
    for b in range(blocks.shape[0]):
        row = blocks[b]
        for k in range(n):
            row[k] *= np.float32(1.0 / per)


@lean
def _fold(samples: Any, first: int, zero: float, w: Floats, v: Floats, re: Floats, im: Floats) -> None:
    n = re.shape[0]
    older, newer = samples[first : first + 2 * n], samples[first + 2 * n : first + 4 * n]
    for j in range(n):
        re[j] = (np.float32(older[2 * j]) - zero) * w[j] + (np.float32(newer[2 * j]) - zero) * v[j]
        im[j] = (np.float32(older[2 * j + 1]) - zero) * w[j] + (np.float32(newer[2 * j + 1]) - zero) * v[j]


@lean
def _early_pass(re: Floats, im: Floats, turn: Floats, out_re: Floats, out_im: Floats) -> None:
    """Radix 4 over the quarters of (N,); the four results of each stand side by side. turn (6, N / 4): three complex factors."""
    m = re.shape[0] // 4
    a0, a1, a2, a3 = re[:m], re[m : 2 * m], re[2 * m : 3 * m], re[3 * m :]
    b0, b1, b2, b3 = im[:m], im[m : 2 * m], im[2 * m : 3 * m], im[3 * m :]
    c1, s1, c2, s2, c3, s3 = turn[0], turn[1], turn[2], turn[3], turn[4], turn[5]
    for p in range(m):
        tr, ti, ur, ui = a0[p] + a2[p], b0[p] + b2[p], a0[p] - a2[p], b0[p] - b2[p]
        vr, vi, wr, wi = a1[p] + a3[p], b1[p] + b3[p], a1[p] - a3[p], b1[p] - b3[p]
        xr, xi, yr, yi, zr, zi = ur + wi, ui - wr, tr - vr, ti - vi, ur - wi, ui + wr
        out_re[4 * p], out_im[4 * p] = tr + vr, ti + vi
        out_re[4 * p + 1], out_im[4 * p + 1] = xr * c1[p] - xi * s1[p], xr * s1[p] + xi * c1[p]
        out_re[4 * p + 2], out_im[4 * p + 2] = yr * c2[p] - yi * s2[p], yr * s2[p] + yi * c2[p]
        out_re[4 * p + 3], out_im[4 * p + 3] = zr * c3[p] - zi * s3[p], zr * s3[p] + zi * c3[p]


@lean
def _late_pass(re: Floats, im: Floats, turn: Floats, stride: int, out_re: Floats, out_im: Floats) -> None:
    """The same in Stockham's form: runs of `stride` (64 or more) values have the same factors and stay together."""
    quarter = re.shape[0] // 4
    for i in range(0, quarter, stride):
        j = i + stride
        a0, a1 = re[i:j], re[i + quarter : j + quarter]
        a2, a3 = re[i + 2 * quarter : j + 2 * quarter], re[i + 3 * quarter : j + 3 * quarter]
        b0, b1 = im[i:j], im[i + quarter : j + quarter]
        b2, b3 = im[i + 2 * quarter : j + 2 * quarter], im[i + 3 * quarter : j + 3 * quarter]
        to_re, to_im = out_re[4 * i : 4 * j], out_im[4 * i : 4 * j]
        r0, r1, r2, r3 = to_re[:stride], to_re[stride : 2 * stride], to_re[2 * stride : 3 * stride], to_re[3 * stride :]
        i0, i1, i2, i3 = to_im[:stride], to_im[stride : 2 * stride], to_im[2 * stride : 3 * stride], to_im[3 * stride :]
        c1, s1, c2, s2, c3, s3 = turn[0, i], turn[1, i], turn[2, i], turn[3, i], turn[4, i], turn[5, i]
        for q in range(stride):
            tr, ti, ur, ui = a0[q] + a2[q], b0[q] + b2[q], a0[q] - a2[q], b0[q] - b2[q]
            vr, vi, wr, wi = a1[q] + a3[q], b1[q] + b3[q], a1[q] - a3[q], b1[q] - b3[q]
            xr, xi, yr, yi, zr, zi = ur + wi, ui - wr, tr - vr, ti - vi, ur - wi, ui + wr
            r0[q], i0[q] = tr + vr, ti + vi
            r1[q], i1[q] = xr * c1 - xi * s1, xr * s1 + xi * c1
            r2[q], i2[q] = yr * c2 - yi * s2, yr * s2 + yi * c2
            r3[q], i3[q] = zr * c3 - zi * s3, zr * s3 + zi * c3


@lean
def _last_four(re: Floats, im: Floats, out: Floats) -> None:
    """The last pass, of radix 4, and its power."""
    m = re.shape[0] // 4
    a0, a1, a2, a3 = re[:m], re[m : 2 * m], re[2 * m : 3 * m], re[3 * m :]
    b0, b1, b2, b3 = im[:m], im[m : 2 * m], im[2 * m : 3 * m], im[3 * m :]
    o0, o1, o2, o3 = out[:m], out[m : 2 * m], out[2 * m : 3 * m], out[3 * m :]
    for q in range(m):
        tr, ti, ur, ui = a0[q] + a2[q], b0[q] + b2[q], a0[q] - a2[q], b0[q] - b2[q]
        vr, vi, wr, wi = a1[q] + a3[q], b1[q] + b3[q], a1[q] - a3[q], b1[q] - b3[q]
        o0[q] = (tr + vr) * (tr + vr) + (ti + vi) * (ti + vi)
        o1[q] = (ur + wi) * (ur + wi) + (ui - wr) * (ui - wr)
        o2[q] = (tr - vr) * (tr - vr) + (ti - vi) * (ti - vi)
        o3[q] = (ur - wi) * (ur - wi) + (ui + wr) * (ui + wr)


@lean
def _last_two(re: Floats, im: Floats, out: Floats) -> None:
    """The last pass, of radix 2, and its power."""
    m = re.shape[0] // 2
    a0, a1, b0, b1, o0, o1 = re[:m], re[m:], im[:m], im[m:], out[:m], out[m:]
    for q in range(m):
        xr, xi, yr, yi = a0[q] + a1[q], b0[q] + b1[q], a0[q] - a1[q], b0[q] - b1[q]
        o0[q] = xr * xr + xi * xi
        o1[q] = yr * yr + yi * yi


@lean
def _in_order(power: Floats, passes: int, out: Floats) -> None:
    """Turns round the three (two) digits of radix 4 that so many early passes have left in reverse in each stretch of 64 (16) values."""
    if passes == 2:
        for b in range(0, power.shape[0], 16):
            part, into = power[b : b + 16], out[b : b + 16]
            for a in range(4):
                for d in range(4):
                    into[4 * a + d] = part[4 * d + a]
        return
    for b in range(0, power.shape[0], 64):
        part, into = power[b : b + 64], out[b : b + 64]
        for c in range(4):
            for a in range(4):
                for d in range(4):
                    into[16 * a + 4 * c + d] = part[16 * d + 4 * c + a]


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
