"""The nouns that cross rooms, and the one list of every table's columns.

A table travels through Picket as a `Batch`: one NumPy array per column, all of the same length. Objects are
views for people; nothing in the hot path makes one per row.

    letter of a column   array                  unknown        at the edges (Arrow, JSON, CSV)
    float                float64                NaN            null
    int                  int64                  -1             null
    text                 int32 code             -1             null; `Batch.texts[column][code]` is the word
    list                 int32 code             -1             empty list; `Batch.texts[column][code]` is a tuple

A column that a batch does not hold is unknown in every row: it costs no memory until someone asks for it.
Text is coded per batch (an Arrow dictionary), because a batch of 10,000 radar plots names two sensors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Kind = Literal["float", "int", "text", "list"]
Array = npt.NDArray[Any]

SCHEMA_VERSION = 1  # stands in the site file, the log's header, Parquet metadata and the stream

# What a sensor may be, in the site file and in a detection's `kind`.
SENSOR_KINDS = (
    "radar", "rf", "remote_id", "adsb", "ais", "mlat", "acoustic", "sonar", "camera", "visual", "telemetry", "system",
)  # fmt: skip


class Column(NamedTuple):
    """One column of a table: its name, what its array holds, and what it means."""

    name: str
    kind: Kind
    meaning: str


@dataclass(frozen=True)
class Table:
    """A table's name and its columns, in the order in which they are written."""

    name: str
    columns: tuple[Column, ...]
    kinds: Mapping[str, Kind] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", {c.name: c.kind for c in self.columns})


def _columns(kind: Kind, text: str) -> list[Column]:
    """Columns of one kind from lines `name: meaning`."""
    pairs = (line.split(":", 1) for line in text.strip().splitlines())
    return [Column(name.strip(), kind, meaning.strip()) for name, meaning in pairs]


DETECTION = Table(
    "detection",
    (
        Column("time", "float", "UNIX seconds UTC of the measurement; each plot its own"),
        Column("time_source", "text", "sensor, receiver, container (pcap) or operator (--start)"),
        Column("received", "float", "UNIX seconds UTC of arrival"),
        Column("sensor_id", "text", "as in the site file; without one, what the sensor calls itself"),
        Column("kind", "text", "radar, rf, remote_id, adsb, ais, mlat, acoustic, sonar, camera, visual, telemetry, system"),
        Column("report", "text", "plot, track (a foreign tracker's estimate: correlated) or status"),
        Column("origin", "text", "live, replay or exercise"),
        *_columns(
            "float",
            """
            range_m: slant range from the sensor
            azimuth_deg: clockwise from true north at the sensor
            elevation_deg: above the sensor's local horizontal
            range_rate_mps: positive = receding
            lat_deg: WGS84 latitude
            lon_deg: WGS84 longitude
            alt_wgs84_m: height above the WGS84 ellipsoid
            alt_msl_m: height above mean sea level
            alt_pressure_m: pressure altitude, 1013.25 hPa
            height_agl_m: height above ground
            height_takeoff_m: height above the take-off place
            speed_mps: over ground
            course_deg: over ground, clockwise from true north
            climb_mps: positive = up
            sigma_range_m: 1 sigma
            sigma_azimuth_deg: 1 sigma
            sigma_elevation_deg: 1 sigma
            sigma_range_rate_mps: 1 sigma
            sigma_position_m: 1 sigma per horizontal axis (a 95 % radius / 2.448)
            sigma_altitude_m: 1 sigma (a 95 % bound / 1.96)
            sigma_speed_mps: 1 sigma
            snr_db: signal to noise ratio
            power_dbm: received power
            center_hz: centre frequency
            bandwidth_hz: bandwidth
            """,
        ),
        Column("identity", "text", "what the object calls itself"),
        Column(
            "identity_kind",
            "text",
            "serial, session_id, registration, utm_id, icao_address, mmsi, call_sign; null where the source does not say",
        ),
        Column("transmitter", "text", "radio address of the transmitter"),
        Column("transport", "text", "the radio it was heard on: wifi_beacon, wifi_nan, bt4, bt5, 1090es, uat, vdl4"),
        Column("sensor_track_id", "text", "the sensor's own track number"),
        *_columns(
            "float",
            """
            sensor_lat_deg: the sensor's own latitude, for sensors that move
            sensor_lon_deg: the sensor's own longitude
            sensor_alt_wgs84_m: the sensor's own height above the ellipsoid
            sensor_heading_deg: the sensor's own heading, true
            """,
        ),
        Column("classification", "text", "what the sensor itself says it is"),
        Column("source", "text", "file or address"),
        Column("source_offset", "int", "record number or byte offset in the source"),
    ),
)

