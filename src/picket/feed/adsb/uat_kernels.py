"""The loop of the UAT decoder: dump978's text lines to message bytes; what the bits mean is NumPy's work."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel
from picket.feed.adsb.address_kernels import hex_digit

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Int = Any  # int or np.int64: Numba makes both int64

REASONS = ("bad_line", "bad_length", "uplink", "metadata", "uncorrected")
_BAD, _LENGTH, _UPLINK, _METADATA, _UNCORRECTED = range(5)
SHORT, LONG, UPLINK = 18, 34, 432  # bytes of a message without its parity (DO-282B 2.2.3)
_MOST_ERRORS_SHORT, _MOST_ERRORS_LONG = 6, 7  # what RS(30, 18) and RS(48, 34) can correct


@kernel
def read_lines(data: Bytes, starts: Ints, ends: Ints, whole: bool) -> tuple[Bytes, Floats, Ints, Ints, Ints, Int]:
    """Downlink messages (n, 34), zeros behind short ones; their stamps (n,), NaN where there is none; first and last byte of
    their lines (n,); counts by REASONS; where an unfinished line begins.

    A span is whole (its last line needs no line feed) or goes on in the next chunk.
    """
    most: Int = 1
    for i in range(len(starts)):
        most += (ends[i] - starts[i]) // 38 + 1  # the shortest line: "-", 36 digits, ";"
    messages, stamps = np.zeros((most, LONG), np.uint8), np.empty(most)
    first, last, counts, n = np.empty(most, np.int64), np.empty(most, np.int64), np.zeros(len(REASONS), np.int64), 0
    rest = ends[-1] if len(ends) else 0
    for i in range(len(starts)):
        p = starts[i]
        while p < ends[i]:
            begin = p
            while p < ends[i] and data[p] != 10:
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
            reason, stamps[n] = _line(data, begin, stop, messages[n])
            if reason >= 0:
                counts[reason] += 1
                messages[n] = 0
            else:
                first[n], last[n] = begin, min(p, ends[i]) - 1
                n += 1
    return messages[:n].copy(), stamps[:n].copy(), first[:n].copy(), last[:n].copy(), counts, rest


@kernel
def _line(data: Bytes, p: Int, stop: Int, message: Bytes) -> tuple[Int, float]:
    """Why a line is no downlink message (-1: it is one), and its `t=` stamp."""
    kind = data[p]
    if kind == 33:  # "!": what dump978-fa says of itself
        return _METADATA, np.nan
    if kind != 45 and kind != 43:
        return _BAD, np.nan
    p += 1
    size = 0
    while p < stop and data[p] != 59:
        high, low = hex_digit(data[p]), hex_digit(data[p + 1]) if p + 1 < stop else -1
        if high < 0 or low < 0:
            return _BAD, np.nan
        if kind == 45 and size < LONG:
            message[size] = high << 4 | low
        size += 1
        p += 2
    if p >= stop:
        return _BAD, np.nan  # no semicolon: the line was cut, perhaps in the middle
    if kind == 43:
        return (_UPLINK if size == UPLINK else _LENGTH), np.nan
    # a short message is of type 0 and no other is (2.2.4.3)
    if (size != SHORT and size != LONG) or (size == SHORT) != (message[0] >> 3 == 0):
        return _LENGTH, np.nan
    stamp = np.nan
    while p < stop:
        p += 1
        q = p
        while q < stop and data[q] != 59:
            q += 1
        if q - p > 2 and data[p] == 116 and data[p + 1] == 61:  # t=
            stamp = _decimal(data, p + 2, q)
        elif q - p > 3 and data[p] == 114 and data[p + 1] == 115 and data[p + 2] == 61:  # rs=
            errors = _decimal(data, p + 3, q)
            if not errors <= (_MOST_ERRORS_SHORT if size == SHORT else _MOST_ERRORS_LONG):
                return _UNCORRECTED, np.nan
        p = q
    return -1, stamp


@kernel
def _decimal(data: Bytes, p: Int, end: Int) -> float:
    """A number of at most 17 digits and a point, NaN where it is none."""
    whole: Int = 0
    digits, after, dot = 0, 0, False
    while p < end:
        c = np.int64(data[p])
        if c == 46 and not dot:
            dot = True
        elif 48 <= c <= 57 and digits < 17:
            whole = whole * 10 + (c - 48)
            digits += 1
            after += dot
        else:
            return np.nan
        p += 1
    return whole / 10.0**after if digits else np.nan
