"""The ISO form of a time expression, by the day the report was published: one function for each way to write a time (times.py).

A time is an ISO 8601 date, month or year, or an interval a/b. "Last December" is the latest December before the publication; "last year" of
a report dated 2024 is 2023; where the publication's precision does not carry the answer, the answer is as coarse as the publication.
Each function takes the match of its pattern, whose groups have the same names in all of them, and the publication; it gives None for what
nobody can resolve.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

MONTHS = {
    m: n
    for n, ms in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for m in ms.split()
}
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WORDS = {
    w: n
    for n, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {
    "a": 1,
    "an": 1,
    "a few": 3,
    "few": 3,
    "several": 3,
    "couple of": 2,
    "a couple of": 2,
    "a dozen": 12,
}
_SHIFT = {"last": -1, "this": 0, "next": 1}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}  # first and last month
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
_PARTS = {  # of a year: first and last month
    "early": (1, 4), "start of": (1, 4), "beginning of": (1, 4),
    "mid": (5, 8), "middle of": (5, 8),
    "late": (9, 12), "end of": (9, 12), "close of": (9, 12),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """The publication's first day, and whether year, month or day is known."""

    day: dt.date
    precision: str

    @classmethod
    def parse(cls, text: str | None) -> Published | None:
        """From an ISO date, month, year or date-time; None for None or what is no date."""
        match = re.match(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", text or "")
        if not match:
            return None
        year, month, day = match.groups()
        try:
            return cls(dt.date(int(year), int(month or 1), int(day or 1)), "day" if day else "month" if month else "year")
        except ValueError:
            return None


Match = re.Match[str]
Iso = Callable[[Match, Published | None], str | None]


_PART = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_WHOLE = re.compile(rf"{_PART}(?:/{_PART})?")


def resolved(form: Iso, m: Match, published: Published | None) -> str | None:
    """The ISO form of what `form` reads in a match; None for what no calendar has ("900,000 days ago", "the last 20 months of 2023")."""
    try:
        iso = form(m, published)
    except (OverflowError, ValueError):  # before year 1, after year 9999, or a number of thousands of digits
        return None
    return iso if iso and _WHOLE.fullmatch(iso) else None


def dated(form: Callable[[Match, Published], str | None]) -> Iso:
    """An ISO form that only a report with a date has."""
    return lambda m, published: None if published is None else form(m, published)


def unknown(m: Match, published: Published | None) -> str | None:
    """ "Recent weeks", "that night"."""
    return None


# -- days and months, with their year or the latest before the publication -----------------------------------------


def iso_day(m: Match, published: Published | None) -> str | None:
    """ "2022-03-05"."""
    return m.group()


def day_of_year(m: Match, published: Published | None) -> str | None:
    """ "5 March 2022"."""
    return _day(int(m["year"]), month_number(m["month"]), m["day"])


def day(m: Match, published: Published | None) -> str | None:
    """ "5 March"."""
    return _latest(month_number(m["month"]), published, day=int(m["day"]))


def month_of_year(m: Match, published: Published | None) -> str | None:
    """ "March 2022"."""
    return f"{m['year']}-{month_number(m['month']):02d}"


def month(m: Match, published: Published | None) -> str | None:
    """ "In March", "last March", "next March"."""
    number, which = month_number(m["month"]), m["which"].lower()
    if published is not None and which in {"this", "next"}:
        later = which == "next" and published.precision != "year" and number <= published.day.month
        return f"{published.day.year + later}-{number:02d}"
    return _latest(number, published, before_this_month=which == "last")


@dated
def in_last_year(m: Match, published: Published) -> str | None:
    """ "5 March last year", "March this year"."""
    return _day(published.day.year + _SHIFT[m["which"].lower()], month_number(m["month"]), m["day"] or "0")


# -- from one to another ---------------------------------------------------------------------------------------------


def days(m: Match, published: Published | None) -> str | None:
    """ "From 28 December 2021 to 3 January 2022"."""
    month_1, month_2 = month_number(m["m1"] or m["n1"]), month_number(m["m2"] or m["n2"])
    year = int(m["y1"] or m["y2"]) - (m["y1"] is None and month_1 > month_2)
    return f"{_day(year, month_1, m['d1'] or m['e1'])}/{_day(int(m['y2']), month_2, m['d2'] or m['e2'])}"


def days_of_month(m: Match, published: Published | None) -> str | None:
    """ "3 and 4 March"."""
    number = month_number(m["month"])
    head = f"{m['year']}-{number:02d}" if m["year"] else _latest(number, published)
    return "/".join(_day(int(head[:4]), number, m[d]) for d in ("d1", "d2")) if head else None


def months(m: Match, published: Published | None) -> str | None:
    """ "Between November and March"."""
    first, second = month_number(m["m1"]), month_number(m["m2"])
    end = f"{m['year']}-{second:02d}" if m["year"] else _latest(second, published)
    return f"{int(end[:4]) - (first > second)}-{first:02d}/{end}" if end else None


def years(m: Match, published: Published | None) -> str | None:
    """ "Between 2019 and March 2021"."""
    a = f"{m['y1']}-{month_number(m['month']):02d}" if m["month"] else m["y1"]
    b = f"{m['y2']}-{month_number(m['m2']):02d}" if m["m2"] else m["y2"]
    return f"{a}/{b}"


def year_and_year(m: Match, published: Published | None) -> str | None:
    """ "2021-22"."""
    return f"{m['y1']}/{m['y2'] if len(m['y2']) == 4 else m['y1'][:2] + m['y2']}"


# -- years and their parts -------------------------------------------------------------------------------------------


def year(m: Match, published: Published | None) -> str | None:
    """ "2022"."""
    return m["year"]


def months_of_year(m: Match, published: Published | None) -> str | None:
    """ "The last six months of 2022"."""
    named = _year_of(m["year"], published)
    if named is None:
        return None
    n = _count(m["count"])
    return _months(named, 1, n) if "first" in m.group().lower() else _months(named, 13 - n, 12)


def half(m: Match, published: Published | None) -> str | None:
    """ "The first half of last year"."""
    named = _year_of(m["year"], published)
    return None if named is None else _months(named, *((1, 6) if m["which"].lower() == "first" else (7, 12)))


def quarter(m: Match, published: Published | None) -> str | None:
    """ "The third quarter of 2022"."""
    named, last = _year_of(m["year"], published), 3 * _QUARTERS[m["which"].lower()]
    return None if named is None else _months(named, last - 2, last)


def part_of_year(m: Match, published: Published | None) -> str | None:
    """ "Early 2022", "the end of last year", "the turn of the year"."""
    named, part = _year_of(m["year"], published), m["part"].lower()
    if named is None:
        return None
    if part in _PARTS:
        return _months(named, *_PARTS[part])
    if part != "turn of":
        return str(named)
    soon = published is not None and published.precision != "year" and published.day.month > 9
    return f"{named + (soon and m['year'].lower() == 'the year')}-01"


def _months(year: int, first: int, last: int) -> str:
    return f"{year}-{first:02d}/{year}-{last:02d}"


def season_of_year(m: Match, published: Published | None) -> str | None:
    """ "The winter of 2022"."""
    return _season(m, int(m["year"]))


@dated
def season(m: Match, published: Published) -> str | None:
    """ "Last winter", "next summer", "during the spring"."""
    first, last = _SEASONS[m["season"].lower()]
    year, which = published.day.year, m["which"].lower()
    if published.precision == "year":
        return _season(m, year - (which == "last"))
    now = published.day.month
    if which == "last":
        return _season(m, year - ((last if last > 2 else 12) >= now))
    if which == "this":
        return _season(m, year)
    if which == "next":
        return _season(m, year + (first <= now))
    return _season(m, year - (first > now))


def _season(m: Match, year: int) -> str:
    first, last = _SEASONS[m["season"].lower()]
    return f"{year}-{first:02d}/{year + (last < first)}-{last:02d}"


# -- counted from the publication ------------------------------------------------------------------------------------


@dated
def ago(m: Match, published: Published) -> str | None:
    """ "Three weeks ago"."""
    return _ago(_count(m["count"]), m["unit"].lower(), published)


@dated
def past(m: Match, published: Published) -> str | None:
    """ "In the past three months", "the previous year"."""
    unit = m["unit"].lower()
    if m["count"] is None and unit in {"year", "month", "week"} and m["which"].lower() != "past":
        return _named(unit, "last", published)
    return f"{_ago(_count(m['count'] or 'one'), unit, published)}/{_as(published.day, published.precision)}"


@dated
def this_or_next(m: Match, published: Published) -> str | None:
    """ "Last week", "this month", "next quarter"."""
    return _named(m["unit"].lower(), m["which"].lower(), published)


@dated
def yesterday(m: Match, published: Published) -> str | None:
    """ "Yesterday", "last night", "this morning"."""
    return _days_back(published, m["which"].lower() in {"yesterday", "last night"})


@dated
def weekday(m: Match, published: Published) -> str | None:
    """ "On Monday"."""
    back = (published.day.weekday() - _DAYS.index(m["weekday"].lower())) % 7
    return _days_back(published, back or (7 if m.group().lower().startswith("last") else 0))


def _days_back(published: Published, days: int) -> str:
    day = published.day
    return _as(day - dt.timedelta(days=days) if published.precision == "day" else day, published.precision)


# -- shared by these -------------------------------------------------------------------------------------------------


def month_key(word: str) -> str:
    return word.lower().rstrip(".")


def month_number(word: str) -> int:
    return MONTHS[month_key(word)]


def _year_of(word: str, published: Published | None) -> int | None:
    """ "2022", "last year", "this year", "the year"."""
    if word.isdigit():
        return int(word)
    if published is None:
        return None
    return published.day.year - (1 if word.lower().startswith("last") else 0)


def _last_day(year: int, month: int) -> int:
    return (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day


def _day(year: int, month: int, day: str) -> str:
    """The date; the month alone where it has no such day."""
    return f"{year}-{month:02d}-{int(day):02d}" if 1 <= int(day) <= _last_day(year, month) else f"{year}-{month:02d}"


def _as(day: dt.date, precision: str) -> str:
    return day.isoformat()[: {"year": 4, "month": 7, "day": 10}[precision]]


def _latest(month: int, published: Published | None, *, day: int | None = None, before_this_month: bool = False) -> str | None:
    """The latest such month (or day) not after the publication."""
    if published is None:
        return None
    year = published.day.year
    if published.precision != "year" and (month > published.day.month or (before_this_month and month == published.day.month)):
        year -= 1
    if day is None:
        return f"{year}-{month:02d}"
    if published.precision == "day" and month == published.day.month and year == published.day.year and day > published.day.day:
        year -= 1
    return f"{year}-{month:02d}-{day:02d}" if 1 <= day <= _last_day(year, month) else f"{year}-{month:02d}"


def _count(word: str) -> int:
    low = word.lower()
    return int(low) if low.isdigit() else _WORDS[low]


def _ago(n: int, unit: str, published: Published) -> str:
    day = published.day
    if unit == "decade":
        n, unit = n * 10, "year"
    if unit == "year":
        return str(day.year - n) if published.precision == "year" or n > 1 else _as(dt.date(day.year - n, day.month, 1), "month")
    if published.precision == "year":
        return str(day.year)
    if unit == "month":
        months = day.year * 12 + day.month - 1 - n
        return f"{months // 12}-{months % 12 + 1:02d}"
    back = day - dt.timedelta(days=n * (7 if unit == "week" else 1))
    return _as(back, "day" if published.precision == "day" and unit == "day" else "month")


def _named(unit: str, which: str, published: Published) -> str | None:
    day, shift = published.day, _SHIFT[which]
    if unit == "year":
        return str(day.year + shift)
    if published.precision == "year":
        return str(day.year)
    if unit == "month":
        months = day.year * 12 + day.month - 1 + shift
        return f"{months // 12}-{months % 12 + 1:02d}"
    if unit == "quarter":
        first = day.year * 12 + (day.month - 1) // 3 * 3 + 3 * shift
        return f"{first // 12}-{first % 12 + 1:02d}/{(first + 2) // 12}-{(first + 2) % 12 + 1:02d}"
    if published.precision == "month":
        return _as(day, "month")
    monday = day - dt.timedelta(days=day.weekday()) + dt.timedelta(days=7 * shift)
    return f"{monday.isoformat()}/{(monday + dt.timedelta(days=6)).isoformat()}"
