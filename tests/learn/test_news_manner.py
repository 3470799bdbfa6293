"""Sentences as news writes them: asides, lists of deals, left-out verbs, events that go on, goods on their way."""

from __future__ import annotations

import pytest

from picket.learn import Report
from picket.learn.claim import Claim
from picket.learn.extract import claims_of

BEFORE = "Drones are changing war. Drones are spreading. Cheap drones are everywhere. "


def claims(text: str) -> list[Claim]:
    return [c for c in claims_of(Report(doc="x", text=BEFORE + text, published="2025-11-20")) if c.start >= len(BEFORE)]


TRANSFERS = [
    (
        "In January the United Kingdom, along with its partners, will begin supplying tens of thousands of drones to Ukraine.",
        "supply",
        "United Kingdom",
        "Ukraine",
    ),
    (
        "Jakarta is no newcomer to Turkish drones, having bought 12 Anka from Turkish Aerospace in 2023.",
        "supply",
        "Turkish Aerospace",
        "Indonesia",
    ),
    ("Japan was offered Turkish drones by Mevlut Cavusoglu, then foreign minister.", "supply", "Turkey", "Japan"),
    ("The drone had been smuggled in by the Houthis from Iran.", "supply", "Iran", "Houthis"),
    ("The rebels benefited from technical help provided by Hezbollah.", "advising", "Hezbollah", "rebels"),
    (
        "Syracuse Research Corporation has received a $65 million U.S. Army contract for a counter-drone system.",
        "supply",
        "Syracuse Research Corporation",
        "U.S. Army",
    ),
    (
        "Kenya will receive 12 drones from Turkey, Ghana six from the United States and Togo four from China.",
        "supply",
        "China",
        "Togo",
    ),
    ("Morocco bought 13 TB2s from Baykar in 2021, Togo six a year later.", "supply", "Baykar", "Togo"),
    (
        "The defence minister told reporters in Vilnius on Friday that Lithuania would buy 500 drones from Ukraine.",
        "supply",
        "Ukraine",
        "Lithuania",
    ),
    ("Nigeria took delivery of the first of 43 TB2s last week.", "supply", "Turkey", "Nigeria"),
    ("Iran's drone programme arms its proxies.", "supply", "Iran", "proxies"),
    (
        "The drones were bought from the armed groups in Myanmar that fly them against the junta.",
        "supply",
        "armed groups in Myanmar",
        None,
    ),
    ("Danish soldiers have been sent to Ukraine to learn how to fight drones.", "training", "Ukraine", "Danish soldiers"),
    ("Several rebels travelled to Ukraine to train in the use of drones.", "training", "Ukraine", "rebels"),
    ("Two dozen Malian soldiers returned from a drone course in Turkey in March.", "training", "Turkey", "Malian soldiers"),
    (
        "Trainers from the 82nd Airborne Division are at Fort Bragg training 30 drone pilots from Latvia.",
        "training",
        "82nd Airborne Division",
        "Latvia",
    ),
    (
        "Between 300 and 400 ex-soldiers from Colombia were brought into Sudan to fight on the side of the RSF.",
        "recruitment",
        "ex-soldiers from Colombia",
        "RSF",
    ),
    (
        "Iranian engineers, at least two of whom died last year, help the Houthis to assemble the Samad.",
        "advising",
        "Iranian engineers",
        "Houthis",
    ),
]


@pytest.mark.parametrize(("text", "kind", "provider", "recipient"), TRANSFERS)
def test_transfers_between_asides_and_in_lists(text: str, kind: str, provider: str, recipient: str | None) -> None:
    assert (kind, provider, recipient) in [(c.kind, c.provider, c.recipient) for c in claims(text)]


DEEDS = [
    ("Five people died after a drone operated by the RSF targeted a market in El Fasher.", "use_attack", "RSF", "market"),
    ("A drone belonging to the RSF exploded in the city's market, killing five.", "use_attack", "RSF", "city's market"),
    ("Ukrainian air defence shot down 33 out of 37 Russian drones.", "sighting", "Russia", None),
    ("Two police officers in Aguililla, Michoacán were injured in a drone attack.", "use_attack", None, "police officers"),
    ("A drone carrying phones, drugs, and tobacco crashed at Lee prison.", "sighting", None, None),
    (
        "Six drones crossed the border, the ministry in Chisinau said, and one of them went on into Romania.",
        "sighting",
        None,
        "Romania",
    ),
    ("Authorities have closed Copenhagen airport after drones were sighted nearby.", "sighting", None, "Copenhagen airport"),
    ("The airspace above Gardermoen was shut on Monday after a drone was observed.", "sighting", None, "Gardermoen"),
    ("Police in Lyon arrested two men for flying a drone with hashish into Corbas prison.", "sighting", None, "Corbas prison"),
    ("A drone strike claimed the lives of four children in Mir Ali.", "use_attack", None, "children"),
    ("The M23's drones struck a convoy.", "use_attack", "M23", "convoy"),
    ("The state-backed ISWAP flew explosive-laden aircraft at the base of Eknewan.", "use_attack", "ISWAP", "base of Eknewan"),
    ("Kyiv manufactures and exports drones at a plant near Lviv.", "production", "Ukraine", None),
    ("Serbia's president showed off a Chinese CH-95.", "adoption", "Serbia", None),
    ("JNIM reportedly uses modified commercial drones equipped with grenades.", "adoption", "JNIM", None),
    ("Officials fear the ELN will use the drones against oil terminals.", "warning", "ELN", "oil terminals"),
    ("If the ELN obtains fibre-optic drones, the jammers will be useless, a general said.", "warning", "ELN", None),
    ("An attack by Houthi drones on Abu Dhabi airport killed three people.", "use_attack", "Houthi", "Abu Dhabi airport"),
]


