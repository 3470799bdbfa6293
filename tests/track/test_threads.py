"""Several threads give the bytes of one: the rows and the gate of a large look, the rows of a large picture."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import track_sim as sim

from picket._threads import SETTING, default_threads
from picket.site import Site
from picket.track import Tracker, threads
from picket.words import DETECTION, Batch

WIDE = {
    "id": "wide", "kind": "mlat", "lat_deg": sim.LAT, "lon_deg": sim.LON, "alt_wgs84_m": 0.0, "scan_period_s": 1.0, "max_range_m": 400_000,
    "elevation_deg": [-90, 90], "clutter_per_scan": 50, "sigma_position_m": 20, "sigma_altitude_m": 20,
}  # fmt: skip


def _crowd(seed: int, n: int) -> list[Batch]:
    """n objects that fly about: a position sensor sees them all, nine in ten a scan, some side by side."""
    rng, scans = np.random.default_rng(seed), []
    at, speed = rng.uniform(-0.3, 0.3, (n, 2)), rng.normal(0.0, 1e-4, (n, 2))
    at[: n // 10] = at[n // 10 : 2 * (n // 10)] + 2e-4
    for t in range(5):
        seen = np.flatnonzero(rng.random(n) < 0.9)
        place = at[seen] + t * speed[seen] + rng.normal(0.0, 1.8e-4, (len(seen), 2))
        time = np.where(rng.random(len(seen)) < 0.05, [np.nan, -1.0][t % 2], sim.T0 + t)  # some rows cannot be used
        scans.append(Batch.build(DETECTION, len(seen), {
            "time": time, "sensor_id": "wide", "kind": "mlat", "lat_deg": sim.LAT + place[:, 0], "lon_deg": sim.LON + place[:, 1],
            "alt_wgs84_m": rng.uniform(300.0, 900.0, len(seen)),
        }))  # fmt: skip
    return scans


def _bytes(site: Site, scans: list[Batch], count: int) -> list[str]:
    tracker, told = Tracker(site, threads=count), []
    for scan in scans:
        out, digest = tracker.step(scan), hashlib.sha256()
        for name in sorted(out.columns):
            digest.update(name.encode() + out.columns[name].tobytes())
        digest.update(tracker.assigned.track_id.tobytes() + tracker.assigned.weight.tobytes())
        digest.update(repr(sorted(tracker.left_out.items())).encode())
        told.append(digest.hexdigest())
    return told


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_bytes_on_any_number_of_threads(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "LEAST", 100)
    site, scans = sim.site(WIDE), _crowd(seed, 1200)
    one = _bytes(site, scans, 1)
    assert _bytes(site, scans, 2) == one
    assert _bytes(site, scans, 3) == one


def test_a_large_look_is_shared_and_a_small_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    shared: list[int] = []
    work = threads._on_threads
    monkeypatch.setattr(threads, "_on_threads", lambda n, *a: [shared.append(n), work(n, *a)][1])
    scans = _crowd(1, 400)
    _bytes(sim.site(WIDE), scans, 2)
    assert shared == []
    monkeypatch.setattr(threads, "LEAST", 100)
    _bytes(sim.site(WIDE), scans, 2)
    assert set(shared) == {2}


def test_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "3")
    assert default_threads() == 3
    monkeypatch.delenv(SETTING)
    assert 1 <= default_threads() <= 2
    for wrong in ("0", "many", "65", "-1"):
        monkeypatch.setenv(SETTING, wrong)
        with pytest.raises(ValueError, match="PICKET_THREADS: expected a number of threads from 1 to 64"):
            Tracker(None)
