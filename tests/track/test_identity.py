"""Identity is evidence: one drone over many ways is one track, and a lie is marked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import track_sim as sim

from picket.feed import read_detections
from picket.track import Tracker
from picket.words import Batch


def _drone(k: float) -> np.ndarray:
    return np.array([1500.0 + 9.0 * k, 1200.0 - 6.0 * k, 110.0])


def test_two_radars_and_remote_id_make_one_track() -> None:
    rng = np.random.default_rng(1)
    a, b = sim.radar("a"), sim.radar("b", at=(2500.0, 800.0, 15.0))
    for order in ("radar first", "claim first"):
        tracker, extra = Tracker(sim.site(a, b, sim.RID)), set()
        for k in range(30):
            parts = []
            if order == "claim first" or k > 5:
                parts.append(sim.claim(rng, sim.T0 + k + 0.7, _drone(k + 0.7)))
            if order == "radar first" or k > 5:
                parts += [sim.plots(rng, sim.T0 + k, _drone(k), a), sim.plots(rng, sim.T0 + k + 0.4, _drone(k + 0.4), b)]
            rows = sim.confirmed(tracker.step(sim.joined(*parts)))
            extra |= {r["track_id"] for r in rows}
        assert len(rows) == 1, order
        assert len(extra) == 1, order
        assert rows[0]["identity"] == "SER1"
        assert rows[0]["identity_kind"] == "serial"
        assert rows[0]["sensors"] == ("a", "b", "rid")
        assert rows[0]["classification"] == "drone"
        assert "flags" not in rows[0]


def test_one_drone_over_four_transports_is_one_track() -> None:
    rng = np.random.default_rng(2)
    tracker, ids = Tracker(sim.site(sim.RID)), set()
    for k in range(20):
        parts = [
            sim.claim(rng, sim.T0 + k + 0.1 * q, _drone(k + 0.1 * q), transport=way, transmitter=f"AA:{q}:{k // 5}")
            for q, way in enumerate(("bt4", "bt5", "wifi_nan", "wifi_beacon"))
        ]
        out = tracker.step(sim.joined(*parts))
        ids |= {r["track_id"] for r in out.rows()}
    assert len(ids) == 1
    assert next(iter(out.rows()))["status"] == "confirmed"


def test_repeated_rows_are_counted_not_believed() -> None:
    rng = np.random.default_rng(3)
    tracker = Tracker(sim.site(sim.RID))
    one = sim.claim(rng, sim.T0, _drone(0))
    out = tracker.step(sim.joined(*[one] * 5))
    assert tracker.left_out["duplicate"] == 4
    assert [r["status"] for r in out.rows()] == ["tentative"]


def test_two_identities_side_by_side_stay_two_tracks() -> None:
    rng = np.random.default_rng(4)
    tracker = Tracker(sim.site(sim.RID))
    for k in range(20):
        beside = _drone(k) + np.array([15.0, 0.0, 0.0])
        out = tracker.step(sim.joined(sim.claim(rng, sim.T0 + k, _drone(k), "A"), sim.claim(rng, sim.T0 + k + 0.1, beside, "B")))
    assert sorted(r["identity"] for r in sim.confirmed(out)) == ["A", "B"]
    assert not any("flags" in r for r in out.rows())


def test_a_claim_where_the_radar_sees_nothing_is_unconfirmed_and_lives() -> None:
    rng = np.random.default_rng(5)
    tracker = Tracker(sim.site(sim.radar(), sim.RID))
    for k in range(12):
        liar = np.array([-2000.0, 1000.0, 120.0])
        out = tracker.step(sim.joined(sim.plots(rng, sim.T0 + k, _drone(k)), sim.claim(rng, sim.T0 + k + 0.3, liar)))
    by_identity = {r.get("identity"): r for r in sim.confirmed(out)}
    assert by_identity["SER1"]["flags"] == ("unconfirmed_position",)
    assert "flags" not in by_identity[None]


def test_a_radar_plot_on_the_claim_clears_the_flag() -> None:
    rng = np.random.default_rng(6)
    tracker = Tracker(sim.site(sim.radar(), sim.RID))
    flagged = []
    for k in range(24):
        parts = [sim.plots(rng, sim.T0 + k, np.array([-3000.0, 500.0, 90.0])), sim.claim(rng, sim.T0 + k + 0.3, _drone(k + 0.3))]
        if k >= 12:
            parts.append(sim.plots(rng, sim.T0 + k, _drone(k), pd=1.0))
        out = tracker.step(sim.joined(*parts))
        flagged.append(any("unconfirmed_position" in r.get("flags", ()) for r in out.rows()))
    assert flagged[11]
    assert not flagged[-1]
    assert len(sim.confirmed(out)) == 2


def test_one_identity_at_two_places_is_suspected_on_both() -> None:
    rng = np.random.default_rng(7)
    tracker = Tracker(sim.site(sim.RID))
    for k in range(10):
        parts = [sim.claim(rng, sim.T0 + k, _drone(k))]
        if k >= 5:
            parts.append(sim.claim(rng, sim.T0 + k + 0.4, np.array([-4000.0, -3000.0, 100.0])))
        out = tracker.step(sim.joined(*parts))
    rows = sim.confirmed(out)
    assert len(rows) == 2
    assert all(r["identity"] == "SER1" and r["flags"] == ("spoof_suspected", "two_places") for r in rows)


def test_a_claim_that_leaves_the_radars_place_is_suspected() -> None:
    rng = np.random.default_rng(8)
    tracker = Tracker(sim.site(sim.radar(), sim.RID))
    for k in range(30):
        lie = _drone(k) + ([0.0, 0.0, 0.0] if k < 10 else [0.0, 900.0, 0.0])
        out = tracker.step(sim.joined(sim.plots(rng, sim.T0 + k, _drone(k)), sim.claim(rng, sim.T0 + k + 0.3, lie)))
    flags = [r.get("flags", ()) for r in sim.confirmed(out)]
    assert len(flags) == 2
    assert all("spoof_suspected" in f for f in flags)


def test_honest_claims_two_seconds_old_are_not_suspected() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        tracker, flagged = Tracker(sim.site(sim.radar(), sim.RID)), 0
        for k in range(40):
            speed = 1.5
            old = sim.claim(rng, sim.T0 + k + 0.3, _drone(speed * (k - 1.7)), sigma=8.0)
            out = tracker.step(sim.joined(sim.plots(rng, sim.T0 + k, _drone(speed * k)), old))
            flagged += sum("flags" in r for r in out.rows())
        assert flagged == 0


def test_after_a_gap_the_same_identity_goes_on_as_the_same_track() -> None:
    rng = np.random.default_rng(9)
    tracker = Tracker(sim.site(sim.RID))
    for k in [*range(8), 18, 19, 20]:
        out = tracker.step(sim.claim(rng, sim.T0 + k, np.array([20.0 * k if k < 8 else 160.0, 12.0 * max(k - 8, 0), 100.0])))
    assert [r["track_id"] for r in out.rows()] == [0]
    assert "flags" not in next(iter(out.rows()))


def test_mode_s_address_in_radar_plots_is_identity() -> None:
    rng = np.random.default_rng(10)
    tracker = Tracker(sim.site(sim.radar()))
    for k in range(10):
        plot = sim.plots(rng, sim.T0 + k, _drone(k) * [1, 1, 5], pd=1.0, identity="A1B2C3", identity_kind="icao_address")
        out = tracker.step(plot)
    row = sim.confirmed(out)[0]
    assert (row["identity"], row["identity_kind"], row["classification"]) == ("A1B2C3", "icao_address", "aircraft")


def test_a_foreign_trackers_estimates_do_not_confirm_by_repetition() -> None:
    rng = np.random.default_rng(11)
    tracker = Tracker(sim.site(sim.radar()))
    statuses = []
    for k in range(8):
        foreign: Batch = sim.plots(rng, sim.T0 + 0.5 * k, _drone(0), pd=1.0).replace({"report": "track"})
        statuses.append([r["status"] for r in tracker.step(foreign).rows()])
    assert statuses[-1] == ["tentative"]


def test_assigned_tells_which_track_each_row_went_to() -> None:
    rng = np.random.default_rng(12)
    tracker = Tracker(sim.site(sim.radar(), sim.RID))
    for k in range(8):
        status = sim.claim(rng, sim.T0 + k, _drone(k)).replace({"report": "status"})
        bad = sim.claim(rng, sim.T0 + k, _drone(k)).replace({"time": np.nan})
        batch = sim.joined(
            status, bad, sim.plots(rng, sim.T0 + k, _drone(k), pd=1.0), sim.claim(rng, sim.T0 + k + 0.2, _drone(k + 0.2))
        )
        out = tracker.step(batch)
    only = sim.confirmed(out)[0]["track_id"]
    assert tracker.assigned.track_id.tolist() == [-1, -1, only, only]
    assert (tracker.assigned.weight[2:] > 0.9).all()
    assert tracker.left_out == {"no_time": 8}


def test_a_drone_known_from_real_payloads_is_one_track(shared_data: Path) -> None:
    for name in ("BLE-legacy.json", "WiFi-beacon.json"):
        batch = read_detections(shared_data / "dronescout" / name)
        out = Tracker(None).step(batch)
        identities = {r["identity"] for r in out.rows() if "identity" in r}
        assert identities <= {"1787F04BM24010011195"}
        assert len(sim.confirmed(out)) <= 1


def test_a_place_that_stays_while_the_object_says_it_moves_is_frozen() -> None:
    rng, tracker, when = np.random.default_rng(8), Tracker(sim.site(sim.RID)), []
    for k in range(20):
        row = sim.claim(rng, sim.T0 + k, _drone(0), sigma=0.0, speed_mps=12.0 if k >= 5 else 0.0, course_deg=120.0)
        rows = list(tracker.step(row).rows())
        if any("frozen_position" in r.get("flags", ()) for r in rows):
            when.append(k)
    assert when[0] in (5, 6), "a drone that hovers is honest; one that says it moves is not"
    assert "spoof_suspected" in rows[0]["flags"]


def test_a_radar_that_holds_the_drone_elsewhere_is_the_reason() -> None:
    rng, tracker, flags = np.random.default_rng(9), Tracker(sim.site(sim.radar(), sim.RID)), set()
    for k in range(40):
        lie = np.array([600.0, 0.0, 0.0]) if k > 15 else 0.0
        out = tracker.step(
            sim.joined(sim.plots(rng, sim.T0 + k, _drone(k)), sim.claim(rng, sim.T0 + k + 0.2, _drone(k + 0.2) + lie))
        )
        flags |= {f for r in out.rows() for f in r.get("flags", ())}
    assert flags >= {"spoof_suspected", "sensor_disagrees"}


AIS = {"id": "ais", "kind": "ais"}


def _ship(
    rng: np.random.Generator,
    k: float,
    place: np.ndarray,
    sigma: float = 8.0,
    speed: float = 5.0,
    course: float = 270.0,
    name: str = "366000047",
) -> Batch:
    rows = list(sim.claim(rng, sim.T0 + k, place, name, sigma, speed_mps=speed, course_deg=course).rows())
    for row in rows:
        row |= {"sensor_id": "ais", "kind": "ais", "identity_kind": "mmsi"}
        row.pop("alt_wgs84_m", None)
    return Batch.from_rows(sim.DETECTION, rows)


def test_a_ship_that_reports_one_place_twice_is_honest_and_three_times_is_frozen() -> None:
    """Two reports lie 10 s apart: in a day some ships are twice within half a metre by chance."""
    for alike, frozen in ((2, False), (4, True)):
        rng, tracker, flags = np.random.default_rng(8), Tracker(sim.site(AIS)), set()
        for k in range(8):
            steps = max(k - alike + 1, 0)
            out = tracker.step(_ship(rng, 10.0 * k, np.array([900.0 - 50.0 * steps, 800.0, 0.0]), sigma=0.0))
            flags |= {f for r in out.rows() for f in r.get("flags", ())}
        assert ("frozen_position" in flags) == frozen


def test_a_bird_that_flies_off_with_a_ships_track_gives_the_name_back() -> None:
    """Beyond the radar's reach a ship's track waits 10 s for its next report; a bird that comes into reach there may be taken for it."""
    radar, carried, flagged, kept = sim.radar(max_range_m=5000), 0, 0, 0
    for seed in range(12):
        rng, tracker, flags = np.random.default_rng(seed), Tracker(sim.site(radar, AIS), exact_late=False), set()
        took = False
        for k in range(100):
            parts = []
            if k % 10 == 0:
                parts.append(_ship(rng, k, np.array([-5.0 * k, 5040.0, 0.0])))
            if k > 42:  # just within reach, as near as a plot of the ship could lie
                bird = np.array([-5.0 * 42 - 7.0 * (k - 42), 4990.0 - 20.0 * (k - 42), 40.0])
                parts.append(sim.plots(rng, sim.T0 + k + 0.1, bird, radar))
            out = tracker.step(sim.joined(*parts) if parts else Batch.empty(sim.DETECTION), time=sim.T0 + k + 0.3)
            flags |= {f for r in out.rows() for f in r.get("flags", ())}
            took |= k < 50 and any(r.get("identity") and "radar" in r["sensors"] for r in sim.confirmed(out))
        carried += took
        named = [r for r in sim.confirmed(out) if r.get("identity") == "366000047"]
        kept += any(np.hypot(*(sim.where(r)[:2] - np.array([-5.0 * 90, 5040.0]))) < 150.0 for r in named)
        flagged += "spoof_suspected" in flags
    assert carried >= 4, "the bird's plots did not go to the ship's track: nothing was tested"
    assert flagged <= carried / 4, "(a slower bird is held for more plots than that by the time that it is too far off)"
    assert kept >= 11


def _met_at_the_edge(seed: int, lie: float = 0.0) -> tuple[bool, bool]:
    """A ship leaves the radar's reach eastward, and another without AIS comes in where she went; (her track went over, it was a spoof).

    lie: m north, from 60 s on, that she puts between herself and what she reports, and stays within reach.
    """
    radar = sim.radar(max_range_m=5000)
    rng, tracker, flags, took = np.random.default_rng(seed), Tracker(sim.site(radar, AIS), exact_late=False), set(), False
    for k in range(140):
        away, toward = np.array([4700.0 + 5.0 * k, 100.0, 5.0]), np.array([5300.0 - 5.0 * k, 110.0, 5.0])
        if lie:
            away = np.array([3000.0 + 5.0 * k, 100.0, 5.0])
        parts = [
            sim.plots(rng, sim.T0 + k + 0.1, at, radar)
            for at in ((away,) if lie else (away, toward))
            if np.hypot(*at[:2]) < 5000.0 and rng.random() < 0.95
        ]
        if k % 10 == 0:
            parts.append(_ship(rng, k, away + (np.array([0.0, lie if k >= 60 else 0.0, 0.0])), course=90.0))
        out = tracker.step(sim.joined(*parts) if parts else Batch.empty(sim.DETECTION), time=sim.T0 + k + 0.3)
        flags |= {f for r in out.rows() for f in r.get("flags", ())}
        took |= k > 80 and any(r.get("identity") and sim.where(r)[0] < 4950.0 for r in sim.confirmed(out))
    return took, "spoof_suspected" in flags


def test_a_ship_that_left_the_radars_reach_is_no_spoof_because_another_took_her_track() -> None:
    found = [_met_at_the_edge(seed) for seed in (1, 2, 5)]
    assert sum(took for took, _ in found) >= 2, "the other ship's plots did not go to her track: nothing was tested"
    assert not any(spoof for _, spoof in found)


def test_a_ship_that_lies_about_her_place_within_the_radars_reach_is_still_a_spoof() -> None:
    assert all(_met_at_the_edge(seed, lie=500.0)[1] for seed in range(2))


def _side_by_side(seed: int) -> tuple[bool, bool, bool]:
    """Two ships sail side by side for a minute, nearer than the radar tells apart, and part; (tracks went over, spoof, names right)."""
    radar = sim.radar(max_range_m=5000)
    rng, tracker, flags, over = np.random.default_rng(seed), Tracker(sim.site(radar, AIS), exact_late=False), set(), False
    sides = {"366000047": 1.0, "366000048": -1.0}
    for k in range(240):
        apart = 4.0 + 2.5 * max(abs(k - 90) - 40, 0)
        at = {name: np.array([5.0 * k - 600.0, 3600.0 + side * apart, 8.0]) for name, side in sides.items()}
        parts = [sim.plots(rng, sim.T0 + k + 0.1, p, radar) for p in at.values() if rng.random() < 0.98]
        for j, (name, side) in enumerate(sides.items()):
            if (k + 5 * j) % 10 == 0:
                turn = side * 26.6 * (np.sign(k - 90) if abs(k - 90) > 40 else 0.0)
                parts.append(_ship(rng, k, at[name], speed=5.6 if turn else 5.0, course=90.0 - turn, name=name))
        out = tracker.step(sim.joined(*parts) if parts else Batch.empty(sim.DETECTION), time=sim.T0 + k + 0.3)
        flags |= {f for r in out.rows() for f in r.get("flags", ())}
        named = {r["identity"]: sim.where(r) for r in sim.confirmed(out) if r.get("identity")}
        over |= k > 140 and any(abs(p[1] - at[n][1]) > 60.0 for n, p in named.items())
    right = set(named) == set(sides) and all(np.hypot(*(p - at[n])[:2]) < 100.0 for n, p in named.items())
    return over, "spoof_suspected" in flags, right


def test_two_ships_whose_tracks_went_over_change_names_and_are_no_spoofs() -> None:
    found = [_side_by_side(seed) for seed in (8, 9, 15)]
    assert sum(over for over, _, _ in found) >= 2, "no track went over: nothing was tested"
    assert not any(spoof for _, spoof, _ in found)
    assert all(right for _, _, right in found)
