"""The search for plots near a track finds every pair inside the gate, and no other: held to a plain loop over all pairs."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from picket.geo import LocalFrame
from picket.site import parse
from picket.track.associate_kernels import gate
from picket.track.block_kernels import new_blocks
from picket.track.layout_kernels import GATE, TENTATIVE
from picket.track.measure import Codes, prepare
from picket.track.pool import Pool
from picket.track.sensors import SensorTable
from picket.words import DETECTION, Batch

BOUND = GATE[3]
LAT, LON = 50.0, 8.0


def _tables(kind, reach_m=9000.0):
    sensor = {
        "id": "s",
        "kind": kind,
        "lat_deg": LAT,
        "lon_deg": LON,
        "alt_wgs84_m": 0.0,
        "max_range_m": reach_m,
        "scan_period_s": 1.0,
    }
    sensor |= {"sigma_range_m": 12.0, "sigma_azimuth_deg": 0.7, "sigma_elevation_deg": 0.9, "sigma_position_m": 25.0}
    site = parse({"version": 1, "site": {"name": "gate", "lat_deg": LAT, "lon_deg": LON, "alt_wgs84_m": 0.0}, "sensor": [sensor]})
    return SensorTable(site), LocalFrame(LAT, LON, 0.0)


def _pool(x, P, time):
    pool, n = Pool(), len(x)
    pool.reserve(n, 1, 1)
    pool.n, t = n, pool.tracks
    t.x[:n], t.mu[:n] = x, (0.7, 0.3)
    t.xm[:n], t.Pm[:n] = x[:, None], P[:, None][..., *np.tril_indices(6)]
    t.time[:n] = t.updated[:n] = t.survived[:n] = time
    t.r[:n], t.status[:n], t.timeout[:n] = 0.5, TENTATIVE, 60.0
    t.ident[:n], t.transmitter[:n], t.sensor_track[:n] = -1, -1, -1
    return pool


def _tracks(rng, place):
    n = len(place)
    x = np.hstack([place, rng.normal(0, 12, (n, 3))])
    A = rng.normal(size=(n, 6, 6)) * np.array([1, 1, 1, 0.1, 0.1, 0.1]) * rng.uniform(3, 25, (n, 1, 1))
    return x, A @ A.transpose(0, 2, 1) + np.eye(6)


def _found(pool, batch, table, frame):
    prepared = prepare(batch, table, frame, 0.0, Codes(), np.nan, Counter())
    look = prepared.looks()[0]
    track, plot, _, shed = gate(pool.tracks, pool.n, prepared.plots, look.members, look.time, table.arrays, new_blocks(0))
    assert shed == 0
    return set(zip(track.tolist(), prepared.rows[look.members[plot]].tolist(), strict=True))


def _polar_distance(x, P, z, sigma, lag):
    """Squared Mahalanobis distances of plots z (M, 3), range, azimuth, elevation, from one track that is `lag` (M,) older than they."""
    e, n, u = (x[:3] - lag[:, None] * x[3:]).T
    g, r, none = np.hypot(e, n), np.sqrt(e * e + n * n + u * u), np.zeros(len(z))
    rows = [[e / r, n / r, u / r], [n / g**2, -e / g**2, none], [-e * u / (g * r * r), -n * u / (g * r * r), g / r**2]]
    G = np.array(rows).transpose(2, 0, 1)
    H = np.concatenate([G, -lag[:, None, None] * G], axis=2)
    v = z - np.column_stack([r, np.arctan2(e, n), np.arctan2(u, g)])
    v[:, 1] = (v[:, 1] + np.pi) % (2 * np.pi) - np.pi
    variance = sigma**2 + np.column_stack([none + 3.0, 3.0 / g**2, 0.2 / r**2]) * lag[:, None] ** 3 / 3.0
    S = H @ P @ H.transpose(0, 2, 1) + variance[:, :, None] * np.eye(3)
    return np.einsum("mi,mi->m", v, np.linalg.solve(S, v[:, :, None])[:, :, 0])


@pytest.mark.parametrize("turning", [False, True])
def test_every_plot_of_a_radar_inside_the_ellipse_is_found_round_north_and_over_the_radar(turning):
    rng = np.random.default_rng(5)
    table, frame = _tables("radar")
    ring = rng.uniform(0, 2 * np.pi, 120)
    north = rng.normal(0, 0.02, 60)  # on both sides of the azimuth where the count begins anew
    bearing, ground = (
        np.concatenate([ring, north, ring[:30]]),
        np.concatenate([rng.uniform(400, 8500, 180), rng.uniform(20, 300, 30)]),
    )
    place = np.column_stack([ground * np.sin(bearing), ground * np.cos(bearing), rng.uniform(60, 400, 210)])
    x, P = _tracks(rng, place)
    seen = place + rng.normal(0, 1, place.shape) * np.array([60, 60, 30])
    r, az = np.linalg.norm(seen, axis=1), np.arctan2(seen[:, 0], seen[:, 1])
    el = np.arcsin(np.clip(seen[:, 2] / r, -1, 1))
    lag = rng.uniform(0, 0.4, 210) if turning else np.zeros(210)
    lag[0] = 0.0  # the look's last plot
    batch = Batch.build(DETECTION, 210, {
        "time": 1000.0 - lag, "sensor_id": "s", "kind": "radar", "range_m": r, "azimuth_deg": np.degrees(az) % 360.0,
        "elevation_deg": np.degrees(el),
    })  # fmt: skip
    found = _found(_pool(x, P, 1000.0), batch, table, frame)
    sigma, near = np.array([12.0, np.radians(0.7), np.radians(0.9)]), 0
    z = np.column_stack([r, az, el])
    for i in range(210):
        far = _polar_distance(x[i], P[i], z, sigma, lag)
        # plots of like age share one S: its age may be 0.05 s off, which moves d2 by some percent at most
        slack = 1.0 if turning else 1e-6
        inside, outside = np.flatnonzero(far < BOUND - slack), np.flatnonzero(far > BOUND + slack)
        near += len(inside)
        assert {(i, int(j)) for j in inside} <= found
        assert not {(i, int(j)) for j in outside} & found
    assert near > 150


def test_every_position_inside_the_ellipse_is_found_also_with_one_far_away():
    rng = np.random.default_rng(6)
    table, frame = _tables("mlat", 900_000.0)
    place = np.column_stack([rng.uniform(-3000, 3000, (250, 2)), rng.uniform(100, 2000, 250)])
    place[0, :2] = 400_000.0  # makes cells for all of it large
    x, P = _tracks(rng, place)
    seen = place + rng.normal(0, 40, place.shape)
    lat, lon, alt = frame.to_geodetic(seen)
    batch = Batch.build(DETECTION, 250, {
        "time": 1000.0, "sensor_id": "s", "kind": "mlat", "lat_deg": lat, "lon_deg": lon, "alt_wgs84_m": alt, "sigma_altitude_m": 20.0,
    })  # fmt: skip
    sigma = prepare(batch, table, frame, 0.0, Codes(), np.nan, Counter()).plots.sigma[0, :3]
    found = _found(_pool(x, P, 1000.0), batch, table, frame)
    near = 0
    for i in range(250):
        S = P[i, :3, :3] + np.diag(sigma**2)
        far = np.einsum("mi,mi->m", seen - x[i, :3], np.linalg.solve(S, (seen - x[i, :3]).T).T)
        near += int((far < BOUND).sum())
        assert {(i, int(j)) for j in np.flatnonzero(far < BOUND - 1e-3)} <= found
        assert not {(i, int(j)) for j in np.flatnonzero(far > BOUND + 1e-3)} & found
    assert near > 200
