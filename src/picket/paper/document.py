"""A report as plain data: what it says, not how it looks. `html.render` and `pdf.render` each write the same document."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from picket.paper.drawing import Drawing


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
    strong: rows that stand out; refs: for each row the numbers of its evidence (`Sources`), in a last column that has no head of its own.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    right: tuple[int, ...] = ()
    strong: tuple[int, ...] = ()
    refs: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        columns = len(self.head)
        if columns == 0 or (self.widths and (len(self.widths) != columns or min(self.widths) <= 0)):
            raise ValueError(f"expected a width above 0 for each of {columns} columns, at least one, got {self.widths}")
        wrong = next((row for row in self.rows if len(row) != columns), None)
        if wrong is not None:
            raise ValueError(f"expected {columns} cells in each row, as in the head, got {len(wrong)}: {wrong!r}")
        if self.refs and len(self.refs) != len(self.rows):
            raise ValueError(f"expected evidence for each of {len(self.rows)} rows, or for none, got it for {len(self.refs)}")


class Signatures(msgspec.Struct, frozen=True, tag="signatures"):
    """Lines to sign on, side by side."""

    labels: tuple[str, ...]


class Cited(msgspec.Struct, frozen=True, tag="cited"):
    """A sentence with the numbers of its evidence, each a link to it. tag: how sure it is, before it; below: a small line under it."""

    text: str
    refs: tuple[int, ...]
    tag: str = ""
    below: str = ""


class Source(msgspec.Struct, frozen=True):
    """One piece of evidence: the words themselves, and where they are from. url: a link only if it is http or https."""

    number: int
    quote: str
    about: str
    url: str = ""


class Sources(msgspec.Struct, frozen=True, tag="sources"):
    """The numbered list that `Cited` and `Table.refs` lead to; a number is in it once."""

    items: tuple[Source, ...]


Part = Heading | Paragraph | Facts | Notes | Table | Signatures | Cited | Sources | Drawing


class Document(msgspec.Struct, frozen=True):
    """One report. digest: of the data that it was made of; simulated: an exercise's, marked on every page; made_at: UNIX s,
    None leaves the moment out; compact: small type, for a report that is to lie on one page; shorter: its parts in fewer and fewer
    words, of which a PDF takes the first that do lie on one page, and the last where none does. HTML always has `parts`.

    Raises ValueError for a sentence whose evidence is not listed."""

    title: str
    parts: tuple[Part, ...]
    simulated: bool = False
    digest: str = ""
    made_at: float | None = None
    compact: bool = False
    shorter: tuple[tuple[Part, ...], ...] = ()

    def __post_init__(self) -> None:
        listed = {item.number for part in self.parts if isinstance(part, Sources) for item in part.items}
        used = {ref for parts in (self.parts, *self.shorter) for part in parts for ref in _refs(part)}
        if not used <= listed:
            raise ValueError(f"expected every number of evidence in the list of sources, {sorted(used - listed)} are not")

    @property
    def mark(self) -> str:
        """What every page of an exercise's report bears."""
        return "SIMULATED: an exercise, none of this was seen" if self.simulated else ""


def _refs(part: Part) -> Iterable[int]:
    if isinstance(part, Cited):
        return part.refs
    return (ref for refs in part.refs for ref in refs) if isinstance(part, Table) else ()


def table(head: Iterable[str], rows: Iterable[Iterable[object]], **how: tuple[float, ...] | tuple[int, ...]) -> Table:
    """A table of anything that has words."""
    return Table(tuple(head), tuple(tuple(str(cell) for cell in row) for row in rows), **how)  # type: ignore[arg-type]
