"""Flows: who passes what to whom, one edge per kind of transfer and pair, with the evidence for and against.

A flow's key is (kind, provider, recipient). Claims that deny it are evidence against and stay on it. Three more kinds of edge
are drawn, each marked as what it is:

- `uptake` - an adoption or production whose claim names no provider: somebody learned, and from whom is not stated;
- `deployment` - an actor's own people in a country, which brings them near those who are there;
- `comes from` and `learned at` - what the name of a class of people states ("foreign fighters trained in Ukraine").

A flow is worded as a fact only when a claim for it is stated; whatever else is shown carries its hedge (estimative.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from picket.learn import when
from picket.learn.claim import TRANSFERS
from picket.learn.estimative import BEST_FIRST, shown_as_fact
from picket.learn.grade import Credibility, credibility

if TYPE_CHECKING:
    from picket.learn.parties import Actor
    from picket.learn.picture import Entry


FLOWS = (*TRANSFERS, "deployment", "uptake", "comes from", "learned at")  # every kind of edge


class FlowKey(NamedTuple):
    """What makes two claims one flow. `provider` or `recipient` None: not stated. Only an uptake has a `card`: two capabilities
    that somebody took up are two pieces of information, and do not confirm each other."""

    kind: str
    provider: str | None
    recipient: str | None
    card: str | None = None


class Flow(NamedTuple):
    """One edge. `support` and `against` are indices of entries; `capabilities` counts claims by card; times are ordinal days."""

    key: FlowKey
    support: tuple[int, ...]
    against: tuple[int, ...]
    certainty: str
    credibility: Credibility
    span: when.Span | None
    reported: tuple[int, int] | None
    capabilities: tuple[tuple[str, int], ...]
    countries: tuple[str, ...]
    reports: int

    @property
    def fact(self) -> bool:
        """Whether it may be worded without a hedge."""
        return shown_as_fact(self.certainty) and not self.against


def join_flows(entries: Sequence[Entry], actors: dict[str, Actor]) -> dict[FlowKey, Flow]:
    """All flows of the entries, by key, in order of key."""
    members: dict[FlowKey, list[int]] = {}
    for i, e in enumerate(entries):
        for key in _keys(e, actors):
            members.setdefault(key, []).append(i)
    made = {}
    for key in sorted(members, key=lambda k: (k.kind, k.provider or "", k.recipient or "", k.card or "")):
        made[key] = _join(key, members[key], entries)
    return made


def _keys(e: Entry, actors: dict[str, Actor]) -> list[FlowKey]:
    c = e.claim
    keys = []
    if c.kind in TRANSFERS and (e.provider or e.recipient) and e.provider != e.recipient:
        keys.append(FlowKey(c.kind, e.provider, e.recipient))
    elif c.kind in ("adoption", "production") and e.actor:
        keys += [FlowKey("uptake", None, e.actor, card) for card in e.cards or (None,)]
    elif c.kind == "deployment" and e.actor and c.country and c.country.lower() in actors and c.country.lower() != e.actor:
        keys.append(FlowKey("deployment", e.actor, c.country.lower()))
    for a in {e.provider, e.recipient, e.actor} - {None}:
        actor = actors[a]  # type: ignore[index]
        if actor.origin:
            keys.append(FlowKey("comes from", actor.origin, actor.id))
        if actor.learned_at:
            keys.append(FlowKey("learned at", actor.learned_at, actor.id))
    return keys


def _join(key: FlowKey, members: list[int], entries: Sequence[Entry]) -> Flow:
    support = tuple(i for i in members if entries[i].claim.certainty != "denied")
    against = tuple(i for i in members if entries[i].claim.certainty == "denied")
    certainty = min((entries[i].claim.certainty for i in support), key=BEST_FIRST.index, default="denied")
    grade = credibility([entries[i].voice for i in support], [entries[i].voice for i in against])
    dated = [e.span for i in support or against if (e := entries[i]).span is not None]
    firsts = [s.first for s in dated if s.first is not None]
    lasts = [s.last for s in dated if s.last is not None]
    span = when.Span(min(firsts, default=None), max(lasts, default=None)) if dated else None
    days = [d for i in members if (d := entries[i].reported) is not None]
    counts: dict[str, int] = {}
    for i in support:
        for card in entries[i].cards:
            counts[card] = counts.get(card, 0) + 1
    countries = sorted({c for i in members if (c := entries[i].claim.country)})
    return Flow(
        key,
        support,
        against,
        certainty,
        grade,
        span,
        (min(days), max(days)) if days else None,
        tuple(sorted(counts.items(), key=lambda n: (-n[1], n[0]))),
        tuple(countries),
        len({entries[i].claim.doc for i in members}),
    )


def known_by(flow: Flow, day: int, entries: Sequence[Entry]) -> Flow | None:
    """The flow as it stood on an ordinal day, from what was published by then; None when nothing was. Claims without a date of
    publication count as known from the start."""
    members = [i for i in (*flow.support, *flow.against) if (entries[i].reported or 0) <= day]
    if len(members) == len(flow.support) + len(flow.against):
        return flow
    return _join(flow.key, sorted(members), entries) if members else None
