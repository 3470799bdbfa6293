"""Tracks -> rows of the track table at one time, and their class.

Class: naive Bayes over drone, bird, aircraft, vessel from what is known now: the kinds of identity it gives, what sensors said,
how it has flown so far (`ways_kernels`) and its height. With little evidence the probabilities stay near the prior and the
class is unknown. The class that is shown follows their average over AVERAGE_S, with hysteresis: it must not flicker with every
plot.
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel, lean, piece
from picket.track.layout_kernels import ACCELERATION_H, ACCELERATION_V, DEAD, ENDED, N_KINDS, SURVIVAL_S, VESSEL
from picket.track.motion_kernels import MANOEUVRE, STEADY, covariance_at
from picket.track.ways_kernels import SCRATCH, UNKNOWN_HEIGHT_M, flies_so

LAT, LON, ALT, VE, VN, VU, SIGMA_H, SIGMA_V, SIGMA_SPEED, EXISTENCE, UPDATED = range(11)
P_DRONE, P_BIRD, P_AIRCRAFT, P_VESSEL = range(11, 15)
N_FLOATS = 15
ID, GROUP, SENSORS, IDENT = range(4)  # sensors as bits, identity as the tracker's own code or -1
N_INTS = 4
STATUS, CLASS, DOMAIN, FLAG, ORIGIN, IDENT_KIND = range(6)  # a flag's code is its bits less one: 0 is none
N_CODES = 6
LONGEST_COAST_S = 30.0  # an ended track is shown where it was expected at the latest so long after its last plot
# A class is named from COMMIT on, and kept while it has RELEASE and no other has its COMMIT. A drone called a bird is the error that
# costs most, so a bird must be surer.
COMMIT = np.array([0.53, 0.67, 0.57, 0.7])
RELEASE = 0.42
AVERAGE_S = 6.0  # noise in speed and height of a small object at 3 km lasts for some plots
SURE = 0.99  # what an identity gives; it is shown at once
_AIR, _SURFACE, _UNKNOWN, _SUBSURFACE = 0, 1, 2, 3  # codes of `picture.DOMAINS`

_A, _E2 = 6378137.0, 0.0066943799901413165  # WGS 84
_PRIOR = np.log(np.array([0.35, 0.35, 0.2, 0.1]))
_BY_IDENTITY = np.array(  # log-likelihood of each class, by kind of identity (order of IDENTITY_KINDS)
    [
        [8.0, 0, 0, 0],
        [6.0, 0, 3.0, 0],
        [8.0, 0, 0, 0],
        [8.0, 0, 0, 0],
        [1.0, 0, 10.0, 0],
        [0, 0, 0, 8.0],
        [0, 0, 3.0, 1.0],
        [0, 0, 0, 0],
    ]
)
SUBMERGED = (0.0, -12.0, -12.0, 0.0)  # log-likelihood of each class for what sonars alone hear


@piece
def classify(ident, said, habit, height_msl, height_var, submerged, out, like):  # type: ignore[no-untyped-def]
    """Fills out (4,) with the probability of each class. ident (8,), said (4,), habit (HABITS,): of the track.

    height_msl: m over the sea; like (3, SCRATCH): scratch.
    submerged: only sonars hear it: no bird, no aircraft, and neither how it moves nor height tells a craft from a vessel there.
    """
    for c in range(4):
        out[c] = _PRIOR[c] + said[c]
        for k in range(N_KINDS):
            if ident[k] >= 0:
                out[c] += _BY_IDENTITY[k, c]
        if submerged:
            out[c] += SUBMERGED[c]
    if not submerged:
        flies_so(habit, height_msl, height_var, out, like)
    top = max(out[0], out[1], out[2], out[3])
    total = 0.0
    for c in range(4):
        out[c] = math.exp(max(out[c] - top, -50.0))
        total += out[c]
    for c in range(4):
        out[c] /= total


@piece
def _name(belief, held, passed, p):  # type: ignore[no-untyped-def]
    """The class to show (-1 = none), `held` so far, when the probabilities are p (4,); moves their average `belief` (4,).

    passed: seconds since `belief` was moved last.
    """
    share = 1.0 - math.exp(-max(passed, 0.0) / AVERAGE_S)
    if max(p[0], p[1], p[2], p[3]) >= SURE:
        share = 1.0
    for c in range(4):
        belief[c] += share * (p[c] - belief[c])
    for c in range(4):
        if belief[c] >= COMMIT[c]:
            return c
    return held if held >= 0 and belief[held] >= RELEASE else -1


@piece
def _coast(tracks, i, now):  # type: ignore[no-untyped-def]
    """Seconds from track i's state to the time that it is shown for."""
    dt = max(now - tracks.time[i], 0.0)
    return min(dt, LONGEST_COAST_S) if tracks.status[i] == ENDED else dt


