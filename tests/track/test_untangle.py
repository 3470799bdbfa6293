"""Neighbours that contest their plots: each becomes narrower, and nothing is lost on the way."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.track import untangle_kernels
from picket.track.motion_kernels import unpack
from picket.track.untangle_kernels import ALL, BEGIN, CONTESTED, END, PART, Rows, _exchange, _fit, _in_parts, _moments


def _rows(rng: np.random.Generator, components: int) -> Rows:
    """Two rows with so many components each, of random place, covariance and weight."""
    n, room = 2 * components, untangle_kernels.ROOM
    A = rng.normal(0, 1, (4, 2, 6, 6)) * np.array([30, 30, 40, 5, 5, 1])[:, None]
    P = np.zeros((2, 4, 24))
    P[..., :21] = (A @ A.transpose(0, 1, 3, 2) + np.eye(6))[:, :, *np.tril_indices(6)].transpose(1, 0, 2)
    mass = np.zeros((2, room))
    mass[:, :components] = rng.dirichlet(np.ones(components), 2)
    item = np.zeros((2, room), np.int64)
    item[:, :components] = np.arange(n).reshape(2, components)
    none = np.zeros(2, np.int64)
    x = np.zeros((2, n, 8))
    x[..., :6] = rng.normal(0, 1, (2, n, 6)) * np.array([60, 60, 80, 6, 6, 1])
    rows = Rows(none, none, none, none, none, P, item, mass, np.full(2, components), np.empty((2, 4)), np.empty((2, 4, 4)),
                np.zeros(2, np.int64), rng.integers(0, 4, n), x, np.empty(2 * room * ALL), np.empty((2, room)),
                np.empty((2, room)))  # fmt: skip
    return rows


def _far(rows: Rows, c: int, m: np.ndarray, W: np.ndarray) -> float:
    """tr(W P) + (x - m)' W (x - m) of component c, by matrices."""
    full, ground = np.empty((6, 6)), [0, 1, 3, 4]
    unpack(rows.P[0, rows.spread[c]], full)
    d = rows.x[0, c][ground] - m
    return float(np.trace(W @ full[np.ix_(ground, ground)]) + d @ W @ d)


def _cost(rows: Rows, mean: np.ndarray, narrow: np.ndarray) -> float:
    """What an exchange makes least, over all that both rows hold, by the moments given."""
    total = 0.0
    for r in range(2):
        for w, c in zip(rows.mass[r, : rows.size[r]], rows.item[r, : rows.size[r]], strict=True):
            total += w * _far(rows, c, mean[r], narrow[r])
    return total


def _held(rows: Rows) -> np.ndarray:
    """How much of each component both rows hold together."""
    held = np.zeros(rows.x.shape[1])
    for r in range(2):
        np.add.at(held, rows.item[r, : rows.size[r]], rows.mass[r, : rows.size[r]])
    return held


@given(st.integers(0, 10_000), st.integers(2, 12))
@settings(max_examples=60, deadline=None)
def test_an_exchange_costs_less_and_keeps_every_weight(seed: int, components: int) -> None:
    rows, scratch = _rows(np.random.default_rng(seed), components), np.empty((6, 6))
    for r in range(2):
        _fit(rows, r, scratch)
    before, cost, mean, narrow = _held(rows), 0.0, rows.mean.copy(), rows.narrow.copy()
    cost = _cost(rows, mean, narrow)
    room = 2 * untangle_kernels.ROOM
    changed = _exchange(rows, 0, 1, np.empty((2, room + 8)), np.empty((2, room), np.int64))
    assert _held(rows) == pytest.approx(before, abs=1e-6)
    for r in range(2):
        assert rows.mass[r, : rows.size[r]].sum() == pytest.approx(1.0, abs=1e-6)
    assert _cost(rows, mean, narrow) < cost if changed else _cost(rows, mean, narrow) == cost


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_how_far_a_component_lies_is_the_textbooks(seed: int) -> None:
    rows, scratch, full = _rows(np.random.default_rng(seed), 3), np.empty((6, 6)), np.empty((6, 6))
    _fit(rows, 0, scratch)
    ground = np.ix_([0, 1, 3, 4], [0, 1, 3, 4])
    w, c = rows.mass[0, :3], rows.item[0, :3]
    x, m = rows.x[0, c][:, [0, 1, 3, 4]], w @ rows.x[0, c][:, [0, 1, 3, 4]]
    V = np.zeros((4, 4))
    for k in range(3):
        unpack(rows.P[0, rows.spread[c[k]]], full)
        V += w[k] * (full[ground] + np.outer(x[k] - m, x[k] - m))
    W = np.linalg.inv(V)
    assert rows.narrow[0] == pytest.approx(W, rel=1e-6, abs=1e-9)
    for k in range(3):
        assert rows.own[0, k] == pytest.approx(_far(rows, c[k], m, W), rel=1e-6)


@given(st.integers(0, 10_000), st.integers(2, 12))
@settings(max_examples=30, deadline=None)
def test_what_a_row_holds_as_one_gaussian_is_the_textbooks(seed: int, components: int) -> None:
    rows, full = _rows(np.random.default_rng(seed), components), np.empty((6, 6))
    x, L = np.empty(6), np.empty(21)
    for k in range(2):
        _moments(rows, 1, k, x, L, np.empty((6, 8)))
        w, c = rows.mass[1, :components], rows.item[1, :components]
        mean, V = w @ rows.x[k, c, :6], np.zeros((6, 6))
        for one, share in zip(c, w, strict=True):
            unpack(rows.P[k, rows.spread[one]], full)
            d = rows.x[k, one, :6] - mean
            V += share * (full + np.outer(d, d))
        assert x == pytest.approx(mean, rel=1e-9)
        unpack(L, full)
        assert full == pytest.approx(V, rel=1e-9, abs=1e-9)


@given(st.integers(0, 10_000), st.integers(0, 300), st.integers(1, 600))
@settings(max_examples=60, deadline=None)
def test_what_hangs_together_is_in_one_part_and_in_its_order(seed: int, tracks: int, plots: int) -> None:
    rng = np.random.default_rng(seed)
    edges = np.concatenate([[0], np.cumsum(rng.integers(1, 4, tracks))])
    e_plot, p = rng.integers(0, plots, edges[-1]), np.where(rng.random(edges[-1]) < 0.5, 1.0, 0.5) * CONTESTED
    wants = np.zeros((tracks, 4), np.int64)
    wants[:, 0], wants[:, BEGIN], wants[:, END] = np.arange(tracks), edges[:-1], edges[1:]
    ordered, cut = _in_parts(wants, e_plot, p, plots)
    assert sorted(ordered[:, 0]) == list(range(tracks))
    assert cut[0] == 0
    assert cut[-1] == tracks
    contested: set[int] = set()
    for begin, end in pairwise(cut.tolist()):
        rows = ordered[begin:end]
        wanted = [{int(e_plot[e]) for e in range(row[BEGIN], row[END]) if p[e] >= CONTESTED} for row in rows]
        assert not contested & set().union(*wanted)
        contested |= set().union(*wanted)
        for k, mine in enumerate(wanted):  # those that contest a plot come in the order in which they were
            assert all(rows[o, 0] > rows[k, 0] for o in range(k + 1, len(rows)) if mine & wanted[o])
    assert (np.diff(cut)[:-1] + np.diff(cut)[1:] > PART).all()
