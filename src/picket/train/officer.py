"""A scripted officer: what somebody at the page would do, decided from the open alerts alone.

A TOML file, `picket train run --officer FILE` (docs/train.md):

    name = "slow but sure"
    [[do]]                 # the first line that fits an alert and act holds
    act = "acknowledge"    # acknowledge | close | note
    after_s = 8            # after it was raised
    rule = "entry"         # these only (any)
    severity = "high"      # at least (low)
    cause = "drone"        # close: drone, friendly, bird, clutter, spoof, exercise, other
    text = "Reported to site command"   # note: the watch log's words; close: the note beside the cause

Nobody (the default) does nothing: the score then says what the station itself would have shown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec

from picket.handwritten import NotTextError, parse_toml, read_text
from picket.watch import Alert
from picket.watch.alert import CAUSES, LEVEL


class OfficerError(ValueError):
    """An officer's file that cannot be used; the message names the file and the key."""


class Do(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One habit: what is done about alerts of a kind, and how long after they were raised."""

    act: Literal["acknowledge", "close", "note"]
    after_s: float
    rule: str | None = None
    severity: Literal["low", "medium", "high"] = "low"
    cause: str = "drone"
    text: str = ""

    def fits(self, alert: Alert) -> bool:
        """Whether it is about such an alert."""
        return self.rule in (None, alert.rule) and LEVEL[alert.severity] >= LEVEL[self.severity]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    do: tuple[Do, ...] = ()


class Officer:
    """Does each habit once per alert, in the order of alerts and habits; has no clock of its own."""

    def __init__(self, name: str, habits: Iterable[Do] = ()) -> None:
        self.name, self.habits = name, tuple(habits)
        self._done: set[tuple[int, str]] = set()

    def fresh(self) -> Officer:
        """The same officer at the beginning of a watch."""
        return Officer(self.name, self.habits)

    def look(self, time: float, alerts: Iterable[Alert]) -> list[dict[str, Any]]:
        """Actions for the log, as the page would send them, at UNIX time `time`; alerts: the open ones."""
        if not self.habits:
            return []
        found: list[dict[str, Any]] = []
        for alert in sorted(alerts, key=lambda a: a.id):
            for act in ("acknowledge", "note", "close"):  # in this order when all are due at once
                habit = next((h for h in self.habits if h.act == act and h.fits(alert)), None)
                if habit is None or (alert.id, act) in self._done or time - alert.raised_at < habit.after_s:
                    continue
                self._done.add((alert.id, act))
                found.append(self._payload(alert, habit))
        return found

    def _payload(self, alert: Alert, habit: Do) -> dict[str, Any]:
        if habit.act == "acknowledge":
            return {"do": "acknowledge", "id": alert.id, "by": self.name}
        if habit.act == "close":
            return {"do": "close", "id": alert.id, "by": self.name, "cause": habit.cause, "note": habit.text}
        text = habit.text or f"Reported: {alert.text}"
        place = {"lat_deg": alert.lat_deg, "lon_deg": alert.lon_deg}
        return {"do": "note", "kind": "note", "text": text, **place, "alert_id": alert.id, "by": self.name}


NOBODY = Officer("nobody")


def prompt(after_s: float) -> Officer:
    """An officer who acknowledges every alert `after_s` seconds after it was raised, and does nothing else."""
    return Officer(f"scripted, {after_s:g} s", [Do(act="acknowledge", after_s=after_s)])


def load_officer(path: str | Path) -> Officer:
    """The officer of a file. Raises OfficerError naming file and key."""
    try:
        found = msgspec.convert(parse_toml(read_text(Path(path))), _File)
    except (OSError, NotTextError) as e:
        raise OfficerError(f"{path}: cannot be read: {e}") from None
    except tomllib.TOMLDecodeError as e:
        raise OfficerError(f"{path}: is not TOML: {e}") from None
    except msgspec.ValidationError as e:
        raise OfficerError(f"{path}: {str(e).replace('`$.', '`')}") from None
    for i, habit in enumerate(found.do):
        if not 0 <= habit.after_s <= 86_400:
            raise OfficerError(f"{path}: do[{i}].after_s: expected 0 to 86400, got {habit.after_s:g}")
        if habit.cause not in CAUSES:
            raise OfficerError(f"{path}: do[{i}].cause: expected one of {', '.join(CAUSES)}, got {habit.cause!r}")
    return Officer(found.name, found.do)
