"""Remote ID over Bluetooth: the recorded capture field by field, tshark on our own frames, and frames that only these tests build."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dissector import expected, raw_fields
from hypothesis import given
from hypothesis import strategies as st

from picket.feed import pcap
from picket.feed.format import Chunk, Decoded, Options
from picket.feed.recording import decode_files, open_recording
from picket.feed.remoteid import ble, ble_kernels
from picket.feed.remoteid.ble import encode_advert, encode_extended, encode_frame, encode_legacy, service_data
from picket.feed.remoteid.frames import FORMAT
from picket.feed.remoteid.messages import (
    encode_basic_id,
    encode_location,
    encode_operator_id,
    encode_pack,
    encode_self_id,
    encode_system,
)

RECORDING = "odid_bt5_lr_sample.pcapng"
SERIAL, OTHER = "1581F6N8A23B2ML3Y3KR", "MFG1A0123456789"
DRONE, SECOND = "C0:B1:C2:D3:E4:F5", "60:60:1F:00:00:01"
NOW = 1_780_056_100.0
LINKS = tuple(ble.LINKS)
LOCATION = encode_location(lat_deg=33.75, lon_deg=-118.2, alt_wgs84_m=20, time=NOW)
PACK = encode_pack(
    [
        encode_basic_id(SERIAL),
        LOCATION,
        encode_self_id("survey"),
        encode_system(lat_deg=33.7, lon_deg=-118.1),
        encode_operator_id("OPERATOR77"),
    ]
)


def chunk(frames: list[bytes], link: str = "ble-nordic", received: list[float] | None = None) -> Chunk:
    times = received or [NOW] * len(frames)
    return Chunk.of(frames, times, range(1, len(frames) + 1), source="test", link=link, time_source="container")


def decode(frames: list[bytes], link: str = "ble-nordic", received: list[float] | None = None, **options: Any) -> Decoded:
    return FORMAT.make(Options(**options)).decode(chunk(frames, link, received))


def rows(frames: list[bytes], link: str = "ble-nordic") -> list[dict[str, Any]]:
    return list(decode(frames, link).detections.rows())


# -- the recording -------------------------------------------------------------------------------------------------


def recorded(shared_data: Path) -> Chunk:
    with (shared_data / "remoteid" / RECORDING).open("rb") as file:
        (whole,) = pcap.Capture(file, RECORDING)
    return whole


def test_every_field_of_the_recording_is_what_the_dissector_prints(shared_data: Path) -> None:
    """The dissector prints 273 packets; the 29 of them whose CRC failed, and one that it cannot read, are no adverts here."""
    whole = recorded(shared_data)
    adverts, left_out = ble.find_adverts(whole, Options())
    printed = expected(shared_data, RECORDING)
    sound = {n for n, start in zip(whole.offsets.tolist(), whole.starts.tolist(), strict=True) if whole.data[start + 8] & 1}
    packets = [row for row in printed if int(row["frame.number"]) in sound]
    assert (len(printed), len(packets), left_out) == (273, 244, Counter({"bad_checksum": 30}))
    assert adverts.heard.offsets.tolist() == [int(row["frame.number"]) for row in packets]
    for row, start, end, time in zip(
        packets, adverts.starts.tolist(), adverts.ends.tolist(), adverts.heard.received, strict=True
    ):
        stamp = Decimal(row["frame.time_epoch"])
        assert float(stamp) == time
        pack = adverts.data[start:end].tobytes()
        assert raw_fields(int(adverts.data[start - 1]), pack, stamp) == {k: v for k, v in row.items() if v and "frame" not in k}


def test_the_tables_hold_the_values_of_the_recording(shared_data: Path) -> None:
    """The transmitter never knew where it was: all its sound positions are 0, 0. The only other ones stand in damaged packets."""
    decoded = FORMAT.make(Options(sensor_id="sniffer-1", origin="replay")).decode(recorded(shared_data))
    assert decoded.left_out == Counter({"bad_checksum": 30, "bad_count": 19, "no_operator_position": 207, "identity_only": 3})
    assert len(decoded.detections) == 222
    assert set(decoded.detections.values("identity")) == {"SSEVTFG93700070"}
    assert set(decoded.detections.values("lat_deg")) == {None}
    assert decoded.detections["power_dbm"].max() < -20
    told = {int(row["frame.number"]): row for row in expected(shared_data, RECORDING)}
    assert len(decoded.operators) == 216
    for row in decoded.operators.rows():
        packet = told[row["source_offset"]]
        assert row["identity"] == packet["basicID_id_asc"] == "SSEVTFG93700070"
        assert (row.get("operator_id"), row.get("description")) == (packet["operator_id"] or None, packet["self_desc"] or None)
        assert (row["identity_kind"], row["transmitter"], row["transport"]) == ("serial", "E0:7D:EA:EB:2F:1C", "bt5")
        assert row["time"] == row["received"] == float(packet["frame.time_epoch"])
        assert (row["sensor_id"], row["origin"]) == ("sniffer-1", "replay")
        assert not {"lat_deg", "lon_deg", "alt_wgs84_m", "location_kind"} & set(row)


def test_the_sniffers_word_on_each_crc_is_what_we_compute(shared_data: Path) -> None:
    whole = recorded(shared_data)
    for start, end in zip(whole.starts.tolist(), whole.ends.tolist(), strict=True):
        frame = np.frombuffer(whole.data[start:end], np.uint8)
        computed = int(ble_kernels.crc24(frame, 22, len(frame) - 3)).to_bytes(3, "little")
        assert (computed == frame[-3:].tobytes()) == bool(frame[8] & 1)


def test_the_recording_is_recognised_and_its_aircraft_named(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "remoteid" / RECORDING
    with open_recording(path) as recording:
        assert recording.format.name == "remote-id"
    summary = decode_files([path], operators_out=tmp_path / "operators.csv", out=tmp_path / "detections.csv")
    assert (summary.exit_code, summary.rows, summary.operators, summary.cut) == (0, 222, 216, False)


# -- another decoder on our frames ---------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize(("link", "linktype"), [("ble-nordic", 272), ("ble-ll", 251), ("ble-ll-phdr", 256)])
def test_tshark_reads_the_same_out_of_our_frames(link: str, linktype: int, tmp_path: Path) -> None:
    """Address, Service Data, CRC and signal of a legacy, an extended and a damaged advert, as Wireshark's dissectors print them."""
    frames = [
        encode_advert(LOCATION, DRONE, link=link, counter=7, channel=38, power_dbm=-71),
        encode_advert(PACK, SECOND, link=link, transport="bt5", counter=8, channel=11, power_dbm=-95),
        encode_advert(LOCATION, DRONE, link=link, channel=39, damaged=True),
    ]
    path = tmp_path / "frames.pcap"
    path.write_bytes(pcap.encode(frames, [NOW + i / 100 for i in range(len(frames))], linktype=linktype))
    power = {"ble-nordic": "nordic_ble.rssi", "ble-ll-phdr": "btle_rf.signal_dbm"}.get(link, "frame.number")
    names = ["btle.crc.incorrect", "btle.advertising_address", "btcommon.eir_ad.entry.service_data", power]
    command = ["tshark", "-r", str(path), "-T", "fields", *(word for name in names for word in ("-e", name))]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout.splitlines()
    lines = [line.split("\t") for line in printed]
    assert [bool(line[0]) for line in lines] == [False, False, True]
    with path.open("rb") as file:
        (read,) = pcap.Capture(file, "frames.pcap")
    adverts, left_out = ble.find_adverts(read, Options())
    assert (adverts.heard.offsets.tolist(), left_out) == ([1, 2], Counter({"bad_checksum": 1}))
    for i, (_, address, data, signal) in enumerate(lines[:2]):
        assert data.replace(":", "") == adverts.data[adverts.starts[i] - 2 : adverts.ends[i]].tobytes().hex()
        assert int(address.replace(":", ""), 16) == adverts.heard.address[i]
        assert link == "ble-ll" or float(signal) == adverts.heard.power_dbm[i]


