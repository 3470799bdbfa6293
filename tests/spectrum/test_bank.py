"""The bank of boxes: what lies between its powers of two."""

from __future__ import annotations

import numpy as np

from picket.spectrum import limits
from picket.spectrum.pyramid_kernels import thirds

RATE_HZ, BINS, FRAMES = 40e6, 1024, 8


def marked_by(units: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    marked, larger = np.zeros(units.shape, np.uint8), np.zeros((len(units) // 2, units.shape[1]), np.float32)
    over = limits.limits(RATE_HZ, BINS, 3 * FRAMES, limits.thirds(BINS), 0.02)
    hits = thirds(units, FRAMES, limits.WIDE, over, marked, larger, np.empty((6, BINS), np.float32))
    return marked, larger, hits


def test_a_burst_of_three_units_is_marked_where_it_is_and_counts_as_noise_from_then_on() -> None:
    units = np.full((16, BINS), float(FRAMES), np.float32)
    units[5:8, 96:192] *= 1.14  # three units long, 96 bins wide, at -8.5 dB: two of its three rows are not enough
    marked, larger, hits = marked_by(units)
    assert hits > 0
    rows, columns = np.nonzero(marked)
    assert (rows.min(), rows.max()) == (5, 7)
    assert columns.min() >= 80
    assert columns.max() < 208
    assert np.all(larger[2:4] <= 2 * FRAMES * 1.01)  # row 4 with 5, and 6 with 7: what is marked counts as noise


def test_level_noise_is_not_marked() -> None:
    marked, _, hits = marked_by(np.full((16, BINS), float(FRAMES), np.float32))
    assert hits == 0
    assert not marked.any()
