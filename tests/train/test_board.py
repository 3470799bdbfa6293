"""The loop: misses become proposed changes, done and verified by a later run; the learning lag counts days, and says what is not known."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from picket.learn.cards import shipped_cards
from picket.learn.first_seen import First, FirstSeen
from picket.learn.when import parse
from picket.train.board import BoardError, Entry, add_run, append, decide, proposals_of, read_board
from picket.train.lag import NOT_KNOWN, days_words, lags
from picket.train.score.sheet import AlarmLoad, Event, Met, Moment, Score, SensorSight

DAY = 86_400.0
T0 = 1_767_225_600.0  # 2026-01-01


def moment(at_s: float, margin_s: float) -> Moment:
    return Moment(at_s=at_s, delay_s=at_s, margin_s=margin_s, margin_m=100.0)


def event(track: Moment | None, alert: Moment | None, *, plots: int = 40, covered_s: float = 90.0) -> Event:
    sight = SensorSight(sensor="radar", kind="radar", first=track, plots=plots, covered_s=covered_s)
    return Event(
        object="intruder.0/0", actor="intruder", kind="drone", watched=True, appeared_s=0, gone_s=120, zone="pier", enters_s=100,
        nearest_m=0, seen=(sight,), track=track, tracked_share=0.9, track_ids=(1,), alert=alert, alert_id=None, alert_text="",
        acknowledged=None, judged=None, cause=None, judged_right=None, reported=None,
    )  # fmt: skip


def scored(one: Event, *expected: Met, complete: bool = True) -> Score:
    load = AlarmLoad(raised=1, per_hour=30, most_in_10_min=1, flood=False, verdict="", by_severity={}, unacknowledged=0)
    passed = bool(expected) and all(m.met for m in expected)
    return Score(
        version=1, exercise="night", card="no-emission", seed=1, officer="Anna", start=T0, planned_s=120, until_s=120, complete=complete,
        site="x", passed=passed, sensed=passed, events=(one,), expected=expected, wrong=(), missed=(), needless=(), station=(),
        checklist=(), alarms=load,
    )  # fmt: skip


GOOD = event(moment(20, 80), moment(30, 70))
ACKNOWLEDGED = Met(id="ack", what="acknowledge", by_s=60, at_s=50, met=True, words="in time")
FORGOTTEN = msgspec.structs.replace(ACKNOWLEDGED, at_s=None, met=False, words="an acknowledgement by 60 s: never came")


@pytest.mark.parametrize(
    ("one", "change"),
    [
        (event(None, None, plots=0, covered_s=0.0), "sensor"),  # nothing covers it
        (event(None, None, plots=12), "sensor"),  # plots, and no track
        (event(moment(20, 80), None), "rule"),  # a track, and no alert
        (event(moment(20, 80), moment(90, 10)), "zone"),  # the alert late, the track not
        (event(moment(85, 15), moment(90, 10)), "sensor"),  # both late
    ],
)
def test_each_way_of_missing_has_its_change(one: Event, change: str) -> None:
    ((kind, miss, words),) = proposals_of(scored(one))
    assert (kind, miss) == (change, "object intruder")
    assert "intruder" in words


def test_what_was_told_in_time_proposes_nothing() -> None:
    assert proposals_of(scored(GOOD, ACKNOWLEDGED)) == []


def test_a_miss_is_proposed_once_done_and_verified_by_a_later_run(tmp_path: Path) -> None:
    path = tmp_path / "board.jsonl"
    add_run(path, scored(GOOD, FORGOTTEN), T0, "a")
    add_run(path, scored(GOOD, FORGOTTEN), T0 + DAY, "b")
    (proposal,) = read_board(path).proposals()
    assert (proposal.entry.change, proposal.state) == ("lesson", "proposed")
    add_run(path, scored(GOOD, ACKNOWLEDGED), T0 + 2 * DAY, "c")
    assert read_board(path).proposals()[0].state == "proposed"  # met, but nothing was changed: luck verifies nothing
    decide(path, "done", proposal.entry.n, "drilled", T0 + 3 * DAY)
    assert read_board(path).proposals()[0].state == "done"
    add_run(path, scored(GOOD, ACKNOWLEDGED), T0 + 4 * DAY, "d")
    after = read_board(path).proposals()[0]
    assert (after.state, after.verified_at, after.note) == ("verified", T0 + 4 * DAY, "drilled")
    assert add_run(path, scored(GOOD, ACKNOWLEDGED), T0 + 5 * DAY, "d") == []  # the same run again


def test_a_stopped_run_verifies_nothing(tmp_path: Path) -> None:
    path = tmp_path / "board.jsonl"
    add_run(path, scored(GOOD, FORGOTTEN), T0, "a")
    decide(path, "done", 2, "", T0 + 1)
    add_run(path, scored(GOOD, ACKNOWLEDGED, complete=False), T0 + 2, "b")
    assert read_board(path).proposals()[0].state == "done"


def test_a_change_that_is_not_open_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "board.jsonl"
    add_run(path, scored(GOOD, FORGOTTEN), T0, "a")
    with pytest.raises(BoardError, match="open are: 2"):
        decide(path, "done", 7, "", T0)
    decide(path, "drop", 2, "no money", T0)
    with pytest.raises(BoardError, match="open are: none"):
        decide(path, "done", 2, "", T0)


def test_a_damaged_board_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "board.jsonl"
    add_run(path, scored(GOOD, ACKNOWLEDGED), T0, "a")
    with path.open("ab") as file:
        file.write(b"{nonsense\n")
    with pytest.raises(BoardError, match="line 2"):
        read_board(path)


def test_learning_lag_counts_days_and_says_what_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "board.jsonl"
    append(path, [Entry(n=1, time=T0, what="card", card="no-emission")])
    add_run(path, scored(GOOD, FORGOTTEN), T0 + 10 * DAY, "a")
    decide(path, "done", 3, "", T0 + 11 * DAY)
    add_run(path, scored(GOOD, ACKNOWLEDGED), T0 + 20 * DAY, "b")
    cards = shipped_cards()
    found = {x.card: x for x in lags(cards, read_board(path))}
    days = found["no-emission"].days
    published = parse("2021-03-08")
    begin = parse("2026-01-01")
    assert published
    assert begin
    assert published.first
    assert begin.first
    since = begin.first - published.first
    assert days == {
        "card": (since, since),
        "exercise": (since + 10,) * 2,
        "passed": (since + 20,) * 2,
        "verified": (since + 20,) * 2,
    }
    other = found["fpv-attack"]
    assert set(other.days.values()) == {None}
    assert other.adversary_days is None
    assert days_words(None) == NOT_KNOWN


def test_the_adversary_s_lag_is_from_the_first_actor_to_the_next() -> None:
    one = First("A", parse("2024-01-01"), (0, 0), "stated", 0, None)
    two = First("B", parse("2024-03"), (60, 90), "reported", 1, None)
    doubtful = First("C", parse("2024-02-01"), (31, 31), "alleged", 2, None)
    firsts = {"no-emission": FirstSeen("no-emission", one, (one, doubtful, two), ())}
    found = {x.card: x for x in lags(shipped_cards(), read_board(Path("/nowhere/board.jsonl")), firsts)}
    assert found["no-emission"].adversary_days == (60, 90)
