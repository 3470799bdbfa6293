"""The loop of the DroneScout decoder: where the JSON objects of a buffer begin and end."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]

REASONS = ("malformed", "oversized", "unknown_message")
_BROKEN, _EXCESS, _UNKNOWN = range(3)
_LINE, _QUOTE, _ESCAPE, _OPEN, _CLOSE = 10, 34, 92, 123, 125
_BLANKS, _SEPARATORS = (32, 9, 13), (44, 91, 93)  # blanks, commas and the brackets of arrays may stand between objects
MOST_OBJECTS = 256  # in one datagram or message of a broker; a receiver sends one
_SHORTEST = 10  # bytes of an object with "data" in it; a flood of {} is not worth a JSON library's time
_MOST_SEPARATORS = 8  # between two objects; a payload of nothing else is no array of messages
_IN_TEXT = np.ones(256, np.bool_)  # bytes that neither end a string nor escape the next byte
_IN_TEXT[[_LINE, _QUOTE, _ESCAPE]] = False


@kernel
def find_objects(data: Bytes, starts: Ints, ends: Ints, whole: bool) -> tuple[Ints, Ints, Ints, Ints]:
    """Starts and ends of the outermost objects; of each span, where an unfinished one begins (its end: none); counts.

    The counts are those of REASONS: things that are no JSON object, `whole` payloads of more than MOST_OBJECTS (their rest is left
    out), and objects too short to be a message.

    Only the outermost braces matter here, a JSON library checks the rest. Two things show that an object was cut short, so
    that what follows is not lost with it: a line feed inside a string, and an opening brace in a line's first column.
    """
    most = 1
    for i in range(len(starts)):
        most += (ends[i] - starts[i]) // 2
    first, last, n, counts = np.empty(most, np.int64), np.empty(most, np.int64), 0, np.zeros(3, np.int64)
    rest = ends.copy()
    for i in range(len(starts)):
        depth, begin, p, junk, separators, already, told = 0, starts[i], starts[i], False, 0, n, counts.sum()
        while p < ends[i]:
            byte = data[p]
            if byte == _OPEN and (depth == 0 or (p > starts[i] and data[p - 1] == _LINE)):
                if depth > 0:
                    counts[_BROKEN] += 1
                if whole and n - already == MOST_OBJECTS:
                    counts[_EXCESS] += 1
                    depth = 0
                    break
                depth, begin, junk, separators = 1, p, False, 0
            elif depth == 0:
                if byte == _LINE:
                    junk = False
                elif byte in _SEPARATORS:
                    separators += 1
                    counts[_BROKEN] += separators == _MOST_SEPARATORS + 1
                elif not junk and byte not in _BLANKS:
                    counts[_BROKEN] += 1
                    junk = True
            elif byte == _OPEN:
                depth += 1
            elif byte == _CLOSE:
                depth -= 1
                if depth == 0 and p + 1 - begin < _SHORTEST:
                    counts[_UNKNOWN] += 1
                elif depth == 0:
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
                    counts[_BROKEN] += 1
                    depth = 0
            p += 1
        if depth > 0:
            rest[i] = begin
        elif whole and separators > 0 and n == already and counts.sum() == told:
            counts[_BROKEN] += 1  # nothing but commas and brackets
    return first[:n].copy(), last[:n].copy(), rest, counts
