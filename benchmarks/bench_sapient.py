"""SAPIENT messages to the detection table on one core.

The input is synthetic: 20 registered nodes that report located tracks with errors, velocity, class and an identity in turn, in 64 KiB
pieces as a socket gives them. `runtime_only` is the protobuf runtime parsing the same messages into objects and nothing more: the floor.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from picket.feed.format import Chunk, Options
from picket.feed.sapient import FORMAT
from picket.feed.sapient.encoder import encode_detection, encode_registration
from picket.feed.sapient.schema import sapient_message

REPORTS = 20_000
NODES = 20
PIECE = 64 * 1024
RUNS = 5
START = 1_780_000_000.0  # UNIX seconds; any day will do


def frames() -> list[bytes]:
    """Registrations, then detection reports."""
    names = [f"8cb1d098-74ba-4ddc-ab37-{i:012x}" for i in range(NODES)]
    found = [encode_registration(node_id=n, time=START, tracking="track", short_name=n[-2:]) for n in names]
    for i in range(REPORTS):
        place = {"x": -118.2 + i * 1e-6, "y": 33.75, "z": 50.0 + i % 100, "x_error": 1e-4, "y_error": 1e-4, "z_error": 8.0}
        found.append(
            encode_detection(
                node_id=names[i % NODES], time=START + i * 1e-3, object_id=f"01HPEKBXJSB6WY59ZZ2G{i % 500:06d}", location=place,
                velocity_enu=(3.0, 4.0, -1.0), classification=[("Air Vehicle", 0.9), ("UAV Rotary Wing", 0.8)],
                object_info={"serial": f"1581F{i % 500}"}, confidence=0.9,
            )
        )  # fmt: skip
    return found


def run() -> dict[str, Any]:
    """Reports a second of processor time (other work on the machine does not count), medians of RUNS."""
    sent = frames()
    data, bodies, parse = b"".join(sent), [f[4:] for f in sent], sapient_message().FromString
    pieces = [Chunk.one(data[i : i + PIECE], received=START, offset=i, source="bench") for i in range(0, len(data), PIECE)]
    seconds, alone, longest = [], [], 0.0
    for _ in range(RUNS):
        decoder, rows = FORMAT.make(Options()), 0
        begin = time.process_time()
        for piece in pieces:
            at = time.process_time()
            rows += decoder.decode(piece).detections.n
            longest = max(longest, time.process_time() - at)
        seconds.append(time.process_time() - begin)
        if rows != REPORTS:
            raise RuntimeError(f"expected {REPORTS} detections, got {rows}")
        begin = time.process_time()
        for body in bodies:
            parse(body)
        alone.append(time.process_time() - begin)
    return {
        "reports": REPORTS,
        "bytes_per_report": round(len(data) / len(sent)),
        "reports_per_s": round(REPORTS / statistics.median(seconds)),
        "runtime_only_reports_per_s": round(len(sent) / statistics.median(alone)),
        "slowest_64_kib_ms": round(longest * 1e3, 1),
        "runs": RUNS,
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
