"""The bank of boxes: what lies between its powers of two."""

from __future__ import annotations

import numpy as np

from picket.spectrum import limits
from picket.spectrum.pyramid_kernels import next_level, runs, spread_down, thirds

RATE_HZ, BINS, FRAMES = 40e6, 1024, 8


def marked_by(units: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    marked, larger = np.zeros(units.shape, np.uint8), np.zeros((len(units) // 2, units.shape[1]), np.float32)
    over = limits.limits(RATE_HZ, BINS, 3 * FRAMES, limits.thirds(BINS), 0.02)
    hits = thirds(
        units, FRAMES, limits.WIDE, over, marked, np.zeros(len(units), np.uint8), larger, np.empty((6, BINS), np.float32)
    )
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


def plainly(units: np.ndarray, over: np.ndarray) -> np.ndarray:
    """The rule of boxes two units long, without haste: what is marked counts as noise in wider boxes of the same two rows."""
    marked = np.zeros(units.shape, bool)
    for i in range(1, len(units)):
        row = units[i - 1] + units[i]
        for j, limit in enumerate(over):
            bins = max(1, 2 ** (j - 1))
            if j > 1:
                row = row[::2] + row[1::2]
            hit = row > limit if j == 0 else np.zeros(len(row), bool)
            if j:
                both = row[:-1] + row[1:] > limit
                hit[:-1] |= both
                hit[1:] |= both
            row = np.where(hit, np.float32(2 * FRAMES * bins), row)
            marked[i - 1 : i + 1] |= np.repeat(hit, bins)
    return marked


def test_marks_are_those_of_a_plain_search_of_all_boxes() -> None:
    rng = np.random.default_rng(2)
    for bins in (32, 256, 1024):
        units = rng.gamma(FRAMES, 1, (40, bins)).astype(np.float32)
        for width in (1, 2, 5, 16, bins // 4):
            t, k = rng.integers(1, 38), rng.integers(0, bins - width + 1)
            units[t : t + 2, k : k + width] += np.float32(4 + 30 / width)
        units[-2:, -1] += 60  # the last bin of the last rows has one neighbour only
        over = limits.limits(RATE_HZ, bins, 2 * FRAMES, limits.pairs(bins), 0.02)
        marked, longer = np.zeros(units.shape, np.uint8), np.zeros((20, bins), np.float32)
        lit = np.zeros(40, np.uint8)
        hits = next_level(units, FRAMES, over, marked, lit, longer, np.empty((6, bins), np.float32))
        expected = plainly(units, over)
        assert hits > 3
        assert np.array_equal(marked.astype(bool), expected)
        assert np.array_equal(lit.astype(bool), expected.any(axis=1))
        quiet = np.where(expected, np.float32(FRAMES), units)
        assert np.array_equal(longer, quiet[::2] + quiet[1::2])


def test_runs_close_small_gaps_and_are_counted_where_there_is_no_room_for_them() -> None:
    coarse, fine = np.zeros((3, 64), np.uint8), np.zeros((6, 64), np.uint8)
    coarse[1, [0, 4, 12, 13, 40]] = 1  # gaps of 3, 7 and 26 cells
    fine[4, 63] = 1
    lit = fine.any(axis=1).astype(np.uint8)
    spread_down(coarse, coarse.any(axis=1).astype(np.uint8), fine, lit)
    assert lit.tolist() == [0, 0, 1, 1, 1, 0]
    each = [(0, 5), (12, 14), (40, 41)]
    expected = [(row, *run) for row in (2, 3) for run in each] + [(4, 63, 64)]
    found = np.zeros((20, 3), np.int64)
    assert runs(fine, lit, 3, found) == 7
    assert [tuple(r) for r in found[:7].tolist()] == expected
    few = np.zeros((2, 3), np.int64)
    assert runs(fine, lit, 3, few) == 7
    assert [tuple(r) for r in few.tolist()] == expected[:2]
