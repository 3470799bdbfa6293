"""What is new since a date, by the day of publication: flows, firsts, distances and incidents that were not there before.

"New" means that every claim for it was published on or after the date; "grown" that it was known and later claims changed its
certainty, its grade, or set a denial against it. Claims without a date of publication belong to the time before: nothing shows
that they are new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from picket.learn.estimative import BEST_FIRST
from picket.learn.first_seen import first_seen
from picket.learn.grade import credibility
from picket.learn.reach import reach

if TYPE_CHECKING:
    from picket.learn.first_seen import First
    from picket.learn.flows import Flow
    from picket.learn.incidents import Incident
    from picket.learn.picture import Picture
    from picket.learn.reach import Reach


class Grown(NamedTuple):
    """A flow that was known and has changed: its information's figure before and after, its certainty before, and new denials."""

    flow: Flow
    before: int
    certainty_before: str
    denials: int


class Changes(NamedTuple):
    """All that changed since a day."""

    since: int
    flows: tuple[Flow, ...]
    grown: tuple[Grown, ...]
    firsts: tuple[tuple[str, First], ...]
    reach: tuple[Reach, ...]
    incidents: tuple[Incident, ...]


def changes(picture: Picture, since: int) -> Changes:
    """What was published on or after the ordinal day `since` and changes the picture."""
    entries, days = picture.entries, picture.reported

    fresh, grown = [], []
    for flow in picture.flows.values():
        if flow.reported is None or flow.reported[1] < since:
            continue
        old_for, old_against = [i for i in flow.support if days[i] < since], [i for i in flow.against if days[i] < since]
        if not old_for and not old_against:
            fresh.append(flow)
            continue
        was = credibility([entries[i].voice for i in old_for], [entries[i].voice for i in old_against]).figure
        certainty = min((entries[i].claim.certainty for i in old_for), key=BEST_FIRST.index, default="denied")
        denials = len(flow.against) - len(old_against)
        if was != flow.credibility.figure or certainty != flow.certainty or denials:
            grown.append(Grown(flow, was, certainty, denials))
    firsts = [(card, f) for card in picture.cards for f in first_seen(picture, card).actors if days[f.entry] >= since]
    return Changes(
        since,
        tuple(fresh),
        tuple(grown),
        tuple(firsts),
        tuple(r for r in reach(picture) if days[r.entry] >= since),
        tuple(n for n in picture.incidents if min([days[i] for i in n.entries]) >= since),
    )
