"""Remote ID: the 25-byte messages of ASTM F3411-22a (and F3411-19) and ASD-STAN prEN 4709-002, and packs of them.

Every message is 25 bytes, little-endian; its first byte is `type << 4 | protocol version`. The layouts below are the only
place that says where a field lies: the encoders fill them and the decoder views them.

    0 Basic ID      what the aircraft calls itself          3 Self-ID       free text of the operator
    1 Location      where it is and how it moves            4 System        where the operator (or the take-off place) is
    2 Authentication  pages of a signature (not checked)    5 Operator ID   the operator's registration
    F Message pack  F2 19 <count> then `count` messages of 25 bytes, at most 9

This file knows what the bytes of messages mean. A carrier (dot11, ble, hci) finds packs or lone messages in its frames, and
`table.py` turns them into tables. What the operator sends (types 3, 4, 5) goes to the operator table only.

Choices where decoders differ:
- Speed byte 255 is unknown under either multiplier (the standard's "255 m/s" is byte 255 with multiplier 0.75; as 63.75 m/s it
  also has the writing "multiplier 0.75, byte 0", which our encoder uses).
- Direction bytes above 180 are unknown in either segment; vertical speed outside +-62 m/s is unknown.
- Accuracy codes are 95 % bounds: 1 sigma is the bound / 2.448 (a horizontal radius) or / 1.96 (one dimension). `sigma_altitude_m`
  belongs to the height that is given: the vertical accuracy with a geodetic height, the pressure altitude's own where that is all
  there is, else unknown (a height above ground or take-off has none).
- The time within the hour is completed from the receive time, across the hour's end. The standard allows a second between
  measurement and broadcast, so a time more than a minute off is not believed (many transmitters leave it 0) and the
  receive time stands, with the source of that time.
- An aircraft may send several Basic IDs. The better kind wins: serial, registration, session id, UTM id, then an id of
  undeclared kind. A Location is given the Basic ID of its own pack, else the last one from the same radio address, for a
  minute. Without one its identity stays unknown.
- A serial or registration with bytes that are not printable ASCII is no identity (`bad_identity`); blanks around it are padding. A UTM
  id is written as a UUID, a session id as the hex of its bytes (first byte = kind of session id) without trailing zeros.
Left out: authentication pages (counted, never checked), the operational area, the EU category and class, the status flag.
An advert that gives neither a row nor another reason is counted: `identity_only` (a lone Basic ID, remembered) or `empty_message`.
"""

from __future__ import annotations

import math
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.feed.format import Floats
from picket.feed.remoteid.messages_kernels import MAX_MESSAGES

Records = npt.NDArray[Any]

MESSAGE_SIZE = 25
VERSION = 2  # F3411-22a; 0 is F3411-19, 1 is prEN 4709-002 of 2021; the layouts agree where we read them
BASIC_ID, LOCATION, AUTHENTICATION, SELF_ID, SYSTEM, OPERATOR_ID, PACK = 0, 1, 2, 3, 4, 5, 15
EPOCH = 1546300800.0  # 2019-01-01T00:00:00Z, zero of the System and Authentication time stamps

IDENTITY_KINDS = (None, "serial", "registration", "utm_id", "session_id")  # index = ID type; 0 = not declared
UA_TYPES = (
    None, "aeroplane", "helicopter_or_multirotor", "gyroplane", "hybrid_lift", "ornithopter", "glider", "kite",
    "free_balloon", "captive_balloon", "airship", "free_fall_parachute", "rocket", "tethered_powered_aircraft",
    "ground_obstacle", "other",
)  # fmt: skip
STATUSES = ("undeclared", "ground", "airborne", "emergency", "failure")
LOCATION_KINDS = ("takeoff", "live_gnss", "fixed")
TRANSPORTS = ("wifi_beacon", "wifi_nan", "bt4", "bt5")

# 95 % bounds by code; 0 and the reserved codes are unknown
POSITION_95_M = np.array([np.nan, 18520, 7408, 3704, 1852, 926, 555.6, 185.2, 92.6, 30, 10, 3, 1] + [np.nan] * 3)
ALTITUDE_95_M = np.array([np.nan, 150, 45, 25, 10, 3, 1] + [np.nan] * 9)
SPEED_95_MPS = np.array([np.nan, 10, 3, 1, 0.3] + [np.nan] * 11)
RADIUS_95_TO_SIGMA = 1 / 2.448  # 95 % radius of a circular normal distribution, per axis
BOUND_95_TO_SIGMA = 1 / 1.96  # 95 % bound of one normal variable

