"""LoRa: multiplied by a falling chirp of the same slope, each symbol becomes a line.

Slope: bandwidth^2 / 2^SF (Vangelista 2017, doi:10.1109/LSP.2017.2762960; Semtech SX1280 data sheet 6.2). At a sample rate equal
to the bandwidth the wrap of a symbol from top to bottom is no break: it aliases onto the same line. No symbol is aligned or
decided; the share of power in the strongest line of each symbol-long window is averaged.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.fft

from picket.spectrum.clip import Wideband, band

Complex = npt.NDArray[np.complex64]
BANDWIDTHS_HZ = (125e3, 203.125e3, 250e3, 406.25e3, 500e3, 812.5e3, 1625e3)
FACTORS = range(5, 13)


def line_share(iq: Complex, factor: int) -> float:
    """How much the strongest lines stand out at spreading factor `factor`, in IQ at a rate equal to the bandwidth: 0 for noise,
    towards 1 for a chirp.
    """
    n = 1 << factor
    windows = len(iq) // n
    if windows < 3:
        return 0.0
    t = np.arange(windows * n, dtype=np.float64)
    turns = (t * t / (2 * n)) % 1.0
    power = np.abs(scipy.fft.fft((iq[: len(t)] * np.exp(-2j * np.pi * turns)).reshape(windows, n), axis=1, workers=1)) ** 2
    share = float(np.mean(power.max(axis=1) / np.maximum(power.sum(axis=1), 1e-30)))
    noise = (np.log(n) + 0.5772) / n  # mean of the largest of n exponential values over their sum
    return float(max(0.0, (share - noise) / (1 - noise)))


def dechirp(iq: Complex | Wideband, rate_hz: float, center_hz: float, bandwidth_hz: float) -> tuple[float, int, float]:
    """The best (bandwidth, spreading factor, share) among the standard bandwidths near the measured one."""
    best = (0.0, 0, 0.0)
    for width in BANDWIDTHS_HZ:
        if not 0.7 < bandwidth_hz / width < 1.35:
            continue
        part, _, _ = band(iq, rate_hz, center_hz, width, exact_hz=width)
        for factor in FACTORS:
            share = line_share(part, factor)
            if share > best[2]:
                best = (width, factor, share)
    return best
