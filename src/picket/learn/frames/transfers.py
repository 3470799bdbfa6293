"""Know-how and money between actors: shared, advised, funded. Things that pass hands: giving.py and getting.py."""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import GOODS, KNOWHOW, actors_in, doers_of, drone_topic, first_text, pairs, scattered, things_of
from picket.learn.naming import text_of
from picket.learn.sentence import Sentence, drone_head, is_drone, personnel, refers_to_drone
from picket.learn.spots import place_state


def fund(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    givers, receivers = actors_in(sentence, doers_of(verb)), actors_in(sentence, things_of(verb))
    if givers and receivers and sentence.drone:
        for a, b in pairs(givers, receivers):
            yield Draft("supply", "fund", verb, provider=a, recipient=b, thing="funding")


def share(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = things_of(verb)
    if not things or not drone_topic(sentence):
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
    if not drone_topic(sentence):
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
    receivers = scattered(helped, receivers)
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
