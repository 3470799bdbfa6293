"""Fits when the trained reader makes a further claim of a kind (`picket.learn.trained.further`): the same regression as for the country
(`benchmarks.train_countries`), between one more claim and none.

Asked are the claims that the reader itself finds, of kinds that the annotators found in the sentence too: how sure a kind is, the reader
weighs apart.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from benchmarks.claim_scores import same_name
from benchmarks.reports import Annotated
from benchmarks.train_countries import Taught, asked_by, fitted_choice
from picket.learn.drafts import Draft
from picket.learn.trained.choice import features_of
from picket.learn.trained.ends import Ranked
from picket.learn.trained.further import questions
from picket.learn.trained.look import Look
from picket.learn.trained.weights import Weights

PENALTY = 20.0
LEAST = 8  # a feature is kept that so many mentions have


class _Taught(Taught):
    """Asks of each mention that may stand in a further claim whether one stands there."""

    def further(self, look: Look, drafts: list[Draft], weighed: dict[str, Ranked], odds: dict[str, float]) -> list[Draft]:
        """Makes none."""
        for asked in questions(look, drafts, weighed):
            gold = [g[asked.role] for g in self.annotated(look) if g["kind"] == asked.draft.kind]
            if gold:
                there, name = asked.there.name, asked.mention.name
                right = len(gold) > 1 and any(same_name(name, end) and not same_name(there, end) for end in gold)
                named = [sys.intern(f) for trait in asked.known for f in features_of(*trait)]
                self.asked.append(([[], named], int(right)))
        return []


def with_further(weights: Weights, reports: list[Annotated]) -> Weights:
    """The weights, with those that make further claims, from what the annotators of the reports found."""
    return replace(weights, further=fitted_choice(asked_by(_Taught, weights, reports), PENALTY, LEAST))
