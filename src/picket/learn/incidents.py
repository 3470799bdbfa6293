"""Incidents: attacks and sightings counted as events, not as reports of them.

Three hundred reports of one attack are one incident. Two claims are of one incident when kind and country agree, their actors,
places and targets do not contradict each other (an unknown one contradicts nothing), and their days lie close to that of the
first: at most `SAME_DAYS` apart where both reports give a day, else `APART_DAYS`. Rival accounts of who did it are one incident
as well, marked by its several `actors`, when the place is the same, the days are the same or neighbours, and at least one of
the two accounts is not stated. Denials are kept in `against`; what is only denied is no incident.

A claim without a day of its own uses the day of publication; such an incident says so. Claims that give only a month or a year,
or no date at all, join only claims with the same one, and are marked `vague`: nobody can tell how many events they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from picket.learn import when
from picket.learn.names import key

if TYPE_CHECKING:
    from picket.learn.picture import Entry

KINDS = ("use_attack", "sighting")
APART_DAYS = 3  # a report of an attack that gives no day comes within some days of it
SAME_DAYS = 1  # two reports that give the day differ by no more than a night or a time zone
_LOOK_BACK = 500  # open incidents of one country that a claim is held against, the latest first; bounds the cost of a busy year
_LOOSE = frozenset(
    ("the", "of", "in", "at", "near", "and", "a", "an", "on", "state", "region", "province", "city", "town", "airport", "base")
)


class Incident(NamedTuple):
    """One event: what it was, who is named for it (more than one: disputed), the entries for and against, and how many reports they are."""

    kind: str
    country: str | None
    actors: tuple[str, ...]
    place: str | None
    span: when.Span | None
    dated_by_publication: bool
    vague: bool
    entries: tuple[int, ...]
    against: tuple[int, ...]
    reports: int

    @property
    def actor(self) -> str:
        """The actor that is named first; one "not stated" when none is."""
        return self.actors[0]


class _Open:
    """An incident that further claims may join."""

    def __init__(self, i: int, e: Entry, day: int | None) -> None:
        self.members, self.day, self.own = [i], day, e.span is not None
        self.actors: set[str] = set() if e.actor is None or _unnamed(e) else {e.actor}
        self.firm = e.claim.certainty == "stated" and not _unnamed(e)
        self.place, self.target = _words(e.claim.place), _words(e.claim.target)

    def takes(self, e: Entry, day: int | None) -> bool:
        apart = abs(day - self.day) if self.day is not None and day is not None else 0
        if apart > (SAME_DAYS if self.own and e.span is not None else APART_DAYS):
            return False
        place, target = _words(e.claim.place), _words(e.claim.target)
        if self.actors and not _unnamed(e) and e.actor not in self.actors:
            rival = not (self.firm and e.claim.certainty == "stated")
            return rival and apart <= SAME_DAYS and bool(self.place & place)
        if self.place and place:
            return bool(self.place & place)
        return not (self.target and target) or bool(self.target & target)

    def add(self, i: int, e: Entry) -> None:
        self.members.append(i)
        if e.actor is not None and not _unnamed(e):
            self.actors.add(e.actor)
            self.firm |= e.claim.certainty == "stated"
        self.place = self.place or _words(e.claim.place)
        self.target |= _words(e.claim.target)


def _unnamed(e: Entry) -> bool:
    return e.actor is None or e.actor.startswith("unstated/")


def _words(text: str | None) -> frozenset[str]:
    return frozenset(key(text).split()) - _LOOSE if text else frozenset()


def join_incidents(entries: Sequence[Entry]) -> list[Incident]:
    """All incidents, in order of day, country and kind; those without a day last."""
    found: list[Incident | None] = []
    groups: dict[tuple[str, str, tuple[str, str | None] | None], list[tuple[int, int]]] = {}
    for i, e in enumerate(entries):
        if e.claim.kind in KINDS:
            day, vague = _day(e)
            group = ("vague", e.claim.time) if vague else None
            groups.setdefault((e.claim.kind, e.claim.country or "", group), []).append((day if day is not None else -1, i))
    for (_, _, group), rows in groups.items():
        live: list[_Open] = []
        # Within a day, claims that are not denials first: a denial joins what it denies, whichever was published first.
        for day, i in sorted(rows, key=lambda r: (r[0], entries[r[1]].claim.certainty == "denied", r[1])):
            at = None if group is not None or day < 0 else day
            while live and at is not None and live[0].day is not None and at - live[0].day > APART_DAYS:
                found.append(_close(live.pop(0), entries, group is not None))
            home = next((o for o in live[: -_LOOK_BACK - 1 : -1] if o.takes(entries[i], at)), None)
            if home is None:
                live.append(_Open(i, entries[i], at))
            else:
                home.add(i, entries[i])
                if at is None:  # without days, the one that took a row last is the latest
                    live.remove(home)
                    live.append(home)
        found += [_close(o, entries, group is not None) for o in live]
    return sorted((n for n in found if n is not None), key=_when)


def _when(n: Incident) -> tuple[int, str, str, tuple[int, ...]]:
    return (n.span.first if n.span and n.span.first else 9_999_999, n.country or "", n.kind, n.entries)


def _day(e: Entry) -> tuple[int | None, bool]:
    """The day to sort a claim by, and whether it is only a vague one."""
    width = e.span.width_days if e.span else None
    if e.span is not None and (width is None or width > APART_DAYS):
        return None, True
    if e.span is not None:
        return e.span.first, False
    return (e.reported, False) if e.reported is not None else (None, True)


def _close(o: _Open, entries: Sequence[Entry], vague: bool) -> Incident | None:
    support = sorted(i for i in o.members if entries[i].claim.certainty != "denied")
    if not support:
        return None
    members = [entries[i] for i in support]
    own = [e.span for e in members if e.span and e.span.first is not None]
    days = [e.reported for e in members if e.reported is not None]
    span: when.Span | None = None
    if own:
        ends = [s.last for s in own if s.last is not None]
        span = when.Span(min(s.first for s in own if s.first is not None), max(ends, default=None))
    elif days:
        span = when.Span(min(days), min(days))
    named = tuple(dict.fromkeys(e.actor for e in members if not _unnamed(e) and e.actor))
    place = max((e.claim.place or "" for e in members), key=len) or None
    first = members[0]
    return Incident(
        first.claim.kind,
        first.claim.country,
        named or (first.actor or "unstated/nowhere",),
        place,
        span,
        not own and span is not None,
        vague,
        tuple(support),
        tuple(sorted(set(o.members) - set(support))),
        len({entries[i].claim.doc for i in o.members}),
    )
