"""SIMULATED worlds larger or longer than the scenario family, made in columns: swarms for timing, a sky that lasts for hours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.scenarios import ALT, LAT, LON, PD, SIGMA_AZ, SIGMA_EL, SIGMA_R, START, radar_site
from picket.geo import LocalFrame, enu_to_polar
from picket.site import Site, parse
from picket.words import DETECTION, Batch, concat

Floats = npt.NDArray[np.float64]
PER_KM2 = 5.0  # drones: that of the scenario family at 1,000 and 10,000
FORMATION, SPACING_M, IN_FORMATION = 8, 30.0, 0.4


def swarm(n: int, scans: int, seed: int = 1, clutter_share: float = 0.3) -> tuple[Site, list[Batch]]:
    """n drones at PER_KM2 around one 3-D radar, 40 % in formations of eight, straight at 8 to 20 m/s; false plots a scan: that share of n.

    Heights are 300 to 1,000 m over the tangent plane plus what a large disc needs to stay over the horizon.
    """
    rng = np.random.default_rng(seed)
    reach = _reach(n)
    p, v = _disc(rng, n, reach)
    site = radar_site(1.05 * reach, clutter_share * n, elevation_deg=[-5, 80])
    return site, [radar_look(rng, START + t, p + v * t, reach, clutter_share * n) for t in range(scans)]


def network(radars: int, each: int, scans: int, seed: int = 1, clutter_share: float = 0.3) -> tuple[Site, list[Batch]]:
    """`radars` 3-D radars on a grid, no two of which see the same, with `each` drones at PER_KM2 around each, as in `swarm`.

    So the number of drones grows and what one radar can tell apart does not change.
    """
    rng = np.random.default_rng(seed)
    reach = _reach(each)
    side, step = math.ceil(math.sqrt(radars)), 2.5 * reach
    sensors, parts = [], [[] for _ in range(scans)]
    for k in range(radars):
        east, north = (k % side - 0.5 * side) * step, (k // side - 0.5 * side) * step
        lat, lon = LAT + north / 111_195.0, LON + east / 111_195.0 / math.cos(math.radians(LAT))
        name = f"radar{k:03d}"
        sensors.append(sensor(name, (0.0, 0.0, 0.0)) | {
            "lat_deg": lat, "lon_deg": lon, "alt_wgs84_m": 0.0, "max_range_m": 1.05 * reach, "clutter_per_scan": clutter_share * each,
            "elevation_deg": [-5, 80],
        })  # fmt: skip
        p, v = _disc(rng, each, reach)
        for t in range(scans):
            parts[t].append(radar_look(rng, START + t, p + v * t, reach, clutter_share * each, name))
    return site(*sensors), [concat(DETECTION, part) for part in parts]


def _reach(n: int) -> float:
    """m, of the disc that n drones fill."""
    return 1000.0 * math.sqrt(n / PER_KM2 / math.pi)


def _disc(rng: np.random.Generator, n: int, reach: float) -> tuple[Floats, Floats]:
    """Places and velocities (n, 3) in a disc."""
    groups = int(IN_FORMATION * n) // FORMATION
    leaders = groups + n - groups * FORMATION
    radius, bearing = reach * np.sqrt(rng.uniform(0.002, 0.95, leaders)), rng.uniform(0, 2 * np.pi, leaders)
    height = rng.uniform(300, 1000, leaders) + (reach / 4000.0) ** 2
    lead = np.column_stack([radius * np.sin(bearing), radius * np.cos(bearing), height])
    heading, speed = rng.uniform(0, 2 * np.pi, leaders), rng.uniform(8, 20, leaders)
    velocity = np.column_stack([speed * np.sin(heading), speed * np.cos(heading), np.zeros(leaders)])
    who = np.concatenate([np.repeat(np.arange(groups), FORMATION), np.arange(groups, leaders)])
    place = np.zeros((n, 3))
    k = np.arange(groups * FORMATION) % FORMATION
    place[: len(k), 0], place[: len(k), 1] = SPACING_M * (k % 3), SPACING_M * (k // 3)
    return lead[who] + place, velocity[who]


def radar_look(rng: np.random.Generator, time: float, enu: Floats, reach_m: float, clutter: float, name: str = "radar") -> Batch:
    """One scan of the family's radar, rows in random order."""
    seen = rng.random(len(enu)) < PD
    r, az, el = enu_to_polar(enu[seen]) if seen.any() else (np.empty(0),) * 3
    n = int(rng.poisson(clutter))
    r = np.concatenate([r + rng.normal(0, SIGMA_R, len(r)), reach_m * np.sqrt(rng.uniform(0.0005, 1.0, n))])
    az = np.concatenate([az + rng.normal(0, SIGMA_AZ, len(az)), rng.uniform(0, 360, n)]) % 360.0
    el = np.concatenate([el + rng.normal(0, SIGMA_EL, len(el)), rng.uniform(-2, 20, n)])
    order = rng.permutation(len(r))
    return Batch.build(DETECTION, len(r), {
        "time": time, "sensor_id": name, "kind": "radar", "report": "plot", "origin": "exercise",
        "range_m": np.maximum(r, 1.0)[order], "azimuth_deg": az[order], "elevation_deg": el[order],
    })  # fmt: skip


