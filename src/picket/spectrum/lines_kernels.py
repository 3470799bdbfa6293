"""The first half of one long transform: FRAMES frames of N samples transformed down each column, sixteen columns at a time.

A transform of F N points is N transforms of F, a turn of each result, and F transforms of N (Gentleman and Sande 1966,
doi:10.1145/1464291.1464352). The second half is the filter bank's own (a window of one frame), so that the lines of all bins come out
as a grid: frame k of bin b is the k-th line of that bin. Passes are Stockham's, as in transform_kernels; sixteen columns of all frames
stay in the second-level cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import lean, piece
from picket.lanes_kernels import larger, load, load_pairs, spread, store, store_pairs

Floats = npt.NDArray[np.float32]

FRAMES = 512  # 2 x 4^4
_LANES, _QUARTER, _HALF = 16, FRAMES // 4, FRAMES // 2


@lean
def columns(samples: Any, first: int, offset: float, turns: Floats, steps: Floats, work: Floats, out: Floats) -> None:
    """Fills out (2 F N + 2 N,), interleaved, with the transformed and turned columns of F frames of interleaved samples (2M,) from number
    `first` on, less `offset`. turns, steps: `lines._column_plan`. work (8, 16 F) is scratch. N = len(out) / 2 - F N, a multiple of 32.
    """
    bins, zero = out.shape[0] // (2 * FRAMES + 2), spread(np.float32(offset))
    for c in range(0, bins, 2 * _LANES):  # two at a time, side by side in memory: each row is another page of it
        _first_pass(samples, 2 * (first + c), 2 * bins, zero, turns, work)
        for k in (0, 4):
            _pass(work[k], work[k + 1], turns[6 * 128 :], 4, work[k + 2], work[k + 3])
            _pass(work[k + 2], work[k + 3], turns[6 * 160 :], 16, work[k], work[k + 1])
            _pass(work[k], work[k + 1], turns[6 * 168 :], 64, work[k + 2], work[k + 3])
        _last_pass(work, steps, c, bins, out)


@lean
def _first_pass(samples: Any, first: int, row: int, zero: Any, turns: Floats, work: Floats) -> None:
    for p in range(_QUARTER):
        for k in range(2):
            at = first + 2 * _LANES * k + p * row
            a, b = _sample(samples, at, zero), _sample(samples, at + _QUARTER * row, zero)
            c, d = _sample(samples, at + 2 * _QUARTER * row, zero), _sample(samples, at + 3 * _QUARTER * row, zero)
            _put(work[4 * k], work[4 * k + 1], 4 * p, 1, a, b, c, d, turns, 6 * p)


@lean
def _pass(re: Floats, im: Floats, turns: Floats, stride: int, out_re: Floats, out_im: Floats) -> None:
    for p in range(_QUARTER // stride):
        for q in range(stride):
            at = q + stride * p
            a, b = _get(re, im, at), _get(re, im, at + _QUARTER)
            c, d = _get(re, im, at + 2 * _QUARTER), _get(re, im, at + 3 * _QUARTER)
            _put(out_re, out_im, q + 4 * stride * p, stride, a, b, c, d, turns, 6 * p)


@lean
def _last_pass(work: Floats, steps: Floats, column: int, bins: int, out: Floats) -> None:
    """Radix 2, and each result of line k of column n turned by k n parts of a whole turn."""
    one, none = spread(np.float32(1)), spread(np.float32(0))
    turn, other = (one, none), (one, none)
    for q in range(_HALF):
        turn = _lines(work[2], work[3], q, steps, column, bins, turn, out)
        other = _lines(work[6], work[7], q, steps, column + _LANES, bins, other, out)


@piece
def _lines(re: Floats, im: Floats, q: int, steps: Floats, column: int, bins: int, turn: Any, out: Floats) -> Any:
    """Writes lines q and q + _HALF of sixteen columns; the turn of the next one."""
    step = load(steps, column), load(steps, bins + column)
    far = load(steps, 2 * bins + column), load(steps, 3 * bins + column)
    a, b = _get(re, im, q), _get(re, im, q + _HALF)
    x = _times((a[0] + b[0], a[1] + b[1]), turn)
    y = _times(_times((a[0] - b[0], a[1] - b[1]), turn), far)
    store_pairs(out, 2 * (q * bins + column), x[0], x[1])
    store_pairs(out, 2 * ((q + _HALF) * bins + column), y[0], y[1])
    return _times(turn, step)


@lean
def add_lines(power: Floats, scale: Floats, total: Floats) -> None:
    """Adds power (F N,) times scale (N,) to total (F N,)."""
    bins = scale.shape[0]
    for row in range(0, power.shape[0], bins):
        for c in range(0, bins, _LANES):
            store(total, row + c, load(total, row + c) + load(power, row + c) * load(scale, c))


@lean
def best_sums(total: Floats, two: Floats, four: Floats) -> None:
    """Fills two and four (N,) with the largest sum of so many lines of total (F N,) that lie side by side in each bin."""
    bins = two.shape[0]
    for c in range(0, bins, _LANES):
        most_two = most_four = spread(np.float32(0))
        b, last, older = load(total, c), spread(np.float32(0)), spread(np.float32(0))
        for at in range(c + bins, total.shape[0], bins):
            a, b = b, load(total, at)
            newer = a + b
            most_two, most_four = larger(newer, most_two), larger(newer + older, most_four)
            last, older = newer, last
        store(two, c, most_two)
        store(four, c, most_four)


# -- sixteen complex values: a pair of lanes --------------------------------------------------------------------------------
@piece
def _sample(samples: Any, at: int, zero: Any) -> Any:
    x = load_pairs(samples, at)
    return x[0] - zero, x[1] - zero


@piece
def _times(x: Any, y: Any) -> Any:
    return x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]


@piece
def _get(re: Floats, im: Floats, at: int) -> Any:
    return load(re, 16 * at), load(im, 16 * at)


@piece
def _put(re: Floats, im: Floats, at: int, stride: int, a: Any, b: Any, c: Any, d: Any, turns: Floats, k: int) -> None:
    """The Fourier transform of four values, all but the first turned, `stride` values apart."""
    tr, ti, ur, ui = a[0] + c[0], a[1] + c[1], a[0] - c[0], a[1] - c[1]
    vr, vi, wr, wi = b[0] + d[0], b[1] + d[1], b[0] - d[0], b[1] - d[1]
    x = _times((ur + wi, ui - wr), (spread(turns[k]), spread(turns[k + 1])))
    y = _times((tr - vr, ti - vi), (spread(turns[k + 2]), spread(turns[k + 3])))
    z = _times((ur - wi, ui + wr), (spread(turns[k + 4]), spread(turns[k + 5])))
    store(re, 16 * at, tr + vr)
    store(im, 16 * at, ti + vi)
    store(re, 16 * (at + stride), x[0])
    store(im, 16 * (at + stride), x[1])
    store(re, 16 * (at + 2 * stride), y[0])
    store(im, 16 * (at + 2 * stride), y[1])
    store(re, 16 * (at + 3 * stride), z[0])
    store(im, 16 * (at + 3 * stride), z[1])
