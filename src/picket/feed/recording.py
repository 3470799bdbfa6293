"""Recordings -> rows: opens a file, a capture or standard input, finds its format, and decodes it in bounded memory.

    what the first bytes say        read as
    pcap, pcapng                    packets -> payloads (picket.feed.pcap) -> the format that most payloads look like
    PAR1, ARROW1, 0xFFFFFFFF        detection tables (picket.feed.table)
    anything else                   a byte stream; the first format of FORMATS that recognises it, the suffix deciding a tie

Dates: a recording that has none (a bare byte stream) gives rows whose `time` is unknown where the format needs a date. With
`start` (UNIX seconds) the first byte was received then, and later ones when the rows before them were measured, so that a
time of day rolls over midnight as it should; `time_source` then says operator.

Errors are one family, RecordingError, each with the exit code of the command line: 1 nothing usable in the input, 2 wrong
use, 3 unreadable or cut. A file that ends in the middle is no exception: its rows come out, and `Recording.cut` is set.
"""

from __future__ import annotations

import difflib
import importlib
import io
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Protocol

import numpy as np

from picket.feed import FORMATS, jsonlines, pcap
from picket.feed.format import Chunk, Decoded, Format, Options
from picket.places import in_words
from picket.reasons import left_out_words
from picket.words import DETECTION, OPERATOR, STATUS, Batch, TableError, concat

if TYPE_CHECKING:
    from picket.feed import table

STREAM_BLOCK = 1 << 18  # bytes of a byte stream that are decoded at once
DATED_BLOCK = 1 << 14  # the same where times of day are completed from the rows before: minutes of a radar, not hours
FIRST = 4096  # bytes that a format's `sniff` is shown
_GUESS_CHUNKS = 8  # chunks of a capture looked at before giving up on its format
_GUESS_PAYLOADS = 256
_UNREAD = {  # what begins so -> why it is not read, and what to do about it
    b"\x1f\x8b": "is packed with gzip; unpack it first",
    b"PK\x03\x04": "is packed with zip; unpack it first",
    b"BZh": "is packed with bzip2; unpack it first",
    b"\xfd7zXZ": "is packed with xz; unpack it first",
    b"(\xb5/\xfd": "is packed with zstd; unpack it first",
    b"btsnoop\0": "is a Bluetooth log (btsnoop); save it as pcap first (editcap -F pcap IN OUT)",
    b"snoop\0\0\0": "is a snoop capture; save it as pcap first (editcap -F pcap IN OUT)",
    b"GMBU": "is a Network Monitor capture; save it as pcap first (editcap -F pcap IN OUT)",
    b"\x34\xcd\xb2\xa1": "is a capture of a patched libpcap; save it as pcap first (editcap -F pcap IN OUT)",
}
_SAMPLES = (".sigmf-meta", ".sigmf-data", ".cf32", ".cs16", ".cu8", ".cs8", ".cfile", ".iq")
_ANYTHING = (".txt", ".csv", ".json", ".log", ".bin", ".dat")  # suffixes that say nothing about the format

Progress = Callable[[int, int | None], None]


class RecordingError(ValueError):
    """A recording out of which nothing can be made: empty, or of no format that Picket reads. `path` and `reason` say which."""

    exit_code = 1

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = in_words(path), reason
        super().__init__(f"{self.path}: {reason}")


class WrongUseError(RecordingError):
    """The request itself is at fault: an unknown format name, a format that does not fit the file, a start without sense."""

    exit_code = 2


class UnreadableError(RecordingError):
    """The file cannot be read, or not to its end; what could be read has been handed out."""

    exit_code = 3


def find_format(name: str) -> Format:
    """The format of that name; `package.module:ATTRIBUTE` names one of another package. Raises WrongUseError naming all of them."""
    for one in FORMATS:
        if one.name == name:
            return one
    if ":" in name:
        return extra_format(name)
    names = [f.name for f in FORMATS]
    near = difflib.get_close_matches(name.lower(), names, 1, 0.6)
    meant = f"did you mean {near[0]!r}? " if near else ""
    raise WrongUseError(name, f"{meant}expected a format, one of {', '.join(names)}")


