"""Late and out-of-order rows: the tracks are those of the sorted input."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
import pytest
import track_sim as sim
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.track import Tracker, history, measure, picture
from picket.track import tracker as tracker_module
from picket.words import TRACK, Batch


def _world(seed: int = 1, seconds: int = 20) -> Batch:
    rng, parts = np.random.default_rng(seed), []
    a, b = sim.radar("a"), sim.radar("b", (500.0, -800.0, 10.0))
    for k in range(seconds):
        enu = np.array([[1000.0 + 12 * k, 300.0 * i - 600.0, 100.0] for i in range(4)])
        parts += [sim.plots(rng, sim.T0 + k, enu, a, clutter=3.0), sim.plots(rng, sim.T0 + k + 0.4, enu, b, clutter=3.0)]
        parts.append(sim.claim(rng, sim.T0 + k + 0.7, enu[0]))
    return sim.joined(*parts)


def _run(batch: Batch, arrival: np.ndarray, seconds: int = 20) -> tuple[Tracker, Batch, list[Batch]]:
    tracker, outs = Tracker(sim.site(sim.radar("a"), sim.radar("b", (500.0, -800.0, 10.0)), sim.RID)), []
    for k in range(seconds + 8):
        mine = np.flatnonzero((arrival > sim.T0 + k - 1) & (arrival <= sim.T0 + k))
        outs.append(tracker.step(batch.take(mine), time=sim.T0 + k) if len(mine) else tracker.advance(sim.T0 + k))
    return tracker, outs[-1], outs


@pytest.mark.parametrize(("share", "most"), [(0.05, 5.0), (0.2, 5.0), (1.0, 2.5)])
def test_late_rows_give_the_tracks_of_the_sorted_input(share: float, most: float) -> None:
    batch = _world()
    rng = np.random.default_rng(7)
    delay = np.where(rng.random(batch.n) < share, rng.uniform(0, most - 1.0, batch.n), 0.0)
    _, want, _ = _run(batch, batch["time"])
    tracker, got, outs = _run(batch, batch["time"] + delay)
    assert tracker.left_out["late"] == 0
    assert tracker._history.taken_again > 0
    assert got.n == want.n
    for name in ("lat_deg", "lon_deg", "vel_east_mps", "existence"):
        assert np.allclose(np.sort(got[name]), np.sort(want[name]), rtol=0, atol=1e-9), name
    ended = [i for out in outs for i in out["track_id"][out.equals("status", "ended")].tolist()]
    assert not set(ended) & set(got["track_id"].tolist())
    _, again, _ = _run(batch, batch["time"] + delay)
    assert [c.tobytes() for c in again.columns.values()] == [c.tobytes() for c in got.columns.values()]
    assert again.table is TRACK


def test_too_late_and_repeated_rows_are_counted() -> None:
    rng, tracker = np.random.default_rng(1), Tracker(sim.site(sim.radar(), sim.RID))
    rows = [sim.claim(rng, sim.T0 + k, np.array([10.0 * k, 0.0, 90.0])) for k in range(10)]
    for row in rows:
        tracker.step(row)
    tracker.step(rows[6])
    tracker.step(rows[1])
    assert tracker.left_out == {"duplicate": 1, "late": 1}


@given(st.integers(0, 1000), st.floats(0.0, 1.0), st.floats(0.1, 3.9))
@settings(max_examples=15, deadline=None)
def test_any_delay_up_to_the_limit_gives_the_sorted_tracks(seed: int, share: float, most: float) -> None:
    batch, rng = _world(seed, 12), np.random.default_rng(seed)
    delay = np.where(rng.random(batch.n) < share, rng.uniform(0, most, batch.n), 0.0)
    _, want, _ = _run(batch, batch["time"], 12)
    tracker, got, _ = _run(batch, batch["time"] + delay, 12)
    assert tracker.left_out["late"] == 0
    assert got.n == want.n
    for name in ("lat_deg", "lon_deg", "vel_east_mps", "existence"):
        assert np.allclose(np.sort(got[name]), np.sort(want[name]), rtol=0, atol=1e-9), name


def test_a_row_in_time_and_a_late_one_of_the_same_step_both_say_where_they_went() -> None:
    rng, tracker = np.random.default_rng(1), Tracker(sim.site(sim.radar(), sim.RID))
    rows = [sim.claim(rng, sim.T0 + k, np.array([10.0 * k, 0.0, 90.0])) for k in range(8)]
    for k in (0, 1, 2, 3, 5, 6):
        tracker.step(rows[k], time=sim.T0 + k)
    out = tracker.step(sim.joined(rows[4], rows[7]), time=sim.T0 + 7)
    assert tracker.assigned.track_id.tolist() == [out["track_id"][0]] * 2


def test_a_large_picture_waits_before_it_goes_back_and_shows_what_came_late_meanwhile() -> None:
    """Thirty rows a second are more than may be taken in again at once; what is 1.5 s late is used, and in the end all is as if sorted."""
    rng, site = np.random.default_rng(3), sim.site(sim.radar("a"), sim.RID)
    places = rng.uniform(-3000.0, 3000.0, (30, 3)) * [1, 1, 0] + [0, 0, 200.0]
    parts = [sim.plots(rng, sim.T0 + k, places, sim.radar("a"), pd=1.0) for k in range(24)]
    late = sim.joined(*(sim.claim(rng, sim.T0 + k + 0.5, np.array([5000.0, 0.0, 150.0]), f"S{k}") for k in (18, 20)))
    tracker, want = Tracker(site), Tracker(site)
    for k, part in enumerate(parts):
        told = tracker.step(
            part if k not in (20, 22) else sim.joined(part, late.take(np.array([k == 20, k == 22]))), time=sim.T0 + k
        )
        if k == 20:
            assert "S18" in told.values("identity")
        extra = {19: 0, 21: 1}.get(k)
        want.step(part if extra is None else sim.joined(part, late.take(np.array([extra]))), time=sim.T0 + k)
    got, sure = tracker.advance(sim.T0 + 25.0), want.advance(sim.T0 + 25.0)
    assert got.n == sure.n
    for name in ("lat_deg", "vel_east_mps", "existence"):
        assert np.allclose(np.sort(got[name]), np.sort(sure[name]), rtol=0, atol=1e-9), name


def _crowd(name: str, seed: int, seconds: int, **more: Any) -> list[Batch]:
    """What a radar sees of 120 objects, a batch a second: more than may be taken in again at once."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(-3000.0, 3000.0, (120, 3)) * [1, 1, 0] + [0, 0, 200.0]
    return [sim.plots(rng, sim.T0 + k, places, sim.radar(name, **more), clutter=5.0) for k in range(seconds)]


