"""Letters that a report spells out mean what they mean there, not what the gazetteer has for them."""

from __future__ import annotations

import pytest

from picket.learn import Report
from picket.learn.claim import Claim
from picket.learn.extract import claims_of
from picket.learn.shortened import shortened


def read(text: str) -> list[Claim]:
    return list(claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones")))


def test_the_australian_defence_force_is_no_militia_of_congo() -> None:
    told = read("The Australian Defence Force wants drones. The ADF has bought 40 drones.")
    assert [(c.actor, c.country) for c in told if c.quantity] == [("Australian Defence Force", "AU")]
    assert [(c.actor, c.country) for c in read("The ADF has bought 40 drones.")] == [("ADF", "CD")]


def test_a_research_group_is_no_state() -> None:
    text = "Conflict Armament Research (CAR) read the parts. Houthi drones with such parts were shot down, CAR said."
    assert {c.country for c in read(text)} & {"CF"} == set()
    assert shortened(text)["CAR"][0] == "Conflict Armament Research"


@pytest.mark.parametrize(
    "text",
    [
        "The Central African Republic (CAR) bought drones.",
        "The People's Republic of China (PRC) sold them.",
        "Drones of the Israeli Defence Forces (IDF) came.",
        "The International Atomic Energy Agency (IAEA) saw drones.",
        "The CAR is a state of Africa.",
        "The ADF. " + "Aa-Dd'Ff" * 3000,
        "",
    ],
)
def test_what_the_gazetteer_has_stands(text: str) -> None:
    assert shortened(text) == {}


def test_the_evidence_is_the_text_as_it_stands() -> None:
    text = "The Australian Defence Force wants drones. The ADF has bought 40 drones."
    assert all(text[c.start : c.end] == c.evidence for c in read(text))
