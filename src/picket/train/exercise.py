"""The exercise file: who moves where and when, and which sensors of the site report it.

TOML, `version = 1`, documented in docs/exercises.md. Routes are metres east, north of the site's origin and above mean
sea level. What a radar covers and how well it measures stands in the site file and nowhere else: the exercise adds only
what a simulator must know beside it. Every value is checked before a byte is made, also what an airframe of that kind can
fly: an impossible route is an error that names the waypoint.
"""

from __future__ import annotations

import math
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from picket import site as sites
from picket.feed.simulated import SERIAL_PREFIX
from picket.handwritten import NotTextError, parse_toml, read_text
from picket.train.keys import without_unknown
from picket.train.script import (
    Expect,
    Fault,
    Inject,
    Weather,
    check_expectations,
    check_faults,
    check_injects,
    check_weather,
)

Waypoint = tuple[float, ...]  # east, north, height above mean sea level, m[, seconds to hold]
Transport = Literal["wifi_beacon", "wifi_nan", "bt4", "bt5"]

# ICAO's own block (Annex 10 vol. III part I, appendix to chapter 9): no state assigns it; at most lent for a delivery flight.
ICAO_RESERVED = range(0xF00000, 0xF08000)
# The first three digits are a country's, 201 to 775 (ITU Radio Regulations, appendix 43): 200 is nobody's.
MMSI_RESERVED = range(200_000_000, 201_000_000)


class Limits(NamedTuple):
    """What an airframe of one kind can do, and how large a 10 cm radar sees it."""

    speed_mps: float
    acceleration_mps2: float
    climb_mps: float
    rcs_m2: float


# Sizes are orders of magnitude, which is all that an aspect-free model can use: a small multirotor 0.01 m2, a gull a fifth of it.
LIMITS = {
    "airliner": Limits(280.0, 7.0, 20.0, 30.0),
    "ship": Limits(14.0, 0.3, 0.0, 300.0),
    "bird": Limits(25.0, 5.0, 3.0, 0.002),
    "drone": Limits(45.0, 6.0, 8.0, 0.01),
    "fpv": Limits(45.0, 20.0, 15.0, 0.005),
    "fixed_wing": Limits(40.0, 5.0, 5.0, 0.02),
    "one_way": Limits(60.0, 5.0, 6.0, 0.1),
    "boat": Limits(25.0, 2.0, 0.0, 2.0),
    "submersible": Limits(6.0, 0.5, 1.0, 0.01),
}
Kind = Literal["airliner", "ship", "bird", "drone", "fpv", "fixed_wing", "one_way", "boat", "submersible"]
AFLOAT = ("ship", "boat")
DRONES = ("drone", "fpv", "fixed_wing", "one_way")

# What a kind gives off unless the actor says otherwise, and what each kind of listener notices.
Emission = Literal["radio", "sound", "water"]
GIVES_OFF: dict[str, tuple[Emission, ...]] = {
    "airliner": ("sound",), "ship": ("sound", "water"), "bird": (), "submersible": ("water",), "boat": ("radio", "sound", "water"),
    **dict.fromkeys(DRONES, ("radio", "sound")),
}  # fmt: skip
NOTICES = {"rf": "radio", "acoustic": "sound", "sonar": "water", "camera": "light"}


class ExerciseError(ValueError):
    """An exercise file that cannot be played. `problems` lists every one found: place, what was expected, what came."""

    def __init__(self, source: str, problems: list[str]) -> None:
        self.source, self.problems = source, problems
        super().__init__(f"{source}: " + "; ".join(problems))


