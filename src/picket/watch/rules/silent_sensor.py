"""Silent sensor: nothing was heard from it for more than [alert] silent_scans of its periods (the station judges it). Medium.

An empty sky with a silent radar is not an empty sky: the alert says what is not being watched.
"""

from __future__ import annotations

from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene


def find(scene: Scene) -> list[Finding]:
    """One finding per silent sensor."""
    return [Finding("silent_sensor", "sensor", s.id, "medium") for s in scene.sensors if s.state == "silent"]


def why(scene: Scene, f: Finding) -> str:
    """Its silence against the limit."""
    look = next(s for s in scene.sensors if s.id == f.place)
    scans, age = scene.site.alert.silent_scans, "" if look.age_s is None else f" for {look.age_s:.0f} s"
    if look.period_s is None:
        return f"nothing was heard from it{age} (limit {scans:g} of its periods)"
    return f"nothing was heard from it{age} (limit {scans:g} periods of {look.period_s:g} s: {scans * look.period_s:.0f} s)"


RULE = Rule("silent_sensor", find, why)
