"""A claim before attribution, time, place and number are filled in."""

from __future__ import annotations

from dataclasses import dataclass, field

from picket.learn.chunks import Phrase, Verb
from picket.learn.claim import Quantity


@dataclass(slots=True)
class Draft:
    """What a frame found. `numbers` are phrases whose number belongs to the claim, best first; `where` phrases that may be its place."""

    kind: str
    rule: str
    verb: Verb | None = None
    provider: str | None = None
    recipient: str | None = None
    actor: str | None = None
    target: str | None = None
    thing: str | None = None
    numbers: list[Phrase] = field(default_factory=list)
    where: list[Phrase] = field(default_factory=list)
    target_phrase: Phrase | None = None
    certainty: str | None = None
    attributed_to: str | None = None
    place: str | None = None
    country: str | None = None
    at: int = 0
    amount: Quantity | None = None
    time: str | None = None  # "": none, and none is to be looked for
    doubtful: bool = False  # the trained reader sees doubt in the sentence: never more than possible
