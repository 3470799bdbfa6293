"""Small simulated sensors for the tracker's tests: everything seeded, truth known."""

from __future__ import annotations

from typing import Any

import numpy as np

from picket.geo import LocalFrame, enu_to_polar
from picket.site import Site, parse
from picket.words import DETECTION, Batch, concat

LAT, LON = 33.75, -118.20
T0 = 1_700_000_000.0
FRAME = LocalFrame(LAT, LON, 0.0)


def radar(name: str = "radar", at: tuple[float, float, float] = (0.0, 0.0, 10.0), **more: Any) -> dict[str, Any]:
    """A sensor entry of the site file for a 3-D radar standing at `at`, m ENU of the site."""
    lat, lon, alt = (float(v[0]) for v in FRAME.to_geodetic(np.array([at])))
    return {
        "id": name, "kind": "radar", "lat_deg": lat, "lon_deg": lon, "alt_wgs84_m": alt, "scan_period_s": 1.0, "min_range_m": 50,
        "max_range_m": 8000, "elevation_deg": [-5, 60], "clutter_per_scan": 5, "sigma_range_m": 10, "sigma_azimuth_deg": 0.5,
        "sigma_elevation_deg": 0.8, **more,
    }  # fmt: skip


def site(*sensors: dict[str, Any]) -> Site:
    """A site at LAT, LON with these sensors."""
    return parse({"version": 1, "site": {"name": "test", "lat_deg": LAT, "lon_deg": LON}, "sensor": list(sensors)})


RID = {"id": "rid", "kind": "remote_id"}


def plots(
    rng: np.random.Generator,
    time: Any,
    enu: Any,
    sensor: dict[str, Any] | None = None,
    pd: float = 0.9,
    clutter: float = 0.0,
    **more: Any,
) -> Batch:
    """What the radar sees of places enu (N, 3) at `time` (one or N), with noise, misses and clutter."""
    s = sensor or radar()
    frame = LocalFrame(s["lat_deg"], s["lon_deg"], s["alt_wgs84_m"])
    enu = np.atleast_2d(enu)
    seen = rng.random(len(enu)) < pd
    own = frame.to_enu(*FRAME.to_geodetic(enu[seen])) if seen.any() else np.zeros((0, 3))
    r, az, el = enu_to_polar(own) if len(own) else (np.empty(0),) * 3
    k = int(rng.poisson(clutter))
    reach = s["max_range_m"]
    r = np.concatenate([r + rng.normal(0, s["sigma_range_m"], len(r)), reach * np.sqrt(rng.uniform(0.001, 1, k))])
    az = np.concatenate([az + rng.normal(0, s["sigma_azimuth_deg"], len(az)), rng.uniform(0, 360, k)]) % 360
    el = np.concatenate([el + rng.normal(0, s["sigma_elevation_deg"], len(el)), rng.uniform(-2, 20, k)])
    times = np.concatenate([np.broadcast_to(time, len(enu))[seen], np.full(k, np.max(time))])
    return Batch.build(DETECTION, len(r), {
        "time": times, "sensor_id": s["id"], "kind": "radar", "report": "plot", "origin": "exercise", "range_m": r, "azimuth_deg": az,
        "elevation_deg": el, **more,
    })  # fmt: skip


def claim(
    rng: np.random.Generator, time: float, enu: Any, identity: str | None = "SER1", sigma: float = 4.0, **more: Any
) -> Batch:
    """One Remote ID position."""
    lat, lon, alt = FRAME.to_geodetic(np.atleast_2d(enu) + rng.normal(0, sigma, 3))
    row = {
        "time": time, "sensor_id": "rid", "kind": "remote_id", "report": "plot", "origin": "exercise", "lat_deg": lat[0], "lon_deg": lon[0],
        "alt_wgs84_m": alt[0], "identity": identity, "identity_kind": "serial" if identity else None, **more,
    }  # fmt: skip
    return Batch.from_rows(DETECTION, [row])


def joined(*batches: Batch) -> Batch:
    """One batch of all rows."""
    return concat(DETECTION, batches)


def confirmed(tracks: Batch) -> list[dict[str, Any]]:
    """Rows that a user would see as objects."""
    return [row for row in tracks.rows() if row["status"] in ("confirmed", "coasting")]


def where(row: dict[str, Any]) -> np.ndarray:
    """A row's place in m ENU of the site."""
    return FRAME.to_enu(row["lat_deg"], row["lon_deg"], row.get("alt_wgs84_m", 0.0))[0]
