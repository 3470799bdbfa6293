"""Remote ID over Bluetooth LE as a computer's own adapter hears it: captures of HCI, what a controller tells its host.

    Chunk.link       pcap link type                    before the HCI packet
    hci-h4           187 HCI UART transport            packet type
    hci-h4-phdr      201 the same with a direction     direction (4 bytes), packet type
    hci-monitor      254 Linux Bluetooth monitor       adapter, operation (2 bytes each)

    LE advertising report (subevent 02), LE extended advertising report (0D): Bluetooth Core 5.4, vol 4 part E, 7.7.65.2 and 13

A laptop with `bluetoothctl scan on` and `tshark -i bluetooth0 -w adverts.pcapng` (or bluetooth-monitor) is such a receiver; for Bluetooth 5
long range its adapter must support the coded PHY. The advertising data are those of `ble.py`: Service Data of UUID FFFA.

transport is bt5 for extended adverts and bt4 for legacy ones; transmitter is the advertiser's address (unknown where it is anonymous);
power_dbm is the adapter's RSSI. Controllers do not say on which channel they heard, and drop damaged packets themselves: the CRC never
reaches the host.

Choice: an advert that the controller hands over in several reports (more than 229 bytes: 9 messages) is not put together; the messages
that are whole in its first report are read. Left out, by reason: no_remote_id (other adverts, and all else that passes between host
and controller; nothing of it is kept), truncated (an event cut short, or reports longer than their event).
"""

from __future__ import annotations

import struct
from collections import Counter

import numpy as np

from picket.feed.format import Chunk, Options
from picket.feed.remoteid.ble import adverts_in, sent_address, service_data
from picket.feed.remoteid.ble_kernels import PACKET, REASONS
from picket.feed.remoteid.hci_kernels import DIRECTED, H4, MONITOR, SHORTEST, read_reports
from picket.feed.remoteid.table import Adverts

LINKS = {"hci-h4": H4, "hci-h4-phdr": DIRECTED, "hci-monitor": MONITOR}


def find_adverts(chunk: Chunk, options: Options) -> tuple[Adverts, Counter[str]]:
    """The Remote ID payloads in a chunk of HCI packets, and the counts of reports and packets that were left out."""
    data = np.frombuffer(chunk.data, np.uint8)
    starts, ends = np.array(chunk.starts, np.int64), np.array(chunk.ends, np.int64)
    room = int((np.minimum(ends - starts, 258) // SHORTEST).sum())
    packets, frame, counts = np.empty(room, PACKET), np.empty(room, np.int64), np.zeros(len(REASONS), np.int64)
    packets = packets[: read_reports(data, starts, ends, LINKS[chunk.link], packets, frame, counts)]
    return adverts_in(chunk, options, data, packets, frame, counts)


# -- the encoder -----------------------------------------------------------------------------------------------------
def encode_advert(
    payload: bytes, address: str, *, link: str = "hci-h4", transport: str = "bt4", counter: int = 0, power_dbm: int = -60
) -> bytes:
    """A captured HCI event that reports one Remote ID advert; see `ble.encode_advert`. A report as of Bluetooth 4 or 5."""
    data = service_data(payload, counter)
    report = legacy_report if transport == "bt4" else extended_report
    return encode_event([report(data, address, power_dbm=power_dbm)], link=link, extended=transport != "bt4")


def legacy_report(data: bytes, address: str, *, power_dbm: int = -60) -> bytes:
    """The report of an ADV_NONCONN_IND from a random address."""
    return bytes([3, 1]) + sent_address(address) + bytes([len(data)]) + data + struct.pack("<b", power_dbm)


def extended_report(data: bytes, address: str | None, *, power_dbm: int = -60, legacy: bool = False, more: bool = False) -> bytes:
    """The extended report of an advert on the coded PHY, or of a legacy one; `address` None: anonymous; `more` data follow."""
    if len(data) > 229:
        raise ValueError(f"an extended report holds 229 bytes of data, got {len(data)}")
    kind, phy = (0x10, (1, 0)) if legacy else (more << 5, (3, 3))
    who = b"\xff" + bytes(6) if address is None else b"\x01" + sent_address(address)
    return (
        struct.pack("<H", kind)
        + who
        + bytes([*phy, 0, 127])
        + struct.pack("<b", power_dbm)
        + bytes(9)
        + bytes([len(data)])
        + data
    )


def encode_event(reports: list[bytes], *, link: str = "hci-h4", extended: bool = True) -> bytes:
    """The HCI event that holds the reports, as a capture of `link` has it. Raises ValueError where they do not fit."""
    body = bytes([0x0D if extended else 0x02, len(reports)]) + b"".join(reports)
    if len(body) > 255:
        raise ValueError(f"an HCI event holds 255 bytes, got {len(body)}")
    before = {"hci-h4": b"\x04", "hci-h4-phdr": b"\0\0\0\x01\x04", "hci-monitor": b"\0\0\0\x03"}[link]
    return before + bytes([0x3E, len(body)]) + body
