"""What bench_asterix.py feeds to CAT021, and how long libasterix takes for it.

The input is seeded and synthetic: reports of 500 aircraft as an ADS-B ground station sends them (position of high resolution, two
times of reception, address, heights, quality, version, ground vector, climb, call sign, category, amplitude, ages, track number),
in datagrams of up to 1,400 octets. libasterix (pure Python) decodes the first datagrams of the same input and reads the same items
from each record, so the two figures answer the same question.
"""

from __future__ import annotations

import time

import asterix.generated as gen
import numpy as np
from asterix.base import Bits, RawDatablock

from picket.feed.asterix import encoding as e

PEER_RECORDS = 300
START = 1_780_000_000.0  # UNIX seconds; any day will do
_ORDER = e.order(
    "010", "040", "161", "015", "071", "130", "131", "072", "150", "151", "080", "073", "074", "075", "076", "140", "090",
    "210", "070", "230", "145", "152", "200", "155", "157", "160", "165", "077", "170", "020", "220", "146", "148", "110",
    "016", "008", "271", "132", "250", "260", "400", "295",
)  # fmt: skip


def datagrams(records: int) -> list[bytes]:
    """Synthetic datagrams with `records` target reports of one ground station."""
    random = np.random.default_rng(21)
    aircraft = random.integers(0, 500, records).tolist()
    addresses = [int(a).to_bytes(3, "big") for a in random.integers(1, 1 << 24, 500)]
    names = [e.call_sign(f"PKT{n}", "call_sign") or b"" for n in range(500)]
    noise = random.bytes(records * 32)
    made = []
    for i, n in enumerate(aircraft):
        octets, now = noise[32 * i : 32 * i + 32], e.time_of_day(START + i * 1e-3)
        items = {
            "010": b"\x19\xc9", "040": b"\x01\x00", "161": e.u16(n), "073": now, "075": now, "077": now,
            "131": e.signed(201326592 + i, 4) + e.signed(-704643072 + i, 4), "080": addresses[n], "140": octets[:1] + b"\x10",
            "090": b"\x51\x13\x04", "210": b"\x12", "070": b"\x02\x00", "145": b"\x00" + octets[1:2], "200": b"\x00",
            "157": b"\x00" + octets[2:3], "160": b"\x04" + octets[3:6], "170": names[n], "020": b"\x03", "132": b"\xb0",
            "295": b"\x11\x80" + octets[6:8],  # ages of I021/090 and of I021/145
        }  # fmt: skip
        made.append(e.record(items, _ORDER))
    return e.datagrams(21, made, 1400)


def peer_seconds(payloads: list[bytes]) -> tuple[int, float]:
    """(records, seconds) of libasterix over the first datagrams, reading the items that Picket's columns hold."""
    begin, records = time.perf_counter(), 0
    for payload in payloads:
        blocks = RawDatablock.parse(Bits.from_bytes(payload))
        assert not isinstance(blocks, ValueError)
        for block in blocks:
            found = gen.Cat_021_2_7.cv_uap.parse(block.get_raw_records())
            assert not isinstance(found, ValueError)
            for record in found:
                for name in ("010", "073", "080", "131", "140", "145", "157", "160", "161", "170", "020", "132", "210"):
                    record.get_item(name).as_uint()  # type: ignore[union-attr]
                for name, part in (("040", "ATP"), ("090", "NACP")):
                    record.get_item(name).variation.get_item(part).as_uint()  # type: ignore[union-attr]
            records += len(found)
        if records >= PEER_RECORDS:
            break
    return records, time.perf_counter() - begin
