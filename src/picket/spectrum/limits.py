"""Thresholds of the bank: how far the energy of a box must stand out.

The sum over a box of n cells of noise is Gamma(n). Cells are not quite independent, so n is divided by the variance factor of
the transform; the floor is itself an estimate, so the margin grows with its error. The false alarms allowed are shared out
equally among the sizes of box. The formula alone is not trusted: tests and the benchmark count false boxes on noise.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
from scipy.stats import gamma

from picket.spectrum.transform import VARIANCE_FACTOR

MARKS_PER_S = 2.0  # marks by noise a second over the whole band that the bank may make: each is fitted, and then judged
SIGNIFICANT = 6.8  # sigma that a fitted box must stand out by: what the fit finds is the best of many, and on noise 6 is not rare
MARK_LEAST = 0.6  # the bank's box seldom lies on all of a burst, and sees less than the fitted one
WIDE = 4  # bins of the narrowest unit of boxes three units long
SHORTEST = 4  # frames of the shortest box
LEAST, LEAST_BUSY = (
    0.04,
    0.07,
)  # no box is called for less than this share over the floor, whatever its size; in a busy band its floor is less sure


@cache
def pairs(bins: int) -> tuple[int, ...]:
    """Widths of the boxes that are two units long: 1, 2, 4, ... bins."""
    return tuple(1 << j for j in range(max(1, int(math.log2(bins)))))


@cache
def thirds(bins: int) -> tuple[int, ...]:
    """Widths of the boxes that are three units long: 2 and 3 times WIDE, 2 WIDE, 4 WIDE, ... bins, as far as two of three fit in."""
    return tuple(k * WIDE << j for j in range(32) if WIDE << j <= bins // 4 for k in (2, 3))


@lru_cache(maxsize=512)
def limits(
    rate_hz: float, bins: int, frames: int, widths: tuple[int, ...], floor_sigma: float, least: float = LEAST, sizes: int = 200
) -> npt.NDArray[np.float32]:
    """Limits (J,) on the sum over boxes of `frames` frames and so many bins each, in units of the floor.

    floor_sigma: relative error (1 sigma) of one bin's floor. sizes: how many sizes of box share the marks.
    """
    width = np.array(widths, float)
    n = frames * width
    factor = np.where(width == 1, 1.03, np.where(width == 2, 1.1, VARIANCE_FACTOR))
    tests_per_s = rate_hz / bins / (frames / 2) * bins / np.maximum(width / 2, 1)
    independent = n / factor
    over = gamma.isf(MARKS_PER_S / sizes / tests_per_s, independent) / independent - 1
    spread = np.sqrt(1 + floor_sigma**2 * n / width / factor)
    return np.asarray(n * (1 + np.maximum(over * spread, least)), np.float32)
