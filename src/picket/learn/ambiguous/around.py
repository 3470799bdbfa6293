"""A word with its neighbours, and what the rest of its clause holds."""

from __future__ import annotations

from typing import NamedTuple

from picket.learn.lexicon import lexicon
from picket.learn.tokens import Token

_CLOSERS = frozenset({",", ";", ":", "-", "SUB", "REL", ".", '"', "(", ")"})
_CLAUSE_ENDS = frozenset({"SUB", "REL", ";", ":", "-", '"'})
_CLAUSE_TIMES = frozenset({"after", "before", "since", "until", "as"})


class Around(NamedTuple):
    """The word at `i` of the sentence `found`, with the word before it that is no adverb and the one after it."""

    found: list[Token]
    i: int
    token: Token
    prev: Token | None
    after: Token | None
    tag: str  # of the word before, "" at the start
    next_tag: str  # of the word after, "" at the end

    def then(self, *words: str) -> bool:
        """Is the next word one of these?"""
        return self.after is not None and self.after.low in words

    def second(self) -> Token | None:
        """The word after the next one."""
        return self.found[self.i + 2] if self.i + 2 < len(self.found) else None


def around(found: list[Token], i: int) -> Around:
    before = i - 1
    while before >= 0 and found[before].tag in {"ADV", "NEG"}:
        before -= 1
    prev = found[before] if before >= 0 else None
    after = found[i + 1] if i + 1 < len(found) else None
    return Around(found, i, found[i], prev, after, prev.tag if prev else "", after.tag if after else "")


def finite(token: Token) -> bool:
    return (
        token.tag in {"MODAL", "DO"}
        or (token.tag == "BE" and token.low not in {"be", "been", "being"})
        or (token.tag == "HAVE" and token.low != "having")
        or (token.tag in {"V", "V?"} and token.form == "past")
    )


def finite_later(found: list[Token], i: int) -> bool:
    """Is there a finite verb further on in this segment that has no subject of its own just before it?"""
    for k in range(i + 1, len(found)):
        token, before = found[k], found[k - 1]
        if token.tag in _CLOSERS or (token.tag == "PREP" and token.low in {"after", "before", "until"}):
            return False
        if _main_after_participle(found, i, k):
            return True
        if finite(token) or (token.tag == "V?" and token.form == "same" and before.tag in {"N", "NP", ")", "ADV"}):
            if before.tag == "CC":
                return False
            return before.tag not in {"PRON"} or before.low in {"them", "him", "us"}
    return False


def _main_after_participle(found: list[Token], i: int, k: int) -> bool:
    """ "drones launched from the coast struck a depot": is k the verb of which i stands within the subject?"""
    return (
        found[k].tag == "V?"
        and found[k].form in {"ed", "past"}
        and k > i + 1
        and found[i].tag == "V?"
        and found[i + 1].tag in {"PREP", "TO", "ADV"}
        and found[k - 1].tag in {"N", "NP"}
        and k + 1 < len(found)
        and found[k + 1].tag in {"DET", "DEM", "NP", "N", "PRP$", "NUM", "QUAL"}
        and not any(t.tag == "PREP" and t.low in _CLAUSE_TIMES for t in found[i:k])
    )


def relative_subject(found: list[Token], i: int) -> bool:
    """Is the noun before i the whole subject of a clause that a relative word opens: "which Russia", "that the army"?"""
    k = i - 1
    while k >= 0 and found[k].tag in {"N", "NP", "DET", "ADJ", "PRP$"}:
        k -= 1
    return k >= 0 and found[k].tag == "REL" and found[k].low in {"which", "that"} and found[i - 1].low[-1:] != "s"


def main_verb_missing(found: list[Token], i: int) -> bool:
    """ "The ELN, which controls most of Catatumbo, drops ...": no verb before the first comma, none after this word."""
    comma = next((k for k, t in enumerate(found[:i]) if t.tag == ","), None)
    if comma is None or comma == i - 1 or any(t.tag in {"V", "BE", "HAVE", "MODAL", "DO", "V?"} for t in found[:comma]):
        return False
    return not any(finite(t) for t in found[i + 1 :]) and found[comma + 1].tag != "CC"


def only_verb(found: list[Token], i: int) -> bool:
    """Would the clause around i be without a verb if i were a noun?"""
    ends = _CLAUSE_ENDS | {"."}
    a = b = i
    while a > 0 and found[a - 1].tag not in ends:
        a -= 1
    while b + 1 < len(found) and found[b + 1].tag not in ends:
        b += 1
    return not any(
        t.tag in {"MODAL", "BE", "HAVE", "DO", "V"} or (t.tag == "V?" and t.form in {"ed", "past", "part", "same"})
        for k, t in enumerate(found[a : b + 1], a)
        if k != i
    )


def governed(found: list[Token], i: int) -> bool:
    """Is the noun phrase that ends before i the object of a preposition or a verb, after a finite verb of the same clause?"""
    k = i - 1
    while k >= 0 and found[k].tag in {"N", "NP", "DEM", "ADJ", "NUM", "QUAL", "DET", "PRP$", "POS", "ADV"}:
        k -= 1
    if k < 0 or k == i - 1:
        return False
    opener = found[k]
    if opener.tag == "PREP" and opener.low not in _CLAUSE_TIMES | {"than"}:
        while k >= 0 and found[k].tag not in _CLAUSE_ENDS:
            if finite(found[k]) or (found[k].tag == "V" and found[k].form in {"past", "s"}):
                return True
            k -= 1
        return False
    return (
        opener.tag == "V"
        and opener.form in {"past", "s", "ing", "base", "part"}
        and "say" not in lexicon().verb_classes.get(opener.lemma, frozenset())
        and opener.lemma not in {"fear", "warn"}
    )
