"""A warning about a defender's gap becomes a question to this site.

Somebody elsewhere lacked something ("a Coast Guard unit had no drone defences"). The useful answer is not whether that is true
but whether it is true here. Each warning is turned into the questions of the cards that it touches, and each question gets
"covered by ...", "partly covered by ...", "not covered" or "not known" from the site file. The answers are worked out on view,
as in cards/coverage.py, and kept nowhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from picket.learn.cards import Card
from picket.learn.cards.coverage import Answer, coverage

if TYPE_CHECKING:
    from picket.learn.picture import Picture
    from picket.site import Site

_GAP = re.compile(
    r"\b(?:lack\w*|gaps?|vulnerab\w*|without|unprotected|undefended|no (?:drone|counter|defen[cs]e|radar|jamming)\w*|"
    r"not (?:covered|equipped|prepared|ready)|"
    r"unprepared|ill-equipped|blind|cannot (?:see|detect|stop|track)|fall\w* behind|overwhelm\w*|"
    r"limited (?:jamming|radar|detection|spectrum))",
    re.I,
)
# What a gap is about, where the words name a means and no tactic: any drone by radio or radar.
_GENERAL = ("fpv-attack", "no-emission", "one-way-attack")


class Question(NamedTuple):
    """One question to a site, from one warning: the card behind it, what to ask, the answer and how it was found."""

    entry: int
    card: str
    question: str
    answer: Answer
    words: str


def is_gap(evidence: str, capability: str | None) -> bool:
    """Whether a warning speaks of what a defender lacks, rather than of what somebody may do."""
    return _GAP.search(f"{capability or ''} ; {evidence}") is not None


def questions(picture: Picture, site: Site | None) -> list[Question]:
    """The questions that the picture's warnings put to a site; with None, each answer is "not known"."""
    found = []
    for i, e in enumerate(picture.entries):
        if e.claim.kind != "warning" or not is_gap(e.claim.evidence, e.claim.capability):
            continue
        for card in e.cards or tuple(c for c in _GENERAL if c in picture.cards):
            found.append(_ask(i, picture.cards[card], site))
    return found


def _ask(entry: int, card: Card, site: Site | None) -> Question:
    if site is None:
        return Question(entry, card.id, card.question, "not known", "not known: no site file was given")
    seen = coverage(card, site)
    return Question(entry, card.id, card.question, seen.answer, seen.words())
