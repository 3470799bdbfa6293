"""A turning 3-D radar: the truth in, CAT048 plots and CAT034 marks out, sector by sector as the beam passes.

    detection   Swerling 1: signal plus noise is exponential with mean 1 + SNR, a plot where it passes -ln(1e-6); so
                Pd = Pfa ^ (1 / (1 + SNR)) (Swerling 1960, case 1, one pulse) and the same draw gives the plot's power.
                SNR falls with range to the fourth and grows with the object's size; it is set so that a drone of 0.01 m2 at
                reference_range_m is seen with the site file's detection_probability.
    resolution  of objects nearer than both resolutions only the strongest gives a plot
    errors      Gaussian in range, azimuth, elevation and range rate with the site file's sigmas; the height follows from
                the measured range and elevation, as in a real 3-D radar
    clutter     Poisson, clutter_per_scan a turn, even over the covered area, with the weakest powers
    time        each plot has that of the beam's passing; a sector's datagrams leave when the beam leaves the sector

    horizon     nothing under the radio horizon (4/3 earth) or under water is seen
    weather     rain attenuates (`conditions.rain_db`); the sea multiplies false plots nearby
    faults      outage, jammed sector, clock, bias, more false plots (`[[fault]]`); a full extractor drops plots beyond most_plots

Left out: shadows of buildings and hills, multipath and sidelobes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from picket.feed.asterix import encode_cat034, encode_cat048_parts
from picket.geo import LocalFrame, enu_to_polar, polar_to_enu
from picket.geo.horizon import in_line_of_sight
from picket.site import Sensor
from picket.train import path_kernels as k
from picket.train.conditions import SEA_M, between, rain_db
from picket.train.exercise import LIMITS, Radar
from picket.train.motion import Floats
from picket.train.streams import stream
from picket.train.world import State, World
from picket.words import DETECTION, Batch

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

AT_ONCE_S = 2.0  # so much of a turn is worked out together
THRESHOLD = -math.log(1e-6)  # of the noise's mean power: one false alarm in a million cells
_NOISE_DBM = -105.0  # kTB of a 1 MHz receiver with a noise figure of 9 dB
_CLUTTER_ELEVATION_DEG = 8.0  # sea and ground returns lie low
_EARTH_M = 6_371_000.0
_CLUTTER_RATE_MPS = 2.0  # 1 sigma: waves and leaves


class _Sweep(NamedTuple):
    """A piece of a turn, or whole turns: from `begin` (s since the exercise began) over `width_deg` from `azimuth_deg` on, in equal
    sectors. Azimuths go on counting over 360 in the second turn."""

    begin: float
    azimuth_deg: float
    width_deg: float
    sectors: int
    period_s: float

    @property
    def lasts_s(self) -> float:
        return self.width_deg / 360 * self.period_s

    @property
    def turns(self) -> int:
        """How many times the beam comes round, a piece of a turn counted as one."""
        return max(round(self.width_deg / 360), 1)

    @property
    def middles(self) -> Floats:
        """(turns,) s: the middle of each turn."""
        turn_s = self.lasts_s / self.turns
        middles: Floats = self.begin + turn_s * (np.arange(self.turns, dtype=np.float64) + 0.5)
        return middles

    @property
    def begins(self) -> list[float]:
        """When each sector begins."""
        return [self.begin + k * self.lasts_s / self.sectors for k in range(self.sectors)]

    def passes(self, azimuth_deg: Floats) -> Floats:
        """(N,) s: when the beam passes; of what lies outside, when the sweep begins or ends."""
        since = np.minimum(np.maximum(azimuth_deg - self.azimuth_deg, 0.0), self.width_deg) / 360 * self.period_s
        return self.begin + since

    def sector(self, when: Floats) -> Ints:
        """(N,) in which sector the beam is."""
        k = ((when - self.begin) / self.lasts_s * self.sectors).astype(np.int64)
        return np.minimum(np.maximum(k, 0), self.sectors - 1)


class _Echoes(NamedTuple):
    """What gives a plot: when the beam passes it (s since the exercise began), where it is, and its power over the noise's."""

    when: Floats
    range_m: Floats
    azimuth_deg: Floats
    elevation_deg: Floats
    rate_mps: Floats
    strength: Floats


