"""How a track has flown so far, and how well each class flies so.

Memory, one row of HABITS numbers a track: averages over the last AVERAGE_S of its own time (not of plots or pictures) of its ground
speed, of the variance of that and of the probability of the manoeuvring model; and the slowest that it has been. An average is one
piece of evidence however many plots are in it: errors of neighbouring speeds are one error. A filter forgets an error of velocity of
variance V in about V/q seconds (q: white acceleration), so the mean over T seconds keeps V tau/(tau + T) of it, tau = V/q.

Class: a mixture of ways to fly (`WAYS`), because each class has several. The likelihood of a way is that of its mean speed, that of how
far the slowest lies under the mean, and how much it turns. The manoeuvring model stands at its prior, STANDS_AT, when a radar is too coarse to
tell: then turning says nothing. Bird speeds: Alerstam and others 2007 (PLoS Biology 5:e197; mean air speeds of 138 species 8 to 23
m/s, gulls and passerines 9 to 16), plus a wind of some m/s. Drones: survey and filming at 3 to 10 m/s with hovers and stops,
transit at up to 19 m/s (consumer multirotors' limit), fast ones that fly at a target at 20 to 40 m/s.

What birds and drones both do is weighed alike, so that it names neither: steady flight at 8 to 20 m/s, by day or at any height.
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel
from picket.track.layout_kernels import ACCELERATION_H, HABITS, NEVER
from picket.track.motion_kernels import MANOEUVRE, MANOEUVRE_S, STEADY_S

SINCE, UNTIL, SPEED, VARIANCE, NOW, LEAST, TURNING = range(HABITS)
AVERAGE_S = 30.0
SHORT_S = 3.0  # of the speed whose least is kept: a stop lasts longer than an error
FORGET_S = 180.0  # the least goes back to the mean: an exchanged pair of tracks must not be a drone for good
LONGEST_S = 5.0  # one step counts for at most so long
STANDS_AT = MANOEUVRE_S / (MANOEUVRE_S + STEADY_S)  # probability of the manoeuvring model where plots say nothing
TURN_GAIN, TURN_MOST, TURN_LEAST, TURN_S = 25.0, 3.0, -1.0, 10.0  # log-likelihood of a way that turns all the time
SLOWER_S = 8.0  # it takes some time to be seen slow

DRONE, BIRD, AIRCRAFT, SHIP = 0, 1, 2, 3
# class, share of it, mean speed and its spread m/s, how far the least lies under the mean and its spread m/s, turning (0 to 1), heights over which it spreads m
WAYS = np.array([
    (DRONE, 0.45, 6.5, 3.5, 4.3, 2.5, 0.0, 600.0),  # at work: legs, stops, hovers
    (DRONE, 0.38, 13.0, 5.0, 2.5, 2.0, 0.0, 600.0),  # on its way
    (DRONE, 0.05, 9.0, 4.0, 2.5, 2.0, 1.0, 600.0),  # round a point
    (DRONE, 0.12, 26.0, 8.0, 3.5, 3.0, 0.3, 600.0),  # fast
    (BIRD, 0.50, 13.5, 4.0, 2.5, 2.0, 0.0, 1000.0),  # on its way
    (BIRD, 0.45, 13.0, 3.5, 3.0, 2.0, 1.0, 1000.0),  # wheeling, wavering, foraging
    (BIRD, 0.05, 3.0, 3.0, 2.0, 2.0, 0.5, 1000.0),  # hanging in the wind: kestrels, gulls at a cliff
    (AIRCRAFT, 0.40, 55.0, 18.0, 4.0, 3.0, 0.3, 2000.0),  # light
    (AIRCRAFT, 0.60, 130.0, 50.0, 5.0, 6.0, 0.3, 6000.0),
    (SHIP, 1.00, 5.0, 5.0, 1.5, 2.0, 0.0, 0.0),
])  # fmt: skip
SEA_M = 20.0  # height of a vessel's echo
# Most drones keep under the ceiling that law sets them, and birds do not know it; who means harm does not care. So height leans
# a little to one side, and never far enough to name a bird.
CEILING_M, CEILING_SPREAD_M, LEAN = 140.0, 40.0, 0.6
UNKNOWN_HEIGHT_M = 100.0  # 1 sigma; beyond it a height is not known


@kernel
def forget(habit):  # type: ignore[no-untyped-def]
    """A track that begins has flown no way yet."""
    habit[:] = 0.0
    habit[SINCE] = habit[UNTIL] = NEVER


@kernel
def note(habit, x, P, mu, time):  # type: ignore[no-untyped-def]
    """Takes the track's state at `time`, just measured, into its memory."""
    speed, variance = math.hypot(x[3], x[4]), 0.5 * (P[3, 3] + P[4, 4])
    if habit[UNTIL] == NEVER:
        habit[SINCE] = habit[UNTIL] = time
        habit[SPEED] = habit[NOW] = habit[LEAST] = speed
        habit[VARIANCE], habit[TURNING] = variance, mu[MANOEUVRE]
        return
    passed = min(time - habit[UNTIL], LONGEST_S)
    if not passed > 0.0:
        return
    habit[SINCE] += max(time - habit[UNTIL] - LONGEST_S, 0.0)  # what was not seen is no part of T
    habit[UNTIL] = time
    share = max(passed / (time - habit[SINCE] + 2.0), 1.0 - math.exp(-passed / AVERAGE_S))
    habit[SPEED] += share * (speed - habit[SPEED])
    habit[VARIANCE] += share * (variance - habit[VARIANCE])
    habit[TURNING] += share * (mu[MANOEUVRE] - habit[TURNING])
    habit[NOW] += (1.0 - math.exp(-passed / SHORT_S)) * (speed - habit[NOW])
    habit[LEAST] += max(habit[SPEED] - habit[LEAST], 0.0) * passed / FORGET_S
    habit[LEAST] = min(habit[LEAST], habit[NOW])


