"""What a plain text says of itself in its first lines: title, publisher, address, language and date of publication."""

from __future__ import annotations

import re
from collections.abc import Iterator

from picket.learn.isotimes import Published
from picket.learn.times import times_of

_HEADER = re.compile(r"^(title|published|date|source|publisher|url|link|language)\s*:\s*(.+)$", re.IGNORECASE)
_SLOT = {"date": "published", "publisher": "source", "link": "url"}
_LINES = 10  # that may belong to the head
_LONGEST_DATE = 60  # characters of a line that is a date and little else
_DATED = re.compile(r"(?:first |last )?(?:published|updated|posted|modified|issued)\b", re.IGNORECASE)
_FIGURES = re.compile(r"\b(\d{1,2})([./])(\d{1,2})\2(\d{4}|\d{2})\b")
_NO_TITLE = re.compile(
    r"by [A-Z]|(?:photo|image|share|follow|advertisement|menu|home|news|updated|published|posted|last)\b|https?:|\W*\d",
    re.IGNORECASE,
)
_LONGEST_TITLE = 200


def head_lines(text: str) -> Iterator[str]:
    """The first lines that are not empty, up to the first of prose."""
    seen = 0
    for line in text[:20_000].split("\n"):
        if not line.strip():
            continue
        if seen >= _LINES or (len(line) > 80 and line.rstrip()[-1] in '.”"'):
            return
        seen += 1
        yield line.strip()


def facts_of(text: str) -> dict[str, str]:
    """title, published, source, url, language of header lines ("Source: Harbour Post"); the first of each counts.

    What stands below the first line of prose is the article's own ("Source: the Air Force on Telegram").
    """
    facts: dict[str, str] = {}
    for line in head_lines(text):
        match = _HEADER.match(line)
        if match:
            facts.setdefault(_SLOT.get(match[1].lower(), match[1].lower()), match[2].strip())
    return facts


def title_of(text: str) -> str | None:
    """The first line that reads as a headline: no sentence, no date, byline or menu; the longer ones before a line of one or two words."""
    lines = [line for line in head_lines(text) if _may_be_title(line)]
    if not lines or "\n" not in text.strip():
        return None
    return next((line for line in lines if len(line.split()) > 3), lines[0])


def _may_be_title(line: str) -> bool:
    return (
        len(line) < _LONGEST_TITLE
        and line[-1] not in ".!?/|:"
        and _HEADER.match(line) is None
        and _NO_TITLE.match(line) is None
        and not _is_date(line)
    )


def _is_date(line: str) -> bool:
    """Is the line a date with at most a place before it ("Rezina, November 20")?"""
    times = times_of(line, 0, len(line), Published.parse("2000"))
    return bool(times) and len((line[: times[0].start] + line[times[-1].end :]).split()) < 3


def date_line(text: str) -> str | None:
    """A date that stands alone on one of the first lines, or after "Published"."""
    lines = [line.strip() for line in text[:20_000].split("\n") if line.strip()][:_LINES]
    for line in lines:
        told = _DATED.match(line) is not None
        if 6 <= len(line) <= _LONGEST_DATE * (1 + told):
            found = _dates(line)
            if len(set(found)) == 1 or (found and told):
                return found[0]
    return None


def date_of(text: str | None) -> str | None:
    """An ISO date of a date in words, figures or ISO; None if it is none."""
    if not text:
        return None
    iso = re.match(r"^\d{4}(?:-\d\d){0,2}", text)
    if iso and Published.parse(text):
        return iso.group()
    found = _dates(text) or [t.iso for t in times_of(text, 0, len(text), None) if t.iso]
    return found[0] if found else None


def _dates(line: str) -> list[str]:
    """The dates and months of a line, as they stand."""
    words = [(t.start, t.iso) for t in times_of(line, 0, len(line), None) if t.iso and re.fullmatch(r"\d{4}-\d\d(-\d\d)?", t.iso)]
    figures = [(m.start(), iso) for m in _FIGURES.finditer(line) if (iso := _in_figures(m))]
    return [iso for _, iso in sorted(words + figures)]


def _in_figures(match: re.Match[str]) -> str | None:
    """ "03.10.2025" has its day first; "03/21/25" can only have its month first; "03/10/25" may be either and is none."""
    first, second = int(match[1]), int(match[3])
    year = match[4] if len(match[4]) == 4 else f"20{match[4]}"
    day, month = (second, first) if match[2] == "/" and second > 12 else (first, second)
    iso = f"{year}-{month:02d}-{day:02d}"
    sure = match[2] == "." or day > 12 or first == second
    return iso if sure and Published.parse(iso) else None
