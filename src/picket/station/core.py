"""The station without its network: sequencer, engine thread and log writer joined by queues.

    I/O loop --record--> engine thread --view, alerts--> I/O loop
             \\--------> log writer thread --> disk

The engine thread publishes a new view as soon as its queue is empty, and at the latest every `PUBLISH_S` under load.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time as _time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, Queue
from typing import Any, NamedTuple

import msgspec

from picket import __version__
from picket.record import log
from picket.record.log import LogFile, Record
from picket.record.operators import OperatorStore
from picket.site import Site
from picket.station.engine import Engine, Outcome, View
from picket.station.sequence import Sequencer
from picket.station.writer import MAX_WAITING, LogWriter
from picket.watch import Alert, AlertBook

PUBLISH_S = 0.1
STOP_S = 1.2
ENGINE_QUEUE = 2_000  # records
SEQ_GAP = 1_000_000  # after a kill: more than any record or track number that was shown but not yet on disk


class Waiting(NamedTuple):
    """Whoever sent an action waits for both: what the engine made of it, and that it is on disk."""

    outcome: Future[Outcome]
    written: Future[None]


class Core:
    """Runs records through engine and log. Make it in the I/O loop's thread; `start` and `stop` it there."""

    def __init__(self, site: Site, folder: Path, *, seed: int = 0, clock: Callable[[], float] = _time.time) -> None:
        self.site, self.folder, self.clock, self.seed = site, folder, clock, seed
        self.engine = Engine(site, seed=seed)
        self._log = LogFile(folder, segment_bytes=int(site.archive.segment_mb * 2**20))
        self.writer = LogWriter(self._log, folder / "state.msgpack")
        self.operators = OperatorStore(folder / "operators", keep_days=site.archive.operators_keep_days)
        self._queue: Queue[tuple[Record, Future[Outcome] | None] | None] = Queue()  # bounded by `overloaded`
        self._thread = threading.Thread(target=self._run, name="picket-engine", daemon=True)
        self.view: View = self.engine.publish()
        self.on_view: list[Callable[[View], None]] = []  # called in the I/O loop
        self.on_alerts: list[Callable[[list[Alert]], None]] = []
        self.problem: str | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.sequencer = Sequencer(1, clock, self._sink, self.overloaded, self.operators.add)

    # -- life ----------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Takes up the alerts where the last run left them, writes the boot record and starts both threads."""
        self._loop = asyncio.get_running_loop()
        state, last_seq, clean = recover(self.folder, self.site)
        self.sequencer.seq = last_seq if clean else last_seq + SEQ_GAP
        self.writer.committed_seq = last_seq
        self.writer.start()
        self._thread.start()
        self.sequencer.emit(
            "boot",
            {
                "version": 1,
                "picket": __version__,
                "site": digest(self.site),
                "seed": self.seed,
                "book": state,
                "origin": self.site.station.origin,
            },
        )

    def stop(self) -> None:
        """Everything that arrived goes into the log, and through the engine if it can within `STOP_S`; both threads end.

        An engine that is further behind (or still compiles) is left: without the state file the next start replays the log.
        """
        self.sequencer.flush()
        self.sequencer.emit("end", None)
        self._queue.put(None)
        self._thread.join(STOP_S)
        behind = self._thread.is_alive()
        if not behind:
            self.writer.keep_state(self._state())
        self.writer.stop()
        if behind:
            self.writer.state_path.unlink(missing_ok=True)

    # -- records -------------------------------------------------------------------------------------------------
    async def act(self, payload: dict[str, Any]) -> Alert | None:
        """An officer's action: returns when the engine has taken it in and it is on disk. Raises ValueError when refused."""
        waiting = Waiting(Future(), Future())
        self.sequencer.flush()
        self.sequencer.emit("action", payload, waiting)
        result = await asyncio.wrap_future(waiting.outcome)
        await asyncio.wrap_future(waiting.written)
        if result.error:
            raise ValueError(result.error)
        return result.result

    def audit(self, who: str, what: str, **detail: Any) -> None:
        """A look or a change that must be traceable."""
        self.sequencer.emit("audit", {"who": who, "what": what, **detail})

    def tick(self) -> None:
        """Time passes: what was gathered goes on, then the tick. An engine that is behind anyway gets no ticks on top."""
        self.sequencer.flush()
        if not self.overloaded():
            self.sequencer.emit("tick", None)

    def _sink(self, record: Record, waiting: Waiting | None) -> None:
        self.writer.put(record, waiting.written if waiting else None)
        self._queue.put((record, waiting.outcome if waiting else None))

    def overloaded(self) -> bool:
        """True when engine or disk are so far behind that new rows are refused, and counted."""
        return self._queue.qsize() > ENGINE_QUEUE or self.writer.waiting > MAX_WAITING

    def queues(self) -> dict[str, int]:
        """How much waits where."""
        return {"engine": self._queue.qsize(), "engine_limit": ENGINE_QUEUE, "log": self.writer.waiting, "log_limit": MAX_WAITING}

    # -- the engine thread -----------------------------------------------------------------------------------------
    def _run(self) -> None:
        published = 0.0
        while True:
            try:
                item = self._queue.get(timeout=PUBLISH_S)
            except Empty:
                continue
            if item is None:
                self._publish()
                return
            self._apply(*item)
            now = _time.monotonic()
            if self._queue.empty() or now - published > PUBLISH_S:
                self._publish()
                published = now

    def _apply(self, record: Record, waiting: Future[Outcome] | None) -> None:
        try:
            outcome = self.engine.apply(record)
        except Exception as e:  # one record must not end the watch: it is named, kept in the log, and the picture goes on
            self.problem = f"record {record.seq} ({record.kind}) could not be worked on: {type(e).__name__}: {e}"
            traceback.print_exc()
            outcome = Outcome(error=self.problem)
        if waiting is not None:
            waiting.set_result(outcome)
        if outcome.alerts:
            self.writer.keep_state(self._state())
            self._tell(self.on_alerts, list(outcome.alerts))

    def _publish(self) -> None:
        self.view = self.engine.publish()
        self._tell(self.on_view, self.view)

    def _tell(self, listeners: list[Callable[[Any], None]], news: Any) -> None:
        if self._loop is not None and not self._loop.is_closed():
            for listener in listeners:
                self._loop.call_soon_threadsafe(listener, news)

    def _state(self) -> bytes:
        return msgspec.msgpack.encode({"version": 1, "seq": self.engine.seq, "book": self.engine.book.state()})


