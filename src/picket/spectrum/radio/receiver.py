"""The thread that receives: opens the source, follows the scan plan, and hands samples on. It never looks at them closely.

Everything that was sent and not handed on has a count: `settling` after a change of frequency (may be of the old one), `too_slow` (the
looking did not keep up), `missing` (the rate says that they should have come, and they did not), `constant` (one value only: the
radio is not receiving). Opening again waits 0.5, 1, 2 ... 30 s.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from picket.feed.transport.backoff import Backoff
from picket.site_radio import Radio
from picket.spectrum.radio.pipe import Begin, End, Pipe
from picket.spectrum.radio.plan import Plan, Step
from picket.spectrum.radio.source import RadioError, Source

_RATE_EVERY_S = 5.0  # the rate is compared with the clock once in so long
_SHORT = 0.02  # missing less than this share is the clocks' difference
_ROOM_AGAIN = 0.5  # after a refusal looks begin anew once the pipe is emptied to this share

State = Literal["connecting", "up", "waiting", "down"]


@dataclass
class RadioHealth:
    """How a radio is doing. Written by its receiver, read by anyone; samples_at: UNIX seconds when samples that say something last came."""

    state: State = "connecting"
    detail: str = ""
    samples: int = 0
    reconnects: int = 0
    samples_at: float | None = None
    left_out: Counter[str] = field(default_factory=Counter)  # samples, by reason


class Receiver:
    """One radio's receiving side. `run` is the thread's body; `stop` ends it."""

    def __init__(
        self,
        radio: Radio,
        source: Source,
        pipe: Pipe,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self.radio, self.source, self.pipe = radio, source, pipe
        self.plan, self.health = Plan.of(radio), RadioHealth()
        self._clock, self._monotonic = clock, monotonic
        self._stopped = threading.Event()
        self._open = False  # a look is under way in the pipe
        self._refused = 0
        self._lost = 0

    def stop(self) -> None:
        """Ends the thread soon."""
        self._stopped.set()
        with contextlib.suppress(OSError):  # it was closed already
            self.source.close()

    def run(self) -> None:
        """Receives until `stop`, or until the input has ended for good."""
        backoff = Backoff(self.radio.source)
        while not self._stopped.is_set():
            self._tell("connecting", f"opening {self.radio.source}")
            final = False
            before = self.health.samples
            try:
                words = self.source.open()
                self._tell("up", words)
                why, final = self._stream(), True
            except RadioError as e:
                why, final = str(e), e.final
            except OSError as e:
                why = f"{self.radio.source}: {e.strerror or e}"
            self._end_look()
            if self._stopped.is_set():
                break
            if final:
                self._tell("down", why)
                break
            self.source.close()
            if self.health.samples > before:
                backoff.reset()
            self.health.reconnects += 1
            wait_s = backoff.next()
            self._tell("waiting", f"{why}; next attempt in {wait_s:.1f} s")
            self._stopped.wait(wait_s)
        if self._stopped.is_set():
            self._tell("down", "stopped")
        self.pipe.close()

    def _tell(self, state: State, detail: str) -> None:
        self.health.state, self.health.detail = state, detail

    # -- one connection -------------------------------------------------------------------------------------------------
    def _stream(self) -> str:
        rate, size = self.radio.rate_hz, self.source.datatype.sample_bytes
        step = self.plan.next(self._monotonic())
        self.source.tune(step.center_hz)
        settle, kept = round(self.radio.settle_s * rate), 0
        since, counted = self._monotonic(), 0
        while not self._stopped.is_set():
            data = self.source.read()
            if not data:
                return "the input has ended"
            came = len(data) // size
            self.health.samples += came
            counted += came
            if (gone := self._monotonic() - since) >= _RATE_EVERY_S:
                self._missing(gone, counted)
                since, counted = self._monotonic(), 0
            self._alive(data, came)
            at = self._clock() - came / rate  # of the block's first sample
            thrown = min(settle, came)
            settle -= thrown
            self.health.left_out["settling"] += thrown
            data, at = data[thrown * size :], at + thrown / rate
            while data:
                wanted = max(1, round(step.dwell_s * rate))
                part = data[: (wanted - kept) * size]
                self._hand_on(step, part, at, size)
                kept, data, at = kept + len(part) // size, data[len(part) :], at + len(part) / size / rate
                if kept < wanted:
                    continue
                self._end_look()
                self.plan.looked(step, self._monotonic())
                following, kept = self.plan.next(self._monotonic()), 0
                if following is not step:
                    step = following
                    self.source.tune(step.center_hz)
                    settle = round(self.radio.settle_s * rate)
                    thrown = min(settle, len(data) // size)
                    settle -= thrown
                    self.health.left_out["settling"] += thrown
                    data, at = data[thrown * size :], at + thrown / rate
        return "stopped"

    def _missing(self, gone_s: float, counted: int) -> None:
        expected = gone_s * self.radio.rate_hz
        if not self.pipe.patient and counted < (1 - _SHORT) * expected:
            n = round(expected - counted)
            self.health.left_out["missing"] += n
            self._lost += n

    def _alive(self, data: bytes, came: int) -> None:
        values = np.frombuffer(data, self.source.datatype.dtype)
        if values.min() == values.max():  # a stream of one value: a radio that is not receiving, or no radio
            self.health.left_out["constant"] += came
        else:
            self.health.samples_at = self._clock()

    def _hand_on(self, step: Step, part: bytes, at: float, size: int) -> None:
        if self._refused and self.pipe.waiting_bytes > _ROOM_AGAIN * self.pipe.most_bytes:
            self._refuse(len(part) // size)
            return
        self._refused = 0
        if not self._open:
            self.pipe.put(Begin(step, at))
            self._open = True
        if not self.pipe.put(part):
            self._refuse(len(part) // size)
            self._end_look()

    def _refuse(self, samples: int) -> None:
        self._refused += samples
        self._lost += samples
        self.health.left_out["too_slow"] += samples

    def _end_look(self) -> None:
        if self._open:
            self.pipe.put(End(self._lost))
            self._open, self._lost = False, 0
