"""A document as PDF: A4, the font in the file, the head of a table on each of its pages, a footer with number, mark and digest.

The same document gives the same bytes: nothing here reads a clock. What the font cannot draw is written as its code (`text.visible`)
and the last page says so.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TextMode

from picket.paper.document import Document, Facts, Heading, Notes, Paragraph, Part, Signatures, Table
from picket.paper.html import footer
from picket.paper.text import turns, visible

FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
_MARGIN, _FOOT = 14.0, 20.0  # mm
_TITLE, _SECTION, _TEXT, _SMALL = 15.0, 11.5, 9.5, 8.0  # points
_LEADING = 0.48  # mm of line for a point of type
_PAD = 1.0  # mm beside and above what stands in a cell
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)  # of a document that says no moment: PDF asks for one
_COUNT = "\ue000"  # becomes the number of pages; `visible` lets no such character in from outside
_LOST = "Characters that the font of this file lacks, or that cannot be seen, are written as their code: [U+4E2D]."


def render(document: Document) -> bytes:
    """The bytes of the file."""
    page = _Page(document)
    page.add_page()
    page.lines(document.title, _TITLE, strong=True)
    if document.simulated:
        page.boxed(document.mark)
    for part in document.parts:
        _part(page, part)
    if page.lost:
        page.ln(3)
        page.lines(_LOST, _SMALL)
    return bytes(page.output())


class _Page(FPDF):
    """The sheet: fpdf2 with our font, footer and lines of text."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        logging.getLogger("fontTools").setLevel(logging.ERROR)
        made = _EARLIEST if document.made_at is None else datetime.fromtimestamp(document.made_at, UTC)
        self.set_creation_date(made)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(False)
        self.add_font("text", fname=FONT)
        self.set_font("text", size=_TEXT)
        self._glyphs = self.fonts["text"].cmap
        self.lost = False
        self.set_title(visible(document.title))
        self.set_lang("en")
        self._under = self.fit(" · ".join(footer(document)))
        self.alias_nb_pages(_COUNT)

    def fit(self, text: str) -> str:
        """`text` as the font can draw it."""
        shown = visible(text, self._has)
        self.lost = self.lost or shown != text and "[U+" in shown
        return shown

    def _has(self, c: str) -> bool:
        return ord(c) in self._glyphs

    def footer(self) -> None:
        """Under every page."""
        self.set_y(-_FOOT + 6)
        self.style(_SMALL)
        number, wide = f"{self.page_no()} / {_COUNT}", 24.0
        found = self.broken(self._under, self.epw - wide)[:2]
        for n, line in enumerate(found or [""]):
            self.set_x(_MARGIN)
            self.put(line, self.epw - wide, _SMALL)
            if n == 0:
                self.put(number, wide, _SMALL, align="R")
            self.ln(_SMALL * _LEADING)

    def style(self, size: float, strong: bool = False) -> None:
        """Size and weight of what comes: the one font is thickened by its outline."""
        self.set_font_size(size)
        self.text_mode = TextMode.FILL_STROKE if strong else TextMode.FILL
        self.set_line_width(0.12 if strong else 0.2)

    def room(self, high: float) -> bool:
        """Whether so many mm are left above the footer."""
        return bool(self.get_y() + high <= self.h - _FOOT)

    def broken(self, text: str, wide: float) -> list[str]:
        """`text` (fit already) in lines of at most `wide` mm, in the size that is set."""
        found: list[str] = []
        for one in text.split("\n"):
            self.shaped(one)
            if self.get_string_width(one) <= wide - 0.1:
                found.append(one)
            else:
                found += self.multi_cell(
                    wide, text=one, align="L", dry_run=True, output=MethodReturnValue.LINES, padding=0
                )  # fmt: skip
        return found

    def shaped(self, text: str) -> None:
        """Joins and orders right-to-left letters where there are any; other text stays as it is, letter by letter."""
        self.set_text_shaping(turns(text), features={"liga": False, "kern": False})

    def put(self, line: str, wide: float, size: float, align: str = "L") -> None:
        """One line of text in a cell, no break after it."""
        self.shaped(line)
        self.cell(wide, size * _LEADING, line, align=align)

    def lines(self, text: str, size: float, *, strong: bool = False, indent: float = 0.0) -> None:
        """A block of text over the whole width, on as many pages as it takes."""
        self.style(size, strong)
        for line in self.broken(self.fit(text), self.epw - indent):
            if not self.room(size * _LEADING):
                self.add_page()
                self.style(size, strong)
            self.set_x(_MARGIN + indent)
            self.put(line, self.epw - indent, size)
            self.ln(size * _LEADING)

    def boxed(self, text: str) -> None:
        """A line of text in a frame."""
        self.ln(1)
        self.style(_TEXT, strong=True)
        self.set_x(_MARGIN)
        self.cell(self.get_string_width(text) + 6, 7, text, border=1, align="C")
        self.ln(9)

    def rule(self, width: float) -> None:
        """A line across the page."""
        self.set_line_width(width)
        self.line(_MARGIN, self.get_y(), self.w - _MARGIN, self.get_y())


