"""Quantiles against NumPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from picket.spectrum.order import median, quantile
from picket.spectrum.order_kernels import nth_smallest

FINITE = st.floats(-1e6, 1e6, allow_nan=False)


@given(arrays.arrays(np.float64, st.integers(1, 40), elements=FINITE), st.floats(0, 1))
def test_median_and_quantile_are_numpys(values: np.ndarray, share: float) -> None:
    before = values.copy()
    assert median(values) == np.median(values)
    assert quantile(values, share) == pytest.approx(np.quantile(values, share), rel=1e-12, abs=1e-9)
    assert np.array_equal(values, before)


@pytest.mark.parametrize(("rows", "columns"), [(1, 5), (3, 7), (64, 130), (85, 64)])
def test_the_nth_of_each_column_is_the_sorted_ones(rows: int, columns: int) -> None:
    x = np.random.default_rng(rows).standard_normal((rows, columns)).astype(np.float32)
    for nth in {0, rows // 4, rows - 1}:
        out = np.empty(columns, np.float32)
        nth_smallest(x, nth, out)
        assert np.array_equal(out, np.sort(x, axis=0)[nth])
