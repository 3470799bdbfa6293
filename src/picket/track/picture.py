"""The tracks as a batch of the track table."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from picket.geo import LocalFrame
from picket.track import picture_kernels as k
from picket.track.layout_kernels import CLASSES, DEAD, FLAGS, IDENTITY_KINDS, STATUSES
from picket.track.measure import ORIGINS, Codes
from picket.track.pool import Pool
from picket.track.sensors import SensorTable
from picket.track.threads import believe_on, rows_on
from picket.words import TRACK, Array, Batch

DOMAINS = ("air", "surface", "unknown", "subsurface")
_FLOATS = (
    "lat_deg", "lon_deg", "alt_wgs84_m", "vel_east_mps", "vel_north_mps", "vel_up_mps", "sigma_horizontal_m",
    "sigma_vertical_m", "sigma_velocity_mps", "existence", "updated_at", "p_drone", "p_bird", "p_aircraft", "p_vessel",
)  # fmt: skip
_CLASS_WORDS = (*CLASSES, "unknown")
_FLAG_WORDS = tuple(tuple(f for b, f in enumerate(FLAGS) if mask >> b & 1) for mask in range(1, 1 << len(FLAGS)))

_CODED = ("status", "classification", "domain", "flags", "origin")  # in the order of the kernel's codes
_TEXTS: dict[str, tuple[Any, ...]] = {
    "status": STATUSES, "classification": _CLASS_WORDS, "domain": DOMAINS, "flags": _FLAG_WORDS, "origin": ORIGINS,
}  # fmt: skip


@lru_cache(maxsize=4096)
def _names(sensors: tuple[str, ...], mask: int) -> tuple[str, ...]:
    """The sensors whose bits are set, sorted by name."""
    return tuple(sorted(name for b, name in enumerate(sensors) if mask >> b & 1))


def picture(
    pool: Pool, now: float, frame: LocalFrame, geoid_m: float, codes: Codes, sensors: SensorTable, threads: int = 1
) -> Batch:
    """One row per track at `now`, also of those that ended since the last picture; in the order of their ids."""
    n = pool.n
    m = int(np.count_nonzero(pool.tracks.status[:n] < DEAD))
    floats: Array
    ints: Array
    codes_of: Array
    floats, ints, codes_of = np.empty((k.N_FLOATS, m)), np.empty((k.N_INTS, m), np.int64), np.empty((k.N_CODES, m), np.int32)
    rise, alike, named = rows_on(
        threads, pool.tracks, n, now, frame.origin_ecef_m, frame.rotation, geoid_m, sensors.under(), floats, ints, codes_of
    )
    if m == 0:
        return Batch.empty(TRACK)
    if not rise:  # slots lie in order of their ids, unless late plots were taken in
        order = np.argsort(ints[k.ID], kind="stable")
        floats, ints, codes_of = (a.take(order, axis=1) for a in (floats, ints, codes_of))
    held, names = ints[k.SENSORS], tuple(sensors.names[:63])
    present = held[:1] if alike else np.unique(held)
    columns: dict[str, Any] = dict(zip(_FLOATS, floats, strict=True))
    columns |= {"time": np.full(m, now), "track_id": ints[k.ID], "group_id": ints[k.GROUP]}
    columns |= dict(zip(_CODED, codes_of, strict=False))
    columns["sensors"] = np.zeros(m, np.int32) if alike else np.searchsorted(present, held).astype(np.int32)
    texts: dict[str, tuple[Any, ...]] = {**_TEXTS, "sensors": tuple(_names(names, mask) for mask in present.tolist())}
    if named:
        columns["identity"], texts["identity"] = codes.dictionary(ints[k.IDENT])
        columns["identity_kind"], texts["identity_kind"] = codes_of[k.IDENT_KIND], IDENTITY_KINDS
    for array in columns.values():
        array.setflags(write=False)
    return Batch(TRACK, m, columns, texts)


def move(pool: Pool, now: float, frame: LocalFrame | None, geoid_m: float, sensors: SensorTable, threads: int = 1) -> None:
    """What taking a picture at `now` does to the tracks (their averaged class), without the picture."""
    assert frame is not None
    believe_on(threads, pool.tracks, pool.n, now, frame.origin_ecef_m, frame.rotation, geoid_m, sensors.under())