# -- frames of our own: what stands before the packet --------------------------------------------------------------


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(("transport", "channel", "payload"), [("bt4", 38, LOCATION), ("bt5", 10, PACK)])
def test_an_advert_gives_a_row_with_address_signal_and_frequency(link: str, transport: str, channel: int, payload: bytes) -> None:
    frame = encode_advert(payload, DRONE, link=link, transport=transport, channel=channel, power_dbm=-71)
    (row,) = rows([frame], link)
    # A bare packet of link type 251 says nothing of signal and channel
    heard = {} if link == "ble-ll" else {"power_dbm": -71, "center_hz": {38: 2426e6, 10: 2424e6}[channel]}
    wanted = {
        "time": NOW, "time_source": "sensor", "received": NOW, "sensor_id": "remote-id", "kind": "remote_id", "report": "plot",
        "origin": "live", "lat_deg": 33.75, "lon_deg": -118.2, "alt_wgs84_m": 20.0, "transmitter": DRONE, "transport": transport,
        "source": "test", "source_offset": 1,
    }  # fmt: skip
    who = {"identity": SERIAL, "identity_kind": "serial", "classification": "helicopter_or_multirotor"}
    assert row == wanted | heard | (who if payload is PACK else {})


@pytest.mark.parametrize("link", ["ble-nordic", "ble-ll-phdr"])
def test_channel_indices_lie_on_the_frequencies_of_the_standard(link: str) -> None:
    """Data channels 0 to 36 lie in order on the 2 MHz grid that the advertising channels leave free."""
    grid = [2402 + 2 * k for k in range(40)]
    free = [mhz for mhz in grid if mhz not in (2402, 2426, 2480)]
    found = rows([encode_advert(PACK, DRONE, link=link, transport="bt5", channel=c) for c in range(40)], link)
    assert [row["center_hz"] for row in found] == [mhz * 1e6 for mhz in [*free, 2402, 2426, 2480]]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_each_protocol_version_of_the_nrf_sniffer_is_read(version: int) -> None:
    frame = encode_frame(encode_legacy(service_data(LOCATION), DRONE), version=version, channel=39, power_dbm=-80)
    (row,) = rows([frame])
    assert (row["transmitter"], row["power_dbm"], row["center_hz"]) == (DRONE, -80, 2480e6)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({0: 0xBE, 1: 0xEF}, "unknown_version"),
        ({3: 0}, "unknown_version"),
        ({3: 4}, "unknown_version"),
        ({6: 0x01}, "no_remote_id"),  # the sniffer follows a device
        ({6: 0x05}, "no_remote_id"),
        ({7: 9}, "bad_header"),
        ({7: 255}, "bad_header"),
        ({1: 255}, "truncated"),  # more than there is
        ({8: 0x00}, "bad_checksum"),
        ({17: 0xD7}, "no_remote_id"),  # another access address: a connection
    ],
)
def test_what_the_nrf_sniffer_says_decides(change: dict[int, int], reason: str) -> None:
    frame = bytearray(encode_advert(LOCATION, DRONE))
    for at, value in change.items():
        frame[at] = value
    decoded = decode([bytes(frame), encode_advert(LOCATION, DRONE)])
    assert decoded.left_out == Counter({reason: 1})
    assert len(decoded.detections) == 1


