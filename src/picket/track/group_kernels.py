"""Groups: confirmed tracks that move together and are not known to be vessels.

Two tracks are linked when they are within LINK_M and their velocities differ by less than LINK_MPS (plus what their errors
explain); two of the same group stay linked up to STAY times that. Groups are the connected components of at least SMALLEST
members; one that is there lasts while two of its members are linked. A component keeps the group id that most of its members
had; the lowest wins a tie, and of two components with the same claim the larger keeps it. A new group is named after its
lowest track id that names no other group.

A track joins after JOIN_S of being linked without a break, and leaves after LEAVE_S without a link to its own group: noise in
the velocities breaks links for a second or two, and what an officer is told of a swarm must not change with it.
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel, lean
from picket.sets_kernels import root
from picket.track.layout_kernels import COASTING, CONFIRMED, NEVER, VESSEL
from picket.track.motion_kernels import covariance_at

LINK_M, LINK_MPS, STAY, SMALLEST = 150.0, 6.0, 2.0, 3
JOIN_S, LEAVE_S = 2.0, 6.0


@lean
def _linked(tracks, a, b, now):  # type: ignore[no-untyped-def]
    stay = STAY if tracks.group[a] >= 0 and tracks.group[a] == tracks.group[b] else 1.0
    far = apart = 0.0
    ta, tb = max(now - tracks.time[a], 0.0), max(now - tracks.time[b], 0.0)
    for c in range(2):
        d = tracks.x[a, c] + ta * tracks.x[a, 3 + c] - tracks.x[b, c] - tb * tracks.x[b, 3 + c]
        v = tracks.x[a, 3 + c] - tracks.x[b, 3 + c]
        far, apart = far + d * d, apart + v * v
    if not far < (LINK_M * stay) ** 2:
        return False
    blur = 0.0
    for c in range(3, 5):
        blur += covariance_at(tracks, a, c, c) + covariance_at(tracks, b, c, c)
    return apart < (LINK_MPS * LINK_MPS + blur) * stay * stay


@kernel
def _components(tracks, index, now):  # type: ignore[no-untyped-def]
    """For each of the tracks in the slots `index` (m,): the first of those it hangs together with, by links, directly or not."""
    m = index.shape[0]
    size = 32
    while size < 4 * m:
        size *= 2
    parent = np.arange(m)
    _join(tracks, index, now, np.full(size, -1, np.int32), np.empty(m, np.int32), np.empty((m, 2)), parent)
    for k in range(m):
        parent[k] = root(parent, k)
    return parent


@lean
def _join(tracks, index, now, head, after, place, parent):  # type: ignore[no-untyped-def]
    """The links of `_components` into the forest `parent`, by a hash of cells: its heads, and what comes after each in a chain.

    place (m, 2): scratch. Who is near is told by it, so that little else is read of the many who are not.
    """
    cell, size = LINK_M * STAY, head.shape[0]
    row = 2 * int(math.sqrt(size)) + 1  # cells of a row lie one behind the other
    near = (cell + 1.0) ** 2  # 1 m for what is rounded
    for k in range(index.shape[0]):
        i = index[k]
        dt = max(now - tracks.time[i], 0.0)
        x, y = tracks.x[i, 0] + dt * tracks.x[i, 3], tracks.x[i, 1] + dt * tracks.x[i, 4]
        place[k, 0], place[k, 1] = x, y
        b = math.floor(y / cell) * row + math.floor(x / cell)
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                q = np.int64(head[(b + dy * row + dx) & (size - 1)])
                while q >= 0:
                    if (place[q, 0] - x) ** 2 + (place[q, 1] - y) ** 2 < near:
                        one, two = root(parent, k), root(parent, q)
                        if one != two and _linked(tracks, i, index[q], now):
                            parent[max(one, two)] = min(one, two)
                    q = np.int64(after[q])
        b &= size - 1
        after[k] = head[b]
        head[b] = k


@lean
def _place(table, one):  # type: ignore[no-untyped-def]
    """Where the id `one` lies in a hash set of ids (a power of two long, -1 = empty), or where it would be put."""
    mask = table.shape[0] - 1
    at = (one * 2654435761) & mask
    while table[at] >= 0 and table[at] != one:
        at = (at + 1) & mask
    return at


@lean
def _named_after(ids, index, members, names):  # type: ignore[no-untyped-def]
    """The lowest id of the members that is no group's name; names: hash set of those."""
    best = -1
    for q in range(members.shape[0]):
        one = ids[index[members[q]]]
        if (best < 0 or one <= best) and names[_place(names, one)] != one:
            best = one
    return best


