"""The life of an alert: raised once, told calmly, acknowledged, closed with a cause, never lost."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
import shapely

from picket.site import Friendly
from picket.watch import CAUSES, Alert, AlertBook, AlertError, SensorLook, book
from tests.watch.sky import PIER, RING, T0, Watch, plain, site, sky, track, zone


def inbound(id_: int, seconds_out: float, east: float = 0.0, **more):
    """A drone that flies south at 10 m/s and reaches the pier's edge in so many seconds."""
    return track(id_, east, 200 + 10 * seconds_out, (0, -10, 0), **more)


# -- the shape of an alert -------------------------------------------------------------------------------------
def test_an_alert_has_every_field_that_the_stream_promises():
    words = (Path(__file__).parents[2] / "docs" / "stream.md").read_text("utf-8")
    promised = re.findall(r'"(\w+)"', words[words.index("An **alert** is") : words.index("`state`: raised")])
    told = set(plain(Alert(id=1, n=1, rule="entry", severity="high", raised_at=T0, updated_at=T0)))
    fields = [w for w in promised if w not in ("entry", "pier", "high", "raised", "exercise", "name", "how")]
    assert len(fields) > 25
    assert set(fields) <= told


def test_unknown_values_are_null_and_json_takes_them():
    w = Watch(site(PIER))
    w.see(track(1, 0, 0, alt_wgs84_m=float("nan"), vel_east_mps=float("nan")))
    as_json = msgspec.json.decode(msgspec.json.encode(w.only()))
    assert as_json["look_elevation_deg"] is None
    assert as_json["speed_mps"] is None
    assert as_json["cause"] is None


# -- calm ------------------------------------------------------------------------------------------------------
def test_an_approach_that_enters_is_the_same_alert():
    w = Watch(site(PIER))
    w.see(inbound(1, 50))
    w.see(inbound(1, 10))
    (alert,) = w.see(inbound(1, -2))
    assert (alert.id, alert.rule, alert.severity) == (1, "entry", "high")
    assert len(w.book.all) == 1


def test_changes_are_numbered_without_gaps_and_figures_come_every_two_seconds():
    w = Watch(site(PIER))
    told = [a for k in range(40) for a in w.see(inbound(1, 39 - k / 2), dt=0.5)]
    assert [a.n for a in told] == list(range(1, len(told) + 1))
    assert 10 <= len(told) <= 12  # 20 s of figures, plus medium -> high
    assert w.book.since(0) == told
    assert w.book.n == len(told)


def test_an_alert_is_over_only_after_the_hysteresis_and_returns_without_being_raised_again():
    w = Watch(site(PIER, hysteresis_s=10))
    w.see(track(1, 0, 0))
    assert w.wait(9, track(1, 600, 0)) == []
    assert w.only().active
    (again,) = w.see(track(1, 0, 0))
    assert (again.id, again.state, again.active) == (1, "raised", True)
    told = w.wait(12, track(1, 600, 0))
    assert [(a.active, a.state, a.time_to_reach_s) for a in told] == [(False, "raised", None)]
    assert w.only().state == "raised"  # not acknowledged: it is never closed by itself


def test_severity_does_not_flap_down_within_the_hysteresis():
    w = Watch(site(PIER, hysteresis_s=10))
    w.see(inbound(1, -1))
    for _ in range(9):
        w.see(inbound(1, 40))
        assert (w.only().rule, w.only().severity) == ("entry", "high")
    w.wait(3, inbound(1, 40))
    assert (w.only().rule, w.only().severity) == ("approach", "medium")


def test_a_track_that_ends_leaves_its_alert_open_and_inactive():
    w = Watch(site(PIER))
    w.see(track(1, 0, 0))
    told = w.wait(29)
    assert [(a.id, a.active) for a in told] == [(1, False)]
    assert w.only().track_ids == (1,)


# -- the officer -----------------------------------------------------------------------------------------------
def test_acknowledge_is_recorded_and_idempotent():
    w = Watch(site(PIER))
    w.see(track(1, 0, 0))
    alert = w.book.acknowledge(1, "officer", w.time)
    assert (alert.state, alert.acknowledged_by, alert.acknowledged_at, alert.n) == ("acknowledged", "officer", w.time, 2)
    assert w.book.acknowledge(1, "another", w.time + 5) is alert
    w.wait(5, track(1, 0, 0))
    assert (w.only().state, w.only().acknowledged_by) == ("acknowledged", "officer")


