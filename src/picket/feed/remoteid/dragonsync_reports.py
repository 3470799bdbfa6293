"""What DragonSync's messages report: one `Report` of one aircraft or transmission, whichever message it came in.

`dragonsync.py` says which message is which and makes tables of the reports; what the fields mean is told there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from picket.feed.remoteid import dragonsync_shapes as read
from picket.feed.remoteid.dragonsync_shapes import NAN, Message
from picket.feed.remoteid.messages import EPOCH, TRANSPORTS

SERIAL, REGISTRATION = 1, 2  # ID types of Remote ID
_ID_TYPES = {"Serial Number (ANSI/CTA-2063-A)": SERIAL, "CAA Assigned Registration ID": REGISTRATION}
_FROM_TELEMETRY = ("sik_reasm", "mlrs_reasm")  # sources whose place passed the telemetry packet's checksum
# how DJI's receivers write a model: "DJI O4 (Decrypted)", "Mavic Air 2 (O3)"; an operator's text must not pass for one
_MODEL = re.compile(r"[A-Za-z0-9+-]{1,12}(?: [A-Za-z0-9+-]{1,12}){0,4} \((?:O\d|Decrypted)\)|DJI Encrypted \(O\d\)|DJI Drone")


class Report(msgspec.Struct, gc=False):
    """One report of one aircraft or transmission, whichever message it came in; numbers in the tables' units, NaN unknown."""

    first: int  # where its message lies in the bytes
    last: int
    sensor: str | None = None
    observed: float = NAN  # UNIX seconds, the kit's clock
    second: float = NAN  # in the hour
    serials: tuple[tuple[int, str], ...] = ()  # (ID type, identity)
    ua_type: int = 0
    address: int = -1
    transport: int = -1
    power_dbm: float = NAN
    center_hz: float = NAN
    bandwidth_hz: float = NAN
    located: bool = True  # its message tells a place, even if an unknown one
    lat: float = 0.0
    lon: float = 0.0
    alt: float = NAN
    alt_pressure: float = NAN
    height: float = NAN
    above_takeoff: bool = False
    speed: float = NAN
    course: float = NAN
    climb: float = NAN
    within_horizontal: float = NAN  # 95 % bounds
    within_vertical: float = NAN
    within_pressure: float = NAN
    within_speed: float = NAN
    pilot_lat: float = 0.0
    pilot_lon: float = 0.0
    pilot_alt: float = NAN
    pilot_kind: int = -1
    pilot_time: float = NAN
    tells_pilot: bool = False
    home_lat: float = 0.0
    home_lon: float = 0.0
    operator_id: str | None = None
    description: str | None = None
    # of transmissions without Remote ID
    classification: str | None = None
    track: str | None = None
    sensor_lat: float = NAN
    sensor_lon: float = NAN


def published_drone(m: Message, first: int, last: int) -> Report:
    """The report in a message of wardragon/drones."""
    r = Report(first, last)
    r.sensor = read.text(m.seen_by)
    r.observed = read.unix(m.observed_at if m.observed_at is not None else m.last_update_time)
    r.second = read.second(m.rid_timestamp or m.timestamp)
    r.ua_type = read.ua_type(m.ua_type)
    r.address, r.transport = read.address(m.mac), _transport(m.transport)
    r.power_dbm, r.center_hz = read.power(m.rssi), read.hertz(m.freq_mhz if m.freq_mhz is not None else m.freq)
    r.lat, r.lon = read.place(m.lat, m.lon)
    r.alt, r.alt_pressure, r.height = read.nonzero(m.alt), read.nonzero(m.pressure_altitude), read.nonzero(m.height)
    r.above_takeoff = m.height_type == "Above Takeoff"
    r.speed, r.climb, r.course = read.nonzero(m.speed), read.nonzero(m.vspeed), read.course(m.direction, m.ew_dir)
    r.within_horizontal, r.within_vertical = read.bound(m.horizontal_accuracy), read.bound(m.vertical_accuracy)
    r.within_pressure, r.within_speed = read.bound(m.baro_accuracy), read.bound(m.speed_accuracy)
    r.pilot_lat, r.pilot_lon = read.place(m.pilot_lat, m.pilot_lon)
    r.home_lat, r.home_lon = read.place(m.home_lat, m.home_lon)
    r.tells_pilot = r.pilot_lat != 0 or r.pilot_lon != 0  # 0, 0 stands in every message without one
    r.operator_id, r.description = read.text(m.operator_id), read.text(m.description)
    return r


