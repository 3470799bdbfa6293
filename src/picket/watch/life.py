"""The life of one alert: what an officer's action, and what time, changes in it.

    raised --acknowledge--> acknowledged --close--> closed
       |  \\                    |   ^
       |   `------shelve-------+   | expired and over, or unshelved
       v                       v   |
    escalated (still raised)  shelved --expired and still true, or worse--> raised

Each function gives the fields of the alert that change (none: nothing does), and keeps the case's own memory of it. Nothing here reads
a clock. A clock that was set back behind the shelving ends it: nobody may find an alert shelved for a day because of a wrong date.
"""

from __future__ import annotations

from typing import Any

from picket.watch.alert import LEVEL, AlertError, Severity
from picket.watch.case import Case, standing_of

NEARER = 0.5  # a new member that would be there in less than this share of the time that was acknowledged sounds again
SHELVE_MIN = (1.0, 720.0)  # minutes: a shift of twelve hours; who comes after it decides anew
REASON_LENGTH = 500

_OFF_THE_SHELF = {"shelved_until": None, "shelved_by": None, "shelved_reason": None}
RAISED_AGAIN: dict[str, Any] = {
    "state": "raised", "acknowledged_at": None, "acknowledged_by": None, "escalated_at": None, **_OFF_THE_SHELF,
}  # fmt: skip


def acknowledge(case: Case, by: str, time: float) -> dict[str, Any]:
    """Seen by `by`; a shelved alert comes off the shelf. Nothing when it already is acknowledged."""
    if case.alert.state == "acknowledged":
        return {}
    _seen(case)
    return {"state": "acknowledged", "acknowledged_at": time, "acknowledged_by": by, "updated_at": time, **_OFF_THE_SHELF}


def shelve(case: Case, minutes: float, reason: str, by: str, time: float) -> dict[str, Any]:
    """Put aside for so many minutes. Who shelves an alert has seen it. AlertError for a time or reason that does not fit."""
    low, high = SHELVE_MIN
    if not low <= minutes <= high:
        raise AlertError(f"minutes: expected {low:g} to {high:g}, got {minutes!r}")
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_LENGTH:
        raise AlertError(
            f"reason: expected 1 to {REASON_LENGTH} characters (who takes over the watch reads it), got {len(reason)}"
        )
    alert = case.alert
    _seen(case)
    case.shelved_at, case.shelved_standing = time, standing_of(alert.rule, alert.severity, case.family)
    seen = {} if alert.acknowledged_at is not None else {"acknowledged_at": time, "acknowledged_by": by}
    return {
        "state": "shelved", "shelved_until": time + 60.0 * minutes, "shelved_by": by, "shelved_reason": reason, "updated_at": time, **seen,
    }  # fmt: skip


def unshelve(case: Case, by: str, time: float) -> dict[str, Any]:
    """Back in the list, as acknowledged by who took it down. AlertError when it is not shelved."""
    if case.alert.state != "shelved":
        raise AlertError(f"alert {case.alert.id} is not shelved, it is {case.alert.state}")
    return acknowledge(case, by, time)


def _seen(case: Case) -> None:
    """Remembers what the officer saw: what gets worse is measured against it."""
    case.acknowledged_level = LEVEL[case.alert.severity]
    case.seen_roots, case.seen_reach_s = tuple(case.members), case.alert.time_to_reach_s


def told(case: Case, standing: int, severity: Severity, new_reach_s: float | None = None) -> dict[str, Any]:
    """What a step at which it was found does: acknowledged, it is raised again when worse or back; shelved, only when worse.

    new_reach_s: the least time to reach of those that were not members when an officer saw to it. Much nearer is worse.
    """
    alert = case.alert
    nearer = new_reach_s is not None and case.seen_reach_s is not None and new_reach_s < NEARER * case.seen_reach_s
    if alert.state in ("acknowledged", "shelved") and nearer:
        return dict(RAISED_AGAIN)
    if alert.state == "acknowledged" and (LEVEL[severity] > case.acknowledged_level or not alert.active):
        return dict(RAISED_AGAIN)
    if alert.state == "shelved" and standing > case.shelved_standing:
        return dict(RAISED_AGAIN)
    return {}


def passes(case: Case, time: float, escalate_s: float) -> dict[str, Any]:
    """What the passing of time does: a shelving expires, an alert that waits for somebody is escalated."""
    alert = case.alert
    if alert.state == "shelved":
        set_back = case.shelved_at is not None and time < case.shelved_at
        if not set_back and alert.shelved_until is not None and time < alert.shelved_until:
            return {}
        return dict(RAISED_AGAIN) if alert.active else {"state": "acknowledged", **_OFF_THE_SHELF}
    if alert.state != "raised" or alert.escalated_at is not None or alert.severity == "low" or case.unseen_since is None:
        return {}
    if time < case.unseen_since:  # the clock was set back: it waits from now
        case.unseen_since = time
    return {"escalated_at": time} if time - case.unseen_since >= escalate_s else {}


_URGENCY = {"raised": 2, "acknowledged": 1, "shelved": 0}


def joined(case: Case, into: Case) -> dict[str, Any]:
    """What `into` becomes when `case` is folded into it: what was not seen yet, or was not put aside, must not vanish."""
    if _URGENCY[case.alert.state] <= _URGENCY[into.alert.state]:
        return {}
    if case.alert.state == "raised":
        return dict(RAISED_AGAIN)
    return {"state": "acknowledged", **_OFF_THE_SHELF}
