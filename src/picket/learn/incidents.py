"""Incidents: attacks and sightings counted as events, not as reports of them.

Three hundred reports of one attack are one incident. Two claims are of one incident when kind and country agree, their actors,
places and targets
do not contradict each other (an unknown one contradicts nothing), and their days lie at most `APART_DAYS` apart. A claim without a
day of its own uses
the day of publication; such an incident says so. Claims that give only a month or a year, or no date at all, join only claims with
the same one: they are
counted as one incident each per actor, place and target, and marked `vague`, since nobody can tell how many events they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from picket.learn import when
from picket.learn.names import key

if TYPE_CHECKING:
    from picket.learn.picture import Entry

KINDS = ("use_attack", "sighting")
APART_DAYS = 3
_LOOSE = frozenset(
    ("the", "of", "in", "at", "near", "and", "a", "an", "on", "state", "region", "province", "city", "town", "airport", "base")
)


class Incident(NamedTuple):
    """One event: what it was, the entries that speak of it, and how many reports and independent sources they are."""

    kind: str
    country: str | None
    actor: str | None
    place: str | None
    span: when.Span | None
    dated_by_publication: bool
    vague: bool
    entries: tuple[int, ...]
    reports: int


class _Open:
    """An incident that further claims may join."""

    def __init__(self, i: int, e: Entry, day: int | None) -> None:
        self.members, self.day = [i], day
        self.actor = None if _unnamed(e) else e.actor
        self.place, self.target = _words(e.claim.place), _words(e.claim.target)

    def takes(self, e: Entry, day: int | None) -> bool:
        if self.day is not None and day is not None and abs(day - self.day) > APART_DAYS:
            return False
        actor = None if _unnamed(e) else e.actor
        if self.actor is not None and actor is not None and self.actor != actor:
            return False
        place, target = _words(e.claim.place), _words(e.claim.target)
        if self.place and place:
            return bool(self.place & place)
        return not (self.target and target) or bool(self.target & target)

    def add(self, i: int, e: Entry, day: int | None) -> None:
        self.members.append(i)
        self.day = max(self.day, day) if self.day is not None and day is not None else self.day
        self.actor = self.actor or (None if _unnamed(e) else e.actor)
        self.place = self.place or _words(e.claim.place)
        self.target |= _words(e.claim.target)


def _unnamed(e: Entry) -> bool:
    return e.actor is None or e.actor.startswith("unstated/")


def _words(text: str | None) -> frozenset[str]:
    return frozenset(key(text).split()) - _LOOSE if text else frozenset()


def join_incidents(entries: Sequence[Entry]) -> list[Incident]:
    """All incidents, in order of day, country and kind; those without a day last."""
    found: list[Incident] = []
    groups: dict[tuple[str, str, tuple[str, str | None] | None], list[tuple[int, int]]] = {}
    for i, e in enumerate(entries):
        if e.claim.kind in KINDS and e.claim.certainty != "denied":
            day, vague = _day(e)
            group = ("vague", e.claim.time) if vague else None
            groups.setdefault((e.claim.kind, e.claim.country or "", group), []).append((day if day is not None else -1, i))
    for (_, _, group), rows in groups.items():
        live: list[_Open] = []
        for day, i in sorted(rows):
            at = None if group is not None or day < 0 else day
            while live and at is not None and live[0].day is not None and at - live[0].day > APART_DAYS:
                found.append(_close(live.pop(0), entries, group is not None))
            home = next((o for o in live if o.takes(entries[i], at)), None)
            if home is None:
                live.append(_Open(i, entries[i], at))
            else:
                home.add(i, entries[i], at)
                live.sort(key=lambda o: o.day if o.day is not None else 0)
        found += [_close(o, entries, group is not None) for o in live]
    return sorted(
        found, key=lambda n: (n.span.first if n.span and n.span.first else 9_999_999, n.country or "", n.kind, n.entries)
    )


def _day(e: Entry) -> tuple[int | None, bool]:
    """The day to sort a claim by, and whether it is only a vague one."""
    width = e.span.width_days if e.span else None
    if e.span is not None and (width is None or width > APART_DAYS):
        return None, True
    if e.span is not None:
        return e.span.first, False
    return (e.reported, False) if e.reported is not None else (None, True)


def _close(o: _Open, entries: Sequence[Entry], vague: bool) -> Incident:
    members = [entries[i] for i in o.members]
    spans = [e.span for e in members if e.span]
    own = [s for s in spans if s.first is not None]
    days = [e.reported for e in members if e.reported is not None]
    span = (
        when.Span(
            min(s.first for s in own if s.first is not None), max((s.last for s in own if s.last is not None), default=None)
        )
        if own
        else when.Span(min(days), min(days))
        if days
        else None
    )
    first = members[0]
    actor = next((e.actor for e in members if not _unnamed(e)), first.actor)
    place = max((e.claim.place or "" for e in members), key=len) or None
    return Incident(
        first.claim.kind,
        first.claim.country,
        actor,
        place,
        span,
        not own and span is not None,
        vague,
        tuple(sorted(o.members)),
        len({e.claim.doc for e in members}),
    )
