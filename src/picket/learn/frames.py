"""Verb frames: what a clause claims, by the class of its verb and the shape of its arguments.

One function per family of verbs; each looks at subjects, objects and prepositional phrases of a verb and yields drafts. The classes
lie in data/verbs.tsv, so that a new verb needs no code. A frame fires only where drones (or people with such know-how, in
a report about drones) are in the clause: the same verbs carry most of the world's other news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from picket.learn.actors import actors_of, bare_text, classes_of, is_actor, kind_of, leader_of, text_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.lexicon import lexicon
from picket.learn.sentence import (
    ADVISERS,
    INSTRUCTORS,
    Sentence,
    drone_head,
    drone_owner,
    instruments,
    is_drone,
    model_origin,
    origin_of,
    personnel,
    place_name,
    place_state,
    refers_to_drone,
)

Frame = Callable[[Sentence, Verb], Iterator[Draft]]
_HARMFUL = frozenset(
    ["bomb", "bombs", "grenade", "grenades", "explosive", "explosives", "munition", "munitions", "mortar", "mortars", "shell", "shells", "payload", "payloads", "mines", "mine", "ordnance", "charges", "charge", "projectile", "projectiles"]
)
_CONTRABAND = frozenset(
    ["drug", "drugs", "hashish", "captagon", "contraband", "phone", "phones", "mobile", "cannabis", "heroin", "cocaine", "fentanyl", "methamphetamine", "tobacco", "packet", "package", "packages", "parcel", "parcels", "weapons", "narcotics", "cigarettes", "pistols", "pistol", "money", "knives", "opium", "sim", "goods", "items", "consignment", "consignments", "packets", "saws", "blades"]
)
_KNOWHOW = frozenset(
    ["know-how", "knowledge", "expertise", "lesson", "lessons", "skill", "skills", "tactic", "tactics", "experience", "intelligence", "technique", "techniques", "advice", "assistance", "guidance", "method", "methods", "doctrine", "information", "support", "help", "backing", "technology", "cooperation", "data"]
)
_TEACHING = frozenset(["training", "course", "courses", "instruction", "lessons", "drills", "workshop", "tuition"])
_SPYING = frozenset(
    ["spy", "monitor", "track", "surveil", "watch", "scout", "reconnoitre", "reconnoiter", "survey", "map", "film", "photograph", "observe", "locate", "spot", "patrol", "follow", "film"]
)


def _things(verb: Verb) -> list[Phrase]:
    """What is acted on: objects, or the subject of a passive without an object."""
    return verb.subjects if verb.passive and not verb.objects else verb.objects


def _doers(verb: Verb) -> list[Phrase]:
    return verb.prep("by") if verb.passive else verb.subjects


def _pairs(left: list[str], right: list[str]) -> list[tuple[str | None, str | None]]:
    return [(a, b) for a in (left or [None]) for b in (right or [None])]  # type: ignore[list-item]


_UNNAMED = frozenset(
    ["countries", "states", "nations", "country", "state", "others", "side", "sides", "people", "men", "women", "groups", "group", "partners", "allies", "customers", "buyers", "actors"]
)


def _actorish(sentence: Sentence, phrases: list[Phrase]) -> list[str]:
    """Actors of the phrases, without those that name nobody ("13 countries")."""
    return [n for n in sentence.actors([p for p in phrases if not p.time]) if n.lower() not in _UNNAMED]


def _class_of_people(phrases: list[Phrase]) -> list[str]:
    """ "Two men from New Jersey", "12 people": a class of people who are accused, never a name."""
    return [
        text_of(p)
        for p in phrases
        if p.head.low in {"men", "people", "suspects", "inmates", "defendants", "prisoners", "women", "teenagers"}
        and any(t.tag in {"NUM", "ADJ", "DEM"} for t in p.tokens)
    ]


def _recipients(sentence: Sentence, verb: Verb, *names: str) -> list[str]:
    found = _actorish(sentence, verb.indirect) or _actorish(sentence, verb.prep(*names))
    if not found:
        for phrase in _things(verb):
            found = _actorish(sentence, [p for name, p in phrase.after if name in names])
            if found:
                break
    if not found:
        for phrase in verb.prep(*names):
            entry = place_name(phrase)
            state = place_state(phrase)
            if entry and entry[0] == 1 and state:
                found.append(state)
    return found


def _thing_text(phrases: list[Phrase]) -> str | None:
    return text_of(phrases[0]) if phrases else None


def give(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = _things(verb)
    if verb.passive and verb.objects:
        yield from _given(sentence, verb)
        return
    if not things:
        return
    thing = things[0]
    with_ = [
        p
        for p in verb.prep("with")
        if is_drone(p)
        or p.head.low in _TEACHING | _KNOWHOW
        or (
            sentence.drone
            and p.head.low
            in {
                "kits",
                "kit",
                "parts",
                "components",
                "weapons",
                "arms",
                "technology",
                "equipment",
                "blueprints",
                "engines",
                "jammers",
            }
        )
    ]
    if with_ and is_actor(thing) and not drone_head(thing):
        yield from equip(sentence, verb)
        return
    providers = _actorish(sentence, _doers(verb))
    low = thing.head.low
    if personnel(thing) and verb.lemma in {
        "send",
        "bring",
        "airlift",
        "transport",
        "ship",
        "lend",
        "provide",
        "transfer",
        "supply",
    }:
        yield from deploy(sentence, verb)
        return
    if "attacknoun" in classes_of(thing.head) or low in {"blow", "warning", "details", "evidence", "statement"}:
        return
    if low in _TEACHING or any(p.head.low in _TEACHING for p in things):
        receivers = _recipients(sentence, verb, "to", "for")
        if sentence.drone or sentence.near:
            for a, b in _pairs(providers, receivers):
                yield Draft(
                    "training",
                    "give-training",
                    verb,
                    provider=a,
                    recipient=b,
                    thing=text_of(thing),
                    numbers=[*things, *verb.prep("to", "for")],
                    where=things,
                )
        if not any(is_drone(p) and p.head.low not in _TEACHING for p in things):
            return
    if low == "information" and not verb.indirect and not verb.prep("to"):
        return
    if (
        (low in _KNOWHOW
        and low not in {"technology", "intelligence", "support"})
        or (low in {"support", "intelligence", "technology"} and not drone_head(thing) and low != "technology")
    ):
        receivers = _recipients(sentence, verb, "to", "for")
        if (sentence.drone or sentence.near) and (providers or receivers):
            for a, b in _pairs(providers, receivers):
                yield Draft("advising", "give-advice", verb, provider=a, recipient=b, thing=text_of(thing), where=things)
        return
    if {t.low for p in things for t in p.tokens} & _CONTRABAND and not any(refers_to_drone(p, sentence) for p in things):
        yield from _landed(sentence, verb)
        return
    hostile = [p for p in verb.prep("against", "at", "into", "toward", "towards", "over", "onto") if not p.time]
    if hostile and refers_to_drone(thing, sentence) and verb.lemma in {"send", "direct", "bring", "fly", "launch"}:
        yield from launch(sentence, verb)
        return
    if not any(refers_to_drone(p, sentence) for p in things) and not (
        low
        in {
            "part",
            "parts",
            "component",
            "components",
            "weapons",
            "arms",
            "engines",
            "equipment",
            "money",
            "technology",
            "electronics",
            "chips",
        }
        and (sentence.drone or sentence.near)
    ):
        return
    if {t.low for p in things for t in p.tokens} & _CONTRABAND and not any(refers_to_drone(p, sentence) for p in things):
        yield from _landed(sentence, verb)
        return
    if any(p.head.low in {"prison", "jail", "prisons", "prisoners", "inmates"} for p in verb.prep("to", "into")):
        yield from smuggle(sentence, verb)
        return
    receivers = _recipients(sentence, verb, "to", "for")
    if not receivers and verb.link == "rel" and verb.governor is not None and things and things[0] in verb.governor.objects:
        receivers = [n for n in _actorish(sentence, verb.governor.subjects) if n not in providers]
    if not receivers:
        receivers = [
            s
            for p in verb.prep("to")
            for q in [p, *(o for n, o in p.after if n == "in")]
            if (s := place_state(q)) and s not in providers
        ][:1]
    if not providers and verb.passive:
        providers = _actorish(sentence, verb.prep("from")) or [s for p in verb.prep("from") if (s := place_state(p))]
    if not providers:
        origin = origin_of(thing, sentence)
        providers = [origin] if origin and receivers and origin not in receivers else []
    to = [p for p in verb.prep("to") if p.tokens and p.tokens[0].tag in {"NUM", "QUAL"}]
    if not receivers and not (providers and (to or verb.classes & {"sell"} or verb.lemma in {"supply", "provide", "deliver"})):
        return
    thing = next((p for p in things if is_drone(p)), thing)
    for a, b in _pairs(providers, receivers):
        yield Draft(
            "supply",
            f"{'offer' if 'offer' in verb.classes else 'give'}",
            verb,
            provider=a,
            recipient=b,
            thing=text_of(thing),
            numbers=[*things, *to, *verb.prep("for")],
        )


def _landed(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """Contraband brought to a place, in a sentence about drones or after one."""
    spots = [p for p in verb.prep("at", "into", "in", "to", "over", "inside") if not p.time]
    if not spots or not (sentence.near or sentence.drone):
        return
    doers = _actorish(sentence, [p for p in _doers(verb) if not drone_head(p)])
    for name, phrase in _separate_sites(spots) if len(spots) > 1 else [(text_of(spots[0]), spots[0])]:
        for a in doers or [None]:  # type: ignore[list-item]
            yield Draft(
                "sighting", "landed", verb, actor=a, target=name, thing="contraband drones", numbers=_things(verb), where=[phrase]
            )


def _given(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "The rebels were given drones by X"."""
    receivers = _actorish(sentence, verb.subjects)
    thing = verb.objects[0]
    kind = "training" if thing.head.low in _TEACHING else "advising" if thing.head.low in _KNOWHOW else "supply"
    givers = _actorish(sentence, verb.prep("by", "from"))
    if receivers and refers_to_drone(thing, sentence) and kind == "supply" and not givers:
        for b in receivers:
            yield Draft("adoption", "given-nobody-named", verb, actor=b, thing=text_of(thing), numbers=verb.objects)
        return
    if receivers and (refers_to_drone(thing, sentence) or (sentence.drone and kind != "supply")):
        for a, b in _pairs(_actorish(sentence, verb.prep("by", "from")), receivers):
            yield Draft(kind, "given", verb, provider=a, recipient=b, thing=text_of(thing), numbers=verb.objects)


