"""Wide signals too faint for one segment (50 ms): the floor is added up for seconds, and a plateau is looked for in the sum.

A receiver's ripple stays as it is, and so does a steady signal: time alone does not part them. But the scatter falls, and with it what a
plateau's two edges must rise by to be told from waves (`plateau.py`). Of the joined floors, which look back over eight segments, every
eighth is taken: they are nearly independent, and bursts are not in them.

When it ends the sum would say so seconds late. So each floor that comes is asked whether it still has the plateau, and what speaks
against it is added up (Page 1954, doi:10.2307/2333009); when that is enough all begins anew.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from picket.spectrum.order import median
from picket.spectrum.plateau import Plateau, plateau
from picket.spectrum.transform import VARIANCE_FACTOR

_EVERY = 8  # segments that a joined floor looks back over
_FIRST, _MOST = 2, 32  # floors before the first look; at most (13 s), half of their weight is forgotten then
_LEAST_DB = 0.01
_ENDED = 8.0  # nats that speak against it

Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass
class SlowPlateau:
    """What was seen so far. Segments must be whole, and of a band that is mostly quiet.

    told: the plateau as it was told last. gained: sigma that it gained by the last look.
    """

    told: Plateau | None = None
    gained: float = 0.0
    _segment: int = 0
    _sum: Doubles = field(default_factory=lambda: np.zeros(0))
    _count: int = 0
    _against: float = 0.0

    def find(self, floor_db: Doubles, known: Bools, sigma_db: float) -> Plateau | None:
        """The plateau that is on in this segment, whose joined floor is floor_db (K,), where the bins `known` count; None where none is
        told. sigma_db: how well a bin of one segment is known (1 sigma).

        Cost: a millisecond every eighth segment.
        """
        self._segment += 1
        self.gained = 0.0
        if self._segment % _EVERY:
            return self.told
        y = floor_db - median(floor_db[known]) if known.any() else floor_db
        each_db = sigma_db / math.sqrt(_EVERY)
        if self.told is not None and self._ended(self.told, y, known, each_db):
            self.told, self._sum, self._count, self._against = None, np.zeros(0), 0, 0.0
            return None
        self._sum = self._sum + y if len(self._sum) else y
        self._count += 1
        if self._count >= _FIRST:
            self._look(known, each_db / math.sqrt(self._count))
        if self._count == _MOST:
            self._sum, self._count = self._sum / 2, _MOST // 2
        return self.told

    def _look(self, known: Bools, noise_db: float) -> None:
        found = plateau(self._sum / self._count, known, noise_db, _LEAST_DB)
        if found is None:
            return
        before = self.told.sigma if self.told is not None else 0.0
        self.gained = math.sqrt(max(found.sigma**2 - before**2, 0.0))
        if found.sigma >= before:
            self.told = found

    def _ended(self, told: Plateau, y: Doubles, known: Bools, each_db: float) -> bool:
        """Whether the floors that came since speak against it by now."""
        inside = np.zeros(len(y), bool)
        inside[told.first : told.last] = True
        over = y - told.floor_db
        n, m = int((known & inside).sum()), int((known & ~inside).sum())
        if not n or not m:
            return False
        level = float(over[known & inside].mean() - over[known & ~inside].mean())
        scatter = each_db**2 * VARIANCE_FACTOR * (1 / n + 1 / m)
        self._against = max(0.0, self._against - told.level_db * (level - told.level_db / 2) / scatter)
        return self._against > _ENDED
