"""Swarm: a group of `count` or more sure objects, its nearest within within_m of a zone. Medium.

The tracker says who belongs together (group_id); neutral objects in it do not count, nor does what an ignore zone mutes.
"""

from __future__ import annotations

import numpy as np

from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Ints, Scene


def find(scene: Scene) -> list[Finding]:
    """One finding per group and zone: on its member nearest to the zone."""
    groups: list[Ints] | None = None
    found: list[Finding] = []
    areas = scene.area.areas
    for z, zone in enumerate(areas.zones):
        count, within_m = (scene.rules.value("swarm", zone.id, key) for key in ("count", "within_m"))
        if zone.kind not in ("protected", "warning") or count is None or within_m is None or not scene.in_force[z]:
            continue
        groups = _groups(scene) if groups is None else groups
        for rows in groups:
            if len(rows) < count:
                continue
            away = np.where(scene.over[rows, z], 0.0, areas.outlines.distance_m(scene.xy[rows], z))
            k = int(np.argmin(away))
            if away[k] <= within_m:
                found.append(Finding("swarm", "zone", zone.id, "medium", int(rows[k]), pass_m=float(away[k])))
    return found


def _groups(scene: Scene) -> list[Ints]:
    """The counted rows of every group of two or more."""
    counted = np.flatnonzero(scene.strangers & (scene.groups >= 0))
    return [counted[scene.groups[counted] == g] for g in sorted(set(scene.groups[counted].tolist()))]


def why(scene: Scene, f: Finding) -> str:
    """Its size and distance against the limits."""
    count, within_m = (scene.rules.value("swarm", f.place, key) or 0.0 for key in ("count", "within_m"))
    size = next(len(rows) for rows in _groups(scene) if f.row in rows)
    return f"it is a group of {size} (limit {count:g}) whose nearest is {f.pass_m:.0f} m from the zone (limit {within_m:g} m)"


RULE = Rule("swarm", find, why)
