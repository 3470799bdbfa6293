"""Further claims of one kind in a sentence: like the first but for one end, from a probability on, never for one name twice."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from benchmarks.reports import Annotated
from benchmarks.train_further import with_further

from picket.learn import Report
from picket.learn.claim import Claim, guessed
from picket.learn.extract import claims_of
from picket.learn.trained import Limits, Trained
from picket.learn.trained.choice import Choice
from picket.learn.trained.weights import load, shipped, written

LENT = "Greece sent drone hunters to Cyprus on Monday, and Norway sent a drone team to Nicosia the next day."
ALWAYS = Choice({"further": 9.0})
NEVER = Choice({"further": -9.0})


def claims(text: str, choice: Choice | None, **limits: float) -> list[Claim]:
    report = Report(doc="x", text=text, published="2025-06-10", title="Drones")
    return claims_of(report, Trained(report, replace(shipped(), further=choice), Limits(**limits)))


def ends(found: list[Claim]) -> list[tuple[str, str | None, str | None]]:
    return [(c.kind, c.provider or c.actor, c.recipient or c.target) for c in found]


def test_without_weights_or_a_sign_no_further_claim_is_made() -> None:
    base = ends(claims(LENT, None))
    assert base
    assert ends(claims(LENT, NEVER)) == base
    assert ends(claims(LENT, ALWAYS, further=1.1)) == base
    assert len(claims(LENT, ALWAYS)) > len(base)


def test_a_further_claim_is_like_the_first_but_for_one_end_and_is_a_guess() -> None:
    base = set(ends(claims(LENT, None)))
    more = [c for c in claims(LENT, ALWAYS) if str(c.rule).startswith("trained-further-")]
    assert more
    for claim in more:
        assert guessed(claim.rule)
        assert claim.certainty not in {"stated", "reported"}
        assert claim.rule == f"trained-further-{claim.kind}"
        ((kind, one, two),) = ends([claim])
        assert any(kind == k and (one == a) != (two == b) for k, a, b in base)


def test_nobody_stands_at_two_ends_and_no_claim_is_told_twice() -> None:
    found = ends(claims("Turkey, China, Russia, Iran and Israel sold drones to Mali, Niger, Chad and Sudan.", ALWAYS))
    assert len(found) == len(set(found))
    assert all(one != two for _, one, two in found)


def test_so_many_further_claims_of_a_kind_are_made_and_no_more() -> None:
    states = [
        "Turkey",
        "China",
        "Russia",
        "Iran",
        "Israel",
        "France",
        "Poland",
        "Norway",
        "Sweden",
        "Japan",
        "Italy",
        "Spain",
        "Greece",
    ]
    found = claims(f"Drones were sold to Mali by {', '.join(states)} and Serbia, a minister said.", ALWAYS)
    assert sum(str(c.rule).startswith("trained-further-supply") for c in found) <= 8


@pytest.mark.parametrize("text", [LENT, "Germany and Norway taught Ukrainian drone crews, and so did Spain."])
def test_the_weights_that_ship_give_the_same_claims_each_time(text: str) -> None:
    assert claims(text, shipped().further) == claims(text, shipped().further)


def test_the_file_keeps_the_weights_or_none() -> None:
    for choice in (Choice({"further": 1.5, "supply.provider|list:True": -0.5}), None):
        out = io.BytesIO()
        written(replace(shipped(), further=choice), out)
        again = load(out.getvalue()).further
        assert (again and again.weights) == (choice and choice.weights)


def gold(actor: str, text: str) -> dict[str, object]:
    empty = dict.fromkeys(["provider", "recipient", "target", "country", "quantity"])
    return empty | {"kind": "deployment", "actor": actor, "evidence": text}


def test_annotators_teach_when_there_is_one_more() -> None:
    """The same sentence, annotated with two deployments by some and with one by others."""
    once, twice = (
        Annotated("x", LENT, "2025-06-10", "Drones", "tuned", 1, [gold(a, LENT) for a in actors], [LENT])
        for actors in (["Greece"], ["Greece", "Norway"])
    )
    for report, count in ((once, 1), (twice, 2)):
        weights = with_further(shipped(), [report] * 50)
        found = [c for c in claims(LENT, weights.further) if c.kind == "deployment"]
        assert len({c.actor for c in found}) == count
