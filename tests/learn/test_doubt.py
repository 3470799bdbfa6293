"""A claim that its report denies, doubts or only reports is never read as a fact."""

from __future__ import annotations

import pytest

from picket.learn import Report
from picket.learn.claim import Claim
from picket.learn.extract import claims_of


def claims(text: str) -> list[Claim]:
    return claims_of(Report(doc="x", text="Drones are spreading. " + text, published="2025-11-20"))


DOUBTED = [
    ("Iran denies that it has supplied drones to Russia.", "denied"),
    ("Tehran rejected accusations that it had sent drones to Sudan.", "denied"),
    ("Rwanda dismissed as false reports that its drones had bombed Goma.", "denied"),
    ("Claims that Ukraine supplied drones to Malian rebels are baseless, Kyiv said.", "denied"),
    ("Hezbollah has nothing to do with the drone that hit the base, a spokesman said.", "denied"),
    ("The Kremlin called reports that it was training drone pilots in Venezuela nonsense.", "denied"),
    ("Ukraine is set to deliver 1,000 drones to Denmark.", "possible"),
    ("Poland is due to receive 24 TB2 drones next year.", "possible"),
    ("It is unclear whether Iran supplied the drones to Ethiopia.", "possible"),
    ("If confirmed, Iran would have supplied drones to the Polisario Front.", "possible"),
    ("Saudi Arabia has expressed interest in buying Akinci drones from Turkey.", "possible"),
    ("Iran appears to have supplied drones to Ethiopia.", "possible"),
    ("There are fears that Russia has supplied drones to the Houthis.", "possible"),
    ("Suspected Islamist militants attacked a base with drones in Borno.", "alleged"),
    ("An indictment says the network supplied drone parts to Iran.", "alleged"),
    ("Two men were charged with supplying drones to the Houthis.", "alleged"),
    ("Authorities attributed the drone attack on the station to FARC dissidents.", "alleged"),
    ("Iran's claim that Israel used drones against a factory in Isfahan was not confirmed.", "alleged"),
    ("A suspected drone attack damaged a tanker off Oman.", "alleged"),
    ("An apparent drone strike hit a market in Nyala.", "possible"),
    ("Three men are on trial for supplying drones to Hezbollah.", "alleged"),
    ("Iran supplied drones to Sudan, two people familiar with the matter said.", "reported"),
    ("Iran supplied drones to Sudan, the State Department said.", "stated"),
    ("As set out in the complaint, the company sold drone engines to Iran.", "alleged"),
    ("According to court documents, the company sold drone engines to Iran.", "alleged"),
    ("The drones were almost certainly supplied by Iran to the Houthis.", "possible"),
    ("It remains unknown who supplied the drones to the cartel.", "possible"),
    ("Nor is it certain that Moscow has supplied drones to any African army.", "possible"),
    ("Kosovo's wish to buy drones from Turkey has angered Serbia.", "possible"),
    ("The Houthis said they had attacked a ship with drones.", "alleged"),
    ("Six drones to be assembled at Bamako by a Turkish firm were paid for by Mali.", "possible"),
    ("Turkey delivers the first drones to Malaysia in 2027.", "possible"),
    ("The United States has not seen any evidence that Iran has delivered drones to Russia.", "denied"),
    ("Drones presumed to be launched by the RSF hit a depot in Kosti.", "possible"),
    ("Officials claimed the new drones were first used in an attack on Omdurman.", "alleged"),
]


@pytest.mark.parametrize(("text", "certainty"), DOUBTED)
def test_words_around_a_verb_lower_its_claim(text: str, certainty: str) -> None:
    found = claims(text)
    assert certainty in [c.certainty for c in found]
    if certainty != "stated":
        assert "stated" not in [c.certainty for c in found]


def test_not_only_is_no_denial() -> None:
    found = claims("North Korea is not only supplying drones to Russia but also shells.")
    assert [(c.provider, c.recipient, c.certainty) for c in found] == [("North Korea", "Russia", "stated")]


def test_what_an_attacker_could_do_is_a_warning_and_no_attack() -> None:
    found = claims("An attacker with a drone could kill dozens at a stadium, she said.")
    assert [c.kind for c in found] == ["warning"]
    assert found[0].certainty == "possible"


def test_two_states_of_one_event_give_no_country() -> None:
    (claim,) = claims("JNIM has carried out at least 30 drone attacks in Mali and Burkina Faso since 2023.")
    assert claim.kind == "statistic"
    assert claim.country is None


def test_who_refuses_or_fails_has_not_done_it() -> None:
    assert claims("Turkey refused to sell drones to Ethiopia.") == []
    assert claims("Iran failed to deliver the drones to Sudan.") == []
