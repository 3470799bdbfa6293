"""The log: the one ordered sequence of what arrived and what people decided. Everything else can be rebuilt from it.

A log is a folder of segments, `00000001.plog`, `00000002.plog`, ... Each segment is a header line and framed records:

    header    "PICKETLOG 1\\n", 32 bytes: chain value at its start (zeros in the first segment)
    frame     u32 length of the body | u32 CRC-32 of the body | 8 bytes of the chain | body
    body      MessagePack [seq, time, kind, payload]

The chain is SHA-256 over (chain value so far, body); the frame stores its first 8 bytes, so that a record that was
rewritten, removed or moved shows at once and a torn last frame is told from damage further up. All integers are
little-endian. `seq` rises by at least one; time is UNIX seconds at the station, never falling within a log.

Writing is group commit: the writer thread takes everything that waits, appends it and calls fdatasync once, at most
every `commit_s`. SQLite in WAL mode gives the same durability at 2-3 times the bytes and no chain; see
docs/decisions/0004-log-of-our-own.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec

from picket.record.files import hold, sync_file, sync_folder

MAGIC = b"PICKETLOG 1\n"
_FRAME = struct.Struct("<II8s")
_HEADER_BYTES = len(MAGIC) + 32
_SEARCH_BYTES = 1 << 18  # looked through for a next frame; longer than what one commit usually holds
_SEARCH_WORK = 32 << 20  # bytes checksummed in that search at most: a killed station must be up again at once
MAX_BODY = 64 << 20  # bytes; a length above this is damage, not a record

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


class Record(NamedTuple):
    """One entry of the log. `payload` is plain MessagePack data.

    `kind`: boot, batch, tick, link, spectrum, action, station, life, audit, end.
    """

    seq: int
    time: float
    kind: str
    payload: Any


class LogError(ValueError):
    """A log that cannot be written or read; the message says which file and what to do."""


@dataclass
class Verdict:
    """What `verify` found: how many records hold, and the first thing that does not."""

    records: int = 0
    segments: int = 0
    last_seq: int = 0
    damage: str | None = None  # file, byte offset and reason of the first damaged record
    torn_tail: bool = False  # only the end of the last segment is cut: a killed station, nothing to worry about
    kinds: dict[str, int] = field(default_factory=dict)
    gaps: list[dict[str, Any]] = field(
        default_factory=list
    )  # what the station says it could not record: since, until, records, rows


def segments(folder: Path) -> list[Path]:
    """The segment files of a log, oldest first."""
    return sorted(folder.glob("[0-9]*.plog"))


class _Scan:
    """Walks one segment from a known chain value; stops at the first frame that does not hold."""

    def __init__(self, path: Path) -> None:
        self.path, self.chain, self.start_chain, self.good_bytes, self.problem = path, b"", b"", 0, ""

    def records(self) -> Iterator[Record]:
        with self.path.open("rb") as f:
            head = f.read(_HEADER_BYTES)
            if len(head) < _HEADER_BYTES or not head.startswith(MAGIC):
                never = MAGIC.startswith(head[: len(MAGIC)]) or (not any(head) and not f.read(1))  # named, and not synced
                self.problem = "cut inside the header" if never else "no segment header"
                return
            self.chain = self.start_chain = head[len(MAGIC) :]
            self.good_bytes = _HEADER_BYTES
            while True:
                frame = f.read(_FRAME.size)
                if not frame:
                    return
                body = self._body(f, frame)
                if body is None:
                    return
                self.good_bytes += _FRAME.size + len(body)
                seq, time, kind, payload = _decode(body)
                yield Record(seq, time, kind, payload)

    def _body(self, f: BinaryIO, frame: bytes) -> bytes | None:
        """The frame's body when it holds, moving the chain on; None with `problem` set when it does not."""
        if len(frame) < _FRAME.size:
            self.problem = "cut inside a frame's head"
            return None
        length, crc, link = _FRAME.unpack(frame)
        if length > MAX_BODY:
            self.problem = f"a length of {length} bytes"
            return None
        body = f.read(length)
        if len(body) < length:
            self.problem = "a wrong length" if _holds_a_frame(body) else "cut inside a record"
        elif zlib.crc32(body) != crc:
            self.problem = "checksum does not match"
        else:
            chain = hashlib.sha256(self.chain + body).digest()
            if chain[:8] == link:
                self.chain = chain
                return body
            self.problem = "chain is broken: a record before it was changed, removed or moved"
        return None


