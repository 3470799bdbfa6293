"""Between transport and decoder: what arrives within a few milliseconds is decoded together, and nothing is decoded for long.

A call of a decoder costs a few hundred microseconds whatever it is given, so a feed's datagrams are gathered (the first one after
a pause goes at once). A burst is cut into pieces with the loop's turn in between, so that no callback computes for long.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import deque
from collections.abc import Callable, Iterator

import numpy as np

from picket.feed import Chunk
from picket.feed.transport import MOST_BYTES

GATHER_S = 0.02
PIECE_BYTES = 32 * 1024  # decoded between two turns of the loop: 1 to 2 ms of ASTERIX, Remote ID or SBS
PIECE_PAYLOADS = 128


class Gather:
    """Hands on at most one chunk every GATHER_S; what comes meanwhile is joined to the next one.

    Never holds more than one chunk's bytes (MOST_BYTES): what would be more goes on at once.
    """

    def __init__(self, deliver: Callable[[Chunk], None]) -> None:
        self._deliver = deliver
        self._held: list[Chunk] = []
        self._bytes = 0
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._free_at = float("-inf")  # by the loop's clock: when the next chunk may go at once

    def deliver(self, chunk: Chunk) -> None:
        """Takes a chunk: it goes on now, or with the next ones."""
        self._held.append(chunk)
        self._bytes += len(chunk.data)
        if self._bytes >= MOST_BYTES or self._loop.time() >= self._free_at:
            self.flush()
        elif self._timer is None:
            self._timer = self._loop.call_at(self._free_at, self.flush)

    def flush(self) -> None:
        """Hands on what is held."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        held, self._held, self._bytes = self._held, [], 0
        if held:
            self._free_at = self._loop.time() + GATHER_S
        for chunk in joined(held):
            self._deliver(chunk)


def joined(chunks: list[Chunk]) -> list[Chunk]:
    """The chunks with neighbours of one source made one; one that can be answered or closes stays alone."""
    found: list[Chunk] = []
    run: list[Chunk] = []
    for chunk in chunks:
        alone = chunk.closes or chunk.reply is not None
        if run and (alone or not _follows(run[-1], chunk)):
            found.append(_one(run))
            run = []
        if alone:
            found.append(chunk)
        else:
            run.append(chunk)
    return [*found, _one(run)] if run else found


def _follows(before: Chunk, chunk: Chunk) -> bool:
    """True when the chunk is the next one of the same source; of a stream, when no byte is missing between them."""
    same = (chunk.source, chunk.link, chunk.time_source) == (before.source, before.link, before.time_source)
    if not same or chunk.link != "stream":
        return same
    one = chunk.starts.size == before.starts.size == 1
    return one and int(before.offsets[0]) + len(before.data) == int(chunk.offsets[0])


def _one(chunks: list[Chunk]) -> Chunk:
    if len(chunks) == 1:
        return chunks[0]
    if chunks[0].link == "stream":  # its cut points mean nothing: one span, which may be cut anywhere
        data, last = b"".join(c.data for c in chunks), chunks[-1]
        return Chunk.one(
            data, received=float(last.received[-1]), offset=int(chunks[0].offsets[0]), source=last.source, link="stream",
            time_source=last.time_source,
        )  # fmt: skip
    lengths = np.array([len(c.data) for c in chunks], np.int64)
    before = np.cumsum(lengths) - lengths
    return dataclasses.replace(
        chunks[0],
        data=b"".join(c.data for c in chunks),
        starts=np.concatenate([c.starts + at for c, at in zip(chunks, before.tolist(), strict=True)]),
        ends=np.concatenate([c.ends + at for c, at in zip(chunks, before.tolist(), strict=True)]),
        received=np.concatenate([c.received for c in chunks]),
        offsets=np.concatenate([c.offsets for c in chunks]),
    )


class Turns:
    """Decodes what a transport delivers piece by piece, with the loop's turn in between: no callback computes for long.

    Under a flood the next chunk comes before the last one is done: the rest of that is decoded first then, so that never more
    than one chunk waits (a transport's chunk is bounded) and nothing is left out here.
    """

    def __init__(self, decode: Callable[[Chunk], None]) -> None:
        self._decode = decode
        self._waiting: deque[Chunk] = deque()
        self._loop = asyncio.get_running_loop()

    def deliver(self, chunk: Chunk) -> None:
        """Takes a chunk and decodes its first piece."""
        self.finish()
        self._waiting.extend(pieces(chunk))
        self._turn()

    def _turn(self) -> None:
        if self._waiting:
            piece = self._waiting.popleft()
            if self._waiting:
                self._loop.call_soon(self._turn)
            self._decode(piece)

    def finish(self) -> None:
        """Decodes what still waits."""
        while self._waiting:
            self._decode(self._waiting.popleft())


def pieces(chunk: Chunk) -> Iterator[Chunk]:
    """The chunk cut between payloads, and in a stream's bytes anywhere, into pieces that are decoded in a few milliseconds.

    Every piece can be answered as the chunk can; only the last one `closes`.
    """
    n = chunk.starts.size
    if n == 0 and chunk.closes:
        yield chunk
    if chunk.link == "stream" and n == 1:
        for at in range(0, max(len(chunk.data), int(chunk.closes)), PIECE_BYTES):
            part = chunk.data[at : at + PIECE_BYTES]
            ends, closes = np.array([len(part)], np.int64), chunk.closes and at + PIECE_BYTES >= len(chunk.data)
            yield dataclasses.replace(chunk, data=part, ends=ends, offsets=chunk.offsets + at, closes=closes)
        return
    first = 0
    while first < n:
        room = int(np.searchsorted(chunk.ends, chunk.starts[first] + PIECE_BYTES, "right"))
        last = max(first + 1, min(room, first + PIECE_PAYLOADS, n))
        begin, rows = int(chunk.starts[first]), slice(first, last)
        yield dataclasses.replace(
            chunk, data=chunk.data[begin : int(chunk.ends[last - 1])], starts=chunk.starts[rows] - begin,
            ends=chunk.ends[rows] - begin, received=chunk.received[rows], offsets=chunk.offsets[rows],
            closes=chunk.closes and last == n,
        )  # fmt: skip
        first = last
