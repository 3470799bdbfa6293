"""ASTERIX bytes to the detection table: CAT048, CAT062 and CAT021, Picket beside libasterix, on one core.

The inputs are seeded and synthetic, packed into datagrams of up to 1,400 octets: plots of two radars (time, position, 3-D height,
Doppler, address, track number, ground speed), tracks of a system (time, position, velocity, climb, heights, address, call sign of
a flight plan, track number and status, ages, accuracies), and the ADS-B reports of cat021.py. libasterix (pure Python)
decodes the first datagrams of the same input and reads the same items from each record, so the two figures answer the same
question.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import asterix.generated as gen
import numpy as np
from asterix.base import Bits, RawDatablock

from benchmarks import cat021
from picket.feed.asterix import AsterixDecoder, encode_cat048
from picket.feed.asterix import encoding as e
from picket.feed.format import Chunk, Options
from picket.words import DETECTION, Batch

RECORDS = 200_000
PEER_RECORDS = 400
RUNS = 5
START = 1_780_000_000.0  # UNIX seconds; any day will do
_ORDER_062 = e.order(
    "010", "", "015", "070", "105", "100", "185", "210", "060", "245", "380", "040", "080", "290", "200", "295", "136", "130", "135",
    "220", "390", "270", "300", "110", "120", "510", "500", "340",
)  # fmt: skip


def plots(records: int) -> list[bytes]:
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


def tracks(records: int) -> list[bytes]:
    """Synthetic datagrams with `records` tracks of one system: items as in the recordings that we know, and accuracies."""
    random = np.random.default_rng(62)
    aircraft = random.integers(0, 500, records).tolist()
    addresses = [int(a).to_bytes(3, "big") for a in random.integers(1, 1 << 24, 500)]
    names = [e.call_sign(f"PKT{n}", "call_sign") or b"" for n in range(500)]
    noise = random.bytes(records * 16)
    made = []
    for i, n in enumerate(aircraft):
        octets = noise[16 * i : 16 * i + 16]
        items = {
            "010": b"\x19\x64", "015": b"\x01", "070": e.time_of_day(START + i * 1e-3), "040": e.u16(n), "080": b"\x0d\x0d\x08",
            "105": e.signed(7_000_000 + i, 4) + e.signed(2_000_000 + 3 * n, 4), "100": octets[:6], "185": octets[6:10],
            "060": b"\x04\x43", "380": b"\xc1\x01\x02" + addresses[n] + names[n] + b"\x03", "290": b"\x11\x80\x06\x06",
            "200": b"\x00", "136": b"\x05\xf0", "130": b"\x00" + octets[12:13], "135": b"\x05\xf0", "220": b"\x00" + octets[13:14],
            "390": b"\x40DLH4AB ", "500": b"\xbc\x00\x14\x00\x14\x00\x10\x00\x10\x08\x02\x04\x04",
        }  # fmt: skip
        made.append(e.record(items, _ORDER_062))
    return e.datagrams(62, made, 1400)


def chunk_of(payloads: list[bytes]) -> Chunk:
    """The datagrams as they would come from a socket, a millisecond apart."""
    received = START + 1 + np.arange(len(payloads)) * 1e-3
    return Chunk.of(payloads, received.tolist(), range(len(payloads)), source="bench", link="udp")


def _read_048(record: Any) -> None:
    for name in ("010", "140", "040", "110", "161", "200", "220"):
        record.get_item(name).as_uint()
    record.get_item("020").variation.get_item("TYP").as_uint()
    record.get_item("120").variation.get_item("CAL").as_uint()


def _read_062(record: Any) -> None:
    for name in ("010", "070", "105", "185", "040", "136", "130", "135", "220"):
        record.get_item(name).as_uint()
    for name, parts in (("380", ("ADR", "ID", "EMC")), ("080", ("SIM", "TSE")), ("500", ("APC", "APW", "AGA", "ABA", "ATV"))):
        for part in parts:
            record.get_item(name).variation.get_item(part).as_uint()


def peer_seconds(payloads: list[bytes], spec: Any, read: Callable[[Any], None]) -> tuple[int, float]:
    """(records, seconds) of libasterix over the first datagrams, reading the items that Picket's columns hold."""
    begin, records = time.perf_counter(), 0
    for payload in payloads:
        blocks = RawDatablock.parse(Bits.from_bytes(payload))
        assert not isinstance(blocks, ValueError)
        for block in blocks:
            found = spec.cv_uap.parse(block.get_raw_records())
            assert not isinstance(found, ValueError)
            for record in found:
                read(record)
            records += len(found)
        if records >= PEER_RECORDS:
            break
    return records, time.perf_counter() - begin


def measured(what: str, payloads: list[bytes], records: int, peer: tuple[int, float]) -> dict[str, Any]:
    """Records per second of both, and their ratio."""
    chunk = chunk_of(payloads)
    AsterixDecoder(Options()).decode(chunk_of(payloads[:2]))  # compiles, or loads what is compiled
    seconds = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        decoded = AsterixDecoder(Options()).decode(chunk)
        seconds.append(time.perf_counter() - begin)
        assert decoded.detections.n == records
        assert not decoded.left_out
    ours, theirs = records / statistics.median(seconds), peer[0] / peer[1]
    return {
        "what": what,
        "records": records,
        "datagrams": len(payloads),
        "octets": len(chunk.data),
        "picket_records_per_s": round(ours),
        "picket_runs_s": [round(s, 4) for s in seconds],
        "libasterix_records": peer[0],
        "libasterix_records_per_s": round(theirs),
        "ratio": round(ours / theirs),
    }


def run() -> dict[str, Any]:
    """The three categories, one after the other."""
    of_048, of_062, of_021 = plots(RECORDS), tracks(RECORDS // 2), cat021.datagrams(RECORDS // 2)
    return {
        "cat048": measured(
            "CAT048 datagrams to the detection table", of_048, RECORDS, peer_seconds(of_048, gen.Cat_048_1_32, _read_048)
        ),
        "cat062": measured(
            "CAT062 datagrams to the detection table", of_062, RECORDS // 2, peer_seconds(of_062, gen.Cat_062_1_21, _read_062)
        ),
        "cat021": measured("CAT021 datagrams to the detection table", of_021, RECORDS // 2, cat021.peer_seconds(of_021)),
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