def in_blocks(blocks: Sequence[Message], first: int, last: int) -> tuple[Report, read.Signal | None, bool, bool]:
    """The report in a sniffer's message; its signal block; whether a frequency block came; whether there was any block."""
    r, signal, told, has_frequency = Report(first, last, located=False), None, False, False
    for m in blocks:
        if m.top_mac is not None:
            r.address = read.address(m.top_mac)
        if m.top_rssi is not None:
            r.power_dbm = read.power(m.top_rssi)
        if m.advert is not None:
            r.power_dbm = read.power(m.advert.rssi)
        if m.aext is not None and type(m.aext.adv_a) is str:
            r.address = read.address((m.aext.adv_a.split(None, 1) or [""])[0])
        if m.frequency is not None:
            has_frequency = True
            r.center_hz = r.center_hz if r.center_hz == r.center_hz else read.hertz(m.frequency.frequency)
        if m.basic is not None:
            told = True
            _basic(r, m.basic)
        if m.location is not None:
            told = True
            _place(r, m.location)
        if m.system is not None:
            told = True
            _operator_place(r, m.system)
        if m.self_id is not None:
            told = True
            r.description = read.text(m.self_id.text)
        if m.operator is not None:
            told = True
            r.operator_id = read.text(m.operator.operator_id)
        signal = m.signal or signal
    if signal is not None:
        _signal(r, signal)
    return r, signal, has_frequency, told


def _basic(r: Report, b: read.Basic) -> None:
    identity = read.text(b.id)
    if identity is not None:
        r.serials = (*r.serials[:3], (_ID_TYPES.get(b.id_type, 0) if type(b.id_type) is str else 0, identity))
    r.ua_type = read.ua_type(b.ua_type) or r.ua_type
    r.address = read.address(b.mac) if b.mac is not None else r.address
    r.transport = _transport(b.transport)
    r.power_dbm = read.power(b.rssi) if b.rssi is not None else r.power_dbm
    if b.frequency_mhz is not None:
        r.center_hz = read.hertz(b.frequency_mhz)
    r.classification = read.text(b.description)  # of DJI's receiver: the model


def _place(r: Report, v: read.Location) -> None:
    r.located, r.second = True, read.second(v.timestamp)
    r.lat, r.lon = read.place(v.latitude, v.longitude)
    r.alt, r.alt_pressure = read.nonzero(v.geodetic_altitude), read.nonzero(v.pressure_altitude)
    r.height, r.above_takeoff = read.nonzero(v.height_agl), v.height_type == "Above Takeoff"
    r.speed, r.climb = read.nonzero(v.speed), read.nonzero(v.vert_speed)
    r.course = read.course(v.direction, v.ew_dir_segment)
    r.within_horizontal, r.within_vertical = read.bound(v.horizontal_accuracy), read.bound(v.vertical_accuracy)
    r.within_pressure, r.within_speed = read.bound(v.baro_accuracy), read.bound(v.speed_accuracy)


