"""Use: somebody uses drones, to strike, to watch or to smuggle with, or has taken them up."""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.attacks import attack_drafts
from picket.learn.frames.common import CONTRABAND, HARMFUL, SPYING, actors_in, class_of_people, doers_of, places_of, things_of
from picket.learn.frames.sightings import intrude
from picket.learn.naming import classes_of, is_actor, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, refers_to_drone

_WATCHING = frozenset(
    ["reconnaissance", "surveillance", "observation", "spying", "scouting", "monitoring", "filming", "propaganda"]
)
_DEFEATING = frozenset(["defeat", "push", "repel", "fight", "break", "drop", "target", "capture", "stop", "drive", "halt"])
_MOVING = frozenset(["deliver", "carry", "transport", "move", "fly"])
_FERRYING = _MOVING | {"guide", "collect", "gather"}


def use(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = [*things_of(verb), *verb.prep("on", "to")] if verb.classes & {"rely"} else things_of(verb)
    thing = next((p for p in things if refers_to_drone(p, sentence)), None)
    if thing is None or (is_actor(thing) and not drone_head(thing)):
        return
    if verb.participle and any(v.finite and thing in v.subjects and v.classes - {"be", "say"} for v in sentence.verbs):
        return  # "drones operated by X cross the border": X is whose they are
    doers = actors_in(sentence, doers_of(verb)) or class_of_people(doers_of(verb))
    if _able(verb):
        for a in doers:
            yield Draft("adoption", "able-to-use", verb, actor=a, thing=text_of(thing), numbers=[])
        sentence.consumed.update(v.i for v in sentence.verbs if v.governor is verb)
        return
    if verb.passive and not doers and (owner := drone_owner(thing, sentence)):
        doers = [owner]
    aim = _aim(sentence, verb)
    drafts = _used_for(sentence, verb, aim, doers, thing) if aim is not None else _used(sentence, verb, doers, thing)
    yield from drafts


def _able(verb: Verb) -> bool:
    """ "The ability to fly drones" """
    up = verb.governor
    held = up.objects[0].head.low if up is not None and verb.link == "inf" and up.objects else ""
    return held in {"ability", "capability", "capacity"}


def _aim(sentence: Sentence, verb: Verb) -> Verb | None:
    """The first deed that the drones are used for and that tells a claim; the frames pass over it and those before it."""
    aims = [v for v in sentence.verbs if v.governor is verb and (v.link == "inf" or (v.gerund and v.link == "ger"))]
    aims += [v for v in sentence.verbs if v.governor in aims and v.link == "conj"]
    for aim in aims:
        sentence.consumed.add(aim.i)
        if _raids(aim) or _strikes(aim) or _watches(aim):
            return aim
    return None


def _raids(aim: Verb) -> list[Phrase]:
    """ "Used drones to launch strikes" """
    return [p for p in aim.objects if "attacknoun" in classes_of(p.head)] if aim.classes & {"wage", "launch"} else []


def _strikes(aim: Verb) -> bool:
    harmless = aim.classes & {"drop"} and not {t.low for p in aim.objects for t in p.tokens} & HARMFUL
    return not harmless and bool(aim.classes & {"strike", "kill", "destroy"} or aim.lemma in _DEFEATING)


def _watches(aim: Verb) -> bool:
    return bool(aim.classes & {"spy", "smuggle", "drop"}) or aim.lemma in SPYING or aim.lemma in _FERRYING


def _used_for(sentence: Sentence, verb: Verb, aim: Verb, doers: list[str], thing: Phrase) -> Iterator[Draft]:
    if raids := _raids(aim):
        hurt = [q for n, q in raids[0].after if n in {"on", "against", "at"}] or aim.prep("on", "against", "at")
        yield from attack_drafts("use-for-strikes", sentence, verb, doers, hurt, thing, hurt)
    elif _strikes(aim):
        hurt = (_used_against(verb, thing) if aim.classes & {"kill"} else []) or list(aim.objects)
        if aim.lemma == "push" and hurt:
            hurt = aim.prep("by") or hurt
        if aim.classes & {"drop"}:
            hurt = aim.prep("on", "onto", "over", "at")
        where = [*hurt, *aim.prep("in", "at", "on", "near")]
        yield from attack_drafts("use-to-strike", sentence, verb, doers, hurt, thing, where)
    else:
        goal = _goal(aim)
        target = "; ".join(text_of(p) for p in goal[:2]) or None
        yield from _spied(verb, doers, thing, target, goal)


def _goal(aim: Verb) -> list[Phrase]:
    """What is watched, or where to things are flown."""
    if aim.classes & {"smuggle", "drop"} or aim.lemma in _MOVING:
        ends = aim.prep("into", "to", "across", "over", "in")
        if ends:
            return ends
    loads = {t.low for p in aim.objects for q in [p, *([p.of] if p.of else [])] for t in q.tokens}
    watched = [] if loads & CONTRABAND or aim.lemma in {"carry", "transport"} else aim.objects
    return [p for p in [*watched, *aim.prep("into", "over", "across", "on")] if not p.time]


def _spied(verb: Verb, doers: list[str], thing: Phrase, target: str | None, where: list[Phrase]) -> Iterator[Draft]:
    spies: list[str | None] = [*doers] or [None]
    for a in spies:
        yield Draft("sighting", "use-to-spy", verb, actor=a, target=target, thing=text_of(thing), numbers=[thing], where=where)


def _used(sentence: Sentence, verb: Verb, doers: list[str], thing: Phrase) -> Iterator[Draft]:
    """Used with no deed behind it: for watching, against somebody, or just taken up."""
    watched = [p for p in verb.prep("for") if p.head.low in _WATCHING]
    if watched and not verb.classes & {"rely"}:
        seen = [q for n, q in watched[0].after if not q.time] + ([watched[0].of] if watched[0].of else [])
        yield from _spied(verb, doers, thing, text_of(seen[0]) if seen else None, seen)
        return
    against = _used_against(verb, thing)
    beside = [
        v for v in sentence.verbs if v.participle and v.subjects and v.subjects[0] is thing
    ]  # "drones armed with grenades in"
    in_attack = [p for v in [verb, *beside] for p in v.prep("in", "during", "for") if "attacknoun" in classes_of(p.head)]
    if against or in_attack:
        hurt = against or [q for p in in_attack for n, q in p.after if n in {"on", "against"}]
        yield from attack_drafts("use-against", sentence, verb, doers, hurt, thing, hurt)
        return
    places = places_of(verb)
    users: list[str | None] = [*doers] or ([None] if verb.passive and places else [])
    for a in users:
        named = text_of(thing) if not thing.pronoun else "drones"
        yield Draft("adoption", "use", verb, actor=a, thing=named, numbers=[thing], where=places)


def _used_against(verb: Verb, thing: Phrase) -> list[Phrase]:
    struck = [p for p in verb.prep("on") if _struck(p)] if verb.lemma in {"use", "employ"} else []
    of_verb = [*verb.prep("against"), *struck]
    return [p for p in of_verb if not p.time] + [p for n, p in thing.after if n == "against" and p not in verb.prep("against")]


def _struck(phrase: Phrase) -> bool:
    """Is it somebody or something that drones are used on: "on Boko Haram", "on targets in Iran"?"""
    return is_actor(phrase) or phrase.head.low in {"targets", "target"} or bool(classes_of(phrase.head) & {"building", "people"})


def flying(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """An actor that flies drones, with no target: it has taken them up; drones that fly over something are seen."""
    if verb.lemma == "fly" and not verb.objects and any(drone_head(p) for p in verb.subjects):
        yield from intrude(sentence, verb)
        return
    if verb.lemma in {"fly", "pilot"} and not verb.prep(
        "at", "against", "on", "toward", "towards", "into", "onto", "over", "across", "near", "above"
    ):
        yield from use(sentence, verb)
