"""No power at any moment: what was acknowledged is there, and what the next start writes too; `python -m benchmarks kill` does more."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.record.power_cut import Disk, look

from picket.record import log
from picket.record.log import LogFile, Record


def test_no_acknowledged_record_is_lost_with_the_power(tmp_path: Path) -> None:
    rng = random.Random(1)
    records = [Record(i + 1, float(i), "batch", {"raw": rng.randbytes(rng.randint(1, 1500))}) for i in range(60)]
    disk = Disk()
    disk.write(tmp_path / "real", records, lambda seq: seq % 3 == 0, segment_bytes=9_000)
    assert len(log.segments(tmp_path / "real")) > 3
    wrong = []
    for n in range(len(disk.steps) + 1):
        place = tmp_path / f"{n}"
        acknowledged = disk.image(n, place, rng)
        wrong += [(n, disk.steps[:n][-1:], found) for found in [look(place, records, acknowledged)] if found]
    assert wrong == []


@pytest.mark.parametrize("tail", [bytes(2_000), b"\x05\0\0\0" + bytes(600)])
def test_damage_behind_which_a_station_went_on_is_named_and_what_follows_is_read(tmp_path: Path, tail: bytes) -> None:
    records = [Record(i + 1, float(i), "tick", None) for i in range(6)]
    for part in (records[:3], records[3:]):
        out = LogFile(tmp_path)
        for record in part:
            out.append(record)
        out.close()
        if part is not records[3:] and len(log.segments(tmp_path)) == 1:
            with log.segments(tmp_path)[0].open("ab") as f:
                f.write(tail)
    assert list(log.read(tmp_path)) == records
    assert "00000001.plog at byte" in (log.verify(tmp_path).damage or "")
    first = log.segments(tmp_path)[0]
    changed = bytearray(first.read_bytes())
    changed[len(log.MAGIC) + 32 + 20] ^= 1  # in a record before: what follows is no longer proven
    first.write_bytes(changed)
    assert list(log.read(tmp_path)) == []
