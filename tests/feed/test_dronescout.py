"""DroneScout JSON: recorded messages of a real receiver, and round trips of our own encoder."""

from __future__ import annotations

import base64
import json
import math
import struct
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed.format import Chunk, Decoded, Options
from picket.feed.remoteid.dronescout import FORMAT, UAS_LAYOUT, UAS_SIZE, encode_message, encode_status, sniff

NOON = 1_780_056_000.0  # a full hour
SERIAL = "1581F6N8A23B2ML3Y3KR"


def message(**changes: Any) -> bytes:
    sent: dict[str, Any] = {
        "sensor_id": "rid-1", "received": NOON + 100.5, "transmitter": "a0:b1:c2:d3:e4:f5", "transport": "wifi_beacon",
        "identity": SERIAL, "lat_deg": 33.75, "lon_deg": -118.2, "alt_wgs84_m": 20.0, "speed_mps": 10.0, "course_deg": 270.0,
        "climb_mps": -1.5, "time": NOON + 100.0, "channel": 6, "power_dbm": -70.0,
    }  # fmt: skip
    return encode_message(**(sent | changes))


def damaged(offset: int, raw: bytes, source: bytes | None = None) -> bytes:
    """A message with bytes of its structure overwritten."""
    sent = json.loads(source or message())
    uas = bytearray(base64.b64decode(sent["data"]["UASdata"]))
    uas[offset : offset + len(raw)] = raw
    sent["data"]["UASdata"] = base64.b64encode(uas).decode()
    return json.dumps(sent).encode()


def decode(*payloads: bytes, link: str = "stream", received: float = math.nan, **options: Any) -> Decoded:
    """All payloads as one chunk, and what the decoder held back."""
    decoder = FORMAT.make(Options(**options))
    chunk = Chunk.of(payloads, [received] * len(payloads), _offsets(payloads, link), source="test", link=link)
    return Decoded.join([decoder.decode(chunk), decoder.finish()])


def _offsets(payloads: tuple[bytes, ...], link: str) -> list[int]:
    if link != "stream":
        return list(range(len(payloads)))
    return [sum(len(p) for p in payloads[:i]) for i in range(len(payloads))]


def row(*payloads: bytes, **given_: Any) -> dict[str, Any]:
    (only,) = decode(*payloads, **given_).detections.rows()
    return only


# -- recordings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "messages", "address", "transport"),
    [("BLE-legacy", 19, "DF:72:11:D2:6B:95", "bt4"), ("WiFi-beacon", 2, "7E:60:B8:80:BE:E4", "wifi_beacon")],
)
def test_every_recorded_message_is_the_one_aircraft(
    shared_data: Any, name: str, messages: int, address: str, transport: str
) -> None:
    recorded = (shared_data / "dronescout" / f"{name}.json").read_bytes()
    decoded = decode(recorded)
    assert decoded.left_out == Counter()
    assert len(decoded.detections) == len(decoded.operators) == messages == recorded.count(b"UASdata")
    for found in decoded.detections.rows():
        assert (found["identity"], found["identity_kind"]) == ("1787F04BM24010011195", "serial")
        assert (found["lat_deg"], found["lon_deg"]) == pytest.approx((37.76, -122.4977), abs=1e-3)
        assert (found["transmitter"], found["transport"]) == (address, transport)
        assert (found["sensor_id"], found["classification"]) == ("SNSTAC-CUAS-0002", "helicopter_or_multirotor")
        assert 0 <= found["received"] - found["time"] < 10
        assert found["time_source"] == "sensor"
    for spoken in decoded.operators.rows():
        assert (spoken["lat_deg"], spoken["lon_deg"]) == pytest.approx((37.76, -122.4977), abs=1e-3)
        assert spoken["alt_wgs84_m"] == 45.5


def test_the_recorded_status_is_a_heartbeat(shared_data: Any) -> None:
    decoded = decode((shared_data / "dronescout" / "sensor_status.json").read_bytes())
    (found,) = decoded.status.rows()
    assert (found["sensor_id"], found["event"], found["state"]) == ("test_sensor_id_001", "heartbeat", "ok")
    assert (found["time"], found["time_source"]) == (1735677525.0, "receiver")
    assert "20220509-1035" in found["detail"]
    assert len(decoded.detections) == 0


