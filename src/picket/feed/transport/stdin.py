"""Standard input as a live feed: `some-decoder | picket watch ...` with feed = "table+stdin://-".

A pipe, a terminal or a socket is read when it has something; a plain file, which always has, is read a block at a time
with the loop's turn between. The end of the input is the end of the feed.
"""

from __future__ import annotations

import asyncio
import os
import select
import sys

from picket.feed.format import Chunk
from picket.feed.transport import Address, Clock, Deliver, LinkHealth

BLOCK = 1 << 16


async def run(
    address: Address, deliver: Deliver, link: LinkHealth, clock: Clock, stop: asyncio.Event, *, descriptor: int | None = None
) -> None:
    """Reads until the end of the input or `stop`. descriptor: what to read instead of standard input (tests)."""
    fd = sys.stdin.fileno() if descriptor is None else descriptor
    loop, readable, offset = asyncio.get_running_loop(), asyncio.Event(), 0
    try:
        loop.add_reader(fd, readable.set)
        waits = True
    except PermissionError:  # epoll refuses plain files
        waits = False
    waiting = select.poll()
    waiting.register(fd, select.POLLIN)
    stopped = asyncio.ensure_future(stop.wait())
    link.state, link.detail = "up", "reading standard input"
    try:
        while not stop.is_set():
            if waits:
                ready = asyncio.ensure_future(readable.wait())
                await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
                ready.cancel()
                readable.clear()
                if stop.is_set():
                    break
                if not waiting.poll(0):  # the loop may have said it twice for one piece; a read would block everything
                    continue
            try:
                data = os.read(fd, BLOCK)
            except BlockingIOError:
                continue
            except OSError as e:
                link.detail = f"standard input: {e.strerror}"
                break
            if not data:
                link.detail = "standard input has ended"
                break
            chunk = Chunk.one(data, received=clock(), offset=offset, source=str(address), link="stream")
            offset += len(data)
            link.note(chunk)
            deliver(chunk)
            await asyncio.sleep(0)
    finally:
        stopped.cancel()
        if waits:
            loop.remove_reader(fd)
        link.state = "down"
