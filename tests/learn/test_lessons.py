"""The reports that only train the trained reader: well formed, and apart from those that figures are taken on."""

import re
from pathlib import Path

import pytest
from benchmarks.reports import all_annotated, lessons, read_many
from benchmarks.train_reader import hands, tuned

from picket.learn.claim import KINDS, TRANSFERS

LESSONS = lessons()
CERTAINTIES = {"stated", "reported", "alleged", "denied", "possible"}


def test_each_lesson_is_a_report_of_its_own_with_claims_as_the_rules_have_them() -> None:
    assert len(LESSONS) > 3000
    assert len({a.doc for a in LESSONS}) == len(LESSONS)
    for a in LESSONS:
        assert a.sentences, a.doc
        for claim in a.gold:
            assert claim["kind"] in KINDS, a.doc
            assert claim["certainty"] in CERTAINTIES, a.doc
            assert claim["evidence"] in a.text, a.doc
            assert claim["country"] is None or re.fullmatch("[A-Z]{2}", claim["country"]), a.doc
            others = ("actor", "target") if claim["kind"] in TRANSFERS else ("provider", "recipient")
            assert not any(claim[role] for role in others), a.doc
            assert claim["kind"] != "statistic" or claim["quantity"], a.doc


def test_no_figure_is_taken_on_a_lesson() -> None:
    measured = all_annotated()
    assert not {a.doc for a in measured} & {a.doc for a in LESSONS}
    assert not {a.doc for a in LESSONS} & set(hands())
    long = {s for a in measured if a.unseen for s in a.sentences if len(s) > 60}
    assert not [s for a in LESSONS for s in a.sentences if s in long]
    assert not [a.doc for a in tuned() if a.unseen]


def test_many_reports_in_a_file_are_read_one_by_one_and_a_fault_is_named(tmp_path: Path) -> None:
    path = tmp_path / "two.txt"
    path.write_text("# doc: a\n# published: 2025-01-02\nOne.\n> sighting | country=DK | q=2 drones\n\n# doc: b\nTwo.\nThree.\n")
    first, second = read_many(path)
    assert (first.doc, first.published, first.text, len(first.gold)) == ("a", "2025-01-02", "One.", 1)
    assert (second.doc, second.published, second.sentences, second.gold) == ("b", None, ["Two.", "Three."], [])
    path.write_text("# doc: c\nOne.\n> sighting | colour=red\n")
    with pytest.raises(ValueError, match=r"c: no slot is called 'colour'"):
        list(read_many(path))
