"""DragonSync's messages as a kit writes them: for tests, exercises and the conformance battery.

Field names, words and the zeros for what is unknown are those of the programs named in `dragonsync.py`.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

_NAN = math.nan
_TRANSPORTS = {"wifi_beacon": "WiFi-Beacon", "wifi_nan": "WiFi-NAN", "bt4": "BT4-Legacy", "bt5": "BT5-LR-Extended"}
_SERIAL = "Serial Number (ANSI/CTA-2063-A)"


def encode_drone(
    *,
    identity: str,
    lat_deg: float = 0.0,
    lon_deg: float = 0.0,
    observed: float = _NAN,
    time: float = _NAN,
    alt_wgs84_m: float = _NAN,
    alt_pressure_m: float = _NAN,
    height_takeoff_m: float = _NAN,
    height_agl_m: float = _NAN,
    speed_mps: float = _NAN,
    course_deg: float = _NAN,
    climb_mps: float = _NAN,
    within_m: float = _NAN,
    within_vertical_m: float = _NAN,
    within_mps: float = _NAN,
    transmitter: str = "",
    transport: str | None = None,
    power_dbm: float = _NAN,
    center_hz: float = _NAN,
    ua_type: int = 2,
    description: str = "",
    operator_id: str = "",
    operator_lat_deg: float = 0.0,
    operator_lon_deg: float = 0.0,
    home_lat_deg: float = 0.0,
    home_lon_deg: float = 0.0,
    seen_by: str | None = None,
) -> bytes:
    """A message of `wardragon/drones`, with a line feed behind it.

    observed, time  UNIX seconds UTC of hearing (the kit's clock) and of measuring (sent as the time within the hour)
    within_*        the 95 % bounds that the aircraft promises, in m and m/s
    Without `transmitter` and `transport`, and with `center_hz`, it is what a kit writes of DJI DroneID.
    """
    above_ground = height_agl_m == height_agl_m
    in_hour = "" if math.isnan(time) else _in_hour(time)
    mhz = None if math.isnan(center_hz) else round(center_hz / 1e6, 3)
    message = {
        "id": f"drone-{identity}", "description": description, "rid_lookup_attempted": False, "rid_lookup_success": False,
        "lat": lat_deg, "lon": lon_deg, "latitude": lat_deg, "longitude": lon_deg, "gps_accuracy": 0.0, "alt": _zero(alt_wgs84_m),
        "height": _zero(height_agl_m if above_ground else height_takeoff_m), "pressure_altitude": _zero(alt_pressure_m),
        "speed": _zero(speed_mps), "vspeed": _zero(climb_mps), "direction": _zero(course_deg), "rssi": _zero(power_dbm),
        "pilot_lat": operator_lat_deg, "pilot_lon": operator_lon_deg, "home_lat": home_lat_deg, "home_lon": home_lon_deg,
        "mac": transmitter, "id_type": _SERIAL, "ua_type": ua_type, "caa_id": "", "operator_id": operator_id,
        "height_type": "AGL" if above_ground else "Above Takeoff", "ew_dir": "West" if course_deg >= 180 else "East",
        "timestamp": in_hour, "rid_timestamp": in_hour, "observed_at": _null(observed), "seen_by": seen_by, "track_type": "drone",
        "horizontal_accuracy": _within(within_m, "m"), "vertical_accuracy": _within(within_vertical_m, "m"),
        "speed_accuracy": _within(within_mps, "m/s"), "freq": mhz, "freq_mhz": mhz, "transport": _TRANSPORTS.get(transport or "", ""),
    }  # fmt: skip
    return msgspec.json.encode(message) + b"\n"


def encode_blocks(
    *,
    identity: str,
    lat_deg: float,
    lon_deg: float,
    time: float = _NAN,
    alt_wgs84_m: float = _NAN,
    height_takeoff_m: float = _NAN,
    speed_mps: float = _NAN,
    climb_mps: float = _NAN,
    transmitter: str | None = None,
    transport: str | None = None,
    power_dbm: float = _NAN,
    center_hz: float = _NAN,
    description: str | None = None,
    operator_id: str | None = None,
    operator_lat_deg: float = 0.0,
    operator_lon_deg: float = 0.0,
    home_lat_deg: float = 0.0,
    home_lon_deg: float = 0.0,
) -> bytes:
    """A sniffer's message: an array of blocks, their numbers as text with units, with a line feed behind it.

    With `center_hz` and without a transmitter it is a DJI receiver's (its numbers are plain).
    """
    dji = transmitter is None and center_hz == center_hz
    basic: dict[str, Any] = {"id_type": _SERIAL, "ua_type": 2, "id": identity, "RSSI": _zero(power_dbm)}
    if transmitter is not None:
        basic |= {"MAC": transmitter, "transport": _TRANSPORTS.get(transport or "", "")}
    location: dict[str, Any] = {"latitude": lat_deg, "longitude": lon_deg}
    for name, value, unit in (
        ("geodetic_altitude", alt_wgs84_m, "m"), ("height_agl", height_takeoff_m, "m"), ("speed", speed_mps, "m/s"),
        ("vert_speed", climb_mps, "m/s"),
    ):  # fmt: skip
        location[name] = _zero(value) if dji else "Unknown" if math.isnan(value) else f"{value} {unit}"
    blocks: list[dict[str, Any]] = [{"Basic ID": basic}]
    if not dji:
        location |= {"height_type": "Above Takeoff", "timestamp": "Unknown" if math.isnan(time) else _in_hour(time)}
    blocks.append({"Location/Vector Message": location})
    if description is not None:
        basic |= {"description": description} if dji else {}
        blocks.append({"Self-ID Message": {"text": description}})
    if operator_lat_deg or operator_lon_deg:
        system = {"latitude": operator_lat_deg, "longitude": operator_lon_deg}
        blocks.append({"System Message": system | ({"home_lat": home_lat_deg, "home_lon": home_lon_deg} if dji else {})})
    if operator_id is not None:
        blocks.append({"Operator ID Message": {"operator_id_type": "Operator ID", "operator_id": operator_id}})
    if center_hz == center_hz:
        blocks.append({"Frequency Message": {"frequency": center_hz}})
    return msgspec.json.encode(blocks) + b"\n"


def encode_signal(
    *,
    uid: str,
    center_hz: float,
    observed: float = _NAN,
    signal_type: str = "fpv",
    source: str = "confirm",
    bandwidth_hz: float = _NAN,
    power_dbm: float = _NAN,
    sensor_lat_deg: float = _NAN,
    sensor_lon_deg: float = _NAN,
    seen_by: str | None = None,
) -> bytes:
    """A message of `wardragon/signals`, with a line feed behind it. `observed` is UNIX seconds UTC, the kit's clock."""
    lat, lon = _zero(sensor_lat_deg), _zero(sensor_lon_deg)
    message = {
        "uid": uid, "signal_type": signal_type, "source": source, "center_hz": center_hz, "bandwidth_hz": _null(bandwidth_hz),
        "rssi": _null(power_dbm), "sensor_lat": _null(sensor_lat_deg), "sensor_lon": _null(sensor_lon_deg),
        "sensor_alt": 0.0, "lat": lat, "lon": lon, "latitude": lat, "longitude": lon, "radius_m": 15.0,
        "gps_accuracy": 15.0, "seen_by": seen_by, "observed_at": _null(observed),
    }  # fmt: skip
    return msgspec.json.encode(message) + b"\n"


def encode_aircraft(
    *,
    icao: str,
    lat_deg: float,
    lon_deg: float,
    speed_mps: float = _NAN,
    course_deg: float = _NAN,
    climb_mps: float = _NAN,
    nac_p: int | None = None,
    nac_v: int | None = None,
    seen_by: str | None = None,
) -> bytes:
    """A message of `wardragon/aircraft`, with a line feed behind it."""
    knots = _zero(speed_mps) / (1852 / 3600)
    message = {
        "icao": icao.upper(), "callsign": "", "lat": lat_deg, "lon": lon_deg, "latitude": lat_deg, "longitude": lon_deg, "alt": 0.0,
        "altitude_ft": 0.0, "speed": knots, "speed_kt": knots, "track": _zero(course_deg), "heading": _zero(course_deg),
        "vertical_rate": _null(climb_mps / 0.3048 * 60), "squawk": "", "on_ground": False, "nac_p": nac_p, "nac_v": nac_v,
        "rssi": None, "seen_by": seen_by, "track_type": "aircraft",
    }  # fmt: skip
    return msgspec.json.encode(message) + b"\n"


def encode_kit(
    kit_id: str,
    time: float,
    *,
    lat_deg: float = 0.0,
    lon_deg: float = 0.0,
    cpu_percent: float = 10.0,
    temperature_c: float = 50.0,
    uptime_s: float = 3600.0,
    gps_fix: bool = True,
) -> bytes:
    """A message of `wardragon/system/<kit>/attrs` at `time` (UNIX seconds UTC), with a line feed behind it."""
    message = {
        "id": kit_id, "latitude": lat_deg, "longitude": lon_deg, "hae": 0.0, "cpu_usage": cpu_percent, "temperature_c": temperature_c,
        "uptime_s": uptime_s, "gps_fix": gps_fix, "time_source": "gpsd", "gpsd_time_utc": None, "updated": int(time),
    }  # fmt: skip
    return msgspec.json.encode(message) + b"\n"


def _in_hour(time: float) -> str:
    """Remote ID's time within the hour in the sniffers' words, in tenths of a second."""
    tenths = round(time % 3600 * 10) % 36000
    return f"{tenths // 600} min {tenths % 600 / 10:.1f} s"


def _within(bound: float, unit: str) -> str:
    return "" if math.isnan(bound) else f"<{bound:g} {unit}"


def _zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _null(value: float) -> float | None:
    return None if math.isnan(value) else value
