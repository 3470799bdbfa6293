"""ASTERIX categories 048 and 034 as one pass over a buffer: blocks, FSPECs, items, columns.

    block    CAT (1) LEN (2, big endian, counts itself and CAT)  record record ...
    record   FSPEC (7 presence bits and FX per octet)  items in the order of the UAP, back to back
    item     fixed | FX chain | 1 count + n units | compound (FSPEC octet + subfields) | explicit (first octet = length)

Why a block is all or nothing: items have no tags and records no lengths, so one wrong bit shifts all that follows it until
an item runs past the block's end. Where a record fails, the ones before it may already have been read askew; so a block
gives rows only when its last record ends on its last octet. (An edition mismatch shows as failing blocks, not as ghosts.)

Every loop moves forward by at least one octet and no record can be longer than a few kilobytes, so the cost is linear in the
bytes whatever they hold. Reads are checked against the block's end before they happen.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Int = Any  # int64 in compiled code, which is neither Python's int nor, to the type checker, np.int64
Tables = tuple[Floats, Ints, Floats, Ints]

# Rows of the tables that the kernels fill: detections (floats, ints), then status (floats, ints).
TIME, RECEIVED, RANGE, AZIMUTH, RATE, ALT_MSL, ALT_PRESSURE, SPEED, COURSE, POWER = range(10)
OFFSET, SENSOR, IDENTITY, TRACK_NUMBER, REPORT, CLASS = range(6)
S_TIME, S_RECEIVED, S_AZIMUTH, S_PERIOD = range(4)
S_OFFSET, S_SENSOR, S_EVENT, S_STATE, S_DETAIL = range(5)

# What may keep a record from becoming a row, in the order of `counts`.
REASONS = (
    "truncated", "bad_length", "bad_fspec", "bad_item", "no_data_source", "simulated", "test_target", "field_monitor",
    "extended_range",
)  # fmt: skip
TRUNCATED, BAD_LENGTH, BAD_FSPEC, BAD_ITEM, NO_SOURCE, SIMULATED, TEST, MONITOR, EXTENDED = range(9)

CALL_SIGN = 1 << 48  # identity keys: a 24-bit address as it is; the 48 bits of a call sign with this bit; -1 = none

# I034/050 as one word of bits; the words for people stand in asterix.py in the same order.
NOGO, RDP_RESET, RDP_OVERLOAD, SEND_OVERLOAD, NO_MONITOR, BAD_CLOCK = 1, 2, 4, 8, 16, 32
PSR_OVERLOAD, PSR_OFF, SSR_OVERLOAD, SSR_OFF, MODE_S_OVERLOAD, MODE_S_OFF = 64, 128, 256, 512, 1024, 2048
_DEGRADED = (
    RDP_OVERLOAD | SEND_OVERLOAD | BAD_CLOCK | PSR_OVERLOAD | PSR_OFF | SSR_OVERLOAD | SSR_OFF | MODE_S_OVERLOAD | MODE_S_OFF
)
UNKNOWN, OK, DEGRADED, FAILED = range(4)

NM = 1852.0  # m, by definition
_RHO = NM / 256  # m, LSB of I048/040 RHO
_XY = NM / 128  # m, LSB of I048/042
_ANGLE = 360.0 / 65536  # deg, LSB of THETA and HDG
_GROUND_SPEED = NM / 16384  # m/s, LSB of I048/200 GSP: 2^-14 NM/s
_HEIGHT = 25 * 0.3048  # m, 25 ft: LSB of I048/110 and, as a quarter of a flight level, of I048/090
_DAY = 86400.0

# Length of each item in the order of the UAP (FRN 1 first): n octets, or one of
_FX, _EXPLICIT = 0, -1
# -10 - n: a count octet and that many units of n octets; -20 - k: compound, row k of _SUBFIELDS
_UAP_048 = np.array(
    [2, 3, _FX, 4, 2, 2, -20, 3, 6, -18, 2, 4, 4, _FX, 4, _FX, 2, 4, 2, -21, 2, 7, 1, 2, 1, 2, _EXPLICIT, _EXPLICIT], np.int64
)
_UAP_034 = np.array([2, 1, 3, 1, 2, -22, -23, -12, 8, 1, 8, 2, _EXPLICIT, _EXPLICIT], np.int64)
# Subfields of the compound items: octets, 0 = not defined, -n = a count octet and that many units of n octets
_SUBFIELDS = np.array(
    [
        [1, 1, 1, 1, 1, 1, 1],  # I048/130: SRL SRR SAM PRL PAM RPD APD
        [2, -6, 0, 0, 0, 0, 0],  # I048/120: CAL RDS
        [1, 0, 0, 1, 1, 2, 0],  # I034/050: COM - - PSR SSR MDS
        [1, 0, 0, 1, 1, 1, 0],  # I034/060: COM - - PSR SSR MDS
    ],
    np.int64,
)
_LONGEST_FX = 64  # octets; I048/020 uses up to 6, I048/030 one per warning code. A longer chain is noise.

# Categories that EUROCONTROL has assigned: what a block's first octet may be when a stream is searched for its next header.
ASSIGNED = np.zeros(256, np.bool_)
ASSIGNED[[1, 2, 3, 4, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19, 20, 21, 23, 25, 30, 32, 34, 48, 62, 63, 65]] = True
ASSIGNED[[129, 150, 205, 240, 247, 252, 253]] = True


@kernel
def _u8(buf: Bytes, p: Int) -> Int:
    """One octet, widened: arithmetic in uint8 and int64 together would become floating point."""
    return np.int64(buf[p])


@kernel
def _u16(buf: Bytes, p: Int) -> Int:
    """Two octets, unsigned."""
    return _u8(buf, p) << 8 | _u8(buf, p + 1)


@kernel
def _u24(buf: Bytes, p: Int) -> Int:
    """Three octets, unsigned."""
    return _u16(buf, p) << 8 | _u8(buf, p + 2)


@kernel
def _signed(value: Int, bits: Int) -> Int:
    """The low `bits` of `value` as two's complement."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


