"""The archive: sealed day files beside the log, and the manifest that says which of them count.

    archive/00000001.plog ...           the log
    archive/days/manifest.json          every file with its rows and SHA-256, every source with what it was made from
    archive/days/points-2026-11-28-log-1a2b3c4d.parquet       one per day and source
    archive/days/segments-2026-11-log-....parquet, cells-..., heat-..., uptime-...      one per month and source
    archive/days/lock                   one process seals at a time

A file's name ends in its digest, so it never changes; the manifest is replaced last, in one step. A reader therefore sees the archive as
it was before or after a sealing, never between; a crash leaves files that no manifest names, which the next sealing removes. A source
is the log, or one import: sealing a source again replaces what it held.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from picket.record import sealed
from picket.record.collect import Day
from picket.record.files import hold, sync_folder

Array = npt.NDArray[Any]


class ArchiveError(ValueError):
    """An archive that cannot be read or sealed; the message says which file and what to do."""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One sealed file: kind is points, segments, cells, heat, uptime or alerts; first and last are days since 1970."""

    name: str
    kind: str
    source: str
    first: int
    last: int
    rows: int
    bytes: int
    sha256: str


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where sealed days came from. since and until: UNIX seconds of the first and last record or row; detail: what to know of it."""

    name: str
    kind: str  # log, detections or tracks
    since: float
    until: float
    digest: str
    sensors: tuple[str, ...] = ()
    left_out: dict[str, int] = {}
    detail: dict[str, Any] = {}


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What counts."""

    version: int = sealed.SEALED_VERSION
    files: tuple[File, ...] = ()
    sources: tuple[Source, ...] = ()


