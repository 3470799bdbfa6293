"""One ASTERIX record's items found by its category's UAP, every octet checked against the block's end.

    record   FSPEC (7 presence bits and FX per octet)  items in the order of the UAP, back to back
    item     one of the shapes below; a category's UAP is an array of them, FRN 1 first

    n >= 1        fixed: n octets
    SPARE         no such item in this edition: a record that has it cannot be read
    FX - n        units of n + 1 octets whose last bit says that another follows: FX (one octet each), FX - 2 (three octets)
    EXPLICIT      its first octet is its length, itself included
    REPEAT - n    one octet with a count, then that many units of n octets
    COMPOUND - k  presence octets as an FSPEC, then subfields whose shapes are row k of the category's table of subfields

A UAP is written as `uap(2, SPARE, 1, ...)`, a table of subfields as `subfields((3, 6, FX, ...), (...))`. `locate` fills in
where each item begins; after it a reader picks fields without any further check, since every octet of every item (and of
every subfield) lies inside the block.

Every loop moves forward by at least one octet, so the cost is linear in the bytes whatever they hold.
"""

from __future__ import annotations

import numpy as np

from picket._jit import kernel
from picket.feed.asterix.layout_kernels import BAD_FSPEC, BAD_ITEM, ROW, Bytes, Int, Ints

SPARE, FX, EXPLICIT, REPEAT, COMPOUND = 0, -1, -50, -100, -1000
MOST_ITEMS = 64  # entries of `at`: FRNs of the longest UAP, and subfields of the longest compound item, with room
_LONGEST_FX = 64  # units; I048/020 uses up to 6, I048/030 one per warning code. A longer chain is noise.


def uap(*shapes: int) -> Ints:
    """A category's items in the order of their FRN."""
    assert len(shapes) < MOST_ITEMS
    return np.array(shapes, np.int64)


def subfields(*rows: tuple[int, ...]) -> Ints:
    """The subfields of each compound item of a category: how many there are, then their shapes in order."""
    assert max(map(len, rows)) < MOST_ITEMS
    table = np.zeros((len(rows), 1 + max(map(len, rows))), np.int64)
    for k, row in enumerate(rows):
        table[k, 0] = len(row)
        table[k, 1 : len(row) + 1] = row
    return table


@kernel
def u8(buf: Bytes, p: Int) -> Int:
    """One octet, widened: arithmetic in uint8 and int64 together would become floating point."""
    return np.int64(buf[p])


@kernel
def u16(buf: Bytes, p: Int) -> Int:
    """Two octets, unsigned."""
    return u8(buf, p) << 8 | u8(buf, p + 1)


@kernel
def u24(buf: Bytes, p: Int) -> Int:
    """Three octets, unsigned."""
    return u16(buf, p) << 8 | u8(buf, p + 2)


@kernel
def u32(buf: Bytes, p: Int) -> Int:
    """Four octets, unsigned."""
    return u16(buf, p) << 16 | u16(buf, p + 2)


