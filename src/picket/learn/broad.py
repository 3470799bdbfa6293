"""What no frame has read: a table of verbs and nouns, each with the places where its ends stand.

The frames (frames/, nominals.py) read a clause closely; this reads what they left, from data/broad.tsv: a kind, its words and where the ends,
the thing and the place are looked for. An end that its place does not give stays empty, so that a reader of the inbox fills it: to guess
the other party of a delivery makes a false flow. Claims carry the rule "broad-...". What it adds and what it costs: docs/learn.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from picket.learn.actors import bare_text, classes_of, is_person, kind_of, organisation_in, text_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import GOODS, KNOWHOW, MONEY, TEACHING, actors_in, homes_of, things_of
from picket.learn.frames.table import only_meant
from picket.learn.lexicon import lexicon, word_set
from picket.learn.sentence import (
    Sentence,
    drone_head,
    drone_owner,
    is_drone,
    origin_of,
    personnel,
    place_name,
    place_state,
    refers_to_drone,
)

_TRANSFERS = frozenset({"supply", "training", "advising", "recruitment"})
_LAWS = frozenset(
    ["law", "bill", "legislation", "decree", "act", "rules", "rule", "amendment", "ordinance", "regulation", "regulations"]
)
_HOUSES = frozenset(
    ["parliament", "senate", "congress", "legislature", "assembly", "lawmakers", "cabinet", "ministers", "deputies", "council"]
)
_OWN = frozenset(
    [
        "home-made",
        "homemade",
        "home-grown",
        "homegrown",
        "own",
        "indigenous",
        "home-built",
        "locally-made",
        "domestic",
        "prototype",
    ]
)
_PLANTS = frozenset(["plant", "factory", "works", "workshop", "workshops", "facility", "shipyard", "plants", "factories"])
_STOPPED = frozenset(
    ["airport", "airports", "airspace", "runway", "runways", "flights", "traffic", "base", "terminal", "stadium", "port"]
)
_WISHES = frozenset(
    ["negotiate", "apply", "shop", "ask", "tender", "want", "need", "seek", "request", "solicit", "bid", "plan", "propose"]
)
_LENGTHS = word_set("statistics.units_of_length")
_NOT_DONE = word_set("nominals.not_done")
_WRECKS = frozenset(
    ["debris", "wreckage", "fragments", "explosives", "bomb", "bombs", "grenade", "grenades", "shrapnel", "warhead"]
)
_COUNTER = re.compile(
    r"\b(?:jam|net|netting|detector|radar|sensor|interceptor|no-fly|shield|wall|anti-drone|anti-aircraft|laser|zone|counter-|c-uas|gun|"
    r"acoustic|launcher|loitering|balloon|glider|buoy|unmanned|uncrewed|hexacopter|craft|boat|vessel|aircraft|unit|platoon|battery)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    kind: str
    part: str
    words: frozenset[str]
    first: tuple[str, ...]
    second: tuple[str, ...]
    thing: tuple[str, ...]
    needs: str


_ADVISING = Row("advising", "v", frozenset(), (), (), (), "")


@cache
def _table() -> tuple[Row, ...]:
    text = files("picket.learn").joinpath("data", "broad.tsv").read_text("utf-8")
    rows = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            kind, part, words, *places, needs = line.split("\t")
            first, second, thing = (tuple(filter(None, p.split(","))) for p in places)
            rows.append(Row(kind, part, frozenset(words.split()), first, second, thing, needs))
    return tuple(rows)


def broad_drafts(sentence: Sentence, made: list[Draft]) -> Iterator[Draft]:
    """Drafts for the verbs and nouns that no draft of `made` rests on, at most one of a kind."""
    if not (sentence.drone or sentence.near):
        return
    taken = {id(d.verb) for d in made if d.verb is not None}
    kinds = {d.kind for d in made}
    alone = not made
    for verb in sentence.verbs:
        if id(verb) in taken or only_meant(verb) or not (alone or _own_clause(verb, made)):
            continue
        for row in _table():
            if row.part == "v" and verb.lemma in row.words and row.kind not in kinds:
                found = list(_of_verb(sentence, verb, row, made))
                if found:
                    kinds.add(row.kind)
                    yield from found
                    break
    for outer in sentence.items if not made else []:
        phrase = outer if isinstance(outer, Phrase) else None
        while phrase is not None:
            for row in _table():
                if row.part == "n" and row.kind not in kinds and _singular(phrase.head.low) in row.words:
                    found = list(_of_noun(sentence, phrase, row))
                    if found:
                        kinds.add(row.kind)
                        yield from found
                        break
            phrase = phrase.of


def _own_clause(verb: Verb, made: list[Draft]) -> bool:
    """In a sentence that gave a claim already: is the verb the head of another clause, not a part of one that was read?"""
    if not verb.finite or verb.participle or verb.infinitive or verb.gerund or verb.link not in {"main", "conj", ""}:
        return False
    read = [d.verb for d in made if d.verb is not None]
    return all(v.governor is not verb and v.subjects != verb.subjects for v in read)


def _singular(word: str) -> str:
    return lexicon().singular.get(word, word.removesuffix("s") if len(word) > 4 else word)


def _at(verb: Verb, places: tuple[str, ...]) -> list[Phrase]:
    out: list[Phrase] = []
    for place in places:
        if place == "S":
            out.extend(verb.prep("by") if verb.passive else verb.subjects)
        elif place == "O":
            out.extend(things_of(verb))
        elif place == "I":
            out.extend(verb.indirect)
        else:
            out.extend(verb.prep(place))
            out.extend(p for t in things_of(verb) for n, p in t.after if n == place)
    return [p for p in dict.fromkeys(map(id, out)) for p in [next(q for q in out if id(q) == p)] if not p.time]


def _ends(sentence: Sentence, phrases: list[Phrase], *, states: bool) -> list[str]:
    """Actors of the phrases; with `states`, the state of a place too."""
    out: list[str] = []
    for phrase in phrases:
        if drone_head(phrase):
            continue
        names = actors_in(sentence, [phrase])
        if not names and states and (state := place_state(phrase)):
            names = [state]
        if not names and is_person(phrase) and (org := organisation_in(phrase)):
            names = [org]
        out.extend(n for n in names if n not in out)
    return out


def _bears(sentence: Sentence, phrase: Phrase) -> bool:
    """Does the phrase bear on drones or on means against them?"""
    if refers_to_drone(phrase, sentence):
        return True
    inner = phrase.of
    words = [t for p in (phrase, *((inner,) if inner is not None else ())) for t in p.tokens]
    return any(t.low in GOODS or "droneish" in classes_of(t) or _COUNTER.match(t.low) for t in words)


def _of_verb(sentence: Sentence, verb: Verb, row: Row, made: list[Draft]) -> Iterator[Draft]:
    if verb.negated or (verb.lemma in _NOT_DONE and row.kind != "adoption"):
        return
    things = [p for p in _at(verb, row.thing) if not p.time]
    thing = next((p for p in things if _bears(sentence, p) and not (p.pronoun and "m" not in row.needs)), None)
    if (
        thing is not None
        and row.kind in {"supply", "production", "adoption"}
        and (thing.head.low in TEACHING or personnel(thing))
    ):
        return
    shown = thing or (things[0] if things else None)
    transfer = row.kind in _TRANSFERS
    first = _ends(sentence, _at(verb, row.first), states=transfer)
    if row.kind == "supply" and verb.passive and not first and row.first[:1] == ("S",):
        first = _ends(sentence, _at(verb, ("from", "through", "via")), states=True)
    second_at = _at(verb, row.second)
    second = _ends(sentence, second_at, states=transfer)
    needs = row.needs
    if "t" in needs and thing is None:
        return
    if "d" in needs and not (sentence.drone or (sentence.near and any(p.head.low in _WRECKS for p in things))):
        return
    if "L" in needs or "M" in needs:
        yield from _decided(sentence, verb, row, things, first)
        return
    if "H" in needs and not any(t.low in _OWN for p in things for t in p.tokens):
        return
    if row.kind == "supply":
        yield from _supply(sentence, verb, row, shown, first, second)
        return
    if row.kind in {"training", "advising"}:
        if "z" in needs and first and not second and (tool := next((p for p in things or verb.objects if drone_head(p)), None)):
            second = _user_of(sentence, verb, tool, first)
        if "c" in needs and not any(p.head.low in TEACHING or "trainnoun" in classes_of(p.head) for p in things):
            return
        if "c" in needs and not first:
            first = [s for p in verb.prep("in", "at", "near") if (s := place_state(p) or _inner_state(p)) and s not in second][:1]
            here = sentence.context.state_name
            if not first and here and second and here not in homes_of(second) and here not in second:
                first = [here]  # a course abroad, in the country that the report is about
        if ("z" in needs or row.part == "v") and not (first and second):
            if not ("g" in needs and (first or second)) and not (row.kind == "training" and verb.passive and second):
                return
        yield from _pairs(row, "broad-" + row.kind, verb, first, second, shown, things)
        return
    if row.kind == "recruitment":
        people = [p for p in things if personnel(p) or "people_abstract" in classes_of(p.head) or p.head.tag == "DEM"]
        people = people or [p for p in things if p.of is not None and p.of.head.tag in {"DEM", "NP"} and p.head.tag != "NP"]
        takers = [n for p in _at(verb, row.first) if not is_drone(p) for n in actors_in(sentence, [p])]
        if people and takers:
            yield from _pairs(
                row, "broad-recruitment", verb, actors_in(sentence, people) or [text_of(people[0])], takers[:1], people[0], people
            )
        return
    if row.kind == "deployment":
        yield from _deployment(sentence, verb, row, things, first)
        return
    if row.kind == "use_attack":
        yield from _attack(sentence, verb, row, things, first, second_at, made)
        return
    if row.kind == "sighting":
        yield from _sighting(sentence, verb, row, things, first, second_at)
        return
    if verb.participle:
        return
    if not first or shown is None:
        if (
            row.kind == "production"
            and shown is not None
            and drone_head(shown)
            and any(place_name(p) for p in verb.prep("in", "at"))
        ):
            yield Draft("production", "broad-production", verb, thing=text_of(shown), numbers=things, where=verb.prep("in", "at"))
        return
    for actor in first:
        yield Draft(row.kind, f"broad-{row.kind}", verb, actor=actor, thing=text_of(shown), numbers=things)


def _user_of(sentence: Sentence, verb: Verb, tool: Phrase, first: list[str]) -> list[str]:
    """Whose drones are maintained: their owner, else the state where it is done, unless it is the helpers' own."""
    owner = drone_owner(tool, sentence)
    found = [owner] if owner else [s for p in verb.prep("in", "at", "for") for s in (place_state(p) or _inner_state(p),) if s][:1]
    return [n for n in found if n not in first and not any(n in homes_of([f]) for f in first)]


