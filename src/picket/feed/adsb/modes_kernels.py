"""Mode S extended squitters (downlink formats 17 and 18): parity, fields, and what is remembered of each transmitter.

    bits   1..5 DF   6..8 CA or CF   9..32 address   33..88 ME, the message   89..112 parity      (Annex 10 IV 3.1.2.8)
    ME     1..5 type code, which says what the other 51 bits are                                  (Doc 9871 C.2.3)

`bits(me, first, last)` counts the bits of ME from 1, as the standard's tables do.

A transmitter's memory is one row of a hash table of fixed size in plain arrays: a key lies in one of 16 places. A new key takes
a free place, else that of the one heard longest ago; one heard only once counts as heard half a minute earlier, so that made-up
addresses push each other out before they push out an aircraft.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel
from picket.feed.adsb.accuracy_kernels import GVA_SIGMA_M, NACP_SIGMA_M, NACV_SIGMA_MPS, NUCP_SIGMA_M
from picket.feed.adsb.address_kernels import NOT_ICAO
from picket.feed.adsb.beast_kernels import CLOCK, TICK
from picket.feed.adsb.cpr_kernels import distance_m, global_airborne, global_surface, local_position

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Int = Any  # int or np.int64: Numba makes both int64
Float = Any

REASONS = (
    "bad_checksum", "no_position", "position_incomplete", "no_reference", "position_jump", "tisb_coarse",
)  # fmt: skip
_CHECKSUM, _NO_POSITION, _INCOMPLETE, _NO_REFERENCE, _JUMP, _COARSE = range(6)

# Set in a key beside the 24-bit address, as NOT_ICAO is
TISB = 1 << 25  # a ground station's estimate
MLAT = 1 << 26  # a multilateration server's estimate
ADSR = 1 << 27  # a ground station repeats what the aircraft sent on another link

# Columns of a decoded row
VALUES = (
    "lat", "lon", "alt_pressure_ft", "alt_wgs84_ft", "speed_kt", "course_deg", "climb_fpm", "sigma_position_m", "sigma_altitude_m",
    "sigma_speed_mps",
)  # fmt: skip
_LAT_ROW, _LON_ROW, _PRESSURE, _WGS84, _SPEED_ROW, _COURSE_ROW, _CLIMB_ROW, _SIGMA_POSITION, _SIGMA_ALTITUDE, _SIGMA_SPEED = (
    range(10)
)
MESSAGE, KEY, CATEGORY = range(3)

# Limits
PAIR_S = 10.0  # an aircraft flies less than 3 NM in that time (Doc 9871 C.2.6.7)
SURFACE_PAIR_S = 25.0  # for more than 25 kt; DO-260B allows twice that for less
LOCAL_S = 120.0  # at 700 m/s less than a quarter of the 180 NM in which a local answer is right
VELOCITY_S = 10.0
QUALITY_S = 60.0  # quality codes come every 2.5 s
OWN_S = 3600.0  # how long an own position tells in which quarter of the globe a taxiing aircraft is
_FASTEST_MPS, _FASTEST_GROUND_MPS = 700.0, 150.0
_SLACK_M = 1000.0  # CPR's steps, order and clock of the frames
_JUMPS = 4  # so many impossible positions in a row: the one before was wrong
_WIDE_M = 1_500_000.0  # no receiver hears further: this stream comes from several

# The memory of one transmitter
(
    _YZ, _XZ, _SURFACE, _TICK, _ANSWER, _COUNT, _VERSION, _NACP, _NACV, _GROUND_NACV, _GVA, _CATEGORY, _JUMPED, _DOUBT, _HEADING, _GROUND,
) = (0, 2, 4, 6, 8, *range(10, 21))  # fmt: skip
NUMBERS = 21  # the first five are (even, odd)
_HEARD, _FRAME, _LAT, _LON, _PLACED, _SPEED, _COURSE, _CLIMB, _MOVED, _RAISED, _RATED = (0, 1, *range(3, 12))
AGES = 12  # _FRAME is (even, odd)
SLOTS = 8192
_PLACES = 16
_ONCE_S = 30.0

_GENERATOR = 0xFFF409  # x^24 + x^23 + ... + x^10 + x^3 + 1 without its first term (Annex 10 IV 3.1.2.3.3)


def _crc_table() -> npt.NDArray[np.int64]:
    table = np.zeros(256, np.int64)
    for byte in range(256):
        rest = byte << 16
        for _ in range(8):
            rest = (rest << 1) ^ (_GENERATOR if rest & 0x800000 else 0)
        table[byte] = rest & 0xFFFFFF
    return table


_CRC = _crc_table()

# NUCp by type code 0 .. 22, as transmitters of version 0 give it (Doc 9871 A.2.3.1); type code 8 says only that the error is larger
# than that of type code 7: unknown
_NUCP = np.array([0] * 5 + [9, 8, 7, 0] + [9, 8, 7, 6, 5, 4, 3, 2, 1, 0] + [0, 9, 8, 0])


@kernel
def remainder(message: Bytes) -> Int:
    """The 24-bit remainder of a 14-byte message: 0 where the parity is right."""
    rest: Int = 0
    for k in range(11):
        rest = ((rest << 8) & 0xFFFFFF) ^ _CRC[(rest >> 16) ^ np.int64(message[k])]
    return rest ^ (np.int64(message[11]) << 16 | np.int64(message[12]) << 8 | np.int64(message[13]))


@kernel
def message_bits(message: Bytes) -> Int:
    """ME, the 56 bits that the type code explains, as a number."""
    value: Int = 0
    for k in range(4, 11):
        value = value << 8 | np.int64(message[k])
    return value


@kernel
def bits(me: Int, first: int, last: int) -> Int:
    """Bits first..last of ME as a number, the first bit of ME being 1."""
    return me >> (56 - last) & ((1 << (last - first + 1)) - 1)


@kernel
def altitude_ft(code: int) -> Float:
    """Feet of a 12-bit altitude code (Annex 10 IV 3.1.2.6.5.4 without its M bit); NaN where it is none."""
    if code & 0x10:  # Q: steps of 25 ft
        return ((code & 0xFE0) >> 1 | code & 0xF) * 25.0 - 1000.0
    # C1 A1 C2 A2 C4 A4 B1 Q B2 D2 B4 D4: Gray codes, steps of 500 ft in D2 D4 A1 A2 A4 B1 B2 B4 and of 100 ft in C1 C2 C4
    gray: Int = 0
    for k in (2, 0, 10, 8, 6, 5, 3, 1):
        gray = gray << 1 | (code >> k) & 1
    hundreds = _from_gray((code >> 11 & 1) << 2 | (code >> 9 & 1) << 1 | code >> 7 & 1)
    if hundreds == 0 or hundreds == 5 or hundreds == 6:
        return np.nan
    if hundreds == 7:
        hundreds = 5
    steps = _from_gray(gray)
    if steps & 1:
        hundreds = 6 - hundreds
    return steps * 500.0 + hundreds * 100.0 - 1300.0


@kernel
def _from_gray(gray: Int) -> Int:
    value = gray
    while gray:
        gray >>= 1
        value ^= gray
    return value


@kernel
def movement_kt(code: int) -> Float:
    """Ground speed of a surface message, kt, the lower end of its step; NaN where unknown. Doc 9871 C.2.3.3.1."""
    if code < 1 or code > 123:  # 124 is "more than 175 kt"
        return np.nan
    if code == 1:
        return 0.0
    for first, low, step in ((109, 100.0, 5.0), (94, 70.0, 2.0), (39, 15.0, 1.0), (13, 2.0, 0.5), (9, 1.0, 0.25)):
        if code >= first:
            return low + (code - first) * step
    return 0.125 * (code - 1)


@kernel
def _component(sign: Int, value: Int, scale: float) -> Float:
    """Knots of one component of a velocity; NaN where it is unknown or beyond its field."""
    if value == 0 or value == 1023:
        return np.nan
    return (value - 1) * scale * (-1.0 if sign else 1.0)


@kernel
def key_of(message: Bytes, me: Int, mlat: bool) -> Int:
    """The address with NOT_ICAO, TISB, ADSR and MLAT; -1 for a control field whose messages are none of these."""
    key = np.int64(message[1]) << 16 | np.int64(message[2]) << 8 | np.int64(message[3])
    if mlat:
        key |= MLAT
    if message[0] >> 3 == 17:
        return key
    field, type_code = message[0] & 7, me >> 51
    if field == 0:
        return key
    if field == 1:
        return key | NOT_ICAO
    # ICAO or Mode A flag: 1 says that the address is another one. Where it lies depends on the message (Doc 9871 C.3.4)
    other = False
    if 5 <= type_code <= 8:
        other = bits(me, 21, 21) == 1
    elif 9 <= type_code <= 18 or 20 <= type_code <= 22:
        other = bits(me, 8, 8) == 1
    elif type_code == 19:
        other = bits(me, 9, 9) == 1
    elif type_code == 31:
        other = bits(me, 56, 56) == 1
    if field == 2:
        key |= TISB
    elif field == 5:
        key |= TISB
        other = True
    elif field == 6:
        key |= ADSR
    else:
        return -1
    return key | NOT_ICAO if other else key


@kernel
def read_messages(
    message: Bytes, at: Ints, when: Floats, held_key: Ints, number: Ints, value: Floats, neighbourhood: Floats
) -> tuple[Floats, Ints, Ints]:
    """Position rows of messages (n, 14): VALUES (10, r); MESSAGE index, KEY and CATEGORY code (3, r); counts by REASONS.

    at, when       as `read_frames` gives them
    held_key (s,), number (s, NUMBERS), value (s, AGES)   the transmitters' memory, changed in place
    neighbourhood  (4,) latitude and longitude near which this receiver hears aircraft, 1 where known, 1 where they are all over
    """
    out, names = np.empty((len(VALUES), len(message))), np.empty((3, len(message)), np.int64)
    counts, n = np.zeros(len(REASONS), np.int64), 0
    for i in range(len(message)):
        m = message[i]
        if remainder(m) != 0:
            counts[_CHECKSUM] += 1
            continue
        me = message_bits(m)
        key = key_of(m, me, at[CLOCK, i] == 2)
        if key < 0:
            counts[_COARSE if m[0] == 0x93 else _NO_POSITION] += 1
            continue
        s, type_code = when[0, i], me >> 51
        slot = _slot(key, s, held_key, number, value)
        airborne = 9 <= type_code <= 18 or 20 <= type_code <= 22
        surface = 5 <= type_code <= 8
        if not airborne and not surface:
            _note(me, type_code, key, s, number[slot], value[slot])
            counts[_NO_POSITION] += 1
            continue
        reason, out[_LAT_ROW, n], out[_LON_ROW, n] = _locate(
            me, at[TICK, i], surface, s, number[slot], value[slot], neighbourhood
        )
        if reason >= 0:
            counts[reason] += 1
            continue
        _row(me, type_code, key, surface, s, number[slot], value[slot], out[:, n])
        names[MESSAGE, n], names[KEY, n], names[CATEGORY, n] = i, key, number[slot, _CATEGORY]
        n += 1
    return out[:, :n].copy(), names[:, :n].copy(), counts


@kernel
def _slot(key: Int, s: float, held_key: Ints, number: Ints, value: Floats) -> Int:
    """The row of a transmitter's memory; that of another one, forgotten, where it is new."""
    size = len(held_key)
    home = (key * 2654435761 >> 7) % size
    place, oldest = home, np.inf
    for k in range(_PLACES):
        p = (home + k) % size
        if held_key[p] == key:
            number[p, _COUNT] += 1
            value[p, _HEARD] = s
            return p
        heard = value[p, _HEARD] - (_ONCE_S if number[p, _COUNT] < 2 else 0.0) if held_key[p] >= 0 else -np.inf
        if heard < oldest:
            place, oldest = p, heard
    held_key[place] = key
    for j in range(NUMBERS):
        number[place, j] = -1
    for j in range(AGES):
        value[place, j] = np.nan
    number[place, _COUNT], number[place, _JUMPED], number[place, _DOUBT], number[place, _CATEGORY] = 1, 0, 0, 0
    value[place, _HEARD] = s
    return place


