"""The after-action review as a document: one page to print, as PDF, however much happened.

Where not all of it lies on one page, what mattered most comes first (missed, without a track, without an alert, late, wrongly judged)
and the rest is counted; the HTML page has it.

The picture has the plan on the left (true paths, zones, sensors, where a track and an alert came) and the time line on the right, with a
letter for each moment: it says the same in black and white.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from picket.paper import INK, SOFT, Box, Document, Drawing, Heading, Label, Mark, Notes, Paragraph, Part, Plan, Stroke, table
from picket.site import Site
from picket.train.kept import kept_exercise, read_facts
from picket.train.score.review import MOST_ROWS, moments, most_important, one_each, rings_of
from picket.train.score.sheet import Event, Score, SensorSight
from picket.train.score.truth import Grid, read_truth
from picket.train.score.words import blind, margin, seen, verdict
from picket.watch.zones import Area

_WIDE, _PLAN, _NAMES = 178.0, 66.0, 30.0  # mm: all of it, the plan's side, the names of the time line's rows
_LETTERS = {"seen": "S", "track": "T", "alert": "A", "acknowledged": "K", "judged": "J", "reported": "R"}
_WORDS = (
    "Plan: north up, T track and A alert where they came, paths as they were. Time line, s: S seen by a sensor, T track, A alert, "
    "K acknowledged, J judged, R reported; the thick bar is the entry into the protected zone."
)
_ZONE, _PATH, _ENTRY = "#d9480f", "#555555", "#b00020"
_MOST_COLUMNS = 10  # sensors side by side; more stand below each other
_ALL = "The HTML review has all (`picket train score RUN -o review.html`, or the training page)."


class Size(NamedTuple):
    """How much of each thing there is room for. words, name: characters of a line and of an object's name in the table."""

    rows: int
    expected: int
    few: int
    sensors: int
    people: int
    earlier: int
    words: int
    name: int


# From all that one wants to the least that a debrief can begin with; the last lies on one page whatever happened.
SIZES = (
    Size(MOST_ROWS, 14, 5, MOST_ROWS, 12, 8, 300, 60),
    Size(MOST_ROWS, 10, 3, 6, 8, 5, 200, 40),
    Size(12, 8, 3, 3, 8, 4, 140, 30),
    Size(10, 8, 2, 2, 6, 3, 120, 24),
    Size(8, 6, 2, 0, 5, 3, 120, 24),
    Size(6, 4, 1, 0, 4, 2, 120, 16),
    Size(4, 3, 1, 0, 0, 1, 120, 14),
)


def document(folder: Path, found: Score, earlier: Sequence[tuple[str, Score]] = ()) -> Document:
    """The review of a scored run. earlier: (name of its folder, score) of runs of the same exercise to compare with, oldest first."""
    exercise = kept_exercise(folder)
    site = exercise.at_site()
    facts = read_facts(folder)
    grid = read_truth(folder / "truth.csv", site, facts.start, max(facts.until_s, 1.0))
    watched = one_each([v for v in found.events if v.watched])

    def parts(size: Size) -> tuple[Part, ...]:
        return _parts(site, grid, found, exercise.about, watched, earlier, size)

    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.plog")))).hexdigest()
    title = f"After-action review: {found.exercise}"
    shorter = tuple(parts(size) for size in SIZES[1:])
    return Document(
        title, parts(SIZES[0]), simulated=True, digest=f"of the run's log sha256 {digest}", compact=True, shorter=shorter
    )


