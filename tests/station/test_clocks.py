"""Sensor clocks against the station's: estimated, alarmed, and not believed when they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picket.record.archive import Archive
from picket.record.codec import pack
from picket.record.counts import count
from picket.record.log import LogFile, Record
from picket.station.clocks import SensorClock
from picket.station.engine import Engine
from picket.station.rebuild import rebuild
from picket.watch import Alert
from picket.words import DETECTION, STATUS, Batch
from tests.station.live import make_site

T0 = 1_700_000_000.0
RADAR = {"id": "r1", "kind": "radar", "lat_deg": 45.0, "lon_deg": -30.0, "scan_period_s": 1.0, "max_range_m": 5000.0}


def plot(received: float, clock_s: float, i: int, **more: Any) -> dict[str, Any]:
    """A drone that leaves at 10 m/s, as the radar's clock dates it; it was measured 0.2 s before it arrived."""
    return {
        "time": received - 0.2 + clock_s, "received": received, "time_source": "sensor", "sensor_id": "r1", "kind": "radar",
        "report": "plot", "range_m": 900.0 + 10.0 * i, "azimuth_deg": 10.0, "elevation_deg": 4.0, **more,
    }  # fmt: skip


def run(engine: Engine, clocks: list[float], start: int = 0) -> list[Alert]:
    """One scan a second, the radar's clock off by clocks[i] at scan i; all alerts that changed."""
    if not start:
        engine.apply(Record(1, T0, "boot", {"book": None}))
    changed: list[Alert] = []
    for i, clock_s in enumerate(clocks, start):
        d = pack(Batch.from_rows(DETECTION, [plot(T0 + i, clock_s, i)]))
        changed += engine.apply(Record(2 + 2 * i, T0 + i, "batch", {"d": d, "s": None, "left_out": {}})).alerts
        changed += engine.apply(Record(3 + 2 * i, T0 + i + 0.5, "tick", None)).alerts
    return changed


def sensor(engine: Engine, time: float) -> dict[str, Any]:
    return engine.sensors.rows(time)[0]


@pytest.mark.parametrize("clock_s", [-3600.0, 3600.0, -12.0, 12.0])
def test_a_wrong_clock_is_named_and_its_radar_still_tracks(tmp_path: Path, clock_s: float) -> None:
    engine = Engine(make_site(tmp_path, sensor=[RADAR]))
    alerts = run(engine, [clock_s] * 30)
    said = [a for a in alerts if a.rule == "wrong_clock"]
    assert said[0].sensor_id == "r1"
    assert said[0].severity == "medium"
    assert ("BEHIND" if clock_s < 0 else "AHEAD") in said[0].text
    assert "limit 3 s" in said[0].why
    row = sensor(engine, T0 + 30)
    assert row["clock_wrong"]
    assert row["clock_offset_s"] == pytest.approx(0.2 - clock_s, abs=0.01)
    assert row["clock_jitter_s"] == pytest.approx(0.0, abs=0.01)
    assert row["redated"] >= 27
    tracks = engine.tracks.take(engine.tracks.equals("status", "confirmed"))
    assert tracks.n == 1
    assert abs(tracks["updated_at"][0] - (T0 + 29)) < 0.3
    assert engine.history.of(int(tracks["track_id"][0]))[-1][0] < T0 + 31, "its wrong times moved nothing into the future"


def test_a_right_clock_is_shown_and_left_alone(tmp_path: Path) -> None:
    engine = Engine(make_site(tmp_path, sensor=[RADAR]))
    alerts = run(engine, [0.0] * 20)
    row = sensor(engine, T0 + 20)
    assert not [a for a in alerts if a.rule == "wrong_clock"]
    assert (row["clock_wrong"], row["redated"]) == (False, 0)
    assert row["clock_offset_s"] == pytest.approx(0.2)


def test_a_few_damaged_times_make_no_wrong_clock(tmp_path: Path) -> None:
    engine = Engine(make_site(tmp_path, sensor=[RADAR]))
    alerts = run(engine, [5000.0 if i in (3, 9, 10) else 0.0 for i in range(20)])
    assert not [a for a in alerts if a.rule == "wrong_clock"]
    assert engine.left_out["r1"]["clock_wrong"] == 3