def test_a_recording_cut_anywhere_gives_the_same_rows(shared_data: Any) -> None:
    recorded = (shared_data / "dronescout" / "WiFi-beacon.json").read_bytes()
    whole = list(decode(recorded).detections.rows())
    for size in (1, 7, 1000, len(recorded) - 1):
        pieces = [recorded[i : i + size] for i in range(0, len(recorded), size)]
        decoder = FORMAT.make(Options())
        parts = [decoder.decode(Chunk.one(p, offset=i * size, source="test")) for i, p in enumerate(pieces)]
        joined = Decoded.join([*parts, decoder.finish()])
        assert list(joined.detections.rows()) == whole
        assert joined.left_out == Counter()


# -- the structure -------------------------------------------------------------------------------------------------


def test_the_structure_lies_where_the_c_compiler_puts_it() -> None:
    """Offsets worked out by hand from the public header with 4-byte enumerations and natural alignment."""
    assert (UAS_LAYOUT.itemsize, UAS_SIZE) == (920, 921)
    parts = {name: UAS_LAYOUT.fields[name][1] for name in UAS_LAYOUT.names}  # type: ignore[index,union-attr]
    assert parts == {
        "basic_id": 0, "location": 64, "authentication": 136, "self_id": 776, "system": 808, "operator_id": 864,
        "basic_id_valid": 892, "location_valid": 894, "authentication_valid": 895, "self_id_valid": 911, "system_valid": 912,
        "operator_id_valid": 913,
    }  # fmt: skip
    uas = base64.b64decode(json.loads(message())["data"]["UASdata"])
    assert len(uas) == 921
    assert uas[8:28] == SERIAL.encode()
    assert struct.unpack_from("<fff4xdd", uas, 68)[:3] == (270.0, 10.0, -1.5)
    assert struct.unpack_from("<dd", uas, 80) == (33.75, -118.2)
    assert struct.unpack_from("<f", uas, 132) == (100.0,)


@pytest.mark.parametrize(
    ("offset", "raw", "column"),
    [
        (68, struct.pack("<f", 361), "course_deg"),
        (68, struct.pack("<f", math.nan), "course_deg"),
        (72, struct.pack("<f", 255), "speed_mps"),
        (76, struct.pack("<f", 63), "climb_mps"),
        (100, struct.pack("<f", -1000), "alt_wgs84_m"),
        (100, struct.pack("<f", math.inf), "alt_wgs84_m"),
    ],
)
def test_the_librarys_codes_for_unknown_become_null(offset: int, raw: bytes, column: str) -> None:
    assert column in row(message())
    assert column not in row(damaged(offset, raw))


@pytest.mark.parametrize(("lat", "lon", "bad"), [(0.0, 0.0, 0), (91.0, 0.0, 1), (math.nan, 1.0, 1)])
def test_an_aircraft_without_a_position_is_heard_all_the_same(lat: float, lon: float, bad: int) -> None:
    decoded = decode(damaged(80, struct.pack("<dd", lat, lon)))
    (found,) = decoded.detections.rows()
    assert "identity" in found
    assert "lat_deg" not in found
    assert decoded.left_out == (Counter(bad_position=1) if bad else Counter())


def test_a_structure_without_valid_location_is_no_detection() -> None:
    decoded = decode(damaged(894, b"\0"))
    assert decoded.left_out == Counter(identity_only=1)
    assert len(decoded.detections) == 0
    named = damaged(892, b"\0", damaged(894, b"\0"))
    assert decode(named).left_out == Counter(empty_message=1)
    spoken = decode(damaged(894, b"\0", message(operator_id="FIN87astrdge12k8")))
    assert (len(spoken.operators), spoken.left_out) == (1, Counter())


def test_the_accuracy_is_that_of_the_height_that_is_given() -> None:
    accuracies = struct.pack("<IIII", 11, 4, 5, 3)  # position 3 m, height 10 m, pressure altitude 3 m, speed 1 m/s
    assert row(damaged(112, accuracies))["sigma_altitude_m"] == pytest.approx(10 / 1.96)
    pressure = message(alt_wgs84_m=math.nan, alt_pressure_m=90.0)
    assert row(damaged(112, accuracies, pressure))["sigma_altitude_m"] == pytest.approx(3 / 1.96)
    above = message(alt_wgs84_m=math.nan, height_takeoff_m=30.0)
    assert "sigma_altitude_m" not in row(damaged(112, accuracies, above))


