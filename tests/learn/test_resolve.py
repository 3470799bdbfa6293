"""Names in reports -> actors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.learn import when
from picket.learn.parties import Actor, known_actors, party
from picket.learn.resolve import Resolver


def find(name: str) -> Actor:
    r = Resolver()
    return r.actors[r.resolve(name) or ""]


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("Russia", "ru"), ("the Kremlin", "ru"), ("Moscow", "ru"), ("Kyiv", "ua"), ("U.S.", "us"), ("the United States", "us"),
        ("UK", "gb"), ("Türkiye", "tr"), ("CJNG", "cjng"), ("members of the Sinaloa Cartel", "sinaloa"),
        ("Houthi rebels", "houthis"), ("Ukraine's International Legion", "international-legion"),
        ("International Legion (Ukraine)", "international-legion"), ("cartel groups in Mexico", "mexican-cartels"),
        ("Tuareg rebels in Mali", "csp"), ("Sudanese troops", "saf"), ("the Security Service of Ukraine", "sbu"),
        ("Iran's Revolutionary Guards", "irgc"), ("North Korea", "kp"), ("Niger", "ne"), ("Nigeria", "ng"),
    ],
)  # fmt: skip
def test_known_names_are_found(name: str, actor: str) -> None:
    assert find(name).id == actor


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("Venezuelan forces", "ve"), ("Russian instructors", "ru"), ("North Korean soldiers", "kp"),
        ("U.S. special forces", "us"), ("Ukrainian crews", "ua"), ("Nigerian Army", "ng"), ("Haiti's police", "ht"),
        ("Turkish government", "tr"), ("South Sudanese army", "ss"), ("Ukraine's military intelligence", "ua"),
    ],
)  # fmt: skip
def test_a_states_bodies_answer_as_the_state(name: str, state: str) -> None:
    r = Resolver()
    assert party(r.actors[r.resolve(name) or ""], r.actors).id == state


def test_bodies_that_are_only_backed_by_a_state_are_not_the_states() -> None:
    for name in ("Russian-backed forces", "Iran-backed fighters", "Turkish-supported rebels"):
        found = find(name)
        assert found.parent is None
        assert found.country is None


@pytest.mark.parametrize(
    ("name", "origin", "school"),
    [
        ("ex-Colombian soldiers", "co", None), ("former soldiers from Colombia", "co", None),
        ("Brazilian volunteers", "br", None), ("foreign fighters trained in Ukraine", None, "ua"),
        ("Colombian veterans trained in Ukraine", "co", "ua"), ("Iranian engineers", "ir", None),
        ("fighters who trained in Syria", None, "sy"), ("Chinese companies", "cn", None),
    ],
)  # fmt: skip
def test_classes_keep_where_they_come_from_and_where_they_learned(name: str, origin: str | None, school: str | None) -> None:
    found = find(name)
    assert (found.type, found.origin, found.learned_at) == ("class", origin, school)


def test_one_class_in_two_wordings_is_one_actor() -> None:
    r = Resolver()
    assert r.resolve("ex-Colombian soldiers") == r.resolve("former soldiers from Colombia")
    assert r.resolve("Brazilian volunteers") != r.resolve("Colombian volunteers")


@pytest.mark.parametrize(
    "name",
    [
        "Haluk Bayraktar",
        "Gen. Oleg Makarevich",
        "President Maria Lopez",
        "Col. Smith",
        "John Q. Public",
        "Kyrylo Budanov",
        "Nabil Abdallah",
        "Kim Jong Un",
        "Wang Wei",
        "Assimi Goita",
        "Mette Frederiksen",
    ],
)
def test_a_persons_name_is_not_kept(name: str) -> None:
    r = Resolver()
    at = r.resolve(name)
    assert at == "person"
    assert all(name not in (a.name, a.id) for a in r.actors.values())


def test_companies_that_sound_like_people_are_kept() -> None:
    for name in (
        "Vectus Global",
        "Martin Systems",
        "James Aerospace Corp",
        "Lashkar-e-Taiba",
        "Viv Ansanm",
        "Boko Haram",
        "Clan del Golfo",
        "Jordan",
        "Park Aerospace",
    ):
        assert find(name).id != "person"


def test_an_unnamed_user_stands_under_the_country_of_the_event() -> None:
    r = Resolver()
    actor = r.actors[r.unstated("HT")]
    assert (actor.type, actor.country, actor.name) == ("unnamed", "HT", "actor not stated (Haiti)")


def test_an_actor_lives_between_its_dates() -> None:
    csp = known_actors().actors["csp"]
    assert csp.existed(when.parse("2024-07"))
    assert not csp.existed(when.parse("2025-06"))
    assert not csp.existed(when.parse("2015"))
    assert csp.existed(None)


def test_every_parent_in_the_table_exists() -> None:
    table = known_actors()
    assert all(a.parent is None or a.parent in table.actors for a in table.actors.values())


@given(st.text(max_size=60))
def test_any_text_resolves_and_always_to_the_same(name: str) -> None:
    a, b = Resolver(), Resolver()
    assert a.resolve(name) == b.resolve(name)
    assert (a.resolve(name) is None) == (not name.strip())
