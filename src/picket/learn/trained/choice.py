"""A choice of one among a few: what is known of each candidate is looked up and added up, and the odds follow.

A trait is a tuple: the kind of claim that is chosen for, a label, and what says more. It counts from the broadest to the finest ("end",
"end:recipient"), each for all kinds of claim and for the one; what they weigh together is found once and kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Trait = tuple[object, ...]
_MOST = 100_000  # traits whose worth is kept


def features_of(kind: object, label: object, *more: object) -> list[str]:
    """The features of a trait."""
    names = [":".join(map(str, (label, *more[:n]))) for n in range(len(more) + 1)]
    return [f for name in names for f in (name, f"{kind}|{name}")]


@dataclass(slots=True)
class Choice:
    """`weights` says how much each feature speaks for a candidate that has it."""

    weights: dict[str, float]
    _worth: _Worth = field(init=False)

    def __post_init__(self) -> None:
        self._worth = _Worth(self.weights)

    def odds(self, traits: Mapping[str, Iterable[Trait]]) -> dict[str, float]:
        """The probability of each candidate, by its traits."""
        worth = self._worth
        logits = {name: sum(map(worth.__getitem__, known)) for name, known in traits.items()}
        top = max(logits.values())
        parts = {name: math.exp(logit - top) for name, logit in logits.items()}
        total = sum(parts.values())
        return {name: part / total for name, part in parts.items()}


class _Worth(dict[Trait, float]):
    """What a trait weighs."""

    def __init__(self, weights: dict[str, float]) -> None:
        super().__init__()
        self.weights = weights

    def __missing__(self, trait: Trait) -> float:
        if len(self) >= _MOST:
            self.clear()
        found = self[trait] = sum(self.weights.get(f, 0.0) for f in features_of(*trait))
        return found
