"""TCP server: peers connect to us, each is a source of its own, and can be answered.

SAPIENT nodes register with a parent node that listens; a home-made sensor may find connecting easier than being connected to.
A chunk's `source` is the listening address, a slash and the peer's (`listen://127.0.0.1:5020/127.0.0.1:40312`), `offsets` are bytes of that
connection, `reply` writes back to that peer, and the last chunk of a peer is empty with `closes` set.

Nobody is asked who he is: the address to listen at decides who can connect. 127.0.0.1 is this machine only; anything else is a choice.

Bounded: `peers` at once (64), more are closed at once and counted as `too_many_peers`; at most 128 KiB of a peer's bytes wait here, the
rest at the sender; a peer that sends nothing for `timeout` s (300) is cut off, counted as `idle_peer`; a peer that lets more than 64 KiB of
answers pile up is cut off, counted as `slow_peer`.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import socket
from collections.abc import Callable

from picket.feed.format import Chunk
from picket.feed.transport import MOST_BYTES, Address, Clock, Deliver, LinkHealth, unless, wait
from picket.feed.transport.backoff import Backoff

PEERS = 64
TIMEOUT_S = 300.0
MOST_UNSENT = 64 * 1024
_READ_AHEAD = 64 * 1024  # asyncio reads up to twice that before it stops listening to a peer
_CLOSING_S = 1.0


async def run(address: Address, deliver: Deliver, link: LinkHealth, clock: Clock, stop: asyncio.Event) -> None:
    """Listens until `stop`. A place that cannot be bound (an interface that is still down) is tried again."""
    server = _Server(address, deliver, link, clock, stop)
    backoff = Backoff(str(address))
    while not stop.is_set():
        try:
            listening = await asyncio.start_server(server.meet, address.host, address.port, limit=_READ_AHEAD)
        except OSError as e:
            link.state, link.detail = "waiting", f"cannot listen at {address}: {e.strerror or e}"
            await wait(stop, backoff.next())
            continue
        try:
            server.show()
            await stop.wait()
        finally:
            listening.close()
            await server.part()


class _Server:
    """The peers of one listening address."""

    def __init__(self, address: Address, deliver: Deliver, link: LinkHealth, clock: Clock, stop: asyncio.Event) -> None:
        self._address, self._deliver, self._link, self._clock, self._stop = address, deliver, link, clock, stop
        self._most = int(address.options.get("peers", PEERS))
        self._timeout = float(address.options.get("timeout", TIMEOUT_S))
        self._peers: set[asyncio.Task[None]] = set()

    def show(self) -> None:
        """Says in the link's health how many are there."""
        self._link.state, self._link.detail = "up", f"listening at {self._address}, {len(self._peers)} of {self._most} peers"

    def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Takes a new peer, or closes the connection where there are too many."""
        if len(self._peers) >= self._most or self._stop.is_set():
            self._link.left_out["too_many_peers"] += 1
            writer.transport.abort()
            return
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._peers.add(task)
        task.add_done_callback(self._gone)
        self.show()

    def _gone(self, task: asyncio.Task[None]) -> None:
        self._peers.discard(task)
        self.show()
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error  # a fault of ours, not of a peer: the loop's exception handler tells it

    async def part(self) -> None:
        """Waits until every peer's last chunk is delivered."""
        if self._peers:
            _, late = await asyncio.wait(self._peers, timeout=2 * _CLOSING_S)
            for task in late:
                task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        source = f"{self._address}/{_name(writer)}"
        _keep_alive(writer)
        last = Chunk.of((), (), (), source=source, link="stream")
        last = dataclasses.replace(last, reply=self._reply_to(writer), closes=True)
        try:
            await self._read(reader, last)
        finally:
            self._deliver(last)  # decodes what waits of this peer: answers to its last messages are written before we close
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), _CLOSING_S)
            writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader, last: Chunk) -> None:
        """Delivers what the peer sends until it closes, fails or falls silent."""
        offset = 0
        while not self._stop.is_set():
            reading = await unless(self._stop, reader.read(MOST_BYTES), self._timeout)
            if reading is None:
                if not self._stop.is_set():
                    self._link.left_out["idle_peer"] += 1
                return
            if reading.exception() is not None or not reading.result():
                return
            data = reading.result()
            chunk = Chunk.one(data, received=self._clock(), offset=offset, source=last.source, link="stream")
            chunk = dataclasses.replace(chunk, reply=last.reply)
            offset += len(data)
            self._link.note(chunk)
            self._deliver(chunk)
            await asyncio.sleep(0)

    def _reply_to(self, writer: asyncio.StreamWriter) -> Callable[[bytes], None]:
        """What writes back to a peer. It never waits: a peer that does not read is cut off."""

        def reply(data: bytes) -> None:
            if writer.is_closing():
                return
            if writer.transport.get_write_buffer_size() + len(data) > MOST_UNSENT:
                self._link.left_out["slow_peer"] += 1
                writer.transport.abort()
                return
            writer.write(data)

        return reply


def _name(writer: asyncio.StreamWriter) -> str:
    """`127.0.0.1:40312`, or `[::1]:40312`, of the peer."""
    host, port = (writer.get_extra_info("peername") or ("unknown", 0))[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """Lets the system ask a silent peer whether it is still there: a pulled cable gives no sign of its own."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
