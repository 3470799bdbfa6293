"""The rules: one file each, one line each in RULES. To add one: `find` and `why`, a line here, one in site_rules.KINDS."""

from __future__ import annotations

from picket.watch.rules import (
    approach,
    biased_sensor,
    corridor,
    emission,
    entry,
    friendly,
    honesty,
    interference,
    line_crossing,
    loiter,
    own_clock,
    sighting,
    silent_sensor,
    station,
    swarm,
    wrong_clock,
)
from picket.watch.rules.rule import Finding, Rule

RULES: tuple[Rule, ...] = (
    entry.RULE,
    approach.RULE,
    loiter.RULE,
    swarm.RULE,
    corridor.RULE,
    line_crossing.RULE,
    honesty.SPOOF,
    honesty.UNCONFIRMED,
    friendly.RULE,
    emission.RULE,
    interference.RULE,
    sighting.RULE,
    silent_sensor.RULE,
    own_clock.RULE,
    wrong_clock.RULE,
    biased_sensor.RULE,
    station.DISK,
    station.NOT_RECORDING,
    station.OVERLOAD,
)

__all__ = ["RULES", "Finding", "Rule"]