def _holds_a_frame(rest: bytes) -> bool:
    """True when a whole frame lies somewhere in what a cut would have left of one record: its length was changed, not cut."""
    view, work = memoryview(rest), 0
    for at in range(min(len(rest) - _FRAME.size, _SEARCH_BYTES) + 1):
        length, crc, _ = _FRAME.unpack_from(rest, at)
        begin = at + _FRAME.size
        if not 0 < length <= len(rest) - begin or work > _SEARCH_WORK:
            continue
        work += length
        if zlib.crc32(view[begin : begin + length]) == crc:
            return True
    return False


def read(folder: Path, *, verdict: Verdict | None = None, after: int = 0) -> Iterator[Record]:
    """The records of a log in order, up to the first damage; `verdict` is filled on the way.

    after: leaves out the segments that hold nothing newer than this seq (of the first segment read, older records come along):
    a restart need not read a year to learn what the last second was.

    Damage inside a segment ends the reading: what comes after it cannot be proven - but for a next segment that goes on exactly where
    the damage begins: a station started there after it (a power cut loses any sectors that were not synced), and nothing lies between.
    A cut tail of a segment that a killed
    station left is normal: reading goes on with the next segment, whose header states the chain value it continues. The
    oldest segment there is may begin anywhere: older ones may have been retired.
    """
    v = verdict if verdict is not None else Verdict()
    expected, broken = b"", False
    for path in _newer(segments(folder), after):
        scan = _Scan(path)
        v.segments += 1
        for record in scan.records():
            if expected and scan.start_chain != expected:
                break
            v.records += 1
            v.last_seq = record.seq
            v.kinds[record.kind] = v.kinds.get(record.kind, 0) + 1
            if record.kind == "station" and isinstance(record.payload, dict) and "gap" in record.payload:
                v.gaps.append(record.payload["gap"])
            yield record
        if broken and scan.start_chain != expected:
            return
        if expected and scan.start_chain and scan.start_chain != expected:
            v.damage = f"{path.name}: does not continue the segment before it (one was removed, cut short or changed)"
            return
        if scan.problem:
            if not scan.problem.startswith("cut"):
                v.damage = v.damage or f"{path.name} at byte {scan.good_bytes}: {scan.problem}"
                broken = True
                if not scan.chain:
                    return
            else:
                v.torn_tail = True
        broken = broken and bool(scan.problem) and not scan.problem.startswith("cut")
        expected = scan.chain or expected


def _newer(paths: list[Path], after: int) -> list[Path]:
    """The segments from the newest one on that begins at or before the record `after`."""
    for i in range(len(paths) - 1, 0, -1) if after else ():
        first = next(_Scan(paths[i]).records(), None)
        if first is not None and first.seq <= after:
            return paths[i:]
    return paths


class Look(NamedTuple):
    """One segment by itself: what it holds, the chain value (hexadecimal) at its end, and what is wrong with it ("" or words)."""

    records: int
    first: Record | None
    last: Record | None
    chain: str
    problem: str


def look_at(path: Path) -> Look:
    """Reads one segment to its end, or to the first record that does not hold."""
    scan, n, first, last = _Scan(path), 0, None, None
    for last in scan.records():
        first, n = first or last, n + 1
    return Look(n, first, last, scan.chain.hex(), scan.problem)


def start_before(folder: Path, time: float) -> int:
    """The number of the newest start (boot record at the head of a segment) at or before UNIX time `time`; 0 when there is none.

    Every start begins a segment, and tracks begin anew there: records read from it on (`after`) give what they gave live.
    """
    for path in reversed(segments(folder)):
        first = next(_Scan(path).records(), None)
        if first is not None and first.kind == "boot" and first.time <= time:
            return first.seq
    return 0


def simulated(folder: Path) -> bool:
    """Whether a start of this log says that it was an exercise's: every start begins a segment."""
    firsts = (next(_Scan(path).records(), None) for path in segments(folder))
    return any(r is not None and r.kind == "boot" and r.payload.get("origin") == "exercise" for r in firsts)


def no_log(folder: Path) -> str:
    """What is said of a folder that was to hold a log and has none, with what to do."""
    what = "holds no log (expected files like 00000001.plog)" if folder.is_dir() else "there is no such folder"
    return f"{folder}: {what}; give the station's archive with --archive"


def verify(folder: Path) -> Verdict:
    """Reads a whole log and says what holds. Raises LogError when the folder holds no log."""
    if not segments(folder):
        raise LogError(no_log(folder))
    verdict = Verdict()
    for _ in read(folder, verdict=verdict):
        pass
    return verdict