@kernel
def signed(value: Int, bits: Int) -> Int:
    """The low `bits` of `value` as two's complement."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


@kernel
def i16(buf: Bytes, p: Int) -> Int:
    """Two octets, signed."""
    return signed(u16(buf, p), 16)


@kernel
def i24(buf: Bytes, p: Int) -> Int:
    """Three octets, signed."""
    return signed(u24(buf, p), 24)


@kernel
def i32(buf: Bytes, p: Int) -> Int:
    """Four octets, signed."""
    return signed(u32(buf, p), 32)


@kernel
def six_bit_text(buf: Bytes, p: Int) -> Int:
    """Eight characters of six bits (ICAO Annex 10) as an identity's eight octets; -1 when blank or when one is no character."""
    key, seen = np.int64(0), False
    for k in range(8):
        bit = 6 * k
        code = (u16(buf, p + bit // 8) >> (10 - bit % 8)) & 63 if bit // 8 < 5 else u8(buf, p + 5) & 63
        if code == 0:
            code = 32  # some stations pad with zero instead of the blank
        if not (1 <= code <= 26 or code == 32 or 48 <= code <= 57):
            return -1
        seen = seen or code != 32
        key = key << 8 | (code + 64 if code <= 26 else code)
    return key if seen else -1


@kernel
def ascii_text(buf: Bytes, p: Int, n: Int) -> Int:
    """`n` octets (at most 8) of letters, digits and signs as an identity's octets; -1 when blank or not printable ASCII."""
    key, seen = np.int64(0), False
    for k in range(8):
        code = u8(buf, p + k) if k < n else 32
        if code == 0:
            code = 32
        if code < 32 or code > 126:
            return -1
        seen = seen or code != 32
        key = key << 8 | code
    return key if seen else -1


@kernel
def _simple_length(buf: Bytes, p: Int, end: Int, shape: Int) -> Int:
    """Octets of the item at `p`, which is no compound one, or -1 when it is malformed or runs past `end`."""
    if p >= end:
        return -1
    n = np.int64(0)
    if shape > 0:
        n = shape
    elif shape == SPARE:
        return -1
    elif shape > EXPLICIT:
        unit = FX - shape + 1
        while True:
            n += unit
            if p + n > end or n > unit * _LONGEST_FX:
                return -1
            if not buf[p + n - 1] & 1:
                break
    elif shape == EXPLICIT:
        n = u8(buf, p)
        if n == 0:
            return -1
    else:
        n = 1 + u8(buf, p) * (REPEAT - shape)
    return n if p + n <= end else -1


@kernel
def _compound_length(buf: Bytes, p: Int, end: Int, shapes: Ints) -> Int:
    """Octets of the compound item at `p`, whose subfields are a row of `subfields`, or -1."""
    first = p
    while True:  # the presence octets
        if p >= end or (p - first) * 7 >= shapes[0]:
            return -1
        p += 1
        if not buf[p - 1] & 1:
            break
    q = p
    for k in range((p - first) * 7):
        if u8(buf, first + k // 7) >> (7 - k % 7) & 1:
            n = _simple_length(buf, q, end, shapes[k + 1]) if k < shapes[0] else -1
            if n < 0:
                return -1
            q += n
    return q - first


@kernel
def locate(buf: Bytes, p: Int, end: Int, shapes: Ints, parts: Ints, at: Ints) -> tuple[Int, Int]:
    """Where each item of the record at `p` begins: at[FRN], -1 for an item that is absent; (next octet, ROW or why not).

    shapes (FRNs,): the UAP; parts (compounds, most subfields); at (MOST_ITEMS,). The next octet is -1 when the record cannot
    be read: an FSPEC that is empty or longer than the UAP, a malformed item, or one that runs past `end`.
    """
    first = p
    while True:
        if p >= end or (p - first) * 7 >= len(shapes):
            return -1, BAD_FSPEC
        p += 1
        if not buf[p - 1] & 1:
            break
    if p == first + 1 and buf[first] == 0:
        return -1, BAD_FSPEC
    at[: len(shapes) + 1] = -1
    q = p
    seen = False
    for octet in range(p - first):
        present = u8(buf, first + octet) >> 1
        frn = 7 * octet + 1
        while present:
            if present & 64:
                if frn > len(shapes):
                    return -1, BAD_ITEM
                shape = shapes[frn - 1]
                if shape > 0:
                    n = shape if q + shape <= end else -1
                elif shape > COMPOUND:
                    n = _simple_length(buf, q, end, shape)
                else:
                    n = _compound_length(buf, q, end, parts[COMPOUND - shape])
                if n < 0:
                    return -1, BAD_ITEM
                at[frn] = q
                q += n
                seen = True
            present = present << 1 & 127
            frn += 1
    return (q, ROW) if seen else (-1, BAD_FSPEC)


@kernel
def locate_parts(buf: Bytes, p: Int, shapes: Ints, at: Ints) -> None:
    """Where each subfield of the compound item at `p` begins: at[1] the first one's; -1 for one that is absent.

    shapes: the row of the category's table; the item has passed `locate`.
    """
    at[: shapes[0] + 1] = -1
    q = p
    while buf[q] & 1:
        q += 1
    octets = q + 1 - p
    q += 1
    for k in range(min(octets * 7, shapes[0])):
        if u8(buf, p + k // 7) >> (7 - k % 7) & 1:
            at[k + 1] = q
            q += _simple_length(buf, q, len(buf), shapes[k + 1])
