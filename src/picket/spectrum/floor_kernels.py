"""Kernels of the noise floor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Floats = npt.NDArray[np.float32]


@kernel
def trimmed_means(blocks: Floats, limit: Floats, quiet: npt.NDArray[np.bool_], mean: Floats, count: Floats) -> None:
    """Fills mean and count (K,) from those of blocks (B, K) that are under limit (K,) while their group of bins is quiet (B, G)."""
    mean[:] = 0
    count[:] = 0
    group = mean.shape[0] // quiet.shape[1]
    for b in range(blocks.shape[0]):
        for g in range(quiet.shape[1]):
            if quiet[b, g]:
                for k in range(g * group, (g + 1) * group):
                    under = np.float32(blocks[b, k] < limit[k])
                    mean[k] += under * blocks[b, k]
                    count[k] += under
    for k in range(mean.shape[0]):
        mean[k] /= max(count[k], np.float32(1))
