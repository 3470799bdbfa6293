"""Counts for people and machines: one dictionary with every number and its definitions, words from it, a CSV table, a GeoJSON heat map."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from picket.reasons import left_out_line
from picket.record.archive import Archive
from picket.record.counts import SECTORS, Counts
from picket.record.sealed import CELL_E7, E7, HOLE_S, SPACING_S, cell_place, heat_of
from picket.record.trend import Change, Given

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHADES = " .:-=+*#%@"


def definitions(c: Counts) -> dict[str, str]:
    """The words that the numbers of `c` need, with its gap and distance in them."""
    found = {
        "observed": "Counts are of what was observed, never of what was flown.",
        "flight": f"One airframe from its first to its last point, closed by a gap of {c.gap_s / 60:g} min. "
        "Pieces of one track, or of one identity, "
        "join within the gap; pieces of unknown objects join when the later one began within reach of the end of the earlier one.",
        "point": f"A sure track's estimate at a time at which it was measured, at most one every {SPACING_S:g} s; "
        f"no path is claimed over holes of more than {HOLE_S:g} s.",
        "day": "UTC. A flight counts once in each bucket in which it has a point (or came near); the total counts it once.",
        "left_out": "Counted apart, not in the numbers: "
        "manned aircraft, vessels, birds, friendly drones, suspected spoofs, and what was simulated.",
        "airframe": "A distinct identity, under a pseudonym; flights without an identity are counted apart, never guessed.",
        "uptime": "Share of the time in which every sensor of the period worked; time in which no station ran counts as not. "
        "Imported tables do not tell it.",
        "trend": "The likeliest change of the daily rate, with uptime as exposure; p: the chance of one as strong without any change, "
        "by shuffling the weeks 1,999 times; its day lies in the given span with 95 %.",
    }
    if c.shape is not None:
        what = "area" if c.shape.area else "line"
        found["near"] = (
            f"The straight steps between a flight's points came within {c.within_m:g} m of the {what}, on the "
            f"ellipsoid; once per flight and bucket."
        )
        found["incursion"] = (
            "A flight that entered the area by more than its own position uncertainty (2 sigma)."
            if c.shape.area
            else "A flight that crossed the line from its left to its right, as drawn, by more than its own position uncertainty (2 sigma)."
        )
        found["dwell"] = "Seconds within the distance: each step counts by half for either end that is."
    return found


def as_dict(c: Counts, change: Change | None = None, compared: Sequence[Given] = ()) -> dict[str, Any]:
    """Every number with what it means; plain data for JSON."""
    out: dict[str, Any] = {
        "simulated": c.simulated,
        "period": {"since": iso(c.since * 24), "until": iso(c.until * 24), "days": c.days},
        "definitions": definitions(c),
        "flights": c.total,
        "flights_seen": c.seen,
        "flight_days": c.flight_days,
        "per_day": round(c.flight_days / c.days, 2) if c.days else None,
        "over_midnight": c.over_midnight,
        "left_out_flights": c.left_out,
        "airframes": c.airframes,
        "flights_without_identity": c.without_identity,
        "airframes_by_days_seen": c.returning,
        "pieces_of_unknown_objects": {"all": c.pieces, "joined": c.joined, "unjoined": c.pieces - c.joined},
        "flights_with_a_sensor_down": c.sensor_down,
        "gap_s": c.gap_s,
        "sensors": {n: {"up_h": round(s.up_h, 2), "down_h": round(s.down_h, 2), "heard_h": round(s.heard_h, 2), "judged": s.judged}
                    for n, s in c.uptime.sensors.items()},
        "period_h": c.uptime.hours,
        "speed_mps": c.speed_mps,
        "alt_wgs84_m": c.alt_m,
        "by": c.by,
        "table": [
            {"start": iso(int(h)), "flights": int(n), "flights_seen": int(s), "airframes": int(a), "uptime": _share(u)}
            for h, n, s, a, u in zip(c.starts, c.per_bucket, c.seen_per_bucket, c.airframes_per_bucket, c.uptime_per_bucket, strict=True)
        ],
        "calendar": [
            {"day": iso((c.since + i) * 24)[:10], "flights": int(n), "uptime": _share(u)}
            for i, (n, u) in enumerate(zip(c.per_day, c.uptime_per_day, strict=True))
        ],
        "hour_by_weekday": c.hour_by_weekday.tolist(),
        "sources": list(c.sources),
        "left_out_rows": c.left_out_rows,
        "damage": list(c.damage),
        "digest": c.digest,
    }  # fmt: skip
    if c.shape is not None:
        out["near"] = {
            "shape": c.shape.name,
            "shape_digest": c.shape.digest,
            "kind": "area" if c.shape.area else "line",
            "within_m": c.within_m,
            "outline": [[round(v / E7, 7) for v in edge] for edge in c.shape.edges.tolist()],
        }
    if c.passages is not None:
        p, into, back = c.passages, *(("into", "out_of") if c.shape and c.shape.area else ("left_to_right", "right_to_left"))
        out["near"] |= {
            "least_distance_m": p.least_m, "dwell_s": p.dwell_s, "dwell_all_s": round(p.dwell_all_s, 1),
            "inside_all_s": round(p.inside_all_s, 1),
            "crossings": {into: p.crossings[0], back: p.crossings[1]}, "crossings_beyond_2_sigma": {into: p.sure[0], back: p.sure[1]},
            "flights_that_crossed": {into: p.flights_over[0], back: p.flights_over[1]}, "incursions": p.incursions,
            "approach_from": p.approach, "began_near": p.began_near,
        }  # fmt: skip
    if change is not None:
        out["change"] = {
            "first_day_after": iso((c.since + change.at) * 24)[:10], "between": [iso((c.since + d) * 24)[:10] for d in
            (change.earliest, change.latest)],
            "per_day_before": round(change.before_per_day, 2), "per_day_after": round(change.after_per_day, 2),
            "p": change.p, "words": change.words,
        }  # fmt: skip
    if compared:
        out["compared"] = _compared(c, compared)
    return out


def _compared(c: Counts, compared: Sequence[Given]) -> dict[str, Any]:
    ours = c.flight_days / c.days if c.days else 0.0
    rows = [{"given": g.text, "per_day": round(g.per_day, 2), "ours_per_day": round(ours, 2),
             "ours_is_percent_of_it": round(100 * ours / g.per_day, 1) if g.per_day else None} for g in compared]  # fmt: skip
    found: dict[str, Any] = {"figures": rows}
    if len(compared) > 1:
        low, high = min(g.per_day for g in compared), max(g.per_day for g in compared)
        found["differ_percent"] = round(100 * (high - low) / high, 2) if high else None
    return found


def _share(u: float) -> float | None:
    return None if u != u else round(float(u), 4)


def iso(hour: int) -> str:
    """ISO 8601 UTC of an hour since 1970."""
    return f"{datetime.fromtimestamp(hour * 3600, UTC):%Y-%m-%dT%H:%MZ}"


_OTHER_COUNT = {"simulated": " (--simulated counts these instead)", "seen": " (counted without --simulated)"}


# -- words -------------------------------------------------------------------------------------------------------------
def words(d: dict[str, Any]) -> str:
    """The same for people: numbers, what was left out, definitions, where it comes from."""
    p, lines = d["period"], []
    if d["simulated"]:
        lines += ["SIMULATED: these are flights of an exercise, none of them was seen.", ""]
    near = d.get("near")
    what = f" within {near['within_m']:g} m of {near['shape']}" if near else ""
    lines.append(f"{_n(d['flights'], 'flight')}{what}, {p['since'][:10]} to {p['until'][:10]} ({_n(p['days'], 'day')}, UTC)")
    if p["days"]:
        over = f"{_n(d['flight_days'], 'flight-day')}; {_n(d['over_midnight'], 'flight')} went over midnight"
        lines.append(f"  {d['per_day']:g} a day on average ({over})")
    if near:
        lines.append(f"  of {_n(d['flights_seen'], 'flight')} seen at all")
    unknown = _n(d["flights_without_identity"], "flight")
    lines.append(f"  airframes: {_n(d['airframes'], 'identity', 'identities')}; {unknown} without one, counted apart")
    seen = d["airframes_by_days_seen"]
    lines.append(f"  returning: {_n(seen['1'], 'airframe')} on one day, {seen['2-3']} on two or three, {seen['4+']} on more")
    left = ", ".join(f"{n} {kind}{_OTHER_COUNT.get(kind, '')}" for kind, n in d["left_out_flights"].items()) or "nothing"
    lines.append(f"  left out, counted apart: {left}")
    lines += [*near_lines(near), *doubts(d), *_rows_left_out(d), "", *_tables(d)]
    for name, unit, values in (("speed", "m/s", d["speed_mps"]), ("height (WGS84)", "m", d["alt_wgs84_m"])):
        if values:
            lines.append(f"{name}, median of each flight: " + _quantiles(values, unit))
    lines += [*trend_lines(d), "", "Definitions"]
    lines += [f"  {name}: {text}" for name, text in d["definitions"].items()]
    lines.append(f"Sources: {', '.join(d['sources']) or 'none'}. Digest of the data: {d['digest']}")
    return "\n".join(lines) + "\n"


def _n(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"


def near_lines(near: dict[str, Any] | None) -> list[str]:
    """Crossings, incursions, dwell and approach in words, a line each."""
    if not near or "crossings" not in near:
        return []
    over, sure, flights = near["crossings"], near["crossings_beyond_2_sigma"], near["flights_that_crossed"]
    lines = [f"  {d.replace('_', ' ')}: {over[d]} crossings of {flights[d]} flights, {sure[d]} beyond 2 sigma" for d in over]
    lines.append(f"  incursions: {_n(near['incursions'], 'flight')}")
    if near["dwell_s"]:
        lines.append(f"  dwell: {near['dwell_all_s'] / 3600:.1f} h in all; per flight {_quantiles(near['dwell_s'], 's')}")
        lines.append(f"  least distance: {_quantiles(near['least_distance_m'], 'm')}")
    came = ", ".join(f"{s} {near['approach_from'][s]}" for s in SECTORS)
    lines.append(f"  came from: {came}; {near['began_near']} began near")
    return lines


def doubts(d: dict[str, Any]) -> list[str]:
    """Joined pieces, sensors that were down, damage: what the counts depend on, in words, a line each."""
    pieces, lines = d["pieces_of_unknown_objects"], []
    if pieces["all"]:
        share = 100 * pieces["joined"] / pieces["all"]
        lines.append(f"  pieces of unknown objects: {pieces['all']}, {share:.1f} % joined to another, {100 - share:.1f} % not")
    down = d["flights_with_a_sensor_down"]
    if down is None:
        lines.append("  seen with a sensor down: not known (imported tables say nothing of the sensors)")
    elif d["flights"]:
        lines.append(f"  seen with a sensor down: {_n(down, 'flight')}, {100 * down / d['flights']:.1f} %")
    for name, s in d["sensors"].items():
        if s["judged"]:
            lines.append(
                f"  sensor {name}: worked {s['up_h']:.1f} h of {d['period_h']} h, did not {s['down_h']:.1f} h, else nobody watched"
            )
        else:
            lines.append(
                f"  sensor {name}: imported; heard in {s['heard_h']:.1f} h of {d['period_h']} h, its uptime is not known"
            )
    return [*lines, *(f"  DAMAGED, not counted: {text}" for text in d["damage"])]


def _rows_left_out(d: dict[str, Any]) -> list[str]:
    return [f"  when the archive was made, {left_out_line(reason, n)}" for reason, n in sorted(d["left_out_rows"].items())]


def _tables(d: dict[str, Any]) -> list[str]:
    rows = d["table"]
    lines = [f"{'by ' + d['by']:17} {'flights':>8} {'seen':>8} {'airframes':>10} {'uptime':>7}"] if rows else []
    shown = [r for r in rows if r["flights"] or d["by"] != "hour"]
    for r in shown[:400]:
        up = "?" if r["uptime"] is None else f"{100 * r['uptime']:.0f} %"
        lines.append(
            f"{r['start'][: 10 if d['by'] != 'hour' else 17]:17} {r['flights']:8} {r['flights_seen']:8} {r['airframes']:10} {up:>7}"
        )
    if len(shown) > 400:
        lines.append(f"... {len(shown) - 400} more; -o table.csv writes all")
    if not d["flights"]:
        return lines
    week = d["hour_by_weekday"]
    return [*lines, "", *_calendar(d), "", *(_weekdays(week) if any(map(any, week)) else []), ""]


def _calendar(d: dict[str, Any]) -> list[str]:
    """A week a line, a weekday a column; only for tables by day."""
    if d["by"] != "day":
        return []
    lines, week = ["calendar          " + "".join(f"{w:>7}" for w in WEEKDAYS)], ""
    for r in d["table"]:
        day = datetime.fromisoformat(r["start"].replace("Z", "+00:00"))
        if day.weekday() == 0 or not week:
            if week:
                lines.append(week)
            week = f"{day:%Y-%m-%d}        " + "       " * day.weekday()
        week += f"{r['flights']:7}"
    return [*lines, week]


def _weekdays(table: list[list[int]]) -> list[str]:
    top = max(1, max(max(row) for row in table))
    lines = [
        f"hour by weekday (darker: more; @ = {top} flights)",
        "      " + "".join(f"{h:<3}" if h % 3 == 0 else "   " for h in range(24)),
    ]
    for name, row in zip(WEEKDAYS, table, strict=True):
        lines.append(f"{name:6}" + "".join(_SHADES[round(n / top * (len(_SHADES) - 1))] * 2 + " " for n in row))
    return lines


def _quantiles(q: dict[str, float], unit: str) -> str:
    return f"5 % {q['5']:.0f}, 25 % {q['25']:.0f}, median {q['50']:.0f}, 75 % {q['75']:.0f}, 95 % {q['95']:.0f} {unit}"


def trend_lines(d: dict[str, Any]) -> list[str]:
    """The likeliest change, and given figures beside ours, in words, a line each."""
    return [*change_words(d), *_compared_words(d)]


def change_words(d: dict[str, Any]) -> list[str]:
    """The likeliest change, with its day, its rates and how sure it is; nothing where none was looked for."""
    ch = d.get("change")
    if ch is None:
        return []
    when = (
        ch["first_day_after"]
        if ch["between"][0] == ch["between"][1]
        else f"{ch['first_day_after']} (between {ch['between'][0]} and {ch['between'][1]})"
    )
    return [
        f"trend: likeliest change on {when}, from {ch['per_day_before']:g} to {ch['per_day_after']:g} a day; p = "
        f"{ch['p']:.4f}: {ch['words']}"
    ]


def _compared_words(d: dict[str, Any]) -> list[str]:
    found = d.get("compared")
    if found is None:
        return []
    lines = [
        f'given "{r["given"]}" = {r["per_day"]:g} a day; ours {r["ours_per_day"]:g} a day ({r["ours_is_percent_of_it"]} % of it)'
        for r in found["figures"]
    ]
    if "differ_percent" in found:
        lines.append(f"the given figures differ from one another by {found['differ_percent']:g} %")
    return [*lines, "whether a given figure means the same by a flight, a day and near is for its giver to say"]


# -- files -------------------------------------------------------------------------------------------------------------
def to_csv(d: dict[str, Any]) -> str:
    """The table, with period, definitions and digest as comment lines before it."""
    out = io.StringIO()
    head = ["SIMULATED"] if d["simulated"] else []
    near = d.get("near")
    head.append(f"period {d['period']['since']} to {d['period']['until']}, gap {d['gap_s']:g} s, digest {d['digest']}")
    if near:
        head.append(f"flights within {near['within_m']:g} m of {near['shape']}")
    head += [f"{name}: {text}" for name, text in d["definitions"].items()]
    for line in head:
        out.write("# " + line.replace("\n", " ") + "\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["start", "flights", "flights_seen", "airframes", "uptime"])
    for r in d["table"]:
        writer.writerow([r["start"], r["flights"], r["flights_seen"], r["airframes"], "" if r["uptime"] is None else r["uptime"]])
    return out.getvalue()


def heat(archive: Archive, since: int, until: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Cells and points in each, of all that was seen in those days: the roll-up added up."""
    sums = {(f.source, f.first, f.last): f for f in archive.files("heat", since, until)}
    cells, points = [], []
    for file in archive.files("cells", since, until):
        whole = file.first >= since and file.last < until
        month = sums.get((file.source, file.first, file.last)) if whole else None  # archives of earlier versions have none
        table = None if month is None else archive.table(month)
        if table is None:
            table = archive.table(file, ["cell", "n"] if whole else ["day", "cell", "n"])
        if table is None:
            continue
        day = None if whole else table["day"].to_numpy()
        keep = slice(None) if day is None else (day >= since) & (day < until)
        cells.append(table["cell"].to_numpy()[keep])
        points.append(table["n"].to_numpy()[keep])
    if not cells:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    found = heat_of(np.concatenate(cells), np.concatenate(points))
    return found["cell"], found["n"]


def heat_rows(cells: Any, points: Any) -> dict[str, Any]:
    """The heat map as plain data: the side of a cell in degrees, and [south edge, west edge, points] of each."""
    lat, lon = cell_place(cells)
    n = np.asarray(points)
    return {
        "side_deg": CELL_E7 / E7,
        "cells": [list(row) for row in zip(lat.round(7).tolist(), lon.round(7).tolist(), n.tolist(), strict=True)],
        "means": "Points of everything that was seen in the period, whatever it was and wherever it passed, in cells of "
        f"{CELL_E7 / E7:g} degrees: not only of the flights that are counted.",
    }


def to_geojson(d: dict[str, Any], heat: dict[str, Any]) -> str:
    """`heat_rows` as GeoJSON squares with their number of points; the counts' dictionary `d` is its `properties`."""
    side = heat["side_deg"]
    features = [
        {
            "type": "Feature",
            "properties": {"points": n},
            "geometry": {"type": "Polygon", "coordinates": [[[x, y], [_r(x + side), y], [_r(x + side), _r(y + side)], [x,
            _r(y + side)], [x, y]]]},
        }
        for y, x, n in heat["cells"]
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "properties": d, "features": features}) + "\n"


def _r(value: float) -> float:
    return round(value, 7)
