"""The sheet of a PDF: fpdf2 with our font, margins and footer, and text in lines.

fpdf2 shapes words of right-to-left scripts with HarfBuzz; all other text is set letter by letter from the font's widths, which is quicker
and finds again when it is copied or searched.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TextMode
from fpdf.fonts import TTFFont

from picket.paper.document import Document
from picket.paper.fonts import DEJAVU
from picket.paper.html import footer
from picket.paper.text import turns, visible
from picket.paper.wrap import wrap

MARGIN, FOOT = 14.0, 18.0  # mm
TITLE, SECTION, TEXT, SMALL = 15.0, 11.5, 9.5, 8.0  # points
_LEADING = 0.48  # mm of line for a point of type
_COMPACT = 0.8  # of the usual size of type
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)  # of a document that says no moment: PDF asks for one
_COUNT = "\ue000" * 3  # becomes the number of pages; `visible` lets no such character in from outside


class Sheet(FPDF):
    """The sheet: fpdf2 with our font, footer and lines of text."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        logging.getLogger("fontTools").setLevel(logging.ERROR)
        made = _EARLIEST if document.made_at is None else datetime.fromtimestamp(document.made_at, UTC)
        self.set_creation_date(made)
        self.set_margins(MARGIN, MARGIN)
        self.c_margin = 0.0
        self.set_auto_page_break(False)
        self.add_font("text", fname=DEJAVU)
        self.set_font("text", size=TEXT)
        self._font = self.fonts["text"]
        assert isinstance(self._font, TTFFont)
        self._glyphs = self._font.cmap
        self._widths: dict[str, float] = {}
        self._strong, self._anchors = False, dict[int, int]()
        self.lost, self.tight = False, _COMPACT if document.compact else 1.0
        self.set_title(visible(document.title))
        self.set_lang("en")
        self._under = self.fit(" · ".join(footer(document)))
        self.alias_nb_pages(_COUNT)

    def fit(self, text: str) -> str:
        """`text` as the font can draw it."""
        shown = visible(text, self._has)
        self.lost = self.lost or (shown != text and "[U+" in shown)
        return shown

    def _has(self, c: str) -> bool:
        return ord(c) in self._glyphs

    def footer(self) -> None:
        """Under every page."""
        self.set_y(-FOOT + 4)
        self.style(SMALL - 1)
        number, wide = f"{self.page_no()} / {_COUNT}", 24.0
        found = self.broken(self._under, self.epw - wide)[:3]
        for n, line in enumerate(found or [""]):
            self.set_x(MARGIN)
            self.put(line, self.epw - wide, SMALL - 1)
            if n == 0:
                self.put(number, wide, SMALL - 1, align="R")
            self.ln(self.line_of(SMALL - 1))

    def style(self, size: float, strong: bool = False) -> None:
        """Size and weight of what comes."""
        self.set_font_size(size * self.tight)
        self._strong = strong

    def line_of(self, size: float) -> float:
        """mm of a line of this size."""
        return size * _LEADING * self.tight

    def room(self, high: float) -> bool:
        """Whether so many mm are left above the footer."""
        return bool(self.get_y() + high <= self.h - FOOT)

    def broken(self, text: str, wide: float) -> list[str]:
        """`text` (fit already) in lines of at most `wide` mm, in the size that is set."""
        found: list[str] = []
        for one in text.split("\n"):
            if turns(one):
                self.shaped(one)
                lines = self.multi_cell(wide, text=one, align="L", dry_run=True, output=MethodReturnValue.LINES, padding=0)
                found += lines if isinstance(lines, list) else [one]
            else:
                found += wrap(one, wide, self._width)
        return found

    def _width(self, c: str) -> float:
        """mm of one character in the size that is set."""
        if c not in self._widths:
            self.shaped(c)
            self._widths[c] = self._font.get_text_width(c, 1, None)[1] / self.k
        return self._widths[c] * self.font_size_pt

    def shaped(self, text: str) -> None:
        """Joins and orders right-to-left letters where there are any; other text stays as it is, letter by letter."""
        self.set_text_shaping(turns(text), features={"liga": False, "kern": False})

    def put(self, line: str, wide: float, size: float, align: str = "L") -> None:
        """One line of text in a cell, no break after it; the one font is thickened by its outline."""
        self.shaped(line)
        if self._strong:
            with self.local_context(text_mode=TextMode.FILL_STROKE, line_width=self.font_size_pt * 0.009):
                self.cell(wide, self.line_of(size), line, align=align)
            self.set_x(self.get_x() + wide)
        else:
            self.cell(wide, self.line_of(size), line, align=align)

    def lines(self, text: str, size: float, *, strong: bool = False, indent: float = 0.0, link: str = "") -> float:
        """A block of text over the whole width, on as many pages as it takes; mm of its last line. link: an address that it leads to."""
        self.style(size, strong)
        line = ""
        for line in self.broken(self.fit(text), self.epw - indent):
            if not self.room(self.line_of(size)):
                self.add_page()
                self.style(size, strong)
            self.set_x(MARGIN + indent)
            if link and line:
                self.link(self.get_x(), self.get_y(), self.epw - indent, self.line_of(size), link)
            self.put(line, self.epw - indent, size)
            self.ln(self.line_of(size))
        return self.long(line)

    def cite(
        self, numbers: Sequence[int], size: float, *, begin: float = MARGIN, left: float = MARGIN, wide: float = 0.0, most: int = 0
    ) -> None:  # fmt: skip
        """Numbers of evidence, each a link to its anchor, from `begin` (mm) on, further lines from `left` on.

        most: lines at most, the rest is "..."; then it ends on the line where it began, else on a new one.
        """
        self.style(size)
        end, high, x, line = left + (wide or self.epw), self.line_of(size), max(begin, left), 1
        for number in numbers:
            text = f"[{number}]"
            long = self.long(text)
            if x + long > end and x > left:
                if line == most:
                    self.words_at(x, self.get_y() + 0.78 * high, "...")
                    break
                x, line = left, line + 1
                self.ln(high)
            if x == left:
                self._room_for(high, size)
            self.words_at(x, self.get_y() + 0.78 * high, text)
            self.link(x, self.get_y(), long, high, self._to(number))
            x += long + 1.0
        if numbers and not most:
            self.ln(high)

    def anchor(self, number: int) -> None:
        """Here the evidence of this number stands."""
        self.set_link(self._to(number), y=self.get_y(), page=self.page_no())

    def _to(self, number: int) -> int:
        """The link of a number: made when it is first named."""
        if number not in self._anchors:
            self._anchors[number] = self.add_link()
        return self._anchors[number]

    def _room_for(self, high: float, size: float) -> None:
        if not self.room(high):
            self.add_page()
            self.style(size)

    def long(self, text: str) -> float:
        """mm of one line of text (fit already) in the size that is set."""
        self.shaped(text)
        return float(self.get_string_width(text)) if turns(text) else sum(map(self._width, text))

    def words_at(self, x: float, y: float, text: str) -> None:
        """One line of text (fit already) with its base line at (x, y)."""
        self.shaped(text)
        self.text(x, y, text)

    def boxed(self, text: str) -> None:
        """A line of text in a frame."""
        self.ln(1)
        self.style(TEXT, strong=True)
        wide, top = self.long(text) + 6, self.get_y()
        self.set_line_width(0.4)
        self.rect(MARGIN, top, wide, 7)
        self.set_xy(MARGIN + 2, top + 3.5 - self.line_of(TEXT) / 2)
        self.put(text, wide, TEXT)
        self.set_y(top + 9)

    def rule(self, width: float) -> None:
        """A line across the page."""
        self.set_line_width(width)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
