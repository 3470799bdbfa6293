"""The log through the station's own engine into sealed days: what is derived can be made again, byte for byte.

Every record goes through `Engine.apply` as it did live. A record that the engine could not work on then is passed over again, and counted.
The same log, site file and keys give the same files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from picket.record import log
from picket.record.archive import Sealer, Source, read_manifest
from picket.record.collect import LATENESS_DAYS, Collector
from picket.record.log import LogError, Record, Verdict
from picket.record.pseudonyms import Pseudonyms
from picket.record.uptime import UptimeBook
from picket.site import Site
from picket.station.core import digest
from picket.station.engine import Engine
from picket.watch import Alert

LOOK_S = 10.0  # between two looks at the sensors


@dataclass
class Rebuilt:
    """What `rebuild` did. other_site: boots that were of another site file than the one given."""

    records: int = 0
    points: int = 0
    segments: int = 0
    days: list[int] = field(default_factory=list)
    alerts: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    damage: str | None = None
    boots: int = 0
    other_site: int = 0
    since: float = 0.0
    until: float = 0.0


def rebuild(
    folder: Path,
    site: Site,
    *,
    seed: int = 0,
    pseudonyms: Pseudonyms | None = None,
    on_record: Callable[[Record], None] | None = None,
    new_days: bool = False,
) -> Rebuilt:
    """Seals the days of the log in `folder` anew. Raises LogError without a log, ArchiveError when another process seals this archive.

    Days of which the log no longer holds the beginning (retired segments) stay as they were sealed. new_days: only days that have changed
    since the last sealing are made; the log is read from the last start of the station before them, where nothing was tracked yet, so
    they are the same as from the whole log.
    """
    if not log.segments(folder):
        raise LogError(f"{log.no_log(folder)}; tables are taken in by `picket archive import`")
    done, verdict, own = Rebuilt(), Verdict(), digest(site)
    held = next((s for s in read_manifest(folder).sources if s.name == "log"), None)
    keep_before, after = _retired_until(folder, held), 0
    if new_days and held is not None:
        keep_before = max(keep_before, int(held.until // 86_400) - LATENESS_DAYS)
        after = log.start_before(folder, keep_before * 86_400.0)
    with Sealer(folder, "log", keep_before=keep_before) as sealer:

        def day(found: Any) -> None:
            sealer.day(found)
            done.days.append(found.day)
            done.segments += len(found.segments["segment"])

        collector = Collector(day, pseudonyms or Pseudonyms(folder), [f.identity for f in site.friendly])
        replay = _Replay(Engine(site, seed=seed, asked=False), collector)
        for record in log.read(folder, verdict=verdict, after=after):
            if record.seq < after:  # older ones of the first segment read
                continue
            done.records += 1
            if not done.since or record.time < done.since:
                done.since = record.time
            done.until = max(done.until, record.time)
            if record.kind == "boot":
                done.boots += 1
                done.other_site += record.payload.get("site", own) != own
            replay.take(record)
            if on_record is not None:
                on_record(record)
        collector.finish()
        done.left_out = {**replay.left_out, **dict(collector.left_out)}
        done.damage, done.alerts, done.points = verdict.damage, len(replay.alerts), sealer.points
        replay.book.write(sealer)
        sealer.alerts([msgspec.to_builtins(a) for _, a in sorted(replay.alerts.items())], done.since, done.until)
        sealer.about = Source(
            name="log", kind="log", since=min(done.since, held.since) if held and keep_before else done.since, until=done.until,
            digest=f"{done.records} records to {verdict.last_seq}", sensors=tuple(s.id for s in site.sensor), left_out=done.left_out,
            detail={"site": own, "boots": done.boots, "boots_of_another_site_file": done.other_site, "damage": done.damage, "seed": seed},
        )  # fmt: skip
    return done


def _retired_until(folder: Path, held: Source | None) -> int:
    """The first day that can be made anew of the log as it is; 0 when it holds everything that was ever sealed of it."""
    first = next(log.read(folder), None)
    if held is None or first is None or held.since >= first.time - 1.0:
        return 0
    day = int(first.time // 86_400)
    return day + 1 if held.until >= (day + 1) * 86_400 else day


class _Replay:
    """Engine, collector and uptime together: one record at a time."""

    def __init__(self, engine: Engine, collector: Collector) -> None:
        self.engine, self.collector, self.book = engine, collector, UptimeBook()
        self.alerts: dict[int, Alert] = {}
        self.left_out: dict[str, int] = {}
        self._looked = float("-inf")

    def take(self, record: Record) -> None:
        if record.kind == "boot":
            self.book.boot()
            self._looked = float("-inf")
        try:
            outcome = self.engine.apply(record)
        except Exception:  # the station passed it over too (core._apply): it is in the log, and is counted
            self.left_out["record_not_worked_on"] = self.left_out.get("record_not_worked_on", 0) + 1
            return
        for alert in outcome.alerts:
            self.alerts[alert.id] = alert
        if record.kind in ("boot", "action"):
            self.collector.befriend([f.identity for f in self.engine.site.friendly])
        if record.kind in ("batch", "tick"):
            self.collector.picture(self.engine.tracks)
        if record.kind == "end":
            self._look(record.time)
            self.book.boot()
        elif record.time - self._looked >= LOOK_S or record.time < self._looked:
            self._look(record.time)

    def _look(self, time: float) -> None:
        self._looked = time
        looks = self.engine.sensors.looks(time)
        self.book.look(time, {look.id: look.state for look in looks})
        for look in looks:
            if look.age_s is not None and look.age_s <= LOOK_S:
                self.book.heard(look.id, [int((time - look.age_s) // 60)])
