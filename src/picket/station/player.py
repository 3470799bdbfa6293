"""Which record of a replay comes next, and when: play, pause, any speed, step, seek.

Forwards, what lies between is worked on as fast as the machine allows and told when the moment is reached. Backwards, the engine begins
as new at the last start before the period, as the replay itself did: so whatever way led to a moment, tracks and alerts are those of
an uninterrupted replay (a test compares). Paused, the moment stands still.
"""

from __future__ import annotations

import asyncio
import math
import time as _time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from picket.record.log import Record

AHEAD = 500  # records that may wait for the engine while the way to a moment is worked on
SPEEDS = (0.01, 100_000.0)
MOST_EVENTS = 2_000  # on the time line


class ReplayError(ValueError):
    """A period that cannot be replayed, or a control that cannot be; the message says why."""


class Shown(Protocol):
    """What a player moves: the core of a replay."""

    replayed: float
    quiet: bool

    @property
    def behind(self) -> int:
        """Records that wait for the engine."""

    def take(self, record: Record) -> None:
        """The next record."""

    async def settled(self) -> None:
        """Returns when all is worked on."""

    async def restart(self) -> None:
        """The engine is as new when this returns."""

    async def show(self) -> None:
        """Tell what there is, from now on."""


def check_speed(speed: float) -> None:
    """Raises ReplayError for a speed that cannot be played."""
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise ReplayError(f"expected a speed between {SPEEDS[0]:g} and {SPEEDS[1]:g}, got {speed:g}")


class Player:
    """Plays the records that `read` gives, of [since, until], into `core`. Everything happens in the I/O loop."""

    def __init__(
        self,
        core: Shown,
        read: Callable[[], Iterator[Record]],
        since: float,
        until: float,
        speed: float,
        ended: Callable[[], None],
    ) -> None:
        self._core, self._read, self.since, self.until, self.speed = core, read, since, until, speed
        self._ended, self._told_end = ended, False
        self.paused, self.over, self.seeking = False, False, True
        self.moves = 0  # how often another moment was gone to: whoever shows it begins anew
        self.on_move: list[Callable[[], None]] = []
        self._target, self._rewind = since, False
        self._wake = asyncio.Event()
        self._anchor: tuple[float, float] | None = None  # monotonic and recorded time at which playing began

    # -- controls ------------------------------------------------------------------------------------------------
    def play(self) -> None:
        """Goes on; at the end, from the beginning."""
        if self.over and not self.seeking:
            self.seek(self.since)
        self.paused = False
        self._again()

    def pause(self) -> None:
        """Stands still."""
        if not self.seeking and not self.paused and not self.over:
            self._core.replayed = self.position
        self.paused = True
        self._again()

    def set_speed(self, speed: float) -> None:
        """So many times as fast as it was. Raises ReplayError."""
        check_speed(speed)
        if not self.seeking and not self.paused and not self.over:
            self._core.replayed = self.position
        self.speed = speed
        self._again()

    def seek(self, time: float) -> None:
        """Goes to a moment, UNIX seconds; one outside the period is its nearer end. Raises ReplayError."""
        if not math.isfinite(time):
            raise ReplayError(f"expected UNIX seconds, got {time}")
        target = min(max(time, self.since), self.until)
        self._rewind |= target < max(self._target, self._core.replayed)
        self._target, self.seeking, self.over = target, True, False
        self._core.quiet = True
        self._again()

    def step(self, seconds: float) -> None:
        """Goes so many seconds on (negative: back) and stands still there."""
        to = (self._target if self.seeking else self.position) + seconds
        self.pause()
        self.seek(to)

    @property
    def position(self) -> float:
        """The moment that is shown, UNIX seconds."""
        if self.seeking:
            return self._target
        if self._anchor is None or self.paused or self.over:
            return self._core.replayed
        return min(self._anchor[1] + (_time.monotonic() - self._anchor[0]) * self.speed, self.until)

    def _again(self) -> None:
        self._anchor = None
        self._wake.set()

    # -- playing -------------------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Plays until it is cancelled; what a damaged log still holds is played."""
        records = self._read()
        record = await asyncio.to_thread(next, records, None)
        while True:
            if self._rewind:
                self._rewind = False
                await self._core.restart()
                records = self._read()
                record = await asyncio.to_thread(next, records, None)
            if record is not None and (record.time < self.since or (self.seeking and record.time <= self._target)):
                if self._core.behind > AHEAD:
                    await asyncio.sleep(0.005)
                    continue
                self._core.take(record)
            elif self.seeking:
                await self._arrive()
                continue
            elif record is None:
                await self._end()
                continue
            elif not await self._due(record.time):
                continue
            else:
                self._core.replayed = max(self._core.replayed, record.time)
                self._core.take(record)
            ahead = self._core.behind > AHEAD
            record = await asyncio.to_thread(next, records, None) if ahead else next(records, None)
            if ahead or self.seeking:
                await asyncio.sleep(0)  # the loop serves others between two records

    async def _arrive(self) -> None:
        """The moment is reached: it is told, unless another one was asked for meanwhile."""
        target = self._target
        await self._core.settled()
        if self._rewind or self._target != target:
            return
        self._core.replayed, self._anchor = target, None
        await self._core.show()
        if self._rewind or self._target != target:
            return
        self.seeking = False
        self.moves += 1
        for listener in self.on_move:
            listener()

    async def _end(self) -> None:
        """No record is left: time goes on to the end of the period, and stands still there."""
        if not self.over:
            if not await self._due(self.until):
                return
            await self._core.settled()
            if self.seeking:
                return
            self.over, self._core.replayed = True, self.until
        if not self._told_end:
            self._told_end = True
            self._ended()
        await self._woken(None)

    async def _due(self, time: float) -> bool:
        """Waits until that moment is due; False when something was asked for first."""
        if self.paused:
            await self._woken(None)
            return False
        if self._anchor is None:
            self._anchor = (_time.monotonic(), self._core.replayed)
        wait = self._anchor[0] + (time - self._anchor[1]) / self.speed - _time.monotonic()
        return wait <= 0 or not await self._woken(wait)

    async def _woken(self, seconds: float | None) -> bool:
        """Whether something was asked for within that time."""
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return False
        self._wake.clear()
        return True

    # -- the time line -----------------------------------------------------------------------------------------------
    def events(self) -> list[dict[str, Any]]:
        """What happened to alerts in the period, oldest first, as the log tells it: {"time", "alert_id", "what", "severity", "text"}.

        Reads the period once; not in the I/O loop.
        """
        found: list[dict[str, Any]] = []
        for record in self._read():
            if record.kind != "life" or not isinstance(record.payload, dict) or len(found) >= MOST_EVENTS:
                continue
            p = record.payload
            at = float(p.get("at") or record.time)
            if self.since <= at <= self.until:
                known = {k: p.get(k) for k in ("alert_id", "what", "severity", "text")}
                found.append({"time": at, **known})
        return sorted(found, key=lambda e: float(e["time"]))
