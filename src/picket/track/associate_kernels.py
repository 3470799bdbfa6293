"""Which plot may come from which track: gate and weights. What then comes from which is in `marginals_kernels.py`.

Sparse throughout: an edge is one (track, plot) pair inside the gate; there is no matrix of all pairs.

- Gate: plots with range and azimuth lie in rings of range, sorted by azimuth; others in a hash of square cells. A track looks
  into those that its own uncertainty covers, then at the Mahalanobis distance. Seen from a radar a plot is sure along the line
  of sight and vague across it, so a box round it in metres would hold many that are far outside the ellipse.
- Weight of an edge, relative to the track's miss and to the plot being clutter or new (Williams 2015, eq. 21-25; Meyer et al.
  2018, eq. 30-34):  w = r pD l(z) f / ((1 - r pD) (clutter + birth)), f what identities say.
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel, lean, piece
from picket.track.block_kernels import BLOCK, all_apart, all_beyond, begins_block, most_vague
from picket.track.conditions_kernels import detects
from picket.track.layout_kernels import (
    EDGES_PER_TRACK,
    ENDED,
    GATE,
    GATE_SIGMA,
    OTHER_IDENTITY,
    POLAR,
    SAME_IDENTITY,
    SAME_SENSOR_TRACK,
    SAME_TRANSMITTER,
    SURVIVAL_S,
    TAU,
    WEIGHT_MAX,
)
from picket.track.measure_kernels import alike, background, distance, expected, factor, remember, residual
from picket.track.motion_kernels import MANOEUVRE_H, advance, covariance
from picket.track.place_kernels import difference, gradient, inverse, is_place, length, near, rates, spread

_GATE = np.array(GATE)
SMALL = 16  # so few plots are tried one by one
LOG_TAU = math.log(TAU)
FARTHEST_M = 20_000.0  # no track is searched for further from its place: 4.5 sigma of 4.4 km, and one of 2 km ends
GATE_ONE = GATE[4] + 4.0  # no plot beyond it in one direction alone lies in the gate
RING_SIGMAS, RINGS_MOST, SLICES_MOST = 8.0, 1024, 1024
# what a search needs to know of all plots of a look: see `_survey`; WIDTH is a ring's or a cell's, R_AZIMUTH in turns
WEST, EAST, SOUTH, NORTH, WIDEST, TYPICAL, EARLIEST, NEAREST, FURTHEST, R_RANGE, R_AZIMUTH, WIDTH, STRIDE = range(13)
LOOKS = 13
CELL_REACHES = 4.0  # a cell is no larger than so many times the gate of the vaguest plot: plots may lie close in one corner


@piece
def _bucket(ix, iy, stride, mask):  # type: ignore[no-untyped-def]
    """Of a square cell: those of a row lie one behind the other, so that a search reads a piece of memory a row."""
    return (iy * stride + ix) & mask


@kernel
def _index(bucket, buckets):  # type: ignore[no-untyped-def]
    """Counting sort: (first (buckets + 1,), place in members (M,) by bucket (M,))."""
    first, place = np.zeros(buckets + 1, np.int64), np.empty(bucket.shape[0], np.int64)
    _count(bucket, first)
    _lay(bucket, first.copy(), place)
    return first, place


@lean
def _count(bucket, first):  # type: ignore[no-untyped-def]
    for g in range(bucket.shape[0]):
        first[bucket[g] + 1] += 1
    for b in range(first.shape[0] - 1):
        first[b + 1] += first[b]


@lean
def _lay(bucket, to, place):  # type: ignore[no-untyped-def]
    for g in range(bucket.shape[0]):
        place[to[bucket[g]]] = g
        to[bucket[g]] += 1


@lean
def _cells(plots, members, cell, stride, mask, bucket):  # type: ignore[no-untyped-def]
    """Fills bucket (M,): that of each member's square cell."""
    for g in range(members.shape[0]):
        j = members[g]
        bucket[g] = _bucket(math.floor(plots.p[j, 0] / cell), math.floor(plots.p[j, 1] / cell), stride, mask)


