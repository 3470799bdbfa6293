"""Trains the second reader's weights, and measures it on reports that it was not trained on, a report left out at a time."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from benchmarks.claim_scores import same_name, score
from benchmarks.reports import Annotated, all_annotated, read_annotated
from picket.learn.claim import KINDS
from picket.learn.drafts import Draft
from picket.learn.extract import claims_of
from picket.learn.report import Report
from picket.learn.sentence import Sentence
from picket.learn.trained import with_trained
from picket.learn.trained.features import sentence_features
from picket.learn.trained.mentions import Mention, end_features, mentions_of
from picket.learn.trained.reader import Limits, anchor_of, ends_of
from picket.learn.trained.weights import Weights


@dataclass
class Seen:
    """A sentence as it was when the reader came to it."""

    features: list[str]
    gold: list[dict[str, Any]]
    sentence: Sentence
    mentions: list[Mention]


def report_of(a: Annotated) -> Report:
    return Report(doc=a.doc, text=a.text, published=a.published, title=a.title)


def seen_in(a: Annotated) -> list[Seen]:
    out: list[Seen] = []
    by = defaultdict(list)
    for g in a.gold:
        by[g["evidence"]].append(g)

    def look(sentence: Sentence, made: list[Draft]) -> list[Draft]:
        out.append(Seen(sentence_features(sentence), by.get(sentence.words, []), sentence, mentions_of(sentence)))
        return made

    claims_of(report_of(a), look)
    return out


def matrix(rows: list[list[str]], names: dict[str, int]) -> csr_matrix:
    at = [[names[f] for f in row if f in names] for row in rows]
    ends = np.cumsum([0, *map(len, at)])
    return csr_matrix((np.ones(ends[-1]), np.concatenate([np.array(r, int) for r in at]), ends), shape=(len(rows), len(names)))


def vocabulary(rows: list[list[str]], least: int) -> dict[str, int]:
    count = Counter(f for row in rows for f in row)
    return {f: i for i, f in enumerate(sorted(f for f, n in count.items() if n >= least))}


def fit(x: csr_matrix, y: np.ndarray, strength: float, free: int, each: np.ndarray | None = None) -> np.ndarray:
    each = np.ones(len(y)) if each is None else each
    penalty = np.full(x.shape[1], strength)
    penalty[free] = 0.001

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ w
        p = 1 / (1 + np.exp(-z))
        value = float((each * (np.logaddexp(0, z) - y * z)).sum() + 0.5 * (penalty * w * w).sum())
        return value, x.T @ (each * (p - y)) + penalty * w

    return minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x


def train(seen: list[Seen], kind_strength: float = 1.0, end_strength: float = 1.0, least: int = 2) -> Weights:
    rows = [s.features for s in seen]
    names = vocabulary(rows, least)
    x = matrix(rows, names)
    columns = []
    for kind in KINDS:
        y = np.array([any(g["kind"] == kind for g in s.gold) for s in seen], float)
        columns.append(fit(x, y, kind_strength, names["bias"]))
    weights = Weights(names, np.array(columns, np.float32).T, {}, np.zeros(0, np.float32))
    ends, labels = [], []
    for s in seen:
        for kind in {g["kind"]: None for g in s.gold}:
            anchor = anchor_of(s.sentence, kind, weights)
            for role in ends_of(kind):
                values = [g[role] for g in s.gold if g["kind"] == kind and g[role]]
                for m in s.mentions:
                    if m.acts or role == "target":
                        ends.append(end_features(s.sentence, m, kind, anchor, role))
                        labels.append(any(same_name(m.name, v) for v in values))
    names = vocabulary(ends, least)
    for role in ("provider",):
        pass
    x = matrix(ends, names)
    w = fit(x, np.array(labels, float), end_strength, names["actor|bias"])
    return Weights(weights.kind_rows, weights.kinds, names, w.astype(np.float32))


def corpora(extra: list[str]) -> dict[str, list[Annotated]]:
    sets = {"tuned": [a for a in all_annotated() if not a.unseen]}
    for folder in extra:
        sets[Path(folder).name] = [read_annotated(p) for p in sorted(Path(folder).glob("*.txt"))]
    return sets


def main(argv: list[str]) -> None:
    import itertools
    sets = corpora(argv)
    for s in sets.values():
        for a in s:
            if a.unseen:
                raise SystemExit(a.doc + " is marked unseen")
    every = {a.doc: seen_in(a) for s in sets.values() for a in s}
    where = {a.doc: (name, a) for name, s in sets.items() for a in s}
    n = Counter(); r = Counter()
    for name, s in sets.items():
        g = [g for a in s for g in a.gold]
        read = {q.sentence.words for a in s for q in every[a.doc]}
        print(name, len(g), "gold; in sentences looked at:", sum(x["evidence"] in read for x in g))
    docs = sorted(every)
    folds = 10
    models = {}
    for k in range(folds):
        out = set(docs[k::folds])
        models[k] = train([s for d in docs if d not in out for s in every[d]])
    m = models[0]
    print("features", len(m.kind_rows), len(m.end_rows))
    def run(limits):
        found = defaultdict(list)
        for k in range(folds):
            for d in docs[k::folds]:
                name, a = where[d]
                found[name] += [msgspec.to_builtins(c) for c in claims_of(report_of(a), None if limits is None else lambda s, made: with_trained(s, made, models[k], limits))]
        for name, s in sets.items():
            sc = score(found[name], {a.doc: a.gold for a in s})
            print(limits, name, sc["total"], {q: (sc[q]["p"], sc[q]["r"], sc[q]["f1"]) for q in ("evidence", "kind", "roles", "quantity", "country", "flow")}, sc["doubtful_shown_as_stated"], sc["doubtful_paired"])
    run(None)
    for k in (0.2, 0.3, 0.4, 0.5):
        for e in (0.3, 0.45):
            run(Limits(k, e))


if __name__ == "__main__":
    main(sys.argv[1:])
