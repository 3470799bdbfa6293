"""A disk without power: of what was written since the last sync any sectors may be missing, and any new name.

`Disk` notes the order in which a LogFile writes and syncs; `image` makes what a power cut after the first `n` of these steps may leave.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from picket.record import log
from picket.record.log import LogFile, Record

SECTOR = 512


class Disk:
    """The steps of a log's writer: ("write", file, offset, bytes), ("sync", file), ("names",), ("acknowledged", seq)."""

    def __init__(self) -> None:
        self.steps: list[tuple[Any, ...]] = []
        self._sizes: dict[str, int] = {}

    def write(self, folder: Path, records: list[Record], every: Callable[[int], bool], segment_bytes: int) -> None:
        """Writes the records for real, a commit after each for which `every` says so, and notes each step."""
        real_write, real_names = log._write_all, log.sync_folder

        def written(f: Any, data: bytes) -> None:
            name = Path(f.name).name
            at = self._sizes.get(name, 0)
            self.steps.append(("write", name, at, bytes(data)))
            self._sizes[name] = at + len(data)
            real_write(f, data)

        def names(place: Path) -> None:
            real_names(place)
            self.steps.append(("names",))

        def synced(fd: int) -> None:
            self.steps.append(("sync", Path(os.readlink(f"/proc/self/fd/{fd}")).name))

        with patch.object(log, "_write_all", written), patch.object(log, "sync_folder", names):
            out = LogFile(folder, segment_bytes=segment_bytes, sync=synced)
            for record in records:
                out.append(record)
                if every(record.seq):
                    out.commit()
                    self.steps.append(("acknowledged", record.seq))
            out.close()

    def image(self, n: int, place: Path, rng: random.Random) -> int:
        """Writes into `place` what a cut after `n` steps may leave; returns the last number that was acknowledged by then."""
        sure: dict[str, bytearray] = {}
        loose: dict[str, list[tuple[int, bytes]]] = {}
        named: set[str] = set()
        acknowledged = 0
        for step in self.steps[:n]:
            if step[0] == "write":
                sure.setdefault(step[1], bytearray())
                loose.setdefault(step[1], []).append(step[2:])
            elif step[0] == "sync":
                for at, data in loose.pop(step[1], []):
                    sure[step[1]][at : at + len(data)] = data
            elif step[0] == "names":
                named |= set(sure)
            else:
                acknowledged = step[1]
        place.mkdir()
        for name, held in sure.items():
            if name in named or rng.random() < 0.5:
                (place / name).write_bytes(_cut(held, loose.get(name, []), rng))
        return acknowledged


def _cut(held: bytearray, loose: list[tuple[int, bytes]], rng: random.Random) -> bytes:
    whole = bytearray(held)
    for at, data in loose:
        whole[at : at + len(data)] = data
    end = rng.choice((len(held), len(whole), rng.randint(len(held), len(whole))))
    kept = rng.random()  # from all sectors lost to all there
    found = bytearray(whole[:end])
    for at in range(len(held), end):
        if at == len(held) or at % SECTOR == 0:
            last = min((at // SECTOR + 1) * SECTOR, end)
            if rng.random() >= kept:
                found[at:last] = bytes(last - at)
    return bytes(found)


def look(place: Path, records: list[Record], acknowledged: int) -> str:
    """What is wrong with a log after the cut and a start after it: "" where nothing is."""
    kept = list(log.read(place))
    if kept != records[: len(kept)]:
        return "a record that was not written so"
    if len(kept) < acknowledged:
        return f"{acknowledged - len(kept)} acknowledged records lost"
    more = [Record(len(kept) + i, 1e6, "tick", None) for i in (1, 2)]
    out = LogFile(place)
    for record in more:
        out.append(record)
        out.commit()
    out.close()
    return "" if list(log.read(place)) == kept + more else "what was written after the start is not read"