OPERATOR = Table(
    "operator",
    (
        Column("time", "float", "UNIX seconds UTC"),
        Column("received", "float", "UNIX seconds UTC of arrival"),
        Column("sensor_id", "text", "the receiver"),
        Column("origin", "text", "live, replay or exercise"),
        Column("identity", "text", "the aircraft's identity, where known"),
        Column("identity_kind", "text", "as in the detection table"),
        Column("transmitter", "text", "radio address of the aircraft's transmitter"),
        Column("transport", "text", "as in the detection table"),
        Column("operator_id", "text", "the operator's registration, as broadcast"),
        Column("lat_deg", "float", "operator or take-off latitude, WGS84"),
        Column("lon_deg", "float", "operator or take-off longitude, WGS84"),
        Column("alt_wgs84_m", "float", "operator or take-off height above the ellipsoid"),
        Column("location_kind", "text", "takeoff, live_gnss or fixed"),
        Column("description", "text", "the Self-ID text, as broadcast"),
        Column("source", "text", "file or address"),
        Column("source_offset", "int", "record number or byte offset"),
    ),
)

STATUS = Table(
    "status",
    (
        Column("time", "float", "UNIX seconds UTC"),
        Column("time_source", "text", "as in the detection table"),
        Column("received", "float", "UNIX seconds UTC of arrival"),
        Column("sensor_id", "text", "the sensor that speaks"),
        Column("origin", "text", "live, replay or exercise"),
        Column("event", "text", "north_mark, sector, scan, status or heartbeat"),
        Column("azimuth_deg", "float", "where the antenna points at a sector mark"),
        Column("rotation_period_s", "float", "antenna period"),
        Column("state", "text", "ok, degraded, failed or unknown, in the sensor's own judgement"),
        Column("detail", "text", "the sensor's own words or codes"),
        Column("source", "text", "file or address"),
        Column("source_offset", "int", "record number or byte offset"),
    ),
)

TRACK = Table(
    "track",
    (
        Column("time", "float", "UNIX seconds UTC of this row"),
        Column("updated_at", "float", "UNIX seconds UTC of the last measurement"),
        Column("track_id", "int", "never reused"),
        *_columns(
            "float",
            """
            lat_deg: WGS84
            lon_deg: WGS84
            alt_wgs84_m: null when unknown
            vel_east_mps: at the track's own place
            vel_north_mps: at the track's own place
            vel_up_mps: at the track's own place
            sigma_horizontal_m: 1 sigma per axis
            sigma_vertical_m: 1 sigma
            sigma_velocity_mps: 1 sigma per axis
            existence: probability that the object exists, 0..1
            """,
        ),
        Column("status", "text", "tentative, confirmed, coasting or ended"),
        Column("classification", "text", "drone, bird, aircraft, vessel or unknown"),
        *_columns(
            "float",
            """
            p_drone: probability
            p_bird: probability
            p_aircraft: probability
            p_vessel: probability
            """,
        ),
        Column("domain", "text", "air, surface, subsurface or unknown"),
        Column("identity", "text", "as claimed by the object"),
        Column("identity_kind", "text", "as in the detection table"),
        Column("sensors", "list", "sensors that contributed"),
        Column("group_id", "int", "the swarm's, or null"),
        Column("flags", "list", "spoof_suspected, unconfirmed_position, unauthorised ..."),
        Column("origin", "text", "live, replay or exercise"),
    ),
)

