"""The readiness board: what was run, what was missed, what is to be changed, and whether it was tried again.

A file of JSON lines that only grows, each line an entry with its number and time; the board is worked out from them.

    run       a scored run (exercise, card, passed)
    propose   a miss of a run as a proposed change: kind zone, rule, sensor or lesson
    done      the change was made;  drop: it will not be, and why
    card      the day from which a tactic card was in use here

A change is verified by a later run of the same exercise in which what was missed is met. Nobody is named but by the name that they chose.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

from picket.record.files import append_whole
from picket.train.score.sheet import Event, Score

Change = Literal["zone", "rule", "sensor", "lesson"]
NEED_S = 30.0


class BoardError(ValueError):
    """A board that cannot be read, or an entry that does not fit; the message says which."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `miss`: what must be met for the change to be verified; `about`: number of the entry that done and drop speak of."""

    n: int
    time: float
    what: Literal["run", "propose", "done", "drop", "card"]
    exercise: str = ""
    card: str | None = None
    seed: int = 0
    officer: str = ""
    passed: bool = False
    digest: str = ""
    change: Change | None = None
    miss: str = ""
    words: str = ""
    met: tuple[str, ...] = ()
    about: int = 0


@dataclass
class Proposal:
    """A proposed change and where it stands: proposed, done, verified (when) or dropped."""

    entry: Entry
    state: str = "proposed"
    done_at: float | None = None
    verified_at: float | None = None
    note: str = ""


@dataclass
class Board:
    """The board of a file."""

    entries: list[Entry] = field(default_factory=list)

    @property
    def runs(self) -> list[Entry]:
        """Scored runs, in order."""
        return [e for e in self.entries if e.what == "run"]

    def proposals(self) -> list[Proposal]:
        """Every proposed change, in order, as it stands."""
        found: dict[int, Proposal] = {}
        for e in self.entries:
            if e.what == "propose":
                found[e.n] = Proposal(e)
            elif e.what in ("done", "drop") and e.about in found:
                p = found[e.about]
                p.state, p.note = ("done" if e.what == "done" else "dropped"), e.words
                p.done_at = e.time if e.what == "done" else None
            elif e.what == "run":
                for p in found.values():
                    if p.state == "done" and p.entry.exercise == e.exercise and p.entry.miss in e.met:
                        p.state, p.verified_at = "verified", e.time
        return list(found.values())


def read_board(path: Path) -> Board:
    """The board; empty where there is no file yet. Raises BoardError naming the line."""
    board = Board()
    if not path.exists():
        return board
    for i, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            board.entries.append(msgspec.json.decode(line, type=Entry))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
            raise BoardError(f"{path}, line {i}: {e}; mend or remove that line") from None
    return board


