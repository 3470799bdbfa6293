"""What a look does to the tracks it touched: state and existence by moment matching, and the bookkeeping of evidence.

Posterior of a Bernoulli track over its hypotheses (no plot, plot j with probability p_j), collapsed to one Gaussian:
    x = x0 + sum p_j K_j v_j,   P = P0 - sum p_j K_j S_j K_j' + sum p_j d_j d_j' - d d'   (the PDA form, p_j from propagate)
    r = sum p_j + p_0 r (1 - pD) / (1 - r pD)
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel, lean, piece
from picket.track.conditions_kernels import detects, looked
from picket.track.habit_kernels import note
from picket.track.lane_kernels import (
    LAG,
    LANES,
    NEGLIGIBLE,
    SIZE,
    SOUND,
    TRACKS,
    aim,
    begin_plots,
    check,
    fits,
    gain,
    invert,
    load,
    margin,
    pass_plot,
    put_plot,
    store,
    take,
)
from picket.track.layout_kernels import (
    ADOPT_WEIGHT,
    CLAIM_FRESH_S,
    DEAD,
    EDGES_PER_TRACK,
    EXISTENCE_MAX,
    FOREIGN_CORRELATION_S,
    FROZEN,
    FROZEN_M,
    FROZEN_MPS,
    FROZEN_S,
    MISS_UNDO_PERIODS,
    POLAR,
    RADAR_FRESH_S,
    SPOOF,
    TWO_PLACES,
    UNCONFIRMED,
)
from picket.track.measure_kernels import alike, distance, expected, factor, remember, residual
from picket.track.motion_kernels import MANOEUVRE, MANOEUVRE_LEAST, covariance_at, match, pack, unpack
from picket.track.place_kernels import is_place, near
from picket.track.register_kernels import PAIR_WEIGHT, compare

WORD, WORD_FADES = (
    0.75,
    0.85,
)  # log-likelihood of what a sensor calls a plot, and what is left of it one word later: 5 at most, as
# words of one sensor on one object are wrong together. A radar that is right eight times in nine would be worth 2.1 a word
SEEN = 4
# what `book` needs of a track that `move` has moved: sum of p, and where it was before; the variance of its speed along an axis
SOME, PD, SECTOR, BLUR = range(SEEN)
NEAR, NEXT, HAND = range(3)  # of each track of a block: a plot that all of its are near, its next edge, the plot at hand
NOT_NEAR = -1  # in place of a plot: the track goes by itself
SETTLED_UPDATES = 4  # a velocity means something from so many plots on


@lean
def sound(P, L):  # type: ignore[no-untyped-def]
    """True when P (6, 6) is symmetric positive definite; otherwise P becomes its own diagonal, made positive. L (6, 6): scratch.

    By the squares of Cholesky's pivots, which take one division a column and no root: P = L D L', row c of L holding what column c
    of L D has under its diagonal.
    """
    good = True
    for a in range(6):
        for b in range(a, 6):
            L[a, b] = P[b, a]
    for c in range(6):
        good = good and L[c, c] > 1e-9
        share = 1.0 / max(L[c, c], 1e-9)
        for a in range(c + 1, 6):
            part = L[c, a] * share
            for b in range(a, 6):
                L[a, b] -= part * L[c, b]
    if good:
        return True
    for a in range(6):
        for b in range(6):
            if a != b:
                P[a, b] = 0.0
            elif not P[a, a] > 1e-3:
                P[a, a] = 1e-3
    return False


@lean
def sound_half(L, work):  # type: ignore[no-untyped-def]
    """`sound` for the lower half L (21,) of a covariance; work (2, 6, 6): scratch.

    What does not pass by `lane_kernels.margin` is looked at as `sound` does.
    """
    if margin(L) > 0.0:
        return
    P = work[0]
    unpack(L, P)
    sound(P, work[1])
    pack(P, L)


@lean
def _apply(PHt, L, m, total, mean_v, C, mean, spread, K):  # type: ignore[no-untyped-def]
    """Adds to mean (6,) and spread (6, 6) what plots with one S bring: total = sum p, mean_v = sum p v, C = sum p v v'.

    K = P H' S^-1 by two triangular solves; spread += K (C - total S) K', lower half.
    """
    for a in range(6):
        for k in range(m):
            value = PHt[a, k]
            for c in range(k):
                value -= L[k, c] * K[a, c]
            K[a, k] = value / L[k, k]
        for k in range(m - 1, -1, -1):
            value = K[a, k]
            for c in range(k + 1, m):
                value -= L[c, k] * K[a, c]
            K[a, k] = value / L[k, k]
            mean[a] += K[a, k] * mean_v[k]
    for k in range(m):  # C becomes C - total S = C - total L L'
        for q in range(k + 1):
            for c in range(q + 1):
                C[k, q] -= total * L[k, c] * L[q, c]
            C[q, k] = C[k, q]
    for a in range(6):
        for k in range(m):
            value = 0.0
            for q in range(m):
                value += K[a, q] * C[q, k]
            PHt[a, k] = value
        for b in range(a + 1):
            for k in range(m):
                spread[a, b] += PHt[a, k] * K[b, k]


@piece
def all_near(time, e0, e1, e_plot, p, members, form, sigma, when, foreign, known):  # type: ignore[no-untyped-def]
    """Index of the first plot that moves something when all that do are its like and measure the place alone; else NOT_NEAR."""
    first = -1
    for e in range(e0, e1):
        if p[e] < NEGLIGIBLE:
            continue
        j = members[e_plot[e]]
        if first < 0:
            if foreign[j] == 1 or not is_place(form[j]):
                break
            remember(form[j], time - when[j], sigma[j], known)
            first = j
        elif foreign[j] == 1 or not near(form[j], time - when[j], sigma[j], known):
            first = -1
            break
    return first


@lean
def _state(x, P, time, foreign_time, e0, e1, e_plot, p, members, form, z, sigma, when, foreign, rotation, offset, work, W, fit):  # type: ignore[no-untyped-def]
    """Moves x and P of one model of a track, which stand at `time`, by its edges e0..e1-1; fit (edges,) gets their N(v; 0, S).

    For whatever mixture of plots; where they are all near one another and measure the place alone, `lane_kernels` are quicker.
    Edges that share H and S are taken together.

    form, z, sigma, when, foreign: of all plots; rotation, offset: of the look's sensor. One by one, as for `expected`, and with
    scratch arrays from outside: a call per track that passes NamedTuples and makes its own cost half of the update.
    """
    H, PHt, L, spread, C, K = work[0], work[1], work[2], work[3], work[4], work[5]
    v, R, h, mean, mean_v, known = W[0], W[1], W[2], W[3], W[4], W[5]
    mean[:], spread[:, :] = 0.0, 0.0
    known[0], m, total, log_det = -1.0, 0, 0.0, 0.0
    for e in range(e0, e1):
        if p[e] < NEGLIGIBLE:
            continue
        j = members[e_plot[e]]
        lag = time - when[j]
        if foreign[j] == 1 or not alike(form[j], lag, sigma[j], known):
            if total > 0.0:
                _apply(PHt, L, m, total, mean_v, C, mean, spread, K)
            total = 0.0
            mean_v[:], C[:, :] = 0.0, 0.0
            m = expected(x, lag, form[j], sigma[j], rotation, offset, H, h, R)
            if foreign[j] == 1:  # estimates that follow quickly repeat one another: they share one plot's information
                for k in range(m):
                    R[k] *= max(1.0, FOREIGN_CORRELATION_S / max(when[j] - foreign_time, 0.1))
            log_det = factor(P, H, R, m, form[j], lag, PHt, L)
            remember(form[j], lag, sigma[j], known)
        residual(form[j], z[j], h, v)
        total += p[e]
        for k in range(m):
            mean_v[k] += p[e] * v[k]
            for q in range(k + 1):
                C[k, q] += p[e] * v[k] * v[q]
        fit[e - e0] = math.exp(-0.5 * min(distance(L, v, m, 1e3) + log_det, 1e3))
    if total > 0.0:
        _apply(PHt, L, m, total, mean_v, C, mean, spread, K)
    for a in range(6):
        x[a] += mean[a]
        for b in range(a + 1):
            P[a, b] += spread[a, b] - mean[a] * mean[b]
            P[b, a] = P[a, b]
    sound(P, L)


@lean
def _weigh(mu, p, e0, e1, none, steady, turning):  # type: ignore[no-untyped-def]
    """Model probabilities mu (2,) after the look: times none + sum p_j N_k(v_j) / N(v_j), N the mean over the models.

    steady, turning (edges,): N_k of the edges e0..e1-1.
    """
    like0 = like1 = none
    for e in range(e0, e1):
        if p[e] < NEGLIGIBLE:
            continue
        mean = mu[0] * steady[e - e0] + mu[1] * turning[e - e0]
        if mean > 0.0:
            like0 += p[e] * steady[e - e0] / mean
            like1 += p[e] * turning[e - e0] / mean
    total = mu[0] * like0 + mu[1] * like1
    if total > 0.0:
        mu[0] = min(max(mu[0] * like0 / total, 1e-6), 1.0 - MANOEUVRE_LEAST)
        mu[1] = 1.0 - mu[0]


@piece
def _identity(tracks, i, plots, j, owner):  # type: ignore[no-untyped-def]
    """Track i takes over what plot j says of itself. An identity heard elsewhere a moment ago contradicts it."""
    code, t = plots.ident[j], plots.time[j]
    if plots.transmitter[j] >= 0:
        tracks.transmitter[i] = plots.transmitter[j]
    if plots.sensor_track[j] >= 0:
        tracks.sensor_track[i] = plots.sensor_track[j]
    if code < 0:
        return
    kind = plots.ident_kind[j]
    if tracks.ident[i, kind] >= 0 and tracks.ident[i, kind] != code:
        return
    other = owner[code]
    if other >= 0 and other != i and tracks.status[other] < DEAD and tracks.ident[other, kind] == code:
        if tracks.flags[i] & SPOOF and tracks.ident[i, kind] == code:
            pass  # the second of two tracks under one name: the first stays its owner
        elif t - tracks.claim_time[other] < CLAIM_FRESH_S:
            tracks.flags[i] |= SPOOF | TWO_PLACES
            tracks.flags[other] |= SPOOF | TWO_PLACES
            tracks.spoof_time[i] = tracks.spoof_time[other] = t
        else:
            tracks.ident[other, kind] = -1  # it was taken for that one by mistake, or has left it
            owner[code] = i
    else:
        owner[code] = i
    tracks.ident[i, kind] = code


@piece
def _frozen(tracks, i, plots, j, period):  # type: ignore[no-untyped-def]
    """Flags track i when it says that it moves and that it stays where it is, FROZEN_S long and over three reports at least.

    period: of its reports, s. Two in a row of a ship come 10 s apart, and are alike by chance now and then.
    """
    t, here = plots.time[j], tracks.claimed[i]
    if not math.hypot(plots.z[j, 0] - here[0], plots.z[j, 1] - here[1]) < FROZEN_M:
        here[0], here[1], here[2] = plots.z[j, 0], plots.z[j, 1], t
    elif t - here[2] >= max(FROZEN_S, 1.5 * period) and math.hypot(plots.z[j, 3], plots.z[j, 4]) >= FROZEN_MPS:
        tracks.flags[i] |= SPOOF | FROZEN
        tracks.spoof_time[i] = t


@piece
def heard(tracks, i, plots, j, sensors):  # type: ignore[no-untyped-def]
    """Books plot j as one that track i gave."""
    s, t = plots.sensor[j], plots.time[j]
    tracks.updated[i] = max(tracks.updated[i], t)
    if plots.foreign[j] == 0 or t - tracks.foreign_time[i] >= FOREIGN_CORRELATION_S:
        tracks.updates[i] += 1
        if plots.foreign[j] == 1:
            tracks.foreign_time[i] = t
    tracks.sensors[i] |= 1 << min(s, 62)
    tracks.period[i] = min(tracks.period[i], sensors.period[s])
    tracks.timeout[i] = max(tracks.timeout[i], sensors.timeout[s])
    tracks.origin[i] = plots.origin[j]
    if sensors.claims[s] == 1:
        tracks.claim_time[i] = max(tracks.claim_time[i], t)
        if plots.ident[j] >= 0:
            tracks.claims[i] += 1
            _frozen(tracks, i, plots, j, sensors.period[s])
    elif plots.foreign[j] == 0 and (plots.kind[j] != POLAR or plots.form[j] & 1):  # a bearing says nothing of the distance
        tracks.radar_time[i] = max(tracks.radar_time[i], t)
        tracks.radar_updates[i] += 1
        tracks.looks[i] = 0
        tracks.disbelief[i] = 0.0
        tracks.flags[i] &= ~UNCONFIRMED
    if plots.said[j] >= 0:  # a sensor's word counts, and counts for less each time
        for c in range(4):
            tracks.score[i, c] *= WORD_FADES
        tracks.score[i, plots.said[j]] += WORD


@piece
def _look_over(tracks, i, s, t, some, pd, sector, sensors):  # type: ignore[no-untyped-def]
    """Sensor s looked at track i at t and saw it with probability `some`; a miss booked for this very look is taken back on a hit."""
    period, looks = sensors.period[s], some + (1.0 - some) * tracks.r[i]
    if some >= 0.5 and tracks.missed[i, s] == 1 and abs(t - tracks.look[i, s]) < MISS_UNDO_PERIODS * period:
        r = min(tracks.r[i], EXISTENCE_MAX)
        odds = r / (1.0 - r) / (1.0 - pd)
        tracks.r[i] = odds / (1.0 + odds)
        looks = 0.0  # it is in the estimate already
    looked(tracks, i, s, sector, some, looks, sensors)
    tracks.look[i, s] = max(tracks.look[i, s], t)
    tracks.missed[i, s] = 0


@kernel
def update(tracks, e_track, e_plot, p, plots, members, sensors, owner, pairs):  # type: ignore[no-untyped-def]
    """Every track with an edge: existence, state, bookkeeping. Fills plots.track and plots.weight of the members."""
    starts = edges_of(e_track)
    none, seen = np.int64(0), np.empty((starts.shape[0] - 1, SEEN))  # a literal 0 would compile what takes it a second time
    move(tracks, none, starts.shape[0] - 1, starts, e_track, e_plot, p, plots, members, sensors, seen)
    book(tracks, starts, seen, e_track, e_plot, p, plots, members, sensors, owner, pairs)


@kernel
def edges_of(e_track):  # type: ignore[no-untyped-def]
    """(R + 1,) where the edges of each of the R tracks begin, and their number."""
    starts, R = np.empty(e_track.shape[0] + 1, np.int64), 0
    for e in range(e_track.shape[0]):
        if e == 0 or e_track[e] != e_track[e - 1]:
            starts[R] = e
            R += 1
    starts[R] = e_track.shape[0]
    return starts[: R + 1].copy()


@kernel
def move(tracks, begin, end, starts, e_track, e_plot, p, plots, members, sensors, seen):  # type: ignore[no-untyped-def]
    """The state of the tracks of the rows from `begin`, a multiple of TRACKS, to before `end`: what happens to each is its own.

    Their rows of seen (R, SEEN) get what `book` needs.
    """
    work, V, scratch = np.empty((7, 6, 6)), np.empty((6, 8)), np.empty((3, TRACKS), np.int64)
    W, fit = np.zeros(SIZE), np.empty((LANES, EDGES_PER_TRACK))
    form = _place_form(plots, members)
    _move(tracks, begin, end, starts, e_track, e_plot, p, plots, members, sensors, form, seen, scratch, W, fit, V, work)


@lean
def _place_form(plots, members):  # type: ignore[no-untyped-def]
    """The form of the first of the members that measures its place and nothing else: a sensor's plots hardly differ. -1: none does."""
    for g in range(members.shape[0]):
        if is_place(plots.form[members[g]]):
            return plots.form[members[g]]
    return -1


