"""Sightings: drones detected, brought down, over a place, smuggling or spying; flights disrupted by them."""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import CONTRABAND, GOODS, HARMFUL, actors_in, doers_of, things_of
from picket.learn.lexicon import word_set
from picket.learn.naming import classes_of, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, instruments, is_drone, origin_of, refers_to_drone
from picket.learn.spots import TOWN, place_name, place_state

_FOUND = frozenset(
    [
        "find",
        "discover",
        "seize",
        "recover",
        "confiscate",
        "intercept",
        "impound",
        "capture",
        "retrieve",
        "unearth",
        "recapture",
        "net",
    ]
)


_DONE = frozenset(
    ["manage", "help", "begin", "start", "continue", "use", "seem", "appear", "scramble", "say", "report", "know", "fire"]
)
_SAID = frozenset(["confirm", "report", "document", "note", "record"])
_FLIGHTS = word_set("sightings.flights")
_LOADS = CONTRABAND | HARMFUL | {"syringes", "chargers", "rifles", "ammunition", "kilograms", "kg", "kilos"}
_WHERE = ("over", "near", "at", "around", "above", "in", "on", "along", "outside")
_AT_SITE = frozenset(["over", "near", "at", "around", "above", "close_to", "outside", "inside"])
_LET = frozenset(["allow", "permit", "empower", "authorise", "authorize", "entitle", "enable", "forbid", "bar", "prohibit"])


def only_allowed(verb: Verb) -> bool:
    """Is the deed one that somebody may, must not, wants to or has means to do, and so no event?"""
    up = verb.governor
    seen = 0
    while verb.infinitive and verb.link == "conj" and up is not None and up.infinitive and seen < 3:
        verb, up, seen = up, up.governor, seen + 1
    return verb.infinitive and up is not None and (up.lemma in _LET or (up.lemma not in _DONE and not up.passive and _means(up)))


def _means(verb: Verb) -> bool:
    """Does the verb get, make, want or put up the means?"""
    return bool(
        verb.classes & {"get", "adopt", "plan", "make", "request", "fund", "lack", "give", "learn", "train"}
    ) or verb.lemma in {
        "need",
        "have",
        "fail",
        "be",
        "order",
        "urge",
        "design",
        "threaten",
    }


