"""Who says it: behind a comma, by a title, with an institute, as the accuser, or carried over from the sentence before."""

from __future__ import annotations

import pytest

from picket.learn import Report
from picket.learn.claim import Claim
from picket.learn.extract import claims_of


def claims(text: str) -> list[Claim]:
    return claims_of(Report(doc="x", text=text, published="2025-11-20", title="Drones"))


@pytest.mark.parametrize(
    ("text", "by"),
    [
        (
            "Britain will deliver drones to Ukraine, Defence Secretary John Healey announced on Wednesday at a meeting in Brussels.",
            "John Healey",
        ),
        ("North Korean workers are to be sent to Russia to build drones, Japanese broadcaster NHK reported.", "NHK"),
        ("Iran supplied drones to Sudan, analysts at the Clingendael Institute said.", "analysts at Clingendael Institute"),
        ("Ambrey attributed the drone attack on the tanker to the Houthis.", "Ambrey"),
        ("As set out in the indictment, the company sold drone engines to Iran.", "indictment"),
        ("Iran sold drones to Russia, according to documents obtained by the Washington Post.", "documents"),
    ],
)
def test_who_says_it(text: str, by: str) -> None:
    assert by in [c.attributed_to for c in claims(text)]


def test_the_same_speaker_goes_on() -> None:
    found = claims("A UN panel warned that the group flies drones. It said that Iran had supplied drones to the Houthis.")
    assert [c.attributed_to for c in found if c.kind == "supply"] == ["UN panel"]


def test_a_source_that_keeps_its_name_is_reported() -> None:
    (found,) = claims("Iran supplied drones to Sudan, a US official said on condition of anonymity.")
    assert found.certainty == "reported"
