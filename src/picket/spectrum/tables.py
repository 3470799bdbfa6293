"""Emissions as rows of the detection table: kind rf, no bearing (one antenna has none)."""

from __future__ import annotations

import math
from typing import Any

from picket.spectrum.emission import Emission
from picket.spectrum.sigmf import Meta
from picket.words import DETECTION, Batch


def detections(emissions: list[Emission], meta: Meta, source: str, sensor_id: str) -> Batch:
    """One row per emission, in order of time: time of its first sample (null where the recording has no date), centre,
    bandwidth, SNR, label.
    """
    ordered = sorted(emissions, key=lambda e: (e.sample_start, e.low_hz))
    columns: dict[str, Any] = {
        "time": [math.nan if meta.start is None else meta.start + e.sample_start / meta.rate_hz for e in ordered],
        "time_source": "container" if meta.start is not None else None,
        "sensor_id": sensor_id,
        "kind": "rf",
        "report": "plot",
        "origin": "exercise" if meta.simulated else "replay",
        "snr_db": [e.snr_db for e in ordered],
        "center_hz": [meta.center_hz + e.center_hz for e in ordered],
        "bandwidth_hz": [e.bandwidth_hz for e in ordered],
        "classification": [e.label for e in ordered],
        "source": source,
        "source_offset": [e.sample_start for e in ordered],
    }
    return Batch.build(DETECTION, len(ordered), columns)
