"""Writes CAT065 messages of a system that makes tracks, for the simulator and for tests."""

from __future__ import annotations

import math

from picket.feed.asterix import encoding as e

_ORDER = e.order("010", "000", "015", "030", "020", "040", "050")
_MESSAGE_TYPES = {"heartbeat": 1, "scan": 2, "status": 3}
_STATES = {"ok": 0, "degraded": 1, "failed": 2, "unknown": 3}


def encode_cat065(
    *, sac: int, sic: int, time: float, kind: str, batch: int | None = None, state: str | None = None, service: int | None = None
) -> bytes:
    """One CAT065 message as a datagram.

    kind: the event it becomes: "heartbeat" (SDPS status), "scan" (end of batch) or "status" (service status report).
    time: UNIX seconds UTC. batch: 0 to 255, state: ok, degraded, failed or unknown (I065/040), service: a code of I065/050.
    Raises ValueError for anything else.

    >>> encode_cat065(sac=25, sic=100, time=86400.5, kind="scan", batch=1).hex()
    '41000bd819640200004001'
    """
    if kind not in _MESSAGE_TYPES:
        raise ValueError(f"kind: expected 'heartbeat', 'scan' or 'status', got {kind!r}")
    if not math.isfinite(time):
        raise ValueError(f"time: expected a finite number, got {time}")
    items = {"010": e.source(sac, sic), "000": bytes((_MESSAGE_TYPES[kind],)), "030": e.time_of_day(time)}
    for name, item, value in (("batch", "020", batch), ("service", "050", service)):
        if value is not None:
            if not 0 <= value <= 255:
                raise ValueError(f"{name}: expected 0 to 255, got {value}")
            items[item] = bytes((value,))
    if state is not None:
        if state not in _STATES:
            raise ValueError(f"state: expected one of {', '.join(_STATES)}, got {state!r}")
        items["040"] = bytes((_STATES[state] << 6,))
    return e.block(65, [e.record(items, _ORDER)])
