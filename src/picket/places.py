"""Where files may be written: said before hours of reading, and nothing that is read is written over; how a file replaces an older one.

And what a file is called in a message, a table or a claim: its name may be bytes that are no text.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex


def in_words(name: str | Path) -> str:
    r"""A file's name as text that can be written anywhere: of bytes that are no UTF-8 their codes, as night\xff.pcap."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


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
            raise PlaceError(f"{in_words(out)}: {taken[place]}")
        taken[place] = "two files would be written to it; give each a name of its own"
        if not os.path.isdir(os.path.dirname(place)):
            raise PlaceError(f"{in_words(out)}: there is no folder {in_words(Path(out).parent)}; make it first")


def write_over(path: str | Path, data: bytes | Iterable[bytes]) -> None:
    """Writes a file, or its parts as they come; an older one of that name stays whole if the disk fills up, Ctrl-C comes or the parts
    end with an error. Raises OSError.

    A pipe or a device is written to as it is, and so is a file whose folder takes no other: its parts are gathered first.
    """
    parts = (data,) if isinstance(data, bytes) else data
    place = os.path.realpath(path)
    folder, name = os.path.split(place)
    there = os.path.exists(place)
    if there and not (os.path.isfile(place) and os.access(folder, os.W_OK)):
        parts = [b"".join(parts)] if os.path.isfile(place) else parts
        with open(path, "wb") as file:
            file.writelines(parts)
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
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
            if there:
                os.fchmod(file.fileno(), mode)
        os.replace(temporary, place)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
