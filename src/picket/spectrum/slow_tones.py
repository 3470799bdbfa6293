"""Carriers too faint for one segment (50 ms): the lines of all bins add up over seconds, and the clearest are asked for in all samples.

A carrier 20 dB under its bin's noise shows in no line of one segment: its phase wanders, so that longer transforms would not help. But
powers add up. Of every fourth segment one stretch (a quarter) is looked at in all lines of the bins that are quiet then (`lines.py`); what
stands out of the sums as noise does a few times is followed: all samples of its bin, one segment at a time, until noise would not
make such a line there, or until they speak for none. A carrier that was told is asked again now and then, so that its end is seen, and
its drift is followed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri_exp

from picket.spectrum.lines import Floats, Lines, Sums, level
from picket.spectrum.lines_kernels import FRAMES
from picket.spectrum.tones import DC_BINS, Bools, Doubles, fine, log_chance, pair, spacing, strength

_EVERY, _FIRST = 4, 8  # segments between looks at the sums; before the first: a carrier that shows sooner is found without them
_STRETCHES = 64  # that are added up (13 s); half of their weight is forgotten then
_CANDIDATES = 0.5  # that noise has in the sums at a time
_APART, _QUARTERS = 4, 4  # segments from one that is looked at to the next; stretches that one holds
_LOUD = 1.2  # times its floor: a bin that has a burst in a stretch is left out of it
_MOST = 8  # carriers that are followed at once
_AGAIN, _MORE = 200, 3.0  # segments (10 s) for which one that was given up is not followed again, unless it is rarer by so much
_NEAR = 12  # lines (19 Hz each) either side of a candidate's place at which it may be
_TOLD_EVERY = 8  # segments between looks at a carrier that was told
_FALSE = 1e-5  # chance that noise is told
_LEAST, _EACH = 0.0, 0.6  # natural logarithms: a candidate must be rarer than that chance, by so much more with each look
_OVER = 0.05  # chance in noise, by the looks alone: rarer than that is a line when it is told, less rare when it is over
_NARROW = 9  # lines that a told one is centred by
_WIDTHS = (3, 9, 21)  # lines that are summed
_KEPT, _TOLD_KEPT = 16, 6  # looks, before and after it is told; half of their weight is forgotten then


@dataclass
class SlowLine:
    """A carrier at `at` (bins) that is followed. before: logarithm of the chance in noise of what the sums showed; total: its lines in
    `looks` segments since; gained: sigma that it gained by the last look; power: over the noise of a bin.
    """

    at: float
    before: float
    due: int
    looks: int = 0
    chance: float = 0.0  # its logarithm, of all that was seen
    sigma: float = 0.0
    gained: float = 0.0
    power: float = 0.0
    total: Doubles = field(default_factory=lambda: np.zeros(2 * _NEAR + 1))


@dataclass
class SlowTones:
    """What was seen so far. Segments must be whole, and of a band that is mostly quiet."""

    segment: int = 0
    lines: list[SlowLine] = field(default_factory=list)
    _sums: Sums | None = None
    _vain: dict[int, tuple[int, float]] = field(
        default_factory=dict
    )  # bin: segment, logarithm of the chance that it was given up with

    @property
    def quarter(self) -> int:
        """Which of its quarters the next segment is looked at in."""
        return self.segment // _APART % _QUARTERS

    def find(self, samples: npt.NDArray[np.generic], offset: float, over: Floats, taken: Bools, lines: Lines) -> list[SlowLine]:
        """Carriers that are on in this segment. over (K,): mean power over the floor in its `quarter`; taken (K,): bins in which none is
        looked for.
        """
        if self._sums is None:
            self._sums = Sums(lines.bins)
        if self.segment % _APART == 0:
            power = lines.power(samples, self.quarter * FRAMES * lines.bins, offset)
            self._sums.add(power, level(power), (over < _LOUD) & ~taken)
        self.segment += 1
        for line in self.lines:
            line.gained = 0.0
        due = [x for x in self.lines if x.due <= self.segment]
        if due:
            line = min(due, key=lambda x: x.chance)
            self._look(line, fine(samples, offset, lines.bins, line.at))
        if self.segment % _EVERY == 0 and self.segment >= _FIRST:
            self._follow(self._sums, taken)
        if self._sums.count.max() >= _STRETCHES:
            self._sums.fade()
        return [x for x in self.lines if x.sigma > 0]

    def _follow(self, sums: Sums, taken: Bools) -> None:
        """Begins to follow what stands out of the sums."""
        for at, chance in sums.clearest(_CANDIDATES):
            apart = all(abs(x.at - at) > 1 for x in self.lines) and abs(at - len(taken) / 2) > DC_BINS + 1
            before, by = self._vain.get(round(at), (-_AGAIN, 0.0))
            again = self.segment - before >= _AGAIN or chance < by - _MORE
            if apart and again and not taken[pair(at, len(taken))].any():
                self.lines.append(SlowLine(at, min(chance, 0.0), self.segment + 1, chance=min(chance, 0.0)))
        self.lines = sorted(self.lines, key=lambda x: x.chance)[:_MOST]

    def _look(self, line: SlowLine, own: Doubles) -> None:
        middle = len(own) // 2
        line.total += own[middle - _NEAR : middle + _NEAR + 1]
        line.looks += 1
        by_looks = log_chance(line.total, line.looks, _WIDTHS)
        line.chance = _both(line.before, min(by_looks, 0.0))
        if line.chance < math.log(_FALSE) and by_looks < math.log(_OVER):
            sigma = -float(ndtri_exp(line.chance))
            line.gained = math.sqrt(max(sigma**2 - line.sigma**2, 0.0))
            line.sigma = max(line.sigma, sigma)
            line.before, line.power = 0.0, strength(line.total, line.looks, spacing(own))  # the sums are of long ago from now on
            self._centre(line, spacing(own))
        elif by_looks > math.log(_OVER) if line.sigma else line.chance > _LEAST - _EACH * line.looks:
            self._leave(line)
        line.due = self.segment + (_TOLD_EVERY if line.sigma else 1)
        if line.looks >= (_TOLD_KEPT if line.sigma else _KEPT):
            line.total, line.looks = line.total / 2, line.looks // 2

    def _leave(self, line: SlowLine) -> None:
        """Follows a line no more: of one that has ended the sums know nothing from now on."""
        self.lines.remove(line)
        if line.sigma and self._sums is not None:
            self._sums.forget(round(line.at))
        else:
            self._vain[round(line.at)] = self.segment, line.before

    def _centre(self, line: SlowLine, step: float) -> None:
        """Follows a drift: the place is moved to where the line is by now."""
        off = int(np.convolve(line.total, np.ones(_NARROW), "same").argmax()) - _NEAR
        if abs(off) > _NARROW // 2:
            line.at += off * step
            line.total = np.roll(line.total, -off)


def _both(first: float, second: float) -> float:
    """The logarithm of the chance that two independent ones of these logarithms are so rare together (Fisher)."""
    return first + second + math.log1p(-first - second)
