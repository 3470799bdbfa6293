"""SAPIENT messages as framed bytes: the answers of a parent node, and what nodes send (for tests, exercises and samples).

Values are given in the detection table's terms; `encode_task` is here because a decoder that refuses tasks must be tested with them. No
part of Picket sends one.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from picket.feed.sapient.schema import EDITION, number, sapient_message

# Who answers: the standard wants a UUID of version 4 for every node, and a decoder has no other way to know its own.
PARENT_ID = "6b3ff0ff-5a0e-4d1b-9c39-6a1c2a1ce2b4"
_NAN = float("nan")


def frame(message: Any) -> bytes:
    """The message with its length before it."""
    data = message.SerializeToString()
    return struct.pack("<I", len(data)) + bytes(data)


def _message(node_id: str, time: float, destination_id: str | None = None) -> Any:
    message = sapient_message()(node_id=node_id)
    if math.isfinite(time):
        micros = round(time * 1e6)
        message.timestamp.seconds, message.timestamp.nanos = micros // 10**6, micros % 10**6 * 1000
    if destination_id is not None:
        message.destination_id = destination_id
    return message


def _set(message: Any, values: Mapping[str, float | str | None]) -> None:
    """Sets the fields that are known."""
    for name, value in values.items():
        if value is not None and value == value:
            setattr(message, name, value)


def encode_registration_ack(*, destination_id: str, time: float, accepted: bool = True, reason: str | None = None) -> bytes:
    """The parent's answer to a registration. time: UNIX seconds, NaN leaves the timestamp out."""
    message = _message(PARENT_ID, time, destination_id)
    message.registration_ack.acceptance = accepted
    if reason is not None:
        message.registration_ack.ack_response_reason.append(reason)
    return frame(message)


def encode_task_ack(*, destination_id: str, time: float, task_id: str, reason: str) -> bytes:
    """The refusal of a task."""
    message = _message(PARENT_ID, time, destination_id)
    message.task_ack.task_id, message.task_ack.task_status = task_id, number("TaskStatus", "rejected")
    message.task_ack.reason.append(reason)
    return frame(message)


def encode_registration(
    *,
    node_id: str,
    time: float,
    node_type: str | Sequence[str] = "radar",
    short_name: str | None = None,
    tracking: str = "none",
    mode: str = "default",
    speed_units: str | None = None,
    error_type: str | None = None,
    signal_units: Mapping[str, str] | None = None,
    zone: str | None = None,
) -> bytes:
    """A node's registration with one mode.

    node_type     one or several words of `schema.ENUMS["NodeType"]`; tracking: of TrackingType; speed_units: ms or kph
    error_type    what its errors are ("Standard Deviation")
    signal_units  unit by field of a signal: {"amplitude": "dBm", "centre_frequency": "MHz"}
    zone          the UTM zone of its locations
    """
    message = _message(node_id, time)
    r = message.registration
    r.icd_version = EDITION
    for one in (node_type,) if isinstance(node_type, str) else node_type:
        r.node_definition.add(node_type=number("NodeType", one))
    _set(r, {"short_name": short_name, "name": short_name})
    m = r.mode_definition.add(mode_name=mode, tracking_type=number("TrackingType", tracking))
    d = m.detection_definition.add()
    if zone is not None:
        d.location_type.location_units = number("LocationCoordinateSystem", "utm_m")
        d.location_type.zone = zone
    if speed_units is not None:
        d.velocity_type.enu_velocity_units.east_north_rate_units = number("SpeedUnits", speed_units)
    if error_type is not None:
        d.geometric_error.type = error_type
    for name, unit in (signal_units or {}).items():
        d.detection_report.add(category=number("FieldCategory", "signal"), type=name, units=unit)
    return frame(message)