@lean
def _move(  # type: ignore[no-untyped-def]
    tracks, begin, end, starts, e_track, e_plot, p, plots, members, sensors, form, seen, scratch, W, fit, V, work
):  # fmt: skip
    """`move` with its scratch: scratch (3, TRACKS), W, fit (LANES, edges), V (6, 8), work (7, 6, 6)."""
    for first in range(begin, end, TRACKS):
        _block(
            tracks, first, min(first + TRACKS, end), starts, e_track, e_plot, p, plots, members, sensors, form, seen, scratch, W,
            fit, V, work,
        )  # fmt: skip


@piece
def _block(  # type: ignore[no-untyped-def]
    tracks, begin, end, starts, e_track, e_plot, p, plots, members, sensors, form, seen, scratch, W, fit, V, work
):  # fmt: skip
    """`move` for TRACKS rows at most. Those whose plots are near one another and of `form` go side by side, the others one by one."""
    s = plots.sensor[members[0]]
    if _lay(tracks, begin, end, starts, e_track, e_plot, p, plots, members, sensors, s, form, seen, scratch, W, V):
        aim(W, form, sensors.rotation[s], sensors.offset[s])
        invert(W)
        _take_all(tracks, begin, end, starts, e_track, e_plot, p, plots, members, form, scratch, W, fit)
        gain(W)
        check(W)
    _put_back(tracks, begin, end, starts, e_track, e_plot, p, plots, members, sensors, s, seen, scratch, W, fit, V, work)


