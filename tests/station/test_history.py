"""A look at the latest raw detections is bounded in work, whatever came in."""

from __future__ import annotations

import numpy as np

from picket.station import history
from picket.station.history import Recent, latest, sources
from picket.words import DETECTION, Batch


def batch(n: int, first: float, sensor: str = "rid") -> Batch:
    return Batch.build(DETECTION, n, {"time": first + np.arange(n), "received": first + np.arange(n), "sensor_id": sensor})


def test_many_small_batches_are_let_go_as_many_rows_are() -> None:
    recent = Recent()
    for i in range(history._RECENT_PARTS + 100):
        recent.add(batch(1, float(i)), np.array([7]))
    assert len(recent.parts()) == history._RECENT_PARTS
    big = history._RECENT_ROWS // 2
    for i in range(4):
        recent.add(batch(big, i * 1e6), np.full(big, 7))
    assert sum(b.n for b, _ in recent.parts()) <= history._RECENT_ROWS + big


def test_the_latest_come_newest_last_and_no_more_than_asked_for() -> None:
    recent = Recent()
    for i in range(10):
        recent.add(batch(5, 100.0 + 5 * i), np.arange(5))
    assert [r["time"] for r in latest(recent.parts(), 0.0, 7)] == [143.0, 144.0, 145.0, 146.0, 147.0, 148.0, 149.0]
    assert [r["time"] for r in latest(recent.parts(), 147.0, 100)] == [148.0, 149.0]
    assert [r["track_id"] for r in latest(recent.parts(), 0.0, 2)] == [3, 4]
    assert len(latest(recent.parts(), 0.0, 1000)) == 50
    assert latest(recent.parts(), float("nan"), 5) == []


def test_sources_count_every_report_and_show_the_last_one_of_each_sensor() -> None:
    recent = Recent()
    recent.add(batch(4, 100.0), np.array([7, 7, 8, 7]))
    recent.add(batch(3, 200.0, "radar"), np.array([-1, 7, 8]))
    radar, rid = sources(recent.parts(), 7)
    assert (radar["sensor_id"], radar["detections"], radar["last_time"]) == ("radar", 1, 201.0)
    assert (rid["sensor_id"], rid["detections"], rid["last"]["time"]) == ("rid", 3, 103.0)
    assert sources(recent.parts(), 99) == []