def phdr(packet: bytes, flags: int, channel: int = 0) -> bytes:
    return struct.pack("<BbbB4sH", channel, -50, -90, 0, b"\xd6\xbe\x89\x8e", flags) + b"\xd6\xbe\x89\x8e" + packet


def test_the_flags_of_the_pseudo_header_decide() -> None:
    packet = encode_legacy(service_data(LOCATION), DRONE)
    wrong = packet[:-1] + bytes([packet[-1] ^ 1])

    def result(frame: bytes) -> dict[str, Any]:
        decoded = decode([frame], "ble-ll-phdr")
        return {"rows": len(decoded.detections), **decoded.left_out}

    assert result(phdr(packet, 0x0C01)) == {"rows": 1}
    assert result(phdr(packet, 0x0401)) == {"rows": 0, "bad_checksum": 1}  # checked, not valid
    assert result(phdr(wrong, 0x0C01)) == {"rows": 1}  # the sniffer checked what it heard
    assert result(phdr(packet, 0x0001)) == {"rows": 1}  # not checked: we do
    assert result(phdr(wrong, 0x0001)) == {"rows": 0, "bad_checksum": 1}
    assert result(phdr(wrong, 0x0801)) == {"rows": 0, "bad_checksum": 1}  # "valid" alone says nothing
    assert result(phdr(packet, 0x0C00)) == {"rows": 0, "whitened": 1}
    (row,) = rows([phdr(packet, 0x0C03, 39)], "ble-ll-phdr")
    assert (row["power_dbm"], row["center_hz"]) == (-50, 2480e6)
    (row,) = rows([phdr(packet, 0x0C41, 39)], "ble-ll-phdr")  # no signal, and a channel that may be another
    assert not {"power_dbm", "center_hz"} & set(row)
    (row,) = rows([phdr(packet, 0x0C01, 40)], "ble-ll-phdr")
    assert "center_hz" not in row


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("transport", ["bt4", "bt5"])
def test_no_row_comes_from_a_damaged_packet(link: str, transport: str) -> None:
    payload = LOCATION if transport == "bt4" else PACK
    decoded = decode([encode_advert(payload, DRONE, link=link, transport=transport, damaged=True)], link)
    assert (len(decoded.detections), len(decoded.operators)) == (0, 0)
    assert decoded.left_out == Counter({"bad_checksum": 1})


