"""The last seconds of samples, so that a person can keep a piece of what he just saw. In memory only, until somebody asks.

Bounded twice: by `clip_s` of the site file (10 s at most), and by bytes. A clip never joins two settings of the radio.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from picket.spectrum.radio.plan import Step
from picket.spectrum.sigmf import Datatype


@dataclass
class _Piece:
    """Samples without a gap, of one step; `time` is of the first."""

    step: Step
    time: float
    parts: deque[bytes]
    size: int = 0


@dataclass(frozen=True)
class Clip:
    """Samples cut out: raw bytes, where the radio was tuned, and when it began."""

    data: bytes
    center_hz: float
    start: float
    samples: int


class Ring:
    """The last `seconds` of samples. One thread adds, any cuts."""

    def __init__(self, rate_hz: float, datatype: Datatype, seconds: float, most_bytes: int) -> None:
        self._rate, self._size = rate_hz, datatype.sample_bytes
        self._most = min(int(seconds * rate_hz) * self._size, most_bytes)
        self._pieces: deque[_Piece] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """How long a clip can be at most."""
        return self._most / self._size / self._rate

    def begin(self, step: Step, time: float) -> None:
        """The samples that come now begin at `time`. Those of a look that goes on without a gap continue its piece."""
        with self._lock:
            last = self._pieces[-1] if self._pieces else None
            if last is not None and last.step is step:
                ends = last.time + last.size / self._size / self._rate
                if abs(ends - time) < 0.02:  # arrival times wander by a few ms; a lost block is more
                    return
            self._pieces.append(_Piece(step, time, deque()))

    def add(self, data: bytes) -> None:
        """The next samples."""
        with self._lock:
            if not self._pieces:
                return
            piece = self._pieces[-1]
            piece.parts.append(data)
            piece.size += len(data)
            self._bytes += len(data)
            while self._bytes > self._most:
                self._forget()

    def _forget(self) -> None:
        oldest = self._pieces[0]
        if not oldest.parts:
            self._pieces.popleft()
            return
        gone = len(oldest.parts.popleft())
        oldest.size -= gone
        oldest.time += gone / self._size / self._rate
        self._bytes -= gone
        if not oldest.parts and len(self._pieces) > 1:
            self._pieces.popleft()

    def cut(self, start: float, end: float, hz: float) -> Clip | None:
        """What is held of start..end (UNIX seconds) with the radio on `hz`: of several pieces the longest. None when nothing is."""
        best: Clip | None = None
        with self._lock:
            for piece in self._pieces:
                if not piece.step.low_hz <= hz <= piece.step.high_hz:
                    continue
                first = max(0, round((start - piece.time) * self._rate))
                last = min(piece.size // self._size, round((end - piece.time) * self._rate))
                if last - first > (0 if best is None else best.samples):
                    data = b"".join(piece.parts)[first * self._size : last * self._size]
                    best = Clip(data, piece.step.center_hz, piece.time + first / self._rate, last - first)
        return best
