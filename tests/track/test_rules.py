"""What holds whatever comes in: finite answers, sound covariances, order, ids, groups, resets, counted reasons."""

from __future__ import annotations

import numpy as np
import pytest
import track_sim as sim
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.track import Tracker
from picket.track.motion_kernels import covariances
from picket.words import DETECTION, TRACK, Batch

_ODD = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True, width=64),
    st.sampled_from([0.0, -1.0, 1e-300, 1e18, 33.75, -118.2, 90.0, 360.0, np.nan]),
)
_WHEN = st.floats(0, 2e9)
_COLUMNS = [c.name for c in DETECTION.columns if c.kind == "float" and c.name not in ("time", "received")]
_ROW = st.fixed_dictionaries(
    {
        "time": st.one_of(st.sampled_from([sim.T0, sim.T0 + 1, sim.T0 + 3e8, sim.T0 - 1e6, np.nan, np.inf, -5.0, 1e300]), _WHEN),
        "sensor_id": st.sampled_from(["radar", "rid", "who", None]),
        "kind": st.sampled_from(["radar", "remote_id", "adsb", "system", "nonsense", None]),
    },
    optional={
        **dict.fromkeys(_COLUMNS, _ODD),
        "identity": st.sampled_from(["A", "B", ""]), "identity_kind": st.sampled_from(["serial", "icao_address", "new kind"]),
        "report": st.sampled_from(["plot", "track", "status"]), "transmitter": st.sampled_from(["t1", "t2"]),
        "sensor_track_id": st.sampled_from(["1", "2"]), "classification": st.sampled_from(["Bird", "??"]),
    },
)  # fmt: skip


def _sound(tracker: Tracker, out: Batch) -> None:
    t, n = tracker._pool.tracks, tracker._pool.n
    live = t.status[:n] < 4
    P = covariances(t, np.flatnonzero(live))
    assert np.isfinite(P).all()
    assert np.isfinite(t.x[:n][live]).all()
    assert np.array_equal(P, np.swapaxes(P, 1, 2))
    assert (np.linalg.eigvalsh(P) > -1e-9 * np.abs(P).max(initial=1.0)).all()
    for name in (
        "lat_deg",
        "lon_deg",
        "vel_east_mps",
        "vel_north_mps",
        "sigma_horizontal_m",
        "sigma_velocity_mps",
        "existence",
        "p_drone",
    ):
        assert np.isfinite(out[name]).all(), name
    assert ((out["existence"] >= 0) & (out["existence"] <= 1)).all()


@given(st.lists(st.lists(_ROW, max_size=6), min_size=1, max_size=4), st.booleans())
@settings(max_examples=120, deadline=None)
def test_any_garbage_gives_finite_answers_and_sound_covariances(batches: list[list[dict[str, object]]], with_site: bool) -> None:
    tracker = Tracker(sim.site(sim.radar(), sim.RID) if with_site else None)
    highest = -1
    for rows in batches:
        out = tracker.step(Batch.from_rows(DETECTION, rows))
        _sound(tracker, out)
        assert out.table is TRACK
        assert len(np.unique(out["track_id"])) == out.n
        born = out["track_id"][out["track_id"] > highest]
        assert (np.diff(born) > 0).all()
        highest = max(highest, int(out["track_id"].max(initial=-1)))


def test_covariances_stay_sound_over_a_long_dense_run() -> None:
    rng = np.random.default_rng(1)
    tracker = Tracker(sim.site(sim.radar(clutter_per_scan=60), sim.RID))
    for k in range(60):
        enu = np.array([[1000.0 + 15 * i + 12 * k, 60.0 * i - 300.0, 100.0] for i in range(10)])
        parts = [sim.plots(rng, sim.T0 + k, enu, clutter=60.0)]
        if k % 3:
            parts.append(sim.claim(rng, sim.T0 + k + 0.2, enu[0], sigma_position_m=1e-9))
        _sound(tracker, tracker.step(sim.joined(*parts)))


def test_order_of_rows_within_a_batch_does_not_matter() -> None:
    outs = []
    for shuffled in (False, True):
        rng, order = np.random.default_rng(2), np.random.default_rng(99)
        tracker = Tracker(sim.site(sim.radar(), sim.RID))
        for k in range(15):
            enu = np.array([[1000.0 + 30 * i + 10 * k, 1500.0, 100.0] for i in range(5)])
            claims = [sim.claim(rng, sim.T0 + k + 0.1 * i, enu[i], f"S{(7 * i) % 5}") for i in range(3)]
            batch = sim.joined(sim.plots(rng, sim.T0 + k, enu, clutter=10.0), *claims)
            out = tracker.step(batch.take(order.permutation(batch.n)) if shuffled else batch)
        outs.append(list(out.rows()))
    assert outs[0] == outs[1]


def test_same_input_same_bytes() -> None:
    outs = []
    for _ in range(2):
        rng = np.random.default_rng(3)
        tracker = Tracker(sim.site(sim.radar()))
        for k in range(10):
            out = tracker.step(sim.plots(rng, sim.T0 + k, np.array([[1000.0 + 10 * k, 500.0, 80.0]]), clutter=20.0))
        outs.append({name: array.tobytes() for name, array in out.columns.items()})
    assert outs[0] == outs[1]


def test_ids_start_at_first_id_and_are_never_used_twice() -> None:
    rng = np.random.default_rng(4)
    tracker = Tracker(sim.site(sim.radar()))
    assert tracker.step(sim.plots(rng, sim.T0, np.array([[1000.0, 500.0, 80.0]]), pd=1.0), first_id=500)["track_id"].tolist() == [
        500
    ]
    assert [r["status"] for r in tracker.reset().rows()] == ["ended"]
    out = tracker.step(sim.plots(rng, sim.T0 - 9000, np.array([[1000.0, 500.0, 80.0]]), pd=1.0), first_id=3)
    assert out["track_id"].tolist() == [501]


