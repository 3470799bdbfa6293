"""Bursts -> emitters: what comes from one transmitter, and how it hops.

Wide signals are told apart by centre and width, narrow ones by width, length and level, since they hop. Bluetooth pieces of different
lengths belong together and are recognised by their slots.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from picket.spectrum.analyse import LINE_HZ, WIDE_HZ
from picket.spectrum.confirm import beyond_noise
from picket.spectrum.emission import Emission
from picket.spectrum.emitters_kernels import LEVEL_DB, assign

SLOT_S = 625e-6
_SLOTS = 5  # of the longest Bluetooth packet
_OFTEN = 3


@dataclass
class Emitter:
    """Bursts of one transmitter, in order of time."""

    bursts: list[Emission]
    label: str = "unknown"
    confidence: float = 0.0
    evidence: list[str] = field(default_factory=list)

    def values(self, name: str) -> npt.NDArray[np.float64]:
        return np.array([getattr(b, name) for b in self.bursts], float)

    @property
    def bandwidth_hz(self) -> float:
        """Median over bursts, weighed by how well it shows."""
        widths, snr = self.values("bandwidth_hz"), self.values("snr_db")
        good = snr >= np.quantile(snr, 0.4)
        return float(np.median(widths[good]))

    def confirmed(self, rate_hz: float) -> bool:
        """Whether it is more than boxes that noise may have made (confirm.py), and named or heard three times.

        A label alone is not enough: a box of one bin that noise made looks like a carrier.
        """
        if self.label == "unknown" and len(self.bursts) < _OFTEN:
            return False
        return beyond_noise(self.values("sample_start") / rate_hz, self.values("sigma"), rate_hz)

    @property
    def sigma(self) -> float:
        """By how much its clearest burst stands out of noise."""
        return max(b.sigma for b in self.bursts)

    @property
    def steady(self) -> bool:
        return any(b.steady for b in self.bursts)


def group(emissions: list[Emission], rate_hz: float) -> list[Emitter]:
    """Emitters, those heard first first. Cost: emissions x emitters."""
    loudest = sorted(emissions, key=lambda e: (-e.snr_db, e.sample_start))
    kinds = np.array([(e.center_hz, e.bandwidth_hz, e.sample_count / rate_hz, e.snr_db) for e in loudest], float).reshape(-1, 4)
    number = np.empty(len(loudest), np.int64)
    groups: list[list[Emission]] = [[] for _ in range(assign(kinds, WIDE_HZ, 4 * LINE_HZ, number))]
    for e, i in zip(loudest, number.tolist(), strict=True):
        groups[i].append(e)
    found = [Emitter(sorted(g, key=lambda e: e.sample_start)) for g in groups]
    return sorted(_slotted(found, rate_hz), key=lambda m: (m.bursts[0].sample_start, m.bursts[0].low_hz))


def slots(emitter: Emitter, rate_hz: float, period_s: float = SLOT_S) -> float:
    """How well the starts keep to a clock of that period, 0..1 (1 / sqrt(bursts) by chance); 0 for fewer than six."""
    if len(emitter.bursts) < 6:
        return 0.0
    turns = emitter.values("sample_start") / rate_hz / period_s
    return float(abs(np.mean(np.exp(2j * np.pi * turns))))


def _slotted(found: list[Emitter], rate_hz: float) -> list[Emitter]:
    """Joins narrow groups of like width and level that keep to one Bluetooth clock: packets of one, three and five slots."""
    out: list[Emitter] = []
    clocks: list[tuple[Emitter, float]] = []  # those that keep to a Bluetooth clock, and how well
    for m in sorted(found, key=lambda m: -len(m.bursts)):
        longest = float(np.median(m.values("sample_count"))) / rate_hz
        if not 0.45e6 < m.bandwidth_hz < 1.6e6 or longest > _SLOTS * SLOT_S:
            out.append(m)
            continue
        for i, (other, kept) in enumerate(clocks):
            both = Emitter(sorted(other.bursts + m.bursts, key=lambda e: e.sample_start))
            near = abs(float(np.median(m.values("snr_db")) - np.median(other.values("snr_db")))) < LEVEL_DB
            if near and (together := slots(both, rate_hz)) > max(0.85 * kept, 0.75):
                other.bursts, clocks[i] = both.bursts, (other, together)
                break
        else:
            out.append(m)
            if (kept := slots(m, rate_hz)) >= 0.8:
                clocks.append((m, kept))
    return out


@dataclass(frozen=True)
class Hops:
    """How a transmitter hops; NaN where it cannot be told."""

    channels: int
    raster_hz: float
    dwell_s: float
    interval_s: float


def hops(emitter: Emitter, rate_hz: float) -> Hops:
    """Channels, their raster, the time spent on one, and the interval between bursts."""
    centers, starts = emitter.values("center_hz"), emitter.values("sample_start") / rate_hz
    width = emitter.bandwidth_hz
    if len(centers) < 3 or width > WIDE_HZ:
        return Hops(1, math.nan, math.nan, _interval(starts))
    order = np.argsort(centers)
    new = np.diff(centers[order]) > 0.4 * min(width, 250e3)
    number = np.empty(len(centers), int)
    number[order] = np.concatenate([[0], np.cumsum(new)])
    count = int(number.max()) + 1
    means = np.array([np.median(centers[number == i]) for i in range(count)])
    interval = _interval(starts)
    if count < 2:
        return Hops(1, math.nan, math.nan, interval)
    changes = np.flatnonzero(np.diff(number))
    begins = starts[changes + 1]
    dwell = math.nan
    if len(begins) >= 3 and interval > 0:
        dwell = round(float(np.median(np.diff(begins))) / interval) * interval
    return Hops(count, _raster(means), dwell, interval)


def _interval(starts: npt.NDArray[np.float64]) -> float:
    """The period that the starts keep to: the median distance, refined over all whole multiples of it."""
    if len(starts) < 3:
        return math.nan
    steps = np.diff(starts)
    base = float(np.quantile(steps, 0.3))
    if base <= 0:
        return math.nan
    for _ in range(3):
        multiples = np.maximum(np.rint(steps / base), 1)
        near = np.abs(steps / base - multiples) < 0.15
        if not near.any():
            return base
        base = float(steps[near].sum() / multiples[near].sum())
    return base


def _raster(means: npt.NDArray[np.float64]) -> float:
    """The widest spacing of which all distances between channels are multiples (within a tenth)."""
    if len(means) < 3:
        return math.nan
    candidates = np.concatenate([np.arange(100e3, 600e3, 2e3), np.arange(600e3, 2.6e6, 5e3)])
    turns = means[None, :] / candidates[:, None]
    score = np.abs(np.mean(np.exp(2j * np.pi * turns), axis=1))
    good = np.flatnonzero(score > 0.85)
    if not len(good):
        return math.nan
    last = good[-1]
    near = good[np.abs(candidates[good] / candidates[last] - 1) < 0.08]
    return float(candidates[near[np.argmax(score[near])]])
