"""MAVLink: the OPEN_DRONE_ID messages that Remote ID receivers, autopilots and ground stations exchange.

MAVLink 2 framing and the message definitions of common.xml (mavlink.io, as of July 2026); all numbers little-endian:

    FD  length  incompat  compat  sequence  system  component  message(3)  payload(length)  crc(2)  [signature(13)]

The CRC is X.25's over all bytes after FD and the message's CRC_EXTRA. Payloads lose their zero bytes at the end. A payload's
fields lie by size, larger ones first: `mavlink_messages.py` holds the layouts and the encoders.

    12900 BASIC_ID          what the aircraft calls itself       12904 SYSTEM         where the operator is
    12901 LOCATION          where it is and how it moves         12905 OPERATOR_ID    the operator's registration
    12902 AUTHENTICATION    (counted, never checked)             12915 MESSAGE_PACK   1 to 9 messages of 25 bytes, as on the air
    12903 SELF_ID           free text of the operator            12919 SYSTEM_UPDATE  the operator's new place alone
    12918 ARM_STATUS        whether the transmitter is ready: a row of the status table, ok (0) or failed (1)

They come in UDP datagrams (also from captures), TCP and serial byte streams, and telemetry logs (.tlog), in which 8 bytes stand
before every frame: microseconds since 1970, big-endian. Such a stamp is the time of reception (time_source container), unless
the bytes come from a live socket, whose own clock is believed instead.

Whom a message is about: the field id_or_mac holds a radio address (12 hex digits; six plain bytes are read too) or the aircraft's
identity; zeros mean the sender's own aircraft. The address becomes `transmitter`. A location is given the last BASIC_ID with the
same id_or_mac or, for zeros, from the same system and component, by the rules of `messages.py` (a minute, the better kind wins);
without one, an identity that stands in id_or_mac itself, its kind unknown. SYSTEM_UPDATE has no such field: it is the sender's.
Values, times, sigmas and unknown codes follow `messages.py` and `table.py`; speeds are in cm/s and courses in 0.01 degrees here,
unknown is 25500, 6300 (climb), 36100, -1000 m, 65535 s and not-a-number. A height with an unknown reference is unknown.
What the operator sends (SYSTEM, SYSTEM_UPDATE, OPERATOR_ID, SELF_ID) goes to the operator table only.
`transport` stays unknown: MAVLink does not say over which radio a receiver heard an aircraft.

Left out and counted: bad_checksum; other_message (any other message, MAVLink 1 frames: nothing of it is kept); unknown_flags (an
incompatibility flag that is not defined: a receiver must discard the frame); truncated; no_frame (bytes between frames, once per
stretch); authentication; identity_only (a BASIC_ID: what later rows need); empty_message (BASIC_ID, OPERATOR_ID or SELF_ID
without a word); and the reasons of `table.py`. Of a message with unknown CRC_EXTRA eight of the sixteen bits of the CRC are checked.
Signatures are skipped, not verified: a signed frame is no more believed than another.
Where decoders differ: most wait for the length that a damaged frame claims and lose what lies behind it; here every possible
beginning is tried.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.feed.format import Chunk, Decoded, Decoder, Floats, Format, Ints, Options
from picket.feed.joining import Joined, Joiner
from picket.feed.remoteid.mavlink_kernels import CRC, REASONS, SIGNED, TRIES, find_frames, payloads, senders
from picket.feed.remoteid.mavlink_messages import LAYOUTS, MESSAGES, crc16
from picket.feed.remoteid.messages import (
    ALTITUDE_95_M,
    BASIC_ID,
    BOUND_95_TO_SIGMA,
    EPOCH,
    LOCATION,
    LOCATION_LAYOUT,
    MESSAGE_SIZE,
    POSITION_95_M,
    RADIUS_95_TO_SIGMA,
    SPEED_95_MPS,
    Locations,
    clean_text,
    read_locations,
    sigma_of_height,
)
from picket.feed.remoteid.messages_kernels import KEY, best_basic_id, split
from picket.feed.remoteid.messages_kernels import REASONS as PACK_REASONS
from picket.feed.remoteid.table import (
    SOURCES,
    Adverts,
    Heard,
    IdentityMemory,
    Operators,
    count_quiet,
    detection_table,
    operator_table,
    read_operators,
    read_records,
    read_texts,
    within,
    without_places,
)
from picket.words import DETECTION, OPERATOR, STATUS, Batch, concat

Bytes = npt.NDArray[np.uint8]
Records = npt.NDArray[Any]

_NAMES = tuple(MESSAGES)
_KNOWN = np.array([number for number, _ in MESSAGES.values()], np.int64)
_EXTRA = np.array([extra for _, extra in MESSAGES.values()], np.int64)
_WANTED = np.array([name != "HEARTBEAT" for name in MESSAGES], np.int64)
_LONGEST = 1024  # bytes held back of a stream: a frame and its stamp have 288
_PACK = 3 + 225  # bytes of a pack as on the air


@dataclass(frozen=True)
class _Frames:
    """Messages of interest, in order, and who sent and heard them.

    data (bytes,);  at, length, kind (index into _NAMES), sender (system * 256 + component) (n,);  heard of n rows
    key (n,) whom each is about;  about (n, 20) the raw field;  text (n,) bool: it is an identity
    """

    data: Bytes
    at: Ints
    length: Ints
    kind: Ints
    sender: Ints
    heard: Heard
    key: Ints
    about: Bytes
    text: npt.NDArray[np.bool_]

    def of(self, name: str) -> tuple[Ints, Records]:
        """The rows of one message and its records."""
        row = np.flatnonzero(self.kind == _NAMES.index(name))
        layout = LAYOUTS[name]
        raw = payloads(self.data, self.at[row], self.length[row], layout.itemsize)
        return row, raw.view(layout).reshape(len(row))


@dataclass
class _MavlinkDecoder:
    """Frames -> detections, operators, status; holds back a stream's unfinished frame and the senders' identities."""

    options: Options

    def __post_init__(self) -> None:
        self._joiner = Joiner(_LONGEST)
        self._memory = IdentityMemory()
        self._state = np.array([0, TRIES, 0], np.int64)
        self._last: Chunk | None = None

    def decode(self, chunk: Chunk) -> Decoded:
        """Rows and counted reasons of this chunk."""
        decoded = self._decode(chunk, chunk.link != "stream")
        if self._joiner.held:  # when it came, and from whom: the stream may end here
            received = float(chunk.received[-1]) if len(chunk.received) else np.nan
            self._last = Chunk.one(
                self._joiner.held, received=received, offset=self._joiner.held_offset, source=chunk.source, link=chunk.link,
                time_source=chunk.time_source,
            )  # fmt: skip
        return decoded

    def finish(self) -> Decoded:
        """What lies in the bytes held back: at the end of the input they will not become longer."""
        held, self._joiner.held = self._joiner.held, b""
        return self._decode(self._last, True) if held and self._last is not None else Decoded()

    def _decode(self, chunk: Chunk, final: bool) -> Decoded:
        joined = self._joiner.join(chunk)
        stream = chunk.link == "stream"
        frames, stamps, counts, rest = find_frames(
            joined.data, joined.starts, joined.ends, final, stream, _KNOWN, _EXTRA, _WANTED, self._state
        )
        left_out = Counter({reason: n for reason, n in zip(REASONS, counts.tolist(), strict=True) if n})
        if stream:
            self._joiner.keep(joined, int(rest))
        if frames.shape[1] == 0:
            return Decoded(left_out=left_out)
        found = self._frames(chunk, joined, frames, stamps)
        decoded = self._tables(found, left_out)
        decoded.left_out = +left_out
        return decoded

    def _frames(self, chunk: Chunk, joined: Joined, frames: Ints, stamps: Floats) -> _Frames:
        """Who sent the messages, whom they are about, and when they were heard."""
        begin, at, length, kind, sender, last = frames
        n = len(begin)
        received = joined.received(last)
        clock = np.full(n, SOURCES.index(chunk.time_source) if chunk.time_source in SOURCES else -1, np.int32)
        if chunk.time_source != "receiver":  # a log: its own stamps are better than what stands for the file
            logged = ~np.isnan(stamps)
            received = np.where(logged, stamps, received)
            clock[logged] = SOURCES.index("container")
        about = np.zeros((n, 20), np.uint8)
        for k, name in enumerate(_NAMES):
            fields = LAYOUTS[name].fields
            if fields is not None and "about" in fields:
                row = np.flatnonzero(kind == k)
                place = fields["about"][1]
                about[row] = payloads(joined.data, at[row], length[row], place + 20)[:, place:]
        key, address, text = senders(about, sender)
        heard = Heard(
            received=received, offsets=joined.offset(begin, chunk.link != "stream"), reference=received, reference_source=clock,
            address=address, power_dbm=np.full(n, np.nan), center_hz=np.full(n, np.nan), transport=np.full(n, -1, np.int32),
            sensor=np.zeros(n, np.int32), sensors=(self.options.sensor_id or NAME,), source=chunk.source, origin=self.options.origin,
        )  # fmt: skip
        return _Frames(joined.data, at, length, kind, sender, heard, key, about, text != 0)

    def _tables(self, frames: _Frames, left_out: Counter[str]) -> Decoded:
        """The three tables of the messages."""
        told, bad, packs, at, pack = self._told(frames, left_out)
        keys = self._memory.recall(frames.key, frames.heard.reference, told)
        nameless = np.flatnonzero(frames.text & ~keys[:, 1:].any(axis=1))
        keys[nameless, 1:] = frames.about[nameless]  # an identity of undeclared kind
        row, m = frames.of("LOCATION")
        with np.errstate(invalid="ignore"):  # a float field may hold a signalling NaN
            direct = detection_table(_locations(m), row, frames.heard, keys, left_out)
            operators = operator_table(_direct_operators(frames, left_out), frames.heard, keys, left_out)
        if len(pack):
            kind = packs.data[at] >> 4
            here = kind == LOCATION
            located = read_locations(read_records(packs.data, at[here], LOCATION_LAYOUT))
            rows = np.flatnonzero(frames.kind == _NAMES.index("MESSAGE_PACK"))
            heard, own = packs.heard, keys[rows]
            direct = concat(DETECTION, [direct, detection_table(located, pack[here], heard, own, left_out)])
            spoken = read_operators(packs, at, pack, kind)
            count_quiet(without_places(pack, kind, len(rows)), told[rows], bad[rows], spoken, left_out)
            operators = concat(OPERATOR, [operators, operator_table(spoken, heard, own, left_out)])
        left_out["authentication"] += int(np.count_nonzero(frames.kind == _NAMES.index("AUTHENTICATION")))
        return Decoded(direct, operators, self._armed(frames))

    def _told(self, frames: _Frames, left_out: Counter[str]) -> tuple[Bytes, Ints, Adverts, Ints, Ints]:
        """(n, 21) what each message says of the identity, (n,) its bad ones; the packs, their messages' places, and the pack of each."""
        n = len(frames.kind)
        told, bad = np.zeros((n, KEY), np.uint8), np.zeros(n, np.int64)
        row, m = frames.of("BASIC_ID")
        plain = np.zeros((len(row), MESSAGE_SIZE), np.uint8)
        plain[:, 1] = np.minimum(m["id_type"], 15) << 4 | np.minimum(m["ua_type"], 15)
        plain[:, 2:22] = m["id"]
        flat = plain.ravel()
        flat.setflags(write=False)  # as received bytes are: the kernel is compiled once
        each = np.arange(len(row))
        told[row], bad[row] = best_basic_id(flat, each * MESSAGE_SIZE, each, len(row))
        named = told[row, 1:].any(axis=1)
        silent = ~named & (bad[row] == 0)
        left_out += Counter(identity_only=int(np.count_nonzero(named)), empty_message=int(np.count_nonzero(silent)))

        row, m = frames.of("MESSAGE_PACK")
        air = np.zeros((len(row), _PACK), np.uint8)
        air[:, 0], air[:, 1], air[:, 2], air[:, 3:] = 0xF2, m["message_size"], m["count"], m["messages"]
        starts = np.arange(len(row)) * _PACK
        ends = starts + np.where(m["count"] <= 9, 3 + MESSAGE_SIZE * m["count"].astype(np.int64), _PACK)
        flat = air.ravel()
        flat.setflags(write=False)
        at, pack, counts = split(flat, starts, ends)
        left_out.update({reason: c for reason, c in zip(PACK_REASONS, counts.tolist(), strict=True) if c})
        kind = flat[at] >> 4
        here = kind == BASIC_ID
        told[row], bad[row] = best_basic_id(flat, at[here], pack[here], len(row))
        left_out += Counter(bad_identity=int(bad.sum()))
        return told, bad, Adverts(flat, starts, ends, _heard_rows(frames.heard, row)), at, pack

    def _armed(self, frames: _Frames) -> Batch:
        """Status rows of ARM_STATUS messages."""
        row, m = frames.of("ARM_STATUS")
        if len(row) == 0:
            return Batch.empty(STATUS)
        heard = frames.heard
        senders_ = frames.sender[row].tolist()
        words = [clean_text(raw.tobytes()) or "" for raw in m["error"]]
        columns = {
            "time": heard.reference[row], "time_source": np.where(np.isnan(heard.reference[row]), -1, heard.reference_source[row]),
            "received": heard.received[row], "sensor_id": heard.sensors[0], "origin": heard.origin, "event": "status",
            "state": [{0: "ok", 1: "failed"}.get(s, "unknown") for s in m["status"].tolist()],
            "detail": [f"system {s >> 8} component {s & 255} {w}".strip() for s, w in zip(senders_, words, strict=True)],
            "source": heard.source, "source_offset": heard.offsets[row],
        }  # fmt: skip
        return Batch.build(STATUS, len(row), columns, {"time_source": SOURCES})


