"""Track -> Alert: zones, rules, friend or unknown, and the life of an alert.

    book = AlertBook(site)
    for each step:  changed = book.step(time, tracks, sensors)
    the officer:    book.acknowledge(id, by, time), book.shelve(id, minutes, reason, by, time), book.close(id, cause, by, time, note);
                    `decide` takes such an action as the log has it

One step is a line: tracks -> objects (which track continues which) -> rules (what fired) -> units (one object or group and
zone) -> cases (hysteresis) -> alerts. The rules are in `rules/`, one file each; docs/definitions.md says what each means.
"""

from __future__ import annotations

from picket.watch.alert import (
    CAUSES,
    SEVERITIES,
    Alert,
    AlertError,
    DisturbanceLook,
    EmissionLook,
    ListenLook,
    SensorLook,
    StationLook,
)
from picket.watch.book import AlertBook
from picket.watch.decide import decide, is_decision
from picket.watch.rules import RULES

__all__ = [
    "CAUSES",
    "RULES",
    "SEVERITIES",
    "Alert",
    "AlertBook",
    "AlertError",
    "DisturbanceLook",
    "EmissionLook",
    "ListenLook",
    "SensorLook",
    "StationLook",
    "decide",
    "is_decision",
]
