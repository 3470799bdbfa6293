"""Approach: an object that may alarm will reach a protected zone soon on its present course.

The course is straight: place plus velocity times t, for t up to within_s ([alert] approach_s). It reaches the zone when it meets the
outline, or passes it, getting nearer, by less than two sigma of the estimate (at most BUFFER_M). In height it must by then
be between floor and ceiling, two sigma included; an unknown height always is. Medium; high from NEAR_S, and for objects that
contradict themselves. Friendlies that are not cleared there: low.

Rejected: range rate to the zone's centre (large zones have no meaningful centre), and adding the velocity's uncertainty (a
hovering drone's would reach every zone within a minute).
"""

from __future__ import annotations

import numpy as np

from picket.watch.alert import Severity
from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Floats, Ints, Scene

NEAR_S = 20.0
BUFFER_M = 100.0  # a coasting track's sigma grows without bound; it must not "reach" everything
RISE_BUFFER_M = 50.0  # the same for two sigma of height


def find(scene: Scene) -> list[Finding]:
    """One finding per object and protected zone that it is about to reach."""
    areas = scene.area.areas
    targets = scene.area.protects & scene.in_force
    rows = scene.strangers
    if not targets.any() or not rows.any():
        return []
    limits = [scene.rules.value("approach", zone.id, "within_s") or 0.0 for zone in areas.zones]
    limit = max(limits, default=0.0)
    buffer = np.minimum(scene.two_sigma, BUFFER_M)
    at_s, at_m = areas.outlines.approach(scene.xy, scene.velocity, buffer, limit, rows, scene.over)
    if not (at_m < np.inf).any():  # no course passes near any of them
        return []
    nearing = (at_m == 0.0) | ((at_m <= buffer[:, None]) & (at_s > 0.0))
    nearing &= ~scene.within & targets & rows[:, None]
    found: list[Finding] = []
    for z in np.flatnonzero(nearing.any(axis=0)).tolist():
        zone_id = areas.zones[z].id
        near = np.flatnonzero(nearing[:, z] & ~scene.cleared(zone_id))
        reach_s = np.maximum(at_s[near, z], _rise_s(scene, near, z))
        for row, seconds in zip(near.tolist(), reach_s.tolist(), strict=True):
            if seconds <= limits[z]:
                found.append(_finding(scene, zone_id, row, seconds, float(at_m[row, z])))
    return found


def _finding(scene: Scene, zone_id: str, row: int, reach_s: float, pass_m: float) -> Finding:
    friend = scene.out_of_place(row)
    severity: Severity = "high" if reach_s <= NEAR_S or scene.sorts.contradicted[row] else "medium"
    if friend:
        severity = "low"
    return Finding("approach", "zone", zone_id, severity, row, reach_s, pass_m, None, ("unauthorised",) if friend else ())


def _rise_s(scene: Scene, rows: Ints, z: int) -> Floats:
    """(len(rows),) s until the height is within zone z's limits (two sigma included) at the present climb; inf for never."""
    areas = scene.area.areas
    slack = np.minimum(np.fmax(2.0 * scene.tracks["sigma_vertical_m"][rows], 0.0), RISE_BUFFER_M)  # an unknown one is none
    alt, climb = scene.alt[rows], scene.tracks["vel_up_mps"][rows]
    below, above = areas.floor_wgs84_m[z] - slack - alt, alt - areas.ceiling_wgs84_m[z] - slack
    out = np.zeros(len(rows))
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.where(above > 0.0, np.where(climb < 0.0, above / -climb, np.inf), out)
        return np.asarray(np.where(below > 0.0, np.where(climb > 0.0, below / climb, np.inf), out))


def why(scene: Scene, f: Finding) -> str:
    """Time to reach against the limit, and how near the course passes."""
    if f.reach_s == 0.0:
        return "it is over the zone, and its height is within 2 sigma of the zone's limits"
    course = "its course meets the zone" if f.pass_m == 0.0 else (
        f"its course passes the zone at {f.pass_m:.0f} m, less than its own uncertainty (2 sigma, "
        f"{min(scene.two_sigma[f.row], BUFFER_M):.0f} m),"
    )  # fmt: skip
    limit = scene.rules.value("approach", f.place, "within_s") or scene.site.alert.approach_s
    return f"{course} in {f.reach_s:.0f} s (limit {limit:g} s; high from {NEAR_S:g} s)"


RULE = Rule("approach", find, why)
