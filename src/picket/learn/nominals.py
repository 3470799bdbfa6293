"""Claims made by nouns: "a drone attack on X", "Iran's supply of drones to Russia", "training of Y by Z", "delivery of"."""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.actors import actors_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import GOODS
from picket.learn.lexicon import word_set
from picket.learn.naming import bare_text, classes_of, is_person, organisation_in, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone, origin_of
from picket.learn.spots import place_name, place_state

_HELPING = word_set("frames.helping")
_RULES = word_set("nominals.rules")  # "rules on the export of drone parts": nothing has passed hands
_APPROVE = frozenset(["approve", "authorise", "authorize", "announce", "confirm", "clear", "permit", "agree", "make"])
_NOT_DONE = word_set("nominals.not_done")


def nominal_drafts(sentence: Sentence, made: list[Draft]) -> Iterator[Draft]:
    """Drafts of noun phrases that no verb frame has taken."""
    kinds_made = {d.kind for d in made}
    barred = {
        id(p) for q in sentence.phrases() if q.head.low in _RULES for p in [*(o for _, o in q.after), *([q.of] if q.of else [])]
    }
    for outer in sentence.items:
        if not isinstance(outer, Phrase) or -outer.i - 1 in sentence.consumed or id(outer) in barred:
            continue
        item, verb = outer, _verb_at(sentence, outer)
        while (
            item.of is not None
            and not classes_of(item.head) & {"attacknoun", "supplynoun", "trainnoun", "sightnoun"}
            and classes_of(item.of.head) & {"attacknoun", "supplynoun", "sightnoun"}
        ):
            if not item.of.after:
                item.of.after = item.after  # "in charge of the transfer of X to Y", "a wave of attacks on Z"
            item = item.of
        kinds = classes_of(item.head)
        if verb is not None and verb.lemma in _NOT_DONE and outer in [*verb.objects, *(verb.subjects if verb.passive else [])]:
            continue
        if (
            "attacknoun" in kinds
            and (is_drone(item) or any(n in {"by", "with"} and is_drone(p) for n, p in item.after))
            and "use_attack" not in kinds_made
        ):
            yield from _attack_noun(sentence, item, verb)
        elif (
            "supplynoun" in kinds
            and (is_drone(item) or any(is_drone(p) for _, p in item.after))
            and "supply" not in kinds_made
            and "adoption" not in kinds_made
        ):
            yield from _transfer_noun(sentence, item, verb, "supply")
        elif item.head.low in {"training", "instruction"} and "training" not in kinds_made and (sentence.drone or sentence.near):
            yield from _transfer_noun(sentence, item, verb, "training")
        elif (
            item.head.low in _HELPING
            and item.head.low != "technology"
            and not kinds_made & {"advising", "training", "supply"}
            and (sentence.drone or sentence.near)
            and any(n in {"to", "for"} for n, _ in item.after)
        ):
            yield from _transfer_noun(sentence, item, verb, "advising")
        elif item.head.low in {"use", "deployment", "employment"} and is_drone(item) and not kinds_made:
            yield from _use_noun(sentence, item, verb)
        elif (
            item.head.low in _CAUGHT | _FALLEN
            and item.of is not None
            and drone_head(item.of)
            and not kinds_made & {"supply", "sighting"}
        ):
            yield from _met_noun(sentence, item, verb)
        elif item.head.low in _CAUGHT and not kinds_made & {"supply", "sighting"} and (sentence.drone or sentence.near):
            yield from _caught_noun(sentence, item, verb)
        elif item.head.low in _TRIALS and _tried(sentence, item) and verb is not None and verb.lemma in _HELD and not kinds_made:
            yield from _trial_noun(sentence, item, verb)
        elif item.head.low in {"production", "manufacture", "assembly"} and is_drone(item) and "production" not in kinds_made:
            yield from _production_noun(sentence, item, verb)
        elif (
            (
                "sightnoun" in kinds
                and item.head.low
                in {"sighting", "sightings", "incursion", "incursions", "overflight", "overflights", "intrusion", "intrusions"}
            )
            and is_drone(item)
            and not kinds_made & {"sighting"}
        ):
            yield from _sighting_noun(sentence, item, verb)


BLAMING = frozenset(["blame", "attribute", "ascribe", "pin", "link", "credit"])


def behind_drafts(sentence: Sentence) -> Iterator[Draft]:
    """ "The cartel was behind some of the attacks"."""
    for verb in sentence.verbs:
        for outer in verb.prep("behind") if verb.lemma in {"be", "stand", "remain"} and not verb.negated else []:
            attack = outer
            while attack.of is not None and "attacknoun" not in classes_of(attack.head):
                attack = attack.of
            if "attacknoun" not in classes_of(attack.head) or not (is_drone(attack) or sentence.drone or sentence.near):
                continue
            hurt = [p for n, p in (attack.after or outer.after) if n in {"on", "against", "at"} and not p.time]
            for actor in sentence.actors(verb.subjects):
                yield Draft(
                    "use_attack",
                    "behind",
                    verb,
                    actor=actor,
                    target="; ".join(bare_text(p) for p in hurt) or None,
                    thing=text_of(attack),
                    numbers=[attack],
                    where=hurt,
                )


