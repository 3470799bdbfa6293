"""Transports over real loopback sockets: what arrives, in bounded pieces, and what happens when the other side misbehaves."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import random
import re
import socket
import struct
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.waiting import soon, stopwatch

from picket.feed.format import Chunk
from picket.feed.transport import (
    MOST_BYTES,
    MOST_PAYLOADS,
    Address,
    AddressError,
    LinkHealth,
    backoff,
    parse_feed,
    run,
    stdin,
    tcp,
    udp,
)


class Station:
    """Runs a transport and keeps what it delivers."""

    def __init__(self, url: str, runner: Callable[..., Awaitable[None]] = run, **arguments: Any) -> None:
        self.address = parse_feed(url)[1]
        self.link, self.stop = LinkHealth(), asyncio.Event()
        self.chunks: list[Chunk] = []
        self.clock: Callable[[], float] = itertools.count(100.0).__next__
        self._runner, self._arguments = runner, arguments

    async def __aenter__(self) -> Station:
        self._task = asyncio.ensure_future(
            self._runner(self.address, self.chunks.append, self.link, self.clock, self.stop, **self._arguments)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        await asyncio.wait_for(self._task, 120)  # a transport that does not stop fails the test

    async def until(self, condition: Callable[[], Any]) -> None:
        await soon(lambda: self._task.done() or condition(), words=lambda: f"link: {self.link}", nap_s=0.005)
        if not condition():
            await self._task  # has failed: that is told
            raise AssertionError(f"ended before it happened; link: {self.link}")

    @property
    def payloads(self) -> list[bytes]:
        return [c.data[a:b] for c in self.chunks for a, b in zip(c.starts.tolist(), c.ends.tolist(), strict=True)]

    @property
    def data(self) -> bytes:
        return b"".join(c.data for c in self.chunks)


def free_port(kind: int = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def async_test(function: Callable[..., Any]) -> Callable[..., None]:
    """Runs a test of coroutines in a loop of its own, with asyncio's own checks on."""

    def test(*arguments: Any, **named: Any) -> None:
        asyncio.run(asyncio.wait_for(function(*arguments, **named), 600))

    test.__name__, test.__doc__ = function.__name__, function.__doc__
    import inspect

    test.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return test


# -- addresses -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "name", "address", "source"),
    [
        ("asterix+udp://127.0.0.1:8600", "asterix", Address("udp", "127.0.0.1", 8600), "udp://127.0.0.1:8600"),
        ("asterix+udp://[::1]:8600", "asterix", Address("udp", "::1", 8600), "udp://[::1]:8600"),
        (
            "asterix+udp://239.1.2.3:8600?interface=lo", "asterix",
            Address("udp", "239.1.2.3", 8600, options={"interface": "lo"}), "udp://239.1.2.3:8600",
        ),
        (
            "dronescout+mqtt://user:p%40ss@broker/sensor/+/upload?qos=1", "dronescout",
            Address("mqtt", "broker", 1883, "/sensor/+/upload", "user", "p@ss", {"qos": "1"}), "mqtt://broker:1883/sensor/+/upload",
        ),
        ("x+mqtts://b/a/#", "x", Address("mqtts", "b", 8883, "/a/#"), "mqtts://b:8883/a/#"),
        (
            "remote-id+file:///data/a%20b.pcap?speed=10", "remote-id",
            Address("file", path="/data/a b.pcap", options={"speed": "10"}), "/data/a b.pcap",
        ),
        ("table+stdin://-", "table", Address("stdin", "-"), "-"),
    ],
)  # fmt: skip
def test_addresses(url: str, name: str, address: Address, source: str) -> None:
    assert parse_feed(url) == (name, address)
    assert str(address) == source


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("udp://127.0.0.1:8600", "format+transport"),
        ("asterix+tls://a:1", "unknown transport 'tls', expected one of udp, tcp"),
        ("asterix+udp://127.0.0.1", "needs a host and a port"),
        ("asterix+udp://127.0.0.1:99999", "out of range"),
        ("asterix+udp://127.0.0.1:8600?iface=lo", "no option 'iface'; it knows interface"),
        ("asterix+tcp://h:1?timeout=soon", "timeout: expected 0.1 to 86400, got 'soon'"),
        ("asterix+mqtt://broker", "needs a host and a topic"),
        ("asterix+mqtt://broker/t?qos=3", "qos"),
        ("asterix+file://data/x.pcap", "three slashes"),
        ("asterix+file:///x?speed=0", "speed"),
    ],
)
def test_a_wrong_address_says_what_was_expected(url: str, words: str) -> None:
    with pytest.raises(AddressError, match=words.replace("+", r"\+")):
        parse_feed(url)


