"""An alert on the shelf, an alert that nobody takes, and the count of alarms against ISA-18.2."""

from __future__ import annotations

import pytest

from picket.watch import AlertError, SensorLook
from tests.watch.sky import PIER, RING, T0, Watch, site, track


def inbound(id_: int, seconds_out: float, **more):
    return track(id_, 0, 200 + 10 * seconds_out, (0, -10, 0), **more)


def shelved(minutes: float = 5.0) -> Watch:
    """A watch with one approach, 50 s out, on the shelf."""
    w = Watch(site(PIER))
    w.see(inbound(1, 50))
    w.book.shelve(1, minutes, "survey flight,\n called in", "officer", w.time)
    return w


# -- the shelf ---------------------------------------------------------------------------------------------------
def test_a_shelved_alert_says_by_whom_until_when_and_why():
    w = shelved()
    a = w.only()
    assert (a.state, a.shelved_by, a.shelved_until, a.shelved_reason) == (
        "shelved", "officer", w.time + 300, "survey flight, called in",
    )  # fmt: skip
    assert (a.acknowledged_by, a.acknowledged_at) == ("officer", w.time)
    assert w.book.alarms(w.time)["shelved"] == 1


def test_it_keeps_quiet_while_it_is_no_worse_even_when_it_comes_and_goes():
    w = shelved()
    told = w.wait(60, inbound(1, 50)) + w.wait(15) + w.wait(10, inbound(1, 50))
    assert {a.state for a in told} == {"shelved"}
    assert all(a.escalated_at is None for a in told)


def test_it_comes_back_by_itself_when_the_time_is_over_and_it_is_still_true():
    w = shelved(1.0)
    assert {a.state for a in w.wait(59, inbound(1, 50))} == {"shelved"}
    told = w.wait(1, inbound(1, 50))
    assert (told[-1].state, told[-1].shelved_until, told[-1].shelved_reason, told[-1].acknowledged_at) == (
        "raised",
        None,
        None,
        None,
    )


def test_one_that_is_over_when_its_time_is_over_needs_nobody_any_more():
    w = shelved(1.0)
    told = w.wait(61)
    assert [(a.state, a.active) for a in told] == [("shelved", False), ("acknowledged", False)]
    assert told[-1].shelved_until is None


@pytest.mark.parametrize("worse", [inbound(1, 10), track(1, 0, 0)])
def test_it_comes_back_at_once_when_it_gets_worse(worse):
    w = shelved()
    (told,) = w.see(worse)
    assert (told.id, told.state, told.severity, told.shelved_by) == (1, "raised", "high", None)


def test_an_entry_of_the_same_severity_is_worse_than_the_approach_that_was_shelved():
    w = Watch(site(PIER))
    w.see(inbound(1, 10))
    w.book.shelve(1, 15, "known", "officer", w.time)
    (told,) = w.see(track(1, 0, 0))
    assert (told.rule, told.severity, told.state) == ("entry", "high", "raised")


def test_who_takes_it_off_the_shelf_has_it_acknowledged():
    w = shelved()
    a = w.book.unshelve(1, "second officer", w.time + 1)
    assert (a.state, a.acknowledged_by, a.shelved_until) == ("acknowledged", "second officer", None)
    with pytest.raises(AlertError, match="alert 1 is not shelved, it is acknowledged"):
        w.book.unshelve(1, "officer", w.time)


@pytest.mark.parametrize(("minutes", "reason", "words"), [
    (0.0, "x", "minutes: expected 1 to 720"), (721, "x", "got 721"), (float("nan"), "x", "nan"), (5, "  ", "reason: expected 1 to 500"),
])  # fmt: skip
def test_a_shelving_that_cannot_be_is_refused_and_changes_nothing(minutes, reason, words):
    w = Watch(site(PIER))
    w.see(inbound(1, 50))
    with pytest.raises(AlertError, match=words):
        w.book.shelve(1, minutes, reason, "officer", w.time)
    assert (w.only().state, w.only().n) == ("raised", 1)


def test_a_clock_that_is_set_back_ends_the_shelving():
    w = shelved()
    w.time -= 86_400
    told = w.see(inbound(1, 50))
    assert told[-1].state == "raised"


