"""Contradictions: where reports do not agree, side by side.

Four kinds. A flow or an incident that somebody denies; an incident for which several actors are named; an incident for which
the same thing is counted differently ("two drones", "five drones") by more than the words "about" and "over" allow; a claim
that names an actor at a time when it is not known to have existed. Which side is right is the analyst's to say: nothing here
picks one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from picket.learn import when
from picket.learn.names import key

if TYPE_CHECKING:
    from picket.learn.claim import Quantity
    from picket.learn.picture import Picture

_ABOUT = 0.1  # how far apart two figures may lie when one of them is only about right


class Contradiction(NamedTuple):
    """One disagreement: `kind` (denied, actor, number, time), what it is about in a few words, and the entries on either side.
    For "time" the other side is what is known of the actor, and has no entries."""

    kind: str
    about: str
    one: tuple[int, ...]
    other: tuple[int, ...]


def contradictions(picture: Picture) -> list[Contradiction]:
    """All disagreements, flows first, in the picture's order."""
    found = []
    for f in picture.flows.values():
        if f.support and f.against:
            about = f"{f.key.kind}: {picture.name(f.key.provider)} -> {picture.name(f.key.recipient)}"
            found.append(Contradiction("denied", about, f.support, f.against))
    for n in picture.incidents:
        about = f"{n.kind.replace('_', ' ')}: {n.place or n.country or 'place not stated'}"
        if n.against:
            found.append(Contradiction("denied", about, n.entries, n.against))
        if len(n.actors) > 1:
            first = tuple(i for i in n.entries if picture.entries[i].actor == n.actors[0])
            rest = tuple(i for i in n.entries if picture.entries[i].actor in n.actors[1:])
            names = " or ".join(picture.name(a) for a in n.actors)
            found.append(Contradiction("actor", f"{about}, by {names}", first, rest))
        found += _numbers(picture, n.entries, about)
    return found + _lives(picture)


def _lives(picture: Picture) -> list[Contradiction]:
    found = []
    for i, e in enumerate(picture.entries):
        for a in dict.fromkeys(x for x in (e.provider, e.recipient, e.actor) if x):
            actor = picture.actors[a]
            if not actor.existed(e.span):
                life = f"{actor.valid_from or '...'} to {actor.valid_to or '...'}"
                found.append(Contradiction("time", f"{picture.name(a)} ({life}) at {when.words(e.span)}", (i,), ()))
    return found


def _numbers(picture: Picture, members: tuple[int, ...], about: str) -> list[Contradiction]:
    counted: dict[str, list[int]] = {}
    for i in members:
        q = picture.entries[i].claim.quantity
        if q is not None and q.unit:
            counted.setdefault(key(q.unit).split()[-1].rstrip("s"), []).append(i)
    found = []
    for unit, rows in counted.items():
        first = picture.entries[rows[0]].claim.quantity
        rest = [i for i in rows[1:] if _differ(first, picture.entries[i].claim.quantity)]
        if rest:
            values = sorted({f"{q.value:,.10g}" for i in rows if (q := picture.entries[i].claim.quantity) is not None})
            found.append(Contradiction("number", f"{about}: {' or '.join(values)} {unit}s", (rows[0],), tuple(rest)))
    return found


def _differ(a: Quantity | None, b: Quantity | None) -> bool:
    if a is None or b is None:
        return False
    for low, high in ((a, b), (b, a)):
        if low.qualifier in ("at_least", "over") and high.value >= low.value:
            return False
    loose = bool({"about", "average"} & {a.qualifier, b.qualifier})
    return abs(a.value - b.value) > (_ABOUT * max(a.value, b.value) if loose else 0)
