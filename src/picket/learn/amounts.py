"""Which number of a sentence belongs to a claim, and which time."""

from __future__ import annotations

import re
from datetime import date, timedelta

from picket.learn.certainty import chain_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.claim import TRANSFERS, Quantity, guessed
from picket.learn.drafts import Draft
from picket.learn.naming import classes_of
from picket.learn.quantities import quantity_in
from picket.learn.screening import Screened
from picket.learn.sentence import Sentence, drone_head
from picket.learn.times import Time


def amount_of(sentence: Sentence, draft: Draft, others: list[Draft]) -> Quantity | None:
    """The number most directly tied to the claim; `others` are all drafts of the sentence, which may own a number of their own."""
    if draft.amount is not None:
        return draft.amount
    found = _tied(sentence, draft, others)
    if found is not None and guessed(draft.rule) and draft.kind != "statistic" and _aside(found):
        return _other_than_parties(sentence) or found
    return found


def _tied(sentence: Sentence, draft: Draft, others: list[Draft]) -> Quantity | None:
    """The number that stands nearest to the claim's things and verb."""
    found = _first(sentence, _with_inner(draft.numbers))
    verb = draft.verb
    if draft.kind in {"warning", "statistic"}:
        return found
    if verb is None:
        return None if draft.rule == "denied-before" else found or _behind(sentence, draft, others)
    if draft.kind == "use_attack" and found is not None and not _hurt_or_flown(sentence, draft.numbers, found):
        flown = [p for p in [*verb.subjects, *verb.objects, *verb.prep("with", "by")] if drone_head(p)]
        found = _first(sentence, _with_inner(flown)) or found  # "300 drones towards 36 places"
    guess = guessed(draft.rule)
    hurt = _casualties(sentence, draft, others) if draft.kind == "use_attack" or (guess and draft.kind == "sighting") else None
    if hurt is not None and (found is None or found in _tolls(sentence)):
        return hurt
    lone = draft.kind == "sighting" and any(drone_head(p) and not p.head.low.endswith("s") for p in verb.objects)
    beside = [
        ps for n, ps in verb.preps if not (lone and n in {"by", "with", "after", "during"})
    ]  # "the drone ... by two F-16 jets"
    found = found or _first(sentence, [p for ps in [verb.subjects, verb.objects, *beside] for p in ps])
    dropped = draft.kind == "sighting" and verb.link == "part"  # "recovered two packets of heroin dropped by a drone"
    if found is None and verb.link in {"inf", "part"} and verb.governor is not None and (draft.kind in TRANSFERS or dropped):
        # "won a contract worth 8 million euros to supply", "spend 12 million euros on sensors bought from"
        found = _first(sentence, [*verb.governor.prep("worth", "for", "of"), *verb.governor.objects])
    if found is None and draft.rule == "disrupt":
        found = _how_long(sentence, verb)
    if found is None and draft.kind in TRANSFERS and any(p.pronoun for p in [*verb.objects, *verb.subjects]):
        found = _first(sentence, _people_before(sentence, verb))  # "at least 12 men had travelled there, where X taught them"
    found = found or _behind(sentence, draft, others)
    if found is None and guess:
        told = tellers(sentence)
        found = _first(sentence, [p for p in sentence.phrases() if id(p) not in told and p.tokens[0].tag in {"NUM", "QUAL"}])
    if found is not None and _beside(draft, found):
        return None
    return found


_COUNTED_ASIDE = frozenset(
    [
        "countries",
        "nations",
        "states",
        "companies",
        "company",
        "firms",
        "makers",
        "suppliers",
        "sources",
        "bases",
        "rivals",
        "estimate",
    ]
)


def _aside(found: Quantity) -> bool:
    """Are parties or places counted, which is rarely what a claim is about?"""
    return bool(found.unit) and str(found.unit).split()[-1].lower() in _COUNTED_ASIDE


def _other_than_parties(sentence: Sentence) -> Quantity | None:
    """ "Exported drones worth 1.8 billion dollars, to 36 countries": the money."""
    told = tellers(sentence)
    every = (quantity_in(p, sentence.text, sentence.end) for p in sentence.phrases() if not p.time and id(p) not in told)
    return next((q for q in every if q is not None and not _aside(q)), None)


_PARTS_OF_A_MAP = frozenset(
    ["states", "provinces", "regions", "cities", "towns", "districts", "countries", "areas", "departments"]
)


