"""Which kinds a sentence claims, and which of its verbs tells each."""

from __future__ import annotations

import math

from picket.learn.chunks import Verb
from picket.learn.claim import KINDS
from picket.learn.trained.encoder import Encoded, mixed
from picket.learn.trained.features import sentence_features, token_names, verb_features
from picket.learn.trained.groups import each
from picket.learn.trained.look import Look
from picket.learn.trained.sorts import type_of
from picket.learn.trained.weights import COLUMNS, Weights


def kind_odds(look: Look, weights: Weights, encoded: Encoded | None = None) -> dict[str, float]:
    """The probability of each kind, and of "doubt": that what the sentence claims is only possible, alleged or denied."""
    logits = weights.sentence_logits(sentence_features(look, weights.kind_groups))
    if encoded is not None:
        logits = mixed(logits, encoded.kind_logits(look.sentence.begin))
    return dict(zip(COLUMNS, map(probability, logits.tolist()), strict=True))


def probability(logit: float) -> float:
    """The logistic function, safe at both ends."""
    return 1 / (1 + math.exp(30.0 if logit < -30.0 else -30.0 if logit > 30.0 else -logit))


def anchors_of(look: Look, weights: Weights) -> dict[str, Verb]:
    """For each kind the verb group that speaks most for it, alone and with what stands around it; {} without verbs."""
    sentence = look.sentence
    groups = weights.kind_groups
    verbs = [v for v in sentence.verbs if "say" not in v.classes] or sentence.verbs[:1]
    if len(verbs) < 2:
        return dict.fromkeys(KINDS, verbs[0]) if verbs else {}
    logits = []
    for verb in verbs:
        made = verb_features(look, verb, groups)
        words = [*verb.tokens, *(p.head for ps in [verb.subjects, verb.objects, *(q for _, q in verb.preps)] for p in ps)]
        for token in words:
            k = look.at.get(token.start)
            kind = type_of(token)
            made += groups[token_names, kind, token.low if kind is None else ""]
            if k is not None and look.concepts[k]:
                made += groups[each, "c", look.concepts[k]]
        logits.append(weights.kind_logits(list(dict.fromkeys(made))).tolist())
    return {kind: max(zip(logits, verbs, strict=True), key=lambda e: e[0][k])[1] for k, kind in enumerate(KINDS)}
