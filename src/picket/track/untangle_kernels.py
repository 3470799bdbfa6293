"""Neighbours kept apart: the best-fitting multi-Bernoulli in place of each track's own moments.

Where drones fly closer than the radar's noise, a track's posterior is a mixture over plots that its neighbours want too. Matched track by
track (the PDA form of `update_kernels`), all neighbours get nearly one mean: they coalesce, and when a swarm parts they stay in the middle.
But who is who among them is not what the picture is for. The set of them is told best by giving each component (a track with one of its
plots, or with none) to the track that it lies nearest to, so that each is as narrow as can be (Williams 2015, "An efficient, variational
approximation of the best fitting multi-Bernoulli filter", IEEE TSP 63(1); for two tracks it is Set JPDA, Svensson et al. 2011):

    least sum over tracks l and components c of q_l(c) [tr(W_l P_c) + (x_c - m_l)' W_l (x_c - m_l)],
    sum over c of q_l(c) = 1,  sum over l of q_l(c) = w_c,

by turns over q and over the moments m_l, W_l^-1. His linear programme over a cluster is here a round of exchanges between two tracks that
contest a plot, each of which is solved by sorting: what belongs to one rather than to the other comes first, until it is full. A track
begins with its own components and keeps most of them; that is what its number goes by. One that has named itself exchanges nothing. q is
found by the steady model, over the ground (neighbours' heights tell nothing apart), and used for both models.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from picket._jit import kernel, lean, piece
from picket.track.layout_kernels import COASTING, CONFIRMED, SWEEPS, Array
from picket.track.motion_kernels import P00, P10, P11, V0P0, V0P1, V00, V1P0, V1P1, V10, V11, match, pack, unpack
from picket.track.place_kernels import difference, gradient, inverse, rates, spread
from picket.track.update_kernels import all_near

CONTESTED = 0.1  # two tracks that both have a plot with so much probability exchange components
LEAST = 0.01  # components of less weight stay out of it
ROOM = 48  # components that a track holds at most
SLIGHT, NOTHING = 1e-3, 1e-9  # of weight: not worth a change, none


class Rows(NamedTuple):
    """The contested tracks of a look, a row each (R), and their components (C)."""

    slot: Array  # (R,) of the track
    near: Array  # (R,) its first plot
    begin: Array  # (R,) its edges, and `end`
    end: Array
    P: Array  # (2 R, 2, 21) covariance of its components by each model: those with a plot, and the one without
    item: Array  # (R, ROOM) the components that it holds,
    mass: Array  # (R, ROOM) how much of each, 1 in all,
    size: Array  # (R,) and how many
    mean: Array  # (R, 4) place and speed over the ground, steady model, of what it holds
    narrow: Array  # (R, 4, 4) inverse of its covariance
    changed: Array  # (R,) 1 = it holds some of another's
    spread: Array  # (C,) where its covariance lies in P
    x: Array  # (C, 2, 6) its mean by each model


@kernel
def untangle(tracks, e_track, e_plot, p, plots, members, sensors, sweeps):  # type: ignore[no-untyped-def]
    """Before `update`: slots (n,) of the tracks that exchanged components, what both models of each become, and exchanges tried.

    What they become is (n, 2, 6) and (n, 2, 21), for `put`. Under overload, which has given up `sweeps`, nothing is exchanged.
    """
    E, M = p.shape[0] if sweeps == SWEEPS else 0, members.shape[0]
    slot, near, begin, end = np.empty(E, np.int64), np.empty(E, np.int64), np.empty(E, np.int64), np.empty(E, np.int64)
    work, W = np.empty((3, 6, 6)), np.empty((6, 8))
    R = _contested(tracks, E, e_track, e_plot, p, plots, members, np.zeros(M, np.int64), slot, near, begin, end, W[5])
    C = R
    for r in range(R):
        C += end[r] - begin[r]
    rows = Rows(
        slot, near, begin, end, np.empty((2 * R, 2, 21)), np.empty((R, ROOM), np.int64), np.empty((R, ROOM)),
        np.empty(R, np.int64), np.empty((R, 4)), np.empty((R, 4, 4)), np.zeros(R, np.int64), np.empty(C, np.int64), np.empty((C, 2, 6)),
    )  # fmt: skip
    at = np.int64(0)
    for r in range(R):
        at = _components(tracks, rows, r, at, e_plot, p, plots, members, sensors, work, W)
        _fit(rows, r, work[0])
    first, row = np.zeros(M + 2, np.int64), np.empty(E, np.int64)
    _by_plot(rows, R, e_plot, p, first, row)
    pool, order = np.empty((2, 2 * ROOM)), np.empty((2, 2 * ROOM), np.int64)
    exchanges = _round(rows, R, e_plot, p, first, row, np.full(R, -1, np.int64), pool, order, work[0])
    n = rows.changed.sum()
    slots, xs, Ls = np.empty(n, np.int64), np.empty((n, 2, 6)), np.empty((n, 2, 21))
    n = 0
    for r in range(R):
        if rows.changed[r] == 1:
            slots[n] = slot[r]
            for k in range(2):
                _moments(rows, r, k, xs[n, k], work[0])
                pack(work[0], Ls[n, k])
            n += 1
    return slots, xs, Ls, exchanges


@lean
def put(tracks, slots, xs, Ls):  # type: ignore[no-untyped-def]
    """After `update`: the tracks that exchanged components become what `untangle` said."""
    for r in range(slots.shape[0]):
        i = slots[r]
        for k in range(2):
            for a in range(6):
                tracks.xm[i, k, a] = xs[r, k, a]
            for c in range(21):
                tracks.Pm[i, k, c] = Ls[r, k, c]
        match(tracks.xm[i], tracks.Pm[i], tracks.mu[i], tracks.x[i], tracks.P[i])


@piece
def _may(tracks, i):  # type: ignore[no-untyped-def]
    """True for what is stated as an object and has no name of its own, for which it would matter who is who."""
    return (tracks.status[i] == CONFIRMED or tracks.status[i] == COASTING) and tracks.claims[i] == 0


@lean
def _contested(tracks, E, e_track, e_plot, p, plots, members, wanted, slot, near, begin, end, known):  # type: ignore[no-untyped-def]
    """Fills rows with the confirmed tracks that want a plot (of the first E edges) which another one wants too, and whose plots are alike;
    returns how many.
    """
    R = 0
    for k in range(E):
        if p[k] >= CONTESTED and _may(tracks, e_track[k]):
            wanted[e_plot[k]] += 1
    e = np.int64(0)
    while e < E:
        i, contested, last = e_track[e], False, e
        while last < E and e_track[last] == i:
            contested = contested or (p[last] >= CONTESTED and wanted[e_plot[last]] > 1)
            last += 1
        if contested and _may(tracks, i):
            j = all_near(tracks.time[i], e, last, e_plot, p, members, plots.form, plots.sigma, plots.time, plots.foreign, known)
            if j >= 0:
                slot[R], near[R], begin[R], end[R] = i, j, e, last
                R += 1
        e = last
    return R


@lean
def _components(tracks, rows, r, first, e_plot, p, plots, members, sensors, work, W):  # type: ignore[no-untyped-def]
    """Puts the components of row r from `first` on, all of them in its hands; returns where the next one goes."""
    i, j = rows.slot[r], rows.near[r]
    s, time, end, total = plots.sensor[j], tracks.time[i], first, 0.0
    lag, G, PHt, P, h, R = time - plots.time[j], work[0], work[1], work[2], W[0], W[1]
    for k in range(2):
        end, total, c = first, 0.0, 0
        x = tracks.xm[i, k]
        unpack(tracks.Pm[i, k], P)
        gradient(x, lag, plots.form[j], plots.sigma[j], sensors.rotation[s], sensors.offset[s], G, h, R)
        s00, s10, s20, s11, s21, s22 = spread(P, G, R, lag, PHt)
        i00, i10, i20, i11, i21, i22, _ = inverse(s00, s10, s20, s11, s21, s22)
        r0, r1, r2 = rates(G, x)
        for a in range(6):  # the gain K = P H' S^-1 beside P H'
            y0, y1, y2 = PHt[a, 0], PHt[a, 1], PHt[a, 2]
            PHt[a, 3], PHt[a, 4], PHt[a, 5] = (
                y0 * i00 + y1 * i10 + y2 * i20,
                y0 * i10 + y1 * i11 + y2 * i21,
                y0 * i20 + y1 * i21 + y2 * i22,
            )
            for b in range(a + 1):
                taken = PHt[a, 3] * PHt[b, 0] + PHt[a, 4] * PHt[b, 1] + PHt[a, 5] * PHt[b, 2]
                rows.P[2 * r, k, c], rows.P[2 * r + 1, k, c] = P[a, b] - taken, P[a, b]
                c += 1
        for e in range(rows.begin[r], rows.end[r]):
            if p[e] < LEAST:
                continue
            g = members[e_plot[e]]
            v0, v1, v2 = difference(plots.form[j], plots.z[g], h, time - plots.time[g] - lag, r0, r1, r2)
            for a in range(6):
                rows.x[end, k, a] = x[a] + PHt[a, 3] * v0 + PHt[a, 4] * v1 + PHt[a, 5] * v2
            rows.spread[end], rows.item[r, end - first], rows.mass[r, end - first] = 2 * r, end, p[e]
            total += p[e]
            end += 1
        for a in range(6):
            rows.x[end, k, a] = x[a]
    rows.spread[end], rows.item[r, end - first], rows.mass[r, end - first] = 2 * r + 1, end, max(1.0 - total, 1e-6)
    total += rows.mass[r, end - first]
    rows.size[r] = end + 1 - first
    for q in range(rows.size[r]):
        rows.mass[r, q] /= total
    return end + 1


@lean
def _moments(rows, r, k, m, V):  # type: ignore[no-untyped-def]
    """m (6,) and the lower half of V (6, 6): what row r holds, by model k, as one Gaussian."""
    for a in range(6):
        m[a] = 0.0
        for b in range(a + 1):
            V[a, b] = 0.0
    for q in range(rows.size[r]):
        for a in range(6):
            m[a] += rows.mass[r, q] * rows.x[rows.item[r, q], k, a]
    for q in range(rows.size[r]):
        w, c, at = rows.mass[r, q], rows.item[r, q], 0
        x, L = rows.x[c, k], rows.P[rows.spread[c], k]
        for a in range(6):
            for b in range(a + 1):
                V[a, b] += w * (L[at] + (x[a] - m[a]) * (x[b] - m[b]))
                at += 1


@lean
def _fit(rows, r, V):  # type: ignore[no-untyped-def]
    """Fills mean and narrow of row r. V: scratch."""
    e = n = ve = vn = 0.0
    for q in range(rows.size[r]):
        w, x = rows.mass[r, q], rows.x[rows.item[r, q], 0]
        e, n, ve, vn = e + w * x[0], n + w * x[1], ve + w * x[3], vn + w * x[4]
    v00 = v10 = v11 = v20 = v21 = v22 = v30 = v31 = v32 = v33 = 0.0
    for q in range(rows.size[r]):
        w, c = rows.mass[r, q], rows.item[r, q]
        x, L = rows.x[c, 0], rows.P[rows.spread[c], 0]
        d0, d1, d2, d3 = x[0] - e, x[1] - n, x[3] - ve, x[4] - vn
        v00, v10, v11 = v00 + w * (L[P00] + d0 * d0), v10 + w * (L[P10] + d1 * d0), v11 + w * (L[P11] + d1 * d1)
        v20, v21, v22 = v20 + w * (L[V0P0] + d2 * d0), v21 + w * (L[V0P1] + d2 * d1), v22 + w * (L[V00] + d2 * d2)
        v30, v31, v32 = v30 + w * (L[V1P0] + d3 * d0), v31 + w * (L[V1P1] + d3 * d1), v32 + w * (L[V10] + d3 * d2)
        v33 += w * (L[V11] + d3 * d3)
    m = rows.mean[r]
    m[0], m[1], m[2], m[3] = e, n, ve, vn
    V[0, 0], V[1, 1], V[2, 2], V[3, 3] = v00, v11, v22, v33
    V[1, 0] = V[0, 1] = v10
    V[2, 0] = V[0, 2] = v20
    V[2, 1] = V[1, 2] = v21
    V[3, 0] = V[0, 3] = v30
    V[3, 1] = V[1, 3] = v31
    V[3, 2] = V[2, 3] = v32
    _invert(V, rows.narrow[r])


@lean
def _invert(V, W):  # type: ignore[no-untyped-def]
    """W (4, 4) becomes the inverse of V (4, 4), symmetric positive definite, by Gauss and Jordan's elimination."""
    for a in range(4):
        for b in range(4):
            W[a, b] = V[a, b]
    for k in range(4):
        share = 1.0 / W[k, k]
        W[k, k] = 1.0
        for b in range(4):
            W[k, b] *= share
        for a in range(4):
            if a != k:
                f = W[a, k]
                W[a, k] = 0.0
                for b in range(4):
                    W[a, b] -= f * W[k, b]


