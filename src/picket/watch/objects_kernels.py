"""One step of the memory of objects (objects.py), one pass over rows that lie sorted by track id.

What is remembered lies in two arrays: floats (10, M), rows LAT .. STAY_SINCE, and ints (3, M), rows ID, ROOT and LIVE.
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel

LAT, LON, SPEED, UPDATED_AT, SURE_SINCE, ANCHOR_LAT, ANCHOR_LON, STAY_LAT, STAY_LON, STAY_SINCE = range(10)
ID, ROOT, LIVE = range(3)
N_FLOATS, N_INTS = 10, 3
M_PER_DEG = 111_195.0  # mean sphere: good to 0.6 %, enough for a gate


@kernel
def carry(floats, ints, ids, lat, lon, east, north, measured, present, live, sure, time, rejoin_s):  # type: ignore[no-untyped-def]
    """The rows of this step with what they bring along, and after them the sure tracks just gone.

    floats, ints: what is remembered, sorted by id; ids (N,) of the step, sorted, each once; east, north: speed, m/s; measured, present:
    the track's last measurement and its row's time; live, sure: (N,) bool. Returns (floats, ints, whether any row may continue a lost one).
    """
    n, m = ids.shape[0], ints.shape[1]
    gone = np.zeros(m, np.bool_)
    at = np.full(n, -1, np.int64)
    i = 0
    for j in range(m):
        while i < n and ids[i] < ints[ID, j]:
            i += 1
        if i < n and ids[i] == ints[ID, j]:
            at[i] = j
        else:
            gone[j] = not math.isnan(floats[SURE_SINCE, j]) and abs(time - floats[UPDATED_AT, j]) <= rejoin_s
    total = n + np.count_nonzero(gone)
    F, W = np.empty((N_FLOATS, total)), np.empty((N_INTS, total), np.int64)
    for i in range(n):
        F[LAT, i], F[LON, i] = lat[i], lon[i]
        speed = math.hypot(east[i], north[i])
        F[SPEED, i] = 0.0 if math.isnan(speed) else speed
        unmeasured = present[i] - measured[i]
        F[UPDATED_AT, i] = time - (unmeasured if unmeasured > 0.0 else 0.0)  # by our clock: the sensors' may differ
        F[SURE_SINCE, i] = time if sure[i] else np.nan
        W[ID, i], W[LIVE, i] = ids[i], live[i]
        j = at[i]
        if j < 0:
            W[ROOT, i] = ids[i]
            F[ANCHOR_LAT, i], F[ANCHOR_LON, i] = lat[i], lon[i]
            F[STAY_LAT, i], F[STAY_LON, i], F[STAY_SINCE, i] = lat[i], lon[i], time
            continue
        W[ROOT, i] = ints[ROOT, j]
        for k in range(ANCHOR_LAT, N_FLOATS):
            F[k, i] = floats[k, j]
        if not math.isnan(floats[SURE_SINCE, j]):
            F[SURE_SINCE, i] = floats[SURE_SINCE, j]
    i = n
    for j in range(m):
        if gone[j]:
            F[:, i], W[:, i] = floats[:, j], ints[:, j]
            W[LIVE, i] = 0
            i += 1
    _unlink(W, n)
    return F, W, _may_link(F, W, n, sure, time, rejoin_s)


@kernel
def _unlink(W, n):  # type: ignore[no-untyped-def]
    """Where two measured tracks share a root they are two objects: the first keeps it, the others become their own."""
    live = np.flatnonzero(W[LIVE, :n] == 1)
    if (W[ROOT][live] == W[ID][live]).all():
        return
    order = live[np.argsort(W[ROOT][live], kind="mergesort")]  # stable: of one root, by id
    last = np.int64(-1)
    for k in range(order.shape[0]):
        root = W[ROOT, order[k]]
        if k > 0 and root == last:
            W[ROOT, order[k]] = W[ID, order[k]]
        last = root


@kernel
def _may_link(F, W, n, sure, time, rejoin_s):  # type: ignore[no-untyped-def]
    """Whether there is a newly sure row, and a sure track that is no longer measured."""
    young = False
    for i in range(n):
        young |= sure[i] and W[LIVE, i] == 1 and W[ROOT, i] == W[ID, i] and abs(time - F[SURE_SINCE, i]) <= rejoin_s
    if not young:
        return False
    lost = False
    for i in range(W.shape[1]):
        lost |= W[LIVE, i] == 0 and not math.isnan(F[SURE_SINCE, i]) and abs(time - F[UPDATED_AT, i]) <= rejoin_s
    return lost


@kernel
def settle(F, W, n, sure, time, stay_m, anchors, stay_s):  # type: ignore[no-untyped-def]
    """Fills anchors (2, n) as they were and stay_s (n,); moves the anchors of sure rows; who left its circle begins another.

    So does one that stays since a time ahead of a clock set back. Returns (floats, ints) sorted by id.
    """
    for i in range(n):
        lat, lon = F[LAT, i], F[LON, i]
        anchors[0, i], anchors[1, i] = F[ANCHOR_LAT, i], F[ANCHOR_LON, i]
        if sure[i]:
            F[ANCHOR_LAT, i], F[ANCHOR_LON, i] = lat, lon
        y = (lat - F[STAY_LAT, i]) * M_PER_DEG
        x = ((lon - F[STAY_LON, i] + 180.0) % 360.0 - 180.0) * M_PER_DEG * math.cos(math.radians(lat))
        if not (math.hypot(y, x) <= stay_m and F[STAY_SINCE, i] <= time):
            F[STAY_LAT, i], F[STAY_LON, i], F[STAY_SINCE, i] = lat, lon, time
        stay_s[i] = max(time - F[STAY_SINCE, i], 0.0)
    if W.shape[1] == n:
        return F, W
    order = np.argsort(W[ID], kind="mergesort")
    sorted_f, sorted_w = np.empty_like(F), np.empty_like(W)
    for i in range(order.shape[0]):
        sorted_f[:, i], sorted_w[:, i] = F[:, order[i]], W[:, order[i]]
    return sorted_f, sorted_w
