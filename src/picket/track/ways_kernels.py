"""Which class flies as a track has flown: a mixture of ways to fly for each, since each has several (`WAYS`).

The likelihood of a way is that of the mean speed, that of how far the slowest lies under the mean, and how much the track
turns. A filter forgets an error of velocity of variance V in about tau = V/q seconds (q: white acceleration), so that the mean
over T seconds keeps V tau/(tau + T) of it; it widens each way. The manoeuvring model stands at STANDS_AT where a radar is too
coarse to tell, and then turning says nothing.

The figures of WAYS began with these and were fitted to two simulated mixes of drones, birds and aircraft (decisions 37 and 52).

Birds: mean air speeds of 138 species are 8 to 23 m/s (Alerstam and others 2007, PLoS Biology 5:e197), of gulls, crows and
passerines 9 to 16, and a wind of some m/s carries them. Drones: survey and filming at 3 to 12 m/s with stops and hovers,
transit up to the 19 m/s that consumer multirotors are limited to, and fast ones of 20 to 40 m/s that fly at a target.

Steady flight at 8 to 20 m/s is common to birds and drones: at any height it names neither. A bird is named by how it turns, a
drone by how it stops.
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import lean, piece
from picket.track.habit_kernels import AVERAGE_S, HEIGHT, LEAST, SHORT_S, SINCE, SPEED, TURNING, UNTIL, VARIANCE
from picket.track.layout_kernels import ACCELERATION_H, NEVER
from picket.track.motion_kernels import MANOEUVRE_S, STEADY_S

_DRONE, _BIRD, _AIRCRAFT, _VESSEL = 0, 1, 2, 3
# class, share of it, mean speed and spread m/s, how far the slowest lies under it and spread m/s, how much it turns, heights up to m
WAYS = np.array([
    (_DRONE, 0.28, 6.5, 3.1, 3.3, 1.9, 0.06, 600.0),  # at work: legs, stops, hovers
    (_DRONE, 0.07, 1.5, 2.0, 1.0, 1.3, 0.00, 600.0),  # hovers all the time
    (_DRONE, 0.53, 12.9, 3.1, 2.6, 2.0, 0.32, 600.0),  # on its way
    (_DRONE, 0.05, 10.2, 5.2, 3.0, 2.2, 0.71, 600.0),  # round a point, or weaving
    (_DRONE, 0.03, 28.4, 7.2, 3.5, 2.8, 0.19, 600.0),  # fast
    (_DRONE, 0.02, 20.0, 9.0, 11.9, 6.1, 0.30, 600.0),  # fast, and stopped before
    (_BIRD, 0.80, 12.8, 3.0, 2.6, 2.0, 0.04, 1000.0),  # on its way
    (_BIRD, 0.16, 12.9, 3.0, 2.7, 2.2, 1.02, 1000.0),  # wheeling, wavering, hunting
    (_BIRD, 0.025, 3.0, 3.1, 2.0, 2.0, 0.52, 1000.0),  # hanging in the wind: a kestrel, gulls at a cliff
    (_AIRCRAFT, 0.54, 55.5, 13.6, 4.5, 3.6, 0.80, 2000.0),  # light
    (_AIRCRAFT, 0.44, 129.0, 47.6, 5.4, 5.2, 0.52, 6000.0),
    (_DRONE, 0.015, 20.0, 40.0, 10.0, 15.0, 0.5, 800.0),  # no way known, as a chain of false plots flies: speaks for none of the three
    (_BIRD, 0.015, 20.0, 40.0, 10.0, 15.0, 0.5, 800.0),
    (_AIRCRAFT, 0.015, 20.0, 40.0, 10.0, 15.0, 0.5, 800.0),
    (_VESSEL, 1.00, 5.0, 5.0, 1.5, 2.0, 0.0, 0.0),
])  # fmt: skip
_COLUMNS = np.ascontiguousarray(WAYS.T)
SCRATCH = 16  # ways, and one more
FARTHEST = 60.0  # squared sigmas: beyond it nothing is less likely still
SEEN_S = 8.0  # what has flown for less tells its way in part only: chains of false plots are short
SLOWER_S = 8.0  # it takes some time to be seen slow
STANDS_AT = MANOEUVRE_S / (MANOEUVRE_S + STEADY_S)  # of the manoeuvring model where plots say nothing
TURN_GAIN, TURN_MOST, TURN_S = 22.5, 5.9, 10.4  # log-likelihood of turning for each unit over it; grows with T
UNDER_M, SEA_M = 300.0, 20.0  # how fast a class thins out over its heights; height of a vessel's echo
# Drones and birds alike keep low and off the sea: two in three of either as h exp(-h/60 m). That tells them from ships and aircraft, and
# not from each other.
NEAR_GROUND, NEAR_GROUND_M = 0.65, 60.0
# Most drones keep under the ceiling that law sets them, and no bird knows it; who means harm does not care. So height leans to
# one side, and not far enough to name a bird that does not turn (`tests/track/test_class.py`).
CEILING_M, CEILING_SPREAD_M, LEAN, LOW, HEIGHT_S = 125.0, 22.0, 0.7, 0.4, 5.0
UNKNOWN_HEIGHT_M = 100.0  # 1 sigma; beyond it a height is not known


@lean
def _density(value, mean, variance):  # type: ignore[no-untyped-def]
    """Of a Gaussian but for a factor; never quite zero: no outlier is a proof."""
    return math.exp(-0.5 * min((value - mean) * (value - mean) / variance, FARTHEST)) / math.sqrt(variance)


@piece
def flies_so(habit, height_msl, height_var, out, like):  # type: ignore[no-untyped-def]
    """Adds to out (4,) the log-likelihood of each class for what `habit` remembers and the height over the sea now, m.

    A height that is not known (height_var) says nothing. Nothing is added for a track without memory. like (3, SCRATCH): scratch.
    """
    if habit[UNTIL] == NEVER:
        return
    T, V = min(habit[UNTIL] - habit[SINCE], AVERAGE_S), habit[VARIANCE]
    tau = V / ACCELERATION_H
    noise, short = V * tau / (tau + T), 0.3 * V * tau / (tau + SHORT_S)
    slower, seen = habit[SPEED] - habit[LEAST], min(1.3 * T / (T + SLOWER_S), 1.0)
    turns = min(max(TURN_GAIN * (habit[TURNING] - STANDS_AT) * T / (T + TURN_S), 0.0), TURN_MOST)
    low = min(max(height_msl / NEAR_GROUND_M, 0.0), 30.0)
    low *= math.exp(-low) / NEAR_GROUND_M
    high = height_var < UNKNOWN_HEIGHT_M * UNKNOWN_HEIGHT_M
    of, powers, roots, speed = like[0], like[1], like[2], habit[SPEED]
    for c in range(4):
        of[c] = 0.0
    for w in range(WAYS.shape[0]):  # by itself, so that the compiler divides and takes roots for several ways at a time
        wide, deep = _COLUMNS[3, w] * _COLUMNS[3, w] + noise, _COLUMNS[5, w] * _COLUMNS[5, w] + short
        off, under = speed - _COLUMNS[2, w], slower - seen * _COLUMNS[4, w]
        powers[w] = turns * _COLUMNS[6, w] - 0.5 * (min(off * off / wide, FARTHEST) + min(under * under / deep, FARTHEST))
        roots[w] = math.sqrt(wide * deep)
    for w in range(WAYS.shape[0]):
        c, p = int(WAYS[w, 0]), WAYS[w, 1]
        if high:
            if c == _VESSEL:
                p *= _density(height_msl, 0.0, SEA_M * SEA_M + height_var) / math.sqrt(2.0 * math.pi)
            else:
                spread = 1.0 / WAYS[w, 7]
                if height_msl > WAYS[w, 7]:
                    spread = math.exp(-min((height_msl - WAYS[w, 7]) / UNDER_M, 30.0)) / WAYS[w, 7]
                p *= spread if c == _AIRCRAFT else (1.0 - NEAR_GROUND) * spread + NEAR_GROUND * low
        p *= math.exp(powers[w]) / roots[w]  # both densities by one exponential: it is most of the time
        of[c] += p
    known, mean = min(T / SEEN_S, 1.0), (of[_DRONE] + of[_BIRD] + of[_AIRCRAFT]) / 3.0
    for c in range(4):
        out[c] += math.log(max(of[c] if c == _VESSEL else known * of[c] + (1.0 - known) * mean, 1e-60))
    if high:
        spread = math.sqrt(CEILING_SPREAD_M * CEILING_SPREAD_M + height_var * HEIGHT_S / (HEIGHT_S + T))
        z = min(max(1.7 * (habit[HEIGHT] - CEILING_M) / spread, -30.0), 30.0)  # 1/(1 + exp(-1.7 z)): nearly a Gaussian's integral
        out[_BIRD] += known * LEAN * (1.0 / (1.0 + math.exp(-z)) - LOW)
