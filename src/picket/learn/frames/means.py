"""Adoption and production: means used, bought, built up, adapted or made."""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.attacks import attack_drafts
from picket.learn.frames.common import CONTRABAND, GOODS, HARMFUL, HOUSES, SPYING, actors_in, class_of_people, doers_of, things_of
from picket.learn.frames.sightings import intrude
from picket.learn.naming import classes_of, is_actor, kind_of, state_of_official, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone, origin_of, refers_to_drone
from picket.learn.spots import place_name


def use(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = [*things_of(verb), *verb.prep("on", "to")] if verb.classes & {"rely"} else things_of(verb)
    thing = next((p for p in things if refers_to_drone(p, sentence)), None)
    if thing is None or (is_actor(thing) and not drone_head(thing)):
        return
    if verb.participle and any(v.finite and thing in v.subjects and v.classes - {"be", "say"} for v in sentence.verbs):
        return  # "drones operated by X cross the border": X is whose they are
    doers = actors_in(sentence, doers_of(verb)) or class_of_people(doers_of(verb))
    up = verb.governor
    if up is not None and verb.link == "inf" and (up.objects and up.objects[0].head.low in {"ability", "capability", "capacity"}):
        for a in doers:
            yield Draft("adoption", "able-to-use", verb, actor=a, thing=text_of(thing), numbers=[])
        sentence.consumed.update(v.i for v in sentence.verbs if v.governor is verb)
        return
    if verb.passive and not doers:
        owner = drone_owner(thing, sentence)
        doers = [owner] if owner else []
    aims = [
        v
        for v in sentence.verbs
        if (v.governor is verb and v.link == "inf") or (v.gerund and v.governor is verb and v.link == "ger")
    ]
    aims += [v for v in sentence.verbs if v.governor in aims and v.link == "conj"]
    for aim in aims:
        harmless = aim.classes & {"drop"} and not {t.low for p in aim.objects for t in p.tokens} & HARMFUL
        sentence.consumed.add(aim.i)
        raids = [p for p in aim.objects if "attacknoun" in classes_of(p.head)] if aim.classes & {"wage", "launch"} else []
        if raids:
            hurt = [q for n, q in raids[0].after if n in {"on", "against", "at"}] or aim.prep("on", "against", "at")
            yield from attack_drafts("use-for-strikes", sentence, verb, doers, hurt, thing, hurt)
            return
        if not harmless and (
            aim.classes & {"strike", "kill", "destroy"}
            or aim.lemma in {"defeat", "push", "repel", "fight", "break", "drop", "target", "capture", "stop", "drive", "halt"}
        ):
            hurt = list(aim.objects)
            if aim.lemma in {"push"} and hurt and (own := list(aim.prep("by"))):
                hurt = own
            if aim.classes & {"drop"}:
                hurt = aim.prep("on", "onto", "over", "at")
            yield from attack_drafts(
                "use-to-strike", sentence, verb, doers, hurt, thing, [*hurt, *aim.prep("in", "at", "on", "near")]
            )
            return
        if (
            aim.classes & {"spy", "smuggle", "drop"}
            or aim.lemma in SPYING
            or aim.lemma in {"deliver", "carry", "transport", "guide", "move", "fly", "collect", "gather"}
        ):
            if {
                t.low for p in aim.objects for q in [p, *([p.of] if p.of else [])] for t in q.tokens
            } & CONTRABAND or aim.lemma in {"carry", "transport"}:
                aim_objects: list[Phrase] = []
            else:
                aim_objects = aim.objects
            goal = [p for p in [*aim_objects, *aim.prep("into", "over", "across", "on")] if not p.time]
            if aim.classes & {"smuggle", "drop"} or aim.lemma in {"deliver", "carry", "transport", "move", "fly"}:
                goal = aim.prep("into", "to", "across", "over", "in") or goal
            for a in doers or [None]:  # type: ignore[list-item]
                yield Draft(
                    "sighting",
                    "use-to-spy",
                    verb,
                    actor=a,
                    target="; ".join(text_of(p) for p in goal[:2]) or None,
                    thing=text_of(thing),
                    numbers=[thing],
                    where=goal,
                )
            return
    watched = [p for p in verb.prep("for") if p.head.low in _WATCHING]
    if watched and not verb.classes & {"rely"}:
        for a in doers or [None]:  # type: ignore[list-item]
            seen = [q for n, q in watched[0].after if not q.time] + ([watched[0].of] if watched[0].of else [])
            yield Draft("sighting", "use-to-spy", verb, actor=a, target=text_of(seen[0]) if seen else None, thing=text_of(thing),
                        numbers=[thing], where=seen)  # fmt: skip
        return
    struck = [p for p in verb.prep("on") if _struck(p)] if verb.lemma in {"use", "employ"} else []
    against = [p for p in [*verb.prep("against"), *struck] if not p.time] + [
        p for n, p in thing.after if n == "against" and p not in verb.prep("against")
    ]
    in_attack = [p for p in verb.prep("in", "during", "for") if "attacknoun" in classes_of(p.head)]
    if against or in_attack:
        hurt = against or [q for p in in_attack for n, q in p.after if n in {"on", "against"}]
        yield from attack_drafts("use-against", sentence, verb, doers, hurt, thing, hurt)
        return
    for a in doers or ([None] if verb.passive and _places(verb) else []):  # type: ignore[list-item]
        yield Draft(
            "adoption",
            "use",
            verb,
            actor=a,
            thing=text_of(thing) if not thing.pronoun else "drones",
            numbers=[thing],
            where=_places(verb),
        )


_WATCHING = frozenset(
    ["reconnaissance", "surveillance", "observation", "spying", "scouting", "monitoring", "filming", "propaganda"]
)


def _struck(phrase: Phrase) -> bool:
    """Is it somebody or something that drones are used on: "on Boko Haram", "on targets in Iran"?"""
    return is_actor(phrase) or phrase.head.low in {"targets", "target"} or bool(classes_of(phrase.head) & {"building", "people"})


def adopt(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = [
        *things_of(verb),
        *(verb.prep("in", "with", "on") if verb.lemma in {"invest", "experiment", "spend", "allocate", "work"} else []),
        *(verb.prep("for") if verb.lemma in {"allocate", "set_aside", "earmark", "budget"} else []),
    ]
    if any(
        p.head.low in {"factory", "factories", "plant", "plants", "workshop", "workshops"}
        or (p.head.low in {"line", "lines", "facility", "facilities"} and p.has("production", "assembly", "manufacturing"))
        for p in things
    ):
        yield from factory(sentence, verb)
        return
    thing = next((p for p in things if is_drone(p) or (refers_to_drone(p, sentence) and not p.pronoun)), None)
    if thing is None and sentence.drone:
        thing = next(
            (
                p
                for p in things
                if p.head.low
                in {
                    "unit",
                    "units",
                    "school",
                    "brigade",
                    "battalion",
                    "command",
                    "centre",
                    "center",
                    "academy",
                    "programme",
                    "program",
                    "branch",
                    "squad",
                    "network",
                    "line",
                    "lines",
                    "system",
                    "systems",
                    "radar",
                    "radars",
                    "sensors",
                    "guns",
                    "nets",
                    "rifles",
                    "jammers",
                    "lasers",
                    "laser",
                    "shield",
                    "wall",
                }
                and "sightnoun" not in classes_of(p.head)
            ),
            None,
        )
    if (thing is None and sentence.near and not sentence.drone) or (thing is None and sentence.drone):
        thing = next(
            (
                p
                for p in things
                if p.head.low
                in {
                    "method",
                    "methods",
                    "tactic",
                    "tactics",
                    "technique",
                    "techniques",
                    "technology",
                    "capability",
                    "capabilities",
                    "approach",
                    "model",
                }
            ),
            None,
        )
    if thing is None or (verb.lemma in {"train", "add"} and not is_drone(thing)):
        return
    if thing is not None and "supplynoun" in classes_of(thing.head):
        return
    if verb.lemma == "introduce" and verb.passive and not is_drone(thing):
        return
    doers = actors_in(sentence, doers_of(verb))
    if verb.passive and not doers and not verb.participle and (owner := drone_owner(thing, sentence)):
        doers = [owner]
    doers = doers or [s for p in doers_of(verb) if (s := state_of_official(p))][:1]
    if not doers and sentence.context.state_name and any(p.head.low in HOUSES for p in doers_of(verb)):
        doers = [sentence.context.state_name]
    for a in doers:
        company = any(kind_of(p) == "company" for p in doers_of(verb)) or any(
            m.kind == "company" and m.name == a for m in sentence.context.mentions
        )
        kind = "production" if company and verb.lemma in {"develop", "unveil", "upgrade"} else "adoption"
        yield Draft(kind, "adopt", verb, actor=a, thing=text_of(thing), numbers=things, where=_places(verb))


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
        yield Draft("production", "factory", verb, actor=a, thing=text_of(works[0]), numbers=works, where=_places(verb))


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
        and not (
            drone_head(thing)
            or thing.head.low
            in HARMFUL
            | {
                "parts",
                "components",
                "version",
                "engines",
                "versions",
                "copies",
                "warheads",
                "frames",
                "motors",
                "aircraft",
                "models",
                "factory",
                "plant",
            }
            or thing.pronoun
        )
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
        (
            p
            for p in verb.objects
            if is_drone(p)
            and (
                drone_head(p)
                or p.head.low
                in {
                    "system",
                    "systems",
                    "unit",
                    "units",
                    "fleet",
                    "programme",
                    "program",
                    "radars",
                    "arsenal",
                    "teams",
                    "capability",
                    "capabilities",
                    "cell",
                    "squad",
                    "command",
                    "regiment",
                    "battalion",
                    "brigade",
                    "school",
                    "base",
                    "bases",
                    "wing",
                    "stockpile",
                    "inventory",
                    "arm",
                    "branch",
                }
            )
        ),
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


def _places(verb: Verb) -> list[Phrase]:
    return [p for p in verb.prep("in", "at", "near", "over", "across", "on", "to") if place_name(p)]


def flying(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """An actor that flies drones, with no target: it has taken them up; drones that fly over something are seen."""
    if verb.lemma == "fly" and not verb.objects and any(drone_head(p) for p in verb.subjects):
        yield from intrude(sentence, verb)
        return
    if verb.lemma in {"fly", "pilot"} and not verb.prep(
        "at", "against", "on", "toward", "towards", "into", "onto", "over", "across", "near", "above"
    ):
        yield from use(sentence, verb)


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
        yield Draft(kind, "wish", verb, actor=a, thing=text_of(what), numbers=[what], where=_places(verb), certainty="possible")


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
