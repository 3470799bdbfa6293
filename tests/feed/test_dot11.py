"""Remote ID over Wi-Fi: the recorded captures field by field, and frames that only these tests build."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dissector import expected, raw_fields
from hypothesis import given
from hypothesis import strategies as st

from picket.feed.format import Chunk, Decoded, Options
from picket.feed.remoteid.dot11 import find_adverts
from picket.feed.remoteid.frames import FORMAT, sniff
from picket.feed.remoteid.messages import (
    encode_basic_id,
    encode_location,
    encode_operator_id,
    encode_pack,
    encode_system,
)

SERIAL = "1581F6N8A23B2ML3Y3KR"
DRONE = bytes.fromhex("a0b1c2d3e4f5")
NOW = 1_780_056_100.0
PACK = encode_pack(
    [
        encode_basic_id(SERIAL),
        encode_location(lat_deg=33.75, lon_deg=-118.2, alt_wgs84_m=20, time=NOW),
        encode_system(lat_deg=33.7, lon_deg=-118.1),
        encode_operator_id("OPERATOR77"),
    ]
)


# -- frames --------------------------------------------------------------------------------------------------------


def header(control: bytes, sender: bytes = DRONE) -> bytes:
    """A management frame's header: control, duration, receiver, transmitter, BSSID, sequence."""
    return control + b"\0\0" + b"\xff" * 6 + sender + sender + b"\x10\0"


def element(number: int, body: bytes) -> bytes:
    return bytes([number, len(body)]) + body


def remote_id(payload: bytes) -> bytes:
    return element(221, b"\xfa\x0b\xbc\x0d\x07" + payload)


def beacon(*elements: bytes, sender: bytes = DRONE, control: bytes = b"\x80\0", high: bytes = b"") -> bytes:
    """A beacon: timestamp, interval, capabilities, then elements (with an SSID before)."""
    return header(control, sender) + high + bytes(8) + b"\x64\0\x21\x04" + element(0, b"SECRET-SSID") + b"".join(elements)


def discovery(payload: bytes, control: int = 0x10, before: bytes = b"") -> bytes:
    """A NAN service discovery frame with one Remote ID service descriptor, and an extension attribute behind it."""
    info = bytes([len(payload) + 1]) + b"\x07" + payload
    body = bytes.fromhex("8869199d9209") + b"\x01\x00" + bytes([control]) + before + info
    attribute = b"\x03" + struct.pack("<H", len(body)) + body
    return header(b"\xd0\0") + bytes.fromhex("0409506f9a13") + attribute + b"\x0e\x04\0\x01\0\x02\x22"


def radiotap(frame: bytes, *, flags: int = 0, mhz: int = 2437, dbm: int = -52, extra: int = 0, tsft: bool = False) -> bytes:
    """A radiotap header with flags, rate, channel and signal; `extra` more present words, a time stamp before all."""
    present = 0b101110 | tsft
    words = [present | (1 << 31 if extra else 0)] + [1 << 31] * (extra - 1) + [0] * (extra > 0)
    fields = b"".join(struct.pack("<I", w) for w in words)
    if tsft:
        fields += bytes(-(4 + len(fields)) % 8) + bytes(8)
    fields += bytes([flags, 2])
    fields += bytes(len(fields) % 2) + struct.pack("<HHb", mhz, 0xA0, dbm)
    return struct.pack("<BBH", 0, 0, 4 + len(fields)) + fields + frame


def decode(frames: list[bytes], link: str = "dot11", **options: Any) -> Decoded:
    chunk = Chunk.of(frames, [NOW] * len(frames), range(1, len(frames) + 1), source="test", link=link, time_source="container")
    return FORMAT.make(Options(**options)).decode(chunk)


# -- recordings ----------------------------------------------------------------------------------------------------


def capture(path: Path) -> Iterator[tuple[Decimal, bytes]]:
    """(time, frame) of a little-endian pcap with microseconds."""
    data, at = path.read_bytes(), 24
    while at < len(data):
        seconds, micros, length, _ = struct.unpack_from("<IIII", data, at)
        yield seconds + Decimal(micros) / 1_000_000, data[at + 16 : at + 16 + length]
        at += 16 + length


