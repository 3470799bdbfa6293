"""What a station's clients cost, whether one that reads nothing disturbs the others, and how soon an alert is on the wire.

A station runs as its own process (`picket watch`), its tracks come from one radar over loopback UDP (ASTERIX CAT 048), SIMULATED.

fanout  3,000 tracks, all of them new twice a second, in bursts; no client, then 49 that read, then those and one that does not.
        Cost: CPU of the station's process beyond that without clients. Latency: arrival - the picture's time, at the readers.
alert   10,000 tracks at one scan a second, in four sectors; each half second a new Remote ID drone shows in a zone of its own.
        Latency: arrival of `raised` at a WebSocket client - `raised_at`, which is when the plots that raised it got their number.
"""

from __future__ import annotations

import asyncio
import base64
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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import numpy as np
import psutil
from websockets.asyncio.client import connect as connect_async
from websockets.sync.client import connect

from picket.feed.asterix import encode_cat048
from picket.record.codec import pack
from picket.record.log import Record
from picket.site import Site, load
from picket.station.engine import Engine
from picket.words import DETECTION, Batch

READERS, WARM_S, EACH_S, ALERTS = 49, 20.0, 15.0, 60
_SITE = """version = 1
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
scan_period_s = {period}
max_range_m = 60000
clutter_per_scan = 1
match = {{ sac = 1, sic = 1 }}
feed = "asterix+udp://127.0.0.1:{radar}"
[[sensor]]
id = "rid"
kind = "remote_id"
feed = "table+udp://127.0.0.1:{rid}"
{zones}
[station]
port = 0
"""


def _free() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class _Sky:
    """Objects on straight slow lines around the radar, farther than `near_m`; plots by sector."""

    def __init__(self, n: int, near_m: float) -> None:
        rng = self.rng = np.random.default_rng(1)
        angle, away = rng.uniform(0, 2 * np.pi, n), np.sqrt(rng.uniform(near_m**2, 55_000.0**2, n))
        self.start = np.stack([away * np.sin(angle), away * np.cos(angle)], 1)
        self.velocity = rng.uniform(-12, 12, (n, 2))
        self.height = rng.uniform(300, 900, n)

    def plots(self, sector: int, sectors: int, elapsed: float, now: float) -> Batch:
        """The plots of one sector, stamped `now`."""
        place = self.start + self.velocity * elapsed
        azimuth = np.degrees(np.arctan2(place[:, 0], place[:, 1])) % 360
        inside = (azimuth // (360 / sectors)).astype(int) == sector
        n = int(inside.sum())
        slant = np.hypot(np.hypot(*place[inside].T), self.height[inside]) + self.rng.normal(0, 8, n)
        bearing = (azimuth[inside] + self.rng.normal(0, 0.1, n)) % 360
        columns = {"time": np.full(n, now), "range_m": slant, "azimuth_deg": bearing, "alt_msl_m": self.height[inside]}
        return Batch.build(DETECTION, n, columns)


def _turn(port: int, sky: _Sky, period_s: float, sectors: int, stop: threading.Event) -> None:
    """The radar: sector after sector, `sectors` to a scan."""
    out, began, k = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), time.time(), 0
    while not stop.is_set():
        time.sleep(max(began + k * period_s / sectors - time.time(), 0))
        now = np.round(time.time() * 128) / 128
        for i, payload in enumerate(encode_cat048(sky.plots(k % sectors, sectors, now - began, now), sac=1, sic=1)):
            out.sendto(payload, ("127.0.0.1", port))
            if i % 16 == 15:
                time.sleep(0.002)
        k += 1


class _Running(NamedTuple):
    process: psutil.Process
    host: str
    session: str
    rid: int

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.session}"}

    def tracks(self) -> int:
        return len(httpx.get(f"http://{self.host}/api/tracks", headers=self.headers, timeout=60).json()["tracks"])

    def cpu_s(self) -> float:
        found = self.process.cpu_times()
        return float(found.user + found.system)

    def mb(self) -> float:
        return float(self.process.memory_info().rss) / 2**20


@contextmanager
def _station(sky: _Sky, period_s: float, sectors: int, zones: list[dict[str, Any]]) -> Iterator[_Running]:
    radar, rid, stop = _free(), _free(), threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        tables = []
        for zone in zones:
            (Path(folder) / f"{zone['id']}.geojson").write_text(json.dumps(zone["geometry"]))
            tables.append(f'[[zone]]\nid = "{zone["id"]}"\nkind = "protected"\ngeometry = "{zone["id"]}.geojson"\n')
        site = Path(folder) / "site.toml"
        site.write_text(_SITE.format(radar=radar, rid=rid, period=period_s, zones="".join(tables)))
        command = [sys.executable, "-m", "picket.cli", "watch", "--site", str(site), "--json"]
        station = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
        try:
            assert station.stdout is not None
            url = json.loads(station.stdout.readline())["url"]
            host, token = re.fullmatch(r"http://([^/]+)/\?token=(.+)", url).groups()  # type: ignore[union-attr]
            session = httpx.post(f"http://{host}/api/session", json={"token": token}).json()["session"]
            threading.Thread(target=_turn, args=(radar, sky, period_s, sectors, stop), daemon=True).start()
            time.sleep(WARM_S)
            yield _Running(psutil.Process(station.pid), host, session, rid)
        finally:
            stop.set()
            station.terminate()
            station.wait(20)


