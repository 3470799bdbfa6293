"""Files that nest brackets by the thousand, or hold a number of thousands of digits, are refused in words by every reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from picket import site as sites
from picket.learn.cards import CardError, parse_card
from picket.learn.claim import ClaimError, read_claims
from picket.learn.decisions import DecisionError, read_decisions
from picket.learn.gazetteer import GazetteerError, read_gazetteer
from picket.learn.sources import SourceError, read_ledger
from picket.record.shapes import ShapeError, read_shape
from picket.spectrum.sigmf import SpectrumError
from picket.spectrum.sigmf import parse as parse_sigmf
from picket.station.flights import FlightsError
from picket.station.flights import read as read_flights
from picket.station.lines import LineError
from picket.station.lines import keep as keep_line
from picket.train import Exercise, ExerciseError
from picket.train.board import BoardError, read_board
from picket.train.officer import OfficerError, load_officer

SITE = sites.parse({"version": 1, "site": {"name": "Pier", "lat_deg": 33.7, "lon_deg": -118.2}})
DEEP, LONG = 20_000, "9" * 5_000
TOML: dict[str, tuple[Callable[[Path], Any], type[ValueError]]] = {
    "site": (sites.load, sites.SiteError),
    "exercise": (Exercise.load, ExerciseError),
    "officer": (load_officer, OfficerError),
    "card": (lambda p: parse_card(p.read_text(), p.name), CardError),
    "names": (read_gazetteer, GazetteerError),
}
JSON: dict[str, tuple[Callable[[Path], Any], type[ValueError]]] = {
    "zone": (sites.read_geometry, ValueError),
    "shape": (read_shape, ShapeError),
    "metadata": (lambda p: parse_sigmf(p.read_text(), p.name), SpectrumError),
    "flights": (lambda p: read_flights(p.read_bytes(), SITE, 0.0), FlightsError),
    "line": (lambda p: keep_line(p.parent, p.stem, p.read_bytes()), LineError),
}
LINES: dict[str, tuple[Callable[[Path], Any], type[ValueError]]] = {
    "claims": (lambda p: list(read_claims(p)), ClaimError),
    "ledger": (read_ledger, SourceError),
    "decisions": (read_decisions, DecisionError),
    "board": (read_board, BoardError),
}


@pytest.mark.parametrize("kind", TOML)
@pytest.mark.parametrize("text", ["a = " + "[" * DEEP + "]" * DEEP, "a = " + "{b=" * DEEP + "1" + "}" * DEEP, f"a = {LONG}"])
def test_toml_that_no_parser_takes_is_told_in_words(tmp_path: Path, kind: str, text: str) -> None:
    read, error = TOML[kind]
    path = tmp_path / "file.toml"
    path.write_text(text)
    with pytest.raises(error, match=r"brackets within brackets|digits"):
        read(path)


@pytest.mark.parametrize("kind", JSON)
@pytest.mark.parametrize("text", ['{"a":' * DEEP + "1" + "}" * DEEP, f'{{"a": {LONG}}}'])
def test_json_that_no_parser_takes_is_told_in_words(tmp_path: Path, kind: str, text: str) -> None:
    read, error = JSON[kind]
    path = tmp_path / "file.json"
    path.write_text(text)
    with pytest.raises(error, match=r"brackets within brackets|digits"):
        read(path)


@pytest.mark.parametrize("kind", LINES)
def test_a_line_that_is_nested_too_deep_is_named(tmp_path: Path, kind: str) -> None:
    read, error = LINES[kind]
    path = tmp_path / "file.jsonl"
    path.write_text('{"a":' * DEEP + "\n")
    with pytest.raises(error, match="line 1"):
        read(path)