@kernel
def _note(me: Int, type_code: Int, key: Int, s: float, number: Ints, value: Floats) -> None:
    """Remembers what a message without a position says: category, velocity, quality."""
    if type_code == 19:
        _velocity(me, key, s, number, value)
    elif key & (TISB | MLAT):
        return
    elif 1 <= type_code <= 4:
        code = bits(me, 6, 8)
        number[_CATEGORY] = (4 - type_code) * 8 + code if code else 0  # set A (type code 4) 1..7, B 9..15, C 17..23
    elif type_code == 31 and bits(me, 6, 8) < 2:
        version, on_ground = bits(me, 41, 43), bits(me, 6, 8) == 1
        value[_RATED] = s
        number[_VERSION] = version
        number[_NACP] = bits(me, 45, 48) if version else 0
        number[_GVA] = bits(me, 49, 50) if version > 1 and not on_ground else 0
        if on_ground:
            number[_GROUND_NACV] = bits(me, 17, 19) if version > 1 else 0
            number[_HEADING] = bits(me, 53, 53) if version else 0
    elif type_code == 29 and bits(me, 6, 7) < 2 and number[_VERSION] > 0:
        value[_RATED] = s
        number[_NACP] = bits(me, 40, 43)


@kernel
def _velocity(me: Int, key: Int, s: float, number: Ints, value: Floats) -> None:
    """Doc 9871 C.2.3.5. Airspeed and heading (subtypes 3, 4) are no speed and course over ground: only their climb is taken."""
    subtype = bits(me, 6, 8)
    if subtype < 1 or subtype > 4:
        return
    value[_MOVED] = s
    value[_SPEED] = value[_COURSE] = value[_CLIMB] = value[_RAISED] = np.nan
    if subtype < 3:
        scale = 4.0 if subtype == 2 else 1.0
        east = _component(bits(me, 14, 14), bits(me, 15, 24), scale)
        north = _component(bits(me, 25, 25), bits(me, 26, 35), scale)
        value[_SPEED] = math.sqrt(east * east + north * north)
        if value[_SPEED] > 0:
            value[_COURSE] = math.degrees(math.atan2(east, north)) % 360.0
    rate = bits(me, 38, 46)
    if 0 < rate < 511:
        value[_CLIMB] = (1 - rate if bits(me, 37, 37) else rate - 1) * 64.0
    number[_NACV] = 0
    if key & TISB:
        return  # its bits for quality and heights are others (Doc 9871 C.3.4.4)
    number[_NACV] = bits(me, 11, 13)
    above = bits(me, 50, 56)
    if 0 < above < 127:
        value[_RAISED] = (1 - above if bits(me, 49, 49) else above - 1) * 25.0


