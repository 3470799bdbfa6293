"""Values that came from outside -> a table's columns: right type, right range, known word, or unknown and counted.

One place for every way a table comes in (CSV, Parquet, Arrow, JSON lines), so that all of them judge alike:

    reason                     the value became unknown because
    <column>_wrong_type        text where a number belongs, an object where text belongs ...
    <column>_out_of_range      finite, but outside what the column can hold (RANGES)
    <column>_not_finite        infinite, or too large for a float64
    <column>_bad_time          neither UNIX seconds nor ISO 8601
    <column>_unknown_word      the column has a closed list of words (WORDS) and this is none of them
    half_position              latitude without longitude, or the other way round: both became unknown
    unknown_column 'lat' (nearest: lat_deg)     the row was kept without it; at most 8 names, then plain `unknown_column`

Angles clockwise from north may come as -360..360 and leave as 0 <= angle < 360.
"""

from __future__ import annotations

import contextlib
import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.feed.format import Floats, Ints
from picket.words import SENSOR_KINDS, Batch, Table

TIMES = ("time", "received", "updated_at")
WRAPPED = ("azimuth_deg", "course_deg", "sensor_heading_deg")
LONGEST_TEXT = 256  # characters kept of one text value; identities and names are shorter
_NAMED = 8  # unknown columns that get a line of their own, so that a hostile sender cannot fill the counts

_TIME = (0.0, 4102444800.0)  # to the year 2100: a larger number is milliseconds, the most usual mistake
_HEIGHT = (-1000.0, 100_000.0)
_POSITIVE = (0.0, 1e7)
RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(TIMES, _TIME),
    **dict.fromkeys(WRAPPED, (-360.0, 360.0)),
    **dict.fromkeys(("lat_deg", "sensor_lat_deg", "elevation_deg"), (-90.0, 90.0)),
    **dict.fromkeys(("lon_deg", "sensor_lon_deg"), (-180.0, 180.0)),
    **dict.fromkeys(
        ("alt_wgs84_m", "alt_msl_m", "alt_pressure_m", "height_agl_m", "height_takeoff_m", "sensor_alt_wgs84_m"), _HEIGHT
    ),
    **dict.fromkeys(("range_m", "bandwidth_hz", "rotation_period_s"), _POSITIVE),
    "bandwidth_hz": (0.0, 1e12),
    "center_hz": (0.0, 1e12),
    "speed_mps": (0.0, 1e4),
    "range_rate_mps": (-1e4, 1e4),
    "climb_mps": (-1e4, 1e4),
    **dict.fromkeys(("vel_east_mps", "vel_north_mps", "vel_up_mps"), (-1e4, 1e4)),
    **dict.fromkeys(("existence", "p_drone", "p_bird", "p_aircraft", "p_vessel"), (0.0, 1.0)),
}
WORDS: dict[str, tuple[str, ...]] = {
    "time_source": ("sensor", "receiver", "container", "operator"),
    "kind": SENSOR_KINDS,
    "report": ("plot", "track", "status"),
    "origin": ("live", "replay", "exercise"),
}


class Unknown:
    """Counts columns that a table lacks, naming the nearest known one for the first few."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._named: dict[str, str] = {}

    def reason(self, name: str) -> str:
        """The reason under which an unknown column is counted."""
        name = name[:40]
        if name not in self._named:
            if len(self._named) >= _NAMED:
                return "unknown_column"
            near = difflib.get_close_matches(name, self._table.kinds, 1, 0.5)
            self._named[name] = f"unknown_column {name!a}" + (f" (nearest: {near[0]})" if near else "")
        return self._named[name]


_FLOATS, _TEXTS = {float, type(None)}, {str, type(None)}


def parse_time(text: str) -> float:
    """UNIX seconds of ISO 8601 text (without a zone: UTC) or of a decimal number. Raises ValueError."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def floats(name: str, values: Iterable[Any], left_out: Counter[str], *, from_text: bool = False) -> Floats:
    """(n,) float64 of a column from Python values; None is unknown. from_text: numbers come as text (CSV)."""
    values = values if isinstance(values, list) else list(values)
    if set(map(type, values)) <= _FLOATS:  # nearly always: NumPy makes None unknown by itself
        return bounded(name, np.array(values, np.float64), left_out)
    out, is_time = [], name in TIMES
    for v in values:
        kind = type(v)
        if v is None or kind is float:
            out.append(np.nan if v is None else v)
            continue
        number = np.nan
        try:
            if kind is int:
                number = float(v)
            elif kind is str and is_time:
                number = parse_time(v)
            elif kind is str and from_text:
                number = float(v)
            elif isinstance(v, datetime) and is_time:
                number = (v if v.tzinfo else v.replace(tzinfo=UTC)).timestamp()
            else:
                left_out[f"{name}_wrong_type"] += 1
        except OverflowError:
            left_out[f"{name}_not_finite"] += 1
        except (ValueError, OSError):
            left_out[f"{name}_bad_time" if is_time else f"{name}_wrong_type"] += 1
        out.append(number)
    return bounded(name, np.array(out, np.float64), left_out)


def bounded(name: str, array: Floats, left_out: Counter[str]) -> Floats:
    """The column with values outside its range made unknown and counted; angles from north brought to 0..360."""
    infinite = np.isinf(array)
    if infinite.any():
        left_out[f"{name}_not_finite"] += int(np.count_nonzero(infinite))
        array = np.where(infinite, np.nan, array)
    low, high = RANGES.get(name, (0.0, 1e6) if name.startswith("sigma_") else (-np.inf, np.inf))
    outside = (array < low) | (array > high)
    if outside.any():
        left_out[f"{name}_out_of_range"] += int(np.count_nonzero(outside))
        array = np.where(outside, np.nan, array)
    if name in WRAPPED:
        array = np.mod(array, 360.0)
        array = np.where(array >= 360.0, 0.0, array)  # -1e-20 % 360 is 360
    return array