def _inner_state(phrase: Phrase) -> str | None:
    return next((s for n, p in phrase.after if n == "in" and (s := place_state(p))), None)


def _decided(sentence: Sentence, verb: Verb, row: Row, things: list[Phrase], first: list[str]) -> Iterator[Draft]:
    """A law that lets police shoot down drones, money set aside for means against them."""
    wanted = _LAWS if "L" in row.needs else MONEY
    paper = next((p for p in things if p.head.low in wanted or (p.of is not None and p.of.head.low in wanted)), None)
    about = next((p for p in sentence.phrases() if p.i >= verb.i and (is_drone(p) or _COUNTER.match(p.head.low))), None)
    if paper is None or about is None:
        return
    house = sentence.context.state_name if verb.subjects and verb.subjects[0].head.low in _HOUSES else None
    for actor in first or ([house] if house else []):
        yield Draft(
            "adoption",
            "broad-decided",
            verb,
            actor=actor,
            thing=text_of(about),
            numbers=[paper] if "M" in row.needs else [],
        )


def _pairs(
    row: Row, rule: str, verb: Verb | None, first: list[str], second: list[str], thing: Phrase | None, numbers: list[Phrase]
) -> Iterator[Draft]:
    for a in first or [None]:  # type: ignore[list-item]
        for b in second or [None]:  # type: ignore[list-item]
            if a != b or a is None:
                yield Draft(
                    row.kind,
                    rule,
                    verb,
                    provider=a,
                    recipient=b,
                    thing=text_of(thing) if thing is not None else None,
                    numbers=numbers,
                )


