"""Unknown in a corridor: inside it, within its heights, and no airliner, bird, vessel or friendly cleared there. Medium."""

from __future__ import annotations

import numpy as np

from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene


def find(scene: Scene) -> list[Finding]:
    """One finding per object and corridor that it is in."""
    found: list[Finding] = []
    if not scene.any_within:
        return found
    areas, alarm = scene.area.areas, scene.strangers
    for z in np.flatnonzero(scene.area.kind == "corridor").tolist():
        zone = areas.zones[z]
        if scene.rules.of("unknown_in_corridor", zone.id) is None:
            continue
        rows = np.flatnonzero(scene.within[:, z] & alarm & ~scene.cleared(zone.id))
        margin = areas.outlines.distance_m(scene.xy[rows], z)
        found += [
            Finding(
                "unknown_in_corridor",
                "corridor",
                zone.id,
                "medium",
                row,
                0.0,
                0.0,
                m,
                ("unauthorised",) if scene.out_of_place(row) else (),
            )
            for row, m in zip(rows.tolist(), margin.tolist(), strict=True)
        ]
    return found


def why(scene: Scene, f: Finding) -> str:
    """The estimate against the outline."""
    return (
        f"its estimated place is {f.margin_m or 0.0:.0f} m inside the corridor, give or take {scene.two_sigma[f.row]:.0f} m (2 sigma), "
        "and it is no airliner, bird, vessel or friendly cleared there"
    )


RULE = Rule("unknown_in_corridor", find, why)
