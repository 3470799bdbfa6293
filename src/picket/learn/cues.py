"""The last look at a sentence about drones that nothing has read: which kind its words speak for, and the ends that stand plainly in it.

A count of words (data/cues.tsv) picks the kind; ends come from possessors, "from" and "to", subjects and places, never from
elsewhere. One end of a delivery without the other is left so: no flow is made here unless "from X" and "to Y" stand beside the thing.
The rule is "cue-..."; such claims are right less often, and the desk says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from picket.learn.actors import actors_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import GOODS, actors_in
from picket.learn.naming import bare_text, classes_of, home_of, is_actor, text_of
from picket.learn.screening import Screened, small
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone, origin_of, personnel, refers_to_drone
from picket.learn.spots import place_name, place_state

_ENOUGH = 2
_MEANT = frozenset(
    [
        "flights",
        "aircraft",
        "craft",
        "machines",
        "jammers",
        "jammer",
        "nets",
        "netting",
        "interceptors",
        "detectors",
        "incursions",
    ]
)
_NOT_NEWS = Screened(
    r"\b(?:condemn\w*|criticis\w*|criticiz\w*|oppos\w*|apologi\w*|sanction\w*|tighten\w*|embargo\w*|curbs on|"
    r"rules (?:on|for)|blacklist\w*|ban(?:s|ned)?|"
    r"demand\w* an end|appeal\w*|praised?|"
    r"not (?:been )?(?:seen|used|found|attacked|supplied)|never)\b",
    re.IGNORECASE,
)


@cache
def _cues() -> tuple[tuple[str, int, Screened], ...]:
    rows = []
    for line in files("picket.learn").joinpath("data", "cues.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, weight, words = line.split("\t")
            each = [re.escape(w.rstrip("*")).replace("_", r"\s+") + (r"\w*" if w.endswith("*") else "") for w in words.split()]
            rows.append((kind, int(weight), Screened(rf"\b(?:{'|'.join(each)})\b", re.IGNORECASE)))
    return tuple(rows)


def _ranked(sentence: Sentence) -> list[tuple[int, str]]:
    """The kinds, with what the clause itself speaks for: a drone at a place, goods from or to somebody."""
    verb, hit = _main(sentence), _hit(sentence)
    bonus: dict[str, int] = {}
    if verb is not None:
        flown = any(drone_head(p) for p in [*verb.subjects, *verb.objects])
        bonus["sighting"] = int(flown and hit is not None)
        ends = [p for n, ps in verb.preps for p in ps if n in {"from", "to", "for"} and is_actor(p) and not is_drone(p)]
        bonus["supply"] = int(bool(ends))
    return scores(sentence.words, bonus)


def scores(words: str, bonus: dict[str, int] | None = None) -> list[tuple[int, str]]:
    """(score, kind) of a sentence, best first; each cue counts once, `bonus` is added where a cue was found."""
    sums: dict[str, int] = {}
    low = small(words)
    for kind, weight, cue in _cues():
        found = {m.group().lower() for m in cue.pattern.finditer(words)} if cue.stands_in(low) else ()
        sums[kind] = sums.get(kind, 0) + weight * len(found)
    for kind, more in (bonus or {}).items():
        sums[kind] += more if sums[kind] or kind == "sighting" else 0
    return sorted(((n, kind) for kind, n in sums.items() if n >= _ENOUGH), key=lambda e: (-e[0], e[1]))


def cue_drafts(sentence: Sentence) -> Iterator[Draft]:
    """At most one draft."""
    spoken = sentence.drone or (sentence.near and _drone(sentence) is not None)
    if not spoken or _NOT_NEWS.search(sentence.words) or not any(v.finite for v in sentence.verbs):
        return
    for _, kind in _ranked(sentence):
        if kind not in _MAKERS:
            return  # what is feared has not happened; a guess that it is a warning was right once in eight
        draft = _MAKERS[kind](sentence)
        if draft is not None:
            yield draft
            return


def _main(sentence: Sentence) -> Verb | None:
    return next((v for v in sentence.verbs if v.finite and not v.classes & {"say", "warn", "fear"}), None)


def _drone(sentence: Sentence) -> Phrase | None:
    phrases = sentence.phrases()
    return (
        next((p for p in phrases if drone_head(p)), None)
        or next((p for p in phrases if is_drone(p)), None)
        or next((p for p in phrases if not p.pronoun and (p.head.low in _MEANT or refers_to_drone(p, sentence))), None)
    )


def _tellers(sentence: Sentence) -> set[int]:
    return {id(p) for v in sentence.verbs if v.classes & {"say", "warn", "fear"} for p in v.subjects}


def _owner(sentence: Sentence) -> str | None:
    return next((o for p in sentence.phrases() if is_drone(p) and (o := drone_owner(p, sentence))), None)


def _hit(sentence: Sentence) -> Phrase | None:
    """The building, or else the place, that the sentence names."""
    told = _tellers(sentence)
    phrases = [p for p in sentence.phrases() if id(p) not in told and not p.time and not is_drone(p)]
    return next((p for p in phrases if "building" in classes_of(p.head)), None) or next(
        (p for p in phrases if place_name(p)), None
    )


def _attack(sentence: Sentence) -> Draft | None:
    verb, hit, tool = _main(sentence), _hit(sentence), _drone(sentence)
    victims = [p for v in sentence.verbs if v.classes & {"kill"} for p in (v.subjects if v.passive else v.objects)]
    hit = hit or next((p for p in victims if not is_drone(p)), None)
    if verb is None or hit is None or tool is None:
        return None
    return Draft(
        "use_attack",
        "cue-use_attack",
        verb,
        actor=_owner(sentence),
        target=bare_text(hit),
        thing=text_of(tool),
        numbers=[*victims, hit],
        where=[hit],
        target_phrase=hit,
    )


def _sighting(sentence: Sentence) -> Draft | None:
    verb, hit, tool = _main(sentence), _hit(sentence), _drone(sentence)
    if verb is None or tool is None or hit is None:
        return None
    return Draft(
        "sighting",
        "cue-sighting",
        verb,
        actor=_owner(sentence),
        target=bare_text(hit),
        thing=text_of(tool),
        numbers=[tool],
        where=[hit],
        target_phrase=hit,
    )


def _supply(sentence: Sentence) -> Draft | None:
    verb = _main(sentence)
    thing = next((p for p in sentence.phrases() if (drone_head(p) or p.head.low in GOODS) and not p.pronoun), None)
    if verb is None or thing is None:
        return None
    pairs = [(n, p) for v in sentence.verbs for n, ps in v.preps for p in ps] + [
        (n, p) for q in sentence.phrases() for n, p in q.after
    ]
    given = [
        x
        for n, p in pairs
        if n in {"from", "by"} and not p.time and not is_drone(p)
        for x in (actors_in(sentence, [p]) or _state(p))
    ]
    taken = [
        x
        for n, p in pairs
        if n in {"to", "for"} and not p.time and not is_drone(p)
        for x in (actors_in(sentence, [p]) or _state(p))
    ]
    origin, owner = origin_of(thing, sentence), drone_owner(thing, sentence)
    giver = next(iter(given), None) or origin
    taker = next((x for x in taken if x != giver), None) or (owner if owner != giver else None)
    if giver is None and taker is None:
        return None
    return Draft("supply", "cue-supply", verb, provider=giver, recipient=taker, thing=text_of(thing), numbers=[thing])


def _state(phrase: Phrase) -> list[str]:
    state = place_state(phrase)
    return [state] if state else []


def _deployment(sentence: Sentence) -> Draft | None:
    verb = _main(sentence)
    people = next((p for p in sentence.phrases() if personnel(p) and home_of(p)), None)
    if verb is None or people is None:
        return None
    spots = [p for n, ps in verb.preps for p in ps if n in {"in", "at", "to", "near", "around", "on"} and place_name(p)]
    spots += [p for n, p in people.after if n in {"in", "at", "near"} and place_name(p)]
    spots += [q for p in verb.objects for n, q in [("", p), *p.after] if place_name(q)]
    where = next(((p, e) for p in spots if (e := place_name(p)) and e.country != home_of(people)), None)
    names = actors_of(people, sentence.context)
    if where is None or not names:
        return None
    return Draft("deployment", "cue-deployment", verb, actor=names[0], thing=text_of(people), numbers=[people], where=[where[0]])


def _taker_up(sentence: Sentence, verb: Verb) -> str | None:
    told = _tellers(sentence)
    for phrase in verb.subjects:
        if id(phrase) not in told and is_actor(phrase) and not drone_head(phrase):
            names = actors_of(phrase, sentence.context)
            if names:
                return names[0]
    return next((o for p in verb.subjects if (o := drone_owner(p, sentence))), None)


def _adoption(sentence: Sentence) -> Draft | None:
    verb, thing = _main(sentence), _drone(sentence)
    actor = _taker_up(sentence, verb) if verb is not None else None
    if verb is None or thing is None or actor is None:
        return None
    return Draft("adoption", "cue-adoption", verb, actor=actor, thing=text_of(thing), numbers=[thing])


def _production(sentence: Sentence) -> Draft | None:
    verb, thing = _main(sentence), _drone(sentence)
    if verb is None or thing is None:
        return None
    actor = _taker_up(sentence, verb)
    spots = [p for n, ps in verb.preps if n in {"in", "at"} for p in ps]
    return (
        Draft("production", "cue-production", verb, actor=actor, thing=text_of(thing), numbers=[thing], where=spots)
        if actor or spots
        else None
    )


_MAKERS = {
    "use_attack": _attack,
    "sighting": _sighting,
    "supply": _supply,
    "deployment": _deployment,
    "adoption": _adoption,
    "production": _production,
}