@piece
def _place(x, dt, origin_ecef, rotation, w):  # type: ignore[no-untyped-def]
    """Fills w (3,), ECEF m, with the place dt s after x; returns its distance from the axis, and the sine and cosine of its latitude but
    for a common factor (Bowring 1976, as in picket.geo)."""
    b, ep2 = _A * math.sqrt(1.0 - _E2), _E2 / (1.0 - _E2)
    e, n, u = x[0] + dt * x[3], x[1] + dt * x[4], x[2] + dt * x[5]
    for c in range(3):
        w[c] = rotation[0, c] * e + rotation[1, c] * n + rotation[2, c] * u + origin_ecef[c]
    flat = math.sqrt(w[0] * w[0] + w[1] * w[1])
    sb, cb, s, co = w[2] * _A, flat * b, 0.0, 1.0  # of beta, and of the latitude
    for _ in range(2):
        size = math.sqrt(sb * sb + cb * cb)
        sb, cb = sb / size, cb / size
        s, co = w[2] + ep2 * b * sb * sb * sb, flat - _E2 * _A * cb * cb * cb
        sb, cb = b * s, _A * co
    return flat, s, co


@piece
def _height(w, flat, s, co):  # type: ignore[no-untyped-def]
    """Sine and cosine of the latitude, and the height over the ellipsoid, from what `_place` gives."""
    size = math.sqrt(s * s + co * co)
    s, co = s / size, co / size
    return s, co, flat * co + w[2] * s - _A * math.sqrt(1.0 - _E2 * s * s)


@piece
def _variance(tracks, i, a, dt, noise):  # type: ignore[no-untyped-def]
    """Of track i's place along axis a, dt s on, if it flies as its likelier model says; noise: intensity of white acceleration.

    The variance of the match has a tenth of a turn in it at least, which is no belief but caution, so that a turn's first plots lie in the
    gate. Of places it makes too much; of speeds, whose errors come with the turns, it does not.
    """
    k = MANOEUVRE if tracks.mu[i, MANOEUVRE] > 0.5 else STEADY
    x, m, L = tracks.x[i], tracks.xm[i, k], tracks.Pm[i, k]
    place, row = a * (a + 3) // 2, (3 + a) * (4 + a) // 2  # where they lie in the half of a covariance
    beside = x[a] - m[a] + dt * (x[3 + a] - m[3 + a])
    return L[place] + 2 * dt * L[row + a] + dt * dt * L[row + 3 + a] + noise * dt * dt * dt / 3.0 + beside * beside


@piece
def _shown(tracks, i, now, height_msl, var_up, submerged, p, like):  # type: ignore[no-untyped-def]
    """The class that track i is shown as at `now`, 4 = none; p (4,) gets its probabilities. What is a vessel is in no group."""
    classify(tracks.ident[i], tracks.score[i], tracks.habit[i], height_msl, var_up, submerged, p, like)
    tracks.named[i] = _name(tracks.belief[i], tracks.named[i], now - tracks.believed[i], p)
    tracks.believed[i] = now
    shown = tracks.named[i] if tracks.named[i] >= 0 else 4
    if shown == VESSEL:
        tracks.group[i] = -1
    return shown


@kernel
def believe(tracks, begin, n, now, origin_ecef, rotation, geoid, under):  # type: ignore[no-untyped-def]
    """What `rows` does to the tracks in the slots from `begin` to before n, their averaged class, without the rows."""
    _believe(tracks, begin, n, now, origin_ecef, rotation, geoid, under, np.empty(4), np.empty((3, SCRATCH)), np.empty(3))


@lean
def _believe(tracks, begin, n, now, origin_ecef, rotation, geoid, under, p, like, w):  # type: ignore[no-untyped-def]
    """`believe`, with its scratch: p (4,), like (3, SCRATCH), w (3,)."""
    for i in range(begin, n):
        if tracks.status[i] < DEAD:
            dt = _coast(tracks, i, now)
            flat, s, co = _place(tracks.x[i], dt, origin_ecef, rotation, w)
            s, co, height = _height(w, flat, s, co)
            submerged = tracks.sensors[i] & under != 0 and tracks.sensors[i] & ~under == 0
            _shown(tracks, i, now, height - geoid, _variance(tracks, i, 2, dt, ACCELERATION_V), submerged, p, like)


