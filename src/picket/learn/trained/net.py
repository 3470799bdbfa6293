"""Small nets beside the regressions of kinds and of ends: a layer of hidden units, each a sum over features that counts only above zero.

A regression adds up what features say one by one; a unit stands for features that say something together. They err in different
places, so their mean is right more often than each (decisions 48, 58); nets side by side are read as one with all their units. Rows are
whole numbers of 8 bits, in steps of `step`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
STEP = np.float32(0.03)  # finer steps read no better and cost the file as much again


@dataclass(slots=True)
class Net:
    """`rows` (features by units, in steps of `step`), `bias` of each unit, `out` (units by columns) and `out_bias` of each column."""

    rows: NDArray[np.int8]
    step: np.float32
    bias: Floats
    out: Floats
    out_bias: Floats

    def logits(self, rows: list[int]) -> Floats:
        """The log odds of each column for what has the features of these rows."""
        return self._out(np.add.reduce(self.rows.take(rows, axis=0), axis=0, dtype=np.int32))

    def each(self, rows: NDArray[np.intp], starts: list[int]) -> Floats:
        """The same for several, whose rows stand one after the other, beginning at `starts`, none without any."""
        return self._out(np.add.reduceat(self.rows.take(rows, axis=0), starts, axis=0, dtype=np.int32))

    def fits(self, features: int, columns: int) -> bool:
        """Are its parts for so many features and columns?"""
        units = len(self.bias)
        shapes = (features, units), (units, columns), (columns,)
        return (self.rows.shape, self.out.shape, self.out_bias.shape) == shapes

    def _out(self, sums: NDArray[np.int32]) -> Floats:
        found: Floats = np.maximum(sums * self.step + self.bias, 0) @ self.out + self.out_bias
        return found


def kept(rows: Floats, bias: Floats, out: Floats, out_bias: Floats) -> Net:
    """The net as the file keeps it."""
    halves = (part.astype(np.float16).astype(np.float32) for part in (bias, out, out_bias))
    return Net(np.rint(rows / STEP).clip(-127, 127).astype(np.int8), STEP, *halves)
