"""Tactic cards: what a capability looks like to each sense, what a watch does about it, and where it was seen.

A card is a TOML file beside this one; the structs below check it. It says how a thing looks and what a defender does, and holds
no detail of payload, building, evading or timing. Claims find their cards by themselves (`Linker`). Which of a site's own
sensors would see it is computed when somebody looks (`coverage.py`) and is never written into a card.

Adding a card: copy one, change it, add its name to `CARDS`. A test reads every one.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec

from picket.handwritten import NotTextError, parse_toml, read_text
from picket.learn import when
from picket.learn.claim import CERTAINTIES, Claim

CARDS = (
    "fpv-attack", "fibre-optic-fpv", "one-way-attack", "bomb-dropping", "swarms-and-decoys", "no-emission", "spoofed-remote-id",
    "gnss-interference", "uncrewed-boats", "underwater-approach", "smuggling-runs", "prison-drops", "airport-incursions",
    "night-flight", "relay-drones", "ship-launch", "inland-launch", "reconnaissance", "armed-long-endurance",
)  # fmt: skip
SENSES = ("radar", "radio", "remote_id", "camera", "ear", "sonar")
# Which kinds of sensor in a site file are which sense. What aircraft and vessels report of themselves is no sense: an attacker
# stays silent.
SENSE_OF = {"radar": "radar", "rf": "radio", "remote_id": "remote_id", "camera": "camera", "visual": "camera", "acoustic": "ear",
            "sonar": "sonar"}  # fmt: skip


class CardError(ValueError):
    """A card that cannot be used; the message names the file and what is wrong."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Look(_Part, frozen=True, kw_only=True):
    """How it looks to one sense: `seen` is yes, partly (only under conditions that `text` names) or no."""

    seen: Literal["yes", "partly", "no"]
    text: str


class Watch(_Part, frozen=True, kw_only=True):
    """What a watch does: `report` what, `shelter` whom, `look` where, `call` whom."""

    report: str
    shelter: str
    look: str
    call: str


class Occurrence(_Part, frozen=True, kw_only=True):
    """One published use. `date` is ISO 8601 (day, month or year); `source` the publisher; `url` only where it is known for certain."""

    date: str
    country: str
    what: str
    source: str
    published: str
    actor: str | None = None
    place: str | None = None
    url: str | None = None
    certainty: str = "stated"


class Card(_Part, frozen=True, kw_only=True):
    """One tactic card. `match` is a list of groups of words; a claim is of this card when every group has a hit (see Linker)."""

    version: int
    id: str
    title: str
    summary: str
    domain: Literal["air", "surface", "subsurface", "radio"]
    match: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...] = ()  # kinds of claims that it takes; none named: all
    broader: str | None = None
    looks: dict[str, Look]
    watch: Watch
    question: str
    occurrence: tuple[Occurrence, ...]


def parse_card(text: str, name: str) -> Card:
    """A card from TOML. Raises CardError naming file, key and what was expected."""
    try:
        card = msgspec.convert(parse_toml(text), Card)
    except tomllib.TOMLDecodeError as e:
        raise CardError(f"{name}: is not TOML: {e}") from None
    except msgspec.ValidationError as e:
        raise CardError(f"{name}: {e}") from None
    problems = [] if card.version == 1 else [f"version: expected 1, got {card.version}"]
    if set(card.looks) != set(SENSES):
        problems.append(f"looks: expected {', '.join(SENSES)}, got {', '.join(card.looks)}")
    if not card.match or not all(card.match):
        problems.append("match: expected at least one group of words")
    for i, o in enumerate(card.occurrence):
        for field in ("date", "published"):
            if when.parse(getattr(o, field)) is None:
                problems.append(f"occurrence[{i}].{field}: expected an ISO date, month or year, got {getattr(o, field)!r}")
        if o.certainty not in CERTAINTIES:
            problems.append(f"occurrence[{i}].certainty: expected one of {', '.join(CERTAINTIES)}, got {o.certainty!r}")
        if o.url is not None and not o.url.startswith("https://"):
            problems.append(f"occurrence[{i}].url: expected https://..., got {o.url!r}")
    if problems:
        raise CardError(f"{name}: " + "; ".join(problems))
    return card


@functools.cache
def shipped_cards() -> dict[str, Card]:
    """The cards that come with Picket, by id, in the order of `CARDS`."""
    folder = resources.files("picket.learn") / "cards"
    cards = [parse_card((folder / f"{name}.toml").read_text("utf-8"), f"{name}.toml") for name in CARDS]
    return {c.id: c for c in cards}


def read_cards(folder: str | Path) -> dict[str, Card]:
    """A site's own cards: every *.toml of a folder, in order of name. Raises CardError."""
    found = {}
    if not Path(folder).is_dir():
        raise CardError(f"{folder}: no such folder; give the one that holds your cards (*.toml)")
    for path in sorted(Path(folder).glob("*.toml")):
        try:
            card = parse_card(read_text(path), str(path))
        except (OSError, NotTextError) as e:
            raise CardError(f"{path}: cannot be read: {e}") from None
        found[card.id] = card
    return found


class Linker:
    """Claims -> cards by their words.

    A group's words match whole words; `*` at a word's end matches any ending, a space any space or hyphen. The first group must
    hit what the claim says of itself (capability, target, place), the other groups its sentence as well; a claim without a
    capability, or only "drones", is looked up by its sentence alone. A claim of a narrow card is also one of its broader card.
    """

    def __init__(self, cards: Iterable[Card]) -> None:
        self._cards = list(cards)
        self._broader = {c.id: c.broader for c in self._cards}
        self._groups = [(c.id, c.kinds, [_group(g) for g in c.match]) for c in self._cards]
        self._seen: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def link(self, claim: Claim) -> tuple[str, ...]:
        """The ids of the cards of a claim, in the cards' order; empty when none fits."""
        own = " ; ".join(x for x in (claim.capability, claim.target, claim.place) if x)
        place = (claim.kind, own, claim.evidence)
        found = self._seen.get(place)
        if found is None:
            found = self._seen[place] = self._find(claim.kind, own, claim.evidence, claim.capability)
        return found

    def _find(self, kind: str, own: str, evidence: str, capability: str | None) -> tuple[str, ...]:
        vague = capability is None or re.fullmatch(
            r"(?:the |attack |armed |commercial |small )?(?:drones?|uavs?|unmanned aircraft)", capability, re.I
        )
        everything = f"{own} ; {evidence}"
        first = everything if vague else own
        hits: set[str] = set()
        for card, kinds, (head, *rest) in self._groups:
            if kinds and kind not in kinds:
                continue
            if head.search(first) and all(g.search(everything) for g in rest):
                at: str | None = card
                while at is not None and at not in hits:
                    hits.add(at)
                    at = self._broader.get(at)
        return tuple(c.id for c in self._cards if c.id in hits)


def _group(words: Iterable[str]) -> re.Pattern[str]:
    parts = []
    for w in words:
        body = re.escape(w.rstrip("*")).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]?")
        parts.append(body + (r"\w*" if w.endswith("*") else ""))
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)", re.I)
