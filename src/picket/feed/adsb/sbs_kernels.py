"""One pass over BaseStation lines: fields to numbers, the last velocity of each address remembered, position rows out.

The memory is a hash table of fixed size in plain arrays, as for Remote ID: an address lies in one of 16 places, and what was
not heard for a minute may be overwritten.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel
from picket.feed.adsb.address_kernels import read_address

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Int = Any  # int or np.int64: Numba makes both int64

REASONS = ("bad_line", "no_position", "bad_position")
_BAD, _NONE, _BEYOND = range(3)
VALUES = ("time", "logged", "lat", "lon", "alt_pressure_ft", "alt_gnss_ft", "speed_kt", "course_deg", "climb_fpm")
_FIELDS = 22
_PLACES = 16


@kernel
def read_lines(
    data: Bytes, starts: Ints, ends: Ints, whole: bool, ends_of: Ints, times: Floats,
    held_address: Ints, held_time: Floats, held: Floats, memory_s: float,
) -> tuple[Floats, Ints, Ints, Ints, Ints, int]:  # fmt: skip
    """Position rows: their VALUES (9, n), addresses, first and last byte; counts by REASONS; where an unfinished line begins.

    A span is whole (its last line needs no line feed) or goes on in the next chunk. `ends_of`, `times` say when which byte
    came; `held_address` (s,), `held_time` (s, 3), `held` (s, 3) are the memory of speed, track and climb, changed in place.
    """
    most = 1
    for i in range(len(starts)):
        most += (ends[i] - starts[i]) // 33 + 1  # the shortest line with a position has 33 bytes and a line feed
    values, address = np.empty((9, most)), np.empty(most, np.int64)
    first, last, counts, n, part = np.empty(most, np.int64), np.empty(most, np.int64), np.zeros(3, np.int64), 0, 0
    field = np.empty(_FIELDS + 2, np.int64)
    rest = ends[-1] if len(ends) else 0
    for i in range(len(starts)):
        p = starts[i]
        while p < ends[i]:
            begin, fields = p, 1
            field[0] = p
            while p < ends[i] and data[p] != 10:
                if data[p] == 44:
                    if fields <= _FIELDS:
                        field[fields] = p + 1
                    fields += 1
                p += 1
            if p == ends[i] and not whole:
                rest = begin
                break
            stop = p
            p += 1
            while stop > begin and (data[stop - 1] == 13 or data[stop - 1] == 32):
                stop -= 1
            if stop == begin:
                continue
            kind = _kind(data, begin, stop)
            if kind == 0:
                counts[_NONE] += 1
                continue
            if kind < 0 or fields != _FIELDS:
                counts[_BAD] += 1
                continue
            field[_FIELDS] = stop + 1
            done = min(p, ends[i]) - 1  # its line feed: with this byte the line was complete
            while part + 1 < len(ends_of) and ends_of[part] <= done:
                part += 1
            icao = read_address(data, field[4], field[5] - 1)
            if icao < 0 or not _numbers(data, field, values, n):
                counts[_BAD] += 1
                continue
            now = values[0, n]
            if np.isnan(now):
                now = times[part] if not np.isnan(times[part]) else values[1, n]
            if np.isnan(now):
                now = 0.0  # nothing knows a time: nothing ages
            _remember(icao, now, values, n, held_address, held_time, held, memory_s)
            lat, lon = values[2, n], values[3, n]
            if (kind != 2 and kind != 3) or np.isnan(lat) or np.isnan(lon) or (lat == 0 and lon == 0):
                counts[_NONE] += 1
            elif abs(lat) > 90 or abs(lon) > 180:
                counts[_BEYOND] += 1
            else:
                address[n], first[n], last[n] = icao, begin, done
                n += 1
    return values[:, :n].copy(), address[:n].copy(), first[:n].copy(), last[:n].copy(), counts, rest


@kernel
def _kind(data: Bytes, begin: Int, stop: Int) -> Int:
    """1 to 8 for `MSG,1` to `MSG,8`, 0 for the other lines of BaseStation (SEL, ID, AIR, STA, CLK), -1 for no such line."""
    if stop - begin >= 6 and data[begin] == 77 and data[begin + 1] == 83 and data[begin + 2] == 71 and data[begin + 3] == 44:
        digit = np.int64(data[begin + 4]) - 48
        return digit if 1 <= digit <= 8 and data[begin + 5] == 44 else -1
    comma = begin
    while comma < stop and data[comma] != 44:
        comma += 1
    if comma == stop or comma - begin < 2 or comma - begin > 3:
        return -1
    word: Int = 0
    for p in range(begin, comma):
        word = word << 8 | np.int64(data[p])
    for known in (0x53454C, 0x4944, 0x414952, 0x535441, 0x434C4B):
        if word == known:
            return 0
    return -1


@kernel
def _numbers(data: Bytes, field: Ints, values: Floats, n: int) -> bool:
    """Puts the line's VALUES into column n; False where a field is no number."""
    values[0, n] = _stamp(data, field[6], field[7] - 1, field[7], field[8] - 1)
    values[1, n] = _stamp(data, field[8], field[9] - 1, field[9], field[10] - 1)
    end, row = field[12] - 1, 4
    if end > field[11] and data[end - 1] == 72:  # "33000H": height above the ellipsoid, from GNSS
        end, row = end - 1, 5
    values[4, n] = values[5, n] = np.nan
    values[row, n] = _number(data, field[11], end)
    bad = np.isinf(values[row, n])
    for row, k in ((6, 12), (7, 13), (2, 14), (3, 15), (8, 16)):
        values[row, n] = _number(data, field[k], field[k + 1] - 1)
        bad |= np.isinf(values[row, n])
    return not bad


