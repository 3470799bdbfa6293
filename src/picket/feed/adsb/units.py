"""Aviation's units in SI."""

from __future__ import annotations

FOOT_M = 0.3048
KNOT_MPS = 1852 / 3600
FOOT_PER_MINUTE_MPS = FOOT_M / 60
