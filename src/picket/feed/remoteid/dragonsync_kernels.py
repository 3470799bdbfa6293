"""The loop of the DragonSync decoder: where the JSON values of a buffer begin and end."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]

_LINE, _QUOTE, _ESCAPE, _COMMA = 10, 34, 92, 44
MOST_VALUES = 256  # in one datagram or message of a broker; a kit sends one
MOST_ELEMENTS = 64  # of an array; a message has up to ten blocks
_LONGEST_WORD = 64  # bytes of text between values that are kept together: "online", "not_home"
_BLANK, _OPEN, _CLOSE = (np.zeros(256, np.bool_) for _ in range(3))
_BLANK[[32, 9, 13, _LINE]] = True
_OPEN[[91, 123]] = True
_CLOSE[[93, 125]] = True
_IN_TEXT = np.ones(256, np.bool_)  # bytes that neither end a string nor escape the next byte
_IN_TEXT[[_LINE, _QUOTE, _ESCAPE]] = False


@kernel
def find_values(data: Bytes, starts: Ints, ends: Ints, whole: bool) -> tuple[Ints, Ints, Ints, int, int]:
    """Starts and ends of the outermost arrays and objects and of words between them; where an unfinished one begins; counts.

    Counted are broken values, and how often a sender wanted too much: an array of more than MOST_ELEMENTS, or a `whole`
    payload of more than MOST_VALUES, whose rest is left out.

    Unlike in the DroneScout decoder an array is one value: its objects are the parts of one message. Two things show that a
    value was cut short, so that what follows is not lost with it: a line feed inside a string, and a bracket or brace in a
    line's first column that is not the next element of the outermost array.
    """
    most = 1
    for i in range(len(starts)):
        most += (ends[i] - starts[i]) // 2 + 1
    first, last, n, broken, excess = np.empty(most, np.int64), np.empty(most, np.int64), 0, 0, 0
    rest = ends.copy()
    for i in range(len(starts)):
        depth, begin, p, end = 0, starts[i], starts[i], ends[i]
        before: Any = 0  # the last byte that was no blank
        elements, already = 1, n
        while p < end:
            if whole and n - already == MOST_VALUES:
                if _only_blanks(data, p, end):
                    break
                excess += 1
                depth = 0
                break
            byte = data[p]
            if _BLANK[byte]:
                p += 1
                continue
            next_element = depth == 1 and data[begin] == 91 and (before == _COMMA or before == 91)
            if depth > 0 and _OPEN[byte] and data[p - 1] == _LINE and not next_element:
                broken += 1
                depth = 0
            if _OPEN[byte]:
                if depth == 0:
                    begin, elements = p, 1
                depth += 1
            elif depth == 0:
                begin = p
                while p < end and p - begin < _LONGEST_WORD and not _OPEN[data[p]] and data[p] != _LINE:
                    p += 1
                if p == end and not whole and p - begin < _LONGEST_WORD:
                    rest[i] = begin
                    break
                first[n], last[n] = begin, p
                n += 1
                continue
            elif _CLOSE[byte]:
                depth -= 1
                if depth == 0 and elements > MOST_ELEMENTS:
                    excess += 1
                elif depth == 0:
                    first[n], last[n] = begin, p + 1
                    n += 1
            elif byte == _COMMA:
                elements += depth == 1 and data[begin] == 91
            elif byte == _QUOTE:
                p += 1
                while p < end:
                    if _IN_TEXT[data[p]]:
                        p += 1
                    elif data[p] == _ESCAPE:
                        p += 2
                    else:
                        break
                if p < end and data[p] == _LINE:
                    broken += 1
                    depth = 0
            before = byte
            p += 1
        if depth > 0:
            rest[i] = begin
    return first[:n].copy(), last[:n].copy(), rest, broken, excess


@kernel
def _only_blanks(data: Bytes, p: Any, end: Any) -> bool:
    """True where nothing but blanks follows."""
    while p < end and _BLANK[data[p]]:
        p += 1
    return bool(p == end)
