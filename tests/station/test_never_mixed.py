"""Live and exercise at once: whatever the simulator speaks reaches a live station's ports, and nothing of it gets in."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from pathlib import Path

import msgspec
import pytest

from picket import site as sites
from picket.feed import Chunk, Options
from picket.feed.adsb.sbs import encode_sbs
from picket.feed.recording import find_format
from picket.feed.simulated import live_only
from picket.record import log
from picket.station.feeds import Decoders
from picket.station.practice import FORMATS, LISTENERS
from picket.station.run import Station
from picket.train import Exercise, Frame, frames
from picket.train.demo import DEMO
from tests.station.live import Live

START = 1_767_225_600.0
SECONDS = 8.0
EVERYTHING = """version = 1
name = "everything that the simulator speaks"
site = "site.toml"
[[radar]]
id = "radar-north"
[[listener]]
id = "df"
loss = 0
[remote_id]
id = "remote-id"
loss = 0
[adsb]
id = "adsb"
range_m = 60000
loss = 0
[ais]
id = "ais"
period_s = 2
loss = 0
[[actor]]
id = "drone"
kind = "drone"
route = [[300, 500, 80]]
loop = true
remote_id = { serial = "SIMULATED-1", operator_id = "SIM-OP-1", operator_m = [100, 100] }
[[actor]]
id = "airliner"
kind = "airliner"
route = [[-5000, 2000, 900], [9000, 2000, 900]]
speed_mps = 90
adsb = { icao = "F00001", call_sign = "SIM101" }
[[actor]]
id = "ferry"
kind = "ship"
route = [[-900, -900, 5]]
loop = true
ais = { mmsi = 200000017, ship_type = 60 }
"""


def everything(folder: Path) -> Exercise:
    site = sites.load(DEMO / "site.toml")
    place = site.site
    more = (sites.Sensor(id="ais", kind="ais"), sites.Sensor(id="df", kind="rf", lat_deg=place.lat_deg, lon_deg=place.lon_deg))
    (folder / "everything.toml").write_text(EVERYTHING, "utf-8")
    return Exercise.load(folder / "everything.toml", msgspec.structs.replace(site, sensor=(*site.sensor, *more)))


def wire(exercise: Exercise, start: float = START) -> dict[str, list[Frame]]:
    """Everything that is sent, by sensor."""
    found: dict[str, list[Frame]] = {}
    for f in frames(exercise, 1, start, start + SECONDS):
        found.setdefault(f.channel, []).append(f)
    return found


def test_no_row_of_an_exercise_is_live_and_each_is_counted(tmp_path: Path) -> None:
    exercise = everything(tmp_path)
    spoken = set()
    for sensor, sent in wire(exercise).items():
        form, link = FORMATS.get(exercise.sensors[sensor], LISTENERS)
        spoken.add(form)
        chunk = Chunk.of([f.payload for f in sent], [f.time for f in sent], list(range(len(sent))), source=sensor, link=link)
        played = Decoders(find_format(form), Options(origin="exercise")).decode(chunk)
        live = live_only(Decoders(find_format(form), Options(origin="live")).decode(chunk))
        assert played.detections.n > 0, sensor
        assert live.detections.n == live.operators.n == 0, sensor
        assert live.left_out["simulated"] >= played.detections.n, sensor
    assert spoken == {f for f, _ in FORMATS.values()} | {LISTENERS[0]}  # else the simulator has learnt to speak something more


@pytest.mark.parametrize("cut", [9, 40, 100])
def test_what_is_real_passes_beside_it(cut: int) -> None:
    real = encode_sbs(icao="4249B5", time=START, lat_deg=45.0, lon_deg=-30.0)
    ours = encode_sbs(icao="F00001", time=START, lat_deg=45.0, lon_deg=-30.0, simulated=True)
    temporary = encode_sbs(icao="F00009", time=START, lat_deg=45.0, lon_deg=-30.0)
    both = ours + real + ours + temporary
    at = len(ours) + cut  # in the middle of a line
    decoder = Decoders(find_format("sbs"), Options(origin="live"))
    parts = [decoder.decode(Chunk.one(b, received=START, offset=0, source="x", link="stream")) for b in (both[:at], both[at:])]
    identities = [i for p in parts for i in live_only(p).detections.values("identity")]
    assert identities == ["4249B5", "F00009"]  # the reserved block's addresses are real aircraft's too, for a time
    assert sum(p.left_out["simulated"] for p in parts) == 2


def test_a_live_station_on_an_exercise_s_ports_stays_empty(tmp_path: Path) -> None:
    """The worst mistake: a live site file with the exercise's ports. Its picture, alerts and log hold nothing of it."""
    exercise = everything(tmp_path)
    sent = wire(exercise, float(int(time.time())))
    lines = socket.create_server(("127.0.0.1", 0))
    sensors, ports = [], {}
    for s in exercise.at_site().sensor:
        feed = None
        if s.id in sent:
            form, link = FORMATS.get(s.kind, LISTENERS)
            ports[s.id] = lines.getsockname()[1] if link == "stream" else _free_port()
            feed = f"{form}+{'tcp' if link == 'stream' else 'udp'}://127.0.0.1:{ports[s.id]}"
        sensors.append(msgspec.structs.replace(s, feed=feed))
    site = exercise.at_site()
    settings = msgspec.structs.replace(site.station, origin="live", host="127.0.0.1", port=0)
    live = msgspec.structs.replace(site, sensor=tuple(sensors), station=settings)
    threading.Thread(target=_serve_lines, args=(lines, b"".join(f.payload for f in sent["adsb"])), daemon=True).start()
    with _Running(live, tmp_path / "live") as looking, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        assert looking.get("/api/hello")["simulated"] is False

        def speak() -> None:
            for sensor in sent.keys() - {"adsb"}:
                for f in sent[sensor][:20]:
                    out.sendto(f.payload, ("127.0.0.1", ports[sensor]))
            time.sleep(0.1)

        def refused() -> set[str]:
            return {k for k, v in looking.get("/api/counts")["left_out"].items() if v.get("simulated")}

        looking.until(lambda: refused() >= sent.keys(), speak)
        assert looking.get("/api/tracks")["tracks"] == []
        assert looking.get("/api/detections")["detections"] == []
        alerts = looking.get("/api/alerts", state="all")["alerts"]
        assert [a for a in alerts if a["track_ids"] or a["origin"] == "exercise"] == []
    lines.close()
    records = list(log.read(tmp_path / "live"))
    assert [r for r in records if r.kind == "batch" and r.payload["d"]] == []
    assert "exercise" not in json.dumps([r.payload for r in records if r.kind in ("boot", "action", "life")])


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve_lines(server: socket.socket, payload: bytes) -> None:
    while True:
        try:
            client, _ = server.accept()
            client.sendall(payload)
        except OSError:
            return


class _Running:
    """A live station in a thread of its own, and a client signed in there."""

    def __init__(self, site: sites.Site, folder: Path) -> None:
        self._site, self._folder, self._up, self._urls = site, folder, threading.Event(), list[str]()
        self._station: Station | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    async def _run(self) -> None:
        self._loop, self._station = asyncio.get_running_loop(), Station(self._site, self._folder)

        def ready(url: str) -> None:
            self._urls.append(url)
            self._up.set()

        await self._station.run(ready)

    def __enter__(self) -> Live:
        self._thread.start()
        assert self._up.wait(300)
        assert self._station is not None
        self._looking = Live(self._station, self._urls[0], None)
        return self._looking

    def __exit__(self, *_: object) -> None:
        self._looking.http.close()
        assert self._loop is not None
        assert self._station is not None
        self._loop.call_soon_threadsafe(self._station.stop.set)
        self._thread.join(120)
        assert not self._thread.is_alive()
