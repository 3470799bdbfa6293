"""What a look does to the tracks it touched: state and existence by moment matching, and the bookkeeping of evidence.

Posterior of a Bernoulli track over its hypotheses (no plot, plot j with probability p_j), collapsed to one Gaussian:
    x = x0 + sum p_j K_j v_j,   P = P0 - sum p_j K_j S_j K_j' + sum p_j d_j d_j' - d d'   (the PDA form, p_j from propagate)
    r = sum p_j + p_0 r (1 - pD) / (1 - r pD)
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel
from picket.track.layout_kernels import (
    ADOPT_WEIGHT,
    CLAIM_FRESH_S,
    DEAD,
    EXISTENCE_MAX,
    FOREIGN_CORRELATION_S,
    MISS_UNDO_PERIODS,
    RADAR_FRESH_S,
    SPOOF,
    UNCONFIRMED,
)
from picket.track.measure_kernels import factor, innovation, place_only

NEGLIGIBLE = 1e-3  # a plot with less probability than this moves nothing


@kernel
def sound(P, L):  # type: ignore[no-untyped-def]
    """True when P (6, 6) is symmetric positive definite; otherwise P becomes its own diagonal, made positive. L (6, 6): scratch."""
    good = True
    for a in range(6):
        for b in range(a + 1):
            total = P[a, b]
            for c in range(b):
                total -= L[a, c] * L[b, c]
            if a == b:
                good = good and total > 1e-9
                L[a, a] = math.sqrt(max(total, 1e-9))
            else:
                L[a, b] = total / L[b, b]
    if good:
        return True
    for a in range(6):
        for b in range(6):
            if a != b:
                P[a, b] = 0.0
            elif not P[a, a] > 1e-3:
                P[a, a] = 1e-3
    return False


@kernel
def _state(x, P, time, foreign_time, e0, e1, e_plot, p, members, z, kind, sigma, when, foreign, rotation, offset, work, W):  # type: ignore[no-untyped-def]
    """Moves x and P of a track, which stand at `time`, by its edges e0..e1-1.

    z, kind, sigma, when, foreign: of all plots; rotation, offset: of the look's sensor. One by one, as for `innovation`, and with
    scratch arrays from outside: a call per track that passes NamedTuples and makes its own cost half of the update.
    """
    H, PHt, L, spread = work[0], work[1], work[2], work[3]
    v, R, y, mean, dx = W[0], W[1], W[2], W[3], W[4]
    mean[:], spread[:, :] = 0.0, 0.0
    for e in range(e0, e1):
        if p[e] < NEGLIGIBLE:
            continue
        j = members[e_plot[e]]
        lag = time - when[j]
        m = innovation(x, lag, kind[j], z[j], sigma[j], rotation, offset, H, v, R)
        if foreign[j] == 1:  # estimates that follow quickly repeat one another: they share one plot's information
            age = max(when[j] - foreign_time, 0.1)
            for k in range(m):
                R[k] *= max(1.0, FOREIGN_CORRELATION_S / age)
        factor(P, H, R, v, m, place_only(kind[j], z[j]), lag, PHt, L, y)
        for a in range(6):  # PHt becomes PHt L^-T, so that K S K' is its square
            dx[a] = 0.0
            for k in range(m):
                total = PHt[a, k]
                for c in range(k):
                    total -= L[k, c] * PHt[a, c]
                PHt[a, k] = total / L[k, k]
                dx[a] += PHt[a, k] * y[k]
        for a in range(6):
            mean[a] += p[e] * dx[a]
            for b in range(a + 1):
                total = dx[a] * dx[b]
                for k in range(m):
                    total -= PHt[a, k] * PHt[b, k]
                spread[a, b] += p[e] * total
    for a in range(6):
        x[a] += mean[a]
        for b in range(a + 1):
            P[a, b] += spread[a, b] - mean[a] * mean[b]
            P[b, a] = P[a, b]
    sound(P, L)


@kernel
def _identity(tracks, i, plots, j, owner):  # type: ignore[no-untyped-def]
    """Track i takes over what plot j says of itself. An identity heard elsewhere a moment ago contradicts it."""
    code, t = plots.ident[j], plots.time[j]
    if plots.transmitter[j] >= 0:
        tracks.transmitter[i] = plots.transmitter[j]
    if plots.sensor_track[j] >= 0:
        tracks.sensor_track[i] = plots.sensor_track[j]
    if code < 0:
        return
    kind = plots.ident_kind[j]
    if tracks.ident[i, kind] >= 0 and tracks.ident[i, kind] != code:
        return
    other = owner[code]
    if other >= 0 and other != i and tracks.status[other] < DEAD and tracks.ident[other, kind] == code:
        if tracks.flags[i] & SPOOF and tracks.ident[i, kind] == code:
            pass  # the second of two tracks under one name: the first stays its owner
        elif t - tracks.claim_time[other] < CLAIM_FRESH_S:
            tracks.flags[i] |= SPOOF
            tracks.flags[other] |= SPOOF
            tracks.spoof_time[i] = tracks.spoof_time[other] = t
        else:
            tracks.ident[other, kind] = -1  # it was taken for that one by mistake, or has left it
            owner[code] = i
    else:
        owner[code] = i
    tracks.ident[i, kind] = code


@kernel
def heard(tracks, i, plots, j, sensors):  # type: ignore[no-untyped-def]
    """Books plot j as one that track i gave."""
    s, t = plots.sensor[j], plots.time[j]
    tracks.updated[i] = max(tracks.updated[i], t)
    if plots.foreign[j] == 0 or t - tracks.foreign_time[i] >= FOREIGN_CORRELATION_S:
        tracks.updates[i] += 1
        if plots.foreign[j] == 1:
            tracks.foreign_time[i] = t
    tracks.sensors[i] |= 1 << min(s, 62)
    tracks.period[i] = min(tracks.period[i], sensors.period[s])
    tracks.timeout[i] = max(tracks.timeout[i], sensors.timeout[s])
    tracks.origin[i] = plots.origin[j]
    if sensors.claims[s] == 1:
        tracks.claim_time[i] = max(tracks.claim_time[i], t)
        if plots.ident[j] >= 0:
            tracks.claims[i] += 1
    elif plots.foreign[j] == 0:
        tracks.radar_time[i] = max(tracks.radar_time[i], t)
        tracks.radar_updates[i] += 1
        tracks.looks[i] = 0
        tracks.disbelief[i] = 0.0
        tracks.flags[i] &= ~UNCONFIRMED
    if plots.said[j] >= 0:  # a sensor's word counts, and counts for less each time
        for c in range(4):
            tracks.score[i, c] *= 0.95
        tracks.score[i, plots.said[j]] += 0.25


@kernel
def _looked(tracks, i, s, t, hit, sensors):  # type: ignore[no-untyped-def]
    """Sensor s looked at track i at t; a miss booked for this very look is taken back when it was a hit after all."""
    period = sensors.period[s]
    if hit and tracks.missed[i, s] == 1 and abs(t - tracks.look[i, s]) < MISS_UNDO_PERIODS * period:
        r = min(tracks.r[i], EXISTENCE_MAX)
        odds = r / (1.0 - r) / (1.0 - sensors.pd[s])
        tracks.r[i] = odds / (1.0 + odds)
    tracks.look[i, s] = max(tracks.look[i, s], t)
    tracks.missed[i, s] = 0


@kernel
def update(tracks, e_track, e_plot, p, plots, members, sensors, owner):  # type: ignore[no-untyped-def]
    """Every track with an edge: existence, state, bookkeeping. Fills plots.track and plots.weight of the members."""
    work, W = np.empty((4, 6, 6)), np.empty((5, 6))
    E = p.shape[0]
    e = 0
    while e < E:
        i, end = e_track[e], e
        some, best = 0.0, e
        while end < E and e_track[end] == i:
            some += p[end]
            if p[end] > p[best]:
                best = end
            end += 1
        some = min(some, 1.0)
        j = members[e_plot[best]]
        s = plots.sensor[j]
        none = 1.0 - some
        r = tracks.r[i]
        after_miss = r if sensors.claims[s] == 1 else r * (1.0 - sensors.pd[s]) / (1.0 - r * sensors.pd[s])
        repeated = plots.foreign[j] == 1 and plots.time[j] - tracks.foreign_time[i] < FOREIGN_CORRELATION_S
        if not repeated:
            tracks.r[i] = min(some + none * after_miss, EXISTENCE_MAX)
        _state(
            tracks.x[i], tracks.P[i], tracks.time[i], tracks.foreign_time[i], e, end, e_plot, p, members, plots.z, plots.kind,
            plots.sigma, plots.time, plots.foreign, sensors.rotation[s], sensors.offset[s], work, W,
        )  # fmt: skip
        if some >= 0.5:
            heard(tracks, i, plots, j, sensors)
        if p[best] >= ADOPT_WEIGHT and (plots.ident[j] >= 0 or plots.transmitter[j] >= 0 or plots.sensor_track[j] >= 0):
            _identity(tracks, i, plots, j, owner)
        if sensors.claims[s] == 0:
            _looked(tracks, i, s, plots.time[j], some >= 0.5, sensors)
        for k in range(e, end):
            q = members[e_plot[k]]
            if p[k] > plots.weight[q]:
                plots.weight[q], plots.track[q] = p[k], tracks.id[i]
        e = end


@kernel
def held_by_radar(tracks, i, t):  # type: ignore[no-untyped-def]
    """True when a sensor's own measurement, not the object's word, says where track i is."""
    return tracks.radar_updates[i] > 0 and t - tracks.radar_time[i] < RADAR_FRESH_S
