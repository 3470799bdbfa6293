"""The reach ledger: the greatest distance that anybody claims for each actor and capability, with its date, certainty and
sentence.

A distance is a claim's quantity in a unit of length, of an attack, an adoption or a production. What is claimed is not what was
measured: most such figures come from the party that struck, so the certainty and the speaker stand beside every number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from picket.learn import when

if TYPE_CHECKING:
    from picket.learn.picture import Picture

KINDS = ("use_attack", "adoption", "production", "sighting")
# Kilometres in a unit: international foot and mile (1959), international nautical mile (1929).
_UNITS = [
    (r"nautical miles?|nmi|nm|sea miles?", 1.852),
    (r"kilomet(?:re|er)s?|kms?", 1.0),
    (r"miles?|mi", 1.609344),
    (r"met(?:re|er)s?|m", 0.001),
    (r"feet|foot|ft", 0.0003048),
    (r"yards?|yd", 0.0009144),
]
_MIN_KM = 1.0  # shorter ones are heights, spacings and ranges of cameras


class Reach(NamedTuple):
    """The greatest claimed distance of one actor and capability (card id, or None where no card fits)."""

    actor: str
    card: str | None
    distance_km: float
    qualifier: str
    certainty: str
    span: when.Span | None
    entry: int


def kilometres(value: float, unit: str | None) -> float | None:
    """A distance in km; None when the unit is no length. "miles from Ukraine" is miles, "square miles" is none."""
    if not unit or re.search(r"\b(?:square|cubic|per|an hour|/)\b", unit, re.I):
        return None
    for pattern, factor in _UNITS:
        if re.match(rf"(?:{pattern})\b", unit.strip(), re.I):
            return value * factor
    return None


def reach(picture: Picture) -> list[Reach]:
    """The ledger, greatest first. Denied claims are left out; a possible or alleged one stays, marked as such."""
    kept: list[Reach] | None = picture.__dict__.get("_reach")
    if kept is None:
        best: dict[tuple[str, str | None], Reach] = {}
        for i, e in enumerate(picture.entries):
            c = e.claim
            if c.kind not in KINDS or c.quantity is None or e.actor is None or c.certainty == "denied":
                continue
            km = kilometres(c.quantity.value, c.quantity.unit)
            if km is None or km < _MIN_KM:
                continue
            for card in e.cards or (None,):
                at = (e.actor, card)
                if at not in best or km > best[at].distance_km:
                    best[at] = Reach(e.actor, card, round(km, 1), c.quantity.qualifier, c.certainty, e.span, i)
        kept = sorted(best.values(), key=lambda r: (-r.distance_km, r.actor, r.card or ""))
        picture.__dict__["_reach"] = kept
    return kept
