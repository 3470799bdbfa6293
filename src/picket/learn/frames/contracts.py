"""Contracts, orders and packages: "signed a $367 million contract with Baykar for TB2s", "an aid package for Ukraine that includes".

The verb says only that two sides agreed; who supplies is told by who is a company, by the verb that the contract serves, or by the noun.
"""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.actors import actors_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import actors_in, pairs
from picket.learn.frames.sightings import intrude
from picket.learn.lexicon import word_set
from picket.learn.naming import ORGANISED, classes_of, kind_of, text_of
from picket.learn.sentence import Sentence, drone_head, is_drone, origin_of, refers_to_drone
from picket.learn.spots import place_name, place_state

_CONTRACT = word_set("frames.contract")
_AGREED = frozenset(
    [
        *[
            "sign",
            "win",
            "conclude",
            "ink",
            "secure",
            "reach",
            "strike",
            "clinch",
            "place",
            "award",
            "land",
            "get",
            "receive",
            "seal",
        ],
        *["grant", "book", "obtain", "bag"],
    ]
)
_GAINED = frozenset(["win", "land", "secure", "receive", "get", "book", "obtain", "clinch", "bag"])  # who does so sells
_SOLD_BY = frozenset(["contract", "order", "contracts", "orders", "tender"])
_AWARDED = frozenset(["award", "grant"])
_PACKAGE = frozenset(["package", "tranche", "consignment", "shipment", "batch", "delivery", "donation"])


