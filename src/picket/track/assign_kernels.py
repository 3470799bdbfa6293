"""Exact assignment: the cheapest pairing of rows with columns, by shortest augmenting paths.

Jonker and Volgenant 1987 in the form of Crouse 2016 (IEEE TAES 52(4), algorithm of section II): one Dijkstra search per
row over reduced costs, with dual variables u and v. O(n^2 m) for n <= m. For metrics; the tracker itself assigns by probability.
"""

from __future__ import annotations

import numpy as np

from picket._jit import kernel


@kernel
def assign(cost, column_of):  # type: ignore[no-untyped-def]
    """Fills column_of (n,) for cost (n, m), n <= m, all finite: row i goes with column column_of[i]; the sum is least."""
    n, m = cost.shape
    u, v = np.zeros(n), np.zeros(m)
    row_of = np.full(m, -1, np.int64)
    before = np.empty(m, np.int64)
    shortest = np.empty(m)
    done_row, done_column = np.empty(n, np.bool_), np.empty(m, np.bool_)
    column_of[:] = -1
    for start in range(n):
        shortest[:] = np.inf
        done_row[:], done_column[:] = False, False
        i, sink, least = start, -1, 0.0
        while sink < 0:
            done_row[i] = True
            best, lowest = -1, np.inf
            for j in range(m):
                if done_column[j]:
                    continue
                reduced = least + cost[i, j] - u[i] - v[j]
                if reduced < shortest[j]:
                    before[j], shortest[j] = i, reduced
                if shortest[j] < lowest or (shortest[j] == lowest and row_of[j] < 0):
                    best, lowest = j, shortest[j]
            least = lowest
            done_column[best] = True
            if row_of[best] < 0:
                sink = best
            else:
                i = row_of[best]
        u[start] += least
        for k in range(n):
            if done_row[k] and k != start:
                u[k] += least - shortest[column_of[k]]
        for j in range(m):
            if done_column[j]:
                v[j] -= least - shortest[j]
        j = sink
        while True:
            i = before[j]
            row_of[j] = i
            column_of[i], j = j, column_of[i]
            if i == start:
                break
