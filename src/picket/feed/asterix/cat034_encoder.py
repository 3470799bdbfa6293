"""Writes CAT034 service messages, for the simulator and for tests."""

from __future__ import annotations

import math
from functools import lru_cache

from picket.feed.asterix import encoding as e

_ORDER = e.order("010", "000", "030", "020", "041")
_MESSAGE_TYPES = {"north_mark": 1, "sector": 2}


def encode_cat034(
    *, sac: int, sic: int, time: float, kind: str, azimuth_deg: float | None = None, rotation_period_s: float | None = None
) -> bytes:
    """One CAT034 service message as a datagram.

    kind: "north_mark" or "sector"; a sector crossing needs azimuth_deg, of which the eight highest bits are sent (I034/020
    names the 1.4 degree sector that begins there). time: UNIX seconds UTC. rotation_period_s: 0 to 511.99 s.
    Raises ValueError for anything else.
    """
    if kind not in _MESSAGE_TYPES:
        raise ValueError(f"kind: expected 'north_mark' or 'sector', got {kind!r}")
    if kind == "sector" and azimuth_deg is None:
        raise ValueError("azimuth_deg: a sector crossing needs one")
    if not math.isfinite(time) or (azimuth_deg is not None and not math.isfinite(azimuth_deg)):
        raise ValueError(f"time and azimuth_deg: expected finite numbers, got {time} and {azimuth_deg}")
    azimuth = None if azimuth_deg is None else math.floor(azimuth_deg % 360 / 360 * 256) & 255
    before, after = _around_time(sac, sic, _MESSAGE_TYPES[kind], azimuth, rotation_period_s)
    return before + e.time_of_day(time) + after


@lru_cache(maxsize=4096)
def _around_time(sac: int, sic: int, message: int, azimuth: int | None, rotation_period_s: float | None) -> tuple[bytes, bytes]:
    """The datagram before and after its time of day: a radar says the same each turn but for the time."""
    items = {"010": e.source(sac, sic), "000": bytes((message,)), "030": bytes(3)}
    if azimuth is not None:
        items["020"] = bytes((azimuth,))
    if rotation_period_s is not None:
        period = round(rotation_period_s * 128)
        if not 0 < period <= 0xFFFF:
            raise ValueError(f"rotation_period_s: expected above 0 and up to 511.99, got {rotation_period_s}")
        items["041"] = period.to_bytes(2, "big")
    datagram = e.block(34, [e.record(items, _ORDER)])
    behind = sum(len(items[name]) for name in ("020", "041") if name in items)
    return datagram[: len(datagram) - behind - 3], datagram[len(datagram) - behind :]
