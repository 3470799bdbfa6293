"""A case: an alert with what the book must remember to keep it calm. Hysteresis lives here.

A case's *standing* is its severity, then its rule's rank within the family (an entry outranks an approach). Standing rises at
once and falls only when nothing as high has been true for hysteresis_s; the case is over when nothing at all has been.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from picket.watch.alert import LEVEL, SEVERITIES, Alert, Severity
from picket.watch.finding import Finding

FAMILIES: dict[str, tuple[str, ...]] = {  # each family's rules, lowest rank first
    "zone": ("swarm", "loiter", "approach", "entry"),
    "corridor": ("unknown_in_corridor",),
    "line": ("line_crossing",),
    "honesty": ("unconfirmed_position", "spoof_suspected"),
    "friendly": ("friendly_out_of_place",),
    "emission": ("emission_without_track",),
    "interference": ("interference",),
    "sensor": ("silent_sensor", "wrong_clock"),
    "bias": ("biased_sensor",),
    "sighting": ("sighting",),
    "clock": ("own_clock",),
    "disk": ("disk_low", "not_recording"),
    "load": ("overload",),
}
OF_ZONES = ("zone", "corridor", "line")  # families whose place is a zone
OF_TRACKS = (*OF_ZONES, "honesty", "friendly")
OF_SENSORS = ("sensor", "bias")  # families whose place is a sensor
_RANKS = 4  # the most rules that a family may have
_STANDINGS = len(SEVERITIES) * _RANKS

Key = tuple[str, str | None, str, int]  # family, place, "t" (a track's root) or "g" (a group) or "s", number


def leads(family: str, place: str | None, roots: Iterable[int], group: int | None) -> list[Key]:
    """What a finding and the case that it belongs to have in common: a track, the group, or there being no track."""
    found: list[Key] = [(family, place, "t", root) for root in roots]
    if group is not None:
        found.append((family, place, "g", group))
    if family not in OF_TRACKS:
        found.append((family, place, "s", 0))
    return found


class Case(msgspec.Struct, kw_only=True):
    """An alert in the book.

    group: the group that it is about now; members: root -> when it last belonged; true_at: per standing, when it last was true;
    acknowledged_level: how severe it was when the officer acknowledged it; shelved_at, shelved_standing: when it was shelved, and what
    it then was; unseen_since: when it last became raised; seen_roots, seen_reach_s: of which objects it was when an officer saw to it,
    and how soon the first would reach the zone.
    """

    alert: Alert
    family: str
    place: str | None
    group: int | None = None
    members: dict[int, float] = {}
    true_at: list[float | None] = msgspec.field(default_factory=lambda: [None] * _STANDINGS)
    acknowledged_level: int = 0
    shelved_at: float | None = None
    shelved_standing: int = -1
    unseen_since: float | None = None
    seen_roots: tuple[int, ...] = ()
    seen_reach_s: float | None = None

    @property
    def open(self) -> bool:
        return self.alert.state != "closed"

    def leads(self) -> list[Key]:
        """What may lead a finding to this case."""
        return leads(self.family, self.place, self.members, self.group)

    def holds(self, time: float, hysteresis_s: float) -> int:
        """The highest standing that is true or was within the hysteresis; -1 when it is over."""
        for standing in range(_STANDINGS - 1, -1, -1):
            at = self.true_at[standing]
            if at is not None and abs(time - at) <= hysteresis_s:  # abs: a clock that was set back must not freeze an alert
                return standing
        return -1


def standing_of(rule: str, severity: Severity, family: str) -> int:
    """0..11: severity first, then the rule's rank in its family."""
    return (LEVEL[severity] - 1) * _RANKS + FAMILIES[family].index(rule)


def standing(finding: Finding) -> int:
    """The standing that a finding asks for."""
    return standing_of(finding.rule, finding.severity, finding.family)


def rule_and_severity(standing: int, family: str) -> tuple[str, Severity]:
    """The inverse of `standing_of`."""
    return FAMILIES[family][standing % _RANKS], SEVERITIES[standing // _RANKS]


def standings_of_version_1(family: str, true_at: list[float | None]) -> list[float | None]:
    """`true_at` of a state of version 1, in which each severity had two ranks: those of the rules that the family had then."""
    rules = {"zone": ("approach", "entry")}.get(family, FAMILIES[family])
    out: list[float | None] = [None] * _STANDINGS
    for severity, word in enumerate(SEVERITIES):
        for rank, rule in enumerate(rules[:2]):
            out[standing_of(rule, word, family)] = true_at[2 * severity + rank]
    return out
