"""Counts told by rank: "the 115th such attack this year", "the thirteenth violation of its airspace since the invasion"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from picket.learn.chunks import Phrase
from picket.learn.drafts import Draft
from picket.learn.naming import bare_text, classes_of
from picket.learn.screening import Screened
from picket.learn.sentence import Sentence, drone_owner
from picket.learn.spots import place_name
from picket.learn.tokens import Token

_ORDER = "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth".split()  # noqa: SIM905
RANKS = {word: n for n, word in enumerate(_ORDER, 2)}
_SPAN = Screened(
    r"\b(?:since|this (?:year|month|week)|so far|in (?:a|as many|\w+) (?:days?|weeks?|months?|years?)|(?:in|over|during|within) (?:the )?"
    r"(?:last|past|recent|same|first)|of the year|in (?:19|20)\d\d|to date)\b",
    re.IGNORECASE,
)


def ordinal_drafts(sentence: Sentence, made: list[Draft]) -> Iterator[Draft]:
    """At most one statistic; an attack that `made` took from the same noun goes."""
    if not (sentence.drone or sentence.near) or any(d.kind == "statistic" for d in made) or not _SPAN.search(sentence.words):
        return
    for verb in sentence.verbs:
        if verb.lemma not in {"be", "mark", "become", "make"} or verb.negated:
            continue
        for phrase in verb.objects:
            rank = rank_of(phrase)
            if rank is None or not classes_of(phrase.head) & {"attacknoun", "sightnoun", "counted"}:
                continue
            for draft in [
                d for d in made if d.rule in {"attack-noun", "broad-attack-noun", "sighting-noun", "broad-sighting-noun"}
            ]:
                made.remove(draft)
            spots = [
                p
                for n, p in [*phrase.after, *((n, q) for n, ps in verb.preps for q in ps)]
                if n in {"on", "at", "against", "in", "over"}
            ]
            hit = next(
                (p for p in [*([phrase.of] if phrase.of else []), *spots] if "building" in classes_of(p.head) and not p.time),
                None,
            )
            yield Draft(
                "statistic",
                "ranked",
                verb,
                actor=drone_owner(phrase, sentence),
                target=bare_text(hit) if hit is not None else None,
                thing=phrase.head.text,
                numbers=[_counted(phrase, *rank)],
                where=[p for p in [*spots, *([phrase.of] if phrase.of else [])] if place_name(p)],
            )
            return


def rank_of(phrase: Phrase) -> tuple[int, Token] | None:
    """Which in the row, and the word that says so; None for the first and for no rank."""
    for token in phrase.tokens:
        match = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", token.low)
        rank = int(match[1]) if match else RANKS.get(token.low, 0)
        if rank > 1:
            return rank, token
    return None


def _counted(phrase: Phrase, rank: int, word: Token) -> Phrase:
    """The phrase as a count: its noun with the number that the rank stands for."""
    number = Token(str(rank), word.start, word.end)
    number.tag = "NUM"
    return Phrase(phrase.i, phrase.j, phrase.head, [number, phrase.head])
