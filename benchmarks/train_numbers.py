"""Fits how the trained reader chooses the number of a claim (`picket.learn.trained.numbers`): the same regression as for its country
(`benchmarks.train_countries`), over the numbers of each sentence.

The claims are those that the reader itself finds, each paired with the annotated one that the score would pair it with. A claim that
nobody annotated should have no number, nor one whose number is none of those that were weighed: either would count against it.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import msgspec

from benchmarks.claim_scores import pairs, same_quantity
from benchmarks.reports import Annotated
from benchmarks.train_countries import Taught, asked_by, fitted_choice
from picket.learn.claim import Quantity
from picket.learn.drafts import Draft
from picket.learn.trained.choice import features_of
from picket.learn.trained.look import Look
from picket.learn.trained.numbers import candidates, counts_of
from picket.learn.trained.weights import ROLES, Weights
from picket.learn.whosenumber import numbers_of

PENALTY = 15.0
LEAST = 4  # a feature is kept that so many candidates have


class _Taught(Taught):
    """Asks of each claim that it reads which number is right."""

    def counted(self, look: Look, kept: list[Draft]) -> None:
        """Leaves the drafts as they are."""
        counts = counts_of(look)
        if not kept or not counts:
            return
        taken = list(zip(kept, numbers_of(look.sentence, kept), strict=True))
        rows = [_row(look, draft, number) for draft, number in taken]
        annotated = {id(row): claim for row, claim in pairs(rows, self.annotated(look))}
        for row, draft in zip(rows, kept, strict=True):
            if draft.amount is None:
                traits, numbers = candidates(look, draft, counts, taken)
                claim = annotated.get(id(row))
                rights = [claim is not None and _same(numbers.get(name), claim) for name in traits]
                named = [[sys.intern(f) for trait in known for f in features_of(*trait)] for known in traits.values()]
                self.asked.append((named, rights.index(True) if True in rights else 0))


def _row(look: Look, draft: Draft, number: Quantity | None) -> dict[str, Any]:
    """A draft as the score sees claims."""
    ends = {role: getattr(draft, role) for role in ROLES}
    kept = {"evidence": look.sentence.words, "kind": draft.kind, "country": draft.country}
    return ends | kept | {"quantity": msgspec.to_builtins(number)}


def _same(number: Quantity | None, claim: dict[str, Any]) -> bool:
    return number is not None and same_quantity({"quantity": msgspec.to_builtins(number)}, claim)


def with_numbers(weights: Weights, reports: list[Annotated]) -> Weights:
    """The weights, with those that choose numbers, from what the annotators of the reports chose."""
    return replace(weights, numbers=fitted_choice(asked_by(_Taught, weights, reports), PENALTY, LEAST))
