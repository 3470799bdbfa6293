"""The analyst's desk: the claims that were read, their reports, what people decided about them, and the picture of both.

The desk is what the screens ask (screens.py) and what they change. Claims that were read never change; decisions are lines that
are added to `decisions.jsonl` in the desk's folder. A claim has a number that holds as long as the desk is open: those read
count from 0 in the order of publication, one that a person added has the number of its decision after them.

After a decision the picture is built again in a thread of its own. Until it is ready, questions are answered from the one
before, and `behind` says how many decisions it lacks. Any thread may call.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from picket.learn import when
from picket.learn.cards import Card
from picket.learn.claim import CERTAINTIES, KINDS, QUALIFIERS, TRANSFERS, Claim, Quantity, encode_claim
from picket.learn.contradictions import contradictions
from picket.learn.decisions import Decided, Decision, DecisionError, append_decision, claim_key, hold, read_decisions
from picket.learn.parties import country_name
from picket.learn.picture import Picture, build
from picket.learn.points import place_point
from picket.learn.report import Report
from picket.learn.sources import Source, ledger

SLOTS = (
    "kind",
    "provider",
    "recipient",
    "actor",
    "target",
    "capability",
    "place",
    "country",
    "time",
    "attributed_to",
    "certainty",
)
_LONGEST_SLOT, _LONGEST_SPAN, _LONGEST_TRANSLATION = 300, 3_000, 6_000


class DeskError(ValueError):
    """What was asked cannot be done; the message says what was expected."""


class Seen(NamedTuple):
    """One state of the desk: what holds, how many decisions it contains, the picture, and each entry's claim number."""

    decided: Decided
    decisions: int
    picture: Picture
    numbers: list[int]
    entry_of: dict[int, int]


