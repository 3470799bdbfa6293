"""Frames and units: one small file per frame. Degrees and metres outside, azimuths clockwise from true north."""

from __future__ import annotations

from picket.geo.enu import LocalFrame
from picket.geo.geodetic import ecef_to_geodetic, geodetic_to_ecef
from picket.geo.polar import enu_to_polar, polar_to_enu

__all__ = ["LocalFrame", "ecef_to_geodetic", "enu_to_polar", "geodetic_to_ecef", "polar_to_enu"]
