"""One pass over 802.11 frames: finds the Remote ID payloads in beacons and NAN service discovery frames.

Only what belongs to a frame with Remote ID leaves this loop; of every other frame there is a count.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel
from picket.feed.remoteid.messages_kernels import begins

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Int = Any  # int or np.int64: Numba makes both int64

REASONS = ("no_remote_id", "truncated", "bad_checksum", "bad_radiotap")
_NONE, _TRUNCATED, _CHECKSUM, _RADIOTAP = range(4)
_LONGEST = 16_384  # bytes of a frame that are looked at; 802.11 allows 11,454
_BEACON, _NAN = 0, 1  # indices into remoteid.TRANSPORTS
_VENDOR = np.array([0xFA, 0x0B, 0xBC, 0x0D], np.uint8)  # ASD-STAN, Remote ID
_NAN_FRAME = np.array([4, 9, 0x50, 0x6F, 0x9A, 0x13], np.uint8)  # public action, vendor specific, Wi-Fi Alliance, NAN discovery
_SERVICE = np.array([0x88, 0x69, 0x19, 0x9D, 0x92, 0x09], np.uint8)  # service id of org.opendroneid.remoteid


@kernel
def find_payloads(
    data: Bytes, starts: Ints, ends: Ints, radiotap: bool
) -> tuple[Ints, Ints, Ints, Ints, npt.NDArray[np.int32], Floats, Floats, Ints]:
    """Starts and ends of the Remote ID payloads, their frame, address, transport, dBm and Hz; counts by REASONS."""
    most = len(starts)
    for i in range(len(starts)):
        most += min(ends[i] - starts[i], _LONGEST) // 7  # the shortest element with Remote ID has 7 bytes
    at, until = np.empty(most, np.int64), np.empty(most, np.int64)
    frame, address = np.empty(most, np.int64), np.empty(most, np.int64)
    transport, power, hertz = np.empty(most, np.int32), np.empty(most), np.empty(most)
    counts, n = np.zeros(4, np.int64), 0
    for i in range(len(starts)):
        begin, end, dbm, hz = starts[i], min(ends[i], starts[i] + _LONGEST), np.nan, np.nan
        if radiotap:
            begin, end, dbm, hz, problem = _radiotap(data, begin, end)
            if problem >= 0:
                counts[problem] += 1
                continue
        if begin + 24 > end:
            counts[_TRUNCATED] += 1
            continue
        found = n
        cut = False
        first, second = data[begin], data[begin + 1]
        body = begin + 24 + (4 if second & 0x80 else 0)  # the order bit of a management frame: HT Control follows
        if second & 0x40:  # a protected body says nothing to us
            pass
        elif first == 0x80:
            n, cut = _beacon(data, body + 12, end, at, until, n)
            transport[found:n] = _BEACON
        elif first == 0xD0:
            n, cut = _discovery(data, body, end, at, until, n)
            transport[found:n] = _NAN
        if n == found:
            counts[_TRUNCATED if cut else _NONE] += 1
            continue
        sender = np.int64(0)
        for k in range(10, 16):
            sender = sender << 8 | np.int64(data[begin + k])
        frame[found:n], address[found:n], power[found:n], hertz[found:n] = i, sender, dbm, hz
    return at[:n], until[:n], frame[:n], address[:n], transport[:n], power[:n], hertz[:n], counts


@kernel
def _radiotap(data: Bytes, begin: Int, end: Int) -> tuple[Int, Int, float, float, int]:
    """Begin and end of the 802.11 frame without check sum, dBm and Hz (NaN unknown), and the reason to skip it or -1."""
    if begin + 8 > end:
        return begin, end, np.nan, np.nan, _TRUNCATED
    length = np.int64(data[begin + 2]) | np.int64(data[begin + 3]) << 8
    if data[begin] != 0 or length < 8:
        return begin, end, np.nan, np.nan, _RADIOTAP
    stop = begin + length
    if stop > end:
        return begin, end, np.nan, np.nan, _TRUNCATED
    present, p = data[begin + 4], begin + 8  # bits 0 to 5 are all we read
    while data[p - 1] & 0x80:  # another word of present bits follows
        if p + 4 > stop:
            return begin, end, np.nan, np.nan, _RADIOTAP
        p += 4
    flags, hz, dbm = 0, np.nan, np.nan
    if present & 1:  # time: 8 bytes, aligned to 8 from the header's begin
        p = begin + (p - begin + 7) // 8 * 8 + 8
    if present & 2:
        if p < stop:
            flags = data[p]
        p += 1
    if present & 4:  # rate
        p += 1
    if present & 8:  # channel: MHz and its flags
        p = begin + (p - begin + 1) // 2 * 2
        if p + 2 <= stop:
            hz = (np.int64(data[p]) | np.int64(data[p + 1]) << 8) * 1e6
        p += 4
    if present & 16:  # frequency hopping
        p = begin + (p - begin + 1) // 2 * 2 + 2
    if present & 32 and p < stop:
        dbm = float(data[p]) - (256.0 if data[p] > 127 else 0.0)
    if flags & 0x40:
        return begin, end, dbm, hz, _CHECKSUM
    if flags & 0x10:
        end -= 4
    return stop, end, dbm, hz if hz > 0 else np.nan, -1


@kernel
def _beacon(data: Bytes, p: Int, end: Int, at: Ints, until: Ints, n: int) -> tuple[int, bool]:
    """Appends the payloads of vendor elements FA:0B:BC type 0D; the new count, and whether the element list was cut."""
    while p + 2 <= end:
        length = np.int64(data[p + 1])
        stop = p + 2 + length
        if data[p] == 221 and length >= 5 and p + 7 <= end and begins(data, p + 2, _VENDOR):
            at[n], until[n] = p + 7, min(stop, end)  # the byte before is a message counter
            n += 1
        if stop > end:
            return n, end - p > 4  # up to 4 bytes may be a check sum that nobody announced
        p = stop
    return n, p > end


@kernel
def _discovery(data: Bytes, p: Int, end: Int, at: Ints, until: Ints, n: int) -> tuple[int, bool]:
    """Appends the service info of NAN service descriptors with the service id of Remote ID, as `_beacon`."""
    if p + 6 > end:
        return n, True
    if not begins(data, p, _NAN_FRAME):
        return n, False
    p += 6
    while p + 3 <= end:
        stop = p + 3 + (np.int64(data[p + 1]) | np.int64(data[p + 2]) << 8)
        limit = min(stop, end)
        if data[p] == 3 and p + 12 <= limit and begins(data, p + 3, _SERVICE):
            control, q = data[p + 11], p + 12
            if control & 0x40:  # binding bitmap
                q += 2
            if control & 0x04 and q < limit:  # matching filter
                q += 1 + np.int64(data[q])
            if control & 0x08 and q < limit:  # service response filter
                q += 1 + np.int64(data[q])
            if control & 0x10 and q + 2 <= limit:  # service info: its length, a message counter, the pack
                at[n], until[n] = q + 2, max(min(q + 1 + np.int64(data[q]), limit), q + 2)
                n += 1
        if stop > end:
            return n, end - p > 4
        p = stop
    return n, p > end
