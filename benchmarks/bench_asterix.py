"""CAT048 bytes to the detection table: Picket beside libasterix, on one core.

The input is seeded and synthetic: plots of two radars with time, position, 3-D height, Doppler, address, track number and ground
speed, packed into datagrams of up to 1,400 octets. libasterix (pure Python) decodes the first datagrams of the same input and
reads the same items from each record, so the two figures answer the same question.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

import asterix.generated as gen
import numpy as np
from asterix.base import Bits, RawDatablock

from picket.feed.asterix import AsterixDecoder, encode_cat048
from picket.feed.format import Chunk, Options
from picket.words import DETECTION, Batch

RECORDS = 200_000
PEER_RECORDS = 400
RUNS = 5
START = 1_780_000_000.0  # UNIX seconds; any day will do


def datagrams(records: int) -> list[bytes]:
    """Synthetic datagrams with `records` target reports of two radars."""
    random = np.random.default_rng(48)
    half = records // 2
    sent: list[bytes] = []
    for sic in (1, 2):
        addresses = [f"{a:06X}" for a in random.integers(1, 1 << 24, 500)]
        columns: dict[str, Any] = {
            "time": START + np.arange(half) * 1e-3,
            "range_m": random.uniform(100, 60_000, half),
            "azimuth_deg": random.uniform(0, 360, half),
            "alt_msl_m": random.uniform(0, 3000, half),
            "range_rate_mps": random.uniform(-80, 80, half),
            "speed_mps": random.uniform(0, 80, half),
            "course_deg": random.uniform(0, 360, half),
            "identity": random.integers(0, 500, half),
            "identity_kind": "icao_address",
            "sensor_track_id": random.integers(0, 4096, half),
        }
        words = {"identity": addresses, "sensor_track_id": [str(i) for i in range(4096)]}
        sent += encode_cat048(Batch.build(DETECTION, half, columns, words), sac=25, sic=sic)
    return sent


def chunk_of(payloads: list[bytes]) -> Chunk:
    """The datagrams as they would come from a socket, a millisecond apart."""
    received = START + 1 + np.arange(len(payloads)) * 1e-3
    return Chunk.of(payloads, received.tolist(), range(len(payloads)), source="bench", link="udp")


def peer_seconds(payloads: list[bytes]) -> tuple[int, float]:
    """(records, seconds) of libasterix over the first datagrams, reading the items that Picket's columns hold."""
    begin, records = time.perf_counter(), 0
    for payload in payloads:
        blocks = RawDatablock.parse(Bits.from_bytes(payload))
        assert not isinstance(blocks, ValueError)
        for block in blocks:
            found = gen.Cat_048_1_32.cv_uap.parse(block.get_raw_records())
            assert not isinstance(found, ValueError)
            for record in found:
                for name in ("010", "140", "040", "110", "161", "200", "220"):
                    record.get_item(name).as_uint()  # type: ignore[union-attr]
                record.get_item("020").variation.get_item("TYP").as_uint()  # type: ignore[union-attr]
                record.get_item("120").variation.get_item("CAL").as_uint()  # type: ignore[union-attr]
            records += len(found)
        if records >= PEER_RECORDS:
            break
    return records, time.perf_counter() - begin


def run() -> dict[str, Any]:
    """Records per second of both, and their ratio."""
    payloads = datagrams(RECORDS)
    chunk = chunk_of(payloads)
    AsterixDecoder(Options()).decode(chunk_of(payloads[:2]))  # compiles, or loads what is compiled
    seconds = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        decoded = AsterixDecoder(Options()).decode(chunk)
        seconds.append(time.perf_counter() - begin)
        assert decoded.detections.n == RECORDS
        assert not decoded.left_out
    ours = RECORDS / statistics.median(seconds)
    peer_records, peer = peer_seconds(payloads)
    return {
        "what": "CAT048 datagrams to the detection table",
        "records": RECORDS,
        "datagrams": len(payloads),
        "octets": len(chunk.data),
        "picket_records_per_s": round(ours),
        "picket_runs_s": [round(s, 4) for s in seconds],
        "libasterix_records": peer_records,
        "libasterix_records_per_s": round(peer_records / peer),
        "ratio": round(ours / (peer_records / peer)),
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
