"""A station as a process: signals, a second one on the same archive or port. Messages, not tracebacks."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

import picket
from picket.record import log
from tests.station.live import PIER

SITE = """version = 1
[site]
name = "Test pier"
lat_deg = 45.0
lon_deg = -30.0
[[zone]]
id = "pier"
kind = "protected"
geometry = "pier.geojson"
[station]
port = 0
tick_s = 0.1
"""


def start(tmp_path: Path, archive: str, *options: str, site: str = SITE) -> subprocess.Popen[str]:
    (tmp_path / "pier.geojson").write_text(json.dumps(PIER))
    (tmp_path / "site.toml").write_text(site)
    command = [sys.executable, "-m", "picket.cli", "watch", "--site", "site.toml", "--archive", archive, "--json", *options]
    env = {**os.environ, "PYTHONPATH": str(Path(picket.__file__).parent.parent)}
    return subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running station and the address that it printed."""
    process = start(tmp_path, "archive")
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        yield process, json.loads(line)["url"]
    finally:
        process.kill()
        process.communicate()


def stalled_client(url: str) -> socket.socket:
    """A WebSocket client that shakes hands, reads nothing, and whose buffers are as small as they get."""
    parts = urlsplit(url)
    session = httpx.post(f"http://{parts.netloc}/api/session", json={"token": parse_qs(parts.query)["token"][0]}).json()[
        "session"
    ]
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    s.connect((parts.hostname, parts.port))
    s.sendall(
        f"GET /ws/picture HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {session}\r\n\r\n".encode()
    )
    assert b"101" in s.recv(64)
    return s


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order_with_a_client_that_never_reads(
    tmp_path: Path, station: tuple[subprocess.Popen[str], str], sig: signal.Signals
) -> None:
    process, url = station
    client = stalled_client(url)
    process.send_signal(sig)
    _, err = process.communicate(timeout=300)
    client.close()
    assert (process.returncode, err) == (0, "")
    verdict = log.verify(tmp_path / "archive")
    assert (verdict.damage, verdict.torn_tail, verdict.kinds["end"]) == (None, False, 1)


def test_a_second_station_on_the_archive_or_the_port_is_told_what_to_do(
    tmp_path: Path, station: tuple[subprocess.Popen[str], str]
) -> None:
    _, url = station
    for archive, port, words in (
        ("archive", "0", "another station writes this archive"),
        ("other", str(urlsplit(url).port), "choose another with --port"),
        ("site.toml/below", "0", "cannot be written"),
    ):
        second = start(tmp_path, archive, "--port", port)
        out, err = second.communicate(timeout=300)
        assert (second.returncode, out) == (2, "")
        assert words in err
        assert "Traceback" not in err


def test_where_the_archive_cannot_be_written_it_says_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the administrator may write everywhere")
    (tmp_path / "archive").mkdir(mode=0o500)
    process = start(tmp_path, "archive")
    _, err = process.communicate(timeout=300)
    assert process.returncode == 2
    assert "cannot be written" in err
    assert "Traceback" not in err
