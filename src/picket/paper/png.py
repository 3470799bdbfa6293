"""Drawings as one PNG, one below the other, with a line of words above and below: for whoever pastes them elsewhere."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from picket.paper.document import Document, Paragraph
from picket.paper.drawing import Box, Drawing, Label, Stroke
from picket.paper.fonts import DEJAVU
from picket.paper.html import footer
from picket.paper.text import visible
from picket.paper.wrap import wrap

_DOTS = 8.0  # a mm: 203 dpi
_MARGIN, _LEADING = 5.0, 0.48  # mm; mm of line for a point of type
_POINT = 25.4 / 72  # mm
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def render(document: Document) -> bytes:
    """The document's title and strong paragraphs, its drawings with their words, and its footer. The same document gives the same bytes.

    Words of right-to-left scripts are not put in order here, as they are in PDF. Raises ValueError without a drawing.
    """
    drawings = [part for part in document.parts if isinstance(part, Drawing)]
    if not drawings:
        raise ValueError(f"{document.title}: there is nothing to draw; .pdf, .html or .csv say it in words")
    across = max(d.wide for d in drawings)
    pen = _Pen(across)
    strong = [part.text for part in document.parts if isinstance(part, Paragraph) and part.strong]
    texts = [(document.title, 12.0), *((text, 8.0) for text in strong), (document.mark, 9.0)]
    rows: list[tuple[str, float] | Drawing] = [row for row in texts if row[0]]
    for drawing in drawings:
        rows += [(drawing.title, 9.0), drawing, (drawing.words, 7.0), ("", 7.0)]
    rows.append((" · ".join(footer(document)), 6.0))
    high = 2 * _MARGIN + sum(pen.tall(row) for row in rows)
    image = Image.new("RGB", (round((across + 2 * _MARGIN) * _DOTS), round(high * _DOTS)), "#ffffff")
    pen.on(image)
    y = _MARGIN
    for row in rows:
        pen.row(row, y)
        y += pen.tall(row)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


class _Pen:
    """Marks and lines of words, in mm, on an image; across: mm of a line."""

    def __init__(self, across: float) -> None:
        self._across, self._fonts = across, dict[float, ImageFont.FreeTypeFont]()

    def on(self, image: Image.Image) -> None:
        """Draws on this image from now on."""
        self._draw = ImageDraw.Draw(image)

    def tall(self, row: tuple[str, float] | Drawing) -> float:
        """mm of a drawing, or of words in their size."""
        return row.high + 2.0 if isinstance(row, Drawing) else len(self._lines(*row)) * row[1] * _LEADING

    def row(self, row: tuple[str, float] | Drawing, y: float) -> None:
        """A drawing, or words, below y."""
        if isinstance(row, Drawing):
            self.draw(row, _MARGIN, y)
            return
        for n, line in enumerate(self._lines(*row)):
            self.label(Label(0, 0, line, row[1]), _MARGIN, y + (n + 0.75) * row[1] * _LEADING)

    def _lines(self, text: str, size: float) -> list[str]:
        font = self._font(size)
        found = visible(text).split("\n")
        return [line for one in found for line in wrap(one, self._across, lambda c: font.getlength(c) / _DOTS)]

    def draw(self, drawing: Drawing, x: float, y: float) -> None:
        """The drawing with its corner at (x, y)."""
        for mark in drawing.marks:
            match mark:
                case Box():
                    self._box(mark, x, y)
                case Stroke():
                    self._stroke(mark, x, y)
                case Label():
                    self.label(mark, x, y)

    def _box(self, box: Box, x: float, y: float) -> None:
        left, top = (x + box.x) * _DOTS, (y + box.y) * _DOTS
        corners = (round(left), round(top), round(left + box.wide * _DOTS) - 1, round(top + box.high * _DOTS) - 1)
        corners = (*corners[:2], max(corners[0], corners[2]), max(corners[1], corners[3]))
        width = max(1, round(box.width * _DOTS)) if box.line else 0
        self._draw.rectangle(corners, box.fill or None, box.line or None, width)

    def _stroke(self, stroke: Stroke, x: float, y: float) -> None:
        points = [((x + a) * _DOTS, (y + b) * _DOTS) for a, b in stroke.points]
        width = max(1, round(stroke.width * _DOTS))
        for line in _dashes(points) if stroke.dashed else [points]:
            self._draw.line(line, stroke.colour or None, width, joint="curve")

    def label(self, label: Label, x: float, y: float) -> None:
        """The words, moved by (x, y)."""
        if label.size not in self._fonts:
            self._fonts[label.size] = ImageFont.truetype(
                DEJAVU, label.size * _POINT * _DOTS, layout_engine=ImageFont.Layout.BASIC
            )
        at = ((x + label.x) * _DOTS, (y + label.y) * _DOTS)
        words = visible(label.text).replace("\n", " ")
        self._draw.text(at, words, label.colour or None, self._font(label.size), _ANCHORS[label.align])

    def _font(self, size: float) -> ImageFont.FreeTypeFont:
        if size not in self._fonts:
            self._fonts[size] = ImageFont.truetype(DEJAVU, size * _POINT * _DOTS, layout_engine=ImageFont.Layout.BASIC)
        return self._fonts[size]


def _dashes(points: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Every other piece of 1.2 mm along a line."""
    found, on, piece = list[list[tuple[float, float]]](), True, 1.2 * _DOTS
    for (x0, y0), (x1, y1) in pairwise(points):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        done = 0.0
        while done < length:
            to = min(done + piece, length)
            if on:
                found.append([(x0 + (x1 - x0) * t / length, y0 + (y1 - y0) * t / length) for t in (done, to)])
            on, done = not on, to
    return found
