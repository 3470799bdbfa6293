"""The same event told in the ways that news tells it: contracts, passives, asides, datelines, adjuncts, nouns."""

from __future__ import annotations

import pytest

from picket.learn import Report
from picket.learn.claim import Claim
from picket.learn.extract import claims_of

BEFORE = "Drones are changing war. Drones are spreading. Cheap drones are everywhere. "


def claims(text: str) -> list[Claim]:
    return [c for c in claims_of(Report(doc="x", text=BEFORE + text, published="2025-11-20")) if c.start >= len(BEFORE)]


TRANSFERS = [
    ("Kuwait signed a $367 million contract with Baykar for TB2 drones in January 2023.", "supply", "Baykar", "Kuwait"),
    (
        "Washington announced a package of aid for Ukraine that includes 100 Switchblade drones.",
        "supply",
        "United States",
        "Ukraine",
    ),
    ("Hezbollah's drones are supplied by Iran.", "supply", "Iran", "Hezbollah"),
    ("Drones have reached the RSF through Chad on cargo planes from the UAE.", "supply", "UAE", "RSF"),
    ("Morocco has become one of the main buyers of Israeli drones.", "supply", "Israel", "Morocco"),
    ("Azerbaijan's arsenal includes drones from Israel.", "supply", "Israel", "Azerbaijan"),
    ("Mali, one of the countries that fly TB2 drones, has received six more drones from Turkey.", "supply", "Turkey", "Mali"),
    ("A rival group, Cárteles Unidos, buys drones from DJI.", "supply", "DJI", "Cárteles Unidos"),
    ("Yemeni forces seized drone engines of Iranian make bound for the Houthis.", "supply", "Iran", "Houthis"),
    ("Soldiers are learning to use the drones Washington is supplying to Kyiv.", "supply", "United States", "Ukraine"),
    ("Hamas developed its drones with help from Hezbollah.", "advising", "Hezbollah", "Hamas"),
    ("Pakistan, aided by Chinese companies, is expanding its assembly of drones.", "advising", "Chinese companies", "Pakistan"),
    ("Twenty guards were sent to Israel for a course in detecting drones.", "training", "Israel", "guards"),
    ("Russia is also helping train North Korean drone operators.", "training", "Russia", "North Korean drone operators"),
    ("Thousands of Cubans have signed contracts with the Russian army to fly drones.", "recruitment", "Cuba", "Russian army"),
]


@pytest.mark.parametrize(("text", "kind", "provider", "recipient"), TRANSFERS)
def test_transfers_told_without_their_plain_verb(text: str, kind: str, provider: str, recipient: str) -> None:
    assert (kind, provider, recipient) in [(c.kind, c.provider, c.recipient) for c in claims(text)]


DEEDS = [
    ("GOMA, Congo (Reuters) - The M23 itself has used drones against an airport.", "use_attack", "M23", "airport"),
    ("Six soldiers were killed and two wounded in a drone attack by the RSF.", "use_attack", "RSF", "soldiers; two"),
    ("The drone fired two missiles into a compound in Idlib, killing six.", "use_attack", None, "compound"),
    ("One drone hit a fuel depot and another was shot down.", "use_attack", None, "fuel depot"),
    ("The cartel was behind the drone attack on a police station.", "use_attack", "cartel", "police station"),
    ("Police opened fire on drones over a submarine base.", "sighting", None, "submarine base"),
    ("The Congolese army lost two of its drones near Goma.", "sighting", "Congolese army", None),
    ("FPV drones have become part of JNIM's arsenal.", "adoption", "JNIM", None),
    ("Paris has put 8 billion euros into drones.", "adoption", "France", None),
    ("The Dutch army is recruiting hundreds of drone operators.", "adoption", "Dutch army", None),
]


@pytest.mark.parametrize(("text", "kind", "actor", "target"), DEEDS)
def test_deeds_told_in_other_ways(text: str, kind: str, actor: str | None, target: str | None) -> None:
    assert (kind, actor, target) in [(c.kind, c.actor, c.target) for c in claims(text)]


def test_the_one_who_gets_more_is_the_one_who_got_before() -> None:
    found = claims("Latvia gave Ukraine 1,500 combat drones. Norway has pledged 500 drones.")
    assert [(c.provider, c.recipient) for c in found if c.kind == "supply"] == [("Latvia", "Ukraine"), ("Norway", "Ukraine")]


def test_whose_drones_they_are_goes_on_to_the_next_sentence() -> None:
    found = claims("Russia launched 40 drones at Odesa. One of them damaged a school.")
    assert [(c.kind, c.actor) for c in found] == [("use_attack", "Russia"), ("use_attack", "Russia")]


def test_a_town_that_is_part_of_a_persons_name_is_no_place() -> None:
    assert all(c.place is None for c in claims("Drones were seen by Adam Zamora over a prison."))


def test_where_a_speaker_sits_is_not_where_it_happened() -> None:
    found = claims("A drone struck a market in Nyala, an official based in Cairo said.")
    assert [c.place for c in found] == ["Nyala"]


@pytest.mark.parametrize(
    ("text", "kind", "actor", "target"),
    [
        ("Al-Shabaab uses its drones for surveillance of army bases.", "sighting", "Al-Shabaab", "army bases"),
        ("Nigeria used CH-3A drones on Boko Haram in 2015.", "use_attack", "Nigeria", "Boko Haram"),
        ("Iran used its drones on targets in Syria.", "use_attack", "Iran", "targets"),
    ],
)
def test_what_drones_are_used_for_or_on(text: str, kind: str, actor: str, target: str) -> None:
    found = claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones"))
    assert [(c.kind, c.actor, c.target) for c in found] == [(kind, actor, target)]


def test_a_question_says_nothing() -> None:
    report = Report(doc="x", text="Did Iran supply the Houthis with drones?", published="2025-06-10", title="Drones")
    assert claims_of(report) == []


def test_what_is_counted_between_two_days_is_a_statistic() -> None:
    text = "The border force recovered 272 drones between 1 January and 30 November 2024."
    (found,) = claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones"))
    assert (found.kind, found.quantity and found.quantity.value) == ("statistic", 272)


@pytest.mark.parametrize(
    ("text", "target", "place"),
    [
        ("The army shot down a drone near Sirte on Monday.", None, "Sirte"),
        ("The army shot down a drone near the airport of Erbil on Monday.", "airport of Erbil", "airport of Erbil"),
        ("A drone was seen over the Black Sea on Monday.", None, "Black Sea"),
        ("A drone was seen over the prison on Monday.", "prison", None),
    ],
)
def test_where_a_drone_fell_is_not_what_it_was_after(text: str, target: str | None, place: str | None) -> None:
    (found,) = claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones"))
    assert (found.kind, found.target, found.place) == ("sighting", target, place)