def ints(name: str, values: Iterable[Any], left_out: Counter[str], *, from_text: bool = False) -> Ints:
    """(n,) int64 of a column from Python values; None is -1."""
    out = []
    for v in values:
        if from_text and type(v) is str:
            with contextlib.suppress(ValueError):
                v = int(v)
        if v is None:
            out.append(-1)
        elif type(v) is not int:
            left_out[f"{name}_wrong_type"] += 1
            out.append(-1)
        elif not 0 <= v < 2**63:
            left_out[f"{name}_out_of_range"] += 1
            out.append(-1)
        else:
            out.append(v)
    return np.array(out, np.int64)


def whole(name: str, array: Ints, unknown: int, left_out: Counter[str]) -> Ints:
    """The int64 column with negative numbers unknown and counted; `unknown` of its rows are -1 for want of a value."""
    negative = array < 0
    outside = int(np.count_nonzero(negative)) - unknown
    if outside:
        left_out[f"{name}_out_of_range"] += outside
        array = np.where(negative, -1, array)
    return array


def texts(name: str, values: Iterable[Any], left_out: Counter[str]) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """(codes, words) of a text column from Python values. Whole numbers are taken as text (an MMSI, a track number)."""
    values = values if isinstance(values, list) else list(values)
    if values and type(values[0]) is str and values.count(values[0]) == len(values):  # one sensor's rows: most columns
        return clean_words(name, np.zeros(len(values), np.int32), values[:1], left_out)
    if set(map(type, values)) <= _TEXTS:
        place: dict[Any, int] = {word: i for i, word in enumerate(w for w in dict.fromkeys(values) if w is not None)}
        held = np.array([place.get(v, -1) for v in values], np.int32)
        return clean_words(name, held, tuple(place), left_out)
    code: dict[Any, int] = {}
    codes = []
    for v in values:
        if type(v) is int:
            v = str(v) if -(2**63) <= v < 2**64 else None
        elif v is not None and type(v) is not str:
            left_out[f"{name}_wrong_type"] += 1
            v = None
        codes.append(-1 if v is None else code.setdefault(v, len(code)))
    return clean_words(name, np.array(codes, np.int32), tuple(code), left_out)


def clean_words(
    name: str, codes: npt.NDArray[np.int32], words: Sequence[str], left_out: Counter[str]
) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """The same text column with empty words unknown, words outside a closed list unknown and counted, long words cut."""
    known = WORDS.get(name)
    code: dict[str, int] = {}
    moved = np.full(len(words) + 1, -1, np.int32)  # the last entry is for code -1: unknown stays unknown
    uses: Ints | None = None
    for i, word in enumerate(words):
        kept = word[:LONGEST_TEXT]
        if not kept.isascii():  # a lone surrogate (JSON allows it) cannot be written as UTF-8
            kept = kept.encode("utf-8", "replace").decode("utf-8")
        if known is not None and kept and kept not in known:
            uses = np.bincount(codes[codes >= 0], minlength=len(words)) if uses is None else uses
            if uses[i]:  # a dictionary may hold words that no row uses
                left_out[f"{name}_unknown_word"] += int(uses[i])
        elif kept:
            moved[i] = code.setdefault(kept, len(code))
    return moved[codes], tuple(code)


def lists(name: str, values: Iterable[Any], left_out: Counter[str]) -> list[tuple[str, ...] | None]:
    """A list column from Python values: lists of text, or text joined with `;`."""
    out: list[tuple[str, ...] | None] = []
    for v in values:
        parts = v.split(";") if isinstance(v, str) else v
        if parts is not None and (not isinstance(parts, (list, tuple)) or not all(isinstance(p, str) for p in parts)):
            left_out[f"{name}_wrong_type"] += 1
            parts = None
        out.append(tuple(p for p in parts if p) or None if parts is not None else None)
    return out


def column(table: Table, name: str, values: Iterable[Any], left_out: Counter[str], *, from_text: bool = False) -> tuple[Any, Any]:
    """(array or list, words or None) of one column from Python values, ready for `Batch.build`."""
    kind = table.kinds[name]
    if kind == "float":
        return floats(name, values, left_out, from_text=from_text), None
    if kind == "int":
        return ints(name, values, left_out, from_text=from_text), None
    if kind == "text":
        return texts(name, values, left_out)
    return lists(name, values, left_out), None


def build(table: Table, n: int, columns: Mapping[str, Any], words: Mapping[str, Any], left_out: Counter[str]) -> Batch:
    """A batch of checked columns; a latitude or longitude that stands alone is made unknown."""
    columns = dict(columns)
    for lat, lon in (("lat_deg", "lon_deg"), ("sensor_lat_deg", "sensor_lon_deg")):
        if lat not in columns and lon not in columns:
            continue
        a, b = columns.get(lat, np.full(n, np.nan)), columns.get(lon, np.full(n, np.nan))
        half = np.isnan(a) != np.isnan(b)
        if half.any():
            left_out["half_position"] += int(np.count_nonzero(half))
            columns[lat], columns[lon] = np.where(half, np.nan, a), np.where(half, np.nan, b)
    return Batch.build(table, n, columns, {k: v for k, v in words.items() if v is not None})