def _parts(
    site: Site, grid: Grid, found: Score, about: str, watched: Sequence[Event], earlier: Sequence[tuple[str, Score]], size: Size
) -> tuple[Part, ...]:
    """The review in so many words."""
    shown = most_important(watched, size.rows)
    cut = (
        [Paragraph(f"The {len(shown)} most important of {len(watched)}. The others: {_counted(watched, shown)}. {_ALL}")]
        if len(shown) < len(watched)
        else []
    )
    return (
        Paragraph(_short(f"{site.site.name}; seed {found.seed}, officer {found.officer}. {about}", size.words * 3)),
        Paragraph(verdict(found), strong=True),
        Drawing(_WIDE, _PLAN + 2, (*_plan(site, grid, found), *_time_line(found, shown)), "Plan and time line", _WORDS),
        Heading("What was expected"),
        _expected(found, size),
        *_alarms(found, size),
        Heading("Objects that mattered"),
        *cut,
        *_objects(shown, size),
        *_sensors(shown[: size.sensors], size),
        *_people(found, size),
        *_compared(found, earlier[len(earlier) - min(size.earlier, len(earlier)) :], len(earlier)),
    )


def _counted(watched: Sequence[Event], shown: Sequence[Event]) -> str:
    """How it went with those that are not shown, in numbers."""
    there = {v.object for v in shown}
    rest = [v for v in watched if v.object not in there]
    track, alert = sum(v.track is not None for v in rest), sum(v.alert is not None for v in rest)
    return (
        f"{len(rest)}, of which {track} had a track, {alert} an alert, {sum(v.judged_right is True for v in rest)} rightly judged"
    )


