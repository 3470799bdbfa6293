"""What the detail pane shows of a track: where it was, and the raw reports it was made from. Bounded, in columns."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.words import Batch

POINTS = 240  # per track
SPACING_S = 1.0
_RECENT_ROWS = 100_000  # raw detections kept in memory


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
        ids = tracks["track_id"][live]
        if len(ids) != len(self._ids) or not np.array_equal(ids, self._ids):
            self._follow(ids)
        slots, time = self._slots, tracks["time"][live]
        last = self._data[slots, (self._count[slots] - 1) % POINTS, 0]
        due = ~(time - last < SPACING_S)  # NaN (never written) is due
        at = slots[due]
        where = self._count[at] % POINTS
        for k, name in enumerate(("time", "lat_deg", "lon_deg", "alt_wgs84_m")):
            self._data[at, where, k] = tracks[name][live][due]
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
    """The latest raw detections and the tracks that took them."""

    def __init__(self) -> None:
        self._parts: deque[tuple[Batch, npt.NDArray[np.int64]]] = deque()
        self._rows = 0

    def add(self, batch: Batch, track_ids: npt.NDArray[np.int64]) -> None:
        """Keeps a batch with the track that took each row (-1: none)."""
        if not batch.n:
            return
        self._parts.append((batch, track_ids))
        self._rows += batch.n
        while self._rows > _RECENT_ROWS and len(self._parts) > 1:
            self._rows -= self._parts.popleft()[0].n

    def latest(self, since: float, limit: int) -> list[dict[str, Any]]:
        """The newest `limit` detections received after `since`, newest last."""
        rows: list[dict[str, Any]] = []
        for batch, ids in reversed(self._parts):
            keep = np.flatnonzero(batch["received"] > since) if since else np.arange(batch.n)
            part = [{**row, "track_id": int(t)} for row, t in zip(batch.take(keep).rows(), ids[keep], strict=True)]
            rows[:0] = part[-(limit - len(rows)) :]
            if len(rows) >= limit:
                break
        return rows

    def sources(self, track_id: int) -> list[dict[str, Any]]:
        """Per sensor: how many of its reports the track took, and the last one as it came."""
        found: dict[str, dict[str, Any]] = {}
        for batch, ids in reversed(self._parts):
            rows = np.flatnonzero(ids == track_id)
            if not len(rows):
                continue
            part = batch.take(rows)
            for row in reversed(list(part.rows())):
                seen = found.get(row.get("sensor_id", "?"))
                if seen is None:
                    seen = found[row.get("sensor_id", "?")] = {
                        "sensor_id": row.get("sensor_id"), "kind": row.get("kind"), "detections": 0, "last_time": row.get("time"),
                        "last_source": row.get("source"), "last_source_offset": row.get("source_offset"), "last": row,
                    }  # fmt: skip
                seen["detections"] += 1
        return sorted(found.values(), key=lambda s: str(s["sensor_id"]))
