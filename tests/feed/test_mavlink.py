"""MAVLink's OPEN_DRONE_ID messages: frames that pymavlink made, and round trips of our own encoder."""

from __future__ import annotations

import math
import struct
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed.format import Chunk, Decoded, Options
from picket.feed.recording import open_recording
from picket.feed.remoteid import mavlink_messages as mavlink
from picket.feed.remoteid import messages
from picket.feed.remoteid.mavlink import FORMAT, sniff
from picket.feed.remoteid.mavlink_messages import encode_frame, encode_stamp

NOON = 1_780_056_000.0  # a full hour
SERIAL = "1581F6N8A23B2ML3Y3KR"
ABOUT = "A0:B1:C2:D3:E4:F5"

# Made with pymavlink 2.4.50 (`MAVLink_open_drone_id_..._message(...).pack(MAVLink(None, srcSystem=7, srcComponent=236))`, dialect
# v20 common; `mavlink1` with dialect v10) from the values that the tests below expect.
PYMAVLINK = {
    name: bytes.fromhex(frame)
    for name, frame in {
        "basic_id": "fd2c00000007ec6432000000413042314332443345344635000000000000000001023135383146364e3841323342324d4c3359334b52e01c",
        "location": "fd3b00000107ec65320060d71d14801c8cb90000bf420000a2410000fc410000c9428469d2046aff00004130423143324433453446350000000000"
        "00000002010a050003019672",
        "unknowns": "fd3500000207ec65320060d71d14801c8cb900007ac400007ac400007ac400ff7f47048d9c639c1800004130423143324433453446"
        "3500000000000000000291c1",
        "self_id": "fd2900000307ec6732000000413042314332443345344635000000000000000000737572766579206f6620746865207069657284d8",
        "system": "fd3300000407ec683200e0bc1714c05e9bb900007ac400007ac4000048419fd2ee0d0100000000004130423143324433453446350000000000000000"
        "0115eb",
        "operator_id": "fd2700000507ec693200000041304231433244334534463500000000000000000046494e38376173747264676531326b38692e",
        "system_update": "fd1000000607ec77320080431914a0bd93b900005841a0d2ee0dacc8",
        "armed": "fd0100000707ec763200007f2c",
        "not_armed": "fd0c00000807ec763200016e6f20474e535320666978bb38",
        "authentication": "fd2f00000907ec66320040d2ee0d000041304231433244334534463500000000000000000100001100010203040506070809"
        "0a0b0c0d0e0f103fe9",
        "heartbeat": "fd0900000a07ec000000000000002900000403e59c",
        "attitude": "fd1000000b07ec1e000001000000cdcccc3dcdcc4c3e9a99993e69e6",
        "signed": "fd3b01000c07ec65320060d71d14801c8cb900007ac400007ac400007ac40000ca422823f40100000000413042314332443345344635000000000000"
        "0000020000000000013a4901e80300000000f85b001a6d54",
        "mavlink1": "fe1c0007011e01000000cdcccc3dcdcc4c3e9a99993e0000000000000000000000000f06",
    }.items()
}


def location(**changes: Any) -> bytes:
    """A LOCATION frame."""
    sent: dict[str, Any] = {"lat_deg": 33.75, "lon_deg": -118.2, "time": NOON + 100.0, "about": ABOUT}
    frame = {k: changes.pop(k) for k in ("system", "component", "sequence", "signature") if k in changes}
    return encode_frame("LOCATION", mavlink.encode_location(**(sent | changes)), **frame)


def basic_id(identity: str = SERIAL, kind: str | None = "serial", about: str = ABOUT, **frame: Any) -> bytes:
    return encode_frame("BASIC_ID", mavlink.encode_basic_id(identity, kind, about=about), **frame)


def decode(
    *payloads: bytes, link: str = "udp", received: float = NOON + 101.0, time_source: str = "receiver", **options: Any
) -> Decoded:
    """All payloads as one chunk, and what the decoder held back."""
    decoder = FORMAT.make(Options(**options))
    offsets = [sum(len(p) for p in payloads[:i]) if link == "stream" else i for i in range(len(payloads))]
    times = [received] * len(payloads)
    chunk = Chunk.of(payloads, times, offsets, source="test", link=link, time_source=time_source)
    return Decoded.join([decoder.decode(chunk), decoder.finish()])


