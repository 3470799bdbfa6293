"""Bounds of blocks of tracks: before many radars a look passes over the far ones, and the tracks are the same to the last byte."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import track_sim as sim

from picket.track import Tracker
from picket.track import tracker as tracker_module
from picket.track.block_kernels import BLOCK, all_apart, begins_block, enclose_all, new_blocks

PLACES = [(60_000.0 * k, 40_000.0 * (k % 2), 10.0) for k in range(5)]
RADARS = [sim.radar(f"r{k}", place) for k, place in enumerate(PLACES)]


def _scans(seconds: int) -> list:
    """Five radars that are far from each other, one scan a second each, drones before each, and one that names itself and jumps."""
    rng, out = np.random.default_rng(5), []
    offsets = rng.uniform(-3000.0, 3000.0, (40, 3)) * [1, 1, 0] + [0, 0, 300.0]
    for k in range(seconds):
        parts = [
            sim.plots(rng, sim.T0 + k + 0.1 * q, np.array(at) + offsets + [15.0 * k, 0, 0], radar, clutter=60.0)
            for q, (at, radar) in enumerate(zip(PLACES, RADARS, strict=True))
        ]
        parts.append(sim.claim(rng, sim.T0 + k + 0.25, np.array([500.0 + 12.0 * k, 60_000.0 * (k > 6), 200.0])))
        out.append(sim.joined(*parts))
    return out


@pytest.mark.parametrize("exact_late", [True, False])
def test_the_tracks_are_the_same_bytes_with_bounds_and_without(monkeypatch: pytest.MonkeyPatch, exact_late: bool) -> None:
    def told(pay: tuple[int, int]) -> str:
        monkeypatch.setattr(tracker_module, "BLOCKS_PAY", pay)
        tracker, digest = Tracker(sim.site(*RADARS, sim.RID), exact_late=exact_late), hashlib.sha256()
        for k, batch in enumerate(_scans(12)):
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
