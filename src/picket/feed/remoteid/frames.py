"""Remote ID from captured radio frames: one format for every carrier.

A carrier is one function from a chunk and options to adverts and counted reasons (see `table.CarrierDecoder`), and one line in
`CARRIERS`. Messages, identities and tables are the same for all, so that one aircraft heard over several keeps its identity
only where its address is the same: what belongs together beyond that is the tracker's business.
"""

from __future__ import annotations

from typing import Literal

from picket.feed.format import Decoder, Format, Options
from picket.feed.remoteid import ble, dot11, hci
from picket.feed.remoteid.table import NAME, CarrierDecoder

CARRIERS = {
    **dict.fromkeys(dot11.LINKS, dot11.find_adverts),
    **dict.fromkeys(ble.LINKS, ble.find_adverts),
    **dict.fromkeys(hci.LINKS, hci.find_adverts),
}
_LINK_TYPES = (105, 127, 187, 201, 251, 254, 256, 272)  # of pcap, see picket.feed.pcap


def make(options: Options) -> Decoder:
    """A decoder of captured frames of any carrier."""
    return CarrierDecoder(options, CARRIERS)


def sniff(head: bytes) -> bool:
    """True for a pcap file of frames that carry Remote ID, or a pcapng file whose first interface gives them."""
    if head[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        return int.from_bytes(head[20:22], "little") in _LINK_TYPES
    if head[:4] in (b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d"):
        return int.from_bytes(head[22:24], "big") in _LINK_TYPES
    if head[:4] != b"\x0a\x0d\x0d\x0a":
        return False
    order: Literal["little", "big"] = "little" if head[8:12] == b"\x4d\x3c\x2b\x1a" else "big"
    interface = int.from_bytes(head[4:8], order)  # length of the section header; the interface description follows
    return int.from_bytes(head[interface : interface + 4], order) == 1 and (
        int.from_bytes(head[interface + 8 : interface + 10], order) in _LINK_TYPES
    )


FORMAT = Format(
    name=NAME,
    title="Remote ID over Wi-Fi beacon, Wi-Fi NAN, Bluetooth 4 and 5 (ASTM F3411-22a, ASD-STAN prEN 4709-002)",
    make=make,
    sniff=sniff,
    suffixes=(".pcap", ".pcapng", ".cap"),
    links=tuple(CARRIERS),
    example={"recording": "picket decode adverts.pcapng --format remote-id"},
)
FORMATS = (FORMAT,)
