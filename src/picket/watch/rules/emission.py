"""Emission without a track: a drone's link is heard where nothing is tracked (`picket.watch.contacts` says what explains it). Medium."""

from __future__ import annotations

from picket.watch.contacts import EXPLAINED_DEG, Contact
from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene


def find(scene: Scene) -> list[Finding]:
    """One finding per contact that was heard at this step."""
    return [Finding("emission_without_track", "emission", c.place, "medium", sensor_id=c.sensor_id) for c in scene.contacts]


def contact_of(scene: Scene, f: Finding) -> Contact:
    """The contact that a finding is about."""
    found: Contact = next(c for c in scene.contacts if c.place == f.place)
    return found


def why(scene: Scene, f: Finding) -> str:
    """What was heard, and that nothing explains it."""
    c = contact_of(scene, f)
    if c.heard.bearing_deg is None:
        return f"{c.sensor_id} hears a link labelled {c.heard.label}, cannot tell from where, and nothing that may carry it is tracked"
    sensor = scene.site.sensor_named(c.sensor_id)
    sigma = c.heard.sigma_deg or (sensor.sigma_azimuth_deg if sensor is not None else 0.0)
    limit = max(3 * sigma, EXPLAINED_DEG)
    return f"{c.sensor_id} hears a link labelled {c.heard.label}, and no track lies within {limit:.0f} deg of its bearing"


RULE = Rule("emission_without_track", find, why)
