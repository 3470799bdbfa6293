"""Which plot may come from which track, and with what probability: gate, weights, loopy belief propagation.

Sparse throughout: an edge is one (track, plot) pair inside the gate; there is no matrix of all pairs.

- Gate: plots lie in a hash of square cells; a track looks into the cells that its own box covers, then at the
  Mahalanobis distance. The cells' side follows the plots' accuracy, so a box covers few of them.
- Weight of an edge, relative to the track's miss and to the plot being clutter or new (Williams 2015, eq. 21-25; Meyer et al.
  2018, eq. 30-34):  w = r pD l(z) f / ((1 - r pD) (clutter + birth)), f what identities say.
- Marginals by the two-line iteration of Williams and Lau (2014, eq. 23-24), which always converges:
      mu_ij = w_ij / (1 + sum_k!=j w_ik nu_ik),   nu_ij = 1 / (1 + sum_k!=i mu_kj).
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel, lean, piece
from picket.track.conditions_kernels import detects
from picket.track.layout_kernels import (
    EDGES_PER_TRACK,
    ENDED,
    GATE,
    GATE_SIGMA,
    OTHER_IDENTITY,
    POLAR,
    SAME_IDENTITY,
    SAME_SENSOR_TRACK,
    SAME_TRANSMITTER,
    SURVIVAL_S,
    SWEEP_TOLERANCE,
    TAU,
    WEIGHT_MAX,
)
from picket.track.measure_kernels import alike, background, distance, expected, factor, remember, residual
from picket.track.motion_kernels import MANOEUVRE_H, advance
from picket.track.place_kernels import difference, inverse, is_place, length, near, rates, spread

_GATE = np.array(GATE)
SMALL = 16  # so few plots are tried one by one
LOG_TAU = math.log(TAU)
FARTHEST_M = 20_000.0  # no track is searched for further from its place: 4.5 sigma of 4.4 km, and one of 2 km ends
GATE_ONE = GATE[4] + 4.0  # no plot beyond it in one direction alone lies in the gate


@lean
def _bucket(ix, iy, mask):  # type: ignore[no-untyped-def]
    return ((ix * 73856093) ^ (iy * 19349663)) & mask


@kernel
def _grid(plots, members, cell, mask):  # type: ignore[no-untyped-def]
    """The members sorted by the bucket of their cell: (first (buckets + 1,), place in members (M,), cell (M, 2), box (M, 8)).

    A box (M, 8) is its middle, east and north, and half its side, and then what the test of range and cross-range reads of its plot:
    range, variances of range and place, time, and 1 where it is one with range and azimuth. It lies by bucket, so that a search reads
    memory in order, and one line of it a plot.
    """
    M = members.shape[0]
    bucket, first = np.empty(M, np.int64), np.zeros(mask + 2, np.int64)
    place, index, box = np.empty(M, np.int64), np.empty((M, 2), np.int64), np.empty((M, 8))
    _count(plots, members, cell, mask, bucket, first)
    _lay(plots, members, cell, bucket, first.copy(), place, index, box)
    return first, place, index, box


@lean
def _count(plots, members, cell, mask, bucket, first):  # type: ignore[no-untyped-def]
    """Fills bucket (M,) of every member, and first (buckets + 1,) from zeros."""
    for g in range(members.shape[0]):
        j = members[g]
        bucket[g] = _bucket(math.floor(plots.p[j, 0] / cell), math.floor(plots.p[j, 1] / cell), mask)
        first[bucket[g] + 1] += 1
    for b in range(mask + 1):
        first[b + 1] += first[b]


@lean
def _lay(plots, members, cell, bucket, to, place, index, box):  # type: ignore[no-untyped-def]
    """Fills place, index and box of `_grid`; to: where the next of each bucket goes."""
    for g in range(members.shape[0]):
        q, j = to[bucket[g]], members[g]
        to[bucket[g]] += 1
        place[q] = g
        index[q, 0], index[q, 1] = math.floor(plots.p[j, 0] / cell), math.floor(plots.p[j, 1] / cell)
        box[q, 0], box[q, 1], box[q, 2] = plots.p[j, 0], plots.p[j, 1], GATE_SIGMA * plots.half[j]
        box[q, 3], box[q, 4] = plots.z[j, 0], plots.sigma[j, 0] * plots.sigma[j, 0]
        box[q, 5], box[q, 6] = plots.half[j] * plots.half[j], plots.time[j]
        box[q, 7] = 1.0 if plots.kind[j] == POLAR and plots.form[j] & 3 == 3 else 0.0


@lean
def _rough(x, P, offset):  # type: ignore[no-untyped-def]
    """What tests of range and cross-range alone need: range of x from a sensor at `offset`, its variance, the unit vector across the
    line of sight (2), and the variance along that."""
    d = (x[0] - offset[0], x[1] - offset[1], x[2] - offset[2])
    ground = max(math.hypot(d[0], d[1]), 1.0)
    r = max(math.hypot(ground, d[2]), 1.0)
    var = 0.0
    for a in range(3):
        for b in range(3):
            var += d[a] * P[a, b] * d[b]
    tx, ty = d[1] / ground, -d[0] / ground
    return r, var / (r * r), tx, ty, tx * tx * P[0, 0] + 2.0 * tx * ty * P[0, 1] + ty * ty * P[1, 1]


@piece
def hints(tracks, i, plots, j):  # type: ignore[no-untyped-def]
    """The factor that identity, transmitter and the sensor's own track number put on an edge."""
    f = 1.0
    if plots.ident[j] >= 0:
        held = tracks.ident[i, plots.ident_kind[j]]
        if held == plots.ident[j]:
            f *= SAME_IDENTITY
        elif held >= 0:
            f *= OTHER_IDENTITY
    if plots.transmitter[j] >= 0 and plots.transmitter[j] == tracks.transmitter[i]:
        f *= SAME_TRANSMITTER
    if plots.sensor_track[j] >= 0 and plots.sensor_track[j] == tracks.sensor_track[i]:
        f *= SAME_SENSOR_TRACK
    return f


