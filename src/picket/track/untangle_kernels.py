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

What a track holds is laid side by side, eight components at a time: how far all lie from a track is then asked at once. Of those that it
holds itself it is known since its moments were last made. All this is some 5 kB a track. So tracks are taken in parts, which lie in the
cache from the first to the last step: those that hang together by contested plots are in one part, and no part knows of another.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from picket._jit import kernel, lean, piece
from picket.lanes_kernels import DOUBLES, added, larger, largest, load, spread, store
from picket.sets_kernels import root
from picket.track.layout_kernels import COASTING, CONFIRMED, SWEEPS, Array
from picket.track.motion_kernels import (
    MANOEUVRE,
    P00,
    P10,
    P11,
    STEADY,
    V0P0,
    V0P1,
    V00,
    V1P0,
    V1P1,
    V10,
    V11,
    match,
    pack,
    unpack,
)
from picket.track.place_kernels import difference, gradient, inverse, rates
from picket.track.place_kernels import spread as covariance
from picket.track.update_kernels import all_near

CONTESTED = 0.1  # two tracks that both have a plot with so much probability exchange components
LEAST = 0.01  # components of less weight stay out of it
ROOM = 48  # components that a track holds at most
PART = 64  # rows taken together, if no more of them hang together
SLIGHT, NOTHING = 1e-3, 1e-9  # of weight: not worth a change, none
SLOT, NEAR, BEGIN, END = range(4)  # of a track that contests a plot: its slot, its first plot, and its edges
# what of a component counts: place and speed over the ground, and their covariance, in the steady model's half of which it lies so
FIELDS = (P00, P11, V00, V11, P10, V0P0, V0P1, V1P0, V1P1, V10)
COVARIANCE, ALL = 4, 4 + len(FIELDS)  # the first four fields are means
LIES = np.array(FIELDS)


class Rows(NamedTuple):
    """The tracks of a part, a row each (R), and their components (C)."""

    slot: Array  # (R,) of the track
    near: Array  # (R,) its first plot
    begin: Array  # (R,) its edges, and `end`
    end: Array
    first: Array  # the first of the components that it came with
    P: Array  # (2, 2 R, 24) half of the covariance of its components by each model: those with a plot, and the one without
    item: Array  # (R, ROOM) the components that it holds,
    mass: Array  # (R, ROOM) how much of each, 1 in all,
    size: Array  # (R,) and how many
    mean: Array  # (R, 4) place and speed over the ground, steady model, of what it holds
    narrow: Array  # (R, 4, 4) inverse of its covariance
    changed: Array  # (R,) 1 = it holds some of another's
    spread: Array  # (C,) where its covariance lies in P
    x: Array  # (2, C, DOUBLES) its mean by each model
    held: Array  # (R ROOM ALL,) the fields of what rows hold: of DOUBLES components the first, the second ..., of a row after the other
    own: Array  # (R, ROOM) how far that lies from the row
    counts: Array  # (R, ROOM) 0 where there is enough of it to be exchanged, else -inf


@kernel
def untangle(tracks, e_track, e_plot, p, plots, members, sensors, sweeps):  # type: ignore[no-untyped-def]
    """Before `update`: slots (n,) of the tracks that exchanged components, what both models of each become, and exchanges tried.

    What they become is (n, 2, 6) and (n, 2, 21), for `put`. Under overload, which has given up `sweeps`, nothing is exchanged.
    """
    E, M = p.shape[0] if sweeps == SWEEPS else 0, members.shape[0]
    wants, work, W = np.empty((E, 4), np.int64), np.empty((4, 6, DOUBLES)), np.empty((6, DOUBLES))
    n = _contested(tracks, E, e_track, e_plot, p, plots, members, np.zeros(M, np.int64), wants, W[5])
    wants, cut = _in_parts(wants[:n], e_plot, p, M)
    first, row = np.zeros(M + 2, np.int64), np.empty(E, np.int64)
    _by_plot(wants, e_plot, p, first, row)
    R, C = _largest(wants, cut)
    rows = Rows(
        np.empty(R, np.int64), np.empty(R, np.int64), np.empty(R, np.int64), np.empty(R, np.int64), np.empty(R, np.int64),
        np.empty((2, 2 * R, 24)), np.empty((R, ROOM), np.int64), np.empty((R, ROOM)), np.empty(R, np.int64), np.empty((R, 4)),
        np.empty((R, 4, 4)), np.empty(R, np.int64), np.empty(C, np.int64), np.empty((2, C, DOUBLES)), np.empty(R * ROOM * ALL),
        np.empty((R, ROOM)), np.empty((R, ROOM)),
    )  # fmt: skip
    seen, pool, order = np.full(n, -1, np.int64), np.empty((2, 2 * ROOM + DOUBLES)), np.empty((2, 2 * ROOM), np.int64)
    slots, xs, Ls = np.empty(n, np.int64), np.empty((n, 2, 6)), np.empty((n, 2, 21))
    changed = exchanges = 0
    for k in range(cut.shape[0] - 1):
        _begin(tracks, rows, wants[cut[k] : cut[k + 1]], e_plot, p, plots, members, sensors, work, W)
        exchanges += _round(rows, cut[k], cut[k + 1], e_plot, p, first, row, seen, pool, order, work[0])
        changed = _become(
            tracks, rows, cut[k + 1] - cut[k], e_plot, p, plots, members, sensors, work, W, slots, xs, Ls, changed
        )  # fmt: skip
    return slots[:changed], xs[:changed], Ls[:changed], exchanges


