"""The floor against what is usual here at this hour: what rose, where, since when. Jamming, or only a change of gain.

A radio that scans has no single recording to compare, so its floor is put together from its steps (cells of 100 kHz), and so is the
baseline: a slow mean for each hour of the day (UTC), of the same place, gain and rate. What is told:

    floor   rose by 3 dB or more over 5 MHz or more, or over all that is watched of a GNSS band, while the rest did not
    level   everything that is watched rose or fell alike: a change of gain, of an amplifier, of the antenna; or a jammer wider than all of
            it. The radio cannot tell, and it is no alert

A gain step reaches one step of the scan after the other. So a rise is told only once another part was looked at after it, and had not
risen: within one round.

A baseline learns from looks in which nothing stands out only, so that it does not get used to a jammer. Cells that a named signal
covers (a drone's video is no raised floor) take no part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter

from picket.site_radio import Band
from picket.spectrum.emission import kind_of
from picket.spectrum.floor import runs_of
from picket.spectrum.radio.look import Look
from picket.spectrum.radio.occupancy import union

CELL_HZ = 100e3
LEAST_DB, LEAST_HZ = 3.0, 5e6
LEAST_LOOKS = 20  # of an hour, or of all hours together, before a baseline is believed
_SLOW = 200  # looks over which the mean goes
_ALIKE_DB, _WHOLE = 1.5, 0.9  # a level: so many of the cells within so much of one another
_NAMED_SHARE = 0.2  # a cell that a named signal covers for longer says nothing of the floor
_STALE_ROUNDS = 3.0

# Centre and half width in MHz: IS-GPS-200, IS-GPS-705, Galileo OS SIS ICD, GLONASS ICD (L1, L2: all channels), BeiDou B1I.
GNSS = {
    "GPS L1, Galileo E1": (1575.42, 2.05), "BeiDou B1I": (1561.098, 2.05), "GLONASS G1": (1602.0, 4.5),
    "GPS L2": (1227.60, 1.1), "GLONASS G2": (1246.0, 3.5), "GPS L5, Galileo E5a": (1176.45, 10.2), "Galileo E6": (1278.75, 5.2),
}  # fmt: skip

Doubles = npt.NDArray[np.float64]


def gnss_bands(low_hz: float, high_hz: float) -> list[str]:
    """The satellite navigation bands that lie in part between these edges."""
    return [name for name, (mhz, half) in GNSS.items() if low_hz < (mhz + half) * 1e6 and high_hz > (mhz - half) * 1e6]


@dataclass(frozen=True)
class Disturbance:
    """What rose: kind floor, level or gnss (a signal in a navigation band), between which edges, by how much, since when."""

    kind: str
    band: str
    low_hz: float
    high_hz: float
    rise_db: float
    since: float


@dataclass
class _Hour:
    """The usual floor of one band at one hour: a mean per cell, and of how many looks."""

    mean: Doubles
    count: Doubles


@dataclass
class Floors:
    """Floor and baseline of one radio. `key` names the setting (gain, rate) that both hold for."""

    bands: dict[str, Band]
    key: str
    round_s: float = 10.0
    now: dict[str, Doubles] = field(default_factory=dict)
    at: dict[str, Doubles] = field(default_factory=dict)
    hours: dict[tuple[str, int], _Hour] = field(default_factory=dict)
    level_db: float = 0.0
    found: list[Disturbance] = field(default_factory=list)

    @classmethod
    def of(cls, bands: tuple[Band, ...], key: str, round_s: float) -> Floors:
        """Empty ones."""
        floors = cls({b.name: b for b in bands}, key, round_s)
        for b in bands:
            cells = max(1, math.ceil(b.width_hz / CELL_HZ - 1e-6))
            floors.now[b.name], floors.at[b.name] = np.full(cells, np.nan), np.full(cells, -np.inf)
        return floors

    def add(self, look: Look) -> list[Disturbance]:
        """Takes in a look; what stands out now, over all steps that were looked at lately."""
        band = self.bands[look.step.band]
        cells, values = _cells(look, band)
        self.now[band.name][cells], self.at[band.name][cells] = values, look.end
        told = self._compare(look.end)
        told += [d for d in _in_gnss(look) if not any(_meet(d, t) for t in told if t.kind == "floor")]
        told = [self._dated(d, look) for d in told] + self._still(look, told)
        self.found = sorted(told, key=lambda d: (d.low_hz, d.kind))
        if not self.found and abs(self.level_db) < LEAST_DB:
            self._learn(look.begin, band.name, cells, values)
        return self.found

    # -- the comparison --------------------------------------------------------------------------------------------------
    def usual(self, band: str, time: float) -> Doubles:
        """The baseline of a band at an hour; NaN where it is not known yet."""
        hours = [self.hours.get((band, int(time // 3600) % 24))] + [self.hours.get((band, h)) for h in range(24)]
        own = hours[0]
        every = [h for h in hours[1:] if h is not None]
        cells = len(self.now[band])
        if not every:
            return np.full(cells, np.nan)
        count = np.sum([h.count for h in every], axis=0)
        mean = np.sum([np.where(h.count > 0, h.mean * h.count, 0.0) for h in every], axis=0) / np.maximum(count, 1)
        out = np.where(count >= LEAST_LOOKS, mean, np.nan)
        return out if own is None else np.where(own.count >= LEAST_LOOKS, own.mean, out)

    def rise(self, band: str, time: float) -> Doubles:
        """dB over the baseline per cell, for what was looked at lately; NaN elsewhere."""
        fresh = time - self.at[band] <= _STALE_ROUNDS * max(self.round_s, 1.0)
        return np.where(fresh, self.now[band] - self.usual(band, time), np.nan)

    def _compare(self, time: float) -> list[Disturbance]:
        rises = {name: self.rise(name, time) for name in self.bands}
        every = np.concatenate(list(rises.values()))
        known = every[np.isfinite(every)]
        if not len(known):
            self.level_db = 0.0
            return []
        middle = float(np.median(known))
        alike = float((np.abs(known - middle) < _ALIKE_DB).mean()) >= _WHOLE
        self.level_db = middle if alike else 0.0
        if alike and abs(middle) >= LEAST_DB - 0.5:
            return [Disturbance("level", "", b.low_hz, b.high_hz, middle, time) for b in self.bands.values()][:1]
        calm = max(
            (float(self.at[name][rise < LEAST_DB / 2].max(initial=-np.inf)) for name, rise in rises.items()), default=-np.inf
        )
        out = []
        for name, rise in rises.items():
            out += self._runs(self.bands[name], rise, time, calm)
        return out

    def _runs(self, band: Band, rise: Doubles, time: float, calm: float) -> list[Disturbance]:
        """Rises in a band. calm: when something that has not risen was looked at last."""
        if not np.isfinite(rise).any():
            return []
        filled = np.interp(np.arange(len(rise)), np.flatnonzero(np.isfinite(rise)), rise[np.isfinite(rise)], left=0.0, right=0.0)
        smooth = median_filter(filled, min(9, len(filled)), mode="nearest")
        out = []
        for a, b in runs_of(smooth >= LEAST_DB - 0.2):
            low, high = band.low_hz + a * CELL_HZ, min(band.high_hz, band.low_hz + b * CELL_HZ)
            whole_gnss = any(_fills(low, high, band, g) for g in gnss_bands(low, high))
            first = float(self.at[band.name][a:b][rise[a:b] >= LEAST_DB - 0.2].min(initial=np.inf))
            if calm > first and np.isfinite(rise[a:b]).mean() > 0.5 and (high - low >= LEAST_HZ - CELL_HZ or whole_gnss):
                out.append(Disturbance("floor", band.name, low, high, float(np.median(smooth[a:b])), time))
        return out

    def _dated(self, d: Disturbance, look: Look) -> Disturbance:
        old = next((o for o in self.found if o.kind == d.kind and _meet(o, d)), None)
        since = look.begin if old is None else old.since
        return Disturbance(d.kind, d.band, d.low_hz, d.high_hz, d.rise_db, since)

    def _still(self, look: Look, told: list[Disturbance]) -> list[Disturbance]:
        """A signal in a navigation band holds until its step is looked at again: elsewhere nobody knows."""
        return [
            d for d in self.found
            if d.kind == "gnss" and not any(_meet(d, t) for t in told)
            and not (d.low_hz < look.step.high_hz and d.high_hz > look.step.low_hz)
        ]  # fmt: skip

    def _learn(self, time: float, band: str, cells: slice, values: Doubles) -> None:
        count = len(self.now[band])
        hour = self.hours.setdefault((band, int(time // 3600) % 24), _Hour(np.zeros(count), np.zeros(count)))
        usual = self.usual(band, time)[cells]
        good = np.isfinite(values) & ~(np.abs(values - usual) >= LEAST_DB)
        n = hour.count[cells] + good
        step = np.where(good, values - hour.mean[cells], 0.0) / np.clip(n, 1, _SLOW)
        hour.mean[cells] += step
        hour.count[cells] = n

    # -- kept on disk ----------------------------------------------------------------------------------------------------
    def kept(self) -> dict[str, Any]:
        """Plain values for a file."""
        rows = [
            [band, hour, [round(float(x), 2) for x in h.mean], [int(x) for x in h.count]]
            for (band, hour), h in sorted(self.hours.items())
        ]
        return {"version": 1, "key": self.key, "hours": rows}

    def take_kept(self, body: dict[str, Any]) -> bool:
        """The inverse of `kept`; False where it is of another setting of the radio, and nothing is taken."""
        if body.get("version") != 1 or body.get("key") != self.key:
            return False
        for band, hour, mean, count in body["hours"]:
            if band in self.now and len(mean) == len(count) == len(self.now[band]):
                self.hours[str(band), int(hour)] = _Hour(np.array(mean, float), np.array(count, float))
        return True


def _cells(look: Look, band: Band) -> tuple[slice, Doubles]:
    """The look's floor by cells of the band; NaN where a named signal covers one."""
    own = look.low_hz + look.bin_hz * np.arange(len(look.floor_db))
    first = round((look.step.low_hz - band.low_hz) / CELL_HZ)
    last = max(first + 1, min(round((look.step.high_hz - band.low_hz) / CELL_HZ), math.ceil(band.width_hz / CELL_HZ - 1e-6)))
    middles = band.low_hz + (np.arange(first, last) + 0.5) * CELL_HZ
    values = np.interp(middles, own, look.floor_db)
    spans: dict[int, list[tuple[int, int]]] = {}
    for e in look.emissions:
        if kind_of(e.label) == "interference" or e.label == "unknown":
            continue
        low, high = look.edges_hz(e)
        near = np.flatnonzero((middles > low - CELL_HZ) & (middles < high + CELL_HZ))
        for c in near.tolist():
            spans.setdefault(c, []).append((e.sample_start, e.sample_end))
    for c, held in spans.items():
        if union(held) / look.rate_hz > _NAMED_SHARE * look.seconds:
            values[c] = np.nan
    return slice(first, last), np.asarray(values, float)


def _in_gnss(look: Look) -> list[Disturbance]:
    """A clean navigation band holds nothing that stands over the floor: whatever does is told, but the receiver's own carriers."""
    out = []
    for m in look.emitters:
        low, high = m["center_hz"] - m["bandwidth_hz"] / 2, m["center_hz"] + m["bandwidth_hz"] / 2
        if gnss_bands(low, high) and m["label"] != "cw" and m["on_s"] > 0.2 * look.seconds:
            out.append(Disturbance("gnss", look.step.band, low, high, float(m["snr_db"]), look.begin))
    return out


def _fills(low_hz: float, high_hz: float, band: Band, name: str) -> bool:
    """Whether low to high holds all of a navigation band that this band watches."""
    mhz, half = GNSS[name]
    a, b = max(band.low_hz, (mhz - half) * 1e6), min(band.high_hz, (mhz + half) * 1e6)
    return b - a > 0 and low_hz <= a + CELL_HZ and high_hz >= b - CELL_HZ


def _meet(a: Disturbance, b: Disturbance) -> bool:
    return a.low_hz < b.high_hz and b.low_hz < a.high_hz
