"""What people decided about actors, sources and claims: records that are added to, never changed.

A decision is one line of JSON. Its number is its place in the file, so a file may only grow. Undoing is a decision too: it
names the one that it takes back, and the picture is then as if that had never been made. Nothing is lost, because resolving
(resolve.py) never looks at decisions: they are laid over its result.

    {"op": "merge", "actor": "name/jnim-fighters", "into": "jnim", "why": "same group", "by": "analyst", "time": "2026-11-20"}
    {"op": "separate", "name": "military", "into": "name/military-of-x"}   this name is from now on that actor
    {"op": "rename", "actor": "fla", "into": "Front de libération de l'Azawad"}
    {"op": "grade", "source": "reuters", "into": "A", "why": "ten years of corrections read"}
    {"op": "reject", "claim": "report-7@120-260/training/Iran/Houthis/-/drones"}
    {"op": "accept", "claim": "..."}   somebody read the sentence and agrees
    {"op": "edit", "claim": "...", "changed": {...}}   the claim as it should read, of the same sentence
    {"op": "add", "changed": {...}, "translation": "..."}   a claim that a person made, from a report in any language
    {"op": "undo", "decision": 1}

A claim keeps the key of what was first read, however often it is edited; the key that an edit gave it means it as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from picket.learn.claim import CERTAINTIES, KINDS, Claim
from picket.learn.names import key
from picket.learn.parties import Actor
from picket.record.files import append_whole

Op = Literal["merge", "separate", "rename", "grade", "accept", "edit", "reject", "add", "undo"]
_NEEDS = {
    "merge": ("actor", "into"),
    "separate": ("name", "into"),
    "rename": ("actor", "into"),
    "grade": ("source", "into"),
    "accept": ("claim",),
    "edit": ("claim", "changed"),
    "reject": ("claim",),
    "add": ("changed",),
    "undo": ("decision",),
}


class DecisionError(ValueError):
    """A decisions file that cannot be used; the message names file, line and what is wrong."""


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One decision. Which fields an `op` needs stands at the top of the file; `by`, `time` and `why` are the record's own."""

    op: Op
    actor: str | None = None
    name: str | None = None
    source: str | None = None
    claim: str | None = None
    into: str | None = None
    decision: int | None = None
    changed: Claim | None = None
    translation: str | None = None
    why: str | None = None
    by: str | None = None
    time: str | None = None


def claim_key(c: Claim) -> str:
    """What a decision calls a claim: report, offsets, kind, actors and capability, since one sentence can hold several claims of a kind."""
    who = "/".join(x or "-" for x in (c.provider, c.recipient, c.actor, c.capability))
    return f"{c.doc}@{c.start}-{c.end}/{c.kind}/{who}"