def _short(words: str, most: int) -> str:
    """Words on a page that has little room."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _name(words: str, most: int) -> str:
    """A name keeps its end, which tells it from others."""
    return words if len(words) <= most else f"{words[: most // 2 - 1]}…{words[-(most - most // 2) :]}"


def _some(rows: Sequence[str], few: int, most: int) -> tuple[str, ...]:
    """The first few of a list, and how many come after."""
    rest = (f"and {len(rows) - few} more",) if len(rows) > few else ()
    return (*(_short(r, most) for r in rows[:few]), *rest)


def _expected(found: Score, size: Size) -> Notes:
    """Missed ones first where not all have room."""
    rows = [f"{'met' if m.met else 'MISSED'}: {m.words}" for m in found.expected]
    if len(rows) > size.expected:
        rows = [r for r in rows if r.startswith("MISSED")] + [r for r in rows if r.startswith("met")]
    return Notes(_some(rows, size.expected, size.words) or ("Nothing.",))


def _alarms(found: Score, size: Size) -> list[Part]:
    a = found.alarms
    text = f"{a.raised} raised: {a.per_hour:g} an hour, {a.verdict} (ISA-18.2: 6 acceptable, 12 at most); "
    text += f"{a.unacknowledged} never acknowledged."
    parts: list[Part] = [Heading("Alarms"), Paragraph(text)]
    for title, rows in (("Missed", found.missed), ("Wrong identifications", found.wrong), ("Needless alarms", found.needless),
                        ("About the station", found.station)):  # fmt: skip
        if rows:
            if size.few <= 1:  # one line for each list
                parts.append(Paragraph(_short(f"{title}: {len(rows)}. First: {rows[0]}", size.words)))
            else:
                parts += [Paragraph(f"{title}: {len(rows)}", strong=True), Notes(_some(rows, size.few, size.words))]
    return parts


def _objects(shown: Sequence[Event], size: Size) -> list[Part]:
    if not shown:
        return [Paragraph("No object that mattered had appeared.")]
    rows = []
    for v in shown:
        track, alert, acknowledged, reported = (margin(m) for m in (v.track, v.alert, v.acknowledged, v.reported))
        rows.append(
            (_name(v.object, size.name), f"{v.appeared_s:.0f} s", _first(v), track, alert, acknowledged, _judged(v), reported)
        )
    head = ("Object", "Appeared", "Seen first by", "Track", "Alert", "Acknowledged", "Judged", "Reported")
    return [table(head, rows, widths=(13.0, 8.0, 16.0, 15.0, 15.0, 15.0, 10.0, 8.0))]


def _first(v: Event) -> str:
    first = min((s for s in v.seen if s.first is not None), key=lambda s: s.first.at_s if s.first else 0.0, default=None)
    return seen(msgspec.structs.replace(v, seen=(first,) if first else ()))


def _judged(v: Event) -> str:
    if v.judged is None:
        return margin(None)
    return f"{margin(v.judged)}: {v.cause}{'' if v.judged_right else ' (wrong)'}"


def _sensors(shown: Sequence[Event], size: Size) -> list[Part]:
    """What each sensor made of each object, and for how long it could have shown it."""
    if not shown or not shown[0].seen:
        return []
    if len(shown[0].seen) > _MOST_COLUMNS:
        pairs = [(v.object, s.sensor, _made(s)) for v in shown for s in v.seen if s.plots or s.covered_s != 0]
        made = table(("Object", "Sensor", "Plots"), pairs[: size.sensors * 2])
    else:
        names = [s.sensor for s in shown[0].seen]
        made = table(("Object", *names), [(v.object, *map(_made, v.seen)) for v in shown])
    hints = _some([f"{v.object}: {words}" for v in shown if v.track is None for words in blind(v)], size.few, size.words)
    words = "Plots of each object, of the seconds in which the sensor's stated coverage held it; a dash: out of its coverage."
    found: list[Part] = [Heading("Sensors"), Paragraph(words), made]
    return [*found, Notes(hints)] if hints else found


def _made(s: SensorSight) -> str:
    if not s.plots and s.covered_s == 0:
        return "-"
    return f"{s.plots}" + ("" if s.covered_s is None else f" of {s.covered_s:.0f} s")


def _people(found: Score, size: Size) -> list[Part]:
    """What exercise control did, and each officer under the name that they chose; in the order of the names, compared with nobody."""
    parts: list[Part] = []
    if found.course:
        counted = ("" if c.paused_s is None else f" (for {c.paused_s:.0f} s, which count for nobody)" for c in found.course)
        done = tuple(f"{c.at_s:.0f} s: {c.words}{paused}" for c, paused in zip(found.course, counted, strict=True))
        if size.few <= 1:
            parts.append(Paragraph(_short(f"Exercise control did {len(done)} things. {done[0]}", size.words)))
        else:
            parts += [Heading("Exercise control"), Notes(_some(done, size.few * 2, size.words))]
    if len(found.officers) > 1 or found.course:
        rows = [
            (
                o.name,
                o.acknowledged,
                f"{float(np.median(o.delays_s)):.0f} s" if o.delays_s else "-",
                o.judged,
                o.judged_wrong,
                o.notes,
            )
            for o in found.officers[: size.people]
        ]
        head = ("Name", "Acknowledged", "Median after it was raised", "Judged", "Of these wrong", "Notes")
        if rows:
            parts += [Heading("Officers"), table(head, rows)]
        if len(found.officers) > size.people:
            parts.append(Paragraph(f"{len(found.officers)} officers in all."))
    return parts


def _compared(found: Score, earlier: Sequence[tuple[str, Score]], of: int) -> list[Part]:
    if not earlier:
        return []
    rows = []
    for name, s in [*earlier, ("this run", found)]:
        margins = [v.alert.margin_s for v in s.events if v.watched and v.alert is not None and v.alert.margin_s is not None]
        met = f"{sum(m.met for m in s.expected)} of {len(s.expected)}"
        shortest = f"{min(margins):.0f} s" if margins else "-"
        passed = "passed" if s.passed else "not passed"
        rows.append((name, s.seed, s.officer, passed, met, shortest, len(s.missed), len(s.needless), s.alarms.raised))
    head = ("Run", "Seed", "Officer", "", "Met", "Shortest warning", "Missed", "Needless", "Alarms")
    last = f" (the last {len(earlier)} of {of})" if len(earlier) < of else ""
    return [Heading(f"Earlier runs of this exercise{last}"), table(head, rows)]


# -- the picture -------------------------------------------------------------------------------------------------------
def _plan(site: Site, grid: Grid, found: Score) -> list[Mark]:
    """North up; the watched paths, the zones, the sensors, and where the alerts came."""
    area = Area(site)
    watched = {v.object: v for v in found.events if v.watched}
    paths = {o.id: grid.places[:, k, :2] for k, o in enumerate(grid.objects) if o.id in watched}
    kept = {name: path[~np.isnan(path[:, 0])] for name, path in paths.items()}
    rings = [(z.kind, ring) for z in site.zone for ring in rings_of(site, area, z.id)]
    near = [ring for kind, ring in rings if kind in ("protected", "warning")]
    reach = float(np.abs(np.concatenate([*kept.values(), *near, np.zeros((1, 2))])).max()) * 1.06 or 1.0
    plan = Plan(_PLAN, _PLAN, -reach, -reach, _PLAN / (2 * reach))
    marks: list[Mark] = [Box(0, 0, _PLAN, _PLAN, "", "#999999")]
    for kind, ring in rings:
        marks += plan.line(ring.tolist(), _ZONE if kind == "protected" else SOFT, 0.4, kind != "protected")
    for path in kept.values():
        marks += plan.line(path.tolist(), _PATH, 0.25)
    for s in site.sensor:
        if s.lat_deg is not None and s.lon_deg is not None:
            x, y = area.plane.to_plane(np.array([s.lat_deg]), np.array([s.lon_deg]))[0].tolist()
            marks += plan.mark(x, y, s.id)
    for name, path in paths.items():
        for what in ("track", "alert"):
            moment = getattr(watched[name], what)
            place = None if moment is None else path[min(int(moment.at_s), len(path) - 1)]
            if place is not None and not np.isnan(place[0]):
                x, y = plan.at(*place.tolist())
                marks.append(Label(x, y + 0.9, _LETTERS[what], 7.0, "middle", _ENTRY if what == "alert" else "#0b57a4"))
    return [*marks, Label(1, _PLAN - 1, f"{reach / 1000:.1f} km to each side", 5.0)]


def _time_line(found: Score, shown: Sequence[Event]) -> list[Mark]:
    """A row per object; a letter per moment, moved to the right where two would lie on each other."""
    if not shown:
        return []
    left, tall = _PLAN + 4 + _NAMES, min(6.0, (_PLAN - 8) / len(shown))
    scale = (_WIDE - left - 4) / max(found.until_s, 1.0)
    low = 5 + tall * len(shown) + 1
    step = next((s for s in (10, 30, 60, 120, 300, 600, 1800, 3600) if found.until_s / s <= 7), 86_400)
    marks: list[Mark] = []
    for t in range(0, int(found.until_s) + 1, step):
        marks += [
            Stroke(((left + t * scale, 4.5), (left + t * scale, low)), "#cccccc", 0.15),
            Label(left + t * scale, 3, f"{t}", 5.5, "middle"),
        ]
    for i, v in enumerate(shown):
        y = 5 + (i + 0.5) * tall
        marks.append(Label(_PLAN + 4, y + 0.9, _name(v.object, 22), 6.0))
        begin, end = left + v.appeared_s * scale, left + min(v.gone_s, found.until_s) * scale
        marks.append(Stroke(((begin, y), (max(end, begin + 0.2), y)), "#aaaaaa", 0.6))
        if v.enters_s is not None:
            marks.append(Box(left + v.enters_s * scale - 0.4, y - tall * 0.4, 0.8, tall * 0.8, _ENTRY))
        marks += _letters(v, left, scale, y)
    return marks


def _letters(v: Event, left: float, scale: float, y: float) -> list[Mark]:
    marks, last = list[Mark](), -99.0
    reached = sorted((at, name) for name, at in moments(v).items() if at is not None)
    for at, name in reached:
        x = left + at * scale
        marks.append(Stroke(((x, y - 0.8), (x, y + 0.8)), INK, 0.25))
        last = max(x, last + 1.9)
        marks.append(Label(last, y - 1.0, _LETTERS[name], 5.5, "middle", _ENTRY if name == "alert" else INK))
    return marks
