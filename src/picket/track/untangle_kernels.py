"""Neighbours kept apart: the best-fitting multi-Bernoulli in place of each track's own moments.

Where drones fly closer than the radar's noise, a track's posterior is a mixture over plots that its neighbours want too. Matched track by
track (the PDA form of `update_kernels`), all neighbours get nearly one mean: they coalesce, and when a swarm parts they stay in the middle.
But who is who among them is not what the picture is for, and not what the mixture knows. The set of them is told best by giving each
component (a track with one of its plots, or with none) to that track which it lies nearest to, so that each is as narrow as can be (Williams 2015,
"An efficient, variational approximation of the best fitting multi-Bernoulli filter"; for two tracks it is Set JPDA, Svensson et al. 2011):

    least sum over tracks l of sum_c q_l(c) [tr(W_l P_c) + (x_c - m_l)' W_l (x_c - m_l)],   sum_c q_l(c) = 1,   sum_l q_l(c) = w_c

by turns over q and over the moments m_l, V_l = W_l^-1. His linear programme over a cluster is here a round of exchanges between two tracks that
share a plot, each of which is solved by sorting: what belongs to one rather than to the other comes first, until it is full. A track
begins with its own components and keeps most of them; that is what its number goes by. q is found by the steady model and used for both.
"""

from __future__ import annotations

import numpy as np

from picket._jit import kernel, lean
from picket.track.layout_kernels import COASTING, CONFIRMED
from picket.track.motion_kernels import P00, P10, P11, V00, V0P0, V0P1, V10, V11, V1P0, V1P1, match, pack, unpack
from picket.track.place_kernels import difference, gradient, inverse, rates, spread
from picket.track.update_kernels import NEGLIGIBLE, _all_near

CONTESTED = 0.05  # two tracks that both have a plot with so much probability exchange components
LEAST = 0.01  # components of less weight stay out of it
ROOM = 48  # components a track holds at most
ROUNDS = 1
SLIGHT, NOTHING = 1e-3, 1e-9  # of weight: not worth a change, none


@lean
def _narrow(V, W):  # type: ignore[no-untyped-def]
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
def _components(tracks, i, r, e0, e1, e_plot, p, plots, members, sensors, near, first, owner, x, item, mass, size, after, before, work, W):  # type: ignore[no-untyped-def]
    """Puts the components of track i, row r, from `first` on; returns where the next one goes. after, before (2, 21): P with and without a plot."""
    j, s, time, end = near, plots.sensor[near], tracks.time[i], first
    lag, total, G, PHt, h, R = time - plots.time[near], 0.0, work[0], work[1], W[0], W[1]
    for k in range(2):
        P, end, total = work[2], first, 0.0
        unpack(tracks.Pm[i, k], P)
        gradient(tracks.xm[i, k], lag, plots.form[j], plots.sigma[j], sensors.rotation[s], sensors.offset[s], G, h, R)
        s00, s10, s20, s11, s21, s22 = spread(P, G, R, lag, PHt)
        i00, i10, i20, i11, i21, i22, _ = inverse(s00, s10, s20, s11, s21, s22)
        r0, r1, r2 = rates(G, tracks.xm[i, k])
        c = 0
        for a in range(6):
            k0 = PHt[a, 0] * i00 + PHt[a, 1] * i10 + PHt[a, 2] * i20
            k1 = PHt[a, 0] * i10 + PHt[a, 1] * i11 + PHt[a, 2] * i21
            k2 = PHt[a, 0] * i20 + PHt[a, 1] * i21 + PHt[a, 2] * i22
            PHt[a, 3], PHt[a, 4], PHt[a, 5] = k0, k1, k2
            for b in range(a + 1):
                before[k, c] = tracks.Pm[i, k, c]
                after[k, c] = tracks.Pm[i, k, c] - (k0 * PHt[b, 0] + k1 * PHt[b, 1] + k2 * PHt[b, 2])
                c += 1
        for e in range(e0, e1):
            if p[e] < LEAST:
                continue
            g = members[e_plot[e]]
            v0, v1, v2 = difference(plots.form[j], plots.z[g], h, time - plots.time[g] - lag, r0, r1, r2)
            for a in range(6):
                x[end, k, a] = tracks.xm[i, k, a] + PHt[a, 3] * v0 + PHt[a, 4] * v1 + PHt[a, 5] * v2
            owner[end], item[r, end - first], mass[r, end - first] = r, end, p[e]
            total += p[e]
            end += 1
        for a in range(6):
            x[end, k, a] = tracks.xm[i, k, a]
    owner[end], item[r, end - first], mass[r, end - first] = -1 - r, end, max(1.0 - total, 1e-6)
    size[r] = end + 1 - first
    total += mass[r, end - first]
    for c in range(size[r]):
        mass[r, c] /= total
    return end + 1


