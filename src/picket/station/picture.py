"""The picture as the page receives it (docs/stream.md, /ws/picture): columns with change stamps.

Every row remembers the frame number at which it last changed, so a delta from any earlier frame is one comparison, and
a slow client needs no queue: it gets what changed since the frame that it holds. A `Picture` never changes after it was
made: the engine makes a new one, the I/O loop reads the latest.
"""

from __future__ import annotations

import struct
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from picket.words import Batch

_HEAD = struct.Struct("<4sBBHIIdII")
_STATUS = {"tentative": 0, "confirmed": 1, "coasting": 2}
_CLASS = {"unknown": 0, "drone": 1, "bird": 2, "aircraft": 3, "vessel": 4}
_FLAGS = {"spoof_suspected": 1, "unconfirmed_position": 2, "unauthorised": 4, "two_places": 8, "impossible_speed": 16,
          "sensor_disagrees": 32, "frozen_position": 64}  # fmt: skip
_REMOVALS_KEPT = 20_000
_MIN_TENTATIVE = 0.5

# wire columns after the ids: name, dtype. A row counts as changed when one of `_WATCHED` changes: between frames a client
# moves tracks along their velocity, so a predicted position alone is no news.
_WIRE: tuple[tuple[str, Any], ...] = (
    ("updated_at", "<f8"), ("lat", "<i4"), ("lon", "<i4"), ("alt_wgs84_m", "<f4"), ("vel_east_mps", "<f4"),
    ("vel_north_mps", "<f4"), ("vel_up_mps", "<f4"), ("sigma_horizontal_m", "<f4"), ("group_id", "<i4"), ("status", "u1"),
    ("affiliation", "u1"), ("classification", "u1"), ("flags", "u1"), ("existence", "u1"), ("alert", "u1"),
)  # fmt: skip
_WATCHED = ("updated_at", "group_id", "status", "affiliation", "classification", "flags", "alert")


