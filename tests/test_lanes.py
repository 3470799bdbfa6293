"""Sixteen values at a time, against NumPy's of the same values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picket import _jit
from picket.lanes_kernels import (
    added,
    after,
    fetch,
    gather,
    larger,
    largest,
    load,
    load_pairs,
    scatter,
    spread,
    store,
    store_pairs,
    sums_of_pairs,
    total,
    turned,
    turned_across,
    turned_within,
)  # fmt: skip

RNG = np.random.default_rng(1)


@pytest.fixture
def lean(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    monkeypatch.setattr(_jit, "cache_folder", lambda: None)
    return _jit.lean


def floats(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape).astype(np.float32)


def test_arithmetic_is_that_of_each_value_rounded_as_alone(lean: Callable[[Any], Any]) -> None:
    @lean
    def work(a: Any, b: Any, out: Any) -> None:
        for i in range(3, a.shape[0] - 15, 16):
            fetch(a, i + 1_000_000)  # beyond its end: does nothing, and no harm
            store(out, i, load(a, i) * load(b, i) + load(a, i) - spread(b[0]))

    a, b, out = floats(40), floats(40), np.zeros(40, np.float32)
    work(a, b, out)
    assert np.array_equal(out[3:35], (a * b + a - b[0])[3:35])  # two operations, two roundings: not fused
    assert not out[:3].any()
    assert not out[35:].any()


def test_two_lanes_are_stored_pair_by_pair(lean: Callable[[Any], Any]) -> None:
    @lean
    def work(a: Any, b: Any, out: Any) -> None:
        store_pairs(out, 3, load(a, 0), load(b, 0))

    a, b, out = floats(16), floats(16), np.zeros(40, np.float32)
    work(a, b, out)
    assert np.array_equal(out[3:35:2], a)
    assert np.array_equal(out[4:36:2], b)
    assert not out[:3].any()
    assert not out[35:].any()


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "f4"])
def test_pairs_of_every_type_of_number_are_parted(lean: Callable[[Any], Any], dtype: str) -> None:
    @lean
    def work(samples: Any, at: int, first: Any, second: Any) -> None:
        a, b = load_pairs(samples, at)
        store(first, 0, a)
        store(second, 0, b)

    samples = RNG.integers(0, 256, 70).astype("u1").view("i1" if dtype == "i1" else "u1").astype(dtype)
    first, second = np.zeros((2, 16), np.float32)
    work(samples, 5, first, second)
    assert np.array_equal(first, samples[5:37:2].astype(np.float32))
    assert np.array_equal(second, samples[6:37:2].astype(np.float32))


def test_neighbours_and_the_largest_of_lanes(lean: Callable[[Any], Any]) -> None:
    @lean
    def work(x: Any, sums: Any, next_: Any, most: Any) -> float:
        a, b = load(x, 0), load(x, 16)
        store(sums, 0, sums_of_pairs(a, b))
        store(next_, 0, after(a, b))
        store(most, 0, larger(a, b))
        return largest(a)

    x, (sums, next_, most) = floats(32), np.zeros((3, 16), np.float32)
    for k in range(16):  # the largest is found in each lane
        x[k] = 10 + k
        assert work(x, sums, next_, most) == x[:16].max()
        assert np.array_equal(sums, x[::2] + x[1::2])
        assert np.array_equal(next_, x[1:17])
        assert np.array_equal(most, np.maximum(x[:16], x[16:]))
    x[3] = np.nan
    work(x, sums, next_, most)
    assert most[3] == x[19]


def test_four_lanes_are_turned_round_by_fours(lean: Callable[[Any], Any]) -> None:
    @lean
    def work(x: Any, within: Any, across: Any, one: Any) -> None:
        a, b, c, d = load(x, 0), load(x, 16), load(x, 32), load(x, 48)
        for of, out in ((turned_within(a, b, c, d), within), (turned_across(a, b, c, d), across)):
            store(out, 0, of[0])
            store(out, 16, of[1])
            store(out, 32, of[2])
            store(out, 48, of[3])
        store(one, 0, turned(b))

    x, within, across, one = np.arange(64, dtype=np.float32), *np.zeros((2, 64), np.float32), np.zeros(16, np.float32)
    work(x, within, across, one)
    cube = x.reshape(4, 4, 4)  # of which lanes, part, place
    assert np.array_equal(within.reshape(4, 4, 4), cube.transpose(2, 1, 0))
    assert np.array_equal(across.reshape(4, 4, 4), cube.transpose(1, 0, 2))
    assert np.array_equal(one.reshape(4, 4), cube[1].T)


def test_the_total_adds_halves(lean: Callable[[Any], Any]) -> None:
    x = floats(16)
    halves = x
    while len(halves) > 1:
        halves = halves[: len(halves) // 2] + halves[len(halves) // 2 :]
    assert lean(lambda x: total(load(x, 0)))(x) == halves[0]


def test_eight_doubles_side_by_side(lean: Callable[[Any], Any]) -> None:
    @lean
    def work(a: Any, b: Any, out: Any) -> tuple[float, float]:
        x, y = load(a, 1), load(b, 2)
        store(out, 0, x / y)
        store(out, 8, larger(x, y * spread(b[0])) - x)
        return added(a[0], x), largest(y)

    (a, b), out = RNG.standard_normal((2, 12)), np.zeros(16)
    total, most = work(a, b, out)
    in_order = a[0]
    for value in a[1:9]:
        in_order += value
    assert (total, most) == (in_order, b[2:10].max())
    assert np.array_equal(out[:8], a[1:9] / b[2:10])
    assert np.array_equal(out[8:], np.maximum(a[1:9], b[2:10] * b[0]) - a[1:9])


def test_eight_doubles_from_and_to_eight_places(lean: Callable[[Any], Any]) -> None:
    @lean
    def work(x: Any, places: Any, out: Any) -> None:
        scatter(out, places, 3, gather(x, places, 2))

    x, places, out = RNG.standard_normal(30), RNG.permutation(30)[:11], np.zeros(30)
    work(x, places, out)
    assert np.array_equal(out[places[3:]], x[places[2:10]])
    assert np.count_nonzero(out) == 8


def test_lanes_of_two_types_do_not_mix(lean: Callable[[Any], Any]) -> None:
    with pytest.raises(Exception, match="No implementation of function"):
        lean(lambda x, y: largest(load(x, 0) + load(y, 0)))(np.zeros(16, np.float32), np.zeros(16))
    with pytest.raises(Exception, match="cannot be written"):
        lean(lambda x, y: store(y, 0, load(x, 0)))(np.zeros(16, np.float32), np.zeros(16))


@pytest.mark.parametrize("wrong", [np.zeros(64, np.int64), np.zeros((4, 16), np.float32), np.zeros(128, np.float32)[::2]])
def test_what_is_no_row_of_floats_is_refused_when_it_is_compiled(lean: Callable[[Any], Any], wrong: np.ndarray) -> None:
    with pytest.raises(Exception, match="expected one contiguous dimension"):
        lean(lambda x: store(x, 0, load(x, 16)))(wrong)
