"""A segment of IQ -> boxes: bursts against the local floor, steady signals against the true one.

    samples -> power grid -> block means -> local floor -> bank of boxes -> marked cells -> pieces -> fitted boxes   (bursts)
                                              |
                                              +-> true floor under it -> runs of bins that stand out                 (steady signals)

A segment is 2,048 frames (about 50 ms). What touches its end is joined with what touches the next one's beginning, by band.
Memory: the grid (4 bytes a sample) and a few of its size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from picket.spectrum import limits
from picket.spectrum.boxes_kernels import CHANGE_NATS, drop_doubles, fit_all, join, mend, over_time, pieces, stretches
from picket.spectrum.confirm import out_of_noise
from picket.spectrum.emission import Emission
from picket.spectrum.floor import BLOCK, Shape, known, local_floor, runs_of, shape
from picket.spectrum.gain import level_steps
from picket.spectrum.lines import Lines
from picket.spectrum.lines_kernels import FRAMES
from picket.spectrum.order import median, quantile
from picket.spectrum.pyramid_kernels import first_level, next_level, runs, spread_down, thirds
from picket.spectrum.slow_plateaus import SlowPlateau
from picket.spectrum.slow_tones import SlowTones
from picket.spectrum.stitch import common_fate, parted
from picket.spectrum.tones import Tones, pair, tone
from picket.spectrum.transform import Transform, aligned

SEGMENT_FRAMES = 2048
_PAUSE_ROWS, _GAP_BINS = 2, 3  # pieces of one burst lie no further apart (a row is two frames)
_SLACK = 3  # bins: smaller gaps within a row are closed
_DC_BINS = 2  # what lies wholly within so many bins of 0 Hz is the receiver's own offset
_WHOLE, _LEVEL_SNR = 0.95, 1.0  # what covers the whole band and is no stronger than the noise is the receiver's level
_AT_STEP = 0.1  # share of the band: what is wider and lies within a block of a gain step is the step itself
_MAX_RUNS = 200_000
_SHORTEST_ON = 12  # frames
_LINE_BINS = 4
_CLEAR = 9.0  # sigma: a line that stands out less in its bins is asked for in its samples, where a carrier stands out by far more
_FAINT_DB, _LEAST_FAINT = 0.35, 0.4  # excess of what only the finer tests told; share of a segment that it must be on for
_CARRIER_HZ = 10e3  # width that a carrier told by its line is reported with
_LEAST_EXCESS = 1e-3  # over the floor: less is rounding, -294 dB was seen

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]


@dataclass
class Segment:
    """One segment as the detector sees it. first: its first sample's number in the recording."""

    first: int
    grid: Floats
    blocks: Floats
    used: Bools
    local: Floats
    shape: Shape


