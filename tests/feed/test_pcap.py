"""Captures: what comes out of them, what is left out and why, and that damage never raises or invents packets."""

from __future__ import annotations

import io
import struct
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed import pcap


def read(data: bytes, **kw: int) -> tuple[list[tuple[bytes, float, int, str]], pcap.Capture]:
    """(payload, received, number, link) of every packet, and the capture after it."""
    capture = pcap.Capture(io.BytesIO(data), "test", **kw)
    found = []
    for c in capture:
        for i in range(c.starts.size):
            found.append((c.data[c.starts[i] : c.ends[i]], float(c.received[i]), int(c.offsets[i]), c.link))
    return found, capture


def ipv4(payload: bytes, *, protocol: int = 17, fragment: int = 0, options: bytes = b"", udp_length: int | None = None) -> bytes:
    udp = struct.pack(">HHHH", 1, 2, 8 + len(payload) if udp_length is None else udp_length, 0) + payload
    ihl = 5 + len(options) // 4
    head = struct.pack(
        ">BBHHHBBH4s4s", 0x40 | ihl, 0, 4 * ihl + len(udp), 0, fragment, 64, protocol, 0, b"\x7f\0\0\1", b"\x7f\0\0\1"
    )
    return head + options + udp


def ipv6(payload: bytes, extensions: tuple[int, ...] = (), last: int = 17) -> bytes:
    udp = struct.pack(">HHHH", 1, 2, 8 + len(payload), 0) + payload
    body = b""
    chain = [*extensions, last]
    for following in chain[1:]:
        body += bytes([following, 0]) + bytes(6)
    return struct.pack(">IHBB", 6 << 28, len(body) + len(udp), chain[0], 64) + bytes(32) + body + udp


ETHERNET = bytes(12)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_classic_capture_in_both_byte_orders_and_units(order: str, nanoseconds: bool) -> None:
    times = [1_700_000_000.25, 1_700_000_001.000002]
    data = pcap.encode([pcap.udp_frame(b"one"), pcap.udp_frame(b"two")], times, order=order, nanoseconds=nanoseconds)
    found, capture = read(data)
    assert [f[0] for f in found] == [b"one", b"two"]
    assert [f[1] for f in found] == pytest.approx(times, abs=3e-7)
    assert [f[2:] for f in found] == [(1, "udp"), (2, "udp")]
    assert not capture.left_out
    assert not capture.cut


def test_bytes_of_the_published_file_layout() -> None:
    """A file written out by hand from draft-ietf-opsawg-pcap, so that encoder and decoder cannot share a mistake."""
    head = bytes.fromhex("d4c3b2a1 0200 0400 00000000 00000000 ffff0000 65000000")  # little-endian, microseconds, raw IP
    ip = bytes.fromhex("4500001f000000004011b20cc0000201c0000202 9c402198000b0000 616263")
    record = bytes.fromhex("00f15365 40420f00 1f000000 1f000000") + ip
    assert read(head + record)[0] == [(b"abc", 0x6553F100 + 1_000_000 / 1e6, 1, "udp")]


@pytest.mark.parametrize(
    ("linktype", "frame"),
    [
        (1, ETHERNET + b"\x08\0" + ipv4(b"x")),
        (1, ETHERNET + b"\x81\0\0\5\x08\0" + ipv4(b"x")),
        (1, ETHERNET + b"\x88\xa8\0\5\x81\0\0\6\x86\xdd" + ipv6(b"x")),
        (1, ETHERNET + b"\x08\0" + ipv4(b"x") + b"padding to sixty bytes"),
        (113, bytes(14) + b"\x08\0" + ipv4(b"x", options=bytes(8))),
        (276, b"\x08\0" + bytes(18) + ipv4(b"x")),
        (101, ipv4(b"x")),
        (12, ipv6(b"x", (0, 60, 43))),
        (228, ipv4(b"x")),
        (229, ipv6(b"x")),
        (0, b"\2\0\0\0" + ipv4(b"x")),
        (108, b"\0\0\0\x1e" + ipv6(b"x")),
    ],
)
def test_udp_payload_of_every_link(linktype: int, frame: bytes) -> None:
    found, capture = read(pcap.encode([frame], [5.0], linktype=linktype))
    assert [(f[0], f[3]) for f in found] == [(b"x", "udp")]
    assert not capture.left_out