def _beside(draft: Draft, found: Quantity) -> bool:
    """A distance is no number of pupils or sightings, and "in three states" says where, not how many."""
    if draft.kind in {"training", "advising", "recruitment", "sighting"} and _length(found) and draft.rule != "disrupt":
        return True
    return draft.kind in {"use_attack", "sighting"} and str(found.unit).split()[-1].lower() in _PARTS_OF_A_MAP


def _length(quantity: Quantity) -> bool:
    return bool(quantity.unit) and bool(set(str(quantity.unit).lower().split()) & _UNITS_OF_LENGTH)


def tellers(sentence: Sentence) -> set[int]:
    """Those who say it: "two officials said", "according to two of the men"."""
    told = {id(p) for v in sentence.verbs if v.classes & {"say", "warn", "fear"} for p in v.subjects}
    for verb in sentence.verbs:
        told |= {id(q) for p in verb.prep("according_to") for q in _with_inner([p])}
    for phrase in sentence.phrases():
        told |= {id(q) for name, p in phrase.after if name == "according_to" for q in _with_inner([p])}
    return told


def _hurt_or_flown(sentence: Sentence, phrases: list[Phrase], found: Quantity) -> bool:
    """Does the number count drones or people?"""
    phrase = next((p for p in _with_inner(phrases) if quantity_in(p, sentence.text, sentence.end) == found), None)
    if phrase is None or phrase.head.tag == "NUM":
        return True
    return drone_head(phrase) or bool(classes_of(phrase.head) & {"people", "people_abstract"})


def _people_before(sentence: Sentence, verb: Verb) -> list[Phrase]:
    told = {id(p) for v in sentence.verbs if v.classes & {"say", "warn", "fear"} for p in v.subjects}
    return [p for p in sentence.phrases() if p.i < verb.i and id(p) not in told and "people" in classes_of(p.head)]


def _with_inner(phrases: list[Phrase]) -> list[Phrase]:
    out: list[Phrase] = []
    for phrase in phrases:
        part: Phrase | None = phrase
        while part is not None:
            out.append(part)
            part = part.of
    return out


def _first(sentence: Sentence, phrases: list[Phrase]) -> Quantity | None:
    """The first quantity of the phrases that are no times."""
    return next((q for p in phrases if not p.time and (q := quantity_in(p, sentence.text, sentence.end)) is not None), None)


def _victims(sentence: Sentence, own: Verb) -> list[Phrase]:
    """Whom the claim's own verb, else the first verb of killing or wounding hits."""
    verb = next((v for v in [own, *sentence.verbs] if v.classes & {"kill"} and not v.negated), None)
    return [] if verb is None else verb.subjects if verb.passive and not verb.objects else verb.objects


def _tolls(sentence: Sentence) -> list[Quantity | None]:
    verbs = [v for v in sentence.verbs if v.classes & {"kill"}]
    return [quantity_in(p, sentence.text, sentence.end) for v in verbs for p in [*v.objects, *v.subjects]]


def _casualties(sentence: Sentence, draft: Draft, others: list[Draft]) -> Quantity | None:
    """ "Killed a woman and wounded three children": the first of them, when the sentence tells of one attack."""
    assert draft.verb is not None
    if sum(d.kind == "use_attack" for d in others) > 1 and not draft.verb.classes & {"kill"}:
        return None
    for phrase in _victims(sentence, draft.verb):
        found = quantity_in(phrase, sentence.text, sentence.end)
        if found is not None:
            return found
        one = phrase.tokens[0].low in {"a", "an"} and phrase.head.tag == "N" and not phrase.head.low.endswith("s")
        if one and "people" in classes_of(phrase.head) | _person(phrase):
            return Quantity(value=1, unit=phrase.head.text)
    return None


_UNITS_OF_LENGTH = frozenset(
    [
        "metre",
        "metres",
        "meter",
        "meters",
        "km",
        "kilometre",
        "kilometres",
        "kilometer",
        "kilometers",
        "mile",
        "miles",
        "feet",
        "foot",
    ]
)
_ONE_PERSON = frozenset(
    [
        "man",
        "woman",
        "boy",
        "girl",
        "child",
        "nurse",
        "doctor",
        "farmer",
        "driver",
        "teacher",
        "journalist",
        "reporter",
        "guard",
        "soldier",
        "officer",
        "policeman",
        "policewoman",
        "civilian",
        "resident",
        "worker",
        "person",
        "baby",
        "teenager",
        "pilot",
        "villager",
        "student",
        "pupil",
        "medic",
        "paramedic",
        "firefighter",
        "trader",
        "herder",
        "fisherman",
        "sailor",
        "sergeant",
    ]
)


def _person(phrase: Phrase) -> set[str]:
    return {"people"} if phrase.head.low in _ONE_PERSON else set()


