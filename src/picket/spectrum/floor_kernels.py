"""Kernels of the noise floor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Floats = npt.NDArray[np.float32]


@kernel
def trimmed_means(blocks: Floats, limit: Floats, used: npt.NDArray[np.bool_], mean: Floats, count: Floats) -> None:
    """Fills mean and count (K,) from those of blocks (B, K) that are under limit (K,), in the used rows (B,)."""
    mean[:] = 0
    count[:] = 0
    for b in range(blocks.shape[0]):
        if used[b]:
            row = blocks[b]
            for k in range(mean.shape[0]):
                under = np.float32(row[k] < limit[k])
                mean[k] += under * row[k]
                count[k] += under
    for k in range(mean.shape[0]):
        mean[k] /= max(count[k], np.float32(1))
