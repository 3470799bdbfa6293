"""pcap and pcapng captures -> chunks of payloads, streamed: a 10 GB file needs a few megabytes of memory.

Read: draft-ietf-opsawg-pcap (both byte orders, micro- and nanoseconds) and draft-ietf-opsawg-pcapng (sections,
several interfaces, if_tsresol and if_tsoffset, enhanced and simple packet blocks).

    link type (tcpdump.org/linktypes)                             Chunk.link
    1 Ethernet (with VLAN tags), 113 SLL, 276 SLL2,               udp: the payload, cut by the UDP header's length
    101, 12, 14, 228, 229 raw IP, 0 and 108 loopback
    127 radiotap                                                  radiotap
    105 802.11                                                    dot11
    272 nRF Sniffer                                               ble-nordic
    251 Bluetooth LE link layer                                   ble-ll
    256 the same with its pseudo header                           ble-ll-phdr
    187 Bluetooth HCI, 201 with a direction                       hci-h4, hci-h4-phdr
    254 Linux Bluetooth monitor                                   hci-monitor

How it works: record headers form a chain that only a loop can follow, so the loop does nothing else; every header field
is then read for all packets of a block at once (NumPy). That makes it several times faster than parsing packet by packet.

Left out, and counted by reason: not_udp, ip_fragment (no reassembly: sensors send datagrams that fit), truncated_packet
(a snap length cut it), bad_length, empty_payload, unknown_link, unknown_interface, obsolete_block, and truncated (the
file ends inside a record). UDP checksums are not verified: captures taken on the sending host hold unfinished ones.
A damaged length breaks the chain of records; reading stops there, with `cut` set, because a guess could invent packets.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from picket.feed.format import Chunk, Ints

Bytes = npt.NDArray[np.uint8]

BLOCK = 1 << 18  # bytes read at a time
PACKETS = 1024  # at most in one chunk: with 20 radar plots in each, two megabytes of rows
INTERFACES = 1024  # of one section; a damaged file must not fill the memory with them
LONGEST = 1 << 24  # a longer record is a damaged length: libpcap's largest snap length for networks is 262,144

_CLASSIC = {0xA1B2C3D4: 1e-6, 0xA1B23C4D: 1e-9}  # magic -> unit of the second time field
_SECTION, _INTERFACE, _PACKET, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
_BYTE_ORDER_MAGIC = 0x1A2B3C4D

_ETHERNET, _SLL, _SLL2 = 1, 113, 276
_BARE_IP = {0: 4, 108: 4, 12: 0, 14: 0, 101: 0, 228: 0, 229: 0}  # link type -> bytes before the IP header
_RADIO = {
    127: "radiotap", 105: "dot11", 272: "ble-nordic", 251: "ble-ll", 256: "ble-ll-phdr", 187: "hci-h4", 201: "hci-h4-phdr",
    254: "hci-monitor",
}  # fmt: skip
_IP_LINKS = {_ETHERNET, _SLL, _SLL2, *_BARE_IP}
_VLAN = (0x8100, 0x88A8, 0x9100)

_REASONS = ("", "not_udp", "ip_fragment", "truncated_packet", "bad_length", "empty_payload")
_GOOD, _NOT_UDP, _FRAGMENT, _TRUNCATED, _BAD_LENGTH, _EMPTY = range(6)


class NotACaptureError(ValueError):
    """The file is no pcap or pcapng, or ends inside its first header."""


def is_capture(first: bytes) -> bool:
    """True when the first 4 bytes are those of a pcap or pcapng file."""
    if len(first) < 4:
        return False
    little, big = struct.unpack("<I", first[:4])[0], struct.unpack(">I", first[:4])[0]
    return little in _CLASSIC or big in _CLASSIC or little == _SECTION


@dataclass
class _Interface:
    """Where packets of a capture come from: link type, clock, offset of the clock in seconds, snap length (0: none)."""

    linktype: int
    ticks_per_s: int
    offset_s: int = 0
    snap: int = 0


@dataclass
class _Found:
    """Packets found in a buffer: position of each header, its interface and number, and whether it is a simple block."""

    positions: list[int] = field(default_factory=list)
    interfaces: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    simple: list[bool] = field(default_factory=list)


class Capture:
    """Iterates over the chunks of a capture file.

    file     open binary file; read from its present position to its end, never sought
    source   name for the table's `source`
    Attributes that grow while iterating: `left_out` (reasons), `packets` (seen so far), `cut` (the file ended inside a
    record, or a damaged length stopped the reading). `Chunk.offsets` are packet numbers from 1, as Wireshark shows them.
    Raises NotACaptureError on the first step when the file is none.
    """

    def __init__(self, file: BinaryIO, source: str, *, block: int = BLOCK, packets: int = PACKETS) -> None:
        self._file, self._source, self._block, self._limit = file, source, block, packets
        self._interfaces: list[_Interface] = []
        self._order = "<"
        self.left_out: Counter[str] = Counter()
        self.packets = 0
        self.cut = False

    def __iter__(self) -> Iterator[Chunk]:
        buffer = self._file.read(self._block)
        if not is_capture(buffer):
            raise NotACaptureError(f"expected a pcap or pcapng file, got bytes {buffer[:4].hex(' ') or '(none)'}")
        classic = struct.unpack("<I", buffer[:4])[0] != _SECTION
        position = self._start_classic(buffer) if classic else 0
        walk = self._walk_classic if classic else self._walk_blocks
        while True:
            position, found, stopped = walk(buffer, position)
            if found.positions:
                yield from self._chunks(buffer, found, classic)
                continue
            if stopped:
                self.cut = True
                self.left_out["bad_length"] += 1
                return
            more = self._file.read(self._block)
            if not more:
                if position < len(buffer):
                    self.cut = True
                    self.left_out["truncated"] += 1
                return
            buffer, position = buffer[position:] + more, 0

    # -- finding packets: the only loop over records ---------------------------------------------------------------
    def _start_classic(self, buffer: bytes) -> int:
        if len(buffer) < 24:
            raise NotACaptureError(f"a pcap header has 24 bytes, the file ends after {len(buffer)}")
        self._order = "<" if struct.unpack("<I", buffer[:4])[0] in _CLASSIC else ">"
        magic, snap, linktype = struct.unpack(self._order + "I12xII", buffer[:24])
        ticks = 1_000_000_000 if _CLASSIC[magic] == 1e-9 else 1_000_000
        self._interfaces = [_Interface(linktype & 0xFFFF, ticks, snap=snap)]  # the upper bits tell of an FCS, not of the type
        return 24

    def _walk_classic(self, buffer: bytes, position: int) -> tuple[int, _Found, bool]:
        """(next position, packets found, stopped by a damaged length)."""
        found, n, length_at = _Found(), len(buffer), struct.Struct(self._order + "I").unpack_from
        append, stopped = found.positions.append, False
        while len(found.positions) < self._limit and position + 16 <= n:
            captured = length_at(buffer, position + 8)[0]
            if captured > LONGEST:
                stopped = True
                break
            following = position + 16 + captured
            if following > n:
                break
            append(position)
            position = following
        count = len(found.positions)
        found.interfaces, found.numbers = [0] * count, list(range(self.packets + 1, self.packets + count + 1))
        self.packets += count
        return position, found, stopped

    def _walk_blocks(self, buffer: bytes, position: int) -> tuple[int, _Found, bool]:
        found, n = _Found(), len(buffer)
        while len(found.positions) < self._limit and position + 12 <= n:
            if buffer[position : position + 4] == b"\n\r\r\n":
                if found.positions:  # a new section may have the other byte order: hand over what was found first
                    return position, found, False
                if not self._start_section(buffer, position):
                    return position, found, True
            kind, length = struct.unpack_from(self._order + "II", buffer, position)
            if length < 12 or length > LONGEST or length % 4:
                return position, found, True
            if position + length > n:
                break
            if kind in (_ENHANCED, _SIMPLE):
                self._note_packet(buffer, position, kind, length, found)
            elif kind == _INTERFACE:
                self._add_interface(buffer[position + 8 : position + length - 4])
            elif kind == _PACKET:
                self.packets += 1
                self.left_out["obsolete_block"] += 1
            position += length
        return position, found, False

    def _start_section(self, buffer: bytes, position: int) -> bool:
        for order in "<>":
            if struct.unpack_from(order + "I", buffer, position + 8)[0] == _BYTE_ORDER_MAGIC:
                self._order, self._interfaces = order, []
                return True
        return False

    def _note_packet(self, buffer: bytes, position: int, kind: int, length: int, found: _Found) -> None:
        simple = kind == _SIMPLE
        self.packets += 1
        interface = 0 if simple else struct.unpack_from(self._order + "I", buffer, position + 8)[0]
        room = length - 16 if simple else length - 32
        captured = 0 if simple or room < 0 else struct.unpack_from(self._order + "I", buffer, position + 20)[0]
        if interface >= len(self._interfaces) or room < 0 or captured > room:
            self.left_out["unknown_interface" if interface >= len(self._interfaces) else "bad_length"] += 1
            return
        found.positions.append(position)
        found.numbers.append(self.packets)
        found.interfaces.append(interface)
        found.simple.append(simple)

    def _add_interface(self, body: bytes) -> None:
        """An interface description block: link type, snap length, and the two options about time."""
        if len(body) < 8 or len(self._interfaces) >= INTERFACES:
            self.left_out["bad_length" if len(body) < 8 else "too_many_interfaces"] += 1
            return
        linktype, snap = struct.unpack_from(self._order + "H2xI", body)
        new, at = _Interface(linktype, 1_000_000, snap=snap), 8
        while at + 4 <= len(body):
            code, size = struct.unpack_from(self._order + "HH", body, at)
            value = body[at + 4 : at + 4 + size]
            if code == 0 or len(value) < size:
                break
            if code == 9 and size == 1:  # if_tsresol: a negative power of 10, or of 2 with the top bit set
                power = value[0] & 0x7F
                new.ticks_per_s = min(2**power if value[0] & 0x80 else 10**power, 2**63 - 1)
            elif code == 14 and size == 8:  # if_tsoffset
                new.offset_s = struct.unpack(self._order + "q", value)[0]
            at += 4 + size + (-size) % 4
        self._interfaces.append(new)

    # -- reading the headers of all found packets at once ----------------------------------------------------------
    def _chunks(self, buffer: bytes, found: _Found, classic: bool) -> Iterator[Chunk]:
        data = np.frombuffer(buffer, np.uint8)
        at = np.array(found.positions, np.int64)
        numbers = np.array(found.numbers, np.int64)
        interface = np.array(found.interfaces, np.int64)
        if classic:
            words = _fields(data, at, 4, self._order)
            starts, captured, original = at + 16, words[:, 2], words[:, 3]
            received = words[:, 0] + words[:, 1] / self._interfaces[0].ticks_per_s
        else:
            starts, captured, original, received = self._enhanced(data, at, interface, np.array(found.simple))
        ends = starts + captured
        linktypes = np.array([i.linktype for i in self._interfaces])[interface]
        for linktype in dict.fromkeys(linktypes.tolist()):
            mine = np.flatnonzero(linktypes == linktype)
            if linktype in _IP_LINKS:
                first, last, reason = _udp_payloads(data, starts[mine], ends[mine], linktype)
                link = "udp"
            elif linktype in _RADIO:
                first, last = starts[mine], ends[mine]
                reason = np.where(captured[mine] < original[mine], _TRUNCATED, np.where(last == first, _EMPTY, _GOOD))
                link = _RADIO[linktype]
            else:
                self.left_out["unknown_link"] += mine.size
                continue
            counts = np.bincount(reason, minlength=len(_REASONS)).tolist()
            self.left_out.update({_REASONS[i]: n for i, n in enumerate(counts) if i and n})
            good = reason == _GOOD
            if good.any():
                yield _chunk(buffer, first[good], last[good], received[mine][good], numbers[mine][good], self._source, link)

    def _enhanced(self, data: Bytes, at: Ints, interface: Ints, simple: npt.NDArray[np.bool_]) -> tuple[Any, Any, Any, Any]:
        """(start, captured, original, received) of enhanced and simple packet blocks. Simple ones carry no time."""
        words = _fields(data, at + 8, 5, self._order)
        length = _fields(data, at + 4, 1, self._order)[:, 0]
        snap = np.array([i.snap or LONGEST for i in self._interfaces])[interface]
        original = np.where(simple, words[:, 0], words[:, 4])
        captured = np.where(simple, np.minimum(np.minimum(original, snap), length - 16), words[:, 3])
        ticks = (words[:, 1].astype(np.uint64) << np.uint64(32)) | words[:, 2].astype(np.uint64)
        rate = np.array([i.ticks_per_s for i in self._interfaces], np.uint64)[interface]
        offset = np.array([i.offset_s for i in self._interfaces], np.float64)[interface]
        # Whole seconds and the rest apart: nanoseconds since 1970 do not fit a float64.
        received = offset + (ticks // rate).astype(np.float64) + (ticks % rate).astype(np.float64) / rate.astype(np.float64)
        return np.where(simple, at + 12, at + 28), captured, original, np.where(simple, np.nan, received)


def _fields(data: Bytes, at: Ints, count: int, order: str) -> Ints:
    """(n, count) int64: `count` 32-bit words from each position."""
    index = np.minimum(at[:, None] + np.arange(4 * count), data.size - 1)
    return np.ascontiguousarray(data[index]).view(order + "u4").astype(np.int64)


def _u8(data: Bytes, at: Ints) -> Ints:
    """(n,) the byte at each position; a position past the end reads the last byte, and the caller's length check rejects it."""
    return data[np.minimum(at, data.size - 1)].astype(np.int64)


