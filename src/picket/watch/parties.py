"""Who comes together, before the tracker says so, and who has left: what keeps fifty drones from being fifty alarms.

The tracker needs seconds to name a group. Until then each of its members is found alone. So a find that has no alert yet *joins* the
alert of the same family and zone of which something found at this step, or in the last LATELY_S, lies within JOIN_M and moves alike
(JOIN_MPS), or which lies amid a swarm. A new member is no reason to sound, unless it is worse or much nearer (life.told). A listed
friendly and a stranger are never one party; what is neutral stands alone.

The other way round, a find that belongs to an alert *leaves* it when it is more urgent than the rest (higher severity, or an entry
where they approach) and further than LEAVE_M from all of them: one that breaks away and comes in is an alert of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from picket.watch.case import OF_TRACKS, standing
from picket.watch.scene import AMID_M, SWARM, Floats, Ints, Scene
from picket.watch.units import Unit

JOIN_M, JOIN_MPS = 300.0, 10.0  # and two sigma; the tracker links a group within 150 m and 6 m/s
LEAVE_M = 400.0
LATELY_S = 5.0  # what was found so lately may be joined too


def joins(scene: Scene, unit: Unit, told: Iterable[tuple[int, Unit]]) -> int | None:
    """The case, of (case id, what was found of it at this step), that the unit joins: the nearest; None when there is none."""
    if unit.family not in OF_TRACKS or unit.family == "friendly":
        return None
    sort = _sort(scene, unit)
    if sort == "neutral":  # an airliner in a protected zone stands alone
        return None
    others = [(i, u) for i, u in told if (u.family, u.place) == (unit.family, unit.place) and _sort(scene, u) == sort]
    if not others:
        return None
    rows = np.array([row for _, u in others for row in u.rows])
    owners = np.array([i for i, u in others for _ in u.rows])
    near = _distance(scene, unit.rows, rows).min(axis=0) <= JOIN_M
    if not near.any():
        return None
    away = _apart(scene, unit, rows[near])
    best = int(np.lexsort((owners[near], away))[0])
    return int(owners[near][best]) if away[best] <= JOIN_M else None


def leavers(scene: Scene, units: list[Unit]) -> list[Unit]:
    """Of the units that belong to one alert, those that have broken away from the most of them and are more urgent."""
    if units[0].family not in OF_TRACKS:
        return []
    urgency = [max(standing(f) for f in u.findings) for u in units]
    if len(set(urgency)) < 2:  # one, or all alike: nobody is more urgent than the rest
        return []
    flocks = _flocks(scene, units)
    main = max(flocks, key=lambda flock: (sum(len(units[k].roots) for k in flock), -min(min(units[k].roots) for k in flock)))
    most = max(urgency[k] for k in main)
    return [units[k] for flock in flocks if flock is not main and max(urgency[k] for k in flock) > most for k in flock]


def _flocks(scene: Scene, units: list[Unit]) -> list[list[int]]:
    """The units, by index, that hang together over gaps of at most LEAVE_M. Cost: one pass over all rows for each unit."""
    rows = np.array([row for u in units for row in u.rows])
    owner = np.array([k for k, u in enumerate(units) for _ in u.rows])
    free, flocks = np.ones(len(units), np.bool_), []
    for first in range(len(units)):
        if not free[first]:
            continue
        free[first], flock, at = False, [first], 0
        while at < len(flock):
            candidates = np.flatnonzero(free[owner])
            away = _distance(scene, units[flock[at]].rows, rows[candidates])
            near = np.unique(owner[candidates[(away <= LEAVE_M).any(axis=0)]])
            free[near] = False
            flock += near.tolist()
            at += 1
        flocks.append(flock)
    return flocks


def _sort(scene: Scene, unit: Unit) -> str:
    """What may be of one party: strangers with strangers, friendlies with friendlies."""
    if not unit.sort:
        friendly = all("unauthorised" in f.flags for f in unit.findings)
        unit.sort = "neutral" if scene.sorts.neutral[unit.rows].any() else "friendly" if friendly else "stranger"
    return unit.sort


def _apart(scene: Scene, unit: Unit, rows: Ints) -> Floats:
    """(len(rows),) m from each to the nearest of the unit's that moves alike; inf where none does. An unknown velocity moves like any."""
    dv = scene.velocity[unit.rows][:, None] - scene.velocity[rows][None, :]
    sigma = np.nan_to_num(scene.tracks["sigma_velocity_mps"], nan=0.0)
    blur = 2.0 * np.hypot(
        sigma[unit.rows][:, None], sigma[rows][None, :]
    )  # of tracks that have just begun it is most of their velocity
    alike = ~(np.hypot(dv[..., 0], dv[..., 1]) > JOIN_MPS + blur)
    away = _distance(scene, unit.rows, rows)
    if _amid(scene, unit):  # a young track in a crowd may have taken its neighbours' plots: its velocity says nothing
        alike |= away <= AMID_M
    return np.asarray(np.where(alike, away, np.inf).min(axis=0))


def _amid(scene: Scene, unit: Unit) -> bool:
    """Whether it is in a crowd: SWARM or more strangers that surely exist, told or not, within AMID_M of it, itself included."""
    strangers = np.flatnonzero(scene.sure & ~scene.sorts.neutral)
    away = _distance(scene, unit.rows, strangers).min(axis=0, initial=np.inf)
    return int(np.count_nonzero(away <= AMID_M)) >= SWARM


def _distance(scene: Scene, a: Sequence[int] | Ints, b: Sequence[int] | Ints) -> Floats:
    """(len(a), len(b)) m along the ground."""
    d = scene.xy[a][:, None] - scene.xy[b][None, :]
    return np.asarray(np.hypot(d[..., 0], d[..., 1]))
