"""Loiter: an object that may alarm has stayed within [alert] loiter_m of one place for stay_s, in or near a zone. Medium.

"Near" is within_m of the outline, at any height: who watches from above the ceiling watches all the same. Quiet: neutral objects, what
an ignore zone mutes, and friendlies cleared there.
"""

from __future__ import annotations

import numpy as np

from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene


def find(scene: Scene) -> list[Finding]:
    """One finding per object and zone that it loiters at."""
    found: list[Finding] = []
    areas = scene.area.areas
    for z, zone in enumerate(areas.zones):
        stay_s, within_m = (scene.rules.value("loiter", zone.id, key) for key in ("stay_s", "within_m"))
        if zone.kind not in ("protected", "warning") or stay_s is None or within_m is None or not scene.in_force[z]:
            continue
        staying = np.flatnonzero(scene.strangers & (scene.stay_s >= stay_s))
        if not len(staying):
            continue
        staying = staying[~scene.cleared(zone.id)[staying]]
        near = staying[scene.over[staying, z] | (areas.outlines.distance_m(scene.xy[staying], z) <= within_m)]
        found += [Finding("loiter", "zone", zone.id, "medium", row) for row in near.tolist()]
    return found


def why(scene: Scene, f: Finding) -> str:
    """The stay against the limits."""
    stay_s, within_m = (scene.rules.value("loiter", f.place, key) or 0.0 for key in ("stay_s", "within_m"))
    z = scene.area.areas.index[f.place or ""]
    away = "over the zone" if scene.over[f.row, z] else (
        f"{scene.area.areas.outlines.distance_m(scene.xy[[f.row]], z)[0]:.0f} m from the zone (limit {within_m:g} m)"
    )  # fmt: skip
    return f"it has stayed within {scene.site.alert.loiter_m:g} m of one place for {scene.stay_s[f.row]:.0f} s (limit {stay_s:g} s), {away}"


RULE = Rule("loiter", find, why)