def _u16(data: Bytes, at: Ints) -> Ints:
    return (_u8(data, at) << 8) | _u8(data, at + 1)


def _udp_payloads(data: Bytes, starts: Ints, ends: Ints, linktype: int) -> tuple[Ints, Ints, Ints]:
    """(first, last, reason) of the UDP payload of each IP packet; RFC 791, 8200 and 768."""
    ip, protocol = _network_header(data, starts, linktype)
    v4, v6 = protocol == 0x0800, protocol == 0x86DD
    reason = np.where(v4 | v6, _GOOD, _NOT_UDP)
    _mark(reason, (v4 & (ip + 20 > ends)) | (v6 & (ip + 40 > ends)), _TRUNCATED)

    header = (_u8(data, ip) & 15) * 4
    _mark(reason, v4 & (header < 20), _BAD_LENGTH)
    fragment = v4 & ((_u16(data, ip + 6) & 0x3FFF) != 0)  # more fragments, or an offset
    transport = np.where(v4, _u8(data, ip + 9), _u8(data, ip + 6))
    udp = np.where(v4, ip + header, ip + 40)
    for _ in range(4):  # IPv6 extension headers: hop-by-hop, routing, destination options
        more = v6 & ((transport == 0) | (transport == 43) | (transport == 60))
        if not more.any():
            break
        transport, udp = np.where(more, _u8(data, udp), transport), np.where(more, udp + 8 + 8 * _u8(data, udp + 1), udp)
    fragment |= v6 & (transport == 44)
    _mark(reason, fragment, _FRAGMENT)
    _mark(reason, transport != 17, _NOT_UDP)
    _mark(reason, udp + 8 > ends, _TRUNCATED)

    length = _u16(data, udp + 4)
    total = np.where(v4, _u16(data, ip + 2), _u16(data, ip + 4) + 40)
    room = np.where(v4, total == 0, total == 40) | (udp + length <= ip + total)  # 0: a sending host's offload fills it in later
    _mark(reason, (length < 8) | ~room, _BAD_LENGTH)
    _mark(reason, udp + length > ends, _TRUNCATED)
    _mark(reason, length == 8, _EMPTY)
    return udp + 8, udp + length, reason


