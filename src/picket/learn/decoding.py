"""Bytes -> text: the encoding a page names, else UTF-8, else the likeliest; lines in another encoding are read one by one."""

from __future__ import annotations

import re

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)


def decode_text(data: bytes) -> tuple[str, str | None]:
    """(text, note): the note says what was unusual, None for plain UTF-8. Never raises; what cannot be read becomes U+FFFD."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace"), None
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        pass
    named = _CHARSET.search(data[:4096])
    if named and named.group(1).lower() not in {b"utf-8", b"utf8"}:
        text = _as_named(data, named.group(1).decode("ascii"))
        if text is not None:
            return text, None
    lines = data.split(b"\n")
    bad = [n for n, line in enumerate(lines) if not _is_utf8(line)]
    non_ascii = sum(any(b > 127 for b in line) for line in lines)
    if len(bad) < non_ascii:  # some lines are UTF-8 and some are not: a page glued together
        mixed = set(bad)
        text = "\n".join(line.decode("cp1252" if n in mixed else "utf-8", "replace") for n, line in enumerate(lines))
        return text, f"mixed encodings: {len(bad)} of {len(lines)} lines were read as Windows-1252, the others as UTF-8"
    from charset_normalizer import from_bytes

    best = from_bytes(data[:65_536]).best()
    name = best.encoding if best is not None else "cp1252"
    return data.decode(name, "replace"), f"not UTF-8: read as {name}"


def _as_named(data: bytes, name: str) -> str | None:
    """The text in the encoding that a page names; None where that is unknown, fails, or is a way of writing half characters."""
    try:
        text = data.decode(name)
        text.encode("utf-8")
    except (UnicodeError, LookupError):
        return None
    return text


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
