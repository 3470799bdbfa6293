"""Tables of a sealed day: fixed-point columns, so that a point costs a few bytes and the same points give the same bytes.

    points     a track's estimate at a time at which it was measured, at most one a SPACING_S, sorted by segment and time
    segments   one unbroken piece of one track on one day: where its points lie, and its summary
    cells      how many points of a segment lie in each cell of CELL_E7: the roll-up that answers without points
    heat       the same added up over a month's segments: a map of whole months reads this much shorter table
    uptime     seconds of each hour in which a sensor worked, and in which it did not

Places are 1e-7 degree (11 mm of latitude), heights and uncertainties decimetres, times milliseconds. Sorted by segment, a column is a run
of small steps, which Parquet's DELTA_BINARY_PACKED and zstd make short. Page checksums are written and verified.

A segment that passes midnight has rows on both days. Its first row of the second day is then the last point of the day before
(`carry`): the step over midnight belongs to the day on which it ends, and each day's file answers by itself.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

Array = npt.NDArray[Any]

SEALED_VERSION = 1
DAY_MS = 86_400_000
E7 = 10_000_000  # units of a degree
CELL_E7 = 50_000  # 0.005 degrees
CELL_COLUMNS = 360 * E7 // CELL_E7
SPACING_S = 0.9  # a radar that turns once a second is kept whole, a station's half-second pictures are thinned
HOLE_S = 60.0  # a track that was not measured for longer is a new segment: no straight path is claimed over the hole
ROW_GROUP = 1 << 16


def _schema(name: str, fields: list[tuple[str, pa.DataType, str]]) -> pa.Schema:
    return pa.schema(
        [pa.field(n, t, metadata={"meaning": m}) for n, t, m in fields],
        metadata={"version": str(SEALED_VERSION), "table": f"sealed_{name}"},
    )


POINTS = _schema(
    "points",
    [
        ("segment", pa.int32(), "row of this day's and source's segments"),
        ("time_ms", pa.int64(), "UNIX milliseconds UTC"),
        ("lat_e7", pa.int32(), "WGS84 latitude, 1e-7 degree"),
        ("lon_e7", pa.int32(), "WGS84 longitude, 1e-7 degree, -180 <= lon < 180"),
        ("alt_dm", pa.int32(), "height above the WGS84 ellipsoid, decimetres; null when unknown"),
        ("sigma_dm", pa.int32(), "1 sigma per horizontal axis, decimetres; null when unknown"),
    ],
)
SEGMENTS = _schema(
    "segments",
    [
        ("day", pa.int32(), "days since 1970-01-01 UTC"),
        ("segment", pa.int32(), "its number on that day: rises by one"),
        ("first_row", pa.int64(), "its first row in the day's points"),
        ("rows", pa.int32(), "its rows there, a carried point included"),
        ("carry", pa.bool_(), "its first row is the last point of the day before"),
        ("track_id", pa.int64(), "the track that it is a piece of"),
        ("begun_ms", pa.int64(), "when the piece began, perhaps a day before; with source and track_id it names the segment"),
        ("begin_ms", pa.int64(), "first point of this day"),
        ("end_ms", pa.int64(), "last point of this day"),
        ("begin_lat_e7", pa.int32(), "where it began on this day"),
        ("begin_lon_e7", pa.int32(), ""),
        ("end_lat_e7", pa.int32(), "where it ended on this day"),
        ("end_lon_e7", pa.int32(), ""),
        ("begin_sigma_dm", pa.int32(), "1 sigma there; -1 when unknown"),
        ("end_sigma_dm", pa.int32(), ""),
        ("speed_median_mps", pa.float32(), "over ground"),
        ("speed_max_mps", pa.float32(), "over ground"),
        ("alt_median_m", pa.float32(), "above the ellipsoid; null when unknown"),
        ("longest_step_m", pa.float32(), "between two points that follow one another"),
        ("classification", pa.string(), "at its last point that had one"),
        ("airframe", pa.string(), "keyed pseudonym of its identity; null without one"),
        ("identity_kind", pa.string(), "serial, icao_address, mmsi ..."),
        ("friendly", pa.bool_(), "it claimed an identity of the site file's list"),
        ("spoof", pa.bool_(), "the tracker suspected a spoof"),
        ("origin", pa.string(), "live, replay or exercise"),
        ("sensors", pa.string(), "sensors that contributed, joined with ;"),
    ],
)
CELLS = _schema(
    "cells",
    [
        ("day", pa.int32(), "as in segments"),
        ("segment", pa.int32(), "as in segments"),
        ("cell", pa.int64(), f"row * {CELL_COLUMNS} + column of a grid of 0.005 degrees from 90 S, 180 W"),
        ("n", pa.int32(), "points of that day in it, the carried one left out"),
    ],
)
HEAT = _schema(
    "heat",
    [
        ("cell", pa.int64(), "as in cells; rises"),
        ("n", pa.int64(), "points in it, of all days and segments of the month"),
    ],
)
UPTIME = _schema(
    "uptime",
    [
        ("hour", pa.int32(), "hours since 1970-01-01 UTC"),
        ("sensor_id", pa.string(), "as in the site file"),
        ("up_s", pa.float32(), "seconds in which the station called it ok or stale; null for imported tables"),
        ("down_s", pa.float32(), "seconds in which it was silent or had never spoken; null for imported tables"),
        ("heard", pa.int64(), "minutes in which it reported anything"),
    ],
)
SCHEMAS: dict[str, pa.Schema] = {"points": POINTS, "segments": SEGMENTS, "cells": CELLS, "heat": HEAT, "uptime": UPTIME}
_DELTA = {
    "segment",
    "time_ms",
    "lat_e7",
    "lon_e7",
    "alt_dm",
    "sigma_dm",
    "first_row",
    "begun_ms",
    "begin_ms",
    "end_ms",
    "cell",
    "n",
    "hour",
}


def encode(kind: str, columns: Mapping[str, Any]) -> bytes:
    """One table as the bytes of a Parquet file; the same columns give the same bytes."""
    schema = SCHEMAS[kind]
    arrays = [_array(columns[f.name], f.type) for f in schema]
    delta = {f.name: "DELTA_BINARY_PACKED" for f in schema if f.name in _DELTA}
    words = [f.name for f in schema if pa.types.is_string(f.type)]
    out = io.BytesIO()
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=schema), out, row_group_size=ROW_GROUP, compression="zstd", compression_level=6,
        use_dictionary=words, column_encoding=delta, write_page_checksum=True, write_statistics=["time_ms"] if kind == "points" else False,
    )  # fmt: skip
    return out.getvalue()


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, np.ma.MaskedArray):
        return pa.array(values.filled(0), kind, mask=np.ma.getmaskarray(values))
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        return pa.array(values, kind, from_pandas=True)  # NaN is unknown
    return values.cast(kind) if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, kind)


def cell_of(lat_e7: Array, lon_e7: Array) -> Array:
    """(N,) int64 cell numbers of places in 1e-7 degree; the row of the north pole joins the one south of it."""
    row = np.minimum((lat_e7.astype(np.int64) + 90 * E7) // CELL_E7, 180 * E7 // CELL_E7 - 1)
    return np.asarray(row * CELL_COLUMNS + (lon_e7.astype(np.int64) + 180 * E7) // CELL_E7)


def cell_place(cell: Array) -> tuple[Array, Array]:
    """South-west corners of cells: latitude and longitude in degrees, each (N,)."""
    row, column = np.divmod(np.asarray(cell, np.int64), CELL_COLUMNS)
    return (row * CELL_E7 - 90 * E7) / E7, (column * CELL_E7 - 180 * E7) / E7


_DENSE = 8_000_000  # cells of one array; beyond it they are sorted


def distinct_cells(cell: Array) -> tuple[Array, Array]:
    """The different cells of (M,) uint32, int64 and in order, and (M,) the number of each one among them."""
    if not len(cell):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    row, column = np.divmod(cell, np.uint32(CELL_COLUMNS))
    south, west = row.min(), column.min()
    height, width = int(row.max() - south) + 1, int(column.max() - west) + 1
    if height * width > _DENSE:  # somebody was seen on the other side of the earth
        unique, back = np.unique(cell, return_inverse=True)
        return unique.astype(np.int64), back
    at = (row - south) * np.uint32(width) + (column - west)
    present = np.zeros(height * width, np.bool_)
    present[at] = True
    where = np.flatnonzero(present)
    number = np.cumsum(present, dtype=np.int32) - np.int32(1)
    return (where // width + int(south)) * CELL_COLUMNS + where % width + int(west), number[at]


def heat_of(cell: Array, n: Array) -> dict[str, Array]:
    """The columns of `heat` for rows of `cells`; also for rows of several heat tables."""
    unique, back = distinct_cells(cell.astype(np.uint32))
    return {"cell": unique, "n": np.bincount(back, n, len(unique)).astype(np.int64)}


def place_e7(lat_deg: Array, lon_deg: Array) -> tuple[Array, Array]:
    """Latitude and longitude as int32 units of 1e-7 degree; longitude 180 becomes -180."""
    lat = np.rint(lat_deg * E7).astype(np.int32)
    lon = np.rint(lon_deg * E7).astype(np.int64)
    return lat, ((lon + 180 * E7) % (360 * E7) - 180 * E7).astype(np.int32)
