"""Lines of at most a width, broken at spaces, and within a word only if it is wider than a line."""

from __future__ import annotations

from collections.abc import Callable


def wrap(text: str, wide: float, width: Callable[[str], float]) -> list[str]:
    """`text` (one line, from left to right) in lines; a space at which a line ends is left out, all others stay.

    width: of one character, in the unit of `wide`. A line holds at least one character, however narrow it is.
    """
    found: list[str] = []
    begin, space, used, after_space = 0, -1, 0.0, 0.0
    for at, c in enumerate(text):
        step = width(c)
        if c == " ":
            space, after_space = at, 0.0
        elif used + step > wide and at > begin:
            cut = space if space > begin else at
            found.append(text[begin:cut])
            begin = cut + (cut == space)
            used, space = (after_space if cut == space else 0.0), -1
        used += step
        if c != " ":
            after_space += step
    return [*found, text[begin:]]