@pytest.mark.parametrize("unit", [b"{}", b"{},", b'{"data":{}}', b'{"data":{"status":"a"}}', b'{"data":{"status":1}}', b'{"a":'])
def test_of_a_flood_in_one_payload_the_first_are_read(unit: bytes) -> None:
    flood = unit * (250_000 // len(unit))
    decoded = decode(flood, link="mqtt")
    assert len(decoded.status) <= 256
    assert decoded.left_out
    assert sum(n for reason, n in decoded.left_out.items() if reason == "malformed") <= 256
    assert len(decode(flood, link="stream").detections) == 0


def test_an_object_of_no_sensible_size_is_not_parsed() -> None:
    large = message(description=None)[:-3] + b',"x":[' + b"0," * 40_000 + b"0]}}\n"
    assert decode(large + message(), link="mqtt").left_out == Counter(oversized=1)
    assert len(decode(large + message(), link="mqtt").detections) == 1


def test_a_structure_without_valid_identity_takes_the_last_of_its_address() -> None:
    decoded = decode(
        message(identity=None), message(), message(identity=None), message(identity=None, transmitter="00:00:00:00:00:01")
    )
    assert decoded.detections.values("identity") == [None, SERIAL, SERIAL, None]


def test_the_serial_wins_over_a_session_id_in_the_other_place() -> None:
    session = message(identity="0102aa", identity_kind="session_id")
    both = damaged(892, b"\1\1", damaged(32, struct.pack("<II", 2, 1) + SERIAL.encode(), session))
    assert row(session)["identity"] == "0102aa"
    assert (row(both)["identity"], row(both)["identity_kind"]) == (SERIAL, "serial")


def test_heights_go_to_the_column_of_their_reference() -> None:
    assert row(message(height_takeoff_m=30.0))["height_takeoff_m"] == 30.0
    above_ground = row(message(height_agl_m=31.5))
    assert above_ground["height_agl_m"] == 31.5
    assert "height_takeoff_m" not in above_ground


@given(
    st.floats(-90, 90), st.floats(-180, 180), st.floats(-999, 31767), st.floats(0, 254), st.floats(0, 360), st.floats(-62, 62),
    st.sampled_from(["bt4", "bt5", "wifi_beacon", "wifi_nan"]), st.floats(NOON, NOON + 7000),
)  # fmt: skip
def test_a_message_comes_back_within_the_steps_of_the_radio_message(
    lat: float, lon: float, alt: float, speed: float, course: float, climb: float, transport: str, time: float
) -> None:
    sent = message(
        lat_deg=lat, lon_deg=lon, alt_wgs84_m=alt, speed_mps=speed, course_deg=course, climb_mps=climb, transport=transport,
        time=time, received=time + 0.3, sigma_position_m=3 / 2.448, sigma_altitude_m=10 / 1.96, sigma_speed_mps=0.3 / 1.96,
    )  # fmt: skip
    if round(lat * 1e7) == 0 and round(lon * 1e7) == 0:
        assert decode(sent).detections.values("lat_deg") == [None]
        return
    found = row(sent)
    assert (found["lat_deg"], found["lon_deg"]) == pytest.approx((lat, lon), abs=1e-7)
    assert found["alt_wgs84_m"] == pytest.approx(alt, abs=0.26)
    assert found["speed_mps"] == pytest.approx(speed, abs=0.38)
    assert min(abs(found["course_deg"] - course) % 360, 360 - abs(found["course_deg"] - course) % 360) <= 0.51
    assert found["climb_mps"] == pytest.approx(climb, abs=0.26)
    assert found["time"] == pytest.approx(time, abs=0.051)
    assert found["received"] == pytest.approx(time + 0.3, abs=0.001)
    assert (found["transport"], found["identity"], found["transmitter"]) == (transport, SERIAL, "A0:B1:C2:D3:E4:F5")
    sigmas = found["sigma_position_m"], found["sigma_altitude_m"], found["sigma_speed_mps"]
    assert sigmas == pytest.approx((3 / 2.448, 10 / 1.96, 0.3 / 1.96))


# -- what the receiver says ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("transport", "channel", "center"),
    [
        ("wifi_beacon", 1, 2412e6), ("wifi_beacon", 13, 2472e6), ("wifi_nan", 14, 2484e6), ("wifi_nan", 149, 5745e6),
        ("wifi_beacon", 0, None), ("bt4", 37, 2402e6), ("bt4", 38, 2426e6), ("bt4", 39, 2480e6), ("bt5", 10, 2424e6),
        ("bt5", 11, 2428e6), ("bt4", 0, None), ("bt5", 99, None),
    ],
)  # fmt: skip
def test_channels_become_frequencies(transport: str, channel: int, center: float | None) -> None:
    assert row(message(transport=transport, channel=channel)).get("center_hz") == center


