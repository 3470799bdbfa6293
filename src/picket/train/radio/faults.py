"""What a cheap front end does to a recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from picket.train.radio.burst import Complex


@dataclass(frozen=True)
class Faults:
    """Each fault is off at its default. Levels in dB are against the noise's power over the whole band, but image_db (below the signal)."""

    ripple_db: float = 0.0  # amplitude of the pass band's ripple
    ripple_waves: float = 3.0  # waves of it across the band
    dc_db: float | None = None  # a carrier at 0 Hz
    image_db: float | None = None  # each signal again at minus its frequency, so much weaker
    spur_db: float | None = None  # a carrier of the receiver's own
    spur_hz: float = 0.0
    gain_step_db: float = 0.0  # at gain_step_at (share of the recording) everything grows by so much
    gain_step_at: float = 0.5
    clip_share: float = 0.0  # full scale is set so that about this share of samples is clipped


def spoil(iq: Complex, rate_hz: float, faults: Faults, noise_power: float) -> Complex:
    """The recording (noise and signals) after the front end."""
    out = iq
    if faults.ripple_db:
        taps = _ripple_taps(faults)
        out = np.convolve(out, taps, "same").astype(np.complex64)
    if faults.image_db is not None:
        out = out + np.float32(10 ** (-faults.image_db / 20)) * np.conj(out)
    turns = np.arange(len(out)) / rate_hz
    if faults.spur_db is not None:
        level = np.sqrt(noise_power * 10 ** (faults.spur_db / 10))
        out = out + (level * np.exp(2j * np.pi * ((faults.spur_hz * turns) % 1.0))).astype(np.complex64)
    if faults.dc_db is not None:
        out = out + np.complex64(np.sqrt(noise_power * 10 ** (faults.dc_db / 10)) * (0.8 + 0.6j))
    if faults.gain_step_db:
        out = out.copy()
        out[int(faults.gain_step_at * len(out)) :] *= np.float32(10 ** (faults.gain_step_db / 20))
    return out.astype(np.complex64)


def _ripple_taps(faults: Faults) -> Complex:
    """A filter whose response in dB is a cosine over the band: an echo on both sides, `ripple_waves` samples away."""
    n = 64
    f = np.fft.fftfreq(n)
    response = 10 ** (faults.ripple_db / 20 * np.cos(2 * np.pi * faults.ripple_waves * f + 0.7))
    return np.fft.fftshift(np.fft.ifft(response)).astype(np.complex64)
