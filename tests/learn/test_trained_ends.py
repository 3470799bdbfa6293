"""Whom the trained reader may put at the ends of a claim, and what it knows of a name."""

from __future__ import annotations

from picket.learn import Report
from picket.learn.drafts import Draft
from picket.learn.extract import claims_of
from picket.learn.sentence import Sentence
from picket.learn.trained.ends import Limits, Ranked, mended, without_copies
from picket.learn.trained.groups import named_groups
from picket.learn.trained.identity import identity
from picket.learn.trained.look import Look
from picket.learn.trained.memory import Memory
from picket.learn.trained.mentions import Mention, mentions_of


def mentions(text: str, *told: tuple[str, dict[str, str]]) -> list[Mention[str]]:
    """The mentions of the last sentence, after claims told in the first."""
    report = Report(doc="x", text=text)
    memory = Memory(report)
    groups = named_groups()
    found: list[list[Mention[str]]] = []

    def look(sentence: Sentence, made: list[Draft]) -> list[Draft]:
        found.append(mentions_of(Look.of(sentence, made, memory), memory, groups))
        memory.keep(sentence)
        for kind, ends in told if len(found) == 1 else ():
            memory.tell(sentence.context.sentence, kind, ends)
        return made

    claims_of(report, look)
    return found[-1]


def acting(found: list[Mention[str]]) -> set[str]:
    return {m.name for m in found if m.acts}


def test_a_name_is_known_by_who_it_is_however_it_is_written() -> None:
    assert {"who:ukraine", "home:UA"} <= set(identity("Kyiv")) & set(identity("Ukraine"))
    assert "home:IR" in identity("Iranian engineers")
    assert "nw:engine" in identity("Iranian engineers")
    assert not any(f.startswith(("who:", "home:")) for f in identity("Zorbian Lancers"))


def test_a_land_of_many_drones_is_not_one_of_none() -> None:
    made = {name: next(f for f in identity(name) if f.startswith("mk:")) for name in ("Turkey", "Malta")}
    assert made == {"Turkey": "mk:state:5", "Malta": "mk:state:0"}


def test_a_people_that_nobody_knows_may_act_a_person_may_not() -> None:
    found = acting(mentions("Two Zorbians taught the Karbuk to fly drones, said Maria Kovalenko."))
    assert {"Zorbians", "Karbuk"} <= found
    assert "Maria Kovalenko" not in found


def test_whose_drones_they_are_is_said_before_them() -> None:
    assert "army" in acting(mentions("On Monday army drones hit a market."))
    assert "police" in acting(mentions("Three police drones were lost."))


def test_who_stood_at_the_ends_of_the_last_claims_may_be_meant_again() -> None:
    told = ("training", {"provider": "smiths of the valley", "recipient": "Karbuk"}), ("use_attack", {"target": "water works"})
    found = {m.name: m for m in mentions("Drones flew on Monday. The drones came again at night.", *told)}
    assert found["smiths of the valley"].acts
    assert found["Karbuk"].acts
    assert not found["water works"].acts  # it was hit; nobody says that it can act
    assert "earlier:told1" in found["Karbuk"].features
    assert "was:training:recipient" in found["Karbuk"].features


def test_no_more_than_the_last_names_are_kept_in_mind() -> None:
    memory = Memory(Report(doc="x", text="Drones."))
    for k in range(9):
        memory.tell(k, "supply", {"provider": f"Maker {k}", "recipient": "Karbuk"})
    assert [t.name for t in memory.told_last()][:3] == ["Karbuk", "Maker 8", "Maker 7"]
    assert len(memory.told_last()) == 5
    assert memory.told_last()[0].sentence == 8


def weighed(**shares: float) -> Ranked:
    """Mentions by their shares of the provider's end."""
    found = [(p, Mention(name, True, None, 0, []), "provider") for name, p in shares.items()]
    return sorted(found, key=lambda told: -told[0])


def test_the_ends_of_a_list_are_kept_or_taken_away_together() -> None:
    """Each has a small share of what all of them have."""
    for share, kept in ((0.2, True), (0.04, False)):
        drafts = [Draft("supply", "sell", provider=name, recipient="Mali") for name in ("Turkey", "China", "Iran")]
        mended(drafts, weighed(Turkey=share, China=share, Iran=share), Limits())
        assert [d.provider for d in drafts] == (["Turkey", "China", "Iran"] if kept else [None] * 3)
        assert len(without_copies(drafts)) == (3 if kept else 1)
        assert {d.rule for d in drafts} == {"sell" if kept else "trained-end-sell"}


def test_an_open_end_is_filled_by_the_likeliest_who_stands_at_no_other() -> None:
    drafts = [Draft("supply", "get", recipient="Mali"), Draft("supply", "get", provider="Iran", recipient="Chad")]
    mended(drafts, weighed(Mali=0.5, Turkey=0.3, Iran=0.2), Limits())
    assert [(d.provider, d.recipient, d.rule) for d in drafts] == [
        ("Turkey", "Mali", "trained-end-get"),
        ("Iran", "Chad", "get"),
    ]
