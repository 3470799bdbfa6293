"""How many alarms an officer was given: the rate against ISA-18.2, the worst offenders, and what they turned out to be.

An *alarm* is each time that an alert becomes raised: new, worse or back after it was acknowledged, back from the shelf. ISA-18.2 (and EEMUA
191) call about 6 an hour acceptable and 12 the most that one officer manages, and more than 10 within 10 minutes a flood; of all
alarms about 5 % should be high, 15 % medium and 80 % low.

Bounded: what is older than a day goes, and of a flood the last KEPT stay.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from picket.watch.alert import SEVERITIES, Alert

ACCEPTABLE_PER_HOUR, MOST_PER_HOUR, FLOOD_10_MIN = 6, 12, 10
DAY_S = 86_400.0
KEPT = 5000
_WORST = 5

_Entry = tuple[float, str, str, str]  # time, rule's id, what it was about, severity (of an alarm) or cause (of a closing)


class Tally:
    """The alarms and closings of the last day."""

    def __init__(self) -> None:
        self._alarms: deque[_Entry] = deque(maxlen=KEPT)
        self._closed: deque[_Entry] = deque(maxlen=KEPT)

    def alarm(self, time: float, alert: Alert) -> None:
        """It was raised at `time`."""
        self._alarms.append((time, alert.rule_id or alert.rule, _about(alert), alert.severity))

    def closed(self, time: float, alert: Alert) -> None:
        """An officer closed it, with its cause."""
        self._closed.append((time, alert.rule_id or alert.rule, _about(alert), alert.cause or "other"))

    def figures(self, time: float) -> dict[str, Any]:
        """The figures at UNIX time `time` (docs/stream.md, GET /api/alarms)."""
        day = _within(self._alarms, time, DAY_S)
        by_severity = Counter(e[3] for e in day)
        worst = Counter((e[2], e[1]) for e in day).most_common(_WORST)
        last_10_min = len(_within(day, time, 600.0))
        causes = Counter((e[1], e[3]) for e in _within(self._closed, time, DAY_S))
        return {
            "last_hour": len(_within(day, time, 3600.0)),
            "last_10_min": last_10_min,
            "last_24_h": len(day),
            "acceptable_per_hour": ACCEPTABLE_PER_HOUR,
            "most_per_hour": MOST_PER_HOUR,
            "flood": last_10_min > FLOOD_10_MIN,
            "by_severity": {s: by_severity[s] / len(day) if day else 0.0 for s in reversed(SEVERITIES)},
            "worst": [{"what": what, "rule": rule, "count": n} for (what, rule), n in worst],
            "causes": [{"rule": rule, "cause": cause, "count": n} for (rule, cause), n in causes.most_common()],
        }

    # -- saved and restored ----------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """Plain lists, for msgpack."""
        return {"alarms": [list(e) for e in self._alarms], "closed": [list(e) for e in self._closed]}

    def take_state(self, state: dict[str, Any]) -> None:
        """The inverse of `state`."""
        for held, name in ((self._alarms, "alarms"), (self._closed, "closed")):
            held.extend((float(time), str(rule), str(about), str(word)) for time, rule, about, word in state[name])


def _about(alert: Alert) -> str:
    return alert.zone or alert.sensor_id or alert.rule


def _within(entries: Any, time: float, seconds: float) -> list[_Entry]:
    """What lies at most so many seconds back; abs: of a clock that was set back nothing counts as still to come."""
    return [e for e in entries if abs(time - e[0]) <= seconds]
