"""The examples that come with Picket, and the article that is the yardstick."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import msgspec

from picket.learn.claim import Claim, read_claims
from picket.learn.first_seen import first_seen
from picket.learn.flows import FlowKey
from picket.learn.picture import Picture, build
from picket.learn.report import Report
from picket.learn.sources import ledger, read_ledger

EXAMPLES = Path(str(resources.files("picket.learn") / "examples"))
NAMES = sorted(p.stem for p in (EXAMPLES / "reports").glob("*.txt"))
CLAIMS = list(read_claims(EXAMPLES / "claims.jsonl"))


def report(name: str) -> Report:
    meta = json.loads((EXAMPLES / "reports" / f"{name}.json").read_text("utf-8"))
    text = (EXAMPLES / "reports" / f"{name}.txt").read_text("utf-8")
    return Report(doc=name, text=text, source=meta["source"], title=meta["title"], published=meta["published"], language=meta["language"],
                  url=meta["url"])  # fmt: skip


def picture() -> Picture:
    return build(CLAIMS, ledger=read_ledger(EXAMPLES / "sources.jsonl"))


def test_there_are_forty_and_each_says_what_it_is_based_on() -> None:
    assert len(NAMES) >= 40
    for name in NAMES:
        meta = json.loads((EXAMPLES / "reports" / f"{name}.json").read_text("utf-8"))
        assert meta["id"] == name
        assert meta["based_on"]
        assert "not the words of the publisher" in meta["note"]
        assert 120 <= len(report(name).text.split()) <= 300


def test_the_evidence_of_every_claim_is_in_its_report_to_the_letter() -> None:
    texts = {name: report(name).text for name in NAMES}
    assert {c.doc for c in CLAIMS} == set(NAMES)
    for c in CLAIMS:
        assert texts[c.doc][c.start : c.end] == c.evidence


def test_the_ledger_is_that_of_the_reports() -> None:
    assert read_ledger(EXAMPLES / "sources.jsonl") == ledger(report(n) for n in NAMES)


def test_at_least_ten_capabilities_have_a_measured_lag_between_actors() -> None:
    p = picture()
    measured = [c for c in p.cards if any(f.lag_days and f.lag_days[1] > 0 for f in first_seen(p, c).actors)]
    assert len(measured) >= 10, measured


def test_the_examples_name_no_private_person() -> None:
    assert "person" not in {a for e in picture().entries for a in (e.provider, e.recipient, e.actor)}


def test_the_examples_hold_denials_that_stay_attached() -> None:
    denied = [f for f in picture().flows.values() if f.against and f.support]
    assert len(denied) >= 4
    assert not any(f.fact for f in denied)


# -- the yardstick -----------------------------------------------------------------------------------------------------------------
def gold(folder: Path, name: str) -> list[Claim]:
    text = (folder / "docs" / f"{name}.txt").read_text("utf-8")
    rows = json.loads((folder / "gold" / f"{name}.json").read_text("utf-8"))
    made = []
    for row in rows:
        row.pop("id")
        start = text.index(row["evidence"])
        made.append(msgspec.convert({**row, "doc": name, "start": start, "end": start + len(row["evidence"])}, Claim))
    return made


def test_the_article_shows_each_transfer_that_it_names(shared_data: Path) -> None:
    p = build(gold(shared_data / "reports", "00_seed"))
    named = {(k.kind, p.name(k.provider), p.name(k.recipient)): f for k, f in p.flows.items()}
    assert named["training", "Russia", "Venezuela"].fact
    assert named["advising", "Russia", "Venezuela"].fact
    assert named["training", "Ukraine", "Sudanese Armed Forces"].fact
    for group in ("rebel groups in Mali", "rebel groups in Syria"):
        assert named["advising", "Ukraine", group].certainty == "reported"
        assert not named["advising", "Ukraine", group].fact
    assert ("recruitment", "ex-Colombian soldiers", "Mexican cartels") in named
    assert ("learned at", "Ukraine", "foreign fighters trained in Ukraine") in named
    assert not named["recruitment", "foreign fighters trained in Ukraine", "Sinaloa Cartel"].fact
    assert ("uptake", "not stated", "North Korea") in named
    assert ("deployment", "North Korea", "Russia") in named
    border = sorted(e.claim.quantity.value for e in p.entries if e.claim.kind == "statistic" and e.claim.quantity)
    assert border == [328, 60000]
    assert FlowKey("training", "ua", "us") in p.flows
    assert not p.flows[FlowKey("training", "ua", "us")].fact


def test_no_hedged_gold_claim_is_shown_as_a_fact(shared_data: Path) -> None:
    reports = shared_data / "reports"
    claims = [c for f in sorted((reports / "gold").glob("*.json")) for c in gold(reports, f.stem)]
    p = build(claims)
    for flow in p.flows.values():
        if flow.fact:
            assert any(p.entries[i].claim.certainty == "stated" for i in flow.support)