def append(path: Path, entries: list[Entry]) -> None:
    """Adds lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    append_whole(path, b"".join(msgspec.json.encode(e) + b"\n" for e in entries))


def add_run(path: Path, found: Score, time: float, digest: str) -> list[Entry]:
    """Puts a scored run on the board, with what it proposes; the entries made. A run that is there already adds nothing."""
    board = read_board(path)
    if any(e.what == "run" and e.digest == digest for e in board.entries):
        return []
    n = next_number(board)
    open_misses = {
        p.entry.miss for p in board.proposals() if p.entry.exercise == found.exercise and p.state in ("proposed", "done")
    }
    made = [Entry(n=n, time=time, what="run", exercise=found.exercise, card=found.card, seed=found.seed, officer=found.officer,
                  passed=found.passed, digest=digest, met=_met(found))]  # fmt: skip
    for change, miss, words in proposals_of(found):
        if miss not in open_misses:
            open_misses.add(miss)
            made.append(
                Entry(
                    n=n + len(made),
                    time=time,
                    what="propose",
                    exercise=found.exercise,
                    card=found.card,
                    change=change,
                    miss=miss,
                    words=words,
                )
            )
    append(path, made)
    return made


def next_number(board: Board) -> int:
    """The number of the next entry."""
    return max((e.n for e in board.entries), default=0) + 1


def decide(path: Path, what: Literal["done", "drop"], about: int, words: str, time: float) -> Entry:
    """Says that a proposed change was made, or will not be. Raises BoardError for a number that is no open proposal."""
    board = read_board(path)
    open_ones = [p for p in board.proposals() if p.state in ("proposed", "done")]
    if about not in {p.entry.n for p in open_ones}:
        raise BoardError(
            f"{path}: no open proposal has the number {about}; open are: {', '.join(str(p.entry.n) for p in open_ones) or 'none'}"
        )
    entry = Entry(n=next_number(board), time=time, what=what, about=about, words=words)
    append(path, [entry])
    return entry


def _met(found: Score) -> tuple[str, ...]:
    """What of a run counts for proposals: expectations met, and the absence of the other faults."""
    missed = {miss for _, miss, _ in proposals_of(found)}
    names = {f"expect {m.id}" for m in found.expected if m.met} | {f"object {e.actor}" for e in found.events if e.watched}
    return (
        tuple(sorted((names | {"needless alarms", "wrong identifications", "acknowledged in time"}) - missed))
        if found.complete
        else ()
    )


def proposals_of(found: Score) -> list[tuple[Change, str, str]]:
    """(kind of change, what was missed, in words) of a score: each miss once, with what would help."""
    made: dict[str, tuple[Change, str, str]] = {}
    for e in found.events:
        if e.watched:
            one = _of_object(e)
            if one is not None:
                made.setdefault(one[1], one)
    for m in found.expected:
        if not m.met and m.what in ("acknowledge", "classify", "report", "checklist"):
            made.setdefault(f"expect {m.id}", ("lesson", f"expect {m.id}", f"practise it: {m.words}"))
        elif not m.met and f"object {_actor(m.id)}" not in made:
            made.setdefault(f"expect {m.id}", ("rule", f"expect {m.id}", f"a rule or zone that tells it sooner: {m.words}"))
    if len(found.needless) >= 3:
        words = (
            f"{len(found.needless)} needless alarms: tighten the rule, or say what is friendly; the first: {found.needless[0]}"
        )
        made["needless alarms"] = ("rule", "needless alarms", words)
    if found.wrong:
        made["wrong identifications"] = (
            "lesson",
            "wrong identifications",
            f"{len(found.wrong)} wrong identifications: {found.wrong[0]}",
        )
    return list(made.values())


def _actor(name: str) -> str:
    return name.rpartition("-")[0].split("/")[0]


def _of_object(e: Event) -> tuple[Change, str, str] | None:
    """What one object's story asks for; None when it was told in time."""
    key = f"object {e.actor}"
    if e.track is None:
        covering = [s for s in e.seen if s.covered_s]
        if not covering:
            return (
                "sensor",
                key,
                f"{e.object} ({e.kind}): no sensor covers its path; add one, or say in the watch's book that nothing here sees it",
            )
        seen = sum(s.plots for s in e.seen)
        names = ", ".join(s.sensor for s in covering)
        return (
            "sensor",
            key,
            f"{e.object} ({e.kind}): {seen} plots in the coverage of {names}, and no track; look at place, height and settings",
        )
    if e.enters_s is None:
        return None
    had = e.enters_s - e.track.at_s
    if e.alert is None:
        return (
            "rule",
            key,
            f"{e.object}: a track for {had:.0f} s before it entered {e.zone}, and no alert; which rule should fire?",
        )
    warned = e.enters_s - e.alert.at_s
    if warned >= NEED_S:
        return None
    if had >= NEED_S:
        words = f"{e.object}: alert {warned:.0f} s before it entered, track {had:.0f} s; draw a wider warning zone"
        return "zone", key, words
    return "sensor", key, f"{e.object}: track only {had:.0f} s before it entered {e.zone}; a sensor that sees that side sooner"


def to_json(board: Board) -> dict[str, Any]:
    """The board for machines."""
    return {
        "runs": [json.loads(msgspec.json.encode(e)) for e in board.runs],
        "proposals": [
            {"n": p.entry.n, "exercise": p.entry.exercise, "card": p.entry.card, "change": p.entry.change, "words": p.entry.words,
             "state": p.state, "proposed_at": p.entry.time, "done_at": p.done_at, "verified_at": p.verified_at, "note": p.note}
            for p in board.proposals()
        ],
    }  # fmt: skip
