"""Exercise control: begins, pauses, hastens and ends an exercise that a station plays, and gives its injects. Each is a record in the log.

    action {"do": "exercise", "what": "begin" | "pause" | "go" | "speed" | "end", "by", "at_s", "speed", "wall", "words"}

`at_s` seconds since the exercise began and the record's own time are the exercise's; `wall` is the machine's clock, so that a debrief knows
how long a pause was. Everything else in the log is dated by the exercise's clock: in a pause it stands still, and what is decided there is
decided at that moment. Injects are notes by EXERCISE_CONTROL, with `given_by` where a person gave them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from picket.station.core import ActionError, Core, NotOnDiskError
from picket.station.sequence import ClosedError
from picket.station.simulator import Simulator
from picket.train import Exercise
from picket.train.injects import EXERCISE_CONTROL, Injects
from picket.train.pace import SPEEDS, ExerciseClock, Pace
from picket.watch import Alert

AFTER_S = 1.0  # the exercise goes on so long after the last payload; longer, and the silence would raise alerts
LOOK_S = 0.1  # of real time between two looks at the clock and the injects
_KEPT = 20  # of the latest things that were told
# An exercise that is asked to run faster than the machine can is slowed, not cut: frames that left late would look like sensors with wrong
# clocks. Seconds of the exercise that frames may be late, records that may wait for the engine, seconds that it may be behind.
_LATE_S, _SOON_S, _WAITING, _BEHIND_S = 0.4, 0.15, 100, 1.5
_SLOWER, _FASTER, _LEAST = 0.7, 1.08, 0.05  # of the speed's share, each LOOK_S


class ControlError(ValueError):
    """Something that exercise control cannot do now; the message says why."""


class Control:
    """One exercise on one station. Everything happens in the I/O loop.

    scored: called in a thread when the exercise is over, with the folder; makes tables and score. wall: the machine's clock.
    """

    def __init__(
        self, exercise: Exercise, folder: Path, clock: ExerciseClock, *, start: float, endless: bool,
        scored: Callable[[Path], Any], wall: Callable[[], float],
    ) -> None:  # fmt: skip
        self.exercise, self.folder, self.clock, self.start, self.endless = exercise, folder, clock, start, endless
        self.injects = Injects(exercise.inject, start)
        self.core: Core | None = None
        self.simulator: Simulator | None = None
        self.state = "waiting"  # then running, paused, ended
        self.review = ""  # then making, ready; failed, and why
        self.told: list[dict[str, Any]] = []
        self.over = asyncio.Event()  # ended, and scored
        self.serving = False  # the page can be opened
        self._scored, self._wall = scored, wall
        self._alerts: dict[int, Alert] = {}
        self._doing = asyncio.Lock()  # one change at a time: records and clock in the same order

    # -- the exercise's course -------------------------------------------------------------------------------------
    def begin(self, core: Core, simulator: Simulator) -> None:
        """The station that plays it is up."""
        self.core, self.simulator = core, simulator
        core.on_alerts.append(lambda alerts: self._alerts.update((a.id, a) for a in alerts))

    async def run(self) -> None:
        """Begins, gives the injects that are due and ends the exercise, until it is over."""
        while self.state != "ended":
            await asyncio.sleep(LOOK_S)
            try:
                await self._step(self.clock())
            except ControlError as e:  # what could not be written is told, and the exercise goes on
                assert self.core is not None
                self.core.problem = f"exercise control: {e}"

    async def _step(self, now: float) -> None:
        if self.state == "waiting" and self.clock.paused and self.serving and (self.simulator is None or self.simulator.ready):
            self._tell(self.clock.go())  # nobody loses the first seconds to a slow start
        elif self.state == "waiting" and now >= self.start:
            await self._began()
        if self.state == "running":
            self._govern()
        for note in self.injects.look(now, self._alerts.values()) if self.state != "waiting" else ():
            await self._inject(note)
        if not self.endless and now >= self.start + self.exercise.repeat_s + AFTER_S:
            await self.end(EXERCISE_CONTROL)
        elif self.simulator is not None and self.simulator.failed:
            await self.end(EXERCISE_CONTROL, "the simulator ended with an error; its terminal says more")

    def _govern(self) -> None:
        """Runs as fast as is asked and the machine can."""
        assert self.core is not None
        late = self.simulator.late_s if self.simulator is not None else 0.0
        share = self.clock.share
        behind = self.clock() - self.core.view.time
        if late > _LATE_S or behind > _BEHIND_S or self.core.queues()["engine"] > _WAITING:
            share = max(share * _SLOWER, _LEAST)
        elif late < _SOON_S:
            share = min(share * _FASTER, 1.0)
        if share != self.clock.share:
            self._tell(self.clock.set_share(share))

    async def _began(self) -> None:
        async with self._doing:
            self.state = "running"
            await self._record("begin", EXERCISE_CONTROL, f"EXERCISE {self.exercise.name} begins")

    async def pause(self, by: str) -> None:
        """Everything stands still. Raises ControlError."""
        async with self._doing:
            self._going("running")
            self._tell(self.clock.pause())
            self.state = "paused"
            await self._record("pause", by, f"EXERCISE paused at {self.at_s:.0f} s")

    async def go(self, by: str) -> None:
        """It goes on. Raises ControlError."""
        async with self._doing:
            self._going("paused")
            self.state = "running"
            self._tell(self.clock.go())
            await self._record("go", by, f"EXERCISE goes on at {self.at_s:.0f} s")

    async def set_speed(self, speed: int, by: str) -> None:
        """So many times as fast; in a pause, from its end. Raises ControlError."""
        if speed not in SPEEDS:
            raise ControlError(f"expected a speed of {', '.join(map(str, SPEEDS))}, got {speed}")
        async with self._doing:
            self._going(early=True)
            self._tell(self.clock.set_speed(speed))
            await self._record("speed", by, f"EXERCISE at {speed} times its speed from {max(self.at_s, 0.0):.0f} s")

    async def end(self, by: str, why: str = "") -> None:
        """It is over: the clock stands, the sensors end, nothing more is decided, and the review is made. Raises ControlError."""
        async with self._doing:
            if self.state == "ended":
                raise ControlError("the exercise has ended")
            self._tell(self.clock.pause())
            self.state = "ended"
            with contextlib.suppress(ControlError):  # a full disk: what is in the log is scored all the same
                await self._record("end", by, f"EXERCISE ended at {self.at_s:.0f} s{f': {why}' if why else ''}")
            assert self.core is not None
            self.core.refuses = "the exercise has ended: what was decided is being reviewed"
            if self.simulator is not None:
                await asyncio.to_thread(self.simulator.close)
        self.review = "making"
        try:
            await asyncio.to_thread(self._scored, self.folder)
            self.review = "ready"
        except (ValueError, OSError) as e:
            self.review = f"failed: {e}"
        self.over.set()

    # -- what is told to the watch ---------------------------------------------------------------------------------
    async def inject(self, name: str, by: str) -> None:
        """Gives an inject that waits for it. Raises ControlError."""
        async with self._doing:
            self._going()
            try:
                note = self.injects.give(name, self.clock())
            except KeyError:
                names = ", ".join(i.id for i in self.injects.by_hand) or "none"
                raise ControlError(f"no inject {name!r} waits to be given by hand; there are: {names}") from None
        await self._inject(note, by)

    async def say(self, text: str, by: str) -> None:
        """Tells the watch something in words of one's own. Raises ControlError."""
        self._going()
        note = {"do": "note", "kind": "note", "text": f"Inject: {text}", "lat_deg": None, "lon_deg": None, "alert_id": None,
                "by": EXERCISE_CONTROL}  # fmt: skip
        await self._inject(note, by)

    async def _inject(self, note: dict[str, Any], by: str | None = None) -> None:
        if self.simulator is not None:
            for name, since in self.injects.came.items():  # told again, which changes nothing
                self.simulator.tell(f"inject {name} {since!r}")
        self.told = [*self.told, {"at_s": round(self.at_s, 1), "text": note["text"]}][-_KEPT:]
        await self._act(note if by is None else {**note, "given_by": by})

    # -- what it looks like ----------------------------------------------------------------------------------------
    @property
    def at_s(self) -> float:
        """Seconds since the exercise began; below 0 before."""
        return self.clock() - self.start

    def look(self) -> dict[str, Any]:
        """Where it stands, for the page."""
        return {
            "name": self.exercise.name, "about": self.exercise.about, "teaches": self.exercise.teaches, "state": self.state,
            "at_s": round(self.at_s, 2), "planned_s": self.exercise.repeat_s, "endless": self.endless,
            "time": self.clock(), "speed": self.clock.speed, "pace": self.clock.pace.speed, "speeds": SPEEDS,
            "by_hand": [{"id": i.id, "says": i.says} for i in self.injects.by_hand], "told": self.told,
            "share": round(self.clock.share, 2),
            "left_out": dict(self.simulator.left_out) if self.simulator is not None else {},
            "review": self.review, "run": self.folder.name,
        }  # fmt: skip

    # -- records ---------------------------------------------------------------------------------------------------
    def _going(self, state: str | None = None, *, early: bool = False) -> None:
        if self.state == "ended":
            raise ControlError("the exercise has ended")
        if self.state == "waiting" and not early:
            raise ControlError("the exercise has not begun yet")
        if state is not None and self.state != state:
            raise ControlError(f"the exercise is {self.state}, not {state}")
        if self.core is None:
            raise ControlError("the station is not up yet")

    def _tell(self, pace: Pace) -> None:
        if self.simulator is not None:
            self.simulator.tell(pace.line())

    async def _record(self, what: str, by: str, words: str) -> None:
        await self._act(
            {"do": "exercise", "what": what, "by": by, "at_s": round(self.at_s, 2), "speed": self.clock.speed, "wall": self._wall(),
             "words": words}
        )  # fmt: skip

    async def _act(self, payload: dict[str, Any]) -> None:
        assert self.core is not None
        try:
            await self.core.act(payload)
        except (ActionError, NotOnDiskError, ClosedError) as e:
            raise ControlError(str(e)) from None