def _heard_rows(heard: Heard, row: Ints) -> Heard:
    """The same of some rows."""
    return Heard(
        heard.received[row], heard.offsets[row], heard.reference[row], heard.reference_source[row], heard.address[row],
        heard.power_dbm[row], heard.center_hz[row], heard.transport[row], heard.sensor[row], heard.sensors, heard.source, heard.origin,
    )  # fmt: skip


def _locations(m: Records) -> Locations:
    """The LOCATION messages in the detection table's units, with codes for unknown as NaN."""
    height, reference = within(m["height"], -999.5, 31767.5), m["height_reference"]
    alt, pressure = within(m["alt_geodetic"], -999.5, 31767.5), within(m["alt_pressure"], -999.5, 31767.5)
    vertical, own = (ALTITUDE_95_M[np.minimum(m[name], 15)] for name in ("accuracy_vertical", "accuracy_pressure"))
    course = within(m["course"], 0, 36000) / 100
    return Locations(
        lat_deg=m["lat"] / 1e7,
        lon_deg=m["lon"] / 1e7,
        alt_wgs84_m=alt,
        alt_pressure_m=pressure,
        height_agl_m=np.where(reference == 1, height, np.nan),
        height_takeoff_m=np.where(reference == 0, height, np.nan),
        speed_mps=within(m["speed"], 0, 25425) / 100,
        course_deg=course % 360,
        climb_mps=within(m["climb"], -6200, 6200) / 100,
        sigma_position_m=POSITION_95_M[np.minimum(m["accuracy_horizontal"], 15)] * RADIUS_95_TO_SIGMA,
        sigma_altitude_m=sigma_of_height(alt, pressure, vertical, own),
        sigma_speed_mps=SPEED_95_MPS[np.minimum(m["accuracy_speed"], 15)] * BOUND_95_TO_SIGMA,
        second=np.round(within(m["second"], 0, 3600), 3),  # a 32-bit float resolves a quarter of a millisecond there
    )


