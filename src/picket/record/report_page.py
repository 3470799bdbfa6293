"""Counts as a report to print: numbers, what was left out, sensors' uptime, tables, definitions and the digest of the data."""

from __future__ import annotations

from typing import Any

from picket.paper import Document, Facts, Heading, Notes, Paragraph, Part, table
from picket.reasons import reason_words
from picket.record.charts import charts
from picket.record.report import doubts, near_lines, trend_lines

_MOST_ROWS = 5_000  # of the table by hour, day or week


def document(d: dict[str, Any], heat: dict[str, Any] | None = None) -> Document:
    """The report of `report.as_dict`, with its charts; heat: `report.heat_rows`, for the map."""
    parts: list[Part] = [Paragraph(_what(d), strong=True), Facts(tuple(_facts(d)))]
    parts += charts(d, heat)
    parts += _section("Near it", near_lines(d.get("near")))
    parts += [Heading("Left out, counted apart"), *_left_out(d)]
    parts += [Heading("Uptime, and what to doubt"), *_uptime(d), *_notes(doubts(d))]
    parts += [Heading(f"Flights by {d['by']}"), *_rows(d)]
    parts += _section("Trend and given figures", trend_lines(d))
    parts += [Heading("Definitions"), Notes(tuple(f"{name}: {text}" for name, text in d["definitions"].items()))]
    parts.append(Paragraph(f"Sources: {', '.join(d['sources']) or 'none'}. Digest of the data: {d['digest']}"))
    return Document("Flights counted", tuple(parts), simulated=bool(d["simulated"]), digest=d["digest"])


def _what(d: dict[str, Any]) -> str:
    p, near = d["period"], d.get("near")
    where = f" within {near['within_m']:g} m of {near['shape']}" if near else ""
    return f"{d['flights']} flights{where}, {p['since'][:10]} to {p['until'][:10]} ({p['days']} days, UTC)"


def _facts(d: dict[str, Any]) -> list[tuple[str, str]]:
    seen, none = d["airframes_by_days_seen"], "not known"
    rows = [
        ("flights seen at all", str(d["flights_seen"])),
        ("a day on average", none if d["per_day"] is None else f"{d['per_day']:g} ({d['flight_days']} flight-days)"),
        ("over midnight", str(d["over_midnight"])),
        ("airframes", f"{d['airframes']} identities; {d['flights_without_identity']} flights without one, counted apart"),
        ("returning airframes", f"{seen['1']} on one day, {seen['2-3']} on two or three, {seen['4+']} on more"),
        ("gap that ends a flight", f"{d['gap_s']:g} s"),
    ]
    for name, unit, q in (("speed", "m/s", d["speed_mps"]), ("height (WGS84)", "m", d["alt_wgs84_m"])):
        if q:
            rows.append((f"{name}, median of each flight", f"5 % {q['5']:.0f}, median {q['50']:.0f}, 95 % {q['95']:.0f} {unit}"))
    return rows


def _left_out(d: dict[str, Any]) -> list[Part]:
    rows = [(n, f"flights: {kind}") for kind, n in d["left_out_flights"].items()]
    rows += [(n, f"rows, when the archive was made: {reason_words(reason)}") for reason, n in sorted(d["left_out_rows"].items())]
    return [table(("Number", "What"), rows, widths=(15.0, 85.0), right=(0,))] if rows else [Paragraph("Nothing.")]


def _uptime(d: dict[str, Any]) -> list[Part]:
    rows = []
    for name, s in d["sensors"].items():
        worked = (f"{s['up_h']:.1f}", f"{s['down_h']:.1f}") if s["judged"] else ("not known (imported)", "not known")
        rows.append((name, *worked, f"{s['heard_h']:.1f}", f"{d['period_h']:g}"))
    head = ("Sensor", "Worked, h", "Did not, h", "Heard in, h", "Period, h")
    return [table(head, rows, right=(1, 2, 3, 4))] if rows else [Paragraph("No sensor is named in the data.")]


def _rows(d: dict[str, Any]) -> list[Part]:
    rows = [r for r in d["table"] if r["flights"] or d["by"] != "hour"]
    cut = 17 if d["by"] == "hour" else 10
    cells = [
        (r["start"][:cut], r["flights"], r["flights_seen"], r["airframes"], "?" if r["uptime"] is None else f"{100 * r['uptime']:.0f} %")
        for r in rows[:_MOST_ROWS]
    ]  # fmt: skip
    if not cells:
        return [Paragraph("No flights.")]
    found: list[Part] = [table(("From", "Flights", "Seen at all", "Airframes", "Uptime"), cells, right=(1, 2, 3, 4))]
    more = len(rows) - len(cells)
    return [*found, Paragraph(f"{more} more rows are not printed; `picket stats -o FILE.csv` writes all.")] if more else found


def _section(title: str, lines: list[str]) -> list[Part]:
    return [Heading(title), *_notes(lines)] if lines else []


def _notes(lines: list[str]) -> list[Part]:
    return [Notes(tuple(line.strip() for line in lines))] if lines else []
