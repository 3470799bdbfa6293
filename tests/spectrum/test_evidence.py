"""Each test of structure finds its own signal and not the others."""

from __future__ import annotations

import numpy as np
import pytest

from picket.spectrum.clip import band, clip
from picket.spectrum.emission import Emission
from picket.spectrum.evidence import dechirp, prefix, sweep, video, wifi, zadoff_chu
from picket.train.radio.scene import TRANSMITTERS, Part, Scene, simulate

RATE_HZ = 40e6


def first_burst(label: str, snr_db: float = 10.0, seed: int = 1) -> tuple[np.ndarray, Emission]:
    iq, truth = simulate(Scene(RATE_HZ, 0.05, [Part(label, snr_db)]), seed)
    e = truth[0]
    return iq[e.sample_start : e.sample_end], e


@pytest.mark.parametrize("label", ["droneid", "ofdm_video", "wifi", "jam_noise"])
def test_zadoff_chu_is_droneids_alone(label: str) -> None:
    x, e = first_burst(label, -3.0)
    a, b = zadoff_chu.likeness(band(x[:60_000], RATE_HZ, e.center_hz, 0, zadoff_chu.RATE_HZ)[0])
    assert (a > 0.2 and b > 0.2) == (label == "droneid")


@pytest.mark.parametrize("label", ["droneid", "ofdm_video", "wifi", "jam_noise", "fm_video"])
def test_the_15_khz_grid_shows_in_the_prefix(label: str) -> None:
    lag = prefix.Lag(prefix.GRID_15K_S)
    iq, truth = simulate(Scene(RATE_HZ, 0.05, [Part(label, 6.0)]), 2)
    for e in truth[:8]:
        c = clip(iq[e.sample_start : e.sample_end][:80_000], RATE_HZ, e)
        lag.add(c, prefix.Spectrum(c))
    assert (lag.sigma > 4 and lag.share > 0.025) == (label in ("ofdm_video",) or (label == "droneid" and lag.sigma > 4))


def test_the_prefix_correlates_by_its_share_of_the_symbol() -> None:
    x, e = first_burst("ofdm_video", 25.0)
    c = clip(x, RATE_HZ, e)
    lag = prefix.Lag(prefix.GRID_15K_S)
    lag.add(c, prefix.Spectrum(c))
    assert lag.share == pytest.approx(72 / 1096, abs=0.02)
    n = round(RATE_HZ / 15e3)  # the same straight from the samples
    y = band(x, RATE_HZ, e.center_hz, e.bandwidth_hz * 1.25)
    step = round(y[1] / 15e3)
    plain = abs(np.vdot(y[0][:-step], y[0][step:])) / np.vdot(y[0], y[0]).real
    assert n > 0
    assert lag.share == pytest.approx(plain, abs=0.03)


@pytest.mark.parametrize("label", ["wifi", "ofdm_video", "jam_noise"])
def test_wifi_by_preamble_or_chips(label: str) -> None:
    x, e = first_burst(label)
    start = wifi.preamble(band(x[:80_000], RATE_HZ, e.center_hz, 0, wifi.OFDM_RATE_HZ)[0])
    chips = wifi.chips(band(x[:80_000], RATE_HZ, e.center_hz, 0, wifi.DSSS_RATE_HZ)[0])
    assert (start > 0.4 or chips > 2.5) == (label == "wifi")


@pytest.mark.parametrize("label", ["fm_video", "jam_noise"])
def test_the_line_rate_is_videos_alone(label: str) -> None:
    x, e = first_burst(label, 8.0, seed=4)
    teeth = video.teeth(clip(x[:1_200_000], RATE_HZ, e))
    near = min(abs(teeth.line_hz - f) for f in video.LINE_HZ.values())
    assert (teeth.height > 8 and near < 30) == (label == "fm_video")


@pytest.mark.parametrize("label", ["jam_chirp", "jam_noise", "fm_video"])
def test_a_sweep_repeats_itself(label: str) -> None:
    x, e = first_burst(label, 6.0)
    assert (sweep.sweep(clip(x, RATE_HZ, e))[1] > 0.3) == (label == "jam_chirp")


@pytest.mark.parametrize("label", ["lora_fhss", "gfsk_fhss", "bluetooth"])
def test_a_chirp_becomes_a_line(label: str) -> None:
    x, e = first_burst(label, 6.0)
    width, factor, share = dechirp.dechirp(x, RATE_HZ, e.center_hz, e.bandwidth_hz)
    assert (share > 0.2) == (label == "lora_fhss")
    if label == "lora_fhss":
        assert width in (500e3, 812.5e3)
        assert 5 <= factor <= 8


def test_the_same_seed_gives_the_same_recording() -> None:
    for label in TRANSMITTERS:
        (a, t), (b, u) = (simulate(Scene(20e6, 0.02, [Part(label, 3.0)]), 5) for _ in range(2))
        assert np.array_equal(a, b)
        assert t == u


@pytest.mark.parametrize("off_hz", [0.0, 45e3, -90e3])
def test_droneid_is_found_beside_a_stronger_signal_and_off_its_centre(off_hz: float) -> None:
    """The centre of a box was taken for the burst's own: two carriers off lost the second symbol."""
    x, e = first_burst("droneid", 8.0)
    rng = np.random.default_rng(4)
    spectrum = np.fft.fft(rng.standard_normal(len(x)) + 1j * rng.standard_normal(len(x)))
    f = np.fft.fftfreq(len(x), 1 / RATE_HZ) - e.center_hz
    beside = np.fft.ifft(spectrum * ((f > 5.7e6) & (f < 9e6)))
    y = (x + np.sqrt(8 * np.mean(np.abs(x) ** 2) / np.mean(np.abs(beside) ** 2)) * beside).astype(np.complex64)
    both = zadoff_chu.likeness(band(y, RATE_HZ, e.center_hz + off_hz, 0, zadoff_chu.RATE_HZ, 1.2 * e.bandwidth_hz)[0])
    assert min(both) > 0.3


def test_a_pedestal_under_the_prefix_does_not_hide_it() -> None:
    """Zadoff-Chu symbols of a low root are the same in every burst, and so are the correlations beside the lag."""
    lag = prefix.Lag(prefix.GRID_15K_S, 5.5 + 0j, np.full(34, 1.5 + 0j), 100.0, 100.0)
    assert lag.sigma < 4
    assert lag.peak > 2.5
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((20_000, 35)) + 1j * rng.standard_normal((20_000, 35))
    assert not any(prefix.Lag(1.0, row[0], row[1:]).peak > 2.5 for row in noise)
