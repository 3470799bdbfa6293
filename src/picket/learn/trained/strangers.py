"""Capitalised names that no gazetteer knows: which of them a report shows to be organisations, and which persons.

An organisation may stand at the end of a claim, a person never may. What stands beside a name anywhere in the report tells: "Orqa, a
Croatian firm", "the company Orqa"; "Ivo Kern, a pilot", "Captain Kern", "Kern said". What is neither is left to the weights of the ends.
"""

from __future__ import annotations

import re

from picket.learn.chunks import Phrase
from picket.learn.lexicon import given_names, word_set
from picket.learn.naming import classes_of
from picket.learn.tokens import Token

_READ = 60_000  # characters in which such names are looked for
_FIRM = (
    r"(?:company|firm|start-?up|maker|manufacturer|producer|contractor|supplier|subsidiary|trader|conglomerate|exporter|plant|factory|"
    r"militia|gang|cartel|faction|battalion|brigade|unit|network|agency|cell|group)"
)
_PROPER = r"((?:[A-Z][\w&’'-]*)(?: (?:[A-Z][\w&’'-]*|de|del|of|al))*(?<! of)(?<! de))"
_ORGANISED = re.compile(
    rf"\b{_PROPER},? (?:\([A-Z]+\),? )?(?:an?|the|another|one|which is an?) (?:[\w-]+ ){{0,4}}?{_FIRM}\b"
    rf"|\b{_FIRM} (?:called |named |known as )?{_PROPER}"
    rf"|\b{_FIRM}, {_PROPER},"
)
_SAID = r"(?:said|says|told|tells|added|adds|recalled|recalls|warned|wrote|explained|explains|argued|argues)"
_SOMEBODY = sorted(word_set("trained.somebody"))
_CASES = {"i": "iIİı", "k": "kK\u212a", "s": "sSſ"}  # what a pattern that ignores case takes for these letters


def _in_any_case(words: list[str]) -> str:
    """A pattern of the words in small or large letters. Those of one first letter stand together behind it, so that at most places the
    pattern is through with all of them after a look at one letter."""
    rest: dict[str, list[str]] = {}
    for word in words:
        rest.setdefault(word[0], []).append(word[1:])
    return "|".join(f"[{_CASES.get(c, c + c.upper())}](?i:{'|'.join(ends)})" for c, ends in rest.items())


_PERSONAL = re.compile(
    rf"\b{_PROPER},? (?:(?:aged )?\d\d\b(?! [a-z])|who\b"
    rf"|(?:an?|the|its|his|her|their|our) (?:[\w-]+ ){{0,4}}?(?:{'|'.join(_SOMEBODY)})\b|{_SAID}\b)"
    rf"|\b(?:(?:{_in_any_case(_SOMEBODY)})(?: (?:in|from|of) (?:the )?[A-Z]\w+)?|{_SAID}|[Oo]ne)(?: called| named| known as)?,? {_PROPER}"
)


def organisations(text: str) -> frozenset[str]:
    """Names that stand beside what they are: "Orqa, a Croatian firm", "the company Orqa"; a person's name never is one."""
    found = _names(_ORGANISED, text)
    return frozenset(n for n in found if n.split()[0].lower() not in given_names())


def persons(text: str, organised: frozenset[str]) -> frozenset[str]:
    """The last words of names that the report shows to be persons', in small letters."""
    return frozenset(n.split()[-1].lower() for n in _names(_PERSONAL, text) - organised)


def _names(pattern: re.Pattern[str], text: str) -> set[str]:
    found = (next(g for g in m.groups() if g) for m in pattern.finditer(text[:_READ]))
    return {n.removesuffix("'s").removesuffix("’s") for n in found}


def stranger(phrase: Phrase) -> list[Token]:
    """The words of a phrase's name if no gazetteer knows it, its head last: "Trondheim Helm" of "Norway's Trondheim Helm"."""
    words: list[Token] = []
    for token in reversed(phrase.tokens[: phrase.tokens.index(phrase.head) + 1]):
        if token.tag != "NP" or token.low.endswith("-based") or (token.name is not None and token.name.kind not in _TOWNS):
            break
        words.insert(0, token)
    return words


def personal(phrase: Phrase, words: list[Token]) -> bool:
    """Does a title stand before a stranger, or in it, or does it begin with a given name?"""
    before = phrase.tokens[: phrase.tokens.index(phrase.head)]
    return (
        words[0].low in given_names()
        or any(t.low in _PARTS for t in words)
        or any("official" in classes_of(t) and t.tag in {"N", "NP"} and "drone" not in classes_of(t) for t in before)
    )


_PARTS = word_set("trained.person_parts")
_TOWNS = frozenset(["place", "capital"])  # a firm may bear its town's name
