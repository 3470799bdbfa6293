"""Beast frames to the detection table on one core, and pyModeS on the same frames in an environment of its own.

The input is synthetic: 200 aircraft that fly straight on, each sending call sign, velocity and positions in turn, between as many
short replies as a receiver hears (more than half of all frames). pyModeS is under the GPL: nothing that ships and no test needs
it, so this benchmark makes an environment from peers.txt (pinned, hashed) in benchmarks/out and runs it there as a program. Its
streaming decoder (PipeDecoder) gets the messages as hexadecimal text with their times, ready made: the frames around them are not
its work. Where the environment cannot be made, the figure is left out and `peer` says why.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
import time
from typing import Any

from benchmarks import peers
from picket.feed.adsb.beast import (
    FORMAT,
    encode_airborne,
    encode_beast,
    encode_identification,
    encode_squitter,
    encode_velocity,
)
from picket.feed.format import Chunk, Options

SECONDS = 60
AIRCRAFT = 200
RUNS = 5
PEER_MESSAGES = 40_000

# What runs in the peer's environment: lines "time message" from standard input, medians to standard output. {runs} is put in.
_PEER = """
import json, statistics, sys, time
from importlib.metadata import version
from pyModeS import PipeDecoder, decode
lines = [line.split() for line in sys.stdin]
messages = [(float(t), m) for t, m in lines]
seconds = []
for _ in range({runs}):
    decoder, positions = PipeDecoder(), 0
    begin = time.perf_counter()
    for t, m in messages:
        positions += "latitude" in decoder.decode(m, timestamp=t)
    seconds.append(time.perf_counter() - begin)
begin = time.perf_counter()
for t, m in messages:
    decode(m)
alone = time.perf_counter() - begin
print(json.dumps(
    {{"seconds": statistics.median(seconds), "alone": alone, "positions": positions, "version": version("pyModeS")}}
))
"""


def messages() -> list[tuple[float, bytes]]:
    """(time, message) in order: each second of each aircraft two positions, two velocities, four short replies; every 5 s a name."""
    out = []
    for i in range(AIRCRAFT):
        icao, lat, lon, course = f"{0x4B0000 + i:06X}", 45 + i % 20 / 4, 5 + i // 20 / 4, i * 1.8
        north, east = 200 * math.cos(math.radians(course)) / 111_195, 200 * math.sin(math.radians(course)) / 78_000
        velocity = encode_velocity(speed_mps=200, course_deg=course, climb_mps=2, nacv=2)
        moving, name = encode_squitter(icao, velocity), encode_squitter(icao, encode_identification(f"TEST{i}", "A3"))
        for half in range(2 * SECONDS):
            t = half / 2 + i / AIRCRAFT / 2
            place = encode_airborne(lat + north * t, lon + east * t, odd=half % 2 == 1, alt_pressure_m=3000 + 2 * t)
            out += [(t, encode_squitter(icao, place)), (t + 1e-4, moving)]
            out += [(t + 2e-4, bytes([0x5D, *bytes.fromhex(icao), 1, 2, 3])), (t + 3e-4, bytes([0x20, 1, 2, half, 4, 5, i]))]
            if half % 10 == 0:
                out.append((t + 4e-4, name))
    return sorted(out)


def peer(all_messages: list[tuple[float, bytes]]) -> dict[str, Any]:
    """pyModeS's messages a second, or why there is no figure."""
    long = [(t, m) for t, m in all_messages if len(m) == 14][:PEER_MESSAGES]
    lines = "".join(f"{t:.6f} {m.hex()}\n" for t, m in long)
    try:
        found = json.loads(peers.ask(peers.PYMODES, ["-c", _PEER.format(runs=3)], lines))
    except peers.FAILED as e:
        return {"peer": f"pyModeS could not be run: {peers.why(e)}"}
    return {
        "peer": f"pyModeS {found['version']}, PipeDecoder, extended squitters as text",
        "peer_messages_per_s": round(len(long) / found["seconds"]),
        "peer_messages_alone_per_s": round(len(long) / found["alone"]),  # each message by itself: no places from pairs
        "peer_positions": found["positions"],
    }


def run() -> dict[str, Any]:
    """Messages a second, medians of RUNS after one run that warms the kernels."""
    sent = messages()
    data = b"".join(encode_beast(m, round((t + 1) * 12e6)) for t, m in sent)
    chunk, positions = Chunk.one(data, source="bench"), (2 * SECONDS - 1) * AIRCRAFT
    seconds, long_s = [], []
    for _ in range(RUNS + 1):
        decoder = FORMAT.make(Options())
        begin = time.perf_counter()
        decoded = decoder.decode(chunk)
        seconds.append(time.perf_counter() - begin)
        if abs(len(decoded.detections) - positions) > positions // 100:
            raise RuntimeError(f"expected about {positions} positions, got {len(decoded.detections)}: {decoded.left_out}")
    only = [(t, m) for t, m in sent if len(m) == 14]
    squitters = Chunk.one(b"".join(encode_beast(m, round((t + 1) * 12e6)) for t, m in only), source="bench")
    for _ in range(RUNS):
        decoder = FORMAT.make(Options())
        begin = time.perf_counter()
        decoder.decode(squitters)
        long_s.append(time.perf_counter() - begin)
    return {
        "messages": len(sent),
        "rows": len(decoded.detections),
        "messages_per_s": round(len(sent) / statistics.median(seconds[1:])),
        "squitters_per_s": round(len(only) / statistics.median(long_s)),
        "runs": RUNS,
        **peer(sent),
    }


if __name__ == "__main__":
    json.dump(run(), sys.stdout, indent=2)
    print()