def test_the_receive_time_is_the_chunks_where_it_has_one() -> None:
    live = row(message(), received=NOON + 101.25)
    assert (live["received"], live["time"], live["time_source"]) == (NOON + 101.25, NOON + 100.0, "sensor")
    silent = row(message(time=math.nan), received=NOON + 101.25)
    assert (silent["time"], silent["time_source"]) == (NOON + 100.5, "receiver")
    recorded = row(message(time=math.nan))
    assert (recorded["received"], recorded["time"], recorded["time_source"]) == (NOON + 100.5, NOON + 100.5, "receiver")


@pytest.mark.parametrize("stamp", ["0", "-5", "1e99", "null"])
def test_a_stamp_that_is_no_time_leaves_the_chunks(stamp: str) -> None:
    sent = message().replace(b'"timestamp":1780056100500', b'"timestamp":' + stamp.encode())
    assert stamp.encode() in sent
    assert row(sent, received=NOON + 101)["time"] == NOON + 100
    assert "time" not in row(sent)


def test_rows_carry_sensor_origin_and_place_in_the_source() -> None:
    decoded = decode(message(), message(sensor_id="rid-2"), origin="exercise", sensor_id="as-configured")
    found = list(decoded.detections.rows())
    assert [r["sensor_id"] for r in found] == ["rid-1", "rid-2"]  # the sensor names itself
    assert [r["source_offset"] for r in found] == [0, len(message())]
    assert {r["origin"] for r in found} == {"exercise"}
    assert decode(message(), message(), link="mqtt").detections["source_offset"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("status", "state"),
    [("normal", "ok"), ("Normal", "ok"), ("antenna failure", "failed"), ("overheated", "degraded"), ("", "unknown")],
)
def test_the_receivers_own_judgement(status: str, state: str) -> None:
    decoded = decode(encode_status("rid-1", NOON, status=status))
    assert decoded.status.values("state") == [state]


# -- privacy -------------------------------------------------------------------------------------------------------


def test_what_the_operator_sends_is_in_the_operator_table_only() -> None:
    decoded = decode(
        message(
            operator_id="OPERATOR77", description="secret words", operator_lat_deg=12.3456789, operator_lon_deg=98.7654321,
            operator_alt_wgs84_m=77.5, operator_location_kind="fixed",
        )
    )  # fmt: skip
    (spoken,) = decoded.operators.rows()
    assert (spoken["operator_id"], spoken["description"], spoken["location_kind"]) == ("OPERATOR77", "secret words", "fixed")
    assert (spoken["lat_deg"], spoken["lon_deg"], spoken["alt_wgs84_m"]) == (12.3456789, 98.7654321, 77.5)
    assert (spoken["identity"], spoken["transmitter"]) == (SERIAL, "A0:B1:C2:D3:E4:F5")
    told = repr(list(decoded.detections.rows()))
    assert not any(secret in told for secret in ("OPERATOR77", "secret", "12.345", "98.765", "77.5"))


def test_without_valid_flags_the_operator_says_nothing() -> None:
    assert len(decode(message()).operators) == 0


