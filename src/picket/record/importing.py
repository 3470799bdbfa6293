"""A unit's history into the archive: tables of detections (through the tracker) or of tracks become sealed days.

One import is one source, named by a digest of its rows: the sum and the exclusive or of a hash of each row, so that the same rows are
the same source in whatever order and file format they come. What is there already is refused. So are rows of a sensor in an hour of
which the archive has rows of that sensor, unless the user says that both are to count.

Track tables are read side by side in order of time, a batch at a time; each file's track numbers are its own. Detections are read whole,
so that sensors recorded into files of their own meet: import long histories month by month.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.feed.table import SUFFIXES, container, read_open
from picket.places import in_words
from picket.reasons import left_out_words
from picket.record.archive import Archive, ArchiveError, Sealer, Source, read_manifest
from picket.record.collect import Collector
from picket.record.pseudonyms import Pseudonyms
from picket.record.uptime import UptimeBook
from picket.site import Site
from picket.track import Tracker
from picket.track.run import Progress, read_inputs, scans
from picket.track.run import Summary as TrackSummary
from picket.words import TRACK, Batch, TableError

_FILE_IDS = 1 << 44  # track numbers of one file of several; beyond it they could meet those of the next
_HASHED = {
    "detection": ("time", "range_m", "azimuth_deg", "elevation_deg", "lat_deg", "lon_deg", "sensor_id", "identity"),
    "track": ("time", "track_id", "lat_deg", "lon_deg", "alt_wgs84_m", "identity"),
}


class NothingError(ValueError):
    """Tables in which nothing is that can become a sealed day."""

    exit_code = 1


@dataclass
class Summary:
    """What an import did."""

    source: str = ""
    kind: str = ""
    rows: int = 0
    points: int = 0
    segments: int = 0
    days: list[int] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    cut: bool = False


def import_files(
    folder: Path, inputs: Sequence[str | Path], site: Site | None = None, *, origin: str = "live", overlap: bool = False,
    pseudonyms: Pseudonyms | None = None, on_progress: Progress | None = None,
) -> Summary:  # fmt: skip
    """Imports tables of one kind, or recordings, into the archive `folder`.

    overlap: also count rows of sensors and hours that the archive has already. Raises ArchiveError for what is there already
    or overlaps, NothingError
    when nothing can be used, TableError and RecordingError for inputs that cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {_kind(Path(p)) for p in inputs}
    if len(kinds) > 1:
        raise TableError("expected tables of one kind, got detections and tracks; import them one after the other")
    summary, kind = Summary(kind=kinds.pop()), ""
    book, digest = UptimeBook(), _Digest()
    with _Pending(folder) as pending:
        sealer = pending.sealer
        friendly = [f.identity for f in site.friendly] if site else []
        collector = Collector(pending.day, pseudonyms or Pseudonyms(folder), friendly)
        run = _tracks if summary.kind == "track" else _detections
        since, until = run(inputs, site, origin, collector, book, digest, summary, on_progress)
        collector.finish()
        summary.left_out.update(collector.left_out)
        if collector.left_out["day_sealed"]:
            raise TableError(
                f"{collector.left_out['day_sealed']} rows lie more than a day before rows that came before them; sort each table by time"
            )
        if not pending.segments:
            why = left_out_words(summary.left_out) or "no rows"
            raise NothingError(f"no sure track with a place is in {', '.join(map(str, inputs))}; left out: {why}")
        kind = "detections" if summary.kind == "detection" else "tracks"
        name = f"import-{digest.hex()[:10]}"
        _refuse_known(folder, name, digest.hex())
        if not overlap:
            _refuse_overlap(folder, book)
        pending.rename(name)
        book.write(sealer)
        sealer.about = Source(
            name=name, kind=kind, since=since, until=until, digest=digest.hex(), sensors=book.sensors(),
            left_out=dict(sorted(summary.left_out.items())),
            detail={"files": [in_words(Path(p).name) for p in inputs], "rows": summary.rows},
        )  # fmt: skip
        summary.source, summary.points, summary.segments, summary.days = name, sealer.points, pending.segments, pending.days
    return summary