@piece
def survive(r, survived, i, T):  # type: ignore[no-untyped-def]
    """Takes the chance that object i has left by T off r[i]."""
    if survived[i] < T:
        r[i] *= math.exp(-(T - survived[i]) / SURVIVAL_S)
        survived[i] = T


@lean
def _survey(plots, members, T, sensors, base):  # type: ignore[no-untyped-def]
    """Fills base (M,), -log of the density of plots that no track gives; returns what a search needs to know of all members:
    (west, east, south, north, widest half side, mean half side, earliest time)."""
    M = members.shape[0]
    widest, earliest, typical = 0.0, T, 0.0
    west = south = math.inf
    east = north = -math.inf
    for g in range(M):
        j = members[g]
        west, east = min(west, plots.p[j, 0]), max(east, plots.p[j, 0])
        south, north = min(south, plots.p[j, 1]), max(north, plots.p[j, 1])
        widest, typical = max(widest, plots.half[j]), typical + plots.half[j] / M
        earliest = min(earliest, plots.time[j])
        clutter, birth = background(plots, j, sensors)
        base[g] = -math.log(clutter + birth)
    return west, east, south, north, widest, typical, earliest


@kernel
def gate(tracks, n, plots, members, T, sensors):  # type: ignore[no-untyped-def]
    """Edges of one group of plots, track by track; tracks with a plot in their box are predicted to T.

    Returns (track (E,), place in members (E,), weight (E,), number shed). T: time of the group's last plot.
    """
    M = members.shape[0]
    room = max(64, 2 * M)
    e_track, e_plot, e_log = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
    base = np.empty(M)
    west, east, south, north, widest, typical, earliest = _survey(plots, members, T, sensors, base)
    cell = max(4.0 * typical, 60.0)
    size = 32
    while size < 2 * M:
        size *= 2
    start, place, index, box = _grid(plots, members, cell, size - 1)
    found, work, W = np.empty(M, np.int64), np.empty((3, 6, 6)), np.empty((4, 8))
    i, edges, shed = _search(
        tracks, 0, n, plots, members, T, sensors, west, east, south, north, widest, earliest, cell, start, place, index, box, base,
        found, work, W, e_track, e_plot, e_log, 0, 0,
    )  # fmt: skip
    while i < n:  # the edges need more room
        room *= 2
        a, b, c = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
        a[:edges], b[:edges], c[:edges] = e_track[:edges], e_plot[:edges], e_log[:edges]
        e_track, e_plot, e_log = a, b, c
        i, edges, shed = _search(
            tracks, i, n, plots, members, T, sensors, west, east, south, north, widest, earliest, cell, start, place, index, box, base,
            found, work, W, e_track, e_plot, e_log, edges, shed,
        )  # fmt: skip
    weight = np.empty(edges)
    for e in range(edges):
        weight[e] = min(math.exp(min(e_log[e], 27.0)), WEIGHT_MAX)
    return e_track[:edges], e_plot[:edges], weight, shed


