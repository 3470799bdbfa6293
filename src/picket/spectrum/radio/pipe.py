"""The bounded way from the thread that receives to the thread that looks.

Marks (begin and end of a look) always pass; samples pass while there is room. What finds none is refused, and the receiver counts it:
memory does not grow when the looking is too slow.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from picket.spectrum.radio.plan import Step


@dataclass(frozen=True)
class Begin:
    """A look begins: `time` is UNIX seconds of its first sample."""

    step: Step
    time: float


@dataclass(frozen=True)
class End:
    """A look ends. lost: samples between this look and the next that nobody looked at, settling left out."""

    lost: int = 0


Item = Begin | End | bytes


class Pipe:
    """Items in order, of which the bytes take at most `most_bytes`.

    patient: `put` waits for room, as a recording can and the air cannot.
    """

    def __init__(self, most_bytes: int, patient: bool = False) -> None:
        self.most_bytes, self.patient = most_bytes, patient
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._ready = threading.Condition()
        self._closed = False

    @property
    def waiting_bytes(self) -> int:
        """How much waits to be looked at."""
        return self._bytes

    def put(self, item: Item) -> bool:
        """False when there is no room for these samples."""
        with self._ready:
            size = len(item) if isinstance(item, bytes) else 0
            while size and self._bytes + size > self.most_bytes and not self._closed:
                if not self.patient:
                    return False
                self._ready.wait()
            self._items.append(item)
            self._bytes += size
            self._ready.notify_all()
            return True

    def get(self) -> Item | None:
        """The next item; None when the pipe is closed and empty."""
        with self._ready:
            while not self._items and not self._closed:
                self._ready.wait()
            if not self._items:
                return None
            item = self._items.popleft()
            self._bytes -= len(item) if isinstance(item, bytes) else 0
            self._ready.notify_all()
            return item

    def close(self, discard: bool = False) -> None:
        """Nothing more comes. discard: nor is what waits looked at any more."""
        with self._ready:
            self._closed = True
            if discard:
                self._items.clear()
                self._bytes = 0
            self._ready.notify_all()
