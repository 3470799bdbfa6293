"""What the log and the sealed days share of the file system: one writer at a time, and names that last."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


def hold(folder: Path) -> BinaryIO | None:
    """Holds `folder`/lock until the file returned is closed or the process ends; None when another process has it."""
    f = (folder / "lock").open("ab")
    try:
        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        f.close()
        return None
    return f


def sync_file(fd: int) -> None:
    """Returns when what was written to the file is on disk. Raises OSError."""
    os.fdatasync(fd)


def sync_folder(folder: Path) -> None:
    """Makes the folder's entries durable (a new file's name is part of its folder)."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_whole(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Writes a file so that readers see the old or the new one, never half."""
    temporary = path.with_name(path.name + ".new")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(fd, "wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    os.replace(temporary, path)


def append_whole(path: Path, lines: bytes) -> None:
    """Adds whole lines to a file that may only grow: all of them are on disk, or none is in it. Raises OSError.

    A last line that somebody's editor left without its end gets it first, or the two would become one that nobody can read.
    """
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)  # a screen and a command may add at once
        end = os.fstat(fd).st_size
        left = memoryview(lines if end == 0 or os.pread(fd, 1, end - 1) == b"\n" else b"\n" + lines)
        try:
            while left:
                left = left[os.write(fd, left) :]
            os.fsync(fd)
        except OSError:
            with suppress(OSError):
                os.ftruncate(fd, end)  # the disk is full: half a line would make the rest of the file unreadable
            raise
    finally:
        os.close(fd)
