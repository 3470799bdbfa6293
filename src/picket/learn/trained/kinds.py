"""Which kinds a sentence claims, and which of its verbs tells each."""

from __future__ import annotations

import math

from picket.learn.chunks import Verb
from picket.learn.claim import KINDS
from picket.learn.sentence import Sentence
from picket.learn.trained.features import sentence_features, token_features, verb_features
from picket.learn.trained.weights import Weights


def kind_odds(sentence: Sentence, weights: Weights) -> dict[str, float]:
    """The probability of each kind."""
    logits = weights.kind_logits(sentence_features(sentence))
    return {kind: probability(float(x)) for kind, x in zip(KINDS, logits, strict=True)}


def probability(logit: float) -> float:
    """The logistic function, safe at both ends."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def anchor_of(sentence: Sentence, kind: str, weights: Weights) -> Verb | None:
    """The verb group that speaks most for the kind, alone and with what stands around it; None without verbs."""
    best: tuple[float, Verb] | None = None
    for verb in sentence.verbs:
        if verb.classes & {"say"} and len(sentence.verbs) > 1:
            continue
        made = dict.fromkeys(verb_features(verb))
        words = [*verb.tokens, *(p.head for ps in [verb.subjects, verb.objects, *(q for _, q in verb.preps)] for p in ps)]
        for token in words:
            made.update(dict.fromkeys(token_features(token)))
        value = weights.kind_logit(list(made), kind)
        if best is None or value > best[0]:
            best = (value, verb)
    return best[1] if best is not None else None
