"""Registration: pairs of plots that two sensors gave of one object, and what they say of the sensors' biases.

A sensor that measures from its own place has three biases b = (range m, azimuth rad, time s): what it gives minus what is.
A plot of sensor s, of an object at slant range r and azimuth a from it, ground range g, velocity v, lies off its true place by

    B b,   B = [ r/g (sin a, cos a)   g (cos a, -sin a)   -v ]        (2 x 3, east and north)

(Dela Cruz, Alouani, Rice and Blair 1992; Lin, Bar-Shalom and Kirubarajan 2004, eq. 6, without their local filters: a pair of plots of
one track needs no filter between them). Two plots of one track at t and t' differ by d = p - p' - v (t - t'), so

    d = B_s b_s - B_q b_q + noise of both,      information Y += J' R^-1 J,  y += J' R^-1 d,   J = [B_s, -B_q].

Each plot is in one pair at most, so that the noise of pairs is independent. The place comes from range, azimuth and the track's
height: an elevation's noise would shift it. A position that the object itself reports has no bias but its age (the third).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from picket._jit import lean, piece
from picket.track.layout_kernels import ACCELERATION_H, POLAR, POSITION, SPOOF, TENTATIVE, Array
from picket.track.motion_kernels import covariance_at

SLOTS = 16  # sensors that are compared; more than a unit has
PAIR_S = 2.5  # plots of one track that lie further apart in time are no pair: it may have turned
PAIR_UPDATES = 5  # plots of a track before its velocity is good for this
PAIR_WEIGHT = 0.9  # a plot belongs to its track with so much probability, or it tells nothing
BEYOND = 200.0  # d' R^-1 d of a pair that is a mistake, whatever the biases are


class Pairs(NamedTuple):
    """What the pairs said so far."""

    slot: Array  # (sensors,) place of a sensor in the rest, -1 = it was in no pair yet
    used: Array  # (1,) slots taken
    Y: Array  # (3 SLOTS, 3 SLOTS) information
    y: Array  # (3 SLOTS,)
    fit: Array  # (2,) sum of d' R^-1 d, and of its degrees of freedom
    number: Array  # (SLOTS,) pairs of a sensor


def new_pairs(sensors: int) -> Pairs:
    """No pairs yet."""
    return Pairs(
        slot=np.full(sensors, -1, np.int64), used=np.zeros(1, np.int64), Y=np.zeros((3 * SLOTS, 3 * SLOTS)), y=np.zeros(3 * SLOTS),
        fit=np.zeros(2), number=np.zeros(SLOTS),
    )  # fmt: skip


@lean
def correct(plots, members, s, sensors):  # type: ignore[no-untyped-def]
    """Takes the biases of sensor s off its plots: z, the place and the time. Half sides and forms stay."""
    bias, R, offset = sensors.bias[s], sensors.rotation[s], sensors.offset[s]
    for j in members:
        if plots.kind[j] != POLAR:
            continue
        plots.time[j] -= bias[2]
        plots.z[j, 1] -= bias[1]
        if not plots.form[j] & 1:
            continue
        plots.z[j, 0] = max(plots.z[j, 0] - bias[0], 1.0)
        el = plots.z[j, 4] if math.isnan(plots.z[j, 2]) else plots.z[j, 2]
        ground, up = plots.z[j, 0] * math.cos(el), plots.z[j, 0] * math.sin(el)
        e, n = ground * math.sin(plots.z[j, 1]), ground * math.cos(plots.z[j, 1])
        for k in range(3):
            plots.p[j, k] = R[0, k] * e + R[1, k] * n + R[2, k] * up + offset[k]


@lean
def _lever(x, kind, z, sigma, rotation, offset, bias, place, cov, B):  # type: ignore[no-untyped-def]
    """place (2,), its covariance cov (3,: ee, en, nn) and the first two columns of B (2, 2) of one plot; False when it tells no place.

    x: the object's state. The plot is taken as it was measured: what was corrected, `bias`, is put back.
    """
    B[:, :] = 0.0
    if kind == POSITION:
        place[0], place[1] = z[0], z[1]
        cov[0], cov[1], cov[2] = sigma[0] * sigma[0], 0.0, sigma[1] * sigma[1]
        return True
    up = 0.0
    for k in range(3):
        up += rotation[2, k] * (x[k] - offset[k])
    r, a = z[0] + bias[0], z[1] + bias[1]
    if not abs(up) < 0.7 * r:
        return False  # nearly overhead: the ground range is all error of height
    g = math.sqrt(r * r - up * up)
    e, n = g * math.sin(a), g * math.cos(a)
    along, across = r / g, g
    for k in range(2):
        E, N = rotation[0, k], rotation[1, k]
        place[k] = E * e + N * n + rotation[2, k] * up + offset[k]
        B[k, 0] = along * (E * math.sin(a) + N * math.cos(a))
        B[k, 1] = across * (E * math.cos(a) - N * math.sin(a))
    sr, sa = sigma[0] * sigma[0], sigma[1] * sigma[1]
    cov[0] = B[0, 0] * B[0, 0] * sr + B[0, 1] * B[0, 1] * sa
    cov[1] = B[0, 0] * B[1, 0] * sr + B[0, 1] * B[1, 1] * sa
    cov[2] = B[1, 0] * B[1, 0] * sr + B[1, 1] * B[1, 1] * sa
    return True


@lean
def _slot(s, pairs):  # type: ignore[no-untyped-def]
    """The sensor's place among those compared; -1 when all are taken."""
    if pairs.slot[s] < 0 and pairs.used[0] < SLOTS:
        pairs.slot[s] = pairs.used[0]
        pairs.used[0] += 1
    return pairs.slot[s]


