"""Counts told beside another, counts of what somebody registered, and counts of the dead that are no statistic."""

from __future__ import annotations

import pytest

from picket.learn import Report
from picket.learn.claim import Claim
from picket.learn.extract import claims_of


def counts(text: str) -> list[Claim]:
    found = claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones"))
    return [c for c in found if c.kind == "statistic"]


def figures(text: str) -> list[tuple[float, str | None, str | None]]:
    return sorted((c.quantity.value, c.quantity.unit, c.time) for c in counts(text) if c.quantity)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The air traffic service counted 158 drone incidents in 2018, against 88 in 2017.",
            [(88, "drone incidents", "2017"), (158, "drone incidents", "2018")],
        ),
        (
            "The prison service recorded 479 drone incidents in 2024, up from 23 in 2018.",
            [(23, "drone incidents", "2018"), (479, "drone incidents", "2024")],
        ),
        (
            "The monitor recorded 1,300 drone strikes in 2024, compared with fewer than 100 in the year before.",
            [(100, "drone strikes", None), (1300, "drone strikes", "2024")],
        ),
        (
            "The army recorded 505 drone incursions in 2024, 363 of them at night.",
            [(363, "drone incursions", None), (505, "drone incursions", "2024")],
        ),
    ],
)
def test_the_figure_beside_a_count_is_a_count(text: str, expected: list[tuple[float, str | None, str | None]]) -> None:
    assert figures(text) == expected


def test_things_of_their_own_and_the_dead_are_not_compared() -> None:
    assert [v for v, _, _ in figures("The army recorded 505 drone attacks in 2024 against 20 towns.")] == [505]
    assert [v for v, _, _ in figures("Drones have killed 547 people since March, 20 of them civilians.")] == [547]


def test_the_actor_of_a_count_is_not_that_of_the_other_sides() -> None:
    found = counts("Russia's drones carried out 850 strikes in 2024, as compared with some 250 by the other side.")
    assert [(c.quantity.value, c.quantity.qualifier) for c in found if c.quantity] == [(850, "exact"), (250, "about")]
    assert found[1].actor is None


@pytest.mark.parametrize(
    "text",
    [
        "The German service DFS counted 158 obstructions by drones in 2018.",
        "Some 900 attempts to smuggle by drone were registered in three months of last year.",
    ],
)
def test_what_somebody_registers_is_counted_whatever_it_is_called(text: str) -> None:
    assert len(counts(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Four soldiers were killed when a drone hit a base in the deadliest attack since the war began.",
        "Drone strikes killed three people on Saturday, in another sign of conflict between regional forces.",
        "The town, which had some 60,000 inhabitants in 2022, is watched by drones.",
    ],
)
def test_the_dead_of_one_attack_and_inhabitants_are_no_statistic(text: str) -> None:
    assert counts(text) == []


def test_the_dead_of_a_time_are_a_statistic() -> None:
    (found,) = counts("Moroccan drones killed 86 people there between 2021 and 2024.")
    assert found.quantity is not None
    assert found.quantity.value == 86
