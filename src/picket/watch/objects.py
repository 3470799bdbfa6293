"""Which track is which object: memory of the tracks just seen, so that a track swap is not a new object.

A tracker may lose an object and begin a new track on it. For the officer that is one object and one alert. So each track has a
*root*: the first track of what is taken for the same object. A track that has just become sure takes over the root of one
that stopped being measured, when it could have flown there: within REJOIN_S, and within REJOIN_M plus the way at its own
speed. When the old track is measured again after all, they were two objects, and the link is undone.

The memory also keeps each track's anchor: the place from which the next step of a line crossing is drawn. It moves only while the track
is sure, so a line crossed by a track that was still tentative is noticed when it is confirmed. And it keeps where and since when each
track has stayed within `stay_m` of one place: leaving that circle begins another.

Bounded: tracks present at the last step, plus sure ones gone for at most REJOIN_S.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.watch import objects_kernels as k
from picket.words import Batch

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

REJOIN_S = 15.0
REJOIN_M = 150.0

_FLOATS = (
    "lat", "lon", "speed", "updated_at",
    "sure_since",  # NaN until the track is sure enough to alarm
    "anchor_lat", "anchor_lon", "stay_lat", "stay_lon", "stay_since",
)  # fmt: skip
_INTS = (
    "id", "root",
    "live",  # measured: present and neither coasting nor ended
)  # fmt: skip
_CARRIED = range(k.ANCHOR_LAT, k.N_FLOATS)  # what a track takes over, beside its root, from the one it continues


class Objects:
    """Columns over the remembered tracks, sorted by track id."""

    def __init__(self) -> None:
        self._floats, self._ints = np.empty((k.N_FLOATS, 0)), np.empty((k.N_INTS, 0), np.int64)
        self._identity: dict[int, str] = {}  # of tracks that are gone
        self._named: Callable[[], dict[int, str]] = dict  # of those of the last step

    def observe(
        self, time: float, tracks: Batch, live: Bools, sure: Bools, claimed: Callable[[], set[int]], muted: Callable[[], set[int]],
        stay_m: float,
    ) -> tuple[Ints, Floats, Floats, Floats]:  # fmt: skip
        """Takes in a step's tracks; gives each row's root, the (lat, lon) anchors before this step, and how long it stayed (s), all (N,).

        tracks: sorted by id, each once. claimed tracks have an alert of their own and keep it; muted roots are those of alerts that an
        officer closed: no new track continues them, or a drone beside a dismissed bird would be dismissed with it.
        """
        n = tracks.n
        floats, ints, may_link = k.carry(
            self._floats, self._ints, tracks["track_id"], tracks["lat_deg"], tracks["lon_deg"], tracks["vel_east_mps"],
            tracks["vel_north_mps"], tracks["updated_at"], tracks["time"], live, sure, time, REJOIN_S,
        )  # fmt: skip
        gone = ints[k.ID, n:].tolist()
        if gone or self._identity:
            named = self._identities()
            self._identity = {i: named[i] for i in gone if i in named}
        self._named = partial(_identities, tracks, sure)
        if may_link:
            self._link(time, floats, ints, n, sure, claimed(), muted())
        root, anchors, stay_s = ints[k.ROOT, :n].copy(), np.empty((2, n)), np.empty(n)
        self._floats, self._ints = k.settle(floats, ints, n, sure, time, stay_m, anchors, stay_s)
        return root, anchors[0], anchors[1], stay_s

    def _identities(self) -> dict[int, str]:
        return {**self._identity, **self._named()}

    def roots(self) -> set[int]:
        """The roots of all remembered tracks."""
        return set(self._ints[k.ROOT].tolist())

    def _link(self, time: float, floats: Floats, ints: Ints, n: int, sure: Bools, claimed: set[int], muted: set[int]) -> None:
        """Gives each newly sure row the root, and the anchor, of the unmeasured track that it most likely continues."""
        id_, root, live = ints[k.ID], ints[k.ROOT], ints[k.LIVE] == 1
        lat, lon, speed, since = floats[k.LAT], floats[k.LON], floats[k.SPEED], floats[k.SURE_SINCE]
        young = np.flatnonzero(sure & live[:n] & (root[:n] == id_[:n]) & (np.abs(time - since[:n]) <= REJOIN_S))
        young = young[[i not in claimed for i in id_[young].tolist()]] if len(young) else young
        if not len(young):
            return
        lost_s = np.abs(time - floats[k.UPDATED_AT])
        lost = np.flatnonzero(~live & ~np.isnan(since) & (lost_s <= REJOIN_S))
        taken_up = muted.union(root[live].tolist())
        lost = lost[[r not in taken_up for r in root[lost].tolist()]] if len(lost) else lost
        if not len(lost):
            return
        north = (lat[young][:, None] - lat[lost]) * k.M_PER_DEG
        turn = (lon[young][:, None] - lon[lost] + 180.0) % 360.0 - 180.0
        away = np.hypot(north, turn * k.M_PER_DEG * np.cos(np.radians(lat[lost])))
        reach = REJOIN_M + speed[lost] * lost_s[lost]
        possible = (away <= reach) & (since[lost] < since[young][:, None]) & (id_[lost] != id_[young][:, None])
        pairs = np.argwhere(possible)
        pairs = pairs[np.lexsort((id_[lost[pairs[:, 1]]], id_[young[pairs[:, 0]]], away[pairs[:, 0], pairs[:, 1]]))]
        taken: set[int] = set()
        identity = self._identities()
        for a, b in pairs.tolist():
            y, old = int(young[a]), int(lost[b])
            mine, theirs = identity.get(int(id_[y])), identity.get(int(id_[old]))
            if root[y] != id_[y] or int(root[old]) in taken or (mine and theirs and mine != theirs):
                continue
            taken.add(int(root[old]))
            root[y] = root[old]
            floats[_CARRIED, y] = floats[_CARRIED, old]

    # -- saved and restored ----------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """Plain lists, for msgpack."""
        held: dict[str, list[Any]] = {name: self._ints[q].tolist() for q, name in enumerate(_INTS)}
        held["live"] = [bool(v) for v in held["live"]]
        held |= {name: self._floats[q].tolist() for q, name in enumerate(_FLOATS)}
        return {"held": held, "identity": list(self._identities().items())}

    def take_state(self, state: dict[str, Any]) -> None:
        """The inverse of `state`."""
        held = {
            "stay_lat": state["held"]["lat"],
            "stay_lon": state["held"]["lon"],
            "stay_since": state["held"]["sure_since"],
        }  # of version 1
        held |= state["held"]
        n = len(held["id"])
        self._ints = np.array([held[name] for name in _INTS], np.int64).reshape(k.N_INTS, n)
        self._floats = np.array([held[name] for name in _FLOATS], np.float64).reshape(k.N_FLOATS, n)
        self._identity, self._named = {int(i): str(word) for i, word in state["identity"]}, dict


def _identities(tracks: Batch, sure: Bools) -> dict[int, str]:
    """Of the sure rows that have one."""
    codes, words = tracks["identity"], tracks.words("identity")
    rows = np.flatnonzero(sure & (codes >= 0))
    return {i: str(words[c]) for i, c in zip(tracks["track_id"][rows].tolist(), codes[rows].tolist(), strict=True)}
