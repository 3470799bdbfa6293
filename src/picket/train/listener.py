"""Sensors that find a direction: direction finders, microphones, sonars, cameras. Detection-table JSON lines, one bearing a row.

What they notice is what an actor gives off (`emits`): radio for an rf sensor, sound for an acoustic one, noise under water for a
sonar, light for a camera (everything in line of sight by day). A bearing comes once a period from each object in reach with
probability 1 - loss, at half the range, falling to none at the range (1 - (d / range)^4); its error is Gaussian with the site file's
sigma. Nothing is said of the distance. Left out: propagation, masking by other noise, several emitters in one beam.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from picket.feed.jsonlines import encode
from picket.geo import LocalFrame, enu_to_polar
from picket.geo.horizon import in_line_of_sight
from picket.train.exercise import NOTICES, Listener
from picket.train.streams import stream
from picket.train.world import World
from picket.words import DETECTION, Batch

_STATUS_S = 10.0  # it says that it lives, also when it hears nothing


class DirectionFinder:
    """One listener of the exercise at its place of the site. `frames` is what it sends."""

    def __init__(self, world: World, listener: Listener) -> None:
        sensor = world.site.sensor_named(listener.id)
        if sensor is None or sensor.lat_deg is None or sensor.lon_deg is None:
            raise ValueError(f"listener {listener.id}: the site file lacks its place")  # Exercise.load says so
        self.world, self.listener, self.sensor = world, listener, sensor
        height = world.site.site.alt_wgs84_m if sensor.alt_wgs84_m is None else sensor.alt_wgs84_m
        self.frame = LocalFrame(sensor.lat_deg, sensor.lon_deg, height)
        self._rotation, self._offset = world.frame.relative(self.frame)
        self._height_msl = height - world.site.site.geoid_separation_m

    def frames(self, start: float) -> Iterator[tuple[float, bytes]]:
        """(UNIX time of sending, datagram), endless and in order, of an exercise that began at UNIX time `start`."""
        rng = stream(self.world.seed, "listener", self.listener.id)
        turn, next_status = 0, 0.0
        while True:
            time_s = turn * self.listener.period_s
            rows = self.bearings(rng, start, time_s)
            if self.world.conditions.out(self.listener.id, time_s):
                yield start + time_s, b""
            else:
                if time_s >= next_status:
                    status = {**self._said(start, time_s), "report": "status"}
                    yield start + time_s, encode(Batch.from_rows(DETECTION, [status]))
                    next_status = time_s + _STATUS_S
                if rows.n:
                    yield start + time_s, encode(rows)
            turn += 1

    def bearings(self, rng: np.random.Generator, start: float, time_s: float) -> Batch:
        """What it notices at `time_s`: rows of the detection table, in the order of the exercise's objects."""
        state, s = self.world.at(time_s), self.sensor
        enu = (state.position_enu_m - self._offset) @ self._rotation.T
        distance, azimuth, elevation = enu_to_polar(enu)
        wanted = NOTICES[s.kind]
        gives = np.array([wanted == "light" or wanted in state.things[k].actor.gives_off for k in state.index.tolist()], np.bool_)
        height = state.position_enu_m[:, 2] + self.world.site.site.alt_wgs84_m - self.world.site.site.geoid_separation_m
        if wanted == "light":
            gives &= self.world.conditions.weather.light != "night"
        if wanted != "water":
            gives &= (height > 0.0) & in_line_of_sight(np.hypot(enu[:, 0], enu[:, 1]), self._height_msl, height)
        chance = (1.0 - self.listener.loss) * np.clip(1.0 - (distance / self.listener.range_m) ** 4, 0.0, 1.0)
        heard = np.flatnonzero((rng.random(len(distance)) < chance) & gives)
        error = rng.normal(size=(2, len(distance)))
        _, off = self.world.conditions.bias(self.listener.id, time_s)
        measured = azimuth[heard] + error[0, heard] * s.sigma_azimuth_deg + off - s.azimuth_offset_deg
        columns = {"azimuth_deg": measured % 360.0, "sigma_azimuth_deg": s.sigma_azimuth_deg}
        if self.listener.elevation:
            columns["elevation_deg"] = np.clip(elevation[heard] + error[1, heard] * s.sigma_elevation_deg, -90.0, 90.0)
            columns["sigma_elevation_deg"] = s.sigma_elevation_deg
        return Batch.build(DETECTION, len(heard), {**self._said(start, time_s), **columns})

    def _said(self, start: float, time_s: float) -> dict[str, object]:
        """What every row says."""
        off = self.world.conditions.clock_s(self.listener.id, time_s)
        return {
            "time": start + time_s + off,
            "sensor_id": self.listener.id,
            "kind": self.sensor.kind,
            "report": "plot",
            "origin": "exercise",
        }
