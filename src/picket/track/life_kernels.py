"""Time without plots: misses of the sensors that had their chance, coasting, and the end of a track."""

from __future__ import annotations

import math

import numpy as np

from picket._jit import lean, piece
from picket.track.associate_kernels import survive
from picket.track.block_kernels import BLOCK, all_apart, begins_block
from picket.track.conditions_kernels import detects, looked
from picket.track.layout_kernels import (
    CLAIM_CONFIRM_EXISTENCE,
    CLAIM_CONFIRM_UPDATES,
    COAST_PERIODS,
    COASTING,
    CONFIRM_EXISTENCE,
    CONFIRM_UPDATES,
    CONFIRMED,
    DISBELIEF,
    DISBELIEF_LOOKS,
    END_EXISTENCE,
    END_SHARE_OF_BIRTH,
    END_SIGMA_M,
    ENDED,
    HELD_DISBELIEF,
    HELD_LOOKS,
    RADIO_EARTH_M,
    REASONS,
    SPOOF,
    SPOOF_HOLD_S,
    TAU,
    TENTATIVE,
    TENTATIVE_PERIODS,
    UNCONFIRMED,
)
from picket.track.motion_kernels import DIAGONAL, MANOEUVRE, STEADY, covariance_at

EDGE_RAD = 0.035  # 2 degrees inside every angular edge of coverage: nearer to it a miss says nothing
EDGE_SHARE = 0.03  # of the largest range
STALE_PERIODS = 4.0  # a look so much older than the sensor's last pass was not kept up: the track was out of reach
CLAIM_PERIODS = 2.5  # a claim counts as current for so many of its periods


@piece
def _within(azimuth, start, width, margin):  # type: ignore[no-untyped-def]
    """True when azimuth lies in the sector, at least margin inside (a full circle has no edge)."""
    if width >= TAU - 1e-6:
        return True
    turn = azimuth - start
    turn -= TAU * math.floor(turn / TAU)
    return margin <= turn <= width - margin


@piece
def covered(tracks, i, dt, s, sensors):  # type: ignore[no-untyped-def]
    """True when the place of track i dt seconds on lies well inside what sensor s sees: range, sector, elevation, radio horizon."""
    x, rotation = tracks.x[i], sensors.rotation[s]
    e = n = u = 0.0
    for k in range(3):
        d = x[k] + dt * x[3 + k] - sensors.offset[s, k]
        e += rotation[0, k] * d
        n += rotation[1, k] * d
        u += rotation[2, k] * d
    ground = math.hypot(e, n)
    r = math.hypot(ground, u)
    blur = math.sqrt(max(covariance_at(tracks, i, 0, 0), covariance_at(tracks, i, 1, 1)))
    high = sensors.range_max[s]
    if r > high - EDGE_SHARE * high - blur or r < sensors.range_min[s] * (1.0 + EDGE_SHARE) + blur:
        return False
    margin = EDGE_RAD + min(2.0 * blur / max(ground, 1.0), 1.0)
    azimuth = math.atan2(e, n) - sensors.azimuth_offset[s]
    if not _within(azimuth, sensors.sectors[s, 0, 0], sensors.sectors[s, 0, 1], margin):
        return False
    for b in range(1, sensors.sectors.shape[1]):
        if sensors.sectors[s, b, 1] >= 0.0 and _within(azimuth, sensors.sectors[s, b, 0], sensors.sectors[s, b, 1], -margin):
            return False
    low, top = sensors.elevation[s, 0], sensors.elevation[s, 1]
    tall = 2.0 * math.sqrt(covariance_at(tracks, i, 2, 2)) / max(r, 1.0)
    el = math.atan2(u, ground)
    if low > -1.57 and el < low + min(EDGE_RAD, 0.1 * (top - low)) + tall:
        return False
    if top < 1.57 and el > top - min(EDGE_RAD, 0.1 * (top - low)) - tall:
        return False
    height = max(sensors.height[s], 0.0)
    other = max(u + ground * ground / (2.0 * RADIO_EARTH_M) + height, 0.0)
    return ground < math.sqrt(2.0 * RADIO_EARTH_M * max(height, 5.0)) + math.sqrt(2.0 * RADIO_EARTH_M * other)


@piece
def _out_of_reach(x, age, since, s, sensors):  # type: ignore[no-untyped-def]
    """True when the place is surely beyond the range of sensor s at any time from x, which is `age` s old, to `since` s before now."""
    reach = sensors.range_max[s] + (abs(x[3]) + abs(x[4])) * (abs(age) + since)
    east, north = x[0] - sensors.offset[s, 0], x[1] - sensors.offset[s, 1]
    return east * east + north * north > reach * reach  # False where something of it is not known


