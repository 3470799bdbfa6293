"""Moments as reports write them."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(time: float) -> str:
    """UNIX s -> 2026-11-28 10:00:00 (UTC); "unknown" for what no clock shows."""
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S}" if 0 <= time < 2**36 else "unknown"
