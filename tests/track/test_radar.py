"""Radar tracks: accuracy, honest covariance, clutter, crossing, coverage, silence."""

from __future__ import annotations

import numpy as np
import pytest
import track_sim as sim

from picket import metrics
from picket.metrics import Paths
from picket.track import Tracker
from picket.words import TRACK, Batch, concat


def _run(tracker: Tracker, batches: list[Batch]) -> Batch:
    return concat(TRACK, [tracker.step(b) for b in batches])


def test_one_drone_among_little_clutter_is_confirmed_on_the_second_plot_and_followed() -> None:
    rng = np.random.default_rng(1)
    tracker = Tracker(sim.site(sim.radar()))
    for k in range(20):
        place = np.array([1000.0 + 10 * k, 2000.0 - 5 * k, 120.0])
        rows = list(tracker.step(sim.plots(rng, sim.T0 + k, place, pd=1.0)).rows())
        assert len(rows) == 1
        assert rows[0]["status"] == ("tentative" if k < 1 else "confirmed")
    assert np.linalg.norm(sim.where(rows[0])[:2] - place[:2]) < 30.0
    assert rows[0]["vel_east_mps"] == pytest.approx(10.0, abs=6.0)
    assert rows[0]["vel_north_mps"] == pytest.approx(-5.0, abs=6.0)
    assert rows[0]["sensors"] == ("radar",)
    assert rows[0]["origin"] == "exercise"


def test_stated_covariance_is_honest_on_steady_targets() -> None:
    rng = np.random.default_rng(2)
    tracker, rows, times, ids, places = Tracker(sim.site(sim.radar())), [], [], [], []
    start = np.array([[1500.0 * np.cos(a), 1500.0 * np.sin(a), 100.0] for a in np.linspace(0, 6, 25)]) * [2, 2, 1]
    velocity = np.column_stack([rng.uniform(-15, 15, (25, 2)), np.zeros(25)])
    for k in range(50):
        enu = start + velocity * k
        out = tracker.step(sim.plots(rng, sim.T0 + k, enu))
        if k < 15:
            continue
        rows.append(out.take(np.flatnonzero(out.equals("status", "confirmed"))))
        times.append(np.full(25, sim.T0 + k))
        ids.append(np.arange(25))
        places.append(enu)
    truth = Paths(np.concatenate(times), np.concatenate(ids), np.concatenate(places))
    assert 0.5 < metrics.anees(Paths.of(concat(TRACK, rows), sim.FRAME), truth) < 1.3


def test_clutter_alone_confirms_next_to_nothing() -> None:
    rng = np.random.default_rng(3)
    tracker = Tracker(sim.site(sim.radar(clutter_per_scan=100)))
    seen: set[int] = set()
    for k in range(60):
        out = tracker.step(sim.plots(rng, sim.T0 + k, np.zeros((0, 3)), clutter=100.0))
        seen |= {row["track_id"] for row in sim.confirmed(out)}
    assert len(seen) <= 1


def test_a_wrong_clutter_figure_in_the_site_file_is_corrected() -> None:
    rng = np.random.default_rng(4)
    tracker = Tracker(sim.site(sim.radar(clutter_per_scan=1)))
    late: set[int] = set()
    for k in range(60):
        out = tracker.step(sim.plots(rng, sim.T0 + k, np.array([[3000.0, 10.0 * k, 100.0]]), clutter=60.0))
        if k > 30:
            late |= {row["track_id"] for row in sim.confirmed(out)}
    assert 1 <= len(late) <= 3


def test_two_drones_that_cross_keep_their_tracks() -> None:
    swaps = 0
    for seed in range(5):
        rng = np.random.default_rng(seed)
        tracker, first, last = Tracker(sim.site(sim.radar())), {}, {}
        for k in range(41):
            t = k - 20.0
            enu = np.array([[2000.0 + 12 * t, 1500.0 + 9 * t, 100.0], [2000.0 + 12 * t, 1500.0 - 9 * t, 110.0]])
            rows = sim.confirmed(tracker.step(sim.plots(rng, sim.T0 + k, enu)))
            near = {int(np.argmin(np.linalg.norm(enu - sim.where(r), axis=1))): r["track_id"] for r in rows}
            if len(near) == 2 and not first:
                first = near
            last = near if len(near) == 2 else last
        swaps += first != last
    assert swaps <= 1