@kernel
def _in_parts(wants, e_plot, p, M):  # type: ignore[no-untyped-def]
    """wants (R, 4) with the rows of a part together, otherwise in their order, and where each part begins and the last one ends."""
    R = wants.shape[0]
    parent, start, ordered = np.arange(R), np.zeros(R, np.int64), np.empty((R, 4), np.int64)
    _hang_together(wants, e_plot, p, np.full(M, -1, np.int64), parent)
    for r in range(R):
        start[root(parent, r)] += 1
    cut, parts, end = np.zeros(R + 2, np.int64), 0, 0
    for r in range(R):  # of a cluster the first row is the root
        if end + start[r] > cut[parts] + PART and end > cut[parts]:
            parts += 1
            cut[parts] = end
        start[r], end = end, end + start[r]
    for r in range(R):
        to = root(parent, r)
        ordered[start[to]] = wants[r]
        start[to] += 1
    parts += end > cut[parts]
    cut[parts] = end
    return ordered, cut[: parts + 1].copy()


@lean
def _hang_together(wants, e_plot, p, last, parent):  # type: ignore[no-untyped-def]
    """Joins the rows that contest one plot in the forest `parent`; last (M,), of each plot the last row that did, comes as -1s."""
    for r in range(wants.shape[0]):
        for e in range(wants[r, BEGIN], wants[r, END]):
            if p[e] >= CONTESTED:
                if last[e_plot[e]] >= 0:
                    a, b = root(parent, r), root(parent, last[e_plot[e]])
                    parent[max(a, b)] = min(a, b)
                last[e_plot[e]] = r


@lean
def _largest(wants, cut):  # type: ignore[no-untyped-def]
    """The most rows of a part, and the most components that a part comes with."""
    R = C = 0
    for k in range(cut.shape[0] - 1):
        held = cut[k + 1] - cut[k]
        for r in range(cut[k], cut[k + 1]):
            held += wants[r, END] - wants[r, BEGIN]
        R, C = max(R, cut[k + 1] - cut[k]), max(C, held)
    return R, C


@lean
def _begin(tracks, rows, wants, e_plot, p, plots, members, sensors, work, W):  # type: ignore[no-untyped-def]
    """Gives the first rows the tracks of a part, wants (n, 4), and their components."""
    at = np.int64(0)
    for r in range(wants.shape[0]):
        rows.slot[r], rows.near[r], rows.begin[r], rows.end[r] = wants[r, SLOT], wants[r, NEAR], wants[r, BEGIN], wants[r, END]
        rows.changed[r] = 0
        at = _components(rows, r, at, p)
        _by_model(tracks, rows, r, STEADY, e_plot, p, plots, members, sensors, work, W)
        _fit(rows, r, work[0])


@lean
def _become(tracks, rows, n, e_plot, p, plots, members, sensors, work, W, slots, xs, Ls, to):  # type: ignore[no-untyped-def]
    """Writes those of the first n rows that have changed into slots, xs and Ls from place `to` on; returns where the next one goes."""
    for r in range(n):  # what has changed holds components of such alone
        if rows.changed[r] == 1:
            _by_model(tracks, rows, r, MANOEUVRE, e_plot, p, plots, members, sensors, work, W)
    for r in range(n):
        if rows.changed[r] == 1:
            slots[to] = rows.slot[r]
            for k in range(2):
                _moments(rows, r, k, xs[to, k], Ls[to, k], work[0])
            to += 1
    return to


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
        match(tracks.xm[i], tracks.mu[i], tracks.x[i])


@piece
def _may(tracks, i):  # type: ignore[no-untyped-def]
    """True for what is stated as an object and has no name of its own, for which it would matter who is who."""
    return (tracks.status[i] == CONFIRMED or tracks.status[i] == COASTING) and tracks.claims[i] == 0