@pytest.mark.parametrize(("text", "kind", "actor", "target"), DEEDS)
def test_deeds_with_load_owner_and_place_around_the_verb(text: str, kind: str, actor: str | None, target: str | None) -> None:
    assert (kind, actor, target) in [(c.kind, c.actor, c.target) for c in claims(text)]


GOES_ON = [
    ("A similar raid on Mykolaiv killed 15 people.", "Mykolaiv"),
    ("An industrial facility was hit as well.", "industrial facility"),
    ("Two people were wounded during the attack on the port city, the governor said.", "port city"),
    ("Four missiles were fired at a house near the port.", "house"),
]


@pytest.mark.parametrize(("text", "target"), GOES_ON)
def test_an_attack_goes_on_without_its_drone_being_named(text: str, target: str) -> None:
    last = claims(f"Russia launched 40 drones at Odesa. {text}")[-1]
    assert (last.kind, last.actor, last.target, last.evidence) == ("use_attack", "Russia", target, text)


@pytest.mark.parametrize("text", ["Gunmen raided a village.", "Workshops were bombed by jets.", "The ministry was not hit."])
def test_what_something_else_did_or_nobody_is_no_part_of_the_attack(text: str) -> None:
    assert [c for c in claims(f"Russia launched 40 drones at Odesa. {text}") if c.evidence == text] == []


def test_a_party_blamed_for_the_attacks_is_alleged() -> None:
    last = claims("Militants hit a police station with drones. The army has blamed JNIM for these attacks.")[-1]
    assert (last.kind, last.actor, last.certainty) == ("use_attack", "JNIM", "alleged")


def test_goods_caught_on_their_way_are_a_supply_to_who_got_the_last_ones() -> None:
    found = claims("Iran ships drones to the Houthis. Customs officers seized 800 Chinese propellers at the border.")
    assert [(c.kind, c.provider, c.recipient) for c in found] == [("supply", "Iran", "Houthis"), ("supply", "China", "Houthis")]


def test_parts_found_in_a_drone_are_no_goods_on_their_way() -> None:
    found = claims("Iran ships drones to the Houthis. American chips were found in a drone near Aden.")
    assert found[-1].kind == "sighting"


@pytest.mark.parametrize(
    "text",
    [
        "A law that allows the army to shoot down drones has been on the books since May.",
        "The government intends to buy radars to detect drones over the port.",
    ],
)
def test_what_is_only_allowed_or_meant_is_no_sighting(text: str) -> None:
    assert "sighting" not in {c.kind for c in claims(text)}


def test_a_count_told_by_rank_is_a_statistic() -> None:
    (found,) = claims("It was the 115th such attack in the department this year.")
    assert found.kind == "statistic"
    assert found.quantity is not None
    assert found.quantity.value == 115


def test_an_organisations_first_word_stands_for_it_and_a_persons_name_does_not() -> None:
    found = claims("Qods Aviation Industries is a drone maker in Isfahan. Qods builds the Mohajer-6.")
    assert ("production", "Qods Aviation Industries") in [(c.kind, c.actor) for c in found]
    person = claims("Mohamed Zouari was an engineer of Hamas. Zouari built the drones.")
    assert all("Zouari" not in (c.actor or "") for c in person)


def test_places_after_repeated_prepositions_are_sightings_apart() -> None:
    found = claims("Drones were also logged at Esbjerg, at Sonderborg and at Skrydstrup.")
    assert [c.place for c in found if c.kind == "sighting"] == ["Esbjerg", "Sonderborg", "Skrydstrup"]


@pytest.mark.parametrize(
    ("text", "place", "count"),
    [
        ("The seizure of 12 drones from a house in Tijuana came on Monday.", "Tijuana", 12),
        ("The crash of a Gerbera near Vilnius on 10 July was followed by talks.", "Vilnius", None),
    ],
)
def test_drones_found_or_come_down_are_told_by_a_noun(text: str, place: str, count: float | None) -> None:
    found = next(c for c in claims(text) if c.kind == "sighting")
    assert (found.place, found.quantity.value if found.quantity else None) == (place, count)


def test_rules_on_an_export_are_no_export() -> None:
    assert [
        c for c in claims("China has tightened its rules on the export of drone parts to Russia.") if c.kind == "supply"
    ] == []


def test_firms_of_three_nations_are_three_makers() -> None:
    found = claims("Ukrainian, Polish and Czech firms will make 10,000 drones a month at a plant in Rzeszow.")
    assert [c.actor for c in found if c.kind == "production"] == ["Ukrainian firms", "Polish firms", "Czech firms"]


def test_one_subject_of_three_verbs() -> None:
    found = claims(
        "Russia has bought 2,000 drones from Iran, trained its crews in Syria and fired 600 of them at Ukrainian cities."
    )
    assert ("supply", "Iran", "Russia", None) in [(c.kind, c.provider, c.recipient, c.actor) for c in found]
    assert ("use_attack", "Russia") in [(c.kind, c.actor) for c in found]
