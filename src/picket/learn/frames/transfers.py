"""Supply: things pass hands (give, sell, equip, get, request, fund), know-how is shared, companies are hired."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

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
    drone_topic,
    first_text,
    homes_of,
    pairs,
    recipients_of,
    states_here,
    things_of,
)
from picket.learn.frames.people import deploy
from picket.learn.frames.sightings import landed, smuggle
from picket.learn.naming import classes_of, is_actor, is_person, leader_of, organisation_in, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone, model_origin, origin_of, personnel, refers_to_drone
from picket.learn.spots import place_name, place_state


def give(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = things_of(verb)
    if verb.passive and verb.objects:
        yield from _given(sentence, verb)
        return
    if not things:
        return
    thing = things[0]
    with_ = [
        p
        for p in verb.prep("with")
        if is_drone(p) or p.head.low in TEACHING | KNOWHOW or (sentence.drone and p.head.low in GOODS)
    ]
    if (with_ or (verb.participle and verb.lemma == "supply")) and (is_actor(thing) or thing.pronoun) and not drone_head(thing):
        yield from equip(sentence, verb)
        return
    if verb.lemma == "give" and verb.indirect and any(drone_head(p) for p in verb.subjects):
        for taker in actors_in(sentence, verb.indirect):
            yield Draft("adoption", "gave-means", verb, actor=taker, thing=text_of(verb.subjects[0]))
        return
    providers = actors_in(sentence, doers_of(verb)) or [o for p in doers_of(verb) if is_person(p) and (o := organisation_in(p))]
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
        things = [p for p in things if drone_head(p)]
        if not things:
            return
        thing = things[0]
        low = thing.head.low
    if "attacknoun" in classes_of(thing.head) or low in {"blow", "warning", "details", "evidence", "statement"}:
        return
    if low in TEACHING or any(p.head.low in TEACHING for p in things):
        receivers = recipients_of(sentence, verb, "to", "for")
        if sentence.drone or sentence.near:
            for a, b in pairs(providers, receivers):
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
        if not any(is_drone(p) and p.head.low not in TEACHING for p in things):
            return
    if low == "information" and not verb.indirect and not verb.prep("to"):
        return
    if (low in KNOWHOW and low not in {"technology", "intelligence", "support"}) or (
        low in {"support", "intelligence", "technology"} and not drone_head(thing) and low != "technology"
    ):
        receivers = recipients_of(sentence, verb, "to", "for")
        if not receivers and verb.participle and verb.governor is not None and verb.governor.lemma in _ENJOY:
            receivers = [n for n in actors_in(sentence, verb.governor.subjects) if n not in providers]
        if (sentence.drone or sentence.near) and (providers or receivers) and not thing.has("material", "moral", "political"):
            for a, b in pairs(providers, receivers):
                yield Draft("advising", "give-advice", verb, provider=a, recipient=b, thing=text_of(thing), where=things)
        return
    if {t.low for p in things for t in p.tokens} & CONTRABAND and not any(
        refers_to_drone(p, sentence) or p.head.low in GOODS | MONEY for p in things
    ):
        yield from landed(sentence, verb)
        return
    hostile = [p for p in verb.prep("against", "at", "into", "toward", "towards", "over", "onto") if not p.time]
    if hostile and refers_to_drone(thing, sentence) and verb.lemma in {"send", "direct", "bring", "fly", "launch"}:
        yield from launch(sentence, verb)
        return
    if not any(refers_to_drone(p, sentence) for p in things) and not (
        (low in GOODS or (low in MONEY and (verb.prep("for") or "offer" in verb.classes))) and (sentence.drone or sentence.near)
    ):
        return
    if any(p.head.low in {"prison", "jail", "prisons", "prisoners", "inmates"} for p in verb.prep("to", "into")):
        yield from smuggle(sentence, verb)
        return
    receivers = recipients_of(sentence, verb, "to", "for")
    if not receivers and verb.link == "rel" and verb.governor is not None and things and things[0] in verb.governor.objects:
        receivers = [n for n in actors_in(sentence, verb.governor.subjects) if n not in providers]
    if not receivers:
        receivers = [
            s
            for p in verb.prep("to")
            for q in [p, *(o for n, o in p.after if n == "in")]
            if (s := place_state(q)) and s not in providers
        ][:1]
    routes = [*verb.prep("from"), *(q for p in verb.prep("by") for n, q in p.after if n == "from")]
    if verb.lemma.startswith("smuggle") and verb.passive and routes:
        receivers = [n.split(" from ")[0] for n in receivers or actors_in(sentence, verb.prep("by"))]
        providers = actors_in(sentence, routes) or [s for p in routes if (s := place_state(p))]
    if not providers and verb.passive:
        providers = actors_in(sentence, verb.prep("from")) or [s for p in verb.prep("from") if (s := place_state(p))]
    if not providers:
        origin = origin_of(thing, sentence)
        providers = [origin] if origin and receivers and origin not in receivers else []
    if not receivers and verb.passive and providers and (owner := drone_owner(thing, sentence)) and owner not in providers:
        receivers = [owner]  # "Hezbollah's drones are supplied by Iran"
    if not receivers and providers and not verb.participle:
        asked = [v for v in sentence.verbs if v.i < verb.i and v.classes & {"request", "get"} and not v.passive]
        receivers = [n for v in asked for n in actors_in(sentence, v.subjects) if n not in providers][-1:]
        receivers = receivers or sentence.context.last_taker(providers)
    to = [p for p in verb.prep("to") if p.tokens and p.tokens[0].tag in {"NUM", "QUAL"}]
    if not receivers and not (providers and (to or verb.classes & {"sell"} or verb.lemma in {"supply", "provide", "deliver"})):
        return
    thing = next((p for p in things if is_drone(p)), thing)
    for a, b in pairs(providers, receivers):
        yield Draft(
            "supply",
            f"{'offer' if 'offer' in verb.classes else 'give'}",
            verb,
            provider=a,
            recipient=b,
            thing=text_of(thing),
            numbers=[*things, *to, *verb.prep("for")],
        )


def _given(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "The rebels were given drones by X"."""
    receivers = actors_in(sentence, verb.subjects)
    thing = verb.objects[0]
    kind = "training" if thing.head.low in TEACHING else "advising" if thing.head.low in KNOWHOW else "supply"
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
    receivers = actors_in(sentence, [p for p in things_of(verb) if not drone_head(p)])
    if things and not receivers and verb.passive:
        receivers = [
            text_of(p)
            for p in verb.subjects
            if any(t.tag in {"DEM", "NP"} for t in p.tokens) and "building" in classes_of(p.head)
        ]
    if not things and receivers and verb.participle and sentence.drone and verb.lemma in {"supply", "arm", "equip", "stock"}:
        for a, c in pairs(actors_in(sentence, verb.prep("by")), receivers):
            if a and a != c:
                yield Draft("supply", "supplied-by", verb, provider=a, recipient=c, thing="drones", numbers=[])
        return
    if not things and receivers and verb.lemma == "arm" and (sentence.drone or sentence.near) and not verb.participle:
        givers = actors_in(sentence, doers_of(verb)) or [o for p in doers_of(verb) if (o := drone_owner(p, sentence))]
        for a, c in pairs(givers, receivers):
            if a and a != c and not verb.prep("with"):
                yield Draft("supply", "arm", verb, provider=a, recipient=c, thing="drones", numbers=[])
        return
    if not things or not receivers:
        return
    kind = (
        "training"
        if things[0].head.low in TEACHING
        else "advising"
        if things[0].head.low in KNOWHOW and not is_drone(things[0])
        else "supply"
    )
    providers = actors_in(sentence, doers_of(verb)) or list(filter(None, [origin_of(things[0], sentence)]))
    if providers == receivers:
        providers = []
    if any(t.low in {"no", "none", "neither", "nobody"} for p in things_of(verb) for t in p.tokens) or _not_one(sentence, verb):
        return
    if not providers:
        for b in receivers:
            yield Draft("adoption", "equipped-with", verb, actor=b, thing=text_of(things[0]), numbers=things)
        return
    for a, c in pairs(providers, receivers):
        yield Draft(kind, "equip", verb, provider=a, recipient=c, thing=text_of(things[0]), numbers=things)


