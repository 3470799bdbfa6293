"""Scores claims against annotated ones: precision, recall and F1 of sentences, kinds, roles, quantities, countries and flows.

Claims are paired one to one inside a report by the best assignment (Hungarian), only where they stand in the same sentence. The
total weighs evidence .20, kind .25, roles .30, quantity .15 and country .10; flow is kind, provider and recipient all right.
Two names match when they are the same entry of the gazetteer or share more than half of the longer one's content words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from picket.learn.claim import KINDS, TRANSFERS
from picket.learn.lexicon import lexicon

WEIGHTS = {"evidence": 0.20, "kind": 0.25, "roles": 0.30, "quantity": 0.15, "country": 0.10}
ROLES = ("provider", "recipient", "actor", "target")
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "and",
        "or",
        "by",
        "from",
        "with",
        "its",
        "their",
        "his",
        "that",
        "this",
        "several",
        "some",
        "former",
        "ex",
        "group",
        "groups",
        "force",
        "forces",
        "member",
        "members",
        "people",
        "official",
        "officials",
        "government",
    ]
)
Row = dict[str, Any]


def score(found: list[Row], gold: dict[str, list[Row]]) -> dict[str, Any]:
    """{measure: {p, r, f1}, total, per_kind, shown_as_fact}; `shown_as_fact` is the share of paired claims that the reader calls
    possible, alleged or denied and the program stated."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    doubtful = stated = 0
    for doc, golds in gold.items():
        mine = [c for c in found if c["doc"] == doc]
        _add(
            counts["evidence"],
            len({c["evidence"] for c in mine} & {g["evidence"] for g in golds}),
            len({c["evidence"] for c in mine}),
            len({g["evidence"] for g in golds}),
        )
        found_pairs = pairs(mine, golds)
        for p, g in found_pairs:
            _one(counts, p, g)
            if g["certainty"] in {"possible", "alleged", "denied"} and p["kind"] == g["kind"]:
                doubtful += 1
                stated += p["certainty"] == "stated"
        paired = {id(p) for p, _ in found_pairs}, {id(g) for _, g in found_pairs}
        for p in mine:
            if id(p) not in paired[0]:
                _one(counts, p, None)
        for g in golds:
            if id(g) not in paired[1]:
                _one(counts, None, g)
    out: dict[str, Any] = {name: _prf(counts[name]) for name in [*WEIGHTS, "flow", "certainty", "time"]}
    out["total"] = round(sum(w * out[name]["f1"] for name, w in WEIGHTS.items()), 3)
    out["per_kind"] = {k: _prf(counts[f"kind:{k}"]) for k in KINDS}
    out["doubtful_paired"] = doubtful
    out["doubtful_shown_as_stated"] = stated
    return out


def _add(count: list[int], both: int, found: int, gold: int) -> None:
    count[0] += both
    count[1] += found
    count[2] += gold


def _prf(count: list[int]) -> dict[str, float]:
    both, found, gold = count
    p, r = both / found if found else 0.0, both / gold if gold else 0.0
    return {"p": round(p, 3), "r": round(r, 3), "f1": round(2 * p * r / (p + r), 3) if p + r else 0.0, "gold": gold}


def pairs(mine: list[Row], golds: list[Row]) -> list[tuple[Row, Row]]:
    """(found, gold) of one report, one to one, by the best assignment; only claims of the same sentence."""
    if not mine or not golds:
        return []
    table = np.array([[_likeness(p, g) for g in golds] for p in mine])
    rows, columns = linear_sum_assignment(-table)
    return [(mine[i], golds[j]) for i, j in zip(rows, columns, strict=True) if table[i, j] > 0]


def _likeness(p: Row, g: Row) -> float:
    if p["evidence"] != g["evidence"]:
        return 0.0
    return float(
        1.0
        + 3.0 * (p["kind"] == g["kind"])
        + sum(same_name(p[r], g[r]) for r in ROLES)
        + same_quantity(p, g)
        + 0.5 * bool(p["country"] and p["country"] == g["country"])
    )


