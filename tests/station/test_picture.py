"""Whatever a client missed, the frames bring it to the same picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.station.picture import Picture
from picket.words import TRACK, Batch
from tests.station.frames import Client


def tracks(rows: dict[int, dict[str, Any]]) -> Batch:
    full = [
        {"track_id": i, "time": 1.0, "updated_at": 1.0, "lat_deg": 45.0, "lon_deg": -30.0, "existence": 1.0, "status": "confirmed",
         "classification": "drone", "vel_east_mps": 1.0, **row}
        for i, row in rows.items()
    ]  # fmt: skip
    return Batch.from_rows(TRACK, full)


def step(picture: Picture, rows: dict[int, dict[str, Any]], time: float = 1.0) -> Picture:
    batch = tracks(rows)
    return picture.next(time, batch, np.zeros(batch.n, np.uint8), np.zeros(batch.n, np.uint8))


def test_a_snapshot_holds_every_column() -> None:
    row = {
        "updated_at": 12.5, "lat_deg": 45.1234567, "lon_deg": -30.7654321, "alt_wgs84_m": 120.0,
        "group_id": 4, "flags": ["spoof_suspected", "unauthorised"],
        "identity": "ABC", "identity_kind": "serial", "status": "coasting", "classification": "vessel", "existence": 0.6,
    }  # fmt: skip
    batch = tracks({7: row})
    picture = Picture(simulated=True).next(20.0, batch, np.array([3], np.uint8), np.array([2], np.uint8))
    client = Client()
    assert client.take(picture.frame(0))
    got = client.tracks[7]
    assert (client.time, client.simulated, client.labels) == (20.0, True, {7: "ABC"})
    assert (got["lat"], got["lon"]) == (451234567, -307654321)
    assert (got["status"], got["classification"], got["affiliation"], got["alert"], got["flags"], got["group_id"]) == (
        2,
        4,
        3,
        2,
        5,
        4,
    )
    assert got["alt_wgs84_m"] == 120.0
    assert abs(got["existence"] - 153) <= 1


def test_a_delta_holds_only_what_is_new() -> None:
    first = step(Picture(simulated=False), {1: {}, 2: {"identity": "X"}})
    second = step(first, {1: {}, 2: {"updated_at": 2.0, "identity": "X"}})
    client = Client()
    assert client.take(first.frame(0))
    size = len(second.frame(first.seq))
    assert size < len(second.frame(0))
    assert client.take(second.frame(first.seq))
    assert client.tracks[2]["updated_at"] == 2.0
    assert b"X" not in second.frame(first.seq)


def test_a_predicted_place_alone_is_no_news() -> None:
    first = step(Picture(simulated=False), {1: {}})
    moved = step(first, {1: {"lat_deg": 45.1}})
    client = Client()
    client.take(first.frame(0))
    client.take(moved.frame(first.seq))
    assert client.tracks[1]["lat"] == 450000000


def test_weak_tentative_and_ended_tracks_are_not_shown() -> None:
    rows = {1: {"status": "tentative", "existence": 0.3}, 2: {"status": "tentative", "existence": 0.7}, 3: {"status": "ended"}}
    client = Client()
    client.take(step(Picture(simulated=False), rows).frame(0))
    assert set(client.tracks) == {2}


def test_a_gap_is_noticed() -> None:
    first = step(Picture(simulated=False), {1: {}})
    second = step(first, {1: {}})
    third = step(second, {1: {}, 2: {}})
    client = Client()
    client.take(first.frame(0))
    assert not client.take(third.frame(second.seq))
    assert client.take(third.frame(0))


ROW = st.fixed_dictionaries(
    {"updated_at": st.sampled_from([1.0, 2.0, 3.0]), "status": st.sampled_from(["confirmed", "coasting"])},
    optional={"identity": st.sampled_from(["A", "B"])},
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.dictionaries(st.integers(1, 6), ROW, max_size=6), st.booleans()), max_size=12))
def test_a_client_that_misses_frames_ends_with_the_same_picture(steps: list[tuple[dict[int, dict[str, Any]], bool]]) -> None:
    picture, client = Picture(simulated=False), Client()
    for rows, seen in steps:
        picture = step(picture, rows)
        if seen:
            assert client.take(picture.frame(client.seq))
    assert client.take(picture.frame(client.seq)) or picture.seq == 0
    fresh = Client()
    fresh.take(picture.frame(0))
    assert client.tracks == fresh.tracks
    assert client.labels == fresh.labels


def test_removals_older_than_kept_give_a_snapshot() -> None:
    picture = step(Picture(simulated=False), {i: {} for i in range(1, 25_001)})
    base = picture.seq
    picture = step(picture, {1: {}})
    client = Client()
    client.seq = base
    client.take(picture.frame(base))
    assert client.snapshots == 1
    assert set(client.tracks) == {1}