@dataclass
class Detector:
    """Boxes from segment to segment; `left_out` counts what was put aside, by reason."""

    rate_hz: float
    transform: Transform
    left_out: dict[str, int] = field(default_factory=dict)
    tones: Tones = field(default_factory=Tones)
    slow: SlowTones = field(default_factory=SlowTones)
    wide: SlowPlateau = field(default_factory=SlowPlateau)
    gain_steps: list[tuple[int, float]] = field(default_factory=list)
    _floor: Floats | None = None
    _weight: Floats | None = None
    _blocks: Floats = field(default_factory=lambda: np.empty((0, 0), np.float32))
    _busy: bool = False
    _steps: list[int] = field(default_factory=list)  # frames of the segment at which the gain steps, to a block
    _kept: list[tuple[Bytes, Bytes, Floats]] = field(default_factory=list)

    def __post_init__(self) -> None:
        # filled anew by each segment, as `_kept` is: fresh memory costs more than the sums
        self._grid = aligned((SEGMENT_FRAMES, self.transform.bins))
        self._blocks = aligned((SEGMENT_FRAMES // BLOCK, self.transform.bins))
        self._lines = Lines(self.transform.bins)

    @property
    def bin_hz(self) -> float:
        return self.rate_hz / self.transform.bins

    def segment(self, samples: npt.NDArray[np.generic], first: int) -> tuple[list[Emission], Segment]:
        """Emissions (unlabelled) in interleaved samples, of which the first is number `first`; touching ones end exactly at the
        segment's ends.
        """
        if self._grid is None:
            self._grid = aligned((SEGMENT_FRAMES, self.transform.bins))
            self._blocks = aligned((SEGMENT_FRAMES // BLOCK, self.transform.bins))
        rows = min(SEGMENT_FRAMES, self.transform.frames(len(samples) // 2))
        blocks = self._blocks[: max(1, rows // BLOCK)]
        grid = self.transform.power(samples, self._grid, blocks)
        used = blocks[:, 0] > 0  # one of each is enough to tell, nearly always
        if not used.all():
            used[~used] = blocks[~used].max(axis=1) > 0
        seg = Segment(first, grid, blocks, used, np.ones(grid.shape[1], np.float32), Shape.flat(grid.shape[1]))
        if not used.all():
            self._count("blocks without signal (all zeros)", int((~used).sum()))
        if not used.any():
            return [], seg
        self._level(seg)
        seg.local, sigma = self._local(seg)
        seg.shape = shape(seg.local, sigma)
        taken = _taken(seg.shape)
        faint = self._tones(samples, seg, taken, sigma)
        steady = self._steady(seg, faint)
        for e in steady:
            if e.sigma < _CLEAR and e.bandwidth_hz < _LINE_BINS * self.bin_hz:
                e.sigma = max(e.sigma, tone(samples, self.transform.offset, self.transform.bins, self._bin(e.center_hz)))
        between = self._between(samples, seg, taken)
        steady += self._slow(samples, seg, steady + between)
        steady += self._wide(seg, steady)
        bursts = common_fate(self._bursts(seg, median(sigma)), seg.first, self.transform.bins)
        least = _LEAST_FAINT * len(grid) * self.transform.bins
        steady = [
            e
            for e in steady
            if faint[self._bin(e.center_hz)] == 0 or (e.sample_count >= least and not any(_covers(o, e) for o in bursts))
        ]
        steady += [e for e in between if not any(_covers(o, e) for o in bursts) and not any(_share_band(o, e) for o in steady)]
        return parted(steady + bursts, self.transform.bins), seg

    def _count(self, reason: str, n: int = 1) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + n

    # -- floors ------------------------------------------------------------------------------------------------------------
    def _level(self, seg: Segment) -> None:
        """Finds steps of the receiver's gain and takes them out of grid and blocks."""
        self._steps = []
        for row, gain in level_steps(seg.blocks, seg.used):
            self._steps.append(row * BLOCK)
            self.gain_steps.append((seg.first + (row * BLOCK + 1) * self.transform.bins, 10 * float(np.log10(gain))))
            seg.grid[row * BLOCK :] /= np.float32(gain)
            seg.blocks[row:] /= np.float32(gain)

    def _local(self, seg: Segment) -> tuple[Floats, npt.NDArray[np.float64]]:
        """The local floor, joined with that of earlier segments where they agree, and its relative error per bin."""
        now, count = local_floor(seg.blocks, seg.used)
        weight = np.maximum(count, 1) * BLOCK
        self._busy = quantile(count, 0.2) < 0.75 * int(seg.used.sum())
        if self._floor is not None and self._weight is not None:
            old = self._floor * _gain_between(now / self._floor)
            apart = np.abs(now / old - 1)
            same = apart < 5 * np.sqrt(1 / weight + 1 / self._weight)
            kept = np.where(same, np.minimum(self._weight, 8 * BLOCK * len(seg.blocks)), 0)
            now = ((now * weight + old * kept) / (weight + kept)).astype(np.float32)
            weight = weight + kept
        self._floor, self._weight = now, weight.astype(np.float32)
        return now, 1 / np.sqrt(weight)

    def _tones(self, samples: npt.NDArray[np.generic], seg: Segment, taken: Bools, sigma: npt.NDArray[np.float64]) -> Doubles:
        """By how much faint carriers stand out (K,), whose bins are put into the segment's shape."""
        found = self.tones.find(samples, self.transform.offset, seg.shape.excess_db, taken, 4.34 * sigma)
        seg.shape.occupied[found > 0] = True
        return found

    def _between(self, samples: npt.NDArray[np.generic], seg: Segment, taken: Bools) -> list[Emission]:
        """Carriers that no bin shows, as on throughout the segment; and faint ones that one does, whose pieces may be too short to tell."""
        if self._busy:
            return []
        found: list[Emission] = []
        for line in self.tones.between(samples, self.transform.offset, taken, self._lines):
            found += self._line(seg, line.at, line.level, line.gained)
            seg.shape.occupied[pair(line.at, len(seg.local))] = True
        return found

    def _line(self, seg: Segment, at: float, level: float, sigma: float) -> list[Emission]:
        """A line at `at` (bins) of so much power over a bin's noise, as on throughout the segment."""
        half = _CARRIER_HZ / self.bin_hz / 2
        row = [0, len(seg.grid), at + 0.5 - half, at + 0.5 + half, max(level, _LEAST_EXCESS) / (2 * half)]
        return self._emissions(seg, np.array([row], float), np.array([sigma]), steady=True)

    def _slow(self, samples: npt.NDArray[np.generic], seg: Segment, steady: list[Emission]) -> list[Emission]:
        """Carriers that only seconds together tell, as on throughout the segment, where no steady emission has them."""
        if self._busy or len(seg.grid) < SEGMENT_FRAMES or not seg.used.all():
            return []
        found: list[Emission] = []
        of, first = FRAMES // BLOCK, self.slow.quarter * FRAMES // BLOCK
        over = seg.blocks[first : first + of].mean(axis=0) / seg.local
        for line in self.slow.find(samples, self.transform.offset, over, _taken(seg.shape), self._lines):
            (e,) = self._line(seg, line.at, line.power, line.gained)
            if not any(_share_band(o, e) for o in steady):
                found.append(e)
        return found

    def _wide(self, seg: Segment, steady: list[Emission]) -> list[Emission]:
        """A wide signal that only seconds together tell, as on throughout the segment, where no steady emission has it; the floor runs
        under it then.
        """
        if self._busy or len(seg.grid) < SEGMENT_FRAMES or not seg.used.all():
            return []
        told = self.wide.find(10 * np.log10(seg.local.astype(float)), known(seg.shape), 4.34 / math.sqrt(len(seg.grid)))
        if told is None:
            return []
        row = np.array([[0, len(seg.grid), told.first, told.last, 10 ** (told.level_db / 10) - 1]])
        (e,) = self._emissions(seg, row, np.array([self.wide.gained]), steady=True)
        width = _LINE_BINS * self.bin_hz
        if any(_share_band(o, e) and o.bandwidth_hz > width for o in steady):
            return []
        seg.shape = seg.shape.under(told)
        return [e]

    def _bin(self, hz: float) -> int:
        n = self.transform.bins
        return min(max(round(hz / self.bin_hz + n / 2), 0), n - 1)

    # -- steady signals ------------------------------------------------------------------------------------------------------
    def _steady(self, seg: Segment, told: Doubles) -> list[Emission]:
        """Emissions of signals that do not pause. told (K,): by how much faint carriers stood out when they were asked for."""
        found: list[Emission] = []
        for a, b in runs_of(seg.shape.occupied):
            excess = np.maximum(10 ** (seg.shape.excess_db[a:b] / 10) - 1, 0)
            if excess.max() < _LEAST_EXCESS:
                continue  # a faint carrier that stands out of its neighbours, but not of the smooth line over them
            total = np.concatenate([[0], np.cumsum(excess)])
            low, high = np.interp([0.005 * total[-1], 0.995 * total[-1]], total, np.arange(a, b + 1))
            snr = 0.99 * total[-1] / max(high - low, 0.3)
            if self._mostly_bursts(seg, int(a), int(b)):
                continue
            faint = 10 * math.log10(1 + float(excess.mean())) < _FAINT_DB  # told by its length alone: no pieces of it
            for start, end, level in self._on(seg, int(a), int(b), float(excess.mean())):
                if faint and end - start < _LEAST_FAINT * len(seg.grid):
                    continue
                shortest = _SHORTEST_ON if b - a > _LINE_BINS else len(seg.grid) // 2  # a line in pieces is scatter
                if level > 0 and (end - start >= shortest or (start == 0) != (end == len(seg.grid))):
                    steady = end - start >= len(seg.grid) // 2
                    on = float(snr) * level / float(excess.mean())
                    sigma = np.maximum(out_of_noise(np.array([level]), (end - start) * (b - a)), told[a:b].max())
                    found += self._emissions(seg, np.array([[start, end, low, high, on]], float), sigma, steady=steady)
        return found

    def _mostly_bursts(self, seg: Segment, a: int, b: int) -> bool:
        """Whether these bins stand out only because bursts raised their floor a little."""
        profile = (seg.blocks[:, a:b] / 10 ** (seg.shape.floor_db[a:b] / 10)).mean(axis=1)[seg.used]
        return bool(np.median(profile) - 1 < 0.4 * (profile.mean() - 1))

    def _on(self, seg: Segment, a: int, b: int, level: float) -> list[tuple[int, int, float]]:
        """When the signal in these bins is on (frames from, to; always, or with short pauses), and its level over the floor then."""
        true = np.ones(len(seg.local), np.float32)
        true[a:b] = 10 ** (-seg.shape.floor_db[a:b] / 10)
        profile = over_time(seg.grid, true, 0, len(seg.grid), a, b)
        for _ in range(2):
            on = stretches(profile, max(level, 0.02), float(b - a), CHANGE_NATS)
            if not on.any():
                return []
            level = max(float(profile[on].mean()) - 1, 0.0)
        return [(int(start), int(end), float(profile[start:end].mean()) - 1) for start, end in runs_of(on)]

    # -- bursts ----------------------------------------------------------------------------------------------------------------
    def _bursts(self, seg: Segment, sigma: float) -> list[Emission]:
        scale = self._scale(seg)
        mask = self._mask(seg.grid, scale, sigma)
        if mask is None:
            return []
        found = np.empty((4096, 3), np.int64)
        n = runs(*mask, _SLACK, found)
        if n > len(found):
            found = np.empty((min(n, _MAX_RUNS), 3), np.int64)
            n = min(runs(*mask, _SLACK, found), _MAX_RUNS)
        boxes = np.empty((n, 5), np.int64)
        count = pieces(found[:n], boxes)
        boxes = boxes[:count]
        boxes[:, :2] *= 2  # rows to frames
        boxes = boxes[np.lexsort((boxes[:, 2], boxes[:, 0]))]
        count = join(boxes, count, 2 * _PAUSE_ROWS, _GAP_BINS)
        room = np.zeros((6 * count + 256, 5), np.int64)
        room[:count] = boxes[:count]
        fitted, kept = np.zeros((len(room), 9)), np.zeros(len(room), np.bool_)
        far, least = limits.SIGNIFICANT, limits.LEAST_BUSY if self._busy else limits.LEAST
        fit_all(seg.grid, scale, room, count, fitted, kept, far, least)
        fitted = fitted[kept]
        kept = np.ones(len(fitted), np.bool_)
        drop_doubles(fitted, kept)
        mend(seg.grid, scale, fitted, kept, far, least)
        fitted = fitted[kept]
        fitted = fitted[self._own(fitted[:, :5], len(seg.local))]
        cells = (fitted[:, 1] - fitted[:, 0]) * (fitted[:, 8] - fitted[:, 7])  # of all that its level is from
        return self._emissions(seg, fitted[:, :5], out_of_noise(fitted[:, 6] / cells, cells))

    def _own(self, rows: Doubles, bins: int) -> Bools:
        """Which of rows (M, 5: frames from, to, bins from, to, SNR) the receiver did not make itself; the others are counted."""
        start, end, low, high, snr = rows.T
        middle, wide = bins / 2 + 0.5, high - low
        stepped = np.zeros(len(rows), bool)
        for step in self._steps:
            stepped |= (step - BLOCK - 2 <= start) & (end <= step + BLOCK + 2)
        left = np.ones(len(rows), bool)
        for reason, theirs in (
            ("at 0 Hz (the receiver's own offset)", (abs(low - middle) <= _DC_BINS) & (abs(high - middle) <= _DC_BINS)),
            ("change of level over the whole band", (wide > _WHOLE * bins) & (snr < _LEVEL_SNR)),
            ("at a step of the receiver's gain", stepped & (wide > _AT_STEP * bins)),
        ):
            if (left & theirs).any():
                self._count(reason, int((left & theirs).sum()))
                left &= ~theirs
        return left

    def _scale(self, seg: Segment) -> Floats:
        """What turns power into units of the floor. Over a steady signal it is the signal's own peaks: its modulation is no burst."""
        level = seg.local.copy()
        for a, b in runs_of(seg.shape.occupied):
            if seg.shape.excess_db[a:b].mean() < _FAINT_DB:
                continue  # the local floor has it, and bursts over it show as elsewhere
            margin = (b - a) // 6 + 2
            c, d = max(0, a - margin), min(len(level), b + margin)
            peaks = np.quantile(seg.blocks[seg.used, c:d], 0.98, axis=0)
            level[c:d] = np.maximum(level[c:d] * np.where(seg.shape.occupied[c:d], 2, 1), peaks)
        return (1 / level).astype(np.float32)

    def _mask(self, grid: Floats, scale: Floats, sigma: float) -> tuple[Bytes, Bytes] | None:
        """Marked cells (T // 2, K) and which rows may have any, or None where there are none."""
        bins, rows, frames = grid.shape[1], len(grid) // 2, limits.SHORTEST // 2
        sigma = math.ceil(sigma * 200) / 200  # few different ones, so that the limits are computed once
        least = limits.MARK_LEAST * (limits.LEAST_BUSY if self._busy else limits.LEAST)
        units, marks, level, work = grid, [], 0, aligned((6, bins))
        while rows >= 2:
            marked, lit, longer = self._scratch(level, rows, bins)
            over = limits.limits(self.rate_hz, bins, 2 * frames, limits.pairs(bins), sigma, least)
            hits = (
                next_level(units, frames, over, marked, lit, longer, work)
                if level
                else first_level(grid, scale, frames, over, marked, lit, longer, work)
            )
            if level and rows >= 3:
                over = limits.limits(self.rate_hz, bins, 3 * frames, limits.thirds(bins), sigma, least)
                hits += thirds(units, frames, limits.WIDE, over, marked, lit, longer, work)
            marks.append((marked, lit, hits > 0))
            units, rows, frames, level = longer, rows // 2, 2 * frames, level + 1
        coarse: tuple[Bytes, Bytes] | None = None
        for *fine, hit in reversed(marks):
            if coarse is not None:
                spread_down(*coarse, *fine)
            if hit or coarse is not None:
                coarse = fine[0], fine[1]
        return coarse

    def _scratch(self, level: int, rows: int, bins: int) -> tuple[Bytes, Bytes, Floats]:
        """Room for marks, which rows of them may have any, and longer units of one level; kept from segment to segment, since fresh memory
        costs more than the sums.
        """
        if level == len(self._kept) or len(self._kept[level][0]) < rows:
            room = np.zeros((rows, bins), np.uint8), np.zeros(rows, np.uint8), aligned((rows // 2, bins))
            self._kept[level : level + 1] = [room]
        marked, lit, longer = self._kept[level]
        return marked[:rows], lit[:rows], longer[: rows // 2]

    def _emissions(self, seg: Segment, rows: Doubles, sigma: Doubles, *, steady: bool = False) -> list[Emission]:
        """From frames and bins (edges; rows as in `_own`) to samples and Hz."""
        n, frames = self.transform.bins, len(seg.grid)
        start, end, low, high, snr = rows.T
        first = seg.first + np.where(start > 0.5, np.rint((start + 0.5) * n), 0).astype(np.int64)
        last = seg.first + np.where(end < frames - 0.5, np.rint((end + 0.5) * n), frames * n).astype(np.int64)
        edges = [((x - 0.5 - n / 2) * self.bin_hz).tolist() for x in (low, high)]
        level = (10 * np.log10(np.maximum(snr, 1e-9))).tolist()
        counts = np.maximum(last - first, 1).tolist()
        return [
            Emission(a, count, c, d, db, steady=steady, sigma=z)
            for a, count, c, d, db, z in zip(first.tolist(), counts, *edges, level, sigma.tolist(), strict=True)
        ]


def _taken(shape_: Shape) -> Bools:
    """Bins (K,) in which no faint carrier is looked for: a wide steady signal's skirts have lines of their own."""
    taken = shape_.occupied.copy()
    for a, b in runs_of(shape_.occupied):
        margin = (b - a) // 4 + 8 if b - a > _LINE_BINS else 2
        taken[max(0, a - margin) : b + margin] = True
    return taken


def _covers(wide: Emission, line: Emission) -> bool:
    """Whether a line lies in a wide burst's band and nearly all of it in its time: a sweep that repeats itself is made of lines."""
    together = min(wide.sample_end, line.sample_end) - max(wide.sample_start, line.sample_start)
    inside = wide.low_hz < line.center_hz < wide.high_hz and wide.bandwidth_hz > 10 * line.bandwidth_hz
    return inside and together > 0.8 * line.sample_count


def _share_band(one: Emission, other: Emission) -> bool:
    return one.low_hz < other.high_hz and one.high_hz > other.low_hz


def _gain_between(ratio: Floats) -> float:
    """By how much the receiver's gain changed between segments: 1 unless most bins changed alike."""
    r = np.log(ratio)
    middle = median(r)
    alike = np.abs(r - middle) < 0.15
    return math.exp(median(r[alike])) if abs(middle) > 0.14 and alike.mean() > 0.7 else 1.0
