"""What an exercise expects of station and officer, and whether it came: `[[expect]]`, or the rule for exercises without any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from picket.site import Site
from picket.train.exercise import Exercise
from picket.train.kept import RunFacts
from picket.train.score.alerts import AlertLife
from picket.train.score.sheet import Event, Met
from picket.train.script import Expect
from picket.watch import Alert

_DONE = {"track": "a track", "alert": "an alert", "acknowledge": "an acknowledgement", "classify": "a judgement", "report": "a report",
         "checklist": "a note of a step"}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What happened in a run. `about`: alert -> objects that it is about, by their place among the events."""

    exercise: Exercise
    site: Site
    run: RunFacts
    events: tuple[Event, ...]
    alerts: dict[int, AlertLife]
    about: Mapping[int, Mapping[int, float]]
    notes: list[tuple[float, dict[str, Any]]]
    start: float


def expectations(facts: Facts) -> tuple[Met, ...]:
    """Each expectation that was due while the run went on."""
    stated = facts.exercise.expect
    if stated:
        return tuple(_one(facts, e) for e in stated if e.by_s <= facts.run.until_s)
    found = []
    entering: dict[str, list[Event]] = {}
    for e in facts.events:
        if e.watched and e.enters_s is not None:
            entering.setdefault(f"{e.actor}{e.object[e.object.find('/') :] if '/' in e.object else ''}", []).append(e)
    for name, members in entering.items():  # a swarm is one thing to notice; members that were missed are named among the missed
        first = min(members, key=lambda e: e.enters_s or 0.0)
        for what in ("track", "alert"):
            moments = [m for e in members for m in [e.track if what == "track" else e.alert] if m is not None]
            at = min((m.at_s for m in moments), default=None)
            found.append(
                _met(f"{name}-{what}", what, first.enters_s or 0.0, at, f"{_DONE[what]} on {name} before it enters {first.zone}")
            )
    return tuple(found)


def _met(name: str, what: str, by_s: float, at_s: float | None, words: str) -> Met:
    met = at_s is not None and at_s <= by_s
    came = "never came" if at_s is None else f"came after {at_s:.0f} s" + ("" if met else f", {at_s - by_s:.0f} s late")
    return Met(id=name, what=what, by_s=round(by_s, 1), at_s=None if at_s is None else round(at_s, 1), met=met,
               words=f"{words}: {came}")  # fmt: skip


def _one(facts: Facts, e: Expect) -> Met:
    about = [w for w in (e.actor, e.zone and f"zone {e.zone}", e.rule and f"rule {e.rule}") if w]  # each narrows what counts
    words = f"{_DONE[e.what]} on {', '.join(about) or 'the watch'} by {e.by_s:.0f} s"
    events = [v for v in facts.events if e.actor is None or v.actor == e.actor]
    times = {
        "track": lambda: [v.track.at_s for v in events if v.track],
        "alert": lambda: [_since(facts, c.updated_at) for a in _alerts(facts, e) for c in a.changes if _fits(c, e)],
        "acknowledge": lambda: [_since(facts, t) for a in _alerts(facts, e) for c in a.changes for t in [c.acknowledged_at] if t],
        "classify": lambda: [_since(facts, a.last.closed_at or 0) for a in _alerts(facts, e) if _classified(a.last, e)],
        "report": lambda: _notes(facts, e, _ids(facts, e.actor) if e.actor else None),
        "checklist": lambda: _notes(facts, e, None),
    }[e.what]()
    return _met(e.id, e.what, e.by_s, min(times, default=None), words)


def _since(facts: Facts, time: float) -> float:
    return time - facts.start


def _ids(facts: Facts, actor: str) -> set[int]:
    """The alerts that are about an object of this actor: the very ones of its sheet, so that the two never disagree."""
    return {i for i, objects in facts.about.items() if any(facts.events[k].actor == actor for k in objects)}


def _alerts(facts: Facts, e: Expect) -> list[AlertLife]:
    numbers = sorted(_ids(facts, e.actor) if e.actor else facts.alerts)
    lives = [facts.alerts[i] for i in numbers]
    return [a for a in lives if any(_fits(c, e) for c in a.changes)]


def _fits(alert: Alert, e: Expect) -> bool:
    """Whether an alert, as it stood at a change, is of the rule and zone asked for. What an alert on a zone tells of honesty counts too."""
    return (e.rule is None or e.rule == alert.rule or e.rule in alert.flags) and e.zone in (None, alert.zone)


def _classified(alert: Alert, e: Expect) -> bool:
    return alert.closed_at is not None and alert.closed_by != "picket" and e.cause in (None, "", alert.cause)


def _notes(facts: Facts, e: Any, alerts: set[int] | None) -> list[float]:
    """Notes that hold the words asked for; about these alerts, or about none in particular."""
    return [
        _since(facts, t) for t, p in facts.notes
        if all(w.lower() in p["text"].lower() for w in e.words) and (alerts is None or p.get("alert_id") in (None, *alerts))
    ]  # fmt: skip
