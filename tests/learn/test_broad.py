"""What no frame reads is read again: broadly where a verb or noun says enough, as a guess where only the words do."""

from __future__ import annotations

import pytest

from picket.learn.claim import Claim, guessed
from picket.learn.cues import scores
from picket.learn.extract import claims_of
from picket.learn.report import Report

ABOUT = "The report is about drones. It is about drones only. Drones are its subject. "


def _claims(sentence: str) -> list[Claim]:
    found = claims_of(Report(doc="d", text=ABOUT + sentence, published="2025-10-01"))
    assert all(c.evidence == sentence == (ABOUT + sentence)[c.start : c.end] for c in found)
    return found


@pytest.mark.parametrize(
    ("sentence", "kind", "provider", "recipient"),
    [
        ("A further 50 Switchblades are on their way to Kyiv from the United States.", "supply", "the United States", "Ukraine"),
        ("Moscow paid Tehran in gold bars for 6,000 Shaheds, hacked e-mails show.", "supply", "Iran", "Russia"),
        (
            "Talks between Helsing and the Bundeswehr about 12,000 HX-2s are at an advanced stage.",
            "supply",
            "Helsing",
            "Bundeswehr",
        ),
        (
            "Three of the six CH-4s that Kinshasa acquired from China are out of use.",
            "supply",
            "China",
            "Democratic Republic of Congo",
        ),
        ("The engines inside the drones come from a Chinese firm, Xiamen Limbach.", "supply", "Xiamen Limbach", None),
        ("Cuban men have been lured into the Russian army to fly drones.", "recruitment", "Cuban men", "Russian army"),
        ("Recruits were drilled in drone use by instructors from Israel.", "training", "Israel", "Recruits"),
        ("Estonia bought sensors against drones from a start-up, Marduk, and from Ukraine.", "supply", "Marduk", "Estonia"),
    ],
)
def test_an_end_is_where_the_sentence_puts_it_and_empty_where_it_puts_none(
    sentence: str, kind: str, provider: str, recipient: str | None
) -> None:
    found = [c for c in _claims(sentence) if c.kind == kind]
    assert found, _claims(sentence)
    assert (found[0].provider or "").removeprefix("the ") == provider.removeprefix("the ")
    assert found[0].recipient == recipient


@pytest.mark.parametrize(
    ("sentence", "kind", "who", "what"),
    [
        (
            "The presence of Turkish drone operators in Niamey was confirmed by a diplomat.",
            "deployment",
            "Turkish drone operators",
            None,
        ),
        ("North Korean engineers have been spotted at a drone plant in Tatarstan.", "deployment", "North Korea", None),
        ("Output of long-range drones at the Izhevsk plant has doubled.", "production", "Izhevsk plant", None),
        ("Workshops in Idlib turn out dozens of FPV drones a week.", "production", "Workshops in Idlib", None),
        ("Norway allocated 200 million kroner to protect oil platforms against drones.", "adoption", "Norway", 200_000_000),
        ("Thunder Tiger unveiled a sea drone for the navy.", "production", "Thunder Tiger", None),
        ("Sightings of drones near airports rose to 411 in the first quarter, the FAA said.", "statistic", None, 411),
        ("Civilian deaths from drones reached 395 in 2025, the UN mission said.", "statistic", None, 395),
        ("Drones rained down on Kyiv for five hours.", "use_attack", None, None),
        ("Drone activity forced the closure of Aalborg airport on Wednesday night.", "sighting", None, None),
        ("There have been repeated drone flights over the Ramstein base.", "sighting", None, None),
    ],
)
def test_verbs_and_nouns_that_have_no_frame_are_read(sentence: str, kind: str, who: str | None, what: float | None) -> None:
    found = [c for c in _claims(sentence) if c.kind == kind]
    assert found, _claims(sentence)
    assert found[0].actor == who
    if what is not None:
        assert found[0].quantity is not None
        assert found[0].quantity.value == what


def test_an_attack_blamed_on_somebody_is_alleged() -> None:
    found = [
        c
        for c in _claims("In May drones attributed to the Rapid Support Forces hit fuel depots in Port Sudan.")
        if c.kind == "use_attack"
    ]
    assert [(c.actor, c.certainty) for c in found] == [("Rapid Support Forces", "alleged")]


