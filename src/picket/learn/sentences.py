"""Splits a report's text into sentences; offsets stay those of the text.

A sentence ends at . ! ? or … (with closing quotes or brackets) before white space and a capital, a digit, or an opening quote,
and at every line's end. Titles, initials, abbreviations and "No. 5" do not end one. A line without a full stop (a heading) is
a sentence of its own. Cost: one pass of a regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from picket.learn.lexicon import word_set

_ABBREVIATIONS = word_set("sentences.abbreviations")
_NEVER_LAST = word_set("sentences.never_last")
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|\n+")
_OPENERS = re.compile(r"\s*[\"'“‘«(\[]*([^\W_])")


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
    follows = _OPENERS.match(text, match.end())
    if follows is None:
        return True
    first = follows.group(1)
    if first.islower():
        return False
    if match.group()[0] != "." or len(match.group().rstrip("\"'”’»)]")) > 1:
        return True
    word = re.search(r"[\w.'’-]*$", text[max(begin, match.start() - 24) : match.start()])
    last = word.group().lower() if word else ""
    if last in _NEVER_LAST or (len(last) == 1 and last.isalpha() and last != "i"):
        return False
    if last == "no" and first.isdigit():
        return False
    if last in {"a.m", "p.m"} and re.match(
        r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:[A-Z]{2,4}|local|GMT|UTC)\b",
        text[follows.start(1) : follows.start(1) + 10],
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
    return not (
        last in _ABBREVIATIONS and last not in {"no", "inc", "ltd", "corp", "co", "etc", "u.s", "u.n", "u.k", "a.m", "p.m"}
    )
