"""Reading reports: how right the claims are (tuned and unseen reports apart), errors by kind, and reports a second on one core.

The annotated reports are those of benchmarks/reports. Where `../shared/data/reports` lies beside the repository, its six reports
are scored too; the rules were tuned on them. Where PICKET_ENCODER names a folder with the pretrained encoder (docs/learn.md), the trained
reader is measured with it as well.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.claim_losses import losses
from benchmarks.claim_scores import flow_gained, score
from benchmarks.reports import all_annotated
from picket.learn.extract import claims_of
from picket.learn.report import Report
from picket.learn.trained import Trained
from picket.learn.trained.encoder import encoder_in

GIVEN = next(
    (
        p
        for p in (Path(__file__).parents[2] / "shared/data/reports", Path(__file__).parents[3] / "shared/data/reports")
        if p.is_dir()
    ),
    None,
)


def _given() -> list[tuple[Report, list[dict[str, Any]]]]:
    if GIVEN is None:
        return []
    out = []
    for path in sorted((GIVEN / "docs").glob("*.txt")):
        facts = json.loads(path.with_suffix(".json").read_text("utf-8"))
        gold = json.loads((GIVEN / "gold" / f"{path.stem}.json").read_text("utf-8"))
        report = Report(doc=path.stem, text=path.read_text("utf-8"), published=facts["published"], title=facts["title"])
        out.append((report, [c | {"doc": path.stem} for c in gold]))
    return out


Pairs = list[tuple[Report, list[dict[str, Any]]]]
Again = Callable[[Report], Trained | None]  # what reads a report's sentences after the rules


def _rules(_: Report) -> None:
    return None


def _read(pairs: Pairs, again: Again) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(c) for report, _ in pairs for c in claims_of(report, again(report))]


def _scored(pairs: Pairs, found: list[dict[str, Any]]) -> dict[str, Any]:
    return {"reports": len(pairs), "claims": len(found)} | score(found, {r.doc: g for r, g in pairs})


def _each(name: str, pairs: Pairs, encoded: Again | None) -> dict[str, Any]:
    """The figures by rules alone, with the trained reader, and with the encoder beside it."""
    gold = {r.doc: g for r, g in pairs}
    rules, trained = _read(pairs, _rules), _read(pairs, Trained)
    found = {
        name: _scored(pairs, rules) | {"losses": losses(pairs)},
        f"{name}_with_guesses": _scored(pairs, trained) | {"flow_gained": flow_gained(rules, trained, gold)},
    }
    if encoded is not None:
        more = _read(pairs, encoded)
        found[f"{name}_with_encoder"] = _scored(pairs, more) | {"flow_gained": flow_gained(trained, more, gold)}
    return found


def run() -> dict[str, Any]:
    """The figures of docs/learn.md."""
    own = [(Report(doc=a.doc, text=a.text, published=a.published, title=a.title), a) for a in all_annotated()]
    sets = {
        "tuned": [(r, a.gold) for r, a in own if not a.unseen],
        "unseen": [(r, a.gold) for r, a in own if a.unseen],
        "unseen_first": [(r, a.gold) for r, a in own if a.unseen and a.batch == 1],
        "unseen_batch_2": [(r, a.gold) for r, a in own if a.unseen and a.batch == 2],
        "unseen_older": [(r, a.gold) for r, a in own if a.unseen and a.batch < 3],
        "unseen_news": [(r, a.gold) for r, a in own if a.unseen and a.batch == 3],
        "unseen_batch_4": [(r, a.gold) for r, a in own if a.unseen and a.batch == 4],
    }
    sets = {name: pairs for name, pairs in sets.items() if pairs}
    folder = os.environ.get("PICKET_ENCODER")
    encoded = partial(Trained, encoder=encoder_in(Path(folder))) if folder else None
    figures: dict[str, Any] = {}
    for name, pairs in sets.items():
        figures |= _each(name, pairs, encoded)
    given = _given()
    if given:
        figures["given"] = _scored(given, _read(given, _rules))
    reports = [r for r, _ in own] + [r for r, _ in given]
    figures["speed"] = _speed(reports, _rules)
    figures["speed_with_guesses"] = _speed(reports, Trained)
    if encoded is not None:
        figures["speed_with_encoder"] = _speed(reports, encoded)
    return figures


def _speed(reports: list[Report], again: Again) -> dict[str, Any]:
    """Reports and characters a second of one core's time; the weights are loaded before."""
    begun, rounds = time.process_time(), 2
    for _ in range(rounds):
        for report in reports:
            claims_of(report, again(report))
    spent = (time.process_time() - begun) / rounds
    letters = sum(len(r.text) for r in reports)
    return {
        "reports_per_s": round(len(reports) / spent, 1),
        "characters_per_report": letters // len(reports),
        "characters_per_s": round(letters / spent),
    }
