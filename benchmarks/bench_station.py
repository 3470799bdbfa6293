"""How long from a radar's datagram to a client and to the page, with 1,000 tracks; and what a station costs.

A station runs as its own process (`picket watch`) with one radar over loopback UDP. 1,000 objects fly straight; their plots are
sent as ASTERIX CAT 048, sixteen sectors a second, 30 % clutter on top. Latency is from the moment of sending to the arrival of
the picture frame in which the track has that plot's time (CAT 048 gives it to 1/128 s), at a WebSocket client in this process.
For the page, Chromium without a GPU shows the station, and every animation frame asks which of 60 tracks have a newer plot than in
the frame before: what is drawn by then.
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


def _rows(frame: bytes) -> tuple[list[int], list[float]]:
    """Track ids and their plot times in a frame (docs/stream.md)."""
    n, m = struct.unpack_from("<II", frame, 24)
    ids = np.frombuffer(frame, "<f8", n, 32).astype(int)
    return ids.tolist(), np.frombuffer(frame, "<f8", n, 32 + 8 * n + 8 * m).tolist()


def _listen(host: str, session: str, sent: dict[int, float]) -> list[float]:
    """Latencies (s), one for each new plot of each track."""
    found: list[float] = []
    known: dict[int, float] = {}
    with connect(f"ws://{host}/ws/picture", additional_headers={"authorization": f"Bearer {session}"}, max_size=None) as ws:
        ws.recv()
        end = time.time() + SECONDS
        while time.time() < end:
            frame = ws.recv()
            arrived = time.time()
            assert isinstance(frame, bytes)
            for track, updated in zip(*_rows(frame), strict=True):
                if updated > known.get(track, np.inf) and round(updated * 128) in sent:
                    found.append(arrived - sent[round(updated * 128)])
                known[track] = updated
    return found


_WATCH = """ids => { const seen = new Map(); window.lags = [];
  const look = () => { const now = Date.now() / 1000;
    for (const id of ids) { const t = picket.track(id); if (!t) continue;
      if (seen.has(id) && t.updated_at > seen.get(id)) window.lags.push(now - t.updated_at);
      seen.set(id, t.updated_at); }
    requestAnimationFrame(look); };
  requestAnimationFrame(look); }"""


def _page(link: str, ids: list[int]) -> list[float]:
    """Seconds from a plot's time to the animation frame that shows it, for some tracks on a real page."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "page"))
    from page_driver import chromium, flags
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=chromium(), args=flags()).new_page(
            viewport={"width": 1280, "height": 720}
        )
        page.goto(link)
        while not page.evaluate("window.picket && picket.tracks > 500"):
            time.sleep(0.1)
        page.keyboard.press("Enter")
        page.evaluate(_WATCH, ids)
        time.sleep(SECONDS / 2)
        found: list[float] = page.evaluate("window.lags")
        return found


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
            latencies = _listen(host, session, sent)
            after = process.cpu_times()
            signed = httpx.Client(base_url=f"http://{host}", headers={"authorization": f"Bearer {session}"}, timeout=30)
            rows = signed.get("/api/tracks").json()["tracks"]
            link = signed.post("/api/links").json()["url"]
            drawn = statistics.quantiles(_page(link, [r["track_id"] for r in rows[:60]]), n=100)
            stop.set()
            sender.join()
            quiet = statistics.quantiles(latencies, n=100)
            cores = (after.user + after.system - before.user - before.system) / SECONDS
            return {
                "tracks": len(rows), "plots_timed": len(latencies),
                "p50_ms": round(1000 * quiet[49], 1),
                "p99_ms": round(1000 * quiet[98], 1),
                "page_p50_ms": round(1000 * drawn[49], 1), "page_p99_ms": round(1000 * drawn[98], 1),
                "plots_per_s": OBJECTS * 0.9 + CLUTTER, "station_cores": round(cores, 2),
                "station_mb": round(process.memory_info().rss / 2**20),
            }  # fmt: skip
        finally:
            station.terminate()
            station.wait(20)


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