def test_formation_at_20_m_stays_separate() -> None:
    rng = np.random.default_rng(5)
    tracker = Tracker(sim.site(sim.radar(sigma_range_m=2, sigma_azimuth_deg=0.1, sigma_elevation_deg=0.2)))
    accurate = sim.radar(sigma_range_m=2, sigma_azimuth_deg=0.1, sigma_elevation_deg=0.2)
    for k in range(30):
        enu = np.array([[1000.0 + 20 * i + 10 * k, 1500.0, 100.0] for i in range(5)])
        out = tracker.step(sim.plots(rng, sim.T0 + k, enu, accurate))
    assert len(sim.confirmed(out)) == 5


def test_missing_plots_end_a_track_inside_coverage() -> None:
    rng = np.random.default_rng(6)
    tracker = Tracker(sim.site(sim.radar()))
    other = np.array([-3000.0, 500.0, 100.0])  # keeps the radar alive
    for k in range(30):
        enu = [[2000.0, 1000.0, 100.0], other] if k < 12 else [other]
        out = tracker.step(sim.plots(rng, sim.T0 + k, np.array(enu), pd=1.0))
        if k == 14:
            assert sorted(r["status"] for r in sim.confirmed(out)) == ["coasting", "confirmed"]
    assert len(sim.confirmed(out)) == 1


def test_a_missing_plot_outside_coverage_is_no_evidence() -> None:
    rng = np.random.default_rng(7)
    south = sim.radar("south", sector_deg=[90, 270])
    north = sim.radar("north", sector_deg=[270, 90])
    tracker = Tracker(sim.site(north, south))
    for k in range(12):
        seen = sim.plots(rng, sim.T0 + k, np.array([[0.0, 2000.0, 100.0]]), north, pd=1.0)
        mine = sim.plots(rng, sim.T0 + k + 0.1, np.array([[0.0, -2500.0, 100.0]]), south, pd=1.0)
        out = tracker.step(sim.joined(seen, mine))
    assert [r["existence"] > 0.999 for r in sim.confirmed(out)] == [True, True]


def test_blanked_sector_and_short_range_are_outside_coverage() -> None:
    rng = np.random.default_rng(8)
    for limit in ({"blanked": [[40, 50]]}, {"max_range_m": 2500}, {"elevation_deg": [10, 60]}):
        blind = sim.radar("blind", **limit)
        tracker = Tracker(sim.site(sim.radar(), blind))
        for k in range(15):
            enu = np.array([[2000.0, 2000.0, 100.0]])
            busy = sim.plots(rng, sim.T0 + k + 0.2, np.array([[-800.0, 300.0, 300.0]]), blind, pd=1.0)
            out = tracker.step(sim.joined(sim.plots(rng, sim.T0 + k, enu, pd=1.0), busy))
        r = [row for row in sim.confirmed(out) if row["vel_east_mps"] is not None and sim.where(row)[0] > 1000]
        assert len(r) == 1, limit
        assert r[0]["existence"] > 0.999


def test_a_silent_radar_gives_no_misses() -> None:
    rng = np.random.default_rng(9)
    tracker = Tracker(sim.site(sim.radar()))
    for k in range(10):
        tracker.step(sim.plots(rng, sim.T0 + k, np.array([[1500.0, 800.0, 100.0]]), pd=1.0))
    rows = sim.confirmed(tracker.advance(sim.T0 + 20.0))
    assert len(rows) == 1
    assert rows[0]["status"] == "coasting"
    assert rows[0]["existence"] > 0.5
    assert [r["status"] for r in tracker.advance(sim.T0 + 60.0).rows()] == ["ended"]
    assert tracker.advance(sim.T0 + 61.0).n == 0


def test_an_empty_scan_counts_when_the_clock_ticks() -> None:
    rng = np.random.default_rng(10)
    tracker = Tracker(sim.site(sim.radar()))
    for k in range(10):
        before = sim.confirmed(tracker.step(sim.plots(rng, sim.T0 + k, np.array([[1500.0, 800.0, 100.0]]), pd=1.0)))
    after = sim.confirmed(tracker.advance(sim.T0 + 11.5))
    assert after[0]["existence"] < before[0]["existence"]


