"""`picket learn`: reading is the default; exit codes; claims files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from picket.cli import main
from picket.learn import read_claims

TEXT = """Depot burns
Date: 3 May 2024

Iran sold six drones to Russia last month, officials said. Ukrainian drones struck a depot in Bryansk.
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(TEXT, "utf-8")
    return path


def learn(*words: object) -> Result:
    return CliRunner().invoke(main, ["learn", *map(str, words)])


def test_claims_are_written_and_point_into_the_text_as_read(report: Path, tmp_path: Path) -> None:
    out, texts = tmp_path / "claims.jsonl", tmp_path / "texts"
    assert learn(report, "-o", out, "--texts", texts).exit_code == 0
    claims = list(read_claims(out))
    assert [(c.kind, c.time) for c in claims] == [("supply", "2024-04"), ("use_attack", None)]
    text = (texts / "report.txt").read_text("utf-8")
    assert all(text[c.start : c.end] == c.evidence for c in claims)
    again = tmp_path / "again.jsonl"
    assert learn("read", report, "-o", again).exit_code == 0
    assert again.read_bytes() == out.read_bytes()


FEED = """<rss version="2.0"><channel><title>Wire</title>
<item><guid>1</guid><description>Iran sold six drones to Russia last month, officials said.</description></item>
</channel></rss>"""


def test_every_report_has_a_text_of_its_own(tmp_path: Path) -> None:
    """One was written over another: `wire:1` of a feed was wire_1.txt as well, and a second `a` is a~2, as a file may be called."""
    (tmp_path / "b").mkdir()
    reports = {"wire.xml": FEED, "wire_1.txt": "one", "a.txt": "two", "b/a.txt": "three", "a~2.txt": "four", "x%3Ay.txt": "five",
               "x:y.txt": "six"}  # fmt: skip
    for name, text in reports.items():
        (tmp_path / name).write_text(text if name.endswith(".xml") else f"Iran sold {text} drones to Russia, officials said.")
    out, texts = tmp_path / "claims.jsonl", tmp_path / "texts"
    assert learn(*(tmp_path / name for name in reports), "-o", out, "--texts", texts).exit_code == 0
    assert {p.name for p in texts.iterdir()} == {
        "wire%3A1.txt", "wire_1.txt", "a.txt", "a~2.txt", "a~2~2.txt", "x%253Ay.txt", "x%3Ay.txt"
    }  # fmt: skip
    assert len({c.doc for c in read_claims(out)}) == len(reports)


def test_a_file_whose_name_is_no_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"night\xff.txt")
    path.write_text(TEXT, "utf-8")
    result = learn(path, "-o", tmp_path / "claims.jsonl", "--texts", tmp_path / "texts", "--sources", tmp_path / "s.jsonl")
    assert result.exit_code == 0, result.output
    assert {c.doc for c in read_claims(tmp_path / "claims.jsonl")} == {r"night\xff"}


def test_a_report_is_never_written_over_by_its_claims(report: Path, tmp_path: Path) -> None:
    for option in ("-o", "--sources"):
        result = learn(report, option, report)
        assert result.exit_code == 2
        assert "it is read too; give another name" in result.stderr
    assert learn(report, "-o", tmp_path / "nowhere" / "claims.jsonl").exit_code == 2
    assert report.read_text("utf-8") == TEXT


def test_options_may_stand_before_the_file(report: Path) -> None:
    result = learn("--json", "--published", "2020", report)
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[-1]) == {
        "reports": 1, "claims": 2, "kinds": {"supply": 1, "use_attack": 1}, "left_out": {}, "doubts": 0,
    }  # fmt: skip


def test_standard_input_is_shown_when_no_file_is_named() -> None:
    result = CliRunner().invoke(main, ["learn", "-"], input=TEXT)
    assert result.exit_code == 0
    assert "stdin supply" in result.stdout
    assert "Iran -> Russia" in result.stdout


def test_what_is_shown_has_the_number_and_says_what_was_guessed(tmp_path: Path) -> None:
    """The reader could not tell a name that was read from one that the trained reader put there, and no number was shown at all."""
    path = tmp_path / "port.txt"
    path.write_text(
        "Port\nDate: 4 March 2025\n\nIran supplied 40 drones to the Houthis in March, officials said. A drone attacked the port of Aden.\n"
    )
    shown = learn(path).stdout
    assert "Iran -> Houthis; 40 drones; " in shown
    assert " use_attack (possible, guessed): " in shown
    assert "guessed" not in learn(path, "--no-guess").stdout


def test_a_mistyped_command_is_not_taken_for_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = learn("frist-seen")
    assert result.exit_code == 2
    assert "Did you mean 'first-seen'?" in result.stderr
    (tmp_path / "floes").write_text(TEXT)  # a file that is there is read, whatever its name is near to
    assert learn("floes").exit_code == 0


def test_a_file_that_is_not_there_is_said_and_the_rest_is_read(report: Path, tmp_path: Path) -> None:
    result = learn(tmp_path / "gone.txt", report)
    assert result.exit_code == 3
    assert "gone.txt" in result.stderr
    assert "1 report, 2 claims" in result.stderr


def test_claims_of_before_stay_where_no_report_is_read(report: Path, tmp_path: Path) -> None:
    claims, sources = tmp_path / "claims.jsonl", tmp_path / "sources.jsonl"
    written = ["-o", str(claims), "--sources", str(sources)]
    CliRunner().invoke(main, ["learn", "read", str(report), *written])
    before = claims.read_bytes(), sources.read_bytes()
    run = CliRunner().invoke(main, ["learn", "read", str(tmp_path / "missing.pdf"), *written])
    assert run.exit_code == 3
    assert (claims.read_bytes(), sources.read_bytes()) == before
    assert run.output.count("left as it was") == 2
    assert "->" not in run.output


def test_nothing_usable_and_wrong_use_have_their_codes(report: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(" ")
    assert learn(tmp_path / "empty.txt").exit_code == 1
    assert learn(report, "--published", "soon").exit_code == 2
    assert learn().exit_code == 2
