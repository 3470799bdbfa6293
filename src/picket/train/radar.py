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

import numpy as np
import numpy.typing as npt

from picket.feed.asterix import encode_cat034, encode_cat048
from picket.geo import LocalFrame, enu_to_polar, polar_to_enu
from picket.geo.horizon import in_line_of_sight
from picket.site import Sensor
from picket.train.conditions import SEA_M, between, rain_db
from picket.train.exercise import LIMITS, Radar
from picket.train.motion import Floats
from picket.train.streams import stream
from picket.train.world import State, World
from picket.words import DETECTION, Batch

Bools = npt.NDArray[np.bool_]

THRESHOLD = -math.log(1e-6)  # of the noise's mean power: one false alarm in a million cells
_NOISE_DBM = -105.0  # kTB of a 1 MHz receiver with a noise figure of 9 dB
_CLUTTER_ELEVATION_DEG = 8.0  # sea and ground returns lie low
_EARTH_M = 6_371_000.0
_CLUTTER_RATE_MPS = 2.0  # 1 sigma: waves and leaves


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
        self.real: Bools = np.zeros(0, np.bool_)  # of the last sweep's plots, which are of an object: never sent

    def frames(self, start: float) -> Iterator[tuple[float, bytes]]:
        """(UNIX time of sending, datagram), endless and in order, of an antenna that begins at UNIX time `start`."""
        rng = stream(self.world.seed, "radar", self.radar.id)
        source = {"sac": self.sensor.match.sac or 0, "sic": self.sensor.match.sic or 0}
        sectors, conditions = self.radar.sectors, self.world.conditions
        width = 360.0 / sectors
        n = 0
        while True:
            turn, sector = divmod(n, sectors)
            begin = self.radar.phase_s + (turn + sector / sectors) * self.period_s
            end = self.radar.phase_s + (turn + (sector + 1) / sectors) * self.period_s
            n += 1
            plots = self.plots(rng, start, begin, sector * width, width)
            if conditions.out(self.radar.id, begin):
                yield start + begin, b""
                continue  # an outage changes nothing of what comes after it: the same draws are made
            shown = start + begin + conditions.clock_s(self.radar.id, begin)
            marks = ["north_mark", "sector"] if sector == 0 else ["sector"]
            for kind in marks:
                yield start + begin, encode_cat034(**source, time=shown, kind=kind, azimuth_deg=sector * width,
                                                   rotation_period_s=self.period_s)  # fmt: skip
            for datagram in encode_cat048(plots, **source, simulated=True):
                yield start + end, datagram

    def plots(self, rng: np.random.Generator, start: float, begin: float, azimuth_deg: float, width_deg: float) -> Batch:
        """What one sweep over a sector yields: rows of the detection table, by azimuth. `begin`: s since `start`."""
        middle = begin + width_deg / 720 * self.period_s
        state, conditions = self.world.at(middle), self.world.conditions
        enu = (state.position_enu_m - self._offset) @ self._rotation.T
        _, azimuth, _ = enu_to_polar(enu)
        swept = np.flatnonzero((azimuth >= azimuth_deg) & (azimuth < azimuth_deg + width_deg))
        when = begin + (azimuth[swept] - azimuth_deg) / 360 * self.period_s
        velocity = state.velocity_enu_mps[swept] @ self._rotation.T
        enu = enu[swept] + velocity * (when - middle)[:, None]
        distance, azimuth, elevation = enu_to_polar(enu)
        rate = (enu * velocity).sum(axis=1) / np.maximum(distance, 1.0)
        strength = rng.exponential(
            1.0 + self.snr(distance, self._rcs_of(state)[swept]) * 10 ** (-rain_db(conditions.weather, distance) / 10)
        )
        open_to = covers(self.sensor, distance, azimuth, elevation) & ~conditions.jammed(self.radar.id, begin, azimuth)
        open_to &= self._in_sight(state.position_enu_m[swept], distance)
        seen = np.flatnonzero((strength > THRESHOLD) & open_to)
        seen = self._resolved(seen, strength, distance, azimuth)

        times_as_many = conditions.false_plots(self.radar.id, begin, azimuth_deg + width_deg / 2)
        clutter = rng.poisson(self.sensor.clutter_per_scan * times_as_many * width_deg / 360)
        low, high = max(self.sensor.elevation_deg[0], 0.0), min(self.sensor.elevation_deg[1], _CLUTTER_ELEVATION_DEG)
        near = self.sensor.min_range_m
        c_azimuth = azimuth_deg + width_deg * rng.random(clutter)
        c_distance = np.sqrt(near**2 + (self.max_range_m**2 - near**2) * rng.random(clutter))
        c_azimuth, c_distance = self._rough_sea(rng, c_azimuth, c_distance, azimuth_deg, width_deg)
        clutter = len(c_distance)
        c_elevation = low + max(high - low, 0.0) * rng.random(clutter)
        kept = covers(self.sensor, c_distance, c_azimuth, c_elevation)
        c_rate, c_strength = rng.normal(0, _CLUTTER_RATE_MPS, clutter), THRESHOLD + rng.exponential(THRESHOLD, clutter)

        s = self.sensor
        errors = rng.normal(size=(4, len(seen))) * np.array(
            [[s.sigma_range_m], [s.sigma_azimuth_deg], [s.sigma_elevation_deg], [s.sigma_range_rate_mps]]
        )
        measured = np.stack([distance[seen], azimuth[seen], elevation[seen], rate[seen]]) + errors
        true_azimuth = np.concatenate([azimuth[seen], c_azimuth[kept]])
        r, az, el, rr = np.hstack([measured, np.stack([c_distance, c_azimuth, c_elevation, c_rate])[:, kept]])
        off_m, off_deg = conditions.bias(self.radar.id, begin)
        r, az = r + off_m, (az + off_deg) % 360
        power = _NOISE_DBM + 10 * np.log10(np.concatenate([strength[seen], c_strength[kept]]))
        times = conditions.clock_s(self.radar.id, begin) + start + begin + (true_azimuth - azimuth_deg) / 360 * self.period_s
        order = np.argsort(times, kind="stable")
        if self.radar.most_plots:  # a full extractor drops what comes last in the sweep
            order = order[: max(self.radar.most_plots // self.radar.sectors, 1)]
        self.real = order < len(seen)
        return self._batch(order, times, np.maximum(r, 1.0), az, el, rr, power)

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
        """Those of `seen` that no stronger one hides. A group that lies across a sector's edge is parted there."""
        if len(seen) < 2:
            return seen
        by_strength = seen[np.argsort(-strength[seen], kind="stable")]
        r, a = distance[by_strength], azimuth[by_strength]
        close = (np.abs(r[:, None] - r) < self.radar.resolution_m) & (np.abs(a[:, None] - a) < self.radar.resolution_deg)
        kept = np.ones(len(seen), np.bool_)
        for i in range(1, len(seen)):
            kept[i] = not (close[i, :i] & kept[:i]).any()
        return np.sort(by_strength[kept])

    def _batch(
        self, order: npt.NDArray[np.intp], times: Floats, r: Floats, az: Floats, el: Floats, rr: Floats, power: Floats
    ) -> Batch:
        if not len(order):
            return Batch.empty(DETECTION)
        _, _, alt_wgs84_m = self.frame.to_geodetic(polar_to_enu(r, az, el))
        columns = {  # what it says of azimuth + the site file's offset = true
            "time": times, "range_m": r, "azimuth_deg": (az - self.sensor.azimuth_offset_deg) % 360,
            "alt_msl_m": alt_wgs84_m - self.world.site.site.geoid_separation_m, "range_rate_mps": rr, "power_dbm": power,
        }  # fmt: skip
        return Batch.build(DETECTION, len(order), {"report": "plot", **{name: c[order] for name, c in columns.items()}})


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
