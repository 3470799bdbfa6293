"""ASTERIX CAT048 monoradar target reports and CAT034 service messages: radar plots and what the station says of itself.

Standards: EUROCONTROL SPEC-0149-4 (CAT048), editions 1.21 to 1.32, and SPEC-0149-2b (CAT034), editions 1.27 to 1.29. These
editions share their UAPs; they differ in meanings that no column here depends on. kernels.py shows the bytes and does
the reading; encoder.py writes.

CAT048 to the detection table (items that are not named are skipped by their length, I048/RE and SP among them):

    I048/010      sensor_id "sac/sic"; none = `no_data_source` (a wrong edition makes such records)
    I048/140      time: the day that puts the time of day nearest to `received`; null without `received`, without the
                  item, or above 86,401 s. time_source sensor, or operator when the operator gave `received`
    I048/040      range_m, azimuth_deg. With ERR set in I048/020 its range is only a limit: `extended_range`
    I048/042      the same from x, y when I048/040 is absent; then report = track. Neither: report = status
    I048/020      SIM, TST, RAB: `simulated`, `test_target`, `field_monitor`. With origin exercise SIM makes a row
    I048/090      alt_pressure_m; null with V (not validated) or G (garbled) set. Signed in every edition (ICAO Annex 10)
    I048/110      alt_msl_m: the standard's zero is mean sea level
    I048/120      range_rate_mps from CAL, null when D says doubtful. Positive = receding is what the standard recommends,
                  not what it requires: see the radar's interface document. RDS is ambiguous and unsigned: skipped
    I048/130      power_dbm: PAM (the echo) where given, else SAM (the transponder's reply)
    I048/161      sensor_track_id
    I048/200      speed_mps, course_deg
    I048/220, 240 identity: the address, else the call sign. 000000, FFFFFF, blanks and codes that are no characters: null
    I048/030      classification: the first code that names a kind of target (bird, helicopter ...)

report = status is a report without a place, as the end of a track is told: a row, so that nothing is lost, that no tracker takes.
report = track means that the position is no independent measurement: TYP = 0 ("no detection": RHO and THETA are extrapolated,
I048/040 note 1), a calculated position (I048/042), or SUP in I048/170 (kept alive by another station's track). All others
are plots even when the station correlated them with a track: I048/040 stays the plot's own measurement (note 2). CNF, GHO
and TRE in I048/170 say what the station thinks of its track, not how the position came about, and change nothing.

CAT034 to the status table: I034/000 event (1 north_mark, 2 sector, else status, named in detail), I034/030 time, I034/020
azimuth_deg, I034/041 rotation_period_s, I034/050 state (failed: NOGO; degraded: an overload, a part without a channel, no
valid time source; else ok; unknown without the item) and detail.

Left out and counted: `truncated` (a block longer than its datagram or than the input), `bad_length` (a LEN below 3, or a stream
that lost its step: once each time), `bad_fspec` (empty, or longer than the UAP), `bad_item` (malformed, or running past its
block's end), the reasons above, and `category_N` for each data block of another category. A block with a record that cannot be
read gives no rows at all and counts each record begun in it: nothing marks where the misreading began.

Links: "udp" (and any other message link): each payload is one datagram of whole blocks. "stream": blocks end to end, cut
anywhere. source_offset is the payload's on messages and the block's own byte offset on streams.

Where other decoders differ: libasterix takes an empty FSPEC for an empty record, drops unknown characters of a call sign, and
refuses an I048/020 with more extensions than its edition knows; here extensions are skipped by their FX bits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from picket.feed.asterix import kernels as k
from picket.feed.asterix.encoder import encode_cat034, encode_cat048
from picket.feed.format import Chunk, Decoded, Floats, Format, Ints, Options
from picket.words import DETECTION, STATUS, Batch

__all__ = ["EDITIONS", "FORMAT", "AsterixDecoder", "encode_cat034", "encode_cat048", "sniff"]

EDITIONS = tuple(f"1.{n}" for n in range(21, 33))  # of CAT048

_PIECE = 1 << 22  # octets read at a time: bounds the tables' memory whatever a caller hands over
_EVENTS = {1: "north_mark", 2: "sector"}
_MESSAGES = {
    3: "geographical_filtering", 4: "jamming_strobe", 5: "solar_storm", 6: "ssr_jamming_strobe", 7: "mode_s_jamming_strobe",
}  # fmt: skip
_DETAILS = (  # in the order of the bits in kernels.py
    "nogo", "rdp_reset", "rdp_overload", "transmission_overload", "monitoring_disconnected", "time_source_invalid",
    "psr_overload", "psr_no_channel", "ssr_overload", "ssr_no_channel", "mode_s_overload", "mode_s_no_channel",
)  # fmt: skip
_CLASSES = {6: "ground_vehicle", 19: "bird", 20: "bird_flock", 23: "wind_turbine", 24: "helicopter"}  # codes of I048/030
_STATES = ("unknown", "ok", "degraded", "failed")
_FLOATS = (
    "time", "received", "range_m", "azimuth_deg", "range_rate_mps", "alt_msl_m", "alt_pressure_m", "speed_mps", "course_deg",
    "power_dbm",
)  # fmt: skip
_STATUS_FLOATS = ("time", "received", "azimuth_deg", "rotation_period_s")


class AsterixDecoder:
    """Rows from ASTERIX blocks; keeps a stream's unfinished block between chunks.

    Raises ValueError for an edition of CAT048 that it does not know.
    """

    def __init__(self, options: Options) -> None:
        if options.edition is not None and options.edition not in EDITIONS:
            raise ValueError(f"edition: CAT048 is read in editions {EDITIONS[0]} to {EDITIONS[-1]}, got {options.edition!r}")
        self._origin = options.origin
        self._kept = b""  # the unread end of a stream, from the first octet of a block
        self._kept_received, self._kept_offset = float("nan"), 0
        self._lost = False
        self._stream: tuple[str, str] | None = None  # source and time source of the stream read last
        self._anchor = np.full(2, np.nan)  # see kernels._complete

    def decode(self, chunk: Chunk) -> Decoded:
        """Rows and counted reasons of this chunk."""
        read = self._stream_piece if chunk.link == "stream" else self._datagrams
        return Decoded.join([read(piece) for piece in _pieces(chunk)])

    def finish(self) -> Decoded:
        """What can still be read of an unfinished stream; a block that was cut counts as `truncated`."""
        if self._stream is None:
            return Decoded()
        source, time_source = self._stream
        end = self._kept_offset + len(self._kept)
        nothing = Chunk.one(b"", received=self._kept_received, offset=end, source=source, time_source=time_source)
        decoded = self._stream_piece(nothing, final=True)
        self._kept, self._lost, self._stream = b"", False, None
        return decoded

    def _datagrams(self, chunk: Chunk) -> Decoded:
        """Rows of whole datagrams."""
        starts, ends, received, offsets = _arrays(chunk)
        tables, size = k.new_tables(int((ends - starts).sum()))
        counts, categories = np.zeros(len(k.REASONS), np.int64), np.zeros(256, np.int64)
        k.read_datagrams(
            np.frombuffer(chunk.data, np.uint8), starts, ends, received, offsets, chunk.time_source == "operator",
            self._origin == "exercise", tables, size, counts, categories, self._anchor,
        )  # fmt: skip
        return self._decoded(tables, size, counts, categories, chunk)

    def _stream_piece(self, chunk: Chunk, final: bool = False) -> Decoded:
        """Rows of what is complete; the rest waits for the next piece."""
        starts, ends, received, offsets = _arrays(chunk)
        data = b"".join(chunk.data[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True))
        starts = np.cumsum(ends - starts) - (ends - starts) + len(self._kept)
        if self._kept:
            data = self._kept + data
            starts = np.concatenate((np.zeros(1, np.int64), starts))
            received = np.concatenate((np.array([self._kept_received]), received))
            offsets = np.concatenate((np.array([self._kept_offset], np.int64), offsets))
        tables, size = k.new_tables(len(data))
        counts, categories = np.zeros(len(k.REASONS), np.int64), np.zeros(256, np.int64)
        done, self._lost = k.read_stream(
            np.frombuffer(data, np.uint8), self._lost, final, starts, received, offsets, chunk.time_source == "operator",
            self._origin == "exercise", tables, size, counts, categories, self._anchor,
        )  # fmt: skip
        at = int(np.searchsorted(starts, done, side="right")) - 1
        self._kept, self._kept_received = data[done:], float(received[at])
        self._kept_offset = int(offsets[at] + done - starts[at])
        self._stream = chunk.source, chunk.time_source
        return self._decoded(tables, size, counts, categories, chunk)

    def _decoded(self, tables: k.Tables, size: Ints, counts: Ints, categories: Ints, chunk: Chunk) -> Decoded:
        """The kernels' tables as batches."""
        f, g, sf, sg = tables
        detections = _detections(f[:, : size[0]], g[:, : size[0]], chunk, self._origin)
        status = _status(sf[:, : size[1]], sg[:, : size[1]], chunk, self._origin)
        left_out = Counter({k.REASONS[i]: int(counts[i]) for i in np.flatnonzero(counts)})
        left_out.update({f"category_{c}": int(categories[c]) for c in np.flatnonzero(categories)})
        return Decoded(detections=detections, status=status, left_out=left_out)


