"""Names that a report shortens itself: after "Conflict Armament Research (CAR)" CAR is no state, after "Australian Defence Force" ADF no
militia of Congo.

Letters that the gazetteer knows stand for something else where the report spells them out: words with these initials, in their order,
that the gazetteer knows as a name of another country, or that nobody knows and that stand right before the letters in brackets, where the
gazetteer has a land for them.
"""

from __future__ import annotations

import re

from picket.learn.lexicon import Name, lexicon
from picket.learn.places import country_of

Short = tuple[str, Name | None]  # what letters stand for, and the gazetteer's entry of it
_LETTERS = re.compile(r"\b[A-Z]{3,6}\b")
_SMALL = r"(?:\s+(?:of|and|for|the|in|on|de|da|del|du))*\s+"
_READ = 20_000  # characters that are looked at; bounds the work for a text of any length
_LANDS = frozenset(["state", "place", "capital", "demonym"])


def shortened(text: str) -> dict[str, Short]:
    """Letters that the gazetteer knows and that mean something else in this text, by its first pages. Cost: some 0.1 ms a page."""
    table, text = lexicon().names, text[:_READ]
    found: dict[str, Short] = {}
    for letters in sorted({m.group() for m in _LETTERS.finditer(text)}):
        known = next((name for parts, name in table.get(letters.lower(), ()) if parts == (letters,)), None)
        spelt = _spelt_out(text, letters) if known is not None else None
        if known is None or spelt is None:
            continue
        words, in_brackets = spelt
        name = _named(words)
        elsewhere = (name.country if name is not None else country_of(words)) != known.country
        if elsewhere and (name is not None or (in_brackets and known.kind in _LANDS)):
            found[letters] = words, name
    return found


def _spelt_out(text: str, letters: str) -> tuple[str, bool] | None:
    """The first words of the text that begin with these letters, and whether the letters follow in brackets."""
    words = _SMALL.join(rf"{letter}[\w’'-]{{0,30}}[a-z]" for letter in letters)  # longer is no word, and costs a square
    match = re.search(rf"\b({words})(\s+\(\W?{letters}\b)?", text)
    return (" ".join(match[1].split()), match[2] is not None) if match else None


def _named(words: str) -> Name | None:
    parts = tuple(words.replace("’", "'").split())
    return next((name for known, name in lexicon().names.get(parts[0].lower(), ()) if known == parts), None)
