"""The trained choice of a claim's country: odds that add up, what a file keeps of it, and places that go with the country."""

from __future__ import annotations

import math

import pytest
from benchmarks.train_countries import fitted_choice

from picket.learn import Report
from picket.learn.claim import Claim
from picket.learn.drafts import Draft
from picket.learn.extract import claims_of
from picket.learn.sentence import Sentence
from picket.learn.trained import Limits, Trained
from picket.learn.trained.choice import Choice, features_of
from picket.learn.trained.weights import shipped


def test_a_trait_counts_from_the_broadest_to_the_finest() -> None:
    assert features_of("supply", "end", "recipient") == ["end", "supply|end", "end:recipient", "supply|end:recipient"]


def test_odds_are_those_of_the_weights_of_each_candidates_traits() -> None:
    choice = Choice({"end": 1.0, "supply|end:recipient": 0.5})
    odds = choice.odds({"UA": [("supply", "end", "recipient")], "PL": [("supply", "end", "provider")], "": []})
    assert sum(odds.values()) == pytest.approx(1)
    assert odds["UA"] / odds["PL"] == pytest.approx(math.exp(0.5))
    assert odds["PL"] / odds[""] == pytest.approx(math.e)


def test_a_choice_learns_what_makes_one_of_a_few_the_right_one() -> None:
    """The place told before is right unless the sentence names another, whatever stands beside it."""
    told, named = ["told", "noise"], ["named", "noise"]
    choice = fitted_choice([([told, []], 0)] * 200 + [([told, named, []], 1)] * 200)
    assert choice.weights["named"] > choice.weights["told"] > 0
    assert fitted_choice([([told, named], 1)] * 50).weights == fitted_choice([([told, named], 1)] * 50).weights


TEXT = (
    "Drones have crossed the border of Moldova four times this year. Iran delivered drones to Russia in March. "
    "A Russian drone struck a hospital in Kharkiv on Monday. Turkish instructors taught Somali officers to fly drones in Mogadishu."
)


def claims(**limits: float) -> list[Claim]:
    report = Report(doc="x", text=TEXT, published="2025-06-10", title="Drones")
    return claims_of(report, Trained(report, limits=Limits(**limits)))


def test_plain_cases_keep_their_country_and_place() -> None:
    found = {c.kind: c for c in claims()}
    assert (found["use_attack"].place, found["use_attack"].country) == ("Kharkiv", "UA")
    assert found["supply"].country == "RU"
    assert (found["training"].place, found["training"].country) == ("Mogadishu", "SO")


def test_no_country_is_better_than_one_that_is_less_likely_than_asked() -> None:
    assert all(c.country is None for c in claims(country=1.1))
    assert all(c.country for c in claims(country=0.0))


def test_a_place_that_lies_elsewhere_does_not_stand_beside_the_country() -> None:
    """With weights that always choose the end of a claim, the place of the rules goes."""
    report = Report(
        doc="x", text="A Russian drone struck a hospital in Kharkiv on Monday.", published="2025-06-10", title="Drones"
    )
    weights = shipped()
    before = weights.countries
    weights.countries = Choice({"end:actor": 9.0})
    try:
        (claim,) = [c for c in claims_of(report, Trained(report, weights)) if c.kind == "use_attack"]
    finally:
        weights.countries = before
    assert (claim.place, claim.country) == (None, "RU")


def test_a_draft_that_has_its_place_keeps_it() -> None:
    report = Report(doc="x", text=TEXT, published="2025-06-10", title="Drones")
    reader = Trained(report)

    def look(sentence: Sentence, made: list[Draft]) -> list[Draft]:
        for draft in made:
            draft.place, draft.country = "Goma", "CD"
        return reader(sentence, made)

    rules = [c for c in claims_of(report, look) if not c.rule.startswith("trained-") or c.rule.startswith("trained-end-")]
    assert rules
    assert {(c.place, c.country) for c in rules} == {("Goma", "CD")}
