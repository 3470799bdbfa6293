"""An exercise on the page: its simulator as a process of its own, a station that hears it over loopback, exercise control, and the score.

The folder is the station's archive and, with the truth beside the log, a run that `picket train score` scores: what officers do on the page
is in the log. Station and simulator run by the exercise's clock, which exercise control pauses and hastens. A station of its own, with a
folder and ports of its own: nothing of it can come into a live one, whose decoders also refuse what carries a mark of simulation.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from picket import __version__
from picket import site as sites
from picket.record import log
from picket.record.log import segments as log_segments
from picket.site import Site
from picket.station import api_exercise
from picket.station.control import Control
from picket.station.core import digest
from picket.station.live_tables import LiveTables
from picket.station.practice import FORMATS, LISTENERS, PracticeError, complete_tables
from picket.station.run import Station
from picket.station.simulator import Simulator
from picket.train import Exercise, World
from picket.train.injects import EXERCISE_CONTROL
from picket.train.kept import RunFacts, keep_truth, read_facts, write_facts
from picket.train.pace import ExerciseClock
from picket.train.score import score

LEAD_S = 1.0  # from when station and simulator are up to the first second of the exercise
READY_S = 20.0  # of real time, for the simulator and for the feeds; then the exercise begins as it is
ON_THE_PAGE = "on the page"  # the officer of a played run that nobody did anything in


async def play(
    exercise: Exercise, folder: Path, *, seed: int, port: int, ready: Callable[[str], None], endless: bool = False, stay: bool = False,
    ended: Callable[[], None] = lambda: None, doors: Callable[[Station], None] = lambda station: None,
) -> None:  # fmt: skip
    """Runs the exercise on a station with a page, and keeps and scores it in `folder`. Ctrl-C ends it sooner; it is kept as far as it went.

    endless: repetition follows repetition until somebody ends it; the first is what is scored. stay: the station stays when the exercise is
    over, for the review; `ended` is called then. doors: adds to the station what else its page leads to. Raises PracticeError for a folder
    that holds a run, StationError for a port that is taken.
    """
    if log_segments(folder) or (folder / "run.json").exists():
        raise PracticeError(f"{folder}: holds a run already; name another folder with --out")
    folder.mkdir(parents=True, exist_ok=True)
    start = float(int(time.time() + LEAD_S) + 1)
    clock = ExerciseClock(start - LEAD_S, paused=True)
    keep_truth(exercise, World(exercise, seed), start, exercise.repeat_s, folder)
    channels = free_channels(exercise)
    site = site_with_feeds(sites.load(folder / "site" / "site.toml"), channels, port)
    facts = RunFacts(
        version=1, exercise=exercise.name, source=Path(exercise.source).name, card=exercise.card, seed=seed, start=start,
        planned_s=exercise.repeat_s, until_s=0.0, complete=False, officer=ON_THE_PAGE, site=digest(site), picket=__version__,
    )  # fmt: skip
    write_facts(folder, facts)
    files = folder / "exercise.toml", folder / "site" / "site.toml"
    simulator = Simulator(*files, channels, seed=seed, start=start, pace=clock.pace)
    working: list[asyncio.Task[None]] = []
    try:
        tables = LiveTables(folder, start, exercise.repeat_s)

        def scored(folder: Path) -> None:
            tables.close()
            keep_score(folder)

        control = Control(exercise, folder, clock, start=start, endless=endless, scored=scored, wall=time.time)
        station = Station(site, folder, seed=seed, clock=clock, pace=clock)
        station.core.on_applied.append(tables.take)
        station.open()
        station.more.append(lambda app: api_exercise.add(app, station.core, control, station.access, station.address))
        doors(station)
        await _until(lambda: simulator.ready or simulator.ended, READY_S)  # so that its ports are there when the feeds connect
        control.begin(station.core, simulator)
        working = [asyncio.create_task(control.run()), asyncio.create_task(_end_after(control, station, stay, ended))]
        serving: list[asyncio.Task[None]] = []

        def up(url: str) -> None:
            serving.append(asyncio.create_task(_serve(control, station)))
            ready(url)

        try:
            await station.run(up)
        finally:  # stopped before its end: kept as far as it went
            await asyncio.to_thread(tables.close)
    finally:
        for task in working:
            task.cancel()
        await asyncio.to_thread(simulator.close)


async def _serve(control: Control, station: Station) -> None:
    """The exercise may begin once the feeds are connected, or cannot be."""
    await _until(lambda: all(f.link.state == "up" for f in station.feeds), READY_S)
    control.serving = True


async def _until(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        await asyncio.sleep(0.05)


async def _end_after(control: Control, station: Station, stay: bool, ended: Callable[[], None]) -> None:
    await control.over.wait()
    ended()
    if not stay:
        station.stop.set()


def keep_score(folder: Path) -> None:
    """Makes tables and score of a played run, and notes how far it came and who did something in it."""
    complete_tables(folder)
    finish(folder)
    score(folder)


def finish(folder: Path) -> None:
    """Notes that a played run went on to its end, where it did, and who played it. To be called after the tables were made."""
    facts = read_facts(folder)
    if facts.until_s >= facts.planned_s:
        facts = msgspec.structs.replace(facts, until_s=facts.planned_s, complete=True)
    if names := players(folder):
        facts = msgspec.structs.replace(facts, officer=", ".join(names))
    write_facts(folder, facts)


def players(folder: Path) -> list[str]:
    """The names under which somebody decided or wrote something in a run, by alphabet."""
    acted = {str(r.payload.get("by")) for r in log.read(folder) if r.kind == "action" and r.payload.get("do") != "exercise"}
    return sorted(acted - {EXERCISE_CONTROL, "None", ""})


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
    """The site whose simulated sensors have these feeds and the others none, without its radios; every row of origin exercise."""
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
    return msgspec.structs.replace(site, sensor=tuple(sensors), radio=(), station=station)
