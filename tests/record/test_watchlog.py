"""The index of the watch log: what is an entry, searched, made again from the log, and let go with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.record.log import LogFile, Record
from picket.record.watchlog import NAME, Entry, Question, WatchIndex, entry_of, read


def note(seq: int, text: str, *, at: float = 0.0, kind: str = "note", by: str = "anna", **more: Any) -> Record:
    payload = {"do": "note", "kind": kind, "text": text, "by": by, "lat_deg": None, "lon_deg": None, "alert_id": None, **more}
    return Record(seq, at or 1000.0 + seq, "action", payload)


def life(seq: int, at: float, state: str, by: str, text: str) -> Record:
    return Record(seq, 1000.0 + seq, "life", {"alert_id": 7, "state": state, "at": at, "by": by, "text": text})


RECORDS = [
    Record(1, 1000.0, "boot", {}),
    note(2, "Small boat off Pier 3, no lights", lat_deg=45.0, lon_deg=-30.0),
    Record(3, 1003.0, "tick", None),
    life(4, 1003.5, "raised", "picket", "Alert 7 raised (high): Drone INSIDE pier"),
    note(5, "Watch handed to Bert", kind="handover"),
    Record(6, 1006.0, "action", {"do": "close", "id": 7, "by": "anna", "cause": "drone", "note": ""}),
    life(7, 1006.0, "closed", "anna", "Alert 7 closed, drone: Drone INSIDE pier"),
    Record(8, 1008.0, "end", None),
]


def written(folder: Path, records: list[Record]) -> None:
    held = LogFile(folder)
    for record in records:
        held.append(record)
    held.close()


def filled(folder: Path) -> WatchIndex:
    written(folder, RECORDS)
    index = WatchIndex(folder)
    index.catch_up(folder, 8)
    return index


def test_what_is_an_entry_and_what_is_not() -> None:
    found = [entry_of(r) for r in RECORDS]
    assert [e.kind if e else None for e in found] == [None, "note", None, "alert", "handover", None, "alert", None]
    assert found[1] == Entry(
        n=2, time=1002.0, by="anna", kind="note", text="Small boat off Pier 3, no lights", lat_deg=45.0, lon_deg=-30.0
    )
    raised = found[3]
    assert raised is not None
    assert (raised.time, raised.alert_id, raised.state) == (1003.5, 7, "raised"), "the time of the alert, not of the record"


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        (Question(), [7, 5, 4, 2]),
        (Question(limit=2), [7, 5]),
        (Question(q="PIER"), [7, 4, 2]),
        (Question(q="pier boat"), [2]),
        (Question(q="alert 7"), [7, 4]),
        (Question(q="handover bert"), [5]),
        (Question(q="100%_"), []),
        (Question(since=1003.0, until=1005.0), [5, 4]),
        (Question(q="nobody wrote this"), []),
    ],
)
def test_the_index_and_the_log_answer_alike(tmp_path: Path, asked: Question, numbers: list[int]) -> None:
    index = filled(tmp_path)
    assert [e.n for e in index.find(asked)] == numbers
    assert [e.n for e in read(tmp_path, asked)] == numbers, "with the index"
    index.close(8)
    for path in tmp_path.glob(f"{NAME}*"):
        path.unlink()
    assert [e.n for e in read(tmp_path, asked)] == numbers, "without it"


@given(
    texts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30), max_size=12),
    q=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
)
def test_any_words_are_found_by_both_ways_alike(tmp_path_factory: pytest.TempPathFactory, texts: list[str], q: str) -> None:
    folder = tmp_path_factory.mktemp("log")
    written(folder, [note(i + 1, text) for i, text in enumerate(texts)] or [Record(1, 1.0, "boot", {})])
    plain = read(folder, Question(q=q))
    index = WatchIndex(folder)
    index.catch_up(folder, max(len(texts), 1))
    assert index.find(Question(q=q)) == plain
    assert plain == [e for e in read(folder, Question()) if Question(q=q).fits(e)]
    index.close(0)


@pytest.mark.parametrize("damage", ["gone", "garbage", "version"])
def test_a_damaged_index_is_made_again_from_the_log(tmp_path: Path, damage: str) -> None:
    index = filled(tmp_path)
    before = index.find(Question())
    index.close(8)
    path = tmp_path / NAME
    if damage == "gone":
        path.unlink()
    elif damage == "garbage":
        path.write_bytes(b"this is no database" * 100)
    else:
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version = 99")
        db.close()
    again = WatchIndex(tmp_path)
    again.catch_up(tmp_path, 8)
    assert again.find(Question()) == before
    assert again.problem is None
    assert again.complete
    again.close(8)


def test_an_entry_is_indexed_only_when_its_record_is_on_disk(tmp_path: Path) -> None:
    index = filled(tmp_path)
    index.take(note(9, "soon"))
    index.take(note(10, "later"))
    index.write(9)
    assert [e.text for e in index.find(Question(limit=1))] == ["soon"]
    index.write(10)
    assert [e.text for e in index.find(Question(limit=1))] == ["later"]
    assert index.done() == 10
    index.close(10)


def test_what_the_log_let_go_the_index_lets_go(tmp_path: Path) -> None:
    index = filled(tmp_path)
    WatchIndex(tmp_path).forget_before(5)  # another process, while the station runs
    assert [e.n for e in index.find(Question())] == [7, 5]
    index.close(8)


def test_the_last_state_of_each_alert_is_known(tmp_path: Path) -> None:
    index = filled(tmp_path)
    assert index.states() == {7: "closed"}
    index.close(8)