def row(*payloads: bytes, **given_: Any) -> dict[str, Any]:
    (only,) = decode(*payloads, **given_).detections.rows()
    return only


# -- frames of another program ---------------------------------------------------------------------------------------


def test_a_location_of_pymavlink_comes_out_with_all_its_values() -> None:
    found = row(PYMAVLINK["basic_id"], PYMAVLINK["location"])
    assert found.pop("sigma_altitude_m") == pytest.approx(3 / 1.96)
    assert found == {
        "time": NOON + 100.5, "time_source": "sensor", "received": NOON + 101.0, "sensor_id": "mavlink", "kind": "remote_id",
        "report": "plot", "origin": "live", "lat_deg": 33.75, "lon_deg": -118.2, "alt_wgs84_m": 20.25, "alt_pressure_m": 95.5,
        "height_agl_m": 31.5, "speed_mps": 12.34, "course_deg": 270.12, "climb_mps": -1.5, "sigma_position_m": 10 / 2.448,
        "sigma_speed_mps": 1 / 1.96, "identity": SERIAL, "identity_kind": "serial",
        "transmitter": ABOUT, "classification": "helicopter_or_multirotor", "source": "test", "source_offset": 1,
    }  # fmt: skip


def test_codes_for_unknown_become_null() -> None:
    found = row(PYMAVLINK["unknowns"])
    unknown = ("alt_", "height_", "speed_", "course_", "climb_", "sigma_", "identity", "power_", "transport")
    assert not [name for name in found if name.startswith(unknown)]
    assert (found["time"], found["time_source"]) == (NOON + 101.0, "receiver")


def test_what_the_operator_sends_is_in_the_operator_table_only() -> None:
    decoded = decode(*(PYMAVLINK[k] for k in ("basic_id", "location", "self_id", "system", "operator_id", "system_update")))
    said, where, who, update = decoded.operators.rows()
    assert said["description"] == "survey of the pier"
    assert (where["lat_deg"], where["lon_deg"], where["alt_wgs84_m"]) == (33.71, -118.1, 12.5)
    assert (where["location_kind"], where["time"]) == ("live_gnss", NOON + 95)
    assert who["operator_id"] == "FIN87astrdge12k8"
    assert (update["lat_deg"], update["lon_deg"], update["alt_wgs84_m"]) == (33.72, -118.15, 13.5)
    assert "transmitter" not in update  # the message does not say whom it is about
    assert [r["identity"] for r in (said, where, who)] == [SERIAL] * 3
    told = repr(list(decoded.detections.rows()))
    assert not any(secret in told for secret in ("survey", "33.71", "33.72", "-118.1,", "12.5", "FIN87"))


def test_arm_status_is_a_status_row() -> None:
    ready, not_ready = decode(PYMAVLINK["armed"], PYMAVLINK["not_armed"]).status.rows()
    assert (ready["event"], ready["state"], ready["detail"]) == ("status", "ok", "system 7 component 236")
    assert (not_ready["state"], not_ready["detail"]) == ("failed", "system 7 component 236 no GNSS fix")


def test_other_messages_leave_a_count_and_nothing_else() -> None:
    decoded = decode(*(PYMAVLINK[k] for k in ("heartbeat", "attitude", "mavlink1", "authentication", "basic_id")))
    assert decoded.left_out == Counter(other_message=3, authentication=1, identity_only=1)
    assert len(decoded.detections) + len(decoded.operators) + len(decoded.status) == 0


def test_a_signed_frame_is_read_and_its_signature_skipped() -> None:
    found = list(decode(PYMAVLINK["signed"] + PYMAVLINK["location"]).detections.rows())
    assert [r["course_deg"] for r in found] == [90.0, 270.12]


