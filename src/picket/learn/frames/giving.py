"""Giving: things, courses or know-how pass from who does it to somebody ("gave", "sold", "equipped with")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.attacks import launch
from picket.learn.frames.common import (
    CONTRABAND,
    GOODS,
    KNOWHOW,
    MONEY,
    TEACHING,
    actors_in,
    doers_of,
    pairs,
    recipients_of,
    things_of,
)
from picket.learn.frames.people import deploy
from picket.learn.frames.sightings import landed, smuggle
from picket.learn.naming import classes_of, is_actor, is_person, organisation_in, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone, origin_of, personnel, refers_to_drone
from picket.learn.spots import place_state

_SENDING = frozenset(["send", "bring", "airlift", "transport", "ship", "lend", "provide", "transfer", "supply"])
_HOSTILE = frozenset(["send", "direct", "bring", "fly", "launch"])
_TOLD = frozenset(["blow", "warning", "details", "evidence", "statement"])
_MORE_THAN_ADVICE = frozenset(["technology", "intelligence", "support"])
_PRISONS = frozenset(["prison", "jail", "prisons", "prisoners", "inmates"])
_ENJOY = frozenset(["benefit", "profit", "gain", "receive", "get", "rely", "depend", "obtain", "enjoy", "draw"])


def give(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = things_of(verb)
    if verb.passive and verb.objects:
        yield from _given(sentence, verb)
    elif things and _equips(sentence, verb, things[0]):
        yield from equip(sentence, verb)
    elif things and verb.lemma == "give" and verb.indirect and any(drone_head(p) for p in verb.subjects):
        for taker in actors_in(sentence, verb.indirect):
            yield Draft("adoption", "gave-means", verb, actor=taker, thing=text_of(verb.subjects[0]))
    elif things:
        if personnel(things[0]) and verb.lemma in _SENDING:
            yield from deploy(sentence, verb)
            things = [p for p in things if drone_head(p)]
        if things and "attacknoun" not in classes_of(things[0].head) and things[0].head.low not in _TOLD:
            yield from _handed(sentence, verb, things)


def _equips(sentence: Sentence, verb: Verb, thing: Phrase) -> bool:
    """ "Provided the militia with drones", "supplied with jammers": what is given stands behind "with"."""
    with_ = any(
        is_drone(p) or p.head.low in TEACHING | KNOWHOW or (sentence.drone and p.head.low in GOODS) for p in verb.prep("with")
    )
    supplied = verb.participle and verb.lemma == "supply"
    return (with_ or supplied) and (is_actor(thing) or thing.pronoun) and not drone_head(thing)


def _handed(sentence: Sentence, verb: Verb, things: list[Phrase]) -> Iterator[Draft]:
    """What is handed over decides what it is: a course, advice, contraband, an attack, drones into a prison, or a supply."""
    thing = things[0]
    low = thing.head.low
    givers = actors_in(sentence, doers_of(verb)) or [o for p in doers_of(verb) if is_person(p) and (o := organisation_in(p))]
    if any(p.head.low in TEACHING for p in things):
        yield from _courses(sentence, verb, things, givers)
        if not any(is_drone(p) and p.head.low not in TEACHING for p in things):
            return
    if low == "information" and not verb.indirect and not verb.prep("to"):
        return
    if low in KNOWHOW - _MORE_THAN_ADVICE or (low in {"support", "intelligence"} and not drone_head(thing)):
        yield from _advice(sentence, verb, things, givers)
    elif _contraband(sentence, things):
        yield from landed(sentence, verb)
    elif _sent_against(sentence, verb, thing):
        yield from launch(sentence, verb)
    elif not _bears_on_drones(sentence, verb, things):
        return
    elif any(p.head.low in _PRISONS for p in verb.prep("to", "into")):
        yield from smuggle(sentence, verb)
    else:
        yield from _supplied(sentence, verb, things, givers)


def _courses(sentence: Sentence, verb: Verb, things: list[Phrase], givers: list[str]) -> Iterator[Draft]:
    if not (sentence.drone or sentence.near):
        return
    for a, b in pairs(givers, recipients_of(sentence, verb, "to", "for")):
        yield Draft(
            "training",
            "give-training",
            verb,
            provider=a,
            recipient=b,
            thing=text_of(things[0]),
            numbers=[*things, *verb.prep("to", "for")],
            where=things,
        )


def _advice(sentence: Sentence, verb: Verb, things: list[Phrase], givers: list[str]) -> Iterator[Draft]:
    thing = things[0]
    takers = recipients_of(sentence, verb, "to", "for")
    if not takers and verb.participle and verb.governor is not None and verb.governor.lemma in _ENJOY:
        takers = [n for n in actors_in(sentence, verb.governor.subjects) if n not in givers]
    if not (sentence.drone or sentence.near) or not (givers or takers) or thing.has("material", "moral", "political"):
        return
    for a, b in pairs(givers, takers):
        yield Draft("advising", "give-advice", verb, provider=a, recipient=b, thing=text_of(thing), where=things)


def _contraband(sentence: Sentence, things: list[Phrase]) -> bool:
    """Phones, drugs and the like, and nothing that drones are made of or paid with."""
    drones = (refers_to_drone(p, sentence) or p.head.low in GOODS | MONEY for p in things)
    return bool({t.low for p in things for t in p.tokens} & CONTRABAND) and not any(drones)


def _sent_against(sentence: Sentence, verb: Verb, thing: Phrase) -> bool:
    """ "Sent three drones towards the depot" """
    hostile = [p for p in verb.prep("against", "at", "into", "toward", "towards", "over", "onto") if not p.time]
    return bool(hostile) and refers_to_drone(thing, sentence) and verb.lemma in _HOSTILE


def _bears_on_drones(sentence: Sentence, verb: Verb, things: list[Phrase]) -> bool:
    low = things[0].head.low
    if any(refers_to_drone(p, sentence) for p in things):
        return True
    money = low in MONEY and (bool(verb.prep("for")) or "offer" in verb.classes)
    return (low in GOODS or money) and (sentence.drone or sentence.near)


def _supplied(sentence: Sentence, verb: Verb, things: list[Phrase], givers: list[str]) -> Iterator[Draft]:
    thing = things[0]
    takers = _takers(sentence, verb, thing, givers)
    givers, takers = _smuggled(sentence, verb, givers, takers)
    if not givers and verb.passive:
        givers = _from_where(sentence, verb.prep("from"))
    if not givers:
        origin = origin_of(thing, sentence)
        givers = [origin] if origin and takers and origin not in takers else []
    takers = takers or _takers_told(sentence, verb, thing, givers)
    to = [p for p in verb.prep("to") if p.tokens and p.tokens[0].tag in {"NUM", "QUAL"}]
    handed = bool(to) or bool(verb.classes & {"sell"}) or verb.lemma in {"supply", "provide", "deliver"}
    if not takers and not (givers and handed):
        return
    rule = "offer" if "offer" in verb.classes else "give"
    named = next((p for p in things if is_drone(p)), thing)
    for a, b in pairs(givers, takers):
        yield Draft(
            "supply", rule, verb, provider=a, recipient=b, thing=text_of(named), numbers=[*things, *to, *verb.prep("for")]
        )


def _takers(sentence: Sentence, verb: Verb, thing: Phrase, givers: list[str]) -> list[str]:
    """Who gets it, by the verb's own phrases: named, the subject of "which X sent it", or the state of a place."""
    takers = recipients_of(sentence, verb, "to", "for")
    if not takers and verb.link == "rel" and verb.governor is not None and thing in verb.governor.objects:
        takers = [n for n in actors_in(sentence, verb.governor.subjects) if n not in givers]
    ends = [q for p in verb.prep("to") for q in [p, *(o for n, o in p.after if n == "in")]]
    return takers or [s for q in ends if (s := place_state(q)) and s not in givers][:1]


