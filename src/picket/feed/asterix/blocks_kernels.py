"""ASTERIX data blocks on datagrams and streams: which reader reads them, and where its rows go.

    block    CAT (1) LEN (2, big endian, counts itself and CAT)  record record ...

Why a block is all or nothing: items have no tags and records no lengths, so one wrong bit shifts all that follows it until
an item runs past the block's end. Where a record fails, the ones before it may already have been read askew; so a block
gives rows only when its last record ends on its last octet. (An edition mismatch shows as failing blocks, not as ghosts.)

Every loop moves forward by at least one octet and no record can be longer than its block, so the cost is linear in the
bytes whatever they hold. Reads are checked against the block's end before they happen.

A new category: import its reader, add two lines to `_block`, and one to `CATEGORIES` in categories.py.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from picket._jit import kernel
from picket.feed.asterix import layout_kernels as k
from picket.feed.asterix.cat015_kernels import record_015
from picket.feed.asterix.cat021_kernels import record_021
from picket.feed.asterix.cat034_kernels import record_034
from picket.feed.asterix.cat048_kernels import record_048
from picket.feed.asterix.cat062_kernels import record_062
from picket.feed.asterix.cat065_kernels import record_065
from picket.feed.asterix.cat129_kernels import record_129
from picket.feed.asterix.items_kernels import MOST_ITEMS, u16
from picket.feed.asterix.layout_kernels import Bytes, Floats, Int, Ints

# Of detections, then of status rows: floats (columns, rows), integers (columns, rows), and which of their columns are in use.
Tables = tuple[Floats, Ints, Any, Any, Floats, Ints, Any, Any]
# What a reader works in: places of items and of subfields, then a detection's and a status row's floats and integers.
Scratch = tuple[Ints, Ints, Floats, Ints, Floats, Ints]

_DAY = 86400.0

# Categories that EUROCONTROL has assigned: what a block's first octet may be when a stream is searched for its next header.
ASSIGNED = np.zeros(256, np.bool_)
ASSIGNED[[1, 2, 3, 4, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19, 20, 21, 23, 25, 30, 32, 34, 48, 62, 63, 65]] = True
ASSIGNED[[129, 150, 205, 240, 247, 252, 253]] = True


@kernel
def _is_status(category: Int) -> bool:
    """Whether a category's records are rows of the status table."""
    return bool(category == 34 or category == 65)


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
def _store(f: Floats, g: Ints, row: Int, floats: Floats, ints: Ints, floats_used: Any, ints_used: Any) -> None:
    """Moves a row to its table. A column is in use from the first row that fills it; until then nobody touches its memory."""
    for c in range(len(f)):
        if not floats_used[c]:
            if math.isnan(f[c]):
                continue
            floats_used[c] = True
            floats[c, :row] = math.nan
        floats[c, row] = f[c]
    for c in range(len(g)):
        if not ints_used[c]:
            if g[c] < 0:
                continue
            ints_used[c] = True
            ints[c, :row] = -1
        ints[c, row] = g[c]


@kernel
def _block(
    buf: Bytes, p: Int, end: Int, received: float, offset: Int, operator: bool, exercise: bool, trial: bool, editions: Ints,
    tables: Tables, scratch: Scratch, size: Ints, counts: Ints, anchor: Floats,
) -> tuple[Int, Int]:  # fmt: skip
    """Rows of the block [p, end), whose category is read, all or none; (reason of failure or -1, records begun).

    trial: only whether its first record can be read; nothing is stored or counted.
    """
    at, sub, f, g, status_f, status_g = scratch
    floats, ints, floats_used, ints_used, status_floats, status_ints, status_floats_used, status_ints_used = tables
    category = np.int64(buf[p])
    edition, table = editions[category], 0
    if _is_status(category):
        f, g, table = status_f, status_g, 1
        floats, ints, floats_used, ints_used = status_floats, status_ints, status_floats_used, status_ints_used
    rows, first, last = size[table], anchor[0], anchor[1]
    before = counts.copy()
    p += 3
    begun = 0
    while p < end:
        begun += 1
        f[:] = math.nan
        g[:] = -1
        # one place for all of them, in this very function: each further level would be compiled with all readers in it
        if category == 48:
            p, reason = record_048(buf, p, end, edition, exercise, at, sub, f, g)
        elif category == 62:
            p, reason = record_062(buf, p, end, edition, exercise, at, sub, f, g)
        elif category == 21:
            p, reason = record_021(buf, p, end, edition, exercise, at, sub, f, g)
        elif category == 34:
            p, reason = record_034(buf, p, end, edition, exercise, at, sub, f, g)
        elif category == 65:
            p, reason = record_065(buf, p, end, edition, exercise, at, sub, f, g)
        elif category == 15:
            p, reason = record_015(buf, p, end, edition, exercise, at, sub, f, g)
        else:
            p, reason = record_129(buf, p, end, edition, exercise, at, sub, f, g)
        if trial:
            return (reason if p < 0 else -1), begun
        if p < 0:
            size[table], anchor[0], anchor[1] = rows, first, last
            counts[:] = before
            return reason, begun
        if reason == k.ROW:  # TIME, RECEIVED and OFFSET have the same places in both tables
            f[k.TIME] = _complete(f[k.TIME], received, operator, anchor)
            f[k.RECEIVED] = received
            g[k.OFFSET] = offset
            _store(f, g, size[table], floats, ints, floats_used, ints_used)
            size[table] += 1
        else:
            counts[reason] += 1
    return -1, begun


