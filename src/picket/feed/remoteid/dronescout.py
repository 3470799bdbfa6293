"""DroneScout: the JSON that Bluemark's Remote ID receivers publish over MQTT (`/sensor/<id>/upload`), and such messages in files.

    {"protocol": 1.0, "data": {"sensor ID": .., "RSSI": dBm, "channel": n, "timestamp": ms, "MAC address": "AA:BB:..",
                               "type": "BLE legacy", "UASdata": base64}}
    {"protocol": 1.0, "data": {"sensor ID": .., "timestamp": ms, "firmware version": .., "model": .., "status": "normal"}}

`UASdata` is 921 bytes: the receiver's memory image of opendroneid-core-c's `ODID_UAS_Data` (little-endian, natural alignment, two
Basic IDs, 16 authentication pages: 920 bytes) and one byte more, which we ignore. `UAS_LAYOUT` below is that structure; it was
checked against recorded messages. Its values are already in metres and degrees, with the library's codes for unknown.

Messages may come one a payload (MQTT, UDP), one a line, end to end, or in arrays; a stream keeps a partial one between chunks.

Times: `timestamp` is the receiver's clock when it heard the radio frame. The time within the hour is completed from it, and it
stands in for `received` where a file does not say when its messages arrived (then `time_source` is receiver).
The structure repeats the last known value of everything that the receiver heard from an address, each with its valid flag.
Choices: channel 0 of a Bluetooth message is no channel that Remote ID may use and means unknown; a structure without a valid
Basic ID takes the last identity of its address, as in `table.py`. Authentication pages are not read.

Left out and counted: malformed (no JSON, or values of another type), empty_payload, bad_length (a structure of another size),
unknown_message, oversized (an object of more than 64 KiB; what follows 256 objects in one payload), truncated, identity_only and
empty_message (a structure that gives no row), and the reasons of `table.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from picket.feed.format import Chunk, Decoded, Decoder, Floats, Format, Ints, Options
from picket.feed.joining import Joined, Joiner, empty_payloads
from picket.feed.remoteid.dronescout_kernels import REASONS, find_objects
from picket.feed.remoteid.messages import (
    ALTITUDE_95_M,
    BOUND_95_TO_SIGMA,
    EPOCH,
    IDENTITY_KINDS,
    LOCATION_KINDS,
    LOCATION_STRUCT,
    POSITION_95_M,
    RADIUS_95_TO_SIGMA,
    SPEED_95_MPS,
    STATUSES,
    TRANSPORTS,
    UA_TYPES,
    Locations,
    encode_location,
    identity_bytes,
    printable,
    sigma_of_height,
)
from picket.feed.remoteid.messages_kernels import KEY, best_basic_id
from picket.feed.remoteid.table import (
    SOURCES,
    Heard,
    IdentityMemory,
    Operators,
    Stamps,
    count_quiet,
    detection_table,
    operator_table,
    read_texts,
    stamps,
    within,
)
from picket.words import STATUS, Batch

_BASIC_ID = np.dtype([("ua_type", "<u4"), ("id_type", "<u4"), ("id", "u1", 21)], align=True)
_LOCATION = np.dtype(
    [
        ("status", "<u4"),
        ("direction", "<f4"),  # deg, 361 unknown
        ("speed", "<f4"),  # m/s, 255 unknown
        ("vertical_speed", "<f4"),  # m/s, 63 unknown
        ("lat", "<f8"),
        ("lon", "<f8"),
        ("alt_pressure", "<f4"),  # m, -1000 unknown, as all heights
        ("alt_geodetic", "<f4"),
        ("height_type", "<u4"),  # 0 above take-off, 1 above ground
        ("height", "<f4"),
        ("accuracy_horizontal", "<u4"),  # codes of the Location message
        ("accuracy_vertical", "<u4"),
        ("accuracy_pressure", "<u4"),
        ("accuracy_speed", "<u4"),
        ("accuracy_time", "<u4"),
        ("second", "<f4"),  # s in the hour, 65535 unknown
    ],
    align=True,
)
_AUTHENTICATION = np.dtype(
    [("page", "u1"), ("kind", "<u4"), ("last_page", "u1"), ("length", "u1"), ("timestamp", "<u4"), ("data", "u1", 24)], align=True
)
_SELF_ID = np.dtype([("kind", "<u4"), ("text", "u1", 24)], align=True)
_SYSTEM = np.dtype(
    [
        ("location_kind", "<u4"),
        ("classification_kind", "<u4"),
        ("lat", "<f8"),
        ("lon", "<f8"),
        ("area_count", "<u2"),
        ("area_radius", "<u2"),
        ("area_ceiling", "<f4"),
        ("area_floor", "<f4"),
        ("category", "<u4"),
        ("class", "<u4"),
        ("alt_geodetic", "<f4"),
        ("timestamp", "<u4"),  # seconds since EPOCH
    ],
    align=True,
)
_OPERATOR_ID = np.dtype([("kind", "<u4"), ("id", "u1", 21)], align=True)
UAS_LAYOUT = np.dtype(
    [
        ("basic_id", _BASIC_ID, 2),
        ("location", _LOCATION),
        ("authentication", _AUTHENTICATION, 16),
        ("self_id", _SELF_ID),
        ("system", _SYSTEM),
        ("operator_id", _OPERATOR_ID),
        ("basic_id_valid", "u1", 2),
        ("location_valid", "u1"),
        ("authentication_valid", "u1", 16),
        ("self_id_valid", "u1"),
        ("system_valid", "u1"),
        ("operator_id_valid", "u1"),
    ],
    align=True,
)
UAS_SIZE = UAS_LAYOUT.itemsize + 1
_TYPES = {"bt4": "BLE legacy", "bt5": "BLE long range", "wifi_beacon": "WiFi beacon", "wifi_nan": "WiFi NaN"}


def encode_message(
    *,
    sensor_id: str,
    received: float,
    transmitter: str,
    transport: str,
    identity: str | None,
    lat_deg: float,
    lon_deg: float,
    alt_wgs84_m: float = np.nan,
    alt_pressure_m: float = np.nan,
    height_takeoff_m: float = np.nan,
    height_agl_m: float = np.nan,
    speed_mps: float = np.nan,
    course_deg: float = np.nan,
    climb_mps: float = np.nan,
    sigma_position_m: float = np.nan,
    sigma_altitude_m: float = np.nan,
    sigma_speed_mps: float = np.nan,
    time: float = np.nan,
    identity_kind: str | None = "serial",
    ua_type: str | None = "helicopter_or_multirotor",
    status: str = "airborne",
    power_dbm: float = -60.0,
    channel: int = 0,
    operator_id: str | None = None,
    operator_lat_deg: float = np.nan,
    operator_lon_deg: float = np.nan,
    operator_alt_wgs84_m: float = np.nan,
    operator_location_kind: str = "live_gnss",
    description: str | None = None,
) -> bytes:
    """One message, as a receiver publishes it, with a line feed behind it.

    Values pass through the 25-byte Location message first, so they carry its steps and ranges (see `encode_location`).
    received, time  UNIX seconds UTC of hearing and of measuring (NaN: not sent)
    transmitter     radio address as "AA:BB:CC:DD:EE:FF";  transport  bt4, bt5, wifi_beacon or wifi_nan
    identity        None: the structure holds no valid Basic ID;  the operator's fields are sent where given
    Raises ValueError for an identity or text that does not fit its field.
    """
    u = np.zeros((), UAS_LAYOUT)
    message = encode_location(
        lat_deg=lat_deg, lon_deg=lon_deg, alt_wgs84_m=alt_wgs84_m, alt_pressure_m=alt_pressure_m,
        height_takeoff_m=height_takeoff_m, height_agl_m=height_agl_m, speed_mps=speed_mps, course_deg=course_deg,
        climb_mps=climb_mps, sigma_position_m=sigma_position_m, sigma_altitude_m=sigma_altitude_m,
        sigma_speed_mps=sigma_speed_mps, time=time, status=status,
    )  # fmt: skip
    _fill_location(u["location"], message, status)
    u["location_valid"] = 1
    if identity is not None:
        _put(u["basic_id"]["id"][0], identity_bytes(identity, identity_kind), 20)
        u["basic_id"]["id_type"][0] = IDENTITY_KINDS.index(identity_kind)
        u["basic_id"]["ua_type"][0] = UA_TYPES.index(ua_type)
        u["basic_id_valid"][0] = 1
    for part in ("area_ceiling", "area_floor"):
        u["system"][part] = -1000.0
    if not np.isnan(operator_lat_deg):
        u["system"]["location_kind"] = LOCATION_KINDS.index(operator_location_kind)
        u["system"]["lat"], u["system"]["lon"] = round(operator_lat_deg, 7), round(operator_lon_deg, 7)
        u["system"]["area_count"], u["system"]["alt_geodetic"] = 1, _or(operator_alt_wgs84_m, -1000.0)
        u["system"]["timestamp"] = 0 if np.isnan(time) else max(int(time - EPOCH), 0)
        u["system_valid"] = 1
    if operator_id is not None:
        _put(u["operator_id"]["id"], operator_id.encode("ascii"), 20)
        u["operator_id_valid"] = 1
    if description is not None:
        _put(u["self_id"]["text"], description.encode("ascii"), 23)
        u["self_id_valid"] = 1
    data = {
        "sensor ID": sensor_id, "RSSI": round(power_dbm), "channel": channel, "timestamp": round(received * 1000),
        "MAC address": transmitter.upper(), "type": _TYPES[transport], "UASdata": u.tobytes() + b"\0",
    }  # fmt: skip
    return msgspec.json.encode({"protocol": 1.0, "data": data}) + b"\n"


def encode_status(
    sensor_id: str, time: float, *, status: str = "normal", model: str = "ds230", firmware: str = "20220509-1035"
) -> bytes:
    """A receiver's status message at `time` (UNIX seconds UTC), with a line feed behind it."""
    data = {
        "sensor ID": sensor_id, "timestamp": round(time * 1000), "firmware version": firmware, "model": model, "status": status,
    }  # fmt: skip
    return msgspec.json.encode({"protocol": 1.0, "data": data}) + b"\n"


