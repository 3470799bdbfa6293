"""A doubtful object has to hold what it does before it alarms: birds and chains of false plots do not, what comes in does."""

from __future__ import annotations

import msgspec
import pytest

from picket.watch import AlertBook
from tests.watch.sky import BORDER, PIER, RING, Watch, site, track

DOUBTED = {"p_drone": 0.3, "p_bird": 0.4, "classification": "unknown"}
SEA = -35.0  # WGS84 height of the sea in the tests' harbour


def inbound(id_: int, seconds_out: float, **more):
    return track(id_, 0, 200 + 10 * seconds_out, (0, -10, 0), **{**DOUBTED, **more})


def steps_until_told(rows, limit: int = 60, **alert) -> int | None:
    """Steps of a second until the pier's first alert."""
    w = Watch(site(PIER, **{"doubt_s": 15, **alert}))
    return next((k for k in range(limit) if w.see(*rows(k))), None)


def test_a_drone_is_told_at_once_and_a_doubtful_thing_after_its_time():
    assert steps_until_told(lambda k: [inbound(1, 55 - k, p_drone=0.9)]) == 0
    assert steps_until_told(lambda k: [inbound(1, 55 - k)]) == 15
    assert steps_until_told(lambda k: [inbound(1, 55 - k)], doubt_s=5) == 5


@pytest.mark.parametrize("more", [
    {"identity": "A1", "identity_kind": "serial"}, {"flags": ("spoof_suspected",)}, {"alt_wgs84_m": float("nan"), "p_drone": 0.9},
])  # fmt: skip
def test_who_says_something_of_itself_is_not_doubted(more):
    assert steps_until_told(lambda k: [inbound(1, 55 - k, **more)]) == 0


def test_what_may_be_the_sea_has_to_hold_twice_as_long_and_one_word_is_not_enough():
    low = {"alt_wgs84_m": SEA + 5.0}
    assert steps_until_told(lambda k: [inbound(1, 59 - k, **low)]) == 30
    assert steps_until_told(lambda k: [inbound(1, 59 - k, **low, p_drone=0.8)]) == 30
    assert steps_until_told(lambda k: [inbound(1, 59 - k, **low, p_drone=0.97)]) == 0


def test_a_course_that_does_not_hold_is_never_told():
    def jumping(k):
        return [track(1, 0, 600, (0, -10 if k % 8 < 4 else 10, 0), **DOUBTED)]

    assert steps_until_told(jumping) is None


def test_inside_the_zone_it_has_half_the_time_unless_it_is_more_likely_a_bird():
    assert steps_until_told(lambda k: [track(1, 0, 0, **DOUBTED)]) == 8
    assert steps_until_told(lambda k: [track(1, 0, 0, **{**DOUBTED, "p_bird": 0.6})]) == 15


def test_the_time_of_an_approach_counts_for_the_entry():
    assert steps_until_told(lambda k: [inbound(1, 10 - k)]) == 10  # in the zone, and proven on the way there


def test_where_nobody_sees_it_proves_nothing_but_an_open_alert_goes_on():
    assert steps_until_told(lambda k: [inbound(1, 55 - k, status="coasting")]) is None
    w = Watch(site(PIER, doubt_s=5, hysteresis_s=4))
    w.wait(6, inbound(1, 50))
    w.wait(6, inbound(1, 45, status="coasting"))
    assert w.only().active


@pytest.mark.parametrize(("drone", "bird", "told"), [(0.5, 0.3, 0), (0.3, 0.4, 15)])
def test_what_a_group_shows_adds_up(drone, bird, told):
    def flock(k):
        return [inbound(i, 50 - k, group_id=4, p_drone=drone, p_bird=bird) for i in range(1, 6)]

    assert steps_until_told(flock) == told


def test_one_drone_in_a_group_tells_for_all():
    rows = [inbound(i, 50, group_id=4, p_drone=0.9 if i == 3 else 0.1) for i in range(1, 6)]
    w = Watch(site(PIER, doubt_s=15))
    w.see(*rows)
    assert w.only().count == 5


def test_doubt_goes_on_across_a_restart():
    w = Watch(site(PIER, RING, doubt_s=5))
    w.wait(4, inbound(1, 50))
    w.book = AlertBook.restore(w.book.site, msgspec.msgpack.decode(msgspec.msgpack.encode(w.book.state())))
    w.see(inbound(1, 49))
    assert w.book.open == []
    w.see(inbound(1, 48))
    assert {a.zone for a in w.book.open} == {"pier", "ring"}


def test_a_crowd_that_is_no_group_yet_adds_up_and_a_flock_does_not():
    def crowd(k, bird):
        return [inbound(i, 50 - k, p_drone=0.5, p_bird=bird, vel_east_mps=3.0 * i) for i in range(1, 4)]

    assert steps_until_told(lambda k: crowd(k, 0.3)) == 0
    assert steps_until_told(lambda k: crowd(k, 0.3)[:2]) == 15
    assert steps_until_told(lambda k: crowd(k, 0.48)) == 15


def test_a_doubtful_thing_that_went_over_a_line_is_told_after_its_time():
    """It was forgotten that it had crossed, because the crossing was not told at once: no doubtful thing ever alarmed there."""
    w = Watch(site(BORDER, doubt_s=15))
    told = next((k for k in range(60) if w.see(track(1, 0, 3040 - 10 * k, (0, -10, 0), **DOUBTED))), None)
    assert told is not None
    assert 18 <= told <= 22  # over the line in the fifth second
