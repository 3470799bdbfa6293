"""The 48-bit counter of a Beast receiver as seconds, and those seconds as a time.

Two answers for each frame:

    seconds   grows without jumps; ages, pairs and speeds are judged by it. It follows the counter. A frame whose counter is out
              of line (0 = none, damaged, another receiver's behind the same port) goes by the time of arrival instead, or by its
              place in the file; three such frames that agree with each other move the clock over: the receiver was restarted
              (counted: clock_step), or was silent for long.
    time      UNIX seconds. From arrivals: seconds + the least delay between counter and arrival in the last 30 to 60 seconds,
              never after the arrival itself. So frames that a network hands over in one lump keep their own moments, and
              an hour's drift of the receiver's crystal does not matter. More than 2 s of delay is not believed.
              From a start (operator): start + seconds. From a Radarcape's GPS time of day: completed to the nearest arrival.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Int = Any
Float = Any

BACK_S = 5.0  # receivers with several demodulators hand frames on up to 0.3 s out of order
FORWARD_S = 600.0  # a longer silence must be confirmed by the next frames
_RESTART_S = 86400.0  # a confirmed gap longer than this is taken for a restart of the counter
_AGREE = 3
_WINDOW_S = 30.0
_MOST_DELAY_S = 2.0
_DAY_S = 86400.0
RATE_HZ = 12e6
NONE = 0  # dump1090 sends 0 where it has no counter
MLAT = 0xFF004D4C4154  # "\xff\0MLAT": the position was calculated from arrival times at several receivers (mlat-client)

CLOCK_NUMBERS = 4  # started, reference, candidate, how many candidates agreed
CLOCK_VALUES = 5
_STARTED, _REF, _CANDIDATE, _AGREED = range(4)
_SECONDS, _ARRIVAL, _LEAST, _BEFORE, _SINCE = range(CLOCK_VALUES)


@kernel
def unfold(tick: Int, gps: bool) -> Int:
    """The counter as a number that only grows: ticks, or nanoseconds of the day of a GPS time; -1 where it is no counter."""
    if tick in (NONE, MLAT):
        return -1
    if not gps:
        return tick
    second, nanosecond = tick >> 30, tick & ((1 << 30) - 1)
    return second * 1_000_000_000 + nanosecond if second < 86400 and nanosecond < 1_000_000_000 else -1


@kernel
def _since(tick: Int, reference: Int, gps: bool, rate: float) -> float:
    """Seconds from one count to another, the short way round."""
    circle = 86400 * 1_000_000_000 if gps else 1 << 48
    return float(((tick - reference + circle // 2) % circle - circle // 2) / (1e9 if gps else rate))


@kernel
def advance(tick: Int, received: float, gps: bool, rate: float, number: Ints, value: Floats) -> tuple[float, bool, bool]:
    """(seconds, counter in line, clock moved over) of the next frame. `number`, `value` are the clock's memory."""
    if np.isnan(value[_ARRIVAL]):
        value[_ARRIVAL] = received
    if tick >= 0 and not number[_STARTED]:
        number[_STARTED], number[_REF] = 1, tick
        value[_SECONDS] += _elapsed(received, value)
        value[_ARRIVAL] = received
        return value[_SECONDS], True, False
    moved = False
    if tick >= 0:
        gone = _since(tick, number[_REF], gps, rate)
        if not -BACK_S <= gone <= FORWARD_S:
            near = _since(tick, number[_CANDIDATE], gps, rate)
            number[_AGREED] = number[_AGREED] + 1 if number[_AGREED] and -BACK_S <= near <= _RESTART_S else 1
            number[_CANDIDATE] = tick
            if number[_AGREED] < _AGREE:
                tick = -1
            else:
                moved = not -BACK_S <= gone <= _RESTART_S
                if moved:
                    gone = _elapsed(received, value)
        if tick >= 0:
            number[_REF], number[_AGREED] = tick, 0
            value[_SECONDS] += gone
            value[_ARRIVAL] = received
            return value[_SECONDS], True, moved
    return value[_SECONDS] + _elapsed(received, value), False, False


@kernel
def _elapsed(received: float, value: Floats) -> Float:
    """Seconds of arrival since the last frame whose counter was in line; 0 where nobody knows."""
    gone = received - value[_ARRIVAL]
    return gone if 0.0 < gone < np.inf else 0.0


@kernel
def arrival_time(seconds: float, sound: bool, moved: bool, received: float, value: Floats) -> Float:
    """UNIX seconds of a frame that arrived at `received` (NaN: unknown), never later than that."""
    if not sound or np.isnan(received):
        return received
    delay, age = received - seconds, received - value[_SINCE]
    if moved or not -1.0 <= age <= 4 * _WINDOW_S:  # new clock, arrivals that jump, a long silence: what was learnt is void
        value[_LEAST], value[_BEFORE], value[_SINCE] = delay, np.inf, received
    elif age > _WINDOW_S:
        value[_BEFORE], value[_LEAST], value[_SINCE] = value[_LEAST], delay, received
    value[_LEAST] = min(value[_LEAST], delay)
    time = seconds + min(value[_LEAST], value[_BEFORE])
    if received - time > _MOST_DELAY_S:
        value[_LEAST], value[_BEFORE], value[_SINCE] = delay, np.inf, received
        return received
    return min(time, received)


@kernel
def day_time(tick: Int, near: float) -> Float:
    """UNIX seconds of a GPS time of day (ns) nearest to a moment; NaN where that is unknown."""
    gap = tick * 1e-9 - (near - _DAY_S * math.floor(near / _DAY_S))
    return near + gap - _DAY_S * math.floor(gap / _DAY_S + 0.5)


def new_clock() -> tuple[Ints, Floats]:
    """The memory of a clock that has not started."""
    value = np.full(CLOCK_VALUES, np.nan)
    value[_SECONDS] = 0.0
    value[_BEFORE] = np.inf
    return np.zeros(CLOCK_NUMBERS, np.int64), value
