"""What an alert says, from a step's findings: which object is the nearest, its figures, the sentence and the reason."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from picket.watch import checklist, text, text_station
from picket.watch.alert import SensorLook
from picket.watch.case import OF_SENSORS, OF_TRACKS, OF_ZONES, standing
from picket.watch.rules import RULES, Finding, sighting
from picket.watch.rules.emission import contact_of
from picket.watch.rules.interference import disturbance_of
from picket.watch.scene import Scene
from picket.watch.sighting import centre
from picket.watch.units import Unit

_WHY = {rule.name: rule.why for rule in RULES}


def most_urgent(scene: Scene, findings: list[Finding]) -> Finding:
    """The finding with the highest standing, then the least time to reach, the nearest to the site, the lowest track id."""

    def urgency(f: Finding) -> tuple[float, float, float, int]:
        away = math.hypot(*scene.xy[f.row].tolist()) if f.row >= 0 else 0.0
        return (-standing(f), math.inf if f.reach_s is None else f.reach_s, away, f.row)

    return min(findings, key=urgency)


def who(scene: Scene, unit: Unit) -> dict[str, Any]:
    """The fields that say which objects it is about, and their flags: cheap, and looked at every step."""
    if unit.family not in OF_TRACKS:
        return {"sensor_id": unit.place if unit.family in OF_SENSORS else unit.findings[0].sensor_id}
    said = {flag for f in unit.findings for flag in f.flags}
    return {
        "track_ids": tuple(scene.ids[unit.rows].tolist()),
        "group_id": unit.group,
        "count": len(unit.roots),
        "flags": tuple(sorted(text.flags_of(scene, unit.rows) | said)),
    }


def figures(scene: Scene, unit: Unit, rule_id: str) -> dict[str, Any]:
    """The fields that move: place, speed, time to reach, the two sentences, and what to do."""
    top = most_urgent(scene, unit.findings)
    found = _on_tracks(scene, unit, top) if unit.family in OF_TRACKS else _on_others(scene, top)
    sentences, calls = scene.rules.checklist(rule_id)
    return {**found, "checklist": checklist.filled(sentences, scene, top, found, max(len(unit.roots), 1)), "calls": calls}


def _on_tracks(scene: Scene, unit: Unit, top: Finding) -> dict[str, Any]:
    row = _nearest(scene, top, unit.rows)
    place = text.where(scene, *(float(scene.tracks[c][row]) for c in ("lat_deg", "lon_deg", "alt_wgs84_m")))
    speed = math.hypot(*scene.velocity[row].tolist())
    return {
        "nearest_track_id": int(scene.ids[row]),
        "text": text.of_tracks(scene, top, row, unit.rows, len(unit.roots), place),
        "why": f"Raised because {_WHY[top.rule](scene, top)}; {_which(scene, top.row, row)} {_percent(scene, top.row)} % sure to exist "
        f"(limit {scene.site.alert.min_existence * 100:g} %).",
        **place._asdict(),
        "speed_mps": None if math.isnan(speed) else speed,
        "time_to_reach_s": top.reach_s,
        "existence": float(scene.tracks["existence"][row]),
    }


def _on_sighting(scene: Scene, finding: Finding, why: str) -> dict[str, Any]:
    """A sighting with a distance has a place; of a bearing only the direction is told, and only where it is the site's own."""
    _, seen = sighting.looked_up(scene, finding.place or "")
    xy = scene.area.plane.to_plane(seen.lat_deg, seen.lon_deg)[0]
    at = centre(seen, xy)
    if at is not None:
        lat, lon, _ = scene.area.frame.to_geodetic(np.array([[at[0], at[1], 0.0]]))
        place = text.where(scene, float(lat[0]), float(lon[0]), math.nan)
    else:
        own = math.hypot(*xy.tolist()) < 1.0
        azimuth = seen.azimuth_deg % 360.0 if own else None
        place = text.Where(bearing_deg=azimuth, look_azimuth_deg=azimuth)
    noun = "Object" if seen.what in (None, "unknown") else str(seen.what).capitalize()
    return {
        "text": sighting.words(scene, finding.place or "", noun),
        "why": why,
        **place._asdict(),
    }


def _on_others(scene: Scene, finding: Finding) -> dict[str, Any]:
    """Of a sensor, of a radio contact, or of the station itself."""
    why = f"Raised because {_WHY[finding.rule](scene, finding)}."
    if finding.family == "emission":
        contact = contact_of(scene, finding)
        bearing = contact.heard.bearing_deg
        away = text.Where(bearing_deg=bearing, look_azimuth_deg=bearing)  # a bearing is no place
        return {"text": text_station.of_emission(contact), "why": why, **away._asdict()}
    if finding.family == "interference":
        return {"text": text_station.of_interference(disturbance_of(scene, finding), scene.time), "why": why}
    if finding.family == "sighting":
        return _on_sighting(scene, finding, why)
    if finding.family not in OF_SENSORS:
        return {"text": text_station.of_station(scene, finding.rule), "why": why}
    look = next(s for s in scene.sensors if s.id == finding.place)
    sensor = scene.site.sensor_named(look.id)
    place = text.Where()
    if sensor is not None and sensor.lat_deg is not None and sensor.lon_deg is not None:
        alt = math.nan if sensor.alt_wgs84_m is None else sensor.alt_wgs84_m
        place = text.where(scene, sensor.lat_deg, sensor.lon_deg, alt)
    return {"text": _sensor_text(scene, finding, look), "why": why, **place._asdict()}


def _sensor_text(scene: Scene, finding: Finding, look: SensorLook) -> str:
    if finding.rule == "wrong_clock":
        return text.of_clock(scene, look.id)
    if finding.rule == "biased_sensor":
        return text.of_bias(look)
    return text.of_sensor(scene, look.id, look.kind, look.age_s)


def _which(scene: Scene, urgent: int, nearest: int) -> str:
    """Of a group the first sentence tells where the nearest is; the reason may be another's, with figures of its own."""
    return "it is" if urgent == nearest else f"that is T{int(scene.ids[urgent])}, not the nearest, and"


def _percent(scene: Scene, row: int) -> int:
    return text.percent(float(scene.tracks["existence"][row]))


def _nearest(scene: Scene, top: Finding, rows: list[int]) -> int:
    """Of the rows, the one nearest to the zone (0 m inside it) or line; on ties, and for other rules, nearest to the site."""
    to_site = np.hypot(scene.xy[rows, 0], scene.xy[rows, 1])
    to_zone = np.zeros(len(rows))
    if len(rows) > 1 and top.family in OF_ZONES:
        zones = scene.area.lines if top.family == "line" else scene.area.areas
        z = zones.index[top.place or ""]
        to_zone = zones.outlines.distance_m(scene.xy[rows], z)
        if top.family != "line":
            to_zone = np.where(scene.over[rows, z], 0.0, to_zone)
    return rows[int(np.lexsort((scene.ids[rows], to_site, to_zone))[0])]
