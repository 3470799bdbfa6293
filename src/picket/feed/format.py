"""What a feed is: bytes that arrived (`Chunk`) go in, tables and counted reasons (`Decoded`) come out.

A format is one file with one `Decoder` class and its encoder beside it, and one line in `picket.feed.FORMATS`.
A decoder never raises on bad bytes and never looks at a clock: when a payload arrived is part of the chunk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from picket.words import DETECTION, OPERATOR, STATUS, Batch, concat

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Chunk:
    """Payloads that arrived together, end to end in one buffer.

    data      the bytes of all payloads
    starts    (n,) int64, where each payload begins in `data`
    ends      (n,) int64, one past its last byte
    received  (n,) float64, UNIX seconds of arrival; NaN where nobody knows (a file without dates)
    offsets   (n,) int64, record number (pcap, MQTT, UDP) or byte offset (file, TCP) of each payload in its source
    source    file name or address, for the table's `source`
    link      what a payload is: "udp" (a datagram's payload), "stream" (bytes whose cut points mean nothing:
              files, TCP, stdin), "mqtt" (one message), "http" (one answer's body), or a pcap link layer: "radiotap", "dot11",
              "ble-nordic", "ble-ll", "ble-ll-phdr", "hci-h4", "hci-h4-phdr", "hci-monitor"
    time_source  who gave `received`: receiver (a socket), container (pcap) or operator (--start)
    reply     gives bytes back to the peer that sent this, where a transport has a way back (a listening socket); else None
    closes    True when the peer has gone with this chunk: what its decoder holds back can be finished
    """

    data: bytes
    starts: Ints
    ends: Ints
    received: Floats
    offsets: Ints
    source: str
    link: str
    time_source: str = "receiver"
    reply: Callable[[bytes], None] | None = field(default=None, compare=False, repr=False)
    closes: bool = False

    @classmethod
    def one(
        cls,
        data: bytes,
        *,
        received: float = float("nan"),
        offset: int = 0,
        source: str = "-",
        link: str = "stream",
        time_source: str = "receiver",
    ) -> Chunk:
        """A chunk of a single payload."""
        ints = np.array([0], np.int64), np.array([len(data)], np.int64)
        return cls(data, *ints, np.array([received]), np.array([offset], np.int64), source, link, time_source)

    @classmethod
    def of(
        cls,
        payloads: Sequence[bytes],
        received: Sequence[float],
        offsets: Sequence[int],
        *,
        source: str,
        link: str,
        time_source: str = "receiver",
    ) -> Chunk:
        """A chunk of several payloads."""
        lengths = np.array([len(p) for p in payloads], np.int64)
        ends = np.cumsum(lengths)
        return cls(
            b"".join(payloads),
            ends - lengths,
            ends,
            np.asarray(received, np.float64),
            np.asarray(offsets, np.int64),
            source,
            link,
            time_source,
        )


@dataclass
class Decoded:
    """What came out of one chunk. `left_out` counts, by reason, what did not become a row.

    `reply` is what the format's protocol obliges a receiver to answer (SAPIENT: a node's registration is acknowledged). The
    decoder only says it; whoever holds the chunk passes it to `Chunk.reply`, where there is one.
    """

    detections: Batch = field(default_factory=lambda: Batch.empty(DETECTION))
    operators: Batch = field(default_factory=lambda: Batch.empty(OPERATOR))
    status: Batch = field(default_factory=lambda: Batch.empty(STATUS))
    left_out: Counter[str] = field(default_factory=Counter)
    reply: bytes = b""

    @staticmethod
    def join(parts: Sequence[Decoded]) -> Decoded:
        """All parts as one, rows in order."""
        total: Counter[str] = Counter()
        for p in parts:
            total.update(p.left_out)
        return Decoded(
            concat(DETECTION, [p.detections for p in parts]),
            concat(OPERATOR, [p.operators for p in parts]),
            concat(STATUS, [p.status for p in parts]),
            total,
            b"".join(p.reply for p in parts),
        )


@dataclass(frozen=True)
class Options:
    """What the user or the site file says about an input.

    sensor_id  name for rows of formats that carry none (SBS, a bare pcap); the format's name by default
    origin     live, replay or exercise
    edition    the standard's edition, where a format has several that differ on the wire
    rate       ticks per second of a sample clock, for formats that count samples (`Format.sample_clock`); None: the usual one
    """

    sensor_id: str | None = None
    origin: str = "live"
    edition: str | None = None
    rate: float | None = None


class Decoder(Protocol):
    """Turns chunks of one source into rows; keeps what it must remember between chunks (a half line, a last identity)."""

    def decode(self, chunk: Chunk) -> Decoded:
        """Rows and counted reasons of this chunk. Never raises on bad bytes."""
        ...

    def finish(self) -> Decoded:
        """What was still held back at the end of the input (usually: one `truncated` in `left_out`)."""
        ...


@dataclass(frozen=True)
class Format:
    """One line of the list of feeds.

    name      as users write it: `--format asterix`, `feed = "asterix+udp://..."`
    title     standard and edition, for `picket decode --help` and docs
    make      builds a decoder
    sniff     True when the first bytes of a file (up to 4096) look like this format
    suffixes  file endings that belong to it
    links     which `Chunk.link` values its decoder reads ("udp", "stream", "mqtt", "http", "radiotap", ...)
    sample_clock  its records are timed by a counter without a date: `--rate` means something
    """

    name: str
    title: str
    make: Callable[[Options], Decoder]
    sniff: Callable[[bytes], bool]
    suffixes: tuple[str, ...] = ()
    links: tuple[str, ...] = ("stream", "udp", "mqtt")
    example: Mapping[str, str] = field(default_factory=dict)
    sample_clock: bool = False