@lean
def _moments(r, k, owner, x, item, mass, size, after, before, m, V):  # type: ignore[no-untyped-def]
    """m (6,) and V (6, 6), lower half, of row r by model k."""
    for a in range(6):
        m[a] = 0.0
        for b in range(a + 1):
            V[a, b] = 0.0
    for q in range(size[r]):
        w, c = mass[r, q], item[r, q]
        for a in range(6):
            m[a] += w * x[c, k, a]
    for q in range(size[r]):
        w, c = mass[r, q], item[r, q]
        L = after[owner[c], k] if owner[c] >= 0 else before[-1 - owner[c], k]
        at = 0
        for a in range(6):
            da = x[c, k, a] - m[a]
            for b in range(a + 1):
                V[a, b] += w * (L[at] + da * (x[c, k, b] - m[b]))
                at += 1


@lean
def _fit(r, owner, x, item, mass, size, after, before, mean, narrow, V):  # type: ignore[no-untyped-def]
    """Fills mean[r] (4,) and narrow[r] (4, 4): place and speed over the ground by the steady model, and the inverse of their covariance."""
    e = n = ve = vn = 0.0
    for q in range(size[r]):
        w, c = mass[r, q], item[r, q]
        e, n, ve, vn = e + w * x[c, 0, 0], n + w * x[c, 0, 1], ve + w * x[c, 0, 3], vn + w * x[c, 0, 4]
    v00 = v10 = v11 = v20 = v21 = v22 = v30 = v31 = v32 = v33 = 0.0
    for q in range(size[r]):
        w, c = mass[r, q], item[r, q]
        L = after[owner[c], 0] if owner[c] >= 0 else before[-1 - owner[c], 0]
        d0, d1, d2, d3 = x[c, 0, 0] - e, x[c, 0, 1] - n, x[c, 0, 3] - ve, x[c, 0, 4] - vn
        v00, v10, v11 = v00 + w * (L[P00] + d0 * d0), v10 + w * (L[P10] + d1 * d0), v11 + w * (L[P11] + d1 * d1)
        v20, v21, v22 = v20 + w * (L[V0P0] + d2 * d0), v21 + w * (L[V0P1] + d2 * d1), v22 + w * (L[V00] + d2 * d2)
        v30, v31, v32 = v30 + w * (L[V1P0] + d3 * d0), v31 + w * (L[V1P1] + d3 * d1), v32 + w * (L[V10] + d3 * d2)
        v33 += w * (L[V11] + d3 * d3)
    mean[r, 0], mean[r, 1], mean[r, 2], mean[r, 3] = e, n, ve, vn
    V[0, 0], V[1, 1], V[2, 2], V[3, 3] = v00, v11, v22, v33
    V[1, 0] = V[0, 1] = v10
    V[2, 0] = V[0, 2] = v20
    V[2, 1] = V[1, 2] = v21
    V[3, 0] = V[0, 3] = v30
    V[3, 1] = V[1, 3] = v31
    V[3, 2] = V[2, 3] = v32
    _narrow(V, narrow[r])


