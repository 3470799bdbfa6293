"""What the detail pane shows of a track: where it was, and the raw reports it was made from. Bounded, in columns."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.words import Batch

POINTS = 240  # per track
SPACING_S = 1.0
_RECENT_ROWS = 100_000  # raw detections kept in memory
_RECENT_PARTS = 5_000  # in so many batches at most: a look compares each with the track's number

Part = tuple[Batch, npt.NDArray[np.int64]]  # a batch, and the track that took each row


class History:
    """The last places of every live track: rings of POINTS x (time, lat, lon, alt), one row per track."""

    def __init__(self, capacity: int = 256) -> None:
        self._slot: dict[int, int] = {}
        self._free = list(range(capacity - 1, -1, -1))
        self._data = np.full((capacity, POINTS, 4), np.nan)
        self._count = np.zeros(capacity, np.int64)
        self._ids: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._slots: npt.NDArray[np.int64] = np.empty(0, np.int64)

    def add(self, tracks: Batch) -> None:
        """Adds the places of a TRACK batch; tracks that are no longer in it are forgotten."""
        live = ~tracks.equals("status", "ended")
        if not live.all():
            tracks = tracks.take(live)
        ids = tracks["track_id"]
        if len(ids) != len(self._ids) or not np.array_equal(ids, self._ids):
            self._follow(ids)
        slots, time = self._slots, tracks["time"]
        last = self._data[slots, (self._count[slots] - 1) % POINTS, 0]
        due = np.flatnonzero(~(time - last < SPACING_S))  # NaN (never written) is due
        if not len(due):
            return
        at = slots[due]
        where = self._count[at] % POINTS
        for k, name in enumerate(("time", "lat_deg", "lon_deg", "alt_wgs84_m")):
            self._data[at, where, k] = tracks[name][due]
        self._count[at] += 1

    def _follow(self, ids: npt.NDArray[np.int64]) -> None:
        now = set(ids.tolist())
        for gone in [i for i in self._slot if i not in now]:
            slot = self._slot.pop(gone)
            self._count[slot] = 0
            self._data[slot] = np.nan
            self._free.append(slot)
        for new in ids.tolist():
            if new not in self._slot:
                if not self._free:
                    self._grow()
                self._slot[new] = self._free.pop()
        self._ids = ids.copy()
        self._slots = np.array([self._slot[i] for i in ids.tolist()], np.int64)

    def _grow(self) -> None:
        n = len(self._count)
        self._data = np.concatenate([self._data, np.full_like(self._data, np.nan)])
        self._count = np.concatenate([self._count, np.zeros_like(self._count)])
        self._free.extend(range(2 * n - 1, n - 1, -1))

    def of(self, track_id: int) -> list[list[float | None]]:
        """[[time, lat, lon, alt or None], ...] oldest first; empty for a track that is not live."""
        slot = self._slot.get(track_id)
        if slot is None:
            return []
        n = int(self._count[slot])
        order = [i % POINTS for i in range(max(0, n - POINTS), n)]
        return [[None if v != v else v for v in row] for row in self._data[slot, order].tolist()]


class Recent:
    """The latest raw detections and the tracks that took them.

    `parts` is the engine's, taken under its lock; `latest` and `sources` work on what it gave, without the lock.
    """

    def __init__(self) -> None:
        self._parts: deque[Part] = deque()
        self._rows = 0

    def add(self, batch: Batch, track_ids: npt.NDArray[np.int64]) -> None:
        """Keeps a batch with the track that took each row (-1: none)."""
        if not batch.n:
            return
        self._parts.append((batch, track_ids))
        self._rows += batch.n
        while (self._rows > _RECENT_ROWS or len(self._parts) > _RECENT_PARTS) and len(self._parts) > 1:
            self._rows -= self._parts.popleft()[0].n

    def parts(self) -> list[Part]:
        """What is held now, oldest first."""
        return list(self._parts)


def latest(parts: Sequence[Part], since: float, limit: int) -> list[dict[str, Any]]:
    """The newest `limit` detections received after `since` (0: whenever), newest last."""
    found: list[list[dict[str, Any]]] = []
    left = limit
    for batch, ids in reversed(parts):
        keep = (np.flatnonzero(batch["received"] > since) if since else np.arange(batch.n))[-left:]
        found.append([{**row, "track_id": int(t)} for row, t in zip(batch.take(keep).rows(), ids[keep], strict=True)])
        left -= len(keep)
        if left <= 0:
            break
    return [row for part in reversed(found) for row in part]


def sources(parts: Sequence[Part], track_id: int) -> list[dict[str, Any]]:
    """Per sensor: how many of its reports the track took, and the last one as it came. One comparison a row, one dictionary a sensor."""
    found: dict[str | None, dict[str, Any]] = {}
    for batch, ids in reversed(parts):
        rows = np.flatnonzero(ids == track_id)
        if not len(rows):
            continue
        codes, words = batch["sensor_id"][rows], batch.words("sensor_id")
        for code in np.unique(codes).tolist():
            name, own = (words[code] if code >= 0 else None), rows[codes == code]
            if name not in found:
                row = next(iter(batch.take(own[-1:]).rows()))
                found[name] = {
                    "sensor_id": name, "kind": row.get("kind"), "detections": 0, "last_time": row.get("time"),
                    "last_source": row.get("source"), "last_source_offset": row.get("source_offset"), "last": row,
                }  # fmt: skip
            found[name]["detections"] += len(own)
    return sorted(found.values(), key=lambda s: str(s["sensor_id"]))
