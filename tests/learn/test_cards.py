"""Tactic cards, how claims find them, and what a site would see."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from picket.learn.cards import CARDS, SENSES, Card, CardError, Linker, parse_card, read_cards, shipped_cards
from picket.learn.cards.coverage import coverage
from picket.learn.gaps import is_gap, questions
from picket.learn.picture import build
from picket.site import Site, parse
from tests.learn.making import claim

FOLDER = resources.files("picket.learn") / "cards"
LINKER = Linker(shipped_cards().values())


def site(*kinds: str) -> Site:
    place = {"lat_deg": 33.0, "lon_deg": -118.0}
    sensors = [{"id": f"{k}-1", "kind": k} | place for k in kinds]
    return parse({"version": 1, "site": {"name": "pier", **place}, "sensor": sensors})


def test_there_are_the_cards_that_a_watch_needs() -> None:
    assert len(CARDS) >= 15
    assert {p.name for p in Path(str(FOLDER)).glob("*.toml")} == {f"{c}.toml" for c in CARDS}
    assert list(shipped_cards()) == list(CARDS)


def test_the_page_of_cards_names_each() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cards.md").read_text("utf-8")
    assert re.findall(r"^\| `([\w-]+)` \| [a-z]", page, re.M)[: len(CARDS)] == list(CARDS)


@pytest.mark.parametrize("card", shipped_cards().values(), ids=lambda c: c.id)
def test_a_card_says_how_it_looks_what_to_do_and_where_it_was_seen(card: Card) -> None:
    assert set(card.looks) == set(SENSES)
    assert all(len(look.text) > 10 for look in card.looks.values())
    assert all(len(t) > 20 for t in msgspec.structs.astuple(card.watch))
    assert card.question.endswith("?")
    assert card.occurrence
    assert card.broader is None or card.broader in CARDS
    for o in card.occurrence:
        assert o.source
        assert o.published


# Words that belong to an attacker's manual: a card that holds one needs a second look by a person.
FORBIDDEN = re.compile(r"\b(?:grams? of|detonat\w+|fuse|warhead weight|solder\w*|firmware|MHz|GHz|avoid(?:ing)? detection|"
                       r"to evade|how to build|recipe|"
                       r"best time to attack|blind spot|least[- ]seen)\b", re.I)  # fmt: skip


@pytest.mark.parametrize("name", CARDS)
def test_a_card_holds_nothing_that_helps_an_attacker(name: str) -> None:
    assert not FORBIDDEN.search((FOLDER / f"{name}.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("version = 1", "version = 2"), "version"),
        (('domain = "air"', 'domain = "space"'), "domain"),
        (("sonar = ", "sonnar = "), "looks"),
        (('seen = "no"', 'seen = "maybe"'), "looks"),
        (("[watch]", "[wacht]"), "wacht"),
        (("https://", "javascript:"), "url"),
        (('date = "', 'date = "the year '), "date"),
        (("[looks]", "[looks"), "TOML"),
    ],
)
def test_a_wrong_card_is_refused_with_its_place(change: tuple[str, str], message: str) -> None:
    text = (FOLDER / "fpv-attack.toml").read_text("utf-8")
    with pytest.raises(CardError, match=message):
        parse_card(text.replace(*change), "mine.toml")


def test_a_site_can_have_cards_of_its_own(tmp_path: Path) -> None:
    text = (FOLDER / "fpv-attack.toml").read_text("utf-8").replace('id = "fpv-attack"', 'id = "ours"')
    (tmp_path / "ours.toml").write_text(text)
    own = read_cards(tmp_path)
    assert list(own) == ["ours"]
    p = build([claim("use_attack", actor="Russia", capability="FPV drones")], cards=own)
    assert p.entries[0].cards == ("ours",)


@pytest.mark.parametrize(
    ("kind", "capability", "target", "cards"),
    [
        ("use_attack", "fibre-optic FPV drones", None, {"fibre-optic-fpv", "fpv-attack"}),
        ("use_attack", "fiber optic drone", None, {"fibre-optic-fpv", "fpv-attack"}),
        ("use_attack", "first-person-view drones", None, {"fpv-attack"}),
        ("use_attack", "Shahed-136", None, {"one-way-attack"}),
        ("use_attack", "grenades dropped from quadcopters", None, {"bomb-dropping"}),
        ("use_attack", "drones", "Russian bombers", set()),
        ("sighting", "drones over an airport", None, {"airport-incursions"}),
        ("use_attack", "drones", "air base", set()),
        ("sighting", "contraband drone", "state prison", {"prison-drops", "smuggling-runs"}),
        ("use_attack", "naval drones", None, {"uncrewed-boats"}),
        ("sighting", "GPS jamming", None, {"gnss-interference"}),
        ("adoption", "Bayraktar TB2", None, {"armed-long-endurance"}),
        ("adoption", "underwater drones", None, {"underwater-approach"}),
        ("use_attack", "smuggled drones launched from inside the country", None, {"inland-launch"}),
        ("recruitment", "battlefield experience", None, set()),
    ],
)
def test_claims_find_their_cards(kind: str, capability: str, target: str | None, cards: set[str]) -> None:
    found = LINKER.link(claim(kind, capability=capability, target=target, evidence="x"))
    assert set(found) == cards


def test_only_a_vague_capability_is_looked_up_by_its_sentence() -> None:
    sentence = "The army bought radars after drones on a fibre-optic cable struck."
    assert LINKER.link(claim("use_attack", capability="drones", evidence=sentence)) == ("fpv-attack", "fibre-optic-fpv")
    assert LINKER.link(claim("adoption", capability="radars", evidence=sentence)) == ()


@pytest.mark.parametrize(
    ("sensors", "card", "answer"),
    [
        (("radar", "rf"), "fibre-optic-fpv", "partly covered by radar-1"),
        (("rf", "remote_id"), "fibre-optic-fpv", "not covered; would help: radar, camera, ear"),
        (("acoustic",), "fibre-optic-fpv", "covered by acoustic-1"),
        (("radar", "camera"), "underwater-approach", "partly covered by camera-1"),
        (("sonar",), "underwater-approach", "covered by sonar-1"),
        (("adsb", "ais"), "one-way-attack", "not covered; would help: radar, radio, camera, ear"),
        ((), "one-way-attack", "not known: the site file names no sensor"),
    ],
)
def test_what_our_sensors_would_see(sensors: tuple[str, ...], card: str, answer: str) -> None:
    assert coverage(shipped_cards()[card], site(*sensors)).words() == answer


def test_a_sites_answer_is_in_no_picture_and_no_card() -> None:
    before = msgspec.json.encode(shipped_cards())
    p = build([claim("warning", target="harbours", capability="lack of underwater detection", evidence="Harbours lack sonar.")])
    state = repr(sorted(p.__dict__))
    assert [q.answer for q in questions(p, site("sonar"))] == ["covered"]
    assert [q.answer for q in questions(p, site("rf"))] == ["partly covered"]
    assert [q.answer for q in questions(p, None)] == ["not known"]
    assert msgspec.json.encode(shipped_cards()) == before
    assert repr(sorted(p.__dict__)) == state


def test_only_warnings_of_a_gap_become_questions() -> None:
    assert is_gap("A unit faced vulnerabilities due to a lack of drone defenses.", "lack of drone defenses")
    assert is_gap("The post had no radar of its own.", None)
    assert not is_gap("The cartel may buy more drones.", "drones")
    p = build(
        [
            claim("warning", actor="cartels", capability="FPV drones", evidence="They may strike."),
            claim("use_attack", "r2", capability="FPV drones", evidence="They lack all."),
        ]
    )
    assert questions(p, None) == []
