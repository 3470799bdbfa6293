"""With what probability each plot came from each track: loopy belief propagation, cluster by cluster.

A cluster is what hangs together by edges: tracks that share a plot, plots that share a track. Clusters know nothing of each other, so
each is settled by itself, and for as long as it needs. Most hold one track, whose answer is its share: p_j = w_j / (1 + sum w). The others
take the iteration of Williams and Lau (2014, eq. 23-24), which always converges:

    mu_ij = w_ij / (1 + sum_k!=j w_ik nu_ik),   nu_ij = 1 / (1 + sum_k!=i mu_kj)

Drones that fly side by side contest their plots for a hundred rounds of it, all tracks and then all plots. Track by track, each with what
the one before has just said, and to and fro, a third of that is enough (Gauss-Seidel). Exact marginals where a cluster has six plots or
fewer were tried beside it: the error of the picture is the same (docs/tracking-trials.md).

A track's edges lie in blocks of eight, each computed at once; a block's last ones may be none at all, of no weight, and of a plot that is
not there. A track waits for what the one before has said of their plots; so SIDE clusters of about one size go on side by side, a track of
each in turn. Nothing of it changes a byte.
"""

from __future__ import annotations

import numpy as np

from picket._jit import kernel, lean
from picket.lanes_kernels import DOUBLES, added, gather, larger, largest, load, scatter, spread, store
from picket.sets_kernels import root
from picket.track.layout_kernels import SWEEP_TOLERANCE

WEIGHT, NU, MU, TOTAL = (DOUBLES * row for row in range(4))  # of a block: w, nu, mu, and 1 and the sum of mu at each edge's plot
BLOCK = 4 * DOUBLES
SIDE = 8  # clusters at a time
# of a track in turn: which it is, its cluster among those SIDE, where its blocks begin and end
ROW, SLOT, BEGIN, END = range(4)


@kernel
def marginals(e_track, e_plot, w, M, sweeps):  # type: ignore[no-untyped-def]
    """Marginal probability of each edge (E,), for each plot the probability that no track gave it (M,), and work done, edges.

    e_track, e_plot, w (E,): an edge's track, plot and weight; edges of a track lie together. sweeps: over a cluster at most.
    """
    E = w.shape[0]
    order, row, first = _clusters(e_track, e_plot, M)
    plot, weight = e_plot[order], w[order]
    block = np.full(row.shape[0], -1, np.int64)
    turn, begin = _turns(row, first, block)
    many = turn[-1, BEGIN]
    B, at = np.empty(many * BLOCK), np.empty(many * DOUBLES, np.int64)
    nu, total, free, work = np.ones(E), np.ones(M + SIDE * DOUBLES), np.ones(M), 0
    moved, going = np.empty(SIDE * DOUBLES), np.empty(SIDE, np.int64)
    _lay_out(turn, row, plot, weight, M, B, at)
    for t in range(begin.shape[0] - 1):
        work += _settle(turn, begin[t], begin[t + 1], row, B, at, sweeps, total, moved, going)
    _take_back(block, row, B, nu)
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
    parent, a = np.arange(M), 0
    for k in range(E):
        b = root(parent, e_plot[k])
        if k > 0 and e_track[k] == e_track[k - 1]:
            low = min(a, b)
            parent[max(a, b)], b = low, low
        a = b
    for g in range(M):
        parent[g] = parent[parent[g]]  # the first plot of its cluster, for none has a later one before it
    start, end = np.zeros(M, np.int64), 0
    for k in range(E):
        start[parent[e_plot[k]]] += 1
    for g in range(M):
        start[g], end = end, end + start[g]
    order = np.empty(E, np.int64)
    for k in range(E):
        g = parent[e_plot[k]]
        order[start[g]] = k
        start[g] += 1
    row, first, rows, clusters, last = np.empty(E + 1, np.int64), np.empty(E + 1, np.int64), 0, 0, -1
    for k in range(E):
        if k == 0 or e_track[order[k]] != e_track[order[k - 1]]:
            g = parent[e_plot[order[k]]]
            if g != last:
                first[clusters] = rows
                clusters, last = clusters + 1, g
            row[rows] = k
            rows += 1
    row[rows], first[clusters] = E, rows
    return order, row[: rows + 1].copy(), first[: clusters + 1].copy()