def _verb_at(sentence: Sentence, phrase: Phrase) -> Verb | None:
    """The verb whose argument the phrase is."""
    for verb in sentence.verbs:
        if phrase in verb.subjects or phrase in verb.objects or any(phrase in ps for _, ps in verb.preps):
            return verb
    return sentence.verbs[0] if sentence.verbs else None


def _possessor(phrase: Phrase, sentence: Sentence) -> list[str]:
    owner = drone_owner(Phrase(phrase.i, phrase.j, phrase.head, phrase.tokens), sentence)
    return [owner] if owner else []


def _attack_noun(sentence: Sentence, item: Phrase, verb: Verb | None) -> Iterator[Draft]:
    blamed = (
        [p for n, p in item.after if n == "on"] if verb is not None and verb.lemma in BLAMING and item in verb.objects else []
    )
    targets = [p for n, p in item.after if n in {"on", "against", "at", "in", "near"} and not p.time and p not in blamed]
    by = blamed or [p for n, p in item.after if n == "by"]
    actors = [
        a for p in by for a in [*actors_of(p, sentence.context), *filter(None, [drone_owner(p, sentence)])][:1]
    ] or _possessor(item, sentence)
    killed = verb is not None and verb.classes & {"kill", "destroy"} and item in verb.subjects
    hurt = [p for p in targets for n, q in item.after if q is p and n in {"on", "against", "at"}]
    hurt = hurt or (verb.objects if killed and verb is not None else [])
    if (
        not actors
        and verb is not None
        and verb.lemma == "be"
        and any(outer is p for outer in verb.prep("behind") for p in [item, *([outer] if outer.of is item else [])])
    ):
        actors = sentence.actors(verb.subjects)
    if not hurt and not targets and not actors and not killed:
        return
    victims = [p for v in sentence.verbs if v.classes & {"kill"} for p in (v.subjects if v.passive else v.objects)]
    for actor in actors or [None]:  # type: ignore[list-item]
        yield Draft(
            "use_attack",
            "attack-noun",
            verb,
            actor=actor,
            target="; ".join(bare_text(p) for p in hurt) or None,
            thing=text_of(item),
            numbers=[*victims, *hurt, item],
            where=[*targets, *hurt],
            target_phrase=hurt[0] if hurt else None,
            certainty="alleged" if blamed else None,
        )


def _transfer_noun(sentence: Sentence, item: Phrase, verb: Verb | None, kind: str) -> Iterator[Draft]:
    givers = [a for n, p in item.after if n in {"by", "from"} for a in actors_of(p, sentence.context)] or _possessor(
        item, sentence
    )
    takers = [
        a
        for n, p in item.after
        if n in {"to", "for"}
        for a in (actors_of(p, sentence.context) or [s for s in [place_state(p)] if s])
    ]
    thing = item.of if item.of is not None else item
    if kind == "training" and item.of is not None and not takers:
        takers = actors_of(item.of, sentence.context)
    if (
        kind == "supply"
        and item.of is not None
        and item.head.low in {"purchase", "acquisition", "procurement", "import", "imports"}
    ):
        givers, takers = (
            [a for n, p in item.after if n == "from" for a in actors_of(p, sentence.context)],
            takers
            or _possessor(item, sentence)
            or [a for n, p in item.after if n == "by" for a in actors_of(p, sentence.context)],
        )
    if not givers and item.of is not None:
        origin = origin_of(item.of, sentence)
        givers = [origin] if origin and origin not in takers else []
    if not givers and verb is not None and verb.passive and item in verb.subjects and verb.lemma in _APPROVE:
        givers = sentence.actors(verb.prep("by"))
    inner = next((p.of for n, p in item.after if n in {"to", "for"} and p.of is not None and is_drone(p.of)), None)
    thing = inner if inner is not None and item.of is None else thing
    if not givers and takers and verb is not None and item not in verb.subjects and not verb.classes & {"say"}:
        givers = [
            a
            for p in verb.subjects
            for a in [*actors_of(p, sentence.context), *filter(None, [organisation_in(p)])][:1]
            if a not in takers
        ]
    if not takers and givers and kind == "supply" and item.of is not None:
        takers = sentence.context.last_taker(givers) or [s for s in [sentence.context.state_name] if s and s not in givers]
    if not takers or not givers:
        return
    for giver in givers:
        for taker in takers:
            if giver != taker:
                yield Draft(
                    kind,
                    f"{kind}-noun",
                    verb,
                    provider=giver,
                    recipient=taker,
                    thing=text_of(thing),
                    numbers=[item, *([item.of] if item.of else []), *([inner] if inner is not None else [])],
                )


def _use_noun(sentence: Sentence, item: Phrase, verb: Verb | None) -> Iterator[Draft]:
    actors = [a for n, p in item.after if n == "by" for a in actors_of(p, sentence.context)] or _possessor(item, sentence)
    hurt = [p for n, p in item.after if n == "against" and not p.time]
    for actor in actors:
        yield Draft(
            "use_attack" if hurt else "adoption",
            "use-noun",
            verb,
            actor=actor,
            target="; ".join(text_of(p) for p in hurt) or None,
            thing=text_of(item.of) if item.of else text_of(item),
            numbers=[item.of] if item.of else [],
            where=[p for _, p in item.after if place_name(p)],
        )


