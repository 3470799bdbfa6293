"""Analogue video: the line rate of a demodulated FM carrier.

The spectrum of the instantaneous frequency has teeth at the line rate and its multiples: 15,625 Hz (625 lines) or 15,734.27 Hz
(525 lines), ITU-R BT.1700; also PySDR chapter 25, where the tooth stands 44 dB out in 50 ms. This tests for a video carrier; no
picture is formed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from picket.spectrum.clip import Clip

LINE_HZ = {"PAL": 15625.0, "NTSC": 15734.266}
HARMONICS = 8


@dataclass(frozen=True)
class Teeth:
    """line_hz: where the comb fits best. height: mean of the teeth over their surroundings (about 1 without a comb)."""

    line_hz: float
    height: float

    @property
    def standard(self) -> str:
        return min(LINE_HZ, key=lambda s: abs(LINE_HZ[s] - self.line_hz))


def teeth(c: Clip) -> Teeth:
    """The comb of the line rate in a clip of 5 ms or more."""
    if c.seconds < 4e-3:
        return Teeth(0.0, 0.0)
    x = c.iq
    turn = np.angle(x[1:] * np.conj(x[:-1])).astype(np.float32)
    keep = max(1, int(c.rate_hz / 1e6))  # the teeth looked at lie below 130 kHz
    n = len(turn) // keep
    turn = turn[: n * keep].reshape(n, keep).mean(axis=1)
    rate = c.rate_hz / keep
    turn = (turn - turn.mean()) * np.hanning(n)
    size = scipy.fft.next_fast_len(4 * n)
    power = np.abs(scipy.fft.rfft(turn, size, workers=1)) ** 2
    line = rate / size
    candidates = np.arange(15500, 15860, rate / n / HARMONICS / 2)
    heights = np.zeros(len(candidates))
    for h in range(1, HARMONICS + 1):
        at = np.rint(candidates * h / line).astype(int)
        low, high = int((15500 * h - 4000) / line), int((15860 * h + 4000) / line)
        if high >= len(power):
            break
        around = float(np.median(power[low:high])) / 0.693 + 1e-30
        heights += np.minimum(power[at] / around, 200)
    best = int(np.argmax(heights))
    return Teeth(float(candidates[best]), float(heights[best]) / HARMONICS)
