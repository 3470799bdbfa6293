"""`picket track`: tables and recordings to a track table."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import track_sim as sim

from picket.feed.table import read_table, write_table
from picket.track.run import scans, track_files
from picket.words import DETECTION, TRACK, Batch


def _table(path: Path, seconds: int = 12) -> Path:
    rng = np.random.default_rng(1)
    batches = [sim.plots(rng, sim.T0 + k, np.array([[1000.0 + 10 * k, 900.0, 100.0]]), pd=1.0) for k in range(seconds)]
    batches.append(Batch.from_rows(DETECTION, [{"sensor_id": "radar", "kind": "radar", "range_m": 5.0, "azimuth_deg": 1.0}]))
    write_table(batches, path)
    return path


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl", "arrow"])
def test_table_in_table_out_one_picture_per_scan(tmp_path: Path, suffix: str) -> None:
    source, target = _table(tmp_path / f"in.{suffix}"), tmp_path / f"out.{suffix}"
    ticks = itertools.count()
    summary = track_files([source], sim.site(sim.radar()), out=target, clock=lambda: float(next(ticks)))
    rows = read_table(target, TRACK)
    assert (summary.detections, summary.tracks, summary.rows) == (13, 1, 11)
    assert summary.scans == 12
    assert summary.left_out == {"no_time": 1}
    assert rows["time"].tolist() == [sim.T0 + k for k in range(1, 12)]
    assert set(rows.values("status")) == {"confirmed"}
    assert min(summary.read_s, summary.track_s, summary.write_s, summary.peak_mb) > 0


def test_every_gives_fixed_times(tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    track_files([_table(tmp_path / "in.parquet")], sim.site(sim.radar()), every=0.5, out=target)
    times = np.unique(read_table(target, TRACK)["time"])
    assert times.tolist() == [sim.T0 + 0.5 * k for k in range(2, 23)]
    with pytest.raises(ValueError, match="every"):
        track_files([tmp_path / "in.parquet"], None, every=0.0)


def test_explain_names_every_plot_that_the_track_took(tmp_path: Path) -> None:
    summary = track_files([_table(tmp_path / "in.parquet")], sim.site(sim.radar()), explain=0)
    assert sum("took a plot of radar" in line for line in summary.explanation) == 12
    assert summary.explanation[-1].split()[1] == "confirmed,"
    begun = datetime.fromisoformat(summary.explanation[0].split()[0])  # a person compares it with the watch log
    assert sim.T0 <= begun.timestamp() < sim.T0 + 60
    assert begun.tzinfo == UTC


def test_a_turning_radar_gives_one_picture_per_turn_whatever_else_reports() -> None:
    n = 100
    batch = Batch.build(DETECTION, 2 * n, {
        "time": np.concatenate([sim.T0 + np.arange(n) * 0.1, sim.T0 + 0.05 + np.arange(n) * 0.1]),
        "sensor_id": ["radar"] * n + ["rid"] * n, "kind": ["radar"] * n + ["remote_id"] * n,
    })  # fmt: skip
    steps = list(scans(batch, sim.site(sim.radar(scan_period_s=2.0)), None))
    assert len(steps) in (5, 6)
    assert sum(part.n for part, _ in steps) == 2 * n
    assert all(part["time"].max() <= now for part, now in steps if now is not None)


def test_air_traffic_recording_runs(shared_data: Path, tmp_path: Path) -> None:
    recording = shared_data / "asterix" / "cat_034_048.pcap"
    target = tmp_path / "tracks.parquet"
    summary = track_files([recording], None, out=target)
    assert summary.detections > 0
    assert summary.left_out["no_sensor_place"] >= 100  # nothing in the recording says where the radar stands
