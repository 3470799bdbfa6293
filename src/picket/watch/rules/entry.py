"""Entry: an object that may alarm is inside a protected zone (high) or a warning zone (medium).

Horizontally and in height by its estimate; an unknown height is inside every zone it lies over. Quiet: birds, vessels at the
surface, airliners in a warning zone, and friendlies cleared there. A listed friendly that is not cleared there alarms one step
lower and says so.
"""

from __future__ import annotations

import numpy as np

from picket.watch.alert import Severity
from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene
from picket.watch.zones import height_zero_m


def find(scene: Scene) -> list[Finding]:
    """One finding per object and zone that it is in."""
    found: list[Finding] = []
    if not scene.any_within:
        return found
    areas, warned = scene.area.areas, scene.area.warns
    alarm = scene.sure & ~scene.sorts.bird & ~scene.at_surface
    inside = scene.within & alarm[:, None] & (scene.area.protects | warned)
    inside &= ~warned | ~(scene.muted | scene.sorts.neutral)[:, None]
    for z in np.flatnonzero(inside.any(axis=0)).tolist():
        zone = areas.zones[z]
        rows = np.flatnonzero(inside[:, z] & ~scene.cleared(zone.id))
        margin = areas.outlines.distance_m(scene.xy[rows], z)
        for row, m in zip(rows.tolist(), margin.tolist(), strict=True):
            friend = scene.out_of_place(row)
            severity: Severity = "high" if zone.kind == "protected" else "medium"
            if friend:
                severity = "medium" if zone.kind == "protected" else "low"
            found.append(Finding("entry", "zone", zone.id, severity, row, 0.0, 0.0, m, ("unauthorised",) if friend else ()))
    return found


def why(scene: Scene, f: Finding) -> str:
    """The estimate against the zone's outline and height limits."""
    zone = scene.area.areas.zones[scene.area.areas.index[f.place or ""]]
    margin = f.margin_m or 0.0
    estimate = f"its estimated place is {margin:.0f} m inside this {zone.kind} zone, give or take {scene.two_sigma[f.row]:.0f} m (2 sigma)"
    if zone.floor_m is None and zone.ceiling_m is None:
        return f"{estimate}; the zone has no height limits"
    alt = float(scene.alt[f.row])
    limits = f"{'any depth' if zone.floor_m is None else f'{zone.floor_m:g}'} to " + (
        "any height" if zone.ceiling_m is None else f"{zone.ceiling_m:g} m"
    )
    if np.isnan(alt):
        return f"{estimate}; its height is unknown, which counts as within {limits} {zone.height_reference}"
    height = alt - height_zero_m(scene.site, zone)
    return f"{estimate}; its height is {height:.0f} m, within {limits} {zone.height_reference}"


RULE = Rule("entry", find, why)