def _smuggled(sentence: Sentence, verb: Verb, givers: list[str], takers: list[str]) -> tuple[list[str], list[str]]:
    """ "Were smuggled by the group from Iran": who does it has it in the end, where it came from gave it."""
    routes = [*verb.prep("from"), *(q for p in verb.prep("by") for n, q in p.after if n == "from")]
    if not (verb.lemma.startswith("smuggle") and verb.passive and routes):
        return givers, takers
    takers = [n.split(" from ")[0] for n in takers or actors_in(sentence, verb.prep("by"))]
    return _from_where(sentence, routes), takers


def _from_where(sentence: Sentence, phrases: list[Phrase]) -> list[str]:
    return actors_in(sentence, phrases) or [s for p in phrases if (s := place_state(p))]


def _takers_told(sentence: Sentence, verb: Verb, thing: Phrase, givers: list[str]) -> list[str]:
    """Who gets it, from elsewhere: whose drones they are, who asked for them before, who got some last."""
    if verb.passive and givers and (owner := drone_owner(thing, sentence)) and owner not in givers:
        return [owner]  # "Hezbollah's drones are supplied by Iran"
    if not givers or verb.participle:
        return []
    asked = [v for v in sentence.verbs if v.i < verb.i and v.classes & {"request", "get"} and not v.passive]
    takers = [n for v in asked for n in actors_in(sentence, v.subjects) if n not in givers][-1:]
    return takers or sentence.context.last_taker(givers)


