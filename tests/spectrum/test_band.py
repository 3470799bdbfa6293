"""The band that is cut out for a faint carrier, against the same sums in double precision."""

from __future__ import annotations

import numpy as np
import pytest

from picket.spectrum.tones_kernels import hop_sums

RNG = np.random.default_rng(1)


@pytest.mark.parametrize(("dtype", "offset"), [("i1", 0.0), ("u1", 127.5), ("i2", 0.0), ("f4", 0.0)])
@pytest.mark.parametrize("hop", [16, 512])
def test_sums_of_each_hop_are_those_of_a_matrix_product(dtype: str, offset: float, hop: int) -> None:
    rows = 9
    samples = RNG.integers(0, 127, 2 * rows * hop + 7).astype(dtype)
    turn = RNG.standard_normal((4, 2, hop)).astype(np.float32)
    out = np.empty((rows, 4), np.complex64)
    hop_sums(samples, offset, turn.ravel(), out.view(np.float32))
    x = (samples[: 2 * rows * hop].astype(float) - offset).view(complex).reshape(rows, hop)
    expected = x @ (turn[:, 0] + 1j * turn[:, 1]).T
    np.testing.assert_allclose(out, expected, atol=1e-6 * np.abs(x).max() * hop)
