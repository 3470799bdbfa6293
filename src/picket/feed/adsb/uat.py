"""UAT: 978 MHz ADS-B, as dump978 and dump978-fa print it on standard output and TCP port 30978: one message a line.

    -00a66ef135445d525a0c0519119021204800;rs=1;rssi=-21.3;t=1553187155.123;        downlink: 18 or 34 bytes in hexadecimal
    +38...;                                                                       uplink (weather, from the ground): counted, no row

RTCA DO-282B 2.2.4: the bits of a message (byte.bit counted from 1, as there):

    1.1-1.5    payload type: 0 = header and state vector (18 bytes), 1 .. 10 = 34 bytes, 11 .. 31 = no state vector
    1.6-1.8    address qualifier, see QUALIFIERS     2 - 4  address
    5 - 10.7   latitude (23 bits), longitude (24 bits), of 360 / 2**24 deg, a full circle
    10.8       altitude type: 0 pressure, 1 geometric     11 - 12.4  altitude (value - 41) * 25 ft, 0 unknown
    12.5-12.8  NIC    13.1-13.2  0 subsonic, 1 supersonic (velocities times 4), 2 on the ground
    13.4-16.1  in the air: sign and 10 bits north, sign and 10 bits east, (value - 1) kt; on the ground: 10 bits speed, then what
               the angle is (1 true track, 2 magnetic and 3 true heading) and 9 bits of 360 / 512 deg
    16.2-17.4  in the air: source, sign and 9 bits of vertical rate, (value - 1) * 64 ft/min
    18 - 29    (types 1 and 3) mode status: emitter category and call sign in base 40, version, SIL, NACp, NACv, GVA
    30 - 31.4  (types 1, 2, 5, 6) the altitude of the other type

    qualifier                   identity                     report
    0 ADS-B, ICAO address       with icao_address            plot
    1 ADS-B, self-assigned      ~ and the address            plot
    2 TIS-B or ADS-R, ICAO      with icao_address            track: what a ground station makes of its radars; it cannot be told from
                                                             an aircraft's own report that the station repeats
    3 TIS-B, track file         ~; also sensor_track_id      track
    4 surface vehicle           ~                            plot
    5 fixed beacon              ~                            plot
    6 ADS-R, other address      ~                            plot (an aircraft's own report, repeated)

Altitudes become alt_pressure_m and alt_wgs84_m, by their types. Accuracy stands in the mode status only, so in a part of the rows: NACp
to sigma_position_m (95 % radius / 2.448), NACv to sigma_speed_mps, GVA to sigma_altitude_m (95 % / 1.96; version 2 and later, with a
geometric altitude); for TIS-B none. Emitter category becomes classification.
A code at the end of its scale means "or more" and becomes unknown: altitude 4095, velocities 1023, vertical rate 511.

Time: dump978-fa's `t=` stamp (time_source sensor), else the receive time. The receiver has corrected the message and says with
`rs=` how many bytes; lines without it are taken, more than the code can correct is counted as uncorrected.
Not read: `rssi` (dBFS, relative to full scale), call sign (the table has no second identity), emergency, target state, NIC (integrity,
not accuracy). dump978's own uat2text rounds speeds and tracks down and shows the last code of each scale as a value.

Left out and counted: bad_line (no hexadecimal, no semicolon), bad_length, uncorrected, uplink, metadata (dump978-fa's "!" lines),
no_position (latitude and longitude 0, or no state vector), reserved_qualifier (7), oversized, truncated, empty_payload.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.feed.adsb.accuracy_kernels import GVA_SIGMA_M, NACP_SIGMA_M, NACV_SIGMA_MPS
from picket.feed.adsb.address_kernels import NOT_ICAO
from picket.feed.adsb.transmitters import CATEGORY_CODES, CATEGORY_WORDS, address_words
from picket.feed.adsb.uat_kernels import REASONS, read_lines
from picket.feed.adsb.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS
from picket.feed.format import Chunk, Decoded, Decoder, Floats, Format, Ints, Options
from picket.feed.joining import Joiner, empty_payloads
from picket.words import DETECTION, Batch

QUALIFIERS = ("adsb_icao", "adsb_other", "tisb_icao", "tisb_trackfile", "vehicle", "beacon", "adsr_other")
BASE_40 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ *??"  # 36 is a blank, 37 "not available", 38 and 39 are reserved
_LONGEST = 4096  # bytes of an unfinished line; an uplink has 865 and what follows its semicolon
_CENTER_HZ = 978e6
_LSB_DEG = 360 / 2**24
_EARLIEST, _LATEST = 946_684_800.0, 4_102_444_800.0  # 2000 and 2100: a stamp outside is none
_ICAO, _TISB, _TRACK_FILE = (0, 2), (2, 3), 3
_WITH_STATUS, _WITH_SECOND_ALTITUDE, _LAST_WITH_STATE = (1, 3), (1, 2, 5, 6), 10


def encode_uat(
    *,
    address: int,
    lat_deg: float,
    lon_deg: float,
    qualifier: str = "adsb_icao",
    payload_type: int = 0,
    alt_pressure_m: float = math.nan,
    alt_wgs84_m: float = math.nan,
    speed_mps: float = math.nan,
    course_deg: float = math.nan,
    climb_mps: float = math.nan,
    on_ground: bool = False,
    nic: int = 8,
    call_sign: str = "",
    category: int = 0,
    nac_p: int = 0,
    nac_v: int = 0,
    gva: int = 0,
    version: int = 2,
    time: float = math.nan,
    corrected: int = 0,
) -> bytes:
    """The line that dump978-fa prints for one message.

    payload_type  0 is short; 1 and 3 carry call sign, category and accuracy; 1, 2, 5 and 6 a second altitude
    call_sign     up to 8 of BASE_40;  category  a number of transmitters.CATEGORIES;  time  for `t=`;  corrected  for `rs=`
    Where both altitudes are given the pressure altitude is the first. Speeds over 1021 kt are sent as supersonic.
    """
    m = bytearray(18 if payload_type == 0 else 34)
    m[0] = payload_type << 3 | QUALIFIERS.index(qualifier)
    m[1:4] = address.to_bytes(3, "big")
    geometric_first = math.isnan(alt_pressure_m) and not math.isnan(alt_wgs84_m)
    place = (round(lat_deg / _LSB_DEG) % 2**23) << 25 | (round(lon_deg / _LSB_DEG) % 2**24) << 1 | geometric_first
    m[4:10] = place.to_bytes(6, "big")
    one, other = (alt_wgs84_m, alt_pressure_m) if geometric_first else (alt_pressure_m, alt_wgs84_m)
    m[10:12] = (_altitude_code(one) << 4 | nic).to_bytes(2, "big")
    m[12:17] = _velocity_bits(speed_mps, course_deg, climb_mps, on_ground).to_bytes(5, "big")
    if payload_type in _WITH_STATUS:
        codes = [category, *(BASE_40.index(c) for c in call_sign.upper().ljust(8))]
        for i in range(3):
            a, b, c = codes[3 * i : 3 * i + 3]
            m[17 + 2 * i : 19 + 2 * i] = (a * 1600 + b * 40 + c).to_bytes(2, "big")
        m[23], m[25], m[26], m[27] = version << 2, nac_p << 4 | nac_v << 1, 2, gva << 6  # 2: it is a call sign
    if payload_type in _WITH_SECOND_ALTITUDE:
        m[29:31] = (_altitude_code(other) << 4).to_bytes(2, "big")
    end = (f"rs={corrected};" if corrected else "") + ("" if math.isnan(time) else f"t={time:.3f};")
    return f"-{m.hex()};{end}\n".encode()


def _altitude_code(metres: float) -> int:
    return 0 if math.isnan(metres) else min(max(round(metres / FOOT_M / 25) + 41, 1), 4094)


def _velocity_bits(speed_mps: float, course_deg: float, climb_mps: float, on_ground: bool) -> int:
    """Bytes 13 to 17."""
    speed = speed_mps / KNOT_MPS
    if on_ground:
        angle = 0 if math.isnan(course_deg) else 1 << 9 | round(course_deg / 360 * 512) % 512
        return 2 << 38 | (0 if math.isnan(speed) else min(round(speed) + 1, 1022)) << 26 | angle << 15
    fast = speed > 1021
    bits = int(fast) << 38
    if not (math.isnan(speed) or math.isnan(course_deg)):
        turn = math.radians(course_deg)
        for part, shift in ((speed * math.cos(turn), 26), (speed * math.sin(turn), 15)):
            bits |= ((part < 0) << 10 | min(round(abs(part) / (4 if fast else 1)) + 1, 1022)) << shift
    if not math.isnan(climb_mps):
        rate = climb_mps / FOOT_PER_MINUTE_MPS / 64
        bits |= (1 << 10 | (rate < 0) << 9 | min(round(abs(rate)) + 1, 510)) << 4
    return bits


@dataclass
class _UatDecoder:
    """Lines -> detections; remembers a half line."""

    options: Options

    def __post_init__(self) -> None:
        self._joiner = Joiner(_LONGEST)

    def decode(self, chunk: Chunk) -> Decoded:
        """One row per message with a position; reasons as above."""
        joined, whole = self._joiner.join(chunk), chunk.link != "stream"
        messages, stamps, first, last, counts, rest = read_lines(joined.data, joined.starts, joined.ends, whole)
        left_out = Counter({reason: n for reason, n in zip(REASONS, counts.tolist(), strict=True) if n})
        if whole:
            left_out.update(empty_payloads(chunk))
        elif not self._joiner.keep(joined, int(rest)):
            left_out["oversized"] += 1
        sound = _sound(messages, left_out)
        m, stamps = messages[sound].astype(np.int64), stamps[sound]
        if not len(m):
            return Decoded(left_out=left_out)
        return Decoded(
            self._table(m, stamps, joined.received(last[sound]), joined.offset(first[sound], whole), chunk), left_out=left_out
        )

    def finish(self) -> Decoded:
        """Counts a line that the stream's end cut: nobody knows whether its last digit was whole."""
        held, self._joiner.held = bool(self._joiner.held.strip()), b""
        return Decoded(left_out=Counter({"truncated": 1} if held else {}))

    def _table(self, m: Ints, stamps: Floats, received: Floats, offsets: Ints, chunk: Chunk) -> Batch:
        """The detections of messages (n, 34) that have a position."""
        n = len(m)
        qualifier = m[:, 0] & 7
        estimate, own = np.isin(qualifier, _TISB), np.isin(qualifier, _ICAO)
        stamped = (stamps >= _EARLIEST) & (stamps < _LATEST)
        clocks = tuple(dict.fromkeys(("sensor", chunk.time_source)))
        source = np.where(stamped, 0, np.where(np.isnan(received), -1, clocks.index(chunk.time_source)))
        address = m[:, 1] << 16 | m[:, 2] << 8 | m[:, 3]
        keys, codes = np.unique(address | np.where(own, 0, NOT_ICAO), return_inverse=True)
        names = address_words(keys.tolist())
        altitudes = _altitudes(m)
        category = np.where(_has_status(m), (m[:, 17] << 8 | m[:, 18]) // 1600 % 40, 0)
        columns: dict[str, Any] = {
            "time": np.where(stamped, stamps, received), "time_source": source, "received": received,
            "sensor_id": self.options.sensor_id or NAME, "kind": "adsb", "report": estimate.astype(np.int32),
            "origin": self.options.origin, **_position(m), **altitudes, **_velocity(m),
            **_accuracy(m, estimate, altitudes["alt_wgs84_m"]), "identity": codes, "identity_kind": np.where(own, 0, -1),
            "transport": "uat", "center_hz": _CENTER_HZ, "sensor_track_id": np.where(qualifier == _TRACK_FILE, codes, -1),
            "classification": CATEGORY_CODES[category], "source": chunk.source, "source_offset": offsets,
        }  # fmt: skip
        words = {
            "time_source": clocks, "report": ("plot", "track"), "identity": names, "identity_kind": ("icao_address",),
            "sensor_track_id": [name.removeprefix("~") for name in names], "classification": CATEGORY_WORDS,
        }  # fmt: skip
        return Batch.build(DETECTION, n, columns, words)


def _sound(messages: npt.NDArray[np.uint8], left_out: Counter[str]) -> npt.NDArray[np.bool_]:
    """(n,) bool: messages with a position of something that the standard knows; the others are counted."""
    reserved = messages[:, 0] & 7 >= len(QUALIFIERS)
    place = (messages[:, 4:9] != 0).any(1) | (messages[:, 9] > 1)
    here = place & (messages[:, 0] >> 3 <= _LAST_WITH_STATE)
    for reason, n in (("reserved_qualifier", np.count_nonzero(reserved)), ("no_position", np.count_nonzero(~here & ~reserved))):
        if n:
            left_out[reason] += int(n)
    return np.asarray(here & ~reserved)


def _has_status(m: Ints) -> npt.NDArray[np.bool_]:
    return np.isin(m[:, 0] >> 3, _WITH_STATUS)


def _position(m: Ints) -> dict[str, Floats]:
    """Degrees of latitude and longitude; both count a full circle (2.2.4.5.2.1)."""
    lat = (m[:, 4] << 15 | m[:, 5] << 7 | m[:, 6] >> 1) * _LSB_DEG
    lon = ((m[:, 6] & 1) << 23 | m[:, 7] << 15 | m[:, 8] << 7 | m[:, 9] >> 1) * _LSB_DEG
    return {"lat_deg": np.where(lat > 90, lat - 180, lat), "lon_deg": np.where(lon > 180, lon - 360, lon)}


def _altitudes(m: Ints) -> dict[str, Floats]:
    """Metres of the pressure altitude and of the height above the ellipsoid."""
    one = _feet(m[:, 10] << 4 | m[:, 11] >> 4)
    second = np.isin(m[:, 0] >> 3, _WITH_SECOND_ALTITUDE)
    other = np.where(second, _feet(m[:, 29] << 4 | m[:, 30] >> 4), np.nan)
    geometric = m[:, 9] & 1 == 1
    return {"alt_pressure_m": np.where(geometric, other, one) * FOOT_M, "alt_wgs84_m": np.where(geometric, one, other) * FOOT_M}


def _feet(code: Ints) -> Floats:
    return np.where((code == 0) | (code == 4095), np.nan, (code - 41) * 25.0)


def _velocity(m: Ints) -> dict[str, Floats]:
    """Speed and course over ground, and climb."""
    state = m[:, 12] >> 6
    ground, air = state == 2, state < 2
    a = (m[:, 12] & 31) << 6 | m[:, 13] >> 2  # north with its sign, or speed on the ground
    b = (m[:, 13] & 3) << 9 | m[:, 14] << 1 | m[:, 15] >> 7  # east with its sign, or kind and angle on the ground
    step = np.where(state == 1, 4.0, 1.0)
    north, east = (np.where(v & 1024, -1.0, 1.0) * _knots(v & 1023) * step for v in (a, b))
    speed = np.where(air, np.hypot(north, east), np.where(ground, _knots(a & 1023), np.nan))
    moving = np.degrees(np.arctan2(east, north)) % 360
    course = np.where(air & (speed > 0), moving, np.where(ground & (b >> 9 == 1), (b & 511) * 360 / 512, np.nan))
    rate = (m[:, 15] & 127) << 4 | m[:, 16] >> 4
    steps = np.where(air & (rate & 511 != 0) & (rate & 511 != 511), (rate & 511) - 1.0, np.nan)
    climb = np.where(rate & 512, -1.0, 1.0) * steps * 64 * FOOT_PER_MINUTE_MPS
    return {"speed_mps": speed * KNOT_MPS, "course_deg": np.where(course >= 360, 0.0, course), "climb_mps": climb}


def _knots(code: Ints) -> Floats:
    return np.where((code == 0) | (code == 1023), np.nan, code - 1.0)


def _accuracy(m: Ints, estimate: npt.NDArray[np.bool_], alt_wgs84_m: Floats) -> dict[str, Floats]:
    """1 sigma from the mode status, where a message has one and it is the aircraft's own."""
    told = _has_status(m) & ~estimate
    high = told & (m[:, 23] >> 2 & 7 >= 2) & ~np.isnan(alt_wgs84_m)
    return {
        "sigma_position_m": np.where(told, NACP_SIGMA_M[m[:, 25] >> 4], np.nan),
        "sigma_speed_mps": np.where(told, NACV_SIGMA_MPS[m[:, 25] >> 1 & 7], np.nan),
        "sigma_altitude_m": np.where(high, GVA_SIGMA_M[m[:, 27] >> 6], np.nan),
    }


def sniff(head: bytes) -> bool:
    """True where the first line that is none of dump978-fa's own words is a UAT message."""
    for line in head.split(b"\n")[:8]:
        text = line.strip()
        if text and not text.startswith(b"!"):
            digits, semicolon, _ = text[1:].partition(b";")
            sizes = (36, 68) if text[:1] == b"-" else (864,)
            return text[:1] in (b"-", b"+") and bool(semicolon) and len(digits) in sizes and digits.isalnum() and _is_hex(digits)
    return False


def _is_hex(digits: bytes) -> bool:
    return not digits.lower().strip(b"0123456789abcdef")


def make(options: Options) -> Decoder:
    """A decoder of dump978's lines."""
    return _UatDecoder(options)


NAME = "uat"
FORMAT = Format(
    name=NAME,
    title="UAT 978 MHz, RTCA DO-282B, as dump978's text lines (port 30978)",
    make=make,
    sniff=sniff,
    suffixes=(".uat", ".txt"),
    links=("stream", "udp", "mqtt"),
    example={"recording": "picket decode flight.uat", "feed": "uat+tcp://127.0.0.1:30978"},
)
