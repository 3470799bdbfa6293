"""Counts told beside another: "158 in 2018, against 88 a year earlier", "up from 23", "505 incursions, 363 of them this year".

What is counted is told once; the second figure has a time of its own, or none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from picket.learn.claim import Quantity
from picket.learn.drafts import Draft
from picket.learn.naming import classes_of_word
from picket.learn.quantities import number_of, quantity_in
from picket.learn.screening import Screened
from picket.learn.sentence import Sentence
from picket.learn.tokens import Token

_BESIDE = Screened(
    r"\b(?:against|(?:as )?(?:compared|opposed) (?:with|to)|up from|down from|versus|from only|in contrast (?:to|with))(?= )"
)
_PASSED_OVER = frozenset(["QUAL", "ADV", "DET", "PREP"])
_SHARE = frozenset(["them", "these", "those", "which", "whom"])
_OTHERS = frozenset(["by", "on", "of"])


def compared_drafts(sentence: Sentence, made: list[Draft]) -> Iterator[Draft]:
    """A statistic for each figure that stands beside the one which a statistic of `made` counts."""
    first = next((d for d in made if d.kind == "statistic"), None)
    counted = _count_of(sentence, first) if first is not None else None
    if first is None or counted is None or counted.unit in {"percent", "times"}:
        return
    parts = [] if _people(counted) else _parts(sentence)  # "547 people, 20 of them civilians" are one count of the dead
    for k in [*_behind_a_comparison(sentence), *parts]:
        token = sentence.tokens[k]
        following = sentence.tokens[k + 1] if k + 1 < len(sentence.tokens) else None
        value = number_of(token, following)
        if value is None or value == counted.value:
            continue
        before = sentence.tokens[k - 1]
        amount = Quantity(value=value, unit=counted.unit, qualifier=before.qualifier if before.tag == "QUAL" else "exact")
        others = following is not None and following.low in _OTHERS
        yield replace(
            first,
            rule="compared",
            numbers=[],
            amount=amount,
            time=_time_behind(sentence, token),
            actor=None if others else first.actor,
        )


def _count_of(sentence: Sentence, draft: Draft) -> Quantity | None:
    found = (quantity_in(p, sentence.text, sentence.end) for p in draft.numbers)
    return draft.amount or next((q for q in found if q is not None), None)


def _people(counted: Quantity) -> bool:
    return bool(classes_of_word((counted.unit or "").lower().rpartition(" ")[2]) & {"people", "people_abstract"})


def _behind_a_comparison(sentence: Sentence) -> Iterator[int]:
    """Indexes of the numbers behind words of comparison; those of a list too ("against 197 and 640")."""
    for match in _BESIDE.finditer(sentence.text, sentence.begin, sentence.end):
        k = next((n for n, t in enumerate(sentence.tokens) if t.start >= match.end()), len(sentence.tokens))
        while k < len(sentence.tokens) and sentence.tokens[k].tag in _PASSED_OVER:
            k += 1
        if not _bare(sentence.tokens, k):
            continue
        yield k
        if k + 2 < len(sentence.tokens) and sentence.tokens[k + 1].low == "and" and _bare(sentence.tokens, k + 2):
            yield k + 2


def _parts(sentence: Sentence) -> Iterator[int]:
    """ "363 of them", "29 of which"."""
    tokens = sentence.tokens
    for k in range(1, len(tokens) - 2):
        if tokens[k].tag == "NUM" and tokens[k].low != "one" and tokens[k + 1].low == "of" and tokens[k + 2].low in _SHARE:
            yield k


def _bare(tokens: list[Token], k: int) -> bool:
    """Is a number at k that counts what was counted before, and no year, money or thing of its own?"""
    if k >= len(tokens) or tokens[k].tag != "NUM" or not tokens[k].text[:1].isalnum():
        return False
    return not (k + 1 < len(tokens) and tokens[k + 1].tag in {"N", "NP", "ADJ"})


def _time_behind(sentence: Sentence, token: Token) -> str:
    """The time that stands with the figure; "" for none, so that the first figure's time is not taken for it."""
    behind = [t for t in sentence.times if t.start >= token.end and t.start - token.end < 40]
    return next((t.iso for t in behind if t.iso), "")