def _mark(reason: Ints, where: npt.NDArray[np.bool_], code: int) -> None:
    """Gives `code` to the packets in `where` that have no reason yet: the first finding is the one that counts."""
    reason[where & (reason == _GOOD)] = code


def _network_header(data: Bytes, starts: Ints, linktype: int) -> tuple[Ints, Ints]:
    """(position of the network header, its EtherType) of each frame."""
    if linktype in _BARE_IP:
        ip = starts + _BARE_IP[linktype]
        version = _u8(data, ip) >> 4
        return ip, np.where(version == 4, 0x0800, np.where(version == 6, 0x86DD, 0))
    protocol_at, header = {_ETHERNET: (12, 14), _SLL: (14, 16), _SLL2: (0, 20)}[linktype]
    ip, protocol = starts + header, _u16(data, starts + protocol_at)
    for _ in range(2):  # 802.1Q and 802.1ad tags
        tagged = np.isin(protocol, _VLAN)
        if not tagged.any():
            break
        protocol, ip = np.where(tagged, _u16(data, ip + 2), protocol), np.where(tagged, ip + 4, ip)
    return ip, protocol


def _chunk(
    buffer: bytes, first: Ints, last: Ints, received: npt.NDArray[np.float64], numbers: Ints, source: str, link: str
) -> Chunk:
    payloads = [buffer[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
    return Chunk.of(payloads, received, numbers, source=source, link=link, time_source="container")  # type: ignore[arg-type]


# -- the encoder -----------------------------------------------------------------------------------------------------
def udp_frame(payload: bytes, *, port: int = 8600, source: str = "192.0.2.1", target: str = "192.0.2.2") -> bytes:
    """An Ethernet frame with `payload` in a UDP datagram over IPv4; checksum 0 (RFC 768: none) for UDP, right for IP."""
    addresses = bytes(int(part) for part in f"{source}.{target}".split("."))
    udp = struct.pack(">HHHH", 40000, port, 8 + len(payload), 0) + payload
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + addresses
    total = sum(struct.unpack(">10H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    header = header[:10] + struct.pack(">H", 0xFFFF - total) + header[12:]
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0" + header + udp


def encode(
    packets: Sequence[bytes], times: Sequence[float], *, linktype: int = 1, order: str = "<", nanoseconds: bool = False
) -> bytes:
    """A pcap file. packets: whole frames of `linktype`; times: UNIX seconds; order: "<" or ">"."""
    ticks = 1_000_000_000 if nanoseconds else 1_000_000
    parts = [struct.pack(order + "IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, 262144, linktype)]
    for packet, time in zip(packets, times, strict=True):
        whole = int(time // 1) * ticks + round(time % 1 * ticks)  # apart: a float64 cannot hold nanoseconds since 1970
        parts.append(struct.pack(order + "IIII", whole // ticks, whole % ticks, len(packet), len(packet)) + packet)
    return b"".join(parts)


def encode_ng(
    packets: Sequence[tuple[int, bytes, float]], linktypes: Sequence[int], *, order: str = "<", power: int = 6
) -> bytes:
    """A pcapng file of one section. packets: (interface, frame, UNIX seconds); time is kept in units of 10**-power s."""

    def block(kind: int, body: bytes) -> bytes:
        body += b"\0" * (-len(body) % 4)
        size = struct.pack(order + "I", 12 + len(body))
        return struct.pack(order + "I", kind) + size + body + size

    parts = [block(_SECTION, struct.pack(order + "IHHq", _BYTE_ORDER_MAGIC, 1, 0, -1))]
    for linktype in linktypes:
        options = struct.pack(order + "HHB3xHH", 9, 1, power, 0, 0)
        parts.append(block(_INTERFACE, struct.pack(order + "HHI", linktype, 0, 262144) + options))
    for interface, frame, time in packets:
        ticks = int(time // 1) * 10**power + round(time % 1 * 10**power)
        head = struct.pack(order + "IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), len(frame))
        parts.append(block(_ENHANCED, head + frame))
    return b"".join(parts)
