"""Places of a plane in a frame: what is outside is cut off, names do not lie on each other. shapely cuts too, to compare."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from picket.paper import Label, Plan, Stroke
from picket.paper.plan import cut

PLACE = st.tuples(st.integers(-30, 60).map(float), st.integers(-30, 60).map(float))


@given(st.lists(PLACE, min_size=2, max_size=12))
def test_a_line_is_cut_at_the_frame_as_shapely_cuts_it(points: list[tuple[float, float]]) -> None:
    pieces = cut(points, 40.0, 30.0)
    box = shapely.box(0, 0, 40, 30)
    steps = [shapely.LineString(p) for p in pairwise(points)]
    wanted = sum(s.intersection(box).length for s in steps if s.length)
    got = sum(math.dist(a, b) for piece in pieces for a, b in pairwise(piece))
    assert got == pytest.approx(wanted, abs=1e-6)
    assert all(-1e-9 <= x <= 40 + 1e-9 and -1e-9 <= y <= 30 + 1e-9 for piece in pieces for x, y in piece)
    assert all(len(piece) > 1 for piece in pieces)


def test_a_line_inside_stays_one() -> None:
    points = [(1.0, 1.0), (5.0, 5.0), (9.0, 1.0)]
    assert cut(points, 10.0, 10.0) == [points]


def test_north_is_up_and_the_bar_is_as_long_as_it_says() -> None:
    plan = Plan(50.0, 50.0, -1000.0, -1000.0, 50.0 / 2000.0)
    assert plan.at(-1000.0, -1000.0) == (0.0, 50.0)
    assert plan.at(0.0, 1000.0) == (25.0, 0.0)
    line, words = plan.bar(1.0, 52.0)
    assert isinstance(line, Stroke)
    assert isinstance(words, Label)
    assert (words.text, line.points[1][0]) == ("1 km", 25.0)


def test_names_of_places_near_each_other_are_apart_and_nothing_is_marked_outside() -> None:
    plan = Plan(50.0, 50.0, 0.0, 0.0, 1.0)
    labels = [m for n in range(4) for m in plan.mark(20.0, 20.0 + 0.2 * n, f"sensor-{n}") if isinstance(m, Label)]
    heights = sorted(label.y for label in labels)
    assert len(labels) == 4
    assert min(b - a for a, b in pairwise(heights)) >= 1.7
    assert plan.mark(60.0, 20.0, "far") == []