def test_rows_late_in_every_scan_wait_for_one_another_and_end_as_if_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = sim.joined(*_crowd("a", 5, 45))
    late = np.random.default_rng(6).random(batch.n) < 0.1
    step = np.round(batch["time"] - sim.T0).astype(int) + late
    tracker, want, went_back = Tracker(sim.site(sim.radar("a"))), Tracker(sim.site(sim.radar("a"))), []
    monkeypatch.setattr(tracker, "_restore", lambda state: (went_back.append(tracker.clock), Tracker._restore(tracker, state)))
    unseen = 0
    for k in range(52):
        mine = np.flatnonzero(step == k)
        got = tracker.step(batch.take(mine), time=sim.T0 + k)
        sure = want.step(batch.take(np.flatnonzero(step - late == k)), time=sim.T0 + k)
        if (
            tracker._history.stopgap and late[mine].any()
        ):  # the radar has looked since: what came late is of no use until it is taken in
            assert (tracker.assigned.track_id[late[mine]] == -1).all()
            unseen += 1
    assert 4 <= len(went_back) <= 8
    assert unseen > 20
    assert tracker._history.taken_again < 1.3 * batch.n
    assert got.n == sure.n
    for name in ("lat_deg", "lon_deg", "vel_east_mps", "existence"):
        assert np.allclose(np.sort(got[name]), np.sort(sure[name]), rtol=0, atol=1e-9), name


def test_a_sensor_that_is_always_behind_is_in_the_picture_while_its_rows_wait() -> None:
    rng, behind = np.random.default_rng(8), sim.radar("b", (500.0, -800.0, 10.0))
    tracker, waited = Tracker(sim.site(sim.radar("a"), behind)), 0
    for k, part in enumerate(_crowd("a", 5, 30)):
        seen = sim.plots(rng, sim.T0 + k - 1.5, np.array([[4500.0, 4500.0, 300.0]]), behind, pd=1.0)
        shown = tracker.step(sim.joined(part, seen), time=sim.T0 + k)
        if k >= 10 and tracker._history.stopgap:
            east_north = sim.FRAME.to_enu(shown["lat_deg"], shown["lon_deg"], np.zeros(shown.n))[:, :2]
            there = np.hypot(*(east_north - [4500.0, 4500.0]).T) < 300.0
            assert np.any(there & shown.equals("status", "confirmed") & (shown["updated_at"] >= sim.T0 + k - 1.6))
            waited += 1
    assert waited > 5


def test_a_flow_that_is_late_as_a_whole_is_shown_within_seconds() -> None:
    tracker = Tracker(sim.site(sim.radar("a")))
    for k, part in enumerate(_crowd("a", 5, 30)):
        shown = tracker.step(part, time=sim.T0 + k + 3.0)
        if k >= 10:
            assert np.count_nonzero(shown.equals("status", "confirmed") | shown.equals("status", "coasting")) > 90
            assert shown["updated_at"].max() >= sim.T0 + k - 2.0
    assert tracker.left_out["late"] == 0


def test_without_going_back_two_seconds_are_the_limit() -> None:
    rng, tracker = np.random.default_rng(1), Tracker(sim.site(sim.radar(), sim.RID), exact_late=False)
    rows = [sim.claim(rng, sim.T0 + k, np.array([10.0 * k, 0.0, 90.0])) for k in range(10)]
    for k in (0, 1, 2, 3, 4, 7, 9):
        tracker.step(rows[k])
    tracker.step(rows[8])
    assert tracker.assigned.track_id[0] >= 0
    tracker.step(rows[5])
    assert tracker.left_out == {"late": 1}
    assert tracker._history.taken_again == 0


def test_a_pool_too_large_for_states_lets_its_plots_go_and_tracks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng, sensor = np.random.default_rng(3), sim.radar()
    scans = [sim.plots(rng, sim.T0 + k, np.array([1500.0 - 12.0 * k, 300.0, 90.0]), sensor, pd=1.0) for k in range(8)]
    kept = [list(b.rows()) for b in map(Tracker(sim.site(sensor)).step, scans)]
    monkeypatch.setattr(history, "STATE_BYTES", 4)
    held: list[weakref.ref[np.ndarray]] = []
    alive = []

    def prepared(*of: Any) -> Any:
        out = measure.prepare(*of)
        held.append(weakref.ref(out.plots.time))
        return out

    def shown(*of: Any) -> Any:
        alive.append(sum(ref() is not None for ref in held))
        return picture.picture(*of)

    monkeypatch.setattr(tracker_module, "prepare", prepared)
    monkeypatch.setattr(tracker_module, "picture", shown)
    tracker = Tracker(sim.site(sensor))
    assert [list(b.rows()) for b in map(tracker.step, scans)] == kept
    assert alive == [1] + [0] * (len(scans) - 1)  # the empty beginning is a state, and small enough
