"""JSON text read in kernels, value by value: where a key, a value, a text ends, and what a number is. Nothing is built.

Each reader returns a code first: DONE, UNFINISHED (the bytes end first: a stream may go on) or BROKEN (no JSON). The grammar is that
of RFC 8259, and NaN and Infinity, which it forbids and many programs write. Words are known by a 40-bit hash of their bytes, so
that a key with escapes is an unknown key.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import lean

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Int = Any  # int or np.int64: Numba makes both int64

DEEPEST = 4  # objects and lists in each other inside one value; readsb's own have one
DONE, UNFINISHED, BROKEN = range(3)
NUMBER, NULL, BOOLEAN, NAN, TEXT, NESTED = range(6)

_SLOTS, _MASK = 256, (1 << 40) - 1


def word_hash(word: str) -> int:
    """The same as `hash_bytes`, for the tables of known words."""
    value = 7
    for byte in word.encode("ascii"):
        value = (value * 131 + byte) & _MASK
    return value


def word_table(words: dict[str, int]) -> Ints:
    """(256, 2) hash and number of each word, open addressing; -1 is an empty place."""
    table = np.full((_SLOTS, 2), -1, np.int64)
    for word, number in words.items():
        place = word_hash(word) % _SLOTS
        while table[place, 0] >= 0:
            place = (place + 1) % _SLOTS
        table[place] = word_hash(word), number
    return table


_TRUE_WORD, _FALSE_WORD, _NULL_WORD = word_hash("true"), word_hash("false"), word_hash("null")
_NAN_WORD, _INFINITY_WORD = word_hash("NaN"), word_hash("Infinity")
_TENS = np.array([10.0**i for i in range(23)])  # exact in a float64


@lean
def read_key(data: Bytes, p: Int, end: Int) -> tuple[Int, Int, Int]:
    """A key and its colon: a code, where the value begins, the key's hash."""
    if p >= end:
        return UNFINISHED, p, 0
    if data[p] != 34:
        return BROKEN, p, 0
    q = text_end(data, p, end)
    if q <= 0:
        return (UNFINISHED if q == 0 else BROKEN), p, 0
    key = hash_bytes(data, p + 1, q - 1)
    p = skip_blank(data, q, end)
    if p >= end:
        return UNFINISHED, p, 0
    if data[p] != 58:
        return BROKEN, p, 0
    p = skip_blank(data, p + 1, end)
    return (DONE if p < end else UNFINISHED), p, key


@lean
def read_value(data: Bytes, p: Int, end: Int) -> tuple[Int, Int, Int, float]:
    """A value of any type: a code, the byte behind it, its kind, and what it is where it is a number."""
    c = data[p]
    if c == 34:
        q = text_end(data, p, end)
        return (DONE if q > 0 else (UNFINISHED if q == 0 else BROKEN)), q, TEXT, np.nan
    if c == 123 or c == 91:
        code, q = _nested(data, p, end)
        return code, q, NESTED, np.nan
    if c == 45 or 48 <= c <= 57:
        number: tuple[Int, Int, Int, float] = _number(data, p, end)
        return number
    q = p
    while q < end and (65 <= data[q] <= 90 or 97 <= data[q] <= 122):
        q += 1
    if q == p:
        return BROKEN, p, NULL, np.nan
    if q == end:
        return UNFINISHED, p, NULL, np.nan
    word = hash_bytes(data, p, q)
    if word == _NULL_WORD:
        return DONE, q, NULL, np.nan
    if word in (_TRUE_WORD, _FALSE_WORD):
        return DONE, q, BOOLEAN, np.nan
    if word in (_NAN_WORD, _INFINITY_WORD):
        return DONE, q, NAN, np.nan
    return BROKEN, p, NULL, np.nan