@kernel
def _fspec(buf: Bytes, p: Int, end: Int, octets: Int) -> tuple[Int, Int]:
    """(presence bits with FRN 1 as the highest of 7 * octets, next octet); next is -1 when it is empty or too long."""
    bits = np.int64(0)
    for k in range(octets):
        if p >= end:
            return 0, -1
        octet = _u8(buf, p)
        p += 1
        bits |= (octet >> 1) << (7 * (octets - 1 - k))
        if not octet & 1:
            return (bits, p) if bits else (0, -1)
    return 0, -1


@kernel
def _compound_length(buf: Bytes, p: Int, end: Int, which: Int) -> Int:
    """Octets of a compound item, or -1."""
    present = _u8(buf, p)
    if present & 1:
        return -1  # no compound item here has a second FSPEC octet
    n = np.int64(1)
    for k in range(7):
        if present >> (7 - k) & 1:
            size = _SUBFIELDS[which, k]
            if size == 0 or p + n >= end:
                return -1
            n += size if size > 0 else 1 - size * _u8(buf, p + n)
    return n


@kernel
def _item_length(buf: Bytes, p: Int, end: Int, rule: Int) -> Int:
    """Octets of the item at `p`, or -1 when it is malformed or runs past `end`."""
    if p >= end:
        return -1
    n = np.int64(0)
    if rule > 0:
        n = rule
    elif rule == _FX:
        while True:
            if p + n >= end or n == _LONGEST_FX:
                return -1
            n += 1
            if not buf[p + n - 1] & 1:
                break
    elif rule == _EXPLICIT:
        n = _u8(buf, p)
        if n == 0:
            return -1
    elif rule > -20:
        n = 1 + _u8(buf, p) * (-10 - rule)
    else:
        n = _compound_length(buf, p, end, -20 - rule)
    return n if p + n <= end else -1


@kernel
def _classification(buf: Bytes, p: Int, kind: Int) -> Int:
    """The first code of I048/030 that names a kind of target, else `kind`."""
    while True:
        code = _u8(buf, p) >> 1
        if code == 6 or code == 19 or code == 20 or code == 23 or code == 24:
            return code
        if not buf[p] & 1:
            return kind
        p += 1


