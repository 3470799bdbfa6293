"""Reads a sentence with the trained weights: which kinds it claims, which anchor tells each, and who stands at its ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from picket.learn.chunks import Phrase, Verb
from picket.learn.claim import KINDS, TRANSFERS
from picket.learn.drafts import Draft
from picket.learn.sentence import Sentence, drone_head, is_drone
from picket.learn.naming import text_of
from picket.learn.trained.features import sentence_features, verb_features, token_features
from picket.learn.trained.mentions import Mention, end_features, mentions_of
from picket.learn.trained.weights import Weights


@dataclass(frozen=True, slots=True)
class Limits:
    """From which probability on a kind is claimed, and an end is filled."""

    kind: float = 0.4
    end: float = 0.4
    instead: float = 0.5


def ends_of(kind: str) -> tuple[str, str]:
    """The slots of a kind's two ends."""
    return ("provider", "recipient") if kind in TRANSFERS else ("actor", "target")


def anchor_of(sentence: Sentence, kind: str, weights: Weights) -> Verb | None:
    """The verb group that speaks most for the kind, alone and with what stands around it; None without verbs."""
    column = KINDS.index(kind)
    best: tuple[float, int] | None = None
    for k, verb in enumerate(sentence.verbs):
        if verb.classes & {"say"} and len(sentence.verbs) > 1:
            continue
        made = [f for f in verb_features(verb)]
        for token in verb.tokens:
            made += token_features(token)
        for phrase in [*verb.subjects, *verb.objects, *(p for _, ps in verb.preps for p in ps)]:
            made += token_features(phrase.head)
        value = float(weights.kind_logits(list(dict.fromkeys(made)))[column])
        if best is None or value > best[0]:
            best = (value, k)
    return sentence.verbs[best[1]] if best is not None else None


def kind_odds(sentence: Sentence, weights: Weights) -> dict[str, float]:
    """The probability of each kind."""
    logits = weights.kind_logits(sentence_features(sentence))
    return {kind: _probability(float(x)) for kind, x in zip(KINDS, logits, strict=True)}


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def ends_in(
    sentence: Sentence, kind: str, anchor: Verb | None, mentions: list[Mention], weights: Weights, limit: float
) -> dict[str, Mention]:
    """The best consistent ends: each role the likeliest mention above the limit, nobody at both ends."""
    ranked = sorted(
        (
            (-_probability(weights.end_logit(end_features(sentence, m, kind, anchor, role))), k, role)
            for k, m in enumerate(mentions)
            for role in ends_of(kind)
            if m.acts or role == "target"
        ),
    )
    found: dict[str, Mention] = {}
    taken: set[str] = set()
    for minus, k, role in ranked:
        if -minus < limit:
            break
        name = mentions[k].name.lower()
        if role in found or name in taken:
            continue
        found[role] = mentions[k]
        taken.add(name)
    return found


def trained_draft(sentence: Sentence, kind: str, mentions: list[Mention], weights: Weights, limits: Limits) -> Draft:
    """The claim of one kind that the weights find in the sentence."""
    anchor = anchor_of(sentence, kind, weights)
    ends = ends_in(sentence, kind, anchor, mentions, weights, limits.end)
    draft = Draft(kind, f"trained-{kind}", anchor)
    for role, mention in ends.items():
        setattr(draft, role, mention.name)
    target = ends.get("target")
    if target is not None and target.phrase is not None:
        draft.target_phrase = target.phrase
        draft.where = [target.phrase]
    thing = _thing(sentence)
    if thing is not None:
        draft.thing = text_of(thing)
        draft.numbers = [thing]
    return draft


def _thing(sentence: Sentence) -> Phrase | None:
    phrases = sentence.phrases()
    return next((p for p in phrases if drone_head(p)), None) or next((p for p in phrases if is_drone(p)), None)