@lean
def _contested(tracks, E, e_track, e_plot, p, plots, members, wanted, wants, known):  # type: ignore[no-untyped-def]
    """Writes into wants the confirmed tracks that want a plot (of the first E edges) which another one wants too, and whose plots are
    alike; returns how many. wanted (M,) comes as zeros; known: scratch.
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
                wants[R, SLOT], wants[R, NEAR], wants[R, BEGIN], wants[R, END] = i, j, e, last
                R += 1
        e = last
    return R


@piece
def _components(rows, r, first, p):  # type: ignore[no-untyped-def]
    """Gives row r its components, from `first` on: weights alone. Returns where the next one goes."""
    end, total = first, 0.0
    rows.first[r] = first
    for e in range(rows.begin[r], rows.end[r]):
        if p[e] >= LEAST:
            rows.spread[end], rows.item[r, end - first], rows.mass[r, end - first] = 2 * r, end, p[e]
            total += p[e]
            end += 1
    rows.spread[end], rows.item[r, end - first], rows.mass[r, end - first] = 2 * r + 1, end, max(1.0 - total, 1e-6)
    total += rows.mass[r, end - first]
    rows.size[r] = end + 1 - first
    for q in range(rows.size[r]):
        rows.mass[r, q] /= total
    return end + 1


@piece
def _by_model(tracks, rows, r, k, e_plot, p, plots, members, sensors, work, W):  # type: ignore[no-untyped-def]
    """Fills in where the components that row r came with lie by model k, and how widely."""
    i, j, end = rows.slot[r], rows.near[r], rows.first[r]
    s, time = plots.sensor[j], tracks.time[i]
    lag, G, PHt, P, columns, h, R, state = time - plots.time[j], work[0], work[1], work[2], work[3], W[0], W[1], W[2]
    x = tracks.xm[i, k]
    unpack(tracks.Pm[i, k], P)
    gradient(x, lag, plots.form[j], plots.sigma[j], sensors.rotation[s], sensors.offset[s], G, h, R)
    s00, s10, s20, s11, s21, s22 = covariance(P, G, R, lag, PHt)
    i00, i10, i20, i11, i21, i22, _ = inverse(s00, s10, s20, s11, s21, s22)
    r0, r1, r2 = rates(G, x)
    for a in range(6):  # P H', and the gain K = P H' S^-1, column by column
        y0, y1, y2 = PHt[a, 0], PHt[a, 1], PHt[a, 2]
        columns[0, a], columns[1, a], columns[2, a], state[a] = y0, y1, y2, x[a]
        columns[3, a], columns[4, a], columns[5, a] = (
            y0 * i00 + y1 * i10 + y2 * i20,
            y0 * i10 + y1 * i11 + y2 * i21,
            y0 * i20 + y1 * i21 + y2 * i22,
        )
    h0, h1, h2 = load(columns[0], 0), load(columns[1], 0), load(columns[2], 0)
    k0, k1, k2 = load(columns[3], 0), load(columns[4], 0), load(columns[5], 0)
    for a in range(6):  # a row of the half; what is too much of one is written over by the next
        before, at = load(P[a], 0), a * (a + 1) // 2
        taken = spread(columns[3, a]) * h0 + spread(columns[4, a]) * h1 + spread(columns[5, a]) * h2
        store(rows.P[k, 2 * r], at, before - taken)
        store(rows.P[k, 2 * r + 1], at, before)
    for e in range(rows.begin[r], rows.end[r]):
        if p[e] < LEAST:
            continue
        g = members[e_plot[e]]
        v0, v1, v2 = difference(plots.form[j], plots.z[g], h, time - plots.time[g] - lag, r0, r1, r2)
        store(rows.x[k, end], 0, load(state, 0) + k0 * spread(v0) + k1 * spread(v1) + k2 * spread(v2))
        end += 1
    store(rows.x[k, end], 0, load(state, 0))


@piece
def _moments(rows, r, k, x, L, d):  # type: ignore[no-untyped-def]
    """x (6,) and L (21,): what row r holds, by model k, as one Gaussian. d (6, 8): scratch."""
    m = spread(0.0)
    v0 = v1 = v2 = v3 = v4 = v5 = m
    for q in range(rows.size[r]):
        m = m + spread(rows.mass[r, q]) * load(rows.x[k, rows.item[r, q]], 0)
    for q in range(rows.size[r]):
        w, c = spread(rows.mass[r, q]), rows.item[r, q]
        off, P, D = load(rows.x[k, c], 0) - m, rows.P[k, rows.spread[c]], d[0]
        store(D, 0, off)
        v0, v1 = v0 + w * (load(P, 0) + spread(D[0]) * off), v1 + w * (load(P, 1) + spread(D[1]) * off)
        v2, v3 = v2 + w * (load(P, 3) + spread(D[2]) * off), v3 + w * (load(P, 6) + spread(D[3]) * off)
        v4, v5 = v4 + w * (load(P, 10) + spread(D[4]) * off), v5 + w * (load(P, 15) + spread(D[5]) * off)
    store(d[0], 0, m)
    for a in range(6):
        x[a] = d[0, a]
    store(d[0], 0, v0)
    store(d[1], 0, v1)
    store(d[2], 0, v2)
    store(d[3], 0, v3)
    store(d[4], 0, v4)
    store(d[5], 0, v5)
    pack(d, L)


@piece
def _fit(rows, r, V):  # type: ignore[no-untyped-def]
    """Fills held, mean, narrow and own of row r. V: scratch."""
    _hold(rows, r)
    H, mass, m, W, size = rows.held, rows.mass[r], rows.mean[r], rows.narrow[r], rows.size[r]
    e = n = ve = vn = 0.0
    for q in range(0, size, DOUBLES):
        w, (x0, x1, x2, x3) = load(mass, q), _means(H, _at(rows, r, q))
        e, n, ve, vn = added(e, w * x0), added(n, w * x1), added(ve, w * x2), added(vn, w * x3)
    m[0], m[1], m[2], m[3] = e, n, ve, vn
    v00 = v10 = v11 = v20 = v21 = v22 = v30 = v31 = v32 = v33 = 0.0
    for q in range(0, size, DOUBLES):
        w = load(mass, q)
        s00, s11, s22, s33, s10, s20, s21, s30, s31, s32 = _squares(H, _at(rows, r, q), m)
        v00, v11, v22, v33 = added(v00, w * s00), added(v11, w * s11), added(v22, w * s22), added(v33, w * s33)
        v10, v20, v21 = added(v10, w * s10), added(v20, w * s20), added(v21, w * s21)
        v30, v31, v32 = added(v30, w * s30), added(v31, w * s31), added(v32, w * s32)
    V[0, 0], V[1, 1], V[2, 2], V[3, 3] = v00, v11, v22, v33
    V[1, 0] = V[0, 1] = v10
    V[2, 0] = V[0, 2] = v20
    V[2, 1] = V[1, 2] = v21
    V[3, 0] = V[0, 3] = v30
    V[3, 1] = V[1, 3] = v31
    V[3, 2] = V[2, 3] = v32
    _invert(V, W)
    for q in range(0, size, DOUBLES):
        store(rows.own[r], q, _far(H, _at(rows, r, q), m, W))


@piece
def _at(rows, r, q):  # type: ignore[no-untyped-def]
    """Where the components of row r from its q-th on, a multiple of DOUBLES, lie in held: what few rows have lies behind what all have."""
    return (q * rows.size.shape[0] + r * DOUBLES) * ALL


@piece
def _hold(rows, r):  # type: ignore[no-untyped-def]
    """Fills held and counts of row r; after its last component come some that are none, without weight."""
    H, size = rows.held, rows.size[r]
    for q in range((size + DOUBLES - 1) // DOUBLES * DOUBLES):
        at = _at(rows, r, q // DOUBLES * DOUBLES) + q % DOUBLES
        if q < size:
            c = rows.item[r, q]
            x, L = rows.x[STEADY, c], rows.P[STEADY, rows.spread[c]]
            rows.counts[r, q] = 0.0 if rows.mass[r, q] > SLIGHT else -np.inf
            H[at], H[at + DOUBLES], H[at + 2 * DOUBLES], H[at + 3 * DOUBLES] = x[0], x[1], x[3], x[4]
            for k in range(len(FIELDS)):
                H[at + (COVARIANCE + k) * DOUBLES] = L[LIES[k]]
        else:
            rows.mass[r, q], rows.counts[r, q] = 0.0, -np.inf
            for k in range(ALL):
                H[at + k * DOUBLES] = 0.0


@piece
def _means(H, at):  # type: ignore[no-untyped-def]
    """Place and speed of eight components."""
    return load(H, at), load(H, at + DOUBLES), load(H, at + 2 * DOUBLES), load(H, at + 3 * DOUBLES)


@piece
def _squares(H, at, m):  # type: ignore[no-untyped-def]
    """P + (x - m)(x - m)' of eight components, in the order of FIELDS."""
    x0, x1, x2, x3 = _means(H, at)
    d0, d1, d2, d3 = x0 - spread(m[0]), x1 - spread(m[1]), x2 - spread(m[2]), x3 - spread(m[3])
    k = at + COVARIANCE * DOUBLES
    return (
        load(H, k) + d0 * d0, load(H, k + DOUBLES) + d1 * d1, load(H, k + 2 * DOUBLES) + d2 * d2, load(H, k + 3 * DOUBLES) + d3 * d3,
        load(H, k + 4 * DOUBLES) + d1 * d0, load(H, k + 5 * DOUBLES) + d2 * d0, load(H, k + 6 * DOUBLES) + d2 * d1,
        load(H, k + 7 * DOUBLES) + d3 * d0, load(H, k + 8 * DOUBLES) + d3 * d1, load(H, k + 9 * DOUBLES) + d3 * d2,
    )  # fmt: skip


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


