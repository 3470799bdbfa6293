"""Writes ASTERIX CAT048 target reports and CAT034 service messages, for the simulator and for tests.

Only items that the decoder reads are written, each rounded to its least significant bit. See asterix.py for the layout.
"""

from __future__ import annotations

import math
import re

import numpy as np
import numpy.typing as npt

from picket.words import Batch

_DAY_128 = 86400 * 128
_NM = 1852.0
_ORDER_048 = (
    "010", "140", "020", "040", "070", "090", "130", "220", "240", "250", "161", "042", "200", "170", "210", "030", "080",
    "100", "110", "120",
)  # fmt: skip
_FRN_048 = {name: i for i, name in enumerate(_ORDER_048, 1)}
_FRN_034 = {"010": 1, "000": 2, "030": 3, "020": 4, "041": 5}
_ADDRESS = re.compile(r"[0-9A-Fa-f]{6}")
_CALL_SIGN = re.compile(r"[A-Z0-9 ]{1,8}")
_MESSAGE_TYPES = {"north_mark": 1, "sector": 2}


def encode_cat048(batch: Batch, *, sac: int, sic: int, simulated: bool = False, max_bytes: int = 1400) -> list[bytes]:
    """Detection rows as datagrams of one CAT048 data block each, rows in order.

    batch: detection rows with range_m (0 to 256 NM) and azimuth_deg; written where known: time (its UTC time of day),
    alt_msl_m, alt_pressure_m, range_rate_mps, speed_mps with course_deg, power_dbm (as PAM), identity (icao_address or
    call_sign), sensor_track_id (0 to 4095). A value that its item cannot hold is left out. Rows that are not plots are
    marked "no detection"; `simulated` sets the SIM bit of every record. max_bytes: longest datagram, 64 to 65,507.
    Raises ValueError for a row without range or azimuth, a range or argument that does not fit.

    >>> from picket.words import DETECTION, Batch
    >>> rows = Batch.from_rows(DETECTION, [{"time": 86400.5, "range_m": 1852.0, "azimuth_deg": 90.0}])
    >>> encode_cat048(rows, sac=25, sic=201)[0].hex()
    '30000ef019c90000402001004000'
    """
    _check_source(sac, sic)
    if not 64 <= max_bytes <= 65507:
        raise ValueError(f"max_bytes: expected 64 to 65507 (one record to one UDP datagram), got {max_bytes}")
    datagrams: list[bytes] = []
    records: list[bytes] = []
    size = 3
    for record in _records(batch, bytes((sac, sic)), simulated):
        if size + len(record) > max_bytes:
            datagrams.append(_block(48, records))
            records, size = [], 3
        records.append(record)
        size += len(record)
    if records:
        datagrams.append(_block(48, records))
    return datagrams


def encode_cat034(
    *, sac: int, sic: int, time: float, kind: str, azimuth_deg: float | None = None, rotation_period_s: float | None = None
) -> bytes:
    """One CAT034 service message as a datagram.

    kind: "north_mark" or "sector"; a sector crossing needs azimuth_deg, of which the eight highest bits are sent (I034/020
    names the 1.4 degree sector that begins there). time: UNIX seconds UTC. rotation_period_s: 0 to 511.99 s.
    Raises ValueError for anything else.
    """
    _check_source(sac, sic)
    if kind not in _MESSAGE_TYPES:
        raise ValueError(f"kind: expected 'north_mark' or 'sector', got {kind!r}")
    if kind == "sector" and azimuth_deg is None:
        raise ValueError("azimuth_deg: a sector crossing needs one")
    if not math.isfinite(time) or (azimuth_deg is not None and not math.isfinite(azimuth_deg)):
        raise ValueError(f"time and azimuth_deg: expected finite numbers, got {time} and {azimuth_deg}")
    items = {"010": bytes((sac, sic)), "000": bytes((_MESSAGE_TYPES[kind],)), "030": _time_of_day(time)}
    if azimuth_deg is not None:
        items["020"] = bytes((math.floor(azimuth_deg % 360 / 360 * 256) & 255,))
    if rotation_period_s is not None:
        period = round(rotation_period_s * 128)
        if not 0 < period <= 0xFFFF:
            raise ValueError(f"rotation_period_s: expected above 0 and up to 511.99, got {rotation_period_s}")
        items["041"] = period.to_bytes(2, "big")
    return _block(34, [_record(items, _FRN_034)])


