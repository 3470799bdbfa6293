"""Exercises of the library through the station: their expectations are scored, and an officer who does the right thing passes."""

from __future__ import annotations

from pathlib import Path

from picket.station import practice
from picket.train import library
from picket.train.officer import NOBODY, Do, Officer
from picket.train.score import score

GOOD = Officer("good", [Do(act="acknowledge", after_s=5), Do(act="note", after_s=10), Do(act="close", after_s=60, cause="drone")])


def test_the_first_exercise_is_passed_by_an_officer_who_reports_and_by_nobody_else(tmp_path: Path) -> None:
    exercise = library.load("first-look")
    for name, officer in (("good", GOOD), ("nobody", NOBODY)):
        practice.run(exercise, tmp_path / name, officer=officer)
    good, nobody = score(tmp_path / "good"), score(tmp_path / "nobody")
    assert {m.id: m.met for m in good.expected} == {e.id: True for e in exercise.expect}
    assert good.passed
    assert nobody.sensed
    assert not nobody.passed
    assert {m.id for m in nobody.expected if not m.met} == {e.id for e in exercise.expect if e.what not in ("track", "alert")}
    assert not any("SILENT" in words for words in good.station)