def days_folder(folder: Path) -> Path:
    """Where an archive's sealed days lie."""
    return folder / "days"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an archive, empty where nothing was sealed. Raises ArchiveError for one that cannot be used."""
    path = days_folder(folder) / "manifest.json"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        return Manifest()
    except (OSError, msgspec.DecodeError) as e:
        raise ArchiveError(
            f"{path}: cannot be read ({e}); `picket archive rebuild` makes it anew, imports must be imported again"
        ) from None
    if found.version > sealed.SEALED_VERSION:
        raise ArchiveError(
            f"{path}: expected version {sealed.SEALED_VERSION} or earlier, got {found.version}; use a newer Picket"
        )
    return found


@dataclass(frozen=True)
class Segments:
    """Columns of all segment rows (one per segment and day) of a period, by day and source; `file` (N,) indexes `point_files`."""

    columns: dict[str, Array]  # numbers as arrays, text as (codes) int32 with -1 unknown
    words: dict[str, tuple[str, ...]]
    file: Array
    point_files: tuple[File, ...]

    @property
    def n(self) -> int:
        """How many rows."""
        return len(self.file)

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def equals(self, name: str, word: str) -> Array:
        """(N,) bool: where a text column holds `word`."""
        words = self.words[name]
        return self.columns[name] == words.index(word) if word in words else np.zeros(self.n, np.bool_)


class Archive:
    """An archive as its manifest was when it was opened. `damage` collects what could not be read, in words."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.manifest = folder, read_manifest(folder)
        self.damage: list[str] = []
        if not folder.is_dir():
            raise ArchiveError(f"{folder}: no such folder; give the station's archive with --archive")

    def files(self, kind: str, since: int, until: int) -> list[File]:
        """Files of a kind that hold days since <= day < until, in order."""
        found = [f for f in self.manifest.files if f.kind == kind and f.last >= since and f.first < until]
        return sorted(found, key=lambda f: (f.first, f.source))

    def span(self) -> tuple[int, int]:
        """First day, and the day after the last one, of what is sealed; (0, 0) when nothing is."""
        days = [f for f in self.manifest.files if f.kind == "points"]
        return (min(f.first for f in days), max(f.last for f in days) + 1) if days else (0, 0)

    def digest(self, since: int, until: int) -> str:
        """A short name of exactly the data of those days: over the digests of their files."""
        names = sorted(
            f"{f.kind} {f.first} {f.source} {f.sha256}" for f in self.manifest.files if f.last >= since and f.first < until
        )
        return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]

    def table(self, file: File, columns: Sequence[str] | None = None) -> pa.Table | None:
        """One file's table; None, and a line in `damage`, when it does not hold."""
        path = days_folder(self.folder) / file.name
        try:
            found = pq.read_table(path, columns=columns, page_checksum_verification=True, use_threads=False, memory_map=True)
            if found.num_rows != file.rows:
                raise ArchiveError(f"{found.num_rows} rows, expected {file.rows}")
            return found
        except (OSError, pa.ArrowException, ArchiveError) as e:
            reason = str(e).splitlines()[0] if str(e) else type(e).__name__
            self.damage.append(f"{path}: cannot be read ({reason}); {_remedy(file)}")
            return None

    def segments(self, since: int, until: int) -> Segments:
        """All segment rows of days since <= day < until. Rows whose points are damaged stay out, and are named in `damage`."""
        point_files = tuple(self.files("points", since, until))
        number = {(f.source, f.first): i for i, f in enumerate(point_files)}
        parts, file = [], []
        for one in self.files("segments", since, until):
            found = self.table(one)
            if found is None:
                continue
            day = found["day"].to_numpy()
            keep = (day >= since) & (day < until)
            parts.append(found if keep.all() else found.filter(pa.array(keep)))
            file.append(np.array([number[one.source, d] for d in day[keep].tolist()], np.int64))
        if not parts:
            empty = sealed.SEGMENTS.empty_table()
            return Segments(*_columns(empty), np.empty(0, np.int64), point_files)
        columns, words = _columns(pa.concat_tables(parts))
        parts.clear()
        number_of = np.concatenate(file)
        order = np.argsort(number_of, kind="stable")  # by day, then source; within one the segments keep their order
        for name in columns:  # one after the other: years of them twice would fill the memory
            columns[name] = columns[name][order]
        pa.default_memory_pool().release_unused()  # what the tables took, as much again
        return Segments(columns, words, number_of[order], point_files)

    def points(self, file: File, columns: Sequence[str]) -> dict[str, Array] | None:
        """Columns of one day's points as arrays: int32 or int64, and float64 with NaN for those that may be unknown."""
        found = self.table(file, list(columns))
        if found is None:
            return None
        return {n: found[n].to_numpy() for n in columns}

    def rows(self, kind: str, since: int, until: int) -> pa.Table:
        """All rows of a monthly table (cells, uptime) of those days."""
        tables = [t for t in map(self.table, self.files(kind, since, until)) if t is not None]
        found = pa.concat_tables(tables) if tables else sealed.SCHEMAS[kind].empty_table()
        name, per = ("hour", 24) if kind == "uptime" else ("day", 1)
        value = found[name].to_numpy()
        keep = (value >= since * per) & (value < until * per)
        return found if keep.all() else found.filter(pa.array(keep))

    def verify(self) -> list[str]:
        """What does not hold of the sealed files, a line each: missing, or other bytes than were sealed."""
        found = []
        for file in self.manifest.files:
            path = days_folder(self.folder) / file.name
            try:
                with path.open("rb") as f:
                    held = hashlib.file_digest(f, "sha256").hexdigest()
            except OSError as e:
                found.append(f"{path}: {e.strerror or e}; {_remedy(file)}")
                continue
            if held != file.sha256:
                found.append(f"{path}: holds other bytes than were sealed; {_remedy(file)}")
        return found


def _remedy(file: File) -> str:
    return "`picket archive rebuild` makes it anew" if file.source == "log" else "import its source again"


def _columns(found: pa.Table) -> tuple[dict[str, Array], dict[str, tuple[str, ...]]]:
    columns, words = {}, {}
    for field in found.schema:
        column = found[field.name].combine_chunks()
        if pa.types.is_string(field.type):
            coded = column.dictionary_encode()
            columns[field.name] = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
            words[field.name] = tuple(coded.dictionary.to_pylist())
        else:
            columns[field.name] = column.to_numpy(zero_copy_only=False)
    return columns, words


