"""What a clause says beside its verb: "with the help of X", "weapons bound for X", "bought with money from X".

These phrases hang on verbs of every class, so they are read once for the sentence and not in each frame.
"""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.actors import actors_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import actors_in, doers_of, pairs, things_of
from picket.learn.lexicon import word_set
from picket.learn.naming import classes_of, is_actor, text_of
from picket.learn.sentence import Sentence, is_drone, origin_of
from picket.learn.spots import place_state

_HELP = word_set("frames.helping")
_GOODS = word_set("frames.goods")
_CARGO = frozenset(
    ["consignment", "shipment", "cargo", "load", "containers", "container", "parcel", "weapons", "goods", "crates", "haul"]
)
_BOUND = frozenset(["bind", "destine", "intend", "mean", "head"])


def adjunct_drafts(sentence: Sentence) -> Iterator[Draft]:
    """Advising from "with help", supply from "bound for"; only where the sentence, or the one before, speaks of drones."""
    if not (sentence.drone or sentence.near):
        return
    for verb in sentence.verbs:
        yield from _helped(sentence, verb)
        if (verb.participle or verb.passive) and verb.lemma in _BOUND:
            yield from _bound(sentence, verb)


def _helped(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "With the help of X", "with Iranian assistance", "with support from X", "under the guidance of X"."""
    for name, phrases in verb.preps:
        phrase = phrases[0]
        if name not in {"with", "under", "thanks_to"} or phrase.head.low not in _HELP:
            continue
        helpers = _helpers(sentence, phrase)
        helpers += [n for n in actors_in(sentence, phrases[1:]) if helpers and n not in helpers]
        helped = actors_in(sentence, doers_of(verb)) or (actors_in(sentence, verb.subjects) if verb.passive else [])
        if not helpers or not helped:
            continue
        for a, b in pairs(helpers, helped):
            if a and b and a != b:
                yield Draft(
                    "advising", "with-help", verb, provider=a, recipient=b, thing=_matter(verb) or text_of(phrase), numbers=[]
                )


def _helpers(sentence: Sentence, phrase: Phrase) -> list[str]:
    if phrase.of is not None:
        found = actors_of(phrase.of, sentence.context)
        if found:
            return found
        if "official" in classes_of(phrase.of.head) or phrase.of.head.low in {"specialists", "experts"}:
            return [text_of(phrase.of)]
    given = [n for name, p in phrase.after if name in {"from", "of", "by"} for n in actors_in(sentence, [p])]
    if given:
        return given
    owner = next((k for k, t in enumerate(phrase.tokens) if t.tag == "POS"), None)
    if owner:
        inner = Phrase(phrase.i, phrase.i + owner, phrase.tokens[owner - 1], phrase.tokens[:owner])
        return actors_of(inner, sentence.context)
    token = next((t for t in phrase.tokens if t.name is not None and t.name.kind in {"demonym", "state"} and t.name.state), None)
    return [token.name.state] if token is not None and token.name is not None and token.name.state else []


def _matter(verb: Verb) -> str | None:
    thing = next((p for p in things_of(verb) if is_drone(p)), None)
    return text_of(thing) if thing is not None else None


def _bound(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Iranian weapons bound for the Houthis": they were on their way from one to the other."""
    goods = next((p for p in _goods_before(sentence, verb)), None)
    if goods is None and not verb.participle:
        goods = next((p for p in verb.subjects if p.head.low in _CARGO), None)
    if goods is None:
        return
    takers = actors_in(sentence, verb.prep("for", "to")) or [s for p in verb.prep("for", "to") if (s := place_state(p))]
    givers = list(filter(None, [origin_of(goods, sentence)]))
    for a, b in pairs(givers or _origin_said(sentence), takers):
        if b and a != b:
            yield Draft("supply", "bound-for", verb, provider=a, recipient=b, thing=text_of(goods), numbers=[goods])


def _origin_said(sentence: Sentence) -> list[str]:
    """ "Was of Chinese origin"."""
    made = next((p for p in sentence.phrases() if p.head.low in {"origin", "make", "manufacture", "provenance"}), None)
    token = next((t for t in made.tokens if t.name is not None and t.name.state), None) if made is not None else None
    return [token.name.state] if token is not None and token.name is not None and token.name.state else []


def _goods_before(sentence: Sentence, verb: Verb) -> list[Phrase]:
    before = [p for p in sentence.phrases() if p.i < verb.i and not is_actor(p)]
    bearing = [p for p in before if is_drone(p) or p.head.low in _GOODS or (p.of is not None and p.of.head.low in _GOODS)]
    origin = [p for p in bearing if origin_of(p, sentence)]
    return origin or bearing
