"""Whose plot is it: belief propagation against all ways to give the plots out, counted one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.track.layout_kernels import SWEEPS
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


def test_no_plot_and_no_sweep_are_no_trouble() -> None:
    p, free, work = marginals(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), 3, SWEEPS)
    assert (len(p), free.tolist(), work) == (0, [1.0, 1.0, 1.0], 0)
    p, _, _ = shares([(0, 0), (1, 0)], np.array([1.0, 1.0]), 1, 0)
    assert p.tolist() == [0.5, 0.5]
