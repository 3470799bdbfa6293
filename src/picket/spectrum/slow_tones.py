"""Carriers too faint for one segment (50 ms): what stands out of its neighbours for seconds is followed in its samples.

A carrier that a bin shows after seconds (3.3 sigma of the mean of many floors, of which noise has one or two at a time) is some 20 dB
under the bin's noise, and one segment's lines do not show it either: its phase wanders, so that longer transforms would not help. But
their powers add up: the lines of several segments are summed, one segment at a time, until noise would not make such a line, or until
so many were asked in vain. A carrier that was told is asked again now and then, so that its end is seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d
from scipy.special import ndtri_exp

from picket.spectrum.order import median
from picket.spectrum.tones import Bools, Doubles, candidates, fine, log_chance

_EVERY, _FIRST = 8, 40  # segments between looks at the mean; before the first: a carrier that shows sooner is found without it
_MEANS = 256  # segments that it is of (13 s); half of their weight is forgotten then
_CANDIDATE = 3.3  # sigma
_CLIP_DB = 0.5  # five sigma of one segment: a burst counts for no more
_MOST = 8  # bins that are followed at once
_ASKED = 6  # segments of one bin that are looked at before it is given up, if they do not speak for a line
_REST = 300  # segments (15 s) for which it is not followed again
_TOLD_EVERY = 8  # segments between looks at a carrier that was told
_AROUND, _MAD = 17, 1.53  # bins that one is compared with; what makes a sigma of the median distance from their mean
_FALSE, _OVER = 1e-8, 1e-3  # chances that noise is told, that a told line is noise by now
_KEPT, _TOLD_KEPT = 16, 6  # looks, before and after it is told; half of their weight is forgotten then


@dataclass
class Line:
    """Bins first to last (+ 1) that are followed. level: mean power over the floor. gained: sigma that it gained by the last look."""

    first: int
    last: int
    level: float
    gained: float = 0.0
    sigma: float = 0.0
    looks: int = 0
    due: int = 0
    total: Doubles = field(default_factory=lambda: np.zeros(0))


@dataclass
class SlowTones:
    """What was seen so far. Segments must be whole, and of a band that is mostly quiet."""

    segment: int = 0
    lines: list[Line] = field(default_factory=list)
    _sum: Doubles = field(default_factory=lambda: np.zeros(0))
    _count: int = 0
    _rest: dict[int, int] = field(default_factory=dict)

    def find(self, samples: npt.NDArray[np.generic], offset: float, own_db: Doubles, taken: Bools, sigma_db: float) -> list[Line]:
        """Carriers that are on in this segment, whose bins (K,) stand own_db over the smooth floor, known to sigma_db (1 sigma) each.

        Cost: the samples of one bin of one segment, while any bin is followed.
        """
        self.segment += 1
        own_db = np.clip(own_db, -_CLIP_DB, _CLIP_DB)
        self._sum = self._sum + own_db if len(self._sum) else own_db
        self._count += 1
        if self.segment % _EVERY == 0 and self._count >= _FIRST:
            self._follow(taken, sigma_db)
        if self._count == _MEANS:
            self._sum, self._count = self._sum / 2, _MEANS // 2
        for line in self.lines:
            line.gained = 0.0
        due = [x for x in self.lines if x.due <= self.segment]
        if due:
            self._look(min(due, key=lambda x: x.due), samples, offset, len(own_db))
        return [x for x in self.lines if x.sigma > 0]

    def _follow(self, taken: Bools, sigma_db: float) -> None:
        """Begins to follow what stands out of the mean."""
        excess = self._sum / self._count
        scatter = _MAD * median(np.abs(excess - uniform_filter1d(excess, _AROUND, mode="nearest")))
        sigma = np.full(len(excess), max(sigma_db / math.sqrt(self._count), scatter))
        for x in self.lines:
            x.level = _level(excess, x.first, x.last)
        for first, last, _ in sorted(candidates(excess, taken, sigma, _CANDIDATE), key=lambda c: -c[2]):
            followed = any(x.first <= last and first <= x.last for x in self.lines)
            if not followed and len(self.lines) < _MOST and self._rest.get(first, 0) <= self.segment:
                self.lines.append(Line(first, last, _level(excess, first, last), due=self.segment))

    def _look(self, line: Line, samples: npt.NDArray[np.generic], offset: float, bins: int) -> None:
        now = fine(samples, offset, bins, (line.first + line.last - 1) / 2)
        line.total = now if len(line.total) != len(now) else line.total + now
        line.looks += 1
        chance = log_chance(line.total, line.looks)
        if chance < math.log(_FALSE):
            sigma = -float(ndtri_exp(chance))
            line.gained = math.sqrt(max(sigma**2 - line.sigma**2, 0.0))
            line.sigma = max(line.sigma, sigma)
        elif line.sigma and chance > math.log(_OVER):
            self.lines.remove(line)
        elif not line.sigma and line.looks >= (_ASKED if chance > math.log(_OVER) else _KEPT):
            self.lines.remove(line)
            self._rest[line.first] = self.segment + _REST
        line.due = self.segment + (_TOLD_EVERY if line.sigma else 1)
        if line.looks >= (_TOLD_KEPT if line.sigma else _KEPT):
            line.total, line.looks = line.total / 2, line.looks // 2


def _level(excess_db: Doubles, first: int, last: int) -> float:
    return max(float(np.mean(10 ** (excess_db[first:last] / 10))) - 1, 1e-3)