def encode_status(
    *,
    node_id: str,
    time: float,
    system: str = "ok",
    info: str = "new",
    mode: str | None = None,
    lat_deg: float = _NAN,
    lon_deg: float = _NAN,
    alt_wgs84_m: float = _NAN,
    power: tuple[str, str, int] | None = None,
    status: Sequence[tuple[str, str, str]] = (),
) -> bytes:
    """A status report. power: (source, status, level in percent); status: (level, type, value) each, in the schema's words."""
    message = _message(node_id, time)
    s = message.status_report
    s.system, s.info = number("System", system), number("Info", info)
    _set(s, {"mode": mode})
    if math.isfinite(lat_deg) and math.isfinite(lon_deg):
        _set(s.node_location, {"x": lon_deg, "y": lat_deg, "z": alt_wgs84_m})
        s.node_location.coordinate_system = number("LocationCoordinateSystem", "lat_lng_deg_m")
        s.node_location.datum = number("LocationDatum", "wgs84_e")
    if power is not None:
        s.power.source, s.power.status = number("PowerSource", power[0]), number("PowerStatus", power[1])
        s.power.level = power[2]
    for level, kind, value in status:
        s.status.add(status_level=number("StatusLevel", level), status_type=number("StatusType", kind), status_value=value)
    return frame(message)


def encode_detection(
    *,
    node_id: str,
    time: float,
    object_id: str = "01HPEKBXJSB6WY59ZZ2GH4QF76",
    report_id: str = "01HPEKBXJSMRBM8E32STY8MRX5",
    location: Mapping[str, float | str] | None = None,
    range_bearing: Mapping[str, float | str] | None = None,
    velocity_enu: tuple[float, float, float] | None = None,
    classification: Sequence[tuple[str, float]] = (),
    object_info: Mapping[str, str] | None = None,
    signal: Mapping[str, float] | None = None,
    state: str | None = None,
    identity: str | None = None,
    confidence: float = _NAN,
) -> bytes:
    """A detection report.

    location        x, y, z, x_error ... with `units` (lat_lng_deg_m) and `datum` (wgs84_e) as words; utm_zone
    range_bearing   azimuth, elevation, range, azimuth_error ... with `units` (degrees_m) and `datum` (true) as words
    velocity_enu    east, north, up in the registered unit
    classification  (type, confidence) from the widest class down: each is a sub-class of the one before
    """
    message = _message(node_id, time)
    d = message.detection_report
    _set(d, {"report_id": report_id, "object_id": object_id, "state": state, "id": identity, "detection_confidence": confidence})
    for given, place, systems, datums, usual in (
        (location, d.location, "LocationCoordinateSystem", "LocationDatum", ("lat_lng_deg_m", "wgs84_e")),
        (range_bearing, d.range_bearing, "RangeBearingCoordinateSystem", "RangeBearingDatum", ("degrees_m", "true")),
    ):
        if given is not None:
            values = dict(given)
            place.coordinate_system = number(systems, str(values.pop("units", usual[0])))
            place.datum = number(datums, str(values.pop("datum", usual[1])))
            _set(place, values)
    if velocity_enu is not None:
        _set(d.enu_velocity, dict(zip(("east_rate", "north_rate", "up_rate"), velocity_enu, strict=True)))
    into = d.classification
    for level, (kind, likely) in enumerate(classification):
        one = into.add(type=kind, confidence=likely)
        if level:
            one.level = level
        into = one.sub_class
    for kind, value in (object_info or {}).items():
        d.object_info.add(type=kind, value=value)
    if signal is not None:
        _set(d.signal.add(), signal)
    return frame(message)


def encode_alert(*, node_id: str, time: float, kind: str = "warning", status: str = "active", description: str = "") -> bytes:
    """An alert."""
    message = _message(node_id, time)
    a = message.alert
    a.alert_id, a.alert_type, a.status = "01HPEM0345M2F3PHMB1NXN1MHG", number("AlertType", kind), number("AlertStatus", status)
    a.description = description
    return frame(message)


def encode_error(*, node_id: str, time: float, words: Sequence[str], packet: bytes = b"") -> bytes:
    """A node's complaint about a message that it was sent."""
    message = _message(node_id, time)
    message.error.packet = packet
    message.error.error_message.extend(words)
    return frame(message)


def encode_task(
    *, node_id: str, time: float, destination_id: str = PARENT_ID, task_id: str, control: str = "start", command: str = "look_at",
    value: str | int | None = None,
) -> bytes:  # fmt: skip
    """A task as another node would send it, for tests of its refusal. value: of commands that have a text or a number."""
    message = _message(node_id, time, destination_id)
    message.task.task_id, message.task.control = task_id, number("Control", control)
    if value is None:
        getattr(message.task.command, command).SetInParent()
    else:
        setattr(message.task.command, command, value)
    return frame(message)