def _given(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "The rebels were given drones by X"."""
    receivers = actors_in(sentence, verb.subjects)
    thing = verb.objects[0]
    kind = _kind_of(thing)
    givers = actors_in(sentence, verb.prep("by", "from"))
    if not givers and (origin := origin_of(thing, sentence)) and origin not in receivers:
        givers = [origin]
    if receivers and refers_to_drone(thing, sentence) and kind == "supply" and not givers:
        for b in receivers:
            yield Draft("adoption", "given-nobody-named", verb, actor=b, thing=text_of(thing), numbers=verb.objects)
        return
    if receivers and (refers_to_drone(thing, sentence) or (sentence.drone and kind != "supply")):
        for a, c in pairs(givers, receivers):
            yield Draft(kind, "given", verb, provider=a, recipient=c, thing=text_of(thing), numbers=verb.objects)


def equip(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = [
        p
        for p in verb.prep("with")
        if refers_to_drone(p, sentence) or p.head.low in TEACHING | KNOWHOW or (sentence.drone and p.head.low in GOODS)
    ]
    takers = actors_in(sentence, [p for p in things_of(verb) if not drone_head(p)])
    if things and not takers and verb.passive:
        takers = [text_of(p) for p in verb.subjects if _named_building(p)]
    if not takers:
        return
    if not things:
        yield from _armed(sentence, verb, takers)
        return
    if any(t.low in {"no", "none", "neither", "nobody"} for p in things_of(verb) for t in p.tokens) or _not_one(sentence, verb):
        return
    thing = things[0]
    givers = actors_in(sentence, doers_of(verb)) or list(filter(None, [origin_of(thing, sentence)]))
    if not givers or givers == takers:
        for b in takers:
            yield Draft("adoption", "equipped-with", verb, actor=b, thing=text_of(thing), numbers=things)
        return
    kind = _kind_of(thing) if not is_drone(thing) or thing.head.low in TEACHING else "supply"
    for a, c in pairs(givers, takers):
        yield Draft(kind, "equip", verb, provider=a, recipient=c, thing=text_of(thing), numbers=things)


def _kind_of(thing: Phrase) -> str:
    low = thing.head.low
    return "training" if low in TEACHING else "advising" if low in KNOWHOW else "supply"


def _named_building(phrase: Phrase) -> bool:
    return any(t.tag in {"DEM", "NP"} for t in phrase.tokens) and "building" in classes_of(phrase.head)


def _armed(sentence: Sentence, verb: Verb, takers: list[str]) -> Iterator[Draft]:
    """ "The militia, armed by Iran": with drones, as the sentence is about them."""
    if verb.participle and sentence.drone and verb.lemma in {"supply", "arm", "equip", "stock"}:
        givers, rule = actors_in(sentence, verb.prep("by")), "supplied-by"
    elif verb.lemma == "arm" and (sentence.drone or sentence.near) and not verb.participle and not verb.prep("with"):
        givers = actors_in(sentence, doers_of(verb)) or [o for p in doers_of(verb) if (o := drone_owner(p, sentence))]
        rule = "arm"
    else:
        return
    for a, c in pairs(givers, takers):
        if a and a != c:
            yield Draft("supply", rule, verb, provider=a, recipient=c, thing="drones", numbers=[])


def _not_one(sentence: Sentence, verb: Verb) -> bool:
    """ "Not one battalion has been issued with": nobody was."""
    return bool(re.search(r"\b[Nn]ot (?:one|a single|any)\b", sentence.text[sentence.begin : verb.tokens[0].start]))


def issue(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Soldiers have been issued with quadcopters", "frigates were fitted with guns against drones"."""
    if verb.prep("with"):
        yield from equip(sentence, verb)