@pytest.mark.parametrize("transport", ["bt4", "bt5"])
def test_the_crc_finds_every_flipped_bit_of_a_bare_packet(transport: str) -> None:
    frame = encode_advert(LOCATION if transport == "bt4" else PACK, DRONE, link="ble-ll", transport=transport)
    for bit in range(len(frame) * 8):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        decoded = decode([bytes(damaged)], "ble-ll")
        assert (len(decoded.detections), len(decoded.operators)) == (0, 0)
        assert set(decoded.left_out) <= {"bad_checksum", "no_remote_id", "truncated"}


# -- frames of our own: advertising data ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", range(16))
def test_legacy_adverts_and_scan_responses_are_read_and_nothing_else(kind: int) -> None:
    frame = encode_frame(encode_legacy(service_data(LOCATION), DRONE, kind=kind), link="ble-ll")
    assert len(rows([frame], "ble-ll")) == (kind in (0, 2, 4, 6))


def structures(*parts: bytes) -> bytes:
    return encode_frame(encode_extended(b"".join(parts), address=DRONE, adi=1), channel=10, coded=True)


def test_remote_id_is_found_among_other_structures() -> None:
    flags, name = b"\x02\x01\x06", b"\x07\x09Drone1"
    assert len(rows([structures(flags, name, service_data(LOCATION), flags)])) == 1
    assert len(rows([structures(service_data(LOCATION), flags, service_data(LOCATION))])) == 2
    assert decode([structures(b"\0", service_data(LOCATION))]).left_out == Counter({"no_remote_id": 1})  # an empty one is the end


@pytest.mark.parametrize(("at", "value"), [(1, 0x21), (2, 0xFB), (3, 0xFE), (4, 0x0E)])
def test_other_services_are_no_remote_id(at: int, value: int) -> None:
    data = bytearray(service_data(LOCATION))
    data[at] = value
    assert decode([structures(bytes(data))]).left_out == Counter({"no_remote_id": 1})


def test_a_structure_longer_than_its_packet_gives_what_is_whole_in_it() -> None:
    decoded = decode([structures(service_data(PACK)[:70])])  # Basic ID and Location, and a piece of the third message
    assert decoded.detections.values("identity") == [SERIAL]
    assert decoded.left_out == Counter({"truncated": 3})  # messages


@pytest.mark.parametrize("flags", range(128))
def test_every_extended_header_is_stepped_over(flags: int) -> None:
    """AdvA, TargetA, CTEInfo, ADI, AuxPtr, SyncInfo, TxPower in every combination, and bytes of ACAD behind them."""
    sizes = (6, 6, 1, 2, 3, 18, 1)
    address = bytes.fromhex(DRONE.replace(":", ""))[::-1]
    header = bytes([flags]) + b"".join(
        address if bit == 0 else b"\x55" * size for bit, size in enumerate(sizes) if flags >> bit & 1
    )
    for extra in (b"", b"\x01\x02\x03"):
        body = bytes([len(header + extra)]) + header + extra + service_data(LOCATION)
        frame = encode_frame(ble._with_crc(bytes([7, len(body)]) + body), channel=37)
        (row,) = rows([frame])
        assert (row.get("transmitter"), row["transport"]) == (DRONE if flags & 1 else None, "bt5")


