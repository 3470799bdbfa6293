"""Latitude, longitude, height <-> earth-centred earth-fixed metres (WGS84)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket.geo import frames_kernels as k

Floats = npt.NDArray[np.float64]


def floats(value: Any) -> Floats:
    """A contiguous 1-D float64 array of the value or values, as kernels want it."""
    if type(value) is np.ndarray and value.ndim == 1 and value.dtype == np.float64:
        return value if value.flags.c_contiguous else np.ascontiguousarray(value)
    return np.ascontiguousarray(np.atleast_1d(np.asarray(value, np.float64)))


def together(*values: Any) -> list[Floats]:
    """The values as contiguous (N,) float64 arrays of one length, a single one repeated for all."""
    arrays = [floats(v) for v in values]
    if len({len(a) for a in arrays}) == 1:  # nearly always: broadcasting costs more than the kernel that follows
        return arrays
    return [np.ascontiguousarray(a) for a in np.broadcast_arrays(*arrays)]


def geodetic_to_ecef(lat_deg: Any, lon_deg: Any, alt_wgs84_m: Any) -> Floats:
    """ECEF positions (N, 3), m, of N places in degrees and metres above the ellipsoid. NaN in, NaN out."""
    lat, lon, alt = together(lat_deg, lon_deg, alt_wgs84_m)
    out = np.empty((len(lat), 3))
    k.geodetic_to_ecef(lat, lon, alt, out)
    return out


def ecef_to_geodetic(position_ecef_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Latitude deg, longitude deg and height m above the ellipsoid, each (N,), of ECEF positions (N, 3)."""
    xyz = np.ascontiguousarray(np.atleast_2d(position_ecef_m), np.float64)
    out = np.empty((3, len(xyz)))
    k.ecef_to_geodetic(xyz, out)
    return out[0], out[1], out[2]