def test_what_cannot_be_used_is_counted_by_reason() -> None:
    tracker = Tracker(sim.site(sim.radar(), sim.RID))
    place = {"sensor_id": "rid", "kind": "remote_id", "lat_deg": 33.76, "lon_deg": -118.2}
    rows = [
        {**place, "time": sim.T0}, {**place, "time": sim.T0 + 50, "received": sim.T0},
        place, {**place, "time": sim.T0, "lat_deg": 95.0}, {**place, "time": sim.T0, "lat_deg": 0.0, "lon_deg": 0.0},
        {"time": sim.T0, "sensor_id": "rf", "kind": "rf", "azimuth_deg": 40.0},
        {"time": sim.T0, "sensor_id": "lost", "kind": "radar", "azimuth_deg": 40.0, "range_m": 900.0},
        {"time": sim.T0, "sensor_id": "radar", "kind": "radar", "azimuth_deg": 40.0, "range_m": -900.0},
    ]  # fmt: skip
    tracker.step(Batch.from_rows(DETECTION, rows))
    tracker.step(Batch.from_rows(DETECTION, [{**place, "time": sim.T0 - 30}]))
    assert tracker.left_out == {"future": 1, "no_time": 1, "bad_value": 3, "no_position": 1, "no_sensor_place": 1, "late": 1}


def test_a_plot_a_second_late_still_helps() -> None:
    rng = np.random.default_rng(5)
    tracker = Tracker(sim.site(sim.radar("a"), sim.radar("b")))
    for k in range(20):
        a = sim.plots(rng, sim.T0 + k, np.array([[1000.0 + 20 * k, 900.0, 100.0]]), sim.radar("a"), pd=1.0)
        out = tracker.step(a)
        if k:
            out = tracker.step(
                sim.plots(rng, sim.T0 + k - 1.0, np.array([[1000.0 + 20 * (k - 1), 900.0, 100.0]]), sim.radar("b"), pd=1.0)
            )
    rows = sim.confirmed(out)
    assert len(rows) == 1
    assert rows[0]["sensors"] == ("a", "b")
    assert np.linalg.norm(sim.where(rows[0])[:2] - [1380.0, 900.0]) < 25.0
    assert not tracker.left_out


def test_a_clock_set_back_begins_anew_after_a_few_batches() -> None:
    rng = np.random.default_rng(6)
    tracker = Tracker(sim.site(sim.radar()))
    for k in range(5):
        tracker.step(sim.plots(rng, sim.T0 + k, np.array([[1000.0, 900.0, 100.0]]), pd=1.0))
    for k in range(8):
        out = tracker.step(sim.plots(rng, sim.T0 - 5000 + k, np.array([[1000.0, 900.0, 100.0]]), pd=1.0))
    assert len(sim.confirmed(out)) == 1
    assert tracker.left_out["late"] == 2


def test_twelve_drones_together_are_one_group_and_keep_its_name() -> None:
    rng = np.random.default_rng(7)
    good = sim.radar(sigma_range_m=4, sigma_azimuth_deg=0.15, sigma_elevation_deg=0.3)
    tracker, names = Tracker(sim.site(good)), set()
    for k in range(40):
        swarm = np.array([[1000.0 + 40 * (i % 4) + 12 * k, 1500.0 + 40 * (i // 4), 100.0] for i in range(12)])
        lone = np.array([[-2000.0 + 5 * k, -1000.0, 100.0]])
        out = tracker.step(sim.plots(rng, sim.T0 + k, np.vstack([swarm[: 11 if 25 < k < 30 else 12], lone]), good))
        if k >= 12:
            names |= {r["group_id"] for r in sim.confirmed(out) if "group_id" in r}
    rows = sim.confirmed(out)
    assert len(names) == 1
    assert sum("group_id" in r for r in rows) >= 11
    assert all("group_id" not in r for r in rows if sim.where(r)[0] < 0)


def test_without_a_site_the_first_place_is_the_origin() -> None:
    rng = np.random.default_rng(8)
    tracker = Tracker(None)
    for k in range(5):
        out = tracker.step(sim.claim(rng, sim.T0 + k, np.array([10.0 * k, 0.0, 50.0])))
    assert next(iter(out.rows()))["lat_deg"] == pytest.approx(sim.LAT, abs=2e-4)
    fixed = {"sensor_id": "r", "kind": "radar", "range_m": 1000.0, "azimuth_deg": 0.0, "elevation_deg": 0.0}
    own = {"sensor_lat_deg": 50.0, "sensor_lon_deg": 8.0, "sensor_alt_wgs84_m": 100.0}
    out = Tracker(None).step(Batch.from_rows(DETECTION, [{"time": 1.0, **fixed, **own}]))
    assert next(iter(out.rows()))["lat_deg"] == pytest.approx(50.009, abs=1e-3)


def test_a_flood_of_invented_identities_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("picket.track.tracker.CODES_MAX", 100)
    rng = np.random.default_rng(9)
    tracker = Tracker(sim.site(sim.RID))
    for k in range(60):
        fake = [sim.claim(rng, sim.T0 + k, rng.normal(0, 3000, 3), f"X{k}.{i}") for i in range(8)]
        out = tracker.step(sim.joined(sim.claim(rng, sim.T0 + k, np.array([500.0, 10.0 * k, 90.0]), "REAL"), *fake))
    assert len(tracker._codes.words) <= 320  # of 481
    assert "REAL" in {r["identity"] for r in sim.confirmed(out)}
