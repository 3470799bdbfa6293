"""How long from a radar's datagram to a client, with 1,000 tracks; and what a station costs.

A station runs as its own process (`picket watch`) with one radar over loopback UDP. 1,000 objects fly straight; their plots are
sent as ASTERIX CAT 048, sixteen sectors a second, 30 % clutter on top. Latency is from the moment of sending to the arrival of
the picture frame in which the track has that plot's time (CAT 048 gives it to 1/128 s), at a WebSocket client in this process.
"""

from __future__ import annotations

import json
import os
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

import httpx
import numpy as np
import psutil
from websockets.sync.client import connect

from picket.feed.asterix import encode_cat048
from picket.words import DETECTION, Batch

OBJECTS, CLUTTER, SECTORS, SECONDS, WARM_S = 1_000, 300, 16, 30, 15
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
max_range_m = 20000
clutter_per_scan = {clutter}
match = {{ sac = 1, sic = 1 }}
feed = "asterix+udp://127.0.0.1:{port}"
[station]
port = 0
"""


def _free() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class _Sky:
    """Objects on straight lines, seen from the radar; sector by sector."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        angle, distance = rng.uniform(0, 2 * np.pi, OBJECTS), rng.uniform(800, 18_000, OBJECTS)
        self.start = np.stack([distance * np.sin(angle), distance * np.cos(angle)], 1)
        self.velocity = rng.uniform(-15, 15, (OBJECTS, 2))
        self.height = rng.uniform(40, 400, OBJECTS)

    def plots(self, sector: int, elapsed: float, now: float) -> Batch:
        """The plots of one sector, stamped `now`."""
        place = self.start + self.velocity * elapsed
        azimuth = np.degrees(np.arctan2(place[:, 0], place[:, 1])) % 360
        inside = (azimuth // (360 / SECTORS)).astype(int) == sector
        inside &= self.rng.random(OBJECTS) < 0.9
        ground = np.hypot(*place[inside].T)
        n, clutter = int(inside.sum()), self.rng.poisson(CLUTTER / SECTORS)
        slant = np.concatenate(
            [np.hypot(ground, self.height[inside]) + self.rng.normal(0, 10, n), self.rng.uniform(500, 20_000, clutter)]
        )
        bearing = np.concatenate(
            [azimuth[inside] + self.rng.normal(0, 0.2, n), (sector + self.rng.random(clutter)) * 360 / SECTORS]
        )
        height = np.concatenate([self.height[inside] + self.rng.normal(0, 10, n), self.rng.uniform(0, 500, clutter)])
        columns = {"time": np.full(n + clutter, now), "range_m": slant, "azimuth_deg": bearing % 360, "alt_msl_m": height}
        return Batch.build(DETECTION, n + clutter, columns)


def _send(port: int, stop: threading.Event, sent: dict[int, float]) -> None:
    """Sends sector after sector; `sent` maps the plot time in 1/128 s to when its datagrams went out."""
    sky, out, began = _Sky(np.random.default_rng(1)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM), time.time()
    k = 0
    while not stop.is_set():
        due = began + k / SECTORS
        time.sleep(max(due - time.time(), 0))
        now = np.round(time.time() * 128) / 128
        for payload in encode_cat048(sky.plots(k % SECTORS, now - began, now), sac=1, sic=1):
            out.sendto(payload, ("127.0.0.1", port))
        sent[round(now * 128)] = time.time()
        k += 1


def _updated(frame: bytes) -> np.ndarray:
    n, m = struct.unpack_from("<II", frame, 24)
    return np.frombuffer(frame, "<f8", n, 32 + 8 * n + 8 * m)


def _listen(host: str, session: str, sent: dict[int, float]) -> tuple[list[float], int]:
    """Latencies (s), one per (frame, plot time) that is new in it; and the most tracks seen at once."""
    found: list[float] = []
    seen: set[int] = set()
    tracks = 0
    with connect(f"ws://{host}/ws/picture", additional_headers={"authorization": f"Bearer {session}"}, max_size=None) as ws:
        ws.recv()
        began = time.time()
        end = began + SECONDS
        while time.time() < end:
            frame = ws.recv()
            arrived = time.time()
            assert isinstance(frame, bytes)
            updated = _updated(frame)
            if frame[4] == 1:
                tracks = max(tracks, len(updated))
                continue
            for key in {round(t * 128) for t in updated.tolist()} - seen:
                seen.add(key)
                if sent.get(key, 0.0) > began:  # a row that changed for another reason may hold an older plot
                    found.append(arrived - sent[key])
    return found, tracks


def run() -> dict[str, object]:
    """p50 and p99 from datagram to client in ms, tracks, and the station's cost."""
    port = _free()
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site.toml"
        site.write_text(SITE.format(port=port, clutter=CLUTTER))
        command = [sys.executable, "-m", "picket.cli", "watch", "--site", str(site), "--json"]
        station = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
        try:
            assert station.stdout is not None
            url = json.loads(station.stdout.readline())["url"]
            host, token = re.fullmatch(r"http://([^/]+)/\?token=(.+)", url).groups()  # type: ignore[union-attr]
            session = httpx.post(f"http://{host}/api/session", json={"token": token}).json()["session"]
            stop, sent = threading.Event(), dict[int, float]()
            sender = threading.Thread(target=_send, args=(port, stop, sent), daemon=True)
            sender.start()
            time.sleep(WARM_S)
            process = psutil.Process(station.pid)
            before = process.cpu_times()
            latencies, _ = _listen(host, session, sent)
            after = process.cpu_times()
            tracks = len(
                httpx.get(f"http://{host}/api/tracks", headers={"authorization": f"Bearer {session}"}, timeout=30).json()[
                    "tracks"
                ]
            )
            stop.set()
            sender.join()
            quiet = statistics.quantiles(latencies, n=100)
            cores = (after.user + after.system - before.user - before.system) / SECONDS
            return {
                "tracks": tracks, "sectors_timed": len(latencies), "p50_ms": round(1000 * quiet[49], 1),
                "p99_ms": round(1000 * quiet[98], 1), "plots_per_s": OBJECTS * 0.9 + CLUTTER,
                "station_cores": round(cores, 2), "station_mb": round(process.memory_info().rss / 2**20),
            }  # fmt: skip
        finally:
            station.terminate()
            station.wait(20)


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