def _kind(path: Path) -> str:
    """track for a track table, else detection (a table or a recording)."""
    if path.suffix.lower() not in SUFFIXES:
        return "detection"
    try:
        with path.open("rb") as f:
            for batch in read_open(f, container(path), TRACK, Counter(), str(path)):
                return "track" if "track_id" in batch.columns and (batch["track_id"] >= 0).any() else "detection"
    except OSError as e:
        raise TableError(f"{path}: {e.strerror or e}") from None
    except TableError:
        pass  # a detection table, or a file that its reader will name
    return "detection"


# -- the two ways in ---------------------------------------------------------------------------------------------------
def _tracks(
    inputs: Sequence[str | Path], site: Site | None, origin: str, collector: Collector, book: UptimeBook, digest: _Digest, summary: Summary,
    on_progress: Progress | None,
) -> tuple[float, float]:  # fmt: skip
    since, until = np.inf, -np.inf
    with ExitStack() as files:
        waiting: list[tuple[float, int, Batch, Iterator[Batch]]] = []
        for i, path in enumerate(inputs):
            file = files.enter_context(open(path, "rb"))
            _next(waiting, i, read_open(file, container(path), TRACK, summary.left_out, str(path)), summary)
        while waiting:
            _, i, batch, reader = heapq.heappop(waiting)
            digest.add(batch)
            time = batch["time"][np.isfinite(batch["time"])]
            if len(time):
                since, until = min(since, float(time.min())), max(until, float(time.max()))
            summary.rows += batch.n
            _hear_tracks(batch, book)
            collector.add(_own_numbers(batch, i, len(inputs), origin))
            if on_progress is not None:
                on_progress(str(inputs[i]), summary.rows, None)
            _next(waiting, i, reader, summary)
    return since, until


def _next(waiting: list[tuple[float, int, Batch, Iterator[Batch]]], i: int, reader: Iterator[Batch], summary: Summary) -> None:
    """Puts the next batch of a file where its first time says; a file that turns out to be cut has given what it has."""
    try:
        for batch in reader:
            if batch.n:
                time = batch["time"][np.isfinite(batch["time"])]
                heapq.heappush(waiting, (float(time.min()) if len(time) else -np.inf, i, batch, reader))
                return
    except TableError:
        if not summary.rows and not waiting:
            raise
        summary.cut = True


def _own_numbers(batch: Batch, i: int, files: int, origin: str) -> Batch:
    """The batch with its file's own track numbers, and an origin where the table says none."""
    new: dict[str, Any] = {}
    if files > 1:
        own = batch["track_id"]
        new["track_id"] = np.where((own >= 0) & (own < _FILE_IDS), own + i * _FILE_IDS, -1)
    if "origin" not in batch.columns:
        new["origin"] = origin
    return batch.replace(new) if new else batch


def _hear_tracks(batch: Batch, book: UptimeBook) -> None:
    minute = np.floor(batch["time"] / 60.0)
    codes = batch["sensors"]
    for code, names in enumerate(batch.words("sensors")):
        own = minute[(codes == code) & np.isfinite(minute)]
        for name in names:
            book.heard(name, np.unique(own).astype(np.int64).tolist())


