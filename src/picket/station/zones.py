"""Zones on the page: shown as GeoJSON (site_edit.py changes them)."""

from __future__ import annotations

from typing import Any

import shapely.geometry

from picket.site import Site


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
