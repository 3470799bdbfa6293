"""The score of a run as data: what scoring finds, what pages and commands print. Times are seconds since the exercise began."""

from __future__ import annotations

import msgspec


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Moment(_Part, frozen=True, kw_only=True):
    """When something happened to an object: delay_s since it appeared, margin_s before it entered the protected zone (None: it never
    did), margin_m from the nearest protected zone (None: the site has none)."""

    at_s: float
    delay_s: float
    margin_s: float | None
    margin_m: float | None


class SensorSight(_Part, frozen=True, kw_only=True):
    """What one sensor made of one object. covered_s: seconds in its stated coverage (None: it has none of its own)."""

    sensor: str
    kind: str
    first: Moment | None
    plots: int
    covered_s: float | None


class Event(_Part, frozen=True, kw_only=True):
    """One object, from its appearing to the officer's judgement. `watched`: an alert on it is not needless."""

    object: str
    actor: str
    kind: str
    watched: bool
    appeared_s: float
    gone_s: float
    zone: str | None
    enters_s: float | None
    nearest_m: float | None
    seen: tuple[SensorSight, ...]
    track: Moment | None
    tracked_share: float
    track_ids: tuple[int, ...]
    alert: Moment | None
    alert_id: int | None
    alert_text: str
    acknowledged: Moment | None
    judged: Moment | None
    cause: str | None
    judged_right: bool | None
    reported: Moment | None
    acknowledged_by: str | None = None
    judged_by: str | None = None
    reported_by: str | None = None


class Met(_Part, frozen=True, kw_only=True):
    """One expectation of the exercise: whether it was met, when, and in words."""

    id: str
    what: str
    by_s: float
    at_s: float | None
    met: bool
    words: str


class OfficerSheet(_Part, frozen=True, kw_only=True):
    """What one officer did, under the name of their choice. Delays: seconds of the exercise from an alert's being raised to their
    acknowledging it, in order; a pause adds nothing to them."""

    name: str
    acknowledged: int
    delays_s: tuple[float, ...]
    judged: int
    judged_wrong: int
    notes: int


class Course(_Part, frozen=True, kw_only=True):
    """What exercise control did: begin, pause, go, speed, end, inject. paused_s: of a pause, how long it was by the machine's clock."""

    at_s: float
    what: str
    by: str
    words: str
    speed: float = 1.0
    paused_s: float | None = None


class AlarmLoad(_Part, frozen=True, kw_only=True):
    """Alarms against ISA-18.2 (2016, table 5): about 6 an hour acceptable, about 12 an hour manageable at most; a flood is more than 10
    in 10 minutes."""

    raised: int
    per_hour: float
    most_in_10_min: int
    flood: bool
    verdict: str
    by_severity: dict[str, int]
    unacknowledged: int


class Score(_Part, frozen=True, kw_only=True):
    """score.json. sensed: what the station itself was to show was shown; passed: every expectation was met, the officer's too."""

    version: int
    exercise: str
    card: str | None
    seed: int
    officer: str
    start: float
    planned_s: float
    until_s: float
    complete: bool
    site: str
    passed: bool
    sensed: bool
    events: tuple[Event, ...]
    expected: tuple[Met, ...]
    wrong: tuple[str, ...]
    missed: tuple[str, ...]
    needless: tuple[str, ...]
    station: tuple[str, ...]
    checklist: tuple[str, ...]
    alarms: AlarmLoad
    officers: tuple[OfficerSheet, ...] = ()
    course: tuple[Course, ...] = ()
