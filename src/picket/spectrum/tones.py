"""Faint carriers: what stands a little out of its neighbours is looked at in its samples, a thousand times as finely.

A bin is 40 kHz wide and a carrier some ten Hz: in a bin it must reach six sigma, since there are 20,000 of them to be mistaken about a
second. A bin (or two, for a carrier between them) at 3.8 sigma is a candidate, a few a second on noise. Its band is cut out (a sum over
half a bin's inverse at a time, moved to 0 Hz) and transformed whole: there a carrier of that strength stands 20 dB out of the lines round
it, and noise does not. Lines are summed over widths up to the phase noise of a poor oscillator.

A carrier between two bins shows least: a quarter of it in each. So now and then, and in the first segment, an eighth of all samples is
transformed whole, in which it stands out as it would anywhere (`peaks`). That costs two hundredths of the time on noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy.ndimage import uniform_filter1d
from scipy.special import gammaincc, gammainccinv, ndtri_exp

from picket.spectrum.order import median
from picket.spectrum.tones_kernels import hop_sums

_CANDIDATE = 3.8  # sigma
_AROUND, _OWN = 17, 5  # bins that a bin is compared with, without those that may be its own
_WIDTHS = (3, 9, 33)  # lines that are summed
_PART = 8
_LEAST_ROWS = 64
_FALSE, _FIRST_FALSE = 1e-7, 1e-3  # chances that noise passes
_RAREST = 1e-300  # what is rarer still is no number any more
_MOST = 4  # that are asked in one segment, those that stand out most first
_TAPS = 4
_WITHIN = 0.85  # of a bin, either side, that is looked at
_AGAIN = 20  # segments until a bin that did not pass is asked once more, unless it stands out more than it did
_MORE = 1.25
_DC_BINS = 3
_LOOK, _CHUNK, _PEAKS = 20, 256, 2.0  # segments between looks at all bins; frames of one; candidates that noise has in it
_TOLD_EVERY, _MOST_TOLD = 4, 8
_EACH_HALF = 1e-3  # chance that noise passes in half of a segment, of a carrier that is on throughout

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
    own[n // 2 - _DC_BINS : n // 2 + _DC_BINS + 1] = -np.inf
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
    chance = log_chance(fine(samples, offset, bins, at))
    return -float(ndtri_exp(chance)) if chance < math.log(_FALSE) else 0.0


def throughout(samples: npt.NDArray[np.generic], offset: float, bins: int, at: float) -> bool:
    """Whether a carrier is there in both halves of interleaved samples (2M,)."""
    half = len(samples) // 4 * 2
    parts = (samples[:half], samples[half:])
    return all(log_chance(fine(part, offset, bins, at)) < math.log(_EACH_HALF) for part in parts)


def peaks(samples: npt.NDArray[np.generic], offset: float, bins: int) -> list[float]:
    """Where (bins) lines stand out of the middle _CHUNK frames of interleaved samples (2M,), the clearest first: at most one a bin."""
    size = _CHUNK * bins
    first = (len(samples) // 2 - size) // 2
    if first < 0:
        return []
    x = samples[2 * first : 2 * (first + size)].astype(np.float32)
    if offset:
        x -= np.float32(offset)
    y = scipy.fft.fft(x.view(np.complex64), workers=1, overwrite_x=True)
    power = y.real**2 + y.imag**2
    level = uniform_filter1d(power.reshape(bins, _CHUNK).mean(axis=1), _OWN, mode="wrap") + np.float32(1e-30)
    power[:-1] += power[1:]  # a carrier lies between two lines, if less often between two bins
    lines = power.reshape(bins, _CHUNK)
    best = lines.argmax(axis=1)
    over = lines[np.arange(bins), best] / level
    clear = np.flatnonzero(over > gammainccinv(2, _PEAKS / size))
    found: list[float] = []
    for k in clear[np.argsort(-over[clear], kind="stable")]:
        at = float((k + (best[k] + 0.5) / _CHUNK + bins / 2) % bins)
        if all(abs(at - other) > 1 for other in found):
            found.append(at)
    return found


def log_chance(lines: Doubles, count: int = 1) -> float:
    """The natural logarithm of the chance that in noise a line stands out as one does in a sum of so many spectra from `fine`."""
    total = np.concatenate([[0.0], np.cumsum(lines)])
    chance = min(float(gammaincc(w * count, (total[w:] - total[:-w]).max())) for w in _WIDTHS)
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
class Tones:
    """What was asked before: a noise that stays in the floor's mean is not asked each time, nor is what `peaks` told."""

    asked: dict[int, tuple[int, float]] = field(default_factory=dict)  # bin: segment, sigma
    told: dict[float, int] = field(default_factory=dict)  # where `peaks` showed a carrier (bins): segment it was asked in
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

    def between(self, samples: npt.NDArray[np.generic], offset: float, taken: Bools) -> list[tuple[int, int, float]]:
        """Carriers (bins from, to + 1, sigma gained in this segment) that are on throughout and that no bin (K,) showed: those are taken.

        Each is asked again every _TOLD_EVERY segments, one a segment, so that its end is seen.
        """
        bins = len(taken)
        free = {x for x in self.told if not taken[_pair(x, bins)].any()}  # others' bins show them, but need not the next time
        due = [x for x in free if self.segment - self.told[x] >= _TOLD_EVERY]
        new = peaks(samples, offset, bins) if self.segment % _LOOK == 1 and len(free) < _MOST_TOLD else []
        new = [x for x in new if abs(x - bins / 2) > _DC_BINS + 1 and all(abs(x - y) > 1 for y in self.told)]
        new = [x for x in new if not taken[_pair(x, bins)].any()][:_MOST]
        gained = dict.fromkeys(free, 0.0)
        for x in sorted(due, key=lambda x: (self.told[x], x))[:1] + new:
            if throughout(samples, offset, bins, x) and (sigma := _sigma(samples, offset, bins, x)):
                self.told[x], gained[x] = self.segment, sigma
            elif x in free:
                del self.told[x], gained[x]
        return [(_pair(x, bins).start, _pair(x, bins).stop, sigma) for x, sigma in sorted(gained.items())]


def _pair(at: float, bins: int) -> slice:
    """The two bins that a carrier lies between."""
    first = min(max(math.floor(at), 0), bins - 2)
    return slice(first, first + 2)
