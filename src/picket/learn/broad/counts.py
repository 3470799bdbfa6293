"""Broad reading of numbers: "sightings rose to 411", "49 drones have been caught at prisons since April", "deaths reached 395"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from picket.learn.actors import actors_of
from picket.learn.broad.common import LENGTHS
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.lexicon import word_set
from picket.learn.naming import bare_text, classes_of, text_of
from picket.learn.quantities import quantity_in
from picket.learn.screening import Screened
from picket.learn.sentence import Sentence, drone_owner, is_drone
from picket.learn.statistics import over_a_span

_CHANGE = frozenset(
    ["rise", "climb", "grow", "jump", "reach", "fall", "drop", "double", "triple", "total", "number", "average", "exceed", "top",
     "stand", "soar", "surge", "increase", "decrease", "quadruple", "hit", "leap", "swell", "pass", "amount", "come"]
)  # fmt: skip
_SPAN = Screened(
    r"\b(?:since|so far|to date|in total|altogether|this year|last year|per (?:day|week|month|year)|"
    r"(?:a|each|every) (?:day|night|week|month|year)|"
    r"(?:in|over|during|within|for) (?:the )?(?:last|past|first|previous|whole of|year|months?|three|six|nine|twelve|\d+) ?\w*|"
    r"in (?:19|20)\d\d|"
    r"between \w+ (?:\d{4} )?and \w+|on average|a record|quarter)\b",
    re.IGNORECASE,
)
_MONEY = word_set("statistics.money")
_COUNTED = frozenset({"counted", "attacknoun", "sightnoun", "drone", "people_abstract", "people"})
_TALLY = frozenset(
    [
        "deaths",
        "casualties",
        "losses",
        "incidents",
        "parcels",
        "packages",
        "drops",
        "number",
        "figure",
        "total",
        "toll",
        "seizures",
    ]
)


def counts(sentence: Sentence, made: list[Draft]) -> Iterator[Draft]:
    """At most one statistic, of a number that no draft of `made` has."""
    if any(d.kind == "statistic" for d in made) or not (sentence.drone or sentence.near):
        return
    taken = {id(p) for d in made for p in d.numbers}
    for verb in sentence.verbs:
        if verb.negated or not verb.finite:
            continue
        about = [p for p in verb.subjects if _counted(p)]
        if verb.lemma in _CHANGE and about:
            for phrase in [*verb.prep("to", "at"), *verb.objects]:
                if (found := _number(sentence, phrase, taken)) is not None:
                    yield _draft(sentence, verb, found, about[0])
                    return
        if made or not _SPAN.search(sentence.words):
            continue
        for phrase in [*verb.subjects, *verb.objects]:
            found = _number(sentence, phrase, taken)
            if (
                found is not None
                and _counted(phrase)
                and (not _people(phrase) or (_hurt(verb) and over_a_span(sentence, phrase)))
            ):
                yield _draft(sentence, verb, found, phrase)
                return


def _counted(phrase: Phrase) -> bool:
    return any(
        classes_of(p.head) & _COUNTED or p.head.low in _TALLY or is_drone(p)
        for p in (phrase, *([phrase.of] if phrase.of else []))
    )


def _people(phrase: Phrase) -> bool:
    return bool(classes_of(phrase.head) & {"people", "people_abstract"})


def _hurt(verb: Verb) -> bool:
    """Are people counted because they were hurt? Inhabitants, students and those who were asked are counted for other reasons."""
    return bool(verb.classes & {"kill"}) or verb.lemma in {"leave", "die", "claim"}


def _number(sentence: Sentence, phrase: Phrase, taken: set[int]) -> Phrase | None:
    found = quantity_in(phrase, sentence.text, sentence.end)
    if found is None or id(phrase) in taken or phrase.time:
        return None
    unit = (found.unit or "").split()[-1:] or [""]
    return None if unit[0].lower() in LENGTHS | _MONEY or found.value < 5 else phrase


def _draft(sentence: Sentence, verb: Verb, number: Phrase, about: Phrase) -> Draft:
    sites = [
        p
        for n, p in [*about.after, *((n, q) for n, ps in verb.preps for q in ps)]
        if n in {"at", "over", "on", "against", "near", "in"}
    ]
    hit = next((p for p in sites if "building" in classes_of(p.head) and not p.time), None)
    owner = drone_owner(about, sentence) or next(
        (a for n, p in about.after if n == "by" for a in actors_of(p, sentence.context)), None
    )
    return Draft(
        "statistic",
        "broad-count",
        verb,
        actor=owner,
        target=bare_text(hit) if hit is not None else None,
        thing=text_of(about),
        numbers=[number],
        where=sites,
    )