BASIC_ID_LAYOUT = np.dtype([("header", "u1"), ("kinds", "u1"), ("id", "u1", 20), ("reserved", "u1", 3)])  # ID type << 4 | UA type
LOCATION_LAYOUT = np.dtype(
    [
        ("header", "u1"),
        ("flags", "u1"),  # status << 4 | height above ground << 2 | west segment << 1 | speed multiplier 0.75
        ("direction", "u1"),
        ("speed", "u1"),
        ("vertical_speed", "i1"),
        ("lat", "<i4"),
        ("lon", "<i4"),
        ("alt_pressure", "<u2"),
        ("alt_geodetic", "<u2"),
        ("height", "<u2"),
        ("accuracy_place", "u1"),  # vertical << 4 | horizontal
        ("accuracy_speed", "u1"),  # pressure altitude << 4 | speed
        ("timestamp", "<u2"),  # tenths of a second in the hour
        ("accuracy_time", "u1"),  # tenths of a second in the low 4 bits
        ("reserved", "u1"),
    ]
)
LOCATION_STRUCT = struct.Struct("<4BbiiHHHBBHBB")  # the same, of one message
AUTHENTICATION_LAYOUT = np.dtype(  # page 0; on later pages the data begin at `last_page`
    [("header", "u1"), ("kinds", "u1"), ("last_page", "u1"), ("length", "u1"), ("timestamp", "<u4"), ("data", "u1", 17)]
)
SELF_ID_LAYOUT = np.dtype([("header", "u1"), ("kind", "u1"), ("text", "u1", 23)])
SYSTEM_LAYOUT = np.dtype(
    [
        ("header", "u1"),
        ("flags", "u1"),  # classification type << 2 | operator location kind
        ("lat", "<i4"),
        ("lon", "<i4"),
        ("area_count", "<u2"),
        ("area_radius", "u1"),
        ("area_ceiling", "<u2"),
        ("area_floor", "<u2"),
        ("category", "u1"),
        ("alt_geodetic", "<u2"),
        ("timestamp", "<u4"),  # seconds since EPOCH; absent (0) in F3411-19
        ("reserved", "u1"),
    ]
)
OPERATOR_ID_LAYOUT = np.dtype([("header", "u1"), ("kind", "u1"), ("id", "u1", 20), ("reserved", "u1", 3)])

# -- encoders ------------------------------------------------------------------------------------------------------


def encode_basic_id(
    identity: str,
    identity_kind: str | None = "serial",
    ua_type: str | None = "helicopter_or_multirotor",
    *,
    version: int = VERSION,
) -> bytes:
    """A Basic ID message.

    identity       serial, registration: at most 20 printable ASCII characters; utm_id: a UUID; session_id: hex, at most 20 bytes
    identity_kind  one of IDENTITY_KINDS, ua_type one of UA_TYPES
    Raises ValueError where the identity does not fit.
    """
    raw = identity_bytes(identity, identity_kind)
    kinds = IDENTITY_KINDS.index(identity_kind) << 4 | UA_TYPES.index(ua_type)
    return bytes([BASIC_ID << 4 | version, kinds]) + raw.ljust(20, b"\0") + bytes(3)


def encode_location(
    *,
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
    sigma_pressure_m: float = np.nan,
    sigma_speed_mps: float = np.nan,
    time: float = np.nan,
    status: str = "airborne",
    version: int = VERSION,
) -> bytes:
    """A Location message. NaN is sent as the standard's unknown; a known height above ground wins over one above take-off.

    Values are rounded to the message's steps (1e-7 deg, 1 deg, 0.25 or 0.75 m/s, 0.5 m/s up, 0.5 m, 0.1 s) and clipped to its
    ranges; a sigma becomes the smallest 95 % bound that holds it. `time` is UNIX seconds UTC.
    """
    west, direction = (1, 181) if math.isnan(course_deg) else divmod(round(course_deg) % 360, 180)
    speed, fast = _speed_code(speed_mps)
    above_ground = not math.isnan(height_agl_m)
    timed = not math.isnan(time)
    place = bound_code(sigma_altitude_m / BOUND_95_TO_SIGMA, ALTITUDE_95_M) << 4
    place |= bound_code(sigma_position_m / RADIUS_95_TO_SIGMA, POSITION_95_M)
    rate = bound_code(sigma_pressure_m / BOUND_95_TO_SIGMA, ALTITUDE_95_M) << 4
    rate |= bound_code(sigma_speed_mps / BOUND_95_TO_SIGMA, SPEED_95_MPS)
    return LOCATION_STRUCT.pack(
        LOCATION << 4 | version, STATUSES.index(status) << 4 | above_ground << 2 | west << 1 | fast, direction, speed,
        126 if math.isnan(climb_mps) else min(max(round(climb_mps * 2), -124), 124), round(lat_deg * 1e7), round(lon_deg * 1e7),
        _altitude_code(alt_pressure_m), _altitude_code(alt_wgs84_m), _altitude_code(height_agl_m if above_ground else height_takeoff_m),
        place, rate, round(time % 3600 * 10) % 36000 if timed else 0xFFFF, int(timed), 0,
    )  # fmt: skip


