"""Why a track is there: what it began with, what it took with what weight, why it ended; and the memory that this takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from picket.station import explained as module
from picket.station.explained import Explained, explain
from picket.words import DETECTION, TRACK, Batch


def plots(time: float, ids: list[int], weights: list[float]) -> tuple[Batch, Any, Any]:
    rows = [{"time": time, "sensor_id": "radar", "kind": "radar", "range_m": 900.0 + i} for i in range(len(ids))]
    return Batch.from_rows(DETECTION, rows), np.array(ids, np.int64), np.array(weights)


def stood(time: float, tracks: dict[int, tuple[str, float, float]]) -> Batch:
    """tracks: id -> status, existence, updated_at."""
    rows = [
        {"time": time, "track_id": i, "status": s, "existence": r, "updated_at": at, "sigma_horizontal_m": 9.0}
        for i, (s, r, at) in tracks.items()
    ]
    return Batch.from_rows(TRACK, rows)


def test_a_track_is_told_from_its_first_report_to_its_end() -> None:
    held = Explained()
    held.took(*plots(10.0, [7, -1, 8], [0.97, 0.0, 0.5]))
    held.stood(stood(10.0, {7: ("tentative", 0.1, 10.0), 8: ("tentative", 0.1, 10.0)}))
    for k in range(1, 5):
        held.took(*plots(10.0 + k, [7], [0.9]))
        held.stood(stood(10.0 + k, {7: ("confirmed", 0.95, 10.0 + k)}))
    for k in range(5, 9):
        held.stood(stood(10.0 + k, {7: ("coasting", 0.95 * 0.1 ** (k - 4), 14.0)}))
    held.stood(stood(19.0, {7: ("ended", 0.01, 14.0)}))
    told = explain(7, *held.held(7))
    assert told["began"]["weight"] == 0.97
    assert told["began"]["what"] == {"range_m": 900.0}
    assert [len(s["took"]) for s in told["steps"]] == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    assert [s["took"][0]["weight"] for s in told["steps"][1:5]] == [0.9] * 4
    assert told["words"] == [
        "It began with a report of radar, which no track explained with 97 %; at its first picture it existed with 10 %.",
        "In its last 10 steps it took 5 of radar (mean weight 0.91); 5 steps without a report.",
        "It ended because sensors that should have seen it did not, until it existed with 1.0 % only.",
    ]
    assert explain(8, *held.held(8))["ended"] is None


def test_silence_is_told_as_the_reason_of_an_end() -> None:
    held = Explained()
    held.stood(stood(100.0, {3: ("ended", 0.6, 69.0)}))
    told = explain(3, *held.held(3))
    assert told["words"][-1] == "It ended because nothing was heard of it for 31 s."
    assert told["began"] is None


def test_an_end_between_two_pictures_is_kept() -> None:
    held = Explained()
    held.stood(stood(100.0, {3: ("confirmed", 0.9, 100.0), 4: ("confirmed", 0.9, 100.0)}))
    held.stood(stood(100.4, {3: ("ended", 0.01, 100.0), 4: ("confirmed", 0.9, 100.4)}))
    assert explain(3, *held.held(3))["ended"]["time"] == 100.4
    assert len(explain(4, *held.held(4))["steps"]) == 1


def test_memory_is_bounded(monkeypatch: Any) -> None:
    for name, most in (("RECENT_ROWS", 50), ("PICTURES_ROWS", 60), ("BEGUN", 40)):
        monkeypatch.setattr(module, name, most)
    held = Explained()
    for k in range(200):
        held.took(*plots(float(k), [0, 1000 + k], [0.9, 0.9]))
        held.stood(stood(float(k), {0: ("confirmed", 0.9, float(k)), 1000 + k: ("tentative", 0.1, float(k))}))
    took, pictures, begun = held.held(0)
    assert sum(batch.n for batch, _, _ in took) <= 50
    assert sum(len(p.ids) for p in pictures) <= 60
    assert len(held._begun) <= 41
    assert begun is not None, "what lives longest is not forgotten first"