def _one(counts: dict[str, list[int]], p: Row | None, g: Row | None) -> None:
    kind = bool(p and g and p["kind"] == g["kind"])
    _add(counts["kind"], kind, p is not None, g is not None)
    for name in {c["kind"] for c in (p, g) if c}:
        _add(counts[f"kind:{name}"], kind, bool(p and p["kind"] == name), bool(g and g["kind"] == name))
    for role in ROLES:
        a, b = (p or {}).get(role), (g or {}).get(role)
        _add(counts["roles"], same_name(a, b), bool(a), bool(b))
    _add(counts["quantity"], bool(p and g and same_quantity(p, g)), bool(p and p["quantity"]), bool(g and g["quantity"]))
    for slot in ("country", "certainty", "time"):
        a, b = (p or {}).get(slot), (g or {}).get(slot)
        same = a == b if slot != "time" else bool(a and b and str(a)[:4] == str(b)[:4])
        _add(counts[slot], bool(a and b and same), bool(a), bool(b))
    flows = [c for c in (p, g) if c and c["kind"] in TRANSFERS and c["provider"] and c["recipient"]]
    right = (
        len(flows) == 2
        and kind
        and same_name(flows[0]["provider"], flows[1]["provider"])
        and same_name(flows[0]["recipient"], flows[1]["recipient"])
    )
    _add(counts["flow"], bool(right), p in flows if p else False, g in flows if g else False)


def flow_counts(found: list[Row], gold: list[Row]) -> list[int]:
    """[right, found, annotated] flows of one report: the parts of its flow F1."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    matched = pairs(found, gold)
    for p, g in matched:
        _one(counts, p, g)
    for p in found:
        if not any(p is q for q, _ in matched):
            _one(counts, p, None)
    for g in gold:
        if not any(g is h for _, h in matched):
            _one(counts, None, g)
    return counts["flow"]


def flow_gained(before: list[Row], after: list[Row], gold: dict[str, list[Row]]) -> dict[str, float]:
    """The gain in flow F1 from claims `before` to claims `after`, and its 2.5 and 97.5 % points over reports drawn anew (1,000 times,
    from a fixed seed)."""
    counts = []
    for claims in (before, after):
        by_doc: dict[str, list[Row]] = defaultdict(list)
        for claim in claims:
            by_doc[claim["doc"]].append(claim)
        counts.append([flow_counts(by_doc[doc], annotated) for doc, annotated in gold.items()])
    table = np.array(counts, float)  # before or after, report, (right, found, annotated)
    drawn = np.random.default_rng(1).integers(0, len(gold), (1000, len(gold)))
    sums = table[:, np.vstack([np.arange(len(gold)), drawn])].sum(axis=2)
    f1 = 2 * sums[..., 0] / np.maximum(sums[..., 1] + sums[..., 2], 1)
    gains = f1[1] - f1[0]
    low, high = np.quantile(gains[1:], [0.025, 0.975])
    return {"gain": round(float(gains[0]), 3), "low": round(float(low), 3), "high": round(float(high), 3)}


def same_quantity(p: Row, g: Row) -> bool:
    a, b = p["quantity"], g["quantity"]
    if not a or not b or abs(a["value"] - b["value"]) > 0.005 * max(abs(a["value"]), abs(b["value"])):
        return False
    return not a["unit"] or not b["unit"] or bool(_words(a["unit"]) & _words(b["unit"]))


def _canonical(name: str) -> str:
    table = lexicon().names
    words = re.sub(r"^(?:the|The) ", "", name).replace("’", "'").split()
    for parts, entry in table.get(words[0].lower(), ()) if words else ():
        if len(parts) == len(words) and tuple(w.lower() for w in words) == tuple(p.lower() for p in parts):
            return (entry.state or entry.shown).lower()
    return " ".join(words).lower()


def _words(name: str) -> frozenset[str]:
    every = [
        re.sub(r"(?<=\w{3})(?:ians|ian|ing|ies|es|ed|s)$", "", w)
        for w in re.findall(r"[a-z0-9]+", name.lower().replace("'s", ""))
    ]
    return frozenset(w for w in every if w not in _STOP) or frozenset(every)


def same_name(a: str | None, b: str | None) -> bool:
    if not a or not b:
        return False
    if _canonical(a) == _canonical(b):
        return True
    x, y = _words(_canonical(a)), _words(_canonical(b))
    shared, longer = len(x & y), max(len(x), len(y))
    return shared / longer > 0.5 or (shared >= 1 and (x <= y or y <= x) and shared / longer >= 0.5)
