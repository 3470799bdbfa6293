"""Which sensor saw which object when: a run's detections, laid on its truth.

A wire carries no truth, so a row is given to the object that it fits best: by its identity where it claims one, else the nearest within
GATE sigma (and MARGIN_M) of what the sensor measures. A false plot within that gate of an object counts as seeing it: with 12 false
plots a turn over a circle of 5 km, once in some 6,000 turns and object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from picket.geo import LocalFrame, enu_to_polar
from picket.record import log
from picket.record.codec import unpack
from picket.site import Sensor, Site
from picket.train.score.truth import Floats, Grid
from picket.words import Batch

GATE = 4.0
MARGIN_M = 15.0
PLACE_M = 150.0  # a row that states a place itself, without a known identity
Ints = npt.NDArray[np.int64]


@dataclass
class Sight:
    """One sensor and one object: first and last plot (seconds since the start), how many."""

    first_s: float
    last_s: float
    plots: int = 0


def sights(folder: Path, site: Site, grid: Grid, identities: Mapping[str, int]) -> dict[tuple[str, int], Sight]:
    """(sensor id, object) -> what the sensor saw of it, of the log in `folder`. identities: what an object claims -> object."""
    found: dict[tuple[str, int], Sight] = {}
    frames = {s.id: _frame(s) for s in site.sensor}
    for record in log.read(folder):
        if record.kind != "batch" or record.payload["d"] is None:
            continue
        batch = unpack(record.payload["d"])
        for code, name in enumerate(batch.words("sensor_id")):
            sensor, rows = site.sensor_named(name), np.flatnonzero(batch["sensor_id"] == code)
            if sensor is None or not len(rows):
                continue
            part = batch.take(rows)
            for k, time in zip(_whose(part, sensor, frames[name], grid, identities).tolist(), part["time"].tolist(), strict=True):
                if k >= 0:
                    since = time - grid.start
                    one = found.setdefault((name, k), Sight(since, since))
                    one.first_s, one.last_s, one.plots = min(one.first_s, since), max(one.last_s, since), one.plots + 1
    return found


def _frame(sensor: Sensor) -> LocalFrame | None:
    if sensor.lat_deg is None or sensor.lon_deg is None:
        return None
    return LocalFrame(sensor.lat_deg, sensor.lon_deg, sensor.alt_wgs84_m or 0.0)


def _whose(batch: Batch, sensor: Sensor, frame: LocalFrame | None, grid: Grid, identities: Mapping[str, int]) -> Ints:
    """(N,) the object of each row of one sensor, -1 for none."""
    named = np.array([identities.get(w, -1) for w in batch.words("identity")] + [-1], np.int64)[batch["identity"]]
    times = np.where(np.isfinite(batch["time"]), batch["time"], batch["received"])
    truth = grid.at(times)
    n, objects = truth.shape[:2]
    if not objects:
        return named
    flat = truth.reshape(-1, 3)
    if frame is not None and np.isfinite(batch["azimuth_deg"]).any():
        distance, azimuth, _ = (v.reshape(n, objects) for v in enu_to_polar(frame.to_enu(flat[:, 0], flat[:, 1], flat[:, 2])))
        off = _of_polar(batch, sensor, distance, azimuth)
    else:
        off = _of_place(batch, truth)
    off = np.where(np.isnan(off), np.inf, off)
    best = off.argmin(axis=1)
    near = np.where(off[np.arange(n), best] <= 1.0, best, -1)
    return np.where(named >= 0, named, near)


def _of_polar(batch: Batch, sensor: Sensor, distance: Floats, azimuth: Floats) -> Floats:
    """(N, O) how far off in gates: below 1 fits. A row without a range is compared by its bearing alone."""
    turn = np.abs(((batch["azimuth_deg"] + sensor.azimuth_offset_deg)[:, None] - azimuth + 180.0) % 360.0 - 180.0)
    sigma_az = _sigma(batch["sigma_azimuth_deg"], sensor.sigma_azimuth_deg)
    has_range = np.isfinite(batch["range_m"])[:, None]
    wide_m = np.where(has_range, MARGIN_M + GATE * np.radians(sigma_az)[:, None] * distance, np.inf)
    across = np.where(has_range, np.radians(turn) * distance / wide_m, turn / (3.0 * sigma_az[:, None]))
    sigma_r = _sigma(batch["sigma_range_m"], sensor.sigma_range_m)
    along = np.abs(batch["range_m"][:, None] - distance) / (MARGIN_M + GATE * sigma_r[:, None])
    return np.asarray(np.where(has_range, np.maximum(across, along), across))


def _sigma(own: Floats, otherwise: float) -> Floats:
    return np.asarray(np.where(np.isfinite(own), own, otherwise))


def _of_place(batch: Batch, truth: Floats) -> Floats:
    """(N, O) the same of rows that state a place: metres on the ground, in PLACE_M."""
    north = (truth[:, :, 0] - batch["lat_deg"][:, None]) * 111_194.0
    east = (truth[:, :, 1] - batch["lon_deg"][:, None]) * 111_194.0 * np.cos(np.radians(batch["lat_deg"]))[:, None]
    return np.asarray(np.hypot(north, east) / PLACE_M)


def covered_s(sensor: Sensor, geodetic: Floats) -> Floats | None:
    """(S,) bool: the seconds in which an object (S, 3) was within the range, sector and heights that the site file gives the sensor.

    None for a sensor that covers no place of its own (a receiver of what others say of themselves).
    """
    from picket.train.radar import covers

    frame = _frame(sensor)
    if frame is None or sensor.max_range_m is None:
        return None
    distance, azimuth, elevation = enu_to_polar(frame.to_enu(geodetic[:, 0], geodetic[:, 1], geodetic[:, 2]))
    return np.asarray(covers(sensor, distance, azimuth, elevation) & np.isfinite(distance))