@lean
def _far(c, owner, x, after, before, m, W):  # type: ignore[no-untyped-def]
    """tr(W P_c) + (x_c - m)' W (x_c - m), of component c from a row's m (4,) and W (4, 4)."""
    L = after[owner[c], 0] if owner[c] >= 0 else before[-1 - owner[c], 0]
    d0, d1, d2, d3 = x[c, 0, 0] - m[0], x[c, 0, 1] - m[1], x[c, 0, 3] - m[2], x[c, 0, 4] - m[3]
    alone = W[0, 0] * (L[P00] + d0 * d0) + W[1, 1] * (L[P11] + d1 * d1) + W[2, 2] * (L[V00] + d2 * d2) + W[3, 3] * (L[V11] + d3 * d3)
    place = W[1, 0] * (L[P10] + d1 * d0) + W[2, 0] * (L[V0P0] + d2 * d0) + W[2, 1] * (L[V0P1] + d2 * d1)
    speed = W[3, 0] * (L[V1P0] + d3 * d0) + W[3, 1] * (L[V1P1] + d3 * d1) + W[3, 2] * (L[V10] + d3 * d2)
    return alone + 2.0 * (place + speed)


@lean
def _exchange(r, o, owner, x, item, mass, size, after, before, mean, narrow, pool, weight, rather, order, V):  # type: ignore[no-untyped-def]
    """Gives the components of rows r and o to the nearer of them, each as much as it had; returns whether that changed anything."""
    n, last, first = size[r] + size[o], -np.inf, np.inf
    for q in range(n):
        mine = q < size[r]
        c = item[r, q] if mine else item[o, q - size[r]]
        pool[q], weight[q] = c, mass[r, q] if mine else mass[o, q - size[r]]
        rather[q] = _far(c, owner, x, after, before, mean[r], narrow[r]) - _far(c, owner, x, after, before, mean[o], narrow[o])
        if weight[q] > SLIGHT:
            if mine:
                last = max(last, rather[q])
            else:
                first = min(first, rather[q])
    if last <= first:
        return False
    for q in range(n):
        at = q
        while at > 0 and rather[order[at - 1]] > rather[q]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = q
    room, moved, mine, theirs = 1.0, 0.0, 0, 0
    for k in range(n):
        q = order[k]
        taken = min(weight[q], room)
        room -= taken
        moved += taken if q >= size[r] else 0.0
        mine += 1 if taken > NOTHING else 0
        theirs += 1 if weight[q] - taken > NOTHING else 0
    if moved < SLIGHT or mine > ROOM or theirs > ROOM:
        return False
    room, mine, theirs = 1.0, 0, 0
    for k in range(n):
        q = order[k]
        taken = min(weight[q], room)
        room -= taken
        if taken > NOTHING:
            item[r, mine], mass[r, mine] = pool[q], taken
            mine += 1
        if weight[q] - taken > NOTHING:
            item[o, theirs], mass[o, theirs] = pool[q], weight[q] - taken
            theirs += 1
    size[r], size[o] = mine, theirs
    _fit(r, owner, x, item, mass, size, after, before, mean, narrow, V)
    _fit(o, owner, x, item, mass, size, after, before, mean, narrow, V)
    return True


@kernel
def untangle(tracks, e_track, e_plot, p, plots, members, sensors):  # type: ignore[no-untyped-def]
    """Before `update`: the slots (R,) of tracks that exchanged components, and what both models of each become, (R, 2, 6) and (R, 2, 21)."""
    E, M = p.shape[0], members.shape[0]
    slot, near, begin, end = np.empty(E, np.int64), np.empty(E, np.int64), np.empty(E, np.int64), np.empty(E, np.int64)
    shared, W = np.zeros(M, np.int64), np.empty((6, 8))
    R = _contested(tracks, e_track, e_plot, p, plots, members, shared, slot, near, begin, end, W[5])
    C = 0
    for r in range(R):
        C += end[r] - begin[r] + 1
    owner, x, item, mass, size = np.empty(C, np.int64), np.empty((C, 2, 6)), np.empty((R, ROOM), np.int64), np.empty((R, ROOM)), np.empty(R, np.int64)
    after, before, mean, narrow = np.empty((R, 2, 21)), np.empty((R, 2, 21)), np.empty((R, 4)), np.empty((R, 4, 4))
    work, pool, weight, rather, order = np.empty((3, 6, 6)), np.empty(2 * ROOM, np.int64), np.empty(2 * ROOM), np.empty(2 * ROOM), np.empty(2 * ROOM, np.int64)
    at = 0
    for r in range(R):
        at = _components(
            tracks, slot[r], r, begin[r], end[r], e_plot, p, plots, members, sensors, near[r], at, owner, x, item, mass, size, after[r],
            before[r], work, W,
        )  # fmt: skip
        _fit(r, owner, x, item, mass, size, after, before, mean, narrow, work[0])
    first, row = np.zeros(M + 2, np.int64), np.empty(E, np.int64)
    _by_plot(R, begin, end, e_plot, p, first, row)
    seen, changed = np.full(R, -1, np.int64), np.zeros(R, np.int64)
    exchanges = 0
    for _ in range(ROUNDS):
        seen[:] = -1
        exchanges += _round(R, begin, end, e_plot, p, first, row, seen, changed, owner, x, item, mass, size, after, before, mean, narrow, pool, weight, rather, order, work[0])
    count = changed.sum()
    slots, xs, Ls = np.empty(count, np.int64), np.empty((count, 2, 6)), np.empty((count, 2, 21))
    at = 0
    for r in range(R):
        if changed[r]:
            slots[at] = slot[r]
            for k in range(2):
                _moments(r, k, owner, x, item, mass, size, after, before, xs[at, k], work[0])
                pack(work[0], Ls[at, k])
            at += 1
    return slots, xs, Ls, exchanges


