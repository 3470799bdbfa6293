"""Clients that never finish what they ask, leave in the middle of it, or come in hundreds: cut off, and nothing is said to be broken."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import logging
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from uvicorn import Config
from uvicorn.server import ServerState
from websockets.sync.client import connect

from picket.station import patience
from tests.station.live import Live, make_site, running
from tests.waiting import until


def begin(live: Live, text: str) -> socket.socket:
    """A connection that has sent `text` and waits."""
    host, port = live.host.split(":")
    s = socket.create_connection((host, int(port)), timeout=60)
    s.sendall(text.replace("\n", "\r\n").replace("HOST", live.host).encode())
    return s


def cut_off(s: socket.socket, within_s: float) -> bool:
    """Whether the station ends the connection in that time, however the client trickles on."""
    end = time.monotonic() + within_s
    s.settimeout(0.05)
    while time.monotonic() < end:
        try:
            if not s.recv(4096):
                return True
        except TimeoutError:
            pass
        except OSError:
            return True
        try:
            s.sendall(b"x")
        except OSError:
            return True
    return False


# -- by a clock of its own -----------------------------------------------------------------------------------------------
class Loop:
    """As much of a loop as a protocol that waits for a request needs; its time goes on when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, asyncio.Handle]] = []

    def call_later(self, seconds: float, what: Callable[..., None], *arguments: Any) -> asyncio.Handle:
        handle = asyncio.Handle(what, arguments, self)  # type: ignore[arg-type]
        heapq.heappush(self._due, (self.now + seconds, len(self._due), handle))
        return handle

    def get_debug(self) -> bool:
        return False

    def goes_on(self, seconds: float) -> None:
        """Runs what becomes due, at its time."""
        end = self.now + seconds
        while self._due and self._due[0][0] <= end:
            self.now = max(self._due[0][0], self.now)
            self._turn()
        self.now = end

    def stands_still(self, seconds: float) -> None:
        """The process is stopped, then what is due runs once: the machine was slow, or asleep."""
        self.now += seconds
        self._turn()

    def _turn(self) -> None:
        due, self._due = [d for d in self._due if d[0] <= self.now], [d for d in self._due if d[0] > self.now]
        heapq.heapify(self._due)
        for _, _, handle in due:
            if not handle.cancelled():
                handle._run()


def _no_task(loop: Loop, work: Any, **_: object) -> asyncio.Future[None]:
    work.close()
    return asyncio.Future(loop=loop)  # type: ignore[arg-type]


class Line:
    """A transport that leads nowhere."""

    def __init__(self) -> None:
        self.protocol: Any = None
        self.written, self.closed, self.aborted = b"", False, False

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.aborted = True

    def get_protocol(self) -> Any:
        return self.protocol

    def get_extra_info(self, _: str) -> None:
        return None

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


def connected() -> tuple[Loop, Line, patience.Patient]:
    """A client that has just connected."""
    loop, line = Loop(), Line()
    line.protocol = patience.Patient(Config(print), ServerState(), {}, _loop=loop)
    line.protocol.connection_made(line)
    return loop, line, line.protocol


def test_a_head_that_trickles_is_cut_off_after_its_time() -> None:
    loop, line, protocol = connected()
    for byte in b"GET / HTTP/1":
        loop.goes_on(patience.HEAD_S / 12 - 0.01)
        protocol.data_received(bytes([byte]))
    assert not line.aborted
    loop.goes_on(0.2)
    assert line.aborted


def test_a_station_that_stood_still_cuts_nobody_off_for_it() -> None:
    """A laptop that was busy, or closed for a while: the rest of the request waits in the kernel until we read again."""
    loop, line, protocol = connected()
    protocol.data_received(b"GET / HTTP/1.1\r\n")
    for _ in range(5):
        loop.stands_still(10 * patience.HEAD_S)
        loop.goes_on(1.0)
    assert not line.aborted
    loop.goes_on(patience.HEAD_S)
    assert line.aborted


