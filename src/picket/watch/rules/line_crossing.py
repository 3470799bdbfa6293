"""Line crossing: an object that may alarm went over a border line from its left to its right as drawn. High.

The step between two successive estimates is what crosses, so a fast object that is never seen near the line does too. The
finding holds until the object steps back over the line or its track ends: it is on the wrong side. Friendlies cleared for
the line are quiet; other listed friendlies give a medium alert; airliners, birds and vessels at the surface are quiet.
"""

from __future__ import annotations

import numpy as np

from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene


def find(scene: Scene) -> list[Finding]:
    """One finding per object and line that it is over."""
    lines = scene.area.lines
    if not len(lines) or not scene.tracks.n:
        return []
    start = scene.area.plane.to_plane(*scene.anchors)
    net = lines.outlines.crossings(start, scene.xy)
    if not net.any() and not scene.crossed:
        return []
    in_force = lines.in_force(scene.time)
    at_height = lines.at_height(scene.alt)
    alarm = scene.sure & ~scene.muted & ~scene.sorts.aircraft & ~scene.sorts.bird & ~scene.at_surface
    found: list[Finding] = []
    for z, zone in enumerate(lines.zones):
        if not in_force[z]:
            continue
        roots = scene.crossed.get(zone.id)
        beyond = np.array([root in roots for root in scene.roots.tolist()]) if roots else np.zeros(scene.tracks.n, np.bool_)
        over = np.where(net[:, z] == 0, beyond, (net[:, z] > 0) & at_height[:, z])
        rows = np.flatnonzero(over & alarm & ~scene.cleared(zone.id))
        margin = lines.outlines.distance_m(scene.xy[rows], z)
        for row, m in zip(rows.tolist(), margin.tolist(), strict=True):
            friend = scene.out_of_place(row)
            flags = ("unauthorised",) if friend else ()
            found.append(Finding("line_crossing", "line", zone.id, "medium" if friend else "high", row, None, 0.0, m, flags))
    return found


def why(scene: Scene, f: Finding) -> str:
    """The step against the line."""
    return (
        f"two successive estimates lie on either side of the line, from its left to its right; it is now {f.margin_m:.0f} m from the "
        f"line, give or take {scene.two_sigma[f.row]:.0f} m (2 sigma)"
    )


RULE = Rule("line_crossing", find, why)
