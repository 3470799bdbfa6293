"""A real station on loopback for the tests: its own event loop in a thread, a site with a Remote ID receiver over UDP."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from picket import site as sites
from picket.station.run import Station
from tests.waiting import until

PIER = {
    "type": "Polygon",
    "coordinates": [[[-30.005, 44.995], [-29.995, 44.995], [-29.995, 45.005], [-30.005, 45.005], [-30.005, 44.995]]],
}


def free_port(kind: int = socket.SOCK_DGRAM) -> int:
    """A port that nobody has right now."""
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def make_site(folder: Path, *, udp_port: int | None = None, **extra: Any) -> sites.Site:
    """A small site: one Remote ID receiver that sends detection rows as JSON lines, one protected zone at the origin."""
    (folder / "pier.geojson").write_text(json.dumps(PIER))
    sensor: dict[str, Any] = {"id": "rid", "kind": "remote_id"}
    if udp_port is not None:
        sensor["feed"] = f"table+udp://127.0.0.1:{udp_port}"
    raw = {
        "version": 1,
        "site": {"name": "Test pier", "lat_deg": 45.0, "lon_deg": -30.0},
        "sensor": [sensor],
        "zone": [{"id": "pier", "kind": "protected", "geometry": "pier.geojson", "floor_m": 0, "ceiling_m": 400}],
        "station": {"port": 0, "tick_s": 0.1},
        **extra,
    }
    return sites.parse(raw, folder=folder)


def row(t: float, lat: float, lon: float, identity: str | None = "TEST1", **more: Any) -> dict[str, Any]:
    """A detection of the test receiver."""
    found = {
        "time": t, "received": t, "sensor_id": "rid", "kind": "remote_id", "report": "plot", "lat_deg": lat, "lon_deg": lon,
        "alt_wgs84_m": 60.0, "sigma_position_m": 3.0, "identity": identity, "identity_kind": "serial", "time_source": "sensor", **more,
    }  # fmt: skip
    return {k: v for k, v in found.items() if v is not None}


class Live:
    """A running station and a signed-in client."""

    def __init__(self, station: Station, url: str, udp_port: int | None, verify: Any = True) -> None:
        self.station, self.udp_port = station, udp_port
        parts = urlsplit(url)
        self.base = f"{parts.scheme}://{parts.netloc}"
        self.host = parts.netloc
        token = parse_qs(parts.query)["token"][0]
        self.session: str = httpx.post(f"{self.base}/api/session", json={"token": token}, verify=verify).json()["session"]
        self.headers = {"authorization": f"Bearer {self.session}"}
        self.http = httpx.Client(base_url=self.base, headers=self.headers, timeout=120, verify=verify)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._seen: tuple[dict[str, Any], ...] = ()

    def send(self, *rows: dict[str, Any]) -> None:
        """Sends detections as a sensor would."""
        assert self.udp_port is not None
        self._seen = rows
        self._udp.sendto("".join(json.dumps(r) + "\n" for r in rows).encode(), ("127.0.0.1", self.udp_port))

    def seen_again(self) -> None:
        """What was seen last is there still: a machine that stood still while it flew by has another look."""
        now = time.time()
        self.send(*({**r, "time": now, "received": now} for r in self._seen))
        time.sleep(0.05)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def until(self, what: Callable[[], Any], meanwhile: Callable[[], None] = lambda: None) -> Any:
        """Waits until `what()` is true and returns it. meanwhile: done before each look."""

        def look() -> Any:
            meanwhile()
            return what()

        return until(look)


@contextmanager
def running(site: sites.Site, archive: Path, udp_port: int | None = None, *, verify: Any = True) -> Iterator[Live]:
    """A station in a thread; stopped in order when the block ends."""
    ready: list[str] = []
    failed: list[BaseException] = []
    station_box: list[Station] = []

    async def main() -> None:
        station = Station(site, archive)
        station_box.append(station)
        station.open()
        await station.run(ready.append)

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as e:
            failed.append(e)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    until(lambda: ready or failed, 300)
    if failed:
        raise failed[0]
    live = Live(station_box[0], ready[0], udp_port, verify)
    try:
        yield live
    finally:
        loop = live.station.core._loop
        assert loop is not None
        loop.call_soon_threadsafe(live.station.stop.set)
        thread.join(120)
        live.http.close()
        assert not thread.is_alive()
        if failed:
            raise failed[0]


def approach(t0: float, n: int, *, step_s: float = 0.5, from_m: float = 1500.0, speed: float = 25.0) -> list[dict[str, Any]]:
    """A drone that flies from the east towards the origin."""
    metres_per_deg = 78_847.0  # of longitude at 45 deg north
    return [row(t0 + i * step_s, 45.0, -30.0 + (from_m - speed * i * step_s) / metres_per_deg) for i in range(n)]