@lean
def _far(x, L, m, W):  # type: ignore[no-untyped-def]
    """tr(W P) + (x - m)' W (x - m): how far a component x (6,), L (21,) lies from a row's m (4,) with W (4, 4)."""
    d0, d1, d2, d3 = x[0] - m[0], x[1] - m[1], x[3] - m[2], x[4] - m[3]
    alone = (
        W[0, 0] * (L[P00] + d0 * d0) + W[1, 1] * (L[P11] + d1 * d1) + W[2, 2] * (L[V00] + d2 * d2) + W[3, 3] * (L[V11] + d3 * d3)
    )
    place = W[1, 0] * (L[P10] + d1 * d0) + W[2, 0] * (L[V0P0] + d2 * d0) + W[2, 1] * (L[V0P1] + d2 * d1)
    speed = W[3, 0] * (L[V1P0] + d3 * d0) + W[3, 1] * (L[V1P1] + d3 * d1) + W[3, 2] * (L[V10] + d3 * d2)
    return alone + 2.0 * (place + speed)


@lean
def _by_plot(rows, R, e_plot, p, first, row):  # type: ignore[no-untyped-def]
    """The rows that contest each plot g: row[first[g] : first[g + 1]], in order; first (M + 2,) comes as zeros."""
    for r in range(R):
        for e in range(rows.begin[r], rows.end[r]):
            if p[e] >= CONTESTED:
                first[e_plot[e] + 2] += 1
    for g in range(first.shape[0] - 1):
        first[g + 1] += first[g]
    for r in range(R):
        for e in range(rows.begin[r], rows.end[r]):
            if p[e] >= CONTESTED:
                row[first[e_plot[e] + 1]] = r
                first[e_plot[e] + 1] += 1


