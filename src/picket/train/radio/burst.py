"""What every transmitter of the generator hands over: bursts at the recording's rate, of unit power, with their exact place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import resample

Complex = npt.NDArray[np.complex64]


@dataclass(frozen=True)
class Burst:
    """One stretch of transmission. iq: unit mean power, centred on 0 Hz; offset_hz: from the recording's centre."""

    start_s: float
    offset_hz: float
    iq: Complex


@dataclass(frozen=True)
class Air:
    """What a transmitter may use: the recording's rate and length, and the band (from the recording's centre) it should stay in."""

    rate_hz: float
    duration_s: float
    low_hz: float
    high_hz: float

    def centre(self, rng: np.random.Generator, bandwidth_hz: float) -> float:
        """A centre for so wide a signal, in the middle where the band is too narrow for it."""
        room = (self.high_hz - self.low_hz - bandwidth_hz) / 2
        middle = (self.high_hz + self.low_hz) / 2
        return middle + rng.uniform(-room, room) if room > 0 else middle

    def span(self, rng: np.random.Generator, shortest_s: float) -> tuple[float, float]:
        """When a steady transmitter is on: half of the time throughout, else from or until somewhere."""
        if rng.random() < 0.5 or self.duration_s <= 2 * shortest_s:
            return 0.0, self.duration_s
        start = rng.uniform(0, self.duration_s - shortest_s)
        return start, rng.uniform(start + shortest_s, self.duration_s)


def unit(iq: npt.NDArray[np.complexfloating]) -> Complex:
    """The same with mean power 1."""
    return np.asarray((iq / np.sqrt(np.mean(np.abs(iq) ** 2))).astype(np.complex64))


def at_rate(iq: npt.NDArray[np.complexfloating], native_hz: float, rate_hz: float) -> Complex:
    """Resampled (by Fourier, with a pad against wrapping round) to the recording's rate, unit power."""
    if native_hz == rate_hz:
        return unit(iq)
    pad = 64
    n = len(iq) + 2 * pad
    m = round(n * rate_hz / native_hz)
    out = resample(np.pad(iq, pad), m)
    first = math.floor(pad * rate_hz / native_hz)
    return unit(out[first : first + round(len(iq) * rate_hz / native_hz)])


def shifted(iq: Complex, offset_hz: float, rate_hz: float, first_sample: int) -> Complex:
    """Moved by offset_hz, with a phase that runs on from sample 0 of the recording."""
    turns = (offset_hz / rate_hz) * (first_sample + np.arange(len(iq), dtype=np.float64))
    return np.asarray((iq * np.exp(2j * np.pi * (turns % 1.0))).astype(np.complex64))