def extra_format(name: str) -> Format:
    """A format of another package, `package.module:ATTRIBUTE` (default FORMAT): only what the user names is imported.

    Raises WrongUseError when it cannot be imported or is no Format.
    """
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute or "FORMAT")
    except (ImportError, AttributeError, ValueError) as e:
        raise WrongUseError(name, f"cannot be loaded ({e}); expected package.module:FORMAT") from None
    if not isinstance(found, Format):
        raise WrongUseError(name, f"expected a picket.feed.Format, got {type(found).__name__}")
    return found


def guess(first: bytes, name: str) -> Format:
    """The format of a byte stream or table file from its first bytes (up to 4096) and its name.

    Raises RecordingError telling what was expected, what came and what to do. Captures (pcap) hold payloads, not a
    format of their own: `open_recording` looks inside them.
    """
    if not first:
        raise RecordingError(name, "the file is empty")
    if first.startswith((b"PAR1", b"ARROW1", b"\xff\xff\xff\xff")) or _is_csv_table(first):
        return jsonlines.FORMAT
    suffix = Path(name).suffix.lower()
    streams = [f for f in FORMATS if "stream" in f.links]
    found = [f for f in streams if f.sniff(first[:FIRST])]
    if found:
        return next((f for f in found if suffix in f.suffixes), found[0])
    known = [f for f in streams if suffix in f.suffixes and suffix not in _ANYTHING]
    if len(known) == 1 and known[0] is not jsonlines.FORMAT:
        return known[0]
    for magic, advice in _UNREAD.items():
        if first.startswith(magic):
            raise RecordingError(name, advice)
    if suffix in _SAMPLES:
        raise RecordingError(name, "looks like a recording of radio samples (IQ); `picket spectrum` reads these")
    raise RecordingError(
        name,
        f"expected a capture (pcap, pcapng) or one of the formats {', '.join(f.name for f in streams)}; its first bytes "
        f"{first[:8].hex(' ')} are like none of them; say which it is with `picket decode --format`",
    )


def _is_csv_table(first: bytes) -> bool:
    """The first line names columns of the detection table, at least two and most of them."""
    names = [n.strip().strip('"') for n in first.split(b"\n", 1)[0].decode("utf-8-sig", "replace").split(",")]
    known = sum(n in DETECTION.kinds for n in names)
    return known >= 2 and 2 * known >= len(names)


class _Pushed(io.RawIOBase):
    """A binary file with its first bytes pushed back, for input that cannot seek; counts what was read."""

    def __init__(self, first: bytes, file: BinaryIO) -> None:
        self._first, self._file, self.count = first, file, 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self.read(len(target))
        target[: len(data)] = data
        return len(data)

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > len(self._first):
            data, self._first = self._first + self._file.read(size if size < 0 else size - len(self._first)), b""
        else:
            data, self._first = self._first[:size], self._first[size:]
        self.count += len(data)
        return data

    def readline(self, size: int | None = -1) -> bytes:
        """One line; only used for a CSV header, which lies in the first bytes."""
        end = self._first.find(b"\n") + 1
        if end:
            return self.read(end)
        head, self._first = self._first, b""
        line = head + self._file.readline(-1 if size is None else size)
        self.count += len(line)
        return line


class ChunkSource(Protocol):
    """An iterable of chunks that counts what it leaves out and knows when its input was cut."""

    left_out: Counter[str]
    cut: bool

    def __iter__(self) -> Iterator[Chunk]: ...


class _Stream:
    """A byte stream as chunks of one payload each. `received` is moved on by whoever decodes (see the module's text)."""

    def __init__(self, file: BinaryIO, source: str, start: float | None) -> None:
        self._file, self._source = file, source
        self._time_source = "container" if start is None else "operator"
        self.received = float("nan") if start is None else start
        self.left_out: Counter[str] = Counter()
        self.cut = False

    def __iter__(self) -> Iterator[Chunk]:
        offset, block = 0, STREAM_BLOCK if self._time_source == "container" else DATED_BLOCK
        while data := self._file.read(block):
            yield Chunk.one(
                data, received=self.received, offset=offset, source=self._source, link="stream", time_source=self._time_source
            )
            offset += len(data)


