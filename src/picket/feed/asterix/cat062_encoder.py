"""Writes CAT062 system tracks, for the simulator and for tests."""

from __future__ import annotations

import math

import numpy as np

from picket.feed.asterix import encoding as e
from picket.feed.asterix.cat062_kernels import CLASSES
from picket.words import Batch

_ORDER = e.order(
    "010", "", "015", "070", "105", "100", "185", "210", "060", "245", "380", "040", "080", "290", "200", "295", "136", "130", "135",
    "220", "390", "270", "300", "110", "120", "510", "500", "340",
)  # fmt: skip
_DEGREES = 180 / (1 << 25)
_SIX_FEET = 6.25 * 0.3048  # 6.25 ft in metres
_QUARTER_LEVEL = 25 * 0.3048
_EMITTERS = {word: code for code, word in CLASSES.items()}


def encode_cat062(batch: Batch, *, sac: int, sic: int, simulated: bool = False, max_bytes: int = 1400) -> list[bytes]:
    """Detection rows as datagrams of one CAT062 data block each, rows in order.

    batch: detection rows with lat_deg and lon_deg; written where known: time (its UTC time of day), speed_mps with course_deg,
    climb_mps, alt_wgs84_m, alt_msl_m (as a height corrected for QNH), alt_pressure_m, identity (icao_address, call_sign or
    registration), sensor_track_id (0 to 65535), classification (words of I062/380 EMC), sigma_position_m, sigma_altitude_m,
    sigma_speed_mps. A value that its item cannot hold is left out. report = status marks a track's last message, which needs no
    place; `simulated` sets the SIM bit of every record. max_bytes: longest datagram, 64 to 65,507.
    Raises ValueError for a row without a place or an argument that does not fit.

    >>> from picket.words import DETECTION, Batch
    >>> rows = Batch.from_rows(DETECTION, [{"time": 86400.5, "lat_deg": 45.0, "lon_deg": -90.0, "sensor_track_id": "7"}])
    >>> encode_cat062(rows, sac=25, sic=100)[0].hex()
    '3e0016990c196400004000800000ff00000000070100'
    """
    return e.datagrams(62, _records(batch, e.source(sac, sic), simulated), max_bytes)


def _records(batch: Batch, source: bytes, simulated: bool) -> list[bytes]:
    """One record per row."""
    lats, lons = (
        e.steps(batch["lat_deg"], _DEGREES, -(1 << 24), 1 << 24),
        e.steps(batch["lon_deg"], _DEGREES, -(1 << 25), 1 << 25),
    )
    angle = np.radians(batch["course_deg"])
    easts = e.steps(batch["speed_mps"] * np.sin(angle), 0.25, -32768, 32767)
    norths = e.steps(batch["speed_mps"] * np.cos(angle), 0.25, -32768, 32767)
    climbs = e.steps(batch["climb_mps"], _SIX_FEET / 60, -32768, 32767)
    times, ends = batch["time"].tolist(), batch.equals("report", "status")
    numbers, classes = batch.values("sensor_track_id"), batch.values("classification")
    identities, kinds = batch.values("identity"), batch.values("identity_kind")
    heights, accuracies = _heights(batch), _accuracies(batch)
    records = []
    for i in range(batch.n):
        items = {"010": source, "080": bytes((0x01, simulated << 7 | bool(ends[i]) << 6))}
        lat, lon, east, north = lats[i], lons[i], easts[i], norths[i]
        if lat is not None and lon is not None:
            items["105"] = e.signed(lat, 4) + e.signed(lon, 4)
        elif not ends[i]:
            raise ValueError(
                f"row {i}: CAT062 needs a place, got lat_deg={batch['lat_deg'][i]}, lon_deg={batch['lon_deg'][i]} (report = status "
                "needs none)"
            )
        if math.isfinite(times[i]):
            items["070"] = e.time_of_day(times[i])
        if east is not None and north is not None:
            items["185"] = e.signed(east, 2) + e.signed(north, 2)
        climb, number = climbs[i], e.track_number(numbers[i], 65535)
        if climb is not None:
            items["220"] = e.signed(climb, 2)
        if number is not None:
            items["040"] = e.u16(number)
        items.update(heights[i])
        items.update(_identity(identities[i], kinds[i], _EMITTERS.get(classes[i] or "")))
        accuracy = _compound({part: value for part, (needs, value) in accuracies[i].items() if needs in items})
        if accuracy:
            items["500"] = accuracy
        records.append(e.record(items, _ORDER))
    return records


def _heights(batch: Batch) -> list[dict[str, bytes]]:
    """I062/130, 135 and 136 of each row: a pressure altitude is the calculated one unless a height corrected for QNH is."""
    wgs84 = e.steps(batch["alt_wgs84_m"], _SIX_FEET, -32768, 32767)
    msl = e.steps(batch["alt_msl_m"], _QUARTER_LEVEL, -16384, 16383)
    pressure = e.steps(batch["alt_pressure_m"], _QUARTER_LEVEL, -16384, 16383)
    rows = []
    for above_ellipsoid, above_sea, level in zip(wgs84, msl, pressure, strict=True):
        items = {}
        if above_ellipsoid is not None:
            items["130"] = e.signed(above_ellipsoid, 2)
        if above_sea is not None:
            items["135"] = e.u16(0x8000 | above_sea & 0x7FFF)
        if level is not None and above_sea is None:
            items["135"] = e.u16(level & 0x7FFF)
        elif level is not None:
            items["136"] = e.signed(level, 2)
        rows.append(items)
    return rows


def _accuracies(batch: Batch) -> list[dict[int, tuple[str, bytes]]]:
    """Of each row the subfields of I062/500: number -> (the item that it belongs to, octets)."""
    positions = e.steps(batch["sigma_position_m"], 0.5, 1, 65535)
    geometric = e.steps(batch["sigma_altitude_m"], _SIX_FEET, 1, 255)
    barometric = e.steps(batch["sigma_altitude_m"], _QUARTER_LEVEL, 1, 255)
    speeds = e.steps(batch["sigma_speed_mps"], 0.25, 1, 255)
    rows = []
    for position, above_ellipsoid, level, speed in zip(positions, geometric, barometric, speeds, strict=True):
        parts = {}
        if position is not None:
            parts[1] = "105", e.u16(position) * 2
        if above_ellipsoid is not None:
            parts[4] = "130", bytes((above_ellipsoid,))
        if level is not None:
            parts[5] = "135", bytes((level,))
        if speed is not None:
            parts[6] = "185", bytes((speed, speed))
        rows.append(parts)
    return rows


def _identity(identity: str | None, kind: str | None, emitter: int | None) -> dict[str, bytes]:
    """I062/380 with the address or the call sign and the emitter category, or I062/245 with a registration."""
    items, parts = {}, {}
    address, call_sign = e.address(identity, kind), e.call_sign(identity, kind)
    if address is not None:
        parts[1] = address
    if call_sign is not None:
        parts[2] = call_sign
    if emitter is not None:
        parts[21] = bytes((emitter,))
    if parts:
        items["380"] = _compound(parts)
    registration = e.call_sign(identity, "call_sign") if kind == "registration" else None
    if registration is not None:
        items["245"] = b"\x80" + registration
    return items


def _compound(parts: dict[int, bytes]) -> bytes:
    """Subfields by their number as a compound item, nothing for none: it is built as a record is."""
    return e.record({str(n): value for n, value in parts.items()}, {str(n): n for n in parts}) if parts else b""
