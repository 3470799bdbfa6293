"""Metrics against exhaustive search over all pairings, and against cases whose answer is known."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import picket
from picket import metrics
from picket.metrics import Paths


def _brute(cost: np.ndarray) -> float:
    n, m = cost.shape
    if n > m:
        return _brute(cost.T)
    return min((sum(cost[i, p[i]] for i in range(n)) for p in permutations(range(m), n)), default=0.0)


def _gospa_by_definition(x: np.ndarray, y: np.ndarray, p: float, c: float, alpha: float) -> float:
    """Rahmathullah et al. 2017, definition 1, all permutations."""
    if len(x) > len(y):
        x, y = y, x
    best = min(
        sum(min(float(np.linalg.norm(a - y[j])), c) ** p for a, j in zip(x, order, strict=True))
        for order in permutations(range(len(y)), len(x))
    )
    return float(best + c**p / alpha * (len(y) - len(x)))


sizes = st.tuples(st.integers(0, 5), st.integers(0, 6))


@given(sizes, st.integers(0, 10**6), st.booleans())
@settings(max_examples=150, deadline=None)
def test_pairing_costs_as_little_as_any_permutation(size: tuple[int, int], seed: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    cost = rng.integers(-3, 4, size).astype(float) if ties else rng.normal(0, 10, size)
    rows, columns = metrics.pair(cost)
    assert len(rows) == min(size) == len(set(rows.tolist())) == len(set(columns.tolist()))
    assert list(rows) == sorted(rows)
    assert cost[rows, columns].sum() == pytest.approx(_brute(cost) if min(size) else 0.0, abs=1e-9)


@given(sizes, st.integers(0, 10**6), st.sampled_from([1.0, 2.0]), st.sampled_from([1.0, 2.0]))
@settings(max_examples=150, deadline=None)
def test_gospa_equals_its_definition(size: tuple[int, int], seed: int, p: float, alpha: float) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(0, 60, (size[0], 3)), rng.normal(0, 60, (size[1], 3))
    total, local, missed, false = metrics.gospa_step(x, y, p, 50.0, alpha)
    assert total == pytest.approx(_gospa_by_definition(x, y, p, 50.0, alpha))
    assert total == pytest.approx(local + missed + false)
    assert metrics.gospa_step(y, x, p, 50.0, alpha)[0] == pytest.approx(total)


def _paths(*rows: tuple[float, int, float]) -> Paths:
    t, i, x = (np.array(column) for column in zip(*rows, strict=True))
    return Paths(
        t.astype(float),
        i.astype(np.int64),
        np.stack([x, 0 * x, 0 * x], 1).astype(float),
        np.tile(4.0 * np.eye(3), (len(t), 1, 1)),
    )


def test_gospa_over_time_is_the_root_mean_square_of_its_steps() -> None:
    truth = _paths((0, 1, 0.0), (1, 1, 10.0))
    tracks = _paths((0, 9, 3.0))
    g = picket.metrics.gospa(tracks, truth, p=2, c=100, alpha=2)
    assert list(g.steps) == pytest.approx([3.0, np.sqrt(5000.0)])
    assert g.gospa == pytest.approx(np.sqrt((9 + 5000) / 2))
    assert (g.localisation, g.missed, g.false) == pytest.approx((np.sqrt(4.5), 50.0, 0.0))


def test_a_swap_of_two_tracks_is_two_identity_switches() -> None:
    truth = _paths(*[(t, w, 500.0 * w) for t in range(4) for w in (1, 2)])
    tracks = _paths(*[(t, 10 + (w if t < 2 else 3 - w), 500.0 * w + 1) for t in range(4) for w in (1, 2)])
    assert metrics.identity_switches(tracks, truth) == 2
    assert metrics.identity_switches(truth, truth) == 0


def test_a_held_pair_is_kept_while_in_reach_although_another_track_is_nearer() -> None:
    truth = _paths((0, 1, 0.0), (1, 1, 0.0))
    tracks = _paths((0, 7, 1.0), (1, 7, 20.0), (1, 8, 2.0))
    assert metrics.identity_switches(tracks, truth) == 0


def test_completeness_and_latency_count_from_the_first_row() -> None:
    truth = _paths(*[(t, 1, 0.0) for t in range(10)])
    tracks = _paths(*[(t, 5, 30.0) for t in range(3, 10)])
    assert metrics.completeness(tracks, truth) == pytest.approx(0.7)
    assert list(metrics.latency(tracks, truth)) == pytest.approx([3.0])
    assert list(metrics.latency(tracks, truth, first_seen={1: 2.0})) == pytest.approx([1.0])


def test_anees_is_one_for_honest_covariance_and_four_for_half_the_sigma() -> None:
    rng = np.random.default_rng(1)
    n = 4000
    truth = Paths(np.arange(n) * 1.0, np.ones(n, np.int64), np.zeros((n, 3)))
    error = rng.normal(0, 10, (n, 3))
    honest = Paths(truth.time, truth.id, error, np.tile(100.0 * np.eye(3), (n, 1, 1)))
    proud = Paths(truth.time, truth.id, error, np.tile(25.0 * np.eye(3), (n, 1, 1)))
    assert metrics.anees(honest, truth) == pytest.approx(1.0, abs=0.05)
    assert metrics.anees(proud, truth) == pytest.approx(4.0, abs=0.2)
    with pytest.raises(ValueError, match="covariance"):
        metrics.anees(truth, truth)


def test_ospa2_is_a_bounded_distance_between_sets_of_paths() -> None:
    truth = _paths(*[(t, 1, 0.0) for t in range(4)])
    near = _paths(*[(t, 8, 10.0) for t in range(4)])
    half = _paths(*[(t, 8, 10.0) for t in range(2)])
    assert metrics.ospa2(truth, truth) == 0.0
    assert metrics.ospa2(near, truth) == pytest.approx(10.0)
    assert metrics.ospa2(half, truth) == pytest.approx((10 + 10 + 100 + 100) / 4)
    nothing = Paths(np.empty(0), np.empty(0, np.int64), np.empty((0, 3)))
    assert metrics.ospa2(nothing, truth) == 100.0
    assert metrics.ospa2(nothing, nothing) == 0.0


def test_anees_pairs_each_time_anew() -> None:
    truth = _paths((0, 1, 0.0), (0, 2, 40.0), (1, 1, 0.0), (1, 2, 40.0))
    swapped = _paths((0, 11, 0.0), (0, 12, 40.0), (1, 11, 40.0), (1, 12, 0.0))
    assert metrics.anees(swapped, truth) == 0.0
