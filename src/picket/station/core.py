"""The station without its network: sequencer, engine thread and log writer joined by queues.

    I/O loop --record--> engine thread --view, alerts--> I/O loop
             \\--------> log writer thread --> disk

The engine thread publishes a new view as soon as its queue is empty, and at the latest every `PUBLISH_S` under load.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import threading
import time as _time
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

import msgspec

from picket import __version__
from picket.feed import Decoded
from picket.record import log
from picket.record.cases import CaseIndex
from picket.record.files import sync_file, write_whole
from picket.record.log import LogError, LogFile, Record, Verdict
from picket.record.operators import OperatorStore
from picket.record.watchlog import WatchIndex
from picket.site import Site
from picket.station.engine import Engine, Outcome, View
from picket.station.flights import Plan, geojson, planned, read_kept, with_plan
from picket.station.life import AlertLives
from picket.station.notify import Notifier
from picket.station.own import OwnLook
from picket.station.sealing import Sealing
from picket.station.sequence import ClosedError, Sequencer
from picket.station.site_edit import SiteKeeper
from picket.station.site_live import live_part
from picket.station.writer import MAX_WAITING, LogWriter
from picket.watch import Alert, AlertBook, decide, is_decision

PUBLISH_S = 0.1
STOP_S = 1.2
WRITE_S = 10.0  # an action that waits longer for the disk is answered with what is wrong
ENGINE_QUEUE = 2_000  # records
STATE_S = 5.0  # between two writings of the alerts' state, at most: a killed station reads only what came after
SEQ_GAP = 1_000_000  # after a kill: more than any record or track number that was shown but not yet on disk


class ActionError(ValueError):
    """An officer's action that was refused; the message says why."""


class NotOnDiskError(ValueError):
    """An officer's action that holds but could not be written yet."""


class Waiting(NamedTuple):
    """Whoever sent an action waits for both: what the engine made of it, and that it is on disk."""

    outcome: Future[Outcome]
    written: Future[None]

    @classmethod
    def new(cls) -> Waiting:
        """Two futures that cannot be cancelled: a client that goes away must not disturb the threads that keep them."""
        found = cls(Future(), Future())
        for future in found:
            future.set_running_or_notify_cancel()
        return found


class Recovered(NamedTuple):
    """What the last run left: the alerts (None: there was no run), and the number that the next record comes after."""

    book: dict[str, Any] | None
    seq: int
    damage: str | None = None


