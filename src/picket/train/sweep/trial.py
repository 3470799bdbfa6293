"""One trial of a sweep: one object on its way, from detections, until the watch was told of it or it has entered.

    World -> plots and bearings of each sensor, once a second -> Tracker -> AlertBook

The station's own tracker and alert book; only the wire, its decoders and the log are left out, which add nothing that a trial asks for
(docs/train.md says how the two paths are compared). The clock begins WARM_UP_S before any sensor could notice the object, so that the
tracker knows the clutter, and the trial ends with the first alert: what comes later would not change the answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import numpy as np

from picket.site import Site
from picket.track import Tracker
from picket.train.exercise import Exercise
from picket.train.listener import DirectionFinder
from picket.train.radar import TurningRadar
from picket.train.score.truth import Floats, Threat, threat_of
from picket.train.streams import stream
from picket.train.world import World
from picket.watch import AlertBook, SensorLook
from picket.watch.zones import Area
from picket.words import DETECTION, Batch, concat

WARM_UP_S = 6.0
REACH_M = 150.0  # a track further from every object is of none
STEP_S = 1.0


@dataclass(frozen=True)
class Result:
    """Seconds since the object could first be noticed by anything (its start of the trial); None: never before it entered.

    enters_s: None: it enters nothing. warning_s: from the alert to the entry (None: no alert, or no entry). simulated_s: how long the trial
    went on. Of a formation: how many of its members one sensor told apart at once, had a track of their own, and an alert counted.
    """

    detected_s: float | None
    track_s: float | None
    alert_s: float | None
    enters_s: float | None
    warning_s: float | None
    simulated_s: float
    resolved: int
    tracked: int
    told: int
    members: int


class Trial:
    """A variant of an exercise with one actor (a formation counts as one), at a site, without a sensor's worth of wire."""

    def __init__(self, exercise: Exercise, seed: int, *, whole: bool = False) -> None:
        """whole: goes on to the entry also after the alert, to count the members of a formation."""
        self.exercise, self.seed, self.whole = exercise, seed, whole
        self.site: Site = exercise.at_site()
        self.world = World(exercise, seed)
        sectored = {f.sensor for f in exercise.fault if f.sector_deg != (0.0, 360.0)}
        whole_turns = [r if r.id in sectored else msgspec.structs.replace(r, sectors=1) for r in exercise.radar]
        self.radars = [(TurningRadar(self.world, r), stream(seed, "radar", r.id)) for r in whole_turns]
        self.listeners = [(DirectionFinder(self.world, x), stream(seed, "listener", x.id)) for x in exercise.listener]
        self.area = Area(self.site)

    def run(self) -> Result:
        """The trial. The same exercise and seed give the same result."""
        times, places = self._paths()
        threats = [threat_of(places[:, k], self.area) for k in range(places.shape[1])]
        enters = min((t.enters_s for t in threats if t.enters_s is not None), default=None)
        first = self._first_in_reach(places)
        if first is None:
            return Result(None, None, None, _since(enters, 0), None, 0.0, 0, 0, 0, places.shape[1])
        until = len(times) - 1 if enters is None else int(enters)
        return self._fly(max(first - int(WARM_UP_S), 0), first, until, places, threats)

    def _paths(self) -> tuple[Floats, Floats]:
        """Whole seconds of the repetition, and the objects' places (S, M, 3) in the area's plane; NaN where they are not."""
        times = np.arange(0.0, self.exercise.repeat_s, STEP_S)
        states = [self.world.at(t) for t in times.tolist()]
        members = sum(a.count for a in self.exercise.actor)
        geodetic = np.full((len(times), members, 3), np.nan)
        for i, state in enumerate(states):
            if len(state.index):
                lat, lon, alt = self.world.frame.to_geodetic(state.position_enu_m)
                geodetic[i, [state.things[k].member for k in state.index.tolist()]] = np.stack([lat, lon, alt], axis=1)
        flat = geodetic.reshape(-1, 3)
        xy = self.area.plane.to_plane(flat[:, 0], flat[:, 1])
        return times, np.concatenate([xy, flat[:, 2:]], axis=1).reshape(geodetic.shape)

    def _first_in_reach(self, places: Floats) -> int | None:
        """The first second at which an object is within the largest range of any sensor."""
        reach = []
        for one, most in [*((r, r.max_range_m) for r, _ in self.radars), *((x, x.listener.range_m) for x, _ in self.listeners)]:
            at = self.area.plane.to_plane([one.sensor.lat_deg], [one.sensor.lon_deg])[0]
            reach.append((np.hypot(places[:, :, 0] - at[0], places[:, :, 1] - at[1]) <= most).any(axis=1))
        seconds = np.flatnonzero(np.any(reach, axis=0)) if reach else np.empty(0, np.int64)
        return int(seconds[0]) if len(seconds) else None

    def _fly(self, begin: int, first: int, until: int, places: Floats, threats: list[Threat]) -> Result:
        tracker, book = Tracker(self.site, seed=self.seed, exact_late=False), AlertBook(self.site)
        looks = [SensorLook(id=s.id, kind=s.kind, state="ok") for s in self.site.sensor]
        detected = track = alert = None
        resolved = 0
        told: set[int] = set()
        tracked: set[int] = set()
        second, number = begin, 1
        for second in range(begin, until + 1):
            batch, real = self._hear(second)
            if real:
                detected = second if detected is None else detected
                resolved = max(resolved, real)
            if not batch.n:
                continue
            tracks = tracker.step(batch, first_id=number)
            number += 1000
            sure = tracks.equals("status", "confirmed")
            if not sure.any():
                continue
            mine = self._mine(tracks, sure, places[second])
            if not mine:
                continue  # what the book would say of others is not asked
            track = second if track is None else track
            tracked |= set(mine.values())
            changed = book.step(float(second), tracks, looks, "exercise")
            about = [a for a in (*changed, *book.open) if set(a.track_ids) & mine.keys()]
            if about:
                alert = second if alert is None else alert
                told |= {mine[i] for a in about for i in a.track_ids if i in mine}
                if not self.whole:
                    break
        enters = min((t.enters_s for t in threats if t.enters_s is not None), default=None)
        warning = None if alert is None or enters is None else enters - alert
        return Result(
            _since(detected, first), _since(track, first), _since(alert, first), _since(enters, first), warning,
            float(second - begin + 1), resolved, len(tracked), len(told), places.shape[1],
        )  # fmt: skip

    def _hear(self, second: int) -> tuple[Batch, int]:
        """What every sensor that is not out says in the second that begins here, by time; the most objects that one told apart."""
        parts, most = [], 0
        for radar, rng in self.radars:
            for begins, azimuth, width in self._sweeps(radar, second):
                if not self.world.conditions.out(radar.radar.id, begins):
                    parts.append(_said(radar.plots(rng, 0.0, begins, azimuth, width), radar.radar.id, "radar"))
                    most = max(most, int(np.count_nonzero(radar.real)))
        for finder, rng in self.listeners:
            period = finder.listener.period_s
            for k in range(math.ceil(second / period - 1e-9), math.ceil((second + STEP_S) / period - 1e-9)):
                if not self.world.conditions.out(finder.listener.id, k * period):
                    parts.append(finder.bearings(rng, 0.0, k * period))
                    most = max(most, parts[-1].n)
        batch = concat(DETECTION, parts)
        return (batch.take(np.argsort(batch["time"], kind="stable")) if batch.n else batch), most

    def _sweeps(self, radar: TurningRadar, second: int) -> Iterator[tuple[float, float, float]]:
        """(begin, azimuth, width) of a radar's sweeps that begin in that second."""
        step, n, phase = radar.period_s / radar.radar.sectors, radar.radar.sectors, radar.radar.phase_s
        for k in range(math.ceil((second - phase) / step - 1e-9), math.ceil((second + STEP_S - phase) / step - 1e-9)):
            if k >= 0:
                yield phase + k * step, (k % n) * 360.0 / n, 360.0 / n

    def _mine(self, tracks: Batch, sure: np.ndarray, places: Floats) -> dict[int, int]:
        """Confirmed tracks that lie on an object: track -> member."""
        rows = np.flatnonzero(sure)
        xy = self.area.plane.to_plane(tracks["lat_deg"][rows], tracks["lon_deg"][rows])
        gap = np.hypot(xy[:, :1] - places[:, 0], xy[:, 1:] - places[:, 1])
        gap = np.where(np.isnan(gap), np.inf, gap)
        near = gap.argmin(axis=1)
        return {int(tracks["track_id"][rows[i]]): int(near[i]) for i in range(len(rows)) if gap[i, near[i]] <= REACH_M}


def _said(batch: Batch, sensor: str, kind: str) -> Batch:
    """The rows as a decoder would hand them on."""
    return batch.replace({"sensor_id": sensor, "kind": kind, "origin": "exercise", "time_source": "sensor"}) if batch.n else batch


def _since(second: float | None, first: float) -> float | None:
    return None if second is None else float(second - first)
