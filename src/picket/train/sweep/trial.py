"""One trial of a sweep: one object on its way, from detections, until the watch was told of it or it has entered.

    World -> plots and bearings of each sensor, LOOK_S at a time -> Tracker -> AlertBook

The station's own tracker and alert book; only the wire, its decoders and the log are left out, which add nothing that a trial asks for
(docs/train.md says how the two paths are compared). The clock begins WARM_UP_S before any sensor could notice the object, so that the
tracker knows the clutter, and the trial ends with the first alert: what comes later would not change the answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt

from picket.site import Site
from picket.track import Tracker
from picket.train.exercise import Exercise
from picket.train.listener import DirectionFinder
from picket.train.radar import TurningRadar
from picket.train.score.truth import Floats, Threat, threat_of, to_places
from picket.train.streams import stream
from picket.train.world import World
from picket.watch import AlertBook, SensorLook
from picket.watch.zones import Area
from picket.words import DETECTION, Batch, concat

WARM_UP_S = 6.0
LOOK_S = 2  # the watch looks so often: a track or an alert is noted at the end of the look in which it was there
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

    def __init__(self, exercise: Exercise, seed: int, *, whole: bool = False, area: Area | None = None) -> None:
        """whole: goes on to the entry also after the alert, to count the members of a formation. area: of the site, where it is known."""
        self.exercise, self.seed, self.whole = exercise, seed, whole
        self.site: Site = exercise.at_site()
        self.world = World(exercise, seed)
        sectored = {f.sensor for f in exercise.fault if f.sector_deg != (0.0, 360.0)}
        whole_turns = [r if r.id in sectored else msgspec.structs.replace(r, sectors=1) for r in exercise.radar]
        self.radars = [(TurningRadar(self.world, r), stream(seed, "radar", r.id)) for r in whole_turns]
        self.listeners = [(DirectionFinder(self.world, x), stream(seed, "listener", x.id)) for x in exercise.listener]
        self.area = Area(self.site) if area is None else area

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
        present = self.world.among(0.0, self.exercise.repeat_s)
        things = len(present.index)
        when, present = np.repeat(times, things), present.take(np.tile(np.arange(things), len(times)))
        geodetic = np.stack(self.world.frame.to_geodetic(present.at(when).position_enu_m), axis=1)
        geodetic[~present.there(when)] = np.nan
        return times, to_places(geodetic.reshape(len(times), things, 3), self.area)

    def _first_in_reach(self, places: Floats) -> int | None:
        """The first second at which an object is within the largest range of any sensor."""
        reach = []
        sensors = [(r.sensor, r.max_range_m) for r, _ in self.radars] + [
            (x.sensor, x.listener.range_m) for x, _ in self.listeners
        ]
        for sensor, most in sensors:
            at = self.area.plane.to_plane([sensor.lat_deg], [sensor.lon_deg])[0]
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
        heard = _Heard(self, begin, until + 1)
        for number, (now, batch, most, since) in enumerate(heard.looks()):
            if most:
                detected = since if detected is None else detected
                resolved = max(resolved, most)
            if not batch.n:
                continue
            tracks = tracker.step(batch, first_id=1 + 1000 * number)
            sure = tracks.equals("status", "confirmed")
            if not sure.any():
                continue
            mine = self._mine(tracks, sure, places[min(now, len(places) - 1)])
            if not mine:
                continue  # what the book would say of others is not asked
            track = now if track is None else track
            tracked |= set(mine.values())
            changed = book.step(float(now), tracks, looks, "exercise")
            about = [a for a in (*changed, *book.open) if set(a.track_ids) & mine.keys()]
            if about:
                alert = now if alert is None else alert
                told |= {mine[i] for a in about for i in a.track_ids if i in mine}
                if not self.whole:
                    break
        enters = min((t.enters_s for t in threats if t.enters_s is not None), default=None)
        warning = None if alert is None or enters is None else enters - alert
        return Result(
            _since(detected, first), _since(track, first), _since(alert, first), _since(enters, first), warning,
            float(now - begin), resolved, len(tracked), len(told), places.shape[1],
        )  # fmt: skip

    def _mine(self, tracks: Batch, sure: np.ndarray, places: Floats) -> dict[int, int]:
        """Confirmed tracks that lie on an object: track -> member."""
        rows = np.flatnonzero(sure)
        xy = self.area.plane.to_plane(tracks["lat_deg"][rows], tracks["lon_deg"][rows])
        gap = np.hypot(xy[:, :1] - places[:, 0], xy[:, 1:] - places[:, 1])
        gap = np.where(np.isnan(gap), np.inf, gap)
        near = gap.argmin(axis=1)
        return {int(tracks["track_id"][rows[i]]): int(near[i]) for i in range(len(rows)) if gap[i, near[i]] <= REACH_M}


class _Heard:
    """What every sensor says from one second of a trial to another, worked out at once: nothing of it depends on what the watch does.

    most (S,): the most objects that one sensor told apart at once in each second.
    """

    def __init__(self, trial: Trial, begin: int, end: int) -> None:
        self.begin, self.end, self._trial = begin, end, trial
        self.most = np.zeros(end - begin, np.int64)
        parts = [self._plots(radar, rng) for radar, rng in trial.radars] + [self._bearings(x, rng) for x, rng in trial.listeners]
        batch = concat(DETECTION, [b for b, _ in parts])
        since = np.concatenate([when for _, when in parts]) if parts else np.zeros(0)
        order = np.argsort(since, kind="stable")
        self._rows, self._since = batch.take(order) if batch.n else batch, since[order]

    def looks(self) -> Iterator[tuple[int, Batch, int, int]]:
        """What came in the LOOK_S before each `now` (s): (now, its rows by time, the most that one sensor told apart, since when)."""
        edges = [*range(self.begin, self.end, LOOK_S), self.end]
        rows = np.searchsorted(self._since, edges).tolist()
        for (begin, now), (a, b) in zip(pairwise(edges), pairwise(rows), strict=True):
            most = self.most[begin - self.begin : now - self.begin]
            yield now, _piece(self._rows, a, b), int(most.max()), begin + int(np.argmax(most > 0))

    def _plots(self, radar: TurningRadar, rng: np.random.Generator) -> tuple[Batch, Floats]:
        """The plots of all turns that reach into the time, and when the beam passed each."""
        n, period, phase = radar.radar.sectors, radar.period_s, radar.radar.phase_s
        first = max(math.floor((self.begin - phase) / period), 0)
        turns = max(math.ceil((self.end - phase) / period) - first, 1)
        plots = radar.plots(rng, 0.0, phase + first * period, 0.0, 360.0 * turns, n * turns)
        kept = (radar.when >= self.begin) & (radar.when < self.end) & ~self._out(radar.radar.id, radar.when)
        when, real, turn = radar.when[kept], radar.real[kept], radar.sector[kept] // n
        said = {"sensor_id": radar.radar.id, "kind": "radar", "origin": "exercise", "time_source": "sensor"}
        self._tell_apart(when[real], turn[real])
        return plots.take(kept).replace(said) if kept.any() else Batch.empty(DETECTION), when

    def _bearings(self, finder: DirectionFinder, rng: np.random.Generator) -> tuple[Batch, Floats]:
        """The bearings of all its periods in the time, and when it noticed each."""
        period = finder.listener.period_s
        times: Floats = period * np.arange(
            math.ceil(self.begin / period - 1e-9), math.ceil(self.end / period - 1e-9), dtype=np.float64
        )
        times = times[~self._out(finder.listener.id, times)]
        bearings = finder.bearings(rng, 0.0, times) if len(times) else Batch.empty(DETECTION)
        self._tell_apart(finder.when, np.searchsorted(times, finder.when))
        return bearings, finder.when

    def _tell_apart(self, when: Floats, look: npt.NDArray[np.int64]) -> None:
        """Counts the objects of each look of one sensor in the second in which it saw the first of them."""
        if not len(when):
            return
        _, first, counts = np.unique(look, return_index=True, return_counts=True)
        np.maximum.at(self.most, (when[first] - self.begin).astype(np.int64), counts)

    def _out(self, sensor: str, times: Floats) -> npt.NDArray[np.bool_]:
        conditions = self._trial.world.conditions
        if not conditions.faulty(sensor):
            return np.zeros(len(times), np.bool_)
        return np.array([conditions.out(sensor, t) for t in times.tolist()], np.bool_)


def _piece(batch: Batch, a: int, b: int) -> Batch:
    """Rows a to b, without a copy."""
    return Batch(batch.table, b - a, {name: column[a:b] for name, column in batch.columns.items()}, batch.texts)


def _since(second: float | None, first: float) -> float | None:
    return None if second is None else float(second - first)
