"""Where a sentence tells a time: the ways to write one, each a pattern with what gives its ISO form (isotimes.py).

Times that nobody can resolve ("recently") give None but are still found, so that they are not read as actors. "Since" a time is an open
interval (`2022/..`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from picket.learn import isotimes as iso
from picket.learn.isotimes import Published
from picket.learn.screening import Screened, small

_MONTH = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|Jan\.?|"
    r"Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept\.?|Sep\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_ANY_MONTH = _MONTH.replace("?P<month>", "?:")
_DAY_1, _DAY_2 = (rf"(?:(?P<d{n}>\d{{1,2}}) (?P<m{n}>{_ANY_MONTH})|(?P<n{n}>{_ANY_MONTH}) (?P<e{n}>\d{{1,2}}))" for n in (1, 2))
_COUNT = (
    r"(?P<count>\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a|an|a few|few|several|"
    r"couple of|a couple of|a dozen|18|24)"
)
_UNIT = r"(?P<unit>day|week|month|year|decade)s?"


@dataclass(frozen=True, slots=True)
class Time:
    """A time expression: characters start..end of the report, its ISO form or None, and whether it says "since"."""

    start: int
    end: int
    iso: str | None
    since: bool = False
    words: str = ""


# months that are none in small letters, by the way they are written: "march", "in may"
_CAPITAL = dict.fromkeys((iso.day, iso.day_of_year, iso.month_of_year, iso.in_last_year), frozenset(iso.MONTHS)) | {
    iso.month: frozenset({"may"})
}
_PATTERNS = [
    (form, Screened(pattern, re.IGNORECASE))
    for form, pattern in (
        (
            iso.months_of_year,
            r"\b(?:the )?(?:last|final|first|past) (?P<count>six|three|two|four|five|seven|eight|nine|ten|\d+) months "
            r"of (?P<year>\d{4}|the year|this year|last year)\b",
        ),
        (
            iso.years,
            rf"\b(?:between|from) (?:{_MONTH} )?(?P<y1>(?:19|20)\d\d) (?:and|to|until|through|till) (?:(?P<m2>January|"
            rf"February|March|April|May|June|July|August|September|October|November|December) )?(?P<y2>(?:19|20)\d\d)\b",
        ),
        (
            iso.months,
            r"\b(?:between|from) (?P<m1>January|February|March|April|May|June|July|August|September|October|November|"
            r"December) (?:and|to|until|through|till) (?P<m2>January|February|March|April|May|June|July|August|"
            r"September|October|November|December)(?:,? (?:of )?(?P<year>\d{4}))?\b",
        ),
        (
            iso.days,
            rf"\b(?:between|from) {_DAY_1}(?:,? (?P<y1>(?:19|20)\d\d))? (?:and|to|until|through|till) {_DAY_2},? (?P<y2>(?:19|20)\d\d)\b",
        ),
        (
            iso.days_of_month,
            rf"\b(?:between |from )?(?P<d1>\d{{1,2}})(?: and | to |[-–])(?P<d2>\d{{1,2}}) {_MONTH}(?:,? (?P<year>\d{{4}}))?\b",
        ),
        (
            iso.day_of_year,
            rf"\b(?:on |the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH},? (?P<year>(?:19|20)\d\d)\b",
        ),
        (iso.day_of_year, rf"\b(?:on )?{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>(?:19|20)\d\d)\b"),
        (
            iso.in_last_year,
            rf"\b(?:on |in |the )?{_MONTH}(?: (?P<day>\d{{1,2}})(?:st|nd|rd|th)?)?,?(?: of)? (?P<which>last|this|next) year\b",
        ),
        (iso.iso_day, r"\b(?P<year>20\d\d)-(?P<m>\d\d)-(?P<day>\d\d)\b"),
        (
            iso.month_of_year,
            rf"\b(?P<part>early|late|mid|mid-|the start of|the end of|the beginning of|the middle of)?[ -]?(?<!\d "
            rf"){_MONTH},?(?: of)? (?P<year>(?:19|20)\d\d)\b",
        ),
        (iso.day, rf"\b(?:on |the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b(?! \d{{4}})"),
        (iso.day, rf"\b(?:on )?{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,? \d{{4}})"),
        (
            iso.season_of_year,
            r"\b(?:the )?(?P<part>early |late |mid-)?(?P<season>spring|summer|autumn|fall|winter)(?: of)? "
            r"(?P<year>(?:19|20)\d\d)\b",
        ),
        (
            iso.season,
            r"\b(?P<which>last|this|next|since|in the|during the|since the|over the) (?P<season>spring|summer|autumn|winter)\b",
        ),
        (iso.season, r"\b(?P<which>last|this|next) (?P<season>fall)\b"),
        (iso.half, r"\b(?:the )?(?P<which>first|second) half of (?P<year>(?:19|20)\d\d|last year|this year|the year)\b"),
        (
            iso.quarter,
            r"\b(?:the )?(?P<which>first|second|third|fourth|last) quarter of (?P<year>(?:19|20)\d\d|last year|this "
            r"year|the year)\b",
        ),
        (
            iso.part_of_year,
            r"\b(?:the )?(?P<part>early|late|mid|start of|end of|beginning of|middle of|turn of|close of|course of)[ "
            r"-](?:in )?(?P<year>(?:19|20)\d\d|last year|this year|the year)\b",
        ),
        (iso.year_and_year, r"\b(?P<y1>(?:19|20)\d\d)[-–/](?P<y2>(?:19|20)?\d\d)\b"),
        (
            iso.month,
            r"\b(?P<which>last|this|next|in|since|by|until|from|during|late|early|mid-|before|after|"
            r"(?:the )?(?:end|start|beginning|middle) of) ?"
            rf"{_MONTH}\b(?!,? (?:\d|of \d))",
        ),
        (
            iso.ago,
            rf"\b(?:about |around |some |nearly |almost |over |more than )?(?:(?:one|two|three|four|five|six|\d+) (?:to|"
            rf"or) )?{_COUNT} {_UNIT} (?P<dir>ago|earlier|before)\b",
        ),
        (
            iso.past,
            rf"\b(?:over |in |during |within |for )?(?:the |its |their )?(?P<which>last|past|previous|preceding) "
            rf"(?:{_COUNT} )?{_UNIT}\b",
        ),
        (
            iso.this_or_next,
            r"\b(?:earlier |later |so far |late |early )?(?P<which>this|last|next) (?P<unit>week|month|year|weekend|quarter)\b",
        ),
        (iso.yesterday, r"\b(?P<which>yesterday|today|tonight|overnight|last night|this morning|tomorrow)\b"),
        (
            iso.weekday,
            r"\b(?:on |last |early on |late on |this )?(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|"
            r"Sunday)(?: (?:night|morning|evening|afternoon))?\b",
        ),
        (
            iso.year,
            r"(?<![\d,.$€£-])\b(?P<year>(?:19[89]|20[0-4])\d)(?:'s|’s)?\b(?![,.]?\d|-)(?! (?:drones|troops|people|"
            r"soldiers|flights|attacks|miles|km|kilomet|metres|meters|dollars|fighters|bombs))",
        ),
        (
            iso.unknown,
            r"\b(?:recent|coming|following|previous|the past few|the last few) (?:days|weeks|months|years)\b|\ba "
            r"(?:day|week|month|year) later\b|\bthe same (?:day|week|month|year)\b|\bthat (?:day|night|year|month|"
            r"week)\b|\bone (?:night|day|morning)\b|\ba single (?:night|day)\b|\b(?:a|one) (?:night|day)\b(?= (?:later|"
            r"earlier))|\bevery (?:day|night|week|month|year)\b|\beach (?:day|night|week|month|year)\b",
        ),
    )
]
_FIGURE = re.compile(r"\d")
_FIGURED = frozenset([iso.years, iso.days, iso.days_of_month, iso.day_of_year, iso.month_of_year, iso.day])  # not without one
_WORDS = tuple(sorted({word for _, screened in _PATTERNS for word in screened.words}))


def times_of(text: str, start: int, end: int, published: Published | None) -> list[Time]:
    """Time expressions between start and end of `text`, in order, without overlaps (longer patterns first)."""
    taken: list[Time] = []
    low = small(text[start:end])
    there = {word for word in _WORDS if word in low}
    figured = _FIGURE.search(text, start, end) is not None
    for form, screened in _PATTERNS:
        if there.isdisjoint(screened.words) or (form in _FIGURED and not figured):
            continue
        capital = _CAPITAL.get(form, frozenset())
        for match in screened.pattern.finditer(text, start, end):
            begin = match.start() + len(match.group()) - len(match.group().lstrip(" -"))
            if any(match.start() < t.end and t.start < match.end() for t in taken):
                continue
            if capital and match["month"][0].islower() and iso.month_key(match["month"]) in capital:
                continue
            told = iso.resolved(form, match, published)
            since = bool(
                re.search(r"\bsince\s+(?:the\s+|[\w-]+(?:'s|’s)\s+)?$", text[max(start, begin - 24) : begin].lower())
            ) or match.group().lower().startswith("since")
            if since and told:
                told = f"{told.split('/')[0]}/.."
            taken.append(Time(begin, match.end(), told, since, match.group()))
    return sorted(taken, key=lambda t: t.start)
