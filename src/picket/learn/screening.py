"""Patterns of words that are tried only where a word stands that they cannot do without.

Most sentences hold none of the words of most patterns, and looking for a few words is many times cheaper than trying a pattern at every
letter. The words are found in the pattern itself, so that they cannot fall behind it.
"""

from __future__ import annotations

import re
import re._constants as sre  # type: ignore[import-not-found,unused-ignore]
import re._parser as parser  # type: ignore[import-not-found,unused-ignore]
from collections.abc import Iterable, Iterator
from typing import Any

_LONE = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}


class Screened:
    """A pattern with `words`, in small letters: no text matches without one of them. It answers as the pattern itself does."""

    __slots__ = ("pattern", "words")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = re.compile(pattern, flags)
        self.words = _shortest(words_needed(pattern, flags) or [""])

    def may_match(self, text: str) -> bool:
        """Does one of the words stand in the text?"""
        return self.stands_in(small(text))

    def stands_in(self, low: str) -> bool:
        """The same of a text in small letters (`small`), for many patterns of one text."""
        for word in self.words:  # noqa: SIM110  (twice as fast as any())
            if word in low:
                return True
        return False

    def search(self, text: str, begin: int = 0, end: int | None = None) -> re.Match[str] | None:
        """As re.Pattern.search."""
        end = len(text) if end is None else end
        return self.pattern.search(text, begin, end) if self.may_match(text[begin:end]) else None

    def finditer(self, text: str, begin: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """As re.Pattern.finditer."""
        end = len(text) if end is None else end
        return self.pattern.finditer(text, begin, end) if self.may_match(text[begin:end]) else iter(())


def small(text: str) -> str:
    """In small letters as patterns that ignore case see them: what they take for i and s is i and s."""
    if not text.isascii():
        text = text.replace("İ", "i").replace("ı", "i").replace("ſ", "s")
    return text.lower()


def words_needed(pattern: str, flags: int = 0) -> list[str] | None:
    """Strings in small letters of which every match of the pattern holds one; None where there are none."""
    return _needed(parser.parse(pattern, flags))


def _needed(parts: Iterable[Any]) -> list[str] | None:
    """Of a sequence: those of the part that asks for the longest words."""
    found: list[list[str]] = []
    run = ""
    for code, given in parts:
        if code is sre.LITERAL:
            run += chr(given)
            continue
        found, run = [*found, [run]] if run else found, ""
        inner = _needed_by(code, given)
        if inner is not None:
            found.append(inner)
    found = [*found, [run]] if run else found
    return max(found, key=lambda words: (min(map(len, words)), -len(words)), default=None)


def _needed_by(code: Any, given: Any) -> list[str] | None:
    if code is sre.SUBPATTERN:
        return _needed(given[-1])
    if code in _LONE:
        return _needed(given[2]) if given[0] > 0 else None
    if code is sre.BRANCH:
        words = [_needed(branch) for branch in given[1]]
        return None if any(w is None for w in words) else [w for some in words if some is not None for w in some]
    return None


def _shortest(words: list[str]) -> tuple[str, ...]:
    """Without those that hold another of them, in small letters."""
    lows = sorted({small(w) for w in words}, key=lambda w: (len(w), w))
    kept: list[str] = []
    for word in lows:
        if not any(k in word for k in kept):
            kept.append(word)
    return tuple(kept)
