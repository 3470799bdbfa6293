"""One sample of every format and link, made by our own encoders, for the conformance battery."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from picket.feed import _template, jsonlines
from picket.feed.adsb import beast, modes
from picket.feed.adsb.readsb import encode_aircraft, encode_document, encode_line
from picket.feed.adsb.sbs import encode_sbs
from picket.feed.adsb.uat import encode_uat
from picket.feed.asterix import (
    encode_cat015,
    encode_cat021,
    encode_cat034,
    encode_cat048,
    encode_cat062,
    encode_cat065,
    encode_cat129,
)  # fmt: skip
from picket.feed.asterix.categories import CATEGORIES
from picket.feed.marine.ais import encode_ais_position, encode_ais_static
from picket.feed.marine.nmea import tag_block
from picket.feed.marine.nmea_radar import encode_hdt, encode_tll, encode_ttm
from picket.feed.remoteid import dragonsync_encoder, hci
from picket.feed.remoteid import mavlink_messages as mavlink
from picket.feed.remoteid.ble import encode_advert, encode_extended, encode_frame, service_data
from picket.feed.remoteid.dronescout import encode_message, encode_status
from picket.feed.remoteid.messages import encode_basic_id, encode_location, encode_operator_id, encode_pack, encode_system
from picket.feed.sapient import encoder as sapient
from picket.words import DETECTION, Batch

T0 = 1_780_056_000.0
SERIAL = "1581F6N8A23B2ML3Y3KR"


@dataclass(frozen=True)
class Sample:
    """Payloads of one link, each of which gives something: a row of any table, or what later rows need.

    crowd     one payload with the i-th made-up identity: an address, a serial, a track number ...
    editions  what `Options.edition` may be, of a format that has editions; the sample is of the one that holds by default
    """

    format: str
    link: str
    payloads: tuple[bytes, ...]
    detections: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    crowd: Callable[[int], bytes] | None = None
    editions: tuple[str, ...] = ()


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
    return (mark, *encode_cat048(plots, sac=25, sic=201), *_asterix_others())


def _asterix_others() -> tuple[bytes, ...]:
    """An aircraft's own report, a passive radar's bearing and track, a drone's identification, another system's track."""
    place = {"time": T0 + 1, "lat_deg": 33.75, "lon_deg": -118.2, "speed_mps": 60.0, "course_deg": 90.0, "climb_mps": 1.0}
    aircraft = {
        "identity": "3C6444",
        "identity_kind": "icao_address",
        "transport": "1090es",
        "alt_wgs84_m": 280.0,
        "sigma_position_m": 10.0,
    }
    bearing = {"time": T0 + 1, "azimuth_deg": 114.0, "elevation_deg": 3.0, "snr_db": 12.0, "classification": "class_7"}
    drone = {"identity": "DJI-M30-1581F6N8A23B", "identity_kind": "serial", "alt_msl_m": 60.0, "height_agl_m": 40.0}
    return (
        *encode_cat021(Batch.from_rows(DETECTION, [place | aircraft]), sac=25, sic=21),
        *encode_cat015(
            Batch.from_rows(DETECTION, [bearing, place | {"report": "track", "sensor_track_id": "9"}]), sac=25, sic=15
        ),
        *encode_cat129(Batch.from_rows(DETECTION, [place | drone]), country="US"),
        *encode_cat062(Batch.from_rows(DETECTION, [place | aircraft | {"sensor_track_id": "4713"}]), sac=25, sic=100),
        encode_cat065(time=T0 + 2, sac=25, sic=100, kind="heartbeat", state="ok"),
    )


def _pack(serial: str = SERIAL) -> bytes:
    return encode_pack([encode_basic_id(serial), *_REST_OF_PACK])


_REST_OF_PACK = (
    encode_location(lat_deg=33.75, lon_deg=-118.2, alt_wgs84_m=20.0, speed_mps=10.0, course_deg=200.0, time=T0),
    encode_system(lat_deg=33.7, lon_deg=-118.1),
    encode_operator_id("FIN87astrdge12k8"),
)


def _beacon(drone: bytes = bytes.fromhex("a0b1c2d3e4f5"), serial: str = SERIAL) -> bytes:
    """An 802.11 beacon whose vendor element (FA:0B:BC, type 0D) holds a message counter and a message pack."""
    head = b"\x80\0\0\0" + b"\xff" * 6 + drone + drone + b"\0\0"
    pack = _pack(serial)
    element = bytes([221, 5 + len(pack)]) + b"\xfa\x0b\xbc\x0d\x01" + pack
    return head + struct.pack("<QHH", 1, 100, 0x21) + b"\0\0" + element


RADIOTAP = b"\0\0\x08\0\0\0\0\0"


def _bluetooth(link: str) -> tuple[bytes, ...]:
    """A Location of Bluetooth 4, a pack of Bluetooth 5, and a pack that comes in two pieces."""
    whole = service_data(_pack())
    pieces = encode_extended(whole[:60], address="C0:B1:C2:D3:E4:F6", adi=7, pointer=True), encode_extended(whole[60:], adi=7)
    joined = (encode_frame(p, link=link, channel=10, coded=True, aux=i) for i, p in enumerate(pieces))
    location = encode_location(lat_deg=33.75, lon_deg=-118.2, alt_wgs84_m=20.0, time=T0)
    return (
        encode_advert(location, "C0:B1:C2:D3:E4:F5", link=link, transport="bt4", channel=38),
        encode_advert(_pack(), "C0:B1:C2:D3:E4:F6", link=link, transport="bt5", channel=10),
        *joined,
    )


def _adapter(link: str) -> tuple[bytes, ...]:
    """The same as HCI events: a report of Bluetooth 4, one of Bluetooth 5, and one of Bluetooth 4 in the other's form."""
    location = encode_location(lat_deg=33.75, lon_deg=-118.2, alt_wgs84_m=20.0, time=T0)
    other = hci.extended_report(service_data(location), "C0:B1:C2:D3:E4:F5", legacy=True)
    return (
        hci.encode_advert(location, "C0:B1:C2:D3:E4:F5", link=link, transport="bt4"),
        hci.encode_advert(_pack(), "C0:B1:C2:D3:E4:F6", link=link, transport="bt5"),
        hci.encode_event([other], link=link),
    )


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


