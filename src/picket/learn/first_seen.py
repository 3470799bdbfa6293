"""First seen: when each actor, and each country, was first reported with a capability, and how long after the first anywhere.

Evidence is use, sighting, adoption or production. A claim that is denied does not count. One that is only possible or alleged
is listed beside the first that is stated or reported, and never takes its place. A time is the span that a report allows, so a
lag is a range too: from "2023" to "2024-05" is 121 to 516 days. Undated claims are listed without a lag: the day of publication
only says "by then".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from picket.learn import when

if TYPE_CHECKING:
    from picket.learn.picture import Picture

KINDS = ("use_attack", "sighting", "adoption", "production")
_FIRM = ("stated", "reported")


class First(NamedTuple):
    """The first time that somebody (an actor's id or a country's code) was reported with a capability.

    `lag_days` is the shortest and longest time after the first anywhere; None without a date. `entry` is the claim; `earlier` a
    claim of an earlier time that is only alleged or possible.
    """

    who: str
    span: when.Span | None
    lag_days: tuple[int, int] | None
    certainty: str
    entry: int
    earlier: int | None


class FirstSeen(NamedTuple):
    """One capability: the first anywhere, then everybody in order of time; those without a date last."""

    card: str
    first: First | None
    actors: tuple[First, ...]
    countries: tuple[First, ...]


def first_seen(picture: Picture, card: str) -> FirstSeen:
    """Who was first reported with a capability when. Raises KeyError for a card that the picture lacks."""
    return prepare(picture)[card]


def prepare(picture: Picture) -> dict[str, FirstSeen]:
    """The answers for every card; worked out once and kept on the picture."""
    kept: dict[str, FirstSeen] | None = picture.__dict__.get("_firsts")
    if kept is None:
        kept = picture.__dict__["_firsts"] = {card: _work_out(picture, card) for card in picture.cards}
    return kept


def _work_out(picture: Picture, card: str) -> FirstSeen:
    members = _by_card(picture).get(card, [])
    actors = _firsts(picture, [(picture.entries[i].actor, i) for i in members])
    countries = _firsts(picture, [(picture.entries[i].claim.country, i) for i in members])
    dated = [f for f in actors if f.span is not None and f.certainty in _FIRM]
    first = dated[0] if dated else None
    return FirstSeen(card, first, _with_lag(actors, first), _with_lag(countries, first))


def _by_card(picture: Picture) -> dict[str, list[int]]:
    """Entries that show a capability in somebody's hands, by card; kept on the picture."""
    kept: dict[str, list[int]] | None = picture.__dict__.get("_first_seen")
    if kept is None:
        kept = {}
        for i, e in enumerate(picture.entries):
            if e.claim.kind in KINDS and e.claim.certainty != "denied":
                for card in e.cards:
                    kept.setdefault(card, []).append(i)
        picture.__dict__["_first_seen"] = kept
    return kept


def _time(span: when.Span | None) -> tuple[int, int]:
    """Sorts spans by when they can have begun; no date last."""
    if span is None:
        return (9_999_999, 9_999_999)
    first = span.first if span.first is not None else span.last
    return (first or 0, span.last if span.last is not None else 9_999_999)


def _firsts(picture: Picture, members: list[tuple[str | None, int]]) -> list[First]:
    best: dict[str, int] = {}
    soft: dict[str, int] = {}
    for who, i in members:
        if who is not None:
            e = picture.entries[i]
            into = best if e.claim.certainty in _FIRM else soft
            if who not in into or _time(e.span) < _time(picture.entries[into[who]].span):
                into[who] = i
    found = []
    for who in sorted({*best, *soft}):
        firm, weak = best.get(who), soft.get(who)
        i = firm if firm is not None else soft[who]
        e = picture.entries[i]
        before = weak is not None and firm is not None and _time(picture.entries[weak].span) < _time(e.span)
        found.append(First(who, e.span, None, e.claim.certainty, i, weak if before else None))
    return sorted(found, key=lambda f: (_time(f.span), f.certainty not in _FIRM, f.who))


def _with_lag(found: list[First], first: First | None) -> tuple[First, ...]:
    def days(f: First) -> tuple[int, int] | None:
        found = lag(first.span, f.span) if first else None
        return (
            found if found is None or f.certainty not in _FIRM else (max(0, found[0]), max(0, found[1]))
        )  # nobody is before the first

    return tuple(f._replace(lag_days=(0, 0) if first and f.entry == first.entry else days(f)) for f in found)


def lag(begin: when.Span | None, end: when.Span | None) -> tuple[int, int] | None:
    """Fewest and most days from one span to another; None when either is missing or open. Below 0 is before."""
    if begin is None or end is None or begin.first is None or begin.last is None or end.first is None or end.last is None:
        return None
    return end.first - begin.last, end.last - begin.first


def lag_words(days: tuple[int, int] | None) -> str:
    """A lag as people read it."""
    if days is None:
        return "lag not known"
    if days == (0, 0):
        return "the first"
    if days[0] < 0 <= days[1]:
        return f"{-days[0]} days before to {days[1]} days after the first that is established, if it is true"
    if days[1] < 0:
        return (
            f"{-days[1]} days before the first that is established, if it is true"
            if days[0] == days[1]
            else (f"{-days[1]} to {-days[0]} days before the first that is established, if it is true")
        )
    return f"{days[0]} days" if days[0] == days[1] else f"{days[0]} to {days[1]} days"