def _records(batch: Batch, source: bytes, simulated: bool) -> list[bytes]:
    """One CAT048 record per row."""
    ranges = _steps(batch["range_m"], _NM / 256, 0, 0xFFFF)
    azimuths = _steps(batch["azimuth_deg"] % 360, 360 / 65536, 0, 0x10000)
    heights = _steps(batch["alt_msl_m"], 7.62, -8192, 8191)
    levels = _steps(batch["alt_pressure_m"], 7.62, -8192, 8191)
    rates = _steps(batch["range_rate_mps"], 1, -512, 511)
    speeds = _steps(batch["speed_mps"], _NM / 16384, 0, 0xFFFF)
    courses = _steps(batch["course_deg"] % 360, 360 / 65536, 0, 0x10000)
    powers = _steps(batch["power_dbm"], 1, -128, 127)
    times, plots = batch["time"].tolist(), ~batch.equals("report", "track")
    identities, kinds, numbers = batch.values("identity"), batch.values("identity_kind"), batch.values("sensor_track_id")
    records = []
    for i in range(batch.n):
        rho, theta = ranges[i], azimuths[i]
        if rho is None or theta is None:
            raise ValueError(
                f"row {i}: CAT048 needs a range of 0 to {0xFFFF * _NM / 256:.0f} m and an azimuth, "
                f"got range_m={batch['range_m'][i]}, azimuth_deg={batch['azimuth_deg'][i]}"
            )
        items = {"010": source, "040": _u16(rho) + _u16(theta)}
        if math.isfinite(times[i]):
            items["140"] = _time_of_day(times[i])
        identity = _identity(identities[i], kinds[i])
        items.update(identity)
        # TYP: no detection, single PSR, or Mode S roll-call with PSR
        typ = 0 if not plots[i] else 7 if identity else 1
        items["020"] = bytes((typ << 5 | simulated << 4,))
        level, height, rate, speed, course, power = levels[i], heights[i], rates[i], speeds[i], courses[i], powers[i]
        if level is not None:
            items["090"] = _u16(level & 0x3FFF)
        if power is not None:
            items["130"] = bytes((0x08, power & 0xFF))
        if speed is not None and course is not None:
            items["200"] = _u16(speed) + _u16(course)
        if height is not None:
            items["110"] = _u16(height & 0x3FFF)
        if rate is not None:
            items["120"] = b"\x80" + _u16(rate & 0x3FF)
        number = numbers[i]
        if number is not None and number.isascii() and number.isdecimal() and int(number) < 4096:
            items["161"] = _u16(int(number))
        records.append(_record(items, _FRN_048))
    return records


def _identity(identity: str | None, kind: str | None) -> dict[str, bytes]:
    """I048/220 or I048/240 where the identity is one that a radar can carry."""
    if identity is None:
        return {}
    if kind == "icao_address" and _ADDRESS.fullmatch(identity):
        return {"220": bytes.fromhex(identity)}
    if kind == "call_sign" and _CALL_SIGN.fullmatch(identity):
        bits = 0
        for letter in identity.ljust(8):
            bits = bits << 6 | ord(letter) & 63  # A-Z, 0-9 and blank: the low six bits of ASCII
        return {"240": bits.to_bytes(6, "big")}
    return {}


def _record(items: dict[str, bytes], order: dict[str, int]) -> bytes:
    """FSPEC and items in the order of the UAP."""
    present = sorted((order[name], value) for name, value in items.items())
    fspec = bytearray((present[-1][0] + 6) // 7)
    for frn, _ in present:
        fspec[(frn - 1) // 7] |= 0x80 >> (frn - 1) % 7
    for k in range(len(fspec) - 1):
        fspec[k] |= 1
    return bytes(fspec) + b"".join(value for _, value in present)


def _block(category: int, records: list[bytes]) -> bytes:
    """CAT, LEN, records."""
    body = b"".join(records)
    return bytes((category,)) + _u16(len(body) + 3) + body


def _steps(values: npt.NDArray[np.float64], lsb: float, low: int, high: int) -> list[int | None]:
    """Values as multiples of `lsb`, None where unknown or outside low..high."""
    steps = np.rint(values / lsb)
    fits = (steps >= low) & (steps <= high)  # False for NaN
    return [int(s) if ok else None for s, ok in zip(steps.tolist(), fits.tolist(), strict=True)]


def _time_of_day(time: float) -> bytes:
    """UTC time of day in 1/128 s."""
    return (round(time * 128) % _DAY_128).to_bytes(3, "big")


def _u16(value: int) -> bytes:
    """Two octets; an angle of 65536 steps is north again."""
    return (value & 0xFFFF).to_bytes(2, "big")


def _check_source(sac: int, sic: int) -> None:
    if not (0 <= sac <= 255 and 0 <= sic <= 255):
        raise ValueError(f"sac and sic: expected 0 to 255 each, got {sac} and {sic}")
