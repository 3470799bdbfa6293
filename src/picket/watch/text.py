"""The sentence of an alert: what, where, how fast, how sure. Plain ASCII, so that it can be spoken, printed and sent.

Unknown drone reaches Piers 2 to 4 in 40 s: 850 m out, look 212 deg, 6 deg up, inbound 14 m/s; radar-north, radar-south;
certain (99 %).

What decides stands before the colon: a list shows the first line only, and little of it. Nothing is said twice: the azimuth to
look along is also the bearing from the site.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from picket.geo import enu_to_polar
from picket.site import Sensor
from picket.watch.alert import SensorLook
from picket.watch.case import OF_ZONES
from picket.watch.finding import Finding
from picket.watch.rules.biased_sensor import offsets
from picket.watch.rules.friendly import reason
from picket.watch.scene import Scene

HOVER_MPS = 1.0  # slower is said as "hovering": the direction of such a velocity is noise
UNKNOWN_MPS = 10.0  # a speed of nothing, give or take this, is none
_SENSORS_NAMED = 4
_SAID_FROM_M = 5.0  # a course that passes a zone nearer than this is said to reach it: "at 0 m" says nothing
_SURE = ((0.99, "certain"), (0.9, "almost certain"), (0.7, "likely"), (0.0, "possible"))


class Where(NamedTuple):
    """An object (or sensor) as seen from the site's origin; None where unknown."""

    lat_deg: float | None = None
    lon_deg: float | None = None
    bearing_deg: float | None = None
    distance_m: float | None = None
    look_azimuth_deg: float | None = None
    look_elevation_deg: float | None = None


def where(scene: Scene, lat_deg: float, lon_deg: float, alt_wgs84_m: float) -> Where:
    """Bearing and distance along the ground, and where to look: azimuth, and elevation if the height is known."""
    frame = scene.area.frame
    x, y = scene.area.plane.to_plane(lat_deg, lon_deg)[0].tolist()
    known = math.isfinite(alt_wgs84_m)
    _, azimuth, elevation = enu_to_polar(frame.to_enu(lat_deg, lon_deg, alt_wgs84_m if known else frame.alt_wgs84_m))
    bearing = math.degrees(math.atan2(x, y)) % 360.0
    return Where(lat_deg, lon_deg, bearing, math.hypot(x, y), float(azimuth[0]), float(elevation[0]) if known else None)


def of_tracks(scene: Scene, finding: Finding, row: int, rows: list[int], count: int, place: Where) -> str:
    """The sentence of an alert on tracks: `row` is the one nearest of `rows`, `count` how many objects they are."""
    who, claim = (_group(scene, row, rows, count), "") if count > 1 else _who(scene, row, finding)
    doing = _doing(scene, finding, count)
    nearest = "nearest " if count > 1 and "nearest" not in doing else ""
    # Beside the name of the zone that it is in, "out" would read as out of that zone.
    away = "from the site" if finding.family in ("zone", "corridor") and finding.reach_s == 0.0 else "out"
    east, north = scene.velocity[row].tolist()
    speed = math.hypot(east, north)  # NaN where unknown: a swarm's nearest need not be the one whose course meets the zone
    inbound = finding.rule == "approach" and finding.reach_s != 0.0 and speed >= HOVER_MPS
    unseen = speed < HOVER_MPS and float(scene.tracks["sigma_velocity_mps"][row]) >= UNKNOWN_MPS  # a lone sighting does not hover
    motion = "speed unknown" if unseen else f"inbound {speed:.0f} m/s" if inbound else _motion(east, north)
    figures = f"{nearest}{metres(place.distance_m or 0.0)} {away}, {_look(place)}, {motion}"
    return f"{who}{doing}{claim}: " + "; ".join([figures, *_evidence(scene, row, count)]) + "."


def of_sensor(scene: Scene, sensor_id: str, kind: str, age_s: float | None) -> str:
    """The sentence of a silent sensor: what it no longer sees, and which of its kind still speak."""
    age = "" if age_s is None else f" {age_s:.0f} s"
    others = [s.id for s in scene.sensors if s.kind == kind and s.id != sensor_id and s.state == "ok"]
    still = f"still working: {_names(others)}" if others else f"no other {_KINDS.get(kind, kind)} is working"
    return f"Sensor {sensor_id} SILENT{age}: {_unseen(scene.site.sensor_named(sensor_id), kind)}; {still}."