def test_our_frames_are_those_of_pymavlink_to_the_bit() -> None:
    """Same values, same bytes: ids, field order, checksum and truncation at once."""
    sender = {"system": 7, "component": 236}
    assert basic_id(sequence=0, **sender) == PYMAVLINK["basic_id"]
    made = location(
        sequence=1, alt_wgs84_m=20.25, alt_pressure_m=95.5, height_agl_m=31.5, speed_mps=12.34, course_deg=270.12, climb_mps=-1.5,
        sigma_position_m=10 / 2.448, sigma_altitude_m=3 / 1.96, sigma_speed_mps=1 / 1.96, time=NOON + 100.5, **sender,
    )  # fmt: skip
    assert made == PYMAVLINK["location"]
    assert location(sequence=2, time=math.nan, **sender) == PYMAVLINK["unknowns"]
    assert (
        encode_frame("SELF_ID", mavlink.encode_self_id("survey of the pier", about=ABOUT), sequence=3, **sender)
        == (PYMAVLINK["self_id"])
    )
    place = mavlink.encode_system(lat_deg=33.71, lon_deg=-118.1, alt_wgs84_m=12.5, time=NOON + 95, about=ABOUT)
    assert encode_frame("SYSTEM", place, sequence=4, **sender) == PYMAVLINK["system"]
    who = mavlink.encode_operator_id("FIN87astrdge12k8", about=ABOUT)
    assert encode_frame("OPERATOR_ID", who, sequence=5, **sender) == PYMAVLINK["operator_id"]
    update = mavlink.encode_system_update(lat_deg=33.72, lon_deg=-118.15, alt_wgs84_m=13.5, time=NOON + 96)
    assert encode_frame("SYSTEM_UPDATE", update, sequence=6, **sender) == PYMAVLINK["system_update"]
    assert encode_frame("ARM_STATUS", mavlink.encode_arm_status(), sequence=7, **sender) == PYMAVLINK["armed"]
    assert encode_frame("ARM_STATUS", mavlink.encode_arm_status("no GNSS fix"), sequence=8, **sender) == PYMAVLINK["not_armed"]


# -- whom a message is about -------------------------------------------------------------------------------------------


def test_aircraft_behind_one_receiver_are_told_apart_by_their_addresses() -> None:
    other = "11:22:33:44:55:66"
    decoded = decode(basic_id(), basic_id("OTHER", about=other), location(), location(about=other), location(about=""))
    assert decoded.detections.values("identity") == [SERIAL, "OTHER", None]
    assert decoded.detections.values("transmitter") == [ABOUT, other, None]


def test_without_an_address_system_and_component_tell_apart() -> None:
    decoded = decode(
        basic_id(about="", system=1, component=1), location(about="", system=1, component=1),
        location(about="", system=2, component=1), location(about="", system=1, component=236),
    )  # fmt: skip
    assert decoded.detections.values("identity") == [SERIAL, None, None]


def test_six_plain_bytes_are_an_address_too() -> None:
    frame = mavlink.encode_location(lat_deg=33.75, lon_deg=-118.2)
    raw = frame[:32] + bytes([0xA0, 0xB1, 0xC2, 0xD3, 0xE4, 0xF5]) + frame[38:]
    assert row(encode_frame("LOCATION", raw))["transmitter"] == ABOUT
    decoded = decode(basic_id(), encode_frame("LOCATION", raw))
    assert decoded.detections.values("identity") == [SERIAL], "one address, however it is written"


def test_the_accuracy_is_that_of_the_height_that_is_given() -> None:
    both = {"sigma_altitude_m": 10 / 1.96, "sigma_pressure_m": 3 / 1.96, "alt_pressure_m": 90.0}
    assert row(location(alt_wgs84_m=60.0, **both))["sigma_altitude_m"] == pytest.approx(10 / 1.96)
    assert row(location(alt_wgs84_m=math.nan, **both))["sigma_altitude_m"] == pytest.approx(3 / 1.96)
    alone = both | {"alt_pressure_m": math.nan}
    assert "sigma_altitude_m" not in row(location(alt_wgs84_m=math.nan, height_takeoff_m=30.0, **alone))


def test_an_identity_in_the_field_stands_in_for_a_missing_basic_id() -> None:
    found = row(location(about=SERIAL))
    assert found["identity"] == SERIAL
    assert "identity_kind" not in found
    assert "transmitter" not in found
    assert row(basic_id(about=SERIAL), location(about=SERIAL))["identity_kind"] == "serial"


