"""Injects while an exercise runs: when each comes, and what is told then.

One with `at_s` comes at that time; `first_alert` and `first_acknowledged` come `after_s` after that happened; `by_hand` when somebody
says so. What it says goes into the watch log as a note by EXERCISE_CONTROL; faults that name it begin (the simulator looks into `came`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from picket.train.script import Inject
from picket.watch import Alert

EXERCISE_CONTROL = "exercise control"


class Injects:
    """The injects of one run. `came`: id -> seconds since the exercise began; shared with the simulator."""

    def __init__(self, injects: Iterable[Inject], start: float) -> None:
        self._waiting, self._start = list(injects), start
        self.came: dict[str, float] = {}

    @property
    def by_hand(self) -> list[Inject]:
        """Those that wait for somebody to give them."""
        return [i for i in self._waiting if i.when == "by_hand"]

    def give(self, name: str, time: float) -> dict[str, Any]:
        """Gives one by hand at UNIX time `time`: the note for the watch log. Raises KeyError for one that does not wait."""
        inject = next((i for i in self.by_hand if i.id == name), None)
        if inject is None:
            raise KeyError(name)
        return self._comes(inject, time - self._start)

    def look(self, time: float, alerts: Iterable[Alert]) -> list[dict[str, Any]]:
        """Notes of those that come by UNIX time `time`; alerts: all that are known."""
        if not self._waiting:
            return []
        since, known = time - self._start, list(alerts)
        raised = min((a.raised_at for a in known), default=None)
        acknowledged = min((a.acknowledged_at for a in known if a.acknowledged_at is not None), default=None)
        happened = {"first_alert": raised, "first_acknowledged": acknowledged, "by_hand": None}
        due = []
        for inject in tuple(self._waiting):
            event = happened[inject.when] if inject.when is not None else None
            at = inject.at_s if inject.when is None else None if event is None else event - self._start
            if at is not None and since >= at + inject.after_s:
                due.append(self._comes(inject, since))
        return due

    def _comes(self, inject: Inject, since: float) -> dict[str, Any]:
        self._waiting.remove(inject)
        self.came[inject.id] = since
        text = f"Inject {inject.id}: {inject.says or 'something changes'}"
        return {
            "do": "note",
            "kind": "note",
            "text": text,
            "lat_deg": None,
            "lon_deg": None,
            "alert_id": None,
            "by": EXERCISE_CONTROL,
        }
