"""One tiny scan through every kernel of the tracker, so that the first real one does not wait for the compiler."""

from __future__ import annotations

import numpy as np

from picket.metrics import pair
from picket.site import parse
from picket.track.block_kernels import enclose_all, new_blocks
from picket.track.layout_kernels import new_tracks
from picket.track.motion_kernels import covariances
from picket.track.tracker import Tracker
from picket.words import DETECTION, Batch

_PLACE = {"lat_deg": 50.0, "lon_deg": 8.0, "alt_wgs84_m": 100.0}
_FINDERS = [{"id": f"finder-{i}", "kind": "rf", **_PLACE, "lon_deg": 8.0 + 0.02 * i} for i in range(2)]
SITE = parse(
    {"version": 1, "site": {"name": "warm", **_PLACE}, "sensor": [{"id": "radar", "kind": "radar", **_PLACE}, *_FINDERS]}
)


def warm() -> None:
    """Runs each kernel once; its compiled form goes into the cache."""
    tracker = Tracker(SITE)
    plot = {"sensor_id": "radar", "kind": "radar", "range_m": 900.0, "azimuth_deg": 10.0, "elevation_deg": 5.0}
    claim = {"sensor_id": "rid", "kind": "remote_id", "lat_deg": 50.01, "lon_deg": 8.01, "identity": "W1"}
    for k in range(6):  # the clutter estimate begins with the fourth scan
        rows = [{"time": 1000.0 + k, **plot}, {"time": 1000.1 + k, **claim}]  # and bearings that no track explains, which cross
        rows += [
            {"time": 1000.2 + k, "sensor_id": s["id"], "kind": "rf", "azimuth_deg": a}
            for s, a in zip(_FINDERS, (200, 240), strict=True)
        ]
        tracker.step(Batch.from_rows(DETECTION, rows), time=1000.5 + k)
    tracker.advance(1010.0)
    enclose_all(new_tracks(1, 1), 0, new_blocks(0))  # many looks at once
    covariances(new_tracks(1, 1), np.zeros(0, np.int64))  # two tracks on one object
    pair(np.eye(2))
