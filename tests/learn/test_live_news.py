"""Live news as it is set: typographic marks, captions, datelines, the same sentence twice, how agencies name the sides."""

from __future__ import annotations

import pytest

from picket.learn import Report
from picket.learn.claim import Claim
from picket.learn.extract import claims_of


def claims(text: str, title: str | None = None) -> list[Claim]:
    return claims_of(Report(doc="x", text=text, published="2025-11-20", title=title))


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Gunners shot down 12 “Shahed” drones over Sumy.", 12, "Shahed drones"),
        ("Russia launched 20 'Geran-2' drones at Kyiv.", 20, "Geran-2 drones"),
        ('Three "kamikaze" drones hit the port of Odesa.', 3, "kamikaze drones"),
        ("Drones set fire to 7 «Orlan» trucks in Kursk.", 7, "Orlan trucks"),
    ],
)
def test_a_name_in_quotation_marks_is_counted_like_one_without(text: str, value: float, unit: str) -> None:
    amounts = [c.quantity for c in claims(text) if c.quantity]
    assert [(q.value, q.unit) for q in amounts] == [(value, unit)]


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u202f", " "])
def test_thousands_set_apart_by_a_hard_space_are_one_number(space: str) -> None:
    (claim,) = claims(f"The air force shot down 1{space}500 drones in May.")
    assert claim.quantity is not None
    assert claim.quantity.value == 1500


@pytest.mark.parametrize("text", ["On May 5 300 drones hit Kyiv.", "Besides the Shahed 136 300 missiles and drones hit Kyiv."])
def test_two_figures_side_by_side_are_no_thousands(text: str) -> None:
    assert all(c.quantity is None or c.quantity.value < 5000 for c in claims(text))


@pytest.mark.parametrize(
    "aside",
    [
        "FILE - Drones launched by Iran hit a depot in Erbil, Iraq, on March 3, 2022. (Photo/Harbour Post)",
        "FILE PHOTO: Iranian drones struck a depot in Erbil.",
        "Illustrative: Hezbollah drones struck a base near Haifa in October. It burned for two days.",
        "Read also: Russian drones struck a refinery in Romania.",
        "Related story: Cartel drones bombed a police station in Tijuana.",
    ],
)
def test_captions_of_the_archive_and_links_claim_nothing(aside: str) -> None:
    told = claims(f"{aside}\n\nUkrainian drones struck a refinery in Samara on Monday.\n")
    assert [(c.actor, c.country) for c in told] == [("Ukraine", "RU")]


def test_a_line_that_only_begins_like_a_link_is_read() -> None:
    told = claims("Related forces of the RSF struck a market in Nyala with drones.")
    assert [c.kind for c in told] == ["use_attack"]


def test_a_sentence_that_is_set_again_counts_once_and_where_it_is_fullest() -> None:
    caption = "Two people were killed when a drone struck a bus in Nikopol on Tuesday."
    text = f"{caption} (Harbour Post)\n\n{caption[:-1]}, the governor said.\n\n“They had no time to run.”\n"
    (claim,) = claims(text)
    assert claim.evidence.endswith("the governor said.")


@pytest.mark.parametrize(
    ("text", "provider", "recipient"),
    [
        ("The U.S. Army awarded Red Cat a contract for 690 drones.", "Red Cat", "U.S. Army"),
        ("The U.S. Army awarded a $99 million contract to Skydio for X10D drones.", "Skydio", "U.S. Army"),
        ("Skydio was awarded a contract by the U.S. Army for X10D drones.", "Skydio", "U.S. Army"),
        ("A contract for 690 drones was awarded to Red Cat by the U.S. Army.", "Red Cat", "U.S. Army"),
        ("Rheinmetall has received an order from the Netherlands for 40 FV-014 drones.", "Rheinmetall", "Netherlands"),
        ("The Pentagon granted Skydio a contract to supply X10D drones to Taiwan.", "Skydio", "Taiwan"),
    ],
)
def test_who_is_awarded_a_contract_or_gets_an_order_supplies(text: str, provider: str, recipient: str) -> None:
    assert [(c.kind, c.provider, c.recipient) for c in claims(text)] == [("supply", provider, recipient)]


@pytest.mark.parametrize(
    ("text", "actor", "target"),
    [
        ("Two people were killed in a Russian drone strike on a bus in Kherson.", "Russia", "bus"),
        ("A guard was injured in a Ukrainian drone attack on a depot in Belgorod.", "Ukraine", "depot"),
        ("Two people were killed with Iranian drones in Erbil.", None, "people"),
    ],
)
def test_whose_strike_it_was_that_killed(text: str, actor: str | None, target: str) -> None:
    assert [(c.kind, c.actor, c.target) for c in claims(text)] == [("use_attack", actor, target)]


@pytest.mark.parametrize("who", ["Governor Ivan Petrov", "Ivan Petrov"])
def test_who_speaks_after_a_place_is_no_part_of_the_place(who: str) -> None:
    (claim,) = claims(f"Two people were killed in a drone strike on a bus in Sumy, {who} said.")
    assert (claim.attributed_to, claim.place, claim.certainty) == ("Ivan Petrov", "Sumy", "stated")


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("The enemy attacked Nikopol with FPV drones, the military said.", "Russia"),
        ("Enemy UAVs hit a power plant in Chernihiv.", "Russia"),
        ("The occupiers struck Kherson with drones.", "Russia"),
        ("Russian invaders dropped explosives from a drone on a bus in Kherson.", "Russian invaders"),
        ("The enemy struck a base near Metula with drones, Hezbollah said.", None),
    ],
)
def test_the_enemy_is_named_only_where_it_is_clear_whose(text: str, actor: str | None) -> None:
    assert [(c.kind, c.actor) for c in claims(text)] == [("use_attack", actor)]