@lean
def _boxes(plots, members, cell, place, box):  # type: ignore[no-untyped-def]
    """Fills box (M, 5) by bucket: middle, east and north, half its side, time, and the row of cells, of each member."""
    for q in range(place.shape[0]):
        j = members[place[q]]
        box[q, 0], box[q, 1], box[q, 2], box[q, 3] = plots.p[j, 0], plots.p[j, 1], GATE_SIGMA * plots.half[j], plots.time[j]
        box[q, 4] = math.floor(plots.p[j, 1] / cell)


@piece
def _turns(azimuth):  # type: ignore[no-untyped-def]
    """An azimuth, rad, as a part of a turn from north, 0 to 1."""
    turn = azimuth / TAU
    return turn - math.floor(turn)


@lean
def _ring_cells(plots, members, nearest, width, rings, slices, bucket):  # type: ignore[no-untyped-def]
    """Fills bucket (M,): ring by ring of range, and round each by slices of azimuth."""
    for g in range(members.shape[0]):
        j = members[g]
        ring = min(max(int((plots.z[j, 0] - nearest) / width), 0), rings - 1)
        bucket[g] = ring * slices + min(int(_turns(plots.z[j, 1]) * slices), slices - 1)


@lean
def _ring_boxes(plots, members, place, box):  # type: ignore[no-untyped-def]
    """Fills box (M, 5) by bucket: range, azimuth in turns, their variances, time, of each member."""
    for q in range(place.shape[0]):
        j = members[place[q]]
        box[q, 0], box[q, 1] = plots.z[j, 0], _turns(plots.z[j, 1])
        box[q, 2], box[q, 4] = plots.sigma[j, 0] * plots.sigma[j, 0], (plots.sigma[j, 1] / TAU) ** 2
        box[q, 3] = plots.time[j]


@piece
def _in_rings(x, P, dt, noise, span, look, rotation, offset, rings, slices, start, box, found):  # type: ignore[no-untyped-def]
    """Writes into found the plots whose range and azimuth alone are within the gate of x moved dt on; returns how many.

    Each is compared with its own variance and the track's along and across the line of sight: no plot of the ellipsoid lies
    outside both. A ring's plots lie in order of azimuth, so that what is looked through is one piece of memory a ring.
    """
    c0, c1, c2 = x[0] + dt * x[3] - offset[0], x[1] + dt * x[4] - offset[1], x[2] + dt * x[5] - offset[2]
    ground2 = max(c0 * c0 + c1 * c1, 1.0)
    r2, ground = ground2 + c2 * c2, math.sqrt(ground2)
    r, square = math.sqrt(r2), dt * dt
    a00 = P[0, 0] + 2.0 * dt * P[0, 3] + square * P[3, 3] + noise
    a11 = P[1, 1] + 2.0 * dt * P[1, 4] + square * P[4, 4] + noise
    a22 = P[2, 2] + 2.0 * dt * P[2, 5] + square * P[5, 5] + noise
    a10 = P[1, 0] + dt * (P[1, 3] + P[0, 4]) + square * P[4, 3]
    a20 = P[2, 0] + dt * (P[2, 3] + P[0, 5]) + square * P[5, 3]
    a21 = P[2, 1] + dt * (P[2, 4] + P[1, 5]) + square * P[5, 4]
    along = (c0 * c0 * a00 + c1 * c1 * a11 + c2 * c2 * a22 + 2.0 * (c0 * c1 * a10 + c0 * c2 * a20 + c1 * c2 * a21)) / r2
    across = (c1 * c1 * a00 + c0 * c0 * a11 - 2.0 * c0 * c1 * a10) / (ground2 * ground2 * TAU * TAU)
    run = span * math.sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
    deep = math.sqrt(GATE_ONE * (along + look[R_RANGE])) + run
    nearest, width = look[NEAREST], look[WIDTH]
    if not (r + deep >= nearest and r - deep <= look[FURTHEST]):
        return 0
    k0 = max(int((r - deep - nearest) / width), 0)
    k1 = min(int((r + deep - nearest) / width), rings - 1)
    turn = _turns(
        math.atan2(
            rotation[0, 0] * c0 + rotation[0, 1] * c1 + rotation[0, 2] * c2,
            rotation[1, 0] * c0 + rotation[1, 1] * c1 + rotation[1, 2] * c2,
        )
    )
    drift = run / (ground * TAU)
    wide = math.sqrt(GATE_ONE * (across + look[R_AZIMUTH])) + drift
    low, high = 0, slices - 1  # the slices; from over `high` on round by north to `low` where low > high
    everywhere = not wide < 0.2 or run > 0.3 * ground
    if not everywhere:
        low, high = math.floor((turn - wide) * slices), math.floor((turn + wide) * slices)
        if high - low + 1 >= slices:
            low, high = 0, slices - 1
        elif low < 0:
            low += slices
        elif high >= slices:
            high -= slices
    hits = 0
    for k in range(k0, k1 + 1):
        for part in range(1 if low <= high else 2):
            first = start[k * slices + (low if part == 0 else 0)]
            last = start[k * slices + (high if low <= high or part == 1 else slices - 1) + 1]
            for q in range(first, last):
                off = abs(box[q, 0] - r) - run
                if off > 0.0 and off * off > GATE_ONE * (along + box[q, 2]):
                    continue
                off = abs(box[q, 1] - turn)
                off = min(off, 1.0 - off) - drift
                if off > 0.0 and off * off > GATE_ONE * (across + box[q, 4]) and not everywhere:
                    continue
                found[hits] = q
                hits += 1
    return hits