def test_scan_split_into_datagrams_gives_the_same_tracks() -> None:
    enu = np.array([[1000.0 + 400 * i, 1500.0, 100.0] for i in range(6)])
    results = []
    for split in (False, True):
        rng = np.random.default_rng(11)
        tracker = Tracker(sim.site(sim.radar()))
        for k in range(15):
            batch = sim.plots(rng, sim.T0 + k, enu, pd=1.0)
            for part in [batch.take(np.array([i])) for i in range(batch.n)] if split else [batch]:
                out = tracker.step(part)
        results.append(sorted((round(r["lat_deg"], 4), round(r["lon_deg"], 4)) for r in sim.confirmed(out)))
        assert all(r["existence"] > 0.99 for r in sim.confirmed(out))
    assert len(results[0]) == 6
    assert results[0] == results[1]


def test_turning_radar_with_its_own_time_for_each_plot() -> None:
    rng = np.random.default_rng(12)
    r = sim.radar(scan_period_s=2.0)
    tracker = Tracker(sim.site(r))
    for k in range(60):  # ten sectors of 36 degrees a turn, each delivered alone
        t = sim.T0 + 0.2 * k
        targets = np.array([[1500.0 + 10 * 0.2 * k, 1500.0, 100.0], [-2000.0, -1000.0 + 3 * k, 150.0]])
        sector = np.floor(np.degrees(np.arctan2(targets[:, 0], targets[:, 1])) % 360 / 36) == k % 10
        out = tracker.step(sim.plots(rng, t, targets[sector], r, pd=1.0), time=t)
    rows = sim.confirmed(out)
    assert len(rows) == 2
    assert all(row["status"] == "confirmed" and row["existence"] > 0.99 for row in rows)


def test_radar_without_elevation_tracks_in_the_plane_and_states_no_height() -> None:
    rng = np.random.default_rng(13)
    tracker = Tracker(sim.site(sim.radar()))
    for k in range(25):
        enu = np.array([[2500.0 - 12 * k, 1500.0, 120.0]])
        flat = sim.plots(rng, sim.T0 + k, enu, pd=1.0).replace({"elevation_deg": np.nan})
        out = tracker.step(flat)
    rows = sim.confirmed(out)
    assert len(rows) == 1
    assert "alt_wgs84_m" not in rows[0]
    assert np.linalg.norm(sim.where(rows[0])[:2] - enu[0, :2]) < 40.0


def test_range_rate_gives_velocity_at_once() -> None:
    tracker = Tracker(sim.site(sim.radar()))
    rng = np.random.default_rng(14)
    out = tracker.step(
        sim.plots(rng, sim.T0, np.array([[0.0, 2000.0, 20.0]]), pd=1.0, range_rate_mps=-18.0, sigma_range_rate_mps=0.5)
    )
    assert next(iter(out.rows()))["vel_north_mps"] == pytest.approx(-18.0, abs=1.0)


def test_air_traffic_radar_at_150_km_lands_on_the_ellipsoid() -> None:
    far = sim.radar(
        "atc", scan_period_s=5.0, max_range_m=250_000, sigma_range_m=50, sigma_azimuth_deg=0.08, elevation_deg=[-2, 60]
    )
    tracker = Tracker(sim.site(far))
    lat, lon, alt = 34.9, -119.1, 10_000.0
    rng = np.random.default_rng(15)
    for k in range(12):
        place = sim.FRAME.to_enu(lat + 0.01 * k, lon, alt)
        row = sim.plots(rng, sim.T0 + 5 * k, place, far, pd=1.0).replace({"elevation_deg": np.nan, "alt_msl_m": alt})
        out = tracker.step(row)
    row = sim.confirmed(out)[0]
    assert row["lat_deg"] == pytest.approx(lat + 0.11, abs=0.004)
    assert row["lon_deg"] == pytest.approx(lon, abs=0.004)
    assert row["alt_wgs84_m"] == pytest.approx(alt, abs=150.0)
    assert row["vel_north_mps"] == pytest.approx(0.01 * 110_950 / 5, rel=0.06)
