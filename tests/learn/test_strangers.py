"""Names that no gazetteer knows: an organisation may stand at the end of a claim, a person never may."""

from __future__ import annotations

import pytest

from picket.learn.trained.strangers import organisations, persons

from .test_trained_ends import acting, mentions


def test_what_stands_beside_a_name_tells_an_organisation() -> None:
    text = "Orqa, a Croatian firm, sold goggles. The company Velt made them. A trading firm, Arta Wave, paid. Ivo Kern laughed."
    assert organisations(text) == {"Orqa", "Velt", "Arta Wave"}


@pytest.mark.parametrize(
    "text",
    [
        "Ivo Kern, a pilot, came.",
        "They met Ivo Kern, 34, at the port.",
        "Ivo Kern, who flies, came.",
        "The drones came to Captain Ivo Kern.",
        "It was a gangster in the UK, Ivo Kern.",
        "Ivo Kern said so.",
        "It works, said Kern.",
        "It belonged to one Ivo Kern.",
    ],
)
def test_what_stands_beside_a_name_tells_a_person(text: str) -> None:
    assert "kern" in persons(text, frozenset())


def test_a_firm_that_speaks_is_no_person() -> None:
    text = "Orqa, a Croatian firm, sold goggles. Orqa said so."
    assert persons(text, organisations(text)) == frozenset()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Norway's Trondheim Helm sold drones to Oman.", "Trondheim Helm"),
        ("The drones were rented from Keihin Denshi.", "Keihin Denshi"),
        ("On Monday Zylock of Petah Tikva sold drones to Oman.", "Zylock"),
    ],
)
def test_a_name_that_nobody_knows_may_act(text: str, name: str) -> None:
    found = next(m for m in mentions(text) if m.name == name and m.acts)
    assert "maybe" in found.features
    assert not any(f.startswith("maybe") for m in mentions("Iran sold drones to Oman.") for f in m.features)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("New Jersey-based Arta Wave sold drones to Oman.", "Arta Wave"),
        ("Local UAV firm AirVu sold drones to Oman.", "AirVu"),
        ("Tallinn-based Velt Aero sold drones to Oman.", "Velt Aero"),
    ],
)
def test_where_a_firm_sits_and_what_it_is_are_no_part_of_its_name(text: str, name: str) -> None:
    found = acting(mentions(text))
    assert name in found
    assert not any("-based" in n or "UAV" in n for n in found)


@pytest.mark.parametrize(
    "text",
    [
        "Drones were sold to Dr. Corin Blaise in Oman.",
        "Drones were sold to Maria Blaise in Oman.",
        "Drones were sold to Abu Blaise in Oman.",
        "Blaise said no. Drones were sold to Corin Blaise in Oman.",
        "Corin Blaise, an engineer, was killed by a drone in Oman.",
    ],
)
def test_a_person_stands_at_no_end(text: str) -> None:
    found = mentions(text)
    assert not any("Blaise" in m.name for m in found)
    assert "Oman" in acting(found)
