"""The pictures of a report: the calendar, hour by weekday, the trend with its change, and where points lay.

Made of the counts' dictionary (`report.as_dict`) alone; drawn by the paper room as vectors or points. Darker is more; a day without uptime
is not a day without flights, and looks different. All are 178 mm wide.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from picket.paper import INK, SOFT, Box, Drawing, Label, Mark, Plan, Stroke
from picket.record.report import WEEKDAYS, change_words

WIDE = 178.0  # mm
_LEFT = 14.0  # mm for the names of rows
_PALE, _DEEP = (222, 235, 247), (8, 48, 107)  # one hue, light to dark: also in grey a scale
_NONE, _LINE = "#ffffff", "#bbbbbb"
_MARK = "#b3261e"
_HARDLY = 0.05  # of a day: a sensor's uptime below which the day says nothing
_DEGREE_M = 111_195.0  # of latitude, on the mean sphere: enough for a map's scale
_MOST_CELLS = 6_000  # of the map; more are joined four by four


def charts(d: dict[str, Any], heat: dict[str, Any] | None = None) -> list[Drawing]:
    """The drawings that the numbers allow, best known first; heat: `report.heat_rows`."""
    if not d["calendar"]:
        return []
    found = [calendar(d)] if d["flights"] else []
    found += [hours(d)] if any(map(any, d["hour_by_weekday"])) else []
    found += [trend(d)] if d["flights"] and len(d["calendar"]) > 1 else []
    found += [heat_map(d, heat)] if heat is not None and heat["cells"] else []
    return found


def shade(share: float) -> str:
    """A colour for 0 < share <= 1 of the most."""
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(_PALE, _DEEP, strict=True))


# -- calendar ----------------------------------------------------------------------------------------------------------
def calendar(d: dict[str, Any]) -> Drawing:
    """A column a week, a row a weekday, as many rows of months as the period needs."""
    days = [(date.fromisoformat(c["day"]), c["flights"], c["uptime"]) for c in d["calendar"]]
    monday = days[0][0] - timedelta(days=days[0][0].weekday())
    weeks = (days[-1][0] - monday).days // 7 + 1
    side = min(6.0, max(3.0, (WIDE - _LEFT) / weeks))
    a_band = int((WIDE - _LEFT) / side)  # weeks side by side
    top = max(n for _, n, _ in days)
    band_high = 7 * side + 9.0
    marks: list[Mark] = []
    for band in range(math.ceil(weeks / a_band)):
        marks += [Label(0, 5 + band * band_high + (r + 0.75) * side, w, 6.0) for r, w in enumerate(WEEKDAYS) if r % 2 == 0]
    for day, n, uptime in days:
        band, week = divmod((day - monday).days // 7, a_band)
        x, y = _LEFT + week * side, 5 + band * band_high
        if day.day == 1 or day == days[0][0]:
            marks.append(Label(x, y - 1.2, f"{day:%b %Y}" if day.month == 1 or day == days[0][0] else f"{day:%b}", 6.0))
        y += day.weekday() * side
        marks.append(Box(x, y, side - 0.3, side - 0.3, shade(n / top) if n else _NONE, _LINE, 0.1))
        if uptime is not None and uptime < _HARDLY:
            marks.append(Stroke(((x, y), (x + side - 0.3, y + side - 0.3)), SOFT, 0.15))
    high = 5 + math.ceil(weeks / a_band) * band_high
    marks += _scale(_LEFT, high - 3, top)
    return Drawing(
        WIDE, high + 3, tuple(_thin(marks)), "Flights a day", f"Darkest: {top} flights on a day. White: none. {_crossed(days)}"
    )


def _crossed(days: Iterable[tuple[date, int, float | None]]) -> str:
    uptimes = [u for _, _, u in days]
    if all(u is None for u in uptimes):
        return "Whether the sensors worked on a day is not known (imported)."
    blind = sum(u is not None and u < _HARDLY for u in uptimes)
    return f"A stroke: no sensor watched ({blind} days)."


def _thin(marks: list[Mark]) -> list[Mark]:
    """Leaves out names of months that would lie on the one before."""
    found, last = list[Mark](), (-99.0, -99.0)
    for mark in marks:
        if isinstance(mark, Label) and mark.x >= _LEFT and mark.size == 6.0 and mark.text[:1].isalpha():
            if mark.y == last[1] and mark.x - last[0] < 8.0 + 5.0 * (len(mark.text) > 3):
                continue
            last = (mark.x, mark.y)
        found.append(mark)
    return found


def _scale(x: float, y: float, top: int) -> list[Mark]:
    """What the shades mean, from one to the most."""
    found: list[Mark] = [Label(x, y + 2.6, "1", 6.0)]
    found += [Box(x + 3 + i * 4, y, 4, 3, shade(max(1 / top, i / 7))) for i in range(8)]
    return [*found, Label(x + 37, y + 2.6, str(top), 6.0)]


# -- hour by weekday ---------------------------------------------------------------------------------------------------
def hours(d: dict[str, Any]) -> Drawing:
    """A column an hour (UTC), a row a weekday, the number in each."""
    week = d["hour_by_weekday"]
    top = max(max(row) for row in week)
    side, tall = (WIDE - _LEFT) / 24, 5.0
    marks: list[Mark] = [Label(_LEFT + (h + 0.5) * side, 3.2, f"{h:02d}", 6.0, "middle") for h in range(24)]
    for r, (name, row) in enumerate(zip(WEEKDAYS, week, strict=True)):
        y = 4.5 + r * tall
        marks.append(Label(0, y + 3.5, name, 6.0))
        for h, n in enumerate(row):
            marks.append(Box(_LEFT + h * side, y, side - 0.3, tall - 0.3, shade(n / top) if n else _NONE, _LINE, 0.1))
            if n:
                colour = "#ffffff" if n / top > 0.45 else INK
                marks.append(Label(_LEFT + (h + 0.5) * side - 0.15, y + 3.4, str(n), 5.5 if n < 1000 else 4.0, "middle", colour))
    words = "A flight counts once in each hour (UTC) of each day in which it has a point or came near."
    return Drawing(WIDE, 4.5 + 7 * tall + 1, tuple(marks), "Flights by hour of the day and weekday", words)


# -- trend -------------------------------------------------------------------------------------------------------------
def trend(d: dict[str, Any]) -> Drawing:
    """A bar a day, the mean rate before and after the likeliest change, and the days among which that change lies."""
    days = d["calendar"]
    high, base, step = 42.0, 46.0, (WIDE - _LEFT) / len(days)
    change = d.get("change")
    rates = [change["per_day_before"], change["per_day_after"]] if change else []
    top = _round_up(max([c["flights"] for c in days] + rates))
    marks: list[Mark] = []
    place = {c["day"]: _LEFT + i * step for i, c in enumerate(days)}
    if change:
        early, late = (place.get(day, _LEFT) for day in change["between"])
        marks.append(Box(early - 0.3, base - high, max(late - early, 0) + 0.6, high, "#fbe3e1"))
    for share in (0.0, 0.5, 1.0):
        y = base - share * high
        marks += [Stroke(((_LEFT, y), (WIDE, y)), _LINE, 0.1), Label(_LEFT - 1, y + 1, f"{share * top:g}", 6.0, "end")]
    for i, c in enumerate(days):
        if c["flights"]:
            tall = high * c["flights"] / top
            marks.append(Box(_LEFT + i * step, base - tall, max(step * 0.85, 0.15), tall, "#6f9ac4"))
    marks += _axis(days, step, base)
    if change:
        at = place.get(change["first_day_after"], _LEFT)
        before, after = (base - high * rate / top for rate in rates)
        marks += [Stroke(((_LEFT, before), (at, before)), INK, 0.5), Stroke(((at, after), (WIDE, after)), INK, 0.5)]
        marks.append(Stroke(((at, base - high), (at, base)), _MARK, 0.3, dashed=True))
    words = "A bar a day. " + (_said(d) if change else "Too few days, or no flights, to look for a change.")
    return Drawing(WIDE, base + 6, tuple(marks), "Trend", words)


def _said(d: dict[str, Any]) -> str:
    sure = "".join(change_words(d)).removeprefix("trend: ")
    lines = "Lines: the mean rate before and after, by uptime. Tinted: the days among which the change lies with 95 %."
    return f"{sure[:1].upper()}{sure[1:]}. {lines}"


def _axis(days: Sequence[dict[str, Any]], step: float, base: float) -> list[Mark]:
    """The names of some days, never nearer to one another than 18 mm."""
    found, last = list[Mark](), -99.0
    for i, c in enumerate(days):
        x = _LEFT + i * step
        if x - last >= 18 and x < WIDE - 14 and (c["day"].endswith("-01") or i == 0 or len(days) < 60):
            found += [Stroke(((x, base), (x, base + 1)), SOFT, 0.15), Label(x, base + 4, c["day"], 6.0)]
            last = x
    return found


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 ..., or an even number of them: the axis ends there."""
    power = math.pow(10.0, math.floor(math.log10(max(value, 1.0))))
    return next(n * power for n in (1, 2, 3, 4, 5, 6, 8, 10) if n * power >= value - 1e-9)


