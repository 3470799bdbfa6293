"""Which ASTERIX categories are read, in which editions, and what their codes mean in words.

To add a category: its reader in catNNN_kernels.py, two lines in `_block` of blocks_kernels.py, and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from picket.feed.asterix import (
    cat015_kernels,
    cat021_kernels,
    cat034_kernels,
    cat048_kernels,
    cat062_kernels,
    cat065_kernels,
    cat129_kernels,
)
from picket.feed.format import Ints


@dataclass(frozen=True)
class Category:
    """One category.

    number    the block's first octet
    title     what its records are
    editions  oldest first, the last one is the default: name -> what the reader gets as `edition`. Those that mean the same
              on the wire share a number
    classes   words for the code in CLASS
    messages  words for the code in S_MESSAGE
    details   words for the bits in S_DETAIL, lowest first
    """

    number: int
    title: str
    editions: Mapping[str, int]
    classes: Mapping[int, str] = field(default_factory=dict)
    messages: Mapping[int, str] = field(default_factory=dict)
    details: Sequence[str] = ()

    @property
    def span(self) -> str:
        """The editions for people, each row of them: "0.23-0.26, 2.1-2.7"."""
        majors: dict[str, list[str]] = {}
        for name in self.editions:
            majors.setdefault(name.split(".")[0], []).append(name)
        return ", ".join(f"{row[0]}-{row[-1]}" if len(row) > 1 else row[0] for row in majors.values())


def _minor(major: int, first: int, last: int, number: int = 0) -> dict[str, int]:
    """Editions major.first to major.last, all alike to the reader."""
    return {f"{major}.{n}": number for n in range(first, last + 1)}


CATEGORIES: tuple[Category, ...] = (
    Category(15, "non-cooperative target reports", _minor(1, 0, 2), classes=cat015_kernels.CLASSES),
    Category(21, "ADS-B reports", cat021_kernels.EDITIONS, classes=cat021_kernels.CLASSES),
    Category(34, "radar service messages", _minor(1, 27, 29), messages=cat034_kernels.MESSAGES, details=cat034_kernels.DETAILS),
    Category(48, "radar plots", _minor(1, 21, 32), classes=cat048_kernels.CLASSES),
    Category(62, "system tracks", _minor(1, 16, 21), classes=cat062_kernels.CLASSES),
    Category(65, "system track services", _minor(1, 4, 6), messages=cat065_kernels.MESSAGES, details=cat065_kernels.DETAILS),
    Category(129, "UAS identification reports", {"1.2": 0}, classes=cat129_kernels.CLASSES),
)
BY_NUMBER = {c.number: c for c in CATEGORIES}


def editions_of(chosen: str | None) -> Ints:
    """(256,) int64: what the reader of each category gets as its edition, -1 for a category that is not read.

    chosen: "1.30" (of CAT048), "048=1.30,062=1.18", or None for the latest of all; a category that is not named has its
    latest. Raises ValueError, naming what is known.
    """
    numbers = np.full(256, -1, np.int64)
    for category in CATEGORIES:
        numbers[category.number] = list(category.editions.values())[-1]
    named = set()
    for part in [] if chosen is None else chosen.split(","):
        name, equals, edition = (s.strip() for s in part.rpartition("="))
        number = int(name) if name.isdecimal() and name.isascii() else -1 if equals else 48
        if number not in BY_NUMBER:
            known = ", ".join(f"{c.number:03}" for c in CATEGORIES)
            raise ValueError(f"edition: categories {known} are read, got {part.strip()!r} (write it as 048=1.30,062=1.18)")
        if number in named:
            raise ValueError(f"edition: CAT{number:03} is named twice in {chosen!r}")
        named.add(number)
        editions = BY_NUMBER[number].editions
        if edition not in editions:
            raise ValueError(f"edition: CAT{number:03} is read in editions {', '.join(editions)}, got {edition!r}")
        numbers[number] = editions[edition]
    return numbers