def _direct_operators(frames: _Frames, left_out: Counter[str]) -> Operators:
    """What operators sent outside packs, as columns of all messages."""
    n = len(frames.kind)
    lat, lon, alt, time = (np.full(n, np.nan) for _ in range(4))
    place, has_place = np.full(n, -1, np.int64), np.zeros(n, np.bool_)
    for name in ("SYSTEM", "SYSTEM_UPDATE"):
        row, m = frames.of(name)
        lat[row], lon[row], has_place[row] = m["lat"] / 1e7, m["lon"] / 1e7, True
        alt[row], time[row] = within(m["alt_geodetic"], -999.5, 31767.5), m["timestamp"] + EPOCH
        if name == "SYSTEM":
            place[row] = m["location_kind"]
    ids, m = frames.of("OPERATOR_ID")
    operator_id = read_texts(np.ascontiguousarray(m["id"]), ids, n)
    texts, m = frames.of("SELF_ID")
    description = read_texts(np.ascontiguousarray(m["text"]), texts, n)
    empty = np.count_nonzero(operator_id.codes[ids] < 0) + np.count_nonzero(description.codes[texts] < 0)
    left_out["empty_message"] += int(empty)
    return Operators(has_place, lat, lon, alt, place, time, operator_id, description)


def sniff(head: bytes) -> bool:
    """True where the first bytes are frames with right checksums, each with a .tlog's stamp before it or none."""
    p, sure, frames = 0, False, 0
    while p < len(head) and frames < 4:
        if head[p] == 0 and 3 <= int.from_bytes(head[p + 1 : p + 2], "big") <= 14:
            p += 8
        front = {0xFD: 10, 0xFE: 6}.get(head[p] if p < len(head) else 0, 0)
        if not front or p + front > len(head):
            return sure
        size = front + head[p + 1] + 2 + (13 if front == 10 and head[p + 2] & SIGNED else 0)
        if p + size > len(head):
            return sure
        number = int.from_bytes(head[p + 7 : p + 10], "little") if front == 10 else -1
        extra = next((e for message, e in MESSAGES.values() if message == number), None)
        end = p + front + head[p + 1]
        crc, given = crc16(head[p + 1 : end]), int.from_bytes(head[end : end + 2], "little")
        if given not in (crc >> 8 ^ int(CRC[(crc ^ e) & 255]) for e in (range(256) if extra is None else (extra,))):
            return False
        p, frames = p + size, frames + 1
        sure = extra is not None or frames > 1 or p == len(head) or sure
    return sure


def make(options: Options) -> Decoder:
    """A decoder of MAVLink frames."""
    return _MavlinkDecoder(options)


NAME = "mavlink"
FORMAT = Format(
    name=NAME,
    title="MAVLink 2 OPEN_DRONE_ID messages (UDP, TCP, serial, .tlog)",
    make=make,
    sniff=sniff,
    suffixes=(".tlog", ".mavlink"),
    links=("udp", "stream"),
    example={"recording": "picket decode flight.tlog", "feed": "mavlink+udp://127.0.0.1:14550"},
)
FORMATS = (FORMAT,)
