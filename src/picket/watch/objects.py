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

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

REJOIN_S = 15.0
REJOIN_M = 150.0
_EARTH_M_PER_DEG = 111_195.0  # mean sphere: good to 0.6 %, enough for a gate

_COLUMNS: dict[str, Any] = {
    "id": np.int64,
    "root": np.int64,
    "lat": np.float64,
    "lon": np.float64,
    "speed": np.float64,
    "updated_at": np.float64,
    "sure_since": np.float64,  # NaN until the track is sure enough to alarm
    "live": np.bool_,  # measured: present and neither coasting nor ended
    "anchor_lat": np.float64,
    "anchor_lon": np.float64,
    "stay_lat": np.float64,
    "stay_lon": np.float64,
    "stay_since": np.float64,
}
_CARRIED = (
    "root",
    "anchor_lat",
    "anchor_lon",
    "stay_lat",
    "stay_lon",
    "stay_since",
)  # what a track takes over from the one it continues


class Objects:
    """Columns over the remembered tracks, sorted by track id."""

    def __init__(self) -> None:
        self._held: dict[str, Array] = {name: np.empty(0, dtype) for name, dtype in _COLUMNS.items()}
        self._identity: dict[int, str] = {}

    def observe(
        self, time: float, rows: dict[str, Array], sure: Array, identity: dict[int, str], claimed: set[int], muted: set[int], stay_m: float,
    ) -> tuple[Array, Array, Array, Array]:  # fmt: skip
        """Takes in a step's tracks; gives each row's root, the (lat, lon) anchors before this step, and how long it stayed (s), all (N,).

        rows holds id (sorted, unique), lat, lon, speed, updated_at and live; identity names the sure tracks that have one;
        claimed tracks have an alert of their own and keep it; muted roots are those of alerts that an officer closed: no new
        track continues them, or a drone beside a dismissed bird would be dismissed with it.
        """
        old, n = self._held, len(rows["id"])
        at = np.searchsorted(old["id"], rows["id"])
        known = np.zeros(n, np.bool_)
        inside = at < len(old["id"])
        known[inside] = old["id"][at[inside]] == rows["id"][inside]
        at = np.where(known, at, 0)
        now = {**rows, "root": rows["id"].copy(), "anchor_lat": rows["lat"].copy(), "anchor_lon": rows["lon"].copy()}
        now |= {"stay_lat": rows["lat"].copy(), "stay_lon": rows["lon"].copy(), "stay_since": np.full(n, time)}
        now["sure_since"] = np.where(sure, time, np.nan)
        if len(old["id"]):
            for name in _CARRIED:
                now[name] = np.where(known, old[name][at], now[name])
            earlier = old["sure_since"][at]
            now["sure_since"] = np.where(known & ~np.isnan(earlier), earlier, now["sure_since"])
        gone = self._gone(time, rows["id"])
        merged = {name: np.concatenate([now[name], gone[name]]) for name in _COLUMNS}
        self._identity = {**{i: self._identity[i] for i in gone["id"].tolist() if i in self._identity}, **identity}
        _unlink(merged)
        self._link(time, merged, n, sure, claimed, muted)
        root, lat, lon = merged["root"][:n], merged["anchor_lat"][:n].copy(), merged["anchor_lon"][:n].copy()
        merged["anchor_lat"][:n] = np.where(sure, rows["lat"], lat)
        merged["anchor_lon"][:n] = np.where(sure, rows["lon"], lon)
        _stay(time, merged, n, stay_m)
        stay_s = np.maximum(time - merged["stay_since"][:n], 0.0)
        order = np.argsort(merged["id"], kind="stable")
        self._held = {name: column[order] for name, column in merged.items()}
        return root.copy(), lat, lon, stay_s

    def roots(self) -> set[int]:
        """The roots of all remembered tracks."""
        return set(self._held["root"].tolist())

    def _gone(self, time: float, present: Array) -> dict[str, Array]:
        old = self._held
        keep = ~np.isin(old["id"], present) & ~np.isnan(old["sure_since"]) & (np.abs(time - old["updated_at"]) <= REJOIN_S)
        gone = {name: column[keep] for name, column in old.items()}
        gone["live"] = np.zeros(len(gone["id"]), np.bool_)
        return gone

    def _link(self, time: float, merged: dict[str, Array], n: int, sure: Array, claimed: set[int], muted: set[int]) -> None:
        """Gives each newly sure row the root, and the anchor, of the unmeasured track that it most likely continues."""
        id_, root, since = merged["id"], merged["root"], merged["sure_since"]
        young = np.flatnonzero(sure & merged["live"][:n] & (root[:n] == id_[:n]) & (np.abs(time - since[:n]) <= REJOIN_S))
        lost_s = np.abs(time - merged["updated_at"])
        lost = np.flatnonzero(~merged["live"] & ~np.isnan(since) & (lost_s <= REJOIN_S))
        lost = lost[~np.isin(root[lost], root[merged["live"]]) & ~np.isin(root[lost], list(muted))]
        young = young[~np.isin(id_[young], list(claimed))]
        if not len(young) or not len(lost):
            return
        north = (merged["lat"][young][:, None] - merged["lat"][lost]) * _EARTH_M_PER_DEG
        turn = (merged["lon"][young][:, None] - merged["lon"][lost] + 180.0) % 360.0 - 180.0
        away = np.hypot(north, turn * _EARTH_M_PER_DEG * np.cos(np.radians(merged["lat"][lost])))
        reach = REJOIN_M + merged["speed"][lost] * lost_s[lost]
        possible = (away <= reach) & (since[lost] < since[young][:, None]) & (id_[lost] != id_[young][:, None])
        pairs = np.argwhere(possible)
        pairs = pairs[np.lexsort((id_[lost[pairs[:, 1]]], id_[young[pairs[:, 0]]], away[pairs[:, 0], pairs[:, 1]]))]
        taken: set[int] = set()
        for a, b in pairs.tolist():
            y, old = int(young[a]), int(lost[b])
            mine, theirs = self._identity.get(int(id_[y])), self._identity.get(int(id_[old]))
            if root[y] != id_[y] or int(root[old]) in taken or (mine and theirs and mine != theirs):
                continue
            taken.add(int(root[old]))
            for name in _CARRIED:
                merged[name][y] = merged[name][old]

    # -- saved and restored ----------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """Plain lists, for msgpack."""
        return {"held": {name: column.tolist() for name, column in self._held.items()}, "identity": list(self._identity.items())}

    def take_state(self, state: dict[str, Any]) -> None:
        """The inverse of `state`."""
        held = {
            "stay_lat": state["held"]["lat"],
            "stay_lon": state["held"]["lon"],
            "stay_since": state["held"]["sure_since"],
        }  # of version 1
        held |= state["held"]
        self._held = {name: np.array(held[name], dtype) for name, dtype in _COLUMNS.items()}
        self._identity = {int(i): str(word) for i, word in state["identity"]}


def _unlink(merged: dict[str, Array]) -> None:
    """Where two measured tracks share a root they are two objects: the first keeps it, the others become their own."""
    live = np.flatnonzero(merged["live"])
    order = live[np.lexsort((merged["id"][live], merged["root"][live]))]
    roots = merged["root"][order]
    again = order[1:][roots[1:] == roots[:-1]]
    merged["root"][again] = merged["id"][again]


def _stay(time: float, merged: dict[str, Array], n: int, stay_m: float) -> None:
    """Who of the first n rows left its circle begins another; so does one that stays since a time ahead of a clock set back."""
    lat, lon, at_lat, at_lon = (merged[c][:n] for c in ("lat", "lon", "stay_lat", "stay_lon"))
    north = (lat - at_lat) * _EARTH_M_PER_DEG
    east = ((lon - at_lon + 180.0) % 360.0 - 180.0) * _EARTH_M_PER_DEG * np.cos(np.radians(lat))
    left = ~(np.hypot(north, east) <= stay_m) | ~(merged["stay_since"][:n] <= time)
    for name, value in (("stay_lat", lat), ("stay_lon", lon), ("stay_since", np.full(n, time))):
        merged[name][:n] = np.where(left, value, merged[name][:n])
