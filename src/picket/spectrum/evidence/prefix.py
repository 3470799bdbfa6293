"""The cyclic prefix of OFDM: the end of each symbol stands before it too, so the signal resembles itself one useful symbol time later.

The correlation at lag 1/spacing is the prefix's share of the symbol times signal's share of the power: 72 in 1096 samples on
the 15 kHz grid, 16 in 80 for Wi-Fi. Source: van de Beek et al. 1997, doi:10.1109/78.599949; spacings: tmbinc/random
dji/ocusync2, IEEE 802.11-2020 17.3. Computed from the power spectrum (Wiener-Khinchin), so that any lag is exact at any sample
rate; frequencies are counted from the recording's centre, so that the correlations of one transmitter's bursts add up in phase.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.fft

from picket.spectrum.clip import Clip

GRID_15K_S = 1 / 15e3
WIFI_S = 3.2e-6
_BESIDE = np.concatenate([np.arange(-20, -3), np.arange(4, 21)])


def _turns(x: Any) -> Any:
    """exp(2 pi i x)."""
    return np.exp(2j * np.pi * (x % 1.0))


class Spectrum:
    """Power spectrum of a clip and its inverse transform, shared by the lags."""

    def __init__(self, c: Clip) -> None:
        n = scipy.fft.next_fast_len(len(c.iq))
        self.power = np.abs(scipy.fft.fft(c.iq, n, workers=1)).astype(np.float64) ** 2
        self.correlation = scipy.fft.ifft(self.power, workers=1) * n
        self.total = float(self.power.sum())


@dataclass
class Lag:
    """Sums over bursts: the correlation at one lag and at lags beside it (for the scatter)."""

    lag_s: float
    value: complex = 0j
    beside: npt.NDArray[np.complex128] | None = None
    power: float = 0.0
    signal: float = 0.0

    def add(self, c: Clip, spectrum: Spectrum) -> None:
        """Adds one burst."""
        n = len(spectrum.power)
        turn = self.lag_s * c.rate_hz / n
        # exp(2 pi i turn k) for all lines k, as the product of a coarse and a fine step
        fine = max(1, int(math.sqrt(n)))
        coarse = -(-n // fine)
        phases = (_turns(turn * fine * np.arange(coarse))[:, None] * _turns(turn * np.arange(fine))[None, :]).ravel()[:n]
        half = (n + 1) // 2  # lines from here on are negative frequencies
        here = np.dot(spectrum.power[:half], phases[:half]) + np.dot(spectrum.power[half:], phases[half:]) * _turns(
            -self.lag_s * c.rate_hz
        )
        lags = np.rint((self.lag_s + _BESIDE * 1.3 / c.bandwidth_hz) * c.rate_hz).astype(int)
        around = spectrum.correlation[lags % n] * _turns(c.center_hz / c.rate_hz * lags)
        self.value += complex(here * _turns(c.center_hz * self.lag_s))
        self.beside = around if self.beside is None else self.beside + around
        self.power += spectrum.total
        self.signal += spectrum.total * c.in_signal

    def merge(self, other: Lag) -> None:
        """Adds another sum."""
        if other.beside is not None:
            self.value += other.value
            self.beside = other.beside if self.beside is None else self.beside + other.beside
            self.power, self.signal = self.power + other.power, self.signal + other.signal

    @property
    def share(self) -> float:
        """Correlation as a share of the signal's power."""
        return abs(self.value) / max(self.signal, 1e-30)

    @property
    def sigma(self) -> float:
        """How many times the scatter of the lags beside it the correlation is."""
        if self.beside is None:
            return 0.0
        return float(abs(self.value) / max(np.sqrt(np.mean(np.abs(self.beside) ** 2)), 1e-30))

    @property
    def peak(self) -> float:
        """How many times the largest of the lags beside it. A signal with symbols that are the same in every burst (Zadoff-Chu sequences
        of a low root) has a pedestal there, which no sum of bursts takes away; noise gives 2.5 as seldom as 4 sigma.
        """
        return 0.0 if self.beside is None else float(abs(self.value) / max(np.abs(self.beside).max(), 1e-30))
