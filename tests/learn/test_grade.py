"""Grades of sources and of information, and words that are never surer than their claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.learn.claim import CERTAINTIES, KINDS, Claim
from picket.learn.estimative import BANDS, band, likelihood, sentence, shown_as_fact
from picket.learn.grade import RELIABILITY, Voice, credibility, reliability
from picket.learn.publishers import known_publishers
from tests.learn.making import claim

PUBLISHERS = known_publishers()


def voice(certainty: str = "stated", letter: str = "B", key: str = "origin:a", partial: bool = False) -> Voice:
    return Voice(claim(certainty=certainty), letter, (key,), partial)


@pytest.mark.parametrize(
    ("support", "against", "figure"),
    [
        ([voice(key="a"), voice(key="b")], [], 1),
        ([voice(key="a"), voice(key="a")], [], 2),  # two prints of one story
        ([voice()], [], 2),
        ([voice(letter="C")], [], 3),
        ([voice("reported")], [], 3),
        ([voice("reported", key="a"), voice("reported", key="b")], [], 2),
        ([voice(partial=True)], [], 3),  # a party of its own acts
        ([voice("alleged")], [], 4),
        ([voice("possible")], [], 4),
        ([voice("alleged", key="a"), voice("alleged", key="b")], [], 3),
        ([voice(letter="F")], [], 6),
        ([], [voice("denied")], 5),
        ([voice()], [voice("denied", key="b")], 3),  # one step down, and still there
        ([voice(key="a"), voice(key="b")], [voice("denied", key="c")], 2),
        ([voice("alleged")], [voice("denied", key="b"), voice("denied", key="c")], 5),
    ],
)  # fmt: skip
def test_information_is_graded_by_independent_sources(support: list[Voice], against: list[Voice], figure: int) -> None:
    found = credibility(support, against)
    assert found.figure == figure
    assert found.reasons


@given(st.lists(st.sampled_from(CERTAINTIES[:3]), min_size=1, max_size=5))
def test_a_copy_never_raises_a_grade(certainties: list[str]) -> None:
    own = [voice(c, key=f"origin:{i}") for i, c in enumerate(certainties)]
    assert credibility(own + own, []).figure == credibility(own, []).figure


def test_a_source_is_graded_with_its_reasons() -> None:
    assert reliability("reuters", PUBLISHERS).letter == "B"
    assert reliability("tass", PUBLISHERS).letter == "D"
    assert reliability("a paper nobody knows", PUBLISHERS).letter == "F"
    assert reliability(None, PUBLISHERS).reasons == ("the report names no publisher",)
    assert reliability("tass", PUBLISHERS, decided=("B", "checked by hand")).reasons == ("set by an analyst: checked by hand",)


def test_a_record_moves_a_source_by_one_step() -> None:
    assert reliability("reuters", PUBLISHERS, borne_out=19, contradicted=1).letter == "A"
    assert reliability("reuters", PUBLISHERS, borne_out=6, contradicted=6).letter == "C"
    assert reliability("reuters", PUBLISHERS, borne_out=5, contradicted=0).letter == "B"  # too few to say
    assert all(reliability(p, PUBLISHERS).letter in RELIABILITY for p in ("telegram", "almasirah", "un-panel"))


def test_icd_203_bands() -> None:
    assert BANDS[0].word == "almost no chance"
    assert [band(p).word for p in (1, 12, 30, 50, 70, 90, 99)] == [b.word for b in BANDS]
    for p in (0, 100, float("nan")):
        with pytest.raises(ValueError, match="expected 1 to 99"):
            band(p)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Iran very likely supplied it", "very likely"), ("It is highly unlikely", "very unlikely"), ("a probable transfer", "likely"),
        ("It is almost certain that", "almost certain"), ("They may have", None), ("the unlikely hero", "unlikely"),
    ],
)  # fmt: skip
def test_estimative_words_are_read(text: str, word: str | None) -> None:
    found = likelihood(text)
    assert (found.word if found else None) == word


HEDGES = ("Reportedly", "It is alleged", "Denied by", "It is possible", "It is called")


@given(
    kind=st.sampled_from(KINDS),
    certainty=st.sampled_from(CERTAINTIES),
    who=st.none() | st.text(max_size=20),
    what=st.none() | st.text(max_size=20),
)
def test_no_sentence_is_surer_than_its_claim(kind: str, certainty: str, who: str | None, what: str | None) -> None:
    c = Claim(doc="r", kind=kind, certainty=certainty, attributed_to=who, capability=what, evidence="x", start=0, end=1)
    text = sentence(c, "A", "B", "C")
    assert text.startswith(HEDGES) == (certainty != "stated")
    assert shown_as_fact(certainty) == (certainty == "stated")


def test_how_likely_a_report_calls_it_is_said_with_its_limits() -> None:
    c = claim(
        "supply", certainty="possible", attributed_to="analysts", evidence="Iran very likely supplied the boats, analysts said."
    )
    assert (
        sentence(c, "Iran", "Houthis", "x")
        == "It is called very likely (analysts; 80 to 95 %), not established, that Iran supplied Houthis."
    )


def test_the_doubt_of_a_guess_is_no_sources() -> None:
    ends = {"provider": "Iran", "recipient": "Houthis"}
    guess = claim("supply", certainty="possible", rule="trained-supply", **ends)
    assert sentence(guess, "Iran", "Houthis", "x").startswith(
        "It is possible (read by guess), not established, that Iran supplied"
    )
    spoken = claim("supply", certainty="alleged", rule="trained-supply", attributed_to="Aden", **ends)
    assert sentence(spoken, "Iran", "Houthis", "x").startswith("It is alleged (Aden; read by guess) that Iran supplied")