def test_an_acknowledged_alert_is_raised_again_when_it_gets_worse_or_comes_back():
    w = Watch(site(PIER))
    w.see(inbound(1, 50))
    w.book.acknowledge(1, "officer", w.time)
    (alert,) = w.see(inbound(1, 5))
    assert (alert.severity, alert.state, alert.acknowledged_by) == ("high", "raised", None)
    w.book.acknowledge(1, "officer", w.time)
    (alert,) = w.see(inbound(1, -5))
    assert (alert.rule, alert.state) == ("entry", "acknowledged")  # no more severe than what was acknowledged
    w.wait(15, track(1, 900, 0))
    (alert,) = w.see(inbound(1, -5))
    assert (alert.id, alert.active, alert.state) == (1, True, "raised")


@pytest.mark.parametrize("cause", CAUSES)
def test_close_takes_each_cause(cause):
    w = Watch(site(PIER))
    w.see(track(1, 0, 0))
    alert = w.book.close(1, cause, "officer", w.time, "seen by eye")
    assert (alert.state, alert.cause, alert.note, alert.active) == ("closed", cause, "seen by eye", False)
    assert w.book.open == []
    assert w.book.all == [alert]


def test_wrong_actions_say_what_is_wrong_and_change_nothing():
    w = Watch(site(PIER))
    w.see(track(1, 0, 0))
    with pytest.raises(AlertError, match="no alert 9 is known"):
        w.book.acknowledge(9, "officer", w.time)
    with pytest.raises(AlertError, match=r"expected one of drone, friendly.*got 'wind'"):
        w.book.close(1, "wind", "officer", w.time)
    w.book.close(1, "drone", "officer", w.time)
    with pytest.raises(AlertError, match="already closed"):
        w.book.close(1, "bird", "officer", w.time)
    with pytest.raises(AlertError, match="already closed"):
        w.book.acknowledge(1, "officer", w.time)
    assert w.book.n == 2


def test_a_closed_alert_stays_closed_while_its_cause_goes_on_unless_it_gets_worse():
    w = Watch(site(PIER))
    w.see(inbound(1, 50))
    w.book.close(1, "bird", "officer", w.time)
    assert w.wait(30, inbound(1, 45)) == []
    (alert,) = w.see(inbound(1, -1))
    assert (alert.id, alert.rule, alert.severity, alert.state) == (2, "entry", "high", "raised")


def test_a_closed_alert_is_raised_anew_when_it_comes_back_after_the_hysteresis():
    w = Watch(site(PIER))
    w.see(track(1, 0, 0))
    w.book.close(1, "drone", "officer", w.time)
    w.wait(12, track(1, 900, 0))
    assert [a.id for a in w.see(track(1, 0, 0))] == [2]


def test_a_drone_that_appears_where_a_dismissed_bird_was_lost_is_not_dismissed_with_it():
    w = Watch(site(PIER))
    w.see(track(1, 0, 0))
    w.book.close(1, "bird", "officer", w.time)
    w.wait(3)
    assert [(a.id, a.track_ids) for a in w.see(track(2, 30, 0))] == [(2, (2,))]


def test_open_is_newest_first():
    w = Watch(site(PIER))
    w.see(track(1, -190, -190))
    w.see(track(1, -190, -190), track(2, 190, 190))
    assert [a.id for a in w.book.open] == [2, 1]


# -- one object, one alert -------------------------------------------------------------------------------------
def test_a_track_swap_continues_the_same_alert():
    w = Watch(site(PIER))
    for k in range(5):
        w.see(inbound(1, 30 - k))
    w.wait(3, inbound(1, 25, status="coasting"))
    told = w.see(inbound(2, 21))
    assert [(a.id, a.state, a.track_ids, a.count) for a in told] == [(1, "raised", (2,), 1)]
    w.wait(3, inbound(2, 20))
    assert len(w.book.all) == 1


def test_a_new_track_beside_a_coasting_one_is_the_same_object_until_both_are_measured():
    w = Watch(site(PIER))
    w.see(inbound(1, 30))
    w.see(inbound(1, 29, status="coasting"))
    w.see(inbound(1, 28, status="coasting"), inbound(2, 28))
    alert = w.only()
    assert (alert.count, alert.track_ids) == (1, (1, 2))
    w.see(inbound(1, 27), inbound(2, 27, east=60))
    assert (w.only().count, w.only().track_ids) == (2, (1, 2))
    w.see(
        inbound(1, 22), inbound(2, 22, east=60, vel_north_mps=-25.0)
    )  # and no party, when they do not move alike from the start
    w = Watch(site(PIER))
    w.see(inbound(1, 30))
    w.see(inbound(1, 28, status="coasting"), inbound(2, 28))
    w.see(inbound(1, 27), track(2, 60, 470, (0, -25, 0)))
    assert sorted(a.track_ids for a in w.book.open) == [(1,), (2,)]


