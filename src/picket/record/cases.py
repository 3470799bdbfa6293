"""Incidents as cases: what officers gathered, decided and handed over, each step a record of the log.

    action {"do": "case", "op": op, "case": number, "by": who, ...}

    op        further keys                                  what it does
    open      title, since, until or null, text             a new case with the next number; its period is held from retention
    note      text                                          a remark
    items     alerts, tracks, remove                        joins alerts and flights (by track number) to it, or takes them off
    period    since, until or null                          what it covers; null: still going on
    hand_over to, text                                      somebody else has it now
    attach    sha256, name, size                            a file, kept in `attachments/` under its SHA-256
    detach    sha256, text                                  takes a file off; its bytes stay for the audit, as long as the case
    hold      held, text                                    a hold may be let go only when the case is closed
    close     outcome, text                                 over, with what it was
    reopen    text                                          not over after all

`cases.msgpack` beside the log is derived: without it every case is made again from the log. A step that does not fit (`CaseError`) is
refused when it is asked for; one that a log holds all the same is passed over and counted. Cases go when the log has let go of their
opening, which a hold prevents (record/retention.py).
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from picket.record import log
from picket.record.files import write_whole
from picket.record.log import Record

NAME = "cases.msgpack"
OUTCOMES = ("drone", "friendly", "bird", "clutter", "spoof", "exercise", "other")
MOST_ITEMS = 1_000  # alerts, or tracks, of one case
MOST_FILES = 100
SAVE_EVERY = 50_000  # records after which the index says anew how far it has read
_VERSION = 1


class CaseError(ValueError):
    """A step that does not fit its case; the message says why."""


class NoCaseError(CaseError):
    """No case has this number."""


class NotKnownYetError(CaseError):
    """The log of earlier runs is still being read, or nothing may be changed."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done. n: its record; time: UNIX seconds UTC."""

    n: int
    time: float
    by: str
    what: str
    text: str = ""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """An attached file. size: bytes."""

    sha256: str
    name: str
    size: int
    time: float
    by: str


class Case(msgspec.Struct, kw_only=True):
    """One incident. status: open, handed_over (until somebody works on it), closed; holder: who has it; until None: going on."""

    number: int
    title: str
    since: float
    until: float | None
    opened_at: float
    opened_by: str
    holder: str
    first_n: int
    status: str = "open"
    outcome: str | None = None
    held: bool = True
    alerts: list[int] = []
    tracks: list[int] = []
    files: list[File] = []
    taken_off: list[File] = []  # were attached once; kept as long as the case is, and not given out
    steps: list[Step] = []

    def covers(self, now: float) -> tuple[float, float]:
        """Its period as UNIX seconds; one that goes on ends `now`."""
        return self.since, now if self.until is None else self.until


