"""One pass over Beast frames: steps, escapes and types, and the long Mode S messages that may be ADS-B with their times.

The states that go on from one piece of a stream to the next: skipping (bytes are passed over until a frame begins) and the
clock. An unfinished frame is not decoded: `rest` says where it begins.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel
from picket.feed.adsb.beast_clock_kernels import MLAT, advance, arrival_time, day_time, unfold

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Int = Any

REASONS = (
    "lost_step", "cut_frame", "truncated", "mode_ac", "receiver_status", "other_frame", "other_downlink_format", "clock_step",
)  # fmt: skip
_LOST, _CUT, _TRUNCATED, _MODE_AC, _STATUS, _OTHER, _FORMAT, _STEP = range(8)
LONGEST = 2 + 2 * 21  # bytes of a frame in which every byte is escaped
_ESCAPE = 0x1A
_HEAD = 7  # counter and signal level
_KNOWN = np.zeros(256, np.bool_)
_KNOWN[[0x35, 0x48, 0x50, 0x57, 0xE3, 0xE4, 0xE8]] = True  # '5' 'H' 'P' 'W' and readsb's receiver id, UUID and time: no messages
TICK, FIRST, CLOCK = range(3)  # CLOCK: 0 the counter gave no time, 1 it did, 2 the position is from multilateration


@kernel
def body_length(kind: Int) -> Int:
    """Bytes after the head of a frame of a type with messages, -1 of any other."""
    if kind == 0x31:
        return 2
    if kind == 0x32:
        return 7
    return 14 if kind == 0x33 else -1


@kernel
def read_frames(
    data: Bytes, starts: Ints, ends: Ints, whole: bool, ends_of: Ints, times: Floats,
    skipping: Ints, clock_number: Ints, clock_value: Floats, rate: float, gps: bool, start: float,
) -> tuple[Bytes, Ints, Floats, Ints, int]:  # fmt: skip
    """Messages (n, 14) of formats 17 and 18, unchecked; their TICK, FIRST byte and CLOCK (3, n); seconds, time and received
    (3, n); counts by REASONS; where an unfinished frame begins.

    whole  spans are datagrams: what they begin they end
    start  when a recording's first frame came; NaN where `times` say when which byte arrived
    """
    started = not np.isnan(start)
    most = 1 + len(starts)
    for i in range(len(starts)):
        most += (ends[i] - starts[i]) // 23
    message, at, when = np.empty((most, 14), np.uint8), np.empty((3, most), np.int64), np.empty((3, most))
    counts, n, part = np.zeros(len(REASONS), np.int64), 0, 0
    body = np.empty(_HEAD + 14, np.uint8)
    rest = ends[-1] if len(ends) else 0
    for i in range(len(starts)):
        p, end = starts[i], ends[i]
        if whole:
            skipping[0] = 0
        while p < end:
            if data[p] != _ESCAPE:
                counts[_LOST] += 1 - skipping[0]
                skipping[0] = 1
                p += 1
                continue
            begin = p
            if p + 1 == end:
                counts[_TRUNCATED] += whole
                rest = begin
                break
            kind = np.int64(data[p + 1])
            length = body_length(kind)
            if length < 0:
                if kind == 0x34:
                    counts[_STATUS] += 1
                elif _KNOWN[kind]:
                    counts[_OTHER] += 1
                else:  # an escaped byte (a step lost inside a frame) or no type at all
                    counts[_LOST] += 1 - skipping[0]
                skipping[0] = 1  # their lengths vary: on to the next frame
                p += 2
                continue
            p, filled, cut = _body(data, begin + 2, end, body, _HEAD + length)
            if cut:
                counts[_CUT] += 1
                skipping[0] = 0
                continue
            if filled < _HEAD + length:
                counts[_TRUNCATED] += whole
                rest = begin
                break
            skipping[0] = 0
            while part + 1 < len(ends_of) and ends_of[part] < p:
                part += 1
            received, raw = times[part], np.int64(0)
            for k in range(6):
                raw = raw << 8 | np.int64(body[k])
            tick = unfold(raw, gps)
            seconds, sound, moved = advance(tick, np.nan if started else received, gps, rate, clock_number, clock_value)
            counts[_STEP] += moved
            if started:
                time = start + seconds if sound else np.nan
            else:
                time = arrival_time(seconds, sound, moved, received, clock_value)
            if gps and sound:
                time = day_time(tick, time)
            if kind == 0x31:
                counts[_MODE_AC] += 1
            elif kind == 0x32 or body[_HEAD] >> 3 < 17 or body[_HEAD] >> 3 > 18:
                counts[_FORMAT] += 1
            else:
                for k in range(14):
                    message[n, k] = body[_HEAD + k]
                at[TICK, n], at[FIRST, n] = tick, begin
                at[CLOCK, n] = 2 if raw == MLAT else 1 if sound else 0
                when[0, n], when[1, n], when[2, n] = seconds, time, time if started else received
                n += 1
    return message[:n].copy(), at[:, :n].copy(), when[:, :n].copy(), counts, rest


@kernel
def _body(data: Bytes, p: Int, end: Int, body: Bytes, length: Int) -> tuple[int, int, bool]:
    """Copies a frame's bytes without their escapes: the position after them, how many there are, whether a new frame cut it."""
    filled = 0
    while filled < length and p < end:
        byte = data[p]
        if byte == _ESCAPE:
            if p + 1 == end:
                return p, filled, False
            if data[p + 1] != _ESCAPE:
                return p, filled, True
            p += 1
        body[filled] = byte
        filled += 1
        p += 1
    return p, filled, False
