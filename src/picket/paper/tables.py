"""Tables on a sheet: rows under a head that is repeated, a row kept whole where a page can hold it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from picket.paper.document import Table
from picket.paper.sheet import FOOT, MARGIN, TEXT, Sheet

_PAD, _ABOVE = 1.0, 0.6  # mm beside, and above and below, what stands in a cell
_SIZE = TEXT - 1  # points
_REFS = 22.0  # mm of the column of evidence
_BELOW = 2.0  # mm below a table
_HEAD = 12.0  # mm that the head of a table may take of a page


class _Form(NamedTuple):
    """What all rows of one table share. wide: mm of each column."""

    head: Sequence[str]
    wide: Sequence[float]
    right: Sequence[int]


def rows(sheet: Sheet, table: Table) -> None:
    """Draws a table. A row that does not fit goes to the next page; one that no page could hold is broken between its lines."""
    shares = table.widths or (1.0,) * len(table.head)
    across = sheet.epw - (_REFS if table.refs else 0.0)
    form = _Form(table.head, [across * share / sum(shares) for share in shares], table.right)
    strong = set(table.strong)
    _head(sheet, form)
    for n, row in enumerate(table.rows):
        _row(sheet, form, row, n in strong, table.refs[n] if table.refs else ())
        sheet.rule(0.1)
    sheet.ln(_BELOW)


def facts(sheet: Sheet, pairs: Sequence[tuple[str, str]]) -> None:
    """Draws names with their values."""
    form = _Form((), (0.32 * sheet.epw, 0.68 * sheet.epw), ())
    for pair in pairs:
        _row(sheet, form, pair, False)
        sheet.rule(0.1)
    sheet.ln(_BELOW)


def _head(sheet: Sheet, form: _Form) -> None:
    if form.head:
        _row(sheet, form, form.head, True)
        sheet.rule(0.35)


def _row(sheet: Sheet, form: _Form, row: Sequence[str], strong: bool, refs: Sequence[int] = ()) -> None:
    sheet.style(_SIZE, strong)
    cells = [sheet.broken(sheet.fit(cell), wide - 2 * _PAD) for cell, wide in zip(row, form.wide, strict=True)]
    count, line, pad = max(len(cell) for cell in cells), sheet.line_of(_SIZE), _ABOVE * sheet.tight
    whole = sheet.h - MARGIN - FOOT - _HEAD  # of a page
    if row is not form.head and not sheet.room(min(count * line + 2 * pad, whole)):
        sheet.add_page()
        _head(sheet, form)
    sheet.ln(pad)
    for n in range(count):
        if row is not form.head and not sheet.room(line):
            sheet.add_page()
            _head(sheet, form)
            sheet.ln(pad)
        sheet.style(_SIZE, strong)
        for i, cell in enumerate(cells):
            sheet.set_x(MARGIN + sum(form.wide[:i]) + _PAD)
            if n < len(cell):
                sheet.put(cell[n], form.wide[i] - 2 * _PAD, _SIZE, "R" if i in form.right else "L")
        if n == 0 and refs:
            sheet.cite(refs, _SIZE, left=MARGIN + sum(form.wide) + _PAD, wide=_REFS - 2 * _PAD, most=1)
        sheet.ln(line)
    sheet.ln(pad)