_CAUGHT = frozenset(["interception", "seizure", "discovery", "recovery", "confiscation"])


_FALLEN = frozenset(["crash", "downing", "shooting", "shootdown", "loss", "capture", "detection", "appearance", "arrival"])


def _met_noun(sentence: Sentence, item: Phrase, verb: Verb | None) -> Iterator[Draft]:
    """ "The seizure of 12 drones from a house in Tijuana", "the crash of a Gerbera near Vilnius": drones found or come down."""
    drone = item.of
    spots = [p for q in (item, drone) if q is not None for _, p in q.after if not p.time]
    where = [q for p in spots for q in [p, *(o for _, o in p.after)] if place_name(q)]
    if drone is None or not where or (verb is not None and (verb.negated or verb.modal)):
        return
    yield Draft(
        "sighting",
        "met-noun",
        verb,
        actor=drone_owner(drone, sentence),
        thing=text_of(drone),
        numbers=[drone],
        where=[*where, *spots],
    )


def _caught_noun(sentence: Sentence, item: Phrase, verb: Verb | None) -> Iterator[Draft]:
    """ "The interception of 750 tonnes of Iranian weapons": goods on their way to who got the last ones."""
    goods = item.of
    while goods is not None and goods.of is not None and goods.head.low not in GOODS:
        goods = goods.of
    giver = origin_of(goods, sentence) if goods is not None and (goods.head.low in GOODS or is_drone(goods)) else None
    bound = [
        a for n, p in [*item.after, *(goods.after if goods else [])] if n in {"for", "to"} for a in actors_of(p, sentence.context)
    ]
    for taker in (bound or sentence.context.last_taker([giver], within=8))[:1] if giver is not None else []:
        if goods is not None and taker != giver:
            yield Draft(
                "supply",
                "caught-noun",
                verb,
                provider=giver,
                recipient=taker,
                thing=text_of(goods),
                numbers=[p for p in (item.of, goods) if p is not None],
            )


_TRIALS = frozenset(["trial", "trials", "test", "tests", "testing", "evaluation", "demonstration", "demonstrations"])
_HELD = frozenset(
    ["hold", "conduct", "carry_out", "run", "stage", "complete", "begin", "start", "take", "perform", "undergo", "finish"]
)


def _tried(sentence: Sentence, item: Phrase) -> bool:
    return is_drone(item) or (
        sentence.near and item.of is not None and item.of.head.low in {"type", "model", "aircraft", "machine"}
    )


def _trial_noun(sentence: Sentence, item: Phrase, verb: Verb) -> Iterator[Draft]:
    """ "Trials of the drone were held at X": taken up by who held them, else by the state where they were."""
    spots = [p for p in [*verb.prep("at", "in", "near"), *(q for _, q in item.after)] if place_name(p)]
    actors = (
        sentence.actors(verb.prep("by") if item in verb.subjects else verb.subjects)
        or [a for n, p in item.after if n == "by" for a in actors_of(p, sentence.context)]
        or [s for p in spots if (s := place_state(p))][:1]
        or [s for s in [sentence.context.state_name] if s]
    )
    for actor in actors:
        yield Draft("adoption", "trial-noun", verb, actor=actor, thing=text_of(item.of or item), numbers=[item], where=spots)


def _production_noun(sentence: Sentence, item: Phrase, verb: Verb | None) -> Iterator[Draft]:
    actors = [a for n, p in item.after if n == "by" for a in actors_of(p, sentence.context)] or _possessor(item, sentence)
    if not actors and verb is not None and item not in verb.subjects and not verb.classes & {"say"}:
        actors = sentence.actors(verb.subjects)
        leader = any(is_person(p) for p in verb.subjects) and verb.lemma in {
            "order",
            "announce",
            "oversee",
            "inspect",
            "urge",
            "demand",
        }
        if not actors and leader and sentence.context.state_name:
            actors = [sentence.context.state_name]  # "Kim ordered the mass production of drones"
    for actor in actors:
        yield Draft(
            "production",
            "production-noun",
            verb,
            actor=actor,
            thing=text_of(item),
            numbers=[item, *([item.of] if item.of else [])],
            where=[p for _, p in item.after if place_name(p)],
        )


def _sighting_noun(sentence: Sentence, item: Phrase, verb: Verb | None) -> Iterator[Draft]:
    spots = [p for n, p in item.after if n in {"over", "near", "at", "around", "above", "in", "into", "of"} and not p.time]
    if not spots and verb is not None and (verb.classes & {"detect", "suffer"} or verb.lemma in {"see", "witness", "experience"}):
        spots = [p for p in verb.subjects if "building" in classes_of(p.head) or place_name(p)]
    if not spots:
        return
    yield Draft(
        "sighting",
        "sighting-noun",
        verb,
        actor=drone_owner(item, sentence),
        target=text_of(spots[0]),
        thing=text_of(item),
        numbers=[item],
        where=spots,
    )
