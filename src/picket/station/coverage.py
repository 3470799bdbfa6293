"""What no sensor can see now, at one height, and why: an empty sky before a silent radar must not look like an empty sky.

    each sensor that looks (radar, camera, acoustic) at one height above the site's origin:
        ring by ring of ground distance   near | seen | above its beam | below its beam | under the horizon | beyond its range
        round by azimuth                  its sector, less what is blanked
    seen now = what the sensors that speak see; the rest of the disc around the site is blind, and each part of it says the first of: a
    silent sensor would see it, blanked, outside the sector, beam, horizon, too near, beyond every range

Model: a target at height h and ground distance g lies u = h - h_sensor - g2 / 2R above the sensor's horizontal (R the mean earth), so
its slant range is hypot(g, u) and its elevation atan2(u, g); the radio horizon is that of an earth of 4/3 R over the sea (ITU-R P.310,
the median atmosphere), sqrt(2 4/3 R h) from each end, the sensor at least 5 m up. Outlines are drawn every degree and every 1/400 of the
range: 1.5 m at 10 km beside the arc, 25 m along the range. Not in it: ground, buildings, weather, clutter, the size of the object. What
hears only those that speak (Remote ID, ADS-B, AIS, direction finders) sees nothing in this sense.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
import shapely.geometry
import shapely.ops

from picket.geo import LocalFrame
from picket.geo.horizon import horizon_m
from picket.geo.lines import LocalPlane
from picket.site import Sensor, Site
from picket.track.layout_kernels import EARTH_M
from picket.track.sensors import RANGE_M
from picket.watch import SensorLook

LOOKS = ("radar", "camera", "acoustic")  # kinds that find what does not speak
SPEAKS = ("ok", "stale")  # states of a sensor that works
LEAST_M, MOST_M = 2_000.0, 100_000.0  # radius of the disc
_STEPS, _ARC_DEG, _MAST_M = 400, 1.0, 5.0
_NEAR, _SEEN, _ABOVE, _BELOW, _HORIZON, _FAR = range(6)

Floats = npt.NDArray[np.float64]


class Shadow(NamedTuple):
    """A reason why a sensor does not see, as it is told; the first that holds is."""

    name: str
    words: str


SHADOWS = (
    Shadow("silent", "would be seen by {sensors}, which is silent"),
    Shadow("blanked", "blanked at {sensors}"),
    Shadow("sector", "outside the sector of {sensors}"),
    Shadow("above_beam", "above the beam of {sensors}"),
    Shadow("below_beam", "below the beam of {sensors}"),
    Shadow("horizon", "under the horizon of {sensors}"),
    Shadow("near", "too near to {sensors}"),
    Shadow("range", "beyond the range of every sensor"),
)


class Footprint(NamedTuple):
    """One sensor's shapes in the site's plane, by what holds there: `seen` (if it speaks) and the reasons of SHADOWS but silent."""

    sensor: Sensor
    shapes: Mapping[str, Any]


def rings(site: Site, sensor: Sensor, alt_wgs84_m: float) -> tuple[Floats, npt.NDArray[np.int64]]:
    """(ground distances (N,) m to the sensor's reach, what holds at each (N,))."""
    reach = sensor.max_range_m or RANGE_M
    own = site.site.alt_wgs84_m if sensor.alt_wgs84_m is None else sensor.alt_wgs84_m
    sea = site.site.geoid_separation_m
    g = np.linspace(0.0, reach, _STEPS + 1)
    up = alt_wgs84_m - own - g * g / (2.0 * EARTH_M)
    slant, elevation = np.hypot(g, up), np.degrees(np.arctan2(up, np.maximum(g, 1e-9)))
    horizon = float(horizon_m(max(own - sea, _MAST_M)) + horizon_m(alt_wgs84_m - sea))
    low, high = sensor.elevation_deg
    what = np.full(len(g), _SEEN)
    what[elevation > high] = _ABOVE
    what[elevation < low] = _BELOW
    what[g > horizon] = _HORIZON
    what[slant < sensor.min_range_m] = _NEAR
    what[slant > reach] = _FAR
    return g, what


def footprint(site: Site, plane: LocalPlane, sensor: Sensor, alt_wgs84_m: float) -> Footprint:
    """The sensor's shapes at one height."""
    g, what = rings(site, sensor, alt_wgs84_m)
    draw = _Drawer(plane, sensor, site)
    round_ = {code: draw.rings(g, what == code) for code in (_NEAR, _SEEN, _ABOVE, _BELOW, _HORIZON)}
    reach = float(g[-1])
    sector = draw.sector(*sensor.sector_deg, reach)
    blanked = shapely.union_all([draw.sector(a, b, reach) for a, b in sensor.blanked])
    within = {code: shape.intersection(sector) for code, shape in round_.items()}
    shapes = {
        "seen": within[_SEEN].difference(blanked), "blanked": within[_SEEN].intersection(blanked),
        "sector": round_[_SEEN].difference(sector), "above_beam": within[_ABOVE], "below_beam": within[_BELOW],
        "horizon": within[_HORIZON], "near": within[_NEAR],
    }  # fmt: skip
    return Footprint(sensor, shapes)


class _Drawer:
    """Rings and sectors around a sensor, in the site's plane."""

    def __init__(self, plane: LocalPlane, sensor: Sensor, site: Site) -> None:
        alt = site.site.alt_wgs84_m if sensor.alt_wgs84_m is None else sensor.alt_wgs84_m
        self._frame = LocalFrame(sensor.lat_deg or 0.0, sensor.lon_deg or 0.0, alt)
        self._plane, self._offset = plane, sensor.azimuth_offset_deg

    def _points(self, azimuth_deg: Floats, ground_m: Floats) -> Floats:
        """(N, 2) in the plane of points at true azimuths and distances along the ground from the sensor."""
        return self._plane.to_plane(*_along_ground(self._frame, azimuth_deg, ground_m))

    def rings(self, g: Floats, holds: npt.NDArray[np.bool_]) -> Any:
        """All of the circle where `holds`; between two samples the edge lies half way."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]]).astype(int)))
        half = 0.5 * (g[1] - g[0])
        parts = []
        for start, end in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
            inner = 0.0 if start == 0 else float(g[start]) - half
            outer = float(g[-1]) if end == len(g) else float(g[end - 1]) + half
            disc = self._disc(outer)
            parts.append(disc if inner <= 0.0 else disc.difference(self._disc(inner)))
        return shapely.union_all(parts)

    def _disc(self, radius_m: float) -> Any:
        turn = np.arange(0.0, 360.0, _ARC_DEG)
        return shapely.geometry.Polygon(self._points(turn, np.full(len(turn), radius_m)))

    def sector(self, start_deg: float, end_deg: float, reach: float) -> Any:
        """From the sensor's own azimuth `start_deg` clockwise to `end_deg`; [0, 360] and [a, a] are all round."""
        width = (end_deg - start_deg) % 360.0
        if width <= 0.0:
            return self._disc(1.01 * reach)
        turn = start_deg + self._offset + np.linspace(0.0, width, max(int(width / _ARC_DEG) + 1, 2))
        edge = self._points(turn, np.full(len(turn), 1.01 * reach))
        return shapely.geometry.Polygon(np.vstack([self._points(turn[:1], np.zeros(1)), edge]))


def _along_ground(frame: LocalFrame, azimuth_deg: Floats, ground_m: Floats) -> tuple[Floats, Floats]:
    """(lat, lon) deg of points at azimuths and distances along a sphere of the mean earth through the frame's origin."""
    turn, arc = np.radians(azimuth_deg), ground_m / EARTH_M
    flat = EARTH_M * np.sin(arc)
    enu = np.column_stack([flat * np.sin(turn), flat * np.cos(turn), EARTH_M * (np.cos(arc) - 1.0)])
    lat, lon, _ = frame.to_geodetic(enu)
    return lat, lon


# -- all sensors together ----------------------------------------------------------------------------------------------
def coverage(
    site: Site, looks: Sequence[SensorLook], height_m: float, time: float, radius_m: float | None = None
) -> dict[str, Any]:
    """GeoJSON: what no sensor that looks can see now at `height_m` above the site's origin, in parts by reason; and in words.

    looks: how each sensor stands. Beside the features: `words`, `sensors` (which look, and whether they see now), `zones` (share of
    each protected zone that is seen), `seen_share` of the disc of `radius_m` around the site, by default as far as sensors reach.
    """
    p = site.site
    plane = LocalPlane(LocalFrame(p.lat_deg, p.lon_deg, p.alt_wgs84_m))
    state = {look.id: look for look in looks}
    ours = [s for s in site.sensor if s.kind in LOOKS and s.lat_deg is not None and s.lon_deg is not None]
    prints = [footprint(site, plane, s, p.alt_wgs84_m + height_m) for s in ours]
    disc = shapely.geometry.Point(0.0, 0.0).buffer(_radius(plane, ours, radius_m), quad_segs=90)
    speaking = [f for f in prints if state[f.sensor.id].state in SPEAKS]
    seen = shapely.union_all([f.shapes["seen"] for f in speaking]).intersection(disc)
    blind = _blind(disc.difference(seen), prints, speaking)
    features = [_feature(plane, shape, reason, names) for reason, shape, names in blind]
    zones = [_zone(plane, site, z.id, z.name or z.id, seen) for z in site.zone if z.kind == "protected"]
    rows = [
        {"id": s.id, "kind": s.kind, "state": state[s.id].state, "sees": state[s.id].state in SPEAKS, "age_s": state[s.id].age_s}
        for s in ours
    ]
    share = float(seen.area / disc.area)
    return {
        "type": "FeatureCollection", "features": features, "height_m": height_m, "time": time, "seen_share": share, "sensors": rows,
        "zones": zones, "words": _words(rows, zones, height_m, share),
        "model": "range, sector, blanking, beam and a 4/3 earth horizon; no ground, buildings, weather or size of the object",
    }  # fmt: skip


def _radius(plane: LocalPlane, sensors: Sequence[Sensor], radius_m: float | None) -> float:
    if radius_m is not None:
        return min(max(radius_m, LEAST_M), MOST_M)
    reach = [math.hypot(*plane.to_plane(s.lat_deg, s.lon_deg)[0].tolist()) + (s.max_range_m or RANGE_M) for s in sensors]
    return min(max(max(reach, default=5_000.0), LEAST_M), MOST_M)


def _blind(rest: Any, prints: Sequence[Footprint], speaking: Sequence[Footprint]) -> list[tuple[Shadow, Any, list[str]]]:
    """(reason, shape, sensors) of the parts of what nobody sees, each part under the first reason that holds."""
    found = []
    for shadow in SHADOWS:
        silent = shadow.name == "silent"
        having = [f for f in prints if f not in speaking] if silent else list(prints)
        name = "seen" if silent else shadow.name
        parts = [(f.sensor.id, f.shapes[name].intersection(rest)) for f in having if name in f.shapes]
        parts = [(i, s) for i, s in parts if s.area > 1.0]
        shape = rest if shadow.name == "range" else shapely.union_all([s for _, s in parts])
        if shape.area > 1.0:
            found.append((shadow, shape, [i for i, _ in parts]))
            rest = rest.difference(shape)
    return found


def _feature(plane: LocalPlane, shape: Any, shadow: Shadow, names: list[str]) -> dict[str, Any]:
    polygons = [g for g in shapely.get_parts(shape) if g.geom_type == "Polygon" and g.area > 1.0]
    turned = shapely.transform(shapely.geometry.MultiPolygon(polygons), lambda xy: to_lon_lat(plane, xy))
    why = shadow.words.format(sensors=", ".join(names))
    properties = {"reason": shadow.name, "sensors": names, "why": why, "area_km2": shape.area / 1e6}
    return {"type": "Feature", "geometry": shapely.geometry.mapping(turned), "properties": properties}


def to_lon_lat(plane: LocalPlane, xy: Floats) -> Floats:
    """The inverse of `LocalPlane.to_plane`, (N, 2) lon, lat deg; longitudes go on beyond 180 where the site lies near it."""
    away = np.hypot(xy[:, 0], xy[:, 1])
    arc, turn = away / plane.radius_m, np.arctan2(xy[:, 0], xy[:, 1])
    flat = plane.radius_m * np.sin(arc)
    enu = np.column_stack([flat * np.sin(turn), flat * np.cos(turn), plane.radius_m * (np.cos(arc) - 1.0)])
    lat, lon, _ = plane.frame.to_geodetic(enu)
    home = plane.frame.lon_deg
    return np.column_stack([np.round(home + (lon - home + 180.0) % 360.0 - 180.0, 7), np.round(lat, 7)])


def _zone(plane: LocalPlane, site: Site, zone_id: str, name: str, seen: Any) -> dict[str, Any]:
    shape = shapely.transform(site.shapes[zone_id], lambda c: plane.to_plane(c[:, 1], c[:, 0]))
    return {"id": zone_id, "name": name, "seen_share": float(shape.intersection(seen).area / shape.area)}


def _words(rows: list[dict[str, Any]], zones: list[dict[str, Any]], height_m: float, share: float) -> list[str]:
    """What an officer must know, in sentences; what is worst first."""
    silent = [r for r in rows if not r["sees"]]
    if not rows:
        return ["NO SENSOR LOOKS: nothing here finds what does not speak. An empty picture says nothing."]
    found = []
    if len(silent) == len(rows) or share < 1e-6:
        found.append(f"NOTHING IS SEEN at {height_m:.0f} m: an empty picture says nothing.")
    found += [
        f"{r['id']} is {'silent' if r['state'] == 'silent' else 'not heard yet'}: what only it sees is not seen." for r in silent
    ]
    for z in zones:
        if z["seen_share"] < 0.995:
            found.append(f"{z['name']}: {math.floor(100 * z['seen_share'])} % of it is seen at {height_m:.0f} m.")
    return found
