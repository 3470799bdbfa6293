"""The power of all lines of a stretch of samples: one transform of FRAMES frames, whose lines are some 76 Hz apart.

A carrier's line is that wide or narrower, so that little shows it better; and the lines of many stretches add up. Two or four side by
side are summed: a carrier lies between two, and may drift or be that wide.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d
from scipy.special import gammaincc, ndtri

from picket.spectrum.lines_kernels import FRAMES, add_lines, best_sums, columns
from picket.spectrum.transform import aligned, plan
from picket.spectrum.transform_kernels import filter_bank

WIDTHS = (2, 4)  # lines that are summed
_RAREST = 1e-280  # what is rarer still is no number any more
_COARSE = 0.4  # sigma by which `_sigma` may be too low where it is used
_AROUND = 5  # bins whose mean is the noise of one

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Lines:
    """Room for one stretch of a recording of so many bins; filled anew by each, since fresh memory costs more than the sums."""

    def __init__(self, bins: int) -> None:
        self.bins = bins
        self._turned = aligned((2 * FRAMES * bins + 2 * bins,))
        self._turned[2 * FRAMES * bins :] = 0
        self._work, self._rows = aligned((8, 16 * FRAMES)), aligned((4, bins))
        self._power = aligned((FRAMES, bins))

    def power(self, samples: npt.NDArray[np.generic], first: int, offset: float) -> Floats:
        """The power (FRAMES, bins) of the lines of interleaved samples (2M,) from number `first` on; line k of bin b lies at b + k / FRAMES
        bins. Good until the next call. Cost: about 2 ns a sample.
        """
        columns(samples, first, offset, *_column_plan(self.bins), self._work, self._turned)
        none = np.empty((0, self.bins), np.float32)
        filter_bank(self._turned, 0.0, _frame(self.bins), plan(self.bins), self._power, none, self._rows)
        return self._power


class Sums:
    """Lines of many stretches added up, of noise 1 each. count (N,): stretches that are in a bin's sums."""

    def __init__(self, bins: int) -> None:
        self.bins = bins
        self.count = np.zeros(bins)
        self.total = aligned((FRAMES, bins))
        self.total[:] = 0

    def add(self, power: Floats, level: Floats, quiet: Bools) -> None:
        """Adds the lines of bins that are quiet (N,), in units of their noise (N,)."""
        scale = np.where(quiet, 1 / level, 0).astype(np.float32)
        add_lines(power.ravel(), scale, self.total.ravel())
        self.count += quiet

    def fade(self) -> None:
        """Forgets half of what was added."""
        self.total *= np.float32(0.5)
        self.count /= 2

    def forget(self, k: int) -> None:
        """Forgets all that was added in the bins round k."""
        near = slice(max(k - 1, 0), k + 2)
        self.total[:, near], self.count[near] = 0, 0

    def clearest(self, chance: float) -> list[tuple[float, float]]:
        """Where (bins) lines stand out as they do in noise with that chance in all, and the logarithm of it: the least likely first."""
        best = np.empty((len(WIDTHS), self.bins), np.float32)
        best_sums(self.total.ravel(), best[0], best[1])
        tests = self.bins * FRAMES
        most = np.array(WIDTHS)[:, None] * np.maximum(self.count, 0.5)
        clear = (_sigma(best, most) > -ndtri(chance / tests) - _COARSE) & (self.count > 0)
        log = np.zeros(best.shape)
        log[clear] = np.log(np.maximum(gammaincc(most[clear], best[clear]), _RAREST) * tests)
        likely = np.where(clear.any(axis=0), np.where(clear, log, np.inf).min(axis=0), np.inf)
        rare = np.flatnonzero(likely < math.log(chance))
        return [(self._place(int(k), WIDTHS[log[:, k].argmin()]), float(likely[k])) for k in rare[np.argsort(likely[rare])]]

    def _place(self, k: int, width: int) -> float:
        own = np.convolve(self.total[:, k], np.ones(width), "valid")
        return float(k + (own.argmax() + (width - 1) / 2) / FRAMES)


def stretches(frames: int) -> list[int]:
    """The first frames of the stretches that so many frames hold; the last may lie over the one before, where much would be left."""
    first = list(range(0, frames - FRAMES + 1, FRAMES))
    return [*first, frames - FRAMES] if first and frames % FRAMES >= FRAMES // 4 else first


def level(power: Floats) -> Floats:
    """The noise (N,) of one line of each bin."""
    return np.asarray(uniform_filter1d(power.mean(axis=0), _AROUND, mode="wrap") + np.float32(1e-30))


def _sigma(total: Floats, count: Doubles) -> Doubles:
    """By about how much sums of so many lines of noise stand out (Wilson and Hilferty)."""
    return np.asarray(3 * np.sqrt(count) * (np.cbrt(total / count) - 1 + 1 / (9 * count)))


@cache
def _frame(bins: int) -> Floats:
    """A window (2 N,) of one frame; alternating signs put 0 Hz into the middle bin."""
    window = aligned((2 * bins,))
    window[:] = np.repeat([1.0, 0.0], bins) * (-1.0) ** np.arange(2 * bins)
    return window


@cache
def _column_plan(bins: int) -> tuple[Floats, Floats]:
    """The factors of the passes down the columns, six numbers each; and what turns column n from line to line and over half of them."""
    turns, length = [], FRAMES
    while length >= 8:
        p = np.arange(length // 4)
        turn = np.exp(-2j * np.pi * np.outer(p, [1, 2, 3]) / length)
        turns.append(np.stack([turn.real, turn.imag], axis=-1).ravel())
        length //= 4
    n = np.arange(bins)
    step, far = np.exp(-2j * np.pi * n / (FRAMES * bins)), np.exp(-2j * np.pi * n / (2 * bins))
    return np.concatenate(turns).astype(np.float32), np.concatenate([step.real, step.imag, far.real, far.imag]).astype(np.float32)
