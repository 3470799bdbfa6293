"""Sentences: offsets point into the text to the letter; abbreviations end none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.learn.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. Army saw drones. It shot.", ["The U.S. Army saw drones.", "It shot."]),
        ("Col. Gen. Makarevich led them. He left.", ["Col. Gen. Makarevich led them.", "He left."]),
        ("He said: “They came.” Then he left.", ["He said: “They came.”", "Then he left."]),
        ("It lifts 1.5 kilograms. Unit No. 5 flew.", ["It lifts 1.5 kilograms.", "Unit No. 5 flew."]),
        ("A heading\nA sentence of its own.", ["A heading", "A sentence of its own."]),
        ("They asked: why? Nobody knew!", ["They asked: why?", "Nobody knew!"]),
        ("Spain — and the U.S. — have rules. All know.", ["Spain — and the U.S. — have rules.", "All know."]),
        ("It fell at 3 a.m. Kyiv time. It burned.", ["It fell at 3 a.m. Kyiv time.", "It burned."]),
        ("It fell at 3 a.m. Guards ran.", ["It fell at 3 a.m.", "Guards ran."]),
        ("They cost Rs. 32,000 crore. Nos. 3 and 4 went.", ["They cost Rs. 32,000 crore.", "Nos. 3 and 4 went."]),
        ("Orbit Corp. (OBT) won. Acme Co. Ltd. lost.", ["Orbit Corp. (OBT) won.", "Acme Co. Ltd. lost."]),
        ("It cost approx. $5,000 vs. $90. It flew.", ["It cost approx. $5,000 vs. $90.", "It flew."]),
        ("Col.-Gen. Petrov and Kh. Azizi met. Both left.", ["Col.-Gen. Petrov and Kh. Azizi met.", "Both left."]),
        ("The Gov’t. Office shut.", ["The Gov’t. Office shut."]),
        ("1. Iran sent drones.\n2. Russia made them.", ["1. Iran sent drones.", "2. Russia made them."]),
        ("They shot down 22. Two fell.", ["They shot down 22.", "Two fell."]),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=300))
def test_spans_are_in_order_and_leave_out_only_white_space(text: str) -> None:
    at = 0
    for a, b in sentence_spans(text):
        assert at <= a < b <= len(text)
        assert not text[at:a].strip()
        assert text[a:b] == text[a:b].strip()
        at = b
    assert not text[at:].strip()