def _dragonsync() -> tuple[bytes, ...]:
    kit, place = "wardragon-G6PA14100J63", {"lat_deg": 33.75, "lon_deg": -118.2}
    return (
        dragonsync_encoder.encode_kit(kit, T0, **place),
        dragonsync_encoder.encode_drone(
            identity=SERIAL, observed=T0 + 1, time=T0, transmitter="DF:72:11:D2:6B:95", transport="bt5", alt_wgs84_m=80.0, speed_mps=5.0,
            operator_id="FIN87astrdge12k8", operator_lat_deg=33.7, operator_lon_deg=-118.1, seen_by=kit, **place,
        ),
        dragonsync_encoder.encode_blocks(identity="F6Q8D244C00CL2KF", center_hz=5756.5e6, description="DJI O4 (Decrypted)", **place),
        dragonsync_encoder.encode_signal(uid="fpv-alert-5800MHz", center_hz=5800e6, observed=T0 + 1, seen_by=kit),
    )  # fmt: skip


def _mavlink() -> tuple[bytes, ...]:
    about = "DF:72:11:D2:6B:95"
    place = mavlink.encode_location(
        lat_deg=33.75, lon_deg=-118.2, alt_wgs84_m=20.0, speed_mps=10.0, course_deg=200.0, time=T0, about=about
    )
    return (
        mavlink.encode_frame("HEARTBEAT", bytes([0, 0, 0, 0, 41, 0, 0, 4, 3])),
        mavlink.encode_frame("BASIC_ID", mavlink.encode_basic_id(SERIAL, about=about), sequence=1),
        mavlink.encode_frame("LOCATION", place, sequence=2),
        mavlink.encode_frame("SYSTEM", mavlink.encode_system(lat_deg=33.7, lon_deg=-118.1, time=T0, about=about), sequence=3),
        mavlink.encode_frame("MESSAGE_PACK", mavlink.encode_message_pack(_pack(), about="a0b1c2d3e4f5"), sequence=4),
    )


