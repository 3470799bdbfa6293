"""Decisions and ledgers as files."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from picket.learn.decisions import Decision, DecisionError, append_decision, hold, read_decisions
from picket.learn.report import Report
from picket.learn.sources import SourceError, ledger, read_ledger, write_ledger
from tests.learn.making import claim


def test_decisions_are_added_and_read_back(tmp_path: Path) -> None:
    file = tmp_path / "decisions.jsonl"
    made = [
        Decision(op="merge", actor="a", into="b", why="same"),
        Decision(op="grade", source="reuters", into="A"),
        Decision(op="undo", decision=1),
    ]
    assert [append_decision(file, d) for d in made] == [1, 2, 3]
    assert read_decisions(file) == made
    held = hold(made)
    assert held.merged == {}
    assert held.grades == {"reuters": ("A", "decided by an analyst")}


@pytest.mark.parametrize(
    "made",
    [
        Decision(op="rename", actor="a", into="half a character \ud800"),
        Decision(op="add", changed=claim("statistic", number=(float("nan"), "drones"))),
    ],
)
def test_a_decision_that_would_not_read_back_is_refused_and_costs_no_other(tmp_path: Path, made: Decision) -> None:
    file = tmp_path / "decisions.jsonl"
    append_decision(file, Decision(op="grade", source="reuters", into="A"))
    with pytest.raises(DecisionError, match="cannot be written"):
        append_decision(file, made)
    assert append_decision(file, Decision(op="grade", source="reuters", into="B")) == 2


def test_a_file_whose_last_line_has_no_end_goes_on_in_a_line_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "decisions.jsonl"
    file.write_text('{"op":"grade","source":"reuters","into":"A"}')
    assert append_decision(file, Decision(op="undo", decision=1)) == 2
    assert [d.op for d in read_decisions(file)] == ["grade", "undo"]


def test_a_full_disk_leaves_no_half_of_a_decision(tmp_path: Path) -> None:
    file = tmp_path / "decisions.jsonl"
    append_decision(file, Decision(op="grade", source="reuters", into="A"))
    before = file.read_bytes()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, limit[1]))  # a write beyond it is cut, the next one fails
    try:
        with pytest.raises(OSError, match="too large"):
            append_decision(file, Decision(op="grade", source="reuters", into="B", why="long"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert file.read_bytes() == before


def test_merges_go_on_to_their_end_and_a_circle_stops() -> None:
    held = hold([Decision(op="merge", actor="a", into="b"), Decision(op="merge", actor="b", into="c")])
    assert held.actor("a", None) == "c"
    circle = hold([Decision(op="merge", actor="a", into="b"), Decision(op="merge", actor="b", into="a")])
    assert circle.actor("a", None) in ("a", "b")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"op":"merge","actor":"a"}', "line 2: merge needs into"),
        ('{"op":"undo","decision":9}', r"line 2: undo expected the number of an earlier decision \(1 to 1\), got 9"),
        ('{"op":"grade","source":"x","into":"Z"}', "line 2: grade expected A to F, got 'Z'"),
        ('{"op":"delete"}', "line 2: expected a decision"),
        ('{"op":"merge","actor":"a","into":"b","extra":1}', "line 2: expected a decision"),
        ("not json", "line 2: expected a decision"),
        ("\xff", "line 2: expected a decision"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "d.jsonl"
    file.write_bytes(b'{"op":"merge","actor":"a","into":"b"}\n' + line.encode("latin-1") + b"\n")
    with pytest.raises(DecisionError, match=message):
        read_decisions(file)


def test_a_ledger_is_the_same_whatever_the_order_of_reports(tmp_path: Path) -> None:
    text = "A long story about drones over the harbour that nobody could explain on that night. " * 4
    reports = [
        Report(doc="b", text=text, source="Le Monde", published="2025-01-02"),
        Report(doc="a", text=text, source="Haaretz", published="2025-01-03"),
        Report(
            doc="c", text="Drones came, the BBC reported.", source="Kyiv Post", published="2025-01-04", url="https://example.org/"
        ),
    ]
    found = ledger(reports)
    assert found == ledger(reversed(reports))
    assert [(s.doc, s.origin, s.copy_of) for s in found] == [("b", "lemonde", None), ("a", "lemonde", "b"), ("c", "bbc", None)]
    write_ledger(tmp_path / "s.jsonl", found)
    assert read_ledger(tmp_path / "s.jsonl") == found


def test_a_wrong_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text('{"doc":"a"}\n')
    with pytest.raises(SourceError, match="line 1: expected a report's line"):
        read_ledger(tmp_path / "s.jsonl")
    with pytest.raises(SourceError, match="cannot be read"):
        read_ledger(tmp_path / "none.jsonl")