def equip(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = [
        p
        for p in verb.prep("with")
        if refers_to_drone(p, sentence)
        or p.head.low in _TEACHING | _KNOWHOW
        or (
            sentence.drone
            and p.head.low
            in {
                "kits",
                "kit",
                "parts",
                "components",
                "weapons",
                "arms",
                "technology",
                "equipment",
                "blueprints",
                "engines",
                "jammers",
            }
        )
    ]
    receivers = _actorish(sentence, [p for p in _things(verb) if not drone_head(p)])
    if not things or not receivers:
        return
    kind = (
        "training"
        if things[0].head.low in _TEACHING
        else "advising"
        if things[0].head.low in _KNOWHOW and not is_drone(things[0])
        else "supply"
    )
    providers = _actorish(sentence, _doers(verb)) or list(filter(None, [origin_of(things[0], sentence)]))
    if providers == receivers:
        providers = []
    if not providers:
        for b in receivers:
            yield Draft("adoption", "equipped-with", verb, actor=b, thing=text_of(things[0]), numbers=things)
        return
    for a, b in _pairs(providers, receivers):
        yield Draft(kind, "equip", verb, provider=a, recipient=b, thing=text_of(things[0]), numbers=things)


def get(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = _things(verb)
    if not things:
        return
    thing = things[0]
    doers = _doers(verb)
    if verb.participle and not verb.prep("by") and verb.governor is not None and not verb.governor.passive:
        doers = verb.governor.subjects
    receivers = _actorish(sentence, doers)
    sources = verb.prep("from") or verb.prep("through", "via")
    sources += [p for t in things for name, p in t.after if name == "from" and p not in sources]
    givers = _actorish(sentence, [p for p in sources if not drone_head(p)])
    if not givers:
        givers = [s for p in sources if (s := place_state(p))]
    if thing.head.low in _TEACHING or (
        verb.lemma in {"receive", "get", "obtain"} and any(p.head.low in _TEACHING for p in things)
    ):
        if not (sentence.drone or sentence.near):
            return
        if not givers:
            givers = [s for s in _states_here(sentence) if s not in receivers and s not in _homes(receivers)][:1]
        for a, b in _pairs(givers, receivers):
            yield Draft(
                "training", "get-training", verb, provider=a, recipient=b, thing=text_of(thing), numbers=[*verb.subjects, *things]
            )
        if not is_drone(thing):
            return
    if thing.head.low in _KNOWHOW and not drone_head(thing):
        if (is_drone(thing) or sentence.drone) and receivers:
            if givers:
                for a, b in _pairs(givers, receivers):
                    yield Draft("advising", "get-advice", verb, provider=a, recipient=b, thing=text_of(thing))
            elif is_drone(thing):
                for b in receivers:
                    yield Draft("adoption", "get-skill", verb, actor=b, thing=text_of(thing))
        return
    receivers = receivers or [g for p in doers if (g := leader_of(p))]
    bearing = any(refers_to_drone(p, sentence) for p in things) or (
        thing.head.low
        in {"part", "parts", "component", "components", "engines", "electronics", "equipment", "systems", "technology", "chips"}
        and (sentence.drone or sentence.near)
    )
    if not bearing or not receivers or thing.head.low in {"report", "reports", "call", "calls", "video", "footage"}:
        return
    planned = verb.governor is not None and verb.link in {"chain", "inf"} and bool(verb.governor.classes & {"plan"})
    if not givers:
        owned = any(t.tag in {"PRP$", "POS"} for t in thing.tokens)
        origin = drone_owner(thing, sentence) if owned else origin_of(thing, sentence)
        if owned and origin in receivers:  # "are among those that have bought its TB2": its maker was named before
            origin = next(
                (
                    m.name
                    for m in reversed(sentence.context.mentions)
                    if m.kind == "company" and sentence.context.sentence - m.sentence <= 2
                ),
                None,
            ) or model_origin(thing)
        givers = [origin] if origin and origin not in receivers else []
    if not givers and not planned and verb.lemma in {"receive", "import", "order"} and (maker := model_origin(thing)):
        givers = [maker] if maker not in receivers else []
    if givers:
        for a, b in _pairs(givers, receivers):
            yield Draft(
                "supply", "get", verb, provider=a, recipient=b, thing=text_of(thing), numbers=[*things, *verb.prep("for")]
            )
    else:
        for b in receivers:
            yield Draft("adoption", "get-no-giver", verb, actor=b, thing=text_of(thing), numbers=[*things, *verb.prep("for")])


def request(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = [*_things(verb), *verb.prep("for")]
    thing = next(
        (
            p
            for p in things
            if refers_to_drone(p, sentence) or p.head.low in _TEACHING or (p.head.low == "number" and sentence.near)
        ),
        None,
    )
    receivers = _actorish(sentence, _doers(verb))
    if thing is None or not receivers or not (sentence.drone or sentence.near):
        return
    if any("attacknoun" in classes_of(t) for t in thing.tokens[-1:]):
        return
    asked = _actorish(sentence, verb.prep("from")) or _actorish(sentence, [p for p in verb.objects if p is not thing])
    givers = (
        asked
        or list(filter(None, [model_origin(thing) or origin_of(thing, sentence)]))
        or list(filter(None, [sentence.context.state_name and None]))
    )
    kind = "training" if thing.head.low in _TEACHING else "supply"
    if not givers and verb.lemma == "order" and sentence.near:
        last = next((m.name for m in reversed(sentence.context.mentions) if m.kind == "company"), None)
        givers = [last] if last else []
    if not givers:
        for b in receivers:
            yield Draft("adoption", "request-no-giver", verb, actor=b, thing=text_of(thing), numbers=things, certainty="possible")
        return
    for a, b in _pairs(givers, receivers):
        yield Draft(kind, "request", verb, provider=a, recipient=b, thing=text_of(thing), numbers=things, certainty="possible")


def fund(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    givers, receivers = _actorish(sentence, _doers(verb)), _actorish(sentence, _things(verb))
    if givers and receivers and sentence.drone:
        for a, b in _pairs(givers, receivers):
            yield Draft("supply", "fund", verb, provider=a, recipient=b, thing="funding")


def _states_here(sentence: Sentence) -> list[str]:
    """The states of the places that the sentence names after in or at."""
    return [
        s
        for v in sentence.verbs
        for n, ps in v.preps
        if n in {"in", "at", "near"}
        for p in ps
        for q in [p, *(o for m, o in p.after if m == "in")]
        if (s := place_state(q))
    ]


def _homes(names: list[str]) -> set[str]:
    """The states that names point to ("Russian officers" -> Russia)."""
    table = lexicon().names
    return {
        e.state
        for n in names
        for w in n.split()
        for parts, e in table.get(w.lower(), ())
        if len(parts) == 1 and parts[0] == w and e.state
    }


def _drone_topic(sentence: Sentence, verb: Verb) -> bool:
    return sentence.drone or sentence.near


def train(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not _drone_topic(sentence, verb):
        return
    chain_up = verb.governor
    doers = _doers(verb)
    taught = verb.indirect or [
        p for p in _things(verb) if is_actor(p) or p.head.tag == "DEM" or "people_abstract" in classes_of(p.head) or p.pronoun
    ]
    subject_matter = [p for p in verb.objects if p not in taught] or verb.prep("in", "on", "to")
    receivers = _actorish(sentence, taught)
    if not receivers and taught:
        receivers = [text_of(p) for p in taught if not p.pronoun]
    givers = _actorish(sentence, doers)
    if (
        verb.link == "inf"
        and chain_up is not None
        and not verb.passive
        and verb.subjects
        and any(personnel(p) for p in verb.subjects)
    ):
        givers = _actorish(sentence, _doers(chain_up)) or givers
    if not givers and not verb.passive:
        earlier = [v for v in sentence.verbs if v.i < verb.i and v.classes & {"give", "deploy"}]
        givers = _actorish(sentence, earlier[-1].subjects) if earlier and not earlier[-1].passive else []
    if (
        verb.link in {"ger-noun", "part"}
        and chain_up is not None
        and verb.subjects
        and any(personnel(p) for p in verb.subjects)
        and chain_up.classes & {"give", "deploy"}
        and not verb.passive
    ):
        givers = _actorish(sentence, chain_up.subjects) or givers
    if not verb.passive and not verb.objects and not verb.indirect:
        where = [s for p in verb.prep("in", "at") if (s := place_state(p))]
        by_whom = _actorish(sentence, verb.prep("with", "under", "alongside"))
        if verb.prep("with") and not by_whom and not where:
            return
        receivers, givers = givers, by_whom or where[:1]
        if not givers:
            return
    if verb.passive and not givers:
        homes = receivers
        where = [s for p in verb.prep("in", "at", "near") if (s := place_state(p)) and s not in homes and s not in _homes(homes)]
        givers = where[:1]
    if not receivers and not verb.passive:
        receivers = _actorish(sentence, verb.prep("to")) or _opened_to(sentence)
    if not givers and not receivers:
        return
    if not receivers and not subject_matter:
        return
    matter = [p for p in subject_matter if not place_name(p) and not p.time]
    origin = [f for p in taught for name, o in p.after if name == "from" for f in _actorish(sentence, [o])]
    origin += [f for p in verb.prep("from") if verb.passive for f in _actorish(sentence, [p])]
    if origin and receivers:
        receivers = origin
    if receivers and receivers == givers and chain_up is not None:  # "supplies X with drones and trains its operators"
        receivers = _actorish(sentence, [*chain_up.indirect, *chain_up.objects]) or receivers
    for a, b in _pairs(givers, receivers):
        if a != b:
            yield Draft(
                "training",
                "train",
                verb,
                provider=a,
                recipient=b,
                thing=_thing_text(matter) or "drone operations",
                numbers=[*taught, *(p.of for p in taught if p.of), *doers],
                where=taught,
            )


def _opened_to(sentence: Sentence) -> list[str]:
    """ "... and the courses were opened to vetted foreigners"."""
    for verb in sentence.verbs:
        if verb.lemma == "open" and verb.prep("to"):
            return _actorish(sentence, verb.prep("to"))
    return []


def learn(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not _drone_topic(sentence, verb):
        return
    learners = _actorish(sentence, verb.subjects) or [text_of(p) for p in verb.subjects if p.head.low in {"man", "men", "people"}]
    things = verb.objects or [p for v in sentence.verbs if v.governor is verb for p in v.objects]
    course = [p for p in things if p.head.low in _TEACHING or "trainnoun" in classes_of(p.head)]
    if verb.lemma in {"complete", "attend", "undergo", "graduate", "learnt"} and not course and verb.lemma != "graduate":
        return
    inner = [v for v in sentence.verbs if v.governor is verb and v.link in {"chain", "inf"}]
    teachers = _actorish(sentence, [*verb.prep("from", "under", "with"), *(p for v in inner for p in v.prep("from"))])
    rule = "learn-from"
    up = verb.governor
    if not teachers and up is not None and up.classes & {"join"} and up.objects:
        teachers, rule = _actorish(sentence, up.objects), "join-to-learn"
        sentence.consumed.add(up.i)
    for course_verb in [
        v
        for v in sentence.verbs
        if v.participle
        and v.lemma in {"run", "teach", "give", "lead", "organise", "organize", "offer", "hold", "provide", "conduct"}
        and v.prep("by")
    ]:
        teachers = teachers or _actorish(sentence, course_verb.prep("by"))
    if not teachers and up is not None and up.lemma in {"travel", "go", "come", "fly"}:
        teachers = [s for p in up.prep("to", "in") if (s := place_state(p)) and s not in _homes(learners)]
    if not teachers:
        teachers = [s for p in verb.prep("in", "at") if (s := place_state(p)) and s not in learners][:1]
    if teachers and learners:
        for a, b in _pairs(teachers, learners):
            yield Draft(
                "training",
                rule,
                verb,
                provider=a,
                recipient=b,
                thing=_thing_text(things) or "drones",
                numbers=verb.subjects,
                where=things,
            )
    elif (
        learners
        and things
        and (any(is_drone(p) for p in things) or sentence.drone)
        and verb.lemma in {"learn", "study", "master"}
    ):
        for b in learners:
            yield Draft("adoption", "learn", verb, actor=b, thing="; ".join(text_of(p) for p in things[:3]), numbers=[])


def advise(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not _drone_topic(sentence, verb):
        return
    helped = _things(verb)
    receivers = _actorish(sentence, helped)
    givers = _actorish(sentence, _doers(verb))
    matter = [*verb.prep("with", "in", "on", "by"), *(p for v in sentence.verbs if v.governor is verb for p in v.objects)]
    know = any(p.head.low in _KNOWHOW and is_drone(p) for p in sentence.phrases())
    helped_to = [v for v in sentence.verbs if v.governor is verb and v.link == "inf" and v.objects]
    bearing = (
        know
        or bool(helped_to and sentence.drone and verb.lemma in {"help", "assist"})
        or any(is_drone(p) or p.head.low in _KNOWHOW for p in matter)
        or verb.lemma in {"advise", "consult", "embed"}
        or any(is_drone(p) for v in sentence.verbs for p in v.objects if v.governor is verb)
    )
    if not receivers or not givers or not bearing:
        return
    receivers = _scattered(sentence, helped, receivers)
    for a, b in _pairs(givers, receivers):
        if a != b:
            yield Draft(
                "advising",
                "advise",
                verb,
                provider=a,
                recipient=b,
                thing=_thing_text([p for p in matter if is_drone(p)]) or "drone support",
                where=helped,
            )


def _scattered(sentence: Sentence, phrases: list[Phrase], names: list[str]) -> list[str]:
    """ "Rebel groups in Mali and Syria" -> one name for each place."""
    if len(phrases) == 1 and len(names) == 1:
        places = [p for name, p in phrases[0].after if name == "in" and place_name(p)]
        if len(places) > 1:
            base = names[0].split(" in ")[0]
            return [f"{base} in {text_of(p)}" for p in places]
    return names


def share(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = _things(verb)
    if not things or not _drone_topic(sentence, verb):
        return
    thing = things[0]
    givers = _actorish(sentence, _doers(verb))
    receivers = _actorish(sentence, verb.prep("with", "to"))
    if (
        not receivers
        and verb.infinitive
        and verb.governor is not None
        and verb.governor.lemma in {"travel", "go", "come", "arrive", "fly"}
    ):
        receivers = [s for p in verb.governor.prep("to", "in") if (s := place_state(p))]
    if not receivers and verb.gerund and verb.governor is not None and verb.governor.classes & {"advise"}:
        return
    know = thing.head.low in _KNOWHOW or thing.head.low in {"footage", "designs", "plans", "blueprints"}
    if not givers or not receivers or not (know or refers_to_drone(thing, sentence)):
        return
    kind = "supply" if drone_head(thing) or thing.head.low in {"blueprints", "designs", "technology"} else "advising"
    for a, b in _pairs(givers, receivers):
        yield Draft(kind, "share", verb, provider=a, recipient=b, thing=text_of(thing))


def recruit(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not _drone_topic(sentence, verb):
        return
    things = _things(verb)
    people = [p for p in things if is_actor(p) or "people_abstract" in classes_of(p.head) or "official" in classes_of(p.head)]
    if not people:
        return
    if any("company" in classes_of(p.head) or (p.head.name is not None and p.head.name.kind == "company") for p in people):
        for a, b in _pairs(_actorish(sentence, people), _actorish(sentence, _doers(verb))):
            if a and b:
                yield Draft("supply", "hire-company", verb, provider=a, recipient=b, thing="drone operations", numbers=[])
        return
    if verb.passive:
        receivers = _actorish(sentence, verb.prep("by", "into", "for")) or _actorish(
            sentence,
            [
                p
                for v in sentence.verbs
                if v.governor is verb
                for p in [*(v.objects if v.classes & {"join"} else []), *v.prep("for")]
            ],
        )
    else:
        receivers = _actorish(sentence, verb.subjects)
    sources = verb.prep("from", "among")
    sources += [p for t in people for name, p in t.after if name == "from" and p not in sources]
    if sources and verb.lemma == "draw":
        first = sources[0]
        providers = [", ".join(text_of(p) for p in sources)] if len(sources) > 1 else [text_of(first)]
    elif (
        sources
        and people[0].head.low
        in {"people", "men", "fighters", "recruits", "personnel", "mercenaries", "soldiers", "youths", "students", "workers"}
        and not any(t.tag in {"DEM", "NP"} for t in people[0].tokens)
    ):
        providers = _actorish(sentence, sources) or [text_of(people[0])]
    else:
        providers = _actorish(sentence, people) or [text_of(p) for p in people]
    if not receivers:
        return
    for a, b in _pairs(providers, receivers):
        yield Draft("recruitment", "recruit", verb, provider=a, recipient=b, thing=text_of(people[0]), numbers=people)


def join(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not _drone_topic(sentence, verb) or verb.i in sentence.consumed:
        return
    if verb.lemma == "fight" or verb.lemma == "serve":
        ends = [*verb.prep("for", "alongside", "with", "in")] if verb.lemma == "fight" else [*verb.prep("with", "in", "under")]
    else:
        ends = [*verb.objects, *verb.prep("for", "in", "with", "to")]
        if verb.lemma in {"enter", "pass"}:
            ends = [p for p in [*verb.objects, *verb.prep("through", "into")] if "force" in classes_of(p.head)]
    receivers: list[str] = []
    for phrase in ends:
        if (personnel(phrase) and phrase.head.low not in {"units", "unit", "forces", "brigade", "battalion"}) or is_actor(phrase):
            receivers += _actorish(sentence, [phrase])
        elif (entry := place_name(phrase)) and verb.lemma in {"serve", "volunteer", "fight"} and (state := place_state(phrase)):
            receivers.append(state) if entry else None
    joiners = [p for p in verb.subjects]
    providers: list[str] = []
    for phrase in joiners:
        providers += _origins(sentence, phrase)
    if not receivers or not providers or (verb.link == "rel" and verb.lemma in {"fight", "serve"}):
        return
    if not any(
        classes_of(p.head) & {"people", "official", "people_abstract"}
        or p.head.tag == "DEM"
        or p.pronoun
        or p.head.low in {"one", "people"}
        for p in joiners
    ):
        return
    for a, b in _pairs(providers, list(dict.fromkeys(receivers))[:2]):
        if a != b:
            yield Draft(
                "recruitment",
                "join",
                verb,
                provider=a,
                recipient=b,
                thing=text_of(joiners[0]) if not joiners[0].pronoun else None,
                numbers=joiners,
            )


def _origins(sentence: Sentence, phrase: Phrase) -> list[str]:
    """Where joining people come from: their group ("people tied to the cartels", "a Comando Vermelho member"), else their class."""
    for verb in sentence.verbs:
        if (
            verb.participle
            and verb.subjects
            and verb.subjects[0] is phrase
            and verb.lemma in {"tie", "link", "connect", "affiliate"}
        ):
            found = _actorish(sentence, verb.prep("to", "with"))
            if found:
                return found
        if verb.participle and verb.subjects and verb.subjects[0] is phrase and verb.lemma == "identify" and verb.prep("as"):
            member = verb.prep("as")[0]
            group = next((t for t in member.tokens if t.name is not None and t.name.kind in {"group", "force"}), None)
            if group is not None:
                return [group.text]
    group = next((t for t in phrase.tokens if t.name is not None and t.name.kind in {"group"}), None)
    if group is not None:
        return [group.text]
    return actors_of(phrase, sentence.context)


def _claimed(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Claimed responsibility for the strike", in a report where the strike before was a drone's."""
    if not verb.objects or verb.objects[0].head.low != "responsibility" or not (sentence.drone or sentence.near):
        return
    attacks = [
        p for p in [*verb.prep("for"), *(q for n, q in verb.objects[0].after if n == "for")] if "attacknoun" in classes_of(p.head)
    ]
    for a in _actorish(sentence, verb.subjects) if attacks else []:
        yield Draft(
            "use_attack",
            "claimed",
            verb,
            actor=a,
            target="; ".join(bare_text(p) for n, p in attacks[0].after if n in {"on", "against"}) or None,
            thing=text_of(attacks[0]),
            numbers=attacks,
            where=[p for _, p in attacks[0].after],
            certainty="alleged",
        )


def show(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Have shown the group's technicians how to arm drones": teaching."""
    how = [v for v in sentence.verbs if v.infinitive and v.i > verb.i and v.governor is verb]
    pupils = _actorish(sentence, verb.indirect or verb.objects)
    if not how or not pupils or not _drone_topic(sentence, verb) or verb.infinitive:
        return
    owned = [n for p in (verb.indirect or verb.objects) if (n := drone_owner(p, sentence))]
    for a, b in _pairs(_actorish(sentence, verb.subjects), owned[:1] or pupils):
        if a:
            yield Draft(
                "training",
                "shown-how",
                verb,
                provider=a,
                recipient=b,
                thing=_thing_text([p for v in how for p in v.objects]),
                numbers=verb.objects,
            )


def steer(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """Drones guided or flown into something that suffers by it."""
    drones = [p for p in _things(verb) if drone_head(p)]
    hit = [
        p
        for p in verb.prep("into", "onto")
        if not p.time
        and (classes_of(p.head) & {"building", "people", "force"})
        and p.head.low not in {"prison", "prisons", "jail", "airspace", "territory"}
    ]
    if drones and hit:
        doers = _actorish(sentence, _doers(verb)) or list(filter(None, [drone_owner(drones[0], sentence)]))
        yield from _attack("steer", sentence, verb, doers, hit, drones[0], hit)


def deploy(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = _things(verb)
    thing = things[0] if things else None
    if thing is None:
        return
    if drone_head(thing) or (
        refers_to_drone(thing, sentence)
        and not personnel(thing)
        and not thing.pronoun
        and thing.head.low not in {"mission", "missions", "team", "teams", "unit", "units"}
    ):
        yield from use(sentence, verb)
        return
    if not (
        personnel(thing)
        or thing.head.low in {"mission", "advisers", "consultants"}
        or (thing.head.name is not None and thing.head.name.kind in {"force"})
    ) or not _drone_topic(sentence, verb):
        return
    senders = _actorish(sentence, _doers(verb))
    if verb.passive and not senders:
        senders = (
            (actors_of(thing, sentence.context) if thing.of is not None else [])
            or _nation_of(sentence, thing)
            or actors_of(thing, sentence.context)
        )
        if senders and senders[0].lower() in {"troops", "soldiers", "workers", "forces", "men"}:
            state = next((m for m in reversed(sentence.context.mentions) if m.kind in {"people", "force"} and m.country), None)
            senders = [lexicon().states[state.country]] if state is not None and state.country else senders
    if not senders:
        return
    destinations = [p for p in verb.prep("to", "in", "into", "near", "at", "on", "for") if place_name(p) or is_actor(p)]
    destinations = destinations or [p for n, p in thing.after if n in {"to", "in", "into"}]
    aims = [v for v in sentence.verbs if v.i > verb.i and v.link == "inf" and v.classes & {"train", "advise"}]
    if not destinations and not aims and verb.lemma not in {"deploy", "dispatch", "station", "embed"}:
        return
    numbers = [*things, *(p for p in sentence.phrases() if personnel(p) and p is not thing)]
    for a in senders:
        yield Draft("deployment", "deploy", verb, actor=a, thing=text_of(thing), numbers=numbers, where=destinations)
    yield from _mission(sentence, verb, thing, senders, destinations, numbers)


def _nation_of(sentence: Sentence, phrase: Phrase) -> list[str]:
    for token in phrase.tokens:
        if token.name is not None and token.name.kind in {"demonym", "state"} and token.name.state:
            return [token.name.state]
    return []


def _mission(
    sentence: Sentence, verb: Verb, thing: Phrase, senders: list[str], destinations: list[Phrase], numbers: list[Phrase]
) -> Iterator[Draft]:
    """Instructors and advisers who are sent teach and advise those they are sent to."""
    words = {t.low for p in [thing, *([thing.of] if thing.of else [])] for t in p.tokens}
    taught = [v for v in sentence.verbs if v.classes & {"train"} and v.governor is not None and v.i > verb.i and not v.passive]
    receivers = [n for v in taught for n in _actorish(sentence, [p for p in [*v.indirect, *v.objects] if is_actor(p)])]
    if not receivers:
        receivers = _actorish(sentence, destinations) or [s for p in destinations if (s := place_state(p))][:1]
    taught = taught or [v for v in sentence.verbs if v.lemma == "show" and v.link == "inf" and v.objects and v.i > verb.i]
    shown = [n for v in taught if v.lemma == "show" for n in _actorish(sentence, [*v.indirect, *v.objects])]
    if shown:
        receivers, taught = shown, []
    receivers = [r for r in receivers if r not in senders]
    teaching = bool(words & INSTRUCTORS) or any("train" in w for w in words)
    advising = bool(words & ADVISERS) or any(w.startswith("advis") for w in words)
    if teaching and not taught:
        for a, b in _pairs(senders, receivers):
            if b:
                yield Draft(
                    "training",
                    "sent-instructors",
                    verb,
                    provider=a,
                    recipient=b,
                    thing=text_of(thing),
                    numbers=numbers,
                    where=destinations,
                )
    if advising:
        for a, b in _pairs(senders, receivers):
            if b:
                yield Draft(
                    "advising",
                    "sent-advisers",
                    verb,
                    provider=a,
                    recipient=b,
                    thing=text_of(thing),
                    numbers=numbers,
                    where=destinations,
                )


def arrive(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    people = [p for p in verb.subjects if personnel(p)]
    if not people or not _drone_topic(sentence, verb):
        return
    places = [p for p in verb.prep("in", "at", "to") if place_name(p)]
    if not places or verb.negated:
        return
    senders = (
        [n for name, p in people[0].after if name == "from" for n in _actorish(sentence, [p])]
        or _nation_of(sentence, people[0])
        or _actorish(sentence, people)
    )
    numbers = list(people)
    for a in senders:
        yield Draft("deployment", "arrive", verb, actor=a, thing=text_of(people[0]), numbers=numbers, where=places)
    yield from _mission(sentence, verb, people[0], senders, places, numbers)


def strike(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if verb.i in sentence.consumed:
        return
    doers, hurt = _doers(verb), _things(verb)
    if any(drone_head(p) for p in hurt) and not any(drone_head(p) for p in doers):
        yield from detect(sentence, verb)
        return
    up = verb.governor
    if (
        verb.classes & {"kill"}
        and up is not None
        and verb.link in {"ger", "conj", "ger-noun"}
        and not instruments(sentence, verb)
        and (up.classes & {"strike", "destroy", "crash", "launch", "drop", "steer", "kill", "fall"} or up.gerund)
    ):
        return  # its victims are the number of the attack above
    if not hurt and not verb.passive:
        hurt = [p for p in verb.prep("into", "against", "on", "at") if not p.time]
    if verb.passive and (arms := [p for p in verb.prep("by", "with") if {t.low for t in p.tokens} & _HARMFUL]) and sentence.drone:
        yield from _attack("strike", sentence, verb, [], hurt, arms[0], hurt)
        return
    tools = instruments(sentence, verb)
    by_drone = [p for p in doers if drone_head(p) or (is_drone(p) and not is_actor(p))] or [
        p for p in doers if p.head.low in {"ones", "one", "rest", "others"} and sentence.near and not is_actor(p)
    ]
    attack_subject = [
        p
        for p in doers
        if "attacknoun" in classes_of(p.head)
        and (
            is_drone(p)
            or any(v.participle and v.subjects and v.subjects[0] is p and instruments(sentence, v) for v in sentence.verbs)
        )
    ]
    pronoun_tool = [p for p in doers if p.pronoun and p.head.low in {"they", "it"} and sentence.near and not sentence.drone]
    if not (by_drone or tools or attack_subject or pronoun_tool):
        return
    hurt = [p for p in hurt if not p.time]
    actors: list[str] = []
    if by_drone or attack_subject:
        for phrase in [*by_drone, *attack_subject]:
            owner = drone_owner(phrase, sentence) or launched_by(sentence, phrase)
            actors += [owner] if owner else []
    else:
        actors = _actorish(sentence, doers)
        if not actors and tools:
            owner = drone_owner(tools[0], sentence) if not any(t.tag == "DEM" for t in tools[0].tokens) else None
            actors = [owner] if owner and owner not in [text_of(p) for p in hurt] else []
    places = [p for p in hurt if place_name(p)]
    yield from _attack("strike", sentence, verb, actors, hurt, (by_drone or tools or attack_subject or [None])[0], places)  # type: ignore[list-item]


def _attack(
    rule: str, sentence: Sentence, verb: Verb, actors: list[str], hurt: list[Phrase], tool: Phrase | None, where: list[Phrase]
) -> Iterator[Draft]:
    killed = [v for v in sentence.verbs if v.classes & {"kill"} and v is not verb]
    victims = [p for v in killed for p in _things(v)] + [
        p
        for v in sentence.verbs
        if v.lemma in {"die", "perish", "strand"}
        for p in (v.subjects if v.lemma != "strand" else v.objects)
    ]
    counted = [p for p in _things(verb) if verb.classes & {"kill"}]
    bystanders = [
        p
        for p in hurt
        if classes_of(p.head) & {"people_abstract"} or (verb.classes & {"kill"} and classes_of(p.head) & {"people"})
    ]
    sites = [p for p in [*where, *verb.prep("at", "on", "in")] if "building" in classes_of(p.head) and not is_drone(p)]
    if bystanders and sites and len(bystanders) == len(hurt):
        hurt = sites[:1]
    if verb.subjects and verb.classes & {"kill"} and verb.passive:
        struck = [
            q
            for p in [*verb.prep("in", "by"), *([tool] if tool else [])]
            for n, q in p.after
            if n in {"on", "against", "at"} and not q.time
        ]
        hurt = struck or hurt
    for a in actors or [None]:  # type: ignore[list-item]
        yield Draft(
            "use_attack", rule, verb, actor=a, target="; ".join(bare_text(p) for p in hurt if not p.pronoun)[:160] or None, thing=text_of(tool) if tool is not None and not tool.pronoun else "drones",
            numbers=[*sorted([*bystanders, *(hurt if verb.classes & {"kill"} else []), *victims, *counted], key=lambda p: p.i), *hurt, *([tool] if tool is not None else [])], where=[*where, *hurt], target_phrase=hurt[0] if hurt else None,
        )  # fmt: skip


def launched_by(sentence: Sentence, phrase: Phrase) -> str | None:
    """ "drones launched by X", "a drone flown from Y by X"."""
    for verb in sentence.verbs:
        if (
            verb.participle
            and verb.subjects
            and verb.subjects[0] is phrase
            and verb.lemma
            in {
                "launch",
                "operate",
                "fly",
                "use",
                "deploy",
                "fire",
                "send",
                "control",
                "pilot",
                "attribute",
                "link",
                "blame",
                "belong",
            }
        ):
            found = _actorish(
                sentence,
                verb.prep("by", "to", "on") if verb.lemma in {"attribute", "link", "blame", "belong"} else verb.prep("by"),
            )
            if found:
                return found[0]
    return None


def launch(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = _things(verb)
    drones = [p for p in things if refers_to_drone(p, sentence) and not is_actor(p)]
    if verb.lemma in {"fire", "shoot"} and not drones and (seen := [p for p in verb.prep("at", "on") if drone_head(p)]):
        yield Draft(
            "sighting",
            "fired-at",
            verb,
            actor=drone_owner(seen[0], sentence),
            thing=text_of(seen[0]),
            numbers=[*seen, *(p for v in sentence.verbs if v.i > verb.i for p in v.objects)],
            where=seen,
        )
        return
    if (
        not drones
        and {t.low for p in things for t in p.tokens} & _CONTRABAND
        and (sentence.drone or sentence.near)
        and verb.prep("into", "to", "over", "in")
    ):
        yield from smuggle(sentence, verb)
    if not drones:
        return
    if any(
        v.classes & {"drop"} and {t.low for p in v.objects for t in p.tokens} & _HARMFUL for v in sentence.verbs if v.i > verb.i
    ):
        return
    doers = _actorish(sentence, _doers(verb))
    if not doers:
        owner = drone_owner(drones[0], sentence)
        doers = [owner] if owner else []
    targets = [
        p
        for p in verb.prep("at", "against", "on", "toward", "towards", "into", "onto", "over", "across", "near", "above")
        if not p.time
    ] + [
        p
        for t in things
        for n, p in t.after
        if n in {"at", "against", "toward", "towards", "into", "on", "over"}
        and not p.time
        and p not in verb.prep("at", "against", "on", "toward", "towards", "into", "onto", "over", "across", "near", "above")
    ]
    if (aimed := verb.prep("against")) and not verb.classes & {"give"}:
        yield from _attack("flown-against", sentence, verb, doers, aimed, drones[0], aimed)
        return
    peaceful = any(v.governor is verb and (v.classes & {"spy", "smuggle"}) for v in sentence.verbs) or any(
        p.head.low in _CONTRABAND for p in [*verb.objects, *verb.prep("with")]
    )
    if any("attacknoun" in classes_of(p.head) for p in things):
        yield from _attack("launch-attack", sentence, verb, doers, targets, drones[0], targets)
        return
    hostile = (
        verb.lemma in {"launch", "fire", "unleash", "lob", "send", "direct", "loose"}
        and not peaceful
        and not (set(n for n, _ in verb.preps) & {"over", "above", "near"})
    )
    if hostile and not (verb.infinitive and verb.governor and verb.governor.classes & {"learn", "train"}):
        yield from _attack("launch", sentence, verb, doers, targets, drones[0], targets)
    elif targets and not (verb.infinitive and verb.governor and verb.governor.classes & {"learn", "train"}):
        for a in doers or [None]:  # type: ignore[list-item]
            if all(p.pronoun for p in targets):
                continue
            yield Draft(
                "sighting",
                "flown-over",
                verb,
                actor=a,
                target="; ".join(text_of(p) for p in targets),
                thing=text_of(drones[0]),
                numbers=drones,
                where=targets,
                target_phrase=targets[0],
            )


def _fly(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """An actor that flies drones, with no target: it has taken them up; drones that fly over something are seen."""
    if verb.lemma == "fly" and not verb.objects and any(drone_head(p) for p in verb.subjects):
        yield from intrude(sentence, verb)
        return
    if verb.lemma in {"fly", "pilot"} and not verb.prep(
        "at", "against", "on", "toward", "towards", "into", "onto", "over", "across", "near", "above"
    ):
        yield from use(sentence, verb)


def drop(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = _things(verb)
    if not things or verb.i in sentence.consumed:
        return
    low = {t.low for p in things for t in p.tokens} | {t.low for p in things if p.of for t in p.of.tokens}
    tools = [*[p for p in verb.subjects if drone_head(p) and not verb.passive], *instruments(sentence, verb)]
    if not tools and not sentence.drone and not (sentence.near and low & _HARMFUL):
        return
    doers = _actorish(sentence, _doers(verb))
    owner = next((o for p in tools if (o := drone_owner(p, sentence))), None)
    doers = doers or ([owner] if owner else [])
    targets = [
        p for p in verb.prep("on", "onto", "over", "into", "at", "near", "in", "inside", "upon") if not p.time and not is_drone(p)
    ]
    if not targets and verb.link == "conj" and verb.governor is not None:
        targets = [p for p in verb.governor.prep("over", "at", "above", "into", "against")]
    if targets and targets[0].pronoun:
        before = [
            p
            for v in sentence.verbs
            if v.i < verb.i
            for p in v.subjects
            if is_actor(p) and p.tokens[0].start < targets[0].tokens[0].start and actors_of(p, sentence.context) != doers
        ]
        targets = before[:1]
    if not doers:
        doers = [
            n
            for v in sentence.verbs
            if v.participle and v.lemma in {"publish", "post", "release", "film", "share"}
            for n in _actorish(sentence, v.prep("by"))
        ]
    if low & _HARMFUL:
        spots = [p for p in targets if not place_name(p)]
        targets = spots or targets
        yield from _attack("drop", sentence, verb, doers, targets, tools[0] if tools else things[0], targets)
    elif low & _CONTRABAND:
        for a in doers or [None]:  # type: ignore[list-item]
            yield Draft(
                "sighting",
                "drop-contraband",
                verb,
                actor=a,
                target="; ".join(text_of(p) for p in targets) or None,
                thing=text_of(things[0]),
                numbers=[*things, *tools],
                where=targets,
            )


def crash(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    drones = [p for p in verb.subjects if drone_head(p) or (p.pronoun and sentence.near and refers_to_drone(p, sentence))]
    if not drones:
        return
    places = [p for p in verb.prep("in", "on", "into", "at", "near", "onto", "over", "inside", "outside") if not p.time]
    owner = drone_owner(drones[0], sentence)
    harmed = any(v.classes & {"kill"} or v.lemma in {"die"} for v in sentence.verbs)
    if harmed and places and verb.lemma not in {"come_down"}:
        yield from _attack(
            "crash-harming",
            sentence,
            verb,
            [owner] if owner else [],
            [p for p in places if not place_name(p)] or places,
            drones[0],
            places,
        )
        return
    hit = [p for p in places if not place_name(p) or "building" in classes_of(p.head)]
    if (
        verb.lemma in {"explode", "detonate", "crash", "smash"}
        and hit
        and not (verb.lemma == "crash" and verb.prep("in", "on", "near"))
    ):
        yield from _attack("crash-into", sentence, verb, [owner] if owner else [], hit, drones[0], places)
    else:
        yield Draft("sighting", "crash", verb, actor=owner, target=None, thing=text_of(drones[0]), numbers=drones, where=places)


def detect(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = _things(verb)
    drones = [
        p
        for p in things
        if drone_head(p)
        or ("sightnoun" in classes_of(p.head) and is_drone(p))
        or (refers_to_drone(p, sentence) and p.pronoun and verb.classes & {"down", "seize"})
        or (
            (p.head.tag == "NUM" or p.head.low in {"one", "some", "most", "all", "several"})
            and (
                (p.of is not None
                and refers_to_drone(p, sentence))
                or (p.of is None and sentence.drone and bool(verb.classes & {"down"}))
            )
        )
    ]
    if not drones and verb.classes & {"detect", "down"} and (sentence.near or sentence.drone):
        drones = [
            p
            for p in things
            if p.head.low
            in {
                "flight",
                "flights",
                "incursion",
                "incursions",
                "sightings",
                "object",
                "objects",
                "intrusions",
                "overflights",
                "swarm",
                "swarms",
            }
            or (verb.classes & {"down"} and refers_to_drone(p, sentence))
        ]
    if not drones and verb.classes & {"seize"} and (sentence.drone or sentence.near):
        goods = [
            p
            for p in things
            if {t.low for t in p.tokens}
            & (_CONTRABAND | _HARMFUL | {"syringes", "chargers", "rifles", "ammunition", "kilograms", "kg", "kilos"})
        ]
        if goods:
            yield Draft("sighting", "seized-load", verb, thing="contraband drone", numbers=goods, where=goods)
        return
    if not drones:
        return
    drone = drones[0]
    if verb.lemma in {"report", "document", "note", "confirm", "list", "see", "find"} and not (
        "sightnoun" in classes_of(drone.head) or drone_head(drone)
    ):
        return
    owner = drone_owner(drone, sentence) or launched_by(sentence, drone)
    doers = _doers(verb)
    if verb.lemma in {"have"} and not doers:
        return
    places = [
        p
        for p in verb.prep(
            "over", "near", "at", "around", "above", "in", "within", "close_to", "on", "along", "outside", "inside", "off"
        )
        if not p.time
    ] + [
        p for n, p in drone.after if n in {"over", "near", "at", "around", "above", "in", "on", "along", "outside"} and not p.time
    ]
    target = next(
        (
            p
            for p in places
            if any(
                n in {"over", "near", "at", "around", "above", "close_to", "outside", "inside"}
                for n, ps in [*verb.preps, *((n, [q]) for n, q in drone.after)]
                if p in ps
            )
            and not p.time
        ),
        None,
    )
    yield Draft(
        "sighting",
        "detect" if verb.classes & {"detect"} else "down",
        verb,
        actor=owner,
        target=text_of(target) if target is not None and not _distance(target) else None,
        thing=text_of(drone) if not drone.pronoun else "drone",
        numbers=drones,
        where=places,
    )


def _distance(phrase: Phrase) -> bool:
    return phrase.head.low in {"metres", "meters", "km", "kilometres", "kilometers", "miles", "m", "feet"}


def intrude(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    drones = [
        p
        for p in verb.subjects
        if drone_head(p)
        or (p.pronoun and sentence.near and p.head.low in {"they", "it"} and not sentence.drone)
        or (p.head.low in {"object", "objects"} and sentence.drone)
    ]
    if verb.passive:
        drones, things = [p for p in verb.prep("by") if is_drone(p)], verb.subjects
    else:
        things = verb.objects
    if not drones or (drones[0].pronoun and not sentence.near):
        return
    targets = [p for p in [*things, *verb.prep("over", "into", "near", "above", "around", "at", "across")] if not p.time]
    if not targets:
        return
    sites = _separate_sites(targets)
    if len(sites) > 1:
        for name, phrase in sites:
            yield Draft(
                "sighting",
                "intrude",
                verb,
                actor=drone_owner(drones[0], sentence),
                target=name,
                thing=text_of(drones[0]),
                numbers=drones,
                where=[phrase],
            )
        return
    yield Draft(
        "sighting",
        "intrude",
        verb,
        actor=drone_owner(drones[0], sentence),
        target="; ".join(text_of(p) for p in targets[:2]),
        thing=text_of(drones[0]) if not drones[0].pronoun else "drones",
        numbers=drones,
        where=targets,
    )


def _separate_sites(targets: list[Phrase]) -> list[tuple[str, Phrase]]:
    """ "Over the airports of A, B and C and over D air base": each is an event of its own."""
    out: list[tuple[str, Phrase]] = []
    shared = ""
    for phrase in targets:
        if phrase.head.low in {"airports", "bases", "airfields", "prisons"} and phrase.of is not None:
            shared = phrase.head.low.removesuffix("s")
            out.append((f"{text_of(phrase.of)} {shared}", phrase.of))
        elif place_name(phrase):
            bare = (
                phrase.head.name is not None
                and shared
                and len(phrase.tokens) == 1
                and not set(phrase.head.low.split()) & {"base", "airport", "prison"}
            )
            out.append((f"{text_of(phrase)} {shared}" if bare else text_of(phrase), phrase))
    return out


def smuggle(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    tools = instruments(sentence, verb)
    using = (
        verb.governor is not None
        and verb.governor.lemma in {"use", "fly", "employ"}
        and any(is_drone(p) for p in verb.governor.objects)
    )
    tools = tools or [p for p in verb.subjects if drone_head(p)]
    if not tools and not using:
        return
    if using and verb.governor is not None and verb.governor.classes & {"use", "rely"}:
        return
    doers = _actorish(sentence, [p for p in _doers(verb) if not drone_head(p)]) or list(
        filter(None, [drone_owner(p, sentence) for p in tools])
    )
    targets = [p for p in verb.prep("into", "to", "across", "over", "from", "inside") if not p.time and not is_drone(p)]
    for a in doers or [None]:  # type: ignore[list-item]
        yield Draft(
            "sighting",
            "smuggle",
            verb,
            actor=a,
            target="; ".join(text_of(p) for p in targets[:2]) or None,
            thing="contraband drones",
            numbers=[*tools, *_things(verb)],
            where=targets,
        )


def spy(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    tools = [*[p for p in verb.subjects if drone_head(p)], *instruments(sentence, verb)]
    if not tools or (verb.governor is not None and verb.governor.classes & {"use"} and verb.link == "inf"):
        return
    doers = _actorish(sentence, verb.subjects) or list(filter(None, [drone_owner(tools[0], sentence)]))
    for a in doers or [None]:  # type: ignore[list-item]
        yield Draft(
            "sighting",
            "spy",
            verb,
            actor=a,
            target="; ".join(text_of(p) for p in _things(verb)[:2]) or None,
            thing="surveillance drones",
            numbers=tools,
            where=_things(verb),
        )


def disrupt(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not (sentence.drone or sentence.near):
        return
    parties = [*_things(verb), *verb.subjects]
    site = next(
        (
            p
            for p in [*parties, *(q for p in parties for _, q in p.after), *verb.prep("at", "in")]
            if "airport" in {t.low for t in p.tokens}
            or p.head.low in {"airports", "flights", "airspace", "runway", "runways", "traffic"}
            or (p.head.name is not None and "airport" in p.head.low)
        ),
        None,
    )
    cause = next((p for p in sentence.phrases() if is_drone(p) and p not in parties), None)
    if site is not None and cause is None and sentence.near:
        cause = site
    if site is None or cause is None:
        return
    fine = [q for p in parties for n, q in p.after if n in {"at", "in", "over", "to", "from"}] + verb.prep("at", "in")
    named_site = next((p for p in [site, *fine] if place_name(p)), site)
    yield Draft(
        "sighting",
        "disrupt",
        verb,
        actor=drone_owner(cause, sentence),
        target=text_of(named_site),
        thing=text_of(cause) if cause is not site else "drones",
        numbers=[cause, *parties, *(p for v in sentence.verbs if v.governor is verb for p in v.objects)],
        where=[named_site, *fine],
    )


def use(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = [*_things(verb), *verb.prep("on", "to")] if verb.classes & {"rely"} else _things(verb)
    thing = next((p for p in things if refers_to_drone(p, sentence)), None)
    if thing is None or (is_actor(thing) and not drone_head(thing)):
        return
    if verb.participle and any(v.finite and thing in v.subjects and v.classes - {"be", "say"} for v in sentence.verbs):
        return  # "drones operated by X cross the border": X is whose they are
    doers = _actorish(sentence, _doers(verb)) or _class_of_people(_doers(verb))
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
        harmless = aim.classes & {"drop"} and not {t.low for p in aim.objects for t in p.tokens} & _HARMFUL
        sentence.consumed.add(aim.i)
        if not harmless and (
            aim.classes & {"strike", "kill", "destroy"}
            or aim.lemma in {"defeat", "push", "repel", "fight", "break", "drop", "target", "capture", "stop", "drive", "halt"}
        ):
            hurt = [p for p in aim.objects]
            if aim.lemma in {"push"} and hurt and (own := [p for p in aim.prep("by")]):
                hurt = own
            if aim.classes & {"drop"}:
                hurt = aim.prep("on", "onto", "over", "at")
            yield from _attack("use-to-strike", sentence, verb, doers, hurt, thing, [*hurt, *aim.prep("in", "at", "on", "near")])
            return
        if (
            aim.classes & {"spy", "smuggle", "drop"}
            or aim.lemma in _SPYING
            or aim.lemma in {"deliver", "carry", "transport", "guide", "move", "fly", "collect", "gather"}
        ):
            if {
                t.low for p in aim.objects for q in [p, *([p.of] if p.of else [])] for t in q.tokens
            } & _CONTRABAND or aim.lemma in {"carry", "transport"}:
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
    against = [p for p in verb.prep("against") if not p.time] + [
        p for n, p in thing.after if n == "against" and p not in verb.prep("against")
    ]
    in_attack = [p for p in verb.prep("in", "during", "for") if "attacknoun" in classes_of(p.head)]
    if against or in_attack:
        hurt = against or [q for p in in_attack for n, q in p.after if n in {"on", "against"}]
        yield from _attack("use-against", sentence, verb, doers, hurt, thing, hurt)
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


def _places(verb: Verb) -> list[Phrase]:
    return [p for p in verb.prep("in", "at", "near", "over", "across", "on", "to") if place_name(p)]


def people(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Both have relied on foreign fighters": recruitment."""
    recruits = [
        p
        for p in verb.prep("on", "to")
        if p.head.low in {"fighters", "mercenaries", "volunteers", "recruits", "contractors"} and not is_drone(p)
    ]
    if recruits and _drone_topic(sentence, verb):
        for b in _actorish(sentence, verb.subjects):
            yield Draft(
                "recruitment",
                "rely-on-people",
                verb,
                provider=text_of(recruits[0]),
                recipient=b,
                thing=text_of(recruits[0]),
                numbers=recruits,
            )


def link(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Accounts have linked ex-soldiers to cartels": people pass into a group, somebody says."""
    if verb.participle or not _drone_topic(sentence, verb):
        return
    joined = [p for p in _things(verb) if classes_of(p.head) & {"people"} and is_actor(p)]
    groups = [p for p in verb.prep("to", "with") if is_actor(p)]
    if joined and groups and not verb.negated:
        for a, b in _pairs(_actorish(sentence, joined), _actorish(sentence, groups)):
            yield Draft(
                "recruitment",
                "linked-to",
                verb,
                provider=a,
                recipient=b,
                thing=text_of(joined[0]),
                numbers=joined,
                certainty="reported",
            )


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
                }
            )
        ),
        None,
    )
    if thing is None or verb.negated or any(t.low in {"no", "few"} for t in thing.tokens):
        return
    for a in _actorish(sentence, verb.subjects):
        yield Draft("adoption", "have", verb, actor=a, thing=text_of(thing), numbers=[thing])


def adapt(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Fit quadcopters with bombs", "turn drones into bombers"."""
    things = _things(verb)
    if verb.participle or not things:
        return
    if verb.lemma == "turn" and not (verb.prep("into") and refers_to_drone(things[0], sentence)):
        return
    load = [p for p in verb.prep("with") if {t.low for t in p.tokens} & _HARMFUL]
    if not (refers_to_drone(things[0], sentence) or (load and things[0].pronoun)):
        return
    made = any(v.participle and v.subjects and v.subjects[0] in load and v.lemma == "make" for v in sentence.verbs)
    for a in _actorish(sentence, _doers(verb)):
        yield Draft(
            "production" if made else "adoption",
            "adapt",
            verb,
            actor=a,
            thing=text_of(load[0]) if made else text_of(things[0]),
            numbers=things,
        )


def wield(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """Any other deed done with drones: the actor has taken them up ("won ground with a fleet of drones")."""
    if not verb.finite or verb.passive:
        return
    tools = [p for p in verb.prep("with", "using") if drone_head(p)]
    strikes = [p for p in verb.prep("with", "through", "by") if "attacknoun" in classes_of(p.head) and is_drone(p)]
    if strikes:
        for a in _actorish(sentence, verb.subjects):
            yield Draft("use_attack", "strikes-with", verb, actor=a, thing=text_of(strikes[0]), numbers=strikes, where=strikes)
        return
    if tools:
        for a in _actorish(sentence, verb.subjects):
            yield Draft("adoption", "done-with", verb, actor=a, thing=text_of(tools[0]), numbers=tools)


def carry(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """A drone that carries contraband."""
    if verb.link == "ger-noun":
        return
    if any({t.low for t in q.tokens} & _CONTRABAND for p in verb.objects for q in [p, *([p.of] if p.of else [])]) and any(
        drone_head(p) for p in verb.subjects
    ):
        yield from smuggle(sentence, verb)


def adopt(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = [
        *_things(verb),
        *(verb.prep("in", "with", "on") if verb.lemma in {"invest", "experiment", "spend", "allocate", "work"} else []),
    ]
    if any(p.head.low in {"factory", "factories", "plant", "plants", "workshop", "workshops"} for p in things):
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
    doers = _actorish(sentence, _doers(verb))
    for a in doers:
        company = any(kind_of(p) == "company" for p in _doers(verb)) or any(
            m.kind == "company" and m.name == a for m in sentence.context.mentions
        )
        kind = "production" if company and verb.lemma in {"develop", "unveil", "upgrade"} else "adoption"
        yield Draft(kind, "adopt", verb, actor=a, thing=text_of(thing), numbers=things, where=_places(verb))


def factory(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """A factory for drones opened, built or run: production."""
    works = [
        p
        for p in _things(verb)
        if p.head.low in {"factory", "factories", "plant", "plants", "workshop", "workshops", "facility", "line", "lines"}
        and (
            is_drone(p) or any(is_drone(q) for _, q in p.after) or (any(t.low == "production" for t in p.tokens) and sentence.drone)
        )
    ]
    for a in _actorish(sentence, _doers(verb)) if works else []:
        yield Draft("production", "factory", verb, actor=a, thing=text_of(works[0]), numbers=works, where=_places(verb))


def make(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = _things(verb)
    if verb.participle and not verb.prep("by"):
        return
    if any(p.head.low in {"factory", "factories", "plant", "plants", "workshop", "workshops"} for p in things):
        yield from factory(sentence, verb)
        return
    thing = next(
        (
            p
            for p in things
            if is_drone(p)
            or (refers_to_drone(p, sentence) and p.head.low not in {"technology", "system", "systems", "number"})
            or (p.head.low in _HARMFUL and (sentence.drone or sentence.near))
        ),
        None,
    )
    if thing is None or (
        verb.lemma in {"make", "build", "convert", "modify"}
        and not (
            drone_head(thing)
            or thing.head.low
            in _HARMFUL
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
        if thing is not None and verb.lemma == "build":
            yield from adopt(sentence, verb)
        return
    doers = _actorish(sentence, _doers(verb))
    places = [p for p in verb.prep("in", "at", "near", "inside") if place_name(p)]
    if not doers:
        origin = origin_of(thing, sentence)
        doers = [origin] if origin else []
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


def suffer(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    attack = next((p for p in verb.objects if "attacknoun" in classes_of(p.head) and is_drone(p)), None)
    if attack is not None:
        by = [p for n, p in attack.after if n == "by"]
        yield from _attack("suffer", sentence, verb, _actorish(sentence, by), verb.subjects, attack, verb.subjects)


def wage(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if verb.lemma == "claim":
        yield from _claimed(sentence, verb)
        return
    things = _things(verb)
    attack = next(
        (p for p in things if "attacknoun" in classes_of(p.head) and (is_drone(p) or instruments(sentence, verb))), None
    )
    if attack is None:
        attack = next((p for p in [*verb.prep("for")] if "attacknoun" in classes_of(p.head) and is_drone(p)), None)
    if attack is None:
        return
    hurt = [p for n, p in attack.after if n in {"on", "against", "at"}] or [
        p for p in verb.prep("on", "against", "at") if not p.time
    ]
    doers = _actorish(sentence, _doers(verb)) or list(filter(None, [drone_owner(attack, sentence)]))
    sentence.consumed.add(-attack.i - 1)
    yield from _attack("wage", sentence, verb, doers, [p for p in hurt if not p.time], attack, [attack, *hurt])


def _landed_frame(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if {t.low for p in verb.objects for t in p.tokens} & _CONTRABAND:
        yield from _landed(sentence, verb)


_BY_LEMMA: dict[str, Frame] = {
    "have": have,
    "turn": adapt,
    "carry": carry,
    "transport": carry,
    "bring": carry,
    "enter": join,
    "pass": join,
    "pilot": _fly,
    "show": show,
    "open": factory,
    "run": factory,
    "travel": arrive,
    "come": arrive,
    "go": arrive,
    "land": _landed_frame,
}
FRAMES: dict[str, Frame] = {
    "give": give, "sell": give, "offer": give, "equip": equip, "get": get, "request": request, "fund": fund, "train": train, "learn": learn, "advise": advise,
    "share": share, "recruit": recruit, "join": join, "deploy": deploy, "arrive": arrive, "strike": strike, "kill": strike, "destroy": strike, "launch": launch, "steer": steer, "link": link, "adapt": adapt,
    "drop": drop, "crash": crash, "detect": detect, "down": detect, "seize": detect, "overfly": intrude, "intrude": intrude, "smuggle": smuggle, "spy": spy,
    "disrupt": disrupt, "use": use, "rely": use, "adopt": adopt, "make": make, "suffer": suffer, "wage": wage,
}  # fmt: skip


def _only_meant(verb: Verb) -> bool:
    """Is the verb what somebody is taught, hired or sent to do, or has no means to do, and so no deed of its own?"""
    up = verb.governor
    if (
        up is not None
        and verb.gerund
        and up.objects
        and (up.objects[0].has("no", "few", "little") or up.objects[0].head.low == "lack")
    ):
        return True
    seen: Verb | None = verb
    while (
        seen is not None
        and seen.link in {"inf", "chain", "conj", "ger"}
        and seen.governor is not None
        and seen.governor is not seen
    ):
        inner, seen = seen, seen.governor
        if seen.finite and inner.link == "conj" and inner.finite:
            return False
        if (
            (seen.classes & {"train", "learn"} or seen.lemma == "show")
            and inner.infinitive
            and not verb.classes & {"train", "learn"}
        ):
            return True
        if (
            seen.classes & {"recruit", "deploy"}
            and inner.infinitive
            and verb.classes & {"use", "make", "adopt", "launch"}
            and seen.lemma != "draw"
        ):
            return True
        if seen.lemma == "send" and seen.passive and inner.infinitive and verb.classes & {"use", "make", "adopt", "launch"}:
            return True
    return False


_OWN_FRAMES = frozenset(["strike", "kill", "destroy", "launch", "drop", "spy", "smuggle", "equip", "give", "train", "make", "say"])


def drafts_of(sentence: Sentence) -> list[Draft]:
    """Drafts of all verbs of the sentence, in order of the text."""
    found: list[Draft] = []
    for verb in sorted(sentence.verbs, key=lambda v: (not (v.classes & {"learn"}), v.i)):
        if _only_meant(verb):
            continue
        count = len(found)
        for name in sorted(verb.classes):
            frame = FRAMES.get(name)
            if frame is not None:
                found.extend(frame(sentence, verb))
        if verb.lemma in _BY_LEMMA:
            found.extend(_BY_LEMMA[verb.lemma](sentence, verb))
        if "rely" in verb.classes:
            found.extend(people(sentence, verb))
        if verb.lemma == "fly" and len(found) == count:
            found.extend(_fly(sentence, verb))
        if len(found) == count and not verb.classes & _OWN_FRAMES:
            found.extend(wield(sentence, verb))
    return found