@kernel
def read_datagrams(
    buf: Bytes, starts: Ints, ends: Ints, received: Floats, offsets: Ints, operator: bool, exercise: bool, editions: Ints,
    tables: Tables, scratch: Scratch, size: Ints, counts: Ints, categories: Ints, anchor: Floats,
) -> None:  # fmt: skip
    """Every payload is a datagram of whole blocks.

    buf (n,) uint8; starts, ends, received, offsets (payloads,); editions (256,) of each category, -1 when it is not read;
    tables, scratch; size (2,) rows filled so far, counts (len(REASONS),), categories (256,) blocks of other categories,
    anchor (2,): see `_complete`.
    """
    for i in range(len(starts)):
        p, end = starts[i], ends[i]
        while p < end:
            if p + 3 > end:
                counts[k.TRUNCATED] += 1
                break
            length = u16(buf, p + 1)
            if length < 3:
                counts[k.BAD_LENGTH] += 1
                break
            if p + length > end:
                counts[k.TRUNCATED] += 1
                break
            if editions[buf[p]] >= 0:
                reason, begun = _block(
                    buf, p, p + length, received[i], offsets[i], operator, exercise, False, editions, tables, scratch, size, counts,
                    anchor,
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
    length = u16(buf, p + 1)
    return 1 if ASSIGNED[buf[p]] and (length == 3 or (length > 3 and buf[p + 3] >= 128)) else 0


@kernel
def _plausible_twice(buf: Bytes, p: Int, final: bool) -> Int:
    """As `_plausible`, of the block at `p` and of what follows it."""
    found = _plausible(buf, p, final)
    if found != 1 or p == len(buf):
        return found
    p += u16(buf, p + 1)
    if p > len(buf):
        return 0 if final else -1
    return _plausible(buf, p, final)


@kernel
def _may_regain(buf: Bytes, p: Int, final: bool, editions: Ints) -> Int:
    """As `_plausible`, for a stream that lost its step: a whole block of a category that is read, then a header.

    Whether its first record can be read is left to `_block`.
    """
    if editions[buf[p]] < 0:
        return 0
    found = _plausible(buf, p, final)
    if found != 1:
        return found
    length = u16(buf, p + 1)
    if length == 3:
        return 0
    if p + length > len(buf):
        return 0 if final else -1
    return _plausible(buf, p + length, final)


@kernel
def read_stream(
    buf: Bytes, lost: bool, final: bool, starts: Ints, received: Floats, offsets: Ints, operator: bool, exercise: bool,
    editions: Ints, tables: Tables, scratch: Scratch, size: Ints, counts: Ints, categories: Ints, anchor: Floats,
) -> tuple[Int, bool]:  # fmt: skip
    """The whole buffer is one piece of a stream of blocks; (octets consumed, whether the stream is out of step).

    starts, received, offsets (payloads,): which payload each octet came with; a row's offset is its block's own place.
    A block whose records do not fit, or of a category that is not read, is believed only when a plausible header follows it;
    else the stream has lost its step (one `bad_length`) and is searched, octet by octet, for the next block to trust. A sender
    could make every octet begin a long block that fails at its end; so after a multiple of the input such blocks are skipped.
    """
    p, i, n = 0, 0, len(buf)
    patience = 16 * n + (1 << 20)
    while p < n:
        if lost:
            found = _may_regain(buf, p, final, editions)
            if found < 0:
                break
            if found == 0:
                p += 1
                continue
        length = u16(buf, p + 1) if p + 3 <= n else 0x10000
        if p + length > n and not final:
            break
        if length < 3 or p + length > n:
            counts[k.BAD_LENGTH if length < 3 else k.TRUNCATED] += 1
            lost = True
            p += 1
            continue
        while i + 1 < len(starts) and starts[i + 1] <= p:
            i += 1
        ours = editions[buf[p]] >= 0
        reason, begun = -1, 0
        if ours:
            reason, begun = _block(
                buf, p, p + length, received[i], offsets[i] + p - starts[i], operator, exercise, lost, editions, tables, scratch,
                size, counts, anchor,
            )  # fmt: skip
        if lost:  # that was a trial
            if reason >= 0:
                p += 1
            lost = reason >= 0
            continue
        if not ours or reason >= 0:
            # a block of ours that fails most likely has a wrong length: one header by chance is no proof
            following = _plausible_twice(buf, p + length, final) if ours else _plausible(buf, p + length, final)
            if following < 0:
                break
            if following == 0:
                counts[k.BAD_LENGTH] += 1
                lost = True
                patience -= length if ours else 0
                p += 1 if patience > 0 else length
                continue
            if reason >= 0:
                counts[reason] += begun
            else:
                categories[buf[p]] += 1
        p += length
    return p, lost


def new_tables(octets: int) -> tuple[Tables, Any]:
    """Empty tables that hold whatever `octets` octets can give, and the (2,) count of rows in them.

    The shortest record that becomes a row has 3 octets (FSPEC and data source). Untouched pages cost nothing.
    """
    rows = octets // 3 + 1
    tables = (
        np.empty((len(k.FLOATS), rows)), np.empty((k.INTS, rows), np.int64), np.zeros(len(k.FLOATS), np.bool_), np.zeros(k.INTS, np.bool_),
        np.empty((len(k.STATUS_FLOATS), rows)), np.empty((k.STATUS_INTS, rows), np.int64), np.zeros(len(k.STATUS_FLOATS), np.bool_),
        np.zeros(k.STATUS_INTS, np.bool_),
    )  # fmt: skip
    return tables, np.zeros(2, np.int64)


def new_scratch() -> Scratch:
    """What the readers work in."""
    return (
        np.empty(MOST_ITEMS, np.int64), np.empty(MOST_ITEMS, np.int64), np.empty(len(k.FLOATS)), np.empty(k.INTS, np.int64),
        np.empty(len(k.STATUS_FLOATS)), np.empty(k.STATUS_INTS, np.int64),
    )  # fmt: skip