class LogFile:
    """Appends records to a log folder. One writer at a time: a lock file says so. Not thread-safe by itself.

    `append` only collects; `commit` writes and syncs. A new segment begins when the current one passes `segment_bytes`, and
    after every start: the torn tail that a killed station left stays as it is. `last` is the newest record that was there
    before. sync: makes sure that what was written to a file descriptor is on disk; raises OSError where it is not.
    """

    def __init__(self, folder: Path, *, segment_bytes: int = 64 << 20, sync: Callable[[int], None] = sync_file) -> None:
        self.folder, self.segment_bytes, self._sync = folder, segment_bytes, sync
        self.last: Record | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(folder)
            self._chain, self._number = self._resume()
        except OSError as e:
            raise LogError(f"{folder}: cannot be written ({e.strerror or e}); give another [archive] path or --archive") from None
        self._file: BinaryIO | None = None
        self._size = 0
        self._half_written = False  # the file may be longer than `_size`: what a full disk took of a commit
        self._next_chain = self._chain
        self._pending: list[bytes] = []
        self.pending_bytes = 0
        self.bytes_written = 0

    def _resume(self) -> tuple[bytes, int]:
        """Chain value to go on from, and the highest segment number in use; finds `last` on the way.

        A file too short for a header, or of its length without one, was never written whole (its header is synced before any record
        follows): nothing is lost with it. Any other segment without a header that
        holds is damaged: it stays, for `verify` to name.
        """
        chain, number = b"", 0
        for path in reversed(segments(self.folder)):
            if (
                path.stat().st_size <= _HEADER_BYTES and not path.read_bytes().startswith(MAGIC)
            ) or path.stat().st_size < _HEADER_BYTES:
                path.unlink()
                continue
            scan, number = _Scan(path), max(number, int(path.stem))
            for record in scan.records():
                self.last = record
            chain = chain or scan.chain
            if chain and self.last is not None:
                break
        return chain or bytes(32), number

    def append(self, record: Record) -> None:
        """Adds a record to what the next `commit` writes. Raises LogError for one that no log can hold (it is left out)."""
        try:
            body = _encode(record)
        except (TypeError, ValueError, OverflowError) as e:
            raise LogError(f"record {record.seq} ({record.kind}) cannot be written: {e}") from None
        if len(body) > MAX_BODY:
            raise LogError(f"record {record.seq} ({record.kind}) cannot be written: {len(body)} bytes, at most {MAX_BODY}")
        self._next_chain = hashlib.sha256(self._next_chain + body).digest()
        self._pending.append(_FRAME.pack(len(body), zlib.crc32(body), self._next_chain[:8]) + body)
        self.pending_bytes += _FRAME.size + len(body)

    @property
    def pending(self) -> int:
        """Records that wait for a commit."""
        return len(self._pending)

    def commit(self) -> None:
        """Writes and syncs what was appended. Raises OSError when the disk does not take it (full, gone): everything stays
        pending, and what was half written is cut off again, so that a later commit goes on as if nothing had happened."""
        if not self._pending:
            return
        f = self._file or self._open_segment()
        data = b"".join(self._pending)
        try:
            self._cut_back(f)
            self._half_written = True
            _write_all(f, data)
            self._sync(f.fileno())
            self._half_written = False
        except OSError:
            with contextlib.suppress(OSError):  # a disk that is gone: before the next attempt, then
                self._cut_back(f)
            raise
        self._chain = self._next_chain
        self._size += len(data)
        self.bytes_written += len(data)
        self._pending.clear()
        self.pending_bytes = 0
        if self._size >= self.segment_bytes:
            f.close()
            self._file = None

    def _cut_back(self, f: BinaryIO) -> None:
        """Cuts off what a commit that failed left behind the last good record."""
        if self._half_written:
            f.truncate(self._size)
            f.seek(self._size)
            self._half_written = False

    def _open_segment(self) -> BinaryIO:
        path = self.folder / f"{self._number + 1:08d}.plog"
        f = path.open("xb", buffering=0)
        try:
            _write_all(f, MAGIC + self._chain)
            self._sync(f.fileno())  # before any record: without its header a segment is damage
            sync_folder(self.folder)
        except OSError:
            f.close()
            path.unlink(missing_ok=True)
            raise
        self._number += 1
        self._file, self._size = f, _HEADER_BYTES
        return f

    def close(self) -> None:
        """Commits, closes and gives the lock back."""
        try:
            self.commit()
        finally:
            if self._file is not None:
                self._file.close()
                self._file = None
            self._lock.close()


def _write_all(f: BinaryIO, data: bytes) -> None:
    """Writes every byte: a disk that fills up takes some, says how many, and fails at the next attempt only."""
    rest = memoryview(data)
    while rest:
        rest = rest[f.write(rest) :]


def _lock(folder: Path) -> BinaryIO:
    """Holds `folder`/lock; raises LogError when another station has it. The operating system drops it with the process."""
    held = hold(folder)
    if held is None:
        raise LogError(f"{folder}: another station writes this archive; stop it or give another --archive")
    return held
