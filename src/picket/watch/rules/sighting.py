"""Sighting: a person saw something in, near or towards a protected zone, and no track there tells of it already.

high      its place lies inside the zone
medium    the zone lies within 2 sigma of it: near, or somewhere along the bearing (as far as an eye sees)

It holds for a minute after the report. A bearing stays a bearing: the alert has no place then.
"""

from __future__ import annotations

import numpy as np

from picket.watch.alert import SensorLook, Severity
from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene
from picket.watch.sighting import SEEN_M, Sighting, centre, cone, seen_again


def place_of(sensor_id: str, sighting: Sighting) -> str:
    """The name of the case: one for all reports of the same thing."""
    return f"{sensor_id}#{sighting.number}"


def looked_up(scene: Scene, place: str) -> tuple[SensorLook, Sighting]:
    """The sighting behind a finding's place, the newest report of it."""
    for look in scene.sensors:
        for sighting in reversed(look.sightings):
            if place_of(look.id, sighting) == place:
                return look, sighting
    raise KeyError(place)


def find(scene: Scene) -> list[Finding]:
    """One finding per thing seen, for the zone that matters most: the one that it is in before one that it is near."""
    found: list[Finding] = []
    for look in scene.sensors:
        newest = {s.number: s for s in look.sightings if s.alarms}
        for sighting in newest.values():
            hit = _zone(scene, sighting)
            if hit is not None:
                severity: Severity = "high" if hit[1] else "medium"
                found.append(Finding("sighting", "sighting", place_of(look.id, sighting), severity, sensor_id=look.id))
    return found


def _zone(scene: Scene, s: Sighting) -> tuple[int, bool] | None:
    """(zone's number, whether the place is inside it) of the first protected zone in the site file; None where there is none to tell."""
    areas = scene.area.areas
    told = scene.sure & scene.protected
    watched = scene.in_force & (scene.area.kind == "protected")
    if not watched.any():
        return None
    xy = scene.area.plane.to_plane(s.lat_deg, s.lon_deg)[0]
    if told.any() and bool(seen_again(s, xy, scene.xy[told]).any()):
        return None  # a track in a protected zone that may be this one: the rule `entry` tells of it
    at = centre(s, xy)
    inside = np.zeros(len(areas), np.bool_) if at is None else areas.outlines.inside(at[None, :])[0] & watched
    near = areas.outlines.inside(cone(s, xy)).any(axis=0) & watched
    for mask, is_inside in ((inside, True), (near, False)):
        if mask.any():
            return int(np.flatnonzero(mask)[0]), is_inside
    return None


def words(scene: Scene, place: str, plain: str) -> str:
    """The sentence. plain: what it was, fit for one line."""
    look, s = looked_up(scene, place)
    hit = _zone(scene, s)
    where = ""
    if hit is not None:
        zone = scene.area.areas.zones[hit[0]]
        name = zone.name or zone.id
        where = f" INSIDE {name} (may be outside)" if hit[1] else f" NEAR {name}" if s.range_m is not None else f" TOWARDS {name}"
    away = (
        "distance unknown"
        if s.range_m is None
        else f"about {s.range_m:.0f} m from the observer, +-{2 * (s.sigma_range_m or 0.0):.0f} m"
    )
    return (
        f"{plain} SEEN BY EYE{where}: look {s.azimuth_deg % 360.0:.0f} deg +-{2 * s.sigma_azimuth_deg:.0f} from {look.id}, {away}; "
        f"one observer, by eye only."
    )


def why(scene: Scene, f: Finding) -> str:
    """What of the report meets the zone."""
    _, s = looked_up(scene, f.place or "")
    hit = _zone(scene, s)
    if hit is None:
        return "a person saw it"
    zone = scene.area.areas.zones[hit[0]]
    if hit[1]:
        return f"a person saw it at a place inside the {zone.kind} zone {zone.id}; one report is enough"
    if s.range_m is None:
        return (
            f"a person saw it, and the bearing, give or take 2 sigma, meets the {zone.kind} zone {zone.id} within {SEEN_M:.0f} m"
        )
    return f"a person saw it within 2 sigma of the {zone.kind} zone {zone.id}; one report is enough"


RULE = Rule("sighting", find, why)
