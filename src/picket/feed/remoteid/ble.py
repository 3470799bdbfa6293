"""Remote ID over Bluetooth LE: captures of legacy adverts (Bluetooth 4) and extended ones (Bluetooth 5 long range).

    Chunk.link     pcap link type                        before the link layer packet
    ble-nordic     272 nRF Sniffer, protocol 1 to 3      board, lengths, version, counter, event; flags, channel, RSSI, ...
    ble-ll         251 Bluetooth LE link layer           nothing
    ble-ll-phdr    256 the same with a pseudo header     RF channel, signal, noise, ..., flags

A link layer packet (Bluetooth Core 5.4, vol 6 part B, 2) is the access address D6 BE 89 8E, on the coded PHY a coding indicator,
the PDU (type, length, payload) and a CRC of 3 bytes:

    ADV_IND, ADV_NONCONN_IND, ADV_SCAN_IND, SCAN_RSP      address, advertising data
    ADV_EXT_IND, AUX_ADV_IND, AUX_CHAIN_IND, ...          length, flags, [address] ... [ADI] [AuxPtr] ..., advertising data

Advertising data are structures of length, type, data. Remote ID (ASTM F3411-22a, 5.4) is Service Data: type 16, UUID FFFA,
application code 0D, message counter, then one message of 25 bytes (Bluetooth 4) or a message pack (Bluetooth 5).

transport is bt5 for extended advertising and for all that is heard on the coded PHY, else bt4. transmitter is the
advertiser's address; power_dbm and center_hz are what the sniffer says (the nRF Sniffer gives a channel index, the pseudo header
an RF channel number; link type 251 has neither).

Damaged packets: a sniffer of the coded PHY logs what it could not correct, and positions in it lie anywhere on earth. Where the
sniffer has checked the CRC its word counts (the nRF Sniffer may have put a resolved address into a checked packet, so that
the CRC no longer fits); else the CRC is computed here (initial value 555555). Either way: `bad_checksum`.

Split adverts: pieces of a chain that carry the same ADI are put together, up to 1650 bytes, where each comes when and where
the one before said (AuxPtr; 50 ms are left to the capture's time stamps) and the structures fit the whole exactly. Where a piece
is missing, only the messages that are whole in the first piece are read. An AUX_ADV_IND without an address takes the one of the
ADV_EXT_IND that pointed to it. Both are done within one chunk (up to 1,024 packets of a capture): nothing of a frame is kept
beyond it, because most addresses heard are those of bystanders.

Left out, by reason: no_remote_id (other adverts, data channels, what sniffer and host say to each other; nothing of them is kept,
not even an address), bad_checksum, truncated (a packet or its header cut; a later piece of an advert that is not whole),
bad_header (lengths that do not fit each other), unknown_version (nRF Sniffer's version 0 of before 2016, and later than 3),
whitened (a pseudo header that says so). Not read: periodic advertising (AUX_SYNC_IND has an access address of its own) and
connections. A dissector shows more: Wireshark displays packets with a failed CRC too.
"""

from __future__ import annotations

import struct
from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.feed.format import Chunk, Ints, Options
from picket.feed.remoteid.ble_kernels import (
    BARE,
    CHAIN,
    NORDIC,
    PACKET,
    PSEUDO,
    REASONS,
    crc24,
    find_payloads,
    join_packets,
    read_packets,
)
from picket.feed.remoteid.messages import TRANSPORTS
from picket.feed.remoteid.table import NAME, Adverts, heard_by_one

LINKS = {"ble-nordic": NORDIC, "ble-ll": BARE, "ble-ll-phdr": PSEUDO}
BT4, BT5 = TRANSPORTS.index("bt4"), TRANSPORTS.index("bt5")


def find_adverts(chunk: Chunk, options: Options) -> tuple[Adverts, Counter[str]]:
    """The Remote ID payloads in a chunk of Bluetooth LE frames, and the counts of frames that were left out."""
    data = np.frombuffer(chunk.data, np.uint8)
    packets = np.empty(len(chunk.starts), PACKET)
    counts = read_packets(data, np.array(chunk.starts, np.int64), np.array(chunk.ends, np.int64), LINKS[chunk.link], packets)
    if (packets["next_s"] > 0).any() or (packets["aux"] == CHAIN).any():
        joined = join_packets(data, packets, np.array(chunk.received, np.float64), counts)
        data = np.concatenate([data, joined]) if joined.size else data
    return adverts_in(chunk, options, data, packets, np.arange(len(packets)), counts)


def adverts_in(
    chunk: Chunk, options: Options, data: npt.NDArray[np.uint8], packets: npt.NDArray[Any], frame: Ints, counts: Ints
) -> tuple[Adverts, Counter[str]]:
    """The Remote ID payloads in the advertising data of PACKET records, and the reasons as a counter.

    data   the chunk's bytes, or more;  frame (n,): which of the chunk's frames each packet came in;  counts: by REASONS, goes on
    """
    at, until, packet = find_payloads(data, packets, counts)
    found, frame = packets[packet], frame[packet]
    heard = heard_by_one(
        chunk.received[frame], chunk.offsets[frame], found["address"].copy(), found["power_dbm"].copy(),
        found["center_hz"].copy(), np.where(found["extended"], BT5, BT4).astype(np.int32),
        source=chunk.source, time_source=chunk.time_source, options=options, name=NAME,
    )  # fmt: skip
    left_out = Counter({reason: n for reason, n in zip(REASONS, counts.tolist(), strict=True) if n})
    return Adverts(data, at, until, heard), left_out