@pytest.mark.parametrize("body", [b"", b"\x05\x01abc", b"\x3f\x00", b"\x01\x40", b"\x02\x08a"])
def test_an_extended_header_that_does_not_fit_is_counted(body: bytes) -> None:
    frame = encode_frame(ble._with_crc(bytes([7, len(body)]) + body))
    assert decode([frame]).left_out == Counter({"bad_header": 1})


# -- frames of our own: adverts of several packets -----------------------------------------------------------------


def pieces(
    cuts: list[int], *, adi: int = 5, address: str | None = DRONE, link: str = "ble-nordic", payload: bytes = PACK
) -> list[bytes]:
    """An advert cut into pieces: the first has the address, all but the last point to the next."""
    data = service_data(payload)
    parts = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    last = len(parts) - 1
    return [
        encode_frame(
            encode_extended(part, address=None if i else address, adi=adi, pointer=i < last),
            link=link, channel=10, coded=True, aux=int(i > 0),
        )
        for i, part in enumerate(parts)
    ]  # fmt: skip


def announcement(address: str, adi: int, link: str = "ble-nordic") -> bytes:
    """An ADV_EXT_IND: address, ADI and a pointer, no data."""
    return encode_frame(encode_extended(b"", address=address, adi=adi, pointer=True), link=link, channel=37, coded=True)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("cuts", [[1], [3], [30], [60, 61], [40, 80, 120]])
def test_a_split_advert_is_put_together(link: str, cuts: list[int]) -> None:
    decoded = decode(pieces(cuts, link=link), link)
    (row,) = decoded.detections.rows()
    assert (row["identity"], row["transmitter"], row["source_offset"]) == (SERIAL, DRONE, len(cuts) + 1)
    assert decoded.operators.values("operator_id") == ["OPERATOR77"]
    assert not decoded.left_out


@given(st.sets(st.integers(1, len(service_data(PACK)) - 1), max_size=9), st.sampled_from(LINKS))
def test_wherever_it_is_split(cuts: set[int], link: str) -> None:
    decoded = decode(pieces(sorted(cuts), link=link), link)
    assert decoded.detections.values("identity") == [SERIAL]
    assert not decoded.left_out


def test_split_adverts_of_two_aircraft_may_be_interleaved() -> None:
    other = encode_pack([encode_basic_id(OTHER), LOCATION])
    a, b = pieces([40, 80], adi=5), pieces([20, 30], adi=6, address=SECOND, payload=other)
    decoded = decode([frame for pair in zip(a, b, strict=True) for frame in pair])
    assert decoded.detections.values("identity") == [SERIAL, OTHER]
    assert decoded.detections.values("transmitter") == [DRONE, SECOND]
    assert not decoded.left_out


def test_without_its_end_a_split_advert_gives_what_its_first_piece_holds() -> None:
    decoded = decode(pieces([90, 100])[:2])  # 84 bytes of the pack: three messages
    assert decoded.detections.values("identity") == [SERIAL]
    assert decoded.operators.values("description") == ["survey"]
    assert decoded.left_out == Counter({"truncated": 3})  # two messages, and the other piece


def test_the_end_of_a_split_advert_alone_is_counted() -> None:
    decoded = decode(pieces([70])[1:])
    assert (len(decoded.detections), decoded.left_out) == (0, Counter({"truncated": 1}))
    decoded = decode(pieces([70], link="ble-ll")[1:], "ble-ll")  # a bare packet does not say that it is a piece
    assert (len(decoded.detections), decoded.left_out) == (0, Counter({"no_remote_id": 1}))


@given(
    st.sets(st.integers(1, 230), min_size=1, max_size=5),
    st.lists(st.integers(0, 6), min_size=1, max_size=9),
    st.sampled_from(LINKS),
)
def test_pieces_are_never_put_together_wrongly(cuts: set[int], order: list[int], link: str) -> None:
    """Any pieces of one advert in any order, some missing, some heard twice: only positions come out that were sent."""
    sent = [33 + i / 8 for i in range(8)]
    parts = pieces(sorted(cuts), payload=encode_pack([encode_basic_id(SERIAL), *map(located, sent)]), link=link)
    parts.append(announcement(DRONE, 5, link))
    decoded = decode([parts[i % len(parts)] for i in order], link)
    assert set(decoded.detections.values("lat_deg")) <= set(sent)
    assert set(decoded.detections.values("identity")) <= {SERIAL}


