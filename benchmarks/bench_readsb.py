"""aircraft.json and UAT lines to the detection table on one core.

The documents are synthetic, with the keys that readsb writes for an aircraft heard well (about 590 bytes each). Beside them a plain
reader that does the same work with Python's json and dictionaries, and msgspec's untyped decoding alone, without any columns.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import msgspec

from picket.feed.adsb import readsb, uat
from picket.feed.format import Chunk, Options

AIRCRAFT, POLLS, MESSAGES, RUNS = 500, 40, 50_000, 5
START = 1_780_000_000.0  # UNIX seconds; any day will do
_MORE = {
    "flight": "TEST1234", "squawk": "1000", "emergency": "none", "category": "A3", "nav_qnh": 1013.6, "nav_altitude_mcp": 35008,
    "nav_modes": ["autopilot", "vnav"], "nic": 8, "rc": 186, "version": 2, "nic_baro": 1, "nac_p": 9, "nac_v": 2, "sil": 3,
    "sil_type": "perhour", "gva": 2, "sda": 2, "alert": 0, "spi": 0, "r": "N12345", "t": "B738", "ias": 268, "tas": 460, "mach": 0.78,
    "roll": 0.18, "mag_heading": 90.1, "true_heading": 91.1,
}  # fmt: skip


def documents() -> list[bytes]:
    """One document per poll, every aircraft a little further on in each."""
    return [
        readsb.encode_document(
            START + poll,
            [
                readsb.encode_aircraft(
                    icao=f"{0x3C0000 + i:06x}", lat_deg=47 + i * 1e-3 + poll * 1e-4, lon_deg=8 - i * 1e-3, seen_pos=i % 10 / 10,
                    alt_pressure_m=3000 + i, alt_wgs84_m=3050 + i, speed_mps=200, course_deg=i % 360, climb_mps=i % 9 - 4, **_MORE,
                )
                for i in range(AIRCRAFT)
            ],
            poll,
        )
        for poll in range(POLLS)
    ]  # fmt: skip


def lines() -> bytes:
    """UAT messages, a third of them with mode status."""
    return b"".join(
        uat.encode_uat(
            address=0xA00000 + i % 300, lat_deg=33 + i * 1e-6, lon_deg=-118 - i * 1e-6, payload_type=i % 3, alt_pressure_m=1000 + i % 5000,
            alt_wgs84_m=990 + i % 5000, speed_mps=60, course_deg=i % 360, climb_mps=2, call_sign="N12345", nac_p=9, time=START + i / 1000,
        )
        for i in range(MESSAGES)
    )  # fmt: skip


def plain_reader(data: bytes) -> int:
    """Positions that a script would find, with the values that Picket's rows hold."""
    doc, found = json.loads(data), []
    for a in doc["aircraft"]:
        if "lat" in a:
            speed, climb = a.get("gs", 0) * 0.5144, a.get("baro_rate", 0) * 0.00508
            found.append(
                (doc["now"] - a["seen_pos"], a["hex"], a["lat"], a["lon"], a.get("alt_geom"), speed, a.get("track"), climb)
            )
    return len(found)


def _rate(n: int, work: Callable[[], Any]) -> int:
    """Things a second, the median of RUNS after one that warms up."""
    seconds = []
    for _ in range(RUNS + 1):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return round(n / statistics.median(seconds[1:]))


def run() -> dict[str, Any]:
    """Aircraft and messages a second, and how long one poll takes."""
    polls, text = documents(), lines()
    chunks = [Chunk.one(body, received=START + i, offset=i, source="bench", link="http") for i, body in enumerate(polls)]
    stream = Chunk.one(text, received=START, source="bench")

    def ours() -> None:
        decoder = readsb.FORMAT.make(Options())
        found = sum(decoder.decode(c).detections.n for c in chunks)
        if found != AIRCRAFT * POLLS:
            raise RuntimeError(f"expected {AIRCRAFT * POLLS} positions, got {found}")

    def uat_lines() -> None:
        if (found := uat.FORMAT.make(Options()).decode(stream).detections.n) != MESSAGES:
            raise RuntimeError(f"expected {MESSAGES} positions, got {found}")

    total = AIRCRAFT * POLLS
    aircraft = _rate(total, ours)
    return {
        "aircraft_per_poll": AIRCRAFT,
        "kilobytes_per_poll": round(len(polls[0]) / 1000),
        "readsb_aircraft_per_s": aircraft,
        "readsb_ms_per_poll": round(1000 * AIRCRAFT / aircraft, 2),
        "plain_reader_aircraft_per_s": _rate(total, lambda: [plain_reader(p) for p in polls]),
        "msgspec_alone_aircraft_per_s": _rate(total, lambda: [msgspec.json.decode(p) for p in polls]),
        "uat_messages_per_s": _rate(MESSAGES, uat_lines),
        "runs": RUNS,
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
