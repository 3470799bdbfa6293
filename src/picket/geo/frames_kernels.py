"""Kernels of the frames: geodetic <-> ECEF <-> ENU <-> sensor polar, one pass over arrays of points.

WGS84 (NIMA TR8350.2). Geodetic from ECEF by Bowring (1976) with two iterations: below 1e-9 deg and 1e-6 m for heights
from -10 km to 100 km (tests compare with pymap3d).
"""

from __future__ import annotations

import math

from picket._jit import kernel

A = 6378137.0  # m, semi-major axis
F = 1 / 298.257223563  # flattening
B = A * (1 - F)
E2 = F * (2 - F)  # first eccentricity squared
EP2 = E2 / (1 - E2)  # second eccentricity squared


@kernel
def geodetic_to_ecef(lat_deg, lon_deg, alt_m, out):  # type: ignore[no-untyped-def]
    """Fills out (N, 3) with ECEF metres."""
    for i in range(lat_deg.shape[0]):
        lat, lon = math.radians(lat_deg[i]), math.radians(lon_deg[i])
        s, c = math.sin(lat), math.cos(lat)
        n = A / math.sqrt(1 - E2 * s * s)
        out[i, 0] = (n + alt_m[i]) * c * math.cos(lon)
        out[i, 1] = (n + alt_m[i]) * c * math.sin(lon)
        out[i, 2] = (n * (1 - E2) + alt_m[i]) * s


@kernel
def ecef_to_geodetic(xyz, out):  # type: ignore[no-untyped-def]
    """Fills out (3, N) with latitude and longitude in degrees and height in metres."""
    for i in range(xyz.shape[0]):
        x, y, z = xyz[i, 0], xyz[i, 1], xyz[i, 2]
        p = math.hypot(x, y)
        beta = math.atan2(z * A, p * B)  # reduced latitude
        lat = 0.0
        for _ in range(2):
            sb, cb = math.sin(beta), math.cos(beta)
            lat = math.atan2(z + EP2 * B * sb * sb * sb, p - E2 * A * cb * cb * cb)
            beta = math.atan2(B * math.sin(lat), A * math.cos(lat))
        s, c = math.sin(lat), math.cos(lat)
        out[0, i] = math.degrees(lat)
        out[1, i] = math.degrees(math.atan2(y, x))
        out[2, i] = p * c + z * s - A * math.sqrt(1 - E2 * s * s)


@kernel
def rotate(matrix, offset, points, out):  # type: ignore[no-untyped-def]
    """Fills out (N, 3) with matrix @ (point - offset)."""
    for i in range(points.shape[0]):
        x, y, z = points[i, 0] - offset[0], points[i, 1] - offset[1], points[i, 2] - offset[2]
        for k in range(3):
            out[i, k] = matrix[k, 0] * x + matrix[k, 1] * y + matrix[k, 2] * z


@kernel
def enu_to_polar(enu, out):  # type: ignore[no-untyped-def]
    """Fills out (3, N) with slant range in m, azimuth 0..360 deg clockwise from north, elevation in deg."""
    for i in range(enu.shape[0]):
        e, n, u = enu[i, 0], enu[i, 1], enu[i, 2]
        ground = math.hypot(e, n)
        out[0, i] = math.hypot(ground, u)
        azimuth = math.degrees(math.atan2(e, n)) % 360.0
        out[1, i] = 0.0 if azimuth == 360.0 else azimuth  # -1e-17 % 360 rounds up to 360
        out[2, i] = math.degrees(math.atan2(u, ground))


@kernel
def polar_to_enu(range_m, azimuth_deg, elevation_deg, out):  # type: ignore[no-untyped-def]
    """Fills out (N, 3) with ENU metres at the sensor."""
    for i in range(range_m.shape[0]):
        az, el = math.radians(azimuth_deg[i]), math.radians(elevation_deg[i])
        ground = range_m[i] * math.cos(el)
        out[i, 0] = ground * math.sin(az)
        out[i, 1] = ground * math.cos(az)
        out[i, 2] = range_m[i] * math.sin(el)