@kernel
def _turns(row, first, block):  # type: ignore[no-untyped-def]
    """The tracks of the clusters that hold several, in turns (T + 1, 4), the last row with where the blocks end, and where each SIDE of
    clusters begins and the last ends. Fills block (R,) with where those of each track begin."""
    rows = first[1:] - first[:-1]
    size = np.argsort(-rows, kind="mergesort")
    many = (rows > 1).sum()
    turn, begin, n, blocks = np.empty((row.shape[0] + 1, 4), np.int64), np.empty(many // SIDE + 2, np.int64), 0, 0
    begin[0], groups = 0, 0
    for c in range(0, many, SIDE):
        for k in range(rows[size[c]]):
            for slot in range(min(SIDE, many - c)):
                if k < rows[size[c + slot]]:
                    r = first[size[c + slot]] + k
                    block[r] = turn[n, BEGIN] = blocks
                    turn[n, ROW], turn[n, SLOT] = r, slot
                    blocks += (row[r + 1] - row[r] + DOUBLES - 1) // DOUBLES
                    turn[n, END] = blocks
                    n += 1
        groups += 1
        begin[groups] = n
    turn[n, BEGIN] = blocks
    return turn[: n + 1].copy(), begin[: groups + 1].copy()


@lean
def _lay_out(turn, row, plot, weight, M, B, at):  # type: ignore[no-untyped-def]
    """Fills the blocks B with the edges before the first sweep, and `at` with their plots; plot M is there for edges that are none."""
    for t in range(turn.shape[0] - 1):
        k, end = row[turn[t, ROW]], row[turn[t, ROW] + 1]
        for b in range(turn[t, BEGIN], turn[t, END]):
            for lane in range(DOUBLES):
                there = k < end
                at[b * DOUBLES + lane] = plot[k] if there else M + turn[t, SLOT] * DOUBLES + lane
                B[b * BLOCK + WEIGHT + lane], B[b * BLOCK + NU + lane] = (weight[k] if there else 0.0), 1.0
                B[b * BLOCK + MU + lane] = 0.0
                k += 1


@lean
def _take_back(block, row, B, nu):  # type: ignore[no-untyped-def]
    """Fills nu (E,) from the blocks; that of a track alone in its cluster stays."""
    for r in range(row.shape[0] - 1):
        if block[r] >= 0:
            for q in range(row[r + 1] - row[r]):
                nu[row[r] + q] = B[(block[r] + q // DOUBLES) * BLOCK + NU + q % DOUBLES]


@lean
def _settle(turn, first, last, row, B, at, sweeps, total, moved, going):  # type: ignore[no-untyped-def]
    """Moves nu on the clusters whose tracks come in turn from `first` to before `last`, each by at most `sweeps`; returns edges swept.

    total (M + SIDE DOUBLES,): 1 and the sum of mu at each plot, comes as ones and goes along. moved, going: scratch of each cluster.
    """
    one, none, work, used, clusters = spread(1.0), spread(0.0), 0, 0, 0
    while clusters < min(SIDE, last - first) and turn[first + clusters, SLOT] == clusters:
        going[clusters] = clusters
        clusters += 1
    while used < sweeps and clusters > 0:
        used += 1
        for q in range(clusters):
            store(moved, going[q] * DOUBLES, none)
        for i in range(first, last):
            t = i if used & 1 else first + last - 1 - i
            some, slot = 1.0, turn[t, SLOT] * DOUBLES
            for b in range(turn[t, BEGIN], turn[t, END]):
                k, now = b * BLOCK, gather(total, at, b * DOUBLES)
                fresh, before = one / larger(one, now - load(B, k + MU)), load(B, k + NU)
                store(moved, slot, larger(load(moved, slot), larger(fresh - before, before - fresh)))
                store(B, k + NU, fresh)
                store(B, k + TOTAL, now)
                some = added(some, load(B, k + WEIGHT) * fresh)
            for b in range(turn[t, BEGIN], turn[t, END]):
                k = b * BLOCK
                weight = load(B, k + WEIGHT)
                fresh = weight / larger(one, spread(some) - weight * load(B, k + NU))
                scatter(total, at, b * DOUBLES, load(B, k + TOTAL) + (fresh - load(B, k + MU)))
                store(B, k + MU, fresh)
            work += row[turn[t, ROW] + 1] - row[turn[t, ROW]]
        if used > 1:
            left = 0
            for q in range(clusters):
                if largest(load(moved, going[q] * DOUBLES)) >= SWEEP_TOLERANCE:
                    going[left] = going[q]
                    left += 1
            if left < clusters:
                clusters, last = left, _going_on(turn, first, last, moved)
    return work


@lean
def _going_on(turn, first, last, moved):  # type: ignore[no-untyped-def]
    """Leaves out of turn, from `first` to before `last`, the tracks of clusters that are settled; returns where it ends now."""
    to = first
    for t in range(first, last):
        if largest(load(moved, turn[t, SLOT] * DOUBLES)) >= SWEEP_TOLERANCE:
            for k in range(4):
                turn[to, k] = turn[t, k]
            to += 1
    return to
