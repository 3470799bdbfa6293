"""The noise floors on made-up spectra whose floor is known."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from picket.spectrum.floor import BLOCK, local_floor, runs_of, shape
from picket.spectrum.floor_kernels import group_levels, whittaker
from picket.spectrum.quiet_kernels import quiet_blocks

BINS = 1024


def blocks(rng: np.random.Generator, count: int = 256) -> np.ndarray:
    return rng.gamma(BLOCK, 1 / BLOCK, (count, BINS)).astype(np.float32)


@pytest.mark.parametrize("duty", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("snr", [1.0, 10.0])
def test_bursts_do_not_lift_the_local_floor(duty: float, snr: float) -> None:
    rng = np.random.default_rng(2)
    b = blocks(rng)
    on = rng.random(len(b)) < duty
    b[on, 200:430] *= 1 + snr
    floor, _ = local_floor(b, np.ones(len(b), bool))
    assert abs(10 * np.log10(floor[200:430].mean())) < 0.15
    assert abs(10 * np.log10(floor[500:].mean())) < 0.1


def spectrum(rng: np.random.Generator, ripple_db: float, bands: list[tuple[int, int, float]], fall_db: float = 0) -> np.ndarray:
    k = np.arange(BINS)
    p = 10 ** (ripple_db * np.sin(2 * np.pi * 3 * k / BINS + 2) / 10)
    p *= 10 ** (-np.clip(0.08 - np.minimum(k, BINS - 1 - k) / BINS, 0, 1) / 0.08 * fall_db / 10)
    for a, b, snr_db in bands:
        p[a:b] *= 1 + 10 ** (snr_db / 10)
    return (p * rng.normal(1, 0.02, BINS)).astype(np.float32)


@pytest.mark.parametrize(
    ("bands", "ripple_db", "fall_db"),
    [
        ([(300, 812, 0.0)], 0.0, 0.0),
        ([(300, 812, -6.0)], 0.0, 0.0),
        ([(300, 812, 40.0)], 0.5, 15.0),
        ([(60, 964, 10.0)], 0.0, 0.0),
        ([(100, 300, 3.0), (500, 520, 10.0)], 0.3, 6.0),
        ([(700, 701, 12.0)], 0.5, 10.0),
    ],
)
def test_steady_signals_stand_out_and_nothing_else(bands: list[tuple[int, int, float]], ripple_db: float, fall_db: float) -> None:
    got = shape(spectrum(np.random.default_rng(3), ripple_db, bands, fall_db), np.full(BINS, 0.02))
    runs = [(int(a), int(b)) for a, b in runs_of(got.occupied)]
    assert len(runs) == len(bands)
    for (a, b), (c, d, _) in zip(runs, bands, strict=True):
        assert abs(a - c) <= 4
        assert abs(b - d) <= 4


@pytest.mark.parametrize(("ripple_db", "fall_db"), [(0.0, 0.0), (1.0, 0.0), (0.5, 20.0)])
def test_ripple_and_falling_edges_are_no_signals(ripple_db: float, fall_db: float) -> None:
    assert not shape(spectrum(np.random.default_rng(4), ripple_db, [], fall_db), np.full(BINS, 0.02)).occupied.any()


def test_the_receivers_own_offset_is_no_signal() -> None:
    p = spectrum(np.random.default_rng(5), 0.0, [(511, 514, 30.0)])
    assert not shape(p, np.full(BINS, 0.02)).occupied.any()


@pytest.mark.parametrize("snr_db", [-9.0, 10.0])
def test_wide_bursts_on_for_half_of_the_time_do_not_lift_the_local_floor(snr_db: float) -> None:
    rng = np.random.default_rng(6)
    b = blocks(rng)
    on = np.arange(len(b)) % 10 < 5
    b[on, 300:700] *= 1 + np.float32(10 ** (snr_db / 10))
    floor, _ = local_floor(b, np.ones(len(b), bool))
    assert abs(floor[320:680].mean() - 1) < 0.035  # half of a burst of -9 dB would be 0.063
    assert abs(floor[:290].mean() - 1) < 0.01


def test_the_smoother_is_that_of_a_library_solver() -> None:
    rng = np.random.default_rng(7)
    n, stiffness = 200, 3e3
    y, weight = rng.normal(size=n), rng.random(n)
    d = np.diff(np.eye(n), 2, axis=0)
    expected = scipy.linalg.solve(np.diag(weight) + stiffness * d.T @ d, weight * y)
    got = np.empty(n)
    whittaker(y, weight, stiffness, got)
    np.testing.assert_allclose(got, expected, atol=1e-8)


def test_group_levels_are_plain_means() -> None:
    rng = np.random.default_rng(8)
    b, scale = blocks(rng, 12), rng.random(BINS).astype(np.float32)
    got = np.empty((12, BINS // 16), np.float32)
    group_levels(b, scale, got)
    np.testing.assert_allclose(got, (b * scale).reshape(12, -1, 16).mean(axis=2), rtol=1e-4)


def test_a_faint_wide_burst_that_is_on_for_half_of_the_time_does_not_lift_the_floor() -> None:
    rng = np.random.default_rng(4)
    cells = 8 / 1.03
    blocks = rng.gamma(cells, 1 / cells, (256, 1024)).astype(np.float32)
    for start in range(2, 250, 9):
        blocks[start : start + 5, 403:632] *= 1.1  # -10 dB, edges within groups, five blocks of nine
    floor, count = local_floor(blocks, np.ones(256, bool))
    assert abs(floor[403:632].mean() - 1) < 0.012  # the burst's mean is 0.055
    assert abs(floor[:403].mean() - 1) < 0.005
    assert count[403:632].mean() < 0.6 * count[:403].mean()


def test_noise_is_quiet_throughout() -> None:
    cells = 16 * 8 / 1.2
    levels = np.random.default_rng(5).gamma(cells, 1 / cells, (256, 64)).astype(np.float32)
    quiet = np.zeros(levels.shape, bool)
    quiet_blocks(levels, np.ones(256, bool), cells, quiet)
    assert quiet.mean() > 0.99
