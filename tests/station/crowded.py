"""The score of an exercise in which very much happened, made of a small one: for reviews that are to lie on one page all the same."""

from __future__ import annotations

import msgspec

from picket.train.score import Score
from picket.train.score.sheet import Course, Met, Moment, OfficerSheet

LONG = "with rather many words about what happened there, to whom it was told, and what might have been done about it; " * 3


def crowded(score: Score, objects: int = 60) -> Score:
    """`objects` that mattered, most of them missed; long lists of everything; 25 officers."""
    one = next(v for v in score.events if v.watched)
    mark = Moment(at_s=5.0, delay_s=5.0, margin_s=-3.0, margin_m=12.0)
    events = tuple(
        msgspec.structs.replace(
            one, object=f"visitor-of-a-long-name-{i}", actor=f"visitor-{i}", track=None if i % 3 else mark,
            alert=mark if i % 3 == 0 else None, judged=mark if i % 6 == 0 else None, cause="bird" if i % 6 == 0 else None,
            judged_right=False if i % 6 == 0 else None,
        )
        for i in range(objects)
    )  # fmt: skip
    lines = tuple(f"visitor {i}: {LONG}" for i in range(40))
    return msgspec.structs.replace(
        score, events=events, missed=lines, wrong=lines, needless=lines, station=lines,
        expected=tuple(Met(id=str(i), what="alert", by_s=9, at_s=None, met=i > 3, words=f"expectation {i}: {LONG}") for i in range(30)),
        officers=tuple(
            OfficerSheet(name=f"Officer {i}", acknowledged=1, delays_s=(3.0,), judged=1, judged_wrong=0, notes=2) for i in range(25)
        ),
        course=tuple(Course(at_s=float(i), what="inject", by="control", words=f"inject {i}: {LONG}") for i in range(30)),
    )  # fmt: skip
