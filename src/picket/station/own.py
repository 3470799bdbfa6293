"""How the station itself does, as a record for the log: whether it records, how much of its disk is free, whether it is overloaded.

A record is made when one of the two words changes (an overload that ends is told after CALM_S without one), when what is free has
changed by a tenth, and else every EVERY_S.
"""

from __future__ import annotations

import time as _time
from collections.abc import Callable
from typing import Any, Protocol

EVERY_S, CALM_S = 300.0, 5.0


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

    def changed(self, station: _Station) -> dict[str, Any] | None:
        """The payload of the next record of kind "station"; None when there is nothing new to say."""
        now, problem, free = self._clock(), station.writer.problem, station.writer.free_mb
        if station.overloaded():
            self._loaded_at = now
        look = {"free_mb": free, "recording": problem is None, "problem": problem, "overloaded": now - self._loaded_at < CALM_S}
        if self._said is not None and now - self._said_at < EVERY_S and not _differs(self._said, look):
            return None
        self._said, self._said_at = look, now
        return look


def _differs(said: dict[str, Any], look: dict[str, Any]) -> bool:
    if any(said[k] != look[k] for k in ("recording", "overloaded")):
        return True
    a, b = said["free_mb"], look["free_mb"]
    return (a is None) != (b is None) or (a is not None and b is not None and abs(a - b) > 0.1 * a)
