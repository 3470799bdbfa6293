"""Planned flights: who may be where and when, imported from GeoJSON or CSV, checked, and kept as friendlies with place and hours.

    GeoJSON   FeatureCollection (or one Feature): the area as Polygon or MultiPolygon, or a Point or LineString with `buffer_m` around it;
              properties identity, since, until, and owner, id, ceiling_m, zones
    CSV       a header with identity, since, until, and lat_deg, lon_deg, radius_m or zones (separated by ;), and owner, id, ceiling_m

A flight without a place is refused: identity alone silences nothing. One bad row refuses the whole import, with all that is wrong in
it. Times are ISO 8601 with a zone, or UNIX seconds; ceilings are metres above mean sea level. Flights that ended KEEP_S ago are let go.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import shapely
import shapely.geometry

from picket.geo import LocalFrame
from picket.geo.lines import LocalPlane
from picket.handwritten import parse_json
from picket.site import Friendly, Site, check_geometry
from picket.station.coverage import to_lon_lat

MOST, MOST_DAYS, WIDEST_M = 500, 31.0, 100_000.0
BUFFER_M = (10.0, 20_000.0)
KEEP_S = 12 * 3600.0
_KNOWN = ("id", "identity", "owner", "since", "until", "ceiling_m", "zones", "buffer_m")
_CSV = ("id", "identity", "owner", "since", "until", "ceiling_m", "zones", "lat_deg", "lon_deg", "radius_m")


class FlightsError(ValueError):
    """An import that cannot be taken; the message names every row and what is wrong with it."""


class Plan(NamedTuple):
    """Planned flights, and the outlines that their `area` names."""

    flights: tuple[Friendly, ...]
    shapes: dict[str, Any]


def planned(site: Site) -> Plan:
    """The planned flights of a site."""
    flights = tuple(f for f in site.friendly if f.flight is not None)
    return Plan(flights, {f.area: site.shapes[f.area] for f in flights if f.area is not None})


def with_plan(site: Site, plan: Plan, now: float) -> Site:
    """The site with these planned flights in place of its own; those that ended long ago are left out."""
    flights = tuple(f for f in plan.flights if (f.until or 0.0) >= now - KEEP_S)
    areas = {f.area for f in flights}
    own = {name: shape for name, shape in site.shapes.items() if not name.startswith("flight:")}
    shapes = {**own, **{name: shape for name, shape in plan.shapes.items() if name in areas}}
    return msgspec.structs.replace(site, friendly=(*(f for f in site.friendly if f.flight is None), *flights), shapes=shapes)


def added(old: Plan, new: Plan) -> Plan:
    """Both together; of one id the new one counts."""
    fresh = {f.flight for f in new.flights}
    return Plan((*(f for f in old.flights if f.flight not in fresh), *new.flights), {**old.shapes, **new.shapes})


def without(old: Plan, flight: str) -> Plan:
    """All but that one. FlightsError when there is none of that id."""
    if all(f.flight != flight for f in old.flights):
        raise FlightsError(
            f"no planned flight is called {flight!r}; known: {', '.join(str(f.flight) for f in old.flights) or 'none'}"
        )
    return Plan(tuple(f for f in old.flights if f.flight != flight), old.shapes)


def geojson(plan: Plan) -> dict[str, Any]:
    """The planned flights as a FeatureCollection."""
    return {"type": "FeatureCollection", "features": [_feature(f, plan.shapes.get(f.area or "")) for f in plan.flights]}


def read_kept(data: bytes) -> Plan:
    """What `geojson` made, back. ValueError, KeyError, TypeError for what is none."""
    flights, shapes = [], {}
    for feature in json.loads(data)["features"]:
        p = feature["properties"]
        area = None if feature["geometry"] is None else f"flight:{p['id']}"
        if area is not None:
            shapes[area] = check_geometry(feature["geometry"], area)
        fields = {k: p[k] for k in ("identity", "owner", "since", "until", "ceiling_m")}
        flights.append(Friendly(**fields, zones=tuple(p["zones"]), flight=str(p["id"]), area=area))
    return Plan(tuple(flights), shapes)


def _feature(f: Friendly, shape: Any) -> dict[str, Any]:
    properties = {
        "id": f.flight, "identity": f.identity, "owner": f.owner, "since": f.since, "until": f.until, "ceiling_m": f.ceiling_m,
        "zones": list(f.zones),
    }  # fmt: skip
    return {"type": "Feature", "geometry": None if shape is None else shapely.geometry.mapping(shape), "properties": properties}


# -- reading -----------------------------------------------------------------------------------------------------------
def read(data: bytes, site: Site, now: float) -> Plan:
    """The flights of a GeoJSON or CSV document. Raises FlightsError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise FlightsError(f"expected UTF-8 text (GeoJSON or CSV), got a byte that is none at {e.start}") from None
    rows = _geojson_rows(text) if text.lstrip()[:1] in ("{", "[") else _csv_rows(text)
    if not rows:
        raise FlightsError("the document holds no flight")
    if len(rows) > MOST:
        raise FlightsError(f"expected at most {MOST} flights at once, got {len(rows)}")
    problems: list[str] = []
    flights, shapes = [], {}
    for where, properties, geometry in rows:
        row = _Row(where, properties, problems)
        flight, shape = row.flight(geometry, site, now)
        if flight is not None:
            flights.append(flight)
            if shape is not None:
                shapes[flight.area or ""] = shape
    ids = [f.flight for f in flights]
    problems += [f"id {i!r}: two flights of the document have it" for i in dict.fromkeys(ids) if ids.count(i) > 1]
    if problems:
        more = f"; and {len(problems) - 20} more" if len(problems) > 20 else ""
        raise FlightsError("; ".join(problems[:20]) + more)
    return Plan(tuple(flights), shapes)