class CaseBook:
    """All cases, folded from the records. `check` says beforehand whether a step fits."""

    def __init__(self) -> None:
        self.cases: dict[int, Case] = {}
        self.highest = 0
        self.left_out: Counter[str] = Counter()

    def of(self, number: Any) -> Case:
        """The case of this number. Raises NoCaseError."""
        found = self.cases.get(number) if isinstance(number, int) else None
        if found is None:
            raise NoCaseError(f"no incident has the number {number}")
        return found

    def check(self, p: dict[str, Any]) -> None:
        """Raises CaseError for a step that does not fit."""
        op = p.get("op")
        if op == "open":
            _words(p.get("title"), "title", 200)
            _period(p.get("since"), p.get("until"))
            return
        case = self.of(p.get("case"))
        if op == "period":
            _period(p.get("since"), p.get("until"))
        elif op == "note":
            _words(p.get("text"), "text", 4_000)
        elif op == "hand_over":
            _words(p.get("to"), "to", 100)
        elif op == "items":
            _items(case, p)
        elif op == "attach":
            if len(case.files) >= MOST_FILES:
                raise CaseError(f"incident {case.number} has {MOST_FILES} files; open another one")
            if any(f.sha256 == p["sha256"] for f in case.files):
                raise CaseError("this very file is attached already")
        elif op == "detach":
            if all(f.sha256 != p.get("sha256") for f in case.files):
                raise CaseError(f"incident {case.number} has no file {str(p.get('sha256'))[:12]!r} attached")
        elif op == "close" and p.get("outcome") not in OUTCOMES:
            raise CaseError(f"outcome: expected one of {', '.join(OUTCOMES)}, got {p.get('outcome')!r}")
        elif op == "hold" and not p.get("held") and case.status != "closed":
            raise CaseError(f"incident {case.number} is {_spaced(case.status)}: close it before its hold is let go")
        elif op not in ("close", "reopen", "hold"):
            raise CaseError(f"expected a step of an incident, got {op!r}")
        if op == "reopen" and case.status != "closed":
            raise CaseError(f"incident {case.number} is not closed")
        if case.status == "closed" and op not in ("reopen", "hold", "note"):
            raise CaseError(f"incident {case.number} is closed; reopen it first")

    def apply(self, record: Record) -> None:
        """Takes in a record of the log; all but case steps are nothing to it."""
        p = record.payload
        if record.kind != "action" or not isinstance(p, dict) or p.get("do") != "case":
            return
        try:
            self.check(p)
            self._take(record, p)
        except (CaseError, KeyError, TypeError, ValueError):
            self.left_out["case_step"] += 1

    def _take(self, record: Record, p: dict[str, Any]) -> None:
        by, op = str(p["by"]), p["op"]
        if op == "open":
            number = int(p["case"])
            case = Case(number=number, title=p["title"].strip(), since=p["since"], until=p["until"], opened_at=record.time, opened_by=by,
                        holder=by, first_n=record.seq)  # fmt: skip
            self.cases[number], self.highest = case, max(self.highest, number)
        else:
            case = self.of(p["case"])
        if op == "items":
            _join(case, p)
        elif op == "period":
            case.since, case.until = p["since"], p["until"]
        elif op == "hand_over":
            case.holder, case.status = p["to"].strip(), "handed_over"
        elif op == "attach":
            case.files.append(File(sha256=p["sha256"], name=p["name"], size=p["size"], time=record.time, by=by))
            case.taken_off = [f for f in case.taken_off if f.sha256 != p["sha256"]]
        elif op == "detach":
            case.taken_off += [f for f in case.files if f.sha256 == p["sha256"]]
            case.files = [f for f in case.files if f.sha256 != p["sha256"]]
        elif op == "hold":
            case.held = bool(p["held"])
        elif op == "close":
            case.status, case.outcome = "closed", p["outcome"]
            case.until = record.time if case.until is None else case.until
        elif op == "reopen":
            case.status, case.outcome, case.holder = "open", None, by
        if case.status == "handed_over" and by == case.holder and op != "hand_over":
            case.status = "open"  # whoever got it has begun
        case.steps.append(Step(n=record.seq, time=record.time, by=by, what=told(p), text=str(p.get("text") or "").strip()))

    def forget_before(self, seq: int) -> None:
        """Lets go of cases whose opening the log no longer has."""
        self.cases = {k: c for k, c in self.cases.items() if c.first_n >= seq}


def told(p: dict[str, Any]) -> str:
    """What a step did, in words."""
    op = p["op"]
    if op == "items":
        parts = [
            f"{name[:-1]}{'s' if len(p[name]) > 1 else ''} {', '.join(map(str, p[name]))}"
            for name in ("alerts", "tracks")
            if p[name]
        ]
        return f"{'took off' if p.get('remove') else 'joined'} {' and '.join(parts)}"
    return {
        "open": "opened", "note": "note", "period": "changed the period", "hand_over": f"handed over to {p.get('to')}",
        "attach": f"attached {p.get('name')}", "detach": f"took off {p.get('name')}",
        "hold": "holds its records" if p.get("held") else "let go of the hold",
        "close": f"closed: {p.get('outcome')}", "reopen": "reopened",
    }[op]  # fmt: skip


def _words(text: Any, name: str, most: int) -> None:
    if not isinstance(text, str) or not text.strip():
        raise CaseError(f"{name}: expected words, got {'nothing' if not text else 'spaces only'}")
    if len(text) > most:
        raise CaseError(f"{name}: expected at most {most} characters, got {len(text)}")


def _period(since: Any, until: Any) -> None:
    for name, value in (("since", since), ("until", until)):
        if value is None and name == "until":
            continue
        if not isinstance(value, (int, float)) or not math.isfinite(value) or not 0 <= value <= 1e11:
            raise CaseError(f"{name}: expected UNIX seconds, got {value!r}")
    if until is not None and until <= since:
        raise CaseError("expected until after since")


