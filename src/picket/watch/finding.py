"""What a rule finds at a step."""

from __future__ import annotations

from typing import NamedTuple

from picket.watch.alert import Severity


class Finding(NamedTuple):
    """One rule fired on one track, sensor, emission, or on the station itself, at this step.

    family and place say which alert it belongs to: entry and approach are one family, so that an approach becomes an entry of the
    same alert. margin_m is how far inside the zone (or past the line) the estimate is; against two sigma it says whether the
    object may still be outside. rule_id: the rule of the site file that holds (set when its findings are governed).
    """

    rule: str
    family: str
    place: str | None  # the zone's id, the sensor's, the radio contact's
    severity: Severity
    row: int = -1  # in the scene's tracks; -1 for what is no track
    reach_s: float | None = None
    pass_m: float = 0.0
    margin_m: float | None = None
    flags: tuple[str, ...] = ()
    rule_id: str = ""
    sensor_id: str | None = None  # of a radio contact

    @property
    def governed(self) -> str | None:
        """The zone or sensor by which the site file's rules are looked up."""
        return self.sensor_id or self.place

    def incursion(self, two_sigma_m: float) -> bool:
        """True when the object is in, or over the line, by more than its own uncertainty (docs/definitions.md)."""
        return self.margin_m is not None and self.margin_m > two_sigma_m
