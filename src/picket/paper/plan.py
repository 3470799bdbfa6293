"""A plan: places in a plane (x to the right, y up, any unit) as marks in a frame of mm. What lies outside the frame is cut off."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from picket.paper.drawing import INK, Box, Label, Mark, Stroke

Point = tuple[float, float]
_NAME = 5.0  # points


class Plan:
    """wide, high: mm of the frame; left, low: the plane's place in its lower left corner; scale: mm of one unit of the plane."""

    def __init__(self, wide: float, high: float, left: float, low: float, scale: float) -> None:
        self.wide, self.high, self._left, self._low, self.scale = wide, high, left, low, scale
        self._names: list[Label] = []

    def at(self, x: float, y: float) -> Point:
        """A place of the plane in mm of the drawing."""
        return (x - self._left) * self.scale, self.high - (y - self._low) * self.scale

    def holds(self, x: float, y: float) -> bool:
        """Whether a place lies in the frame."""
        across, down = self.at(x, y)
        return 0 <= across <= self.wide and 0 <= down <= self.high

    def line(self, points: Iterable[Sequence[float]], colour: str, width: float, dashed: bool = False) -> list[Stroke]:
        """A line through places, as far as it lies in the frame."""
        return [Stroke(tuple(part), colour, width, dashed) for part in cut([self.at(*p) for p in points], self.wide, self.high)]

    def mark(self, x: float, y: float, name: str) -> list[Mark]:
        """A square at a place with its name beside it, moved down while it would lie on another; nothing outside the frame."""
        if not self.holds(x, y):
            return []
        across, down = self.at(x, y)
        below, long = down + 0.7, 1.0 * len(name)  # mm, about
        left = across + 1.2 if across + 1.2 + long <= self.wide else across - 1.2 - long
        while any(abs(below - o.y) < 1.9 and abs(left - o.x) < max(long, len(o.text)) for o in self._names):
            below += 1.9
        self._names.append(Label(left, below, name, _NAME))
        return [Box(across - 0.7, down - 0.7, 1.4, 1.4, INK), self._names[-1]]

    def bar(self, unit_m: float, y: float) -> list[Mark]:
        """A scale of a round number of metres, from the left edge at y mm; unit_m: metres of one unit of the plane."""
        mm = self.scale / unit_m  # of a metre
        long = math.pow(10.0, math.floor(math.log10(max(self.wide, 20.0) / mm / 2)))
        words = f"{long / 1000:g} km" if long >= 1000 else f"{long:g} m"
        return [Stroke(((0, y), (long * mm, y)), INK, 0.4), Label(0, y + 3.5, words, 6.0)]


def cut(points: Sequence[Point], wide: float, high: float) -> list[list[Point]]:
    """The pieces of a line through points that lie in the rectangle from (0, 0) to (wide, high), each of two points or more."""
    found: list[list[Point]] = []
    for a, b in pairwise(points):
        piece = _within(a, b, wide, high)
        if piece is None:
            continue
        if found and found[-1][-1] == piece[0] == a:
            found[-1].append(piece[1])
        else:
            found.append(list(piece))
    return found


def _within(a: Point, b: Point, wide: float, high: float) -> tuple[Point, Point] | None:
    """The piece of one step in the rectangle (Liang and Barsky 1984); None when there is none."""
    begin, end, dx, dy = 0.0, 1.0, b[0] - a[0], b[1] - a[1]
    for p, q in ((-dx, a[0]), (dx, wide - a[0]), (-dy, a[1]), (dy, high - a[1])):
        if p == 0:
            if q < 0:
                return None
            continue
        t = q / p
        begin, end = (max(begin, t), end) if p < 0 else (begin, min(end, t))
    if begin > end:
        return None

    def on(t: float) -> Point:
        return a[0] + t * dx, a[1] + t * dy

    return a if begin == 0.0 else on(begin), b if end == 1.0 else on(end)