class Radar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[[radar]]`: what the simulator adds to a radar of the site file.

    At `reference_range_m` a drone of 0.01 m2 is seen with the site file's detection_probability. Two objects nearer than
    both resolutions give one plot. The antenna turns clockwise and passes north at `phase_s` into each turn.
    """

    id: str
    sectors: int = 16
    phase_s: float = 0.0
    reference_range_m: float = 3500.0
    resolution_m: float = 15.0
    resolution_deg: float = 0.6
    most_plots: int = 0


class Listener(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[[listener]]`: a sensor of the site that finds directions (rf, acoustic, sonar, camera), and how far it notices things."""

    id: str
    range_m: float = 3000.0
    period_s: float = 1.0
    loss: float = 0.1
    elevation: bool = False


class Receiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[remote_id]`, `[adsb]` and `[ais]`: a receiver of what aircraft and ships broadcast. Errors are those of their GNSS."""

    id: str
    lat_deg: float | None = None
    lon_deg: float | None = None
    range_m: float = 6000.0
    period_s: float = 1.0
    loss: float = 0.15
    sigma_position_m: float = 2.5
    sigma_altitude_m: float = 4.0
    transports: tuple[Transport, ...] = ("wifi_beacon", "bt5")


class RemoteId(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`remote_id` of an actor: what it broadcasts. `claim_offset_m` (east, north, up) is added to its place: a lie."""

    serial: str
    claim_offset_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    operator_id: str | None = None
    operator_m: tuple[float, float] | None = None


class Adsb(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`adsb` of an actor: its address (hexadecimal, from ICAO's reserved block) and call sign."""

    icao: str
    call_sign: str | None = None


class Ais(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`ais` of an actor: its MMSI (200000000 to 200999999), its ship type as AIS has it (70 cargo, 60 passenger) and its lie."""

    mmsi: int
    ship_type: int = 70
    claim_offset_m: tuple[float, float, float] = (0.0, 0.0, 0.0)


class Vary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`vary`: how far each repetition may differ from the file, evenly drawn between minus and plus these values."""

    start_s: float = 0.0
    rotate_deg: float = 0.0
    height_m: float = 0.0


class Actor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[[actor]]`: one object, or `count` of them in formation `spacing_m` apart."""

    id: str
    kind: Kind
    route: tuple[Waypoint, ...]
    speed_mps: float = 0.0
    start_s: float = 0.0
    loop: bool = False
    count: int = 1
    spacing_m: float = 30.0
    wander_m: float = 0.0
    wander_period_s: float = 40.0
    rcs_m2: float | None = None
    remote_id: RemoteId | None = None
    adsb: Adsb | None = None
    ais: Ais | None = None
    emits: tuple[Emission, ...] | None = None
    vary: Vary = Vary()

    @property
    def gives_off(self) -> tuple[Emission, ...]:
        """What direction finders, microphones and sonars can notice of it."""
        return GIVES_OFF[self.kind] if self.emits is None else self.emits

    @property
    def limits(self) -> Limits:
        """What its kind can do."""
        return LIMITS[self.kind]


class Exercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A checked exercise file and the site that it plays at. Make one with `Exercise.load`."""

    version: int
    name: str
    site: str
    about: str = ""
    teaches: tuple[str, ...] = ()
    level: Literal["basic", "normal", "hard"] = "normal"
    card: str | None = None
    repeat_s: float = 360.0
    pressure_offset_m: float = 0.0
    weather: Weather = Weather()
    radar: tuple[Radar, ...] = ()
    listener: tuple[Listener, ...] = ()
    remote_id: Receiver | None = None
    adsb: Receiver | None = None
    ais: Receiver | None = None
    actor: tuple[Actor, ...] = ()
    fault: tuple[Fault, ...] = ()
    inject: tuple[Inject, ...] = ()
    expect: tuple[Expect, ...] = ()
    place: sites.Site | None = None
    source: str = "exercise"

    @classmethod
    def load(cls, path: str | Path, site: sites.Site | None = None) -> Exercise:
        """The exercise at `path`, at `site` or at the site file that it names. Raises ExerciseError or SiteError."""
        path = Path(path)
        try:
            raw = parse_toml(read_text(path))
        except (OSError, NotTextError) as e:
            raise ExerciseError(str(path), [f"cannot be read: {getattr(e, 'strerror', None) or e}"]) from None
        except tomllib.TOMLDecodeError as e:
            raise ExerciseError(str(path), [f"is not TOML: {e}"]) from None
        raw, problems = without_unknown(raw, cls, hidden=("place", "source"))
        try:
            exercise = msgspec.convert(raw, cls)
        except msgspec.ValidationError as e:
            raise ExerciseError(str(path), [*problems, str(e).replace("`$.", "`")]) from None
        place = site or sites.load(path.parent / exercise.site)
        exercise = msgspec.structs.replace(exercise, place=place, source=str(path))
        if problems := problems + check(exercise, place):
            raise ExerciseError(str(path), problems)
        return exercise

    @property
    def sensors(self) -> dict[str, str]:
        """Id -> kind of each sensor that is simulated."""
        found = {r.id: "radar" for r in self.radar}
        found |= {x.id: getattr(self.place.sensor_named(x.id), "kind", "") for x in self.listener} if self.place else {}
        found |= {self.remote_id.id: "remote_id"} if self.remote_id else {}
        return found | ({self.adsb.id: "adsb"} if self.adsb else {}) | ({self.ais.id: "ais"} if self.ais else {})

    def at_site(self) -> sites.Site:
        """The site it plays at."""
        if self.place is None:
            raise ExerciseError(self.source, ["has no site; make exercises with Exercise.load"])
        return self.place


def check(exercise: Exercise, site: sites.Site) -> list[str]:
    """Every problem of an exercise at a site, in words; empty when it can be played."""
    found = [] if exercise.version == 1 else [f"version: expected 1, got {exercise.version!r}"]
    found += _check_place(exercise, site)
    found += _in_range("repeat_s", exercise.repeat_s, 10, 86400)
    found += _in_range("pressure_offset_m", exercise.pressure_offset_m, -1000, 1000)
    for i, radar in enumerate(exercise.radar):
        found += _check_radar(f"radar[{i}] ({radar.id})", radar, site)
    for i, listener in enumerate(exercise.listener):
        found += _check_listener(f"listener[{i}] ({listener.id})", listener, site)
    for kind, receiver in (("remote_id", exercise.remote_id), ("adsb", exercise.adsb), ("ais", exercise.ais)):
        if receiver is not None:
            found += _check_receiver(kind, receiver, site)
    seen: set[str] = set()
    for i, actor in enumerate(exercise.actor):
        where = f"actor[{i}] ({actor.id})"
        if actor.id in seen:
            found.append(f"{where}: two actors have this id; give each its own")
        seen.add(actor.id)
        found += _check_actor(where, actor, exercise.repeat_s)
        found += _check_identity(where, actor)
        found += _check_ais(where, actor)
    found += check_weather(exercise.weather)
    found += check_injects(exercise.inject, exercise.repeat_s)
    found += check_faults(exercise.fault, exercise.inject, exercise.sensors)
    return found + check_expectations(exercise.expect, seen, site, exercise.repeat_s)


def _check_place(exercise: Exercise, site: sites.Site) -> list[str]:
    """Fewer than half of its sensors there: most likely it was written for another site."""
    ids = exercise.sensors
    known = sum(site.sensor_named(name) is not None for name in ids)
    if 2 * known >= len(ids):
        return []
    here = f"{site.site.name} ({site.source}) has {known or 'none'} of the {len(ids)} sensors that this exercise simulates"
    return [f"site: {here}; was it written for another site?"]


def _in_range(where: str, value: float, low: float, high: float) -> list[str]:
    return [] if low <= value <= high else [f"{where}: expected {low:g} to {high:g}, got {value!r}"]


def _check_radar(where: str, radar: Radar, site: sites.Site) -> list[str]:
    sensor = site.sensor_named(radar.id)
    if sensor is None or sensor.kind != "radar":
        names = ", ".join(s.id for s in site.sensor if s.kind == "radar") or "none"
        return [f"{where}: the site has no radar of this id; it has: {names}"]
    found = [
        f"{where}: give {n} in the site file"
        for n in ("alt_wgs84_m", "scan_period_s", "max_range_m")
        if getattr(sensor, n) is None
    ]
    if sensor.match.sac is None or sensor.match.sic is None:
        found.append(f"{where}: give match = {{ sac, sic }} in the site file")
    found += _in_range(f"{where}.sectors", radar.sectors, 1, 360)
    found += _in_range(f"{where}.phase_s", radar.phase_s, 0, 3600)
    found += _in_range(f"{where}.reference_range_m", radar.reference_range_m, 1, 1e6)
    found += _in_range(f"{where}.resolution_m", radar.resolution_m, 0, 1e4)
    found += _in_range(f"{where}.most_plots", radar.most_plots, 0, 100_000)
    return found + _in_range(f"{where}.resolution_deg", radar.resolution_deg, 0, 90)


def _check_listener(where: str, listener: Listener, site: sites.Site) -> list[str]:
    sensor = site.sensor_named(listener.id)
    if sensor is None or sensor.kind not in NOTICES:
        names = ", ".join(s.id for s in site.sensor if s.kind in NOTICES) or "none"
        return [f"{where}: the site has no sensor of this id that finds directions ({', '.join(NOTICES)}); it has: {names}"]
    found = [] if sensor.lat_deg is not None and sensor.lon_deg is not None else [f"{where}: give its place in the site file"]
    found += _in_range(f"{where}.range_m", listener.range_m, 1, 1e5)
    found += _in_range(f"{where}.period_s", listener.period_s, 0.05, 60)
    return found + _in_range(f"{where}.loss", listener.loss, 0, 1)


def _check_receiver(kind: str, receiver: Receiver, site: sites.Site) -> list[str]:
    where = f"{kind} ({receiver.id})"
    sensor = site.sensor_named(receiver.id)
    found = [] if sensor and sensor.kind == kind else [f"{where}: the site has no {kind} sensor of this id"]
    found += _in_range(f"{where}.lat_deg", receiver.lat_deg or 0.0, -90, 90)
    found += _in_range(f"{where}.lon_deg", receiver.lon_deg or 0.0, -180, 180)
    found += _in_range(f"{where}.range_m", receiver.range_m, 1, 1e6)
    found += _in_range(f"{where}.period_s", receiver.period_s, 0.05, 60)
    found += _in_range(f"{where}.loss", receiver.loss, 0, 1)
    found += _in_range(f"{where}.sigma_position_m", receiver.sigma_position_m, 0, 1000)
    found += _in_range(f"{where}.sigma_altitude_m", receiver.sigma_altitude_m, 0, 1000)
    return found if receiver.transports else [*found, f"{where}.transports: name at least one"]


def _check_actor(where: str, actor: Actor, repeat_s: float) -> list[str]:
    found = _in_range(f"{where}.speed_mps", actor.speed_mps, 0, actor.limits.speed_mps)
    found += _in_range(f"{where}.start_s", actor.start_s, actor.vary.start_s, repeat_s)
    found += _in_range(f"{where}.count", actor.count, 1, 1000)
    found += _in_range(f"{where}.spacing_m", actor.spacing_m, 1, 10000)
    found += _in_range(f"{where}.rcs_m2", 1.0 if actor.rcs_m2 is None else actor.rcs_m2, 1e-6, 1e6)
    found += _in_range(f"{where}.vary.start_s", actor.vary.start_s, 0, repeat_s)
    found += _in_range(f"{where}.vary.rotate_deg", actor.vary.rotate_deg, 0, 180)
    found += _in_range(f"{where}.vary.height_m", actor.vary.height_m, 0, 10000)
    found += _in_range(f"{where}.wander_m", actor.wander_m, 0, 1e5)
    found += _in_range(f"{where}.wander_period_s", actor.wander_period_s, 1, 86400)
    # a sine of amplitude A and period T has the greatest speed 2 pi A / T; the shortest period drawn is 0.7 T
    wander_mps = 2 * math.pi * actor.wander_m / (0.7 * actor.wander_period_s) if actor.wander_period_s > 0 else 0.0
    if wander_mps > 0 and wander_mps + actor.speed_mps > actor.limits.speed_mps:
        found.append(f"{where}.wander_m: with its speed a {actor.kind} would reach {wander_mps + actor.speed_mps:.0f} m/s, "
                     f"at most {actor.limits.speed_mps:g}; wander less or slower")  # fmt: skip
    if not actor.route:
        return [*found, f"{where}.route: give at least one waypoint [east, north, height]"]
    if any(len(w) not in (3, 4) or (len(w) == 4 and w[3] < 0) for w in actor.route):
        return [*found, f"{where}.route: expected waypoints [east, north, height] or [east, north, height, hold]"]
    if any(not math.isfinite(v) or abs(v) > 2e5 for w in actor.route for v in w):
        return [*found, f"{where}.route: expected metres within 200 km of the site"]
    if actor.kind == "submersible" and any(w[2] > 0 for w in actor.route):
        found.append(f"{where}.route: a submersible's heights are depths, 0 or less")
    if len(actor.route) > 1 and actor.speed_mps <= 0:
        return [*found, f"{where}.speed_mps: a route of {len(actor.route)} waypoints needs a speed"]
    if not 0 <= actor.speed_mps <= actor.limits.speed_mps:
        return found  # told above; what a corner asks of such a speed would overflow, and nobody wants to know
    if len(actor.route) == 1 and not actor.loop:
        found.append(f"{where}.route: a single waypoint never ends; say loop = true")
    if actor.loop and any(hold(w) for w in actor.route):
        found.append(f"{where}.route: a loop has no holds; leave the fourth number out")
    return found + _check_legs(where, actor)


def _check_legs(where: str, actor: Actor) -> list[str]:
    """Legs that are too steep, too short for their corners, or too short to reach the speed in."""
    route = (*actor.route, actor.route[0]) if actor.loop else actor.route
    lim, v, found = actor.limits, actor.speed_mps, []
    cuts = corner_cuts(actor)
    for i, (a, b) in enumerate(pairwise(route)):
        length = math.dist(a[:2], b[:2])
        leg = f"{where}.route[{i}] to [{(i + 1) % len(actor.route)}]"
        if length < 1.0:
            if len(actor.route) > 1:
                found.append(f"{leg}: two waypoints at one place; move one or leave it out")
            continue
        # heights follow a smooth step, whose steepest part is 1.5 times the mean slope
        climb = 1.5 * abs(b[2] - a[2]) / length * v
        if climb > lim.climb_mps + 1e-9:
            found.append(
                f"{leg}: climbs at up to {climb:.1f} m/s, a {actor.kind} at most {lim.climb_mps:g}; make it longer or slower"
            )
        ramps = sum(v * v / (2 * lim.acceleration_mps2) for w in (a, b) if hold(w))
        if cuts[i] + cuts[i + 1] + ramps > length:
            found.append(f"{leg}: {length:.0f} m are too short to turn and change speed at {v:g} m/s for a {actor.kind} "
                         f"({lim.acceleration_mps2:g} m/s2); move the waypoints apart, slow down or hold there")  # fmt: skip
    return found


def hold(waypoint: Waypoint) -> float:
    """Seconds that an actor waits there."""
    return waypoint[3] if len(waypoint) == 4 else 0.0


def corner_cuts(actor: Actor) -> list[float]:
    """Metres before and after each waypoint where the rounded corner begins and ends: R tan(turn / 2), R = v2 / a.

    One value per waypoint, for a loop the first once more at the end. Infinite where the actor would have to turn on its heel.
    """
    route, n = actor.route, len(actor.route)
    radius = actor.speed_mps**2 / actor.limits.acceleration_mps2
    cuts = [0.0] * n
    for i in range(n):
        if hold(route[i]) or n < 3 or (not actor.loop and i in (0, n - 1)):
            continue
        turn = abs(_turn(route[i - 1], route[i], route[(i + 1) % n]))
        cuts[i] = math.inf if turn > math.radians(170) else radius * math.tan(turn / 2)
    if n == 2 and actor.loop:
        return [math.inf, math.inf]
    return [*cuts, cuts[0]] if actor.loop else cuts


def _turn(a: Waypoint, b: Waypoint, c: Waypoint) -> float:
    """Change of heading at b, radians, -pi to pi."""
    change = math.atan2(c[1] - b[1], c[0] - b[0]) - math.atan2(b[1] - a[1], b[0] - a[0])
    return math.remainder(change, 2 * math.pi)


def _check_identity(where: str, actor: Actor) -> list[str]:
    """Identities must be such as no real aircraft has."""
    found = []
    if actor.remote_id is not None:
        serial = actor.remote_id.serial
        if not re.fullmatch(rf"{SERIAL_PREFIX}[A-Z0-9-]{{1,11}}", serial):
            found.append(f"{where}.remote_id.serial: expected {SERIAL_PREFIX} and up to 11 of A-Z 0-9 -, got {serial!r}")
        operator = actor.remote_id.operator_id
        if operator is not None and not re.fullmatch(r"SIM[A-Z0-9-]{1,17}", operator):
            found.append(f"{where}.remote_id.operator_id: expected SIM and up to 17 of A-Z 0-9 -, got {operator!r}")
        for name in ("claim_offset_m", "operator_m"):
            for metres in getattr(actor.remote_id, name) or ():
                found += _in_range(f"{where}.remote_id.{name}", metres, -2e5, 2e5)
        if actor.count > 1:
            found.append(f"{where}.remote_id: {actor.count} objects cannot share a serial; write one actor for each")
    if actor.adsb is not None:
        icao = actor.adsb.icao
        if not re.fullmatch(r"[0-9A-F]{6}", icao) or int(icao, 16) not in ICAO_RESERVED:
            found.append(f"{where}.adsb.icao: expected a reserved address F00000 to F07FFF, got {icao!r}")
        if actor.adsb.call_sign is not None and not re.fullmatch(r"SIM[A-Z0-9]{1,5}", actor.adsb.call_sign):
            found.append(f"{where}.adsb.call_sign: expected SIM and up to 5 of A-Z 0-9, got {actor.adsb.call_sign!r}")
        if actor.count > 1:
            found.append(f"{where}.adsb: {actor.count} objects cannot share an address; write one actor for each")
    return found


def _check_ais(where: str, actor: Actor) -> list[str]:
    """Only what floats has AIS, and no real ship's MMSI."""
    if actor.ais is None:
        return []
    found = [] if actor.kind in AFLOAT else [f"{where}.ais: only {' and '.join(AFLOAT)} have AIS, this is a {actor.kind}"]
    first, last = MMSI_RESERVED.start, MMSI_RESERVED.stop - 1
    if actor.ais.mmsi not in MMSI_RESERVED:
        found.append(f"{where}.ais.mmsi: expected {first} to {last}, which no ship has, got {actor.ais.mmsi}")
    found += _in_range(f"{where}.ais.ship_type", actor.ais.ship_type, 0, 99)
    for metres in actor.ais.claim_offset_m:
        found += _in_range(f"{where}.ais.claim_offset_m", metres, -2e5, 2e5)
    if actor.count > 1:
        found.append(f"{where}.ais: {actor.count} objects cannot share an MMSI; write one actor for each")
    return found