def _not_one(sentence: Sentence, verb: Verb) -> bool:
    """ "Not one battalion has been issued with": nobody was."""
    return bool(re.search(r"\b[Nn]ot (?:one|a single|any)\b", sentence.text[sentence.begin : verb.tokens[0].start]))


_ENJOY = frozenset(["benefit", "profit", "gain", "receive", "get", "rely", "depend", "obtain", "enjoy", "draw"])
_ON_BEHALF = frozenset(["buy", "procure", "purchase", "acquire", "obtain", "source", "import", "order", "collect"])


def _buyer_behind(sentence: Sentence, phrase: Phrase) -> list[str]:
    """ "Buying parts for Hezbollah", "motors for the militia's drones": who has them in the end."""
    if drone_head(phrase):
        owner = drone_owner(phrase, sentence)
        return [owner] if owner else []
    return actors_in(sentence, [phrase])


def get(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = things_of(verb) or (verb.prep("of") if verb.lemma == "take_delivery" else [])
    if not things:
        return
    thing = things[0]
    if thing.head.low in {"contract", "contracts", "order", "orders"} and verb.lemma in {"receive", "get", "secure"}:
        return  # the paper, not the drones: contracts.py
    doers = doers_of(verb)
    if verb.participle and not verb.prep("by") and verb.governor is not None and not verb.governor.passive:
        doers = verb.governor.subjects
    receivers = actors_in(sentence, doers)
    sources = verb.prep("from") or verb.prep("through", "via")
    sources += [p for t in things for name, p in t.after if name == "from" and p not in sources]
    givers = actors_in(sentence, [p for p in sources if not drone_head(p)])
    givers = _scattered(sentence, sources, givers)
    givers = [g for g in givers if g not in receivers]
    if not givers:
        givers = [s for p in sources if (s := place_state(p))]
    if not givers and verb.lemma in {"buy", "procure", "purchase", "acquire", "obtain", "source", "order"}:
        homes = homes_of(receivers) | ({sentence.context.state_name} if sentence.context.state_name else set())
        givers = [s for p in verb.prep("in") if p.i > verb.i and (s := place_state(p)) and s not in receivers and s not in homes][
            :1
        ]
    if thing.head.low in TEACHING or (verb.lemma in {"receive", "get", "obtain"} and any(p.head.low in TEACHING for p in things)):
        if not (sentence.drone or sentence.near):
            return
        if not givers:
            givers = [s for s in states_here(sentence) if s not in receivers and s not in homes_of(receivers)][:1]
        for a, b in pairs(givers, receivers):
            yield Draft(
                "training", "get-training", verb, provider=a, recipient=b, thing=text_of(thing), numbers=[*verb.subjects, *things]
            )
        if not is_drone(thing) or thing.head.low in TEACHING:
            return
    if thing.head.low in KNOWHOW and not drone_head(thing):
        if (is_drone(thing) or sentence.drone) and receivers:
            if givers:
                for a, b in pairs(givers, receivers):
                    yield Draft("advising", "get-advice", verb, provider=a, recipient=b, thing=text_of(thing))
            elif is_drone(thing):
                for b in receivers:
                    yield Draft("adoption", "get-skill", verb, actor=b, thing=text_of(thing))
        return
    receivers = receivers or [g for p in doers if (g := leader_of(p))]
    if not givers:
        givers = [s for p in sources for n, q in p.after if n == "in" and (s := place_state(q))]
    unnamed = verb.passive and not verb.participle and not receivers and bool(givers) and drone_head(thing)
    if unnamed:
        receivers = sentence.context.last_taker(givers)
    bought_for = False
    ends = [p for p in [*verb.prep("for"), *(q for t in things for n, q in t.after if n == "for")] if not p.time]
    if verb.lemma in _ON_BEHALF and (behalf := [n for p in ends for n in _buyer_behind(sentence, p)]):
        if not givers and not any(is_person(p) or "people" in classes_of(p.head) for p in doers):
            givers = [n for n in receivers if n not in behalf]
        receivers = behalf[:1]
        bought_for = True
    bearing = any(refers_to_drone(p, sentence) for p in things) or (thing.head.low in GOODS and (sentence.drone or sentence.near))
    if unnamed and not receivers:
        for a in givers:
            yield Draft("supply", "get-unnamed", verb, provider=a, thing=text_of(thing), numbers=things)
        return
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
    if (
        not givers
        and not planned
        and verb.lemma in {"receive", "take_delivery", "import", "order", "buy", "purchase", "acquire", "procure", "obtain"}
        and (maker := model_origin(thing))
    ):
        givers = [maker] if maker not in receivers else []
    if givers or bought_for:
        for a, b in pairs(givers, receivers):
            yield Draft(
                "supply", "get", verb, provider=a, recipient=b, thing=text_of(thing), numbers=[*things, *verb.prep("for")]
            )
    else:
        for b in receivers:
            yield Draft("adoption", "get-no-giver", verb, actor=b, thing=text_of(thing), numbers=[*things, *verb.prep("for")])


def request(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = [*things_of(verb), *verb.prep("for")]
    thing = next(
        (
            p
            for p in things
            if refers_to_drone(p, sentence)
            or p.head.low in TEACHING
            or (p.head.low == "number" and sentence.near)
            or (p.head.low in GOODS and p in verb.prep("for"))
        ),
        None,
    )
    receivers = actors_in(sentence, doers_of(verb))
    if thing is None or not receivers or not (sentence.drone or sentence.near):
        return
    if any("attacknoun" in classes_of(t) for t in thing.tokens[-1:]):
        return
    asked = actors_in(sentence, verb.prep("from")) or actors_in(sentence, [p for p in verb.objects if p is not thing])
    givers = (
        asked
        or list(filter(None, [model_origin(thing) or origin_of(thing, sentence)]))
        or list(filter(None, [sentence.context.state_name and None]))
    )
    kind = "training" if thing.head.low in TEACHING else "supply"
    if not givers and verb.lemma == "order" and sentence.near:
        last = next((m.name for m in reversed(sentence.context.mentions) if m.kind == "company"), None)
        givers = [last] if last else []
    if not givers:
        for b in receivers:
            yield Draft("adoption", "request-no-giver", verb, actor=b, thing=text_of(thing), numbers=things, certainty="possible")
        return
    for a, c in pairs(givers, receivers):
        yield Draft(kind, "request", verb, provider=a, recipient=c, thing=text_of(thing), numbers=things, certainty="possible")


def turn_to(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Armenia has turned to India for drones": supply, sought or had."""
    thing = next((p for p in verb.prep("for") if is_drone(p) or refers_to_drone(p, sentence)), None)
    if thing is None:
        return
    for a, b in pairs(actors_in(sentence, verb.objects or verb.prep("to", "on")), actors_in(sentence, verb.subjects)):
        if a and b:
            yield Draft("supply", "turn-to", verb, provider=a, recipient=b, thing=text_of(thing), numbers=[thing])


def fund(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    givers, receivers = actors_in(sentence, doers_of(verb)), actors_in(sentence, things_of(verb))
    if givers and receivers and sentence.drone:
        for a, b in pairs(givers, receivers):
            yield Draft("supply", "fund", verb, provider=a, recipient=b, thing="funding")


def share(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = things_of(verb)
    if not things or not drone_topic(sentence, verb):
        return
    givers = actors_in(sentence, doers_of(verb))
    receivers = actors_in(sentence, verb.prep("with", "to"))
    if (
        not receivers
        and verb.infinitive
        and verb.governor is not None
        and verb.governor.lemma in {"travel", "go", "come", "arrive", "fly"}
    ):
        receivers = [s for p in verb.governor.prep("to", "in") if (s := place_state(p))]
    if not receivers and verb.gerund and verb.governor is not None and verb.governor.classes & {"advise"}:
        return
    for kind, shared in _shared(sentence, things) if givers and receivers else []:
        for a, b in pairs(givers, receivers):
            yield Draft(kind, "share", verb, provider=a, recipient=b, thing=text_of(shared))


def _shared(sentence: Sentence, things: list[Phrase]) -> Iterator[tuple[str, Phrase]]:
    """What is shared, each kind once: things and their designs are supply, knowledge is advice."""
    seen: set[str] = set()
    for thing in things:
        low = thing.head.low
        if drone_head(thing) or low in GOODS or low in {"blueprints", "designs", "technology"}:
            kind = "supply"
        elif low in KNOWHOW or low in {"footage", "plans"} or refers_to_drone(thing, sentence):
            kind = "advising"
        else:
            continue
        if kind not in seen:
            seen.add(kind)
            yield kind, thing


def advise(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not drone_topic(sentence, verb):
        return
    helped = things_of(verb)
    receivers = actors_in(sentence, helped)
    givers = actors_in(sentence, doers_of(verb))
    matter = [*verb.prep("with", "in", "on", "by"), *(p for v in sentence.verbs if v.governor is verb for p in v.objects)]
    know = any(p.head.low in KNOWHOW and is_drone(p) for p in sentence.phrases())
    helped_to = [
        v for v in sentence.verbs if v.governor is verb and v.objects and (v.link == "inf" or (v.form == "base" and not v.modal))
    ]
    bearing = (
        know
        or bool(helped_to and sentence.drone and verb.lemma in {"help", "assist"})
        or any(is_drone(p) or p.head.low in KNOWHOW for p in matter)
        or verb.lemma in {"advise", "consult", "embed"}
        or any(is_drone(p) and personnel(p) for p in doers_of(verb))
        or (sentence.drone and verb.lemma in {"help", "assist", "aid"} and (verb.participle or verb.passive))
        or any(is_drone(p) for v in sentence.verbs for p in v.objects if v.governor is verb)
    )
    if not receivers or not givers or not bearing:
        return
    receivers = _scattered(sentence, helped, receivers)
    for a, b in pairs(givers, receivers):
        if a != b:
            yield Draft(
                "advising",
                "advise",
                verb,
                provider=a,
                recipient=b,
                thing=first_text([p for p in matter if is_drone(p)]) or "drone support",
                where=helped,
            )


def _scattered(sentence: Sentence, phrases: list[Phrase], names: list[str]) -> list[str]:
    """ "Rebel groups in Mali and Syria" -> one name for each place."""
    if len(phrases) == 1 and len(names) == 1:
        behind = list(takewhile(lambda e: e[0] == "in", phrases[0].after))
        places = [p for _, p in behind if place_name(p)]
        if len(places) > 1:
            base = names[0].split(" in ")[0]
            return [f"{base} in {text_of(p)}" for p in places]
    return names


def issue(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Soldiers have been issued with quadcopters", "frigates were fitted with guns against drones"."""
    if verb.prep("with"):
        yield from equip(sentence, verb)