def _items(case: Case, p: dict[str, Any]) -> None:
    if not p["alerts"] and not p["tracks"]:
        raise CaseError("expected numbers of alerts or tracks, got none")
    for name, held in (("alerts", case.alerts), ("tracks", case.tracks)):
        if p.get("remove"):
            missing = sorted(set(p[name]) - set(held))
            if missing:
                raise CaseError(f"{name}: {', '.join(map(str, missing))} is not in incident {case.number}")
        elif len({*held, *p[name]}) > MOST_ITEMS:
            raise CaseError(f"{name}: an incident holds at most {MOST_ITEMS}")


def _join(case: Case, p: dict[str, Any]) -> None:
    for name in ("alerts", "tracks"):
        held = getattr(case, name)
        kept = set(held) - set(p[name]) if p.get("remove") else {*held, *p[name]}
        setattr(case, name, sorted(kept))


def _spaced(word: str) -> str:
    return word.replace("_", " ")


# -- the index ---------------------------------------------------------------------------------------------------------
class CaseIndex:
    """The cases of one archive, kept in memory and in `cases.msgpack`. `take` and `check` in the I/O loop, `write` in the log writer.

    `complete` turns true when the log of earlier runs was looked at: before it nothing may be decided.
    """

    def __init__(self, folder: Path) -> None:
        self._path, self._lock = folder / NAME, threading.Lock()
        self.book, self._done = _read(self._path)
        self._saved, self._changed = self._done, False
        self.complete = False

    def take(self, record: Record) -> None:
        """A record on its way into the log."""
        if record.kind == "action" and record.payload.get("do") == "case":
            with self._lock:
                self.book.apply(record)
                self._changed = True

    def check(self, payload: dict[str, Any]) -> None:
        """Raises CaseError for a step that does not fit now."""
        if not self.complete:
            raise NotKnownYetError("incidents of earlier runs are still read from the log; try again in a moment")
        with self._lock:
            self.book.check(payload)

    def catch_up(self, folder: Path, last_seq: int, closing: threading.Event) -> None:
        """Takes in what the log of earlier runs, up to record `last_seq`, holds beyond the index."""
        with self._lock:
            first = next(log.read(folder), None)
            if first is not None:
                self.book.forget_before(first.seq)
        for record in log.read(folder, after=self._done):
            if closing.is_set():
                return
            if self._done < record.seq <= last_seq:
                self.take(record)
        with self._lock:
            self._done = max(self._done, last_seq)
        self.complete = True

    def write(self, committed_seq: int, *, last: bool = False) -> None:
        """Writes the index when a case has changed, or it is long behind the log. Raises OSError."""
        with self._lock:
            if not self.complete or not (self._changed or last or committed_seq - self._saved > SAVE_EVERY):
                return
            self._done = max(self._done, committed_seq)
            saved = {
                "version": _VERSION,
                "seq": self._done,
                "highest": self.book.highest,
                "cases": list(self.book.cases.values()),
            }
            data, self._changed = msgspec.msgpack.encode(saved), False
            self._saved = self._done
        write_whole(self._path, data)

    def find(self, number: int) -> Case:
        """A copy of one case. Raises NoCaseError."""
        with self._lock:
            return _copy(self.book.of(number))

    def all(self) -> list[Case]:
        """Copies of all cases, newest first."""
        with self._lock:
            return [_copy(c) for c in sorted(self.book.cases.values(), key=lambda c: -c.number)]


def _copy(case: Case) -> Case:
    return msgspec.convert(msgspec.to_builtins(case), Case)


def _read(path: Path) -> tuple[CaseBook, int]:
    """(cases, number of the last record that they know of); an index that cannot be used is none."""
    book = CaseBook()
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        saved = msgspec.msgpack.decode(path.read_bytes())
        if saved["version"] == _VERSION:
            cases = msgspec.convert(saved["cases"], list[Case])
            book.cases, book.highest = {c.number: c for c in cases}, int(saved["highest"])
            return book, int(saved["seq"])
    return book, 0


def read_cases(folder: Path) -> CaseBook:
    """The cases of an archive: from the index as far as it goes, then from the log. Both are only read."""
    book, done = _read(folder / NAME)
    first = next(log.read(folder), None)
    if first is not None:
        book.forget_before(first.seq)
    for record in log.read(folder, after=done):
        if record.seq > done:
            book.apply(record)
    return book


def holds(folder: Path, now: float) -> list[tuple[float, float]]:
    """The periods that incidents hold, as UNIX seconds."""
    return [c.covers(now) for c in read_cases(folder).cases.values() if c.held]
