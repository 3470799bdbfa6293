"""An exercise through the station without a page: the simulator's bytes, the station's decoders, engine, alert book and log.

    frames --step_s--> decoder of each feed --> sequencer --> engine --> tables
                                                     \\-----> log

The same code as live except four things: time is the simulator's, so nothing looks at a clock; a record goes into engine and log at
once instead of over queues; datagrams are gathered for GATHER_S of simulated time where a socket is read every 20 ms; and a tick comes
only when nothing was detected meanwhile. What
an officer would do is decided at each tick by `Officer`, from what the page would show. The same exercise, seed and officer
give the same bytes in every file.

The folder is an archive (`picket replay --archive DIR` plays it). Beside the log lies what scoring reads: run.json, truth.csv,
tracks.parquet, alerts.jsonl, and the site and exercise files as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from picket import __version__
from picket.feed import Chunk, Options
from picket.feed.assign import Assigner
from picket.feed.recording import find_format
from picket.feed.table import TableWriter
from picket.record.log import LogFile, Record, Verdict, read
from picket.record.log import segments as log_segments
from picket.site import Site
from picket.station.core import digest
from picket.station.engine import Engine, Outcome
from picket.station.feeds import Decoders, assigned
from picket.station.sequence import Sequencer
from picket.train import Exercise, Frame, World, frames
from picket.train.injects import Injects
from picket.train.kept import RunFacts, keep_truth, kept_exercise, read_facts, write_facts
from picket.train.officer import NOBODY, Officer
from picket.words import TRACK

START = 1_767_225_600.0  # 2026-01-01T00:00:00Z: when an exercise begins if nobody says when
GATHER_S = 1.0
COMMIT_S = 60.0  # of simulated time between two writes of the log
MOST_S = 86_400.0


class PracticeError(ValueError):
    """An exercise that cannot be run as asked; the message says what to do."""


@dataclass
class Practice:
    """What a run did. `until_s` is how far it came; `complete` False when it was stopped before `planned_s`."""

    folder: Path
    until_s: float = 0.0
    planned_s: float = 0.0
    complete: bool = False
    records: int = 0
    payloads: int = 0
    alerts: int = 0
    left_out: dict[str, dict[str, int]] = field(default_factory=dict)


def run(
    exercise: Exercise, folder: Path, *, seed: int = 1, start: float = START, seconds: float | None = None, officer: Officer = NOBODY,
    on_second: Callable[[float, float], None] | None = None,
) -> Practice:  # fmt: skip
    """Runs the exercise for `seconds` (one repetition of it by default) and keeps everything in `folder`.

    on_second: called with (seconds done, seconds planned); what it raises stops the run, and what was done so far is kept and can be
    scored. Raises PracticeError for a folder that holds a log already or a length that is none, OSError where it cannot be written.
    """
    planned = exercise.repeat_s if seconds is None else seconds
    if not 1.0 <= planned <= MOST_S:
        raise PracticeError(f"expected a length of 1 to {MOST_S:g} s, got {planned:g}")
    if log_segments(folder) or (folder / "run.json").exists():
        raise PracticeError(f"{folder}: holds a run already; name another folder with --out")
    site = simulated(exercise.at_site())
    folder.mkdir(parents=True, exist_ok=True)
    world = World(exercise, seed)
    keep_truth(exercise, world, start, planned, folder)
    done = Practice(folder, planned_s=planned)
    facts = RunFacts(
        version=1, exercise=exercise.name, source=Path(exercise.source).name, card=exercise.card, seed=seed,
        start=start, planned_s=planned, until_s=0.0, complete=False, officer=officer.name, site=digest(site), picket=__version__,
    )  # fmt: skip
    write_facts(folder, facts)
    with Tables(folder) as tables:
        desk = _Desk(exercise, site, LogFile(folder), tables, seed, start, officer)
        try:
            for until in _steps(desk, world, start, planned):
                done.until_s = until
                if on_second is not None:
                    on_second(until, planned)
            done.complete = True
        finally:  # a run that is stopped is kept as far as it went
            desk.end()
            done.records, done.payloads, done.alerts = desk.sequencer.seq, desk.payloads, tables.alerts
            done.left_out = {k: dict(v) for k, v in desk.engine.left_out.items()}
            write_facts(folder, msgspec.structs.replace(facts, until_s=done.until_s, complete=done.complete))
    return done


def complete_tables(folder: Path) -> None:
    """Makes tracks and alerts of a run that was killed anew from its log, and notes how far it came. Nothing to do for one that ended.

    Raises KeptError for a folder that holds no run.
    """
    facts = read_facts(folder)
    if facts.until_s > 0 and (folder / "tracks.parquet").is_file() and (folder / "alerts.jsonl").is_file():
        return
    engine = Engine(simulated(kept_exercise(folder).at_site()), seed=facts.seed, asked=False)
    last, verdict = facts.start, Verdict()
    end = facts.start + facts.planned_s
    with Tables(folder) as tables:
        for record in read(folder, verdict=verdict):
            last = record.time
            if last > end:  # what is played goes on a little, or endlessly
                break
            tables.take(record, engine.apply(record), engine)
    until_s = last - facts.start
    whole = verdict.damage is None and until_s >= facts.planned_s - 1.0  # a log that was cut is no run to the end
    write_facts(folder, msgspec.structs.replace(facts, until_s=until_s, complete=facts.complete and whole))


def simulated(site: Site) -> Site:
    """The site as an exercise has it: every row of origin `exercise`, and no feeds."""
    sensors = tuple(msgspec.structs.replace(s, feed=None) for s in site.sensor)
    return msgspec.structs.replace(site, sensor=sensors, station=msgspec.structs.replace(site.station, origin="exercise"))


def _steps(desk: _Desk, world: World, start: float, planned: float) -> Iterator[float]:
    """Runs the exercise step by step; yields the seconds done, once a second."""
    source = frames(world.exercise, world.seed, start, start + planned, desk.injects.came, world)
    held: Frame | None = next(source, None)
    tick_every = max(1, round(desk.site.station.tick_s / GATHER_S))
    for step in range(1, round(planned / GATHER_S) + 1):
        until = start + step * GATHER_S
        came: dict[str, list[Frame]] = {}
        while held is not None and held.time < until:
            came.setdefault(held.channel, []).append(held)
            held = next(source, None)
        desk.hear(until, came)
        if step % tick_every == 0:
            desk.tick()
        if step % round(1 / GATHER_S) == 0:
            yield step * GATHER_S


class Tables:
    """What of a run is kept for scoring: sure tracks once a second, every change of an alert, what was decided."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack, self._second, self.alerts = folder, ExitStack(), -1, 0
        self._tracks: TableWriter
        self._alerts: BinaryIO

    def __enter__(self) -> Tables:
        self._tracks = self._stack.enter_context(TableWriter(self._folder / "tracks.parquet", TRACK))
        self._alerts = self._stack.enter_context((self._folder / "alerts.jsonl").open("wb"))
        return self

    def __exit__(self, *why: object) -> None:
        self._stack.__exit__(None, None, None)  # also of a run that was stopped: its tables take their place

    def take(self, record: Record, outcome: Outcome, engine: Engine) -> None:
        """What one record led to."""
        for alert in outcome.alerts:
            self._alerts.write(msgspec.json.encode(alert) + b"\n")
            self.alerts += alert.n == 1 or (alert.state == "raised" and alert.raised_at == alert.updated_at)
        moved = record.kind == "tick" or (record.kind == "batch" and record.payload["d"] is not None)
        if moved and int(record.time) != self._second:
            self._second = int(record.time)
            tracks = engine.tracks
            self._tracks.write(tracks.take(tracks.equals("status", "confirmed") | tracks.equals("status", "coasting")))