def contract(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """Supply from a signed contract or a placed order."""
    if verb.lemma not in _AGREED or not (sentence.drone or sentence.near):
        return
    papers = [*verb.subjects, *verb.objects] if verb.passive else verb.objects
    paper = next((p for p in papers if p.head.low in _CONTRACT), None)
    thing = _thing(sentence, verb, paper) if paper is not None else None
    if paper is None or thing is None:
        return
    first = actors_in(sentence, verb.prep("by") if verb.passive else verb.subjects)
    second = actors_in(sentence, [p for n, p in _around(verb, paper) if n in {"with", "from", "between"}])
    serves = next((v for v in sentence.verbs if v.governor is verb and v.link == "inf"), None)
    to_supply = serves is not None and bool(serves.classes & {"give", "sell", "make", "equip"})
    if to_supply and serves is not None and not second:
        second = actors_in(sentence, [*serves.indirect, *serves.prep("to"), *(p for p in serves.objects if not is_drone(p))])
        if not second and serves.prep("with"):
            second = actors_in(sentence, serves.objects)
    first_sells = to_supply or (
        _company(sentence, verb.subjects) and paper.head.low != "order" and bool(second or verb.lemma == "win")
    )
    payer = [t.text for t in paper.tokens if t.name is not None and t.name.kind in ORGANISED and t is not paper.head]
    if verb.lemma in {"receive", "get", "win", "secure", "land"} and payer and not second:
        second, first_sells = payer[:1], True  # "has received a $65 million U.S. Army contract"
    if verb.lemma in _GAINED and paper.head.low in _SOLD_BY:
        first_sells = True
        second = second or actors_in(sentence, [p for n, p in _around(verb, paper) if n == "from"])
    givers, takers = (first, second) if first_sells else (second, first)
    if not givers:
        givers = [o for o in [origin_of(thing, sentence)] if o and o not in takers]
    if verb.lemma in _AWARDED:
        won = [p for p in verb.subjects if p is not paper] if verb.passive else [*verb.indirect, *verb.objects]
        takers = (to_supply and second) or first
        givers = actors_in(sentence, [*(p for p in won if p is not paper), *verb.prep("to")])
    if not givers or not takers:
        return
    for a, b in pairs(givers, takers):
        if a != b:
            yield Draft(
                "supply",
                "contract",
                verb,
                provider=a,
                recipient=b,
                thing=text_of(thing),
                numbers=[paper, thing],
                certainty="possible" if paper.head.low == "memorandum" else None,
            )


def _around(verb: Verb, paper: Phrase) -> list[tuple[str, Phrase]]:
    return [*((n, p) for n, ps in verb.preps for p in ps), *paper.after]


def _company(sentence: Sentence, phrases: list[Phrase]) -> bool:
    names = {m.name for m in sentence.context.mentions if m.kind == "company"}
    return any(kind_of(p) == "company" or text_of(p) in names for p in phrases)


def _thing(sentence: Sentence, verb: Verb, paper: Phrase) -> Phrase | None:
    served = [p for v in sentence.verbs if v.governor is verb and v.link == "inf" for p in [*v.objects, *v.prep("with")]]
    found = [p for n, p in _around(verb, paper) if n in {"for", "on", "over"}]
    deeper = [q for p in found for q in [p, *([p.of] if p.of else []), *(r for _, r in p.after)]]
    return next((p for p in [*deeper, *served, paper] if is_drone(p) or refers_to_drone(p, sentence)), None)


def package(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Washington announced a package of aid for Ukraine that includes 100 Switchblade drones"."""
    if verb.lemma not in {"announce", "prepare", "unveil", "approve", "send", "release"} or not sentence.drone:
        return
    parcel = next((p for p in verb.objects if p.head.low in _PACKAGE), None)
    if parcel is None:
        return
    goods = next((p for p in sentence.phrases() if p.i > parcel.i and is_drone(p)), None)
    near = [p for n, p in _around(verb, parcel) if n in {"for", "to"}]
    takers = actors_in(sentence, near) or [s for p in near if (s := place_state(p))] or sentence.context.last_taker([])
    for a, b in pairs(actors_in(sentence, verb.subjects), takers) if goods is not None else []:
        if a and b and a != b and goods is not None:
            yield Draft("supply", "package", verb, provider=a, recipient=b, thing=text_of(goods), numbers=[goods, parcel])


def supplier(sentence: Sentence) -> Iterator[Draft]:
    """ "China, the main supplier of drones to the junta", "among its suppliers of drones is Iran"."""
    for phrase in sentence.phrases():
        if phrase.head.low not in {"supplier", "suppliers", "exporter", "provider", "source", "seller"} or phrase.of is None:
            continue
        if not is_drone(phrase.of):
            continue
        takers = [n for name, p in phrase.after if name in {"to", "for"} for n in actors_of(p, sentence.context)]
        before = [v for v in sentence.verbs if phrase in v.subjects or phrase in v.objects]
        givers = [n for v in before for n in actors_in(sentence, v.subjects if phrase in v.objects else v.objects)]
        if not givers:
            ahead = [p for p in sentence.phrases() if p.i < phrase.i and actors_of(p, sentence.context)]
            givers = actors_of(ahead[-1], sentence.context) if ahead else []
        owner = next((t for t in phrase.tokens if t.name is not None and t.name.state and t.tag in {"DEM", "NP"}), None)
        if not takers and owner is not None and owner.name is not None and owner.name.state:
            takers = [owner.name.state]
        for a, b in pairs(givers, takers):
            if a and b and a != b:
                yield Draft(
                    "supply", "supplier", before[0] if before else None, provider=a, recipient=b, thing=text_of(phrase.of)
                )


def reach(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Drones have reached the RSF from the UAE"."""
    goods = next((p for p in verb.subjects if is_drone(p) and "attacknoun" not in classes_of(p.head)), None)
    if goods is not None and drone_head(goods) and any(place_name(p) for p in verb.objects):
        yield from intrude(sentence, verb)
        return
    if goods is None or not (verb.prep("from", "through", "via") or origin_of(goods, sentence)):
        return
    takers = actors_in(sentence, verb.objects)
    givers = actors_in(sentence, verb.prep("from")) or [s for p in verb.prep("from") if (s := place_state(p))]
    late = [n for _, ps in verb.preps for p in ps for name, q in p.after if name == "from" for n in actors_in(sentence, [q])]
    givers = givers or late or [o for o in [origin_of(goods, sentence)] if o]
    for a, b in pairs(givers, takers):
        if b and a != b:
            yield Draft("supply", "reached", verb, provider=a, recipient=b, thing=text_of(goods), numbers=[goods])


def buyer(sentence: Sentence) -> Iterator[Draft]:
    """ "Morocco has become one of the main buyers of Israeli drones"."""
    for verb in sentence.verbs:
        if verb.lemma not in {"be", "become", "remain"} or verb.negated:
            continue
        for outer in [*verb.objects, *verb.prep("among")]:
            role = outer
            while role.of is not None and role.head.low not in _BUYERS:
                role = role.of
            if role.head.low not in _BUYERS or role.of is None or not is_drone(role.of):
                continue
            origin = origin_of(role.of, sentence)
            for b in actors_in(sentence, verb.subjects):
                if origin and origin != b:
                    yield Draft("supply", "buyer", verb, provider=origin, recipient=b, thing=text_of(role.of))
                else:
                    yield Draft("adoption", "operator", verb, actor=b, thing=text_of(role.of))


_BUYERS = frozenset(
    ["buyer", "buyers", "customer", "customers", "importer", "importers", "recipient", "operator", "operators", "user", "users"]
)
