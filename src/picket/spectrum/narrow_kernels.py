"""The first half of the filter bank's transform where a frame has too few bins for lanes (transform_kernels): plain loops.

The first two passes store as in Pease's form (1968, doi:10.1145/321450.321457), the four results of each point side by side, so that
loops are long and become vectors. Sixteen values that belong together then lie as the columns of 4 x 4, and are turned round at the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import lean
from picket.lanes_kernels import load, store, turned

Floats = npt.NDArray[np.float32]


@lean
def narrow_start(samples: Any, first: int, zero: float, window: Floats, twiddles: Floats, work: Floats) -> None:
    """Fills work[0] and work[1] (N,) with real and imaginary parts of a frame that begins at `first`, after two passes of radix 4."""
    n = work.shape[1]
    m = n // 4
    _fold(samples, first, zero, window[:n], window[n:], work[0], work[1])
    _pass(work[0], work[1], twiddles[: 6 * m], work[2], work[3])
    _pass(work[2], work[3], twiddles[6 * m : 12 * m], work[0], work[1])
    for part in range(2):
        for p in range(0, n, 16):
            store(work[part], p, turned(load(work[part], p)))


@lean
def _fold(samples: Any, first: int, zero: float, w: Floats, v: Floats, re: Floats, im: Floats) -> None:
    n = re.shape[0]
    older, newer = samples[first : first + 2 * n], samples[first + 2 * n : first + 4 * n]
    for j in range(n):
        re[j] = (np.float32(older[2 * j]) - zero) * w[j] + (np.float32(newer[2 * j]) - zero) * v[j]
        im[j] = (np.float32(older[2 * j + 1]) - zero) * w[j] + (np.float32(newer[2 * j + 1]) - zero) * v[j]


@lean
def _pass(re: Floats, im: Floats, turn: Floats, out_re: Floats, out_im: Floats) -> None:
    """Radix 4 over the quarters of (N,). turn (6, N / 4), flat: three complex factors."""
    m = re.shape[0] // 4
    a0, a1, a2, a3 = re[:m], re[m : 2 * m], re[2 * m : 3 * m], re[3 * m :]
    b0, b1, b2, b3 = im[:m], im[m : 2 * m], im[2 * m : 3 * m], im[3 * m :]
    c1, s1, c2 = turn[:m], turn[m : 2 * m], turn[2 * m : 3 * m]
    s2, c3, s3 = turn[3 * m : 4 * m], turn[4 * m : 5 * m], turn[5 * m :]
    for p in range(m):
        tr, ti, ur, ui = a0[p] + a2[p], b0[p] + b2[p], a0[p] - a2[p], b0[p] - b2[p]
        vr, vi, wr, wi = a1[p] + a3[p], b1[p] + b3[p], a1[p] - a3[p], b1[p] - b3[p]
        xr, xi, yr, yi, zr, zi = ur + wi, ui - wr, tr - vr, ti - vi, ur - wi, ui + wr
        out_re[4 * p], out_im[4 * p] = tr + vr, ti + vi
        out_re[4 * p + 1], out_im[4 * p + 1] = xr * c1[p] - xi * s1[p], xr * s1[p] + xi * c1[p]
        out_re[4 * p + 2], out_im[4 * p + 2] = yr * c2[p] - yi * s2[p], yr * s2[p] + yi * c2[p]
        out_re[4 * p + 3], out_im[4 * p + 3] = zr * c3[p] - zi * s3[p], zr * s3[p] + zi * c3[p]