def _detections(
    inputs: Sequence[str | Path], site: Site | None, origin: str, collector: Collector, book: UptimeBook, digest: _Digest, summary: Summary,
    on_progress: Progress | None,
) -> tuple[float, float]:  # fmt: skip
    told = TrackSummary()
    batch = read_inputs(inputs, told, site, origin, on_progress)
    digest.add(batch)
    summary.rows, summary.cut = batch.n, told.cut
    tracker = Tracker(site)
    for part, now in scans(batch, site, None):
        rows = tracker.step(part, time=now)
        if now is not None:
            collector.picture(rows)
    summary.left_out.update(told.left_out)
    summary.left_out.update(tracker.left_out)
    time = batch["time"]
    minute = np.floor(time / 60.0)
    codes = batch["sensor_id"]
    for code, name in enumerate(batch.words("sensor_id")):
        own = minute[(codes == code) & np.isfinite(minute)]
        book.heard(name, np.unique(own).astype(np.int64).tolist())
    known = time[np.isfinite(time)]
    return (float(known.min()), float(known.max())) if len(known) else (np.inf, -np.inf)


# -- nothing twice -----------------------------------------------------------------------------------------------------
class _Digest:
    """The same for the same rows, in whatever order and batches they come."""

    def __init__(self) -> None:
        self._sum, self._xor, self._n = 0, 0, 0

    def add(self, batch: Batch) -> None:
        h = np.full(batch.n, 0x9E3779B97F4A7C15, np.uint64)
        for name in _HASHED[batch.table.name]:
            h = _mix(h ^ self._values(batch, name))
        self._sum = (self._sum + int(np.add.reduce(h, dtype=np.uint64))) & (1 << 64) - 1
        self._xor ^= int(np.bitwise_xor.reduce(h))
        self._n += batch.n

    @staticmethod
    def _values(batch: Batch, name: str) -> npt.NDArray[np.uint64]:
        array, kind = batch[name], batch.table.kinds[name]
        if kind == "text":
            words = [int.from_bytes(hashlib.sha256(w.encode()).digest()[:8], "little") for w in batch.words(name)]
            return np.array([*words, 0], np.uint64)[array]
        if kind == "int":
            return array.astype(np.uint64)
        return np.where(np.isnan(array), -1e300, array + 0.0).view(np.uint64)

    def hex(self) -> str:
        return hashlib.sha256(f"{self._n} {self._sum} {self._xor}".encode()).hexdigest()


def _mix(h: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """SplitMix64's finalizer (Steele, Lea and Flood 2014)."""
    h = (h + np.uint64(0x9E3779B97F4A7C15)) & np.uint64(0xFFFFFFFFFFFFFFFF)
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(31))


def _refuse_known(folder: Path, name: str, digest: str) -> None:
    for source in read_manifest(folder).sources:
        if source.digest == digest:
            raise ArchiveError(f"these rows are in the archive already, as {name}: nothing was imported, so nothing counts twice")


def _refuse_overlap(folder: Path, book: UptimeBook) -> None:
    archive = Archive(folder)
    hours = sorted({h for h, _ in book.heard_hours()})
    if not hours or not archive.manifest.files:
        return
    rows = archive.rows("uptime", hours[0] // 24, hours[-1] // 24 + 1)
    held = {
        (h, s)
        for h, s, n in zip(rows["hour"].to_pylist(), rows["sensor_id"].to_pylist(), rows["heard"].to_pylist(), strict=True)
        if n
    }
    both = sorted(held & book.heard_hours())
    if both:
        hour, sensor = both[0]
        when = np.datetime64(hour * 3600, "s")
        raise ArchiveError(
            f"the archive has rows of {sensor} in the hour of {when}Z already ({len(both)} hours and sensors in all): "
            f"they would count twice; "
            "import other hours, or say --overlap if they are other aircraft"
        )


class _Pending:
    """A sealer whose source gets its name at the end, when its digest is known; no other process seals meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.sealer = Sealer(folder, "import-pending")
        self.segments, self.days = 0, list[int]()

    def day(self, day: Any) -> None:
        self.sealer.day(day)
        self.segments += len(day.segments["segment"])
        self.days.append(day.day)

    def rename(self, name: str) -> None:
        self.sealer.rename(name)

    def __enter__(self) -> _Pending:
        self.sealer.__enter__()
        return self

    def __exit__(self, *exc: Any) -> None:
        self.sealer.__exit__(*exc)
