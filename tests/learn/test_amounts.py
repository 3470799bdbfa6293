"""The number of a claim: what is counted, which of several it is, and what is no number at all."""

from __future__ import annotations

import pytest

from picket.learn import Report
from picket.learn.claim import Claim
from picket.learn.extract import claims_of


def claims(text: str) -> list[Claim]:
    return claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones"))


COUNTED = [
    ("Ukraine shot down some 40 Russian drones over Odesa on Monday.", 40, "drones", "about"),
    ("Russia launched between 30 and 40 drones at Kharkiv overnight.", 30, "drones", "exact"),
    ("Russia launched 30-40 drones at Kharkiv overnight.", 30, "drones", "exact"),
    ("Russia fires 100 to 150 Shaheds a day at Ukraine.", 100, "Shaheds", "exact"),
    ("The army received two dozen drones from Turkey.", 24, "drones", "exact"),
    ("The army received half a dozen drones from Turkey.", 6, "drones", "exact"),
    ("The army received a pair of Bayraktar TB2 drones from Turkey.", 2, "TB2", "exact"),
    ("Turkey sold Mali drones for $1.2bn.", 1.2e9, "dollars", "exact"),
    ("Turkey sold Mali drones for A$20m.", 2e7, "dollars", "exact"),
    ("Turkey sold Mali drones for US$200 million.", 2e8, "dollars", "exact"),
    ("Turkey sold Mali drones for USD22 million.", 2.2e7, "dollars", "exact"),
    ("Turkey sold Mali drones for EUR 22m.", 2.2e7, "euros", "exact"),
    ("Ukraine is to receive the first thousand drones from Britain next month.", 1000, "drones", "exact"),
    ("The army received 150 WanderB and ThunderB drones from Israel.", 150, "WanderB and ThunderB drones", "exact"),
    ("The army received 150 drones and launchers from Israel.", 150, "drones", "exact"),
    ("At 21:50 three drones were seen over Munich airport.", 3, "drones", "exact"),
    ("Iranian instructors trained a 12-member Houthi team to fly drones.", 12, "member", "exact"),
    ("A Russian drone strike killed a 14-year-old boy in Kherson.", 1, "boy", "exact"),
    ("A drone killed a woman and wounded three children in Kherson.", 1, "woman", "exact"),
    ("Flights at Munich airport were halted for three hours after a drone was seen near the runway.", 3, "hours", "exact"),
    ("Police seized 9mm pistols and three drones in Lahore.", 3, "drones", "exact"),
    ("Pakistan sent 300 drones towards 36 places in India.", 300, "drones", "exact"),
    ("A drone strike killed no fewer than 12 people in El Fasher.", 12, "people", "at_least"),
    ("The air force said it downed 45 out of 50 drones launched by Russia overnight.", 45, "drones", "exact"),
]


@pytest.mark.parametrize(("text", "value", "unit", "qualifier"), COUNTED)
def test_number_of_a_claim(text: str, value: float, unit: str, qualifier: str) -> None:
    found = [c.quantity for c in claims(text) if c.quantity]
    assert any(q.value == value and unit in (q.unit or "") and q.qualifier == qualifier for q in found), found


@pytest.mark.parametrize(
    "text",
    [
        "The army received several dozen drones from Turkey.",
        "The army received several hundred drones from Turkey.",
        "The army received tens of thousands of drones from China.",
        "Drones were seen over Schiphol at 10.30 p.m. on Monday.",
        "The two groups bought drones from China.",
        "A policeman found a drone at 5:40 near Warsaw.",
        "Since 2022 drones have been shot down over Moldova by Ukraine.",
        "Incident 061: the ship was struck by a drone off Hudaydah.",
    ],
)
def test_no_number(text: str) -> None:
    found = claims(text)
    assert found
    assert all(c.quantity is None for c in found)


def test_the_number_of_another_claims_verb_stays_there() -> None:
    found = claims(
        "Officers were trained by instructors from Israel to fly drones, and the Texas police lent the force two jammers."
    )
    assert [c.quantity for c in found if c.kind == "training"] == [None]


def test_each_counted_thing_of_a_delivery_is_a_claim() -> None:
    made = [c for c in claims("Baykar made 230 TB2s and 36 Akincis in 2023.") if c.kind == "production"]
    assert sorted(c.quantity.value for c in made if c.quantity) == [36, 230]


def test_a_share_is_a_count_in_percent() -> None:
    (found,) = [c for c in claims("About a third of the drones reach their targets.") if c.kind == "statistic"]
    assert found.quantity is not None
    assert (found.quantity.value, found.quantity.unit, found.quantity.qualifier) == (33, "percent", "about")


def test_not_one_is_no_event() -> None:
    assert not [c for c in claims("Not one of the drones was shot down over Poland.") if c.kind == "sighting"]


@pytest.mark.parametrize(
    ("counted", "value"),
    [
        ("two hundred and fifty drones", 250),
        ("a hundred and twenty drones", 120),
        ("one thousand two hundred drones", 1200),
        ("seven hundred thousand drones", 700_000),
        ("two hundred and fifty thousand drones", 250_000),
        ("a score of drones", 20),
        ("1.7 trillion roubles for drones", 1.7e12),
    ],
)
def test_numbers_of_several_words(counted: str, value: float) -> None:
    (only,) = claims(f"Russia sent Iran {counted}.")
    assert only.quantity is not None
    assert only.quantity.value == value


@pytest.mark.parametrize(
    "text",
    [
        "Girls of eighteen were recruited by Alabuga to build drones.",
        "Sarsang was hit by a drone at seven on Tuesday morning and caught fire.",
        "Turkey supplied India in the late 1990s with drones.",
        "In 2022 and 2023 drones were seen over the training areas at Wildflecken.",
    ],
)
def test_ages_hours_decades_and_years_count_nothing(text: str) -> None:
    assert [c.quantity for c in claims(text)] == [None]
