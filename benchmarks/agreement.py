"""Agreement between two annotators: Cohen's kappa, and the pairing of their claims sentence by sentence.

kappa = (observed - expected) / (1 - expected), where expected is the agreement that the two would reach by chance if each only kept
to how often they use each label (J. Cohen, Educational and Psychological Measurement 20, 1960). It is undefined (None) where both
use one label only. The interval is the percentile bootstrap: the reports are drawn anew, since claims of one report hang together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.claim_scores import ROLES, Row, same_name, same_quantity

Labels = Sequence[tuple[Hashable, Hashable]]
_DRAWS = 1000


def kappa(labels: Labels) -> float | None:
    """Cohen's kappa of (first, second) labels."""
    if not labels:
        return None
    n = len(labels)
    observed = sum(a == b for a, b in labels) / n
    first, second = Counter(a for a, _ in labels), Counter(b for _, b in labels)
    expected = sum(first[x] * second[x] for x in first) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def agreement(by_report: Mapping[str, Labels]) -> dict[str, Any]:
    """{n, same (share), kappa, interval (95 %)} of the labels of several reports."""
    every = [pair for labels in by_report.values() for pair in labels]
    found = kappa(every)
    out: dict[str, Any] = {"n": len(every), "same": _share(a == b for a, b in every)}
    out["kappa"] = None if found is None else round(found, 2)
    out["interval"] = None if found is None else _interval(list(by_report.values()))
    return out


def _share(same: Iterable[bool]) -> float | None:
    every = list(same)
    return round(sum(every) / len(every), 2) if every else None


def _interval(reports: list[Labels]) -> list[float]:
    dice = np.random.default_rng(1960)
    drawn = []
    for _ in range(_DRAWS):
        one = kappa([pair for i in dice.integers(len(reports), size=len(reports)) for pair in reports[i]])
        if one is not None:
            drawn.append(one)
    return [round(float(edge), 2) for edge in np.percentile(drawn, [2.5, 97.5])]


def pairs_of(first: list[Row], second: list[Row]) -> list[tuple[Row, Row]]:
    """Claims of one report paired one to one within a sentence: the same kind first, then the roles, then the rest."""
    out = []
    for sentence in dict.fromkeys(c["evidence"] for c in first):
        mine, theirs = ([c for c in claims if c["evidence"] == sentence] for claims in (first, second))
        if not theirs:
            continue
        table = np.array([[_likeness(a, b) for b in theirs] for a in mine])
        rows, columns = linear_sum_assignment(-table)
        out += [(mine[i], theirs[j]) for i, j in zip(rows, columns, strict=True)]
    return out


def _likeness(a: Row, b: Row) -> float:
    rest = same_name(a["place"], b["place"]) + same_quantity(a, b) + (a["time"] == b["time"]) + (a["certainty"] == b["certainty"])
    return float(100 * (a["kind"] == b["kind"]) + 10 * sum(same_name(a[r], b[r]) for r in ROLES) + rest)
