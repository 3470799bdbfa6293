"""The life of alerts as records of the log: raised, acknowledged, shelved, escalated, closed - one record each, with its words.

The engine tells every change of an alert, most of them new figures. What an officer would write down is found here, in the I/O loop,
and becomes a `life` record: the watch log shows it, and an archive proves what was on the screen without replaying the sensors.
A replay passes such records over.

What a killed station did not write any more is written at the next start, from the alerts as they then stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from picket.watch import Alert
from picket.watch.alert import LEVEL


class Stand(NamedTuple):
    """How far an alert's life has been written."""

    state: str
    level: int
    escalated: bool


def stand(alert: Alert) -> Stand:
    """Where the alert stands now."""
    return Stand(alert.state, LEVEL[alert.severity], getattr(alert, "escalated_at", None) is not None)


def events(before: Stand | None, alert: Alert) -> list[dict[str, Any]]:
    """What happened to the alert since `before` (None: it is new), as payloads of `life` records, oldest first."""
    found: list[dict[str, Any]] = []
    now = stand(alert)
    head = alert.text.split(":")[0] or alert.rule
    if before is None:
        found.append(_event(alert, "raised", alert.raised_at, f"raised ({alert.severity}): {alert.text}"))
    elif now.state == "raised" and before.state != "raised":
        found.append(_event(alert, "raised", alert.updated_at, f"raised again ({alert.severity}): {alert.text}"))
    elif now.state == "raised" and now.level > before.level:
        found.append(_event(alert, "raised", alert.updated_at, f"now {alert.severity}: {alert.text}"))
    if now.escalated and not (before is not None and before.escalated):
        at = getattr(alert, "escalated_at", None) or alert.updated_at
        found.append(_event(alert, "escalated", at, f"escalated, nobody had acknowledged it: {head}"))
    known = "" if before is None else before.state
    fresh = known not in ("acknowledged", "shelved", "closed")
    if fresh and alert.acknowledged_at is not None and now.state in ("acknowledged", "closed"):
        found.append(_event(alert, "acknowledged", alert.acknowledged_at, f"acknowledged: {head}", alert.acknowledged_by))
    if now.state == "shelved" and known != "shelved":
        found.append(_event(alert, "shelved", alert.updated_at, _shelved(alert, head), getattr(alert, "shelved_by", None)))
    if now.state == "acknowledged" and known == "shelved":
        found.append(_event(alert, "acknowledged", alert.updated_at, f"taken from the shelf: {head}", alert.acknowledged_by))
    if now.state == "closed" and known != "closed":
        note = f"; {alert.note}" if alert.note else ""
        at = alert.updated_at if alert.closed_at is None else alert.closed_at
        found.append(_event(alert, "closed", at, f"closed, {alert.cause}{note}: {head}", alert.closed_by))
    return found


def _shelved(alert: Alert, head: str) -> str:
    reason = getattr(alert, "shelved_reason", None)
    return f"shelved{f' ({reason})' if reason else ''}: {head}"


def _event(alert: Alert, what: str, at: float, words: str, by: str | None = None) -> dict[str, Any]:
    state = "raised" if what == "escalated" else what
    return {
        "alert_id": alert.id, "what": what, "state": state, "at": at, "by": by or "picket", "text": f"Alert {alert.id} {words}",
        "severity": alert.severity, "lat_deg": alert.lat_deg, "lon_deg": alert.lon_deg,
    }  # fmt: skip


class AlertLives:
    """Remembers how far each alert's life is written; what comes before `begin` waits for it."""

    def __init__(self) -> None:
        self._written: dict[int, Stand] = {}
        self._held: list[Alert] | None = []

    def begin(self, alerts: Iterable[Alert], states: dict[int, str]) -> list[dict[str, Any]]:
        """alerts: those that the station took up, oldest first; states: what the log last told of each. Returns what is missing."""
        found: list[dict[str, Any]] = []
        for alert in alerts:
            if alert.id in states and alert.id not in self._written:
                self._written[alert.id] = stand(alert)._replace(state=states[alert.id])
            found += self._news(alert)
        held, self._held = self._held or [], None
        return [*found, *self.take(held)]

    def take(self, alerts: Iterable[Alert]) -> list[dict[str, Any]]:
        """The engine's changes, in order -> what is to be written now."""
        if self._held is not None:
            self._held.extend(alerts)
            return []
        return [event for alert in alerts for event in self._news(alert)]

    def _news(self, alert: Alert) -> list[dict[str, Any]]:
        found = events(self._written.get(alert.id), alert)
        self._written[alert.id] = stand(alert)
        while len(self._written) > 5_000:  # as many as a book holds, and some
            self._written.pop(next(iter(self._written)))
        return found
