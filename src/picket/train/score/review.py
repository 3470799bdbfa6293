"""The after-action review: one HTML file without script or anything loaded, that prints on one page: what that has no room for is counted
there and stands on the screen.

Time line: a row per object that mattered, a mark per moment, the protected zone's entry as a bar. Plan: zones, sensors, true paths and
the places at which the alerts came. Every word from outside is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape as e
from pathlib import Path

import msgspec
import numpy as np
import shapely

from picket.site import Site
from picket.train.kept import kept_exercise, read_facts
from picket.train.score.sheet import Event, Score
from picket.train.score.truth import Grid, read_truth
from picket.train.score.words import blind, margin, seen, verdict
from picket.watch.zones import Area

_WIDE, _ROW, _LEFT, _PLAN = 760.0, 22.0, 150.0, 340.0
MARKS = (("seen", "#666"), ("track", "#0b57a4"), ("alert", "#d9480f"), ("acknowledged", "#2b7a0b"), ("judged", "#7048a8"),
          ("reported", "#111"))  # fmt: skip
MOST_ROWS = 14  # of the time line: what mattered most
_PRINTED, _FEW = 6, 2  # rows of a table and points of a list on paper; what comes after is counted there
_STYLE = """body{font:12.5px/1.35 system-ui,sans-serif;margin:1rem auto;max-width:52rem;padding:0 .8rem;color:#111;background:#fff}
h1{font-size:1.25rem;margin:.2rem 0}h2{font-size:1rem;margin:.7rem 0 .2rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.12rem .4rem;border-bottom:1px solid #ccc;vertical-align:top}th{font-weight:600}
.sim{background:#7a3e00;color:#fff;padding:.25rem .6rem;font-weight:600;margin:0}.verdict{font-size:1.05rem;font-weight:600}
.miss{color:#b00020;font-weight:600}.cols{display:grid;grid-template-columns:21rem 1fr;gap:1rem}svg text{font:11px system-ui,sans-serif}
ul{margin:.1rem 0;padding-left:1.1rem}.rest{display:none}td,li,p{overflow-wrap:break-word}
@media print{html{font-size:11px}body{margin:0;font-size:9px;line-height:1.25;max-width:none}
.sim{background:#fff;color:#000;border:2px solid #000}
.full{font-size:8px;line-height:1.15}.full li{white-space:nowrap;text-overflow:ellipsis}
.full p{margin:.2rem 0}.full td,.full th{padding:0 .3rem}
@page{size:A4;margin:9mm}
.cols{grid-template-columns:15rem 1fr}h2{margin:.3rem 0 .1rem}
.more{display:none}.rest{display:block;font-style:italic}td,li{max-height:2.5em;overflow:hidden}svg.line{max-height:46mm}}"""


def review(folder: Path, found: Score, earlier: Sequence[tuple[str, Score]] = ()) -> str:
    """The page of a scored run. earlier: (name of its folder, score) of runs of the same exercise to compare with, oldest first."""
    exercise = kept_exercise(folder)
    site = exercise.at_site()
    facts = read_facts(folder)
    grid = read_truth(folder / "truth.csv", site, facts.start, max(facts.until_s, 1.0))
    watched = one_each([v for v in found.events if v.watched])
    shown, ordered = most_important(watched, MOST_ROWS), most_important(watched, _PRINTED, all_of_them=True)
    more = (
        f"<p>The {len(shown)} of {len(watched)} objects that mattered most; all are below.</p>"
        if len(watched) > len(shown)
        else ""
    )
    parts = [
        f"<h1>After-action review: {e(found.exercise)}</h1>",
        f"<p>{e(site.site.name)}; seed {found.seed}, officer {e(found.officer)}. {e(exercise.about)}</p>",
        f'<p class="verdict{"" if found.passed else " miss"}">{e(verdict(found))}</p>',
        f"<h2>Time line</h2>{_time_line(found, shown)}{more}",
        f'<div class="cols"><div><h2>Plan</h2>{_plan(site, grid, found)}</div><div><h2>What was expected</h2>{_expected(found)}'
        f"{_lists(found)}</div></div>",
        f"<h2>Objects that mattered</h2>{_objects(ordered)}",
        f"<h2>Sensors</h2>{_sensors(ordered)}",
        _people(found),
        _compared(found, earlier),
    ]
    crowded = len(watched) > _PRINTED or sum(map(len, (found.missed, found.wrong, found.needless, found.expected))) > 2 * _PRINTED
    full = " class=full" if crowded else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{e(found.exercise)}: after-action review</title><style>{_STYLE}</style></head><body{full}>
<p class="sim">EXERCISE, SIMULATED: none of this was seen.</p>
{"".join(parts)}
</body></html>
"""


def one_each(watched: Sequence[Event]) -> list[Event]:
    """One row for each formation: its member that the watch was told of last, named with how many there are."""
    groups: dict[str, list[Event]] = {}
    for v in watched:
        groups.setdefault(v.actor + (v.object[v.object.find("/") :] if "/" in v.object else ""), []).append(v)
    rows = []
    for name, members in groups.items():
        worst = max(members, key=lambda v: (v.track is None, v.alert is None, v.alert.at_s if v.alert else 0.0))
        label = worst.object if len(members) == 1 else f"{name}: last of {len(members)}"
        rows.append(msgspec.structs.replace(worst, object=label))
    return rows


def most_important(watched: Sequence[Event], most: int, all_of_them: bool = False) -> list[Event]:
    """All of them as they came; of more than `most` those that a debrief is about, worst first (all_of_them: and then the others)."""
    if len(watched) <= most:
        return list(watched)
    return sorted(watched, key=_good)[: None if all_of_them else most]


def _good(v: Event) -> tuple[bool, bool, bool, float]:
    """How little there is to say about an object: what had no track comes first, then no alert, wrongly judged, the shortest warning."""
    late = v.alert.margin_s if v.alert is not None and v.alert.margin_s is not None else 1e9
    return v.track is not None, v.alert is not None, v.judged_right is not False, late


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], printed: int = _PRINTED) -> str:
    """Cells are HTML already. All rows on the screen, `printed` of them on paper and the others counted."""
    if not rows:
        return "<p>None.</p>"
    top = "".join(f"<th>{e(h)}</th>" for h in head)
    body = "".join(f"<tr{_more(i, printed)}>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for i, row in enumerate(rows))
    rest = _rest(len(rows), printed)
    return f"<table><tr>{top}</tr>{body}</table>" + (f"<p class=rest>{rest}</p>" if rest else "")


def _items(rows: Sequence[str], few: int) -> str:
    """Points of a list, HTML already: all on the screen, few on paper and the others counted."""
    rest = _rest(len(rows), few)
    return (
        "<ul>"
        + "".join(f"<li{_more(i, few)}>{r}</li>" for i, r in enumerate(rows))
        + (f"<li class=rest>{rest}</li>" if rest else "")
        + "</ul>"
    )


def _more(i: int, most: int) -> str:
    return " class=more" if i >= most else ""


def _rest(of: int, most: int) -> str:
    return f"and {of - most} more, on the screen" if of > most else ""


def _expected(found: Score) -> str:
    if not found.expected:
        return "<p>Nothing.</p>"
    order = sorted(found.expected, key=lambda m: m.met) if len(found.expected) > _PRINTED else found.expected
    return _items([f"met: {e(m.words)}" if m.met else f"<b class=miss>MISSED</b>: {e(m.words)}" for m in order], _PRINTED)


def _lists(found: Score) -> str:
    a = found.alarms
    text = f"<h2>Alarms</h2><p>{a.raised}: {a.per_hour:g} an hour, {e(a.verdict)} (ISA-18.2: 6 acceptable, 12 at most); "
    text += f"{a.unacknowledged} never acknowledged.</p>"
    for title, rows in (("Missed", found.missed), ("Wrong identifications", found.wrong), ("Needless alarms", found.needless),
                        ("About the station", found.station)):  # fmt: skip
        if rows:
            text += f"<h2>{title}: {len(rows)}</h2>{_items([e(r) for r in rows], _FEW)}"
    return text


def _objects(shown: Sequence[Event]) -> str:
    rows = [
        (e(v.object), f"{v.appeared_s:.0f} s", e(seen(v)), e(margin(v.track)), e(margin(v.alert)), e(margin(v.acknowledged)),
         e(margin(v.judged) if v.judged is None else f"{margin(v.judged)}: {v.cause}{'' if v.judged_right else ' (wrong)'}"),
         e(margin(v.reported)))
        for v in shown
    ]  # fmt: skip
    return _table(("object", "appeared", "seen by", "track", "alert", "acknowledged", "judged", "reported"), rows)


def _sensors(shown: Sequence[Event]) -> str:
    """What each sensor could have shown of each object: seconds in its stated coverage, and what it made of them."""
    names = [s.sensor for s in shown[0].seen] if shown else []
    rows = []
    for v in shown:
        cells = [e(v.object)]
        for s in v.seen:
            could = "" if s.covered_s is None else f" of {s.covered_s:.0f} s covered"
            cells.append(f"{s.plots} plots{could}" if s.plots or s.covered_s != 0 else "out of its coverage")
        rows.append(cells)
    hints = [f"{e(v.object)}: {e(words)}" for v in shown if v.track is None for words in blind(v)]
    return _table(("object", *names), rows, _FEW) + (_items(hints, _FEW) if hints else "")


def moments(v: Event) -> Mapping[str, float | None]:
    """When each of MARKS happened to an object, s; None where it never did."""
    first = min((s.first.at_s for s in v.seen if s.first is not None), default=None)
    kept = {name: getattr(v, name) for name in ("track", "alert", "acknowledged", "judged", "reported")}
    return {"seen": first, **{name: m.at_s if m is not None else None for name, m in kept.items()}}


def _time_line(found: Score, shown: Sequence[Event]) -> str:
    if not shown:
        return "<p>No object that mattered had appeared.</p>"
    scale = (_WIDE - _LEFT - 10) / max(found.until_s, 1.0)
    high = _ROW * (len(shown) + 2)
    out = [f'<svg class="line" viewBox="0 0 {_WIDE:.0f} {high:.0f}" width="100%" role="img" aria-label="time line">']
    step = next(s for s in (10, 30, 60, 120, 300, 600, 1800, 3600, 86400) if found.until_s / s <= 12)
    for t in range(0, int(found.until_s) + 1, step):
        x = _LEFT + t * scale
        out.append(
            f'<path d="M{x:.1f} 12V{high - 24:.1f}" stroke="#ddd"/><text x="{x:.1f}" y="10" text-anchor="middle">{t} s</text>'
        )
    for i, v in enumerate(shown):
        y = _ROW * (i + 1) + 6
        out.append(f'<text x="0" y="{y + 4:.1f}">{e(v.object)}</text>')
        out.append(
            f'<path d="M{_LEFT + v.appeared_s * scale:.1f} {y:.1f}H{_LEFT + v.gone_s * scale:.1f}" stroke="#bbb" stroke-width="3"/>'
        )
        if v.enters_s is not None:
            x = _LEFT + v.enters_s * scale
            bar = f"M{x:.1f} {y - 8:.1f}V{y + 8:.1f}"
            out.append(f'<path d="{bar}" stroke="#b00020" stroke-width="3"><title>enters {e(v.zone or "")}</title></path>')
        for name, color in MARKS:
            at = moments(v)[name]
            if at is not None:
                out.append(
                    f'<circle cx="{_LEFT + at * scale:.1f}" cy="{y:.1f}" r="4.5" fill="{color}"><title>{name} {at:.0f} s</title></circle>'
                )
    x = _LEFT
    for name, color in MARKS:
        out.append(
            f'<circle cx="{x:.0f}" cy="{high - 10:.1f}" r="4.5" fill="{color}"/><text x="{x + 8:.0f}" y="{high - 6:.1f}">{name}</text>'
        )
        x += 94
    out.append(f'<path d="M{x:.0f} {high - 18:.1f}v14" stroke="#b00020" stroke-width="3"/>')
    out.append(f'<text x="{x + 6:.0f}" y="{high - 6:.1f}">enters</text></svg>')
    return "".join(out)


def _plan(site: Site, grid: Grid, found: Score) -> str:
    """North up; the watched paths, the zones, the sensors, and where the alerts came."""
    area = Area(site)
    watched = {v.object: v for v in found.events if v.watched}
    paths = {o.id: grid.places[:, k, :2] for k, o in enumerate(grid.objects) if o.id in watched}
    rings = {z.id: rings_of(site, area, z.id) for z in site.zone}
    sensors = {s.id: area.plane.to_plane([s.lat_deg], [s.lon_deg])[0] for s in site.sensor if s.lat_deg is not None}
    protected = [r for z in site.zone if z.kind in ("protected", "warning") for r in rings[z.id]]
    points = np.concatenate([*(p[~np.isnan(p[:, 0])] for p in paths.values()), *protected, np.zeros((1, 2))])
    reach = float(np.abs(points).max()) * 1.06
    half = _PLAN / 2

    def at(xy: np.ndarray) -> str:
        return " ".join(f"{half + x / reach * half:.1f},{half - y / reach * half:.1f}" for x, y in xy.tolist())

    out = [
        f'<svg viewBox="0 0 {_PLAN:.0f} {_PLAN:.0f}" width="100%" role="img" aria-label="plan, north up" style="border:1px solid #999">'
    ]
    for z in site.zone:
        look = (
            'fill="#d9480f" fill-opacity=".15" stroke="#d9480f"'
            if z.kind == "protected"
            else 'fill="none" stroke="#999" stroke-dasharray="4 3"'
        )
        out += [f'<polyline points="{at(r)}" {look}><title>{e(z.id)}</title></polyline>' for r in rings[z.id]]
    for name, path in paths.items():
        out.append(
            f'<polyline points="{at(path[~np.isnan(path[:, 0])])}" fill="none" stroke="#666"><title>{e(name)}</title></polyline>'
        )
        for what, color in (("track", "#0b57a4"), ("alert", "#d9480f")):
            moment = getattr(watched[name], what)
            place = None if moment is None else path[min(int(moment.at_s), len(path) - 1)]
            if place is not None and not np.isnan(place[0]):
                x, y = at(place[None]).split(",")
                out.append(
                    f'<circle cx="{x}" cy="{y}" r="3.5" fill="{color}"><title>{e(name)}: {what} {moment.at_s:.0f} s</title></circle>'
                )
    for name, xy in sensors.items():
        if np.abs(xy).max() <= reach:
            x, y = at(xy[None]).split(",")
            out.append(f'<path d="M{x} {y}m-5 4h10l-5 -9z" fill="#111"><title>{e(name)}</title></path>')
    out.append(f'<text x="4" y="12">north up, {reach / 1000:.1f} km to each side; blue: track, orange: alert</text></svg>')
    return "".join(out)


def rings_of(site: Site, area: Area, zone: str) -> list[np.ndarray]:
    """The outlines of a zone, each (N, 2) m east and north in the area's plane."""
    return [area.plane.to_plane(*np.array(r.coords)[:, :2].T[::-1]) for r in _rings(site.shapes[zone])]


def _rings(shape: shapely.Geometry) -> list[shapely.Geometry]:
    if shape.geom_type == "LineString":
        return [shape]
    parts = shape.geoms if shape.geom_type == "MultiPolygon" else [shape]
    return [ring for part in parts for ring in (part.exterior, *part.interiors)]


def _people(found: Score) -> str:
    """What exercise control did, and each officer under the name that they chose; in the order of the names, compared with nobody."""
    text = ""
    if found.course:
        items = [
            f"{c.at_s:.0f} s: {e(c.words)}{'' if c.paused_s is None else f' (for {c.paused_s:.0f} s, which count for nobody)'}"
            for c in found.course
        ]
        text += f"<h2>Exercise control</h2>{_items(items, _FEW)}"
    if len(found.officers) > 1 or found.course:
        rows = [
            (e(o.name), str(o.acknowledged), "-" if not o.delays_s else f"{float(np.median(o.delays_s)):.0f} s", str(o.judged),
             str(o.judged_wrong), str(o.notes))
            for o in found.officers
        ]  # fmt: skip
        text += "<h2>Officers</h2>" + _table(
            ("name", "acknowledged", "median after it was raised", "judged", "of these wrong", "notes"), rows
        )
    return text


def _compared(found: Score, earlier: Sequence[tuple[str, Score]]) -> str:
    if not earlier:
        return ""
    rows = []
    for name, s in [*earlier, ("this run", found)]:
        margins = [v.alert.margin_s for v in s.events if v.watched and v.alert is not None and v.alert.margin_s is not None]
        rows.append((
            e(name), str(s.seed), e(s.officer),
            "passed" if s.passed else "not passed", f"{sum(m.met for m in s.expected)} of {len(s.expected)}",
            "-" if not margins else f"{min(margins):.0f} s", str(len(s.missed)), str(len(s.needless)), str(s.alarms.raised),
        ))  # fmt: skip
    head = ("run", "seed", "officer", "", "met", "shortest warning", "missed", "needless", "alarms")
    return f"<h2>Earlier runs of this exercise, newest first</h2>{_table(head, rows[::-1], _FEW + 1)}"
