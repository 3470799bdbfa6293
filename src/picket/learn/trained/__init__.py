"""The trained reader: claims that small logistic models find where the rules read nothing or less."""

from __future__ import annotations

from picket.learn.claim import guessed
from picket.learn.drafts import Draft
from picket.learn.sentence import Sentence
from picket.learn.trained.mentions import mentions_of
from picket.learn.trained.reader import Limits, kind_odds, trained_draft
from picket.learn.trained.weights import Weights


def with_trained(sentence: Sentence, made: list[Draft], weights: Weights, limits: Limits = Limits()) -> list[Draft]:
    """The rules' drafts and those that the weights add: a kind that no rule found, and in place of the last resort's guesses."""
    odds = kind_odds(sentence, weights)
    firm = [d for d in made if not guessed(d.rule)]
    wanted = [k for k, p in odds.items() if p >= limits.kind and all(d.kind != k for d in firm)]
    if not wanted:
        return made
    mentions = mentions_of(sentence)
    added = [trained_draft(sentence, kind, mentions, weights, limits) for kind in wanted]
    return [*firm, *added]