@lean
def _search(  # type: ignore[no-untyped-def]
    tracks, begin, n, plots, members, T, sensors, west, east, south, north, widest, earliest, cell, start, place, index, box, base,
    found, work, W, e_track, e_plot, e_log, edges, shed,
):  # fmt: skip
    """Edges of the tracks from `begin` on, put after the `edges` there are; returns (where it stopped, edges, shed).

    It stops where the arrays of edges may not hold those of one track more. start, place, index, box: of `_grid`; found (M,),
    work (3, 6, 6), W (4, 8): scratch.
    """
    M, mask = members.shape[0], start.shape[0] - 2
    H, PHt, L = work[0], work[1], work[2]
    v, R, h, known = W[0], W[1], W[2], W[3]
    s = plots.sensor[members[0]]
    polar = plots.kind[members[0]] == POLAR
    claims, rotation, offset = sensors.claims[s], sensors.rotation[s], sensors.offset[s]
    reach = GATE_SIGMA * widest
    for i in range(begin, n):
        if edges + EDGES_PER_TRACK > e_log.shape[0]:
            return i, edges, shed
        # -- first what needs one line of memory a track: before many sensors most tracks are far from each
        x, P, dt, span = tracks.x[i], tracks.P[i], max(T - tracks.time[i], 0.0), max(T, tracks.time[i]) - earliest
        cx, cy = x[0] + dt * x[3], x[1] + dt * x[4]
        away_x, away_y = FARTHEST_M + reach + span * abs(x[3]), FARTHEST_M + reach + span * abs(x[4])
        if cx + away_x < west or cx - away_x > east or cy + away_y < south or cy - away_y > north:
            continue
        if tracks.status[i] >= ENDED or T - tracks.updated[i] > tracks.timeout[i]:
            continue
        noise = MANOEUVRE_H * dt * dt * dt / 3.0
        sx = math.sqrt(P[0, 0] + 2 * dt * P[0, 3] + dt * dt * P[3, 3] + noise)
        sy = math.sqrt(P[1, 1] + 2 * dt * P[1, 4] + dt * dt * P[4, 4] + noise)
        bx = GATE_SIGMA * sx + span * abs(x[3])
        by = GATE_SIGMA * sy + span * abs(x[4])
        if cx + bx + reach < west or cx - bx - reach > east or cy + by + reach < south or cy - by - reach > north:
            continue  # far from all of this look
        # -- plots whose box meets the track's box
        hits = 0
        x0, x1 = math.floor((cx - bx - reach) / cell), math.floor((cx + bx + reach) / cell)
        y0, y1 = math.floor((cy - by - reach) / cell), math.floor((cy + by + reach) / cell)
        if M <= SMALL or (x1 - x0 + 1) * (y1 - y0 + 1) > M:
            for q in range(M):
                if abs(box[q, 0] - cx) <= bx + box[q, 2] and abs(box[q, 1] - cy) <= by + box[q, 2]:
                    found[hits] = q
                    hits += 1
        else:
            for kx in range(int(x0), int(x1) + 1):
                for ky in range(int(y0), int(y1) + 1):
                    b = _bucket(kx, ky, mask)
                    for q in range(start[b], start[b + 1]):
                        here = index[q, 0] == kx and index[q, 1] == ky
                        if here and abs(box[q, 0] - cx) <= bx + box[q, 2] and abs(box[q, 1] - cy) <= by + box[q, 2]:
                            found[hits] = q
                            hits += 1
        if hits == 0:
            continue
        if dt > 0.0:
            advance(tracks.xm[i], tracks.Pm[i], tracks.mu[i], x, P, dt)
            tracks.time[i] = T
        survive(tracks.r, tracks.survived, i, T)
        # -- the range gate, cheap and sharp, then the ellipsoidal one
        radius, sr, tx, ty, sc = _rough(x, P, offset) if polar else (0.0, 0.0, 0.0, 0.0, 0.0)
        rush = math.sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
        known[0], log_det, m = -1.0, 0.0, 0
        i00 = i10 = i20 = i11 = i21 = i22 = d0 = d1 = d2 = 0.0
        prior = 0.0
        first = edges
        for hit in range(hits):
            q = found[hit]
            lag = tracks.time[i] - box[q, 6]
            if polar and box[q, 7] == 1.0:
                off = abs(box[q, 3] - radius) - rush * lag
                if off > 0.0 and off * off > GATE_ONE * (sr + box[q, 4]):
                    continue
                off = abs((box[q, 0] - x[0]) * tx + (box[q, 1] - x[1]) * ty) - rush * lag
                if off > 0.0 and off * off > GATE_ONE * (sc + box[q, 5]):
                    continue
            g = place[q]
            j = members[g]
            place_alone = is_place(plots.form[j])
            if place_alone:
                same = near(plots.form[j], lag, plots.sigma[j], known)
            else:
                same = alike(plots.form[j], lag, plots.sigma[j], known)
            if not same:
                m = expected(x, lag, plots.form[j], plots.sigma[j], rotation, offset, H, h, R)
                if place_alone:
                    d0, d1, d2 = rates(H, x)
                    s00, s10, s20, s11, s21, s22 = spread(P, H, R, lag, PHt)
                    i00, i10, i20, i11, i21, i22, log_det = inverse(s00, s10, s20, s11, s21, s22)
                else:
                    log_det = factor(P, H, R, m, plots.form[j], lag, PHt, L)
                remember(plots.form[j], lag, plots.sigma[j], known)
            if place_alone:
                v0, v1, v2 = difference(plots.form[j], plots.z[j], h, lag - known[1], d0, d1, d2)
                dist = length(v0, v1, v2, i00, i10, i20, i11, i21, i22)
            else:
                residual(plots.form[j], plots.z[j], h, v)
                dist = distance(L, v, m, _GATE[m])
            if not dist <= _GATE[m]:
                continue
            if edges == first:  # its first: many have none
                r, (pd, _) = tracks.r[i], detects(x, s, sensors)
                miss = 1.0 if claims == 1 or sensors.listens[s] == 1 else 1.0 - r * pd
                prior = math.log(r * pd / miss)
            log_w = -0.5 * (dist + log_det + m * LOG_TAU) + base[g] + prior
            if plots.ident[j] >= 0 or plots.transmitter[j] >= 0 or plots.sensor_track[j] >= 0:
                log_w += math.log(hints(tracks, i, plots, j))
            at = edges
            if edges - first == EDGES_PER_TRACK:
                shed += 1
                at = first
                for e in range(first, edges):
                    if e_log[e] < e_log[at]:
                        at = e
                if e_log[at] >= log_w:
                    continue
            else:
                edges += 1
            e_track[at], e_plot[at], e_log[at] = i, g, log_w
    return n, edges, shed


