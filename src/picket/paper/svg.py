"""A drawing as SVG: vectors inside an HTML file, no script, nothing loaded."""

from __future__ import annotations

from html import escape

from picket.paper.drawing import Box, Drawing, Label, Mark, Stroke
from picket.paper.text import visible

_POINT = 25.4 / 72  # mm


def svg(drawing: Drawing) -> str:
    """The element. The same drawing gives the same text."""
    words = escape(visible(" ".join(filter(None, (drawing.title, drawing.words)))))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{words}" viewBox="0 0 {drawing.wide:g} {drawing.high:g}" '
        f'width="{drawing.wide:g}mm" height="{drawing.high:g}mm">{"".join(map(_mark, drawing.marks))}</svg>'
    )


def _mark(mark: Mark) -> str:
    match mark:
        case Box():
            line = f' stroke="{mark.line}" stroke-width="{mark.width:g}"' if mark.line else ""
            place = f'x="{mark.x:.2f}" y="{mark.y:.2f}" width="{mark.wide:.2f}" height="{mark.high:.2f}"'
            return f'<rect {place} fill="{mark.fill or "none"}"{line}/>'
        case Stroke():
            points = " ".join(f"{x:.2f},{y:.2f}" for x, y in mark.points)
            dash = ' stroke-dasharray="1.2 0.9"' if mark.dashed else ""
            return (
                f'<polyline points="{points}" fill="none" stroke="{mark.colour or "none"}" stroke-width="{mark.width:g}"{dash}/>'
            )
        case Label():
            place = f'x="{mark.x:.2f}" y="{mark.y:.2f}" font-size="{mark.size * _POINT:.2f}"'
            look = f'text-anchor="{mark.align}" fill="{mark.colour or "none"}"'
            return f"<text {place} {look}>{escape(visible(mark.text))}</text>"
