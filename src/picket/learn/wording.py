"""Sentences of the picture: each says no more than its evidence, and names the entries that it rests on.

Every page and export takes its words from here, so that "possible" cannot get lost on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from picket.learn import when
from picket.learn.claim import guessed
from picket.learn.estimative import BEST_FIRST, marker, sentence
from picket.learn.grade import CREDIBILITY

if TYPE_CHECKING:
    from picket.learn.flows import Flow
    from picket.learn.incidents import Incident
    from picket.learn.picture import Picture


class Line(NamedTuple):
    """One sentence and the entries (indices) that it rests on, the best first."""

    text: str
    evidence: tuple[int, ...]


def claim_line(picture: Picture, i: int) -> Line:
    """One claim as a sentence."""
    e = picture.entries[i]
    somebody = "somebody not stated"
    names = [picture.name(a) if a else somebody for a in (e.provider, e.recipient, e.actor)]
    return Line(sentence(e.claim, *names), (i,))


def best(picture: Picture, members: tuple[int, ...]) -> int:
    """The entry that speaks for several: most certain, then best source, then first published."""
    return min(
        members,
        key=lambda i: (
            BEST_FIRST.index(picture.entries[i].claim.certainty),
            picture.entries[i].voice.letter,
            picture.entries[i].reported or 9_999_999,
            i,
        ),
    )


def flow_line(picture: Picture, flow: Flow) -> Line:
    """A flow in one sentence: its best claim, and by whom it is denied."""
    members = flow.support or flow.against
    i = best(picture, members)
    key, e = flow.key, picture.entries[i]
    if key.kind in ("comes from", "learned at"):
        verb = "come from" if key.kind == "comes from" else "learned in or from"
        who, where = picture.name(key.recipient), picture.name(key.provider)
        said = marker(e.claim.certainty, e.claim.attributed_to, guess=guessed(e.claim.rule))
        text = f"{said}{who} {verb} {where}, as their description says."
    else:
        text = claim_line(picture, i).text
    if flow.support and flow.against:
        deniers = sorted(
            {picture.entries[n].claim.attributed_to or "a party that the report does not name" for n in flow.against}
        )
        text += f" This is denied by {', '.join(deniers)}."
    rest = tuple(n for n in (*flow.support, *flow.against) if n != i)
    return Line(_capital(text), (i, *rest))


def grade_words(flow: Flow) -> str:
    """A flow's grade, apart from its sentence: how likely and how sure never stand in one (ICD 203)."""
    c = flow.credibility
    return f"Information {c.figure} ({CREDIBILITY[c.figure]}): {'; '.join(c.reasons)}."


def incident_line(picture: Picture, n: Incident) -> Line:
    """An incident in one sentence: its best claim, and how many reports speak of it."""
    i = best(picture, n.entries)
    many = f" {n.reports} reports speak of it." if n.reports > 1 else ""
    by = f" Dated by publication, {when.words(n.span)}." if n.dated_by_publication else ""
    rival = f" Who did it is disputed: {' or '.join(picture.name(a) for a in n.actors)}." if len(n.actors) > 1 else ""
    denied = "".join(f" {who} denies that it was {actor}." for who, actor in _denials(picture, n))
    rest = (m for m in (*n.entries, *n.against) if m != i)
    return Line(_capital(claim_line(picture, i).text) + many + rival + denied + by, (i, *rest))


def _denials(picture: Picture, n: Incident) -> list[tuple[str, str]]:
    """Who denies that whom did it: a party that nobody accused in these words may deny its part."""
    found = {
        (
            picture.entries[i].claim.attributed_to or "A party that the report does not name",
            picture.name(picture.entries[i].actor),
        )
        for i in n.against
    }
    return sorted((_capital(who), actor) for who, actor in found)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
