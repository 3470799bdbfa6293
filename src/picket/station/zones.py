"""Zones on the page: shown as GeoJSON, and an edited outline checked and written back to its file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely.geometry

from picket.site import Site, check_geometry
from picket.station.writer import replace_file


class ZoneError(ValueError):
    """An outline that cannot be taken over."""


def zones_geojson(site: Site) -> dict[str, Any]:
    """Every zone as a GeoJSON feature with the properties of the site file."""
    features = [
        {
            "type": "Feature",
            "id": z.id,
            "geometry": shapely.geometry.mapping(site.shapes[z.id]),
            "properties": {
                "id": z.id, "kind": z.kind, "name": z.name or z.id, "floor_m": z.floor_m, "ceiling_m": z.ceiling_m,
                "height_reference": z.height_reference, "hours": z.hours,
            },
        }
        for z in site.zone
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def save_zone(site: Site, zone_id: str, geometry: dict[str, Any]) -> dict[str, Any]:
    """Checks the outline and writes it to the zone's file, keeping the former one beside it as `.before`; returns it as written.

    Raises ZoneError for an unknown zone, a geometry of the wrong type or one that crosses itself, or a file that cannot be written.
    """
    zone = next((z for z in site.zone if z.id == zone_id), None)
    if zone is None:
        raise ZoneError(f"no zone is called {zone_id!r}; known: {', '.join(z.id for z in site.zone)}")
    try:
        shape = check_geometry(geometry, f"zone {zone_id}")
    except ValueError as e:
        raise ZoneError(str(e)) from None
    wanted = site.shapes[zone_id].geom_type
    if (shape.geom_type == "LineString") != (wanted == "LineString"):
        raise ZoneError(f"zone {zone_id} is a {wanted}, got a {shape.geom_type}")
    path = Path(site.folder) / zone.geometry
    outline: dict[str, Any] = shapely.geometry.mapping(shape)
    feature = {"type": "Feature", "properties": {"id": zone_id}, "geometry": outline}
    try:
        replace_file(path.with_name(path.name + ".before"), path.read_bytes(), mode=0o644)
        replace_file(path, (json.dumps(feature, indent=1) + "\n").encode(), mode=0o644)
    except OSError as e:
        raise ZoneError(f"{path} cannot be written: {e.strerror or e}") from None
    return outline
