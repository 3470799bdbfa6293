"""The marks of a drawing on a sheet, as vectors."""

from __future__ import annotations

from picket.paper.drawing import Box, Drawing, Label, Stroke
from picket.paper.sheet import MARGIN, SMALL, TEXT, Sheet

_DASH, _GAP = 1.2, 0.9  # mm


def draw(sheet: Sheet, drawing: Drawing) -> None:
    """The drawing with its title and words, kept on one page; one that is wider than the page is made smaller."""
    scale = min(1.0, sheet.epw / drawing.wide, (sheet.h - 2 * MARGIN - 40) / drawing.high)
    if not sheet.room(drawing.high * scale + 16):
        sheet.add_page()
    sheet.ln(2 * sheet.tight)
    if drawing.title:
        sheet.lines(drawing.title, TEXT, strong=True)
        sheet.ln(1)
    top = sheet.get_y()
    for mark in drawing.marks:
        match mark:
            case Box():
                _box(sheet, mark, top, scale)
            case Stroke():
                _stroke(sheet, mark, top, scale)
            case Label():
                _label(sheet, mark, top, scale)
    sheet.set_draw_color("#000000")
    sheet.set_y(top + drawing.high * scale + 1)
    if drawing.words:
        sheet.lines(drawing.words, SMALL)
    sheet.ln(2 * sheet.tight)


def _box(sheet: Sheet, box: Box, top: float, scale: float) -> None:
    how = ("D" if box.line else "") + ("F" if box.fill else "")
    if not how:
        return
    if box.line:
        sheet.set_draw_color(box.line)
        sheet.set_line_width(box.width * scale)
    if box.fill:
        sheet.set_fill_color(box.fill)
    sheet.rect(MARGIN + box.x * scale, top + box.y * scale, box.wide * scale, box.high * scale, style=how)


def _stroke(sheet: Sheet, stroke: Stroke, top: float, scale: float) -> None:
    if not stroke.colour:
        return
    sheet.set_draw_color(stroke.colour)
    sheet.set_line_width(stroke.width * scale)
    if stroke.dashed:
        sheet.set_dash_pattern(dash=_DASH * scale, gap=_GAP * scale)
    sheet.polyline([(MARGIN + x * scale, top + y * scale) for x, y in stroke.points])
    if stroke.dashed:
        sheet.set_dash_pattern()


def _label(sheet: Sheet, label: Label, top: float, scale: float) -> None:
    text = sheet.fit(label.text).replace("\n", " ")
    if not text or not label.colour:
        return
    size = label.size * scale
    sheet.style(size / sheet.tight)
    wide = sheet.long(text)
    left = MARGIN + label.x * scale - {"start": 0.0, "middle": wide / 2, "end": wide}[label.align]
    sheet.set_text_color(label.colour)
    sheet.words_at(left, top + label.y * scale, text)
    sheet.set_text_color("#000000")