@pytest.mark.parametrize(
    ("text", "provider", "recipient"),
    [
        (
            "The United States sanctioned five Chinese firms for supplying engines to Iran's drone maker HESA.",
            "Chinese firms",
            "HESA",
        ),
        ("Washington imposed sanctions on a Turkish firm accused of shipping drone parts to Iran.", "Turkish firm", "Iran"),
        (
            "The syndicate bought drone motors on behalf of Libya's Ministry of Defence.",
            "syndicate",
            "Libya's Ministry of Defence",
        ),
    ],
)
def test_who_is_sanctioned_for_a_delivery_delivered(text: str, provider: str, recipient: str) -> None:
    assert [(c.kind, c.provider, c.recipient) for c in claims(text)] == [("supply", provider, recipient)]


def test_a_country_at_the_end_of_a_sentence_counts_for_what_the_report_is_about() -> None:
    told = claims("Nobody knew who flew the drones over Mali. The cost is borne by Mali. The army shot down one drone.")
    assert ("sighting", "ML") in [(c.kind, c.country) for c in told]


def test_an_attack_is_blamed_on_who_did_it() -> None:
    (claim,) = claims("Police blamed the drone attack on the Sinaloa Cartel.")
    assert (claim.actor, claim.target, claim.certainty) == ("Sinaloa Cartel", None, "alleged")


def test_who_shuts_an_airport_is_not_what_is_flown_over() -> None:
    (claim,) = claims("Airport authorities halted flights for two hours after drones were seen near the runway.")
    assert (claim.kind, claim.target) == ("sighting", "runway")


@pytest.mark.parametrize(
    ("text", "actor", "target"),
    [
        ("Haitian police have used explosive drones against gangs since March, killing 300 people.", "Haitian police", "gangs"),
        ("ISWAP used four drones armed with grenades in a raid on a base in Wajiroko.", "ISWAP", "base"),
        ("The Arakan Army uses agricultural drones bought in China to bomb outposts.", "Arakan Army", "outposts"),
    ],
)
def test_drones_used_in_an_attack(text: str, actor: str, target: str) -> None:
    assert ("use_attack", actor, target) in [(c.kind, c.actor, c.target) for c in claims(text)]


def test_a_company_that_flies_drones_does_not_make_them() -> None:
    assert [c.kind for c in claims("Vectus Global operates drones for the Haitian government.")] == ["adoption"]
    assert [c.kind for c in claims("Baykar tested a new drone.")] == ["production"]


def test_what_stands_beside_a_speaker_is_not_what_it_denies() -> None:
    (claim,) = claims("Iran, which has supplied drones to Russia, denied the report.")
    assert (claim.certainty, claim.attributed_to) == ("stated", None)


def test_the_accused_is_not_the_one_who_says_so() -> None:
    told = claims("The UAE—long accused of arming the RSF—sent drones to Nyala, U.N. experts said.")
    assert {c.attributed_to for c in told} == {"U.N. experts"}


@pytest.mark.parametrize(
    ("text", "actor", "number"),
    [
        ("The KIA shot down a helicopter with an FPV drone near Myitkyina.", "KIA", None),
        ("Among the dead are 12 soldiers killed as their helicopter was shot down by a drone over Arauca.", None, 12),
    ],
)
def test_a_helicopter_brought_down_by_a_drone_is_an_attack(text: str, actor: str | None, number: float | None) -> None:
    (claim,) = claims(text)
    assert (claim.kind, claim.actor) == ("use_attack", actor)
    assert "helicopter" in (claim.target or "")
    assert (claim.quantity.value if claim.quantity else None) == number


def test_people_recruited_from_several_countries_come_from_each() -> None:
    told = claims("The cartel is hiring young men from countries such as Guatemala, Honduras and Ecuador to fly its drones.")
    assert [c.provider for c in told if c.kind == "recruitment"] == [
        "men from Guatemala",
        "men from Honduras",
        "men from Ecuador",
    ]


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("Hokuriku Seiki Co., Ltd. sold 20 drones to Estonia in May.", "Hokuriku Seiki Co. Ltd."),
        ("Estonia bought 20 drones from Hokuriku Seiki Co. Ltd. in May.", "Hokuriku Seiki Co. Ltd."),
        ("Estonia bought 20 drones from Vardo & Holm, Inc.", "Vardo & Holm Inc"),
        ("Somalia bought drones from Elbit Systems, Limited, in May.", "Elbit Systems"),
        ("Norway's Trondheim Helm GmbH delivered 20 drones to Estonia.", "Trondheim Helm GmbH"),
        ("Vardo & Holm Inc. sold 20 drones to Estonia in May.", "Vardo & Holm Inc."),
        ("Estonia bought 20 drones from Hokuriku Seiki Co.", "Hokuriku Seiki Co"),
    ],
)
def test_a_firm_is_known_by_how_its_name_ends(text: str, provider: str) -> None:
    assert [(c.kind, c.provider) for c in claims(text)] == [("supply", provider)]


@pytest.mark.parametrize(
    "text",
    [
        "Ukraine limited drone exports to Somalia.",
        "Iran incorporated the drones into its doctrine.",
        "In Kenya, Limited numbers of drones were sold to Somalia.",
    ],
)
def test_what_is_limited_or_incorporated_is_no_firm(text: str) -> None:
    named = {name for c in claims(text) for name in (c.provider, c.actor) if name}
    assert not {name for name in named if "imited" in name or "ncorporated" in name}
