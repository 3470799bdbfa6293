"""The HTTP transport against real servers on loopback: good ones, slow ones, flooding ones, broken ones."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import logging
import ssl
import subprocess
import sys
import time
import types
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from test_transport import Station, async_test, free_port
from tests.waiting import stopwatch

from picket.feed.transport import AddressError, http, parse_feed

BODY = b'{"now":1,"aircraft":[]}'
Handler = Callable[["Server", bytes, asyncio.StreamWriter], Awaitable[None]]


def answer(body: bytes = BODY, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Server:
    """A server of bytes: `handle` writes what it likes for each request; `requests` are the heads that came."""

    def __init__(self, handle: Handler, context: ssl.SSLContext | None = None) -> None:
        self.handle, self._context, self.port = handle, context, 0
        self.requests: list[bytes] = []
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    self.requests.append(head)
                    await self.handle(self, head, writer)
                    await writer.drain()
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            writer.close()


def sends(*answers: bytes, close: bool = False) -> Handler:
    """Sends these in turn, the last one again and again."""

    async def handle(server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answers[min(len(server.requests), len(answers)) - 1])
        if close:
            writer.close()

    return handle


@contextlib.asynccontextmanager
async def asking(
    handle: Handler, options: str = "?every=0.2", path: str = "/data/aircraft.json", user: str = ""
) -> AsyncIterator[Any]:
    async with (
        Server(handle) as server,
        Station(f"readsb+http://{user}127.0.0.1:{server.port}{path}{options}") as station,
    ):
        yield server, station


def header(head: bytes, name: str) -> str | None:
    for line in head.decode("latin-1").split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name:
            return value.strip()
    return None


# -- addresses -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("readsb+http://127.0.0.1:8080/data/aircraft.json?every=1", "http://127.0.0.1:8080/data/aircraft.json"),
        ("readsb+http://host/aircraft.json", "http://host:80/aircraft.json"),
        ("readsb+https://u:secret@[::1]/a", "https://[::1]:443/a"),
    ],
)
def test_addresses(url: str, source: str) -> None:
    assert str(parse_feed(url)[1]) == source


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("readsb+http:///aircraft.json", "needs a host"),
        ("readsb+http://h/a?every=0.1", "every: expected 0.2 to 3600"),
        ("readsb+http://h/a?every=nan", "every: expected 0.2 to 3600"),
        ("readsb+http://h/a?every=3601", "every: expected 0.2 to 3600"),
        ("readsb+http://h/a?ca=x", "no option 'ca'"),
        ("readsb+http://u:secret@h/a?timeout=0", "timeout"),
    ],
)
def test_a_wrong_address_says_what_was_expected(url: str, words: str) -> None:
    with pytest.raises(AddressError, match=words) as caught:
        parse_feed(url)
    assert "secret" not in str(caught.value)


# -- good servers ----------------------------------------------------------------------------------------------------
@async_test
async def test_each_answer_is_one_payload_with_its_number_and_the_time_when_it_was_complete() -> None:
    bodies = [b"one", b"two", b"three"]
    async with asking(sends(*(answer(b) for b in bodies))) as (server, station):
        await station.until(lambda: len(station.chunks) >= 3)
        assert station.payloads[:3] == bodies
        assert [c.link for c in station.chunks[:3]] == ["http"] * 3
        assert [int(c.offsets[0]) for c in station.chunks[:3]] == [0, 1, 2]
        assert [float(c.received[0]) for c in station.chunks[:3]] == [100.0, 101.0, 102.0]
        assert {c.source for c in station.chunks} == {f"http://127.0.0.1:{server.port}/data/aircraft.json"}
        assert {c.time_source for c in station.chunks} == {"receiver"}
        assert station.link.state == "up"
        assert station.link.reconnects == 0
        assert (station.link.payloads, station.link.bytes) == (len(station.chunks), len(station.data))
        assert server.requests[0].startswith(b"GET /data/aircraft.json HTTP/1.1\r\n")
    assert station.link.state == "down"


@async_test
async def test_it_asks_as_often_as_it_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """From request to request, however long an answer takes; by a clock that only answers and waits move."""
    now, begun = 50.0, list[float]()
    takes = iter([0.5, 0.0, 2.0, 5.0, 0.25])

    async def handle(server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal now
        begun.append(now)
        now += next(takes, 0.0)
        writer.write(answer())

    async def wait(stop: asyncio.Event, seconds: float) -> bool:
        nonlocal now
        now += seconds
        await asyncio.sleep(0)
        return stop.is_set()

    monkeypatch.setattr(http, "wait", wait)
    monkeypatch.setattr(http, "time", types.SimpleNamespace(monotonic=lambda: now))
    async with asking(handle, "?every=3") as (_, station):
        await station.until(lambda: len(station.chunks) >= 6)
    assert begun[:6] == [50.0, 53.0, 56.0, 59.0, 64.0, 67.0]


@async_test
async def test_a_body_in_chunks_and_one_that_ends_with_the_connection_are_whole() -> None:
    chunked = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"no\r\n3\r\nw":\r\n2\r\n1}\r\n0\r\n\r\n'
    async with asking(sends(chunked)) as (_, station):
        await station.until(lambda: station.chunks)
        assert station.payloads[0] == b'{"now":1}'
    until_closed = b"HTTP/1.0 200 OK\r\n\r\n" + BODY
    async with asking(sends(until_closed, close=True)) as (_, station):
        await station.until(lambda: len(station.chunks) >= 2)
        assert station.payloads[0] == BODY
        assert station.link.reconnects == 0


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("GZIP", gzip.compress)])
@async_test
async def test_a_packed_body_is_unpacked(name: str, pack: Callable[[bytes], bytes]) -> None:
    body = BODY * 20_000
    async with asking(sends(answer(pack(body), "200 OK", f"Content-Encoding: {name}"))) as (server, station):
        await station.until(lambda: station.chunks)
        assert station.payloads[0] == body
        assert header(server.requests[0], "accept-encoding") == "gzip"


@async_test
async def test_nothing_new_is_no_payload_and_no_fault() -> None:
    """The server says 304 for the ETag that it gave, or sends the same ETag again; without one it is asked in full."""

    async def handle(server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        same = header(head, "if-none-match") == '"a1"'
        writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "a1"\r\n\r\n' if same else answer(BODY, "200 OK", 'ETag: "a1"'))

    async with asking(handle) as (server, station):
        await station.until(lambda: len(server.requests) >= 4)
        assert station.payloads == [BODY]
        assert station.link.state == "up"
    async with asking(sends(answer(BODY, "200 OK", 'ETag: "b"'))) as (server, station):
        await station.until(lambda: len(server.requests) >= 3)
        assert station.payloads == [BODY]
    async with asking(sends(answer(BODY, "200 OK", "Last-Modified: Sun, 22 Nov 2026 20:00:00 GMT"))) as (server, station):
        await station.until(lambda: len(station.chunks) >= 2)
        assert header(server.requests[1], "if-modified-since") is None  # whole seconds: a newer document would be missed


@async_test
async def test_the_path_and_the_servers_own_query_arrive_as_they_were_meant() -> None:
    async with asking(sends(answer()), "?every=0.2&query=circle%3D33.7,-118.2,20%26x", "/a%20b/%25/re-api/") as (server, station):
        await station.until(lambda: station.chunks)
        assert server.requests[0].split()[1] == b"/a%20b/%25/re-api/?circle=33.7,-118.2,20&x"
        assert "circle" not in station.chunks[0].source


@async_test
async def test_it_stops_at_once_while_it_waits_and_while_it_reads() -> None:
    async def never(server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    for handle, options in ((sends(answer()), "?every=3600"), (never, "?timeout=60")):
        async with asking(handle, options) as (server, station):
            await station.until(lambda s=server: s.requests)
            await asyncio.sleep(0.05)
            with stopwatch() as so_far:
                station.stop.set()
                await asyncio.wait_for(station._task, 120)
                assert so_far() < 0.5


# -- who may see what ------------------------------------------------------------------------------------------------
@async_test
async def test_credentials_are_sent_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def handle(server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        right = header(head, "authorization") == "Basic " + base64.b64encode(b"picket:hunter2").decode()
        writer.write(answer(BODY) if right else answer(b"", "401 Unauthorized"))

    async with asking(handle, user="picket:hunter2@") as (_, station):
        await station.until(lambda: station.chunks)
        assert "hunter2" not in f"{station.link} {station.chunks[0].source} {station.address!r}"
    async with asking(handle, user="picket:hunter3@") as (_, station):
        await station.until(lambda: station.link.state == "waiting")
        assert "status 401" in station.link.detail
        assert "hunter3" not in f"{station.link}"
    assert "hunter" not in caplog.text
    assert base64.b64encode(b"picket:hunter2").decode() not in caplog.text


@async_test
async def test_a_password_file_is_read_at_every_connect(tmp_path: Path) -> None:
    secret = tmp_path / "secret"

    async def handle(server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        right = header(head, "authorization") == "Basic " + base64.b64encode(b"u:right").decode()
        writer.write(answer(BODY) if right else answer(b"", "403 Forbidden"))

    async with asking(handle, f"?every=0.2&user=u&password_file={secret}") as (server, station):
        await station.until(lambda: station.link.state == "waiting")
        assert "No such file" in station.link.detail
        assert not server.requests
        secret.write_text("wrong\n")
        await station.until(lambda: "status 403" in station.link.detail)
        secret.write_text("right\n")
        await station.until(lambda: station.chunks)


@async_test
async def test_a_redirect_is_followed_on_the_same_host_only() -> None:
    async def handle(server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        new = head.split()[1] == b"/data/aircraft.json"
        writer.write(answer(BODY) if new else answer(b"gone", "301 Moved Permanently", "Location: /data/aircraft.json"))

    async with asking(handle, path="/aircraft.json") as (_, station):
        await station.until(lambda: len(station.chunks) >= 2)
        assert station.payloads[0] == BODY
    async with Server(sends(answer(b"taken"))) as other:
        where = f"http://thief:pass@127.0.0.1:{other.port}/x"
        async with asking(sends(answer(b"", "302 Found", f"Location: {where}")), user="u:hunter2@") as (_, station):
            await station.until(lambda: station.link.state == "waiting")
            assert "redirects to another place" in station.link.detail
            assert "pass" not in station.link.detail
        assert not other.requests
    async with asking(sends(answer(b"", "302 Found", "Location: /again"))) as (server, station):
        await station.until(lambda: station.link.state == "waiting")
        assert "redirects more than 3 times" in station.link.detail
        assert len(server.requests) <= 8


@async_test
async def test_the_environments_proxy_and_netrc_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login x password y\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    async with asking(sends(answer())) as (server, station):
        await station.until(lambda: station.chunks)
        assert header(server.requests[0], "authorization") is None


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=x",
        "-addext", "subjectAltName=IP:127.0.0.1",
    ]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs openssl to make a certificate")
    return key, cert


@async_test
async def test_https_checks_the_certificate(tmp_path: Path) -> None:
    key, cert = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    async with Server(sends(answer()), context) as server:
        trusting = f"readsb+https://127.0.0.1:{server.port}/a?ca={cert}"
        async with Station(trusting) as station:
            await station.until(lambda: station.chunks)
            assert station.payloads[0] == BODY
        async with Station(f"readsb+https://127.0.0.1:{server.port}/a") as station:
            await station.until(lambda: station.link.state == "waiting")
            assert "certificate" in station.link.detail.lower()
            assert not station.chunks


# -- bad servers -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "204 No Content", "206 Partial Content"])
@async_test
async def test_another_status_means_wait_and_ask_again(status: str) -> None:
    async with asking(sends(answer(b"", status), answer())) as (_, station):
        await station.until(lambda: station.link.state == "waiting")
        assert f"status {status[:3]}" in station.link.detail
        assert "next attempt in" in station.link.detail
        await station.until(lambda: station.chunks)
        assert station.link.reconnects == 1


@async_test
async def test_waits_grow_while_nothing_answers_and_end_when_something_does() -> None:
    port = free_port()
    async with Station(f"readsb+http://127.0.0.1:{port}/a?every=0.2") as station:
        await station.until(lambda: station.link.reconnects >= 2)
        assert station.link.state in ("waiting", "connecting")
        server = Server(sends(answer()))
        server.port = port
        async with server:
            await station.until(lambda: station.chunks)
            assert station.link.state == "up"


@async_test
async def test_half_an_answer_is_none() -> None:
    for broken in (
        answer(b"half", length=100),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n",
        b"HTTP/1.1 200 O",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        answer(gzip.compress(BODY * 99)[:-9], "200 OK", "Content-Encoding: gzip"),
        answer(b"no gzip at all", "200 OK", "Content-Encoding: gzip"),
        answer(b"?", "200 OK", "Content-Encoding: br"),
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1/\r\nContent-Length: 0\r\n\r\n",
    ):
        async with asking(sends(broken, close=True)) as (_, station):
            await station.until(lambda s=station: s.link.state == "waiting")
            assert not station.chunks, broken
            assert station.link.detail.startswith("http://127.0.0.1"), station.link.detail


@pytest.mark.parametrize(
    "head", [b'ETag: "\xc3\xa9\x7f"', b"ETag: " + b"x" * 5000, b"Content-Encoding: \xff", b"ETag:", b"X: \x7f\xff"]
)
@async_test
async def test_odd_heads_do_not_end_the_feed(head: bytes) -> None:
    odd = b"HTTP/1.1 200 OK\r\nContent-Length: 23\r\n" + head + b"\r\n\r\n" + BODY
    async with asking(sends(odd, odd, answer(b"later"))) as (_, station):
        await station.until(lambda: b"later" in station.payloads)


@pytest.mark.parametrize(
    "place", [b"http://\xff\xfe/", b"//xn--\xe9/", b"http://a:999999/", b"\x01", b"http://[v1.x]/", b"?" + b"%" * 99]
)
@async_test
async def test_odd_redirects_do_not_end_the_feed(place: bytes) -> None:
    odd = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + place + b"\r\n\r\n"
    async with asking(sends(odd, odd, answer(b"later"))) as (_, station):
        await station.until(lambda: b"later" in station.payloads)


@async_test
async def test_a_peer_that_sends_a_byte_a_second_is_cut_off_in_time() -> None:
    async def drip(server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        for i in range(600):
            writer.write(answer(BODY)[i : i + 1])
            await writer.drain()
            await asyncio.sleep(0.1)

    async with asking(drip, "?timeout=0.5") as (_, station):
        with stopwatch() as so_far:
            await station.until(lambda: station.link.state == "waiting")
            assert so_far() < 1.5
        assert "did not answer within 0.5 s" in station.link.detail
        assert not station.chunks


@async_test
async def test_a_flood_is_cut_off_and_counted() -> None:
    async def flood(server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(1000):
            writer.write(b"10000\r\n" + bytes(65536) + b"\r\n")
            await writer.drain()

    async with asking(flood) as (_, station):
        await station.until(lambda: station.link.left_out["oversized_payload"] >= 2)
        assert not station.chunks
        assert station.link.state == "up"  # it answers; its answers are of no use, which the count says
    exact = b" " * http.MOST_BODY
    async with asking(sends(answer(exact), answer(exact + b" "))) as (_, station):
        await station.until(lambda: station.link.left_out["oversized_payload"] >= 1)
        assert [len(p) for p in station.payloads] == [http.MOST_BODY]


@async_test
async def test_a_gzip_bomb_is_cut_off_while_the_loop_keeps_turning() -> None:
    bomb = gzip.compress(bytes(400 << 20), 9)
    longest, last = 0.0, time.thread_time()  # what the loop's thread computes: a machine that lets it wait is no fault of ours

    async def watch() -> None:
        nonlocal longest, last
        while True:
            await asyncio.sleep(0.001)
            longest, last = max(longest, time.thread_time() - last), time.thread_time()

    async with asking(sends(answer(bomb, "200 OK", "Content-Encoding: gzip"))) as (_, station):
        await station.until(lambda: station.link.left_out["oversized_payload"] >= 1)
        last = time.thread_time()
        watching = asyncio.ensure_future(watch())
        seen = station.link.left_out["oversized_payload"]
        await station.until(lambda: station.link.left_out["oversized_payload"] >= seen + 2)
        watching.cancel()
        assert not station.chunks
        assert longest < 0.25  # all of it at once would take most of a second, and 400 MB


@async_test
async def test_empty_bodies_are_counted() -> None:
    async with asking(sends(answer(b""))) as (_, station):
        await station.until(lambda: station.link.left_out["empty_payload"] >= 2)
        assert not station.chunks
        assert station.link.state == "up"


@async_test
async def test_endless_heads_are_cut_off() -> None:
    async def endless(server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X: " + b"y" * 65536 + b"\r\n")
            await writer.drain()

    async with asking(endless) as (_, station):
        await station.until(lambda: station.link.state == "waiting")
        assert not station.chunks


@async_test
async def test_without_httpx_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    station = Station("readsb+http://127.0.0.1:1/a")
    with pytest.raises(RuntimeError, match=r'pip install "picket\[station\]"'):
        await http.run(station.address, station.chunks.append, station.link, station.clock, station.stop)
    assert "httpx" in station.link.detail
