"""The desk: what people decide about claims, and how the picture follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from picket.learn import screens
from picket.learn.claim import Claim
from picket.learn.decisions import Decision, DecisionError, claim_key, hold, read_decisions
from picket.learn.desk import Desk, DeskError, checked
from picket.learn.picture import build
from picket.learn.report import Report
from tests.learn.making import claim
from tests.waiting import until

NOW = {"by": "anna", "time": "2026-01-02T03:04:05+00:00"}
TEXT = "Russia trained Venezuela on drones. 俄罗斯训练了委内瑞拉的无人机操作员。 Iran denied it 🛩 twice."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    sentence = TEXT[:35]
    made = Desk(
        [
            claim(doc="r1", provider="Russia", recipient="Venezuela", capability="drones", evidence=sentence, start=0, end=35,
                  published="2025-03-01", source="Reuters"),
            claim("supply", doc="r2", provider="Iran", recipient="Houthis", published="2025-04-01", source="Reuters", certainty="alleged"),
        ],
        [Report(doc="r1", text=TEXT, source="Reuters", published="2025-03-01")],
        tmp_path / "desk",
    )  # fmt: skip
    yield made
    made.close()


def follow(desk: Desk) -> Any:
    """Waits for the picture that contains all decisions."""
    until(lambda: not desk.behind, words=lambda: "the picture does not follow")
    return desk.seen.picture


def test_a_rejected_claim_leaves_the_picture_and_comes_back_when_undone(desk: Desk) -> None:
    assert len(desk.seen.picture.flows) == 2
    made = desk.decide(Decision(op="reject", claim=desk.key(0), **NOW))
    p = follow(desk)
    assert ([f.provider for f in p.flows], p.rejected, desk.state(0)) == (["ir"], 1, "rejected")
    desk.undo(made, **NOW)
    assert len(follow(desk).flows) == 2
    assert desk.state(0) == "pending"


def test_an_edit_keeps_the_sentence_and_changes_the_slots(desk: Desk) -> None:
    desk.edit(0, {"provider": "Cuba", "certainty": "possible", "country": "ve"}, **NOW)
    p = follow(desk)
    flow = next(f for f in p.flows.values() if f.key.kind == "training")
    assert (flow.key.provider, flow.certainty, flow.fact) == ("cu", "possible", False)
    assert (desk.claim(0).evidence, desk.claim(0).country, desk.original(0).provider) == (TEXT[:35], "VE", "Russia")
    assert screens.evidence(desk, [0])[0]["sentence"].startswith("It is possible")
    assert desk.seen.numbers == [0, 1], "an edited claim keeps its number"


def test_the_key_that_an_edit_gave_means_the_claim_as_well(desk: Desk) -> None:
    desk.edit(0, {"provider": "Cuba"}, **NOW)
    desk.decide(Decision(op="reject", claim=claim_key(desk.claim(0)), **NOW))
    assert desk.state(0) == "rejected"
    assert follow(desk).rejected == 1


def test_a_person_marks_a_span_in_any_language_and_offsets_stay_on_the_original(desk: Desk) -> None:
    start, end = TEXT.index("俄"), TEXT.index("。") + 1
    n = desk.add("r1", start, end, {"kind": "training", "provider": "Russia", "recipient": "Venezuela", "certainty": "reported"},
                 "Russia trained Venezuelan drone operators.", **NOW)  # fmt: skip
    follow(desk)
    c = desk.claim(n)
    assert c.evidence == TEXT[c.start : c.end] == "俄罗斯训练了委内瑞拉的无人机操作员。"
    assert (desk.state(n), desk.translation(n)) == ("added", "Russia trained Venezuelan drone operators.")
    assert n in desk.seen.entry_of, "it is part of the picture"
    shown = screens.claim(desk, n)
    assert shown["text"][shown["start"] : shown["end"]] == c.evidence
    with pytest.raises(DeskError, match="already"):
        desk.add("r1", start, end, {"kind": "training", "provider": "Russia", "recipient": "Venezuela"}, None, **NOW)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-5, 90), st.integers(-5, 90))
def test_what_is_marked_is_the_report_to_the_letter_or_refused(desk: Desk, start: int, end: int) -> None:
    before = len(desk.made)
    try:
        n = desk.add("r1", start, end, {"kind": "sighting", "actor": f"Iran {len(desk.made)}"}, None, **NOW)
    except (DeskError, DecisionError):
        assert not (0 <= start < end <= len(TEXT)) or not TEXT[start:end].strip()
        assert len(desk.made) == before
    else:
        assert desk.claim(n).evidence == TEXT[start:end]


def test_decisions_outlive_the_desk(desk: Desk) -> None:
    desk.decide(Decision(op="accept", claim=desk.key(1), **NOW))
    n = desk.add("r1", 0, 6, {"kind": "production", "actor": "Russia"}, None, **NOW)
    again = Desk(desk.claims, desk.reports.values(), desk.folder)
    try:
        assert ([again.state(i) for i in again.numbers()], again.claim(n)) == (["pending", "accepted", "added"], desk.claim(n))
    finally:
        again.close()


def test_a_decision_of_a_command_counts_too(desk: Desk) -> None:
    with open(desk.path, "ab") as out:
        out.write(b'{"op":"merge","actor":"ru","into":"by"}\n')
    assert desk.decide(Decision(op="accept", claim=desk.key(0), **NOW)) == 2
    assert follow(desk).entries[0].provider == "by"


@pytest.mark.parametrize(
    ("slots", "message"),
    [
        ({"certainty": "sure"}, "certainty: expected one of stated"),
        ({"kind": "attack"}, "kind: expected one of training"),
        ({"country": "Russia"}, "country: expected an ISO 3166-1 code"),
        ({"time": "last week"}, "time: expected a date"),
        ({"provider": "x" * 301}, "provider: at most 300"),
        ({"provider": 3}, "provider: expected text"),
        ({"evidence": "invented"}, "evidence: no such slot"),
        ({"quantity": {"value": "many"}}, "quantity:"),
        ({"quantity": {"value": float("nan")}}, "quantity: expected a number, got nan"),
        ({"quantity": {"value": float("inf")}}, "quantity: expected a number, got inf"),
        ({"quantity": {"value": 3, "qualifier": "roughly"}}, "qualifier expected one of"),
    ],
)
def test_a_slot_that_cannot_be_is_refused_with_what_was_expected(slots: dict[str, Any], message: str) -> None:
    with pytest.raises(DeskError, match=message):
        checked(slots)


def test_a_kind_decides_which_ends_a_claim_has() -> None:
    assert checked({"kind": "supply", "provider": "Iran", "actor": "Iran"}) == {
        "kind": "supply",
        "provider": "Iran",
        "actor": None,
        "target": None,
    }
    assert checked({"kind": "sighting", "provider": "Iran", "actor": " Iran "})["provider"] is None


def test_an_edit_of_another_sentence_is_no_decision(tmp_path: Path) -> None:
    one, other = claim(doc="r1"), claim(doc="r1", start=500)
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(b"")
    from picket.learn.decisions import append_decision

    with pytest.raises(DecisionError, match="keeps the sentence"):
        append_decision(path, Decision(op="edit", claim=claim_key(one), changed=other))
    assert append_decision(path, Decision(op="edit", claim=claim_key(one), changed=one)) == 1
    assert hold(read_decisions(path)).edited == {claim_key(one): one}


def test_the_order_of_claims_does_not_change_the_picture_with_decisions() -> None:
    claims = [claim(doc=f"r{i}", provider="Iran", recipient="Houthis", published=f"2025-01-0{i}") for i in range(1, 6)]
    made = [Decision(op="edit", claim=claim_key(claims[2]), changed=Claim(**{**_fields(claims[2]), "certainty": "denied"})),
            Decision(op="add", changed=claim(doc="r9", provider="Iran", recipient="Sudan")),
            Decision(op="reject", claim=claim_key(claims[0]))]  # fmt: skip
    one, other = build(claims, decisions=made), build(claims[::-1], decisions=made)
    assert one.entries == other.entries
    assert [len(f.against) for f in one.flows.values()] == [1, 0]


def _fields(c: Claim) -> dict[str, Any]:
    return {f: getattr(c, f) for f in c.__struct_fields__}
