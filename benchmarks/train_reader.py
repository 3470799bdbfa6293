"""Trains the weights of the trained reader (`picket.learn.trained`) and measures it on reports that it was not trained on.

    python -m benchmarks.train_reader              trains on the tuned reports of benchmarks/reports and writes the weights
    python -m benchmarks.train_reader --measure    writes no weights: the reports of half the annotators, read with weights of the others

Logistic regressions with a quadratic penalty, fitted by L-BFGS from zero, and nets with fixed seeds for the kinds of a sentence
(`benchmarks.train_net`) and for the ends (`benchmarks.train_ends`); then choices: of further claims, of countries, of numbers
(`benchmarks.train_further`, `train_countries`, `train_numbers`). The same reports give the same file.
Only reports marked `tuned` and lessons, all written for this project, are ever read here: the weights ship.
"""

from __future__ import annotations

import argparse
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from benchmarks.claim_scores import flow_gained, same_name, score
from benchmarks.reports import FOLDER, Annotated, all_annotated, lessons
from benchmarks.train_countries import STEPS, rounded, with_countries
from benchmarks.train_ends import Described, with_ends
from benchmarks.train_further import with_further
from benchmarks.train_net import fitted_net
from benchmarks.train_numbers import with_numbers
from picket.learn.claim import KINDS
from picket.learn.drafts import Draft
from picket.learn.extract import claims_of
from picket.learn.report import Report
from picket.learn.sentence import Sentence
from picket.learn.trained import Trained
from picket.learn.trained.features import sentence_features
from picket.learn.trained.groups import named_groups
from picket.learn.trained.kinds import anchors_of
from picket.learn.trained.look import Look
from picket.learn.trained.memory import Memory
from picket.learn.trained.mentions import Mention, mentions_of
from picket.learn.trained.relations import end_features
from picket.learn.trained.weights import ENDS, ROLES, Weights, written

FILE = Path(__file__).parents[1] / "src/picket/learn/data/trained.npz"
KIND_PENALTY = 4.0
FREE_PENALTY = 0.001  # of the constant: how frequent a kind is
LEAST = 5  # a feature is kept that stands in so many sentences
RECALLED = (
    65  # of 100 annotated claims that the reader in training remembers from earlier sentences: about as many as it will find
)
Floats = NDArray[np.float64]
NAMES = named_groups()


@dataclass
class Seen:
    """A sentence as it was when the reader came to it: its features, mentions and gold claims."""

    features: list[str]
    mentions: list[Mention[str]]
    look: Look
    gold: list[dict[str, Any]]


def report_of(annotated: Annotated) -> Report:
    """The report as a reader gets it."""
    return Report(doc=annotated.doc, text=annotated.text, published=annotated.published, title=annotated.title)


def named_ends(claim: dict[str, Any], mentions: list[Mention[str]]) -> dict[str, str]:
    """The ends of an annotated claim, named as the reader names them."""
    out = {}
    for role in ROLES:
        if claim[role]:
            out[role] = next((m.name for m in mentions if m.acts and same_name(m.name, claim[role])), claim[role])
    return out


def seen_in(annotated: Annotated) -> list[Seen]:
    """The sentences of a report, read as the trained reader reads them."""
    gold = defaultdict(list)
    for claim in annotated.gold:
        gold[claim["evidence"]].append(claim)
    report = report_of(annotated)
    memory = Memory(report)
    out: list[Seen] = []

    def look(sentence: Sentence, made: list[Draft]) -> list[Draft]:
        seen = Look.of(sentence, made, memory)
        mentions = mentions_of(seen, memory, NAMES)
        claims = gold.get(sentence.words, [])
        out.append(Seen(sentence_features(seen, NAMES), mentions, seen, claims))
        memory.keep(sentence)
        for k, claim in enumerate(claims):
            if crc32(f"{annotated.doc} {len(out)} {k}".encode()) % 100 < RECALLED:
                memory.tell(sentence.context.sentence, claim["kind"], named_ends(claim, mentions))
        return made

    claims_of(report, look)
    return out


def vocabulary(rows: list[list[str]]) -> dict[str, int]:
    """The features that occur often enough, in order of the alphabet."""
    count = Counter(f for row in rows for f in row)
    return {f: i for i, f in enumerate(sorted(f for f, n in count.items() if n >= LEAST))}


def matrix(rows: list[list[str]], names: dict[str, int]) -> csr_matrix:
    """One row a sentence, one column a feature."""
    at = [[names[f] for f in row if f in names] for row in rows]
    ends = np.cumsum([0, *map(len, at)])
    columns = np.array([k for row in at for k in row], int)
    return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(names)))