@kernel
def _call_sign(buf: Bytes, p: Int) -> Int:
    """I048/240 as an identity key, or -1 when it is blank or holds a code that is no character."""
    key, seen = np.int64(0), False
    for k in range(8):
        bit = 6 * k
        code = (_u16(buf, p + bit // 8) >> (10 - bit % 8)) & 63 if bit // 8 < 5 else _u8(buf, p + 5) & 63
        if code == 0:
            code = 32  # some stations pad with zero instead of the blank
        if not (1 <= code <= 26 or code == 32 or 48 <= code <= 57):
            return -1
        seen = seen or code != 32
        key = (key << 6) | code
    return key | CALL_SIGN if seen else -1


@kernel
def _record_048(buf: Bytes, p: Int, end: Int, exercise: bool, f: Floats, g: Ints, row: Int) -> tuple[Int, Int]:
    """Reads one record into row `row`; (next octet or -1, reason why it is no row or -1). TIME holds the time of day."""
    bits, p = _fspec(buf, p, end, 4)
    if p < 0:
        return -1, BAD_FSPEC
    f[:, row] = np.nan
    g[:, row] = -1
    g[REPORT, row] = 0
    g[CLASS, row] = 0
    simulated, test, monitor, extended = False, False, False, False
    for k in range(28):
        if not bits >> (27 - k) & 1:
            continue
        n = _item_length(buf, p, end, _UAP_048[k])
        if n < 0:
            return -1, BAD_ITEM
        if k == 0:  # I048/010
            g[SENSOR, row] = _u16(buf, p)
        elif k == 1:  # I048/140
            f[TIME, row] = _u24(buf, p) / 128.0
        elif k == 2:  # I048/020
            if buf[p] >> 5 == 0:
                g[REPORT, row] = 1  # no detection: the position is extrapolated
            simulated = buf[p] >> 4 & 1 == 1
            monitor = buf[p] >> 1 & 1 == 1
            if n > 1:
                test = buf[p + 1] >> 7 == 1
                extended = buf[p + 1] >> 6 & 1 == 1
        elif k == 3:  # I048/040
            f[RANGE, row] = _u16(buf, p) * _RHO
            f[AZIMUTH, row] = _u16(buf, p + 2) * _ANGLE
        elif k == 5:  # I048/090: V and G must both be clear
            if buf[p] >> 6 == 0:
                f[ALT_PRESSURE, row] = _signed(_u16(buf, p), 14) * _HEIGHT
        elif k == 6:  # I048/130: PAM where given, else SAM
            q, present = p + 1, buf[p]
            for s in range(7):
                if present >> (7 - s) & 1:
                    if s == 2 or s == 4:
                        f[POWER, row] = _signed(_u8(buf, q), 8)
                    q += 1
        elif k == 7:  # I048/220: all zeros and all ones are no address
            address = _u24(buf, p)
            if 0 < address < 0xFFFFFF:
                g[IDENTITY, row] = address
        elif k == 8:  # I048/240
            if g[IDENTITY, row] < 0:
                g[IDENTITY, row] = _call_sign(buf, p)
        elif k == 10:  # I048/161
            g[TRACK_NUMBER, row] = _u16(buf, p) & 0xFFF
        elif k == 11:  # I048/042
            if math.isnan(f[RANGE, row]):
                x, y = _signed(_u16(buf, p), 16) * _XY, _signed(_u16(buf, p + 2), 16) * _XY
                f[RANGE, row] = math.sqrt(x * x + y * y)
                f[AZIMUTH, row] = math.degrees(math.atan2(x, y)) % 360.0
                g[REPORT, row] = 1  # calculated by the station's tracker
                extended = False
        elif k == 12:  # I048/200
            f[SPEED, row] = _u16(buf, p) * _GROUND_SPEED
            f[COURSE, row] = _u16(buf, p + 2) * _ANGLE
        elif k == 13:  # I048/170: SUP = kept alive by another station's track
            if n > 1 and buf[p + 1] >> 5 & 1:
                g[REPORT, row] = 1
        elif k == 15:  # I048/030
            g[CLASS, row] = _classification(buf, p, 0)
        elif k == 18:  # I048/110
            f[ALT_MSL, row] = _signed(_u16(buf, p), 14) * _HEIGHT
        elif k == 19 and buf[p] >> 7 and not buf[p + 1] >> 7:  # I048/120: CAL with D clear
            f[RATE, row] = _signed(_u16(buf, p + 1), 10)
        p += n
    reason = -1
    if g[SENSOR, row] < 0:
        reason = NO_SOURCE
    elif simulated and not exercise:
        reason = SIMULATED
    elif test:
        reason = TEST
    elif monitor:
        reason = MONITOR
    elif math.isnan(f[RANGE, row]):
        g[REPORT, row] = 2  # no place: it says something of a track (its end, its identity), and is no plot
    elif extended:
        reason = EXTENDED
    return p, reason


@kernel
def _part_status(octet: Int, overload: Int, off: Int) -> Int:
    """Bits of a PSR, SSR or Mode S part of I034/050 (ANT 1, CHAB 2, OVL 1, MSC 1)."""
    bits = 0
    if octet >> 4 & 1:
        bits |= overload
    if octet >> 5 & 3 == 0:
        bits |= off
    if octet >> 3 & 1:
        bits |= NO_MONITOR
    return bits


@kernel
def _configuration(buf: Bytes, p: Int) -> Int:
    """I034/050 as bits."""
    present, q, bits = _u8(buf, p), p + 1, 0
    if present & 0x80:
        c = _u8(buf, q)
        bits |= NOGO * (c >> 7) | RDP_RESET * (c >> 5 & 1) | RDP_OVERLOAD * (c >> 4 & 1) | SEND_OVERLOAD * (c >> 3 & 1)
        bits |= NO_MONITOR * (c >> 2 & 1) | BAD_CLOCK * (c >> 1 & 1)
        q += 1
    if present & 0x10:
        bits |= _part_status(_u8(buf, q), PSR_OVERLOAD, PSR_OFF)
        q += 1
    if present & 0x08:
        bits |= _part_status(_u8(buf, q), SSR_OVERLOAD, SSR_OFF)
        q += 1
    if present & 0x04:
        bits |= _part_status(_u8(buf, q), MODE_S_OVERLOAD, MODE_S_OFF)
        if buf[q] & 1 or buf[q + 1] >> 7:  # surveillance co-ordination, data link
            bits |= MODE_S_OVERLOAD
    return bits


@kernel
def _record_034(buf: Bytes, p: Int, end: Int, f: Floats, g: Ints, row: Int) -> tuple[Int, Int]:
    """As `_record_048`, for the status table."""
    bits, p = _fspec(buf, p, end, 2)
    if p < 0:
        return -1, BAD_FSPEC
    f[:, row] = np.nan
    g[:, row] = -1
    g[S_EVENT, row] = 0
    g[S_STATE, row] = UNKNOWN
    g[S_DETAIL, row] = 0
    for k in range(14):
        if not bits >> (13 - k) & 1:
            continue
        n = _item_length(buf, p, end, _UAP_034[k])
        if n < 0:
            return -1, BAD_ITEM
        if k == 0:  # I034/010
            g[S_SENSOR, row] = _u16(buf, p)
        elif k == 1:  # I034/000
            g[S_EVENT, row] = buf[p]
        elif k == 2:  # I034/030
            f[S_TIME, row] = _u24(buf, p) / 128.0
        elif k == 3:  # I034/020
            f[S_AZIMUTH, row] = buf[p] * (360.0 / 256)
        elif k == 4:  # I034/041
            f[S_PERIOD, row] = _u16(buf, p) / 128.0
        elif k == 5:  # I034/050
            told = _configuration(buf, p)
            g[S_DETAIL, row] = told
            g[S_STATE, row] = FAILED if told & NOGO else DEGRADED if told & _DEGRADED else OK
        p += n
    return p, (NO_SOURCE if g[S_SENSOR, row] < 0 else -1)


@kernel
def _complete(time_of_day: float, received: float, operator: bool, anchor: Floats) -> float:
    """UNIX time of a time of day: the day that puts it nearest to `received`; NaN where either is unknown.

    An operator's start time stands for a whole recording. So there the reference moves along: to any time that agrees
    with the one before it within a minute (one bad record does not move it), and never back.
    """
    if not time_of_day <= _DAY + 1:  # 24 bits reach 131,072 s; a leap second is 86,400.x
        return math.nan
    reference = anchor[0] if operator and anchor[0] > received else received
    if not abs(reference) < 1e12:  # unknown, or no time at all: floor of it would be no integer
        return math.nan
    time = math.floor((reference - time_of_day) / _DAY + 0.5) * _DAY + time_of_day
    if operator:
        if abs(time - anchor[1]) <= 60 and not anchor[0] >= time:
            anchor[0] = time
        anchor[1] = time
    return time


@kernel
def _block(
    buf: Bytes, p: Int, end: Int, received: float, offset: Int, operator: bool, exercise: bool, tables: Tables,
    size: Ints, counts: Ints, anchor: Floats,
) -> tuple[Int, Int]:  # fmt: skip
    """Rows of the 048 or 034 block [p, end), all or none; (reason of failure or -1, records begun)."""
    f, g, sf, sg = tables
    detections, status, first, last = size[0], size[1], anchor[0], anchor[1]
    before = counts.copy()
    category = buf[p]
    p += 3
    begun = 0
    while p < end:
        begun += 1
        if category == 48:
            row = size[0]
            p, reason = _record_048(buf, p, end, exercise, f, g, row)
            if reason < 0:
                f[TIME, row] = _complete(f[TIME, row], received, operator, anchor)
                f[RECEIVED, row] = received
                g[OFFSET, row] = offset
                size[0] += 1
        else:
            row = size[1]
            p, reason = _record_034(buf, p, end, sf, sg, row)
            if reason < 0:
                sf[S_TIME, row] = _complete(sf[S_TIME, row], received, operator, anchor)
                sf[S_RECEIVED, row] = received
                sg[S_OFFSET, row] = offset
                size[1] += 1
        if p < 0:
            size[0], size[1], anchor[0], anchor[1] = detections, status, first, last
            counts[:] = before
            return reason, begun
        if reason >= 0:
            counts[reason] += 1
    return -1, begun


@kernel
def read_datagrams(
    buf: Bytes, starts: Ints, ends: Ints, received: Floats, offsets: Ints, operator: bool, exercise: bool, tables: Tables,
    size: Ints, counts: Ints, categories: Ints, anchor: Floats,
) -> None:  # fmt: skip
    """Every payload is a datagram of whole blocks.

    buf (n,) uint8; starts, ends, received, offsets (payloads,); tables, size (2,) rows filled so far, counts
    (len(REASONS),), categories (256,) blocks of other categories, anchor (2,): see `_complete`.
    """
    for i in range(len(starts)):
        p, end = starts[i], ends[i]
        while p < end:
            if p + 3 > end:
                counts[TRUNCATED] += 1
                break
            length = _u16(buf, p + 1)
            if length < 3:
                counts[BAD_LENGTH] += 1
                break
            if p + length > end:
                counts[TRUNCATED] += 1
                break
            if buf[p] == 48 or buf[p] == 34:
                reason, begun = _block(
                    buf, p, p + length, received[i], offsets[i], operator, exercise, tables, size, counts, anchor
                )  # fmt: skip
                if reason >= 0:
                    counts[reason] += begun
            else:
                categories[buf[p]] += 1
            p += length


@kernel
def _plausible(buf: Bytes, p: Int, final: bool) -> Int:
    """1 when a block may begin at `p` (or the input ends there), 0 when not, -1 when that cannot be seen yet.

    Judged by an assigned category and by the first presence bit: every category that is in use begins with its data source.
    """
    if p == len(buf) and final:
        return 1
    if p + 4 > len(buf):
        return 0 if final else -1
    length = _u16(buf, p + 1)
    return 1 if ASSIGNED[buf[p]] and (length == 3 or (length > 3 and buf[p + 3] >= 128)) else 0


@kernel
def _plausible_twice(buf: Bytes, p: Int, final: bool) -> Int:
    """As `_plausible`, of the block at `p` and of what follows it."""
    found = _plausible(buf, p, final)
    if found != 1 or p == len(buf):
        return found
    p += _u16(buf, p + 1)
    if p > len(buf):
        return 0 if final else -1
    return _plausible(buf, p, final)


@kernel
def _regained(buf: Bytes, p: Int, final: bool, tables: Tables) -> Int:
    """As `_plausible`, for a stream that lost its step: a 048 or 034 block whose first record can be read, then a header."""
    if buf[p] != 48 and buf[p] != 34:
        return 0
    found = _plausible(buf, p, final)
    if found != 1:
        return found
    length = _u16(buf, p + 1)
    if length == 3:
        return 0
    if p + length > len(buf):
        return 0 if final else -1
    following = _plausible(buf, p + length, final)
    if following != 1:
        return following
    f, g, sf, sg = tables
    if buf[p] == 48:
        after, _ = _record_048(buf, p + 3, p + length, False, f, g, f.shape[1] - 1)
    else:
        after, _ = _record_034(buf, p + 3, p + length, sf, sg, sf.shape[1] - 1)
    return 0 if after < 0 else 1


@kernel
def read_stream(
    buf: Bytes, lost: bool, final: bool, starts: Ints, received: Floats, offsets: Ints, operator: bool, exercise: bool,
    tables: Tables, size: Ints, counts: Ints, categories: Ints, anchor: Floats,
) -> tuple[Int, bool]:  # fmt: skip
    """The whole buffer is one piece of a stream of blocks; (octets consumed, whether the stream is out of step).

    starts, received, offsets (payloads,): which payload each octet came with; a row's offset is its block's own place.
    A block whose records do not fit, or of another category, is believed only when a plausible header follows it; else
    the stream has lost its step (one `bad_length`) and is searched, octet by octet, for the next block to trust.
    """
    p, i, n = 0, 0, len(buf)
    while p < n:
        if lost:
            found = _regained(buf, p, final, tables)
            if found < 0:
                break
            if found == 0:
                p += 1
                continue
            lost = False
        length = _u16(buf, p + 1) if p + 3 <= n else 0x10000
        if p + length > n and not final:
            break
        if length < 3 or p + length > n:
            counts[BAD_LENGTH if length < 3 else TRUNCATED] += 1
            lost = True
            p += 1
            continue
        while i + 1 < len(starts) and starts[i + 1] <= p:
            i += 1
        ours = buf[p] == 48 or buf[p] == 34
        reason, begun = -1, 0
        if ours:
            reason, begun = _block(
                buf, p, p + length, received[i], offsets[i] + p - starts[i], operator, exercise, tables, size, counts, anchor
            )  # fmt: skip
        if not ours or reason >= 0:
            # a block of ours that fails most likely has a wrong length: one header by chance is no proof
            following = _plausible_twice(buf, p + length, final) if ours else _plausible(buf, p + length, final)
            if following < 0:
                break
            if following == 0:
                counts[BAD_LENGTH] += 1
                lost = True
                p += 1
                continue
            if reason >= 0:
                counts[reason] += begun
            else:
                categories[buf[p]] += 1
        p += length
    return p, lost


def new_tables(octets: int) -> tuple[Tables, Any]:
    """Empty tables that hold whatever `octets` octets can give, and the (2,) count of rows in them.

    The shortest record that becomes a detection has 7 octets (FSPEC, I048/010, I048/040), a status row 3. One row
    more is for the record that is being read, one for `_regained`. Untouched pages cost nothing.
    """
    detections, status = octets // 7 + 2, octets // 3 + 2
    tables = (
        np.empty((10, detections)), np.empty((6, detections), np.int64), np.empty((4, status)), np.empty((5, status), np.int64),
    )  # fmt: skip
    return tables, np.zeros(2, np.int64)
