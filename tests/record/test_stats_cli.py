"""`picket stats`, `picket archive` and `picket replay` as people call them: words, exit codes, files."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader
from tests.record.history import T0, north, seal, wander

from picket.cli import main
from picket.feed.table import read_table, write_table
from picket.words import TRACK, concat


def call(*words: Any) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words])


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Forty flights of two days: 20 cross a line, one is of an exercise, one of a bird."""
    rows = [north(i + 1, T0 + i * 3_600, 100, 9.995, 20.0 + i * 1e-3) for i in range(20)]
    rows += [north(i + 1, T0 + i * 3_600, 100, 11.0, 20.0 + i * 1e-3) for i in range(20, 40)]
    rows[0] = rows[0].replace({"classification": "bird"})
    rows[1] = rows[1].replace({"origin": "exercise"})
    seal(tmp_path / "archive", rows, sensors=("radar-1",))
    line = {"type": "LineString", "coordinates": [[19.9, 10.0], [20.1, 10.0]]}
    (tmp_path / "line.geojson").write_text(json.dumps(line))
    return tmp_path / "archive"


def test_numbers_come_with_their_definitions(archive: Path) -> None:
    done = call("stats", "--archive", archive, "--line", archive.parent / "line.geojson", "--within", 100, "--compare", "60000 in 184 days",
                "--compare", "328 a day")  # fmt: skip
    assert done.exit_code == 0, done.output
    for words in (
        "18 flights within 100 m of",
        "of 38 flights seen at all",
        "1 bird, 1 simulated",
        "right to left: 18 crossings of 18 flights, 18 beyond 2 sigma",
        "2024-10-04",
        "never of what was flown",
        "closed by a gap of 5 min",
        "Digest of the data",
        "hour by weekday",
        "calendar",
        '"60000 in 184 days" = 326.09 a day',
        "differ from one another by 0.58 %",
        "seen with a sensor down",
    ):
        assert words in done.output, words
    assert "SIMULATED" not in done.output
    assert "SIMULATED" in call("stats", "--archive", archive, "--simulated").output
    quick = call("stats", "--archive", archive, "--line", archive.parent / "line.geojson", "--within", 100, "--quick")
    assert "18 flights within 100 m" in quick.output
    assert "crossings" not in quick.output.split("Definitions")[0]


def test_a_line_s_file_is_named_in_what_is_wrong_with_it_and_in_the_counts(archive: Path) -> None:
    line = archive.parent / os.fsdecode(b"line\xff.geojson")
    line.write_text("[1]")
    assert r"line\xff.geojson: expected a GeoJSON object, got list" in call("stats", "--archive", archive, "--line", line).stderr
    line.write_text((archive.parent / "line.geojson").read_text())
    done = call("stats", "--archive", archive, "--line", line, "--within", 100, "--json")
    assert json.loads(done.stdout)["near"]["shape"].endswith(r"line\xff.geojson")


def test_an_archive_of_an_exercise_alone_names_the_option_that_counts_it(tmp_path: Path) -> None:
    seal(tmp_path / "archive", [north(1, T0, 100, 10.0, 20.0).replace({"origin": "exercise"})], sensors=("radar-1",))
    done = call("stats", "--archive", tmp_path / "archive")
    assert "0 flights, " in done.output
    assert "left out, counted apart: 1 simulated (--simulated counts these instead)" in done.output
    other = call("stats", "--archive", tmp_path / "archive", "--simulated")
    assert "1 flight, 2024-10-04 to 2024-10-05 (1 day, UTC)" in other.output
    assert "left out, counted apart: nothing" in other.output


def test_json_csv_and_geojson(archive: Path, tmp_path: Path) -> None:
    d = json.loads(call("stats", "--archive", archive, "--by", "week", "--json").output)
    assert d["flights"] == 38
    assert sum(r["flights"] for r in d["table"]) == 38
    assert {"observed", "flight", "airframe"} <= set(d["definitions"])
    assert call("stats", "--archive", archive, "-o", tmp_path / "t.csv").exit_code == 0
    text = (tmp_path / "t.csv").read_text().splitlines()
    assert any("digest" in line for line in text if line.startswith("#"))
    rows = list(csv.DictReader(line for line in text if not line.startswith("#")))
    assert [int(r["flights"]) for r in rows] == [22, 16]
    assert call("stats", "--archive", archive, "-o", tmp_path / "m.geojson").exit_code == 0
    features = json.loads((tmp_path / "m.geojson").read_text())["features"]
    assert sum(f["properties"]["points"] for f in features) == 40 * 101