@piece
def hints(tracks, i, plots, j):  # type: ignore[no-untyped-def]
    """The factor that identity, transmitter and the sensor's own track number put on an edge."""
    f = 1.0
    if plots.ident[j] >= 0:
        held = tracks.ident[i, plots.ident_kind[j]]
        if held == plots.ident[j]:
            f *= SAME_IDENTITY
        elif held >= 0:
            f *= OTHER_IDENTITY
    if plots.transmitter[j] >= 0 and plots.transmitter[j] == tracks.transmitter[i]:
        f *= SAME_TRANSMITTER
    if plots.sensor_track[j] >= 0 and plots.sensor_track[j] == tracks.sensor_track[i]:
        f *= SAME_SENSOR_TRACK
    return f


@piece
def survive(r, survived, i, T):  # type: ignore[no-untyped-def]
    """Takes the chance that object i has left by T off r[i]."""
    if survived[i] < T:
        r[i] *= math.exp(-(T - survived[i]) / SURVIVAL_S)
        survived[i] = T


@lean
def _survey(plots, members, T, sensors, base, look):  # type: ignore[no-untyped-def]
    """Fills base (M,), -log of the density of plots that no track gives, and look (LOOKS,), what a search needs to know of all members;
    returns whether all have a range and an azimuth."""
    M = members.shape[0]
    look[WIDEST], look[EARLIEST], look[TYPICAL], look[R_RANGE], look[R_AZIMUTH], look[FURTHEST] = 0.0, T, 0.0, 0.0, 0.0, 0.0
    look[WEST] = look[SOUTH] = look[NEAREST] = math.inf
    look[STRIDE] = 0.0
    look[EAST] = look[NORTH] = -math.inf
    ringed = True
    for g in range(M):
        j = members[g]
        look[WEST], look[EAST] = min(look[WEST], plots.p[j, 0]), max(look[EAST], plots.p[j, 0])
        look[SOUTH], look[NORTH] = min(look[SOUTH], plots.p[j, 1]), max(look[NORTH], plots.p[j, 1])
        look[WIDEST], look[TYPICAL] = max(look[WIDEST], plots.half[j]), look[TYPICAL] + plots.half[j] / M
        look[EARLIEST] = min(look[EARLIEST], plots.time[j])
        if plots.kind[j] == POLAR and plots.form[j] & 3 == 3:
            look[NEAREST], look[FURTHEST] = min(look[NEAREST], plots.z[j, 0]), max(look[FURTHEST], plots.z[j, 0])
            look[R_RANGE] = max(look[R_RANGE], plots.sigma[j, 0] * plots.sigma[j, 0])
            look[R_AZIMUTH] = max(look[R_AZIMUTH], (plots.sigma[j, 1] / TAU) ** 2)
        else:
            ringed = False
        clutter, birth = background(plots, j, sensors)
        base[g] = -math.log(clutter + birth)
    return ringed


