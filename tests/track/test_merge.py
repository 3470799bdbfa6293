"""A drone that bearings found first and that a radar sees beside their place is one track in the end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import track_sim as sim
from test_crossing import FINDERS, bearings

from picket.track import Tracker
from picket.track import tracker as module
from picket.words import DETECTION, Batch

RADAR = sim.radar("radar", at=(0.0, -200.0, 10.0), max_range_m=2200.0)
TURNED_DEG = 3.0  # one antenna is turned: the bearings cross beside the drone


def heard(rng: np.random.Generator, time: float, enu: np.ndarray) -> Batch:
    rows = list(bearings(rng, time, enu, "west", "east", transmitter="tx1").rows())
    for row in rows:
        row["azimuth_deg"] = (row["azimuth_deg"] + TURNED_DEG * (row["sensor_id"] == "west")) % 360.0
    return Batch.from_rows(DETECTION, rows)


def flown(seed: int, drones: tuple[tuple[float, float], ...] = ((0.0, 0.0),), seconds: int = 70) -> tuple[Tracker, list[Any]]:
    """Confirmed tracks of each second: the first drone sends and comes in from 2.9 km; the radar sees to 2.2 km."""
    rng, tracker = np.random.default_rng(seed), Tracker(sim.site(FINDERS["west"], FINDERS["east"], RADAR), exact_late=False)
    out = []
    for k in range(seconds):
        enu = np.array([[100.0 + e, 2900.0 + n - 20.0 * k, 120.0] for e, n in drones])
        near = enu[np.hypot(enu[:, 0], enu[:, 1] + 200.0) < 2200.0]
        seen = sim.plots(rng, sim.T0 + k, near, RADAR, clutter=2.0) if len(near) else Batch.empty(DETECTION)
        tracker.step(sim.joined(heard(rng, sim.T0 + k, enu[:1]), seen), time=sim.T0 + k + 0.2)
        out.append(sim.confirmed(tracker.advance(sim.T0 + k + 0.6)))
    return tracker, out


@pytest.mark.parametrize("seed", range(4))
def test_two_tracks_of_one_drone_become_one_under_the_older_number(seed: int) -> None:
    tracker, out = flown(seed)
    first = next(rows for rows in out if rows)[0]["track_id"]
    both = [k for k, rows in enumerate(out) if len(rows) > 1]
    assert both, "the bearings' place lies so far off that the radar began a track of its own"
    assert len(both) <= 10, "the bearings go on astray, and may begin another that lasts as short"
    assert set(tracker.merged.values()) == {first}
    (one,) = [row for row in out[-1] if row["track_id"] == first]
    assert set(one["sensors"]) >= {"radar", "west", "east"}


def test_without_it_they_go_on_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "merge", lambda *_: [])
    counts = [sum(len(rows) > 1 for rows in flown(seed)[1]) for seed in range(4)]
    assert max(counts) > 20, "there would be nothing to mend"


def test_two_drones_side_by_side_are_not_made_one() -> None:
    """Two of the radar's tracks fit the bearings' place: it may be either."""
    tracker, out = flown(1, ((-60.0, 0.0), (60.0, 0.0)))
    assert not tracker.merged
    assert len(out[-1]) >= 2