@kernel
def _locate(
    me: Int, tick: Int, surface: bool, s: float, number: Ints, value: Floats, neighbourhood: Floats
) -> tuple[int, float, float]:
    """(-1, latitude, longitude) of a position message, remembered as the transmitter's last; else the reason, and nothing."""
    odd, yz, xz = bits(me, 22, 22), bits(me, 23, 39), bits(me, 40, 56)
    if yz == 0 and xz == 0:
        return _NO_POSITION, np.nan, np.nan  # what transmitters send that have lost their position
    if tick >= 0 and number[_TICK + odd] == tick and number[_YZ + odd] == yz and number[_XZ + odd] == xz:
        # one reception handed on twice gets one answer twice: it can neither complete its own pair nor move the aircraft
        _, lat, lon = local_position(yz, xz, odd, surface, value[_LAT], value[_LON])
        return number[_ANSWER + odd], lat, lon
    reason, lat, lon = _solve(odd, yz, xz, surface, s, number, value, neighbourhood)
    first, doubt = np.isnan(value[_PLACED]), number[_DOUBT]
    if reason < 0 and not first and _impossible(lat, lon, surface, s, number, value):
        number[_JUMPED] += 1
        if doubt > 0 or number[_JUMPED] >= _JUMPS:  # the places before may have been the wrong ones
            number[_JUMPED], number[_DOUBT], value[_PLACED] = 0, 1, np.nan
            _part(number)
        return _JUMP, lat, lon
    number[_YZ + odd], number[_XZ + odd], number[_SURFACE + odd], number[_TICK + odd] = yz, xz, surface, tick
    value[_FRAME + odd] = s
    if reason < 0:
        value[_LAT], value[_LON], value[_PLACED], number[_GROUND], number[_JUMPED] = lat, lon, s, surface, 0
        if doubt == 0 and first and _far(lat, lon, neighbourhood):
            doubt = 1
        if doubt == 1:  # not given out: a second pair, of which neither half is one of these, must confirm it
            number[_DOUBT], reason = 2, _JUMP
            _part(number)
        else:
            number[_DOUBT] = 0
            if not surface:
                _look_around(lat, lon, neighbourhood)
    number[_ANSWER + odd] = reason
    return reason, lat, lon


