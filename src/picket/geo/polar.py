"""Slant range, azimuth and elevation <-> ENU at the sensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from picket.geo import frames_kernels as k
from picket.geo.geodetic import Floats, together


def enu_to_polar(position_enu_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Slant range m, azimuth deg [0, 360) clockwise from north, elevation deg; each (N,), of (N, 3) m ENU."""
    enu = np.ascontiguousarray(np.atleast_2d(position_enu_m), np.float64)
    out = np.empty((3, len(enu)))
    k.enu_to_polar(enu, out)
    return out[0], out[1], out[2]


def polar_to_enu(range_m: Any, azimuth_deg: Any, elevation_deg: Any) -> Floats:
    """Positions (N, 3), m ENU at the sensor, of N polar measurements."""
    r, az, el = together(range_m, azimuth_deg, elevation_deg)
    out = np.empty((len(r), 3))
    k.polar_to_enu(r, az, el, out)
    return out
