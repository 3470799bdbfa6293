"""The one place where order is made: what arrived, ticks and actions get their sequence number here, in the I/O loop.

Decoded rows are gathered for at most `GATHER_S` (the first one after a pause goes at once), so that a radar's forty
datagrams a second become at most a hundred records. Engine and log writer take the same record; when the engine is too far behind,
rows are refused here, before they have a number, and counted under `overload`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from picket.feed import Decoded
from picket.record.codec import pack
from picket.record.log import Record
from picket.words import DETECTION, STATUS, Batch, concat

GATHER_S = 0.01
MAX_ROWS = 20_000  # rows gathered before they are sequenced at once
CLOCK_BACK_S = 30.0  # set back further than this, the station's clock begins anew (by less, station time stands still)


class ClosedError(ValueError):
    """The station is stopping: nothing more gets a number."""


class Sequencer:
    """Numbers records and hands each to `sink`. Not thread-safe: everything happens in the I/O loop."""

    def __init__(
        self,
        first_seq: int,
        clock: Callable[[], float],
        sink: Callable[[Record, Any], None],
        overloaded: Callable[[], bool],
        add_operators: Callable[[Batch, float], list[bytes]],
    ) -> None:
        self.seq, self._clock, self._sink = first_seq - 1, clock, sink
        self._overloaded, self._add_operators = overloaded, add_operators
        self._time = 0.0
        self._waiting: list[Decoded] = []
        self._rows = 0
        self._left_out: dict[str, Counter[str]] = {}
        self._flushed_at = float("-inf")
        self.closed = False

    def emit(self, kind: str, payload: Any, waiting: Any = None) -> Record:
        """The next record, handed to the sink with `waiting`. Its time falls at a boot only. Raises ClosedError after `close`."""
        if self.closed:
            raise ClosedError("the station is stopping; ask again when it is back")
        self._time = self.now()
        self.seq += 1
        record = Record(self.seq, self._time, kind, payload)
        self._sink(record, waiting)
        return record

    def now(self) -> float:
        """Station time, never falling. May be asked from any thread."""
        return max(self._clock(), self._time)

    def set_back_s(self) -> float:
        """How far the clock was set back behind station time, if so far that rows of the new time would not be believed; else 0."""
        behind = self._time - self._clock()
        return behind if behind > CLOCK_BACK_S else 0.0

    def restart_clock(self) -> None:
        """Station time goes on from the clock as it is; the record after this must be a boot."""
        self._time = self._clock()

    def close(self) -> None:
        """The last records: what was gathered, and `end`. Whatever comes later is refused."""
        self.flush()
        self.emit("end", None)
        self.closed = True

    def add(self, source: str, decoded: Decoded) -> None:
        """What one feed decoded. `source` is the sensor or feed that the counts belong to."""
        if decoded.left_out:
            self._left_out.setdefault(source, Counter()).update(decoded.left_out)
        n = decoded.detections.n + decoded.status.n + decoded.operators.n
        if n and self._overloaded():
            self._left_out.setdefault(source, Counter())["overload"] += n
            return
        if n:
            self._waiting.append(decoded)
            self._rows += n
        if self._rows >= MAX_ROWS or (n and self._clock() - self._flushed_at >= GATHER_S):
            self.flush()

    def add_report(self, decoded: Decoded, waiting: Any) -> None:
        """What a person reports, at once: `waiting` goes with its record. Raises ClosedError after `close`."""
        if self.closed:
            raise ClosedError("the station is stopping; ask again when it is back")
        self._waiting.append(decoded)
        self.flush(waiting)

    def flush(self, waiting: Any = None) -> None:
        """Sequences what was gathered, if anything; `waiting` goes with its record."""
        self._flushed_at = self._clock()
        if self.closed or (not self._waiting and not self._left_out):
            return
        parts, self._waiting, self._rows = self._waiting, [], 0
        left_out, self._left_out = self._left_out, {}
        detections = concat(DETECTION, [p.detections for p in parts])
        status = concat(STATUS, [p.status for p in parts])
        digests = [d for p in parts if p.operators.n for d in self._add_operators(p.operators, self._clock())]
        self.emit(
            "batch",
            {
                "d": pack(detections) if detections.n else None,
                "s": pack(status) if status.n else None,
                "left_out": {k: dict(v) for k, v in left_out.items()},
                "operators": digests,
            },
            waiting,
        )
