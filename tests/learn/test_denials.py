"""A denial is a claim of its own: denied, by the one who denies, about what stands in the sentence or was told before."""

from __future__ import annotations

import pytest

from picket.learn import Report
from picket.learn.claim import Claim
from picket.learn.extract import claims_of

BEFORE = "Drones are spreading. Cheap drones are everywhere. Iran has supplied the Houthis with attack drones, the United States said. "


def last(text: str, before: str = BEFORE) -> list[Claim]:
    report = Report(doc="x", text=before + text, published="2025-06-10", title="Drones")
    return [c for c in claims_of(report) if c.start >= len(before)]


@pytest.mark.parametrize(
    "text",
    [
        "Tehran has always denied arming the Houthis.",
        "Tehran has rejected the accusation.",
        "Iran's ambassador dismissed the suspicions as groundless.",
        "Iran called the report absurd.",
    ],
)
def test_a_denial_alone_is_a_denied_claim(text: str) -> None:
    (found,) = last(text)
    assert (found.kind, found.provider, found.recipient, found.certainty) == ("supply", "Iran", "Houthis", "denied")
    assert found.attributed_to
    assert found.quantity is None


def test_who_denies_a_part_in_an_attack_is_its_denied_actor() -> None:
    (found,) = last("Rwanda denies any role in the drone strike on Goma.", "Drones are spreading. ")
    assert (found.kind, found.actor, found.certainty) == ("use_attack", "Rwanda", "denied")


@pytest.mark.parametrize("text", ["Iran has neither confirmed nor denied the report.", "Serbia denied the report."])
def test_no_denial_is_made_up(text: str) -> None:
    assert not [c for c in last(text) if c.certainty == "denied"]
