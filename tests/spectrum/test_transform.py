"""The power grid, against a plain implementation of the same filter bank."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.spectrum.transform import VARIANCE_FACTOR, Transform, bins_for, prototype

RNG = np.random.default_rng(1)


def noise(n: int, rms: float = 0.1) -> np.ndarray:
    return (RNG.standard_normal(2 * n, np.float32) * np.float32(rms / np.sqrt(2))).view(np.complex64)


@pytest.mark.parametrize("n", [32, 64, 128, 256, 512, 1024, 2048])
def test_the_grid_is_that_of_the_plain_filter_bank(n: int) -> None:
    iq = noise(9 * n + 5)
    h = prototype(n)
    plain = []
    for r in range(8):
        x = iq[r * n : (r + 2) * n].astype(complex) * h
        plain.append(np.fft.fftshift(np.abs(np.fft.fft(x[:n] + x[n:])) ** 2))
    got = Transform(n).power(iq.view(np.float32))
    assert got.shape == (8, n)
    np.testing.assert_allclose(got, plain, rtol=2e-3, atol=1e-7)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["i1", "u1", "i2", "f4"]), st.floats(-0.45, 0.45))
def test_a_carrier_lands_at_its_frequency_in_every_number_type(kind: str, at: float) -> None:
    n, m = 64, 64 * 12
    x = 0.5 * np.exp(2j * np.pi * at * np.arange(m))
    flat = np.stack([x.real, x.imag], axis=1).ravel()
    full, zero = {"i1": (128.0, 0.0), "u1": (127.5, 127.5), "i2": (32768.0, 0.0), "f4": (1.0, 0.0)}[kind]
    stored = flat.astype(np.float32) if kind == "f4" else np.rint(flat * full + zero).astype(kind)
    grid = Transform(n, full, zero).power(stored)
    middle = float((grid.mean(axis=0) * np.arange(n)).sum() / grid.mean(axis=0).sum())
    if abs(at) < 0.4:
        assert abs(middle - (at + 0.5) * n) < 1.0


def test_a_carrier_leaks_less_than_50_db_two_bins_away() -> None:
    n = 128
    x = np.exp(2j * np.pi * (20.37 / n) * np.arange(40 * n)).astype(np.complex64)
    row = 10 * np.log10(Transform(n).power(x.view(np.float32)).mean(axis=0))
    far = np.abs(np.arange(n) - (64 + 20.37)) > 2
    assert row[far].max() < row.max() - 45


def test_neighbouring_cells_are_as_independent_as_the_thresholds_assume() -> None:
    grid = Transform(256).power(noise(256 * 4001).view(np.float32))
    boxes = grid[:3968].reshape(124, 32, 16, 16).sum(axis=(1, 3))
    assert np.var(boxes) / np.mean(boxes) ** 2 * 512 == pytest.approx(VARIANCE_FACTOR, rel=0.12)


def test_bins_are_about_40_khz_at_every_rate() -> None:
    for rate_hz in (1e6, 2.4e6, 10e6, 20e6, 40e6, 61.44e6):
        assert 28e3 < rate_hz / bins_for(rate_hz) < 57e3
