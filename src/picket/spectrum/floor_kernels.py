"""Kernels of the noise floor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from picket._jit import kernel, lean

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


@lean
def trimmed_means(blocks: Floats, limit: Floats, quiet: npt.NDArray[np.bool_], mean: Floats, count: Floats) -> None:
    """Fills mean and count (K,) from those of blocks (B, K) that are under limit (K,) while their group of bins is quiet (B, G)."""
    for k in range(mean.shape[0]):
        mean[k] = count[k] = 0
    group = mean.shape[0] // quiet.shape[1]
    for b in range(blocks.shape[0]):
        first, groups = 0, quiet.shape[1]
        while first < groups:  # stretches of quiet groups at once
            last = first
            while last < groups and quiet[b, last]:
                last += 1
            if last > first:
                i, j = first * group, last * group
                _add_under(blocks[b, i:j], limit[i:j], mean[i:j], count[i:j])
            first = last + 1
    for k in range(mean.shape[0]):
        mean[k] /= max(count[k], np.float32(1))


@lean
def _add_under(row: Floats, limit: Floats, mean: Floats, count: Floats) -> None:
    for k in range(row.shape[0]):
        under = row[k] < limit[k]
        mean[k] += row[k] if under else np.float32(0)
        count[k] += np.float32(1) if under else np.float32(0)


@kernel
def group_levels(blocks: Floats, scale: Floats, out: Floats) -> None:
    """Fills out (B, G) with the means of blocks (B, K) times scale (K,) over K / G = 2^n neighbouring bins."""
    n, groups = scale.shape[0], out.shape[1]
    work = np.empty((2, n), np.float32)
    share = np.float32(groups / n)
    for b in range(blocks.shape[0]):
        _scaled(blocks[b], scale, share, work[0])
        left, now = n, 0
        while left > groups:
            left //= 2
            _halved(work[now], work[1 - now, :left])
            now = 1 - now
        out[b] = work[now, :groups]


@lean
def _scaled(of: Floats, scale: Floats, share: float, out: Floats) -> None:
    for k in range(out.shape[0]):
        out[k] = of[k] * scale[k] * share


@lean
def _halved(row: Floats, out: Floats) -> None:
    for k in range(out.shape[0]):
        out[k] = row[2 * k] + row[2 * k + 1]


@kernel
def whittaker(y: Doubles, weight: Doubles, stiffness: float, z: Doubles) -> None:
    """Fills z (N,) with what minimises sum weight (y - z)^2 + stiffness sum (second differences of z)^2 (Eilers 2003).

    The matrix has five diagonals: L D L' and two substitutions, N steps each.
    """
    n = y.shape[0]
    d, e, f = np.empty(n), np.zeros(n), np.zeros(n)  # D, and the two diagonals of L under the main one
    for i in range(n):
        end = min(i, n - 1 - i)
        main = weight[i] + stiffness * (1.0 if end == 0 else 5.0 if end == 1 else 6.0)
        beside = 0.0 if i == n - 1 else stiffness * (-2.0 if i in (0, n - 2) else -4.0)
        right = weight[i] * y[i]
        if i > 0:
            main -= e[i - 1] * e[i - 1] * d[i - 1]
            beside -= e[i - 1] * f[i - 1] * d[i - 1]
            right -= e[i - 1] * z[i - 1]
        if i > 1:
            main -= f[i - 2] * f[i - 2] * d[i - 2]
            right -= f[i - 2] * z[i - 2]
        d[i], z[i] = main, right
        e[i], f[i] = beside / main, (stiffness if i < n - 2 else 0.0) / main
    for i in range(n - 1, -1, -1):
        z[i] /= d[i]
        if i < n - 1:
            z[i] -= e[i] * z[i + 1]
        if i < n - 2:
            z[i] -= f[i] * z[i + 2]
