"""How many threads this machine lends to large work. It never reaches a result: what is shared out gives the bytes of one thread."""

from __future__ import annotations

import os

SETTING = "PICKET_THREADS"


def default_threads() -> int:
    """PICKET_THREADS, 1 to 64, else two where the process may use two cores. Raises ValueError for a setting that is no such number."""
    told = os.environ.get(SETTING, "").strip()
    if not told:
        return min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    if not told.isdecimal() or not 1 <= int(told) <= 64:
        raise ValueError(f"{SETTING}: expected a number of threads from 1 to 64, got {told!r}")
    return int(told)