def _geojson_rows(text: str) -> list[tuple[str, Mapping[str, Any], Any]]:
    try:
        raw = parse_json(text)
    except ValueError as e:
        raise FlightsError(f"is not JSON: {e}") from None
    features = raw.get("features") if isinstance(raw, dict) and raw.get("type") == "FeatureCollection" else [raw]
    if not isinstance(features, list) or not all(isinstance(f, dict) and f.get("type") == "Feature" for f in features):
        raise FlightsError("expected a GeoJSON FeatureCollection of flights, or one Feature")
    return [(f"feature {i + 1}", f.get("properties") or {}, f.get("geometry")) for i, f in enumerate(features)]


def _csv_rows(text: str) -> list[tuple[str, Mapping[str, Any], Any]]:
    lines = list(csv.DictReader(io.StringIO(text)))
    header = list(lines[0]) if lines else []
    unknown = [c for c in header if c is None or c.strip() not in _CSV]
    if not lines or unknown or "identity" not in header:
        raise FlightsError(f"expected CSV with a header of {', '.join(_CSV)}; got {', '.join(map(str, header)) or 'nothing'}")
    rows: list[tuple[str, Mapping[str, Any], Any]] = []
    for i, line in enumerate(lines):
        given: dict[str, Any] = {k.strip(): v.strip() for k, v in line.items() if isinstance(v, str) and v.strip()}
        zones = given.pop("zones", "")
        if zones:
            given["zones"] = [z.strip() for z in zones.split(";") if z.strip()]
        place = [given.pop(k, None) for k in ("lon_deg", "lat_deg")]
        geometry = None
        if any(place):
            geometry = {"type": "Point", "coordinates": [_number(p) for p in place]}
        if "radius_m" in given:
            given["buffer_m"] = given.pop("radius_m")
        rows.append((f"line {i + 2}", given, geometry))
    return rows


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


