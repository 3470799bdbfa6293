"""What a sweep varies: from where, how high, how fast, how many, in what weather, with which sensors.

Routes are the exercise's own, turned about the site's origin into eight sectors. Sectors are never searched, ordered by what was found
or made finer: the answer is about the sensors of a site, not about ways in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

from picket.site import Site
from picket.train.exercise import AFLOAT, Actor, Exercise, ExerciseError, Listener, Radar, Waypoint, check
from picket.train.motion import along, path_of
from picket.train.script import Fault
from picket.train.streams import stream

SECTORS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
WIDTH_DEG = 45.0


class SweepError(ValueError):
    """A sweep that cannot be made; the message says what to change."""


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which the exercise is changed. None: as the exercise has it.

    from_afar: the route begins outside every sensor's reach, `afar_m` from the site's origin (None: as far as this exercise needs).
    """

    sector: str
    height_m: float | None = None
    speed_mps: float | None = None
    count: int = 1
    rain_mm_h: float | None = None
    sea_state: int | None = None
    light: Literal["day", "dusk", "night"] | None = None
    out: tuple[str, ...] = ()
    from_afar: bool = True
    afar_m: float | None = None


def swept_actor(exercise: Exercise, name: str | None = None) -> Actor:
    """The actor that is varied: the one named, else the first that is neither harmless nor on a loop. Raises SweepError."""
    if name is not None:
        found = [a for a in exercise.actor if a.id == name]
        if not found:
            raise SweepError(f"no actor is called {name!r}; the exercise has: {', '.join(a.id for a in exercise.actor)}")
    else:
        found = [a for a in exercise.actor if a.kind not in ("airliner", "ship", "bird") and not a.loop]
        if not found:
            raise SweepError("the exercise has no actor that comes and goes; name one with --actor")
    if found[0].loop:
        raise SweepError(f"actor {found[0].id} flies in a loop: it comes from nowhere; name another with --actor")
    return found[0]


def changed(exercise: Exercise, actor: Actor, variant: Variant, seed: int) -> Exercise:
    """The exercise with this actor alone, changed. Raises SweepError for a variant that such an airframe cannot fly."""
    turn = bearing_of(actor) - _bearing(variant.sector, seed)
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    height = None if actor.kind in AFLOAT or actor.kind == "submersible" else variant.height_m
    own = _from_afar(actor, variant.afar_m or afar_m(exercise)) if variant.from_afar else actor.route
    route = tuple((x * c - y * s, x * s + y * c, z if height is None else height, *rest) for x, y, z, *rest in own)
    new = msgspec.structs.replace(
        actor, route=route, start_s=0.0, vary=type(actor.vary)(), count=variant.count,
        speed_mps=actor.speed_mps if variant.speed_mps is None else variant.speed_mps,
        remote_id=None, adsb=None, ais=None,
    )  # fmt: skip
    weather = exercise.weather
    if variant.rain_mm_h is not None:
        weather = msgspec.structs.replace(weather, rain_mm_h=variant.rain_mm_h)
    if variant.sea_state is not None:
        weather = msgspec.structs.replace(weather, sea_state=variant.sea_state)
    if variant.light is not None:
        weather = msgspec.structs.replace(weather, light=variant.light)
    faults = tuple(f for f in exercise.fault if f.inject is None) + tuple(Fault(sensor=x, kind="outage") for x in variant.out)
    made = msgspec.structs.replace(exercise, actor=(new,), weather=weather, fault=faults, inject=(), expect=(), repeat_s=86_400.0)
    if problems := check(made, exercise.at_site()):
        raise SweepError("; ".join(problems))
    times, _ = along(new, path_of(new))
    return msgspec.structs.replace(made, repeat_s=min(float(times[-1]) + 10.0, 86_400.0))


def afar_m(*exercises: Exercise) -> float:
    """How far from the site's origin a flight begins that none of these exercises' sensors may know from its start."""
    reach = [0.0]
    for exercise in exercises:
        reach += [s.max_range_m or 0.0 for s in exercise.at_site().sensor if s.id in exercise.sensors]
        reach += [x.range_m for x in exercise.listener]
    return 1.3 * max(reach)


def _from_afar(actor: Actor, far: float) -> tuple[Waypoint, ...]:
    """The route with its way in begun `far` m away: warning times then tell of the sensors, not of where it rose."""
    east, north, height = actor.route[0][:3]
    away = math.hypot(east, north)
    if away < 1.0 or away >= far:
        return actor.route
    return ((east * far / away, north * far / away, height), (east, north, height), *actor.route[1:])


def bearing_of(actor: Actor) -> float:
    """Where it comes from, degrees from north at the site's origin."""
    east, north = actor.route[0][:2]
    return math.degrees(math.atan2(east, north)) % 360.0


def _bearing(sector: str, seed: int) -> float:
    """A bearing in the sector, evenly drawn."""
    return SECTORS.index(sector) * WIDTH_DEG + float(stream(seed, "sweep", sector).uniform(-0.5, 0.5)) * WIDTH_DEG


def at_other_site(exercise: Exercise, site: Site) -> Exercise:
    """The exercise at another site file of the same place: sensors that it lacks are left out, radars and direction finders that are new
    are simulated too (as the exercise's first of that kind, else with the usual values). Raises SweepError where it does not fit."""
    here = exercise.at_site()
    gap = math.hypot(site.site.lat_deg - here.site.lat_deg, site.site.lon_deg - here.site.lon_deg)
    if gap > 0.01:
        raise SweepError(
            f"{site.source}: its origin is {gap * 111:.0f} km from the exercise's site; compare site files of one place"
        )
    radars, listeners = {r.id: r for r in exercise.radar}, {x.id: x for x in exercise.listener}
    new_radars, new_listeners = [], []
    for sensor in site.sensor:
        if sensor.kind == "radar":
            like = next(iter(radars.values()), Radar(id=""))
            new_radars.append(radars.get(sensor.id, msgspec.structs.replace(like, id=sensor.id)))
        elif sensor.kind in ("rf", "acoustic", "sonar", "camera"):
            same = [x for x in listeners.values() if getattr(here.sensor_named(x.id), "kind", None) == sensor.kind]
            like_one = same[0] if same else Listener(id="")
            new_listeners.append(listeners.get(sensor.id, msgspec.structs.replace(like_one, id=sensor.id)))
    simulated = {r.id for r in new_radars} | {x.id for x in new_listeners}
    made = msgspec.structs.replace(
        exercise, radar=tuple(new_radars), listener=tuple(new_listeners), place=site, expect=(), remote_id=None, adsb=None, ais=None,
        fault=tuple(f for f in exercise.fault if f.sensor in simulated),
    )  # fmt: skip
    if problems := check(made, site):
        raise SweepError(f"{site.source}: " + "; ".join(problems))
    return made


def only_sensing(exercise: Exercise) -> Exercise:
    """The exercise without receivers of what aircraft say of themselves: an attacker says nothing, or nothing true."""
    simulated = {r.id for r in exercise.radar} | {x.id for x in exercise.listener}
    if not simulated:
        raise ExerciseError(exercise.source, ["simulates no radar and no direction finder: a sweep would measure nothing"])
    fault: Sequence[Fault] = [f for f in exercise.fault if f.sensor in simulated]
    return msgspec.structs.replace(exercise, remote_id=None, adsb=None, ais=None, fault=tuple(fault))