class Desk:
    """Open it with what was read; `close` ends its thread."""

    def __init__(
        self,
        claims: Iterable[Claim],
        reports: Iterable[Report],
        folder: Path,
        *,
        ledger_lines: Sequence[Source] = (),
        cards: dict[str, Card] | None = None,
        examples: bool = False,
    ) -> None:
        self.folder, self.path, self.examples = folder, folder / "decisions.jsonl", examples
        self.reports = {r.doc: r for r in reports}
        self.claims = sorted(claims, key=lambda c: (c.published or "9999", c.doc, c.start, c.end, encode_claim(c)))
        self._ledger = list(ledger_lines) or ledger(self.reports.values())
        self.ledger = {s.doc: s for s in self._ledger}
        self._cards = cards
        self._keys = [claim_key(c) for c in self.claims]
        self.counts: dict[str, int] = {}
        for c in self.claims:
            self.counts[c.doc] = self.counts.get(c.doc, 0) + 1
        folder.mkdir(parents=True, exist_ok=True)
        made = read_decisions(self.path) if self.path.exists() else []
        self.made = made
        self.decided = hold(made)
        self._changing, self._wake, self._ended = threading.Lock(), threading.Event(), False
        self.seen = self._look(made, self.decided)
        self._thread = threading.Thread(target=self._follow, name="picture", daemon=True)
        self._thread.start()

    # -- the picture -----------------------------------------------------------------------------------------------
    def _look(self, made: list[Decision], decided: Decided) -> Seen:
        picture = build(self.claims, ledger=self._ledger, decisions=made, cards=self._cards)
        picture.__dict__["_contradictions"] = contradictions(picture)
        for where in {(n.place, n.country) for n in picture.incidents}:
            place_point(*where)  # remembered: the first look at the map is as quick as the rest
        number_of: dict[str, int] = {}
        for n, key in enumerate(self._keys):
            number_of.setdefault(key, n)
        for d, (c, _) in decided.added.items():
            number_of.setdefault(claim_key(c), len(self.claims) + d)
        for key, c in decided.edited.items():
            if key in number_of:
                number_of.setdefault(claim_key(c), number_of[key])
        numbers = [number_of[claim_key(e.claim)] for e in picture.entries]
        return Seen(decided, len(made), picture, numbers, {n: i for i, n in enumerate(numbers)})

    def _follow(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._ended:
                return
            with self._changing:
                made, decided = self.made, self.decided
            if len(made) != self.seen.decisions:
                self.seen = self._look(made, decided)

    @property
    def behind(self) -> int:
        """How many decisions the picture does not contain yet."""
        return len(self.made) - self.seen.decisions

    def close(self) -> None:
        """Ends the thread that builds the picture."""
        self._ended = True
        self._wake.set()
        self._thread.join(30)

    # -- claims ----------------------------------------------------------------------------------------------------
    def numbers(self) -> list[int]:
        """The numbers of all claims: read, then added."""
        return [*range(len(self.claims)), *(len(self.claims) + d for d in self.decided.added)]

    def key(self, n: int) -> str:
        """What decisions call claim `n`. Raises DeskError for a number that no claim has."""
        if 0 <= n < len(self.claims):
            return self._keys[n]
        if n - len(self.claims) in self.decided.added:
            return claim_key(self.decided.added[n - len(self.claims)][0])
        raise DeskError(f"no claim has the number {n}")

    def original(self, n: int) -> Claim:
        """The claim as it was read or added."""
        self.key(n)
        return self.claims[n] if n < len(self.claims) else self.decided.added[n - len(self.claims)][0]

    def claim(self, n: int) -> Claim:
        """The claim as it now reads."""
        return self.decided.edited.get(self.key(n), self.original(n))

    def state(self, n: int) -> str:
        """pending, accepted, edited, rejected, or added (by a person)."""
        found = self.decided.state(self.key(n))
        return "added" if found == "pending" and n >= len(self.claims) else found

    def translation(self, n: int) -> str | None:
        """The translation that a person gave with an added claim."""
        return self.decided.added[n - len(self.claims)][1] if n >= len(self.claims) else None

    # -- decisions -------------------------------------------------------------------------------------------------
    def decide(self, decision: Decision) -> int:
        """Adds a decision to the file; returns its number. Raises DecisionError or OSError."""
        with self._changing:
            number = append_decision(self.path, decision)
            self.made = read_decisions(self.path)  # a command may have added some as well
            self.decided = hold(self.made)
        self._wake.set()
        return number

    def edit(self, n: int, slots: dict[str, Any], by: str, time: str) -> int:
        """The claim in other words, of the same sentence. Raises DeskError naming the slot that cannot be."""
        changed = msgspec.structs.replace(self.claim(n), **checked(slots), rule="analyst")
        return self.decide(Decision(op="edit", claim=self.key(n), changed=changed, by=by, time=time))

    def add(self, doc: str, start: int, end: int, slots: dict[str, Any], translation: str | None, by: str, time: str) -> int:
        """A claim from a span that a person marked (characters of the report's text); returns the claim's number."""
        report = self.reports.get(doc)
        if report is None:
            raise DeskError(f"the text of {doc!r} is not here: open its report with picket learn serve")
        if not 0 <= start < end <= len(report.text) or end - start > _LONGEST_SPAN:
            raise DeskError(
                f"a span of 1 to {_LONGEST_SPAN} characters within 0 to {len(report.text)} is expected, got {start} to {end}"
            )
        if translation and len(translation) > _LONGEST_TRANSLATION:
            raise DeskError(f"a translation of at most {_LONGEST_TRANSLATION} characters is expected, got {len(translation)}")
        claim = msgspec.structs.replace(
            Claim(doc=doc, kind="statistic", evidence=report.text[start:end], start=start, end=end, source=report.source,
                  published=report.published, rule="analyst"), **checked(slots))  # fmt: skip
        if claim_key(claim) in set(self._keys) | {claim_key(c) for c, _ in self.decided.added.values()}:
            raise DeskError("this claim is here already: edit that one")
        decision = Decision(op="add", changed=claim, translation=(translation or "").strip() or None, by=by, time=time)
        return len(self.claims) + self.decide(decision)

    def undo(self, number: int, by: str, time: str) -> int:
        """Takes a decision back; returns the undo's number."""
        return self.decide(Decision(op="undo", decision=number, by=by, time=time))


def checked(slots: dict[str, Any]) -> dict[str, Any]:
    """Slots as a claim takes them: trimmed, empty ones None. Raises DeskError naming the slot, what was expected and what came."""
    unknown = sorted(set(slots) - {*SLOTS, "quantity"})
    if unknown:
        raise DeskError(f"{unknown[0]}: no such slot; the slots are {', '.join(SLOTS)}, quantity")
    found: dict[str, Any] = {}
    for name in (s for s in SLOTS if s in slots):
        value = slots[name]
        if value is not None and not isinstance(value, str):
            raise DeskError(f"{name}: expected text, got {value!r}")
        text = " ".join((value or "").split())
        if len(text) > _LONGEST_SLOT:
            raise DeskError(f"{name}: at most {_LONGEST_SLOT} characters, got {len(text)}")
        found[name] = text or None
    for name, allowed in (("kind", KINDS), ("certainty", CERTAINTIES)):
        if name in found and found[name] not in allowed:
            raise DeskError(f"{name}: expected one of {', '.join(allowed)}, got {found[name]!r}")
    if (code := found.get("country")) is not None:
        found["country"] = code.upper()
        if country_name(code) == code:
            raise DeskError(f"country: expected an ISO 3166-1 code of two letters, got {code!r}")
    if found.get("time") is not None and when.parse(found["time"]) is None:
        raise DeskError(f"time: expected a date, month, year or interval (2025-06, 2024/2025), got {found['time']!r}")
    if (kind := found.get("kind")) is not None:  # a transfer has two ends, the other kinds an actor and a target
        found |= dict.fromkeys(("actor", "target") if kind in TRANSFERS else ("provider", "recipient"))
    if "quantity" in slots:
        found["quantity"] = _quantity(slots["quantity"])
    return found


def _quantity(given: Any) -> Quantity | None:
    if given is None:
        return None
    try:
        q = msgspec.convert(given, Quantity)
    except msgspec.ValidationError as e:
        raise DeskError(f"quantity: {e}") from None
    if not math.isfinite(q.value):
        raise DeskError(f"quantity: expected a number, got {q.value}")
    if q.qualifier not in QUALIFIERS:
        raise DeskError(f"quantity: qualifier expected one of {', '.join(QUALIFIERS)}, got {q.qualifier!r}")
    return q


__all__ = ["Decision", "DecisionError", "Desk", "DeskError", "Seen", "checked"]