@lean
def _add(pairs, a, b, J, d, cov):  # type: ignore[no-untyped-def]
    """The pair d (2,) of slots a and b, with J (2, 6) and covariance cov (3,), into the information."""
    det = cov[0] * cov[2] - cov[1] * cov[1]
    W = ((cov[2] / det, -cov[1] / det), (-cov[1] / det, cov[0] / det))
    wd = (W[0][0] * d[0] + W[0][1] * d[1], W[1][0] * d[0] + W[1][1] * d[1])
    fit = d[0] * wd[0] + d[1] * wd[1]
    if not fit < BEYOND:
        return
    pairs.fit[0] += fit
    pairs.fit[1] += 2.0
    pairs.number[a] += 1.0
    pairs.number[b] += 1.0
    for i in range(6):
        row = 3 * a + i if i < 3 else 3 * b + i - 3
        pairs.y[row] += J[0, i] * wd[0] + J[1, i] * wd[1]
        wj0, wj1 = W[0][0] * J[0, i] + W[0][1] * J[1, i], W[1][0] * J[0, i] + W[1][1] * J[1, i]
        for k in range(6):
            column = 3 * a + k if k < 3 else 3 * b + k - 3
            pairs.Y[row, column] += wj0 * J[0, k] + wj1 * J[1, k]


@lean
def _pair(pairs, tracks, i, a, b, place, cov, B, time, J, d, both):  # type: ignore[no-untyped-def]
    """The plot (place, cov, B at `time`) against the one that track i remembers: slots a and b.

    J (2, 6), d (2,), both (3,): scratch.
    """
    x, before = tracks.x[i], tracks.pair_plot[i]
    dt = time - before[0]
    spread = ACCELERATION_H * abs(dt * dt * dt) / 3.0
    for k in range(2):
        d[k] = place[k] - before[1 + k] - dt * x[3 + k]
        for c in range(2):
            J[k, c], J[k, 3 + c] = B[k, c], -before[6 + 2 * k + c]
        J[k, 2], J[k, 5] = -x[3 + k], x[3 + k]  # one velocity for both: what it changed between them is noise
    both[0] = cov[0] + before[3] + dt * dt * covariance_at(tracks, i, 3, 3) + spread
    both[1] = cov[1] + before[4] + dt * dt * covariance_at(tracks, i, 4, 3)
    both[2] = cov[2] + before[5] + dt * dt * covariance_at(tracks, i, 4, 4) + spread
    _add(pairs, a, b, J, d, both)


@piece
def compare(tracks, i, plots, j, sensors, pairs, W):  # type: ignore[no-untyped-def]
    """Plot j, which track i gave, against the last one of another sensor: a pair. Otherwise the track remembers it. W (8, 6): scratch."""
    s = plots.sensor[j]
    ready = tracks.status[i] > TENTATIVE and tracks.updates[i] >= PAIR_UPDATES and not tracks.flags[i] & SPOOF
    measures = plots.form[j] & 3 == 3 and plots.foreign[j] == 0
    if ready and measures:
        place, cov, B = W[0, :2], W[1, :3], W[2:4, :2]
        time = plots.time[j] + (sensors.bias[s, 2] if plots.kind[j] == POLAR else 0.0)
        seen = _lever(
            tracks.x[i], plots.kind[j], plots.z[j], plots.sigma[j], sensors.rotation[s], sensors.offset[s], sensors.bias[s],
            place, cov, B,
        )  # fmt: skip
        if seen:
            q = tracks.pair_sensor[i]
            if q >= 0 and q != s and abs(time - tracks.pair_plot[i, 0]) <= PAIR_S:
                a, b = _slot(s, pairs), _slot(q, pairs)
                if a >= 0 and b >= 0:
                    _pair(pairs, tracks, i, a, b, place, cov, B, time, W[4:6], W[6, :2], W[7, :3])
                tracks.pair_sensor[i] = -1
            else:
                tracks.pair_sensor[i] = s
                tracks.pair_plot[i, 0] = time
                for k in range(2):
                    tracks.pair_plot[i, 1 + k] = place[k]
                    tracks.pair_plot[i, 6 + k], tracks.pair_plot[i, 8 + k] = B[0, k], B[1, k]
                for k in range(3):
                    tracks.pair_plot[i, 3 + k] = cov[k]
