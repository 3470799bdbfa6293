"""Names: those that the package knows, and an analyst's own, laid over them, checked before anything is read, taken off again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from picket.cli import main
from picket.learn.extract import claims_of
from picket.learn.gazetteer import Gazetteer, GazetteerError, read_gazetteer, use
from picket.learn.lexicon import lexicon
from picket.learn.report import Report
from picket.learn.resolve import Resolver
from picket.learn.tokens import join_names, split_words

TEXT = "The Harbour Wolves bought 12 Kestrel-3 drones from Turkey and flew them over Camp Echo on Monday. The drones were seen by guards."
FILE = """
drop = ["Orion"]
[[actor]]
name = "Harbour Wolves"
type = "criminal"
country = "HT"
aliases = ["Lobos del Puerto"]
parent = "Viv Ansanm"
valid = ["2021", ""]
[[place]]
name = "Camp Echo"
country = "KE"
[[drone]]
name = "Kestrel-3"
country = "ZA"
maker = "Highveld"
"""


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    yield
    use(Gazetteer())


def _file(folder: Path, text: str = FILE) -> Path:
    path = folder / "names.toml"
    path.write_text(text, "utf-8")
    return path


def _report(text: str = TEXT) -> Report:
    return Report(doc="d", text=text, published="2025-03-04")


def test_own_names_are_read_and_resolved_and_taken_off_again(tmp_path: Path) -> None:
    use(read_gazetteer(_file(tmp_path)))
    supply = next(c for c in claims_of(_report()) if c.kind == "supply")
    assert (supply.provider, supply.recipient, supply.country) == ("Turkey", "Harbour Wolves", "HT")
    resolver = Resolver()
    wolves = resolver.actors[resolver.resolve("Lobos del Puerto") or ""]
    assert (wolves.name, wolves.type, wolves.country, wolves.valid_from) == ("Harbour Wolves", "criminal", "HT", "2021")
    assert wolves.parent == resolver.resolve("Viv Ansanm")
    use(Gazetteer())
    assert all(c.country != "HT" for c in claims_of(_report()))


def test_a_name_of_the_file_wins_over_the_same_name_of_the_package(tmp_path: Path) -> None:
    said = "The drones of the insurgents flew over Timbuktu. A drone was shot down in Timbuktu on Monday."
    assert {c.country for c in claims_of(_report(said))} == {"ML"}
    use(read_gazetteer(_file(tmp_path, '[[place]]\nname = "Timbuktu"\ncountry = "AU"\n')))
    assert {c.country for c in claims_of(_report(said))} == {"AU"}


def test_a_dropped_name_is_a_word_like_any_other(tmp_path: Path) -> None:
    said = "Hezbollah bought spares. Turkey sold 12 drones to Hezbollah."
    assert [c.recipient for c in claims_of(_report(said)) if c.kind == "supply"][-1:] == ["Hezbollah"]
    use(read_gazetteer(_file(tmp_path, 'drop = ["Hezbollah", "Hizbullah"]\n')))
    resolver = Resolver()
    assert resolver.actors[resolver.resolve("Hezbollah") or ""].type in {"unresolved", "person"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[actor]]\nname = "A B"\ntype = "person"\n', "private persons are no actors"),
        ('[[actor]]\nname = "A"\ntype = "group"\ncountry = "XX"\n', "ISO 3166-1"),
        ('[[actor]]\nname = "A"\ntype = "group"\nvalid = ["soon", ""]\n', "valid"),
        ('[[actor]]\nname = "A"\ntype = "group"\nnick = "B"\n', "nick"),
        ('[[place]]\nname = "A"\n', "country"),
        ('[[place]]\nname = "A"\ncountry = "KE"\n[[drone]]\nname = "A"\n', "one thing"),
        ('[[place]]\nname = " "\ncountry = "KE"\n', "expected a name"),
        ("actor = 3\n", "array"),
        ("[[actor]\n", "TOML"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GazetteerError, match=r"names\.toml") as wrong:
        read_gazetteer(_file(tmp_path, text))
    assert said in str(wrong.value)


def test_the_command_lays_it_over_and_refuses_a_wrong_one(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("Date: 2025-03-04\n" + TEXT, "utf-8")
    out = tmp_path / "claims.jsonl"
    done = CliRunner().invoke(main, ["learn", str(tmp_path / "r.txt"), "--gazetteer", str(_file(tmp_path)), "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "3 entries, 1 left out" in done.output
    assert "Harbour Wolves" in out.read_text("utf-8")
    (tmp_path / "gazetteer.toml").write_text(FILE, "utf-8")
    shown = CliRunner().invoke(main, ["learn", "flows", str(out)])
    assert shown.exit_code == 0, shown.output
    assert "names of" in shown.output
    assert "Harbour Wolves" in shown.output
    (tmp_path / "gazetteer.toml").write_text("[[actor]\n", "utf-8")
    wrong = CliRunner().invoke(main, ["learn", "flows", str(out)])
    assert wrong.exit_code == 3
    assert "gazetteer.toml" in wrong.output
    assert "Traceback" not in wrong.output


@pytest.mark.parametrize(
    ("name", "kind", "country"),
    [
        ("Ukrspetsexport", "company", "UA"),
        ("Southern Defence Forces", "force", "UA"),
        ("Kronstadt", "company", "RU"),
        ("MODAFL", "force", "IR"),
        ("Destinus", "company", "CH"),
        ("Ahrar al-Sham", "group", "SY"),
        ("Darfur Joint Force", "force", "SD"),
        ("Shahed-139", "drone", "IR"),
        ("DJI Matrice 350", "drone", "CN"),
        ("Pavlohrad", "place", "UA"),
        ("Primorsko-Akhtarsk", "place", "RU"),
        ("Mrauk U", "place", "MM"),
        ("Rahim Yar Khan", "place", "PK"),
    ],
)
def test_names_that_news_of_drones_is_full_of(name: str, kind: str, country: str) -> None:
    words = tuple(name.split())
    entry = next(e for parts, e in lexicon().names[words[0].lower()] if parts == words)
    assert (entry.kind, entry.country) == (kind, country)


@pytest.mark.parametrize("name", ["Ministry of Defence", "Coast Guard", "National Guard", "Border Police"])
def test_a_body_that_many_countries_have_is_no_one_countrys(name: str) -> None:
    words = tuple(name.split())
    assert all(parts != words for parts, _ in lexicon().names.get(words[0].lower(), ()))


def test_no_name_is_lost_because_its_second_word_is_looked_at_first() -> None:
    """Names that begin with a word that is none alone are tried only where a second word of one of them follows ("the", "Hague")."""
    words = lexicon()
    plain = replace(words, behind={})
    written = [" ".join(parts) for first in words.behind for parts, _ in words.names[first]]
    assert len(written) > 1000
    for name in written:
        for text in (name, name.upper(), name.replace("'", "’"), f"{name}'s fleet"):
            found, known = (join_names(split_words(text, 0, len(text)), w) for w in (words, plain))
            assert [(t.text, t.name) for t in found] == [(t.text, t.name) for t in known]


@pytest.mark.parametrize("text", ["People's Defence Force", "Sudan People’s Liberation Movement-North"])
def test_a_name_that_begins_with_whose_it_is_is_found(text: str) -> None:
    found = join_names(split_words(text, 0, len(text)), lexicon())
    assert [t.text for t in found if t.name is not None] == [text]
