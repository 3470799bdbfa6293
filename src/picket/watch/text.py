"""The sentence of an alert: what, where, how fast, how soon, how sure. Plain ASCII, so that it can be spoken, printed and sent.

Unknown drone 850 m bearing 212 deg from the site, look 212 deg, 6 deg up, inbound 14 m/s, reaches pier in 40 s; seen by
radar-north, radar-south; certain (99 %).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from picket.geo import enu_to_polar
from picket.site import Sensor
from picket.watch.rules.rule import Finding
from picket.watch.scene import Scene

HOVER_MPS = 1.0  # slower is said as "hovering": the direction of such a velocity is noise
_SENSORS_NAMED = 4
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
    who = _group(scene, row, rows, count) if count > 1 else _who(scene, row, finding)
    parts = [f"{who} {_position(scene, finding, row, place, count)}", _look(place)]
    speed = scene.velocity[row]
    if finding.rule == "approach" and finding.reach_s == 0.0:
        parts += [_motion(*speed.tolist()), f"over {_zone_name(scene, finding)} and within 2 sigma of its height limits"]
    elif finding.rule == "approach":
        parts += [f"inbound {math.hypot(*speed):.0f} m/s", _reaching(scene, finding)]
    else:
        parts.append(_motion(*speed.tolist()))
    return ", ".join(parts) + "".join(f"; {p}" for p in _evidence(scene, row)) + "."


def of_sensor(scene: Scene, sensor_id: str, kind: str, age_s: float | None) -> str:
    """The sentence of a silent sensor: what it no longer sees, and which of its kind still speak."""
    age = "" if age_s is None else f" for {age_s:.0f} s"
    others = [s.id for s in scene.sensors if s.kind == kind and s.id != sensor_id and s.state == "ok"]
    still = f"still working: {_names(others)}" if others else f"no other {_KINDS.get(kind, kind)} is working"
    return f"Sensor {sensor_id} silent{age}: {_unseen(scene.site.sensor_named(sensor_id), kind)}; {still}."


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
    """One drone among them makes it a group of drones: the others are the same thing, not yet told apart."""
    noun = "drone" if scene.sorts.drone[rows].any() else _noun(scene, row)
    return f"Group of {count} {_PLURAL[noun]}, the nearest"


def _who(scene: Scene, row: int, finding: Finding) -> str:
    noun, code = _noun(scene, row), int(scene.tracks["identity"][row])
    if code < 0:
        return f"Unknown {noun}"
    identity = _plain(scene.tracks.words("identity")[code])
    if scene.sorts.contradicted[row]:
        return f"{noun.capitalize()} claiming to be {identity}"
    if "unauthorised" in finding.flags:
        owner = next((_plain(f.owner) for f in scene.site.friendly if f.identity == scene.tracks.words("identity")[code]), "")
        return f"Friendly {noun} {identity}{f' ({owner})' if owner else ''} out of its place or hours"
    return f"{noun.capitalize()} {identity}"


def _plain(words: str) -> str:
    """Words from outside, fit for one line of ASCII: an identity is whatever a transmitter sends."""
    return "".join(c if " " <= c <= "~" else "?" for c in words)[:64]


# -- where ---------------------------------------------------------------------------------------------------
def _position(scene: Scene, finding: Finding, row: int, place: Where, count: int) -> str:
    at = f"{metres(place.distance_m or 0.0)} bearing {degrees(place.bearing_deg or 0.0)} from the site"
    doubtful = not finding.incursion(float(scene.two_sigma[finding.row]))
    if finding.rule == "entry":
        return f"in {_zone_name(scene, finding)}{' (may be outside)' if doubtful else ''}, {at}"
    if finding.rule == "line_crossing":
        doubt = " (may not be over it)" if doubtful else ""
        beyond = f", now {metres(finding.margin_m or 0.0)} beyond" if count == 1 else ""
        return f"crossed {_zone_name(scene, finding)}{beyond}{doubt}, {at}"
    return at


def _zone_name(scene: Scene, finding: Finding) -> str:
    zone = next(z for z in scene.site.zone if z.id == finding.place)
    return _plain(zone.name or zone.id)


def _look(place: Where) -> str:
    azimuth = degrees(place.look_azimuth_deg or 0.0)
    if place.look_elevation_deg is None:
        return f"look {azimuth}, height unknown"
    up = round(place.look_elevation_deg)
    return f"look {azimuth}, {abs(up)} deg {'down' if up < 0 else 'up'}"


# -- how fast, how soon --------------------------------------------------------------------------------------
def _motion(east_mps: float, north_mps: float) -> str:
    speed = math.hypot(east_mps, north_mps)
    if math.isnan(speed):
        return "speed unknown"
    if speed < HOVER_MPS:
        return "hovering"
    return f"moving {speed:.0f} m/s towards {degrees(math.degrees(math.atan2(east_mps, north_mps)))}"


def _reaching(scene: Scene, finding: Finding) -> str:
    name, seconds = _zone_name(scene, finding), f"{finding.reach_s or 0.0:.0f} s"
    if finding.pass_m > 0.0:
        return f"passes {name} at {metres(finding.pass_m)} in {seconds}"
    return f"reaches {name} in {seconds}"


# -- how sure ------------------------------------------------------------------------------------------------
def _evidence(scene: Scene, row: int) -> list[str]:
    t = scene.tracks
    said = []
    if scene.sorts.spoof[row]:
        said.append("spoof suspected")
    if scene.sorts.unconfirmed[row]:
        said.append("position not confirmed by any sensor")
    code = int(t["sensors"][row])
    if code >= 0 and t.words("sensors")[code]:
        said.append(f"seen by {_names(list(t.words('sensors')[code]))}")
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
    named = [_plain(i) for i in ids]
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
    words, codes = scene.tracks.words("flags"), np.unique(scene.tracks["flags"][rows]).tolist()
    return {flag for c in codes if c >= 0 for flag in words[c]}