# -- the encoder -----------------------------------------------------------------------------------------------------
def encode_advert(
    payload: bytes,
    address: str,
    *,
    link: str = "ble-nordic",
    transport: str = "bt4",
    counter: int = 0,
    channel: int = 37,
    power_dbm: int = -60,
    damaged: bool = False,
) -> bytes:
    """A captured frame with one Remote ID advert.

    payload    a message of 25 bytes (bt4) or a message pack (bt5)
    address    `AA:BB:CC:DD:EE:FF`;  channel is the channel index, 37 to 39 for bt4, any for bt5 (coded PHY)
    damaged    the sniffer saw a CRC that did not fit
    Raises ValueError where the payload is too long for the transport.
    """
    data = service_data(payload, counter)
    if transport == "bt4":
        if len(data) > 31:
            raise ValueError(f"a Bluetooth 4 advert holds 31 bytes of data, got {len(data)}")
        pdu = encode_legacy(data, address)
    else:
        pdu = encode_extended(data, address=address, adi=counter & 0xFFF)
    return encode_frame(pdu, link=link, channel=channel, power_dbm=power_dbm, coded=transport == "bt5", damaged=damaged)


def service_data(payload: bytes, counter: int = 0) -> bytes:
    """The Service Data structure of a Remote ID payload; `counter` counts messages, modulo 256."""
    if len(payload) > 250:
        raise ValueError(f"a structure of advertising data holds 250 bytes of Remote ID, got {len(payload)}")
    return bytes([5 + len(payload), 0x16, 0xFA, 0xFF, 0x0D, counter & 255]) + payload


def encode_legacy(data: bytes, address: str, *, kind: int = 2) -> bytes:
    """A legacy advertising PDU with CRC: `kind` 0 ADV_IND, 2 ADV_NONCONN_IND, 4 SCAN_RSP, 6 ADV_SCAN_IND."""
    raw = sent_address(address)
    return _with_crc(bytes([kind | _is_random(raw), 6 + len(data)]) + raw + data)


def encode_extended(
    data: bytes,
    *,
    address: str | None = None,
    adi: int | None = None,
    pointer: bool = False,
    tx_power_dbm: int | None = None,
) -> bytes:
    """An extended advertising PDU with CRC; `pointer` says that another packet follows (on channel 10, coded, after 3 ms)."""
    raw = b"" if address is None else sent_address(address)
    flags = bool(raw) | (adi is not None) << 3 | pointer << 4 | (tx_power_dbm is not None) << 6
    header = raw
    header += b"" if adi is None else struct.pack("<H", adi)
    header += struct.pack("<I", 10 | 100 << 8 | 2 << 21)[:3] if pointer else b""
    header += b"" if tx_power_dbm is None else struct.pack("<b", tx_power_dbm)
    header = bytes([flags]) + header if flags else b""
    if 1 + len(header) + len(data) > 255:
        raise ValueError(f"an extended advert holds {254 - len(header)} bytes of data, got {len(data)}")
    return _with_crc(bytes([7 | _is_random(raw), 1 + len(header) + len(data), len(header)]) + header + data)


def encode_frame(
    packet: bytes,
    *,
    link: str = "ble-nordic",
    channel: int = 37,
    power_dbm: int = -60,
    coded: bool = False,
    aux: int = 0,
    damaged: bool = False,
    version: int = 3,
) -> bytes:
    """What the sniffer of a link logs of a PDU with CRC. `aux`: 0 AUX_ADV_IND, 1 AUX_CHAIN_IND, for other channels than 37 to 39.

    `version` is the nRF Sniffer's protocol. On a link without flags a damaged packet has another CRC.
    """
    air = b"\xd6\xbe\x89\x8e" + (b"\0" if coded and link != "ble-ll" else b"") + packet
    if link == "ble-ll":
        return (air[:-1] + bytes([air[-1] ^ 1])) if damaged else air
    if link == "ble-ll-phdr":
        flags = 0x0413 | (not damaged) << 11 | (2 << 14 if coded else 0) | ((1 << 7 | aux << 12) if channel < 37 else 0)
        number = {37: 0, 38: 12, 39: 39}.get(channel, channel + 1 + (channel > 10))
        return struct.pack("<BbbB4sH", number, power_dbm, 0, 0, air[:4], flags) + air
    flags = (not damaged) | (aux << 1 if channel < 37 else 0) | (2 << 4 if coded else 0)
    event = struct.pack("<BBBBHI", 10, flags, channel, -power_dbm, 0, 0) + air
    head = struct.pack("<BB", 6, len(event)) if version == 1 else struct.pack("<H", len(event))
    return b"\x03" + head + struct.pack("<BHB", version, 0, 2 if version == 3 else 6) + event


def _with_crc(pdu: bytes) -> bytes:
    return pdu + int(crc24(np.frombuffer(pdu, np.uint8), 0, len(pdu))).to_bytes(3, "little")


def sent_address(address: str) -> bytes:
    """The 6 bytes of `AA:BB:CC:DD:EE:FF` as they are sent, last byte first."""
    raw = bytes.fromhex(address.replace(":", ""))
    if len(raw) != 6:
        raise ValueError(f"radio address {address!r}: expected 6 bytes of hex")
    return raw[::-1]


def _is_random(raw: bytes) -> int:
    """The TxAdd bit: an address that begins with 11 is a random static one."""
    return 0x40 if raw and raw[-1] >= 0xC0 else 0
