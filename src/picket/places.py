"""Where files may be written: said before hours of reading, and nothing that is read is written over."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


class PlaceError(ValueError):
    """A place where a file cannot go; the message says why and what to do."""


def check_places(outs: Iterable[str | Path | None], read: Iterable[str | Path | None] = ()) -> None:
    """Raises PlaceError for one of the files that are read, for a place named twice, and for a folder that is not there.

    None and "-" (standard output) are no places.
    """
    taken = {os.path.realpath(r): "it is read too; give another name, or it would be lost" for r in read if r is not None}
    for out in outs:
        if out is None or str(out) == "-":
            continue
        place = os.path.realpath(out)
        if place in taken:
            raise PlaceError(f"{out}: {taken[place]}")
        taken[place] = "two files would be written to it; give each a name of its own"
        if not os.path.isdir(os.path.dirname(place)):
            raise PlaceError(f"{out}: there is no folder {Path(out).parent}; make it first")