def test_people_who_learned_somewhere_and_were_hired_are_one_class_for_each_taker() -> None:
    found = _claims(
        "Interviews have connected members of the Sinaloa Cartel and the Gulf Cartel with recruitment of foreign fighters who gained "
        "drone expertise in Ukraine."
    )
    assert [(c.provider, c.recipient, c.certainty) for c in found if c.kind == "recruitment"] == [
        ("foreign fighters trained in Ukraine", "Sinaloa Cartel", "reported"),
        ("foreign fighters trained in Ukraine", "Gulf Cartel", "reported"),
    ]


def test_missions_to_two_capitals_are_two_claims() -> None:
    found = [c for c in _claims("Russian drone crews were sent to Bamako and Niamey.") if c.kind == "deployment"]
    assert [(c.place, c.country) for c in found] == [("Bamako", "ML"), ("Niamey", "NE")]


@pytest.mark.parametrize(
    ("sentence", "recipient"),
    [
        ("The US has sanctioned an Iranian company it accuses of coordinating flights to ship drones to Russia.", "Russia"),
        ("Militants from a group known as the Khawarij carried out a drone attack on the police station in Bannu.", None),
    ],
)
def test_who_accuses_and_who_is_named_is_not_who_did_it(sentence: str, recipient: str | None) -> None:
    found = _claims(sentence)[0]
    assert "US" not in {found.provider, found.actor}
    assert found.recipient == recipient
    assert recipient is None or found.certainty == "alleged"


@pytest.mark.parametrize(
    "sentence",
    [
        "Cartel scouts use quadcopters to look out for patrols on the Arizona side.",
        "Behind the group's FPVs are motors from T-Motor of Nanchang, invoices show.",
        "Nothing stands between a hobby drone and the royal box, a former police chief said.",
        "Hezbollah made its drone force a branch of its own in 2012.",
        "Three inmates were charged after guards found a drone on the roof of the prison with tobacco strapped to it.",
    ],
)
def test_a_guess_is_never_a_fact(sentence: str) -> None:
    for claim in _claims(sentence):
        assert claim.certainty != "stated" or not guessed(claim.rule)


@pytest.mark.parametrize(
    "sentence",
    [
        "The Kremlin criticised the sales of Turkish drones to Kyiv.",
        "Washington condemned the delivery of Iranian drones to Khartoum.",
        "Berlin has banned exports of drone parts to Russia.",
        "Switzerland halted exports of drone parts to Russia.",
    ],
)
def test_what_was_criticised_or_stopped_makes_no_flow_that_is_a_fact(sentence: str) -> None:
    assert not [c for c in _claims(sentence) if c.provider and c.recipient and c.certainty in {"stated", "reported"}]


def test_cues_count_once_and_two_are_needed() -> None:
    assert scores("a word") == []
    assert scores("spotted spotted spotted")[0] == (2, "sighting")
    assert scores("spotted near the prison")[0][1] == "sighting"


@pytest.mark.parametrize(
    ("sentence", "certainty"),
    [
        ("Poland ordered 24 drones from Turkey.", "possible"),
        ("Jordan has applied to Washington for MQ-9 drones.", "possible"),
        ("Deliveries of the 40 drones to Kenya are to start in March.", "possible"),
        ("Kuwait has its eye on Akinci drones.", "possible"),
        ("It remains unclear who flew the drones over Langley.", "possible"),
        ("Kyiv said it had nothing to do with the drone strike in Khartoum.", "denied"),
        ("State television showed what it said was a Ukrainian drone team in Mali.", "alleged"),
        ("Drone attacks on camps around Loikaw claimed 19 lives.", "stated"),
    ],
)
def test_orders_and_wishes_are_no_facts(sentence: str, certainty: str) -> None:
    for claim in _claims(sentence):
        assert claim.certainty == certainty, claim


def test_words_of_fear_alone_are_no_guess() -> None:
    text = "The danger of drones would grow next year at the airport."
    assert claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones")) == []
