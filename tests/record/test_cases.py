"""Incidents as cases: what fits, what is refused, that the log alone gives them again, and that a hold keeps their records."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.record.test_retention import DAY_S, T0, left, lived
from tests.station.live import make_site

from picket.record.cases import CaseBook, CaseError, CaseIndex, NoCaseError, NotKnownYetError, holds, read_cases
from picket.record.log import LogFile, Record
from picket.record.retention import erase
from picket.site import Archive as Terms
from picket.station.rebuild import rebuild

SHA = "a" * 64


def opening(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "do": "case",
        "op": "open",
        "case": number,
        "by": "anna",
        "title": "Night",
        "since": 100.0,
        "until": None,
        "text": "",
        **more,
    }


def act(op: str, by: str = "anna", **more: Any) -> dict[str, Any]:
    return {"do": "case", "op": op, "case": 1, "by": by, "text": "", **more}


def test_a_file_that_was_taken_off_stays_for_the_audit() -> None:
    off = act("detach", sha256=SHA, name="photo.jpg", text="wrong pier")
    case = folded([*STEPS[:4], off]).of(1)
    assert ([f.name for f in case.files], [f.name for f in case.taken_off]) == ([], ["photo.jpg"])
    assert (case.steps[-1].what, case.steps[-1].text) == ("took off photo.jpg", "wrong pier")
    again = folded([*STEPS[:4], off, STEPS[3]]).of(1)
    assert ([f.name for f in again.files], again.taken_off) == (["photo.jpg"], [])
    assert folded([*STEPS[:4], off, off]).left_out == {"case_step": 1}
    assert folded([*STEPS, off]).of(1).taken_off == []  # closed: reopen it first


STEPS = [
    opening(),
    act("items", alerts=[3, 1], tracks=[7], remove=False),
    act("note", text="seen by eye"),
    act("attach", sha256=SHA, name="photo.jpg", size=5),
    act("hand_over", to="ben", text="watch ends"),
    act("items", by="ben", alerts=[3], tracks=[], remove=True),
    act("close", by="ben", outcome="drone"),
]


def records(steps: list[dict[str, Any]]) -> list[Record]:
    return [Record(10 + i, 1_000.0 + i, "action", p) for i, p in enumerate(steps)]


def folded(steps: list[dict[str, Any]]) -> CaseBook:
    book = CaseBook()
    for record in records(steps):
        book.apply(record)
    return book


def test_a_case_from_its_opening_to_its_end() -> None:
    assert folded(STEPS[:5]).of(1).status == "handed_over"
    assert folded(STEPS[:6]).of(1).status == "open", "who got it works on it"
    case = folded(STEPS).of(1)
    assert (case.status, case.outcome, case.holder, case.until) == ("closed", "drone", "ben", 1_006.0)
    assert (case.alerts, case.tracks, [f.name for f in case.files]) == ([1], [7], ["photo.jpg"])
    assert [s.what for s in case.steps] == [
        "opened", "joined alerts 3, 1 and track 7", "note", "attached photo.jpg", "handed over to ben", "took off alert 3", "closed: drone",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "step", "words"),
    [
        (0, act("note", text="x"), "no incident has the number 1"),
        (0, opening(title=" "), "title: expected words, got spaces only"),
        (0, opening(until=50.0), "until after since"),
        (0, opening(since=float("nan")), "since: expected UNIX seconds"),
        (1, act("items", alerts=[], tracks=[], remove=False), "expected numbers of alerts or tracks"),
        (1, act("items", alerts=[9], tracks=[], remove=True), "9 is not in incident 1"),
        (1, act("hold", held=False), "close it before its hold is let go"),
        (1, act("close", outcome="ufo"), "outcome: expected one of drone"),
        (1, act("reopen"), "incident 1 is not closed"),
        (4, act("attach", sha256=SHA, name="again.jpg", size=5), "attached already"),
        (7, act("period", since=1.0, until=2.0), "incident 1 is closed; reopen it first"),
        (1, act("paint"), "expected a step of an incident, got 'paint'"),
    ],
)
def test_a_step_that_does_not_fit_is_refused_and_passed_over(before: int, step: dict[str, Any], words: str) -> None:
    book = folded(STEPS[:before])
    with pytest.raises(CaseError, match=words):
        book.check(step)
    held = msgspec.json.encode(list(book.cases.values()))
    book.apply(Record(99, 2_000.0, "action", step))
    assert msgspec.json.encode(list(book.cases.values())) == held
    assert book.left_out["case_step"] == 1


@given(st.lists(st.sampled_from([*STEPS, opening(2), act("reopen"), act("hold", held=False)]), max_size=14), st.integers(0, 14))
def test_any_steps_kept_and_read_again_halfway_give_the_same(steps: list[dict[str, Any]], cut: int) -> None:
    whole, first = folded(steps), CaseBook()
    run = records(steps)
    for record in run[:cut]:
        first.apply(record)
    again = CaseBook()
    again.cases = {c.number: msgspec.convert(msgspec.to_builtins(c), type(c)) for c in first.cases.values()}
    for record in run[cut:]:
        again.apply(record)
    assert msgspec.json.encode(list(again.cases.values())) == msgspec.json.encode(list(whole.cases.values()))


def written(folder: Path, steps: list[Record]) -> None:
    log = LogFile(folder)
    for record in steps:
        log.append(record)
    log.close()


def test_the_index_is_made_again_from_the_log(tmp_path: Path) -> None:
    run = records(STEPS)
    written(tmp_path, run)
    index = CaseIndex(tmp_path)
    with pytest.raises(NotKnownYetError):
        index.check(STEPS[0])
    index.catch_up(tmp_path, run[-1].seq, threading.Event())
    index.write(run[-1].seq)
    kept = index.find(1)
    assert read_cases(tmp_path).of(1) == kept
    again = CaseIndex(tmp_path)
    assert again.find(1) == kept, "from the index alone"
    (tmp_path / "cases.msgpack").write_bytes(b"\x00 not an index")
    broken = CaseIndex(tmp_path)
    with pytest.raises(NoCaseError):
        broken.find(1)
    broken.catch_up(tmp_path, run[-1].seq, threading.Event())
    assert broken.find(1) == kept, "from the log alone"


def test_what_an_incident_covers_stays_until_its_hold_is_let_go(tmp_path: Path) -> None:
    site, folder = make_site(tmp_path), tmp_path / "archive"
    lived(folder, days=2)
    now = T0 + 2 * DAY_S
    (folder / "attachments").mkdir()
    (folder / "attachments" / SHA).write_bytes(b"photo")
    steps = [opening(since=T0 + DAY_S, until=T0 + DAY_S + 60), STEPS[3], act("close", outcome="drone")]
    written(folder, [Record(90_000 + i, now - 50 + i, "action", p) for i, p in enumerate(steps)])
    rebuild(folder, site)
    terms = Terms(log_keep_days=0.001)
    done = erase(folder, terms, now + DAY_S)
    assert left(folder) == ["2", "3"], "the day before the incident goes"
    assert "under a hold" in done.stays
    assert holds(folder, now) == [(T0 + DAY_S, T0 + DAY_S + 60)]
    written(folder, [Record(90_010, now, "action", act("hold", held=False))])
    rebuild(folder, site)
    done = erase(folder, terms, now + DAY_S)
    assert left(folder) == ["4"]
    assert done.attachments == [SHA], "the files go with the incident"
    assert f'"attachment": "{SHA}"' in (folder / "erased.jsonl").read_text()
    assert read_cases(folder).cases == {}
    assert not (folder / "attachments" / SHA).exists()