def _arrays(chunk: Chunk) -> tuple[Ints, Ints, Floats, Ints]:
    """starts, ends, received, offsets as own arrays: read-only or strided ones would be another type and compile anew."""
    starts = np.array(chunk.starts, np.int64)
    ends = np.minimum(np.array(chunk.ends, np.int64), len(chunk.data))
    return starts, ends, np.array(chunk.received, np.float64), np.array(chunk.offsets, np.int64)


def _pieces(chunk: Chunk) -> Iterator[Chunk]:
    """The chunk in parts of about `_PIECE` octets: whole payloads, and of a stream's long payload a part."""
    if not len(chunk.starts):
        return
    if int(chunk.ends[-1] - chunk.starts[0]) <= _PIECE:
        yield chunk
        return
    starts, ends, received, offsets = chunk.starts, chunk.ends, chunk.received, chunk.offsets
    if chunk.link == "stream" and int((ends - starts).max()) > _PIECE:
        parts = np.maximum((ends - starts + _PIECE - 1) // _PIECE, 1)
        of = np.repeat(np.arange(len(starts)), parts)
        skipped = (np.arange(len(of)) - np.repeat(np.cumsum(parts) - parts, parts)) * _PIECE
        ends = np.minimum(starts[of] + skipped + _PIECE, ends[of])
        starts, received, offsets = starts[of] + skipped, received[of], offsets[of] + skipped
    group = (np.cumsum(ends - starts) - 1) // _PIECE
    cuts = [0, *(np.flatnonzero(np.diff(group)) + 1).tolist(), len(starts)]
    for a, b in pairwise(cuts):
        yield Chunk(
            chunk.data, starts[a:b], ends[a:b], received[a:b], offsets[a:b], chunk.source, chunk.link, chunk.time_source
        )  # fmt: skip


def _detections(f: Floats, g: Ints, chunk: Chunk, origin: str) -> Batch:
    """(10, n) floats and (6, n) integers of `read_...` as a detection batch."""
    n = f.shape[1]
    if n == 0:
        return Batch.empty(DETECTION)
    columns = {name: values.copy() for name, values in zip(_FLOATS, f, strict=True) if not np.isnan(values).all()}
    identity = g[k.IDENTITY]
    kind = np.where(identity < 0, -1, identity >> 48)
    texts: dict[str, Any] = {
        "time_source": _time_source(f[k.TIME], chunk),
        "sensor_id": _worded(g[k.SENSOR], _sensor),
        "kind": (np.zeros(n, np.int32), ("radar",)),
        "report": _worded(g[k.REPORT], ("plot", "track", "status").__getitem__),
        "origin": (np.zeros(n, np.int32), (origin,)),
        "identity": _worded(identity, _identity),
        "identity_kind": _worded(kind, ("icao_address", "call_sign").__getitem__),
        "sensor_track_id": _worded(g[k.TRACK_NUMBER], str),
        "classification": _worded(np.where(g[k.CLASS] == 0, -1, g[k.CLASS]), _CLASSES.__getitem__),
        "source": (np.zeros(n, np.int32), (chunk.source,)),
    }
    return _batch(DETECTION, n, columns, texts, g[k.OFFSET])


def _status(f: Floats, g: Ints, chunk: Chunk, origin: str) -> Batch:
    """(4, n) floats and (5, n) integers of `read_...` as a status batch."""
    n = f.shape[1]
    if n == 0:
        return Batch.empty(STATUS)
    columns = {name: values.copy() for name, values in zip(_STATUS_FLOATS, f, strict=True) if not np.isnan(values).all()}
    event = g[k.S_EVENT]
    told = np.where((event > 2) | (g[k.S_DETAIL] > 0), event << 16 | g[k.S_DETAIL], -1)
    texts: dict[str, Any] = {
        "time_source": _time_source(f[k.S_TIME], chunk),
        "sensor_id": _worded(g[k.S_SENSOR], _sensor),
        "origin": (np.zeros(n, np.int32), (origin,)),
        "event": _worded(event, lambda e: _EVENTS.get(e, "status")),
        "state": _worded(g[k.S_STATE], _STATES.__getitem__),
        "detail": _worded(told, _detail),
        "source": (np.zeros(n, np.int32), (chunk.source,)),
    }
    return _batch(STATUS, n, columns, texts, g[k.S_OFFSET])


def _batch(table: Any, n: int, columns: dict[str, Any], texts: dict[str, Any], offsets: Ints) -> Batch:
    """A batch of float columns, coded texts (those without a word are not held) and the source offsets."""
    held = {name: coded for name, coded in texts.items() if coded[1]}
    columns.update({name: codes for name, (codes, _) in held.items()})
    columns["source_offset"] = offsets.copy()
    return Batch.build(table, n, columns, {name: words for name, (_, words) in held.items()})


def _worded(keys: Ints, word: Callable[[int], str]) -> tuple[Any, tuple[str, ...]]:
    """Codes and words of integer keys; a negative key is unknown."""
    found, codes = np.unique(keys, return_inverse=True)
    unknown = int(np.searchsorted(found, 0))
    words = [word(key) for key in found[unknown:].tolist()]
    codes = np.where(codes < unknown, -1, codes - unknown)
    if len(set(words)) == len(words):
        return codes.astype(np.int32), tuple(words)
    distinct = {w: i for i, w in enumerate(dict.fromkeys(words))}  # several keys share a word: message types, say
    recoded = np.array([distinct[w] for w in words] + [-1], np.int32)
    return recoded[codes], tuple(distinct)


def _time_source(times: Floats, chunk: Chunk) -> tuple[Any, tuple[str, ...]]:
    """Who says so, where there is a time at all."""
    known = ~np.isnan(times)
    word = "operator" if chunk.time_source == "operator" else "sensor"
    return np.where(known, 0, -1).astype(np.int32), (word,) if known.any() else ()


def _sensor(key: int) -> str:
    return f"{key >> 8}/{key & 255}"


def _identity(key: int) -> str:
    """Six hexadecimal digits, or a call sign without its trailing blanks."""
    if not key & k.CALL_SIGN:
        return f"{key:06X}"
    codes = (key >> shift & 63 for shift in range(42, -1, -6))
    return "".join(chr(c + 64 if c <= 26 else c) for c in codes).rstrip()


def _detail(key: int) -> str:
    """The message type, where it has no event of its own, and the warnings of I034/050."""
    event, bits = key >> 16, key & 0xFFFF
    words = [_MESSAGES.get(event, f"message_type_{event}")] if event > 2 else []
    return " ".join(words + [w for i, w in enumerate(_DETAILS) if bits >> i & 1])


def sniff(head: bytes) -> bool:
    """True when `head` (the first octets of a file) is a chain of plausible data blocks.

    Each header must name an assigned category, each first record must hold its data source (FRN 1 of every category that
    is read here), and the chain must reach a second block, the end of the input, or the end of `head`.
    """
    p, blocks = 0, 0
    while p + 4 <= len(head):
        length = int.from_bytes(head[p + 1 : p + 3], "big")
        if not k.ASSIGNED[head[p]] or length < 4 or head[p + 3] < 0x80:
            return False
        p += length
        blocks += 1
    return blocks > 1 or (blocks == 1 and (p == len(head) or head[0] in (34, 48)))


FORMAT = Format(
    name="asterix",
    title="ASTERIX CAT048 (ed. 1.21-1.32) and CAT034: radar plots and service messages",
    make=AsterixDecoder,
    sniff=sniff,
    suffixes=(".ast", ".asterix"),
    links=("udp", "stream"),
    example={"recording": "picket decode radar.pcap --format asterix", "feed": "asterix+udp://127.0.0.1:8600"},
)
