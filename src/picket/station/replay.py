"""A recorded period through the same station: the records of the log, in order, into the same engine.

Reading begins at the last start at or before the period, where tracks began anew; what lies between is worked on unseen. So tracks and
alerts of the period are those of the day (a test compares). Nothing of a replay is written into the archive, and nothing in
it can be changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from picket.feed import Decoded
from picket.record import log
from picket.record.log import Record, Verdict
from picket.record.watchlog import entry_of
from picket.site import Site
from picket.station.core import ActionError, Core, Recovered
from picket.station.engine import Engine, Outcome
from picket.station.player import Player, ReplayError, check_speed
from picket.station.run import Station
from picket.watch import Alert
from picket.words import TRACK, Batch


class Moment(NamedTuple):
    """What one record of the period led to."""

    record: Record
    tracks: Batch
    alerts: tuple[Alert, ...]


def records(folder: Path, since: float, until: float, verdict: Verdict | None = None) -> Iterator[Record]:
    """The records from the last start before the period to its end. Raises ReplayError for a period that the log does not hold."""
    if not log.segments(folder):
        raise ReplayError(log.no_log(folder))
    if not until > since:
        raise ReplayError("expected --until after --since")
    within = False
    first, last = None, None
    for record in log.read(folder, after=log.start_before(folder, since), verdict=verdict):
        first, last = first or record, record
        if record.time > until:
            break
        within |= record.time >= since
        yield record
    if not within:
        held = "" if first is None or last is None else f"; nearest to it are {_iso(first.time)} to {_iso(last.time)}"
        raise ReplayError(f"{folder}: the log holds no record between {_iso(since)} and {_iso(until)}{held}")


def moments(
    folder: Path, site: Site, since: float, until: float, *, seed: int = 0, verdict: Verdict | None = None
) -> Iterator[Moment]:
    """The period as fast as the machine allows: what each record of it led to."""
    engine = Engine(site, seed=seed, asked=False)
    for record in records(folder, since, until, verdict):
        outcome = _apply(engine, record)
        if record.time >= since:
            yield Moment(record, engine.tracks if record.kind in ("batch", "tick") else Batch.empty(TRACK), tuple(outcome.alerts))


def _apply(engine: Engine, record: Record) -> Outcome:
    try:
        return engine.apply(record)
    except Exception:  # the station passed it over too (core._apply)
        return Outcome()


# -- on the page -------------------------------------------------------------------------------------------------------
class ReplayCore(Core):
    """A core that the log feeds: no ticks of its own, no actions. `player` says which record is next, and when."""

    player: Player

    def __init__(self, site: Site, folder: Path, *, seed: int, since: float) -> None:
        self.replayed = since  # the moment that is shown: the clock of everything
        self.quiet = True  # nothing is told while the way to a moment is worked on
        super().__init__(site, folder, seed=seed, clock=lambda: self.replayed)
        self.keeper.refuses = "this is a replay: nothing in it can be changed"

    def tick(self) -> None:
        """Time is the log's."""

    async def act(self, payload: dict[str, Any]) -> Alert | None:
        """Refused: what people decided is in the log already."""
        raise ActionError("this is a replay: nothing in it can be changed")

    def _begin_lives(self, found: Recovered) -> None:
        """The log has the records of what happened to its alerts."""

    async def report(self, decoded: Decoded) -> None:
        """Refused: what people saw is in the log already."""
        raise ActionError("this is a replay: nothing in it can be changed")

    def take(self, record: Record) -> None:
        """The next record of the log goes to the engine, its entry to the watch log of this replay, and nowhere else."""
        self._queue.put((record, None))
        entry = entry_of(record)
        if entry is not None:
            self.watchlog.add([entry])

    async def settled(self) -> None:
        """Returns when the engine has worked on everything that it was given."""
        await self._told(_SETTLED)

    async def restart(self) -> None:
        """The engine is as new when this returns."""
        await self._told(_RESTART)
        self.watchlog.forget_before(2**62)

    async def show(self) -> None:
        """The picture of this moment is told, and from now on every one."""
        self.quiet = False
        await self._told(_SHOW)

    async def _told(self, kind: str) -> None:
        waiting: Future[Outcome] = Future()
        waiting.set_running_or_notify_cancel()  # whoever goes away must not disturb the engine's thread
        self._queue.put((Record(0, 0.0, kind, None), waiting))
        await asyncio.wrap_future(waiting)

    def _apply(self, record: Record, waiting: Future[Outcome] | None) -> None:
        if record.kind not in (_SETTLED, _RESTART, _SHOW):
            super()._apply(record, waiting)
            return
        if record.kind == _RESTART:
            self.engine.restart()
        if record.kind == _SHOW:
            self._publish()
        if waiting is not None:
            waiting.set_result(Outcome())

    def _publish(self) -> None:
        if not self.quiet:
            super()._publish()

    def _tell(self, listeners: list[Callable[[Any], None]], news: Any) -> None:
        if not self.quiet:
            super()._tell(listeners, news)

    @property
    def behind(self) -> int:
        """Records that wait for the engine."""
        return self._queue.qsize()


_SETTLED, _RESTART, _SHOW = "replay settled", "replay restart", "replay show"  # no records of a log


class ReplayStation(Station):
    """A station whose page shows a recorded period. `temporary` is a folder of its own: the archive is only read."""

    def __init__(
        self, site: Site, archive: Path, temporary: Path, since: float, until: float, *, speed: float = 1.0, seed: int = 0,
        ended: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        check_speed(speed)
        self.archive, self.since, self.until, self.speed, self._ended = archive, since, until, speed, ended
        for record in records(archive, since, until):  # a period that is not there is said before anything starts
            if record.time >= since:
                break
        silent = tuple(msgspec.structs.replace(s, feed=None) for s in site.sensor)
        super().__init__(msgspec.structs.replace(site, sensor=silent, notify=()), temporary, seed=seed)

    def _make_core(self, seed: int) -> Core:
        core = ReplayCore(self.site, self.folder, seed=seed, since=self.since)
        core.problem = f"REPLAY of {_iso(self.since)} to {_iso(self.until)}: nothing shown is happening now"
        core.player = Player(
            core, lambda: records(self.archive, self.since, self.until), self.since, self.until, self.speed, lambda: self._ended()
        )
        return core

    async def run(self, ready: Callable[[str], None]) -> None:
        """As a station's; the replay begins when the page can be opened."""
        begun = asyncio.Event()

        def told(url: str) -> None:
            ready(url)
            begun.set()

        async def play() -> None:
            await begun.wait()
            assert isinstance(self.core, ReplayCore)
            try:
                await self.core.player.run()
            except (ValueError, OSError) as e:  # the page stays, and says why nothing moves any more
                self.core.problem = f"the replay stopped: {e}"

        player = asyncio.create_task(play())
        try:
            await super().run(told)
        finally:
            player.cancel()
            await asyncio.gather(player, return_exceptions=True)


def _iso(time: float) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}"