def recover(folder: Path, site: Site) -> tuple[dict[str, Any] | None, int, bool]:
    """(alert state, last seq, ended cleanly) of the log in `folder`.

    The state file gives the alerts at some record; what officers decided after that is taken from the log. Without a
    usable state file the whole log is replayed, which gives the same alerts and takes longer.
    """
    saved = _saved_state(folder / "state.msgpack")
    book = AlertBook.restore(site, saved["book"]) if saved else None
    engine = None if saved else Engine(site)
    last: Record | None = None
    for record in log.read(folder):
        last = record
        if engine is not None:
            engine.apply(record)
        elif book is not None and saved is not None and record.kind == "action" and record.seq > saved["seq"]:
            _decide(book, record)
    if last is None:
        return None, 0, True
    held = engine.book if engine is not None else book
    assert held is not None
    return held.state(), last.seq, last.kind == "end"


def _saved_state(path: Path) -> dict[str, Any] | None:
    try:
        saved = msgspec.msgpack.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    return saved if isinstance(saved, dict) and saved.get("version") == 1 else None


def _decide(book: AlertBook, record: Record) -> None:
    """An officer's decision on alerts, as the log has it; one that was refused then is refused again."""
    p = record.payload
    try:
        if p["do"] == "acknowledge":
            book.acknowledge(p["id"], p["by"], record.time)
        elif p["do"] == "close":
            book.close(p["id"], p["cause"], p["by"], record.time, p["note"])
    except ValueError:
        return


def digest(site: Site) -> str:
    """A short name of everything in the site file that tracks and alerts depend on."""
    plain = msgspec.structs.asdict(msgspec.structs.replace(site, shapes={}, source="", folder=""))
    shapes = {k: v.wkt for k, v in sorted(site.shapes.items())}
    return hashlib.sha256(json.dumps([msgspec.to_builtins(plain), shapes], sort_keys=True).encode()).hexdigest()[:16]