@pytest.mark.parametrize(
    ("gap", "east", "more", "alerts"),
    [
        (14, 100, {}, 1),
        (17, 0, {}, 2),  # too late
        (3, 190, {}, 2),  # too far
        (3, 0, {"identity": "B", "identity_kind": "serial"}, 2),  # says that it is another
        (3, 0, {"identity": "A", "identity_kind": "serial"}, 1),
    ],
)
def test_only_a_track_that_could_be_the_lost_one_continues_its_alert(gap, east, more, alerts):
    w = Watch(site(PIER, approach_s=600))
    w.see(inbound(1, 300, identity="A", identity_kind="serial"))
    w.wait(gap)
    w.see(inbound(2, 300 - gap, east=east, **more))
    assert len(w.book.all) == alerts


def test_two_drones_apart_are_two_alerts():
    w = Watch(site(PIER))
    w.see(inbound(1, 20))
    w.see(inbound(1, 19), inbound(2, 55))
    assert len(w.book.open) == 2


# -- parties: together before the tracker names a group, and apart again -----------------------------------------
def test_fifty_that_become_sure_one_by_one_are_one_alert_with_its_count():
    w, rows = Watch(site(PIER)), [inbound(i, 50 + (i % 7), east=-150 + 6 * i) for i in range(1, 51)]
    told = [a for k in range(1, 51) for a in w.see(*rows[:k])]
    assert {a.id for a in told} == {1}
    assert (w.only().count, w.only().nearest_track_id, w.only().group_id) == (50, 49, None)
    assert w.only().text.startswith("Swarm of 50 unknown drones reaches pier")
    assert w.book.alarms(w.time)["last_hour"] == 1


def test_a_pair_is_called_a_pair():
    w = Watch(site(PIER))
    w.see(inbound(1, 50), inbound(2, 50, east=60))
    assert w.only().text.startswith("Pair of unknown drones reaches pier in 50 s: nearest ")


def test_a_new_member_of_an_acknowledged_alert_does_not_sound_unless_it_is_much_nearer_or_worse():
    w = Watch(site(PIER))
    w.see(inbound(1, 55))
    w.book.acknowledge(1, "officer", w.time)
    told = w.see(inbound(1, 54), inbound(2, 50, east=60))
    assert [(a.id, a.state, a.count) for a in told] == [(1, "acknowledged", 2)]
    told = w.see(inbound(1, 53), inbound(2, 49, east=60), inbound(3, 26))
    assert [(a.id, a.state, a.severity, a.count) for a in told] == [(1, "raised", "medium", 3)]
    w.book.acknowledge(1, "officer", w.time)
    told = w.see(inbound(1, 52), inbound(2, 48, east=60), inbound(3, 25), inbound(4, 19))
    assert [(a.id, a.state, a.severity, a.count) for a in told] == [(1, "raised", "high", 4)]


def test_one_that_breaks_away_and_is_more_urgent_raises_its_own_and_the_rest_stays_acknowledged():
    w = Watch(site(PIER, approach_s=120))
    w.see(inbound(1, 110), inbound(2, 110, east=50), inbound(3, 110, east=100))
    w.book.acknowledge(1, "officer", w.time)
    for k in range(1, 65):  # the others hold their distance, one comes in at twice the speed
        w.see(inbound(1, 110), inbound(2, 110, east=50), track(3, 100, 1300 - 20 * k, (0, -20, 0)))
    own = next(a for a in w.book.open if a.track_ids == (3,))
    rest = next(a for a in w.book.open if a.id == 1)
    assert (own.severity, own.state, own.rule) == ("high", "raised", "entry")
    assert (rest.state, rest.severity, rest.track_ids) == ("acknowledged", "medium", (1, 2))


def test_a_friendly_and_a_stranger_are_no_party():
    w = Watch(site(PIER, friendly=(Friendly(identity="F1", owner="police"),)))
    w.see(inbound(1, 50), inbound(2, 50, east=40, identity="F1", identity_kind="serial"))
    assert sorted((a.severity, a.count) for a in w.book.open) == [("low", 1), ("medium", 1)]


