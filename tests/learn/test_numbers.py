"""The trained choice of a claim's number: numbers and single things are weighed, the file may keep no weights for it."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from benchmarks.reports import Annotated
from benchmarks.train_numbers import with_numbers

from picket.learn import Report
from picket.learn.claim import Claim, Quantity
from picket.learn.drafts import Draft
from picket.learn.extract import claims_of
from picket.learn.sentence import Sentence
from picket.learn.trained import Limits, Trained
from picket.learn.trained.choice import Choice
from picket.learn.trained.weights import load, shipped, written

TAUGHT = "Turkish instructors taught 20 Somali officers to fly 12 drones in Mogadishu."


def claims(text: str, numbers: Choice | None, **limits: float) -> list[Claim]:
    report = Report(doc="x", text=text, published="2025-06-10", title="Drones")
    return claims_of(report, Trained(report, replace(shipped(), numbers=numbers), Limits(**limits)))


def number_of(text: str, kind: str, numbers: Choice | None, **limits: float) -> tuple[float, str | None] | None:
    (found,) = [c.quantity for c in claims(text, numbers, **limits) if c.kind == kind]
    return (found.value, found.unit) if found else None


def test_the_weights_say_what_a_kind_counts() -> None:
    assert number_of(TAUGHT, "training", None) == (20, "Somali officers")
    assert number_of(TAUGHT, "training", Choice({"training|sort:drone": 5.0})) == (12, "drones")
    assert number_of(TAUGHT, "training", Choice({"supply|sort:drone": 5.0, "rule": 1.0})) == (20, "Somali officers")


def test_no_number_is_better_than_one_that_is_less_likely_than_asked() -> None:
    assert number_of(TAUGHT, "training", Choice({"none": 5.0})) is None
    assert number_of(TAUGHT, "training", Choice({"rule": 5.0}), number=1.1) is None
    assert number_of(TAUGHT, "training", Choice({"none": 5.0, "rule": 1.0}), number=0.0) == (20, "Somali officers")


def test_a_single_drone_may_be_counted_and_a_single_firm_may_not() -> None:
    text = "A drone of a firm was seen over the airport of Vilnius."
    assert number_of(text, "sighting", None) is None
    assert number_of(text, "sighting", Choice({"sort:drone:one": 9.0})) == (1, "drone")
    assert number_of(text, "sighting", Choice({"none": -9.0})) == (1, "drone")


@pytest.mark.parametrize(
    ("text", "kind", "form", "expected"),
    [
        ("A Shahed drone hit a fuel tanker in Kherson.", "use_attack", "place:obj", (1, "fuel tanker")),
        ("One was shot down over Moldova by drone hunters.", "sighting", "alone", (1, None)),
        ("A fourth was shot down over Moldova by drone hunters.", "sighting", "alone", (1, None)),
        ("Turkish instructors held a 20-day course for Somali drone pilots.", "training", "span", (20, "days")),
        ("Turkish instructors trained Somali drone pilots for a week.", "training", "span", (1, "week")),
        ("A drone was seen over Munich airport twice.", "sighting", "often", (2, "times")),
    ],
)
def test_what_is_told_otherwise_than_by_a_number_is_weighed_too(
    text: str, kind: str, form: str, expected: tuple[float, str | None]
) -> None:
    assert number_of(text, kind, Choice({"none": 9.0})) is None
    assert number_of(text, kind, Choice({form: 9.0})) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was the fourth drone flight over the stadium this season, the club said.", (4, "flight")),
        ("It was the fourth such flight of a drone over the stadium.", (4, "flight")),
        ("It was the eleventh of its kind, and a drone was found.", (11, None)),
        ("A second drone was found.", (1, "second drone")),  # no rank
    ],
)
def test_a_rank_is_the_number_of_a_statistic_that_has_no_other(text: str, expected: tuple[float, str | None]) -> None:
    report = Report(doc="x", text=text, published="2025-06-10", title="Drones")
    reader = Trained(report, replace(shipped(), numbers=Choice({"rank": 1.0})), Limits(keep=0.0))

    def look(sentence: Sentence, made: list[Draft]) -> list[Draft]:
        return reader(sentence, [Draft("statistic", "count", sentence.verbs[0])])

    found = [c.quantity for c in claims_of(report, look) if c.kind == "statistic"]
    assert [(q.value, q.unit) for q in found if q] == [expected]


def test_a_statistic_always_has_its_number() -> None:
    """Without one it would be no claim."""
    text = "Drones have crossed the border of Moldova 40 times this year."
    assert number_of(text, "statistic", Choice({"none": 9.0})) == (40, "times")


def test_what_a_number_is_compared_with_is_a_statistic_of_its_own_and_a_guess() -> None:
    """The rules look for it before the trained reader finds the statistic."""
    text = "Police have reported 52 drones since January, against 31 last year."
    report = Report(doc="x", text=text, published="2025-06-10", title="Drones")
    reader = Trained(report, replace(shipped(), numbers=Choice({})))

    def look(sentence: Sentence, made: list[Draft]) -> list[Draft]:
        return reader(sentence, [Draft("statistic", "count", sentence.verbs[0], actor="police")])

    found = [(c.quantity.value, c.rule, c.time, c.certainty) for c in claims_of(report, look) if c.quantity]
    assert [(value, rule) for value, rule, _, _ in found] == [(52, "count"), (31, "trained-compared")]
    assert [(time, certainty) for _, _, time, certainty in found] == [("2025-01/..", "stated"), ("2024", "possible")]


def test_what_the_rules_compared_is_not_told_again() -> None:
    text = "Poland recorded 40 drone flights over its border in May, against 31 in April."
    values = [c.quantity.value for c in claims(text, Choice({})) if c.kind == "statistic" and c.quantity]
    assert sorted(values) == [31, 40]


def test_a_draft_that_brings_its_number_keeps_it() -> None:
    report = Report(doc="x", text=TAUGHT, published="2025-06-10", title="Drones")
    reader = Trained(report, replace(shipped(), numbers=Choice({"none": 9.0})))

    def look(sentence: Sentence, made: list[Draft]) -> list[Draft]:
        for draft in made:
            draft.amount = Quantity(value=7, unit="pupils")
        return reader(sentence, made)

    assert {c.quantity.value for c in claims_of(report, look) if c.quantity} == {7}


def test_a_file_with_the_numbers_weights_gives_them_back_and_one_without_leaves_the_number_to_the_rules() -> None:
    out = io.BytesIO()
    written(replace(shipped(), numbers=Choice({"rule": 1.5, "training|none": -0.5})), out)
    again = load(out.getvalue()).numbers
    assert again is not None
    assert again.weights == {"rule": 1.5, "training|none": -0.5}
    with np.load(io.BytesIO(out.getvalue())) as found:
        kept = {name: found[name] for name in found.files}
    older = io.BytesIO()
    np.savez_compressed(older, **{name: part for name, part in kept.items() if not name.startswith("number")})
    assert load(older.getvalue()).numbers is None
    short = io.BytesIO()
    np.savez_compressed(short, **kept | {"numbers": kept["numbers"][:1]})
    with pytest.raises(ValueError, match="differ in number"):
        load(short.getvalue())


def test_a_choice_learns_from_annotators_which_number_is_meant() -> None:
    """They counted the drones that pupils flew, where the rules count the pupils."""
    gold = dict.fromkeys(["provider", "recipient", "actor", "target", "country"]) | {
        "kind": "training",
        "evidence": TAUGHT,
        "quantity": {"value": 12.0, "unit": "drones"},
    }
    report = Annotated("x", TAUGHT, "2025-06-10", "Drones", "tuned", 1, [gold], [TAUGHT])
    weights = with_numbers(shipped(), [report] * 200)
    assert number_of(TAUGHT, "training", weights.numbers) == (12, "drones")