def _fill_location(into: Any, message: bytes, status: str) -> None:
    """Writes a 25-byte Location message into the structure, as a receiver's library does."""
    _, flags, direction, speed, climb, lat, lon, pressure, geodetic, height, place, rate, stamp, exact, _ = (
        LOCATION_STRUCT.unpack(message)
    )
    fast, west, above_ground = flags & 1, flags >> 1 & 1, flags >> 2 & 1
    into["status"] = STATUSES.index(status)
    into["direction"] = 361 if direction > 180 else (direction + 180.0 * west) % 360.0
    into["speed"] = 255 if speed == 255 else speed * 0.75 + 63.75 if fast else speed * 0.25
    into["vertical_speed"] = 63 if abs(climb) > 124 else climb * 0.5
    into["lat"], into["lon"] = lat / 1e7, lon / 1e7
    into["alt_pressure"], into["alt_geodetic"] = (
        pressure * 0.5 - 1000.0,
        geodetic * 0.5 - 1000.0,
    )  # code 0, unknown, is -1000 in both
    into["height_type"], into["height"] = above_ground, height * 0.5 - 1000.0
    into["accuracy_horizontal"], into["accuracy_speed"] = (
        _told_code(place & 15, POSITION_95_M),
        _told_code(rate & 15, SPEED_95_MPS),
    )
    vertical = place >> 4 if geodetic else rate >> 4 if pressure else 0
    into["accuracy_vertical"] = _told_code(vertical, ALTITUDE_95_M)
    into["accuracy_time"], into["second"] = exact & 15, 65535 if stamp > 36000 else stamp / 10.0


