"""With what probability each plot came from each track: loopy belief propagation, cluster by cluster.

A cluster is what hangs together by edges: tracks that share a plot, plots that share a track. Clusters know nothing of each other, so
each is settled by itself, and for as long as it needs. Most hold one track, whose answer is its share: p_j = w_j / (1 + sum w). The others
take the iteration of Williams and Lau (2014, eq. 23-24), which always converges:

    mu_ij = w_ij / (1 + sum_k!=j w_ik nu_ik),   nu_ij = 1 / (1 + sum_k!=i mu_kj)

Drones that fly side by side contest their plots for a hundred rounds of it, all tracks and then all plots. Track by track, each with what
the one before has just said, and to and fro, a third of that is enough (Gauss-Seidel). Exact marginals where a cluster has six plots or
fewer were tried beside it: the error of the picture is the same (docs/tracking.md).
"""

from __future__ import annotations

import numpy as np

from picket._jit import kernel, lean
from picket.sets_kernels import root
from picket.track.layout_kernels import SWEEP_TOLERANCE


@kernel
def marginals(e_track, e_plot, w, M, sweeps):  # type: ignore[no-untyped-def]
    """Marginal probability of each edge (E,), for each plot the probability that no track gave it (M,), and work done, edges.

    e_track, e_plot, w (E,): an edge's track, plot and weight; edges of a track lie together. sweeps: over a cluster at most.
    """
    E = w.shape[0]
    order, row, first = _clusters(e_track, e_plot, M)
    plot, weight = e_plot[order], w[order]
    nu, mu, total, free = np.ones(E), np.zeros(E), np.ones(M), np.ones(M)
    work = 0
    for c in range(first.shape[0] - 1):
        if first[c + 1] > first[c] + 1:
            rows = row[first[c] : first[c + 1] + 1]
            work += (rows[-1] - rows[0]) * _settle(rows, plot, weight, sweeps, nu, mu, total)
    p = np.empty(E)
    for r in range(row.shape[0] - 1):
        some = 1.0
        for k in range(row[r], row[r + 1]):
            some += weight[k] * nu[k]
        for k in range(row[r], row[r + 1]):
            p[order[k]] = weight[k] * nu[k] / some
            free[plot[k]] -= weight[k] * nu[k] / some
    return p, np.maximum(free, 0.0), work


@kernel
def _clusters(e_track, e_plot, M):  # type: ignore[no-untyped-def]
    """Edges ordered by cluster, those of a track still together (E,); where in that order each track begins and the last one ends
    (R + 1,); the first of these of each cluster, and R (C + 1,)."""
    E = e_plot.shape[0]
    parent = np.arange(M)
    for k in range(1, E):
        if e_track[k] == e_track[k - 1]:
            a, b = root(parent, e_plot[k - 1]), root(parent, e_plot[k])
            parent[max(a, b)] = min(a, b)
    start, end = np.zeros(M, np.int64), 0
    for k in range(E):
        start[root(parent, e_plot[k])] += 1
    for g in range(M):
        start[g], end = end, end + start[g]
    order = np.empty(E, np.int64)
    for k in range(E):
        g = root(parent, e_plot[k])
        order[start[g]] = k
        start[g] += 1
    row, first, rows, clusters, last = np.empty(E + 1, np.int64), np.empty(E + 1, np.int64), 0, 0, -1
    for k in range(E):
        if k == 0 or e_track[order[k]] != e_track[order[k - 1]]:
            g = root(parent, e_plot[order[k]])
            if g != last:
                first[clusters] = rows
                clusters, last = clusters + 1, g
            row[rows] = k
            rows += 1
    row[rows], first[clusters] = E, rows
    return order, row[: rows + 1].copy(), first[: clusters + 1].copy()


@lean
def _settle(rows, plot, w, sweeps, nu, mu, total):  # type: ignore[no-untyped-def]
    """Moves nu on one cluster, whose tracks begin at `rows`, by at most `sweeps`; returns how many it took.

    mu comes as zeros and total (M,), 1 and the sum of mu at each plot, as ones; both go along.
    """
    last = rows.shape[0] - 2
    for used in range(1, sweeps + 1):
        moved = False
        for i in range(last + 1):
            r = i if used & 1 else last - i
            some = 1.0
            for k in range(rows[r], rows[r + 1]):
                fresh = 1.0 / max(1.0, total[plot[k]] - mu[k])
                moved = moved or abs(fresh - nu[k]) >= SWEEP_TOLERANCE
                nu[k] = fresh
                some += w[k] * fresh
            for k in range(rows[r], rows[r + 1]):
                fresh = w[k] / max(1.0, some - w[k] * nu[k])
                total[plot[k]] += fresh - mu[k]
                mu[k] = fresh
        if not moved and used > 1:
            return used
    return sweeps