@lean
def _linked_to_one(root, count, linked):  # type: ignore[no-untyped-def]
    """Writes who hangs together with another into linked; returns how many. count: members of each root."""
    n = 0
    for k in range(root.shape[0]):
        if count[root[k]] > 1:
            linked[n] = k
            n += 1
    return n


@kernel
def _names(tracks, index, root):  # type: ignore[no-untyped-def]
    """The id of the group that each of the tracks `index` belongs to by what is seen now, -1 = none.

    Components choose in order of size (larger first, then by first member): a name that a larger one took is gone.
    """
    m, ids, groups = index.shape[0], tracks.id, tracks.group
    count, held = np.zeros(m, np.int64), 0
    for k in range(m):
        count[root[k]] += 1
        held += groups[index[k]] >= 0
    linked = np.empty(m, np.int64)
    linked = linked[: _linked_to_one(root, count, linked)]  # most objects fly alone
    size = 32
    while size < 2 * max(linked.shape[0], held):
        size *= 2
    names, taken = np.full(size, -1, np.int64), np.full(size, -1, np.int64)  # hash sets: of the past, and given out by now
    for k in range(m):
        if groups[index[k]] >= 0:
            names[_place(names, groups[index[k]])] = groups[index[k]]
    order = linked[np.argsort(root[linked], kind="mergesort")]
    starts = np.empty(order.shape[0], np.int64)
    components = 0
    for q in range(order.shape[0]):
        if q == 0 or root[order[q]] != root[order[q - 1]]:
            starts[components] = q
            components += 1
    sizes = np.empty(components, np.int64)
    for c in range(components):
        sizes[c] = -count[root[order[starts[c]]]]
    fresh = np.full(m, -1, np.int64)
    for c in np.argsort(sizes, kind="mergesort"):
        members = order[starts[c] : starts[c] - sizes[c]]
        old = np.empty(-sizes[c], np.int64)
        for q in range(members.shape[0]):
            old[q] = groups[index[members[q]]]
        old.sort()
        best, most, run = -1, 0, 0
        for q in range(old.shape[0]):
            run = run + 1 if q > 0 and old[q] == old[q - 1] else 1
            if old[q] >= 0 and run > most and taken[_place(taken, old[q])] != old[q]:
                best, most = old[q], run
        if members.shape[0] < SMALLEST and most < 2:
            continue
        if best < 0:
            best = _named_after(ids, index, members, names)
        if best >= 0:
            taken[_place(taken, best)] = best
        for q in range(members.shape[0]):
            fresh[members[q]] = best
    return fresh


@kernel
def group(tracks, n, now):  # type: ignore[no-untyped-def]
    """Sets tracks.group of every track (-1 = in none) at `now`."""
    index = np.empty(n, np.int64)
    index = index[: _fit(tracks, n, index)]
    _enrol(tracks, index, _names(tracks, index, _components(tracks, index, now)), now)


@lean
def _fit(tracks, n, index):  # type: ignore[no-untyped-def]
    """Writes the slots of the tracks that may be in a group into index; returns how many. The rest are in none."""
    m = 0
    for i in range(n):
        if (tracks.status[i] == CONFIRMED or tracks.status[i] == COASTING) and tracks.named[i] != VESSEL:
            index[m] = i
            m += 1
        else:
            tracks.group[i], tracks.together[i] = -1, NEVER
    return m


@lean
def _enrol(tracks, index, fresh, now):  # type: ignore[no-untyped-def]
    """Moves tracks between groups: fresh (m,) is where each belongs by what is seen now."""
    for k in range(index.shape[0]):
        i = index[k]
        if tracks.group[i] >= 0:
            if fresh[k] == tracks.group[i]:
                tracks.together[i] = now
            elif now - tracks.together[i] > LEAVE_S:
                tracks.group[i], tracks.together[i] = fresh[k], now if fresh[k] >= 0 else NEVER
        elif fresh[k] < 0:
            tracks.together[i] = NEVER
        elif tracks.together[i] == NEVER:
            tracks.together[i] = now
        elif now - tracks.together[i] >= JOIN_S:
            tracks.group[i], tracks.together[i] = fresh[k], now