def _nmea() -> tuple[bytes, ...]:
    return (
        encode_hdt(271.5),
        encode_ttm(track=1, range_m=3000.0, bearing_deg=114.0, relative=True, speed_mps=8.0, course_deg=20.0, time=T0),
        encode_tll(track=2, lat_deg=33.75, lon_deg=-118.2, time=T0 + 1),
    )


def _ais() -> tuple[bytes, ...]:
    own = {"mmsi": 211234560, "speed_mps": 6.0, "course_deg": 98.7}
    return (
        encode_ais_static(mmsi=211234560, ship_type=70),
        encode_ais_position(lat_deg=33.75, lon_deg=-118.2, time=T0, **own),
        tag_block(station="pier", time=T0 + 1)
        + encode_ais_position(lat_deg=33.76, lon_deg=-118.2, message_type=18, channel="B", **own),
    )


def _beast() -> tuple[bytes, ...]:
    """Call sign, velocity, and a pair of positions, of which the first says nothing alone."""
    messages = [
        modes.encode_identification("DLH123", "A3"),
        modes.encode_velocity(speed_mps=60.0, course_deg=90.0, climb_mps=1.0, nacv=2),
        *(modes.encode_airborne(33.75, -118.2 + i / 3000, odd=i % 2 == 1, alt_pressure_m=300.0) for i in range(2)),
    ]
    return tuple(
        modes.encode_beast(modes.encode_squitter("3C1A44", m), 0x1A0000000000 + i * 6_000_000) for i, m in enumerate(messages)
    )


def _readsb() -> tuple[bytes, ...]:
    place = {"alt_pressure_m": 300.0, "alt_wgs84_m": 280.0, "speed_mps": 60.0, "course_deg": 90.0, "climb_mps": 1.0}
    first = encode_aircraft(icao="3C6444", lat_deg=33.7, lon_deg=-118.2, seen_pos=0.4, nac_p=9, version=2, gva=2, **place)
    other = encode_aircraft(
        icao="~2b00f1", lat_deg=33.8, lon_deg=-118.3, type="tisb_trackfile", lastPosition={"lat": 1, "lon": 2}
    )
    moved = encode_aircraft(icao="3C6444", lat_deg=33.71, lon_deg=-118.2, **place)
    return encode_document(T0, [first, other], 1000), encode_line(T0 + 2, moved)


def _uat() -> tuple[bytes, ...]:
    place = {"alt_pressure_m": 300.0, "speed_mps": 60.0, "course_deg": 90.0, "climb_mps": 1.0}
    return (
        encode_uat(address=0xA66EF1, lat_deg=33.7, lon_deg=-118.2, time=T0, **place),
        encode_uat(
            address=0xA66EF1, lat_deg=33.71, lon_deg=-118.2, payload_type=1, alt_wgs84_m=280.0, call_sign="N12345", category=1, nac_p=9,
            gva=2, corrected=3, **place,
        ),
    )  # fmt: skip


def _template_lines() -> tuple[bytes, ...]:
    return tuple(_template.encode("mic-3", T0 + i, 100.0 + i, 20.0) for i in range(3))


def _sapient() -> tuple[bytes, ...]:
    node = {"node_id": "8cb1d098-74ba-4ddc-ab37-6bfbca14d582", "time": T0}
    return (
        sapient.encode_registration(**node, node_type="radar", short_name="R1", tracking="track"),
        sapient.encode_status(**node, power=("mains", "ok", 100), status=[("warning", "weather", "rain")]),
        sapient.encode_detection(
            **node, location={"x": -118.2, "y": 33.75, "z": 20.0, "x_error": 1e-4, "y_error": 1e-4}, velocity_enu=(3.0, 4.0, 0.0),
            classification=[("Air Vehicle", 0.9), ("UAV Rotary Wing", 0.8)],
        ),
        sapient.encode_detection(**node, range_bearing={"azimuth": 37.0, "elevation": 2.0, "range": 1500.0}),
        sapient.encode_alert(**node, description="object near the pier"),
    )  # fmt: skip