def chunk_of(path: Path) -> tuple[Chunk, list[tuple[Decimal, bytes]]]:
    frames = list(capture(path))
    times = [float(t) for t, _ in frames]
    numbers = range(1, len(frames) + 1)
    return Chunk.of([f for _, f in frames], times, numbers, source=path.name, link="radiotap", time_source="container"), frames


@pytest.mark.parametrize(("name", "packs"), [("odid_wifi_bcn_sample.pcap", 21), ("odid_wifi_sample.pcap", 42)])
def test_every_field_of_the_captures_is_what_the_dissector_prints(shared_data: Path, name: str, packs: int) -> None:
    chunk, frames = chunk_of(shared_data / "remoteid" / name)
    adverts, _ = find_adverts(chunk, Options())
    rows = expected(shared_data, name)
    assert len(rows) == packs
    assert adverts.heard.offsets.tolist() == [int(row["frame.number"]) for row in rows]
    for row, start, end in zip(rows, adverts.starts.tolist(), adverts.ends.tolist(), strict=True):
        time, _ = frames[int(row["frame.number"]) - 1]
        pack = adverts.data[start:end].tobytes()
        assert time == Decimal(row["frame.time_epoch"])
        assert raw_fields(int(adverts.data[start - 1]), pack, time) == {k: v for k, v in row.items() if v and "frame" not in k}


@pytest.mark.parametrize("name", ["odid_wifi_bcn_sample.pcap", "odid_wifi_sample.pcap"])
def test_the_tables_hold_the_values_of_the_captures(shared_data: Path, name: str) -> None:
    chunk, _ = chunk_of(shared_data / "remoteid" / name)
    decoded = FORMAT.make(Options(sensor_id="wifi-1", origin="replay")).decode(chunk)
    packs = expected(shared_data, name)
    located = [p for p in packs if p["loc_lat"]]
    assert len(decoded.detections) == len(located)
    for row, pack in zip(decoded.detections.rows(), located, strict=True):
        time = float(pack["frame.time_epoch"])
        assert row["lat_deg"] == int(pack["loc_lat"]) / 1e7
        assert row["lon_deg"] == int(pack["loc_lon"]) / 1e7
        assert row["course_deg"] == int(pack["loc_direction"]) + 180 * int(pack["loc_flag_ewDirectionSegment"])
        assert row["speed_mps"] == int(pack["loc_speed"]) * 0.25
        assert row["alt_wgs84_m"] == int(pack["loc_geoAlt"]) / 2 - 1000
        assert row["height_takeoff_m"] == int(pack["loc_height"]) / 2 - 1000
        assert row["sigma_position_m"] == pytest.approx(30 / 2.448)
        assert row["sigma_altitude_m"] == pytest.approx(25 / 1.96)
        assert row["sigma_speed_mps"] == pytest.approx(10 / 1.96)
        assert not {"climb_mps", "alt_pressure_m", "classification", "identity_kind"} & set(row)  # all sent as unknown
        assert (row["time"], row["time_source"], row["received"]) == (time, "container", time)  # this transmitter sends no time
        assert (row.get("identity"), row["transmitter"]) == (pack["basicID_id_asc"] or None, "84:CC:A8:60:43:24")
        assert (row["sensor_id"], row["origin"], row["source_offset"]) == ("wifi-1", "replay", int(pack["frame.number"]))
        assert row["center_hz"] == 2437e6
        assert -100 < row["power_dbm"] < -10
    spoken = [p for p in packs if p["operator_id"] or p["self_desc"] or p["system_lat"]]
    for row, pack in zip(decoded.operators.rows(), spoken, strict=True):
        assert (row.get("operator_id"), row.get("description")) == (pack["operator_id"] or None, pack["self_desc"] or None)
        if pack["system_lat"]:
            assert (row["lat_deg"], row["lon_deg"]) == (int(pack["system_lat"]) / 1e7, int(pack["system_lon"]) / 1e7)
            assert row["location_kind"] == "takeoff"
    assert sum(p["system_lat"] != "" for p in packs) == np.count_nonzero(~np.isnan(decoded.operators["lat_deg"]))


