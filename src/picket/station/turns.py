"""Between transport and decoder: what arrives within a few milliseconds is decoded together, and nothing is decoded for long.

A call of a decoder costs a few hundred microseconds whatever it is given, so a feed's datagrams are gathered (the first one after
a pause goes at once). A burst is cut into pieces with the loop's turn in between, so that no callback computes for long; where a
piece takes longer than it should, because its format is a slow one, the next ones are smaller.

One payload is never cut: a receiver's JSON of 10,000 aircraft is decoded in one call, which takes some 60 ms.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import deque
from collections.abc import Callable, Iterator

import numpy as np

from picket.feed import Chunk
from picket.feed.transport import MOST_BYTES

GATHER_S = 0.02
PIECE_BYTES = 32 * 1024  # decoded between two turns of the loop: 1 to 2 ms of ASTERIX, Remote ID or SBS
PIECE_PAYLOADS = 128
LONG_S, SHORT_S = 0.005, 0.001  # a piece that took longer halves the next ones, one that was done sooner doubles them
MOST_HALVED = 5  # times: pieces of 1 KiB and 4 payloads


class Gather:
    """Hands on chunks at most every GATHER_S; what comes meanwhile is joined and goes together.

    Never holds more than one chunk's bytes (MOST_BYTES): what would be more goes on at once. So does the last chunk of a peer, with
    all that waits: what its decoder answers must be written before the transport closes the line.
    """

    def __init__(self, deliver: Callable[..., None]) -> None:
        """deliver: takes any number of chunks."""
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
        if chunk.closes or self._bytes >= MOST_BYTES or self._loop.time() >= self._free_at:
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
            self._deliver(*joined(held))


def joined(chunks: list[Chunk]) -> list[Chunk]:
    """The chunks with neighbours of one source made one; one that closes stays alone."""
    found: list[Chunk] = []
    run: list[Chunk] = []
    for chunk in chunks:
        if run and (chunk.closes or not _follows(run[-1], chunk)):
            found.append(_one(run))
            run = []
        if chunk.closes:
            found.append(chunk)
        else:
            run.append(chunk)
    return [*found, _one(run)] if run else found


def _follows(before: Chunk, chunk: Chunk) -> bool:
    """True when the chunk is the next one of the same source; of a stream, when no byte is missing between them."""
    same = (chunk.source, chunk.link, chunk.time_source) == (before.source, before.link, before.time_source)
    same = same and chunk.reply is before.reply
    if not same or chunk.link != "stream":
        return same
    one = chunk.starts.size == before.starts.size == 1
    return one and int(before.offsets[0]) + len(before.data) == int(chunk.offsets[0])


def _one(chunks: list[Chunk]) -> Chunk:
    if len(chunks) == 1:
        return chunks[0]
    if chunks[0].link == "stream":  # its cut points mean nothing: one span, which may be cut anywhere
        data = b"".join(c.data for c in chunks)
        ends, received = np.array([len(data)], np.int64), chunks[-1].received
        return dataclasses.replace(chunks[0], data=data, ends=ends, received=received)
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

    def __init__(self, decode: Callable[[Chunk], None], clock: Callable[[], float] = time.perf_counter) -> None:
        self._decode, self._clock = decode, clock
        self._waiting: deque[Chunk] = deque()
        self._halved = 0
        self._comes = False  # a turn of ours is in the loop's queue
        self._loop = asyncio.get_running_loop()

    def deliver(self, *chunks: Chunk) -> None:
        """Takes chunks and decodes their first piece; up to a chunk that closes, all."""
        self.finish()
        for chunk in chunks:
            self._waiting.extend(pieces(chunk))
            if chunk.closes:
                self.finish()
        self._step()

    def _turn(self) -> None:
        self._comes = False
        self._step()

    def _step(self) -> None:
        """Decodes the next piece, and asks for another turn where more wait."""
        if not self._waiting:
            return
        piece, *rest = pieces(self._waiting.popleft(), self._halved)
        self._waiting.extendleft(reversed(rest))
        if self._waiting and not self._comes:
            self._comes = True
            self._loop.call_soon(self._turn)
        begun = self._clock()
        self._decode(piece)
        took = self._clock() - begun
        if took > LONG_S:
            self._halved = min(self._halved + 1, MOST_HALVED)
        elif took < SHORT_S:
            self._halved = max(self._halved - 1, 0)

    def finish(self) -> None:
        """Decodes what still waits."""
        while self._waiting:
            self._decode(self._waiting.popleft())


def pieces(chunk: Chunk, halved: int = 0) -> Iterator[Chunk]:
    """The chunk cut between payloads, and in a stream's bytes anywhere, into pieces that are decoded in a few milliseconds.

    Every piece can be answered as the chunk can; only the last one `closes`. halved: how many times the pieces are half as large.
    """
    n, most_bytes, most_payloads = chunk.starts.size, PIECE_BYTES >> halved, PIECE_PAYLOADS >> halved
    if n == 0 and chunk.closes:
        yield chunk
    if chunk.link == "stream" and n == 1:
        for at in range(0, max(len(chunk.data), int(chunk.closes)), most_bytes):
            part = chunk.data[at : at + most_bytes]
            ends, closes = np.array([len(part)], np.int64), chunk.closes and at + most_bytes >= len(chunk.data)
            yield dataclasses.replace(chunk, data=part, ends=ends, offsets=chunk.offsets + at, closes=closes)
        return
    first = 0
    while first < n:
        room = int(np.searchsorted(chunk.ends, chunk.starts[first] + most_bytes, "right"))
        last = max(first + 1, min(room, first + most_payloads, n))
        begin, rows = int(chunk.starts[first]), slice(first, last)
        yield dataclasses.replace(
            chunk, data=chunk.data[begin : int(chunk.ends[last - 1])], starts=chunk.starts[rows] - begin,
            ends=chunk.ends[rows] - begin, received=chunk.received[rows], offsets=chunk.offsets[rows],
            closes=chunk.closes and last == n,
        )  # fmt: skip
        first = last
