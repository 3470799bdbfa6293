"""Which kinds a sentence claims, and which of its verbs tells each."""

from __future__ import annotations

import math

from picket.learn.chunks import Verb
from picket.learn.claim import KINDS
from picket.learn.trained.features import sentence_features, token_features, verb_features
from picket.learn.trained.look import Look
from picket.learn.trained.weights import COLUMNS, Weights


def kind_odds(look: Look, weights: Weights) -> dict[str, float]:
    """The probability of each kind, and of "doubt": that what the sentence claims is only possible, alleged or denied."""
    logits = weights.kind_logits(sentence_features(look))
    return {column: probability(float(x)) for column, x in zip(COLUMNS, logits, strict=True)}


def probability(logit: float) -> float:
    """The logistic function, safe at both ends."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def anchors_of(look: Look, weights: Weights) -> dict[str, Verb]:
    """For each kind the verb group that speaks most for it, alone and with what stands around it; {} without verbs."""
    sentence = look.sentence
    verbs = [v for v in sentence.verbs if not v.classes & {"say"}] or sentence.verbs[:1]
    logits = []
    for verb in verbs:
        made = dict.fromkeys(verb_features(look, verb))
        words = [*verb.tokens, *(p.head for ps in [verb.subjects, verb.objects, *(q for _, q in verb.preps)] for p in ps)]
        for token in words:
            made.update(dict.fromkeys(token_features(token)))
            made.update(dict.fromkeys(f"c:{c}" for c in look.concepts_at(token)))
        logits.append(weights.kind_logits(list(made)))
    return {kind: max(zip(logits, verbs, strict=True), key=lambda e: e[0][k])[1] for k, kind in enumerate(KINDS)} if verbs else {}