# -- crowds: one payload with the i-th made-up identity ----------------------------------------------------------------
PLACE = {"lat_deg": 33.75, "lon_deg": -118.2}


def _serial(i: int) -> str:
    return f"1581F{i:015d}"


def _radio_address(i: int) -> str:
    return f"C0:B1:{i >> 24 & 255:02X}:{i >> 16 & 255:02X}:{i >> 8 & 255:02X}:{i & 255:02X}"


def _table_crowd(i: int) -> bytes:
    row = {"time": T0, "sensor_id": f"mic-{i}", "kind": "acoustic", "identity": _serial(i), "identity_kind": "serial", **PLACE}
    return jsonlines.encode(Batch.from_rows(DETECTION, [row]))


def _asterix_crowd(i: int) -> bytes:
    """A radar of its own and a track of it."""
    row = {"time": T0, "sensor_track_id": str(i % 4096), "identity": f"{i:06X}", "identity_kind": "icao_address", **PLACE}
    aircraft = Batch.from_rows(DETECTION, [row | {"transport": "1090es"}])
    return b"".join(encode_cat021(aircraft, sac=i >> 8 & 255, sic=i & 255))


def _beacon_crowd(i: int) -> bytes:
    return _beacon(b"\xa0\xb1" + i.to_bytes(4, "big"), _serial(i))


def _bluetooth_crowd(link: str, encode: Callable[..., bytes]) -> Callable[[int], bytes]:
    """Identifications and, of every eighth address, a place: what is remembered of the first ones waits for a place too."""
    location = encode_location(time=T0, **PLACE)
    return lambda i: encode(encode_basic_id(_serial(i)) if i % 8 else location, _radio_address(i), link=link, transport="bt4")


def _dronescout_crowd(i: int) -> bytes:
    return encode_message(
        sensor_id=f"SNSTAC-{i}", received=T0 + 1, transmitter=_radio_address(i), transport="bt4", identity=_serial(i), time=T0, **PLACE
    )  # fmt: skip


def _dragonsync_crowd(i: int) -> bytes:
    return dragonsync_encoder.encode_drone(
        identity=_serial(i), observed=T0 + 1, time=T0, transmitter=_radio_address(i), transport="bt5", seen_by=f"kit-{i}", **PLACE
    )


def _mavlink_crowd(i: int) -> bytes:
    about = _radio_address(i)
    return b"".join(
        mavlink.encode_frame(name, payload, system=i % 255 + 1, sequence=n)
        for n, (name, payload) in enumerate(
            [
                ("BASIC_ID", mavlink.encode_basic_id(_serial(i), about=about)),
                ("LOCATION", mavlink.encode_location(time=T0, about=about, **PLACE)),
            ]
        )
    )


def _nmea_crowd(i: int) -> bytes:
    return tag_block(station=f"radar-{i}", time=T0) + encode_tll(track=i, time=T0, **PLACE)


def _ais_crowd(i: int) -> bytes:
    return encode_ais_static(mmsi=200_000_000 + i, ship_type=70, sequence=i % 10) + encode_ais_position(
        mmsi=200_000_000 + i, time=T0, **PLACE
    )


def _beast_crowd(i: int) -> bytes:
    """A pair of positions, in the seconds before the sample's frames."""
    counter = 0x1A0000000000 - (10_000 - i) * 12_000
    return b"".join(
        modes.encode_beast(modes.encode_squitter(f"{i:06X}", m), counter + 600 * n) for n, m in enumerate(_BEAST_PAIR)
    )


_BEAST_PAIR = tuple(modes.encode_airborne(33.75, -118.2, odd=odd, alt_pressure_m=300.0) for odd in (False, True))