def _how_long(sentence: Sentence, verb: Verb) -> Quantity | None:
    """ "Shut for 90 minutes", "stopped for close to four hours"."""
    for phrase in sentence.phrases():
        if phrase.i > verb.i and phrase.head.low in {"minutes", "hours", "days", "hour", "minute"}:
            before = sentence.text[sentence.begin : phrase.start].rstrip()
            if before.endswith("for") and (found := quantity_in(phrase, sentence.text, sentence.end)) is not None:
                return found
    return None


def _behind(sentence: Sentence, draft: Draft, others: list[Draft]) -> Quantity | None:
    """The first number behind the verb, inside its clause, that is nobody else's."""
    verb = draft.verb
    apart = tellers(sentence)
    if draft.kind not in {"use_attack", "sighting"}:  # the dead of the next clause are not the number of a delivery
        apart |= {id(p) for v in sentence.verbs if v.classes & {"kill"} and v is not verb for p in [*v.subjects, *v.objects]}
    for other in others:
        if other is not draft and other.verb is not verb:
            apart |= {id(p) for p in _with_inner(other.numbers)}
            if other.verb is not None:
                apart |= {id(p) for p in [*other.verb.subjects, *other.verb.objects]}
    last = max((v.i for v in sentence.verbs if v is verb or (v.governor is verb and v.link != "rel")), default=0)
    behind = [
        p
        for p in sentence.phrases()
        if id(p) not in apart
        and (verb is None or p.i > verb.i)
        and not any(v.finite and last < v.i < p.i for v in sentence.verbs)
    ]
    return _first(sentence, behind)


def time_of(sentence: Sentence, draft: Draft, published: str | None = None) -> str | None:
    """The time that stands nearest to the claim's verb; what is still to come has its month after the report's date."""
    if draft.time is not None:
        return draft.time or None
    known = [t for t in sentence.times if t.iso]
    if not known:
        return _same_time(sentence)
    if draft.verb is None:
        return known[0].iso
    chain = list(chain_of(draft.verb))
    start, end = min(v.tokens[0].start for v in chain), max(v.tokens[-1].end for v in chain)
    near = min(known, key=lambda t: (max(0, t.start - end) if t.start >= end else (start - t.end) + 20, t.start))
    if published and any(v.modal in {"will", "would", "shall"} or v.lemma in _AHEAD for v in chain):
        return _ahead(near, published)
    return near.iso


_SAME = Screened(
    r"\b(?:the same|that same|that) (?P<unit>day|night|morning|evening|afternoon|month|year)\b(?! (?:before|after|earlier|later|of))",
    re.IGNORECASE,
)
_LATER = Screened(
    r"\b(?P<n>a|one|two|three|four|five|six|\d) days? (?P<way>later|earlier|before)\b|"
    r"\b(?P<next>the (?:next|following|previous)) (?:day|night|morning)\b",
    re.IGNORECASE,
)
_SMALL = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


def _same_time(sentence: Sentence) -> str | None:
    """ "The same night", "that month", "two days later": from the time of the claim told last."""
    told = sentence.context.when
    if told is None or sentence.context.sentence - told[0] > 3 or not re.fullmatch(r"\d{4}(?:-\d\d){0,2}", told[1]):
        return None
    match = _LATER.search(sentence.words)
    if match and len(told[1]) == 10:
        n = int(match["n"]) if (match["n"] or "").isdigit() else _SMALL.get((match["n"] or "a").lower(), 1)
        back = (match["way"] or match["next"]).lower() in {"earlier", "before", "the previous"}
        return (date.fromisoformat(told[1]) + timedelta(days=-n if back else n)).isoformat()
    match = _SAME.search(sentence.words)
    if match is None:
        return None
    width = {"month": 7, "year": 4}.get(match["unit"].lower(), 10)
    return told[1][:width] if len(told[1]) >= width else None


_AHEAD = frozenset(["expect", "plan", "intend", "schedule", "due", "set", "hope", "promise", "pledge", "aim", "want"])
_MONTH_ALONE = re.compile(r"^(?:in|by|from|until|late|early|mid-?)? ?[A-Z][a-z]+$")


def _ahead(time: Time, published: str) -> str | None:
    """ "Will start in March", written in November: the March to come."""
    iso = time.iso or ""
    if (
        re.fullmatch(r"\d{4}-\d\d", iso)
        and _MONTH_ALONE.match(time.words.strip())
        and len(published) >= 7
        and iso < published[:7]
    ):
        return f"{int(iso[:4]) + 1}{iso[4:]}"
    return time.iso
