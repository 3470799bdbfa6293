"""A small station for tests and benchmarks of the page: docs/stream.md over Starlette, with seeded motion and faults on demand.

It serves the built page, the HTTP API and both WebSockets from one thread. Time is the machine's, motion is a function of a seed and of
the seconds since the start, so two runs look alike. `FakeStation.stall`, `drop`, `gap` and `raise_alert` make what the tests need.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from fake_life import Life
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from tests.waiting import until

PAGE = Path(__file__).resolve().parents[2] / "src" / "picket" / "_page"
SITE = {"name": "Long Beach pier 7", "lat_deg": 33.75, "lon_deg": -118.2, "alt_wgs84_m": -35.0, "geoid_separation_m": -35.0}
M_PER_DEG_LAT = 110_922.0
M_PER_DEG_LON = 92_640.0
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"


def _lonlat(east: float, north: float) -> list[float]:
    return [SITE["lon_deg"] + east / M_PER_DEG_LON, SITE["lat_deg"] + north / M_PER_DEG_LAT]


def _area(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[_lonlat(*c) for c in (*corners, corners[0])]]}


def _feature(geometry: dict[str, Any], **words: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": words}


def site_map() -> dict[str, Any]:
    """A port: land in the north, two piers, a channel, buildings, names."""
    point = {"type": "Point", "coordinates": _lonlat(1500, -2600)}
    return {
        "type": "FeatureCollection",
        "features": [
            _feature(
                _area(
                    (-9000, 900), (-3500, 700), (-900, 400), (2600, 500), (5200, 1300), (9000, 1500), (9000, 9000), (-9000, 9000)
                ),
                kind="land",
            ),
            _feature(_area((-9000, -9000), (-8990, -9000), (-8990, -8990), (-9000, -8990)), kind="land"),
            _feature(_area((-600, 450), (-250, 450), (-250, -900), (-600, -900)), kind="pier", name="Pier 7"),
            _feature(_area((900, 480), (1250, 490), (1500, -700), (1150, -760)), kind="pier", name="Pier 9"),
            _feature(_area((-4000, -1300), (6000, -900), (6000, -1500), (-4000, -1950)), kind="channel", name="Main channel"),
            _feature(_area((-500, 700), (-100, 700), (-100, 1000), (-500, 1000)), kind="building", name="Terminal"),
            _feature(_area((1500, 900), (2100, 950), (2080, 1250), (1480, 1200)), kind="building", name="Tank farm"),
            _feature(point, kind="label", name="Outer anchorage"),
        ],
    }


def zones() -> dict[str, Any]:
    """A protected pier, a warning ring around it, a corridor and a border line."""
    common = {"floor_m": 0, "ceiling_m": 400, "height_reference": "msl", "hours": "always"}
    line = {"type": "LineString", "coordinates": [_lonlat(-5200, -3200), _lonlat(5200, -2900)]}
    return {
        "type": "FeatureCollection",
        "features": [
            _feature(
                _area((-900, 700), (200, 700), (200, -1200), (-900, -1200)), id="pier", kind="protected", name="pier", **common
            ),
            _feature(
                _area((-2200, 1900), (1700, 1900), (1700, -2400), (-2200, -2400)),
                id="outer",
                kind="warning",
                name="outer",
                **common,
            ),
            _feature(
                _area((2400, 4200), (3200, 4200), (3200, -4200), (2400, -4200)),
                id="lane",
                kind="corridor",
                name="helicopter lane",
                **common,
            ),
            _feature(line, id="roadstead", kind="border_line", name="roadstead", **common),
        ],
    }


def sensors() -> list[dict[str, Any]]:
    """Two radars, a Remote ID receiver and a silent acoustic sensor."""
    base: dict[str, Any] = {
        "detections": 18_230,
        "per_s": 41.5,
        "left_out": {"bad_length": 2},
        "clock_offset_s": 0.02,
        "clock_jitter_s": 0.01,
        "clock_wrong": False,
        "redated": 0,
        "bias": None,
        "conditions": None,
        "feed": None,
    }
    north, south = _lonlat(-380, 620), _lonlat(1320, -640)
    return [
        {**base, "id": "radar-north", "kind": "radar", "lon_deg": north[0], "lat_deg": north[1], "state": "ok",
         "age_s": 0.4, "period_s": 1.0, "max_range_m": 5000, "sector_deg": [0, 360]},
        {**base, "id": "radar-south", "kind": "radar", "lon_deg": south[0], "lat_deg": south[1], "state": "ok",
         "age_s": 0.9, "period_s": 2.5, "max_range_m": 3500, "sector_deg": [90, 270],
         "clock_offset_s": -3600.0, "clock_jitter_s": 0.2, "clock_wrong": True, "redated": 412,
         "bias": {"pairs": 812, "range_m": 3.1, "azimuth_deg": 1.02, "time_s": None, "sigma_range_m": 2.0, "sigma_azimuth_deg": 0.05,
                  "sigma_time_s": None, "observable": [True, True, False], "corrected": [False, True, False], "fits": True},
         "conditions": {"clutter_per_scan": 38.2, "detection_probability": [0.9, 0.93, None, 0.41] + [None] * 8}},
        {**base, "id": "rid-1", "kind": "remote_id", "lon_deg": None, "lat_deg": None, "state": "ok", "age_s": 1.2, "period_s": 3.0,
         "max_range_m": None, "sector_deg": None, "per_s": 6.2},
        {**base, "id": "mic-2", "kind": "acoustic", "lon_deg": _lonlat(700, 300)[0], "lat_deg": _lonlat(700, 300)[1], "state": "silent",
         "age_s": 94.0, "period_s": 5.0, "max_range_m": 600, "sector_deg": [0, 360], "per_s": 0.0},
    ]  # fmt: skip


class Swarm:
    """Seeded tracks that circle and drift around the site; `at(t)` gives every column of the frame."""

    def __init__(self, n: int, seed: int = 7, radius_m: float = 5200.0) -> None:
        rng = np.random.default_rng(seed)
        self.n = n
        self.track_id = np.arange(1, n + 1, dtype=np.float64)
        self.classification = rng.choice([0, 1, 2, 3, 4], n, p=[0.22, 0.3, 0.24, 0.1, 0.14]).astype(np.uint8)
        self.affiliation = np.where(np.isin(self.classification, (3, 4)), 2, np.where(rng.random(n) < 0.12, 1, 0)).astype(
            np.uint8
        )
        self.affiliation[(self.classification == 1) & (rng.random(n) < 0.2)] = 3
        self.status = rng.choice([0, 1, 2], n, p=[0.12, 0.76, 0.12]).astype(np.uint8)
        self.centre = rng.normal(0, radius_m / 2.2, (n, 2))
        self.turn_m = rng.uniform(150, 900, n)
        speed = np.array([9.0, 14.0, 11.0, 75.0, 6.0])[self.classification] * rng.uniform(0.6, 1.5, n)
        self.turn_m[self.classification == 3] *= 6
        self.rate = speed / self.turn_m * rng.choice([-1, 1], n)
        self.phase = rng.uniform(0, 2 * np.pi, n)
        self.alt = np.select(
            [self.classification == 3, self.classification == 4], [rng.uniform(250, 1400, n), -33.0], rng.uniform(5, 190, n)
        )
        self.alt[rng.random(n) < 0.06] = np.nan
        self.sigma = rng.uniform(6, 60, n)
        self.existence = rng.integers(150, 256, n).astype(np.uint8)
        self.alert = np.zeros(n, np.uint8)
        self.flags = np.where(rng.random(n) < 0.04, 1, 0).astype(np.uint8)

    def labels(self) -> dict[str, dict[str, str]]:
        """A claimed identity for about half of the tracks, of the kind that fits the class."""
        said = {}
        for i in range(0, self.n, 2):
            kind = int(self.classification[i])
            if kind == 1:
                said[str(i + 1)] = {"identity": f"1581F6N8A23B2M{i:06d}", "identity_kind": "serial"}
            elif kind == 3:
                said[str(i + 1)] = {"identity": f"N{100 + i}PD", "identity_kind": "call_sign"}
            elif kind == 4:
                said[str(i + 1)] = {"identity": str(366_900_000 + i), "identity_kind": "mmsi"}
        return said

    def at(self, t: float) -> tuple[np.ndarray, np.ndarray]:
        """East and north, metres (n, 2), and their rates, m/s (n, 2), at `t` seconds."""
        a = self.phase + self.rate * t
        place = self.centre + self.turn_m[:, None] * np.stack([np.cos(a), np.sin(a)], 1)
        velocity = (self.turn_m * self.rate)[:, None] * np.stack([-np.sin(a), np.cos(a)], 1)
        return place, velocity


def encode(
    swarm: Swarm, t: float, now: float, *, seq: int, base: int, snapshot: bool, simulated: bool, labels: dict[str, Any]
) -> bytes:
    """One frame as docs/stream.md lays it out, with every track of the swarm."""
    place, velocity = swarm.at(t)
    n = swarm.n
    head = struct.pack("<4sBBHIIdII", b"PKT1", 1 if snapshot else 2, int(simulated), 0, seq, 0 if snapshot else base, now, n, 0)
    updated = np.where(swarm.status == 2, now - 9.0, now - 0.3)
    f4 = np.float32
    columns = (
        swarm.track_id, updated,
        np.round((SITE["lat_deg"] + place[:, 1] / M_PER_DEG_LAT) * 1e7).astype(np.int32),
        np.round((SITE["lon_deg"] + place[:, 0] / M_PER_DEG_LON) * 1e7).astype(np.int32),
        swarm.alt.astype(f4), velocity[:, 0].astype(f4), velocity[:, 1].astype(f4), np.zeros(n, f4), swarm.sigma.astype(f4),
        np.full(n, -1, np.int32), swarm.status, swarm.affiliation, swarm.classification, swarm.flags, swarm.existence, swarm.alert,
    )  # fmt: skip
    body = head + b"".join(c.tobytes() for c in columns)
    body += b"\0" * (-len(body) % 4)
    text = json.dumps(labels).encode() if labels else b""
    return body + struct.pack("<I", len(text)) + text


@dataclass
class FakeStation:
    """A running station; use as a context manager. `n` tracks at `rate_hz` frames a second."""

    n: int = 60
    rate_hz: float = 2.0
    simulated: bool = True
    seed: int = 7
    page: Path = PAGE
    alerts: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    stalled: bool = False
    refuse: bool = False
    gap: bool = False
    resyncs: int = 0
    zone_error: str | None = None
    action_error: str | None = None
    url: str = ""

    def __post_init__(self) -> None:
        self.swarm = Swarm(self.n, self.seed)
        self.started = time.time()
        self.sensor_list = sensors()
        self.zone_list = zones()
        self.problems: list[str] = []
        self.life = Life(self)
        self.user = "officer"
        self.operators: list[dict[str, Any]] = [{"lat_deg": 33.7471, "lon_deg": -118.2112}]
        self._change = 0
        self._listeners: set[asyncio.Queue[dict[str, Any]]] = set()
        self._sockets: set[WebSocket] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    # -- what a test does with it ------------------------------------------------------------------------------
    def __enter__(self) -> FakeStation:
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        config = uvicorn.Config(
            self._app(), log_level="critical", ws="websockets-sansio", ws_per_message_deflate=False, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(listener)), daemon=True)
        self._thread.start()
        until(lambda: self._server.started)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(60)

    def raise_alert(self, track_id: int = 1, severity: str = "high", **changes: Any) -> dict[str, Any]:
        """A new alert on a track (None = none), sent to every page."""
        now = time.time()
        place, velocity = self.swarm.at(now - self.started)
        e, n = (float(v) for v in place[track_id - 1])
        speed = float(np.hypot(*velocity[track_id - 1]))
        distance, bearing = float(np.hypot(e, n)), float(np.degrees(np.arctan2(e, n)) % 360)
        alert = {
            "id": len(self.alerts) + 1, "rule": "entry", "zone": "pier", "severity": severity, "state": "raised", "track_ids": [track_id],
            "group_id": None, "count": 1, "nearest_track_id": track_id, "raised_at": now, "updated_at": now, "acknowledged_at": None,
            "acknowledged_by": None, "closed_at": None, "closed_by": None, "cause": None, "note": None, "active": True,
            "text": f"Unknown drone INSIDE pier: {distance:.0f} m from the site, look {bearing:03.0f} deg, 11 deg up, "
            f"moving {speed:.0f} m/s towards 090 deg; radar-north; certain (99 %).",
            "why": "Raised because its estimated place is 55 m inside this protected zone, give or take 24 m (2 sigma); its height "
            "is 60 m, within 0 to 400 m msl; it is 99 % sure to exist (limit 90 %).",
            "lat_deg": _lonlat(e, n)[1], "lon_deg": _lonlat(e, n)[0], "bearing_deg": bearing, "distance_m": distance,
            "look_azimuth_deg": bearing, "look_elevation_deg": 11.0, "speed_mps": speed, "time_to_reach_s": 74.0, "existence": 0.99,
            "flags": [], "origin": "exercise", "shelved_until": None, "shelved_by": None, "shelved_reason": None, "escalated_at": None,
            "checklist": [f"look {bearing:03.0f} deg, 11 deg up", "close gate 3"],
            "calls": [{"name": "Harbour control", "how": "channel 14, or 555-0100"}], **changes,
        }  # fmt: skip
        self.alerts.append(alert)
        self.swarm.alert[track_id - 1] = {"low": 1, "medium": 2, "high": 3}[severity]
        self._tell(alert)
        return alert

    def change_alert(self, number: int, **changes: Any) -> None:
        """An alert changes by itself or by another officer, and every page hears of it."""
        self.alerts[number - 1].update(changes)
        self._tell(self.alerts[number - 1])

    def drop(self) -> None:
        """Close every WebSocket; pages come back by themselves unless `refuse` is set."""
        for ws in list(self._sockets):
            asyncio.run_coroutine_threadsafe(ws.close(1011), self._loop)  # type: ignore[arg-type]

    # -- inside --------------------------------------------------------------------------------------------------
    async def _serve(self, listener: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.serve(sockets=[listener])

    def _tell(self, alert: dict[str, Any]) -> None:
        self._change += 1
        alert["n"] = self._change
        message = {"type": "alert", "alert": dict(alert)}
        for queue in list(self._listeners):
            if self._loop:
                self._loop.call_soon_threadsafe(queue.put_nowait, message)

    def _hello(self) -> dict[str, Any]:
        said = {
            "version": 1,
            "station": "0.1.0",
            "site": SITE,
            "simulated": self.simulated,
            "time": time.time(),
            "user": self.user,
        }
        return {"type": "hello", **said}

    def _app(self) -> Starlette:
        routes = [
            Route("/api/hello", lambda r: JSONResponse(self._hello())),
            Route("/api/map", lambda r: JSONResponse(site_map())),
            Route("/api/zones", lambda r: JSONResponse(self.zone_list), methods=["GET"]),
            Route("/api/zones/{zone}", self._put_zone, methods=["PUT"]),
            Route("/api/sensors", lambda r: JSONResponse({"sensors": self.sensor_list})),
            Route("/api/health", self._health),
            Route("/api/counts", self._counts),
            Route("/api/operators", lambda r: JSONResponse({"operators": self.operators})),
            Route("/api/tracks/{track_id:int}", self._track),
            Route("/api/alerts/{alert_id:int}/{action}", self._alert_action, methods=["POST"]),
            *self.life.routes(),
            WebSocketRoute("/ws/picture", self._picture),
            WebSocketRoute("/ws/alerts", self._alerts),
            Route("/{path:path}", self._file),
        ]  # fmt: skip
        return Starlette(routes=routes)

    async def _file(self, request: Request) -> Response:
        path = (self.page / (request.path_params["path"] or "index.html")).resolve()
        if not path.is_file() or not path.is_relative_to(self.page):
            return JSONResponse({"error": f"no such page: {request.url.path}"}, 404)
        return FileResponse(path, headers={"content-security-policy": POLICY})

    async def _health(self, request: Request) -> Response:
        up = time.time() - self.started
        return JSONResponse({"state": "degraded" if self.problems else "ok", "problems": self.problems, "time": time.time(), "uptime_s": up,
                             "queues": {}, "log": {}, "feeds": [], "version": "0.1.0"})  # fmt: skip

    async def _counts(self, request: Request) -> Response:
        left_out = {"radar-north": {"bad_length": 2}}
        words = {"bad_length": "its length is wrong"}
        return JSONResponse(
            {"left_out": left_out, "words": words, "detections": 18_230, "tracks": self.n, "alerts": len(self.alerts)}
        )

    async def _track(self, request: Request) -> Response:
        i = request.path_params["track_id"] - 1
        now = time.time()
        history = []
        for back in range(60, 0, -2):
            e, n = self.swarm.at(now - self.started - back)[0][i]
            lon, lat = _lonlat(e, n)
            history.append([now - back, lat, lon, None if np.isnan(self.swarm.alt[i]) else float(self.swarm.alt[i])])
        last = {"range_m": 2311.5, "azimuth_deg": 121.4, "snr_db": 17.2}
        source = {"sensor_id": "radar-north", "kind": "radar", "detections": 214, "last_time": now - 0.6, "last_source": "udp:8600",
                  "last_source_offset": 90211, "last": last}  # fmt: skip
        return JSONResponse(
            {"track": {"track_id": i + 1}, "history": history, "identities": [], "sources": [source], "alerts": []}
        )

    async def _alert_action(self, request: Request) -> Response:
        body = await request.json()
        number, action = request.path_params["alert_id"], request.path_params["action"]
        if self.action_error:
            return JSONResponse({"error": self.action_error}, 409)
        self.requests.append(("POST", request.url.path, body))
        alert = self.alerts[number - 1]
        if alert["state"] == "closed":
            return JSONResponse({"error": f"alert {number} is already closed (cause {alert['cause']})"}, 409)
        now, by = time.time(), self.user
        self.life.write("alert", f"alert {number}: {action} by {by}", by, alert_id=number)
        if action == "acknowledge":
            alert.update(state="acknowledged", acknowledged_at=now, acknowledged_by=by)
        elif action == "shelve":
            until = now + 60 * body["minutes"]
            alert.update(state="shelved", shelved_until=until, shelved_by=by, shelved_reason=body["reason"])
        elif action == "unshelve":
            alert.update(state="raised", shelved_until=None, shelved_by=None, shelved_reason=None)
        else:
            alert.update(state="closed", closed_at=now, closed_by=by, cause=body["cause"], note=body["note"])
            for track_id in alert["track_ids"]:
                self.swarm.alert[track_id - 1] = 0
        self._tell(alert)
        return JSONResponse(alert)

    async def _put_zone(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(("PUT", request.url.path, body))
        if self.zone_error:
            return JSONResponse({"error": self.zone_error}, 422)
        for feature in self.zone_list["features"]:
            if feature["properties"]["id"] == request.path_params["zone"]:
                feature["geometry"] = body.get("geometry", body)
                feature["properties"].update({k: v for k, v in body.items() if k in feature["properties"]})
        return JSONResponse({})

    async def _picture(self, ws: WebSocket) -> None:
        if self.refuse:
            await ws.close(1013)
            return
        await ws.accept()
        self._sockets.add(ws)
        again = asyncio.Event()
        reader = asyncio.create_task(self._listen(ws, again))
        seq, snapshot, labels = 0, True, self.swarm.labels()
        try:
            await ws.send_text(json.dumps(self._hello()))
            while True:
                if self.stalled:
                    await asyncio.sleep(0.1)
                    continue
                if again.is_set():
                    again.clear()
                    snapshot = True
                now = time.time()
                base = seq
                seq += 1
                if self.gap and not snapshot:
                    self.gap = False
                    base += 5
                frame = encode(self.swarm, now - self.started, now, seq=seq, base=base, snapshot=snapshot, simulated=self.simulated,
                               labels=labels if snapshot else {})  # fmt: skip
                snapshot = False
                await ws.send_bytes(frame)
                await asyncio.sleep(1 / self.rate_hz)
        except (WebSocketDisconnect, RuntimeError, asyncio.CancelledError):
            pass
        finally:
            reader.cancel()
            self._sockets.discard(ws)

    async def _listen(self, ws: WebSocket, again: asyncio.Event) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                if json.loads(await ws.receive_text()).get("type") == "resync":
                    self.resyncs += 1
                    again.set()

    async def _alerts(self, ws: WebSocket) -> None:
        if self.refuse:
            await ws.close(1013)
            return
        await ws.accept()
        self._sockets.add(ws)
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._listeners.add(queue)
        still_open = [a for a in reversed(self.alerts) if a["state"] != "closed"]
        try:
            await ws.send_text(json.dumps({"type": "alerts", "n": self._change, "alerts": still_open}))
            while True:
                try:
                    message = await asyncio.wait_for(queue.get(), 1.0)
                except TimeoutError:
                    message = {"type": "heartbeat", "time": time.time()}
                if not self.stalled:
                    await ws.send_text(json.dumps(message))
        except (WebSocketDisconnect, RuntimeError, asyncio.CancelledError):
            pass
        finally:
            self._listeners.discard(queue)
            self._sockets.discard(ws)


def stage(station: FakeStation) -> None:
    """A morning's worth of alerts for looking at the page: seven in every state and severity."""
    swarm = station.swarm
    near = np.argsort(np.hypot(*swarm.centre.T))
    pick = [int(i) + 1 for i in near if swarm.classification[i] in (0, 1)][:6]
    station.raise_alert(pick[0], "high")
    station.raise_alert(
        pick[1],
        "medium",
        rule="approach",
        text="Unknown drone reaches pier in 38 s: 1400 m out, look 212 deg, 6 deg up, inbound 14 m/s; radar-north; certain (99 %).",
        zone="pier",
    )
    station.raise_alert(
        pick[2], "low", rule="unconfirmed_position", zone=None, text="Remote ID claims a place that no radar confirms."
    )
    station.raise_alert(
        pick[3], "high", rule="spoof_suspected", zone="outer", text="Serial 1581F6N8…003KR is heard at two places 4.1 km apart."
    )
    station.raise_alert(
        pick[4], "medium", rule="line_crossing", zone="roadstead", text="Group of 3 crossed roadstead northward.", count=3
    )
    silent = {
        "track_ids": [],
        "nearest_track_id": None,
        "lat_deg": None,
        "lon_deg": None,
        "bearing_deg": None,
        "distance_m": None,
    }
    station.raise_alert(
        pick[5], "low", rule="silent_sensor", zone=None, text="mic-2 has been silent for 94 s.", active=False, **silent
    )
    for alert in station.alerts:
        alert["raised_at"] -= 40.0 * (7 - alert["id"])
    station.alerts[2].update(state="acknowledged", acknowledged_by="officer", acknowledged_at=time.time())
    station.alerts[1].update(escalated_at=time.time())
    station.life.write("handover", "Watch taken over from Lind. mic-2 waits for a new cable.", "Kim")
    station.life.write("note", "Survey boat with two small drones at Pier 9 until noon, call sign Gull.", "Kim",
                       lat_deg=33.7455, lon_deg=-118.187)  # fmt: skip
    station.life.write("alert", "Alert 3 acknowledged.", "officer", alert_id=3)
    station.problems = ["mic-2: silent for 94 s (period 5 s)"]
    for i in pick[:2]:
        swarm.affiliation[i - 1] = 3
        swarm.classification[i - 1] = 1


if __name__ == "__main__":
    import sys

    with FakeStation(n=int(sys.argv[1]) if len(sys.argv) > 1 else 60) as running:
        stage(running)
        print(running.url, flush=True)
        threading.Event().wait()