class _Row:
    """One flight of a document; what is wrong is put into `problems`."""

    def __init__(self, where: str, given: Mapping[str, Any], problems: list[str]) -> None:
        self._where, self._given, self._problems, self._good = where, given, problems, True

    def _wrong(self, words: str) -> None:
        self._good = False
        self._problems.append(f"{self._where}: {words}")

    def flight(self, geometry: Any, site: Site, now: float) -> tuple[Friendly | None, Any]:
        """(the flight or None, its area or None)."""
        unknown = [k for k in self._given if k not in _KNOWN]
        if unknown:
            self._wrong(f"unknown {', '.join(map(str, unknown))}; known: {', '.join(_KNOWN)}")
        identity = self._word("identity", needed=True)
        since, until = self._time("since"), self._time("until")
        self._check_times(since, until, now)
        ceiling = self._metres("ceiling_m", -500.0, 20_000.0)
        zones = self._zones(site)
        shape = None if geometry is None else self._area(geometry)
        if geometry is None and not zones:
            self._wrong("no place: give a geometry (lat_deg, lon_deg, radius_m in CSV) or zones; identity alone silences nothing")
        if not self._good or since is None:
            return None, None
        name = self._word("id") or f"{identity}@{since:.0f}"
        flight = Friendly(
            identity=identity, owner=self._word("owner"), zones=zones, flight=name, since=since, until=until, ceiling_m=ceiling,
            area=None if shape is None else f"flight:{name}",
        )  # fmt: skip
        return flight, shape

    def _word(self, key: str, needed: bool = False) -> str:
        value = self._given.get(key)
        text = "" if value is None else str(value).strip()
        if (needed and not text) or len(text) > 64 or not text.isprintable():
            self._wrong(f"{key}: expected up to 64 printable characters, got {text[:80]!r}")
        return text

    def _time(self, key: str) -> float | None:
        value = self._given.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e11:
            return float(value)
        text = str(value or "")
        if re.fullmatch(r"\d{9,11}(\.\d+)?", text):
            return float(text)
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            self._wrong(f"{key}: expected ISO 8601 with a zone (2026-12-01T08:00:00Z) or UNIX seconds, got {text[:40]!r}")
            return None
        if found.tzinfo is None:
            self._wrong(f"{key}: {text} names no zone; write {text}Z for UTC")
            return None
        return found.timestamp()

    def _check_times(self, since: float | None, until: float | None, now: float) -> None:
        if since is None or until is None:
            return
        if until <= since:
            self._wrong("until: expected a time after since")
        elif until <= now:
            self._wrong("until: that is over already")
        elif until - since > MOST_DAYS * 86_400:
            self._wrong(f"until: expected at most {MOST_DAYS:g} days after since; put what lasts longer into the site file")

    def _metres(self, key: str, low: float, high: float) -> float | None:
        value = self._given.get(key)
        if value is None:
            return None
        found = _number(value)
        if not low <= found <= high:
            self._wrong(f"{key}: expected {low:g} to {high:g} m, got {str(value)[:40]!r}")
        return found

    def _zones(self, site: Site) -> tuple[str, ...]:
        given = self._given.get("zones") or []
        zones = [given] if isinstance(given, str) else list(given) if isinstance(given, Sequence) else []
        known = [z.id for z in site.zone]
        for zone in zones:
            if zone not in known:
                self._wrong(f"zones: no zone is called {str(zone)[:64]!r}; known: {', '.join(known) or 'none'}")
        return tuple(str(z) for z in zones)

    def _area(self, geometry: Any) -> Any:
        buffer_m = self._metres("buffer_m", *BUFFER_M)
        try:
            shape = shapely.geometry.shape(geometry)
        except Exception as e:  # shapely raises many kinds on malformed GeoJSON; each is the same mistake to the user
            self._wrong(f"geometry: is no GeoJSON geometry ({e})")
            return None
        thin = shape.geom_type in ("Point", "LineString")
        if thin and buffer_m is None:
            self._wrong(f"buffer_m: a {shape.geom_type} needs the metres around it (radius_m in CSV)")
            return None
        try:
            _check_degrees(shape)
            found = check_geometry(shapely.geometry.mapping(_around(shape, buffer_m) if buffer_m else shape), "geometry")
        except ValueError as e:
            self._wrong(str(e))
            return None
        if found.geom_type == "LineString":
            self._wrong("geometry: expected an area")
            return None
        _, _, wide = _plane_around(found)
        if wide > WIDEST_M:
            self._wrong(f"geometry: is {wide / 1000:.0f} km wide; expected at most {WIDEST_M / 1000:g}")
        return found


def _check_degrees(shape: Any) -> None:
    west, south, east, north = shape.bounds if not shape.is_empty else (math.nan,) * 4
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("geometry: coordinates are [lon, lat] in degrees")


def _plane_around(shape: Any) -> tuple[LocalPlane, Any, float]:
    """(a plane at the shape, the shape in it, its greatest width m)."""
    west, south, east, north = shape.bounds
    plane = LocalPlane(LocalFrame((south + north) / 2, (west + east) / 2, 0.0))
    flat = shapely.transform(shape, lambda c: plane.to_plane(c[:, 1], c[:, 0]))
    x0, y0, x1, y1 = flat.bounds
    return plane, flat, max(x1 - x0, y1 - y0)


def _around(shape: Any, buffer_m: float) -> Any:
    """The shape with `buffer_m` metres around it, in (lon, lat) degrees."""
    plane, flat, _ = _plane_around(shape)
    return shapely.transform(flat.buffer(buffer_m, quad_segs=16), lambda xy: to_lon_lat(plane, xy))
