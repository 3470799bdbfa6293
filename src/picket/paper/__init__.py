"""Reports that leave the house: one document, written as HTML or as PDF. It knows nothing of drones."""

from picket.paper.document import Document, Facts, Heading, Notes, Paragraph, Part, Signatures, Table, table
from picket.paper.write import PaperError, to_pdf, write

__all__ = [
    "Document", "Facts", "Heading", "Notes", "PaperError", "Paragraph", "Part", "Signatures", "Table", "table", "to_pdf", "write",
]  # fmt: skip