@pytest.mark.parametrize(
    ("reason", "frame"),
    [
        ("not_udp", ETHERNET + b"\x08\x06" + bytes(28)),  # ARP
        ("not_udp", ETHERNET + b"\x08\0" + ipv4(b"x", protocol=6)),
        ("not_udp", ETHERNET + b"\x86\xdd" + ipv6(b"x", last=58)),
        ("ip_fragment", ETHERNET + b"\x08\0" + ipv4(b"x", fragment=0x2000)),
        ("ip_fragment", ETHERNET + b"\x08\0" + ipv4(b"x", fragment=0x0010)),
        ("ip_fragment", ETHERNET + b"\x86\xdd" + ipv6(b"x", (44,))),
        ("truncated_packet", ETHERNET + b"\x08\0" + ipv4(b"long payload")[:-3]),
        ("truncated_packet", ETHERNET + b"\x08\0" + ipv4(b"x")[:22]),
        ("truncated_packet", ETHERNET + b"\x08\0" + ipv4(b"x")[:9]),
        ("bad_length", ETHERNET + b"\x08\0" + ipv4(b"x", udp_length=7)),
        ("bad_length", ETHERNET + b"\x08\0" + ipv4(b"x", udp_length=500)),
        ("bad_length", ETHERNET + b"\x08\0\x44" + ipv4(b"x")[1:]),
        ("empty_payload", ETHERNET + b"\x08\0" + ipv4(b"")),
    ],
)
def test_a_packet_left_out_is_counted_by_reason(reason: str, frame: bytes) -> None:
    found, capture = read(pcap.encode([frame, pcap.udp_frame(b"good")], [1.0, 2.0]))
    assert [f[0] for f in found] == [b"good"]
    assert capture.left_out == {reason: 1}
    assert capture.packets == 2


def test_unknown_link_types_are_counted() -> None:
    found, capture = read(pcap.encode([b"abc"] * 3, [0.0] * 3, linktype=195))
    assert not found
    assert capture.left_out == {"unknown_link": 3}


@pytest.mark.parametrize(
    ("linktype", "link"), [(127, "radiotap"), (105, "dot11"), (272, "ble-nordic"), (251, "ble-ll"), (256, "ble-ll-phdr")]
)
def test_radio_frames_come_out_whole(linktype: int, link: str) -> None:
    found, _ = read(pcap.encode([b"frame"], [1.0], linktype=linktype))
    assert found == [(b"frame", 1.0, 1, link)]


def test_a_radio_frame_cut_by_the_snap_length_is_left_out() -> None:
    data = pcap.encode([b"frame"], [1.0], linktype=127)
    data = data[:36] + struct.pack("<I", 99) + data[40:]  # original length
    found, capture = read(data)
    assert not found
    assert capture.left_out == {"truncated_packet": 1}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("power", [3, 6, 9])
def test_pcapng_with_several_interfaces(order: str, power: int) -> None:
    packets = [
        (0, pcap.udp_frame(b"a"), 1_700_000_000.125),
        (1, b"beacon", 1_700_000_000.25),
        (0, pcap.udp_frame(b"b"), 1_700_000_001.5),
    ]
    found, capture = read(pcap.encode_ng(packets, [1, 127], order=order, power=power))
    assert sorted(found, key=lambda f: f[2]) == [
        (b"a", 1_700_000_000.125, 1, "udp"),
        (b"beacon", 1_700_000_000.25, 2, "radiotap"),
        (b"b", 1_700_000_001.5, 3, "udp"),
    ]
    assert not capture.left_out


def test_pcapng_sections_may_change_byte_order_and_interfaces() -> None:
    one = pcap.encode_ng([(0, pcap.udp_frame(b"a"), 1.0)], [1])
    two = pcap.encode_ng([(0, b"frame", 2.0)], [105], order=">")
    found, _ = read(one + two)
    assert found == [(b"a", 1.0, 1, "udp"), (b"frame", 2.0, 2, "dot11")]


def test_pcapng_binary_resolution_offset_and_simple_packets() -> None:
    def block(kind: int, body: bytes) -> bytes:
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))

    section = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    options = struct.pack("<HHB3x", 9, 1, 0x80 | 10) + struct.pack("<HHq", 14, 8, 1000) + struct.pack("<HH", 0, 0)
    interface = block(1, struct.pack("<HHI", 127, 0, 4) + options)  # snap length 4
    enhanced = block(6, struct.pack("<IIIII", 0, 0, 1536, 3, 3) + b"abc")  # 1536 / 1024 = 1.5 s
    simple = block(3, struct.pack("<I", 4) + b"wxyz")
    statistics = block(5, bytes(16))
    old = block(2, bytes(24))
    stray = block(6, struct.pack("<IIIII", 7, 0, 0, 1, 1) + b"a")
    found, capture = read(section + interface + enhanced + statistics + simple + old + stray)
    assert found[0] == (b"abc", 1001.5, 1, "radiotap")
    assert found[1][0] == b"wxyz"
    assert np.isnan(found[1][1])  # a simple packet block carries no time
    assert capture.left_out == {"obsolete_block": 1, "unknown_interface": 1}