def _part(page: _Page, part: Part) -> None:
    match part:
        case Heading():
            page.ln(4)
            if not page.room(22):
                page.add_page()
            page.lines(part.text, _SECTION, strong=True)
            page.ln(1)
        case Paragraph():
            page.lines(part.text, _TEXT, strong=part.strong)
            page.ln(0.8)
        case Notes():
            for item in part.items:
                page.lines("• " + item, _TEXT, indent=3)
        case Facts():
            _rows(page, (), part.rows, (32.0, 68.0), (), set())
        case Table():
            _rows(page, part.head, part.rows, part.widths or (1.0,) * len(part.head), part.right, set(part.strong))
        case Signatures():
            _sign(page, part.labels)


def _rows(
    page: _Page, head: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float], right: Sequence[int], strong: set[int]
) -> None:  # fmt: skip
    """A table. A row that does not fit goes to the next page; one that no page could hold is broken between its lines."""
    wide = [page.epw * share / sum(shares) for share in shares]
    if head:
        _row(page, _cells(page, head, wide, True), wide, right, True, ())
        page.rule(0.35)
    for n, row in enumerate(rows):
        cells = _cells(page, row, wide, n in strong)
        _row(page, cells, wide, right, n in strong, head)
        page.rule(0.1)


def _cells(page: _Page, row: Sequence[str], wide: Sequence[float], strong: bool) -> list[list[str]]:
    page.style(_TEXT - 1, strong)
    return [page.broken(page.fit(cell), w - 2 * _PAD - 2) for cell, w in zip(row, wide, strict=True)]


def _row(
    page: _Page, cells: list[list[str]], wide: Sequence[float], right: Sequence[int], strong: bool, head: Sequence[str]
) -> None:  # fmt: skip
    size, count = _TEXT - 1, max(len(c) for c in cells)
    high = size * _LEADING
    whole = page.h - _MARGIN - _FOOT - 12
    if not page.room(min(count * high + 2 * _PAD, whole)):
        _next(page, head, wide, right)
    page.ln(_PAD)
    page.style(size, strong)
    for n in range(count):
        if not page.room(high):
            _next(page, head, wide, right)
            page.ln(_PAD)
            page.style(size, strong)
        for i, cell in enumerate(cells):
            page.set_x(_MARGIN + sum(wide[:i]) + _PAD)
            page.put(cell[n] if n < len(cell) else "", wide[i] - 2 * _PAD, size, "R" if i in right else "L")
        page.ln(high)
    page.ln(_PAD)


def _next(page: _Page, head: Sequence[str], wide: Sequence[float], right: Sequence[int]) -> None:
    """The next page of a table, under its head."""
    page.add_page()
    if head:
        _row(page, _cells(page, head, wide, True), wide, right, True, ())
        page.rule(0.35)


def _sign(page: _Page, labels: Sequence[str]) -> None:
    if not page.room(24):
        page.add_page()
    page.ln(16)
    page.style(_SMALL)
    top, wide, gap = page.get_y(), page.epw / max(len(labels), 1), 8.0
    for i, label in enumerate(labels):
        x = _MARGIN + i * wide
        page.line(x, top, x + wide - gap, top)
        page.set_xy(x, top + 1)
        page.put(page.fit(label), wide - gap, _SMALL)
    page.ln(6)
