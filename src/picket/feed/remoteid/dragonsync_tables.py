"""Reports of a WarDragon kit -> columns of the detection and the operator table.

`dragonsync.py` says which message is which, and what becomes of its fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.feed.format import Floats
from picket.feed.remoteid.dragonsync_reports import Report
from picket.feed.remoteid.messages import BOUND_95_TO_SIGMA, LOCATION_KINDS, RADIUS_95_TO_SIGMA, Locations, sigma_of_height
from picket.feed.remoteid.messages_kernels import KEY, best_basic_id
from picket.feed.remoteid.table import SOURCES, Heard, Operators, Texts, operator_table, sound_positions
from picket.words import DETECTION, Batch


def told_identities(reports: Sequence[Report], left_out: Counter[str]) -> npt.NDArray[np.uint8]:
    """(n, 21) the best identity of each report, as in a Basic ID message; zeros where there is none."""
    raw, row = [], []
    for i, r in enumerate(reports):
        for kind, identity in r.serials or ((0, ""),):
            octets = identity.encode("ascii", "replace") if identity.isascii() else b"\xff"  # \xff: no identity, and counted
            if len(octets) > KEY - 1:
                octets = b"\xff"
            raw.append(bytes([0, kind << 4 | r.ua_type]) + octets.ljust(KEY - 1, b"\0"))
            row.append(i)
    data, at = np.frombuffer(b"".join(raw), np.uint8), np.arange(len(raw)) * (1 + KEY)
    found, bad = best_basic_id(data, at, np.array(row, np.int64), len(reports))
    left_out["bad_identity"] += int(bad.sum())
    found = np.asarray(found)
    nameless = ~found[:, 1:].any(axis=1)
    found[nameless, 0] = [reports[i].ua_type for i in np.flatnonzero(nameless).tolist()]
    return found


def _column(reports: Sequence[Report], name: str) -> Floats:
    return np.array([getattr(r, name) for r in reports], np.float64)


def between(values: Sequence[float] | Floats, low: float, high: float) -> Floats:
    """The values as float64, NaN where they lie outside."""
    array = np.asarray(values, np.float64)
    return np.where((array >= low) & (array <= high), array, np.nan)


def locations(reports: Sequence[Report]) -> Locations:
    """The reports' places and movements within the ranges of a Remote ID Location message."""
    height, takeoff = between(_column(reports, "height"), -999.5, 31767.5), np.array([r.above_takeoff for r in reports])
    alt, pressure = (between(_column(reports, name), -999.5, 31767.5) for name in ("alt", "alt_pressure"))
    vertical, own = (between(_column(reports, name), 0, 1000) for name in ("within_vertical", "within_pressure"))
    return Locations(
        lat_deg=_column(reports, "lat"),
        lon_deg=_column(reports, "lon"),
        alt_wgs84_m=alt,
        alt_pressure_m=pressure,
        height_agl_m=np.where(takeoff, np.nan, height),
        height_takeoff_m=np.where(takeoff, height, np.nan),
        speed_mps=between(_column(reports, "speed"), 0, 254.25),
        course_deg=_column(reports, "course"),
        climb_mps=between(_column(reports, "climb"), -62, 62),
        sigma_position_m=between(_column(reports, "within_horizontal"), 0, 20_000) * RADIUS_95_TO_SIGMA,
        sigma_altitude_m=sigma_of_height(alt, pressure, vertical, own),
        sigma_speed_mps=between(_column(reports, "within_speed"), 0, 100) * BOUND_95_TO_SIGMA,
        second=_column(reports, "second"),
    )


def rf_table(reports: Sequence[Report], heard: Heard, left_out: Counter[str]) -> Batch:
    """Detections of transmissions without Remote ID; one without a position is still one."""
    places = locations(reports)
    lat, lon = places.lat_deg, places.lon_deg
    placed = (lat != 0) | (lon != 0)
    given = np.flatnonzero(placed)
    placed[given] = sound_positions(lat[given], lon[given], "no_position", "bad_position", left_out)
    unknown = np.isnan(heard.reference)
    columns: dict[str, Any] = {
        "time": heard.reference, "time_source": np.where(unknown, -1, heard.reference_source), "received": heard.received,
        "sensor_id": heard.sensor, "kind": "rf", "report": "plot", "origin": heard.origin,
        "lat_deg": np.where(placed, lat, np.nan), "lon_deg": np.where(placed, lon, np.nan),
        "power_dbm": heard.power_dbm, "center_hz": heard.center_hz, "bandwidth_hz": _column(reports, "bandwidth_hz"),
        "identity": [r.serials[0][1] if r.serials and _is_serial(r.serials[0][1]) else None for r in reports],
        "sensor_track_id": [r.track for r in reports], "classification": [r.classification for r in reports],
        "sensor_lat_deg": _column(reports, "sensor_lat"), "sensor_lon_deg": _column(reports, "sensor_lon"),
        "source": heard.source, "source_offset": heard.offsets,
    }  # fmt: skip
    columns["identity_kind"] = [None if identity is None else "serial" for identity in columns["identity"]]
    for name in ("alt_wgs84_m", "height_agl_m", "height_takeoff_m", "speed_mps", "climb_mps"):
        columns[name] = getattr(places, name)
    return Batch.build(DETECTION, len(reports), columns, {"time_source": SOURCES, "sensor_id": heard.sensors})


def _is_serial(identity: str) -> bool:
    """True for text that a Basic ID could hold, so that both tables tell the same identity."""
    return len(identity) < KEY and identity.isascii()


def operator_rows(reports: Sequence[Report], heard: Heard, keys: npt.NDArray[np.uint8], left_out: Counter[str]) -> list[Batch]:
    """Rows of the operators, and of the take-off places where those are told apart."""
    n = len(reports)
    silent = np.full(n, -1, np.int32)
    spoken = Operators(
        has_place=np.array([r.tells_pilot for r in reports], np.bool_),
        lat_deg=_column(reports, "pilot_lat"),
        lon_deg=_column(reports, "pilot_lon"),
        alt_wgs84_m=between(_column(reports, "pilot_alt"), -999.5, 31767.5),
        location_kind=np.array([r.pilot_kind for r in reports], np.int64),
        time=_column(reports, "pilot_time"),
        operator_id=_texts([r.operator_id for r in reports]),
        description=_texts([r.description for r in reports]),
    )
    home_lat, home_lon, unknown = _column(reports, "home_lat"), _column(reports, "home_lon"), np.full(n, np.nan)
    home = Operators(
        has_place=(home_lat != 0) | (home_lon != 0),
        lat_deg=home_lat,
        lon_deg=home_lon,
        alt_wgs84_m=unknown,
        location_kind=np.full(n, LOCATION_KINDS.index("takeoff")),
        time=unknown,
        operator_id=Texts(silent, ()),
        description=Texts(silent, ()),
    )
    return [operator_table(each, heard, keys, left_out) for each in (spoken, home)]


def _texts(values: Sequence[str | None]) -> Texts:
    """A text column of optional words."""
    place: dict[str, int] = {}
    codes = [-1 if v is None else place.setdefault(v, len(place)) for v in values]
    return Texts(np.array(codes, np.int32), tuple(place))
