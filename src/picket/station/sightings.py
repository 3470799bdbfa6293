"""A person's sighting as a row of the detection table: kind `visual`, with the wide errors of an eye (watch/sighting.py).

It goes the way of every detection: sequenced, logged, tracked, fused, counted. A bearing stays a bearing; with a rough distance it has
a place. The observer stands at a `visual` sensor of the site file, where the report says, or at the site's origin.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, NamedTuple

import numpy as np

from picket.feed import Decoded
from picket.geo import LocalFrame
from picket.site import Sensor, Site
from picket.watch.sighting import SIGMA_BEARING_DEG, SIGMA_HEIGHT_LEAST_M, SIGMA_HEIGHT_SHARE, SIGMA_RANGE_SHARE
from picket.words import DETECTION, OPERATOR, STATUS, Batch

OBSERVER = "observer"  # the sensor id of a post that the site file does not name


class SightingError(ValueError):
    """A report that cannot be taken; the message says what was expected."""


class Seen(NamedTuple):
    """What was reported: degrees from true north at the observer, metres, height above the observer."""

    bearing_deg: float
    what: str
    range_m: float | None = None
    height_m: float | None = None
    lat_deg: float | None = None
    lon_deg: float | None = None
    sensor_id: str | None = None
    note: str = ""


class Post(NamedTuple):
    """Where the observer stands."""

    sensor_id: str
    lat_deg: float
    lon_deg: float
    alt_wgs84_m: float
    sigma_azimuth_deg: float = SIGMA_BEARING_DEG


def post_of(site: Site, seen: Seen) -> Post:
    """The observer's post. Raises SightingError for a sensor that is none, or half a place."""
    p = site.site
    if (seen.lat_deg is None) != (seen.lon_deg is None):
        raise SightingError("lat_deg, lon_deg: the observer's place needs both; leave both out for the site's own")
    if seen.lat_deg is not None and seen.lon_deg is not None:
        return Post(_free_name(site), seen.lat_deg, seen.lon_deg, p.alt_wgs84_m)
    posts = [s for s in site.sensor if s.kind == "visual"]
    if seen.sensor_id is not None:
        posts = [s for s in posts if s.id == seen.sensor_id]
        if not posts:
            known = ", ".join(s.id for s in site.sensor if s.kind == "visual") or "none"
            raise SightingError(f"sensor_id: no visual sensor is called {seen.sensor_id!r}; the site file has: {known}")
    return _placed(site, posts[0]) if posts else Post(_free_name(site), p.lat_deg, p.lon_deg, p.alt_wgs84_m)


def _placed(site: Site, s: Sensor) -> Post:
    """A sensor of the site file as a post; one without a place stands at the site's origin."""
    own = s.lat_deg is None or s.lon_deg is None
    lat, lon = (site.site.lat_deg, site.site.lon_deg) if own else (s.lat_deg, s.lon_deg)
    alt = site.site.alt_wgs84_m if s.alt_wgs84_m is None else s.alt_wgs84_m
    better = s.sigma_azimuth_deg if s.sigma_azimuth_deg != Sensor(id="", kind="").sigma_azimuth_deg else SIGMA_BEARING_DEG
    return Post(s.id, lat or 0.0, lon or 0.0, alt, better)


def _free_name(site: Site) -> str:
    """OBSERVER, or another name where the site file calls a sensor so."""
    return OBSERVER if site.sensor_named(OBSERVER) is None else f"{OBSERVER}-by-eye"


def row_of(site: Site, seen: Seen, time: float) -> dict[str, Any]:
    """The report as a row of the detection table, with its errors."""
    post = post_of(site, seen)
    row: dict[str, Any] = {
        "time": time, "received": time, "time_source": "receiver", "sensor_id": post.sensor_id, "kind": "visual", "report": "plot",
        "origin": site.station.origin, "azimuth_deg": (seen.bearing_deg % 360.0), "sigma_azimuth_deg": post.sigma_azimuth_deg,
        "sensor_lat_deg": post.lat_deg, "sensor_lon_deg": post.lon_deg, "sensor_alt_wgs84_m": post.alt_wgs84_m,
        "classification": seen.what, "source": "by eye",
    }  # fmt: skip
    if seen.range_m is not None:
        row.update(range_m=seen.range_m, sigma_range_m=max(SIGMA_RANGE_SHARE * seen.range_m, 5.0))
        if seen.height_m is not None:
            row["alt_wgs84_m"] = post.alt_wgs84_m + seen.height_m
            row["sigma_altitude_m"] = max(SIGMA_HEIGHT_SHARE * abs(seen.height_m), SIGMA_HEIGHT_LEAST_M)
    return row


def decoded(row: dict[str, Any]) -> Decoded:
    """The row as a feed would hand it on."""
    return Decoded(Batch.from_rows(DETECTION, [row]), Batch.empty(OPERATOR), Batch.empty(STATUS), Counter())


def place_of(row: dict[str, Any]) -> tuple[float, float] | None:
    """(lat, lon) deg of what was seen; None for a bearing."""
    if "range_m" not in row:
        return None
    frame = LocalFrame(row["sensor_lat_deg"], row["sensor_lon_deg"], row["sensor_alt_wgs84_m"])
    up = row.get("alt_wgs84_m", row["sensor_alt_wgs84_m"]) - row["sensor_alt_wgs84_m"]
    ground = math.sqrt(max(row["range_m"] ** 2 - up**2, 0.0))
    turn = math.radians(row["azimuth_deg"])
    lat, lon, _ = frame.to_geodetic(np.array([[ground * math.sin(turn), ground * math.cos(turn), up]]))
    return float(lat[0]), float(lon[0])


def entry(site: Site, seen: Seen, row: dict[str, Any], by: str) -> dict[str, Any]:
    """The action that puts the report into the watch log."""
    parts = [f"Seen by eye: {seen.what}, bearing {row['azimuth_deg']:.0f} deg"]
    parts.append("distance unknown" if seen.range_m is None else f"about {seen.range_m:.0f} m")
    if seen.height_m is not None:
        parts.append(f"about {seen.height_m:.0f} m up")
    if row["sensor_id"] != OBSERVER:
        parts.append(f"from {row['sensor_id']}")
    elif (row["sensor_lat_deg"], row["sensor_lon_deg"]) != (site.site.lat_deg, site.site.lon_deg):
        parts.append(f"from {row['sensor_lat_deg']:.5f}, {row['sensor_lon_deg']:.5f}")
    note = f". {seen.note.strip()}" if seen.note.strip() else ""
    lat, lon = place_of(row) or (None, None)
    return {
        "do": "note", "kind": "sighting", "text": ", ".join(parts) + note, "lat_deg": lat, "lon_deg": lon, "alert_id": None, "by": by,
    }  # fmt: skip
