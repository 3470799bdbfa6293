"""Operator positions: kept apart from the log, erasable by the day, provable afterwards.

Remote ID says where a drone's operator stands: personal data. It is not in the log. Each row is one line of
`operators/YYYY-MM-DD.jsonl` (mode 0600) with a random salt; the log holds only SHA-256(salt + row). While the file exists
the digest proves that the row is the one received; when its day is over the file is deleted, the chain still verifies, and
without the salt the digest says nothing about a place. See docs/decisions/0005-operator-positions.md.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from picket.words import Batch

_LATEST = 2_000  # rows kept in memory for a look from the page


class OperatorStore:
    """Appends operator rows to day files and keeps the latest per aircraft in memory."""

    def __init__(self, folder: Path, *, keep_days: float, random: Callable[[int], bytes] = os.urandom) -> None:
        self.folder, self.keep_days, self._random = folder, keep_days, random
        self._latest: dict[str, dict[str, Any]] = {}

    def add(self, batch: Batch, now: float) -> list[bytes]:
        """Writes the rows; returns their digests for the log. One row per aircraft and change of place: repeats are not kept."""
        digests, lines = [], []
        for row in _known(batch):
            key = str(row.get("identity") or row.get("transmitter") or "?")
            before = self._latest.pop(key, None)
            self._latest[key] = row
            if before is not None and _same(before, row):
                continue
            salt = self._random(16)
            text = json.dumps(row, sort_keys=True, separators=(",", ":"))
            digests.append(hashlib.sha256(salt + text.encode()).digest())
            lines.append(json.dumps({"salt": salt.hex(), "row": row}, sort_keys=True, separators=(",", ":")) + "\n")
        while len(self._latest) > _LATEST:
            self._latest.pop(next(iter(self._latest)))
        if lines:
            self._write(lines, now)
        return digests

    def _write(self, lines: list[str], now: float) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}.jsonl"
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as f:
            f.writelines(lines)

    def of(self, identity: str | None, transmitters: set[str]) -> list[dict[str, Any]]:
        """The latest rows of an aircraft by identity or transmitter address."""
        return [
            row for row in self._latest.values()
            if (identity and row.get("identity") == identity) or row.get("transmitter") in transmitters
        ]  # fmt: skip

    def erase_old(self, now: float) -> list[str]:
        """Deletes the day files past their time; returns their names."""
        last = (datetime.fromtimestamp(now, UTC) - timedelta(days=self.keep_days)).strftime("%Y-%m-%d")
        gone = [p for p in sorted(self.folder.glob("????-??-??.jsonl")) if p.stem < last]
        for path in gone:
            path.unlink()
        return [p.name for p in gone]


def _known(batch: Batch) -> list[dict[str, Any]]:
    return [{k: (float(v) if isinstance(v, np.floating) else v) for k, v in row.items()} for row in batch.rows()]


def _same(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Nothing that matters changed: time, arrival and position in the source do not."""
    skip = {"time", "received", "source_offset", "source", "sensor_id"}
    return {k: v for k, v in a.items() if k not in skip} == {k: v for k, v in b.items() if k not in skip}


def proves(line: str, digest: bytes) -> bool:
    """True when a line of a day file is the row behind `digest` of the log."""
    held = json.loads(line)
    text = json.dumps(held["row"], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(bytes.fromhex(held["salt"]) + text.encode()).digest() == digest
