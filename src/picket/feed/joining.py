"""A stream's payloads joined with what was held back of the last ones: for formats whose records end in the bytes themselves.

A stream (file, TCP) may be cut anywhere, so a decoder keeps the unfinished record; a datagram or an MQTT message is whole.
Both become one buffer with spans; a position in it still knows which payload it came in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from picket.feed.format import Chunk, Floats, Ints


def empty_payloads(chunk: Chunk, separators: bytes = b"") -> Counter[str]:
    """How many of the chunk's payloads hold nothing but white space and separators, as the count of what was left out."""
    spans = zip(chunk.starts.tolist(), chunk.ends.tolist(), strict=True)
    nothing = b" \t\r\n\v\f" + separators
    empty = sum(not chunk.data[a:b].strip(nothing) for a, b in spans)
    return Counter({"empty_payload": empty} if empty else {})


@dataclass(frozen=True)
class Joined:
    """Bytes to decode in spans (`starts`, `ends`); `ends_of` (m,) are the ends of the parts that arrived, ascending."""

    data: npt.NDArray[np.uint8]
    starts: Ints
    ends: Ints
    ends_of: Ints
    bases: Ints
    times: Floats

    def part(self, position: Ints) -> Ints:
        """(n,) the part in which each byte lies."""
        return np.minimum(np.searchsorted(self.ends_of, position, "right"), len(self.ends_of) - 1)

    def received(self, last: Ints) -> Floats:
        """(n,) when records with these last bytes were complete: UNIX seconds, NaN unknown."""
        return self.times[self.part(last)]

    def offset(self, position: Ints, whole: bool) -> Ints:
        """(n,) byte offset in the source of a position in a stream, or the payload's record number where payloads are `whole`."""
        part = self.part(position)
        return self.bases[part] if whole else self.bases[part] + position


@dataclass
class Joiner:
    """Joins chunks of one source; `keep` holds back an unfinished record of at most `most` bytes."""

    most: int
    held: bytes = b""
    held_offset: int = 0

    def join(self, chunk: Chunk) -> Joined:
        """The chunk's payloads: of a stream, one span that begins with what was held back; else one span each."""
        received = np.where(np.isfinite(chunk.received), chunk.received, np.nan)
        if chunk.link != "stream":
            data = np.frombuffer(chunk.data, np.uint8)
            starts, ends = np.array(chunk.starts, np.int64), np.array(chunk.ends, np.int64)
            return Joined(data, starts, ends, ends, chunk.offsets, received)
        lengths = np.concatenate([[len(self.held)], chunk.ends - chunk.starts])
        ends = np.cumsum(lengths)
        pieces = [chunk.data[a:b] for a, b in zip(chunk.starts.tolist(), chunk.ends.tolist(), strict=True)]
        data = np.frombuffer(b"".join([self.held, *pieces]), np.uint8)
        bases = np.concatenate([[self.held_offset], chunk.offsets]) - (ends - lengths)
        span = np.array([0], np.int64), np.array([len(data)], np.int64)
        return Joined(data, *span, ends, bases, np.concatenate([[np.nan], received]))

    def keep(self, joined: Joined, rest: int) -> bool:
        """Holds back the bytes from `rest` on. False, and nothing is held, where they are too many."""
        sound = len(joined.data) - rest <= self.most
        self.held = joined.data[rest:].tobytes() if sound else b""
        if self.held:
            self.held_offset = int(joined.offset(np.array([rest]), False)[0])
        return sound