@pytest.mark.parametrize(
    "make", [lambda p, t: pcap.encode(p, t), lambda p, t: pcap.encode_ng([(0, a, b) for a, b in zip(p, t, strict=True)], [1])]
)
def test_a_file_cut_anywhere_keeps_the_packets_before_the_cut(make) -> None:  # type: ignore[no-untyped-def]
    frames = [pcap.udp_frame(bytes([65 + i]) * 5) for i in range(3)]
    whole = make(frames, [1.0, 2.0, 3.0])
    ends = {len(make(frames[:n], [1.0, 2.0, 3.0][:n])) for n in range(4)}
    for cut in range(4, len(whole)):
        try:
            found, capture = read(whole[:cut])
        except pcap.NotACaptureError:
            assert cut < 24
            continue
        assert [f[0] for f in found] == [bytes([65 + i]) * 5 for i in range(len(found))]
        if cut in ends:
            assert not capture.cut
        elif found or cut > max(60, min(ends)):
            assert capture.cut
            assert capture.left_out == {"truncated": 1}


def test_a_damaged_length_stops_the_reading_and_says_so() -> None:
    data = bytearray(pcap.encode([pcap.udp_frame(b"a")] * 3, [1.0, 2.0, 3.0]))
    second = 24 + (len(data) - 24) // 3
    data[second + 8 : second + 12] = b"\xff\xff\xff\xff"
    found, capture = read(bytes(data))
    assert len(found) == 1
    assert capture.cut
    assert capture.left_out == {"bad_length": 1}


def test_blocks_of_any_size_give_the_same_packets_in_bounded_chunks() -> None:
    frames = [pcap.udp_frame(bytes([i % 256]) * (i % 300 + 1)) for i in range(500)]
    data = pcap.encode(frames, [float(i) for i in range(500)])
    whole = read(data)[0]
    assert [f[0] for f in whole] == [bytes([i % 256]) * (i % 300 + 1) for i in range(500)]
    for block in (64, 257, 4096):
        assert read(data, block=block)[0] == whole
    sizes = [c.starts.size for c in pcap.Capture(io.BytesIO(data), "test", packets=64)]
    assert max(sizes) <= 64


def test_memory_does_not_grow_with_the_file() -> None:
    """The reader asks for bounded blocks and keeps no more than one record of what it has read."""

    class Endless(io.RawIOBase):
        record = pcap.encode([pcap.udp_frame(bytes(1000))], [1.0])[24:]
        longest = given = 0

        def read(self, size: int = -1) -> bytes:
            self.longest = max(self.longest, size)
            head = pcap.encode([], []) if not self.given else b""
            self.given += 1
            return b"" if self.given > 60 else head + self.record * 200

    file = Endless()
    capture = pcap.Capture(file, "endless")  # type: ignore[arg-type]
    most = max(len(c.data) for c in capture)
    assert capture.packets > 10_000
    assert file.longest <= pcap.BLOCK
    assert most <= 2 * pcap.BLOCK


@pytest.mark.parametrize("data", [b"", b"\xd4\xc3", b"hello world, this is no capture", b"\xd4\xc3\xb2\xa1" + bytes(10)])
def test_what_is_no_capture_says_what_it_got(data: bytes) -> None:
    with pytest.raises(pcap.NotACaptureError, match=r"pcap"):
        read(data)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([0, 1, 12, 101, 113, 276, 127, 228]))
def test_random_packets_are_all_accounted_for(packet: bytes, linktype: int) -> None:
    found, capture = read(pcap.encode([packet], [1.0], linktype=linktype))
    assert len(found) + sum(capture.left_out.values()) == 1


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.booleans(), st.integers(0, 400))
def test_damaged_captures_never_raise(noise: bytes, ng: bool, at: int) -> None:
    frames = [pcap.udp_frame(b"payload")] * 3
    data = pcap.encode_ng([(0, f, 1.0) for f in frames], [1]) if ng else pcap.encode(frames, [1.0] * 3)
    at = 4 + at % (len(data) - 4)
    try:
        found, capture = read(data[:at] + noise + data[at + len(noise) :])
    except pcap.NotACaptureError:
        return
    assert len(found) <= capture.packets
    assert isinstance(capture.left_out, Counter)


@pytest.mark.parametrize(
    ("name", "packets", "link"),
    [
        ("asterix/cat_034_048.pcap", 100, "udp"),
        ("remoteid/odid_wifi_bcn_sample.pcap", 21, "radiotap"),
        ("remoteid/odid_wifi_sample.pcap", 63, "radiotap"),
        ("remoteid/odid_bt5_lr_sample.pcapng", 274, "ble-nordic"),
    ],
)
def test_real_captures(shared_data: Path, name: str, packets: int, link: str) -> None:
    with open(shared_data / name, "rb") as file:
        capture = pcap.Capture(file, name)
        chunks = list(capture)
    assert sum(c.starts.size for c in chunks) == packets
    assert {c.link for c in chunks} == {link}
    assert not capture.left_out
    assert all(np.all(np.diff(c.received) >= 0) for c in chunks)
