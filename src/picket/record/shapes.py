"""Lines and areas to count at, from GeoJSON: checked, unwrapped at the antimeridian, as integer edges of 1e-7 degree."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
import shapely.affinity
import shapely.geometry

from picket.handwritten import parse_json, read_text
from picket.places import in_words
from picket.record.sealed import E7

MOST_LAT_DEG = 85.0  # nearer to a pole a step in longitude is too short for steps that are straight in degrees
_AREAS = ("Polygon", "MultiPolygon")
_LINES = ("LineString", "MultiLineString", "Point", "MultiPoint")


class ShapeError(ValueError):
    """A line or area that cannot be counted at; the message says what was expected and what came."""


class Shape(NamedTuple):
    """A line (points are lines without length) or an area. `digest` names its edges; `name` is for people."""

    name: str
    edges: npt.NDArray[np.int64]  # (E, 4) lon, lat, lon, lat in 1e-7 degree; an area's inside lies to the left
    area: bool
    digest: str

    @property
    def around(self) -> int:
        """The middle longitude, 1e-7 degree: every longitude is taken as its turn nearest to this one."""
        return int((self.edges[:, 0::2].min() + self.edges[:, 0::2].max()) // 2)


def read_shape(path: Path) -> Shape:
    """The line or area of a GeoJSON file. Raises ShapeError with the reason."""
    try:
        raw = parse_json(read_text(path))
    except FileNotFoundError:
        raise ShapeError(f"{path}: no such file; give a GeoJSON file with a LineString or a Polygon") from None
    except (OSError, ValueError) as e:
        raise ShapeError(f"{path}: is not GeoJSON: {e}") from None
    return shape_of(raw, in_words(path))


def shape_of(raw: Any, name: str) -> Shape:
    """A shape from GeoJSON data: a geometry, a feature, or a collection (its parts count as one line or one area).

    Raises ShapeError for anything that is not wholly lines or wholly areas, lies beyond 85 degrees of latitude, or goes the long way round.
    """
    try:
        parts = [shapely.geometry.shape(g) for g in _geometries(raw)]
    except ShapeError as e:
        raise ShapeError(f"{name}: {e}") from None
    except Exception as e:  # shapely raises many kinds on malformed GeoJSON; each is the same mistake to the user
        raise ShapeError(f"{name}: holds no GeoJSON geometry: {e}") from None
    return from_geometries(parts, name)


def from_geometries(parts: list[Any], name: str) -> Shape:
    """The same from shapely geometries in (lon, lat) degrees."""
    flat = [p for part in parts for p in shapely.get_parts(part) if not p.is_empty]
    kinds = {p.geom_type for p in flat}
    if not flat or not (kinds <= set(_AREAS) or kinds <= set(_LINES)):
        raise ShapeError(
            f"{name}: expected a LineString or a Polygon (or several of one kind), got {', '.join(sorted(kinds)) or 'nothing'}"
        )
    for p in flat:
        _check(p, name)
    middle = shapely.get_coordinates(flat[0])[0, 0]
    flat = [shapely.affinity.translate(p, _turns(p, middle)) for p in flat]
    west, east = min(p.bounds[0] for p in flat), max(p.bounds[2] for p in flat)
    if east - west > 180:
        raise ShapeError(f"{name}: spans {east - west:.0f} degrees of longitude; at most 180 can be counted at once")
    area = kinds <= set(_AREAS)
    if area:  # parts that were split at the antimeridian are one again
        flat = [shapely.orient_polygons(p) for p in shapely.get_parts(shapely.union_all(flat))]
    edges = np.concatenate([_edges(p) for p in flat])
    digest = hashlib.sha256(edges.astype("<i8").tobytes() + bytes([area])).hexdigest()[:16]
    return Shape(name, edges, area, digest)


def _geometries(raw: Any) -> list[Any]:
    if not isinstance(raw, Mapping):
        raise ShapeError(f"expected a GeoJSON object, got {type(raw).__name__}")
    if raw.get("type") == "FeatureCollection":
        return [g for f in raw.get("features") or [] for g in _geometries(f)]
    if raw.get("type") == "Feature":
        return _geometries(raw.get("geometry"))
    if raw.get("type") == "GeometryCollection":
        return [g for one in raw.get("geometries") or [] for g in _geometries(one)]
    return [raw]


def _check(part: Any, name: str) -> None:
    xy = shapely.get_coordinates(part)
    if not np.isfinite(xy).all() or np.abs(xy[:, 0]).max() > 540 or np.abs(xy[:, 1]).max() > 90:
        raise ShapeError(f"{name}: coordinates are [lon, lat] in degrees, got bounds {part.bounds}")
    if np.abs(xy[:, 1]).max() > MOST_LAT_DEG:
        raise ShapeError(f"{name}: reaches latitude {xy[np.abs(xy[:, 1]).argmax(), 1]:.2f}; counts hold between 85 S and 85 N")
    if len(xy) > 1 and np.abs(np.diff(xy[:, 0])).max() > 180 and part.geom_type != "Polygon":
        raise ShapeError(f"{name}: goes the long way round the earth; split it at the antimeridian, or write 181 instead of -179")
    if not part.is_valid:
        raise ShapeError(f"{name}: {shapely.is_valid_reason(part)}; redraw it so that its outline does not cross itself")
    if part.geom_type == "Polygon" and part.bounds[2] - part.bounds[0] > 180:
        raise ShapeError(f"{name}: crosses the antimeridian; split it there into a MultiPolygon, or write 181 instead of -179")


def _turns(part: Any, middle: float) -> float:
    """Whole turns, in degrees, that bring a part next to the shape's first place."""
    return float(-360.0 * round((part.bounds[0] + part.bounds[2] - 2 * middle) / 720.0))


def _edges(part: Any) -> npt.NDArray[np.int64]:
    runs = []
    for ring in shapely.get_rings(part) if part.geom_type == "Polygon" else [part]:
        xy = np.rint(shapely.get_coordinates(ring) * E7).astype(np.int64)
        if len(xy) == 1:
            runs.append(np.hstack([xy, xy]))
            continue
        run = np.hstack([xy[:-1], xy[1:]])
        length = (run[:, 0] != run[:, 2]) | (run[:, 1] != run[:, 3])
        runs.append(run[length] if length.any() else run[:1])
    return np.concatenate(runs)
