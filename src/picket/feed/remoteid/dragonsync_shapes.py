"""What DragonSync's messages hold: their JSON shapes, and how their words become numbers.

Values are typed as `Any`, because the same field comes as a number, as text with a unit ("12.0 m/s") or as a word
("Unknown"), depending on which program wrote it; `number` and its neighbours read them all and never raise.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

import msgspec

from picket.feed.remoteid.messages import printable

NAN = math.nan
LONGEST_TEXT = 100  # characters kept of any text that a sender chose


class Basic(msgspec.Struct, gc=False, rename={"mac": "MAC", "rssi": "RSSI"}):
    """A "Basic ID" block: an identity, and how the receiver heard it."""

    id_type: Any = None
    ua_type: Any = None
    id: Any = None
    mac: Any = None
    rssi: Any = None
    transport: Any = None
    frequency_mhz: Any = None
    description: Any = None


class Location(msgspec.Struct, gc=False):
    """A "Location/Vector Message" block."""

    latitude: Any = None
    longitude: Any = None
    geodetic_altitude: Any = None
    pressure_altitude: Any = None
    height_agl: Any = None  # the height, whatever `height_type` says it is above
    height_type: Any = None
    speed: Any = None
    vert_speed: Any = None
    direction: Any = None
    ew_dir_segment: Any = None
    horizontal_accuracy: Any = None
    vertical_accuracy: Any = None
    baro_accuracy: Any = None
    speed_accuracy: Any = None
    timestamp: Any = None


class System(msgspec.Struct, gc=False):
    """A "System Message" block: the operator's place, and for DJI DroneID the take-off place."""

    latitude: Any = None
    longitude: Any = None
    operator_lat: Any = None
    operator_lon: Any = None
    geodetic_altitude: Any = None
    operator_altitude_geo: Any = None
    operator_location_type: Any = None
    timestamp_raw: Any = None  # seconds since 2019
    home_lat: Any = None
    home_lon: Any = None


class Signal(msgspec.Struct, gc=False):
    """A "Signal Info" block: a transmission without Remote ID."""

    source: Any = None
    signal_type: Any = None
    center_hz: Any = None
    bandwidth_hz: Any = None
    rssi: Any = None


class Scalars(msgspec.Struct, gc=False, rename={"adv_a": "AdvA"}):
    """Small blocks of which one value is read each."""

    text: Any = None
    operator_id: Any = None
    frequency: Any = None
    rssi: Any = None
    adv_a: Any = None


class Gps(msgspec.Struct, gc=False):
    """Where a kit is, in the status message of its monitor."""

    latitude: Any = None
    longitude: Any = None
    gps_fix: Any = None
    time_source: Any = None


class Stats(msgspec.Struct, gc=False):
    """How a kit's computer is, in the status message of its monitor."""

    cpu_usage: Any = None
    temperature: Any = None
    uptime: Any = None


class Message(msgspec.Struct, gc=False, rename={
    "top_mac": "MAC", "top_rssi": "RSSI", "basic": "Basic ID", "location": "Location/Vector Message", "self_id": "Self-ID Message",
    "system": "System Message", "operator": "Operator ID Message", "frequency": "Frequency Message", "signal": "Signal Info",
    "advert": "AUX_ADV_IND", "raw": "AdvData", "sniffed": "DroneID", "health": "Health",
}):  # fmt: skip
    """Any object that arrives: a published one, a block of a message, or a sniffer's; the fields that are there tell which."""

    # blocks of a message of the sniffers
    top_mac: Any = None
    top_rssi: Any = None
    basic: Basic | None = None
    location: Location | None = None
    self_id: Scalars | None = None
    system: System | None = None
    operator: Scalars | None = None
    frequency: Scalars | None = None
    signal: Signal | None = None
    advert: Scalars | None = None
    aext: Scalars | None = None
    raw: Any = None
    sniffed: Any = None
    health: Any = None
    # drones, as published
    id: Any = None
    caa_id: Any = None
    mac: Any = None
    rssi: Any = None
    freq: Any = None
    freq_mhz: Any = None
    transport: Any = None
    lat: Any = None
    lon: Any = None
    alt: Any = None
    pressure_altitude: Any = None
    height: Any = None
    height_type: Any = None
    speed: Any = None
    vspeed: Any = None
    direction: Any = None
    ew_dir: Any = None
    horizontal_accuracy: Any = None
    vertical_accuracy: Any = None
    baro_accuracy: Any = None
    speed_accuracy: Any = None
    ua_type: Any = None
    description: Any = None
    operator_id: Any = None
    pilot_lat: Any = None
    pilot_lon: Any = None
    home_lat: Any = None
    home_lon: Any = None
    timestamp: Any = None
    rid_timestamp: Any = None
    observed_at: Any = None
    last_update_time: Any = None
    seen_by: Any = None
    track_type: Any = None
    # signals
    uid: Any = None
    signal_type: Any = None
    source: Any = None
    center_hz: Any = None
    bandwidth_hz: Any = None
    sensor_lat: Any = None
    sensor_lon: Any = None
    # aircraft
    icao: Any = None
    track: Any = None
    vertical_rate: Any = None
    nac_p: Any = None
    nac_v: Any = None
    # kits, as published and as their monitor says it
    latitude: Any = None
    longitude: Any = None
    cpu_usage: Any = None
    temperature_c: Any = None
    uptime_s: Any = None
    gps_fix: Any = None
    time_source: Any = None
    updated: Any = None
    serial_number: Any = None
    gps_data: Gps | None = None
    system_stats: Stats | None = None


