"""The OPEN_DRONE_ID messages of MAVLink: their layouts, the only place that says where a field lies, and the encoders.

Payloads as in MAVLink 2 frames, little-endian, larger fields first (common.xml, mavlink.io). `mavlink.py` decodes them.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from picket.feed.remoteid.mavlink_kernels import CRC, SIGNED
from picket.feed.remoteid.messages import (
    ALTITUDE_95_M,
    BOUND_95_TO_SIGMA,
    EPOCH,
    IDENTITY_KINDS,
    LOCATION_KINDS,
    POSITION_95_M,
    RADIUS_95_TO_SIGMA,
    SPEED_95_MPS,
    STATUSES,
    UA_TYPES,
    bound_code,
    identity_bytes,
)

_TARGET = [("target_system", "u1"), ("target_component", "u1"), ("about", "u1", 20)]
LAYOUTS: dict[str, np.dtype[Any]] = {
    "HEARTBEAT": np.dtype("u1"),  # only its checksum matters here
    "BASIC_ID": np.dtype([*_TARGET, ("id_type", "u1"), ("ua_type", "u1"), ("id", "u1", 20)]),
    "LOCATION": np.dtype(
        [
            ("lat", "<i4"),  # 1e-7 deg
            ("lon", "<i4"),
            ("alt_pressure", "<f4"),  # m
            ("alt_geodetic", "<f4"),
            ("height", "<f4"),
            ("second", "<f4"),  # s in the hour, UTC
            ("course", "<u2"),  # 0.01 deg
            ("speed", "<u2"),  # cm/s
            ("climb", "<i2"),
            *_TARGET,
            ("status", "u1"),
            ("height_reference", "u1"),  # 0 take-off, 1 ground
            ("accuracy_horizontal", "u1"),  # codes of the Remote ID Location message
            ("accuracy_vertical", "u1"),
            ("accuracy_pressure", "u1"),
            ("accuracy_speed", "u1"),
            ("accuracy_time", "u1"),
        ]
    ),
    "AUTHENTICATION": np.dtype([("timestamp", "<u4"), *_TARGET, ("kinds", "u1", 4), ("data", "u1", 23)]),
    "SELF_ID": np.dtype([*_TARGET, ("kind", "u1"), ("text", "u1", 23)]),
    "SYSTEM": np.dtype(
        [
            ("lat", "<i4"),
            ("lon", "<i4"),
            ("area_ceiling", "<f4"),
            ("area_floor", "<f4"),
            ("alt_geodetic", "<f4"),
            ("timestamp", "<u4"),  # s since EPOCH
            ("area_count", "<u2"),
            ("area_radius", "<u2"),
            *_TARGET,
            ("location_kind", "u1"),
            ("classification_kind", "u1"),
            ("category", "u1"),
            ("class", "u1"),
        ]
    ),
    "OPERATOR_ID": np.dtype([*_TARGET, ("kind", "u1"), ("id", "u1", 20)]),
    "MESSAGE_PACK": np.dtype([*_TARGET, ("message_size", "u1"), ("count", "u1"), ("messages", "u1", 225)]),
    "ARM_STATUS": np.dtype([("status", "u1"), ("error", "u1", 50)]),
    "SYSTEM_UPDATE": np.dtype(
        [("lat", "<i4"), ("lon", "<i4"), ("alt_geodetic", "<f4"), ("timestamp", "<u4"), *_TARGET[:2]]
    ),
}  # fmt: skip
# message -> id and CRC_EXTRA (a checksum of its definition); in the order of LAYOUTS and of the ids
MESSAGES = {
    "HEARTBEAT": (0, 50), "BASIC_ID": (12900, 114), "LOCATION": (12901, 254), "AUTHENTICATION": (12902, 140), "SELF_ID": (12903, 249),
    "SYSTEM": (12904, 77), "OPERATOR_ID": (12905, 49), "MESSAGE_PACK": (12915, 94), "ARM_STATUS": (12918, 139),
    "SYSTEM_UPDATE": (12919, 7),
}  # fmt: skip
# -- encoders ------------------------------------------------------------------------------------------------------


def encode_frame(
    message: str, payload: bytes, *, system: int = 1, component: int = 236, sequence: int = 0, signature: bytes = b""
) -> bytes:
    """A MAVLink 2 frame of a message of MESSAGES; `signature` (13 bytes, not made here) sets the flag that announces it."""
    number, extra = MESSAGES[message]
    payload = payload.rstrip(b"\0") or payload[:1]
    head = bytes([len(payload), SIGNED if signature else 0, 0, sequence & 255, system, component]) + number.to_bytes(3, "little")
    return b"\xfd" + head + payload + struct.pack("<H", crc16(head + payload + bytes([extra]))) + signature


def encode_stamp(time: float) -> bytes:
    """The 8 bytes that stand before a frame in a .tlog; `time` is UNIX seconds UTC."""
    return struct.pack(">Q", round(time * 1e6))


def encode_basic_id(
    identity: str, identity_kind: str | None = "serial", ua_type: str | None = "helicopter_or_multirotor", *, about: str = ""
) -> bytes:
    """The payload of a BASIC_ID message. Raises ValueError where the identity does not fit.

    about  of this and the next encoders: the field id_or_mac: "" (the sender's own), a radio address or an identity
    """
    m = _message("BASIC_ID", about)
    m["id_type"], m["ua_type"] = IDENTITY_KINDS.index(identity_kind), UA_TYPES.index(ua_type)
    _put(m["id"], identity_bytes(identity, identity_kind))
    return bytes(m.tobytes())


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
    about: str = "",
) -> bytes:
    """The payload of a LOCATION message; NaN is sent as the unknown of its field, `time` is UNIX seconds UTC.

    Steps: 1e-7 deg, 0.01 deg, 0.01 m/s; heights and time are 32-bit floats; a sigma becomes the smallest 95 % bound that holds it.
    """
    m = _message("LOCATION", about)
    above_ground = not np.isnan(height_agl_m)
    m["lat"], m["lon"] = round(lat_deg * 1e7), round(lon_deg * 1e7)
    m["alt_pressure"], m["alt_geodetic"] = _or(alt_pressure_m, -1000), _or(alt_wgs84_m, -1000)
    m["height"], m["height_reference"] = _or(height_agl_m if above_ground else height_takeoff_m, -1000), above_ground
    m["second"] = _or(time % 3600, 65535)
    m["course"] = 36100 if np.isnan(course_deg) else round(course_deg % 360 * 100) % 36000
    m["speed"] = 25500 if np.isnan(speed_mps) else round(np.clip(speed_mps, 0, 254.25) * 100)
    m["climb"] = 6300 if np.isnan(climb_mps) else round(np.clip(climb_mps, -62, 62) * 100)
    m["status"] = STATUSES.index(status)
    m["accuracy_horizontal"] = bound_code(sigma_position_m / RADIUS_95_TO_SIGMA, POSITION_95_M)
    m["accuracy_vertical"] = bound_code(sigma_altitude_m / BOUND_95_TO_SIGMA, ALTITUDE_95_M)
    m["accuracy_pressure"] = bound_code(sigma_pressure_m / BOUND_95_TO_SIGMA, ALTITUDE_95_M)
    m["accuracy_speed"] = bound_code(sigma_speed_mps / BOUND_95_TO_SIGMA, SPEED_95_MPS)
    m["accuracy_time"] = 0 if np.isnan(time) else 1
    return bytes(m.tobytes())


def encode_self_id(description: str, *, about: str = "") -> bytes:
    """The payload of a SELF_ID message: at most 23 ASCII characters."""
    m = _message("SELF_ID", about)
    _put(m["text"], description.encode("ascii"))
    return bytes(m.tobytes())


def encode_system(
    *,
    lat_deg: float = 0.0,
    lon_deg: float = 0.0,
    alt_wgs84_m: float = np.nan,
    location_kind: str = "live_gnss",
    time: float = np.nan,
    about: str = "",
) -> bytes:
    """The payload of a SYSTEM message: the operator's place (0, 0 = unknown). `time` is UNIX seconds UTC."""
    m = _message("SYSTEM", about)
    m["lat"], m["lon"], m["alt_geodetic"] = round(lat_deg * 1e7), round(lon_deg * 1e7), _or(alt_wgs84_m, -1000)
    m["area_ceiling"] = m["area_floor"] = -1000
    m["area_count"], m["location_kind"] = 1, LOCATION_KINDS.index(location_kind)
    m["timestamp"] = 0 if np.isnan(time) else int(time - EPOCH)
    return bytes(m.tobytes())


def encode_system_update(*, lat_deg: float, lon_deg: float, alt_wgs84_m: float = np.nan, time: float = np.nan) -> bytes:
    """The payload of a SYSTEM_UPDATE message."""
    m = np.zeros((), LAYOUTS["SYSTEM_UPDATE"])
    m["lat"], m["lon"], m["alt_geodetic"] = round(lat_deg * 1e7), round(lon_deg * 1e7), _or(alt_wgs84_m, -1000)
    m["timestamp"] = 0 if np.isnan(time) else int(time - EPOCH)
    return bytes(m.tobytes())


def encode_operator_id(operator_id: str, *, about: str = "") -> bytes:
    """The payload of an OPERATOR_ID message: at most 20 ASCII characters."""
    m = _message("OPERATOR_ID", about)
    _put(m["id"], operator_id.encode("ascii"))
    return bytes(m.tobytes())


def encode_message_pack(pack: bytes, *, about: str = "") -> bytes:
    """The payload of a MESSAGE_PACK message from a pack as on the air (`messages.encode_pack`)."""
    m = _message("MESSAGE_PACK", about)
    m["message_size"], m["count"] = pack[1], pack[2]
    _put(m["messages"], pack[3:])
    return bytes(m.tobytes())


def encode_arm_status(error: str = "") -> bytes:
    """The payload of an ARM_STATUS message; without an error the transmitter is ready."""
    m = np.zeros((), LAYOUTS["ARM_STATUS"])
    m["status"] = bool(error)
    _put(m["error"], error.encode("ascii"))
    return bytes(m.tobytes())


def _message(name: str, about: str) -> Any:
    """A message of zeros with its id_or_mac field filled: a radio address without its separators, or an identity."""
    m = np.zeros((), LAYOUTS[name])
    plain = about.replace(":", "").replace("-", "").upper()
    is_address = len(plain) == 12 and all(c in "0123456789ABCDEF" for c in plain)
    _put(m["about"], (plain if is_address else about).encode("ascii"))
    return m


def _put(field: Any, raw: bytes) -> None:
    """Writes bytes into a zero-padded field. Raises ValueError where they do not fit."""
    if len(raw) > len(field):
        raise ValueError(f"{raw!r}: expected at most {len(field)} bytes")
    field[: len(raw)] = np.frombuffer(raw, np.uint8)


def _or(value: float, unknown: float) -> float:
    """The value, or the field's code for unknown where it is NaN."""
    return unknown if np.isnan(value) else value


def crc16(data: bytes) -> int:
    """X.25's CRC as MAVLink uses it."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ int(CRC[(crc ^ byte) & 255])
    return crc
