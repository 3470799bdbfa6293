"""Incidents over the API of a real station: every step in the log, files under their digest, an export that opens, a restart."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from picket.cli import main
from picket.record import log
from picket.record.cases import read_cases
from picket.site import load
from picket.station.incident_files import FileError, plain_name
from tests.station.live import PIER, running
from tests.station.test_api_record import SITE

PHOTO = b"\xff\xd8 a photo"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "pier.geojson").write_text(json.dumps(PIER))
    (tmp_path / "site.toml").write_text(SITE)
    return tmp_path


def test_an_incident_lives_through_a_restart_and_leaves_as_a_folder(place: Path) -> None:
    archive, site = place / "archive", place / "site.toml"
    with running(load(site), archive) as live:
        since = time.time() - 5
        live.until(lambda: live.get("/api/incidents")["complete"])
        made = live.http.post(
            "/api/incidents", json={"title": "Pier", "since": since, "text": "two of them", "tracks": [4]}
        ).json()
        assert (made["number"], made["status"], made["held"], made["tracks"]) == (1, "open", True, [4])
        base = "/api/incidents/1"
        assert live.http.post(base, json={"op": "note", "text": "<b>seen</b> by eye"}).status_code == 200
        got = live.http.post(f"{base}/files", params={"name": "../a/photo.jpg"}, content=PHOTO)
        assert got.json()["files"][0]["sha256"] == hashlib.sha256(PHOTO).hexdigest()
        again = live.http.post(f"{base}/files", params={"name": "b.jpg"}, content=PHOTO)
        assert (again.status_code, again.json()["error"]) == (409, "this very file is attached already")
        assert live.http.post(f"{base}/files", params={"name": "big"}, content=b"x" * (2 << 20)).status_code == 200
        assert live.http.post(f"{base}/files", params={"name": "big"}, content=b"x" * (26 << 20)).status_code == 413
        assert live.http.post(base, json={"op": "hold", "held": False}).status_code == 409
        assert live.http.post(base, json={"op": "hand_over", "to": "ben"}).json()["status"] == "handed_over"
        assert live.http.post("/api/incidents/2", json={"op": "note", "text": "x"}).status_code == 404
        assert live.http.post("/api/incidents", json={"title": " ", "since": since}).status_code == 409
        assert [e["text"] for e in live.get("/api/log", q="incident")["entries"]][-1] == "1 opened: two of them"
    (archive / "cases.msgpack").unlink()
    with running(load(site), archive) as live:
        live.until(lambda: live.get("/api/incidents")["complete"])
        case = live.get(base)["incident"]
        assert (case["status"], case["holder"], len(case["files"]), case["steps"][2]["text"]) == (
            "handed_over", "ben", 2, "<b>seen</b> by eye",
        )  # fmt: skip
        sha256, big = (f["sha256"] for f in case["files"])
        off = live.http.post(base, json={"op": "detach", "sha256": big, "text": "too big"}).json()
        assert ([f["name"] for f in off["files"]], [f["name"] for f in off["taken_off"]]) == (["photo.jpg"], ["big"])
        gone = live.http.get(f"{base}/files/{big}")
        assert (gone.status_code, "kept for the audit" in gone.json()["error"]) == (410, True)
        assert live.http.post(base, json={"op": "detach", "sha256": big}).status_code == 409
        photo = live.http.get(f"{base}/files/{sha256}")
        assert photo.content == PHOTO
        assert photo.headers["content-disposition"] == 'attachment; filename="photo.jpg"'
        closed = live.http.post(base, json={"op": "close", "outcome": "drone", "text": "gone"}).json()
        assert (closed["status"], closed["outcome"]) == ("closed", "drone")
        whole = live.http.get(f"{base}/export.zip", timeout=120)
        assert whole.status_code == 200, whole.text
        with zipfile.ZipFile(io.BytesIO(whole.content)) as z:
            held = {n.removeprefix("picket-incident-1/"): z.read(n) for n in z.namelist()}
        assert held["attachments/01-photo.jpg"] == PHOTO
        assert not [n for n in held if "big" in n]
        sums = dict(reversed(line.split("  ")) for line in held.pop("SHA256SUMS").decode().splitlines())
        assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in held.items()}
        page = held["index.html"].decode()
        assert "&lt;b&gt;seen&lt;/b&gt; by eye" in page
        assert 'href="attachments/01-photo.jpg"' in page
        assert "<h1>Pier</h1>" in page
        text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(held["incident.pdf"])).pages)
        assert "<b>seen</b> by eye" in text
        assert "closed: drone, with" in text
        assert "handed over to ben" in text
        (archive / "attachments" / sha256).write_bytes(b"changed")
        assert "is not what was attached" in live.http.get(f"{base}/files/{sha256}").json()["error"]
    said = CliRunner().invoke(main, ["archive", "verify", "--archive", str(archive)])
    assert (said.exit_code, f"damage: incident 1, photo.jpg: the file {sha256[:12]} is damaged" in said.output) == (3, True)
    (archive / "attachments" / big).write_bytes(b"changed too")
    assert "incident 1, big:" in CliRunner().invoke(main, ["archive", "verify", "--archive", str(archive)]).output
    kept = [r.payload["op"] for r in log.read(archive) if r.kind == "action"]
    assert kept == ["open", "items", "note", "attach", "attach", "hand_over", "detach", "close"]


def test_the_command_lists_them(place: Path) -> None:

    from tests.record.test_cases import STEPS, records, written

    written(place / "archive", records(STEPS))
    said = CliRunner().invoke(main, ["incident", "list", "--archive", str(place / "archive")]).output
    assert said == "1  closed (ben), held  1970-01-01T00:01Z to 1970-01-01T00:16Z  Night: 1 alert, 1 track, 1 file\n"
    none = CliRunner().invoke(main, ["incident", "list", "--archive", str(place)])
    assert (none.exit_code, "holds no log" in none.output) == (2, True)


def test_the_command_takes_a_file_off_where_no_station_runs(place: Path) -> None:
    from tests.record.test_cases import STEPS, records, written

    archive = place / "archive"
    written(archive, records(STEPS[:4]))

    def said(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(
            main, ["incident", "take-off", *words, "--case", "1", "--by", "anna", "--archive", str(archive)]
        )
        return done.exit_code, done.output

    assert said("other.jpg") == (2, "picket: incident 1: no file is 'other.jpg'; there are photo.jpg (aaaaaaaaaaaa)\n")
    assert said("aaaaaaaa", "--why", "wrong pier") == (
        0, "took photo.jpg off incident 1; its bytes are kept for the audit as long as the incident\n",
    )  # fmt: skip
    assert said("photo.jpg")[0] == 2
    case = read_cases(archive).of(1)
    assert (case.files, case.taken_off[0].name, case.steps[-1].text) == ([], "photo.jpg", "wrong pier")
    assert log.verify(archive).damage is None
    held = log.LogFile(archive)  # as a station does
    busy = said("photo.jpg")
    held.close()
    assert (busy[0], "another station writes this archive" in busy[1]) == (2, True)


def test_an_export_asks_for_a_period_or_a_case(place: Path) -> None:
    from tests.record.test_cases import STEPS, records, written

    written(place / "archive", records(STEPS))
    words = [
        "incident",
        "export",
        "--archive",
        str(place / "archive"),
        "--site",
        str(place / "site.toml"),
        "-o",
        str(place / "x"),
    ]
    asked = CliRunner().invoke(main, words)
    assert (asked.exit_code, asked.output) == (2, "picket: give --since and --until, or the number of an incident with --case\n")
    none = CliRunner().invoke(main, [*words, "--case", "2"])
    assert (none.exit_code, none.output) == (2, "picket: no incident has the number 2\n")


def test_names_of_files_are_plain() -> None:
    assert plain_name("..\\x/../My photo (1).jpg") == "My photo (1).jpg"
    assert plain_name("a\u202eb\n\x00.txt") == "a_b_.txt"
    assert len(plain_name("x" * 300 + ".jpeg")) <= 120
    with pytest.raises(FileError, match="expected the name of a file"):
        plain_name("///")
