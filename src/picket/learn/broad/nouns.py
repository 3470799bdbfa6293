"""Broad reading of a noun: "talks between A and B about 12,000 HX-2s", "the closure of Aalborg airport", "output at the plant"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from picket.learn.broad.common import NOT_DONE, PLANTS, STOPPED, TRANSFERS, Row, bears, ends, pairs
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import actors_in
from picket.learn.naming import bare_text, classes_of, kind_of, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone, personnel
from picket.learn.spots import place_name


@dataclass(slots=True)
class Noun:
    """A noun as a row of the table sees it, with the verb whose argument it is."""

    sentence: Sentence
    phrase: Phrase
    row: Row
    verb: Verb | None
    owner: str | None
    first: list[str]
    second: list[str]
    second_at: list[Phrase]
    things: list[Phrase]
    thing: Phrase | None

    @property
    def alone(self) -> Phrase:
        """The phrase without what hangs on it."""
        return Phrase(self.phrase.i, self.phrase.j, self.phrase.head, self.phrase.tokens)


def of_noun(sentence: Sentence, phrase: Phrase, row: Row) -> Iterator[Draft]:
    """Drafts of `phrase` by `row`; none where its verb says that it did not happen."""
    verb = _host(sentence, phrase)
    if verb is not None and (verb.negated or verb.lemma in NOT_DONE):
        return
    own = Phrase(phrase.i, phrase.j, phrase.head, phrase.tokens)
    owner = drone_owner(own, sentence) if "G" in row.first else None
    transfer = row.kind in TRANSFERS
    first = ends(sentence, _around(phrase, verb, row.first), states=transfer) or ([owner] if owner else [])
    second_at = _around(phrase, verb, row.second)
    second = [n for n in ends(sentence, second_at, states=transfer) if n not in first]
    things = _around(phrase, verb, row.thing)
    thing = next((p for p in things if bears(sentence, p)), None)
    if thing is None and bears(sentence, own) and len(own.tokens) > 1:
        thing = phrase
    noun = Noun(sentence, phrase, row, verb, owner, first, second, second_at, things, thing)
    yield from (_closure if "J" in row.needs else _READERS[row.kind])(noun)


def _supply(noun: Noun) -> Iterator[Draft]:
    verb, phrase, first, second = noun.verb, noun.phrase, noun.first, noun.second
    if noun.thing is None or not (first or second):
        return
    if phrase.head.low in {"request", "requests", "appeal", "appeals", "demand", "application"} and first and not second:
        first, second = second, first  # "a request from Mexico for radars"
    agent: list[str] = []
    if verb is not None and phrase not in verb.subjects and not verb.passive and not verb.classes & {"say"}:
        agent = [n for n in ends(noun.sentence, verb.subjects, states=False) if n not in first + second]
    between = [p for n, p in phrase.after if n == "between"]
    if len(first) > 1 and len(between) > 1:
        sellers = [n for p in between if kind_of(p) == "company" for n in actors_in(noun.sentence, [p])]
        first, second = (sellers, [n for n in first if n not in sellers]) if sellers else (first[1:], first[:1])
    unsure = "q" in noun.row.needs
    if second and not first and not unsure:
        first = agent
    else:
        second = second or agent
    for draft in pairs(noun.row, "broad-supply-noun", verb, first, second, noun.thing, [*noun.things, phrase]):
        draft.certainty = "possible" if unsure else None
        yield draft


def _taught(noun: Noun) -> Iterator[Draft]:
    kind = noun.row.kind
    if noun.first and noun.second and (noun.sentence.drone or kind == "training"):
        numbers = [*noun.things, *noun.second_at]
        yield from pairs(noun.row, f"broad-{kind}-noun", noun.verb, noun.first, noun.second, noun.thing or noun.phrase, numbers)


def _deployment(noun: Noun) -> Iterator[Draft]:
    phrase = noun.phrase
    spots = [p for n, p in phrase.after if n in {"to", "in", "at", "near", "on"} and place_name(p)]
    people = phrase.of if phrase.of is not None and personnel(phrase.of) else None
    actors = actors_in(noun.sentence, [people]) if people is not None and spots else []
    for actor in actors:
        yield Draft(
            "deployment", "broad-deployment-noun", noun.verb, actor=actor, thing=text_of(phrase), numbers=[phrase], where=spots
        )


def _attack(noun: Noun) -> Iterator[Draft]:
    hit = noun.second_at
    if not hit or not (is_drone(noun.phrase) or noun.sentence.drone):
        return
    for actor in noun.first or [None]:  # type: ignore[list-item]
        yield Draft(
            "use_attack",
            "broad-attack-noun",
            noun.verb,
            actor=actor,
            target="; ".join(bare_text(p) for p in hit),
            thing=text_of(noun.phrase),
            numbers=[*hit, noun.phrase],
            where=hit,
            target_phrase=hit[0],
        )


def _closure(noun: Noun) -> Iterator[Draft]:
    spots = [p for p in noun.second_at if p.head.low.split()[-1] in STOPPED or "building" in classes_of(p.head)]
    for spot in spots[:1] if noun.sentence.drone else []:
        yield Draft(
            "sighting", "broad-closure", noun.verb, target=bare_text(spot), thing="drones", where=[spot], target_phrase=spot
        )


def _sighting(noun: Noun) -> Iterator[Draft]:
    drones = [p for p in [noun.alone, *noun.things] if drone_head(p) or is_drone(p)]
    spots = [p for p in [*noun.second_at, *(q for t in noun.things for _, q in t.after)] if not drone_head(p) and not p.time]
    for spot in [p for p in spots if "building" in classes_of(p.head) or place_name(p)] if drones else []:
        yield Draft(
            "sighting",
            "broad-sighting-noun",
            noun.verb,
            actor=noun.owner,
            target=bare_text(spot),
            thing=text_of(drones[0]),
            numbers=drones,
            where=[spot],
            target_phrase=spot,
        )


def _taken_up(noun: Noun) -> Iterator[Draft]:
    first, verb = noun.first, noun.verb
    if noun.row.kind == "production" and not first:
        works = [p for n, p in noun.phrase.after if n in {"at", "in"} and p.head.low in PLANTS]
        first = [drone_owner(p, noun.sentence) or bare_text(p) for p in works[:1]]
    if (
        not first
        and verb is not None
        and not verb.classes & {"say"}
        and "S" in noun.row.first
        and noun.phrase not in verb.subjects
    ):
        first = ends(noun.sentence, verb.subjects, states=False)
    if noun.thing is not None:
        for actor in first:
            yield Draft(
                noun.row.kind, f"broad-{noun.row.kind}-noun", verb, actor=actor, thing=text_of(noun.thing), numbers=[noun.thing]
            )


def _host(sentence: Sentence, phrase: Phrase) -> Verb | None:
    for verb in sentence.verbs:
        for group in (verb.subjects, verb.objects, verb.indirect, *(ps for _, ps in verb.preps)):
            if any(p is phrase or p.of is phrase for p in group):
                return verb
    before = [v for v in sentence.verbs if v.i <= phrase.i]
    return before[-1] if before else next(iter(sentence.verbs), None)


def _around(phrase: Phrase, verb: Verb | None, places: tuple[str, ...]) -> list[Phrase]:
    out: list[Phrase] = []
    for place in places:
        if place == "of" and phrase.of is not None:
            out.append(phrase.of)
        out.extend(p for n, p in phrase.after if n == place)
        if verb is not None and phrase in verb.objects:
            out.extend(p for p in verb.prep(place) if p not in out)
    return [p for p in out if not p.time]


_READERS: dict[str, Callable[[Noun], Iterator[Draft]]] = {
    "supply": _supply,
    "training": _taught,
    "advising": _taught,
    "deployment": _deployment,
    "use_attack": _attack,
    "sighting": _sighting,
    "adoption": _taken_up,
    "production": _taken_up,
}
