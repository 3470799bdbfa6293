"""Frequency keying: a constant envelope, and changes of frequency that keep to a clock.

The squared slope of the instantaneous frequency of FSK has a line at the symbol rate (Gardner 1994 on cyclostationary
detectors; Bluetooth Core 5.4 vol 2 part A 3.1.1: 1 Msymbol/s). Only the rate is measured; no bit is decided.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy.ndimage import median_filter

from picket.spectrum.clip import Clip

_GRID_HZ = 500.0
_MOST = 12.0
_PARTS, _PART_VALUES = 64, 8192  # of a long clip: parts, and values in each at least
RATES_HZ = np.arange(40e3, 1.3e6, 1e3)


def clock_spectrum(c: Clip) -> npt.NDArray[np.float32]:
    """Power of the squared slope at each of RATES_HZ, over its median there, at most _MOST: those of one transmitter's bursts may be added.

    The clip must be oversampled (4 times), or the line folds back. The product with the conjugate half a symbol later stands for
    the frequency: it has no clicks at low SNR.
    """
    x = c.iq
    lag = max(1, round(0.5 * c.rate_hz / c.bandwidth_hz))
    if len(x) < 16 * lag:
        return np.zeros(len(RATES_HZ), np.float32)
    y = x[lag:] * np.conj(x[:-lag])
    turn = np.mean(y)
    slope = np.diff((y * np.conj(turn) / (abs(turn) + 1e-30)).imag) ** 2
    slope = np.minimum(slope, np.quantile(slope, 0.98))
    slope = (slope - slope.mean()) * np.hanning(len(slope))
    n = scipy.fft.next_fast_len(max(len(slope), int(c.rate_hz / _GRID_HZ)))
    power = np.abs(scipy.fft.rfft(slope, n, workers=1)) ** 2
    found = power[np.minimum(np.rint(RATES_HZ / c.rate_hz * n).astype(int), len(power) - 1)]
    found[c.rate_hz / 2 < RATES_HZ] = 0
    around = median_filter(found[::8], 15, mode="nearest")
    return np.asarray(np.minimum(found / (np.repeat(around, 8)[: len(found)] + 1e-30), _MOST).astype(np.float32))


def clock(spectra: list[npt.NDArray[np.float32]], bandwidth_hz: float) -> tuple[float, float]:
    """Symbol rate in Hz and by how many sigma its line stands out of the mean of clock spectra.

    Looked for between a third of the bandwidth and 1.5 times it. Of exponential values over their median the mean is 1.44, and
    so is the deviation.
    """
    allowed = (0.33 * bandwidth_hz < RATES_HZ) & (1.5 * bandwidth_hz > RATES_HZ)
    if not allowed.any() or not spectra:
        return 0.0, 0.0
    mean = np.mean(spectra, axis=0)
    at = int(np.argmax(np.where(allowed, mean, 0)))
    return float(RATES_HZ[at]), float((mean[at] - 1.44) / (1.44 / np.sqrt(len(spectra))))


def envelope(c: Clip) -> float:
    """Variance of the envelope's square over its mean's square, less what the noise brings: 0 for a constant envelope, 1 for
    Gaussian noise. Of a long clip the median over its parts: another's bursts may lie on it.
    """
    power = np.abs(c.iq) ** 2
    noise = 1 - c.in_signal
    size = max(_PART_VALUES, len(power) // _PARTS)
    parts = power[: len(power) // size * size].reshape(-1, size) if len(power) >= size else power[None, :]
    total = float(np.median(np.var(parts, axis=1) / np.mean(parts, axis=1) ** 2))
    return (total - noise * (2 - noise)) / max((1 - noise) ** 2, 1e-3)