def _supply(
    sentence: Sentence, verb: Verb, row: Row, thing: Phrase | None, first: list[str], second: list[str]
) -> Iterator[Draft]:
    assert thing is not None
    if thing.head.low in KNOWHOW - {"technology"} and not drone_head(thing):
        if first and second:
            yield from _pairs(_ADVISING, "broad-advising", verb, first, second, thing, [])
        return
    if "F" in row.needs and not (first and second):
        return
    if "r" in row.needs and not (first and second):
        return
    if "S2" in row.first:  # buyers: without a giver it is an uptake
        first = [n for n in first if n not in second] or [o for o in [origin_of(thing, sentence)] if o and o not in second]
        if not first:
            wished = "possible" if verb.lemma in _WISHES else None
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
    if not first and not second:
        return
    for draft in _pairs(row, "broad-supply", verb, first, second, thing, [thing, *verb.objects, *verb.prep("for")]):
        draft.certainty = "possible" if verb.lemma in _WISHES else None
        yield draft


def _deployment(sentence: Sentence, verb: Verb, row: Row, things: list[Phrase], first: list[str]) -> Iterator[Draft]:
    people = [p for p in things if personnel(p)]
    spots = [
        p
        for p in verb.prep("to", "in", "at", "near", "on", "into", "outside", "inside", "around")
        if place_name(p) and p.i > verb.i
    ]
    if not people or not spots:
        return
    if "y" in row.needs:
        first = [n for n in actors_in(sentence, people) if n[:1].isupper()]
    for actor in first:
        yield Draft("deployment", "broad-deployment", verb, actor=actor, thing=text_of(people[0]), numbers=people, where=spots)