def test_what_an_officer_closed_takes_in_nobody():
    w = Watch(site(PIER))
    w.see(inbound(1, 50))
    w.book.close(1, "bird", "officer", w.time)
    w.see(inbound(1, 49), inbound(2, 49, east=40))
    assert (w.only().id, w.only().track_ids) == (2, (2,))


def test_one_alert_per_zone():
    w = Watch(site(PIER, RING))
    w.see(track(1, 0, 0))
    assert sorted(a.zone for a in w.book.open) == ["pier", "ring"]


# -- swarms ----------------------------------------------------------------------------------------------------
def swarm(seconds_out: float, n: int = 12, group: int = 3):
    return [inbound(100 + i, seconds_out + 2 * i, east=-150 + 25 * i, group_id=group) for i in range(n)]


def test_a_swarm_of_twelve_is_one_alert_with_count_and_nearest_member():
    w = Watch(site(PIER))
    told = [a for k in range(60) for a in w.see(*swarm(55 - k))]
    assert {a.id for a in told} == {1}
    alert = w.only()
    assert (alert.count, alert.group_id, alert.severity, alert.rule) == (12, 3, "high", "entry")
    assert alert.track_ids == tuple(range(100, 112))
    assert alert.text.startswith("Swarm of 12 unknown drones, nearest INSIDE pier")
    first = told[0]
    assert (first.nearest_track_id, first.count, first.rule) == (100, 12, "approach")


def test_members_that_alarmed_singly_are_folded_into_the_oldest_alert():
    w = Watch(site(PIER))
    w.see(inbound(1, 22))
    w.see(inbound(1, 22), inbound(2, 58))
    w.book.acknowledge(1, "officer", w.time)
    w.see(*[inbound(i, 21, east=50 * i, group_id=5) for i in (1, 2, 3)])
    alert = w.only()
    assert (alert.id, alert.count, alert.group_id, alert.track_ids) == (1, 3, 5, (1, 2, 3))
    assert alert.state == "raised"  # the second one had not been seen by anyone
    folded = next(a for a in w.book.all if a.id == 2)
    assert (folded.state, folded.cause, folded.note) == ("closed", "other", "folded into alert 1")


def test_a_new_member_never_raises_anew():
    w = Watch(site(PIER))
    w.see(*swarm(50, 4))
    w.book.acknowledge(1, "officer", w.time)
    (alert,) = w.see(*swarm(49, 9))
    assert (alert.id, alert.count, alert.state) == (1, 9, "acknowledged")


def test_a_swarm_that_changes_its_number_or_breaks_up_stays_one_alert():
    w = Watch(site(PIER))
    w.see(*swarm(50, 4, group=3))
    w.see(*swarm(49, 4, group=8))
    w.see(*swarm(48, 4, group=-1))
    assert (w.only().id, w.only().count, w.only().group_id) == (1, 4, None)


def test_birds_in_a_group_do_not_count():
    w = Watch(site(PIER))
    w.see(inbound(1, 30, group_id=2), inbound(2, 30, group_id=2, p_drone=0.0, p_bird=0.9, classification="bird"))
    assert (w.only().count, w.only().track_ids) == (1, (1,))


# -- bounded ---------------------------------------------------------------------------------------------------
def test_closed_alerts_and_changes_are_kept_up_to_a_bound(monkeypatch):
    monkeypatch.setattr(book, "KEPT_CLOSED", 5)
    monkeypatch.setattr(book, "KEPT_CHANGES", 8)
    w = Watch(site(PIER))
    for i in range(20):
        w.see(track(i, 0, 0), dt=30)
        w.book.close(w.only().id, "drone", "officer", w.time)
    assert [a.id for a in w.book.all] == [20, 19, 18, 17, 16]
    assert w.book.since(0) is None
    assert [a.n for a in w.book.since(w.book.n - 8)] == list(range(w.book.n - 7, w.book.n + 1))
    assert w.book.since(w.book.n) == []
    assert w.book.since(w.book.n + 1) is None
    with pytest.raises(AlertError, match="no alert 1 is known"):
        w.book.acknowledge(1, "officer", w.time)


def test_a_flood_is_counted_and_high_alerts_still_get_through(monkeypatch):
    monkeypatch.setattr(book, "MAX_OPEN", 10)
    w = Watch(site(PIER))
    ghosts = [track(i, 3000 + 400 * i, 3000, flags=("unconfirmed_position",)) for i in range(30)]
    w.see(*ghosts)
    assert len(w.book.open) == 10
    assert w.book.left_out == {"too_many_open": 20}
    w.see(*ghosts, track(99, 0, 0))
    assert ("entry", (99,)) in [(a.rule, a.track_ids) for a in w.book.open]


