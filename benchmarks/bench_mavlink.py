"""MAVLink and DragonSync messages to the detection and operator tables on one core.

The input is synthetic: 50 aircraft. Of each MAVLink report come five frames in turn, as a Remote ID receiver sends them: heartbeat,
identity, location, system and operator id, 1,400 bytes a datagram. A DragonSync report is one message of wardragon/drones.
Beside it pymavlink reads the same frames where it is installed (it is not a part of the project: LGPL).
"""

from __future__ import annotations

import json
import math
import os
import statistics
import time
from typing import Any

import numpy as np

from picket.feed.format import Chunk, Format, Options
from picket.feed.remoteid import dragonsync, dragonsync_encoder, mavlink
from picket.feed.remoteid import mavlink_messages as encode

REPORTS = 20_000
AIRCRAFT = 50
RUNS = 5
START = 1_780_056_000.0
DATAGRAM = 1400


def place(i: int) -> dict[str, float]:
    """Where aircraft i % AIRCRAFT is at report i."""
    return {"lat_deg": 33.75 + 0.01 * math.cos(i * 1e-3), "lon_deg": -118.2 + 0.01 * math.sin(i * 1e-3), "time": START + i * 1e-3}


def frames(count: int) -> list[bytes]:
    """Five frames of each report."""
    out = []
    for i in range(count):
        about = f"60601F0000{i % AIRCRAFT:02X}"
        heartbeat = bytes([0, 0, 0, 0, 41, 0, 0, 4, 3])
        where = encode.encode_location(**place(i), alt_wgs84_m=50, speed_mps=12, course_deg=90, climb_mps=0, about=about)
        operator = encode.encode_system(lat_deg=33.75, lon_deg=-118.2, time=START + i * 1e-3, about=about)
        for message, payload in (
            ("HEARTBEAT", heartbeat), ("BASIC_ID", encode.encode_basic_id(f"1581F6N8A23B2ML{i % AIRCRAFT:04d}", about=about)),
            ("LOCATION", where), ("SYSTEM", operator),
            ("OPERATOR_ID", encode.encode_operator_id(f"OPERATOR{i % AIRCRAFT}", about=about)),
        ):  # fmt: skip
            out.append(encode.encode_frame(message, payload, sequence=len(out)))
    return out


def datagrams(sent: list[bytes]) -> Chunk:
    """The frames packed into datagrams, a millisecond apart."""
    payloads, now = [], b""
    for frame in sent:
        if len(now) + len(frame) > DATAGRAM:
            payloads.append(now)
            now = b""
        now += frame
    payloads.append(now)
    received = START + 0.1 + np.linspace(0, REPORTS * 1e-3, len(payloads))
    return Chunk.of(payloads, received.tolist(), range(len(payloads)), source="bench", link="udp")


def messages(count: int) -> Chunk:
    """DragonSync's messages, one a payload."""
    sent = [
        dragonsync_encoder.encode_drone(
            **place(i), identity=f"1581F6N8A23B2ML{i % AIRCRAFT:04d}", observed=START + i * 1e-3 + 0.1, alt_wgs84_m=50, speed_mps=12,
            course_deg=90, transmitter=f"60:60:1F:00:00:{i % AIRCRAFT:02X}", transport="bt5", within_m=3, power_dbm=-60,
            operator_id=f"OPERATOR{i % AIRCRAFT}", operator_lat_deg=33.75, operator_lon_deg=-118.2, seen_by="wardragon-1",
        )
        for i in range(count)
    ]  # fmt: skip
    received = [START + i * 1e-3 + 0.1 for i in range(count)]
    return Chunk.of(sent, received, range(count), source="bench", link="mqtt")


def median_seconds(feed: Format, chunk: Chunk, rows: int) -> float:
    """Median seconds to decode the chunk with a fresh decoder, after one run that warms the kernels."""
    seconds = []
    for _ in range(RUNS + 1):
        decoder = feed.make(Options())
        begin = time.perf_counter()
        decoded = decoder.decode(chunk)
        seconds.append(time.perf_counter() - begin)
        if len(decoded.detections) != rows or not len(decoded.operators):
            raise RuntimeError(f"expected {rows} detections, got {len(decoded.detections)}: {decoded.left_out}")
    return statistics.median(seconds[1:])


def peer_seconds(sent: list[bytes]) -> float | None:
    """Median seconds in which pymavlink reads the frames into its objects; None where it is not installed."""
    os.environ["MAVLINK20"] = "1"
    try:
        from pymavlink.dialects.v20 import common  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    data, seconds = b"".join(sent), []
    for _ in range(3):
        reader = common.MAVLink(None)
        begin = time.perf_counter()
        found = reader.parse_buffer(data)
        seconds.append(time.perf_counter() - begin)
        if len(found) != len(sent):
            raise RuntimeError(f"the peer read {len(found)} of {len(sent)} frames")
    return statistics.median(seconds)


def run() -> dict[str, Any]:
    """Messages a second, medians of RUNS."""
    sent = frames(REPORTS)
    mavlink_s = median_seconds(mavlink.FORMAT, datagrams(sent), REPORTS)
    json_s = median_seconds(dragonsync.FORMAT, messages(REPORTS), REPORTS)
    few = sent[:10_000]
    peer_s = peer_seconds(few)
    return {
        "mavlink_messages": len(sent),
        "mavlink_messages_per_s": round(len(sent) / mavlink_s),
        "pymavlink_messages_per_s": None if peer_s is None else round(len(few) / peer_s),
        "dragonsync_messages": REPORTS,
        "dragonsync_messages_per_s": round(REPORTS / json_s),
        "runs": RUNS,
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