@lean
def _number(data: Bytes, p: Int, end: Int) -> tuple[Int, Int, Int, float]:
    """A number, correctly rounded up to 15 digits and to about 1e-15 beyond; huge ones are infinite. As `read_value`."""
    sign = 1.0
    if data[p] == 45:
        sign = -1.0
        p += 1
        if p < end and data[p] == 73:  # -Infinity
            while p < end and 97 <= (data[p] | 32) <= 122:
                p += 1
            return (DONE if p < end else UNFINISHED), p, NAN, np.nan
    digits: Int = 0
    mantissa: Int = 0
    scale: Int = 0
    dot = False
    seen = False
    while p < end:
        c = np.int64(data[p])
        if 48 <= c <= 57:
            seen = True
            if digits < 18:
                mantissa = mantissa * 10 + (c - 48)
                digits += mantissa > 0
                scale -= dot
            else:
                scale += not dot
        elif c == 46 and not dot and seen:
            dot = True
        else:
            break
        p += 1
    if p >= end:
        return UNFINISHED, p, NUMBER, np.nan
    if not seen or data[p - 1] == 46:
        return BROKEN, p, NUMBER, np.nan
    if data[p] == 101 or data[p] == 69:  # e
        p += 1
        minus = p < end and data[p] == 45
        p += p < end and (data[p] == 45 or data[p] == 43)
        power: Int = 0
        begin = p
        while p < end and 48 <= data[p] <= 57:
            power = min(power * 10 + np.int64(data[p]) - 48, 100_000)
            p += 1
        if p >= end:
            return UNFINISHED, p, NUMBER, np.nan
        if p == begin:
            return BROKEN, p, NUMBER, np.nan
        scale += -power if minus else power
    value: Any = float(mantissa)
    if mantissa == 0 or scale == 0:
        pass
    elif 0 < scale <= 22:
        value *= _TENS[scale]
    elif -22 <= scale < 0:
        value /= _TENS[-scale]
    else:
        if scale < -300:  # in two steps: 10**-330 alone would be 0
            value *= 1e-300
            scale += 300
        value *= 10.0 ** float(max(min(scale, 400), -400))
    return DONE, p, NUMBER, sign * value


@lean
def _nested(data: Bytes, p: Int, end: Int) -> tuple[Int, Int]:
    """An object or list that is not kept: a code and the byte behind it. Its grammar is looked at: a cut shows as soon as may be."""
    objects: Int = 0  # one bit for each open bracket, 1 for an object
    depth: Int = 0
    opened, wants_value = False, True
    while True:
        p = skip_blank(data, p, end)
        if p >= end:
            return UNFINISHED, p
        c = data[p]
        in_object = depth > 0 and objects & 1 == 1
        if (c == 125 and in_object) or (c == 93 and depth > 0 and not in_object):
            if wants_value and not opened:
                return BROKEN, p
            objects >>= 1
            depth -= 1
            p += 1
            opened, wants_value = False, False
            if depth == 0:
                return DONE, p
        elif not wants_value:
            if c != 44:
                return BROKEN, p
            p += 1
            opened, wants_value = False, True
        else:
            if in_object:
                code, p, _ = read_key(data, p, end)
                if code != DONE:
                    return code, p
                c = data[p]
            if c == 123 or c == 91:
                if depth == DEEPEST:
                    return BROKEN, p
                objects = objects << 1 | (c == 123)
                depth += 1
                p += 1
                opened, wants_value = True, True
            else:
                code, p = _scalar(data, p, end)
                if code != DONE:
                    return code, p
                opened, wants_value = False, False


@lean
def _scalar(data: Bytes, p: Int, end: Int) -> tuple[Int, Int]:
    """A text, number or word: a code and the byte behind it."""
    c = data[p]
    if c == 34:
        q = text_end(data, p, end)
        return (DONE if q > 0 else (UNFINISHED if q == 0 else BROKEN)), q
    q = p
    while q < end and (48 <= data[q] <= 57 or 97 <= (data[q] | 32) <= 122 or data[q] == 45 or data[q] == 43 or data[q] == 46):
        q += 1
    if q == end:
        return UNFINISHED, q
    return (DONE if q > p else BROKEN), q


@lean
def text_end(data: Bytes, p: Int, end: Int) -> Int:
    """The byte behind the text that begins with the quote at `p`; 0 where it goes on beyond `end`, -1 where it is none."""
    q = p + 1
    while q < end:
        c = data[q]
        if c == 34:
            return q + 1
        if c < 32:
            return -1
        q += 2 if c == 92 else 1
    return 0


@lean
def skip_blank(data: Bytes, p: Int, end: Int) -> Int:
    """The first byte from `p` on that is no blank."""
    while p < end and (data[p] == 32 or data[p] == 10 or data[p] == 13 or data[p] == 9):
        p += 1
    return p


@lean
def hash_bytes(data: Bytes, p: Int, end: Int) -> Int:
    """A number of the bytes p .. end; longer than any known word: 0."""
    if end - p > 16:
        return 0
    value: Int = 7
    while p < end:
        value = (value * 131 + np.int64(data[p])) & _MASK
        p += 1
    return value


@lean
def known(table: Ints, word: Int) -> Int:
    """The number of a word in a table of `word_table`, -1 where it is not in it."""
    place = word % _SLOTS
    while table[place, 0] >= 0:
        if table[place, 0] == word:
            return table[place, 1]
        place = (place + 1) % _SLOTS
    return -1