def test_a_serial_is_kept_against_a_session_id_of_the_same_aircraft() -> None:
    decoded = decode(basic_id(), basic_id("0102aa", "session_id"), location())
    assert decoded.detections.values("identity") == [SERIAL]


def test_an_identity_that_is_none_is_counted() -> None:
    assert decode(basic_id("", "serial")).left_out == Counter(empty_message=1)
    frame = bytearray(mavlink.encode_basic_id(SERIAL))
    frame[24] = 7  # a control character
    assert decode(encode_frame("BASIC_ID", bytes(frame))).left_out == Counter(bad_identity=1)


# -- packs ---------------------------------------------------------------------------------------------------------------


def pack(*sent: bytes) -> bytes:
    return encode_frame("MESSAGE_PACK", mavlink.encode_message_pack(messages.encode_pack(sent), about=ABOUT))


def test_a_pack_gives_what_its_messages_give() -> None:
    place = messages.encode_location(lat_deg=33.75, lon_deg=-118.2, speed_mps=10.0, height_takeoff_m=30.0, time=NOON + 100)
    decoded = decode(pack(messages.encode_basic_id(SERIAL), place, messages.encode_operator_id("OP-1")))
    (found,) = decoded.detections.rows()
    assert (found["identity"], found["speed_mps"], found["height_takeoff_m"]) == (SERIAL, 10.0, 30.0)
    assert (found["time"], found["transmitter"]) == (NOON + 100, ABOUT)
    assert decoded.operators.values("operator_id") == ["OP-1"]
    assert decoded.left_out == Counter()


def test_a_basic_id_in_a_pack_names_later_locations_and_the_other_way_round() -> None:
    assert row(pack(messages.encode_basic_id(SERIAL)), location())["identity"] == SERIAL
    assert row(basic_id(), pack(messages.encode_location(lat_deg=1.0, lon_deg=2.0)))["identity"] == SERIAL


def test_packs_that_are_none_are_counted() -> None:
    good = mavlink.encode_message_pack(messages.encode_pack([messages.encode_basic_id(SERIAL)]))
    for at, value, reason in ((22, 24, "bad_message_size"), (23, 0, "bad_count"), (23, 10, "bad_count")):
        bad = good[:at] + bytes([value]) + good[at + 1 :]
        assert decode(encode_frame("MESSAGE_PACK", bad)).left_out == Counter({reason: 1})
    assert decode(encode_frame("MESSAGE_PACK", good)).left_out == Counter(identity_only=1)


