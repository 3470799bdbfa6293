"""Whose plot is it: belief propagation against all ways to give the plots out, counted one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.track.layout_kernels import SWEEP_TOLERANCE, SWEEPS
from picket.track.marginals_kernels import marginals


def counted(edges: list[tuple[int, int]], w: np.ndarray, plots: int) -> tuple[np.ndarray, np.ndarray]:
    """The same by enumeration: a track takes one of its plots or none (weight 1), a plot goes to one track at most."""
    tracks = sorted({t for t, _ in edges})
    p, free, whole = np.zeros(len(edges)), np.zeros(plots), 0.0
    for ways in product(*([None, *(k for k, (t, _) in enumerate(edges) if t == track)] for track in tracks)):
        taken = [edges[k][1] for k in ways if k is not None]
        if len(taken) != len(set(taken)):
            continue
        weight = float(np.prod([w[k] for k in ways if k is not None]))
        whole += weight
        for k in ways:
            if k is not None:
                p[k] += weight
        free[[g for g in range(plots) if g not in taken]] += weight
    return p / whole, free / whole


def shares(edges: list[tuple[int, int]], w: np.ndarray, plots: int, sweeps: int = SWEEPS) -> tuple[np.ndarray, np.ndarray, int]:
    track, plot = np.array(edges, np.int64).T.copy()
    return marginals(track, plot, w, plots, sweeps)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-6, 12), min_size=7, max_size=7), st.integers(2, 7))
def test_where_no_loop_is_it_is_exact(logs: list[float], n: int) -> None:
    """A chain: each track wants a plot of its own and the next one's (Pearl 1988: belief propagation is exact on a tree)."""
    edges = [(k // 2, (k + 1) // 2) for k in range(n)]
    w, plots = 10.0 ** (np.array(logs[:n]) / 3), n // 2 + 1
    p, free, _ = shares(edges, w, plots)
    right, none = counted(edges, w, plots)
    assert p == pytest.approx(right, abs=2e-4)
    assert free == pytest.approx(none, abs=2e-4)


def test_two_drones_side_by_side_each_get_the_better_plot() -> None:
    """Both plots fit both tracks, one pairing a little better: a loop, where it is sure of the right pairing, a little too sure."""
    edges, w = [(0, 0), (0, 1), (1, 0), (1, 1)], np.array([4e4, 1e4, 1e4, 4e4])
    p, free, _ = shares(edges, w, 2)
    right, none = counted(edges, w, 2)
    assert p == pytest.approx(right, abs=0.07)
    assert p[0] + p[1] == pytest.approx(1.0, abs=1e-3)
    assert free == pytest.approx(none, abs=2e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_clusters_know_nothing_of_each_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one = sorted({(int(t), int(g)) for t, g in rng.integers(0, 5, (12, 2))})
    two = sorted({(int(t), int(g)) for t, g in rng.integers(0, 5, (9, 2))})
    a, b = 10 ** rng.uniform(-2, 4, len(one)), 10 ** rng.uniform(-2, 4, len(two))
    both = one + [(t + 5, g + 5) for t, g in two]
    p, free, _ = shares(both, np.concatenate([a, b]), 10)
    for (part, less, _), (first, last), plots in (
        (shares(one, a, 5), (0, len(one)), slice(0, 5)),
        (shares(two, b, 5), (len(one), len(both)), slice(5, 10)),
    ):
        assert p[first:last].tobytes() == part.tobytes()
        assert free[plots].tobytes() == less.tobytes()
    assert np.all((p >= 0) & (p <= 1))
    for track in {t for t, _ in both}:
        assert p[[k for k, (t, _) in enumerate(both) if t == track]].sum() <= 1 + 1e-12


def one_by_one(edges: list[tuple[int, int]], w: np.ndarray, plots: int, sweeps: int) -> np.ndarray:
    """The iteration of one cluster in a plain loop, an edge after another: the probability of each edge."""
    tracks = sorted({t for t, _ in edges})
    of = {t: [k for k, (track, _) in enumerate(edges) if track == t] for t in tracks}
    nu, mu, total = np.ones(len(edges)), np.zeros(len(edges)), np.ones(plots)
    for sweep in range(sweeps):
        moved = 0.0
        for t in tracks if sweep % 2 == 0 else tracks[::-1]:
            some = 1.0
            for k in of[t]:
                fresh = 1.0 / max(1.0, total[edges[k][1]] - mu[k])
                moved, nu[k] = max(moved, abs(fresh - nu[k])), fresh
                some += w[k] * fresh
            for k in of[t]:
                fresh = w[k] / max(1.0, some - w[k] * nu[k])
                total[edges[k][1]] += fresh - mu[k]
                mu[k] = fresh
        if sweep and moved < SWEEP_TOLERANCE:
            break
    p = w * nu
    for t in tracks:
        some = 1.0
        for k in of[t]:
            some += p[k]
        p[of[t]] /= some
    return p


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_blocks_and_clusters_side_by_side_change_no_byte(seed: int) -> None:
    """More clusters than go on side by side, some settled soon and some never, tracks of one to twenty edges."""
    rng = np.random.default_rng(seed)
    edges: list[tuple[int, int]] = []
    w, right = [np.empty(0)], [np.empty(0)]
    for _ in range(int(rng.integers(1, 20))):
        tracks, plots = int(rng.integers(2, 7)), int(rng.integers(1, 20))
        first, begin = (edges[-1][0] + 1, max(g for _, g in edges) + 1) if edges else (0, 0)
        held = [
            sorted({0, *rng.integers(0, plots, rng.integers(1, 30)).tolist()}) for _ in range(tracks)
        ]  # all want the first plot
        cluster = [(t, g) for t, wanted in enumerate(held) for g in wanted]
        w.append(10 ** rng.uniform(-4, 5, len(cluster)))
        right.append(one_by_one(cluster, w[-1], plots, SWEEPS))
        edges += [(first + t, begin + g) for t, g in cluster]
    p, _, _ = shares(edges, np.concatenate(w), max(g for _, g in edges) + 1)
    assert p.tobytes() == np.concatenate(right).tobytes()


def test_no_plot_and_no_sweep_are_no_trouble() -> None:
    p, free, work = marginals(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), 3, SWEEPS)
    assert (len(p), free.tolist(), work) == (0, [1.0, 1.0, 1.0], 0)
    p, _, _ = shares([(0, 0), (1, 0)], np.array([1.0, 1.0]), 1, 0)
    assert p.tolist() == [0.5, 0.5]
