"""Metrics against exhaustive search over all pairings, against Stone Soup's answers, and against cases whose answer is known."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import picket
from picket import metrics
from picket.metrics import Paths
from picket.words import TRACK, Batch


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


# -- against Stone Soup's answers (benchmarks/bench_metrics.py asks it anew) --------------------------------------------------------
STORED = json.loads((Path(__file__).parent / "metrics_stonesoup.json").read_text())["cases"]


def _sets(case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    dims = len((case["estimates"] + case["truth"])[0])
    return np.array(case["estimates"]).reshape(-1, dims), np.array(case["truth"]).reshape(-1, dims)


@pytest.mark.parametrize("case", STORED, ids=range(len(STORED)))
def test_gospa_and_ospa_are_those_of_stone_soup(case: dict[str, Any]) -> None:
    x, y = _sets(case)
    theirs = case["theirs"]
    total, *parts = metrics.gospa_step(x, y, case["p"], case["c"])
    assert total ** (1 / case["p"]) == pytest.approx(theirs["distance"], rel=1e-9)
    assert parts == pytest.approx([theirs["localisation"], theirs["missed"], theirs["false"]], rel=1e-9, abs=1e-9)
    ospa = metrics.ospa_step(x, y, case["p"], case["c"])
    if case["p"] == 1:
        assert ospa == pytest.approx(theirs["ospa"], rel=1e-9)
    else:  # it pairs by the sum of distances, not of squares: never better than the metric
        assert ospa <= theirs["ospa"] * (1 + 1e-9)


@given(sizes, st.integers(0, 10**6), st.sampled_from([1.0, 2.0]))
@settings(max_examples=100, deadline=None)
def test_ospa_equals_its_definition(size: tuple[int, int], seed: int, p: float) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(0, 60, (size[0], 2)), rng.normal(0, 60, (size[1], 2))
    # OSPA^p n = GOSPA^p of alpha = 1 (Rahmathullah et al. 2017, remark on definition 1)
    expected = (_gospa_by_definition(x, y, p, 50.0, 1.0) / max(*size, 1)) ** (1 / p)
    assert metrics.ospa_step(x, y, p, 50.0) == pytest.approx(expected)


@given(st.integers(0, 10**6), st.integers(0, 4), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_ospa2_equals_its_definition(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)

    def paths(k: int) -> Paths:
        held = rng.random((k, 5)) < 0.7
        held[:, 0] = True  # a path that never exists is none
        who, t = np.nonzero(held)
        return Paths(t.astype(float), who.astype(np.int64), rng.normal(0, 40, (len(t), 2)))

    def distance(a: Paths, i: int, b: Paths, j: int) -> float:
        one = {t: x for t, w, x in zip(a.time, a.id, a.position, strict=True) if w == i}
        two = {t: x for t, w, x in zip(b.time, b.id, b.position, strict=True) if w == j}
        when = one.keys() | two.keys()
        return float(np.mean([min(np.linalg.norm(one[t] - two[t]), 50.0) if t in one and t in two else 50.0 for t in when]))

    a, b = paths(n), paths(m)
    cost = np.array([[distance(a, i, b, j) for j in range(m)] for i in range(n)]).reshape(n, m)
    expected = (_brute(cost) + 50.0 * abs(n - m)) / max(n, m, 1)
    assert metrics.ospa2(a, b, 1, 50.0) == pytest.approx(expected)


# -- what a caller hands over ------------------------------------------------------------------------------------------------------
def _table(rows: list[tuple[float, int, float, str | None]]) -> Batch:
    """Track rows (time, id, m east of a place, status)."""
    lon = -118.2 + np.array([r[2] for r in rows]) / (111_320 * np.cos(np.radians(33.75)))
    return Batch.from_rows(TRACK, [
        {"time": t, "track_id": i, "lat_deg": 33.75, "lon_deg": x, "alt_wgs84_m": 100.0, "sigma_horizontal_m": 5.0,
         "sigma_vertical_m": 5.0, **({"status": status} if status else {})}
        for (t, i, _, status), x in zip(rows, lon.tolist(), strict=True)
    ])  # fmt: skip


def test_batches_of_the_track_table_are_compared_by_what_they_state() -> None:
    truth = _table([(t, 1, 20.0 * t, None) for t in range(5)])
    tracks = _table([(t, 7, 20.0 * t + 3.0, "tentative" if t == 0 else "confirmed") for t in range(5)] + [(4, 8, 900.0, "ended")])
    g = metrics.gospa(tracks, truth)
    assert list(g.steps) == pytest.approx([np.sqrt(5000.0), 3.0, 3.0, 3.0, 3.0], rel=3e-3)
    assert metrics.completeness(tracks, truth) == pytest.approx(0.8)
    assert metrics.ospa(tracks, truth).ospa == pytest.approx((100 + 4 * 3) / 5, rel=3e-3)
    assert metrics.anees(tracks, truth) == pytest.approx(9 / 25 / 3, rel=1e-2)
    assert metrics.identity_switches(tracks, truth) == 0


def test_a_batch_beside_paths_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"Paths\.of\(batch, frame\)"):
        metrics.gospa(_table([(0, 1, 0.0, None)]), _paths((0, 1, 0.0)))


def test_the_rate_of_switches_is_per_object_and_minute() -> None:
    truth = _paths(*[(t, w, 500.0 * w) for t in range(31) for w in (1, 2)])  # two objects for half a minute: one object-minute
    tracks = _paths(*[(t, 10 + (w if t < 20 else 3 - w), 500.0 * w + 1) for t in range(31) for w in (1, 2)])
    assert metrics.object_minutes(truth) == pytest.approx(1.0)
    assert metrics.identity_switch_rate(tracks, truth) == pytest.approx(2.0)
    assert np.isnan(metrics.identity_switch_rate(tracks, _paths((0, 1, 0.0))))


def test_steady_is_straight_flight_at_one_speed_for_some_time() -> None:
    x = np.concatenate([10.0 * np.arange(20), 190 + 25.0 * np.arange(1, 21)])  # at 19 s it jumps to 25 m/s
    truth = _paths(*[(t, 1, x[t]) for t in range(40)], *[(t, 2, 0.0) for t in range(5, 15)])
    calm = metrics.steady(truth, for_s=10.0)
    assert [int(t) for t, w, c in zip(truth.time, truth.id, calm, strict=True) if w == 1 and c] == [
        *range(10, 20),
        *range(29, 40),
    ]
    assert not calm[truth.id == 2].any()


def test_anees_of_chosen_rows_leaves_the_others_out() -> None:
    truth = _paths(*[(t, 1, 0.0) for t in range(4)])
    tracks = _paths(*[(t, 5, 2.0 if t < 2 else 20.0) for t in range(4)])
    assert metrics.anees(tracks, truth, rows=truth.time < 2) == pytest.approx(1 / 3)
    assert metrics.anees(tracks, truth, rows=truth.time > 2) == pytest.approx(100 / 3)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_place_that_is_no_number_is_refused_and_named(bad: float) -> None:
    places = np.array([[0.0, 0.0, 0.0], [bad, 1.0, 0.0]])
    with pytest.raises(ValueError, match=r"1 of 2 rows, first in row 1"):
        metrics.Paths(np.zeros(2), np.arange(2), places)
    for step in (metrics.gospa_step, metrics.ospa_step):
        with pytest.raises(ValueError, match="finite estimates"):
            step(places, np.zeros((1, 3)))
        with pytest.raises(ValueError, match="finite true positions"):
            step(np.zeros((1, 3)), places)
