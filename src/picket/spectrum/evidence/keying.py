"""Frequency keying: a constant envelope, and changes of frequency that keep to a clock.

The squared slope of the instantaneous frequency of FSK has a line at the symbol rate (Gardner 1994 on cyclostationary detectors; Bluetooth Core 5.4 vol 2
part A 3.1.1: 1 Msymbol/s). Only the rate is measured; no bit is decided.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.fft

from picket.spectrum.clip import Clip

_GRID_HZ = 500.0


def clock_spectrum(c: Clip, rates_hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Power of the squared slope at each rate, over its median: bursts of one transmitter may be added."""
    x = c.iq
    turn = np.angle(x[1:] * np.conj(x[:-1]))
    smooth = max(1, round(0.4 * c.rate_hz / c.bandwidth_hz))
    turn = np.convolve(turn, np.ones(smooth) / smooth, "same")
    slope = np.diff(turn) ** 2
    slope = np.minimum(slope, np.quantile(slope, 0.98))  # clicks of the demodulator
    slope = (slope - slope.mean()) * np.hanning(len(slope))
    n = scipy.fft.next_fast_len(max(len(slope), int(c.rate_hz / _GRID_HZ)))
    power = np.abs(scipy.fft.rfft(slope, n, workers=1)) ** 2
    at = np.minimum(np.rint(rates_hz / c.rate_hz * n).astype(int), len(power) - 1)
    found = power[at]
    return np.asarray(found / (np.median(found) + 1e-30))


def envelope(c: Clip) -> float:
    """Variance of the envelope's square over its mean's square, less what the noise brings: 0 for a constant envelope, 1 for Gaussian noise."""
    power = np.abs(c.iq) ** 2
    noise = 1 - c.in_signal
    total = float(np.var(power) / np.mean(power) ** 2)
    return (total - noise * (2 - noise)) / max((1 - noise) ** 2, 1e-3)
