"""What words stand for, as the trained reader sees them: "instructors", "taught" and "lesson" are of one concept (`data/concepts.tsv`).

The reports that the weights are trained on hold few of the words of the next report; a concept is known there all the same. Words were put
together from general knowledge of how news tells of drones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from picket.learn.tokens import Token


@dataclass(slots=True)
class _Table:
    """Whole words, beginnings of words by their first three letters, and words side by side by their first two."""

    words: dict[str, list[str]] = field(default_factory=dict)
    begins: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    joined: dict[str, dict[str, list[tuple[list[str], str]]]] = field(default_factory=dict)


@cache
def _table() -> _Table:
    table = _Table()
    for line in files("picket.learn").joinpath("data", "concepts.tsv").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        concept, _, words = line.partition("\t")
        for word in words.split():
            if "_" in word:
                parts = word.split("_")
                table.joined.setdefault(parts[0], {}).setdefault(parts[1], []).append((parts, concept))
            elif word.endswith("*"):
                table.begins.setdefault(word[:3], []).append((word[:-1], concept))
            else:
                table.words.setdefault(word, []).append(concept)
    return table


def concepts_of_word(word: str) -> tuple[str, ...]:
    """The concepts of one lower-case word; of its parts where it has hyphens and no concept of its own."""
    table = _table()
    found = [*table.words.get(word, ()), *(c for begin, c in table.begins.get(word[:3], ()) if word.startswith(begin))]
    if not found and "-" in word:
        return tuple(dict.fromkeys(c for part in word.split("-") for c in concepts_of_word(part)))
    return tuple(dict.fromkeys(_wider(found)))


def _wider(concepts: list[str]) -> list[str]:
    """Each with the wider one that it belongs to: "attack.drop" is also "attack"."""
    return [w for c in concepts for w in ((c, c.partition(".")[0]) if "." in c else (c,))]


def joins(word: str) -> bool:
    """May the word be the first of words side by side that stand for something?"""
    return word in _table().joined


def join_concepts(tokens: list[Token], k: int, concepts: list[tuple[str, ...]]) -> None:
    """Adds to the concepts of token k those of words side by side that begin with it."""
    after = tokens[k + 1].low if k + 1 < len(tokens) else ""
    for parts, concept in _table().joined[tokens[k].low].get(after, ()):
        if [t.low for t in tokens[k : k + len(parts)]] == parts:
            concepts[k] = tuple(dict.fromkeys((*concepts[k], *_wider([concept]))))
