"""How a track has flown so far: a few numbers a track, by which `ways_kernels` tells what it is.

Averages over the last AVERAGE_S of the track's own time, not of plots or pictures: of its ground speed, of the variance of that, of
the probability of the manoeuvring model, and of its height; and the slowest that it has been. What a filter errs in neighbouring
plots is one error, so an average is one piece of evidence, however many plots are in it.
"""

from __future__ import annotations

import math

from picket._jit import lean
from picket.track.layout_kernels import HABITS, NEVER

SINCE, UNTIL, SPEED, VARIANCE, NOW, LEAST, TURNING, HEIGHT = range(HABITS)
AVERAGE_S = 30.0
SHORT_S = 3.0  # of the speed whose least is kept: a stop lasts longer than an error
FORGET_S = 180.0  # the least goes back to the mean: what two tracks once exchanged must not stay for good
LONGEST_S = 5.0  # one step counts for at most so long


@lean
def forget(habit):  # type: ignore[no-untyped-def]
    """A track that begins has flown no way yet."""
    for c in range(HABITS):
        habit[c] = 0.0
    habit[SINCE] = habit[UNTIL] = NEVER


@lean
def note(habit, x, variance, turning, time):  # type: ignore[no-untyped-def]
    """Takes the track's state at `time`, just measured, into its memory: x (6,), the variance of its speed along an axis, and the
    probability of the manoeuvring model."""
    speed = math.hypot(x[3], x[4])
    if habit[UNTIL] == NEVER:
        habit[SINCE] = habit[UNTIL] = time
        habit[SPEED] = habit[NOW] = habit[LEAST] = speed
        habit[VARIANCE], habit[TURNING], habit[HEIGHT] = variance, turning, x[2]
        return
    passed = min(time - habit[UNTIL], LONGEST_S)
    if not passed > 0.0:
        return
    habit[SINCE] += max(time - habit[UNTIL] - LONGEST_S, 0.0)  # what was not seen is no part of it
    habit[UNTIL] = time
    share = max(passed / (time - habit[SINCE] + 2.0), 1.0 - math.exp(-passed / AVERAGE_S))
    habit[SPEED] += share * (speed - habit[SPEED])
    habit[VARIANCE] += share * (variance - habit[VARIANCE])
    habit[TURNING] += share * (turning - habit[TURNING])
    habit[HEIGHT] += share * (x[2] - habit[HEIGHT])
    habit[NOW] += (1.0 - math.exp(-passed / SHORT_S)) * (speed - habit[NOW])
    habit[LEAST] += max(habit[SPEED] - habit[LEAST], 0.0) * passed / FORGET_S
    habit[LEAST] = min(habit[LEAST], habit[NOW])
