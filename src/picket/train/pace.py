"""An exercise's clock: it can stand still and run faster, and two processes that know three numbers read the same time from it.

    time = since + (monotonic - at) * speed        speed 0: it stands still

Station and simulator share the machine's monotonic clock, so the three numbers, one line of text, are all that is told between them.
Everything in an exercise is dated by this clock: what is decided in a pause is decided at the moment of the pause.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

SPEEDS = (1, 2, 5, 10)


class PaceError(ValueError):
    """A line that is no pace; the message says what was expected."""


class Pace(NamedTuple):
    """UNIX time `since` at the machine's monotonic time `at`, going on `speed` times as fast."""

    since: float
    at: float
    speed: float

    def time(self, monotonic: float) -> float:
        """UNIX seconds of the exercise."""
        return self.since + max(monotonic - self.at, 0.0) * self.speed

    def line(self) -> str:
        """As it is told to the simulator."""
        return f"pace {self.since!r} {self.at!r} {self.speed!r}"

    @classmethod
    def read(cls, line: str) -> Pace:
        """A told pace. Raises PaceError."""
        parts = line.split()
        try:
            if len(parts) != 4 or parts[0] != "pace":
                raise ValueError(line)
            return cls(*(float(p) for p in parts[1:]))
        except ValueError:
            raise PaceError(f"expected 'pace SINCE AT SPEED', got {line!r}") from None


class ExerciseClock:
    """A clock that can be called for UNIX seconds, paused, and made to run faster. It never goes back.

    monotonic: the machine's, the same in every process. share: of the asked speed that it runs at, where the machine cannot do more.
    """

    def __init__(self, start: float, monotonic: Callable[[], float] = time.monotonic, *, paused: bool = False) -> None:
        self._monotonic = monotonic
        self.speed, self.share, self.paused = 1.0, 1.0, paused  # speed: also while it stands still
        self.pace = Pace(start, monotonic(), 0.0 if paused else 1.0)

    def __call__(self) -> float:
        """UNIX seconds of the exercise."""
        return self.pace.time(self._monotonic())

    def pause(self) -> Pace:
        """It stands still."""
        return self._set(paused=True)

    def go(self) -> Pace:
        """It goes on at its speed."""
        return self._set(paused=False)

    def set_speed(self, speed: float) -> Pace:
        """So many times as fast; holds after a pause too."""
        self.speed, self.share = float(speed), 1.0
        return self._set(paused=self.paused)

    def set_share(self, share: float) -> Pace:
        """The machine can do that share of the asked speed."""
        self.share = share
        return self._set(paused=self.paused)

    def _set(self, *, paused: bool) -> Pace:
        now = self._monotonic()
        self.paused = paused
        self.pace = Pace(self.pace.time(now), now, 0.0 if paused else self.speed * self.share)
        return self.pace
