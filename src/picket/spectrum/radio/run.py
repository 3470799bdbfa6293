"""A radio at work: one thread receives, one looks. What each look found is handed out; nothing of it runs in the caller's thread.

Threads and not a child process: kernels and FFTs release the interpreter's lock, samples need not be copied to another process, and
`benchmarks/bench_radio.py` measures what is left of the station's loop (docs/decisions/0025).
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable

import numpy as np

from picket.site_radio import Radio
from picket.spectrum.radio.clips import Ring
from picket.spectrum.radio.look import ROW_S, Look, Looker
from picket.spectrum.radio.pipe import Begin, Pipe
from picket.spectrum.radio.plan import steps_of
from picket.spectrum.radio.receiver import RadioHealth, Receiver
from picket.spectrum.radio.source import Source, source_of
from picket.spectrum.sigmf import Datatype

STOP_S = 3.0  # a thread that still computes while the interpreter ends takes the process down with it


class LiveRadio:
    """One radio of the site file. `deliver` gets every look, in the looking thread."""

    def __init__(
        self,
        radio: Radio,
        deliver: Callable[[Look], object],
        *,
        source: Source | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        patient: bool = False,
        row_s: float = ROW_S,
    ) -> None:
        self.radio, self._deliver, self._row_s = radio, deliver, row_s
        self._source = source or source_of(radio)
        room = int(radio.buffer_mb * 2**20)
        self.pipe = Pipe(room // 2, patient)
        self.receiver = Receiver(radio, self._source, self.pipe, clock, monotonic)
        self.ring = Ring(radio.rate_hz, self._source.datatype, radio.clip_s, room // 2)
        self.problem: str | None = None  # of the looking itself
        self.busy_s = 0.0  # wall time spent looking
        self._monotonic = monotonic
        self._warm = threading.Event()
        self._threads = [
            threading.Thread(target=self._receive, name=f"radio-{radio.sensor}", daemon=True),
            threading.Thread(target=self._look, name=f"look-{radio.sensor}", daemon=True),
        ]

    @property
    def datatype(self) -> Datatype:
        """How its samples lie in the bytes."""
        return self._source.datatype

    @property
    def health(self) -> RadioHealth:
        """How the receiving goes."""
        return self.receiver.health

    def start(self) -> None:
        """Begins to receive and to look."""
        for thread in self._threads:
            thread.start()

    def _receive(self) -> None:
        """Kernels are loaded first (compiled, the very first time): samples that wait for that would be lost."""
        self.health.detail = "loading kernels"
        self._warm.wait()
        self.receiver.run()

    def stop(self) -> None:
        """Ends both threads: what waits is not looked at any more. One that hangs in a driver is left behind."""
        self.receiver.stop()
        self._warm.set()
        self.pipe.close(discard=True)
        for thread in self._threads:
            if thread.is_alive():
                thread.join(STOP_S)

    def join(self) -> None:
        """Waits until an input with an end has been looked at whole."""
        for thread in self._threads:
            thread.join()

    def _look(self) -> None:
        looker: Looker | None = None
        try:
            warm_up(self.radio, self._source)
        finally:
            self._warm.set()
        while (item := self.pipe.get()) is not None:
            begun = self._monotonic()
            try:
                if isinstance(item, Begin):
                    looker = Looker(item.step, item.time, self.radio.rate_hz, self._source.datatype, self._row_s)
                    self.ring.begin(item.step, item.time)
                elif isinstance(item, bytes):
                    self.ring.add(item)
                    if looker is not None:
                        looker.take(item)
                elif looker is not None:
                    held, looker = looker, None
                    found = held.finish(item.lost)
                    if found is not None:
                        self._deliver(found)
            except Exception as e:  # one look must not end the watch: it is named, and the next one begins anew
                self.problem = f"a look of {self.radio.sensor} failed: {type(e).__name__}: {e}"
                self.health.left_out["look_failed"] += 1
                traceback.print_exc()
                looker = None
            self.busy_s += self._monotonic() - begun


def warm_up(radio: Radio, source: Source) -> None:
    """Runs the chain over invented samples of the radio's own type: noise and two bursts, so that every kernel is loaded."""
    kind, n = source.datatype, int(0.15 * radio.rate_hz)
    rng = np.random.default_rng(1)
    flat = rng.standard_normal(2 * n) * 0.02
    tone = np.exp(2j * np.pi * 0.1 * np.arange(n // 8))
    for at in (n // 4, n // 2):
        flat[2 * at : 2 * at + 2 * len(tone)] += 0.3 * tone.astype(np.complex64).view(np.float32)
    values = flat * kind.full_scale + kind.zero
    if kind.dtype.kind != "f":
        ends = np.iinfo(kind.dtype)
        values = np.clip(np.rint(values), ends.min, ends.max)
    looker = Looker(steps_of(radio)[0], 0.0, radio.rate_hz, kind)
    looker.take(values.astype(kind.dtype).tobytes())
    looker.finish()
