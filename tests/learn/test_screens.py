"""What the screens show: every row leads to its sentence, and no doubtful claim reads as a fact."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from picket import site as sites
from picket.learn import screens, when
from picket.learn.claim import read_claims
from picket.learn.desk import Desk
from picket.learn.reading import read_reports
from picket.learn.report import Report
from picket.learn.sources import read_ledger

EXAMPLES = Path(str(resources.files("picket.learn") / "examples"))
HEDGES = ("Reportedly", "It is alleged", "It is possible", "It is called", "Denied by")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    reports = [r for r in read_reports([str(EXAMPLES / "reports")]) if isinstance(r, Report)]
    made = Desk(
        read_claims(EXAMPLES / "claims.jsonl"),
        reports,
        tmp_path_factory.mktemp("desk"),
        ledger_lines=read_ledger(EXAMPLES / "sources.jsonl"),
    )
    yield made
    made.close()


def rows_of(value: Any) -> Iterator[dict[str, Any]]:
    """Every row with evidence, however deep."""
    if isinstance(value, dict):
        if "evidence" in value and isinstance(value["evidence"], list):
            yield value
        for v in value.values():
            yield from rows_of(v)
    elif isinstance(value, list | tuple):
        for v in value:
            yield from rows_of(v)


def everything(desk: Desk) -> dict[str, Any]:
    return {
        "flows": screens.flows(desk, None, "", "", 1000), "matrix": screens.matrix(desk, 1000),
        "against": screens.disagreements(desk, 1000),
        "sources": screens.sources(desk), "changes": screens.changed(desk, 0, 1000), "map": screens.places(desk, None, 1000),
        "cards": [screens.card(desk, c, None) for c in desk.seen.picture.cards], "questions": screens.asked_of_us(desk, None, 1000),
    }  # fmt: skip


def test_every_row_leads_to_sentences_that_stand_in_their_report(desk: Desk) -> None:
    shown = list(rows_of(everything(desk)))
    assert len(shown) > 300
    for row in shown:
        assert row["evidence"], row
        for e in screens.evidence(desk, row["evidence"]):
            assert desk.reports[e["doc"]].text[e["start"] : e["end"]] == e["evidence"]


def test_what_is_not_stated_never_reads_as_a_fact(desk: Desk) -> None:
    doubtful = [r for r in rows_of(everything(desk)) if "sentence" in r and r.get("certainty") not in (None, "stated")]
    assert len(doubtful) > 20
    for row in doubtful:
        assert row["sentence"].startswith(HEDGES), row["sentence"]


def test_flows_stand_as_they_stood_on_a_day(desk: Desk) -> None:
    p = desk.seen.picture
    day = when.parse("2024-06-30").last  # type: ignore[union-attr]
    assert day is not None
    then, now = screens.flows(desk, day, "", "", 1000), screens.flows(desk, None, "", "", 1000)
    assert 0 < len(then["edges"]) < len(now["edges"])
    for edge in then["edges"]:
        for n in edge["evidence"]:
            assert (p.entries[desk.seen.entry_of[n]].reported or 0) <= day
    assert screens.flows(desk, 1, "", "", 1000)["edges"] == []


def test_flows_of_one_actor_and_one_card(desk: Desk) -> None:
    found = screens.flows(desk, None, "Iran", "", 1000)["edges"]
    assert found
    under = desk.seen.picture.under("ir")
    assert all(e["from"] in under or e["to"] in under for e in found)
    assert screens.flows(desk, None, "nobody at all", "", 1000)["edges"] == []


def test_a_path_names_its_weakest_hop_and_a_wrong_name_its_choices(desk: Desk) -> None:
    found = screens.paths(desk, "Iran", "North Korea")
    assert found["problem"] is None
    for path in found["paths"]:
        assert sum(h["weakest"] for h in path["hops"]) == 1
    assert "no actor" in screens.paths(desk, "Iran", "Atlantis")["problem"]


def test_what_our_sensors_would_see_is_told_only_with_a_site(desk: Desk) -> None:
    site = sites.load(Path(__file__).parents[2] / "examples" / "long-beach.toml")
    assert screens.card(desk, "no-emission", None)["coverage"] is None  # type: ignore[index]
    told = screens.card(desk, "no-emission", site)
    assert told is not None
    assert told["coverage"]["answer"] in ("covered", "partly covered", "not covered")
    assert {s["sensor_id"] for s in told["coverage"]["sights"]} == {s.id for s in site.sensor}
    assert screens.card(desk, "no-such-card", site) is None


def test_the_inbox_pages_and_finds(desk: Desk) -> None:
    first = screens.inbox(desk, "pending", "", -1, 10)
    after = screens.inbox(desk, "pending", "", first["rows"][-1]["n"], 10)
    assert first["total"] == len(desk.claims)
    assert len({r["n"] for r in first["rows"] + after["rows"]}) == 20
    some = screens.inbox(desk, "all", "houthi", -1, 1000)
    assert 0 < some["total"] < first["total"]
    assert screens.inbox(desk, "rejected", "", -1, 10)["rows"] == []


def test_a_long_report_is_shown_around_the_sentence(tmp_path: Path) -> None:
    from tests.learn.making import claim

    text = "a" * 50_000 + "Iran sent drones." + "b" * 50_000
    desk = Desk([claim(doc="long", actor="Iran", kind="sighting", evidence="Iran sent drones.", start=50_000, end=50_017)],
                [Report(doc="long", text=text)], tmp_path)  # fmt: skip
    shown = screens.claim(desk, 0)
    desk.close()
    assert shown["text"][shown["start"] : shown["end"]] == "Iran sent drones."
    assert len(shown["text"]) == 40_017
    assert (shown["before"], shown["more"], shown["text_from"]) == (True, True, 30_000)


def test_a_report_that_is_not_what_the_claim_was_read_from_shows_the_sentence_alone(tmp_path: Path) -> None:
    from tests.learn.making import claim

    desk = Desk([claim(doc="r")], [Report(doc="r", text="Another text of the same name. " * 9)], tmp_path)
    shown = screens.claim(desk, 0)
    desk.close()
    assert (shown["has_report"], shown["text"]) == (False, desk.claim(0).evidence)
