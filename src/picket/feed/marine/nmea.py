"""NMEA 0183 (IEC 61162-1, edition 5.0) as bytes: sentences with checksums, tag blocks and the header of IEC 61162-450.

    $RATTM,01,2.50,114.0,T,12.0,270.0,T,0.5,8.0,N,,T,,123519.00,A*hh CR LF       "$": fields;  "!": encapsulated (AIS)

A sentence without a checksum is left out (`no_checksum`): IEC 61162-1 demands one, and a field of a damaged line may look right.
A tag block (NMEA 0183 4.10) before a sentence names the receiver (`s:`, at most 15 characters) and when it heard it (`c:`, UNIX
seconds or milliseconds); a damaged one is `bad_tag_block` and its sentence stands without it. The time that coast-guard receivers
write after the checksum (`...*hh,r003669945,1241544035`) is read too. Datagrams of IEC 61162-450 begin with `UdPbC` and a zero.

Reasons: bad_checksum, no_checksum (cut off by a new sentence too), not_a_sentence, bad_tag_block, line_too_long (1,024 bytes),
oversized (a stream without an end of line), truncated (the input ends inside a line), empty_payload.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from picket.feed.format import Chunk, Floats, Ints
from picket.feed.joining import Joiner, empty_payloads
from picket.feed.marine.nmea_kernels import BEGIN, FIRST, LAST, LONGEST_LINE, REASONS, STAR, STATION, STATION_END, find_sentences

_DAMAGED = ("bad_checksum", "no_checksum", "not_a_sentence", "bad_tag_block")  # what a line looks like that the input's end cut
_HEADER_450 = b"UdPbC\0"


@dataclass(frozen=True)
class Sentences:
    """Sound sentences of one chunk, in order.

    data (bytes,) uint8;  begin, star (n,) where each begins and where its `*` is;  station, station_end (n,) its source's name, -1 none
    received (n,) float64, when the chunk says that it came;  heard (n,) float64, when its own receiver says so, both NaN unknown
    offset (n,) int64, byte offset or record number;  source, time_source as in the chunk
    """

    data: npt.NDArray[np.uint8]
    begin: Ints
    star: Ints
    station: Ints
    station_end: Ints
    received: Floats
    heard: Floats
    offset: Ints
    source: str
    time_source: str

    def station_names(self, index: Ints) -> list[str | None]:
        """The names of the sources of some sentences, None where a sentence names none."""
        if not (self.station[index] >= 0).any():
            return [None] * len(index)
        text = self.data.tobytes()
        pairs = zip(self.station[index].tolist(), self.station_end[index].tolist(), strict=True)
        return [text[a:b].decode("ascii") if a >= 0 else None for a, b in pairs]

    def bodies(self, index: Ints) -> Iterator[bytes]:
        """The bytes of some sentences from `!` or `$` up to the `*`."""
        text = self.data.tobytes()
        for a, b in zip(self.begin[index].tolist(), self.star[index].tolist(), strict=True):
            yield text[a:b]


class SentenceReader:
    """Chunks of one source -> sentences; holds back the unfinished line of a stream."""

    def __init__(self) -> None:
        self._joiner = Joiner(LONGEST_LINE + 1)
        self._last = Chunk.one(b"")

    def read(self, chunk: Chunk) -> tuple[Sentences, Counter[str]]:
        """The sentences that end in this chunk, and what was left out by reason."""
        joined = self._joiner.join(chunk)
        whole = chunk.link != "stream"
        found, heard, counts, rest = find_sentences(joined.data, joined.starts, joined.ends, whole)
        left_out = Counter({reason: n for reason, n in zip(REASONS, counts.tolist(), strict=True) if n})
        if whole:
            left_out.update(empty_payloads(chunk))
        else:
            if not self._joiner.keep(joined, int(rest)):
                left_out["oversized"] += 1
            if len(chunk.starts):
                self._last = Chunk.one(
                    b"\n", received=float(chunk.received[-1]), offset=int(chunk.offsets[-1] + chunk.ends[-1] - chunk.starts[-1]),
                    source=chunk.source, time_source=chunk.time_source,
                )  # fmt: skip
        received, offset = joined.received(found[:, LAST]), joined.offset(found[:, FIRST], whole)
        begin, star, station, station_end = (np.ascontiguousarray(found[:, k]) for k in (BEGIN, STAR, STATION, STATION_END))
        sentences = Sentences(
            joined.data, begin, star, station, station_end, received, heard, offset, chunk.source, chunk.time_source
        )  # fmt: skip
        return sentences, left_out

    def end(self) -> tuple[Sentences, Counter[str]] | None:
        """The last line of a stream that ended without an end of line: a sound checksum says that it is whole."""
        if not self._joiner.held.strip():
            self._joiner.held = b""
            return None
        sentences, left_out = self.read(self._last)
        cut = sum(left_out.pop(reason, 0) for reason in _DAMAGED)
        left_out.update({"truncated": cut} if cut else {})
        return sentences, left_out


def sentence(body: str) -> bytes:
    """A sentence with its checksum from what stands between its first character and the `*`, which it begins with ("$RATTM,...")."""
    data = body.encode("ascii")
    value = 0
    for byte in data[1:]:
        value ^= byte
    return data + b"*%02X\r\n" % value


def tag_block(*, station: str | None = None, time: float | None = None) -> bytes:
    """The tag block that goes before a sentence: who heard it, when (UNIX seconds)."""
    items = ([f"s:{station}"] if station else []) + ([f"c:{time:.0f}"] if time is not None else [])
    return b"\\" + sentence("\\" + ",".join(items))[1:-2] + b"\\"


def first_addresses(head: bytes) -> list[bytes]:
    """The addresses (`RATTM`, `AIVDM`) of the sound sentences in the first bytes of an input; none where these are something else.

    Lines beginning with "#" before the first sentence say in shared logs where these come from.
    """
    head = head.removeprefix(_HEADER_450).lstrip()
    while head[:1] == b"#":
        head = head.partition(b"\n")[2].lstrip()
    if head[:1] not in (b"!", b"$", b"\\"):
        return []
    sentences, _ = SentenceReader().read(Chunk.one(head + b"\n", link="udp"))
    return [body[1:].split(b",", 1)[0] for body in sentences.bodies(np.arange(len(sentences.begin)))]