def test_a_piece_belongs_to_the_packet_that_pointed_to_it_in_time_and_channel() -> None:
    a, b = pieces([70])  # the first says: after 3 ms on channel 10
    for gap, whole in ((0.003, True), (0.05, True), (0.06, False), (1.0, False), (-0.1, False), (float("nan"), True)):
        decoded = decode([a, b], received=[NOW, NOW + gap])
        assert decoded.operators.values("operator_id") == (["OPERATOR77"] if whole else []), gap
        assert decoded.left_out == (Counter() if whole else Counter({"truncated": 4}))
    elsewhere = encode_frame(encode_extended(service_data(PACK)[70:], adi=5), channel=11, coded=True, aux=1)
    assert decode([a, elsewhere]).left_out == Counter({"truncated": 4})


@pytest.mark.parametrize("link", LINKS)
def test_a_chain_across_the_border_of_two_chunks_loses_what_came_later_and_counts_it(link: str) -> None:
    first, second = (
        encode_frame(
            encode_extended(service_data(PACK)[:70], address=DRONE, adi=5, pointer=True), link=link, channel=10, coded=True
        ),
        encode_frame(encode_extended(service_data(PACK)[70:], adi=5), link=link, channel=10, coded=True, aux=1),
    )
    whole = encode_advert(PACK, SECOND, link=link, transport="bt5")
    decoder = FORMAT.make(Options())
    parts = [decoder.decode(chunk(frames, link)) for frames in ([whole, first], [second, whole])]
    assert [p.detections.values("transmitter") for p in parts] == [[SECOND, DRONE], [SECOND]]
    assert [p.detections.values("identity") for p in parts] == [[SERIAL, SERIAL], [SERIAL]]
    assert parts[0].left_out["truncated"] > 0
    lost = "no_remote_id" if link == "ble-ll" else "truncated"  # a bare link layer does not say that a packet is a later piece
    assert parts[1].left_out == Counter({lost: 1})


def test_a_chain_without_end_is_cut_at_the_longest_advert() -> None:
    head = encode_frame(encode_extended(service_data(PACK)[:70], address=DRONE, adi=5, pointer=True), channel=10, coded=True)
    more = encode_frame(encode_extended(bytes([247]) + bytes(247), adi=5, pointer=True), channel=10, coded=True, aux=1)
    adverts, left_out = ble.find_adverts(chunk([head, *[more] * 500]), Options())
    assert adverts.data.size < sum(map(len, [head, *[more] * 500])) + 2000
    assert left_out["truncated"] >= 490


def test_a_split_advert_without_remote_id_is_counted_by_packets() -> None:
    data = b"\xf0\xff" + b"\x4c\x00" + bytes(237)
    frames = [
        encode_frame(encode_extended(data[:120], address=SECOND, adi=5, pointer=True), channel=1, coded=True),
        encode_frame(encode_extended(data[120:], adi=5), channel=10, coded=True, aux=1),
    ]
    assert decode(frames).left_out == Counter({"no_remote_id": 2})


@pytest.mark.parametrize("link", LINKS)
def test_an_address_may_have_been_announced_before(link: str) -> None:
    without = encode_frame(encode_extended(service_data(PACK), adi=5), link=link, channel=10, coded=True)
    both = [announcement(SECOND, 6, link), announcement(DRONE, 5, link), announcement(SECOND, 7, link), without]
    decoded = decode(both, link)
    assert decoded.detections.values("transmitter") == [DRONE]
    assert decoded.left_out == Counter({"no_remote_id": 3})  # announcements hold no data
    assert decode([without, announcement(DRONE, 5, link)], link).detections.values("transmitter") == [None]
    assert decode(both, link, [NOW, NOW, NOW, NOW + 4]).detections.values("transmitter") == [None]


def test_announced_and_split_at_once() -> None:
    frames = [announcement(DRONE, 5), *pieces([50, 100], address=None)]
    assert decode(frames).detections.values("transmitter") == [DRONE]


def test_many_open_adverts_push_out_the_oldest_and_cost_no_more() -> None:
    begins = [pieces([60], adi=adi)[0] for adi in range(4000)]
    ends = [pieces([60], adi=adi)[1] for adi in (0, 3999)]
    decoded = decode([*begins, *ends])
    assert decoded.operators.values("operator_id").count("OPERATOR77") == 1