def test_the_second_capture_holds_beacons_discovery_frames_and_frames_without_remote_id(shared_data: Path) -> None:
    chunk, frames = chunk_of(shared_data / "remoteid" / "odid_wifi_sample.pcap")
    decoded = FORMAT.make(Options()).decode(chunk)
    radiotap_length = 17  # in this capture; the frame's first byte tells beacon (80) from action (D0)
    kinds = [frames[i - 1][1][radiotap_length] for i in decoded.detections.values("source_offset")]
    assert decoded.detections.values("transport") == [{0x80: "wifi_beacon", 0xD0: "wifi_nan"}[k] for k in kinds]
    assert set(kinds) == {0x80, 0xD0}
    assert decoded.left_out == Counter({"no_remote_id": 21})
    assert set(decoded.detections.values("identity")) == {None}


# -- frames of our own ---------------------------------------------------------------------------------------------


def test_a_beacon_with_radiotap_gives_signal_frequency_and_address() -> None:
    (row,) = decode([radiotap(beacon(remote_id(PACK)))], link="radiotap").detections.rows()
    assert (row["power_dbm"], row["center_hz"], row["transmitter"]) == (-52, 2437e6, "A0:B1:C2:D3:E4:F5")
    assert (row["identity"], row["transport"], row["source_offset"]) == (SERIAL, "wifi_beacon", 1)


def test_a_bare_frame_gives_neither() -> None:
    (row,) = decode([beacon(remote_id(PACK))]).detections.rows()
    assert not {"power_dbm", "center_hz"} & set(row)
    assert row["sensor_id"] == "remote-id"


@pytest.mark.parametrize("extra", [0, 1, 3])
@pytest.mark.parametrize("tsft", [False, True])
def test_radiotap_headers_of_several_shapes(extra: int, tsft: bool) -> None:
    (row,) = decode(
        [radiotap(beacon(remote_id(PACK)), extra=extra, tsft=tsft, mhz=5745, dbm=-91)], link="radiotap"
    ).detections.rows()
    assert (row["power_dbm"], row["center_hz"]) == (-91, 5745e6)


def test_the_announced_check_sum_is_no_element() -> None:
    frame = beacon(remote_id(PACK)) + b"\xdd\x05\xfa\x0b"
    assert len(decode([radiotap(frame, flags=0x10)], link="radiotap").detections) == 1


def test_frames_that_the_receiver_marked_as_damaged_are_counted() -> None:
    decoded = decode([radiotap(beacon(remote_id(PACK)), flags=0x40)], link="radiotap")
    assert len(decoded.detections) == 0
    assert decoded.left_out == Counter({"bad_checksum": 1})


def test_the_vendor_element_is_found_among_others_and_behind_ht_control() -> None:
    others = element(221, b"\x00\x50\xf2\x01abc"), element(221, b"\xfa\x0b\xbc\x0c\x00abc"), element(3, b"\x06")
    assert len(decode([beacon(*others, remote_id(PACK), *others)]).detections) == 1
    assert len(decode([beacon(remote_id(PACK), control=b"\x80\x80", high=bytes(4))]).detections) == 1


def test_each_of_several_packs_in_a_frame_is_read() -> None:
    assert len(decode([beacon(remote_id(PACK), remote_id(PACK))]).detections) == 2


@pytest.mark.parametrize(
    ("control", "before"), [(0x10, b""), (0x50, b"\1\2"), (0x14, b"\2ab"), (0x18, b"\3abc"), (0x5C, b"\1\2\1a\1b")]
)
def test_service_info_is_found_behind_the_optional_fields(control: int, before: bytes) -> None:
    (row,) = decode([discovery(PACK, control, before)]).detections.rows()
    assert (row["identity"], row["transport"], row["transmitter"]) == (SERIAL, "wifi_nan", "A0:B1:C2:D3:E4:F5")


def test_identities_are_remembered_across_frames_and_transports() -> None:
    frames = [beacon(remote_id(encode_pack([encode_basic_id(SERIAL)]))), discovery(encode_location(lat_deg=1, lon_deg=2))]
    assert decode(frames).detections.values("identity") == [SERIAL]


# -- privacy -------------------------------------------------------------------------------------------------------


BYSTANDER = bytes.fromhex("0a5ec2e70001")


