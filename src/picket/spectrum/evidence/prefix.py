"""The cyclic prefix of OFDM: the end of each symbol stands before it too, so the signal resembles itself one useful symbol time later.

The correlation at lag 1/spacing is the prefix's share of the symbol times signal's share of the power: 72 in 1096 samples on
the 15 kHz grid, 16 in 80 for Wi-Fi. Source: van de Beek et al. 1997, doi:10.1109/78.599949; spacings: tmbinc/random dji/ocusync2, IEEE 802.11-2020 17.3.
Computed from the power spectrum (Wiener-Khinchin), so that any lag is exact at any sample rate; frequencies are counted from the recording's
centre, so that the correlations of one transmitter's bursts add up in phase.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft

from picket.spectrum.clip import Clip

GRID_15K_S = 1 / 15e3
WIFI_S = 3.2e-6
_BESIDE = np.concatenate([np.arange(-20, -3), np.arange(4, 21)])


@dataclass
class Lag:
    """Sums over bursts: the correlation at one lag and at lags beside it (for the scatter)."""

    lag_s: float
    value: complex = 0j
    beside: npt.NDArray[np.complex128] | None = None
    power: float = 0.0
    signal: float = 0.0

    def add(self, c: Clip) -> None:
        """Adds one burst."""
        n = scipy.fft.next_fast_len(len(c.iq))
        power = np.abs(scipy.fft.fft(c.iq, n, workers=1)) ** 2
        f = scipy.fft.fftfreq(n, 1 / c.rate_hz) + c.center_hz
        here = complex(np.dot(power, np.exp(2j * np.pi * ((f * self.lag_s) % 1.0))))
        lags = np.rint((self.lag_s + _BESIDE * 1.3 / c.bandwidth_hz) * c.rate_hz)
        around = np.fft.ifft(power)[lags.astype(int) % n] * n * np.exp(2j * np.pi * ((c.center_hz / c.rate_hz * lags) % 1.0))
        self.value += here
        self.beside = around if self.beside is None else self.beside + around
        self.power += float(power.sum())
        self.signal += float(power.sum()) * c.in_signal

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