class _Desk:
    """Feeds, sequencer, engine and log of one run, all in one thread, at simulated time."""

    def __init__(
        self, exercise: Exercise, site: Site, log: LogFile, tables: Tables, seed: int, start: float, officer: Officer
    ) -> None:
        self.site, self.log, self.tables, self.officer, self.time = site, log, tables, officer.fresh(), start
        self.injects = Injects(exercise.inject, start)
        self.engine = Engine(site, seed=seed, asked=False)
        self.payloads, self._heard = 0, False
        self._feeds = _feeds(exercise, site)
        self._committed = start
        self.sequencer = Sequencer(1, lambda: self.time, self._sink, lambda: False, lambda batch, time: [])
        boot = {"version": 1, "picket": __version__, "site": digest(site), "seed": seed, "book": None, "origin": "exercise"}
        self.sequencer.emit("boot", boot)
        for name in self._feeds:
            self.sequencer.emit("link", {"feed": "exercise", "sensors": [name], "state": "up", "detail": ""})

    def hear(self, until: float, came: dict[str, list[Frame]]) -> None:
        """Payloads that left before `until`, by channel."""
        self.time, self._heard = until, False
        self.sequencer.flush()  # what is added now waits for what else came in this step: one record
        for name, (decoders, assigner, link) in self._feeds.items():
            if name not in came:
                continue
            payloads = [f.payload for f in came[name]]
            times = [f.time for f in came[name]]
            offsets = range(self.payloads, self.payloads + len(payloads))
            self.payloads += len(payloads)
            chunk = Chunk.of(payloads, times, list(offsets), source=name, link=link)
            decoded = assigned(decoders.decode(chunk), assigner)
            self._heard = self._heard or decoded.detections.n > 0
            self.sequencer.add(name, decoded)
        self.sequencer.flush()

    def tick(self) -> None:
        """Time passes, and the officer looks. What was just heard has brought tracks and alerts to this very time already."""
        if not self._heard:
            self.sequencer.emit("tick", None)
        for payload in self.injects.look(self.time, self.engine.book.all):
            self.sequencer.emit("action", payload)
        for payload in self.officer.look(self.time, self.engine.book.open):
            self.sequencer.emit("action", payload)
        if self.time - self._committed >= COMMIT_S:
            self._committed = self.time
            self.log.commit()

    def end(self) -> None:
        """The last records, and the log closed."""
        for name, (decoders, assigner, _) in self._feeds.items():
            self.sequencer.add(name, assigned(decoders.finish(), assigner))
        self.sequencer.close()
        self.log.close()

    def _sink(self, record: Record, _: Any) -> None:
        self.log.append(record)
        self.tables.take(record, self.engine.apply(record), self.engine)


# What each kind of sensor sends in an exercise (format, link); direction finders of every kind send the detection table.
FORMATS = {
    "radar": ("asterix", "udp"), "remote_id": ("dronescout", "udp"), "adsb": ("sbs", "stream"), "ais": ("ais", "udp"),
}  # fmt: skip
LISTENERS = ("table", "udp")


def _feeds(exercise: Exercise, site: Site) -> dict[str, tuple[Decoders, Assigner, str]]:
    made = {}
    for sensor in site.sensor:
        if sensor.id in exercise.sensors:
            name, link = FORMATS.get(sensor.kind, LISTENERS)
            decoders = Decoders(find_format(name), Options(origin="exercise", edition=sensor.edition))
            made[sensor.id] = decoders, Assigner(site, [sensor]), link
    return made
