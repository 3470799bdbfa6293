"""AIS in bulk: the position reports of ships read from their sentences, ship types remembered, seconds of the minute completed.

The six-bit characters of a payload are looked up as they are needed (ITU-R M.1371-5, annex 8; IEC 61162-1, annex C):

    bits   types 1, 2, 3            type 18
    0      message type (6)         the same
    8      MMSI (30)                the same
    38     navigation status (4)    -
    50     speed, 0.1 kn (10)       46
    60     accuracy (1)             56
    61     longitude, 1e-4 min (28) 57
    89     latitude, 1e-4 min (27)  85
    116    course, 0.1 deg (12)     112
    137    second (6)               133
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Int = Any  # int or np.int64: Numba makes both int64

REASONS = (
    "other_sentence",
    "own_ship",
    "bad_field",
    "empty_payload",
    "bad_payload",
    "unknown_message",
    "other_message",
    "bad_length",
)
_OTHER_SENTENCE, _OWN, _FIELD, _EMPTY, _PAYLOAD, _UNKNOWN, _OTHER, _LENGTH = range(8)
POSITION, RARE, PART, LEFT_OUT = range(4)  # what a sentence is: a position read here, a message for the library, a part of one
STATE, TYPE, MMSI, STATUS, ACCURATE, CHANNEL, TOTAL, NUMBER, SEQUENCE = range(9)  # columns of integers
LAT, LON, SPEED, COURSE, SECOND = range(5)  # columns of floats
_PLACES = 16
_NEAR = 30.0  # half a minute: a second of the minute says no more
_STEADY_S = 10.0  # the middle of the last times lies this close together where messages come often
KEPT_TIMES = 9


@kernel
def read_sentences(data: Bytes, begin: Ints, star: Ints) -> tuple[Ints, Floats, Ints]:
    """Integers (n, 9) and floats (n, 5) of n sentences by the columns above, and counts by REASONS.

    Floats: degrees, knots, degrees, seconds; NaN where the message says unknown. Latitude and longitude as sent, 91 and 181 too.
    """
    n = len(begin)
    ints, floats, counts = np.zeros((n, 9), np.int64), np.full((n, 5), np.nan), np.zeros(len(REASONS), np.int64)
    comma = np.empty(7, np.int64)
    for i in range(n):
        ints[i, STATE] = LEFT_OUT
        a, b = begin[i], star[i]
        if data[a] != 33 or b - a < 7 or data[a + 6] != 44 or data[a + 3] != 86 or data[a + 4] != 68:
            counts[_OTHER_SENTENCE] += 1
            continue
        if data[a + 5] != 77:  # !--VDM is what was heard, !--VDO what this ship sends itself
            counts[_OWN if data[a + 5] == 79 else _OTHER_SENTENCE] += 1
            continue
        commas = 0
        for p in range(a, b):
            if data[p] == 44:
                if commas < 7:
                    comma[commas] = p
                commas += 1
        if commas != 6:
            counts[_FIELD] += 1
            continue
        total, number = _digits(data, comma[0] + 1, comma[1]), _digits(data, comma[1] + 1, comma[2])
        sequence = np.int64(-1) if comma[3] == comma[2] + 1 else _digits(data, comma[2] + 1, comma[3])
        fill = np.int64(0) if b == comma[5] + 1 else _digits(data, comma[5] + 1, b)
        if not 1 <= total <= 9 or not 1 <= number <= total or sequence < -1 or not 0 <= fill <= 5:
            counts[_FIELD] += 1
            continue
        p, end = comma[4] + 1, comma[5]
        if p == end:
            counts[_EMPTY] += 1
            continue
        if not _armoured(data, p, end):
            counts[_PAYLOAD] += 1
            continue
        ints[i, TOTAL], ints[i, NUMBER], ints[i, SEQUENCE] = total, number, sequence
        ints[i, CHANNEL] = data[comma[3] + 1] if comma[4] > comma[3] + 1 else 0
        if total > 1:
            ints[i, STATE] = PART
            continue
        kind = bits(data, p, 0, 6)
        ints[i, TYPE] = kind
        if kind == 0 or kind > 28:
            counts[_UNKNOWN] += 1
        elif kind <= 3 or kind == 18:
            late = 0 if kind == 18 else 4  # class A puts its status and rate of turn before the speed
            if (end - p) * 6 - fill < 139 + late:
                counts[_LENGTH] += 1
                continue
            ints[i, STATE] = POSITION
            _read_position(data, p, late, ints, floats, i)
        elif is_wanted(kind):
            ints[i, STATE] = RARE
        else:
            counts[_OTHER] += 1
    return ints, floats, counts


@kernel
def is_wanted(kind: Int) -> bool:
    """True for message types with a position or a ship type."""
    return bool(kind <= 5 or kind == 9 or kind == 11 or kind == 18 or kind == 19 or kind == 21 or kind == 24 or kind == 27)


@kernel
def _read_position(data: Bytes, p: Int, late: Int, ints: Ints, floats: Floats, i: Int) -> None:
    """Puts the fields of a message of type 1, 2, 3 (`late` 4) or 18 (0) that begins at p into row i."""
    ints[i, MMSI] = bits(data, p, 8, 30)
    ints[i, STATUS] = bits(data, p, 38, 4) if late else -1
    ints[i, ACCURATE] = bits(data, p, 56 + late, 1)
    floats[i, LON] = _degrees(bits(data, p, 57 + late, 28), 28)
    floats[i, LAT] = _degrees(bits(data, p, 85 + late, 27), 27)
    speed, course, second = bits(data, p, 46 + late, 10), bits(data, p, 112 + late, 12), bits(data, p, 133 + late, 6)
    if speed < 1022:  # 1022 is "this fast or faster"
        floats[i, SPEED] = speed / 10.0
    if course < 3600:
        floats[i, COURSE] = course / 10.0
    if second < 60:
        floats[i, SECOND] = second


@kernel
def _degrees(value: Int, width: Int) -> float:
    """Degrees of a signed number of 1/10000 minutes, rounded to 1e-6 as the library does (a step is 1.7e-6)."""
    if value >> (width - 1):
        value -= 1 << width
    return float(((10 * value + 3) // 6) / 1e6)


@kernel
def bits(data: Bytes, p: Int, at: Int, width: Int) -> Int:
    """An unsigned number of at most 36 bits, `at` bits after the character at p."""
    value, q, last = np.int64(0), p + at // 6, p + (at + width - 1) // 6
    while q <= last:
        six = np.int64(data[q]) - 48
        value = value << 6 | (six - 8 if six > 40 else six)
        q += 1
    return (value >> (5 - (at + width - 1) % 6)) & ((np.int64(1) << width) - 1)


@kernel
def _armoured(data: Bytes, p: Int, end: Int) -> bool:
    """True where all bytes are six-bit characters: 0 to W and ` to w."""
    while p < end:
        if not (48 <= data[p] <= 87 or 96 <= data[p] <= 119):
            return False
        p += 1
    return True


@kernel
def _digits(data: Bytes, p: Int, end: Int) -> Int:
    """A number of one or two digits, -2 for anything else."""
    if not 0 < end - p <= 2:
        return np.int64(-2)
    value = np.int64(0)
    while p < end:
        if not 48 <= data[p] <= 57:
            return np.int64(-2)
        value = value * 10 + np.int64(data[p]) - 48
        p += 1
    return value


@kernel
def recall(mmsi: Ints, told: Ints, held_mmsi: Ints, held_type: Ints, held_turn: Ints, turn: int) -> Ints:
    """(n,) the ship type that holds for each message, in order: what it tells itself (>= 0), else what its MMSI told last, else -1.

    The memory is a hash table of fixed size, changed in place: an MMSI lies in one of 16 places, the one told longest ago is
    overwritten. `turn` counts messages, so that a recording without dates has an age too.
    """
    size, out = len(held_mmsi), np.full(len(mmsi), -1, np.int64)
    for i in range(len(mmsi)):
        home, place = (mmsi[i] * 40503) % size, np.int64(-1)
        oldest = home
        for k in range(_PLACES):
            p = (home + k) % size
            if held_mmsi[p] == mmsi[i]:
                place = p
                break
            if held_turn[p] < held_turn[oldest]:
                oldest = p
        if told[i] >= 0:
            place = oldest if place < 0 else place
            held_mmsi[place], held_type[place], held_turn[place] = mmsi[i], told[i], turn + i
        if place >= 0:
            out[i] = held_type[place]
    return out


@kernel
def complete_seconds(second: Floats, reference: Floats) -> Floats:
    """(n,) UNIX seconds: the instant with that second of the minute nearest to `reference`; where either is NaN, the reference."""
    out = reference.copy()
    for i in range(len(second)):
        if not np.isnan(second[i]):
            out[i] += _wrap(second[i] - reference[i])
    return out


@kernel
def run_on(second: Floats, heard: Floats, clock: Floats) -> Floats:
    """(n,) UNIX seconds of a recording that begins at a known time and goes on at its own pace, told by seconds of the minute only.

    clock  (KEPT_TIMES,) the times of the last messages, oldest first, NaN before the first ones, the last one always known;
           changed in place. `heard` (n,), a receiver's own time, is taken as it is.

    Where the middle five of the last nine times lie within 10 s, messages come often and their median is the time: ships with
    wrong clocks cannot push it. Elsewhere it is the last one, which follows gaps of up to half a minute; there a ship whose clock is
    nearly half a minute wrong costs a minute. Both cannot be had from seconds alone, and gaps are the more usual.
    """
    out = np.empty(len(second))
    for i in range(len(second)):
        if np.isnan(heard[i]):
            middle = np.sort(clock)
            now = middle[4] if middle[6] - middle[2] <= _STEADY_S else clock[KEPT_TIMES - 1]
        else:
            now = heard[i]
        out[i] = now if np.isnan(second[i]) else now + _wrap(second[i] - now)
        if np.isnan(second[i]) and np.isnan(heard[i]):
            continue  # it tells no time
        clock[: KEPT_TIMES - 1] = clock[1:].copy()
        clock[KEPT_TIMES - 1] = out[i] if np.isnan(heard[i]) else heard[i]
    return out


@kernel
def _wrap(difference: float) -> float:
    """The difference of two seconds of the minute brought to -30 to 30."""
    return float(difference - 2 * _NEAR * np.floor((difference + _NEAR) / (2 * _NEAR)))
