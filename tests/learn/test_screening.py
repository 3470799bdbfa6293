"""Patterns that are tried only where their words stand answer as the patterns themselves do; groups of features are those named."""

from __future__ import annotations

import re

import pytest
from benchmarks.reports import all_annotated
from hypothesis import example, given
from hypothesis import strategies as st

from picket.learn import certainty, denials, doubt, extract, sentence, statistics, warnings
from picket.learn.cues import _cues
from picket.learn.screening import Screened, small, words_needed
from picket.learn.trained.groups import Groups, each, named_groups

IN_USE = {
    f"{module.__name__}.{name}": value
    for module in (certainty, denials, doubt, extract, sentence, statistics, warnings)
    for name, value in vars(module).items()
    if isinstance(value, Screened)
} | {f"cues.{k}": pattern for k, (_, _, pattern) in enumerate(_cues())}
SENTENCES = [s for a in all_annotated()[::40] for s in a.sentences]


@pytest.mark.parametrize("name", IN_USE)
def test_a_screened_pattern_finds_what_the_pattern_finds(name: str) -> None:
    screened = IN_USE[name]
    assert all(screened.words)  # each asks for a word; one that asks for none is no cheaper
    for text in SENTENCES:
        for form in (text, text.upper(), text.replace("i", "ı").replace("s", "ſ")):
            assert [m.span() for m in screened.finditer(form)] == [m.span() for m in screened.pattern.finditer(form)]
            assert repr(screened.search(form, 20, 90)) == repr(screened.pattern.search(form, 20, 90))


@given(st.text("aAbBiıİsſtT. ", max_size=12))
@example("İT")
@example("ſB")
@pytest.mark.parametrize("pattern", [r"\b(?:it|sb)(?:s|t)?", r"(?:a|bb)+t", r"(?i:s)(?=t)|t\s?b", r"[ab]i(?:st|sa|)b{2,3}"])
def test_no_text_matches_without_a_word_that_the_pattern_needs(pattern: str, text: str) -> None:
    words = words_needed(pattern, re.IGNORECASE)
    if re.search(pattern, text, re.IGNORECASE):
        assert words is None or any(word in small(text) for word in words)
    assert repr(Screened(pattern, re.IGNORECASE).search(text)) == repr(re.compile(pattern, re.IGNORECASE).search(text))


def test_a_pattern_that_needs_no_word_is_always_tried() -> None:
    assert words_needed(r"\d+|x?") is None
    assert Screened(r"\d+").search("in 42") is not None


def test_groups_are_the_features_that_are_named_and_known() -> None:
    rows = Groups({"t:a": 7, "t:c": 9}.get)
    assert rows[each, "t", ("a", "b", "c")] == (7, 9)
    assert rows[each, "t", ("a", "b", "c")] is rows[each, "t", ("a", "b", "c")]
    assert named_groups()[each, "t", ("a", "b")] == ("t:a", "t:b")
