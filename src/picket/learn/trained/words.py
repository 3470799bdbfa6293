"""What a word is to the trained reader, known once for each word: its stem, what it stands for, whether it counts as a word."""

from __future__ import annotations

from dataclasses import dataclass

from picket.learn.trained.concepts import concepts_of_word, joins
from picket.learn.trained.sorts import stem

_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Word:
    """`stem` as `sorts.stem` gives it, `concepts` as `concepts.concepts_of_word`; `spoken` if a letter or figure is in it;
    `joins` if it may be the first of words side by side that stand for something."""

    stem: str
    concepts: tuple[str, ...]
    spoken: bool
    joins: bool


class _Words(dict[str, Word]):
    def __missing__(self, low: str) -> Word:
        if len(self) >= _MOST:
            self.clear()
        word = self[low] = Word(stem(low), concepts_of_word(low), any(map(str.isalnum, low)), joins(low))
        return word


_WORDS = _Words()


def words_of(lows: list[str]) -> list[Word]:
    """The words, in small letters, as the trained reader knows them."""
    return list(map(_WORDS.__getitem__, lows))
