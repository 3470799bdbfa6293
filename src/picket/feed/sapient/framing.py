"""SAPIENT's framing: each message is preceded by its length, four bytes, least significant first. A stream of bytes -> messages.

The framing has no mark to find it again by. A length that cannot be one, or bytes that are no message, therefore start a search for
what begins like a frame: a plausible length, then a timestamp (field 1, which the standard demands and every protobuf writer puts first)
and a node_id (field 2). The first such place whose whole frame can be parsed ends it. What was passed over is counted once:

    bad_length         a length of 0 or 1, or one that is followed by no field of SapientMessage
    oversized_message  a length above 256 KiB (LONGEST: a registration has a few, and a parser needs some ms for more)
    bad_message        the frame is no protobuf message, or no SAPIENT message with a node_id
    truncated          the stream ends inside a frame

A sender decides the bytes, so the search is bounded: frames that fail in it cost at most eight times the bytes that went by, and each one
counts as 2048 bytes more. Beyond that, what failed is stepped over at once. None of it depends on where the stream was cut into chunks.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from picket.feed.format import Chunk

LONGEST = 256 * 1024
_HEADER = 4
_LENGTH = struct.Struct("<I")
_FIRST = frozenset(number << 3 | 2 for number in range(1, 14))  # the tags of SapientMessage's fields: all are length-delimited
_TAG_TIMESTAMP, _TAG_NODE_ID = 0x0A, 0x12
# A length below 2**18 and a timestamp of at most 22 bytes (two numbers of 1 + 10; usually 11 in all).
_LOOKS_LIKE = re.compile(rb"..[\x00-\x03]\x00\x0a[\x00-\x16]", re.DOTALL)
_LOOK = 6
_FREE, _SHARE = 1 << 20, 8  # bytes of failed frames that a search may parse: once, and for each byte that went by
_TRY = 2048  # bytes that every failed frame counts for besides its own: some microseconds


class Found(NamedTuple):
    """A message, when its last byte arrived (UNIX seconds, NaN unknown), and the byte offset of its length in the source."""

    message: Any
    received: float
    offset: int


class Framer:
    """Cuts one stream into messages; holds back at most one unfinished frame.

    parse: the message of a frame's bytes, or None where they are none.
    """

    def __init__(self, parse: Callable[[bytes], Any | None]) -> None:
        self._parse = parse
        self._held = bytearray()
        self._held_offset = 0
        self._seeking = False
        self._passed = 0  # bytes of the stream that are done with
        self._spent = 0  # bytes of frames that failed in searches

    def take(self, chunk: Chunk, left_out: Counter[str]) -> Iterator[Found]:
        """The messages that end in this chunk."""
        spans = zip(chunk.starts.tolist(), chunk.ends.tolist(), chunk.received.tolist(), chunk.offsets.tolist(), strict=True)
        for start, end, received, offset in spans:
            before = len(self._held)
            if not before:
                self._held_offset = offset
            self._held += chunk.data[start:end]
            yield from self._cut(before, received, offset, left_out, ended=False)

    def finish(self, left_out: Counter[str]) -> Iterator[Found]:
        """The end of the stream: messages that lie behind one that will not be complete any more."""
        if self._held:
            yield from self._cut(len(self._held), float("nan"), 0, left_out, ended=True)
        self._held = bytearray()

    def _cut(self, before: int, received: float, offset: int, left_out: Counter[str], *, ended: bool) -> Iterator[Found]:
        """Messages of what is held; its first `before` bytes were there already, the others begin at `offset` in the source."""
        held, at = self._held, 0
        while True:
            if self._seeking:
                at = self._seek(at, ended)
            size, reason = self._size(at)
            if reason:
                left_out[reason] += 1
                self._seeking, at = True, at + 1
                continue
            if not size or at + size > len(held):  # not all there yet
                if not ended:
                    break
                if not self._seeking and at < len(held):
                    left_out["truncated"] += 1
                if at >= len(held):
                    break
                self._seeking, at = True, at + 1
                continue
            message = self._parse(bytes(held[at + _HEADER : at + size]))
            if message is not None:
                place = self._held_offset + at if at < before else offset + at - before
                yield Found(message, received, place)
                self._seeking, at = False, at + size
            elif self._seeking:
                self._spent += size + _TRY
                affordable = self._spent <= _FREE + _SHARE * (self._passed + at)
                at += 1 if affordable else max(size, _TRY // _SHARE)
            else:
                left_out["bad_message"] += 1
                self._seeking, at = True, at + 1
        if at:
            self._held_offset = self._held_offset + at if at < before else offset + at - before
            self._passed += at
            del held[:at]

    def _size(self, at: int) -> tuple[int, str]:
        """(length of the frame at `at` with its header, 0 where too little is there to know; why it cannot be one)."""
        held = self._held
        if at + _HEADER >= len(held):
            return 0, ""
        length = _LENGTH.unpack_from(held, at)[0]
        if length > LONGEST:
            return 0, "" if self._seeking else "oversized_message"
        if length < 2 or held[at + _HEADER] not in _FIRST:
            return 0, "" if self._seeking else "bad_length"
        return length + _HEADER, ""

    def _seek(self, at: int, ended: bool) -> int:
        """The next place at or after `at` that looks like a frame, or the first that might once more bytes are there."""
        held = self._held
        while (found := _LOOKS_LIKE.search(held, at)) is not None:
            at = found.start()
            node_id = at + _LOOK + held[at + _LOOK - 1]
            length = _LENGTH.unpack_from(held, at)[0]
            if length >= 2 and (node_id >= len(held) or held[node_id] == _TAG_NODE_ID):
                return at
            at += 1
        return len(held) if ended else max(at, len(held) - _LOOK + 1)
