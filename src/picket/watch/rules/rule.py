"""What a rule is: one function that looks at a Scene and lists what it finds, and one that says why in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from picket.watch.alert import Severity
from picket.watch.scene import Scene


class Finding(NamedTuple):
    """One rule fired on one track (or one sensor) at this step.

    family and place say which alert it belongs to: entry and approach are one family, so that an approach becomes an entry of the
    same alert. margin_m is how far inside the zone (or past the line) the estimate is; against two sigma it says whether the
    object may still be outside.
    """

    rule: str
    family: str
    place: str | None  # the zone's id, or the sensor's
    severity: Severity
    row: int = -1  # in the scene's tracks; -1 for a sensor
    reach_s: float | None = None
    pass_m: float = 0.0
    margin_m: float | None = None
    flags: tuple[str, ...] = ()

    def incursion(self, two_sigma_m: float) -> bool:
        """True when the object is in, or over the line, by more than its own uncertainty (docs/definitions.md)."""
        return self.margin_m is not None and self.margin_m > two_sigma_m


class Rule(NamedTuple):
    """A line of the registry: the rule's name, what finds it, what explains it."""

    name: str
    find: Callable[[Scene], list[Finding]]
    why: Callable[[Scene, Finding], str]
