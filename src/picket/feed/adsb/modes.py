"""Encoder of Mode S extended squitters and of the Beast frames around them: for tests, exercises and samples.

The bits are those of the decoder (modes_kernels.py, cpr_kernels.py); nothing of it is used here but the number of longitude
zones, which is tested against the standard's own table.
"""

from __future__ import annotations

import math

from picket.feed.adsb.cpr_kernels import longitude_zones
from picket.feed.adsb.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS

_CHARACTERS = "#ABCDEFGHIJKLMNOPQRSTUVWXYZ##### ###############0123456789######"
_GENERATOR = 0x1FFF409


def parity(data: bytes) -> int:
    """The 24 parity bits of a message without them, by long division."""
    rest = int.from_bytes(data, "big") << 24
    while (excess := rest.bit_length() - 25) >= 0:
        rest ^= _GENERATOR << excess
    return rest


def encode_squitter(icao: str, message: int, *, format: int = 17, control: int = 5) -> bytes:
    """The 14 bytes of an extended squitter.

    icao     the 24-bit address, six hex digits
    message  the 56 bits of ME
    format   17 from a transponder, 18 from another transmitter
    control  CA of format 17 (5: airborne), CF of format 18 (0 ICAO address, 1 other address, 2 TIS-B ...)
    """
    head = bytes([format << 3 | control]) + bytes.fromhex(icao) + message.to_bytes(7, "big")
    return head + parity(head).to_bytes(3, "big")


def encode_beast(message: bytes, counter: int, signal: int = 0x80) -> bytes:
    """One frame: 2 bytes of Mode A/C, 7 or 14 of Mode S, with a 48-bit counter and a signal level, escaped."""
    kind = {2: b"1", 7: b"2", 14: b"3"}[len(message)]
    body = (counter % (1 << 48)).to_bytes(6, "big") + bytes([signal]) + message
    return b"\x1a" + kind + body.replace(b"\x1a", b"\x1a\x1a")


def encode_airborne(
    lat_deg: float, lon_deg: float, *, odd: bool, alt_pressure_m: float = math.nan, alt_wgs84_m: float = math.nan, type_code: int = 11,
    flag: bool = False,
) -> int:  # fmt: skip
    """ME of an airborne position. `flag` is bit 8: NIC supplement B, or in TIS-B that the address is no ICAO address.

    type_code  9..18 with a pressure altitude, 20..22 with a height above the ellipsoid; says how good the position is
    """
    altitude = alt_wgs84_m if type_code >= 20 else alt_pressure_m
    code = 0 if math.isnan(altitude) else altitude_code(altitude / FOOT_M)
    return _join((type_code, 5), (0, 2), (flag, 1), (code, 12), (0, 1), (odd, 1), *_cpr(lat_deg, lon_deg, odd, 360.0))


def encode_surface(
    lat_deg: float, lon_deg: float, *, odd: bool, speed_mps: float = math.nan, course_deg: float = math.nan, type_code: int = 7,
    flag: bool = False,
) -> int:  # fmt: skip
    """ME of a position on the surface, type code 5..8. `flag` is bit 21: in TIS-B, the address is no ICAO address."""
    known = not math.isnan(course_deg)
    track = round(course_deg / 360 * 128) % 128 if known else 0
    movement = 0 if math.isnan(speed_mps) else movement_code(speed_mps / KNOT_MPS)
    return _join(
        (type_code, 5), (movement, 7), (known, 1), (track, 7), (flag, 1), (odd, 1), *_cpr(lat_deg, lon_deg, odd, 90.0)
    )  # fmt: skip


def encode_velocity(
    *, speed_mps: float = math.nan, course_deg: float = math.nan, climb_mps: float = math.nan, above_pressure_m: float = math.nan,
    nacv: int = 0, flag: bool = False,
) -> int:  # fmt: skip
    """ME of a velocity over ground (type code 19, subtype 1, or 2 where it is faster than 1021 kt)."""
    east = speed_mps / KNOT_MPS * math.sin(math.radians(course_deg))
    north = speed_mps / KNOT_MPS * math.cos(math.radians(course_deg))
    fast = not math.isnan(east + north) and max(abs(east), abs(north)) > 1021
    step = 4 if fast else 1
    climb = 0 if math.isnan(climb_mps) else min(round(abs(climb_mps) / FOOT_PER_MINUTE_MPS / 64) + 1, 511)
    above = 0 if math.isnan(above_pressure_m) else min(round(abs(above_pressure_m) / FOOT_M / 25) + 1, 127)
    return _join(
        (19, 5), (2 if fast else 1, 3), (flag, 1), (0, 1), (nacv, 3), *_signed(east, step), *_signed(north, step), (0, 1),
        (climb_mps < 0, 1), (climb, 9), (0, 2), (above_pressure_m < 0, 1), (above, 7),
    )  # fmt: skip


