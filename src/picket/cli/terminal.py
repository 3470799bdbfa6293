"""What a terminal is given to show: words of drones, reports and notes must not be obeyed by it.

A serial number or a report may hold escape codes that clear lines, set a title or turn text round; whoever reads the watch log would
see what its sender wants. On a terminal they become their codes ([U+001B]); a pipe or a file gets every character as it is.
"""

from __future__ import annotations

import sys
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


def guard() -> None:
    """Puts the guard before standard output where that is a terminal."""
    if sys.stdout.isatty() and not isinstance(sys.stdout, _Guarded):
        sys.stdout = _Guarded(sys.stdout)
