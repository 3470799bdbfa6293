"""Small archives for the tests: SIMULATED tracks, sealed through the real collector."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.record.archive import Archive, Sealer, Source
from picket.record.collect import Collector
from picket.words import TRACK, Batch, concat

DAY = 20_000  # 2024-10-04
T0 = DAY * 86_400.0


def track(
    number: int, time: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], lon: npt.NDArray[np.float64], **more: Any
) -> Batch:
    """One track's rows: confirmed, measured at each row, live, of sensor radar-1, unless `more` says otherwise."""
    columns: dict[str, Any] = {
        "time": time, "updated_at": time, "track_id": np.full(len(time), number), "lat_deg": lat, "lon_deg": (lon + 180) % 360 - 180,
        "vel_east_mps": 0.0, "vel_north_mps": 20.0, "sigma_horizontal_m": 3.0, "status": "confirmed", "origin": "live",
        "sensors": ("radar-1",), **more,
    }  # fmt: skip
    return Batch.build(TRACK, len(time), columns)


def north(number: int, begin: float, seconds: int, lat: float, lon: float, *, mps: float = 20.0, **more: Any) -> Batch:
    """A track that flies north at `mps` (negative: south), one row a second."""
    n = np.arange(seconds + 1.0)
    return track(number, begin + n, lat + n * mps / 111_195.0, np.full(len(n), lon), **more)


def wander(
    rng: np.random.Generator, number: int, lat0: float, lon0: float, *, spread: float = 0.05, n: int = 60, day_s: float = 86_400.0
) -> Batch:
    """A track that wanders at random somewhere around a place."""
    course = np.cumsum(rng.normal(0, 0.1, n)) + rng.uniform(0, 7)
    step = rng.uniform(1.0, 60.0) * rng.choice([1.0, 1.0, 8.0])
    lat = lat0 + rng.uniform(-spread, spread) + np.cumsum(step * np.cos(course)) / 111_195.0
    lon = lon0 + (rng.uniform(-spread, spread) + np.cumsum(step * np.sin(course)) / 111_195.0) / np.cos(np.radians(lat0))
    return track(number, T0 + rng.uniform(0, day_s) + np.arange(n), lat, lon)


def seal(
    folder: Path, tracks: Sequence[Batch], source: str = "log", sensors: tuple[str, ...] = (), friendly: Sequence[str] = ()
) -> Archive:
    """The tracks as an archive of one source."""
    rows = concat(TRACK, tracks)
    rows = rows.take(np.argsort(rows["time"], kind="stable"))
    with Sealer(folder, source) as sealer:
        collector = Collector(sealer.day, lambda identity, day: f"name of {identity}", friendly)
        collector.add(rows)
        collector.finish()
        sealer.about = Source(name=source, kind="tracks", since=T0, until=T0 + 86_400, digest="test", sensors=sensors)
    return Archive(folder)
