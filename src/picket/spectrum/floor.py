"""The noise floor: per bin over time, then over frequency.

Two floors, because two things hide it. Bursts come and go, so over time the floor of a bin is what its quieter blocks show: a quartile to
begin with, then the mean of the blocks under a limit, with the bias that cutting brings (forward consecutive mean excision;
Lehtomaki et al., 2007, doi:10.1109/LCOMM.2007.070068). That `local` floor follows ripple, spurs and the filter's slopes
exactly, but a signal that never stops is in it. The `true` floor is a smooth line under the local one: asymmetric least squares
(Eilers 2003, doi:10.1021/ac034173t), in dB, then a fit to the free bins alone. What stands out of it is a steady signal; how
rough the free bins are says how far that can be trusted (no detector sees a steady signal below r - 1/r for a floor known to r;
Tandra and Sahai 2008, doi:10.1109/JSTSP.2007.914879).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter, uniform_filter1d
from scipy.stats import gamma

from picket.spectrum.floor_kernels import group_levels, trimmed_means, whittaker
from picket.spectrum.order import median, quantile
from picket.spectrum.order_kernels import nth_smallest
from picket.spectrum.plateau import Plateau, plateau
from picket.spectrum.quiet_kernels import quiet_blocks
from picket.spectrum.transform import VARIANCE_FACTOR

BLOCK = 8  # frames per block
_INDEPENDENT = BLOCK / 1.03  # neighbouring frames of one bin are correlated by 0.014
_START = 0.25  # the quantile to begin with: right as long as a bin is free for a quarter of the time
_QUARTILE = float(gamma.ppf(_START, _INDEPENDENT) / _INDEPENDENT)
_CUT = 0.10  # share of noise blocks above the limit
_LIMIT = float(gamma.isf(_CUT, _INDEPENDENT) / _INDEPENDENT)
_BIAS = float(gamma.cdf(_LIMIT * _INDEPENDENT, _INDEPENDENT + 1) / (1 - _CUT))  # mean of what is under the limit
_GROUP = 16  # bins that are judged together
_SETTLED = 2e-3  # a floor that moves no more than by this is there
_WAVE = 0.5  # share of the band: shorter waves of the floor are not followed
_RIPPLE_CYCLES = 4.0  # a hump is ripple when it rises no steeper than so many waves of 1 dB across the band would ...
_RIPPLE_DB = 3.0  # ... and no higher than this
_STILL_DB = 0.01
_LOWEST = ((0.35, 1.5), (0.12, 3.1))  # share of the residuals that are looked at, and what makes their scatters alike
_ROUGHEST_DB = 1.0
_LINE_BINS = 6
_EDGE = 0.12  # share of the band at each end where the receiver's filter may fall off

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def local_floor(blocks: Floats, used: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Floor per bin (K,) and how many free blocks (K,) it rests on, from block means (B, K) of which rows `used` (B,) count."""
    some = np.flatnonzero(used)[:: max(1, int(used.sum()) // 64)]  # a beginning only: some of them will do
    floor = np.empty(blocks.shape[1], np.float32)
    nth_smallest(blocks[some], int(_START * (len(some) - 1)), floor)
    floor = np.maximum(floor / np.float32(_QUARTILE), np.float32(1e-30))
    group = min(_GROUP, len(floor) // 4)
    quiet = _quiet(blocks, used, floor, group)
    for g in np.flatnonzero(quiet.sum(axis=0) < 0.5 * len(blocks)):  # the bins' own quartile may have lain among the busy blocks
        part = blocks[quiet[:, g], g * group : (g + 1) * group]
        if len(part) >= 4:
            floor[g * group : (g + 1) * group] = np.quantile(part, _START, axis=0) / _QUARTILE
    wide = quiet.copy()  # a group beside a busy one may hold the edge of what makes it busy
    wide[:, 1:] &= quiet[:, :-1]
    wide[:, :-1] &= quiet[:, 1:]
    quiet = np.where(wide.sum(axis=0) >= 0.08 * len(blocks), wide, quiet)
    mean, count = np.empty_like(floor), np.empty_like(floor)
    for _ in range(3):
        trimmed_means(blocks, floor * np.float32(_LIMIT), quiet, mean, count)
        before, floor = floor, np.where(count > 0, mean / np.float32(_BIAS), floor)
        if np.abs(floor - before).max() < _SETTLED * floor.min():
            break
    return np.maximum(floor, np.float32(1e-30)), count


def _quiet(blocks: Floats, used: npt.NDArray[np.bool_], floor: Floats, group: int) -> npt.NDArray[np.bool_]:
    """In which blocks a group of bins is quiet, (B, K / group).

    One bin's blocks scatter too much to tell a burst of 0 dB from none; the means of groups, followed over time, tell one of -10 dB.
    Needed where a wide signal is on for much of the time.
    """
    level = np.empty((len(blocks), len(floor) // group), np.float32)
    group_levels(blocks, 1 / floor, level)
    cells = _INDEPENDENT * group / VARIANCE_FACTOR
    nth = int(0.1 * (int(used.sum()) - 1))
    level /= np.partition(level[used], nth, axis=0)[nth] / np.float32(1 - 1.28 / math.sqrt(cells))
    quiet = np.zeros(level.shape, bool)
    quiet_blocks(level, used, cells, quiet)
    return quiet


@dataclass(frozen=True)
class Shape:
    """The true floor under a local one.

    floor_db (K,): the smooth line, dB. excess_db (K,): local above true. occupied (K,): bins of steady signals. roughness_db:
    how far the free bins stray from the line, 1 sigma.
    """

    floor_db: Doubles
    excess_db: Doubles
    occupied: npt.NDArray[np.bool_]
    roughness_db: float

    @classmethod
    def flat(cls, bins: int) -> Shape:
        """Nothing known, nothing occupied."""
        return cls(np.zeros(bins), np.zeros(bins), np.zeros(bins, bool), 0.0)

    def under(self, told: Plateau) -> Shape:
        """The same with a plateau that more than this segment told: the floor of its own under it, at this segment's level."""
        local = self.floor_db + self.excess_db
        free = known(self)
        free[told.first : told.last] = False
        level = told.floor_db + median((local - told.floor_db)[free])
        floor = np.where(self.excess_db == 0, local, level)  # where the receiver's filter falls off the floor is what is there
        occupied = self.occupied.copy()
        occupied[told.first : told.last] = True
        return Shape(floor, local - floor, occupied, self.roughness_db)


def _smooth(y: Doubles, weight: Doubles) -> Doubles:
    """Whittaker smoother: least squares with a penalty on second differences."""
    z = np.empty(len(y))
    whittaker(y, weight + 1e-6, (_WAVE * len(y) / (2 * np.pi)) ** 4, z)
    return z


def shape(local: Floats, sigma: Doubles) -> Shape:
    """The true floor under `local` (K,), whose bins are known to `sigma` (K,) (relative, 1 sigma)."""
    y = 10 * np.log10(local.astype(np.float64))
    n = len(y)
    middle = slice(n // 2 - 2, n // 2 + 3)  # the receiver's own offset is no signal
    y[middle] = np.minimum(y[middle], median(y[max(0, n // 2 - 7) : n // 2 + 8]))
    per_bin = np.maximum(4.34 * sigma, 0.02)
    noise_db = median(per_bin)
    edge, falling = _edges(y, noise_db)
    free = ~falling
    z = np.full(n, quantile(y[free], 0.05))
    for _ in range(12):
        before, z = z, _smooth(np.minimum(y, z + 2.0), np.where(y > z, 0.02, 0.98) * free)
        if np.abs(z - before).max() < _STILL_DB:
            break
    below = (y - z)[free]
    rough = max(noise_db, _roughness(below))
    occupied = np.zeros(n, bool)
    for _ in range(5):
        now = _standing_out(y, y - z, max(0.35, 3.5 * rough), per_bin) & ~falling
        if now.mean() > 0.95:
            break
        good = free & ~now
        z = _smooth(y, good.astype(float))
        rough = max(noise_db, 1.48 * median(np.abs((y - z)[good])))
        if (now == occupied).all():
            break
        occupied = now
    faint = _faint(y, free, occupied, per_bin)
    if faint is not None:
        z = faint.floor_db
        occupied[faint.first : faint.last] = True
    z = np.where(falling | (edge & (y < z)), y, z)
    return Shape(z, y - z, occupied, rough)


def _faint(y: Doubles, free: npt.NDArray[np.bool_], occupied: npt.NDArray[np.bool_], per_bin: Doubles) -> Plateau | None:
    """A plateau that the smooth line does not show, where nothing but lines stands out of it and the band is not busy."""
    if any(b - a > _LINE_BINS for a, b in runs_of(occupied)):
        return None
    sure = free & (per_bin < 1.2 * quantile(per_bin, 0.1))
    return plateau(y, sure & ~_lines(occupied), median(per_bin))


def known(of: Shape) -> npt.NDArray[np.bool_]:
    """Bins (K,) in which a faint plateau may be looked for."""
    return np.asarray((of.excess_db != 0) & ~_lines(of.occupied))


def _lines(occupied: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The receiver's own offset and lines, with what they spill."""
    n = len(occupied)
    out = np.zeros(n, bool)
    out[n // 2 - 3 : n // 2 + 4] = True
    for a, b in runs_of(occupied):
        if b - a <= _LINE_BINS:
            out[max(0, a - 3) : b + 3] = True
    return out


def _roughness(below: Doubles) -> float:
    """Scatter of the lowest 35 % of the residuals; of the lowest eighth where that is more than a receiver's (a signal takes up three
    quarters of the band).
    """
    scatter = [factor * float(np.std(np.minimum(below, quantile(below, share)))) for share, factor in _LOWEST]
    return scatter[0] if scatter[0] < _ROUGHEST_DB else min(scatter)


def _edges(y: Doubles, noise_db: float) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The bins near the ends of the band, and those of them where the receiver's filter falls off."""
    n = len(y)
    width, outer = int(_EDGE * n), max(4, n // 40)
    edge = np.zeros(n, bool)
    edge[:width] = edge[n - width :] = True
    falling = edge & (y < quantile(y[~edge], 0.1) - max(0.3, 3 * noise_db))
    for side, inward in ((slice(None, width), y[:outer]), (slice(n - width, None), y[: n - outer - 1 : -1])):
        halves = np.array_split(inward, 2)
        if abs(halves[0].mean() - halves[1].mean()) < max(
            0.5, 3 * noise_db
        ):  # flat to the very end: floor beside a very wide signal
            falling[side] = False
    return edge, falling


def _standing_out(y: Doubles, excess: Doubles, limit: float, noise_db: Doubles) -> npt.NDArray[np.bool_]:
    """Bins of steady signals: where the mean over some width is over the limit, with their skirts."""
    n = len(excess)
    if (excess < 0.6 * np.maximum(limit, 6 * noise_db)).all():  # the usual case, and the filter is slow
        return _broad(y, excess, limit, noise_db)
    even = median_filter(excess, min(15, n // 8 | 1), mode="nearest")
    lines = excess - even > np.maximum(limit, 6 * noise_db)  # carriers and spurs, told apart so that no hump is built on them
    if not lines.any():
        return _broad(y, excess, limit, noise_db)
    lines = _grow(lines, excess - even > np.maximum(0.35 * limit, 3 * noise_db))
    flat = np.where(lines, even, excess)
    return lines | _broad(np.where(lines, y - excess + even, y), flat, limit, noise_db)


def _broad(y: Doubles, excess: Doubles, limit: float, noise_db: Doubles) -> npt.NDArray[np.bool_]:
    """The same for all but lines."""
    n = len(excess)
    out = np.zeros(n, bool)
    for width in (4, 16, 64):
        if width > n // 4:
            break
        narrow = max(1, width // 4)
        core = uniform_filter1d(excess, width, mode="nearest") > np.maximum(limit, 6 * noise_db / np.sqrt(width))
        if core.any():
            skirt = uniform_filter1d(excess, narrow, mode="nearest") > np.maximum(0.35 * limit, 4 * noise_db / np.sqrt(narrow))
            out |= np.convolve(core, np.ones(width + 1), "same").astype(bool) & skirt
    if not out.any():
        return out
    smooth = uniform_filter1d(excess, 5, mode="nearest")
    out = _grow(out, smooth > np.maximum(0.35 * limit, 2 * noise_db))
    step = max(2, n // 64)
    even = uniform_filter1d(y, 5, mode="nearest")
    slope = np.abs(even[step:] - even[:-step]) / step
    for a, b in runs_of(out):
        level = 10 ** (excess[a:b] / 10) - 1
        cut = max(0.25 * min(float(level.mean()), 0.6), 0.003 * float(level.max()))
        inside = np.flatnonzero(10 ** (smooth[a:b] / 10) - 1 > cut) if b - a > 8 else np.arange(b - a)
        near = slope[max(0, a - 2 * step) : b + step]
        gentle = len(near) == 0 or near.max() < max(0.035, _RIPPLE_CYCLES * 2 * np.pi / n)
        own = float(excess[a:b].mean()) > max(0.6 * limit, 6 * median(noise_db[a:b]) / np.sqrt(b - a))
        if not own or not len(inside) or (b - a > 8 and gentle and smooth[a:b].max() < _RIPPLE_DB):
            out[a:b] = False
        else:
            out[a : a + inside[0]] = out[a + inside[-1] + 1 : b] = False
            out[a + inside[0] : a + inside[-1] + 1] = True
    return out


def runs_of(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """First and last + 1 of each run of true values, (M, 2)."""
    return np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))).reshape(-1, 2)


def _grow(seed: npt.NDArray[np.bool_], allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Runs of `allowed` that hold a seed, and the seeds."""
    if not seed.any():
        return seed.copy()
    runs, seeds = runs_of(seed | allowed), np.concatenate([[0], np.cumsum(seed)])
    out = np.zeros(len(seed), bool)
    for a, b in runs[seeds[runs[:, 1]] > seeds[runs[:, 0]]]:
        out[a:b] = True
    return out