def of_clock(scene: Scene, sensor_id: str) -> str:
    """The sentence of a sensor whose clock is wrong: how far, and what the station does about it."""
    look = next(s for s in scene.sensors if s.id == sensor_id)
    offset = look.clock_offset_s or 0.0
    side = "BEHIND" if offset > 0 else "AHEAD"
    return f"Sensor {sensor_id} CLOCK {span(abs(offset))} {side}: its data are dated by their arrival until it is set right."


def of_bias(look: SensorLook) -> str:
    """The sentence of a sensor that measures beside the others: by how much, and what to do."""
    return f"Sensor {look.id} OFF by {' and '.join(offsets(look))}: corrected in the tracks; check its mount, place and clock."


def span(seconds: float) -> str:
    """A time span in its largest sensible unit."""
    if seconds >= 5400:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


# -- who -----------------------------------------------------------------------------------------------------
_PLURAL = {"aircraft": "aircraft", "drone": "drones", "vessel": "vessels", "bird": "birds", "object": "objects"}


def _noun(scene: Scene, row: int) -> str:
    t = scene.tracks
    if scene.sorts.drone[row]:
        return "drone"
    for noun in ("aircraft", "vessel", "bird"):
        if t[f"p_{noun}"][row] >= 0.7:
            return noun
    return "object"


def _group(scene: Scene, row: int, rows: list[int], count: int) -> str:
    """One drone among them makes it a swarm of drones: the others are the same thing, not yet told apart."""
    drones = bool(scene.sorts.drone[rows].any())
    noun = "drone" if drones else _noun(scene, row)
    unknown = "unknown " if (scene.tracks["identity"][rows] < 0).all() else ""
    if count == 2:
        return f"Pair of {unknown}{_PLURAL[noun]}"
    return f"{'Swarm' if drones else 'Group'} of {count} {unknown}{_PLURAL[noun]}"


def _who(scene: Scene, row: int, finding: Finding) -> tuple[str, str]:
    """What it is, for the sentence's first words, and what it says it is, which may be long, for the end of the headline."""
    noun, code = _noun(scene, row), int(scene.tracks["identity"][row])
    word = None if code < 0 else scene.tracks.words("identity")[code]
    identity = "" if word is None else plain(word)
    if scene.sorts.spoof[row]:
        return "Suspected spoof", f", {noun} claiming to be {identity}" if identity else f", {noun} without identity"
    if scene.sorts.unconfirmed[row]:
        return f"Unconfirmed {noun}", f", claiming to be {identity}" if identity else ""
    if not identity:
        return f"Unknown {noun}", ""
    if "unauthorised" in finding.flags:
        owner = next((plain(f.owner) for f in scene.site.friendly if f.identity == word), "")
        return f"Uncleared friendly {noun}", f", {identity}{f' ({owner})' if owner else ''}"
    return f"{noun.capitalize()} {identity}", ""


def plain(words: str) -> str:
    """Words from outside, fit for one line of ASCII: an identity is whatever a transmitter sends."""
    return "".join(c if " " <= c <= "~" else "?" for c in words)[:64]


# -- doing what ----------------------------------------------------------------------------------------------
def _doing(scene: Scene, finding: Finding, count: int) -> str:
    """What the rule found, with its zone and time; empty for what an object is, not does."""
    if finding.rule == "friendly_out_of_place":
        return " OUT OF ITS HOURS" if reason(scene, finding.row).startswith("its hours") else " OUT OF ITS ZONES"
    if finding.family not in OF_ZONES:
        return ""
    name, nearest = zone_name(scene, finding), ", nearest" if count > 1 else ""
    doubtful = not finding.incursion(float(scene.two_sigma[finding.row]))
    if finding.rule == "loiter":
        return f"{nearest} LOITERS at {name} for {span(float(scene.stay_s[finding.row]))}"
    if finding.rule == "swarm":
        return f" near {name}" if finding.pass_m > 0.0 else f"{nearest} OVER {name}"
    if finding.rule in ("entry", "unknown_in_corridor"):
        return f"{nearest} INSIDE {name}{' (may be outside)' if doubtful else ''}"
    if finding.rule == "line_crossing":
        beyond = "" if count > 1 else f", now {metres(finding.margin_m or 0.0)} beyond"
        return f"{nearest} CROSSED {name}{beyond}{' (may not be over it)' if doubtful else ''}"
    if finding.reach_s == 0.0:
        return f"{nearest} OVER {name}, within 2 sigma of its height limits"
    seconds = f"{finding.reach_s or 0.0:.0f} s"
    if finding.pass_m >= _SAID_FROM_M:
        return f" passes {name} at {metres(finding.pass_m)} in {seconds}"
    return f" reaches {name} in {seconds}"


