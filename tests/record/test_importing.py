"""A unit's history comes in once: tables of tracks and of detections, in any format; bad files are named."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.record.history import T0, north, seal, wander

from picket.feed.table import write_table
from picket.record.archive import Archive, ArchiveError, read_manifest
from picket.record.counts import count
from picket.record.importing import NothingError, import_files
from picket.words import DETECTION, TRACK, Batch, TableError, concat


def table(path: Path, rows: Batch) -> Path:
    write_table(rows, path)
    return path


def some(seed: int = 1, n: int = 12) -> Batch:
    rng = np.random.default_rng(seed)
    rows = concat(TRACK, [wander(rng, i + 1, 10.0, 20.0, day_s=80_000.0) for i in range(n)])
    return rows.take(np.argsort(rows["time"], kind="stable"))


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl", "arrow"])
def test_tracks_come_in_and_never_twice(tmp_path: Path, suffix: str) -> None:
    rows = some()
    done = import_files(tmp_path / "archive", [table(tmp_path / f"t.{suffix}", rows)])
    assert (done.kind, done.rows, done.segments) == ("track", rows.n, 12)
    archive = Archive(tmp_path / "archive")
    direct = seal(tmp_path / "direct", [rows])
    assert count(archive, *archive.span()).total == count(direct, *direct.span()).total > 5
    before = read_manifest(tmp_path / "archive")
    shuffled = rows.take(np.random.default_rng(0).permutation(rows.n))
    for again in (tmp_path / f"t.{suffix}", table(tmp_path / "other.csv", rows), table(tmp_path / "shuffled.parquet", shuffled)):
        with pytest.raises(ArchiveError, match=r"already.*nothing counts twice"):
            import_files(tmp_path / "archive", [again])
    assert read_manifest(tmp_path / "archive") == before
    assert not list((tmp_path / "archive" / "days").glob("*pending*"))


def test_a_file_whose_name_is_no_text_comes_in_and_the_archive_can_be_read(tmp_path: Path) -> None:
    """The name went into the manifest as it was; nothing could read that again, and with it no other day."""
    name = os.fsdecode(b"may\xff.csv")
    import_files(tmp_path / "archive", [table(tmp_path / name, some())])
    (source,) = read_manifest(tmp_path / "archive").sources
    assert source.detail["files"] == [r"may\xff.csv"]


def test_part_of_what_is_there_is_refused_unless_it_is_to_count(tmp_path: Path) -> None:
    rows = some()
    import_files(tmp_path / "archive", [table(tmp_path / "a.parquet", rows)])
    half = table(tmp_path / "half.parquet", rows.take(np.arange(rows.n // 2)))
    with pytest.raises(ArchiveError, match="would count twice"):
        import_files(tmp_path / "archive", [half])
    done = import_files(tmp_path / "archive", [half], overlap=True)
    assert done.segments > 0
    later = rows.replace({"time": rows["time"] + 5 * 86_400.0, "updated_at": rows["time"] + 5 * 86_400.0})
    import_files(tmp_path / "archive", [table(tmp_path / "later.parquet", later)])
    assert len(read_manifest(tmp_path / "archive").sources) == 3


def test_files_with_the_same_track_numbers_stay_apart(tmp_path: Path) -> None:
    a = table(tmp_path / "a.csv", north(1, T0, 60, 10.0, 20.0))
    b = table(tmp_path / "b.csv", north(1, T0 + 30, 60, 11.0, 20.0))
    import_files(tmp_path / "archive", [b, a])
    archive = Archive(tmp_path / "archive")
    assert count(archive, *archive.span()).total == 2
    assert archive.segments(*archive.span())["rows"].tolist() == [61, 61]


def test_detections_go_through_the_tracker(tmp_path: Path) -> None:
    t = T0 + np.arange(120.0)
    rows = Batch.build(
        DETECTION, 120,
        {"time": t, "received": t, "sensor_id": "rid", "kind": "remote_id", "report": "plot",
         "origin": "live", "lat_deg": 10 + np.arange(120) * 2e-4, "lon_deg": np.full(120, 20.0), "alt_wgs84_m": np.full(120,
         80.0), "sigma_position_m": 3.0,
         "identity": "S1", "identity_kind": "serial"},
    )  # fmt: skip
    done = import_files(tmp_path / "archive", [table(tmp_path / "d.csv", rows)])
    assert done.kind == "detection"
    archive = Archive(tmp_path / "archive")
    counts = count(archive, *archive.span())
    assert (counts.total, counts.airframes) == (1, 1)
    assert not counts.uptime.known
    assert counts.uptime.sensors["rid"].heard_h == pytest.approx(2 / 60)
    text = "".join(p.read_bytes().decode("latin-1") for p in (tmp_path / "archive" / "days").iterdir() if p.is_file())
    assert "S1" not in text  # an identity is never in the sealed days
    with pytest.raises(ArchiveError, match="already"):
        import_files(tmp_path / "archive", [table(tmp_path / "d.parquet", rows)])


def test_days_far_out_of_order_are_refused_with_what_to_do(tmp_path: Path) -> None:
    rows = [north(i + 1, T0 + d * 86_400, 10, 10.0, 20.0) for i, d in enumerate((9, 5, 0))]
    many = np.repeat(np.arange(11), 6_000)  # more than one batch of the reader
    write_table([rows[0].take(many), rows[1].take(many), rows[2]], tmp_path / "x.parquet", TRACK)
    with pytest.raises(TableError, match="sort each table by time"):
        import_files(tmp_path / "archive", [tmp_path / "x.parquet"])
    assert read_manifest(tmp_path / "archive").files == ()


def test_bad_files_are_named(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.parquet"
    pq.write_table(pa.table({"name": ["x"], "value": [1.0]}), foreign)
    with pytest.raises((NothingError, TableError, ValueError), match="foreign"):
        import_files(tmp_path / "archive", [foreign])
    good = table(tmp_path / "good.parquet", some())
    data = good.read_bytes()
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match=r"cut\.parquet"):
        import_files(tmp_path / "archive", [cut])
    with pytest.raises(TableError, match="one kind"):
        import_files(
            tmp_path / "archive", [good, table(tmp_path / "d.csv", Batch.from_rows(DETECTION, [{"time": T0, "sensor_id": "a"}]))]
        )
    none = table(tmp_path / "none.csv", north(1, T0, 5, 10.0, 20.0).replace({"status": "tentative"}))
    with pytest.raises(NothingError, match="not_sure"):
        import_files(tmp_path / "archive", [none])
    with pytest.raises((OSError, ValueError), match="nowhere"):
        import_files(tmp_path / "archive", [tmp_path / "nowhere.csv"])
    assert read_manifest(tmp_path / "archive").files == ()
