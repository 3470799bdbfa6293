"""A report: the text that was published, and who published it when."""

from __future__ import annotations

import msgspec


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One published report. Claims point into `text` by character offsets, so it is never changed after reading.

    `doc` is its name, the same for the same file (its stem, or a feed entry's id); `source` is the publisher; `published`
    an ISO 8601 date, month or year; `language` ISO 639-1. None where nobody said. `address` is the file it came from.
    """

    doc: str
    text: str
    source: str | None = None
    url: str | None = None
    title: str | None = None
    published: str | None = None
    language: str | None = None
    address: str | None = None
