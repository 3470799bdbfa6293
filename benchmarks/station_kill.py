"""kill -9 on a whole station under load, again and again on one archive: what was acknowledged is there, and how soon the picture is back.

`picket watch` as a process of its own, a radar with OBJECTS drones over loopback UDP (sixteen sectors a second), and an officer who
writes notes as fast as they are answered. A note is acknowledged when its reply came. At a seeded moment the process is killed; the next
is started at once. The picture is back when the stream has shown as many tracks as fly, less a twentieth; time counts from the start of
the process, and so does the CPU time that it took, which other work on the machine does not change.
"""

from __future__ import annotations

import json
import os
import random
import re
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from websockets.sync.client import connect

from picket.feed.asterix import encode_cat048
from picket.record import log
from picket.words import DETECTION, Batch

OBJECTS = int(os.environ.get("PICKET_BENCH_STATION_TRACKS", 4_000))
SECTORS, ENOUGH = 16, OBJECTS - OBJECTS // 20
SITE = """version = 1
[site]
name = "Bench"
lat_deg = 45.0
lon_deg = -30.0
[[sensor]]
id = "r"
kind = "radar"
lat_deg = 45.0
lon_deg = -30.0
alt_wgs84_m = 20.0
scan_period_s = 1.0
max_range_m = 40000
clutter_per_scan = 20
match = {{ sac = 1, sic = 1 }}
feed = "asterix+udp://127.0.0.1:{port}"
[station]
port = 0
"""


def _free() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _send(port: int, stop: threading.Event) -> None:
    rng, out, began, k = np.random.default_rng(1), socket.socket(socket.AF_INET, socket.SOCK_DGRAM), time.time(), 0
    angle, distance = rng.uniform(0, 2 * np.pi, OBJECTS), 40_000 * np.sqrt(rng.uniform(0.01, 0.9, OBJECTS))
    place, velocity = np.stack([distance * np.sin(angle), distance * np.cos(angle)], 1), rng.uniform(-20, 20, (OBJECTS, 2))
    height = rng.uniform(100, 400, OBJECTS)
    while not stop.wait(max(began + k / SECTORS - time.time(), 0)):
        now = time.time()
        east, north = (place + velocity * (now - began)).T
        azimuth = np.degrees(np.arctan2(east, north)) % 360
        rows = np.flatnonzero((azimuth // (360 / SECTORS)).astype(int) == k % SECTORS)
        columns = {
            "time": now, "range_m": np.hypot(np.hypot(east, north), height)[rows] + rng.normal(0, 10, len(rows)),
            "azimuth_deg": azimuth[rows] + rng.normal(0, 0.1, len(rows)), "alt_msl_m": height[rows],
        }  # fmt: skip
        for payload in encode_cat048(Batch.build(DETECTION, len(rows), columns), sac=1, sic=1):
            out.sendto(payload, ("127.0.0.1", port))
        k += 1


class _Run:
    """One life of the station."""

    def __init__(self, site: Path, archive: Path) -> None:
        self.began = time.monotonic()
        command = [sys.executable, "-m", "picket.cli", "watch", "--site", str(site), "--archive", str(archive), "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
        assert self.process.stdout is not None
        url = json.loads(self.process.stdout.readline())["url"]
        self.up_s = time.monotonic() - self.began
        host, token = re.fullmatch(r"http://([^/]+)/\?token=(.+)", url).groups()  # type: ignore[union-attr]
        self.host = host
        self.session = httpx.post(f"http://{host}/api/session", json={"token": token}).json()["session"]

    def picture_s(self) -> float:
        """Seconds from the start of the process until the picture has enough tracks."""
        with connect(f"ws://{self.host}/ws/picture", additional_headers=self._signed, max_size=None) as ws:
            seen: set[float] = set()
            while len(seen) < ENOUGH:
                frame = ws.recv(timeout=60)
                if isinstance(frame, bytes):  # docs/stream.md: the tracks that changed since the frame before
                    seen.update(np.frombuffer(frame, "<f8", struct.unpack_from("<I", frame, 24)[0], 32).tolist())
            return time.monotonic() - self.began

    def cpu_s(self) -> float:
        """Seconds of CPU time that the process has used."""
        user, system = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    @property
    def _signed(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.session}"}

    def write(self, first: int, acknowledged: list[int]) -> None:
        """Writes notes until the station is gone."""
        with httpx.Client(base_url=f"http://{self.host}", headers=self._signed, timeout=30) as http:
            for number in range(first, first + 100_000):
                try:
                    answer = http.post("/api/log", json={"kind": "note", "text": f"note {number}"})
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    acknowledged.append(number)


def run(kills: int) -> dict[str, Any]:
    """Sums over all kills, and how long the picture took."""
    port, stop, up, back, cpu = _free(), threading.Event(), [], [], []
    acknowledged: list[int] = []
    threading.Thread(target=_send, args=(port, stop), daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="picket-kill-") as temporary:
        site, archive = Path(temporary) / "site.toml", Path(temporary) / "archive"
        site.write_text(SITE.format(port=port))
        try:
            for seed in range(kills + 1):  # the first start is of an empty archive, and is not counted
                one = _Run(site, archive)
                found = one.picture_s()
                if seed:
                    up.append(one.up_s)
                    back.append(found)
                    cpu.append(one.cpu_s())
                writer = threading.Thread(target=one.write, args=(seed * 100_000, acknowledged))
                writer.start()
                time.sleep(random.Random(seed).uniform(0.5, 1.5))
                one.process.kill()
                one.process.wait()
                writer.join()
        finally:
            stop.set()
        verdict = log.Verdict()
        kept = {r.payload["text"] for r in log.read(archive, verdict=verdict) if r.kind == "action"}
        lost = sum(f"note {n}" not in kept for n in acknowledged)
    return {
        "kills": kills, "acknowledged": len(acknowledged), "acknowledged_records_lost": lost, "log_damage": verdict.damage,
        "tracks": OBJECTS, "listening_after_s": _spread(up), "picture_back_after_s": _spread(back),
        "cpu_until_picture_s": _spread(cpu),
    }  # fmt: skip


def _spread(values: list[float]) -> dict[str, float]:
    return {"least": round(min(values), 2), "median": round(statistics.median(values), 2), "most": round(max(values), 2)}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1])), indent=1))
