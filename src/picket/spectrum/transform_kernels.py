"""Kernels around the transform: samples to weighted frames, transformed frames to power."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Floats = npt.NDArray[np.float32]


@kernel
def fold(samples: Any, first: int, offset: float, window: Floats, out: Floats) -> None:
    """Fills out (R, 2N): frame r is the sum of two weighted blocks of N samples (I and Q alternate), from sample first + r N on.

    samples (2M,) of any number type; window (2, 2N) holds each weight twice, for I and for Q; `offset` is subtracted first
    (127.5 for unsigned bytes).
    """
    two_n = out.shape[1]
    zero = np.float32(offset)
    for r in range(out.shape[0]):
        a = 2 * first + r * two_n
        older, newer, row = samples[a : a + two_n], samples[a + two_n : a + 2 * two_n], out[r]
        for j in range(two_n):
            row[j] = (np.float32(older[j]) - zero) * window[0, j] + (np.float32(newer[j]) - zero) * window[1, j]


@kernel
def power(spectra: Floats, out: Floats) -> None:
    """Fills out (R, N) with |X|^2 of spectra (R, 2N), real and imaginary parts alternating."""
    for r in range(out.shape[0]):
        row, into = spectra[r], out[r]
        for k in range(into.shape[0]):
            into[k] = row[2 * k] * row[2 * k] + row[2 * k + 1] * row[2 * k + 1]


@kernel
def block_means(grid: Floats, out: Floats) -> None:
    """Fills out (B, K) with the means of grid (T, K) over T // B rows each."""
    rows = grid.shape[0] // out.shape[0]
    scale = np.float32(1.0 / rows)
    for b in range(out.shape[0]):
        into = out[b]
        into[:] = grid[b * rows]
        for r in range(1, rows):
            row = grid[b * rows + r]
            for k in range(into.shape[0]):
                into[k] += row[k]
        for k in range(into.shape[0]):
            into[k] *= scale


@kernel
def count_extremes(samples: Any, lowest: float, highest: float) -> int:
    """How many of samples (2M,) lie at or beyond the converter's ends."""
    n = 0
    for i in range(samples.shape[0]):
        n += (samples[i] <= lowest) | (samples[i] >= highest)
    return n
