"""A report as plain data: what it says, not how it looks. `html.render` and `pdf.render` each write the same document."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Heading(msgspec.Struct, frozen=True, tag="heading"):
    """Begins a section."""

    text: str


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """Running text; a newline breaks the line."""

    text: str
    strong: bool = False


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    """Names with their values, one pair a line."""

    rows: tuple[tuple[str, str], ...]


class Notes(msgspec.Struct, frozen=True, tag="notes"):
    """A list of points."""

    items: tuple[str, ...]


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Rows under a head that is repeated on every page.

    widths: shares of the page's width, one a column, none for equal columns; right: columns set to the right, as numbers are;
    strong: rows that stand out.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    right: tuple[int, ...] = ()
    strong: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        columns = len(self.head)
        if columns == 0 or (self.widths and (len(self.widths) != columns or min(self.widths) <= 0)):
            raise ValueError(f"expected a width above 0 for each of {columns} columns, at least one, got {self.widths}")
        wrong = next((row for row in self.rows if len(row) != columns), None)
        if wrong is not None:
            raise ValueError(f"expected {columns} cells in each row, as in the head, got {len(wrong)}: {wrong!r}")


class Signatures(msgspec.Struct, frozen=True, tag="signatures"):
    """Lines to sign on, side by side."""

    labels: tuple[str, ...]


Part = Heading | Paragraph | Facts | Notes | Table | Signatures


class Document(msgspec.Struct, frozen=True):
    """One report. digest: of the data that it was made of; simulated: an exercise's, marked on every page; made_at: UNIX s,
    None leaves the moment out."""

    title: str
    parts: tuple[Part, ...]
    simulated: bool = False
    digest: str = ""
    made_at: float | None = None

    @property
    def mark(self) -> str:
        """What every page of an exercise's report bears."""
        return "SIMULATED: an exercise, none of this was seen" if self.simulated else ""


def table(head: Iterable[str], rows: Iterable[Iterable[object]], **how: tuple[float, ...] | tuple[int, ...]) -> Table:
    """A table of anything that has words."""
    return Table(tuple(head), tuple(tuple(str(cell) for cell in row) for row in rows), **how)  # type: ignore[arg-type]