@lean
def _round(rows, R, e_plot, p, first, row, seen, pool, order, V):  # type: ignore[no-untyped-def]
    """Every two rows that contest a plot exchange components once; returns how many did. seen (R,): -1s; the rest: scratch."""
    exchanges = 0
    for r in range(R):
        for e in range(rows.begin[r], rows.end[r]):
            if p[e] < CONTESTED:
                continue
            for q in range(first[e_plot[e]], first[e_plot[e] + 1]):
                o = row[q]
                if o > r and seen[o] != r:
                    seen[o] = r
                    exchanges += 1
                    if _exchange(rows, r, o, pool, order):
                        rows.changed[r] = rows.changed[o] = 1
                        _fit(rows, r, V)
                        _fit(rows, o, V)
    return exchanges


@lean
def _exchange(rows, r, o, pool, order):  # type: ignore[no-untyped-def]
    """Gives the components of rows r and o to the nearer of them, each as much as it had; returns whether that changed anything.

    pool (2, 2 ROOM): how far each is from r rather than from o, and its weight; order (2, 2 ROOM): its number, and the order by the first.
    """
    own, n, last, first = rows.size[r], rows.size[r] + rows.size[o], -np.inf, np.inf
    rather, weight, which, sort = pool[0], pool[1], order[0], order[1]
    for q in range(n):
        which[q], weight[q] = (rows.item[r, q], rows.mass[r, q]) if q < own else (rows.item[o, q - own], rows.mass[o, q - own])
        x, L = rows.x[which[q], 0], rows.P[rows.spread[which[q]], 0]
        rather[q] = _far(x, L, rows.mean[r], rows.narrow[r]) - _far(x, L, rows.mean[o], rows.narrow[o])
        if weight[q] > SLIGHT and q < own:
            last = max(last, rather[q])
        elif weight[q] > SLIGHT:
            first = min(first, rather[q])
    if last <= first:
        return False  # each holds what is nearer to it
    for q in range(n):
        at = q
        while at > 0 and rather[sort[at - 1]] > rather[q]:
            sort[at] = sort[at - 1]
            at -= 1
        sort[at] = q
    room, moved, mine, theirs = 1.0, 0.0, 0, 0
    for k in range(n):
        q = sort[k]
        taken = min(weight[q], room)
        room -= taken
        moved += taken if q >= own else 0.0
        mine, theirs = mine + (taken > NOTHING), theirs + (weight[q] - taken > NOTHING)
    if moved < SLIGHT or mine > ROOM or theirs > ROOM:
        return False
    room, mine, theirs = 1.0, 0, 0
    for k in range(n):
        q = sort[k]
        taken = min(weight[q], room)
        room -= taken
        if taken > NOTHING:
            rows.item[r, mine], rows.mass[r, mine] = which[q], taken
            mine += 1
        if weight[q] - taken > NOTHING:
            rows.item[o, theirs], rows.mass[o, theirs] = which[q], weight[q] - taken
            theirs += 1
    rows.size[r], rows.size[o] = mine, theirs
    return True
