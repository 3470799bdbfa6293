"""What an officer sees of the built-in exercise: classes and groups that stay, one group for the swarm, few tracks too many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

from picket import site as sites
from picket.feed import Chunk, Options
from picket.feed.assign import assign
from picket.feed.recording import find_format
from picket.track import Tracker
from picket.train import World, demo_exercise, frames
from picket.train.demo import DEMO
from picket.words import DETECTION, Batch, concat

START, SECONDS, BEAT, SEED = 1_700_000_000.0, 150.0, 0.1, 1
FORMATS = {"radar-north": "asterix", "radar-south": "asterix", "remote-id": "dronescout", "adsb": "sbs"}


class Seen(NamedTuple):
    """One row of a track that a user sees: when (s since the exercise began), which, where (m ENU)."""

    time: float
    track_id: int
    classification: str
    group: int
    east: float
    north: float


def _batches(site: sites.Site) -> Iterator[tuple[float, Batch]]:
    """(time, detections) of each beat, decoded from the exercise's bytes."""
    made = {channel: find_format(name).make(Options(origin="exercise")) for channel, name in FORMATS.items()}
    waiting: list[Batch] = []
    end = START + BEAT
    for frame in frames(demo_exercise(), SEED, START, START + SECONDS):
        while frame.time >= end:
            yield end, concat(DETECTION, waiting) if waiting else Batch.empty(DETECTION)
            waiting, end = [], end + BEAT
        link = "stream" if frame.channel == "adsb" else "udp"
        chunk = Chunk.one(frame.payload, received=frame.time, source=frame.channel, link=link)
        own = [s for s in site.sensor if s.id == frame.channel]
        waiting.append(assign(made[frame.channel].decode(chunk).detections, site, own)[0])


@pytest.fixture(scope="module")
def seen() -> list[Seen]:
    """Every confirmed or coasting row of the exercise, ten pictures a second."""
    site = sites.load(DEMO / "site.toml")
    tracker, world = Tracker(site), World(demo_exercise(), SEED)
    out = []
    for end, batch in _batches(site):
        rows = tracker.step(batch) if batch.n else tracker.advance(end)
        rows = rows.take(np.flatnonzero(rows.equals("status", "confirmed") | rows.equals("status", "coasting")))
        enu = world.frame.to_enu(rows["lat_deg"], rows["lon_deg"], np.zeros(rows.n))
        columns = rows["track_id"].tolist(), rows.values("classification"), rows["group_id"].tolist(), *enu[:, :2].T.tolist()
        out += [Seen(round(end - START, 3), *row) for row in zip(*columns, strict=True)]
    return out


def _changes(seen: list[Seen], what: str) -> list[int]:
    """How often each track changed its class or its group."""
    by_track = defaultdict(list)
    for row in seen:
        by_track[row.track_id].append(getattr(row, what))
    return [sum(a != b for a, b in pairwise(values)) for values in by_track.values()]


def _near(seen: list[Seen], actor: str, within_m: float, since: float) -> dict[float, list[Seen]]:
    """The rows at each full second from `since` on that lie near an object of that actor."""
    world, by_time = World(demo_exercise(), SEED), defaultdict(list)
    for row in seen:
        if row.time >= since and row.time % 1.0 == 0.0:
            by_time[row.time].append(row)
    out = {}
    for time, rows in by_time.items():
        places = np.array([t.position_enu_m[:2] for t in world.truth(time) if t.actor == actor])
        out[time] = [r for r in rows if np.hypot(*(places - [r.east, r.north]).T).min() < within_m]
    return out


def test_a_class_once_shown_does_not_flicker(seen: list[Seen]) -> None:
    changes = _changes(seen, "classification")
    assert max(changes) <= 5  # measured 3; without average and hysteresis 81
    assert sum(changes) <= 46  # measured 39 in 82 tracks and 150 s, first namings included; 370 without


def test_what_moves_as_a_ship_is_shown_as_a_vessel_and_the_intruder_as_a_drone(seen: list[Seen]) -> None:
    for actor, shown in (("anchored-1", "vessel"), ("ferry", "vessel"), ("unknown", "drone"), ("airliner-east", "aircraft")):
        named = [r.classification for rows in _near(seen, actor, 40.0, 30.0).values() for r in rows]
        assert len(named) > 80
        assert named.count(shown) > 0.85 * len(named), actor


def test_the_swarm_is_one_group_over_its_flight(seen: list[Seen]) -> None:
    rows = [r for rows in _near(seen, "swarm", 60.0, 92.0).values() for r in rows]
    assert len(rows) > 200
    assert len({r.group for r in rows if r.group >= 0}) == 1
    assert sum(r.group >= 0 for r in rows) > 0.85 * len(rows)


def test_groups_hold_no_vessels_and_change_seldom(seen: list[Seen]) -> None:
    changes = _changes(seen, "group")
    assert max(changes) <= 5  # measured 3, joining included; with bare thresholds 14
    assert sum(changes) <= 90  # measured 64 in 180 s, 137 before
    assert not [r for r in seen if r.classification == "vessel" and r.group >= 0]


def test_few_tracks_are_too_many(seen: list[Seen]) -> None:
    world = World(demo_exercise(), SEED)
    liar = {"liar"}  # its broadcast puts a second one where nothing flies: that is the exercise
    extra = total = 0
    for time in np.arange(20.0, SECONDS - 1, 2.0):
        truth = world.truth(float(time))
        places = np.array([t.position_enu_m[:2] for t in truth])
        claims = np.array([np.add(t.position_enu_m[:2], (300.0, -2400.0)) for t in truth if t.actor in liar]).reshape(-1, 2)
        for row in (r for r in seen if r.time == time):
            away = np.hypot(*(np.vstack([places, claims]) - [row.east, row.north]).T)
            total, extra = total + 1, extra + int(away.min() > 150.0)
    assert total > 1500
    assert extra <= 0.01 * total  # measured 0.005
