"""Kept runs as the training page has them: what is told to whom, the picture then, the board."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from picket.cli import main
from picket.feed.table import read_table
from picket.learn.cards import shipped_cards
from picket.station.train_station import TrainStation
from picket.train.kept import read_facts
from picket.words import TRACK
from tests.station.playing import Client
from tests.station.training import keep_runs, served


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep_runs(tmp_path_factory.mktemp("train"))


@pytest.fixture
def training(runs: Path) -> Iterator[tuple[TrainStation, Client]]:
    (runs / "board.jsonl").unlink(missing_ok=True)
    with served(runs) as (station, client, _):
        yield station, client


def officer(station: TrainStation, name: str) -> Client:
    return Client(f"http://127.0.0.1:{station.port}/?token={station.access.new_token(name)}")


def test_a_review_tells_who_did_what_and_when(training: tuple[TrainStation, Client]) -> None:
    control = training[1]
    listed = control.get("/api/train/runs")
    assert [r["name"] for r in listed["runs"]] == ["both", "ben"]
    assert listed["control"]
    found = control.get("/api/train/runs/both")
    assert [(o["name"], o["acknowledged"], o["judged"], o["judged_wrong"]) for o in found["score"]["officers"]] == [
        ("Anna", 2, 0, 0),
        ("Ben", 0, 2, 0),
    ]
    (event,) = found["score"]["events"]
    assert (event["acknowledged_by"], event["judged_by"], event["reported_by"]) == ("Anna", "Ben", None)
    moments = found["moments"]
    assert [m["at_s"] for m in moments] == sorted(m["at_s"] for m in moments)
    order = [m["what"] for m in moments]
    assert order.index("appeared") <= order.index("seen") <= order.index("track") <= order.index("alert")
    decided = [m for m in moments if m["decision"]]
    assert {(m["what"], m["by"]) for m in decided} == {("acknowledged", "Anna"), ("closed", "Ben")}
    raised = {m["alert_id"]: m["at_s"] for m in moments if m["what"] == "alert"}
    assert all(m["delay_s"] == pytest.approx(m["at_s"] - raised[m["alert_id"]], abs=0.11) for m in decided)
    assert [r["name"] for r in found["earlier"]] == ["ben"]
    note = next(m for m in control.get("/api/train/runs/ben")["moments"] if m["what"] == "note")
    assert (note["words"], note["by"], note["decision"]) == ("Reported to the harbour master", "Ben", True)


def test_the_picture_then_is_what_was_kept(training: tuple[TrainStation, Client], runs: Path) -> None:
    control = training[1]
    found = control.get("/api/train/runs/both")
    acknowledged = next(m["at_s"] for m in found["moments"] if m["what"] == "acknowledged")
    then = control.get(f"/api/train/runs/both/at?s={acknowledged}")
    (alert,) = then["alerts"]
    assert (alert["state"], alert["by"]) == ("acknowledged", "Anna")
    before = control.get(f"/api/train/runs/both/at?s={acknowledged - 0.2}")
    assert [a["state"] for a in before["alerts"]] == ["raised"]
    closed = next(m["at_s"] for m in found["moments"] if m["what"] == "closed")
    assert alert["id"] not in {a["id"] for a in control.get(f"/api/train/runs/both/at?s={closed}")["alerts"]}
    # tracks: those of the table at that second; the object beside its own
    table = read_table(runs / "both" / "tracks.parquet", TRACK)
    second = table["time"].astype(int) == int(read_facts(runs / "both").start + acknowledged)
    assert sorted(t["id"] for t in then["tracks"]) == sorted(table["track_id"][second].tolist())
    (thing,) = then["objects"]
    mine = next(t for t in then["tracks"] if t["id"] in thing["track_ids"])
    assert abs(mine["x"] - thing["x"]) < 60
    assert abs(mine["y"] - thing["y"]) < 60
    assert thing["y"] == pytest.approx(1500 - 25 * acknowledged, abs=30)  # its route in the exercise's file
    assert control.get("/api/train/runs/both/at?s=0")["alerts"] == []


def test_an_officer_sees_their_own_and_nobody_else_s(training: tuple[TrainStation, Client]) -> None:
    anna = officer(training[0], "Anna")
    assert [r["name"] for r in anna.get("/api/train/runs")["runs"]] == ["both"]
    text = json.dumps(anna.get("/api/train/runs/both"))
    assert "Anna" in text
    assert "Ben" not in text
    assert "another officer" in text
    assert "Ben" not in json.dumps(anna.get("/api/train/runs"))
    for path in ("ben", "ben/at?s=3", "ben/page", "both/page", "both/page.pdf"):
        assert anna.http.get(f"/api/train/runs/{path}").status_code == 404
    assert anna.http.get("/api/train/board").status_code == 403
    assert anna.http.post("/api/train/board", json={"run": "both"}).status_code == 403
    stranger = officer(training[0], "Cem")
    assert stranger.get("/api/train/runs")["runs"] == []
    assert stranger.http.get("/api/train/runs/both").status_code == 404
    ben = officer(training[0], "Ben")
    assert "Reported to the harbour master" in json.dumps(ben.get("/api/train/runs/ben"))
    page = ben.http.get("/api/train/runs/ben/page").text
    assert "EXERCISE" in page
    assert "Anna" not in page
    printed = ben.http.get("/api/train/runs/ben/page.pdf")
    assert printed.headers["content-type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.content)).pages)
    assert "SIMULATED" in text
    assert "Anna" not in text


@pytest.mark.parametrize("name", ["nothing", "..", "%2e%2e%2fruns%2fboth", ".hidden", "board.jsonl"])
def test_a_run_that_is_none_is_named(training: tuple[TrainStation, Client], name: str) -> None:
    answer = training[1].http.get(f"/api/train/runs/{name}")
    assert answer.status_code in (404, 405)


def test_a_run_that_is_being_played_is_listed_and_not_touched(training: tuple[TrainStation, Client], runs: Path) -> None:
    other = runs / "playing"
    other.mkdir()
    facts = json.loads((runs / "both" / "run.json").read_text()) | {"until_s": 0.0, "complete": False}
    (other / "run.json").write_text(json.dumps(facts))
    try:
        rows = training[1].get("/api/train/runs")["runs"]
        assert rows[0]["name"] == "playing"
        assert "not scored" in rows[0]["state"]
        assert "picket train score" in training[1].http.get("/api/train/runs/playing").json()["error"]
        assert {p.name for p in other.iterdir()} == {"run.json"}
    finally:
        (other / "run.json").unlink()
        other.rmdir()


def test_what_the_command_puts_on_the_board_says_what_its_numbers_are(runs: Path, tmp_path: Path) -> None:
    def board(*words: str) -> str:
        return CliRunner().invoke(main, ["train", "board", "--board", str(tmp_path / "board.jsonl"), *words]).output

    lines = board("add", str(runs / "both")).splitlines()
    assert lines[0] == "entry 1: run of short, not passed"
    assert lines[1].startswith("entry 2: proposed ")
    assert lines[-1] == f'When it is made: picket train board --board {tmp_path}/board.jsonl done 2 --note "what was changed"'
    assert board("done", "2").startswith("2: done;")  # as it was told
    assert "  entry state     change  exercise: what\n      2 done " in board()


def test_a_miss_becomes_a_change_on_the_board_and_stands_where_it_does(training: tuple[TrainStation, Client]) -> None:
    control = training[1]
    assert {p["state"] for p in control.get("/api/train/runs/both")["proposed"]} == {"not on the board"}
    assert control.post("/api/train/board", {"run": "both"})["made"] >= 2
    assert control.post("/api/train/board", {"run": "both"})["made"] == 0
    lesson = next(p for p in control.get("/api/train/board")["proposals"] if p["change"] == "lesson")
    assert "why it will not" in control.post(f"/api/train/board/{lesson['n']}/drop", {"note": " "}, 422)["error"]
    control.post(f"/api/train/board/{lesson['n']}/done", {"note": "practised on Monday"})
    control.post("/api/train/board", {"run": "ben"})  # who reported
    states = {p["n"]: p["state"] for p in control.get("/api/train/board")["proposals"]}
    assert states[lesson["n"]] == "verified"
    assert "no open proposal" in control.post("/api/train/board/999/done", {"note": "x"}, 422)["error"]
    assert {r["card"]: r["title"] for r in control.get("/api/train/board")["lags"]} == {
        name: card.title for name, card in shipped_cards().items()
    }