@lean
def misses(tracks, n, s, now, since, due, sensors, blocks):  # type: ignore[no-untyped-def]
    """Takes off r what sensor s did not see by `now`. due: periods after its last look from which on a look is over.

    since: from when on the sensor has spoken without a gap; a look before that never was one.
    What is out of its range is passed over at once, and its entry left as it is: many sensors each see few of all tracks. When such
    a track comes into reach, its last look counts as the one before (`swept`).
    """
    period, swept, reach = sensors.period[s], sensors.swept[s], sensors.range_max[s]
    earliest = swept - STALE_PERIODS * period
    east, north = sensors.offset[s, 0], sensors.offset[s, 1]
    to = np.int64(0)  # a literal 0 would compile what takes it a second time
    while to < n:
        i = to
        if begins_block(i, blocks) and all_apart(i, blocks, east - reach, east + reach, north - reach, north + reach, earliest):
            to += BLOCK
            continue
        to += 1
        out = _out_of_reach(tracks.x[i], now - tracks.time[i], now - swept + STALE_PERIODS * period, s, sensors)
        if out or tracks.status[i] >= ENDED:
            continue
        if tracks.look[i, s] < since:
            tracks.look[i, s], tracks.missed[i, s] = since, 0
        elif tracks.look[i, s] < swept - STALE_PERIODS * period:
            tracks.look[i, s], tracks.missed[i, s] = swept, 0
        waited = now - tracks.look[i, s]
        if waited < due * period - 1e-6:
            continue
        count = min(max(math.floor(waited / period + 1.0 - due + 1e-6), 1), 3)
        tracks.look[i, s] = now if due < 1.0 or waited > 4.0 * period else tracks.look[i, s] + count * period
        tracks.missed[i, s] = 0
        if not covered(tracks, i, tracks.look[i, s] - tracks.time[i], s, sensors):
            continue
        pd, sector = detects(tracks.x[i], s, sensors)
        looked(tracks, i, s, sector, 0.0, count * tracks.r[i], sensors)
        tracks.missed[i, s] = 1
        tracks.looks[i] += count
        tracks.disbelief[i] -= count * math.log(1.0 - pd)
        if now - tracks.claim_time[i] < CLAIM_PERIODS * max(tracks.period[i], 1.0):
            continue  # it speaks: the silence of the radar says that the place is wrong, not that nothing is there
        survive(tracks.r, tracks.survived, i, now)
        for _ in range(count):
            r = tracks.r[i]
            tracks.r[i] = r * (1.0 - pd) / (1.0 - r * pd)
    sensors.swept[s] = now


@piece
def _wide(tracks, i):  # type: ignore[no-untyped-def]
    """True when nobody knows any more where track i is."""
    return covariance_at(tracks, i, 0, 0) + covariance_at(tracks, i, 1, 1) > 2.0 * END_SIGMA_M * END_SIGMA_M


@lean
def settle(tracks, n, now, owner):  # type: ignore[no-untyped-def]
    """Status and flags of every live track at `now`; returns how many were confirmed by this."""
    confirmed = 0
    for i in range(n):
        status = tracks.status[i]
        if status >= ENDED:
            continue
        silent = now - tracks.updated[i]
        survive(tracks.r, tracks.survived, i, now)
        r = tracks.r[i]
        floor = END_SHARE_OF_BIRTH * tracks.r_birth[i] if status == TENTATIVE else END_EXISTENCE
        if status == TENTATIVE and tracks.updates[i] > 2:
            floor = max(floor, 1e-3)
        broken = False
        for a in range(6):
            broken = broken or not (abs(tracks.x[i, a]) < 1e8)
        for c in DIAGONAL:
            broken = broken or not (tracks.Pm[i, STEADY, c] < 1e16) or not (tracks.Pm[i, MANOEUVRE, c] < 1e16)
        timeout = tracks.timeout[i]
        if status == TENTATIVE and tracks.claim_time[i] < 0.0:
            timeout = min(timeout, TENTATIVE_PERIODS * tracks.period[i])
        if silent > timeout or r < floor or broken or (silent > tracks.period[i] and _wide(tracks, i)):
            if broken:
                tracks.x[i, :], tracks.xm[i, :, :], tracks.Pm[i, :, :], tracks.mu[i, :] = 0.0, 0.0, 0.0, 0.5
                for c in DIAGONAL:
                    tracks.Pm[i, :, c] = 1e8
            tracks.status[i] = ENDED
            for k in range(tracks.ident.shape[1]):
                code = tracks.ident[i, k]
                if code >= 0 and owner[code] == i:
                    owner[code] = -1
            continue
        if status == TENTATIVE:
            by_radar = r >= CONFIRM_EXISTENCE and tracks.updates[i] >= CONFIRM_UPDATES
            by_name = r >= CLAIM_CONFIRM_EXISTENCE and tracks.claims[i] >= CLAIM_CONFIRM_UPDATES
            if by_radar or by_name:
                status = CONFIRMED
                confirmed += 1
        if status != TENTATIVE:
            status = COASTING if silent > COAST_PERIODS * tracks.period[i] else CONFIRMED
        tracks.status[i] = status
        if tracks.flags[i] & SPOOF and now - tracks.spoof_time[i] > SPOOF_HOLD_S:
            tracks.flags[i] &= ~(SPOOF | REASONS)
        claims_only = tracks.claim_time[i] > max(tracks.radar_time[i], -1e17)
        held = tracks.radar_updates[i] > 0  # a radar agreed with it once: in a long flight four misses in a row are nothing rare
        looks, doubt = (HELD_LOOKS, HELD_DISBELIEF) if held else (DISBELIEF_LOOKS, DISBELIEF)
        if claims_only and tracks.looks[i] >= looks and tracks.disbelief[i] >= doubt:
            tracks.flags[i] |= UNCONFIRMED
    return confirmed
