"""Where files may be written: said before hours of reading, and nothing that is read is written over; how a file replaces an older one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex


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


def write_over(path: str | Path, data: bytes) -> None:
    """Writes a file; an older one of that name stays whole if the disk fills up or Ctrl-C comes. Raises OSError.

    A pipe or a device is written to as it is, and so is a file whose folder takes no other.
    """
    place = os.path.realpath(path)
    folder, name = os.path.split(place)
    there = os.path.exists(place)
    if there and not (os.path.isfile(place) and os.access(folder, os.W_OK)):
        Path(path).write_bytes(data)
        return
    if there:
        with open(path, "ab"):  # an older file that may not be written is not replaced either
            mode = os.stat(place).st_mode & 0o777
    temporary = os.path.join(folder, f".{name[:40]}.{token_hex(4)}.part")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)  # a new file has the rights of any other
    except OSError as e:
        raise OSError(e.errno, e.strerror, str(path)) from None  # not the name that the user never gave
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if there:
                os.fchmod(file.fileno(), mode)
        os.replace(temporary, place)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
