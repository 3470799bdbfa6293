"""Broad reading of a verb: one function a kind, from the table's places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from picket.learn.broad.common import (
    ADVISING,
    COUNTER,
    LAWS,
    LENGTHS,
    NOT_DONE,
    OWN,
    TRANSFERS,
    WISHES,
    WRECKS,
    Row,
    at,
    bears,
    ends,
    inner_state,
    pairs,
    user_of,
)
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import HOUSES, KNOWHOW, MONEY, TEACHING, actors_in, homes_of, things_of
from picket.learn.frames.presence import people_of_state
from picket.learn.naming import bare_text, classes_of, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone, model_origin, origin_of, personnel, refers_to_drone
from picket.learn.spots import TOWN, place_name, place_state


@dataclass(slots=True)
class Clause:
    """A verb as a row of the table sees it: its ends, what stands at the second place, its things and the one that bears on drones."""

    sentence: Sentence
    verb: Verb
    row: Row
    first: list[str]
    second: list[str]
    second_at: list[Phrase]
    things: list[Phrase]
    thing: Phrase | None


def of_verb(sentence: Sentence, verb: Verb, row: Row) -> Iterator[Draft]:
    """Drafts of `verb` by `row`; none where what the row needs is not there."""
    if verb.negated or (verb.lemma in NOT_DONE and row.kind != "adoption"):
        return
    things = at(verb, row.thing)
    bearing = next((p for p in things if bears(sentence, p) and not (p.pronoun and "m" not in row.needs)), None)
    if (
        bearing is not None
        and row.kind in {"supply", "production", "adoption"}
        and (bearing.head.low in TEACHING or personnel(bearing))
    ):
        return
    if ("t" in row.needs and bearing is None) or ("H" in row.needs and not any(t.low in OWN for p in things for t in p.tokens)):
        return
    if "d" in row.needs and not (sentence.drone or (sentence.near and any(p.head.low in WRECKS for p in things))):
        return
    transfer = row.kind in TRANSFERS
    first = ends(sentence, at(verb, row.first), states=transfer)
    if row.kind == "supply" and verb.passive and not first and row.first[:1] == ("S",):
        first = ends(sentence, at(verb, ("from", "through", "via")), states=True)
    second_at = at(verb, row.second)
    clause = Clause(
        sentence,
        verb,
        row,
        first,
        ends(sentence, second_at, states=transfer),
        second_at,
        things,
        bearing or (things[0] if things else None),
    )
    yield from (_decided if set("LM") & set(row.needs) else _READERS[row.kind])(clause)


def _taught(clause: Clause) -> Iterator[Draft]:
    sentence, verb, row, needs = clause.sentence, clause.verb, clause.row, clause.row.needs
    first, second, things = clause.first, clause.second, clause.things
    if "z" in needs and first and not second and (tool := next((p for p in things or verb.objects if drone_head(p)), None)):
        second = user_of(sentence, verb, tool, first)
    if "c" in needs:
        if not any(p.head.low in TEACHING or "trainnoun" in classes_of(p.head) for p in things):
            return
        first = first or _school(sentence, verb, second)
    whole = first and second
    half = ("g" in needs and (first or second)) or (row.kind == "training" and verb.passive and second)
    if whole or half:
        yield from pairs(row, "broad-" + row.kind, verb, first, second, clause.thing, things)


def _school(sentence: Sentence, verb: Verb, pupils: list[str]) -> list[str]:
    """Whose course it is: the state where it is held, else the country that the report is about when the pupils are of another."""
    found = [s for p in verb.prep("in", "at", "near") if (s := place_state(p) or inner_state(p)) and s not in pupils][:1]
    here = sentence.context.state_name
    return found or ([here] if here and pupils and here not in homes_of(pupils) and here not in pupils else [])


def _recruited(clause: Clause) -> Iterator[Draft]:
    sentence, things = clause.sentence, clause.things
    people = [p for p in things if personnel(p) or "people_abstract" in classes_of(p.head) or p.head.tag == "DEM"]
    people = people or [p for p in things if p.of is not None and p.of.head.tag in {"DEM", "NP"} and p.head.tag != "NP"]
    takers = [n for p in at(clause.verb, clause.row.first) if not is_drone(p) for n in actors_in(sentence, [p])]
    if people and takers:
        given = actors_in(sentence, people) or [text_of(people[0])]
        yield from pairs(clause.row, "broad-recruitment", clause.verb, given, takers[:1], people[0], people)


def _taken_up(clause: Clause) -> Iterator[Draft]:
    """Adoption and production: somebody and the drones; for production a place and the drones will do."""
    verb, row, thing, things = clause.verb, clause.row, clause.thing, clause.things
    if verb.participle or thing is None or "supplynoun" in classes_of(thing.head):
        return
    spots = verb.prep("in", "at")
    if not clause.first and row.kind == "production" and drone_head(thing) and any(place_name(p) for p in spots):
        yield Draft("production", "broad-production", verb, thing=text_of(thing), numbers=things, where=spots)
    for actor in clause.first:
        yield Draft(row.kind, f"broad-{row.kind}", verb, actor=actor, thing=text_of(thing), numbers=things)


def _decided(clause: Clause) -> Iterator[Draft]:
    """A law that lets police shoot down drones, money set aside for means against them."""
    sentence, verb, row, things, first = clause.sentence, clause.verb, clause.row, clause.things, clause.first
    wanted = LAWS if "L" in row.needs else MONEY
    paper = next((p for p in things if p.head.low in wanted or (p.of is not None and p.of.head.low in wanted)), None)
    about = next((p for p in sentence.phrases() if p.i >= verb.i and (is_drone(p) or COUNTER.match(p.head.low))), None)
    if paper is None or about is None:
        return
    house = sentence.context.state_name if verb.subjects and verb.subjects[0].head.low in HOUSES else None
    for actor in first or ([house] if house else []):
        yield Draft(
            "adoption",
            "broad-decided",
            verb,
            actor=actor,
            thing=text_of(about),
            numbers=[paper] if "M" in row.needs else [],
        )


def _supply(clause: Clause) -> Iterator[Draft]:
    sentence, verb, row, thing, first, second = (
        clause.sentence,
        clause.verb,
        clause.row,
        clause.thing,
        clause.first,
        clause.second,
    )
    if thing is None:
        return
    if thing.head.low in KNOWHOW - {"technology"} and not drone_head(thing):
        if first and second:
            yield from pairs(ADVISING, "broad-advising", verb, first, second, thing, [])
        return
    if "F" in row.needs and not (first and second):
        return
    if "r" in row.needs and not (first and second):
        return
    if "S2" in row.first:  # buyers: without a giver it is an uptake
        first = [n for n in first if n not in second] or [o for o in [origin_of(thing, sentence)] if o and o not in second]
        if not first:
            wished = "possible" if verb.lemma in WISHES else None
            for actor in second:
                yield Draft("adoption", "broad-get", verb, actor=actor, thing=text_of(thing), numbers=[thing], certainty=wished)
            return
    if "k" in row.needs:
        if not first:
            return
        second = [n for n in second if n not in first] or ([o] if (o := drone_owner(thing, sentence)) and o not in first else [])
    elif "b" in row.needs and not second:
        own = [p for p in things_of(verb) if "building" in classes_of(p.head) or personnel(p)]
        for actor in first if own else []:
            yield Draft("adoption", "broad-equip", verb, actor=actor, thing=text_of(thing), numbers=[thing, *own])
        return
    elif not first and not second:
        origin = origin_of(thing, sentence)
        first = [origin] if origin else []
    if not first and second and verb.lemma in {"sign", "order"} and (maker := model_origin(thing)) and maker not in second:
        first = [maker]
    if not first and not second:
        return
    for draft in pairs(row, "broad-supply", verb, first, second, thing, [thing, *verb.objects, *verb.prep("for")]):
        draft.certainty = "possible" if verb.lemma in WISHES else None
        yield draft


def _deployment(clause: Clause) -> Iterator[Draft]:
    sentence, verb, row, things, first = clause.sentence, clause.verb, clause.row, clause.things, clause.first
    people = [p for p in things if personnel(p)]
    spots = [
        p
        for p in verb.prep("to", "in", "at", "near", "on", "into", "outside", "inside", "around")
        if place_name(p) and p.i > verb.i
    ]
    if not people or not spots:
        return
    if "y" in row.needs:
        first = people_of_state(people[0]) or [n for n in actors_in(sentence, people) if n[:1].isupper()]
    for actor in first:
        yield Draft("deployment", "broad-deployment", verb, actor=actor, thing=text_of(people[0]), numbers=people, where=spots)


def _attack(clause: Clause) -> Iterator[Draft]:
    sentence, verb, row, things, first, hit = (
        clause.sentence,
        clause.verb,
        clause.row,
        clause.things,
        clause.first,
        clause.second_at,
    )
    tool = next(
        (p for p in things if drone_head(p) or (is_drone(p) and "attacknoun" in classes_of(p.head)) or p.head.low in WRECKS),
        None,
    )
    if tool is None:
        return
    hit = [p for p in hit if p is not tool and not drone_head(p) and p.head.low not in LENGTHS]
    struck = [p for p in hit if "u" not in row.needs or "building" in classes_of(p.head) or _built(p) or place_name(p)]
    harmed = any(v.classes & {"kill", "destroy"} for v in sentence.verbs)
    struck = [p for p in struck if not place_name(p) or "building" in classes_of(p.head)] or struck
    fierce = verb.lemma in {"rain", "punch", "blow", "tear", "ram", "slam", "plough", "plow"}
    ablaze = any(t.low in {"fire", "ablaze", "blaze", "flames", "fires", "alight"} for t in sentence.tokens)
    if not struck or ("u" in row.needs and not (harmed or fierce or ablaze) and tool.head.low not in WRECKS):
        return
    owner = drone_owner(tool, sentence)
    for actor in ([owner] if owner else []) or [n for n in first if "x" in row.needs] or [None]:  # type: ignore[list-item]
        yield Draft(
            "use_attack",
            "broad-use_attack",
            verb,
            actor=actor,
            target="; ".join(bare_text(p) for p in struck),
            thing=text_of(tool),
            numbers=[p for v in sentence.verbs if v.classes & {"kill"} for p in things_of(v)] + struck,
            where=struck,
            target_phrase=struck[0],
        )


def _built(phrase: Phrase) -> bool:
    return phrase.of is not None and "building" in classes_of(phrase.of.head)


def _sighting(clause: Clause) -> Iterator[Draft]:
    sentence, verb, row, things, first, spots = (
        clause.sentence,
        clause.verb,
        clause.row,
        clause.things,
        clause.first,
        clause.second_at,
    )
    needs = row.needs
    if "j" in needs:
        places = [p for p in spots if "building" in classes_of(p.head) or ((e := place_name(p)) and e.rank == TOWN)]
        cause = sentence.drone or (sentence.near and verb.lemma in {"suspend", "close", "shut", "halt"})
        if places and cause:
            yield Draft(
                "sighting",
                "broad-closed",
                verb,
                target=bare_text(places[0]),
                thing="drones",
                where=places,
                target_phrase=places[0],
            )
        return
    if "l" in needs:
        if not sentence.drone or not first or not spots:
            return
        yield Draft(
            "sighting",
            "broad-smuggling",
            verb,
            actor=first[0],
            target=bare_text(spots[0]),
            thing=text_of(things[0]) if things else None,
            numbers=things,
            where=spots,
        )
        return
    tool = next((p for p in things if drone_head(p) or (refers_to_drone(p, sentence) and not p.pronoun)), None)
    if tool is None:
        return
    spots = [p for p in spots if p is not tool and p.head.low not in LENGTHS]
    where = [p for p in [*spots, *verb.prep("in", "off", "on", "along")] if place_name(p)]
    if not spots and not where and "v" not in needs:
        return
    yield Draft(
        "sighting",
        "broad-sighting",
        verb,
        actor=drone_owner(tool, sentence),
        target="; ".join(bare_text(p) for p in spots) or None,
        thing=text_of(tool),
        numbers=[tool],
        where=where,
    )


_READERS: dict[str, Callable[[Clause], Iterator[Draft]]] = {
    "supply": _supply,
    "training": _taught,
    "advising": _taught,
    "recruitment": _recruited,
    "deployment": _deployment,
    "use_attack": _attack,
    "sighting": _sighting,
    "adoption": _taken_up,
    "production": _taken_up,
}
