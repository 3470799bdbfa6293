"""SBS lines to the detection table on one core.

The input is synthetic: 200 aircraft, each with call sign, velocity and position lines in turn, as a receiver prints them.
The plain reader beside it does the same work with str.split and dictionaries, as most scripts that read port 30003 do.
"""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime
from typing import Any

from picket.feed.adsb.sbs import FORMAT, encode_sbs
from picket.feed.format import Chunk, Options

POSITIONS = 60_000
AIRCRAFT = 200
RUNS = 5
START = 1_780_000_000.0  # UNIX seconds; any day will do


def lines(positions: int) -> bytes:
    """Three lines for each position."""
    return b"".join(
        encode_sbs(
            icao=f"{0x4B0000 + i % AIRCRAFT:06X}", time=START + i * 1e-3, lat_deg=47 + i * 1e-6, lon_deg=8 - i * 1e-6,
            alt_pressure_m=3000 + i % 5000, speed_mps=100 + i % 100, course_deg=i % 360, climb_mps=i % 9 - 4, call_sign=f"TEST{i % 100}",
        )
        for i in range(positions)
    )  # fmt: skip


def plain_reader(data: bytes) -> int:
    """Positions that a line-by-line reader finds, with the values that Picket's rows hold."""
    velocity: dict[str, tuple[float, float, float]] = {}
    rows = []
    for text in data.decode("ascii").splitlines():
        f = text.split(",")
        if f[1] == "4":
            velocity[f[4]] = float(f[12]), float(f[13]), float(f[16])
        elif f[1] == "3" and f[14]:
            when = datetime.strptime(f"{f[6]},{f[7]}", "%Y/%m/%d,%H:%M:%S.%f").replace(tzinfo=UTC).timestamp()
            rows.append((when, f[4], float(f[14]), float(f[15]), float(f[11]), *velocity.get(f[4], (None, None, None))))
    return len(rows)


def run() -> dict[str, Any]:
    """Lines a second, medians of RUNS after one run that warms the kernels."""
    data = lines(POSITIONS)
    chunk, count = Chunk.one(data, source="bench"), data.count(b"\n")
    seconds, plain = [], []
    for _ in range(RUNS + 1):
        decoder = FORMAT.make(Options())
        begin = time.perf_counter()
        decoded = decoder.decode(chunk)
        seconds.append(time.perf_counter() - begin)
        if len(decoded.detections) != POSITIONS:
            raise RuntimeError(f"expected {POSITIONS} positions, got {len(decoded.detections)}: {decoded.left_out}")
    for _ in range(RUNS):
        begin = time.perf_counter()
        plain_reader(data)
        plain.append(time.perf_counter() - begin)
    return {
        "lines": count,
        "lines_per_s": round(count / statistics.median(seconds[1:])),
        "plain_reader_lines_per_s": round(count / statistics.median(plain)),
        "runs": RUNS,
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