@kernel
def _number(data: Bytes, p: Int, end: Int) -> float:
    """A decimal number of at most 15 digits, correctly rounded; NaN where the field is empty, infinity where it is no number."""
    if p >= end:
        return np.nan
    sign, digits, after, dot = 1.0, 0, 0, False
    whole: Int = 0
    if data[p] == 45 or data[p] == 43:
        sign = -1.0 if data[p] == 45 else 1.0
        p += 1
    while p < end:
        byte = np.int64(data[p])
        if byte == 46 and not dot:
            dot = True
        elif 48 <= byte <= 57:
            whole = whole * 10 + (byte - 48)
            digits += 1
            after += dot
        else:
            return np.inf
        if digits > 15:
            return np.inf
        p += 1
    return float(sign * (whole / 10.0**after)) if digits else np.inf


@kernel
def _stamp(data: Bytes, a: Int, a_end: Int, b: Int, b_end: Int) -> float:
    """UNIX seconds of `2018/04/03` and `19:02:28.136`, NaN where they are no time."""
    if a_end - a != 10 or b_end - b < 8 or data[a + 4] != 47 or data[a + 7] != 47 or data[b + 2] != 58 or data[b + 5] != 58:
        return np.nan
    year, month, day = _whole(data, a, a + 4), _whole(data, a + 5, a + 7), _whole(data, a + 8, a + 10)
    hour, minute, second = _whole(data, b, b + 2), _whole(data, b + 3, b + 5), _number(data, b + 6, b_end)
    if year < 1970 or not 1 <= month <= 12 or not 1 <= day <= 31:
        return np.nan
    if not 0 <= hour <= 23 or not 0 <= minute <= 59 or not 0 <= second < 61:
        return np.nan
    # days since 1970-01-01: years counted from March, so that the leap day is the last
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    days = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return float(days * 86400.0 + hour * 3600.0 + minute * 60.0 + second)


@kernel
def _whole(data: Bytes, p: Int, end: Int) -> Int:
    """A number of digits only, -1 where it is none."""
    value: Int = 0
    while p < end:
        byte = np.int64(data[p])
        if byte < 48 or byte > 57:
            return -1
        value = value * 10 + (byte - 48)
        p += 1
    return value


@kernel
def _remember(
    icao: Int, now: float, values: Floats, n: int, held_address: Ints, held_time: Floats, held: Floats, memory_s: float
) -> None:
    """Keeps the speed, track and climb that line n tells, and fills in those it does not, while they are fresh."""
    size = len(held_address)
    home = (icao * 40503) % size
    place, oldest = home, np.inf
    for k in range(_PLACES):
        p = (home + k) % size
        if held_address[p] == icao:
            place = p
            break
        latest = max(held_time[p, 0], held_time[p, 1], held_time[p, 2])
        if latest < oldest:
            place, oldest = p, latest
    if held_address[place] != icao:
        told = False
        for k in range(3):
            told |= not np.isnan(values[6 + k, n])
        if not told:
            return
        held_address[place] = icao
        held_time[place] = -np.inf
    for k in range(3):
        if not np.isnan(values[6 + k, n]):
            held[place, k], held_time[place, k] = values[6 + k, n], now
        elif abs(now - held_time[place, k]) <= memory_s:
            values[6 + k, n] = held[place, k]
