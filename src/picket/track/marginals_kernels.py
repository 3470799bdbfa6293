"""With what probability each plot came from each track: belief propagation, cluster by cluster.

A cluster is what hangs together by edges: tracks that share a plot, plots that share a track. Clusters know nothing of each other, so
each is settled by itself and for as long as it needs. Most hold one track, whose answer is a fraction: p_j = w_j / (1 + sum w). The
others take the two-line iteration of Williams and Lau (2014, eq. 23-24), which always converges:

    mu_ij = w_ij / (1 + sum_k!=j w_ik nu_ik),   nu_ij = 1 / (1 + sum_k!=i mu_kj)

Two drones side by side contest two plots for a hundred sweeps where a lone track needs none. Exact marginals (all ways to give out the
plots of a cluster of at most six, summed) were tried in its place: GOSPA is the same (docs/tracking.md).
"""

from __future__ import annotations

import numpy as np

from picket._jit import kernel, lean
from picket.sets_kernels import root
from picket.track.layout_kernels import SWEEP_TOLERANCE


@kernel
def marginals(e_track, e_plot, w, M, sweeps):  # type: ignore[no-untyped-def]
    """Marginal probability of each edge (E,), for each plot the probability that no track gave it (M,), and work done, edges.

    e_track, e_plot, w (E,): an edge's track, plot and weight; edges of a track lie together. sweeps: of the iteration at most.
    """
    E = w.shape[0]
    order, first = _clusters(e_track, e_plot, M)
    track, plot, weight = e_track[order], e_plot[order], w[order]
    p, nu, rest, total, given = np.empty(E), np.ones(E), np.empty(E), np.empty(M), np.zeros(M)
    work = 0
    for c in range(first.shape[0] - 1):
        b, e = first[c], first[c + 1]
        if track[b] != track[e - 1]:
            work += (e - b) * _sweep(track, plot, weight, b, e, sweeps, nu, rest, total)
        _shares(track, weight, nu, b, e, p)
    out, free = np.empty(E), np.empty(M)
    for k in range(E):
        out[order[k]] = p[k]
        given[plot[k]] += p[k]
    for g in range(M):
        free[g] = max(0.0, 1.0 - given[g])
    return out, free, work


@kernel
def _clusters(e_track, e_plot, M):  # type: ignore[no-untyped-def]
    """Edges ordered by cluster, those of a track still together (E,), and where each cluster begins and the last ends (C + 1,)."""
    E = e_plot.shape[0]
    parent = np.arange(M)
    for k in range(1, E):
        if e_track[k] == e_track[k - 1]:
            a, b = root(parent, e_plot[k - 1]), root(parent, e_plot[k])
            parent[max(a, b)] = min(a, b)
    size = np.zeros(M + 1, np.int64)
    for k in range(E):
        size[root(parent, e_plot[k]) + 1] += 1
    start = np.cumsum(size)
    first = np.empty(M + 1, np.int64)
    count = 0
    for g in range(M):
        if size[g + 1] > 0:
            first[count] = start[g]
            count += 1
    first[count] = E
    order = np.empty(E, np.int64)
    for k in range(E):
        g = root(parent, e_plot[k])
        order[start[g]] = k
        start[g] += 1
    return order, first[: count + 1].copy()


@lean
def _shares(track, w, nu, b, e, p):  # type: ignore[no-untyped-def]
    """Fills p for the edges b to e: of each track's plots, and of no plot (weight 1), each its share."""
    k = b
    while k < e:
        end, row = k, 1.0
        while end < e and track[end] == track[k]:
            row += w[end] * nu[end]
            end += 1
        for j in range(k, end):
            p[j] = w[j] * nu[j] / row
        k = end


@lean
def _sweep(track, plot, w, b, e, sweeps, nu, mu, total):  # type: ignore[no-untyped-def]
    """Moves nu, which begins as ones, on the cluster of edges b to e, by at most `sweeps`; returns how many it took.

    total (M,): the sum of mu at each plot. It and mu are scratch.
    """
    for used in range(1, sweeps + 1):
        for k in range(b, e):
            total[plot[k]] = 0.0
        k = b
        while k < e:
            end, row = k, 1.0
            while end < e and track[end] == track[k]:
                row += w[end] * nu[end]
                end += 1
            for j in range(k, end):
                mu[j] = w[j] / max(1.0, row - w[j] * nu[j])
                total[plot[j]] += mu[j]
            k = end
        moved = 0  # a number, not the largest change: a maximum would be taken one edge after the other
        for k in range(b, e):
            fresh = 1.0 / (1.0 + max(0.0, total[plot[k]] - mu[k]))
            moved += 1 if abs(fresh - nu[k]) >= SWEEP_TOLERANCE else 0
            nu[k] = fresh
        if moved == 0:
            return used
    return sweeps
