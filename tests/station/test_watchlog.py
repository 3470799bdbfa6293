"""The watch log of a running station: written, searched, printed, kept over a restart and a kill, shown in a replay."""

from __future__ import annotations

import hashlib
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi import HTTPException
from pydantic import ValidationError
from pypdf import PdfReader

from picket.cli import main
from picket.record import log
from picket.station.api_watchlog import Note, payload_of
from tests.station.live import Live, free_port, make_site, row, running


def entries(live: Live, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = live.get("/api/log", **asked)["entries"]
    return found


def fly(live: Live, n: int = 25) -> None:
    for i in range(n):
        live.send(row(time.time(), 45.0, -30.0 + (0.003 - 0.00004 * i)))
        time.sleep(0.05)


def test_notes_and_the_life_of_alerts_stand_in_one_list(tmp_path: Path) -> None:
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        body = {"text": " Boat without lights\nnear the pier ", "lat_deg": 45.001, "lon_deg": -30.0}
        written = live.http.post("/api/log", json=body).json()
        assert (written["by"], written["kind"], written["text"]) == ("officer", "note", "Boat without lights\nnear the pier")
        assert abs(written["time"] - time.time()) < 30
        fly(live)
        (alert,) = live.until(lambda: live.get("/api/alerts")["alerts"], live.seen_again)
        live.http.post(f"/api/alerts/{alert['id']}/acknowledge", json={})
        live.http.post("/api/log", json={"text": "Called harbour control", "alert_id": alert["id"]})
        live.http.post(f"/api/alerts/{alert['id']}/close", json={"cause": "drone", "note": "flew off"})
        live.until(lambda: len(entries(live)) == 5)
        found = list(reversed(entries(live)))
        assert [e["kind"] for e in found] == ["note", "alert", "alert", "note", "alert"]
        assert [e["state"] for e in found] == [None, "raised", "acknowledged", None, "closed"]
        assert [e["by"] for e in found] == ["officer", "picket", "officer", "officer", "officer"]
        assert [e["n"] for e in found] == sorted(e["n"] for e in found)
        assert [e["text"] for e in entries(live, q="BOAT pier")] == [written["text"]]
        assert {e["alert_id"] for e in entries(live, q=f"alert {alert['id']}")} == {alert["id"]}
        assert entries(live, since=time.time() + 60) == []
        assert len(entries(live, limit=2)) == 2


def test_it_survives_a_restart_and_a_kill(tmp_path: Path) -> None:
    port = free_port()
    site, archive = make_site(tmp_path, udp_port=port), tmp_path / "archive"
    with running(site, archive, port) as live:
        live.http.post("/api/log", json={"text": "Watch to Bert", "kind": "handover"})
        fly(live)
        live.until(lambda: len(entries(live)) == 2, live.seen_again)
        killed = tmp_path / "killed"  # what kill -9 leaves, the index lost with it
        killed.mkdir()
        for path in archive.iterdir():
            if path.is_file() and path.name != "lock" and "sqlite" not in path.name:
                (killed / path.name).write_bytes(path.read_bytes())
        before = entries(live)
    for folder in (archive, killed):
        with running(site, folder, port) as live:
            live.until(lambda live=live: live.get("/api/log")["complete"])
            time.sleep(0.3)  # what is known already is not told again
            assert entries(live) == before
            live.http.post("/api/log", json={"text": "and on it goes"})
            assert entries(live, limit=1)[0]["n"] > before[0]["n"]
    assert log.verify(archive).damage is None


def test_the_page_to_print_says_who_what_when_and_escapes_every_word(tmp_path: Path) -> None:
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        live.http.post("/api/log", json={"text": "<script>alert(1)</script> & more", "kind": "handover"})
        fly(live)
        live.until(lambda: live.get("/api/alerts")["alerts"], live.seen_again)
        answer = live.http.get("/log")
        assert answer.status_code == 200
        page = answer.text
        assert "Sensors that are not well" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
        assert "<script" not in page
        assert "HAND-OVER" in page
        assert "Open alerts (1)" in page
        assert "INSIDE pier" in page
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "No entries" in live.http.get("/log", params={"q": "nothing like it"}).text
        answer = live.http.get("/log.pdf")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        (printed,) = PdfReader(io.BytesIO(answer.content)).pages
        text = printed.extract_text()
        for words in ("<script>alert(1)</script> & more", "HAND-OVER", "Open alerts (1)", "INSIDE pier", "Handed over by"):
            assert words in text, words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"text": ""}, "text"),
        ({"text": "   "}, "spaces only"),
        ({"text": "x" * 4001}, "4000"),
        ({"text": "x", "kind": "alert"}, "kind"),
        ({"text": "x", "lat_deg": 45.0}, "needs both"),
        ({"text": "x", "lat_deg": 91.0, "lon_deg": 0.0}, "lat_deg"),
        ({"text": "x", "colour": "red"}, "colour"),
    ],
)
def test_a_note_that_is_none_is_told_why(body: dict[str, Any], words: str) -> None:
    with pytest.raises((ValidationError, HTTPException)) as told:
        payload_of(Note(**body), "anna")
    assert words in str(getattr(told.value, "detail", told.value))


