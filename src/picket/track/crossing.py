"""The bearings that no track explains, held for others to cross them (`crossing_kernels.py`)."""

from __future__ import annotations

from typing import Self

import numpy as np

from picket.track.crossing_kernels import ROOM, WIDTH


class Bearings:
    """Rows 0..count-1 of `held` (ROOM + 1, WIDTH); the last row is scratch.

    beside: number of a track that bearings began -> the radar's track that it goes beside, and since when (`merge.py`).
    """

    def __init__(self) -> None:
        self.held, self.count = np.zeros((ROOM + 1, WIDTH)), 0
        self.beside: dict[int, tuple[int, float]] = {}

    def copy(self) -> Self:
        """The same, apart from it: for a tracker's state."""
        other = type(self)()
        other.restore(self)
        return other

    def restore(self, other: Self) -> None:
        """Becomes what `other` is."""
        self.count, self.beside = other.count, dict(other.beside)
        self.held[: self.count] = other.held[: other.count]
