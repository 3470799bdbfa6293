"""How a mention stands to what is claimed: the features of a candidate as an end of a claim of one kind, that a verb of the sentence tells.

Who is named in another sentence stands nowhere by that verb, so what counts is what the sentence leaves open.
"""

from __future__ import annotations

from picket.learn.chunks import Verb
from picket.learn.trained.groups import Groups, T, as_they_are
from picket.learn.trained.look import Look
from picket.learn.trained.mentions import Mention, class_names, placed_names
from picket.learn.trained.sorts import phrase_type


def end_features(look: Look, kind: str, mention: Mention[T], anchor: Verb | None, groups: Groups[T]) -> list[T]:
    """The features of a mention as an end of a claim of a kind that `anchor` tells, beside its own; the same for each role, which has
    weights of its own."""
    made = [*groups[as_they_are, ("bias",)]]
    if look.told:
        made += groups.items_of(_said_by_rules(look, kind, mention))
    phrase = mention.phrase
    if phrase is None:
        return made + _from_before(look, mention, anchor, groups)
    if anchor is None:
        return [*made, *groups[as_they_are, ("noanchor",)]]
    place = look.places(anchor).get(id(phrase), "-")
    voice = "p" if anchor.passive else "a"
    inner = "i" if mention.inside else "h"
    made += groups[_relation_names, place, voice, inner, anchor.lemma, anchor.link, mention.kind]
    made += groups[class_names, "crel", anchor.classes, place, voice, inner]
    for concepts in look.concepts_in(anchor):
        made += groups[placed_names, "vcr", concepts, place, voice, inner]
    if place == "-":
        other = next((v for v in look.sentence.verbs if v is not anchor and id(phrase) in look.places(v)), None)
        if other is not None:
            link = other.link if other.governor is anchor else ("up" if anchor.governor is other else "far")
            made += groups[_other_names, link, look.places(other)[id(phrase)], inner, other.classes]
    made += groups[_side_of_names, mention.at > anchor.i, min(abs(mention.at - anchor.i) // 4, 4)]
    return made


def _from_before(look: Look, mention: Mention[T], anchor: Verb | None, groups: Groups[T]) -> list[T]:
    """What the sentence says of an end that another one names: by which words it could be meant, and whether its verb has a subject."""
    made = [*groups[_pronoun_names, look.pronouns(), mention.kind]]
    if anchor is None:
        return [*made, *groups[as_they_are, ("e:noanchor",)]]
    first = anchor.subjects[0] if anchor.subjects else None
    subject = "-" if first is None else first.head.low if first.pronoun else phrase_type(first)
    voice = "p" if anchor.passive else "a"
    made += groups[_absent_names, subject, voice, bool(anchor.objects), anchor.lemma, anchor.link, mention.kind]
    made += groups[class_names, "ecrel", anchor.classes, subject, voice, "e"]
    for concepts in look.concepts_in(anchor):
        made += groups[placed_names, "evcr", concepts, subject, voice, "e"]
    return made


def _pronoun_names(said: tuple[str, ...], kind: str) -> list[str]:
    return [f for word in said or ("-",) for f in (f"epron:{word}", f"epron:{word}:{kind}")]


def _absent_names(subject: str, voice: str, objects: bool, lemma: str, link: str, kind: str) -> list[str]:
    return [
        f"esub:{subject}:{voice}",
        f"esub:{subject}:{voice}:{kind}",
        f"eobj:{subject}:{voice}:{objects}",
        f"elemma:{lemma}:{voice}",
        f"elink:{link}:{subject}",
    ]


def _relation_names(place: str, voice: str, inner: str, lemma: str, link: str, kind: str) -> list[str]:
    made = [f"rel:{place}:{voice}:{inner}", f"vrel:{lemma}:{place}:{inner}"]
    return [*made, *([f"rt:{place}:{voice}:type:{kind}"] if kind else []), f"lrt:{link}:{place}:{inner}"]


def _other_names(link: str, place: str, inner: str, classes: frozenset[str]) -> list[str]:
    return [f"orel:{link}:{place}:{inner}", *(f"oc:{c}:{place}" for c in sorted(classes)[:3])]


def _side_of_names(after: bool, n: int) -> tuple[str]:
    return (f"side:{'after' if after else 'before'}:{n}",)


def _said_by_rules(look: Look, kind: str, mention: Mention[T]) -> list[str]:
    """Which ends the rules gave this mention, and what they gave the ends of the kind."""
    made: dict[str, None] = {}
    name = mention.name.lower()
    for told, rule, ends in look.told:
        for role, value in ends.items():
            if value and value == name:
                made[f"r:{'same' if told == kind else told}:{role}"] = None
                if told == kind:
                    made[f"rr:{rule}:{role}"] = None
    first = next((ends for told, _, ends in look.told if told == kind), None)
    if first is not None:
        made["rkind"] = None
        for role, value in first.items():
            made[f"{'rnone' if value is None else 'rhas' if value == name else 'rother'}:{role}"] = None
    return list(made)
