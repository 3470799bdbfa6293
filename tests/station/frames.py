"""Reads picture frames as docs/stream.md describes them, independently of the encoder."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np

COLUMNS = [
    ("updated_at", "<f8"), ("lat", "<i4"), ("lon", "<i4"), ("alt_wgs84_m", "<f4"), ("vel_east_mps", "<f4"), ("vel_north_mps", "<f4"),
    ("vel_up_mps", "<f4"), ("sigma_horizontal_m", "<f4"), ("group_id", "<i4"), ("status", "u1"), ("affiliation", "u1"),
    ("classification", "u1"), ("flags", "u1"), ("existence", "u1"), ("alert", "u1"),
]  # fmt: skip


@dataclass
class Client:
    """Holds what a page would hold."""

    seq: int = 0
    time: float = 0.0
    simulated: bool = False
    tracks: dict[int, dict[str, Any]] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    snapshots: int = 0

    def take(self, frame: bytes) -> bool:
        """Applies a frame; False when it does not fit what is held (the page would ask for a resync)."""
        magic, kind, flags, _, seq, base, time, n, m = struct.unpack_from("<4sBBHIIdII", frame)
        assert magic == b"PKT1"
        if kind == 2 and base != self.seq:
            return False
        if kind == 1:
            self.tracks, self.labels = {}, {}
            self.snapshots += 1
        at = 32
        ids = np.frombuffer(frame, "<f8", n, at).astype(int)
        at += 8 * n
        removed = np.frombuffer(frame, "<f8", m, at).astype(int)
        at += 8 * m
        values = {}
        for name, dtype in COLUMNS:
            values[name] = np.frombuffer(frame, dtype, n, at)
            at += values[name].nbytes
        at += -at % 4
        (length,) = struct.unpack_from("<I", frame, at)
        labels = json.loads(frame[at + 4 : at + 4 + length])
        assert at + 4 + length == len(frame)
        for track_id in removed.tolist():
            self.tracks.pop(track_id, None)
            self.labels.pop(track_id, None)
        for i, track_id in enumerate(ids.tolist()):
            self.tracks[track_id] = {name: _known(values[name][i].item()) for name, _ in COLUMNS}
        for k, v in labels.items():
            self.labels.pop(int(k), None)
            if v["identity"] is not None:
                self.labels[int(k)] = v["identity"]
        self.seq, self.time, self.simulated = seq, time, bool(flags & 1)
        return True


def _known(value: float) -> float | None:
    return None if value != value else value
