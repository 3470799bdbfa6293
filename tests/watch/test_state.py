"""Saved and restored at any point, the book goes on exactly as if nothing had happened."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.watch import AlertBook, AlertError, SensorLook, decide
from tests.watch.sky import BORDER, PIER, RING, T0, site, sky, track

SITE = site(PIER, RING, BORDER, hysteresis_s=4)

tracks = st.builds(
    lambda id_, east, north, ve, vn, status, group, flags, bird: track(
        id_, east, north, (ve, vn, 0.0), status=status, group_id=group, flags=flags, p_bird=bird
    ),
    st.integers(1, 8),
    st.sampled_from([-100.0, 0.0, 60.0, 400.0, 900.0]),
    st.sampled_from([-50.0, 150.0, 500.0, 800.0, 2950.0, 3050.0]),
    st.sampled_from([0.0, 10.0]),
    st.sampled_from([-15.0, 0.0, 12.0]),
    st.sampled_from(["tentative", "confirmed", "confirmed", "coasting", "ended"]),
    st.sampled_from([-1, -1, 1, 2]),
    st.sampled_from([(), (), ("spoof_suspected",), ("unconfirmed_position",)]),
    st.sampled_from([0.0, 0.0, 0.9]),
)
looks = st.lists(
    st.sampled_from([SensorLook("r", "radar", "ok", 1.0, 1.0), SensorLook("r", "radar", "silent", 9.0, 1.0)]), max_size=1
)
steps = st.tuples(
    st.sampled_from([0.5, 1.0, 3.0, 6.0, 20.0]),
    st.lists(tracks, max_size=6, unique_by=lambda t: t["track_id"]),
    looks,
    st.sampled_from([None, None, "acknowledge", "shelve", "unshelve", "close"]),
    st.integers(0, 3),
)


def play(book, time, step):
    """One step and perhaps an action on some open alert; everything that came out."""
    dt, rows, sensors, action, which = step
    time += dt
    out = book.step(time, sky(time, *rows), sensors)
    if action and book.open:
        alert = book.open[which % len(book.open)]
        wanted = {"do": action, "id": alert.id, "by": "x", "minutes": 1.0, "reason": "why", "cause": "bird", "note": ""}
        with suppress(AlertError):  # unshelve what is not shelved
            out.append(decide(book, wanted, time))
    return time, out


def around(book):
    """The book, through the bytes of a snapshot."""
    return AlertBook.restore(SITE, msgspec.msgpack.decode(msgspec.msgpack.encode(book.state())))


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, min_size=1, max_size=14), st.data())
def test_a_snapshot_at_any_point_changes_nothing_after_it(course, data):
    cut = data.draw(st.integers(0, len(course)))
    whole, time = AlertBook(SITE), T0
    for step in course[:cut]:
        time, _ = play(whole, time, step)
    other, then = around(whole), time
    assert other.open == whole.open
    assert other.all == whole.all
    for step in course[cut:]:
        time, expected = play(whole, time, step)
        then, got = play(other, then, step)
        assert got == expected
    assert other.since(0) == whole.since(0)
    # NaN differs from itself: compare what the bytes say
    assert msgspec.msgpack.encode(other.state()) == msgspec.msgpack.encode(whole.state())


@settings(max_examples=100, deadline=None)
@given(st.lists(steps, min_size=1, max_size=14))
def test_alerts_keep_their_promises(course):
    book, time, seen = AlertBook(SITE), T0, []
    for step in course:
        time, out = play(book, time, step)
        for alert in out:
            if not seen or alert.n > seen[-1].n:  # an alert acknowledged twice comes back as it was
                seen.append(alert)
        open_ = book.open
        assert all(a.state != "closed" for a in open_)
        assert [a.id for a in open_] == sorted((a.id for a in open_), reverse=True)
        active = [(a.zone, a.rule, i) for a in open_ if a.active and a.zone and len(a.track_ids) for i in a.track_ids]
        assert len(active) == len(set(active))  # one alert per object and zone
        for a in open_:
            assert a.text.isascii()
            assert a.text.endswith(".")
            assert a.count >= 1
            assert (a.acknowledged_at is None) == (a.state == "raised")
            assert (a.shelved_until is None) == (a.state != "shelved")
    assert [a.n for a in seen] == list(range(1, len(seen) + 1))
    known = {a.id: a for a in seen}  # the last change of each is what the book holds
    assert sorted(known.values(), key=lambda a: -a.id) == book.all


def test_a_restored_book_continues_a_swap_and_a_mute():
    book = AlertBook(SITE)
    book.step(T0, sky(T0, track(1, 0, 500, (0, -10, 0))), [])
    book = around(book)
    told = book.step(T0 + 4, sky(T0 + 4, track(2, 0, 460, (0, -10, 0))), [])
    assert {(a.id, a.rule, a.track_ids) for a in told} == {(1, "entry", (2,)), (2, "approach", (2,))}
    for alert in book.open:
        book.close(alert.id, "bird", "x", T0 + 4)
    book = around(book)
    assert book.step(T0 + 5, sky(T0 + 5, track(2, 0, 455, (0, -10, 0))), []) == []


@pytest.mark.parametrize("state", [{}, {"version": 7}, {"version": 1}, None, {"version": 1, "n": "x"}])
def test_a_state_that_is_none_is_refused(state):
    with pytest.raises(AlertError, match="alert state"):
        AlertBook.restore(SITE, state)


def test_a_state_of_version_1_is_still_read():
    """The sample was saved by the book before there was a shelf: an entry acknowledged, one closed, an approach, a silent sensor."""
    raw = msgspec.msgpack.decode((Path(__file__).parent / "state_v1.msgpack").read_bytes())
    assert raw["version"] == 1
    book = AlertBook.restore(SITE, raw)
    assert [(a.id, a.rule, a.severity, a.state) for a in book.open] == [
        (5, "silent_sensor", "medium", "raised"), (4, "approach", "medium", "raised"), (3, "entry", "medium", "raised"),
        (1, "entry", "high", "acknowledged"),
    ]  # fmt: skip
    time, rows = T0 + 4, (track(1, 0, 760, (0, -10, 0)), track(2, 0, 0))
    book.step(time, sky(time, *rows), [SensorLook("r", "radar", "silent", 9.0, 1.0)])
    assert [(a.id, a.rule, a.severity, a.state) for a in book.open] == [
        (5, "silent_sensor", "medium", "raised"), (4, "approach", "medium", "raised"), (3, "entry", "medium", "raised"),
        (1, "entry", "high", "acknowledged"),
    ]  # fmt: skip
    later = [a for k in range(40) for a in book.step(time + k, sky(time + k), [])]
    assert {a.id for a in later if a.escalated_at is not None} == {3, 4, 5}
    assert not any(a.active for a in book.open)
    assert around(book).all == book.all