@kernel
def rows(tracks, begin, n, at, now, origin_ecef, rotation, geoid, under, floats, ints, codes):  # type: ignore[no-untyped-def]
    """Fills floats (15, ...), ints (4, ...) and codes (6, ...), a row of each by its name above, from column `at` on, with the slots from
    `begin` to before n.

    Returns (the column after the last, whether their ids rise, whether the same sensors saw all, whether one has an identity). under:
    bits of the sensors that hear what is under water. Every slot that is not DEAD gives a row at `now`. rotation (3, 3) is ECEF -> ENU
    at the site.
    """
    return _rows(
        tracks,
        begin,
        n,
        at,
        now,
        origin_ecef,
        rotation,
        geoid,
        under,
        floats,
        ints,
        codes,
        np.empty(4),
        np.empty((3, SCRATCH)),
        np.empty(3),
        np.empty((2, 2)),
    )


@lean
def _rows(tracks, begin, n, at, now, origin_ecef, rotation, geoid, under, floats, ints, codes, p, like, w, V):  # type: ignore[no-untyped-def]
    """`rows`, with its scratch: p (4,), like (3, SCRATCH), w (3,), V (2, 2)."""
    k = at
    rise, alike, named = True, True, False
    for i in range(begin, n):
        if tracks.status[i] >= DEAD:
            continue
        x = tracks.x[i]
        dt = _coast(tracks, i, now)
        flat, s, co = _place(x, dt, origin_ecef, rotation, w)
        lat, lon = math.atan2(s, co), math.atan2(w[1], w[0])
        s, co, height = _height(w, flat, s, co)
        so, cl = (w[1] / flat, w[0] / flat) if flat > 0.0 else (0.0, 1.0)
        vx = rotation[0, 0] * x[3] + rotation[1, 0] * x[4] + rotation[2, 0] * x[5]
        vy = rotation[0, 1] * x[3] + rotation[1, 1] * x[4] + rotation[2, 1] * x[5]
        vz = rotation[0, 2] * x[3] + rotation[1, 2] * x[4] + rotation[2, 2] * x[5]
        floats[VE, k] = -so * vx + cl * vy
        floats[VN, k] = -s * cl * vx - s * so * vy + co * vz
        floats[VU, k] = co * cl * vx + co * so * vy + s * vz
        for c in range(2):
            V[c, 0] = _variance(tracks, i, c, dt, ACCELERATION_H)
            V[c, 1] = covariance_at(tracks, i, 3 + c, 3 + c) + ACCELERATION_H * dt
        var_up = _variance(tracks, i, 2, dt, ACCELERATION_V)
        floats[LAT, k], floats[LON, k] = math.degrees(lat), math.degrees(lon)
        floats[ALT, k] = height if var_up < UNKNOWN_HEIGHT_M * UNKNOWN_HEIGHT_M else np.nan
        floats[SIGMA_H, k] = math.sqrt(0.5 * (V[0, 0] + V[1, 0]))
        floats[SIGMA_V, k] = math.sqrt(var_up)
        floats[SIGMA_SPEED, k] = math.sqrt(0.5 * (V[0, 1] + V[1, 1]))
        gone = max(now - tracks.survived[i], 0.0)
        floats[EXISTENCE, k] = tracks.r[i] * math.exp(-gone / SURVIVAL_S)
        floats[UPDATED, k] = tracks.updated[i]
        submerged = tracks.sensors[i] & under != 0 and tracks.sensors[i] & ~under == 0
        shown = _shown(tracks, i, now, height - geoid, var_up, submerged, p, like)
        for c in range(4):
            floats[P_DRONE + c, k] = p[c]
        domain = _UNKNOWN
        if submerged:
            domain = _SUBSURFACE
        elif shown == VESSEL:
            domain = _SURFACE
        elif shown < VESSEL or (p[VESSEL] < 1.0 - COMMIT[VESSEL] and height - geoid > 50.0 + 3.0 * math.sqrt(var_up)):
            domain = _AIR
        ints[IDENT, k], codes[IDENT_KIND, k] = -1, -1
        for c in range(N_KINDS):
            if tracks.ident[i, c] >= 0:
                ints[IDENT, k], codes[IDENT_KIND, k] = tracks.ident[i, c], c
                named = True
                break
        ints[ID, k], ints[GROUP, k], ints[SENSORS, k] = tracks.id[i], tracks.group[i], tracks.sensors[i]
        codes[STATUS, k], codes[CLASS, k], codes[DOMAIN, k] = tracks.status[i], shown, domain
        codes[FLAG, k], codes[ORIGIN, k] = tracks.flags[i] - 1, tracks.origin[i]
        if k > at:
            rise = rise and ints[ID, k] > ints[ID, k - 1]
            alike = alike and ints[SENSORS, k] == ints[SENSORS, at]
        k += 1
    return k, rise, alike, named
