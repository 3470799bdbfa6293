"""Who publishes: names, kinds and whose organ a publisher is. The table is known/publishers.toml."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Literal

import msgspec

_PRESS = ("agency", "newspaper", "broadcaster", "trade", "research", "state_media", "party_media")
_SHORT = frozenset(("AFP", "BBC", "CNN", "CBC", "CBS", "NBC", "NPR", "NHK", "NRK", "UPI", "AP"))
Kind = Literal["agency", "newspaper", "broadcaster", "trade", "research", "official", "state_media", "party_media", "social"]


class Publisher(msgspec.Struct, frozen=True):
    """One publisher. `speaks_for` is the id of the actor whose organ it is, None for an independent one."""

    id: str
    name: str
    kind: Kind
    country: str | None = None
    aliases: tuple[str, ...] = ()
    speaks_for: str | None = None


@functools.lru_cache(maxsize=1 << 14)
def _key(name: str) -> str:
    return " ".join(re.findall(r"\w+", re.sub(r"['’]s?\b", "", name.lower())))


class Publishers:
    """The known publishers, found by any of their names."""

    def __init__(self, known: dict[str, Publisher]) -> None:
        self._known = known
        self._by_name = {_key(n): p.id for p in known.values() for n in (p.name, p.id, *p.aliases)}
        longest_first = sorted((n for p in known.values() for n in (p.name, *p.aliases)), key=lambda n: (-len(n), n))
        # As written, capitals and all: "AP", "DR" and "The Times" must not be found in ordinary words.
        self._inside = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(n) for n in longest_first) + r")(?!\w)")
        plain = [n for p in known.values() if p.kind in _PRESS for n in (p.name, *p.aliases) if len(n) > 3 or n in _SHORT]
        self._press = re.compile(
            r"(?<!\w)(?:" + "|".join(re.escape(n) for n in sorted(plain, key=lambda n: (-len(n), n))) + r")(?!\w)"
        )
        self._seen: dict[str, str | None] = {}

    def find(self, name: str | None) -> str | None:
        """The id of the publisher of that name, or None."""
        return self._by_name.get(_key(re.sub(r"^[Tt]he\s+", "", name))) or self._by_name.get(_key(name)) if name else None

    def find_in(self, words: str | None) -> str | None:
        """The id of the first publisher named inside `words` ("sources (Reuters)", "a Kyiv Independent investigation"), or None."""
        if not words:
            return None
        if words not in self._seen:
            self._seen[words] = self._find_in(words)
        return self._seen[words]

    def _find_in(self, words: str) -> str | None:
        if (whole := self.find(words)) is not None:
            return whole
        inside = self._inside.search(words)
        return self.find(inside[0]) if inside else None

    def mentions(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Every mention of a paper, broadcaster, agency or research body in a text: id, start, end. Authorities are left out:
        to name one is to name a speaker; so are names of three letters that are words or countries as well ("DR Congo")."""
        for m in self._press.finditer(text):
            if (found := self.find(m[0])) is not None:
                yield found, m.start(), m.end()

    def plain(self, name: str) -> str:
        """An id for a publisher that the table lacks: its name in small letters."""
        return _key(re.sub(r"^[Tt]he\s+", "", name))

    def get(self, publisher: str) -> Publisher | None:
        """The publisher of that id, or None."""
        return self._known.get(publisher)

    def name(self, publisher: str) -> str:
        """What to call a publisher on a page."""
        known = self._known.get(publisher)
        return known.name if known else publisher


@functools.cache
def known_publishers() -> Publishers:
    """The table that is shipped."""
    raw = tomllib.loads((resources.files("picket.learn") / "known" / "publishers.toml").read_text("utf-8"))
    rows = raw["publisher"].items()
    return Publishers({i: Publisher(i, r[0], r[1], r[2] or None, tuple(r[3]), r[4] if len(r) > 4 else None) for i, r in rows})