def _told_code(code: int, bounds_95: Floats) -> int:
    """The code of a 95 % bound, 0 (unknown) for a reserved one."""
    return 0 if np.isnan(bounds_95[code]) else code


def _or(value: float, unknown: float) -> float:
    """The value, or the structure's code for unknown where it is NaN."""
    return unknown if np.isnan(value) else value


def _put(field: Any, raw: bytes, most: int) -> None:
    """Writes text into a zero-padded field. Raises ValueError where it does not fit."""
    if len(raw) > most:
        raise ValueError(f"{raw!r}: expected at most {most} bytes")
    field[: len(raw)] = np.frombuffer(raw, np.uint8)


class _Data(msgspec.Struct, gc=False, rename={
    "sensor_id": "sensor ID", "rssi": "RSSI", "address": "MAC address", "uas": "UASdata", "firmware": "firmware version",
}):  # fmt: skip
    """The `data` of a message. Both kinds of message share it; `uas` and `status` tell them apart."""

    sensor_id: str | None = None
    rssi: float | None = None
    channel: float | None = None
    timestamp: float | None = None
    address: str | None = None
    type: str | None = None
    uas: bytes | None = None  # msgspec reads JSON text as base64 where bytes are wanted
    status: str | None = None
    model: str | None = None
    firmware: str | None = None