def _attack(
    sentence: Sentence, verb: Verb, row: Row, things: list[Phrase], first: list[str], hit: list[Phrase], made: list[Draft]
) -> Iterator[Draft]:
    tool = next(
        (p for p in things if drone_head(p) or (is_drone(p) and "attacknoun" in classes_of(p.head)) or p.head.low in _WRECKS),
        None,
    )
    if tool is None:
        return
    hit = [p for p in hit if p is not tool and not drone_head(p) and p.head.low not in _LENGTHS]
    struck = [p for p in hit if "u" not in row.needs or "building" in classes_of(p.head) or _built(p) or place_name(p)]
    harmed = any(v.classes & {"kill", "destroy"} for v in sentence.verbs)
    fierce = verb.lemma in {"rain", "punch", "blow", "tear", "ram", "slam", "plough", "plow"}
    ablaze = any(t.low in {"fire", "ablaze", "blaze", "flames", "fires", "alight"} for t in sentence.tokens)
    if not struck or ("u" in row.needs and not (harmed or fierce or ablaze) and tool.head.low not in _WRECKS):
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


def _sighting(
    sentence: Sentence, verb: Verb, row: Row, things: list[Phrase], first: list[str], spots: list[Phrase]
) -> Iterator[Draft]:
    needs = row.needs
    if "j" in needs:
        places = [p for p in spots if "building" in classes_of(p.head) or (e := place_name(p)) and e[0] == 3]
        cause = sentence.drone or (sentence.near and "suspend close shut halt".find(verb.lemma) >= 0)
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
    tool = next((p for p in things if drone_head(p) or refers_to_drone(p, sentence) and not p.pronoun), None)
    if tool is None:
        return
    spots = [p for p in spots if p is not tool and p.head.low not in _LENGTHS]
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


