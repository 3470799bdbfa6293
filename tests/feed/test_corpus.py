"""Inputs that the fuzzer found worth keeping (benchmarks/corpus), through every link of their decoder, whole and cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from conformance import chunk, decode

from picket.feed import FORMATS

CORPUS = Path(__file__).parents[2] / "benchmarks" / "corpus"
FILES = sorted(CORPUS.glob("*.txt"))


def test_every_decoder_has_a_small_corpus() -> None:
    assert {p.stem for p in FILES} == {f.name for f in FORMATS}
    assert sum(p.stat().st_size for p in FILES) < 512 * 1024


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_corpus_is_decoded(path: Path) -> None:
    form = next(f for f in FORMATS if f.name == path.stem)
    inputs = [bytes.fromhex(line) for line in path.read_text().split()]
    assert inputs
    for link in form.links:
        decode(form, [chunk(inputs, link)])
        decode(form, [chunk([p[: len(p) // 2]], link) for p in inputs])
