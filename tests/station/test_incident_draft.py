"""An incident, by its number, becomes the draft of an exercise: its flights and its notes, or a clear message why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from picket.cli import main
from picket.record.log import LogFile, Record
from picket.site import Site, load
from picket.station.engine import Engine
from picket.train import Exercise, frames
from tests.station.live import PIER, approach, row
from tests.station.test_engine import records

T0 = 1_700_000_000.0
SITE = """version = 1
[site]
name = "Test pier"
lat_deg = 45.0
lon_deg = -30.0
[[sensor]]
id = "rid"
kind = "remote_id"
lat_deg = 45.0
lon_deg = -30.0
[[zone]]
id = "pier"
kind = "protected"
geometry = "pier.geojson"
floor_m = 0
ceiling_m = 400
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive: one drone flies in, another stays away; five cases."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "pier.geojson").write_text(json.dumps(PIER))
    (folder / "site.toml").write_text(SITE)
    site = load(folder / "site.toml")
    other = [row(T0 + 0.5 * i, 45.02 + 1e-5 * i, -29.97 + 1e-4 * i, "OTHER") for i in range(120)]
    run = records([r for pair in zip(approach(T0, 120), other, strict=True) for r in pair])
    tracks, alert = flown(site, run)
    cases: list[dict[str, Any]] = [
        {"op": "open", "case": 1, "title": "Pier", "since": T0, "until": T0 + 90, "text": "two of them"},
        {"op": "items", "case": 1, "alerts": [], "tracks": [tracks["TEST1"]]},
        {"op": "note", "case": 1, "text": 'Pilot station:\nit came "low"'},
        {"op": "open", "case": 2, "title": "By its alert", "since": T0, "until": T0 + 90, "text": ""},
        {"op": "items", "case": 2, "alerts": [alert], "tracks": []},
        {"op": "open", "case": 3, "title": "Empty", "since": T0, "until": T0 + 90, "text": ""},
        {"op": "open", "case": 4, "title": "Before the log", "since": T0 - 9e6, "until": T0 - 8e6, "text": ""},
        {"op": "items", "case": 4, "alerts": [], "tracks": [1]},
        {"op": "open", "case": 5, "title": "Gone", "since": T0, "until": T0 + 90, "text": ""},
        {"op": "items", "case": 5, "alerts": [], "tracks": [9999]},
    ]
    last = run[-1]
    log = LogFile(folder / "archive")
    for record in run:
        log.append(record)
    for i, step in enumerate(cases, 1):
        log.append(Record(last.seq + i, last.time + i, "action", {"do": "case", "by": "anna", "remove": False, **step}))
    log.append(Record(last.seq + len(cases) + 1, last.time + 60, "end", None))
    log.close()
    return folder


def flown(site: Site, run: list[Record]) -> tuple[dict[str, int], int]:
    """Numbers of the tracks by identity, and of the alert."""
    engine = Engine(site)
    for record in run:
        engine.apply(record)
    names = engine.tracks.values("identity")
    return dict(zip(names, engine.tracks["track_id"].tolist(), strict=True)), engine.book.open[0].id


def drafted(place: Path, number: str, out: Path, *options: str) -> Any:
    return CliRunner().invoke(
        main,
        [
            "train",
            "from-incident",
            number,
            "--archive",
            str(place / "archive"),
            "--site",
            str(place / "site.toml"),
            "-o",
            str(out),
            *options,
        ],
    )


def test_machines_are_told_what_a_draft_holds(place: Path, tmp_path: Path) -> None:
    told = json.loads(drafted(place, "1", tmp_path / "draft", "--json").stdout)
    made = Exercise.load(tmp_path / "draft" / "exercise.toml")
    assert told == {
        "exercise": str(tmp_path / "draft" / "exercise.toml"), "name": "Draft: incident 1: Pier", "seconds": made.repeat_s,
        "actors": 1, "expectations": 3, "left_out": told["left_out"],
    }  # fmt: skip
    words = ["train", "from-tactic", "night-flight", "-o", str(tmp_path / "tactic"), "--json"]
    told = json.loads(CliRunner().invoke(main, words).stdout)
    made = Exercise.load(tmp_path / "tactic" / "exercise.toml")
    assert (told["name"], told["actors"], told["left_out"]) == (made.name, len(made.actor), [])


@pytest.mark.parametrize("number", ["1", "2"])
def test_a_case_becomes_an_exercise_of_its_flights_and_notes(place: Path, tmp_path: Path, number: str) -> None:
    said = drafted(place, number, tmp_path / "draft")
    assert said.exit_code == 0, said.output
    made = Exercise.load(tmp_path / "draft" / "exercise.toml")
    (actor,) = made.actor  # the other one, in the same period, was not joined to it
    assert actor.remote_id is not None
    assert actor.remote_id.serial == "SIMULATED-001"
    assert actor.speed_mps == pytest.approx(25, abs=1)
    assert {e.what for e in made.expect} == {"track", "alert", "acknowledge"}
    text = (tmp_path / "draft" / "exercise.toml").read_text()
    assert "TEST1" not in text
    assert "anna" not in text
    assert next(frames(made, 1, 0.0, 30.0)).payload
    if number == "1":
        assert made.name == "Draft: incident 1: Pier"
        (note,) = made.inject
        assert (note.says, note.when) == ('Pilot station: it came "low"', "by_hand")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("3", "incident 3 (Empty) has no flights: join flights or alerts to it on the page"),
        ("4", "was erased, or never recorded"),
        ("5", "track 9999: not in the recorded period"),
        ("7", "no incident has the number 7; there are: 1, 2, 3, 4, 5"),
        ("0", "no incident has the number 0"),
        ("no-folder", "is no exported incident"),
    ],
)
def test_what_cannot_be_drafted_is_said(place: Path, tmp_path: Path, number: str, words: str) -> None:
    said = drafted(place, number, tmp_path / "draft")
    assert said.exit_code == 2, said.output
    assert words in " ".join(said.output.split())
    assert not (tmp_path / "draft").exists()


def test_an_erased_case_is_told_from_one_that_never_was(place: Path, tmp_path: Path) -> None:
    """Its number was given, and the log that held it is gone."""
    gone = tmp_path / "gone"
    log = LogFile(gone / "archive")
    open_ = {"do": "case", "op": "open", "case": 3, "title": "x", "since": T0, "until": T0 + 9, "text": "", "by": "anna"}
    note = {"do": "note", "by": "anna", "text": "x", "kind": "note", "lat_deg": None, "lon_deg": None, "alert_id": None}
    log.append(Record(900, T0, "action", open_))
    log.append(Record(901, T0 + 1, "action", note))
    log.close()
    (gone / "site.toml").write_text(SITE)
    (gone / "pier.geojson").write_text(json.dumps(PIER))
    said = drafted(gone, "2", tmp_path / "draft")
    assert said.exit_code == 2
    assert "incident 2 was erased with its part of the log" in said.output
