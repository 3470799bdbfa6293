"""Ten years of SIMULATED flights for bench_record: the six months of record_sim, sealed again and again, each time moved along the border.

A copy lies half a year after the one before, its tracks have other numbers, and a seeded whole number of cells moves it east or west: the
line's latitude there is another, so other flights come near. Nothing else of a point changes, so its roll-up moves with it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from benchmarks import record_sim
from picket.record.archive import Archive, Sealer, Source, read_manifest
from picket.record.collect import Day
from picket.record.sealed import CELL_E7, DAY_MS

COPIES = 20  # of 36 million points
MOST_CELLS = 40  # 13 km
TRACKS = 1_000_000_000  # between the track numbers of two copies
_TIMES = ("begun_ms", "begin_ms", "end_ms")


def seal(source: Path, folder: Path, copies: int = COPIES, seed: int = 11) -> int:
    """Seals `copies` of the archive in `source` into `folder`, each a source of its own; what is there stays. Returns the points of all."""
    archive = Archive(source)
    since, until = archive.span()
    moves = np.random.default_rng(seed).integers(-MOST_CELLS, MOST_CELLS + 1, COPIES)
    for c in range(copies):
        name = f"sim{c:02d}"
        if any(s.name == name for s in read_manifest(folder).sources):
            continue
        later = (until - since) * c
        with Sealer(folder, name) as sealer:
            for day in range(since, until):
                sealer.day(_moved(archive, day, c, later, int(moves[c])))
            start, end = (since + later) * 86_400.0, (until + later) * 86_400.0
            sealer.about = Source(name=name, kind="tracks", since=start, until=end, digest="simulated", sensors=("radar-1",))
    return sum(f.rows for f in read_manifest(folder).files if f.kind == "points")


def _moved(archive: Archive, day: int, copy: int, days: int, cells: int) -> Day:
    """A sealed day, so many days later and so many cells further east."""
    (file,) = archive.files("points", day, day + 1)
    points = archive.table(file)
    assert points is not None
    found = {name: points[name] for name in points.column_names}
    found["time_ms"] = pc.add(found["time_ms"], days * DAY_MS)
    found["lon_e7"] = pc.add(found["lon_e7"], cells * CELL_E7).cast("int32")
    rows = {kind: archive.rows(kind, day, day + 1) for kind in ("segments", "cells")}
    segments = {name: rows["segments"][name] for name in rows["segments"].column_names}
    for name in _TIMES:
        segments[name] = pc.add(segments[name], days * DAY_MS)
    for end in ("begin", "end"):
        segments[f"{end}_lon_e7"] = pc.add(segments[f"{end}_lon_e7"], cells * CELL_E7).cast("int32")
    segments["track_id"] = pc.add(segments["track_id"], copy * TRACKS)
    segments["day"] = pc.add(segments["day"], days).cast("int32")
    moved = {
        "day": pc.add(rows["cells"]["day"], days).cast("int32"),
        "segment": rows["cells"]["segment"],
        "n": rows["cells"]["n"],
    }
    moved["cell"] = pc.add(rows["cells"]["cell"], cells)
    return Day(day + days, found, {k: _plain(v) for k, v in segments.items()}, {k: _plain(v) for k, v in moved.items()})


def _plain(column: object) -> object:
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column  # a day's rows lie in one piece


def main() -> None:
    """`python -m benchmarks.record_years SOURCE FOLDER`: makes SOURCE where it is not there yet, and the years of it."""
    import sys

    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    if not source.is_dir():
        record_sim.seal(source)
    print(seal(source, folder), "points")


if __name__ == "__main__":
    main()
