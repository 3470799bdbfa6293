"""ASTERIX: bytes of a recording or a socket to tables. What each category's items become stands in its catNNN_kernels.py.

    layout_kernels.py    the columns that a reader fills
    items_kernels.py     FSPEC and items of a record, found by a category's UAP
    catNNN_kernels.py    one category: its standard, its UAP, its reader
    blocks_kernels.py    data blocks, datagrams, streams
    categories.py        which categories and editions are read
    tables.py            what the kernels filled, as batches
    encoding.py, catNNN_encoder.py    the other way, for exercises and tests

Time: the day that puts the time of day nearest to `received`; null without `received`, without the item, or above 86,401 s.
time_source is sensor, or operator when the operator gave `received`.

report = status in the detection table is a report without a place, as the end of a track is told: a row, so that nothing is
lost, that no tracker takes. report = track says that the position is no independent measurement.

Left out and counted: `truncated` (a block longer than its datagram or than the input), `bad_length` (a LEN below 3, or a stream
that lost its step: once each time), `bad_fspec` (empty, or longer than the UAP), `bad_item` (malformed, none of this edition, or
running past its block's end), `no_data_source`, `simulated` and the others that a category's reader names, and `category_N` for
each data block of another category. A block with a record that cannot be read gives no rows at all and counts each record begun
in it: nothing marks where the misreading began.

Links: "udp" (and any other message link): each payload is one datagram of whole blocks, of any categories. "stream": blocks end
to end, cut anywhere. source_offset is the payload's on messages and the block's own byte offset on streams.

Where other decoders differ: libasterix takes an empty FSPEC for an empty record, drops unknown characters of a call sign, and
refuses an item with more extensions than its edition knows; here extensions are skipped by their FX bits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from picket.feed.asterix import blocks_kernels as k
from picket.feed.asterix import tables
from picket.feed.asterix.categories import BY_NUMBER, CATEGORIES, editions_of
from picket.feed.asterix.layout_kernels import REASONS
from picket.feed.format import Chunk, Decoded, Floats, Format, Ints, Options

__all__ = ["FORMAT", "AsterixDecoder", "sniff"]

_PIECE = 1 << 20  # octets read at a time: bounds the tables' memory whatever a caller hands over


class AsterixDecoder:
    """Rows from ASTERIX blocks; keeps a stream's unfinished block between chunks.

    `Options.edition` chooses editions: see `categories.editions_of`. Raises ValueError for one that is not known.
    """

    def __init__(self, options: Options) -> None:
        self._editions = editions_of(options.edition)
        self._scratch = k.new_scratch()
        self._origin = options.origin
        self._kept = b""  # the unread end of a stream, from the first octet of a block
        self._kept_received, self._kept_offset = float("nan"), 0
        self._lost = False
        self._stream: tuple[str, str] | None = None  # source and time source of the stream read last
        self._anchor = np.full(2, np.nan)  # see kernels._complete

    def decode(self, chunk: Chunk) -> Decoded:
        """Rows and counted reasons of this chunk."""
        read = self._stream_piece if chunk.link == "stream" else self._datagrams
        return Decoded.join([read(piece) for piece in _pieces(chunk)])

    def finish(self) -> Decoded:
        """What can still be read of an unfinished stream; a block that was cut counts as `truncated`."""
        if self._stream is None:
            return Decoded()
        source, time_source = self._stream
        end = self._kept_offset + len(self._kept)
        nothing = Chunk.one(b"", received=self._kept_received, offset=end, source=source, time_source=time_source)
        decoded = self._stream_piece(nothing, final=True)
        self._kept, self._lost, self._stream = b"", False, None
        return decoded

    def _datagrams(self, chunk: Chunk) -> Decoded:
        """Rows of whole datagrams."""
        starts, ends, received, offsets = _arrays(chunk)
        filled, size = k.new_tables(int((ends - starts).sum()))
        counts, categories = np.zeros(len(REASONS), np.int64), np.zeros(256, np.int64)
        k.read_datagrams(
            np.frombuffer(chunk.data, np.uint8), starts, ends, received, offsets, chunk.time_source == "operator",
            self._origin == "exercise", self._editions, filled, self._scratch, size, counts, categories, self._anchor,
        )  # fmt: skip
        return self._decoded(filled, size, counts, categories, chunk)

    def _stream_piece(self, chunk: Chunk, final: bool = False) -> Decoded:
        """Rows of what is complete; the rest waits for the next piece."""
        starts, ends, received, offsets = _arrays(chunk)
        data = b"".join(chunk.data[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True))
        starts = np.cumsum(ends - starts) - (ends - starts) + len(self._kept)
        if self._kept:
            data = self._kept + data
            starts = np.concatenate((np.zeros(1, np.int64), starts))
            received = np.concatenate((np.array([self._kept_received]), received))
            offsets = np.concatenate((np.array([self._kept_offset], np.int64), offsets))
        filled, size = k.new_tables(len(data))
        counts, categories = np.zeros(len(REASONS), np.int64), np.zeros(256, np.int64)
        done, self._lost = k.read_stream(
            np.frombuffer(data, np.uint8), self._lost, final, starts, received, offsets, chunk.time_source == "operator",
            self._origin == "exercise", self._editions, filled, self._scratch, size, counts, categories, self._anchor,
        )  # fmt: skip
        at = int(np.searchsorted(starts, done, side="right")) - 1
        self._kept, self._kept_received = data[done:], float(received[at])
        self._kept_offset = int(offsets[at] + done - starts[at])
        self._stream = chunk.source, chunk.time_source
        return self._decoded(filled, size, counts, categories, chunk)

    def _decoded(self, filled: k.Tables, size: Ints, counts: Ints, categories: Ints, chunk: Chunk) -> Decoded:
        """The kernels' tables as batches."""
        left_out = Counter({REASONS[i]: int(counts[i]) for i in np.flatnonzero(counts)})
        left_out.update({f"category_{c}": int(categories[c]) for c in np.flatnonzero(categories)})
        return Decoded(
            detections=tables.detections(*filled[:4], int(size[0]), chunk, self._origin),
            status=tables.status(*filled[4:], int(size[1]), chunk, self._origin),
            left_out=left_out,
        )


