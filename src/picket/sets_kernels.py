"""Sets of rows that belong together (union-find): parent (N,) starts as 0, 1, 2, ... and leads from each row towards its set's root."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from picket._jit import lean


@lean
def root(parent: npt.NDArray[np.int64], i: int) -> int:
    """The row that stands for the set of row i; halves the way there as it goes (Tarjan and van Leeuwen 1984)."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i