def fitted(x: csr_matrix, y: Floats, penalty: float, free: int) -> Floats:
    """The weights (features by columns of y) of logistic regressions side by side."""
    features, columns = x.shape[1], y.shape[1]
    strength = np.full((features, 1), penalty)
    strength[free] = FREE_PENALTY
    turned = x.T.tocsr()

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(features, columns)
        z = x @ w
        value = float((np.logaddexp(0, z) - y * z).sum() + 0.5 * (strength * w * w).sum())
        return value, (turned @ (1 / (1 + np.exp(-z)) - y) + strength * w).ravel()

    found = minimize(loss, np.zeros(features * columns), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return np.asarray(found.x).reshape(features, columns)


def train(seen: list[Seen]) -> Weights:
    """The kinds first, on whole sentences; then the ends, for the kinds that the annotators found."""
    rows = [s.features for s in seen]
    names = vocabulary(rows)
    claimed = np.array([[*(any(g["kind"] == kind for g in s.gold) for kind in KINDS), doubtful(s.gold)] for s in seen], float)
    x = matrix(rows, names)
    kinds, net = fitted(x, claimed, KIND_PENALTY, names["bias"]), fitted_net(x, claimed)
    none = np.zeros((0, len(ROLES)), np.float32), np.zeros((0, len(ENDS)), np.float32)
    weights = Weights(names, rounded(kinds), net, {}, *none, net)  # no ends yet: nothing asks for them before they are there
    return with_ends(weights, _claimed(seen, weights))


def _with_choices(weights: Weights, reports: list[Annotated]) -> Weights:
    """The weights, with those of further claims, countries and numbers, each found with those before it."""
    for more in (with_further, with_countries, with_numbers):
        weights = more(weights, reports)
    return weights


def doubtful(gold: list[dict[str, Any]]) -> bool:
    """Is a claim of the sentence one that must not be shown as a fact?"""
    return any(g["certainty"] in {"possible", "alleged", "denied"} for g in gold)


def _claimed(seen: list[Seen], weights: Weights) -> Iterator[tuple[str, list[dict[str, Any]], list[Described]]]:
    """Each kind that the annotators found in a sentence, its claims, and the mentions with their features for it."""
    for s in seen:
        anchors = anchors_of(s.look, weights) if s.gold else {}
        for kind in dict.fromkeys(g["kind"] for g in s.gold):
            mentions = [(m, [*m.features, *end_features(s.look, kind, m, anchors.get(kind), NAMES)]) for m in s.mentions]
            yield kind, [g for g in s.gold if g["kind"] == kind], mentions


def tuned() -> list[Annotated]:
    """The reports that the weights may be trained on."""
    return [a for a in all_annotated() if not a.unseen] + lessons()


def hands() -> dict[str, str]:
    """Who annotated each report of benchmarks/reports that is not one of the older ones."""
    lines = (FOLDER / "hands.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


def measured(reports: list[Annotated]) -> dict[str, Any]:
    """Scores without and with the trained reader, by hand: the hands' reports are read in two halves, each with weights of the other
    half's and of all lessons; and the gain over all of them, with the interval that drawing the reports anew gives."""
    written_by = hands()
    names = sorted({written_by[a.doc] for a in reports if a.doc in written_by})
    halves = [[a for a in reports if written_by.get(a.doc) in names[k::2]] for k in range(2)]
    seen = {a.doc: seen_in(a) for a in reports}
    with ProcessPoolExecutor(len(halves), get_context("fork"), _share, (reports, seen)) as pool:
        found = [*pool.map(_read_by_others, halves)]
    claims = {name: [c for half in found for c in half[name]] for name in ("rules alone", "with the trained reader")}
    every = [a for half in halves for a in half]
    out = {name: _figures(claims, [a for a in every if written_by[a.doc] == name]) for name in names}
    gained = flow_gained(claims["rules alone"], claims["with the trained reader"], {a.doc: a.gold for a in every})
    out["all hands"] = _figures(claims, every) | {"flow_gained": gained}
    return out


_shared: list[Any] = []  # in each process: the reports, and their sentences as the reader sees them


def _share(*parts: Any) -> None:
    _shared[:] = parts


def _read_by_others(left_out: list[Annotated]) -> dict[str, list[dict[str, Any]]]:
    """The claims of these reports, by rules alone and with weights of all others."""
    reports, seen = _shared
    docs = {a.doc for a in left_out}
    others = [a for a in reports if a.doc not in docs]
    weights = _with_choices(train([s for a in others for s in seen[a.doc]]), others)
    found: dict[str, list[dict[str, Any]]] = {"rules alone": [], "with the trained reader": []}
    for report in map(report_of, left_out):
        found["rules alone"] += map(msgspec.to_builtins, claims_of(report))
        found["with the trained reader"] += map(msgspec.to_builtins, claims_of(report, Trained(report, weights)))
    return found


def _figures(found: dict[str, list[dict[str, Any]]], reports: list[Annotated]) -> dict[str, Any]:
    gold = {a.doc: a.gold for a in reports}
    return {name: score(claims, gold) for name, claims in found.items()} | {"reports": len(gold)}


def main() -> None:
    """Trains and writes, or measures."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.train_reader", description="Trains or measures the trained reader."
    )
    parser.add_argument(
        "--measure",
        action="store_true",
        help="measure the reports of half the annotators with weights of the others; write no weights",
    )
    if parser.parse_args().measure:
        figures = measured(tuned())
        out = Path(__file__).parent / "results" / "train_reader.json"
        out.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
        for hand, rows in figures.items():
            for name in ("rules alone", "with the trained reader"):
                row = rows[name]
                parts = ", ".join(f"{k} {row[k]['f1']}" for k in ("evidence", "kind", "roles", "quantity", "country", "flow"))
                doubt = f"{row['doubtful_shown_as_stated']} of {row['doubtful_paired']} doubtful as stated"
                print(f"{hand}, {rows['reports']} reports, {name}: total {row['total']}, {parts}, {doubt}")
        print(f"flow gained: {figures['all hands']['flow_gained']}")
        return
    reports = tuned()
    buffer = io.BytesIO()
    written(_with_choices(train([s for a in reports for s in seen_in(a)]), reports), buffer)
    FILE.write_bytes(buffer.getvalue())
    print(f"{FILE}: {len(buffer.getvalue())} bytes from {len(reports)} reports")


if __name__ == "__main__":
    main()
