"""Getting: somebody buys, receives or asks for things, courses or know-how ("took delivery of", "turned to X for")."""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import (
    GOODS,
    KNOWHOW,
    TEACHING,
    actors_in,
    doers_of,
    homes_of,
    pairs,
    scattered,
    states_here,
    things_of,
)
from picket.learn.naming import classes_of, is_person, leader_of, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone, model_origin, origin_of, refers_to_drone
from picket.learn.spots import place_state

_ON_BEHALF = frozenset(["buy", "procure", "purchase", "acquire", "obtain", "source", "import", "order", "collect"])
_BEHALF = ("for", "on_behalf_of")
_BUYING = frozenset(["buy", "procure", "purchase", "acquire", "obtain", "source", "order"])
_FROM_MAKER = frozenset(["receive", "take_delivery", "import", "order", "buy", "purchase", "acquire", "procure", "obtain"])
_PAPERS = frozenset(["report", "reports", "call", "calls", "video", "footage"])


def get(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = things_of(verb) or (verb.prep("of") if verb.lemma == "take_delivery" else [])
    if not things:
        return
    thing = things[0]
    if thing.head.low in {"contract", "contracts", "order", "orders"} and verb.lemma in {"receive", "get", "secure"}:
        return  # the paper, not the drones: contracts.py
    doers = _doers(verb)
    takers = actors_in(sentence, doers)
    sources = _sources(verb, things)
    givers = _givers(sentence, verb, sources, takers)
    if thing.head.low in TEACHING or (verb.lemma in {"receive", "get", "obtain"} and any(p.head.low in TEACHING for p in things)):
        if not (sentence.drone or sentence.near):
            return
        givers = givers or [s for s in states_here(sentence) if s not in takers and s not in homes_of(takers)][:1]
        yield from _courses(verb, things, givers, takers)
        if not is_drone(thing) or thing.head.low in TEACHING:
            return
    if thing.head.low in KNOWHOW and not drone_head(thing):
        yield from _skill(sentence, verb, thing, givers, takers)
        return
    takers = takers or [g for p in doers if (g := leader_of(p))]
    givers = givers or [s for p in sources for n, q in p.after if n == "in" and (s := place_state(q))]
    yield from _got(sentence, verb, things, givers, takers)


def _doers(verb: Verb) -> list[Phrase]:
    """Who gets: its subjects, or those of the verb that it goes with ("met ministers, buying drones")."""
    if verb.participle and not verb.prep("by") and verb.governor is not None and not verb.governor.passive:
        return verb.governor.subjects
    return doers_of(verb)


def _sources(verb: Verb, things: list[Phrase]) -> list[Phrase]:
    sources = verb.prep("from") or verb.prep("through", "via")
    return [*sources, *(p for t in things for name, p in t.after if name == "from" and p not in sources)]


def _givers(sentence: Sentence, verb: Verb, sources: list[Phrase], takers: list[str]) -> list[str]:
    givers = scattered(sources, actors_in(sentence, [p for p in sources if not drone_head(p)]))
    givers = [g for g in givers if g not in takers] or [s for p in sources if (s := place_state(p))]
    if givers or verb.lemma not in _BUYING:
        return givers
    homes = homes_of(takers) | ({sentence.context.state_name} if sentence.context.state_name else set())
    bought_in = (p for p in verb.prep("in") if p.i > verb.i)
    return [s for p in bought_in if (s := place_state(p)) and s not in takers and s not in homes][:1]


def _courses(verb: Verb, things: list[Phrase], givers: list[str], takers: list[str]) -> Iterator[Draft]:
    numbers = [*verb.subjects, *things]
    for a, b in pairs(givers, takers):
        yield Draft("training", "get-training", verb, provider=a, recipient=b, thing=text_of(things[0]), numbers=numbers)


def _skill(sentence: Sentence, verb: Verb, thing: Phrase, givers: list[str], takers: list[str]) -> Iterator[Draft]:
    if not takers or not (is_drone(thing) or sentence.drone):
        return
    if givers:
        for a, b in pairs(givers, takers):
            yield Draft("advising", "get-advice", verb, provider=a, recipient=b, thing=text_of(thing))
    elif is_drone(thing):
        for b in takers:
            yield Draft("adoption", "get-skill", verb, actor=b, thing=text_of(thing))


def _got(sentence: Sentence, verb: Verb, things: list[Phrase], givers: list[str], takers: list[str]) -> Iterator[Draft]:
    """Things: a supply where somebody gave them, an adoption where nobody is named."""
    thing = things[0]
    unnamed = verb.passive and not verb.participle and not takers and bool(givers) and drone_head(thing)
    if unnamed:
        takers = sentence.context.last_taker(givers)
    behalf = _on_behalf(sentence, verb, things)
    if behalf:
        if not givers and not any(is_person(p) or "people" in classes_of(p.head) for p in _doers(verb)):
            givers = [n for n in takers if n not in behalf]
        takers = behalf[:1]
    if unnamed and not takers:
        for giver in givers:
            yield Draft("supply", "get-unnamed", verb, provider=giver, thing=text_of(thing), numbers=things)
        return
    bearing = any(refers_to_drone(p, sentence) for p in things) or (thing.head.low in GOODS and (sentence.drone or sentence.near))
    if not bearing or not takers or thing.head.low in _PAPERS:
        return
    givers = givers or _makers(sentence, verb, thing, takers)
    numbers = [*things, *verb.prep("for")]
    if givers or behalf:
        for a, b in pairs(givers, takers):
            yield Draft("supply", "get", verb, provider=a, recipient=b, thing=text_of(thing), numbers=numbers)
        return
    for b in takers:
        yield Draft("adoption", "get-no-giver", verb, actor=b, thing=text_of(thing), numbers=numbers)


def _on_behalf(sentence: Sentence, verb: Verb, things: list[Phrase]) -> list[str]:
    if verb.lemma not in _ON_BEHALF:
        return []
    ends = [p for p in [*verb.prep(*_BEHALF), *(q for t in things for n, q in t.after if n in _BEHALF)] if not p.time]
    return [n for p in ends for n in _buyer_behind(sentence, p)]


def _buyer_behind(sentence: Sentence, phrase: Phrase) -> list[str]:
    """ "Buying parts for Hezbollah", "motors for the militia's drones": who has them in the end."""
    if drone_head(phrase):
        owner = drone_owner(phrase, sentence)
        return [owner] if owner else []
    return actors_in(sentence, [phrase])


def _makers(sentence: Sentence, verb: Verb, thing: Phrase, takers: list[str]) -> list[str]:
    """Who gave it, by the thing: its owner, its origin or the maker of its model, unless that is who got it."""
    owned = any(t.tag in {"PRP$", "POS"} for t in thing.tokens)
    origin: str | None = drone_owner(thing, sentence) if owned else origin_of(thing, sentence)
    if owned and origin in takers:  # "are among those that have bought its TB2": its maker was named before
        origin = _company_told(sentence) or model_origin(thing)
    if origin and origin not in takers:
        return [origin]
    planned = verb.governor is not None and verb.link in {"chain", "inf"} and bool(verb.governor.classes & {"plan"})
    maker = model_origin(thing) if verb.lemma in _FROM_MAKER and not planned else None
    return [maker] if maker and maker not in takers else []


def _company_told(sentence: Sentence) -> str | None:
    """The company named last, in this sentence or the two before."""
    context = sentence.context
    return next(
        (m.name for m in reversed(context.mentions) if m.kind == "company" and context.sentence - m.sentence <= 2),
        None,
    )


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
    givers = asked or list(filter(None, [model_origin(thing) or origin_of(thing, sentence)]))
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