def zone_name(scene: Scene, finding: Finding) -> str:
    zone = next(z for z in scene.site.zone if z.id == finding.place)
    return plain(zone.name or zone.id)


# -- where and how fast --------------------------------------------------------------------------------------
def _look(place: Where) -> str:
    azimuth = degrees(place.look_azimuth_deg or 0.0)
    if place.look_elevation_deg is None:
        return f"look {azimuth}, height unknown"
    up = round(place.look_elevation_deg)
    return f"look {azimuth}, {abs(up)} deg {'down' if up < 0 else 'up'}"


def _motion(east_mps: float, north_mps: float) -> str:
    speed = math.hypot(east_mps, north_mps)
    if math.isnan(speed):
        return "speed unknown"
    if speed < HOVER_MPS:
        return "hovering"
    return f"moving {speed:.0f} m/s towards {degrees(math.degrees(math.atan2(east_mps, north_mps)))}"


# -- how sure ------------------------------------------------------------------------------------------------
def _evidence(scene: Scene, row: int, count: int) -> list[str]:
    t = scene.tracks
    said = []
    if count > 1 and scene.sorts.contradicted[row]:  # of a single object the first words say so
        said.append("suspected spoof" if scene.sorts.spoof[row] else "position not confirmed")
    code = int(t["sensors"][row])
    if code >= 0 and t.words("sensors")[code]:
        said.append(_names(list(t.words("sensors")[code])))
    age = float(t["time"][row] - t["updated_at"][row])
    if t.equals("status", "coasting")[row] and age >= 0.5:
        said.append(f"last measured {age:.0f} s ago")
    existence = float(t["existence"][row])
    word = next(w for limit, w in _SURE if existence >= limit)
    return [*said, f"{word} ({percent(existence)} %)"]


# -- sensors -------------------------------------------------------------------------------------------------
_KINDS = {"remote_id": "Remote ID receiver", "adsb": "ADS-B receiver", "ais": "AIS receiver", "rf": "radio direction finder"}
_HEARD = {
    "remote_id": "drones that broadcast Remote ID are not heard",
    "adsb": "aircraft are not identified by ADS-B",
    "ais": "ships are not identified by AIS",
}


def _unseen(sensor: Sensor | None, kind: str) -> str:
    if kind in _HEARD:
        return _HEARD[kind]
    if sensor is None:
        return "what it covered is not watched by it"
    reach = f"out to {metres(sensor.max_range_m)}" if sensor.max_range_m is not None else "within its range"
    start, end = sensor.sector_deg
    around = "all round" if abs(end - start) >= 360 else f"from {degrees(start)} to {degrees(end)}"
    return f"it no longer sees {around} {reach}"


def _names(ids: list[str]) -> str:
    named = [plain(i) for i in ids]
    extra = len(named) - _SENSORS_NAMED
    return ", ".join(named[:_SENSORS_NAMED]) + (f" and {extra} more" if extra > 0 else "")


# -- figures -------------------------------------------------------------------------------------------------
def metres(value: float) -> str:
    """A distance as it is said: to 10 m, from 2 km on in kilometres."""
    return f"{value / 1000:.1f} km" if value >= 1995 else f"{round(value, -1):.0f} m"


def degrees(value: float) -> str:
    """A bearing with three figures."""
    return f"{round(value) % 360:03d} deg"


def percent(probability: float) -> int:
    """Whole per cent, never rounded up to a certainty that the tracker does not claim."""
    return min(math.floor(probability * 100 + 1e-9), 100)


def flags_of(scene: Scene, rows: list[int]) -> set[str]:
    """Every flag on any of the rows."""
    words, codes = scene.tracks.words("flags"), set(scene.tracks["flags"][rows].tolist())
    return {flag for c in codes if c >= 0 for flag in words[c]}
