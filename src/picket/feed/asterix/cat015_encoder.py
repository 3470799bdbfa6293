"""Writes CAT015 reports of a monostatic or a passive sensor, for exercises and for tests."""

from __future__ import annotations

import math

import numpy as np

from picket.feed.asterix import encoding as e
from picket.words import Batch

_ORDER = e.order(
    "010", "000", "015", "020", "030", "145", "161", "170", "050", "270", "300", "400", "600", "601", "602", "603", "604",
    "605", "480", "625", "626", "627", "628", "630", "631",
)  # fmt: skip
_MESSAGES = {"plot": 3, "track": 4, "status": 5, None: 3}  # sensor centric plot and track, track end
_POSITION = 180 / 2**31  # deg, I015/600 P84


def encode_cat015(batch: Batch, *, sac: int, sic: int, simulated: bool = False, max_bytes: int = 1400) -> list[bytes]:
    """Detection rows as datagrams of one CAT015 data block each, rows in order.

    batch: detection rows; written where known: report, time (its UTC time of day), lat_deg with lon_deg and their
    sigma_position_m, alt_wgs84_m with sigma_altitude_m, speed_mps with course_deg and their sigma_speed_mps, climb_mps, range_m,
    range_rate_mps, azimuth_deg and elevation_deg with their sigmas, snr_db, sensor_track_id (0 to 65,535), classification
    ("class_0" to "class_511", probability 100). A row with a range or a range rate comes from a monostatic sensor, any other
    from a multistatic one. A value that its item cannot hold is left out. `simulated` marks every record as simulated.
    max_bytes: longest datagram, 64 to 65,507 (one record alone may have 80 octets). Raises ValueError for an argument that does not fit.

    >>> from picket.words import DETECTION, Batch
    >>> rows = Batch.from_rows(DETECTION, [{"time": 86400.5, "azimuth_deg": 90.0, "range_m": 1500.0}])
    >>> encode_cat015(rows, sac=25, sic=201)[0].hex()
    '0f0015d501058019c9060000004080003a98804000'
    """
    return e.datagrams(15, _records(batch, e.source(sac, sic), simulated), max_bytes)


def _records(batch: Batch, source: bytes, simulated: bool) -> list[bytes]:
    """One CAT015 record per row."""
    counted = _counted(batch)
    times, reports = batch["time"].tolist(), batch.values("report")
    numbers, words = batch.values("sensor_track_id"), batch.values("classification")
    records = []
    for i in range(batch.n):
        items = {"010": source, "000": bytes((_MESSAGES.get(reports[i], 5) << 1,))}
        items |= _measured({name: values[i] for name, values in counted.items()})
        monostatic = "625" in items or "626" in items
        items["020"] = bytes(((0 if monostatic else 1) << 6 | (3 if simulated else 0) << 4,))
        if math.isfinite(times[i]):
            items["145"] = e.time_of_day(times[i])
        number = e.track_number(numbers[i], 65535)
        if number is not None:
            items["161"] = e.u16(number)
        code = _class(words[i])
        if code is not None:
            items["300"] = b"\x01" + e.u16(code << 7 | 100)
        records.append(e.record(items, _ORDER))
    return records


def _class(word: str | None) -> int | None:
    """The code in "class_12"."""
    digits = word[6:] if word is not None and word.startswith("class_") else ""
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 4 and int(digits) < 512 else None


