"""Bounds of blocks of tracks: before many radars a look passes over the far ones, and the tracks are the same to the last byte."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import track_sim as sim

from picket.track import Tracker
from picket.track import tracker as tracker_module
from picket.track.block_kernels import BLOCK, all_apart, all_beyond, begins_block, enclose_all, most_vague, new_blocks
from picket.track.motion_kernels import covariances

PLACES = [(60_000.0 * k, 40_000.0 * (k % 2), 10.0) for k in range(5)]
RADARS = [sim.radar(f"r{k}", place) for k, place in enumerate(PLACES)]


def _scans(seconds: int, places: list = PLACES, radars: list = RADARS) -> list:
    """Five radars that do not see the same, one scan a second each, drones before each, and one that names itself and jumps."""
    rng, out = np.random.default_rng(5), []
    offsets = rng.uniform(-3000.0, 3000.0, (40, 3)) * [1, 1, 0] + [0, 0, 300.0]
    for k in range(seconds):
        parts = [
            sim.plots(rng, sim.T0 + k + 0.1 * q, np.array(at) + offsets + [15.0 * k, 0, 0], radar, clutter=60.0)
            for q, (at, radar) in enumerate(zip(places, radars, strict=True))
        ]
        parts.append(sim.claim(rng, sim.T0 + k + 0.25, np.array([500.0 + 12.0 * k, 60_000.0 * (k > 6), 200.0])))
        out.append(sim.joined(*parts))
    return out


@pytest.mark.parametrize("exact_late", [True, False])
@pytest.mark.parametrize("apart", [1.0, 0.3])  # 0.3: no track is so far from any radar as it is searched for at most
def test_the_tracks_are_the_same_bytes_with_bounds_and_without(
    monkeypatch: pytest.MonkeyPatch, exact_late: bool, apart: float
) -> None:
    places = [(apart * east, apart * north, up) for east, north, up in PLACES]
    radars = [sim.radar(f"r{k}", place) for k, place in enumerate(places)]

    def told(pay: tuple[int, int]) -> str:
        monkeypatch.setattr(tracker_module, "BLOCKS_PAY", pay)
        tracker, digest = Tracker(sim.site(*radars, sim.RID), exact_late=exact_late), hashlib.sha256()
        for k, batch in enumerate(_scans(12, places, radars)):
            out = tracker.step(batch, time=sim.T0 + k + 1.0)
            digest.update(b"".join(out.columns[name].tobytes() for name in sorted(out.columns)))
        return digest.hexdigest()

    assert told((1, 0)) == told((10**9, 0))


def test_most_of_what_is_far_is_passed_over_and_nothing_that_is_near() -> None:
    tracker = Tracker(sim.site(*RADARS))
    for batch in _scans(6):
        tracker.step(batch)
    tracks, n = tracker._pool.tracks, tracker._pool.n
    blocks = new_blocks(len(tracks.time))
    enclose_all(tracks, n, blocks)
    blocks.until[0] = tracker.clock + 1.0
    passed = 0
    for east, north, _ in PLACES:
        bounds = east - 9000.0, east + 9000.0, north - 9000.0, north + 9000.0
        for i in range(0, n, BLOCK):
            assert begins_block(i, blocks)
            if all_apart(i, blocks, *bounds, tracker.clock):
                x = tracks.x[i : min(i + BLOCK, n)][tracks.status[i : min(i + BLOCK, n)] < 3]
                assert not ((np.abs(x[:, 0] - east) < 9000.0) & (np.abs(x[:, 1] - north) < 9000.0)).any()
                passed += 1
    assert passed > 0.3 * len(PLACES) * (n // BLOCK)


def test_a_block_reaches_as_far_as_its_vaguest_track_and_no_less() -> None:
    tracker = Tracker(sim.site(*RADARS))
    for batch in _scans(6):
        tracker.step(batch)
    tracks, n = tracker._pool.tracks, tracker._pool.n
    blocks, until, passed = new_blocks(len(tracks.time)), tracker.clock + 2.0, 0
    enclose_all(tracks, n, blocks)
    blocks.until[0] = until
    live = np.flatnonzero(tracks.status[:n] < 3)
    dt = until - tracks.time[live]
    F = np.tile(np.eye(6), (len(live), 1, 1))
    F[:, 0, 3] = F[:, 1, 4] = F[:, 2, 5] = dt
    place = (F @ covariances(tracks, live) @ F.transpose(0, 2, 1))[:, :3, :3]
    widest = np.linalg.eigvalsh(place)[:, 2] + 16.0 * dt**3 / 3.0
    assert (widest <= [most_vague(i, blocks, 16.0) for i in live]).all()
    for east, north, _ in PLACES:
        nearest = np.hypot(tracks.x[live, 0] - east, tracks.x[live, 1] - north)
        for i in range(0, n, BLOCK):
            if all_beyond(i, blocks, east, north, 9000.0, tracker.clock):
                assert (nearest[live // BLOCK == i // BLOCK] > 9000.0).all()
                passed += 1
    assert passed > 0.3 * len(PLACES) * (n // BLOCK)