@kernel
def _part(number: Ints) -> None:
    """Forgets both halves of a pair."""
    number[_YZ] = number[_YZ + 1] = number[_TICK] = number[_TICK + 1] = -1


@kernel
def _far(lat: float, lon: float, neighbourhood: Floats) -> Any:
    """Whether a place is out of this receiver's reach, so far as that is known."""
    if neighbourhood[2] == 0 or neighbourhood[3] == 1:
        return False
    return distance_m(lat, lon, neighbourhood[0], neighbourhood[1]) > _WIDE_M


@kernel
def _look_around(lat: float, lon: float, neighbourhood: Floats) -> None:
    """Keeps where the last aircraft flew, and whether all of them fly within the reach of one receiver."""
    if _far(lat, lon, neighbourhood):
        neighbourhood[3] = 1
    neighbourhood[0], neighbourhood[1], neighbourhood[2] = lat, lon, 1


@kernel
def _solve(
    odd: Int, yz: Int, xz: Int, surface: bool, s: float, number: Ints, value: Floats, neighbourhood: Floats
) -> tuple[int, float, float]:
    """(-1, latitude, longitude) of a message: with the other half of its pair, else near its transmitter's last place."""
    other = 1 - odd
    age = abs(s - value[_PLACED]) if not np.isnan(value[_PLACED]) else np.inf
    found, lat, lon, reason = False, np.nan, np.nan, _INCOMPLETE
    pair_s = SURFACE_PAIR_S if surface else PAIR_S
    if number[_YZ + other] >= 0 and number[_SURFACE + other] == surface and abs(s - value[_FRAME + other]) <= pair_s:
        yz0, yz1 = (number[_YZ], yz) if odd else (yz, number[_YZ + 1])
        xz0, xz1 = (number[_XZ], xz) if odd else (xz, number[_XZ + 1])
        if not surface:
            found, lat, lon = global_airborne(yz0, xz0, yz1, xz1, odd)
        elif age <= OWN_S:
            found, lat, lon = global_surface(yz0, xz0, yz1, xz1, odd, value[_LAT], value[_LON])
        elif neighbourhood[2] == 1 and neighbourhood[3] == 0:
            found, lat, lon = global_surface(yz0, xz0, yz1, xz1, odd, neighbourhood[0], neighbourhood[1])
        else:
            reason = _NO_REFERENCE
    if not found and age <= LOCAL_S and number[_DOUBT] == 0:
        found, lat, lon = local_position(yz, xz, odd, surface, value[_LAT], value[_LON])
    return -1 if found else reason, lat, lon


