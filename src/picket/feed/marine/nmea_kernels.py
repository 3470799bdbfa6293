"""Finds NMEA 0183 sentences in bytes: framing, checksums and tag blocks, in one pass. Values are the formats' business.

    \\s:station,c:1577836800*hh\\!AIVDM,1,1,,A,...,0*hh CR LF
    tag block                  ! or $ to *: the sentence

`!`, `$`, `\\` and `*` are reserved (IEC 61162-1, 7.1): they stand nowhere inside a sentence, so that a new sentence can be found
after a broken one on the same line. Either of CR and LF ends a line.
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

REASONS = ("bad_checksum", "no_checksum", "not_a_sentence", "bad_tag_block", "line_too_long")
_BAD, _NONE, _NOT, _TAG, _LONG = range(5)
BEGIN, STAR, FIRST, LAST, STATION, STATION_END = range(6)  # columns of a found sentence
LONGEST_LINE = 1024  # bytes; the standard allows 82 and as many for a tag block, some receivers take more
_LONGEST_STATION = 15  # characters of a source name (NMEA 0183 ed. 4.10)
_EARLIEST, _LATEST = 946684800.0, 4102444800.0  # 2000 to 2100: outside it a receiver's time is none
_MILLISECONDS = 1e11  # a UNIX time above this is in milliseconds


@kernel
def find_sentences(data: Bytes, starts: Ints, ends: Ints, whole: bool) -> tuple[Ints, Floats, Ints, int]:
    """Sound sentences (n, 6) by the columns above, their receivers' times (n,), counts by REASONS, where an unfinished line begins.

    BEGIN is at `!` or `$`, STAR at `*`; FIRST is where its tag block begins (else BEGIN), LAST the line's last byte; STATION to
    STATION_END is the source that the tag block names (-1: none). Times: UNIX seconds, NaN without one. A span is `whole` (its
    last line needs no end) or goes on in the next chunk.
    """
    most = 0
    for i in range(len(starts)):
        for p in range(starts[i], ends[i]):
            most += data[p] == 42
    found, times, counts = np.empty((most, 6), np.int64), np.empty(most), np.zeros(len(REASONS), np.int64)
    n: Int = 0
    rest = ends[-1] if len(ends) else 0
    for i in range(len(starts)):
        p, end = starts[i], ends[i]
        if whole and _is_450(data, p, end):
            p += 6
        while p < end:
            if _blank(data[p]):
                p += 1
                continue
            stop = p
            while stop < end and data[stop] != 10 and data[stop] != 13:
                stop += 1
            if stop == end and not whole:
                rest = p
                break
            if stop - p > LONGEST_LINE:
                counts[_LONG] += 1
            else:
                n = _read_line(data, p, stop, min(stop, end - 1), found, times, n, counts)
            p = stop + 1
    return found[:n].copy(), times[:n].copy(), counts, rest


@kernel
def _is_450(data: Bytes, p: Int, end: Int) -> bool:
    """True where a datagram begins with `UdPbC` and a zero, the header of IEC 61162-450, 7.2.2."""
    if end - p < 6:
        return False
    return bool(
        data[p] == 85
        and data[p + 1] == 100
        and data[p + 2] == 80
        and data[p + 3] == 98
        and data[p + 4] == 67
        and data[p + 5] == 0
    )


@kernel
def _blank(byte: Int) -> bool:
    return bool(byte == 10 or byte == 13 or byte == 32 or byte == 9)


@kernel
def _starts(byte: Int) -> bool:
    """True for the characters that begin a sentence or a tag block."""
    return bool(byte == 33 or byte == 36 or byte == 92)


@kernel
def _read_line(data: Bytes, p: Int, stop: Int, last: Int, found: Ints, times: Floats, n: Int, counts: Ints) -> Int:
    """Adds the sentences of one line; every line leaves a sentence or a count. Returns how many there are now."""
    traces = n + counts.sum()
    first, time, station, station_end = -1, np.nan, -1, -1
    while p < stop:
        if data[p] == 92:
            close = p + 1
            while close < stop and data[close] != 92:
                close += 1
            if close == stop:
                counts[_TAG] += 1
                break
            first = p if first < 0 else first
            sound, tag_time, a, b = _tag_block(data, p + 1, close)
            if not sound:
                counts[_TAG] += 1
            if not np.isnan(tag_time):
                time = tag_time
            if a >= 0:
                station, station_end = a, b
            p = close + 1
        elif data[p] == 33 or data[p] == 36:
            star = p + 1
            while star < stop and data[star] != 42 and not _starts(data[star]):
                star += 1
            if star == stop or data[star] != 42:
                counts[_NONE] += 1
                p = star
            elif _checksum(data, p + 1, star, stop):
                after = star + 3
                while after < stop and not _starts(data[after]):
                    after += 1
                trailing = _trailing_time(data, star + 3, after)
                found[n, BEGIN], found[n, STAR], found[n, FIRST], found[n, LAST] = p, star, p if first < 0 else first, last
                found[n, STATION], found[n, STATION_END] = station, station_end
                times[n] = time if np.isnan(trailing) else trailing
                n += 1
                p = after
            else:
                counts[_BAD] += 1
                p = star + 1
            first, time, station, station_end = -1, np.nan, -1, -1
        else:
            p += 1
    if n + counts.sum() == traces:
        counts[_NOT] += 1
    return n


@kernel
def _checksum(data: Bytes, p: Int, star: Int, stop: Int) -> bool:
    """True where the two hex digits after `star` are the exclusive or of the bytes from p to it."""
    if star + 3 > stop:
        return False
    high, low = _hex(data[star + 1]), _hex(data[star + 2])
    value: Int = 0
    for q in range(p, star):
        value ^= np.int64(data[q])
    return bool(high >= 0 and low >= 0 and value == high * 16 + low)


@kernel
def _hex(byte: Int) -> Int:
    """The value of a hex digit, -1 for another byte."""
    if 48 <= byte <= 57:
        return np.int64(byte) - 48
    if 65 <= byte <= 70 or 97 <= byte <= 102:
        return (np.int64(byte) & 7) + 9
    return np.int64(-1)


@kernel
def _tag_block(data: Bytes, p: Int, close: Int) -> tuple[bool, float, Int, Int]:
    """Whether the block between two backslashes is sound, its `c:` time, where its `s:` name lies (-1: none)."""
    star = p
    while star < close and data[star] != 42:
        star += 1
    if star + 3 != close or not _checksum(data, p, star, close):
        return False, np.nan, np.int64(-1), np.int64(-1)
    time, station, station_end = np.nan, np.int64(-1), np.int64(-1)
    while p < star:
        item = p
        while p < star and data[p] != 44:
            p += 1
        if p - item > 2 and data[item + 1] == 58:
            if data[item] == 99:
                time = _unix_time(data, item + 2, p)
            elif data[item] == 115 and _is_name(data, item + 2, p):
                station, station_end = np.int64(item + 2), np.int64(p)
        p += 1
    return True, time, station, station_end


@kernel
def _is_name(data: Bytes, p: Int, end: Int) -> bool:
    """True for 1 to 15 printable ASCII characters."""
    if not 0 < end - p <= _LONGEST_STATION:
        return False
    sound = True
    for q in range(p, end):
        sound &= 33 <= data[q] <= 126
    return sound


@kernel
def _unix_time(data: Bytes, p: Int, end: Int) -> float:
    """UNIX seconds of a decimal number of seconds or milliseconds, NaN where it is none or outside 2000 to 2100."""
    whole, part, scale, digits, dot = 0.0, 0.0, 1.0, 0, False
    while p < end:
        byte = np.int64(data[p])
        if byte == 46 and not dot:
            dot = True
        elif 48 <= byte <= 57 and digits < 15:
            digits += 1
            if dot:
                part, scale = part * 10 + (byte - 48), scale * 10
            else:
                whole = whole * 10 + (byte - 48)
        else:
            return np.nan
        p += 1
    value = whole + part / scale
    if value > _MILLISECONDS:
        value /= 1000
    return value if digits > 0 and _EARLIEST <= value < _LATEST else np.nan


@kernel
def _trailing_time(data: Bytes, p: Int, end: Int) -> float:
    """The time that some receivers write after the checksum, as the last of fields divided by commas; NaN without one."""
    while end > p and _blank(data[end - 1]):
        end -= 1
    comma = end - 1
    while comma >= p and data[comma] != 44:
        comma -= 1
    return _unix_time(data, comma + 1, end) if comma >= p else np.nan
