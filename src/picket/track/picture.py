"""The tracks as a batch of the track table."""

from __future__ import annotations

from functools import lru_cache
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
_CLASS_WORDS = (*CLASSES, "unknown")
_FLAG_WORDS = tuple(tuple(f for b, f in enumerate(FLAGS) if mask >> b & 1) for mask in range(1, 1 << len(FLAGS)))


@lru_cache(maxsize=4096)
def _names(sensors: tuple[str, ...], mask: int) -> tuple[str, ...]:
    """The sensors whose bits are set, sorted by name."""
    return tuple(sorted(name for b, name in enumerate(sensors) if mask >> b & 1))


def picture(pool: Pool, now: float, frame: LocalFrame, geoid_m: float, codes: Codes, sensors: SensorTable) -> Batch:
    """One row per track at `now`, also of those that ended since the last picture; in the order of their ids."""
    n, tracks = pool.n, pool.tracks
    floats, slots, coded = np.empty((k.N_FLOATS, n)), np.empty(n, np.int64), np.empty((4, n), np.int64)
    m = k.rows(tracks, n, now, frame.origin_ecef_m, frame.rotation, geoid_m, sensors.under(), floats, slots, coded)
    if m == 0:
        return Batch.empty(TRACK)
    if m < n:
        floats, slots, coded = np.ascontiguousarray(floats[:, :m]), slots[:m], coded[:, :m]
    ids = tracks.id[slots]
    if (ids[1:] < ids[:-1]).any():  # slots lie so already, unless late plots were taken in
        order = np.argsort(ids, kind="stable")
        floats, slots, coded, ids = np.ascontiguousarray(floats[:, order]), slots[order], coded[:, order], ids[order]
    codes_of, held, sensor_words = np.empty((8, m), np.int32), tracks.sensors[slots], tuple(sensors.names[:63])
    codes_of[:3] = tracks.status[slots], coded[0], coded[1]
    codes_of[3], codes_of[4] = tracks.flags[slots] - 1, tracks.origin[slots]
    present = held[:1] if (held == held[0]).all() else np.unique(held)
    codes_of[5] = np.searchsorted(present, held)
    texts: dict[str, tuple[Any, ...]] = {
        "status": STATUSES, "classification": _CLASS_WORDS, "domain": DOMAINS, "flags": _FLAG_WORDS, "origin": ORIGINS,
        "sensors": tuple(_names(sensor_words, mask) for mask in present.tolist()),
    }  # fmt: skip
    if (coded[2] >= 0).any():
        codes_of[6], texts["identity"] = codes.dictionary(coded[2])
        codes_of[7], texts["identity_kind"] = coded[3], IDENTITY_KINDS
    time, groups = np.full(m, now), tracks.group[slots]
    for array in (floats, codes_of, time, ids, groups):
        array.setflags(write=False)
    columns: dict[str, Any] = dict(zip(_FLOATS, floats, strict=True))
    columns |= {"time": time, "track_id": ids, "group_id": groups, **dict(zip(texts, codes_of, strict=False))}
    return Batch(TRACK, m, columns, texts)


def move(pool: Pool, now: float, frame: LocalFrame | None, geoid_m: float, sensors: SensorTable) -> None:
    """What taking a picture at `now` does to the tracks (their averaged class), without the picture."""
    assert frame is not None
    n = pool.n
    k.rows(
        pool.tracks, n, now, frame.origin_ecef_m, frame.rotation, geoid_m, sensors.under(), np.empty((k.N_FLOATS, n)),
        np.empty(n, np.int64), np.empty((4, n), np.int64),
    )  # fmt: skip