@piece
def _lay(  # type: ignore[no-untyped-def]
    tracks, begin, end, starts, e_track, e_plot, p, plots, members, sensors, s, form, seen, scratch, W, V
):  # fmt: skip
    """Puts the block's tracks into their lanes, those that go side by side; False when none does."""
    beside = False
    for row in range(begin, end):
        q, e0, e1 = row - begin, starts[row], starts[row + 1]
        i, some = e_track[e0], 0.0
        for e in range(e0, e1):
            some += p[e]
        pd, sector = detects(tracks.x[i], s, sensors)
        seen[row, SOME], seen[row, PD], seen[row, SECTOR] = min(some, 1.0), pd, sector
        j = all_near(tracks.time[i], e0, e1, e_plot, p, members, plots.form, plots.sigma, plots.time, plots.foreign, V[5])
        scratch[NEXT, q], scratch[NEAR, q] = e0, NOT_NEAR
        if j >= 0 and plots.form[j] == form:
            beside, scratch[NEAR, q] = True, j
            for k in range(2):
                load(W, k * TRACKS + q, tracks.xm[i, k], tracks.Pm[i, k], tracks.time[i] - plots.time[j], plots.sigma[j])
    return beside


@piece
def _take_all(tracks, begin, end, starts, e_track, e_plot, p, plots, members, form, scratch, W, fit):  # type: ignore[no-untyped-def]
    """All plots of the block's tracks into their sums; fit (LANES, edges) gets what each is worth to each model."""
    begin_plots(W)
    more = True
    while more:
        more = False
        for row in range(begin, end):
            q, e = row - begin, scratch[NEXT, row - begin]
            while e < starts[row + 1] and p[e] < NEGLIGIBLE:
                e += 1
            scratch[NEXT, q], scratch[HAND, q] = e + 1, -1
            if scratch[NEAR, q] < 0 or e >= starts[row + 1]:
                pass_plot(W, q)
                continue
            j = members[e_plot[e]]
            put_plot(W, q, p[e], plots.z[j], tracks.time[e_track[e]] - plots.time[j] - W[LAG + q])
            more, scratch[HAND, q] = True, e - starts[row]
        if more:
            take(W, form)
        for q in range(end - begin):
            if scratch[HAND, q] >= 0:
                fit[q, scratch[HAND, q]], fit[TRACKS + q, scratch[HAND, q]] = fits(W, q), fits(W, TRACKS + q)


