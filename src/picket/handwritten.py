"""Text files that people write by hand, with whatever editor they have: UTF-8, with or without the mark that some put in front.

The parsers of TOML and JSON give up with other errors than their own on what is nested too deep and on a number of thousands of
digits; here every text that cannot be read is the one mistake that callers tell of.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

_TOO_DEEP = "brackets within brackets too deep to read"


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


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises tomllib.TOMLDecodeError for everything that is none."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise tomllib.TOMLDecodeError(_TOO_DEEP) from None
    except ValueError as e:  # its own too; else a number that Python does not take
        raise tomllib.TOMLDecodeError(str(e)) from None


def parse_json(text: str) -> Any:
    """The value of a JSON text. Raises ValueError for everything that is none."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