def test_a_clock_set_back_freezes_nothing():
    w = Watch(site(PIER))
    w.see(track(1, 0, 0))
    w.time -= 86400
    told = w.wait(12, track(1, 900, 0))
    assert [a.active for a in told] == [False]


def test_duplicate_and_empty_pictures():
    b = AlertBook(site(PIER))
    assert b.step(T0, sky(T0), []) == []
    told = b.step(T0 + 1, sky(T0 + 1, track(1, 0, 0), track(1, 900, 900)), [])
    assert told == []  # the later row counts
    no_id = {k: v for k, v in track(1, 0, 0).items() if k != "track_id"}
    assert b.step(T0 + 2, sky(T0 + 2, no_id), []) == []


# -- what the picture asks -------------------------------------------------------------------------------------
def test_a_site_without_zones_still_tells_of_flags_and_sensors():
    w = Watch(site())
    w.see(track(1, 0, 0), track(2, 0, 50, flags=("spoof_suspected",)), sensors=(SensorLook("r", "radar", "silent"),))
    assert sorted(a.rule for a in w.book.open) == ["silent_sensor", "spoof_suspected"]


def test_level_and_affiliation_per_row():
    friend = {"identity": "F1", "identity_kind": "serial"}
    at = site(PIER, RING, friendly=(Friendly(identity="F1", zones=("pier",)), Friendly(identity="F2", hours="01:00-02:00")))
    airliner = {
        "identity": "4CA7B3",
        "identity_kind": "icao_address",
        "p_aircraft": 0.9,
        "p_drone": 0.0,
        "classification": "aircraft",
    }
    rows = [
        track(1, 0, 0),  # high
        track(2, 900, 0),  # in the warning zone: medium
        track(3, 0, 50, **friend),  # at home
        track(4, 5000, 0, **airliner),
        track(5, 5000, 500),
        track(6, 5000, 900, flags=("spoof_suspected",)),
        track(7, 5000, 1200, identity="F2", identity_kind="serial"),  # out of hours
    ]
    w = Watch(at)
    assert w.book.level(sky(T0, *rows)).tolist() == [0] * 7
    w.see(*rows)
    assert w.book.level(sky(w.time, *rows)).tolist() == [3, 2, 0, 0, 0, 2, 0]
    assert w.book.affiliation(sky(w.time, *rows)).tolist() == [3, 3, 1, 2, 0, 3, 0]
    assert w.book.level(sky(w.time)).tolist() == []


def test_a_friendly_where_it_may_not_be_is_not_shown_as_friendly():
    friend = {"identity": "F1", "identity_kind": "serial"}
    w = Watch(site(PIER, friendly=(Friendly(identity="F1"),)))
    w.see(track(1, 0, 0, **friend))
    assert w.book.affiliation(sky(w.time, track(1, 0, 0, **friend))).tolist() == [0]
    w.wait(15, track(1, 2000, 0, **friend))
    assert w.book.affiliation(sky(w.time, track(1, 2000, 0, **friend))).tolist() == [1]


def test_zones_can_be_replaced_while_it_runs():
    w = Watch(site(PIER))
    w.see(track(1, 0, 0))
    w.book.replace_site(site(zone("pier", "protected", shapely.box(1000, -200, 1400, 200), floor_m=0, ceiling_m=400)))
    w.wait(12, track(1, 0, 0))
    assert not w.only().active
    w.see(track(1, 0, 0), track(2, 1200, 0))
    assert [a.track_ids for a in w.book.open if a.active] == [(2,)]
    w.book.replace_site(site(RING))
    w.see(track(2, 1200, 0))
    assert len(w.book.open) == 2


def test_a_ship_keeps_its_symbol_while_its_class_wavers_but_is_judged_by_the_instant():
    unsure = {"classification": "vessel", "p_vessel": 0.5, "p_drone": 0.3}
    near, far = track(1, 900, 0, (-20.0, 0.0, 0.0), **unsure), track(2, 3000, 0, **unsure)
    w = Watch(site(PIER))
    w.wait(3, near, far)
    assert w.only().rule == "approach", "half sure of a ship is not sure enough to be quiet about it"
    assert w.book.affiliation(sky(w.time, near, far)).tolist() == [3, 2]