@piece
def _put_back(  # type: ignore[no-untyped-def]
    tracks, begin, end, starts, e_track, e_plot, p, plots, members, sensors, s, seen, scratch, W, fit, V, work
):  # fmt: skip
    """Both models of the block's tracks, from their lanes or one by one, their probabilities and their match."""
    for row in range(begin, end):
        q, e0, e1 = row - begin, starts[row], starts[row + 1]
        i = e_track[e0]
        for k in range(2):
            lane, L = k * TRACKS + q, tracks.Pm[i, k]
            if scratch[NEAR, q] == NOT_NEAR:
                P = work[6]
                unpack(L, P)
                _state(
                    tracks.xm[i, k], P, tracks.time[i], tracks.foreign_time[i], e0, e1, e_plot, p, members, plots.form,
                    plots.z, plots.sigma, plots.time, plots.foreign, sensors.rotation[s], sensors.offset[s], work, V, fit[lane],
                )  # fmt: skip
                pack(P, L)
            else:
                store(W, lane, tracks.xm[i, k], L)
                if not W[SOUND + lane] > 0.0:
                    sound_half(L, work)
        _weigh(tracks.mu[i], p, e0, e1, 1.0 - seen[row, SOME], fit[q], fit[TRACKS + q])
        match(tracks.xm[i], tracks.mu[i], tracks.x[i])
        seen[row, BLUR] = 0.5 * (covariance_at(tracks, i, 3, 3) + covariance_at(tracks, i, 4, 4))


