"""AIS sentences to the detection table on one core, beside pyais decoding the same sentences in the same run.

The input is synthetic, made with pyais's own encoder: 300 ships, of ten messages eight positions of class A, one of class B and
one static report in two sentences, which is what a coast hears. pyais runs as its manual says, `IterMessages` and `decode()`, and gives
objects; Picket checks every checksum (pyais does not), and gives columns with times, ship types and units.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from pyais import IterMessages

from picket.feed.format import Chunk, Options
from picket.feed.marine.ais import FORMAT, encode_ais_position, encode_ais_static

MESSAGES = 100_000
SHIPS = 300
RUNS = 5
START = 1_780_000_000.0  # UNIX seconds; any day will do


def sentences(messages: int) -> bytes:
    """Lines of so many messages (a tenth more sentences)."""
    period = b"".join(
        encode_ais_static(mmsi=230_000_000 + i % SHIPS, ship_type=70 + i % 20, sequence=i // 10 % 10)
        if i % 10 == 9
        else encode_ais_position(
            mmsi=230_000_000 + i % SHIPS, lat_deg=54 + i * 1e-4, lon_deg=10 - i * 1e-4, time=START + i * 0.01, speed_mps=i % 15,
            course_deg=i % 360, message_type=18 if i % 10 == 8 else 1, channel="AB"[i % 2],
        )
        for i in range(messages // 10)
    )  # fmt: skip
    return period * 10


def peer(data: bytes) -> int:
    """Messages that pyais decodes."""
    return sum(1 for message in IterMessages(data.splitlines()) if message.decode() is not None)


def run() -> dict[str, Any]:
    """Messages a second, medians of RUNS after one run that warms the kernels."""
    data = sentences(MESSAGES)
    chunk, ours, theirs = Chunk.one(data, received=START, source="bench"), [], []
    for _ in range(RUNS + 1):
        decoder = FORMAT.make(Options())
        begin = time.perf_counter()
        decoded = decoder.decode(chunk)
        ours.append(time.perf_counter() - begin)
        if len(decoded.detections) != MESSAGES * 9 // 10 or decoded.left_out["static_report"] != MESSAGES // 10:
            raise RuntimeError(f"expected {MESSAGES} messages, got {len(decoded.detections)} rows: {decoded.left_out}")
    for _ in range(RUNS):
        begin = time.perf_counter()
        count = peer(data)
        theirs.append(time.perf_counter() - begin)
        if count != MESSAGES:
            raise RuntimeError(f"expected {MESSAGES} messages from pyais, got {count}")
    own, other = MESSAGES / statistics.median(ours[1:]), MESSAGES / statistics.median(theirs)
    return {
        "messages": MESSAGES,
        "messages_per_s": round(own),
        "pyais_messages_per_s": round(other),
        "ratio": round(own / other, 1),
        "runs": RUNS,
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
