"""kill -9 on the log writer at seeded moments: is every record that was acknowledged there, and none that was not written?

A child process appends and syncs commits of one to five records and tells its parent the last number after each sync; the parent
kills it up to 30 ms after the first. Then the log is read, and a second writer takes it up. The page cache outlives the
process: this is no power cut. The row `power_cut` is one: of what was not synced any sectors may be missing.
The second row kills a whole station that tracks 4,000 objects and whose officer writes notes (station_kill.py).
PICKET_BENCH_KILLS: how many (2,000). PICKET_BENCH_STATION_KILLS: how many stations
(50). PICKET_BENCH_STATION_TRACKS: with how many tracks (4,000).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import struct
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.record.power_cut import Disk, look

from benchmarks import station_kill
from picket.record import log
from picket.record.log import LogFile, Record, Verdict

STATION_KILLS = int(os.environ.get("PICKET_BENCH_STATION_KILLS", 50))
KILLS = int(os.environ.get("PICKET_BENCH_KILLS", 2_000))


def record(seq: int, seed: int) -> Record:
    """The record of that number."""
    return Record(seq, float(seq), "batch", {"raw": random.Random(f"{seed} {seq}").randbytes(1 + (seq * 7919 + seed) % 3_000)})


def _write_until_killed(folder: Path, seed: int, told: int) -> None:
    rng, seq, out = random.Random(seed), 0, LogFile(folder, segment_bytes=20_000)
    while True:
        for _ in range(rng.randint(1, 5)):
            seq += 1
            out.append(record(seq, seed))
        out.commit()
        os.write(told, struct.pack("<Q", seq))


def once(folder: Path, seed: int) -> tuple[int, bool, bool]:
    """(acknowledged records that are missing, any record that differs or damage that is named, a torn tail)."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        try:
            _write_until_killed(folder, seed, told)
        finally:
            os._exit(1)
    os.close(told)
    first = os.read(heard, 8)
    time.sleep(random.Random(-seed).uniform(0.0, 0.03))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    acknowledged = first
    while more := os.read(heard, 1 << 16):
        acknowledged += more
    os.close(heard)
    last = struct.unpack("<Q", acknowledged[-8:])[0]
    verdict = Verdict()
    kept = list(log.read(folder, verdict=verdict))
    wrong = verdict.damage is not None or any(r != record(i + 1, seed) for i, r in enumerate(kept))
    again = LogFile(folder)
    again.append(record(len(kept) + 1, seed))
    again.close()
    wrong |= log.verify(folder).damage is not None or log.verify(folder).last_seq != len(kept) + 1
    return max(0, last - len(kept)), wrong, verdict.torn_tail


def _writer(_: bool) -> dict[str, Any]:
    """Sums over all kills."""
    lost = wrong = torn = 0
    for seed in range(1, KILLS + 1):
        with tempfile.TemporaryDirectory(prefix="picket-kill-") as temporary:
            missing, differs, cut = once(Path(temporary) / "archive", seed)
        lost, wrong, torn = lost + missing, wrong + differs, torn + cut
    return {"kills": KILLS, "acknowledged_records_lost": lost, "logs_with_a_wrong_record_or_damage": wrong, "torn_tails": torn}


def _station(_: bool) -> dict[str, Any]:
    return station_kill.run(STATION_KILLS)


def _power_cut(quick: bool) -> dict[str, Any]:
    """A cut after every step of a log's writer, several ways each (tests/record/power_cut.py)."""
    rng, cuts = random.Random(3), 0
    wrong: list[str] = []
    records = [
        Record(i + 1, float(i), "batch", {"raw": rng.randbytes(rng.randint(1, 4_000))}) for i in range(100 if quick else 400)
    ]
    with tempfile.TemporaryDirectory(prefix="picket-power-") as temporary:
        disk = Disk()
        disk.write(Path(temporary) / "real", records, lambda seq: seq % 5 in (0, 3), segment_bytes=60_000)
        for n in range(len(disk.steps) + 1):
            for way in range(2 if quick else 20):
                place = Path(temporary) / f"{n}-{way}"
                found = look(place, records, disk.image(n, place, rng))
                cuts += 1
                if found:
                    wrong.append(found)
                shutil.rmtree(place)
    lost = sum("acknowledged" in w for w in wrong)
    return {"cuts": cuts, "steps": len(disk.steps), "with_an_acknowledged_record_lost": lost, "with_anything_wrong": len(wrong)}


def warm() -> None:
    """Nothing: each station loads what it needs."""


ROWS = {
    "writer": ("2,000 seeded moments: 0 acknowledged records lost", _writer),
    "power_cut": ("a simulated disk without power after every step of the writer: 0 acknowledged records lost", _power_cut),
    "station": ("50 seeded moments under load: 0 acknowledged records lost, picture back <= 3 s with 4,000 tracks", _station),
}
