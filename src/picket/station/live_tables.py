"""The tables of a played run, written while it is played: its review is there as soon as it ends.

They are what `practice.complete_tables` would make from the log (a test compares), and are made from it when these could not be written
or the station was killed.
"""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec

from picket.record.log import Record
from picket.station.engine import Engine, Outcome
from picket.station.practice import Tables
from picket.train.kept import read_facts, write_facts


class LiveTables:
    """Takes each record that the engine has worked on, in the engine's thread; `close` from another one."""

    def __init__(self, folder: Path, start: float, planned_s: float) -> None:
        self._folder, self._start, self._end = folder, start, start + planned_s
        self._tables, self._until_s, self._whole = Tables(folder), 0.0, True
        self._open, self._lock = True, threading.Lock()
        self._tables.__enter__()

    def take(self, record: Record, outcome: Outcome, engine: Engine) -> None:
        """What one record led to. A disk that is full costs the tables, not the picture."""
        with self._lock:
            if not self._open or not self._whole:
                return
            self._until_s = record.time - self._start
            try:
                if record.time <= self._end:
                    self._tables.take(record, outcome, engine)
            except OSError:
                self._whole = False

    def close(self) -> None:
        """Puts the tables in their place, and notes how far the run came; once. Raises OSError."""
        with self._lock:
            if not self._open:
                return
            self._open = False
            self._tables.__exit__(None, None, None)
            if self._whole and self._until_s > 0:
                write_facts(self._folder, msgspec.structs.replace(read_facts(self._folder), until_s=self._until_s))
