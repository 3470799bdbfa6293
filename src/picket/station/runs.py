"""The kept runs of a folder, and the readiness board beside them, as the training page asks for them. Any thread may call.

Runs that were not scored are named and not read: another station may be playing one of them.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from picket.paper import Document
from picket.train.board import Board, add_run, decide, proposals_of, read_board, to_json
from picket.train.kept import KeptError, read_facts
from picket.train.score import Score, read_score
from picket.train.score.debrief import Debrief, for_eyes_of, took_part, whole
from picket.train.score.review import review
from picket.train.score.review_paper import document
from picket.train.score.words import verdict

_OPEN = 3  # reviews held in memory
Lags = Callable[[Board], dict[str, Any]]  # the learning lag by card, and whose claims it rests on


class Runs:
    """name: of a run's folder. eyes: the officer who asks, None for the training officer, who sees everybody's."""

    def __init__(self, folder: Path, board: Path) -> None:
        self.folder, self.board = folder, board
        self._open: dict[tuple[str, float], Debrief] = {}
        self._lock = threading.Lock()

    # -- runs ------------------------------------------------------------------------------------------------------
    def kept(self, eyes: str | None) -> list[dict[str, Any]]:
        """Every run that the one who asks may see, newest first."""
        found = []
        for path in self._folders():
            score = read_score(path)
            if eyes is not None and (score is None or not took_part(score, eyes)):
                continue
            found.append(self._row(path, score, eyes))
        return found

    def last_results(self) -> dict[str, dict[str, Any]]:
        """By the name of an exercise: its newest scored run (`last`), and how many there are (`runs`). The training officer's."""
        found: dict[str, dict[str, Any]] = {}
        for path in self._folders():
            score = read_score(path)
            if score is None:
                continue
            held = found.setdefault(
                score.exercise, {"last": {**_compared(path.name, score, None), "kept_at": _kept_at(path)}, "runs": 0}
            )
            held["runs"] += 1
        return found

    def review(self, name: str, eyes: str | None) -> dict[str, Any]:
        """One run's review. Raises KeptError."""
        found = self._debrief(name, eyes)
        return for_eyes_of(
            {
                "name": name, **whole(found), "verdict": verdict(found.score), "proposed": self._proposed(found.score),
                "earlier": [_compared(p.name, s, eyes) for p, s in self._same(name, found.score, eyes)],
            }, eyes,
        )  # fmt: skip

    def at(self, name: str, at_s: float, eyes: str | None) -> dict[str, Any]:
        """The picture of a run at a second of it. Raises KeptError."""
        return for_eyes_of(self._debrief(name, eyes).at(at_s), eyes)

    def printed(self, name: str, eyes: str | None) -> str:
        """One page to print, as HTML. Raises KeptError. An officer of several sees the data of the page alone."""
        found, earlier = self._to_print(name, eyes)
        return review(found.folder, found.score, earlier)

    def paper(self, name: str, eyes: str | None) -> Document:
        """The same page as a document, for PDF. Raises KeptError."""
        found, earlier = self._to_print(name, eyes)
        return document(found.folder, found.score, earlier)

    def _to_print(self, name: str, eyes: str | None) -> tuple[Debrief, list[tuple[str, Score]]]:
        found = self._debrief(name, eyes)
        if eyes is not None and [o.name for o in found.score.officers] != [eyes]:
            raise KeptError("a page that names other officers too is the training officer's to print")
        earlier = [(p.name, s) for p, s in self._same(name, found.score, eyes)]
        if eyes is not None:  # a run of several stands there under the one name that may read it
            earlier = [(run, msgspec.structs.replace(s, officer=eyes)) for run, s in earlier]
        return found, earlier

    # -- the board -------------------------------------------------------------------------------------------------
    def readiness(self) -> dict[str, Any]:
        """The board. Raises BoardError."""
        return to_json(read_board(self.board))

    def add(self, name: str) -> int:
        """Puts a run on the board; how many lines that made, 0 for one that is there. Raises KeptError, BoardError, OSError."""
        found = self._debrief(name, None)
        digest = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(found.folder.glob("*.plog")))).hexdigest()[:16]
        return len(add_run(self.board, found.score, time.time(), digest))

    def decide(self, what: Any, number: int, note: str) -> None:
        """Says of a proposed change that it was made, or will not be. Raises BoardError, OSError."""
        decide(self.board, what, number, note, time.time())

    # -- within ----------------------------------------------------------------------------------------------------
    def _folders(self) -> list[Path]:
        found = [p.parent for p in self.folder.glob("*/run.json")]
        return sorted(found, key=lambda p: ((p / "run.json").stat().st_mtime, p.name), reverse=True)

    def _row(self, path: Path, score: Score | None, eyes: str | None) -> dict[str, Any]:
        try:
            facts = read_facts(path)
        except KeptError as e:
            return {"name": path.name, "state": f"cannot be read: {e}"}
        row = {"name": path.name, "exercise": facts.exercise, "card": facts.card, "kept_at": _kept_at(path)}
        if score is None:
            return {**row, "state": "being played, or cut off: not scored", "officer": facts.officer}
        return {**row, "state": "scored", **_compared(path.name, score, eyes)}

    def _debrief(self, name: str, eyes: str | None) -> Debrief:
        path = self.folder / name
        if Path(name).name != name or name.startswith(".") or not (path / "run.json").is_file():
            raise KeptError(f"{self.folder} holds no run called {name!r}")
        score = path / "score.json"
        key = (name, score.stat().st_mtime if score.exists() else 0.0)
        with self._lock:
            found = self._open.get(key) or Debrief(path)
            self._open = {k: v for k, v in [*self._open.items(), (key, found)][-_OPEN:] if k[0] != name or k == key}
        if eyes is not None and not took_part(found.score, eyes):
            raise KeptError(f"{self.folder} holds no run called {name!r}")  # as if it were not there
        return found

    def _same(self, name: str, score: Score, eyes: str | None) -> list[tuple[Path, Score]]:
        """The other runs of that exercise which the one who asks may see, oldest first."""
        others = [(p, s) for p in reversed(self._folders()) if p.name != name for s in [read_score(p)] if s is not None]
        return [(p, s) for p, s in others if s.exercise == score.exercise and (eyes is None or took_part(s, eyes))]

    def _proposed(self, score: Score) -> list[dict[str, Any]]:
        """What its misses ask for, each with where the board has it."""
        held = {(p.entry.exercise, p.entry.miss): p for p in read_board(self.board).proposals()}
        rows = []
        for change, miss, words in proposals_of(score):
            p = held.get((score.exercise, miss))
            rows.append(
                {"change": change, "words": words, "state": p.state if p else "not on the board", "n": p.entry.n if p else None}
            )
        return rows


def _kept_at(path: Path) -> float:
    return (path / "run.json").stat().st_mtime


def _compared(name: str, s: Score, eyes: str | None) -> dict[str, Any]:
    """One run in a row beside others; of its officers, for one of them, that one."""
    mine = [o for o in s.officers if eyes in (None, o.name)]
    margins = [v.alert.margin_s for v in s.events if v.watched and v.alert is not None and v.alert.margin_s is not None]
    return {
        "name": name, "officer": s.officer if eyes is None else eyes, "seed": s.seed, "passed": s.passed, "complete": s.complete,
        "until_s": s.until_s,
        "planned_s": s.planned_s, "met": sum(m.met for m in s.expected), "expected": len(s.expected), "missed": len(s.missed),
        "needless": len(s.needless), "wrong": len(s.wrong), "alarms": s.alarms.raised,
        "warning_s": min(margins, default=None), "slowest_s": max((d for o in mine for d in o.delays_s), default=None),
    }  # fmt: skip
