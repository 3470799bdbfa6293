"""What the trained reader looks at in a sentence: word stems, pairs of stems with names replaced by what they are, verbs with their
classes and what stands around them. A feature is a string; the weights say what it speaks for.

One anchor is a verb group or a noun that tells of an event; its features are among its sentence's, so that the same weights say which
anchor speaks most for a kind.
"""

from __future__ import annotations

from functools import lru_cache

from picket.learn.chunks import Verb
from picket.learn.naming import classes_of_word
from picket.learn.tokens import Token
from picket.learn.trained.look import Look
from picket.learn.trained.sorts import ACTING, phrase_type, stem, type_of


def sentence_features(look: Look) -> list[str]:
    """The features of the whole sentence, each once, those of its anchors among them."""
    sentence = look.sentence
    found: dict[str, None] = {"bias": None}
    twice: dict[str, int] = {}
    for concepts in look.concepts:
        for concept in concepts:
            twice[concept] = twice.get(concept, 0) + 1
    for concept, n in twice.items():
        found[f"c:{concept}"] = None
        if n > 1:
            found[f"c2:{concept}"] = None
    for feature in look.rule_features():
        found[feature] = None
    previous = "^"
    for token in sentence.tokens:
        features = token_features(token)
        found.update(dict.fromkeys(features))
        word = type_of(token) or stem(token.low)
        if token.tag != "DET" and any(map(str.isalnum, token.low)):
            found[f"b:{previous}_{word}"] = None
            previous = word
    for verb in sentence.verbs:
        for feature in verb_features(look, verb):
            found[feature] = None
    kinds = [phrase_type(p) for p in sentence.phrases()]
    for kind in dict.fromkeys(kinds):
        found[f"has:{kind}"] = None
    for phrase in sentence.phrases():
        for concept in look.concepts_at(phrase.head):
            found[f"hC:{concept}"] = None
    acting = sum(k in ACTING or k in {"people", "actor", "staff"} for k in kinds)
    found[f"acting:{min(acting, 4)}"] = None
    found["drone" if sentence.drone else "nodrone"] = None
    if any(v.modal for v in sentence.verbs):
        found["modal"] = None
    if any(v.negated for v in sentence.verbs):
        found["negated"] = None
    return list(found)


def token_features(token: Token) -> tuple[str, ...]:
    """The features of one word."""
    kind = type_of(token)
    return (f"t:{kind}",) if kind is not None else _word_features(token.low)


@lru_cache(20_000)
def _word_features(low: str) -> tuple[str, ...]:
    if not low[:1].isalpha():
        return (f"m:{low}",)
    made = [f"w:{stem(low)}"]
    if "-" in low:
        made += [f"w:{stem(part)}" for part in low.split("-") if part]
    return (*made, *(f"nc:{c}" for c in sorted(classes_of_word(low))))


def verb_features(look: Look, verb: Verb) -> list[str]:
    """The features of a verb group: what it is and stands for, and what kind of thing stands around it."""
    made = [f"v:{verb.lemma}", *(f"vc:{c}" for c in sorted(verb.classes))]
    voice = "passive" if verb.passive else "active"
    around = [("subj", verb.subjects), ("obj", verb.objects), ("ind", verb.indirect), *verb.preps]
    for place, phrases in around:
        for phrase in phrases[:2]:
            kind = phrase_type(phrase)
            made.append(f"a:{place}:{kind}:{voice}")
            made += [f"ca:{c}:{place}:{kind}" for c in sorted(verb.classes)]
    for concept in dict.fromkeys(c for t in verb.tokens for c in look.concepts_at(t)):
        made.append(f"vC:{concept}:{voice}:{'m' if verb.modal else ''}:{verb.link}")
    if not verb.classes:
        made.append("vc:none")
    return made
