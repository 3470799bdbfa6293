"""Wide boxes that hold more than one signal, taken apart.

The edge of a strong burst splashes over the whole band, and what is on at that moment is linked by it: the detector fits one
rectangle to a video downlink and a Wi-Fi frame beside it. Parts of one band belong together when they are on and off together;
where the pattern of on and off changes from one frequency to the next, another signal begins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.spectrum.confirm import out_of_noise
from picket.spectrum.detect import Segment
from picket.spectrum.emission import Emission
from picket.spectrum.stitch import joined

_WIDE_HZ = 3e6  # narrower ones are fitted by themselves
_DOUBTFUL_HZ = 11e6  # one so wide is asked always, a narrower one when another's band lies within its own
_INSIDE = 0.8
_ROWS, _COLUMN = 4, 8  # frames and bins of a cell: 32 values, of which noise strays by 0.2
_ON = 2.0  # over the floor; five sigma of noise, and what a signal of 6 dB never falls under
_LEAST_DB = 4.0
_FULL = 0.93  # share of a box's cells that are on: it is one signal
_ALIKE = 0.85  # share of the time in which two bands that belong together are on and off together
_LEAST_COLUMNS, _LEAST_ROWS = 3, 4
_ACCOUNTED = 0.9
_STEP_DB, _FLAT_DB = 5.0, 1.5  # between two signals that are both on throughout; within each
_CUT_FRAMES, _EDGE, _ALIKE_DB = 4, 0.08, 2.0
_DC_BINS = 3
_BEYOND = 48  # bins by which a box may be too narrow for one of its signals

Powers = npt.NDArray[np.floating[Any]]
Bools = npt.NDArray[np.bool_]


def taken_apart(found: list[Emission], seg: Segment, rate_hz: float) -> list[Emission]:
    """found, with the wide boxes that hold several signals parted. Cost: nothing where no box is doubtful."""
    bin_hz = rate_hz / seg.grid.shape[1]
    wide = [e for e in found if e.bandwidth_hz > _WIDE_HZ]
    whole, apart = [], []
    for e in found:
        parts = _parts(seg, e, bin_hz) if _doubtful(e, wide) else []
        apart += parts
        if not parts:
            whole.append(e)
    for p in apart:
        if not any(_same(p, o) for o in whole):
            _put(p, whole, seg.grid.shape[1])
    return whole


def _put(p: Emission, whole: list[Emission], frame: int) -> None:
    """Puts a part among the others, joined with what it goes on from or what goes on from it: a box ends where another's edge was."""
    slack = _EDGE * p.bandwidth_hz
    for i, o in enumerate(whole):
        gap = max(p.sample_start - o.sample_end, o.sample_start - p.sample_end)
        if (
            -frame <= gap <= _CUT_FRAMES * frame
            and abs(o.low_hz - p.low_hz) < slack
            and abs(o.high_hz - p.high_hz) < slack
            and abs(o.snr_db - p.snr_db) < _ALIKE_DB
        ):
            del whole[i]
            _put(replace(joined(o, p), marks=[]), whole, frame)
            return
    whole.append(p)


def _doubtful(e: Emission, wide: list[Emission]) -> bool:
    if e.steady or e.bandwidth_hz <= _WIDE_HZ or e.snr_db < _LEAST_DB:
        return False
    slack = 0.03 * e.bandwidth_hz
    return e.bandwidth_hz > _DOUBTFUL_HZ or any(
        o.bandwidth_hz < _INSIDE * e.bandwidth_hz and e.low_hz - slack < o.low_hz and o.high_hz < e.high_hz + slack for o in wide
    )


def _same(a: Emission, b: Emission) -> bool:
    """Whether two boxes share more than half of what both cover."""
    t = min(a.sample_end, b.sample_end) - max(a.sample_start, b.sample_start)
    f = min(a.high_hz, b.high_hz) - max(a.low_hz, b.low_hz)
    if t <= 0 or f <= 0:
        return False
    return t * f > 0.5 * (a.sample_count * a.bandwidth_hz + b.sample_count * b.bandwidth_hz - t * f)


