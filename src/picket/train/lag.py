"""Learning lag: for each tactic card the days from its first published use to the card, the first exercise, the first pass, and the first
change that was verified here; beside it the adversary's own lag, from the first actor who had it to the next.

A step without a date is not known, and no number is made of it. A published date that is a month or a year gives a range.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from picket.learn import when
from picket.learn.cards import Card
from picket.learn.first_seen import FirstSeen, lag
from picket.learn.when import Span
from picket.train.board import Board

STEPS = ("published", "card", "exercise", "passed", "verified")
NOT_KNOWN = "not known"


class Lag(NamedTuple):
    """One card. `at`: step -> when, None not known. `days`: step -> fewest and most days since the first published use."""

    card: str
    at: dict[str, Span | None]
    days: dict[str, tuple[int, int] | None]
    adversary_days: tuple[int, int] | None


def lags(cards: Mapping[str, Card], board: Board, firsts: Mapping[str, FirstSeen] | None = None) -> list[Lag]:
    """Every card, in the cards' order. firsts: what published reports say of who had it when (`learn.first_seen.prepare`)."""
    return [_one(card, board, (firsts or {}).get(name)) for name, card in cards.items()]


def _one(card: Card, board: Board, first: FirstSeen | None) -> Lag:
    runs = [e for e in board.runs if e.card == card.id]
    verified = [p.verified_at for p in board.proposals() if p.entry.card == card.id and p.verified_at is not None]
    at = {
        "published": _published(card),
        "card": _day(min((e.time for e in board.entries if e.what == "card" and e.card == card.id), default=None)),
        "exercise": _day(min((e.time for e in runs), default=None)),
        "passed": _day(min((e.time for e in runs if e.passed), default=None)),
        "verified": _day(min(verified, default=None)),
    }
    return Lag(card.id, at, {s: lag(at["published"], at[s]) for s in STEPS[1:]}, _adversary(first))


def _published(card: Card) -> Span | None:
    """The earliest day on which a use of it was published."""
    spans = [s for o in card.occurrence for s in [when.parse(o.published)] if s is not None and s.first is not None]
    return min(spans, key=lambda s: (s.first or 0, s.last or 0), default=None)


def _day(time: float | None) -> Span | None:
    if time is None:
        return None
    day = datetime.fromtimestamp(time, UTC).date().toordinal()
    return Span(day, day)


def _adversary(first: FirstSeen | None) -> tuple[int, int] | None:
    """Days from the first actor reported with it to the next; None when fewer than two are dated."""
    if first is None:
        return None
    dated = [f for f in first.actors if f.lag_days is not None and f.certainty in ("stated", "reported")]
    return dated[1].lag_days if len(dated) > 1 else None


def days_words(days: tuple[int, int] | None) -> str:
    """Days as people read them."""
    if days is None:
        return NOT_KNOWN
    return f"{days[0]}" if days[0] == days[1] else f"{days[0]} to {days[1]}"
