"""Thresholds of the bank: how far the energy of a box must stand out.

The sum over a box of n cells of noise is Gamma(n). Cells are not quite independent, so n is divided by the variance factor of
the transform; the floor is itself an estimate, so the margin grows with its error. The false alarms allowed are shared out
equally among the sizes of box. The formula alone is not trusted: tests and the benchmark count false boxes on noise.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.stats import gamma

from picket.spectrum.transform import VARIANCE_FACTOR

FALSE_PER_S = 0.02  # false boxes a second over the whole band that the limits allow; the goal is 0.1
SHORTEST = 4  # frames of the shortest box
LEAST, LEAST_BUSY = (
    0.04,
    0.07,
)  # no box is called for less than this share over the floor, whatever its size; in a busy band its floor is less sure


def levels(bins: int) -> int:
    """How many widths of box there are: 1, 2, 4, ... bins."""
    return max(1, int(np.log2(bins)))


@lru_cache(maxsize=512)
def limits(
    rate_hz: float, bins: int, frames: int, floor_sigma: float, least: float = LEAST, sizes: int = 10
) -> npt.NDArray[np.float32]:
    """Limits (J,) on the sum over boxes of `frames` frames and 1, 2, 4, ... bins, in units of the floor.

    floor_sigma: relative error (1 sigma) of one bin's floor. sizes: how many lengths of box share the false alarms.
    """
    count = levels(bins)
    frame_hz, out = rate_hz / bins, np.empty(count, np.float32)
    for j in range(count):
        width = 1 << j
        n = frames * width
        factor = (1.03, 1.1)[j] if j < 2 else VARIANCE_FACTOR
        tests_per_s = frame_hz / (frames / 2) * bins / max(width / 2, 1)
        independent = n / factor
        over = float(gamma.isf(FALSE_PER_S / (count * sizes) / tests_per_s, independent)) / independent - 1
        spread = float(np.sqrt(1 + floor_sigma**2 * n / width / factor))
        out[j] = n * (1 + max(over * spread, least))
    return out
