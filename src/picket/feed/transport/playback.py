"""A recording as a live feed: its payloads are delivered at the pace at which they were received, or `speed` times faster.

The chunks keep their recorded receive times (nothing is re-stamped), so a station that plays a recording sees what the station
that recorded it saw; its rows belong to `origin` replay, which is for whoever builds the decoder to say (Options.origin).

    pcap, pcapng                  paced by the packets' times
    detection tables              paced by `received`, else `time`; each row becomes a payload of one JSON line (format "table")
    byte streams (no times)       delivered without a pause; `?start=` gives their date, as --start does

Reading and unpacking run in a thread of their own; at most 512 payloads or 256 KiB are delivered between two turns of
the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import BinaryIO

import numpy as np

from picket.feed import jsonlines, pcap, table
from picket.feed.format import Chunk
from picket.feed.transport import MOST_BYTES, MOST_PAYLOADS, Address, Clock, Deliver, LinkHealth, wait
from picket.words import DETECTION, TableError

LONGEST_WAIT_S = 0.25  # so that a stop is noticed
_BLOCK = 1 << 18

Sleep = Callable[[asyncio.Event, float], Awaitable[bool]]


async def run(
    address: Address, deliver: Deliver, link: LinkHealth, clock: Clock, stop: asyncio.Event, *, sleep: Sleep = wait
) -> None:
    """Plays the file once, until its end or `stop`. sleep: how to wait (tests give one that moves their clock)."""
    speed = float(address.options.get("speed", 1.0))
    try:
        file = await asyncio.to_thread(open, address.path, "rb")
    except OSError as e:
        link.state, link.detail = "down", f"{address.path}: {e.strerror or e}"
        return
    with file:
        chunks = _chunks(file, address, link)
        pace = _Pace(speed, clock)
        link.state, link.detail = "up", f"playing {address.path}"
        try:
            while not stop.is_set():
                chunk = await asyncio.to_thread(next, chunks, None)
                if chunk is None:
                    break
                for part, due in pace.parts(chunk):
                    while (left := due - clock()) > 0 and not stop.is_set():
                        await sleep(stop, min(left, LONGEST_WAIT_S))
                    if stop.is_set():
                        return
                    link.note(part)
                    deliver(part)
                    await asyncio.sleep(0)
            link.detail = f"{address.path} has been played"
        except (OSError, TableError, pcap.NotACaptureError) as e:
            link.detail = f"{address.path}: {e}"
        finally:
            link.state = "down"


class _Pace:
    """When each payload is due on the clock: the first one now, the others as far apart as when they were received."""

    def __init__(self, speed: float, clock: Clock) -> None:
        self._speed, self._clock = speed, clock
        self._began: float | None = None
        self._first = self._latest = 0.0

    def parts(self, chunk: Chunk) -> Iterator[tuple[Chunk, float]]:
        """(part, due) of a chunk: payloads due within 10 ms go together; a time that steps back is due at once."""
        known = np.where(np.isnan(chunk.received), -np.inf, chunk.received)
        if self._began is None and np.isfinite(known).any():
            self._began = self._clock()
            self._first = self._latest = float(known[np.isfinite(known)][0])
        reached = np.maximum.accumulate(np.maximum(known, self._latest))
        self._latest = float(reached[-1]) if reached.size else self._latest
        due = (self._began or 0.0) + (reached - self._first) / self._speed
        start = 0
        while start < due.size:
            end = int(np.searchsorted(due, due[start] + 0.010, "right"))
            room = int(np.searchsorted(chunk.ends, chunk.starts[start] + MOST_BYTES, "right"))
            end = max(start + 1, min(end, start + MOST_PAYLOADS, room))
            yield _slice(chunk, start, end), float(due[start])
            start = end


def _slice(chunk: Chunk, start: int, end: int) -> Chunk:
    first, last = int(chunk.starts[start]), int(chunk.ends[end - 1])
    return Chunk(
        chunk.data[first:last], chunk.starts[start:end] - first, chunk.ends[start:end] - first, chunk.received[start:end],
        chunk.offsets[start:end], chunk.source, chunk.link, chunk.time_source,
    )  # fmt: skip


def _chunks(file: BinaryIO, address: Address, link: LinkHealth) -> Iterator[Chunk]:
    """The chunks of the file; runs in a thread, and hands what was left out to the link when it is through."""
    first = file.read(16)
    file.seek(0)
    kind = table.SUFFIXES.get("." + address.path.rsplit(".", 1)[-1].lower(), "")
    if pcap.is_capture(first):
        capture = pcap.Capture(file, str(address), packets=MOST_PAYLOADS)
        yield from capture
        link.left_out.update(capture.left_out)
    elif kind:
        yield from _rows(file, kind, address, link)
    else:
        start = address.options.get("start")
        received, given = (float("nan"), "container") if start is None else (float(start), "operator")
        offset = 0
        while data := file.read(_BLOCK):
            yield Chunk.one(data, received=received, offset=offset, source=str(address), link="stream", time_source=given)
            offset += len(data)


def _rows(file: BinaryIO, kind: str, address: Address, link: LinkHealth) -> Iterator[Chunk]:
    """The rows of a detection table as payloads of one JSON line each."""
    number = 1
    for batch in table.read_open(file, kind, DETECTION, link.left_out, str(address)):
        received = np.where(np.isnan(batch["received"]), batch["time"], batch["received"])
        for start in range(0, batch.n, MOST_PAYLOADS):
            rows = np.arange(start, min(start + MOST_PAYLOADS, batch.n))
            lines = jsonlines.encode(batch.take(rows)).splitlines(keepends=True)
            yield Chunk.of(
                lines, received[rows].tolist(), (number + rows).tolist(), source=str(address), link="udp", time_source="container"
            )
        number += batch.n