@kernel
def _density(value, mean, variance):  # type: ignore[no-untyped-def]
    """Of a Gaussian; never quite zero, so that no outlier is a proof."""
    return math.exp(-0.5 * min((value - mean) * (value - mean) / variance, 60.0)) / math.sqrt(variance)


@kernel
def flies_so(habit, over_site, height_msl, height_var, out):  # type: ignore[no-untyped-def]
    """Adds to out (4,) the log-likelihood of each class for what `habit` remembers and the height now, m over the site and the sea.

    A height that is not known (height_var) says nothing. Nothing is added for a track without memory.
    """
    if habit[UNTIL] == NEVER:
        return
    T, V = habit[UNTIL] - habit[SINCE], habit[VARIANCE]
    tau = V / ACCELERATION_H
    noise, short = V * tau / (tau + min(T, AVERAGE_S)), 0.3 * V * tau / (tau + SHORT_S)
    slower, seen = habit[SPEED] - habit[LEAST], min(1.3 * T / (T + SLOWER_S), 1.1)
    turns = min(max(TURN_GAIN * (habit[TURNING] - STANDS_AT) * T / (T + TURN_S), TURN_LEAST), TURN_MOST)
    high = height_var < UNKNOWN_HEIGHT_M * UNKNOWN_HEIGHT_M
    like = np.zeros(4)
    for w in range(WAYS.shape[0]):
        c = int(WAYS[w, 0])
        p = WAYS[w, 1] * _density(habit[SPEED], WAYS[w, 2], WAYS[w, 3] * WAYS[w, 3] + noise)
        p *= _density(slower, seen * WAYS[w, 4], WAYS[w, 5] * WAYS[w, 5] + short) * math.exp(turns * WAYS[w, 6])
        if high:
            if c == SHIP:
                p *= _density(height_msl, 0.0, SEA_M * SEA_M + height_var) / math.sqrt(2.0 * math.pi)
            else:
                p *= math.exp(-min(max(height_msl - WAYS[w, 7], 0.0) / 300.0, 30.0)) / WAYS[w, 7]
        like[c] += p
    for c in range(4):
        out[c] += math.log(max(like[c], 1e-60))
    if high:
        z = (over_site - CEILING_M) / math.sqrt(CEILING_SPREAD_M * CEILING_SPREAD_M + height_var)
        out[BIRD] += LEAN * (1.0 / (1.0 + math.exp(-min(max(1.7 * z, -30.0), 30.0))) - 0.4)