def _of_noun(sentence: Sentence, phrase: Phrase, row: Row) -> Iterator[Draft]:
    verb = _host(sentence, phrase)
    if verb is not None and (verb.negated or verb.lemma in _NOT_DONE):
        return
    own = Phrase(phrase.i, phrase.j, phrase.head, phrase.tokens)
    owner = drone_owner(own, sentence) if "G" in row.first else None
    first = _ends(sentence, _around(phrase, verb, row.first), states=row.kind in _TRANSFERS)
    first = first or ([owner] if owner else [])
    second_at = _around(phrase, verb, row.second)
    second = [n for n in _ends(sentence, second_at, states=row.kind in _TRANSFERS) if n not in first]
    things = _around(phrase, verb, row.thing)
    thing = next((p for p in things if _bears(sentence, p)), None) or (
        phrase if _bears(sentence, own) and len(own.tokens) > 1 else None
    )
    if row.kind == "supply":
        if thing is None or not (first or second):
            return
        agent = (
            _ends(sentence, verb.subjects, states=False)
            if verb is not None and phrase not in verb.subjects and not verb.passive
            else []
        )
        agent = [n for n in agent if n not in first + second] if verb is not None and not verb.classes & {"say"} else []
        between = [p for n, p in phrase.after if n == "between"]
        if len(first) > 1 and len(between) > 1:
            sellers = [n for p in between if kind_of(p) == "company" for n in actors_in(sentence, [p])]
            first, second = (sellers, [n for n in first if n not in sellers]) if sellers else (first[1:], first[:1])
        if "q" in row.needs:
            draft_first, draft_second = first, second or agent
        elif second and not first:
            draft_first, draft_second = agent, second
        else:
            draft_first, draft_second = first, second or agent
        for draft in _pairs(row, "broad-supply-noun", verb, draft_first, draft_second, thing, [*things, phrase]):
            draft.certainty = "possible" if "q" in row.needs else None
            yield draft
        return
    if row.kind in {"training", "advising"}:
        if not (first and second) or not (sentence.drone or row.kind == "training"):
            return
        yield from _pairs(row, f"broad-{row.kind}-noun", verb, first, second, thing or phrase, [*things, *second_at])
        return
    if row.kind == "deployment":
        spots = [p for n, p in phrase.after if n in {"to", "in", "at", "near", "on"} and place_name(p)]
        people = phrase.of if phrase.of is not None and personnel(phrase.of) else None
        actors = actors_in(sentence, [people]) if people is not None else []
        for actor in actors if spots else []:
            yield Draft(
                "deployment", "broad-deployment-noun", verb, actor=actor, thing=text_of(phrase), numbers=[phrase], where=spots
            )
        return
    if row.kind == "use_attack":
        if (is_drone(phrase) or sentence.drone) and second_at:
            for actor in first or [None]:  # type: ignore[list-item]
                yield Draft(
                    "use_attack",
                    "broad-attack-noun",
                    verb,
                    actor=actor,
                    target="; ".join(bare_text(p) for p in second_at),
                    thing=text_of(phrase),
                    numbers=[*second_at, phrase],
                    where=second_at,
                    target_phrase=second_at[0],
                )
        return
    if "J" in row.needs:
        spots = [p for p in second_at if p.head.low in _STOPPED or "building" in classes_of(p.head)]
        for spot in spots[:1] if sentence.drone else []:
            yield Draft(
                "sighting", "broad-closure", verb, target=bare_text(spot), thing="drones", where=[spot], target_phrase=spot
            )
        return
    if row.kind == "sighting":
        drones = [p for p in [own, *things] if drone_head(p) or is_drone(p)]
        spots = [p for p in [*second_at, *(q for t in things for _, q in t.after)] if not drone_head(p) and not p.time]
        spots = [p for p in spots if "building" in classes_of(p.head) or place_name(p)]
        for spot in spots if drones else []:
            yield Draft(
                "sighting",
                "broad-sighting-noun",
                verb,
                actor=owner,
                target=bare_text(spot),
                thing=text_of(drones[0]),
                numbers=drones,
                where=[spot],
                target_phrase=spot,
            )
        return
    if row.kind == "production" and not first:
        works = [p for n, p in phrase.after if n in {"at", "in"} and p.head.low in _PLANTS]
        first = [drone_owner(p, sentence) or bare_text(p) for p in works[:1]]
    if not first and verb is not None and not verb.classes & {"say"} and "S" in row.first and phrase not in verb.subjects:
        first = _ends(sentence, verb.subjects, states=False)
    for actor in first if thing is not None else []:
        yield Draft(row.kind, f"broad-{row.kind}-noun", verb, actor=actor, thing=text_of(thing), numbers=[thing])  # type: ignore[arg-type]