def read_decisions(path: str | Path) -> list[Decision]:
    """The decisions of a file, in order. Raises DecisionError at the first line that is none."""
    decoder = msgspec.json.Decoder(Decision)
    made: list[Decision] = []
    try:
        lines = Path(path).read_bytes().splitlines()
    except OSError as e:
        raise DecisionError(f"{path}: cannot be read: {e.strerror}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            d = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
            raise DecisionError(f"{path}, line {number}: expected a decision as a JSON object, {e}") from None
        if (wrong := check(d, len(made))) is not None:
            raise DecisionError(f"{path}, line {number}: {wrong}")
        made.append(d)
    return made


def check(d: Decision, earlier: int) -> str | None:
    """What is wrong with a decision that follows `earlier` others; None when nothing is."""
    missing = [f for f in _NEEDS[d.op] if getattr(d, f) is None]
    if missing:
        return f"{d.op} needs {', '.join(missing)}"
    if d.op == "undo" and not 1 <= (d.decision or 0) <= earlier:
        return f"undo expected the number of an earlier decision (1 to {earlier}), got {d.decision}"
    if d.op == "grade" and d.into not in tuple("ABCDEF"):
        return f"grade expected A to F, got {d.into!r}"
    return _wrong_claim(d) if d.changed is not None else None


def _wrong_claim(d: Decision) -> str | None:
    c = d.changed
    assert c is not None
    if d.op == "edit" and not (d.claim or "").startswith(f"{c.doc}@{c.start}-{c.end}/"):
        return f"edit keeps the sentence: expected one at {(d.claim or '').partition('/')[0]}, got {c.doc}@{c.start}-{c.end}"
    if c.kind not in KINDS or c.certainty not in CERTAINTIES:
        return f"{d.op}: kind {c.kind!r} or certainty {c.certainty!r} is not known"
    if len(c.evidence) != c.end - c.start or not c.evidence.strip():
        return f"{d.op}: evidence of {len(c.evidence)} characters does not fill {c.start} to {c.end}"
    return None


def append_decision(path: str | Path, decision: Decision) -> int:
    """Adds a decision to the file and returns its number.

    Raises DecisionError when it lacks something, would not read back, or the file holds something else; OSError.
    """
    earlier = len(read_decisions(path)) if Path(path).exists() else 0
    if (wrong := check(decision, earlier)) is not None:
        raise DecisionError(wrong)
    append_whole(Path(path), _line(decision))
    return earlier + 1


def _line(decision: Decision) -> bytes:
    """The decision as its line. Raises DecisionError for one that could never be read again, with all that stand after it."""
    try:
        line = msgspec.json.encode(decision)
        msgspec.json.decode(line, type=Decision)
    except (msgspec.DecodeError, UnicodeEncodeError) as e:
        raise DecisionError(f"this decision cannot be written as JSON: {e}") from None
    return line + b"\n"


class Decided(msgspec.Struct, frozen=True):
    """The decisions that hold, ready to be laid over what was resolved."""

    merged: dict[str, str] = {}
    separated: dict[str, str] = {}
    renamed: dict[str, str] = {}
    grades: dict[str, tuple[str, str]] = {}
    rejected: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    edited: dict[str, Claim] = {}
    added: dict[int, tuple[Claim, str | None]] = {}
    last: dict[str, int] = {}

    def claims(self, read: Iterable[Claim]) -> list[Claim]:
        """The claims that hold: those read without the rejected, edited ones in their new words, and those that people added."""
        if not (self.rejected or self.edited or self.added):
            return list(read)
        kept = []
        for c in (*read, *(c for c, _ in self.added.values())):
            key = claim_key(c)
            if key not in self.rejected:
                kept.append(self.edited.get(key, c))
        return kept

    def state(self, key: str) -> str:
        """What was decided about a claim: rejected, edited, accepted or pending."""
        if key in self.rejected:
            return "rejected"
        return "edited" if key in self.edited else "accepted" if key in self.accepted else "pending"

    def actor(self, resolved: str, name: str | None) -> str:
        """The actor's id after the decisions: a name set apart first, then merges to their end."""
        if name and (apart := self.separated.get(key(name))) is not None:
            resolved = apart
        seen = {resolved}
        while (into := self.merged.get(resolved)) is not None and into not in seen:
            seen.add(into)
            resolved = into
        return resolved

    def named(self, actor: Actor) -> Actor:
        """The actor under the name that was decided."""
        name = self.renamed.get(actor.id)
        return msgspec.structs.replace(actor, name=name) if name else actor


def hold(decisions: Iterable[Decision]) -> Decided:
    """What holds after all decisions, later ones over earlier ones, undone ones left out (an undo can itself be undone)."""
    made = list(decisions)
    alive = [True] * len(made)
    for i in range(len(made) - 1, -1, -1):  # backwards: whether an undo holds is known before what it takes back
        if made[i].op == "undo" and alive[i]:
            alive[(made[i].decision or 1) - 1] = False
    out = Decided({}, {}, {}, {}, edited={}, added={}, last={})
    rejected: set[str] = set()
    accepted: set[str] = set()
    first_key: dict[str, str] = {}  # the key that an edit gave -> the key of what was read
    for number, (d, holds) in enumerate(zip(made, alive, strict=True), 1):
        if not holds:
            continue
        if d.op == "merge" and d.actor and d.into:
            out.merged[d.actor] = d.into
        elif d.op == "separate" and d.name and d.into:
            out.separated[key(d.name)] = d.into
        elif d.op == "rename" and d.actor and d.into:
            out.renamed[d.actor] = d.into
        elif d.op == "grade" and d.source and d.into:
            out.grades[d.source] = (d.into, d.why or "decided by an analyst")
        elif d.op == "add" and d.changed:
            out.added[number] = (d.changed, d.translation)
            out.last[claim_key(d.changed)] = number
        elif d.op in ("accept", "edit", "reject") and d.claim:
            at = first_key.get(d.claim, d.claim)
            out.last[at] = number
            (rejected.add if d.op == "reject" else rejected.discard)(at)
            if d.op == "accept":
                accepted.add(at)
            elif d.op == "edit" and d.changed:
                out.edited[at] = d.changed
                if claim_key(d.changed) != at:
                    first_key[claim_key(d.changed)] = at
    return msgspec.structs.replace(out, rejected=frozenset(rejected), accepted=frozenset(accepted))