class Recording:
    """Iterates over what was decoded; made by `open_recording`. A context manager, which closes the file.

    path     as given, in words that can be written anywhere; "-" is standard input
    format   the format found or given
    cut      grows true when the input ended in the middle of something
    """

    def __init__(
        self, path: str, file: BinaryIO, pushed: _Pushed, total: int | None, options: Options, progress: Progress | None
    ) -> None:
        self.path, self.cut = path, False
        self.format: Format = FORMATS[0]
        self._file, self._pushed, self._total, self._options, self._progress = file, pushed, total, options, progress
        self._source: ChunkSource | None = None
        self._table_kind = ""
        self._chunks: Iterator[Chunk] = iter(())
        self._kept: list[Chunk] = []

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file (not standard input)."""
        if self.path != "-":
            self._file.close()

    def __iter__(self) -> Iterator[Decoded]:
        try:
            for decoded in self._tables() if self._table_kind else self._decoded():
                if self._progress is not None:
                    self._progress(self._pushed.count, self._total)
                yield decoded
        except OSError as e:
            self.cut = True
            raise UnreadableError(self.path, f"cannot be read to its end: {e.strerror or e}") from None
        finally:
            self.close()

    # -- captures and byte streams -----------------------------------------------------------------------------------
    def _open_chunks(self, first: bytes, name: str, wanted: Format | None, start: float | None) -> None:
        """Finds the format, looking into a capture for it; the chunks looked at are kept and decoded first."""
        if not pcap.is_capture(first):
            self._source = _Stream(self._pushed, self.path, start)  # type: ignore[arg-type]
            self.format = wanted or guess(first, name)
            self._chunks = iter(self._source)
            return
        self._source = pcap.Capture(self._pushed, self.path)  # type: ignore[arg-type]
        self._chunks = iter(self._source)
        votes: Counter[str] = Counter()
        try:
            while wanted is None and not votes and len(self._kept) < _GUESS_CHUNKS:
                chunk = next(self._chunks, None)
                if chunk is None:
                    break
                self._kept.append(chunk)
                votes.update(_votes(chunk))
        except pcap.NotACaptureError as e:
            raise UnreadableError(self.path, str(e)) from None
        if wanted is None and not votes:
            raise self._nothing_known()
        self.format = wanted or find_format(max(votes, key=lambda f: votes[f]))

    def _nothing_known(self) -> RecordingError:
        seen = sum(c.starts.size for c in self._kept)
        assert self._source is not None
        left = left_out_words(self._source.left_out)
        found = f"{seen} payloads over {', '.join(dict.fromkeys(c.link for c in self._kept))}" if seen else "no payloads"
        what = f"expected payloads of {', '.join(f.name for f in FORMATS)} in the capture, got {found}"
        error = UnreadableError if self._source.cut and not seen else RecordingError
        return error(self.path, what + (f" (left out: {left})" if left else "") + "; say which format it is with --format")

    def _all_chunks(self) -> Iterator[Chunk]:
        while self._kept:
            yield self._kept.pop(0)
        try:
            yield from self._chunks
        except pcap.NotACaptureError as e:
            raise UnreadableError(self.path, str(e)) from None

    def _decoded(self) -> Iterator[Decoded]:
        decoder, source = self.format.make(self._options), self._source
        assert source is not None
        for chunk in self._all_chunks():
            if chunk.link in self.format.links:
                decoded = decoder.decode(chunk)
            else:
                decoded = Decoded(left_out=Counter(wrong_link=chunk.starts.size))
            _move(source.left_out, decoded.left_out)
            if isinstance(source, _Stream):
                _advance(source, decoded)
            yield decoded
        last = decoder.finish()
        self.cut = source.cut or last.left_out["truncated"] > 0
        _move(source.left_out, last.left_out)
        last.left_out += Counter()  # looking a reason up leaves no zero behind
        yield last

    # -- tables ------------------------------------------------------------------------------------------------------
    def _tables(self) -> Iterator[Decoded]:
        left_out: Counter[str] = Counter()
        row = 1
        from picket.feed import table  # pyarrow, which a live station does not need

        seekable = self._table_kind != "csv" and self.path != "-"
        file = self._file if seekable else self._pushed
        if seekable:
            file.seek(0)
        try:
            for batch in table.read_batches(file, self._table_kind, DETECTION, left_out, self.path):  # type: ignore[arg-type]
                offsets = row + np.arange(batch.n)
                row += batch.n
                unknown = np.full(batch.n, np.nan)
                batch = jsonlines.complete(
                    batch, self._options, left_out, received=unknown, time_source="container", source=self.path, offsets=offsets
                )
                decoded = Decoded(batch)
                _move(left_out, decoded.left_out)
                yield decoded
        except TableError as e:
            self.cut = True
            yield Decoded(left_out=left_out)
            raise UnreadableError(self.path, str(e).removeprefix(f"{self.path}: ")) from None
        if left_out:
            yield Decoded(left_out=left_out)


def _move(source: Counter[str], target: Counter[str]) -> None:
    target.update(source)
    source.clear()


def _advance(stream: _Stream, decoded: Decoded) -> None:
    """Moves the receive time on to the middle of the times just measured, so that it follows a long recording past midnight."""
    if stream.received == stream.received and decoded.detections.n:
        time = decoded.detections["time"]
        known = time[~np.isnan(time)]
        if known.size:
            stream.received = max(stream.received, float(np.median(known)))


def _votes(chunk: Chunk) -> Counter[str]:
    """Which formats the payloads of a chunk look like: one vote a payload; a radio link has the formats that read it."""
    votes: Counter[str] = Counter()
    able = [f for f in FORMATS if chunk.link in f.links]
    if chunk.link != "udp":
        return Counter(f.name for f in able[:1])
    for start, end in zip(chunk.starts[:_GUESS_PAYLOADS].tolist(), chunk.ends[:_GUESS_PAYLOADS].tolist(), strict=True):
        first = chunk.data[start : min(end, start + FIRST)]
        votes.update([f.name for f in able if f.sniff(first)][:1])
    return votes


def open_recording(
    path: str | Path,
    format: str | Format | None = None,
    start: float | None = None,
    rate: float | None = None,
    options: Options | None = None,
    on_progress: Progress | None = None,
) -> Recording:
    """A recording, opened and its format found; iterate over it for `Decoded` parts in the order of the file.

    path         a file, or "-" for standard input
    format       a format or its name; guessed when None
    start        UNIX seconds at which a recording without dates began
    rate         ticks per second of the sample clock, for formats that count samples (`Format.sample_clock`); needs `start`
    on_progress  called with (bytes read, bytes in all or None)
    Raises RecordingError or one of its kinds, WrongUseError and UnreadableError.
    """
    name = str(path)
    wanted = find_format(format) if isinstance(format, str) else format
    if start is not None and not 0 <= start < 4102444800:
        raise WrongUseError(name, f"expected a start between 1970 and 2100 in UNIX seconds, got {start!r}")
    if rate is not None and start is None:
        raise WrongUseError(name, "a rate counts from a start; give --start too")
    if rate is not None and not 1 <= rate <= 1e12:
        raise WrongUseError(name, f"expected a rate of 1 to 1e12 ticks a second, got {rate!r}")
    file, total = _open(name)
    try:
        first = file.read(FIRST)
        pushed = _Pushed(first, file)
        recording = Recording(in_words(name), file, pushed, total, replace(options or Options(), rate=rate), on_progress)
        kind = _table_kind(first, name, wanted)
        if kind:
            recording.format, recording._table_kind = jsonlines.FORMAT, kind
        else:
            recording._open_chunks(first, name, wanted, start)
        if rate is not None and not recording.format.sample_clock:
            recording.close()
            able = ", ".join(f.name for f in FORMATS if f.sample_clock)
            raise WrongUseError(name, f"a rate belongs to recordings that count samples ({able}), not to {recording.format.name}")
        return recording
    except OSError as e:
        raise UnreadableError(name, f"cannot be read: {e.strerror or e}") from None


def _open(name: str) -> tuple[BinaryIO, int | None]:
    if name == "-":
        return sys.stdin.buffer, None
    try:
        if os.path.isdir(name):
            raise UnreadableError(name, "expected a file, got a folder; name the files in it")
        file = open(name, "rb")  # noqa: SIM115 - Recording closes it
        size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise UnreadableError(name, "no such file") from None
    except OSError as e:
        raise UnreadableError(name, f"cannot be read: {e.strerror or e}") from None
    return file, size or None


def _named_table(name: str) -> str | None:
    from picket.feed.table import SUFFIXES

    return SUFFIXES.get(Path(name).suffix.lower())


def _table_kind(first: bytes, name: str, wanted: Format | None) -> str:
    """ "csv", "parquet" or "arrow" when the input is such a table file, else ""."""
    if not first:
        raise RecordingError(name, "the file is empty")
    kind = ""
    if first.startswith(b"PAR1"):
        kind = "parquet"
    elif first.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        kind = "arrow"
    elif not pcap.is_capture(first) and _is_csv_table(first):
        kind = "csv"
    elif (suffix := _named_table(name)) in ("parquet", "arrow") and wanted is None:
        raise UnreadableError(name, f"expected {suffix} as the name says, got first bytes {first[:8].hex(' ')}")
    if kind and wanted is not None and wanted is not jsonlines.FORMAT:
        if kind == "arrow" and not first.startswith(b"ARROW1"):
            return ""
        raise WrongUseError(name, f"is a {kind} detection table, not {wanted.name}; leave --format out")
    if name == "-" and first.startswith((b"PAR1", b"ARROW1")):
        raise WrongUseError(name, f"a {kind} file must be read from its end, which a pipe does not allow; give its path")
    return kind


def read_detections(
    path: str | Path,
    format: str | None = None,
    start: float | None = None,
    rate: float | None = None,
    options: Options | None = None,
) -> Batch:
    """All detections of a recording or table as one batch. Arguments and errors as `open_recording`.

    A recording that is cut gives the rows before the cut; use `open_recording` to learn of it, and for what was left out.
    """
    parts: list[Batch] = []
    with open_recording(path, format, start, rate, options) as recording:
        try:
            parts.extend(d.detections for d in recording)
        except UnreadableError:
            if not any(p.n for p in parts):
                raise
    return concat(DETECTION, parts)


@dataclass
class Summary:
    """What `decode_files` did: rows written, what was left out by reason, what could not be read."""

    rows: int = 0
    operators: int = 0
    status: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    formats: dict[str, str] = field(default_factory=dict)  # input -> format
    cut: bool = False
    errors: list[RecordingError] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 done, 1 nothing usable, 3 something was unreadable or cut (2, wrong use, is raised)."""
        if self.rows + self.operators + self.status:
            return 3 if self.cut or self.errors else 0
        return 3 if self.cut or any(e.exit_code == 3 for e in self.errors) else 1


