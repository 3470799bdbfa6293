"""`picket track`: detection tables or recordings in, a table of confirmed and coasting tracks out.

Inputs are read whole and put in order of time, so that sensors recorded into files of their own meet. The picture is taken at the end
of every scan of the radar with the most plots (without a radar: once per reporting period), or at fixed times.
"""

from __future__ import annotations

import resource
import time as _time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from picket.feed import Options
from picket.feed.assign import assign
from picket.feed.recording import RecordingError, UnreadableError, open_recording
from picket.feed.table import TableWriter, check_tables
from picket.site import Site
from picket.track.registration import SensorBias
from picket.track.sensors import PERIOD_S
from picket.track.tracker import Tracker
from picket.words import DETECTION, TRACK, Batch, concat

Progress = Callable[[str, int, int | None], None]
GAP = 0.25  # of a period: a radar whose plots pause for so long has ended its scan
_CHUNK = 50_000  # rows written at once


@dataclass
class Summary:
    """What `track_files` did. track_s is all work from columns in memory to tracks in memory."""

    scans: int = 0
    detections: int = 0
    read_s: float = 0.0
    track_s: float = 0.0
    write_s: float = 0.0
    shed: int = 0
    peak_mb: float = 0.0
    tracks: int = 0
    rows: int = 0
    cut: bool = False
    left_out: Counter[str] = field(default_factory=Counter)
    explanation: list[str] = field(default_factory=list)
    biases: list[SensorBias] = field(default_factory=list)


def track_files(
    inputs: Sequence[str | Path],
    site: Site | None,
    every: float | None = None,
    out: str | Path | None = None,
    explain: int | None = None,
    origin: str | None = None,
    on_progress: Progress | None = None,
    clock: Callable[[], float] = _time.perf_counter,
) -> Summary:
    """Tracks the detections of all inputs together and writes the tracks to `out` (suffix: .parquet, .csv, .jsonl, .arrow).

    every: seconds between pictures instead of one per scan. explain: a track id; `Summary.explanation` says what it took.
    origin: live, replay or exercise (which also takes simulated plots); None: what the site file says, else live.
    Raises RecordingError for an input of which nothing can be used, TableError or PlaceError where no table can be written,
    ValueError for a senseless `every`.
    """
    if every is not None and not 0.01 <= every <= 86_400.0:
        raise ValueError(f"expected --every between 0.01 and 86400 seconds, got {every!r}")
    check_tables([out], inputs)
    summary = Summary()
    begin = clock()
    batch = read_inputs(inputs, summary, site, origin or (site.station.origin if site else "live"), on_progress)
    summary.detections = batch.n
    summary.read_s = clock() - begin
    tracker, parts, waiting, ids = Tracker(site, exact_late=False), [], 0, np.empty(0, np.int64)  # `scans` sorts: nothing is late
    writer = TableWriter(out, TRACK) if out is not None and batch.n else None
    begin = clock()
    try:
        for part, now in scans(batch, site, every):
            rows = tracker.step(part, time=now)
            if now is None:  # rows without time: counted by the tracker, and nothing else
                continue
            summary.scans += 1
            if explain is not None:
                summary.explanation += _explained(explain, part, rows, tracker, now)
            shown = rows.take(np.flatnonzero(rows.equals("status", "confirmed") | rows.equals("status", "coasting")))
            if not shown.n:
                continue
            parts.append(shown)
            waiting += shown.n
            if waiting > _CHUNK:
                ids = _write(parts, ids, writer, summary, clock)
                parts, waiting = [], 0
        ids = _write(parts, ids, writer, summary, clock)
        summary.track_s = clock() - begin - summary.write_s
        if writer is not None:
            closing = clock()
            writer.close()
            writer = None
            summary.write_s += clock() - closing
    finally:
        if writer is not None:
            writer.abort()
    summary.tracks = len(ids)
    summary.shed = sum(tracker.shed.values())
    summary.left_out.update(tracker.left_out)
    summary.biases = tracker.registration()
    summary.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return summary


def read_inputs(
    inputs: Sequence[str | Path], summary: Summary, site: Site | None, origin: str, on_progress: Progress | None
) -> Batch:
    """The detections of all inputs, named as in the site file; `summary` is told what was left out and whether one was cut.

    Raises RecordingError for an input of which nothing can be used.
    """
    parts: list[Batch] = []
    for name in map(str, inputs):
        progress = None if on_progress is None else lambda done, total, name=name: on_progress(name, done, total)
        with open_recording(name, options=Options(origin=origin), on_progress=progress) as recording:
            try:
                for decoded in recording:
                    summary.left_out.update(decoded.left_out)
                    parts.append(assign(decoded.detections, site, keep_unknown=True)[0] if site else decoded.detections)
            except UnreadableError:
                if not any(p.n for p in parts):
                    raise
                summary.cut = True
            except RecordingError:
                if len(inputs) == 1:
                    raise
                summary.left_out["unusable_input"] += 1
            summary.cut |= recording.cut
    return concat(DETECTION, parts)