# -- identities ----------------------------------------------------------------------------------------------------


def lone(message: bytes, address: str) -> bytes:
    return encode_advert(message, address, channel=37)


def located(lat_deg: float) -> bytes:
    return encode_location(lat_deg=lat_deg, lon_deg=-118.2)


def test_interleaved_aircraft_that_send_one_message_an_advert_keep_their_identities() -> None:
    decoder = FORMAT.make(Options())
    drones = {f"C0:00:00:00:00:{i:02X}": f"SERIAL{i:03d}" for i in range(40)}
    named = [lone(encode_basic_id(serial), address) for address, serial in drones.items()]
    first = decoder.decode(chunk(named))
    assert first.left_out == Counter({"identity_only": 40})
    for turn in range(3):  # in other chunks, in other orders
        order = list(drones)[turn:] + list(drones)[:turn]
        decoded = decoder.decode(chunk([lone(located(33 + int(a[-2:], 16) / 100), a) for a in order]))
        assert decoded.detections.values("identity") == [drones[a] for a in order]
        assert decoded.detections["lat_deg"] == pytest.approx([33 + int(a[-2:], 16) / 100 for a in order])


def test_a_location_before_its_basic_id_has_no_identity_and_the_next_one_has() -> None:
    frames = [lone(located(33.0), DRONE), lone(encode_basic_id(SERIAL), DRONE), lone(located(33.1), DRONE)]
    assert [row.get("identity") for row in rows(frames)] == [None, SERIAL]


def test_a_capture_without_any_basic_id_is_kept_apart_by_address() -> None:
    found = rows([lone(located(33.0), DRONE), lone(located(34.0), SECOND), lone(located(33.1), DRONE)])
    assert [row["transmitter"] for row in found] == [DRONE, SECOND, DRONE]
    assert not any("identity" in row for row in found)


def test_an_aircraft_that_sends_both_ways_from_one_address_is_one() -> None:
    frames = [encode_advert(PACK, DRONE, transport="bt5", channel=3), lone(located(33.0), DRONE)]
    assert [(r["identity"], r["transport"]) for r in rows(frames)] == [(SERIAL, "bt5"), (SERIAL, "bt4")]


def test_an_unknown_address_is_no_memory() -> None:
    without = encode_frame(encode_extended(service_data(PACK), adi=5), channel=10, coded=True)
    later = encode_frame(encode_extended(service_data(LOCATION), adi=6), channel=10, coded=True)
    assert [row.get("identity") for row in rows([without, later])] == [SERIAL, None]


# -- privacy -------------------------------------------------------------------------------------------------------

BYSTANDER = "CA:FE:C2:E7:00:01"


@pytest.mark.parametrize("link", LINKS)
def test_nothing_of_frames_without_remote_id_is_kept(link: str) -> None:
    beacon = b"\x1a\xff\x4c\x00\x02\x15" + b"SECRET-SECRET-SECRET!"
    frames = [
        encode_frame(encode_legacy(beacon, BYSTANDER, kind=kind), link=link) for kind in (0, 2, 3, 4, 5, 6)
    ] + [
        announcement(BYSTANDER, 5, link),
        encode_frame(encode_extended(beacon, address=BYSTANDER, adi=5), link=link, channel=9, coded=True),
        encode_frame(encode_extended(beacon[:9], address=BYSTANDER, adi=6, pointer=True), link=link, channel=9, coded=True),
    ]  # fmt: skip
    decoder = FORMAT.make(Options())
    decoded = decoder.decode(chunk([*frames, encode_advert(PACK, DRONE, link=link, transport="bt5")], link))
    assert decoded.left_out == Counter({"no_remote_id": len(frames)})
    assert len(decoded.detections) == 1
    told = repr([list(t.rows()) for t in (decoded.detections, decoded.operators, decoded.status)])
    assert "CA:FE" not in told
    assert "SECRET" not in told
    assert int(BYSTANDER.replace(":", ""), 16) not in decoder.memory.address.tolist()  # type: ignore[attr-defined]
    # and nothing is left for the next chunk, where the announced address would fit
    nameless = encode_frame(encode_extended(service_data(PACK), adi=5), link=link, channel=10, coded=True)
    assert decoder.decode(chunk([nameless], link)).detections.values("transmitter") == [None]


