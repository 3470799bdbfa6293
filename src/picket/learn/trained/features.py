"""What the trained reader looks at in a sentence: word stems, pairs of stems with names replaced by what they are, verbs with their
classes and what stands around them. A feature is a string; the weights say what it speaks for.

One anchor is a verb group or a noun that tells of an event; its features are among its sentence's, so that the same weights say which
anchor speaks most for a kind.
"""

from __future__ import annotations

from picket.learn.chunks import Verb
from picket.learn.naming import classes_of_word
from picket.learn.trained.groups import Groups, T, as_they_are, each
from picket.learn.trained.look import Look
from picket.learn.trained.sorts import ACTING, phrase_type, stem


def sentence_features(look: Look, groups: Groups[T]) -> list[T]:
    """The features of the whole sentence, each once, those of its anchors among them."""
    sentence = look.sentence
    made: list[T] = [*groups[as_they_are, ("bias",)]]
    twice: dict[str, int] = {}
    for concepts in look.concepts:
        for concept in concepts:
            twice[concept] = twice.get(concept, 0) + 1
    for concept, n in twice.items():
        made += groups[_concept_names, concept, n > 1]
    made += look.rule_features(groups)
    previous = "^"
    item_of = groups.item_of
    for token, word, kind, shown in zip(sentence.tokens, look.words, look.types, look.shown, strict=True):
        made += groups[token_names, kind, token.low if kind is None else ""]
        if token.tag != "DET" and word.spoken:
            pair = item_of(f"b:{previous}_{shown}")
            if pair is not None:
                made.append(pair)
            previous = shown
    for verb in sentence.verbs:
        made += verb_features(look, verb, groups)
    kinds = [phrase_type(p) for p in look.phrases]
    made += groups[each, "has", tuple(dict.fromkeys(kinds))]
    for phrase in look.phrases:
        if concepts := look.concepts_at(phrase.head):
            made += groups[each, "hC", concepts]
    acting = sum(k in _DOERS for k in kinds)
    modal, negated = any(v.modal for v in sentence.verbs), any(v.negated for v in sentence.verbs)
    made += groups[_whole_names, min(acting, 4), sentence.drone, modal, negated]
    return list(dict.fromkeys(made))


_DOERS = ACTING | {"people", "actor", "staff"}


def _concept_names(concept: str, twice: bool) -> tuple[str, ...]:
    return (f"c:{concept}", f"c2:{concept}") if twice else (f"c:{concept}",)


def _whole_names(acting: int, drone: bool, modal: bool, negated: bool) -> list[str]:
    return [f"acting:{acting}", "drone" if drone else "nodrone", *["modal"] * modal, *["negated"] * negated]


def token_names(kind: str | None, low: str) -> tuple[str, ...]:
    """The features of one word: of its kind if it is a name, a number or a time, else of the word in small letters."""
    if kind is not None:
        return (f"t:{kind}",)
    if not low[:1].isalpha():
        return (f"m:{low}",)
    made = [f"w:{stem(low)}"]
    if "-" in low:
        made += [f"w:{stem(part)}" for part in low.split("-") if part]
    return (*made, *(f"nc:{c}" for c in sorted(classes_of_word(low))))


def verb_features(look: Look, verb: Verb, groups: Groups[T]) -> list[T]:
    """The features of a verb group: what it is and stands for, and what kind of thing stands around it."""
    classes = verb.classes
    made: list[T] = [*groups[_verb_names, verb.lemma, classes]]
    for place, phrases in (("subj", verb.subjects), ("obj", verb.objects), ("ind", verb.indirect), *verb.preps):
        for phrase in phrases[:2]:
            made += groups[_around_names, place, phrase_type(phrase), verb.passive, classes]
    concepts = verb_concepts(look, verb)
    if concepts:
        made += groups[_verb_concept_names, concepts, verb.passive, bool(verb.modal), verb.link]
    if not classes:
        made += groups[each, "vc", ("none",)]
    return made


def verb_concepts(look: Look, verb: Verb) -> tuple[str, ...]:
    """What the words of a verb group stand for, each once."""
    return tuple(dict.fromkeys(c for concepts in look.concepts_in(verb) for c in concepts))


def _verb_names(lemma: str, classes: frozenset[str]) -> list[str]:
    return [f"v:{lemma}", *(f"vc:{c}" for c in sorted(classes))]


def _around_names(place: str, kind: str, passive: bool, classes: frozenset[str]) -> list[str]:
    return [f"a:{place}:{kind}:{'passive' if passive else 'active'}", *(f"ca:{c}:{place}:{kind}" for c in sorted(classes))]


def _verb_concept_names(concepts: tuple[str, ...], passive: bool, modal: bool, link: str) -> list[str]:
    return [f"vC:{c}:{'passive' if passive else 'active'}:{'m' if modal else ''}:{link}" for c in concepts]