# -- framing ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", ["udp", "stream"])
def test_every_flipped_bit_is_found_by_the_checksum_and_the_next_frame_is_read(link: str) -> None:
    sent = location(sequence=1)
    for i in range(len(sent) * 8):
        bad = bytearray(sent)
        bad[i // 8] ^= 1 << i % 8
        decoded = decode(bytes(bad) + sent, link=link)
        assert len(decoded.detections) == 1, i
        assert sum(decoded.left_out.values()) >= 1


def test_a_failed_frame_is_counted_once_and_does_not_hide_what_it_claims() -> None:
    bad = bytearray(location())
    bad[1] = 255  # it now claims the frames behind it
    decoded = decode(bytes(bad) + location() * 5)
    assert len(decoded.detections) == 5
    assert decoded.left_out == Counter(bad_checksum=1)


def test_an_unknown_incompatibility_flag_means_discard() -> None:
    frame = bytearray(location())
    frame[2] = 2
    crc = mavlink.crc16(bytes(frame[1:-2]) + bytes([254]))
    assert decode(bytes(frame[:-2]) + crc.to_bytes(2, "little") + location()).left_out == Counter(unknown_flags=1)


def test_fields_cut_from_the_end_are_zeros_and_added_ones_are_left_out() -> None:
    short = mavlink.encode_location(lat_deg=33.75, lon_deg=-118.2, status="undeclared").rstrip(b"\0")
    assert len(short) < mavlink.LAYOUTS["LOCATION"].itemsize
    assert row(encode_frame("LOCATION", short))["lat_deg"] == 33.75
    longer = mavlink.encode_location(lat_deg=33.75, lon_deg=-118.2) + b"\1\2\3\4"
    assert row(encode_frame("LOCATION", longer))["lon_deg"] == -118.2


def test_bytes_between_frames_are_counted_once_a_stretch() -> None:
    decoded = decode(b"hello" + location() + b"noise noise" + location(), link="stream")
    assert (len(decoded.detections), decoded.left_out) == (2, Counter(no_frame=2))


@pytest.mark.parametrize("link", ["udp", "stream"])
def test_a_frame_cut_short_is_counted(link: str) -> None:
    for cut in range(1, len(location())):
        assert decode(location()[:cut], link=link).left_out == Counter(truncated=1), cut


def test_a_frame_is_found_behind_the_last_unfinished_beginning_of_a_stream() -> None:
    found = row(b"\xfd\xff\x00" + location(), link="stream")
    assert (found["received"], found["time"], found["source_offset"]) == (NOON + 101, NOON + 100, 3)


def test_an_aircraft_without_a_position_is_heard_all_the_same() -> None:
    for frame, left_out in ((location(lat_deg=0.0, lon_deg=0.0), Counter()), (location(lat_deg=91.0), Counter(bad_position=1))):
        decoded = decode(frame)
        assert decoded.detections.n == 1
        assert decoded.detections.values("lat_deg") == [None]
        assert decoded.left_out == left_out


def test_a_message_without_words_is_counted() -> None:
    blank = [encode_frame("SELF_ID", mavlink.encode_self_id("")), encode_frame("OPERATOR_ID", mavlink.encode_operator_id(""))]
    assert decode(*blank).left_out == Counter(empty_message=2)


# -- time -------------------------------------------------------------------------------------------------------------------


def test_the_time_in_the_hour_is_completed_across_the_hours_end() -> None:
    late = row(location(time=NOON + 3599.75), received=NOON + 3600.5)
    assert (late["time"], late["time_source"]) == (NOON + 3599.75, "sensor")
    far = row(location(time=NOON + 1000.0), received=NOON + 3600.5)
    assert (far["time"], far["time_source"]) == (NOON + 3600.5, "receiver")
    assert "time" not in row(location(), received=math.nan)


def tlog() -> bytes:
    frames = [basic_id(), location(time=NOON + 0.5), PYMAVLINK["attitude"], location(time=NOON + 1.5)]
    return b"".join(encode_stamp(NOON + 0.25 * i + 0.7) + frame for i, frame in enumerate(frames))


def test_the_stamps_of_a_log_are_times_of_reception(tmp_path: Any) -> None:
    path = tmp_path / "flight.tlog"
    path.write_bytes(tlog())
    with open_recording(path) as recording:
        assert recording.format is FORMAT
        decoded = Decoded.join(list(recording))
    found = list(decoded.detections.rows())
    assert [r["received"] for r in found] == [NOON + 0.95, NOON + 1.45]
    assert [r["time"] for r in found] == [NOON + 0.5, NOON + 1.5]
    assert [r["source_offset"] for r in found] == [8 + len(basic_id()), len(tlog()) - len(location()) - 8]
    assert decoded.left_out == Counter(identity_only=1, other_message=1)


def test_a_log_cut_anywhere_gives_the_same_rows() -> None:
    sent = tlog()
    wanted = list(decode(sent, link="stream", time_source="container", received=math.nan).detections.rows())
    assert len(wanted) == 2
    for cut in range(len(sent)):
        decoder = FORMAT.make(Options())
        parts = [
            decoder.decode(Chunk.one(p, offset=o, source="test", time_source="container"))
            for p, o in ((sent[:cut], 0), (sent[cut:], cut))
        ]
        joined = Decoded.join([*parts, decoder.finish()])
        assert list(joined.detections.rows()) == wanted, cut
        assert joined.left_out == Counter(identity_only=1, other_message=1)


def test_datagrams_in_a_capture_are_recognised(tmp_path: Any) -> None:
    path = tmp_path / "flight.pcap"
    packets = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)]
    for i, frame in enumerate((PYMAVLINK["heartbeat"], basic_id(), location())):
        udp = struct.pack(">HHHH", 14550, 14550, 8 + len(frame), 0) + frame
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1") + udp
        packets.append(struct.pack("<IIII", int(NOON) + 100, 200_000 + i, len(ip), len(ip)) + ip)
    path.write_bytes(b"".join(packets))
    with open_recording(path) as recording:
        assert recording.format is FORMAT
        decoded = Decoded.join(list(recording))
    (found,) = decoded.detections.rows()
    assert (found["identity"], found["time"], found["received"]) == (SERIAL, NOON + 100, pytest.approx(NOON + 100.200002))