def _write(
    parts: list[Batch], ids: npt.NDArray[np.int64], writer: TableWriter | None, summary: Summary, clock: Callable[[], float]
) -> npt.NDArray[np.int64]:
    """Writes the collected rows; returns all track ids so far."""
    begin = clock()
    if writer is not None:
        for part in parts:
            writer.write(part)
    summary.write_s += clock() - begin
    summary.rows += sum(part.n for part in parts)
    return np.unique(np.concatenate([ids, *(part["track_id"] for part in parts)]))


def scans(batch: Batch, site: Site | None, every: float | None) -> Iterator[tuple[Batch, float | None]]:
    """The rows in order of time, cut into steps, with the time at which each step's picture is taken.

    Rows without time come last, with None, so that the tracker counts them.
    """
    time = batch["time"]
    timed = int(np.count_nonzero(~np.isnan(time)))
    if timed < batch.n or (time[1:] < time[:-1]).any():
        batch = batch.take(np.argsort(time, kind="stable"))  # NaN sorts last
        time = batch["time"]
    ends = _fixed(time[:timed], every) if every is not None else _scan_ends(batch, timed, site)
    start = 0
    for end in ends.tolist():
        stop = int(np.searchsorted(time[:timed], end, side="right"))
        yield batch.cut(start, stop), end
        start = stop
    if start < timed:
        yield batch.cut(start, timed), float(time[timed - 1])
    if timed < batch.n:
        yield batch.cut(timed, batch.n), None


def _fixed(time: npt.NDArray[np.float64], every: float) -> npt.NDArray[np.float64]:
    """Multiples of `every` from the first row to the first one after the last; long silences hold none but their first 60."""
    step = np.unique(np.ceil(time / every))
    following = (step[:, None] + np.arange(60 if len(step) < 100_000 else 2)).ravel()
    return np.asarray(np.unique(following[following <= (step[-1] if len(step) else 0)]) * every)


def _scan_ends(batch: Batch, timed: int, site: Site | None) -> npt.NDArray[np.float64]:
    """Time of the last plot of every scan of the sensor that sets the beat: the radar with the most plots, else the busiest."""
    if timed == 0:
        return np.empty(0)
    radar = batch.equals("kind", "radar")[:timed]
    pool = np.flatnonzero(radar) if radar.any() else np.arange(timed)
    sensor = batch["sensor_id"][pool]
    names, counts = np.unique(sensor, return_counts=True)
    beat = names[int(np.argmax(counts))]
    words, kinds = batch.words("sensor_id"), batch.words("kind")
    first = pool[int(np.argmax(sensor == beat))]
    known = site.sensor_named(words[beat]) if site and beat >= 0 else None
    kind = kinds[batch["kind"][first]] if batch["kind"][first] >= 0 else ""
    period = (known.scan_period_s if known else None) or PERIOD_S.get(kind, 1.0)
    time = batch["time"][:timed][pool[sensor == beat]]
    ends, i = [], 0
    while i < len(time):
        j = int(np.searchsorted(time, time[i] + period * (1.0 - 1e-3), side="left"))
        pause = np.flatnonzero(np.diff(time[i:j]) > GAP * period)
        if len(pause):
            j = i + int(pause[0]) + 1
        ends.append(time[j - 1])
        i = j
    return np.array(ends)


def _explained(track_id: int, part: Batch, rows: Batch, tracker: Tracker, now: float | None) -> list[str]:
    """What the step did to one track, a line each: what it took with what weight, and where that left it."""
    lines = []
    for i in np.flatnonzero(tracker.assigned.track_id == track_id).tolist():
        row = next(part.take(np.array([i])).rows())
        what = ", ".join(
            f"{k} {row[k]:.6g}" for k in ("range_m", "azimuth_deg", "elevation_deg", "lat_deg", "lon_deg") if k in row
        )
        who = f", identity {row['identity']}" if "identity" in row else ""
        lines.append(
            f"{_iso(row['time'])} took a plot of {row.get('sensor_id', '?')} ({what}{who}) with weight {tracker.assigned.weight[i]:.3f}"
        )
    for i in np.flatnonzero(rows["track_id"] == track_id).tolist():
        row = next(rows.take(np.array([i])).rows())
        flags = f", {' '.join(row['flags'])}" if "flags" in row else ""
        if not lines:
            lines.append(f"{_iso(row['time'])} took nothing")
        lines.append(
            f"{_iso(row['time'])} {row['status']}, existence {row['existence']:.4f}, sigma {row['sigma_horizontal_m']:.1f} m{flags}"
        )
    return lines


def _iso(time: float) -> str:
    return f"{datetime.fromtimestamp(round(time, 3), UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"
