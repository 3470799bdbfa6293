"""The ledger of reports: who published each, whose news it is, and which earlier report it copies.

Claims say who published them. Whether two publishers are two sources is a property of the reports' texts, so it is worked out
where the texts are and kept as one line a report (`picket learn sources`). Without a ledger, the picture counts publishers and
still sees copied sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from picket.learn.copies import find_copies, named_origin, origins
from picket.learn.publishers import Publishers, known_publishers
from picket.learn.report import Report
from picket.places import write_over


class SourceError(ValueError):
    """A ledger that cannot be used; the message names file and line."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One report in the ledger. `origin` is whose news it is (a publisher's id); `copy_of` the report that it is a copy of,
    `shared` of how much."""

    doc: str
    publisher: str | None = None
    title: str | None = None
    url: str | None = None
    published: str | None = None
    language: str | None = None
    origin: str
    named: str | None = None
    copy_of: str | None = None
    shared: float | None = None


def ledger(reports: Iterable[Report], publishers: Publishers | None = None) -> list[Source]:
    """The ledger of some reports, in order of publication (undated ones last), then of name. The same reports in any order give
    the same ledger."""
    known = publishers or known_publishers()
    ordered = sorted(reports, key=lambda r: (r.published or "9999", r.doc))
    texts = [r.text for r in ordered]
    copies = find_copies(texts)
    whose = origins([r.source for r in ordered], texts, known, copies)
    lines = []
    for i, r in enumerate(ordered):
        first = copies.cluster[i]
        named = named_origin(r.text, r.source, known)
        lines.append(
            Source(
                doc=r.doc,
                publisher=r.source,
                title=r.title,
                url=r.url,
                published=r.published,
                language=r.language,
                origin=whose[i],
                named=named.publisher if named else None,
                copy_of=ordered[first].doc if first != i else None,
                shared=copies.shared[i] if first != i else None,
            )
        )
    return lines


def write_ledger(path: str | Path, lines: Sequence[Source]) -> None:
    """Writes a ledger as JSON lines."""
    write_over(path, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def read_ledger(path: str | Path) -> list[Source]:
    """Reads a ledger. Raises SourceError at the first line that is none."""
    decoder = msgspec.json.Decoder(Source)
    found = []
    try:
        raw = Path(path).read_bytes()
    except OSError as e:
        raise SourceError(f"{path}: cannot be read: {e.strerror}") from None
    for number, line in enumerate(raw.splitlines(), 1):
        if line.strip():
            try:
                found.append(decoder.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
                raise SourceError(f"{path}, line {number}: expected a report's line as a JSON object, {e}") from None
    return found