class Picture:
    """All tracks that are shown at one moment. Build the next one with `next`."""

    def __init__(self, *, simulated: bool) -> None:
        self.simulated, self.seq, self.time = simulated, 0, 0.0
        self.ids: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self.columns: dict[str, npt.NDArray[Any]] = {name: np.empty(0, dtype) for name, dtype in _WIRE}
        self.changed: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self.labelled: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self.labels: dict[int, tuple[str | None, str | None]] = {}
        self.removed_ids: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self.removed_at: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self.oldest_base = 0
        self._frames: dict[int, bytes] = {}

    def anew(self) -> Picture:
        """A picture of nothing that no earlier frame leads to: whoever holds one gets the next picture whole."""
        new = Picture(simulated=self.simulated)
        new.seq, new.time, new.oldest_base = self.seq, self.time, self.seq + 1
        return new

    def next(self, time: float, tracks: Batch, affiliation: npt.NDArray[np.uint8], level: npt.NDArray[np.uint8]) -> Picture:
        """The picture after this one."""
        new = Picture(simulated=self.simulated)
        new.seq, new.time = self.seq + 1, time
        order = _shown(tracks)
        new.ids = tracks["track_id"][order]
        new.columns = _wire(tracks, order, affiliation, level)
        old = np.searchsorted(self.ids, new.ids)
        old_or_0 = np.minimum(old, max(len(self.ids) - 1, 0))
        known = (self.ids[old_or_0] == new.ids) if len(self.ids) else np.zeros(len(new.ids), np.bool_)
        at = old_or_0[known]
        new.changed = np.full(len(new.ids), new.seq)
        new.changed[known] = np.where(self._differs(new, known, at), new.seq, self.changed[at])
        new._label(self, tracks, order, known, at)
        new._remove(self)
        return new

    def _differs(self, new: Picture, known: npt.NDArray[np.bool_], at: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        differs = np.zeros(len(at), np.bool_)
        for name in _WATCHED:
            differs |= new.columns[name][known] != self.columns[name][at]
        return differs

    def _label(self, old: Picture, tracks: Batch, order: Any, known: Any, at: Any) -> None:
        """Labels of this picture. Only rows that have an identity, or had one, cost anything per row.

        A removed track's label is remembered as long as its removal: should the number come back without identity, a
        client that missed the absence must be told that the label is gone.
        """
        codes, words = tracks["identity"][order], tracks.words("identity")
        kinds, kind_words = tracks["identity_kind"][order], tracks.words("identity_kind")
        self.labelled = np.zeros(len(self.ids), np.int64)
        self.labelled[known] = old.labelled[at]
        self.labels = {t: old.labels[t] for t in old.removed_ids.tolist() if t in old.labels}
        self.labels.update({t: old.labels[t] for t in old.ids.tolist() if t in old.labels} if old.labels else {})
        for i in np.flatnonzero((codes >= 0) | np.isin(self.ids, list(self.labels))).tolist():
            track_id = int(self.ids[i])
            identity = words[codes[i]] if codes[i] >= 0 else None
            label = (identity, kind_words[kinds[i]] if identity and kinds[i] >= 0 else None)
            if not known[i] or self.labels.get(track_id) != label:
                self.labelled[i] = self.changed[i] = self.seq
            self.labels[track_id] = label

    def _remove(self, old: Picture) -> None:
        gone = old.ids[~np.isin(old.ids, self.ids, assume_unique=True)]
        self.removed_ids = np.concatenate([old.removed_ids, gone])
        self.removed_at = np.concatenate([old.removed_at, np.full(len(gone), self.seq)])
        self.oldest_base = old.oldest_base
        extra = len(self.removed_ids) - _REMOVALS_KEPT
        if extra > 0:
            self.oldest_base = int(self.removed_at[extra - 1])
            self.removed_ids, self.removed_at = self.removed_ids[extra:], self.removed_at[extra:]

    def frame(self, base: int) -> bytes:
        """The frame that takes a client from frame `base` (0: nothing yet) to this picture. Encoded once per base."""
        if base < self.oldest_base or base > self.seq:
            base = 0
        held = self._frames.get(base)
        if held is None:
            held = self._frames[base] = self._encode(base)
        return held

    def _encode(self, base: int) -> bytes:
        rows = slice(None) if base == 0 else np.flatnonzero(self.changed > base)
        removed = self.removed_ids[self.removed_at > base] if base else np.empty(0, np.int64)
        removed = removed[~np.isin(removed, self.ids)]
        ids = self.ids[rows]
        kind, flags = (1 if base == 0 else 2), int(self.simulated)
        parts = [
            _HEAD.pack(b"PKT1", kind, flags, 0, self.seq, base, self.time, len(ids), len(removed)),
            ids.astype("<f8").tobytes(), removed.astype("<f8").tobytes(),
            *(self.columns[name][rows].tobytes() for name, _ in _WIRE),
        ]  # fmt: skip
        labels = self._labels_since(base, rows, ids)
        body = b"".join(parts)
        pad = b"\0" * (-len(body) % 4)
        return body + pad + struct.pack("<I", len(labels)) + labels

    def _labels_since(self, base: int, rows: Any, ids: npt.NDArray[np.int64]) -> bytes:
        if base:
            ids = ids[self.labelled[rows] > base]
        labels = {str(i): self.labels[i] for i in ids.tolist() if i in self.labels}
        return msgspec.json.encode({k: {"identity": v[0], "identity_kind": v[1]} for k, v in labels.items()})


def _shown(tracks: Batch) -> npt.NDArray[np.int64]:
    """Positions of the rows that are shown, in the order of their track ids."""
    shown = ~tracks.equals("status", "ended")
    shown &= ~(tracks.equals("status", "tentative") & (tracks["existence"] < _MIN_TENTATIVE))
    where = np.flatnonzero(shown)
    return where[np.argsort(tracks["track_id"][where], kind="stable")]


def _coded(tracks: Batch, name: str, codes: dict[str, int], order: Any) -> npt.NDArray[np.uint8]:
    """A text column as the wire's small numbers."""
    table = np.array([codes.get(w, 0) for w in tracks.words(name)] + [0], np.uint8)
    coded: npt.NDArray[np.uint8] = table[tracks[name][order]]
    return coded


def _wire(tracks: Batch, order: Any, affiliation: Any, level: Any) -> dict[str, npt.NDArray[Any]]:
    flag_table = np.array([sum(_FLAGS.get(f, 0) for f in flags) for flags in tracks.words("flags")] + [0], np.uint8)
    values = {
        "lat": np.nan_to_num(np.rint(tracks["lat_deg"][order] * 1e7)),
        "lon": np.nan_to_num(np.rint(tracks["lon_deg"][order] * 1e7)),
        "status": _coded(tracks, "status", _STATUS, order),
        "classification": _coded(tracks, "classification", _CLASS, order),
        "flags": flag_table[tracks["flags"][order]],
        "existence": np.rint(np.nan_to_num(tracks["existence"][order]) * 255),
        "affiliation": affiliation[order],
        "alert": level[order],
    }
    return {name: (values[name] if name in values else tracks[name][order]).astype(dtype) for name, dtype in _WIRE}
