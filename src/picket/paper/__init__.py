"""Reports that leave the house: one document, written as HTML, PDF or, its drawings, PNG. It knows nothing of drones."""

from picket.paper.document import (
    Cited,
    Document,
    Facts,
    Heading,
    Notes,
    Paragraph,
    Part,
    Signatures,
    Source,
    Sources,
    Table,
    table,
)
from picket.paper.drawing import INK, SOFT, Box, Drawing, Label, Mark, Stroke
from picket.paper.plan import Plan
from picket.paper.write import SUFFIXES, PaperError, check, to_pdf, write

__all__ = [
    "INK", "SOFT", "SUFFIXES", "Box", "Cited", "Document", "Drawing", "Facts", "Heading", "Label", "Mark", "Notes", "PaperError",
    "Paragraph", "Part", "Plan", "Signatures", "Source", "Sources", "Stroke", "Table", "check", "table", "to_pdf", "write",
]  # fmt: skip