@kernel
def book(tracks, starts, seen, e_track, e_plot, p, plots, members, sensors, owner, pairs):  # type: ignore[no-untyped-def]
    """What `move` leaves: existence, and who was seen when by whom; one track after another, as they share plots and names."""
    _book(tracks, starts, seen, e_track, e_plot, p, plots, members, sensors, owner, pairs, np.empty((8, 6)))


@lean
def _book(tracks, starts, seen, e_track, e_plot, p, plots, members, sensors, owner, pairs, other):  # type: ignore[no-untyped-def]
    """`book`; other (8, 6): scratch."""
    for row in range(starts.shape[0] - 1):
        e, end = starts[row], starts[row + 1]
        i, best = e_track[e], e
        for k in range(e, end):
            if p[k] > p[best]:
                best = k
        some, pd, sector = seen[row, SOME], seen[row, PD], int(seen[row, SECTOR])
        j = members[e_plot[best]]
        s = plots.sensor[j]
        none = 1.0 - some
        r = tracks.r[i]
        silent = sensors.claims[s] == 1 or sensors.listens[s] == 1
        after_miss = r if silent else r * (1.0 - pd) / (1.0 - r * pd)
        repeated = plots.foreign[j] == 1 and plots.time[j] - tracks.foreign_time[i] < FOREIGN_CORRELATION_S
        if not repeated:
            tracks.r[i] = min(some + none * after_miss, EXISTENCE_MAX)
        if some >= 0.5:
            heard(tracks, i, plots, j, sensors)
            if tracks.updates[i] >= SETTLED_UPDATES:
                note(tracks.habit[i], tracks.x[i], seen[row, BLUR], tracks.mu[i, MANOEUVRE], tracks.time[i])
        seen_by = tracks.sensors[i]
        if p[best] >= PAIR_WEIGHT and seen_by & (seen_by - 1):  # two sensors at least
            compare(tracks, i, plots, j, sensors, pairs, other)
        if p[best] >= ADOPT_WEIGHT and (plots.ident[j] >= 0 or plots.transmitter[j] >= 0 or plots.sensor_track[j] >= 0):
            _identity(tracks, i, plots, j, owner)
        if sensors.claims[s] == 0:
            _look_over(tracks, i, s, plots.time[j], some, pd, sector, sensors)
        for k in range(e, end):
            q = members[e_plot[k]]
            if p[k] > plots.weight[q]:
                plots.weight[q], plots.track[q] = p[k], tracks.id[i]


@piece
def held_by_radar(tracks, i, t):  # type: ignore[no-untyped-def]
    """True when a sensor's own measurement, not the object's word, says where track i is."""
    return tracks.radar_updates[i] > 0 and t - tracks.radar_time[i] < RADAR_FRESH_S
