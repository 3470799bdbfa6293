"""Times as reports give them: a day, a month, a year or an interval, kept as the span of days that it can mean.

A day is its proleptic ordinal (`datetime.date.toordinal`), so spans are pairs of integers and lags are differences. Nothing is
rounded to a single day: "2023" is 2023-01-01 to 2023-12-31, and a lag between two such years is said as a range.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import NamedTuple

_PART = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ].*)?$")


class Span(NamedTuple):
    """First and last day that a time can mean, both included; None is open."""

    first: int | None
    last: int | None

    @property
    def width_days(self) -> int | None:
        """Days between the two ends; None when open."""
        return None if self.first is None or self.last is None else self.last - self.first


def _part(text: str) -> tuple[int, int] | None:
    m = _PART.match(text)
    if m is None:
        return None
    year, month, day = int(m[1]), int(m[2] or 0), int(m[3] or 0)
    try:
        if day:
            d = date(year, month, day).toordinal()
            return d, d
        if month:
            return date(year, month, 1).toordinal(), date(year, month, calendar.monthrange(year, month)[1]).toordinal()
        return date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    except (ValueError, calendar.IllegalMonthError):
        return None


def parse(text: str | None) -> Span | None:
    """The span of an ISO 8601 date, month, year or interval `a/b` (`2022/..` is open); None when there is none or it is no date."""
    if not text:
        return None
    begin, slash, end = text.strip().partition("/")
    if not slash:
        one = _part(begin)
        return Span(*one) if one else None
    first, last = _part(begin), _part(end)
    if first is None and last is None:
        return None
    span = Span(first[0] if first else None, last[1] if last else None)
    return span if span.first is None or span.last is None or span.first <= span.last else None


def iso(day: int | None) -> str | None:
    """The ISO date of an ordinal day."""
    return date.fromordinal(day).isoformat() if day is not None else None


def words(span: Span | None) -> str:
    """A span as a reader writes it: 2023, 2023-10, 2023-10-05, or from ... to ...; "date not stated"."""
    if span is None or (span.first is None and span.last is None):
        return "date not stated"
    if span.first is None:
        return f"until {iso(span.last)}"
    if span.last is None:
        return f"since {iso(span.first)}"
    if span.first == span.last:
        return iso(span.first) or ""
    a, b = date.fromordinal(span.first), date.fromordinal(span.last)
    if (a.month, a.day, b.month, b.day) == (1, 1, 12, 31):
        return f"{a.year}" if a.year == b.year else f"{a.year} to {b.year}"
    if a.day == 1 and a.year == b.year and a.month == b.month and b.day == calendar.monthrange(b.year, b.month)[1]:
        return f"{a.year}-{a.month:02d}"
    return f"{a.isoformat()} to {b.isoformat()}"
