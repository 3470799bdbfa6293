"""The pictures of the counts: every number has its mark at its place, and no mark leaves its drawing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.paper import Box, Drawing, Label, Stroke
from picket.record.charts import calendar, charts, heat_map, hours, shade, trend

SIDE = 0.005


def counts(flights: list[int], begin: str = "2026-02-27", uptime: float | None = 1.0, **more: Any) -> dict[str, Any]:
    """What `report.as_dict` gives of these flights a day, as far as the pictures look."""
    first = date.fromisoformat(begin)
    days = [{"day": str(first + timedelta(days=i)), "flights": n, "uptime": uptime} for i, n in enumerate(flights)]
    return {"calendar": days, "flights": sum(flights), "hour_by_weekday": [[0] * 24 for _ in range(7)], **more}


def boxes(drawing: Drawing, colours: set[str] | None = None) -> list[Box]:
    return [m for m in drawing.marks if isinstance(m, Box) and (colours is None or m.fill in colours)]


def labels(drawing: Drawing) -> list[str]:
    return [m.text for m in drawing.marks if isinstance(m, Label)]


def inside(drawing: Drawing) -> bool:
    """Whether every mark lies in the drawing (0.5 mm for the width of lines)."""
    places: list[tuple[float, float]] = []
    for m in drawing.marks:
        if isinstance(m, Box):
            places += [(m.x, m.y), (m.x + m.wide, m.y + m.high)]
        elif isinstance(m, Stroke):
            places += m.points
        else:
            places.append((m.x, m.y))
    return all(-0.5 <= x <= drawing.wide + 0.5 and -0.5 <= y <= drawing.high + 0.5 for x, y in places)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=400),
    st.dates(date(1999, 1, 1), date(2040, 1, 1)),
    st.sampled_from([None, 0.0, 0.5, 1.0]),
)
def test_a_day_a_box_and_a_flight_a_bar(flights: list[int], begin: date, uptime: float | None) -> None:
    d = counts(flights, str(begin), uptime)
    found = {drawing.title: drawing for drawing in charts(d)}
    assert all(inside(drawing) for drawing in found.values())
    assert bool(found) == (sum(flights) > 0)
    if not found:
        return
    squares = [b for b in boxes(found["Flights a day"]) if b.line]
    assert len(squares) == len(flights)
    assert len({(b.x, b.y) for b in squares}) == len(flights)
    assert [b.fill == "#ffffff" for b in squares] == [n == 0 for n in flights]
    assert {b.fill for b, n in zip(squares, flights, strict=True) if n == max(flights)} == {shade(1.0)}
    strokes = [m for m in found["Flights a day"].marks if isinstance(m, Stroke)]
    assert len(strokes) == (len(flights) if uptime == 0.0 else 0)  # a day that nobody watched looks different
    if len(flights) > 1:
        bars = [b.high for b in boxes(found["Trend"], {"#6f9ac4"})]
        some = [n for n in flights if n]
        assert len(bars) == len(some)
        assert max(abs(b / n - bars[0] / some[0]) for b, n in zip(bars, some, strict=True)) < 1e-9


def test_weekdays_are_rows_from_monday() -> None:
    drawing = calendar(counts([1] * 14, "2026-03-02"))  # a Monday
    rows = sorted({round(b.y, 3) for b in boxes(drawing) if b.line})
    assert len(rows) == 7
    assert len({round(b.x, 3) for b in boxes(drawing) if b.line}) == 2
    assert "Mar 2026" in labels(drawing)


def test_the_change_stands_at_its_day_with_its_rates_and_how_sure_it_is() -> None:
    change = {"first_day_after": "2026-03-09", "between": ["2026-03-07", "2026-03-10"], "per_day_before": 2.0, "per_day_after": 8.0,
              "p": 0.0005, "words": "very strong evidence"}  # fmt: skip
    drawing = trend(counts([2] * 10 + [8] * 10, change=change))
    (dashed,) = [m for m in drawing.marks if isinstance(m, Stroke) and m.dashed]
    before, after = (m for m in drawing.marks if isinstance(m, Stroke) and m.width == 0.5)
    bars = boxes(drawing, {"#6f9ac4"})
    assert dashed.points[0][0] == before.points[1][0] == after.points[0][0] == bars[10].x
    assert abs(before.points[0][1] - bars[0].y) < 1e-9  # the mean is as high as its bars
    assert abs(after.points[0][1] - bars[-1].y) < 1e-9
    assert "from 2 to 8 a day; p = 0.0005: very strong evidence" in drawing.words
    assert "no flights, to look for a change" in trend(counts([1, 1])).words


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=168, max_size=168))
def test_the_week_shows_its_numbers(flights: list[int]) -> None:
    week = [flights[day * 24 : day * 24 + 24] for day in range(7)]
    if not any(map(any, week)):
        return
    drawing = hours({"hour_by_weekday": week})
    numbers = labels(drawing)[24:]
    assert [int(n) for n in numbers if n.isdigit()] == [n for row in week for n in row if n]
    assert len(boxes(drawing)) == 7 * 24


CELLS = st.lists(st.tuples(st.integers(-10, 10), st.integers(-10, 10), st.integers(1, 10_000)), min_size=1, max_size=40,
                 unique_by=lambda c: c[:2])  # fmt: skip
EDGE = st.lists(st.floats(-2, 2), min_size=4, max_size=4)


@settings(max_examples=60, deadline=None)
@given(CELLS, st.sampled_from([-179.99, -30.0, 0.0, 179.99]), st.sampled_from([-84.0, 0.0, 60.0]), st.lists(EDGE, max_size=4))
def test_the_map_holds_every_cell_and_cuts_the_line_at_its_frame(
    cells: list[tuple[int, int, int]], lon: float, lat: float, edges: list[list[float]]
) -> None:
    rows = [[lat + y * SIDE, (lon + x * SIDE + 180) % 360 - 180, n] for y, x, n in cells]
    near = {"outline": [[lon + a, lat + b, lon + c, lat + e] for a, b, c, e in edges]}
    drawing = heat_map({"near": near}, {"side_deg": SIDE, "cells": rows, "means": "Points."})
    frame, *squares = boxes(drawing)
    assert len(squares) == len(cells)
    assert inside(drawing)
    east = max(x for _, x, _ in cells) - min(x for _, x, _ in cells) + 1  # over the antimeridian too
    north = max(y for y, _, _ in cells) - min(y for y, _, _ in cells) + 1
    assert abs(frame.high / north - squares[0].high) < 1e-6
    assert abs(frame.wide / east - squares[0].wide) < 1e-6
    assert {b.fill for b, c in zip(squares, sorted(rows), strict=True) if c[2] == max(n for *_, n in cells)} == {shade(1.0)}


def test_a_line_that_begins_and_ends_outside_crosses_the_whole_map() -> None:
    for lon in (0.0, 179.99):
        rows = [[50 + y * SIDE, (lon + x * SIDE + 180) % 360 - 180, 1] for y in range(5) for x in range(5)]
        edge = [(lon - 1 + 180) % 360 - 180, 50.01, (lon + 1 + 180) % 360 - 180, 50.01]
        drawing = heat_map({"near": {"outline": [edge]}}, {"side_deg": SIDE, "cells": rows, "means": "Points."})
        frame = boxes(drawing)[0]
        (line,) = [m for m in drawing.marks if isinstance(m, Stroke) and m.width == 0.5]
        assert [x for x, _ in line.points] == pytest.approx([0.0, frame.wide], abs=1e-6)


def test_a_large_map_is_joined_and_loses_no_point() -> None:
    rows = [[50 + y * SIDE, 10 + x * SIDE, 1] for y in range(100) for x in range(100)]
    drawing = heat_map({}, {"side_deg": SIDE, "cells": rows, "means": "Points."})
    assert len(boxes(drawing)) - 1 == 50 * 50
    assert "Darkest: 4 points in a cell of 0.01 degrees" in drawing.words
