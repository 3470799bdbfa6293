"""Further claims of one kind in a sentence: like the first but for one end, from a probability on, never for one name twice."""

from __future__ import annotations

import io
from dataclasses import replace

from benchmarks.reports import Annotated
from benchmarks.train_further import with_further

from picket.learn import Report
from picket.learn.claim import Claim, Quantity, guessed
from picket.learn.drafts import Draft
from picket.learn.extract import claims_of
from picket.learn.sentence import Sentence
from picket.learn.trained import Limits, Trained
from picket.learn.trained.choice import Choice
from picket.learn.trained.ends import Ranked
from picket.learn.trained.further import further
from picket.learn.trained.look import Look
from picket.learn.trained.memory import Memory
from picket.learn.trained.mentions import Mention
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
    assert len(found) == len(set(found)) > 4
    assert all(one != two for _, one, two in found)


def asked_of(text: str, drafts: list[Draft], weighed: Ranked, least: float = 0.4) -> list[Draft]:
    """The further claims of the first sentence of a text, of drafts and of mentions that are weighed already."""
    made: list[Draft] = []
    report = Report(doc="x", text=text)

    def look(sentence: Sentence, by_rules: list[Draft]) -> list[Draft]:
        seen = Look.of(sentence, by_rules, Memory(report))
        kinds = {d.kind for d in drafts}
        made.extend(further(seen, drafts, dict.fromkeys(kinds, weighed), dict.fromkeys(kinds, 0.5), ALWAYS, least))
        return []

    claims_of(report, look)
    return made


def test_so_many_further_claims_of_a_kind_are_made_and_no_more() -> None:
    names = ["Turkey", *(f"Land {k}" for k in range(12))]
    weighed = [(0.5, Mention(name, True, None, 0, []), "provider") for name in names]
    first = Draft("supply", "sell", provider="Turkey", recipient="Mali")
    made = asked_of("Drones were sold.", [first], weighed)
    assert [d.provider for d in made] == names[1:9]
    assert all((d.recipient, d.rule) == ("Mali", "trained-further-supply") for d in made)
    assert asked_of("Drones were sold.", [first], weighed, least=0.51) == []  # a kind of odds .5


def test_a_further_claim_has_a_number_and_a_target_of_its_own() -> None:
    first = Draft("use_attack", "hit", actor="Iran", target="depot", amount=Quantity(value=3), place="Kyiv", country="UA")
    weighed = [(0.5, Mention(name, False, None, 0, []), "target") for name in ("depot", "school")]
    (made,) = asked_of("Drones hit a depot.", [first], weighed)
    assert (made.actor, made.target, made.amount, made.place, made.country) == ("Iran", "school", None, None, None)
    assert (first.target, first.amount) == ("depot", Quantity(value=3))


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