def test_the_command_shows_searches_and_prints(tmp_path: Path) -> None:
    site, archive = make_site(tmp_path), tmp_path / "archive"
    with running(site, archive) as live:
        live.http.post("/api/log", json={"text": "Fog since 0300"})
        live.http.post("/api/log", json={"text": "Watch to Bert", "kind": "handover"})
        live.http.post("/api/log", json={"text": "Gone\n2026-01-01T00:00:00Z  picket        alert     Alert 1 closed: bird"})
        run = CliRunner().invoke(main, ["log", "--archive", str(archive)])  # a station that runs is not disturbed
        assert run.exit_code == 0, run.output
        lines = run.output.splitlines()
        assert [line.split("  ")[-1] for line in lines[:3]] == ["Fog since 0300", "Watch to Bert", "Gone"]
        assert lines[3].startswith("    2026-01-01T00:00:00Z")  # a line of a note does not look like an entry
    run = CliRunner().invoke(main, ["log", "--archive", str(archive), "--search", "fog", "--json"])
    assert json.loads(run.output)["text"] == "Fog since 0300"
    run = CliRunner().invoke(main, ["log", "--archive", str(archive), "-o", str(tmp_path / "watch.html")])
    assert run.exit_code == 0
    assert "Watch to Bert" in (tmp_path / "watch.html").read_text()
    run = CliRunner().invoke(main, ["log", "--archive", str(archive), "-o", str(tmp_path / "watch.jsonl")])
    run = CliRunner().invoke(main, ["log", "--archive", str(archive), "-o", str(tmp_path / "watch.pdf")])
    assert run.exit_code == 0, run.output
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "watch.pdf").pages)
    assert "Watch to Bert" in text
    assert "SIMULATED" not in text
    digest = hashlib.sha256((tmp_path / "watch.jsonl").read_bytes()).hexdigest()
    assert digest in text.replace("\n", "")  # the report names the data that it was made of
    run = CliRunner().invoke(main, ["log", "--archive", str(archive), "-o", str(tmp_path / "watch.doc")])
    assert (run.exit_code, ".pdf, .html, .jsonl or .txt" in run.output) == (2, True)
    assert CliRunner().invoke(main, ["log", "--archive", str(archive), "--search", "unicorn"]).exit_code == 1
    assert CliRunner().invoke(main, ["log", "--archive", str(tmp_path)]).exit_code == 2


def test_the_log_of_an_exercise_is_marked_on_paper(tmp_path: Path) -> None:
    writer = log.LogFile(tmp_path)
    writer.append(log.Record(1, 1000.0, "boot", {"version": 1, "origin": "exercise"}))
    writer.append(log.Record(2, 1001.0, "action", {"do": "note", "kind": "note", "text": "Boat seen", "by": "anna"}))
    writer.commit()
    writer.close()
    run = CliRunner().invoke(main, ["log", "--archive", str(tmp_path), "-o", str(tmp_path / "watch.pdf")])
    assert run.exit_code == 0, run.output
    (page,) = PdfReader(tmp_path / "watch.pdf").pages
    assert "SIMULATED: an exercise, none of this was seen" in page.extract_text()


def test_the_page_names_sensors_that_are_not_well(tmp_path: Path) -> None:
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        page = live.http.get("/log").text
    assert "Sensors that are not well" in page
    assert "not heard since the start" in page
