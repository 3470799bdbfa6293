"""Whom a trained claim may name: the actors and things of the sentence, and who was named before it; each with the features of its place.

A mention has a text as claims name it; what it stands for is resolved by the same code as for the rules ("the group", "Kyiv").
"""

from __future__ import annotations

from dataclasses import dataclass

from picket.learn.actors import actors_of
from picket.learn.chunks import Mark, Phrase, Verb
from picket.learn.naming import ORGANISED, bare_text
from picket.learn.sentence import Sentence, is_drone, origin_of, place_name
from picket.learn.trained.features import phrase_type, stem
from picket.learn.tokens import Token


@dataclass(slots=True)
class Mention:
    """A candidate for an end of a claim: how it is named, whether it can act, its phrase, and its features without the anchor."""

    name: str
    acts: bool
    phrase: Phrase | None
    at: int
    features: list[str]
    inside: bool = False


def mentions_of(sentence: Sentence) -> list[Mention]:
    """The candidates of the sentence in order, then those of the sentences before."""
    found: list[Mention] = []
    seen: set[tuple[str, int]] = set()
    before = _before(sentence)
    tellers = {id(p) for v in sentence.verbs if v.classes & {"say", "warn", "fear"} and not v.passive for p in v.subjects}
    for phrase in sentence.phrases():
        if phrase.time:
            continue
        kind = phrase_type(phrase)
        prep = before.get(phrase.i, "-")
        base = [f"type:{kind}", f"prep:{prep}", f"prep:{prep}:{kind}", f"head:{stem(phrase.head.low)}" if phrase.head.name is None else "head:-"]
        if id(phrase) in tellers:
            base.append("teller")
        if phrase.tokens[0].low in {"the", "a", "an", "its", "their"}:
            base.append(f"det:{phrase.tokens[0].low}")
        for name in actors_of(phrase, sentence.context):
            _add(found, seen, Mention(name, True, phrase, phrase.i, base))
        for token, how in _inner(phrase):
            name = (token.name.state if token.name is not None and token.name.kind in {"demonym", "capital"} else None) or token.text
            features = [f"in:{how}", f"in:{how}:{kind}", f"prep:{prep}:in", f"inhead:{stem(phrase.head.low)}", f"intype:{token.name.kind if token.name else ''}"]
            _add(found, seen, Mention(name.removeprefix("the "), True, phrase, phrase.i, features, inside=True))
        if is_drone(phrase) and (maker := origin_of(phrase, sentence)):
            _add(found, seen, Mention(maker, True, phrase, phrase.i, ["origin", f"origin:{prep}"], inside=True))
        if not phrase.pronoun and not is_drone(phrase):
            name = bare_text(phrase)
            if place := place_name(phrase):
                base = [*base, f"place:{place[0]}"]
            _add(found, seen, Mention(name, False, phrase, phrase.i, [*base, "asthing"]))
    actors = [m for m in found if m.acts]
    for k, mention in enumerate(actors):
        mention.features = [*mention.features, f"nth:{min(k, 3)}:{min(len(actors), 4)}"]
    _earlier(sentence, found)
    return found


def _add(found: list[Mention], seen: set[tuple[str, int]], mention: Mention) -> None:
    key = (mention.name.lower(), mention.acts)
    if key not in seen and mention.name:
        seen.add(key)
        found.append(mention)


def _inner(phrase: Phrase) -> list[tuple[Token, str]]:
    """Names inside a phrase that are not its head: "Iran's drones", "Russian instructors", "US-made jets"."""
    out = []
    for k, token in enumerate(phrase.tokens):
        if token is phrase.head or token.name is None or token.name.kind not in ORGANISED | {"demonym"}:
            continue
        owned = k + 1 < len(phrase.tokens) and phrase.tokens[k + 1].tag == "POS"
        out.append((token, "pos" if owned else token.name.kind))
    return out


def _before(sentence: Sentence) -> dict[int, str]:
    """The preposition or mark before each phrase, by the phrase's first token."""
    out: dict[int, str] = {}
    last = "^"
    for item in sentence.items:
        if isinstance(item, Phrase):
            part: Phrase | None = item
            word = last
            while part is not None:
                out[part.i] = word
                word, part = "of", part.of
            last = "np"
        elif isinstance(item, Verb):
            last = "verb"
        elif isinstance(item, Mark):
            last = item.low
    return out


def _earlier(sentence: Sentence, found: list[Mention]) -> None:
    """Who was the subject before, whose drones they were, who got the last delivery, which state the report is about."""
    context = sentence.context
    names = {m.name.lower() for m in found if m.acts}
    last = [m for m in context.subjects if m.sentence < context.sentence][-1:]
    for label, name in (
        ("subject", last[0].name if last and context.sentence - last[0].sentence <= 2 else None),
        ("flier", context.last_flier()),
        ("taker", next(iter(context.last_taker([])), None)),
        ("state", context.state_name),
    ):
        if name and name.lower() not in names:
            names.add(name.lower())
            found.append(Mention(name, True, None, -1, [f"earlier:{label}", "earlier"]))


def end_features(sentence: Sentence, mention: Mention, kind: str, anchor: Verb | None, role: str) -> list[str]:
    """The features of a mention as an end of a claim of `kind` told by `anchor`."""
    made = ["bias", *mention.features]
    phrase = mention.phrase
    if phrase is None:
        pass
    elif anchor is None:
        made.append("noanchor")
    else:
        place = _relation(anchor, phrase)
        voice = "p" if anchor.passive else "a"
        inner = "i" if mention.inside else "h"
        made += [f"rel:{place}:{voice}:{inner}", f"vrel:{anchor.lemma}:{place}:{inner}"]
        made += [f"crel:{c}:{place}:{voice}:{inner}" for c in sorted(anchor.classes)]
        if place == "-":
            other = next((v for v in sentence.verbs if v is not anchor and _relation(v, phrase) != "-"), None)
            if other is not None:
                link = other.link if other.governor is anchor else ("up" if anchor.governor is other else "far")
                made += [f"orel:{link}:{_relation(other, phrase)}:{inner}"]
                made += [f"oc:{c}:{_relation(other, phrase)}" for c in sorted(other.classes)[:3]]
        side = "after" if mention.at > anchor.i else "before"
        made.append(f"side:{side}:{min(abs(mention.at - anchor.i) // 4, 4)}")
    return [*(f"{role}|{f}" for f in made), *(f"{kind}.{role}|{f}" for f in made)]


def _relation(verb: Verb, phrase: Phrase) -> str:
    for place, phrases in (("subj", verb.subjects), ("obj", verb.objects), ("ind", verb.indirect), *verb.preps):
        for candidate in phrases:
            part: Phrase | None = candidate
            depth = 0
            while part is not None:
                if part is phrase:
                    return place if not depth else f"{place}.of"
                if any(phrase is p for _, p in part.after):
                    return f"{place}.after"
                part, depth = part.of, depth + 1
    return "-"
