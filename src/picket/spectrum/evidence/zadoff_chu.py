"""DroneID's two Zadoff-Chu symbols: roots 600 and 147, length 601, on the 15 kHz grid at 15.36 MS/s, two symbols (2,192 samples) apart.

Source: proto17/dji_droneid README, RUB-SysSec/DroneSecurity; exp(-j pi r n (n + 1) / 601), centre element zero. A shift in frequency moves
the peak in time, and only a fraction of a carrier costs height, so a few fractions are tried.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

RATE_HZ = 15.36e6
ROOTS = (600, 147)
APART = 2 * (1024 + 72)
_FRACTIONS_HZ = (0.0, -5e3, 5e3)
Complex = npt.NDArray[np.complex64]


@cache
def symbol(root: int) -> Complex:
    """The symbol in time, 1,024 samples, unit energy."""
    n = np.arange(601)
    z = np.exp(-1j * np.pi * root * n * (n + 1) / 601)
    z[300] = 0
    grid = np.zeros(1024, complex)
    grid[(n - 300) % 1024] = z
    x = np.fft.ifft(grid)
    return np.asarray((x / np.sqrt(np.sum(np.abs(x) ** 2))).astype(np.complex64))


@lru_cache(maxsize=32)
def _spectrum(root: int, n: int) -> Complex:
    return np.asarray(np.conj(scipy.fft.fft(symbol(root), n, workers=1)))


def likeness(iq: Complex) -> tuple[float, float]:
    """Best normalised correlation (0..1, share of energy) of both symbols at their distance in IQ at RATE_HZ: (root 600, root 147).

    Noise alone reaches about ln(samples) / 601 = 0.02.
    """
    if len(iq) < APART + 1024:
        return 0.0, 0.0
    n = scipy.fft.next_fast_len(len(iq) + 1024)
    total = np.cumsum(np.concatenate([[0.0], np.abs(iq) ** 2]))
    energy = np.maximum(total[1024:] - total[:-1024], 1e-12 * total[-1] + 1e-30)
    best = (0.0, 0.0)
    turns = np.arange(len(iq)) / RATE_HZ
    for shift in _FRACTIONS_HZ:
        x = scipy.fft.fft(iq * np.exp(2j * np.pi * ((shift * turns) % 1.0)), n, workers=1)
        first, second = (np.abs(scipy.fft.ifft(x * _spectrum(r, n), workers=1))[: len(energy)] ** 2 / energy for r in ROOTS)
        # A shift of k carriers moves the two peaks apart by a few samples each: the second is looked for near its place.
        near = (
            np.max(np.lib.stride_tricks.sliding_window_view(np.pad(second[APART:], 24), 49), axis=1)
            if len(second) > APART
            else np.zeros(0)
        )
        if len(near):
            both = np.sqrt(first[: len(near)] * near)
            at = int(np.argmax(both))
            if both[at] > np.sqrt(best[0] * best[1]):
                best = (float(first[at]), float(near[at]))
    return best
