"""The picture: all claims, resolved, graded and joined, ready to be asked.

Building reads every claim once; every question afterwards is a look into what was built (docs/learn-flows.md names the costs).
A picture is a value: the same claims, ledger and decisions give the same picture, in whatever order the claims come. To change
it, build it again.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from picket.learn import when
from picket.learn.cards import Card, Linker, shipped_cards
from picket.learn.claim import TRANSFERS, Claim, encode_claim
from picket.learn.decisions import Decided, Decision, claim_key, hold
from picket.learn.flows import Flow, FlowKey, join_flows
from picket.learn.grade import Reliability, Voice, reliability
from picket.learn.incidents import Incident, join_incidents
from picket.learn.parties import Actor, party
from picket.learn.publishers import Publishers, known_publishers
from picket.learn.records import Record, records
from picket.learn.resolve import Resolver
from picket.learn.sources import Source
from picket.learn.voices import Voices


class Entry(NamedTuple):
    """One claim as the picture holds it. Actors are ids; `span` is when it happened, `reported` the day of publication."""

    claim: Claim
    provider: str | None
    recipient: str | None
    actor: str | None
    span: when.Span | None
    reported: int | None
    cards: tuple[str, ...]
    voice: Voice

    @property
    def latest(self) -> int | None:
        """The last day on which it can have happened: its own date, and never after it was published."""
        own = self.span.last if self.span else None
        return own if self.reported is None else self.reported if own is None else min(own, self.reported)

    @property
    def earliest(self) -> int | None:
        """The first day on which it can have happened; None when the report does not say."""
        return self.span.first if self.span else None


class Picture:
    """What `build` returns. Attributes are read-only by custom; lists are in a fixed order."""

    def __init__(
        self,
        entries: list[Entry],
        flows: dict[FlowKey, Flow],
        actors: dict[str, Actor],
        cards: dict[str, Card],
        ledger: dict[str, Source],
        publishers: Publishers,
        decided: Decided,
        grades: dict[str, Reliability],
        rejected: int,
    ) -> None:
        self.entries, self.actors, self.cards, self.ledger = entries, actors, cards, ledger
        self.publishers, self.decided, self.rejected = publishers, decided, rejected
        self.flows, self.grades = flows, grades
        self.incidents: list[Incident] = join_incidents(entries)

    def name(self, actor: str | None) -> str:
        """What to call an actor on a page."""
        if actor is None:
            return "not stated"
        return self.decided.named(self.actors[actor]).name

    @functools.cached_property
    def names(self) -> dict[str, str]:
        """Normalised names of every actor in the picture -> id, for questions typed by people."""
        from picket.learn.names import key

        found: dict[str, str] = {}
        for a in self.actors.values():
            for n in (a.name, a.id, *a.aliases):
                found.setdefault(key(n), a.id)
        return found

    def prepare(self) -> None:
        """Works out what questions look into, so that the first one is as quick as the rest."""
        from picket.learn import first_seen, paths, reach

        first_seen.prepare(self)
        paths.prepare(self)
        reach.reach(self)
        _ = self.names, self.by_doc, self.reported, self._below

    @functools.cached_property
    def reported(self) -> list[int]:
        """The day of publication of each entry, -1 where it is not known."""
        return [e.reported if e.reported is not None else -1 for e in self.entries]

    @functools.cached_property
    def by_doc(self) -> dict[str, list[int]]:
        """Claims by report."""
        found: dict[str, list[int]] = {}
        for i, e in enumerate(self.entries):
            found.setdefault(e.claim.doc, []).append(i)
        return found

    def under(self, actor: str) -> set[str]:
        """An actor and everybody who belongs to it, down to the last level."""
        return {actor, *self._below.get(actor, ())}

    @functools.cached_property
    def _below(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for a in self.actors.values():
            at, seen = a.parent, {a.id}
            while at is not None and at not in seen:
                found.setdefault(at, set()).add(a.id)
                seen.add(at)
                at = self.actors[at].parent if at in self.actors else None
        return found


def build(
    claims: Iterable[Claim],
    *,
    ledger: Sequence[Source] = (),
    decisions: Sequence[Decision] = (),
    cards: dict[str, Card] | None = None,
    publishers: Publishers | None = None,
) -> Picture:
    """The picture of some claims. About 9,000 claims a second on one core; the order of `claims` does not matter."""
    cards = shipped_cards() if cards is None else cards
    known = publishers or known_publishers()
    decided = hold(decisions)
    lines = {s.doc: s for s in ledger}
    given = list(claims)
    rejected = sum(claim_key(c) in decided.rejected for c in given) if decided.rejected else 0
    kept = sorted(decided.claims(given), key=_order)
    resolver, linker = Resolver(), Linker(cards.values())
    voices = Voices(Resolver(), known, lines)  # a resolver of its own: who speaks is no actor of the picture
    grades: dict[str, Reliability] = {}
    entries = []
    for c in _once(kept):
        provider, recipient, actor = _actors(c, resolver, decided)
        origin = voices.origin(c)
        if origin not in grades:
            grades[origin] = reliability(origin, known, decided=decided.grades.get(origin))
        involved = {a for a in (provider, recipient, actor) if a}
        voice = Voice(c, grades[origin].letter, voices.keys(c, origin), voices.partial(c, origin, involved))
        published = when.parse(c.published or (lines[c.doc].published if c.doc in lines else None))
        entries.append(
            Entry(c, provider, recipient, actor, when.parse(c.time), published.last if published else None, linker.link(c), voice)
        )
    flows = join_flows(entries, resolver.actors)
    moved = _by_record(grades, records(flows.values(), entries), known, decided)
    if moved:  # a source's letter bears on the grade of what it says
        entries = [_regraded(e, moved) for e in entries]
        flows = join_flows(entries, resolver.actors)
    picture = Picture(entries, flows, resolver.actors, cards, lines, known, decided, grades | moved, rejected)
    picture.prepare()
    return picture


def _by_record(
    grades: dict[str, Reliability], found: dict[str, Record], known: Publishers, decided: Decided
) -> dict[str, Reliability]:
    """The sources whose record moves their letter, with the new one."""
    moved = {}
    for origin, r in found.items():
        grade = reliability(origin, known, borne_out=r.borne_out, contradicted=r.contradicted, decided=decided.grades.get(origin))
        if grade.letter != grades[origin].letter:
            moved[origin] = grade
    return moved


def _regraded(e: Entry, moved: dict[str, Reliability]) -> Entry:
    grade = moved.get(e.voice.keys[0].removeprefix("origin:"))
    return e if grade is None else e._replace(voice=e.voice._replace(letter=grade.letter))


def _order(c: Claim) -> tuple[str, str, int, int, bytes]:
    """By publication, report and place in it; then by all that the claim says, so that no two orders give two pictures."""
    return (c.published or "9999", c.doc, c.start, c.end, encode_claim(c))


def _once(claims: Iterable[Claim]) -> Iterable[Claim]:
    """Each claim once: the same report read twice adds nothing."""
    seen: set[tuple[object, ...]] = set()
    for c in claims:
        mark = (
            c.doc,
            c.start,
            c.end,
            c.kind,
            c.provider,
            c.recipient,
            c.actor,
            c.target,
            c.capability,
            c.place,
            c.quantity,
            c.certainty,
        )
        if mark not in seen:
            seen.add(mark)
            yield c


def _actors(c: Claim, resolver: Resolver, decided: Decided) -> tuple[str | None, str | None, str | None]:
    """Provider, recipient and actor of a claim as the ids of who answers for them, after the decisions."""

    def one(name: str | None) -> str | None:
        found = resolver.resolve(name)
        if found is None:
            return None
        at = decided.actor(found, name)
        if at not in resolver.actors:  # a decision may name an actor that no claim has made
            resolver.actors[at] = Actor(id=at, name=at.rpartition("/")[2].replace("-", " "), type="unresolved")
        return decided.actor(party(resolver.actors[at], resolver.actors).id, None)

    provider, recipient, actor = one(c.provider), one(c.recipient), one(c.actor)
    if c.kind not in TRANSFERS and actor is None and c.kind in ("use_attack", "sighting"):
        actor = resolver.unstated(c.country)
    return provider, recipient, actor
