"""Money told by itself: set aside for means against drones, or paid to those who fly them.

Read only where nothing else was: "legislators have set aside $2.4 million for detection receivers" is a purpose (adoption), "pay is set
at $2,600 a month for a pilot" the terms of a recruitment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import GOODS, actors_in
from picket.learn.naming import text_of
from picket.learn.quantities import quantity_in
from picket.learn.sentence import Sentence, is_drone, refers_to_drone

_PUT_BY = re.compile(
    r"\b(?:set(?:s|ting)? aside|allocat\w+|earmark\w*|budget(?:s|ed)|approv\w+|freed|invest(?:s|ed)|commit(?:s|ted)|devot\w+|spent|spends?|"
    r"released|voted|found)\b",
    re.IGNORECASE,
)
_PAID = re.compile(r"\b(?:salar(?:y|ies)|wages?|pay|paid|pays|earn(?:s|ed)?|offer(?:s|ed)?)\b", re.IGNORECASE)
_MONTHLY = re.compile(r"\b(?:a|per|each|every) (?:day|week|month|year)\b|\bmonthly\b", re.IGNORECASE)
_HANDS = re.compile(
    r"\b(?:pilots?|operators?|recruits?|fighters?|mercenar(?:y|ies)|volunteers?|riflem[ae]n|instructors?|trainers?|veterans?|soldiers?)\b",
    re.IGNORECASE,
)
_AGAINST = frozenset(
    ["receivers", "sensors", "detectors", "radars", "nets", "jammers", "rifles", "detection", "cameras", "interceptors"]
)
_CURRENCIES = frozenset(
    [
        "dollars",
        "euros",
        "pounds",
        "rupees",
        "pesos",
        "won",
        "yen",
        "roubles",
        "rubles",
        "yuan",
        "kroner",
        "kronor",
        "hryvnias",
        "naira",
    ]
)


def fund_drafts(sentence: Sentence) -> Iterator[Draft]:
    """At most one draft of a sentence that no rule has read."""
    money = next((p for p in sentence.phrases() if _money(sentence, p)), None)
    if money is None or not (sentence.drone or sentence.near):
        return
    words = sentence.words
    put_by = _PUT_BY.search(words)
    verb = _verb_at(sentence, sentence.begin + put_by.start()) if put_by else None
    thing = _purpose(sentence, verb, money) if verb is not None else None
    if verb is not None and thing is not None and verb.subjects and not verb.negated:
        names = actors_in(sentence, verb.subjects)
        yield Draft("adoption", "funds", verb, actor=next(iter(names), None), thing=text_of(thing), numbers=[money])
    elif _PAID.search(words) and _MONTHLY.search(words) and (hands := _HANDS.search(words)):
        telling = next((v for v in sentence.verbs if v.finite), None)
        yield Draft(
            "recruitment", "cue-pay", telling, recipient=sentence.context.last_flier(), thing=hands.group(), numbers=[money]
        )


def _money(sentence: Sentence, phrase: Phrase) -> bool:
    found = None if phrase.time else quantity_in(phrase, sentence.text, sentence.end)
    return found is not None and bool(found.unit) and str(found.unit).split()[-1] in _CURRENCIES


def _verb_at(sentence: Sentence, at: int) -> Verb | None:
    return next((v for v in sentence.verbs if any(t.start <= at < t.end for t in v.tokens)), None)


def _purpose(sentence: Sentence, verb: Verb, money: Phrase) -> Phrase | None:
    """What the money is for: drones or means against them."""
    aims = [p for n, p in money.after if n in {"for", "on", "in"}] + verb.prep("for", "on", "in")
    aims += [p for v in sentence.verbs if v.i > money.i for p in v.objects]
    return next((p for p in aims if is_drone(p) or refers_to_drone(p, sentence) or p.head.low in GOODS | _AGAINST), None)