def test_a_body_that_we_do_not_read_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, line, protocol = connected()
    monkeypatch.setattr(Loop, "create_task", _no_task, raising=False)
    protocol.data_received(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n" + bytes(100_000))
    assert protocol.flow.read_paused
    loop.goes_on(10 * patience.BODY_S)
    assert not line.aborted
    protocol.flow.resume_reading()
    loop.goes_on(patience.BODY_S + patience.LOOK_S)
    assert line.aborted


def test_an_idle_connection_is_kept_for_longer_than_clients_keep_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a request now and then meets a connection that is just being closed, and is answered with a reset."""
    loop, line, protocol = connected()
    monkeypatch.setattr(Loop, "create_task", _no_task, raising=False)
    protocol.data_received(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    for part in ({"type": "http.response.start", "status": 204, "headers": []}, {"type": "http.response.body"}):
        with contextlib.suppress(StopIteration):
            protocol.cycle.send(part).send(None)  # type: ignore[arg-type]
    assert line.written.startswith(b"HTTP/1.1 204")
    loop.goes_on(60.0)
    assert not line.closed
    loop.goes_on(patience.KEEP_S - 60.0)
    assert line.closed
    assert not line.aborted


# -- a whole station ---------------------------------------------------------------------------------------------------
def test_a_request_that_never_arrives_is_cut_off_and_a_stream_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_S", 0.5)
    monkeypatch.setattr(patience, "BODY_S", 0.5)
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        with connect(f"ws://{live.host}/ws/picture", additional_headers=live.headers) as stream:
            stream.recv(timeout=60)
            assert cut_off(begin(live, ""), 60)
            assert cut_off(begin(live, "GET / HTTP/1.1\nHost: HOST\nX-Slow: "), 60)
            assert cut_off(begin(live, "POST /login HTTP/1.1\nHost: HOST\nContent-Length: 9999\n\n"), 60)
            end = time.monotonic() + 1.2  # the stream outlives both limits
            while time.monotonic() < end:
                assert stream.recv(timeout=60)
        assert live.get("/api/health")["state"] == "ok"


def test_more_connections_than_are_served_leave_the_rest_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_S", 3600.0)  # nobody goes for being slow
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        assert live.get("/api/health")["state"] == "ok"  # keeps its connection
        monkeypatch.setattr(patience, "MOST", 5)
        crowd = [begin(live, "GET / HTTP/1.1\n") for _ in range(20)]
        left = list(crowd)

        def most_are_gone() -> bool:
            left[:] = [s for s in left if not cut_off(s, 0.05)]
            return len(left) <= 5

        until(most_are_gone)
        for s in crowd:
            s.close()

        def served() -> bool:
            with contextlib.suppress(httpx.TransportError):  # until the station has seen that they are gone
                return httpx.get(f"{live.base}/").status_code == 401
            return False

        until(served)


def test_who_leaves_in_the_middle_of_a_body_is_no_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        logging.getLogger("uvicorn.error").addHandler(caplog.handler)  # its own do not reach the root
        begin(live, "POST /login HTTP/1.1\nHost: HOST\nContent-Length: 9999\n\nname=a").close()
        session = f"Authorization: Bearer {live.session}\n"
        begin(live, f"POST /api/flights/planned HTTP/1.1\nHost: HOST\n{session}Content-Length: 9999\n\nid").close()
        time.sleep(0.5)
        assert live.get("/api/health")["state"] == "ok"
    logging.getLogger("uvicorn.error").removeHandler(caplog.handler)
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


def test_a_header_does_not_choose_whose_wrong_tries_are_counted(tmp_path: Path) -> None:
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        answers = [
            httpx.post(f"{live.base}/api/session", json={"token": "guess"}, headers={"x-forwarded-for": f"10.0.0.{i}"}).json()[
                "error"
            ]
            for i in range(12)
        ]
    assert "wait a minute" in answers[-1]
