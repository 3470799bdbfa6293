"""The loops over Bluetooth LE frames: check and read packets, join the pieces of split adverts, find Remote ID in them.

    read_packets     frames -> PACKET records: who advertised, where the advertising data lie, or why the frame is no use
    join_packets     (only where a packet points to another) pieces of one advert, and addresses that were announced earlier
    find_payloads    advertising data -> where the Remote ID payloads lie

The records live as long as one call: of frames without Remote ID nothing but a count is left.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel
from picket.feed.remoteid.messages_kernels import begins

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Packets = npt.NDArray[Any]
Int = Any  # int or np.int64: Numba makes both int64

REASONS = ("no_remote_id", "truncated", "bad_checksum", "bad_header", "unknown_version", "whitened")
_NONE, _TRUNCATED, _CHECKSUM, _HEADER, _VERSION, _WHITENED = range(6)
GOOD, PART = -1, -2  # of `reason`: the packet may be looked into; it is a piece whose advert another packet ends
CHAIN = 1  # of `aux`
NORDIC, BARE, PSEUDO = 0, 1, 2  # what stands before the link layer packet

PACKET = np.dtype(
    [
        ("reason", "i1"),  # GOOD, PART or an index into REASONS
        ("extended", "i1"),  # 1: extended advertising, or heard on the coded PHY
        ("aux", "i1"),  # what an auxiliary packet is: 0 first, 1 chain, 2 sync, 3 scan response; -1 unknown
        ("adi", "i4"),  # advertising data info: the same on all packets of one advert; -1 none
        ("begin", "i8"),  # the advertising data
        ("stop", "i8"),
        ("address", "i8"),  # -1 unknown
        ("into", "i8"),  # of a PART: the packet that ends its advert; while joining, the piece before; -1 none
        ("power_dbm", "f8"),
        ("center_hz", "f8"),
        ("next_s", "f8"),  # when and where another packet of the advert follows; NaN: none does
        ("next_hz", "f8"),
    ],
    align=True,
)

_ADVERTISING = np.array([0xD6, 0xBE, 0x89, 0x8E], np.uint8)  # access address 8E89BED6 (Core 5.4, vol 6 part B, 2.1.2)
_MARK = np.array([0x16, 0xFA, 0xFF, 0x0D], np.uint8)  # Service Data of UUID FFFA (ASTM International), application 0D
_WITH_DATA = 0b11010101  # PDU types: ADV_IND 0, ADV_NONCONN_IND 2, SCAN_RSP 4, ADV_SCAN_IND 6, all extended ones 7
_EXTENDED = 7
_OPEN = 32  # split adverts, and announced addresses, looked after at a time
_LONGEST = 1650  # advertising data of one advert (Core 5.4, vol 6 part B, 2.3.4.9)
_JITTER_S = 0.05  # how far a capture's time stamps may be from when a packet was announced


def _crc_table() -> Ints:
    """CRC-24 of x^24 + x^10 + x^9 + x^6 + x^4 + x^3 + x + 1, least significant bit first (Core 5.4, vol 6 part B, 3.1.1)."""
    table = np.zeros(256, np.uint32)
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0xDA6000 if value & 1 else 0)
        table[byte] = value
    return table


_CRC = _crc_table()


@kernel
def crc24(data: Bytes, begin: Int, end: Int) -> Int:
    """The CRC of an advertising PDU, as the little-endian number of the 3 bytes that follow it."""
    value = np.uint32(0xAAAAAA)  # 555555, first bit last
    for p in range(begin, end):
        value = np.uint32(value >> np.uint32(8)) ^ _CRC[(value ^ np.uint32(data[p])) & np.uint32(255)]
    return np.int64(value)


# -- frames to packets -----------------------------------------------------------------------------------------------
@kernel
def read_packets(data: Bytes, starts: Ints, ends: Ints, link: int, packets: Packets) -> Ints:
    """Fills `packets`, one a frame; the counts by REASONS. `link` is NORDIC, BARE or PSEUDO."""
    counts = np.zeros(6, np.int64)
    for i in range(len(starts)):
        m = packets[i]
        m.adi, m.address, m.into, m.extended, m.next_s, m.next_hz = -1, -1, -1, 0, np.nan, np.nan
        p, end, coded, checked, m.aux, m.power_dbm, m.center_hz, problem = _before(data, starts[i], ends[i], link)
        if problem < 0:
            problem = _check(data, p, end, coded, checked)
        if problem < 0:
            p += 5 if coded else 4  # on the coded PHY a coding indicator follows the access address
            kind, m.begin, m.stop = data[p] & 15, p + 2, p + 2 + np.int64(data[p + 1])
            m.extended = 1 if kind == _EXTENDED or coded else 0
            if kind == _EXTENDED:
                problem = _extended(data, m)
            elif m.begin + 6 <= m.stop:
                m.address = radio_address(data, m.begin)
                m.begin += 6
            else:
                problem = _NONE
        m.reason = problem
        if problem >= 0:
            counts[problem] += 1
    return counts


@kernel
def _before(data: Bytes, p: Int, end: Int, link: int) -> tuple[Int, Int, bool, bool, int, float, float, int]:
    """Of what stands before the packet: its begin and end, whether it is coded and checked, aux, dBm, Hz, the reason or -1."""
    aux: Any = -1
    dbm: Any = np.nan
    hz: Any = np.nan
    if link == BARE:
        return p, end, False, False, aux, dbm, hz, -1
    if link == PSEUDO:
        if p + 10 > end:
            return p, end, False, False, aux, dbm, hz, _TRUNCATED
        flags = np.int64(data[p + 8]) | np.int64(data[p + 9]) << 8
        if flags & 2:
            dbm = float(data[p + 1]) - (256.0 if data[p + 1] > 127 else 0.0)
        if not flags & 0x40 and data[p] < 40:  # an aliased channel says nothing
            hz = (2402.0 + 2.0 * data[p]) * 1e6
        if flags >> 7 & 7 == 1:
            aux = flags >> 12 & 3
        problem = -1
        if flags & 0x0C00 == 0x0400:
            problem = _CHECKSUM
        elif not flags & 1:
            problem = _WHITENED
        return p + 10, end, flags >> 14 == 2, flags & 0x0400 != 0, aux, dbm, hz, problem
    if p + 4 > end:
        return p, end, False, True, aux, dbm, hz, _TRUNCATED
    version = data[p + 3]
    if version < 1 or version > 3 or (data[p] == 0xBE and data[p + 1] == 0xEF):  # BE EF marks version 0
        return p, end, False, True, aux, dbm, hz, _VERSION
    if version == 1:
        length = np.int64(data[p + 2])
        p += 1 + np.int64(data[p + 1])
    else:
        length = np.int64(data[p + 1]) | np.int64(data[p + 2]) << 8
        p += 7
    if p + 10 > end or p + length > end:
        return p, end, False, True, aux, dbm, hz, _TRUNCATED
    event, head = data[p - 1], np.int64(data[p])
    if event != 6 and (event != 2 or version < 3):  # what the sniffer and its host say to each other
        return p, end, False, True, aux, dbm, hz, _NONE
    if head < 10 or head > length:
        return p, end, False, True, aux, dbm, hz, _HEADER
    flags, channel = data[p + 1], data[p + 2]
    if event == 2 and channel < 37:
        aux = np.int64(flags >> 1 & 3)
    dbm = 0.0 - data[p + 3]
    return p + head, p + length, flags >> 4 & 7 == 2, True, aux, dbm, _channel_hz(channel), -1 if flags & 1 else _CHECKSUM


@kernel
def _channel_hz(index: int) -> float:
    """The frequency of a channel index (Core 5.4, vol 6 part B, 1.4.1): 37, 38 and 39 advertise, the others lie around them."""
    if index > 39:
        return np.nan
    if index >= 37:
        return (2402e6, 2426e6, 2480e6)[index - 37]
    return (2404.0 + 2.0 * index + (2.0 if index > 10 else 0.0)) * 1e6


@kernel
def _check(data: Bytes, p: Int, end: Int, coded: bool, checked: bool) -> int:
    """The reason to leave a packet (access address, header, PDU, CRC) out, or -1."""
    if p + 4 > end:
        return _TRUNCATED
    if not begins(data, p, _ADVERTISING):
        return _NONE
    p += 5 if coded else 4
    if p + 2 > end:
        return _TRUNCATED
    stop = p + 2 + np.int64(data[p + 1])
    if stop + 3 > end:
        return _TRUNCATED
    if not checked:
        sent = np.int64(data[stop]) | np.int64(data[stop + 1]) << 8 | np.int64(data[stop + 2]) << 16
        if crc24(data, p, stop) != sent:
            return _CHECKSUM
    return -1 if _WITH_DATA >> (data[p] & 15) & 1 else _NONE


@kernel
def _extended(data: Bytes, m: Any) -> int:
    """Reads the common extended advertising payload format (Core 5.4, vol 6 part B, 2.3.4) into `m`; the reason or -1."""
    if m.begin >= m.stop:
        return _HEADER
    p = m.begin + 1
    m.begin = p + np.int64(data[p - 1] & 63)  # the advertising data follow the extended header
    if m.begin > m.stop:
        return _HEADER
    if m.begin == p:
        return -1
    flags = data[p]
    p += 1
    need = p
    for bit in range(7):  # AdvA, TargetA, CTEInfo, ADI, AuxPtr, SyncInfo, TxPower
        if flags >> bit & 1:
            need += (6, 6, 1, 2, 3, 18, 1)[bit]
    if need > m.begin:
        return _HEADER
    if flags & 1:
        m.address = radio_address(data, p)
        p += 6
    if flags & 2:
        p += 6
    if flags & 4:
        p += 1
    if flags & 8:
        m.adi = np.int64(data[p]) | np.int64(data[p + 1]) << 8
        p += 2
    if flags & 16:
        offset = (np.int64(data[p + 1]) | np.int64(data[p + 2]) << 8) & 0x1FFF
        if offset > 0:  # 0: no packet follows after all
            m.next_s = offset * (300e-6 if data[p] & 0x80 else 30e-6)
            m.next_hz = _channel_hz(data[p] & 63)
    return -1


@kernel
def radio_address(data: Bytes, p: Int) -> Int:
    """The 48-bit radio address at p; it is sent last byte first."""
    address = np.int64(0)
    for k in range(5, -1, -1):
        address = address << 8 | np.int64(data[p + k])
    return address


# -- packets to adverts ----------------------------------------------------------------------------------------------
@kernel
def join_packets(data: Bytes, packets: Packets, received: Floats, counts: Ints) -> Bytes:
    """Joins adverts that came in pieces and gives packets the address that was announced for them; the joined bytes.

    The last piece of an advert stands for it: its advertising data are then counted on from the end of `data`. The pieces before
    it become PARTs. Of an advert that is not whole only the first piece stays; the others are `truncated`.
    """
    opened, last, size = np.full(_OPEN, -1, np.int64), np.zeros(_OPEN, np.int64), np.zeros(_OPEN, np.int64)
    told, teller, turn, tell = np.full(_OPEN, -1, np.int64), np.zeros(_OPEN, np.int64), 0, 0
    for i in range(len(packets)):
        m = packets[i]
        if m.reason != GOOD or m.adi < 0:
            continue
        length, more = m.stop - m.begin, m.next_s > 0
        slot = _slot(opened, m.adi)
        follows = slot >= 0 and length > 0 and m.address < 0 and (m.aux == -1 or m.aux == CHAIN)
        if follows:
            follows = size[slot] + length <= _LONGEST and _leads(packets[last[slot]], m, received[i] - received[last[slot]])
        if follows:
            m.into, m.address = last[slot], packets[last[slot]].address
            length += size[slot]
        elif m.aux == CHAIN:
            m.reason = _TRUNCATED
            counts[_TRUNCATED] += 1
        if slot >= 0:
            opened[slot] = -1
        if length > 0 and m.reason == GOOD:
            announced = _slot(told, m.adi)
            if m.address < 0 and announced >= 0:
                before = teller[announced]
                if _leads(packets[before], m, received[i] - received[before]):
                    m.address = packets[before].address
            if more:
                if slot < 0:
                    slot, turn = turn, (turn + 1) % _OPEN
                opened[slot], last[slot], size[slot] = m.adi, i, length
        elif more and m.address >= 0:
            announced = _slot(told, m.adi)
            if announced < 0:
                announced, tell = tell, (tell + 1) % _OPEN
            told[announced], teller[announced] = m.adi, i
    joined: Bytes = _joined(data, packets, counts)
    return joined


@kernel
def _slot(adis: Ints, adi: Int) -> int:
    """Where `adi` stands, -1: nowhere."""
    for k in range(len(adis)):
        if adis[k] == adi:
            return k
    return -1


@kernel
def _leads(before: Any, m: Any, gap_s: float) -> bool:
    """Whether `m` came when and where the packet `before` said that another one would, as far as anyone knows."""
    if abs(gap_s - before.next_s) > _JITTER_S:
        return False
    return not abs(m.center_hz - before.next_hz) > 0


@kernel
def _joined(data: Bytes, packets: Packets, counts: Ints) -> Bytes:
    """The bytes of the adverts that came in pieces; `into` leads back from a piece to the one before, afterwards to the last one."""
    total = 0
    for i in range(len(packets)):
        if packets[i].into >= 0:
            packets[packets[i].into].reason = PART
    for i in range(len(packets)):
        if packets[i].reason == PART or packets[i].into >= 0:
            total += packets[i].stop - packets[i].begin
    out, n = np.empty(total, np.uint8), 0
    for i in range(len(packets)):
        m = packets[i]
        if m.reason != GOOD or m.into < 0:
            continue
        length, piece = m.stop - m.begin, m.into
        while piece >= 0:
            length += packets[piece].stop - packets[piece].begin
            piece = packets[piece].into
        p, piece = n + length, np.int64(i)
        while piece >= 0:
            p -= packets[piece].stop - packets[piece].begin
            out[p : p + packets[piece].stop - packets[piece].begin] = data[packets[piece].begin : packets[piece].stop]
            piece = packets[piece].into
        whole, piece = not m.next_s > 0 and _whole(out, n, n + length), m.into
        if whole:
            m.begin, m.stop = len(data) + n, len(data) + n + length
            n += length
        else:
            m.reason = _TRUNCATED
            counts[_TRUNCATED] += 1
        m.into = -1
        while piece >= 0:
            one, before = packets[piece], packets[piece].into
            one.into = i if whole else -1
            if not whole and before < 0:
                one.reason = GOOD
            elif not whole:
                one.reason = _TRUNCATED
                counts[_TRUNCATED] += 1
            piece = before
    return out[:n]


@kernel
def _whole(data: Bytes, p: Int, end: Int) -> bool:
    """Whether the structures of advertising data end where the data end: where a piece is missing they do not."""
    while p < end and data[p] > 0:
        p += 1 + np.int64(data[p])
    return bool(p <= end)


# -- adverts to payloads ---------------------------------------------------------------------------------------------
@kernel
def find_payloads(data: Bytes, packets: Packets, counts: Ints) -> tuple[Ints, Ints, Ints]:
    """Starts and ends of the Remote ID payloads in the advertising data, and their packet. Packets without are counted.

    A payload that is longer than its packet ends with it: what is whole in it can be read.
    """
    most = 0
    for i in range(len(packets)):
        if packets[i].reason == GOOD:
            most += max(packets[i].stop - packets[i].begin, 0) // 6 + 1
    at, until, packet, n = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64), 0
    for i in range(len(packets)):
        m = packets[i]
        if m.reason != GOOD:
            continue
        p, found = m.begin, n
        while p + 6 <= m.stop and data[p] > 0:  # an empty structure ends the data
            stop = p + 1 + np.int64(data[p])
            if data[p] >= 5 and begins(data, p + 1, _MARK):
                at[n], until[n], packet[n] = p + 6, min(stop, m.stop), i  # the byte before is a message counter
                n += 1
            p = stop
        if n == found:
            m.reason = _NONE
            counts[_NONE] += 1
    for i in range(len(packets)):
        if packets[i].reason == PART and packets[packets[i].into].reason == _NONE:
            counts[_NONE] += 1
    return at[:n], until[:n], packet[:n]