def test_a_password_is_never_shown() -> None:
    _, address = parse_feed("x+mqtt://user:hunter2@broker/topic")
    assert "hunter2" not in f"{address} {address!r}"
    with pytest.raises(AddressError) as caught:
        parse_feed("x+mqtt://user:hunter2@broker")
    assert "hunter2" not in str(caught.value)


def test_waits_grow_to_their_limit_and_are_the_same_each_time() -> None:
    waits = [backoff.Backoff("a", random.Random(1)).next() for _ in range(2)]
    assert waits[0] == waits[1]
    growing = backoff.Backoff("a")
    found = [growing.next() for _ in range(20)]
    assert all(0.25 <= w <= 30 for w in found)
    assert min(found[8:]) >= 15
    growing.reset()
    assert growing.next() <= 0.5


def test_every_transport_and_option_is_documented() -> None:
    from picket.feed import FORMATS
    from picket.feed.transport import _TRANSPORTS

    text = (Path(__file__).resolve().parents[2] / "docs" / "formats.md").read_text("utf-8")
    for name, (_, _, options) in _TRANSPORTS.items():
        assert f"`{name}`" in text
        assert all(f"`{option}`" in text for option in options)
    for one in FORMATS:
        assert f"| `{one.name}` |" in text
    for url in re.findall(r"`([a-z-]+\+[a-z]+://[^`]+)`", text):
        parse_feed(url)


# -- UDP -----------------------------------------------------------------------------------------------------------------
@async_test
async def test_udp_delivers_datagrams_in_order_with_their_receive_time() -> None:
    port = free_port()
    async with Station(f"x+udp://127.0.0.1:{port}") as station:
        await station.until(lambda: station.link.state == "up")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for i in range(50):
                s.sendto(b"datagram %d" % i, ("127.0.0.1", port))
            s.sendto(b"", ("127.0.0.1", port))
            s.sendto(b"\xff" * 60_000, ("127.0.0.1", port))
        await station.until(lambda: station.link.payloads == 51)
    assert station.payloads == [b"datagram %d" % i for i in range(50)] + [b"\xff" * 60_000]
    assert [n for c in station.chunks for n in c.offsets.tolist()] == list(range(51))
    assert all((c.received >= 100).all() and c.link == "udp" and c.time_source == "receiver" for c in station.chunks)
    assert station.link.left_out == {"empty_payload": 1}
    assert station.link.bytes == len(station.data)
    assert station.link.state == "down"


@async_test
async def test_what_arrives_before_the_station_is_up_waits_and_keeps_its_time() -> None:
    url = f"x+udp://127.0.0.1:{free_port()}"
    opened = udp.open_early([url, url, None, "x+tcp://127.0.0.1:1", "x+udp://a.name:1", "nonsense"])
    assert list(opened) == [url]
    assert udp.open_early([url]) == {}  # taken: the feed itself says so, later
    address, chunks, link, stop = parse_feed(url)[1], [], LinkHealth(opened=opened[url]), asyncio.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        sent = time.time()
        for i in range(3):
            s.sendto(b"early %d" % i, (address.host, address.port))
        all_sent = time.time()
        running = asyncio.create_task(
            run(address, chunks.append, link, lambda: time.time() + 30.0, stop)
        )  # read half a minute later
        await soon(lambda: link.payloads == 3)
        s.sendto(b"late", (address.host, address.port))
        await soon(lambda: link.payloads == 4)
    stop.set()
    await running
    assert b"".join(c.data for c in chunks) == b"early 0early 1early 2late"
    received = [t for c in chunks for t in c.received.tolist()]
    assert all(sent - 0.1 <= t <= all_sent + 0.1 for t in received[:3])
    assert received[3] >= sent + 29.0


@async_test
async def test_udp_takes_a_flood_in_bounded_pieces_and_counts_the_kernels_drops() -> None:
    port, sent = free_port(), 40_000
    async with Station(f"x+udp://127.0.0.1:{port}") as station:
        await station.until(lambda: station.link.state == "up")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for _ in range(sent):  # the loop does not run meanwhile: only the kernel's buffer takes them
                s.sendto(bytes(1000), ("127.0.0.1", port))
            await station.until(lambda: station.link.payloads > 1000)

            def told() -> bool:  # the drops are told with the next datagram, for which there must be room
                nonlocal sent
                s.sendto(b"after", ("127.0.0.1", port))
                sent += 1
                return station.payloads[-1] == b"after"

            await station.until(told)
            await station.until(lambda: station.link.payloads + station.link.left_out["kernel_dropped"] == sent)
    assert max(c.starts.size for c in station.chunks) <= MOST_PAYLOADS
    assert max(len(c.data) for c in station.chunks) <= MOST_BYTES
    assert station.link.left_out["kernel_dropped"] > 0