def test_nothing_of_frames_without_remote_id_is_kept() -> None:
    data = b"\x08\x41" + bytes(2) + b"\xff" * 6 + BYSTANDER + BYSTANDER + bytes(200)
    probe = header(b"\x40\0", BYSTANDER) + element(0, b"SECRET-SSID")
    action = header(b"\xd0\0", BYSTANDER) + b"\x04\x09\x50\x6f\x9a\x09" + bytes(40)
    protected = header(b"\xd0\x40", BYSTANDER) + discovery(PACK)[24:]
    frames = [data, probe, action, protected, beacon(sender=BYSTANDER), beacon(remote_id(PACK))]
    for link, sent in (("dot11", frames), ("radiotap", [radiotap(f) for f in frames])):
        decoder = FORMAT.make(Options())
        chunk = Chunk.of(sent, [NOW] * 6, range(6), source="test", link=link)
        decoded = decoder.decode(chunk)
        assert decoded.left_out == Counter({"no_remote_id": 5})
        assert len(decoded.detections) == 1
        told = repr([list(t.rows()) for t in (decoded.detections, decoded.operators, decoded.status)])
        assert "0A:5E:C2" not in told
        assert "SECRET" not in told
        assert int.from_bytes(BYSTANDER, "big") not in decoder.memory.address.tolist()  # type: ignore[attr-defined]


def test_operator_data_stay_out_of_the_detections() -> None:
    decoded = decode([beacon(remote_id(PACK))])
    assert "OPERATOR77" not in repr(list(decoded.detections.rows()))
    assert decoded.operators.values("operator_id") == ["OPERATOR77"]


# -- bad input -----------------------------------------------------------------------------------------------------

FRAMES = {
    "beacon": (beacon(remote_id(PACK)), "dot11"),
    "discovery": (discovery(PACK), "dot11"),
    "radiotap": (radiotap(beacon(remote_id(PACK)), flags=0x10, tsft=True) + b"\1\2\3\4", "radiotap"),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_cut_at_every_byte_is_counted(name: str) -> None:
    frame, link = FRAMES[name]
    for length in range(len(frame)):
        decoded = decode([frame[:length]], link=link)
        assert len(decoded.detections) == 1 or sum(decoded.left_out.values()) > 0
    assert len(decode([frame], link=link).detections) == 1


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_with_any_bit_flipped_never_raises(name: str) -> None:
    frame, link = FRAMES[name]
    flipped = []
    for bit in range(len(frame) * 8):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        flipped.append(bytes(damaged))
    decoded = decode(flipped, link=link)
    assert 0 < len(decoded.detections) <= len(flipped)
    assert sum(decoded.left_out.values()) > 0


@given(st.lists(st.binary(max_size=120), max_size=10), st.sampled_from(["dot11", "radiotap"]))
def test_no_bytes_make_it_raise(frames: list[bytes], link: str) -> None:
    decode(frames, link=link)


@given(st.binary(max_size=60), st.sampled_from([b"\x80\0", b"\xd0\0"]))
def test_no_body_makes_it_raise(body: bytes, control: bytes) -> None:
    decode([header(control) + bytes(12) + body, header(control) + bytes.fromhex("0409506f9a13") + body])


def test_a_frame_of_no_possible_length_is_read_no_further_than_one_could_be() -> None:
    adverts, left_out = find_adverts(Chunk.one(beacon(*[remote_id(b"")] * 30_000), received=NOW, link="dot11"), Options())
    assert 0 < len(adverts.starts) < 2500
    assert not left_out


def test_a_frame_of_another_link_layer_is_counted() -> None:
    assert decode([b"abc"], link="udp").left_out == Counter({"wrong_link": 1})


def test_a_decoder_holds_nothing_back() -> None:
    decoder = FORMAT.make(Options())
    assert len(decoder.finish().detections) == 0


def test_sniffing_tells_captures_of_radio_frames_from_others(shared_data: Path) -> None:
    assert sniff((shared_data / "remoteid" / "odid_wifi_bcn_sample.pcap").read_bytes()[:4096])
    assert sniff((shared_data / "remoteid" / "odid_bt5_lr_sample.pcapng").read_bytes()[:4096])
    assert not sniff((shared_data / "asterix" / "cat_034_048.pcap").read_bytes()[:4096])
    assert not sniff(b"")
