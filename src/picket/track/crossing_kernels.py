"""Bearings that cross: where directions of two or more sensors meet, a track may begin.

Each bearing that no track explains is kept for WINDOW_S, one of each direction and sensor. A new one is crossed with those of other
sensors; the place is the weighted least-squares point of the lines (Stansfield 1947; weights 1 / (range x sigma)^2, widened by what
the object may have flown between the bearings), its covariance the inverse of the sum of weights.

Two sensors that hear two emitters each give four crossings, two of which are not there. So a crossing begins a track only when

- both bearings carry the same identity or transmitter, or
- a third sensor's bearing passes through it, or
- neither bearing crosses any other bearing of the other's sensor;

and when neither of the two has a second such place.

What stays ambiguous stays a bearing: no position is invented. Rejected: tracks for all crossings, the false ones to die out - those of
two hovering drones never do.

    column of `held`   0 time, 1 sensor, 2..4 place of the sensor (ENU, m), 5..6 unit vector (east, north), 7 sigma (rad),
                       8 slope (tangent of the elevation, NaN = not measured), 9 identity, 10 transmitter (codes, -1 = none), 11 reach (m),
                       12 plot of the look being taken in (-1 = tried already)
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import lean, piece
from picket.track.begin_kernels import UNKNOWN_HEIGHT_SIGMA_M, blank
from picket.track.layout_kernels import ENDED, GATE, SPEED_SIGMA_H, SPEED_SIGMA_V
from picket.track.motion_kernels import covariance
from picket.track.update_kernels import heard

TIME, SENSOR, EAST, NORTH, UP, DE, DN, SIGMA, SLOPE, IDENT, TRANSMITTER, REACH, PLOT = range(13)
WIDTH = 13
ROOM = 256  # bearings held at once, of all sensors: when full, the oldest goes
WINDOW_S = 3.0  # bearings so far apart in time are not crossed
AT_ONCE_S = 0.2
FLIGHT_MPS = 15.0  # 1 sigma of how fast an emitter flies: what it may have moved between the two
FLAT_RAD = math.radians(10.0)
LEAST_CROSSING = math.sin(FLAT_RAD)  # flatter crossings say nothing of the distance
MOST_SIGMA_M = 500.0  # nor do such
SAME_SIGMA = 3.0  # bearings of one sensor so near each other are of one emitter; lines that pass so near a place go through it
SAME_RAD = 0.035  # and at least so near
NEAREST_M = 30.0
BIRTH_EXISTENCE = 0.3
USUAL_HEIGHT_M = 100.0  # over the lower of the two sensors, where neither measures an elevation


@piece
def _line(held, row, plots, j, sensors):  # type: ignore[no-untyped-def]
    """Writes plot j, a bearing, as a row of `held`."""
    s = plots.sensor[j]
    rotation, az = sensors.rotation[s], plots.z[j, 1]
    e, n = math.sin(az), math.cos(az)
    east, north = rotation[0, 0] * e + rotation[1, 0] * n, rotation[0, 1] * e + rotation[1, 1] * n
    length = math.hypot(east, north)
    held[row, TIME], held[row, SENSOR] = plots.time[j], s
    held[row, EAST], held[row, NORTH], held[row, UP] = sensors.offset[s, 0], sensors.offset[s, 1], sensors.offset[s, 2]
    held[row, DE], held[row, DN], held[row, SIGMA] = east / length, north / length, plots.sigma[j, 1]
    held[row, SLOPE] = math.tan(plots.z[j, 2])
    held[row, IDENT], held[row, TRANSMITTER], held[row, REACH] = plots.ident[j], plots.transmitter[j], sensors.range_max[s]
    held[row, PLOT] = j


@piece
def _apart(held, a, b):  # type: ignore[no-untyped-def]
    """Angle between two directions, rad."""
    cross = held[a, DE] * held[b, DN] - held[a, DN] * held[b, DE]
    return abs(math.atan2(cross, held[a, DE] * held[b, DE] + held[a, DN] * held[b, DN]))


@piece
def _named(held, a, b):  # type: ignore[no-untyped-def]
    """1 = both carry one name, -1 = different ones, 0 = not both carry one."""
    for column in (IDENT, TRANSMITTER):
        if held[a, column] >= 0.0 and held[b, column] >= 0.0:
            return 1 if held[a, column] == held[b, column] else -1
    return 0


@piece
def _meet(held, a, b):  # type: ignore[no-untyped-def]
    """(True, east, north) where lines a and b meet in front of both, within their reach and not too flat."""
    cross = held[a, DE] * held[b, DN] - held[a, DN] * held[b, DE]
    if abs(cross) < LEAST_CROSSING:
        return False, 0.0, 0.0
    e, n = held[b, EAST] - held[a, EAST], held[b, NORTH] - held[a, NORTH]
    ra = (e * held[b, DN] - n * held[b, DE]) / cross
    rb = (e * held[a, DN] - n * held[a, DE]) / cross
    if not (NEAREST_M < ra < held[a, REACH] and NEAREST_M < rb < held[b, REACH]):
        return False, 0.0, 0.0
    return True, held[a, EAST] + ra * held[a, DE], held[a, NORTH] + ra * held[a, DN]


@piece
def _passes(held, c, east, north, time):  # type: ignore[no-untyped-def]
    """True when line c goes through a place, its uncertainty and what the object may have flown considered."""
    e, n = east - held[c, EAST], north - held[c, NORTH]
    along, across = e * held[c, DE] + n * held[c, DN], e * held[c, DN] - n * held[c, DE]
    if not NEAREST_M < along < held[c, REACH]:
        return False
    return abs(across) <= SAME_SIGMA * math.hypot(along * held[c, SIGMA], FLIGHT_MPS * (time - held[c, TIME]))


@piece
def _rivalled(held, count, a, b):  # type: ignore[no-untyped-def]
    """True when another bearing of b's sensor may be of line a's emitter: they meet, or run so nearly alike that they may."""
    for c in range(count):
        if c == b or held[c, SENSOR] != held[b, SENSOR] or _named(held, a, c) < 0:
            continue
        if _meet(held, a, c)[0] or _apart(held, a, c) < FLAT_RAD:
            return True
    return False


@piece
def _backed(held, count, a, b, east, north, time):  # type: ignore[no-untyped-def]
    """True when a bearing of a third sensor passes through the place."""
    for c in range(count):
        third = held[c, SENSOR] != held[a, SENSOR] and held[c, SENSOR] != held[b, SENSOR]
        if third and _named(held, a, c) >= 0 and _passes(held, c, east, north, time):
            return True
    return False


@lean
def _copy(held, to, row):  # type: ignore[no-untyped-def]
    """Row `row` of `held` into row `to`."""
    for column in range(WIDTH):
        held[to, column] = held[row, column]


@lean
def keep(held, count, plots, j, sensors):  # type: ignore[no-untyped-def]
    """Puts bearing j into `held`: what is older than WINDOW_S goes, and the last one of its direction. Returns (count, its row)."""
    t, last = plots.time[j], count
    _line(held, ROOM, plots, j, sensors)  # the row beyond the last is scratch
    count = 0
    for row in range(last):
        if not t - held[row, TIME] <= WINDOW_S:
            continue
        same = held[row, SENSOR] == held[ROOM, SENSOR] and _named(held, row, ROOM) >= 0
        if same and t - held[row, TIME] > AT_ONCE_S:  # two directions at once are two emitters
            near = max(SAME_SIGMA * math.hypot(held[row, SIGMA], held[ROOM, SIGMA]), SAME_RAD)
            if _apart(held, row, ROOM) <= near:
                continue
        _copy(held, count, row)
        count += 1
    if count == ROOM:
        for row in range(1, ROOM):
            _copy(held, row - 1, row)
        count -= 1
    _copy(held, count, ROOM)
    return count + 1, count


@piece
def _choice(held, count, a):  # type: ignore[no-untyped-def]
    """(row of the bearing with which a gives its one place, the sharpest crossing first, -1 = none or several; east, north)."""
    best, sharpest, east, north, places = -1, 0.0, 0.0, 0.0, 0
    for b in range(count):
        if held[b, SENSOR] == held[a, SENSOR]:
            continue
        name = _named(held, a, b)
        met, e, n = _meet(held, a, b)
        if name < 0 or not met:
            continue
        alone = name == 1 or not (_rivalled(held, count, a, b) or _rivalled(held, count, b, a))
        if not alone and not _backed(held, count, a, b, e, n, held[a, TIME]):
            continue
        if places > 0 and math.hypot(e - east, n - north) > _blur(held, a, e, n) + _blur(held, b, e, n):
            return -1, 0.0, 0.0
        sharp = abs(held[a, DE] * held[b, DN] - held[a, DN] * held[b, DE])
        if sharp > sharpest:
            best, sharpest, east, north = b, sharp, e, n
        places += 1
    return best, east, north


@piece
def _blur(held, c, east, north):  # type: ignore[no-untyped-def]
    """m, how far from a place line c may pass and still go through it, at a crossing of 30 degrees."""
    return 2.0 * SAME_SIGMA * math.hypot(math.hypot(east - held[c, EAST], north - held[c, NORTH]) * held[c, SIGMA], FLIGHT_MPS)


@lean
def crossed(held, count, a):  # type: ignore[no-untyped-def]
    """Row of the bearing with which bearing a gives a place that neither of them shares with another; -1 = none."""
    b, east, north = _choice(held, count, a)
    if b < 0:
        return -1
    c, e, n = _choice(held, count, b)
    if c < 0 or math.hypot(e - east, n - north) > _blur(held, a, e, n) + _blur(held, b, e, n):
        return -1
    return b


@lean
def point(held, count, a, b):  # type: ignore[no-untyped-def]
    """(east, north, variance of east, covariance, variance of north, up, sigma of up) of where a, b and what passes there meet."""
    _, east, north = _meet(held, a, b)
    t, floor = held[a, TIME], min(held[a, UP], held[b, UP])
    wee = wen = wnn = we = wn = heights = weights = 0.0
    for c in range(count):
        if c != a and c != b:
            used_sensor = held[c, SENSOR] == held[a, SENSOR] or held[c, SENSOR] == held[b, SENSOR]
            if used_sensor or _named(held, a, c) < 0 or not _passes(held, c, east, north, t):
                continue
        r = (east - held[c, EAST]) * held[c, DE] + (north - held[c, NORTH]) * held[c, DN]
        flown = FLIGHT_MPS * (t - held[c, TIME])
        weight = 1.0 / ((r * held[c, SIGMA]) ** 2 + flown * flown + 1.0)
        e, n = held[c, DN], -held[c, DE]  # across the line
        offset = e * held[c, EAST] + n * held[c, NORTH]
        wee, wen, wnn = wee + weight * e * e, wen + weight * e * n, wnn + weight * n * n
        we, wn = we + weight * e * offset, wn + weight * n * offset
        if not math.isnan(held[c, SLOPE]):
            w = 1.0 / ((r * held[c, SIGMA]) ** 2 + 1.0)
            heights, weights = heights + w * (held[c, UP] + r * held[c, SLOPE]), weights + w
    det = wee * wnn - wen * wen
    east, north = (wnn * we - wen * wn) / det, (wee * wn - wen * we) / det
    up, sigma = floor, UNKNOWN_HEIGHT_SIGMA_M
    if weights > 0.0:
        up, sigma = heights / weights, math.sqrt(1.0 / weights)
    return east, north, wnn / det, -wen / det, wee / det, up, sigma


@piece
def _tracked(tracks, n, t, east, north, var_e, cov, var_n, P):  # type: ignore[no-untyped-def]
    """True when a track may be at that place already: while it is young, a bearing of its own may seem to be nobody's.

    P (6, 6): scratch.
    """
    for i in range(n):
        if tracks.status[i] >= ENDED:
            continue
        x, dt = tracks.x[i], t - tracks.time[i]
        d_e, d_n = x[0] + dt * x[3] - east, x[1] + dt * x[4] - north
        covariance(tracks.xm[i], tracks.Pm[i], tracks.mu[i], P)
        ee = P[0, 0] + dt * dt * P[3, 3] + 2.0 * dt * P[0, 3] + var_e
        nn = P[1, 1] + dt * dt * P[4, 4] + 2.0 * dt * P[1, 4] + var_n
        en = P[0, 1] + cov
        if d_e * d_e * nn - 2.0 * d_e * d_n * en + d_n * d_n * ee <= GATE[2] * (ee * nn - en * en):
            return True
    return False


@lean
def _use_up(held, count, a, b, east, north):  # type: ignore[no-untyped-def]
    """Drops lines a and b and all that pass through the place where a track began: they are explained. Returns how many stay."""
    t, kept = held[a, TIME], 0
    for c in range(count):
        if c != a and c != b and not _passes(held, c, east, north, t):
            _copy(held, kept, c)
            kept += 1
    return kept


@lean
def cross(tracks, n, plots, members, held, count, sensors, owner, next_id, P):  # type: ignore[no-untyped-def]
    """New tracks in slots n... where bearings among `members`, which no track explains, cross others: (slots in use, bearings held).

    P (6, 6): scratch.
    """
    for g in range(members.shape[0]):  # all first: which crossing is ambiguous depends on every bearing of the look
        count, _ = keep(held, count, plots, members[g], sensors)
    a = np.int64(0)  # a literal 0 would compile what takes it a second time
    while a < count:
        if held[a, PLOT] < 0.0:
            a += 1
            continue
        j = int(held[a, PLOT])
        held[a, PLOT] = -1.0
        b = crossed(held, count, a)
        if b < 0:
            continue
        east, north, var_e, cov, var_n, up, sigma = point(held, count, a, b)
        wide = not var_e + var_n <= 2.0 * MOST_SIGMA_M * MOST_SIGMA_M
        if wide or _tracked(tracks, n, plots.time[j], east, north, var_e, cov, var_n, P):
            continue
        i = n
        n += 1
        if plots.begun[j] < 0:  # a plot that is taken in again begins the same track
            plots.begun[j] = next_id
            next_id += 1
        x = tracks.x[i]
        x[:], P[:, :] = 0.0, 0.0
        x[0], x[1], x[2] = east, north, up
        if math.isnan(held[a, SLOPE]) and math.isnan(held[b, SLOPE]) and sensors.under[plots.sensor[j]] == 0:
            x[2] += USUAL_HEIGHT_M
        P[0, 0], P[0, 1], P[1, 0], P[1, 1], P[2, 2] = var_e, cov, cov, var_n, sigma * sigma
        P[3, 3] = P[4, 4] = SPEED_SIGMA_H * SPEED_SIGMA_H
        P[5, 5] = SPEED_SIGMA_V * SPEED_SIGMA_V
        blank(tracks, i, P, plots, j, sensors, BIRTH_EXISTENCE)
        heard(tracks, i, plots, j, sensors)
        tracks.sensors[i] |= 1 << min(int(held[b, SENSOR]), 62)
        code = plots.ident[j]
        if code >= 0:
            tracks.ident[i, plots.ident_kind[j]] = code
            if owner[code] < 0:
                owner[code] = i
        plots.track[j], plots.weight[j] = tracks.id[i], 1.0
        count, a = _use_up(held, count, a, b, east, north), np.int64(0)
    return n, count