def _sbs_crowd(i: int) -> bytes:
    return encode_sbs(icao=f"{i:06X}", time=T0, speed_mps=60.0, course_deg=90.0, **PLACE)


def _readsb_crowd(i: int) -> bytes:
    return encode_line(T0, encode_aircraft(icao=f"{i:06X}", **PLACE))


def _uat_crowd(i: int) -> bytes:
    return encode_uat(address=i, time=T0, **PLACE)


def _sapient_crowd(i: int) -> bytes:
    node = {"node_id": str(uuid.UUID(int=i << 64 | 4 << 76 | 1 << 63)), "time": T0}
    place = {"x": -118.2, "y": 33.75, "z": 20.0}
    return sapient.encode_registration(**node, short_name=f"R{i}") + sapient.encode_detection(**node, location=place)


def _template_crowd(i: int) -> bytes:
    return _template.encode(f"mic-{i}", T0, 100.0, 20.0)


_ASTERIX_EDITIONS = tuple(f"{c.number:03}={name}" for c in CATEGORIES for name in c.editions)

BLUETOOTH = ("ble-nordic", "ble-ll", "ble-ll-phdr")
_BEAST_LEFT_OUT = {"no_position": 2, "position_incomplete": 1}
_MAVLINK_LEFT_OUT = {"other_message": 1, "identity_only": 1}

SAMPLES = (
    *(Sample("table", link, _table(), 2, crowd=_table_crowd) for link in ("stream", "udp", "mqtt")),
    *(Sample("asterix", link, _asterix(), 8, crowd=_asterix_crowd, editions=_ASTERIX_EDITIONS) for link in ("stream", "udp")),
    Sample("remote-id", "dot11", (_beacon(),) * 2, 2, crowd=_beacon_crowd),
    Sample("remote-id", "radiotap", (RADIOTAP + _beacon(),) * 2, 2, crowd=lambda i: RADIOTAP + _beacon_crowd(i)),
    *(
        Sample("remote-id", link, _bluetooth(link), 3, crowd=_bluetooth_crowd(link, encode_advert))
        for link in ("ble-nordic", "ble-ll", "ble-ll-phdr")
    ),
    *(Sample("remote-id", link, _adapter(link), 3, crowd=_bluetooth_crowd(link, hci.encode_advert)) for link in hci.LINKS),
    *(Sample("dronescout", link, _dronescout(), 1, crowd=_dronescout_crowd) for link in ("stream", "udp", "mqtt")),
    *(Sample("dragonsync", link, _dragonsync(), 3, crowd=_dragonsync_crowd) for link in ("stream", "udp", "mqtt")),
    *(Sample("mavlink", link, _mavlink(), 2, _MAVLINK_LEFT_OUT, crowd=_mavlink_crowd) for link in ("stream", "udp")),
    *(Sample("nmea", link, _nmea(), 2, {"own_ship": 1}, crowd=_nmea_crowd) for link in ("stream", "udp", "mqtt")),
    *(Sample("ais", link, _ais(), 2, {"static_report": 1}, crowd=_ais_crowd) for link in ("stream", "udp", "mqtt")),
    *(
        Sample(
            "beast", link, _beast(), 1, {"no_position": 2, "position_incomplete": 1}, crowd=_beast_crowd, editions=beast.EDITIONS
        )
        for link in ("stream", "udp", "mqtt")
    ),
    *(Sample("sbs", link, _sbs(), 2, {"no_position": 4}, crowd=_sbs_crowd) for link in ("stream", "udp", "mqtt")),
    *(Sample("readsb", link, _readsb(), 3, crowd=_readsb_crowd) for link in ("http", "stream", "udp", "mqtt")),
    *(Sample("uat", link, _uat(), 2, crowd=_uat_crowd) for link in ("stream", "udp", "mqtt")),
    Sample("sapient", "stream", _sapient(), 2, crowd=_sapient_crowd),
)
TEMPLATE = tuple(Sample("template", link, _template_lines(), 3, crowd=_template_crowd) for link in ("stream", "udp", "mqtt"))
