"""How often noise makes an emitter's like: against simulated noise; what follows for boxes, groups of them and real signals (SIMULATED)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.spectrum.confirm import (
    MOST_BOXES,
    MOST_PER_H,
    beyond_noise,
    clearest,
    log_boxes_per_h,
    log_emitters_per_h,
    out_of_noise,
)
from picket.spectrum.emission import Emission
from picket.spectrum.emitters import Emitter
from picket.spectrum.run import Chain
from picket.spectrum.transform import VARIANCE_FACTOR
from picket.train.radio.scene import Part, Scene, simulate


def clearest_rectangles(cells: np.ndarray) -> np.ndarray:
    """The most (N,) that any rectangle of each of cells (N, T, K), exponential of mean 1, stands out by: all of them are tried."""
    n, rows, columns = cells.shape
    total = np.zeros((n, rows + 1, columns + 1))
    total[:, 1:, 1:] = cells.cumsum(1).cumsum(2)
    best = np.zeros(n)
    for w in range(1, rows + 1):
        bands = total[:, w:] - total[:, :-w]
        for h in range(1, columns + 1):
            most = (bands[:, :, h:] - bands[:, :, :-h]).max(axis=(1, 2))
            best = np.maximum(best, out_of_noise(most / (w * h) - 1, w * h * VARIANCE_FACTOR))
    return best


def test_the_clearest_rectangle_in_noise_is_as_clear_as_the_formula_says() -> None:
    rng, rows, columns, trials = np.random.default_rng(4), 36, 28, 500
    most = clearest_rectangles(rng.exponential(size=(trials, rows, columns)))
    rate_hz = rows * columns * VARIANCE_FACTOR / 3600  # so many cells an hour
    for z in (4.25, 4.5, 4.75):
        expected = -math.expm1(-math.exp(float(log_boxes_per_h(np.array([z]), rate_hz)[0])))
        counted = float((most > z).mean())
        assert counted < expected + 2 * math.sqrt(expected / trials)  # a bound ...
        assert counted > expected / 8  # ... and no idle one: so small a grid has no long boxes


@pytest.mark.parametrize("rate_hz", [2.4e6, 40e6])
def test_noise_confirms_no_more_emitters_an_hour_than_is_allowed(rate_hz: float) -> None:
    """Hours of boxes as noise makes them, all of them taken for bursts of one emitter, judged an hour at a time."""
    rng, hours = np.random.default_rng(6), 2000
    grid = np.linspace(6.8, 12, 4000)
    over = np.exp(log_boxes_per_h(grid, rate_hz))
    confirmed = 0
    for n in rng.poisson(over[0], hours):
        sigma = np.interp(-rng.uniform(size=n) * over[0], -over, grid)
        confirmed += bool(n) and beyond_noise(rng.uniform(0, 3600, n), sigma, rate_hz)
    assert 0.3 * MOST_PER_H * hours < confirmed < 1.3 * MOST_PER_H * hours


@given(st.floats(6.8, 7.5), st.sampled_from([2.4e6, 20e6, 40e6, 61.44e6]))
def test_one_box_that_a_fit_made_the_best_of_is_no_emitter(sigma: float, rate_hz: float) -> None:
    """One of 6.82 sigma was confirmed in hours of noise: its edges, settled once more, let it stand out by 8.16."""
    assert not Emitter([Emission(0, 10_456, -5e5, 4.8e5, -8.5, sigma=sigma)], "gfsk_fhss").confirmed(rate_hz)
    assert Emitter([Emission(0, 10_456, -5e5, 4.8e5, -6.5, sigma=sigma + 1.5)], "gfsk_fhss").confirmed(rate_hz)


@given(
    st.lists(st.tuples(st.floats(0, 3600), st.floats(6.8, 9)), min_size=1, max_size=30),
    st.tuples(st.floats(0, 3600), st.floats(6.8, 9)),
)
def test_a_box_more_never_makes_an_emitter_less_sure(boxes: list[tuple[float, float]], more: tuple[float, float]) -> None:
    before, after = (log_emitters_per_h(*np.array(x).T, 20e6) for x in (boxes, [*boxes, more]))
    assert after <= before + 1e-9 or len(boxes) > 1  # between two boxes a third faint one only helps their number


def test_faint_boxes_are_sure_together_and_not_an_hour_apart() -> None:
    sigma = np.full(4, 6.9)
    assert beyond_noise(np.arange(4) * 0.1, sigma, 40e6)
    assert not beyond_noise(np.arange(4) * 900.0, sigma, 40e6)
    boxes = [Emission(i * 1000, 500, 0, 1e6, 0, sigma=7 + i % 5) for i in range(40)]
    kept = clearest(boxes, 1e6)
    assert len(kept) == MOST_BOXES
    assert kept == sorted(kept)
    assert min(z for _, z in kept) == 10.0


@pytest.mark.parametrize(
    ("label", "snr_db"),
    [("lora_fhss", -2.0), ("gfsk_fhss", 1.0), ("wifi", -3.0), ("ofdm_video", -6.0), ("jam_noise", -6.0), ("cw", -1.0)],
)
def test_faint_real_emitters_are_confirmed(label: str, snr_db: float) -> None:
    iq, _ = simulate(Scene(20e6, 0.15, [Part(label, snr_db)]), 3)
    chain, flat = Chain(20e6, 0.0, 1.0), iq.view(np.float32)
    for first in range(0, len(iq), chain.step):
        chain.take(flat[2 * first : 2 * (first + chain.step + chain.bins)], first)
    assert any(m.confirmed(20e6) for m in chain.finish().emitters)
