"""What the station says of itself becomes a record, an alert, and the same alert in a replay."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from picket.record.codec import pack
from picket.record.log import Record
from picket.station.engine import Engine
from picket.station.own import CALM_S, EVERY_S, OwnLook
from picket.words import DETECTION, Batch
from tests.station.live import make_site


@dataclass
class Writer:
    problem: str | None = None
    free_mb: float | None = 10_000.0


@dataclass
class Station:
    writer: Writer = field(default_factory=Writer)
    loaded: bool = False

    def overloaded(self) -> bool:
        return self.loaded


def test_a_record_is_made_when_something_changes_and_now_and_then() -> None:
    now = [0.0]
    own, station = OwnLook(lambda: now[0]), Station()
    first = own.changed(station)
    assert first == {"free_mb": 10_000.0, "recording": True, "problem": None, "overloaded": False}
    station.writer.free_mb = 9_500.0
    assert own.changed(station) is None
    station.writer.free_mb = 8_000.0
    assert own.changed(station)["free_mb"] == 8_000.0  # type: ignore[index]
    station.writer.problem = "the archive cannot be written"
    assert own.changed(station)["recording"] is False  # type: ignore[index]
    station.loaded = True
    assert own.changed(station)["overloaded"] is True  # type: ignore[index]
    station.loaded = False
    assert own.changed(station) is None  # it may come again at once
    now[0] += CALM_S
    assert own.changed(station)["overloaded"] is False  # type: ignore[index]
    now[0] += EVERY_S
    assert own.changed(station) is not None


@pytest.mark.parametrize(("own", "rule"), [
    ({"free_mb": 100.0, "recording": True, "problem": None, "overloaded": False}, "disk_low"),
    ({"free_mb": 1e5, "recording": False, "problem": "no space left", "overloaded": False}, "not_recording"),
    ({"free_mb": 1e5, "recording": True, "problem": None, "overloaded": True}, "overload"),
])  # fmt: skip
def test_the_record_becomes_an_alert(tmp_path: Path, own: dict[str, object], rule: str) -> None:
    engine = Engine(make_site(tmp_path))
    for seq, (kind, payload) in enumerate([("boot", {"book": None}), ("station", own), ("tick", None)], 1):
        engine.apply(Record(seq, 1e9 + seq, kind, payload))
    assert [a.rule for a in engine.book.open] == [rule]


def test_a_clock_that_was_set_back_is_told_for_a_minute(tmp_path: Path) -> None:
    engine = Engine(make_site(tmp_path))
    engine.apply(Record(1, 1e9, "boot", {"book": None, "clock_set_back_s": 3600.0}))
    engine.apply(Record(2, 1e9 + 1, "tick", None))
    assert [(a.rule, a.active) for a in engine.book.open] == [("own_clock", True)]
    for k in range(2, 80):
        engine.apply(Record(k + 1, 1e9 + k, "tick", None))
    assert [(a.rule, a.active) for a in engine.book.open] == [("own_clock", False)]


def test_a_link_that_a_receiver_hears_becomes_an_alert_with_its_true_bearing(tmp_path: Path) -> None:
    sensor = {"id": "df", "kind": "rf", "lat_deg": 45.0, "lon_deg": -30.0, "azimuth_offset_deg": 10.0}
    site = make_site(tmp_path, sensor=[sensor], rule=[{"id": "links", "rule": "emission_without_track"}])
    engine = Engine(site)
    engine.apply(Record(1, 1e9, "boot", {"book": None}))
    row = {
        "time": 1e9 + 1,
        "received": 1e9 + 1,
        "sensor_id": "df",
        "kind": "rf",
        "report": "plot",
        "azimuth_deg": 355.0,
        "center_hz": 2.4e9,
    }
    rows = [{**row, "classification": "lora_fhss"}, {**row, "classification": "wifi", "azimuth_deg": 180.0}]
    engine.apply(Record(2, 1e9 + 1, "batch", {"d": pack(Batch.from_rows(DETECTION, rows)), "s": None, "left_out": {}}))
    (alert,) = engine.book.open
    assert (alert.rule, alert.rule_id, alert.bearing_deg, alert.sensor_id) == ("emission_without_track", "links", 5.0, "df")
