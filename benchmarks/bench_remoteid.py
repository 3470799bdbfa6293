"""Remote ID to the detection and operator tables on one core: Wi-Fi beacons, Bluetooth adverts, and DroneScout JSON.

The input is synthetic: 50 aircraft fly circles. Each beacon and each Bluetooth 5 advert holds a pack of five messages, each
Bluetooth 4 advert a Location; each DroneScout message holds the receiver's 921-byte structure with the same fields.

The peer is tshark, where it is installed (no permissive Python library decodes either): the same beacons and adverts as capture
files, from the start of the program to its last line, its own start (an empty capture) taken off. ODID_LUA names the opendroneid
dissector for it; without it tshark does less than Picket: it stops at the bytes of the vendor element or Service Data.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from picket.feed import pcap
from picket.feed.format import Chunk, Format, Options
from picket.feed.remoteid import ble, dronescout, frames, hci
from picket.feed.remoteid.messages import (
    encode_basic_id,
    encode_location,
    encode_operator_id,
    encode_pack,
    encode_self_id,
    encode_system,
)

BEACONS = 20_000
ADVERTS = 20_000
MESSAGES = 20_000
PEER = 2_000  # beacons and adverts that tshark is given
AIRCRAFT = 50
RUNS = 5
START = 1_780_000_000.0  # UNIX seconds; any day will do


def places(count: int) -> list[dict[str, float]]:
    """Where and when the aircraft are: `count` reports, a millisecond apart."""
    time_s = START + np.arange(count) * 1e-3
    turn = np.arange(count) * 1e-4 + np.arange(count) % AIRCRAFT
    lat, lon = 33.75 + 0.01 * np.cos(turn), -118.2 + 0.01 * np.sin(turn)
    return [{"time": t, "lat_deg": a, "lon_deg": b} for t, a, b in zip(time_s.tolist(), lat.tolist(), lon.tolist(), strict=True)]


def beacons(count: int) -> Chunk:
    """Captured beacons with a radiotap header; the frames exist in memory only."""
    tap = struct.pack("<BBHIBBHHb", 0, 0, 15, 0b101110, 0, 2, 2437, 0xA0, -60)
    frames = []
    for i, place in enumerate(places(count)):
        pack = encode_pack(
            [
                encode_basic_id(f"1581F6N8A23B2ML{i % AIRCRAFT:04d}"),
                encode_location(**place, alt_wgs84_m=50, speed_mps=12, course_deg=90, climb_mps=0),
                encode_self_id("survey"),
                encode_system(lat_deg=33.75, lon_deg=-118.2, time=place["time"]),
                encode_operator_id(f"OPERATOR{i % AIRCRAFT}"),
            ]
        )
        address = bytes([0x60, 0x60, 0x1F, 0, 0, i % AIRCRAFT])
        body = bytes(8) + b"\x64\0\x21\x04" + b"\0\0" + bytes([221, 5 + len(pack)]) + b"\xfa\x0b\xbc\x0d\0" + pack
        frames.append(tap + b"\x80\0\0\0" + b"\xff" * 6 + address + address + b"\0\0" + body)
    received = [place["time"] + 0.1 for place in places(count)]
    return Chunk.of(frames, received, range(count), source="bench", link="radiotap")


def payloads(count: int, transport: str) -> list[bytes]:
    """What Bluetooth adverts carry: Locations (bt4) or packs of five messages (bt5)."""
    locations = [encode_location(**place, alt_wgs84_m=50, speed_mps=12, course_deg=90, climb_mps=0) for place in places(count)]
    if transport == "bt4":
        return locations
    rest = [encode_self_id("survey"), encode_system(lat_deg=33.75, lon_deg=-118.2, time=START)]
    told = [(encode_basic_id(f"1581F6N8A23B2ML{i:04d}"), *rest, encode_operator_id(f"OPERATOR{i}")) for i in range(AIRCRAFT)]
    return [encode_pack([location, *told[i % AIRCRAFT]]) for i, location in enumerate(locations)]


def adverts(sent: list[bytes], link: str, transport: str) -> Chunk:
    """Captured Bluetooth adverts of one link layer."""
    heard = [
        ble.encode_advert(
            payload, f"C0:60:1F:00:00:{i % AIRCRAFT:02X}", link=link, transport=transport, counter=i,
            channel=37 + i % 3 if transport == "bt4" else i % 37,
        )
        for i, payload in enumerate(sent)
    ]  # fmt: skip
    received = [place["time"] + 0.1 for place in places(len(sent))]
    return Chunk.of(heard, received, range(len(sent)), source="bench", link=link)


def messages(count: int) -> Chunk:
    """DroneScout messages, one a line, as they would lie in a file."""
    sent = [
        dronescout.encode_message(
            **place, sensor_id="rid-1", received=place["time"] + 0.1, transmitter=f"60:60:1F:00:00:{i % AIRCRAFT:02X}",
            transport="wifi_beacon", identity=f"1581F6N8A23B2ML{i % AIRCRAFT:04d}", alt_wgs84_m=50, speed_mps=12, course_deg=90,
            operator_id=f"OPERATOR{i % AIRCRAFT}", operator_lat_deg=33.75, operator_lon_deg=-118.2, channel=6,
        )
        for i, place in enumerate(places(count))
    ]  # fmt: skip
    return Chunk.one(b"".join(sent), source="bench")


def median_seconds(feed: Format, chunk: Chunk, rows: int, operators: int) -> float:
    """Median seconds to decode the chunk with a fresh decoder, after one run that warms the kernels."""
    seconds = []
    for _ in range(RUNS + 1):
        decoder = feed.make(Options())
        begin = time.perf_counter()
        decoded = decoder.decode(chunk)
        seconds.append(time.perf_counter() - begin)
        if len(decoded.detections) != rows or len(decoded.operators) != operators or decoded.left_out:
            raise RuntimeError(f"expected {rows} rows of each table, got {len(decoded.detections)}: {decoded.left_out}")
    return statistics.median(seconds[1:])


def kernel_seconds(chunk: Chunk) -> float:
    """Median seconds to find the payloads of Bluetooth adverts: the Numba passes alone."""
    seconds = []
    for _ in range(RUNS + 1):
        begin = time.perf_counter()
        found, _ = ble.find_adverts(chunk, Options())
        seconds.append(time.perf_counter() - begin)
        if len(found.starts) != len(chunk.starts):
            raise RuntimeError(f"expected {len(chunk.starts)} payloads, got {len(found.starts)}")
    return statistics.median(seconds[1:])


def tshark_seconds(chunk: Chunk, linktype: int, field: str) -> float | None:
    """Median seconds that tshark needs for the first PEER frames of a chunk, None where it is not installed."""
    if shutil.which("tshark") is None:
        return None
    packets = [chunk.data[a:b] for a, b in zip(chunk.starts[:PEER].tolist(), chunk.ends[:PEER].tolist(), strict=True)]
    script = [f"-Xlua_script:{os.environ['ODID_LUA']}"] if "ODID_LUA" in os.environ else []
    fields = ["-e", "OpenDroneID.loc_lat"] if script else ["-e", field]
    medians = []
    for part in (packets, packets[:0]):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "bench.pcap")
            path.write_bytes(pcap.encode(part, chunk.received[: len(part)].tolist(), linktype=linktype))
            seconds = []
            for _ in range(3):
                begin = time.perf_counter()
                command = ["tshark", *script, "-r", str(path), "-T", "fields", *fields]
                lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
                seconds.append(time.perf_counter() - begin)
                if sum(map(bool, lines)) != len(part):
                    raise RuntimeError(f"expected {len(part)} lines from tshark, got {sum(map(bool, lines))}")
            medians.append(statistics.median(seconds))
    return max(medians[0] - medians[1], 1e-9)


def run() -> dict[str, Any]:
    """Messages, beacons and adverts a second, medians of RUNS."""
    wifi, texts = beacons(BEACONS), messages(MESSAGES)
    beacon_s = median_seconds(frames.FORMAT, wifi, BEACONS, BEACONS)
    json_s = median_seconds(dronescout.FORMAT, texts, MESSAGES, MESSAGES)
    result: dict[str, Any] = {
        "beacons": BEACONS,
        "beacon_messages_per_s": round(5 * BEACONS / beacon_s),
        "dronescout_messages": MESSAGES,
        "dronescout_messages_per_s": round(MESSAGES / json_s),
        "adverts": ADVERTS,
        "runs": RUNS,
        "tshark_with_its_dissector": "ODID_LUA" in os.environ,
    }
    sent = {transport: payloads(ADVERTS, transport) for transport in ("bt4", "bt5")}
    for link in ble.LINKS:
        for transport, operators in (("bt4", 0), ("bt5", ADVERTS)):
            chunk, name = adverts(sent[transport], link, transport), f"{link}_{transport}".replace("-", "_")
            result[f"{name}_adverts_per_s"] = round(ADVERTS / median_seconds(frames.FORMAT, chunk, ADVERTS, operators))
            result[f"{name}_kernel_adverts_per_s"] = round(ADVERTS / kernel_seconds(chunk))
    told = [hci.encode_advert(p, "C0:60:1F:00:00:01", link="hci-monitor", transport="bt5") for p in sent["bt5"]]
    reports = Chunk.of(told, [START + 0.1] * ADVERTS, range(ADVERTS), source="bench", link="hci-monitor")
    result["hci_monitor_bt5_adverts_per_s"] = round(ADVERTS / median_seconds(frames.FORMAT, reports, ADVERTS, ADVERTS))
    bluetooth = adverts(sent["bt5"], "ble-nordic", "bt5")
    for name, chunk, linktype, field in (
        ("beacon", wifi, 127, "wlan.tag.vendor.data"),
        ("ble_nordic_bt5", bluetooth, 272, "btcommon.eir_ad.entry.service_data"),
    ):
        seconds = tshark_seconds(chunk, linktype, field)
        packs_per_s = None if seconds is None else round(PEER / seconds)
        result[f"tshark_{name}_packs_per_s"] = packs_per_s
    return result


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