@kernel
def propagate(e_track, e_plot, w, n, M, sweeps):  # type: ignore[no-untyped-def]
    """Marginal probability of each edge (E,), and for each plot the probability that no track gave it (M,).

    Edges of a track lie together. A plot that one track alone competes for converges in the first sweep.
    """
    E = w.shape[0]
    nu, p, total, free = np.ones(E), np.empty(E), np.empty(M), np.empty(M)
    used = _sweep(e_track, e_plot, w, sweeps, np.empty(E), nu, np.empty(E), p, total)
    e = 0
    while e < E:
        end, row = e, 1.0
        while end < E and e_track[end] == e_track[e]:
            row += w[end] * nu[end]
            end += 1
        for k in range(e, end):
            p[k] = w[k] * nu[k] / row
        e = end
    for g in range(M):
        free[g] = 1.0 / (1.0 + total[g])
    return p, free, used


@lean
def _sweep(e_track, e_plot, w, sweeps, mu, nu, fresh, rest, total):  # type: ignore[no-untyped-def]
    """Moves nu (E,) and total (M,), the sum of mu at each plot, by at most `sweeps`; returns how many it took. The rest is scratch.

    Each half is one loop over all edges without a branch: its divisions are most of the time, and the CPU does several at once.
    """
    E, used = w.shape[0], 0
    for _ in range(sweeps):
        used += 1
        e = 0
        while e < E:
            end, row = e, 0.0
            while end < E and e_track[end] == e_track[e]:
                row += w[end] * nu[end]
                end += 1
            for k in range(e, end):
                rest[k] = row
            e = end
        for k in range(E):
            others = rest[k] - w[k] * nu[k]
            mu[k] = w[k] / (1.0 + (others if others > 0.0 else 0.0))
        total[:] = 0.0
        for k in range(E):
            total[e_plot[k]] += mu[k]
        for k in range(E):
            rest[k] = total[e_plot[k]] - mu[k]
        for k in range(E):
            fresh[k] = 1.0 / (1.0 + (rest[k] if rest[k] > 0.0 else 0.0))
        change = 0.0
        for k in range(E):
            change = max(change, abs(fresh[k] - nu[k]))
            nu[k] = fresh[k]
        if change < SWEEP_TOLERANCE:
            break
    return used
