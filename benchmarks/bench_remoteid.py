"""Remote ID to the detection and operator tables on one core: messages in Wi-Fi beacons, and DroneScout JSON.

The input is synthetic: 50 aircraft fly circles, each beacon holds a pack of five messages; each DroneScout message holds the
receiver's 921-byte structure with the same fields. There is no peer: no permissive Python library decodes either.
"""

from __future__ import annotations

import json
import statistics
import struct
import time
from typing import Any

import numpy as np

from picket.feed.format import Chunk, Format, Options
from picket.feed.remoteid import dot11, dronescout
from picket.feed.remoteid.messages import (
    encode_basic_id,
    encode_location,
    encode_operator_id,
    encode_pack,
    encode_self_id,
    encode_system,
)

BEACONS = 20_000
MESSAGES = 20_000
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


def median_seconds(feed: Format, chunk: Chunk, rows: int) -> float:
    """Median seconds to decode the chunk with a fresh decoder, after one run that warms the kernels."""
    seconds = []
    for _ in range(RUNS + 1):
        decoder = feed.make(Options())
        begin = time.perf_counter()
        decoded = decoder.decode(chunk)
        seconds.append(time.perf_counter() - begin)
        if len(decoded.detections) != rows or len(decoded.operators) != rows or decoded.left_out:
            raise RuntimeError(f"expected {rows} rows of each table, got {len(decoded.detections)}: {decoded.left_out}")
    return statistics.median(seconds[1:])


def run() -> dict[str, Any]:
    """Messages a second, medians of RUNS."""
    beacon_s = median_seconds(dot11.FORMAT, beacons(BEACONS), BEACONS)
    json_s = median_seconds(dronescout.FORMAT, messages(MESSAGES), MESSAGES)
    return {
        "beacons": BEACONS,
        "beacon_messages_per_s": round(5 * BEACONS / beacon_s),
        "dronescout_messages": MESSAGES,
        "dronescout_messages_per_s": round(MESSAGES / json_s),
        "runs": RUNS,
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
