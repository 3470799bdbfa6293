"""Lines of all bins: the transform against numpy's, the sums against plain ones, and noise as rare as it is said to be."""

from __future__ import annotations

import numpy as np
import pytest

from picket.spectrum.lines import WIDTHS, Lines, Sums, level, stretches
from picket.spectrum.lines_kernels import FRAMES, best_sums


@pytest.mark.parametrize("bins", [32, 64, 1024])
@pytest.mark.parametrize(("kind", "offset"), [(np.int16, 3.0), (np.uint8, 127.5), (np.float32, 0.0)])
def test_lines_are_those_of_one_long_transform(bins: int, kind: type, offset: float) -> None:
    rng = np.random.default_rng(bins)
    x = (rng.standard_normal(2 * bins * FRAMES + 10) * 20 + 128).astype(kind)
    got = Lines(bins).power(x, 5, offset)
    iq = (x[10:].astype(float) - offset).view(complex)
    want = np.abs(np.fft.fftshift(np.fft.fft(iq).reshape(bins, FRAMES), axes=0).T) ** 2  # bin by bin, from 0 Hz in the middle
    strongest = want.max()
    assert np.abs(got - want).max() < 1e-5 * strongest


def test_the_best_sums_are_those_of_all_places() -> None:
    total = np.random.default_rng(1).exponential(size=(FRAMES, 64)).astype(np.float32)
    two, four = np.empty(64, np.float32), np.empty(64, np.float32)
    best_sums(total.ravel(), two, four)
    for width, got in zip(WIDTHS, (two, four), strict=True):
        want = np.lib.stride_tricks.sliding_window_view(total, width, axis=0).sum(axis=-1).max(axis=0)
        assert got == pytest.approx(want, rel=1e-5)


def test_sums_of_noise_are_as_rare_as_they_say_and_a_line_is_found_at_its_place() -> None:
    rng = np.random.default_rng(2)
    quiet = np.arange(64) != 20
    seen = 0
    for _ in range(60):
        sums = Sums(64)
        for _ in range(4):
            power = rng.exponential(3.0, (FRAMES, 64)).astype(np.float32)
            sums.add(power, level(power), quiet)
        seen += len(sums.clearest(1.0))
        assert not sums.count[20]
    assert 30 < seen < 160  # two widths, which see much the same
    sums.fade()
    sums.total[100:102, 40] += 25.0
    sums.total[100:102, 20] += 25.0  # a bin that was not quiet says nothing
    ((at, log_chance),) = sums.clearest(1e-3)
    assert at == pytest.approx(40 + 100.5 / FRAMES)
    assert log_chance < -20


def test_stretches_leave_little_out() -> None:
    assert stretches(FRAMES - 1) == []
    assert stretches(4 * FRAMES + 1) == [0, 512, 1024, 1536]
    assert stretches(800) == [0, 288]
