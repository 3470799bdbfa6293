"""The loops of the MAVLink decoder: find frames and check them, copy payloads out, tell senders apart.

Every byte that may begin a frame is tried, so that a damaged frame never hides the good one behind it. What that may cost is
bounded: inside the bytes that a failed frame claimed, at most TRIES further beginnings are checked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]

REASONS = ("bad_checksum", "other_message", "unknown_flags", "truncated", "no_frame")
_CHECKSUM, _OTHER, _FLAGS, _TRUNCATED, _NONE = range(5)
TRIES = 8  # beginnings checked inside a failed frame of up to 280 bytes; noise holds about two
V2, V1 = 0xFD, 0xFE  # first byte of a frame
SIGNED = 1  # the one incompatibility flag that is defined: 13 bytes of signature follow
_SIGNATURE = 13


def _crc_table() -> npt.NDArray[np.uint16]:
    """CRC-16/MCRF4XX (X.25 without the last inversion), bit-reflected polynomial 0x8408, of each byte."""
    crc = np.arange(256, dtype=np.uint16)
    for _ in range(8):
        crc = np.where(crc & 1, crc >> 1 ^ 0x8408, crc >> 1).astype(np.uint16)
    return crc


CRC = _crc_table()
_BY_TOP = np.argsort(CRC >> 8).astype(np.int64)  # every entry has another top byte: entry _BY_TOP[t] has top byte t


@kernel
def find_frames(
    data: Bytes, starts: Ints, ends: Ints, final: bool, stamped: bool, known: Ints, extra: Ints, wanted: Ints, state: Ints
) -> tuple[Ints, Floats, Ints, int]:
    """Frames of the messages `known` (ascending ids with their CRC_EXTRA; `wanted` 1 or 0) that pass their checksum.

    final    an unfinished frame at a span's end will not go on (else: the answer's `rest` is where it begins)
    stamped  frames may have 8 bytes of time before them (.tlog: microseconds since 1970, big-endian)
    state    (3,) what a stream's next bytes must know: bytes still claimed by a failed frame, tries left, in junk; changed
    Returns (6, n): first byte, payload's first byte, payload's length, index into `known`, system * 256 + component, last byte;
    (n,) the stamps in seconds (NaN: none); counts by REASONS; rest.
    """
    most = 1
    for i in range(len(starts)):
        most += (ends[i] - starts[i]) // 12 + 1
    frames, stamps, n, counts = np.empty((6, most), np.int64), np.empty(most), 0, np.zeros(5, np.int64)
    rest: Any = ends[-1] if len(ends) else 0
    for i in range(len(starts)):
        p: Any = starts[i]
        end = ends[i]
        if stamped:
            covered, tries, junk = p + state[0], state[1], state[2] != 0
        else:
            covered, tries, junk = p, np.int64(TRIES), False
        while p < end:
            head = p
            if stamped and data[p] == 0 and (p + 1 >= end or 3 <= data[p + 1] <= 14):  # a stamp of the years 1997 to 2104
                if p + 8 >= end and not final:
                    break
                if p + 8 < end and (data[p + 8] == V2 or data[p + 8] == V1):
                    head = p + 8
            if data[head] != V2 and data[head] != V1:
                if p >= covered and not junk:
                    counts[_NONE] += 1
                    junk = True
                p += 1
                continue
            if p < covered and tries == 0:
                p = min(covered, end)
                continue
            front = 10 if data[head] == V2 else 6
            size: Any = end - head + 1
            if head + front <= end:
                size = front + np.int64(data[head + 1]) + 2
                if front == 10 and data[head + 2] & SIGNED:
                    size += _SIGNATURE
            if head + size > end:
                if not final:
                    break
                if p >= covered:
                    counts[_TRUNCATED] += 1
                    covered, tries, junk = end, np.int64(TRIES), False
                p += 1
                continue
            length = np.int64(data[head + 1])
            message: Any = data[head + 5]
            if front == 10:
                message = np.int64(data[head + 7]) | np.int64(data[head + 8]) << 8 | np.int64(data[head + 9]) << 16
            place = np.searchsorted(known, message)
            if front == 6 or place == len(known) or known[place] != message:
                place = -1
            if not _sound(data, head + 1, head + front + length, extra[place] if place >= 0 else -1):
                if p >= covered:
                    counts[_CHECKSUM] += 1
                    covered, tries, junk = head + size, np.int64(TRIES), False
                else:
                    tries -= 1
                p += 1
                continue
            if front == 10 and data[head + 2] & 0xFE:
                counts[_FLAGS] += 1
            elif place < 0 or not wanted[place]:
                counts[_OTHER] += 1
            else:
                frames[0, n], frames[1, n], frames[2, n], frames[3, n] = p, head + front, length, place
                at = head + (5 if front == 10 else 3)
                frames[4, n], frames[5, n] = np.int64(data[at]) << 8 | np.int64(data[at + 1]), head + size - 1
                stamps[n] = _stamp(data, p) if head > p else np.nan
                n += 1
            p = head + size
            covered, tries, junk = p, np.int64(TRIES), False
        if stamped:
            state[0], state[1], state[2] = max(covered - p, 0), tries, junk
        rest = p
    return frames[:, :n].copy(), stamps[:n].copy(), counts, rest


@kernel
def _sound(data: Bytes, begin: Any, end: Any, extra: Any) -> bool:
    """True where the two bytes at `end` are the CRC of data[begin:end] and `extra`.

    extra -1: a message whose CRC_EXTRA is not known here. Then the CRC must be one that some CRC_EXTRA gives: 8 of its 16
    bits are still checked.
    """
    crc: Any = 0xFFFF
    for p in range(begin, end):
        crc = crc >> 8 ^ np.int64(CRC[(crc ^ np.int64(data[p])) & 255])
    given = np.int64(data[end]) | np.int64(data[end + 1]) << 8
    if extra >= 0:
        return bool((crc >> 8 ^ np.int64(CRC[(crc ^ extra) & 255])) == given)
    left = given ^ crc >> 8
    return bool(np.int64(CRC[_BY_TOP[left >> 8]]) == left)


@kernel
def _stamp(data: Bytes, p: Any) -> float:
    """Seconds of 8 bytes of microseconds, big-endian."""
    value = np.int64(0)
    for k in range(8):
        value = value << 8 | np.int64(data[p + k])
    return float(value / 1e6)


@kernel
def payloads(data: Bytes, at: Ints, length: Ints, size: int) -> Bytes:
    """(n, size) payloads; what MAVLink 2 cut from their ends are zeros, what a later edition added is left out."""
    out = np.zeros((len(at), size), np.uint8)
    for i in range(len(at)):
        for k in range(min(length[i], size)):
            out[i, k] = data[at[i] + k]
    return out


@kernel
def senders(about: Bytes, sender: Ints) -> tuple[Ints, Ints, Ints]:
    """Whom messages are about: a key for each (n,), the radio address (-1 none), and 1 where `about` is an identity's text.

    key     the radio address where there is one, however it is written
    about   (n, 20) the field id_or_mac: zeros (the sender speaks of itself), 12 hex digits or 6 bytes of a radio address,
            or an identity
    sender  (n,) system * 256 + component
    """
    n = len(about)
    key, address, text = np.empty(n, np.int64), np.full(n, -1, np.int64), np.zeros(n, np.int64)
    for i in range(n):
        length = 0
        hexes: Any = True
        printable: Any = True
        digits: Any = np.int64(0)
        h = np.uint64(14695981039346656037)  # FNV-1a
        for k in range(20):
            byte = np.int64(about[i, k])
            h = (h ^ np.uint64(byte)) * np.uint64(1099511628211)
            if byte:
                length = k + 1
        for k in range(length):
            byte = np.int64(about[i, k])
            printable &= 32 <= byte <= 126
            digit: Any = -1
            if 48 <= byte <= 57:
                digit = byte - 48
            elif 65 <= byte <= 70 or 97 <= byte <= 102:
                digit = (byte & 0xDF) - 55
            hexes &= digit >= 0
            digits = digits << 4 | digit & 15
        if length == 0:
            key[i] = sender[i]
            continue
        if length == 12 and hexes:
            address[i] = digits
        elif length <= 6 and not printable:
            address[i] = 0
            for k in range(6):
                address[i] = address[i] << 8 | np.int64(about[i, k])
        elif printable:
            text[i] = 1
        if address[i] >= 0:
            key[i] = address[i] | 1 << 61  # apart from senders, which are below 65536
        else:
            key[i] = np.int64(h >> np.uint64(2)) | 1 << 62
    return key, address, text