@kernel
def _impossible(lat: float, lon: float, surface: bool, s: float, number: Ints, value: Floats) -> Any:
    """Whether nothing could have come here from the transmitter's last place in the time between."""
    fastest = _FASTEST_GROUND_MPS if surface and number[_GROUND] == 1 else _FASTEST_MPS
    far = distance_m(lat, lon, value[_LAT], value[_LON])
    return far > _SLACK_M + fastest * abs(s - value[_PLACED])


@kernel
def _row(me: Int, type_code: Int, key: Int, surface: bool, s: float, number: Ints, value: Floats, out: Floats) -> None:
    """Puts the other VALUES of a position that was found into its row (10,)."""
    for j in range(_PRESSURE, len(out)):
        out[j] = np.nan
    estimate = key & (TISB | MLAT) != 0
    rated = abs(s - value[_RATED]) <= QUALITY_S
    if not estimate:
        if number[_VERSION] <= 0:  # until a transmitter says otherwise it is of version 0, whose type codes say its error
            out[_SIGMA_POSITION] = NUCP_SIGMA_M[_NUCP[type_code]]
        elif rated:
            out[_SIGMA_POSITION] = NACP_SIGMA_M[number[_NACP]]
    if surface:
        out[_SPEED_ROW] = movement_kt(bits(me, 6, 12))
        if bits(me, 13, 13) == 1 and number[_HEADING] != 1:
            out[_COURSE_ROW] = bits(me, 14, 20) * 360.0 / 128.0
        if rated and not estimate and not np.isnan(out[_SPEED_ROW]):
            out[_SIGMA_SPEED] = NACV_SIGMA_MPS[max(number[_GROUND_NACV], 0)]
        return
    fresh = abs(s - value[_MOVED]) <= VELOCITY_S
    code = bits(me, 9, 20)
    altitude = altitude_ft(code) if code else np.nan
    if type_code >= 20:
        out[_WGS84] = altitude
        if rated and not estimate:
            out[_SIGMA_ALTITUDE] = GVA_SIGMA_M[max(number[_GVA], 0)]
    else:
        out[_PRESSURE] = altitude
        if fresh and type_code < 11:  # only then is the difference sure to be to the ellipsoid, not to mean sea level
            out[_WGS84] = altitude + value[_RAISED]
    if fresh:
        out[_SPEED_ROW], out[_COURSE_ROW], out[_CLIMB_ROW] = value[_SPEED], value[_COURSE], value[_CLIMB]
        if not np.isnan(value[_SPEED]):
            out[_SIGMA_SPEED] = NACV_SIGMA_MPS[number[_NACV]]


def new_memory() -> tuple[Ints, Ints, Floats, Floats]:
    """The memory of no transmitter: keys (s,), numbers (s, NUMBERS), values (s, AGES), neighbourhood (4,)."""
    return (
        np.full(SLOTS, -1, np.int64), np.full((SLOTS, NUMBERS), -1, np.int64), np.full((SLOTS, AGES), np.nan), np.zeros(4),
    )  # fmt: skip