def test_a_raised_alert_folded_into_a_shelved_one_takes_it_off_the_shelf():
    w = Watch(site(PIER))
    w.see(inbound(1, 58))
    w.book.shelve(1, 15, "known", "officer", w.time)
    w.see(inbound(1, 58), inbound(2, 22))
    assert {(a.id, a.state) for a in w.book.open} == {(1, "shelved"), (2, "raised")}
    w.see(inbound(1, 58, group_id=9), inbound(2, 22, group_id=9))
    assert (w.only().id, w.only().state, w.only().count, w.only().shelved_by) == (1, "raised", 2, None)


# -- nobody takes it -----------------------------------------------------------------------------------------------
def test_an_alert_that_nobody_acknowledges_is_escalated_once():
    w = Watch(site(PIER, escalate_s=30))
    w.see(track(1, 0, 0))
    assert all(a.escalated_at is None for a in w.wait(29, track(1, 0, 0)))
    told = w.wait(60, track(1, 0, 0))
    first = next(k for k, a in enumerate(told) if a.escalated_at is not None)
    assert told[first].state == "raised"
    assert {a.escalated_at for a in told[first:]} == {T0 + 31}


def test_an_acknowledged_alert_is_not_escalated_and_waits_anew_when_raised_again():
    w = Watch(site(PIER))
    w.see(inbound(1, 50))
    w.book.acknowledge(1, "officer", w.time)
    assert all(a.escalated_at is None for a in w.wait(60, inbound(1, 50)))
    w.see(track(1, 0, 0))
    assert all(a.escalated_at is None for a in w.wait(28, track(1, 0, 0)))
    assert w.wait(3, track(1, 0, 0))[-1].escalated_at is not None
    w.book.acknowledge(1, "officer", w.time)
    w.wait(12)
    assert w.see(track(1, 0, 0))[0].escalated_at is None


def test_one_that_is_over_before_anybody_looked_is_escalated_all_the_same():
    w = Watch(site(PIER))
    w.see(track(1, 0, 0))
    assert [(a.active, a.escalated_at is not None) for a in w.wait(40)] == [(False, False), (False, True)]


def test_low_alerts_are_not_escalated():
    w = Watch(site(PIER))
    w.see(sensors=(SensorLook("r", "radar", "ok", 0.1, 1.0, bias_azimuth_deg=2.0),))
    assert w.only().severity == "low"
    assert all(a.escalated_at is None for a in w.wait(60))


def test_a_clock_that_is_set_back_lets_it_wait_from_then():
    w = Watch(site(PIER))
    w.see(track(1, 0, 0))
    w.time -= 7200
    assert all(a.escalated_at is None for a in w.wait(29, track(1, 0, 0)))
    assert w.wait(3, track(1, 0, 0))[-1].escalated_at is not None


# -- the count -----------------------------------------------------------------------------------------------------
def test_alarms_are_counted_by_hour_day_severity_and_offender():
    w = Watch(site(PIER, RING))
    for _ in range(4):  # each time it comes back after it was seen to is an alarm
        w.see(track(1, 500, 500))
        w.book.acknowledge(1, "officer", w.time)
        w.wait(700)
    w.see(track(2, 0, 0), track(1, 500, 500))
    found = w.book.alarms(w.time)
    assert (found["last_hour"], found["last_10_min"], found["flood"], found["last_24_h"]) == (7, 3, False, 7)
    assert found["worst"][0] == {"what": "ring", "rule": "entry", "count": 6}
    assert found["by_severity"] == {"high": 1 / 7, "medium": 6 / 7, "low": 0.0}
    assert (found["acceptable_per_hour"], found["most_per_hour"]) == (6, 12)
    assert w.book.alarms(w.time + 90_000)["last_24_h"] == 0


def test_more_than_ten_in_ten_minutes_is_a_flood():
    w, rows = Watch(site(RING)), [track(i, 450 * (i % 4) - 700, 450 * (i // 4) - 600) for i in range(1, 12)]
    for k in range(1, 11):
        w.see(*rows[:k])
    assert not w.book.alarms(w.time)["flood"]
    w.see(*rows)
    assert w.book.alarms(w.time)["flood"]


def test_causes_are_counted_by_rule():
    w = Watch(site(RING))
    w.see(track(1, 600, 0), track(2, 600, -700))
    w.book.close(1, "bird", "officer", w.time)
    w.book.close(2, "bird", "officer", w.time)
    assert w.book.alarms(w.time)["causes"] == [{"rule": "entry", "cause": "bird", "count": 2}]