@dataclass
class _Band:
    """Columns first to last (not included) that are on and off together, and when. core: those that no other band shares."""

    first: int
    last: int
    on: Bools
    shared: tuple[int, int] = (0, 0)  # columns at its lower and upper end that another band has too

    @property
    def core(self) -> slice:
        return slice((self.first + self.shared[0]) * _COLUMN, (self.last - self.shared[1]) * _COLUMN)


def _parts(seg: Segment, e: Emission, bin_hz: float) -> list[Emission]:
    """The signals in a box; none where it is one signal or nothing simple."""
    rows, bins = seg.grid.shape
    a, b = (int(np.clip(round((s - seg.first) / bins - 0.5), 0, rows)) for s in (e.sample_start, e.sample_end))
    low, high = (int(np.clip(round(f / bin_hz + bins / 2 + 0.5), 0, bins)) for f in (e.low_hz, e.high_hz))
    blocks, columns = (b - a) // _ROWS, (high - low) // _COLUMN
    if blocks < 2 or columns < 2 * _LEAST_COLUMNS:
        return []
    power = seg.grid[a:b, low:high] / 10 ** (seg.shape.floor_db[low:high] / 10)
    _without_dc(power, bins // 2 - low)
    cells = power[: blocks * _ROWS, : columns * _COLUMN].reshape(blocks, _ROWS, columns, _COLUMN).mean(axis=(1, 3))
    on = cells > _ON
    bands = _levels(cells) if on.mean() > _FULL else _bands(on)
    if not bands or _accounted(on, bands) < _ACCOUNTED:
        return []
    if len(bands) == 1 and (bands[0].last - bands[0].first) > _INSIDE * columns:
        return []
    out = []
    for band in bands:
        others = [o for o in bands if o is not band]
        out += _boxes(power, band, others, e, (a, b, low), seg, bin_hz)
    return out


def _without_dc(power: Powers, middle: int) -> None:
    """The receiver's own offset is on all the time and no signal: what lies beside it stands in its place."""
    first, last = middle - _DC_BINS, middle + _DC_BINS + 1
    width = last - first
    if first >= width and last <= power.shape[1]:
        power[:, first:last] = power[:, first - width : first]


def _bands(on: Bools) -> list[_Band]:
    """Runs of columns that are on and off together; columns of two signals that overlap count for both."""
    runs: list[_Band] = []
    for k in range(on.shape[1]):
        if runs and np.mean(runs[-1].on == on[:, k]) >= _ALIKE:
            last = runs[-1]
            last.last = k + 1
            last.on = on[:, last.first : last.last].mean(axis=1) > 0.5
        else:
            runs.append(_Band(k, k + 1, on[:, k].copy()))
    runs = [r for r in runs if r.last - r.first >= _LEAST_COLUMNS]
    bands: list[_Band] = []
    for r in runs:
        if bands and r.first - bands[-1].last <= _LEAST_COLUMNS and np.mean(bands[-1].on == r.on) >= _ALIKE:
            bands[-1].last = r.last
        else:
            bands.append(r)
    for i in range(1, len(bands) - 1):
        before, r, after = bands[i - 1 : i + 2]
        both = before.on | after.on
        if before.on.any() and after.on.any() and np.mean(r.on == both) > 0.9 and not (np.array_equal(before.on, after.on)):
            before.last, before.shared = r.last, (before.shared[0], r.last - before.last)
            after.first, after.shared, r.on = r.first, (after.first - r.first, 0), np.zeros_like(r.on)
    return [r for r in bands if r.on.any()]


def _levels(cells: Powers) -> list[_Band]:
    """Two bands where all is on, one flat and strong, one flat and weak; none where the levels are not so simple."""
    level = 10 * np.log10(np.maximum(np.median(cells, axis=0), 1e-3))
    n, ends = len(level), _LEAST_COLUMNS
    if n < 2 * ends + 1:
        return []
    spread = [np.var(level[:k]) * k + np.var(level[k:]) * (n - k) for k in range(ends, n - ends + 1)]
    k = ends + int(np.argmin(spread))
    inner = level[1 : max(k - 1, 2)], level[k + 1 : n - 1]  # columns at the edges are half of each
    if abs(np.mean(inner[0]) - np.mean(inner[1])) < _STEP_DB or max(np.std(inner[0]), np.std(inner[1])) > _FLAT_DB:
        return []
    always = np.ones(len(cells), np.bool_)
    return [_Band(0, k, always), _Band(k, n, always)]


def _accounted(on: Bools, bands: list[_Band]) -> float:
    """Share of the cells that are on that the bands hold."""
    held = np.zeros_like(on)
    for r in bands:
        held[:, r.first : r.last] |= r.on[:, None]
    return float((on & held).sum() / max(on.sum(), 1))


def _boxes(
    power: Powers,
    band: _Band,
    others: list[_Band],
    e: Emission,
    place: tuple[int, int, int],
    seg: Segment,
    bin_hz: float,
) -> list[Emission]:
    """One box for each time that a band is on, its edges from the times at which the others are off."""
    a, b, low = place
    bins = seg.grid.shape[1]
    first, last = band.first * _COLUMN, band.last * _COLUMN
    profile = power[:, band.core].mean(axis=1)
    free = band.on & ~np.any([o.on for o in others], axis=0) if others else band.on
    edges_at = _edges(seg, np.repeat(free, _ROWS), (a, low + first, low + last), place, power.shape[1])
    edges = [(x - 0.5 - bins / 2) * bin_hz for x in edges_at]
    out = []
    for start, end in _times(profile > _ON):
        if end - start < _LEAST_ROWS:
            continue
        begin = e.sample_start if start == 0 else seg.first + round((a + start + 0.5) * bins)
        stop = e.sample_end if end == b - a else seg.first + round((a + end + 0.5) * bins)
        snr = max(float(profile[start:end].mean()) - 1, 1e-3)
        sigma = float(out_of_noise(snr, (end - start) * (edges_at[1] - edges_at[0])))
        out.append(Emission(begin, stop - begin, edges[0], edges[1], 10 * math.log10(snr), sigma=sigma))
    return out


def _edges(seg: Segment, free: Bools, at: tuple[int, int, int], place: tuple[int, int, int], width: int) -> tuple[int, int]:
    """The bins of a band (from first row a, bins first to last) from the frames at which it alone is on: a column further on each side
    than its columns, and as far as it goes where the box ends, since the box may be too narrow for it.
    """
    (a, first, last), low = at, place[2]
    if free.sum() < _LEAST_ROWS:  # never alone: no better than the columns say
        return first, last
    reach = [_BEYOND if outer else _COLUMN for outer in (first == low, last > low + width - 2 * _COLUMN)]
    c, d = max(0, first - reach[0]), min(seg.grid.shape[1], last + reach[1])
    rows = a + np.flatnonzero(free)
    spectrum = seg.grid[rows, c:d].mean(axis=0) / 10 ** (seg.shape.floor_db[c:d] / 10) - 1
    strong = np.flatnonzero(spectrum > 0.25 * max(float(np.median(spectrum[first - c : last - c])), 1e-3))
    inside = np.flatnonzero((strong >= first - c) & (strong < last - c))
    if not len(inside):
        return first, last
    i, j = int(inside[0]), int(inside[-1])
    while i > 0 and strong[i] - strong[i - 1] <= _DC_BINS:
        i -= 1
    while j + 1 < len(strong) and strong[j + 1] - strong[j] <= _DC_BINS:
        j += 1
    return c + int(strong[i]), c + int(strong[j]) + 1


def _times(on: Bools) -> list[tuple[int, int]]:
    """Runs of frames; pauses of two frames are none."""
    at = np.flatnonzero(on)
    if not len(at):
        return []
    cut = np.flatnonzero(np.diff(at) > 3)
    starts, ends = np.concatenate([at[:1], at[cut + 1]]), np.concatenate([at[cut], at[-1:]]) + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