def _counted(batch: Batch) -> dict[str, list[int | None]]:
    """The measured columns as multiples of what their items count in, None where unknown or out of range."""
    course = np.radians(batch["course_deg"])
    return {
        "lat": e.steps(batch["lat_deg"], _POSITION, -(1 << 30), 1 << 30),
        "lon": e.steps((batch["lon_deg"] + 180) % 360 - 180, _POSITION, -(1 << 31), (1 << 31) - 1),
        "sigma_position": e.steps(batch["sigma_position_m"], 0.25, 0, 0xFFFF),
        "height": e.steps(batch["alt_wgs84_m"], 0.01, -(1 << 23), (1 << 23) - 1),
        "sigma_height": e.steps(batch["sigma_altitude_m"], 0.01, 0, (1 << 24) - 1),
        "east": e.steps(batch["speed_mps"] * np.sin(course), 0.01, -(1 << 19), (1 << 19) - 1),
        "north": e.steps(batch["speed_mps"] * np.cos(course), 0.01, -(1 << 19), (1 << 19) - 1),
        "sigma_speed": e.steps(batch["sigma_speed_mps"], 0.01, 0, 0xFFFF),
        "climb": e.steps(batch["climb_mps"], 0.01, -(1 << 23), (1 << 23) - 1),
        "range": e.steps(batch["range_m"], 0.1, 0, (1 << 23) - 1),
        "sigma_range": e.steps(batch["sigma_range_m"], 0.1, 0, (1 << 24) - 1),
        "rate": e.steps(batch["range_rate_mps"], 0.01, -(1 << 23), (1 << 23) - 1),
        "sigma_rate": e.steps(batch["sigma_range_rate_mps"], 1 / 64, 0, 0xFFFF),
        "azimuth": e.steps(batch["azimuth_deg"] % 360, 360 / 65536, 0, 0x10000),
        "sigma_azimuth": e.steps(batch["sigma_azimuth_deg"], 45 / 65536, 0, 0xFFFF),
        "elevation": e.steps(batch["elevation_deg"], 180 / 65536, -0x8000, 0x7FFF),
        "sigma_elevation": e.steps(batch["sigma_elevation_deg"], 45 / 65536, 0, 0xFFFF),
        "snr": e.steps(batch["snr_db"], 1, -128, 127),
    }


def _measured(s: dict[str, int | None]) -> dict[str, bytes]:
    """The compound items of one row: presence octet, the value, and its sigma where known."""
    items: dict[str, bytes] = {}
    lat, lon, east, north = s["lat"], s["lon"], s["east"], s["north"]
    if lat is not None and lon is not None:
        items["600"] = _compound(e.signed(lat, 4) + e.signed(lon, 4), 0x20, _two_axes(s["sigma_position"]))
    if east is not None and north is not None:
        vector = ((east & 0xFFFFF) << 20 | north & 0xFFFFF).to_bytes(5, "big")
        items["602"] = _compound(vector, 0x20, _two_axes(s["sigma_speed"]))
    for item, name, octets, sigma_octets, sigma_bit in (
        ("601", "height", 3, 3, 0x20), ("625", "range", 3, 3, 0x20), ("626", "rate", 3, 2, 0x40), ("628", "elevation", 2, 2, 0x20),
    ):  # fmt: skip
        value, sigma = s[name], s[f"sigma_{name}"]
        if value is not None:
            items[item] = _compound(
                e.signed(value, octets), sigma_bit, b"" if sigma is None else sigma.to_bytes(sigma_octets, "big")
            )
    azimuth, sigma, climb, snr = s["azimuth"], s["sigma_azimuth"], s["climb"], s["snr"]
    if azimuth is not None:
        items["627"] = _compound(e.u16(azimuth), 0x20, b"" if sigma is None else e.u16(sigma))
    if climb is not None:
        items["604"] = _compound(e.signed(climb, 3))
    if snr is not None:
        items["630"] = b"\x10" + e.signed(snr, 1)
    return items


def _compound(value: bytes, sigma_bit: int = 0, sigma: bytes = b"") -> bytes:
    """A compound item with its first subfield, and the one of `sigma_bit` where there is a sigma."""
    return bytes((0x80 | (sigma_bit if sigma else 0),)) + value + sigma


def _two_axes(sigma: int | None) -> bytes:
    """The same sigma on x and y, without correlation."""
    return b"" if sigma is None else e.u16(sigma) * 2 + b"\x00"
