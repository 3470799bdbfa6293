"""Adoption and production: means used, bought, built up, adapted or made."""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import (
    GOODS,
    HARMFUL,
    HOUSES,
    actors_in,
    doers_of,
    places_of,
    things_of,
)
from picket.learn.lexicon import word_set
from picket.learn.naming import classes_of, kind_of, state_of_official, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone, origin_of, refers_to_drone
from picket.learn.spots import place_name

_MEANS = word_set("means.taken_up")
_WAYS = word_set("means.ways")
_MADE_OF_DRONES = word_set("means.made_of_drones")
_HAD = word_set("means.had")


def adopt(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = [
        *things_of(verb),
        *(verb.prep("in", "with", "on") if verb.lemma in {"invest", "experiment", "spend", "allocate", "work"} else []),
        *(verb.prep("for") if verb.lemma in {"allocate", "set_aside", "earmark", "budget"} else []),
    ]
    if any(_is_works(p) for p in things):
        yield from factory(sentence, verb)
        return
    thing = _adopted(sentence, things)
    if thing is None or "supplynoun" in classes_of(thing.head):
        return
    if not is_drone(thing) and (verb.lemma in {"train", "add"} or (verb.lemma == "introduce" and verb.passive)):
        return
    for a in _adopters(sentence, verb, thing):
        company = any(kind_of(p) == "company" for p in doers_of(verb)) or any(
            m.kind == "company" and m.name == a for m in sentence.context.mentions
        )
        kind = "production" if company and verb.lemma in {"develop", "unveil", "upgrade"} else "adoption"
        yield Draft(kind, "adopt", verb, actor=a, thing=text_of(thing), numbers=things, where=places_of(verb))


def _is_works(phrase: Phrase) -> bool:
    low = phrase.head.low
    return low in {"factory", "factories", "plant", "plants", "workshop", "workshops"} or (
        low in {"line", "lines", "facility", "facilities"} and phrase.has("production", "assembly", "manufacturing")
    )


def _adopted(sentence: Sentence, things: list[Phrase]) -> Phrase | None:
    """What is taken up: drones, else a unit or a means where the talk is of drones, else a way of doing it."""
    drones = (p for p in things if is_drone(p) or (refers_to_drone(p, sentence) and not p.pronoun))
    means = (p for p in things if p.head.low in _MEANS and "sightnoun" not in classes_of(p.head))
    ways = (p for p in things if p.head.low in _WAYS)
    thing = next(drones, None) or (next(means, None) if sentence.drone else None)
    return thing or (next(ways, None) if sentence.near or sentence.drone else None)


def _adopters(sentence: Sentence, verb: Verb, thing: Phrase) -> list[str]:
    doers = actors_in(sentence, doers_of(verb))
    if verb.passive and not doers and not verb.participle and (owner := drone_owner(thing, sentence)):
        doers = [owner]
    doers = doers or [s for p in doers_of(verb) if (s := state_of_official(p))][:1]
    if not doers and sentence.context.state_name and any(p.head.low in HOUSES for p in doers_of(verb)):
        doers = [sentence.context.state_name]
    return doers


def factory(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """A factory for drones opened, built or run: production."""
    works = [
        p
        for p in things_of(verb)
        if p.head.low
        in {"factory", "factories", "plant", "plants", "workshop", "workshops", "facility", "facilities", "line", "lines"}
        and (
            is_drone(p)
            or any(is_drone(q) for _, q in p.after)
            or (any(t.low == "production" for t in p.tokens) and sentence.drone)
            or (sentence.near and any(kind_of(q) == "company" for q in verb.subjects))
        )
    ]
    for a in actors_in(sentence, doers_of(verb)) if works else []:
        yield Draft("production", "factory", verb, actor=a, thing=text_of(works[0]), numbers=works, where=places_of(verb))


def make(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = things_of(verb)
    if (verb.participle and not verb.prep("by")) or (verb.gerund and verb.lemma == "make" and things and things[0].pronoun):
        return  # "making it the fifth attack"
    up = verb.governor
    if verb.participle and up is not None and up.classes & {"get", "give"} and any(p in up.objects for p in verb.subjects):
        return  # "buys drones made by DJI": a supply
    if any(p.head.low in {"factory", "factories", "plant", "plants", "workshop", "workshops"} for p in things):
        yield from factory(sentence, verb)
        return
    thing = next(
        (
            p
            for p in things
            if is_drone(p)
            or (refers_to_drone(p, sentence) and p.head.low not in {"technology", "system", "systems", "number"})
            or (p.head.low in HARMFUL and (sentence.drone or sentence.near))
        ),
        None,
    )
    if thing is None or (
        verb.lemma in {"make", "build", "convert", "modify"}
        and not (drone_head(thing) or thing.head.low in HARMFUL | _MADE_OF_DRONES or thing.pronoun)
    ):
        if verb.lemma == "build" or (thing is None and verb.lemma in {"construct", "print", "design"} and sentence.drone):
            yield from adopt(sentence, verb)
        return
    doers = actors_in(sentence, doers_of(verb))
    places = [p for p in verb.prep("in", "at", "near", "inside") if place_name(p)]
    if not doers:
        doers = _works(sentence, doers_of(verb))
    if not doers:
        origin = origin_of(thing, sentence)
        doers = [origin] if origin else []
    if not places:
        places = [q for p in verb.prep("in", "at", "near", "inside") for _, q in p.after if place_name(q)]
    if not doers and not (verb.passive and places):
        return
    for a in doers or [None]:  # type: ignore[list-item]
        yield Draft(
            "production",
            "make",
            verb,
            actor=a,
            thing=text_of(thing) if not thing.pronoun else "drones",
            numbers=things,
            where=places,
        )
    yield from _parts(sentence, verb, [d for d in doers if d])


def _parts(sentence: Sentence, verb: Verb, makers: list[str]) -> Iterator[Draft]:
    """ "From Iranian kits", "using parts imported from China": what a maker builds of was supplied."""
    around = [
        *verb.prep("from", "with", "using", "of", "out_of"),
        *(p for v in sentence.verbs if v.lemma == "use" for p in v.objects),
    ]
    goods = [p for p in around if p.head.low in GOODS]
    if any(v.classes & {"get"} and v.subjects and v.subjects[0] in goods for v in sentence.verbs):
        return  # "parts imported from China" has a frame of its own
    for phrase in goods[:1]:
        origin = origin_of(phrase, sentence)
        for b in makers if origin else []:
            if b != origin:
                yield Draft("supply", "made-of", verb, provider=origin, recipient=b, thing=text_of(phrase), numbers=[])


def _works(sentence: Sentence, phrases: list[Phrase]) -> list[str]:
    """A factory that makes: its owner, or else itself."""
    for phrase in phrases:
        if phrase.head.low in {"factory", "factories", "plant", "plants", "workshop", "workshops", "facility", "shipyard"}:
            for verb in sentence.verbs:
                if (
                    verb.participle
                    and verb.subjects
                    and verb.subjects[0] is phrase
                    and (by := actors_in(sentence, verb.prep("by")))
                ):
                    return by
            owner = drone_owner(phrase, sentence)
            bare = [t.low for t in phrase.tokens] in (["a", phrase.head.low], ["an", phrase.head.low]) and phrase.of is None
            return [owner or text_of(phrase)] if owner or not bare else []
    return []


def have(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "The bureau has a drone alert system"."""
    thing = next(
        (p for p in verb.objects if is_drone(p) and (drone_head(p) or p.head.low in _HAD)),
        None,
    )
    if thing is None or verb.negated or any(t.low in {"no", "few"} for t in thing.tokens):
        return
    for a in actors_in(sentence, verb.subjects):
        yield Draft("adoption", "have", verb, actor=a, thing=text_of(thing), numbers=[thing])


def adapt(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Fit quadcopters with bombs", "turn drones into bombers"."""
    things = things_of(verb)
    if verb.participle or not things:
        return
    if verb.lemma == "turn" and not (
        verb.prep("into") and (refers_to_drone(things[0], sentence) or any(drone_head(p) for p in verb.prep("into")))
    ):
        return
    if verb.lemma == "turn" and (made_of := [p for p in verb.prep("into") if drone_head(p)]):
        for a in actors_in(sentence, doers_of(verb)):
            yield Draft("adoption", "turned-into", verb, actor=a, thing=text_of(made_of[0]), numbers=things)
        return
    load = [p for p in verb.prep("with") if {t.low for t in p.tokens} & HARMFUL]
    if not (refers_to_drone(things[0], sentence) or (load and things[0].pronoun)):
        return
    if verb.lemma == "turn" and any(
        p.head.low in {"bombers", "bomber", "weapons", "bombs", "missiles"} for p in verb.prep("into")
    ):
        for a in actors_in(sentence, doers_of(verb)):
            yield Draft(
                "production"
                if any(p.head.low in {"workshop", "workshops", "factory"} for p in verb.prep("in", "at"))
                else "adoption",
                "turned-into-weapons",
                verb,
                actor=a,
                thing=text_of(verb.prep("into")[0]),
                where=verb.prep("in", "near", "at"),
            )
        return
    made = any(v.participle and v.subjects and v.subjects[0] in load and v.lemma == "make" for v in sentence.verbs)
    for a in actors_in(sentence, doers_of(verb)):
        yield Draft(
            "production" if made else "adoption",
            "adapt",
            verb,
            actor=a,
            thing=text_of(load[0]) if made else text_of(things[0]),
            numbers=things,
        )


_CAUGHT = frozenset(
    [
        "stop",
        "arrest",
        "catch",
        "detain",
        "see",
        "find",
        "spot",
        "charge",
        "confront",
        "meet",
        "deal",
        "cope",
        "clash",
        "face",
        "end",
        "begin",
        "start",
        "collide",
        "return",
    ]
)


def wield(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """Any other deed done with drones: the actor has taken them up ("won ground with a fleet of drones")."""
    if not verb.finite or verb.passive or verb.lemma in _CAUGHT:
        return
    tools = [p for p in verb.prep("with", "using") if drone_head(p)]
    strikes = [p for p in verb.prep("with", "through", "by") if "attacknoun" in classes_of(p.head) and is_drone(p)]
    if strikes:
        for a in actors_in(sentence, verb.subjects):
            yield Draft("use_attack", "strikes-with", verb, actor=a, thing=text_of(strikes[0]), numbers=strikes, where=strikes)
        return
    if tools:
        for a in actors_in(sentence, verb.subjects):
            yield Draft("adoption", "done-with", verb, actor=a, thing=text_of(tools[0]), numbers=tools)


_STORES = frozenset(["arsenal", "arsenals", "inventory", "armoury", "armory", "toolkit", "repertoire", "stockpile", "fleet"])


def belong(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "FPV drones have become part of the group's arsenal"."""
    held = [p for p in verb.subjects if p.head.low in _STORES]
    if held and verb.lemma in {"include", "comprise", "contain"} and (shown := [p for p in verb.objects if is_drone(p)]):
        for a in [o for o in [drone_owner(held[0], sentence)] if o]:
            sources = [n for name, p in shown[0].after if name == "from" for n in actors_in(sentence, [p])]
            sources = sources or [o for o in [origin_of(shown[0], sentence)] if o and o != a]
            for giver in sources:
                yield Draft("supply", "arsenal-from", verb, provider=giver, recipient=a, thing=text_of(shown[0]), numbers=shown)
            if not sources:
                yield Draft("adoption", "in-arsenal", verb, actor=a, thing=text_of(shown[0]), numbers=shown)
        return
    drones = [p for p in verb.subjects if drone_head(p)]
    stores = [
        q for p in [*verb.objects, *verb.prep("in", "into")] for q in [p, *([p.of] if p.of else [])] if q.head.low in _STORES
    ]
    if not drones or not stores:
        return
    owner = drone_owner(stores[0], sentence)
    if owner:
        yield Draft("adoption", "in-arsenal", verb, actor=owner, thing=text_of(drones[0]), numbers=drones)


def invest(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Has put 8 billion euros into drones"."""
    thing = next((p for p in verb.prep("into", "in", *(("to",) if verb.lemma == "commit" else ())) if is_drone(p)), None)
    if thing is None or not verb.objects:
        return
    for a in actors_in(sentence, verb.subjects):
        yield Draft("adoption", "invest", verb, actor=a, thing=text_of(thing), numbers=[*verb.objects, thing])


def into_service(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "The navy took sea drones into service"."""
    drones = [p for p in things_of(verb) if is_drone(p)]
    if drones and any(p.head.low in {"service", "use", "operation"} for p in verb.prep("into")):
        for a in actors_in(sentence, doers_of(verb)):
            yield Draft("adoption", "into-service", verb, actor=a, thing=text_of(drones[0]), numbers=drones)


def wish(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Warsaw wants a drone wall", "Anduril plans a drone factory": not yet."""
    thing = next((p for p in verb.objects if is_drone(p)), None)
    works = any(p.head.low in {"factory", "plant", "production"} for p in verb.objects) and (sentence.drone or sentence.near)
    if (thing is None and not works) or verb.negated:
        return
    for a in actors_in(sentence, verb.subjects):
        what = thing or verb.objects[0]
        kind = "production" if works else "adoption"
        yield Draft(kind, "wish", verb, actor=a, thing=text_of(what), numbers=[what], where=places_of(verb), certainty="possible")


_SCHEMES = frozenset(
    ["plan", "plans", "programme", "program", "package", "strategy", "scheme", "law", "bill", "initiative", "project", "decree"]
)


def scheme(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "The government approved a plan worth 50 million euros to counter drones"."""
    plan = next((p for p in things_of(verb) if p.head.low in _SCHEMES), None)
    aims = [v for v in sentence.verbs if v.infinitive and v.i > verb.i]
    if plan is None or not (is_drone(plan) or any(is_drone(p) for v in aims for p in v.objects)):
        return
    for a in actors_in(sentence, doers_of(verb)):
        yield Draft("adoption", "scheme", verb, actor=a, thing=text_of(plan), numbers=[plan, *verb.prep("worth", "of")])


def switched(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Hezbollah switched from rockets to drones"."""
    drones = [p for p in verb.prep("to") if is_drone(p)]
    for a in actors_in(sentence, verb.subjects) if drones else []:
        yield Draft("adoption", "switched", verb, actor=a, thing=text_of(drones[0]))


def mounted(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Has mounted grenades on quadcopters": weapons made of what can be bought."""
    drones = [p for p in verb.prep("on", "onto", "to") if drone_head(p)]
    if drones and {t.low for p in things_of(verb) for t in p.tokens} & HARMFUL:
        for a in actors_in(sentence, doers_of(verb)):
            yield Draft("adoption", "mounted", verb, actor=a, thing=text_of(drones[0]), numbers=drones)
