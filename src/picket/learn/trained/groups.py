"""Features that stand together, named once: from then on a group of them is one look-up.

Nearly all the time of the trained reader went into writing features as text and finding each among those that have weights. A group is
the function that names its features and what that function is given; asked for the first time it is named, after that it is known.
The same code so makes names, to train with, and rows of a table of weights, to read with.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=Hashable)  # str: a feature's name; int: its row of weights
_MOST = 200_000  # groups that are kept; at about 200 bytes each


class Groups(dict[tuple[Any, ...], tuple[T, ...]], Generic[T]):
    """`groups[names, *given]` are the features that `names(*given)` names, as `item_of` has them; those that it does not know are none."""

    def __init__(self, item_of: Callable[[str], T | None]) -> None:
        super().__init__()
        self.item_of = item_of

    def __missing__(self, key: tuple[Any, ...]) -> tuple[T, ...]:
        """Names the group, and keeps it."""
        if len(self) >= _MOST:
            self.clear()
        found = self[key] = tuple(self.items_of(key[0](*key[1:])))
        return found

    def items_of(self, names: Iterable[str]) -> list[T]:
        """The features of these names."""
        return [item for item in map(self.item_of, names) if item is not None]


def named_groups() -> Groups[str]:
    """Groups of the names themselves, each kept once however many sentences have it."""
    return Groups(sys.intern)


def each(label: str, values: Iterable[str]) -> list[str]:
    """One feature for each value."""
    return [f"{label}:{value}" for value in values]


def as_they_are(names: tuple[str, ...]) -> tuple[str, ...]:
    """The features of names that are written already."""
    return names
