"""Text files that people write by hand, with whatever editor they have: UTF-8, with or without the mark that some put in front."""

from __future__ import annotations

from pathlib import Path


class NotTextError(ValueError):
    """A file that is no UTF-8; the message says where, and what to do."""


def read_text(path: Path) -> str:
    """The file's text, its lines ended by a line feed. Raises NotTextError, OSError."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        raise NotTextError(f"is not UTF-8 text (byte 0x{data[e.start]:02x} in line {line}); save it as UTF-8") from None
