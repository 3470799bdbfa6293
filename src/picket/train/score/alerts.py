"""A run's alerts and decisions, as its tables and its log have them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from picket.train.score.sheet import AlarmLoad
from picket.watch import Alert

ACCEPTABLE_PER_HOUR, MOST_PER_HOUR, FLOOD = 6.0, 12.0, 10  # ANSI/ISA-18.2-2016, table 5
TEN_MINUTES_S = 600.0


@dataclass
class AlertLife:
    """Every change of one alert, in order. `first` is what was raised, `last` how it stood at the end."""

    changes: list[Alert] = field(default_factory=list)

    @property
    def first(self) -> Alert:
        """As it was raised."""
        return self.changes[0]

    @property
    def last(self) -> Alert:
        """As it stood at the end."""
        return self.changes[-1]


def read_alerts(folder: Path) -> dict[int, AlertLife]:
    """The alerts of alerts.jsonl by number; a half-written last line of a killed run is passed over."""
    found: dict[int, AlertLife] = {}
    for line in (folder / "alerts.jsonl").read_bytes().splitlines():
        try:
            alert = msgspec.json.decode(line, type=Alert)
        except msgspec.DecodeError:
            continue
        found.setdefault(alert.id, AlertLife()).changes.append(alert)
    return found


def alarm_load(alerts: dict[int, AlertLife], seconds: float) -> AlarmLoad:
    """How many alarms the officer had, over `seconds` of exercise."""
    raised = sorted(a.first.raised_at for a in alerts.values())
    most = max((sum(t <= other < t + TEN_MINUTES_S for other in raised) for t in raised), default=0)
    per_hour = len(raised) * 3600.0 / max(seconds, 1.0)
    flood = most > FLOOD
    verdict = (
        "flood" if flood else "acceptable" if per_hour <= ACCEPTABLE_PER_HOUR else "manageable" if per_hour <= MOST_PER_HOUR
        else "more than one person can handle for long"
    )  # fmt: skip
    worst = Counter(a.last.severity for a in alerts.values())
    waiting = sum(a.last.acknowledged_at is None for a in alerts.values())
    return AlarmLoad(
        raised=len(raised), per_hour=round(per_hour, 1), most_in_10_min=most, flood=flood, verdict=verdict,
        by_severity={s: worst[s] for s in ("high", "medium", "low")}, unacknowledged=waiting,
    )  # fmt: skip