def _arrays(chunk: Chunk) -> tuple[Ints, Ints, Floats, Ints]:
    """starts, ends, received, offsets as own arrays: read-only or strided ones would be another type and compile anew."""
    starts = np.array(chunk.starts, np.int64)
    ends = np.minimum(np.array(chunk.ends, np.int64), len(chunk.data))
    return starts, ends, np.array(chunk.received, np.float64), np.array(chunk.offsets, np.int64)


def _pieces(chunk: Chunk) -> Iterator[Chunk]:
    """The chunk in parts of about `_PIECE` octets: whole payloads, and of a stream's long payload a part."""
    if not len(chunk.starts):
        return
    if int(chunk.ends[-1] - chunk.starts[0]) <= _PIECE:
        yield chunk
        return
    starts, ends, received, offsets = chunk.starts, chunk.ends, chunk.received, chunk.offsets
    if chunk.link == "stream" and int((ends - starts).max()) > _PIECE:
        parts = np.maximum((ends - starts + _PIECE - 1) // _PIECE, 1)
        of = np.repeat(np.arange(len(starts)), parts)
        skipped = (np.arange(len(of)) - np.repeat(np.cumsum(parts) - parts, parts)) * _PIECE
        ends = np.minimum(starts[of] + skipped + _PIECE, ends[of])
        starts, received, offsets = starts[of] + skipped, received[of], offsets[of] + skipped
    group = (np.cumsum(ends - starts) - 1) // _PIECE
    cuts = [0, *(np.flatnonzero(np.diff(group)) + 1).tolist(), len(starts)]
    for a, b in pairwise(cuts):
        yield Chunk(
            chunk.data, starts[a:b], ends[a:b], received[a:b], offsets[a:b], chunk.source, chunk.link, chunk.time_source
        )  # fmt: skip


def sniff(head: bytes) -> bool:
    """True when `head` (the first octets of a file) is a chain of plausible data blocks.

    Each header must name an assigned category, each first record must hold its data source (FRN 1 of every category that
    is read here), and the chain must reach a second block, the end of the input, or the end of `head`.
    """
    p, blocks = 0, 0
    while p + 4 <= len(head):
        length = int.from_bytes(head[p + 1 : p + 3], "big")
        if not k.ASSIGNED[head[p]] or length < 4 or head[p + 3] < 0x80:
            return False
        p += length
        blocks += 1
    return blocks > 1 or (blocks == 1 and (p == len(head) or head[0] in BY_NUMBER))


FORMAT = Format(
    name="asterix",
    title="ASTERIX: " + "; ".join(f"CAT{c.number:03} {c.title} (ed. {c.span})" for c in CATEGORIES),
    make=AsterixDecoder,
    sniff=sniff,
    suffixes=(".ast", ".asterix"),
    links=("udp", "stream"),
    example={"recording": "picket decode radar.pcap --format asterix", "feed": "asterix+udp://127.0.0.1:8600"},
)
