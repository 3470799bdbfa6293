"""The listening transport over real loopback sockets: peers that come, go, send half messages, flood, do not read, and are too many."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.waiting import soon

from picket.feed.format import Chunk
from picket.feed.transport import MOST_BYTES, AddressError, LinkHealth, listen, parse_feed, run


class Listening:
    """A listening transport and what it delivered, by source."""

    def __init__(self, options: str = "") -> None:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = int(s.getsockname()[1])
        self.address = parse_feed(f"x+listen://127.0.0.1:{self.port}{options}")[1]
        self.link, self.stop = LinkHealth(), asyncio.Event()
        self.chunks: list[Chunk] = []
        self.deliver: Callable[[Chunk], None] = self.chunks.append

    async def __aenter__(self) -> Listening:
        clock = itertools.count(100.0).__next__
        self.task = asyncio.ensure_future(run(self.address, lambda c: self.deliver(c), self.link, clock, self.stop))
        await self.until(lambda: self.link.state == "up")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        await asyncio.wait_for(self.task, 120)

    async def until(self, condition: Callable[[], Any]) -> None:
        await soon(lambda: self.task.done() or condition(), words=lambda: f"link: {self.link}", nap_s=0.005)
        if not condition():
            await self.task  # has failed: that is told
            raise AssertionError(f"ended before it happened; link: {self.link}")

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    def of(self, writer: asyncio.StreamWriter) -> list[Chunk]:
        """What was delivered of this peer."""
        host, port = writer.get_extra_info("sockname")
        return [c for c in self.chunks if c.source == f"listen://127.0.0.1:{self.port}/{host}:{port}"]

    @property
    def closed(self) -> list[str]:
        return [c.source for c in self.chunks if c.closes]


def run_test(test: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(test(), 600))


def data_of(chunks: list[Chunk]) -> bytes:
    return b"".join(c.data for c in chunks)


def test_each_peer_is_a_source_of_its_own_and_is_answered() -> None:
    async def test() -> None:
        async with Listening() as listening:
            peers = [await listening.connect() for _ in range(3)]
            for i, (_, writer) in enumerate(peers):
                writer.write(b"half%d" % i)
            await listening.until(lambda: len(listening.chunks) == 3)
            for i, (_, writer) in enumerate(peers):
                writer.write(b"-other%d" % i)
            await listening.until(lambda: listening.link.payloads == 6)
            for i, (reader, writer) in enumerate(peers):
                chunks = listening.of(writer)
                assert data_of(chunks) == b"half%d-other%d" % (i, i)
                assert [int(c.offsets[0]) for c in chunks] == [0, 5]
                assert all(c.link == "stream" and c.time_source == "receiver" and not c.closes for c in chunks)
                assert all((c.received >= 100).all() for c in chunks)
                reply = chunks[0].reply
                assert reply is not None
                reply(b"to peer %d" % i)
                assert await reader.readexactly(9) == b"to peer %d" % i
            assert len({c.source for c in listening.chunks}) == 3
            assert listening.link.bytes == len(data_of(listening.chunks))
            for _, writer in peers:
                writer.close()
            await listening.until(lambda: len(listening.closed) == 3)
        assert listening.link.left_out == {}
        assert listening.link.state == "down"

    run_test(test)


def test_the_last_chunk_of_a_peer_says_so_however_it_goes() -> None:
    """A close in the middle of a message, a reset, and our own end."""

    async def test() -> None:
        async with Listening() as listening:
            _, closing = await listening.connect()
            _, resetting = await listening.connect()
            _, staying = await listening.connect()
            for writer in (closing, resetting, staying):
                writer.write(b"\x40\0\0\0half a mess")
            await listening.until(lambda: listening.link.payloads == 3)
            closing.close()
            resetting.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            resetting.transport.abort()
            await listening.until(lambda: len(listening.closed) == 2)
            assert not any(c.closes for c in listening.of(staying))
        assert len(listening.closed) == len(set(listening.closed)) == 3
        for source in listening.closed:
            chunks = [c for c in listening.chunks if c.source == source]
            assert [c.closes for c in chunks] == [False] * (len(chunks) - 1) + [True]
            assert chunks[-1].data == b""
            assert chunks[-1].starts.size == 0

    run_test(test)


def test_an_answer_to_the_last_message_reaches_a_peer_that_has_said_all() -> None:
    async def test() -> None:
        async with Listening() as listening:

            def deliver(chunk: Chunk) -> None:
                listening.chunks.append(chunk)
                if chunk.data and chunk.reply is not None:
                    chunk.reply(b"heard " + chunk.data)

            listening.deliver = deliver
            reader, writer = await listening.connect()
            writer.write(b"register")
            writer.write_eof()
            assert await reader.read() == b"heard register"

    run_test(test)


def test_more_peers_than_allowed_are_refused_and_counted_and_a_place_becomes_free_again() -> None:
    async def test() -> None:
        async with Listening("?peers=2") as listening:
            kept = [await listening.connect() for _ in range(2)]
            await listening.until(lambda: "2 of 2 peers" in listening.link.detail)
            for _ in range(5):
                reader, writer = await listening.connect()
                with contextlib.suppress(OSError):
                    assert await reader.read() == b""
                writer.close()
            assert listening.link.left_out == {"too_many_peers": 5}
            kept[0][1].close()
            await listening.until(lambda: "1 of 2 peers" in listening.link.detail)
            _, writer = await listening.connect()
            writer.write(b"again")
            await listening.until(lambda: data_of(listening.chunks) == b"again")
            assert listening.link.left_out == {"too_many_peers": 5}

    run_test(test)


def test_a_hundred_connections_and_reconnects() -> None:
    async def test() -> None:
        async with Listening("?peers=128") as listening:
            for turn in range(3):
                peers = [await listening.connect() for _ in range(100)]
                for i, (_, writer) in enumerate(peers):
                    writer.write(b"%d/%d" % (turn, i))
                await listening.until(lambda turn=turn: listening.link.payloads == 100 * (turn + 1))  # type: ignore[misc]
                assert {data_of(listening.of(w)) for _, w in peers} >= {b"%d/99" % turn}
                for _, writer in peers:
                    writer.close()
                await listening.until(lambda turn=turn: len(listening.closed) == 100 * (turn + 1))  # type: ignore[misc]
        assert listening.link.left_out == {}
        assert "0 of 128 peers" in listening.link.detail

    run_test(test)


def test_a_peer_that_does_not_read_is_cut_off_and_the_others_go_on() -> None:
    async def test() -> None:
        async with Listening() as listening:

            def deliver(chunk: Chunk) -> None:
                listening.chunks.append(chunk)
                if chunk.data and chunk.reply is not None:
                    chunk.reply(b"a" * 8192)

            listening.deliver = deliver
            _, slow = await listening.connect()
            slow.transport.pause_reading()  # type: ignore[attr-defined]
            slow.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader, good = await listening.connect()
            for _ in range(4000):  # far more answers than the kernel's buffers hold
                if listening.link.left_out["slow_peer"]:
                    break
                with contextlib.suppress(OSError):
                    slow.write(b"?")
                await asyncio.sleep(0)
            await listening.until(lambda: listening.link.left_out["slow_peer"] == 1)
            await listening.until(lambda: len(listening.closed) == 1)
            good.write(b"!")
            assert await reader.readexactly(8192) == b"a" * 8192
            assert listening.link.left_out == {"slow_peer": 1}
            last = next(c for c in listening.chunks if c.closes)
            assert last.reply is not None
            last.reply(b"to nobody")  # a peer that has gone is no error

    run_test(test)


def test_a_flood_comes_in_bounded_chunks_and_another_peer_is_heard_meanwhile() -> None:
    async def test() -> None:
        async with Listening() as listening:
            sizes: list[int] = []

            def deliver(chunk: Chunk) -> None:
                if chunk.data[:1] == b"q":
                    listening.chunks.append(chunk)
                elif not chunk.closes:
                    sizes.append(len(chunk.data))

            listening.deliver = deliver
            _, flooding = await listening.connect()
            _, quiet = await listening.connect()

            sent = 0

            async def flood() -> None:  # without an end, until the quiet one is heard
                nonlocal sent
                while not listening.chunks or sent < 64 * 262144:
                    flooding.write(b"f" * 262144)
                    sent += 262144
                    await flooding.drain()

            task = asyncio.ensure_future(flood())
            await listening.until(lambda: len(sizes) > 3)
            quiet.write(b"q")
            await listening.until(lambda: listening.chunks)
            await task
            await listening.until(lambda: sum(sizes) == sent)
            assert max(sizes) <= MOST_BYTES

    run_test(test)


def test_a_peer_that_sends_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that goes on when the busy one was heard: who is slow here is the machine."""
    now = 0.0

    async def unless(stop: asyncio.Event, work: Awaitable[bytes], seconds: float) -> asyncio.Future[bytes] | None:
        working, end = asyncio.ensure_future(work), now + seconds
        while not working.done() and not stop.is_set() and now < end:
            await asyncio.sleep(0.001)
        return working if working.done() or not working.cancel() else None

    monkeypatch.setattr(listen, "unless", unless)

    async def test() -> None:
        nonlocal now
        async with Listening("?timeout=20") as listening:
            reader, idle = await listening.connect()
            _, busy = await listening.connect()
            await listening.until(lambda: "2 of" in listening.link.detail)
            for heard in range(1, 11):
                busy.write(b".")
                await listening.until(lambda heard=heard: listening.link.payloads == heard)  # type: ignore[misc]
                assert listening.link.left_out == ({"idle_peer": 1} if now >= 20.0 else {})
                now += 5.0
                if now >= 20.0:
                    await listening.until(lambda: listening.closed)
            assert await reader.read() == b""
            assert listening.link.left_out == {"idle_peer": 1}
            assert not any(c.closes for c in listening.of(busy))
            assert [c.closes for c in listening.of(idle)] == [True]

    run_test(test)


def test_a_place_that_is_taken_is_tried_again() -> None:
    async def test() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            address, link, stop = parse_feed(f"x+listen://127.0.0.1:{port}")[1], LinkHealth(), asyncio.Event()
            task = asyncio.ensure_future(listen.run(address, lambda _: None, link, time.time, stop))
            await soon(lambda: link.state == "waiting")
            assert "cannot listen" in link.detail
        await soon(lambda: link.state == "up")
        stop.set()
        await asyncio.wait_for(task, 120)

    run_test(test)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("x+listen://127.0.0.1", "needs a host and a port"),
        ("x+listen://127.0.0.1:5020?peers=0", "peers: expected 1 to 1024"),
        ("x+listen://127.0.0.1:5020?peers=2.5", "peers"),
        ("x+listen://127.0.0.1:5020?qos=1", "no option 'qos'; it knows peers, timeout"),
    ],
)
def test_a_wrong_address_says_what_was_expected(url: str, words: str) -> None:
    with pytest.raises(AddressError, match=words):
        parse_feed(url)