class _Message(msgspec.Struct, gc=False):
    data: _Data | None = None


_MOST = 1 << 16  # bytes of an object, and of one held back unfinished; a message has about 1,500
_LONGEST_NAME = 100  # characters kept of what a sensor calls itself
_LATEST_MS = 4102444800000.0  # 2100-01-01: a stamp beyond is no time
_TRANSPORT = {name.lower(): TRANSPORTS.index(transport) for transport, name in _TYPES.items()}
_read = msgspec.json.Decoder(_Message).decode


@dataclass
class _DroneScoutDecoder:
    """Messages -> detections, operators, status; holds back a stream's unfinished object and the addresses' identities."""

    options: Options

    def __post_init__(self) -> None:
        self._joiner = Joiner(_MOST)
        self._memory = IdentityMemory()

    def decode(self, chunk: Chunk) -> Decoded:
        """Rows and counted reasons: malformed, bad_length, oversized, truncated, unknown_message, and those of Remote ID."""
        left_out: Counter[str] = Counter()
        joined = self._joiner.join(chunk)
        stream = chunk.link == "stream"
        firsts, lasts, rest, counts = find_objects(joined.data, joined.starts, joined.ends, not stream)
        if stream:
            left_out["oversized"] += not self._joiner.keep(joined, int(rest[0]))
        else:
            left_out["truncated"] += int(np.count_nonzero(rest < joined.ends))
            left_out.update(empty_payloads(chunk))
        left_out += Counter(dict(zip(REASONS, counts.tolist(), strict=True)))
        aircraft: list[tuple[int, int, _Data]] = []
        sensors: list[tuple[int, int, _Data]] = []
        view = joined.data.data
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            if last - first > _MOST:
                left_out["oversized"] += 1
                continue
            try:
                data = _read(view[first:last]).data
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                left_out["malformed"] += 1
                continue
            if data is None:
                left_out["unknown_message"] += 1
            elif data.uas is not None and len(data.uas) in (UAS_LAYOUT.itemsize, UAS_SIZE):
                aircraft.append((first, last, data))
            elif data.uas is not None:
                left_out["bad_length"] += 1
            elif data.status is not None:
                sensors.append((first, last, data))
            else:
                left_out["unknown_message"] += 1
        decoded = self._aircraft(chunk, joined, aircraft, left_out)
        decoded.status = self._sensors(chunk, joined, sensors)
        decoded.left_out = +left_out
        return decoded

    def finish(self) -> Decoded:
        """Counts an object that the stream's end cut."""
        held, self._joiner.held = bool(self._joiner.held), b""
        return Decoded(left_out=Counter({"truncated": 1} if held else {}))

    def _aircraft(self, chunk: Chunk, joined: Joined, messages: list[tuple[int, int, _Data]], left_out: Counter[str]) -> Decoded:
        """Detections and operators of the messages that hold a structure."""
        if not messages:
            return Decoded()
        firsts, lasts, data = zip(*messages, strict=True)
        heard = self._heard(chunk, stamps(chunk, joined, firsts, lasts, _sent(data)), data)
        raw = b"".join([d.uas[: UAS_LAYOUT.itemsize] for d in data])
        uas = np.frombuffer(raw, UAS_LAYOUT)
        told, bad = _told(uas)
        left_out["bad_identity"] += int(bad.sum())
        keys = self._memory.recall(heard.address, heard.reference, told)
        row = np.flatnonzero(uas["location_valid"])
        with np.errstate(invalid="ignore"):  # a damaged structure may hold signalling NaNs
            detections = detection_table(_locations(uas["location"][row]), row, heard, keys, left_out)
            spoken = _operators(uas)
            operators = operator_table(spoken, heard, keys, left_out)
        count_quiet((uas["location_valid"] == 0) & ~spoken.has_place, told, bad, spoken, left_out)
        return Decoded(detections, operators)

    def _heard(self, chunk: Chunk, times: Stamps, data: Sequence[_Data]) -> Heard:
        """Who heard the messages, when and how."""
        place: dict[str, int] = {}
        sensor = [place.setdefault(self._name(d), len(place)) for d in data]
        numbers: dict[str | None, int] = {a: _address(a) for a in {d.address for d in data}}
        power = np.array([np.nan if d.rssi is None else d.rssi for d in data], np.float64)
        transport = np.array([_TRANSPORT.get((d.type or "").lower(), -1) for d in data], np.int32)
        channel = np.array([0 if d.channel is None else d.channel for d in data], np.float64)
        return Heard(
            received=times.received, offsets=times.offsets, reference=times.reference, reference_source=times.reference_source,
            address=np.array([numbers[d.address] for d in data], np.int64),
            power_dbm=np.where((power > -200) & (power < 50), power, np.nan),
            center_hz=_center(channel, transport >= TRANSPORTS.index("bt4")), transport=transport,
            sensor=np.array(sensor, np.int32), sensors=tuple(place), source=chunk.source, origin=self.options.origin,
        )  # fmt: skip

    def _name(self, data: _Data) -> str:
        """What the receiver is called: by itself, else by the option."""
        return printable((data.sensor_id or "")[:_LONGEST_NAME]) or self.options.sensor_id or NAME

    def _sensors(self, chunk: Chunk, joined: Joined, messages: list[tuple[int, int, _Data]]) -> Batch:
        """Status rows: the receiver's own judgement and words."""
        if not messages:
            return Batch.empty(STATUS)
        firsts, lasts, data = zip(*messages, strict=True)
        times = stamps(chunk, joined, firsts, lasts, _sent(data))
        columns = {
            "time": times.reference, "time_source": times.reference_source, "received": times.received, "origin": self.options.origin,
            "sensor_id": [self._name(d) for d in data], "event": "heartbeat",
            "state": [_state(d.status) for d in data], "source": chunk.source, "source_offset": times.offsets,
            "detail": [printable(" ".join(w for w in (d.model, d.firmware, d.status) if w)[:200]) for d in data],
        }  # fmt: skip
        return Batch.build(STATUS, len(data), columns, {"time_source": SOURCES})