class Core:
    """Runs records through engine and log. Make it in the I/O loop's thread; `start` and `stop` it there."""

    def __init__(
        self,
        site: Site,
        folder: Path,
        *,
        seed: int = 0,
        clock: Callable[[], float] = _time.time,
        sync: Callable[[int], None] = sync_file,
    ) -> None:
        self.site, self.folder, self.clock, self.seed = site, folder, clock, seed
        self.engine = Engine(site, seed=seed)
        self.sealing: Sealing | None = None  # whoever runs the station seals its days
        self.radios: Any = None  # picket.station.radios.Radios, where the site has any: whoever runs the station makes them
        self._log = LogFile(folder, segment_bytes=int(site.archive.segment_mb * 2**20), sync=sync)
        self.operators = OperatorStore(folder / "operators", keep_days=site.archive.operators_keep_days)
        self.watchlog, self.lives, self.cases = WatchIndex(folder), AlertLives(), CaseIndex(folder)
        self.writer = LogWriter(self._log, folder / "state.msgpack", also=self._write_beside)
        self._queue: Queue[tuple[Record, Future[Outcome] | None] | None] = Queue()  # bounded by `overloaded`
        self._thread = threading.Thread(target=self._run, name="picket-engine", daemon=True)
        self.view: View = self.engine.publish()
        self.on_view: list[Callable[[View], None]] = []  # called in the I/O loop
        self.on_alerts: list[Callable[[list[Alert]], None]] = []
        self.on_applied: list[Callable[[Record, Outcome, Engine], None]] = []  # called in the engine thread
        self.problem: str | None = None
        self.refuses: str | None = None  # why no action is taken any more
        self._loop: asyncio.AbstractEventLoop | None = None
        self._own = OwnLook()
        self._state_kept = float("-inf")
        self.unrecorded: Counter[str] = Counter()  # records, and rows in them, that were shown and are not in the log
        self.sequencer = Sequencer(1, clock, self._sink, self.overloaded, self.operators.add)
        self.keeper = SiteKeeper(site, lambda: self.engine.site, folder / "site-undo.json", self.sequencer.now)
        self.site_lock = asyncio.Lock()  # one change of the site at a time
        self.site_note: str | None = None
        self.notifier = Notifier(
            site, self.sequencer.now, lambda what, **detail: self.audit("station", what, **detail), lambda: self.view.alerts
        )

    # -- life ----------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Takes up the alerts where the last run left them, writes the boot record and starts both threads."""
        self._loop = asyncio.get_running_loop()
        found = recover(self.folder, self.site, self._log.last)
        self.sequencer.seq = self.writer.committed_seq = found.seq
        if found.damage:
            self.problem = f"the log is damaged at {found.damage}; see `picket archive verify --archive {self.folder}`"
        self.writer.start()
        self._thread.start()
        self._boot(found.book, live=live_part(with_plan(self.site, self._kept_plan(), self.sequencer.now())))
        self._begin_lives(found)

    def keep_plan(self) -> None:
        """Writes the planned flights beside the log, for the next start."""
        try:
            write_whole(self.folder / "flights.json", msgspec.json.encode(geojson(planned(self.engine.site))))
        except OSError as e:
            self.problem = f"planned flights will be gone after a restart: {e.strerror or e} ({e.filename})"

    def _kept_plan(self) -> Plan:
        """The planned flights of the last run."""
        try:
            return read_kept((self.folder / "flights.json").read_bytes())
        except FileNotFoundError:
            return Plan((), {})
        except (OSError, ValueError, KeyError, TypeError) as e:
            self.problem = f"flights.json cannot be read, no flight is planned: import them again ({type(e).__name__})"
            return Plan((), {})

    def _begin_lives(self, found: Recovered) -> None:
        """The life of alerts becomes records once the index of the watch log knows what earlier runs have told of them."""
        self.on_alerts.append(lambda alerts: self._tell_lives(self.lives.take(alerts)))
        known = [] if found.book is None else list(reversed(AlertBook.restore(self.site, found.book).all))
        last = self._log.last.seq if self._log.last else 0
        self.notifier.begin(known)
        self.on_alerts.append(self.notifier.take)

        def catch_up() -> None:
            self.watchlog.catch_up(self.folder, last)
            self.cases.catch_up(self.folder, last, self.watchlog.closing)
            states = self.watchlog.states()
            if self._loop is not None and not self.watchlog.closing.is_set():
                with contextlib.suppress(RuntimeError):  # the loop has closed
                    self._loop.call_soon_threadsafe(lambda: self._tell_lives(self.lives.begin(known, states)))

        threading.Thread(target=catch_up, name="picket-watchlog", daemon=True).start()

    def _tell_lives(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            with contextlib.suppress(ClosedError):  # the next start writes it
                self.sequencer.emit("life", event)

    def _write_beside(self) -> None:
        """What the log writer writes with each commit. The index comes first: it raises nothing."""
        self.watchlog.write(self.writer.committed_seq)
        self.cases.write(self.writer.committed_seq)
        self.operators.write()

    def _boot(self, book: dict[str, Any] | None, **more: Any) -> None:
        self.sequencer.emit(
            "boot",
            {
                "version": 1,
                "picket": __version__,
                "site": digest(self.site),
                "seed": self.seed,
                "book": book,
                "origin": self.site.station.origin,
                **more,
            },
        )

    def end(self) -> None:
        """The last record is made: what arrived before it goes on, nothing comes after it. In the I/O loop."""
        if not self.sequencer.closed:
            self.sequencer.close()
            self._queue.put(None)

    def stop(self) -> None:
        """Everything that arrived goes into the log, and through the engine if it can within `STOP_S`; both threads end.

        An engine that is further behind (or still compiles) is left: without the state file the next start replays the log.
        May run in another thread once `end` has been called.
        """
        self.end()
        self._thread.join(STOP_S)
        behind = self._thread.is_alive()
        if not behind:
            self.writer.keep_state(self._state())
        self.writer.stop()
        self.watchlog.close(self.writer.committed_seq)
        with contextlib.suppress(OSError):  # the next start reads it from the log
            self.cases.write(self.writer.committed_seq, last=True)
        if behind:
            self.writer.state_path.unlink(missing_ok=True)

    # -- records -------------------------------------------------------------------------------------------------
    async def act(self, payload: dict[str, Any]) -> Alert | None:
        """An officer's action: returns when the engine has taken it in and it is on disk.

        Raises ActionError when it is refused, NotOnDiskError when it holds but is not on disk after `WRITE_S`, ClosedError.
        """
        if self.refuses is not None:
            raise ActionError(self.refuses)
        waiting = Waiting.new()
        self.sequencer.flush()
        self.sequencer.emit("action", payload, waiting)
        return await self._settled(waiting)

    async def report(self, decoded: Decoded) -> None:
        """A person's report goes the way of a sensor's rows, in a record of its own: returns when it is worked on and on disk.

        Raises ActionError when it is refused, NotOnDiskError, also when more arrives than can be worked on, and ClosedError.
        """
        if self.refuses is not None:
            raise ActionError(self.refuses)
        if self.overloaded():
            raise NotOnDiskError("more arrives than can be worked on: the report was not taken; send it again")
        waiting = Waiting.new()
        self.sequencer.flush()
        self.sequencer.add_report(decoded, waiting)
        await self._settled(waiting)

    async def _settled(self, waiting: Waiting) -> Alert | None:
        result = await asyncio.wrap_future(waiting.outcome)
        try:
            await asyncio.wait_for(asyncio.wrap_future(waiting.written), WRITE_S)
        except (OSError, LogError) as e:  # a TimeoutError is an OSError
            why = self.writer.problem or str(e) or f"it waits for the disk longer than {WRITE_S:g} s"
            raise NotOnDiskError(f"the action holds on the screen, but is not in the log: {why}") from None
        if result.error:
            raise ActionError(result.error)
        return result.result

    def audit(self, who: str, what: str, **detail: Any) -> None:
        """A look or a change that must be traceable."""
        self.sequencer.emit("audit", {"who": who, "what": what, **detail})

    def tick(self) -> None:
        """Time passes: what was gathered goes on, then the tick. An engine that is behind anyway gets no ticks on top."""
        self.sequencer.flush()
        back = self.sequencer.set_back_s()
        if back:  # tracks of a time that has not come yet would hold for `back` seconds, and every new row be refused as wrong
            self.sequencer.restart_clock()
            self._boot(None, clock_set_back_s=back)
        own = self._own.changed(self, self.sequencer.now(), self.unrecorded)
        if own is not None:
            self.sequencer.emit("station", own)
        if not self.overloaded():
            self.sequencer.emit("tick", None)

    def _sink(self, record: Record, waiting: Waiting | None) -> None:
        self.watchlog.take(record)
        self.cases.take(record)
        if self.writer.full and waiting is None and record.kind in ("batch", "tick"):  # the picture does not wait for the disk
            rows = (record.payload or {}).get("d")
            self.unrecorded.update(records=1, rows=rows["n"] if rows else 0)
        else:
            self.writer.put(record, waiting.written if waiting else None)
        self._queue.put((record, waiting.outcome if waiting else None))

    def overloaded(self) -> bool:
        """True when the engine is so far behind that new rows are refused, and counted."""
        return self._queue.qsize() > ENGINE_QUEUE

    def queues(self) -> dict[str, int]:
        """How much waits where."""
        return {"engine": self._queue.qsize(), "engine_limit": ENGINE_QUEUE, "log": self.writer.waiting, "log_limit": MAX_WAITING}

    def problems(self) -> list[str]:
        """What is wrong with the station itself, in words."""
        sealing = self.sealing.problem if self.sealing else None
        found = [p for p in (self.problem, self.writer.refused, self.writer.problem, self.watchlog.problem, sealing) if p]
        if self._thread.ident is not None and not self.sequencer.closed:
            ended = [t for t, alive in (("engine", self._thread.is_alive()), ("log writer", self.writer.alive)) if not alive]
            found += [f"the {name} has ended: restart the station" for name in ended]
        found += [p for p in (self.keeper.problem, self.site_note) if p]
        found += self.notifier.problems()
        if self.writer.full:
            rows = self.unrecorded["rows"]
            found.append(
                f"more waits for the disk than memory holds: what comes in is shown and NOT recorded ({rows} rows so far)"
            )
        found += self.radios.problems() if self.radios is not None else []
        if self.overloaded():
            found.append("more arrives than can be worked on: rows are refused and counted as overload")
        return found

    # -- the engine thread -----------------------------------------------------------------------------------------
    def _run(self) -> None:
        published = 0.0
        while True:
            item = self._queue.get()
            if item is None:
                self._publish()
                return
            self._apply(*item)
            now = _time.monotonic()
            if self._queue.empty() or now - published > PUBLISH_S:
                self._publish()
                published = now

    def _apply(self, record: Record, waiting: Future[Outcome] | None) -> None:
        outcome = Outcome(error="the station could not work on it")
        try:
            outcome = self.engine.apply(record)
            for listener in self.on_applied:
                listener(record, outcome, self.engine)
            if outcome.alerts or _time.monotonic() - self._state_kept > STATE_S:
                self._state_kept = _time.monotonic()
                self.writer.keep_state(self._state())
            if outcome.alerts:
                self._tell(self.on_alerts, list(outcome.alerts))
        except Exception as e:  # one record must not end the watch: it is named, kept in the log, and the picture goes on
            self._failed(f"record {record.seq} ({record.kind}) could not be worked on", e)
        if waiting is not None:
            waiting.set_result(outcome)

    def _publish(self) -> None:
        try:
            self.view = self.engine.publish()
            self._tell(self.on_view, self.view)
        except Exception as e:  # nor must one picture
            self._failed("a picture could not be made", e)

    def _failed(self, what: str, e: Exception) -> None:
        self.problem = f"{what}: {type(e).__name__}: {e}"
        traceback.print_exc()

    def _tell(self, listeners: list[Callable[[Any], None]], news: Any) -> None:
        if self._loop is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody listens any more
            for listener in listeners:
                self._loop.call_soon_threadsafe(listener, news)

    def _state(self) -> bytes:
        return msgspec.msgpack.encode(
            {"version": 1, "seq": self.engine.seq, "highest_id": self.engine.highest_id, "book": self.engine.book.state()}
        )


def recover(folder: Path, site: Site, last: Record | None) -> Recovered:
    """What the run before left in `folder`; `last` is the newest record of its log.

    The state file gives the alerts at some record; what officers decided after that is taken from the log. Without a
    usable state file the whole log is replayed, which gives the same alerts and takes longer. Numbers go on after the last
    record and the highest track number; after a kill, when neither is sure, SEQ_GAP further on.
    """
    verdict = Verdict()
    if last is None:
        next(log.read(folder, verdict=verdict), None)
        if verdict.damage is None:
            return Recovered(
                None, 0
            )  # there was no run; else its very first record is damaged, and the state file is all there is
        verdict = Verdict()
    book, state_seq, highest_id = _from_state(folder, site, verdict) or _from_log(folder, site, verdict)
    seq = max(last.seq if last else 0, state_seq, highest_id)
    clean = last is not None and last.kind == "end" and state_seq == last.seq
    return Recovered(book.state(), seq if clean else seq + SEQ_GAP, verdict.damage)


def _from_state(folder: Path, site: Site, verdict: Verdict) -> tuple[AlertBook, int, int] | None:
    """(book, seq, highest track number) of the state file and the decisions after it; None when it cannot be used."""
    try:
        saved = msgspec.msgpack.decode((folder / "state.msgpack").read_bytes())
        if saved["version"] != 1:
            return None
        book, seq, highest_id = AlertBook.restore(site, saved["book"]), int(saved["seq"]), int(saved.get("highest_id", 0))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    for record in log.read(folder, after=seq, verdict=verdict):
        if record.kind == "action" and record.seq > seq:
            _decide(book, record)
    return book, seq, highest_id


def _from_log(folder: Path, site: Site, verdict: Verdict) -> tuple[AlertBook, int, int]:
    """The same from every record of the log; one that the engine could not work on then is passed over again."""
    engine = Engine(site)
    for record in log.read(folder, verdict=verdict):
        with contextlib.suppress(Exception):
            engine.apply(record)
    return engine.book, engine.seq, engine.highest_id


def _decide(book: AlertBook, record: Record) -> None:
    """An officer's decision on alerts, as the log has it; one that was refused then is refused again."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        if is_decision(record.payload):
            decide(book, record.payload, record.time)


def digest(site: Site) -> str:
    """A short name of everything in the site file that tracks and alerts depend on."""
    plain = msgspec.structs.asdict(msgspec.structs.replace(site, shapes={}, source="", folder=""))
    shapes = {k: v.wkt for k, v in sorted(site.shapes.items())}
    return hashlib.sha256(json.dumps([msgspec.to_builtins(plain), shapes], sort_keys=True).encode()).hexdigest()[:16]
