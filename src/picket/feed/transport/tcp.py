"""TCP client: connects, reads a byte stream, and connects again when the peer closes, fails or falls silent.

A peer that sends nothing for `timeout` seconds (60) is taken for dead: a cable that was pulled gives no sign of its own. A flood
is bounded by reading at most 256 KiB at a time and giving the loop its turn after each; the rest waits at the sender, which is
what TCP is for.
"""

from __future__ import annotations

import asyncio
import contextlib
import random

from picket.feed.format import Chunk
from picket.feed.transport import MOST_BYTES, Address, Clock, Deliver, LinkHealth, unless
from picket.feed.transport.backoff import Backoff

CONNECT_S = 10.0
TIMEOUT_S = 60.0


async def run(
    address: Address,
    deliver: Deliver,
    link: LinkHealth,
    clock: Clock,
    stop: asyncio.Event,
    *,
    chance: random.Random | None = None,
) -> None:
    """Reads from the peer until `stop`. chance: for the waits between attempts; seeded from the address when None."""
    backoff = Backoff(str(address), chance)
    timeout = float(address.options.get("timeout", TIMEOUT_S))
    offset = 0
    while not stop.is_set():
        link.state, link.detail = "connecting", f"connecting to {address}"
        opened = await unless(
            stop, asyncio.open_connection(address.host, address.port, limit=MOST_BYTES), min(CONNECT_S, timeout)
        )
        if opened is None or opened.exception() is not None:
            why = _words(opened.exception()) if opened is not None else "no answer"
            await backoff.wait(link, stop, f"cannot connect to {address}: {why}")
            continue
        reader, writer = opened.result()
        try:
            link.state, link.detail = "up", f"connected to {address}"
            before = offset
            offset, why = await _read(reader, address, offset, deliver, link, clock, stop, timeout)
            if offset > before:
                backoff.reset()  # a peer that accepts and closes at once keeps its growing waits
        finally:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), 1.0)
        if not stop.is_set():
            link.reconnects += 1
            await backoff.wait(link, stop, why)


async def _read(
    reader: asyncio.StreamReader,
    address: Address,
    offset: int,
    deliver: Deliver,
    link: LinkHealth,
    clock: Clock,
    stop: asyncio.Event,
    timeout: float,
) -> tuple[int, str]:
    """(bytes read in all, why it ended) of one connection."""
    while True:
        reading = await unless(stop, reader.read(MOST_BYTES), timeout)
        if reading is None:
            return offset, "stopped" if stop.is_set() else f"{address} sent nothing for {timeout:g} s"
        if (error := reading.exception()) is not None:
            return offset, f"{address}: {_words(error)}"
        data = reading.result()
        if not data:
            return offset, f"{address} closed the connection"
        chunk = Chunk.one(data, received=clock(), offset=offset, source=str(address), link="stream")
        offset += len(data)
        link.note(chunk)
        deliver(chunk)
        if stop.is_set():
            return offset, "stopped"
        await asyncio.sleep(0)


def _words(error: BaseException | None) -> str:
    return getattr(error, "strerror", None) or str(error)