def test_a_report_to_print_has_charts_definitions_uptime_and_digest(archive: Path, tmp_path: Path) -> None:
    line = ("--line", archive.parent / "line.geojson", "--within", 100)
    d = json.loads(call("stats", "--archive", archive, *line, "--json").output)
    done = call("stats", "--archive", archive, *line, "--compare", "328 a day", "-o", tmp_path / "r.pdf")
    assert done.exit_code == 0, done.output
    text = " ".join(page.extract_text() for page in PdfReader(tmp_path / "r.pdf").pages)
    flat = re.sub(r"\s+", "", text)
    for words in (d["digest"], *d["definitions"].values(), "18 flights within 100 m of", "Flights a day", "Where", "flights: bird",
                  "given \"328 a day\"", "right to left: 18 crossings", "SIMULATED"):  # fmt: skip
        assert (re.sub(r"\s+", "", words) in flat) == (words != "SIMULATED"), words
    again = call("stats", "--archive", archive, *line, "--compare", "328 a day", "-o", tmp_path / "again.pdf")
    assert again.exit_code == 0
    assert (tmp_path / "again.pdf").read_bytes() == (tmp_path / "r.pdf").read_bytes()
    assert call("stats", "--archive", archive, "--simulated", "-o", tmp_path / "s.html").exit_code == 0
    assert "SIMULATED: an exercise" in (tmp_path / "s.html").read_text()
    assert call("stats", "--archive", archive, "-o", tmp_path / "s.png").exit_code == 0
    assert (tmp_path / "s.png").read_bytes().startswith(b"\x89PNG")
    wrong = call("stats", "--archive", archive, "-o", tmp_path / "r.doc")
    assert (wrong.exit_code, "expected a name that ends in .pdf, .html, .png, .csv, .geojson, got .doc" in wrong.output) == (
        2,
        True,
    )
    empty = call("stats", "--archive", archive, "--since", "2030-01-01", "--until", "2030-01-03", "-o", tmp_path / "n.png")
    assert (empty.exit_code, "nothing to draw" in empty.output) == (2, True)
    assert (
        call("stats", "--archive", archive, "--since", "2030-01-01", "--until", "2030-01-03", "-o", tmp_path / "n.pdf").exit_code
        == 1
    )


def test_a_zone_of_the_site_file(archive: Path, tmp_path: Path) -> None:
    box = {"type": "Polygon", "coordinates": [[[19.9, 10.0], [20.1, 10.0], [20.1, 10.005], [19.9, 10.005], [19.9, 10.0]]]}
    (tmp_path / "box.geojson").write_text(json.dumps(box))
    zone = '[[zone]]\nid = "box"\nkind = "protected"\ngeometry = "box.geojson"\n'
    (tmp_path / "site.toml").write_text('version = 1\n[site]\nname = "x"\nlat_deg = 10.0\nlon_deg = 20.0\n' + zone)
    done = call("stats", "--archive", archive, "--zone", "box", "--site", tmp_path / "site.toml")
    assert done.exit_code == 0, done.output
    assert "into: 18 crossings of 18 flights" in done.output
    assert "incursions: 18 flights" in done.output
    wrong = call("stats", "--archive", archive, "--zone", "bix", "--site", tmp_path / "site.toml")
    assert wrong.exit_code == 2
    assert "the site file has box" in wrong.output


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--line", "nowhere.geojson"], 2, "no such file"),
        (["--within", "5"], 2, "--within needs a --line"),
        (["--zone", "x"], 2, "--zone needs --site"),
        (["--gap", "5"], 2, "60 to 86400"),
        (["--since", "2024-10-10", "--until", "2024-10-01"], 2, "--until after --since"),
        (["--since", "2030-01-01", "--until", "2030-02-01"], 1, "0 flights"),
        (["--since", "2030-01-01"], 2, "nothing is sealed from 2030-01-01 on: 2024-"),
        (["--until", "2000-01-01"], 2, "nothing is sealed until then: 2024-"),
        (["--since", "nan"], 2, "a time of the years 1970 to 2100"),
        (["--since", "inf"], 2, "a time of the years 1970 to 2100"),
        (["--until", "1700000000000"], 2, "this looks like milliseconds"),
        (["--since", "1815-06-18"], 2, "a time of the years 1970 to 2100, got '1815-06-18'"),
        (["--compare", "lots"], 2, "60000 in 184 days"),
        (["-o", "x.doc"], 2, "ends in .pdf, .html, .png, .csv, .geojson, got"),
        (["--since", "yesterday"], 2, "ISO 8601"),
    ],
)
def test_mistakes_are_messages(archive: Path, words: list[str], code: int, message: str) -> None:
    done = call("stats", "--archive", archive, *words)
    assert (done.exit_code, message in done.output) == (code, True), done.output


