"""A document as PDF: A4, the font in the file, the head of a table on each of its pages, a footer with number, mark and digest.

The same document gives the same bytes: nothing here reads a clock. What the font cannot draw is written as its code (`text.visible`)
and the last page says so. Numbers of evidence are links to the list of sources, as in the HTML.
"""

from __future__ import annotations

from collections.abc import Sequence

from picket.paper.document import Cited, Document, Facts, Heading, Notes, Paragraph, Part, Signatures, Source, Sources, Table
from picket.paper.drawing import Drawing
from picket.paper.html import web
from picket.paper.marks import draw
from picket.paper.sheet import MARGIN, SECTION, SMALL, TEXT, TITLE, Sheet
from picket.paper.tables import facts, rows
from picket.paper.text import turns

_LOST = "Characters that the font of this file lacks, or that cannot be seen, are written as their code: [U+4E2D]."


def render(document: Document) -> bytes:
    """The bytes of the file."""
    sheet = _laid_out(document, document.parts)
    for parts in document.shorter:
        if sheet.page_no() == 1:
            break
        sheet = _laid_out(document, parts)
    return bytes(sheet.output())


def _laid_out(document: Document, parts: Sequence[Part]) -> Sheet:
    sheet = Sheet(document)
    sheet.add_page()
    sheet.lines(document.title, TITLE, strong=True)
    if document.simulated:
        sheet.boxed(document.mark)
    for part in parts:
        _part(sheet, part)
    if sheet.lost:
        sheet.ln(3)
        sheet.lines(_LOST, SMALL)
    return sheet


def _part(sheet: Sheet, part: Part) -> None:
    match part:
        case Heading():
            sheet.ln(4 * sheet.tight)
            if not sheet.room(22):
                sheet.add_page()
            sheet.lines(part.text, SECTION, strong=True)
            sheet.ln(1)
        case Paragraph():
            sheet.lines(part.text, TEXT, strong=part.strong)
            sheet.ln(0.8)
        case Notes():
            for item in part.items:
                sheet.lines("• " + item, TEXT, indent=3)
        case Facts():
            facts(sheet, part.rows)
        case Table():
            rows(sheet, part)
        case Signatures():
            _sign(sheet, part.labels)
        case Cited():
            _cited(sheet, part)
        case Sources():
            for source in part.items:
                _source(sheet, source)
        case Drawing():
            draw(sheet, part)


def _cited(sheet: Sheet, part: Cited) -> None:
    """A sentence; the numbers of its evidence stand behind it, or below one that ends at the left."""
    text = f"{part.tag}: {part.text}" if part.tag else part.text
    long = sheet.lines(text, TEXT)
    if turns(text):
        sheet.cite(part.refs, TEXT)
    elif part.refs:
        sheet.ln(-sheet.line_of(TEXT))
        sheet.cite(part.refs, TEXT, begin=MARGIN + long + 1.0)
    if part.below:
        sheet.lines(part.below, SMALL, indent=3)
    sheet.ln(1.2)


def _source(sheet: Sheet, item: Source) -> None:
    if not sheet.room(2 * sheet.line_of(TEXT) + sheet.line_of(SMALL)):
        sheet.add_page()
    sheet.anchor(item.number)
    sheet.lines(f"[{item.number}] {item.quote}", TEXT - 1)
    sheet.lines(item.about, SMALL, indent=6)
    if web(item.url):
        sheet.lines(item.url, SMALL, indent=6, link=item.url)
    sheet.ln(1.2)


def _sign(sheet: Sheet, labels: Sequence[str]) -> None:
    if not sheet.room(17):
        sheet.add_page()
    sheet.ln(11)
    sheet.style(SMALL)
    sheet.set_line_width(0.2)
    top, wide, gap = sheet.get_y(), sheet.epw / max(len(labels), 1), 8.0
    for i, label in enumerate(labels):
        x = MARGIN + i * wide
        sheet.line(x, top, x + wide - gap, top)
        sheet.set_xy(x, top + 1)
        sheet.put(sheet.fit(label), wide - gap, SMALL)
    sheet.ln(6)
