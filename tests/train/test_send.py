"""The sender: bytes arrive unchanged at their times, stay on this machine, and it ends with its parent."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.waiting import turns

from picket.feed.transport import Address
from picket.train.send import NotLoopbackError, Sent, main, send
from picket.train.wire import Frame

SRC = Path(__file__).parents[2] / "src"


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        if seconds:
            self.slept.append(seconds)
        await asyncio.sleep(0)


def play(source, addresses, clock=None, stop_at: float | None = None) -> Sent:
    clock = clock or Clock()

    async def go() -> Sent:
        stop = asyncio.Event()

        async def sleep(seconds: float) -> None:
            await clock.sleep(seconds)
            if stop_at is not None and clock.now >= stop_at:
                stop.set()

        return await send(source, addresses, clock, sleep, stop)

    return asyncio.run(go())


@pytest.mark.parametrize("host", ["192.168.1.20", "8.8.8.8", "0.0.0.0", "::", "localhost", "radar.example", "", "2001:db8::1"])
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_any_address_but_loopback_is_refused_before_anything_is_sent(host, transport):
    def never():
        raise AssertionError("a frame was taken")
        yield

    good = Address("udp", "127.0.0.1", free_port(socket.SOCK_DGRAM))
    with pytest.raises(NotLoopbackError, match="this machine only"):
        play(never(), {"a": good, "b": Address(transport, host, 9)})


def test_an_unknown_transport_is_refused():
    with pytest.raises(ValueError, match="expected transport udp or tcp"):
        play([], {"a": Address("mqtt", "127.0.0.1", 1883)})


def test_datagrams_arrive_whole_and_in_order():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5)
        payloads = [bytes([i]) * (i + 1) for i in range(50)]
        clock = Clock()
        frames = [Frame(100.0 + i / 10, "r", p) for i, p in enumerate(payloads)]
        sent = play(frames, {"r": Address("udp", "127.0.0.1", receiver.getsockname()[1])}, clock)
        assert [receiver.recv(2000) for _ in payloads] == payloads
    assert sent == Sent(50, {})
    assert clock.now == pytest.approx(104.9)
    assert max(clock.slept) <= 0.2


def test_a_tcp_client_gets_the_lines_and_one_that_comes_late_those_from_then_on():
    port, got = free_port(), []

    async def go() -> Sent:
        first_sent, stop = asyncio.Event(), asyncio.Event()
        clock = Clock()

        def source():
            yield Frame(100.0, "adsb", b"nobody is there\r\n")
            first_sent.set()
            yield from (Frame(101.0 + i, "adsb", b"line %d\r\n" % i) for i in range(3))

        async def sleep(seconds: float) -> None:
            clock.now += seconds
            while first_sent.is_set() and not got:
                await asyncio.sleep(0.001)
            await asyncio.sleep(0)

        async def client() -> bytes:
            await first_sent.wait()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await turns()  # the server has met its client
            got.append(True)
            data = b""
            while len(data) < 24:
                data += await reader.read(100)
            writer.close()
            return data

        reading = asyncio.create_task(client())
        sent = await send(source(), {"adsb": Address("tcp", "127.0.0.1", port)}, clock, sleep, stop)
        assert await reading == b"line 0\r\nline 1\r\nline 2\r\n"
        return sent

    assert asyncio.run(go()) == Sent(3, {"no_client": 1})


def test_a_client_that_never_reads_is_let_go():
    port = free_port()

    async def go() -> Sent:
        clock = Clock()
        reader, writer = None, None

        async def sleep(seconds: float) -> None:
            nonlocal reader, writer
            clock.now += seconds
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
            await asyncio.sleep(0.0005)

        frames = (Frame(100.0, "adsb", b"x" * 65536) for _ in range(400))
        sent = await send(frames, {"adsb": Address("tcp", "127.0.0.1", port)}, clock, sleep, asyncio.Event())
        assert writer is not None
        writer.close()
        return sent

    assert asyncio.run(go()).left_out["no_client"] > 0


def test_frames_that_are_long_past_are_counted_and_not_sent():
    port = free_port(socket.SOCK_DGRAM)
    frames = [Frame(t, "r", b"x") for t in (90.0, 97.9, 98.1, 100.0)]
    sent = play(frames, {"r": Address("udp", "127.0.0.1", port)})
    assert (sent.frames, sent.left_out["too_late"]) == (2, 2)


def test_stop_ends_an_endless_exercise():
    frames = (Frame(100.0 + i, "r", b"x") for i in range(10**9))
    sent = play(frames, {"r": Address("udp", "127.0.0.1", free_port(socket.SOCK_DGRAM))}, stop_at=103.5)
    assert sent.frames == 4


def test_a_station_that_is_not_there_yet_is_no_error():
    frames = [Frame(100.0 + i, "r", b"x") for i in range(20)]
    sent = play(frames, {"r": Address("udp", "127.0.0.1", free_port(socket.SOCK_DGRAM))})
    assert sent.frames == 20


def start_child(ports: list[int]) -> subprocess.Popen[bytes]:
    names = ("--north", "--south", "--remote-id", "--adsb")
    arguments = [x for name, port in zip(names, ports, strict=True) for x in (name, str(port))]
    command = [sys.executable, "-m", "picket.train.send", "--seed", "1", "--start", str(time.time()), *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(SRC)})


@pytest.mark.parametrize("how", ["stdin", "sigterm"])
def test_the_child_process_sends_and_ends_at_once_when_told(how):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as radar:
        radar.bind(("127.0.0.1", 0))
        radar.settimeout(300)
        other = [free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM), free_port()]
        child = start_child([radar.getsockname()[1], *other])
        try:
            assert radar.recv(2000)[0] in (34, 48)
            assert child.stdin is not None
            if how == "stdin":
                child.stdin.close()
            else:
                child.send_signal(signal.SIGTERM)
            assert child.wait(120) == 0
            assert child.stderr is not None
            assert child.stderr.read() == b""
        finally:
            child.kill()
            child.wait()


def test_a_taken_port_is_told(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["--north", "1", "--south", "1", "--remote-id", "1", "--adsb", port]) == 1
    assert "exercise:" in capsys.readouterr().err


def test_a_start_far_from_now_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--north", "1", "--south", "1", "--remote-id", "1", "--adsb", "1", "--start", "0"])
    assert "within an hour of now" in capsys.readouterr().err