class TurningRadar:
    """One radar of the exercise at its place of the site. `frames` is what it sends."""

    def __init__(self, world: World, radar: Radar) -> None:
        sensor = world.site.sensor_named(radar.id)
        if sensor is None or sensor.scan_period_s is None or sensor.max_range_m is None:
            raise ValueError(f"radar {radar.id}: the site file lacks its place, period or range")  # Exercise.load says which
        self.world, self.radar, self.sensor = world, radar, sensor
        self.period_s, self.max_range_m = sensor.scan_period_s, sensor.max_range_m
        self.frame = LocalFrame(sensor.lat_deg or 0.0, sensor.lon_deg or 0.0, sensor.alt_wgs84_m or 0.0)
        self._rotation, self._offset = world.frame.relative(self.frame)
        at_reference = THRESHOLD / -math.log(sensor.detection_probability) - 1
        self._snr_factor = at_reference / LIMITS["drone"].rcs_m2 * radar.reference_range_m**4
        self._rcs: tuple[object, Floats] = ((), np.zeros(0))
        self._source = {"sac": sensor.match.sac or 0, "sic": sensor.match.sic or 0}
        self._sigmas = np.array(
            [[sensor.sigma_range_m], [sensor.sigma_azimuth_deg], [sensor.sigma_elevation_deg], [sensor.sigma_range_rate_mps]]
        )
        self.real: Bools = np.zeros(0, np.bool_)  # of the last sweep's plots, which are of an object: never sent
        self.sector: Ints = np.zeros(0, np.int64)  # and in which of its sectors each lies
        self.when: Floats = np.zeros(0)  # and when the beam passed it, s since the exercise began, whatever its clock says

    def frames(self, start: float) -> Iterator[tuple[float, bytes]]:
        """(UNIX time of sending, datagram), endless and in order, of an antenna that begins at UNIX time `start`."""
        step = self.period_s / self.radar.sectors
        together = min(max(int(AT_ONCE_S / step), 1), self.radar.sectors)
        for turn in count():
            for first in range(0, self.radar.sectors, together):
                yield from self._sent(start, turn, range(first, min(first + together, self.radar.sectors)))

    def _sent(self, start: float, turn: int, sectors: range) -> Iterator[tuple[float, bytes]]:
        """What leaves in some sectors of a turn. An outage changes nothing of what comes after it: the same draws are made."""
        conditions, width, known = self.world.conditions, 360.0 / self.radar.sectors, -1
        datagrams: list[list[bytes]] = []
        for sector in sectors:
            begin, end = self._time(turn, sector), self._time(turn, sector + 1)
            if conditions.injected != known:  # what comes by hand is at work from the next sector on
                known, datagrams = conditions.injected, self._worked_out(start, turn, sectors)
            if conditions.out(self.radar.id, begin):
                yield start + begin, b""
                continue
            shown = start + begin + conditions.clock_s(self.radar.id, begin)
            for kind in ("north_mark", "sector") if sector == 0 else ("sector",):
                yield start + begin, encode_cat034(**self._source, time=shown, kind=kind, azimuth_deg=sector * width,
                                                   rotation_period_s=self.period_s)  # fmt: skip
            for datagram in datagrams[sector - sectors.start]:
                yield start + end, datagram

    def _time(self, turn: int, sector: int) -> float:
        """When the beam comes to a sector, s since the exercise began."""
        return self.radar.phase_s + (turn + sector / self.radar.sectors) * self.period_s

    def _worked_out(self, start: float, turn: int, sectors: range) -> list[list[bytes]]:
        """The datagrams of each sector. Draws are those of the turn and its first sector: working it out anew changes none."""
        rng = stream(self.world.seed, "radar", self.radar.id, turn, sectors.start)
        width, n = 360.0 / self.radar.sectors, len(sectors)
        plots = self.plots(rng, start, self._time(turn, sectors.start), sectors.start * width, n * width, n)
        ends = np.searchsorted(self.sector, np.arange(n), "right").tolist()
        return encode_cat048_parts(plots, ends, **self._source, simulated=True)

    def plots(
        self, rng: np.random.Generator, start: float, begin: float, azimuth_deg: float, width_deg: float, sectors: int = 1
    ) -> Batch:
        """What one sweep yields: rows of the detection table in the order of the beam's passing. `begin`: s since `start`.

        width_deg: up to a turn, or any number of whole turns from north on. sectors: how many the sweep goes over; what is wrong with the
        radar is asked for at the beginning of each.
        """
        swept = _Sweep(begin, azimuth_deg, width_deg, sectors, self.period_s)
        true = self._echoes(rng, swept)
        false = self._clutter(rng, swept)
        errors = rng.normal(size=(4, len(true.when))) * self._sigmas
        measured = np.stack([true.range_m, true.azimuth_deg, true.elevation_deg, true.rate_mps]) + errors
        r, az, el, rr = np.hstack([measured, np.stack([false.range_m, false.azimuth_deg, false.elevation_deg, false.rate_mps])])
        when, strength = np.concatenate([true.when, false.when]), np.concatenate([true.strength, false.strength])
        order = np.argsort(when, kind="stable")
        sector = swept.sector(when[order])
        if self.radar.most_plots:  # a full extractor drops what comes last in a sector
            kept = np.arange(len(order)) - np.searchsorted(sector, sector) < max(self.radar.most_plots // self.radar.sectors, 1)
            order, sector = order[kept], sector[kept]
        self.real, self.sector = order < len(true.when), sector
        r, az, el, rr, when, strength = (x[order] for x in (r, az, el, rr, when, strength))
        self.when = when
        conditions = self.world.conditions
        late = np.zeros(len(when))
        if conditions.faulty(self.radar.id):
            off_m, off_deg = np.array([conditions.bias(self.radar.id, b) for b in swept.begins])[sector].T
            late = np.array([conditions.clock_s(self.radar.id, b) for b in swept.begins])[sector]
            r, az = r + off_m, az + off_deg
        power = _NOISE_DBM + 10 * np.log10(strength)
        return self._batch(late + start + when, np.maximum(r, 1.0), az % 360, el, rr, power)

    def _echoes(self, rng: np.random.Generator, swept: _Sweep) -> _Echoes:
        """The objects that pass the threshold, each where it is when the beam passes it."""
        conditions = self.world.conditions
        present, middle = self.world.among(swept.begin, swept.begin + swept.lasts_s), swept.middles
        turn = np.repeat(np.arange(swept.turns), len(present.index))  # everything once a turn
        if swept.turns > 1:
            present = present.take(np.tile(np.arange(len(present.index)), swept.turns))
        enu = (present.at(middle[turn]).position_enu_m - self._offset) @ self._rotation.T
        azimuth = enu_to_polar(enu)[1] + 360.0 * turn
        rows = np.flatnonzero((azimuth >= swept.azimuth_deg) & (azimuth < swept.azimuth_deg + swept.width_deg))
        present, azimuth = present.take(rows), azimuth[rows]
        when = swept.passes(azimuth)
        for last in (False, True):  # it moves while the beam comes round: its place then tells better when the beam passes
            state = present.at(when)
            enu = (state.position_enu_m - self._offset) @ self._rotation.T
            distance, true_azimuth, elevation = enu_to_polar(enu)
            if not last:
                when = swept.passes(azimuth + (true_azimuth - azimuth + 180.0) % 360.0 - 180.0)
        velocity = state.velocity_enu_mps @ self._rotation.T
        rate = (enu * velocity).sum(axis=1) / np.maximum(distance, 1.0)
        loss = 10 ** (-rain_db(conditions.weather, distance) / 10)
        strength = rng.exponential(1.0 + self.snr(distance, self._rcs_of(state)) * loss)
        open_to = covers(self.sensor, distance, true_azimuth, elevation) & present.there(when)
        open_to &= self._in_sight(state.position_enu_m, distance) & ~self._jammed(swept, when, true_azimuth)
        seen = np.flatnonzero((strength > THRESHOLD) & open_to)
        if swept.turns == 1:
            seen = self._resolved(seen, strength, distance, true_azimuth)
        elif self.world.crowded:  # nothing hides another across turns
            ends = np.searchsorted(azimuth[seen], 360.0 * np.arange(1, swept.turns))
            parts = np.split(seen, ends)
            seen = np.concatenate([self._resolved(part, strength, distance, true_azimuth) for part in parts])
        return _Echoes(*(x[seen] for x in (when, distance, true_azimuth, elevation, rate, strength)))

    def _jammed(self, swept: _Sweep, when: Floats, azimuth: Floats) -> Bools:
        """(N,) bool: hidden by a jammer when the beam passes."""
        blind, sector = np.zeros(len(when), np.bool_), swept.sector(when)
        if not self.world.conditions.faulty(self.radar.id):
            return blind
        for which, begins in enumerate(swept.begins):
            if self.world.conditions.of(self.radar.id, "jam", begins):
                blind |= (sector == which) & self.world.conditions.jammed(self.radar.id, begins, azimuth)
        return blind

    def _clutter(self, rng: np.random.Generator, swept: _Sweep) -> _Echoes:
        """The false plots, each with its own strength over the threshold."""
        each = swept.width_deg / swept.sectors
        west = swept.azimuth_deg + each * np.arange(swept.sectors)
        conditions, times_as_many = self.world.conditions, np.ones(swept.sectors)
        if conditions.faulty(self.radar.id):
            middles = (west + each / 2).tolist()
            times_as_many = np.array([conditions.false_plots(self.radar.id, *x) for x in zip(swept.begins, middles, strict=True)])
        counts = rng.poisson(self.sensor.clutter_per_scan * times_as_many * each / 360)
        n, near = int(counts.sum()), self.sensor.min_range_m
        azimuth = np.repeat(west, counts) + each * rng.random(n)
        distance = np.sqrt(near**2 + (self.max_range_m**2 - near**2) * rng.random(n))
        azimuth, distance = self._rough_sea(rng, azimuth, distance, swept.azimuth_deg, swept.width_deg)
        n = len(distance)
        low, high = max(self.sensor.elevation_deg[0], 0.0), min(self.sensor.elevation_deg[1], _CLUTTER_ELEVATION_DEG)
        elevation = low + max(high - low, 0.0) * rng.random(n)
        rate, strength = rng.normal(0, _CLUTTER_RATE_MPS, n), THRESHOLD + rng.exponential(THRESHOLD, n)
        kept = covers(self.sensor, distance, azimuth, elevation)
        when = swept.passes(azimuth)
        return _Echoes(*(x[kept] for x in (when, distance, azimuth, elevation, rate, strength)))

    def _rough_sea(
        self, rng: np.random.Generator, azimuth: Floats, distance: Floats, azimuth_deg: float, width_deg: float
    ) -> tuple[Floats, Floats]:
        """The false plots with those of the waves nearby."""
        state, reach = self.world.conditions.weather.sea_state, min(SEA_M, self.max_range_m)
        if state == 0:
            return azimuth, distance
        share = (reach / self.max_range_m) ** 2 * width_deg / 360
        more = rng.poisson(self.sensor.clutter_per_scan * share * state / 2)
        near = self.sensor.min_range_m
        far = np.sqrt(near**2 + max(reach**2 - near**2, 0.0) * rng.random(more))
        return np.concatenate([azimuth, azimuth_deg + width_deg * rng.random(more)]), np.concatenate([distance, far])

    def _in_sight(self, places: Floats, distance: Floats) -> Bools:
        """(N,) bool: not under water, and above the radio horizon."""
        site = self.world.site.site
        heights = places[:, 2] + site.alt_wgs84_m - site.geoid_separation_m + (places[:, :2] ** 2).sum(axis=1) / (2.0 * _EARTH_M)
        own = (self.sensor.alt_wgs84_m or 0.0) - site.geoid_separation_m
        return np.asarray((heights > 0.0) & in_line_of_sight(distance, max(own, 2.0), heights))

    def snr(self, distance_m: Floats, rcs_m2: Floats) -> Floats:
        """Mean signal to noise ratio (not in dB) of objects of that size at that range."""
        result: Floats = self._snr_factor * rcs_m2 / np.maximum(distance_m, 1.0) ** 4
        return result

    def detection_probability(self, distance_m: Floats, rcs_m2: Floats) -> Floats:
        """Probability of a plot in one sweep: Swerling 1 at the threshold."""
        result: Floats = np.exp(-THRESHOLD / (1.0 + self.snr(distance_m, rcs_m2)))
        return result

    def _rcs_of(self, state: State) -> Floats:
        """(M,) sizes of the state's rows; the array over all things is kept while they stay the same."""
        if self._rcs[0] is not state.things:
            self._rcs = state.things, np.array([t.rcs_m2 for t in state.things])
        return self._rcs[1][state.index]

    def _resolved(self, seen: npt.NDArray[np.intp], strength: Floats, distance: Floats, azimuth: Floats) -> npt.NDArray[np.intp]:
        """Those of `seen` that no stronger one hides. A group across the edge of a sweep is parted there."""
        if len(seen) < 2:
            return seen
        by_strength = seen[np.argsort(-strength[seen], kind="stable")]
        r, a = distance[by_strength], azimuth[by_strength]
        kept = np.empty(len(seen), np.bool_)
        k.resolved(r, a, self.radar.resolution_m, self.radar.resolution_deg, kept)
        return np.sort(by_strength[kept])

    def _batch(self, times: Floats, r: Floats, az: Floats, el: Floats, rr: Floats, power: Floats) -> Batch:
        if not len(times):
            return Batch.empty(DETECTION)
        _, _, alt_wgs84_m = self.frame.to_geodetic(polar_to_enu(r, az, el))
        return Batch.build(DETECTION, len(times), {  # what it says of azimuth + the site file's offset = true
            "report": "plot", "time": times, "range_m": r, "azimuth_deg": (az - self.sensor.azimuth_offset_deg) % 360,
            "alt_msl_m": alt_wgs84_m - self.world.site.site.geoid_separation_m, "range_rate_mps": rr, "power_dbm": power,
        })  # fmt: skip


def covers(sensor: Sensor, range_m: Floats, azimuth_deg: Floats, elevation_deg: Floats) -> Bools:
    """(N,) bool: inside the range, sector and elevations that the site file gives, and in no blanked sector."""
    low, high = sensor.elevation_deg
    inside = (range_m >= sensor.min_range_m) & (elevation_deg >= low) & (elevation_deg <= high)
    if sensor.max_range_m is not None:
        inside &= range_m <= sensor.max_range_m
    inside &= between(azimuth_deg, sensor.sector_deg)
    for blanked in sensor.blanked:
        inside &= ~between(azimuth_deg, blanked)
    return np.asarray(inside)
