"""The log writer: the third thread. It takes what waits, writes it and syncs once (group commit), at most every `COMMIT_S`.

The picture does not wait for it. Replies to an officer's action do: `written` futures are set after the sync. A disk that
is full or gone keeps the records pending and is told to everyone; when too much waits, new records are refused, counted.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time as _time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue

from picket.record.log import LogFile, Record

COMMIT_S = 0.05
MAX_WAITING = 20_000  # records; at 20 a second a quarter of an hour without a disk


class LogWriter:
    """Owns a LogFile and the state file beside it (the alerts as they stand, so that a restart need not replay the log)."""

    def __init__(self, log: LogFile, state_path: Path, *, sleep: Callable[[float], None] = _time.sleep) -> None:
        self.log, self.state_path, self._sleep = log, state_path, sleep
        self._queue: SimpleQueue[tuple[Record, Future[None] | None]] = SimpleQueue()
        self._state: bytes | None = None
        self._waiters: list[Future[None]] = []
        self._last_seq = 0
        self._stop = threading.Event()
        self.problem: str | None = None
        self.committed_seq = 0
        self.commits = 0
        self._thread = threading.Thread(target=self._run, name="picket-log", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Records not yet on disk."""
        return self._queue.qsize() + self.log.pending

    def put(self, record: Record, written: Future[None] | None = None) -> None:
        """Hands over a record; `written` is set when it is on disk."""
        self._queue.put((record, written))

    def keep_state(self, state: bytes) -> None:
        """The latest alert state; only the newest one is written."""
        self._state = state

    def stop(self) -> None:
        """Writes everything that waits and ends."""
        self._stop.set()
        self._thread.join()
        try:
            self.log.close()
        except OSError as e:
            self.problem = f"{self.log.pending} records could not be written at the end: {e.strerror or e}"

    def _run(self) -> None:
        while not (self._stop.is_set() and self._queue.empty()):
            with contextlib.suppress(Empty):
                self._take(*self._queue.get(timeout=COMMIT_S))
            self._sleep(0 if self._stop.is_set() or self._waiters else COMMIT_S)
            while True:
                try:
                    self._take(*self._queue.get_nowait())
                except Empty:
                    break
            self._commit()
            if self.problem and self._stop.is_set():
                break

    def _take(self, record: Record, written: Future[None] | None) -> None:
        self.log.append(record)
        self._last_seq = record.seq
        if written is not None:
            self._waiters.append(written)

    def _commit(self) -> None:
        try:
            if self.log.pending:
                self.log.commit()
                self.committed_seq, self.commits = self._last_seq, self.commits + 1
            state, self._state = self._state, None
            if state is not None:
                replace_file(self.state_path, state)
            self.problem = None
        except OSError as e:
            self.problem = f"the log cannot be written: {e.strerror or e} ({self.log.folder}); free space or replace the disk"
            return
        for waiter in self._waiters:
            waiter.set_result(None)
        self._waiters.clear()


def replace_file(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Writes a file so that readers see the old or the new one, never half."""
    temporary = path.with_name(path.name + ".new")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(fd, "wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    os.replace(temporary, path)
