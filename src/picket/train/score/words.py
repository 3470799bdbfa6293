"""A score in words, for a terminal and for the review page."""

from __future__ import annotations

from collections.abc import Iterator

from picket.train.score.sheet import Event, Moment, Score


def verdict(found: Score) -> str:
    """The one line on top."""
    if not found.complete:
        return f"STOPPED after {found.until_s:.0f} of {found.planned_s:.0f} s: scored as far as it went"
    met = sum(m.met for m in found.expected)
    if not found.expected:
        return f"nothing was due within {found.planned_s:.0f} s: no expectation of the exercise, and no drone entered a protected zone"
    how = "PASSED" if found.passed else "NOT PASSED"
    station = (
        "" if found.passed else "; the station showed what it was to show" if found.sensed else "; the station was late or blind"
    )
    return f"{how}: {met} of {len(found.expected)} expectations met{station}"


def margin(m: Moment | None) -> str:
    """When it was, and how long and how far before the protected zone."""
    if m is None:
        return "never"
    words = f"{m.at_s:.0f} s (+{m.delay_s:.0f})"
    if m.margin_s is not None:
        words += f", {m.margin_s:.0f} s before" if m.margin_s >= 0 else f", {-m.margin_s:.0f} s TOO LATE"
    return words if m.margin_m is None else f"{words}, {m.margin_m:.0f} m out"


def seen(e: Event) -> str:
    """Which sensor saw it when."""
    return "; ".join(f"{s.sensor} {s.first.at_s:.0f} s" for s in e.seen if s.first is not None) or "no sensor"


def blind(e: Event) -> list[str]:
    """Sensors that could have shown it and did not, or could not at all."""
    found = []
    for s in e.seen:
        if s.plots or s.covered_s is None:
            continue
        found.append(f"{s.sensor}: {'out of its coverage' if s.covered_s == 0 else f'covered {s.covered_s:.0f} s, saw nothing'}")
    return found


def lines(found: Score) -> Iterator[str]:
    """The score for a terminal."""
    yield f"EXERCISE {found.exercise}, seed {found.seed}, officer {found.officer}"
    yield verdict(found)
    for m in found.expected:
        yield f"  {'met ' if m.met else 'MISS'} {m.words}"
    yield ""
    yield "Objects that mattered: at (after it appeared), before the protected zone, from it"
    for e in found.events:
        if not e.watched:
            continue
        yield f"  {e.object} ({e.kind}), appeared {e.appeared_s:.0f} s" + (
            f", entered {e.zone} {e.enters_s:.0f} s" if e.enters_s is not None else ""
        )
        yield f"    seen          {seen(e)}"
        for name, moment in (("track", e.track), ("alert", e.alert), ("acknowledged", e.acknowledged), ("reported", e.reported)):
            yield f"    {name:13} {margin(moment)}"
        judged = "" if e.judged is None else f" as {e.cause}{'' if e.judged_right else ', WRONG'}"
        yield f"    {'judged':13} {margin(e.judged)}{judged}"
        for words in blind(e):
            yield f"    blind         {words}"
    for title, rows in (("Missed", found.missed), ("Wrong identifications", found.wrong), ("Needless alarms", found.needless),
                        ("About the station", found.station), ("Checklist", found.checklist)):  # fmt: skip
        if rows:
            yield f"{title}: {len(rows)}"
            yield from (f"  {row}" for row in rows)
    for o in found.officers if len(found.officers) > 1 else ():
        yield (f"{o.name}: {o.acknowledged} acknowledged{f', the slowest after {max(o.delays_s):.0f} s' if o.delays_s else ''}, "
               f"{o.judged} judged ({o.judged_wrong} wrong), {o.notes} notes")  # fmt: skip
    for c in found.course:
        yield f"  {c.at_s:6.0f} s  {c.words}{'' if c.paused_s is None else f', for {c.paused_s:.0f} s that count for nobody'}"
    a = found.alarms
    yield (f"Alarms: {a.raised} in {found.until_s:.0f} s = {a.per_hour:g} an hour ({a.verdict}; ISA-18.2: 6 acceptable, 12 at most), "
           f"{a.most_in_10_min} in 10 min{' FLOOD' if a.flood else ''}, {a.unacknowledged} never acknowledged")  # fmt: skip
