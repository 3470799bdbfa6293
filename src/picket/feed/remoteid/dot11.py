"""Remote ID over Wi-Fi: 802.11 frames, with or without a radiotap header (IEEE 802.11-2020, Wi-Fi Aware 4.0, ASTM F3411-22a).

    beacon                   vendor element 221, FA:0B:BC, type 0D, message counter, message pack
    NAN service discovery    public action frame, Wi-Fi Alliance 50:6F:9A type 13, service descriptor with service id
                             88:69:19:9D:92:09, service info = message counter, message pack

Frames without Remote ID are counted (`no_remote_id`) and nothing of them is kept, not even an address. Frames that the receiver
marked as damaged (radiotap flag 0x40) are counted as `bad_checksum`. Signal and frequency come from radiotap where it has them.
The transmitter is the frame's second address.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

import numpy as np

from picket.feed.format import Chunk, Decoder, Format, Options
from picket.feed.remoteid.dot11_kernels import REASONS, find_payloads
from picket.feed.remoteid.table import Adverts, CarrierDecoder, heard_by_one

NAME = "remote-id"
LINKS = ("radiotap", "dot11")
_LINK_TYPES = (105, 127)  # of pcap: bare 802.11, radiotap


def find_adverts(chunk: Chunk, options: Options) -> tuple[Adverts, Counter[str]]:
    """The Remote ID payloads in a chunk of frames, and the counts of frames that were left out."""
    data = np.frombuffer(chunk.data, np.uint8)
    at, until, frame, address, transport, power, hertz, counts = find_payloads(
        data, np.array(chunk.starts, np.int64), np.array(chunk.ends, np.int64), chunk.link == "radiotap"
    )
    heard = heard_by_one(
        chunk.received[frame], chunk.offsets[frame], address, power, hertz, transport,
        source=chunk.source, time_source=chunk.time_source, options=options, name=NAME,
    )  # fmt: skip
    left_out = Counter({reason: n for reason, n in zip(REASONS, counts.tolist(), strict=True) if n})
    return Adverts(data, at, until, heard), left_out


def sniff(head: bytes) -> bool:
    """True for a pcap file of 802.11 frames, or a pcapng file whose first interface gives them."""
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


def make(options: Options) -> Decoder:
    """A decoder of 802.11 frames."""
    return CarrierDecoder(options, dict.fromkeys(LINKS, find_adverts))


FORMAT = Format(
    name=NAME,
    title="Remote ID over Wi-Fi beacon and NAN (ASTM F3411-22a, ASD-STAN prEN 4709-002)",
    make=make,
    sniff=sniff,
    suffixes=(".pcap", ".pcapng", ".cap"),
    links=LINKS,
    example={"recording": "picket decode beacons.pcap --format remote-id"},
)
FORMATS = (FORMAT,)
