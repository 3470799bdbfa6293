"""The same records give the same tracks and alerts; what people decided survives; wrong clocks are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picket.record.codec import pack
from picket.record.log import Record
from picket.station.engine import Engine
from picket.station.history import latest, sources
from picket.words import DETECTION, Batch
from tests.station.live import approach, make_site, row

T0 = 1_700_000_000.0


def records(rows: list[dict[str, Any]], *, start: int = 1) -> list[Record]:
    found = [Record(start, T0, "boot", {"book": None})]
    for i, one in enumerate(rows):
        batch = pack(Batch.from_rows(DETECTION, [one]))
        found.append(Record(start + 2 * i + 1, one["time"], "batch", {"d": batch, "s": None, "left_out": {}}))
        found.append(Record(start + 2 * i + 2, one["time"] + 0.1, "tick", None))
    return found


def play(engine: Engine, sequence: list[Record]) -> list[Any]:
    seen = []
    for record in sequence:
        outcome = engine.apply(record)
        seen.append(
            (
                tuple(outcome.alerts),
                engine.tracks.columns.get("lat_deg", np.empty(0)).tobytes(),
                engine.tracks["track_id"].tobytes(),
            )
        )
    return seen


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    sequence = records(approach(T0, 120))
    first, second = Engine(site), Engine(site)
    assert play(first, sequence) == play(second, sequence)
    assert first.book.open, "a drone that flies into a protected zone must raise an alert"
    assert first.book.state() == second.book.state()


def test_an_alert_is_acknowledged_and_closed(tmp_path: Path) -> None:
    engine = Engine(make_site(tmp_path))
    play(engine, records(approach(T0, 120)))
    alert = engine.book.open[0]
    done = engine.apply(Record(9001, T0 + 70, "action", {"do": "acknowledge", "id": alert.id, "by": "anna"}))
    assert done.result is not None
    assert (done.result.state, done.result.acknowledged_by) == ("acknowledged", "anna")
    wrong = engine.apply(Record(9002, T0 + 71, "action", {"do": "acknowledge", "id": 4711, "by": "anna"}))
    assert wrong.error
    assert "4711" in wrong.error
    closed = engine.apply(
        Record(9003, T0 + 72, "action", {"do": "close", "id": alert.id, "by": "anna", "cause": "drone", "note": ""})
    )
    assert closed.result is not None
    assert closed.result.state == "closed"


def test_a_boot_ends_tracks_and_keeps_alerts(tmp_path: Path) -> None:
    engine = Engine(make_site(tmp_path))
    play(engine, records(approach(T0, 120)))
    kept = engine.book.state()
    engine.apply(Record(10_000, T0 + 80, "boot", {"book": kept}))
    assert engine.tracks.n == 0
    assert engine.book.state() == kept


def test_a_sensor_an_hour_wrong_is_named_not_believed(tmp_path: Path) -> None:
    engine = Engine(make_site(tmp_path))
    engine.apply(Record(1, T0, "boot", {"book": None}))
    wrong = pack(Batch.from_rows(DETECTION, [row(T0 - 3600, 45.0, -30.0), row(T0, 45.0, -30.001)]))
    engine.apply(Record(2, T0, "batch", {"d": wrong, "s": None, "left_out": {"rid": {"bad_checksum": 2}}}))
    assert engine.left_out["rid"] == {"clock_wrong": 1, "bad_checksum": 2}
    assert engine.tracks.n == 1
    assert engine.sensors.rows(T0)[0]["left_out"] == {"clock_wrong": 1, "bad_checksum": 2}


def test_a_radar_that_falls_silent_is_told(tmp_path: Path) -> None:
    radar = {"id": "r1", "kind": "radar", "lat_deg": 45.0, "lon_deg": -30.0, "scan_period_s": 1.0, "max_range_m": 5000.0}
    engine = Engine(make_site(tmp_path, sensor=[radar]))
    engine.apply(Record(1, T0, "boot", {"book": None}))
    plot = {
        "time": T0,
        "received": T0,
        "sensor_id": "r1",
        "kind": "radar",
        "report": "plot",
        "range_m": 900.0,
        "azimuth_deg": 10.0,
        "elevation_deg": 4.0,
    }
    engine.apply(Record(2, T0, "batch", {"d": pack(Batch.from_rows(DETECTION, [plot])), "s": None, "left_out": {}}))
    assert engine.sensors.look("r1", T0 + 2.0).state == "ok"
    raised = [a for i in range(1, 20) for a in engine.apply(Record(2 + i, T0 + 0.5 * i, "tick", None)).alerts]
    assert [a.rule for a in raised][:1] == ["silent_sensor"]
    assert engine.sensors.look("r1", T0 + 10).state == "silent"


def test_detail_shows_history_and_raw_sources(tmp_path: Path) -> None:
    engine = Engine(make_site(tmp_path))
    play(engine, records(approach(T0, 40)))
    track_id = int(engine.tracks["track_id"][0])
    history = engine.history.of(track_id)
    assert len(history) >= 15
    assert history[-1][0] > history[0][0]
    (source,) = sources(engine.recent.parts(), track_id)
    assert source["sensor_id"] == "rid"
    assert source["detections"] >= 30
    assert source["last"]["identity"] == "TEST1"
    assert len(latest(engine.recent.parts(), 0.0, 7)) == 7


def test_a_sensor_s_rate_remembers_ten_seconds_only(tmp_path: Path) -> None:
    """Nobody may ever ask for it: what is remembered must not wait for a look to be let go."""
    engine = Engine(make_site(tmp_path))
    engine.apply(Record(1, T0, "boot", {"book": None}))
    for i in range(600):
        batch = pack(Batch.from_rows(DETECTION, [row(T0 + i, 45.0, -30.0)]))
        engine.apply(Record(2 + i, T0 + i, "batch", {"d": batch, "s": None, "left_out": {}}))
    assert len(engine.sensors._states["rid"].recent) <= 11
    assert engine.sensors.rows(T0 + 599)[0]["per_s"] == pytest.approx(1.0)


def test_a_station_without_a_time_yet_calls_no_sensor_silent(tmp_path: Path) -> None:
    """A recording has no time before its first rows; the sensors that speak later are given their periods from there."""
    radar = {"id": "r1", "kind": "radar", "lat_deg": 45.0, "lon_deg": -30.0, "scan_period_s": 1.0, "max_range_m": 5000.0}
    engine = Engine(make_site(tmp_path, sensor=[radar]))
    engine.apply(Record(1, 0.0, "boot", {"book": None}))
    engine.apply(Record(2, 0.0, "tick", None))
    assert not engine.apply(Record(3, T0, "tick", None)).alerts
    assert engine.sensors.look("r1", T0 + 1).state == "never"
