"""Clients that never finish what they ask, leave in the middle of it, or come in hundreds: cut off, and nothing is said to be broken."""

from __future__ import annotations

import logging
import socket
import time
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from picket.station import patience
from tests.station.live import Live, make_site, running


def begin(live: Live, text: str) -> socket.socket:
    """A connection that has sent `text` and waits."""
    host, port = live.host.split(":")
    s = socket.create_connection((host, int(port)), timeout=5)
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


def test_a_request_that_never_arrives_is_cut_off_and_a_stream_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_S", 0.5)
    monkeypatch.setattr(patience, "BODY_S", 0.5)
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        with connect(f"ws://{live.host}/ws/picture", additional_headers=live.headers) as stream:
            stream.recv(timeout=5)
            assert cut_off(begin(live, ""), 5)
            assert cut_off(begin(live, "GET / HTTP/1.1\nHost: HOST\nX-Slow: "), 5)
            assert cut_off(begin(live, "POST /login HTTP/1.1\nHost: HOST\nContent-Length: 9999\n\n"), 5)
            end = time.monotonic() + 1.2  # the stream outlives both limits
            while time.monotonic() < end:
                assert stream.recv(timeout=5)
        assert live.get("/api/health")["state"] == "ok"


def test_more_connections_than_are_served_leave_the_rest_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        assert live.get("/api/health")["state"] == "ok"  # keeps its connection
        monkeypatch.setattr(patience, "MOST", 5)
        crowd = [begin(live, "GET / HTTP/1.1\n") for _ in range(20)]
        assert sum(cut_off(s, 0.3) for s in crowd) >= 15
        for s in crowd:
            s.close()
        live.until(lambda: httpx.get(f"{live.base}/").status_code == 401)


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