def test_operator_data_stay_out_of_the_detections() -> None:
    decoded = decode([encode_advert(PACK, DRONE, transport="bt5")])
    assert "OPERATOR77" not in repr(list(decoded.detections.rows()))
    assert decoded.operators.values("operator_id") == ["OPERATOR77"]


# -- bad input and round trips -------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", LINKS)
def test_a_frame_cut_at_every_byte_is_counted(link: str) -> None:
    for frame in (encode_advert(LOCATION, DRONE, link=link), encode_advert(PACK, DRONE, link=link, transport="bt5", channel=4)):
        for length in range(len(frame)):
            decoded = decode([frame[:length]], link)
            assert (len(decoded.detections), decoded.left_out) == (0, Counter({"truncated": 1}))


@given(st.lists(st.binary(max_size=300), max_size=10), st.sampled_from(LINKS))
def test_no_bytes_make_it_raise(frames: list[bytes], link: str) -> None:
    decoded = decode(frames, link)
    assert sum(decoded.left_out.values()) >= len(frames)


@given(st.lists(st.tuples(st.binary(max_size=250), st.sampled_from([0, 2, 4, 6, 7])), max_size=8), st.sampled_from(LINKS))
def test_no_body_makes_it_raise(bodies: list[tuple[bytes, int]], link: str) -> None:
    """Packets with a right CRC and any content."""
    frames = [
        encode_frame(ble._with_crc(bytes([kind, len(body)]) + body), link=link, channel=9, coded=True) for body, kind in bodies
    ]
    decode(frames, link)


@given(st.binary(min_size=8, max_size=240), st.sampled_from([0, 1]), st.lists(st.integers(0, 3), min_size=2, max_size=8))
def test_any_order_of_pieces_is_taken(data: bytes, aux: int, order: list[int]) -> None:
    parts = [data[: len(data) // 2], data[len(data) // 2 :]]
    frames = [
        encode_frame(encode_extended(parts[0], address=DRONE, adi=1, pointer=True), channel=9, coded=True),
        encode_frame(encode_extended(parts[1], adi=1, pointer=bool(aux)), channel=9, coded=True, aux=1),
        announcement(DRONE, 1),
        encode_advert(PACK, DRONE, transport="bt5", channel=9, counter=1),
    ]
    decoded = decode([frames[i] for i in order])
    assert len(decoded.detections) >= order.count(3)


@given(
    st.binary(min_size=6, max_size=6), st.sampled_from(["bt4", "bt5"]), st.sampled_from(LINKS), st.integers(0, 255),
    st.integers(0, 39), st.integers(-127, 0), st.floats(-90, 90), st.floats(-180, 180),
)  # fmt: skip
def test_what_is_encoded_comes_back(
    address: bytes, transport: str, link: str, counter: int, channel: int, power: int, lat: float, lon: float
) -> None:
    payload = encode_location(lat_deg=lat, lon_deg=lon)
    payload = payload if transport == "bt4" else encode_pack([payload])
    told = address.hex(":").upper()
    frame = encode_advert(payload, told, link=link, transport=transport, counter=counter, channel=channel, power_dbm=power)
    adverts, left_out = ble.find_adverts(chunk([frame], link), Options())
    assert not left_out
    assert adverts.data[adverts.starts[0] : adverts.ends[0]].tobytes() == payload
    assert adverts.data[adverts.starts[0] - 1] == counter
    assert adverts.heard.address.tolist() == [int.from_bytes(address, "big")]
    assert adverts.heard.transport.tolist() == [{"bt4": 2, "bt5": 3}[transport]]
    if link != "ble-ll":
        assert adverts.heard.power_dbm.tolist() == [power]


def test_the_encoder_refuses_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="31 bytes"):
        encode_advert(PACK, DRONE)
    with pytest.raises(ValueError, match="250 bytes"):
        encode_advert(bytes(251), DRONE, transport="bt5")
    with pytest.raises(ValueError, match="holds 245 bytes"):
        encode_extended(bytes(250), address=DRONE, adi=1, pointer=False)
    with pytest.raises(ValueError, match="6 bytes of hex"):
        encode_advert(LOCATION, "C0:B1")