@kernel
def gate(tracks, n, plots, members, T, sensors, blocks):  # type: ignore[no-untyped-def]
    """Edges of one group of plots, track by track; tracks with a plot near them are predicted to T.

    Returns (track (E,), place in members (E,), weight (E,), number shed). T: time of the group's last plot; blocks: see `block_kernels`.
    """
    known, rings, slices, start, place, box, base = index(plots, members, T, sensors)
    none = np.int64(0)  # a literal 0 would compile the search a second time, for that value
    return search(tracks, none, n, plots, members, T, sensors, blocks, known, rings, slices, start, place, box, base)


@kernel
def index(plots, members, T, sensors):  # type: ignore[no-untyped-def]
    """What `search` needs to know of a group of plots."""
    M = members.shape[0]
    base, look, bucket, box = np.empty(M), np.empty(LOOKS), np.empty(M, np.int64), np.empty((M, 5))
    ringed = _survey(plots, members, T, sensors, base, look)
    if ringed:  # most radars' looks
        look[WIDTH] = max(RING_SIGMAS * math.sqrt(look[R_RANGE]), (look[FURTHEST] - look[NEAREST]) / min(RINGS_MOST, M), 1.0)
        rings = int((look[FURTHEST] - look[NEAREST]) / look[WIDTH]) + 1
        slices = min(max(2 * M // rings, 1), SLICES_MOST)
        _ring_cells(plots, members, look[NEAREST], look[WIDTH], rings, slices, bucket)
        start, place = _index(bucket, rings * slices)
        _ring_boxes(plots, members, place, box)
    else:
        sparse = math.sqrt((look[EAST] - look[WEST]) * (look[NORTH] - look[SOUTH]) / M)
        least = max(4.0 * look[TYPICAL], 60.0)
        look[WIDTH] = max(least, min(sparse, CELL_REACHES * GATE_SIGMA * look[WIDEST]))
        rings, slices, look[STRIDE] = 0, 32, 7.0
        while slices < 2 * M:
            slices, look[STRIDE] = slices * 2, math.floor(look[STRIDE] * 1.42)
        _cells(plots, members, look[WIDTH], int(look[STRIDE]), slices - 1, bucket)
        start, place = _index(bucket, slices)
        _boxes(plots, members, look[WIDTH], place, box)
    return look, rings, slices, start, place, box, base


@kernel
def search(tracks, begin, n, plots, members, T, sensors, blocks, look, rings, slices, start, place, box, base):  # type: ignore[no-untyped-def]
    """`gate` for the tracks from `begin` to before n: a track's edges are its own, so stretches may be searched at one time."""
    M = members.shape[0]
    room = max(64, min(2 * M, 2 * (n - begin)))
    e_track, e_plot, e_log = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
    found, work, W = np.empty(M, np.int64), np.empty((4, 6, 6)), np.empty((4, 8))
    none = np.int64(0)
    i, edges, shed = _search(
        tracks, begin, n, plots, members, T, sensors, blocks, look, rings, slices, start, place, box, base, found, work, W, e_track, e_plot,
        e_log, none, none,
    )  # fmt: skip
    while i < n:  # the edges need more room
        room *= 2
        a, b, c = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
        a[:edges], b[:edges], c[:edges] = e_track[:edges], e_plot[:edges], e_log[:edges]
        e_track, e_plot, e_log = a, b, c
        i, edges, shed = _search(
            tracks, i, n, plots, members, T, sensors, blocks, look, rings, slices, start, place, box, base, found, work, W, e_track, e_plot,
            e_log, edges, shed,
        )  # fmt: skip
    weight = np.empty(edges)
    for e in range(edges):
        weight[e] = min(math.exp(min(e_log[e], 27.0)), WEIGHT_MAX)
    return e_track[:edges], e_plot[:edges], weight, shed


@lean
def _in_cells(cx, cy, bx, by, reach, cell, stride, mask, start, box, found):  # type: ignore[no-untyped-def]
    """Writes into found the plots whose box meets that of half sides bx, by round (cx, cy); returns how many."""
    hits, M = 0, box.shape[0]
    x0, x1 = math.floor((cx - bx - reach) / cell), math.floor((cx + bx + reach) / cell)
    y0, y1 = math.floor((cy - by - reach) / cell), math.floor((cy + by + reach) / cell)
    if M <= SMALL or (x1 - x0 + 1) * (y1 - y0 + 1) > M:
        for q in range(M):
            if abs(box[q, 0] - cx) <= bx + box[q, 2] and abs(box[q, 1] - cy) <= by + box[q, 2]:
                found[hits] = q
                hits += 1
        return hits
    for ky in range(y0, y1 + 1):
        b = _bucket(x0, ky, stride, mask)
        end = b + x1 - x0
        for part in range(1 if end <= mask else 2):  # on at the first bucket, past the last
            first, last = start[b if part == 0 else 0], start[(min(end, mask) if part == 0 else end - mask - 1) + 1]
            for q in range(first, last):
                if box[q, 4] == ky and abs(box[q, 0] - cx) <= bx + box[q, 2] and abs(box[q, 1] - cy) <= by + box[q, 2]:
                    found[hits] = q
                    hits += 1
    return hits


@lean
def _far_block(i, blocks, look, rings, offset, away, earliest):  # type: ignore[no-untyped-def]
    """True when the search below would find no plot for any track of the block of slot i; away: m, as far as it looks at all."""
    vague = GATE_ONE * (most_vague(i, blocks, MANOEUVRE_H) + (look[R_RANGE] if rings > 0 else 0.0))
    if rings > 0 and all_beyond(i, blocks, offset[0], offset[1], look[FURTHEST] + math.sqrt(vague), earliest):
        return True
    if rings == 0:
        away = min(away, math.sqrt(vague) + GATE_SIGMA * look[WIDEST])
    return all_apart(i, blocks, look[WEST] - away, look[EAST] + away, look[SOUTH] - away, look[NORTH] + away, earliest)


@lean
def _search(  # type: ignore[no-untyped-def]
    tracks, begin, n, plots, members, T, sensors, blocks, look, rings, slices, start, place, box, base, found, work, W, e_track, e_plot,
    e_log, edges, shed,
):  # fmt: skip
    """Edges of the tracks from `begin` on, put after the `edges` there are; returns (where it stopped, edges, shed).

    It stops where the arrays of edges may not hold those of one track more. look: of `_survey`; rings, slices, start, place, box:
    the index (rings 0: square cells, `slices` buckets of them); found (M,), work (4, 6, 6), W (4, 8): scratch.
    """
    H, PHt, L, P = work[0], work[1], work[2], work[3]
    v, R, h, known = W[0], W[1], W[2], W[3]
    s = plots.sensor[members[0]]
    claims, rotation, offset = sensors.claims[s], sensors.rotation[s], sensors.offset[s]
    reach, cell, stride, earliest = GATE_SIGMA * look[WIDEST], look[WIDTH], int(look[STRIDE]), look[EARLIEST]
    west, east, south, north = look[WEST], look[EAST], look[SOUTH], look[NORTH]
    away, to = FARTHEST_M + reach, begin
    while to < n:
        i = to
        if begins_block(i, blocks) and _far_block(i, blocks, look, rings, offset, away, earliest):
            to += BLOCK
            continue
        to += 1
        if edges + EDGES_PER_TRACK > e_log.shape[0]:
            return i, edges, shed
        # -- first what needs one line of memory a track: before many sensors most tracks are far from each
        x, dt, span = tracks.x[i], max(T - tracks.time[i], 0.0), max(T, tracks.time[i]) - earliest
        cx, cy = x[0] + dt * x[3], x[1] + dt * x[4]
        away_x, away_y = FARTHEST_M + reach + span * abs(x[3]), FARTHEST_M + reach + span * abs(x[4])
        if cx + away_x < west or cx - away_x > east or cy + away_y < south or cy - away_y > north:
            continue
        if tracks.status[i] >= ENDED or T - tracks.updated[i] > tracks.timeout[i]:
            continue
        noise = MANOEUVRE_H * dt * dt * dt / 3.0
        covariance(tracks.xm[i], tracks.Pm[i], tracks.mu[i], P)
        if rings > 0:
            hits = _in_rings(x, P, dt, noise, span, look, rotation, offset, rings, slices, start, box, found)
        else:
            bx = GATE_SIGMA * math.sqrt(P[0, 0] + 2 * dt * P[0, 3] + dt * dt * P[3, 3] + noise) + span * abs(x[3])
            by = GATE_SIGMA * math.sqrt(P[1, 1] + 2 * dt * P[1, 4] + dt * dt * P[4, 4] + noise) + span * abs(x[4])
            if cx + bx + reach < west or cx - bx - reach > east or cy + by + reach < south or cy - by - reach > north:
                continue  # far from all of this look
            hits = _in_cells(cx, cy, bx, by, reach, cell, stride, slices - 1, start, box, found)
        if hits == 0:
            continue
        if dt > 0.0:
            advance(tracks.xm[i], tracks.Pm[i], tracks.mu[i], x, dt)
            covariance(tracks.xm[i], tracks.Pm[i], tracks.mu[i], P)
            tracks.time[i] = T
        survive(tracks.r, tracks.survived, i, T)
        known[0], log_det, m = -1.0, 0.0, 0
        i00 = i10 = i20 = i11 = i21 = i22 = d0 = d1 = d2 = 0.0
        prior = 0.0
        first = edges
        for hit in range(hits):
            q = found[hit]
            lag = tracks.time[i] - box[q, 3]
            g = place[q]
            j = members[g]
            place_alone = is_place(plots.form[j])
            if place_alone:
                same = near(plots.form[j], lag, plots.sigma[j], known)
            else:
                same = alike(plots.form[j], lag, plots.sigma[j], known)
            if not same:
                if place_alone:
                    m = 3
                    gradient(x, lag, plots.form[j], plots.sigma[j], rotation, offset, H, h, R)
                    d0, d1, d2 = rates(H, x)
                    s00, s10, s20, s11, s21, s22 = spread(P, H, R, lag, PHt)
                    i00, i10, i20, i11, i21, i22, log_det = inverse(s00, s10, s20, s11, s21, s22)
                else:
                    m = expected(x, lag, plots.form[j], plots.sigma[j], rotation, offset, H, h, R)
                    log_det = factor(P, H, R, m, plots.form[j], lag, PHt, L)
                remember(plots.form[j], lag, plots.sigma[j], known)
            if place_alone:
                v0, v1, v2 = difference(plots.form[j], plots.z[j], h, lag - known[1], d0, d1, d2)
                dist = length(v0, v1, v2, i00, i10, i20, i11, i21, i22)
            else:
                residual(plots.form[j], plots.z[j], h, v)
                dist = distance(L, v, m, _GATE[m])
            if not dist <= _GATE[m]:
                continue
            if edges == first:  # its first: many have none
                r, (pd, _) = tracks.r[i], detects(x, s, sensors)
                miss = 1.0 if claims == 1 or sensors.listens[s] == 1 else 1.0 - r * pd
                prior = math.log(r * pd / miss)
            log_w = -0.5 * (dist + log_det + m * LOG_TAU) + base[g] + prior
            if plots.ident[j] >= 0 or plots.transmitter[j] >= 0 or plots.sensor_track[j] >= 0:
                log_w += math.log(hints(tracks, i, plots, j))
            at = edges
            if edges - first == EDGES_PER_TRACK:
                shed += 1
                at = first
                for e in range(first, edges):
                    if e_log[e] < e_log[at]:
                        at = e
                if e_log[at] >= log_w:
                    continue
            else:
                edges += 1
            e_track[at], e_plot[at], e_log[at] = i, g, log_w
    return n, edges, shed
