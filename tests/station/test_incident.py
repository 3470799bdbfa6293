"""An exported incident: what it holds, that it proves itself, that words from outside stay words, that it is the same twice."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from picket.cli import main
from picket.record.log import LogFile, Record
from picket.station.engine import Engine
from picket.station.incident import IncidentError, export_incident
from picket.station.replay import ReplayError
from tests.station.live import approach, make_site, row
from tests.station.test_engine import records

T0 = 1_700_000_000.0
EVIL = "<script>alert(1)</script>"


def lived(folder: Path, site: object) -> None:
    """A drone with a name that is HTML flies in; its alert is acknowledged and closed."""
    rows = [{**r, "identity": EVIL} for r in approach(T0, 120)]
    run = records(rows)
    engine = Engine(site)  # type: ignore[arg-type]
    for record in run:
        engine.apply(record)
    (alert, *_) = engine.book.open
    last = run[-1]
    acknowledge = {"do": "acknowledge", "id": alert.id, "by": "anna"}
    close = {"do": "close", "id": alert.id, "by": "anna", "cause": "drone", "note": f"seen by eye {EVIL}"}
    run += [
        Record(last.seq + 1, last.time + 1, "action", acknowledge),
        Record(last.seq + 2, last.time + 2, "action", close),
        Record(last.seq + 3, last.time + 3, "audit", {"who": "ben", "what": "looked at operator positions"}),
        Record(last.seq + 4, last.time + 4, "end", None),
    ]
    log = LogFile(folder)
    for record in run:
        log.append(record)
    log.close()


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [v or "" for k, v in attrs if k in ("src", "href", "action", "data")]


def test_the_folder_says_what_happened_and_proves_itself(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    lived(tmp_path / "archive", site)
    found = export_incident(tmp_path / "archive", site, T0, T0 + 100, tmp_path / "out", title="Night", note=EVIL)
    out = tmp_path / "out"
    assert found.alerts[0].state == "closed"
    sums = dict(tuple(reversed(line.split("  "))) for line in (out / "SHA256SUMS").read_text().splitlines())
    for name, digest in sums.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    assert {p.name for p in out.iterdir()} == {*sums, "SHA256SUMS"}
    page = (out / "index.html").read_text()
    tags = _Tags()
    tags.feed(page)
    assert "script" not in tags.tags
    assert tags.links == []  # nothing is loaded from anywhere
    for words in ("closed alert", "acknowledged alert", "Night", "Test pier", "&lt;script&gt;", "never of what was flown"):
        assert words in page, words
    text = " ".join(" ".join(p.extract_text() for p in PdfReader(out / "incident.pdf").pages).split())
    for words in (
        "closed alert",
        "acknowledged alert",
        "Night",
        "Test pier",
        "<script>",
        "never of what was flown",
        sums["record.json"],
    ):
        assert words in text, words
    decisions = list(csv.DictReader((out / "decisions.csv").open()))
    assert [d["what"].split()[0] for d in decisions] == ["acknowledged", "closed"]  # a look is no decision
    assert EVIL in decisions[1]["detail"]
    tracks = [f for f in json.loads((out / "tracks.geojson").read_text())["features"] if "track_id" in f["properties"]]
    assert len(tracks) == 1
    points = list(csv.DictReader((out / "tracks.csv").open()))
    assert sum(len(line) for line in tracks[0]["geometry"]["coordinates"]) == len(points) > 40
    assert len(list(csv.DictReader((out / "detections.csv").open()))) == 120
    record = json.loads((out / "record.json").read_text())
    segment = (tmp_path / "archive" / "00000001.plog").read_bytes()
    assert record["log_segments"] == {"00000001.plog": hashlib.sha256(segment).hexdigest()}


def test_the_same_twice_and_never_over_another(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    lived(tmp_path / "archive", site)
    export_incident(tmp_path / "archive", site, T0, T0 + 100, tmp_path / "a")
    export_incident(tmp_path / "archive", site, T0, T0 + 100, tmp_path / "b")
    assert (tmp_path / "a" / "SHA256SUMS").read_bytes() == (tmp_path / "b" / "SHA256SUMS").read_bytes()
    with pytest.raises(IncidentError, match="is there already"):
        export_incident(tmp_path / "archive", site, T0, T0 + 100, tmp_path / "a")
    with pytest.raises(ReplayError, match="no record between"):
        export_incident(tmp_path / "archive", site, T0 + 9_000, T0 + 9_100, tmp_path / "c")
    assert not (tmp_path / "c").exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".c.")]


def test_an_exercise_says_that_it_is_simulated(tmp_path: Path) -> None:
    site = make_site(tmp_path, station={"port": 0, "origin": "exercise"})
    log = LogFile(tmp_path / "archive")
    for record in records([row(T0 + i, 45.01, -30.0, origin="exercise") for i in range(20)]):
        log.append(record)
    log.close()
    export_incident(tmp_path / "archive", site, T0, T0 + 100, tmp_path / "out")
    assert "SIMULATED" in (tmp_path / "out" / "index.html").read_text()
    assert "SIMULATED" in PdfReader(tmp_path / "out" / "incident.pdf").pages[0].extract_text()


def test_without_the_packages_for_pdf_the_folder_is_made_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = make_site(tmp_path)
    lived(tmp_path / "archive", site)
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "fpdf" else real(name, *more))
    export_incident(tmp_path / "archive", site, T0, T0 + 100, tmp_path / "out")
    assert "incident.pdf" not in (tmp_path / "out" / "SHA256SUMS").read_text()
    assert not (tmp_path / "out" / "incident.pdf").exists()


def test_the_commands(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    lived(tmp_path / "archive", site)
    (tmp_path / "site.toml").write_text(
        'version = 1\n[site]\nname = "Test pier"\nlat_deg = 45.0\nlon_deg = -30.0\n[[sensor]]\nid = "rid"\nkind = "remote_id"\n'
        '[[zone]]\nid = "pier"\nkind = "protected"\ngeometry = "pier.geojson"\nfloor_m = 0\nceiling_m = 400\n'
    )
    common = [
        "--archive",
        str(tmp_path / "archive"),
        "--site",
        str(tmp_path / "site.toml"),
        "--since",
        str(T0),
        "--until",
        str(T0 + 100),
    ]
    done = CliRunner().invoke(main, ["incident", "export", *common, "-o", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "1 track, 2 decisions" in done.output
    done = CliRunner().invoke(main, ["replay", *common, "-o", str(tmp_path / "tracks.csv")])
    assert done.exit_code == 0, done.output
    assert "INSIDE" in done.output or "reaches" in done.output
    assert len((tmp_path / "tracks.csv").read_text().splitlines()) > 100
    done = CliRunner().invoke(
        main, ["archive", "rebuild", "--archive", str(tmp_path / "archive"), "--site", str(tmp_path / "site.toml")]
    )
    assert done.exit_code == 0, done.output
    assert "1 day," in done.output
    done = CliRunner().invoke(main, ["replay", *common[:-2], "--until", str(T0 - 50), "-o", str(tmp_path / "x.csv")])
    assert done.exit_code == 2
    assert not (tmp_path / "x.csv").exists()
