"""Who speaks in a claim, and on whose word it rests.

Two claims are independent when neither the report's origin, nor the one who speaks, nor the sentence is the same. Those three
are a claim's *keys*; `copies.independent` counts what they leave apart. A speaker who takes part in what is claimed is a party:
its word counts as one more claim, and never confirms itself.
"""

from __future__ import annotations

import re

from picket.learn.claim import Claim
from picket.learn.names import key
from picket.learn.parties import PERSON, Actor, party
from picket.learn.publishers import Publishers
from picket.learn.resolve import Resolver
from picket.learn.sources import Source

_NOBODY = re.compile(
    r"^(?:(?:the|a|an|some|several|two|three|many|other|unnamed|anonymous|senior|local|western|security|defen[cs]e|military|intelligence)\s+)*"
    r"(?:sources?|people|persons?|officials?|witnesses|residents|analysts?|experts?|investigators?|observers?|reports?|reporting|media|"
    r"researchers|soldiers?|fighters?|rebels?|recruits|volunteers|insiders|diplomats)\b",
    re.I,
)
_OWNER = re.compile(r"^(?:the )?(?P<owner>[\w. -]+?)['’]s?\s")
_MIN_SENTENCE_WORDS = 6


class Voices:
    """Finds the speaker and the keys of claims; remembers what it has seen."""

    def __init__(self, resolver: Resolver, publishers: Publishers, ledger: dict[str, Source]) -> None:
        self._resolver, self._publishers, self._ledger = resolver, publishers, ledger
        self._speakers: dict[str, str | None] = {}

    def speaker(self, attributed_to: str | None) -> str | None:
        """The organisation that speaks (an actor's id), `said:<name>` for a person, None for nobody in particular or a publisher."""
        if not attributed_to:
            return None
        if attributed_to not in self._speakers:
            self._speakers[attributed_to] = self._find_speaker(attributed_to)
        return self._speakers[attributed_to]

    def _find_speaker(self, words: str) -> str | None:
        if self._publishers.find(words):
            return None
        actors = self._resolver.actors
        found = self._actor(words)
        if found.type not in ("unresolved", "person", "class"):
            return party(found, actors).id
        if m := _OWNER.match(words):
            owner = self._actor(m["owner"])
            if owner.type not in ("unresolved", "person", "class"):
                return party(owner, actors).id
        for inside in re.findall(r"\(([^)]*)\)", words):
            body = self._actor(inside)
            if body.type not in ("unresolved", "person", "class"):
                return party(body, actors).id
        if found.origin:  # "Ukrainian officials", "a Nigerian general"
            return found.origin
        if _NOBODY.match(words) or self._publishers.find_in(words):
            return None
        return f"said:{key(words)}"

    def _actor(self, words: str) -> Actor:
        return self._resolver.actors.get(self._resolver.resolve(words) or "", PERSON)

    def origin(self, c: Claim) -> str:
        """Whose news a claim is: the publisher that it names, else its report's origin, else its publisher, else its report."""
        own = self._publishers.find(c.source) if c.source else None
        named = self._publishers.find_in(c.attributed_to)
        if named and named != own:
            return named
        line = self._ledger.get(c.doc)
        if line is not None:
            return line.origin
        return own or (self._publishers.plain(c.source) if c.source else f"report:{c.doc}")

    def keys(self, c: Claim, origin: str) -> tuple[str, ...]:
        """What a claim of that origin shares with another that is not independent of it: origin, speaker, sentence."""
        keys = [f"origin:{origin}"]
        if (speaker := self.speaker(c.attributed_to)) is not None:
            # "police" or "prosecutors" without a name are those of the country at hand, and not of every other as well.
            nameless = speaker.startswith("said:") and c.attributed_to == (c.attributed_to or "").lower()
            keys.append(f"speaker:{speaker}" + (f"@{c.country or c.doc}" if nameless else ""))
        sentence = key(c.evidence)
        if sentence.count(" ") + 1 >= _MIN_SENTENCE_WORDS:
            keys.append(f"sentence:{sentence}")
        return tuple(keys)

    def partial(self, c: Claim, origin: str, involved: set[str]) -> bool:
        """Whether the one who speaks, or whose organ the publisher is, takes part in what is claimed."""
        speaker = self.speaker(c.attributed_to)
        publisher = self._publishers.get(origin)
        organ = publisher.speaks_for if publisher else None
        return any(s is not None and (s in involved or self._parent(s) in involved) for s in (speaker, organ))

    def _parent(self, actor: str) -> str | None:
        found = self._resolver.actors.get(actor)
        return found.parent if found else None
