"""Splits a report's text into sentences; offsets stay those of the text.

A sentence ends at . ! ? or … (with closing quotes or brackets) before white space and a capital, a digit, or an opening quote,
and at every line's end. Titles, initials, abbreviations, "No. 5" and the number of a list's item do not end one. A line without a full
stop (a heading) is a sentence of its own. Cost: one pass of a regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from picket.learn.lexicon import word_set

_ABBREVIATIONS = word_set("sentences.abbreviations")
_NEVER_LAST = word_set("sentences.never_last")
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|\n+")
_OPENERS = re.compile(r"\s*[\"'“‘«(\[]*([^\W_])")
_LAST_WORD = re.compile(r"[\w.'’-]*$")
_BEFORE_A_NUMBER = frozenset(["no", "nos", "rs"])  # "No. 5", "Rs. 32,000 crore"
_DASH = re.compile(r"\s*[-–—]\s")
_OF_A_FIRM = re.compile(r"\s*(?:\(|(?:Ltd|Inc|LLC|Limited|Co|Corp)\b)")  # "Northrop Grumman Corp. (NOC)", "Elta Co. Ltd."


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence in characters of `text`, without the white space around it."""
    begin = 0
    for match in _END.finditer(text):
        if match.group()[0] != "\n" and not _ends(text, begin, match):
            continue
        end = match.start() if match.group()[0] == "\n" else match.end()
        span = _trim(text, begin, end)
        if span:
            yield span
        begin = match.end()
    span = _trim(text, begin, len(text))
    if span:
        yield span


def _trim(text: str, begin: int, end: int) -> tuple[int, int] | None:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return (begin, end) if end > begin else None


def _ends(text: str, begin: int, match: re.Match[str]) -> bool:
    point = match.group()[0] == "." and len(match.group().rstrip("\"'”’»)]")) == 1
    before = _LAST_WORD.search(text[max(begin, match.start() - 24) : match.start()])
    last = before.group().lower().replace("’", "'") if point and before else ""
    if last in _NEVER_LAST or (last in _ABBREVIATIONS and _DASH.match(text, match.end())):
        return False
    follows = _OPENERS.match(text, match.end())
    if follows is None:
        return True
    first = follows.group(1)
    if first.islower():
        return False
    if not point:
        return True
    if (len(last) == 1 and last.isalpha() and last != "i") or _numbers_an_item(text, begin, match.start()):
        return False
    if last in _BEFORE_A_NUMBER and first.isdigit():
        return False
    if last in {"a.m", "p.m"} and re.match(
        r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:[A-Z]{2,4}|local|GMT|UTC)\b|[A-Z]\w+ time\b",
        text[follows.start(1) : follows.start(1) + 24],
    ):
        return False
    if last in {"u.s", "u.n", "u.k", "u.a.e", "d.c"}:  # "the U.S. Army" goes on, "in the U.S. The army" does not
        return (
            re.match(
                r"(?:The|A|An|It|He|She|They|We|In|On|At|But|And|This|That|These|His|Its|Their|For|As|After|Since|Some|There)\b",
                text[follows.start(1) : follows.start(1) + 8],
            )
            is not None
        )
    if last in {"inc", "ltd", "corp", "co", "pvt"}:
        return _OF_A_FIRM.match(text, match.end()) is None
    return last not in _ABBREVIATIONS or last in {"no", "etc", "a.m", "p.m"}


def _numbers_an_item(text: str, begin: int, end: int) -> bool:
    """Is begin:end a number alone, as before an item of a list ("2. The army")?"""
    alone = text[begin:end].strip()
    return alone.isdigit() and len(alone) < 3
