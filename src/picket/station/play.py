"""An exercise on the page, in real time: its simulator as a process of its own, a station that hears it over loopback, and the score.

The folder is the station's archive and, with the truth beside the log, a run that `picket train score` scores: what officers do on the page
is in the log. A station of its own, with a folder and ports of its own: nothing of it can come into a live one, whose decoders also
refuse what carries a mark of simulation.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from picket import __version__
from picket import site as sites
from picket.record.log import segments as log_segments
from picket.site import Site
from picket.station.core import digest
from picket.station.practice import FORMATS, LISTENERS, PracticeError
from picket.station.run import Station
from picket.train import Exercise
from picket.train.kept import RunFacts, keep_truth, read_facts, write_facts

LEAD_S = 4.0  # from the start of the simulator's process to the first second of the exercise
AFTER_S = 1.0  # the station goes on so long after the last payload; longer, and the silence would raise alerts


async def play(exercise: Exercise, folder: Path, *, seed: int, port: int, ready: Callable[[str], None]) -> None:
    """Runs the exercise once on a station with a page, and keeps it in `folder`. Ctrl-C ends it sooner; it is kept as far as it went.

    Raises PracticeError for a folder that holds a run, StationError for a port that is taken.
    """
    if log_segments(folder) or (folder / "run.json").exists():
        raise PracticeError(f"{folder}: holds a run already; name another folder with --out")
    folder.mkdir(parents=True, exist_ok=True)
    start = float(int(time.time() + LEAD_S) + 1)
    keep_truth(exercise, seed, start, exercise.repeat_s, folder)
    channels = free_channels(exercise)
    site = site_with_feeds(sites.load(folder / "site" / "site.toml"), channels, port)
    facts = RunFacts(
        version=1, exercise=exercise.name, source=Path(exercise.source).name, card=exercise.card, seed=seed, start=start,
        planned_s=exercise.repeat_s, until_s=0.0, complete=False, officer="on the page", site=digest(site), picket=__version__,
    )  # fmt: skip
    write_facts(folder, facts)
    station = Station(site, folder, seed=seed)
    station.open()
    with _simulator(folder, channels, seed, start):
        ending = asyncio.create_task(_end_after(station, start + exercise.repeat_s + AFTER_S))
        try:
            await station.run(ready)
        finally:
            ending.cancel()


def finish(folder: Path) -> None:
    """Notes that a played run went on to its end, where it did. To be called after the tables were made."""
    facts = read_facts(folder)
    if not facts.complete and facts.until_s >= facts.planned_s:
        write_facts(folder, msgspec.structs.replace(facts, until_s=facts.planned_s, complete=True))


async def _end_after(station: Station, when: float) -> None:
    while time.time() < when:
        await asyncio.sleep(0.2)
    station.stop.set()


def free_channels(exercise: Exercise) -> dict[str, tuple[str, int]]:
    """Sensor id -> (transport, free loopback port), held until all are chosen, so that no two are the same."""
    held = []
    found = {}
    for name, kind in exercise.sensors.items():
        transport = "tcp" if kind == "adsb" else "udp"
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM)
        s.bind(("127.0.0.1", 0))
        held.append(s)
        found[name] = transport, int(s.getsockname()[1])
    for s in held:
        s.close()
    return found


def site_with_feeds(site: Site, channels: Mapping[str, tuple[str, int]], port: int) -> Site:
    """The site whose simulated sensors have these feeds and the others none; every row of origin exercise."""
    sensors = []
    for s in site.sensor:
        feed = None
        if s.id in channels:
            transport, number = channels[s.id]
            feed = f"{FORMATS.get(s.kind, LISTENERS)[0]}+{transport}://127.0.0.1:{number}"
        sensors.append(msgspec.structs.replace(s, feed=feed))
    station = msgspec.structs.replace(
        site.station, origin="exercise", host="127.0.0.1", port=port, tls_certificate=None, tls_key=None
    )
    return msgspec.structs.replace(site, sensor=tuple(sensors), station=station)


@contextmanager
def _simulator(folder: Path, channels: Mapping[str, tuple[str, int]], seed: int, start: float) -> Iterator[None]:
    """The exercise's sensors; they end with the block, and with us should we be killed."""
    options = [f"--channel={name}={transport}:{port}" for name, (transport, port) in channels.items()]
    command = [sys.executable, "-m", "picket.train.send_exercise", str(folder / "exercise.toml"), f"--site={folder / 'site' / 'site.toml'}",
               f"--seed={seed}", f"--start={start}", *options]  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        yield
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(1.0)
        except subprocess.TimeoutExpired:
            process.kill()