# -- fanout ------------------------------------------------------------------------------------------------------------
async def _read(running: _Running, until: float, lags: list[float], counts: list[int]) -> None:
    """One client; `lags` gets seconds from each picture's time to its arrival, but for the first (a snapshot)."""
    frames = 0
    async with connect_async(
        f"ws://{running.host}/ws/picture", additional_headers=running.headers, max_size=None, compression=None
    ) as ws:
        await ws.recv()
        with suppress(TimeoutError):
            while time.time() < until:
                frame = await asyncio.wait_for(ws.recv(), max(until - time.time(), 0.01))
                assert isinstance(frame, bytes)
                if frames:
                    lags.append(time.time() - struct.unpack_from("<d", frame, 16)[0])
                frames += 1
    counts.append(frames)


def _stall(running: _Running) -> socket.socket:
    """A client that shakes hands and then reads nothing."""
    host, port = running.host.split(":")
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.connect((host, int(port)))
    key = base64.b64encode(os.urandom(16)).decode()
    peer.sendall(
        f"GET /ws/picture HTTP/1.1\r\nHost: {running.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        f"Sec-WebSocket-Version: 13\r\nAuthorization: Bearer {running.session}\r\n\r\n".encode()
    )
    return peer


async def _readers(running: _Running, n: int, seconds: float) -> tuple[list[float], list[int]]:
    lags: list[float] = []
    counts: list[int] = []
    until = time.time() + seconds
    await asyncio.gather(*(_read(running, until, lags, counts) for _ in range(n)))
    return lags, counts


def fanout(quick: bool) -> dict[str, Any]:
    """Cost and latency with no client, with 49, and with one more that reads nothing."""
    seconds = 5.0 if quick else EACH_S
    found: dict[str, Any] = {}
    with _station(_Sky(3_000, 2_000.0), 0.5, 1, []) as running:
        found["tracks"] = running.tracks()
        began = running.cpu_s()
        time.sleep(seconds)
        base = (running.cpu_s() - began) / seconds
        found["cores_without_clients"] = round(base, 3)
        for name, stalled in (("readers", False), ("stalled", True)):
            peer = _stall(running) if stalled else None
            before, mb = running.cpu_s(), running.mb()
            lags, counts = asyncio.run(_readers(running, READERS, seconds))
            cost, marks = (running.cpu_s() - before) / seconds - base, statistics.quantiles(lags, n=100)
            found[name] = {
                "clients": READERS + stalled, "cores_for_clients": round(cost, 3),
                "frames_per_s_each": round(sum(counts) / READERS / seconds, 1), "p50_ms": round(1000 * marks[49], 1),
                "p99_ms": round(1000 * marks[98], 1), "mb_before": round(mb, 1), "mb_after": round(running.mb(), 1),
            }  # fmt: skip
            if peer is not None:
                peer.close()
    return found


