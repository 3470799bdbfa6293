"""A source's record: on how many of its claims independent sources have spoken, and whether they bore it out.

A claim of a flow is borne out when a claim of another origin, that shares no key with it and does not speak for a party, says
the same; it is contradicted when such a claim denies it. A party's denial is no judgement. Each flow counts once for each
origin.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from picket.learn.flows import Flow
    from picket.learn.picture import Entry

_DERIVED = ("comes from", "learned at")
_MOST = 50  # claims of one flow that are compared; a storm of reports would cost the square of its size


class Record(NamedTuple):
    """How often a source was borne out, and how often contradicted, by independent ones."""

    borne_out: int
    contradicted: int


def records(flows: Iterable[Flow], entries: Sequence[Entry]) -> dict[str, Record]:
    """The record of every origin on which others have spoken."""
    counts: dict[str, list[int]] = {}
    for flow in flows:
        if flow.key.kind in _DERIVED or len(flow.support) + len(flow.against) < 2:
            continue
        support = [entries[i].voice for i in flow.support[:_MOST]]
        against = [entries[i].voice for i in flow.against[:_MOST] if not entries[i].voice.partial]
        judged: set[str] = set()
        for v in support:
            origin = v.keys[0].removeprefix("origin:")
            if origin in judged:
                continue
            others = [o for o in support if o is not v and not o.partial and not set(o.keys) & set(v.keys)]
            agree = any(o.claim.certainty in ("stated", "reported") for o in others)
            oppose = any(not set(o.keys) & set(v.keys) for o in against)
            if agree or oppose:
                judged.add(origin)
                counts.setdefault(origin, [0, 0])[0 if agree else 1] += 1
    return {origin: Record(*n) for origin, n in sorted(counts.items())}
