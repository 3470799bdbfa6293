"""DroneID's two Zadoff-Chu symbols: roots 600 and 147, length 601, on the 15 kHz grid at 15.36 MS/s, two symbols (2,192 samples) apart.

Source: proto17/dji_droneid README, RUB-SysSec/DroneSecurity; exp(-j pi r n (n + 1) / 601), centre element zero. A shift in frequency moves
the peak of root 600 (which is -1) in time, and only a fraction of a carrier costs height, so a few fractions are tried; that of root 147 it
moves out of the prefix, so each carrier is tried.
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
_NEAR = 10  # samples, and as many as the offset moves the first peak by
_SOME = 0.04  # of the first symbol; with less the second is not looked for
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
def _spectrum(root: int, n: int, shift_hz: float) -> Complex:
    """What a spectrum of n lines is to be multiplied by to correlate its samples, moved up by shift_hz, with the symbol."""
    down = np.exp(-2j * np.pi * shift_hz / RATE_HZ * np.arange(1024))
    return np.asarray(np.conj(scipy.fft.fft((symbol(root) * down).astype(np.complex64), n, workers=1)))


def likeness(iq: Complex, off_hz: float = 120e3) -> tuple[float, float]:
    """Best normalised correlation (0..1, share of energy) of both symbols at their distance in IQ at RATE_HZ: (root 600, root 147).

    The first is looked for everywhere, the second near its place and up to off_hz beside its frequency (the centre of a box is
    not known better than that, and less well where a stronger signal lies on it). Noise alone reaches about ln(samples) / 601 = 0.02
    and 0.03.
    """
    near = _NEAR + round(off_hz / 15e3 * 1024 / 601)
    if len(iq) < APART + 1024 + near:
        return 0.0, 0.0
    n = scipy.fft.next_fast_len(len(iq) + 1024)
    total = np.cumsum(np.concatenate([[0.0], np.abs(iq) ** 2]))
    energy = np.maximum(total[1024:] - total[:-1024], 1e-12 * total[-1] + 1e-30)
    last = len(energy) - APART
    x, best, at = scipy.fft.fft(iq, n, workers=1), -1.0, 0
    for shift in _FRACTIONS_HZ:
        first = np.abs(scipy.fft.ifft(x * _spectrum(ROOTS[0], n, shift), workers=1))[:last] ** 2 / energy[:last]
        if first.max() > best:
            best, at = float(first.max()), int(np.argmax(first))
    if best < _SOME:
        return best, 0.0
    begin = max(0, at + APART - near)
    windows = np.lib.stride_tricks.sliding_window_view(iq[begin : at + APART + 1024 + near], 1024)
    power = np.abs(windows @ _beside(off_hz)) ** 2 / energy[begin : begin + len(windows), None]
    return best, float(power.max())


@lru_cache(maxsize=4)
def _beside(off_hz: float) -> Complex:
    """The second symbol's conjugate at each of the offsets looked for, (1024, M)."""
    offsets = np.arange(-off_hz, off_hz + 1, 5e3)
    turns = np.arange(1024)[:, None] * offsets[None, :] / RATE_HZ
    return np.asarray((np.conj(symbol(ROOTS[1]))[:, None] * np.exp(-2j * np.pi * (turns % 1.0))).astype(np.complex64))