def decode_files(
    inputs: Sequence[str | Path],
    *,
    out: str | Path | None = None,
    operators_out: str | Path | None = None,
    status_out: str | Path | None = None,
    format: str | None = None,
    start: float | None = None,
    rate: float | None = None,
    options: Options | None = None,
    on_progress: Callable[[str, int, int | None], None] | None = None,
) -> Summary:
    """Decodes recordings one after the other into tables, in bounded memory.

    out            detection table (.parquet, .csv, .jsonl, .arrow; "-" is JSON lines to standard output); None: only count
    operators_out  operator positions and ids, readable by their owner only; None: counted and discarded
    status_out     sector marks, empty scans and sensor status; None: counted
    on_progress    called with (input, bytes read, bytes in all or None)
    An input that cannot be read is an entry in `Summary.errors`, and the others are still decoded. When nothing at all came
    out, no file is written and an earlier one stays. Raises WrongUseError, TableError, PlaceError (a table cannot go there) or OSError.
    """
    summary = Summary()
    sinks = (("rows", out, DETECTION), ("operators", operators_out, OPERATOR), ("status", status_out, STATUS))
    from picket.feed import table

    table.check_tables((path for _, path, _table in sinks), inputs)
    writers: dict[str, table.TableWriter] = {}
    try:
        for key, path, of in sinks:
            if path is not None:
                writers[key] = table.TableWriter(path, of, private=key == "operators")
        for name in inputs:
            _decode_one(str(name), summary, writers, format, start, rate, options, on_progress)
        if summary.rows + summary.operators + summary.status:
            while writers:
                writers.pop(next(iter(writers))).close()
    finally:
        for writer in writers.values():
            writer.abort()
    return summary


def _decode_one(
    name: str,
    summary: Summary,
    writers: dict[str, table.TableWriter],
    format: str | None,
    start: float | None,
    rate: float | None,
    options: Options | None,
    on_progress: Callable[[str, int, int | None], None] | None,
) -> None:
    progress = None if on_progress is None else lambda done, total: on_progress(name, done, total)
    recording = None
    try:
        with open_recording(name, format, start, rate, options, progress) as recording:
            summary.formats[recording.path] = recording.format.name
            for d in recording:
                summary.left_out.update(d.left_out)
                for key, batch in (("rows", d.detections), ("operators", d.operators), ("status", d.status)):
                    setattr(summary, key, getattr(summary, key) + batch.n)
                    if key in writers:
                        writers[key].write(batch)
    except WrongUseError:
        raise
    except RecordingError as e:
        summary.errors.append(e)
    if recording is not None:
        summary.cut |= recording.cut
