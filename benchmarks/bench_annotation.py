"""How far two annotators agree on the ten reports that both read: the ceiling of every figure of `bench_learn`.

The first's claims are those of benchmarks/reports, the second's those of benchmarks/reports/second. Labels of kind, certainty, country
and of each slot are compared over claims paired within a sentence; what only one of them wrote is counted beside it. A slot's
kappa is of filled or not; `values` is the share of equal values where both filled it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from benchmarks.agreement import agreement, pairs_of
from benchmarks.claim_scores import Row, same_name, same_quantity, score
from benchmarks.reports import FOLDER, Annotated, read_annotated

SLOTS = ("provider", "recipient", "actor", "target", "place", "capability", "quantity", "time", "attributed_to")


def run() -> dict[str, Any]:
    """The figures of docs/learn.md ("How far two readers agree")."""
    both = [(read_annotated(FOLDER / p.name), read_annotated(p)) for p in sorted((FOLDER / "second").glob("*.txt"))]
    for first, second in both:
        if first.sentences != second.sentences:
            raise ValueError(f"{first.doc}: the two annotators' sentences differ")
    pairs = {a.doc: pairs_of(a.gold, b.gold) for a, b in both}
    every = [pair for found in pairs.values() for pair in found]
    return {
        "reports": len(both),
        "claims": {
            "first": sum(len(a.gold) for a, _ in both),
            "second": sum(len(b.gold) for _, b in both),
            "paired": len(every),
        },
        "sentence_holds_a_claim": agreement({a.doc: _holds(a, b) for a, b in both}),
        "labels": {
            name: agreement({doc: [(a[name], b[name]) for a, b in found] for doc, found in pairs.items()})
            for name in ("kind", "certainty", "country")
        },
        "slots": {slot: _slot(slot, pairs) for slot in SLOTS},
        "kinds_confused": _confused(every, "kind"),
        "certainties_confused": _confused(every, "certainty"),
        "second_scored_against_first": score([c for _, b in both for c in b.gold], {a.doc: a.gold for a, _ in both}),
    }


def _holds(a: Annotated, b: Annotated) -> list[tuple[bool, bool]]:
    first, second = ({c["evidence"] for c in x.gold} for x in (a, b))
    return [(s in first, s in second) for s in a.sentences]


def _slot(slot: str, pairs: dict[str, list[tuple[Row, Row]]]) -> dict[str, Any]:
    filled = [(a, b) for found in pairs.values() for a, b in found if a[slot] and b[slot]]
    out = agreement({doc: [(bool(a[slot]), bool(b[slot])) for a, b in found] for doc, found in pairs.items()})
    values = round(sum(_same(slot, a, b) for a, b in filled) / len(filled), 2) if filled else None
    out |= {"both_filled": len(filled), "values": values}
    if slot == "quantity":  # the numbers alone, whatever unit stands behind them ("2 killed", "2 soldiers")
        out["numbers"] = round(sum(a[slot]["value"] == b[slot]["value"] for a, b in filled) / len(filled), 2) if filled else None
    return out


def _same(slot: str, a: Row, b: Row) -> bool:
    if slot == "quantity":
        return same_quantity(a, b)
    return bool(a[slot] == b[slot]) if slot == "time" else same_name(a[slot], b[slot])


def _confused(every: list[tuple[Row, Row]], name: str) -> dict[str, int]:
    found = Counter(f"{a[name]} / {b[name]}" for a, b in every if a[name] != b[name])
    return dict(found.most_common())