TABLES = {t.name: t for t in (DETECTION, OPERATOR, STATUS, TRACK)}

_DTYPE: dict[Kind, Any] = {"float": np.float64, "int": np.int64, "text": np.int32, "list": np.int32}
_UNKNOWN: dict[Kind, Any] = {"float": np.nan, "int": -1, "text": -1, "list": -1}


class TableError(ValueError):
    """A table that does not fit its column list; the message names the column and what was expected."""


@dataclass(frozen=True)
class Batch:
    """Rows of one table as columns: immutable, so that the log writer and the tracker may hold the same one.

    `columns` maps a column name to its array (see the module's table); `texts` maps each text or list column
    to its words. Build one with `Batch.build`, `Batch.from_rows` or `Batch.empty`.
    """

    table: Table
    n: int
    columns: Mapping[str, Array]
    texts: Mapping[str, tuple[Any, ...]]

    # -- making one ------------------------------------------------------------------------------------------
    @classmethod
    def empty(cls, table: Table) -> Batch:
        """A batch without rows."""
        return cls(table, 0, {}, {})

    @classmethod
    def build(cls, table: Table, n: int, columns: Mapping[str, Any], texts: Mapping[str, Sequence[Any]] | None = None) -> Batch:
        """A batch of `n` rows.

        columns: name -> array (n,), or one value for every row (a number, a string, None = leave it unknown).
        A text column may be given as a list of strings and None, or as codes with its words in `texts`.
        Raises TableError for a name that the table lacks or an array of another length.
        """
        kept: dict[str, Array] = {}
        words: dict[str, tuple[Any, ...]] = {}
        for name, value in columns.items():
            kind = table.kinds.get(name)
            if kind is None:
                raise TableError(f"table {table.name!r} has no column {name!r}")
            if value is None:
                continue
            if kind in ("text", "list"):
                array, words[name] = _coded(value, n, (texts or {}).get(name))
            elif type(value) is np.ndarray and value.ndim:  # as decoders give them: np.ndim asks at length what this is
                array = value if value.dtype == _DTYPE[kind] else value.astype(_DTYPE[kind])
            elif np.ndim(value) == 0:
                array = np.full(n, value, _DTYPE[kind])
            else:
                array = np.asarray(value, _DTYPE[kind])
            if array.shape != (n,):
                raise TableError(f"column {name!r} of table {table.name!r}: expected {n} rows, got shape {array.shape}")
            array.setflags(write=False)
            kept[name] = array
        return cls(table, n, kept, words)

    @classmethod
    def from_rows(cls, table: Table, rows: Sequence[Mapping[str, Any]]) -> Batch:
        """A batch from dictionaries (slow: for tests, people and small inputs). Missing keys are unknown."""
        names = {name for row in rows for name in row}
        columns: dict[str, Any] = {}
        for name in sorted(names):
            values = [row.get(name) for row in rows]
            kind = table.kinds.get(name)
            if kind in ("float", "int"):
                columns[name] = [_UNKNOWN[kind] if v is None else v for v in values]
            else:
                columns[name] = values
        return cls.build(table, len(rows), columns)

    # -- reading it ------------------------------------------------------------------------------------------
    def __len__(self) -> int:
        return self.n

    def __getitem__(self, name: str) -> Array:
        """The column's array: values, or codes for text and list columns. Unknown everywhere when not held."""
        held = self.columns.get(name)
        if held is not None:
            return held
        kind = self.table.kinds[name]
        unknown = np.full(self.n, _UNKNOWN[kind], _DTYPE[kind])
        unknown.setflags(write=False)
        return unknown

    def words(self, name: str) -> tuple[Any, ...]:
        """The dictionary of a text or list column (empty when the column is not held)."""
        return self.texts.get(name, ())

    def values(self, name: str) -> list[Any]:
        """The column for people: floats, ints, strings or tuples, with None for unknown."""
        array, kind = self[name], self.table.kinds[name]
        if kind in ("text", "list"):
            words, missing = self.words(name), (() if kind == "list" else None)
            return [words[c] if c >= 0 else missing for c in array.tolist()]
        if kind == "int":
            return [None if v == -1 else v for v in array.tolist()]
        return [None if v != v else v for v in array.tolist()]

    def equals(self, name: str, word: str) -> npt.NDArray[np.bool_]:
        """(n,) bool: where a text column holds `word`."""
        words = self.texts.get(name, ())
        if word not in words:
            return np.zeros(self.n, np.bool_)
        return np.asarray(self[name] == words.index(word))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each row as a dictionary of its known values, in column order (for people and tests)."""
        names = [c.name for c in self.table.columns if c.name in self.columns]
        if not names:
            yield from ({} for _ in range(self.n))
        for row in zip(*map(self.values, names), strict=True):
            yield {name: value for name, value in zip(names, row, strict=True) if value is not None and value != ()}

    # -- a new one from it -----------------------------------------------------------------------------------
    def take(self, index: Array) -> Batch:
        """The rows at `index` (int positions or a bool mask), in that order."""
        columns = {name: array[index] for name, array in self.columns.items()}
        n = int(np.count_nonzero(index)) if index.dtype == np.bool_ else len(index)
        for array in columns.values():
            array.setflags(write=False)
        return Batch(self.table, n, columns, self.texts)

    def cut(self, begin: int, end: int) -> Batch:
        """The rows from `begin` to before `end`, without a copy."""
        if begin == 0 and end >= self.n:
            return self
        columns = {name: array[begin:end] for name, array in self.columns.items()}  # as little to be written to as the whole
        return Batch(self.table, max(min(end, self.n) - begin, 0), columns, self.texts)

    def replace(self, columns: Mapping[str, Any]) -> Batch:
        """The same rows with the named columns replaced or added (values as for `build`)."""
        new = Batch.build(self.table, self.n, columns)
        return Batch(self.table, self.n, {**self.columns, **new.columns}, {**self.texts, **new.texts})


def concat(table: Table, batches: Iterable[Batch]) -> Batch:
    """One batch with the rows of all, in order; words are merged."""
    parts = [b for b in batches if b.n]
    if not parts:
        return Batch.empty(table)
    if len(parts) == 1:
        return parts[0]
    ends = np.cumsum([p.n for p in parts]).tolist()
    spans = list(zip(parts, [0, *ends], ends, strict=False))
    columns: dict[str, Array] = {}
    texts: dict[str, tuple[Any, ...]] = {}
    held = set().union(*(p.columns for p in parts))
    for name, kind in table.kinds.items():
        if name not in held:
            continue
        coded = kind in ("text", "list")
        column = columns[name] = np.empty(ends[-1], _DTYPE[kind])
        code: dict[Any, int] = {}
        moved: Array | None = None  # the codes of the words that `last` was, where they are others
        last: tuple[Any, ...] | None = None
        for p, begin, end in spans:
            own = p.columns.get(name, _UNKNOWN[kind])
            if coded and name in p.columns:
                words = p.words(name)
                if words is not last:  # parts of one source share them
                    codes = [code.setdefault(w, len(code)) for w in words]
                    moved = None if codes == list(range(len(codes))) else np.array([*codes, -1], np.int32)
                    last = words
                if moved is not None:
                    own = moved[own]  # code -1 reads the last entry: unknown stays unknown
            column[begin:end] = own
        if coded:
            texts[name] = tuple(code)
        column.setflags(write=False)
    return Batch(table, ends[-1], columns, texts)


def _coded(value: Any, n: int, words: Sequence[Any] | None) -> tuple[Array, tuple[Any, ...]]:
    """Codes (n,) int32 and their words, from codes with words, from one word, or from a list of words."""
    if words is not None:
        return np.asarray(value, np.int32), tuple(words)
    if isinstance(value, (str, tuple)):
        return np.zeros(n, np.int32), (value,)
    code: dict[Any, int] = {}
    codes = [-1 if v is None else code.setdefault(tuple(v) if isinstance(v, list) else v, len(code)) for v in value]
    return np.array(codes, np.int32).reshape(len(codes)), tuple(code)
