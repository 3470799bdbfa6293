"""Sealed days: what is kept, where tracks are cut, that files appear whole, and that damage is named and not counted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.record.history import DAY, T0, north, seal, track

from picket.record.archive import Archive, ArchiveError, Sealer, read_manifest
from picket.record.collect import Collector
from picket.record.counts import count
from picket.record.flights import flights
from picket.record.pseudonyms import Pseudonyms
from picket.words import TRACK, concat


def test_points_come_back_within_half_a_unit(tmp_path: Path) -> None:
    n = np.arange(50.0)
    rng = np.random.default_rng(1)
    lat, lon, alt = 54.0 + rng.normal(0, 0.01, 50), 179.99 + rng.normal(0, 0.02, 50), rng.normal(100, 20, 50)
    alt[7] = np.nan
    archive = seal(tmp_path, [track(9, T0 + n + 0.0004, lat, lon, alt_wgs84_m=alt)])
    segments = archive.segments(*archive.span())
    points = archive.points(segments.point_files[0], ["time_ms", "lat_e7", "lon_e7", "alt_dm", "sigma_dm"])
    assert points is not None
    assert np.abs(points["lat_e7"] / 1e7 - lat).max() <= 0.51e-7
    assert np.abs((points["lon_e7"] / 1e7 - lon + 180) % 360 - 180).max() <= 0.51e-7
    assert np.abs(points["time_ms"] / 1e3 - T0 - n).max() <= 0.001
    assert np.flatnonzero(np.isnan(points["alt_dm"])).tolist() == [7]
    assert np.nanmax(np.abs(points["alt_dm"] / 10 - alt)) <= 0.0501
    assert archive.verify() == []
    held = pq.read_schema(tmp_path / "days" / segments.point_files[0].name)
    assert held.metadata[b"table"] == b"sealed_points"


def test_what_is_not_measured_or_not_sure_is_no_point(tmp_path: Path) -> None:
    rows = north(1, T0, 20, 10.0, 20.0)
    updated = rows["updated_at"].copy()
    updated[10:] = updated[10]  # it coasts from there on
    status = ["tentative"] * 3 + ["confirmed"] * 8 + ["coasting"] * 10
    archive = seal(tmp_path, [rows.replace({"updated_at": updated, "status": status})])
    segments = archive.segments(*archive.span())
    assert segments["rows"].tolist() == [8]
    assert segments["end_ms"].tolist() == [round((T0 + 10) * 1000)]


def test_a_hole_begins_a_new_segment_and_claims_no_path(tmp_path: Path) -> None:
    archive = seal(tmp_path, [north(1, T0, 10, 10.0, 20.0), north(1, T0 + 100, 10, 10.5, 20.0)])
    segments = archive.segments(*archive.span())
    assert segments["rows"].tolist() == [11, 11]
    assert segments["longest_step_m"].max() < 25
    assert flights(segments).n == 1  # the same track within the gap
    assert flights(segments, 60.0).n == 2


def test_a_flight_over_midnight_is_on_both_days_and_once_in_all(tmp_path: Path) -> None:
    archive = seal(tmp_path, [north(1, T0 + 86_400 - 30, 60, 10.0, 20.0)])
    segments = archive.segments(*archive.span())
    assert segments["day"].tolist() == [DAY, DAY + 1]
    assert segments["carry"].tolist() == [False, True]
    assert segments["rows"].tolist() == [30, 32]  # 23:59:30..59, then the carried point and 00:00:00..30
    counts = count(archive, DAY, DAY + 2)
    assert (counts.total, counts.flight_days, counts.over_midnight) == (1, 2, 1)
    assert counts.per_bucket.tolist() == [1, 1]
    assert count(archive, DAY + 1, DAY + 2).total == 1
    cells = archive.rows("cells", DAY, DAY + 2)
    assert sum(cells["n"].to_pylist()) == 61  # the carried point counts once


def test_a_line_crossed_in_the_step_over_midnight_belongs_to_the_second_day(tmp_path: Path) -> None:
    from picket.record.shapes import shape_of

    archive = seal(tmp_path, [north(1, T0 + 86_400 - 30.5, 60, 10.0, 20.0)])
    at = 10.0 + 30.5 * 20 / 111_195
    shape = shape_of({"type": "LineString", "coordinates": [[19.9, at], [20.1, at]]}, "x")
    assert count(archive, DAY, DAY + 2, shape=shape, within_m=1.0).per_bucket.tolist() == [0, 1]


def test_a_clock_set_back_for_an_hour_loses_nothing_and_counts_nothing_twice(tmp_path: Path) -> None:
    rows = [north(1, T0 + 86_400 + 1_800, 100, 10.0, 20.0), north(2, T0 + 86_400 - 1_800, 100, 10.2, 20.0)]
    got = []
    collector = Collector(got.append, lambda i, d: i)
    for one in rows:  # the second is a day earlier by its clock, and comes later
        collector.add(one)
    collector.finish()
    assert [d.day for d in got] == [DAY, DAY + 1]
    assert not collector.left_out


def test_what_comes_days_too_late_is_counted(tmp_path: Path) -> None:
    collector = Collector(lambda day: None, lambda i, d: i)
    for day in (5, 0):
        collector.add(north(1 + day, T0 + day * 86_400, 10, 10.0, 20.0))
    collector.add(north(3, T0, 10, 10.0, 20.0))
    assert collector.left_out["day_sealed"] == 11


def test_pictures_are_thinned_as_rows_are(tmp_path: Path) -> None:
    """Half-second pictures, as a station makes them, give the points that the whole table gives."""
    half = np.arange(0.0, 60.0, 0.5)
    rows = [track(i, T0 + half, 10.0 + i + half * 2e-4, np.full(len(half), 20.0)) for i in (1, 2, 3)]
    times = np.unique(np.concatenate([r["time"] for r in rows]))
    kept: dict[str, list[object]] = {"picture": [], "rows": []}
    one = Collector(kept["picture"].append, lambda i, d: i)
    for t in times.tolist():
        one.picture(concat(TRACK, [r.take(r["time"] == t) for r in rows]))
    one.finish()
    two = Collector(kept["rows"].append, lambda i, d: i)
    for r in rows:
        two.add(r)
    two.finish()
    a, b = kept["picture"][0], kept["rows"][0]
    assert all(np.array_equal(a.points[n], b.points[n]) for n in ("segment", "time_ms", "lat_e7"))  # type: ignore[attr-defined]


def test_sealing_again_replaces_and_an_error_leaves_what_was(tmp_path: Path) -> None:
    first = seal(tmp_path, [north(1, T0, 10, 10.0, 20.0)])
    before = first.digest(*first.span())
    again = seal(tmp_path, [north(1, T0, 10, 10.0, 20.0)])
    assert again.digest(*again.span()) == before  # the same bytes
    with pytest.raises(ZeroDivisionError), Sealer(tmp_path, "log") as sealer:
        seal_half(sealer)
    after = Archive(tmp_path)
    assert after.digest(*after.span()) == before
    assert after.verify() == []
    named = {f.name for f in read_manifest(tmp_path).files}
    assert {p.name for p in (tmp_path / "days").glob("*.parquet")} == named


def seal_half(sealer: Sealer) -> None:
    """Writes a day, and fails before the manifest says so."""
    collector = Collector(sealer.day, lambda i, d: i)
    collector.add(north(2, T0, 10, 10.0, 20.0))
    collector.finish()
    raise ZeroDivisionError


def test_a_second_process_that_seals_is_refused(tmp_path: Path) -> None:
    seal(tmp_path, [north(1, T0, 10, 10.0, 20.0)])
    code = (
        "import sys; from pathlib import Path; from picket.record.archive import Sealer\n"
        "with Sealer(Path(sys.argv[1]), 'log'): print('sealing', flush=True); sys.stdin.read(); sys.exit(9)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"sealing\n"
        with pytest.raises(ArchiveError, match="another process seals"):
            seal(tmp_path, [north(2, T0, 10, 10.0, 20.0)])
    finally:
        process.kill()
        process.wait()
    seal(tmp_path, [north(2, T0, 10, 10.0, 20.0)])  # the lock goes with the process


@pytest.mark.parametrize("damage", ["gone", "cut", "flipped", "foreign"])
def test_a_damaged_day_is_named_and_the_others_count(tmp_path: Path, damage: str) -> None:
    from picket.record.shapes import shape_of

    archive = seal(tmp_path, [north(1, T0, 400, 10.0, 20.0), north(2, T0 + 86_400, 400, 10.0, 20.0)])
    path = tmp_path / "days" / archive.files("points", DAY, DAY + 1)[0].name
    data = bytearray(path.read_bytes())
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "flipped":
        at = data.index(b"PAR1") + 60  # inside the first column's pages
        data[at] ^= 0x10
        path.write_bytes(data)
    else:
        import pyarrow as pa

        pq.write_table(pa.table({"a": [1, 2]}), path)
    assert any(path.name in line and "rebuild" in line for line in Archive(tmp_path).verify())
    shape = shape_of({"type": "LineString", "coordinates": [[19.9, 10.03], [20.1, 10.03]]}, "x")
    counts = count(Archive(tmp_path), DAY, DAY + 2, shape=shape, within_m=10.0)
    assert counts.per_bucket.tolist()[1] == 1
    if damage != "flipped":  # a flipped bit in a column that was not asked for is found by verify only
        assert counts.per_bucket.tolist()[0] == 0
        assert any(path.name in line for line in counts.damage)


def test_an_empty_archive_and_an_empty_period(tmp_path: Path) -> None:
    assert Archive(tmp_path).span() == (0, 0)
    assert count(Archive(tmp_path), DAY, DAY + 1).total == 0
    archive = seal(tmp_path, [north(1, T0, 10, 10.0, 20.0)])
    counts = count(archive, DAY + 100, DAY + 130, by="week")
    assert (counts.total, counts.damage) == (0, ())
    with pytest.raises(ArchiveError, match="no such folder"):
        Archive(tmp_path / "nowhere")
    (tmp_path / "days" / "manifest.json").write_text("{")
    with pytest.raises(ArchiveError, match="cannot be read"):
        Archive(tmp_path)


def test_pseudonyms_hold_for_a_period_and_cannot_be_made_without_its_key(tmp_path: Path) -> None:
    names = Pseudonyms(tmp_path, random=lambda n: bytes(range(n)))
    first = names("SERIAL1", DAY)
    assert first == Pseudonyms(tmp_path)("SERIAL1", DAY)
    assert (tmp_path / "secrets" / "airframes.json").stat().st_mode & 0o777 == 0o600
    other = Pseudonyms(tmp_path, random=lambda n: bytes(n))
    assert other("SERIAL1", DAY + 200) != first
    assert other.erase_before(DAY + 200) == [DAY // 180]
    assert Pseudonyms(tmp_path, random=lambda n: b"x" * n)("SERIAL1", DAY) != first