def _operator_place(r: Report, s: read.System) -> None:
    if s.operator_lat is not None or s.operator_lon is not None:
        r.pilot_lat, r.pilot_lon = read.place(s.operator_lat, s.operator_lon)
    else:
        r.pilot_lat, r.pilot_lon = read.place(s.latitude, s.longitude)
    r.tells_pilot = True
    r.pilot_alt = read.nonzero(s.geodetic_altitude if s.geodetic_altitude is not None else s.operator_altitude_geo)
    kind = s.operator_location_type
    r.pilot_kind = {"Takeoff": 0, "Dynamic": 1, "Fixed": 2}.get(kind, -1) if type(kind) is str else -1
    r.pilot_time = read.number(s.timestamp_raw) + EPOCH
    r.home_lat, r.home_lon = read.place(s.home_lat, s.home_lon)


def _signal(r: Report, s: read.Signal) -> None:
    """Turns a message of blocks into a signal: its position is the kit's, unless telemetry told the aircraft's."""
    r.track = next((identity for _, identity in r.serials), None)
    r.serials, r.description, r.ua_type = (), None, 0
    r.classification = read.text(s.signal_type) or "fpv"
    r.center_hz = read.hertz(s.center_hz) if s.center_hz is not None else r.center_hz
    r.bandwidth_hz, r.power_dbm = _bandwidth(s.bandwidth_hz), read.power(s.rssi)
    if s.source not in _FROM_TELEMETRY:
        _at_sensor(r, r.lat, r.lon)
        r.lat, r.lon = 0.0, 0.0
    r.height = r.speed = r.climb = r.course = r.alt = NAN


def published_signal(m: Message, first: int, last: int) -> Report:
    """The report in a message of wardragon/signals."""
    r = Report(first, last)
    r.sensor, r.observed = read.text(m.seen_by), read.unix(m.observed_at)
    r.track = read.text(m.uid) or read.text(m.id)
    r.classification = read.text(m.signal_type) or "fpv"
    r.center_hz = read.hertz(m.center_hz if m.center_hz is not None else m.freq_mhz)
    r.bandwidth_hz, r.power_dbm = _bandwidth(m.bandwidth_hz), read.power(m.rssi)
    lat, lon = read.place(m.sensor_lat, m.sensor_lon)
    if m.source in _FROM_TELEMETRY:
        r.lat, r.lon = (lat, lon) if m.sensor_lat is not None else read.place(m.lat, m.lon)
    else:
        _at_sensor(r, lat, lon)
    return r


def dji(r: Report, identity: str, model: str | None) -> Report:
    """The report of a DJI aircraft: its serial, and the model in the receiver's words."""
    if (r.description or "").endswith("(alert)"):
        _at_sensor(r, r.lat, r.lon)
        r.lat, r.lon, r.alt, r.height = 0.0, 0.0, NAN, NAN
    model = (model or "").removesuffix("(alert)").strip()
    r.classification = model if _MODEL.fullmatch(model) else "DJI DroneID"
    r.serials = () if identity.startswith("alert") or identity in ("", "unknown") else ((SERIAL, identity),)
    r.track = identity if identity.startswith("alert-") else None
    r.description, r.course = None, NAN
    return r


def _at_sensor(r: Report, lat: float, lon: float) -> None:
    """Notes the kit's own place, where it is one."""
    if (lat or lon) and abs(lat) <= 90 and abs(lon) <= 180:
        r.sensor_lat, r.sensor_lon = lat, lon


def _transport(value: Any) -> int:
    """Index into TRANSPORTS of "WiFi-Beacon", "WiFi-NAN", "BT5-LR-Extended", "BT4..."; -1 for others."""
    return _transport_words(value[:8].lower()) if type(value) is str else -1


@lru_cache(64)
def _transport_words(words: str) -> int:
    for start, transport in (("wifi-b", "wifi_beacon"), ("wifi-n", "wifi_nan"), ("bt5", "bt5"), ("bt4", "bt4")):
        if words.startswith(start):
            return TRANSPORTS.index(transport)
    return -1


def _bandwidth(value: Any) -> float:
    hz = read.number(value)
    return hz if 0 < hz < 1e10 else NAN