def encode_authentication(kind: int, data: bytes, *, time: float = np.nan, version: int = VERSION) -> list[bytes]:
    """The pages of an Authentication message: 17 bytes of `data` on the first page, 23 on each later one, at most 255."""
    if len(data) > 255:
        raise ValueError(f"authentication data: expected at most 255 bytes, got {len(data)}")
    later = [data[i : i + 23] for i in range(17, len(data), 23)]
    seconds = 0 if np.isnan(time) else int(time - EPOCH)
    head = bytes([AUTHENTICATION << 4 | version, kind << 4, len(later), len(data)]) + seconds.to_bytes(4, "little")
    pages = [head + data[:17].ljust(17, b"\0")]
    pages += [bytes([AUTHENTICATION << 4 | version, kind << 4 | n]) + page.ljust(23, b"\0") for n, page in enumerate(later, 1)]
    return pages


def encode_self_id(description: str, *, kind: int = 0, version: int = VERSION) -> bytes:
    """A Self-ID message: at most 23 printable ASCII characters."""
    return bytes([SELF_ID << 4 | version, kind]) + _ascii(description, 23).ljust(23, b"\0")


def encode_system(
    *,
    lat_deg: float = 0.0,
    lon_deg: float = 0.0,
    alt_wgs84_m: float = np.nan,
    location_kind: str = "live_gnss",
    time: float = np.nan,
    version: int = VERSION,
) -> bytes:
    """A System message: the operator's place (0, 0 = unknown), one aircraft, no operational area. `time` is UNIX seconds UTC."""
    m = np.zeros((), SYSTEM_LAYOUT)
    m["header"], m["flags"] = SYSTEM << 4 | version, LOCATION_KINDS.index(location_kind)
    m["lat"], m["lon"] = round(lat_deg * 1e7), round(lon_deg * 1e7)
    m["area_count"], m["alt_geodetic"] = 1, _altitude_code(alt_wgs84_m)
    m["timestamp"] = 0 if np.isnan(time) else int(time - EPOCH)
    return m.tobytes()


def encode_operator_id(operator_id: str, *, kind: int = 0, version: int = VERSION) -> bytes:
    """An Operator ID message: at most 20 printable ASCII characters."""
    return bytes([OPERATOR_ID << 4 | version, kind]) + _ascii(operator_id, 20).ljust(20, b"\0") + bytes(3)


def encode_pack(messages: Sequence[bytes], *, version: int = VERSION) -> bytes:
    """A message pack of 1 to 9 messages."""
    if not 1 <= len(messages) <= MAX_MESSAGES or any(len(m) != MESSAGE_SIZE for m in messages):
        raise ValueError(f"a pack holds 1 to {MAX_MESSAGES} messages of {MESSAGE_SIZE} bytes, got {[len(m) for m in messages]}")
    return bytes([PACK << 4 | version, MESSAGE_SIZE, len(messages)]) + b"".join(messages)


def identity_bytes(identity: str, identity_kind: str | None) -> bytes:
    """The up to 20 bytes that stand for an identity in a Basic ID. Raises ValueError where they do not fit."""
    if identity_kind == "utm_id":
        return uuid.UUID(identity).bytes
    if identity_kind == "session_id":
        raw = bytes.fromhex(identity)
        if len(raw) > 20:
            raise ValueError(f"session id {identity!r}: expected at most 20 bytes of hex")
        return raw
    return _ascii(identity, 20)


def bound_code(bound: float, bounds_95: Floats) -> int:
    """The code of the smallest 95 % bound that holds `bound`; 0 (unknown) for NaN and for more than the largest."""
    held = [(known, code) for code, known in enumerate(bounds_95.tolist()) if known >= bound * (1 - 1e-9)]
    return min(held)[1] if held else 0


def _ascii(text: str, most: int) -> bytes:
    """Printable ASCII of at most `most` characters, or ValueError."""
    if len(text) > most or not text.isascii() or not text.isprintable():
        raise ValueError(f"{text!r}: expected at most {most} printable ASCII characters")
    return text.encode("ascii")


