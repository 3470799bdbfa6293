"""Friendly out of place or hours: a listed identity, nothing against it, outside all of its zones or out of its hours. Low.

An entry that names no zones is for everywhere. In or approaching a zone where it is not cleared, the entry or approach tells it, and
this rule raises nothing beside it.
"""

from __future__ import annotations

import numpy as np

from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene
from picket.watch.scene_kernels import LISTED


def find(scene: Scene) -> list[Finding]:
    """One finding per friendly that is out of place or hours."""
    if scene.rules.of("friendly_out_of_place") is None or not scene.sorts.any(LISTED):
        return []
    rows = np.flatnonzero(scene.sure & scene.sorts.listed & ~scene.sorts.contradicted & ~scene.muted).tolist()
    return [
        Finding("friendly_out_of_place", "friendly", None, "low", row, flags=("unauthorised",))
        for row in rows
        if reason(scene, row)
    ]


def reason(scene: Scene, row: int) -> str:
    """Why it is out of place, in words; empty when it is where and when it may be."""
    word = str(scene.tracks.words("identity")[int(scene.tracks["identity"][row])])
    holding = scene.friends.get(word, [])
    if not holding:
        ours = [f for f in scene.site.friendly if f.identity == word]
        hours = ", ".join(dict.fromkeys(f.hours for f in ours if f.flight is None))
        return f"its hours are {hours} UTC" if hours else "it is planned for another time"
    zones = [zone for f in holding for zone in f.zones]
    if scene.as_planned[row] or not all(f.zones or f.area for f in holding):
        return ""
    if not zones:
        return "it is outside the area, or above the ceiling, of its planned flight"
    areas, lines = scene.area.areas, scene.area.lines
    inside = any(bool(areas.outlines.inside(scene.xy[[row]])[0, areas.index[z]]) for z in zones if z in areas.index)
    return (
        ""
        if inside or any(z in lines.index for z in zones)
        else f"it may be in {', '.join(dict.fromkeys(zones))}, and is in none"
    )


def why(scene: Scene, f: Finding) -> str:
    """Its hours or zones."""
    return f"it is listed as friendly, but {reason(scene, f.row)}"


RULE = Rule("friendly_out_of_place", find, why)
