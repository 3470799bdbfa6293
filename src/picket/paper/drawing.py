"""A picture as plain marks on a sheet, drawn as vectors in HTML (SVG) and PDF, and as points in PNG.

Places and sizes are mm from the upper left corner of the picture, x to the right, y down. Colours are #rrggbb, "" for none.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

INK, SOFT = "#111111", "#777777"
_COLOUR = re.compile(r"#[0-9a-f]{6}")


def _check(*colours: str) -> None:
    for colour in colours:
        if colour and not _COLOUR.fullmatch(colour):
            raise ValueError(f'expected a colour such as "#1a2b3c" (small letters) or "", got {colour!r}')


class Box(msgspec.Struct, frozen=True, tag="box"):
    """A rectangle, upper left corner at (x, y)."""

    x: float
    y: float
    wide: float
    high: float
    fill: str = ""
    line: str = ""
    width: float = 0.15

    def __post_init__(self) -> None:
        _check(self.fill, self.line)


class Stroke(msgspec.Struct, frozen=True, tag="stroke"):
    """A line through points; width: mm; dashed: as an estimate is drawn."""

    points: tuple[tuple[float, float], ...]
    colour: str = INK
    width: float = 0.2
    dashed: bool = False

    def __post_init__(self) -> None:
        _check(self.colour)
        if len(self.points) < 2:
            raise ValueError(f"expected at least two points of a line, got {len(self.points)}")


class Label(msgspec.Struct, frozen=True, tag="label"):
    """One line of words; y is their base line, x where they begin, their middle or their end. size: points."""

    x: float
    y: float
    text: str
    size: float = 7.0
    align: Literal["start", "middle", "end"] = "start"
    colour: str = INK

    def __post_init__(self) -> None:
        _check(self.colour)


Mark = Box | Stroke | Label


class Drawing(msgspec.Struct, frozen=True, tag="drawing"):
    """One picture. title: above it; words: what it shows, below it, and in place of it for whoever does not see it."""

    wide: float
    high: float
    marks: tuple[Mark, ...]
    title: str = ""
    words: str = ""
