"""East, north, up at a place: the frame in which Picket tracks, and the frame of every sensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from picket.geo import frames_kernels as k
from picket.geo.geodetic import Floats, ecef_to_geodetic, geodetic_to_ecef


class LocalFrame:
    """The tangent plane at one place: x east, y north, z up, metres; z is not height far from the origin.

    origin_ecef_m (3,) is the place, rotation (3, 3) turns ECEF differences into ENU.
    """

    def __init__(self, lat_deg: float, lon_deg: float, alt_wgs84_m: float = 0.0) -> None:
        self.lat_deg, self.lon_deg, self.alt_wgs84_m = float(lat_deg), float(lon_deg), float(alt_wgs84_m)
        self.origin_ecef_m: Floats = geodetic_to_ecef(lat_deg, lon_deg, alt_wgs84_m)[0]
        lat, lon = np.radians(self.lat_deg), np.radians(self.lon_deg)
        sa, ca, so, co = np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)
        self.rotation: Floats = np.array([[-so, co, 0.0], [-sa * co, -sa * so, ca], [ca * co, ca * so, sa]])
        self._back: Floats = np.ascontiguousarray(self.rotation.T)
        # matrix.T @ (p - offset) with this offset is R.T p + origin: one kernel serves both ways
        self._back_offset: Floats = -self.rotation @ self.origin_ecef_m

    def to_enu(self, lat_deg: Any, lon_deg: Any, alt_wgs84_m: Any) -> Floats:
        """Positions (N, 3), m ENU here, of N geodetic places."""
        ecef = geodetic_to_ecef(lat_deg, lon_deg, alt_wgs84_m)
        out = np.empty_like(ecef)
        k.rotate(self.rotation, self.origin_ecef_m, ecef, out)
        return out

    def to_geodetic(self, position_enu_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Latitude deg, longitude deg, height m (each (N,)) of positions (N, 3) in m ENU here."""
        enu = np.ascontiguousarray(np.atleast_2d(position_enu_m), np.float64)
        ecef = np.empty_like(enu)
        k.rotate(self._back, self._back_offset, enu, ecef)
        return ecef_to_geodetic(ecef)

    def relative(self, other: LocalFrame) -> tuple[Floats, Floats]:
        """(R (3, 3), t (3,)) such that a point p of this frame is R @ (p - t) in the other."""
        matrix = other.rotation @ self.rotation.T
        offset = self.rotation @ (other.origin_ecef_m - self.origin_ecef_m)
        return np.ascontiguousarray(matrix), offset