# -- alert -------------------------------------------------------------------------------------------------------------
def _zones(n: int) -> list[dict[str, Any]]:
    """Squares of 300 m in a grid of 1.5 km around the origin."""
    found, side = [], int(np.ceil(np.sqrt(n)))
    for i in range(n):
        east, north = 1_500.0 * (i % side - side / 2), 1_500.0 * (i // side - side / 2)
        lat, lon, half = 45.0 + north / 111_132.0, -30.0 + east / 78_847.0, 0.002
        ring = [[lon - half, lat - half], [lon + half, lat - half], [lon + half, lat + half], [lon - half, lat + half]]
        geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        found.append({"id": f"z{i}", "geometry": geometry, "lat": lat, "lon": lon})
    return found


def _show(port: int, zones: list[dict[str, Any]], stop: threading.Event) -> None:
    """Every half second a drone that was not there before, in the next zone; it reports four times a second, for four seconds."""
    out, begun, k = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), time.time(), 0
    while not stop.is_set() and k < 2 * len(zones) + 20:
        time.sleep(max(begun + 0.25 * k - time.time(), 0))
        for i in range(max(k // 2 - 7, 0), min(k // 2 + 1, len(zones))):
            out.sendto((json.dumps(_row(zones, i, time.time())) + "\n").encode(), ("127.0.0.1", port))
        k += 1


def alert(quick: bool) -> dict[str, Any]:
    """Milliseconds from an alert's `raised_at` to its arrival at a client."""
    zones = _zones(10 if quick else ALERTS)
    lags: dict[int, float] = {}
    with _station(_Sky(10_000, 9_000.0), 1.0, 4, zones) as running:
        tracks, stop = running.tracks(), threading.Event()
        with connect(f"ws://{running.host}/ws/alerts?after=0", additional_headers=running.headers, max_size=None) as ws:
            ws.recv()
            threading.Thread(target=_show, args=(running.rid, zones, stop), daemon=True).start()
            before, began, end = running.cpu_s(), time.time(), time.time() + 0.5 * len(zones) + 20
            while time.time() < end and len(lags) < len(zones):
                with suppress(TimeoutError):
                    message = json.loads(ws.recv(timeout=1.0))
                    arrived = time.time()
                    found = message.get("alert", {})
                    if message["type"] == "alert" and found["zone"] and found["id"] not in lags:
                        lags[found["id"]] = arrived - found["raised_at"]
            cores = (running.cpu_s() - before) / (time.time() - began)
            stop.set()
    marks = statistics.quantiles(lags.values(), n=100, method="inclusive")
    return {
        "tracks": tracks, "alerts": len(lags), "p50_ms": round(1000 * marks[49], 1), "p99_ms": round(1000 * marks[98], 1),
        "most_ms": round(1000 * max(lags.values()), 1), "station_cores": round(cores, 2),
    }  # fmt: skip


# -- the same in CPU time, which other work on the machine does not lengthen so much ------------------------------------
def alert_cpu(quick: bool) -> dict[str, Any]:
    """CPU ms of the engine's thread: a radar's sector, the rows that raise an alert, a picture; 10,000 tracks."""
    zones, sky, sectors, t0 = _zones(ALERTS), _Sky(10_000, 9_000.0), 4, 1_700_000_000.0
    spent: dict[str, list[float]] = {"sector": [], "raising": [], "picture": []}
    with tempfile.TemporaryDirectory() as folder:
        site = _site(Path(folder), zones)
        engine, seq = Engine(site), 0

        def apply(kind: str, time_: float, batch: Batch) -> int:
            nonlocal seq
            seq += 1
            payload = {"d": pack(batch), "s": None, "left_out": {}, "operators": []}
            before, n = time.thread_time(), engine.book.n
            engine.apply(Record(seq, time_, "batch", payload))
            spent[kind].append(time.thread_time() - before)
            before = time.thread_time()
            engine.publish()
            spent["picture"].append(time.thread_time() - before)
            return engine.book.n - n

        engine.apply(Record(0, t0, "boot", {"book": None}))
        raised = 0
        for k in range(sectors * (12 if quick else 40)):
            now = t0 + k / sectors
            rows = sky.plots(k % sectors, sectors, now - t0, now)
            names = {"sensor_id": ["r"] * rows.n, "kind": ["radar"] * rows.n, "report": ["plot"] * rows.n}
            apply("sector", now, _named(rows, names))
            if k >= 6 * sectors:
                shown = [_row(zones, i, now) for i in range(max((k - 24) // 2 - 3, 0), min((k - 24) // 2 + 1, len(zones)))]
                raised += apply("raising", now, Batch.from_rows(DETECTION, shown)) > 0
        tracks = engine.tracks.n
    cut = sectors * 6
    found: dict[str, Any] = {"tracks": tracks, "records_with_alerts": raised}
    for name, values in spent.items():
        marks = statistics.quantiles(values[cut:] if name != "raising" else values, n=100)
        found[name] = {"p50_cpu_ms": round(1000 * marks[49], 1), "p99_cpu_ms": round(1000 * marks[98], 1)}
    return found


def _named(batch: Batch, names: dict[str, list[str]]) -> Batch:
    more = {name: np.zeros(batch.n, np.int32) for name in names}
    texts = {name: (words[0],) for name, words in names.items()}
    dressed = Batch.build(DETECTION, batch.n, more, texts)
    return Batch(DETECTION, batch.n, {**batch.columns, **dressed.columns}, {**batch.texts, **dressed.texts})


def _row(zones: list[dict[str, Any]], i: int, now: float) -> dict[str, Any]:
    return {
        "time": now, "received": now, "sensor_id": "rid", "kind": "remote_id", "report": "plot", "lat_deg": zones[i]["lat"],
        "lon_deg": zones[i]["lon"], "alt_wgs84_m": 60.0, "sigma_position_m": 3.0, "identity": f"BENCH{i}", "identity_kind": "serial",
    }  # fmt: skip


def _site(folder: Path, zones: list[dict[str, Any]]) -> Site:
    """The bench's site file, written and read."""
    tables = []
    for zone in zones:
        (folder / f"{zone['id']}.geojson").write_text(json.dumps(zone["geometry"]))
        tables.append(f'[[zone]]\nid = "{zone["id"]}"\nkind = "protected"\ngeometry = "{zone["id"]}.geojson"\n')
    path = folder / "site.toml"
    path.write_text(_SITE.format(radar=8600, rid=8601, period=1.0, zones="".join(tables)))
    return load(path)


def warm() -> None:
    """The station loads its kernels itself, before it says that it is ready."""


ROWS = {
    "fanout": ("< 5 % of one core for 50 clients; one stalled: the others unaffected, memory flat", fanout),
    "alert_cpu": ("the engine's share of the row below: what it computes from the rows to the alert", alert_cpu),
    "alert": ("p99 <= 150 ms to the wire and the screen, 10,000 tracks", alert),
}
