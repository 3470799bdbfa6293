"""Times in a sentence, resolved against the day the report was published.

A time is an ISO 8601 date, month or year, or an interval a/b (`2022/..` is open). "Last December" is the latest December before
the publication; "last year" of a report dated 2024 is 2023; where the publication's precision does not carry the answer, the answer is
as coarse as the publication. Times that nobody can resolve ("recently") give None but are still found, so that they are not read as actors.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from picket.learn.screening import Screened, small

_MONTHS = {
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
_MONTH = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|Jan\.?|"
    r"Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept\.?|Sep\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_ANY_MONTH = _MONTH.replace("?P<month>", "?:")
_DAY_1, _DAY_2 = (rf"(?:(?P<d{n}>\d{{1,2}}) (?P<m{n}>{_ANY_MONTH})|(?P<n{n}>{_ANY_MONTH}) (?P<e{n}>\d{{1,2}}))" for n in (1, 2))
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_COUNT = (
    r"(?P<count>\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a|an|a few|few|several|"
    r"couple of|a couple of|a dozen|18|24)"
)
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
_UNIT = r"(?P<unit>day|week|month|year|decade)s?"


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


@dataclass(frozen=True, slots=True)
class Time:
    """A time expression: characters start..end of the report, its ISO form or None, and whether it says "since"."""

    start: int
    end: int
    iso: str | None
    since: bool = False
    words: str = ""


_PATTERNS = [
    (name, Screened(pattern, re.IGNORECASE))
    for name, pattern in (
        (
            "halves",
            r"\b(?:the )?(?:last|final|first|past) (?P<count>six|three|two|four|five|seven|eight|nine|ten|\d+) months "
            r"of (?P<year>\d{4}|the year|this year|last year)\b",
        ),
        (
            "range",
            rf"\b(?:between|from) (?:{_MONTH} )?(?P<y1>(?:19|20)\d\d) (?:and|to|until|through|till) (?:(?P<m2>January|"
            rf"February|March|April|May|June|July|August|September|October|November|December) )?(?P<y2>(?:19|20)\d\d)\b",
        ),
        (
            "months",
            r"\b(?:between|from) (?P<m1>January|February|March|April|May|June|July|August|September|October|November|"
            r"December) (?:and|to|until|through|till) (?P<m2>January|February|March|April|May|June|July|August|"
            r"September|October|November|December)(?:,? (?:of )?(?P<year>\d{4}))?\b",
        ),
        (
            "days",
            rf"\b(?:between|from) {_DAY_1}(?:,? (?P<y1>(?:19|20)\d\d))? (?:and|to|until|through|till) {_DAY_2},? (?P<y2>(?:19|20)\d\d)\b",
        ),
        (
            "dayrange",
            rf"\b(?:between |from )?(?P<d1>\d{{1,2}})(?: and | to |[-–])(?P<d2>\d{{1,2}}) {_MONTH}(?:,? (?P<year>\d{{4}}))?\b",
        ),
        ("dmy", rf"\b(?:on |the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH},? (?P<year>(?:19|20)\d\d)\b"),
        ("mdy", rf"\b(?:on )?{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>(?:19|20)\d\d)\b"),
        (
            "ofyear",
            rf"\b(?:on |in |the )?{_MONTH}(?: (?P<day>\d{{1,2}})(?:st|nd|rd|th)?)?,?(?: of)? (?P<which>last|this|next) year\b",
        ),
        ("iso", r"\b(?P<year>20\d\d)-(?P<m>\d\d)-(?P<day>\d\d)\b"),
        (
            "my",
            rf"\b(?P<part>early|late|mid|mid-|the start of|the end of|the beginning of|the middle of)?[ -]?(?<!\d "
            rf"){_MONTH},?(?: of)? (?P<year>(?:19|20)\d\d)\b",
        ),
        ("dm", rf"\b(?:on |the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b(?! \d{{4}})"),
        ("md", rf"\b(?:on )?{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,? \d{{4}})"),
        (
            "season",
            r"\b(?:the )?(?P<part>early |late |mid-)?(?P<season>spring|summer|autumn|fall|winter)(?: of)? "
            r"(?P<year>(?:19|20)\d\d)\b",
        ),
        (
            "lastseason",
            r"\b(?P<which>last|this|next|since|in the|during the|since the|over the) (?P<season>spring|summer|autumn|winter)\b",
        ),
        ("lastseason", r"\b(?P<which>last|this|next) (?P<season>fall)\b"),
        ("half", r"\b(?:the )?(?P<which>first|second) half of (?P<year>(?:19|20)\d\d|last year|this year|the year)\b"),
        (
            "quarter",
            r"\b(?:the )?(?P<which>first|second|third|fourth|last) quarter of (?P<year>(?:19|20)\d\d|last year|this "
            r"year|the year)\b",
        ),
        (
            "partyear",
            r"\b(?:the )?(?P<part>early|late|mid|start of|end of|beginning of|middle of|turn of|close of|course of)[ "
            r"-](?:in )?(?P<year>(?:19|20)\d\d|last year|this year|the year)\b",
        ),
        ("years", r"\b(?P<y1>(?:19|20)\d\d)[-–/](?P<y2>(?:19|20)?\d\d)\b"),
        (
            "lastmonthname",
            r"\b(?P<which>last|this|next|in|since|by|until|from|during|late|early|mid-|before|after|"
            r"(?:the )?(?:end|start|beginning|middle) of) ?"
            rf"{_MONTH}\b(?!,? (?:\d|of \d))",
        ),
        (
            "ago",
            rf"\b(?:about |around |some |nearly |almost |over |more than )?(?:(?:one|two|three|four|five|six|\d+) (?:to|"
            rf"or) )?{_COUNT} {_UNIT} (?P<dir>ago|earlier|before)\b",
        ),
        (
            "pastn",
            rf"\b(?:over |in |during |within |for )?(?:the |its |their )?(?P<which>last|past|previous|preceding) "
            rf"(?:{_COUNT} )?{_UNIT}\b",
        ),
        (
            "thisx",
            r"\b(?:earlier |later |so far |late |early )?(?P<which>this|last|next) (?P<unit>week|month|year|weekend|quarter)\b",
        ),
        ("yesterday", r"\b(?P<which>yesterday|today|tonight|overnight|last night|this morning|tomorrow)\b"),
        (
            "weekday",
            r"\b(?:on |last |early on |late on |this )?(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|"
            r"Sunday)(?: (?:night|morning|evening|afternoon))?\b",
        ),
        (
            "year",
            r"(?<![\d,.$€£-])\b(?P<year>(?:19[89]|20[0-4])\d)(?:'s|’s)?\b(?![,.]?\d|-)(?! (?:drones|troops|people|"
            r"soldiers|flights|attacks|miles|km|kilomet|metres|meters|dollars|fighters|bombs))",
        ),
        (
            "vague",
            r"\b(?:recent|coming|following|previous|the past few|the last few) (?:days|weeks|months|years)\b|\ba "
            r"(?:day|week|month|year) later\b|\bthe same (?:day|week|month|year)\b|\bthat (?:day|night|year|month|"
            r"week)\b|\bone (?:night|day|morning)\b|\ba single (?:night|day)\b|\b(?:a|one) (?:night|day)\b(?= (?:later|"
            r"earlier))|\bevery (?:day|night|week|month|year)\b|\beach (?:day|night|week|month|year)\b",
        ),
    )
]


def times_of(text: str, start: int, end: int, published: Published | None) -> list[Time]:
    """Time expressions between start and end of `text`, in order, without overlaps (longer patterns first)."""
    taken: list[Time] = []
    low = small(text[start:end])
    for name, screened in _PATTERNS:
        if not screened.stands_in(low):
            continue
        for match in screened.pattern.finditer(text, start, end):
            begin = match.start() + len(match.group()) - len(match.group().lstrip(" -"))
            if any(match.start() < t.end and t.start < match.end() for t in taken):
                continue
            if name == "lastmonthname" and match["month"].lower() == "may" and not match["month"][0].isupper():
                continue
            if name in {"dm", "md", "my", "dmy", "mdy", "ofyear"} and match["month"][0].islower():
                continue
            iso = _resolve(name, match, published)
            since = bool(
                re.search(r"\bsince\s+(?:the\s+|[\w-]+(?:'s|’s)\s+)?$", text[max(start, begin - 24) : begin].lower())
            ) or match.group().lower().startswith("since")
            if since and iso:
                iso = f"{iso.split('/')[0]}/.."
            taken.append(Time(begin, match.end(), iso, since, match.group()))
    return sorted(taken, key=lambda t: t.start)


def _year_of(word: str, published: Published | None) -> int | None:
    if word.isdigit():
        return int(word)
    if published is None:
        return None
    return published.day.year - (1 if word.lower().startswith("last") else 0)


def _month_number(word: str) -> int:
    return _MONTHS[word.lower().rstrip(".")]


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


def _resolve(name: str, m: re.Match[str], published: Published | None) -> str | None:
    group = m.groupdict()
    if name == "halves":
        n = int(group["count"]) if group["count"].isdigit() else _WORDS[group["count"].lower()]
        named = _year_of(group["year"], published)
        if named is None:
            return None
        year = named
        first = "first" in m.group().lower()
        return f"{year}-01/{year}-{n:02d}" if first else f"{year}-{13 - n:02d}/{year}-12"
    if name == "range":
        a = f"{group['y1']}-{_month_number(group['month']):02d}" if group["month"] else group["y1"]
        b = f"{group['y2']}-{_month_number(group['m2']):02d}" if group["m2"] else group["y2"]
        return f"{a}/{b}"
    if name == "months":
        second = (
            f"{group['year']}-{_month_number(group['m2']):02d}"
            if group["year"]
            else _latest(_month_number(group["m2"]), published)
        )
        if second is None:
            return None
        first_month, year = _month_number(group["m1"]), int(second[:4])
        return f"{year - (first_month > int(second[5:7]))}-{first_month:02d}/{second}"
    if name == "days":
        month_1, month_2 = _month_number(group["m1"] or group["n1"]), _month_number(group["m2"] or group["n2"])
        year = int(group["y1"] or group["y2"]) - (group["y1"] is None and month_1 > month_2)
        return f"{_day(year, month_1, group['d1'] or group['e1'])}/{_day(int(group['y2']), month_2, group['d2'] or group['e2'])}"
    if name == "dayrange":
        month = _month_number(group["month"])
        head = f"{group['year']}-{month:02d}" if group["year"] else (_latest(month, published) or "")
        return f"{head}-{int(group['d1']):02d}/{head}-{int(group['d2']):02d}" if head else None
    if name in {"dmy", "mdy"}:
        return _day(int(group["year"]), _month_number(group["month"]), group["day"])
    if name == "iso":
        return m.group()
    if name == "my":
        return f"{group['year']}-{_month_number(group['month']):02d}"
    if name in {"dm", "md"}:
        return _latest(_month_number(group["month"]), published, day=int(group["day"]))
    if name == "ofyear":
        if published is None:
            return None
        year = published.day.year + {"last": -1, "this": 0, "next": 1}[group["which"].lower()]
        month = _month_number(group["month"])
        day = int(group["day"] or 0)
        return f"{year}-{month:02d}-{day:02d}" if 1 <= day <= _last_day(year, month) else f"{year}-{month:02d}"
    if name == "lastmonthname" and published is not None and group["which"].lower() in {"this", "next"}:
        month = _month_number(group["month"])
        later = group["which"].lower() == "next" and published.precision != "year" and month <= published.day.month
        return f"{published.day.year + later}-{month:02d}"
    if name == "lastmonthname":
        return _latest(_month_number(group["month"]), published, before_this_month=group["which"].lower() == "last")
    return _relative(name, m, published)


_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}


def _relative(name: str, m: re.Match[str], published: Published | None) -> str | None:
    group = m.groupdict()
    if name in {"season", "lastseason"}:
        a, b = _SEASONS[group["season"].lower()]
        if name == "season":
            year: int | None = int(group["year"])
        elif published is not None and group["which"].lower() not in {"last", "this"}:
            ahead = group["which"].lower() == "next"
            known = published.precision != "year"
            year = (
                published.day.year
                + (ahead and known and a <= published.day.month)
                - (not ahead and known and a > published.day.month)
            )
        else:
            year = (
                None
                if published is None
                else published.day.year
                - (
                    (published.precision == "year" and group["which"].lower() == "last")
                    or (
                        published.precision != "year"
                        and (b if b > 2 else 12) >= published.day.month
                        and group["which"].lower() == "last"
                    )
                )
            )
        return None if year is None else f"{year}-{a:02d}/{year + (b < a)}-{b:02d}"
    if name in {"half", "quarter", "partyear"}:
        return _part_of_year(name, group, m.group(), published)
    if name == "years":
        second = group["y2"] if len(group["y2"]) == 4 else group["y1"][:2] + group["y2"]
        return f"{group['y1']}/{second}"
    if name == "year":
        return group["year"]
    if published is None:
        return None
    day = published.day
    if name == "ago":
        return _ago(_count(group["count"]), group["unit"].lower(), published)
    if name == "pastn":
        if group["count"] is None and group["unit"].lower() in {"year", "month", "week"} and group["which"].lower() != "past":
            return _named(group["unit"].lower(), "last", published)
        past = _ago(_count(group["count"] or "one"), group["unit"].lower(), published)
        return f"{past}/{_as(day, published.precision)}"
    if name == "thisx":
        return _named(group["unit"].lower(), group["which"].lower(), published)
    if name == "yesterday":
        back = 1 if group["which"].lower() in {"yesterday", "last night"} else 0
        return _as(day - dt.timedelta(days=back), "day") if published.precision == "day" else _as(day, published.precision)
    if name == "weekday":
        if published.precision != "day":
            return _as(day, published.precision)
        back = (day.weekday() - _DAYS.index(group["weekday"].lower())) % 7
        if back == 0 and m.group().lower().startswith("last"):
            back = 7
        return _as(day - dt.timedelta(days=back), "day")
    return None


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
    day, shift = published.day, {"last": -1, "this": 0, "next": 1}[which]
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


def _part_of_year(name: str, group: dict[str, str], words: str, published: Published | None) -> str | None:
    year = (
        _year_of(group["year"].removeprefix("the "), published)
        if group["year"].lower() != "the year"
        else (published.day.year if published else None)
    )
    if year is None:
        return None
    if name == "half":
        return f"{year}-01/{year}-06" if group["which"].lower() == "first" else f"{year}-07/{year}-12"
    if name == "quarter":
        q = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}[group["which"].lower()]
        return f"{year}-{3 * q - 2:02d}/{year}-{3 * q:02d}"
    part = group["part"].lower()
    if part == "turn of":
        if published and group["year"].lower() == "the year":
            later = published.precision == "month" or published.precision == "day"
            return f"{year + (later and published.day.month > 9)}-01"
        return f"{year}-01"
    if part in {"mid", "middle of"}:
        return f"{year}-05/{year}-08"
    if part in {"early", "start of", "beginning of"}:
        return f"{year}-01/{year}-04"
    if part in {"late", "end of", "close of"}:
        return f"{year}-09/{year}-12"
    return str(year)
