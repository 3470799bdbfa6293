"""Sensors that find a direction: direction finders, microphones, sonars, cameras. Detection-table JSON lines, one bearing a row.

What they notice is what an actor gives off (`emits`): radio for an rf sensor, sound for an acoustic one, noise under water for a
sonar, light for a camera (everything in line of sight by day). A bearing comes once a period from each object in reach with
probability 1 - loss, at half the range, falling to none at the range (1 - (d / range)^4); its error is Gaussian with the site file's
sigma. Nothing is said of the distance. Left out: propagation, masking by other noise, several emitters in one beam.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from picket.feed.jsonlines import encode
from picket.geo import LocalFrame, enu_to_polar
from picket.geo.horizon import in_line_of_sight
from picket.train.exercise import NOTICES, Listener
from picket.train.motion import Floats
from picket.train.streams import stream
from picket.train.world import State, World
from picket.words import DETECTION, Batch

Bools = npt.NDArray[np.bool_]

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
        self.when: Floats = np.zeros(
            0
        )  # when it noticed each of the last bearings, s since the exercise began, whatever its clock says
        self._emits: tuple[object, Bools] = ((), np.zeros(0, np.bool_))
        self._height_msl = height - world.site.site.geoid_separation_m

    def frames(self, start: float) -> Iterator[tuple[float, bytes]]:
        """(UNIX time of sending, datagram), endless and in order, of an exercise that began at UNIX time `start`."""
        rng = stream(self.world.seed, "listener", self.listener.id)
        turn, next_status = 0, 0.0
        every_s = min(_STATUS_S, 2.0 * self.listener.period_s)  # a station calls a sensor silent after a few of its periods
        while True:
            time_s = turn * self.listener.period_s
            rows = self.bearings(rng, start, time_s)
            if self.world.conditions.out(self.listener.id, time_s):
                yield start + time_s, b""
            else:
                if time_s >= next_status:
                    shown = start + time_s + self.world.conditions.clock_s(self.listener.id, time_s)
                    status = {**self._said(), "time": shown, "report": "status"}
                    yield start + time_s, encode(Batch.from_rows(DETECTION, [status]))
                    next_status = time_s + every_s
                if rows.n:
                    yield start + time_s, encode(rows)
            turn += 1

    def bearings(self, rng: np.random.Generator, start: float, time_s: float | Floats) -> Batch:
        """What it notices at `time_s`, or at each of several times (N,): rows of the detection table, by time, then as the exercise has
        its objects."""
        times, s = np.atleast_1d(np.asarray(time_s, np.float64)), self.sensor
        if len(times) == 1:
            state, when = self.world.at(float(times[0])), np.full(1, times[0])
            there = np.ones(len(state.index), np.bool_)
        else:
            present = self.world.among(float(times[0]), float(times[-1]))
            when = np.repeat(times, len(present.index))
            present = present.take(np.tile(np.arange(len(present.index)), len(times)))
            state, there = present.at(when), present.there(when)
        enu = (state.position_enu_m - self._offset) @ self._rotation.T
        distance, azimuth, elevation = enu_to_polar(enu)
        gives = self._give_off(state) & there
        height = state.position_enu_m[:, 2] + self.world.site.site.alt_wgs84_m - self.world.site.site.geoid_separation_m
        if NOTICES[s.kind] != "water":
            gives &= (height > 0.0) & in_line_of_sight(np.hypot(enu[:, 0], enu[:, 1]), self._height_msl, height)
        chance = (1.0 - self.listener.loss) * np.maximum(1.0 - (distance / self.listener.range_m) ** 4, 0.0)
        heard = np.flatnonzero((rng.random(len(distance)) < chance) & gives)
        error = rng.normal(size=(2, len(distance)))
        self.when = when = np.broadcast_to(when, len(distance))[heard]
        off, late = np.zeros(len(heard)), np.zeros(len(heard))
        conditions = self.world.conditions
        if conditions.faulty(self.listener.id):
            off = np.array([conditions.bias(self.listener.id, t)[1] for t in when.tolist()])
            late = np.array([conditions.clock_s(self.listener.id, t) for t in when.tolist()])
        measured = azimuth[heard] + error[0, heard] * s.sigma_azimuth_deg + off - s.azimuth_offset_deg
        columns = {"time": start + when + late, "azimuth_deg": measured % 360.0, "sigma_azimuth_deg": s.sigma_azimuth_deg}
        if self.listener.elevation:
            columns["elevation_deg"] = np.clip(elevation[heard] + error[1, heard] * s.sigma_elevation_deg, -90.0, 90.0)
            columns["sigma_elevation_deg"] = s.sigma_elevation_deg
        return Batch.build(DETECTION, len(heard), {**self._said(), **columns})

    def _give_off(self, state: State) -> Bools:
        """(M,) bool: which rows give off what it notices. A camera sees everything, by day."""
        wanted = NOTICES[self.sensor.kind]
        if wanted == "light":
            return np.full(len(state.index), self.world.conditions.weather.light != "night")
        if self._emits[0] is not state.things:
            self._emits = state.things, np.array([wanted in t.actor.gives_off for t in state.things], np.bool_)
        return self._emits[1][state.index]

    def _said(self) -> dict[str, object]:
        """What every row says."""
        return {"sensor_id": self.listener.id, "kind": self.sensor.kind, "report": "plot", "origin": "exercise"}
