"""A saw-tooth sweep repeats itself: the signal correlates with itself one sweep later, whatever the sweep's width (its phase
may slip by a constant).

Sweeps of GNSS jammers take a few to some tens of microseconds (Inside GNSS, "Fast and flexible"; Kraus et al. 2011, ION GNSS,
survey of jammers: mostly 9 to 27 us). Looked for: 4 to 60 us.
"""

from __future__ import annotations

import numpy as np
import scipy.fft

from picket.spectrum.clip import Clip


def sweep(c: Clip) -> tuple[float, float]:
    """Period in seconds of the strongest repetition between 4 and 60 us, and how strong (share of the signal's power, 0..1)."""
    x = c.iq[: 1 << 16]
    n = scipy.fft.next_fast_len(2 * len(x))
    power = np.abs(scipy.fft.fft(x, n, workers=1)) ** 2
    finer = np.concatenate(
        [power[: n // 2], np.zeros(3 * n, power.dtype), power[n // 2 :]]
    )  # lags between samples: a wide sweep's peak is narrow
    r = np.abs(scipy.fft.ifft(finer, workers=1))
    rate = 4 * c.rate_hz
    first, last = int(4e-6 * rate), int(60e-6 * rate) + 2
    if last + 2 >= 4 * len(x) or first < 3:
        return 0.0, 0.0
    part = r[first:last] / r[0]
    peaks = np.flatnonzero((part[1:-1] > part[:-2]) & (part[1:-1] >= part[2:])) + 1  # a slope at an end is no repetition
    if not len(peaks) or c.in_signal < 0.25:
        return 0.0, 0.0
    highest = float(part[peaks].max())
    at = int(peaks[part[peaks] > 0.8 * highest][0])  # the first of several equal peaks is the period itself
    return (first + at) / rate, min(1.0, (float(part[at]) - float(np.quantile(part, 0.5))) / c.in_signal)