@lean
def _contested(tracks, e_track, e_plot, p, plots, members, shared, slot, near, begin, end, known):  # type: ignore[no-untyped-def]
    """Rows: the confirmed tracks that want a plot which another one wants too, and that can be moved by `place_kernels`; returns how many."""
    E, R = p.shape[0], 0
    for e in range(E):
        if p[e] >= CONTESTED and (tracks.status[e_track[e]] == CONFIRMED or tracks.status[e_track[e]] == COASTING):
            shared[e_plot[e]] += 1
    e = np.int64(0)
    while e < E:
        i, last, wanted = e_track[e], e, False
        while last < E and e_track[last] == i:
            wanted = wanted or (p[last] >= CONTESTED and shared[e_plot[last]] > 1)
            last += 1
        if wanted and (tracks.status[i] == CONFIRMED or tracks.status[i] == COASTING):
            j = _all_near(tracks.time[i], e, last, e_plot, p, members, plots.form, plots.sigma, plots.time, plots.foreign, known)
            if j >= 0:
                slot[R], near[R], begin[R], end[R] = i, j, e, last
                R += 1
        e = last
    return R


@lean
def _by_plot(R, begin, end, e_plot, p, first, row):  # type: ignore[no-untyped-def]
    """The rows that contest each plot g: row[first[g] : first[g + 1]], in order; first (M + 2,) comes as zeros."""
    for r in range(R):
        for e in range(begin[r], end[r]):
            if p[e] >= CONTESTED:
                first[e_plot[e] + 2] += 1
    for g in range(first.shape[0] - 1):
        first[g + 1] += first[g]
    for r in range(R):
        for e in range(begin[r], end[r]):
            if p[e] >= CONTESTED:
                row[first[e_plot[e] + 1]] = r
                first[e_plot[e] + 1] += 1


@lean
def _round(R, begin, end, e_plot, p, first, row, seen, changed, owner, x, item, mass, size, after, before, mean, narrow, pool, weight, rather, order, V):  # type: ignore[no-untyped-def]
    """Every two rows that contest a plot exchange components once; returns how many did."""
    exchanges = 0
    for r in range(R):
        for e in range(begin[r], end[r]):
            if p[e] < CONTESTED:
                continue
            g = e_plot[e]
            for q in range(first[g], first[g + 1]):
                o = row[q]
                if o <= r or seen[o] == r:
                    continue
                seen[o] = r
                exchanges += 1
                if _exchange(r, o, owner, x, item, mass, size, after, before, mean, narrow, pool, weight, rather, order, V):
                    changed[r] = changed[o] = 1
    return exchanges


@lean
def put(tracks, slots, xs, Ls):  # type: ignore[no-untyped-def]
    """After `update`: the exchanged tracks become what `untangle` said."""
    for r in range(slots.shape[0]):
        i = slots[r]
        for k in range(2):
            for a in range(6):
                tracks.xm[i, k, a] = xs[r, k, a]
            for c in range(21):
                tracks.Pm[i, k, c] = Ls[r, k, c]
        match(tracks.xm[i], tracks.Pm[i], tracks.mu[i], tracks.x[i], tracks.P[i])
