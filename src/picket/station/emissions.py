"""What radio receivers heard in a batch of detections, for the alert rules: the drone links among it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from picket.site import Site
from picket.watch import EmissionLook
from picket.watch.contacts import is_drone_link
from picket.words import Batch


def looks(site: Site, batch: Batch) -> list[EmissionLook]:
    """The drone links that receivers of kind rf report, in the order of their rows; bearings true, the sensor's offset taken in."""
    rows = batch.equals("kind", "rf")
    if not rows.any():
        return []
    links = np.array([is_drone_link(w) for w in batch.words("classification")] + [False], np.bool_)[batch["classification"]]
    found: list[EmissionLook] = []
    if not (rows & links).any():
        return found
    scanning = {r.sensor for r in site.radio}
    for row in batch.take(rows & links).rows():
        sensor = site.sensor_named(row["sensor_id"])
        if sensor is None:
            continue
        azimuth, sigma, center, snr = (
            _known(row.get(key)) for key in ("azimuth_deg", "sigma_azimuth_deg", "center_hz", "snr_db")
        )
        bearing = None if azimuth is None else (azimuth + sensor.azimuth_offset_deg) % 360.0
        found.append(EmissionLook(sensor.id, row["classification"], bearing, sigma, center, snr, sensor.id in scanning))
    return found


def _known(value: Any) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