def test_nothing_is_said_to_be_erased_where_there_is_no_archive(archive: Path) -> None:
    site = archive.parent / "site.toml"
    site.write_text('version = 1\n[site]\nname = "Test"\nlat_deg = 10.0\nlon_deg = 20.0\n')
    done = call("archive", "erase", "--archive", archive.parent / "arhcive", "--site", site)
    assert (done.exit_code, "no such folder" in done.output) == (2, True)


def test_the_line_that_is_counted_at_is_not_written_over(archive: Path) -> None:
    line = archive.parent / "line.geojson"
    before = line.read_bytes()
    done = call("stats", "--archive", archive, "--line", line, "-o", line)
    assert (done.exit_code, "it is read too" in done.output) == (2, True)
    assert line.read_bytes() == before


def test_an_archive_without_days_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = call("stats", "--archive", tmp_path / "empty")
    assert done.exit_code == 2
    assert "archive rebuild" in done.output
    assert "archive import" in done.output
    assert call("stats", "--archive", tmp_path / "nowhere").exit_code == 2


def test_a_damaged_day_makes_exit_code_3(archive: Path) -> None:
    path = sorted((archive / "days").glob("points-*"))[0]
    path.write_bytes(path.read_bytes()[:100])
    done = call("stats", "--archive", archive, "--line", archive.parent / "line.geojson", "--within", 100)
    assert done.exit_code == 3
    assert path.name in done.output
    verified = call("archive", "verify", "--archive", archive)
    assert verified.exit_code == 3
    assert path.name in verified.output


def test_history_comes_in_and_is_asked(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    rows = concat(TRACK, [wander(rng, i + 1, 10.0, 20.0) for i in range(8)])
    rows = rows.take(np.argsort(rows["time"], kind="stable"))
    write_table(rows, tmp_path / "may.csv")
    assert read_table(tmp_path / "may.csv", TRACK).n == rows.n
    done = call("archive", "import", tmp_path / "may.csv", "--archive", tmp_path / "a")
    assert done.exit_code == 0, done.output
    assert "8 segments" in done.output
    again = call("archive", "import", tmp_path / "may.csv", "--archive", tmp_path / "a")
    assert again.exit_code == 2
    assert "nothing counts twice" in again.output
    assert json.loads(call("archive", "verify", "--archive", tmp_path / "a", "--json").output)["sealed_damage"] == []
    files = len([p for p in (tmp_path / "a" / "days").iterdir() if p.suffix == ".parquet"])
    assert f"{files} files of sealed days hold" in call("archive", "verify", "--archive", tmp_path / "a").output
    asked = call("archive", "sql", "SELECT count(*) AS n FROM segments", "--archive", tmp_path / "a", "--json")
    assert json.loads(asked.output) == [{"n": 8}]
    assert call("archive", "sql", "SELECT 1 AS x", "--archive", tmp_path / "a", "-o", tmp_path / "x.csv").exit_code == 0
    assert (tmp_path / "x.csv").read_text() == '"x"\n1\n'
    assert call("archive", "sql", "nonsense", "--archive", tmp_path / "a").exit_code == 2
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    assert call("archive", "import", tmp_path / "bad.csv", "--archive", tmp_path / "a").exit_code in (1, 2, 3)
    assert "Traceback" not in call("archive", "import", tmp_path / "bad.csv", "--archive", tmp_path / "a").output
