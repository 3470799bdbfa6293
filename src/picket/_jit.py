"""The only place that compiles kernels.

`@kernel` (and `@piece`, for parts that are copied into their callers) is numba.njit with what every kernel of Picket
shares: no fastmath and no parallel sums (same input, same bytes), the GIL released, and a disk cache. Numba's own cache
looks at the time stamp of one file only, so it would keep a kernel whose callee in another file has changed; ours lies in
a folder named after the hash of ALL kernel sources, Numba's version and the CPU. A folder that cannot be written means no
cache, never an error.

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
from typing import Any

import llvmlite.binding
import numba
import numba.core.config

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
    base = os.environ.get("PICKET_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "picket"
    )
    folder = Path(base) / "kernels" / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


def piece(function: Callable[..., Any]) -> Callable[..., Any]:
    """A part of kernels, copied into each caller: a call that passes whole NamedTuples of arrays would cost more than its work.

    It must not be recursive, and each use of it makes the caller longer to compile.
    """
    compiled: Callable[..., Any] = numba.njit(nogil=True, fastmath=False, error_model="numpy", inline="always")(function)
    return compiled


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` compiled on its first call with given types, from the cache where it holds it.

    Numba checks the types of what runs in a kernel, not mypy: hence the result's open type.
    """
    folder = cache_folder()
    config: Any = numba.core.config  # numba reads the folder when a function is decorated, and only then
    before = config.CACHE_DIR
    try:
        config.CACHE_DIR = str(folder or "")
        compiled: Callable[..., Any] = numba.njit(nogil=True, fastmath=False, error_model="numpy", cache=folder is not None)(
            function
        )
        return compiled
    finally:
        config.CACHE_DIR = before
