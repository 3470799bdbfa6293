"""The loop of the DroneScout decoder: where the JSON objects of a buffer begin and end."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]

_LINE, _QUOTE, _ESCAPE, _OPEN, _CLOSE = 10, 34, 92, 123, 125
_BLANKS, _SEPARATORS = (32, 9, 13), (44, 91, 93)  # blanks, commas and the brackets of arrays may stand between objects
_MOST_SEPARATORS = 8  # between two objects; a payload of nothing else is no array of messages
_IN_TEXT = np.ones(256, np.bool_)  # bytes that neither end a string nor escape the next byte
_IN_TEXT[[_LINE, _QUOTE, _ESCAPE]] = False


@kernel
def find_objects(data: Bytes, starts: Ints, ends: Ints) -> tuple[Ints, Ints, Ints, int]:
    """Starts and ends of the outermost objects; of each span, where an unfinished one begins (its end: none); broken things.

    Only the outermost braces matter here, a JSON library checks the rest. Two things show that an object was cut short, so
    that what follows is not lost with it: a line feed inside a string, and an opening brace in a line's first column.
    """
    most = 1
    for i in range(len(starts)):
        most += (ends[i] - starts[i]) // 2
    first, last, n, broken = np.empty(most, np.int64), np.empty(most, np.int64), 0, 0
    rest = ends.copy()
    for i in range(len(starts)):
        depth, begin, p, junk, separators = 0, starts[i], starts[i], False, 0
        while p < ends[i]:
            byte = data[p]
            if byte == _OPEN and (depth == 0 or (p > starts[i] and data[p - 1] == _LINE)):
                if depth > 0:
                    broken += 1
                depth, begin, junk, separators = 1, p, False, 0
            elif depth == 0:
                if byte == _LINE:
                    junk = False
                elif byte in _SEPARATORS:
                    separators += 1
                    broken += separators == _MOST_SEPARATORS + 1
                elif not junk and byte not in _BLANKS:
                    broken += 1
                    junk = True
            elif byte == _OPEN:
                depth += 1
            elif byte == _CLOSE:
                depth -= 1
                if depth == 0:
                    first[n], last[n] = begin, p + 1
                    n += 1
            elif byte == _QUOTE:
                p += 1
                while p < ends[i]:
                    if _IN_TEXT[data[p]]:
                        p += 1
                    elif data[p] == _ESCAPE:
                        p += 2
                    else:
                        break
                if p < ends[i] and data[p] == _LINE:
                    broken += 1
                    depth = 0
            p += 1
        if depth > 0:
            rest[i] = begin
    return first[:n].copy(), last[:n].copy(), rest, broken