def test_a_live_peer_cannot_say_when_it_was_heard() -> None:
    found = list(decode(tlog(), link="stream").detections.rows())
    assert {r["received"] for r in found} == {NOON + 101.0}


# -- anything -----------------------------------------------------------------------------------------------------------------


@given(
    st.floats(-90, 90), st.floats(-180, 180), st.floats(-999, 31767), st.floats(0, 254), st.floats(0, 359.99), st.floats(-62, 62),
    st.floats(NOON, NOON + 7000),
)  # fmt: skip
def test_a_location_comes_back_within_the_steps_of_the_message(
    lat: float, lon: float, alt: float, speed: float, course: float, climb: float, moment: float
) -> None:
    sent = location(
        lat_deg=lat, lon_deg=lon, alt_wgs84_m=alt, speed_mps=speed, course_deg=course, climb_mps=climb, time=moment
    )  # fmt: skip
    if round(lat * 1e7) == 0 and round(lon * 1e7) == 0:
        assert decode(sent).detections.values("lat_deg") == [None]
        return
    found = row(sent, received=moment + 0.3)
    assert (found["lat_deg"], found["lon_deg"]) == pytest.approx((lat, lon), abs=6e-8)
    assert found["alt_wgs84_m"] == pytest.approx(alt, abs=2e-3)
    assert (found["speed_mps"], found["climb_mps"]) == pytest.approx((speed, climb), abs=0.0051)
    assert abs((found["course_deg"] - course + 180) % 360 - 180) <= 0.0051
    assert found["time"] == pytest.approx(moment, abs=2e-3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=3), st.sampled_from(sorted(PYMAVLINK)), st.integers(0, 100))
def test_no_bytes_make_it_raise_or_go_unnoticed(noise: list[bytes], name: str, at: int) -> None:
    frame = PYMAVLINK[name]
    for data in (*noise, frame[:at] + b"".join(noise) + frame[at:]):
        for link in ("udp", "stream"):
            decoded = decode(data, link=link)
            rows = len(decoded.detections) + len(decoded.operators) + len(decoded.status)
            assert rows or decoded.left_out or not data


@given(st.sampled_from([n for n in mavlink.MESSAGES if n != "HEARTBEAT"]), st.binary(min_size=1, max_size=255))
def test_no_payload_with_a_right_checksum_makes_it_raise(name: str, payload: bytes) -> None:
    decoded = decode(encode_frame(name, payload))
    assert len(decoded.detections) + len(decoded.operators) + len(decoded.status) or decoded.left_out


@pytest.mark.parametrize("unit", [b"\xfd\xff\x00", b"\xfe", b"\xfd\x00\x00", b"\xfe\xff\x00", b"\x00\x05\xfe"])
@pytest.mark.parametrize("link", ["udp", "stream"])
def test_the_worst_datagram_takes_little_time(unit: bytes, link: str) -> None:
    """Each of these begins a frame at every chance; 64 KiB is the largest datagram. Computing time: fifty times what it takes."""
    data = unit * (65000 // len(unit))
    decode(data[:300], link=link)
    begin = time.thread_time()
    decoded = decode(data, link=link)
    assert time.thread_time() - begin < 0.1
    assert decoded.left_out


def test_sniffing() -> None:
    for name, frame in PYMAVLINK.items():
        assert sniff(frame), name
    assert sniff(tlog()[:4096])
    assert sniff((tlog() * 100)[:4096])
    assert not sniff(location()[:40])  # a lone beginning proves nothing
    assert not sniff(b"")
    assert not sniff(b"\xfd" * 300)
    assert not sniff(location()[:-1] + b"\0")
    assert not sniff(b"$GPRMC,1\n")