def test_a_clock_set_right_is_believed_again(tmp_path: Path) -> None:
    engine = Engine(make_site(tmp_path, sensor=[RADAR]))
    run(engine, [-600.0] * 20)
    run(engine, [0.0] * 60, start=20)
    row = sensor(engine, T0 + 80)
    assert (row["clock_wrong"], row["clock_offset_s"]) == (False, pytest.approx(0.2))
    (alert,) = [a for a in engine.book.open if a.rule == "wrong_clock"]
    assert not alert.active


def test_what_an_object_says_of_the_time_is_not_the_receivers_clock() -> None:
    clock = SensorClock(3.0)
    rows = [{**plot(T0, -20.0, 0), "kind": "remote_id", "sensor_id": "rid"}]
    for i in range(10):
        clock.heard(Batch.from_rows(DETECTION, rows), np.ones(1, np.bool_), T0 + i)
    assert (clock.offset_s, clock.wrong) == (None, False)
    for i in range(10, 20):
        beat = {"time": T0 + i + 7200, "received": T0 + i, "time_source": "sensor", "sensor_id": "rid", "event": "heartbeat"}
        clock.heard(Batch.from_rows(STATUS, [beat]), np.ones(1, np.bool_), T0 + i)
    assert clock.wrong
    assert clock.offset_s == pytest.approx(-7200)


def test_an_uneven_wrong_clock_dates_nothing() -> None:
    """Its spacing is no better than its offset: rows are dated at their arrival."""
    clock, chance = SensorClock(3.0), np.random.default_rng(1)
    for i in range(30):
        row = plot(T0 + i, 100.0 + chance.uniform(-20, 20), 0)
        clock.heard(Batch.from_rows(DETECTION, [row]), np.ones(1, np.bool_), T0 + i)
    assert clock.jitter_s is not None
    assert clock.jitter_s > 5
    times = clock.usable(np.array([T0 + 130.0, T0 + 90.0]), np.array([T0 + 30.0, T0 + 30.5]))
    assert times.tolist() == [T0 + 30.0, T0 + 30.5]


def test_an_even_wrong_clock_keeps_the_spacing_of_its_plots() -> None:
    clock = SensorClock(3.0)
    for i in range(10):
        clock.heard(Batch.from_rows(DETECTION, [plot(T0 + i, -3600.0, 0)]), np.ones(1, np.bool_), T0 + i)
    own = np.array([T0 - 3600.5, T0 - 3600.2])
    times = clock.usable(own, np.full(2, T0 + 0.1))
    assert np.diff(times) == pytest.approx(0.3)
    assert (times <= T0 + 0.1).all()


def test_an_hour_of_a_wrong_clock_that_is_set_right_is_one_flight_at_its_own_time(tmp_path: Path) -> None:
    """The log keeps what came; sealed days have the station's time for what the radar dated wrong, and nothing twice."""
    site, folder = make_site(tmp_path, sensor=[RADAR]), tmp_path / "archive"
    written = LogFile(folder)
    written.append(Record(1, T0, "boot", {"book": None}))
    for i in range(90):
        d = pack(Batch.from_rows(DETECTION, [plot(T0 + i, 3600.0 if i < 45 else 0.0, i)]))
        written.append(Record(2 + 2 * i, T0 + i, "batch", {"d": d, "s": None, "left_out": {}, "operators": []}))
        written.append(Record(3 + 2 * i, T0 + i + 0.5, "tick", None))
    written.close()
    done = rebuild(folder, site)
    archive = Archive(folder)
    found = count(archive, *archive.span())
    assert (found.seen, done.damage) == (1, None)
    (file,) = archive.files("points", *archive.span())
    points = archive.points(file, ["time_ms"])
    assert points is not None
    times = points["time_ms"] / 1000.0 - T0
    assert times.max() < 90.0
    assert len(np.unique(np.rint(times))) == len(times) > 75, "a point a second, none of them twice"
