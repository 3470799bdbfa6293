"""How the station itself does, as a record for the log: whether it records, how much of its disk is free, whether it is overloaded.

A record is made when one of the two words changes (an overload that ends is told after CALM_S without one), when what is free has
changed by a tenth, and else every EVERY_S.
"""

from __future__ import annotations

import time as _time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Protocol

EVERY_S, CALM_S = 300.0, 5.0
_NOTHING: Mapping[str, int] = {}


class _Writer(Protocol):
    @property
    def problem(self) -> str | None: ...
    @property
    def free_mb(self) -> float | None: ...


class _Station(Protocol):
    @property
    def writer(self) -> _Writer: ...
    def overloaded(self) -> bool: ...


class OwnLook:
    """Remembers what was said last."""

    def __init__(self, clock: Callable[[], float] = _time.monotonic) -> None:
        self._clock = clock
        self._said: dict[str, Any] | None = None
        self._said_at = self._loaded_at = float("-inf")
        self._stopped: tuple[float, Counter[str]] | None = None  # when recording stopped, and what was not recorded until then

    def changed(self, station: _Station, time: float = 0.0, unrecorded: Mapping[str, int] = _NOTHING) -> dict[str, Any] | None:
        """The payload of the next record of kind "station"; None when there is nothing new to say.

        time: the station's; unrecorded: records and rows so far that were shown and are not in the log. When recording goes on, the
        record says how long it had not: "gap": since, until, and what of that time was not recorded. All else waited in memory, and is
        in the log before it.
        """
        now, problem, free = self._clock(), station.writer.problem, station.writer.free_mb
        if station.overloaded():
            self._loaded_at = now
        look = {"free_mb": free, "recording": problem is None, "problem": problem, "overloaded": now - self._loaded_at < CALM_S}
        if self._said is not None and now - self._said_at < EVERY_S and not _differs(self._said, look):
            return None
        self._said, self._said_at = look, now
        if problem is not None:
            self._stopped = self._stopped or (time, Counter(unrecorded))
        elif self._stopped is not None:
            since, before = self._stopped
            self._stopped = None
            lost = {name: unrecorded.get(name, 0) - before[name] for name in ("records", "rows")}
            return {**look, "gap": {"since": since, "until": time, **lost}}
        return look


def _differs(said: dict[str, Any], look: dict[str, Any]) -> bool:
    if any(said[k] != look[k] for k in ("recording", "overloaded")):
        return True
    a, b = said["free_mb"], look["free_mb"]
    return (a is None) != (b is None) or (a is not None and b is not None and abs(a - b) > 0.1 * a)
