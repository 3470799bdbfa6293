"""Claims for tests, with only what a test cares about."""

from __future__ import annotations

from typing import Any

from picket.learn.claim import Claim, Quantity


def claim(kind: str = "training", doc: str = "r1", *, number: tuple[float, str] | None = None, **slots: Any) -> Claim:
    """A claim whose sentence is unlike any other's unless the test gives one."""
    slots.setdefault(
        "evidence",
        f"Sentence of {doc} on {kind} by {slots.get('provider') or slots.get('actor')} at offset {slots.get('start', 0)}.",
    )
    slots.setdefault("start", 0)
    slots.setdefault("end", slots["start"] + len(slots["evidence"]))
    quantity = Quantity(value=number[0], unit=number[1]) if number else None
    return Claim(kind=kind, doc=doc, quantity=quantity, **slots)