@piece
def _far(H, at, m, W):  # type: ignore[no-untyped-def]
    """tr(W P) + (x - m)' W (x - m): how far eight components lie from a row's m (4,) with W (4, 4)."""
    s00, s11, s22, s33, s10, s20, s21, s30, s31, s32 = _squares(H, at, m)
    alone = spread(W[0, 0]) * s00 + spread(W[1, 1]) * s11 + spread(W[2, 2]) * s22 + spread(W[3, 3]) * s33
    place = spread(W[1, 0]) * s10 + spread(W[2, 0]) * s20 + spread(W[2, 1]) * s21
    speed = spread(W[3, 0]) * s30 + spread(W[3, 1]) * s31 + spread(W[3, 2]) * s32
    return alone + spread(2.0) * (place + speed)


@lean
def _by_plot(wants, e_plot, p, first, row):  # type: ignore[no-untyped-def]
    """The rows that contest each plot g: row[first[g] : first[g + 1]], in order; first (M + 2,) comes as zeros."""
    for r in range(wants.shape[0]):
        for e in range(wants[r, BEGIN], wants[r, END]):
            if p[e] >= CONTESTED:
                first[e_plot[e] + 2] += 1
    for g in range(first.shape[0] - 1):
        first[g + 1] += first[g]
    for r in range(wants.shape[0]):
        for e in range(wants[r, BEGIN], wants[r, END]):
            if p[e] >= CONTESTED:
                row[first[e_plot[e] + 1]] = r
                first[e_plot[e] + 1] += 1


