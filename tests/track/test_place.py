"""The closed form of the common update against the textbook's matrices."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.track.measure_kernels import expected
from picket.track.motion_kernels import unpack
from picket.track.place_kernels import difference, gradient, inverse, length, rates, spread, state
from picket.track.update_kernels import sound, sound_half

SIGMA = np.array([10.0, math.radians(0.5), math.radians(0.8), 1.0, 1.0, 1.0])
OFFSET = np.array([30.0, -20.0, 5.0])


def _covariance(rng: np.random.Generator) -> np.ndarray:
    A = rng.normal(0, 1, (6, 6)) * np.array([30, 30, 40, 5, 5, 1])[:, None]
    return A @ A.T + np.diag([4.0, 4, 4, 0.1, 0.1, 0.1])


def _turned(rng: np.random.Generator) -> np.ndarray:
    q, _ = np.linalg.qr(rng.normal(0, 1, (3, 3)))
    return np.ascontiguousarray(q)


def _measured(x: np.ndarray, lag: float, rotation: np.ndarray) -> np.ndarray:
    """Range, azimuth and elevation of where x was `lag` seconds ago, by the definition."""
    e, n, u = rotation @ (x[:3] - lag * x[3:] - OFFSET)
    return np.array([math.sqrt(e * e + n * n + u * u), math.atan2(e, n), math.atan2(u, math.hypot(e, n))])


@given(st.integers(0, 10_000), st.integers(1, 4), st.floats(0.0, 1.5))
@settings(max_examples=60, deadline=None)
def test_an_update_is_the_textbooks(seed: int, edges: int, lag: float) -> None:
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.uniform(-3000, 3000, 2), rng.uniform(20, 400, 1), rng.normal(0, 15, 3)])
    P, rotation = _covariance(rng), _turned(rng)
    H, h, R = np.zeros((6, 6)), np.zeros(6), np.zeros(6)
    assert expected(x, lag, 7, SIGMA, rotation, OFFSET, H, h, R) == 3
    G, short = np.empty((3, 3)), np.empty((2, 3))
    gradient(x, lag, 7, SIGMA, rotation, OFFSET, G, short[0], short[1])
    assert np.allclose(G, H[:3, :3], rtol=1e-12, atol=1e-15)
    assert np.allclose(short, [h[:3], R[:3]], rtol=1e-12)
    when = 100.0 - lag - rng.uniform(0, 0.04, edges)
    when[0] = 100.0 - lag
    z = np.full((edges, 6), np.nan)
    z[:, :3] = [_measured(x, 100.0 - t, rotation) + rng.normal(0, 1, 3) * SIGMA[:3] for t in when]
    p = rng.dirichlet(np.ones(edges + 1))[:edges]

    G, S = H[:3, :6], H[:3, :6] @ P @ H[:3, :6].T + np.diag(R[:3])
    K = P @ G.T @ np.linalg.inv(S)
    v = np.array([z[e, :3] - _measured(x, 100.0 - when[e], rotation) for e in range(edges)])
    v[:, 1] = (v[:, 1] + math.pi) % (2 * math.pi) - math.pi
    mean = sum(p[e] * K @ v[e] for e in range(edges))
    want = P - p.sum() * K @ S @ K.T + sum(p[e] * np.outer(K @ v[e], K @ v[e]) for e in range(edges)) - np.outer(mean, mean)

    got, half, Q, fit = x.copy(), P[np.tril_indices(6)], np.empty((6, 6)), np.zeros(8)
    state(got, half, 100.0, when, lag, 7, SIGMA, rotation, OFFSET, 0, edges, np.arange(edges), p, 0.0, np.arange(edges), z, fit,
          np.empty((6, 6)), np.empty(8), np.empty(8))  # fmt: skip
    unpack(half, Q)
    scale = np.sqrt(np.diag(P))
    assert np.allclose((got - x) / scale, mean / scale, atol=2e-3)  # a plot's own age is taken in to first order
    assert np.allclose(Q / np.outer(scale, scale), want / np.outer(scale, scale), atol=2e-3)
    for e in range(edges):
        density = math.exp(-0.5 * v[e] @ np.linalg.solve(S, v[e])) / math.sqrt(np.linalg.det(S))
        assert math.isclose(fit[e], density, rel_tol=0.02)


def test_the_inverse_and_the_distance_are_those_of_the_matrix() -> None:
    rng = np.random.default_rng(4)
    x, P, rotation = np.array([900.0, -400.0, 120.0, 12.0, -3.0, 0.5]), _covariance(rng), _turned(rng)
    H, h, R, PHt = np.zeros((6, 6)), np.zeros(6), np.zeros(6), np.empty((6, 3))
    expected(x, 0.7, 7, SIGMA, rotation, OFFSET, H, h, R)
    S = H[:3] @ P @ H[:3].T + np.diag(R[:3])
    six = spread(P, H, R, 0.7, PHt)
    assert np.allclose(six, S[[0, 1, 2, 1, 2, 2], [0, 0, 0, 1, 1, 2]], rtol=1e-12)
    *inv, log_det = inverse(*six)
    assert math.isclose(log_det, np.linalg.slogdet(S)[1], rel_tol=1e-12)
    z = np.array([h[0] + 15.0, h[1] + 2 * math.pi - 0.01, h[2] + 0.02, np.nan, np.nan, np.nan])
    v = difference(7, z, h, 0.0, *rates(H, x))
    assert np.allclose(v, [15.0, -0.01, 0.02])
    assert math.isclose(length(*v, *inv), np.array(v) @ np.linalg.solve(S, v), rel_tol=1e-9)


@given(st.integers(0, 10_000), st.floats(-12.0, 3.0))
@settings(max_examples=60, deadline=None)
def test_a_half_is_sound_when_the_whole_is(seed: int, power: float) -> None:
    rng = np.random.default_rng(seed)
    P = _covariance(rng)
    values, vectors = np.linalg.eigh(P)
    values[0] = rng.choice([-1.0, 1.0]) * 10.0**power
    P = vectors @ np.diag(values) @ vectors.T
    P = np.tril(P) + np.tril(P, -1).T
    whole, half, out = P.copy(), P[np.tril_indices(6)], np.empty((6, 6))
    sound(whole, np.empty((6, 6)))
    sound_half(half, np.empty((2, 6, 6)))
    unpack(half, out)
    assert np.array_equal(out, whole)