def spread(
    n: int, scans: int, seed: int = 1, sigma_m: float = 20.0, per_km2: float = 1.0, clutter_share: float = 0.0
) -> tuple[Site, Iterator[Batch]]:
    """n objects over a square, reported as positions by one sensor that covers them all, nine in ten a scan; false plots: that share of n.

    A generator: at a million objects a scan holds 900,000 rows.
    """
    half_deg = 0.5 * math.sqrt(n / per_km2) / 111.0
    false = clutter_share * n
    site = parse({
        "version": 1, "site": {"name": "bench", "lat_deg": 0.0, "lon_deg": 0.0, "alt_wgs84_m": 0.0},
        "sensor": [{
            "id": "wide", "kind": "mlat", "lat_deg": 0.0, "lon_deg": 0.0, "alt_wgs84_m": 0.0, "scan_period_s": 1.0,
            "max_range_m": round(1000.0 * math.sqrt(n / per_km2 / math.pi), 1), "elevation_deg": [-90, 90], "detection_probability": PD,
            "clutter_per_scan": max(false, 1.0), "sigma_position_m": sigma_m, "sigma_altitude_m": 20,
        }],
    })  # fmt: skip

    def looks() -> Iterator[Batch]:
        rng = np.random.default_rng(seed)
        lat, lon, alt = rng.uniform(-half_deg, half_deg, n), rng.uniform(-half_deg, half_deg, n), rng.uniform(300, 3000, n)
        north, east = rng.normal(0, 12, n) / 111_000.0, rng.normal(0, 12, n) / 111_000.0
        error = sigma_m / 111_000.0
        for t in range(scans):
            seen = np.flatnonzero(rng.random(n) < PD)
            m, k = len(seen), int(rng.poisson(false))
            order = rng.permutation(m + k) if k else np.arange(m)
            y = np.concatenate([lat[seen] + north[seen] * t + rng.normal(0, error, m), rng.uniform(-half_deg, half_deg, k)])
            x = np.concatenate([lon[seen] + east[seen] * t + rng.normal(0, error, m), rng.uniform(-half_deg, half_deg, k)])
            z = np.concatenate([alt[seen] + rng.normal(0, 20, m), rng.uniform(300, 3000, k)])
            yield Batch.build(DETECTION, m + k, {
                "time": START + t, "sensor_id": "wide", "kind": "mlat", "report": "plot", "origin": "exercise",
                "lat_deg": y[order], "lon_deg": x[order], "alt_wgs84_m": z[order],
            })  # fmt: skip

    return site, looks()


def lasting(
    n: int, seed: int = 1, reach_m: float = 8000.0, clutter: float = 300.0, life_s: float = 600.0
) -> tuple[Site, Iterator[Batch]]:
    """A sky with n drones at any time, without end: each lives `life_s` on average, flies straight, turns now and then, and another
    comes for it; those that leave the radar's reach turn back."""
    site = radar_site(reach_m, clutter)

    def looks() -> Iterator[Batch]:
        rng = np.random.default_rng(seed)

        def born(k: int) -> tuple[Floats, Floats, Floats]:
            r, b = reach_m * np.sqrt(rng.uniform(0.01, 0.9, k)), rng.uniform(0, 2 * np.pi, k)
            place = np.column_stack([r * np.sin(b), r * np.cos(b), rng.uniform(40, 250, k)])
            return place, rng.uniform(0, 2 * np.pi, k), rng.uniform(8, 20, k)

        p, heading, speed = born(n)
        turn, t = np.zeros(n), 0
        while True:
            yield radar_look(rng, START + t, p, reach_m, clutter)
            change = rng.random(n)
            turn = np.where(change < 0.05, 0.0, np.where(change > 0.98, rng.normal(0, np.radians(8), n), turn))
            out = np.hypot(p[:, 0], p[:, 1]) > 0.95 * reach_m
            heading = np.where(out, np.arctan2(-p[:, 0], -p[:, 1]), heading + turn)
            p = p + np.column_stack([speed * np.sin(heading), speed * np.cos(heading), np.zeros(n)])
            gone = np.flatnonzero(rng.random(n) < 1.0 / life_s)
            if len(gone):
                p[gone], heading[gone], speed[gone] = born(len(gone))
            t += 1

    return site, looks()


def frame() -> LocalFrame:
    """That of the radar's site."""
    return LocalFrame(LAT, LON, ALT)


def sensor(name: str, at: tuple[float, float, float], **more: Any) -> dict[str, Any]:
    """The family's radar as an entry of a site file, standing at `at`, m ENU of the site."""
    lat, lon, alt = (float(v[0]) for v in frame().to_geodetic(np.array([at])))
    return {
        "id": name, "kind": "radar", "lat_deg": lat, "lon_deg": lon, "alt_wgs84_m": alt, "scan_period_s": 1.0, "min_range_m": 50,
        "max_range_m": 8000, "elevation_deg": [-5, 60], "detection_probability": PD, "clutter_per_scan": 5, "sigma_range_m": SIGMA_R,
        "sigma_azimuth_deg": SIGMA_AZ, "sigma_elevation_deg": SIGMA_EL, **more,
    }  # fmt: skip


def site(*sensors: dict[str, Any]) -> Site:
    """A site at LAT, LON with these sensors."""
    place = {"name": "bench", "lat_deg": LAT, "lon_deg": LON, "alt_wgs84_m": ALT}
    return parse({"version": 1, "site": place, "sensor": list(sensors)})
