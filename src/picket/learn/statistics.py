"""Counts that sum up activity: "more than 27,000 drones were detected in six months", "38 drops over 10 prisons"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from picket.learn.actors import actors_of
from picket.learn.certainty import speaker
from picket.learn.chunks import Phrase, Verb
from picket.learn.claim import Quantity
from picket.learn.drafts import Draft
from picket.learn.lexicon import word_set
from picket.learn.naming import classes_of, text_of
from picket.learn.quantities import quantity_in
from picket.learn.screening import Screened
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone

_SUMMING = Screened(
    r"\b(?:since|so far|in total|a total of|altogether|overall|every (?:day|night|week|month|year)|each (?:day|"
    r"night|week|month|year)|per (?:day|night|week|month|year)|(?:a|one) (?:day|night|week|month|year)|daily|"
    r"monthly|annually|record(?:ed|s)?"
    r"|(?:over|in|during|within) the (?:last|past|first|previous|same)|between \w+ and|times (?:as many|more)|"
    r"average|number of|compared with|up from|rose|risen|increase[ds]?|doubled|tripled|percent|per cent|%|this "
    r"year|last year|last month|in (?:19|20)\d\d|to date|cumulative|of all|quarter|half of|toll)\b",
    re.IGNORECASE,
)
_INTERVAL = re.compile(r"\d{4}(?:-\d\d){0,2}/(?:\d|\.\.$)")  # "between 15 November and 31 July", "since March"
_OVERALL = re.compile(r"\b(?:since|total|so far|every|per|between|average|this year)\b")
_RATE = re.compile(r"\b(?:since|average|every|per|daily)\b")
_COUNTED = frozenset({"counted", "attacknoun", "sightnoun", "drone"})
_CHARGING = frozenset(["accuse", "charge", "suspect"])
_OWN_NUMBER = frozenset(["supply", "training", "recruitment", "deployment", "production", "advising"])
_COUNTING = frozenset({"detect", "seize", "down"})
_UNITS_OF_LENGTH = word_set("statistics.units_of_length")
_RATES = word_set("statistics.rates")
_ACTIVITY = frozenset(
    ["detect", "down", "seize", "wage", "launch", "strike", "drop", "intrude", "overfly", "crash", "destroy", "smuggle", "steer"]
)


def statistic_drafts(sentence: Sentence, made: list[Draft]) -> Iterator[Draft]:
    """A statistic for each number that counts drones, flights, attacks or their effects over a period.

    Drafts of `made` that it restates are taken out of the list.
    """
    if not (sentence.drone or sentence.near):
        return
    for phrase in sentence.phrases():
        quantity = quantity_in(phrase, sentence.text, sentence.end)
        if quantity is None or phrase.time or _measure(phrase, quantity):
            continue
        count = _Count(sentence, phrase, quantity)
        verb = _verb_of(sentence, phrase) if _counted(count) else None
        if verb is None or _one_event(count, verb, made) or not _sums_up(count, verb):
            continue
        restated = _restated(count, verb, made)
        if restated is None:
            continue
        for draft in restated:
            made.remove(draft)
        if not (verb.gerund and verb.classes & {"kill"}):
            yield _statistic(count, verb, restated)


class _Count(NamedTuple):
    """A number of a sentence and what it counts."""

    sentence: Sentence
    phrase: Phrase
    quantity: Quantity

    @property
    def bare(self) -> bool:
        """ "Production has risen to 100 a day": the number has no noun of its own."""
        return self.phrase.head.tag == "NUM" and self.quantity.period is not None and verb_subject_counts(self.sentence)

    @property
    def of_them(self) -> bool:
        return self.phrase.of is not None and self.phrase.of.head.low in {"them", "those", "these"}


def _measure(phrase: Phrase, quantity: Quantity) -> bool:
    """A length or a price, no count."""
    unit = quantity.unit.split()[-1].lower() if quantity.unit else ""
    return phrase.head.low in _UNITS_OF_LENGTH or unit in _UNITS_OF_LENGTH | {"dollars", "euros", "pounds", "rupees"}


def _counted(count: _Count) -> bool:
    """Does the number count drones, what they do, or its effects?"""
    sentence, phrase = count.sentence, count.phrase
    return (
        count.bare
        or (count.of_them and verb_near(sentence))
        or phrase.head.tag == "DEM"
        or _registered(sentence, phrase)
        or bool(classes_of(phrase.head) & _COUNTED)
        or (phrase.of is not None and bool(classes_of(phrase.of.head) & _COUNTED))
        or (count.quantity.unit or "") in {"percent", "times"}
    )


def _one_event(count: _Count, verb: Verb, made: list[Draft]) -> bool:
    """Is it the size of one event, what somebody has, or a part of another number?"""
    sentence, phrase, quantity = count.sentence, count.phrase, count.quantity
    words = sentence.words
    if phrase.head.low == "times":
        if "as many" not in words and not verb.classes & {"strike", "intrude", "overfly", "detect", "launch", "drop"}:
            return True
    elif verb.classes & {"have", "use", "adopt"} and not count.quantity.period and not _RATE.search(words):
        return True
    dated = any(t.iso and len(t.iso) in {7, 10} for t in sentence.times)
    if quantity.value < 10 and not count.quantity.period and dated and made and not _OVERALL.search(words):
        return True  # "in July a drone carried out three strikes": an event
    if any(phrase is p.of and any(t.tag == "NUM" for t in p.tokens) for p in sentence.phrases()):
        return True  # "31 of 38 drones": one number
    return count.of_them and not any(phrase in group for v in sentence.verbs for group in (v.subjects, v.objects))


def _sums_up(count: _Count, verb: Verb) -> bool:
    """Is the number told for a period, and is it a sum?"""
    sentence, phrase, value = count.sentence, count.phrase, count.quantity.value
    big = value >= 20
    perfect = not any(t.iso and len(t.iso) >= 10 for t in sentence.times) and any(t.tag == "HAVE" for t in verb.tokens)
    cue = (
        bool(count.quantity.period)
        or bool(_SUMMING.search(sentence.words))
        or any(t.iso and _INTERVAL.match(t.iso) for t in sentence.times)
        or value >= 1000
        or (perfect and big)
        or verb.lemma in _CHARGING
    )
    return cue and (count.bare or _registered(sentence, phrase) or _sums(sentence, verb, phrase, value, big))


def _restated(count: _Count, verb: Verb, made: list[Draft]) -> list[Draft] | None:
    """The drafts that say the same less well; None where one says it better."""
    of_verb = [d for d in made if d.verb is verb]
    if any(d.kind in _OWN_NUMBER and count.phrase in d.numbers for d in of_verb):
        return None
    return [d for d in of_verb if d.kind in {"sighting", "use_attack"} or (d.kind == "adoption" and count.phrase in d.numbers)]


def _statistic(count: _Count, verb: Verb, restated: list[Draft]) -> Draft:
    phrase = count.phrase
    actor, target = (restated[-1].actor, restated[-1].target) if restated else (None, None)
    actor = actor or _owner(count, verb)
    if verb.lemma in _CHARGING and verb.passive:
        actor = next((text_of(p) for p in verb.subjects), None)
        target = next((text_of(p) for n, p in phrase.after if n in {"over", "into", "at"}), target)
    if actor is None and (verb.classes & {"wage", "launch", "drop", "use", "strike"} or verb.lemma in {"have", "carry", "make"}):
        doers = verb.prep("by") if verb.passive else verb.subjects
        actor = next((a for p in doers for a in actors_of(p, count.sentence.context)), None)
    target = target or _site(phrase, verb)
    if target and (_distance(target) or target.split()[-1] in {"people", "civilians", "soldiers"}):
        target = None
    witness = speaker(verb.subjects) if verb.classes & {"detect", "seize"} and not verb.passive and actor is None else None
    return Draft(
        "statistic",
        "count",
        verb,
        actor=actor,
        attributed_to=witness,
        target=target,
        thing=_thing(phrase),
        numbers=[phrase],
        where=[p for _, p in phrase.after],
    )


def _owner(count: _Count, verb: Verb) -> str | None:
    """Whose drones are counted."""
    sentence = count.sentence
    flown = (o for p in verb.subjects if drone_head(p) and (o := drone_owner(p, sentence)))
    return drone_owner(count.phrase, sentence) or next(flown, None)


def _site(phrase: Phrase, verb: Verb) -> str | None:
    """The building at which it was counted."""
    ends = [*phrase.after, *((n, q) for n, ps in verb.preps for q in ps)]
    sites = (p for n, p in ends if n in {"at", "on", "over", "against", "near"})
    return next((text_of(p) for p in sites if "building" in classes_of(p.head) and not p.time), None)


def verb_subject_counts(sentence: Sentence) -> bool:
    """Is the sentence about a rate of drones ("production of the Geran-2 has risen to 100 a day")?"""
    return any(p.head.low in _RATES and (is_drone(p) or sentence.drone) for v in sentence.verbs for p in v.subjects)


def verb_near(sentence: Sentence) -> bool:
    """Do "them" and "those" of this sentence stand for drones?"""
    return bool(re.search(r"\b(?:drones?|uavs?|aircraft|flights)\b", sentence.words, re.IGNORECASE)) or sentence.near


def _thing(phrase: Phrase) -> str:
    return re.sub(r"^[\d,. ]+(?:million|thousand)? ?", "", text_of(phrase))


def _distance(text: str) -> bool:
    return bool(set(text.lower().split()) & _UNITS_OF_LENGTH)


def _verb_of(sentence: Sentence, phrase: Phrase) -> Verb | None:
    for verb in sentence.verbs:
        groups = [verb.subjects, verb.objects, verb.indirect, *(ps for _, ps in verb.preps)]
        if any(p is phrase or p.of is phrase or phrase in p.more for ps in groups for p in ps):
            return verb
    before = [v for v in sentence.verbs if v.i <= phrase.i]
    return before[-1] if before else (sentence.verbs[0] if sentence.verbs else None)


_REGISTERS = frozenset(["count", "record", "register", "log", "note", "tally", "report", "document"])


def _registered(sentence: Sentence, phrase: Phrase) -> bool:
    """Is the number what somebody counted ("the service counted 158 obstructions in 2018"), whatever the things are called?"""
    if (
        phrase.head.tag != "N"
        or not phrase.head.low.endswith("s")
        or classes_of(phrase.head) & {"people", "people_abstract", "drone"}
    ):
        return False
    return any(
        v.lemma in _REGISTERS and phrase in (v.subjects if v.passive else v.objects) and not v.modal for v in sentence.verbs
    )


_A_SPAN = Screened(
    r"\b(?:since|so far|in total|this year|last year|over the (?:last|past)|in the (?:last|past|first)|"
    r"in (?:19|20)\d\d|in \w+ months|between (?=[A-Z0-9]))"
)
_ANOTHER_CLAUSE = re.compile(r";|\b(?:when|which|who|where|after|while)\b")


def over_a_span(sentence: Sentence, phrase: Phrase) -> bool:
    """Were they hurt over a time, as the clause of the number tells ("killed 86 people between 2021 and 2024"), and not in one attack?"""
    at = phrase.start - sentence.begin
    before, behind = _ANOTHER_CLAUSE.split(sentence.words[:at])[-1], _ANOTHER_CLAUSE.split(sentence.words[at:])[0]
    return bool(_A_SPAN.search(before + behind))


def _sums(sentence: Sentence, verb: Verb, phrase: Phrase, value: float, big: bool) -> bool:
    """Is the number a sum of activity, not the size of one event, one delivery or one price?"""
    if phrase.head.low == "times" and "as many" in sentence.words:
        return True
    if value >= 1000 and phrase.of is not None and phrase.of.head.low == "them":
        return True
    if (
        value >= 1000
        and (
            is_drone(phrase)
            or classes_of(phrase.head) & {"sightnoun", "attacknoun"}
            or phrase.head.low in {"bombs", "flights", "drones", "missions"}
        )
        and verb.classes & {"drop", "detect", "down", "seize", "make", "wage", "launch", "strike"}
        and not (verb.classes & {"make"} and drone_head(phrase))
    ):
        return True
    if verb.classes & {"give", "sell", "get", "request", "offer", "train", "recruit", "deploy", "make", "plan", "equip"} and not (
        is_drone(phrase) and "sightnoun" in classes_of(phrase.head)
    ):
        return False
    if verb.classes & {"kill"} or classes_of(phrase.head) & {"people_abstract", "people"} or phrase.head.tag == "DEM":
        return over_a_span(sentence, phrase) and (is_drone(phrase) or sentence.drone)
    if verb.lemma in {"lose", "fire", "fly"} and drone_head(phrase):
        return big
    if drone_head(phrase) and not verb.classes & _ACTIVITY:
        return False
    if (
        is_drone(phrase)
        or classes_of(phrase.head) & {"sightnoun", "attacknoun"}
        or (
            phrase.head.low
            in {"missions", "incidents", "cases", "violations", "flights", "bombs", "sorties", "times", "occasions", "percent"}
        )
    ):
        return big or bool(
            re.search(
                r"\b(?:since|so far|in total|a total of|every|each|per|a month|a day|a week|a year|daily|last year|this "
                r"year|in (?:19|20)\d\d|times|average|months|years)\b",
                sentence.words,
            )
        )
    return bool(verb.classes & _COUNTING) and big
