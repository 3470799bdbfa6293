"""What a page sets beside its article: captions of archive pictures, links to other stories, a sentence set twice.

A caption of an archive picture tells of another day, a link of another report. A sentence that is set again further down, alone or as the
beginning of a fuller one (a pull quote, a caption, a standfirst), is read there, so that it counts once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def _opens_line(text: str, at: int) -> bool:
    while at and text[at - 1] in " \t•*":
        at -= 1
    return at == 0 or text[at - 1] == "\n"