@async_test
async def test_udp_multicast_joins_its_group_only() -> None:
    port = free_port()
    async with Station(f"x+udp://239.77.66.55:{port}?interface=127.0.0.1") as station:
        await station.until(lambda: station.link.state in ("up", "waiting"))
        if station.link.state == "waiting":
            pytest.skip(f"no multicast here: {station.link.detail}")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            s.sendto(b"another group", ("239.77.66.54", port))
            s.sendto(b"this host", ("127.0.0.1", port))
            s.sendto(b"our group", ("239.77.66.55", port))
        await station.until(lambda: station.link.payloads == 1)
        await asyncio.sleep(0.05)
    assert station.payloads == [b"our group"]


@async_test
async def test_udp_waits_and_tries_again_where_it_cannot_listen() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        async with Station(f"x+udp://127.0.0.1:{port}") as station:
            await station.until(lambda: station.link.state == "waiting")
            assert "cannot listen" in station.link.detail
            taken.close()
            await station.until(lambda: station.link.state == "up")


def test_the_kernels_count_of_drops_may_wrap_around() -> None:
    link = LinkHealth()

    async def count() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            reader = udp._Reader(s, "x", lambda _: None, link, lambda: 0.0)
            for total in (2**32 - 2, 2**32 - 1, 3):
                reader._count_drops([(socket.SOL_SOCKET, udp._SO_RXQ_OVFL, struct.pack("@I", total))])
            reader.error.cancel()

    asyncio.run(count())
    assert link.left_out["kernel_dropped"] == 2**32 + 3


