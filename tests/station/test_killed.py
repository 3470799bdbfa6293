"""kill -9 on a whole station while it tracks and an officer acts; `python -m benchmarks kill` does fifty with 4,000 tracks."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from picket.record import log
from tests.station.live import approach, free_port
from tests.station.test_process import SITE, start
from tests.waiting import until


def sign_in(url: str) -> httpx.Client:
    parts = urlsplit(url)
    base = f"http://{parts.netloc}"
    session = httpx.post(f"{base}/api/session", json={"token": parse_qs(parts.query)["token"][0]}).json()["session"]
    return httpx.Client(base_url=base, headers={"authorization": f"Bearer {session}"}, timeout=120)


def test_what_an_officer_was_told_is_done_survives_a_kill(tmp_path: Path) -> None:
    port = free_port()
    sensor = f'[[sensor]]\nid = "rid"\nkind = "remote_id"\nfeed = "table+udp://127.0.0.1:{port}"\n'
    out, done = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), []
    process = start(tmp_path, "archive", site=SITE + sensor)
    try:
        assert process.stdout is not None
        with sign_in(json.loads(process.stdout.readline())["url"]) as http:

            def seen() -> Any:
                for one in approach(time.time(), 1, from_m=100.0):
                    out.sendto(json.dumps(one).encode() + b"\n", ("127.0.0.1", port))
                return [a for a in http.get("/api/alerts").json()["alerts"] if a["track_ids"]]

            alerts = until(seen)
            assert http.post(f"/api/alerts/{alerts[0]['id']}/acknowledge").status_code == 200
            for n in range(20):
                if http.post("/api/log", json={"kind": "note", "text": f"note {n}"}).status_code == 200:
                    done.append(f"note {n}")
                if n == 15:
                    process.kill()
                    break
    finally:
        process.kill()
        process.communicate()
        with contextlib.suppress(OSError):
            out.close()
    assert len(done) == 16
    again = start(tmp_path, "archive", site=SITE + sensor)
    try:
        assert again.stdout is not None
        with sign_in(json.loads(again.stdout.readline())["url"]) as http:
            held = {a["id"]: a["state"] for a in http.get("/api/alerts").json()["alerts"]}
            assert held[alerts[0]["id"]] == "acknowledged"
            until(lambda: http.get("/api/log").json()["complete"])
            texts = {e["text"] for e in http.get("/api/log").json()["entries"]}
            assert set(done) <= texts
    finally:
        again.kill()
        again.communicate()
    assert log.verify(tmp_path / "archive").damage is None
