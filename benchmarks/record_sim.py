"""Six months of SIMULATED flights over a border, for bench_record: seeded tracks with a tracker's noise, sealed through the real collector.

60,000 flights of 600 points (36 million), once a second with 20 ms of jitter, over 300 km of a line of 500 vertices, some 5
km to either side. A track's error is
an AR(1) process of 3 m (correlation 0.8 from point to point: what a filter leaves of 10 m plots), its height's one of 6 m.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.record.archive import Sealer, Source
from picket.record.collect import Collector
from picket.words import TRACK, Batch

START = 1_767_225_600  # 2026-01-01
DAYS, FLIGHTS, POINTS = 184, 60_000, 600
LAT, LON = 54.5, 23.0
LON_SPAN = 4.6


def border(vertices: int = 500, seed: int = 5) -> npt.NDArray[np.float64]:
    """(V, 2) lon, lat: a line that wanders from west to east through the middle."""
    rng = np.random.default_rng(seed)
    lon = np.linspace(LON - 0.45 * LON_SPAN, LON + 0.45 * LON_SPAN, vertices)
    lat = LAT + np.cumsum(rng.normal(0.0, 0.004, vertices))
    return np.round(np.stack([lon, lat], axis=1), 7)


def _errors(rng: np.random.Generator, n: int, points: int, sigma: float) -> npt.NDArray[np.float64]:
    """(n, points) AR(1) noise."""
    white = rng.normal(0.0, sigma * np.sqrt(1 - 0.8**2), (n, points))
    out = np.empty_like(white)
    out[:, 0] = rng.normal(0.0, sigma, n)
    for j in range(1, points):
        out[:, j] = 0.8 * out[:, j - 1] + white[:, j]
    return out


def day(number: int, flights: int, points: int = POINTS, seed: int = 1) -> Batch:
    """One day's rows of the track table, in order of time."""
    rng = np.random.default_rng([seed, number])
    turn = np.cumsum(rng.normal(0.0, 0.02, (flights, points)), axis=1) + rng.uniform(0, 2 * np.pi, flights)[:, None]
    speed = rng.uniform(12.0, 35.0, flights)[:, None]
    east, north = np.cumsum(speed * np.sin(turn), axis=1), np.cumsum(speed * np.cos(turn), axis=1)
    lon = LON + rng.uniform(-0.5, 0.5, flights)[:, None] * LON_SPAN
    lat = (
        np.interp(lon, *border().T)
        + rng.normal(0.0, 0.05, flights)[:, None]
        + (north + _errors(rng, flights, points, 3.0)) / 111_250.0
    )
    lon = lon + (east + _errors(rng, flights, points, 3.0)) / (111_320.0 * np.cos(np.radians(LAT)))
    alt = rng.uniform(60.0, 900.0, flights)[:, None] + _errors(rng, flights, points, 6.0)
    begin = rng.uniform(0.0, 86_400.0, flights)[:, None]
    time = START + number * 86_400.0 + begin + np.arange(points) + rng.normal(0.0, 0.02, (flights, points))
    sigma = 3.0 + 0.3 * np.abs(_errors(rng, flights, points, 1.0))
    known = rng.random(flights) < 0.4
    serial = rng.integers(0, 4_000, flights)
    order = np.argsort(time.ravel(), kind="stable")
    n = flights * points
    per = lambda v: np.repeat(v, points)[order]  # noqa: E731
    columns: dict[str, Any] = {
        "time": time.ravel()[order], "updated_at": time.ravel()[order], "track_id": per(np.arange(flights) + number * 100_000 + 1),
        "lat_deg": lat.ravel()[order], "lon_deg": lon.ravel()[order], "alt_wgs84_m": alt.ravel()[order],
        "vel_east_mps": (speed * np.sin(turn)).ravel()[order], "vel_north_mps": (speed * np.cos(turn)).ravel()[order],
        "sigma_horizontal_m": sigma.ravel()[order], "status": "confirmed", "classification": "drone", "origin": "exercise",
        "identity": per(np.where(known, serial, -1)), "identity_kind": per(np.where(known, 0, -1)), "sensors": ("radar-1",), "flags": (),
    }  # fmt: skip
    texts: dict[str, Any] = {"identity": tuple(f"SIM{i:05d}" for i in range(4_000)), "identity_kind": ("serial",)}
    return Batch.build(TRACK, n, columns, texts)


def flights_of(days: int, flights: int) -> Iterator[int]:
    """How many flights each day has: all together `flights`."""
    for d in range(days):
        yield (d + 1) * flights // days - d * flights // days


def seal(folder: Path, days: int = DAYS, flights: int = FLIGHTS, points: int = POINTS) -> int:
    """Seals the period into `folder`; returns the number of points."""
    with Sealer(folder, "sim") as sealer:
        collector = Collector(sealer.day, lambda identity, day: identity)
        for number, n in enumerate(flights_of(days, flights)):
            collector.add(day(number, n, points))
        collector.finish()
        sealer.about = Source(
            name="sim", kind="tracks", since=START, until=START + days * 86_400, digest="simulated", sensors=("radar-1",)
        )
    return sealer.points