# -- JSON in all its forms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", ["stream", "mqtt", "udp"])
def test_all_ways_of_writing_messages(link: str) -> None:
    one, two = message().strip(), message(sensor_id='odd "{[\\').strip()
    pretty = json.dumps(json.loads(two), indent=4).encode()
    for written in (
        one + two,
        one + b"\n" + two + b"\n",
        b"[" + one + b", " + two + b"]",
        pretty + one,
        b"[\n" + pretty + b",\n" + one + b"\n]\n",
    ):
        decoded = decode(written, link=link)
        assert sorted(decoded.detections.values("sensor_id")) == ['odd "{[\\', "rid-1"]
        assert decoded.left_out == Counter()


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"data": {"RSSI": "loud"}}\n', "malformed"),
        (b'{"data": 5}\n', "malformed"),
        (b'{"protocol": 1.0}\n', "unknown_message"),
        (b'{"data": {"sensor ID": "x\n', "malformed"),
        (b"hello there\n", "malformed"),
        (b'{"data": {"UASdata": "!!!"}}\n', "malformed"),
        (b'{"data": {"UASdata": "AAAA"}}\n', "bad_length"),
        (b'{"data": {"sensor ID": "x"}}\n', "unknown_message"),
        (b'{"data": ' + b"[" * 5000 + b"]" * 5000 + b"}\n", "malformed"),
        (b'{"data": \xff\xfe}\n', "malformed"),
        (b'{"data": {"sensor ID": "\xd3x"}}\n', "malformed"),  # the JSON library raises another error here
        (b"[" * 100 + b"," * 100 + b"\n", "malformed"),
    ],
)
@pytest.mark.parametrize("link", ["stream", "udp"])
def test_a_bad_message_is_counted_and_the_next_is_read(bad: bytes, reason: str, link: str) -> None:
    decoded = decode(message(), bad, message(), link=link)
    assert len(decoded.detections) == 2
    assert decoded.left_out == Counter({reason: 1})


def test_a_message_cut_short_does_not_take_the_next_line_with_it() -> None:
    for cut in (20, 60, 400, len(message()) - 4):
        decoded = decode(message()[:cut] + b"\n", message(), message())
        assert len(decoded.detections) == 2
        assert sum(decoded.left_out.values()) == 1


def test_a_stream_cut_at_every_byte_counts_the_end() -> None:
    sent = message()
    for cut in range(1, len(sent) - 1):
        decoded = decode(sent[:cut])
        assert (len(decoded.detections), decoded.left_out) == (0, Counter({"truncated": 1}))
    assert decode(sent[:300], link="udp").left_out == Counter({"truncated": 1})


def test_an_endless_object_is_dropped_and_counted() -> None:
    decoder = FORMAT.make(Options())
    piece = b'{"data": "' + b"x" * (1 << 19)
    total: Counter[str] = Counter()
    for part in (piece, b"x" * (1 << 20), b'"}\n' + message()):
        decoded = decoder.decode(Chunk.one(part))
        total.update(decoded.left_out)
    assert total["oversized"] == 1
    assert len(decoded.detections) == 1
    assert len(decoder._joiner.held) < 10  # type: ignore[attr-defined]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255)), min_size=1, max_size=5))
def test_overwritten_bytes_never_raise(changes: list[tuple[int, int]]) -> None:
    sent = bytearray(message())
    for at, byte in changes:
        sent[at % len(sent)] = byte
    for link in ("stream", "udp"):
        decoded = decode(bytes(sent), link=link)
        assert len(decoded.detections) == 1 or sum(decoded.left_out.values()) > 0


@given(st.binary(min_size=921, max_size=921))
def test_no_structure_makes_it_raise(uas: bytes) -> None:
    decode(damaged(0, uas))


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(sent: bytes) -> None:
    decode(sent)
    decode(sent, link="mqtt")


def test_a_repeated_message_gives_a_row_each_time() -> None:
    assert len(decode(message(), message(), message()).detections) == 3


def test_an_address_that_is_none_stays_unknown() -> None:
    sent = message().replace(b"A0:B1:C2:D3:E4:F5", b"not an address")
    assert "transmitter" not in row(sent)


def test_sniffing(shared_data: Any) -> None:
    for name in ("BLE-legacy", "WiFi-beacon", "sensor_status"):
        assert sniff((shared_data / "dronescout" / f"{name}.json").read_bytes()[:4096])
    assert sniff(message())
    assert not sniff(b'{"time": 5, "sensor_id": "x"}')
    assert not sniff(b"MSG,3,1,1")


@pytest.mark.parametrize(
    ("payload", "reason"), [(b",", "malformed"), (b"[]", "malformed"), (b" \r\n", "empty_payload"), (b"", "empty_payload")]
)
def test_a_payload_of_nothing_is_counted(payload: bytes, reason: str) -> None:
    assert decode(payload, link="udp").left_out == Counter({reason: 1})