# -- map ---------------------------------------------------------------------------------------------------------------
def heat_map(d: dict[str, Any], heat: dict[str, Any]) -> Drawing:
    """Cells by their points (logarithmic), north up, with the line or area that was counted at and a scale."""
    side, cells = heat["side_deg"], heat["cells"]
    while len(cells) > _MOST_CELLS:
        side, cells = 2 * side, _joined(cells, 2 * side)
    outline = d.get("near", {}).get("outline", [])
    south, north = min(c[0] for c in cells), max(c[0] for c in cells) + side
    west, east = _turn(cells, side)
    wide_of = math.cos(math.radians((south + north) / 2))  # a degree of longitude, in degrees of latitude
    scale = min(WIDE / max((east - west) * wide_of, side), 120.0 / (north - south))
    plan = Plan((east - west) * wide_of * scale, (north - south) * scale, 0.0, south, scale)

    def x_of(lon: float) -> float:
        """Degrees east of the western edge (or west of it, when nearer), as wide as degrees of latitude."""
        middle = (west + east) / 2
        return (_turned(lon - middle) + middle - west) * wide_of

    top = max(c[2] for c in cells)
    marks: list[Mark] = [Box(0, 0, plan.wide, plan.high, _NONE, _LINE, 0.15)]
    for lat, lon, n in sorted(cells):
        x, y = plan.at(x_of(lon), lat + side)
        marks.append(Box(x, y, side * wide_of * scale, side * scale, shade(math.log1p(n) / math.log1p(top))))
    for a, b, c, e in outline:
        marks += plan.line(((x_of(a), b), (x_of(a) + _turned(c - a) * wide_of, e)), _MARK, 0.5)
    marks += plan.bar(_DEGREE_M, plan.high + 2.5)
    words = f"{heat['means']} Darkest: {top} points in a cell of {side:g} degrees; the shades are logarithmic. North is up"
    return Drawing(WIDE, plan.high + 7, tuple(marks), "Where", words + (", red: what was counted at." if outline else "."))


def _turned(step: float) -> float:
    """A step in longitude, taken the short way round."""
    return (step + 180.0) % 360.0 - 180.0


def _joined(cells: Sequence[Sequence[float]], side: float) -> list[list[float]]:
    found: dict[tuple[int, int], float] = {}
    for lat, lon, n in cells:
        at = (math.floor(lat / side + 1e-6), math.floor(lon / side + 1e-6))
        found[at] = found.get(at, 0) + n
    return [[y * side, x * side, n] for (y, x), n in found.items()]


def _turn(cells: Sequence[Sequence[float]], side: float) -> tuple[float, float]:
    """West and east edge, degrees; a map over the antimeridian begins behind its widest gap."""
    lons = sorted({c[1] % 360.0 for c in cells})
    gaps = [((b - a) % 360.0, b) for a, b in zip(lons, [*lons[1:], lons[0]], strict=True)]
    west = lons[0] if len(lons) == 1 else max(gaps)[1]
    return west, west + (max((x - west) % 360.0 for x in lons) + side)
