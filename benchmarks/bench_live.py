"""200 sensors live, 10,000 detections a second: what the feeds cost before the tracker, as a share of one core.

100 radars (ASTERIX, 16 datagrams a second of 5 plots), 50 Remote ID receivers (DroneScout JSON, 20 messages a second) and 50
direction finders (the detection table as JSON lines, 10 datagrams a second of two lines) send over loopback UDP from a process of
their own. This process listens as a station does: sockets, decoders, assignment to the site's sensors, sequencing and packing for
the log; the records are then dropped. Its CPU time over SECONDS is what is measured. `shared`: each kind of sensor sends to one
port and is told apart by its name, as radars on a multicast group are. `own_port`: every sensor has a port of its own.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from typing import Any

from picket import site as sites
from picket.feed.asterix import encode_cat048
from picket.feed.jsonlines import encode
from picket.feed.remoteid.dronescout import encode_message
from picket.station.feeds import feeds_of, listen
from picket.station.sequence import Sequencer
from picket.words import DETECTION, Batch

RADARS, RECEIVERS, FINDERS = 100, 50, 50
SECONDS, WARM_S = 15.0, 5.0
STEP_S = 0.0125  # of the sender's clock: 80 steps a second
DETECTIONS_PER_S = RADARS * 80 + RECEIVERS * 20 + FINDERS * 20


def site(ports: list[int]) -> sites.Site:
    """The site of all sensors; `ports` has one port for each sensor, in the order in which they are made."""
    place = {"lat_deg": 45.0, "lon_deg": -30.0, "alt_wgs84_m": 10.0}
    sensors: list[dict[str, Any]] = []
    for i in range(RADARS):
        match = {"sac": 1 + i // 200, "sic": 1 + i % 200}
        sensors.append(
            {"id": f"radar-{i}", "kind": "radar", "match": match, "feed": f"asterix+udp://127.0.0.1:{ports[i]}", **place}
        )
    for i in range(RECEIVERS):
        feed = f"dronescout+udp://127.0.0.1:{ports[RADARS + i]}"
        sensors.append({"id": f"rid-{i}", "kind": "remote_id", "match": {"sensor_id": f"SN-{i}"}, "feed": feed})
    for i in range(FINDERS):
        feed = f"table+udp://127.0.0.1:{ports[RADARS + RECEIVERS + i]}"
        sensors.append({"id": f"df-{i}", "kind": "rf", "match": {"sensor_id": f"df-{i}"}, "feed": feed, **place})
    return sites.parse({"version": 1, "site": {"name": "Bench", "lat_deg": 45.0, "lon_deg": -30.0}, "sensor": sensors})


def datagrams(now: float) -> list[tuple[int, int, bytes]]:
    """(sensor, sends every so many steps, datagram) of everything that is sent; the times in it are those of `now`."""
    found = []
    for i in range(RADARS):
        rows = [
            {"time": now, "range_m": 900.0 + 40 * j, "azimuth_deg": (7.3 * j + i) % 360, "sensor_track_id": str(j)}
            for j in range(5)
        ]
        found.append((i, 5, encode_cat048(Batch.from_rows(DETECTION, rows), sac=1 + i // 200, sic=1 + i % 200)[0]))
    for i in range(RECEIVERS):
        message = encode_message(
            sensor_id=f"SN-{i}", received=now, transmitter=f"DF:72:11:D2:6B:{i:02X}", transport="bt4", identity=f"1581F6N8A23B2ML3{i:04d}",
            time=now, lat_deg=45.01, lon_deg=-30.0, alt_wgs84_m=80.0, speed_mps=5.0, course_deg=90.0,
        )  # fmt: skip
        found.append((RADARS + i, 4, message))
    for i in range(FINDERS):
        rows = [
            {"time": now, "sensor_id": f"df-{i}", "kind": "rf", "azimuth_deg": 114.0 + j, "sigma_azimuth_deg": 6.0}
            for j in range(2)
        ]
        found.append((RADARS + RECEIVERS + i, 8, encode(Batch.from_rows(DETECTION, rows))))
    return found


def send(ports: list[int], seconds: float) -> None:
    """The sender's process: spread evenly over the steps, on time."""
    sent = datagrams(time.time())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        began = time.monotonic()
        for step in range(int(seconds / STEP_S)):
            for sensor, every, data in sent:
                if (step + sensor) % every == 0:
                    out.sendto(data, ("127.0.0.1", ports[sensor]))
            time.sleep(max(0.0, began + (step + 1) * STEP_S - time.monotonic()))


class _Core:
    """As much of a station as feeds need: a sequencer whose records are counted and dropped."""

    def __init__(self, place: sites.Site) -> None:
        self.site, self.records = place, 0
        self.sequencer = Sequencer(1, time.time, self._drop, lambda: False, lambda batch, _: [])

    def _drop(self, record: Any, _: Any) -> None:
        self.records += 1


async def _measure(ports: list[int]) -> dict[str, Any]:
    place = site(ports)
    core, stop = _Core(place), asyncio.Event()
    counted = [0]
    add = core.sequencer.add

    def counting(source: str, decoded: Any) -> None:
        counted[0] += decoded.detections.n
        add(source, decoded)

    core.sequencer.add = counting  # type: ignore[method-assign]
    tasks = [asyncio.create_task(listen(f, core, stop, None)) for f in feeds_of(place)]  # type: ignore[arg-type]
    flush = asyncio.create_task(_flush(core.sequencer, stop))
    await asyncio.sleep(3.0)  # kernels loaded, sockets bound
    words = [sys.executable, "-m", "benchmarks.bench_live", json.dumps(ports), str(WARM_S + SECONDS + 1)]
    sender = subprocess.Popen(words)
    await asyncio.sleep(WARM_S)
    began, cpu, rows = time.monotonic(), time.process_time(), counted[0]
    await asyncio.sleep(SECONDS)
    took, used, rows = time.monotonic() - began, time.process_time() - cpu, counted[0] - rows
    stop.set()
    await asyncio.gather(*tasks, flush)
    sender.wait()
    return {
        "detections_per_s": round(rows / took), "core_share": round(used / took, 3), "feeds": len(feeds_of(place)),
    }  # fmt: skip


async def _flush(sequencer: Sequencer, stop: asyncio.Event) -> None:
    while not stop.is_set():
        sequencer.flush()
        await asyncio.sleep(0.01)


def _ports(shared: bool) -> list[int]:
    kinds = [0] * RADARS + [1] * RECEIVERS + [2] * FINDERS
    held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3 if shared else len(kinds))]
    for s in held:
        s.bind(("127.0.0.1", 0))
    free = [int(s.getsockname()[1]) for s in held]
    for s in held:
        s.close()
    return [free[kind] for kind in kinds] if shared else free


def run() -> dict[str, Any]:
    """Both layouts; the goal is a quarter of a core at 10,000 detections a second."""
    return {
        "sent_detections_per_s": DETECTIONS_PER_S,
        "shared": asyncio.run(_measure(_ports(shared=True))),
        "own_port": asyncio.run(_measure(_ports(shared=False))),
    }


if __name__ == "__main__":
    if len(sys.argv) > 1:
        send(json.loads(sys.argv[1]), float(sys.argv[2]))
    else:
        print(json.dumps(run(), indent=1))