# -- TCP -----------------------------------------------------------------------------------------------------------------
@contextlib.asynccontextmanager
async def server(handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await handle(reader, writer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()


QUICK = {"chance": type("Never", (random.Random,), {"uniform": lambda self, a, b: 0.01})()}  # waits of 5 ms and more


@async_test
async def test_tcp_connects_again_when_the_peer_closes() -> None:
    served = itertools.count()

    async def handle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello %d\n" % next(served))
        await writer.drain()

    async with server(handle) as port, Station(f"x+tcp://127.0.0.1:{port}", tcp.run, **QUICK) as station:
        await station.until(lambda: station.link.reconnects >= 3)
    assert station.data.startswith(b"hello 0\nhello 1\nhello 2\n")
    assert [int(c.offsets[0]) for c in station.chunks[:3]] == [0, 8, 16]
    assert all(c.link == "stream" for c in station.chunks)


@async_test
async def test_tcp_takes_a_silent_peer_for_dead() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"x")
        await writer.drain()
        await reader.read()  # until the other side gives up

    async with server(handle) as port, Station(f"x+tcp://127.0.0.1:{port}?timeout=0.1", tcp.run, **QUICK) as station:
        await station.until(lambda: station.link.reconnects >= 2)
        await station.until(lambda: "sent nothing for 0.1 s" in station.link.detail)
        await station.until(lambda: station.data.startswith(b"xx"))


@async_test
async def test_tcp_lets_the_loop_live_in_a_flood() -> None:
    block = bytes(1 << 20)

    async def handle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(block)
            await writer.drain()

    async with server(handle) as port, Station(f"x+tcp://127.0.0.1:{port}", tcp.run) as station:
        turns = 0
        while station.link.bytes < 50 << 20:
            await asyncio.sleep(0)
            turns += 1
        sizes = [len(c.data) for c in station.chunks]
    assert max(sizes) <= MOST_BYTES
    assert turns >= len(sizes) // 2  # others had their turn between the pieces


@async_test
async def test_tcp_waits_when_nobody_listens_and_stops_at_once() -> None:
    port = free_port(socket.SOCK_STREAM)
    with stopwatch() as so_far:
        async with Station(f"x+tcp://127.0.0.1:{port}", tcp.run) as station:
            await station.until(lambda: station.link.state == "waiting")
            assert "cannot connect" in station.link.detail
            assert "next attempt in" in station.link.detail
            began = so_far()
        assert so_far() - began < 1


# -- standard input ---------------------------------------------------------------------------------------------------
@async_test
async def test_stdin_reads_a_pipe_to_its_end() -> None:
    read, write = os.pipe()
    async with Station("x+stdin://-", stdin.run, descriptor=read) as station:
        os.write(write, b"first ")
        await station.until(lambda: station.data == b"first ")
        assert station.link.state == "up"
        os.write(write, b"second")
        os.close(write)
        await station.until(lambda: station.link.state == "down")
        assert station.data == b"first second"
        assert station.link.detail == "standard input has ended"
    os.close(read)


@async_test
async def test_stdin_reads_a_plain_file_and_stops_on_a_silent_pipe(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x" * 200_000)
    with open(tmp_path / "f", "rb") as file:
        async with Station("x+stdin://-", stdin.run, descriptor=file.fileno()) as station:
            await station.until(lambda: station.link.state == "down")
        assert station.data == b"x" * 200_000
        assert max(len(c.data) for c in station.chunks) <= stdin.BLOCK
    read, write = os.pipe()
    async with Station("x+stdin://-", stdin.run, descriptor=read):
        pass
    os.close(read), os.close(write)


# -- MQTT ----------------------------------------------------------------------------------------------------------------
@contextlib.asynccontextmanager
async def broker(port: int, password_file: Path | None = None) -> AsyncIterator[None]:
    amqtt = pytest.importorskip("amqtt.broker")
    plugins: dict[str, dict[str, Any]] = {
        "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": password_file is None}
    }
    if password_file:
        plugins = {"amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(password_file)}}
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    logging.getLogger("transitions").setLevel(logging.CRITICAL)
    running = amqtt.Broker({"listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}}, "plugins": plugins})
    await running.start()
    try:
        yield
    finally:
        with contextlib.suppress(TimeoutError):  # now and then amqtt waits for ever for a session that has already ended
            await asyncio.wait_for(running.shutdown(), 3)


@contextlib.asynccontextmanager
async def line(port: int, target: int) -> AsyncIterator[None]:
    """A way from `port` to `target` that is cut, with all connections on it, when the block ends."""
    open_now: list[asyncio.StreamWriter] = []

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.append(writer)
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(pipe(reader, back), pipe(there, writer))

    listening = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield
    finally:
        listening.close()
        for writer in open_now:
            writer.transport.abort()


@pytest.fixture(scope="module")
def aiomqtt() -> Any:
    return pytest.importorskip("aiomqtt")


@async_test
async def test_mqtt_delivers_messages_and_comes_back_after_the_broker(aiomqtt: Any) -> None:
    from picket.feed.transport import mqtt

    port, behind = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_STREAM)
    url = f"x+mqtt://127.0.0.1:{port}/sensor/+/upload?qos=1"
    async with broker(behind), Station(url, mqtt.run, **QUICK) as station:
        await station.until(lambda: station.link.state == "waiting")
        for round_ in range(2):
            async with line(port, behind):
                await station.until(lambda: station.link.state == "up")
                async with aiomqtt.Client("127.0.0.1", behind) as sender:
                    await sender.publish("sensor/7/upload", b"kept", retain=True)
                    for i in range(20):
                        await sender.publish("sensor/7/upload", b"%d:%d" % (round_, i), qos=1)
                    await sender.publish("elsewhere", b"no")
                    await sender.publish("sensor/7/upload", bytes(MOST_BYTES + 1))
                    await sender.publish("sensor/7/upload", b"last")
                await station.until(lambda: station.payloads and station.payloads[-1] == b"last")
                station.chunks.append(Chunk.one(b"-", link="mqtt"))
            await station.until(lambda: station.link.state == "waiting")
    mine = [p for p in station.payloads if b":" in p]
    assert mine == [b"%d:%d" % (r, i) for r in range(2) for i in range(20)]
    assert b"no" not in station.payloads
    assert station.link.left_out["oversized_payload"] == 2
    assert station.link.left_out["retained"] >= 1  # what the first round left at the broker
    assert station.link.reconnects >= 2
    assert all(c.link == "mqtt" for c in station.chunks)


@async_test
async def test_mqtt_password_comes_from_a_file_and_shows_nowhere(
    aiomqtt: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from picket.feed.transport import mqtt

    argon2 = pytest.importorskip("pwdlib.hashers.argon2")
    (tmp_path / "users").write_text("picket:" + argon2.Argon2Hasher().hash("hunter2") + "\n")
    (tmp_path / "secret").write_text("wrong\n")
    port = free_port(socket.SOCK_STREAM)
    caplog.set_level(logging.DEBUG)
    async with broker(port, tmp_path / "users"):
        url = f"x+mqtt://127.0.0.1:{port}/topic?user=picket&password_file={tmp_path}/secret"
        async with Station(url, mqtt.run, **QUICK) as station:
            await station.until(lambda: station.link.state == "waiting")
            (tmp_path / "secret").write_text("hunter2\n")
            await station.until(lambda: station.link.state == "up")
            assert "hunter2" not in f"{station.link} {station.address!r}"
    assert "hunter2" not in caplog.text


@async_test
async def test_mqtt_without_its_library_says_what_to_install() -> None:
    from picket.feed.transport import mqtt

    kept = sys.modules.get("aiomqtt")
    sys.modules["aiomqtt"] = None  # type: ignore[assignment]
    try:
        with pytest.raises(RuntimeError, match=r"pip install \"picket\[station\]\""):
            await mqtt.run(Address("mqtt", "h", 1, "/t"), lambda _: None, LinkHealth(), lambda: 0.0, asyncio.Event())
    finally:
        del sys.modules["aiomqtt"]
        if kept is not None:
            sys.modules["aiomqtt"] = kept