@lean
def _round(rows, begin, end, e_plot, p, first, row, seen, pool, order, V):  # type: ignore[no-untyped-def]
    """Every two rows that contest a plot exchange components once; returns how many did. begin, end: where those of this part lie among
    all, by which seen (all,), -1s, and row count; the rest: scratch.
    """
    exchanges = 0
    for one in range(begin, end):
        r = one - begin
        for e in range(rows.begin[r], rows.end[r]):
            if p[e] < CONTESTED:
                continue
            for q in range(first[e_plot[e]], first[e_plot[e] + 1]):
                other = row[q]
                if other > one and seen[other] != one:
                    seen[other] = one
                    exchanges += 1
                    o = other - begin
                    if _exchange(rows, r, o, pool, order):
                        rows.changed[r] = rows.changed[o] = 1
                        for side in (r, o):
                            _fit(rows, side, V)
    return exchanges


@piece
def _exchange(rows, r, o, pool, order):  # type: ignore[no-untyped-def]
    """Gives the components of rows r and o to the nearer of them, each as much as it had; returns whether that changed anything.

    pool (2, 2 ROOM + DOUBLES): how far each is from r rather than from o, and its weight; order (2, 2 ROOM): its number, and the order by
    the first.
    """
    own, n = rows.size[r], rows.size[r] + rows.size[o]
    rather, weight, which, sort = pool[0], pool[1], order[0], order[1]
    last = first = spread(-np.inf)  # of r's the one that is least its own, and of o's, with the other sign
    for q in range(0, own, DOUBLES):
        more = load(rows.own[r], q) - _far(rows.held, _at(rows, r, q), rows.mean[o], rows.narrow[o])
        store(rather, q, more)
        last = larger(last, more + load(rows.counts[r], q))
    for q in range(0, n - own, DOUBLES):
        more = _far(rows.held, _at(rows, o, q), rows.mean[r], rows.narrow[r]) - load(rows.own[o], q)
        store(rather, own + q, more)
        first = larger(first, load(rows.counts[o], q) - more)
    if largest(last) <= -largest(first):
        return False  # each holds what is nearer to it
    for q in range(n):
        which[q], weight[q] = (rows.item[r, q], rows.mass[r, q]) if q < own else (rows.item[o, q - own], rows.mass[o, q - own])
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
