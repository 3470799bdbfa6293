"""Outlines and lines near a place: inside, distance, time to reach, crossing.

All of it happens in the azimuthal equidistant plane of a LocalFrame: each point is dropped to the origin's height and
laid down at its true distance and bearing from the origin. Rejected: the tangent plane's east and north (they fold at 90 deg
of arc, so a false position on the far side of the earth would lie on top of the pier, and they stretch with height), and
geodesics (a thousand times the cost). The plane's error is measured in tests against pymap3d's geodesics and stated in
docs/definitions.md.

GeoJSON's edges are straight in longitude and latitude (RFC 7946, 3.1.1). Long edges are cut into pieces of at most PIECE_DEG
before they are laid into the plane, so that an edge along a parallel bends as the map shows it (under 0.1 m x tan(latitude) off).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from picket.geo import lines_kernels as k
from picket.geo.enu import LocalFrame
from picket.geo.geodetic import floats

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

PIECE_DEG = 0.018  # about 2 km of latitude
MAX_PIECES = 512  # across a shape's longer side: a shape the size of a country is cut less finely


class LocalPlane:
    """The plane around one place: x towards east, y towards north, metres along the ground at the origin's height."""

    def __init__(self, frame: LocalFrame) -> None:
        self.frame = frame
        self.radius_m = _gaussian_radius(frame.lat_deg) + frame.alt_wgs84_m

    def to_plane(self, lat_deg: Any, lon_deg: Any) -> Floats:
        """Points (N, 2), m, of N places in degrees. NaN in, NaN out."""
        lat, lon = floats(lat_deg), floats(lon_deg)
        out, frame = np.empty((len(lat), 2)), self.frame
        k.to_plane(lat, lon, frame.alt_wgs84_m, frame.origin_ecef_m, frame.rotation, self.radius_m, out)
        return out


class Outlines:
    """Shapes laid into a plane: polygons (with holes and parts) or lines, in the order given.

    geometries are shapely Polygons, MultiPolygons or LineStrings in (lon, lat) degrees.
    """

    def __init__(self, plane: LocalPlane, geometries: Sequence[Any]) -> None:
        runs = [_edges(plane, g) for g in geometries]
        self.n = len(runs)
        self.edges: Floats = np.ascontiguousarray(np.concatenate(runs)) if runs else np.empty((0, 4))
        self.starts: Ints = np.cumsum([0, *(len(r) for r in runs)], dtype=np.int64)
        self.boxes: Floats = np.array(
            [[r[:, 0::2].min(), r[:, 1::2].min(), r[:, 0::2].max(), r[:, 1::2].max()] for r in runs]
        ).reshape(self.n, 4)

    def inside(self, xy: Floats) -> Bools:
        """(N, Z) bool: where point i of xy (N, 2) m lies in polygon z or on its edge (within 1e-6 m)."""
        out = np.zeros((len(xy), self.n), np.bool_)
        k.inside(np.ascontiguousarray(xy), self.edges, self.starts, self.boxes, out)
        return out

    def distance_m(self, xy: Floats, which: int) -> Floats:
        """(N,) m from each point of xy (N, 2) to the edge of shape `which`, inside or outside."""
        out = np.empty(len(xy))
        k.distance(np.ascontiguousarray(xy), self.edges, self.starts[which], self.starts[which + 1], out)
        return out

    def approach(
        self, xy: Floats, velocity: Floats, buffer_m: Floats, horizon_s: float, rows: Bools, is_inside: Bools
    ) -> tuple[Floats, Floats]:
        """Time s and distance m, each (N, Z), of the closest approach to each polygon within horizon_s.

        xy (N, 2) m and velocity (N, 2) m/s: a straight course. The distance is 0 where the course meets the polygon, and the
        time is then that of entry. Rows not asked for (rows (N,) bool), and courses that pass a polygon's box by more than
        buffer_m (N,), give inf; NaN motion gives inf. is_inside is what `inside` gave.
        """
        at_s, at_m = np.empty((len(xy), self.n)), np.empty((len(xy), self.n))
        k.approach(
            np.ascontiguousarray(xy), np.ascontiguousarray(velocity), buffer_m, float(horizon_s), rows,
            self.edges, self.starts, self.boxes, is_inside, at_s, at_m,
        )  # fmt: skip
        return at_s, at_m

    def crossings(self, start_xy: Floats, end_xy: Floats) -> Ints:
        """(N, Z): times the straight step start -> end crosses line z from its left to its right, less those back.

        Left and right as seen along the line in its drawn order.
        """
        out = np.zeros((len(start_xy), self.n), np.int64)
        k.crossings(np.ascontiguousarray(start_xy), np.ascontiguousarray(end_xy), self.edges, self.starts, out)
        return out


def _gaussian_radius(lat_deg: float) -> float:
    """Radius of the sphere that fits WGS84 best at a latitude: the root of both principal radii (Torge, Geodesy, 4.1.3)."""
    a, e2 = 6378137.0, 0.0066943799901413165
    return a * math.sqrt(1 - e2) / (1 - e2 * math.sin(math.radians(lat_deg)) ** 2)


def _edges(plane: LocalPlane, geometry: Any) -> Floats:
    """(E, 4) m: the edges of a geometry's rings or line in the plane, zero-length ones left out."""
    west, south, east, north = geometry.bounds
    cut = shapely.segmentize(geometry, max(PIECE_DEG, (east - west) / MAX_PIECES, (north - south) / MAX_PIECES))
    runs = []
    for part in shapely.get_parts(cut):
        for ring in shapely.get_rings(part) if part.geom_type == "Polygon" else [part]:
            lon, lat = shapely.get_coordinates(ring).T
            xy = plane.to_plane(lat, lon)
            runs.append(np.hstack([xy[:-1], xy[1:]]))
    edges: Floats = np.concatenate(runs)
    length = np.hypot(edges[:, 0] - edges[:, 2], edges[:, 1] - edges[:, 3])
    return np.ascontiguousarray(edges[length > 0.0])