def _speed_code(speed_mps: float) -> tuple[int, int]:
    """(byte, multiplier flag) of a ground speed: 0.25 m/s steps to 63.5 m/s, 0.75 m/s steps to 254.25 m/s above it."""
    if math.isnan(speed_mps):
        return 255, 1
    slow = round(max(speed_mps, 0.0) * 4)
    return (slow, 0) if slow < 255 else (min(max(round((speed_mps - 63.75) / 0.75), 0), 254), 1)


def _altitude_code(metres: float) -> int:
    """Half metres above -1000 m; 0 is unknown, so the lowest altitude is -999.5 m."""
    return 0 if math.isnan(metres) else min(max(round((metres + 1000) * 2), 1), 65535)


# -- values of received messages -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Locations:
    """Columns of n Location messages in the detection table's units, NaN unknown; `second` is within the hour."""

    lat_deg: Floats
    lon_deg: Floats
    alt_wgs84_m: Floats
    alt_pressure_m: Floats
    height_agl_m: Floats
    height_takeoff_m: Floats
    speed_mps: Floats
    course_deg: Floats
    climb_mps: Floats
    sigma_position_m: Floats
    sigma_altitude_m: Floats
    sigma_speed_mps: Floats
    second: Floats


def read_locations(m: Records) -> Locations:
    """Columns of the Location messages `m`, (n,) records of LOCATION_LAYOUT."""
    flags = m["flags"]
    direction = m["direction"].astype(np.float64) + 180.0 * (flags >> 1 & 1)
    speed = np.where(flags & 1, m["speed"] * 0.75 + 63.75, m["speed"] * 0.25)
    alt, pressure, height = altitude(m["alt_geodetic"]), altitude(m["alt_pressure"]), altitude(m["height"])
    above_ground = (flags & 4) != 0
    return Locations(
        lat_deg=m["lat"] / 1e7,
        lon_deg=m["lon"] / 1e7,
        alt_wgs84_m=alt,
        alt_pressure_m=pressure,
        height_agl_m=np.where(above_ground, height, np.nan),
        height_takeoff_m=np.where(above_ground, np.nan, height),
        speed_mps=np.where(m["speed"] == 255, np.nan, speed),
        course_deg=np.where(m["direction"] > 180, np.nan, direction % 360.0),
        climb_mps=np.where(np.abs(m["vertical_speed"].astype(np.int16)) > 124, np.nan, m["vertical_speed"] * 0.5),
        sigma_position_m=POSITION_95_M[m["accuracy_place"] & 15] * RADIUS_95_TO_SIGMA,
        sigma_altitude_m=sigma_of_height(
            alt, pressure, ALTITUDE_95_M[m["accuracy_place"] >> 4], ALTITUDE_95_M[m["accuracy_speed"] >> 4]
        ),
        sigma_speed_mps=SPEED_95_MPS[m["accuracy_speed"] & 15] * BOUND_95_TO_SIGMA,
        second=np.where(m["timestamp"] > 36000, np.nan, m["timestamp"] / 10.0),
    )


def sigma_of_height(alt_wgs84_m: Floats, alt_pressure_m: Floats, bound_95_m: Floats, pressure_95_m: Floats) -> Floats:
    """1 sigma of the height that is given: the geodetic one, else the pressure altitude; NaN where there is neither."""
    own = np.where(np.isnan(alt_pressure_m), np.nan, pressure_95_m)
    return np.asarray(np.where(np.isnan(alt_wgs84_m), own, bound_95_m) * BOUND_95_TO_SIGMA)


def altitude(code: npt.NDArray[Any]) -> Floats:
    """Metres of an altitude field: half metres above -1000 m, where -1000 m itself is unknown."""
    return np.where(code == 0, np.nan, code * 0.5 - 1000.0)


def identity_text(key: bytes) -> str | None:
    """The identity in the 21 bytes of a Basic ID that begin with its kinds byte; None where it says nothing."""
    kind, raw = IDENTITY_KINDS[key[0] >> 4] if key[0] >> 4 < len(IDENTITY_KINDS) else None, key[1:]
    if not any(raw):
        return None
    if kind == "utm_id":
        return str(uuid.UUID(bytes=raw[:16]))
    if kind == "session_id":
        return raw.rstrip(b"\0").hex()
    return raw.split(b"\0", 1)[0].decode("ascii", "replace").strip() or None


def clean_text(raw: bytes) -> str | None:
    """Free text up to its zero padding: printable ASCII, other bytes as U+FFFD; None where nothing is left."""
    return printable(raw.split(b"\0", 1)[0].decode("ascii", "replace"))


def printable(text: str) -> str | None:
    """The text without the space around it, what cannot be printed as U+FFFD; None where nothing is left."""
    text = text.strip()
    return (text if text.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in text)) or None
