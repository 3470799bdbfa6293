"""A template for a feed: copy this file, name it after the format's standard, change it, add one line to FORMATS.

This one reads a format made up for the purpose, so that nothing in it distracts: a sound sensor that sends one line per bearing,

    $SND,<sensor>,<UNIX ms>,<bearing deg>,<level dB>*<checksum>\\n        checksum: XOR of the bytes between $ and *, two hex digits
    $SND,mic-3,1767225600250,114.5,21*XX

A module's text says: the standard and its edition, the layout, where other decoders differ, what is left out and under
which reasons. This one leaves out and counts: bad_checksum, bad_field (not four of them, or not numbers), line_too_long,
out_of_range (a bearing outside 0..360), and truncated (the input ends inside a line).
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from picket.feed.format import Chunk, Decoded, Decoder, Format, Options
from picket.words import DETECTION, Batch

# A limit on everything that a sender decides: this is what a decoder may hold back between two chunks.
LONGEST_LINE = 256


class _TemplateDecoder:
    """One decoder serves one source. What it remembers between chunks is listed here: the half line at the end of the last one."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._rest = b""
        self._rest_offset = 0

    def decode(self, chunk: Chunk) -> Decoded:
        """Rows of the lines that end in this chunk. Bad bytes are counted, never raised: they are normal."""
        left_out: Counter[str] = Counter()
        rows: list[tuple[str, float, float, float, float, int]] = []
        for i in range(chunk.starts.size):
            payload = chunk.data[chunk.starts[i] : chunk.ends[i]]
            offset, lines = int(chunk.offsets[i]), payload.split(b"\n")
            starts = (offset + np.cumsum([0] + [len(line) + 1 for line in lines[:-1]])).tolist()
            if chunk.link == "stream":  # bytes without borders: a line may begin in one chunk and end in the next
                if self._rest:
                    lines[0], starts[0] = self._rest + lines[0], self._rest_offset
                self._rest, self._rest_offset = lines.pop()[: LONGEST_LINE + 1], starts.pop()  # enough to know it is too long
            else:  # a datagram or a message is whole: its last line needs no line feed, and its number says where it is
                starts = [offset] * len(lines)
                if not payload.strip():
                    left_out["empty_payload"] += 1
            for line, start in zip(lines, starts, strict=True):
                reason = _read(line, rows, float(chunk.received[i]), start)
                if reason:
                    left_out[reason] += 1
        return Decoded(self._batch(rows, chunk), left_out=left_out)

    def finish(self) -> Decoded:
        """The end of the input: what is still held back can no longer become a row."""
        rest, self._rest = self._rest, b""
        return Decoded(left_out=Counter(truncated=1) if rest.strip() else Counter())

    def _batch(self, rows: list[tuple[str, float, float, float, float, int]], chunk: Chunk) -> Batch:
        """Columns, not objects: one array per column of the detection table that this format knows; the others stay unknown."""
        if not rows:
            return Batch.empty(DETECTION)
        sensors, time, azimuth, snr, received, offset = (list(column) for column in zip(*rows, strict=True))
        return Batch.build(
            DETECTION,
            len(rows),
            {
                "time": np.array(time),
                "time_source": "sensor",  # the line carries the time of measurement; "receiver" where it is the time of arrival
                "received": np.array(received),
                "sensor_id": self._options.sensor_id or sensors,  # what the sensor calls itself: the site file maps it
                "kind": "acoustic",
                "report": "plot",  # a measurement of its own; "track" for another tracker's estimate
                "origin": self._options.origin,  # never "live" by our own guess: an exercise must stay one
                "azimuth_deg": np.array(azimuth),
                "snr_db": np.array(snr),
                "source": chunk.source,  # so that every row can be traced back to its bytes
                "source_offset": np.array(offset, np.int64),
            },
        )


def _read(line: bytes, rows: list[tuple[str, float, float, float, float, int]], received: float, offset: int) -> str:
    """Appends the line's row, or returns why there is none. The checksum comes first: a field of a damaged line may look right."""
    line = line.strip()
    if not line:
        return ""
    if len(line) > LONGEST_LINE:
        return "line_too_long"
    body, star, given = line.removeprefix(b"$").partition(b"*")
    if not star or given.upper() != _checksum(body):
        return "bad_checksum"
    fields = body.split(b",")
    if len(fields) != 5 or fields[0] != b"SND":
        return "bad_field"
    try:
        sensor, ms, azimuth = fields[1].decode("ascii"), int(fields[2]), float(fields[3])
        snr = float(fields[4]) if fields[4] else 0.0
    except ValueError:
        return "bad_field"
    if not (0 <= azimuth < 360 and 0 <= ms < 4102444800_000 and abs(snr) < 1000):  # NaN and infinity fail it too
        return "out_of_range"
    snr = snr if fields[4] else np.nan  # unknown is NaN, never a magic number
    rows.append((sensor, ms / 1000, azimuth, snr, received, offset))
    return ""


def _checksum(body: bytes) -> bytes:
    value = 0
    for byte in body:
        value ^= byte
    return b"%02X" % value


def encode(sensor_id: str, time: float, azimuth_deg: float, snr_db: float) -> bytes:
    """One line. The encoder lies beside its decoder: tests, exercises and the conformance battery make their samples with it."""
    body = f"SND,{sensor_id},{round(time * 1000)},{azimuth_deg:.1f},{snr_db:.0f}".encode("ascii")
    return b"$" + body + b"*" + _checksum(body) + b"\n"


def _make(options: Options) -> Decoder:
    return _TemplateDecoder(options)


def _sniff(first: bytes) -> bool:
    """True for what can be nothing else: a loose sniff steals other formats' files."""
    return first.startswith(b"$SND,")


FORMAT = Format(
    name="template",  # as users write it: --format template, feed = "template+udp://..."
    title="Template: bearings of a made-up sound sensor",
    make=_make,
    sniff=_sniff,
    suffixes=(".snd",),
    links=("stream", "udp", "mqtt"),
    example={"feed": "template+udp://127.0.0.1:9001"},
)
