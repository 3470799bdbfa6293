"""IQ samples -> power over time and frequency: one weighted, two-block (polyphase) FFT per frame, no overlap of frames.

A plain windowed FFT either throws a third of the samples' worth away (Hann, no overlap) or costs twice (overlap). Folding two
blocks of a window of length 2N into one FFT of N (weighted overlap-add, Crochiere and Rabiner, Multirate Digital Signal
Processing, 1983, section 7.2) keeps every sample, leaves neighbouring cells nearly independent (the variance of a
sum of many cells is 1.18 times that of independent ones) and lets a carrier leak -53 dB at 1.5 bins. The window is sinc x Kaiser(4).

Cells are about 40 kHz x 25 us whatever the sample rate: the shortest bursts looked for (300 us) span a dozen frames, the narrowest
links (0.2 MHz) five bins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from picket.spectrum.transform_kernels import FEW, filter_bank

BIN_HZ = 40e3  # about; frames are its inverse long
TAPS = 2
VARIANCE_FACTOR = 1.18  # of a sum of many cells against independent ones: 1 + the sum of the cells' squared correlations

Floats = npt.NDArray[np.float32]


def bins_for(rate_hz: float) -> int:
    """Number of bins, a power of two of at least 32, that makes a bin about BIN_HZ wide."""
    return 1 << max(5, round(math.log2(rate_hz / BIN_HZ)))


def prototype(n: int) -> npt.NDArray[np.float64]:
    """The window (2n,): sinc x Kaiser, with unit energy, so that white noise keeps its power per bin."""
    at = (np.arange(TAPS * n) - TAPS * n / 2 + 0.5) / n
    h = np.sinc(at) * np.kaiser(TAPS * n, 4.0)
    return np.asarray(h / np.sqrt((h**2).sum()))


@dataclass(frozen=True)
class Transform:
    """Turns samples of one number type into power.

    bins: N. full_scale: the value that counts as 1. offset: what a sample of zero volts reads (127.5 for cu8).
    Power is in units of full scale squared, per bin; bins run from -rate/2 upwards (bin N/2 is 0 Hz).
    """

    bins: int
    full_scale: float = 1.0
    offset: float = 0.0

    def frames(self, samples: int) -> int:
        """How many whole frames so many samples give; frame r is centred on sample (r + 1) N."""
        return max(0, samples // self.bins - (TAPS - 1))

    def power(self, samples: npt.NDArray[np.generic], out: Floats | None = None, blocks: Floats | None = None) -> Floats:
        """Power (T, N) of interleaved samples (2M,); T = frames(M). blocks (B, N), where given, is filled with means of 8 frames (of
        all, where there are fewer). Cost: about 2 ns a sample on one core.
        """
        rows = self.frames(len(samples) // 2)
        grid = np.empty((rows, self.bins), np.float32) if out is None else out[:rows]
        means = np.empty((0, self.bins), np.float32) if blocks is None else blocks
        work = aligned((4, self.bins))
        filter_bank(samples, self.offset, weights(self.bins, self.full_scale), plan(self.bins), grid, means, work)
        return grid


def aligned(shape: tuple[int, ...]) -> Floats:
    """An array not filled yet that begins at a cache line: a vector that crosses two lines is loaded twice (a tenth of the transform)."""
    size, line = 4 * math.prod(shape), 64
    raw = np.empty(size + line, np.uint8)
    first = -raw.ctypes.data % line
    return raw[first : first + size].view(np.float32).reshape(shape)


@cache
def weights(bins: int, full_scale: float) -> Floats:
    """The window (2N,), scaled to full scale; alternating signs put 0 Hz into the middle bin."""
    h = prototype(bins) / full_scale
    out = aligned((TAPS * bins,))
    out[:] = h * (-1.0) ** np.arange(len(h))
    return out


@cache
def plan(n: int) -> Floats:
    """The factors of all passes but the last of a transform of n = 2^k >= 32, one after the other as the kernels read them: of the
    first two (6, n / 4) each, of the others (n / 64, 6), one for sixteen values.
    """
    m = n // 4
    at = np.arange(m)
    second = (
        at if n < FEW else at // 64 * 64 + at // 4 % 4 * 16 + at // 16 % 4 * 4 + at % 4
    )  # where the first pass leaves its points
    parts = [_turns(n, 1, at), _turns(n, 4, second)]
    stride = 16
    while 4 * stride < n:
        parts.append(_turns(n, stride, at[::16]).T)
        stride *= 4
    flat = np.concatenate([p.ravel() for p in parts])
    out = aligned(flat.shape)
    out[:] = flat
    return out


def _turns(n: int, stride: int, at: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """The factors (6, len(at)) of results 1 to 3 of each point: real and imaginary parts by turns."""
    turns = [np.exp(-2j * np.pi * j * (at // stride) * stride / n) for j in (1, 2, 3)]
    return np.array([part for turn in turns for part in (turn.real, turn.imag)])
