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

    monotonic: the machine's, the same in every process.
    """

    def __init__(self, start: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self.pace = Pace(start, monotonic(), 1.0)
        self.speed = 1.0  # also while it stands still

    def __call__(self) -> float:
        """UNIX seconds of the exercise."""
        return self.pace.time(self._monotonic())

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self.pace.speed == 0.0

    def pause(self) -> Pace:
        """It stands still."""
        return self._set(0.0)

    def go(self) -> Pace:
        """It goes on at its speed."""
        return self._set(self.speed)

    def set_speed(self, speed: float) -> Pace:
        """So many times as fast; holds after a pause too."""
        self.speed = float(speed)
        return self.pace if self.paused else self._set(self.speed)

    def _set(self, speed: float) -> Pace:
        now = self._monotonic()
        self.pace = Pace(self.pace.time(now), now, speed)
        return self.pace
