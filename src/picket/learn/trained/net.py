"""A small net beside the logistic regression of kinds: one layer of hidden units, each a sum over features that counts only above zero.

A regression adds up what features say one by one; a unit stands for features that say something together. The two err in different
places, so their mean is right more often than either (decision 48). Rows are whole numbers of 8 bits, in steps of `step`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(slots=True)
class Net:
    """`rows` (features by units, in steps of `step`), `bias` of each unit, `out` (units by columns) and `out_bias` of each column."""

    rows: NDArray[np.int8]
    step: np.float32
    bias: Floats
    out: Floats
    out_bias: Floats

    def logits(self, rows: list[int]) -> Floats:
        """The log odds of each column for a sentence whose features have these rows."""
        units = np.add.reduce(self.rows.take(rows, axis=0), axis=0, dtype=np.int32) * self.step + self.bias
        found: Floats = np.maximum(units, 0) @ self.out + self.out_bias
        return found


def kept(rows: Floats, bias: Floats, out: Floats, out_bias: Floats) -> Net:
    """The net as the file keeps it."""
    step = np.float32(np.abs(rows).max() / 127)
    halves = (part.astype(np.float16).astype(np.float32) for part in (bias, out, out_bias))
    return Net(np.rint(rows / step).astype(np.int8), step, *halves)
