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

import numpy as np

from picket.feed.format import Chunk, Options
from picket.feed.remoteid.dot11_kernels import REASONS, find_payloads
from picket.feed.remoteid.table import NAME, Adverts, heard_by_one

LINKS = ("radiotap", "dot11")


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
