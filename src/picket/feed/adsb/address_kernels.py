"""The 24-bit addresses of aircraft, as receivers write them in text: six hex digits, "~" before one that is not ICAO's."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Bytes = npt.NDArray[Any]
Int = Any  # int or np.int64: Numba makes both int64

NOT_ICAO = 1 << 24  # set in an address that is not ICAO's: anonymous, a ground vehicle's, a track number of TIS-B


@kernel
def hex_digit(byte: Int) -> Int:
    """0..15 of a hexadecimal digit, else -1."""
    c = np.int64(byte)
    if 48 <= c <= 57:
        return c - 48
    if 65 <= c <= 70 or 97 <= c <= 102:
        return (c & 7) + 9
    return -1


@kernel
def read_address(data: Bytes, p: Int, end: Int) -> Int:
    """The address in the bytes p .. end, with NOT_ICAO where "~" stands before it; -1 where they are none."""
    value: Int = 0
    if p < end and data[p] == 126:
        value = 1
        p += 1
    if end - p != 6:
        return -1
    while p < end:
        digit = hex_digit(data[p])
        if digit < 0:
            return -1
        value = value << 4 | digit
        p += 1
    return value
