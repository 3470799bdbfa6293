"""What a terminal is given to show: words of drones, reports and notes must not be obeyed by it.

A serial number or a report may hold escape codes that clear lines, set a title or turn text round; whoever reads the watch log would
see what its sender wants. On a terminal they become their codes ([U+001B]); a pipe or a file gets every character as it is.

Wherever it goes, a character that the stream cannot write is written as its code and ends no command: a byte of a file's name that is
no UTF-8 as \\xff, a letter that the terminal's own encoding lacks as \\u017e.
"""

from __future__ import annotations

import codecs
import os
import sys
from io import TextIOWrapper
from typing import Any, TextIO


class _Guarded:
    """Standard output, every text made visible; all else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes `text` with a code for what a terminal would obey."""
        from picket.paper.text import visible  # not before there is something to show

        self._stream.write("\t".join(visible(part) for part in text.split("\t")))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _codes(wrong: UnicodeError) -> tuple[str, int]:
    """What is written in place of characters that cannot be; a byte of a name is U+DC80 to U+DCFF in Python (PEP 383)."""
    assert isinstance(wrong, UnicodeEncodeError)
    part = wrong.object[wrong.start : wrong.end]
    shown = (f"\\x{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else ascii(c)[1:-1] for c in part)
    return "".join(shown), wrong.end


def guard() -> None:
    """Puts the guard before standard output where that is a terminal, and has what no stream can write written as codes."""
    codecs.register_error("picket", _codes)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="picket")
    if sys.stdout.isatty() and not isinstance(sys.stdout, _Guarded):
        sys.stdout = _Guarded(sys.stdout)


def give_up_unwritten() -> None:
    """Gives up what standard output still holds if it cannot be written: else Python tries again at its end, and exits with 120."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