def detect(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if only_allowed(verb):
        return
    things = things_of(verb)
    drones = _drones_seen(sentence, verb, things)
    if drones:
        yield from _seen(sentence, verb, drones)
    elif load := _seized_load(sentence, verb, things):
        yield load
    elif verb.classes & {"seize", "down", "detect"} and verb.lemma != "report":
        yield from _seized_parts(sentence, verb, things)


def _drones_seen(sentence: Sentence, verb: Verb, things: list[Phrase]) -> list[Phrase]:
    drones = [p for p in things if _drone_seen(sentence, verb, p)]
    if drones or not verb.classes & {"detect", "down"} or not (sentence.near or sentence.drone):
        return drones
    return [p for p in things if p.head.low in _FLIGHTS or (verb.classes & {"down"} and refers_to_drone(p, sentence))]


def _drone_seen(sentence: Sentence, verb: Verb, phrase: Phrase) -> bool:
    """A drone, a flight of one, or a word that stands for some ("brought them down", "seized three of the drones")."""
    classes, down = classes_of(phrase.head), bool(verb.classes & {"down"})
    if drone_head(phrase):
        return True
    if "sightnoun" in classes and is_drone(phrase) and not (verb.lemma in _SAID and "supplynoun" in classes):
        return True
    if phrase.pronoun and verb.classes & {"down", "seize"} and refers_to_drone(phrase, sentence):
        return True
    if phrase.head.tag != "NUM" and phrase.head.low not in {"one", "some", "most", "all", "several"}:
        return False
    return refers_to_drone(phrase, sentence) if phrase.of is not None else down and (sentence.drone or sentence.near)


def _seized_load(sentence: Sentence, verb: Verb, things: list[Phrase]) -> Draft | None:
    """Contraband that was seized where the talk is of drones: what one carried."""
    if not verb.classes & {"seize"} or not (sentence.drone or sentence.near):
        return None
    goods = [p for p in things if {t.low for t in p.tokens} & _LOADS]
    return Draft("sighting", "seized-load", verb, thing="contraband drone", numbers=goods, where=goods) if goods else None


def _seized_parts(sentence: Sentence, verb: Verb, things: list[Phrase]) -> Iterator[Draft]:
    """Parts of drones that were caught on their way, or found."""
    parts = [
        p for p in things for q in [p, *([p.of] if p.of else [])] if q.head.low in GOODS or q.head.low in {"wreckage", "debris"}
    ]
    loads = [
        v for v in sentence.verbs if v.gerund and v.lemma in {"carry", "transport"} and v.subjects and v.subjects[0] in things
    ]
    laden = [p for v in loads for p in v.objects if p.head.low in GOODS or is_drone(p)]
    shipped = in_transit(sentence, loads[0], laden, caught=True) if laden else None
    shipped = shipped or (in_transit(sentence, verb, parts) if parts else None)
    if shipped is not None:
        yield shipped
    elif parts and verb.lemma in _FOUND and (sentence.drone or sentence.near):
        where = [*verb.prep("in", "at", "near"), *parts]
        yield Draft("sighting", "seized-parts", verb, thing=text_of(parts[0]), numbers=parts, where=where)


def _seen(sentence: Sentence, verb: Verb, drones: list[Phrase]) -> Iterator[Draft]:
    drone = drones[0]
    told = verb.lemma in {"report", "document", "note", "confirm", "list", "see", "find"}
    if told and not ("sightnoun" in classes_of(drone.head) or drone_head(drone)):
        return
    if verb.lemma == "have" and not doers_of(verb):
        return
    ends = [*((n, p) for n, ps in verb.preps for p in ps), *drone.after]
    places = [p for p in verb.prep(*_WHERE, "within", "close_to", "off", "inside") if not p.time]
    places += [p for n, p in drone.after if n in _WHERE and not p.time]
    target = next((p for p in places if any(n in _AT_SITE and p == q for n, q in ends)), None)
    seen = bool(verb.classes & {"detect"})
    watched = target is not None and not _distance(target) and (_site(target) or (seen and not _sea(target)))
    yield Draft(
        "sighting",
        "detect" if seen else "down",
        verb,
        actor=_owner(drone, sentence),
        target=text_of(target) if target is not None and watched else None,
        thing=text_of(drone) if not drone.pronoun else "drone",
        numbers=drones,
        where=places,
    )


def _site(phrase: Phrase) -> bool:
    """Is it a site, as an airport is? A town near which a drone fell is where it fell, and not what it was after."""
    return "building" in classes_of(phrase.head)


def _sea(phrase: Phrase) -> bool:
    return not {"sea", "ocean", "gulf", "strait", "straits", "bay"}.isdisjoint(text_of(phrase).lower().split())


_ON_THE_WAY = _FOUND | {"stop", "hold", "turn_up", "take", "take_off", "open", "pull", "haul"}


def in_transit(sentence: Sentence, verb: Verb, goods: list[Phrase], *, caught: bool = False) -> Draft | None:
    """Goods caught on their way are a supply: from where they are, to whom they were bound or who got the last ones. None otherwise."""
    if (verb.lemma not in _ON_THE_WAY and not caught) or not (sentence.drone or sentence.near) or verb.negated:
        return None
    if any(drone_head(p) for p in verb.prep("in", "inside", "from")):
        return None  # parts found in a drone
    thing = goods[0]
    sent = [n for p in verb.prep("from") for n in (actors_in(sentence, [p]) or [s for s in [place_state(p)] if s])]
    giver = origin_of(thing, sentence) or next(iter(sent), None)
    bound = [p for n, p in [*thing.after, *((n, q) for n, ps in verb.preps for q in ps)] if n in {"for", "to"} and not p.time]
    taker = next(iter(actors_in(sentence, bound)), None) or next(
        iter(sentence.context.last_taker([giver] if giver else [], within=8)), None
    )
    if any(v.lemma in {"bind", "destine", "intend", "mean", "head"} and v.prep("for", "to") for v in sentence.verbs):
        return None  # read beside the verb
    if giver is None or taker is None or giver == taker:
        return None
    return Draft("supply", "in-transit", verb, provider=giver, recipient=taker, thing=text_of(thing), numbers=goods)


def _distance(phrase: Phrase) -> bool:
    return phrase.head.low in {"metres", "meters", "km", "kilometres", "kilometers", "miles", "m", "feet"}


def intrude(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    drones = [
        p
        for p in verb.subjects
        if drone_head(p)
        or (p.pronoun and sentence.near and p.head.low in {"they", "it"} and not sentence.drone)
        or (p.of is not None and p.of.pronoun and (p.head.tag == "NUM" or p.head.low in {"one", "some", "most", "several"}))
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
                actor=_owner(drones[0], sentence),
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
        actor=_owner(drones[0], sentence),
        target="; ".join(text_of(p) for p in targets[:2] if not p.pronoun) or None,
        thing=text_of(drones[0]) if not drones[0].pronoun else "drones",
        numbers=drones,
        where=targets,
    )


def _owner(drone: Phrase, sentence: Sentence) -> str | None:
    """Whose drone it is; "one of them" is nobody's by its own words."""
    return None if drone.of is not None and drone.of.pronoun else drone_owner(drone, sentence)


def turned_up(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "A turbojet made by X turned up in a cargo": on its way; "a drone turned up near X": found."""
    goods = [p for p in verb.subjects if p.head.low in GOODS]
    if goods and (shipped := in_transit(sentence, verb, goods)) is not None:
        yield shipped
    drones = [p for p in verb.subjects if drone_head(p)]
    spots = [p for p in verb.prep("in", "near", "at", "on", "off") if place_name(p) or "building" in classes_of(p.head)]
    if drones and spots and not verb.negated:
        yield Draft(
            "sighting",
            "turned-up",
            verb,
            actor=drone_owner(drones[0], sentence),
            thing=text_of(drones[0]),
            numbers=drones,
            where=spots,
        )


def wandered(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "One of them went on into Romania", "the decoy settled on a roof": seen where it went."""
    if verb.passive or verb.infinitive or not any(n in {"into", "over", "on", "across", "onto"} for n, _ in verb.preps):
        return
    spots = [p for p in verb.prep("into", "over", "on", "across", "onto") if place_name(p) or "building" in classes_of(p.head)]
    if spots:
        yield from intrude(sentence, verb)


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
    if any(drone_head(p) for p in things_of(verb)) and verb.lemma.startswith("smuggle"):
        return  # the drone is what was smuggled: a supply
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
    doers = actors_in(sentence, [p for p in doers_of(verb) if not drone_head(p)]) or list(
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
            numbers=[*tools, *things_of(verb)],
            where=targets,
        )


def spy(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if verb.passive and any(drone_head(p) for p in verb.subjects):
        yield from detect(sentence, verb)  # "drones were tracked over Klaipeda"
        return
    tools = [*[p for p in verb.subjects if drone_head(p)], *instruments(sentence, verb)]
    if not tools or (verb.governor is not None and verb.governor.classes & {"use"} and verb.link == "inf"):
        return
    if not things_of(verb) and verb.lemma in {"follow", "track", "watch", "map"}:
        return
    doers = actors_in(sentence, verb.subjects) or list(filter(None, [drone_owner(tools[0], sentence)]))
    for a in doers or [None]:  # type: ignore[list-item]
        yield Draft(
            "sighting",
            "spy",
            verb,
            actor=a,
            target="; ".join(text_of(p) for p in things_of(verb)[:2]) or None,
            thing="surveillance drones",
            numbers=tools,
            where=things_of(verb),
        )


_STAFF = frozenset(["official", "force", "people"])  # "the airport authorities" shut it, they are not shut


def disrupt(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not (sentence.drone or sentence.near):
        return
    parties = [p for p in [*things_of(verb), *verb.subjects] if not classes_of(p.head) & _STAFF]
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
    above = [q for p in parties for n, q in p.after if n in {"over", "above", "around"} and not q.time]
    if above and site is not None and site.head.low in {"airspace", "skies", "traffic", "flights"}:
        site, parties = above[0], [above[0]]  # "the airspace above X was shut"
    shut = next((p for p in parties if "airport" in {t.low for t in p.tokens} or ((e := place_name(p)) and e.rank == TOWN)), None)
    site = shut if shut is not None and site is not None else site  # "Vilnius Airport suspended traffic": the airport
    cause = next((p for p in sentence.phrases() if is_drone(p) and p not in parties), None)
    if site is not None and cause is None and sentence.near:
        cause = site
    if site is None or cause is None:
        return
    if place_name(site) and site in parties:
        parties = [site]
    fine = [q for p in parties for n, q in p.after if n in {"at", "in", "over", "to", "from"}] + verb.prep("at", "in")
    named = [p for p in [site, *fine] if place_name(p)]
    named_site = max(named, key=lambda p: spot.rank if (spot := place_name(p)) else 0) if named else site
    yield Draft(
        "sighting",
        "disrupt",
        verb,
        actor=drone_owner(cause, sentence),
        target=None if named_site.head.low in {"flights", "traffic"} else text_of(named_site),
        thing=text_of(cause) if cause is not site else "drones",
        numbers=[cause, *parties, *(p for v in sentence.verbs if v.governor is verb for p in v.objects)],
        where=[named_site, *fine],
    )


def landed(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """Contraband brought to a place, in a sentence about drones or after one."""
    spots = [p for p in verb.prep("at", "into", "in", "to", "over", "inside") if not p.time]
    if not spots or not (sentence.near or sentence.drone):
        return
    doers = actors_in(sentence, [p for p in doers_of(verb) if not drone_head(p)])
    for name, phrase in _separate_sites(spots) if len(spots) > 1 else [(text_of(spots[0]), spots[0])]:
        for a in doers or [None]:  # type: ignore[list-item]
            yield Draft(
                "sighting",
                "landed",
                verb,
                actor=a,
                target=name,
                thing="contraband drones",
                numbers=things_of(verb),
                where=[phrase],
            )


def landed_load(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if {t.low for p in verb.objects for t in p.tokens} & CONTRABAND:
        yield from landed(sentence, verb)


def carry(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """A drone that carries contraband; somebody who carries parts of drones to a country."""
    if verb.link == "ger-noun":
        return
    goods = [p for p in things_of(verb) if p.head.low in GOODS and (is_drone(p) or sentence.drone)]
    takers = actors_in(sentence, verb.prep("to", "into")) or [s for p in verb.prep("to", "into") if (s := place_state(p))]
    if goods and takers and verb.lemma == "carry" and not any(drone_head(p) for p in verb.subjects):
        givers = actors_in(sentence, verb.prep("from")) or actors_in(sentence, doers_of(verb))
        yield Draft(
            "supply",
            "carried",
            verb,
            provider=next(iter(givers), None),
            recipient=takers[0],
            thing=text_of(goods[0]),
            numbers=goods,
        )
        return
    if any({t.low for t in q.tokens} & CONTRABAND for p in verb.objects for q in [p, *([p.of] if p.of else [])]) and any(
        drone_head(p) for p in verb.subjects
    ):
        yield from smuggle(sentence, verb)


def lose(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "The army lost two of its drones": they came down, whoever did it."""
    lost = [p for p in verb.objects if drone_head(p) or (p.head.tag == "NUM" and p.of is not None and is_drone(p))]
    if not lost or verb.negated:
        return
    for a in actors_in(sentence, verb.subjects) or [None]:  # type: ignore[list-item]
        yield Draft(
            "sighting", "lost", verb, actor=a, thing=text_of(lost[0]), numbers=lost, where=verb.prep("in", "over", "near")
        )


def footage(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Hezbollah published drone footage of Haifa": flown there to look."""
    film = next(
        (p for p in verb.objects if p.head.low in {"footage", "video", "videos", "images", "pictures", "film"} and is_drone(p)),
        None,
    )
    spots = [] if film is None else [q for q in [film.of, *(p for n, p in film.after if n in {"over", "above"})] if q is not None]
    if film is None or not spots or any("attacknoun" in classes_of(p.head) for p in spots):
        return
    for a in actors_in(sentence, verb.subjects):
        yield Draft("sighting", "footage", verb, actor=a, target=text_of(spots[0]), thing="surveillance drone", where=spots)
