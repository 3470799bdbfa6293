"""Text from anywhere made fit for a page: what cannot be seen, or would turn the text around it, becomes its code: [U+202E].

Nothing is left out: a reader sees that something stood there, and which character it was.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

_JOINERS = "\u200c\u200d"  # spelling in Persian and other languages needs them


def visible(text: str, has: Callable[[str], bool] | None = None) -> str:
    """`text` composed (NFC), with tabs as spaces, newlines kept, and a code for each control, format or unknown character.

    has: whether the font can draw a character; without it every other character stays.
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", "    "))
    return "".join(c if _shown(c, has) else f"[U+{ord(c):04X}]" for c in composed)


def _shown(c: str, has: Callable[[str], bool] | None) -> bool:
    if c == "\n" or c in _JOINERS:
        return True
    if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return False
    return has is None or has(c)


def turns(text: str) -> bool:
    """Whether letters of a right-to-left script are in the text: they must be joined and put in order."""
    return not text.isascii() and any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
