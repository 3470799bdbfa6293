"""Wi-Fi by its preamble and its chips.

OFDM frames begin with ten short training symbols of 0.8 us (IEEE 802.11-2020 17.3.3): for 8 us the signal repeats itself after
0.8 us. DSSS frames carry the 11-chip Barker word every microsecond (clause 15.4.4): a filter for it peaks at one phase of the
microsecond throughout the frame.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Complex = npt.NDArray[np.complex64]
BARKER = np.array([1, -1, 1, 1, -1, 1, 1, 1, -1, -1, -1], np.float32)
OFDM_RATE_HZ, DSSS_RATE_HZ = 20e6, 22e6


def preamble(iq: Complex) -> float:
    """Best correlation (0..1) of 6.4 us with what follows 0.8 us later, within the first 80 us, at OFDM_RATE_HZ; less the same
    later in the frame.
    """
    if len(iq) < 400:
        return 0.0
    product = iq[:-16] * np.conj(iq[16:])
    power = np.abs(iq) ** 2
    window = 128
    p = np.cumsum(np.concatenate([[0], product]))
    e = np.cumsum(np.concatenate([[0], power]))
    m = np.abs(p[window:] - p[:-window])
    n = np.sqrt((e[window : window + len(m)] - e[: len(m)]) * (e[window + 16 : window + 16 + len(m)] - e[16 : 16 + len(m)]))
    ratio = m / np.maximum(n, 0.05 * np.median(n) + 1e-30)
    return float(ratio[:1600].max() - np.quantile(ratio[min(400, len(ratio) // 2) :], 0.9))


def chips(iq: Complex) -> float:
    """Share of the Barker filter's output power at its best phase of the microsecond, against the mean of all 22, at DSSS_RATE_HZ."""
    taps = np.repeat(BARKER, 2)
    n = (len(iq) - len(taps)) // 22
    if n < 50:
        return 0.0
    out = np.abs(np.convolve(iq, taps[::-1], "valid")[: n * 22].reshape(n, 22)) ** 2
    folded = out.mean(axis=0)
    return float(folded.max() / folded.mean())
