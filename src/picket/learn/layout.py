"""What a page sets beside its article: captions of archive pictures, links to other stories, a sentence set twice.

A caption of an archive picture tells of another day, a link of another report. A sentence that is set again further down, alone or as the
beginning of a fuller one (a pull quote, a caption, a standfirst), is read there, so that it counts once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from picket.learn.report import Report
from picket.learn.sentences import sentence_spans

_ASIDE = re.compile(
    r"""(?:FILE(?:[ ]PHOTO|[ ]PIC)?\s?[-–—:]
    | (?:File|Stock|Archive|Archival|Illustrative|Illustration|Representational|Representative)[ ](?:photo|image|picture|pic|footage)s?\b
    | (?:Illustrative|Illustration|Archive|(?:Photo|Image|Picture)s?(?:[ ](?:credit|by|courtesy))?|Credits?|Caption|Video|Watch)\s?:
    | (?:Read|See)[ ](?:also|more|next)\b | (?:Also[ ]read|More[ ]on[ ]this)\b
    | (?:Related|Recommended|Editor['’]s[ ]picks?|Don['’]t[ ]miss|Must[ ]read)
      (?:[ ](?:stor(?:y|ies)|articles?|news|content|coverage))?\s?[:|]
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_SAME = 40  # characters by which a sentence that comes again is found
_LONGEST = 1500  # characters of a sentence; longer ones are tables, menus or attacks on the reader


def beside_the_article(text: str, spans: Sequence[tuple[int, int]]) -> set[int]:
    """Which of a text's sentences stand beside its article."""
    last = {text[a : a + _SAME]: k for k, (a, _) in enumerate(spans)}
    found: set[int] = set()
    aside_until = -1
    for k, (a, b) in enumerate(spans):
        if a > aside_until and _opens_line(text, a) and _ASIDE.match(text, a):
            end = text.find("\n", b)
            aside_until = len(text) if end < 0 else end
        again = last[text[a : a + _SAME]]
        if a < aside_until or (again > k and b - a >= _SAME and text.startswith(text[a:b].rstrip(".…!?"), spans[again][0])):
            found.add(k)
    return found


def sentences_read(report: Report) -> list[tuple[int, int]]:
    """(start, end) of each sentence of a report that is read."""
    spans = [*sentence_spans(report.text)]
    passed = passed_over(report.text, report.title, spans)
    return [span for k, span in enumerate(spans) if k not in passed]


def passed_over(text: str, title: str | None, spans: Sequence[tuple[int, int]]) -> set[int]:
    """Which of a text's sentences nobody reads: its title set again, headings, what stands beside the article, what is no sentence."""
    found = beside_the_article(text, spans)
    found |= {k for k, (a, b) in enumerate(spans) if b - a > _LONGEST or _heading(text, b, text[a:b])}
    if title and spans and text[slice(*spans[0])].strip() == title.strip():
        found.add(0)
    return found


def _heading(text: str, end: int, words: str) -> bool:
    """A line without a full stop is a heading or a menu, not a sentence."""
    return bool(words) and words[-1] not in '.!?"”’»)…:;,' and (end >= len(text) or text[end] == "\n") and len(words) < 160


def _opens_line(text: str, at: int) -> bool:
    while at and text[at - 1] in " \t•*":
        at -= 1
    return at == 0 or text[at - 1] == "\n"