def _sent(data: Sequence[_Data]) -> Floats:
    """(n,) UNIX seconds of the receiver's own clock, NaN where it gives no time."""
    sent = np.array([np.nan if d.timestamp is None else d.timestamp for d in data], np.float64)
    return np.where((sent > 0) & (sent < _LATEST_MS), sent / 1000, np.nan)


def _told(uas: npt.NDArray[Any]) -> tuple[npt.NDArray[np.uint8], Ints]:
    """The better of the valid Basic IDs of each structure, and how many were none: see `best_basic_id`."""
    ids = uas["basic_id"]
    messages = np.zeros((len(uas), 2, 1 + KEY), np.uint8)
    messages[..., 1] = np.minimum(ids["id_type"], 15) << 4 | np.minimum(ids["ua_type"], 15)
    messages[..., 2:] = ids["id"][..., :20]
    valid = np.flatnonzero(uas["basic_id_valid"].ravel())
    flat = messages.ravel()
    flat.setflags(write=False)  # as received bytes are: the kernel is compiled once
    told, bad = best_basic_id(flat, valid * (1 + KEY), valid // 2, len(uas))
    return np.asarray(told), np.asarray(bad)


def _locations(m: npt.NDArray[Any]) -> Locations:
    """The structures' locations in the detection table's units, with the library's codes for unknown as NaN."""
    height, above_ground = within(m["height"], -999.5, 31767.5), m["height_type"] == 1
    alt, pressure = within(m["alt_geodetic"], -999.5, 31767.5), within(m["alt_pressure"], -999.5, 31767.5)
    vertical, own = (ALTITUDE_95_M[np.minimum(m[name], 15)] for name in ("accuracy_vertical", "accuracy_pressure"))
    return Locations(
        lat_deg=m["lat"],
        lon_deg=m["lon"],
        alt_wgs84_m=alt,
        alt_pressure_m=pressure,
        height_agl_m=np.where(above_ground, height, np.nan),
        height_takeoff_m=np.where(above_ground, np.nan, height),
        speed_mps=within(m["speed"], 0, 254.25),
        course_deg=within(m["direction"], 0, 360) % 360,
        climb_mps=within(m["vertical_speed"], -62, 62),
        sigma_position_m=POSITION_95_M[np.minimum(m["accuracy_horizontal"], 15)] * RADIUS_95_TO_SIGMA,
        sigma_altitude_m=sigma_of_height(alt, pressure, vertical, own),
        sigma_speed_mps=SPEED_95_MPS[np.minimum(m["accuracy_speed"], 15)] * BOUND_95_TO_SIGMA,
        second=np.round(within(m["second"], 0, 3600), 1),  # tenths on the air
    )


def _operators(uas: npt.NDArray[Any]) -> Operators:
    """What the operators sent, as far as its valid flags say so."""
    system, n = uas["system"], len(uas)
    ids, descriptions = np.flatnonzero(uas["operator_id_valid"]), np.flatnonzero(uas["self_id_valid"])
    return Operators(
        has_place=uas["system_valid"] != 0,
        lat_deg=system["lat"],
        lon_deg=system["lon"],
        alt_wgs84_m=within(system["alt_geodetic"], -999.5, 31767.5),
        location_kind=system["location_kind"],
        time=system["timestamp"] + EPOCH,
        operator_id=read_texts(np.ascontiguousarray(uas["operator_id"]["id"][ids, :20]), ids, n),
        description=read_texts(np.ascontiguousarray(uas["self_id"]["text"][descriptions, :23]), descriptions, n),
    )


def _address(text: str | None) -> int:
    """The 48-bit radio address of `AA:BB:CC:DD:EE:FF`, -1 where it is none."""
    digits = (text or "").replace(":", "").replace("-", "")
    return int(digits, 16) if len(digits) == 12 and all(c in "0123456789abcdefABCDEF" for c in digits) else -1


def _center(channel: Floats, bluetooth: npt.NDArray[np.bool_]) -> Floats:
    """Hz of a Wi-Fi channel (2.4 and 5 GHz) or a Bluetooth channel index, NaN unknown."""
    known = (channel >= 0) & (channel < _CHANNELS) & (channel == np.floor(channel))
    hz = _CENTER_HZ[bluetooth.astype(np.int64), np.where(known, channel, 0).astype(np.int64)]
    return np.where(known, hz, np.nan)


def _centers() -> Floats:
    """(2, channels) Hz of each Wi-Fi channel and of each Bluetooth channel index (Bluetooth Core 5.4 vol 6 B 1.4.1)."""
    mhz, n = np.full((2, _CHANNELS), np.nan), np.arange(_CHANNELS)
    mhz[0, 1:14], mhz[0, 14], mhz[0, 32:] = 2407 + 5 * n[1:14], 2484, 5000 + 5 * n[32:]
    mhz[1, 1:11], mhz[1, 11:37], mhz[1, 37:40] = 2404 + 2 * n[1:11], 2406 + 2 * n[11:37], (2402, 2426, 2480)
    return mhz * 1e6


_CHANNELS = 178  # one more than the highest Wi-Fi channel
_CENTER_HZ = _centers()


def _state(status: str | None) -> str:
    """ok for `normal`, failed where the receiver speaks of a failure, degraded for other words, unknown for none."""
    word = (status or "").strip().lower()
    if not word:
        return "unknown"
    return "ok" if word == "normal" else "failed" if "fail" in word or "error" in word else "degraded"


def sniff(head: bytes) -> bool:
    """True where the first bytes hold a DroneScout message."""
    return head.lstrip()[:1] in (b"{", b"[") and b'"sensor ID"' in head


def make(options: Options) -> Decoder:
    """A decoder of DroneScout messages."""
    return _DroneScoutDecoder(options)


NAME = "dronescout"
FORMAT = Format(
    name=NAME,
    title="DroneScout JSON (Remote ID receivers of Bluemark)",
    make=make,
    sniff=sniff,
    suffixes=(".json",),
    links=("mqtt", "udp", "stream"),
    example={"recording": "picket decode dronescout.json", "feed": "dronescout+mqtt://127.0.0.1:1883/sensor/+/upload"},
)
FORMATS = (FORMAT,)
