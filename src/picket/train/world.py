"""The truth of an exercise: every object that is there at a time, from the exercise and the seed alone.

Paths are computed one repetition at a time into one flat table (a position and a velocity each STEP_S), so that asking
where 60 objects are is a handful of array operations and not 60 calls. The sensors ask 40 times a second.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from picket.geo import LocalFrame
from picket.train import path_kernels as k
from picket.train.conditions import Conditions
from picket.train.exercise import AFLOAT, Actor, Exercise
from picket.train.motion import STEP_S, Floats, along, formation, path_of, positions, wander
from picket.train.streams import stream

Ints = npt.NDArray[np.int64]

LOOP_MARGIN_S = 15.0  # a loop's path is worked out so far beyond its repetition: a sensor asks for a sweep from its middle


@dataclass(frozen=True)
class Thing:
    """One object of one repetition. `id` is unique in the exercise: actor.member, and /repetition where it does not loop."""

    id: str
    actor: Actor
    member: int
    repetition: int
    rcs_m2: float


@dataclass(frozen=True)
class State:
    """The objects that are there: `things` and, row by row, m and m/s in ENU at the site."""

    things: tuple[Thing, ...]
    index: Ints  # (M,) which of `things` each row is
    position_enu_m: Floats  # (M, 3)
    velocity_enu_mps: Floats  # (M, 3)


@dataclass(frozen=True)
class Truth:
    """One object at one time, for people, tests and scores."""

    id: str
    actor: str
    kind: str
    time_s: float
    lat_deg: float
    lon_deg: float
    alt_wgs84_m: float
    position_enu_m: tuple[float, float, float]
    velocity_enu_mps: tuple[float, float, float]


@dataclass(frozen=True)
class _Block:
    """All paths of one repetition: samples end to end in `samples` (K, 6); the rest is one row per thing."""

    things: tuple[Thing, ...]
    begin: Floats
    end: Floats
    first: Ints
    count: Ints
    samples: Floats


class Present:
    """Some objects of a repetition, to be asked for their places at times of their own."""

    def __init__(self, block: _Block, row: Ints) -> None:
        self.things, self.index, self._block = block.things, row, block

    def at(self, time_s: Floats | float) -> State:
        """Each row at its time (M,), or all at one; before its path begins or after it ends, where it begins or ends."""
        n, b = len(self.index), self._block
        times = np.full(n, time_s) if np.ndim(time_s) == 0 else np.ascontiguousarray(time_s, np.float64)
        position, velocity = np.empty((n, 3)), np.empty((n, 3))
        k.places(b.samples, b.first, b.count, b.begin, b.end, self.index, times, STEP_S, position, velocity)
        return State(self.things, self.index, position, velocity)

    def take(self, which: Ints) -> Present:
        """Those at `which` of the rows."""
        return Present(self._block, self.index[which])

    def there(self, time_s: Floats) -> npt.NDArray[np.bool_]:
        """(M,) bool: which are there at their times."""
        return np.asarray((self._block.begin[self.index] <= time_s) & (time_s <= self._block.end[self.index]))


class World:
    """What moves in an exercise with one seed. Times are seconds since the exercise began.

    injected: inject -> when it came; whoever runs the exercise adds those that come by hand or on something that happens.
    """

    def __init__(self, exercise: Exercise, seed: int, injected: Mapping[str, float] | None = None) -> None:
        self.exercise, self.seed, self.site = exercise, seed, exercise.at_site()
        self.conditions = Conditions(exercise.weather, exercise.fault, exercise.inject, injected)
        place = self.site.site
        self.frame = LocalFrame(place.lat_deg, place.lon_deg, place.alt_wgs84_m)
        self._routes = [(actor, path, *along(actor, path)) for actor in exercise.actor for path in [path_of(actor)]]
        self._formations = {actor.id: formation(actor, seed) for actor in exercise.actor}
        self.crowded = sum(actor.count for actor in exercise.actor) > 1
        self._blocks: dict[int, _Block] = {}
        self._last: tuple[float, State] | None = None

    def with_injects(self, injected: Mapping[str, float]) -> World:
        """The same world, its paths shared, with injects of its own: working a path out is most of what making a world costs."""
        other = copy.copy(self)
        other.conditions = Conditions(self.exercise.weather, self.exercise.fault, self.exercise.inject, injected)
        return other

    def at(self, time_s: float) -> State:
        """Who is where at `time_s` >= 0: the state (M rows) in the order of the exercise file."""
        if self._last is None or self._last[0] != time_s:  # sensors of one period ask for the same moment
            self._last = time_s, self.among(time_s, time_s).at(time_s)
        return self._last[1]

    def among(self, begin_s: float, end_s: float) -> Present:
        """Those who are there at any time from `begin_s` to `end_s`, which are at most twice LOOP_MARGIN_S apart."""
        block = self._block(int((begin_s + end_s) / 2 // self.exercise.repeat_s))
        return Present(block, np.flatnonzero((block.begin <= end_s) & (begin_s <= block.end)))

    def truth(self, time_s: float) -> list[Truth]:
        """The state at `time_s` as rows."""
        state = self.at(time_s)
        lat, lon, alt = self.frame.to_geodetic(state.position_enu_m)
        rows = []
        for i, which in enumerate(state.index.tolist()):
            thing = state.things[which]
            e, n, u = state.position_enu_m[i].tolist()
            ve, vn, vu = state.velocity_enu_mps[i].tolist()
            place = float(lat[i]), float(lon[i]), float(alt[i])
            rows.append(Truth(thing.id, thing.actor.id, thing.actor.kind, time_s, *place, (e, n, u), (ve, vn, vu)))
        return rows

    def _block(self, repetition: int) -> _Block:
        """The paths of a repetition; the last two are kept, because sensors ask a little out of step."""
        block = self._blocks.get(repetition)
        if block is None:
            while len(self._blocks) > 1:
                del self._blocks[min(self._blocks)]
            block = self._blocks[repetition] = self._make(repetition)
        return block

    def _make(self, repetition: int) -> _Block:
        things: list[Thing] = []
        begins, ends, paths = [], [], []
        for actor, path, times, places in self._routes:
            for r, begin, end in self._spans(actor, float(times[-1]), repetition):
                t: Floats = begin + STEP_S * np.arange(max(2, math.ceil((end - begin) / STEP_S) + 1), dtype=np.float64)
                since = np.mod(t + actor.start_s, times[-1]) if actor.loop and times[-1] > 0 else t - begin
                route = positions(path, np.interp(since, times, places))
                for member in range(actor.count):
                    placed = self._varied(actor, r, route + self._formations[actor.id][member])
                    placed += wander(actor, self.seed, member, t)
                    if actor.kind == "submersible":
                        placed[:, 2] = np.minimum(placed[:, 2], -0.5)
                    elif actor.kind not in AFLOAT:
                        placed[:, 2] = np.maximum(placed[:, 2], 2.0)  # wandering never takes it under water
                    name = f"{actor.id}.{member}" + ("" if actor.loop else f"/{r}")
                    things.append(Thing(name, actor, member, r, actor.rcs_m2 or actor.limits.rcs_m2))
                    begins.append(begin)
                    ends.append(end)
                    paths.append(self._samples(placed))
        counts = np.array([len(p) for p in paths], np.int64)
        flat = np.concatenate(paths) if paths else np.zeros((0, 6))
        return _Block(tuple(things), np.array(begins), np.array(ends), np.cumsum(counts) - counts, counts, flat)

    def _spans(self, actor: Actor, duration: float, repetition: int) -> list[tuple[int, float, float]]:
        """(repetition, begin, end) of each flight of the actor that may be under way in this repetition; a loop is -1."""
        period = self.exercise.repeat_s
        if actor.loop:
            return [(-1, repetition * period - LOOP_MARGIN_S, (repetition + 1) * period + LOOP_MARGIN_S)]
        latest = actor.start_s + actor.vary.start_s + duration
        earliest = max(0, repetition + 1 - math.ceil(latest / period))  # earlier flights may still be on their way
        begins = [(r, r * period + self._begin(actor, r)) for r in range(earliest, repetition + 1)]
        return [(r, begin, begin + duration) for r, begin in begins]

    def _begin(self, actor: Actor, repetition: int) -> float:
        return actor.start_s + actor.vary.start_s * float(stream(self.seed, "start", actor.id, repetition).uniform(-1, 1))

    def _varied(self, actor: Actor, repetition: int, route: Floats) -> Floats:
        """The route (N, 3) turned about the site and raised as this repetition has it."""
        rng = stream(self.seed, "vary", actor.id, repetition)
        turn, raised = math.radians(actor.vary.rotate_deg) * rng.uniform(-1, 1), actor.vary.height_m * rng.uniform(-1, 1)
        c, s = math.cos(turn), math.sin(turn)
        return np.column_stack([route[:, 0] * c + route[:, 1] * s, route[:, 1] * c - route[:, 0] * s, route[:, 2] + raised])

    def _samples(self, placed: Floats) -> Floats:
        """Positions and velocities (N, 6) in ENU at the site of places (N, 3): east, north, height above mean sea level."""
        sea = placed.copy()
        sea[:, 2] = 0.0
        lat, lon, _ = self.frame.to_geodetic(sea)
        enu = self.frame.to_enu(lat, lon, placed[:, 2] + self.site.site.geoid_separation_m)
        return np.column_stack([enu, np.gradient(enu, STEP_S, axis=0)])


def truth(exercise: Exercise, seed: int, time_s: float) -> list[Truth]:
    """Every object at `time_s` seconds after the exercise began. To ask often, keep a `World`."""
    return World(exercise, seed).truth(time_s)