# -- writing -----------------------------------------------------------------------------------------------------------
class Sealer:
    """Writes one source's days. A context manager: what it wrote counts when the block ends well, and is removed when it does not.

    Days come in order. keep_before: what the source had sealed of the days before this one (since 1970) stays, and such days are not
    taken: they were made from more than there is now. Raises ArchiveError when another process seals this archive, OSError when the disk
    refuses.
    """

    def __init__(self, folder: Path, source: str, *, keep_before: int = 0) -> None:
        self.folder, self.source, self._keep_before = days_folder(folder), source, keep_before
        self.about: Source | None = None  # to be set before the block ends
        self.points = 0
        self._files: list[File] = []
        self._month: tuple[int, int] | None = None
        self._tables: dict[str, list[pa.Table]] = {}
        self._days: list[int] = []

    def __enter__(self) -> Sealer:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(self.folder)
        except OSError as e:
            raise ArchiveError(f"{self.folder}: cannot be written ({e.strerror or e})") from None
        self._before = read_manifest(self.folder.parent)
        return self

    def day(self, day: Day) -> None:
        """Writes a day's points; its segments and cells wait for the end of the month."""
        if day.day < self._keep_before:
            return
        if self._month is not None and _month(day.day) != self._month:
            self._end_month()
        self._month = _month(day.day)
        self._write("points", f"{_date(day.day):%Y-%m-%d}", day.day, day.day, day.points, len(day.points["time_ms"]))
        self.points += len(day.points["time_ms"]) - int(np.count_nonzero(day.segments["carry"]))
        self._days.append(day.day)
        for kind in ("segments", "cells"):
            rows = getattr(day, kind)
            schema = sealed.SCHEMAS[kind]
            self._tables.setdefault(kind, []).append(
                pa.table([sealed._array(rows[f.name], f.type) for f in schema], schema=schema)
            )

    def uptime(
        self, hour: Sequence[int], sensor_id: Sequence[str], up_s: Sequence[float], down_s: Sequence[float], heard: Sequence[int]
    ) -> None:
        """Writes what is known of the sensors' uptime: one row per hour and sensor, in order of the hours."""
        months = [_month(h // 24) if h // 24 >= self._keep_before else (0, 0) for h in hour]
        for month in sorted({*months} - {(0, 0)}):
            rows = [i for i, m in enumerate(months) if m == month]
            picked: dict[str, Any] = {
                "hour": [hour[i] for i in rows], "sensor_id": [sensor_id[i] for i in rows],
                "up_s": np.array([up_s[i] for i in rows], np.float64),
                "down_s": np.array([down_s[i] for i in rows], np.float64), "heard": [heard[i] for i in rows],
            }  # fmt: skip
            days = [h // 24 for h in picked["hour"]]
            self._write("uptime", f"{month[0]:04d}-{month[1]:02d}", min(days), max(days), picked, len(rows))

    def _end_month(self) -> None:
        assert self._month is not None
        name = f"{self._month[0]:04d}-{self._month[1]:02d}"
        for kind, tables in self._tables.items():
            rows = pa.concat_tables(tables)
            self._write(kind, name, self._days[0], self._days[-1], {f.name: rows[f.name] for f in rows.schema}, rows.num_rows)
            if kind == "cells":
                self._write_heat(name, self._days[0], self._days[-1], rows)
        self._tables, self._days, self._month = {}, [], None

    def _write_heat(self, name: str, first: int, last: int, cells: pa.Table) -> None:
        columns = sealed.heat_of(cells["cell"].to_numpy(), cells["n"].to_numpy())
        self._write("heat", name, first, last, columns, len(columns["cell"]))

    def alerts(self, alerts: Sequence[Mapping[str, Any]], since: float, until: float) -> None:
        """Writes every alert as it last stood, one JSON object a line; with those that were kept of days before."""
        alerts = [*self._kept_alerts({a["id"] for a in alerts}), *alerts]
        data = b"".join(msgspec.json.encode(a, order="sorted") + b"\n" for a in alerts)
        self._keep("alerts", "all", "jsonl", int(since // 86_400), int(until // 86_400), data, len(alerts))

    def rename(self, source: str) -> None:
        """Gives the source another name, also in what was written."""
        if self._month is not None:
            self._end_month()
        renamed = []
        for file in self._files:
            name = file.name.replace(f"-{self.source}-", f"-{source}-")
            os.replace(self.folder / file.name, self.folder / name)
            renamed.append(msgspec.structs.replace(file, name=name, source=source))
        self._files, self.source = renamed, source

    def _write(self, kind: str, when: str, first: int, last: int, columns: Mapping[str, Any], rows: int) -> None:
        self._keep(kind, when, "parquet", first, last, sealed.encode(kind, columns), rows)

    def _keep(self, kind: str, when: str, suffix: str, first: int, last: int, data: bytes, rows: int) -> None:
        digest = hashlib.sha256(data).hexdigest()
        name = f"{kind}-{when}-{self.source}-{digest[:8]}.{suffix}"
        write_durably(self.folder / name, data)
        self._files.append(
            File(name=name, kind=kind, source=self.source, first=first, last=last, rows=rows, bytes=len(data), sha256=digest)
        )

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: Any) -> None:
        try:
            if kind is None:
                if self._month is not None:
                    self._end_month()
                assert self.about is not None
                self._commit(self.about)
            else:
                keep = {f.name for f in self._before.files}
                for file in self._files:
                    if file.name not in keep:
                        (self.folder / file.name).unlink(missing_ok=True)
        finally:
            self._lock.close()

    def _kept_alerts(self, known: set[Any]) -> list[dict[str, Any]]:
        found = []
        for file in self._before.files:
            if file.source == self.source and file.kind == "alerts" and self._keep_before:
                lines = (self.folder / file.name).read_bytes().splitlines()
                found += [
                    a for a in map(json.loads, lines) if a["id"] not in known and a["raised_at"] < self._keep_before * 86_400
                ]
        return found

    def _keep_earlier(self) -> None:
        """Takes over what this source had of the days before `keep_before`; a month that reaches beyond is written again without them."""
        for file in self._before.files if self._keep_before else ():
            if file.source != self.source or file.first >= self._keep_before or file.kind == "alerts":
                continue
            if file.last < self._keep_before:
                self._files.append(file)
                continue
            if file.kind == "heat":  # made with its cells
                continue
            rows = pq.read_table(self.folder / file.name, page_checksum_verification=True)
            day = rows["hour"].to_numpy() // 24 if file.kind == "uptime" else rows["day"].to_numpy()
            part = rows.filter(pa.array(day < self._keep_before))
            name = "{:04d}-{:02d}".format(*_month(file.first))
            columns, last = {f.name: part[f.name] for f in part.schema}, int(day[day < self._keep_before].max())
            self._write(file.kind, name, file.first, last, columns, part.num_rows)
            if file.kind == "cells":
                self._write_heat(name, file.first, last, part)

    def _commit(self, about: Source) -> None:
        self._keep_earlier()
        files = [f for f in self._before.files if f.source != self.source] + self._files
        sources = [s for s in self._before.sources if s.name != self.source] + [about]
        new = Manifest(
            files=tuple(sorted(files, key=lambda f: (f.kind, f.first, f.source))),
            sources=tuple(sorted(sources, key=lambda s: s.name)),
        )
        data = json.dumps(msgspec.to_builtins(new), indent=1, sort_keys=True).encode() + b"\n"
        write_durably(self.folder / "manifest.json", data)
        remove_strays(self.folder, new)


def remove_strays(folder: Path, manifest: Manifest) -> None:
    """Removes sealed files that no manifest names."""
    named = {f.name for f in manifest.files}
    for path in [*folder.glob("*.parquet"), *folder.glob("*.jsonl"), *folder.glob("*.part")]:
        if path.name not in named:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()


def write_durably(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Writes a file so that it is there whole or not at all, after a power cut too: beside its place, synced, renamed, folder synced."""
    temporary = path.with_name(path.name + ".part")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    os.replace(temporary, path)
    sync_folder(path.parent)


def _lock(folder: Path) -> BinaryIO:
    held = hold(folder)
    if held is None:
        raise ArchiveError(f"{folder}: another process seals this archive; wait for it, or give another --archive")
    return held


def _date(day: int) -> datetime:
    return datetime.fromtimestamp(day * 86_400, UTC)


def _month(day: int) -> tuple[int, int]:
    d = _date(day)
    return d.year, d.month


def days_of(days: Iterable[int]) -> list[str]:
    """Names of days since 1970: 2026-11-28."""
    return [f"{_date(day):%Y-%m-%d}" for day in days]
