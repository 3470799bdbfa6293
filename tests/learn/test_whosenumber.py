"""One number of a sentence is of one kind of claim, and a guess counts nothing that its kind never counts."""

from __future__ import annotations

import pytest

from picket.learn.actors import Context
from picket.learn.drafts import Draft
from picket.learn.isotimes import Published
from picket.learn.sentence import read_sentence
from picket.learn.whosenumber import numbers_of, sort_of


def values(text: str, *kinds: str) -> list[float | None]:
    sentence = read_sentence(text, 0, len(text), Published.parse("2025-06-10"), Context(), True)
    found = numbers_of(sentence, [Draft(kind, f"trained-{kind}") for kind in kinds])
    return [q.value if q else None for q in found]


@pytest.mark.parametrize(
    ("text", "kinds", "expected"),
    [
        ("Turkey taught 20 pilots, and drones followed.", ("training", "supply"), [20, None]),
        ("Turkey sent 12 drones with instructors.", ("training", "supply"), [None, 12]),
        ("Turkey signed a contract for $30 million with courses.", ("supply", "training"), [3e7, None]),
        ("Iran sent 40 soldiers with drones and taught them.", ("deployment", "training"), [None, 40]),
        ("Iran sold 30 motors that its plants made.", ("supply", "production"), [30, None]),
        ("Iran has 30 pilots with drones.", ("training", "recruitment"), [30, 30]),  # both count people: neither gives way
    ],
)
def test_a_number_stays_with_the_kind_whose_things_it_counts(
    text: str, kinds: tuple[str, ...], expected: list[float | None]
) -> None:
    assert values(text, *kinds) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Iran sent drones with 40 soldiers.", "supply"),
        ("The drone flew for 1,500 kilometres.", "use_attack"),
        ("Courses on drones cost 3 million dollars.", "training"),
    ],
)
def test_a_guess_counts_only_what_its_kind_can_count(text: str, kind: str) -> None:
    assert values(text, kind) == [None]


def test_a_guess_passes_over_parties_where_something_else_is_counted() -> None:
    assert values("Drones went to 36 countries for 20 million dollars.", "supply") == [2e7]
    assert values("Drones went to 36 countries.", "supply") == [36]


def test_a_guess_of_a_production_counts_drones_and_parts_alone() -> None:
    text = "Iran has 30 offices with drones."
    sentence = read_sentence(text, 0, len(text), Published.parse("2025-06-10"), Context(), True)
    found = [numbers_of(sentence, [Draft("production", rule)])[0] for rule in ("trained-production", "make")]
    assert [q.value if q else None for q in found] == [None, 30]


def test_sorts_of_units() -> None:
    units = [
        "Shahed drones",
        "US dollars",
        "kilometres",
        "pilots",
        "engines",
        "drone strikes",
        "percent",
        "days",
        "offices",
        None,
    ]
    assert [sort_of(u) for u in units] == [
        "drone",
        "money",
        "length",
        "people",
        "part",
        "event",
        "share",
        "span",
        "thing",
        "none",
    ]


def test_pounds_are_money() -> None:
    assert sort_of("pounds") == "money"
    assert values("The firm bought £270 million worth of drones.", "supply") == [2.7e8]
