"""Two tracks on one object: one that bearings began, and one that a radar holds, are made one.

Where two direction finders cross before a radar sees the drone, the radar's first plots may lie outside the gate of the bearings' track,
or be nearer to a track of their own; then both go on, fed by turns with the same bearings. They are one object when for MERGE_S

    d' (P_a + P_b + A)^-1 d <= GATE

with d the difference of place and velocity along the ground at one time, and A what bearings of one place have wrong alike, which their
covariance does not hold (track-to-track: Bar-Shalom and Campo 1986, without the cross-covariance, which errs towards keeping both); when
the radar measures the one all that time and has never measured the other; and when no other track of a radar fits as well: of two that
might be it, none is taken.

The one that goes on has the radar's estimate and the older number; identities, transmitter and words of both are its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket.track.crossing import Bearings
from picket.track.layout_kernels import CONFIRMED, ENDED, RADAR_FRESH_S, Sensors, Tracks
from picket.track.motion_kernels import covariances

MERGE_S = 4.0
GATE = 13.3  # chi-square, 4 degrees of freedom, 0.99
ASTRAY_RAD, ASTRAY_MPS = 0.05, 3.0  # 1 sigma of what all bearings of a place have wrong alike: an antenna's mount, reflections
WIDEST_M = 600.0  # 1 sigma: of a vaguer place a radar's track is no proof
_FLAT = np.array([0, 1, 3, 4])
Ints = npt.NDArray[np.int64]


def merge(tracks: Tracks, n: int, now: float, sensors: Sensors, held: Bearings, owner: Ints) -> list[tuple[int, int]]:
    """Joins what has been one object for long enough; (number that goes on, number that ended) of each. Ended slots are ENDED."""
    listening = sum(1 << s for s in range(min(len(sensors.listens), 62)) if sensors.listens[s] == 1)
    if not listening or n == 0:
        held.beside.clear()
        return []
    live = tracks.status[:n] < ENDED
    heard = live & (tracks.sensors[:n] != 0) & (tracks.sensors[:n] & ~listening == 0) & (tracks.claims[:n] == 0)
    heard &= tracks.radar_updates[:n] == 0
    if not heard.any():
        held.beside.clear()
        return []
    seen = np.flatnonzero(
        live & (tracks.status[:n] == CONFIRMED) & (tracks.radar_updates[:n] > 0) & (now - tracks.radar_time[:n] < RADAR_FRESH_S)
    )
    beside: dict[int, tuple[int, float]] = {}
    joined = []
    for a in np.flatnonzero(heard).tolist():
        b = _partner(tracks, a, seen, now, sensors)
        if b < 0:
            continue
        number, other = int(tracks.id[a]), int(tracks.id[b])
        was = held.beside.get(number)
        since = was[1] if was is not None and was[0] == other else now
        if now - since >= MERGE_S:
            joined.append(_join(tracks, b, a, owner))
        else:
            beside[number] = (other, since)
    held.beside = beside
    return joined


def _partner(tracks: Tracks, a: int, seen: Ints, now: float, sensors: Sensors) -> int:
    """The one track of a radar that may be the object of track a; -1 when there is none, or more than one."""
    one = np.array([a])
    if not len(seen) or np.trace(covariances(tracks, one)[0, :2, :2]) > 2.0 * WIDEST_M * WIDEST_M:
        return -1
    x, P = _at(tracks, one, now)
    y, Q = _at(tracks, seen, now)
    d = y - x
    heard_by = [s for s in range(min(len(sensors.listens), 62)) if tracks.sensors[a] >> s & 1]
    away = max(float(np.hypot(*(sensors.offset[s, :2] - x[0, :2]))) for s in heard_by)
    S = P + Q + np.diag([(ASTRAY_RAD * away) ** 2] * 2 + [ASTRAY_MPS**2] * 2)
    fits = seen[np.einsum("ij,ij->i", d, np.linalg.solve(S, d[:, :, None])[:, :, 0]) <= GATE]
    fits = fits[[not _contradicts(tracks, a, int(b)) for b in fits]]
    return int(fits[0]) if len(fits) == 1 else -1


def _at(tracks: Tracks, which: Ints, now: float) -> tuple[Any, Any]:
    """(place and velocity along the ground (M, 4), covariance (M, 4, 4)) of tracks at `now`."""
    dt = now - tracks.time[which]
    x, P = tracks.x[which][:, _FLAT], covariances(tracks, which)[:, _FLAT][:, :, _FLAT]
    F = np.tile(np.eye(4), (len(which), 1, 1))
    F[:, 0, 2] = F[:, 1, 3] = dt
    return np.einsum("nij,nj->ni", F, x), F @ P @ F.transpose(0, 2, 1)


def _contradicts(tracks: Tracks, a: int, b: int) -> bool:
    """True when both say who they are, by one kind of identity, and differ."""
    ours, theirs = tracks.ident[a], tracks.ident[b]
    return bool(((ours >= 0) & (theirs >= 0) & (ours != theirs)).any())


def _join(tracks: Tracks, b: int, a: int, owner: Ints) -> tuple[int, int]:
    """Track b goes on with what a had, under the older number; a ends."""
    one, other = int(tracks.id[b]), int(tracks.id[a])
    tracks.id[b], tracks.id[a] = min(one, other), max(one, other)
    tracks.born[b] = min(tracks.born[b], tracks.born[a])
    tracks.sensors[b] |= tracks.sensors[a]
    tracks.updates[b] += tracks.updates[a]
    tracks.score[b] = np.maximum(tracks.score[b], tracks.score[a])
    for name in ("transmitter", "sensor_track"):
        column = getattr(tracks, name)
        column[b] = column[b] if column[b] >= 0 else column[a]
    for kind in range(tracks.ident.shape[1]):
        code = tracks.ident[a, kind]
        if code >= 0:
            if tracks.ident[b, kind] < 0:
                tracks.ident[b, kind] = code
            if owner[code] == a:
                owner[code] = b
    tracks.status[a] = ENDED
    return min(one, other), max(one, other)
