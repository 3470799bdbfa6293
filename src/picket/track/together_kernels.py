"""What flies together shares its speed: after a look, members of a group are told what the others' speed is.

Members of a formation turn and dash as one, so that their places to one another last far longer than a radar's noise; a filter that
knows each track alone forgets them within some scans, and neighbours change names. So the steady model of each member takes the mean
speed of the others as a measurement of its own, axis by axis:

    d = mean of the others' v - v,   S = P_vv + SAME_MPS2 + mean of the others' P_vv,   v += P_vv / S d,   p += MEMORY P_pv / S d

It adds nothing to what the track is sure of: the others' speeds rest on ours by now, and P stays that of a track alone, ready for a turn.
So does the manoeuvring model, which takes over when one leaves. The place follows the speed, for what moved the one moved the other:
P_pv / P_vv takes back about half of what plots moved the track by beside its group, MEMORY times it three quarters, so that a place in
the formation is remembered for longer (at twice it, for ever; beyond, the track would run from its plots).

It is done only while the speeds scatter by no more than their errors explain. Neighbours on courses 30 degrees apart are a group for some
seconds too, since `group_kernels` forgives a lot; theirs scatter three times that and more.
"""

from __future__ import annotations

import numpy as np

from picket._jit import kernel, lean
from picket.track.group_kernels import SMALLEST
from picket.track.layout_kernels import COASTING, CONFIRMED
from picket.track.motion_kernels import V00, V11, V22, match

SAME_MPS2 = 1.0  # (m/s)^2, how much members' speeds really differ
MEMORY = 1.5
SCATTER = 1.0  # of speeds, over what their errors explain


@kernel
def share_speed(tracks, e_track):  # type: ignore[no-untyped-def]
    """Of the tracks that a look touched (e_track: those of its edges, in order), all members of one group share their speed."""
    slot = np.empty(e_track.shape[0], np.int64)
    slot = slot[: _members(tracks, e_track, slot)]
    order = np.argsort(tracks.group[slot], kind="mergesort")
    first = 0
    while first < slot.shape[0]:
        end = first
        while end < slot.shape[0] and tracks.group[slot[order[end]]] == tracks.group[slot[order[first]]]:
            end += 1
        if end - first >= SMALLEST and _alike(tracks, slot, order, first, end):
            _pull(tracks, slot, order, first, end)
        first = end


@lean
def _members(tracks, e_track, slot):  # type: ignore[no-untyped-def]
    """Writes the slots of those in a group into slot; returns how many."""
    m = 0
    for e in range(e_track.shape[0]):
        i = e_track[e]
        stated = tracks.status[i] == CONFIRMED or tracks.status[i] == COASTING
        if stated and tracks.group[i] >= 0 and (e == 0 or i != e_track[e - 1]):
            slot[m] = i
            m += 1
    return m


@lean
def _alike(tracks, slot, order, first, end):  # type: ignore[no-untyped-def]
    """True when the members' speeds over the ground, by their steady models, scatter no more than their errors explain."""
    east = north = squares = explained = 0.0
    n = end - first
    for q in range(first, end):
        v = tracks.xm[slot[order[q]], 0]
        east, north = east + v[3] / n, north + v[4] / n
    for q in range(first, end):
        v, L = tracks.xm[slot[order[q]], 0], tracks.Pm[slot[order[q]], 0]
        squares += (v[3] - east) ** 2 + (v[4] - north) ** 2
        explained += L[V00] + L[V11] + 2.0 * SAME_MPS2
    return squares * n < SCATTER * explained * (n - 1)


@lean
def _pull(tracks, slot, order, first, end):  # type: ignore[no-untyped-def]
    """Gives each member the others' mean speed as a measurement; their errors weigh them."""
    w0 = w1 = w2 = v0 = v1 = v2 = 0.0
    for q in range(first, end):
        x, L = tracks.xm[slot[order[q]], 0], tracks.Pm[slot[order[q]], 0]
        w0, w1, w2 = w0 + 1.0 / L[V00], w1 + 1.0 / L[V11], w2 + 1.0 / L[V22]
        v0, v1, v2 = v0 + x[3] / L[V00], v1 + x[4] / L[V11], v2 + x[5] / L[V22]
    others = end - first - 1
    for q in range(first, end):
        i = slot[order[q]]
        x, L = tracks.xm[i, 0], tracks.Pm[i, 0]
        rest0, rest1, rest2 = w0 - 1.0 / L[V00], w1 - 1.0 / L[V11], w2 - 1.0 / L[V22]
        mean0, mean1, mean2 = (v0 - x[3] / L[V00]) / rest0, (v1 - x[4] / L[V11]) / rest1, (v2 - x[5] / L[V22]) / rest2
        _told(x, L, 3, mean0, SAME_MPS2 + others / rest0)
        _told(x, L, 4, mean1, SAME_MPS2 + others / rest1)
        _told(x, L, 5, mean2, SAME_MPS2 + others / rest2)
        match(tracks.xm[i], tracks.mu[i], tracks.x[i])


@lean
def _told(x, L, a, speed, variance):  # type: ignore[no-untyped-def]
    """x (6,) with covariance L (21,) is told that its a-th number is `speed`, of this variance; the place follows MEMORY times as far."""
    own = a * (a + 1) // 2
    d = (speed - x[a]) / (L[own + a] + variance)
    for b in range(6):
        x[b] += d * (MEMORY if b < 3 else 1.0) * (L[own + b] if b <= a else L[b * (b + 1) // 2 + a])
