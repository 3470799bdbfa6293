"""Near-copies, and the origin that a report names."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.learn.copies import find_copies, independent, named_origin, origins
from picket.learn.publishers import known_publishers

WORDS = [f"{a}{b}{c}" for a in "bdgklmnprst" for b in "aeiou" for c in ("n", "r", "st", "ld", "mp", "tch")]


def story(seed: int, sentences: int = 20) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(12, 24))).capitalize() + "." for _ in range(sentences)]


def half(of: list[str], seed: int) -> str:
    """Half of the sentences kept, the other half new."""
    rng = random.Random(seed)
    kept = set(rng.sample(range(len(of)), len(of) // 2))
    new = story(seed + 10_000, len(of))
    return " ".join(s if i in kept else new[i] for i, s in enumerate(of))


def test_a_copy_with_half_the_text_kept_joins_its_original() -> None:
    stories = [story(s) for s in range(30)]
    texts = [" ".join(s) for s in stories] + [half(s, i) for i, s in enumerate(stories)]
    found = find_copies(texts)
    assert list(found.cluster[30:]) == list(range(30))
    assert all(found.cluster[i] == i for i in range(30))
    assert all(0.3 < share < 0.7 for share in found.shared[30:])


def test_a_round_up_of_two_stories_does_not_join_the_stories() -> None:
    a, b = story(1), story(2)
    texts = [" ".join(a), " ".join(b), " ".join(a[:8] + b[:12]), " ".join(a[5:])]
    assert find_copies(texts).cluster == (0, 1, 1, 0)


def test_headlines_are_no_evidence_of_copying() -> None:
    assert find_copies(["Drones seen over the port at night", "Drones seen over the port at night"]).cluster == (0, 1)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("The inquiry was first reported by Intelligence Online, a newsletter.", "intelligenceonline"),
        ("The French outlet Intelligence Online was the first to report the findings.", "intelligenceonline"),
        ("The plan was first reported by the Daily Bugle on Monday.", "daily bugle"),
        ("KYIV (Reuters) - A drone fell on the harbour.", "reuters"),
        ("KYIV, June 1 (AP) — A drone fell on the harbour.", "ap"),
        ("A drone fell on the harbour, according to the New York Times.", "nyt"),
        ("Two officials told the BBC that a drone had fallen.", "bbc"),
        ("Documents obtained by the Washington Post show how.", "wapo"),
        ("According to Ukraine a drone fell on the harbour.", None),
        ("It was the first of its kind. It reported nothing.", None),
        ("Troops first reported the drone on Monday.", None),
    ],
)
def test_the_named_origin_is_found(text: str, origin: str | None) -> None:
    found = named_origin(text, "Example Gazette", known_publishers())
    assert (found.publisher if found else None) == origin


def test_a_report_does_not_name_itself_as_its_origin() -> None:
    assert named_origin("A fire broke out, officials told Reuters.", "Reuters", known_publishers()) is None


def test_one_quoted_detail_of_a_long_report_is_not_the_reports_origin() -> None:
    text = "A long report of our own. " * 100 + "Prices rose, according to the Guardian. " + "More of our own. " * 20
    assert named_origin(text, "Example Gazette", known_publishers()) is None


def test_a_chain_of_origins_is_followed_to_its_end() -> None:
    own = ["Intelligence Online", "Reuters", "Kyiv Post", "The Guardian"]
    texts = [
        "We have learned that pilots were hired. " + " ".join(story(1)),
        "Pilots were hired, as first reported by Intelligence Online. " + " ".join(story(2)),
        "Pilots were hired, Reuters reported. " + " ".join(story(3)),
        "Another matter altogether. " + " ".join(story(4)),
    ]
    assert origins(own, texts, known_publishers()) == [
        "intelligenceonline",
        "intelligenceonline",
        "intelligenceonline",
        "guardian",
    ]


def test_copies_without_a_named_origin_take_that_of_the_first() -> None:
    text = " ".join(story(5))
    assert origins(["Le Monde", "Haaretz"], [text, text], known_publishers()) == ["lemonde", "lemonde"]


def test_independence_is_counted_by_shared_keys() -> None:
    assert independent([("a",), ("b",), ("c",)]) == 3
    assert independent([("a", "x"), ("b", "x"), ("c",)]) == 2
    assert independent([]) == 0


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3), max_size=12))
def test_independence_is_the_number_of_connected_groups(groups: list[list[str]]) -> None:
    rest, count = [set(g) for g in groups], 0
    while rest:  # the plain way: swallow whatever touches
        at = rest.pop()
        while touching := [g for g in rest if g & at]:
            for g in touching:
                at |= g
                rest.remove(g)
        count += 1
    assert independent(groups) == count
    assert independent(reversed(groups)) == count
