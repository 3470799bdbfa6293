"""One sample of every format and link, made by our own encoders, for the conformance battery."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from picket.feed import _template, jsonlines
from picket.feed.adsb.sbs import encode_sbs
from picket.feed.asterix import encode_cat034, encode_cat048
from picket.feed.remoteid.dronescout import encode_message, encode_status
from picket.feed.remoteid.messages import encode_basic_id, encode_location, encode_operator_id, encode_pack, encode_system
from picket.words import DETECTION, Batch

T0 = 1_780_056_000.0
SERIAL = "1581F6N8A23B2ML3Y3KR"


@dataclass(frozen=True)
class Sample:
    """Payloads of one link, each of which gives something: a row of any table, or what later rows need."""

    format: str
    link: str
    payloads: tuple[bytes, ...]
    detections: int
    left_out: Mapping[str, int] = field(default_factory=dict)


def _table() -> tuple[bytes, ...]:
    rows = [
        {"time": T0, "sensor_id": "mic-3", "kind": "acoustic", "azimuth_deg": 114.0, "sigma_azimuth_deg": 6.0},
        {"time": T0 + 1, "sensor_id": "eye", "kind": "visual", "lat_deg": 33.75, "lon_deg": -118.2, "identity": "Möwe"},
    ]
    return tuple(jsonlines.encode(Batch.from_rows(DETECTION, [row])) for row in rows)


def _asterix() -> tuple[bytes, ...]:
    plots = Batch.from_rows(
        DETECTION,
        [
            {"time": T0 + i / 8, "range_m": 3000.0 + i, "azimuth_deg": 10.0 * i, "range_rate_mps": -12.0, "power_dbm": -60.0,
             "identity": "3C6444", "identity_kind": "icao_address", "sensor_track_id": str(i)}
            for i in range(3)
        ],
    )  # fmt: skip
    mark = encode_cat034(time=T0, sac=25, sic=201, kind="north_mark", rotation_period_s=1.0)
    return (mark, *encode_cat048(plots, sac=25, sic=201))


def _pack() -> bytes:
    return encode_pack(
        [
            encode_basic_id(SERIAL),
            encode_location(lat_deg=33.75, lon_deg=-118.2, alt_wgs84_m=20.0, speed_mps=10.0, course_deg=200.0, time=T0),
            encode_system(lat_deg=33.7, lon_deg=-118.1),
            encode_operator_id("FIN87astrdge12k8"),
        ]
    )


def _beacon() -> bytes:
    """An 802.11 beacon whose vendor element (FA:0B:BC, type 0D) holds a message counter and a message pack."""
    drone = bytes.fromhex("a0b1c2d3e4f5")
    head = b"\x80\0\0\0" + b"\xff" * 6 + drone + drone + b"\0\0"
    pack = _pack()
    element = bytes([221, 5 + len(pack)]) + b"\xfa\x0b\xbc\x0d\x01" + pack
    return head + struct.pack("<QHH", 1, 100, 0x21) + b"\0\0" + element


RADIOTAP = b"\0\0\x08\0\0\0\0\0"


def _dronescout() -> tuple[bytes, ...]:
    place = {"lat_deg": 37.76, "lon_deg": -122.5, "alt_wgs84_m": 80.0, "speed_mps": 5.0, "course_deg": 90.0}
    return (
        encode_status("SNSTAC-2", T0),
        encode_message(
            sensor_id="SNSTAC-2", received=T0 + 1, transmitter="DF:72:11:D2:6B:95", transport="bt4", identity=SERIAL, time=T0 + 0.5,
            operator_id="FIN87astrdge12k8", **place,
        ),
    )  # fmt: skip


def _sbs() -> tuple[bytes, ...]:
    return tuple(
        encode_sbs(
            icao="3C6444", time=T0 + i, lat_deg=33.7 + i / 100, lon_deg=-118.2, alt_pressure_m=300.0, speed_mps=60.0, course_deg=90.0,
            climb_mps=1.0, call_sign="DLH123",
        )
        for i in range(2)
    )  # fmt: skip


def _template_lines() -> tuple[bytes, ...]:
    return tuple(_template.encode("mic-3", T0 + i, 100.0 + i, 20.0) for i in range(3))


SAMPLES = (
    *(Sample("table", link, _table(), 2) for link in ("stream", "udp", "mqtt")),
    *(Sample("asterix", link, _asterix(), 3) for link in ("stream", "udp")),
    Sample("remote-id", "dot11", (_beacon(),) * 2, 2),
    Sample("remote-id", "radiotap", (RADIOTAP + _beacon(),) * 2, 2),
    *(Sample("dronescout", link, _dronescout(), 1) for link in ("stream", "udp", "mqtt")),
    *(Sample("sbs", link, _sbs(), 2, {"no_position": 4}) for link in ("stream", "udp", "mqtt")),
)
TEMPLATE = tuple(Sample("template", link, _template_lines(), 3) for link in ("stream", "udp", "mqtt"))
