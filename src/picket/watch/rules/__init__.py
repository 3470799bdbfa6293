"""The rules: one file each, one line each in RULES. To add one, write `find` and `why` and name it here."""

from __future__ import annotations

from picket.watch.rules import approach, biased_sensor, entry, honesty, line_crossing, sighting, silent_sensor, wrong_clock
from picket.watch.rules.rule import Finding, Rule

RULES: tuple[Rule, ...] = (
    entry.RULE,
    approach.RULE,
    line_crossing.RULE,
    honesty.SPOOF,
    honesty.UNCONFIRMED,
    sighting.RULE,
    silent_sensor.RULE,
    wrong_clock.RULE,
    biased_sensor.RULE,
)

__all__ = ["RULES", "Finding", "Rule"]
