"""Faint carriers: what stands a little out of its neighbours is looked at in its samples, a thousand times as finely.

A bin is 40 kHz wide and a carrier some ten Hz: in a bin it must reach six sigma, since there are 20,000 of them to be mistaken about a
second. A bin (or two, for a carrier between them) at 3.8 sigma is a candidate, a few a second on noise. Its band is cut out (a sum over
half a bin's inverse at a time, moved to 0 Hz) and transformed whole: there a carrier of that strength stands 20 dB out of the lines round
it, and noise does not. Lines are summed over widths up to the phase noise of a poor oscillator.

A carrier between two bins shows least: a quarter of it in each. So in the first segment, and now and then, all lines of all bins are looked
at (`lines.py`), where it stands out as it would anywhere, and the clearest are asked for in the same way (`peaks`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy.ndimage import uniform_filter1d
from scipy.special import gammaincc, gammainccinv, ndtri_exp

from picket.spectrum.lines import Lines, Sums, level, stretches
from picket.spectrum.order import median
from picket.spectrum.tones_kernels import hop_sums

_CANDIDATE = 3.8  # sigma
_AROUND, _OWN = 17, 5  # bins that a bin is compared with, without those that may be its own
_WIDTHS = (3, 9, 33)  # lines that are summed
_PART = 8
_LEAST_ROWS = 64
_FALSE, _FIRST_FALSE = 1e-6, 1e-3  # chances that noise passes
_RAREST = 1e-300  # what is rarer still is no number any more
_MOST = 4  # that are asked in one segment, those that stand out most first
_TAPS = 4
_WITHIN = 0.85  # of a bin, either side, that is looked at
_AGAIN = 20  # segments until a bin that did not pass is asked once more, unless it stands out more than it did
_MORE = 1.25
DC_BINS = 3
_LOOK, _PEAKS = 40, 2.0  # segments between looks at all bins; candidates that noise has in one
_TOLD_EVERY, _MOST_TOLD = 4, 8
_EACH_HALF = 3e-4  # chance that noise at a place passes in half of a segment, where a line is on throughout

Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def candidates(excess_db: Doubles, taken: Bools, sigma_db: Doubles, least: float = _CANDIDATE) -> list[tuple[int, int, float]]:
    """Bins (first, last + 1, sigma) that stand `least` sigma and more out of their neighbours, without those taken; a carrier between two
    is both.
    """
    n = len(excess_db)
    if n < 2 * _AROUND:
        return []
    around = _AROUND * uniform_filter1d(excess_db, _AROUND, mode="nearest") - _OWN * uniform_filter1d(
        excess_db, _OWN, mode="nearest"
    )
    own = (excess_db - around / (_AROUND - _OWN)) / (sigma_db * np.sqrt(1 + 1 / (_AROUND - _OWN)))
    own[taken] = -np.inf
    own[n // 2 - DC_BINS : n // 2 + DC_BINS + 1] = -np.inf
    two = (own[1:] + own[:-1]) / 1.48  # neighbouring bins go along with each other by 0.1
    found = []
    for k in np.flatnonzero((own > least) | (np.append(two, -np.inf) > least)):
        pair = k + 1 < n and two[k] > own[k]
        found.append((int(k), int(k) + 1 + int(pair), float(two[k] if pair else own[k])))
    return found


def tone(samples: npt.NDArray[np.generic], offset: float, bins: int, at: float) -> float:
    """By how many sigma a carrier within a bin of `at` (bins; bins / 2 is 0 Hz) stands out in interleaved samples (2M,): 0 for none.

    An eighth of them is asked first, which most noise does not pass.
    """
    hop = bins // 2
    rows = len(samples) // 2 // hop
    part = rows // _PART
    if part < _LEAST_ROWS:
        return 0.0
    middle = (rows - part) // 2
    if log_chance(fine(samples[2 * middle * hop : 2 * (middle + part) * hop], offset, bins, at)) > math.log(_FIRST_FALSE):
        return 0.0
    return _sigma(samples, offset, bins, at)


def _sigma(samples: npt.NDArray[np.generic], offset: float, bins: int, at: float) -> float:
    return _told(fine(samples, offset, bins, at))


def _told(lines: Doubles) -> float:
    chance = log_chance(lines)
    return -float(ndtri_exp(chance)) if chance < math.log(_FALSE) else 0.0


def strength(lines: Doubles, count: int, step: float) -> float:
    """Power of the strongest line in a sum of so many spectra from `fine`, over the noise of a bin. step: bins from line to line."""
    own = float(_sums(lines, _WIDTHS[1]).max()) / count - _WIDTHS[1]
    return max(own, 0.0) * step


def spacing(lines: Doubles) -> float:
    """Bins from line to line of a spectrum from `fine`."""
    return 2 * _WITHIN / len(lines)


def throughout(samples: npt.NDArray[np.generic], offset: float, bins: int, at: float) -> bool:
    """Whether one line of a carrier is there in both halves of interleaved samples (2M,)."""
    half = len(samples) // 4 * 2
    first = [_sums(fine(samples[:half], offset, bins, at), w) for w in _WIDTHS]
    least = [float(gammainccinv(w, _EACH_HALF)) for w in _WIDTHS]
    if not any(sums.max() > limit for sums, limit in zip(first, least, strict=True)):
        return False
    second = fine(samples[half : 2 * half], offset, bins, at)
    return any(np.minimum(sums, _sums(second, w)).max() > limit for sums, w, limit in zip(first, _WIDTHS, least, strict=True))


def peaks(samples: npt.NDArray[np.generic], offset: float, lines: Lines) -> list[float]:
    """Where (bins) lines stand out of interleaved samples (2M,), the clearest first: at most one a bin."""
    sums, all_bins = Sums(lines.bins), np.ones(lines.bins, np.bool_)
    for frame in stretches(len(samples) // 2 // lines.bins):
        power = lines.power(samples, frame * lines.bins, offset)
        sums.add(power, level(power), all_bins)
    found: list[float] = []
    for at, _ in sums.clearest(_PEAKS):
        if all(abs(at - other) > 1 for other in found):
            found.append(at)
    return found


def _sums(power: npt.NDArray[Any], w: int) -> npt.NDArray[Any]:
    """The sum of each of power and the w - 1 that follow it, as far as there are."""
    out = power.copy()
    for k in range(1, w):
        out[:-k] += power[k:]
    return out


def log_chance(lines: Doubles, count: int = 1, widths: tuple[int, ...] = _WIDTHS) -> float:
    """The natural logarithm of the chance that in noise a line stands out as one does in a sum of so many spectra from `fine`."""
    total = np.concatenate([[0.0], np.cumsum(lines)])
    chance = min(float(gammaincc(w * count, (total[w:] - total[:-w]).max())) for w in widths)
    return math.log(len(lines) * max(chance, _RAREST))


def fine(samples: npt.NDArray[np.generic], offset: float, bins: int, at: float) -> Doubles:
    """The power of the lines within a bin of `at`, in order of frequency, of noise 1 each; as many for as many samples."""
    hop = bins // 2
    rows = len(samples) // 2 // hop
    step = (at - bins / 2) / bins
    window, _ = _window(hop)
    turn = (window * np.exp(-2j * np.pi * ((step * np.arange(len(window))) % 1.0))).reshape(_TAPS, hop)
    part = np.empty((rows, _TAPS), np.complex64)
    hop_sums(samples, offset, np.stack([turn.real, turn.imag], axis=1).astype(np.float32).ravel(), part.view(np.float32))
    rows -= _TAPS - 1
    y = sum(part[tap : tap + rows, tap] for tap in range(_TAPS))
    y = y * np.exp(-2j * np.pi * ((step * hop * np.arange(rows)) % 1.0))
    power = np.abs(scipy.fft.fft(y, workers=1)) ** 2
    near, response = _lines(rows, hop)
    lines = power[near] / response
    return np.asarray(lines / (median(lines) / math.log(2) + 1e-30))


@lru_cache(maxsize=8)
def _window(hop: int) -> tuple[npt.NDArray[np.float32], tuple[Doubles, Doubles]]:
    """A filter of _TAPS hops that keeps carriers further than a bin and a half away 60 dB down (they would fold back), and its
    response over bins.
    """
    window = np.kaiser(_TAPS * hop, 9.0)
    f = np.linspace(0, 1, 65)
    turns = np.exp(-2j * np.pi * f[:, None] * (np.arange(len(window)) - len(window) / 2)[None, :] / (2 * hop))
    return window.astype(np.float32), (f, np.abs(turns @ window))


@lru_cache(maxsize=8)
def _lines(rows: int, hop: int) -> tuple[npt.NDArray[np.intp], Doubles]:
    """Which of so many lines are looked at, in order of frequency, and by how much the filter weakens their power."""
    f = scipy.fft.fftfreq(rows) * 2  # bins
    order = np.argsort(f)
    near = order[np.abs(f[order]) < _WITHIN]
    return near, np.interp(np.abs(f[near]), *_window(hop)[1]) ** 2


@dataclass
class Line:
    """A carrier that `peaks` showed. at: bins; level: power over a bin's noise; gained: sigma in this segment; asked: segment it was
    asked in.
    """

    at: float
    level: float
    gained: float
    asked: int


@dataclass
class Tones:
    """What was asked before: a noise that stays in the floor's mean is not asked each time, nor is what `peaks` told."""

    asked: dict[int, tuple[int, float]] = field(default_factory=dict)  # bin: segment, sigma
    told: dict[float, Line] = field(default_factory=dict)  # where `peaks` showed a carrier (bins)
    segment: int = 0

    def find(
        self, samples: npt.NDArray[np.generic], offset: float, excess_db: Doubles, taken: Bools, sigma_db: Doubles
    ) -> Doubles:
        """By how many sigma a faint carrier stands out in each bin (K,) of one segment; 0 where there is none or the bin is
        taken.
        """
        self.segment += 1
        out = np.zeros(len(excess_db))
        asked = 0
        for first, last, sigma in sorted(candidates(excess_db, taken, sigma_db), key=lambda c: -c[2]):
            before, by = self.asked.get(first, (-_AGAIN, 0.0))
            if out[first:last].any() or (self.segment - before < _AGAIN and sigma < _MORE * by):
                continue
            asked += 1
            if asked > _MOST:
                break
            if stands_out := tone(samples, offset, len(excess_db), (first + last - 1) / 2):
                out[first:last] = stands_out
            else:
                self.asked[first] = (self.segment, sigma)
        return out

    def between(self, samples: npt.NDArray[np.generic], offset: float, taken: Bools, lines: Lines) -> list[Line]:
        """Carriers that are on throughout and lie in no bin (K,) that is taken: those show a signal without being asked.

        Each is asked again every _TOLD_EVERY segments, one a segment, so that its end is seen.
        """
        bins = len(taken)
        free = {x for x in self.told if not taken[pair(x, bins)].any()}  # others' bins show them, but need not the next time
        due = [x for x in free if self.segment - self.told[x].asked >= _TOLD_EVERY]
        new = peaks(samples, offset, lines) if self.segment % _LOOK == 1 and len(free) < _MOST_TOLD else []
        new = [x for x in new if abs(x - bins / 2) > DC_BINS + 1 and all(abs(x - y) > 1 for y in self.told)]
        new = [x for x in new if not taken[pair(x, bins)].any()][:_MOST]
        for x in free:
            self.told[x].gained = 0.0
        for x in sorted(due, key=lambda x: (self.told[x].asked, x))[:1] + new:
            own = fine(samples, offset, bins, x) if throughout(samples, offset, bins, x) else None
            if own is not None and (sigma := _told(own)):
                self.told[x] = Line(x, strength(own, 1, spacing(own)), sigma, self.segment)
                free.add(x)
            elif x in free:
                del self.told[x]
                free.remove(x)
        return [self.told[x] for x in sorted(free)]


def pair(at: float, bins: int) -> slice:
    """The two bins that a carrier lies between."""
    first = min(max(math.floor(at), 0), bins - 2)
    return slice(first, first + 2)
