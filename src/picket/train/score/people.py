"""Who did what in a run: the officers, told apart by the names that they chose, and exercise control."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from picket.record import log
from picket.train.injects import EXERCISE_CONTROL
from picket.train.score.alerts import AlertLife
from picket.train.score.sheet import Course, OfficerSheet

Notes = list[tuple[float, dict[str, Any]]]


def read_people(folder: Path, start: float) -> tuple[Notes, tuple[Course, ...]]:
    """(notes, course) of a run that began at UNIX time `start`.

    notes: (UNIX time, payload) of each note of an officer in the watch log; what exercise control told them is none.
    course: what exercise control did, in order, its injects too.
    """
    notes: Notes = []
    course: list[Course] = []
    paused_at: float | None = None
    for record in log.read(folder):
        if record.kind != "action":
            continue
        p, at_s = record.payload, round(record.time - start, 1)
        if p.get("do") == "exercise":
            if paused_at is not None and p["what"] in ("go", "end"):
                i = max(i for i, c in enumerate(course) if c.what == "pause")
                course[i] = Course(at_s=course[i].at_s, what="pause", by=course[i].by, words=course[i].words, speed=course[i].speed,
                                   paused_s=round(p["wall"] - paused_at, 1))  # fmt: skip
                paused_at = None
            if p["what"] == "pause":
                paused_at = float(p["wall"])
            course.append(Course(at_s=at_s, what=p["what"], by=p["by"], words=p["words"], speed=float(p["speed"])))
        elif p.get("do") == "note" and p.get("by") == EXERCISE_CONTROL:
            course.append(Course(at_s=at_s, what="inject", by=p.get("given_by") or EXERCISE_CONTROL, words=p["text"]))
        elif p.get("do") == "note":
            notes.append((record.time, p))
    return notes, tuple(course)


def sheets(alerts: Mapping[int, AlertLife], notes: Notes, wrong: Collection[int]) -> tuple[OfficerSheet, ...]:
    """One sheet for each officer who did something, by name. wrong: alerts that were closed with a wrong cause."""
    delays: dict[str, list[float]] = {}
    judged: dict[str, list[int]] = {}
    for number, life in alerts.items():
        done = {(c.acknowledged_at, c.acknowledged_by): c for c in life.changes if c.acknowledged_at is not None}
        for (at, by), change in done.items():
            delays.setdefault(by or "", []).append(round((at or 0.0) - change.raised_at, 1))
        if life.last.closed_at is not None and life.last.closed_by not in (None, "picket"):
            judged.setdefault(life.last.closed_by or "", []).append(number)
    written: dict[str, int] = {}
    for _, p in notes:
        written[str(p.get("by"))] = written.get(str(p.get("by")), 0) + 1
    names = sorted({*delays, *judged, *written} - {"", "picket"})
    return tuple(
        OfficerSheet(
            name=n, acknowledged=len(delays.get(n, ())), delays_s=tuple(delays.get(n, ())), judged=len(judged.get(n, ())),
            judged_wrong=sum(i in wrong for i in judged.get(n, ())), notes=written.get(n, 0),
        )
        for n in names
    )  # fmt: skip