def encode_identification(call_sign: str, category: str = "A0") -> int:
    """ME of a call sign (up to 8 of A..Z, 0..9, space) and an emitter category, "A0" to "D7"."""
    letters = [_CHARACTERS.index(c) for c in f"{call_sign:<8}"[:8]]
    return _join((4 - "ABCD".index(category[0]), 5), (int(category[1]), 3), *((c, 6) for c in letters))


def encode_operational_status(
    *,
    version: int = 2,
    nacp: int = 0,
    gva: int = 0,
    on_ground: bool = False,
    nacv: int = 0,
    heading: bool = False,
    flag: bool = False,
) -> int:
    """ME of an operational status (type code 31). `nacv` and `heading` (bit 53) only count on the ground."""
    classes = (nacv if on_ground else 0) << 1
    return _join(
        (31, 5), (on_ground, 3), (0, 3), (classes, 9), (0, 20), (version, 3), (0, 1), (nacp, 4), (gva, 2), (0, 2),
        (heading if on_ground else 0, 1), (0, 2), (flag, 1),
    )  # fmt: skip


def altitude_code(feet: float) -> int:
    """The 12-bit code of an altitude: steps of 25 ft to 50175 ft, Gillham's steps of 100 ft above."""
    n = round((feet + 1000) / 25)
    if 0 <= n < 1 << 11:
        return n >> 4 << 5 | 0x10 | n & 0xF
    return gillham_code(feet)


def gillham_code(feet: float) -> int:
    """The 12-bit code without its Q bit, of an altitude from -1200 to 126700 ft."""
    hundreds = round(feet / 100) + 12
    if not 0 <= hundreds < 1280:
        raise ValueError(f"expected an altitude from -1200 to 126700 ft, got {feet}")
    steps, rest = divmod(hundreds, 5)
    rest = 4 - rest if steps & 1 else rest
    low = (1, 3, 2, 6, 4)[rest]
    gray = steps ^ steps >> 1
    code = (low >> 2 & 1) << 11 | (low >> 1 & 1) << 9 | (low & 1) << 7
    for k, place in enumerate((1, 3, 5, 6, 8, 10, 0, 2)):  # B4 B2 B1 A4 A2 A1 D4 D2
        code |= (gray >> k & 1) << place
    return code


def movement_code(knots: float) -> int:
    """The 7-bit code of a ground speed: the step it lies in."""
    if knots < 0.125:
        return 1
    for first, low, step, last in ((2, 0.125, 0.125, 8), (9, 1, 0.25, 12), (13, 2, 0.5, 38), (39, 15, 1, 93), (94, 70, 2, 108),
                                   (109, 100, 5, 123)):  # fmt: skip
        code = first + math.floor((knots - low) / step + 1e-9)
        if code <= last:
            return code
    return 124


def _cpr(lat: float, lon: float, odd: bool, circle: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """YZ and XZ of a place, 17 bits each (Doc 9871 C.2.6.3)."""
    height = circle / (60 - odd)
    yz = math.floor((1 << 17) * (lat % height) / height + 0.5)
    row = height * (yz / (1 << 17) + math.floor(lat / height))
    width = circle / max(longitude_zones(row) - odd, 1)
    xz = math.floor((1 << 17) * (lon % width) / width + 0.5)
    return (yz % (1 << 17), 17), (xz % (1 << 17), 17)


def _signed(knots: float, step: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Sign and value of a component, 1 and 10 bits."""
    return (knots < 0, 1), (0 if math.isnan(knots) else min(round(abs(knots) / step) + 1, 1023), 10)


def _join(*fields: tuple[int, int]) -> int:
    """Fields (value, bits) end to end, 56 bits."""
    value = width = 0
    for field, size in fields:
        if not 0 <= field < 1 << size:
            raise ValueError(f"expected a value of {size} bits, got {field}")
        value, width = value << size | int(field), width + size
    if width != 56:
        raise ValueError(f"expected 56 bits, got {width}")
    return value
