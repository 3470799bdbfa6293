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
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from picket.words import Batch

_LATEST = 2_000  # rows kept in memory for a look from the page
_WAITING = 50_000  # lines that wait for a disk; beyond them rows are not kept at all, and counted


class OperatorStore:
    """Operator rows: the latest per aircraft in memory, all of them in day files.

    `add`, `of` and `erase_old` belong to the I/O loop and never touch the disk, except that `erase_old` deletes files.
    `write` belongs to the log writer's thread. `left_out` counts rows that were not kept.
    """

    def __init__(self, folder: Path, *, keep_days: float, random: Callable[[int], bytes] = os.urandom) -> None:
        self.folder, self.keep_days, self._random = folder, keep_days, random
        self.left_out: Counter[str] = Counter()
        self._latest: dict[str, tuple[float, dict[str, Any]]] = {}  # when it came, and the row
        self._waiting: deque[tuple[str, str]] = deque()  # (day, line) not on disk yet

    def add(self, batch: Batch, now: float) -> list[bytes]:
        """Takes in the rows; returns their digests for the log. One row per aircraft and change of place: repeats are not kept."""
        digests, day = [], f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}"
        for row in _known(batch):
            key = str(row.get("identity") or row.get("transmitter") or "?")
            _, before = self._latest.pop(key, (0.0, None))
            self._latest[key] = now, row
            if before is not None and _same(before, row):
                continue
            if len(self._waiting) >= _WAITING:
                self.left_out["overload"] += 1
                continue
            salt = self._random(16)
            text = json.dumps(row, sort_keys=True, separators=(",", ":"))
            digests.append(hashlib.sha256(salt + text.encode()).digest())
            line = json.dumps({"salt": salt.hex(), "row": row}, sort_keys=True, separators=(",", ":")) + "\n"
            self._waiting.append((day, line))
        while len(self._latest) > _LATEST:
            self._latest.pop(next(iter(self._latest)))
        return digests

    @property
    def waiting(self) -> int:
        """Rows that are not on disk yet."""
        return len(self._waiting)

    def write(self) -> None:
        """Writes what waits to its day files and syncs them. Raises OSError; what was not written goes on waiting."""
        while self._waiting:
            waiting = list(self._waiting)
            day = waiting[0][0]
            n = next((i for i, (other, _) in enumerate(waiting) if other != day), len(waiting))
            self._append(self.folder / f"{day}.jsonl", "".join(line for _, line in waiting[:n]).encode())
            for _ in range(n):
                self._waiting.popleft()

    def _append(self, path: Path, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(fd).st_size
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(fd, rest) :]
                os.fdatasync(fd)
            except OSError:
                os.ftruncate(fd, size)
                raise
        finally:
            os.close(fd)

    def of(self, identity: str | None, transmitters: set[str]) -> list[dict[str, Any]]:
        """The latest rows of an aircraft by identity or transmitter address, from memory."""
        return [
            row for _, row in self._latest.values()
            if (identity and row.get("identity") == identity) or row.get("transmitter") in transmitters
        ]  # fmt: skip

    def erase_old(self, now: float) -> list[str]:
        """Forgets rows past their time and deletes their day files; returns the files' names. Raises OSError."""
        oldest = now - self.keep_days * 86400
        for key in [k for k, (came, _) in self._latest.items() if came < oldest]:
            del self._latest[key]
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
