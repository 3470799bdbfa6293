"""Detection-table rows as JSON lines: the feed for any home-made sensor (FORMAT "table").

One JSON object per line, its keys the columns of the detection table (docs/formats.md), all optional:

    {"time": 1767225600.25, "sensor_id": "mic-3", "kind": "acoustic", "azimuth_deg": 114.0, "sigma_azimuth_deg": 6}

A datagram or an MQTT message holds one or more whole lines. In a stream lines end with a line feed; a line may be cut by
any chunk boundary. `time` is UNIX seconds or ISO 8601.

Filled in when a row lacks them: time (the receive time, with its source), time_source, received, sensor_id (Options, else
"table"), report (plot), origin, source, source_offset. `origin` is never more real than the input: rows of an
exercise stay exercise even when they say live.

Left out and counted: not_text, bad_json, not_an_object, line_too_long, no_measurement (nothing in the row that a tracker or
a rule could use), truncated (the stream ends inside a line), and the reasons of `picket.feed.checks` for single values.
NaN and Infinity, which JSON forbids and many programs write, are read as unknown and counted as not_a_number.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import msgspec
import numpy as np

from picket.feed import checks
from picket.feed.format import Chunk, Decoded, Decoder, Floats, Format, Ints, Options
from picket.words import DETECTION, Batch

_LINE = re.compile(rb"\S[^\n]*")  # a line from its first character that is no blank: a thousand blank lines cost nothing
LONGEST_LINE = 1 << 16  # a row with every column filled needs about 2 kB
_ORIGINS = ("live", "replay", "exercise")  # from the most real to the least
_MEASURES = (
    "range_m", "azimuth_deg", "elevation_deg", "range_rate_mps", "lat_deg", "alt_wgs84_m", "alt_msl_m", "alt_pressure_m",
    "height_agl_m", "height_takeoff_m", "speed_mps", "course_deg", "snr_db", "power_dbm", "center_hz",
    "identity", "transmitter", "sensor_track_id", "classification",
)  # fmt: skip

_decode = msgspec.json.Decoder().decode


def complete(
    batch: Batch, options: Options, left_out: Counter[str], *, received: Floats, time_source: str, source: str, offsets: Ints
) -> Batch:
    """The batch with the columns filled in that its rows lack, and without rows that hold nothing to use.

    received (n,), offsets (n,): of the payload or line that each row came from.
    """
    useful = np.zeros(batch.n, np.bool_)
    for name in _MEASURES:
        if name in batch.columns:
            held = batch[name]
            useful |= held >= 0 if batch.table.kinds[name] == "text" else ~np.isnan(held)
    useful |= batch.equals("report", "status")
    if not useful.all():
        left_out["no_measurement"] += int(np.count_nonzero(~useful))
        batch, received, offsets = batch.take(useful), received[useful], offsets[useful]
    time = batch["time"]
    untimed = np.isnan(time)
    columns = {
        "time": np.where(untimed, received, time),
        "received": np.where(np.isnan(batch["received"]), received, batch["received"]),
        "source_offset": np.where(batch["source_offset"] < 0, offsets, batch["source_offset"]),
    }
    new = batch.replace(columns)
    told = ~np.isnan(columns["time"]) & (untimed | (batch["time_source"] < 0))
    new = _fill(new, "time_source", np.where(untimed, time_source, "sensor") if untimed.any() else "sensor", told)
    new = _fill(new, "sensor_id", options.sensor_id or "table")
    new = _fill(new, "report", "plot")
    new = _fill(new, "source", source)
    return _least_real(new, options.origin)


def _fill(batch: Batch, name: str, word: Any, where: Any = None) -> Batch:
    """The text column with `word` (one, or (n,) of them) in the rows of the mask `where`, or else where it is unknown."""
    codes, words = batch[name], batch.words(name)
    missing = codes < 0 if where is None else where
    if not missing.any():
        return batch
    code = {w: i for i, w in enumerate(words)}
    if isinstance(word, str):  # nearly always
        return _with_codes(batch, name, np.where(missing, code.setdefault(word, len(code)), codes), tuple(code))
    new = np.broadcast_to(np.asarray(word), batch.n)
    codes = codes.copy()
    for w in dict.fromkeys(new[missing].tolist()):
        codes[missing & (new == w)] = code.setdefault(w, len(code))
    return _with_codes(batch, name, codes, tuple(code))


def _with_codes(batch: Batch, name: str, codes: Any, words: tuple[str, ...]) -> Batch:
    new = Batch.build(batch.table, batch.n, {name: codes}, {name: words})
    return Batch(batch.table, batch.n, {**batch.columns, **new.columns}, {**batch.texts, **new.texts})


def _least_real(batch: Batch, origin: str) -> Batch:
    """`origin` of every row: its own, but never more real than that of the input."""
    floor = _ORIGINS.index(origin)
    rank = np.array([max(floor, _ORIGINS.index(w)) for w in batch.words("origin")] + [floor], np.int32)
    return _with_codes(batch, "origin", rank[batch["origin"]], _ORIGINS)


class _Decoder:
    """Keeps the half line at the end of a stream's last chunk, and whether it is skipping an overlong one."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._unknown = checks.Unknown(DETECTION)
        self._rest = b""
        self._rest_offset = 0
        self._skipping = False
        self._last: Chunk | None = None  # of a stream: its receive time and source go with the rest

    def decode(self, chunk: Chunk) -> Decoded:
        left_out: Counter[str] = Counter()
        rows: list[dict[str, Any]] = []
        payload_of: list[int] = []
        offset_of: list[int] = []
        for i, (start, end) in enumerate(zip(chunk.starts.tolist(), chunk.ends.tolist(), strict=True)):
            payload, offset = chunk.data[start:end], int(chunk.offsets[i])
            if chunk.link == "stream":
                self._last = chunk
                lines = self._whole_lines(payload, offset, left_out)
            else:
                lines = [(line, offset) for line in _LINE.findall(payload)]
                if not payload.strip():
                    left_out["empty_payload"] += 1
            for line, at in lines:
                row = self._row(line, left_out)
                if row is not None:
                    rows.append(row)
                    payload_of.append(i)
                    offset_of.append(at)
        if not rows:
            return Decoded(left_out=left_out)
        batch = self._batch(rows, left_out)
        batch = complete(
            batch, self._options, left_out, received=chunk.received[payload_of], time_source=chunk.time_source,
            source=chunk.source, offsets=np.array(offset_of, np.int64),
        )  # fmt: skip
        return Decoded(batch, left_out=left_out)

    def finish(self) -> Decoded:
        """A last line without its line feed is a row when it is whole, else `truncated`."""
        rest, offset, self._rest = self._rest, self._rest_offset, b""
        last = self._last
        if not rest.strip() or self._skipping or last is None:
            return Decoded()
        found = self.decode(
            Chunk.one(
                rest,
                received=float(last.received[-1]),
                offset=offset,
                source=last.source,
                link="line",
                time_source=last.time_source,
            )
        )
        if found.left_out["bad_json"] or found.left_out["not_text"]:
            return Decoded(left_out=Counter(truncated=1))
        return found

    def _whole_lines(self, data: bytes, offset: int, left_out: Counter[str]) -> list[tuple[bytes, int]]:
        """(line, byte offset) of the lines that end in `data`; what follows the last line feed is kept for the next chunk."""
        if not self._rest:
            self._rest_offset = offset
        data, at, begin = self._rest + data, self._rest_offset, 0
        if self._skipping:  # the end of a line that was counted where it grew too long
            begin = data.find(b"\n") + 1
            self._skipping = begin == 0
        end = max(data.rfind(b"\n") + 1, begin)
        lines = []
        for line in _LINE.finditer(data, begin, end):
            if line.end() - line.start() > LONGEST_LINE:
                left_out["line_too_long"] += 1
            else:
                lines.append((line.group(), at + line.start()))
        last = b"" if self._skipping else data[end:]
        if len(last) > LONGEST_LINE:
            left_out["line_too_long"] += 1
            self._skipping, last = True, b""
        self._rest, self._rest_offset = last, at + end
        return lines

    def _row(self, line: bytes, left_out: Counter[str]) -> dict[str, Any] | None:
        if len(line) > LONGEST_LINE:
            left_out["line_too_long"] += 1
            return None
        try:
            row = _decode(line)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            row = _forgiving(line, left_out)
            if row is None:
                return None
        if not isinstance(row, dict):
            left_out["not_an_object"] += 1
            return None
        return row

    def _batch(self, rows: list[dict[str, Any]], left_out: Counter[str]) -> Batch:
        names = {name for row in rows for name in row}
        for name in sorted(names - DETECTION.kinds.keys()):
            left_out[self._unknown.reason(name)] += sum(name in row for row in rows)
        columns: dict[str, Any] = {}
        words: dict[str, Any] = {}
        for c in DETECTION.columns:
            if c.name in names:
                values = [row.get(c.name) for row in rows]
                columns[c.name], words[c.name] = checks.column(DETECTION, c.name, values, left_out)
        return checks.build(DETECTION, len(rows), columns, words, left_out)


