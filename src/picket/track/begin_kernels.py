"""Plots that no track explains: a known identity at an unexpected place, or a new track.

- The identity is on a track and could have got here: the track is set anew at this place, with the velocity between the two.
- A radar has held that track for a few plots only, and it is a ship's name: it was a passing bird. The name leaves it, and begins its own.
  So it does where the ship has gone beyond every radar's reach, and she and the track came apart no faster than two things part that
  move as they do: it went over to another ship or to a bird that she met at the edge of the reach. Who jumps, or moves as she says and
  is elsewhere, lies.
- Two ships have passed close by, each now reports from where the other's track is: their names change places.
- A radar holds that track and the claim is only imprecise: the claim counts as heard, and moves nothing.
- It cannot have got here, or the radar says otherwise: a second track under the same name, both spoof_suspected.
- Anything else begins a Bernoulli track with r = P(no track gave it) * birth / (birth + clutter).
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel, lean, piece
from picket.track.habit_kernels import forget
from picket.track.layout_kernels import (
    BIRTH_MIN_FREE,
    CLAIM_FRESH_S,
    DEAD,
    EARTH_M,
    ENDED,
    FAR_SPEED_SIGMA_H,
    FAR_SPEED_SIGMA_V,
    HOLD_M,
    HOLD_S,
    ICAO,
    IMPOSSIBLE_SPEED,
    MMSI,
    NEVER,
    POLAR,
    REASONS,
    SENSOR_DISAGREES,
    SLOW_SIGMA_H,
    SPEED_SIGMA_H,
    SPEED_SIGMA_V,
    SPOOF,
    TENTATIVE,
    TWO_PLACES,
)
from picket.track.measure_kernels import background, factor, innovation
from picket.track.motion_kernels import covariance_at, slow, split
from picket.track.update_kernels import heard, held_by_radar, sound

UNKNOWN_HEIGHT_SIGMA_M = 300.0
YOUNG_HOLD = 20  # a radar's plots so few may be a bird's that the ship's track took between two of her reports
OTHER_MOTION = 1.5  # sigmas: at the edge of its reach a radar knows the motion across its line of sight to some m/s only
PARTING_MPS = 25.0  # a ship and a bird that fly apart
SAID_FRESH_S = 60.0  # where a ship was by her last report, when that is no older
SHIP_MOTION_MPS = 1.0  # 1 sigma of the speed and course over ground that AIS reports: exact, but a ship turns between two reports
HEIGHT_SCALE_M, FAR_HEIGHT_SCALE_M = 300.0, 5000.0  # m; most small drones fly under 120 m, aircraft anywhere to 12 km
FASTEST_DRONE_MPS, FASTEST_AIRCRAFT_MPS, FASTEST_VESSEL_MPS = 100.0, 400.0, 50.0


@lean
def _fastest(kind):  # type: ignore[no-untyped-def]
    if kind == ICAO:
        return FASTEST_AIRCRAFT_MPS
    return FASTEST_VESSEL_MPS if kind == MMSI else FASTEST_DRONE_MPS


@lean
def _above_ground(x, P, floor, scale, column):  # type: ignore[no-untyped-def]
    """Takes into x, P that heights over `floor` (m in the site's frame) are spread as exp(-height / scale), and none lie under it.

    N(z, s2) times that is N(z - s2/scale, s2) cut off at the floor; its first two moments take the place of z and s2
    (truncated normal: Johnson, Kotz, Balakrishnan 1994, 13.10). Far out an elevation alone says little about the height.
    The speed does not hang together with the place yet, and stays.
    column (3,): scratch.
    """
    var = P[2, 2]
    s = math.sqrt(var)
    low = floor - (x[0] * x[0] + x[1] * x[1]) / (2.0 * EARTH_M)  # the ground falls away under the site's plane
    mean = x[2] - var / scale
    a = (low - mean) / s
    if not -30.0 < a < 5.0:
        return  # far above the ground, or so far under it that the height is not to be believed at all
    ratio = math.exp(-0.5 * a * a) / math.sqrt(0.5 * math.pi) / math.erfc(a / math.sqrt(2.0))
    mean += s * ratio
    less = (1.0 - max(1.0 + a * ratio - ratio * ratio, 0.05)) / var
    move = (mean - x[2]) / var
    for k in range(3):
        column[k] = P[k, 2]
    for k in range(3):
        x[k] += column[k] * move
        for h in range(3):
            P[k, h] -= column[k] * column[h] * less


@piece
def place(x, P, plots, j, sensors, work):  # type: ignore[no-untyped-def]
    """x and P from plot j alone: its place, and a velocity prior sharpened by range rate or reported velocity. work (4, 6, 6): scratch."""
    s = plots.sensor[j]
    far = sensors.far[s] == 1
    x[:], P[:, :] = 0.0, 0.0
    for k in range(3):
        x[k] = plots.p[j, k]
        sigma_h, sigma_v = (FAR_SPEED_SIGMA_H, FAR_SPEED_SIGMA_V) if far else (SPEED_SIGMA_H, SPEED_SIGMA_V)
        P[3 + k, 3 + k] = sigma_v * sigma_v if k == 2 else sigma_h * sigma_h
    H, PHt, L = work[0], work[1], work[2]
    v, R, y, h_x, column = work[3, 0], work[3, 1], work[3, 2], work[3, 3], work[3, 4]
    first = m = 0
    if plots.kind[j] == POLAR:
        r, az = plots.z[j, 0], plots.z[j, 1]
        el = plots.z[j, 4] if math.isnan(plots.z[j, 2]) else plots.z[j, 2]
        se, ce, sa, ca = math.sin(el), math.cos(el), math.sin(az), math.cos(az)
        axes = ((ce * sa, ce * ca, se), (ca, -sa, 0.0), (-se * sa, -se * ca, ce))
        sizes = (plots.sigma[j, 0], r * ce * plots.sigma[j, 1], r * plots.sigma[j, 2])
        rotation = sensors.rotation[s]
        for q in range(3):
            a, b, c = axes[q]
            for k in range(3):
                y[k] = rotation[0, k] * a + rotation[1, k] * b + rotation[2, k] * c
            for k in range(3):
                for h in range(3):
                    P[k, h] += y[k] * y[h] * sizes[q] * sizes[q]
        if not math.isnan(plots.z[j, 2]):
            _above_ground(x, P, sensors.floor[s], FAR_HEIGHT_SCALE_M if far else HEIGHT_SCALE_M, column)
        if not math.isnan(plots.z[j, 3]):  # the range rate, as an update of the velocity prior
            m = innovation(
                x, 0.0, plots.kind[j], plots.z[j], plots.sigma[j], sensors.rotation[s], sensors.offset[s], H, h_x, v, R
            )
            first = m - 1
    else:
        for k in range(2):
            P[k, k] = plots.sigma[j, k] * plots.sigma[j, k]
        sigma = UNKNOWN_HEIGHT_SIGMA_M if math.isnan(plots.z[j, 2]) else plots.sigma[j, 2]
        P[2, 2] = sigma * sigma
        m = innovation(x, 0.0, plots.kind[j], plots.z[j], plots.sigma[j], sensors.rotation[s], sensors.offset[s], H, h_x, v, R)
        first = 2 if math.isnan(plots.z[j, 2]) else 3
    for q in range(first, m):
        v[0], R[0] = v[q], R[q]
        for k in range(6):
            H[0, k] = H[q, k]
        factor(P, H, R, 1, 8, 0.0, PHt, L)
        S = L[0, 0] * L[0, 0]
        for a in range(6):
            x[a] += PHt[a, 0] * v[0] / S
            for b in range(6):
                P[a, b] -= PHt[a, 0] * PHt[b, 0] / S
        if q + 1 < m:  # the state has moved: the rest of the rows anew
            innovation(x, 0.0, plots.kind[j], plots.z[j], plots.sigma[j], sensors.rotation[s], sensors.offset[s], H, h_x, v, R)
    if m > first:
        for a in range(6):
            for b in range(a):
                P[a, b] = P[b, a] = 0.5 * (P[a, b] + P[b, a])
    sound(P, L)


@kernel
def _beyond_reach(p, sensors):  # type: ignore[no-untyped-def]
    """True when no sensor that measures by itself, from a place that is known, reaches as far as p (3,), m in the site's frame."""
    for s in range(sensors.claims.shape[0]):
        if sensors.claims[s] == 1 or sensors.listens[s] == 1 or sensors.placed[s] == 0:
            continue
        if not math.hypot(p[0] - sensors.offset[s, 0], p[1] - sensors.offset[s, 1]) > sensors.range_max[s]:
            return False
    return True


@kernel
def _moves_otherwise(tracks, i, plots, j):  # type: ignore[no-untyped-def]
    """True when the motion over ground that a ship reports in plot j is not that of track i."""
    told = SHIP_MOTION_MPS * SHIP_MOTION_MPS
    east, north = plots.z[j, 3] - tracks.x[i, 3], plots.z[j, 4] - tracks.x[i, 4]
    a, c = covariance_at(tracks, i, 3, 3) + told, covariance_at(tracks, i, 4, 4) + told  # the difference's covariance
    b = covariance_at(tracks, i, 4, 3)
    squared = (c * east * east - 2.0 * b * east * north + a * north * north) / (a * c - b * b)
    return squared > OTHER_MOTION * OTHER_MOTION


@piece
def _blur(tracks, i, plots, j):  # type: ignore[no-untyped-def]
    """m, 4 sigma of how far plot j and track i lie apart along an axis."""
    variance = 0.5 * (covariance_at(tracks, i, 0, 0) + covariance_at(tracks, i, 1, 1))
    return 4.0 * math.sqrt(plots.half[j] * plots.half[j] + variance)


@lean
def _exchanged(tracks, n, i, plots, j):  # type: ignore[no-untyped-def]
    """The track under another ship's name from where plot j is reported, if that ship reported last from where track i is; else -1."""
    t = plots.time[j]
    for k in range(n):
        if k == i or tracks.status[k] >= ENDED or tracks.ident[k, MMSI] < 0 or not held_by_radar(tracks, k, t):
            continue
        x, said = tracks.x[k], tracks.claimed[k]
        lag = tracks.time[k] - t
        away = math.hypot(plots.p[j, 0] - x[0] + lag * x[3], plots.p[j, 1] - x[1] + lag * x[4])
        if away > _blur(tracks, k, plots, j) or t - said[2] > SAID_FRESH_S:
            continue
        if math.hypot(said[0] - tracks.x[i, 0], said[1] - tracks.x[i, 1]) < math.hypot(said[0] - x[0], said[1] - x[1]):
            return k
    return -1


@lean
def _exchange(tracks, i, k, plots, j, owner):  # type: ignore[no-untyped-def]
    """Tracks i and k change names; plot j is what the ship whose track was i says, and is heard for k."""
    ours, theirs = tracks.ident[i, MMSI], tracks.ident[k, MMSI]
    tracks.ident[i, MMSI], tracks.ident[k, MMSI] = theirs, ours
    owner[theirs], owner[ours] = i, k
    for c in range(3):
        tracks.claimed[i, c] = tracks.claimed[k, c]
    _say(tracks, k, plots, j)
    plots.track[j], plots.weight[j] = tracks.id[k], 0.5


@lean
def _say(tracks, i, plots, j):  # type: ignore[no-untyped-def]
    """Books when and where the ship of track i reported last, without moving the track."""
    t = plots.time[j]
    tracks.claim_time[i] = max(tracks.claim_time[i], t)
    tracks.claimed[i, 0], tracks.claimed[i, 1], tracks.claimed[i, 2] = plots.z[j, 0], plots.z[j, 1], t


@piece
def _known(tracks, n, plots, j, sensors, owner, work):  # type: ignore[no-untyped-def]
    """What to do with an unexplained plot: -1 begin a track; -2 begin one under a contradicted name; -3 it is dealt with."""
    code, t = plots.ident[j], plots.time[j]
    if code < 0 or owner[code] < 0 or sensors.claims[plots.sensor[j]] == 0:
        return -1
    i = owner[code]
    if tracks.status[i] >= ENDED or tracks.ident[i, plots.ident_kind[j]] != code:
        return -1
    x, P = tracks.x[i], work[4]
    lag = tracks.time[i] - t
    away = math.hypot(plots.p[j, 0] - x[0] + lag * x[3], plots.p[j, 1] - x[1] + lag * x[4])
    blur = _blur(tracks, i, plots, j)
    reason = SENSOR_DISAGREES
    if held_by_radar(tracks, i, t):
        honest = HOLD_M + blur + HOLD_S * math.hypot(x[3], x[4])
        if away <= honest:
            if plots.ident_kind[j] == MMSI:
                _say(tracks, i, plots, j)
            tracks.claim_time[i] = max(tracks.claim_time[i], t)
            plots.track[j], plots.weight[j] = tracks.id[i], 0.5
            return -3
        slowly = plots.ident_kind[j] == MMSI and away <= honest + PARTING_MPS * (t - tracks.claim_time[i])
        k = _exchanged(tracks, n, i, plots, j) if slowly else -1
        if k >= 0:
            _exchange(tracks, i, k, plots, j, owner)
            return -3
        young = plots.ident_kind[j] == MMSI and tracks.radar_updates[i] <= YOUNG_HOLD
        if young or (slowly and _moves_otherwise(tracks, i, plots, j) and _beyond_reach(plots.p[j], sensors)):
            tracks.ident[i, MMSI] = owner[code] = -1
            return -1
    else:
        since = t - tracks.updated[i]
        back = tracks.time[i] - tracks.updated[i]
        ox, oy = x[0] - back * x[3], x[1] - back * x[4]  # where it was when last heard
        step = math.hypot(plots.p[j, 0] - ox, plots.p[j, 1] - oy)
        if since > 0.2 and step <= _fastest(plots.ident_kind[j]) * since + blur:
            place(x, P, plots, j, sensors, work)
            if math.isnan(plots.z[j, 3]) and since < 30.0:
                sigma = max(2.0 * plots.half[j] / since, 3.0)
                x[3], x[4] = (plots.p[j, 0] - ox) / since, (plots.p[j, 1] - oy) / since
                P[3, 3] = P[4, 4] = sigma * sigma
            split(x, P, tracks.xm[i], tracks.Pm[i], tracks.mu[i])
            tracks.time[i] = t
            heard(tracks, i, plots, j, sensors)
            plots.track[j], plots.weight[j] = tracks.id[i], 1.0
            return -3
        if since <= 0.2 and away <= blur + _fastest(plots.ident_kind[j]):  # two reports at once that differ a little
            plots.track[j], plots.weight[j] = tracks.id[i], 0.5
            return -3
        reason = TWO_PLACES if since <= CLAIM_FRESH_S else IMPOSSIBLE_SPEED
    tracks.flags[i] |= SPOOF | reason
    tracks.spoof_time[i] = t
    return -2


@piece
def blank(tracks, i, P, plots, j, sensors, r):  # type: ignore[no-untyped-def]
    """Slot i as a track that begins with plot j at existence r, heard of by nobody yet; its x and P (6, 6) are the caller's."""
    t = plots.time[j]
    split(tracks.x[i], P, tracks.xm[i], tracks.Pm[i], tracks.mu[i])
    if sensors.far[plots.sensor[j]] == 0:
        slow(tracks.x[i], P, tracks.xm[i], tracks.Pm[i], tracks.mu[i], SPEED_SIGMA_H, SLOW_SIGMA_H)
    tracks.id[i] = plots.begun[j]
    tracks.r[i] = tracks.r_birth[i] = r
    tracks.time[i] = tracks.born[i] = tracks.survived[i] = tracks.updated[i] = t
    tracks.radar_time[i] = tracks.claim_time[i] = tracks.foreign_time[i] = tracks.spoof_time[i] = NEVER
    tracks.period[i], tracks.timeout[i] = 1e9, 0.0
    tracks.disbelief[i] = 0.0
    tracks.score[i, :] = 0.0
    tracks.look[i, :], tracks.missed[i, :] = t, 0
    tracks.ident[i, :] = -1
    tracks.status[i] = TENTATIVE
    tracks.updates[i] = tracks.claims[i] = tracks.radar_updates[i] = tracks.looks[i] = 0
    tracks.transmitter[i], tracks.sensor_track[i] = plots.transmitter[j], plots.sensor_track[j]
    tracks.sensors[i] = tracks.flags[i] = 0
    tracks.origin[i], tracks.group[i], tracks.named[i] = plots.origin[j], -1, -1
    tracks.together[i] = tracks.believed[i] = NEVER
    tracks.pair_sensor[i] = -1
    tracks.claimed[i, :] = np.nan
    forget(tracks.habit[i])


@piece
def _begins_nothing(plots, j, free):  # type: ignore[no-untyped-def]
    """True for what a track explains, and for a bearing, which has no place."""
    return free < BIRTH_MIN_FREE or (plots.kind[j] == POLAR and not plots.form[j] & 1)


@kernel
def _likeliest(plots, members, free, sensors, most, guarded):  # type: ignore[no-untyped-def]
    """(M,) True for the members that may begin a track: the `most` likeliest, those over guarded ground before all others.

    guarded (Z, 3): circles, m in the site's frame: east, north, radius.
    """
    M = members.shape[0]
    rank = np.empty(M)
    _rank(plots, members, free, sensors, guarded, rank)
    order = np.argsort(-rank, kind="mergesort")  # stable: of equals the first
    chosen = np.zeros(M, np.bool_)
    for q in range(min(most, M)):
        chosen[order[q]] = True
    return chosen


@lean
def _rank(plots, members, free, sensors, guarded, rank):  # type: ignore[no-untyped-def]
    """Fills rank (M,) of `_likeliest`: how likely each member is a birth, one more over guarded ground."""
    for g in range(members.shape[0]):
        j = members[g]
        rank[g] = 0.0
        if not _begins_nothing(plots, j, free[g]):
            clutter, birth = background(plots, j, sensors)
            rank[g] = free[g] * birth / (birth + clutter)
            for q in range(guarded.shape[0]):
                if math.hypot(plots.p[j, 0] - guarded[q, 0], plots.p[j, 1] - guarded[q, 1]) <= guarded[q, 2]:
                    rank[g] += 1.0
                    break


@kernel
def begin(tracks, n, plots, members, free, sensors, owner, next_id, most, guarded):  # type: ignore[no-untyped-def]
    """New tracks in slots n... from the members that no track explains, at most `most`: the rest are the least likely.

    Returns (slots in use after it, how many were not begun because of `most`).
    """
    chosen = np.ones(members.shape[0], np.bool_)
    if most < members.shape[0]:
        chosen = _likeliest(plots, members, free, sensors, most, guarded)
    return _begin(tracks, n, plots, members, free, sensors, owner, next_id, chosen, np.empty((5, 6, 6)))


@lean
def _begin(tracks, n, plots, members, free, sensors, owner, next_id, chosen, work):  # type: ignore[no-untyped-def]
    """`begin` for the members `chosen` (M,); work (5, 6, 6): scratch."""
    shed, P = 0, work[4]
    for g in range(members.shape[0]):
        j = members[g]
        if _begins_nothing(plots, j, free[g]):
            continue
        if not chosen[g]:
            shed += 1
            continue
        verdict = _known(tracks, n, plots, j, sensors, owner, work) if free[g] >= 0.5 else -1
        if verdict == -3:
            continue
        clutter, birth = background(plots, j, sensors)
        i, t = n, plots.time[j]
        n += 1
        place(tracks.x[i], P, plots, j, sensors, work)
        if plots.begun[j] < 0:  # a plot that is taken in again begins the same track
            plots.begun[j] = next_id
            next_id += 1
        blank(tracks, i, P, plots, j, sensors, free[g] * birth / (birth + clutter))
        heard(tracks, i, plots, j, sensors)
        if plots.foreign[j] == 1:
            tracks.foreign_time[i] = t
        code = plots.ident[j]
        if code >= 0:
            tracks.ident[i, plots.ident_kind[j]] = code
            if owner[code] < 0 or tracks.status[owner[code]] >= DEAD:
                owner[code] = i
        if verdict == -2:
            tracks.flags[i] |= SPOOF | (tracks.flags[owner[code]] & REASONS)
            tracks.spoof_time[i] = t
        if free[g] > plots.weight[j]:
            plots.track[j], plots.weight[j] = tracks.id[i], free[g]
    return n, shed
