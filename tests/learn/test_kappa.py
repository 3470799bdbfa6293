"""Cohen's kappa is that of the literature; two annotators' claims are paired by kind, then by who is in them."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.agreement import agreement, kappa, pairs_of
from benchmarks.reports import FOLDER, all_annotated, read_annotated

# J. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968), table 1: two judges' diagnoses (personality disorder, neurosis,
# psychosis) of 200 patients. He gives .70 observed, .41 by chance, kappa .492.
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]


def _claim(kind: str, evidence: str = "S.", **slots: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("provider", "recipient", "actor", "target", "place", "country", "time", "quantity"))
    return empty | {"kind": kind, "evidence": evidence, "certainty": "stated"} | slots


def test_kappa_of_cohens_own_example() -> None:
    labels = [(i, j) for i, row in enumerate(COHEN) for j, n in enumerate(row) for _ in range(n)]
    assert len(labels) == 200
    assert kappa(labels) == pytest.approx(0.492, abs=5e-4)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([("a", "a"), ("b", "b")], 1.0),
        ([("a", "b"), ("b", "a")], -1.0),
        ([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], 0.0),  # no better than chance
        ([("a", "a"), ("a", "a")], None),  # one label only: nothing to agree on
        ([], None),
    ],
)
def test_kappa_at_its_ends(labels: list[tuple[str, str]], expected: float | None) -> None:
    assert kappa(labels) == expected


def test_agreement_of_several_reports_is_that_of_all_labels_and_lies_within_its_interval() -> None:
    found = agreement({"one": [("a", "a"), ("b", "b"), ("a", "b")], "two": [("b", "b"), ("a", "a"), ("b", "b")]})
    assert (found["n"], found["same"], found["kappa"]) == (6, 0.83, 0.67)
    low, high = found["interval"]
    assert low <= found["kappa"] <= high
    assert agreement({"one": [("a", "a")]})["interval"] is None


def test_claims_pair_within_a_sentence_by_kind_before_roles() -> None:
    first = [_claim("supply", provider="Iran"), _claim("training", provider="Russia"), _claim("warning", "T.")]
    second = [_claim("training", provider="Iran"), _claim("supply", provider="Russia"), _claim("warning", "U.")]
    assert [(a["kind"], b["kind"]) for a, b in pairs_of(first, second)] == [("supply", "supply"), ("training", "training")]


def test_claims_of_one_kind_pair_by_roles() -> None:
    first = [_claim("supply", provider="Iran", recipient="Sudan"), _claim("supply", provider="Russia", recipient="Mali")]
    pairs = pairs_of(first, [first[1], first[0], _claim("supply", provider="China")])
    assert [(a["provider"], b["provider"]) for a, b in pairs] == [("Iran", "Iran"), ("Russia", "Russia")]


def test_the_second_annotation_is_of_the_same_sentences_and_is_no_report_of_its_own() -> None:
    first = {a.doc: a for a in all_annotated()}
    assert len(first) == len(list(FOLDER.glob("*.txt")))
    second = [read_annotated(p) for p in sorted((FOLDER / "second").glob("*.txt"))]
    assert len(second) == 10
    for report in second:
        assert report.sentences == first[report.doc].sentences
        assert report.gold
