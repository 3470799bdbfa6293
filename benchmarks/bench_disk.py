"""A disk that does not answer for ten seconds, and one that is full for ten: does the picture live, is it told, does recording resume?

A real core (sequencer, engine thread, log writer) in this process; TRACKS drones with Remote ID report once a second, twenty records a
second, and one flies into a protected zone while the disk is gone. The stall is a sync that waits; the full disk is a limit on the size of
every file that this process writes. `memory` says whether the waiting records fit: in a second run of the full disk they do not.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from picket import site as sites
from picket.feed import Decoded
from picket.record import log
from picket.station import writer as writing
from picket.station.core import Core
from picket.words import DETECTION, Batch

TRACKS, PARTS, FOR_S = 1_000, 20, 10.0
NEAR = {
    "type": "Polygon",
    "coordinates": [[[-30.003, 44.997], [-29.997, 44.997], [-29.997, 45.003], [-30.003, 45.003], [-30.003, 44.997]]],
}


class Disk:
    """Syncs that wait while `free` is not set."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()

    def __call__(self, fd: int) -> None:
        self.free.wait()
        os.fdatasync(fd)


def _site(folder: Path) -> sites.Site:
    (folder / "pier.geojson").write_text(json.dumps(NEAR))
    return sites.parse(
        {
            "version": 1, "site": {"name": "bench", "lat_deg": 45.0, "lon_deg": -30.0}, "sensor": [{"id": "rid", "kind": "remote_id"}],
            "zone": [{"id": "pier", "kind": "protected", "geometry": "pier.geojson"}],
        },
        folder=folder,
    )  # fmt: skip


def _rows(now: float, part: int, comes_s: float) -> Decoded:
    """A twentieth of the drones; the first of them flies in from 2 km, 100 s before it would be there at `comes_s`."""
    lane = np.arange(part, TRACKS, PARTS)
    lat, lon = 45.1 + (lane // 40) * 4e-3, -30.0 + (lane % 40) * 4e-3 + (now % 1000) * 2e-5
    if part == 0:
        lat, lon = lat.copy(), lon.copy()
        lat[0], lon[0] = 45.0 + max(comes_s - now, 0.0) * 2e-4, -30.0
    rows = {
        "time": now, "received": now, "sensor_id": "rid", "kind": "remote_id", "report": "plot", "origin": "exercise", "lat_deg": lat,
        "lon_deg": lon, "alt_wgs84_m": 80.0, "sigma_position_m": 3.0, "identity": np.arange(len(lane), dtype=np.int32),
        "identity_kind": "serial",
    }  # fmt: skip
    return Decoded(detections=Batch.build(DETECTION, len(lane), rows, {"identity": tuple(f"SIM{i}" for i in lane)}))


async def _fly(folder: Path, disk: Disk, stop: Callable[[bool], None]) -> dict[str, Any]:
    core = Core(_site(folder), folder / "archive", sync=disk)
    core.start()
    begun, age, told, alert, again = time.time(), 0.0, None, None, None
    gone, back = begun + 20.0, begun + 20.0 + FOR_S
    state, step = "before", 0
    while again is None or time.time() < again + 2.0:
        now = time.time()
        core.sequencer.add("rid", _rows(now, step % PARTS, gone + 4.0))
        core.tick()
        step += 1
        if state == "before" and now >= gone:
            state = "gone"
            stop(True)
        if state == "gone":
            age = max(age, time.time() - core.view.time)
            rules = {a.rule for a in core.view.alerts if a.active}
            told = told or (now - gone if "not_recording" in rules else None)
            alert = alert or (now - gone if "entry" in rules else None)
            if now >= back:
                state = "back"
                stop(False)
        if state == "back" and core.writer.problem is None and core.writer.waiting < PARTS and again is None:
            again = now
        await asyncio.sleep(max(0.0, begun + step / PARTS - time.time()))
    core.end()
    await asyncio.to_thread(core.stop)
    records = list(log.read(folder / "archive"))
    gaps = [r.payload["gap"] for r in records if r.kind == "station" and "gap" in r.payload]
    missing = records[-1].seq - records[0].seq + 1 - len(records)
    assert log.verify(folder / "archive").damage is None
    assert told is not None
    assert alert is not None
    return {
        "tracks": core.view.tracks.n, "oldest_picture_s": round(age, 2), "officer_told_after_s": round(told, 2),
        "entry_alert_after_s": round(alert, 2), "recording_again_after_s": round(again - back, 2), "records_missing": missing,
        "gap": gaps,
    }  # fmt: skip


def _run(full: bool) -> dict[str, Any]:
    disk, limits = Disk(), resource.getrlimit(resource.RLIMIT_FSIZE)

    def stop(yes: bool) -> None:
        if full:
            resource.setrlimit(resource.RLIMIT_FSIZE, (200, limits[1]) if yes else limits)
        elif yes:
            disk.free.clear()
        else:
            disk.free.set()

    with tempfile.TemporaryDirectory(prefix="picket-disk-") as folder:
        try:
            return asyncio.run(_fly(Path(folder), disk, stop))
        finally:
            stop(False)


def run() -> dict[str, Any]:
    """The stall; the full disk; the full disk with less memory than its ten seconds need."""
    found = {"stalls": _run(False), "full": _run(True)}
    held, writing.MAX_WAITING = writing.MAX_WAITING, 100
    try:
        return {**found, "full_for_longer_than_memory_lasts": _run(True)}
    finally:
        writing.MAX_WAITING = held


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
