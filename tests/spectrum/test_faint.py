"""Faint signals that never pause: plateaus on a rippled floor, carriers in a bin's noise; and neither where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.spectrum.detect import Detector
from picket.spectrum.floor import Shape, runs_of, shape
from picket.spectrum.lines import Lines
from picket.spectrum.plateau import Plateau, plateau
from picket.spectrum.slow_plateaus import SlowPlateau
from picket.spectrum.slow_tones import SlowLine, SlowTones
from picket.spectrum.tones import Tones, candidates, peaks, throughout, tone

BINS, FRAMES, NOISE_DB = 1024, 2048, 0.096  # one segment's


def floor(rng: np.random.Generator, ripple: float, waves: float, noise_db: float = NOISE_DB) -> np.ndarray:
    k = np.arange(BINS)
    return 10 * np.log10(1 + ripple * np.sin(2 * np.pi * waves * k / BINS + rng.uniform(0, 6))) + rng.normal(0, noise_db, BINS)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 0.12), st.floats(0.5, 6.0))
def test_ripple_is_no_plateau(seed: int, ripple: float, waves: float) -> None:
    assert plateau(floor(np.random.default_rng(seed), ripple, waves), np.ones(BINS, bool), NOISE_DB) is None


@pytest.mark.parametrize(("level_db", "ripple", "noise_db"), [(0.14, 0.0, NOISE_DB), (0.14, 0.1, 0.034), (0.5, 0.1, NOISE_DB)])
@pytest.mark.parametrize("width", [128, 256, 450])
def test_a_plateau_far_under_the_ripple_is_told_with_its_edges(
    level_db: float, ripple: float, noise_db: float, width: int
) -> None:
    found = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        plain = floor(rng, ripple, 3, 0.0)
        first = int(rng.integers(60, BINS - 60 - width))
        y = plain + rng.normal(0, noise_db, BINS)
        y[first : first + width] += level_db
        got = plateau(y, np.ones(BINS, bool), noise_db)
        if got is not None:
            found += 1
            assert abs(got.first - first) < 40
            assert abs(got.last - first - width) < 40
            assert np.abs(got.floor_db - plain)[30:-30].max() < 0.6 * level_db + 0.05
    assert found >= 9


def test_a_faint_plateau_is_occupied_and_the_floor_runs_under_it() -> None:
    rng = np.random.default_rng(5)
    local = 10 ** (rng.normal(0, 0.05, BINS) / 10)
    local[300:600] *= 1.04
    got = shape(local.astype(np.float32), np.full(BINS, 0.05 / 4.34))
    ((a, b),) = runs_of(got.occupied)
    assert abs(a - 300) < 20
    assert abs(b - 600) < 20
    assert abs(got.floor_db[300:600].mean()) < 0.03


def test_too_little_of_the_band_or_too_few_bins_say_nothing() -> None:
    y = np.where((np.arange(BINS) > 300) & (np.arange(BINS) < 600), 1.0, 0.0)
    assert plateau(y, np.arange(BINS) % 16 < 4, NOISE_DB) is None
    assert plateau(y[:64], np.ones(64, bool), NOISE_DB) is None


def samples(rng: np.random.Generator, tones: list[tuple[float, float]]) -> np.ndarray:
    """Noise of variance 1 with tones (bin, SNR in dB in a bin), interleaved 16-bit."""
    n = BINS * FRAMES
    x = rng.standard_normal(2 * n, np.float32).view(np.complex64) * np.float32(np.sqrt(0.5))
    for at, snr_db in tones:
        turns = (np.arange(n) * ((at - BINS / 2) / BINS)) % 1.0
        x += np.float32(np.sqrt(10 ** (snr_db / 10) / BINS)) * np.exp(2j * np.pi * turns).astype(np.complex64)
    return np.rint(x.view(np.float32) * 1000).astype(np.int16)


def test_a_carrier_eight_db_under_a_bins_noise_is_told_and_others_do_not_fold_back() -> None:
    x = samples(np.random.default_rng(1), [(700.3, -8.0), (200.0, 40.0)])
    assert tone(x, 0.0, BINS, 700.5) > 15
    assert not any(tone(x, 0.0, BINS, at) for at in (695.5, 712.0, 206.0, 300.0, 456.0))


def test_a_bin_that_is_noise_is_not_asked_each_time() -> None:
    rng = np.random.default_rng(2)
    x = samples(rng, [(700.0, -7.0)])
    excess, sigma = rng.normal(0, 0.5 * NOISE_DB, BINS), np.full(BINS, NOISE_DB)
    excess[[100, 700]] = 4.5 * NOISE_DB, 5 * NOISE_DB
    asked = [first for first, *_ in candidates(excess, np.zeros(BINS, bool), sigma)]
    assert {100, 700} <= set(asked)
    tones = Tones()
    found = tones.find(x, 0.0, excess, np.zeros(BINS, bool), sigma)
    assert found[700] > 10
    assert not found[100]
    before = dict(tones.asked)
    assert 100 in before
    tones.find(x, 0.0, excess, np.zeros(BINS, bool), sigma)
    assert tones.asked == before


def test_a_carrier_that_does_not_stand_out_of_the_smooth_floor_is_none() -> None:
    """Its neighbours lie lower still. Its strength came out as nothing at all, by which its length was then divided."""
    occupied, excess_db = np.zeros(BINS, bool), np.full(BINS, -0.2)
    occupied[200] = occupied[300] = True
    excess_db[300] = 1e-29
    shape_ = SimpleNamespace(occupied=occupied, excess_db=excess_db, floor_db=np.zeros(BINS))
    level = np.ones((FRAMES, BINS), np.float32)
    seg = SimpleNamespace(shape=shape_, grid=level, local=level[0], blocks=level[:256], used=np.ones(256, bool))
    assert Detector._steady(Detector.__new__(Detector), seg, np.zeros(BINS)) == []  # type: ignore[arg-type]


def long_samples(
    rng: np.random.Generator, bins: int, segments: int, tones: list[tuple[float, float]], hz_per_s: float = 0.0
) -> Iterator[np.ndarray]:
    """Segments of noise of variance 1 with tones (bin, SNR in dB in a bin) whose lines are 50 Hz wide (of bins of 40 kHz) and drift."""
    n = bins * FRAMES
    phase = [0.0] * len(tones)
    for k in range(segments):
        drift = hz_per_s * (k * n + np.arange(n)) / (40e3 * bins) / 40e3  # bins
        x = rng.standard_normal(2 * n, np.float32).view(np.complex64) * np.float32(np.sqrt(0.5))
        for i, (at, snr_db) in enumerate(tones):
            step = 2 * np.pi * (at + drift - bins / 2) / bins + rng.normal(0, np.sqrt(2 * np.pi * 50 / (40e3 * bins)), n)
            turns = phase[i] + np.cumsum(step)
            phase[i] = float(turns[-1] % (2 * np.pi))
            x += np.float32(np.sqrt(10 ** (snr_db / 10) / bins)) * np.exp(1j * turns).astype(np.complex64)
        yield x.view(np.float32)


def heard(slow: SlowTones, parts: list[Iterator[np.ndarray]], bins: int) -> list[list[SlowLine]]:
    """What is told of each segment."""
    lines, free, even = Lines(bins), np.zeros(bins, bool), np.ones(bins)
    return [[replace(x) for x in slow.find(x, 0.0, even, free, lines)] for part in parts for x in part]


@pytest.mark.parametrize("hz_per_s", [0.0, 40.0])
def test_a_carrier_twenty_db_under_a_bins_noise_is_told_after_seconds_and_its_end_is_seen(hz_per_s: float) -> None:
    bins, rng = 64, np.random.default_rng(3)
    parts = [long_samples(rng, bins, 90, [(40.3, -20.0)], hz_per_s), long_samples(rng, bins, 110, [])]
    got = heard(SlowTones(), parts, bins)
    told = [i for i, found in enumerate(got) if any(abs(x.at - 40.3) < 0.02 for x in found)]
    assert told
    assert told[0] < 60  # three seconds
    assert 88 <= told[-1] < 190
    own = [x for found in got[:90] for x in found if abs(x.at - 40.3) < 0.02]
    some = 3.0 if hz_per_s else 1.5  # dB: of a line that moves some is lost
    assert abs(10 * np.log10(np.median([x.power for x in own])) + 20) < some
    assert own[-1].sigma == pytest.approx(np.sqrt(sum(x.gained**2 for x in own)), rel=1e-6)
    assert own[-1].sigma > 6
    assert all(abs(x.at - 40.3) < 0.02 for found in got for x in found)  # nothing else


def test_noise_is_followed_and_given_up() -> None:
    bins, seen = 64, set()
    lines, free, even, slow = Lines(bins), np.zeros(bins, bool), np.ones(bins), SlowTones()
    for x in long_samples(np.random.default_rng(4), bins, 200, []):
        assert slow.find(x, 0.0, even, free, lines) == []
        seen |= {line.at for line in slow.lines}
    assert seen
    assert len(slow.lines) < len(seen)


def test_what_a_burst_lifts_and_what_is_taken_adds_nothing_to_the_sums() -> None:
    bins = 64
    over, taken = np.ones(bins), np.zeros(bins, bool)
    over[40], taken[50] = 1.5, True
    lines, slow = Lines(bins), SlowTones()
    for x in long_samples(np.random.default_rng(5), bins, 40, [(40.3, -8.0), (50.3, -8.0)]):
        assert slow.find(x, 0.0, over, taken, lines) == []


def floors(rng: np.random.Generator, segments: int, level_db: float, on: int) -> Iterator[np.ndarray]:
    """Joined floors, one a segment, of which every eighth is new: ripple of 0.5 dB, and a plateau from 300 to 600 in the first `on`."""
    plain, step = floor(rng, 0.12, 3, 0.0), np.zeros(BINS)
    step[300:600] = level_db
    for i in range(segments):
        yield plain + (step if i < on else 0.0) + rng.normal(0, NOISE_DB / np.sqrt(8), BINS)


def test_a_plateau_a_tenth_of_the_ripple_is_told_after_seconds_and_its_end_is_seen() -> None:
    rng, slow = np.random.default_rng(6), SlowPlateau()
    told, sigma = [], 0.0
    for i, y in enumerate(floors(rng, 160, 0.05, 80)):
        got = slow.find(y, np.ones(BINS, bool), NOISE_DB)
        sigma = float(np.hypot(sigma, slow.gained))
        if got is not None:
            told.append(i)
            assert abs(got.first - 300) < 40
            assert abs(got.last - 600) < 40
            assert sigma == pytest.approx(got.sigma, rel=0.2)
    assert told
    assert told[0] < 60  # three seconds
    assert told == list(range(told[0], told[-1] + 1))
    assert 80 <= told[-1] < 110


@pytest.mark.parametrize("seed", range(3))
def test_ripple_is_no_plateau_however_long_it_is_heard(seed: int) -> None:
    rng, slow = np.random.default_rng(seed), SlowPlateau()
    assert all(slow.find(y, np.ones(BINS, bool), NOISE_DB) is None for y in floors(rng, 240, 0.0, 0))


def test_the_floor_runs_under_a_plateau_that_seconds_told_and_the_receivers_edge_stays_as_it_is() -> None:
    floor_db = np.full(BINS, -30.0)
    excess_db = np.full(BINS, 1e-9)
    excess_db[300:600] = 0.02
    excess_db[:40] = 0.0  # the filter falls off there
    floor_db[:40] = -33.0
    before = Shape(floor_db, excess_db, np.zeros(BINS, bool), 0.01)
    after = before.under(Plateau(300, 600, 0.02, np.zeros(BINS), 8.0))
    assert after.floor_db[40:] == pytest.approx(-30.0, abs=1e-3)
    assert (after.floor_db[:40] == -33.0).all()
    assert after.excess_db[300:600] == pytest.approx(0.02, abs=1e-3)
    assert after.occupied[300:600].all()
    assert not after.occupied[:300].any()


def test_a_carrier_between_two_bins_that_neither_shows_is_told_and_followed_until_it_ends() -> None:
    rng, free = np.random.default_rng(8), np.zeros(BINS, bool)
    on, off = samples(rng, [(700.5, -9.0), (BINS / 2 + 1, 20.0)]), samples(rng, [])
    lines = Lines(BINS)
    assert peaks(on, 0.0, lines)[1] == pytest.approx(700.5, abs=0.02)  # the receiver's own offset stands out more
    tones, told, sigmas = Tones(), [], []
    for x in (on, on, on, on, on, off, off, off, off, on):  # in the last not all bins are looked at
        tones.find(x, 0.0, np.zeros(BINS), free, np.full(BINS, NOISE_DB))
        found = tones.between(x, 0.0, free, lines)
        assert len(found) <= 1
        assert all(abs(line.at - 700.5) < 0.01 for line in found)
        assert all(abs(10 * np.log10(line.level) + 9) < 1 for line in found)
        told.append(len(found))
        sigmas += [line.gained for line in found]
    assert told == [1] * 8 + [0] * 2
    assert sigmas[0] > 8
    assert sigmas[4] > 8
    assert not any(sigmas[1:4] + sigmas[5:])


def test_a_carrier_of_half_a_segment_and_one_whose_bins_are_taken_are_not_told_as_on_throughout() -> None:
    rng, taken = np.random.default_rng(9), np.zeros(BINS, bool)
    both, none = samples(rng, [(700.5, -6.0)]), samples(rng, [])
    half = np.concatenate([none[: BINS * FRAMES], both[BINS * FRAMES :]])
    assert throughout(both, 0.0, BINS, 700.5)
    assert not throughout(half, 0.0, BINS, 700.5)
    taken[699:703] = True
    tones = Tones(segment=1)
    assert tones.between(both, 0.0, taken, Lines(BINS)) == []


def test_noise_has_few_peaks_and_few_samples_have_none() -> None:
    rng, lines = np.random.default_rng(10), Lines(64)
    count = sum(len(peaks(rng.standard_normal(2 * 64 * 1100, np.float32), 0.0, lines)) for _ in range(100))
    assert 150 < count < 500  # four each, or fewer: of two side by side one is taken
    assert peaks(rng.standard_normal(2 * 64 * 500, np.float32), 0.0, lines) == []
    assert peaks(np.zeros(2 * 64 * 1100, np.float32), 0.0, lines) == []
