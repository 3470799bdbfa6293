"""The closed form of the common update against the textbook's matrices."""

from __future__ import annotations

import math
import re
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.track import lane_kernels as lanes
from picket.track.measure_kernels import expected
from picket.track.motion_kernels import unpack
from picket.track.place_kernels import difference, gradient, inverse, length, rates, spread
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


def _textbook(x, P, p, G, S, v):  # type: ignore[no-untyped-def]
    """Mean and covariance after plots of the innovations v and the probabilities p."""
    K = P @ G.T @ np.linalg.inv(S)
    mean = sum(p[e] * K @ v[e] for e in range(len(p)))
    spread_ = sum(p[e] * np.outer(K @ v[e], K @ v[e]) for e in range(len(p)))
    return x + mean, P - p.sum() * K @ S @ K.T + spread_ - np.outer(mean, mean)


def _expected(x, P, lag, form, sigma, rotation):  # type: ignore[no-untyped-def]
    """H and S by the general kernel."""
    H, h, R = np.zeros((6, 6)), np.zeros(6), np.zeros(6)
    assert expected(x, lag, form, sigma, rotation, OFFSET, H, h, R) == 3
    return H[:3], H[:3] @ P @ H[:3].T + np.diag(R[:3])


def _plots(rng, x, lag, rotation, sigma, polar):  # type: ignore[no-untyped-def]
    """Some plots of a track that stands at 100 s: probability, time, what they measure, and how far that is from what is expected."""
    edges = int(rng.integers(1, 5))
    when = 100.0 - lag - rng.uniform(0, 0.04, edges)
    when[0] = 100.0 - lag
    truth = [_measured(x, 100.0 - t, rotation) if polar else x[:3] - (100.0 - t) * x[3:] for t in when]
    z = np.full((edges, 6), np.nan)
    z[:, :3] = truth + rng.normal(0, 1, (edges, 3)) * sigma[:3]
    v = z[:, :3] - truth
    if polar:
        v[:, 1] = (v[:, 1] + math.pi) % (2 * math.pi) - math.pi
    return rng.dirichlet(np.ones(edges + 1))[:edges], when, z, v


@given(st.integers(0, 10_000), st.integers(1, lanes.LANES), st.floats(0.0, 1.5), st.booleans())
@settings(max_examples=60, deadline=None)
def test_an_update_is_the_textbooks(seed: int, filled: int, lag: float, polar: bool) -> None:
    """Some lanes hold a track each, in any order; what the others hold reaches none of them."""
    rng = np.random.default_rng(seed)
    rotation, form, W = _turned(rng), 7 if polar else 71, rng.normal(0, 1e6, lanes.SIZE)
    sigma = SIGMA if polar else np.array([10.0, 10.0, 20.0, 1.0, 1.0, 1.0])
    taken, want = rng.permutation(lanes.LANES)[:filled].tolist(), {}
    x = np.concatenate(
        [rng.uniform(-3000, 3000, (filled, 2)), rng.uniform(20, 400, (filled, 1)), rng.normal(0, 15, (filled, 3))], axis=1
    )
    P = np.array([_covariance(rng) for _ in taken])
    for q, lane in enumerate(taken):
        lanes.load(W, lane, x[q], P[q][np.tril_indices(6)], lag, sigma)
    lanes.aim(W, form, rotation, OFFSET)
    G, h, R = np.empty((3, 3)), np.empty(3), np.empty(3)
    for q, lane in enumerate(taken):
        gradient(x[q], lag, form, sigma, rotation, OFFSET, G, h, R)
        for row, numbers in ((lanes.GRADIENT, G.ravel()), (lanes.EXPECTED, h), (lanes.R, R)):
            assert W[row + lane : row + len(numbers) * lanes.LANES : lanes.LANES].tobytes() == numbers.tobytes()
    lanes.invert(W)
    lanes.begin_plots(W)
    plots = [_plots(rng, x[q], lag, rotation, sigma, polar) for q in range(filled)]
    for turn in range(max(len(p) for p, *_ in plots)):
        for q, lane in enumerate(taken):
            p, when, z, _ = plots[q]
            W[lanes.PLOT + lane] = 0.0
            if turn < len(p):
                row = [p[turn], 100.0 - when[turn] - lag, *z[turn, :3]]
                W[lanes.PLOT + lane : lanes.LENGTH : lanes.LANES] = row
        lanes.take(W, form)
        for q, lane in enumerate(taken):
            if turn < len(plots[q][0]):
                S, v = _expected(x[q], P[q], lag, form, sigma, rotation)[1], plots[q][3][turn]
                density = math.exp(-0.5 * v @ np.linalg.solve(S, v)) / math.sqrt(np.linalg.det(S))
                assert math.isclose(lanes.fits(W, lane), density, rel_tol=0.02)
    for q, lane in enumerate(taken):
        want[lane] = _textbook(x[q], P[q], plots[q][0], *_expected(x[q], P[q], lag, form, sigma, rotation), plots[q][3])
    lanes.gain(W)
    lanes.check(W)
    for q, lane in enumerate(taken):
        got, half, Q, scale = np.empty(6), np.empty(21), np.empty((6, 6)), np.sqrt(np.diag(P[q]))
        lanes.store(W, lane, got, half)
        unpack(half, Q)
        assert W[lanes.SOUND + lane] > 0.0
        assert np.allclose((got - want[lane][0]) / scale, 0.0, atol=2e-3)  # a plot's own age is taken in to first order
        assert np.allclose((Q - want[lane][1]) / np.outer(scale, scale), 0.0, atol=2e-3)


@pytest.mark.parametrize("loop", [lanes.invert, lanes.gain, lanes.check])
def test_lanes_go_side_by_side(loop: Any) -> None:
    """The compiler takes several lanes at once: in no loop over them does it add or multiply numbers one by one."""
    afresh = numba.njit(error_model="numpy")(loop.py_func)  # what comes from the cache has no text
    afresh(np.zeros(lanes.SIZE))
    text = afresh.inspect_asm(afresh.signatures[0])
    if "%ymm" not in text and "%zmm" not in text:
        pytest.skip("a processor without wide registers")
    assert len(re.findall(r"\tv(?:mul|add|sub)pd", text)) > 50
    assert not re.findall(r"\tv(?:mul|add|sub)sd", text)


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
