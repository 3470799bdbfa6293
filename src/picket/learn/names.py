"""Names as keys: what makes two spellings one name."""

from __future__ import annotations

import functools
import re
import unicodedata


@functools.lru_cache(maxsize=1 << 16)
def key(name: str) -> str:
    """A name without case, accents, possessives, articles, dots and punctuation: "the U.S. Army's" -> "us army"."""
    plain = name.lower()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    plain = re.sub(r"(?<=\w)\.(?=\w\b)", "", plain)  # u.s -> us
    plain = re.sub(r"['’]s\b|['’]", "", plain)
    words = re.findall(r"\w+", plain)
    while len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    return " ".join(words)


def slug(name: str) -> str:
    """A name as part of an id: small letters, digits and hyphens."""
    return "-".join(key(name).split())[:80] or "unnamed"
