"""Boxes that hold several signals, and halves of one signal: on drawn grids, and on a SIMULATED mixture."""

from __future__ import annotations

import numpy as np
import pytest

from picket.spectrum.apart import taken_apart
from picket.spectrum.detect import Segment
from picket.spectrum.emission import Emission
from picket.spectrum.floor import Shape
from picket.spectrum.halves import halves

RATE_HZ, BINS, ROWS = 40e6, 1024, 256
BIN_HZ = RATE_HZ / BINS


def drawn(*signals: tuple[int, int, int, int, float]) -> Segment:
    """Noise of one with rectangles in it: (first frame, last, first bin, last, power over the floor)."""
    rng = np.random.default_rng(5)
    level = np.ones((ROWS, BINS))
    for a, b, low, high, power in signals:
        level[a:b, low:high] += power
    grid = (level * rng.gamma(0.85, 1 / 0.85, level.shape)).astype(np.float32)
    return Segment(0, grid, grid[::8], np.ones(ROWS // 8, np.bool_), np.ones(BINS, np.float32), Shape.flat(BINS))


def box(a: int, b: int, low: int, high: int, snr_db: float = 9.0) -> Emission:
    edges = [(x - 0.5 - BINS / 2) * BIN_HZ for x in (low, high)]
    return Emission(round((a + 0.5) * BINS), (b - a) * BINS, edges[0], edges[1], snr_db)


def near(e: Emission, a: int, b: int, low: int, high: int) -> bool:
    want = box(a, b, low, high)
    ends = abs(e.sample_start - want.sample_start), abs(e.sample_end - want.sample_end)
    edges = abs(e.low_hz - want.low_hz), abs(e.high_hz - want.high_hz)
    return max(ends) <= 3 * BINS and max(edges) <= 4 * BIN_HZ


def test_two_signals_that_a_box_linked_are_told_apart() -> None:
    steady, burst = (20, 230, 600, 760, 6.0), (60, 100, 200, 420, 9.0)
    found = taken_apart([box(20, 230, 200, 760)], drawn(steady, burst), RATE_HZ)
    assert len(found) == 2
    assert any(near(e, *steady[:4]) for e in found)
    assert any(near(e, *burst[:4]) for e in found)
    assert all(e.marks == [] for e in found)
    assert found[0].marks is not found[1].marks  # what is found in one says nothing of the other


def test_bands_that_overlap_are_both_told() -> None:
    first, second = (20, 120, 200, 440, 8.0), (70, 200, 360, 640, 8.0)
    found = taken_apart([box(20, 200, 200, 640)], drawn(first, second), RATE_HZ)
    assert sorted(near(e, *s[:4]) for e in found for s in (first, second)) == [False, False, True, True]


def test_a_strong_and_a_weak_signal_with_the_same_ends_are_two() -> None:
    weak, strong = (40, 90, 300, 460, 4.0), (40, 90, 470, 700, 60.0)
    found = taken_apart([box(40, 90, 300, 700, 15.0)], drawn(weak, strong), RATE_HZ)
    weak_box, strong_box = sorted(found, key=lambda e: e.low_hz)
    assert abs(weak_box.bandwidth_hz - 160 * BIN_HZ) < 0.5e6
    assert abs(strong_box.bandwidth_hz - 230 * BIN_HZ) < 0.5e6


@pytest.mark.parametrize(
    "signals",
    [
        [(40, 90, 300, 720, 8.0)],
        [(40, 90, 300, 500, 8.0), (40, 90, 508, 720, 8.0)],  # a gap within a signal's band
        [(40, 60, 300, 720, 8.0), (64, 90, 300, 720, 8.0)],
    ],
)
def test_one_signal_stays_one_box(signals: list[tuple[int, int, int, int, float]]) -> None:
    whole = box(40, 90, 300, 720)
    assert taken_apart([whole], drawn(*signals), RATE_HZ) == [whole]


def test_a_part_goes_on_with_what_its_box_had_cut_off() -> None:
    burst, other = (30, 80, 200, 430, 7.0), (50, 60, 520, 800, 9.0)
    cut = [box(30, 60, 200, 800), box(62, 80, 200, 430, 8.5)]
    found = taken_apart(cut, drawn(burst, other), RATE_HZ)
    assert len(found) == 2
    assert any(near(e, *burst[:4]) for e in found)


def test_halves_are_one_when_they_keep_together_and_only_then() -> None:
    pairs = [(box(a, a + n, 600, 720), box(a, a + n, 900, 1000)) for a, n in ((10, 20), (50, 33), (120, 14))]
    found = halves([e for pair in pairs for e in pair], BINS)
    assert [(e.low_hz, e.high_hz) for e in found] == [(a.low_hz, b.high_hz) for a, b in pairs]
    twice = [e for pair in pairs[:2] for e in pair]
    assert halves(twice, BINS) == twice
    apart = [e for (a, _), (_, b) in zip(pairs, pairs[1:] + pairs[:1], strict=True) for e in (a, b)]
    assert len(halves(apart[:4], BINS)) == 4
