"""Fits how the trained reader chooses the country of a claim (`picket.learn.trained.countries`): a conditional logistic regression over
the candidates of each annotated claim, with a quadratic penalty, from zero.

The claims are those of the annotators, with the ends that they gave them, in reports that are read meanwhile as the reader will read them:
what it has told so far is a feature.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from benchmarks.claim_scores import same_name
from benchmarks.reports import Annotated
from picket.learn.drafts import Draft
from picket.learn.extract import claims_of
from picket.learn.report import Report
from picket.learn.trained import Trained
from picket.learn.trained.choice import Choice, features_of
from picket.learn.trained.countries import NONE, Around, candidates
from picket.learn.trained.kinds import anchors_of
from picket.learn.trained.look import Look
from picket.learn.trained.mentions import mentions_of
from picket.learn.trained.weights import ROLES, Weights
from picket.learn.whereabouts import whereabouts

PENALTY = 30.0
LEAST = 2  # a feature is kept that so many candidates have
STEPS = 150
PART = 100  # reports that a process reads at a time
LITTLE = 0.004  # a weight below this is left out
Asked = tuple[list[list[str]], int]  # the features of each candidate, and which is right
Floats = NDArray[np.float64]


class Taught(Trained):
    """Reads an annotated report, and asks on the way which of a choice's candidates are right."""

    def __init__(self, annotated: Annotated, weights: Weights) -> None:
        report = Report(doc=annotated.doc, text=annotated.text, published=annotated.published, title=annotated.title)
        super().__init__(report, weights)
        self.asked: list[Asked] = []
        self._gold: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for claim in annotated.gold:
            self._gold[claim["evidence"]].append(claim)
        claims_of(report, self)

    def annotated(self, look: Look) -> list[dict[str, Any]]:
        """The annotated claims of the sentence."""
        return self._gold.get(look.sentence.words, [])


class _Taught(Taught):
    """Asks of each annotated claim which country is right."""

    def placed(self, look: Look, kept: list[Draft]) -> None:
        """Leaves the drafts as they are."""
        claims = self.annotated(look)
        anchors = anchors_of(look, self.weights) if claims else {}
        around = Around.of(look)
        for claim in claims:
            draft = self._draft(look, claim)
            draft.verb = anchors.get(draft.kind)
            _, by_rules = whereabouts(look.sentence, draft)
            found = candidates(look, draft, around, by_rules, self.setting)
            right = claim["country"] or NONE
            if right in found:
                named = [[f for trait in traits for f in features_of(*trait)] for traits in found.values()]
                self.asked.append((named, list(found).index(right)))

    def _draft(self, look: Look, claim: dict[str, Any]) -> Draft:
        """An annotated claim as the reader would have found it."""
        draft = Draft(claim["kind"], f"trained-{claim['kind']}")
        mentions = mentions_of(look, self.memory, self.weights.end_groups)
        for role in ROLES:
            if claim[role]:
                there = next((m for m in mentions if same_name(m.name, claim[role]) and (m.acts or role == "target")), None)
                setattr(draft, role, there.name if there is not None else claim[role])
                if role == "target" and there is not None and there.phrase is not None:
                    draft.target_phrase, draft.where = there.phrase, [there.phrase]
        return draft


def with_countries(weights: Weights, reports: list[Annotated]) -> Weights:
    """The weights, with those that choose countries, from what the annotators of the reports chose."""
    return replace(weights, countries=fitted_choice(asked_by(_Taught, weights, reports)))


def asked_by(taught: type[Taught], weights: Weights, reports: list[Annotated]) -> list[Asked]:
    """What a reader in training asks of the reports, in their order; on all cores."""
    parts = [reports[k : k + PART] for k in range(0, len(reports), PART)]
    with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:
        found = [asked for part in pool.map(partial(_asked_of, taught, weights), parts) for asked in part]
    return [([[*map(sys.intern, features)] for features in candidates], right) for candidates, right in found]


def _asked_of(taught: type[Taught], weights: Weights, reports: list[Annotated]) -> list[Asked]:
    return [asked for a in reports for asked in taught(a, weights).asked]


def fitted_choice(asked: list[Asked], penalty: float = PENALTY, least: int = LEAST) -> Choice:
    """The weights under which the right ones of the candidates are likeliest; a feature counts that `least` candidates have."""
    count = Counter(f for found, _ in asked for features in found for f in set(features))
    names = {f: k for k, f in enumerate(sorted(f for f, n in count.items() if n >= least))}
    rows = [[names[f] for f in features if f in names] for found, _ in asked for features in found]
    columns = np.array([k for row in rows for k in row], int)
    x = csr_matrix((np.ones(len(columns)), columns, np.cumsum([0, *map(len, rows)])), shape=(len(rows), len(names)))
    sizes = np.array([len(found) for found, _ in asked], int)
    starts = np.cumsum(sizes) - sizes
    right = np.zeros(len(rows))
    right[starts + np.array([k for _, k in asked], int)] = 1.0
    found = _fitted(x, right, starts, sizes, penalty)
    return Choice({f: w for f, w in zip(names, rounded(found).tolist(), strict=True) if w})


def rounded(weights: Floats) -> NDArray[np.float32]:
    """As the file keeps them; what hardly counts is nothing, so that the file is small."""
    return np.where(np.abs(weights) < LITTLE, 0, weights).astype(np.float16).astype(np.float32)


def _fitted(x: csr_matrix, right: Floats, starts: NDArray[np.int_], sizes: NDArray[np.int_], penalty: float) -> Floats:
    turned = x.T.tocsr()

    def loss(w: Floats) -> tuple[float, Floats]:
        z = x @ w
        top = np.maximum.reduceat(z, starts)
        parts = np.exp(z - np.repeat(top, sizes))
        sums = np.add.reduceat(parts, starts)
        value = float((np.log(sums) + top).sum() - (right * z).sum() + 0.5 * penalty * (w * w).sum())
        return value, turned @ (parts / np.repeat(sums, sizes) - right) + penalty * w

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x)
