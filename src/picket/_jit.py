"""The only place that compiles kernels.

`@kernel` is numba.njit with what every kernel of Picket shares: no fastmath and no parallel sums (same input, same
bytes), the GIL released, and a disk cache. Numba's own cache looks at the time stamp of one file only, so it would keep
a kernel whose callee in another file has changed; ours lies in a folder named after the hash of ALL kernel sources,
Numba's version and the CPU. A folder that cannot be written means no cache, never an error.

Kernels live in files called `*_kernels.py` (a test looks): that is what the hash covers.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import llvmlite.binding
import numba
import numba.core.config

F = TypeVar("F", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent


@cache
def cache_folder() -> Path | None:
    """The folder of this build's compiled kernels, made if need be; None where no place can be written.

    PICKET_CACHE names another place than the user's cache folder.
    """
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*_kernels.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    cpu = f"{llvmlite.binding.get_host_cpu_name()} {llvmlite.binding.get_host_cpu_features().flatten()}"
    digest.update(f"{numba.__version__} {sys.version} {cpu}".encode())
    base = os.environ.get("PICKET_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "picket")
    folder = Path(base) / "kernels" / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


def kernel(function: F) -> F:
    """`function` compiled on its first call with given types, from the cache where it holds it."""
    folder = cache_folder()
    before = numba.core.config.CACHE_DIR
    try:
        numba.core.config.CACHE_DIR = str(folder or "")
        return numba.njit(nogil=True, fastmath=False, error_model="numpy", cache=folder is not None)(function)  # type: ignore[no-any-return]
    finally:
        numba.core.config.CACHE_DIR = before