_NUMBER = re.compile(r"\s*([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d{1,3})?)")
_ABOVE = re.compile(r"\s*<\s*(\d+(?:\.\d+)?)\s*(km|m)?\b")
_IN_HOUR = re.compile(r"(?:(\d+)(?:\.\d+)? h )?(\d+) min (\d+(?:\.\d+)?) s|(\d+(?:\.\d+)?) seconds past the hour")
_UA_WORDS = (
    "aeroplane", "helicopter", "gyroplane", "hybrid", "ornithopter", "glider", "kite", "free balloon", "captive balloon", "airship",
    "free fall", "rocket", "tethered", "ground obstacle", "other",
)  # fmt: skip


def number(value: Any) -> float:
    """A number, or the one that a text begins with ("12.0 m/s"); NaN for words, anything else and numbers without end."""
    kind = type(value)
    if kind is float:
        return value if -1e300 < value < 1e300 else NAN
    if kind is int:
        return float(value) if -(2**63) < value < 2**64 else NAN
    if kind is str:
        found = _NUMBER.match(value[:40])
        return number(float(found[1])) if found else NAN
    return NAN


def nonzero(value: Any) -> float:
    """The same, but a bare 0 is unknown: DragonSync writes 0.0 for what it was not told. "0.0 m" is a zero that was measured."""
    if value == 0 and type(value) is not str:
        return NAN
    return number(value)


def text(value: Any) -> str | None:
    """Printable text of at most LONGEST_TEXT characters, others as U+FFFD; None where there is none."""
    if type(value) is not str:
        return None
    return printable(value[:LONGEST_TEXT])


def address(value: Any) -> int:
    """The 48-bit radio address of `AA:BB:CC:DD:EE:FF`, -1 where it is none."""
    return _address(value) if type(value) is str and 12 <= len(value) <= 17 else -1


@lru_cache(1024)
def _address(value: str) -> int:
    digits = value.replace(":", "").replace("-", "")
    try:
        return int(digits, 16) if len(digits) == 12 and digits.isalnum() else -1
    except ValueError:
        return -1


def hertz(value: Any) -> float:
    """Hz of a frequency that is in Hz or, when small, in MHz: the writers differ. NaN for 0 and nonsense."""
    frequency = number(value)
    frequency = frequency if frequency > 1e5 else frequency * 1e6
    return frequency if 1e6 <= frequency <= 1e11 else NAN


def power(value: Any) -> float:
    """dBm. Only negative values: 0 is unknown, and some detectors write a signal to noise ratio there."""
    dbm = number(value)
    return dbm if -200 < dbm < 0 else NAN


def place(lat: Any, lon: Any) -> tuple[float, float]:
    """A latitude and a longitude; 0, 0 where one of the two is unknown."""
    a, b = number(lat), number(lon)
    return (a, b) if a == a and b == b else (0.0, 0.0)


def course(direction: Any, segment: Any) -> float:
    """Degrees; NaN for 0 (not told), for more than 360, and for 181 in the eastern segment, which is Remote ID's unknown."""
    value = nonzero(direction)
    if not 0 <= value <= 360 or (value == 181 and segment == "East"):
        return NAN
    return value % 360


@lru_cache(512)
def _bound(words: str) -> float:
    found = _ABOVE.match(words)
    return float(found[1]) * (1000 if found[2] == "km" else 1) if found else NAN


def bound(value: Any) -> float:
    """The 95 % bound in an accuracy's words: "<3 m", "< 7.408 km (4 NM)", "<0.3 m/s". NaN for others, as ">=150 m or Unknown"."""
    return _bound(value[:40]) if type(value) is str else NAN


def second(value: Any) -> float:
    """Seconds in the hour of Remote ID's time: "12 min 34.5 s", "34.5 seconds past the hour". A bare number has no known unit."""
    found = _IN_HOUR.fullmatch(value[:60]) if type(value) is str else None
    if not found:
        return NAN
    return float(found[4]) % 3600 if found[4] else (float(found[2]) * 60 + float(found[3])) % 3600


def unix(value: Any) -> float:
    """UNIX seconds to the year 2100, else NaN."""
    seconds = number(value)
    return seconds if 0 < seconds < 4102444800 else NAN


def ua_type(value: Any) -> int:
    """The kind of aircraft, 0 unknown to 15, from its number or its words."""
    if type(value) is str:
        words = value.lower()
        if words.startswith("vtol"):
            return 4
        return next((i for i, word in enumerate(_UA_WORDS, 1) if words.startswith(word)), 0)
    return value if type(value) is int and 0 <= value <= 15 else 0
