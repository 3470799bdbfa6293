"""Why something was left out, in words: every reason that the code or an input can give has some."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from picket.cli import main
from picket.feed import FORMATS
from picket.feed.format import Chunk, Options
from picket.reasons import WORDS, left_out_line, left_out_words, reason_words
from picket.track.measure import REASONS
from tests.test_docs import written_reasons

CORPUS = sorted((Path(__file__).parents[1] / "benchmarks" / "corpus").glob("*.txt"))


def without_words(reasons: set[str]) -> set[str]:
    """Codes of which nothing better can be said than themselves."""
    return {r for r in reasons if reason_words(r) == r.replace("_", " ")}


def test_every_reason_that_the_source_names_has_words() -> None:
    assert without_words({*written_reasons(), *REASONS[1:]}) == set()


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
def test_every_reason_that_broken_input_gives_has_words(path: Path) -> None:
    form = next(f for f in FORMATS if f.name == path.stem)
    found: set[str] = set()
    for link in form.links:
        decoder = form.make(Options())
        for line in path.read_text().split():
            found |= set(decoder.decode(Chunk.one(bytes.fromhex(line), received=1.78e9, link=link)).left_out)
        found |= set(decoder.finish().left_out)
    assert found
    assert without_words(found) == set()


def test_words_are_a_clause_for_people() -> None:
    for code, words in WORDS.items():
        assert not re.search(r"[a-z]_[a-z]", words), code
        assert words[-1] not in ".;:", code
        assert len(words) < 110, code


def test_a_reason_with_a_name_in_it_says_the_name() -> None:
    assert left_out_line("range_m_out_of_range", 2) == (
        "left out: 2 range_m_out_of_range: range_m is outside what it can be; the row is kept without it"
    )
    assert reason_words("category_63") == "ASTERIX category 63 is not read"
    assert reason_words("unknown_column 'azimut' (nearest: azimuth_deg)").startswith("no column of the table has this name")
    assert reason_words("too_loud") == "too loud"  # of a format of another package


def test_decode_says_the_words_and_json_the_code(tmp_path: Path) -> None:
    (tmp_path / "x.sbs").write_text("a\nb\nMSG,3,1\n")
    words = ["decode", str(tmp_path / "x.sbs"), "--format", "sbs"]
    assert "  left out: 3 bad_line: the line is none of this format, or has words where numbers belong\n" in (
        CliRunner().invoke(main, words).output
    )
    assert '"left_out": {"bad_line": 3}' in CliRunner().invoke(main, [*words, "--json"]).output


def test_all_that_was_left_out_is_told_in_one_clause_and_what_was_not_is_not() -> None:
    assert left_out_words({"no_time": 2, "late": 0, "bad_line": 1}) == (
        f"1 bad_line: {reason_words('bad_line')}; 2 no_time: {reason_words('no_time')}"
    )
    assert left_out_words({}) == ""
