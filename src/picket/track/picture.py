"""The tracks as a batch of the track table."""

from __future__ import annotations

from typing import Any

import numpy as np

from picket.geo import LocalFrame
from picket.track import picture_kernels as k
from picket.track.layout_kernels import CLASSES, FLAGS, IDENTITY_KINDS, STATUSES
from picket.track.measure import ORIGINS, Codes
from picket.track.pool import Pool
from picket.track.sensors import SensorTable
from picket.words import TRACK, Batch

DOMAINS = ("air", "surface", "unknown", "subsurface")
_FLOATS = (
    "lat_deg", "lon_deg", "alt_wgs84_m", "vel_east_mps", "vel_north_mps", "vel_up_mps", "sigma_horizontal_m",
    "sigma_vertical_m", "sigma_velocity_mps", "existence", "updated_at", "p_drone", "p_bird", "p_aircraft", "p_vessel",
)  # fmt: skip
_FLAG_WORDS = tuple(tuple(f for b, f in enumerate(FLAGS) if mask >> b & 1) for mask in range(1, 1 << len(FLAGS)))


def picture(pool: Pool, now: float, frame: LocalFrame, geoid_m: float, codes: Codes, sensors: SensorTable) -> Batch:
    """One row per track at `now`, also of those that ended since the last picture; in the order of their ids."""
    n, tracks = pool.n, pool.tracks
    floats, slots, coded = np.empty((k.N_FLOATS, n)), np.empty(n, np.int64), np.empty((4, n), np.int64)
    m = k.rows(tracks, n, now, frame.origin_ecef_m, frame.rotation, geoid_m, sensors.under(), floats, slots, coded)
    if m == 0:
        return Batch.empty(TRACK)
    order = np.argsort(tracks.id[slots[:m]], kind="stable")  # slots lie so already, unless late plots were taken in
    floats, slots, coded = floats[:, order], slots[order], coded[:, order]
    columns: dict[str, Any] = {name: floats[q, :m] for q, name in enumerate(_FLOATS)}
    columns["time"] = now
    columns["track_id"], columns["group_id"] = tracks.id[slots], tracks.group[slots]
    columns["status"], columns["classification"], columns["domain"] = tracks.status[slots], coded[0], coded[1]
    columns["flags"], columns["origin"] = tracks.flags[slots] - 1, tracks.origin[slots]
    texts: dict[str, tuple[Any, ...]] = {
        "status": STATUSES, "classification": (*CLASSES, "unknown"), "domain": DOMAINS, "flags": _FLAG_WORDS, "origin": ORIGINS,
    }  # fmt: skip
    present, columns["sensors"] = np.unique(tracks.sensors[slots], return_inverse=True)
    texts["sensors"] = tuple(
        tuple(sorted(name for b, name in enumerate(sensors.names[:63]) if mask >> b & 1)) for mask in present.tolist()
    )
    if (coded[2] >= 0).any():
        present, where = np.unique(coded[2], return_inverse=True)
        unknown = int(present[0] < 0)
        columns["identity"], texts["identity"] = where - unknown, tuple(codes.words[c] for c in present[unknown:].tolist())
        columns["identity_kind"], texts["identity_kind"] = coded[3], IDENTITY_KINDS
    return Batch.build(TRACK, m, columns, texts)


def move(pool: Pool, now: float, frame: LocalFrame | None, geoid_m: float, sensors: SensorTable) -> None:
    """What taking a picture at `now` does to the tracks (their averaged class), without the picture."""
    assert frame is not None
    n = pool.n
    k.rows(
        pool.tracks, n, now, frame.origin_ecef_m, frame.rotation, geoid_m, sensors.under(), np.empty((k.N_FLOATS, n)),
        np.empty(n, np.int64), np.empty((4, n), np.int64),
    )  # fmt: skip
