"""The log writer: the third thread. It takes what waits, writes it and syncs once (group commit), at most every `COMMIT_S`.

The picture does not wait for it. Replies to an officer's action do: `written` futures are set after the sync. A disk that
is full, gone or does not answer keeps the records pending and is told to everyone; when too much waits, what comes in is shown and not
recorded, counted (core.py), until the disk takes it again: the log then states the gap.
Everything a station writes while it runs is written here, operator positions too: the I/O loop never waits for a disk.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue

from picket.record.files import write_whole
from picket.record.log import LogError, LogFile, Record

COMMIT_S = 0.05
STALL_S = 2.0  # a commit that takes longer is told: the disk does not answer
RETRY_S = 0.5  # between attempts on a disk that refuses
MAX_WAITING = 20_000  # records; at 20 a second a quarter of an hour without a disk
LOOK_S = 10.0  # between two looks at what is free on the disk
MAX_WAITING_BYTES = 256 << 20


class LogWriter:
    """Owns a LogFile and the state file beside it (the alerts as they stand, so that a restart need not replay the log).

    also: what else is to be written with each commit (raises OSError like it).
    """

    def __init__(self, log: LogFile, state_path: Path, *, also: Callable[[], None] = lambda: None) -> None:
        self.log, self.state_path, self._also = log, state_path, also
        self._queue: SimpleQueue[tuple[Record, Future[None] | None]] = SimpleQueue()
        self._state: bytes | None = None
        self._state_lock = threading.Lock()
        self._waiters: list[Future[None]] = []
        self._last_seq = 0
        self._stop = threading.Event()
        self._refusal: str | None = None  # the disk's, until it takes everything again
        self._committing: float | None = None  # since when, while a commit is under way
        self.refused: str | None = None  # a record that no log can hold
        self.free_mb: float | None = None  # on the log's disk, as of the last look
        self._looked_at = float("-inf")
        self.committed_seq = 0
        self.commits = 0
        self._thread = threading.Thread(target=self._run, name="picket-log", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """False before the start and after the end."""
        return self._thread.is_alive()

    @property
    def problem(self) -> str | None:
        """What is wrong with the disk, in words, until it takes everything again. May be asked from any thread."""
        since = self._committing
        took = 0.0 if since is None else time.monotonic() - since
        if self._refusal is None and took > STALL_S:
            return f"the archive's disk does not answer for {took:.0f} s ({self.log.folder}): {self.waiting} records wait"
        return self._refusal

    @property
    def waiting(self) -> int:
        """Records not yet on disk."""
        return self._queue.qsize() + self.log.pending

    @property
    def full(self) -> bool:
        """True when so much waits for the disk that no more of what sensors send should be handed over."""
        return self.waiting > MAX_WAITING or self.log.pending_bytes > MAX_WAITING_BYTES

    def put(self, record: Record, written: Future[None] | None = None) -> None:
        """Hands over a record; `written` is set when it is on disk, or gets the exception that keeps it from it."""
        self._queue.put((record, written))

    def keep_state(self, state: bytes) -> None:
        """The latest alert state; only the newest one is written."""
        with self._state_lock:
            self._state = state

    def stop(self) -> None:
        """Writes everything that waits and ends; a disk that still refuses is a `problem`, not a reason to hang."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._take_all()
        self._commit()
        left = self.log.pending
        try:
            self.log.close()
        except OSError as e:
            self._refusal = f"{left} records could not be written at the end: {e.strerror or e} ({self.log.folder})"
        for waiter in self._waiters:
            waiter.set_exception(OSError(self._refusal or "the station ended"))
        self._waiters.clear()

    def _run(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(Empty):
                self._take(*self._queue.get(timeout=COMMIT_S))
            if not self._waiters:
                self._stop.wait(COMMIT_S)
            self._take_all()
            self._commit()
            self._look_at_disk()
            if self._refusal:
                self._stop.wait(RETRY_S)

    def _take_all(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                self._take(*self._queue.get_nowait())

    def _take(self, record: Record, written: Future[None] | None) -> None:
        try:
            self.log.append(record)
        except LogError as e:  # one record must not end the log: it is named, and whoever waits for it is told
            self.refused = str(e)
            if written is not None:
                written.set_exception(e)
            return
        self._last_seq = record.seq
        if written is not None:
            self._waiters.append(written)

    def _commit(self) -> None:
        """Writes all that waits. What one of the three files refuses does not keep the others from being written."""
        self._committing = time.monotonic()
        failed = [e for e in map(_tried, (self._commit_log, self._also, self._write_state)) if e is not None]
        self._committing, self._refusal = None, None
        if failed:
            self._refusal = f"the archive cannot be written: {failed[0].strerror or failed[0]} ({self.log.folder}); "
            self._refusal += "free space or replace the disk"
        if not self.log.pending:
            for waiter in self._waiters:
                waiter.set_result(None)
            self._waiters.clear()

    def _look_at_disk(self) -> None:
        """In this thread: a disk far away may take its time."""
        if time.monotonic() - self._looked_at < LOOK_S:
            return
        self._looked_at = time.monotonic()
        try:
            self.free_mb = shutil.disk_usage(self.log.folder).free / 2**20
        except OSError:  # the next commit says what is wrong with it
            self.free_mb = None

    def _commit_log(self) -> None:
        if self.log.pending:
            self.log.commit()
            self.committed_seq, self.commits = self._last_seq, self.commits + 1

    def _write_state(self) -> None:
        with self._state_lock:
            state, self._state = self._state, None
        if state is None:
            return
        try:
            write_whole(self.state_path, state)
        except OSError:
            with self._state_lock:
                self._state = self._state or state
            raise


def _tried(step: Callable[[], None]) -> OSError | None:
    try:
        step()
    except OSError as e:
        return e
    return None