def _forgiving(line: bytes, left_out: Counter[str]) -> Any:
    """A line that strict JSON refuses, read with NaN and Infinity as null; None, and counted, when that is not what ails it."""

    seen = 0

    def not_a_number(_: str) -> None:
        nonlocal seen
        seen += 1

    try:
        row = json.loads(line.decode("utf-8"), parse_constant=not_a_number)
    except UnicodeDecodeError:
        left_out["not_text"] += 1
        return None
    except (ValueError, RecursionError):
        left_out["bad_json"] += 1
        return None
    if row is None:
        left_out["not_an_object"] += 1
    if seen:
        left_out["not_a_number"] += seen
    return row


def _make(options: Options) -> Decoder:
    return _Decoder(options)


def _sniff(first: bytes) -> bool:
    """The first line is a JSON object, or the beginning of one, with a key that names a column of the table."""
    line = first.lstrip().split(b"\n", 1)[0]
    return line.startswith(b"{") and any(name in line for name in _TELLING)


# Keys that no other format has: names of columns with their unit. DragonSync writes some too: speed_mps, center_hz, bandwidth_hz.
_OWN_UNITS = ("_deg", "_m", "_db", "_dbm")
_TELLING = tuple(
    f'"{c.name}"'.encode() for c in DETECTION.columns if c.name.endswith(_OWN_UNITS) or c.name in ("sensor_id", "identity_kind")
)


def encode(batch: Batch) -> bytes:
    """The batch as JSON lines with its known values only: what a home-made sensor would send."""
    line = msgspec.json.Encoder().encode
    return b"".join(line(row) + b"\n" for row in batch.rows())


FORMAT = Format(
    name="table",
    title="Detection table as JSON lines (also .csv, .parquet, .arrow files)",
    make=_make,
    sniff=_sniff,
    suffixes=(".jsonl", ".ndjson", ".csv", ".parquet", ".arrow", ".feather", ".ipc"),
    links=("stream", "udp", "mqtt"),
    example={"feed": "table+udp://127.0.0.1:9000"},
)
